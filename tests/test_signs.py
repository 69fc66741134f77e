"""The signs of values: what types, hypotheses and operations say, and that they never say more than is true."""

from __future__ import annotations

import pytest

from derive.domain import Domain
from derive.expression import read
from derive.model import Givens, Type
from derive.signs import ANY, NEG, NIL, POS, Signs, finite_values, negation

N = read("N")
SYMBOLS = {
    "x": Type("real"), "y": Type("real"), "p": Type("positive"), "q": Type("nonnegative"), "a": Type("probability"),
    "b": Type("label"), "s": Type("sign"), "N": Type("size"), "k": Type("index", N), "m": Type("integer"),
    "u": Type("positive", shape=(N,)), "v": Type("real", shape=(N,)),
}  # fmt: skip


def sign(t: str, *hypotheses: str) -> int:
    domain = Domain(Givens(SYMBOLS, tuple(map(read, hypotheses))))
    return domain.sign(domain.plain.normal(read(t)), ())


SIGNS = {
    "p": POS, "q": POS | NIL, "a": POS, "1 - a": POS, "b": POS | NIL, "s": NEG | POS, "k": POS, "N - k": POS | NIL, "x": ANY,
    "a - b": NEG | POS, "b - s": ANY, "x**2": POS | NIL, "1/p - 1/p": NIL, "log(a)": NEG, "log(1 + p)": POS,
    "max(0, x)": POS | NIL, "min(0, x)": NEG | NIL, "max(p, x)": POS, "max(-p, -1)": NEG, "abs(x)": POS | NIL, "abs(s)": POS,
    "sum(u[i] for i in N)": POS, "sum(u[i] for i in N if i != k)": POS | NIL, "prod(u[i] for i in N)": POS,
    "sum(v[i] for i in N)": ANY, "1 - a*b": POS, "1 - 1/(1 + exp(-x))": POS, "p - q": ANY, "sqrt(q)": POS | NIL,
}  # fmt: skip


@pytest.mark.parametrize("t", SIGNS)
def test_sign(t: str) -> None:
    assert sign(t) == SIGNS[t]


@pytest.mark.parametrize(
    ("t", "hypotheses", "expected"),
    [
        ("x", ["x > 2"], POS),
        ("x - 1", ["x > 2"], POS),
        ("x - y", ["x > y"], POS),
        ("y - x", ["x > y"], NEG),
        ("v[k] - 1", ["all(v[i] >= 2 for i in N)"], POS),
        ("m - 1", ["m > 0"], POS | NIL),
        ("N - 2", ["N > 1"], POS | NIL),
        ("sum(v[i] for i in N)", ["sum(v[i] for i in N) == 1"], POS),
        ("y - 1", ["q*(y - 1) >= 0"], ANY),
        ("y - 1", ["p*(y - 1) >= 0"], POS | NIL),
        ("x", ["x != 0"], NEG | POS),
        ("x/(1 + p)", ["x == 0"], NIL),
        ("sum(v[i]/(1 + u[i]) for i in N) + sum(v[i]*u[i]/(1 + u[i]) for i in N) - sum(v[i] for i in N)", [], NIL),
        ("x - 1 - p", ["x/(1 + p) > 1"], POS),
        ("x - 1 - y", ["x/(1 + y) > 1"], ANY),
        ("x/(y - 1)", ["x/(y - 1) >= 0"], POS | NIL),
        ("x*(y - 1)", ["x/(y - 1) > 0"], POS),
        ("x/(1 - y)", ["x/(y - 1) > 0"], NEG),
        ("(y - 1)/x", ["x/(y - 1) > 0"], ANY),
        ("x/(y - 1)**2", ["x/(y - 1) > 0"], ANY),
        ("x - 1 - y", ["x/(1 + y) == 1"], NIL),
    ],
)
def test_sign_by_hypothesis(t: str, hypotheses: list[str], expected: int) -> None:
    assert sign(t, *hypotheses) == expected


def test_the_negation_of_a_negation_is_the_proposition() -> None:
    for p in ("x < y", "x == y and y > 0", "not all(v[i] > 0 for i in N)", "x >= 0 or y <= 0"):
        assert negation(negation(read(p))) == read(p)


def test_only_few_values_are_enumerated() -> None:
    assert finite_values(Type("index", read("3"))) == (1, 2, 3)
    assert finite_values(Type("index", read("1000"))) is None
    assert finite_values(Type("index", N)) is None


def test_signs_alone_know_of_no_integral_and_no_derivative() -> None:
    """Whether they exist is the business of `Domain`."""
    symbols = {"f": Type("positive", params=(Type("real"),)), "x": Type("real")}
    alone = Signs(Givens(symbols))
    for t in ("integral(exp(t) for t in Reals)", "diff(exp(x), x)"):
        assert alone.sign(alone.plain.normal(read(t)), ()) == ANY
    domain = Domain(Givens(symbols, (read("integrable(f(t) for t in Reals)"),)))
    assert domain.sign(domain.plain.normal(read("integral(f(t) for t in Reals)")), ()) == POS
    assert domain.sign(domain.plain.normal(read("diff(exp(x), x)")), ()) == POS


def test_signs_alone_show_nothing_to_be_defined() -> None:
    assert not Signs(Givens(SYMBOLS)).defined(read("x"), ())

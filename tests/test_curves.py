"""Functions of a variable that runs over all reals: arithmetic, signs everywhere, and integrals against numerical ones."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from flint import acb, arb, fmpq
from hypothesis import given
from hypothesis import strategies as st

from derive import curves
from derive.balls import Imprecise, Unsupported, evaluate
from derive.curves import Curve, Diverges, integrable, integral, variable
from derive.expression import read
from derive.jets import exact, plain, sign, whole_power

Q = Fraction


def curve(source: str, **values: Any) -> Any:
    """The value of an expression in x, where x runs over all reals."""
    return evaluate(read(source), {"x": variable(), **values})


@pytest.mark.parametrize(
    "source",
    [
        "exp(-x**2)", "x**4*exp(-3*x**2 + x)", "(x - 1)**2*exp(-(x - 1)**2/2)/sqrt(2*pi)", "exp(-x**2)*(1 + x) - 2*exp(-x**2/2 + x/3)",
        "exp(-x**2)*log(exp(-x**2/5 + x)/exp(-2*x**2))", "exp(-x**2)**(3/2)*3", "sqrt(exp(-x**2))/exp(x)", "abs(-exp(-x**2))",
        "exp(-x**2)/7**(1/2)", "max(exp(-x**2), -1)*x**2", "(exp(-x**2) + x)*exp(-x**2) - x*exp(-x**2)", "exp(-x**2)**2/exp(-x**2/2)",
    ],
)  # fmt: skip
def test_integrals_agree_with_numerical_ones(source: str) -> None:
    found = integral(curve(source))
    term = read(source)
    # a Riemann sum of such a function is exact to far more digits than are compared
    numeric = sum((arb(evaluate(term, {"x": Q(k, 8)})) for k in range(-400, 401)), arb(0)) / 8
    assert abs(arb(found) - numeric) < arb("1e-9") * abs(arb(found)).max(1)


def test_an_integral_agrees_with_that_of_another_program() -> None:
    whole = acb.integral(lambda x, _: x**2 * (-((x - 1) ** 2) / 3).exp(), acb(-60), acb(60)).real
    assert abs(arb(integral(curve("x**2*exp(-(x - 1)**2/3)"))) - whole) < arb("1e-12")


@given(st.fractions(-3, 3, max_denominator=9), st.fractions(Q(1, 9), 5, max_denominator=9), st.integers(0, 4))
def test_the_moments_of_a_normal_density_are_known(m: Q, v: Q, n: int) -> None:
    known = [Q(1), m, m**2 + v, m**3 + 3 * m * v, m**4 + 6 * m**2 * v + 3 * v**2]
    found = integral(curve("x**n*exp(-(x - m)**2/(2*v))/sqrt(2*pi*v)".replace("**n", f"**{n}"), m=m, v=v))
    assert (arb(found) - exact(known[n])).contains(0)
    assert arb(found).rad() < arb("1e-12")


@pytest.mark.parametrize("source", ["x", "x**2", "exp(x)", "exp(x**2 - x)", "1 + exp(-x**2)", "exp(-x**2) + exp(-x)", "sqrt(2) + 0*x"])
def test_what_does_not_decay_is_not_integrable(source: str) -> None:
    assert integrable(curve(source)) is False
    with pytest.raises(Diverges):
        integral(curve(source))


def test_what_may_cancel_is_not_known_to_be_integrable() -> None:
    for source in ("x*(sqrt(2)**2 - 2)", "exp(x)*(exp(1)*exp(-1) - 1) + exp(-x**2)", "exp(1)*exp(-1) - 1"):
        with pytest.raises(Imprecise):
            integral(curve(source))
    assert integral(curve("x**2 - x*x + exp(x) - exp(x)")) == 0


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("exp(-x**2)", 1), ("-2*exp(x)", -1), ("x**2 + x + 1", 1), ("-(x**2) - 1", -1), ("x**4 + x**2 + sqrt(2)", 1), ("x - x", 0),
        ("exp(x) + exp(-x)", 1), ("exp(x)*(x**2 + 1)", 1),
    ],
)  # fmt: skip
def test_a_sign_is_that_of_every_value(source: str, expected: int) -> None:
    assert sign(curve(source)) == expected


@pytest.mark.parametrize("source", ["x", "x**2", "x**2 + 2*x + 1", "x**2 - 1", "exp(x) - exp(-x)", "exp(x) - 1", "x**3 + 5", "x**2 + x**4"])
def test_a_sign_that_changes_or_vanishes_somewhere_is_not_known(source: str) -> None:
    with pytest.raises(Imprecise):
        sign(curve(source))


@pytest.mark.parametrize(
    "source",
    [
        "sin(x)", "exp(x**3)", "exp(exp(x))", "log(1 + x**2)", "1/(1 + x**2)", "(1 + x**2)**(1/2)", "2**x", "exp(pi*x)", "tanh(x)",
        "exp(x)**sqrt(2)", "(1 + exp(x))**-1", "x**100", "diff(sin(y*x), y, at=1)",
    ],
)  # fmt: skip
def test_what_leaves_the_family_is_unsupported(source: str) -> None:
    with pytest.raises(Unsupported):
        curve(source)


def test_two_variables_do_not_mix() -> None:
    with pytest.raises(Unsupported):
        variable() + variable()
    x = variable()
    assert x - x == 0


def test_constants_become_plain_numbers() -> None:
    x = variable()
    bell = plain("exp", -whole_power(x, 2))
    assert isinstance(bell, Curve)
    assert (x + 1) - x == fmpq(1)
    assert bell / bell == 1
    assert whole_power(bell, 0) == 1
    assert isinstance(3 - x, Curve)
    assert integral(2 / plain("exp", whole_power(x, 2)) - 2 * bell) == 0


def test_what_is_no_function_of_numbers_is_unsupported() -> None:
    with pytest.raises(Unsupported):
        curves.integral(True)

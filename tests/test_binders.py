"""Sets of maximisers, integrals, and what is said of all reals; sums and products stand in test_balls."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from derive.balls import Imprecise, Undefined, Unsettled, Unsupported, compare, decide, evaluate, shown, shown_apart
from derive.expression import read
from derive.model import Relation
from derive.show import text
from derive.term import Lambda

Q = Fraction
T = (Q(-1), Q(1), Q(2))
NORMAL = Lambda(("u",), read("exp(-(u - 1)**2/2)/sqrt(2*pi)"))
NARROW = Lambda(("u",), read("exp(-50*u**2)/sqrt(pi/50)"))
FLAT = Lambda(("u",), read("cases((1, 0 <= u and u <= 1), (0, True))"))


def value(source: str, **values: Any) -> str:
    return shown(evaluate(read(source), {"T": T, **values}))


# -- argmax and argmin


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("argmax(t for t in T)", "{2}"),
        ("argmin(t**2 for t in T)", "{-1, 1}"),
        ("argmax(exp(-t) for t in T)", "{-1}"),
        ("argmax(t for t in T if t < 2)", "{1}"),
        ("argmax(t for t in T if t > 2)", "{}"),
        ("argmax(exp(1) for t in T)", "{-1, 1, 2}"),
        ("argmax(delta(i, 2) + delta(i, 4) for i in 5)", "{2, 4}"),
        ("argmin(x[i] for i in 3)", "{1, 3}"),
        ("argmax(t/2 for t in S)", "{-1/2}"),
        ("argmax(max(exp(t), 100) for t in T)", "{-1, 1, 2}"),
        ("argmax(cases((sqrt(2), t < 2), (2, True)) for t in T)", "{2}"),
    ],
)
def test_argmax_is_the_set_of_all_maximisers(source: str, expected: str) -> None:
    assert value(source, x=(Q(1, 3), Q(1, 2), Q(1, 3)), S=(Q(-1, 2),)) == expected


def test_a_tie_of_irrational_numbers_is_not_decided() -> None:
    with pytest.raises(Imprecise):
        value("argmax(exp(t**2) for t in T if t < 2)")
    assert compare(read("argmax(exp(t**2) for t in T if t < 2)"), read("argmin(t for t in T)"), Relation.EQ, {"T": T}).outcome == "unknown"
    assert value("argmax(exp(t**2) for t in T)") == "{2}"  # the tie is below


def test_a_small_difference_is_decided_with_more_bits() -> None:
    found = compare(read("argmax(exp(1 + t/10**100) for t in T)"), read("argmin(t for t in T)"), Relation.EQ, {"T": T})
    assert found.outcome == "fails"
    assert shown_apart(found.left, found.right) == ("{2}", "{-1}")  # type: ignore[arg-type]


def test_the_objective_has_to_be_defined_on_the_whole_set() -> None:
    with pytest.raises(Undefined) as caught:
        value("argmax(log(t) for t in T)")
    assert (text(caught.value.term), caught.value.at) == ("log(t)", {"t": Q(-1)})


def test_sets_are_compared_by_equality_only() -> None:
    left, right = read("argmax(t for t in T)"), read("argmin(-t for t in T)")
    assert compare(left, right, Relation.EQ, {"T": T}).outcome == "holds"
    assert decide(read("argmax(t for t in T) == argmin(t for t in T)"), {"T": T}) is False
    assert decide(read("argmax(t for t in T) != argmin(t for t in T)"), {"T": T}) is True
    for relation, other in ((Relation.LE, right), (Relation.EQ, read("2"))):
        with pytest.raises(Unsupported):
            compare(left, other, relation, {"T": T})


def test_an_objective_under_a_derivative_is_not_decided() -> None:
    with pytest.raises(Unsettled):
        value("diff(cases((u, argmax(t*u for t in T) == argmax(t for t in T)), (0, True)), u)", u=Q(1))


# -- integrals


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("integral(p(x) for x in Reals)", "1.00000"),
        ("integral(x**2*p(x) for x in Reals)", "2.00000"),
        ("integral(p(x)*log(p(x)/q(x)) for x in Reals)", "97.1974"),
        ("-integral(q(x)*log(q(x)) for x in Reals)", "-0.883647"),
        ("integral(integral(q(y) for y in Reals)*p(x)*x for x in Reals)", "1.00000"),
        ("integral(diff(p(x)**2, x) for x in Reals)", "about 0"),
        ("sum(integral(p(x)*(2*pi)**(i/2)*p(x)**i for x in Reals)*sqrt(1 + i) for i in 2)", "2.00000"),
        ("integral(0*f(x) for x in Reals)", "0"),
        ("integral(p(x) for x in Reals if p(x) < 0)", "0"),
    ],
)
def test_integrals_of_normal_densities_are_enclosed(source: str, expected: str) -> None:
    assert value(source, p=NORMAL, q=NARROW, f=Lambda(("u",), read("1 + u**2"))) == expected


def test_an_integral_that_diverges_is_undefined_and_says_so() -> None:
    with pytest.raises(Undefined) as caught:
        value("1 + integral(1/p(x) for x in Reals)", p=NORMAL)
    assert text(caught.value.missing) == "integrable(1/p(x) for x in Reals)"


def test_integrability_is_decided() -> None:
    values = {"p": NORMAL, "q": NARROW}
    assert decide(read("integrable(p(x)*log(q(x)) for x in Reals)"), values) is True
    assert decide(read("integrable(p(x)/q(x) for x in Reals)"), values) is False
    assert decide(read("integrable(q(x)/p(x) for x in Reals)"), values) is True


@pytest.mark.parametrize(
    "source",
    [
        "integral(sin(x)*p(x) for x in Reals)",
        "integral(integral(p(x)*p(y) for x in Reals) for y in Reals)",
        "diff(integral(a*p(x) for x in Reals), a)",
    ],
)
def test_other_integrals_are_unsupported(source: str) -> None:
    with pytest.raises(Unsupported):
        value(source, p=NORMAL, a=Q(1))


@pytest.mark.parametrize("source", ["integral(f(x) for x in Reals)", "integral(p(x) for x in Reals if x > 0)"])
def test_integrals_by_cases_are_not_decided(source: str) -> None:
    with pytest.raises(Imprecise):
        value(source, p=NORMAL, f=FLAT)


# -- all reals


@pytest.mark.parametrize(
    ("proposition", "expected"),
    [
        ("all(p(x) > 0 for x in Reals)", True),
        ("all(p(x) <= 1 and p(x) != 0 for x in Reals)", None),
        ("all(q(x) <= 1 for x in Reals)", False),
        ("all(f(x) > 0 for x in Reals)", False),
        ("all(f(x) >= 0 for x in Reals)", None),
        ("all(x**2 + x + 1 > 0 for x in Reals)", True),
        ("all(x**2 + 2*x + 1 > 0 for x in Reals)", False),
        ("all(x**2 >= 0 for x in Reals)", None),
        ("all(exp(x) > x for x in Reals)", None),
        ("all(log(x) < x for x in Reals if x > 0)", None),
        ("all(log(x) < x - 1 for x in Reals if x > 0)", False),
        ("all(x < 0 for x in Reals if x**2 < -1)", True),
        ("all(all(p(x)*q(y) > 0 for y in Reals) for x in Reals)", None),
        ("not all(x > 0 for x in Reals)", True),
        ("all(x == x for x in Reals)", True),
    ],
)
def test_what_holds_for_all_reals_is_decided_where_that_is_certain(proposition: str, expected: bool | None) -> None:
    assert decide(read(proposition), {"p": NORMAL, "q": NARROW, "f": FLAT}) is expected


def test_what_is_undefined_for_some_real_is_undefined() -> None:
    with pytest.raises(Undefined) as caught:
        decide(read("all(1/x != 0 for x in Reals)"), {})
    assert caught.value.at == {"x": Q(0)}

"""Hypotheses over all reals and about integrals are judged by samples, where nothing better is known."""

from __future__ import annotations

from fractions import Fraction

import pytest

from derive.balls import environment
from derive.expression import read
from derive.sampled import plausible
from derive.term import Lambda, call

Q = Fraction
VALUES = environment(
    {
        "p": Lambda(("u",), read("exp(-(u - 1)**2/2)/sqrt(2*pi)")), "narrow": Lambda(("u",), read("exp(-50*(u - 2)**2)/sqrt(pi/50)")),
        "g": Lambda(("u",), read("1/(1 + exp(-u))")), "cauchy": Lambda(("u",), read("1/(pi*(1 + u**2))")),
        "flat": Lambda(("u",), read("cases((3/2, 1/3 <= u and u <= 1), (0, True))")),
        "Theta": (Q(-1), Q(2)), "n": 2, "x": (Q(1, 2), Q(1, 3)), "a": Q(3),
    }
)  # fmt: skip


@pytest.mark.parametrize(
    "hypothesis",
    [
        "all(0 < g(x) and g(x) < 1 for x in Reals)",
        "all(cauchy(x) > 0 for x in Reals if x != 0)",
        "integral(p(x) for x in Reals) == 1",
        "integral(narrow(x) for x in Reals) == 1",
        "integral(p(x)*g(x) for x in Reals) < 1",
        "integral(p(x)*x for x in Reals) == 1 and integral(p(x) for x in Reals) != 2",
        "integrable(p(x)*log(g(x)) for x in Reals)",
        "integrable(cauchy(x) for x in Reals)",
        "all(integrable(p(x)*g(x*t) for x in Reals) for t in Theta)",
        "all(integral(p(x)**i for x in Reals) <= 1 for i in n)",
        "not integrable(g(x) for x in Reals) or a == 2",
        "integrable(flat(x) for x in Reals)",
        "all(x[i] < 1 for i in n if i != 1)",
        "integral(p(y) for y in Reals if y < 1000) == 1",
    ],
)
def test_what_is_true_is_plausible(hypothesis: str) -> None:
    assert plausible(read(hypothesis), VALUES)


@pytest.mark.parametrize(
    "hypothesis",
    [
        "all(g(x) > 1/2 for x in Reals)",
        "all(log(x) < 1000 for x in Reals)",
        "integral(p(x) for x in Reals) == 2",
        "integral(p(x)*g(x) for x in Reals) > 1",
        "integrable(g(x) for x in Reals)",
        "not integrable(p(x) for x in Reals)",
        "not integrable(p(x)/x for x in Reals)",
        "integral(flat(x) for x in Reals) == 1",
        "integrable(x*cauchy(x) for x in Reals)",
        "integral(exp(x) for x in Reals) > 0",
        "integrable(log(x)*p(x) for x in Reals)",
        "limit(p(x), x, oo) == 0",
        "a == unknown",
    ],
)
def test_what_is_false_or_cannot_be_judged_is_not(hypothesis: str) -> None:
    assert not plausible(read(hypothesis), VALUES)


def test_two_propositions_are_equivalent_if_both_or_neither_seem_to_hold() -> None:
    assert plausible(call("iff", read("a == 3"), read("all(abs(x) >= 0 for x in Reals)")), VALUES)
    assert not plausible(call("iff", read("a == 2"), read("all(abs(x) >= 0 for x in Reals)")), VALUES)

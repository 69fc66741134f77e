"""derive/obstacles.py: what a named rule lacks is told with a place where it fails, and nothing is told of what is not missing."""

from __future__ import annotations

from dataclasses import replace

import pytest
from traces import claim

from derive.domain import Domain
from derive.obstacles import obstacle


def told(symbols: str, step: str, *hypotheses: str, by: tuple[str, ...]) -> str:
    c = replace(claim(symbols, step, *hypotheses), reasons=by)
    return obstacle(c, Domain(c.givens))


FAMILIES = "N: size; p: nonnegative[N]; s: real[N]; a: real; b: real"
CUBE = "sum(p[i]*s[i] for i in N)**3 <= sum(p[i]*s[i]**3 for i in N)"


@pytest.mark.parametrize(("step", "hypotheses", "by", "needs"), [
    (CUBE, ("sum(p[i] for i in N) == 1",), "jensen", "second derivative is -"),
    ("sum(p[i]*s[i] for i in N)**2 <= sum(p[i]*s[i]**2 for i in N)", (), "jensen", "jensen needs sum(p[i] for i in N) == 1"),
    ("(a*b)**2 <= a**2", ("a <= b",), "increasing function", ""),
    ("a**2 <= b**2", ("a <= b",), "increasing function", "increasing function needs"),
])  # fmt: skip
def test_the_condition_that_is_missing_is_told(step: str, hypotheses: tuple[str, ...], by: str, needs: str) -> None:
    found = told(FAMILIES, step, *hypotheses, by=(by,))
    assert needs in found
    assert bool(needs) == bool(found)


def test_a_place_where_a_derivative_has_the_wrong_sign_is_inside_the_interval() -> None:
    found = told(FAMILIES, CUBE, "sum(p[i] for i in N) == 1", by=("jensen",))
    assert found.startswith("jensen needs all(diff(diff(")
    assert "; but the second derivative is -" in found
    assert " at " in found
    assert "= -" in found.rpartition(" at ")[2]


@pytest.mark.parametrize("by", [(), ("algebra",), ("log of a product",), ("no such rule",)])
def test_of_a_reason_without_conditions_nothing_is_told(by: tuple[str, ...]) -> None:
    assert told(FAMILIES, "a <= b", by=by) == ""

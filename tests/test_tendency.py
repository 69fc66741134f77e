"""derive/provers/tendency.py: leading terms tell limits, and which rules about them would come to nothing."""

from __future__ import annotations

import math

import pytest

from derive.expression import read
from derive.model import REAL, Type
from derive.provers.tendency import Approach, Unknown, hopeless
from derive.rules import RULES
from derive.term import OO, Lambda, Term, call, num, sym

BOTH, RIGHT, LEFT = (sym(side) for side in ("both", "right", "left"))
MINUS = call("neg", OO)
TYPES = {"x": REAL, "p": Type("positive"), "q": Type("negative"), "N": Type("size")}


def limit(body: str, point: Term = OO, side: Term = BOTH) -> float:
    return Approach("t", point, side, TYPES).leading(read(body)).limit


@pytest.mark.parametrize(("body", "point", "side", "value"), [
    ("1/(1 + exp(-t))", OO, BOTH, 1.0), ("1/(1 + exp(-t))", MINUS, BOTH, 0.0), ("exp(-2*t)/(1 + exp(-t))**3", MINUS, BOTH, 0.0),
    ("t**3/exp(t/100)", OO, BOTH, 0.0), ("(3*t**2 + 1)/(2*t**2 - t)", OO, BOTH, 1.5), ("-t + log(t)", OO, BOTH, -math.inf),
    ("log(1 + exp(t))/t", OO, BOTH, 1.0), ("t*log(t)", num(0), RIGHT, 0.0), ("1/t", num(0), LEFT, -math.inf),
    ("sqrt(t**2 + t)/abs(t)", MINUS, BOTH, 1.0), ("exp(3*log(t))/t**3", OO, BOTH, 1.0), ("p*t", OO, BOTH, math.inf),
    ("t**2 + 1", num(2), BOTH, 5.0),
])  # fmt: skip
def test_the_leading_term_tells_the_limit(body: str, point: Term, side: Term, value: float) -> None:
    assert limit(body, point, side) == pytest.approx(value)


@pytest.mark.parametrize("body", ["t - t", "sin(t)", "log(1 + 1/t)", "exp(t**2)", "N*t", "log(-t)", "sqrt(-t)", "log(log(t))"])
def test_where_it_is_not_found_nothing_is_said(body: str) -> None:
    with pytest.raises(Unknown):
        limit(body)


def instance(rule: str, point: Term, **functions: str) -> bool:
    by = {"a": point, "d": BOTH, **{name: Lambda(("t",), read(body)) for name, body in functions.items()}}
    return hopeless(RULES[rule], by, TYPES)


@pytest.mark.parametrize(("rule", "point", "functions", "expected"), [
    ("limit of a product", OO, {"f": "exp(-t)", "g": "t"}, True), ("limit of a product", OO, {"f": "exp(-t)", "g": "1/t"}, False),
    ("limit of a sum", OO, {"f": "t", "g": "-2*t"}, True), ("limit of a sum", OO, {"f": "t", "g": "2*t"}, False),
    ("limit of a quotient", OO, {"f": "1", "g": "exp(-t)"}, True), ("limit of a quotient", OO, {"f": "t", "g": "t"}, True),
    ("limit of an exponential", OO, {"f": "t"}, True), ("limit of an exponential", OO, {"f": "1/t"}, False),
    ("exp at infinity", OO, {"f": "-t"}, True), ("exp at infinity", MINUS, {"f": "-t"}, False),
    ("reciprocal at zero", OO, {"f": "-1/t"}, True), ("reciprocal at zero", OO, {"f": "exp(-t)"}, False),
    ("limit of a product", OO, {"f": "sin(t)", "g": "t"}, False),
])  # fmt: skip
def test_an_instance_is_hopeless_where_its_right_side_has_no_value_or_a_condition_fails(
    rule: str, point: Term, functions: dict[str, str], expected: bool
) -> None:
    assert instance(rule, point, **functions) is expected


"""What explodes costs its budget and no more: each of these steps once took minutes, and each gets a verdict in seconds."""

from __future__ import annotations

import time

import pytest

from derive.check import check
from derive.expression import read
from derive.model import Claim, Givens, Relation, Type


def nested(pattern: str, inner: str, depth: int) -> str:
    for _ in range(depth):
        inner = pattern.format(inner)
    return inner


EXPLOSIVE = {
    "nested maxima": (nested("max({},y)", "x", 30), ">=", "y"),
    "many labels": ("a*b + c*d + f + g*h + k", ">=", "a + b + c + d + f + g + h + k - 5"),
    "a high derivative": (nested("diff({},x)", "exp(x**2)", 25), "=", "0"),
    "a power of a sum": ("(x + y + 1)**60*(x - y)**60", "=", "(y + x + 1)**60*(y - x)**60"),
    "a large number": ("2**1000000", "=", "4**500000"),
    "a tower": (nested("exp({})", "x", 12), "=", nested("exp({})", "y", 12)),
    "a long sum": ("sum(x**i for i in 1000000)", "=", "0"),
}


@pytest.mark.parametrize("about", EXPLOSIVE)
def test_it_ends(about: str) -> None:
    left, relation, right = EXPLOSIVE[about]
    symbols = {"x": Type("real"), "y": Type("real")} | {name: Type("label") for name in "abcdfghk"}
    start = time.process_time()
    check(Claim(Givens(symbols), read(left), Relation(relation), read(right)))
    assert time.process_time() - start < 30

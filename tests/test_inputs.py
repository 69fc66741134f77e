"""Inputs inside the givens: types, hypotheses, nasty values, and the Hypothesis strategy."""

from __future__ import annotations

import itertools
import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import find, given, settings

from derive.balls import decide
from derive.given import read_givens
from derive.inputs import NASTY, Draws, NothingSatisfies, strategy
from derive.layout import Piece
from derive.model import Givens
from derive.oracle import NoOracle

PAGES = [
    "x: real",
    "p: probability, y: label",
    "s: real, y: sign",
    "k: integer, k >= 0, x: positive",
    "b: positive, b > 1, x: real, x != 0",
    "x: real, x < -3/2, y: real, 1/3 <= y, y <= 2/5",
    "K: size, s: real[K], c: index(K), k: index(K), K >= 2, k != c",
    "K: size, s: real[K], y: real[K], sum(y[i] for i in K) == 1",
    "n: size, p: positive[n], q: positive[n], sum(p[i] for i in n) == 1, sum(q[i] for i in n) == 1, n >= 2",
    "N: size, K: size, p: nonnegative[N, K], all(sum(p[i, j] for j in K) == 1 for i in N), c: index(K)[N]",
    "n: size, p: nonnegative[n], all(p[i] <= 1 for i in n), n == 3",
    "a: real, b: real, a == 2*b",
    "x: real, y: real, x < y",
    "m: size, y: label[m], a: probability[m]",
    "n: size, p: probability[n], q: probability[n], sum(p[i] for i in n) == 1, sum(q[i] for i in n) == 1",
]
CASES = list(itertools.product(PAGES, NASTY))


def givens(text: str) -> Givens:
    return read_givens([Piece(text, 0)])[0]


def outside(page: str, dtype: str, inputs: dict[str, Any]) -> list[str]:
    """What is wrong with some inputs under a page's givens."""
    known = givens(page)
    draws = Draws(known, dtype)
    exact = draws.exact(inputs)
    wrong = [str(h) for h in known.hypotheses if not decide(h, exact)]
    for name, type_ in known.symbols.items():
        x = np.asarray(inputs[name])
        expected = np.int64 if type_.kind in ("index", "size") else np.dtype(dtype)
        wrong += [f"{name} is {x.dtype}"] * (x.dtype != expected)
        wrong += [f"{name} has shape {x.shape}"] * (x.shape != tuple(draws.length(s, inputs) for s in type_.shape))
        wrong += [f"{name} = {v}" for v in x.ravel() if not np.isfinite(v)]
        sets: dict[str, Any] = {"label": {0, 1}, "sign": {-1, 1}}
        if type_.kind == "index":
            sets["index"] = range(draws.length(type_.over, inputs))
        wrong += [f"{name} = {v}" for v in x.ravel() if type_.kind in sets and v not in sets[type_.kind]]
        wrong += [f"{name} = {v}" for v in x.ravel() if type_.kind == "probability" and not 0 < v < 1]
        wrong += [f"{name} = {v}" for v in x.ravel() if type_.kind == "positive" and not v > 0]
        wrong += [f"{name} = {v}" for v in x.ravel() if type_.kind == "nonnegative" and not v >= 0]
        wrong += [f"{name} = {v}" for v in x.ravel() if type_.kind in ("integer", "size") and v != int(v)]
    return wrong


@pytest.mark.parametrize(("page", "dtype"), CASES)
def test_what_is_drawn_lies_inside_the_givens(page: str, dtype: str) -> None:
    drawn = list(Draws(givens(page), dtype).some(60))
    assert len(drawn) >= 60
    assert [outside(page, dtype, inputs) for inputs in drawn[::3]] == [[] for _ in drawn[::3]]


@pytest.mark.parametrize(("page", "dtype"), CASES)
def test_what_the_strategy_gives_lies_inside_the_givens(page: str, dtype: str) -> None:
    known = givens(page)

    @settings(max_examples=15, deadline=None, database=None)
    @given(strategy(known, tuple(known.symbols), dtype))
    def holds(inputs: dict[str, Any]) -> None:
        assert outside(page, dtype, inputs) == []

    holds()


def test_the_same_seed_draws_the_same_inputs() -> None:
    page = givens("K: size, s: real[K], y: real[K], sum(y[i] for i in K) == 1")
    assert repr(list(Draws(page, seed=3).some(20))) == repr(list(Draws(page, seed=3).some(20)))
    assert repr(list(Draws(page, seed=3).some(20))) != repr(list(Draws(page, seed=4).some(20)))


@pytest.mark.parametrize("dtype", NASTY)
def test_every_nasty_value_comes_up_with_every_label(dtype: str) -> None:
    drawn = {(float(p["s"]), float(p["y"])) for p in Draws(givens("s: real, y: sign"), dtype).some(0)}
    number = np.dtype(dtype).type
    assert {(float(number(sign * x)), y) for x in NASTY[dtype] for sign in (1, -1) for y in (1.0, -1.0)} - drawn == set()


@pytest.mark.parametrize("dtype", NASTY)
def test_probabilities_come_as_near_to_0_and_to_1_as_floats_do(dtype: str) -> None:
    drawn = [p["a"] for p in Draws(givens("a: probability"), dtype).some(50)]
    zero, one = np.zeros((), dtype), np.ones((), dtype)
    assert (np.nextafter(zero, one), np.nextafter(one, zero)) == (min(drawn), max(drawn))


def test_families_are_drawn_equal_dominated_by_one_and_all_very_negative() -> None:
    drawn = [p["s"] for p in Draws(givens("K: size, s: real[K], K >= 3")).some(0)]
    assert any((s == -745).all() for s in drawn)
    assert any((s == 710).sum() == 1 and (abs(s) < 300).sum() == len(s) - 1 for s in drawn)
    assert any((s < -700).all() and len(set(s)) > 1 for s in drawn)
    assert {len(s) for s in drawn} == {3, 4, 5, 6, 7, 8, 12, 35}


def test_zero_comes_with_either_sign() -> None:
    drawn = [p["s"] for p in Draws(givens("s: real, y: sign")).some(0)]
    assert {math.copysign(1, s) for s in drawn if s == 0} == {1.0, -1.0}


def test_inputs_of_one_type_are_drawn_equal_but_for_the_givens() -> None:
    """Code that was wrong only where both inputs are equal passed."""
    drawn = list(Draws(givens("N: size, x: real[N], y: real[N]")).some(0))
    assert len({p["x"][0] for p in drawn if (p["x"] == p["y"]).all()}) > 20
    assert all(p["x"] != p["y"] for p in Draws(givens("x: real, y: real, x != y")).some(50))


def test_families_have_more_elements_than_are_computed_at_once() -> None:
    drawn = list(Draws(givens("N: size, K: size, x: real[N, K]")).some(0))
    assert {10, 33} <= {p["x"].shape[0] for p in drawn} & {p["x"].shape[1] for p in drawn}
    assert max(len(p["y"]) for p in Draws(givens("N: size, y: real[N], N <= 4")).some(50)) == 4


def test_shares_lie_inside_their_type() -> None:
    """A single probability that sums to 1 would be 1: it stopped assert_implements."""
    drawn = [p["q"] for p in Draws(givens("K: size, q: probability[K], sum(q[i] for i in K) == 1")).some(100)]
    assert {True} == {bool(((q > 0) & (q < 1)).all()) for q in drawn}
    assert min(map(len, drawn)) == 2


def test_families_that_sum_to_1_are_one_hot_and_divided_and_very_uneven() -> None:
    drawn = [p["y"] for p in Draws(givens("K: size, y: nonnegative[K], sum(y[i] for i in K) == 1")).some(200)]
    assert {sum(map(Fraction, y.tolist())) for y in drawn} == {1}
    assert any((y == 1).any() and len(y) > 3 for y in drawn)
    assert any((y > 0).all() and len(y) > 3 for y in drawn)
    assert any(0 < y.min() < 1e-14 for y in drawn)


def test_an_equation_between_symbols_is_solved() -> None:
    drawn = list(Draws(givens("a: real, b: real, a == 2*b")).some(20))
    assert len(drawn) > 40
    assert [p["a"] for p in drawn] == [2 * p["b"] for p in drawn]


@pytest.mark.parametrize("page", ["x: real, x < 0, x > 1", "x: real, x < x", "x: positive, x <= 0", "K: size, K < 1", "k: index(2), k > 2"])
def test_givens_that_nothing_satisfies_are_named(page: str) -> None:
    with pytest.raises(NothingSatisfies, match=r"no input was found that satisfies .*mend the givens") as caught:
        Draws(givens(page))
    assert page.split(", ")[-1] in str(caught.value)


def test_a_bound_that_no_float_reaches_is_rounded_to_the_inside() -> None:
    # 1/3 is no float: the first one behind it is the least, in both formats
    for dtype in NASTY:
        least, greatest = Draws(givens("x: real, x > 1/3, x < 2/3"), dtype).ranges["x"]
        below = np.nextafter(np.array(least, dtype), np.array(0, dtype))
        assert Fraction(float(below)) < Fraction(1, 3) < Fraction(least)
        assert Fraction(greatest) < Fraction(2, 3)


@pytest.mark.parametrize("page", ["f: real -> real, x: real", "A: set, x: real", "p: density(real), x: real"])
def test_functions_and_sets_are_no_inputs(page: str) -> None:
    with pytest.raises(NoOracle, match=r"is a (function|set), and code is given numbers and arrays"):
        Draws(givens(page))


def test_the_strategy_shrinks_to_simple_inputs() -> None:
    found = find(strategy(givens("K: size, s: real[K]"), ("s",)), lambda p: p["s"].max() > 5, settings=settings(database=None))
    assert (len(found["s"]), list(found)) == (1, ["s"])


def test_the_strategy_finds_what_overflows() -> None:
    found = find(strategy(givens("x: real"), ("x",)), lambda p: float(p["x"]) > 709.79, settings=settings(database=None))
    assert found["x"] > 709.79

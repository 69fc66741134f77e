"""Operations on intervals against arb: no value ever lies outside, and the bounds are near."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from typing import Any

import pytest
from flint import arb, ctx, fmpq
from hypothesis import given
from hypothesis import strategies as st

from derive import intervals
from derive.intervals import EXACT, OPERATIONS, Interval, Unknown, apply, pi, power, rounded

Q = Fraction
FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    "exp": arb.exp, "log": arb.log, "sqrt": arb.sqrt, "sinh": arb.sinh, "cosh": arb.cosh, "tanh": arb.tanh,
    "sin": arb.sin, "cos": arb.cos, "tan": arb.tan,
}  # fmt: skip
POSITIVE = frozenset({"log", "sqrt"})
RELATIVE = frozenset({"exp", "log", "sqrt", "cosh"})  # the bounds have that many digits, however small the value
BITS = (8, 60, 200, 600)
NUMBERS = st.fractions(-40, 40, max_denominator=10**9)


@contextmanager
def precision(bits: int) -> Iterator[None]:
    before, ctx.prec = ctx.prec, bits
    try:
        yield
    finally:
        ctx.prec = before


def ball(x: Fraction) -> Any:
    return arb(fmpq(x.numerator, x.denominator))


def holds(a: Interval, value: Any) -> bool:
    """Whether the value, as a ball far thinner than the interval, is not outside."""
    return not value < ball(a[0]) and not value > ball(a[1])


def at(x: Fraction | int) -> Interval:
    return Q(x), Q(x)


def arguments(op: str, count: int) -> Iterator[Fraction]:
    """Short, long, tiny, large and nearly round numbers where `op` is defined."""
    far = 300 if op.startswith("t") or op.endswith("h") else 9000
    rng = random.Random(op)
    for i in range(count):
        x = Q(rng.randint(-999, 999), rng.randint(1, 999))
        x = [x, x / 10 ** rng.randint(1, 40), x * far / 1000, 1 + x / 10**rng.randint(3, 60), Q(rng.randint(-20, 20))][i % 5]
        if op not in POSITIVE or x > 0:
            yield x


@pytest.mark.parametrize("op", FUNCTIONS)
def test_a_function_of_a_number_lies_in_its_bounds_and_they_are_near(op: str) -> None:
    for x in arguments(op, 400):
        with precision(3000):
            value = FUNCTIONS[op](ball(x))
            for bits in BITS:
                found = apply(op, bits, at(x))
                assert holds(found, value), (x, bits)
                assert holds(OPERATIONS[op](bits, at(x)), value), (x, bits)  # before rounding hides what is off by little
                if op != "tan":
                    size = abs(value) if op in RELATIVE else 1 + abs(value)
                    assert not ball(found[1] - found[0]) > size * arb(2) ** (4 - bits), (x, bits)


@pytest.mark.parametrize("op", FUNCTIONS)
def test_a_function_of_an_interval_holds_its_values_at_points_inside(op: str) -> None:
    rng, tried = random.Random(op), 0
    for _ in range(300):
        low = Q(rng.randint(1 if op in POSITIVE else -900, 900), 100)
        high = low + Q(rng.randint(0, 400), rng.choice([1, 100, 10**6]))
        try:
            found = apply(op, 60, (low, high))
        except Unknown:
            assert op == "tan"
            continue
        tried += 1
        with precision(300):
            for k in range(9):
                x = low + (high - low) * Q(k, 8)
                assert holds(found, FUNCTIONS[op](ball(x))), (low, high, x)
    assert tried > 100


@given(NUMBERS, NUMBERS, NUMBERS, NUMBERS, st.integers(0, 4), st.integers(0, 4), st.integers(8, 80))
def test_arithmetic_on_intervals_holds_what_points_inside_give(
    a: Fraction, b: Fraction, c: Fraction, d: Fraction, i: int, j: int, bits: int
) -> None:
    u, v = (min(a, b), max(a, b)), (min(c, d), max(c, d))
    x, y = u[0] + (u[1] - u[0]) * Q(i, 4), v[0] + (v[1] - v[0]) * Q(j, 4)
    exact = {"add": x + y, "sub": x - y, "mul": x * y, "max": max(x, y), "min": min(x, y)}
    if not v[0] <= 0 <= v[1]:
        exact["div"] = x / y
    for op, value in exact.items():
        low, high = apply(op, bits, u, v)
        assert low <= value <= high, op
    for found, value in ((apply("neg", bits, u), -x), (apply("abs", bits, u), abs(x)), (rounded(u, bits), x)):
        assert found[0] <= value <= found[1]
    for n in range(6):
        low, high = power(u, n, bits)
        assert low <= x**n <= high, n


@given(NUMBERS, NUMBERS, st.integers(0, 7))
def test_the_ends_of_a_power_are_taken(a: Fraction, b: Fraction, n: int) -> None:
    """Also of an even power of an interval with 0 inside; the ends are exact where they are short."""
    u = min(a, b), max(a, b)
    values = [x**n for x in (*u, *([Q(0)] if u[0] < 0 < u[1] else []))]
    low, high = power(u, n, 1000)
    assert min(values) - low <= abs(low) / 2**990
    assert high - max(values) <= abs(high) / 2**990


@given(st.fractions(), st.integers(8, 300))
def test_rounding_goes_outward_by_little(x: Fraction, bits: int) -> None:
    low, high = rounded((x, x + 1), bits)
    assert low <= x
    assert x + 1 <= high
    assert x - low <= abs(x) / 2 ** (bits - 2)
    assert high - (x + 1) <= abs(x + 1) / 2 ** (bits - 2)
    assert max(low.numerator.bit_length(), high.numerator.bit_length()) <= max(bits, x.numerator.bit_length()) + 2


def test_short_points_stay_exact_and_long_ones_are_rounded() -> None:
    short, long = Q(1, 2**EXACT - 1), Q(1, 2**EXACT + 1)
    assert rounded(at(short), 60) == at(short)
    low, high = rounded(at(long), 60)
    assert low < long < high


@pytest.mark.parametrize(("op", "x", "value"), [
    ("exp", 0, 1), ("log", 1, 0), ("sqrt", 0, 0), ("sqrt", Q(4, 9), Q(2, 3)), ("sin", 0, 0), ("cos", 0, 1), ("tan", 0, 0),
    ("sinh", 0, 0), ("cosh", 0, 1), ("tanh", 0, 0),
])  # fmt: skip
def test_values_that_are_rational_are_exact(op: str, x: Fraction | int, value: Fraction | int) -> None:
    assert apply(op, 60, at(x)) == at(value)


@pytest.mark.parametrize(("op", "intervals"), [
    ("div", [at(1), at(0)]), ("div", [at(0), (Q(-1), Q(1))]), ("div", [at(1), (Q(0), Q(1))]), ("div", [at(1), (Q(-1), Q(0))]),
    ("log", [at(0)]), ("log", [at(-1)]), ("log", [(Q(0), Q(1))]), ("log", [at(2), at(1)]), ("log", [at(2), (Q(1, 2), Q(2))]),
    ("log", [at(2), at(-2)]), ("sqrt", [at(-1)]), ("sqrt", [(Q(-1, 10**30), Q(1))]), ("tan", [(Q(1), Q(2))]),
    ("exp", [at(10_001)]), ("exp", [at(-10_001)]), ("sin", [at(10_001)]), ("mul", [at(2**40_000)] * 2),
])  # fmt: skip
def test_what_is_not_certainly_defined_or_too_large_has_no_bounds(op: str, intervals: list[Interval]) -> None:
    with pytest.raises(Unknown):
        apply(op, 60, *intervals)


def test_exp_is_enclosed_as_far_as_it_is_at_all() -> None:
    with precision(3000):
        for x in (-10_000, -9999, 9999, 10_000):
            low, high = apply("exp", 60, at(x))
            assert holds((low, high), arb(x).exp())
            assert 0 < high - low < high / 2**50


@pytest.mark.parametrize("digits", [1, 10, 100, 500])
def test_the_logarithm_near_1_keeps_its_digits(digits: int) -> None:
    tiny = Q(1, 10**digits)
    for x in (1 + tiny, 1 - tiny):
        low, high = apply("log", 60, at(x))
        assert high - low < abs(x - 1) / 2**50
        assert (low > 0) == (high > 0) == (x > 1)


@pytest.mark.parametrize("x", [Q(2, 3), Q(4, 3), Q(1, 2), Q(2), Q(2, 3) - Q(1, 10**30), Q(4, 3) + Q(1, 10**30), Q(2**3000), Q(1, 3**900)])
def test_the_logarithm_where_its_reduction_changes(x: Fraction) -> None:
    with precision(3000):
        assert holds(apply("log", 200, at(x)), ball(x).log())


def test_sines_near_multiples_of_a_quarter_turn() -> None:
    with precision(3000):
        for k in range(-9, 10):
            for offset in (Q(0), Q(1, 10**20), Q(-1, 10**20), Q(78, 100), Q(79, 100)):
                x = pi(100)[0] / 2 * k + offset
                assert holds(apply("sin", 60, at(x)), ball(x).sin()), (k, offset)
                assert holds(apply("cos", 60, at(x)), ball(x).cos()), (k, offset)


def test_sines_allow_for_how_coarsely_pi_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    for coarse in ((Q("3.13"), Q("3.1416")), (Q("3.1415"), Q("3.15"))):
        monkeypatch.setattr(intervals, "pi", lambda bits, coarse=coarse: coarse)
        with precision(300):
            for x in range(-60, 61):
                assert holds(OPERATIONS["sin"](60, at(x)), ball(Q(x)).sin()), (coarse, x)


def test_sines_of_wide_intervals_stay_within_1() -> None:
    for op in ("sin", "cos"):
        assert apply(op, 60, (Q(-10), Q(10))) == (-1, 1)
        assert apply(op, 60, (Q(-10_000), Q(30_000))) == (-1, 1)
        assert apply(op, 60, (Q(0), Q(1, 10)))[1] <= 1


@pytest.mark.parametrize("bits", [8, 60, 1000, 4000])
def test_pi(bits: int) -> None:
    with precision(5000):
        assert holds(pi(bits), arb.pi())
        assert not ball(pi(bits)[1] - pi(bits)[0]) > arb(2) ** (2 - bits)


def test_a_large_power_is_quick_or_none() -> None:
    low, high = power(at(1 + Q(1, 10**6)), 10**6, 60)
    assert Q("2.718280") < low < high < Q("2.718281")
    assert high - low < Q(1, 2**55)
    assert power(at(-1), 10**9 + 1, 60) == at(-1)
    for x, n in ((2, 10**9), (Q(1, 2), 10**9), (1, 2**64)):
        with pytest.raises(Unknown):
            power(at(x), n, 60)

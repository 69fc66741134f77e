"""Correct rounding, held against exact rational arithmetic and against another library's many digits."""

from __future__ import annotations

import math
from fractions import Fraction

import mpmath
import pytest
from flint import fmpq
from hypothesis import example, given
from hypothesis import strategies as st

from derive.balls import environment
from derive.expression import read
from derive.rounding import FORMATS, NoValue, Undecided, _of_rational, nearest, rounded

DOUBLE, SINGLE = FORMATS["float64"], FORMATS["float32"]


def value(text: str, format_: str = "float64", **values: float) -> float:
    env = environment({name: Fraction(x) for name, x in values.items()})
    return rounded(read(text), env, FORMATS[format_])


def fraction(whole: int, exponent: int) -> Fraction:
    return Fraction(whole) * Fraction(2) ** exponent


def as_python_rounds(x: Fraction) -> float:
    try:
        return float(x)
    except OverflowError:
        return math.inf if x > 0 else -math.inf


@given(st.integers(-(2**120), 2**120), st.integers(-1250, 1000))
@example((1 << 54) - 1, 970)  # rounds up to infinity
@example(1, -1075)  # half of the smallest number: to even, which is 0
@example(3, -1075)  # and one and a half of it
@example((1 << 53) + 1, 0)
@example((1 << 53) + 3, 0)
def test_a_dyadic_number_is_rounded_as_python_rounds_a_fraction(whole: int, exponent: int) -> None:
    assert nearest(whole, exponent, DOUBLE) == as_python_rounds(fraction(whole, exponent))
    assert math.copysign(1, nearest(whole, exponent, DOUBLE)) == (-1 if whole < 0 else 1)


@given(st.fractions(), st.integers(-1200, 1100))
@example(Fraction(-1, 3), 0)
def test_a_rational_number_is_rounded_as_python_rounds_a_fraction(x: Fraction, exponent: int) -> None:
    x *= Fraction(2) ** exponent
    assert _of_rational(fmpq(x.numerator, x.denominator), DOUBLE) == as_python_rounds(x)


@given(st.integers(-(2**60), 2**60), st.integers(-215, 70))
@example(3, -150)
def test_no_float32_is_nearer_and_of_two_as_near_the_even_one_is_taken(whole: int, exponent: int) -> None:
    numpy = pytest.importorskip("numpy", reason="NumPy is needed to step from one float32 to the next: pip install numpy")
    exact, found = fraction(whole, exponent), numpy.float32(nearest(whole, exponent, SINGLE))
    if not numpy.isfinite(found):
        assert abs(exact) >= Fraction(2) ** 128 - Fraction(2) ** 103
        return
    assert float(found) == nearest(whole, exponent, SINGLE), "the result is a float32"
    for side in (-numpy.inf, numpy.inf):
        beside = numpy.nextafter(found, numpy.float32(side))
        if numpy.isfinite(beside):
            gap, other = abs(exact - Fraction(float(found))), abs(exact - Fraction(float(beside)))
            assert gap < other or (gap == other and found.view(numpy.uint32) % 2 == 0)


def test_an_exponent_beyond_all_floats_is_no_work() -> None:
    assert nearest(1, 10**300, DOUBLE) == math.inf
    assert nearest(-1, 10**300, DOUBLE) == -math.inf
    assert math.copysign(1, nearest(-1, -(10**300), DOUBLE)) == -1


@pytest.mark.parametrize(
    ("text", "reference"),
    [
        ("exp(x)", mpmath.exp),
        ("1/(1 + exp(-x))", lambda x: 1 / (1 + mpmath.exp(-x))),
        ("log(1 + exp(x))", lambda x: mpmath.log1p(mpmath.exp(x))),
        ("tanh(x)", mpmath.tanh),
    ],
)
@given(x=st.floats(-800, 800))
@example(x=-745.0)
@example(x=-745.2)
@example(x=709.782712893384)
@example(x=5e-324)
@example(x=-0.0)
def test_values_are_those_of_another_library_with_many_digits(text: str, reference, x: float) -> None:  # type: ignore[no-untyped-def]
    with mpmath.workprec(3000):
        many = reference(mpmath.mpf(x))
        sign, whole, exponent, _ = many._mpf_
        expected = nearest(int(whole) * (-1) ** sign, exponent, DOUBLE)
        single = nearest(int(whole) * (-1) ** sign, exponent, SINGLE)
    assert value(text, x=x) == expected
    assert value(text, "float32", x=x) == single


def test_a_float32_is_rounded_once_and_not_by_way_of_a_float64() -> None:
    # 1 + 2**-24 + 2**-60: a double would lose the last bit, and the tie would then go to the even 1
    assert value("x + y", "float32", x=1 + 2**-24, y=2.0**-60) == 1 + 2**-23


def test_exact_results_and_exact_ties_end() -> None:
    assert value("x + y", x=1.0, y=2.0**-53) == 1.0
    assert value("x + y", x=1.0, y=3 * 2.0**-53) == 1 + 2**-51
    assert value("x*y", x=1 + 2.0**-52, y=1 + 2.0**-1) == 1.5 + 2.0**-51
    assert value("sqrt(x) + y", x=4.0, y=2.0**-52) == 2.0
    assert value("exp(x)/(exp(x) + exp(x))", x=3.0) == 0.5
    assert value("log(exp(x))", x=1e3) == 1e3


def test_underflow_keeps_the_sign_and_an_exact_zero_is_positive() -> None:
    signs = {text: math.copysign(1, value(text, x=1e3)) for text in ("exp(-x)", "-exp(-x)", "x - x", "x*0", "log(exp(x)) - x")}
    assert signs == {"exp(-x)": 1, "-exp(-x)": -1, "x - x": 1, "x*0": 1, "log(exp(x)) - x": 1}
    assert value("log(exp(x)) - x", x=1e3) == 0


def test_subnormal_results_are_rounded_once() -> None:
    assert value("log(1 + exp(x))", x=-745.0) == 5e-324
    assert value("x/3", x=5e-324) == 0
    assert value("x*2/3", x=5e-324) == 5e-324
    assert value("exp(x)", "float32", x=-103.0) == 2.0**-149


def test_what_overflows_is_infinite() -> None:
    assert value("exp(x)", x=1e3) == math.inf
    assert value("-exp(exp(x))", x=100.0) == -math.inf
    assert value("exp(x)", x=1e300) == math.inf
    assert value("exp(x)", "float32", x=88.8) == math.inf
    assert value("x + x", x=1.7976931348623157e308) == math.inf


def test_an_undefined_part_is_named_with_what_it_needs() -> None:
    with pytest.raises(NoValue, match=r"^log\(x - 1\) is undefined: it needs x - 1 > 0, at x = 1$"):
        value("2*log(x - 1)", x=1.0)
    with pytest.raises(NoValue, match=r"^x/y is undefined: it needs y != 0, at x = 0, y = 0$"):
        value("x/y", x=0.0, y=0.0)


def test_a_tie_that_is_not_rational_is_given_up_and_named() -> None:
    with pytest.raises(Undecided, match=r"sqrt\(x\)\*sqrt\(x\) \+ y is too near the middle between 2\.0 and 2\.0000000000000004"):
        value("sqrt(x)*sqrt(x) + y", x=2.0, y=2.0**-52)


def test_what_is_beyond_all_bounds_is_given_up_quickly() -> None:
    with pytest.raises(Undecided, match="or a part of it be too large"):
        value("exp(exp(exp(x)))", x=1000.0)


def test_a_derivative_at_a_kink_is_given_up() -> None:
    with pytest.raises(Undecided, match="a condition in it may lie on its border"):
        value("diff(abs(x), x)", x=0.0)

"""Correct rounding: the one float nearest to what a term is worth at exact values of its symbols.

Balls are made narrower until all of the numbers in them round to one float (Ziv's strategy); what is rational is rounded exactly.
Knows binary formats and enclosures; knows no arrays and no types.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

from flint import arb, fmpq

from derive.balls import LEVELS, Imprecise, Undefined, Unsettled, evaluate, precision
from derive.show import text as show
from derive.term import Term


class NoValue(ArithmeticError):
    """The formula is certainly undefined at an input: which part of it, and what that part needs."""


class Undecided(ArithmeticError):
    """No precision that was tried tells which float is nearest, or whether there is a value at all."""


class Format(NamedTuple):
    """A binary floating-point format."""

    digits: int  # of a significand, in bits
    least: int  # the smallest number above zero is 2**least
    most: int  # every number is below 2**most


FORMATS: Mapping[str, Format] = {"float64": Format(53, -1074, 1024), "float32": Format(24, -149, 128)}


def rounded(value: Term, point: Mapping[str, Any], format_: Format) -> float:
    """The float nearest to what a term is worth at a point. Raises NoValue and Undecided."""
    ends: tuple[float, float] | None = None
    for bits in LEVELS:
        try:
            worth = evaluate(value, point, bits)
        except Undefined as error:
            at = ", ".join(f"{name} = {x if x.denominator < 10**6 else float(x)}" for name, x in error.at.items())
            raise NoValue(f"{show(error.term)} is undefined: it needs {show(error.missing)}{f', at {at}' * bool(at)}") from None
        except Unsettled:
            break
        except Imprecise:
            continue
        if isinstance(worth, fmpq):
            return _of_rational(worth, format_)
        assert isinstance(worth, arb)
        with precision(bits):
            low, high = ends = _of_dyadic(worth.lower(), format_), _of_dyadic(worth.upper(), format_)
        if low == high and math.copysign(1, low) == math.copysign(1, high):
            return low
    if ends == (0, 0):
        return 0.0
    if ends is None:
        why = "a condition in it may lie on its border, or a part of it be too large"
        raise Undecided(f"{show(value)} could not be enclosed with {LEVELS[-1]} bits: {why}")
    raise Undecided(f"{show(value)} is too near the middle between {ends[0]!r} and {ends[1]!r} to be rounded with {LEVELS[-1]} bits")


def nearest(whole: int, exponent: int, format_: Format) -> float:
    """The float nearest to whole * 2**exponent, ties to even."""
    size, sign = abs(whole), -1.0 if whole < 0 else 1.0
    top = size.bit_length() + exponent  # the number is below 2**top, and at least half of that
    unit = max(top - format_.digits, format_.least)
    if top > format_.most:
        return sign * math.inf
    if not size or top < unit:
        return sign * 0.0
    shift = unit - exponent
    kept = size << -shift if shift <= 0 else size >> shift
    rest = size - (kept << shift) if shift > 0 else 0
    if shift > 0 and (2 * rest, kept & 1) > (1 << shift, 0):
        kept += 1
    if kept.bit_length() + unit > format_.most:
        return sign * math.inf
    return sign * math.ldexp(kept, unit)


def _of_dyadic(value: arb, format_: Format) -> float:
    whole, exponent = value.man_exp()
    return nearest(int(whole), int(exponent), format_)


def _of_rational(value: fmpq, format_: Format) -> float:
    p, q = int(value.p), int(value.q)
    if q & (q - 1) == 0:
        return nearest(p, 1 - q.bit_length(), format_)
    shift = max(0, format_.digits + 3 + q.bit_length() - p.bit_length())
    whole, _ = divmod(p << shift, q)
    return nearest(2 * whole + 1, -shift - 1, format_)  # what was cut off is not 0, and far below half a unit: one more bit says so

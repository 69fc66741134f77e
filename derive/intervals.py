"""Intervals with rational ends, and what an operation makes of them: bounds that certainly hold every value. Trusted.

An operation is done on the ends and rounded outward; a point whose fraction is short stays exact, so rational arithmetic is.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache, partial
from math import isqrt
from typing import NamedTuple

Interval = tuple[Fraction, Fraction]
Scaled = tuple[int, int]  # bounds of a number that is not negative, times 2**p

EXACT = 2048  # a point is rounded only if its numerator or denominator has more bits
LARGEST = 1 << 16  # numbers beyond 2**±LARGEST have no bounds,
FARTHEST = 10_000  # nor have exp, sin and cos of what is farther from 0
ONE = (Fraction(1), Fraction(1))


class Unknown(Exception):
    """There are no bounds: not certainly defined at this precision, too large, or an operation that is not known."""


def apply(op: str, bits: int, *intervals: Interval) -> Interval:
    """What one of the OPERATIONS makes of intervals, to about `bits` bits."""
    return rounded(OPERATIONS[op](bits, *intervals), bits)


def rounded(a: Interval, bits: int) -> Interval:
    """An interval around `a` with ends of about `bits` bits, `a` itself if it is a short point."""
    low, high = a
    if low == high and max(low.numerator.bit_length(), low.denominator.bit_length()) <= EXACT:
        return a
    return _down(low, bits), -_down(-high, bits)


def _down(x: Fraction, bits: int) -> Fraction:
    """The floor of x at its binary digit number `bits`, counted from its first."""
    n, d = x.numerator, x.denominator
    shift = bits - n.bit_length() + d.bit_length()
    if abs(shift) > LARGEST:
        raise Unknown
    return Fraction((n << shift) // d, 1 << shift) if shift >= 0 else Fraction(n // (d << -shift) << -shift)


# -- series, in integers: numbers times 2**p, the lower bound floored and the upper bound ceiled at every step


class _Series(NamedTuple):
    """Σ (±1)ⁿ·t(n)/weight(n) with t(n) = t(n - 1)·factor/step(n) >= 0, where factor/step(n) <= ⅓ and weight(n) >= 1."""

    step: Callable[[int], int]
    weight: Callable[[int], int]
    alternates: bool

    def sum(self, t: Scaled, factor: Scaled, p: int) -> Scaled:
        """From t(0) on. The terms left out are together at most t + t/2 + t/4 + … = 2t."""
        low = high = n = 0
        while t[1] > 1:
            least, most = t[0] // self.weight(n), -(-t[1] // self.weight(n))
            low, high = (low - most, high - least) if self.alternates and n % 2 else (low + least, high + most)
            n += 1
            t = _times(t, factor, p, self.step(n))
        return low - 2 * t[1] * self.alternates, high + 2 * t[1]


_EXP = _Series(lambda n: n, lambda n: 1, False)
_SIN = _Series(lambda n: 2 * n * (2 * n + 1), lambda n: 1, True)
_COS = _Series(lambda n: 2 * n * (2 * n - 1), lambda n: 1, True)
_ARTANH = _Series(lambda n: 1, lambda n: 2 * n + 1, False)
_ARCTAN = _Series(lambda n: 1, lambda n: 2 * n + 1, True)


def _scaled(n: int, d: int, p: int) -> Scaled:
    """n/d times 2**p."""
    return (n << p) // d, -((-n << p) // d)


def _times(a: Scaled, b: Scaled, p: int, divisor: int = 1) -> Scaled:
    return (a[0] * b[0] >> p) // divisor, -((-a[1] * b[1] >> p) // divisor)


def _interval(a: Scaled, p: int) -> Interval:
    return Fraction(a[0], 1 << p), Fraction(a[1], 1 << p)


def _odd(series: _Series, n: int, d: int, p: int) -> Scaled:
    """The series of an odd function at x = n/d >= 0: from x on, by the factor x²."""
    x = _scaled(n, d, p)
    return series.sum(x, _times(x, x, p), p)


@lru_cache(64)
def _log_2(p: int) -> Scaled:
    """log 2 = 2·artanh ⅓, since log((1 + z)/(1 - z)) = 2·artanh z."""
    low, high = _odd(_ARTANH, 1, 3, p)
    return 2 * low, 2 * high


@lru_cache(64)
def pi(bits: int) -> Interval:
    """π = 16·arctan(1/5) - 4·arctan(1/239), Machin's formula."""
    p = bits + 16
    a, b = _odd(_ARCTAN, 1, 5, p), _odd(_ARCTAN, 1, 239, p)
    return _interval((16 * a[0] - 4 * b[1], 16 * a[1] - 4 * b[0]), p)


# -- functions at a rational number


def _exp(x: Fraction, bits: int) -> Interval:
    """exp x = exp(x/2**k)**(2**k) with 0 <= x/2**k < ¼; exp(-x) = 1/exp x. Each of the k squarings costs a bit."""
    if abs(x) > FARTHEST:
        raise Unknown
    k = int(abs(x)).bit_length() + 2 + isqrt(bits) // 2
    p = bits + k + 16
    y = _EXP.sum((1 << p, 1 << p), _scaled(abs(x.numerator), x.denominator << k, p), p)
    for _ in range(k):
        y = _times(y, y, p)
    low, high = _interval(y, p)  # 1 <= low: the first term is 1, no other is negative
    return (low, high) if x >= 0 else (1 / high, 1 / low)


def _of_exp(f: Callable[[Fraction], Fraction], x: Fraction, bits: int) -> Interval:
    """f(exp x) for an f that increases on the bounds of exp x."""
    low, high = _exp(x, bits)
    return f(low), f(high)


def _log(x: Fraction, bits: int) -> Interval:
    """log x = k·log 2 + log(n/d) with ⅔ <= n/d <= 4/3; log(n/d) = 2·artanh z for z = (n - d)/(n + d), so |z| <= ⅕."""
    if x <= 0:
        raise Unknown
    n, d = x.numerator, x.denominator
    k = n.bit_length() - d.bit_length()
    n, d = n << max(-k, 0), d << max(k, 0)  # now ½ < n/d < 2
    if 3 * n > 4 * d:
        k, d = k + 1, 2 * d
    elif 3 * n < 2 * d:
        k, n = k - 1, 2 * n
    p = bits + 16 + (0 if k else (n + d).bit_length() - abs(n - d).bit_length())  # as many more as z has zeros in front
    low, high = _odd(_ARTANH, abs(n - d), n + d, p)
    low, high = (low, high) if n >= d else (-high, -low)
    least, most = sorted(k * c for c in _log_2(p))
    return _interval((2 * low + least, 2 * high + most), p)


def _sqrt(x: Fraction, bits: int) -> Interval:
    """r <= 2**s·√x < r + 1 for r = ⌊√⌊4**s·x⌋⌋; exact for squares."""
    if x < 0:
        raise Unknown
    n, d = x.numerator, x.denominator
    above, below = isqrt(n), isqrt(d)
    if above**2 == n and below**2 == d:
        return Fraction(above, below), Fraction(above, below)
    s = max(0, bits + 2 + (d.bit_length() - n.bit_length()) // 2)
    r = isqrt((n << 2 * s) // d)
    return _interval((r, r + 1), s)


def _power(n: int, x: Fraction, bits: int) -> Interval:
    """xⁿ digit by digit of n: (xᵐ)² is x²ᵐ, and times x it is x²ᵐ⁺¹."""
    out = ONE
    for digit in f"{n:b}":
        out = rounded(_mul(out, out), bits)
        out = rounded(_mul(out, (x, x)), bits) if digit == "1" else out
    return out


# -- operations on intervals


def _increasing(f: Callable[[Fraction, int], Interval], a: Interval, bits: int) -> Interval:
    """What a function that increases on an interval makes of it."""
    low = f(a[0], bits)
    return low if a[0] == a[1] else (low[0], f(a[1], bits)[1])


def power(a: Interval, n: int, bits: int) -> Interval:
    """aⁿ for n >= 0: an odd power increases, and an even one is that of |a|, where it increases."""
    if n.bit_length() > 64:
        raise Unknown
    return rounded(_increasing(partial(_power, n), a if n % 2 else _abs(a), bits + n.bit_length()), bits)


def _mul(a: Interval, b: Interval) -> Interval:
    """A product is linear in each factor, so the ends are among the products of the ends."""
    products = [x * y for x in a for y in b]
    return min(products), max(products)


def _div(a: Interval, b: Interval) -> Interval:
    """1/y decreases on either side of 0."""
    if b[0] <= 0 <= b[1]:
        raise Unknown
    return _mul(a, (1 / b[1], 1 / b[0]))


def _abs(a: Interval) -> Interval:
    return max(Fraction(0), a[0], -a[1]), max(-a[0], a[1])


def _sine(turns: int, a: Interval, bits: int) -> Interval:
    """sin(x + turns·π/2): it is ±sin r or ±cos r, up to the distance of x from q·π/2 + r, since no slope is beyond ±1."""
    middle, p = (a[0] + a[1]) / 2, bits + 32
    if abs(middle) > FARTHEST:
        raise Unknown
    least, most = pi(p)
    q = round(2 * middle / least)
    r, error = middle - q * least / 2, (a[1] - a[0]) / 2 + abs(q) * (most - least) / 2  # |r| <= 0.79
    if (q + turns) % 2:
        x = _scaled(abs(r.numerator), r.denominator, p)
        low, high = _interval(_COS.sum((1 << p, 1 << p), _times(x, x, p), p), p)
    else:
        low, high = _interval(_odd(_SIN, abs(r.numerator), r.denominator, p), p)
        low, high = (low, high) if r >= 0 else (-high, -low)
    low, high = (low, high) if (q + turns) % 4 < 2 else (-high, -low)
    return max(low - error, Fraction(-1)), min(high + error, Fraction(1))


OPERATIONS: dict[str, Callable[..., Interval]] = {
    "neg": lambda bits, a: (-a[1], -a[0]),
    "add": lambda bits, a, b: (a[0] + b[0], a[1] + b[1]),
    "sub": lambda bits, a, b: (a[0] - b[1], a[1] - b[0]),
    "mul": lambda bits, a, b: _mul(a, b),
    "div": lambda bits, a, b: _div(a, b),
    "abs": lambda bits, a: _abs(a),
    "max": lambda bits, *several: (max(low for low, _ in several), max(high for _, high in several)),
    "min": lambda bits, *several: (min(low for low, _ in several), min(high for _, high in several)),
    "exp": lambda bits, a: _increasing(_exp, a, bits),
    "log": lambda bits, a, b=None: _div(_increasing(_log, a, bits), _increasing(_log, b, bits)) if b else _increasing(_log, a, bits),
    "sqrt": lambda bits, a: _increasing(_sqrt, a, bits),
    # with u = exp x they are (u - 1/u)/2, which increases; (u + 1/u)/2, which increases for u >= 1; and 1 - 2/(u² + 1)
    "sinh": lambda bits, a: _increasing(partial(_of_exp, lambda u: (u - 1 / u) / 2), a, bits),
    "cosh": lambda bits, a: _increasing(partial(_of_exp, lambda u: (u + 1 / u) / 2), _abs(a), bits),
    "tanh": lambda bits, a: _increasing(partial(_of_exp, lambda u: 1 - 2 / (u * u + 1)), a, bits),
    "sin": lambda bits, a: _sine(0, a, bits),
    "cos": lambda bits, a: _sine(1, a, bits),
    "tan": lambda bits, a: _div(_sine(0, a, bits), _sine(1, a, bits)),
}

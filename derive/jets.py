"""Numbers for balls: exact rationals, balls, and polynomials in nilpotent ε's over both; with the functions of the language.

Knows the power series of each function and where it may be taken; knows no terms. A derivative is read off a coefficient:
the variable is moved by an ε with ε² = 0, and nested derivatives take one ε each.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

from flint import arb, arb_series, fmpq

EXACT_BITS = 20_000  # a rational longer than this goes on as a ball

Number = fmpq | arb


class Imprecise(Exception):
    """The enclosures are too wide to decide; more precision may help."""


class Unsettled(Imprecise):
    """Not decided at this point at any precision, such as a derivative at a kink."""


class Unsupported(Exception):
    """What cannot be enclosed here, such as a limit."""


def exact(value: Fraction | int) -> fmpq:
    """The same number, for FLINT."""
    return fmpq(value.numerator, value.denominator)


def fraction(value: fmpq) -> Fraction:
    """The same number, for Python."""
    return Fraction(int(value.p), int(value.q))


class Jet:
    """A polynomial in nilpotent ε's: coefficients by the set of ε's (bit mask). Kept even where all but the first are zero."""

    __slots__ = ("c",)

    def __init__(self, c: dict[int, Number]) -> None:
        self.c = c

    def __add__(self, other: Any) -> Jet:
        out = dict(self.c)
        for mask, x in (other.c if isinstance(other, Jet) else {0: other}).items():
            out[mask] = out[mask] + x if mask in out else x
        return Jet(out)

    def __mul__(self, other: Any) -> Jet:
        out: dict[int, Number] = {}
        for n, y in (other.c if isinstance(other, Jet) else {0: other}).items():
            for m, x in self.c.items():
                if not m & n:
                    out[m | n] = out[m | n] + x * y if m | n in out else x * y
        return Jet(out)

    def __neg__(self) -> Jet:
        return Jet({m: -x for m, x in self.c.items()})

    def __sub__(self, other: Any) -> Jet:
        return Jet.__add__(self, -other)

    def __rsub__(self, other: Any) -> Jet:
        return Jet.__add__(-self, other)

    __radd__, __rmul__ = __add__, __mul__

    def compose(self, coefficients: Callable[[Number, int], Sequence[Number]]) -> Jet:
        """f(self), where `coefficients(c, n)` gives the first n + 1 Taylor coefficients of f at c."""
        tail = Jet({**self.c, 0: fmpq(0)})
        order = functools.reduce(int.__or__, self.c).bit_count()  # a power of the tail beyond that is 0
        first, *rest = coefficients(self.c[0], order)
        out = Jet({0: fmpq(0)})
        for x in reversed(rest):
            out = (out + x) * tail
        return out + first


def moved(x: Any, bit: int) -> Jet:
    """x + ε, with the ε of that bit."""
    out: Jet = Jet({0: fmpq(0), bit: fmpq(1)}) + x
    return out


def coefficient(x: Any, bit: int) -> Any:
    """What stands before the ε of that bit; a jet in the other ε's where there are any."""
    if type(x) is not Jet:
        return fmpq(0)
    out = {0: fmpq(0), **{m ^ bit: y for m, y in x.c.items() if m & bit}}
    return Jet(out) if any(m & ~bit for m in x.c) else out[0]


def replaced(family: Any, place: Sequence[int], value: Any) -> Any:
    """A nested tuple with another value at a place, counted from 0."""
    if not place:
        return value
    i, *rest = place
    return (*family[:i], replaced(family[i], rest, value), *family[i + 1 :])


def base(x: Any) -> Number:
    """The value at the point itself."""
    return x.c[0] if type(x) is Jet else x


def sign(x: Any) -> int:
    """-1, 0 or 1 where that is certain, else Imprecise; of a jet, the sign at the point."""
    x = base(x)
    if type(x) is fmpq:
        x = x.p  # which is compared in a fraction of the time
    if x > 0:
        return 1
    if x < 0:
        return -1
    if x == 0:
        return 0
    raise Imprecise


def _finite(x: Any) -> Any:
    if type(x) is arb and not x.is_finite():
        raise Imprecise
    return x


def exponential(c: Number, order: int) -> list[Number]:
    """The series of exp at c."""
    out = [plain("exp", c)]
    for k in range(1, order + 1):
        out.append(out[-1] / k)
    return out


def logarithm(c: Number, order: int) -> list[Number]:
    """The series of log at c > 0."""
    return [plain("log", c), *(-((-1 / c) ** k) / k for k in range(1, order + 1))]


def reciprocal(c: Number, order: int) -> list[Number]:
    """The series of 1/u at c, which must not be 0."""
    return [(-1) ** k / c ** (k + 1) for k in range(order + 1)]


def binomial(c: Number, p: Number, order: int) -> list[Number]:
    """The series of u**p at c, which must not be 0."""
    out = [power(c, p)]
    for k in range(1, order + 1):
        out.append(out[-1] * (p - k + 1) / (k * c))
    return out


def series(op: str, c: Number, order: int) -> list[Number]:
    """The series of the function called `op` at c: coefficients up to the given order."""
    if op in ("exp", "log"):
        return exponential(c, order) if op == "exp" else logarithm(c, order)
    if op == "sqrt":
        return binomial(c, fmpq(1, 2), order)
    if not isinstance(c, fmpq | arb):
        raise Unsupported(f"a derivative of {op} over Reals cannot be evaluated at a point")
    x = arb_series([arb(c), 1], prec=order + 1)
    if op == "tanh":
        try:
            out = 1 - 2 / ((2 * x).exp() + 1)
        except ValueError:  # the enclosure of the denominator holds zero
            raise Imprecise from None
    elif op in ("sinh", "cosh"):
        up, down = x.exp(), (-x).exp()
        out = (up - down) / 2 if op == "sinh" else (up + down) / 2
    else:
        out = getattr(x, op)()
    return [plain(op, c), *(out[k] for k in range(1, order + 1))]


def plain(op: str, x: Number) -> Number:
    """A function of one number inside its domain; exact where it is plain that the value is rational. A curve knows its own."""
    if isinstance(x, fmpq):
        if x == 0:
            return fmpq(1 if op in ("exp", "cos", "cosh") else 0)
        if op == "log" and x == 1:
            return fmpq(0)
        if op == "sqrt":
            return power(x, fmpq(1, 2))
        x = arb(x)
    out: Number = _finite(getattr(x, op)())
    return out


def power(x: Number, p: Number) -> Number:
    """x**p inside its domain: x > 0, or p an integer."""
    if isinstance(x, fmpq) and isinstance(p, fmpq) and p.q <= 64:
        root = _root(x, int(p.q))
        if root is not None and root.height_bits() * abs(int(p.p)) <= EXACT_BITS:
            return root ** int(p.p)
    base: Any = arb(x) if isinstance(x, fmpq) else x
    exponent: Any = p
    if isinstance(p, fmpq) and isinstance(base, arb):
        exponent = int(p.p) if p.q == 1 else arb(p)
    out: Number = _finite(base**exponent)
    return out


def whole_power(x: Any, n: int) -> Any:
    """x**n for an integer n >= 0, everywhere; x**0 is 1."""
    if type(x) is not Jet:
        return power(x, fmpq(n))
    return x.compose(lambda c, order: [math.comb(n, k) * power(c, fmpq(max(n - k, 0))) for k in range(order + 1)])


def raised(x: Any, p: Any) -> Any:
    """x**p inside its domain, also where p varies (then x > 0)."""
    if type(p) is Jet:
        return (p * (x.compose(logarithm) if type(x) is Jet else plain("log", x))).compose(exponential)
    return x.compose(lambda c, n: binomial(c, p, n)) if type(x) is Jet else power(x, p)


def whole_logarithm(x: Any, to: Any) -> fmpq | None:
    """The logarithm of x > 0 to a base, where it is plainly an integer."""
    if type(x) is fmpq and type(to) is fmpq and max(x.height_bits(), to.height_bits()) < 900:
        n = round(float(arb(x).log() / arb(to).log()))
        if abs(n) < 900 and to**n == x:
            return fmpq(n)
    return None


def larger(x: Any, y: Any) -> Any:
    """The maximum; Unsettled where derivatives from two sides could meet."""
    if (types := {type(x), type(y)}) <= {arb, fmpq} and arb in types:
        return arb(x).max(arb(y))
    side = sign(x - y)
    if side == 0 and (type(x) is Jet or type(y) is Jet):
        raise Unsettled
    return x if side >= 0 else y


def smaller(x: Any, y: Any) -> Any:
    """The minimum, as `larger`."""
    return -larger(-x, -y)


def absolute(x: Any) -> Any:
    """The absolute value; Unsettled at its kink under a derivative."""
    return larger(x, -x) if type(x) is Jet else abs(x)


def _root(x: fmpq, n: int) -> fmpq | None:
    """The exact n-th root of a number, if it is rational."""
    if n == 1:
        return x
    p, q = x.p.root(n), x.q.root(n)
    return fmpq(p, q) if p**n == x.p and q**n == x.q else None


def shortened(x: Any) -> Any:
    """The same number, as a ball if it is a rational of monstrous length."""
    return arb(x) if type(x) is fmpq and x.height_bits() > EXACT_BITS else x

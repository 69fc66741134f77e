"""Numbers for balls, of a variable that runs over all reals: sums of polynomials times exponentials of quadratics, with their integrals.

What leaves that family raises Unsupported. A Gaussian density times a polynomial stays in it, and so does the logarithm of a
Gaussian; the integrals over the reals are then known in closed form. Knows no terms.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, NoReturn

from flint import arb, fmpq

from derive.jets import Imprecise, Number, Unsupported, plain, power, sign

MOST = 60  # terms of a sum, and coefficients of a polynomial

Polynomial = tuple[Number, ...]  # coefficients, constant first; the last is not exactly 0

_ZERO = fmpq(0)


class Bell(NamedTuple):
    """A polynomial times exp(a*x**2 + b*x)."""

    a: fmpq
    b: fmpq
    p: Polynomial


class Diverges(Exception):
    """The integral certainly does not exist."""


class Curve:
    """A function of one real variable that is not plainly constant: a sum of bells, no two of them with the same exponential.

    `variable` is the same object for all curves over the same variable. Compared with 0 it is > or < where it is so everywhere.
    """

    __slots__ = ("terms", "variable")

    def __init__(self, terms: Sequence[Bell], variable: object) -> None:
        self.terms, self.variable = terms, variable

    # -- arithmetic

    def __add__(self, other: Any) -> Any:
        if (theirs := self._terms_of(other)) is None:
            return NotImplemented
        return self._curve([*self.terms, *theirs])

    def __mul__(self, other: Any) -> Any:
        if (theirs := self._terms_of(other)) is None:
            return NotImplemented
        return self._curve([Bell(t.a + u.a, t.b + u.b, _product(t.p, u.p)) for t in self.terms for u in theirs])

    __radd__, __rmul__ = __add__, __mul__

    def __neg__(self) -> Any:
        return Curve([Bell(a, b, tuple(-c for c in p)) for a, b, p in self.terms], self.variable)

    def __sub__(self, other: Any) -> Any:
        return self + -other

    def __rsub__(self, other: Any) -> Any:
        return -self + other

    def __truediv__(self, other: Any) -> Any:
        return self * (other**-1 if isinstance(other, Curve) else fmpq(1) / other)

    def __rtruediv__(self, other: Any) -> Any:
        return self**-1 * other

    def __pow__(self, p: Any) -> Any:
        if isinstance(p, int):
            p = fmpq(p)
        if not isinstance(p, fmpq):
            _leave("such a power")
        if p.q == 1 and 0 <= p <= MOST:
            out: Any = self if p > 0 else fmpq(1)
            for _ in range(int(p.p) - 1):
                out = self * out
            return out
        a, b, (c,) = self._bell()
        return self._curve([Bell(p * a, p * b, (power(c, p),))])

    def __rpow__(self, base: Any) -> NoReturn:
        _leave("such a power")

    def __abs__(self) -> Any:
        return self if sign(self) > 0 else -self

    # -- functions

    def exp(self) -> Any:
        """Of a quadratic with exact coefficients."""
        a, b, p = self.terms[0]
        first, linear, square = (*p, _ZERO, _ZERO)[:3]
        if len(self.terms) > 1 or len(p) > 3 or a != 0 or b != 0 or not (type(linear) is fmpq and type(square) is fmpq):
            _leave("such an exponential")
        return self._curve([Bell(square, linear, (plain("exp", first),))])

    def log(self) -> Any:
        """Of a single exponential, which is positive."""
        a, b, (c,) = self._bell()
        return self._curve([Bell(_ZERO, _ZERO, (plain("log", c), b, a))])

    def sqrt(self) -> Any:
        """Of a single exponential, which is positive."""
        return self ** fmpq(1, 2)

    def _elsewhere(self) -> NoReturn:
        _leave("such a function")

    sin = cos = tan = sinh = cosh = tanh = _elsewhere

    # -- signs: of every value at once

    def __gt__(self, zero: int) -> bool:
        return all(_positive(t.p) for t in self.terms)

    def __lt__(self, zero: int) -> bool:
        return bool(-self > 0)

    def integrable(self) -> bool:
        """Whether the integral over all reals exists. Raises Imprecise.

        A term that does not decay outgrows all that decay; of several, one outgrows the others on at least one side.
        """
        staying = [c for t in self.terms if t.a >= 0 for c in t.p]
        if any(c > 0 or c < 0 for c in staying):
            return False
        if staying:
            raise Imprecise
        return True

    # -- within

    def _curve(self, terms: Sequence[Bell]) -> Any:
        """The function with these terms, those with the same exponential added up; a plain number where it is constant."""
        merged: list[Bell] = []
        for t in terms:
            i = next((i for i, u in enumerate(merged) if u.a == t.a and u.b == t.b), None)
            if i is None:
                merged.append(t)
            else:
                merged[i] = Bell(t.a, t.b, _sum(merged[i].p, t.p))
        found = [Bell(a, b, q) for a, b, p in merged if (q := _trimmed(p))]
        if len(found) > MOST:
            _leave("so long a sum")
        if not found:
            return _ZERO
        a, b, p = found[0]
        return p[0] if len(found) == len(p) == 1 and a == 0 and b == 0 else Curve(found, self.variable)

    def _terms_of(self, other: Any) -> Sequence[Bell] | None:
        if isinstance(other, Curve):
            if other.variable is not self.variable:
                _leave("two variables that run over Reals")
            return other.terms
        if isinstance(other, int):
            other = fmpq(other)
        return [Bell(_ZERO, _ZERO, (other,))] if isinstance(other, fmpq | arb) else None

    def _bell(self) -> Bell:
        """The only term, which has to be an exponential with a plain factor."""
        if len(self.terms) > 1 or len(self.terms[0].p) > 1:
            _leave("such a quotient, power or logarithm")
        return self.terms[0]


def _leave(what: str) -> NoReturn:
    raise Unsupported(f"{what} over Reals cannot be evaluated at a point")


def variable() -> Curve:
    """A new variable that runs over all reals."""
    return Curve([Bell(_ZERO, _ZERO, (_ZERO, fmpq(1)))], object())


def _trimmed(p: Polynomial) -> Polynomial:
    while p and type(p[-1]) is fmpq and p[-1] == 0:
        p = p[:-1]
    return p


def _sum(p: Polynomial, q: Polynomial) -> Polynomial:
    longer, shorter = (p, q) if len(p) >= len(q) else (q, p)
    return (*(x + y for x, y in zip(longer, shorter, strict=False)), *longer[len(shorter) :])


def _product(p: Polynomial, q: Polynomial) -> Polynomial:
    if len(p) + len(q) > MOST:
        _leave("so high a power")
    out: list[Number] = [_ZERO] * (len(p) + len(q) - 1)
    for i, x in enumerate(p):
        for j, y in enumerate(q):
            out[i + j] += x * y
    return tuple(out)


def _positive(p: Polynomial) -> bool:
    """Whether a polynomial is certainly positive everywhere: a square plus something, or even powers with positive factors."""
    if len(p) == 3 and p[2] > 0 and 4 * p[0] * p[2] > p[1] ** 2:
        return True
    return bool(p[0] > 0) and all(c >= 0 if i % 2 == 0 else type(c) is fmpq and c == 0 for i, c in enumerate(p))


# -- integrals


def integrable(x: Any) -> bool:
    """Whether a curve or a number has an integral over all reals. Raises Imprecise and Unsupported."""
    return x.integrable() if isinstance(x, Curve) else sign(_number(x)) == 0


def integral(x: Any) -> Number:
    """The integral of a curve or a number over all reals. Raises Diverges, Imprecise and Unsupported."""
    if not integrable(x):
        raise Diverges
    out: Number = _ZERO
    for a, b, p in x.terms if isinstance(x, Curve) else ():
        if a < 0:  # else its polynomial is 0
            whole = (arb.pi() / -a).sqrt() * (arb(-b * b) / (4 * a)).exp()
            out += whole * sum((c * m for c, m in zip(p, _moments(-b / (2 * a), -1 / (2 * a), len(p)), strict=True)), _ZERO)
    return out


def _moments(mean: fmpq, variance: fmpq, n: int) -> list[fmpq]:
    """The expectations of 1, X, X², … (n of them) where X is normal."""
    out = [fmpq(1), mean]
    while len(out) < n:
        out.append(mean * out[-1] + (len(out) - 1) * variance * out[-2])
    return out[:n]


def _number(x: Any) -> Number:
    if not isinstance(x, fmpq | arb):
        raise Unsupported("what is integrated is no plain function")
    return x

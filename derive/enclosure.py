"""Rational bounds of closed numbers: an enclosure that certainly holds the value, its sign, agreement to the digits shown. Trusted.

A term has an enclosure only where it is certainly defined, all its operations are known and everything it branches on is decided.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from typing import NamedTuple

from derive.intervals import ONE, OPERATIONS, Interval, Unknown, apply, pi, power, rounded
from derive.term import RELATIONS, TRUE, CaptureError, Term, free, num, substitute

LEVELS = (60, 200, 600)  # bits of precision, tried in turn
MOST_BITS = 4000
MAX_TERMS = 1000  # of all sums and products in one evaluation


class _At(NamedTuple):
    """The precision of an evaluation, and one item for each term that it may still add up."""

    bits: int
    left: Iterator[int]


def enclose(t: Term, bits: int) -> Interval | None:
    """Bounds of a closed term, rounded to about `bits` bits; None where it is not certainly defined, or not known here."""
    try:
        return None if free(t) else _enclose(t, _At(max(8, min(bits, MOST_BITS)), iter(range(MAX_TERMS))))
    except (Unknown, CaptureError, RecursionError):
        return None


def sign(t: Term, levels: Sequence[int] = LEVELS) -> int | None:
    """-1, 0 or 1 where it is certain; 0 only where exact arithmetic gave it."""
    for bits in levels:
        low, high = enclose(t, bits) or (Fraction(-1), Fraction(1))
        if low > 0 or high < 0 or low == high:
            return (low > 0) - (high < 0)
    return None


def approximates(t: Term, value: Fraction, decimals: int, levels: Sequence[int] = LEVELS) -> bool | None:
    """Whether `t` is within half a unit of the last of the `decimals` digits of `value`; None where that is not certain."""
    half = Fraction(1, 2 * 10**decimals)
    for bits in levels:
        if (found := enclose(t, bits)) is None:
            continue
        low, high = found[0] - value, found[1] - value
        if -half <= low and high <= half:
            return True
        if high < -half or half < low:
            return False
    return None


def _enclose(t: Term, at: _At) -> Interval:
    if (form := _FORMS.get(t.op)) is not None:
        return rounded(form(t, at), at.bits)
    if t.op not in OPERATIONS:
        raise Unknown
    return apply(t.op, at.bits, *(_enclose(c, at) for c in t.args))


def _number(t: Term, at: _At) -> Interval:
    value = Fraction(t.args[0])
    return value, value


def _constant(t: Term, at: _At) -> Interval:
    if t.name not in ("pi", "e"):
        raise Unknown
    return pi(at.bits) if t.name == "pi" else apply("exp", at.bits, ONE)


def _exponentiation(t: Term, at: _At) -> Interval:
    """Defined everywhere for a number n >= 0 as written; for other whole exponents where u != 0; else exp(v·log u) for u > 0."""
    base, exponent = t.args
    u, v = _enclose(base, at), _enclose(exponent, at)
    if v[0] != v[1] or v[0].denominator != 1:
        return apply("exp", at.bits, apply("mul", at.bits + 16, v, apply("log", at.bits + 16, u)))
    n = int(v[0])
    if exponent.op == "num" and n >= 0:
        return power(u, n, at.bits)
    inverse = apply("div", at.bits + abs(n).bit_length(), ONE, u)
    return power(u if n >= 0 else inverse, abs(n), at.bits)


def _integer(t: Term, at: _At) -> int:
    low, high = _enclose(t, at)
    if low != high or low.denominator != 1:
        raise Unknown
    return int(low)


def _element(t: Term, at: _At) -> Interval:
    entry, *indices = t.args
    for index in indices:
        i = _integer(index, at)
        if entry.op != "array" or not 1 <= i <= len(entry.args):
            raise Unknown
        entry = entry.args[i - 1]
    return _enclose(entry, at)


def _delta(t: Term, at: _At) -> Interval:
    i, j = (_integer(c, at) for c in t.args)
    return Fraction(i == j), Fraction(i == j)


def _instances(t: Term, at: _At) -> Iterator[Term]:
    """The body of a binder over a number, for each index that passes the filter."""
    body, var, over, where = t.args
    if over.op != "num" or over.args[0].denominator != 1 or over.args[0] < 1:
        raise Unknown
    for i in range(1, int(over.args[0]) + 1):
        if next(at.left, None) is None:
            raise Unknown
        if _holds(substitute(where, {var.name: num(i)}), at):
            yield substitute(body, {var.name: num(i)})


def _loop(t: Term, at: _At) -> Interval:
    join, out = ("add", (Fraction(0), Fraction(0))) if t.op == "sum" else ("mul", ONE)
    for instance in _instances(t, at):
        out = apply(join, at.bits, out, _enclose(instance, at))
    return out


def _cases(t: Term, at: _At) -> Interval:
    for value, guard in zip(t.args[::2], t.args[1::2], strict=True):
        if _holds(guard, at):
            return _enclose(value, at)
    raise Unknown


_FORMS: dict[str, Callable[[Term, _At], Interval]] = {
    "num": _number, "const": _constant, "pow": _exponentiation, "elem": _element, "delta": _delta,
    "sum": _loop, "prod": _loop, "cases": _cases,
}  # fmt: skip

# A relation holds between a and b if the sign of a - b is one of these.
_SIGNS = {"eq": {0}, "ne": {-1, 1}, "lt": {-1}, "le": {-1, 0}, "gt": {1}, "ge": {0, 1}}
_CONNECTIVES: dict[str, Callable[[list[bool]], bool]] = {
    "and": all, "or": any, "all": all, "not": lambda parts: not parts[0], "iff": lambda parts: parts[0] == parts[1],
}  # fmt: skip


def _holds(p: Term, at: _At) -> bool:
    """Whether a proposition is true. Every part of it has to be decided, so that all of it is defined."""
    if p == TRUE:
        return True
    if p.op in RELATIONS:
        (a, b), (c, d) = (_enclose(side, at) for side in p.args)
        possible = {s for s, is_possible in ((-1, a < d), (0, a <= d and c <= b), (1, c < b)) if is_possible}
        if possible <= _SIGNS[p.op]:
            return True
        if possible & _SIGNS[p.op]:
            raise Unknown
        return False
    if p.op not in _CONNECTIVES:
        raise Unknown
    return _CONNECTIVES[p.op]([_holds(c, at) for c in (_instances(p, at) if p.op == "all" else p.args)])

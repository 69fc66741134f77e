"""Rational functions over opaque atoms: exact arithmetic on Laurent polynomials with a factored denominator.

An atom is a number that stands for something (see `normal`); this module does not know for what. A monomial is a sorted
tuple of (atom, exponent ≠ 0), a polynomial a dict from monomial to coefficient ≠ 0, both never changed once made. A
denominator is a product of powers of primitive polynomials (no monomial factor, leading coefficient 1), kept factored, so
that sums share bases and no greatest common divisor is ever computed. Trusted.

What makes the arithmetic sound: atoms with a negative exponent and denominator factors are nonzero wherever the value is
used. That is owed by whoever divides (`domain` discharges it).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction

Monomial = tuple[tuple[int, int], ...]
Coefficient = int | Fraction
Poly = dict[Monomial, Coefficient]
PolyKey = frozenset[tuple[Monomial, Coefficient]]

MAX_TERMS = 4000
MAX_BITS = 20_000
MAX_POWER = 200  # of a sum
PRIME = 2**61 - 1
ONE: Poly = {(): 1}
NOTHING: Mapping[PolyKey, int] = {}  # what is below where nothing is


class TooLarge(ArithmeticError):
    """An expression that grows past what the kernel is willing to expand."""


class Rat:
    """`num` over the product of `den`: an immutable rational function; equal as a key when written alike."""

    __slots__ = ("_key", "den", "num")

    def __init__(self, num: Poly, den: Mapping[PolyKey, int] = NOTHING) -> None:
        self.num = num
        self.den = den
        self._key: object = None

    @property
    def key(self) -> object:
        """What two values share that are written alike."""
        if self._key is None:
            above = frozenset(self.num.items())
            self._key = (above, frozenset(self.den.items())) if self.den else above
        return self._key

    def __hash__(self) -> int:
        return hash(self._key or self.key)

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        return isinstance(other, Rat) and (self._key or self.key) == (other._key or other.key)

    def __repr__(self) -> str:
        return f"Rat({self.num}, {dict(self.den)})"

    def constant(self) -> Coefficient | None:
        """The number that this is, if it is one as written."""
        if self.den or len(self.num) > 1:
            return None
        return self.num.get((), 0) if not self.num or () in self.num else None

    def occurrences(self) -> list[int]:
        """The atoms that occur, as often as they do."""
        above = [a for m in self.num for a, _ in m]
        return above + [a for factor in self.den for m, _ in factor for a, _ in m] if self.den else above

    def atoms(self) -> set[int]:
        """The atoms that occur."""
        return set(self.occurrences())


def number(value: Coefficient) -> Rat:
    """A constant."""
    value = _short(value)
    return Rat({(): value}) if value else Rat({})


def atom(a: int, exponent: int = 1) -> Rat:
    """A power of an atom."""
    return Rat({((a, exponent),): 1}) if exponent else Rat(ONE)


def quotient(c: Coefficient, d: Coefficient) -> Coefficient:
    """c/d, exactly."""
    if d == 1:
        return c
    if type(c) is int and type(d) is int:
        return c // d if c % d == 0 else _short(Fraction(c, d))
    return _short(Fraction(c) / d)


def _short(c: Coefficient) -> Coefficient:
    """Integers as `int`: they are much quicker than fractions."""
    if type(c) is int:
        digits = c.bit_length()
    elif c.denominator == 1:
        c = c.numerator
        digits = c.bit_length()
    else:
        digits = c.denominator.bit_length() + c.numerator.bit_length()
    if digits > MAX_BITS:
        raise TooLarge("a coefficient of too many digits")
    return c


def fingerprint(r: Rat) -> int:
    """The value at a fixed point, modulo a prime, by which equal values are found (0 where it has none)."""
    try:
        below = 1
        for f, k in r.den.items():
            below = below * pow(_residue(f), k, PRIME) % PRIME
        return _residue(r.num.items()) * pow(below, -1, PRIME) % PRIME
    except ValueError:  # a division by a multiple of the prime
        return 0


def _residue(p: Iterable[tuple[Monomial, Coefficient]]) -> int:
    total = 0
    for m, c in p:
        value = c.numerator * pow(c.denominator, -1, PRIME)
        for a, e in m:
            value = value * pow(a * 6364136223846793005 + 1442695040888963407, e, PRIME) % PRIME
        total += value
    return total % PRIME


# -- polynomials


def times(m: Monomial, n: Monomial) -> Monomial:
    """The product of two monomials."""
    if not m:
        return n
    if not n:
        return m
    if m[-1][0] < n[0][0]:
        return m + n
    if n[-1][0] < m[0][0]:
        return n + m
    exponents = dict(m)
    for a, e in n:
        exponents[a] = exponents.get(a, 0) + e
    return tuple(sorted([power for power in exponents.items() if power[1]]))


def renamed(p: Poly, by: Mapping[int, int]) -> Poly:
    """A polynomial with atoms for atoms."""
    out: Poly = {}
    for m, c in p.items():
        exponents: dict[int, int] = {}
        for a, e in m:
            b = by.get(a, a)
            exponents[b] = exponents.get(b, 0) + e
        to = tuple(sorted([power for power in exponents.items() if power[1]]))
        total = _short(out.get(to, 0) + c)
        if total:
            out[to] = total
        else:
            del out[to]
    return out


def poly_add(p: Poly, q: Poly, factor: Coefficient = 1) -> Poly:
    """p + factor·q."""
    out = dict(p)
    for m, c in q.items():
        total = out.get(m, 0) + factor * c
        if total:
            if type(total) is not int or total.bit_length() > MAX_BITS:
                total = _short(total)
            out[m] = total
        else:
            out.pop(m, None)
    return out


def poly_mul(p: Poly, q: Poly) -> Poly:
    """p·q; raises TooLarge past MAX_TERMS."""
    if p == ONE or not q:
        return q
    if q == ONE or not p:
        return p
    if len(p) * len(q) > 8 * MAX_TERMS:
        raise TooLarge("a product of too many terms")
    if len(p) == 1 or len(q) == 1:  # no two products meet
        out: Poly = {times(m, n): _short(c * d) for m, c in p.items() for n, d in q.items()}
    else:
        out = {}
        for m, c in p.items():
            for n, d in q.items():
                mn = times(m, n)
                out[mn] = out.get(mn, 0) + c * d
        out = {m: _short(c) for m, c in out.items() if c}
    if len(out) > MAX_TERMS:
        raise TooLarge("a product of too many terms")
    return out


def poly_pow(p: Poly, n: int) -> Poly:
    """p**n for n ≥ 0, by squaring."""
    out = ONE
    while n:
        if n & 1:
            out = poly_mul(out, p)
        n >>= 1
        if n:
            p = poly_mul(p, p)
    return out


def lead(p: Poly) -> Monomial:
    """The leading monomial in a fixed order: where no exponent is negative, one that multiplication respects."""
    return max(p, key=_lexicographic)


def _lexicographic(m: Monomial) -> list[tuple[int, int]]:
    return [(-a, e) for a, e in m]


def _exponents(m: Monomial, atoms: list[int]) -> tuple[int, ...]:
    exponents = dict(m)
    return tuple(exponents.get(a, 0) for a in atoms)


def content(p: Poly) -> tuple[Coefficient, Monomial, Poly]:
    """p as coefficient · monomial · primitive polynomial; p must not be zero."""
    if len(p) == 1:
        ((m, c),) = p.items()
        return c, m, ONE
    shared = () if () in p and min([e for m in p for _, e in m]) > 0 else _shared(p)
    shifted = p
    if shared:
        inverse = tuple((a, -e) for a, e in shared)
        shifted = {times(m, inverse): c for m, c in p.items()}
    first = shifted[lead(shifted)]
    if first == 1:
        return first, shared, shifted
    return first, shared, {m: quotient(c, first) for m, c in shifted.items()}


def _shared(p: Poly) -> Monomial:
    """The atoms in all monomials, and those below a line in some, with their lowest exponents."""
    lowest: dict[int, int] = {}
    met: dict[int, int] = {}
    for m in p:
        for a, e in m:
            lowest[a] = min(e, lowest.get(a, e))
            met[a] = met.get(a, 0) + 1
    return tuple(sorted([(a, e) for a, e in lowest.items() if e < 0 or met[a] == len(p)]))


def exact_quotient(p: Poly, f: Poly) -> Poly | None:
    """p / f where f is primitive and divides p; None otherwise."""
    present = {a for m in p for a, _ in m}
    if any(a not in present for m in f for a, _ in m):
        return None
    c, shared, p = content(p)
    atoms = sorted(present)
    order = {m: _exponents(m, atoms) for m in f}
    top, low = max(f, key=order.__getitem__), min(f, key=order.__getitem__)
    rest: Poly = p
    out: Poly = {}
    if not _divides(low, min(p, key=lambda m: _exponents(m, atoms))):
        return None
    for _ in range(4 * MAX_TERMS // len(f)):
        if not rest:
            return {times(m, shared): _short(c * d) for m, d in out.items()}
        m = max(rest, key=lambda m: _exponents(m, atoms))
        if not _divides(top, m):
            return None
        step = times(m, tuple((a, -e) for a, e in top))
        out[step] = quotient(rest[m], f[top])
        rest = poly_add(rest, {times(step, n): d for n, d in f.items()}, -out[step])
    return None


def _divides(m: Monomial, n: Monomial) -> bool:
    exponents = dict(n)
    return all(exponents.get(a, 0) >= e for a, e in m)


# -- rational functions


def _expand(factors: Iterable[tuple[PolyKey, int]]) -> Poly:
    out = ONE
    for factor, k in factors:
        out = poly_mul(out, poly_pow(dict(factor), k))
    return out


def _cancel(num: Poly, den: Mapping[PolyKey, int]) -> Rat:
    """num/den with the factors of den that divide num taken out."""
    if not num:
        return Rat({})
    left: dict[PolyKey, int] = {}
    for factor, power in den.items():
        k = power
        while k and (quotient := exact_quotient(num, dict(factor))) is not None:
            num, k = quotient, k - 1
        if k:
            left[factor] = k
    return Rat(num, left)


def add(a: Rat, b: Rat, factor: Coefficient = 1) -> Rat:
    """a + factor·b."""
    if a.den == b.den:
        num = poly_add(a.num, b.num, factor)
        return _cancel(num, a.den) if a.den else Rat(num)
    common = dict(a.den)
    for f, k in b.den.items():
        common[f] = max(k, common.get(f, 0))
    left = poly_mul(a.num, _expand((f, k - a.den.get(f, 0)) for f, k in common.items()))
    right = poly_mul(b.num, _expand((f, k - b.den.get(f, 0)) for f, k in common.items()))
    return _cancel(poly_add(left, right, factor), common)


def same_below(a: Rat, b: Rat) -> bool:
    """Whether the denominators of two equal values are seen to vanish at the same points: each divides a power of the other."""
    if a.den == b.den:
        return True
    one, other = (_expand(x.den.items()) for x in (a, b))
    return one == other or (_divides_power(one, other) and _divides_power(other, one))


def _divides_power(f: Poly, p: Poly) -> bool:
    return any(exact_quotient(poly_pow(p, k), f) is not None for k in (1, 2, 4))


def sub(a: Rat, b: Rat) -> Rat:
    """a - b."""
    return add(a, b, -1)


def mul(a: Rat, b: Rat) -> Rat:
    """a·b."""
    num = poly_mul(a.num, b.num)
    if not a.den and not b.den:
        return Rat(num)
    den = dict(a.den)
    for f, k in b.den.items():
        den[f] = den.get(f, 0) + k
    return _cancel(num, den)


def div(a: Rat, b: Rat, n: int = 1) -> Rat:
    """a/b**n for n > 0, kept factored; b must not be zero as written (ZeroDivisionError), and is owed to be nonzero."""
    if not b.num:
        raise ZeroDivisionError
    c, m, primitive = content(b.num)
    if n > MAX_POWER and primitive != ONE:
        raise TooLarge("a power of too many terms")
    c, m = _power_of_number(c, n), tuple((x, -e * n) for x, e in m)
    num = {times(k, m): quotient(d, c) for k, d in a.num.items()}
    den = dict(a.den)
    up: list[tuple[PolyKey, int]] = []
    for f, k in b.den.items():  # what stands below b goes up, as far as it does not cancel
        shared = min(k * n, den.get(f, 0))
        if shared:
            den[f] -= shared
        if k * n > shared:
            up.append((f, k * n - shared))
    if primitive != ONE:
        key = frozenset(primitive.items())
        den[key] = den.get(key, 0) + n
    return _cancel(poly_mul(num, _expand(up)), {f: k for f, k in den.items() if k})


def power(a: Rat, n: int) -> Rat:
    """a**n for an integer n; raises TooLarge rather than expanding very much, ZeroDivisionError for 0**-n."""
    if n < 0:
        return div(Rat(ONE), a, -n)
    if len(a.num) == 1:
        ((m, c),) = a.num.items()
        num: Poly = {tuple((x, e * n) for x, e in m): _power_of_number(c, n)} if n else ONE
    elif n > MAX_POWER:
        raise TooLarge("a power of too many terms")
    else:
        num = poly_pow(a.num, n)
    return Rat(num, {f: k * n for f, k in a.den.items() if n})


def _power_of_number(c: Coefficient, n: int) -> Coefficient:
    if n * (c.numerator.bit_length() + c.denominator.bit_length() - 2) > MAX_BITS:
        raise TooLarge("a power of too many digits")
    return _short(c**n)

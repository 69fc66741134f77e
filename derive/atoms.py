"""The table of atoms: what the numbers in a rational function stand for, and the way back to terms. Trusted.

An atom is a tuple: its operation, then its arguments: values (`Rat`), names, or terms that only have to match. Two atoms are
one when their arguments are equal as values. An atom that binds a variable keeps, after its operation, the name `#1`, `#2`, …
of that variable: the height of the binders below it, so that what is equal is written alike.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import Any

from derive import rational
from derive.rational import Coefficient, Monomial, Poly, Rat
from derive.term import ONE, ZERO, Term, call, free, num, sym

MAX_WEIGHT = 20_000  # nodes of an atom, written out as a tree
Atom = tuple[Any, ...]
LOOPS = frozenset({"sum", "prod", "argmax", "argmin", "integral"})
LINEAR = frozenset({"sum", "integral"})
CLOSED = LOOPS | {"limit", "diff at"}  # atoms that bind a variable


class Atoms:
    """The atoms met so far, by number; two of these may share their tables."""

    def __init__(self, shared: Atoms | None = None) -> None:
        self.table: list[Atom] = shared.table if shared else []
        self.ids: dict[Atom, int] = shared.ids if shared else {}
        self.names: list[frozenset[str]] = shared.names if shared else []
        self.alike: dict[Atom, list[int]] = shared.alike if shared else {}
        self.weights: list[int] = shared.weights if shared else []
        self.heights: list[int] = shared.heights if shared else []
        self.terms: dict[int, Term] = shared.terms if shared else {}
        self.numbers: Iterator[int] = shared.numbers if shared else count()

    def fresh(self) -> str:
        """A bound name that stands nowhere yet."""
        return f"#z{next(self.numbers)}"

    def atom(self, *key: Any) -> int:
        """The number of an atom; the one of an equal atom where there is one."""
        if (found := self.ids.get(key)) is not None:
            return found
        values = [part for part in key if isinstance(part, Rat)]
        if any(r.den for r in values):
            # what is equal may be written in several ways only where there is a denominator
            mark = tuple(rational.fingerprint(part) if isinstance(part, Rat) else part for part in key)
            alike = self.alike.setdefault(mark, [])
            for other in alike:
                if _same(key, self.table[other]):
                    self.ids[key] = other
                    return other
            alike.append(len(self.table))
        below = [b for r in values for b in r.occurrences()]
        weight = 1 + sum(self.weights[b] for b in below)
        if weight > MAX_WEIGHT:
            raise rational.TooLarge("an expression that grows too much")
        self.weights.append(weight)
        self.ids[key] = len(self.table)
        self.table.append(key)
        self.names.append(self._names(key))
        own = _height(key[1]) if key[0] in CLOSED else 0
        self.heights.append(max([own, *(self.heights[b] for b in below), *map(_height, self.names[-1])]))
        return len(self.table) - 1

    def _names(self, key: Atom) -> frozenset[str]:
        found = self.free(*key[1:])
        return found - {key[1]} if key[0] in CLOSED else found

    def free(self, *parts: Any) -> frozenset[str]:
        """The names that are free in arguments of an atom."""
        found: set[str] = set()
        for part in parts:
            if isinstance(part, Rat):
                for a in part.atoms():
                    found |= self.names[a]
            elif isinstance(part, Term):
                found |= free(part)
            elif isinstance(part, str):
                found.add(part)
        return frozenset(found)

    def depends(self, r: Rat, name: str) -> bool:
        """Whether a name is free in a value."""
        return any(name in self.names[a] for a in r.atoms())

    def single(self, r: Rat) -> int | None:
        """The atom that a value is, if it is one."""
        if not r.den and len(r.num) == 1:
            ((m, c),) = r.num.items()
            if c == 1 and len(m) == 1 and m[0][1] == 1:
                return m[0][0]
        return None

    def height(self, r: Rat, *beside: Any) -> str:
        """A name for a variable bound above: one more than the highest bound below, and than what is free in the point or the filter
        that stands beside: there a #2 may be one that another atom binds."""
        return f"#{1 + max([0, *(self.heights[a] for a in r.atoms()), *map(_height, self.free(*beside))])}"

    def term(self, r: Rat) -> Term:
        """A term with this value."""
        above = self._sum_term(r.num)
        if not r.den:
            return above
        below = None
        for f, k in sorted(r.den.items(), key=lambda item: sorted(m for m, _ in item[0])):
            factor = self._sum_term(dict(f))
            factor = factor if k == 1 else call("pow", factor, num(k))
            below = factor if below is None else call("mul", below, factor)
        return call("div", above, below)  # type: ignore[arg-type]

    def _sum_term(self, p: Poly) -> Term:
        out: Term | None = None
        for m in sorted(p) if len(p) > 1 else p:
            c = p[m]
            part = self._product_term(m, c if c > 0 else -c)
            if out is None:
                out = part if c > 0 else call("neg", part)
            else:
                out = call("add" if c > 0 else "sub", out, part)
        return ZERO if out is None else out

    def _product_term(self, m: Monomial, c: Coefficient) -> Term:
        above = [] if c.numerator == 1 else [num(c.numerator)]
        below = [] if c.denominator == 1 else [num(c.denominator)]
        for a, e in m:
            base = self.atom_term(a)
            (above if e > 0 else below).append(base if abs(e) == 1 else call("pow", base, num(abs(e))))
        top = _product(above)
        return call("div", top, _product(below)) if below else top

    def atom_term(self, a: int) -> Term:
        """A term whose value is the atom."""
        if (known := self.terms.get(a)) is None:
            known = self.terms[a] = self._atom_term(*self.table[a])
        return known

    def _atom_term(self, op: str, *parts: Any) -> Term:
        terms: list[Any] = [self.term(x) if isinstance(x, Rat) else x for x in parts]
        if op in ("sym", "const"):
            return Term(op, tuple(parts))
        if op in ("elem", "apply"):
            head = sym(terms[0]) if isinstance(terms[0], str) else terms[0]
            return call(op, head, *terms[1:])
        if op in LOOPS:
            height, over, where, body = terms
            return call(op, body, sym(height), over, where)
        if op == "diff":
            return call("diff", terms[1], terms[0])
        if op == "diff at":
            return call("diff", terms[1], sym(terms[0]), terms[2])
        if op == "limit":
            height, at, side, body = terms
            return call("limit", body, sym(height), at, side)
        if op == "cases":
            return call("cases", *(x for g, v in zip(terms[::2], terms[1::2], strict=True) for x in (v, g)))
        return call(op, *terms)


def _height(name: str) -> int:
    """The height that a bound name tells; 0 for other names."""
    return int(name[1:]) if name.startswith("#") and name[1:].isdigit() else 0


def _product(factors: list[Term]) -> Term:
    out = factors[0] if factors else ONE
    for f in factors[1:]:
        out = call("mul", out, f)
    return out


def _same(key: Atom, there: Atom) -> bool:
    """Whether two atoms, which are alike but for how rational arguments are written, have the same arguments."""
    # by cross-multiplication alone, which is transitive: an identity that leans on a delta or on putting sums together holds
    # only where both are defined, and would merge what differs elsewhere; so would one between fractions of which one is
    # undefined where the other is not
    pairs = [(a, b) for a, b in zip(key, there, strict=True) if isinstance(a, Rat)]
    return all(not rational.sub(a, b).num and rational.same_below(a, b) for a, b in pairs)

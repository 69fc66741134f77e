"""The normal form of a term: a rational function over atoms; identity by algebra alone. Trusted.

Atoms are what algebra cannot look into: symbols, elements, `exp(u)`, `u**v`, sums, derivatives …; two are one atom when
their normalised arguments are equal. Sums are linear (what does not depend on the bound variable is taken out), their
bound variables are renamed by height, sums over a number are written out. That is all; any other law is a rule, and
reaches this module as `rewrite`, which may replace an atom (in its scope) by a value that the kernel has proved equal.

While it descends, a bound variable is called `$0`, `$1`, … by the depth of its scope; inside a finished atom it is
`#1`, `#2`, … by the height of the binders below it. No page can write either name.

What makes it sound (`docs` say it at length): a factor is divided by only where the term divides by it, and a term is
normalised only where its definedness is owed; so it is nonzero there. From under a filter or a guard, which may never hold,
nothing is divided out unless `nonzero` is certain.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from fractions import Fraction
from itertools import count
from typing import Any

from derive import rational
from derive.atoms import LINEAR, LOOPS, Atom, Atoms
from derive.model import Scope
from derive.rational import Coefficient, Monomial, Poly, Rat
from derive.term import (
    CONNECTIVES,
    FLIPPED,
    ONE,
    OO,
    REALS,
    RELATIONS,
    TRUE,
    ZERO,
    Term,
    call,
    free,
    fresh,
    num,
    operations,
    substitute,
    sym,
    walk,
)

MAX_WRITTEN_OUT = 200
DECIDED = ("cases", "if")  # what only the givens can decide
EIGHTH = num(Fraction(1, 8))
_ARITHMETIC: dict[str, Callable[..., Rat]] = {
    "add": rational.add,
    "sub": rational.sub,
    "mul": rational.mul,
    "neg": lambda a: rational.sub(Rat({}), a),
}
_OF_NUMBERS: dict[str, Callable[[list[Coefficient]], Coefficient]] = {
    "abs": lambda x: max(x[0], -x[0]),
    "max": max,
    "min": min,
}
# Operations besides its own from which an atom may come.
_ORIGINS = {"exp": ("pow", "const"), "diff at": ("diff",)}
_REBUILT = frozenset({"delta", "elem", "pow", "exp"})  # when something is put into an atom, these are looked at anew
Scopes = tuple[Scope, ...]


class NotNormal(ArithmeticError):
    """A term that has no normal form, such as one that divides by zero as written."""


class Normalizer(Atoms):
    """Normal forms, with the table of the atoms met so far (which two normalizers may share).

    `rewrite(atom, scope)` may give the proved value of an atom; `decide(proposition, scope)` says whether the givens
    imply it (True), imply its negation (False) or neither (None). Both are asked, never trusted to be complete.
    """

    def __init__(
        self,
        decide: Callable[[Term, Scopes], bool | None],
        rewrite: Callable[[int, Scopes], Rat | None] = lambda a, scope: None,
        shared: Normalizer | None = None,
        touched: Iterable[str] | None = None,
    ) -> None:
        super().__init__(shared)
        self.decide, self.rewrite = decide, rewrite
        self.touched = None if touched is None else set(touched)
        self.algebra: dict[tuple[Term, int], Rat] = shared.algebra if shared else {}
        self.memo: dict[tuple[Term, Scopes], Rat] = {}
        self.moved_alike: dict[tuple[int, str, Rat], Rat] = shared.moved_alike if shared else {}
        self.moved = self.moved_alike if touched is not None else {}
        self.written: dict[int, Term] = {}  # derivatives, powers and functions as written, for whoever looks for a proof

    def touch(self, a: int) -> None:
        """Something has become known of an atom."""
        self.watch((self.table[a][0],))

    def watch(self, heads: Collection[str]) -> None:
        """Atoms with these heads may be rewritten, or be so otherwise than before: forget the values of terms from which they may come,
        which have to be normalised anew."""
        origins = {*heads, *(op for head in heads for op in _ORIGINS.get(head, ()))}
        if self.touched is not None:
            self.touched |= origins
        if _REBUILT.isdisjoint(heads):
            self.memo = {key: r for key, r in self.memo.items() if operations(key[0]).isdisjoint(origins)}
        else:  # also what has been put in for another atom is looked at anew
            self.memo = {}
        if self.moved is not self.moved_alike or not _REBUILT.isdisjoint(heads):
            self.moved = {}

    def forget(self) -> None:
        """Forget the values that may change with what has become known."""
        self.memo = {}
        if self.moved is not self.moved_alike:
            self.moved = {}

    def mark(self) -> tuple[object, int]:
        """How much is remembered by now."""
        return self.memo, len(self.memo)

    def back(self, mark: tuple[object, int]) -> None:
        """Forget what has been remembered since then: all of it, if something has become known since."""
        memo, length = mark
        if self.memo is not memo:
            self.forget()
            return
        while len(self.memo) > length:
            self.memo.popitem()
        if self.moved is not self.moved_alike:
            self.moved = {}

    def value(self, scope: Scopes, *key: Any) -> Rat:
        """The value of an atom: what it has been proved equal to, or itself."""
        a = self.atom(*key)
        known = self.rewrite(a, scope)
        return rational.atom(a) if known is None else known

    # -- terms

    def normal(self, t: Term, scope: Scopes = ()) -> Rat:
        """The normal form of a term (not a proposition) in a scope.

        Raises NotNormal where the term divides by zero as written, rational.TooLarge where it grows too much.
        """
        if self.touched is not None and operations(t).isdisjoint(self.touched):
            if (known := self.algebra.get((t, len(scope)))) is None:
                known = self.algebra[t, len(scope)] = self._normal(t, scope)
        elif (known := self.memo.get((t, scope))) is None:
            known = self.memo[t, scope] = self._normal(t, scope)
        return known

    def _normal(self, t: Term, scope: Scopes) -> Rat:
        op = t.op
        if op in _ARITHMETIC:
            return _ARITHMETIC[op](*(self.normal(x, scope) for x in t.args))
        match op, t.args:
            case "num", (value, _):
                if not isinstance(value, Fraction):
                    raise NotNormal("a number that is not exact")
                return rational.number(value)
            case ("sym", (name,)) | ("const", (name,)):
                if name == "e":
                    return self.value(scope, "exp", rational.number(1))
                if name in ("true", "oo"):
                    raise NotNormal(f"{name} is no number")
                return self.value(scope, op, name)
            case "div", (a, b):
                out = self.normal(a, scope)
                for factor, n in _factors(b):
                    below = self.normal(factor, scope)
                    if self.is_zero(below):
                        raise NotNormal("a division by zero")
                    out = rational.div(out, below, n)
                return out
            case "pow", (a, b):
                return self.power(self.normal(a, scope), self.normal(b, scope), scope, t)
            case "elem", (head, *indices):
                return self._element(head, [self.normal(i, scope) for i in indices], scope)
            case "delta", (a, b):
                return self.delta(self.normal(a, scope), self.normal(b, scope), scope)
            case "cases", args:
                return self._cases(args, scope)
            case "diff", args:
                key = self._diff(args, scope)
                if key is None:
                    return Rat({})
                return self._remembered(scope, t, *key)
            case "limit", (body, var, point, side):
                x = sym(fresh(var.name, free(point) | (free(body) - {var.name})))  # the point may mention another variable of that name
                inner, name = self._open(substitute(body, {var.name: x}), x.name, REALS, near(x, point, side), scope)
                at = point if any(x == OO for x in walk(point)) else self.normal(point, scope)
                height = self.height(inner, at)
                return self.value(scope, "limit", height, at, side, self.rename(inner, name, height))
            case op, (body, var, over, where) if op in LOOPS:
                return self._loop(op, body, var.name, over, where, scope)
            case op, _ if op in RELATIONS or op in CONNECTIVES or op in ("all", "almost", "integrable", "array"):
                raise NotNormal("not a number")
            case "apply", (head, *arguments):
                return self.value(scope, "apply", head.name, *(self.normal(x, scope) for x in arguments))
            case _, arguments:
                return self._function(t, [self.normal(x, scope) for x in arguments], scope)

    def power(self, base: Rat, exponent: Rat, scope: Scopes, t: Term | None = None) -> Rat:
        """base**exponent; `t` is how it was written."""
        n = exponent.constant()
        if isinstance(n, int):
            if n < 0 and self.is_zero(base):
                raise NotNormal("a negative power of zero")
            return rational.power(base, n)
        if self.single(base) == self.ids.get(("exp", rational.number(1)), -1):
            return self.value(scope, "exp", exponent)
        return self._remembered(scope, t, "pow", base, exponent)

    def _remembered(self, scope: Scopes, t: Term | None, *key: Any) -> Rat:
        """The value of an atom, whose term is remembered as it was written."""
        if t is not None:
            self.written.setdefault(self.atom(*key), t)
        return self.value(scope, *key)

    def _function(self, t: Term, args: list[Rat], scope: Scopes) -> Rat:
        """A named function; of numbers, what is a number again is worked out."""
        numbers = [c for a in args if (c := a.constant()) is not None]
        if len(numbers) == len(args) and t.op in _OF_NUMBERS:
            return rational.number(_OF_NUMBERS[t.op](numbers))
        return self._remembered(scope, t, t.op, *args)

    def _element(self, head: Term, indices: list[Rat], scope: Scopes) -> Rat:
        while head.op == "array" and indices and isinstance(k := indices[0].constant(), int) and 1 <= k <= len(head.args):
            head, indices = head.args[k - 1], indices[1:]
        if head.op == "array":
            return self.value(scope, "elem", head, *indices)
        if not indices and head.op != "sym":
            return self.normal(head, scope)
        return self.value(scope, "elem", head.name, *indices)

    def delta(self, i: Rat, j: Rat, scope: Scopes) -> Rat:
        difference = rational.sub(i, j)
        if self.is_zero(difference):
            return rational.number(1)
        if difference.constant() is not None:
            return Rat({})
        first, second = sorted((i, j), key=lambda r: repr(self.term(r)))
        return self.value(scope, "delta", first, second)

    def _cases(self, args: tuple[Term, ...], scope: Scopes) -> Rat:
        """The first branch whose guard holds; branches whose guard cannot hold are passed over. Where all others fail the last one
        holds, for else the term would be undefined, and that it is defined is owed."""
        open_guards: list[tuple[Term, Rat]] = []
        inside = scope
        for value, guard in zip(args[::2], args[1::2], strict=True):
            known = _stated(guard, inside)
            if known is None:
                known = self.decide(guard, inside)
            if known is False:
                continue
            branch_scope = inside if known else (*inside, Scope("", None, guard))
            open_guards.append((TRUE if known else self._guard(guard, inside), self.normal(value, branch_scope)))
            if known:
                break
            inside = (*inside, Scope("", None, call("not", guard)))
        if not open_guards:
            raise NotNormal("no case applies")
        open_guards[-1] = TRUE, open_guards[-1][1]
        first = open_guards[0]
        if first[0] == TRUE:
            return first[1]
        return self.value(scope, "cases", *(part for pair in open_guards for part in pair))

    def _guard(self, t: Term, scope: Scopes) -> Term:
        """A proposition in a canonical form: its terms normalised, its sides in a fixed order."""
        if t.op in RELATIONS:
            a, b = (self.term(self.normal(x, scope)) for x in t.args)
            op = t.op
            if op in ("gt", "ge") or (op in ("eq", "ne") and repr(b) < repr(a)):
                a, b, op = b, a, FLIPPED[op]
            return call(op, a, b)
        if t.op in ("and", "or", "not"):
            return call(t.op, *(self._guard(c, scope) for c in t.args))
        return t

    # -- binders

    def _open(self, body: Term, var: str, over: Term | None, where: Term, scope: Scopes) -> tuple[Rat, str]:
        """The normal form of a body whose bound variable is called `$depth`."""
        name = f"${len(scope)}"
        while name in free(body) | free(where):  # only where a value is looked at outside its scope
            name += "_"
        inside = (*scope, Scope(name, over, substitute(where, {var: sym(name)})))
        return self.normal(substitute(body, {var: sym(name)}), inside), name

    def _loop(self, op: str, body: Term, var: str, over: Term, where: Term, scope: Scopes) -> Rat:
        if over.op == "num" and op in ("sum", "prod"):
            written = self._written_out(op, body, var, over, where, scope)
            if written is not None:
                return written
        inner, name = self._open(body, var, over, where, scope)
        where = self._guard(substitute(where, {var: sym(name)}), (*scope, Scope(name, over)))
        return self.close(op, inner, name, over, where, scope)

    def _written_out(self, op: str, body: Term, var: str, over: Term, where: Term, scope: Scopes) -> Rat | None:
        size = over.args[0]
        if size.denominator != 1 or not 0 <= size <= MAX_WRITTEN_OUT:
            return None
        total = rational.number(0 if op == "sum" else 1)
        for k in range(1, int(size) + 1):
            at = {var: num(k)}
            known = self.decide(substitute(where, at), scope)
            if known is None:
                return None
            if known:
                part = self.normal(substitute(body, at), scope)
                total = rational.add(total, part) if op == "sum" else rational.mul(total, part)
        return total

    def close(self, op: str, inner: Rat, name: str, over: Term, where: Term, scope: Scopes) -> Rat:
        """The value of `op(inner for name in over if where)`: sums and integrals are taken apart by linearity."""
        if op not in LINEAR:
            if op == "prod" and inner.constant() == 1:
                return rational.number(1)
            return self._bound(op, inner, name, over, where, scope)
        loose = {f: k for f, k in inner.den.items() if not self._factor_depends(dict(f), name, where, scope)}
        tied = {f: k for f, k in inner.den.items() if f not in loose}
        parts: dict[Monomial, Poly] = {}
        for m, c in inner.num.items():
            inside = tuple((a, e) for a, e in m if self._stays(a, e, name, where, scope))
            outside = tuple((a, e) for a, e in m if (a, e) not in inside)
            parts.setdefault(outside, {})[inside] = c
        total = Rat({})
        for outside, p in parts.items():
            pieces = [p] if tied else [{m: c} for m, c in p.items()]
            for piece in pieces:
                c, body = self._unit(piece)
                if op == "sum" and body == rational.ONE and not tied and where == TRUE:
                    value = self.normal(over, scope)
                else:
                    value = self._bound(op, Rat(body, tied), name, over, where, scope)
                total = rational.add(total, rational.mul(Rat({outside: c}), value))
        return rational.mul(total, Rat(rational.ONE, loose)) if loose else total

    @staticmethod
    def _unit(p: Poly) -> tuple[Fraction | int, Poly]:
        """A polynomial as a coefficient times one with leading coefficient 1."""
        c = p[rational.lead(p)]
        return c, (p if c == 1 else {m: rational.quotient(d, c) for m, d in p.items()})

    def _stays(self, a: int, e: int, name: str, where: Term, scope: Scopes) -> bool:
        """Whether a power of an atom stays inside a sum over `name`."""
        if name in self.names[a]:
            return True
        return e < 0 and where != TRUE and not self._certain(call("ne", self.atom_term(a), ZERO), scope)

    def _certain(self, p: Term, scope: Scopes) -> bool:
        return scope is not _NOWHERE and self.decide(p, scope) is True

    def _factor_depends(self, f: Poly, name: str, where: Term, scope: Scopes) -> bool:
        r = Rat(f)
        if self.depends(r, name):
            return True
        return where != TRUE and not self._certain(call("ne", self.term(r), ZERO), scope)

    def _bound(self, op: str, inner: Rat, name: str, over: Term, where: Term, scope: Scopes) -> Rat:
        height = self.height(inner, where)
        where = substitute(where, {name: sym(height)})
        return self.value(scope, op, height, over, where, self.rename(inner, name, height))

    def _diff(self, args: tuple[Term, ...], scope: Scopes) -> Atom | None:
        """A derivative is an atom to algebra (None: that of a constant); the rule of differentiation says what it is."""
        if len(args) == 2:
            v = self.normal(args[1], scope)
            body = self.normal(args[0], scope)
            if (variable := self.single(v)) is None:
                raise NotNormal("what is differentiated by is no variable")
            if self.table[variable][0] == "sym" and not self.depends(body, self.table[variable][1]):
                return None
            return "diff", v, body
        inner, name = self._open(args[0], args[1].name, REALS, TRUE, scope)
        at = self.normal(args[2], scope)
        height = self.height(inner, at)
        return "diff at", height, self.rename(inner, name, height), at

    # -- substitution in values

    def rename(self, r: Rat, old: str, new: str) -> Rat:
        """`r` with one bound name for another."""
        return self.replace(r, old, rational.atom(self.atom("sym", new)))

    def replace(self, r: Rat, name: str, by: Rat) -> Rat:
        """`r` with a value in place of a symbol that is bound nowhere in it; no rule is applied to what comes out."""
        changed = {a for a in r.atoms() if name in self.names[a]}
        if not changed:
            return r
        values = {a: self._moved(a, name, by) for a in changed}
        renamed = {a: b for a, v in values.items() if (b := self.single(v)) is not None}
        if not r.den and len(renamed) == len(values):
            return Rat(rational.renamed(r.num, renamed))
        out = self._evaluate(r.num, values, renamed)
        for f, k in r.den.items():
            factor = self._evaluate(dict(f), values, renamed)
            if not factor.num:
                raise NotNormal("a division by zero")
            out = rational.div(out, factor, k)
        return out

    def _evaluate(self, p: Poly, values: dict[int, Rat], renamed: dict[int, int]) -> Rat:
        out = Rat({})
        for m, c in p.items():
            term = Rat({(): c})
            for a, e in m:
                to = renamed.get(a, None if a in values else a)
                if to is None and e < 0 and not values[a].num:
                    raise NotNormal("a division by zero")
                term = rational.mul(term, rational.atom(to, e) if to is not None else rational.power(values[a], e))
            out = rational.add(out, term)
        return out

    def _moved(self, a: int, name: str, by: Rat) -> Rat:
        if (known := self.moved.get((a, name, by))) is None:
            known = self.moved[a, name, by] = self._replace_atom(a, name, by)
        return known

    def _replace_atom(self, a: int, name: str, by: Rat) -> Rat:
        key = self.table[a]
        if key == ("sym", name):
            return by
        parts = [self._replace_part(part, name, by) for part in key[1:]]
        if key[0] == "delta":
            return self.delta(parts[0], parts[1], _NOWHERE)
        if key[0] == "elem":
            head = sym(parts[0]) if isinstance(parts[0], str) else parts[0]
            return self._element(head, parts[1:], _NOWHERE)
        if key[0] == "pow":
            return self.power(parts[0], parts[1], _NOWHERE)
        return rational.atom(self.atom(key[0], *parts))

    def _replace_part(self, part: Any, name: str, by: Rat) -> Any:
        if isinstance(part, Rat):
            return self.replace(part, name, by)
        if isinstance(part, Term):
            return substitute(part, {name: self.term(by)})
        return part

    # -- equality

    def equal(self, a: Rat, b: Rat) -> bool:
        """Whether two values are identical by algebra."""
        return a == b or self.is_zero(rational.sub(a, b))

    def is_zero(self, r: Rat) -> bool:
        """Whether a value vanishes identically: as written, or when sums over the same range are put together, or when a
        Kronecker delta is looked at: C·delta(i, j) vanishes if C does at i = j."""
        return self._vanishes(r.num, 0)

    def _vanishes(self, p: Poly, depth: int) -> bool:
        if not p:
            return True
        if depth > 6:
            return False
        for a in sorted({a for m in p for a, _ in m}):
            key = self.table[a]
            if key[0] in LINEAR and (rest := self._merge(p, key, depth)) is not None:
                return self._vanishes(rest, depth + 1)
            if key[0] == "delta" and (rest := self._at_delta(p, a, key, depth)) is not None:
                return self._vanishes(rest, depth + 1)
        return False

    def _merge(self, p: Poly, key: Atom, depth: int) -> Poly | None:
        """p with its sums over the range of `key` put together under one sign, if that leaves fewer terms."""
        op, height, over, where, _ = key
        taken = free(where).union(*(self.names[a] for m in p for a, _ in m))
        name = next(name for name in map("#s{}".format, count()) if name not in taken)
        shared = substitute(where, {height: sym(name)})
        inside, rest = self.gathered(p, op, over, shared, name)
        if len(rest) == len(p):
            return None
        if self._vanishes(inside.num, depth + 1):
            return rest
        together = self.close(op, inside, name, over, shared, _NOWHERE)
        merged = rational.add(Rat(rest), together).num if not together.den else p
        return merged if len(merged) < len(p) else None

    def gathered(self, p: Poly, op: str, over: Term, where: Term, name: str) -> tuple[Rat, Poly]:
        """The body of one sum (or integral) over `name` that stands for all those over this range in p, and the rest of p."""
        inside, rest = Rat({}), Poly()
        for m, c in p.items():
            chosen = next((a for a, e in m if e == 1 and self._runs_over(self.table[a], op, over, where, name)), None)
            if chosen is None:
                rest[m] = c
                continue
            body = self.rename(self.table[chosen][4], self.table[chosen][1], name)
            outside = Rat({tuple((a, e) for a, e in m if a != chosen): c})
            inside = rational.add(inside, rational.mul(outside, body))
        return inside, rest

    def _runs_over(self, key: Atom, op: str, over: Term, where: Term, name: str) -> bool:
        return key[0] == op and key[2] == over and substitute(key[3], {key[1]: sym(name)}) == where

    def _at_delta(self, p: Poly, a: int, key: Atom, depth: int) -> Poly | None:
        """p without its terms in a delta, if their factor vanishes where the two indices are equal."""
        if any(b == a and e != 1 for m in p for b, e in m):
            return None
        with_delta = {tuple(x for x in m if x[0] != a): c for m, c in p.items() if any(x[0] == a for x in m)}
        for i, j in ((key[1], key[2]), (key[2], key[1])):
            symbol = self.single(i)
            if symbol is not None and self.table[symbol][0] == "sym" and not self.depends(j, self.table[symbol][1]):
                factor = self.replace(Rat(with_delta), self.table[symbol][1], j)
                if self._vanishes(factor.num, depth + 1):
                    return {m: c for m, c in p.items() if not any(x[0] == a for x in m)}
        return None

def _factors(t: Term) -> Iterator[tuple[Term, int]]:
    """A term as factors to whole powers, all of which are nonzero where it is: what is divided by stays as factored as it is written."""
    if t.op == "mul":
        for c in t.args:
            yield from _factors(c)
    elif t.op == "pow" and t.args[1].op == "num" and t.args[1].args[0].denominator == 1 and t.args[1].args[0] > 0:
        yield from ((factor, n * int(t.args[1].args[0])) for factor, n in _factors(t.args[0]))
    else:
        yield t, 1


def upward(p: Term) -> Term:
    """A relation with the smaller side first, also under a negation."""
    if p.op == "not":
        return call("not", upward(p.args[0]))
    return call(FLIPPED[p.op], p.args[1], p.args[0]) if p.op in ("gt", "ge") else p


def _stated(guard: Term, scope: Scopes) -> bool | None:
    """Whether a scope says in as many words that a guard holds, or that it fails."""
    stated = [upward(level.where) for level in scope if level.where != TRUE]
    return True if upward(guard) in stated else False if upward(call("not", guard)) in stated else None


def near(x: Term, point: Term, side: Term) -> Term:
    """What is known of a variable near the point of its limit, the point excluded: it is as near as one likes."""
    if point == OO:
        return call("gt", x, ONE)
    if point == call("neg", OO):
        return call("lt", x, call("neg", ONE))
    below, above = call("gt", x, call("sub", point, EIGHTH)), call("lt", x, call("add", point, EIGHTH))
    match side.name:
        case "left":
            return call("and", call("lt", x, point), below)
        case "right":
            return call("and", call("gt", x, point), above)
        case _:
            return call("and", call("ne", x, point), call("and", below, above))


_NOWHERE: Scopes = (Scope("#", None),)  # a scope in which no rule has been proved

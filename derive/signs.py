"""The signs that a value may have: from the types, the hypotheses and the scope. Trusted; never complete, and never wrong.

A sign is a set of negative, zero and positive. Monomials have the sign of their atoms; a polynomial that mixes signs is held
against the facts: the bounds of the types and the hypotheses, one of which may be added with a factor of known sign; what
depends on a symbol of finite type is looked at value by value.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from derive import enclosure, rational
from derive.atoms import LINEAR, LOOPS, Atom
from derive.model import KINDS, REAL, Givens, Kind, Scope, Type
from derive.normal import DECIDED, Normalizer, NotNormal, Scopes, upward
from derive.rational import Coefficient, Monomial, Poly, Rat
from derive.term import NEGATED, ONE, REALS, RELATIONS, TRUE, ZERO, Term, call, conjuncts, free, operations, substitute, sym

# Signs: a set of the signs that a value may have.
NEG, NIL, POS = 1, 2, 4
ANY = NEG | NIL | POS
NEGATE = {0: 0, NEG: POS, NIL: NIL, POS: NEG, NEG | NIL: POS | NIL, NEG | POS: NEG | POS, NIL | POS: NEG | NIL, ANY: ANY}
# A relation holds between a and b if the sign of a - b is one of these.
HOLDS = {"eq": NIL, "ne": NEG | POS, "lt": NEG, "le": NEG | NIL, "gt": POS, "ge": POS | NIL}
CLOSED_UNDER_SUMS = frozenset({NIL, NEG, POS, NEG | NIL, NIL | POS, ANY})

DEPTH = 3  # how many facts are added up; one more where what a single fact says is not enough
FUEL = 3000  # polynomials looked at for one condition
EFFORTS = (FUEL // 10, FUEL)  # where one of several conditions is enough: all are tried with little before any is with much
TRIED = 20  # what trying an instance of a rule counts for, in polynomials looked at
Fact = tuple[Poly, int]  # a polynomial, and the signs that it may have
Learned = tuple[Term, Scopes]  # a proposition that has been proved, and the scope in which it holds


def _product(a: int, b: int) -> int:
    out = 0
    for s in (NEG, NIL, POS):
        for t in (NEG, NIL, POS):
            if a & s and b & t:
                out |= NIL if NIL in (s, t) else POS if s == t else NEG
    return out


def _sum(a: int, b: int) -> int:
    out = 0
    for s in (NEG, NIL, POS):
        for t in (NEG, NIL, POS):
            if a & s and b & t:
                out |= t if s == NIL else s if t == NIL or s == t else ANY
    return out


PRODUCT = [[_product(a, b) for b in range(8)] for a in range(8)]
SUM = [[_sum(a, b) for b in range(8)] for a in range(8)]


def _times_below(r: Rat) -> Poly:
    """A polynomial with the signs of a value: its numerator times the factors of odd power below it, none of which is 0."""
    out = r.num
    for f, k in r.den.items():
        out = rational.poly_mul(out, dict(f)) if k % 2 else out
    return out


class Exhausted(Exception):
    """More has been spent than there was for a proof."""


class Meter:
    """How much has been spent, in polynomials looked at; with a limit, whoever spends more is stopped by `Exhausted`."""

    def __init__(self) -> None:
        self.spent, self.most = 0, math.inf

    def spend(self, amount: int) -> None:
        self.spent += amount
        if self.spent > self.most:
            raise Exhausted

    @contextlib.contextmanager
    def limited(self, amount: float) -> Iterator[None]:
        before, self.most = self.most, min(self.most, self.spent + amount)
        try:
            yield
        finally:
            self.most = before


class Signs:
    """What the givens say of signs. Whether they imply a condition is the business of `Domain`, which is built on this."""

    def __init__(self, givens: Givens, learned: tuple[Learned, ...] = (), shared: Signs | None = None) -> None:
        self.givens, self.learned = givens, learned
        self.plain: Normalizer = Normalizer(self.decide, self.slope, shared.plain if shared else None, (*DECIDED, "diff"))
        self.signs: dict[tuple[object, Scopes, int], int] = {}
        self.atom_signs: dict[tuple[int, Scopes], int] = {}
        self._parts: dict[Scopes, Mapping[Term, None]] = {}
        self._facts: dict[Scopes, list[Fact]] = {}
        self.instantiated: dict[tuple[Term, Rat, Scopes], list[Fact]] = {}
        self.about: dict[tuple[int, Scopes], list[Fact]] = {}
        self.contents: dict[int, tuple[Poly, tuple[Coefficient, Monomial, Poly]]] = {}
        self._gathered: list[Fact] | None = None  # while facts are being normalised, which may ask for signs again
        self.open: set[object] = set()  # questions that are being answered; one that needs itself has no answer
        self.cut = 0  # how often an answer was cut short so, or for want of facts
        self.doubtful: list[tuple[dict[Any, Any], Any]] = []  # where answers are remembered that lean on one that was cut short
        self.fuel = FUEL
        self.meter: Meter = shared.meter if shared else Meter()
        # What has been found by one that knows no more: the more is learned, the more holds.
        self.before: Signs | None = shared if shared is not None and shared.givens is givens else None
        while self.before is not None and not set(self.before.learned) <= set(learned):
            self.before = self.before.before
        if self.before is not None:
            self.signs = {key: s for key, s in self.before.signs.items() if s in (NEG, NIL, POS)}
            self.atom_signs = {key: s for key, s in self.before.atom_signs.items() if s in (NEG, NIL, POS)}

    def implies(self, p: Term, scope: Scopes = (), fuel: int = FUEL) -> bool:
        """Whether `p` is shown to hold; here only what is a hypothesis as written."""
        return p in self.parts(scope)

    def parts(self, scope: Scopes) -> Mapping[Term, None]:
        """The conjuncts of what is stated in a scope."""
        if (known := self._parts.get(scope)) is None:
            known = self._parts[scope] = dict.fromkeys(c for p in self.stated(scope) for c in conjuncts(p))
        return known

    def stated(self, scope: Scopes) -> Iterator[Term]:
        """The hypotheses, what has been learned, and the guards of a scope."""
        yield from self.givens.hypotheses
        yield from (p for p, there in self.learned if self._reaches(there, scope))
        yield from (level.where for level in scope)

    def _reaches(self, there: Scopes, scope: Scopes) -> bool:
        """Whether what holds in one scope holds in another: it binds as much, and the guards are among the guards and hypotheses."""
        if not there:
            return True
        mine, other = ([(level.var, level.over) for level in s if level.var] for s in (scope, there))
        if mine[: len(other)] != other:
            return False
        stated = {upward(c) for h in (*self.givens.hypotheses, *(level.where for level in scope)) for c in conjuncts(h)}
        return all(upward(c) in stated for level in there for c in conjuncts(level.where))

    def decide(self, p: Term, scope: Scopes) -> bool | None:
        """True where the givens imply `p`, False where they imply that it fails, None where neither is shown."""
        if self.implies(p, scope):
            return True
        return False if self.implies(negation(p), scope) else None

    def slope(self, a: int, scope: Scopes) -> Rat | None:
        """What a derivative is, where that is known; here it never is."""
        return None

    def defined(self, t: Term, scope: Scopes) -> bool:
        """Whether a term is shown to be defined; here it never is."""
        return False

    # -- types

    def type_of(self, name: str, scope: Scopes) -> Type | None:
        """The type of a symbol or bound variable."""
        for level in reversed(scope):
            if level.var == name:
                if level.over is None or level.over == REALS:
                    return REAL
                if self.is_set(level.over):
                    return None
                return Type("index", level.over)
        return self.givens.symbols.get(name)

    def kind(self, a: int, scope: Scopes) -> tuple[Kind, Term | None]:
        """What the type says of the values of an atom, and what an index runs over."""
        key = self.plain.table[a]
        found = None
        if key[0] in ("sym", "elem", "apply") and isinstance(key[1], str):
            found = self.type_of(key[1], scope)
        if found is None or found.kind not in KINDS:
            return KINDS["real"], None
        return KINDS[found.kind], found.over

    def is_size(self, over: Term) -> bool:
        """Whether a sum can run over this: a symbol of type size, or a positive integer."""
        if over.op == "num":
            return bool(over.args[0].denominator == 1 and over.args[0] >= 1)
        return over.op == "sym" and over.name in self.givens.symbols and self.givens.symbols[over.name] == Type("size")

    def is_set(self, over: Term) -> bool:
        """Whether this is a given set."""
        return over.op == "sym" and self.givens.symbols.get(over.name, REAL).kind == "set"

    # -- signs

    def _shape(self, t: Term, scope: Scopes) -> int:
        """The sign of a term by its outermost operations, before anything is multiplied out."""
        op, args = t.op, t.args
        if op == "neg":
            return NEGATE[self._shape(args[0], scope)]
        if op == "add":
            found = SUM[self._shape(args[0], scope)][self._shape(args[1], scope)]
        elif op == "mul":
            found = POS | NIL if args[0] == args[1] else PRODUCT[self._shape(args[0], scope)][self._shape(args[1], scope)]
        elif op == "div":
            found = PRODUCT[self._shape(args[0], scope)][self._shape(args[1], scope) & ~NIL]
        elif op == "pow" and args[1].op == "num" and args[1].args[0].denominator == 1 and args[1].args[0] % 2 == 0:
            found = POS if args[1].args[0] == 0 or not self._shape(args[0], scope) & NIL else POS | NIL
        elif op == "sum" and self.is_size(args[2]) and args[3] == TRUE:
            name = f"${len(scope)}"
            found = self._shape(substitute(args[0], {args[1].name: sym(name)}), (*scope, Scope(name, args[2])))
            found = found if found in CLOSED_UNDER_SUMS else ANY
        else:
            found = ANY
        return found if found != ANY else self.sign(self.plain.normal(t, scope), scope)

    def sign(self, r: Rat, scope: Scopes, depth: int = DEPTH) -> int:
        """The signs that a value may have inside the givens and the scope."""
        out = self._sign_poly(r.num, scope, depth)
        for f, k in r.den.items():
            if out == NIL:
                break
            s = self._sign_poly(dict(f), scope, depth) & ~NIL
            out = PRODUCT[out][s if k % 2 else POS]
        return out if out != ANY or not r.den or not self.facts(scope) else self._sign_poly(_times_below(r), scope, 0)

    def _sign_poly(self, p: Poly, scope: Scopes, depth: int) -> int:
        if not p:
            return NIL
        key = (frozenset(p.items()), scope, depth)
        if (known := self.signs.get(key)) is None:
            if key in self.open:
                self.cut += 1
                return ANY
            before = self.cut
            self.open.add(key)
            try:
                known = self._sign_of(p, scope, depth)
            finally:
                self.open.discard(key)
            self.remember(self.signs, key, known, before)
        return known

    def remember(self, answers: dict[Any, Any], key: Any, answer: Any, before: int) -> None:
        """Remember an answer; only for this question, if some answer has been cut short since."""
        answers[key] = answer
        if self.cut != before:
            self.doubtful.append((answers, key))

    def forget(self) -> None:
        """Forget the answers that lean on what was cut short."""
        for answers, key in self.doubtful:
            answers.pop(key, None)
        if self.doubtful:
            self.plain.forget()
        self.doubtful.clear()

    def _sign_of(self, p: Poly, scope: Scopes, depth: int) -> int:
        self.fuel -= 1 + len(p) // 8
        self.meter.spend(1 + len(p) // 8)
        if self.fuel < 0:
            self.cut += 1
            return ANY
        total = self._sign_by_monomials(p, scope)
        if total != ANY or len(p) == 1:
            return total
        if all(self.plain.names[a] <= {"pi"} for m in p for a, _ in m) and (closed := enclosure.sign(self.plain.term(Rat(p)))) is not None:
            return (NEG, NIL, POS)[closed + 1]
        if depth >= DEPTH and self.plain.is_zero(Rat(p)):
            return NIL
        c, m, primitive = rational.content(p)
        outside = self._sign_monomial(m, scope)
        if m and (known := self._stated_sign(p, scope)) != ANY:
            return known
        found = self._sign_primitive(primitive, scope, depth)
        return PRODUCT[outside if c > 0 else NEGATE[outside]][found]

    def _sign_monomial(self, m: Monomial, scope: Scopes) -> int:
        out = POS
        for a, e in m:
            s = self._sign_atom(a, scope)
            s = s & ~NIL if e < 0 else s
            out = PRODUCT[out][s if e % 2 else PRODUCT[s][s] & ~NEG]
        return out

    def _stated_sign(self, p: Poly, scope: Scopes) -> int:
        """The signs that the facts give p as it stands."""
        out, lead = ANY, rational.lead(p)
        for f, s in (*self.facts(scope), *self._type_facts(p, scope)):
            if f.keys() == p.keys():
                ratio = Fraction(p[lead]) / f[lead]
                if all(c == ratio * f[m] for m, c in p.items()):
                    out = out & (s if ratio > 0 else NEGATE[s]) or out
        return out

    def _sign_primitive(self, p: Poly, scope: Scopes, depth: int) -> int:
        facts, out = [*self.facts(scope), *self._type_facts(p, scope)], ANY
        for f, s in facts:
            if len(f) != len(p):
                continue
            c, m, primitive = self._content(f)
            if primitive == p:
                outside = self._sign_monomial(m, scope)
                # a fact that allows zero says nothing of p where its monomial vanishes
                outside = outside if s & NIL else outside & ~NIL
                found = PRODUCT[s][outside if c > 0 else NEGATE[outside]] if outside in (NEG, POS) else ANY
                out = out & found or out
        if depth and out == ANY:
            out = self._merged(p, scope, depth)
        if depth and (out == ANY or (depth > DEPTH and out not in (NEG, NIL, POS))):
            out = self._combine(p, facts, scope, depth, out)
        return self._split(p, scope, depth) if depth and out == ANY else out

    def _content(self, f: Poly) -> tuple[Coefficient, Monomial, Poly]:
        """The content of a fact, which is held against one polynomial after another."""
        if (known := self.contents.get(id(f))) is None:
            known = self.contents[id(f)] = f, rational.content(f)  # kept together, so that no other has its id
        return known[1]

    def _merged(self, p: Poly, scope: Scopes, depth: int) -> int:
        """The sign of p with its sums over one range put together, and what is left beside them or spread over the range."""
        n = self.plain
        for a in sorted({a for m in p for a, e in m if n.table[a][0] in LINEAR and e == 1}):
            op, height, over, where, _ = n.table[a]
            name = self._inner(n.table[a], scope)
            where = substitute(where, {height: sym(name)})
            inside, rest = n.gathered(p, op, over, where, name)
            found = self._sign_bound(op, inside, (*scope, Scope(name, over, where)), depth - 1)
            if rest and found != ANY:
                found = SUM[found][self._sign_poly(rest, scope, depth - 1)]
            if rest and found == ANY and op == "sum" and where == TRUE:
                share = rational.div(Rat(rest), n.normal(over, scope))
                found = self._sign_bound(op, rational.add(inside, share), (*scope, Scope(name, over, where)), depth - 1)
            if found != ANY:
                return found
        return ANY

    def _inner(self, key: Atom, scope: Scopes) -> str:
        """A name for the variable of a sum whose body is looked at: by the depth of its scope, so that it meets what is known there."""
        name = f"${len(scope)}"
        return self.plain.fresh() if self.plain.depends(key[4], name) or name in free(key[3]) else name

    def _sign_bound(self, op: str, body: Rat, scope: Scopes, depth: int = DEPTH) -> int:
        """The sign of a sum or an integral, by that of its body in its scope."""
        found = self.sign(body, scope, depth)
        if found not in CLOSED_UNDER_SUMS or (op == "integral" and not self.integrable(body, scope)):
            return ANY
        return found if scope[-1].where == TRUE else found | NIL

    def integrable(self, body: Rat, scope: Scopes) -> bool:
        """Whether the integral of a body over the last variable of a scope is shown to exist; here it never is."""
        return False

    def _combine(self, p: Poly, facts: list[Fact], scope: Scopes, depth: int, out: int) -> int:
        """The sign of p, known to be one of `out`, as c·m·f + rest, for a fact f, where the rest is no longer than p."""
        mentioned = {a for m in p for a, _ in m}
        parts = [(m, dict(m), c) for m, c in p.items()]
        for f, s in facts:
            if s not in (POS, POS | NIL) or mentioned.isdisjoint([a for m in f for a, _ in m]):
                continue
            for m_f, c_f in f.items():
                inverse = tuple([(a, -e) for a, e in m_f])
                for m, exponents, c in parts:
                    if any(exponents.get(a, 0) < e for a, e in m_f):
                        continue  # that might divide by zero
                    q = rational.times(m, inverse)
                    ratio = rational.quotient(c, c_f)
                    outside = self._sign_monomial(q, scope)
                    outside = outside if ratio > 0 else NEGATE[outside]
                    if outside & NEG and outside & POS:
                        continue
                    self.fuel -= 1 + len(p) // 8
                    if self.fuel < 0:
                        self.cut += 1
                        return out
                    part = {rational.times(q, n): d for n, d in f.items()}
                    if 2 * sum(n in p for n in part) < len(f):
                        continue  # too few terms meet for the rest to be short
                    rest = rational.poly_add(p, part, -ratio)
                    if len(rest) > len(p):
                        continue
                    found = SUM[PRODUCT[outside][s]][self._sign_poly(rest, scope, depth - 1)]
                    if out & found not in (0, out):
                        return out & found
        return out

    def _split(self, p: Poly, scope: Scopes, depth: int) -> int:
        """The signs that p has at the values of an atom of finite type, or in the cases of one that is defined by cases."""
        for a in sorted({a for m in p for a, _ in m}):
            if all(e > 0 for m in p for b, e in m if b == a) and (branches := self._branches(a, scope)):
                out = 0
                for inside, value in branches:
                    out |= self.sign(self._put(p, a, value), inside, depth - 1)
                return out
            kind, over = self.kind(a, scope)
            values = kind.values or finite_values(Type("index", over)) if over is not None else kind.values
            if values and all(e > 0 for m in p for b, e in m if b == a):
                out = 0
                for v in values:
                    at: Poly = {}
                    for m, c in p.items():
                        scale = c
                        for b, e in m:
                            scale *= v**e if b == a else 1
                        if scale:
                            at = rational.poly_add(at, {tuple(x for x in m if x[0] != a): scale})
                    out |= self._sign_poly(at, scope, depth - 1)
                return out
        return ANY

    def _branches(self, a: int, scope: Scopes) -> list[tuple[Scopes, Rat]]:
        """The values of an atom that is defined by cases, each with the scope in which it has it; none for other atoms."""
        branches = list(self._cases(a, scope))
        return [b for b in branches if not self._impossible(b[0])] or branches

    def _cases(self, a: int, scope: Scopes) -> Iterator[tuple[Scopes, Rat]]:
        known = {upward(level.where) for level in scope}
        inside = scope
        for guard, value in _guarded(self.plain.table[a], self.plain):
            holds = upward(guard) in known
            if upward(call("not", guard)) in known or (guard != TRUE and not holds and self.implies(negation(guard), inside)):
                continue
            if guard == TRUE or holds or self.implies(guard, inside):
                yield inside, value
                return
            yield (*inside, Scope("", None, guard)), value
            inside = (*inside, Scope("", None, call("not", guard)))

    def _impossible(self, scope: Scopes) -> bool:
        """Whether some fact is excluded by the signs of the atoms in it."""
        if ("impossible", scope) in self.open:
            self.cut += 1
            return False
        self.open.add(("impossible", scope))
        try:
            plain = ((f, s) for f, s in self.facts(scope) if all(self.plain.table[a][0] not in ("cases", *LOOPS) for m in f for a, _ in m))
            return any(not self._sign_by_monomials(f, scope) & s for f, s in plain)
        finally:
            self.open.discard(("impossible", scope))

    def _sign_by_monomials(self, p: Poly, scope: Scopes) -> int:
        total = 0
        for m, c in p.items():
            found = self._sign_monomial(m, scope)
            found = found if c > 0 else NEGATE[found]
            total = found if not total else SUM[total][found]
        return total

    def _put(self, p: Poly, a: int, value: Rat) -> Rat:
        """p with a value in place of an atom, which stands nowhere below a line."""
        out = Rat({})
        for m, c in p.items():
            power = sum(e for b, e in m if b == a)
            part = Rat({tuple(x for x in m if x[0] != a): c})
            out = rational.add(out, rational.mul(part, rational.power(value, power)))
        return out

    def facts(self, scope: Scopes) -> list[Fact]:
        """The hypotheses and guards, as signs of polynomials."""
        if (known := self._facts.get(scope)) is not None:
            return known
        if self._gathered is not None:
            self.cut += 1
            return self._gathered
        cases = any("cases" in operations(p) for p in self.parts(scope))
        for _ in range(1 + cases):  # a guard may be left open the first time, for want of a fact
            self._gathered = []
            try:
                for fact in self._gather(scope):
                    self._gathered.append(fact)
                self._facts[scope] = self._gathered
            finally:
                self._gathered = None
            self.forget()
        return self._facts[scope]

    def integer(self, r: Rat, scope: Scopes) -> bool:
        """Whether a value is an integer by the types of its atoms."""
        if r.den or not all(isinstance(c, int) or c.denominator == 1 for c in r.num.values()):
            return False
        return all(e > 0 and (self.kind(a, scope)[0].integer or self.plain.table[a][0] == "delta") for m in r.num for a, e in m)

    def _gather(self, scope: Scopes) -> Iterator[Fact]:
        for c in sorted(self.parts(scope), key=lambda c: "cases" in operations(c)):  # what cases apply the others may say
            yield from self._strengthened(self._stated_facts(c, scope), scope)

    def _stated_facts(self, p: Term, scope: Scopes) -> list[Fact]:
        """What a proposition says of polynomials: a relation; or that of two alternatives whose other is excluded."""
        p = negation(p.args[0]) if p.op == "not" else p
        if p.op == "or":
            for one, other in (p.args, p.args[::-1]):
                if self.implies(negation(one), scope):
                    return [f for c in conjuncts(other) for f in self._stated_facts(c, scope)]
        if p.op not in RELATIONS or "oo" in operations(p):
            return []
        return self._related_facts(p, scope)

    def _related_facts(self, c: Term, scope: Scopes) -> list[Fact]:
        """What a relation says of the numerator of the difference of its sides; or, where the sign of the denominator is open, of the
        product of both."""
        try:
            r = rational.sub(self.plain.normal(c.args[0], scope), self.plain.normal(c.args[1], scope))
        except (NotNormal, rational.TooLarge):
            return []
        signs = HOLDS[c.op]
        if r.den and signs not in (NIL, NEG | POS):
            below = self.sign(Rat(rational.ONE, r.den), scope)
            if below not in (NEG, POS):
                with contextlib.suppress(rational.TooLarge):
                    return oriented(_times_below(r), signs) if r.num else []
                return []
            signs = PRODUCT[signs][below]
        return oriented(r.num, signs) if r.num else []

    def _strengthened(self, facts: list[Fact], scope: Scopes) -> Iterator[Fact]:
        """The facts, and for integers p > 0 also p - 1 >= 0."""
        for p, s in facts:
            yield p, s
            if s == POS and self.integer(Rat(p), scope):
                yield rational.poly_add(p, rational.ONE, -1), POS | NIL

    def _type_facts(self, p: Poly, scope: Scopes) -> list[Fact]:
        """The bounds of the types of the atoms in p, and what `all(…)` hypotheses say at their indices."""
        return [fact for a in sorted({a for m in p for a, _ in m}) for fact in self._facts_about(a, scope)]

    def _facts_about(self, a: int, scope: Scopes) -> list[Fact]:
        if (found := self.about.get((a, scope))) is None:
            before, found = self.cut, []
            kind, over = self.kind(a, scope)
            x = rational.atom(a).num
            if kind.low is not None:
                found.append((rational.poly_add(x, rational.ONE, -kind.low), POS if kind.low_open else POS | NIL))
            if kind.high is not None:
                found.append((rational.poly_add(rational.number(kind.high).num, x, -1), POS if kind.high_open else POS | NIL))
            if over is not None:
                found.append((rational.poly_add(self.plain.normal(over, scope).num, x, -1), POS | NIL))
            found += self._universal_facts(a, scope)
            self.remember(self.about, (a, scope), found, before)
        return found

    def _universal_facts(self, a: int, scope: Scopes) -> Iterator[Fact]:
        """`all(… for i in N)` hypotheses at the indices of the elements, and the arguments of the functions, in an atom."""
        universal = [p for p in self.parts(scope) if p.op == "all"]
        elements = list(self._elements(a)) if universal else []
        for p in universal:
            for index in dict.fromkeys(i for head, *indices in elements if head in free(p) for i in indices):
                yield from self._instantiated(p, index, scope)

    def _instantiated(self, p: Term, index: Rat, scope: Scopes) -> list[Fact]:
        """What a universal proposition says of one index, if that is one that it is about: defined, since an element may stand in a
        case that does not apply, and y*(1/y) is 1 to algebra."""
        key = p, index, scope
        if (known := self.instantiated.get(key)) is None:
            if key in self.open:
                self.cut += 1
                return []
            before, known = self.cut, []
            body, var, over, where = p.args
            at = {var.name: self.plain.term(index)}
            self.open.add(key)
            try:
                owed = (*self.member(at[var.name], over), substitute(where, at))
                if (self.is_set(over) or self.defined(at[var.name], scope)) and all(self.implies(c, scope) for c in owed):
                    known = [f for c in conjuncts(substitute(body, at)) for f in self._stated_facts(c, scope)]
            finally:
                self.open.discard(key)
            self.remember(self.instantiated, key, known, before)
        return known

    def _elements(self, a: int) -> Iterator[tuple[Any, ...]]:
        """The head and indices of every element, and every value of a function, that an atom is about."""
        op, *parts = self.plain.table[a]
        if op in ("elem", "apply") and isinstance(parts[0], str):
            yield parts[0], *(i for i in parts[1:] if isinstance(i, Rat))
        for part in parts:
            for b in sorted(part.atoms()) if isinstance(part, Rat) else ():
                yield from self._elements(b)

    def member(self, t: Term, over: Term) -> Iterator[Term]:
        """What makes `t` one of what a bound variable runs over."""
        if self.is_size(over):
            yield from index_conditions(t, over)
        elif over != REALS:
            yield is_kind(t, f"an element of {over.name}")

    def _sign_atom(self, a: int, scope: Scopes) -> int:
        """The signs that an atom may have, where it is defined: by what it is, and by the hypotheses on it."""
        if (known := self.atom_signs.get((a, scope))) is None:
            before = self.cut
            stated = self._sign_by_facts(a, scope) if self.plain.table[a][0] in ("cases", *LOOPS) else ANY
            out = self._sign_by_operation(a, scope) if stated not in (NEG, NIL, POS) else stated
            known = out if out in (NEG, NIL, POS) else (out & self._sign_by_facts(a, scope)) or out
            self.remember(self.atom_signs, (a, scope), known, before)
        return known

    def _sign_by_operation(self, a: int, scope: Scopes) -> int:
        op, *parts = self.plain.table[a]
        match op:
            case "exp" | "cosh":
                return POS
            case "const":
                return POS
            case "delta":
                return POS | NIL
            case "sqrt" | "abs":
                return POS if not self.sign(parts[0], scope) & NIL else POS | NIL
            case "log" if len(parts) == 1:
                return self.sign(rational.sub(parts[0], rational.number(1)), scope, 1)
            case "sinh" | "tanh":
                return self.sign(parts[0], scope, 1)
            case "pow":
                s = self.sign(parts[0], scope)
                return s if s == POS else POS | NIL if not s & NEG else ANY if s & NIL else NEG | POS
            case "max" | "min":
                return _extreme([self.sign(p, scope, 1) for p in parts], NEG if op == "max" else POS)
            case "sum" | "prod" | "integral":
                return self._sign_loop(self.plain.table[a], scope)
            case "cases":
                out = 0
                for inside, value in self._branches(a, scope):
                    out |= self.sign(value, inside, 1)
                return out
        return self._sign_by_type(a, scope)

    def _sign_loop(self, key: Atom, scope: Scopes) -> int:
        op, height, over, where, body = key
        name = self._inner(key, scope)
        body, inside = self.plain.rename(body, height, name), (*scope, Scope(name, over, substitute(where, {height: sym(name)})))
        if op == "prod":
            found = self.sign(body, inside)
            return found if found in (POS, POS | NIL, NEG | POS) else NEG | POS if found == NEG else ANY
        return self._sign_bound(op, body, inside)

    def _sign_by_type(self, a: int, scope: Scopes) -> int:
        kind, _ = self.kind(a, scope)
        out = ANY
        if kind.low is not None and kind.low >= 0:
            out &= POS if kind.low > 0 or kind.low_open else POS | NIL
        if kind.values == (-1, 1):
            out &= NEG | POS
        return out

    def _sign_by_facts(self, a: int, scope: Scopes) -> int:
        x, out = rational.atom(a).num, ANY
        for f, s in [*self.facts(scope), *self._universal_facts(a, scope)]:
            if f.keys() == x.keys():
                out &= s if f[((a, 1),)] > 0 else NEGATE[s]
            elif len(f) == 2 and all(m in f for m in ((), ((a, 1),))):
                out &= _beyond(f[((a, 1),)], f[()], s)
        return out


def _guarded(key: Atom, n: Normalizer) -> Iterator[tuple[Term, Rat]]:
    """The values that an atom may have by the case that applies, each with its guard; the first that holds counts."""
    op, *parts = key
    if op == "cases":
        yield from zip(parts[::2], parts[1::2], strict=True)
    elif op in ("max", "min") and len(parts) == 2:
        yield call("ge" if op == "max" else "le", n.term(parts[0]), n.term(parts[1])), parts[0]
        yield TRUE, parts[1]
    elif op == "abs":
        yield call("ge", n.term(parts[0]), ZERO), parts[0]
        yield TRUE, rational.sub(Rat({}), parts[0])


def _extreme(signs: list[int], least: int) -> int:
    """The signs of a maximum, where `least` is NEG; of a minimum, where it is POS."""
    out = 0
    for s in signs:
        out |= s
    if any(not s & least for s in signs):
        out &= ~least
    if any(not s & (least | NIL) for s in signs):
        out &= ~NIL
    return out


def _beyond(slope: rational.Coefficient, constant: rational.Coefficient, signs: int) -> int:
    """The signs of x, when slope·x + constant has one of `signs`."""
    bound = -Fraction(constant) / slope
    signs = signs if slope > 0 else NEGATE[signs]
    if not signs & NEG and bound >= 0:  # x >= bound
        return POS if bound > 0 or not signs & NIL else POS | NIL
    if not signs & POS and bound <= 0:
        return NEG if bound < 0 or not signs & NIL else NEG | NIL
    return ANY


def oriented(p: Poly, signs: int) -> list[Fact]:
    """A fact, turned so that it says something positive where it is one-sided; an equality says two things."""
    minus = rational.poly_add({}, p, -1)
    if signs == NIL:
        return [(p, POS | NIL), (minus, POS | NIL), (p, NIL)]
    return [(p, signs)] if signs in (POS, POS | NIL) else [(minus, NEGATE[signs])]


def negation(p: Term) -> Term:
    """The proposition that holds where `p` fails (both defined)."""
    if p.op in NEGATED:
        return call(NEGATED[p.op], *p.args)
    if p.op == "not":
        inner: Term = p.args[0]
        return inner
    if p.op in ("and", "or"):
        return call("or" if p.op == "and" else "and", *map(negation, p.args))
    return call("not", p)


def finite_values(t: Type) -> tuple[int, ...] | None:
    """The values of a type that has finitely many, and not too many."""
    if t.kind == "index" and t.over is not None and t.over.op == "num" and 1 <= t.over.args[0] <= 12:
        return tuple(range(1, int(t.over.args[0]) + 1))
    return KINDS[t.kind].values or None


def is_kind(t: Term, what: str) -> Term:
    """The proposition «t is `what`» (an integer, …), which no page can write."""
    return Term("is", (t, sym(what)))


def index_conditions(i: Term, size: Term) -> Iterator[Term]:
    """What makes `i` one of 1 … size."""
    yield is_kind(i, "an integer")
    yield call("ge", i, ONE)
    yield call("le", i, size)

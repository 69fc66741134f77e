"""Where a term is defined, and whether the givens imply a condition. Trusted; never complete, and never wrong.

`conditions` is the one table of what is undefined where. `implies` decides a proposition from the types, the hypotheses and
the scope: by the sign of the difference of its sides, from the signs of monomials, the bounds of types, and hypotheses added
with nonnegative factors; by cases over symbols of finite type; or because it is a hypothesis.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from derive import rational
from derive.derivative import derivative
from derive.model import KINDS, REAL, Givens, Kind, Scope, Type
from derive.normal import Normalizer, NotNormal, Scopes
from derive.rational import Monomial, Poly, Rat
from derive.term import FALSE, NEGATED, ONE, REALS, RELATIONS, TRUE, ZERO, Term, call, conjuncts, free, num, substitute, sym, walk

# Signs: a set of the signs that a value may have.
NEG, NIL, POS = 1, 2, 4
ANY = NEG | NIL | POS
_NEGATE = {0: 0, NEG: POS, NIL: NIL, POS: NEG, NEG | NIL: POS | NIL, NEG | POS: NEG | POS, NIL | POS: NEG | NIL, ANY: ANY}
# A relation holds between a and b if the sign of a - b is one of these.
_HOLDS = {"eq": NIL, "ne": NEG | POS, "lt": NEG, "le": NEG | NIL, "gt": POS, "ge": POS | NIL}
_CLOSED_UNDER_SUMS = frozenset({NIL, NEG, POS, NEG | NIL, NIL | POS, ANY})

Condition = tuple[Scopes, Term]
Fact = tuple[Poly, int]  # a polynomial, and the signs that it may have


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


_PRODUCT = [[_product(a, b) for b in range(8)] for a in range(8)]
_SUM = [[_sum(a, b) for b in range(8)] for a in range(8)]


def is_kind(t: Term, what: str) -> Term:
    """The proposition «t is `what`» (an integer, …), which no page can write."""
    return Term("is", (t, sym(what)))


class Domain:
    """What follows from the givens of one page: definedness, signs, propositions."""

    def __init__(self, givens: Givens) -> None:
        self.givens = givens
        self.plain = Normalizer(self.decide, self._slope)
        self.memo: dict[Condition, bool] = {}
        self.signs: dict[tuple[object, Scopes, int], int] = {}
        self._facts: dict[Scopes, list[Fact]] = {}

    def _slope(self, a: int, scope: Scopes) -> Rat | None:
        """What a derivative is, where it is shown to exist: the one thing besides algebra that signs are found by."""
        op, *parts = self.plain.table[a]
        if op != "diff" or (v := self.plain.single(parts[0])) is None:
            return None
        if not all(self.implies(p, there) for there, p in self.conditions(self.plain.atom_term(a), scope)):
            return None
        return derivative(self.plain, parts[1], v, scope)

    # -- types

    def type_of(self, name: str, scope: Scopes) -> Type | None:
        """The type of a symbol or bound variable."""
        for level in reversed(scope):
            if level.var == name:
                if level.over is None or level.over == REALS:
                    return REAL
                if level.over.op == "sym" and self.givens.symbols.get(level.over.name, REAL).kind == "set":
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

    # -- definedness

    def conditions(self, t: Term, scope: Scopes = ()) -> Iterator[Condition]:
        """What has to hold for `t` to be defined, each with the scope in which it has to."""
        op, args = t.op, t.args
        match op:
            case "num" | "sym":
                return
            case "const":
                if t.name == "oo":
                    yield scope, is_kind(t, "a number")
                return
            case "elem":
                yield from self._element_conditions(t, scope)
                return
            case "apply":
                yield from self._apply_conditions(t, scope)
                return
            case "cases":
                yield from self._cases_conditions(args, scope)
                return
            case "diff":
                yield from self._diff_conditions(t, scope)
                return
            case "limit" | "argmax" | "argmin" | "integral" | "integrable":
                if op != "integral" or not self.implies(call("integrable", t), scope):
                    yield scope, is_kind(t, "known to exist")
                return
            case "sum" | "prod" | "all":
                yield from self._loop_conditions(t, scope)
                return
        for c in args:
            yield from self.conditions(c, scope)
        for condition in self._local(op, args, scope):
            yield scope, condition

    def _local(self, op: str, args: tuple[Term, ...], scope: Scopes) -> Iterator[Term]:
        """The table: what an operation asks of its arguments, at one point."""
        match op, args:
            case "div", (_, below):
                yield call("ne", below, ZERO)
            case "log", (u, *base):
                yield call("gt", u, ZERO)
                for b in base:
                    yield call("gt", b, ZERO)
                    yield call("ne", b, ONE)
            case "sqrt", (u,):
                yield call("ge", u, ZERO)
            case "tan", (u,):
                yield call("ne", call("cos", u), ZERO)
            case "pow", (u, v):
                if v.op == "num" and v.args[0].denominator == 1 and v.args[0] >= 0:
                    return
                whole = self.implies(is_kind(v, "an integer"), scope)
                yield call("ne" if whole else "gt", u, ZERO)
            case "delta", indices:
                for i in indices:
                    yield is_kind(i, "an integer")

    def _element_conditions(self, t: Term, scope: Scopes) -> Iterator[Condition]:
        head, *indices = t.args
        sizes: list[Term] = []
        if head.op == "array":
            row = head
            while row.op == "array":
                sizes.append(num(len(row.args)))
                row = row.args[0]
        elif (found := self.type_of(head.name, scope)) is not None:
            sizes = list(found.shape)
        if len(sizes) != len(indices):
            yield scope, is_kind(t, "an element of a family")
            return
        for i, size in zip(indices, sizes, strict=True):
            yield from self.conditions(i, scope)
            yield from ((scope, c) for c in index_conditions(i, size))

    def _apply_conditions(self, t: Term, scope: Scopes) -> Iterator[Condition]:
        head, *args = t.args
        found = self.type_of(head.name, scope)
        if found is None or len(found.params) != len(args):
            yield scope, is_kind(head, "a function of these arguments")
            return
        for argument, parameter in zip(args, found.params, strict=True):
            yield from self.conditions(argument, scope)
            yield from ((scope, c) for c in type_conditions(argument, parameter))

    def _cases_conditions(self, args: tuple[Term, ...], scope: Scopes) -> Iterator[Condition]:
        inside, some = scope, FALSE
        for value, guard in zip(args[::2], args[1::2], strict=True):
            yield from self.conditions(guard, inside)
            yield from self.conditions(value, (*inside, Scope("", None, guard)))
            inside = (*inside, Scope("", None, call("not", guard)))
            some = guard if some == FALSE else call("or", some, guard)
        yield scope, some

    def _loop_conditions(self, t: Term, scope: Scopes) -> Iterator[Condition]:
        body, var, over, where = t.args
        if not self.is_size(over) and not (t.op == "all" and over == REALS):
            yield scope, is_kind(over, "a size")
            return
        name = f"${len(scope)}"
        at = {var.name: sym(name)}
        yield from self.conditions(substitute(where, at), (*scope, Scope(name, over)))
        yield from self.conditions(substitute(body, at), (*scope, Scope(name, over, substitute(where, at))))

    def is_size(self, over: Term) -> bool:
        """Whether a sum can run over this: a symbol of type size, or a positive integer."""
        if over.op == "num":
            return bool(over.args[0].denominator == 1 and over.args[0] >= 1)
        return over.op == "sym" and over.name in self.givens.symbols and self.givens.symbols[over.name] == Type("size")

    # -- differentiability, shown structurally: each operation is smooth where its condition, an open one, holds

    def _diff_conditions(self, t: Term, scope: Scopes) -> Iterator[Condition]:
        body, v, *at = t.args
        if at:
            name = f"${len(scope)}"
            yield from self.conditions(at[0], scope)
            inner = substitute(body, {v.name: sym(name)})
            for s, c in self._smooth(inner, sym(name), (*scope, Scope(name, REALS))):
                # the conditions are open, so that they hold near the point if they hold at it
                yield s[: len(scope)] + tuple(Scope(x.var, x.over, substitute(x.where, {name: at[0]})) for x in s[len(scope) + 1 :]), substitute(
                    c, {name: at[0]}
                )
            return
        yield from self.conditions(v, scope)
        found = self.type_of(v.name, scope)
        if found is None or not KINDS[found.kind].open or not self._free_to_move(v.name, scope):
            yield scope, is_kind(v, "free to move in an open set")
        yield from self._smooth(body, v, scope)

    def _free_to_move(self, name: str, scope: Scopes) -> bool:
        """Whether every hypothesis on a variable is an open condition: strict, between functions continuous in it."""
        for p in (*self.givens.hypotheses, *(level.where for level in scope)):
            if name in free(p) and not all(_open_condition(c, name) for c in conjuncts(p)):
                return False
        return True

    def _smooth(self, t: Term, v: Term, scope: Scopes) -> Iterator[Condition]:
        """What has to hold for `t` to be smooth in `v` near the point."""
        op, args = t.op, t.args
        if v.name not in free(t):
            yield from self.conditions(t, scope)
            return
        match op:
            case "sym":
                return
            case "elem":
                yield from self.conditions(t, scope)
                if any(v.name in free(i) for i in args[1:]):
                    yield scope, is_kind(t, f"smooth in {v.name}")
                return
            case "sum" | "prod":
                body, var, over, where = args
                if not self.is_size(over) or v.name in free(where):
                    yield scope, is_kind(t, f"smooth in {v.name}")
                    return
                name = f"${len(scope)}"
                at = {var.name: sym(name)}
                yield from self.conditions(substitute(where, at), (*scope, Scope(name, over)))
                yield from self._smooth(substitute(body, at), v, (*scope, Scope(name, over, substitute(where, at))))
                return
            case "cases":
                yield from self._smooth_cases(args, v, scope)
                return
            case "diff" if len(args) == 2:
                yield from self._diff_conditions(t, scope)
                yield from self._smooth(args[0], v, scope)
                return
            case "pow" | "exp" | "log" | "sqrt" | "abs" | "sin" | "cos" | "tan" | "sinh" | "cosh" | "tanh":
                pass
            case "add" | "sub" | "mul" | "div" | "neg":
                pass
            case _:
                yield scope, is_kind(t, f"smooth in {v.name}")
                return
        for c in args:
            yield from self._smooth(c, v, scope)
        if op == "sqrt":
            yield scope, call("gt", args[0], ZERO)
        elif op == "abs":
            yield scope, call("ne", args[0], ZERO)
        elif op == "pow" and v.name in free(args[1]):
            yield scope, call("gt", args[0], ZERO)
        else:
            yield from ((scope, c) for c in self._local(op, args, scope))

    def _smooth_cases(self, args: tuple[Term, ...], v: Term, scope: Scopes) -> Iterator[Condition]:
        if any(v.name in free(g) for g in args[1::2]):
            yield scope, is_kind(call("cases", *args), f"smooth in {v.name}")
            return
        yield from self._cases_conditions(args, scope)
        inside = scope
        for value, guard in zip(args[::2], args[1::2], strict=True):
            yield from self._smooth(value, v, (*inside, Scope("", None, guard)))
            inside = (*inside, Scope("", None, call("not", guard)))

    # -- propositions

    def decide(self, p: Term, scope: Scopes) -> bool | None:
        """True where the givens imply `p`, False where they imply that it fails, None where neither is shown."""
        if self.implies(p, scope):
            return True
        return False if self.implies(negation(p), scope) else None

    def implies(self, p: Term, scope: Scopes = ()) -> bool:
        """Whether `p` is shown to hold at every point of the givens and the scope; `p` must be defined there."""
        key = (scope, p)
        if (known := self.memo.get(key)) is None:
            self.memo[key] = False  # a proof that needs itself is none
            try:
                known = self._implies(p, scope)
            except (NotNormal, rational.TooLarge):
                known = False
            self.memo[key] = known
        return known

    def _implies(self, p: Term, scope: Scopes) -> bool:
        op, args = p.op, p.args
        if p == TRUE:
            return True
        if op == "and":
            return all(self.implies(c, scope) for c in args)
        if op == "not":
            return args[0].op != "const" and args[0].op != "not" and self._given(p, scope) or (
                args[0].op in (*RELATIONS, "and", "or", "not") and self.implies(negation(args[0]), scope)
            )
        if op == "is":
            return self._is(args[0], args[1].name, scope)
        if op == "or" and any(self.implies(c, scope) for c in args):
            return True
        if op in RELATIONS and self._related(op, args[0], args[1], scope):
            return True
        if op == "all":
            body, var, over, where = args
            name = f"${len(scope)}"
            at = {var.name: sym(name)}
            if self.implies(substitute(body, at), (*scope, Scope(name, over, substitute(where, at)))):
                return True
        return self._given(p, scope) or self._by_cases(p, scope)

    def _given(self, p: Term, scope: Scopes) -> bool:
        """Whether `p` is among the hypotheses, as written."""
        return any(c == p for h in (*self.givens.hypotheses, *(level.where for level in scope)) for c in conjuncts(h))

    def _is(self, t: Term, what: str, scope: Scopes) -> bool:
        return what == "an integer" and self._integer(self.plain.normal(t, scope), scope)

    def _integer(self, r: Rat, scope: Scopes) -> bool:
        if r.den or not all(isinstance(c, int) or c.denominator == 1 for c in r.num.values()):
            return False
        return all(e > 0 and (self.kind(a, scope)[0].integer or self.plain.table[a][0] == "delta") for m in r.num for a, e in m)

    def _related(self, op: str, left: Term, right: Term, scope: Scopes) -> bool:
        if op not in ("eq", "ne") and {left.op, right.op} & {"const"} and "oo" in (left.args[0], right.args[0]):
            return (right.args[0] == "oo") == (op in ("lt", "le"))
        shape = self._shape(left, scope) if right == ZERO else _NEGATE[self._shape(right, scope)] if left == ZERO else ANY
        if shape and not shape & ~_HOLDS[op]:
            return True
        difference = rational.sub(self.plain.normal(left, scope), self.plain.normal(right, scope))
        signs = self.sign(difference, scope)
        if op in ("lt", "gt", "le", "ge") and self._integer(difference, scope):
            # between integers a < b is a + 1 <= b
            shift = {"lt": 1, "gt": -1}.get(op)
            if shift and not self.sign(rational.add(difference, rational.number(shift)), scope) & ~_HOLDS["le" if op == "lt" else "ge"]:
                return True
        return not signs & ~_HOLDS[op]

    def _by_cases(self, p: Term, scope: Scopes) -> bool:
        """Whether `p` holds for each value of a symbol of finite type that occurs in it."""
        for name in sorted(free(p)):
            found = self.givens.symbols.get(name)
            if found is None or found.shape or found.params or (values := finite_values(found)) is None:
                continue
            return all(self.implies(substitute(p, {name: num(v)}), scope) or self._excluded(name, v, scope) for v in values)
        return False

    def _excluded(self, name: str, value: int, scope: Scopes) -> bool:
        return any(
            name in free(h) and self.implies(negation(substitute(h, {name: num(value)})), scope)
            for h in (*self.givens.hypotheses, *(level.where for level in scope))
        )

    # -- signs

    def _shape(self, t: Term, scope: Scopes) -> int:
        """The sign of a term by its outermost operations, before anything is multiplied out."""
        op, args = t.op, t.args
        if op == "neg":
            return _NEGATE[self._shape(args[0], scope)]
        if op == "add":
            found = _SUM[self._shape(args[0], scope)][self._shape(args[1], scope)]
        elif op == "mul":
            found = POS | NIL if args[0] == args[1] else _PRODUCT[self._shape(args[0], scope)][self._shape(args[1], scope)]
        elif op == "div":
            found = _PRODUCT[self._shape(args[0], scope)][self._shape(args[1], scope) & ~NIL]
        elif op == "pow" and args[1].op == "num" and args[1].args[0].denominator == 1 and args[1].args[0] % 2 == 0:
            found = POS if args[1].args[0] == 0 or not self._shape(args[0], scope) & NIL else POS | NIL
        elif op == "sum" and self.is_size(args[2]) and args[3] == TRUE:
            name = f"${len(scope)}"
            found = self._shape(substitute(args[0], {args[1].name: sym(name)}), (*scope, Scope(name, args[2])))
            found = found if found in _CLOSED_UNDER_SUMS else ANY
        else:
            found = ANY
        return found if found != ANY else self.sign(self.plain.normal(t, scope), scope)

    def sign(self, r: Rat, scope: Scopes, depth: int = 3) -> int:
        """The signs that a value may have inside the givens and the scope."""
        out = self._sign_poly(r.num, scope, depth)
        for f, k in r.den.items():
            if out == NIL:
                break
            s = self._sign_poly(dict(f), scope, depth) & ~NIL
            out = _PRODUCT[out][s if k % 2 else POS]
        return out

    def _sign_poly(self, p: Poly, scope: Scopes, depth: int) -> int:
        if not p:
            return NIL
        key = (frozenset(p.items()), scope, depth)
        if (known := self.signs.get(key)) is None:
            self.signs[key] = ANY
            known = self.signs[key] = self._sign_of(p, scope, depth)
        return known

    def _sign_of(self, p: Poly, scope: Scopes, depth: int) -> int:
        total = 0
        for m, c in p.items():
            s = self._sign_monomial(m, scope)
            s = s if c > 0 else _NEGATE[s]
            total = s if not total else _SUM[total][s]
        if total != ANY or len(p) == 1:
            return total
        if self.plain.is_zero(Rat(p)):
            return NIL
        c, m, primitive = rational.content(p)
        outside = self._sign_monomial(m, scope)
        found = self._sign_primitive(primitive, scope, depth)
        return _PRODUCT[outside if c > 0 else _NEGATE[outside]][found]

    def _sign_monomial(self, m: Monomial, scope: Scopes) -> int:
        out = POS
        for a, e in m:
            s = self._sign_atom(a, scope)
            s = s & ~NIL if e < 0 else s
            out = _PRODUCT[out][s if e % 2 else _PRODUCT[s][s] & ~NEG]
        return out

    def _sign_primitive(self, p: Poly, scope: Scopes, depth: int) -> int:
        facts = [*self.facts(scope), *self._type_facts(p, scope)]
        for f, s in facts:
            if len(f) != len(p):
                continue
            c, m, primitive = rational.content(f)
            if primitive == p:
                outside = self._sign_monomial(m, scope)
                # a fact that allows zero says nothing of p where its monomial vanishes
                outside = outside if s & NIL else outside & ~NIL
                found = _PRODUCT[s][outside if c > 0 else _NEGATE[outside]] if outside in (NEG, POS) else ANY
                if found != ANY:
                    return found
        if depth and (found := self._combine(p, facts, scope, depth)) != ANY:
            return found
        return self._split(p, scope, depth) if depth else ANY

    def _combine(self, p: Poly, facts: list[Fact], scope: Scopes, depth: int) -> int:
        """The sign of p as c·m·f + rest, for a fact f, where the rest is no longer than p."""
        for f, s in facts:
            if s not in (POS, POS | NIL):
                continue
            for m_f, c_f in f.items():
                for m, c in p.items():
                    ratio = Fraction(c) / c_f
                    q = rational.times(m, tuple((a, -e) for a, e in m_f))
                    if any(e < 0 and (a, e) not in m and self._sign_atom(a, scope) & NIL for a, e in q):
                        continue  # that would divide by what may be zero
                    outside = self._sign_monomial(q, scope)
                    outside = outside if ratio > 0 else _NEGATE[outside]
                    if outside & NEG and outside & POS:
                        continue
                    rest = rational.poly_add(p, {rational.times(q, n): d for n, d in f.items()}, -ratio)
                    if len(rest) > len(p):
                        continue
                    found = _SUM[_PRODUCT[outside][s]][self._sign_poly(rest, scope, depth - 1)]
                    if found != ANY:
                        return found
        return ANY

    def _split(self, p: Poly, scope: Scopes, depth: int) -> int:
        """The signs that p has at the values of an atom of finite type."""
        for a in sorted({a for m in p for a, _ in m}):
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

    def facts(self, scope: Scopes) -> list[Fact]:
        """The hypotheses and guards, as signs of polynomials."""
        if (known := self._facts.get(scope)) is not None:
            return known
        self._facts[scope] = found = []
        for p in (*self.givens.hypotheses, *(level.where for level in scope)):
            for c in conjuncts(p):
                c = negation(c.args[0]) if c.op == "not" else c
                if c.op in RELATIONS and not any(x.op == "const" and x.name == "oo" for x in walk(c)):
                    try:
                        r = rational.sub(self.plain.normal(c.args[0], scope), self.plain.normal(c.args[1], scope))
                    except (NotNormal, rational.TooLarge):
                        continue
                    if r.num and not r.den:
                        found += oriented(r.num, _HOLDS[c.op])
        return found

    def _type_facts(self, p: Poly, scope: Scopes) -> list[Fact]:
        """The bounds of the types of the atoms in p, and what `all(…)` hypotheses say at their indices."""
        found: list[Fact] = []
        for a in sorted({a for m in p for a, _ in m}):
            kind, over = self.kind(a, scope)
            x = rational.atom(a).num
            if kind.low is not None:
                found.append((rational.poly_add(x, rational.ONE, -kind.low), POS if kind.low_open else POS | NIL))
            if kind.high is not None:
                found.append((rational.poly_add(rational.number(kind.high).num, x, -1), POS if kind.high_open else POS | NIL))
            if over is not None:
                found.append((rational.poly_add(self.plain.normal(over, scope).num, x, -1), POS | NIL))
            found += self._universal_facts(a, scope)
        return found

    def _universal_facts(self, a: int, scope: Scopes) -> Iterator[Fact]:
        """`all(… for i in N)` hypotheses at the indices of an element."""
        key = self.plain.table[a]
        if key[0] != "elem":
            return
        for h in (*self.givens.hypotheses, *(level.where for level in scope)):
            for p in conjuncts(h):
                if p.op != "all" or key[1] not in free(p):
                    continue
                body, var, over, where = p.args
                for index in {i for i in key[2:] if isinstance(i, Rat)}:
                    at = {var.name: self.plain.term(index)}
                    inside = [*index_conditions(at[var.name], over), substitute(where, at)]
                    if self.is_size(over) and all(self.implies(c, scope) for c in inside):
                        for c in conjuncts(substitute(body, at)):
                            if c.op in RELATIONS:
                                r = rational.sub(self.plain.normal(c.args[0], scope), self.plain.normal(c.args[1], scope))
                                if r.num and not r.den:
                                    yield from oriented(r.num, _HOLDS[c.op])

    def _sign_atom(self, a: int, scope: Scopes) -> int:
        """The signs that an atom may have, where it is defined."""
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
                signs = [self.sign(p, scope, 1) for p in parts]
                top = NEG if op == "max" else POS  # the sign that all must have
                if any(not s & top for s in signs):
                    return min((s for s in signs if not s & top), key=lambda s: s & NIL)
                return top if all(s == top for s in signs) else ANY
            case "sum" | "prod":
                return self._sign_loop(op, parts, scope)
            case "cases":
                out = 0
                inside = scope
                for guard, value in zip(parts[::2], parts[1::2], strict=True):
                    out |= self.sign(value, (*inside, Scope("", None, guard)), 1)
                    inside = (*inside, Scope("", None, call("not", guard)))
                return out
        return self._sign_by_type(a, scope)

    def _sign_loop(self, op: str, parts: list[Any], scope: Scopes) -> int:
        height, over, where, body = parts
        inside = self.sign(body, (*scope, Scope(height, over, where)))
        if op == "prod":
            return inside if inside in (POS, POS | NIL, NEG | POS) else NEG | POS if inside == NEG else ANY
        out = inside if inside in _CLOSED_UNDER_SUMS else ANY
        return out if where == TRUE else out | NIL

    def _sign_by_type(self, a: int, scope: Scopes) -> int:
        kind, _ = self.kind(a, scope)
        x, out = rational.atom(a).num, ANY
        if kind.low is not None and kind.low >= 0:
            out &= POS if kind.low > 0 or kind.low_open else POS | NIL
        if kind.values == (-1, 1):
            out &= NEG | POS
        if out == POS:
            return out
        for f, s in [*self.facts(scope), *self._universal_facts(a, scope)]:
            if f.keys() == x.keys():
                out &= s if f[((a, 1),)] > 0 else _NEGATE[s]
            elif len(f) == 2 and all(m in f for m in ((), ((a, 1),))):
                out &= _beyond(f[((a, 1),)], f[()], s)
        return out or ANY


def _beyond(slope: rational.Coefficient, constant: rational.Coefficient, signs: int) -> int:
    """The signs of x, when slope·x + constant has one of `signs`."""
    bound = -Fraction(constant) / slope
    signs = signs if slope > 0 else _NEGATE[signs]
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
    return [(p, signs)] if signs in (POS, POS | NIL) else [(minus, _NEGATE[signs])]


def negation(p: Term) -> Term:
    """The proposition that holds where `p` fails (both defined)."""
    if p.op in NEGATED:
        return call(NEGATED[p.op], *p.args)
    if p.op == "not":
        return p.args[0]
    if p.op in ("and", "or"):
        return call("or" if p.op == "and" else "and", *map(negation, p.args))
    return call("not", p)


def finite_values(t: Type) -> tuple[int, ...] | None:
    """The values of a type that has finitely many, and not too many."""
    if t.kind == "index" and t.over is not None and t.over.op == "num" and 1 <= t.over.args[0] <= 12:
        return tuple(range(1, int(t.over.args[0]) + 1))
    return KINDS[t.kind].values or None


def index_conditions(i: Term, size: Term) -> Iterator[Term]:
    """What makes `i` one of 1 … size."""
    yield is_kind(i, "an integer")
    yield call("ge", i, ONE)
    yield call("le", i, size)


def type_conditions(t: Term, of: Type) -> Iterator[Term]:
    """What makes the value of `t` one of a plain type."""
    kind = KINDS[of.kind]
    if kind.integer:
        yield is_kind(t, "an integer")
    if kind.low is not None:
        yield call("gt" if kind.low_open else "ge", t, num(kind.low))
    if kind.high is not None:
        yield call("lt" if kind.high_open else "le", t, num(kind.high))
    if of.kind == "index" and of.over is not None:
        yield call("le", t, of.over)
    if of.kind == "sign":
        yield call("ne", t, ZERO)
    if of.kind == "set":
        yield is_kind(t, "an element of a set")


def _open_condition(p: Term, name: str) -> bool:
    """Whether a proposition holds on an open set of values of a variable: strict, and between continuous functions."""
    if name not in free(p):
        return True
    if p.op == "all":
        return name not in free(p.args[3]) and p.args[2] != REALS and _open_condition(p.args[0], name)
    return p.op in ("lt", "gt", "ne") and all(_continuous(c, name) for c in p.args)


def _continuous(t: Term, name: str) -> bool:
    """Whether a term is continuous in a variable on an open domain, by its operations alone."""
    if name not in free(t):
        return True
    if t.op in ("sym", "elem"):
        return t.op == "sym" or all(name not in free(i) for i in t.args[1:])
    if t.op == "pow":
        return name not in free(t.args[1]) and _continuous(t.args[0], name)
    if t.op in ("sum", "prod"):
        return name not in free(t.args[3]) and _continuous(t.args[0], name)
    return t.op in ("add", "sub", "mul", "div", "neg", "exp", "log", "sin", "cos", "sinh", "cosh", "tanh", "abs", "max", "min") and all(
        _continuous(c, name) for c in t.args
    )

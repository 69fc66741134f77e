"""Where a term is defined, and whether the givens imply a condition. Trusted; never complete, and never wrong.

`conditions` is the one table of what is undefined where. `implies` decides a proposition by the sign of the difference of its
sides, by cases over symbols of finite type, or because it is a hypothesis.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from derive import rational
from derive.derivative import derivative
from derive.model import KINDS, REAL, Givens, Relation, Scope, Type
from derive.normal import Normalizer, NotNormal, Scopes
from derive.rational import Rat
from derive.signs import (
    ANY,
    DEPTH,
    FUEL,
    HOLDS,
    NEGATE,
    Learned,
    Signs,
    finite_values,
    index_conditions,
    is_kind,
    negation,
)
from derive.term import (
    CONNECTIVES,
    FALSE,
    ONE,
    OO,
    REALS,
    RELATIONS,
    TRUE,
    ZERO,
    E,
    Term,
    call,
    conjuncts,
    free,
    num,
    operations,
    renamed,
    substitute,
    sym,
    walk,
)

# Continuous wherever they are defined, which is in an open set of what they are of.
CONTINUOUS = ("add", "sub", "mul", "div", "neg", "exp", "log", "sin", "cos", "tan", "sinh", "cosh", "tanh", "abs", "max", "min", "sqrt")
MAX_KIN = 200  # domains that are kept
MAX_ORDER = 6  # derivatives inside a derivative
NO_NUMBERS = frozenset({REALS.name, "both", "left", "right"})
PROPOSITIONS = RELATIONS | CONNECTIVES | {"all", "almost", "integrable", "is"}
Condition = tuple[Scopes, Term]


class Domain(Signs):
    """What follows from the givens of one page: definedness and propositions."""

    before: Domain | None

    def __init__(self, givens: Givens, learned: tuple[Learned, ...] = (), shared: Domain | None = None) -> None:
        super().__init__(givens, learned, shared)
        self.memo: dict[Condition, bool] = {}
        self.owed: dict[tuple[Term, Scopes], tuple[Condition, ...]] = {}
        self.asking = 0  # how deep the questions are nested
        self.notes: dict[Any, Any] = {}  # of those who look for proofs: nothing here reads them
        self.kin: dict[Any, Domain] = shared.kin if shared else {}  # the domains that have come of one

    def slope(self, a: int, scope: Scopes) -> Rat | None:
        """What a derivative is, where it is shown to exist: the one thing besides algebra that signs are found by."""
        op, *parts = self.plain.table[a]
        if op != "diff" or (v := self.plain.single(parts[0])) is None:
            return None
        if not self.defined(self.plain.atom_term(a), scope):
            return None
        return derivative(self.plain, parts[1], v, scope)

    def under(self, givens: Givens, learned: tuple[Learned, ...] = ()) -> Domain:
        """A domain of these givens that knows what has been learned: the same one whenever it is asked for, with what it found out."""
        key = frozenset(givens.symbols.items()), frozenset(givens.hypotheses), frozenset(learned)
        if (found := self.kin.get(key)) is None:
            if len(self.kin) > MAX_KIN:
                self.kin.clear()
            found = self.kin[key] = Domain(givens, learned, self)
        return found

    # -- definedness

    def defined(self, t: Term, scope: Scopes) -> bool:
        """Whether the conditions for `t` to be defined are implied."""
        return all(self.implies(p, there) for there, p in self.conditions(t, scope))

    def conditions(self, t: Term, scope: Scopes = ()) -> tuple[Condition, ...]:
        """What has to hold for `t` to be defined, each with the scope in which it has to."""
        if self.before is not None and "pow" not in operations(t):  # only of an exponent it matters what is known
            return self.before.conditions(t, scope)
        if (known := self.owed.get((t, scope))) is None:
            before = self.cut
            known = tuple(self._conditions(t, scope))
            self.remember(self.owed, (t, scope), known, before + (self.fuel < 0))
        return known

    def _conditions(self, t: Term, scope: Scopes) -> Iterator[Condition]:
        op, args = t.op, t.args
        match op:
            case "num":
                return
            case "sym":
                if not self._may_be_number(t.name, scope):
                    yield scope, is_kind(t, "a number")
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
            case "limit":
                if args[2] not in (OO, call("neg", OO)):
                    yield from self.conditions(args[2], scope)
                yield scope, is_kind(t, "known to exist")
                return
            case "argmax" | "argmin":
                yield scope, is_kind(t, "a number")  # it is a set: only a whole side can be one
                return
            case "integrable":
                yield from self._loop_conditions(args[0], scope)
                return
            case "integral":
                yield from self._loop_conditions(t, scope)
                yield scope, is_kind(t, "known to exist")
                return
            case "sum" | "prod" | "all" | "almost":
                yield from self._loop_conditions(t, scope)
                return
        for c in args:
            yield from self._proposition(c, scope) if op in CONNECTIVES else self.conditions(c, scope)
        for condition in self._local(op, args, scope):
            yield scope, condition

    def _may_be_number(self, name: str, scope: Scopes) -> bool:
        """Not a word of the language, a set, an element of one, a family or a function."""
        for level in reversed(scope):
            if level.var == name:
                return level.over is None or not self.is_set(level.over)
        given = self.givens.symbols.get(name, REAL)
        return name not in NO_NUMBERS and given.kind != "set" and not given.shape and not given.params

    def _proposition(self, p: Term, scope: Scopes) -> Iterator[Condition]:
        """The conditions of what has to be true or false: a guard, a filter, a part of a proposition, a side of an equivalence."""
        if p.op not in PROPOSITIONS and p != TRUE:
            yield scope, is_kind(p, "a proposition")
        yield from self.conditions(p, scope)

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
            sizes = [num(n) for n in _dimensions(head)]
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
            if parameter.kind != "set":
                yield from self.conditions(argument, scope)
            yield from ((scope, c) for c in type_conditions(argument, parameter))

    def _cases_conditions(self, args: tuple[Term, ...], scope: Scopes) -> Iterator[Condition]:
        inside, some = scope, FALSE
        for value, guard in zip(args[::2], args[1::2], strict=True):
            yield from self._proposition(guard, inside)
            yield from self.conditions(value, (*inside, Scope("", None, guard)))
            inside = (*inside, Scope("", None, call("not", guard)))
            some = guard if some == FALSE else call("or", some, guard)
        yield scope, some

    def side_conditions(self, t: Term, relation: Relation) -> Iterable[Condition]:
        """What has to hold for a whole side of a step to be defined: in an equation it may be a set of maximisers, and in an
        equivalence it is a proposition."""
        if relation is Relation.EQ and t.op in ("argmax", "argmin"):
            return self._loop_conditions(t, ())
        return self._proposition(t, ()) if relation is Relation.IFF else self.conditions(t)

    def _loop_conditions(self, t: Term, scope: Scopes) -> Iterator[Condition]:
        body, var, over, where = t.args
        if not self.can_run(t.op, over):
            yield scope, is_kind(over, "a size" if t.op in ("sum", "prod") else "something to run over")
            return
        name = f"${len(scope)}"
        where = renamed(where, var.name, name)
        yield from self._proposition(where, (*scope, Scope(name, over)))
        owed = self._proposition if t.op in ("all", "almost") else self.conditions
        yield from owed(renamed(body, var.name, name), (*scope, Scope(name, over, where)))

    def can_run(self, op: str, over: Term) -> bool:
        """Whether a bound variable can run over this: a size, and, where it is no sum or product, the reals or a given set."""
        if op in ("sum", "prod"):
            return self.is_size(over)
        return over == REALS or (op not in ("integral", "almost") and (self.is_set(over) or self.is_size(over)))

    # -- integrals that exist

    def integrable(self, body: Rat, scope: Scopes) -> bool:
        """Whether the integral of a body over the last variable of a scope exists, by the hypotheses and linearity."""
        last = scope[-1]
        if last.over != REALS:
            return False
        outside = scope[:-1]
        return self.exist(self.plain, self.plain.close("integral", body, last.var, REALS, last.where, outside), outside)

    def exist(self, n: Normalizer, r: Rat, scope: Scopes) -> bool:
        """Whether the integrals in a value, which `n` has made, exist: as a whole or one by one."""
        known = [rational.sub(r, s) for s in self._existing(n, scope)]
        return any(map(n.is_zero, known)) or all(self._exists(n, a, scope) for a in r.atoms() if n.table[a][0] == "integral")

    def _exists(self, n: Normalizer, a: int, scope: Scopes) -> bool:
        _, height, _, where, body = n.table[a]
        inner = n.single(body)
        if inner is not None and where == TRUE:
            op, *parts = n.table[inner]
            if op == "apply" and parts[1:] == [rational.atom(n.atom("sym", height))] and self._is(sym(parts[0]), "a density", scope):
                return True
        return any(rational.atom(a) == s or rational.mul(s, rational.number(-1)) == rational.atom(a) for s in self._existing(n, scope))

    def _existing(self, n: Normalizer, scope: Scopes) -> Iterator[Rat]:
        """The integrals that the hypotheses say to exist: integrable ones, and sides of relations."""
        for h in self.stated(scope):
            for p in conjuncts(h):
                for there in self._instances(p, scope):
                    sides = there.args if there.op == "integrable" or there.op in RELATIONS else ()
                    for t in sides:
                        if t.op == "integral":
                            yield n.normal(t, scope)

    def _instances(self, p: Term, scope: Scopes) -> Iterator[Term]:
        """A proposition; one about all elements of something, at the variables of the scope that run over it."""
        if p.op != "all":
            yield p
            return
        body, var, over, where = p.args
        for level in scope:
            if level.var and level.over == over and (where == TRUE or self.implies(substitute(where, {var.name: sym(level.var)}), scope)):
                yield from self._instances(substitute(body, {var.name: sym(level.var)}), scope)

    # -- differentiability, shown structurally: each operation is smooth where its condition, an open one, holds

    def _diff_conditions(self, t: Term, scope: Scopes) -> Iterator[Condition]:
        body, v, *at = t.args
        if v.op not in (("sym",) if at else ("sym", "elem")):
            yield scope, is_kind(v, "a variable")
        if at:
            yield from self._smooth_at(body, v.name, at[0], scope)
            return
        yield from self.conditions(v, scope)
        found = self.type_of(v.name, scope)
        plain = found is not None and not found.params and len(found.shape) == len(v.args) - 1
        if found is None or not plain or not KINDS[found.kind].open or not self._free_to_move(v.name, scope):
            yield scope, is_kind(v, "free to move in an open set")
        yield from self._smooth(body, v, scope)

    def _smooth_at(self, body: Term, variable: str, point: Term, scope: Scopes) -> Iterator[Condition]:
        """What has to hold at a point; the conditions are open ones, and hold near it if they hold at it."""
        yield from self.conditions(point, scope)
        name, depth = f"${len(scope)}", len(scope)
        at = {name: point}
        for there, p in self._smooth(substitute(body, {variable: sym(name)}), sym(name), (*scope, Scope(name, REALS))):
            inner = (Scope(level.var, level.over, substitute(level.where, at)) for level in there[depth + 1 :])
            yield (*scope, Scope("", None), *inner), substitute(p, at)

    def _free_to_move(self, name: str, scope: Scopes) -> bool:
        """Whether every hypothesis on a variable is an open condition: strict, between functions continuous in it. A root is one where
        what it is of is positive by the types and by those of the hypotheses that are open without it."""
        stated = [c for p in (*self.givens.hypotheses, *(level.where for level in scope)) for c in conjuncts(p)]
        if all(_open_condition(c, name, self.is_size) for c in stated):
            return True
        if not any("sqrt" in operations(c) for c in stated):
            return False
        given = (c for h in self.givens.hypotheses for c in conjuncts(h))
        open_ = Domain(Givens(self.givens.symbols, tuple(c for c in given if _open_condition(c, name, self.is_size))))

        def positive(u: Term) -> bool:
            return free(u) <= self.givens.symbols.keys() and open_.implies(call("gt", u, ZERO))

        return all(_open_condition(c, name, self.is_size, positive) for c in stated)

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
            case "diff" if len(args) == 2 and sum(x.op == "diff" for x in walk(t)) <= MAX_ORDER:
                yield from self._diff_conditions(t, scope)
                if args[1] != v:
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

    def implies(self, p: Term, scope: Scopes = (), fuel: int = FUEL) -> bool:
        """Whether `p` is shown to hold at every point of the givens and the scope; `p` must be defined there. With less fuel than
        usual only what is easy is shown."""
        key = (scope, p)
        known = self.memo.get(key)
        if known is None and self.before is not None and self.before.known(key):
            known = self.memo[key] = True
        if known is None:
            if key in self.open:
                self.cut += 1
                return False  # a proof that needs itself is none
            before = self.cut
            if not self.asking:
                self.fuel = fuel
            self.fuel -= 10
            self.asking += 1
            self.open.add(key)
            try:
                known = self.fuel >= 0 and self._implies(p, scope)
            except (NotNormal, rational.TooLarge):
                known = False
            finally:
                self.asking -= 1
                self.open.discard(key)
            self.remember(self.memo, key, known, before + (self.fuel < 0))
            if not self.asking:
                self.forget()
                if known or self.fuel >= 0 or fuel == FUEL:
                    self.memo[key] = known
        return known

    def known(self, key: Condition) -> bool:
        """Whether a condition has been shown by what was known before: the more is known, the more holds."""
        return self.memo.get(key) or (self.before is not None and self.before.known(key))

    def _implies(self, p: Term, scope: Scopes) -> bool:
        op, args = p.op, p.args
        if p == TRUE or super().implies(p, scope):
            return True
        if op == "and":
            return all(self.implies(c, scope) for c in args)
        if op == "not":
            return args[0].op in (*RELATIONS, "and", "or", "not") and self.implies(negation(args[0]), scope)
        if op == "is":
            return self._is(args[0], args[1].name, scope)
        if op == "or":
            if any(self.implies(c, scope) for c in args):
                return True
            if self.implies(args[1], (*scope, Scope("", None, negation(args[0])))):
                return True
        if op in RELATIONS and self._related(op, args[0], args[1], scope):
            return True
        if op == "all":
            body, var, over, where = args
            name = f"${len(scope)}"
            if self.implies(renamed(body, var.name, name), (*scope, Scope(name, over, renamed(where, var.name, name)))):
                return True
        return self._by_cases(p, scope)

    def _is(self, t: Term, what: str, scope: Scopes) -> bool:
        if what == "an integer":
            return self.integer(self.plain.normal(t, scope), scope)
        found = self.givens.symbols.get(t.name) if t.op == "sym" else None
        if what == "a density":
            return found is not None and found.density and len(found.params) == 1
        return what.startswith("an element of ") and t.op == "sym" and any(
            level.var == t.name and level.over is not None and what == f"an element of {level.over.args[0]}" for level in scope
        )

    def _related(self, op: str, left: Term, right: Term, scope: Scopes) -> bool:
        if OO in (left, right):  # every number lies below
            return left != right and op in ("ne", "lt" if right == OO else "gt")
        if self._in_range(op, left, right, scope):
            return True
        shape = self._shape(left, scope) if right == ZERO else NEGATE[self._shape(right, scope)] if left == ZERO else ANY
        if shape and not shape & ~HOLDS[op]:
            return True
        difference = rational.sub(self.plain.normal(left, scope), self.plain.normal(right, scope))
        signs = self.sign(difference, scope)
        if signs & ~HOLDS[op] and signs & HOLDS[op]:
            signs = self.sign(difference, scope, DEPTH + 1)
        if op in ("lt", "gt", "le", "ge") and self.integer(difference, scope):
            # between integers a < b is a + 1 <= b
            shift = {"lt": 1, "gt": -1}.get(op)
            if shift and not self.sign(rational.add(difference, rational.number(shift)), scope) & ~HOLDS["le" if op == "lt" else "ge"]:
                return True
        return not signs & ~HOLDS[op]

    def _in_range(self, op: str, t: Term, end: Term, scope: Scopes) -> bool:
        """Whether the type of an index says that it is at least 1, or at most the size that it runs over: what is asked most."""
        if (op, end) != ("ge", ONE) and op != "le":
            return False
        head = t.args[0] if t.op in ("elem", "apply") else t
        found = self.type_of(head.name, scope) if head.op == "sym" else None
        return found is not None and found.kind == "index" and (op == "ge" or end == found.over)

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


def _dimensions(t: Term) -> tuple[int, ...]:
    """The sizes of an array of numbers; none where it is no rectangle or holds something else."""
    if all(x.op == "num" for x in t.args):
        return (len(t.args),)
    inner = {_dimensions(x) if x.op == "array" else () for x in t.args}
    return (len(t.args), *inner.pop()) if len(inner) == 1 and () not in inner else ()


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
        yield is_kind(t, f"an element of {of.over.name if of.over else 'a set'}")


def _open_condition(
    p: Term, name: str, is_size: Callable[[Term], bool], positive: Callable[[Term], bool] = lambda u: False
) -> bool:
    """Whether a proposition holds on an open set of values of a variable: strict, between continuous functions, finitely often."""
    if name not in free(p):
        return True
    if p.op == "all":
        return name not in free(p.args[3]) and is_size(p.args[2]) and _open_condition(p.args[0], name, is_size, positive)
    return p.op in ("lt", "gt", "ne") and all(_continuous(c, name, positive) for c in p.args)


def _continuous(t: Term, name: str, positive: Callable[[Term], bool]) -> bool:
    """Whether a term is continuous in a variable on an open domain, by its operations alone."""
    if name not in free(t):
        return True
    if t.op in ("sym", "elem"):
        return t.op == "sym" or all(name not in free(i) for i in t.args[1:])
    if t.op == "pow":
        base, exponent = t.args
        if name in free(exponent):  # a base that may be negative has integer powers only: not an open domain
            return base == E and _continuous(exponent, name, positive)
        return _continuous(base, name, positive)
    if t.op in ("sum", "prod"):
        return name not in free(t.args[3]) and _continuous(t.args[0], name, positive)
    if t.op == "sqrt" and not positive(t.args[0]):
        return False
    return t.op in CONTINUOUS and all(_continuous(c, name, positive) for c in t.args)

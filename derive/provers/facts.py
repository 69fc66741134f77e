"""Which inequalities and equivalences of the rule table might help a step: guesses from what is written there. Untrusted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice

from derive.model import Givens, Instance, Relation, Scope, Type
from derive.normal import Scopes
from derive.provers.lemmas import Binding, scoped_subterms, unify
from derive.rules import INTERVAL, RULES, Rule
from derive.term import (
    CONNECTIVES,
    LEAVES,
    ONE,
    OO,
    RELATIONS,
    TRUE,
    ZERO,
    Lambda,
    Term,
    call,
    free,
    num,
    rebuild,
    renamed,
    substitute,
    sym,
    walk,
)

MAX_GUESSES = 120  # of one rule
MINUS_OO = call("neg", OO)
INTERVALS = ((ZERO, OO), (MINUS_OO, OO), (ZERO, ONE))
HOLE = "x_"  # what a function is a function of
Guess = tuple[Scopes, Binding]
Places = Sequence[tuple[Scopes, Term]]


def guesses(rules: Iterable[str], written: Sequence[Term], givens: Givens) -> Iterator[Instance]:
    """Instances of those rules that are no equations, for a step in which these terms and propositions are written."""
    places = list(dict.fromkeys(place for t in written for place in scoped_subterms(t)))
    stated = [c for t in written for c in _propositions(t)]
    for rule in (RULES[r] for r in rules if r in RULES):
        if rule.relation is Relation.EQ:
            continue
        seen: set[object] = set()
        for scope, by in islice(_SPECIAL.get(rule.name, _plain)(rule, stated, places, givens), MAX_GUESSES):
            key = scope, frozenset(by.items())
            if key not in seen and by.keys() == rule.letters:
                seen.add(key)
                yield Instance(rule.name, scope, by)


def _propositions(t: Term, scope: Scopes = ()) -> Iterator[tuple[Scopes, Term]]:
    if t.op in CONNECTIVES:
        for c in t.args:
            yield from _propositions(c, scope)
    elif t.op in RELATIONS:
        yield scope, t
    elif t.op in ("all", "almost"):
        yield scope, t
        body, var, over, where = t.args
        name = f"${len(scope)}"
        yield from _propositions(renamed(body, var.name, name), (*scope, Scope(name, over, renamed(where, var.name, name))))


def about(sides: Iterable[Term], letters: frozenset[str], written: Iterable[Term]) -> Iterator[Guess]:
    """What the letters of an equivalence may stand for, by its sides against the propositions that are written."""
    for scope, p in (place for t in written for place in _propositions(t)):
        for side in sides:
            by: Binding = {}
            if unify(side, p, letters, by, {}) and by.keys() == letters:
                yield scope, by


def _plain(rule: Rule, stated: Places, places: Places, givens: Givens) -> Iterator[Guess]:
    """The sides of a rule against what is written; of an equivalence, against the propositions, turned either way."""
    for side in (rule.left, rule.right):
        found: Iterable[tuple[Scopes, Term]] = places
        if side.op in RELATIONS:
            found = [(scope, call(side.op, *pair)) for scope, q in stated if q.op in RELATIONS for pair in (q.args, q.args[::-1])]
        elif side.op in ("all", "almost"):
            found = stated
        for scope, t in found if side.op not in LEAVES else ():
            by: Binding = {}
            if unify(side, t, rule.letters, by, {}):
                yield scope, by


def _term_of_a_sum(rule: Rule, stated: Places, places: Places, givens: Givens) -> Iterator[Guess]:
    for scope, t in places:
        by: Binding = {}
        if t.op == "sum" and unify(rule.right, t, rule.letters, by, {}):
            over = t.args[2]
            indices = [sym(name) for name, kind in givens.symbols.items() if kind == Type("index", over)]
            indices += [num(k) for k in range(1, int(over.args[0]) + 1)] if over.op == "num" and over.args[0] < 10 else []
            for k in indices:
                yield scope, {**by, "k": k}
            for there, x in places:
                if x.op == "elem":
                    yield from ((there, {**by, "k": level_var}) for level_var in _bound_indices(there, over))


def _bound_indices(scope: Scopes, over: Term) -> Iterator[Term]:
    return (sym(level.var) for level in scope if level.var and level.over == over)


def _jensen(rule: Rule, stated: Places, places: Places, givens: Givens) -> Iterator[Guess]:
    """h(E f) for what is written around a sum of products (or an integral): h, its negative; p one of the factors."""
    op = rule.left.args[1].op
    for scope, mean in places:
        if mean.op != op or mean.args[3] != TRUE:
            continue
        for there, t in places:
            if t == mean or there != scope or mean not in walk(t):
                continue
            outer = _replaced(t, mean, sym(HOLE))
            if free(outer) & {level.var for level in scope} or t.op in RELATIONS:
                continue
            for interval in INTERVALS:
                for p, f in _products(mean.args[0]):
                    for h in (outer, call("neg", outer)):
                        yield scope, _expectation(op, mean, p, f, h, interval)


def _expectation(op: str, mean: Term, p: Term, f: Term, h: Term, interval: tuple[Term, Term]) -> Binding:
    index = mean.args[1].name
    out: Binding = {"p": Lambda((index,), p), "f": Lambda((index,), f), "h": Lambda((HOLE,), h)}
    out |= dict(zip(INTERVAL, interval, strict=True))
    return out | {"N": mean.args[2]} if op == "sum" else out


def _products(t: Term) -> Iterator[tuple[Term, Term]]:
    """The ways to read a term as one factor times the rest."""
    if t.op == "mul":
        a, b = t.args
        yield a, b
        yield b, a
        yield from ((p, call("mul", f, b)) for p, f in _products(a))
        yield from ((p, call("mul", a, f)) for p, f in _products(b))
    elif t.op == "div":
        yield t.args[0], call("div", ONE, t.args[1])
        yield from ((p, call("div", f, t.args[1])) for p, f in _products(t.args[0]))


def _increasing(rule: Rule, stated: Places, places: Places, givens: Givens) -> Iterator[Guess]:
    """f(u) <= f(v) in one relation, u <= v in another."""
    pairs = [pair for _, q in stated if q.op in RELATIONS for pair in (q.args, q.args[::-1])]
    for u, v in pairs:
        for left, right in pairs:
            f = _replaced(left, u, sym(HOLE))
            if (left, right) != (u, v) and u.op != "num" and HOLE in free(f) and substitute(f, {HOLE: v}) == right:
                yield from (((), {"u": u, "v": v, "f": Lambda((HOLE,), f), "low": low, "high": high}) for low, high in INTERVALS)


def _tangent(rule: Rule, stated: Places, places: Places, givens: Givens) -> Iterator[Guess]:
    """The tangent of what is differentiated at a point, held against its value at any other."""
    for scope, t in places:
        if t.op == "diff" and len(t.args) == 3:
            f = Lambda((t.args[1].name,), t.args[0])
            for there, u in places:
                if there == scope and u.op in ("sym", "elem"):
                    yield from ((scope, {"u": u, "v": t.args[2], "f": f, "low": low, "high": high}) for low, high in INTERVALS)


def _replaced(t: Term, part: Term, by: Term) -> Term:
    return by if t == part else rebuild(t, lambda c: _replaced(c, part, by))


_SPECIAL: Mapping[str, Callable[[Rule, Places, Places, Givens], Iterator[Guess]]] = {
    "term of a sum": _term_of_a_sum, "proper term of a sum": _term_of_a_sum, "jensen": _jensen, "jensen for integrals": _jensen,
    "increasing function": _increasing, "convex function above its tangent": _tangent,
}  # fmt: skip


def maps(here: Term, there: Term) -> Iterator[Lambda]:
    """The functions h for which the second of two objectives over one range might be h of the first."""
    other = substitute(there.args[0], {there.args[1].name: here.args[1]})
    h = _replaced(other, here.args[0], sym(HOLE))
    if here.args[1].name not in free(h) and HOLE in free(h):
        yield Lambda((HOLE,), h)

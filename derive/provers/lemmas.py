"""Where a lemma might be used in a step: its sides against the subterms of the step. Untrusted: the kernel judges each guess."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from derive.model import Givens, Scope
from derive.normal import Scopes, near
from derive.term import CONNECTIVES, LEAVES, REALS, RELATIONS, Lambda, Replacement, Term, bound_variable, call, free, substitute, sym, walk

MAX_GUESSES = 60
Binding = dict[str, Replacement]


def instances(
    left: Term, right: Term, lemma: Givens, page: Givens, sides: tuple[Term, ...], anywhere: bool = False
) -> Iterator[tuple[Scopes, Binding]]:
    """Scopes and bindings of a lemma's letters: by its sides found among the subterms, the larger first. Or, `anywhere`, by name, and by
    putting any subterm for the letter of a lemma that has one only."""
    places = list(dict.fromkeys(place for side in sides for place in scoped_subterms(side)))
    seen: set[tuple[Scopes, tuple[tuple[str, Replacement], ...]]] = set()
    guesses = _anywhere(lemma, page, places) if anywhere else _by_sides(left, right, lemma, page, places)
    for scope, by in islice(guesses, MAX_GUESSES):
        key = (scope, tuple(sorted(by.items(), key=lambda item: item[0])))
        if by.keys() == lemma.symbols.keys() and key not in seen:
            seen.add(key)
            yield scope, by


def _by_sides(
    left: Term, right: Term, lemma: Givens, page: Givens, places: list[tuple[Scopes, Term]]
) -> Iterator[tuple[Scopes, Binding]]:
    letters = frozenset(lemma.symbols)
    for side in sorted((left, right), key=_size, reverse=True):
        if side.op not in LEAVES:
            for scope, t in places:
                by: Binding = {}
                if unify(side, t, letters, by, {}):
                    yield scope, by | {name: sym(name) for name in letters - by.keys() if name in page.symbols}


def _anywhere(lemma: Givens, page: Givens, places: list[tuple[Scopes, Term]]) -> Iterator[tuple[Scopes, Binding]]:
    letters = frozenset(lemma.symbols)
    if letters <= page.symbols.keys():
        yield (), {name: sym(name) for name in letters}
    if len(letters) == 1:
        for scope, t in sorted(places, key=lambda place: _size(place[1])):
            yield scope, dict.fromkeys(letters, t)


def _size(t: Term) -> int:
    return sum(1 for _ in walk(t))


def unify(p: Term, t: Term, letters: frozenset[str], by: Binding, bound: dict[str, str]) -> bool:
    """Whether `t` is the pattern `p` with terms for its letters; `by` is filled in; `bound` pairs their bound variables."""
    if p.op == "sym":
        if p.name in bound:
            return t.op == "sym" and bound[p.name] == t.name
        if p.name not in letters:
            return p == t
        if free(t) & set(bound.values()):
            return False
        return by.setdefault(p.name, t) == t
    composite = p.op == "apply" or (p.op == "elem" and t.op != "elem")
    if composite and p.name in letters and all(a.op == "sym" and a.name in bound for a in p.args[1:]):
        return _abstracted(p, t, by, bound)
    if p.op == t.op == "diff" and p.args[1].op == t.args[1].op == "sym" and p.args[1].name in letters:
        return _differentiated(p, t, letters, by, bound)
    if p.op != t.op or len(p.args) != len(t.args):
        return False
    if p.op in LEAVES:
        return bool(p.args[0] == t.args[0])
    if (variable := bound_variable(p)) is not None:
        inner = {**bound, variable: t.args[1].name}
        return all(
            unify(a, b, letters, by, inner if i == 0 or (i == 3 and p.op != "limit") else bound)
            for i, (a, b) in enumerate(zip(p.args, t.args, strict=True))
            if i != 1
        )
    return all(unify(a, b, letters, by, bound) for a, b in zip(p.args, t.args, strict=True))


def _differentiated(p: Term, t: Term, letters: frozenset[str], by: Binding, bound: dict[str, str]) -> bool:
    """Whether `t` is the derivative that the pattern is, by any variable and at any place; the letter stands for the place."""
    letter, variable = p.args[1].name, t.args[1].name
    place = t.args[2] if len(t.args) == 3 else t.args[1]
    inner = {**bound, letter: variable}
    return unify(p.args[0], t.args[0], letters - {letter}, by, inner) and by.setdefault(letter, place) == place


def _abstracted(p: Term, t: Term, by: Binding, bound: dict[str, str]) -> bool:
    """Whether `t` is what the letter of the pattern `f(i)` gives at its bound variables."""
    params = tuple(bound[a.name] for a in p.args[1:])
    if free(t) & (set(bound.values()) - set(params)):
        return False
    found = by.setdefault(p.name, Lambda(params, t))
    at: Binding = {a: sym(b) for a, b in zip(found.params, params, strict=True)} if isinstance(found, Lambda) else {}
    return isinstance(found, Lambda) and substitute(found.body, at) == t


def scoped_subterms(t: Term, scope: Scopes = ()) -> Iterator[tuple[Scopes, Term]]:
    """The number-valued subterms, each with the part of its scope that it needs; also those of propositions."""
    if t.op in RELATIONS or t.op in CONNECTIVES:
        for c in t.args:
            yield from scoped_subterms(c, scope)
        return
    if t.op not in ("all", "almost", "integrable"):
        yield least(free(t), scope), t
    var = bound_variable(t)
    name = f"${len(scope)}"
    at: Binding = {} if var is None else {var: sym(name)}
    if t.op == "cases":
        inside = scope
        for value, guard in zip(t.args[::2], t.args[1::2], strict=True):
            yield from scoped_subterms(value, (*inside, Scope("", None, guard)))
            inside = (*inside, Scope("", None, call("not", guard)))
    elif var is None:
        for c in t.children:
            yield from scoped_subterms(c, scope)
    elif t.op == "diff":
        yield from scoped_subterms(t.args[2], scope)
        yield from scoped_subterms(substitute(t.args[0], at), (*scope, Scope(name, REALS)))
    else:
        where = near(t.args[1], *t.args[2:]) if t.op == "limit" else t.args[3]
        inside = (*scope, Scope(name, REALS if t.op == "limit" else t.args[2], substitute(where, at)))
        yield from scoped_subterms(substitute(t.args[0], at), inside)


def least(names: frozenset[str], scope: Scopes) -> Scopes:
    """The shortest beginning of a scope that binds all these names, with the guards behind it that mention them."""
    for k in range(len(scope), 0, -1):
        if scope[k - 1].var in names or (not scope[k - 1].var and free(scope[k - 1].where) & names):
            return scope[:k]
    return ()

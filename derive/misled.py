"""What a line becomes by a wrong rule: each mistake of the table made on either side of a step. Knows terms; not what is true."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from derive.mistakes import Mistake, mistakes, school
from derive.model import Claim, Words
from derive.provers.lemmas import Binding, unify
from derive.rules import Rule
from derive.slips import Place, opened, places, put
from derive.term import LEAVES, RELATIONS, ZERO, CaptureError, Lambda, Replacement, Term, call, free, num, operations, sym, unfold, walk

ROUNDS = 12  # how often a rule is used on what it has made


class Misled(NamedTuple):
    """The sides of a step as one of them becomes by a mistake, and the right side as it should have been, if that is known."""

    words: Words
    left: Term
    right: Term
    meant: Term | None = None


def misled(claim: Claim, left: Term, right: Term, meanings: Mapping[str, Replacement]) -> Iterator[Misled]:
    """Both sides of a claim with a mistake made on one, those of derivatives first. Where the mistake is the one that was made, what
    comes out holds.

    `left` and `right` are the sides with their definitions put in, `meanings` the definitions with those before put in.
    """
    of_derivatives = [m for m in mistakes() if m.wrong.left.op == "diff"]
    for m in of_derivatives:
        for made in differentiated(opened(claim.left, claim.definitions), m.wrong, meanings):
            yield Misled(m.words, made, claim.right)
    others = [m for m in mistakes() if m not in of_derivatives]
    sides = [(claim.left, False), (claim.right, True)]
    sides += [(t, turned) for t, turned in ((left, False), (right, True)) if t not in (claim.left, claim.right)]
    for side, turned in sides:
        spots = list(places(side))
        for m in others:
            for made, meant in _made(m, side, spots):
                if turned:
                    yield Misled(m.words, claim.left, made)
                else:
                    yield Misled(m.words, made, claim.right, meant if side is claim.left else None)


def _made(m: Mistake, side: Term, spots: list[Place]) -> Iterator[tuple[Term, Term | None]]:
    """A side with a mistake made at one place, with what the right rule makes there; then at all places."""
    if m.wrong.left.op not in operations(side):
        return
    for spot in spots:
        if (new := rewritten(m.wrong, spot.node)) is not None:
            good = rewritten(m.right, spot.node) if m.right else None
            yield put(side, spot.path, new), None if good is None else put(side, spot.path, good)
    yield _everywhere(m.wrong, side), None


def _everywhere(rule: Rule, t: Term) -> Term:
    """What a rule makes of all places where it applies, and of what comes out there."""
    if rule.left.op not in operations(t):
        return t
    for _ in range(ROUNDS):
        new = rewritten(rule, t)
        if new is None:
            break
        t = new
    if t.op in LEAVES or t.op in RELATIONS:
        return t
    return Term(t.op, tuple(c if i and c.op == "sym" else _everywhere(rule, c) for i, c in enumerate(t.args)))


# -- one rule at one place


class _Plain(NamedTuple):
    """A rule whose letters that are differentiated stand for terms: `f` for `f(x)`."""

    left: Term
    right: Term
    letters: frozenset[str]


@functools.cache
def _plain(rule: Rule) -> _Plain:
    variable = rule.left.args[1].name if rule.left.op == "diff" else ""

    def strip(t: Term) -> Term:
        if t.op == "apply" and t.args[1:] == (sym(variable),):
            return sym(t.name)
        return t if t.op in LEAVES else Term(t.op, tuple(map(strip, t.args)))

    return _Plain(strip(rule.left), strip(rule.right), rule.letters)


def _matched(rule: Rule, t: Term) -> Binding | None:
    """What the letters of a rule stand for where its left side is `t`."""
    plain, by = _plain(rule), Binding()
    return by if unify(plain.left, t, plain.letters, by, {}) else None


def rewritten(rule: Rule, t: Term) -> Term | None:
    """What a rule makes of a term, None where its left side has another form."""
    by = _matched(rule, t) if rule.left.op == t.op else None
    if by is None:
        return None
    try:
        return unfold(_plain(rule).right, by)
    except CaptureError:
        return None


# -- derivatives


def differentiated(t: Term, wrong: Rule, meanings: Mapping[str, Replacement]) -> Iterator[Term]:
    """A term with its derivatives worked out, the mistake made wherever it can be, or at one such place only."""
    everywhere = _Worked(wrong, meanings)
    made = everywhere.work(t)
    if everywhere.count:
        yield _lowered(made)
    for k in range(everywhere.count if everywhere.count > 1 else 0):
        yield _lowered(_Worked(wrong, meanings, k).work(t))


class _Worked:
    """Derivatives worked out by the school's rules, with a mistake at one place, counted from 0, or wherever it can be made."""

    def __init__(self, wrong: Rule, meanings: Mapping[str, Replacement], only: int | None = None) -> None:
        self.wrong, self.meanings, self.only, self.count = wrong, meanings, only, 0

    def work(self, t: Term) -> Term:
        if t.op in LEAVES:
            return t
        if t.op != "diff" or len(t.args) == 3:
            return Term(t.op, tuple(map(self.work, t.args)))
        body, variable = t.args
        if not self._varies(body, variable):
            return ZERO
        if (new := self._mistaken(t)) is not None:
            self.count += 1
            if self.only in (None, self.count - 1):
                return self.work(new)
        if body.op == "sum":
            return Term("sum", (self.work(call("diff", body.args[0], variable)), *body.args[1:]))
        fitting = (rewritten(rule, t) for rule in school() if rule.left.args[0].op == body.op)
        good = next((new for new in fitting if new is not None), None)
        return t if good is None else self.work(good)

    def _varies(self, t: Term, variable: Term) -> bool:
        hidden = {n for n, m in self.meanings.items() if variable.name in (free(m.body) if isinstance(m, Lambda) else free(m))}
        return not free(t).isdisjoint({variable.name, *hidden})

    def _mistaken(self, t: Term) -> Term | None:
        """What the mistake makes of a derivative, where there is something to be mistaken about: the inner parts vary, and a single
        one is more than the variable itself."""
        by = _matched(self.wrong, t) if self.wrong.left.args[0].op == t.args[0].op else None
        if by is None:
            return None
        whole, variable = self.wrong.left.args
        inner = [by[x.name] for x in walk(whole) if x.op == "apply" and x.args[1:] == (variable,)]
        varying = all(isinstance(u, Term) and self._varies(u, t.args[1]) for u in inner)
        plain = len(inner) == 1 and isinstance(inner[0], Term) and inner[0].op in ("sym", "elem")
        return unfold(_plain(self.wrong).right, by) if varying and not plain else None


def _lowered(t: Term) -> Term:
    """With exponents such as `2 - 1` written as numbers: a power of one is defined where another is not."""
    if t.op in LEAVES:
        return t
    args = tuple(map(_lowered, t.args))
    if t.op == "sub" and all(a.op == "num" for a in args) and args[0].args[0] >= args[1].args[0]:
        return num(args[0].args[0] - args[1].args[0])
    return Term(t.op, args)

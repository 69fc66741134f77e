"""Which mistake is it? A step that is not proved, held against the table of mistakes and the slips of the pen.

Candidates are looked at in floats first, at a few points; what is left has to be proved before it is said. Explains; proves nothing
of the step itself, and says nothing where it finds nothing.
"""

from __future__ import annotations

import functools
import itertools
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any, NamedTuple

from derive.approximate import Approximation, Unknown, close
from derive.balls import Unsupported, environment
from derive.claims import Rejected, unfolded
from derive.domain import Domain
from derive.judge import check as replay
from derive.judge import refute
from derive.mistakes import SLIPS, mistakes, school
from derive.model import Claim, Diagnosis, Givens, Relation, Trace, Witness, Words
from derive.points import Points
from derive.provers import STRATEGIES, prove, splittable
from derive.provers.lemmas import Binding, unify
from derive.refute import satisfying_point
from derive.rules import Rule
from derive.show import text
from derive.slips import Repair, means_something, opened, places, put, repairs
from derive.term import (
    LEAVES, ONE, RELATIONS, TRUE, ZERO, CaptureError, Lambda, Replacement, Term, binder, call, conjunction, free, num, sym, unfold, walk,
)  # fmt: skip

SECONDS = 0.5  # for one step, checked between candidates
POINTS = 5  # at which an equation has to hold before the prover is asked
MORE_POINTS = 24  # of what is less easily told: inequalities, equivalences, conditions
BLIND = 8  # candidates for which the prover is asked where nothing can be looked at
PROOFS = 12  # candidates that look right for which the prover is asked
_HOLDS: Mapping[Relation, Callable[[Any, Any], bool]] = {
    Relation.EQ: close, Relation.IFF: lambda a, b: a == b,
    Relation.LE: lambda a, b: a < b or close(a, b), Relation.GE: lambda a, b: a > b or close(a, b),
    Relation.LT: lambda a, b: a < b and not close(a, b), Relation.GT: lambda a, b: a > b and not close(a, b),
}  # fmt: skip


import collections
STAT = collections.Counter()


class Budget:
    """How long there is still time for one step."""

    def __init__(self, seconds: float) -> None:
        self.end = time.monotonic() + seconds
        self.proofs = PROOFS

    @property
    def spent(self) -> bool:
        return self.proofs <= 0 or time.monotonic() > self.end


def diagnose(
    claim: Claim, domain: Domain, witness: Witness | None, missing: tuple[Term, ...] = (), negation: Trace | None = None,
    seconds: float = SECONDS,
) -> Diagnosis | None:  # fmt: skip
    """What seems to be wrong with a step that is refuted, by a witness or a negation, or that lacks conditions; None if unknown."""
    try:
        step = _Step(claim, domain, witness, Budget(seconds))
    except (Rejected, Unsupported, CaptureError):
        return None
    if witness is None and negation is None and not missing and step.fits(claim.left, claim.relation, claim.right) is not False:
        return None
    lacking = bool(missing) or (witness is not None and bool(witness.undefined))
    if lacking and (found := step.condition(missing)) is not None:
        return found
    wrong = step.wrong_rule()
    if negation is not None and (found := step.value(negation)) is not None:
        return found
    repair = step.repair()
    if wrong is not None:
        return replace(wrong, suggestion=repair.suggestion, relation=repair.relation) if repair and not wrong.suggestion else wrong
    return repair or (None if lacking else step.condition(()))


class _Step:
    """One step, with the points at which candidates are looked at."""

    def __init__(self, claim: Claim, domain: Domain, witness: Witness | None, budget: Budget) -> None:
        self.claim, self.domain, self.budget = claim, domain, budget
        self.left, self.right, self.givens = unfolded(claim)
        self.meanings = _meanings(claim.definitions)
        exact = claim.relation is Relation.EQ
        self.points = list(self._points(witness, POINTS if exact else MORE_POINTS))

    def _points(self, witness: Witness | None, count: int) -> Iterator[Approximation]:
        """The witness, and points drawn at random."""
        drawn = [environment(witness.values)] if witness is not None and witness.values.keys() == self.givens.symbols.keys() else []
        source = Points(self.givens, 1, (self.left, self.right))
        for k in range(2 * count):
            if len(drawn) >= count:
                break
            if (env := source.draw("corner" if k % 6 == 5 else "random", k + 1)) is not None:
                drawn.append(env)
        for env in drawn:
            yield Approximation(env, self.claim.definitions, self.meanings)

    # -- does a candidate look right

    def fits(self, left: Term, relation: Relation, right: Term) -> bool | None:
        """Whether a relation seems to hold at all points; None where nothing can be said."""
        told = False
        for point in self.points:
            try:
                a = point.value(left, {})
            except Unknown:
                continue
            try:
                if not self._holds(a, relation, right, point.value(right, {})):
                    return False
            except Unknown:
                return False
            told = True
        return told or self._fits_inside(left, right)

    def _fits_inside(self, left: Term, right: Term) -> bool | None:
        """Two limits at one point, looked at by what they are taken of."""
        if not (left.op == right.op == "limit" and left.args[1:] == right.args[1:]):
            return None
        told = False
        for point, at in itertools.product(self.points, (0.7, 1.9, -1.3)):
            bound = {left.args[1].name: at}
            try:
                a = point.value(left.args[0], bound)
                if not close(a, point.value(right.args[0], bound)):
                    return False
                told = True
            except Unknown:
                continue
        return told or None

    def _holds(self, a: Any, relation: Relation, right: Term, b: Any) -> bool:
        if relation is Relation.APPROX:
            decimals = max((t.args[1] for t in walk(right) if t.op == "num"), default=0)
            return bool(abs(a - b) <= 0.5 * 10**-decimals + 1e-12)
        return _HOLDS[relation](a, b)

    def proves(self, claim: Claim, domain: Domain | None = None) -> bool:
        """Whether the kernel accepts a proof of the step as it may have been meant."""
        self.budget.proofs -= 1
        try:
            domain = domain or self.domain
            names = free(claim.left) | free(claim.right)
            named = tuple(r for r in claim.reasons if r not in ("algebra", "signs", "calculation") and not r.startswith("definition of "))
            splits = [(f"cases {s}", *STRATEGIES[2]) for s in splittable(domain.givens, names)[:1]]
            for allowed in dict.fromkeys((named, *((*s, *named) for s in (*STRATEGIES[:4], *splits)))):
                trace = prove(claim, allowed, domain=domain)
                if trace is not None:
                    replay(claim, trace)
                    return True
                if self.budget.spent:
                    return False
        except (Rejected, RecursionError):
            pass
        return False

    # -- slips of the pen

    def repair(self) -> Diagnosis | None:
        """The first one-place change of the right side that makes a step that is proved."""
        blind = BLIND
        for r in repairs(self.claim):
            if self.budget.spent:
                return None
            STAT["repairs"] += 1
            fits = self.fits(self.claim.left, r.relation, r.right)
            if fits is None:
                blind -= 1
            if fits is False or blind < 0 or not means_something(self.claim, r.right):
                continue
            if self.proves(replace(self.claim, relation=r.relation, right=r.right)):
                return Diagnosis(_words(r), r.right, r.relation)
        return None

    def value(self, negation: Trace) -> Diagnosis | None:
        """Of a limit that was proved to have another value: that value."""
        meant = refute(self.claim, negation)[0]
        if not self.proves(replace(self.claim, right=meant)):
            return None
        slip = next((r.slip for r in repairs(self.claim) if r.right == meant), "value")
        return Diagnosis(SLIPS[slip], meant, self.claim.relation)

    # -- wrong rules

    def wrong_rule(self) -> Diagnosis | None:
        """The mistake by which one side becomes the other."""
        seen: set[Term] = set()
        if self.claim.relation is not Relation.EQ:
            return None
        for words, made, right in self._misled():
            if self.budget.spent:
                return None
            turned, candidate = made
            if candidate in seen:
                continue
            seen.add(candidate)
            relation = self.claim.relation
            sides = (self.claim.left, candidate) if turned else (candidate, self.claim.right)
            if self.fits(sides[0], relation, sides[1]) and self.proves(replace(self.claim, left=sides[0], right=sides[1])):
                return Diagnosis(words, *self._instead(right))
        return None

    def _instead(self, right: Term | None) -> tuple[Term | None, Relation | None]:
        """What the right rule gives, where that is a line that is proved."""
        good = right is not None and means_something(self.claim, right) and self.proves(replace(self.claim, right=right))
        return (right, self.claim.relation) if good else (None, None)

    def _misled(self) -> Iterator[tuple[Words, tuple[bool, Term], Term | None]]:
        """What each mistake makes of the left side, or of which right side it makes the left one; and what it should have been."""
        left, right = self.claim.left, self.claim.right
        sides = [(False, left), (True, right)]
        sides += [(turned, t) for turned, t in ((False, self.left), (True, self.right)) if t not in (left, right)]
        for (turned, side), m in itertools.product(sides, mistakes()):
            if _of_derivative(m.wrong):
                if not turned:
                    yield from ((m.words, (turned, t), None) for t in self._differentiated(m.wrong))
                continue
            for spot in places(side):
                if (new := _rewritten(m.wrong, spot.node)) is not None:
                    good = _rewritten(m.right, spot.node) if m.right and side is left else None
                    yield m.words, (turned, put(side, spot.path, new)), good and put(side, spot.path, good)
            yield m.words, (turned, _everywhere(m.wrong, side)), None

    def _differentiated(self, wrong: Rule) -> Iterator[Term]:
        """The left side with its derivatives worked out, the mistake made wherever it can be, or at one such place only."""
        t = opened(self.claim.left, self.claim.definitions)
        everywhere = _Worked(wrong, self.meanings)
        yield _lowered(everywhere.work(t))
        for k in range(everywhere.count if everywhere.count > 1 else 0):
            yield _lowered(_Worked(wrong, self.meanings, k).work(t))

    # -- conditions

    def condition(self, missing: tuple[Term, ...]) -> Diagnosis | None:
        """One more hypothesis with which the step is proved; it has to leave points inside the givens."""
        points = list(self._points(None, MORE_POINTS))
        for h in dict.fromkeys((*missing, *([conjunction(missing)] if len(missing) > 1 else []), *self._conditions())):
            if self.budget.spent:
                return None
            if h not in missing and not self._tells(h, points):
                continue
            more = Givens(self.claim.givens.symbols, (*self.claim.givens.hypotheses, h))
            claim = replace(self.claim, givens=more)
            try:
                givens = unfolded(claim)[2]
                if self.proves(claim, Domain(givens)) and satisfying_point(givens) is not None:
                    return Diagnosis(SLIPS["condition"], condition=h)
            except (Rejected, Unsupported):
                continue
        return None

    def _tells(self, h: Term, points: list[Approximation]) -> bool:
        """Whether the step seems to hold wherever the condition does, and the condition to fail somewhere."""
        inside = outside = 0
        for point in points:
            try:
                holds = bool(point.value(h, {}))
            except Unknown:
                continue
            if not holds:
                outside += 1
                continue
            try:
                sides = point.value(self.claim.left, {}), point.value(self.claim.right, {})
                if not self._holds(sides[0], self.claim.relation, self.claim.right, sides[1]):
                    return False
            except Unknown:
                return False
            inside += 1
        return inside > 1 and outside > 0

    def _conditions(self) -> Iterator[Term]:
        """What a page may have forgotten to assume, the weaker first."""
        symbols = self.givens.symbols
        values = {n: t for n, t in symbols.items() if not t.params and t.kind not in ("set", "index", "size")}
        subjects = [t for t, _ in self._subjects(values)]
        parts = [x for side in (self.claim.left, self.claim.right) for x in walk(side) if x.op in ("div", "log", "sqrt", "pow")]
        arguments = [x.args[1] if x.op == "div" else x.args[0] for x in parts]
        subjects += [x for x in dict.fromkeys(arguments) if free(x) <= symbols.keys() | self.claim.definitions.keys() and x.op != "num"]
        closed = [self._closed(x) for x in dict.fromkeys(subjects)]
        for op, bound in (("ne", ZERO), ("ge", ZERO), ("le", ZERO), ("gt", ZERO), ("lt", ZERO), ("ne", ONE), ("le", ONE), ("lt", ONE), ("ge", ONE), ("gt", ONE)):
            yield from (wrap(call(op, x, bound)) for x, wrap in closed)
        for x, wrap in closed:
            yield wrap(conjunction((call("gt", x, ZERO), call("lt", x, ONE))))
        yield from self._of_families()
        same = [(a, b) for a, b in itertools.combinations(symbols, 2) if symbols[a] == symbols[b] and not symbols[a].shape and not symbols[a].params]
        for op in ("ne", "le", "ge", "lt", "gt"):
            yield from (call(op, sym(a), sym(b)) for a, b in same if symbols[a].kind not in ("size", "set") or op != "ne")
        yield from (call("ge", sym(n), num(2)) for n, t in symbols.items() if t.kind == "size" and not t.shape)

    def _subjects(self, values: Mapping[str, Any]) -> Iterator[tuple[Term, None]]:
        letters = "ijlmn"
        for n, t in values.items():
            taken = {*self.givens.symbols, *self.claim.definitions}
            indices = [sym(x) for x in (c for c in (*letters, *(c + "1" for c in letters)) if c not in taken)][: len(t.shape)]
            yield (Term("elem", (sym(n), *indices)) if t.shape else sym(n)), None

    def _closed(self, x: Term) -> tuple[Term, Callable[[Term], Term]]:
        """A subject with what makes a proposition about it one about all its indices."""
        strangers = [n for n in sorted(free(x)) if n not in self.givens.symbols and n not in self.claim.definitions]
        if x.op != "elem" or not strangers:
            return x, lambda p: p
        shape = self.givens.symbols[x.name].shape

        def wrap(p: Term) -> Term:
            for index, size in reversed(list(zip(x.args[1:], shape, strict=True))):
                p = binder("all", p, index.name, size)
            return p

        return x, wrap

    def _of_families(self) -> Iterator[Term]:
        """That the elements of a family sum to 1."""
        for n, t in self.givens.symbols.items():
            if len(t.shape) == 1 and t.kind not in ("label", "sign", "index"):
                index = next(x for x in ("i", "j", "k", "l", "m", "i1") if x not in self.givens.symbols and x not in self.claim.definitions)
                total = binder("sum", Term("elem", (sym(n), sym(index))), index, t.shape[0])
                yield call("eq", total, ONE)


def _words(r: Repair) -> Words:
    """The name of a slip, with what was lost or is too much."""
    slip = r.slip
    if slip == "factor lost" and r.what is not None and r.what.op == "num":
        slip = "constant factor"
    name = SLIPS[slip]
    return Words(*(w.format(text(r.what)) if r.what is not None else w for w in name))


def _meanings(definitions: Mapping[str, Replacement]) -> dict[str, Replacement]:
    """The definitions of a page with those before put in."""
    out: dict[str, Replacement] = {}
    for name, d in definitions.items():
        if isinstance(d, Lambda):
            out[name] = Lambda(d.params, unfold(d.body, {n: m for n, m in out.items() if n not in d.params}))
        else:
            out[name] = unfold(d, out)
    return out


# -- rewriting by a rule, right or wrong


class _Plain(NamedTuple):
    """A rule whose letters that are differentiated stand for terms: `f` for `f(x)`."""

    left: Term
    right: Term
    letters: frozenset[str]


def _of_derivative(rule: Rule) -> bool:
    return rule.left.op == "diff"


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


def _rewritten(rule: Rule | None, t: Term) -> Term | None:
    """What a rule makes of a term, None where its left side has another form."""
    if rule is None or rule.left.op != t.op:
        return None
    by = _matched(rule, t)
    if by is None:
        return None
    try:
        return unfold(_plain(rule).right, by)
    except CaptureError:
        return None


def _everywhere(rule: Rule, t: Term) -> Term:
    """What a rule makes of all places where it applies, the inner ones last, and of what comes out."""
    for _ in range(12):
        new = _rewritten(rule, t)
        if new is None:
            break
        t = new
    if t.op in LEAVES or t.op in RELATIONS:
        return t
    return Term(t.op, tuple(c if i and c.op == "sym" else _everywhere(rule, c) for i, c in enumerate(t.args)))


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
        if not self.varies(body, variable):
            return ZERO
        if (new := self.misled(t)) is not None:
            self.count += 1
            if self.only in (None, self.count - 1):
                return self.work(new)
        if body.op == "sum":
            return Term("sum", (self.work(call("diff", body.args[0], variable)), *body.args[1:]))
        good = next((new for rule in school() if (new := _rewritten(rule, t)) is not None), None)
        return t if good is None else self.work(good)

    def varies(self, t: Term, variable: Term) -> bool:
        return variable.name in free(unfold(t, self.meanings))

    def misled(self, t: Term) -> Term | None:
        """What the mistake makes of a derivative, where there is something to be mistaken about."""
        by = _matched(self.wrong, t)
        if by is None:
            return None
        variable = t.args[1]
        inner = [by[x.name] for x in walk(self.wrong.left.args[0]) if x.op == "apply" and x.args[1:] == self.wrong.left.args[1:]]
        telling = all(isinstance(u, Term) and u.op not in ("sym", "elem") and self.varies(u, variable) for u in inner)
        return unfold(_plain(self.wrong).right, by) if telling or len(inner) > 1 and all(self.varies(u, variable) for u in inner) else None


def _lowered(t: Term) -> Term:
    """With exponents such as `2 - 1` written as numbers: a power of one is defined where another is not."""
    if t.op in LEAVES:
        return t
    args = tuple(map(_lowered, t.args))
    if t.op == "sub" and all(a.op == "num" for a in args) and args[0].args[0] >= args[1].args[0]:
        return num(args[0].args[0] - args[1].args[0])
    return Term(t.op, args)

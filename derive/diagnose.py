"""Which mistake is it? A step that is not proved, held against the table of mistakes and the slips of the pen.

Candidates are looked at in floats first, at a few points; what is left has to be proved before it is said. Explains; proves nothing
of the step itself, and says nothing where it finds nothing.
"""

from __future__ import annotations

import contextlib
import itertools
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

from derive.approximate import Approximation, Unknown, Work, close
from derive.assumptions import assumptions, shares
from derive.balls import Environment, Unsupported, environment
from derive.claims import Rejected, unfolded
from derive.domain import Domain
from derive.judge import check as replay
from derive.judge import refute
from derive.misled import Misled, misled
from derive.mistakes import SLIPS
from derive.model import KINDS, Claim, Diagnosis, Givens, Relation, Trace, Witness, Words
from derive.points import Points
from derive.provers import STRATEGIES, prove, splittable
from derive.refute import satisfying_point
from derive.rules import RULES
from derive.show import text
from derive.slips import Repair, means_something, repairs
from derive.term import (
    FUNCTIONS,
    LEAVES,
    CaptureError,
    Lambda,
    Replacement,
    Term,
    conjunction,
    conjuncts,
    free,
    num,
    operations,
    unfold,
    walk,
)

OPERATIONS = 100_000  # in floats, in the search for a slip
SECONDS = 2.0  # of computing after which nothing new is begun, whatever is left of the rest
POINTS = 5  # at which an equation has to hold before the prover is asked
MORE_POINTS = 24  # of what is less easily told: inequalities, equivalences, conditions
FEW_POINTS = 3  # inside a condition
BLIND = 8  # candidates for which the prover is asked where nothing can be looked at
PROOFS = 10  # candidates that look right for which the prover is asked
FEW_PROOFS = 5  # the same where a proof takes long
_LONG = frozenset({"limit", "integral", "argmax", "argmin"})  # what proofs take long about
# rules of order, with the functions that they are about
_INEQUALITIES = {
    r.name: (operations(r.left) | operations(r.right)) & FUNCTIONS.keys()
    for r in RULES.values() if r.subject == "order" and r.relation in (Relation.LE, Relation.LT)
}  # fmt: skip
_ALGEBRA = ("algebra", "signs", "calculation")
_HOLDS: Mapping[Relation, Callable[[Any, Any], bool]] = {
    Relation.EQ: close, Relation.IFF: lambda a, b: a == b,
    Relation.LE: lambda a, b: a < b or close(a, b), Relation.GE: lambda a, b: a > b or close(a, b),
    Relation.LT: lambda a, b: a < b and not close(a, b), Relation.GT: lambda a, b: a > b and not close(a, b),
}  # fmt: skip


_Change = tuple[tuple[int, ...], Term]  # a place, and the term that stands there now
_Held = Mapping[bool | None, list[Approximation]]  # points, by whether a step seems to hold there; None where nothing can be said


class Budget:
    """How much may still be done: operations in floats, and candidates for which the prover is asked."""

    def __init__(self, work: Work, operations: int, proofs: int) -> None:
        self.work, self.most, self.proofs = work, work.done + operations, proofs

    @property
    def spent(self) -> bool:
        return self.proofs <= 0 or self.work.done > self.most


def diagnose(
    claim: Claim, witness: Witness | None, missing: tuple[Term, ...] = (), negation: Trace | None = None, domain: Domain | None = None
) -> Diagnosis | None:
    """What seems to be wrong with a step that is refuted, by a witness or a negation, or undecided; None if nothing is found.

    `missing` are conditions that the givens do not imply; `domain` is one of the claim's givens that has been asked before.
    """
    try:
        return _Step(claim, witness, domain).diagnosis(missing, negation)
    except (Rejected, Unsupported, CaptureError, RecursionError):
        return None


class _Step:
    """One step, with the points at which candidates are looked at."""

    def __init__(self, claim: Claim, witness: Witness | None, domain: Domain | None) -> None:
        self.claim, self.work = claim, Work()
        self.left, self.right, self.givens = unfolded(claim)
        self.domain = domain or Domain(self.givens)
        self.meanings = _meanings(claim.definitions)
        self.inside = itertools.islice(self._points(self.givens, MORE_POINTS), MORE_POINTS)
        self.points = list(itertools.islice(self.inside, POINTS if claim.relation is Relation.EQ else MORE_POINTS))
        self.more: list[Approximation] = []
        if witness is not None and witness.values.keys() == self.givens.symbols.keys() and self.fits(*self._sides) is not False:
            self.points.append(self._point(environment(witness.values)))
        self.long = claim.relation is not Relation.EQ or not (operations(claim.left) | operations(claim.right)).isdisjoint(_LONG)
        whole = [*walk(self.left), *walk(self.right)]
        self.rooted = any(t.op == "sqrt" or (t.op == "pow" and t.args[1].op != "num") for t in whole)
        self.end = time.process_time() + SECONDS
        self.budget = self._fresh()

    @property
    def _sides(self) -> tuple[Term, Relation, Term]:
        return self.claim.left, self.claim.relation, self.claim.right

    def _fresh(self, operations: int = OPERATIONS) -> Budget:
        return Budget(self.work, operations, FEW_PROOFS if self.long else PROOFS)

    def diagnosis(self, missing: tuple[Term, ...], negation: Trace | None) -> Diagnosis | None:
        """The mistake, by the most telling name; what was meant; and what would have to be assumed."""
        missing = tuple(h for h in missing if all(x.op != "is" for x in walk(h)))  # which no page can write
        if not (missing or negation) and self.fits(*self._sides) is not False:
            return None
        lacks = bool(missing) or self._often_holds()
        condition = self.condition(missing, assumptions(self.claim) if lacks else shares(self.claim))
        self.budget = self._fresh()
        found = (self.value(negation) if negation is not None else None) or self.shown_value()
        if found is None and not (condition is not None and condition.condition in missing and _plain(condition.condition)):
            found = self.repair()
        self.budget = self._fresh(OPERATIONS // 2)
        wrong = self.wrong_rule()
        best = [d for d in (wrong, found, condition) if d is not None]
        if not best:
            return None if lacks else self.condition((), assumptions(self.claim))
        meant = next((d for d in (found, wrong) if d is not None and d.suggestion is not None), best[0])
        needed, enough = (condition.condition, condition.enough) if condition else (None, None)
        return Diagnosis(best[0].name, meant.suggestion, meant.relation, needed, meant.proof, enough)

    # -- points

    def _points(self, givens: Givens, patience: int) -> Iterator[Approximation]:
        """Points inside some givens, where numbers are of middling size: elsewhere floats tell little; until so many draws were in vain."""
        source = Points(givens, 1, (self.left, self.right))
        loose = [n for n, t in givens.symbols.items() if KINDS[t.kind].open and t.kind != "probability" and not t.params]
        loose = [n for n in loose if not any(n in free(h) for h in givens.hypotheses)]
        for k in itertools.count(1):
            if (env := source.draw("random" if k % 6 else "corner", k)) is not None:
                yield self._point(Environment({**env, **{n: _middling(env[n]) for n in loose}}))
            elif not (patience := patience - 1):
                return

    def _point(self, env: Environment) -> Approximation:
        return Approximation(env, self.claim.definitions, self.meanings, self.work)

    def fits(self, left: Term, relation: Relation, right: Term) -> bool | None:
        """Whether a relation seems to hold at all points; None where nothing can be said."""
        told = None
        for point in self.points:
            if (found := self._at(point, left, relation, right)) is False:
                return False
            told = told or found
        return told or self._fits_inside(left, right)

    def _at(self, point: Approximation, left: Term, relation: Relation, right: Term, change: _Change | None = None) -> bool | None:
        """Whether a relation seems to hold at a point, with a change of its right side; None where its left side has no value."""
        try:
            a = point.value(left, {})
        except Unknown:
            return None
        try:
            return _holds(a, relation, right, point.altered(right, *change) if change else point.value(right, {}))
        except Unknown:
            return False

    def _may_be(self, path: tuple[int, ...], new: Term) -> bool:
        """Whether the step may hold with that term at a place of its right side, as far as one point tells."""
        if self.claim.relation is Relation.APPROX:  # where the digits of the whole side count
            return True
        told = (self._at(point, *self._sides, (path, new)) for point in self.points)
        return next((holds for holds in told if holds is not None), True)

    def _fits_inside(self, left: Term, right: Term) -> bool | None:
        """Two limits at one point whose values are not known, looked at by what they are taken of."""
        if not (left.op == right.op == "limit" and left.args[1:] == right.args[1:]):
            return None
        told = None
        for point in self.points:
            for at in (0.7, 1.9, -1.3):
                bound = {left.args[1].name: at}
                with contextlib.suppress(Unknown):
                    if not close(point.value(left.args[0], bound), point.value(right.args[0], bound)):
                        return False
                    told = True
        return told

    def _often_holds(self) -> bool:
        """Whether the step seems to hold at many points, so that it may lack a condition."""
        told = [self._at(p, *self._sides) for p in self.points]
        return 3 * told.count(True) >= len(told)

    # -- proofs

    def proof(self, claim: Claim, domain: Domain | None = None) -> Trace | None:
        """A proof of the step as it may have been meant, which the kernel accepts."""
        self.budget.proofs -= 1
        domain = domain or self.domain
        for allowed in dict.fromkeys(self._strategies(claim, domain)):
            if time.process_time() > self.end:
                self.budget.proofs = 0
                return None
            try:
                trace = prove(claim, allowed, domain=domain)
                if trace is not None:
                    replay(claim, trace)
                    return trace
            except (Rejected, RecursionError):
                return None
        return None

    def _strategies(self, claim: Claim, domain: Domain) -> Iterator[tuple[str, ...]]:
        """Sets of rules to try: those that the step names first."""
        named = tuple(r for r in claim.reasons if r not in _ALGEBRA and not r.startswith("definition of "))
        there = operations(self.left) | operations(self.right)
        yield named
        if claim.relation is not self.claim.relation:
            yield from ((*named, rule) for rule, of in _INEQUALITIES.items() if of <= there)
        elif not (named and self.long):
            idle = {r for r, used in (("differentiation", "diff" in there), ("hypothesis", bool(claim.givens.hypotheses))) if not used}
            strategies = STRATEGIES[:4] if self.rooted else STRATEGIES[:3]  # the fourth writes roots and powers as exponentials
            yield from ((*(r for r in s if r not in idle), *named) for s in strategies)
            for symbol in splittable(domain.givens, free(claim.left) | free(claim.right))[:1]:
                yield (f"cases {symbol}", *STRATEGIES[2], *named)

    # -- slips of the pen

    def repair(self) -> Diagnosis | None:
        """The first one-place change of the right side, or of the relation, that makes a step that is proved."""
        blind = BLIND
        for r in repairs(self.claim, self._may_be):
            if self.budget.spent:
                return None
            fits = self.fits(self.claim.left, r.relation, r.right)
            blind -= fits is None
            if fits is False or blind < 0 or not means_something(self.claim, r.right):
                continue
            if r.right == self.claim.left:  # which is no news
                return Diagnosis(_words(r))
            meant = replace(self.claim, relation=r.relation, right=r.right)
            if not self._says_nothing(r.what) and (proof := self.proof(meant)) is not None:
                return Diagnosis(_words(r), r.right, r.relation, proof=proof)
        return None

    def _says_nothing(self, lost: Term | None) -> bool:
        """Whether what is said to have been lost is the left side once more, or its reciprocal, as a factor 1/R*L would be."""
        if lost is None or lost.op == "num":
            return False
        for point in self.points:
            try:
                a, b = point.value(self.claim.left, {}), point.value(lost, {})
                if not isinstance(a, float) or not (close(abs(a), abs(b)) or close(abs(a * b), 1.0)):
                    return False
            except Unknown:
                return False
        return bool(self.points)

    def value(self, negation: Trace) -> Diagnosis | None:
        """Of a limit that was proved to have another value: that value."""
        meant = refute(self.claim, negation)[0]
        if (proof := self.proof(replace(self.claim, right=meant))) is None:
            return None
        slip = next((r.slip for r in repairs(self.claim) if r.right == meant), "value")
        return Diagnosis(SLIPS[slip], meant, self.claim.relation, proof=proof)

    def shown_value(self) -> Diagnosis | None:
        """What a number that is shown with some digits should have been; and whether another base of the logarithm gave it."""
        claim = self.claim
        if claim.relation is not Relation.APPROX or claim.right.op != "num" or not self.points:
            return None
        decimals = claim.right.args[1]
        try:
            shown = Fraction(round(float(self.points[0].value(claim.left, {})) * 10**decimals), 10**decimals)
        except (Unknown, OverflowError):
            return None
        meant = num(shown, decimals)
        if shown < 0 or (proof := self.proof(replace(claim, right=meant))) is None:
            return None
        other = any(self.fits(_to_base(self.left, num(b)), claim.relation, claim.right) for b in (10, 2))
        return Diagnosis(SLIPS["base" if other else "value"], meant, claim.relation, proof=proof)

    # -- wrong rules

    def wrong_rule(self) -> Diagnosis | None:
        """The mistake by which one side of an equation becomes the other."""
        claim, seen = self.claim, set[tuple[Term, Term]]()
        for m in misled(claim, self.left, self.right, self.meanings) if claim.relation is Relation.EQ else ():
            if self.budget.spent:
                return None
            if (m.left, m.right) in seen:
                continue
            seen.add((m.left, m.right))
            if self._explains(m):
                meant = m.meant if m.meant is not None and means_something(claim, m.meant) else None
                proof = self.proof(replace(claim, right=meant)) if meant is not None else None
                return Diagnosis(m.words, meant, claim.relation, proof=proof) if proof is not None else Diagnosis(m.words)
        return None

    def _explains(self, m: Misled) -> bool:
        """Whether a mistake leads to what is written: to the letter, or as is proved."""
        if m.left == m.right:
            return True
        fits = self.fits(m.left, self.claim.relation, m.right)
        return bool(fits) and self.proof(replace(self.claim, left=m.left, right=m.right)) is not None

    # -- conditions

    def condition(self, missing: tuple[Term, ...], guesses: Iterable[Term]) -> Diagnosis | None:
        """One more hypothesis with which the step is proved; it has to leave points inside the givens."""
        guesses = list(dict.fromkeys((*missing, *([conjunction(missing)] if len(missing) > 1 else []), *guesses)))
        self.more += self.inside if guesses else ()
        held: dict[bool | None, list[Approximation]] = {True: [], False: [], None: []}
        for point in (*self.points, *self.more):
            held[self._at(point, *self._sides)].append(point)
        for h in guesses:
            if self.budget.spent:
                return None
            claim = replace(self.claim, givens=Givens(self.claim.givens.symbols, (*self.claim.givens.hypotheses, *conjuncts(h))))
            with contextlib.suppress(Rejected, Unsupported):
                if not (self._excused(h, missing, held) if missing else self._tells(h, claim, held)):
                    continue
                givens = unfolded(claim)[2]
                if (proof := self.proof(claim, Domain(givens))) is not None and satisfying_point(givens):
                    return Diagnosis(SLIPS["condition"], condition=h, enough=proof)
        return None

    def _excused(self, h: Term, missing: tuple[Term, ...], held: _Held) -> bool:
        """Whether the step does not seem to fail, nor to lack what is missing, where a condition holds."""
        lacking = [p for p in (*held[True], *held[None]) if any(p.says(m) is False for m in missing)]
        return not any(p.says(h) for p in (*held[False], *lacking))

    def _tells(self, h: Term, claim: Claim, held: _Held) -> bool:
        """Whether the step seems to hold wherever the condition does, and to fail only where that does."""
        outside = 0
        for point in (*held[False], *held[None]):
            if says := point.says(h):
                return False
            outside += says is False
        if outside < (1 if _unquantified(h).op in ("ne", "eq") else FEW_POINTS):
            return False
        there = [self._several(p) for p in held[True] if p.says(h)]
        if sum(there) >= FEW_POINTS:
            return True
        if not there and _unquantified(h).op != "eq":  # an equation holds nowhere by chance
            return False
        inside = itertools.islice(self._points(unfolded(claim)[2], 1), 2 * FEW_POINTS)
        more = [self._at(p, *self._sides) for p in inside if self._several(p)]
        return more.count(True) == len(more) > 1

    def _several(self, point: Approximation) -> bool:
        """Whether families have more than one element: of a single one too much is true."""
        return all(point.env[n] != 1 for n, t in self.givens.symbols.items() if t.kind == "size" and not t.shape)


def _middling(value: Any) -> Any:
    """A number, or a family of them, with the same signs and of absolute value below 2."""
    return tuple(map(_middling, value)) if isinstance(value, tuple) else value / (1 + abs(value) / 2)


def _holds(a: Any, relation: Relation, right: Term, b: Any) -> bool:
    if relation is Relation.APPROX:
        decimals = max((t.args[1] for t in walk(right) if t.op == "num"), default=0)
        return bool(abs(a - b) <= 0.5 * 10**-decimals + 1e-12)
    return _HOLDS[relation](a, b)


def _plain(p: Term | None) -> bool:
    """Whether a condition is one about symbols, as a page would have it."""
    return p is not None and all(x.op in ("sym", "elem", "num") for h in conjuncts(p) for x in _unquantified(h).args)


def _unquantified(p: Term) -> Term:
    return _unquantified(p.args[0]) if p.op == "all" else p


def _words(r: Repair) -> Words:
    """The name of a slip, with what was lost or is too much."""
    return SLIPS[r.slip] if r.what is None else Words(*(w.format(text(r.what)) for w in SLIPS[r.slip]))


def _meanings(definitions: Mapping[str, Replacement]) -> dict[str, Replacement]:
    """The definitions of a page with those before put in."""
    out: dict[str, Replacement] = {}
    for name, d in definitions.items():
        if isinstance(d, Lambda):
            out[name] = Lambda(d.params, unfold(d.body, {n: m for n, m in out.items() if n not in d.params}))
        else:
            out[name] = unfold(d, out)
    return out


def _to_base(t: Term, base: Term) -> Term:
    """With natural logarithms taken to another base."""
    if t.op in LEAVES:
        return t
    args = tuple(_to_base(a, base) for a in t.args)
    return Term(t.op, (*args, base)) if t.op == "log" and len(args) == 1 else Term(t.op, args)

"""One claim: prove it, look for a counterexample, and say what is known. Knows provers, kernel and refuter, not how they work.

Only the kernel makes a step `Proved`. The refuter looks at every step all the same: at a proved one for a contradiction
between the two (a defect of this program, reported as `Conflict`) and for a point that satisfies the givens, without which
nothing is proved from them.
"""

from __future__ import annotations

import difflib
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from derive.domain import Domain, negation
from derive.kernel import Rejected, bound, unfolded
from derive.kernel import check as replay
from derive.model import Claim, Givens, Opinion, Outcome, Page, PageError, Place, Relation, Search, Status, Trace, Verdict
from derive.provers import FACTS, STRATEGIES, prove, splittable
from derive.refute import search
from derive.show import text
from derive.term import Term, free

if TYPE_CHECKING:
    from derive.page import Derivation

_FREE = ("algebra", "calculation")  # reasons that ask for no rule: algebra is always allowed
_REFUTED_BY = {Relation.EQ: "different", Relation.LE: "greater", Relation.LT: "not less", Relation.GE: "less", Relation.GT: "not greater"}


def check(claim: Claim, seconds: float = 10.0) -> Verdict:
    """What is known of one step, by the kernel and the refuter (SymPy is asked elsewhere, see `with_opinion`)."""
    start = time.perf_counter()
    verdict = _check(claim, seconds)
    return replace(verdict, claim=claim, seconds=time.perf_counter() - start)


def _check(claim: Claim, seconds: float) -> Verdict:
    try:
        left, right, givens = unfolded(claim)
    except Rejected as error:
        return Verdict(Status.UNDECIDED, message=str(error))
    if clash := contradiction(givens):
        return Verdict(Status.MALFORMED, message=f"the givens contradict each other: {text(clash)} cannot hold")
    proof = _prove(claim)
    found = search(givens, left, claim.relation, right, seconds=min(seconds, 1.0))
    if proof.trace is not None:
        return _proved(proof, found)
    missing = _missing(left, right, givens)
    if found.witness is not None:
        return Verdict(Status.REFUTED, search=found, missing=missing, message=_refuted(claim, found))
    if missing:
        owed = ", ".join(map(text, missing))
        return Verdict(Status.UNDECIDED, search=found, missing=missing, message=f"the givens do not imply {owed}")
    return Verdict(Status.UNDECIDED, search=found, message="no proof was found, and no counterexample")


def _proved(proof: Verdict, found: Search) -> Verdict:
    """A proof, held against what the refuter saw."""
    if found.witness is not None:
        return replace(proof, status=Status.CONFLICT, search=found, message="the kernel proved what a witness refutes: a defect of this program")
    if not found.satisfiable and proof.claim is not None and proof.claim.givens.hypotheses:
        note = "the step follows, but no point was found that satisfies the givens: nothing is proved from nothing"
        return replace(proof, status=Status.UNDECIDED, search=found, message=note)
    return replace(proof, search=found)


def _refuted(claim: Claim, found: Search) -> str:
    assert found.witness is not None
    if found.witness.undefined:
        return found.witness.undefined
    return f"the left side is {_REFUTED_BY.get(claim.relation, 'different')}" + (" from the right" if claim.relation is Relation.EQ else "")


# -- the proof, and the reason for it


def _prove(claim: Claim) -> Verdict:
    """A verdict with a trace that replays, or one without a trace."""
    if not claim.reasons:
        return _found(claim) or Verdict(Status.UNDECIDED, claim)
    named = tuple(r for r in claim.reasons if r not in _FREE and not r.startswith("definition of "))
    if "calculation" in claim.reasons:
        return _found(claim, named) or Verdict(Status.UNDECIDED, claim)
    trace = prove(claim, named)
    if trace is not None:
        verdict = _replayed(claim, trace, claim.reasons)
        return _bound(claim, named, verdict)
    other = _found(claim)
    if other is None:
        return Verdict(Status.UNDECIDED, claim)
    return replace(other, status=Status.MISREASONED, message=f"true, but not by {', '.join(claim.reasons)}; by {', '.join(other.rules)}")


def _bound(claim: Claim, named: tuple[str, ...], verdict: Verdict) -> Verdict:
    """Reasons bind: each has to be needed."""
    for r in claim.reasons:
        if r.startswith("definition of "):
            name = r.removeprefix("definition of ")
            needless = name not in free(claim.left) | free(claim.right)
        else:
            needless = r in named and prove(claim, [x for x in named if x != r], [x for x in FACTS if x != r]) is not None
        if needless:
            rest = tuple(x for x in claim.reasons if x != r) or ("algebra",)
            message = f"true, but {r} is not needed; by {', '.join(rest)}"
            return replace(verdict, status=Status.MISREASONED, rules=rest, message=message)
    return verdict


def _replayed(claim: Claim, trace: Trace, rules: tuple[str, ...]) -> Verdict:
    """The verdict of the kernel on a trace; a trace that does not replay is a defect of a prover, never a proof."""
    try:
        conditions = replay(claim, trace)
    except Rejected as error:
        missing = () if error.missing is None else (error.missing,)
        return Verdict(Status.UNDECIDED, claim, missing=missing, message=str(error))
    return Verdict(Status.PROVED, claim, trace, rules, conditions)


def _found(claim: Claim, besides: tuple[str, ...] = ()) -> Verdict | None:
    """A proof by whatever rules do it, with the rules that it needs."""
    left, right, givens = unfolded(claim)
    names = free(left) | free(right)
    splits = [(f"cases {s}",) for s in splittable(givens, names)]
    for strategy in [*STRATEGIES, *(s + STRATEGIES[2] for s in splits)]:
        trace = prove(claim, (*strategy, *besides))
        if trace is None:
            continue
        rules = [*(r for r in strategy if r.startswith("cases ")), *trace.rules()]
        for r in list(rules):
            if (shorter := prove(claim, [x for x in rules if x != r])) is not None:
                rules.remove(r)
                trace = shorter
        verdict = _replayed(claim, trace, tuple(rules) or ("algebra",))
        if verdict.status is Status.PROVED:
            return verdict
    return None


def _missing(left: Term, right: Term, givens: Givens) -> tuple[Term, ...]:
    """The conditions for both sides to be defined that the givens do not imply."""
    domain = Domain(givens)
    owed = [(scope, p) for side in (left, right) for scope, p in domain.conditions(side) if not domain.implies(p, scope)]
    return tuple(dict.fromkeys(bound(p, scope) for scope, p in owed))


def contradiction(givens: Givens) -> Term | None:
    """A hypothesis that the types and the other hypotheses exclude, if one is shown to be."""
    for i, h in enumerate(givens.hypotheses):
        others = Givens(givens.symbols, givens.hypotheses[:i] + givens.hypotheses[i + 1 :])
        if h.op != "all" and Domain(others).implies(negation(h)):
            return h
    return None


def with_opinion(verdict: Verdict, opinion: Opinion) -> Verdict:
    """The verdict with SymPy's opinion beside it. SymPy never proves: where the kernel has nothing it may make a step `Computed`.

    For that both sides have to be defined by what `domain` shows, and no witness may have been found; SymPy's zero against a
    witness is a `Conflict`, unless the witness only shows that a side is undefined, of which SymPy knows nothing.
    """
    verdict = replace(verdict, opinion=opinion)
    if opinion.outcome != "agrees":
        return verdict
    witness = verdict.search.witness if verdict.search else None
    if verdict.status is Status.REFUTED and witness is not None and not witness.undefined and not verdict.missing:
        return replace(verdict, status=Status.CONFLICT, message="SymPy reduces the difference to 0, and a witness refutes it")
    defined = not verdict.missing and verdict.search is not None and verdict.search.satisfiable
    if verdict.status is Status.UNDECIDED and defined and witness is None and verdict.trace is None:
        return replace(verdict, status=Status.COMPUTED, message="not proved: SymPy reduces the difference to 0")
    return verdict


# -- a whole derivation


def check_derivation(derivation: Derivation, library: Mapping[str, Derivation] | None = None, seconds: float = 10.0) -> Outcome:
    """What is known of each step of a derivation. Never raises for a bad page: the outcome holds the error.

    `library` holds what `by lemma NAME` may name; by default the derivations beside this one.
    """
    start = time.perf_counter()
    try:
        page = derivation.page
        lemmas = _lemmas(derivation, derivation.neighbours() if library is None else library, ())
        verdicts = tuple(check(_claim(page, i, lemmas), seconds) for i in range(len(page.lines) - 1))
        bad = next((v for v in verdicts if v.status is Status.MALFORMED), None)
        if bad is not None:
            raise PageError(bad.message, derivation.place, "", "from givens that nothing satisfies anything would follow")
    except PageError as error:
        return Outcome(derivation.name, None, (), error, time.perf_counter() - start)
    return Outcome(derivation.name, page, verdicts, None, time.perf_counter() - start)


def claim_of_step(derivation: Derivation, library: Mapping[str, Derivation], index: int) -> Claim:
    """The claim of one step, counted from 0, with the lemmas that it names. Raises PageError."""
    return _claim(derivation.page, index, _lemmas(derivation, library, ()))


def _claim(page: Page, index: int, lemmas: Mapping[str, Claim]) -> Claim:
    before, line = page.lines[index : index + 2]
    assert line.relation is not None
    named = {name: lemmas[name] for r in line.reasons if r.startswith("lemma ") for name in [r.removeprefix("lemma ")]}
    return Claim(page.givens, before.term, line.relation, line.term, line.reasons, page.definitions, named)


def _lemmas(derivation: Derivation, library: Mapping[str, Derivation], above: tuple[str, ...]) -> dict[str, Claim]:
    """The claims of the lemmas that a derivation names, each checked to be proved. Raises PageError."""
    found: dict[str, Claim] = {}
    for line in derivation.page.lines:
        for name in (r.removeprefix("lemma ") for r in line.reasons if r.startswith("lemma ")):
            if name not in found:
                found[name] = _lemma(name, library, (*above, derivation.name), line.place)
    return found


def _lemma(name: str, library: Mapping[str, Derivation], above: tuple[str, ...], place: Place) -> Claim:
    if name in above:
        raise PageError(f"the lemma {name} rests on itself: {' → '.join((*above[above.index(name) :], name))}", place, name)
    if name not in library:
        near = difflib.get_close_matches(name, list(library), 1)
        raise PageError(f"unknown lemma {name}", place, name, f"did you mean {near[0]}?" if near else "a lemma is named module.variable")
    lemma = library[name]
    try:
        page = lemma.page
        inner = _lemmas(lemma, library, above)
    except PageError as error:
        if "rests on itself" in error.message:
            raise
        raise PageError(f"the lemma {name} cannot be read: {error.message}", place, name) from None
    for i in range(len(page.lines) - 1):
        verdict = check(_claim(page, i, inner))
        if verdict.status is not Status.PROVED:
            raise PageError(f"the lemma {name} is not proved: step {i + 1} is {verdict.status}", place, name, f"derive show {name}")
    return Claim(page.givens, page.left, page.relation, page.right, (), page.definitions)

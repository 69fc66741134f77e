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

from derive.claims import Rejected, bound, unfolded
from derive.diagnose import diagnose
from derive.domain import Domain
from derive.judge import check as replay
from derive.judge import contradiction, refute
from derive.model import Claim, Givens, Opinion, Outcome, Page, PageError, Place, Relation, Search, Status, Trace, Verdict
from derive.normal import NotNormal
from derive.obstacles import obstacle
from derive.provers import FACTS, OF_LIMITS, OF_ORDER, STRATEGIES, disprove, prove, splittable, unmet
from derive.refute import search
from derive.show import text
from derive.term import Term, free, walk

if TYPE_CHECKING:
    from derive.page import Derivation

LITTLE = 500  # a reason is needless if the proof without it takes no more than with it, or than so little
FEW_POINTS = 6  # for a step that may well be proved
POINTS = 60  # for one that is not
MANY_POINTS = 400  # for one of which a side seems to be undefined somewhere: such places may be few
_REFUTED_BY = {Relation.EQ: "different", Relation.LE: "greater", Relation.LT: "not less", Relation.GE: "less", Relation.GT: "not greater"}


def check(claim: Claim, seconds: float = 10.0, domain: Domain | None = None) -> Verdict:
    """What is known of one step, by the kernel and the refuter (SymPy is asked elsewhere, see `with_opinion`).

    `domain` is one of the claim's givens that has been asked before, for another step of the same page.
    """
    start = time.perf_counter()
    try:
        verdict = _check(claim, seconds, domain)
    except RecursionError:
        verdict = Verdict(Status.UNDECIDED, message="nested too deeply to be decided")
    except NotNormal as error:
        verdict = Verdict(Status.UNDECIDED, message=f"a side has no value that could be worked with: {error}")
    return replace(verdict, claim=claim, seconds=time.perf_counter() - start)


def diagnosed(verdict: Verdict, domain: Domain | None = None) -> Verdict:
    """The verdict with the mistake that the step seems to make, where it is refuted or undecided."""
    if verdict.claim is None or verdict.status not in (Status.REFUTED, Status.UNDECIDED) or verdict.trace is not None:
        return verdict
    witness = verdict.search.witness if verdict.search else None
    try:
        return replace(verdict, diagnosis=diagnose(verdict.claim, witness, verdict.missing, verdict.negation, domain))
    except (RecursionError, NotNormal, ArithmeticError):  # numbers that no float can hold, cases of which none applies
        return verdict


def _check(claim: Claim, seconds: float, domain: Domain | None) -> Verdict:
    try:
        left, right, givens = unfolded(claim)
    except Rejected as error:
        return Verdict(Status.UNDECIDED, message=str(error))
    if domain is None:
        if clash := contradiction(givens):
            return Verdict(Status.MALFORMED, message=f"the givens contradict each other: {text(clash)} cannot hold")
        domain = Domain(givens)
    budget = min(seconds, 1.0)
    proof = _by_reasons(claim, domain)
    found = search(givens, left, claim.relation, right, points=FEW_POINTS, seconds=budget)
    if proof is None and found.witness is None:
        proof = _by_anything(claim, domain)
    if proof is not None:
        return _proved(proof, found)
    missing = _missing(claim, domain)
    if found.witness is None or found.witness.undefined:  # a witness with two values says more
        more = search(givens, left, claim.relation, right, points=MANY_POINTS if missing else POINTS, seconds=budget)
        found = more if more.witness is not None or found.witness is None else found
    if found.witness is not None:
        message = "; ".join(filter(None, (_refuted(claim, found), obstacle(claim, domain))))
        return Verdict(Status.REFUTED, search=found, missing=missing, message=message)
    if found.satisfiable and (negation := disprove(claim, domain)) is not None:
        values = " and ".join(text(v) for v in refute(claim, negation))
        return Verdict(Status.REFUTED, search=found, message=f"proved to fail: the sides are {values}", negation=negation)
    if missing:
        owed = ", ".join(map(text, missing))
        return Verdict(Status.UNDECIDED, search=found, missing=missing, message=f"the givens do not imply {owed}")
    message = "no proof was found, and no counterexample"
    if claim.relation is Relation.APPROX:
        message = "the value is too near the edge of what these digits allow; give more digits"
    if lacking := obstacle(claim, domain):
        message += f": {lacking}"
    return Verdict(Status.UNDECIDED, search=found, message=message)


def _proved(proof: Verdict, found: Search) -> Verdict:
    """A proof, held against what the refuter saw."""
    if proof.trace is None:
        return replace(proof, search=found)
    if found.witness is not None:
        message = "the kernel proved what a witness refutes: a defect of this program"
        return replace(proof, status=Status.CONFLICT, search=found, message=message)
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


def _by_reasons(claim: Claim, domain: Domain) -> Verdict | None:
    """The verdict on a step that its reasons prove; None where they do not, or where it names none."""
    if not claim.reasons or "calculation" in claim.reasons:
        return None
    algebra = ("algebra",) if claim.relation is Relation.EQ else ("algebra", "signs")
    named = tuple(r for r in claim.reasons if r not in algebra and not r.startswith("definition of "))
    before = domain.meter.spent
    trace = prove(claim, named, domain=domain)
    if trace is None:
        return None
    effort = max(LITTLE, domain.meter.spent - before)
    proof = _replayed(claim, trace, claim.reasons)
    if proof.status is not Status.PROVED:
        return proof
    for r in claim.reasons:  # reasons bind: each has to be needed
        if r.startswith("definition of "):
            needless = r.removeprefix("definition of ") not in free(claim.left) | free(claim.right)
        else:
            rest = [x for x in named if x != r]
            if r == "hypothesis" and prove(_without_hypotheses(claim), rest, effort=effort) is None:
                continue  # conditions and inequalities lean on hypotheses without an instance
            needless = r in named and prove(claim, rest, [x for x in FACTS if x != r], domain, effort) is not None
        if needless:
            others = tuple(x for x in claim.reasons if x != r) or ("algebra",)
            message = f"true, but {r} is not needed; by {', '.join(others)}"
            return replace(proof, status=Status.MISREASONED, rules=others, message=message)
    return proof


def _without_hypotheses(claim: Claim) -> Claim:
    return replace(claim, givens=Givens(claim.givens.symbols))


def _by_anything(claim: Claim, domain: Domain) -> Verdict | None:
    """A proof by whatever rules do it: `Misreasoned` where the step names others."""
    free_hand = not claim.reasons or "calculation" in claim.reasons
    named = tuple(r for r in claim.reasons if r != "calculation") if free_hand else ()
    found = _found(claim, named, domain)
    if found is None or free_hand or found.status is not Status.PROVED:
        return found
    message = f"true, but not by {', '.join(claim.reasons)}; by {', '.join(found.rules)}"
    return replace(found, status=Status.MISREASONED, message=message)


def _replayed(claim: Claim, trace: Trace, rules: tuple[str, ...]) -> Verdict:
    """The proof, if the kernel accepts the trace: it replays it with nothing of what the prover knew."""
    try:
        conditions = tuple(replay(claim, trace))
    except Rejected as error:
        return Verdict(Status.UNDECIDED, claim, message=f"the kernel does not accept what the prover found: {error}")
    return Verdict(Status.PROVED, claim, trace, rules, conditions)


def _found(claim: Claim, besides: tuple[str, ...], domain: Domain) -> Verdict | None:
    """A proof by whatever rules do it, with the rules that it needs."""
    if _missing(claim, domain):
        return None
    splits = [(f"cases {s}",) for s in splittable(domain.givens, free(claim.left) | free(claim.right))]
    limits = OF_LIMITS if any(t.op == "limit" for side in (claim.left, claim.right) for t in walk(side)) else ()
    order = OF_ORDER if claim.relation in _REFUTED_BY and claim.relation is not Relation.EQ else ()
    for strategy in [*limits, *STRATEGIES, *order, *(s + STRATEGIES[2] for s in splits)]:
        trace = prove(claim, (*strategy, *besides), domain=domain)
        if trace is None:
            continue
        rules = [*(r for r in strategy if r.startswith("cases ")), *trace.rules()]
        for r in list(rules):
            if (shorter := prove(claim, [x for x in rules if x != r], domain=domain)) is not None:
                rules.remove(r)
                trace = shorter
        return _replayed(claim, trace, tuple(rules) or ("calculation" if claim.relation is Relation.APPROX else "algebra",))
    return None


def _missing(claim: Claim, domain: Domain) -> tuple[Term, ...]:
    """The conditions for both sides to be defined that the givens do not imply."""
    left, right, _ = unfolded(claim)
    return tuple(dict.fromkeys(bound(p, scope) for scope, p in unmet(left, claim.relation, right, claim.lemmas, domain, claim.reasons)))


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


class Library(dict[str, "Derivation"]):
    """The derivations that lemmas may name, and what has been found out about them, so that none is checked twice."""

    def __init__(self, derivations: Mapping[str, Derivation]) -> None:
        super().__init__(derivations)
        self.outcomes: dict[str, Outcome] = {}


def check_derivation(derivation: Derivation, library: Mapping[str, Derivation] | None = None, seconds: float = 10.0) -> Outcome:
    """What is known of each step of a derivation. Never raises for a bad page: the outcome holds the error.

    `library` holds what `by lemma NAME` may name; by default the derivations beside this one.
    """
    if not isinstance(library, Library):
        library = Library(derivation.neighbours() if library is None else library)
    return _outcome(derivation, library, seconds, (derivation.name,))


def _outcome(derivation: Derivation, library: Library, seconds: float, above: tuple[str, ...]) -> Outcome:
    """The outcome of a derivation that the lemmas `above` rest on."""
    start, name = time.perf_counter(), above[-1]
    if name in library.outcomes and library[name] is derivation:
        return library.outcomes[name]
    try:
        page = derivation.page
        lemmas = _lemmas(page, library, seconds, above)
        verdicts = _check_steps([_claim(page, i, lemmas) for i in range(len(page.lines) - 1)], derivation.place, seconds)
    except PageError as error:
        return Outcome(derivation.name, None, (), error, time.perf_counter() - start)
    outcome = Outcome(derivation.name, page, verdicts, None, time.perf_counter() - start)
    if library.get(name) is derivation:
        library.outcomes[name] = outcome
    return outcome


def _check_steps(claims: list[Claim], place: Place, seconds: float) -> tuple[Verdict, ...]:
    """The verdicts on the steps of one page, whose givens are looked at once. Raises PageError where they contradict each other."""
    try:
        givens = unfolded(claims[0])[2]
    except Rejected as error:
        raise PageError(str(error), place) from None
    if clash := contradiction(givens):
        message = f"the givens contradict each other: {text(clash)} cannot hold"
        raise PageError(message, place, "", "from givens that nothing satisfies anything would follow")
    domain = Domain(givens)
    return tuple(diagnosed(check(claim, seconds, domain), domain) for claim in claims)


def claim_of_step(derivation: Derivation, library: Mapping[str, Derivation], index: int) -> Claim:
    """The claim of one step, counted from 0, with the lemmas that it names. Raises PageError."""
    lemmas = library if isinstance(library, Library) else Library(library)
    return _claim(derivation.page, index, _lemmas(derivation.page, lemmas, 10.0, (derivation.name,)))


def _claim(page: Page, index: int, lemmas: Mapping[str, Claim]) -> Claim:
    before, line = page.lines[index : index + 2]
    assert line.relation is not None
    named = {name: lemmas[name] for r in line.reasons if r.startswith("lemma ") for name in [r.removeprefix("lemma ")]}
    return Claim(page.givens, before.term, line.relation, line.term, line.reasons, page.definitions, named)


def _lemmas(page: Page, library: Library, seconds: float, above: tuple[str, ...]) -> dict[str, Claim]:
    """The claims of the lemmas that a page names, each checked to be proved. Raises PageError."""
    found: dict[str, Claim] = {}
    for line in page.lines:
        for name in (r.removeprefix("lemma ") for r in line.reasons if r.startswith("lemma ")):
            if name not in found:
                found[name] = _lemma(name, library, seconds, above, line.place)
    return found


def _lemma(name: str, library: Library, seconds: float, above: tuple[str, ...], place: Place) -> Claim:
    if name in above:
        raise PageError(f"the lemma {name} rests on itself: {' → '.join((*above[above.index(name) :], name))}", place, name)
    if name not in library:
        near = difflib.get_close_matches(name, list(library), 1)
        raise PageError(f"unknown lemma {name}", place, name, f"did you mean {near[0]}?" if near else "a lemma is named module.variable")
    outcome = _outcome(library[name], library, seconds, (*above, name))
    if outcome.error is not None:
        message = outcome.error.message
        raise PageError(message if "rests on itself" in message else f"the lemma {name} cannot be read: {message}", place, name)
    for i, verdict in enumerate(outcome.verdicts, 1):
        if verdict.status is not Status.PROVED:
            raise PageError(f"the lemma {name} is not proved: step {i} is {verdict.status}", place, name, f"derive show {name}")
    page = library[name].page
    return Claim(page.givens, page.left, page.relation, page.right, (), page.definitions)

"""What other checkers were seen to accept, and more of the kind: each claim gets its verdict, and no trace makes the kernel accept it."""

from __future__ import annotations

import pytest
from attacks import claim_of, kernel_accepts, provable
from false_positives import BOOKS, MALFORMED, TRAPS, UNPROVED, Book, Trap
from tally import Tally

from derive.check import check_derivation
from derive.model import Outcome, PageError, Relation, Status
from derive.page import collect_markdown
from derive.provers import prove
from derive.rules import RULES

GROUP = "what other checkers accept, and more of the kind"
NOT_PROVED = (Status.REFUTED, Status.UNDECIDED)


def checked(pages: str) -> Outcome:
    derivations = {d.name: d for d in collect_markdown(pages)}
    return check_derivation(derivations["page"], derivations)


def as_it_must(outcome: Outcome, verdict: str) -> bool:
    return outcome.status in NOT_PROVED if verdict == UNPROVED else outcome.status == verdict


def one_step(given: str, claim: tuple[str, str, str], by: str = "") -> str:
    left, relation, right = claim
    reason = f"  by {by}" if by else ""
    return f"```derive page\ngiven {given}\nclaim {left} {relation} {right}\n  {left}\n  {relation} {right}{reason}\n```"


@pytest.mark.parametrize("trap", TRAPS, ids=lambda t: t.about)
def test_a_false_claim_gets_its_verdict(trap: Trap, tally: Tally) -> None:
    outcome = checked(one_step(trap.given, trap.claim))
    good = as_it_must(outcome, trap.verdict)
    tally.count(GROUP, "false or undefined claims that get the verdict they must", int(good), of=1)
    for status in (Status.REFUTED, Status.MALFORMED, Status.UNDECIDED, Status.PROVED):
        tally.count(GROUP, f"… {status}", int(outcome.status is status))
    assert good, f"{outcome.status}: {outcome.error or outcome.verdicts[-1].message}"


@pytest.mark.parametrize("trap", [t for t in TRAPS if t.verdict != MALFORMED], ids=lambda t: t.about)
def test_no_rules_make_the_kernel_accept_it(trap: Trap, tally: Tally) -> None:
    claim = claim_of(trap.given, *trap.claim)
    every = None if claim.relation is Relation.IFF else prove(claim, ("differentiation", "hypothesis", *RULES))  # which may take minutes
    accepted = provable(claim) or (every is not None and kernel_accepts(claim, every))
    tally.count(GROUP, "… accepted by the kernel, by any strategy, or by all rules at once", int(accepted))
    assert not accepted


@pytest.mark.parametrize("trap", [t for t in TRAPS if t.right_if], ids=lambda t: t.about)
def test_it_is_proved_where_it_is_right(trap: Trap, tally: Tally) -> None:
    """So that a verdict above is about the condition that is missing, and not about a claim that nothing proves."""
    outcome = checked(one_step(trap.right_if, trap.claim, trap.by))
    tally.count(GROUP, "the same claims under givens that make them right: proved", int(outcome.status is Status.PROVED), of=1)
    assert outcome.status is Status.PROVED, outcome.error or outcome.verdicts[-1].message


@pytest.mark.parametrize("book", BOOKS, ids=lambda b: b.about)
def test_a_page_gets_its_verdict(book: Book, tally: Tally) -> None:
    """Lemmas outside their givens or in a circle, definitions that would capture, chains that do not lead to their claim."""
    outcome = checked(book.pages)
    good = as_it_must(outcome, book.verdict)
    tally.count(GROUP, "wrong pages (lemmas, definitions, chains) that get the verdict they must", int(good), of=1)
    assert good, f"{outcome.status}: {outcome.error or outcome.verdicts[-1].message}"
    assert outcome.error is None or isinstance(outcome.error, PageError)

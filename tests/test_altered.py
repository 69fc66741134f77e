"""The chains with one wrong line."""

from __future__ import annotations

import functools
import random

import pytest
import worksheets

from derive.check import check, check_derivation, claim_of_step
from derive.handout.altered import Altered, altered
from derive.model import Outcome, Place, Status
from derive.page import Derivation, collect_markdown
from derive.show import page_text, text


@functools.cache
def chapter(name: str, seed: int) -> list[tuple[Outcome, Altered | None]]:
    """The derivations of a chapter, each with a line altered."""
    return [(o, altered(o, random.Random(f"{seed} {o.name}"))) for o in worksheets.chapter(name)]


def checked(page: str) -> Outcome:
    [derivation] = collect_markdown(f"```derive mine\n{page}\n```\n")
    return check_derivation(derivation, {})


@pytest.mark.parametrize(("name", "seed"), [("likelihood", 1), ("likelihood", 2), ("worked_example", 1)])
def test_the_first_step_that_fails_is_the_one_into_the_altered_line(name: str, seed: int) -> None:
    for outcome, found in chapter(name, seed):
        if found is None:
            continue
        page = Derivation(page_text(found.page), Place("<sheet>", 1), outcome.name)
        claims = [claim_of_step(page, worksheets.certified.library(), k) for k in range(found.line)]
        assert [check(c).status for c in claims] == [Status.PROVED] * (found.line - 1) + [Status.REFUTED], outcome.name
        assert found.wrong != found.right


@pytest.mark.parametrize("name", ["likelihood", "worked_example"])
def test_only_one_line_is_altered_and_neither_the_first_nor_the_last(name: str) -> None:
    for outcome, found in chapter(name, 1):
        if found is None:
            continue
        assert outcome.page is not None
        pairs = enumerate(zip(outcome.page.lines, found.page.lines, strict=True))
        assert [k for k, (a, b) in pairs if a != b] == [found.line]
        assert 0 < found.line < len(found.page.lines) - 1


def test_most_derivations_of_a_chapter_have_a_slip() -> None:
    found = [x for _, x in chapter("likelihood", 1)]
    assert sum(x is not None for x in found) >= len(found) - 2


def test_the_wrong_rule_is_that_of_the_right_one_which_the_step_uses() -> None:
    found = altered(worksheets.outcome("likelihood.cross_entropy"), random.Random(0))
    assert found is not None
    assert found.name.en == "log of a product made a product of logs"
    assert text(found.wrong) == "-(log(a**y)*log((1 - a)**(1 - y)))"


def test_both_lines_have_values_that_differ() -> None:
    for _, found in chapter("likelihood", 1):
        if found is not None:
            assert found.values[0] != found.values[1]


def test_a_limit_is_refuted_by_the_values_that_are_proved() -> None:
    found = altered(worksheets.outcome("likelihood.loss_one_at_zero"), random.Random(0))
    assert found is not None
    assert found.verdict.negation is not None
    assert found.values == ("oo", "-oo")


def test_what_is_not_proved_is_left_alone() -> None:
    outcome = checked("given x: real\nclaim x + 1 = x + 2\n\nx + 1\n= x + 1 + 0 by algebra\n= x + 2 by algebra")
    assert outcome.status is Status.REFUTED
    assert altered(outcome, random.Random(0)) is None


def test_a_chain_of_one_step_has_no_line_to_alter() -> None:
    outcome = checked("given x: real\nclaim x + x = 2*x\n\nx + x\n= 2*x by algebra")
    assert outcome.status is Status.PROVED
    assert altered(outcome, random.Random(0)) is None


def test_what_is_left_by_a_rule_is_written_as_one_would_write_it() -> None:
    """`(0 - exp(-z))*1/(1 + exp(-z))`, as the rule of the quotient leaves it, gave the slip away."""
    for _, found in chapter("likelihood", 1) + chapter("likelihood", 2):
        if found is not None:
            assert all(odd not in text(found.wrong) for odd in ("0 - ", " + 0", "*-", "1/1 ", "--"))


def test_no_index_becomes_a_number_and_no_logarithm_gets_a_base_among_others_that_have_none() -> None:
    for outcome, found in chapter("likelihood", 1) + chapter("worked_example", 1):
        if found is not None and outcome.page is not None:
            before = page_text(outcome.page)
            assert ("[1]" in text(found.wrong)) <= ("[1]" in before), outcome.name
            assert (", 10)" in text(found.wrong)) <= (", 10)" in before), outcome.name

"""derive/mistakes.py: each line of the table is false, and what it says would have been right is true."""

from __future__ import annotations

import re

import pytest
from rule_pools import told

from derive.mistakes import SCHOOL, SLIPS, WRONG, Mistake, mistakes, read_mistake, school
from derive.model import Givens, Relation, Type
from derive.refute import search
from derive.rules import RULES, Rule, lines
from derive.show import text
from derive.term import free

INSTANCES = 300
SEEDS = 3
UNDEFINED = {"log of a square without absolute value", "minus taken out of a log"}  # which are false in that a side has no value
EVERY = pytest.mark.parametrize("mistake", mistakes(), ids=lambda m: f"{m.wrong.name}: {text(m.wrong.right)}")


def counterexample(rule: Rule) -> bool:
    """Whether numbers show a line to be false where both sides are defined."""
    return any(one.counters for seed in range(SEEDS) for one in told(rule, INSTANCES, seed))


@EVERY
def test_a_mistake_is_false(mistake: Mistake) -> None:
    if mistake.wrong.name not in UNDEFINED:
        assert counterexample(mistake.wrong)
        return
    given = Givens({n: Type("real") for n in sorted(free(mistake.wrong.left))})
    witness = search(given, mistake.wrong.left, Relation.EQ, mistake.wrong.right).witness
    assert witness is not None
    assert witness.undefined


@pytest.mark.parametrize("mistake", [m for m in mistakes() if m.right], ids=lambda m: f"{m.wrong.name}: {text(m.wrong.right)}")
def test_what_it_should_have_been_is_true(mistake: Mistake) -> None:
    assert mistake.right is not None
    looked_at = list(told(mistake.right, INSTANCES))
    assert [one for one in looked_at if one.counters] == []
    assert any(one.outcome in ("holds", "agrees") and all(x is True for x in one.held) for one in looked_at)


@pytest.mark.parametrize("rule", school(), ids=lambda r: r.name)
def test_the_school_s_rules_are_true(rule: Rule) -> None:
    looked_at = list(told(rule, INSTANCES))
    assert [one for one in looked_at if one.counters] == []
    assert any(one.outcome in ("holds", "agrees") for one in looked_at)


def test_a_true_line_would_be_found_out() -> None:
    assert not counterexample(read_mistake("sum | 和 : log(u*v) ~> log(u) + log(v)").wrong)


def test_there_are_mistakes_enough_each_with_one_name_in_each_language() -> None:
    names = {(m.wrong.name, m.wrong.zh) for m in mistakes()}
    assert len(names) >= 35
    assert len({en for en, _ in names}) == len({zh for _, zh in names}) == len(names)
    assert not {m.wrong.name for m in mistakes()} & RULES.keys()
    for words in SLIPS.values():
        assert words.en.isascii()
        assert re.search(r"[\u4e00-\u9fff]", words.zh)
        assert words.en.count("{}") == words.zh.count("{}")
    assert all(re.fullmatch(r"[\u4e00-\u9fff]+", zh) for _, zh in names)


def test_every_line_of_the_tables_is_read() -> None:
    assert (len(lines(WRONG)), len(lines(SCHOOL))) == (len(mistakes()), len(school()))
    assert all("~>" in line for line in lines(WRONG))


def test_no_mistake_says_what_a_rule_says() -> None:
    said = {(r.left, r.right) for r in RULES.values()}
    assert [m.wrong.name for m in mistakes() if (m.wrong.left, m.wrong.right) in said] == []

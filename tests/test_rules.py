"""derive/rules: how the lines of the rule table are written and named. That they hold is for gauntlet/test_rule_table.py."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from derive import reasons, rules
from derive.expression import RESERVED, ExpressionError, read
from derive.model import Relation
from derive.rules import INTERVAL, KINDS, RULES, Rule, parse
from derive.show import text
from derive.term import REALS, Replacement, Term, free, substitute, sym, walk

EVERY = pytest.mark.parametrize("rule", RULES.values(), ids=lambda r: r.name)


@EVERY
def test_both_sides_are_about_the_same_values(rule: Rule) -> None:
    """A letter that only conditions mention is an end of an interval; of another an instance would not say what it is."""
    near = {rule.left.args[1].name} if rule.left.op == "limit" else set()
    assert {n for c in rule.when for n in free(c)} - rule.letters - {*KINDS.values(), REALS.name} <= near
    assert rule.letters - free(rule.left) - free(rule.right) <= set(INTERVAL)
    assert not rule.letters & RESERVED


@EVERY
def test_every_side_of_a_rule_can_be_written_on_a_page(rule: Rule) -> None:
    assert (rule.left, rule.right) == (read(text(rule.left)), read(text(rule.right)))


# -- the names


def lines() -> Iterator[tuple[str, str]]:
    for module in rules.SUBJECTS:
        yield from ((line, module.__name__.rpartition(".")[2]) for line in rules.lines(module.TABLE))


def test_every_line_of_every_file_is_a_rule_once() -> None:
    assert [parse(*line).name for line in lines()] == list(RULES)
    files = {p.stem for p in Path(rules.__file__).parent.glob("*.py")} - {"__init__"}
    assert files == {rule.subject for rule in RULES.values()}


def test_names_are_unique_in_both_languages() -> None:
    names = [rule.name for rule in RULES.values()] + [rule.zh for rule in RULES.values()]
    assert len(names) == len(set(names))


@EVERY
def test_a_rule_has_a_name_in_each_language_that_a_page_can_give(rule: Rule) -> None:
    assert re.fullmatch(r"[a-z][a-z -]*", rule.name)
    assert re.fullmatch(r"[\u4e00-\u9fff]+", rule.zh)
    assert rule.name == reasons.rule_names()[rule.zh] == reasons.rule_names()[rule.name]
    assert not any(p.fullmatch(n) for p in reasons.NAMED.values() for n in (rule.name, rule.zh))
    assert {rule.name, rule.zh}.isdisjoint({*reasons.FIXED, *reasons.FIXED.values()})


def test_no_two_rules_say_the_same() -> None:
    said: dict[tuple[Relation, Term, Term], str] = {}
    for rule in RULES.values():
        letters: dict[str, Replacement] = {}
        for t in walk(rule.left):
            if t.op == "sym" and t.name in rule.letters:
                letters.setdefault(t.name, sym(f"v{len(letters)}"))
        key = (rule.relation, substitute(rule.left, letters), substitute(rule.right, letters))
        assert key not in said, (rule.name, said.get(key))
        said[key] = rule.name


@pytest.mark.parametrize("line", ["no table line", "name | 名 : u + v", "name : u = u", "name | 名 u = u", ""])
def test_a_line_that_is_no_rule_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match="not a rule"):
        parse(line, "test")


@pytest.mark.parametrize(("line", "error"), [
    ("name | 名 : u ^ v = u", ExpressionError), ("name | 名 : u = v when u: real", KeyError),
    ("name | 名 : u = v when u >", ExpressionError),
])  # fmt: skip
def test_a_rule_that_cannot_be_read_is_refused(line: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        parse(line, "test")

"""The rule table: what is true by name. Data only: one rule a line, a file a subject. Trusted.

A line is `name | Chinese name : left = right when conditions`. Letters stand for any terms, `f(i)` for any term in i, a
letter that a sum runs over for a size. Both sides of an instance have to be defined, which `domain` owes; `when` holds only
what is needed besides. `n: integer` is a condition too. Left to right is the direction in which the provers use a rule;
it proves steps in both.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from derive.expression import read
from derive.rules import absolute, explog, powers, sums, trigonometry
from derive.term import Term, free, sym


class Rule(NamedTuple):
    """One named equation with its conditions."""

    name: str
    zh: str
    left: Term
    right: Term
    when: tuple[Term, ...]
    subject: str

    @property
    def letters(self) -> frozenset[str]:
        """What has to be said for an instance."""
        return free(self.left) | free(self.right)


_LINE = re.compile(r"(?P<name>[^|]+?)\s*\|\s*(?P<zh>[^:]+?)\s*:\s*(?P<left>.+?)\s=\s(?P<right>.+?)(?:\swhen\s(?P<when>.+))?")


def parse(line: str, subject: str) -> Rule:
    """One line of the table."""
    match = _LINE.fullmatch(line.strip())
    if match is None:
        raise ValueError(f"not a rule: {line}")
    conditions = [_condition(c) for c in (match["when"] or "").split(", ") if c]
    return Rule(match["name"], match["zh"], read(match["left"]), read(match["right"]), tuple(conditions), subject)


def _condition(text: str) -> Term:
    name, colon, kind = text.partition(": ")
    if colon:
        assert kind == "integer", text
        return Term("is", (sym(name), sym("an integer")))
    return read(text)


RULES: dict[str, Rule] = {
    rule.name: rule
    for module in (explog, powers, absolute, sums, trigonometry)
    for line in module.TABLE.strip().splitlines()
    if line.strip()
    for rule in [parse(line, module.__name__.rpartition(".")[2])]
}

"""The rule table: what is true by name. Data only: one rule a line, a file a subject. Trusted.

A line is `name | Chinese name : left = right when conditions`, or with `<=`, `<` or `iff` between its sides. Letters stand
for any terms, `f(i)` for any term in i, a letter that a sum runs over for a size, one that `argmax` runs over for any range.
Both sides of an instance have to be defined, which `domain` owes; `when` holds only what is needed besides. `n: integer` is a
condition too; `low` and `high` may also be -oo and oo. Left to right is the direction in which the provers use a rule; it
proves steps in both.

A line whose left side is a limit says that this limit exists if its right side does, infinite values included, and what it
is; in its conditions the variable of the limit stands for values near the point. That the function is defined near the point
comes with its limit, and is not owed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from derive.expression import read
from derive.model import Relation
from derive.rules import absolute, continuity, explog, integrals, limits, maximisers, order, powers, sums, trigonometry
from derive.term import REALS, Term, free, sym

SUBJECTS = (explog, powers, absolute, sums, trigonometry, order, maximisers, continuity, limits, integrals)
# A subject whose rules go by one name on a page.
GROUPS = {"continuity": "连续性"}
KINDS = {"integer": "an integer", "density": "a density"}


class Rule(NamedTuple):
    """One named equation, inequality or equivalence with its conditions."""

    name: str
    zh: str
    left: Term
    relation: Relation
    right: Term
    when: tuple[Term, ...]
    subject: str
    letters: frozenset[str]  # what has to be said for an instance

    @property
    def reason(self) -> str:
        """The words by which a page names it."""
        return self.subject if self.subject in GROUPS else self.name


INTERVAL = ("low", "high")  # letters that only conditions mention: the ends of an interval
_LINE = re.compile(r"(?P<name>[^|]+?)\s*\|\s*(?P<zh>[^:]+?)\s*:\s*(?P<sides>.+?)(?:\swhen\s(?P<when>.+))?")


def parse(line: str, subject: str) -> Rule:
    """One line of the table."""
    match = _LINE.fullmatch(line.strip())
    sides = match and (re.search(r"\s(iff)\s", match["sides"]) or re.search(r"\s(=|<=|<)\s", match["sides"]))
    if not match or not sides:
        raise ValueError(f"not a rule: {line}")
    written = match["sides"]
    left, right = read(written[: sides.start()]), read(written[sides.end() :])
    conditions = tuple(_condition(c) for c in _parts(match["when"] or ""))
    letters = (free(left) | free(right) | {x for x in INTERVAL for c in conditions if x in free(c)}) - {REALS.name}
    return Rule(match["name"], match["zh"], left, Relation(sides.group(1)), right, conditions, subject, letters)


def _parts(text: str) -> Iterator[str]:
    """The conditions, which commas outside of brackets separate."""
    depth = start = 0
    for i, c in enumerate(text):
        depth += (c in "([") - (c in ")]")
        if c == "," and not depth:
            yield text[start:i]
            start = i + 1
    if text:
        yield text[start:]


def _condition(text: str) -> Term:
    name, colon, kind = text.partition(": ")
    if colon:
        return Term("is", (sym(name.strip()), sym(KINDS[kind])))
    return read(text)


def lines(table: str) -> list[str]:
    """The lines of a table; one that is indented goes on with the line above."""
    return re.sub(r"\n\s+", " ", table.strip()).splitlines()


RULES: dict[str, Rule] = {
    rule.name: rule for module in SUBJECTS for line in lines(module.TABLE) for rule in [parse(line, module.__name__.rpartition(".")[2])]
}

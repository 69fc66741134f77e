"""Answers → what they come to, counted, in tables for a terminal and for Markdown; knows nobody who is asked."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from peer_steps import Step
from peer_worker import Answer, Opened
from rich.console import Console
from rich.table import Table

ACCEPTED = "WRONGLY ACCEPTS"
RIGHT = ("proves", "wrongly rejects", "undecided", "cannot say")
WRONG = ("refutes, with numbers that show it", "rejects without", ACCEPTED, "undecided", "cannot say")


class Asked(NamedTuple):
    """Everything that one method said; without answers, why there are none."""

    label: str
    opened: Opened | None
    answers: Sequence[Answer] = ()
    missing: str = ""


class Sheet(NamedTuple):
    """A table: what it is called, its columns and rows of text."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]


def outcome(right: bool, answer: Answer) -> str:
    """What an answer comes to, of a step that is known to be right or wrong.

    `computed` is no proof of a right step; of a wrong one it would be accepting it all the same.
    """
    if answer.verdict in ("undecided", "cannot say"):
        return answer.verdict
    if right:
        return {"proves": RIGHT[0], "rejects": RIGHT[1]}.get(answer.verdict, "undecided")
    if answer.verdict == "rejects":
        return WRONG[0] if answer.shown else WRONG[1]
    return ACCEPTED


def counted(title: str, steps: Sequence[Step], asked: Iterable[Asked], right: bool) -> Sheet:
    """How many of the steps came to what, for each method, and how long it took."""
    groups = list(dict.fromkeys(s.group for s in steps if s.right is right))
    kinds = RIGHT if right else WRONG
    head = [f"proves, of {sum(s.group == g for s in steps)} {g}" for g in groups] if right else [kinds[0]]
    rows = []
    for one in asked:
        if one.missing:
            rows.append([one.label, one.missing, *[""] * (len(head) + len(kinds) + 1)])
            continue
        found = [(s, a, outcome(right, a)) for s, a in zip(steps, one.answers, strict=True) if s.right is right]
        good = [s.group for s, _, o in found if o == kinds[0]]
        first = [good.count(g) for g in groups] if right else [len(good)]
        times = [a.seconds for _, a, _ in found if a.verdict != "cannot say"]
        median = milliseconds(statistics.median(times)) if times else ""
        opened = f"{one.opened.importing + one.opened.first:.2f}" if one.opened else ""
        rest = [sum(o == kind for _, _, o in found) for kind in kinds[1:]]
        rows.append([one.label, *map(str, [*first, *rest]), median, f"{sum(times):.1f}", opened])
    return Sheet(title, ("", *head, *kinds[1:], "median, ms", "in all, s", "first call, s"), rows)


def milliseconds(seconds: float) -> str:
    return f"{1e3 * seconds:.3g}"


def accepted(steps: Sequence[Step], asked: Iterable[Asked]) -> list[tuple[str, Step]]:
    """The wrong steps that somebody accepts, and who."""
    return [
        (one.label, s) for one in asked if not one.missing
        for s, a in zip(steps, one.answers, strict=True) if not s.right and outcome(False, a) == ACCEPTED
    ]  # fmt: skip


def rejected(steps: Sequence[Step], asked: Iterable[Asked]) -> list[tuple[str, Step, Answer]]:
    """The right steps that somebody rejects, who, and in what words."""
    return [
        (one.label, s, a) for one in asked if not one.missing
        for s, a in zip(steps, one.answers, strict=True) if s.right and outcome(True, a) == RIGHT[1]
    ]  # fmt: skip


def on_terminal(sheet: Sheet, console: Console) -> None:
    table = Table(title=sheet.title, title_justify="left")
    for i, column in enumerate(sheet.columns):
        table.add_column(column, justify="right" if i else "left", overflow="fold")
    for row in sheet.rows:
        table.add_row(*row)
    console.print(table)


def as_markdown(sheet: Sheet) -> str:
    def cell(text: str, column: str) -> str:
        return f"**{text}**" if column == ACCEPTED and text not in ("0", "") else text.replace("|", "\\|")

    lines = [f"**{sheet.title}**", "", f"| {' | '.join(sheet.columns)} |", "|---" + "|---:" * (len(sheet.columns) - 1) + "|"]
    return "\n".join([*lines, *(f"| {' | '.join(map(cell, row, sheet.columns))} |" for row in sheet.rows)])

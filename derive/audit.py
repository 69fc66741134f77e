"""Outcomes → the audit of what was printed: rows, each refuted and put right, and one table; may not know what they are about."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from rich.text import Text

from derive import machine
from derive.model import RANK, Outcome, Status
from derive.report import BLANK, derivation, is_good, mark, statement
from derive.terminal import flow

_ROW = re.compile(r"\(([^()]+)\)$")  # how a source ends: B §3 (9.1)
_DIM = "dim"


class Row(NamedTuple):
    """One row of the audit: the pages that write down what is printed, and the derivations that they say to see."""

    name: str
    printed: Sequence[Outcome]
    right: Sequence[Outcome]

    @property
    def refuted(self) -> bool:
        """Whether every page is refuted, as it expects."""
        return all(map(is_good, self.printed))

    @property
    def put_right(self) -> bool:
        """Whether every page says what puts it right, and all of that is proved."""
        said = all(o.page is not None and o.page.see and not o.error for o in self.printed)
        return said and all(o.status is Status.PROVED for o in self.right)


def rows(outcomes: Sequence[Outcome]) -> list[Row]:
    """The rows among the outcomes, in their order: pages that expect to be refuted, or cannot be read, by what ends their source in
    brackets (else each by itself).
    """
    known = {o.name: o for o in outcomes}
    seen = {name for o in outcomes if o.page for name in o.page.see}
    printed: dict[str, list[Outcome]] = {}
    for o in outcomes:
        if o.page.expect is not None if o.page else o.name not in seen:
            numbered = _ROW.search(o.page.source) if o.page else None
            printed.setdefault(numbered.group(1) if numbered else o.name, []).append(o)
    return [Row(name, pages, [known[n] for n in _seen(pages) if n in known]) for name, pages in printed.items()]


def _seen(pages: Sequence[Outcome]) -> list[str]:
    return list(dict.fromkeys(name for o in pages if o.page for name in o.page.see))


def row(found: Row, width: int, *, opinions: bool = True) -> list[Text]:
    """Everything about one row: the chains as printed with what refutes them, then the claims that put them right."""
    out = [Text(f"── {found.name} ".ljust(width, "─"), _DIM)]
    for outcome in found.printed:
        out += [*derivation(outcome, width, opinions=opinions), BLANK]
    for outcome in found.right:
        out += [*statement(outcome, width), BLANK]
    return out


def table(found: Sequence[Row], width: int) -> list[Text]:
    """All rows, a line for each page that was printed, and how many were refuted and put right."""
    first, last = max([len(r.name) for r in found] + [len("row")]), "  refuted  put right"
    room = width - first - 2 - len(last)
    out = [Text("─" * width, _DIM), Text("row".ljust(first) + "  " + "printed".ljust(room) + last, _DIM)]
    for r in found:
        for i, outcome in enumerate(r.printed):
            lines = _printed(outcome, room)
            lines[0].append_text(mark(outcome.status, is_good(outcome)))
            if i == 0:
                lines[0].append(" " * 9).append_text(_right(r))
            names = [r.name if i == 0 else "", *[""] * len(lines)]
            out += [Text(name.ljust(first) + "  ").append_text(line) for name, line in zip(names, lines, strict=False)]
    refuted, put_right = sum(r.refuted for r in found), sum(r.put_right for r in found)
    style = "bold green" if refuted == put_right == len(found) else "bold red"
    return [*out, Text(f"{len(found)} printed, {refuted} refuted, {put_right} put right", style)]


def _printed(outcome: Outcome, room: int) -> list[Text]:
    """The titles of a page (or its name), the first line as long as the marks behind it need."""
    titles = [Text(words) for words in outcome.page.title if words] if outcome.page else []
    lines = flow(titles or [Text(outcome.name)], room, " · ")
    lines[0].pad_right(room + 5 - lines[0].cell_len)
    return lines


def _right(r: Row) -> Text:
    """The mark of the worst of what puts a row right."""
    if r.put_right:
        return mark(Status.PROVED)
    worst = max((o.status for o in r.right), key=RANK.__getitem__, default=Status.PROVED)
    return Text("–", "bold red") if worst is Status.PROVED else mark(worst)


def to_json(found: Sequence[Row], outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """What `derive audit --json` prints: that of `machine.to_json`, and `rows`, each with its `name`, the names of the derivations
    that are `printed` and `right`, and whether it is `refuted` and `put_right`.
    """
    return machine.to_json(outcomes) | {
        "rows": [
            {
                "name": r.name,
                "printed": [o.name for o in r.printed],
                "right": _seen(r.printed),
                "refuted": r.refuted,
                "put_right": r.put_right,
            }
            for r in found
        ]
    }

"""Counting what the gauntlet does; knows not what is counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence


class Tally:
    """What the tests counted: how many of what, in groups, in the order in which they were first mentioned."""

    def __init__(self) -> None:
        self.counts: dict[str, dict[str, list[int]]] = {}

    def count(self, group: str, what: str, number: int = 1, of: int | None = None) -> None:
        """Add to a row; `of` is how many there could have been. What must be none is counted with 0 where there is none."""
        row = self.counts.setdefault(group, {}).setdefault(what, [0, 0])
        row[0] += number
        row[1] += of or 0

    def add(self, counts: Mapping[str, Mapping[str, Sequence[int]]]) -> None:
        """Add what another process has counted."""
        for group, rows in counts.items():
            for what, (number, of) in rows.items():
                self.count(group, what, number, of)

    def lines(self) -> list[str]:
        """The table."""
        out = []
        for group, rows in self.counts.items():
            out.append(group)
            out += [f"  {what:<78} {number:>9,}" + (f" of {of:,} ({_percent(number, of)})" if of else "")
                    for what, (number, of) in rows.items()]  # fmt: skip
        return out


def _percent(number: int, of: int) -> str:
    """A share that is rounded down: what is not all is never printed as all."""
    return f"{number * 1000 // of / 10:.3g} %"

"""Text on a terminal: breaking lines, labels, progress, output with or without colour; may not know what is written.

Needs `rich`, so import it late where speed matters.
"""

from __future__ import annotations

import io
import os
import re
import sys
import time
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import IO

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

PLAIN_WIDTH = 100
WIDEST = 120  # marks that stand further from their lines are hard to follow


def duration(seconds: float) -> str:
    """A time in three digits or fewer, with its unit."""
    if seconds < 0.1:
        return f"{seconds * 1000:.{1 if seconds < 0.01 else 0}f} ms"
    return f"{seconds:.{2 if seconds < 1 else 1 if seconds < 100 else 0}f} s"


def fold(t: Text, width: int) -> list[Text]:
    """Break an expression where a reader would: before an operator, outside brackets if possible; further lines are indented."""
    out: list[Text] = []
    indent = 0
    while t.cell_len > width - indent and len(t.plain) > 1:
        at, resume = _break(t.plain, max(width - indent, 8))
        out.append(Text(" " * indent).append_text(t[:at]))
        t, indent = t[resume:], 2
    return [*out, Text(" " * indent).append_text(t)]


_BREAKS = re.compile(r" (?=[-+] |[=!<>]=? |and |or |iff )|(?<=,) | (?=for |if )|(?<!\*)(?=[*/])(?!\*\*)")


def _break(s: str, width: int) -> tuple[int, int]:
    """Where the line ends and where the next begins."""
    depths, depth = [], 0
    for c in s:
        depth += (c in "([{") - (c in ")]}")
        depths.append(depth)
    best = (10**6, 0, width, width)
    for match in _BREAKS.finditer(s):
        at = match.start()
        if 0 < at <= width and cell_len(s[:at]) <= width:
            tight = not match.group() or s[at - 1] == "," or s[match.end() :].startswith(("for", "if"))
            cost = 2 * depths[at - 1] + tight + (6 if at < width / 3 else 0)
            best = min(best, (cost, -at, at, match.end()))
    return best[2], best[3]


_SILENT = Console(file=io.StringIO())  # rich breaks words for a console, though nothing is printed on it


def wrap(t: Text, width: int) -> list[Text]:
    """Break prose between words; no line for an empty text."""
    if t.plain and t.plain.isprintable() and t.cell_len <= max(width, 8):  # as nearly all are, and rich takes long to find that out
        return [t.copy()]
    return [*t.wrap(_SILENT, max(width, 8))] if t.plain else []


def flow(items: Iterable[Text], width: int, gap: str) -> list[Text]:
    """Items one after another with a gap between them, as many on a line as fit; one that fits on no line is broken."""
    out: list[Text] = []
    for item in items:
        if out and out[-1].cell_len + cell_len(gap) + item.cell_len <= width:
            out[-1].append(gap).append_text(item)
        else:
            out += wrap(item, width)
    return out


def labelled(label: Text, content: list[Text], indent: int) -> list[Text]:
    """`label  content`, the lines of the content one below the other."""
    start = Text(" " * indent).append_text(label).append("  ")
    blank = Text(" " * start.cell_len)
    return [(blank if i else start).copy().append_text(line) for i, line in enumerate(content or [Text()])]


class Printer:
    """Writes reports: in colour and as wide as a terminal (at most 120 columns), or plain where there is none."""

    def __init__(self, ascii_signs: Mapping[int, str], file: IO[str] | None = None) -> None:
        """`ascii_signs` is a table for `str.translate`, used where the output cannot take the signs it maps."""
        self.console = Console(file=file, highlight=False, markup=False, emoji=False)
        self.file = file or sys.stdout
        on_terminal = self.console.is_terminal
        self.width = min(self.console.width, WIDEST) if on_terminal or "COLUMNS" in os.environ else PLAIN_WIDTH
        self.ascii = {} if "utf" in (getattr(self.file, "encoding", "") or "utf-8").lower() else ascii_signs

    def print(self, lines: Iterable[Text]) -> None:
        """Write lines that have been laid out for `width`."""
        for line in lines:
            if self.console.is_terminal and not self.ascii:
                self.console.print(line, soft_wrap=True, end="\n")
            else:
                shown = line.plain.rstrip()
                self.file.write(shown.translate(self.ascii) + "\n")


class Bar:
    """A progress bar on standard error: only on a terminal, and only once the run has lasted a second."""

    def __init__(self, delay: float = 1.0) -> None:
        self.console = Console(stderr=True)
        self.start, self.shown, self.last = time.monotonic() + delay, False, 0.0

    def update(self, done: int, known: int, seconds_left: float | None = None) -> None:
        """Draw it, with `done` of the tasks `known` so far, and how long the others may take."""
        now = time.monotonic()
        if not self.console.is_terminal or now < self.start or now - self.last < 0.1:
            return
        width = min(self.console.width - (20 if seconds_left is None else 45), 40)
        full = width * done // max(known, 1)
        left = "" if seconds_left is None else f", {timedelta(seconds=round(seconds_left))} left"
        self.console.file.write(f"\r\x1b[K  {'━' * full}{'╌' * (width - full)} {done}/{known}{left}")
        self.console.file.flush()
        self.shown, self.last = True, now

    def hide(self) -> None:
        """Take it away, before something else is written."""
        if self.shown:
            self.console.file.write("\r\x1b[K")
            self.console.file.flush()
            self.shown = False

"""The handout as data: what every writer puts on paper, whatever the format. Knows formulas; not pages, proofs or formats.

What is said in words is `Said`: one text for each language of the document, to be set one below the other. A text is a run of
words and formulas.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from derive.handout.formula import Node

Text = tuple[str | Node, ...]
Said = tuple[Text, ...]


class Mark(StrEnum):
    """What stands at the end of a row: a verdict, or a ring for the student to tick."""

    PROVED = "proved"
    COMPUTED = "computed"
    MISREASONED = "misreasoned"
    UNDECIDED = "undecided"
    REFUTED = "refuted"
    MALFORMED = "malformed"
    CONFLICT = "conflict"
    RING = "ring"


class Ink(StrEnum):
    """The colours by what they mean; `COLOURS` says which they are on paper."""

    TEXT = "text"
    QUIET = "quiet"  # reasons, numbers of lines, what is less important
    ACCENT = "accent"  # subtitle, labels, what changed
    RULE = "rule"  # hairlines
    STRIP = "strip"  # behind what is given
    GOOD = "good"
    AMBER = "amber"
    BAD = "bad"
    PURPLE = "purple"


# on paper and by daylight, and on a dark screen; both have at least 4.5 : 1 against their grounds where they are text
COLOURS: Mapping[Ink, tuple[str, str]] = {
    Ink.TEXT: ("#1c1c22", "#e6e6ea"),
    Ink.QUIET: ("#55565e", "#a9abb5"),
    Ink.ACCENT: ("#1a5ba3", "#7db4f0"),
    Ink.RULE: ("#d5d8de", "#3a3d46"),
    Ink.STRIP: ("#f2f6fa", "#20242c"),
    Ink.GOOD: ("#15803d", "#4ade80"),
    Ink.AMBER: ("#a15c00", "#fbbf24"),
    Ink.BAD: ("#b42318", "#ff8a80"),
    Ink.PURPLE: ("#7e22ce", "#d8a5ff"),
}
PAPER = ("#ffffff", "#15171c")


@dataclass(frozen=True)
class Drawing:
    """A mark as it is drawn, on a square of 24: a filled shape, and a stroked sign on it in the colour of the paper."""

    ink: Ink
    shape: str  # an SVG path, filled (stroked for a ring)
    sign: str  # an SVG path, stroked, 2.6 wide, round ends
    hollow: bool = False
    character: str = ""  # where nothing can be drawn


_DISC = "M12 2a10 10 0 1 0 0 20a10 10 0 1 0 0-20z"
_DIAMOND = "M12 1.5L22.5 12L12 22.5L1.5 12z"
_TRIANGLE = "M12 2L23 21.5H1z"
_SQUARE = "M3 3h18v18H3z"
DRAWINGS: Mapping[Mark, Drawing] = {
    Mark.PROVED: Drawing(Ink.GOOD, _DISC, "M7.2 12.6l3.3 3.3l6.3-7", character="✓"),
    Mark.COMPUTED: Drawing(Ink.AMBER, _DISC, "M6.5 13.5c1.6-3.2 3.6-3.2 5.5-1.5s3.9 1.7 5.5-1.5", True, "≈"),
    Mark.MISREASONED: Drawing(Ink.PURPLE, _TRIANGLE, "M12 9v5.6M12 18v0.2", character="!"),
    Mark.UNDECIDED: Drawing(Ink.AMBER, _DIAMOND, "M9.6 9.6c0-3.2 5-3.2 5 0c0 2-2.5 2.2-2.5 4.4M12.1 17.2v0.2", character="?"),
    Mark.REFUTED: Drawing(Ink.BAD, _SQUARE, "M7.8 7.8l8.4 8.4M16.2 7.8l-8.4 8.4", character="✗"),
    Mark.MALFORMED: Drawing(Ink.BAD, _SQUARE, "M7 12h10", True, "∅"),
    Mark.CONFLICT: Drawing(Ink.BAD, _TRIANGLE, "M10 9v5.6M14 9v5.6M10 18v0.2M14 18v0.2", character="‼"),
    Mark.RING: Drawing(Ink.QUIET, _DISC, "", True, "○"),
}


@dataclass(frozen=True)
class Remark:
    """What the checker says below a reason: in the colour of a refutation, or quietly."""

    ink: Ink
    said: Said


@dataclass(frozen=True)
class Row:
    """One line of a derivation.

    `number` counts the steps from 1, as the report does; 0 for a first line in a row of its own. `left` stands before the relation, in
    the first row, where the first line is short enough to stand there. `lines` are the expression, broken where it would be too wide;
    none where the student has to write it. A `wide` row has its expression over the whole width, and the reason below it. `wrong` is a
    line as it stood on the sheet, to be struck out above the right one. `blank_reason`: the student has to write the reason.
    """

    number: int
    lines: tuple[Node, ...]
    relation: str = ""
    left: Node | None = None
    reason: Said = ()
    mark: Mark | None = None
    wide: bool = False
    remarks: tuple[Remark, ...] = ()
    wrong: tuple[Node, ...] = ()
    blank_reason: bool = False


@dataclass(frozen=True)
class Curve:
    """Points of a graph, and how they are labelled; neighbouring points are joined, None breaks the curve."""

    label: Text
    points: tuple[tuple[float, float] | None, ...]
    ink: Ink = Ink.ACCENT
    dashed: bool = False


@dataclass(frozen=True)
class Bar:
    """One bar of a chart."""

    label: Text
    value: float
    ink: Ink = Ink.ACCENT


@dataclass(frozen=True)
class Figure:
    """A picture of certified expressions: curves over one axis, or bars; numbers only, drawn by `figures`."""

    name: str  # for files beside the document, such as sigmoid-slope
    caption: Said
    alternative: Said  # what somebody who cannot see it has to know
    across: Text  # the labels of the axes
    up: Text
    curves: tuple[Curve, ...] = ()
    bars: tuple[Bar, ...] = ()


@dataclass(frozen=True)
class Section:
    """One derivation.

    `given` holds, for each language, the items of the strip; `definitions` stand in it below. `instruction` says what to do on a
    worksheet, `answer` labels an empty line for the student's answer. `page_text` is the page in the page language, as it stands on
    the sheet: with `____` for what is to be filled in. `module` is the Python module of a package that makes the derivation, such as
    proofs.softmax; empty where the page stands in a file.
    """

    number: int
    name: str
    heading: Said
    goal: Said
    given: tuple[tuple[Text, ...], ...]
    definitions: tuple[Node, ...]
    rows: tuple[Row, ...]
    mark: Mark
    source: str = ""
    instruction: Said = ()
    answer: Said = ()
    remarks: tuple[Remark, ...] = ()
    figures: tuple[Figure, ...] = ()
    page_text: str = ""
    module: str = ""


@dataclass(frozen=True)
class Document:
    """A handout, a worksheet or a key.

    `languages` are `("en",)`, `("zh",)` or both. `labels` holds the fixed words (see `words.LABELS`) by name. `sheet` names the
    sheet and its key, such as `blanks-2-7`. With `student`, there is room for a name and a date. `legend` explains the marks used.
    """

    title: Said
    subtitle: Said
    languages: tuple[str, ...]
    sections: tuple[Section, ...]
    labels: Mapping[str, Said]
    legend: tuple[tuple[Mark, Said], ...] = ()
    footer: Said = ()
    sheet: str = ""
    student: bool = False

    @property
    def contents(self) -> bool:
        """Whether there is a table of contents."""
        return len(self.sections) > 3

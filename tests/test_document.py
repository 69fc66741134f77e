"""The document as data: its colours can be read by day and by night, and its marks are told apart without them."""

from __future__ import annotations

import re
from itertools import combinations

import pytest

from derive.handout.document import COLOURS, DRAWINGS, PAPER, Document, Ink, Mark, Section
from derive.model import Status

WORDS = [ink for ink in Ink if ink not in (Ink.RULE, Ink.STRIP)]
MODES = pytest.mark.parametrize("mode", [0, 1], ids=["day", "night"])


def luminance(colour: str) -> float:
    """The relative luminance of WCAG 2.1."""
    parts = (int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(a: str, b: str) -> float:
    low, high = sorted((luminance(a), luminance(b)))
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_that_of_the_standard() -> None:
    assert [round(contrast(c, "#ffffff"), 2) for c in ("#000000", "#ffffff", "#767676")] == [21.0, 1.0, 4.54]


def test_every_ink_has_a_colour_by_day_and_by_night() -> None:
    assert list(Ink) == list(COLOURS)
    assert all(re.fullmatch("#[0-9a-f]{6}", c) for pair in (*COLOURS.values(), PAPER) for c in pair)


def test_no_two_inks_have_one_colour_so_that_a_picture_can_be_turned_to_night() -> None:
    for mode in (0, 1):
        colours = [COLOURS[ink][mode] for ink in Ink]
        assert len(colours) == len(set(colours))


@MODES
@pytest.mark.parametrize("ink", WORDS)
def test_words_stand_out_from_the_paper_and_from_the_strip(ink: Ink, mode: int) -> None:
    for ground in (PAPER[mode], COLOURS[Ink.STRIP][mode]):
        assert contrast(COLOURS[ink][mode], ground) >= 4.5


@MODES
def test_the_strip_and_the_hairlines_are_paler_than_any_word(mode: int) -> None:
    pale = [contrast(COLOURS[ink][mode], PAPER[mode]) for ink in (Ink.STRIP, Ink.RULE)]
    assert max(pale) < min(contrast(COLOURS[ink][mode], PAPER[mode]) for ink in WORDS)


# -- marks


def test_every_verdict_has_a_mark() -> None:
    assert {*Status} == {m.value for m in Mark} - {Mark.RING}


def test_every_mark_is_drawn_in_a_colour_for_words() -> None:
    assert list(Mark) == list(DRAWINGS)
    assert all(d.ink in WORDS for d in DRAWINGS.values())
    assert all(d.shape and d.character for d in DRAWINGS.values())


@pytest.mark.parametrize(("a", "b"), list(combinations(Mark, 2)))
def test_marks_differ_in_shape_and_as_characters(a: Mark, b: Mark) -> None:
    one, two = DRAWINGS[a], DRAWINGS[b]
    assert (one.shape, one.hollow, one.sign) != (two.shape, two.hollow, two.sign)
    assert one.character != two.character


def test_what_is_proved_has_an_outline_that_no_other_filled_mark_has() -> None:
    assert [m for m in Mark if not DRAWINGS[m].hollow and DRAWINGS[m].shape == DRAWINGS[Mark.PROVED].shape] == [Mark.PROVED]


@pytest.mark.parametrize("mark", Mark)
def test_a_mark_stays_on_its_square(mark: Mark) -> None:
    """Of a path, the starts of its strokes and all places that are named outright."""
    for path in (DRAWINGS[mark].shape, DRAWINGS[mark].sign):
        for command, numbers in re.findall(r"([MLHV])([-\d. ]+)", path):
            values = [float(n) for n in numbers.split()]
            assert all(0 <= v <= 24 for v in values)
            assert len(values) == (1 if command in "HV" else 2)


# -- documents


def test_there_are_contents_from_four_sections_on() -> None:
    section = Section(1, "a.b", (), (), (), (), (), Mark.PROVED)
    lengths = [Document((), (), ("en",), (section,) * n, {}).contents for n in range(7)]
    assert lengths == [False] * 4 + [True] * 3

"""Where formulas are broken: nothing is lost or turned round, lines fit where they can, and begin with a sign."""

from __future__ import annotations

import functools
from collections.abc import Iterator

import certified
import pytest

from derive.expression import read
from derive.handout.breaking import COLUMN, FULL, broken, width
from derive.handout.formula import Fenced, Node, Notation, Row, Styled, Token, symbol


@functools.cache
def formulas() -> tuple[Node, ...]:
    """All lines of all chapters."""
    return tuple(Notation().formula(line.term) for d in certified.library().values() for line in d.page.lines)


def parts(node: Node) -> Iterator[Node]:
    """The boxes of a formula from left to right, brackets one by one; what is never broken is one box."""
    match node:
        case Row(inner):
            for part in inner:
                yield from parts(part)
        case Styled(_, body):
            yield from parts(body)
        case Fenced(opening, body, closing):
            yield from (Token("symbol", opening),) if opening else ()
            yield from parts(body)
            yield from (Token("symbol", closing),) if closing else ()
        case _:
            yield node


@pytest.mark.parametrize("room", [8.0, 15.0, COLUMN, FULL])
def test_the_pieces_hold_all_boxes_of_the_whole_in_order(room: float) -> None:
    for node in formulas():
        assert [x for piece in broken(node, room) for x in parts(piece)] == list(parts(node))


def test_all_lines_of_all_chapters_fit_the_width_of_the_page() -> None:
    assert [width(line) for node in formulas() for line in broken(node, FULL) if width(line) > FULL] == []


def test_what_fits_is_not_broken() -> None:
    node = Notation().formula(read("a + b"))
    assert broken(node, COLUMN) == (node,)


def test_further_lines_begin_with_a_sign() -> None:
    node = Notation().formula(read(" + ".join(f"{c}*x_{c}" for c in "abcdefghk")))
    _, *others = broken(node, 10.0)
    assert others
    assert all(isinstance(line, Row) and line.parts[0] == Token("binary", "+") for line in others)


def test_what_cannot_be_broken_stays_whole() -> None:
    node = Notation().formula(read("(a + b + c + d + e)/(a + b)"))
    assert broken(node, 3.0) == (node,)


def test_the_last_brackets_are_broken_and_each_piece_has_its_own() -> None:
    node = Notation().formula(read("log(a*b*c + d*g*h + k*l*m)"))
    first, *_, last = broken(node, 6.0)
    assert isinstance(first, Row)
    assert isinstance(first.parts[-1], Fenced)
    assert (first.parts[-1].closing, isinstance(last, Fenced) and last.opening) == ("", "")


def test_a_styled_part_is_styled_in_all_its_pieces() -> None:
    node = Styled("changed", Notation().formula(read("a*b*c + d*g*h + k*l*m")))
    lines = broken(node, 5.0)
    assert len(lines) > 1
    assert all(isinstance(part, Styled) for line in lines for part in (line.parts if isinstance(line, Row) else (line,)))


def test_chinese_words_are_twice_as_wide_as_english_ones() -> None:
    assert width(Token("words", "若若")) > width(Token("words", "if"))


def test_an_index_is_narrower_than_a_letter() -> None:
    assert width(symbol("x_1")) - width(symbol("x")) < width(symbol("x"))

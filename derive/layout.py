"""The layout of a page: text → statements, and statements → parts at depth 0. Knows keys, brackets and relations, not what they mean."""

from __future__ import annotations

import difflib
import functools
import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from derive import expression
from derive.model import Words
from derive.term import Term

KEYS = ("title", "source", "given", "where", "claim", "expect", "see")
PROSE = ("title", "source", "expect")  # their brackets need no closing
PAGE_WORDS = frozenset(KEYS) | {"by", "iff"}  # none of them can be the name of a symbol
RELATION = r"~=|<=|>=|==|!=|->|<|>|=|(?<!\w)iff(?!\w)"
BY = r"(?<!\S)by(?!\S)"
STARTS_WITH_RELATION = re.compile(r"(~=|<=|>=|<|>|=(?!=)|iff(?!\w))\s*")
NAME = r"[^\W\d]\w*"
DERIVATION = r"\w[\w-]*(?:\.\w[\w-]*)*"

# what a terminal would obey, and no document can hold; of an expression still more is refused
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]|\r(?!\n|\Z)")
_KEY = re.compile(rf"({'|'.join(KEYS)})(?!\S)\s*")
_BRACKET_OR_BY = re.compile(rf"[()\[\]{{}}]|{BY}")
_MAYBE_KEY = re.compile(rf"({NAME})(?::\s|\s+(?!(?:for|if|in|and|or|iff|by|not|is|expect)\b)\w)")


class Piece(NamedTuple):
    """A part of the page's text and where it starts, in characters."""

    text: str
    start: int

    @property
    def end(self) -> int:
        """Where it ends."""
        return self.start + len(self.text)

    def cut(self, start: int, end: int | None = None) -> Piece:
        """The part from `start` to `end`, without the blanks around it."""
        text = self.text[start:end]
        kept = text.strip()
        if len(kept) == len(text):
            return Piece(text, self.start + start)
        return Piece(kept, self.start + start + (len(text) - len(text.lstrip()) if kept else 0))


class Fault(ValueError):
    """What is wrong with a piece of a page, and what to write instead."""

    def __init__(self, message: str, piece: Piece, hint: str = "") -> None:
        super().__init__(message)
        self.message, self.piece, self.hint = message, piece, hint


class Statement(NamedTuple):
    """A key with what follows it; or, where the key is empty, a line of the chain."""

    key: str
    body: Piece


def statements(text: str) -> list[Statement]:
    """The statements of a page.

    Raises Fault for an unknown key, for a control character, and for a bracket that is not closed where its statement ends.
    """
    if control := CONTROL.search(text):
        found = Piece(control.group(), control.start())
        raise Fault(f"the invisible character {found.text!r} is not part of a page", found, "delete it")
    lines: list[Piece] = []
    offset = 0
    for line in text.split("\n"):
        lines.append(Piece(line, offset).cut(0))
        offset += len(line) + 1
    out: list[Statement] = []
    i = 0
    while i < len(lines):
        if not lines[i].text:
            i += 1
            continue
        match = _KEY.match(lines[i].text)
        key = match.group(1) if match else ""
        if not key:
            _refuse_unknown_key(lines[i], claimed=any(s.key == "claim" for s in out))
        last = _last_line_of_prose(lines, i, key) if key in PROSE else _last_line(lines, i, key)
        start = lines[i].start + (match.end() if match else 0)
        out.append(Statement(key, Piece(text[start : lines[last].end], start)))
        i = last + 1
    return out


def _last_line(lines: list[Piece], i: int, key: str) -> int:
    """The number of the last line of the statement that begins on line `i`."""
    opened: list[Piece] = []
    while True:
        reasons = _track(lines[i], opened, chain=not key)
        following = next((j for j in range(i + 1, len(lines)) if lines[j].text), None)
        if opened and not reasons:
            if following != i + 1 or _KEY.match(lines[following].text) or re.match("=(?!=)", lines[following].text):
                hint = "a statement goes on to the next line while a bracket is open"
                raise Fault(f"this {opened[-1].text} is never closed", opened[-1], hint)
            i = following
        elif following is not None and _goes_on(key, lines[i].text, lines[following].text):
            i = following
        else:
            return i


def _last_line_of_prose(lines: list[Piece], i: int, key: str) -> int:
    """The number of the last line of a text that begins on line `i`: that of `expect` goes on behind the bar before the Chinese."""
    while key == "expect" and lines[i].text.endswith("|") and i + 1 < len(lines) and lines[i + 1].text:
        i += 1
    return i


def _goes_on(key: str, line: str, following: str) -> bool:
    if key in ("given", "where", "see"):
        return line.endswith(",") and not _KEY.match(following)
    return key == "claim" and STARTS_WITH_RELATION.match(following) is not None


def _track(line: Piece, opened: list[Piece], chain: bool) -> bool:
    """Follow the brackets of one more line; whether its reasons begin, whose brackets do not count."""
    for match in _BRACKET_OR_BY.finditer(line.text):
        token = match.group()
        if token in "([{":
            opened.append(Piece(token, line.start + match.start()))
        elif token in ")]}":
            if opened:
                opened.pop()
        elif chain and not opened:
            return True
    return False


def _refuse_unknown_key(line: Piece, claimed: bool) -> None:
    """Raise Fault for a line like `assume x: real`; after the claim only where the word looks like a key."""
    match = _MAYBE_KEY.match(line.text)
    if match is None:
        return
    word = match.group(1)
    near = difflib.get_close_matches(word.lower(), KEYS, 1, 0.7)
    if claimed and not near:
        return
    hint = f"write {near[0]}, without a colon" if near else f"the keys are {', '.join(KEYS)}"
    raise Fault(f"unknown key {word}", line.cut(0, match.end(1)), hint)


def at_depth_0(text: str, pattern: str) -> Iterator[re.Match[str]]:
    """The matches of `pattern` outside all brackets."""
    depth = 0
    for match in _or_bracket(pattern).finditer(text):
        token = match.group()
        if token in "([{":
            depth += 1
        elif token in ")]}":
            depth = max(depth - 1, 0)
        elif depth == 0:
            yield match


@functools.cache
def _or_bracket(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"[()\[\]{{}}]|{pattern}")


def split(piece: Piece, pattern: str) -> list[Piece]:
    """The parts of `piece` between the matches of `pattern` at depth 0, empty ones included."""
    out, start = [], 0
    for match in at_depth_0(piece.text, pattern):
        out.append(piece.cut(start, match.start()))
        start = match.end()
    return [*out, piece.cut(start)]


def entries(piece: Piece, what: str) -> Iterator[Piece]:
    """The parts between commas at depth 0. Raises Fault where one is empty."""
    for part in split(piece, ","):
        if not part.text:
            raise Fault(f"{what} is missing here", part)
        yield part


def read(piece: Piece, names: Mapping[str, expression.Shape] | None) -> Term:
    """The expression that a piece holds. Raises Fault at the characters that cannot be read."""
    try:
        return expression.read(piece.text, names)
    except expression.ExpressionError as error:
        at = Piece(piece.text[error.start : error.start + error.length], piece.start + error.start)
        raise Fault(error.message, at, error.hint) from None


def words(text: str) -> Words:
    """`en | zh` as two texts."""
    en, _, zh = text.partition(" | ")
    return Words(en.strip(), zh.strip())

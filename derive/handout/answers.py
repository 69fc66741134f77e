"""A student's page → what has been written in each line. Reads one line at a time, so that one that cannot be read spoils no other.

Knows pages, not whether anything on them is true. Nothing of a student's page is executed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from derive.layout import BY, STARTS_WITH_RELATION, at_depth_0
from derive.model import Line, Page, PageError, Place, Words
from derive.page import Derivation
from derive.reading import read_page
from derive.show import definition_text, line_text, page_text, text, type_text

LONGEST = 4_000  # characters of one line, many times what anybody writes
LONGEST_HEAD = 20_000  # characters above a chain
MOST_LINES = 100  # of one chain
MOST_PARTS = 40  # lines of the file that one line of a chain may take
MOST_BYTES = 2_000_000  # of one file
MOST_BLOCKS = 1_000  # of one file
_NARROW = {c: c - 0xFEE0 for c in range(0xFF01, 0xFF5F)} | {0x3000: " "}  # what Chinese input methods write: （＝，：
_GAP = re.compile(r"_{3,}")
_CAPITAL = re.compile(r"(?:^|(?<=[,，]))\s*[A-Z](?=[a-z]+\b)")  # as a list of reasons has them
_CLAIM = re.compile(r"[ \t]*claim(?!\S)")


@dataclass(frozen=True)
class Answer:
    """One line of a student's chain: what was read there; or the error for which it cannot be read; or nothing, where it is empty."""

    place: Place
    line: Line | None = None
    error: PageError | None = None

    @property
    def empty(self) -> bool:
        """Whether nothing has been written."""
        return self.line is None and self.error is None


@dataclass(frozen=True)
class Answers:
    """A student's page: the lines of its chain, or what is wrong with the page as a whole."""

    lines: tuple[Answer, ...] = ()
    problem: Words = Words()
    place: Place | None = None


class _Raw:
    """A line of a chain as it is written: its text, perhaps from several lines of the file, and where the parts of it stand."""

    def __init__(self, number: int, first: str) -> None:
        self.parts = [(number, 0, first)]

    def add(self, number: int, more: str) -> None:
        self.parts.append((number, len(self.text) + 1, more))

    @property
    def text(self) -> str:
        return " ".join(part for _, _, part in self.parts)

    def place(self, file: str, offset: int) -> Place:
        number, start, _ = next(p for p in reversed(self.parts) if p[1] <= max(offset, 0))
        return Place(file, number, max(offset, 0) - start + 1)


CHANGED = Words("the question was changed: {}", "题目被改动：{}")
NO_CLAIM = Words("the claim is missing", "缺少 claim 一行")
TOO_LONG = Words("the chain has more than {} lines", "超过 {} 行，过多")


def read_answers(derivation: Derivation, question: Page) -> Answers:
    """What a student has written in the page of a question."""
    written = [line.rstrip("\r").translate(_NARROW) for line in derivation.text.split("\n")]
    first = next((i for i, line in enumerate(written) if _CLAIM.match(line)), None)
    if first is None:
        return Answers((), NO_CLAIM, derivation.place)
    last = _end_of_claim(written, first)
    chain = list(islice(_raw_lines(written[last:], derivation.place.line + last), MOST_LINES + 1))
    if len(chain) > MOST_LINES:
        return Answers((), _filled(TOO_LONG, str(MOST_LINES)), derivation.place)
    if problem := _changed_question("\n".join(written[:last]), question, derivation.place):
        return problem
    return Answers(tuple(_answers(chain, question, derivation.place.file)))


def _filled(words: Words, *what: str) -> Words:
    return Words(words.en.format(*what), words.zh.format(*what))


# -- the question


def _end_of_claim(written: Sequence[str], first: int) -> int:
    """The number of the line after the claim, which goes on while a bracket is open, or in lines that begin with a relation."""
    depth, i = 0, first
    while i < len(written):
        depth += sum(written[i].count(c) for c in "([{") - sum(written[i].count(c) for c in ")]}")
        i += 1
        if i == len(written) or not written[i].strip() or (depth <= 0 and not STARTS_WITH_RELATION.match(written[i].strip())):
            break
    return i


def _changed_question(head: str, question: Page, place: Place) -> Answers | None:
    """What is wrong with what stands above the chain: the givens, the definitions and the claim have to be those of the sheet."""
    chain = "\n".join(map(line_text, question.lines))
    if len(head) > LONGEST_HEAD:
        return Answers((), _filled(CHANGED, f"{len(head)} characters stand above the chain"), place)
    try:
        page = read_page(f"{head}\n\n{chain}", place)
    except PageError as error:
        said = error.message + (f"; {error.hint}" if error.hint else "")
        inside = error.place.line < place.line + head.count("\n") + 1
        return Answers((), _filled(CHANGED, said), error.place if inside else place)
    for what, expected, got in _heads(question, page):
        if expected != got:
            return Answers((), _filled(CHANGED, f"{what}: expected {expected or 'nothing'}, got {got or 'nothing'}"), place)
    return None


def _heads(question: Page, page: Page) -> Iterator[tuple[str, str, str]]:
    """What stands above a chain, in the page language, of the question and of the student's page."""
    for what, of in (("given", _given), ("where", _where), ("claim", _claim)):
        expected, got = of(question), of(page)
        missing, added = [x for x in expected if x not in got], [x for x in got if x not in expected]
        yield what, ", ".join(missing), ", ".join(added)


def _given(page: Page) -> list[str]:
    return [f"{name}: {type_text(kind)}" for name, kind in page.givens.symbols.items()] + [text(h) for h in page.givens.hypotheses]


def _where(page: Page) -> list[str]:
    return [definition_text(name, meaning) for name, meaning in page.definitions.items()]


def _claim(page: Page) -> list[str]:
    return [f"{text(page.left)} {page.relation} {text(page.right)}"]


# -- the chain


def _raw_lines(written: Sequence[str], number: int) -> Iterator[_Raw]:
    """The lines of a chain: each begins with a relation, or where no bracket is open."""
    found: _Raw | None = None
    for i, line in enumerate(written):
        if not line.strip():
            continue
        goes_on = found is not None and _open(found.text) and not STARTS_WITH_RELATION.match(line.strip())
        if found is not None and goes_on and len(found.parts) < MOST_PARTS and len(found.text) <= LONGEST:
            found.add(number + i, line)
        else:
            if found is not None:
                yield found
            found = _Raw(number + i, line)
    if found is not None:
        yield found


def _open(written: str) -> bool:
    return sum(map(written.count, "([{")) > sum(map(written.count, ")]}"))


def _answers(chain: Sequence[_Raw], question: Page, file: str) -> Iterator[Answer]:
    """What has been written in each line. Its types are checked beside the line above, or the one of the question that stands there."""
    above: Line | None = None
    for k, raw in enumerate(chain):
        beside = above or question.lines[min(max(k - 1, 0), len(question.lines) - 1)]
        answer = _first(raw, question, file) if k == 0 else _answer(raw, text(beside.term), question, file)
        above = answer.line
        yield answer


def _first(raw: _Raw, question: Page, file: str) -> Answer:
    """The first line, which is the left side of the claim."""
    left, sign = text(question.left), str(question.relation)
    page = f"{_head(question)}claim {left} {sign} {text(question.right)}\n\n{raw.text}\n{sign} {text(question.right)}\n"
    return _read(page, 2, raw, 0, file, first=True)


def _answer(raw: _Raw, beside: str, question: Page, file: str) -> Answer:
    written = raw.text
    sign = STARTS_WITH_RELATION.match(written.lstrip())
    if sign is None:
        here, hint = raw.place(file, len(written) - len(written.lstrip())), "begin it with =, <=, <, >=, >, ~= or iff"
        return Answer(here, None, PageError("this line starts with no relation", here, written.strip()[:80], hint))
    start = len(written) - len(written.lstrip()) + sign.end()
    by = next(at_depth_0(written[start:], BY), None)
    expression = written[start:][: by.start() if by else None]
    if by:
        reason = written[start + by.end() :]
        kept = "" if _GAP.search(reason) else written[start + by.start() : start + by.end()] + _CAPITAL.sub(_lowered, reason)
        written = written[: start + by.start()] + kept
    if not expression.strip() or _GAP.search(expression):
        return Answer(raw.place(file, start))
    offset = start + len(expression) - len(expression.lstrip())
    head = f"{_head(question)}claim {beside} {sign.group(1)} "
    page = f"{head}{expression.strip()}\n\n{beside}\n{written}\n"
    return _read(page, 1, raw, offset, file, len(head) - head.rfind("\n") - 1)


def _lowered(capital: re.Match[str]) -> str:
    return capital.group().lower()


def _head(question: Page) -> str:
    """What is given and defined, in the page language."""
    kept = (line for line in page_text(question).split("\n\n")[0].split("\n") if line.startswith(("given ", "where ")))
    return "".join(f"{line}\n" for line in kept)


def _read(page: str, from_end: int, raw: _Raw, offset: int, file: str, shift: int = 0, first: bool = False) -> Answer:
    """The line that stands so many lines from the end of a page, in which an error may be found in the claim as well."""
    here = raw.place(file, offset)
    if len(raw.text) > LONGEST:
        error = PageError(f"a line of {len(raw.text)} characters is too long", here, "", f"at most {LONGEST}")
        return Answer(here, None, error)
    try:
        line = read_page(page, Place(file, 1)).lines[0 if first else 1]
    except PageError as error:
        at = error.place.line
        last = page.count("\n") + 1 - from_end
        where = error.place.column - 1 if at == last else offset + max(error.place.column - 1 - shift, 0)
        place = raw.place(file, min(where, max(len(raw.text) - 1, 0)))
        if error.message == "the claim has two relations":  # the line stood in a claim, to be read
            error = PageError("this line has two relations", place, error.text, "begin a line of its own with the second")
        return Answer(place, None, PageError(error.message, place, error.text, error.hint))
    return Answer(here, line)

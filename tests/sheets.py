"""Documents for tests of writers: a handout with a bit of everything, a worksheet and its key made of it by hand."""

from __future__ import annotations

import functools
from dataclasses import replace

import certified

from derive.check import check_derivation
from derive.handout import build
from derive.handout.document import Document, Ink, Mark, Remark, Row
from derive.handout.formula import Styled
from derive.handout.words import said
from derive.model import Outcome, Words

SECTIONS = ("softmax.total", "sigmoid.at_infinity", "signed_labels.likelihood", "softmax.loss", "worked_example.score_1",
            "audit.weight_gradient_base_two")  # fmt: skip
BOTH = ("en", "zh")


@functools.cache
def outcomes() -> tuple[Outcome, ...]:
    """Sums, fractions, a limit, cases, an array, what is as wide as a page, a refutation."""
    return tuple(check_derivation(certified.library()[name], certified.library()) for name in SECTIONS)


@functools.cache
def handout(languages: tuple[str, ...] = ("en",)) -> Document:
    """A handout with contents."""
    return build.handout(outcomes(), Words("Where it comes from", "从何而来"), languages)


@functools.cache
def worksheet(languages: tuple[str, ...] = ("en",)) -> Document:
    """Lines and reasons to fill in, rings to tick, room for an answer."""
    whole = handout(languages)
    sections = tuple(
        replace(s, rows=tuple(map(_emptied, s.rows)), remarks=(), instruction=said(Words("Fill in.", "请填写。"), languages),
                answer=said(Words("The right line", "正确的一行"), languages))
        for s in whole.sections[:4]
    )  # fmt: skip
    return replace(whole, sections=sections, sheet="blanks-2-7", student=True)


def _emptied(row: Row) -> Row:
    if row.number == 2:
        return replace(row, lines=(), wide=False, mark=Mark.RING)
    return replace(row, blank_reason=True, mark=Mark.RING) if row.number == 3 else row


@functools.cache
def key(languages: tuple[str, ...] = ("en",)) -> Document:
    """What was wrong, struck out: whole lines, or a part of them."""
    whole = handout(languages)
    remark = Remark(Ink.BAD, said(Words("The checker says: no.", "检查器：不对。"), languages))

    def corrected(row: Row) -> Row:
        if row.number not in (1, 2):
            return row
        wrong = row.lines if row.number == 1 else tuple(Styled("wrong", line) for line in row.lines)
        return replace(row, wrong=wrong, mark=Mark.REFUTED, remarks=(remark,))

    sections = tuple(replace(s, rows=tuple(map(corrected, s.rows))) for s in whole.sections[:3])
    return replace(whole, sections=sections, sheet="find-the-slip-7")

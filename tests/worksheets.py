"""Worksheets of derivations of `proofs`, for the tests of worksheets and of marking; and what a student makes of them."""

from __future__ import annotations

import functools
import json

import certified

from derive.check import check_derivation
from derive.handout.grade import grade
from derive.handout.key import Key, read_key
from derive.handout.markdown import write
from derive.handout.marks import Grade
from derive.handout.worksheet import Worksheet, sheet
from derive.model import Outcome, Words
from derive.page import collect_markdown

TITLE = Words("A sheet", "练习")


@functools.cache
def outcome(name: str) -> Outcome:
    """A derivation of the package, checked."""
    return check_derivation(certified.library()[name], certified.library())


def chapter(name: str) -> list[Outcome]:
    """The derivations of a chapter, checked."""
    return [outcome(n) for n in certified.library() if n.startswith(f"{name}.")]


def made(
    names: str, variant: str, *, fade: int = 1, seed: int = 0, languages: tuple[str, ...] = ("en",), title: Words = TITLE
) -> Worksheet:
    """A worksheet of derivations of the package."""
    outcomes = [outcome(n) for n in names.split()]
    return sheet(outcomes, variant, fade=fade, seed=seed, languages=languages, title=title, library=certified.library())


def of_page(page: str, variant: str, *, fade: int = 1, seed: int = 0) -> Worksheet:
    """A worksheet of a page of one's own."""
    [derivation] = collect_markdown(f"```derive mine\n{page}\n```\n")
    return sheet([check_derivation(derivation, {})], variant, fade=fade, seed=seed, title=TITLE)


def markdown(worksheet: Worksheet) -> str:
    """The sheet that a student gets."""
    return write(worksheet.student, "sheet")["sheet.md"].decode()


def key(worksheet: Worksheet) -> Key:
    """The key, written down and read again."""
    return read_key(json.dumps(worksheet.data))


def filled(worksheet: Worksheet) -> str:
    """The sheet as the best of students hands it in."""
    out = markdown(worksheet)
    for d in worksheet.data["derivations"]:
        assert d["sheet"].rstrip() in out
        out = out.replace(d["sheet"].rstrip(), d["page"].rstrip())
    return out


def graded(worksheet: Worksheet, written: str) -> Grade:
    """What a student gets for what has been written on a sheet."""
    return grade(written, key(worksheet), jobs=1)

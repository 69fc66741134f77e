"""Derivations that are proved → a worksheet and its key: lines to fill in, a slip to find, or reasons to name. Knows no format.

The same outcomes, variant, fade and seed make the same sheet and the same key, which carry its name, such as `blanks-2-7`. The key is
made twice: as a document for the teacher, and as data for `grade`.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from derive.handout import CannotWrite
from derive.handout.altered import Altered, altered
from derive.handout.build import Setting, around, detailed, diagnosed, document, mistaken, source, witnessed
from derive.handout.document import Document, Ink, Mark, Remark, Row, Said, Section
from derive.handout.words import said, text
from derive.machine import witness_data
from derive.model import Diagnosis, Line, Outcome, Page, Status, Verdict, Words
from derive.reasons import FIXED
from derive.rules import GROUPS, RULES
from derive.show import changed, page_text
from derive.show import text as show
from derive.term import sym

if TYPE_CHECKING:
    from derive.page import Derivation

FORMAT, VERSION = "derive-key", 1
VARIANTS = ("blanks", "find-the-slip", "reasons")
GAP = "____"  # what stands on a page where the student has to write
DECOYS = 2  # reasons to choose from that occur in no step of the derivation
SUBTITLE: Mapping[str, Words] = {
    "blanks": Words("Worksheet: fill in the missing lines", "练习：补全缺少的各行"),
    "find-the-slip": Words("Worksheet: one line of each derivation is wrong", "练习：每个推导中有一行是错的"),
    "reasons": Words("Worksheet: name the reason for each step", "练习：写出每一步的理由"),
}
KEY = Words("Answer key, for the teacher", "答案，供教师使用")
BLANKS = Words("Write the missing lines. The reason for each is given.", "写出缺少的各行，每行的理由已给出。")
SLIP = Words(
    "Which line does not follow from the one above? Tick its ring and write the right line.",
    "哪一行不能由上一行得出？在圆圈内打勾，并写出正确的一行。",
)
REASONS = Words("Name the reason for each step. Choose from: {}.", "写出每一步的理由，可从下列各项中选择：{}。")
RIGHT_LINE = Words("The right line", "正确的一行")
ASKED = Words("To be filled in.", "待填写。")
VALUES = Words("It is proved that the line above is {}, but this line is {}.", "已证明上一行为 {}，而本行为 {}。")
CALLED = Words("The checker calls it: {}.", "检查器的判断：{}。")
LEFT_OUT = Words("Left out, for there is nothing in them to ask: {}.", "因无可设问而未收入：{}。")


class NothingToAsk(CannotWrite):
    """No derivation can be asked about in this way; the text says why."""


@dataclass(frozen=True)
class Worksheet:
    """A sheet for the students, its key for the teacher, and the key as data: see `key_data`."""

    student: Document
    key: Document
    data: dict[str, Any]


@dataclass(frozen=True)
class Task:
    """A derivation as it stands on a sheet: which lines are asked for, counted from 0; and where one is wrong, which."""

    outcome: Outcome
    page: Page
    asked: tuple[int, ...]
    slip: Altered | None = None


def sheet(
    outcomes: Sequence[Outcome],
    variant: str,
    *,
    fade: int = 1,
    seed: int = 0,
    languages: Sequence[str] = ("en",),
    title: Words = Words(),
    titles: Mapping[str, Words] | None = None,
    library: Mapping[str, Derivation] | None = None,
) -> Worksheet:
    """A worksheet of derivations that have been checked, and its key. Raises NothingToAsk.

    `variant` is blanks, find-the-slip or reasons; of blanks, `fade` from 1 to 3 says how many of the lines between the first and the
    last are blank: a third, two thirds, all. `titles` and `library` are those of the derivations that lemmas may name.
    """
    assert variant in VARIANTS
    name = f"{variant}-{fade}-{seed}" if variant == "blanks" else f"{variant}-{seed}"
    chances = {o.name: random.Random(f"{name} {o.name}") for o in outcomes}
    tasks = [t for o in outcomes if (t := _task(o, variant, fade, chances[o.name])) is not None]
    if not tasks:
        raise NothingToAsk(f"nothing for a worksheet {variant}: {_why(variant)}")
    known = {**(titles or {}), **{o.name: o.page.title for o in outcomes if o.page and any(o.page.title)}}
    settings = [Setting(t.page, languages, known) for t in tasks]
    students = [_for_students(t, s, i, variant, tasks, chances) for i, (t, s) in enumerate(zip(tasks, settings, strict=True), 1)]
    keys = [_for_teachers(t, s, i, variant) for i, (t, s) in enumerate(zip(tasks, settings, strict=True), 1)]
    left_out = [o for o in outcomes if all(o is not t.outcome for t in tasks)]
    student = replace(document(title, SUBTITLE[variant], languages, students), sheet=name, student=True)
    key = replace(document(title, KEY, languages, keys), sheet=name, footer=_left_out(left_out, languages))
    data = {
        "format": FORMAT, "version": VERSION, "sheet": name, "variant": variant, "fade": fade if variant == "blanks" else None,
        "seed": seed, "languages": list(languages), "title": title._asdict(),
        "derivations": [key_data(t, s.page_text, variant, library or {}) for t, s in zip(tasks, students, strict=True)],
        "left_out": [o.name for o in left_out],
    }  # fmt: skip
    return Worksheet(student, key, data)


def _why(variant: str) -> str:
    if variant == "find-the-slip":
        return "none of the derivations is proved and has a line that could be altered between its first and its last"
    return "none of the derivations is proved" + (" and has lines between its first and its last" if variant == "blanks" else "")


def _left_out(outcomes: Sequence[Outcome], languages: Sequence[str]) -> Said:
    def names(lang: str) -> str:
        comma = "、" if lang == "zh" else ", "
        return comma.join(text(o.page.title, lang) or o.name if o.page else o.name for o in outcomes)

    return tuple((text(LEFT_OUT, lang).format(names(lang)),) for lang in languages) if outcomes else ()


# -- what is asked


def _task(outcome: Outcome, variant: str, fade: int, chance: random.Random) -> Task | None:
    """What is asked of a derivation; None where there is nothing to ask."""
    page = outcome.page
    if page is None or outcome.status is not Status.PROVED or page.expect is not None:
        return None
    between = range(1, len(page.lines) - 1)
    if variant == "find-the-slip":
        found = altered(outcome, chance)
        return None if found is None else Task(outcome, found.page, (found.line,), found)
    if variant == "blanks":
        if not between:
            return None
        return Task(outcome, page, tuple(sorted(chance.sample(between, max(1, round(len(between) * fade / 3))))))
    asked = tuple(k for k, line in enumerate(page.lines) if line.reasons)
    return Task(outcome, page, asked) if asked else None


def _written(task: Task, variant: str) -> str:
    """The page as it stands on the sheet."""
    lines = []
    for k, line in enumerate(task.page.lines):
        if k in task.asked and variant == "blanks":
            line = replace(line, term=sym(GAP))
        elif k in task.asked and variant == "reasons":
            line = replace(line, reasons=(GAP,), words=Words())
        lines.append(line)
    return page_text(replace(task.page, lines=tuple(lines)))


def named(reason: str, lang: str) -> str:
    """A reason as a page in a language would have it after `by`."""
    if lang != "zh":
        return reason
    for kind, written in (("definition of ", "{} 的定义"), ("cases ", "对 {} 分情况"), ("lemma ", "引理 {}")):
        if reason.startswith(kind):
            return written.format(reason.removeprefix(kind))
    return FIXED.get(reason) or GROUPS.get(reason) or (RULES[reason].zh if reason in RULES else reason)


def _choices(task: Task, tasks: Sequence[Task], chance: random.Random) -> list[str]:
    """The reasons to choose from, shuffled: those of the derivation, and some of the others that are no names of its own."""
    own = list(dict.fromkeys(r for line in task.page.lines for r in line.reasons))
    others = dict.fromkeys(r for t in tasks for line in t.page.lines for r in line.reasons)
    decoys = [r for r in others if r not in own and not r.startswith(("definition of ", "cases ", "lemma "))]
    found = own + chance.sample(decoys, min(DECOYS, len(decoys)))
    chance.shuffle(found)
    return found


def _listed(choices: Sequence[str], lang: str, titles: Mapping[str, Words]) -> str:
    """Reasons to choose from, as a page would have them; a lemma with its title, for nobody knows it by its name."""
    titled = "{}“{}”" if lang == "zh" else "{} «{}»"
    known = {f"lemma {name}": text(title, lang) for name, title in titles.items()}
    return "\u00a0· ".join(titled.format(named(r, lang), known[r]) if r in known else named(r, lang) for r in choices)


# -- the documents


def _for_students(
    task: Task, setting: Setting, number: int, variant: str, tasks: Sequence[Task], chances: Mapping[str, random.Random]
) -> Section:
    """A derivation on the sheet: nothing on it gives an answer away."""
    instruction = said(BLANKS if variant == "blanks" else SLIP, setting.languages)
    if variant == "reasons":
        choices = _choices(task, tasks, chances[task.outcome.name])
        instruction = tuple((text(REASONS, lang).format(_listed(choices, lang, setting.titles)),) for lang in setting.languages)
    rows = setting.with_first([*_rows(task, setting, variant)])
    answer = said(RIGHT_LINE, setting.languages) if variant == "find-the-slip" else ()
    out = _section(task, setting, number, rows, _written(task, variant))
    return replace(out, instruction=instruction, answer=answer)


def _section(task: Task, setting: Setting, number: int, rows: tuple[Row, ...], written: str) -> Section:
    page = setting.page
    heading = said(page.title, setting.languages) or said(Words(task.outcome.name), setting.languages)
    return Section(
        number, task.outcome.name, heading, setting.goal(), setting.given(), setting.definitions(), rows, Mark.PROVED, source(page),
        page_text=written,
    )  # fmt: skip


def _rows(task: Task, setting: Setting, variant: str) -> Iterator[Row]:
    """The steps as the student finds them. What changed is not coloured where that would tell which line is wrong or missing."""
    lines = task.page.lines
    for k, line in enumerate(lines[1:], 1):
        blank = k in task.asked and variant == "blanks"
        seen = variant == "reasons" or (variant == "blanks" and k - 1 not in task.asked)
        shown, wide = ((), False) if blank else setting.lines(line.term, lines[k - 1].term if seen else None)
        reason = () if variant == "reasons" and k in task.asked else setting.reason(line)
        mark = Mark.RING if blank or variant == "find-the-slip" else Mark.PROVED if variant == "blanks" else None
        sign = setting.row(k, lines[k - 1], line, Verdict(Status.PROVED)).relation
        yield Row(k, shown, sign, None, reason, mark, wide, blank_reason=variant == "reasons" and k in task.asked)


def _for_teachers(task: Task, setting: Setting, number: int, variant: str) -> Section:
    """A derivation in the key: the right lines, with what stood on the sheet."""
    page = task.outcome.page
    assert page is not None
    rows = []
    for k, (line, verdict) in enumerate(zip(page.lines[1:], task.outcome.verdicts, strict=True), 1):
        row = setting.row(k, page.lines[k - 1], line, verdict)
        if task.slip is not None and k == task.slip.line:
            row = _corrected(row, task.slip, line, setting)
        elif k in task.asked:
            why = said(ASKED, setting.languages) if variant == "blanks" else _names(line, setting.languages)
            row = replace(row, remarks=(Remark(Ink.ACCENT, why),))
        rows.append(row)
    return _section(task, setting, number, setting.with_first(rows), page_text(page))


def _names(line: Line, languages: Sequence[str]) -> Said:
    """The reasons of a step as they stand among those to choose from."""
    return tuple(((", " if lang == "en" else "，").join(named(r, lang) for r in line.reasons),) for lang in languages)


def _corrected(row: Row, slip: Altered, line: Line, setting: Setting) -> Row:
    """The row of the line that is wrong on the sheet: that line struck out, the right one, and what the checker says."""
    marked = frozenset(changed(slip.right, slip.wrong))
    wrong = setting.notation.formula(slip.wrong, marked, "wrong")
    verdict = slip.verdict
    witness = verdict.search.witness if verdict.search else None
    numbers = witnessed(witness, setting) if witness else _valued(slip, setting)
    remarks = [Remark(Ink.BAD, numbers), Remark(Ink.BAD, diagnosed(Diagnosis(slip.name), line, setting))]
    found = verdict.diagnosis.name if verdict.diagnosis else slip.name
    if detailed(found)[0] != detailed(slip.name)[0]:
        called = tuple(around(CALLED, lang, mistaken(found, lang, setting)) for lang in setting.languages)
        remarks.append(Remark(Ink.QUIET, called))
    return replace(row, wrong=(wrong,), mark=Mark.REFUTED, remarks=tuple(remarks))


def _valued(slip: Altered, setting: Setting) -> Said:
    """What both lines were proved to be, where there is no point for a witness."""
    values = [v.replace("oo", "∞").replace("-", "−") for v in slip.values]
    return tuple((text(VALUES, lang).format(*values),) for lang in setting.languages)


# -- the key as data


def key_data(task: Task, written: str, variant: str, library: Mapping[str, Derivation]) -> dict[str, Any]:
    """What the key says of a derivation.

    `name`; `page`, the right page, and `sheet`, the page as it stands on the sheet, both in the page language; `lemmas`, the pages of
    what it rests on, by name; `asked`: for each line (`line`, from 1 for the first step) what is `right` and its `reasons`; and of a
    slip what is `wrong`, the `mistake` (`en`, `zh`), the checker's `diagnosis` of it, the `values` of both lines, and the `witness`.
    """
    page = task.outcome.page
    assert page is not None
    asked = []
    for k in task.asked:
        item: dict[str, Any] = {"line": k, "right": show(page.lines[k].term), "reasons": list(page.lines[k].reasons)}
        asked.append(item | (_slip_data(task.slip) if task.slip else {}))
    lemmas = {n: page_text(library[n].page) for n in _lemmas(page, library)}
    return {"name": task.outcome.name, "page": page_text(page), "sheet": written, "lemmas": lemmas, "asked": asked}


def _slip_data(slip: Altered) -> dict[str, Any]:
    found = slip.verdict.diagnosis
    witness = slip.verdict.search.witness if slip.verdict.search else None
    return {
        "wrong": show(slip.wrong),
        "mistake": slip.name._asdict(),
        "diagnosis": found.name._asdict() if found else None,
        "values": list(slip.values),
        "witness": witness_data(witness) if witness else None,
    }


def _lemmas(page: Page, library: Mapping[str, Derivation]) -> list[str]:
    """The names of the lemmas that a page rests on, and of those that these rest on."""
    found = [r.removeprefix("lemma ") for line in page.lines for r in line.reasons if r.startswith("lemma ")]
    for name in found:  # grows while it is run through
        if name in library:
            found += [n for n in library[name].lemmas() if n not in found]
    return [n for n in dict.fromkeys(found) if n in library]

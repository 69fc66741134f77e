"""What a student gets, as data; and that as lines for a terminal, and as JSON. Knows nothing of how it was found."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from derive.handout.words import text
from derive.model import Place, Words

if TYPE_CHECKING:
    from rich.text import Text

VERSION = 1


@dataclass(frozen=True)
class Mark:
    """What a student gets for one thing that was asked, and what is to be said of it; `step` is the number of the line."""

    step: int
    points: int
    verdict: str
    said: tuple[Words, ...] = ()
    written: str = ""
    place: Place | None = None
    witness: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Result:
    """What a student gets for a derivation; or the problem for which it could not be graded."""

    name: str
    title: Words
    most: int
    marks: tuple[Mark, ...] = ()
    problem: Words = Words()
    place: Place | None = None

    @property
    def points(self) -> int:
        return sum(m.points for m in self.marks)


@dataclass(frozen=True)
class Grade:
    """What a student gets for a sheet."""

    sheet: str
    languages: tuple[str, ...]
    results: tuple[Result, ...]
    remarks: tuple[Words, ...] = ()

    @property
    def points(self) -> int:
        return sum(r.points for r in self.results)

    @property
    def most(self) -> int:
        return sum(r.most for r in self.results)


# -- JSON


def to_json(grade: Grade) -> dict[str, Any]:
    """What `derive grade --json` prints.

    - `version`: 1; raised when a key changes its meaning or goes
    - `sheet`, `points`, `most`, `remarks` (each `en`, `zh`)
    - `derivations`: each with `name`, `points`, `most`, `problem` (`en`, `zh`; null where it could be graded), `file`, `line`, `column`
      of it, and `marks`: each with `step` (the number of the line), `points`, `verdict` (that of the checker; or `empty`, `unreadable`,
      `changed`, `unjudged`, `repeated`, `rearranged`, `follows`; of a slip to find `found`, `elsewhere`, `unchanged`), `said` (each
      `en`, `zh`), `written` (the line as it was read), `line`, `column`, and the `witness`, as `derive check --json` has it
    """
    return {
        "version": VERSION,
        "sheet": grade.sheet,
        "points": grade.points,
        "most": grade.most,
        "remarks": [w._asdict() for w in grade.remarks],
        "derivations": [
            {
                "name": r.name,
                "points": r.points,
                "most": r.most,
                "problem": r.problem._asdict() if any(r.problem) else None,
                **_place(r.place),
                "marks": [
                    {
                        "step": m.step, "points": m.points, "verdict": m.verdict, "said": [w._asdict() for w in m.said],
                        "written": m.written, **_place(m.place), "witness": m.witness,
                    }
                    for m in r.marks
                ],
            }
            for r in grade.results
        ],
    }  # fmt: skip


def _place(place: Place | None) -> dict[str, Any]:
    return {"file": place.file, "line": place.line, "column": place.column} if place else {"file": None, "line": None, "column": None}


# -- the terminal

TOTAL = Words("{} of {} points", "{} / {} 分")
LINE = Words("line {}", "第 {} 行")
VERDICTS: Mapping[str, Words] = {
    "proved": Words("proved", "已证明"),
    "misreasoned": Words("true", "成立"),
    "computed": Words("computed", "经计算核对"),
    "refuted": Words("refuted", "不成立"),
    "undecided": Words("not decided", "未能判定"),
    "malformed": Words("without meaning", "没有意义"),
    "conflict": Words("a defect of the checker", "检查器自相矛盾"),
    "empty": Words("empty", "空白"),
    "unreadable": Words("cannot be read", "无法读懂"),
    "changed": Words("changed", "被改动"),
    "unjudged": Words("cannot be judged", "无法判定"),
    "repeated": Words("a repetition", "重复"),
    "follows": Words("follows from a wrong line", "由有误的一行推出"),
    "rearranged": Words("rearranged only", "只是改写"),
    "found": Words("the place is right", "位置正确"),
    "elsewhere": Words("another place", "位置不对"),
    "unchanged": Words("not corrected", "未改正"),
}


def lines(grade: Grade, width: int) -> Iterator[Text]:
    """The grade as lines of rich text: each derivation with its points, what was asked, and the first thing wrong explained."""
    from rich.text import Text  # late: rich is slow to import

    from derive.terminal import labelled, wrap  # late: it needs rich

    first = grade.languages[0]
    for result in grade.results:
        points = Text(f"{result.points}/{result.most}".rjust(6), "bold green" if result.points == result.most else "bold yellow")
        titles = [text(result.title, lang) for lang in grade.languages]
        heading = Text.assemble((result.name, "bold cyan"), "  ", (" · ".join(dict.fromkeys(filter(None, titles))), "bold"))
        yield from labelled(points, wrap(heading, width - 8), 0)
        if any(result.problem):
            where = f"{result.place.file}:{result.place.line}: " if result.place else ""
            for said in _in_each(result.problem, grade.languages):
                yield from labelled(Text("      "), wrap(Text(where + said, "red"), width - 8), 0)
        explained = False
        for mark in result.marks:
            sign = Text("   ✓" if mark.points else "   ✗", "green" if mark.points else "red")
            row = Text(f"{text(LINE, first).format(mark.step)}  {mark.written}".rstrip())
            row.append(f"  ({text(VERDICTS.get(mark.verdict, Words(mark.verdict)), first)})", "dim")
            yield from labelled(sign, wrap(row, width - 6), 0)
            for words in mark.said if mark.points or not explained else ():
                for said in _in_each(words, grade.languages):
                    yield from labelled(Text("      "), wrap(Text(said, "" if mark.points else "red"), width - 8), 0)
            explained = explained or (not mark.points and bool(mark.said))
        yield Text()
    for words in grade.remarks:
        for said in _in_each(words, grade.languages):
            yield from wrap(Text(said, "yellow"), width)
    total = text(TOTAL, grade.languages[0]).format(grade.points, grade.most)
    yield Text.assemble((f"{grade.sheet}: ", "bold"), (total, "bold"))


def _in_each(words: Words, languages: tuple[str, ...]) -> Iterator[str]:
    yield from dict.fromkeys(text(words, lang) for lang in languages)

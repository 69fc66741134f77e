"""A student's page and a key → points: each step judged by the checker, the first wrong one explained. Knows no format of documents.

What counts is whether a step is proved, not whether it is written as in the key. Nothing of a student's page is executed, and what is
checked is checked in worker processes with limits of time and memory.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from derive.handout.answers import MOST_BLOCKS, MOST_BYTES, Answer, read_answers
from derive.handout.build import AT, DIFFERENT, LEFT_UNDEFINED, NEGATED, OTHER_REASON, RIGHT_UNDEFINED
from derive.handout.key import Key, Question, Ungradable
from derive.handout.marks import Grade, Mark, Result
from derive.handout.worksheet import VARIANTS, named
from derive.machine import witness_data
from derive.model import COMPOSED, Line, Outcome, Page, Place, Relation, Status, Verdict, Witness, Words
from derive.page import Derivation, collect_markdown
from derive.runner import run
from derive.show import line_text, page_text, text, value_text

_SHEET = re.compile(rf"(?<![\w-])(?:{'|'.join(VARIANTS)})-\d+(?:-\d+)?(?![\w-])")
_BLOCK = re.compile(r"^[ \t]*(?:`{3,}|~{3,})[ \t]*derive\b", re.MULTILINE)
# reasons that a step may follow by without a rule of the table
_PLAIN = ("algebra", "signs", "calculation", "hypothesis", "definition of")
_GOOD = (Status.PROVED, Status.MISREASONED)

Span = tuple[int, int]  # the numbers of two lines
Step = tuple[Page, Line, Line]


def grade(
    source: Path | str,
    key: Key,
    *,
    hints: bool = True,
    jobs: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    run: Callable[..., Iterator[Outcome]] = run,
) -> Grade:
    """What a student's Markdown file (a Path), or text, gets by a key. Raises Ungradable.

    With `hints`, a wrong step is explained with the line that may have been meant. `jobs` and `progress` are for `run`, which
    checks as `runner.run` does.
    """
    file = str(source) if isinstance(source, Path) else "the sheet"
    written = _written(source, file)
    pages, twice = _pages(written, file)
    found = set(_SHEET.findall(written))
    if key.sheet not in found and found:
        raise Ungradable(f"{file}: the key belongs to another sheet: expected {key.sheet}, got {', '.join(sorted(found))}")
    if not pages.keys() & {q.name for q in key.questions}:
        expected = ", ".join(q.name for q in key.questions[:3]) + (", …" if len(key.questions) > 3 else "")
        got = ", ".join(list(pages)[:3]) or "none"
        raise Ungradable(f"{file}: no block of the sheet {key.sheet}: expected blocks ```derive NAME with {expected}, got {got}")
    papers = [_Paper(q, key.variant, pages.get(q.name), hints) for q in key.questions]
    steps = {f"{n}#{k}#{to}": step for n, paper in enumerate(papers) for (k, to), step in (*paper.steps(), *paper.onwards())}
    lemmas = {name: d for q in key.questions for name, d in q.lemmas.items()}
    outcomes = run([*_derivations(steps)], lemmas, jobs=jobs, fast=True, progress=progress) if steps else ()
    known = {o.name: o for o in outcomes}
    results = tuple(
        paper.result({(int(k), int(to)): o for name, o in known.items() for i, k, to in [name.split("#")] if int(i) == n})
        for n, paper in enumerate(papers)
    )
    others = sorted(pages.keys() - {q.name for q in key.questions})
    remarks = [_fill(words, ", ".join(names)) for words, names in ((NOT_ASKED, others), (TWICE, twice)) if names]
    return Grade(key.sheet, key.languages, results, tuple(remarks))


def _written(source: Path | str, file: str) -> str:
    """What a student has handed in. Raises Ungradable."""
    if isinstance(source, str):
        return source
    try:
        if (size := source.stat().st_size) > MOST_BYTES:
            raise Ungradable(f"{file}: {size} bytes are more than a sheet has; at most {MOST_BYTES} are read")
        return source.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise Ungradable(f"{file}:{line}: this is not UTF-8; save the file as UTF-8") from None
    except OSError as error:
        raise Ungradable(f"{file}: {error.strerror or error}") from None


def _pages(written: str, file: str) -> tuple[dict[str, Derivation], list[str]]:
    """The pages that a student has handed in, by name, and the names of those that stand there twice. Raises Ungradable."""
    if len(_BLOCK.findall(written)) > MOST_BLOCKS:
        raise Ungradable(f"{file}: more than {MOST_BLOCKS} blocks fenced as ```derive NAME; a sheet has one for each derivation")
    found = collect_markdown(written, file)
    first = {d.name: d for d in reversed(found)}
    return first, sorted({d.name for d in found if first[d.name] is not d})


def _derivations(steps: Mapping[str, Step]) -> Iterator[Derivation]:
    """Each step as a derivation of its own, made of what was read."""
    for name, (page, before, line) in steps.items():
        head = [x for x in page_text(page).split("\n\n")[0].split("\n") if x.startswith(("given ", "where "))]
        claim = f"claim {text(before.term)} {line.relation} {text(line.term)}"
        written = "\n".join([*head, claim, "", text(before.term), line_text(Line(line.term, line.place, line.relation, line.reasons))])
        yield Derivation(written, Place("<step>", 1), name)


@dataclass
class _Paper:
    """What a student has made of a question."""

    question: Question
    variant: str
    derivation: Derivation | None
    hints: bool
    answers: tuple[Answer, ...] = ()
    problem: Words = Words()
    place: Place | None = None
    spoilt: dict[int, Words] = field(default_factory=dict)  # lines on which no step can rest, and why

    def __post_init__(self) -> None:
        if self.derivation is None:
            self.problem = _fill(MISSING, f"```derive {self.question.name}")
            return
        found = read_answers(self.derivation, self.question.page)
        self.problem, self.place = found.problem, found.place
        self.answers = self._aligned(found.lines) if self.variant == "blanks" else found.lines
        expected, got = len(self.question.page.lines), len(self.answers)
        if not any(self.problem) and expected != got:
            self.problem, self.place = _fill(COUNT, str(expected), str(got)), self.derivation.place
        if any(self.problem):
            return
        for k, answer in enumerate(self.answers):
            if why := self._spoils(k, answer):
                self.spoilt[k] = why

    def _aligned(self, answers: tuple[Answer, ...]) -> tuple[Answer, ...]:
        """The answers without lines that are too many between those that were given, if all of these are there."""
        out, i = list[Answer](), 0
        for k, line in enumerate(self.question.page.lines):
            if k not in self.question.asked and len(answers) > len(self.question.page.lines):
                i = next((n for n, a in enumerate(answers[i:], i) if a.line and a.line.term == line.term), len(answers))
            if i == len(answers):
                return answers
            out.append(answers[i])
            i += 1
        return tuple(out)

    def _spoils(self, k: int, answer: Answer) -> Words | None:
        """Why no step can rest on a line."""
        if answer.error is not None:
            place = answer.error.place
            hint = f" ({answer.error.hint})" if answer.error.hint else ""
            return _fill(UNREADABLE, str(place.line), str(place.column), answer.error.message + hint)
        if answer.line is None:
            return EMPTY
        here = self.question.on_sheet[k]
        if answer.line.relation is not here.relation:
            return _fill(OTHER_RELATION, str(here.relation), str(answer.line.relation))
        given = self.variant == "reasons" or (self.variant == "blanks" and k not in self.question.asked)
        if given and answer.line.term != here.term:
            return _fill(GIVEN_CHANGED, text(here.term), text(answer.line.term))
        named_here = {r for line in self.question.page.lines for r in line.reasons if r.startswith("lemma ")}
        if foreign := [r for r in answer.line.reasons if r.startswith("lemma ") and r not in named_here]:
            return _fill(NO_LEMMA, foreign[0].removeprefix("lemma "))
        return None

    # -- what has to be checked

    def line(self, k: int) -> Line:
        """A line that has been read."""
        line = self.answers[k].line
        assert line is not None
        return line

    @property
    def changed(self) -> list[int]:
        """The lines that are not as on the sheet."""
        return [k for k, line in enumerate(self.question.on_sheet) if k in self.spoilt or self.line(k).term != line.term]

    def steps(self) -> Iterator[tuple[Span, Step]]:
        """The steps that the checker has to judge, by the numbers of the lines between which each stands."""
        if any(self.problem):
            return
        wanted = set(self.question.asked)
        if self.variant == "find-the-slip":
            wanted = {n for k in self.changed for n in (k, k + 1) if 0 < n < len(self.answers)}
        for k in sorted(wanted):
            if not {k - 1, k} & self.spoilt.keys() and not (self.variant == "reasons" and not self.line(k).reasons):
                yield (k - 1, k), (self.question.page, self.line(k - 1), self.line(k))

    def onwards(self) -> Iterator[tuple[Span, Step]]:
        """From each line that is only said to be greater or less than the line given above it, the way to the line given below it.

        Else `x <= x + 1000` would be right in a chain that goes on with `<= x + 1`.
        """
        if self.variant != "blanks" or any(self.problem):
            return
        page, loose = self.question.page, False
        for k, line in enumerate(page.lines[:-1]):
            loose = k in self.question.asked and (loose or line.relation not in (Relation.EQ, Relation.IFF))
            below = next(n for n in range(k + 1, len(page.lines)) if n not in self.question.asked)
            if loose and k not in self.spoilt and self.line(k).term != line.term:
                end = page.lines[below]
                relation = functools.reduce(lambda r, n: COMPOSED[r, n], (x.relation for x in page.lines[k + 1 : below + 1] if x.relation))
                yield (k, below), (page, self.line(k), replace(end, relation=relation, reasons=end.reasons if below == k + 1 else ()))

    # -- points

    def result(self, outcomes: Mapping[Span, Outcome]) -> Result:
        """The points, with the verdicts on the steps that were checked."""
        page = self.question.page
        most = 2 if self.variant == "find-the-slip" else len(self.question.asked)
        if any(self.problem):
            return Result(self.question.name, page.title, most, (), self.problem, self.place)
        judge = {"blanks": self._blank, "reasons": self._reason, "find-the-slip": self._slip}[self.variant]
        steps = {to: outcome for (k, to), outcome in outcomes.items() if to == k + 1}
        marks = [m for k in self.question.asked for m in judge(k, steps)]
        if self.variant == "blanks":
            marks = [*self._resting(self._onward(m, outcomes) for m in marks)]
        return Result(self.question.name, page.title, most, tuple(marks))

    def _onward(self, mark: Mark, outcomes: Mapping[Span, Outcome]) -> Mark:
        """The mark; without its point, if the chain is not shown to go on from its line to the one given below it."""
        k = mark.step
        below = next((to for start, to in outcomes if start == k and to not in self.question.asked), None)
        if not mark.points or below is None or self._leads(k, below, outcomes):
            return mark
        verdict, status = _verdict(outcomes[k, below])
        witness = verdict.search.witness if verdict and verdict.search else None
        seen = _fill(SEEN, _at(witness) or "any values", witness.left, witness.right) if witness else UNDECIDED
        return self._mark(k, 0, status, _fill(LEADS_NOT, str(below)), seen, outcome=outcomes[k, below])

    def _resting(self, marks: Iterable[Mark]) -> Iterator[Mark]:
        """The marks, with a word on lines that follow from one that is not shown to be right; where a rule was asked for and used they
        keep their points, where algebra was they do not, as 5 + 0 follows from any 5."""
        unsure = set[int]()
        for m in marks:
            key, mine = self.question.page.lines[m.step], self.answers[m.step].line
            shown = m.step - 1 not in unsure and (m.points or m.verdict in ("repeated", "rearranged"))
            if not shown and (mine is None or mine.term != key.term):
                unsure.add(m.step)
            said = _fill(FOLLOWS, str(m.step - 1))
            if m.points and m.step in unsure:
                yield self._mark(m.step, 0, "follows", said) if _plain(key.reasons) else replace(m, said=(*m.said, said))
            else:
                yield m

    def _leads(self, k: int, below: int, outcomes: Mapping[Span, Outcome]) -> bool:
        """Whether it is proved, at once or step by step, that a line leads to the one given below it."""
        proved = {span for span, outcome in outcomes.items() if _verdict(outcome)[1] in _GOOD}
        last = self.answers[below - 1].line
        if last is not None and last.term == self.question.page.lines[below - 1].term:
            proved.add((below - 1, below))  # a step of the key
        return (k, below) in proved or all((n - 1, n) in proved for n in range(k + 1, below + 1))

    def _blank(self, k: int, outcomes: Mapping[int, Outcome]) -> Iterator[Mark]:
        if why := self._unjudged(k):
            yield self._mark(k, 0, *why)
            return
        verdict, status = _verdict(outcomes[k])
        mine, key = self.line(k), self.question.page.lines[k]
        if verdict is None or status not in _GOOD:
            yield self._mark(k, 0, status, *self._explained(k, outcomes[k]), outcome=outcomes[k])
        elif mine.term != key.term and (repeated := self._repeated(k)) is not None:
            yield self._mark(k, 0, "repeated", _fill(REPEATED, str(repeated)))
        elif mine.term != key.term and _plain(verdict.rules) and not _plain(key.reasons):
            yield self._mark(k, 0, "rearranged", _named(REARRANGED, key.reasons))
        else:
            other = status is Status.MISREASONED or (mine.reasons and mine.reasons != key.reasons)
            yield self._mark(k, 1, status, *([_named(BY_OTHER, verdict.rules)] if other else []))

    def _reason(self, k: int, outcomes: Mapping[int, Outcome]) -> Iterator[Mark]:
        if why := self._unjudged(k):
            yield self._mark(k, 0, *why)
        elif k not in outcomes:
            yield self._mark(k, 0, "empty", EMPTY)
        else:
            verdict, status = _verdict(outcomes[k])
            key = self.question.page.lines[k].reasons
            if verdict is not None and status is Status.PROVED and "calculation" in self.line(k).reasons and "calculation" not in key:
                yield self._mark(k, 0, Status.MISREASONED, _named(OTHER_REASON, key))
            elif verdict is not None and status is Status.MISREASONED:
                yield self._mark(k, 0, status, _named(OTHER_REASON, verdict.rules))
            elif status is Status.PROVED:
                yield self._mark(k, 1, status)
            else:
                yield self._mark(k, 0, status, *self._explained(k, outcomes[k]), outcome=outcomes[k])

    def _slip(self, k: int, outcomes: Mapping[int, Outcome]) -> Iterator[Mark]:
        """A point for the place, and one for the correction."""
        changed = self.changed
        if not changed:
            yield self._mark(k, 0, "unchanged", UNCHANGED)
            yield self._mark(k, 0, "unchanged")
            return
        if changed == [k]:
            yield self._mark(k, 1, "found")
        else:
            wrong = [str(x) for x in changed if x != k]
            yield self._mark(k, 0, "elsewhere", _fill(ELSEWHERE if k not in changed else ALSO_ELSEWHERE, ", ".join(wrong)))
        yield self._correction(k, changed, outcomes)

    def _correction(self, k: int, changed: Sequence[int], outcomes: Mapping[int, Outcome]) -> Mark:
        if k not in changed:
            return self._mark(k, 0, "unchanged")
        for n in (*changed, *outcomes):
            if n in self.spoilt:
                return self._mark(n, 0, "unreadable" if self.answers[n].error else "unjudged", self.spoilt[n])
        if self.line(k).term != self.question.page.lines[k].term and (repeated := self._repeated(k)) is not None:
            return self._mark(k, 0, "repeated", _fill(REPEATED, str(repeated)))
        for n, outcome in sorted(outcomes.items()):
            if (status := _verdict(outcome)[1]) not in _GOOD:
                return self._mark(n, 0, status, *self._explained(n, outcome), outcome=outcome)
        verdict, status = _verdict(outcomes[k])
        other = verdict is not None and status is Status.MISREASONED
        return self._mark(k, 1, status, *([_named(BY_OTHER, verdict.rules)] if other and verdict else []))

    def _unjudged(self, k: int) -> tuple[str, Words] | None:
        """Why the step into a line cannot be judged."""
        if k in self.spoilt:
            answer = self.answers[k]
            return "empty" if answer.empty else "unreadable" if answer.error else "changed", self.spoilt[k]
        if k - 1 in self.spoilt:
            return "unjudged", _fill(NOTHING_ABOVE, str(k - 1))
        return None

    def _repeated(self, k: int) -> int | None:
        """The number of another line that says the same to the letter."""
        same = (n for n in range(len(self.answers)) if n != k and n not in self.spoilt and self.line(n).term == self.line(k).term)
        return next(same, None)

    def _mark(self, k: int, points: int, verdict: str, *said: Words, outcome: Outcome | None = None) -> Mark:
        answer = self.answers[k]
        witness = next((v.search.witness for v in (outcome.verdicts if outcome else ()) if v.search), None)
        written = "" if answer.line is None else line_text(answer.line).strip() if answer.line.relation else text(answer.line.term)
        kept = tuple(words for words in said if any(words))
        return Mark(k, points, str(verdict), kept, written, answer.place, witness_data(witness) if witness else None)

    def _explained(self, k: int, outcome: Outcome) -> Iterator[Words]:
        """What is wrong with a step that is not proved."""
        verdict, _ = _verdict(outcome)
        if verdict is None:
            yield Words(outcome.error.message if outcome.error else "")
            return
        witness = verdict.search.witness if verdict.search else None
        if witness is not None:
            at = _at(witness)
            if witness.undefined:
                yield _fill(UNDEFINED_ABOVE if witness.left == "undefined" else UNDEFINED_HERE, at or "any values")
            else:
                yield _fill(APART if at else APART_ANYWHERE, *([at] if at else []), witness.left, witness.right)
        elif verdict.negation is not None:
            yield NEGATED
        else:
            yield UNDECIDED
        if (found := verdict.diagnosis) is not None:
            yield Words(f"{found.name.en[:1].upper()}{found.name.en[1:]}.", f"{found.name.zh or found.name.en}。")
            if self.hints and found.suggestion is not None:
                yield _fill(MEANT, f"{found.relation or self.line(k).relation} {text(found.suggestion)}")


def _verdict(outcome: Outcome) -> tuple[Verdict | None, Status]:
    """The verdict on the one step of an outcome, and its status."""
    return (outcome.verdicts[0], outcome.verdicts[0].status) if outcome.verdicts else (None, Status.MALFORMED)


def _at(witness: Witness) -> str:
    return ", ".join(f"{name} = {value_text(v)}" for name, v in witness.values.items())


def _plain(reasons: Sequence[str]) -> bool:
    """Whether a step with these reasons uses no rule."""
    return all(r.startswith(_PLAIN) for r in reasons)


# -- what is said

MISSING = Words("the block {} is missing", "缺少代码块 {}")
COUNT = Words("the chain has another number of lines: expected {}, got {}", "行数不对：应为 {} 行，实为 {} 行")
NOT_ASKED = Words("Not on this sheet: {}.", "不在本卷中：{}。")
TWICE = Words("More than one block has the name {}; the first counts.", "代码块 {} 出现多次，以第一个为准。")
UNREADABLE = Words("Line {}, column {} of the file cannot be read: {}.", "文件第 {} 行第 {} 列无法读懂：{}。")
EMPTY = Words("Left empty.", "未作答。")
OTHER_RELATION = Words("The relation was changed: expected {}, got {}.", "关系符号被改动：应为 {}，实为 {}。")
GIVEN_CHANGED = Words("A line that was given was changed: expected {}, got {}.", "已给出的一行被改动：应为 {}，实为 {}。")
NO_LEMMA = Words("The lemma {} is not one of this derivation.", "本推导没有引理 {}。")
NOTHING_ABOVE = Words(
    "It cannot be judged: line {} above it is empty, cannot be read, or was changed.",
    "无法判定：上一行（第 {} 行）未作答、无法读懂或被改动。",
)
FOLLOWS = Words("It follows from line {0}, which is not shown to be right.", "此行由第 {0} 行可得，但第 {0} 行未被证明。")
REPEATED = Words("This repeats line {}.", "此行与第 {} 行相同。")
REARRANGED = Words(
    "True, but it only rearranges the line above; asked for was a step by {}.", "结论正确，但只是改写了上一行；所求的一步应由：{}。"
)
BY_OTHER = Words("Right, and by another way: {}.", "正确，且另有途径：{}。")
UNCHANGED = Words("No line was changed.", "没有改动任何一行。")
ELSEWHERE = Words("Another line was changed, which is right as it stands: line {}.", "改动了本来正确的一行：第 {} 行。")
ALSO_ELSEWHERE = Words("The wrong line was changed, and right ones too: line {}.", "除错误的一行外，还改动了正确的行：第 {} 行。")
APART, UNDEFINED_ABOVE, UNDEFINED_HERE = (Words(AT.en + w.en, AT.zh + w.zh) for w in (DIFFERENT, LEFT_UNDEFINED, RIGHT_UNDEFINED))
APART_ANYWHERE = Words("The line above is {}, but this line is {}.", "上一行为 {}，而本行为 {}。")
UNDECIDED = Words(
    "Neither a proof nor a counterexample was found: please look at it yourself.", "既未找到证明，也未找到反例：请老师自行判断。"
)
LEADS_NOT = Words("From here the chain does not go on to line {}, which is given.", "由此无法得到已给出的第 {} 行。")
SEEN = Words("At {} this line is {}, but that one is {}.", "在 {} 处，本行为 {}，而该行为 {}。")
MEANT = Words("Did you mean {}?", "是否应为 {}？")


def _fill(words: Words, *what: str) -> Words:
    return Words(words.en.format(*what), words.zh.format(*what))


def _named(words: Words, reasons: Sequence[str]) -> Words:
    """Words that name reasons, each in its language."""
    en, zh = (comma.join(named(r, lang) for r in reasons) for lang, comma in (("en", ", "), ("zh", "，")))
    return Words(words.en.format(en), words.zh.format(zh))

"""Outcomes → lines of rich text: one table a derivation, aligned on the relation; sees `model` and `show`, and may know no prover."""

from __future__ import annotations

import linecache
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby, zip_longest
from typing import NamedTuple

from rich.cells import cell_len
from rich.text import Text

from derive.layout import CONTROL
from derive.model import Diagnosis, Line, Outcome, Page, PageError, Search, Status, Trace, Verdict, Witness
from derive.show import changed, definition_text, pieces, text, type_text, value_text
from derive.terminal import PLAIN_WIDTH, duration, flow, fold, labelled, wrap


class Mark(NamedTuple):
    """How a verdict looks: shape, colour, and the shape where there is only ASCII."""

    sign: str
    style: str
    ascii: str


MARKS: Mapping[Status, Mark] = {
    Status.PROVED: Mark("✓", "bold green", "+"),
    Status.COMPUTED: Mark("≈", "bold yellow", "~"),
    Status.MISREASONED: Mark("!", "bold magenta", "!"),
    Status.UNDECIDED: Mark("?", "bold yellow", "?"),
    Status.REFUTED: Mark("✗", "bold red", "x"),
    Status.MALFORMED: Mark("∅", "bold red", "0"),
    Status.CONFLICT: Mark("‼", "bold white on red", "#"),
}
# SymPy's opinion in one column, for narrow terminals
_OPINIONS = {"agrees": "✓", "differs": "✗", "unsure": "?", "timeout": "…", "no form": "–", "failed": "!"}
BLANK = Text()
_CHANGED, _DIM, _LABEL = "cyan", "dim", "bold blue"
ASCII = str.maketrans({**{m.sign: m.ascii for m in MARKS.values()}, "·": "-", "─": "-", "│": "|", "…": ".", "–": "-", "«": "'", "»": "'"})


def plain(outcome: Outcome) -> str:
    """The report on one derivation as plain text, 100 columns wide."""
    return "\n".join(line.plain.rstrip() for line in derivation(outcome, PLAIN_WIDTH))


def is_fine(line: Line, verdict: Verdict, accept: Status = Status.PROVED) -> bool:
    """Whether a step is as it should be: proved (or, where accepted, computed); refuted where the page expects that."""
    if line.expect:
        return verdict.status == line.expect
    return verdict.status in (Status.PROVED, accept)


def is_good(outcome: Outcome, accept: Status = Status.PROVED) -> bool:
    """Whether a derivation is as it should be: each step is fine; or, where the page expects to be refuted, some step is refuted,
    the steps marked by themselves are fine, and none is malformed or a conflict.
    """
    if outcome.page is None or outcome.error:
        return False
    steps = steps_of(outcome)
    if outcome.page.expect is None:
        return all(is_fine(line, verdict, accept) for line, verdict in steps)
    found = {verdict.status for _, verdict in steps}
    marked = all(is_fine(line, verdict) for line, verdict in steps if line.expect)
    return marked and Status.REFUTED in found and not found & {Status.MALFORMED, Status.CONFLICT}


# -- a derivation


def derivation(outcome: Outcome, width: int, *, opinions: bool = True, detail: bool = False, only: int = 0) -> list[Text]:
    """The table of a derivation, or the error in it. With `detail`, all that is known of each step below it.

    With `only`, the table of that step alone, counted from 1: its two lines and what is to be said of it.
    """
    if outcome.error or not outcome.page:
        return page_error(outcome.error, width, outcome.name) if outcome.error else [Text(outcome.name)]
    page = outcome.page
    out = [*_title(outcome, page, width), *_givens(page, width, claim=detail), Text()]
    columns = _columns(page, outcome.verdicts, width, opinions and any(v.opinion for v in outcome.verdicts))
    out += columns.first(text(page.lines[max(only - 1, 0)].term))
    for k, (before, (line, verdict)) in enumerate(zip(page.lines, steps_of(outcome), strict=False), 1):
        if not only or k == only:
            out += columns.step(k, before, line, verdict)
            out += _notes(_below(line, verdict, detail), columns.indent, width)
    return out if only else out + _notes(_expectation(outcome, page), 2, width)


def statement(outcome: Outcome, width: int) -> list[Text]:
    """A derivation without its chain: title, what is given and what is claimed; or the error in it."""
    if outcome.error or not outcome.page:
        return derivation(outcome, width)
    return [*_title(outcome, outcome.page, width), *_givens(outcome.page, width, claim=True)]


class _Note(NamedTuple):
    """Something said below a row or a title: a label and one or more texts, each kept together where possible."""

    label: str
    items: Sequence[Text]
    style: str


def _notes(notes: Iterable[_Note], indent: int, width: int) -> list[Text]:
    """Notes one below the other, aligned behind their labels."""
    notes = list(notes)
    longest = max((len(n.label) for n in notes), default=0)
    room = width - indent - longest - 2
    lines = (labelled(Text(n.label.ljust(longest), n.style), flow(n.items, room, "  ·  "), indent) for n in notes)
    return [line for block in lines for line in block]


def _title(outcome: Outcome, page: Page, width: int) -> list[Text]:
    fine = None if page.expect is None else is_good(outcome)
    name = Text.assemble(mark(outcome.status, fine), " ", (outcome.name, "bold cyan"))
    titles, source = [Text(words, "bold") for words in page.title if words], Text(page.source, _DIM)
    lines = labelled(name, flow(titles, width - name.cell_len - 2, " · "), 0)
    gap = width - lines[-1].cell_len - source.cell_len
    lines[-1].append(" " * gap if gap > 1 else "  ").append_text(source)
    return lines


def _givens(page: Page, width: int, claim: bool) -> list[Text]:
    symbols = groupby(page.givens.symbols, key=lambda name: page.givens.symbols[name])
    given = [f"{', '.join(names)}: {type_text(kind)}" for kind, names in symbols] + [text(h) for h in page.givens.hypotheses]
    notes = [_Note("given", [Text(g) for g in given], _LABEL)] if given else []
    notes += [_Note("where", [Text(definition_text(name, meaning))], _LABEL) for name, meaning in page.definitions.items()]
    if claim:
        notes.append(_Note("claim", [Text(_claim(page))], _LABEL))
    return _notes(notes, 2, width)


def _claim(page: Page) -> str:
    return f"{text(page.left)} {page.relation} {text(page.right)}"


def mark(status: Status, fine: bool | None = None) -> Text:
    """The sign of a verdict, in its colour; or, where a page expects something, in that of what is well or not."""
    return Text(MARKS[status].sign, MARKS[status if fine is None else Status.PROVED if fine else Status.REFUTED].style)


def _reason(line: Line, verdict: Verdict) -> Text:
    if not line.reasons:
        found = ", ".join(verdict.rules)
        return Text(f"found: {found}", "italic dim") if found else Text()
    words = line.words.en or line.words.zh
    return Text.assemble(", ".join(line.reasons), (f": {words}" if words else "", _DIM))


class _Columns(NamedTuple):
    """How wide the columns of a table are."""

    number: int
    relation: int
    expression: int
    reason: int
    opinion: int

    @property
    def indent(self) -> int:
        """Where the expressions begin."""
        return 1 + self.number + 1 + self.relation + 1

    def first(self, expression: str) -> list[Text]:
        """The row of the first line. It has no step, so the names of the columns stand in it."""
        return self.row("", "", Text(expression), Text("reason", _DIM), Text(), "time", "SymPy")

    def step(self, number: int, before: Line, line: Line, verdict: Verdict) -> list[Text]:
        """The row of a line, coloured where it differs from the line before."""
        runs = pieces(line.term, changed(before.term, line.term))
        expression = Text.assemble(*((s, _CHANGED if mark else "") for s, mark in runs))
        opinion = verdict.opinion.outcome if verdict.opinion else ""
        if self.opinion < 7:
            opinion = _OPINIONS.get(opinion, opinion)
        sign = mark(verdict.status, line.expect == verdict.status if line.expect else None)
        reason, took = _reason(line, verdict), duration(verdict.seconds)
        return self.row(str(number), str(line.relation), expression, reason, sign, took, opinion)

    def row(self, number: str, relation: str, expression: Text, reason: Text, sign: Text, took: str, opinion: str) -> list[Text]:
        """One row of the table, as many lines high as its cells need."""
        blank = Text()
        out = []
        for k, (part, why) in enumerate(zip_longest(fold(expression, self.expression), wrap(reason, self.reason), fillvalue=blank)):
            line = Text().append(" " + ("" if k else number).rjust(self.number), _DIM)
            line.append(" " + ("" if k else relation).rjust(self.relation) + " ").append_text(part)
            if why or not k:
                line.append(" " * (2 + self.indent + self.expression - line.cell_len)).append_text(why)
            if not k:
                line.append(" " * (2 + self.indent + self.expression + 2 + self.reason - line.cell_len)).append_text(sign)
                line.append(took.rjust(8 + 1 - sign.cell_len), _DIM)
                if self.opinion:
                    line.append("  " + opinion, _DIM)
            line.rstrip()
            out.append(line)
        return out


def _columns(page: Page, verdicts: Sequence[Verdict], width: int, opinions: bool) -> _Columns:
    number = len(str(len(page.lines) - 1))
    relation = max((cell_len(str(x.relation or "")) for x in page.lines), default=1)
    opinion = 0 if not opinions else 7 if width >= 96 else 5
    room = width - (1 + number + 1 + relation + 1) - 2 - (3 + 8) - (2 + opinion if opinion else 0)
    expression = max(cell_len(text(x.term)) for x in page.lines)
    steps = list(zip(page.lines[1:], verdicts, strict=False))
    reason = max([_reason(x, v).cell_len for x, v in steps] + [len("reason")])
    if expression + reason > room:  # the reason gives way, down to a third or to its longest word
        word = max((cell_len(w) for x, v in steps for w in _reason(x, v).plain.split()), default=0)
        reason = min(reason, max(room - expression, room // 3, min(word, room // 2)))
    return _Columns(number, relation, room - reason, reason, opinion)


# -- below a step


def brief(line: Line, verdict: Verdict) -> str:
    """What is to be said of a step, in one line."""
    if line.expect and line.expect != verdict.status:
        return f"{verdict.status}, and expected to be {line.expect}"
    said = _mistake(line, verdict.diagnosis) if verdict.diagnosis else [_message(line, verdict)]
    return f"{verdict.status}: {'; '.join(said)}"


def _below(line: Line, verdict: Verdict, detail: bool) -> Iterator[_Note]:
    """What is to be said of a step besides its row."""
    ok = line.expect == verdict.status
    style = _DIM if ok else MARKS[verdict.status].style
    if line.expect and not ok:
        yield _Note("unexpected", [Text(f"the page expects this step to be {line.expect}, and it is {verdict.status}")], "bold red")
    if verdict.status != Status.PROVED:
        yield _Note(f"{verdict.status}{', as expected' if ok else ''}", [Text(_message(line, verdict))], style)
    if verdict.missing:
        yield _Note("missing", [Text(text(c), "bold") for c in verdict.missing], style)
    if verdict.search and verdict.search.witness:
        yield from _witness(verdict.search.witness, style, verdict.message)
    if verdict.diagnosis and verdict.status in (Status.REFUTED, Status.UNDECIDED):
        yield _Note("mistake", [Text(m) for m in _mistake(line, verdict.diagnosis)], _LABEL)
    if detail or verdict.status == Status.CONFLICT:
        yield from _evidence(verdict)
    elif verdict.status == Status.UNDECIDED and verdict.search:
        yield _Note("tried", [Text(_points(verdict.search))], _DIM)


def _expectation(outcome: Outcome, page: Page) -> Iterator[_Note]:
    """What a page says that expects to be refuted: what is wrong and what puts it right; or that it is not refuted."""
    if page.expect is None:
        return
    if not is_good(outcome):
        yield _Note("unexpected", [Text(f"expected to be refuted, and it is {outcome.status}: {_claim(page)}")], "bold red")
        return
    if any(page.expect):
        yield _Note("diagnosis", [Text(words) for words in page.expect if words], _LABEL)
    if page.see:
        yield _Note("put right", [Text(name, "cyan") for name in page.see], _LABEL)


def _message(line: Line, verdict: Verdict) -> str:
    if verdict.message:
        return verdict.message
    return {
        Status.COMPUTED: "no proof was found; SymPy reduces the difference to 0, and no counterexample was found",
        Status.MISREASONED: f"true, but not by {', '.join(line.reasons)}" + (f"; by {', '.join(verdict.rules)}" if verdict.rules else ""),
        Status.UNDECIDED: "neither a proof nor a counterexample was found",
        Status.REFUTED: "the step does not hold",
        Status.MALFORMED: "this means nothing",
        Status.CONFLICT: "proof and counterexample contradict each other: a defect of this program, please report it",
    }[verdict.status]


def _mistake(line: Line, found: Diagnosis) -> Iterator[str]:
    """The name of a mistake, what may have been meant, and what would have to be given."""
    meant = f"{'' if found.relation is line.relation else f'{found.relation} '}{text(found.suggestion)}" if found.suggestion else ""
    said = found.name.en
    yield said + (f": did you mean {meant}?" if meant else "")
    if found.condition is not None:
        yield f"proved if {text(found.condition)} is given"


def _witness(witness: Witness, style: str, said: str) -> Iterator[_Note]:
    values = ", ".join(f"{name} = {value_text(value)}" for name, value in witness.values.items())
    found = {"at": values, "undefined": witness.undefined, "left": witness.left, "right": witness.right}
    return (_Note(label, [Text(what, "bold" if label == "at" else "")], style) for label, what in found.items() if what and what != said)


def _evidence(verdict: Verdict) -> Iterator[_Note]:
    for label, trace in (("proof", verdict.trace), ("negation proved", verdict.negation)):
        if trace is not None:
            yield _Note(label, [Text(_instances(trace))], _DIM)
    if verdict.conditions:
        yield _Note("needs", [Text(c) for c in _conditions(verdict)], _DIM)
    if verdict.opinion:
        opinion, what = verdict.opinion, verdict.opinion.difference
        said = "" if not what else f": {what}" if opinion.outcome == "failed" else f"; left minus right became {what}"
        yield _Note("SymPy", [Text(f"{opinion.outcome}{said} ({duration(opinion.seconds)})")], _DIM)
    if verdict.search:
        yield _Note("points", [Text(_points(verdict.search))], _DIM)


def _instances(trace: Trace) -> str:
    """How many instances of which rules a trace has, with those that show its limits and integrals to exist."""
    rules = dict.fromkeys([*trace.rules(), *(i.rule for i in trace.defined)])
    return f"{_count(len(trace), 'instance')} of {', '.join(rules)}" if rules else "algebra alone"


def _conditions(verdict: Verdict) -> list[str]:
    """The side conditions that were shown, those alike but for bound names once; and how many more only keep indices in range."""
    symbols = verdict.claim.givens.symbols if verdict.claim else {}
    shown: dict[str, str] = {}
    indices = 0
    for condition in verdict.conditions:
        core, bound = condition, set[str]()
        while core.op == "all":
            core, bound = core.args[0], bound | {core.args[1].name}
        ranging = [t.name in bound or (t.name in symbols and symbols[t.name].kind == "index") for t in core.children if t.op == "sym"]
        if core.op == "is" or (core.op in ("le", "ge") and any(ranging)):
            indices += 1
        else:
            written = text(condition)
            names = re.findall(r"(?<= for )\S+(?= in )", written)
            shown.setdefault(re.sub("|".join(rf"(?<![\w#]){name}(?!\w)" for name in names) or "$^", "*", written), written)
    return [*shown.values(), *([f"{_count(indices, 'condition')} on indices"] if indices else [])]


def _points(search: Search) -> str:
    found = "" if search.witness else "no counterexample at "
    note = f"; {search.note}" if search.note else ""
    return f"{found}{_count(search.tried, 'point')} inside the givens; {search.outside} drawn lay outside{note}"


# -- errors


def page_error(error: PageError, width: int, name: str = "") -> list[Text]:
    """The error as a compiler prints one: where, the line, a caret under what is meant, what is wrong and what to do."""
    place = error.place
    where = f"{place.file}:{place.line}:{place.column}"
    out = [Text.assemble(("∅ ", MARKS[Status.MALFORMED].style), (name, "bold cyan"), "  " if name else "", (where, "bold"))]
    source, column = linecache.getline(place.file, place.line).rstrip("\n"), place.column - 1
    if not source[column:].startswith(error.text):  # the file has changed, or is none
        source, column = error.text, 0
    if source:
        gutter = f"  {place.line} │ "
        start = max(0, column - width // 2) if cell_len(source) > width - len(gutter) else 0
        shown = CONTROL.sub("\ufffd", source[start : start + width - len(gutter)].replace("\t", " "))
        carets = "^" * max(1, min(cell_len(error.text), width - len(gutter) - cell_len(shown[: column - start])))
        out.append(Text.assemble((gutter, _DIM), shown))
        out.append(Text.assemble((" " * (len(gutter) - 2) + "│ ", _DIM), " " * cell_len(shown[: column - start]), (carets, "bold red")))
    notes = [_Note("error", [Text(error.message, "bold")], "bold red")] + [_Note("hint", [Text(error.hint)], _LABEL)] * bool(error.hint)
    return out + _notes(notes, 2, width)


# -- the end


def summary(outcomes: Sequence[Outcome], seconds: float, width: int, accept: Status = Status.PROVED) -> list[Text]:
    """Derivations and steps by verdict, those that are not as they should be by name, and the time."""
    steps = Counter(v.status for o in outcomes for v in o.verdicts)
    unread = sum(o.error is not None for o in outcomes)
    counts = [Text(f"{_count(len(outcomes), 'derivation')}, {_count(steps.total(), 'step')}:")]
    expected = sum(bool(line.expect) and is_fine(line, v) for o in outcomes for line, v in steps_of(o))
    fine = {Status.REFUTED: True} if expected == steps[Status.REFUTED] else {}
    counts += [mark(s, fine.get(s)).append(f" {steps[s]} {s}") for s in Status if steps[s]]
    if unread:
        counts.append(Text(f"∅ {_count(unread, 'page')} could not be read", MARKS[Status.MALFORMED].style))
    out = [Text("─" * width, _DIM), *flow(counts, width, "  ")]
    if expected:
        out.append(Text(f"{_count(expected, 'step')} refuted, as the page expects", _DIM))
    if bad := [Text(f"{o.name} {', '.join(steps_there)}") for o in outcomes if (steps_there := _bad_steps(o, accept))]:
        out += _notes([_Note("look at", bad, "bold red")], 0, width)
    return [*out, Text(duration(seconds), _DIM)]


def steps_of(outcome: Outcome) -> list[tuple[Line, Verdict]]:
    """Each line of the chain that is a step, with its verdict. Of a page that expects to be refuted, what is refuted is expected."""
    if outcome.page is None:
        return []
    steps = zip(outcome.page.lines[1:], outcome.verdicts, strict=False)
    marked = outcome.page.expect is not None
    return [(replace(x, expect="refuted") if marked and v.status is Status.REFUTED else x, v) for x, v in steps]


def _bad_steps(outcome: Outcome, accept: Status) -> list[str]:
    if outcome.error:
        return ["(not read)"]
    if outcome.page and outcome.page.expect is not None:
        return [] if is_good(outcome) else ["(not refuted)"]
    return [f"step {k}" for k, (line, verdict) in enumerate(steps_of(outcome), 1) if not is_fine(line, verdict, accept)]


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"

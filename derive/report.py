"""Outcomes → lines of rich text: one table a derivation, aligned on the relation; sees `model` and `show`, and may know no prover."""

from __future__ import annotations

import linecache
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby, zip_longest
from typing import NamedTuple

from rich.cells import cell_len
from rich.text import Text

from derive.model import Line, Opinion, Outcome, Page, PageError, Search, Status, Verdict, Witness
from derive.show import changed, definition_text, pieces, text, type_text, value_text
from derive.terminal import PLAIN_WIDTH, duration, fold, labelled, wrap


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


# -- a derivation


def derivation(outcome: Outcome, width: int, *, opinions: bool = True, detail: bool = False) -> list[Text]:
    """The table of a derivation, or the error in it. With `detail`, all that is known of each step below it."""
    if outcome.error or not outcome.page:
        return page_error(outcome.error, width, outcome.name) if outcome.error else [Text(outcome.name)]
    page = outcome.page
    out = [_title(outcome, page, width), *_givens(page, width, claim=detail), Text()]
    columns = _columns(page, outcome.verdicts, width, opinions and any(v.opinion for v in outcome.verdicts))
    out += columns.first(text(page.lines[0].term))
    for k, (before, line, verdict) in enumerate(zip(page.lines, page.lines[1:], outcome.verdicts, strict=False), 2):
        out += columns.step(k, before, line, verdict)
        for label, content, style in _below(line, verdict, detail):
            out += labelled(label, content, columns.indent, width, style)
    return out


def _title(outcome: Outcome, page: Page, width: int) -> Text:
    mark = MARKS[outcome.status]
    title = Text.assemble((mark.sign, mark.style), " ", (outcome.name, "bold cyan"), "  ", (" · ".join(filter(None, page.title)), "bold"))
    if page.source:
        gap = width - title.cell_len - cell_len(page.source)
        title.append(" " * gap if gap > 1 else "  ")
        title.append(page.source, _DIM)
    return title


def _givens(page: Page, width: int, claim: bool) -> list[Text]:
    symbols = groupby(page.givens.symbols, key=lambda name: page.givens.symbols[name])
    given = [f"{', '.join(names)}: {type_text(kind)}" for kind, names in symbols] + [text(h) for h in page.givens.hypotheses]
    out = labelled("given", Text("  ·  ".join(given)), 2, width, _LABEL) if given else []
    for name, meaning in page.definitions.items():
        out += labelled("where", Text(definition_text(name, meaning)), 2, width, _LABEL)
    if claim:
        out += labelled("claim", Text(f"{text(page.left)} {page.relation} {text(page.right)}"), 2, width, _LABEL)
    return out


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
        return self.row("1", "", Text(expression), Text("reason", _DIM), Text(), "time", "SymPy")

    def step(self, number: int, before: Line, line: Line, verdict: Verdict) -> list[Text]:
        """The row of a line, coloured where it differs from the line before."""
        runs = pieces(line.term, changed(before.term, line.term))
        expression = Text.assemble(*((s, _CHANGED if mark else "") for s, mark in runs))
        opinion = verdict.opinion.outcome if verdict.opinion else ""
        if self.opinion < 7:
            opinion = _OPINIONS.get(opinion, opinion)
        mark = MARKS[verdict.status]
        reason = _reason(line, verdict)
        return self.row(str(number), str(line.relation), expression, reason, Text(mark.sign, mark.style), duration(verdict.seconds), opinion)

    def row(self, number: str, relation: str, expression: Text, reason: Text, mark: Text, took: str, opinion: str) -> list[Text]:
        """One row of the table, as many lines high as its cells need."""
        cells = [
            ([Text(" " + number.rjust(self.number), _DIM)], 1 + self.number),
            ([Text(" " + relation.rjust(self.relation))], 1 + self.relation),
            ([Text(" ") + line for line in fold(expression, self.expression)], 1 + self.expression),
            ([Text("  ") + line for line in wrap(reason, self.reason)], 2 + self.reason),
            ([Text("  ") + mark], 3),
            ([Text(took.rjust(8), _DIM)], 8),
            ([Text("  " + opinion, _DIM)] if self.opinion else [], 0),
        ]
        out = []
        for parts in zip_longest(*(lines for lines, _ in cells)):
            line = Text()
            for part, (_, width) in zip(parts, cells, strict=True):
                line.append_text(part or Text())
                line.pad_right(max(width - (part.cell_len if part else 0), 0))
            line.rstrip()
            out.append(line)
        return out


def _columns(page: Page, verdicts: Sequence[Verdict], width: int, opinions: bool) -> _Columns:
    number = len(str(len(page.lines)))
    relation = max((cell_len(str(x.relation or "")) for x in page.lines), default=1)
    opinion = 0 if not opinions else 7 if width >= 96 else 5
    room = width - (1 + number + 1 + relation + 1) - 2 - (3 + 8) - (2 + opinion if opinion else 0)
    expression = max(cell_len(text(x.term)) for x in page.lines)
    reason = max((_reason(x, v).cell_len for x, v in zip(page.lines[1:], verdicts, strict=False)), default=0)
    reason = max(reason, 6)
    if expression + reason > room:  # the reason keeps what it needs, up to two fifths
        reason = min(reason, max(room - expression, room * 2 // 5))
    return _Columns(number, relation, room - reason, reason, opinion)


# -- below a step


def _below(line: Line, verdict: Verdict, detail: bool) -> Iterator[tuple[str, Text, str]]:
    """What is to be said of a step besides its row: label, text and the style of the label."""
    style = MARKS[verdict.status].style
    ok = line.expect == verdict.status
    if line.expect:
        label = "as expected" if ok else "unexpected"
        yield label, Text(f"the page expects it {line.expect}; it is {verdict.status}"), _DIM if ok else "bold red"
    if verdict.status != Status.PROVED:
        yield str(verdict.status), Text(_message(line, verdict)), _DIM if ok else style
        for condition in verdict.missing:
            yield "missing", Text(text(condition)), style
    if verdict.search and verdict.search.witness:
        yield from _witness(verdict.search.witness, style)
    if verdict.status == Status.CONFLICT or (verdict.opinion and verdict.opinion.outcome == "differs") or detail:
        yield from _evidence(verdict, detail)
    elif verdict.status == Status.UNDECIDED and verdict.search:
        yield "tried", Text(_points(verdict.search)), _DIM


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


def _witness(witness: Witness, style: str) -> Iterator[tuple[str, Text, str]]:
    if witness.values:
        yield "at", Text(", ".join(f"{name} = {value_text(value)}" for name, value in witness.values.items()), "bold"), style
    if witness.undefined:
        yield "undefined", Text(witness.undefined), style
    if witness.left:
        yield "left", Text(witness.left), style
    if witness.right:
        yield "right", Text(witness.right), style


def _evidence(verdict: Verdict, detail: bool) -> Iterator[tuple[str, Text, str]]:
    if verdict.trace is not None:
        yield "proof", Text(f"{len(verdict.trace)} instances of rules: {', '.join(verdict.trace.rules()) or 'algebra alone'}"), _DIM
    if detail and verdict.conditions:
        yield "needs", Text("  ·  ".join(map(text, verdict.conditions))), _DIM
    if verdict.opinion:
        opinion = verdict.opinion
        gave = f"; left minus right became {opinion.difference}" if opinion.difference and opinion.outcome != "failed" else ""
        why = f": {opinion.difference}" if opinion.difference and opinion.outcome == "failed" else ""
        yield "SymPy", Text(f"{opinion.outcome}{why}{gave} ({duration(opinion.seconds)})"), _DIM
    if verdict.search:
        yield "points", Text(_points(verdict.search)), _DIM


def _points(search: Search) -> str:
    found = "" if search.witness else "no counterexample at "
    note = f"; {search.note}" if search.note else ""
    return f"{found}{search.tried} points inside the givens, {search.outside} drawn outside{note}"


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
        shown = source[start : start + width - len(gutter)].replace("\t", " ")
        carets = "^" * max(1, min(cell_len(error.text), width - len(gutter) - cell_len(shown[: column - start])))
        out.append(Text.assemble((gutter, _DIM), shown))
        out.append(Text.assemble((" " * (len(gutter) - 2) + "│ ", _DIM), " " * cell_len(shown[: column - start]), (carets, "bold red")))
    out += labelled("error", Text(error.message, "bold"), 2, width, "bold red")
    return out + (labelled("hint", Text(error.hint), 2, width, _LABEL) if error.hint else [])


# -- the end


def summary(outcomes: Sequence[Outcome], seconds: float, width: int, accept: Status = Status.PROVED) -> list[Text]:
    """Derivations and steps by verdict, those that are not as they should be by name, and the time."""
    steps = Counter(v.status for o in outcomes for v in o.verdicts)
    unread = sum(o.error is not None for o in outcomes)
    counts = Text(f"{_count(len(outcomes), 'derivation')}, {_count(steps.total(), 'step')}:")
    for status, number in sorted(steps.items(), key=lambda item: list(Status).index(item[0])):
        counts.append("  ").append(f"{MARKS[status].sign} {number} {status}", MARKS[status].style)
    if unread:
        counts.append("  ").append(f"∅ {_count(unread, 'page')} could not be read", MARKS[Status.MALFORMED].style)
    out = [Text("─" * width, _DIM), *wrap(counts, width)]
    expected = sum(bool(line.expect) and is_fine(line, v) for o in outcomes for line, v in steps_of(o))
    if expected:
        out.append(Text(f"{_count(expected, 'step')} refuted as the page expects", _DIM))
    bad = [f"{o.name} {', '.join(lines)}".strip() for o in outcomes if (lines := _bad_lines(o, accept))]
    if bad:
        out += labelled("look at", Text("  ·  ".join(bad)), 0, width, "bold red")
    return [*out, Text(duration(seconds), _DIM)]


def steps_of(outcome: Outcome) -> list[tuple[Line, Verdict]]:
    """Each line of the chain that is a step, with its verdict."""
    return list(zip(outcome.page.lines[1:], outcome.verdicts, strict=False)) if outcome.page else []


def _bad_lines(outcome: Outcome, accept: Status) -> list[str]:
    if outcome.error:
        return ["(not read)"]
    return [f"line {k}" for k, (line, verdict) in enumerate(steps_of(outcome), 2) if not is_fine(line, verdict, accept)]


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"

"""One page: text → Page, with every error placed. Knows the order of a page and how its chain reaches the claim; proves nothing."""

from __future__ import annotations

import bisect
import re
from collections.abc import Mapping
from fractions import Fraction
from typing import NamedTuple, NoReturn

from derive import term
from derive.expression import MAX_DEPTH, Shape
from derive.given import read_givens, read_name, shapes
from derive.layout import (
    BY,
    DERIVATION,
    KEYS,
    RELATION,
    STARTS_WITH_RELATION,
    Fault,
    Piece,
    Statement,
    at_depth_0,
    entries,
    read,
    split,
    statements,
    words,
)
from derive.model import COMPOSED, STRONGER, Givens, Line, Page, PageError, Place, Relation, Words
from derive.reasons import read_reason
from derive.show import text as show
from derive.term import Lambda, Replacement, Term
from derive.wellformed import INFINITE, MAXIMISERS, PROPOSITION, VALUE, Checker, Misfit, locate

MAX_BYTES = 1_000_000
MAX_UNFOLDED = 200_000  # nodes of a line whose definitions are unfolded: a few short lines could otherwise stand for millions
_SHOWN = 200
_MEANT = {"≤": "<=", "≥": ">=", "≈": "~=", "⇔": "iff", "==": "=", "=>": ">=", "=<": "<="}
_LINE_HINT = "begin it with =, <=, <, >=, >, ~= or iff; a line that continues the one above needs an open bracket there"


def read_page(text: str, place: Place) -> Page:
    """Read a page whose text begins at `place`. Raises PageError with the place of what cannot be read."""
    if len(text.encode(errors="replace")) > MAX_BYTES:
        raise PageError("the page is larger than 1 MB", place, "", "split it into several derivations")
    text = text.replace("\r\n", "\n")
    reader = _Reader(text, place)
    try:
        return reader.page()
    except Fault as fault:
        shown = fault.piece.text.split("\n")[0][:_SHOWN]
        raise PageError(fault.message, reader.place_of(fault.piece.start), shown, fault.hint) from None


class _Read(NamedTuple):
    """A term together with where it was read."""

    term: Term
    piece: Piece


class _Measure(NamedTuple):
    nodes: int
    depth: int


class _Reader:
    def __init__(self, text: str, place: Place) -> None:
        self.text, self.start = text, place
        self.line_starts = [0, *(m.end() for m in re.finditer("\n", text))]
        self.givens = Givens()
        self.names: dict[str, Shape] = {}
        self.definitions: dict[str, Replacement] = {}
        self.unfolded: dict[str, Replacement] = {}
        self.measures: dict[str, _Measure] = {}
        self.terms: dict[str, Term] = {}  # of the chain, by their text: each of its lines is a side of two steps, and of the claim perhaps
        self.checked: set[tuple[Term, tuple[str, ...]]] = set()

    def place_of(self, offset: int) -> Place:
        line = bisect.bisect_right(self.line_starts, offset)
        column = offset - self.line_starts[line - 1] + (self.start.column if line == 1 else 1)
        return Place(self.start.file, self.start.line + line - 1, column)

    def page(self) -> Page:
        parts: dict[str, list[Statement]] = {key: [] for key in (*KEYS, "")}
        for statement in statements(self.text):
            if statement.key and parts[""]:
                raise Fault(f"{statement.key} stands below the beginning of the chain", statement.body, "move that line up")
            if parts[statement.key] and statement.key not in ("given", "where", ""):
                raise Fault(f"a second {statement.key}", statement.body, f"a page has one {statement.key}")
            parts[statement.key].append(statement)
        if not parts["claim"]:
            first = parts[""][0].body if parts[""] else Piece("", 0)
            raise Fault("the claim is missing", first, "write claim left = right above the chain")
        self.givens = self._read_givens(parts)
        self.names = shapes(dict(self.givens.symbols))
        self._define([entry for s in parts["where"] for entry in entries(s.body, "a definition")])
        self.checker = Checker(self.givens, self.definitions)
        self.unfolded_checker = Checker(self.givens, {})
        left, relation, right = self._claim(parts["claim"][0].body)
        if len(parts[""]) < 2:
            what, where = ("has one line and no step", parts[""][0]) if parts[""] else ("is missing", parts["claim"][0])
            raise Fault(f"the chain {what}", where.body, "write the left side, and below it lines that begin with a relation")
        lines = self._chain(parts[""])
        self._compare(left, relation, right, lines, parts["claim"][0].body)
        title, source = (s[0].body.text if (s := parts[key]) else "" for key in ("title", "source"))
        chain = tuple(line for line, _ in lines)
        expect = self._expected(parts["expect"][0].body) if parts["expect"] else None
        see = self._seen(parts["see"][0].body, expect is not None) if parts["see"] else {}
        return Page(self.givens, left.term, relation, right.term, chain, words(title), source, self.definitions, expect, see)

    def _expected(self, piece: Piece) -> Words:
        """What is wrong with the chain, in the words behind `expect refuted:`. Raises Fault."""
        verdict, *said = re.split(r"\s*[:：]", " ".join(piece.text.split()), maxsplit=1)
        if verdict != "refuted":
            raise Fault("only a refutation can be expected", piece, "write expect refuted, or expect refuted: what is wrong | 错在哪里")
        return words("".join(said))

    def _seen(self, piece: Piece, expected: bool) -> dict[str, Place]:
        """The names of the derivations that put the chain right, and where they stand. Raises Fault."""
        if not expected:
            hint = "write expect refuted above it"
            raise Fault("see names what puts a refuted chain right, and this page expects no refutation", piece, hint)
        names = list(entries(piece, "the name of a derivation"))
        if wrong := next((name for name in names if not re.fullmatch(DERIVATION, name.text)), None):
            raise Fault(f"{wrong.text} is no name of a derivation", wrong, "write see softmax.loss, likelihood.samples")
        return {name.text: self.place_of(name.start) for name in names}

    def _read_givens(self, parts: Mapping[str, list[Statement]]) -> Givens:
        try:
            givens, hypotheses = read_givens(s.body for s in parts["given"])
        except Fault as fault:
            name = re.compile(rf"{re.escape(fault.piece.text)}\b")
            if fault.message.startswith("unknown symbol") and any(name.match(s.body.text) for s in parts["where"]):
                fault.hint = f"a hypothesis mentions given symbols only: write out what {fault.piece.text} stands for"
            raise
        checker = Checker(givens, {})
        for hypothesis, piece in zip(givens.hypotheses, hypotheses, strict=True):
            self._fit(checker, _Read(hypothesis, piece), PROPOSITION)
        return givens

    # -- definitions

    def _define(self, written: list[Piece]) -> None:
        heads = [self._head(entry) for entry in written]
        all_names = {name: i for i, (name, _, _) in enumerate(heads)}
        for i, (name, params, body) in enumerate(heads):
            if name in self.names:
                raise Fault(f"{name} stands for something already", written[i], "use another name")
            checker = Checker(self.givens, self.definitions)
            scope = {**self.names, **{p: Shape() for p in params or ()}}
            try:
                t = read(body, scope)
            except Fault as fault:
                if fault.message.startswith("unknown symbol") and all_names.get(fault.piece.text, -1) >= i:
                    when = "in its own definition" if fault.piece.text == name else "before it is defined"
                    hint = "a definition uses givens and earlier definitions"
                    raise Fault(f"{fault.piece.text} is used {when}", fault.piece, hint) from None
                raise
            if t.op == "array" and params is None:
                t = _array(_Read(t, body))
            else:
                self._fit(checker, _Read(t, body), VALUE, params=params or ())
            self._add(name, params, _Read(t, body))

    def _head(self, entry: Piece) -> tuple[str, tuple[str, ...] | None, Piece]:
        """The name, the parameters (None for a term) and the body of `P = …` or `g(s) = …`."""
        sign = next(at_depth_0(entry.text, RELATION), None)
        if sign is None or sign.group() != "=":
            raise Fault("a definition is missing its =", entry, "write P = …, or g(s) = …")
        head, body = entry.cut(0, sign.start()), entry.cut(sign.end())
        match = re.fullmatch(r"(.*?)\((.*)\)", head.text, re.DOTALL)
        if match is None:
            hint = "for a family write a function: p(i) = …" if "[" in head.text else ""
            if hint:
                raise Fault(f"{head.text} cannot be defined", head, hint)
            return read_name(head), None, body
        params = tuple(read_name(p) for p in entries(head.cut(*match.span(2)), "a parameter"))
        if len(set(params)) < len(params):
            raise Fault("two parameters have the same name", head, "use another letter")
        return read_name(head.cut(*match.span(1))), params, body

    def _add(self, name: str, params: tuple[str, ...] | None, body: _Read) -> None:
        t = body.term
        for used in sorted(term.free(t) & self.unfolded.keys() - set(params or ())):
            behind = self.unfolded[used]
            mentioned = term.free(behind) if isinstance(behind, Term) else term.free(behind.body) - set(behind.params)
            if hidden := sorted(mentioned & set(params or ())):
                message = f"the parameter {hidden[0]} hides the {hidden[0]} that {used} mentions"
                raise Fault(message, body.piece, "use another letter for the parameter")
        inner = {n: r for n, r in self.unfolded.items() if n not in (params or ())}
        self.measures[name] = self._measure(body)
        unfolded = term.unfold(t, inner)
        if lost := sorted(set(params or ()) - term.evaluated(unfolded)):
            message = f"the parameter {lost[0]} of {name} may go unused, so that nobody would ask whether its argument is defined"
            raise Fault(message, body.piece, "use it outside every case and filter, or leave it out")
        self.definitions[name] = t if params is None else Lambda(params, t)
        self.unfolded[name] = unfolded if params is None else Lambda(params, unfolded)
        dimensions = 0
        while t.op == "array":
            dimensions, t = dimensions + 1, t.args[0]
        self.names[name] = Shape(dimensions, len(params or ()))

    def _measure(self, read: _Read) -> _Measure:
        """No less than the size of the term once its definitions are unfolded. Raises Fault where that is too large."""

        def measure(t: Term) -> _Measure:
            if t.op == "sym":
                return self.measures.get(t.name, _Measure(1, 1))
            below = [measure(c) for c in t.children]
            if t.op == "apply":
                (head, *arguments) = below
                return _Measure(head.nodes * max(1, sum(m.nodes for m in arguments)), head.depth + max(m.depth for m in arguments))
            return _Measure(1 + sum(m.nodes for m in below), 1 + max((m.depth for m in below), default=0))

        found = measure(read.term)
        if found.nodes > MAX_UNFOLDED or found.depth > MAX_DEPTH:
            much = f"more than {MAX_DEPTH} levels deep" if found.depth > MAX_DEPTH else f"larger than {MAX_UNFOLDED} symbols"
            raise Fault(f"with its definitions unfolded this is {much}", read.piece)
        return found

    # -- terms

    def _fit(self, checker: Checker, read: _Read, *sorts: str, params: tuple[str, ...] = ()) -> None:
        try:
            checker.check(read.term, *sorts, params=params)
        except Misfit as misfit:
            raise Fault(misfit.message, locate(read.piece, read.term, misfit.term), misfit.hint) from None

    def _term(self, piece: Piece) -> _Read:
        for match in at_depth_0(piece.text, RELATION):
            if match.group() == "=":
                hint = "write each step on its own line; in a proposition equality is written =="
                raise Fault("a second relation on one line", piece.cut(*match.span()), hint)
        try:
            if piece.text not in self.terms:
                self.terms[piece.text] = read(piece, self.names)
            return _Read(self.terms[piece.text], piece)
        except Fault as fault:
            if fault.message.startswith("unknown symbol") and not self.givens.symbols:
                fault.message += ", and the page has no given"
            raise

    def _check(self, read: _Read, relation: Relation, opposite: Term) -> None:
        """Check a side of a step, as it is written and unfolded."""
        if read.term in INFINITE:
            if opposite.op != "limit":
                raise Fault("oo is no number", read.piece, "oo is the point of a limit, or the whole side opposite a limit")
            return
        sorts = (PROPOSITION,) if relation is Relation.IFF else (VALUE, MAXIMISERS) if relation is Relation.EQ else (VALUE,)
        if (read.term, sorts) in self.checked:
            return
        self._fit(self.checker, read, *sorts)
        if not term.free(read.term).isdisjoint(self.unfolded):
            self._measure(read)
            try:
                self.unfolded_checker.check(term.unfold(read.term, self.unfolded), *sorts)
            except (Misfit, term.CaptureError) as error:
                hint = error.hint if isinstance(error, Misfit) else ""
                raise Fault(f"with the definitions unfolded: {error}", read.piece, hint) from None
        self.checked.add((read.term, sorts))

    def _claim(self, piece: Piece) -> tuple[_Read, Relation, _Read]:
        found = list(at_depth_0(piece.text, RELATION))
        signs = [m for m in found if m.group() == "iff"] or found
        if not signs:
            raise Fault("the claim has no relation", piece, "write claim left = right")
        if signs[0].group() not in list(Relation):
            raise Fault(f"{signs[0].group()} is no relation between two sides", piece.cut(*signs[0].span()), _meant(signs[0].group()))
        if len(signs) > 1:
            hint = "the chain begins with its first expression, on a line of its own"
            raise Fault("the claim has two relations", piece.cut(*signs[1].span()), hint)
        relation = Relation(signs[0].group())
        left, right = self._term(piece.cut(0, signs[0].start())), self._term(piece.cut(signs[0].end()))
        self._sides(left, relation, right)
        return left, relation, right

    def _sides(self, left: _Read, relation: Relation, right: _Read) -> None:
        self._check(left, relation, right.term)
        self._check(right, relation, left.term)
        digits = right.term.args[0] if right.term.op == "neg" else right.term
        if relation is Relation.APPROX and digits.op != "num":
            raise Fault("~= needs a decimal number on its right", right.piece, "such as ~= 1.04")

    # -- the chain

    def _chain(self, written: list[Statement]) -> list[tuple[Line, _Read]]:
        out: list[tuple[Line, _Read]] = []
        for i, statement in enumerate(written):
            line, read = self._line(statement.body, first=i == 0)
            if line.relation is not None:
                before, after = out[-1], (line, read)
                if before[0].relation is Relation.APPROX:
                    raise Fault("~= stands only in the last step", written[i - 1].body, "an approximate value is the end of a chain")
                self._sides(before[1], line.relation, after[1])
            out.append((line, read))
        return out

    def _line(self, body: Piece, first: bool) -> tuple[Line, _Read]:
        sign = STARTS_WITH_RELATION.match(body.text)
        if first and sign:
            raise Fault("the chain begins with a relation", body.cut(*sign.span()), "its first line is the left side of the claim alone")
        if not first and sign is None:
            meant = next((hint for wrong, hint in _MEANT.items() if body.text.startswith(wrong)), "")
            raise Fault("this line starts with no relation", body, f"write {meant}" if meant else _LINE_HINT)
        rest = body.cut(sign.end() if sign else 0)
        rest, expect = self._expectation(rest)
        by = next(at_depth_0(rest.text, BY), None)
        reasons, free_words = self._reasons(rest.cut(by.end())) if by else ((), Words())
        if first and (by or expect):
            raise Fault("the first line of a chain is no step", body, "reasons stand beside the steps below it")
        read = self._term(rest.cut(0, by.start() if by else None))
        relation = Relation(sign.group(1)) if sign else None
        return Line(read.term, self.place_of(body.start), relation, reasons, free_words, expect), read

    def _expectation(self, piece: Piece) -> tuple[Piece, str]:
        match = re.search(r"(?<!\S)expect(?!\S)\s*(\S*)$", piece.text)
        if match is None:
            return piece, ""
        if match.group(1) != "refuted":
            raise Fault("only a refutation can be expected", piece.cut(match.start()), "write expect refuted")
        return piece.cut(0, match.start()), "refuted"

    def _reasons(self, piece: Piece) -> tuple[tuple[str, ...], Words]:
        colon = re.search("[:：]", piece.text)
        named = piece.cut(0, colon.start() if colon else None)
        free_words = words(piece.text[colon.end() :]) if colon else Words()
        found = []
        for part in split(named, "[,，、]"):
            if not part.text:
                raise Fault("a reason is missing here", part, "such as by algebra; or write no by, and the program looks for the reason")
            found.append(read_reason(part, self.givens, self.definitions, self.names))
        return tuple(found), free_words

    def _compare(self, left: _Read, relation: Relation, right: _Read, lines: list[tuple[Line, _Read]], claim: Piece) -> None:
        """Check that the relations of the chain compose, and that the chain says what the claim says."""
        composed = Relation.EQ
        for line, where in lines[1:]:
            assert line.relation is not None
            if (composed, line.relation) not in COMPOSED:
                hint = "a chain goes one way: all of =, <=, < or all of =, >=, >"
                raise Fault(f"{composed} and then {line.relation} do not compose", where.piece, hint)
            composed = COMPOSED[composed, line.relation]
        ends = (("begin with the left side", left, lines[0]), ("end with the right side", right, lines[-1]))
        for which, expected, (_, got) in ends:
            if expected.term != got.term:
                both = f"expected {_short(expected.term)}, got {_short(got.term)}"
                raise Fault(f"the chain does not {which} of the claim: {both}", got.piece, "the two have to be written alike")
        if (composed, relation) not in STRONGER:
            hint = f"claim {composed}, or mend the relations of the chain"
            raise Fault(f"the chain shows {composed}, and the claim says {relation}", claim, hint)


def _short(t: Term) -> str:
    shown = show(t)
    return shown if len(shown) <= _SHOWN else shown[: _SHOWN - 1] + "…"


def _meant(sign: str) -> str:
    return f"write {_MEANT[sign]}" if sign in _MEANT else "the relations are =, <=, <, >=, >, ~= and iff"


def _array(read: _Read) -> Term:
    """A list of numbers, or a rectangle of them, with -1/2 and the like read as numbers. Raises Fault."""

    def fail(part: Term, message: str, hint: str = "") -> NoReturn:
        raise Fault(message, locate(read.piece, read.term, part), hint)

    def value(t: Term) -> Term:
        if t.op == "num":
            return t
        if t.op == "neg":
            return term.num(-(inner := value(t.args[0])).args[0], inner.args[1])
        if t.op == "div":
            above, below = value(t.args[0]).args[0], value(t.args[1]).args[0]
            if below == 0:
                fail(t, "division by zero")
            return term.num(Fraction(above) / below)
        fail(t, f"{show(t)} is no number", "a list holds numbers such as 3, -0.25 or 1/3")

    def shape(t: Term) -> tuple[int, ...]:
        if t.op != "array":
            return ()
        shapes = [shape(row) for row in t.args]
        for row, found in zip(t.args, shapes, strict=True):
            if found != shapes[0]:
                fail(row, f"the rows are not of one length: expected {_size(shapes[0])}, got {_size(found)}")
        return (len(t.args), *shapes[0])

    def convert(t: Term) -> Term:
        return term.call("array", *map(convert, t.args)) if t.op == "array" else value(t)

    shape(read.term)
    return convert(read.term)


def _size(shape: tuple[int, ...]) -> str:
    return "×".join(map(str, shape)) or "a number"

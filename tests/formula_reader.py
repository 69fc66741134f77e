r"""Reads printed formulas as a mathematician would: LaTeX, MathML, Office Math and Typst → one layout → a term.

It knows nothing of the printers, and of a formula only what can be seen: invisible signs and the way a format groups its source are
ignored. What two mathematicians might read differently it does not read at all (`Unreadable`): `a/bc`, `log x y`, `x + −y`, a
brace of cases with something behind it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal
from xml.etree import ElementTree

from derive.term import OO, PI, REALS, TRUE, E, Term, binder, call, conjunction, num, sym


class Unreadable(Exception):
    """A formula that has no meaning, or more than one."""


# -- what is seen


@dataclass(frozen=True)
class Sign:
    """A letter in italics, something upright, a number, an operator or a bracket, or words."""

    kind: Literal["letter", "upright", "number", "sign", "words"]
    text: str


@dataclass(frozen=True)
class Over:
    """One thing above another, with a line between them."""

    top: Layout
    bottom: Layout


@dataclass(frozen=True)
class Scripts:
    """Something with an index or an exponent; or an operator with what is below and above it."""

    base: Layout
    sub: Layout | None
    sup: Layout | None


@dataclass(frozen=True)
class Root:
    """A square root."""

    body: Layout


@dataclass(frozen=True)
class Group:
    """What stands in brackets; one of them may be missing."""

    opening: str
    body: Layout
    closing: str


@dataclass(frozen=True)
class Table:
    """Cells in rows."""

    rows: tuple[tuple[Layout, ...], ...]


Item = Sign | Over | Scripts | Root | Group | Table
Layout = tuple[Item, ...]

_CLOSING = {"(": ")", "[": "]", "{": "}", "lvert": "rvert"}  # of bars TeX says which begins


def grouped(items: Layout) -> Layout:
    """Brackets that stand by themselves are put together with what is between them."""
    stack: list[tuple[str, list[Item]]] = [("", [])]
    for item in map(_inside, items):
        bracket, scripts = _bracket(item)
        if bracket in _CLOSING:
            stack.append((bracket, []))
        elif bracket in _CLOSING.values():
            opening, body = stack.pop()
            if not stack or _CLOSING[opening] != bracket:
                raise Unreadable(f"{bracket} closes nothing")
            group = Group("|", tuple(body), "|") if opening == "lvert" else Group(opening, tuple(body), bracket)
            stack[-1][1].append(Scripts((group,), scripts.sub, scripts.sup) if scripts else group)
        else:
            stack[-1][1].append(item)
    if len(stack) > 1:
        raise Unreadable(f"{stack[-1][0]} is not closed")
    return tuple(stack[0][1])


def _bracket(item: Item) -> tuple[str, Scripts | None]:
    """The bracket that an item is, with what a closing one carries."""
    if isinstance(item, Sign) and item.kind == "sign":
        return item.text, None
    if isinstance(item, Scripts) and len(item.base) == 1 and item.base[0] in [Sign("sign", text) for text in _CLOSING.values()]:
        return _bracket(item.base[0])[0], item
    return "", None


def _inside(item: Item) -> Item:
    match item:
        case Over(top, bottom):
            return Over(grouped(top), grouped(bottom))
        case Scripts(base, sub, sup):
            alone = len(base) == 1 and isinstance(base[0], Sign)
            return Scripts(base if alone else grouped(base), *(None if x is None else grouped(x) for x in (sub, sup)))
        case Root(body):
            return Root(grouped(body))
        case Group(opening, body, closing):
            return Group(opening, grouped(body), closing)
        case Table(rows):
            return Table(tuple(tuple(map(grouped, r)) for r in rows))
    return item


# -- LaTeX

_LATEX_TOKEN = re.compile(r"\\begin\{\w+\}|\\end\{\w+\}|\\(?:[A-Za-z]+|.)|\d+(?:\.\d+)?|\S")
_LATEX_SIGNS = {
    "cdot": "·", "le": "≤", "ge": "≥", "ne": "≠", "Leftrightarrow": "⇔", "in": "∈", "to": "→", "sum": "∑", "prod": "∏", "int": "∫",
    "infty": "∞", "partial": "∂", "dots": "…", "lvert": "lvert", "rvert": "rvert", "{": "{", "}": "}",
}  # fmt: skip
_GREEK = {"alpha": "α", "delta": "δ", "epsilon": "ϵ", "theta": "θ", "pi": "π", "sigma": "σ", "Theta": "Θ"}
_FUNCTIONS = ("log", "exp", "sin", "cos", "tan", "sinh", "cosh", "tanh", "max", "min", "lim")


def from_latex(source: str) -> Layout:
    """The layout of a formula in LaTeX."""
    parser = _Latex(_LATEX_TOKEN.findall(source), re.findall(r"\\text\{([^}]*)\}", source))
    out = parser.row()
    if parser.tokens:
        raise Unreadable(f"{parser.tokens[0]} is left over in {source}")
    return grouped(out)


class _Latex:
    def __init__(self, tokens: list[str], texts: list[str]) -> None:
        self.tokens, self.texts = tokens, texts

    def row(self) -> Layout:
        out: list[Item] = []
        while self.tokens and self.tokens[0] not in ("}", "&", r"\\", r"\right") and not self.tokens[0].startswith(r"\end"):
            item = self.item()
            sub = sup = None
            while self.tokens and self.tokens[0] in ("_", "^", r"\limits"):
                which = self.tokens.pop(0)
                sub, sup = (self.argument() if which == "_" else sub), (self.argument() if which == "^" else sup)
            out += item if sub is sup is None else (Scripts(item, sub, sup),)
        return tuple(out)

    def argument(self) -> Layout:
        return self.braced() if self.tokens[0] == "{" else self.item()

    def braced(self) -> Layout:
        self.expect("{")
        out = self.row()
        self.expect("}")
        return out

    def expect(self, token: str) -> None:
        if not self.tokens or self.tokens.pop(0) != token:
            raise Unreadable(f"{token} is missing")

    def item(self) -> Layout:
        token = self.tokens.pop(0)
        if token == "{":
            self.tokens.insert(0, token)
            return self.braced()
        if token[0].isdigit():
            return (Sign("number", token),)
        if token[0] != "\\":
            return (Sign("letter" if token.isalpha() else "sign", "−" if token == "-" else token),)
        name = token[1:]
        if name in (",", "quad", "!"):
            return ()
        if name in _FUNCTIONS:
            return (Sign("upright", name),)
        if name in _GREEK:
            return (Sign("letter", _GREEK[name]),)
        if name in _LATEX_SIGNS:
            return (Sign("sign", _LATEX_SIGNS[name]),)
        return self.command(name)

    def command(self, name: str) -> Layout:
        match name:
            case "frac":
                return (Over(self.braced(), self.braced()),)
            case "sqrt":
                return (Root(self.braced()),)
            case "mathbb":
                return (Sign("upright", {"R": "ℝ"}[self.raw()]),)
            case "mathrm":
                return (Sign("upright", self.raw().replace(r"\,", " ").replace(r"\_", "_")),)
            case "text":
                self.raw()
                return (Sign("words", self.texts.pop(0).strip()),)
            case "textcolor":
                self.raw()
                return self.braced()
            case "changed" | "wrong" | "mathop":
                return self.braced()
            case "left":
                opening = self.delimiter()
                body = self.row()
                self.expect(r"\right")
                return (Group(opening, body, self.delimiter()),)
            case "begin{cases}":
                return (Group("{", (self.table(),), ""),)
            case "begin{bmatrix}":
                return (Group("[", (self.table(),), "]"),)
        raise Unreadable(f"\\{name} is not known")

    def raw(self) -> str:
        self.expect("{")
        end = self.tokens.index("}")
        out, self.tokens = self.tokens[:end], self.tokens[end + 1 :]
        return "".join(out)

    def delimiter(self) -> str:
        token = self.tokens.pop(0)
        return {".": "", r"\lvert": "|", r"\rvert": "|", r"\{": "{", r"\}": "}"}.get(token, token)

    def table(self) -> Table:
        rows: list[tuple[Layout, ...]] = []
        cells: list[Layout] = []
        while True:
            cells.append(self.row())
            token = self.tokens.pop(0)
            if token == "&":
                continue
            rows.append(tuple(cells))
            cells = []
            if token != r"\\":
                return Table(tuple(rows))


# -- MathML

_NAME = re.compile(r"[A-Za-z][A-Za-z _0-9]+")


def from_mathml(source: str) -> Layout:
    """The layout of a formula in MathML."""
    return grouped(tuple(_mathml_row(ElementTree.fromstring(source))))


def _mathml_row(parent: ElementTree.Element) -> Iterator[Item]:
    for child in parent:
        yield from _mathml(child)


def _mathml(e: ElementTree.Element) -> Layout:
    tag = e.tag.rpartition("}")[2]
    text = (e.text or "").replace("\u00a0", " ").strip()
    parts = list(e)
    match tag:
        case "mi":
            italic = len(text) == 1 and e.get("mathvariant") != "normal"
            return (_letter_or_sign(text, italic),)
        case "mn":
            return (Sign("number", text.replace("−", "-")),)
        case "mo" if text in ("\u2061", "\u2062"):
            return ()
        case "mo":
            return (Sign("upright", text) if _NAME.fullmatch(text) else Sign("sign", text),)
        case "mtext":
            return (Sign("words", text),) if text else ()
        case "mspace":
            return ()
        case "mfrac":
            return (Over(_mathml(parts[0]), _mathml(parts[1])),)
        case "msqrt":
            return (Root(tuple(_mathml_row(e))),)
        case "msub" | "munder":
            return (Scripts(_mathml(parts[0]), _mathml(parts[1]), None),)
        case "msup" | "mover":
            return (Scripts(_mathml(parts[0]), None, _mathml(parts[1])),)
        case "msubsup" | "munderover":
            return (Scripts(_mathml(parts[0]), _mathml(parts[1]), _mathml(parts[2])),)
        case "mtable":
            return (Table(tuple(tuple(tuple(_mathml_row(cell)) for cell in row) for row in parts)),)
        case "mrow" | "math" | "mstyle":
            return _enclosed(tuple(_mathml_row(e)))
    raise Unreadable(f"<{tag}> is not known")


def _letter_or_sign(text: str, italic: bool) -> Sign:
    if text in "∞∂…∑∏∫":
        return Sign("sign", text)
    return Sign("letter" if italic else "upright", text)


def _enclosed(items: Layout) -> Layout:
    """Bars and braces say of themselves that they belong together only by standing at both ends of a row."""
    first, last = items[:1], items[-1:]
    if first == (Sign("sign", "|"),) == last and len(items) > 2:
        return (Group("|", items[1:-1], "|"),)
    if last == (Sign("sign", "|"),):
        return (Group("", items[:-1], "|"),)
    if first == (Sign("sign", "{"),) and isinstance(items[-1], Table):
        return (Group("{", items[1:], ""),)
    return items


# -- Office Math

_M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"


def from_omml(source: str) -> Layout:
    """The layout of a formula in Office Math."""
    return grouped(tuple(_omml_row(ElementTree.fromstring(source))))


def _omml_row(parent: ElementTree.Element | None) -> Iterator[Item]:
    for child in () if parent is None else parent:
        yield from _omml(child)


def _omml(e: ElementTree.Element) -> Layout:
    tag = e.tag.removeprefix(_M)

    def child(name: str) -> Layout:
        return tuple(_omml_row(e.find(_M + name)))

    def value(of: str, name: str, default: str) -> str:
        found = e.find(f"{_M}{of}/{_M}{name}")
        return default if found is None else found.get(f"{_M}val", default)

    match tag:
        case "r":
            return _omml_run(e)
        case "f":
            return (Over(child("num"), child("den")),)
        case "rad":
            return (Root(child("e")),)
        case "sSub":
            return (Scripts(child("e"), child("sub"), None),)
        case "sSup":
            return (Scripts(child("e"), None, child("sup")),)
        case "sSubSup":
            return (Scripts(child("e"), child("sub"), child("sup")),)
        case "nary":
            sign = (Sign("sign", value("naryPr", "chr", "∫")),)
            return (Scripts(sign, child("sub"), child("sup") or None), *child("e"))
        case "limLow":
            return (Scripts(child("e"), child("lim"), None),)
        case "func":
            return (*child("fName"), *child("e"))
        case "d":
            return (Group(value("dPr", "begChr", "("), child("e"), value("dPr", "endChr", ")")),)
        case "m":
            return (Table(tuple(tuple(tuple(_omml_row(cell)) for cell in row) for row in e.findall(f"{_M}mr"))),)
        case "oMath":
            return tuple(_omml_row(e))
    return ()


def _omml_run(run: ElementTree.Element) -> Layout:
    text = "".join(t.text or "" for t in run.findall(f"{_M}t")).replace("\u200b", "").replace("⋅", "·").strip()
    italic = (found := run.find(f"{_M}rPr/{_M}sty")) is not None and found.get(f"{_M}val") == "i"
    if not text:
        return ()
    if re.fullmatch(r"[\d.]+", text):
        return (Sign("number", text),)
    if italic:
        return (_letter_or_sign(text, True),)
    if text in _WORDS:
        return (Sign("words", text),)
    return (Sign("upright", text) if text[0].isalpha() else Sign("sign", text),)


_WORDS = {"if", "and", "or", "not", "true", "otherwise", "若", "且", "或", "非", "真", "其他"}


# -- Typst: calls of the functions of the template, which show what their names say

_TYPST_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[A-Za-z][A-Za-z.-]*|-?[\d.]+em|\[\]|\S')


def from_typst(source: str) -> Layout:
    """The layout of a formula in Typst's code."""
    tokens = _TYPST_TOKEN.findall(source)
    out = _typst(tokens)
    if tokens:
        raise Unreadable(f"{tokens[0]} is left over")
    return grouped(out)


def _typst(tokens: list[str]) -> Layout:
    token = tokens.pop(0)
    if token == "{":
        out: Layout = ()
        while tokens[0] != "}":
            out += _typst(tokens)
            if tokens[0] == ";":
                tokens.pop(0)
        tokens.pop(0)
        return out
    if token in ("[]", "space"):
        return ()
    if token[0] == '"':
        return (Sign("words", re.sub(r"\\(.)", r"\1", token[1:-1])),)
    if token == "(":  # several things in brackets
        return (Table((tuple(_typst_list(tokens)),)),)
    if not tokens or tokens.pop(0) != "(":
        raise Unreadable(f"{token} is not known")
    named: dict[str, Layout] = {}
    return _typst_call(token, list(_typst_list(tokens, named)), named)


def _typst_list(tokens: list[str], named: dict[str, Layout] | None = None) -> Iterator[Layout]:
    """Arguments up to the closing bracket; those with a name are put aside."""
    while tokens[0] != ")":
        if len(tokens) > 1 and tokens[1] == ":" and named is not None:
            name, _ = tokens.pop(0), tokens.pop(0)
            named[name] = _typst(tokens)
        elif tokens[0].endswith("em"):
            tokens.pop(0)
        else:
            yield _typst(tokens)
        if tokens[0] == ",":
            tokens.pop(0)
    tokens.pop(0)


def _typst_call(name: str, args: list[Layout], named: dict[str, Layout]) -> Layout:
    def string(i: int) -> str:
        (found,) = args[i]
        assert isinstance(found, Sign)
        return found.text

    match name:
        case "variable":
            return (Sign("letter", string(0)),)
        case "number":
            return (Sign("number", string(0)),)
        case "name":
            return (Sign("upright", string(0)),)
        case "upright":
            return (_letter_or_sign(string(0), False),)
        case "binary" | "relation" | "prefix" | "punctuation":
            return (Sign("sign", string(0)),)
        case "words":
            return (Sign("words", string(1)),)
        case "h":
            return ()
        case "fraction":
            return (Over(args[0], args[1]),)
        case "scripted":
            return (Scripts(args[0], named.get("b"), named.get("t")),)
        case "stacked" | "named":
            base = Sign("sign" if name == "stacked" else "upright", string(0))
            return (Scripts((base,), named.get("b"), named.get("t")),)
        case "math.sqrt":
            return (Root(args[0]),)
        case "fenced":
            return (Group(string(0), args[1], string(2)),)
        case "alternatives":
            return (Group("{", (Table(tuple(row.rows[0] for (row,) in args if isinstance(row, Table))),), ""),)
        case "changed" | "wrong" | "wrong-sign":
            return args[0]
    raise Unreadable(f"{name} is not known")


# -- what it means


class Reader:
    """Reads layouts over names that one has to know: what each symbol looks like, how many indices a family has, which are functions."""

    def __init__(self, symbols: Mapping[str, str], families: Mapping[str, int], functions: Sequence[str]) -> None:
        self.symbols, self.families, self.functions = symbols, families, functions

    def term(self, layout: Layout) -> Term:
        """What a whole formula means."""
        row = _Row(self, layout)
        out = row.proposition() if row.relates() else row.expression()
        row.end()
        return out


_COMPARED = {"=": "eq", "≠": "ne", "<": "lt", "≤": "le", ">": "gt", "≥": "ge"}
_IF, _AND, _OR, _NOT, _TRUE = ({"if", "若"}, {"and", "且"}, {"or", "或"}, {"not", "非"}, {"true", "真"})
_OTHERWISE = {"otherwise", "其他"}


class _Row:
    """Reads one row from left to right."""

    def __init__(self, reader: Reader, items: Layout) -> None:
        self.reader, self.items, self.at = reader, items, 0

    # -- looking

    def peek(self) -> Item | None:
        return self.items[self.at] if self.at < len(self.items) else None

    def is_sign(self, *texts: str) -> bool:
        found = self.peek()
        return isinstance(found, Sign) and found.kind == "sign" and found.text in texts

    def is_word(self, words: set[str]) -> bool:
        found = self.peek()
        return isinstance(found, Sign) and found.kind == "words" and found.text in words

    def take(self) -> Item:
        found = self.peek()
        if found is None:
            raise Unreadable("something is missing")
        self.at += 1
        return found

    def end(self) -> None:
        if self.at < len(self.items):
            raise Unreadable(f"{self.items[self.at :]} is left over")

    def relates(self) -> bool:
        return any(isinstance(x, Sign) and ((x.kind == "sign" and x.text in _COMPARED) or x.kind == "words") for x in self.items)

    def goes_on(self) -> bool:
        """Whether another factor follows side by side, or behind a dot or a stroke."""
        found = self.peek()
        if found is None or (isinstance(found, Sign) and (found.kind == "words" or found.text in ("+", "−", ",", "∈", "→", *_COMPARED))):
            return False
        return not (isinstance(found, Sign) and found == Sign("upright", "d") and self.at + 1 < len(self.items))

    def whole(self, layout: Layout) -> Term:
        return self.reader.term(layout)

    def parts(self, layout: Layout) -> list[Layout]:
        """What stands between commas."""
        out: list[list[Item]] = [[]]
        for item in layout:
            if item == Sign("sign", ","):
                out.append([])
            else:
                out[-1].append(item)
        return [tuple(part) for part in out]

    # -- propositions

    def proposition(self) -> Term:
        out = self.conjunct()
        while self.is_word(_AND) or self.is_word(_OR):
            op = "and" if self.is_word(_AND) else "or"
            self.take()
            out = call(op, out, self.conjunct())
        return out

    def conjunct(self) -> Term:
        if self.is_word(_TRUE):
            self.take()
            return TRUE
        if self.is_word(_NOT):
            self.take()
            return call("not", self.bracketed())
        if isinstance(found := self.peek(), Group) and found.opening == "(" and _Row(self.reader, found.body).relates():
            return self.bracketed()
        left = self.expression()
        sign = self.take()
        if not isinstance(sign, Sign) or sign.text not in _COMPARED:
            raise Unreadable(f"{sign} is no relation")
        return call(_COMPARED[sign.text], left, self.expression())

    def bracketed(self) -> Term:
        group = self.take()
        if not isinstance(group, Group) or (group.opening, group.closing) != ("(", ")"):
            raise Unreadable("brackets are missing")
        return self.whole(group.body)

    # -- sums and products

    def expression(self) -> Term:
        negative = self.is_sign("−")
        self.at += negative
        out = self.product()
        if negative:
            out = call("neg", out)
        while self.is_sign("+", "−"):
            op = "add" if self.is_sign("+") else "sub"
            self.take()
            out = call(op, out, self.product())
        return out

    def product(self) -> Term:
        start = self.at
        out = self.factor()
        sliced = False
        while self.goes_on():
            if sliced:
                raise Unreadable("what belongs below a stroke?")
            if _is_evaluated(self.peek()) or _is_evaluated(self.items[start]):
                raise Unreadable("how far does the bar reach?")
            if self.is_sign("/"):
                self.take()
                out, sliced = call("div", out, self.factor()), True
                continue
            if self.is_sign("·"):
                self.take()
            elif _is_number(self.items[self.at - 1], last=True) and _is_number(self.peek(), last=False):
                raise Unreadable("two numbers side by side")
            out = call("mul", out, self.factor())
        return out

    def body(self) -> Term:
        """What an operator is applied to: all factors that follow."""
        if _is_evaluated(self.peek()):
            raise Unreadable("how far does the bar reach?")
        return self.product()

    # -- factors

    def factor(self) -> Term:
        match self.take():
            case Sign("number", text):
                return num(Fraction(text), len(text.partition(".")[2]))
            case Sign("letter", text):
                return self.name(text)
            case Sign("upright", text):
                return self.upright(text)
            case Sign("sign", "∞"):
                return OO
            case Over(top, bottom):
                return self.over(top, bottom)
            case Root(body):
                return call("sqrt", self.whole(body))
            case Group("(", body, ")"):
                return self.whole(body)
            case Group("|", body, "|"):
                return call("abs", self.whole(body))
            case Group("{", (Table(rows),), ""):
                if self.peek() is not None:
                    raise Unreadable("something stands behind a brace")
                return call("cases", *(t for value, guard in rows for t in (self.whole(value), self.guard(guard))))
            case Scripts() as item:
                return self.scripted(item)
            case item:
                raise Unreadable(f"{item} is no factor")

    def guard(self, layout: Layout) -> Term:
        row = _Row(self.reader, layout)
        if row.is_word(_OTHERWISE) and len(row.items) == 1:
            return TRUE
        if not row.is_word(_IF):
            raise Unreadable("a case without if")
        row.take()
        return self.whole(row.items[1:])

    def name(self, shown: str) -> Term:
        if shown in self.reader.functions:
            return call("apply", sym(shown), *self.arguments())
        if shown == "e":
            return E
        if shown == "π":
            return PI
        if shown not in self.reader.symbols:
            raise Unreadable(f"{shown} is not known")
        return sym(self.reader.symbols[shown])

    def arguments(self) -> list[Term]:
        group = self.take()
        if not isinstance(group, Group) or group.opening != "(":
            raise Unreadable("a function without its argument")
        return [self.whole(part) for part in self.parts(group.body)]

    def upright(self, text: str, base: Layout | None = None) -> Term:
        if text in ("exp", "max", "min"):
            return call(text, *self.arguments())
        if text in _FUNCTIONS:
            return call(text, self.letter_or_brackets(), *([] if base is None else [self.whole(base)]))
        return self.name(text)

    def letter_or_brackets(self) -> Term:
        """The argument of a function: in brackets, or the next letter or number, if nothing follows that may belong to it too."""
        if isinstance(self.peek(), Group):
            (out,) = self.arguments()
            return out
        found = self.take()
        letter = found.base[0] if isinstance(found, Scripts) and found.sup is None and len(found.base) == 1 else found
        if not isinstance(letter, Sign) or letter.kind not in ("letter", "upright", "number"):
            raise Unreadable("an argument that is no letter or number needs brackets")
        self.at -= 1
        out = self.factor()
        if self.goes_on():
            raise Unreadable("how far does the argument reach?")
        return out

    def over(self, top: Layout, bottom: Layout) -> Term:
        if not bottom or _differential(bottom[0]) is None:
            return call("div", self.whole(top), self.whole(bottom))
        order = _differential(top[0]) if top else None
        variable = bottom[1:]
        if order is None or len(variable) != 1:
            raise Unreadable("half a derivative")
        if order > 1:
            raised = variable[0]
            if not isinstance(raised, Scripts) or raised.sup != (Sign("number", str(order)),):
                raise Unreadable("orders of a derivative that differ")
            variable = raised.base if raised.sub is None else (Scripts(raised.base, raised.sub, None),)
        out = self.whole(top[1:]) if len(top) > 1 else self.body()
        for _ in range(order):
            out = call("diff", out, self.whole(variable))
        return out

    # -- indices and exponents

    def scripted(self, item: Scripts) -> Term:
        if len(item.base) == 1 and isinstance(sign := item.base[0], Sign):
            match sign:
                case Sign("sign", "∑" | "∏" as text):
                    return self.binder({"∑": "sum", "∏": "prod"}[text], item)
                case Sign("upright", "arg max" | "arg min" as text):
                    return self.binder(text.replace(" ", ""), item)
                case Sign("upright", "lim"):
                    return self.limit(item)
                case Sign("sign", "∫"):
                    return self.integral(item)
                case Sign("upright", "log") if item.sup is None:
                    return self.upright("log", item.sub)
                case Sign("letter", "e") if item.sub is None and item.sup is not None:
                    return call("exp", self.whole(item.sup))
        base = self.indexed(item)
        return base if item.sup is None else call("pow", base, self.whole(item.sup))

    def indexed(self, item: Scripts) -> Term:
        if item.base[:1] and isinstance(item.base[0], Group) and item.base[0].opening == "" and item.sub is not None:
            return self.evaluated(item.base[0].body, item.sub)
        if item.sub is None:
            return self.simple(item.base)
        shown = _shown(item.base)
        if shown == "δ":
            return call("delta", *self.indices(item.sub, 2))
        if (arity := self.reader.families.get(shown)) is not None:
            return call("elem", sym(shown), *self.indices(item.sub, arity))
        whole = f"{shown}_{_shown(item.sub)}"
        if whole not in self.reader.symbols:
            raise Unreadable(f"{whole} is not known")
        return sym(self.reader.symbols[whole])

    def simple(self, base: Layout) -> Term:
        """What an exponent may stand at: a symbol, a number, brackets, a function applied to brackets."""
        first = base[0]
        brackets = isinstance(first, Group) and first.opening in ("(", "|")
        applied = isinstance(first, Sign) and (first.text in self.reader.functions or first.text in ("max", "min")) and len(base) == 2
        index = isinstance(first, Scripts) and first.sup is None
        plain = isinstance(first, Sign) and first.kind != "sign" and first.text not in _FUNCTIONS
        if not (applied or (len(base) == 1 and (brackets or plain or index))):
            raise Unreadable(f"an exponent at {base}")
        return self.whole(base)

    def indices(self, layout: Layout, arity: int) -> list[Term]:
        parts = self.parts(layout)
        if len(parts) == 1 and arity == len(layout) > 1 and all(isinstance(x, Sign) and x.kind == "letter" for x in layout):
            parts = [(x,) for x in layout]
        if len(parts) != arity:
            raise Unreadable(f"{len(parts)} indices instead of {arity}")
        return [self.whole(part) for part in parts]

    # -- what binds a variable

    def range(self, under: Layout | None, over: Layout | None) -> tuple[str, Term, Term]:
        first, *filters = self.parts(under or ())
        row = _Row(self.reader, first)
        var = row.factor().name
        if row.is_sign("∈"):
            row.take()
            over_ = REALS if row.items[row.at :] == (Sign("upright", "ℝ"),) else row.expression()
        else:
            if first[1:] != (Sign("sign", "="), Sign("number", "1")) or over is None:
                raise Unreadable("a range that does not begin at 1")
            over_ = self.whole(over)
        return var, over_, conjunction(self.whole(f) for f in filters)

    def binder(self, op: str, item: Scripts) -> Term:
        var, over, where = self.range(item.sub, item.sup)
        return binder(op, self.body(), var, over, where)

    def limit(self, item: Scripts) -> Term:
        row = _Row(self.reader, item.sub or ())
        var = row.factor()
        if not row.is_sign("→"):
            raise Unreadable("a limit without an arrow")
        goal, side = row.items[2:], "both"
        if len(goal) == 1 and isinstance(last := goal[0], Scripts) and last.sup in ((Sign("sign", "+"),), (Sign("sign", "−"),)):
            if len(last.base) != 1:
                raise Unreadable("from which side is what reached?")
            side = "right" if last.sup == (Sign("sign", "+"),) else "left"
            goal = last.base if last.sub is None else (Scripts(last.base, last.sub, None),)
        return call("limit", self.body(), var, self.whole(goal), sym(side))

    def integral(self, item: Scripts) -> Term:
        at = next((i for i in range(self.at, len(self.items) - 1) if self.items[i] == Sign("upright", "d")), None)
        if at is None:
            raise Unreadable("an integral without its differential")
        inner = _Row(self.reader, self.items[self.at : at])
        body = inner.product()
        inner.end()
        self.at = at + 1
        var = self.factor()
        if item.sub == (Sign("sign", "−"), Sign("sign", "∞")) and item.sup == (Sign("sign", "∞"),):
            return binder("integral", body, var.name, REALS)
        _, over, where = self.range(item.sub, item.sup)
        return binder("integral", body, var.name, over, where)

    def evaluated(self, body: Layout, at: Layout) -> Term:
        """`|` with what is put in: a derivative at a place."""
        derivative = self.whole(body)
        place = _Row(self.reader, at)
        variable = place.factor()
        if derivative.op != "diff" or derivative.args[1] != variable or not place.is_sign("="):
            raise Unreadable("a bar that does not evaluate a derivative")
        return call("diff", derivative.args[0], variable, self.whole(place.items[place.at + 1 :]))


def _shown(layout: Layout) -> str:
    """A symbol as it looks: `x`, `x_1`."""
    match layout:
        case (Sign(_, text),):
            return text
        case (Scripts(base, sub, None),) if sub is not None:
            return f"{_shown(base)}_{_shown(sub)}"
        case (Group("(", body, ")"),):
            return _shown(body)
    return ""


def _differential(item: Item) -> int | None:
    """The order, if it is the d of a derivative."""
    sign: Item = item
    order: Layout = (Sign("number", "1"),)
    if isinstance(item, Scripts) and len(item.base) == 1 and item.sub is None and item.sup is not None:
        sign, order = item.base[0], item.sup
    if sign not in (Sign("upright", "d"), Sign("sign", "∂")) or len(order) != 1:
        return None
    return int(order[0].text) if isinstance(order[0], Sign) and order[0].kind == "number" else None


def _is_evaluated(item: Item | None) -> bool:
    return isinstance(item, Scripts) and len(item.base) == 1 and isinstance(group := item.base[0], Group) and group.opening == ""


def _is_number(item: Item | None, last: bool) -> bool:
    """Whether a number is what one sees at the end (or the beginning) of it."""
    if isinstance(item, Scripts) and not last:
        return _is_number(item.base[0], last)
    return isinstance(item, Over) or (isinstance(item, Sign) and item.kind == "number")

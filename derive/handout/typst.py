"""Document → Typst source: formulas as calls of Typst's maths, the rest as calls of template.typ. Knows no PDF and no verdict.

Whatever comes from a page stands in a string literal, so that none of it is ever read as markup or code.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cache
from importlib.resources import files

from derive.handout import formula
from derive.handout.breaking import COLUMN, FULL, broken, width
from derive.handout.document import COLOURS, DRAWINGS, PAPER, Document, Drawing, Figure, Remark, Row, Said, Section, Text
from derive.handout.formula import Array, Big, Cases, Fenced, Fraction, Node, Root, Scripted, Styled, Token
from derive.handout.plotting import draw
from derive.handout.speech import spoken

_NARROW, _INDENTED = 14.0, 36.0  # em: the column of reasons; within the strip of what is given


def string(text: str) -> str:
    """A string literal, in which nothing has a meaning."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c >= " " else f"\\u{{{ord(c):x}}}" for c in escaped) + '"'


# -- formulas


def maths(node: Node) -> str:
    """A formula as an expression of Typst."""
    match node:
        case Token():
            return _token(node)
        case formula.Row(parts):
            return _row([p for p in parts if not (isinstance(p, Token) and p.kind == "invisible")])
        case Fraction(top, bottom):
            return f"fraction({maths(top)}, {maths(bottom)})"
        case Scripted(base, sub, sup):
            return f"scripted({maths(base)}{_limits(sub, sup, _tuck(base, sub))})"
        case Big(sign, under, over):
            return f"{'named' if sign.kind == 'name' else 'stacked'}({string(sign.text)}{_limits(under, over)})"
        case Root(body):
            return f"math.sqrt({maths(body)})"
        case Fenced(opening, body, closing):
            return f"fenced({string(opening)}, {maths(body)}, {string(closing)})"
        case Cases(rows):
            return f"alternatives({', '.join(f'({maths(v)}, {maths(g)})' for v, g in rows)})"
        case Array(rows):
            return f"array-of({', '.join('(' + ''.join(f'{maths(x)}, ' for x in r) + ')' for r in rows)})"
        case Styled("wrong", Token(kind="binary" | "prefix" | "relation") as sign):
            return f"wrong-sign({maths(sign)})"
        case Styled(style, body):
            return f"{style}({maths(body)})"


def _row(parts: Sequence[Node]) -> str:
    """Boxes side by side. Fractions keep a little apart from what they multiply, a range in brackets well apart from what it is for."""
    out = []
    for part, following in zip(parts, (*parts[1:], None), strict=True):
        blank = isinstance(part, Token) and not part.text.strip()
        out.append("h(0.7em)" if blank and isinstance(following, Fenced) else maths(part))
        if following is not None and _close(_edge(part, -1), _edge(following, 0)):
            out.append("h(0.12em)")
    return _joined(out)


def _close(left: Node, right: Node) -> bool:
    """Whether two factors would touch, of which one is a fraction; a name has a space of its own."""
    factors = (Fraction, Fenced, Scripted, Root)
    both = all(isinstance(x, factors) or (isinstance(x, Token) and x.kind in ("variable", "number", "symbol")) for x in (left, right))
    named = isinstance(right, Scripted) and isinstance(right.base, Token) and right.base.kind == "name"
    return both and not named and (isinstance(left, Fraction) or isinstance(right, Fraction))


def _edge(node: Node, which: int) -> Node:
    while isinstance(node, formula.Row | Styled):
        node = node.body if isinstance(node, Styled) else node.parts[which]
    return node


def _limits(below: Node | None, above: Node | None, tuck: str = "") -> str:
    lower = f", b: {{{tuck}{maths(below)}}}" if below is not None else ""
    return lower + (f", t: {maths(above)}" if above is not None else "")


# how far, in em, the right of a letter hangs over an index: the font's kerns keep tall indices clear of it, and too far away
_OVERHANG = {
    **dict.fromkeys("VWY", 0.22), **dict.fromkeys("FJNTU", 0.1), **dict.fromkeys("CSXQγδσ", 0.05), "f": 0.13, "r": 0.05,
}  # fmt: skip
_LOW = frozenset("acegmnopqrsuvwxyzαγεικμνοπρστυωϵ")


def _tuck(base: Node, sub: Node | None) -> str:
    base, sub = _edge(base, -1), sub and _edge(sub, 0)
    if isinstance(sub, Scripted):
        sub = _edge(sub.base, 0)
    if isinstance(base, Token) and base.text in _OVERHANG and isinstance(sub, Token) and sub.text not in _LOW:
        return f"h(-{_OVERHANG[base.text]}em); "
    return ""


def _token(token: Token) -> str:
    match token.kind:
        case "invisible":
            return "none"
        case "symbol":
            return f"upright({string(token.text)})"
        case "words" if not token.text.strip():
            return "space"
        case "words":
            return f"words({string(_language(token.text))}, {string(token.text)})"
    return f"{token.kind}({string(token.text)})"


def equation(node: Node, lang: str, how: str = "shown") -> str:
    """A formula with its text alternative; `inline` within a line of text."""
    return f"{how}({string(spoken(node, lang))}, {maths(node)})"


def fitted(node: Node, lang: str, room: float, how: str = "shown") -> str:
    """A formula that has so many em; set smaller where it needs more."""
    shown, needed = equation(node, lang, how), width(node)
    return f"smaller({100 * room / needed:.0f}%, {shown})" if needed > room else shown


# -- texts


def _language(text: str) -> str:
    return "zh" if any("\u2e80" <= c <= "\uffef" for c in text) else "en"


def _texts(said: Said, languages: Sequence[str]) -> list[tuple[str, Text]]:
    """Each text with its language; one text for several languages has the language of its words."""
    if len(said) == len(languages):
        return list(zip(languages, said, strict=True))
    return [(_language(_words(t)), t) for t in said]


def run(text: Text, lang: str, room: float = FULL, how: str = "inline") -> str:
    """Words and formulas in a language, in lines of so many em; a gap between two formulas."""
    out: list[str] = []
    for i, part in enumerate(text):
        if i and not isinstance(part, str) and not isinstance(text[i - 1], str):
            out.append("[ ]")
        if isinstance(part, str):
            out.append(f"[#{string(part)}]")
        else:
            out += _apart([fitted(piece, lang, room, how) for piece in broken(part, room)], "[ ]")
    return f"in-language({string(lang)}, {_joined(out)})"


def _joined(parts: Iterable[str]) -> str:
    return "{" + "; ".join(parts) + "}"


def _listed(parts: Iterable[str]) -> str:
    return "(" + "".join(f"{p}, " for p in parts) + ")"


def _apart(parts: Sequence[str], gap: str) -> list[str]:
    return [x for i, part in enumerate(parts) for x in ((gap, part) if i else (part,))]


def _words(text: Text, lang: str = "en") -> str:
    """A text in words only, for what cannot hold formulas."""
    return "".join(part if isinstance(part, str) else spoken(part, lang) for part in text)


def _svg(drawing: Drawing) -> str:
    """A mark as a picture by itself. Colours are written out: variables within a picture are not looked at."""
    colour, paper = COLOURS[drawing.ink][0], PAPER[0]
    shape = f'fill="none" stroke="{colour}" stroke-width="2"' if drawing.hollow else f'fill="{colour}"'
    sign = f'fill="none" stroke="{colour if drawing.hollow else paper}" stroke-width="2.6" stroke-linecap="round" stroke-linejoin="round"'
    paths = f'<path d="{drawing.shape}" {shape}/>' + (f'<path d="{drawing.sign}" {sign}/>' if drawing.sign else "")
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24">{paths}</svg>'


def _struck(lines: Sequence[Node]) -> list[Node]:
    """The lines with what is wrong in them struck out; all of it, where nothing is marked."""
    marked = any(f"{call}(" in maths(line) for line in lines for call in ("wrong", "wrong-sign"))
    return [line if marked else Styled("wrong", line) for line in lines]


@cache
def _template() -> str:
    return (files("derive.handout") / "template.typ").read_text(encoding="utf-8")


class _Source:
    """The source of one document."""

    def __init__(self, document: Document) -> None:
        self.document, self.languages = document, document.languages
        self.first = document.languages[0]

    def whole(self) -> str:
        d = self.document
        title = string(_words(d.title[0]))
        entries = _listed(f"({string(mark)}, {self.on_one_line(said)})" for mark, said in d.legend)
        foot = f"legend({entries}, {self.on_one_line(d.footer)})"
        contents = [f"contents({self.on_one_line(d.labels['contents'])})"] if d.contents else []
        body = "\n".join((self.masthead(), *contents, *map(self.section, d.sections)))
        return f"{self.definitions()}\n{_template()}\n#handout({title}, {string(self.first)}, {foot}, {{\n{body}\n}})\n"

    def definitions(self) -> str:
        """The data that the template leans on: colours and drawings."""
        means = {mark: "; ".join(map(_words, said)) for mark, said in self.document.legend}
        ink = ", ".join(f'{name}: rgb("{day}")' for name, (day, _) in COLOURS.items())
        drawn = ", ".join(f"{mark}: {string(_svg(drawing))}" for mark, drawing in DRAWINGS.items())
        marked = ", ".join(f"{mark}: {string(means.get(mark, mark.value))}" for mark in DRAWINGS)
        return f"#let ink = ({ink})\n#let drawn = ({drawn})\n#let marked = ({marked})"

    # -- words

    def said(self, said: Said, room: float = FULL) -> str:
        """The texts of all languages, each on lines of its own."""
        texts = [run(text, lang, room, "shown") for lang, text in _texts(said, self.languages)]
        return texts[0] if len(texts) == 1 else f"below({', '.join(texts)})"

    def on_one_line(self, said: Said) -> str:
        return _joined(_apart([run(t, lang) for lang, t in _texts(said, self.languages)], "[ · ]"))

    def masthead(self) -> str:
        d, labels = self.document, self.document.labels
        fields = [f"field({self.on_one_line(labels[name])}, {length})" for name, length in (("name", "38mm"), ("date", "22mm"))]
        sheet = self.labelled("sheet", d.sheet)
        apart = "true" if len(self.languages) > 1 else "false"
        return f"masthead({self.said(d.title)}, {sheet}, {self.said(d.subtitle)}, {_listed(fields if d.student else ())}, apart: {apart})"

    def labelled(self, label: str, text: str) -> str:
        return _joined((self.on_one_line(self.document.labels[label]), "[ ]", f"[#{string(text)}]")) if text else "none"

    # -- a section

    def section(self, s: Section) -> str:
        texts = ", ".join(run(text, lang) for lang, text in _texts(s.heading, self.languages))
        parts = [
            f"title-of({s.number}, source: {self.labelled('source', s.source)}, {texts})",
            *([f"paragraph({self.said(s.goal)})"] if s.goal else []),
            *self.strip(s),
            *([f"paragraph({self.said(s.instruction)})"] if s.instruction else []),
            *([self.chain(s)] if s.rows else []),
            *(self.remark(r) for r in s.remarks),
            *([f"answer({self.said(s.answer)})"] if s.answer else []),
            *(self.picture(f) for f in s.figures),
        ]
        return "section(" + ",\n  ".join(parts) + ")"

    def strip(self, s: Section) -> list[str]:
        """What is given, and what the names stand for."""
        lines, labels = [], self.document.labels
        if len(set(s.given)) > 1:
            each = zip(self.languages, labels["given"], s.given, strict=True)
            lines += [(run(label, lang), self.items(items, lang)) for lang, label, items in each]
        elif any(s.given):
            lines.append((self.on_one_line(labels["given"]), self.items(s.given[0], self.first)))
        if s.definitions:
            definitions = _listed(run((d,), self.first, _INDENTED, "shown") for d in s.definitions)
            lines.append((self.on_one_line(labels["where"]), f"definitions({definitions})"))
        return [f"strip({_listed(f'({label}, {body})' for label, body in lines)})"] if lines else []

    def items(self, items: Sequence[Text], lang: str) -> str:
        return f"items({_listed(run(t, lang, _INDENTED) for t in items)})"

    def chain(self, s: Section) -> str:
        """All rows of a derivation. Beside wide rows, the first line has a row of its own, so that they have the whole width."""
        rows = list(s.rows)
        if rows[0].left is not None and any(r.wide for r in rows):
            rows = [Row(0, (rows[0].left,)), replace(rows[0], left=None), *rows[1:]]
        return f"chain({', '.join(map(self.row, rows))})"

    def row(self, r: Row) -> str:
        left = f"level({equation(r.left, self.first)})" if r.left is not None else "none"
        room = FULL if r.wide else COLUMN
        relation = f"level({equation(Token('relation', r.relation), self.first)})" if r.relation else "none"
        lines = [(relation, self.line(struck, room)) for struck in _struck(r.wrong)]
        lines += [(relation if not i else "none", self.line(x, room, i)) for i, x in enumerate(r.lines)]
        if not r.lines:
            lines.append((relation, "blanks(2, 18pt)"))
        expression = f"expression({', '.join(f'({a}, {b})' for a, b in lines)})"
        number = f"[{r.number}]" if r.number else "none"
        mark = f"mark({string(r.mark)})" if r.mark else "none"
        return f"step({number}, {left}, {expression}, {self.reason(r)}, {mark}, wide: {'true' if r.wide else 'false'})"

    def line(self, node: Node, room: float, position: int = 0) -> str:
        shown = f"level({fitted(node, self.first, room)})"
        return f"pad(left: 1.2em, {shown})" if position else shown

    def reason(self, r: Row) -> str:
        room = FULL if r.wide else _NARROW
        texts = [f"quietly(ink.{x.ink}, {self.said(x.said, room)})" for x in r.remarks]
        if r.blank_reason:
            texts.insert(0, "blanks(2, 15pt)")
        elif r.reason:
            texts.insert(0, f"quietly(ink.quiet, {self.said(r.reason, room)})")
        return f"below({', '.join(texts)})" if texts else "none"

    def remark(self, r: Remark) -> str:
        return f"remark(ink.{r.ink}, {self.said(r.said)})"

    def picture(self, figure: Figure) -> str:
        drawn = draw(figure, "svg", self.first).decode()
        alternative = " ".join(map(_words, figure.alternative))
        return f"picture({string(drawn)}, {string(alternative)}, {self.said(figure.caption)})"


def source(document: Document) -> str:
    """The whole document as Typst source; it needs no other file but the fonts."""
    return _Source(document).whole()

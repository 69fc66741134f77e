"""Formula → Office Math, the equations of Word, as XML. Knows formulas and their colours; not documents.

The order of children is that of the standard (ECMA-376, part 1, §22.1), which Word insists on. In Word a big operator holds what
it is applied to, so that a row is read once more here: what follows up to the next sign belongs to it. LibreOffice reads an
equation as a text, in which no sign may stand without something before it; `EMPTY` stands there, and shows nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from xml.sax.saxutils import escape, quoteattr

from derive.handout.document import COLOURS, Ink
from derive.handout.formula import APPLY, Array, Big, Cases, Fenced, Fraction, Node, Root, Row, Scripted, Styled, Token, unstyled

_NAMESPACES = (
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" '
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
)
_INK = {"changed": Ink.ACCENT, "wrong": Ink.BAD}
CHINESE = "Noto Serif CJK SC"
EMPTY, THIN = Token("words", "\u200b"), "\u2009"
_STRUCK = "".join(f'<m:hide{side} m:val="1"/>' for side in ("Top", "Bot", "Left", "Right")) + '<m:strikeH m:val="1"/>'
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def held(text: str) -> str:
    """A text without what XML cannot hold."""
    return _NOT_XML.sub("\ufffd", text)


def inline(node: Node, ink: Ink | None = None) -> str:
    """An equation within a line of text."""
    return f"<m:oMath {_NAMESPACES}>{_Writer(ink).equation(node)}</m:oMath>"


def display(node: Node, beside: Node | None = None, struck: bool = False) -> str:
    """An equation that is a paragraph of its own: its sums and fractions are large.

    One that has another `beside` it, to its right in the same row of a table, stands close to it and on the same line. One that is
    `struck` is a wrong line: what is wrong in it is struck out, all of it where that is not known.
    """
    writer = _Writer(struck=struck)
    body = writer.strike(node) if struck and not _has_wrong(node) else writer.equation(node)
    if beside is not None:
        body += writer.element("phant", '<m:show m:val="0"/><m:zeroWid m:val="1"/>', e=writer.write(beside))
    side = "left" if beside is None else "right"
    return f'<m:oMathPara {_NAMESPACES}><m:oMathParaPr><m:jc m:val="{side}"/></m:oMathParaPr><m:oMath>{body}</m:oMath></m:oMathPara>'


def _has_wrong(node: Node) -> bool:
    """Whether a part is styled as wrong."""
    if isinstance(node, Styled) and node.style == "wrong":
        return True
    return any(_has_wrong(part) for part in inside(node))


def inside(node: Node) -> tuple[Node, ...]:
    """The boxes directly inside one."""
    match node:
        case Token():
            return ()
        case Row(parts):
            return parts
        case Fraction(top, bottom):
            return (top, bottom)
        case Scripted(base, sub, sup):
            return tuple(x for x in (base, sub, sup) if x is not None)
        case Big(sign, under, over):
            return (sign, under) if over is None else (sign, under, over)
        case Cases(rows):
            return tuple(x for r in rows for x in r)
        case Array(rows):
            return tuple(x for r in rows for x in r)
        case _:
            return (node.body,)


def _first(node: Node) -> Node:
    """The first box that is not a row."""
    bare = unstyled(node)
    return _first(bare.parts[0]) if isinstance(bare, Row) and bare.parts else bare


def _dangles(node: Node) -> bool:
    """Whether it begins with a sign between two sides, as the further lines of a long formula do."""
    first = _first(node)
    return isinstance(first, Token) and first.kind in ("relation", "binary", "punctuation")


def _ends(node: Node) -> bool:
    """Whether what a big operator is applied to ends before this box."""
    bare = unstyled(node)
    if not isinstance(bare, Token):
        return False
    if bare.kind == "binary":
        return bare.text in "+−"
    return bare.kind in ("relation", "punctuation") or (bare.kind == "words" and bool(bare.text.strip()))


def _integral(node: Node) -> bool:
    return isinstance(node, Scripted) and isinstance(node.base, Token) and node.base.text == "∫"


def _function(node: Node) -> bool:
    """An upright name: `log`, or `log` with its base."""
    bare = unstyled(node.base if isinstance(node, Scripted) else node)
    return isinstance(bare, Token) and bare.kind == "name"


@dataclass(frozen=True)
class _Writer:
    """Writes boxes in one colour; None is the colour of the text. With `struck`, what is wrong is struck out."""

    ink: Ink | None = None
    struck: bool = False

    # -- properties

    def look(self, text: str = "") -> str:
        colour = f'<w:color w:val="{COLOURS[self.ink][0][1:].upper()}"/>' if self.ink else ""
        chinese = f' w:eastAsia="{CHINESE}" w:hint="eastAsia"' if any(c > "\u2e80" for c in text) else ""
        return f'<w:rPr><w:rFonts w:ascii="Cambria Math" w:hAnsi="Cambria Math"{chinese}/>{colour}</w:rPr>'

    def element(self, tag: str, properties: str, **children: str) -> str:
        """`m:TAG` with its properties, which end with the look of its own strokes, and its children in this order."""
        inside = "".join(f"<m:{name}>{content}</m:{name}>" for name, content in children.items())
        return f"<m:{tag}><m:{tag}Pr>{properties}<m:ctrlPr>{self.look()}</m:ctrlPr></m:{tag}Pr>{inside}</m:{tag}>"

    def run(self, text: str, style: str) -> str:
        return f'<m:r><m:rPr>{style}</m:rPr>{self.look(text)}<m:t xml:space="preserve">{escape(held(text))}</m:t></m:r>'

    # -- boxes

    def equation(self, node: Node) -> str:
        """A formula that nothing stands before."""
        return (self.token(EMPTY) if _dangles(node) else "") + self.write(node)

    def strike(self, node: Node) -> str:
        """Boxes with a line through them."""
        inner = replace(self, ink=Ink.BAD)
        return inner.element("borderBox", _STRUCK, e=inner.equation(node))

    def write(self, node: Node) -> str:
        match node:
            case Row(parts):
                return self.row(parts)
            case Token():
                return self.token(node)
            case Fraction(top, bottom):
                return self.element("f", "", num=self.write(top), den=self.write(bottom))
            case Scripted():
                return self.scripted(node)
            case Big():
                return self.row((node,))
            case Root(body):
                return self.element("rad", '<m:degHide m:val="1"/>', deg="", e=self.write(body))
            case Fenced(opening, body, closing):
                return self.fenced(opening, self.write(body), closing)
            case Cases(rows):
                return self.fenced("{", self.table(rows, "left"), "")
            case Array(rows):
                return self.fenced("[", self.table(rows, "center"), "]")
            case Styled(style, body):
                inner = replace(self, ink=_INK[style])
                return inner.strike(body) if self.struck and style == "wrong" else inner.write(body)

    def row(self, parts: Sequence[Node]) -> str:
        """Boxes side by side; an operator or a function takes what belongs to it."""
        out, at = [], 0
        while at < len(parts):
            node, at = parts[at], at + 1
            if isinstance(node, Big) or _integral(node):
                end = next((i for i in range(at, len(parts)) if _ends(parts[i])), len(parts))
                out.append(self.operator(node, self.row(parts[at:end])))
                at = end
            elif _function(node) and at + 1 < len(parts) and parts[at] == Token("invisible", APPLY):
                out.append(self.element("func", "", fName=self.write(node), e=self.write(parts[at + 1])))
                at += 2
            else:
                out.append(self.write(node))
        return "".join(out)

    def token(self, token: Token) -> str:
        match token.kind:
            case "invisible":
                return ""
            case "variable":
                return self.run(token.text, '<m:sty m:val="i"/>')
            case "words" if token != EMPTY:
                return self.run(f" {token.text} " if token.text.strip() else THIN, "<m:nor/>")
            case "words" | "name":  # names as ordinary letters, too, or LibreOffice sets them in italics
                return self.run(token.text, "<m:nor/>")
            case _:
                return self.run("⋅" if token.text == "·" else token.text, '<m:sty m:val="p"/>')

    def operator(self, node: Node, body: str) -> str:
        """∑, ∏ and ∫, which hold what follows; lim and arg max, which are functions with something below."""
        match node:
            case Big(sign, under, over) if sign.text in "∑∏":
                return self.nary(sign.text, "undOvr", under, over, body)
            case Big(sign, under, _):
                name = self.element("limLow", "", e=self.token(sign), lim=self.write(under))
                return self.element("func", "", fName=name, e=body)
            case Scripted(Token(text=sign), under, over):
                return self.nary(sign, "subSup", under, over, body)
        raise TypeError(node)

    def nary(self, sign: str, where: str, under: Node | None, over: Node | None, body: str) -> str:
        hidden = '<m:supHide m:val="1"/>' if over is None else ""
        properties = f'<m:chr m:val="{sign}"/><m:limLoc m:val="{where}"/>{hidden}'
        return self.element("nary", properties, sub=self.optional(under), sup=self.optional(over), e=body)

    def optional(self, node: Node | None) -> str:
        return self.write(node) if node is not None else ""

    def scripted(self, node: Scripted) -> str:
        base = self.write(node.base)
        if node.sub is not None and node.sup is not None:
            return self.element("sSubSup", "", e=base, sub=self.write(node.sub), sup=self.write(node.sup))
        if node.sub is not None:
            return self.element("sSub", "", e=base, sub=self.write(node.sub))
        assert node.sup is not None
        sup = unstyled(node.sup)
        if isinstance(sup, Token) and sup.kind == "binary":  # the side of a limit: a sign with nothing on either side
            return self.element("sSup", "", e=base, sup=self.run(sup.text, "<m:nor/>"))
        return self.element("sSup", "", e=base, sup=self.write(node.sup))

    def fenced(self, opening: str, body: str, closing: str) -> str:
        properties = f'<m:begChr m:val={quoteattr(opening)}/><m:endChr m:val={quoteattr(closing)}/><m:grow m:val="1"/>'
        return self.element("d", properties, e=body)

    def table(self, rows: Sequence[Sequence[Node]], justified: str) -> str:
        columns = f'<m:count m:val="{max(map(len, rows))}"/><m:mcJc m:val="{justified}"/>'
        properties = f'<m:plcHide m:val="1"/><m:mcs><m:mc><m:mcPr>{columns}</m:mcPr></m:mc></m:mcs><m:ctrlPr>{self.look()}</m:ctrlPr>'
        lines = "".join(f"<m:mr>{''.join(f'<m:e>{self.write(x)}</m:e>' for x in row)}</m:mr>" for row in rows)
        return f"<m:m><m:mPr>{properties}</m:mPr>{lines}</m:m>"

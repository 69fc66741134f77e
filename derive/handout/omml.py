"""Formula → Office Math, the equations of Word: one string of XML. Knows formulas and their colours; not documents.

The order of children is that of the standard (ECMA-376, part 1, §22.1), which Word insists on. In Word a big operator holds what
it is applied to, so that a row is read once more here: what follows up to the next sign belongs to it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from xml.sax.saxutils import escape, quoteattr

from derive.handout.document import COLOURS, Ink
from derive.handout.formula import APPLY, Array, Big, Cases, Fenced, Fraction, Node, Root, Row, Scripted, Styled, Token

NAMESPACES = (
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" '
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
)
_INK = {"changed": Ink.ACCENT, "wrong": Ink.BAD}


def inline(node: Node, ink: Ink | None = None) -> str:
    """An equation within a line of text."""
    return f"<m:oMath {NAMESPACES}>{_Writer(ink).write(node)}</m:oMath>"


def display(node: Node, ink: Ink | None = None) -> str:
    """An equation that is a paragraph of its own, at the left: its sums and fractions are large."""
    return f'<m:oMathPara {NAMESPACES}><m:oMathParaPr><m:jc m:val="left"/></m:oMathParaPr>{inline(node, ink)}</m:oMathPara>'


def unseen(node: Node) -> Node:
    """A box that takes the width of another and shows nothing."""
    return Styled("unseen", node)  # type: ignore[arg-type]


def _parts(node: Node) -> tuple[Node, ...]:
    return node.parts if isinstance(node, Row) else (node,)


def _bare(node: Node) -> Node:
    return _bare(node.body) if isinstance(node, Styled) else node


def _ends(node: Node) -> bool:
    """Whether what a big operator is applied to ends before this box."""
    bare = _bare(node)
    if not isinstance(bare, Token):
        return False
    if bare.kind == "binary":
        return bare.text in "+−"
    return bare.kind in ("relation", "punctuation") or (bare.kind == "words" and bool(bare.text.strip()))


def _integral(node: Node) -> bool:
    return isinstance(node, Scripted) and isinstance(node.base, Token) and node.base.text == "∫"


def _function(node: Node) -> bool:
    """An upright name: `log`, or `log` with its base."""
    bare = _bare(node.base if isinstance(node, Scripted) else node)
    return isinstance(bare, Token) and bare.kind == "name"


@dataclass(frozen=True)
class _Writer:
    """Writes boxes in one colour; None is the colour of the text."""

    ink: Ink | None = None

    # -- properties

    def look(self) -> str:
        colour = f'<w:color w:val="{COLOURS[self.ink][0][1:].upper()}"/>' if self.ink else ""
        return f'<w:rPr><w:rFonts w:ascii="Cambria Math" w:hAnsi="Cambria Math"/>{colour}</w:rPr>'

    def element(self, tag: str, properties: str, **children: str) -> str:
        """`m:TAG` with its properties, which end with the look of its own strokes, and its children in this order."""
        inside = "".join(f"<m:{name}>{content}</m:{name}>" for name, content in children.items())
        return f"<m:{tag}><m:{tag}Pr>{properties}<m:ctrlPr>{self.look()}</m:ctrlPr></m:{tag}Pr>{inside}</m:{tag}>"

    def run(self, text: str, style: str) -> str:
        return f'<m:r><m:rPr>{style}</m:rPr>{self.look()}<m:t xml:space="preserve">{escape(text)}</m:t></m:r>'

    # -- boxes

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
                if style == "unseen":
                    return self.element("phant", '<m:show m:val="0"/><m:zeroAsc m:val="1"/><m:zeroDesc m:val="1"/>', e=self.write(body))
                return replace(self, ink=_INK[style]).write(body)

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
            case "words":
                return self.run(f" {token.text} " if token.text.strip() else "\u2009", "<m:nor/>")
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
        return self.element("sSup", "", e=base, sup=self.optional(node.sup))

    def fenced(self, opening: str, body: str, closing: str) -> str:
        properties = f'<m:begChr m:val={quoteattr(opening)}/><m:endChr m:val={quoteattr(closing)}/><m:grow m:val="1"/>'
        return self.element("d", properties, e=body)

    def table(self, rows: Sequence[Sequence[Node]], justified: str) -> str:
        columns = f'<m:count m:val="{max(map(len, rows))}"/><m:mcJc m:val="{justified}"/>'
        properties = f'<m:plcHide m:val="1"/><m:mcs><m:mc><m:mcPr>{columns}</m:mcPr></m:mc></m:mcs><m:ctrlPr>{self.look()}</m:ctrlPr>'
        lines = "".join(f"<m:mr>{''.join(f'<m:e>{self.write(x)}</m:e>' for x in row)}</m:mr>" for row in rows)
        return f"<m:m><m:mPr>{properties}</m:mPr>{lines}</m:m>"

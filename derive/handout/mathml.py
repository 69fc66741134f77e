"""Formula → MathML Core, for browsers. Knows boxes only; no page, no colour and no document.

What browsers would guess is written out: the form of every operator (its neighbours may be hidden in a coloured row), limits that
stay above and below, brackets that stretch, or do not, where a browser would take a size too large.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal
from xml.etree.ElementTree import Element

from derive.handout.formula import APPLY, Array, Big, Cases, Fenced, Fraction, Node, Root, Row, Scripted, Styled, Token

NONE, THIN, MEDIUM = "0", "0.1667em", "0.2222em"
NO_BREAK = "\u00a0"
# what no attribute of MathML Core says: tables set to the left, with the distances of mathematics; air beside fractions
STYLE = """\
mfrac { padding-inline: .12em }
mfrac munder, mfrac munderover { padding-block: .15em }
mtable.cases mtd { text-align: left; padding: .12em .5em .12em 0 }
mtable.array mtd { padding: .2em .4em }
mtable.array mtd:first-child { padding-left: .1em }
mtable.array mtd:last-child { padding-right: .1em }
"""


def math(node: Node) -> Element:
    """The formula as a `math` element, in full size also within a sentence: fractions of half the size are hard to read on a screen."""
    out = Element("math", displaystyle="true")
    out.extend(_Setter(False).parts(node))
    return out


class _Setter:
    """Sets boxes, in an index or exponent (`script`) without room around signs."""

    def __init__(self, script: bool) -> None:
        self.script = script

    def parts(self, node: Node, after: Node | None = None) -> Iterator[Element]:
        """The elements of a row; of another box its one element."""
        nodes = node.parts if isinstance(node, Row) else (node,)
        for i, part in enumerate(nodes):
            following = nodes[i + 1] if i + 1 < len(nodes) else after
            yield self.set(part, following, first=not i)
            if isinstance(part, Fraction) and _begins_with_sign(following):  # as in d/dx log x, where no sign stands between
                yield Element("mspace", width=THIN)

    def set(self, node: Node, after: Node | None = None, first: bool = True) -> Element:
        """One box; `after` is what follows it in its row."""
        match node:
            case Token():
                return self.token(node, after, first)
            case Row():
                return _element("mrow", *self.parts(node, after))
            case Fraction(top, bottom):
                return _element("mfrac", self.set(top), self.set(bottom))
            case Scripted(base, sub, sup):
                scripts = [_Setter(True).set(s) for s in (sub, sup) if s is not None]
                return _element("msubsup" if len(scripts) > 1 else "msub" if sub is not None else "msup", self.set(base), *scripts)
            case Big(sign, under, over):
                limits = [_Setter(True).set(s) for s in (under, over) if s is not None]
                return _element("munderover" if len(limits) > 1 else "munder", _big(sign), *limits)
            case Root(body):
                return _element("msqrt", *self.parts(body))
            case Fenced(opening, body, closing):
                stretched = _is_tall(body)
                left = [_bracket(opening, "prefix", stretched)] if opening else []
                return _element("mrow", *left, *self.parts(body), *([_bracket(closing, "postfix", stretched)] if closing else []))
            case Cases(rows):
                return _element("mrow", _bracket("{", "prefix", True), self.table("cases", rows))
            case Array(rows):
                return _element("mrow", _bracket("[", "prefix", True), self.table("array", rows), _bracket("]", "postfix", True))
            case Styled(style, body):
                # the class stands on the element itself: a row around an operator would change its distances
                out = self.set(body, after, first)
                out.set("class", f"{style} across" if style == "wrong" and _has_a_bar(body) else style)
                return out

    def table(self, kind: str, rows: tuple[tuple[Node, ...], ...]) -> Element:
        cells = (_element("mtr", *(_element("mtd", *self.parts(x)) for x in r)) for r in rows)
        out = _element("mtable", *cells)
        out.set("class", kind)
        return out

    def token(self, token: Token, after: Node | None, first: bool) -> Element:
        text = token.text
        match token.kind:
            case "number":
                return _text("mn", text)
            case "variable":
                return _text("mi", text)
            case "name":
                return _upright(text)
            case "symbol":
                return _text("mo", text, form="prefix", **_spaced(NONE, NONE)) if text == "∫" else _upright(text)
            case "prefix":
                return _text("mo", text, form="prefix", **_spaced(NONE, THIN if _begins_with_sign(after) else NONE))
            case "binary" | "relation":
                tight = self.script or text == "/"
                return _text("mo", text, form="infix", **(_spaced(NONE, NONE) if tight else {}))
            case "punctuation":
                return _text("mo", text, form="infix", **_spaced(NONE, NONE if self.script else THIN if text == "," else "0.3333em"))
            case "invisible":
                return _text("mo", text, form="infix", **_spaced(NONE, THIN if _needs_air(text, after) else NONE))
            case "words" if not text.strip():  # between an integrand and its differential, or before a range in brackets
                return Element("mspace", width="1em" if isinstance(after, Fenced) else THIN)
            case "words":
                return _text("mtext", f"{'' if first else NO_BREAK}{text}{NO_BREAK if after is not None else ''}")


def _element(tag: str, *children: Element) -> Element:
    out = Element(tag)
    out.extend(children)
    return out


def _text(tag: str, text: str, **attributes: str) -> Element:
    out = Element(tag, attributes)
    out.text = text
    return out


def _upright(text: str) -> Element:
    """A name; browsers set one of a single letter in italics, unless told not to."""
    return _text("mi", text.replace(" ", NO_BREAK), **({"mathvariant": "normal"} if len(text) == 1 else {}))


def _spaced(before: str, behind: str) -> dict[str, str]:
    return {"lspace": before, "rspace": behind}


def _big(sign: Token) -> Element:
    """The sign over its limits: `movablelimits` would put them beside it wherever room is scarce."""
    text = sign.text.replace(" ", NO_BREAK)
    return _text("mo", text, form="prefix", movablelimits="false", **_spaced(NONE, THIN if sign.kind == "symbol" else MEDIUM))


def _bracket(sign: str, form: Literal["prefix", "postfix"], stretched: bool) -> Element:
    return _text("mo", sign, form=form, stretchy=str(stretched).lower(), **({"symmetric": "false"} if stretched else {}))


def _needs_air(invisible: str, after: Node | None) -> bool:
    """Whether what is not written leaves a little room."""
    return not isinstance(_first(after), Fenced) if invisible == APPLY else _begins_with_sign(after)


def _begins_with_sign(node: Node | None) -> bool:
    """Whether a box begins with a name, such as log, or with a big sign: these keep a distance."""
    first = _first(node)
    if isinstance(first, Scripted):
        first = _first(first.base)
    return isinstance(first, Big) or (isinstance(first, Token) and (first.kind == "name" or first.text == "∫"))


def _first(node: Node | None) -> Node | None:
    while isinstance(node, Row | Styled):
        node = node.parts[0] if isinstance(node, Row) else node.body
    return node


def _has_a_bar(node: Node) -> bool:
    """Whether a line through the middle could not be told from one that is there: the bar of a fraction, a plus or minus."""
    return _is_tall(node) or (isinstance(node, Token) and node.kind in ("binary", "prefix", "relation"))


def _is_tall(node: Node) -> bool:
    """Whether brackets have to grow: letters with indices and exponents still look better in brackets of the usual size."""
    match node:
        case Fraction() | Big() | Cases() | Array():
            return True
        case Row(parts):
            return any(map(_is_tall, parts))
        case Scripted(base=body) | Root(body) | Fenced(body=body) | Styled(body=body):
            return _is_tall(body)
        case Token(text=text):
            return text == "∫"

"""Formulas and texts of a document as plain strings, for tests to compare."""

from __future__ import annotations

from derive.handout.document import Said, Text
from derive.handout.formula import Array, Big, Cases, Fenced, Fraction, Node, Root, Row, Scripted, Styled, Token

_SPACED = {"binary": " {} ", "relation": " {} ", "words": " {} ", "punctuation": "{} ", "invisible": ""}


def plain(node: Node | None) -> str:
    """A formula in a line: `(a)/(b)` for a fraction, `x_(i)^(2)` for scripts, `[…]` around what changed, `~…~` around what is wrong."""
    match node:
        case None:
            return ""
        case Token(kind=kind, text=text):
            return _SPACED.get(kind, "{}").format(text)
        case Row(parts):
            return "".join(map(plain, parts))
        case Fraction(top, bottom):
            return f"({plain(top)})/({plain(bottom)})"
        case Scripted(base, sub, sup):
            return plain(base) + (f"_({plain(sub)})" if sub else "") + (f"^({plain(sup)})" if sup else "")
        case Big(sign, under, over):
            return f"{sign.text}_({plain(under)})" + (f"^({plain(over)})" if over else "") + " "
        case Root(body):
            return f"√({plain(body)})"
        case Fenced(opening, body, closing):
            return f"{opening}{plain(body)}{closing}"
        case Cases(rows):
            return "{" + "; ".join(f"{plain(v)}{plain(g)}" for v, g in rows) + "}"
        case Array(rows):
            return "[" + "; ".join(", ".join(map(plain, r)) for r in rows) + "]"
        case Styled(style, body):
            return f"[{plain(body)}]" if style == "changed" else f"~{plain(body)}~"


def said(texts: Said) -> tuple[str, ...]:
    """What is said in each language."""
    return tuple(map(written, texts))


def written(text: Text) -> str:
    """A text with its formulas in backquotes."""
    return "".join(part if isinstance(part, str) else f"`{plain(part)}`" for part in text)

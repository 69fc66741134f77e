r"""Formula → LaTeX, for amsmath, KaTeX and MathJax alike. Knows formulas and TeX's notation; not pages, documents or Markdown.

Only macros that GitHub allows are used: `\operatorname`, `\phantom` and definitions are not among them. Brackets are written plainly,
and with `\left … \right` only around something tall, so that a teacher can still read and edit the source.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from derive.handout.formula import APPLY, GREEK, TIMES, Array, Big, Cases, Fenced, Fraction, Node, Root, Row, Scripted, Styled, Token

GAP = Token("words", " ")  # before a differential, or before a range in brackets
UNSTYLED: Mapping[str, str] = {}
_FUNCTIONS = frozenset(("log", "exp", "sin", "cos", "tan", "sinh", "cosh", "tanh", "max", "min", "lim"))
_SIGNS = {
    "−": "-", "·": r"\cdot", "≤": r"\le", "≥": r"\ge", "≠": r"\ne", "≈": r"\approx", "⇔": r"\Leftrightarrow", "∈": r"\in", "→": r"\to",
    "∑": r"\sum", "∏": r"\prod", "∫": r"\int", "∞": r"\infty", "ℝ": r"\mathbb{R}", "∂": r"\partial", "…": r"\dots", "d": r"\mathrm{d}",
    "ℕ": r"\mathbb{N}", "ℤ": r"\mathbb{Z}", "×": r"\times", ":": r"\colon", "{": r"\{", "}": r"\}",
    TIMES: "", APPLY: "",
}  # fmt: skip


def _greek(size: str, name: str) -> str:
    return unicodedata.lookup(f"GREEK {size} LETTER {name.replace('lambda', 'lamda')}")


_GREEK = {
    **{_greek("small", name): rf"\{name}" for name in GREEK},
    **{_greek("capital", name): rf"\{name.capitalize()}" for name in GREEK},
    # capitals that look like Latin letters have no command
    **dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΧ", (rf"\mathrm{{{c}}}" for c in "ABEZHIKMNOPTX"), strict=True)),
    "ο": "o", "ϵ": r"\epsilon", "ε": r"\varepsilon",
}  # fmt: skip
_SPACED = {"binary": " {} ", "relation": " {} ", "punctuation": "{} "}
_MATHS = {sign: written for sign, written in _SIGNS.items() if not sign.isascii() and sign not in (TIMES, APPLY, "·", "…")}
_OPENING = {"(": "(", "[": "[", "{": r"\{", "|": r"\lvert", "": "."}
_CLOSING = {")": ")", "]": "]", "}": r"\}", "|": r"\rvert", "": "."}
_IN_TEXT = {
    **{c: "\\" + c for c in "{}$&#%_"}, "\\": r"\textbackslash{}", "^": r"\textasciicircum{}", "~": r"\textasciitilde{}",
    "<": r"\textless{}", ">": r"\textgreater{}", "|": r"\textbar{}", "\u00a0": "~",
}  # fmt: skip


def latex(node: Node, styles: Mapping[str, str] = UNSTYLED) -> str:
    r"""The formula in LaTeX. `styles` says which command stands before a part that is `changed` or `wrong`, such as
    `\textcolor{#1a5ba3}`; a part of another style looks like the rest.
    """
    return _Printer(styles).print(node).strip()


def text(words: str) -> str:
    r"""Words outside of formulas, or within `\text`: nothing in them is a command, and signs that fonts of text lack are formulas."""
    return "".join(_IN_TEXT.get(c) or (f"${found}$" if (found := _GREEK.get(c) or _MATHS.get(c)) else c) for c in words)


class _Printer:
    def __init__(self, styles: Mapping[str, str]) -> None:
        self.styles = styles

    def print(self, node: Node) -> str:
        match node:
            case Token():
                return _token(node)
            case Row(parts):
                return self.row(parts)
            case Fraction(top, bottom):
                return rf"\frac{self.group(top)}{self.group(bottom)}"
            case Scripted(base, sub, sup):
                return (_token(base) if isinstance(base, Token) else self.base(base)) + self.scripts(sub, sup)
            case Big(sign, under, over):
                head = _token(sign) if sign.kind == "symbol" or sign.text in _FUNCTIONS else rf"\mathop{{{_token(sign)}}}\limits"
                return head + self.scripts(under, over)
            case Root(body):
                return rf"\sqrt{self.group(body)}"
            case Fenced():
                return self.fenced(node)
            case Cases(rows):
                return _environment("cases", [[self.print(value), self.print(guard)] for value, guard in rows])
            case Array(rows):
                return _environment("bmatrix", [[self.print(cell) for cell in cells] for cells in rows])
            case Styled(style, body):
                return self.styles[style] + self.group(body) if style in self.styles else self.print(body)

    def group(self, node: Node) -> str:
        return f"{{{self.print(node).strip()}}}"

    def row(self, parts: tuple[Node, ...]) -> str:
        out = ""
        for before, part in zip((None, *parts), parts, strict=False):
            first = _first(part)
            if before == GAP:
                out += r"\," if first == Token("symbol", "d") else r"\quad "
            if before == Token("invisible", TIMES) and isinstance(first, Token) and first.kind == "name" and first.text not in _FUNCTIONS:
                out += r"\,"  # or a letter and a word would be read as one word
            if before == Token("invisible", APPLY) and isinstance(first, Fenced) and _tall(first):
                out = _beside(out, r"\!")  # TeX leaves a space before brackets that grow
            out = _beside(out, self.print(part))
        return out

    def base(self, node: Node) -> str:
        """What has an index or an exponent: brackets take it at their end."""
        return self.fenced(node) if isinstance(node, Fenced) else self.group(node)

    def scripts(self, sub: Node | None, sup: Node | None) -> str:
        groups = ((sign, self.group(node)) for sign, node in (("_", sub), ("^", sup)) if node is not None)
        return "".join(sign + (group[1] if len(group) == 3 else group) for sign, group in groups)

    def fenced(self, node: Fenced) -> str:
        opening, closing = _OPENING[node.opening], _CLOSING[node.closing]
        inner = self.print(node.body).strip()
        if _tall(node.body) or (node.opening, node.closing) == ("", "|"):
            return _beside(rf"\left{opening} {inner} \right", closing)
        return _beside(_beside(opening if node.opening else "", inner), closing if node.closing else "")


def _environment(name: str, rows: list[list[str]]) -> str:
    body = r" \\ ".join(" & ".join(cell.strip() for cell in cells) for cells in rows)
    return rf"\begin{{{name}}} {body} \end{{{name}}}"


def _beside(left: str, right: str) -> str:
    """Two pieces of source, with a space where a command, or to the eye an exponent, would run into a letter."""
    return f"{left} {right}" if re.search(r"(\\[A-Za-z]+|[_^]\w)$", left) and right[:1].isalnum() else left + right


def _token(token: Token) -> str:
    match token.kind:
        case "variable":
            return _letter(token.text)
        case "name":
            return _name(token.text)
        case "number":
            return token.text.replace("−", "-")
        case "words":
            return "" if token == GAP else rf"\text{{ {text(token.text)} }}"
    sign = _SIGNS.get(token.text, token.text)
    return _SPACED.get(token.kind, "{}").format(sign)


def _letter(letter: str) -> str:
    """A letter in italics."""
    if letter in _GREEK:
        return _GREEK[letter]
    return letter if letter.isascii() and letter.isalpha() else rf"\text{{{text(letter)}}}"


def _name(name: str) -> str:
    """A name, upright; those of functions keep their distance from what stands beside them."""
    if name in _FUNCTIONS:
        return "\\" + name
    if not name.isascii():
        return rf"\text{{{text(name)}}}"
    spaced = text(name).replace(" ", r"\,")
    return rf"\mathrm{{{spaced}}}"


def _first(node: Node) -> Node:
    """The first box that one sees."""
    match node:
        case Row(parts) if parts:
            return _first(parts[0])
        case Styled(_, body):
            return _first(body)
        case Scripted(base):
            return _first(base)
    return node


def _tall(node: Node) -> bool:
    """Whether brackets have to grow around a box."""
    match node:
        case Row(parts):
            return any(map(_tall, parts))
        case Fenced(_, body) | Styled(_, body) | Scripted(body):
            return _tall(body) or body == Token("symbol", "∫")
    return isinstance(node, Fraction | Big | Root | Cases | Array)

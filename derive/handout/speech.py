"""Formula → words, for somebody who hears it: where each fraction, root, bracket and exponent ends is said. Knows formulas only.

The words of a language are data: a phrase for each box, with gaps for what is in it. A part that is a single sign needs no end.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence

from derive.handout.formula import Array, Big, Cases, Fenced, Fraction, Node, Root, Row, Scripted, Styled, Token, row
from derive.model import Words

_SIGNS: Mapping[str, Words] = {
    "+": Words("plus", "加"), "−": Words("minus", "减"), "·": Words("times", "乘以"), "/": Words("divided by", "除以"),
    "×": Words("cross", "叉乘"), "=": Words("equals", "等于"), "≠": Words("is not equal to", "不等于"), "<": Words("is less than", "小于"),
    ">": Words("is greater than", "大于"), "≤": Words("is at most", "小于等于"), "≥": Words("is at least", "大于等于"),
    "≈": Words("is approximately", "约等于"), "⇔": Words("if and only if", "当且仅当"), "∈": Words("in", "属于"), "→": Words("to", "到"),
    "∞": Words("infinity", "无穷"), "…": Words("and so on", "等等"), "∂": Words("partial", "偏"), ",": Words(",", "，"),
    ":": Words("maps", "映射"), "ℝ": Words("the real numbers", "实数集"), "ℤ": Words("the integers", "整数集"),
    "ℕ": Words("the positive integers", "正整数集"), "\u2062": Words("times", "乘"), "\u2061": Words("of", ""),
    "(": Words("open bracket", "左括号"), ")": Words("close bracket", "右括号"), "[": Words("open square bracket", "左方括号"),
    "]": Words("close square bracket", "右方括号"), "{": Words("open brace", "左花括号"), "}": Words("close brace", "右花括号"),
    "|": Words("bar", "竖线"), "log": Words("log", "log"),
}  # fmt: skip
_PHRASES: Mapping[str, Words] = {
    "prefix": Words("minus", "负"),
    "over": Words("{} over {}", "{1} 分之 {0}"),
    "fraction": Words("the fraction with numerator {} and denominator {}, end fraction", "分式，分子为 {}，分母为 {}，分式结束"),
    "derivative": Words("the derivative with respect to {} of", "对 {} 的导数："),
    "partial": Words("the partial derivative with respect to {} of", "对 {} 的偏导数："),
    "derivative again": Words("the derivative of order {1} with respect to {0} of", "对 {0} 的 {1} 阶导数："),
    "partial again": Words("the partial derivative of order {1} with respect to {0} of", "对 {0} 的 {1} 阶偏导数："),
    "index": Words("{} sub {}", "{} 下标 {}"),
    "indices": Words("{} sub {}, end sub", "{} 下标 {} 下标结束"),
    "squared": Words("{} squared", "{} 的平方"),
    "cubed": Words("{} cubed", "{} 的立方"),
    "power": Words("{} to the power {}", "{} 的 {} 次方"),
    "powers": Words("{} to the power {}, end power", "{} 的 {} 次方"),
    "∑": Words("the sum {} of", "{} 求和："),
    "∏": Words("the product {} of", "{} 求积："),
    "∫": Words("the integral {} of", "{} 积分："),
    "lim": Words("the limit as {} of", "当 {} 时的极限："),
    "arg max": Words("the maximisers {} of", "{} 的最大值点："),
    "arg min": Words("the minimisers {} of", "{} 的最小值点："),
    "end ∑": Words(", end sum,", "，求和结束，"),
    "end ∏": Words(", end product,", "，求积结束，"),
    "end lim": Words(", end limit,", "，极限结束，"),
    "end arg max": Words(", end maximisers,", "，最大值点结束，"),
    "end arg min": Words(", end minimisers,", "，最小值点结束，"),
    "from": Words("from {} to {}", "从 {} 到 {}"),
    "range": Words("over {}", "在 {} 上"),
    "tends": Words("tends to", "趋于"),
    "above": Words("{} from above", "{} 右侧"),
    "below": Words("{} from below", "{} 左侧"),
    "root": Words("the square root of {}", "根号 {}"),
    "roots": Words("the square root of {}, end root", "根号 {} 根号结束"),
    "value": Words("the value of {} at {}, end value", "{1} 处的值 {0} 值结束"),
    "absolute": Words("the absolute value of {}, end absolute value", "绝对值 {} 绝对值结束"),
    "cases": Words("by cases: {}; end cases", "分情况：{}；分情况结束"),
    "vector": Words("the vector {}, end vector", "向量 {} 向量结束"),
    "matrix": Words("the matrix with rows {}, end matrix", "矩阵，各行为 {}，矩阵结束"),
    "capital": Words("capital {}", "大写 {}"),
}
_LISTED = {"en": ", ", "zh": "，"}
_ROWS = {"en": "; ", "zh": "；"}


def spoken(node: Node, lang: str) -> str:
    """The formula in words: different formulas in different words."""
    out = " ".join(_Speaker(lang == "zh").say(_plain(node)).split())
    for stop in ",;:，；：":
        out = out.replace(f" {stop}", stop)
    for stop in "，；：":
        out = out.replace(f"{stop} ", stop)
    return out.replace(",,", ",").replace("，，", "，").strip(" ,，")


def _plain(node: Node) -> Node:
    """Without colours, so that a row is one row whatever changed in it."""
    match node:
        case Styled(_, body):
            return _plain(body)
        case Row(parts):
            return row(*map(_plain, parts))
    return node


class _Speaker:
    def __init__(self, zh: bool) -> None:
        self.zh = zh

    def phrase(self, name: str, *parts: str) -> str:
        return _PHRASES[name][self.zh].format(*parts)

    def say(self, node: Node) -> str:
        match node:
            case Token():
                return self.token(node)
            case Row(parts):
                return self.row(parts)
            case Styled(_, body):
                return self.say(_plain(body))
            case Fraction(top, bottom):
                return self.fraction(top, bottom)
            case Scripted(base, sub, sup):
                return self.scripted(_plain(base), sub, sup)
            case Big(sign, under, over):
                return self.big(sign.text, under, over)
            case Root(body):
                return self.phrase("root" if _single(body) else "roots", self.whole(body))
            case Fenced(opening, body, closing):
                return self.fenced(opening, self.whole(body), closing)
            case Cases(rows):
                sides = (f"{self.whole(value)} {self.whole(guard)}" for value, guard in rows)
                return self.phrase("cases", _ROWS[self.lang].join(sides))
            case Array(rows):
                lines = [_LISTED[self.lang].join(map(self.whole, r)) for r in rows]
                return self.phrase("vector" if len(lines) == 1 else "matrix", _ROWS[self.lang].join(lines))

    @property
    def lang(self) -> str:
        return "zh" if self.zh else "en"

    def whole(self, node: Node) -> str:
        return self.say(_plain(node))

    def token(self, token: Token) -> str:
        if token.kind == "prefix":
            return self.phrase("prefix")
        if token.text in _SIGNS:
            return _SIGNS[token.text][self.zh]
        return self.letter(token.text) if token.kind == "variable" else token.text

    def letter(self, letter: str) -> str:
        """A Greek letter by its name; capitals of both alphabets look like one another, and so are told apart."""
        name = unicodedata.name(letter, "")
        if not name.startswith("GREEK"):
            return letter
        word = name.split(" LETTER ")[-1].removesuffix(" SYMBOL").removeprefix("GREEK LUNATE ").lower().replace("lamda", "lambda")
        return self.phrase("capital", word) if "CAPITAL" in name else word

    def row(self, parts: Sequence[Node]) -> str:
        """Boxes side by side. An operator takes what follows up to the next plus or minus: what comes after that follows its end."""
        out: list[str] = []
        for i, part in enumerate(parts):
            out.append(self.say(part))
            if isinstance(part, Big):
                stop = next((k for k in range(i + 1, len(parts)) if _ends(parts[k])), len(parts))
                if stop < len(parts):
                    body = self.row(parts[i + 1 : stop])
                    return " ".join((*out, body, self.phrase(f"end {part.sign.text}"), self.row(parts[stop:])))
        return " ".join(out)

    def big(self, sign: str, under: Node, over: Node | None) -> str:
        if sign == "lim":
            there = self.whole(under).replace(f" {_SIGNS['→'][self.zh]} ", f" {self.phrase('tends')} ", 1)
        elif over is None:
            there = self.phrase("range", self.whole(under))
        else:
            there = self.phrase("from", self.whole(under), self.whole(over))
        return self.phrase(sign, there)

    def fraction(self, top: Node, bottom: Node) -> str:
        top, bottom = _plain(top), _plain(bottom)
        differential = bottom.parts[0] if isinstance(bottom, Row) else None
        if isinstance(bottom, Row) and isinstance(differential, Token) and differential.kind == "symbol" and differential.text in "∂d":
            return self.derivative(differential.text, top, row(*bottom.parts[1:]))
        return self.phrase("over" if _single(top) and _single(bottom) else "fraction", self.say(top), self.say(bottom))

    def derivative(self, sign: str, top: Node, variable: Node) -> str:
        first, *rest = top.parts if isinstance(top, Row) else (top,)
        name = "partial" if sign == "∂" else "derivative"
        if isinstance(first, Scripted) and first.sup is not None and isinstance(variable, Scripted):
            order, variable = self.whole(first.sup), Scripted(variable.base, variable.sub) if variable.sub else variable.base
            return " ".join((self.phrase(f"{name} again", self.whole(variable), order), self.row(rest)))
        return " ".join((self.phrase(name, self.whole(variable)), self.row(rest)))

    def scripted(self, base: Node, sub: Node | None, sup: Node | None) -> str:
        if base == Token("symbol", "∫"):
            ends = (self.whole(sub) if sub else "", self.whole(sup) if sup else "")
            return self.phrase("∫", self.phrase("from", *ends) if sup else self.phrase("range", ends[0]))
        if isinstance(base, Fenced) and not base.opening and sub is not None:
            return self.phrase("value", self.whole(base.body), self.whole(sub))
        out = self.say(base)
        if sub is not None:
            out = self.phrase("index" if _single(sub) else "indices", out, self.whole(sub))
        if sup in (Token("number", "2"), Token("number", "3")):
            out = self.phrase("squared" if sup == Token("number", "2") else "cubed", out)
        elif isinstance(sup, Token) and sup.kind == "binary":  # the side of a limit
            out = self.phrase("above" if sup.text == "+" else "below", out)
        elif sup is not None:
            out = self.phrase("power" if _single(sup) else "powers", out, self.whole(sup))
        return out

    def fenced(self, opening: str, body: str, closing: str) -> str:
        if (opening, closing) == ("|", "|"):
            return self.phrase("absolute", body)
        ends = (_SIGNS[end][self.zh] if end in _SIGNS else end for end in (opening, closing))
        return f" {body} ".join(ends)


def _single(node: Node) -> bool:
    return isinstance(_plain(node), Token)


def _ends(node: Node) -> bool:
    """Whether the reach of an operator ends before this."""
    return isinstance(node, Token) and (
        node.kind in ("relation", "punctuation")
        or (node.kind == "words" and bool(node.text.strip()))
        or (node.kind == "binary" and node.text in ("+", "−"))
    )

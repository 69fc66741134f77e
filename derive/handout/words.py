"""What a handout says in words, in English and Chinese: labels, marks, reasons, types. Knows no verdict and no format."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache

from derive.handout.document import Mark, Said, Text
from derive.handout.formula import Fenced, Node, Notation, Row, Scripted, Token, joined, row, symbol, upto
from derive.handout.sentences import SENTENCES
from derive.model import Givens, Type, Words
from derive.term import Term, num

CROSS = Token("binary", "×")
LABELS: Mapping[str, Words] = {
    "given": Words("Given", "已知"),
    "where": Words("Where", "其中"),
    "source": Words("Source", "出处"),
    "contents": Words("Contents", "目录"),
    "name": Words("Name", "姓名"),
    "date": Words("Date", "日期"),
    "sheet": Words("Sheet", "卷号"),
    "step": Words("Step", "步骤"),
    "write": Words("To be completed here, for the program to read", "请在此处补全，供程序批改"),
}
MARKS: Mapping[Mark, Words] = {
    Mark.PROVED: Words("proved by the checker", "已由检查器证明"),
    Mark.COMPUTED: Words("computed, not proved", "经计算核对，未证明"),
    Mark.MISREASONED: Words("true, but for another reason", "结论正确，但理由不对"),
    Mark.UNDECIDED: Words("not decided", "未能判定"),
    Mark.REFUTED: Words("refuted by numbers or by a proof", "已被数值或证明推翻"),
    Mark.MALFORMED: Words("without meaning", "没有意义"),
    Mark.CONFLICT: Words("a defect of the checker", "检查器自相矛盾"),
    Mark.RING: Words("for you to tick", "供你打勾"),
}
NAMED = {
    "definition of": Words("Definition of {}", "{} 的定义"),
    "cases": Words("Cases of {}", "对 {} 分情况"),
    "lemma": Words("By «{}»", "由“{}”"),
}


def text(words: Words, lang: str) -> str:
    """The words in a language; in the other one where a page has none in this. A page can be typed on any keyboard: its signs are set."""
    found = (words.zh or words.en) if lang == "zh" else (words.en or words.zh)
    return _TYPED.sub(lambda m: _SIGNS[m[0]], found)


_SIGNS = {"-": "−", "<=": "≤", ">=": "≥", "!=": "≠"}
_TYPED = re.compile(r"[<>!]=|(?<![\w)\]-])-(?=[\w(])")  # a minus sign stands before a number or a name, and no hyphen behind a space


def sentence(words: Words) -> Words:
    """Words that begin small and end without a stop as a sentence; what begins with a formula does not begin large."""
    en = words.en[:1].upper() + words.en[1:] if re.match("[a-z]+ [a-z0-9]", words.en) else words.en
    return Words(en and f"{en}.", words.zh and f"{words.zh}。")


def said(words: Words, languages: Sequence[str]) -> Said:
    """The words in each language; once, where there are words in one language only."""
    return tuple((found,) for found in dict.fromkeys(text(words, lang) for lang in languages) if found)


def labels(languages: Sequence[str]) -> dict[str, Said]:
    """The fixed words of a document."""
    return {name: said(words, languages) for name, words in LABELS.items()}


# -- reasons


@cache
def _reasons() -> Mapping[str, str]:
    from derive.reasons import FIXED  # late: the table of rules is read from text
    from derive.rules import GROUPS, RULES  # late, for the same reason

    return {**FIXED, **GROUPS, **{name: rule.zh for name, rule in RULES.items()}}


def reason(name: str, lang: str, titles: Mapping[str, Words]) -> Text:
    """A reason as a handout has it: `Log of a product`, `Definition of S`, `By «Softmax is positive»`."""
    for kind, words in NAMED.items():
        if name.startswith(f"{kind} "):
            what = name.removeprefix(f"{kind} ")
            before, _, after = text(words, lang).partition("{}")
            shown: str | Node = text(titles[what], lang) if what in titles else what if kind == "lemma" else symbol(what)
            return tuple(x for x in (before, shown, after) if x)
    shown = _reasons().get(name, name) if lang == "zh" else name
    return (shown[:1].upper() + shown[1:],)


def reasons(names: Sequence[str], free: Words, lang: str, titles: Mapping[str, Words]) -> Text:
    """The reasons of a step, and the page's own words behind a colon; a single reason without such words as a sentence."""
    if len(names) == 1 and names[0] in SENTENCES and not any(free):
        return (text(SENTENCES[names[0]], lang),)
    shown, own = named(names, lang, titles), text(free, lang)
    return tuple(x for x in (*shown, ("：" if lang == "zh" else ": ") if shown and own else "", own) if x)


def named(names: Sequence[str], lang: str, titles: Mapping[str, Words]) -> Text:
    """The names of reasons, one behind the other."""
    out: list[str | Node] = []
    for i, name in enumerate(names):
        found = reason(name, lang, titles)
        out += [("，" if lang == "zh" else ", ") if i else "", *(lowered(found) if i else found)]
    return tuple(x for x in out if x)


def begun(found: Text) -> Text:
    """A text as it begins a sentence."""
    first, *rest = found
    return (first[:1].upper() + first[1:], *rest) if isinstance(first, str) else found


def lowered(found: Text) -> Text:
    """A text as it stands within a sentence."""
    first, *rest = found
    return (first[:1].lower() + first[1:], *rest) if isinstance(first, str) else found


# -- what is given


def given(givens: Givens, lang: str, notation: Notation) -> tuple[Text, ...]:
    """The strip of what is given: symbols of one type together, then the hypotheses."""
    groups: dict[Type, list[str]] = {}
    for name, kind in givens.symbols.items():
        groups.setdefault(kind, []).append(name)
    out = [_typed(names, kind, lang, notation) for kind, names in groups.items()]
    return (*out, *((notation.formula(h),) for h in givens.hypotheses))


def _typed(names: Sequence[str], kind: Type, lang: str, notation: Notation) -> Text:
    if kind.params:
        return _function(names, kind, lang, notation)
    all_of = [_family(name, kind.shape, notation) for name in names]
    shown = joined(all_of)
    several = len(names) > 1 or bool(kind.shape)
    if kind.kind == "positive":
        return (row(shown, Token("relation", ">"), Token("number", "0")),)
    if kind.kind == "nonnegative":
        return (row(shown, Token("relation", "≥"), Token("number", "0")),)
    if kind.kind == "probability" and not several:
        less = Token("relation", "<")
        return (row(Token("number", "0"), less, shown, less, Token("number", "1")),)
    return (shown, *_KINDS[kind.kind](kind, several, lang, notation))


def _en(several: bool, one: str, more: str) -> str:
    return f" are {more}" if several else f" is {one}"


_KINDS: Mapping[str, Callable[[Type, bool, str, Notation], Text]] = {
    "real": lambda k, s, lang, n: (" 为实数",) if lang == "zh" else (_en(s, "real", "real"),),
    "integer": lambda k, s, lang, n: (" 为整数",) if lang == "zh" else (_en(s, "an integer", "integers"),),
    "size": lambda k, s, lang, n: (" 为正整数",) if lang == "zh" else (_en(s, "a positive integer", "positive integers"),),
    "probability": lambda k, s, lang, n: (" 严格介于 0 与 1 之间" if lang == "zh" else " lie strictly between 0 and 1",),
    "label": lambda k, s, lang, n: (" 取 0 或 1",) if lang == "zh" else (_en(s, "0 or 1", "each 0 or 1"),),
    "sign": lambda k, s, lang, n: (" 取 −1 或 1",) if lang == "zh" else (_en(s, "−1 or 1", "each −1 or 1"),),
    "index": lambda k, s, lang, n: (
        (" 取自 ", _upto(k, n)) if lang == "zh" else (" are each one of " if s else " is one of ", _upto(k, n))
    ),
    "set": lambda k, s, lang, n: (" 为集合",) if lang == "zh" else (_en(s, "a set", "sets"),),
}


def _upto(kind: Type, notation: Notation) -> Node:
    assert kind.over is not None
    last = notation.formula(kind.over)
    return joined([Token("number", "1"), last]) if last == Token("number", "2") else upto(last)


def _family(name: str, shape: Sequence[Term], notation: Notation) -> Node:
    """`x`; `x_1, …, x_N`; `W_{11}, …, W_{Kd}`."""
    if not shape:
        return symbol(name)
    ends = []
    for index in ([num(1)] * len(shape), shape):
        letters = [notation.formula(t) for t in index]
        plain = all(isinstance(n, Token) and len(n.text) == 1 for n in letters)
        ends.append(Scripted(symbol(name), Row(tuple(letters)) if plain and len(letters) > 1 else joined(letters)))
    if shape in ((num(2),), [num(2)]):
        return joined(ends)
    return joined([ends[0], Token("symbol", "…"), ends[1]])


def _function(names: Sequence[str], kind: Type, lang: str, notation: Notation) -> Text:
    shown = joined([symbol(n) for n in names])
    spaces = [_space(p, notation) for p in kind.params]
    domain = joined(spaces, CROSS)
    if kind.density:
        before, after = (" 为 ", " 上的概率密度") if lang == "zh" else (" are densities on " if len(names) > 1 else " is a density on ", "")
        return tuple(x for x in (shown, before, domain, after) if x)
    return (row(shown, Token("punctuation", ":"), domain, Token("relation", "→"), _space(Type(kind.kind, kind.over), notation)),)


def _space(kind: Type, notation: Notation) -> Node:
    """The set of values of a type: ℝ, (0, ∞), {0, 1}, {1, …, N}."""
    zero, one, infinity = Token("number", "0"), Token("number", "1"), Token("symbol", "∞")
    minus_one = row(Token("prefix", "−"), one)
    comma = Token("punctuation", ",")
    match kind.kind:
        case "real":
            space: Node = Token("symbol", "ℝ")
        case "integer":
            space = Token("symbol", "ℤ")
        case "size":
            space = Token("symbol", "ℕ")
        case "positive":
            space = Fenced("(", row(zero, comma, infinity), ")")
        case "nonnegative":
            space = Fenced("[", row(zero, comma, infinity), ")")
        case "probability":
            space = Fenced("(", row(zero, comma, one), ")")
        case "label":
            space = Fenced("{", row(zero, comma, one), "}")
        case "sign":
            space = Fenced("{", row(minus_one, comma, one), "}")
        case "index":
            space = Fenced("{", _upto(kind, notation), "}")
        case _:
            assert kind.over is not None
            space = notation.formula(kind.over)
    return Scripted(space, None, joined(map(notation.formula, kind.shape), CROSS)) if kind.shape else space

"""Term → formula: how an expression is set on paper, before any format. Knows notation; not pages, verdicts or formats.

A formula is a small tree of boxes, and each writer folds over it. What has to be in brackets is decided here, once: a formula is
read from left to right, a big operator or `log` without brackets takes what follows up to the next plus or minus, and so may stand
only where nothing else follows it as a factor. Parts are kept in the order in which the page wrote them.
"""

from __future__ import annotations

import itertools
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction as Rational
from typing import Literal

from derive.model import Relation
from derive.show import OPERATOR, Path, decimal_text
from derive.term import REALS, TRUE, Lambda, Replacement, Term, free, walk

# -- the boxes

Kind = Literal[
    "variable",  # a letter in italics: x, θ
    "number",  # 12, 0.10
    "name",  # an upright name: log, max, loss
    "symbol",  # an upright symbol: ∞, ℝ, ∂, …
    "prefix",  # − before what it negates
    "binary",  # +, −, ·, / between two
    "relation",  # =, ≤, ∈, →, ⇔
    "punctuation",  # a comma
    "invisible",  # the product of what stands side by side (U+2062), a function and its argument (U+2061)
    "words",  # if, and
]
TIMES, APPLY = "\u2062", "\u2061"


@dataclass(frozen=True, slots=True)
class Token:
    """One sign or name."""

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class Row:
    """Boxes side by side."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Fraction:
    """One box above another."""

    top: Node
    bottom: Node


@dataclass(frozen=True, slots=True)
class Scripted:
    """A box with an index, an exponent, or both; also the integral sign with its limits, which stand beside it."""

    base: Node
    sub: Node | None = None
    sup: Node | None = None


@dataclass(frozen=True, slots=True)
class Big:
    """An operator with what stands below and above it: ∑, ∏, lim, arg max."""

    sign: Token
    under: Node
    over: Node | None = None


@dataclass(frozen=True, slots=True)
class Root:
    """A square root."""

    body: Node


@dataclass(frozen=True, slots=True)
class Fenced:
    """A box in brackets that grow with it; an empty one is not drawn."""

    opening: str
    body: Node
    closing: str


@dataclass(frozen=True, slots=True)
class Cases:
    """Rows of a value and the condition under which it is taken, behind one brace."""

    rows: tuple[tuple[Node, Node], ...]


@dataclass(frozen=True, slots=True)
class Array:
    """Rows of boxes in square brackets."""

    rows: tuple[tuple[Node, ...], ...]


@dataclass(frozen=True, slots=True)
class Styled:
    """A box that looks different: `changed` since the line above, or `wrong`."""

    style: Literal["changed", "wrong"]
    body: Node


COMMA = Token("punctuation", ",")
Node = Token | Row | Fraction | Scripted | Big | Root | Fenced | Cases | Array | Styled

RELATIONS = {
    Relation.EQ: "=", Relation.LE: "≤", Relation.LT: "<", Relation.GE: "≥", Relation.GT: ">", Relation.APPROX: "≈", Relation.IFF: "⇔",
}  # fmt: skip
_COMPARED = {"eq": "=", "ne": "≠", "lt": "<", "le": "≤", "gt": ">", "ge": "≥", "iff": "⇔"}
_WORDS = {
    "and": ("and", "且"), "or": ("or", "或"), "not": ("not", "非"), "if": ("if", "若"),
    "otherwise": ("otherwise", "其他"), "integrable": ("exists", "存在"),
    "almost": ("for almost every", "对几乎所有"), "is": ("is an integer", "为整数"),
}  # fmt: skip
GREEK = frozenset({
    "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa", "lambda", "mu", "nu", "xi", "omicron", "pi",
    "rho", "sigma", "tau", "upsilon", "phi", "chi", "psi", "omega",
})  # fmt: skip
# how tightly an operation binds, as it is set
_PROPOSITION, _RELATION, _SUM, _TERM, _PRODUCT, _POWER, _ATOM = range(7)
_STRENGTH = {
    "iff": _PROPOSITION, "or": _PROPOSITION, "and": _PROPOSITION, "not": _PROPOSITION, "all": _PROPOSITION, "almost": _PROPOSITION,
    "integrable": _PROPOSITION, "is": _PROPOSITION, **dict.fromkeys(("eq", "ne", "lt", "le", "gt", "ge"), _RELATION),
    "add": _SUM, "sub": _SUM, "neg": _SUM, "mul": _PRODUCT, "cases": _RELATION,  # a brace has no end: nothing may follow it
    **dict.fromkeys(("sum", "prod", "limit", "argmax", "argmin", "integral", "diff"), _PRODUCT),
}  # fmt: skip
_OPEN = frozenset({"sum", "prod", "limit", "argmax", "argmin", "integral", "diff"})  # what follows as a factor would belong to it
_FUNCTIONS = frozenset({"log", "sin", "cos", "tan", "sinh", "cosh", "tanh"})  # that need no brackets around a letter
_TALL = frozenset({"sum", "prod", "limit", "integral", "cases", "array", "argmax", "argmin", "diff"})


@dataclass(frozen=True)
class Notation:
    """How terms are set: the language of words within formulas, and the names that are sets rather than sizes."""

    lang: str = "en"
    sets: frozenset[str] = frozenset()

    def formula(self, t: Term, marked: frozenset[Path] = frozenset(), style: Literal["changed", "wrong"] = "changed") -> Node:
        """The formula of a term, the parts at the `marked` paths styled."""
        return _Setter(self, marked, style).set(t, (), _PROPOSITION)

    def relation(self, left: Term, relation: Relation, right: Term) -> Node:
        """Two formulas with a relation between them."""
        return row(self.formula(left), Token("relation", RELATIONS[relation]), self.formula(right))

    def definition(self, name: str, meaning: Replacement) -> Node:
        """What a name stands for: `P = …`, `g(s) = …`."""
        if not isinstance(meaning, Lambda):
            return row(symbol(name), Token("relation", "="), self.formula(meaning))
        arguments = joined([symbol(p) for p in meaning.params])
        return row(symbol(name), Token("invisible", APPLY), Fenced("(", arguments, ")"), Token("relation", "="), self.formula(meaning.body))


def row(*parts: Node) -> Node:
    """Boxes side by side; rows among them are dissolved, and a single box is itself."""
    flat = tuple(itertools.chain.from_iterable(p.parts if isinstance(p, Row) else (p,) for p in parts))
    return flat[0] if len(flat) == 1 else Row(flat)


def joined(nodes: Iterable[Node], between: Token = COMMA) -> Node:
    """Boxes side by side with a sign between each two."""
    return row(*(x for i, n in enumerate(nodes) for x in ((between, n) if i else (n,))))


def upto(last: Node) -> Node:
    """`1, …, N`."""
    return joined([Token("number", "1"), Token("symbol", "…"), last])


def symbol(name: str) -> Node:
    """A name as it is set: a letter in italics, `theta` as θ, `x1` and `x_1` with an index, a word upright."""
    head, _, index = name.partition("_")
    if not index and len(head) > 1:
        letters = head.rstrip("0123456789")
        head, index = letters or head, head[len(letters) :] if letters else ""
    base = _letter(head or name)
    return Scripted(base, _index_name(index)) if index and head else base


def _index_name(name: str) -> Node:
    return Token("number", name) if name.isdecimal() else _letter(name)


def _letter(name: str) -> Token:
    if name.lower() in GREEK:
        found = unicodedata.lookup(f"GREEK {'CAPITAL' if name[0].isupper() else 'SMALL'} LETTER {_unicode_name(name.upper())}")
        return Token("variable", "ϵ" if found == "ε" else found)
    return Token("variable" if len(name) == 1 else "name", name)


def _unicode_name(name: str) -> str:
    return "LAMDA" if name == "LAMBDA" else name


class _Setter:
    """Sets one term; `path` is where a part stands in it, and `open_` whether nothing follows it as a factor."""

    def __init__(self, notation: Notation, marked: frozenset[Path], style: Literal["changed", "wrong"]) -> None:
        self.notation, self.marked, self.style = notation, marked, style

    def set(self, t: Term, path: Path, above: int, open_: bool = True, script: bool = False) -> Node:
        """A part, in brackets if it binds less tightly than what is around it, styled if it is marked."""
        if _strength(t, script) < above or (not open_ and t.op in _OPEN):
            node: Node = Fenced("(", self.node(t, path, True, script), ")")
        else:
            node = self.node(t, path, open_, script)
        return self.styled(node, path)

    def styled(self, node: Node, path: Path) -> Node:
        return Styled(self.style, node) if path in self.marked else node

    def operator(self, token: Token, path: Path) -> Node:
        return token if token.kind == "invisible" else self.styled(token, (*path, OPERATOR))

    def node(self, t: Term, path: Path, open_: bool, script: bool) -> Node:
        setter = getattr(self, f"_{t.op}", None)
        if setter is not None:
            node: Node = setter(t, path, open_, script)
            return node
        if t.op in _COMPARED:
            strength = _PROPOSITION + 1 if t.op == "iff" else _SUM
            sides = (self.set(a, (*path, i), strength, True, script) for i, a in enumerate(t.args))
            return self._between(sides, self.operator(Token("relation", _COMPARED[t.op]), path))
        return self._function(t, path, open_, script)

    def _between(self, sides: Iterator[Node], operator: Node) -> Node:
        left, right = sides
        return row(left, operator, right)

    def words(self, what: str) -> Token:
        return Token("words", _WORDS[what][self.notation.lang == "zh"])

    def arguments(self, t: Term, path: Path, start: int, script: bool = False) -> Node:
        return joined([self.set(t.args[i], (*path, i), _PROPOSITION, True, script) for i in range(start, len(t.args))])

    # -- leaves

    def _num(self, t: Term, path: Path, open_: bool, script: bool) -> Node:
        value, decimals = t.args
        if decimals or value.denominator == 1:
            return _signed(Token("number", decimal_text(abs(value), decimals)), value)
        top, bottom = (Token("number", str(n)) for n in (abs(value.numerator), value.denominator))
        return _signed(row(top, Token("binary", "/"), bottom) if script else Fraction(top, bottom), value)

    def _sym(self, t: Term, path: Path, open_: bool, script: bool) -> Node:
        return Token("symbol", "ℝ") if t == REALS else symbol(t.name)

    def _const(self, t: Term, path: Path, open_: bool, script: bool) -> Node:
        if t == TRUE:
            return Token("words", "true" if self.notation.lang == "en" else "真")
        return {"pi": Token("variable", "π"), "e": Token("variable", "e")}.get(t.name) or Token("symbol", "∞")

    # -- arithmetic

    def _add(self, t: Term, path: Path, open_: bool, script: bool) -> Node:
        sign = "+" if t.op == "add" else "−"
        left = self.set(t.args[0], (*path, 0), _SUM, True, script)
        # what begins with a sign of its own is put in brackets
        right = self.set(t.args[1], (*path, 1), _TERM, open_, script)
        return row(left, self.operator(Token("binary", sign), path), right)

    _sub = _add

    def _neg(self, t: Term, path: Path, open_: bool, script: bool) -> Node:
        return row(self.operator(Token("prefix", "−"), path), self.set(t.args[0], (*path, 0), _TERM if open_ else _PRODUCT, open_, script))

    def _mul(self, t: Term, path: Path, open_: bool, script: bool) -> Node:
        first, second = t.args
        left = self.set(first, (*path, 0), _SUM if _begins_with_sign(first, script) else _PRODUCT, False, script)
        right = self.set(second, (*path, 1), _POWER if second.op == "mul" else _PRODUCT, open_, script)
        return row(left, self.operator(_times(left, right), path), right)

    def _div(self, t: Term, path: Path, open_: bool, script: bool) -> Node:
        if not script:
            return self._fraction(t, path)
        top = self.set(t.args[0], (*path, 0), _SUM if _begins_with_sign(t.args[0], True) else _PRODUCT, False, True)
        bottom = self.set(t.args[1], (*path, 1), _POWER, False, True)
        return row(top, self.operator(Token("binary", "/"), path), bottom)

    def _fraction(self, t: Term, path: Path) -> Node:
        """One term above another. The sign of a numerator stands before the stroke."""
        top, bottom = t.args
        below, at = self.set(bottom, (*path, 1), _PROPOSITION), (*path, 0)
        if top.op != "neg":
            return Fraction(self.set(top, at, _PROPOSITION), below)
        above = self.styled(self.set(top.args[0], (*at, 0), _PROPOSITION), at)
        return row(self.styled(self.operator(Token("prefix", "−"), at), at), Fraction(above, below))

    def _pow(self, t: Term, path: Path, open_: bool, script: bool) -> Node:
        base, exponent = t.args
        sup = self.set(exponent, (*path, 1), _PROPOSITION, True, True)
        if base.op == "elem" and base.args[0].op == "sym" and not _indexed_name(base.name):
            head, sub = self._head_and_index(base, (*path, 0))
            if (*path, 0) in self.marked:
                head, sub = Styled(self.style, head), Styled(self.style, sub)
            return Scripted(head, sub, sup)
        bare = base.op in ("sym", "const", "abs", "apply", "delta", "max", "min") or (base.op == "num" and _plain_number(base))
        if base.op == "sym" and isinstance(found := symbol(base.name), Scripted):
            return Scripted(self.styled(found.base, (*path, 0)), found.sub, sup)
        return Scripted(self.set(base, (*path, 0), _PROPOSITION if bare else _ATOM + 1, True, script), None, sup)

    # -- functions

    def _exp(self, t: Term, path: Path, open_: bool, script: bool) -> Node:
        if any(x.op in _TALL for x in walk(t.args[0])):
            return self._named("exp", t, path, script)
        return Scripted(Token("variable", "e"), None, self.set(t.args[0], (*path, 0), _PROPOSITION, True, True))

    def _log(self, t: Term, path: Path, open_: bool, script: bool) -> Node:
        head: Node = Token("name", "log")
        if len(t.args) == 2:
            head = Scripted(head, self.set(t.args[1], (*path, 1), _PROPOSITION, True, True))
        return self._applied(head, t, path, open_, script)

    def _sqrt(self, t: Term, path: Path, open_: bool, script: bool) -> Node:
        return Root(self.set(t.args[0], (*path, 0), _PROPOSITION, True, script))

    def _abs(self, t: Term, path: Path, open_: bool, script: bool) -> Node:
        return Fenced("|", self.set(t.args[0], (*path, 0), _PROPOSITION, True, script), "|")

    def _function(self, t: Term, path: Path, open_: bool, script: bool) -> Node:
        if t.op in _FUNCTIONS:
            return self._applied(Token("name", t.op), t, path, open_, script)
        return self._named(t.op, t, path, script)

    def _applied(self, head: Node, t: Term, path: Path, open_: bool, script: bool) -> Node:
        """A function of one argument: a letter or number needs no brackets, where nothing follows it as a factor."""
        what = t.args[0]
        body = self.set(what, (*path, 0), _PROPOSITION, True, script)
        bare = what.op in ("sym", "elem", "const") or (what.op == "num" and _plain_number(what))
        if not (open_ and bare) or isinstance(_end(body, 0), Fenced):
            body = Fenced("(", body, ")")
        return row(head, Token("invisible", APPLY), body)

    def _named(self, name: str, t: Term, path: Path, script: bool) -> Node:
        return row(Token("name", name), Token("invisible", APPLY), Fenced("(", self.arguments(t, path, 0, script), ")"))

    def _apply(self, t: Term, path: Path, open_: bool, script: bool) -> Node:
        head = self.set(t.args[0], (*path, 0), _ATOM)
        return row(head, Token("invisible", APPLY), Fenced("(", self.arguments(t, path, 1, script), ")"))

    def _elem(self, t: Term, path: Path, open_: bool, script: bool) -> Node:
        head, index = self._head_and_index(t, path)
        if isinstance(unstyled(head), Scripted):
            return Scripted(Fenced("(", head, ")"), index)
        return Scripted(head, index)

    def _delta(self, t: Term, path: Path, open_: bool, script: bool) -> Node:
        return Scripted(Token("variable", "δ"), self._indices(t, path, 0))

    def _head_and_index(self, t: Term, path: Path) -> tuple[Node, Node]:
        return self.set(t.args[0], (*path, 0), _ATOM), self._indices(t, path, 1)

    def _indices(self, t: Term, path: Path, start: int) -> Node:
        """Indices, without commas where each is one letter."""
        nodes = [self.set(t.args[i], (*path, i), _PROPOSITION, True, True) for i in range(start, len(t.args))]
        if len(nodes) > 1 and all(isinstance(x, Token) and x.kind == "variable" for n in nodes for x in [unstyled(n)]):
            return Row(tuple(nodes))
        return joined(nodes)

    def _array(self, t: Term, path: Path, open_: bool, script: bool) -> Node:
        rows = [(r.args if r.op == "array" else (r,), (*path, i) if r.op == "array" else path, i) for i, r in enumerate(t.args)]
        if any(r.op == "array" for r in t.args):
            return Array(tuple(tuple(self.set(x, (*p, k), _PROPOSITION) for k, x in enumerate(xs)) for xs, p, _ in rows))
        return Array((tuple(self.set(x, (*path, i), _PROPOSITION) for i, x in enumerate(t.args)),))

    def _cases(self, t: Term, path: Path, open_: bool, script: bool) -> Node:
        parts = [self.set(a, (*path, i), _PROPOSITION) for i, a in enumerate(t.args)]
        pairs = zip(t.args[1::2], parts[1::2], strict=True)
        guards = (self.words("otherwise") if guard == TRUE else row(self.words("if"), node) for guard, node in pairs)
        return Cases(tuple(zip(parts[::2], guards, strict=True)))

    # -- what binds a variable

    def _sum(self, t: Term, path: Path, open_: bool, script: bool) -> Node:
        sign = Token("symbol", "∑" if t.op == "sum" else "∏")
        under, over = self._range(t, path)
        return row(Big(sign, under, over), self._body(t, path, open_))

    _prod = _sum

    def _argmax(self, t: Term, path: Path, open_: bool, script: bool) -> Node:
        under, over = self._range(t, path)
        return row(Big(Token("name", "arg max" if t.op == "argmax" else "arg min"), under, over), self._body(t, path, open_))

    _argmin = _argmax

    def _body(self, t: Term, path: Path, open_: bool) -> Node:
        return self.set(t.args[0], (*path, 0), _PRODUCT, open_)

    def _range(self, t: Term, path: Path) -> tuple[Node, Node | None]:
        """What stands below and above the sign: `i = 1` and `N`, or `t ∈ Θ`; with the filter."""
        _, var, over, where = t.args
        name = self.styled(symbol(var.name), (*path, 1))
        span = self.set(over, (*path, 2), _PROPOSITION, True, True)
        if over == REALS or (over.op == "sym" and over.name in self.notation.sets):
            under, above = row(name, Token("relation", "∈"), span), None
        else:
            under, above = row(name, Token("relation", "="), Token("number", "1")), span
        if where != TRUE:
            under = row(under, COMMA, self.set(where, (*path, 3), _PROPOSITION, True, True))
        return under, above

    def _integral(self, t: Term, path: Path, open_: bool, script: bool) -> Node:
        body, var, over, where = t.args
        infinity = Token("symbol", "∞")
        if over == REALS and where == TRUE:
            sign = Scripted(Token("symbol", "∫"), row(Token("prefix", "−"), infinity), infinity)
        else:
            sign = Scripted(Token("symbol", "∫"), self._range(t, path)[0])
        differential = row(Token("symbol", "d"), symbol(var.name))
        return row(sign, self.set(body, (*path, 0), _PRODUCT, False), Token("words", " "), differential)

    def _limit(self, t: Term, path: Path, open_: bool, script: bool) -> Node:
        _, var, point, side = t.args
        goal = self.set(point, (*path, 2), _PROPOSITION, True, True)
        if side.name != "both":
            base = goal if point.op in ("sym", "num", "const") and not isinstance(goal, Row) else Fenced("(", goal, ")")
            goal = self.styled(Scripted(base, None, Token("binary", "−" if side.name == "left" else "+")), (*path, 3))
        under = row(symbol(var.name), Token("relation", "→"), goal)
        return row(Big(Token("name", "lim"), under), self._body(t, path, open_))

    def _diff(self, t: Term, path: Path, open_: bool, script: bool) -> Node:
        body, var = t.args[:2]
        at, order = (*path, 0), 1
        while body.op == "diff" and body.args[1] == var and len(body.args) == 2 and at not in self.marked:
            body, at, order = body.args[0], (*at, 0), order + 1
        others = free(body) - free(var) - {x.name for x in walk(body) if x.op == "apply"}
        sign = Token("symbol", "∂" if others or var.op == "elem" else "d")
        power = Token("number", str(order))
        top: Node = Scripted(sign, None, power) if order > 1 else sign
        v = self.set(var, (*path, 1), _ATOM)
        if order > 1:
            v = Scripted(v.base, v.sub, power) if isinstance(v, Scripted) and v.sup is None else Scripted(v, None, power)
        bottom = row(sign, v)
        short = body.op in ("sym", "elem") or (body.op == "apply" and all(a.op in ("sym", "num", "elem") for a in body.args))
        if short:
            out: Node = Fraction(row(top, self.set(body, at, _ATOM)), bottom)
        else:
            atom = body.op in ("log", "apply") or (body.op == "div" and not script and not _begins_with_sign(body, script))
            inner = self.set(body, at, _PROPOSITION, False) if atom else Fenced("(", self.set(body, at, _PROPOSITION), ")")
            out = row(Fraction(top, bottom), inner)
        if len(t.args) == 3:
            place = row(self.set(var, (*path, 1), _ATOM), Token("relation", "="), self.set(t.args[2], (*path, 2), _SUM, True, True))
            out = Scripted(Fenced("", out, "|"), place)
        return out

    # -- propositions

    def _and(self, t: Term, path: Path, open_: bool, script: bool) -> Node:
        sides = (self.set(a, (*path, i), _RELATION if a.op != t.op else _PROPOSITION, True, script) for i, a in enumerate(t.args))
        return self._between(sides, self.operator(self.words(t.op), path))

    _or = _and

    def _not(self, t: Term, path: Path, open_: bool, script: bool) -> Node:
        return row(self.operator(self.words("not"), path), Fenced("(", self.set(t.args[0], (*path, 0), _PROPOSITION, True, script), ")"))

    def _all(self, t: Term, path: Path, open_: bool, script: bool) -> Node:
        body, var, over, where = t.args
        span = self.set(over, (*path, 2), _PROPOSITION, True, True)
        if over == REALS or (over.op == "sym" and over.name in self.notation.sets):
            which = row(symbol(var.name), Token("relation", "∈"), span)
        else:
            which = row(symbol(var.name), Token("relation", "="), upto(span))
        if where != TRUE:
            which = row(which, COMMA, self.set(where, (*path, 3), _PROPOSITION))
        return row(self.set(body, (*path, 0), _PROPOSITION), Token("words", " "), Fenced("(", which, ")"))

    def _almost(self, t: Term, path: Path, open_: bool, script: bool) -> Node:
        return row(self.set(t.args[0], (*path, 0), _RELATION), self.words("almost"), symbol(t.args[1].name))

    def _integrable(self, t: Term, path: Path, open_: bool, script: bool) -> Node:
        return row(self.set(t.args[0], (*path, 0), _PRODUCT), self.words("integrable"))

    def _is(self, t: Term, path: Path, open_: bool, script: bool) -> Node:
        return row(self.set(t.args[0], (*path, 0), _SUM), self.words("is"))


def _signed(node: Node, value: Rational) -> Node:
    return row(Token("prefix", "−"), node) if value < 0 else node


def _plain_number(t: Term) -> bool:
    value, decimals = t.args
    return bool(value >= 0 and (decimals or value.denominator == 1))


def _indexed_name(name: str) -> bool:
    return isinstance(symbol(name), Scripted)


def _begins_with_sign(t: Term, script: bool) -> bool:
    """Whether a product or a fraction, as it is set, begins with a minus sign."""
    if t.op == "div" and not script:
        return bool(t.args[0].op == "neg")
    return t.op == "neg" or (t.op == "mul" and _begins_with_sign(t.args[0], script))


def _strength(t: Term, script: bool) -> int:
    """How tightly a term binds, as it is set: what has a stroke in it is no factor, and where a bar reaches to the left is not seen."""
    if t.op == "num":
        value, decimals = t.args
        return _SUM if value < 0 else _TERM if script and value.denominator != 1 and not decimals else _ATOM
    if t.op == "div" and script:
        return _SUM if _begins_with_sign(t.args[0], True) else _TERM
    if t.op == "diff" and len(t.args) == 3:
        return _TERM
    return _SUM if _begins_with_sign(t, script) else _STRENGTH.get(t.op, _ATOM)


def unstyled(node: Node) -> Node:
    """A box without its style."""
    return unstyled(node.body) if isinstance(node, Styled) else node


def _times(left: Node, right: Node) -> Token:
    """The sign of a product: none, unless a number follows, or what follows could be read as an argument."""
    last, first = _end(left, -1), _end(right, 0)
    numbers = isinstance(first, Token) and first.kind == "number"
    differential = isinstance(right, Fraction) and isinstance(last, Token) and last.kind == "number"
    fractions = isinstance(first, Fraction) and isinstance(last, Fraction | Token) and (isinstance(last, Fraction) or last.kind == "number")
    names = isinstance(last, Token) and last.kind == "name"
    return Token("binary", "·") if numbers or differential or fractions or names else Token("invisible", TIMES)


def _end(node: Node, which: int) -> Node:
    """The first or last box that one sees."""
    while isinstance(node, Row | Styled):
        node = node.body if isinstance(node, Styled) else node.parts[which]
    if isinstance(node, Scripted) and which == 0:
        return _end(node.base, 0)
    return node

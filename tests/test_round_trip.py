"""What the printers of formulas write is read back, by a reader that knows none of them, to the value that the term has."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from fractions import Fraction
from xml.etree.ElementTree import tostring

import pytest
from evaluated import outcome
from formula_reader import Layout, Reader, Unreadable, from_latex, from_mathml, from_omml, from_typst

from derive.balls import Environment, environment
from derive.handout import mathml, omml, typst
from derive.handout.formula import Node, Notation
from derive.handout.latex import latex
from derive.show import OPERATOR, Path, text
from derive.term import OO, PI, REALS, TRUE, E, Lambda, Term, binder, call, num, sym, walk

TERMS = 2000
FORMATS: dict[str, Callable[[Node], Layout]] = {
    "LaTeX": lambda node: from_latex(latex(node, {"changed": r"\textcolor{#1a5ba3}", "wrong": r"\wrong"})),
    "MathML": lambda node: from_mathml(tostring(mathml.math(node), encoding="unicode")),
    "Office Math": lambda node: from_omml(omml.inline(node)),
    "Typst": lambda node: from_typst(typst.maths(node)),
}

# symbols as they look and as a page calls them; families with their numbers of indices; functions
SYMBOLS = {**{n: n for n in ("x", "y", "u", "i", "j", "k", "l", "N", "loss", "Θ")}, "θ": "theta", "x_1": "x1", "a_max": "a_max"}
FAMILIES = {"s": 1, "p": 1, "w": 2, "z_1": 1}
FUNCTIONS = {"f": 1, "h": 2, "slope": 1}
READER = Reader(SYMBOLS, FAMILIES, tuple(FUNCTIONS))
NOTATION = Notation(sets=frozenset({"Θ"}))
SCALARS = ("x", "y", "u", "loss", "theta", "x1", "a_max", "k")
INDICES = ("i", "j", "l")
_X, _Y = sym("x"), sym("y")
LAMBDAS = {
    "f": Lambda(("x",), call("add", call("mul", num(3), call("mul", _X, _X)), num(2))),
    "h": Lambda(("x", "y"), call("sub", call("mul", num(2), _X), call("mul", _Y, _Y))),
    "slope": Lambda(("x",), call("sub", num(5), call("mul", num(7), _X))),
}
ALGEBRA = (
    "add", "sub", "mul", "mul", "mul", "div", "div", "neg", "neg", "pow", "pow", "exp", "log", "sqrt", "abs", "tanh", "sin", "base",
    "max", "min", "apply", "sum", "sum", "prod", "cases",
)  # fmt: skip
ANALYSIS = (*ALGEBRA, "diff", "diff", "diff at", "limit", "integral", "argmax", "argmin")


class Drawn:
    """Random terms. Drawn plainly: Hypothesis takes ten times as long, and the smallest part that fails is found without it."""

    def __init__(self, seed: int, ops: tuple[str, ...]) -> None:
        self.rng, self.ops = random.Random(seed), ops

    def term(self, depth: int, indices: tuple[str, ...] = ("k",)) -> Term:
        """A number over the symbols; it may be undefined in places."""
        op = self.rng.choice(self.ops) if depth and self.rng.random() < 0.85 else "leaf"

        def t(*more: str) -> Term:
            return self.term(depth - 1, (*indices, *more))

        match op:
            case "leaf":
                return self.leaf(indices)
            case "base":
                return call("log", t(), t())
            case "add" | "sub" | "mul" | "div" | "pow" | "max" | "min":
                return call(op, t(), t())
            case "apply":
                name, arity = self.rng.choice([*FUNCTIONS.items()])
                return call(op, sym(name), *(t() for _ in range(arity)))
            case "cases":
                return call(op, t(), self.guard(depth - 1, indices), t(), TRUE)
            case "sum" | "prod":
                index = self.rng.choice(INDICES)
                where = call(self.rng.choice(("ne", "le")), sym(index), self.index(indices)) if self.rng.random() < 0.25 else TRUE
                return binder(op, t(index), index, self.rng.choice((sym("N"), num(2), num(3))), where)
            case "argmax" | "argmin" | "integral":
                return binder(op, t(), self.rng.choice(("x", "y")), REALS if op == "integral" else self.rng.choice((sym("Θ"), REALS)))
            case "diff":
                var = self.rng.choice((sym("x"), sym("theta"), call("elem", sym("s"), self.index(indices))))
                out = call("diff", t(), var)
                return call("diff", out, var) if self.rng.random() < 0.3 else out
            case "diff at":
                return call("diff", t(), sym("x"), t())
            case "limit":
                point = self.rng.choice((t(), num(0), OO, call("neg", OO)))
                return call("limit", t(), sym("x"), point, sym(self.rng.choice(("left", "right", "both"))))
        return call(op, t())

    def leaf(self, indices: tuple[str, ...]) -> Term:
        match self.rng.randrange(8):
            case 0 | 1 | 2:
                return sym(self.rng.choice(SCALARS))
            case 3:
                head = self.rng.choice([*FAMILIES])
                return call("elem", sym(head), *(self.index(indices) for _ in range(FAMILIES[head])))
            case 4:
                return call("delta", self.index(indices), self.index(indices))
            case 5:
                return self.rng.choice((PI, E))
        whole, decimals = self.rng.randint(-30, 99), self.rng.randint(0, 2)
        return self.rng.choice((num(Fraction(whole, 10**decimals), decimals), num(whole), num(Fraction(whole, 7))))

    def index(self, indices: tuple[str, ...]) -> Term:
        return sym(self.rng.choice(indices)) if self.rng.random() < 0.9 else num(self.rng.randint(1, 2))

    def guard(self, depth: int, indices: tuple[str, ...]) -> Term:
        op = self.rng.choice(("and", "or", "not", "eq", "ne", "lt", "le", "gt", "ge") if depth > 0 else ("lt", "ge"))
        if op in ("and", "or"):
            return call(op, self.guard(depth - 1, indices), self.guard(depth - 1, indices))
        if op == "not":
            return call(op, self.guard(depth - 1, indices))
        return call(op, self.term(max(depth, 0), indices), self.term(max(depth, 0), indices))

    def marks(self, t: Term) -> frozenset[Path]:
        """Some of the places of its parts and of their operators."""
        return frozenset(path for path in _places(t, ()) if self.rng.random() < 0.15)

    def points(self) -> Iterator[Environment]:
        """Two points at which the symbols have values."""

        def number() -> Fraction:
            return Fraction(self.rng.randint(-40, 60), self.rng.randint(3, 17))

        for n in (3, 2):
            families = {name: tuple(number() for _ in range(3)) for name in ("s", "p", "z_1")}
            table = {"w": tuple(tuple(number() for _ in range(3)) for _ in range(3))}
            places = {"N": Fraction(n), "k": Fraction(2), "i": Fraction(1), "j": Fraction(2), "l": Fraction(1)}
            yield environment({**{name: number() for name in SCALARS}, **places, **families, **table, **LAMBDAS})


def _places(t: Term, path: Path) -> Iterator[Path]:
    yield path
    if t.children:
        yield (*path, OPERATOR)
    for i, part in enumerate(t.children):
        yield from _places(part, (*path, i))


def misread(printed: Callable[[Node], Layout], t: Term, drawn: Drawn, marked: frozenset[Path] = frozenset()) -> str:
    """What is wrong with what is read from a printed term; nothing if its value is that of the term."""
    try:
        found = READER.term(printed(NOTATION.formula(t, marked)))
    except Unreadable as why:
        return str(why)
    if _same(found, t):
        return ""
    outcomes = [outcome(t, found, env) for env in drawn.points()]
    if "fails" in outcomes or outcomes == ["unknown"] * 2:
        return f"it is read as {text(found)}: {outcomes}"
    return ""


def _same(a: Term, b: Term) -> bool:
    return plain(a) == plain(b)


def plain(t: Term) -> Term:
    """A term in which what looks alike is alike: products and signs in one order, `e` with an exponent, quotients of numbers."""
    if t.op in ("sym", "const"):
        return t
    if t.op == "num":
        value, decimals = t.args
        if value < 0:
            return plain(call("neg", num(-value, decimals)))
        return t if decimals or value.denominator == 1 else call("div", num(value.numerator), num(value.denominator))
    args = [plain(a) for a in t.args]
    match t.op, args:
        case "pow", [base, exponent] if base == E:
            return call("exp", exponent)
        case "mul", [Term(op="neg") as a, b]:
            return plain(call("neg", call("mul", a.args[0], b)))
        case "mul" | "and" | "or", [a, Term() as b] if b.op == t.op:
            return plain(call(t.op, call(t.op, a, b.args[0]), b.args[1]))
    return Term(t.op, tuple(args))


def smallest(fails: Callable[[Term], str], t: Term) -> Term:
    """The smallest part of a term that fails too."""
    return min((part for part in walk(t) if part.op not in _NO_NUMBERS and fails(part)), key=lambda part: len(text(part)), default=t)


_NO_NUMBERS = frozenset(("sym", "const", "eq", "ne", "lt", "le", "gt", "ge", "and", "or", "not"))


@pytest.mark.parametrize("ops", [ALGEBRA, ANALYSIS], ids=["algebra", "analysis"])
@pytest.mark.parametrize("name", FORMATS)
def test_a_printed_term_is_read_back_to_its_value(name: str, ops: tuple[str, ...]) -> None:
    printed, drawn = FORMATS[name], Drawn(7, ops)
    for _ in range(TERMS if ops is ALGEBRA else TERMS // 4):
        t = drawn.term(4)
        if misread(printed, t, drawn):
            t = smallest(lambda part: misread(printed, part, drawn), t)
            raise AssertionError(f"{name}: {text(t)} is printed as {NOTATION.formula(t)}: {misread(printed, t, drawn)}")


@pytest.mark.parametrize("name", FORMATS)
def test_what_is_marked_has_the_value_that_it_had(name: str) -> None:
    printed, drawn = FORMATS[name], Drawn(11, ALGEBRA)
    for _ in range(TERMS // 4):
        t = drawn.term(4)
        marked = drawn.marks(t)
        assert not misread(printed, t, drawn, marked), f"{name}: {text(t)} with {sorted(marked)}"

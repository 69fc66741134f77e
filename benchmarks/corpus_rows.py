"""Rows of the corpus → claims: Python syntax with SymPy's names, read by `ast`, never evaluated; knows nothing of checking."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from fractions import Fraction
from functools import partial, reduce
from typing import Any

from derive.model import Claim, Givens, Relation, Type
from derive.term import FUNCTIONS, ONE, OO, PI, REALS, TRUE, ZERO, E, Term, binder, call, free, num, substitute, sym, walk
from derive.wellformed import Checker, Misfit

_BINARY = {ast.Add: "add", ast.Sub: "sub", ast.Mult: "mul", ast.Div: "div", ast.Pow: "pow"}
_COMPARE = {ast.Eq: "eq", ast.NotEq: "ne", ast.Lt: "lt", ast.LtE: "le", ast.Gt: "gt", ast.GtE: "ge"}
_NAMES = {
    "pi": PI, "E": E, "oo": OO, "GoldenRatio": call("div", call("add", ONE, call("sqrt", num(5))), num(2)),
}  # fmt: skip
_RENAMED = {"Abs": "abs", "Max": "max", "Min": "min"}
_QUOTIENTS = {
    "cot": ("cos", "sin"), "coth": ("cosh", "sinh"), "sec": ("", "cos"), "csc": ("", "sin"), "sech": ("", "cosh"), "csch": ("", "sinh"),
}  # fmt: skip
_SIDES = {"+": "right", "-": "left", "+-": "both"}


class Outside(Exception):
    """A step that the page language cannot say; its text is the word that is unknown."""


# -- expressions


class Converter:
    """Reads the expressions of one step."""

    def __init__(self, variables: Mapping[str, Mapping[str, Any]]) -> None:
        self.variables = variables
        self.ranges: dict[str, Term | None] = {}  # of the bound variables in scope

    def read(self, source: str) -> Term:
        return self.term(ast.parse(source, mode="eval").body)

    def term(self, node: ast.expr) -> Term:
        match node:
            case ast.Constant(int(value)):
                return num(value)
            case ast.Constant(float(value)):
                return num(Fraction(repr(value)), len(repr(value).partition(".")[2]))
            case ast.Name(name):
                return self.name(name)
            case ast.BinOp(left, op, right) if type(op) in _BINARY:
                return call(_BINARY[type(op)], self.term(left), self.term(right))
            case ast.UnaryOp(ast.USub(), operand):
                return call("neg", self.term(operand))
            case ast.UnaryOp(ast.UAdd(), operand):
                return self.term(operand)
            case ast.Compare(left, [op], [right]):
                return call(_COMPARE[type(op)], self.term(left), self.term(right))
            case ast.Subscript(ast.Name(name), index):
                indices = index.elts if isinstance(index, ast.Tuple) else [index]
                return call("elem", sym(name), *map(self.term, indices))
            case ast.Call(ast.Name(name), args, []):
                return self.call(name, args)
        raise Outside(type(node).__name__)

    def name(self, name: str) -> Term:
        if name in self.ranges or name in self.variables:
            return sym(name)
        if name in _NAMES:
            return _NAMES[name]
        raise Outside(name)

    def call(self, name: str, args: list[ast.expr]) -> Term:
        if "function" in self.variables.get(name, {}):
            if len(args) != self.variables[name]["function"]:
                raise Outside(f"{name} of {len(args)} arguments")
            return call("apply", sym(name), *map(self.term, args))
        if (special := getattr(self, f"_{name.lower()}", None)) is not None:
            return special(*args)  # type: ignore[no-any-return]
        read = [self.term(a) for a in args]
        name = _RENAMED.get(name, name)
        if name in FUNCTIONS and FUNCTIONS[name][0] <= len(read) <= FUNCTIONS[name][1]:
            return call(name, *read)
        if name in _QUOTIENTS and len(read) == 1:
            top, bottom = _QUOTIENTS[name]
            return call("div", call(top, *read) if top else ONE, call(bottom, *read))
        raise Outside(name)

    def _rational(self, top: ast.expr, bottom: ast.expr) -> Term:
        return call("div", self.term(top), self.term(bottom))

    def _sign(self, arg: ast.expr) -> Term:
        x = self.term(arg)
        return call("cases", ONE, call("gt", x, ZERO), call("neg", ONE), call("lt", x, ZERO), ZERO, TRUE)

    def _sinc(self, arg: ast.expr) -> Term:
        x = self.term(arg)
        return call("cases", call("div", call("sin", x), x), call("ne", x, ZERO), ONE, TRUE)

    def _re(self, arg: ast.expr) -> Term:  # a value that is not real is none in this language
        return self.term(arg)

    def _im(self, arg: ast.expr) -> Term:
        return call("mul", ZERO, self.term(arg))

    def _conjugate(self, arg: ast.expr) -> Term:
        return self.term(arg)

    def _derivative(self, body: ast.expr, *variables: ast.expr) -> Term:
        out, last = self.term(body), ZERO
        for node in variables:
            if isinstance(node, ast.Constant) and isinstance(node.value, int):
                times = node.value - 1  # once it was taken already
            else:
                pair = node.elts if isinstance(node, ast.Tuple) and len(node.elts) == 2 else [node, ast.Constant(1)]
                last, number = (self.term(x) for x in pair)
                times = -1 if (found := _integer(number)) is None else found
            if last.op not in ("sym", "elem") or times < 0:
                raise Outside("a derivative by no variable" if times >= 0 else "a derivative of no number")
            for _ in range(times):
                out = call("diff", out, last)
        return out

    def under(self, var: ast.expr, over: Term | None, body: ast.expr) -> tuple[str, Term]:
        if not isinstance(var, ast.Name):
            raise Outside("a bound variable that is no name")
        before, self.ranges = self.ranges, {**self.ranges, var.id: over}
        try:
            return var.id, self.term(body)
        finally:
            self.ranges = before

    def series(self, op: str, body: ast.expr, limits: ast.expr) -> Term:
        """A sum or product from `low` to a number, or to a size n and a number more, as one from 1 to n and the terms beside it."""
        if not isinstance(limits, ast.Tuple) or len(limits.elts) != 3:
            raise Outside(f"limits of {op}")
        var, low, high = limits.elts
        first, (size, last) = _integer(self.term(low)), self._end(self.term(high))
        if first is None or last is None:
            raise Outside(f"limits of {op}")
        if size is None:  # from a number to a number
            count = last - first + 1
            return self._loop(op, var, body, num(count), first - 1) if count > 0 else ZERO if op == "sum" else ONE
        shift = first - 1 if first > 1 or first == last + 1 else 0
        after = last - shift
        if after < 0:
            raise Outside(f"limits of {op}")
        parts = [self._at(var, body, num(k)) for k in range(first, shift + 1)]
        parts.append(self._loop(op, var, body, size, shift))
        parts += [self._at(var, body, call("add", size, num(k + shift))) for k in range(1, after + 1)]
        return reduce(partial(call, "add" if op == "sum" else "mul"), parts)

    def _end(self, high: Term) -> tuple[Term | None, int | None]:
        """An upper end as a size and a number more; without a size where it is a number."""
        if (number := _integer(high)) is not None:
            return None, number
        size, more = (high.args[0], high.args[1]) if high.op in ("add", "sub") else (high, ZERO)
        number = _integer(call("neg", more) if high.op == "sub" else more)
        return size, number if size.op == "sym" and _is_size(self.variables.get(size.name, {})) else None

    def _loop(self, op: str, var: ast.expr, body: ast.expr, over: Term, shift: int) -> Term:
        name, inner = self.under(var, over, body)
        if shift:
            inner = self._moved(inner, name, call("add", sym(name), num(shift)) if shift > 0 else call("sub", sym(name), num(-shift)))
        return binder(op, inner, name, over)

    def _at(self, var: ast.expr, body: ast.expr, at: Term) -> Term:
        name, inner = self.under(var, None, body)
        return self._moved(inner, name, at)

    def _moved(self, inner: Term, name: str, at: Term) -> Term:
        if any(x.op == "elem" and name in free(x) for x in walk(inner)):
            raise Outside("a family with a shifted index")
        return substitute(inner, {name: at})

    def _sum(self, body: ast.expr, *limits: ast.expr) -> Term:
        if len(limits) != 1:
            raise Outside("limits of sum")
        return self.series("sum", body, limits[0])

    def _product(self, body: ast.expr, limits: ast.expr) -> Term:
        return self.series("prod", body, limits)

    def _integral(self, body: ast.expr, limits: ast.expr) -> Term:
        if not isinstance(limits, ast.Tuple) or [ast.unparse(e) for e in limits.elts[1:]] != ["-oo", "oo"]:
            raise Outside("limits of integral")
        name, inner = self.under(limits.elts[0], None, body)
        return binder("integral", inner, name, REALS)

    def _limit(self, body: ast.expr, var: ast.expr, point: ast.expr, side: ast.expr | None = None) -> Term:
        at = self.term(point)
        written = str(side.value) if isinstance(side, ast.Constant) else "+"  # as in SymPy, a limit is from above
        infinite = at in (OO, call("neg", OO))
        name, inner = self.under(var, None, body)
        return call("limit", inner, sym(name), at, sym("both" if infinite else _SIDES[written]))


# -- variables and domain


def _integer(t: Term) -> int | None:
    """The integer that a literal is."""
    if t.op == "neg" and (inner := _integer(t.args[0])) is not None:
        return -inner
    return int(t.args[0]) if t.op == "num" and t.args[0].denominator == 1 else None


def _is_size(given: Mapping[str, Any]) -> bool:
    return bool(given.get("integer") and given.get("positive"))


def claim_of(row: Mapping[str, Any]) -> Claim:
    """The claim that a row of the corpus makes. Raises Outside where the page language cannot say it."""
    converter = Converter(row["vars"])
    left, right = converter.read(row["lhs"]), converter.read(row["rhs"])
    domain = [converter.read(d) for d in row["domain"]]
    used = [n for t in (left, right) for n in walk(t)]
    names = {n.name for t in (left, right, *domain) for n in walk(t) if n.op == "sym"}
    indices = {i.name for n in used if n.op == "elem" for i in n.args[1:] if i.op == "sym"}
    sizes = _sizes_of_families(used)
    symbols: dict[str, Type] = {}
    hypotheses: list[Term] = []
    for name, given in row["vars"].items():
        if name in names:
            symbols[name], more = _type(name, given, domain, name in indices, sizes)
            hypotheses += more
    said = [call("lt", sym(n), ONE) for n, t in symbols.items() if t.kind == "probability"]
    said += [call("le", sym(n), t.over) for n, t in symbols.items() if t.kind == "index" and t.over is not None]
    hypotheses += [d for d in domain if d not in said]
    return Claim(Givens(symbols, tuple(hypotheses)), left, Relation("=" if row["rel"] == "==" else row["rel"]), right)


def _type(name: str, given: Mapping[str, Any], domain: list[Term], indexes: bool, sizes: Mapping[str, Term]) -> tuple[Type, list[Term]]:
    """The type of a variable, and what it leaves to be said by a hypothesis."""
    x = sym(name)
    if given.get("function"):
        return Type("positive" if given.get("positive") else "real", params=(Type("real"),) * int(given["function"])), []
    if given.get("complex"):
        raise Outside("complex variables")
    if given.get("integer"):
        bound = next((d.args[1] for d in domain if d.op == "le" and d.args[0] == x), None)
        if indexes and bound is not None:
            return Type("index", bound), []
        if indexes:
            raise Outside("an index without a bound")
        if _is_size(given):
            return Type("size"), []
        return Type("integer"), [call("ge", x, ZERO)] if given.get("nonnegative") else []
    below_one = call("lt", x, ONE) in domain
    positive = "probability" if given.get("prob") or below_one else "positive"
    kind = positive if given.get("positive") else "nonnegative" if given.get("nonnegative") else "real"
    if given.get("indexed"):
        if name not in sizes:
            raise Outside("a family without a size")
        return Type(kind, shape=(sizes[name],)), []
    more = [call(op, x, ZERO) for fact, op in (("negative", "lt"), ("nonpositive", "le"), ("nonzero", "ne")) if given.get(fact)]
    return Type(kind), more if kind == "real" else []


def _sizes_of_families(nodes: Iterable[Term]) -> dict[str, Term]:
    """What each family is summed over; a family summed over two sizes, or shifted, is outside the language."""
    sizes: dict[str, Term] = {}
    for loop in (n for n in nodes if n.op in ("sum", "prod")):
        for n in walk(loop.args[0]):
            if n.op == "elem" and n.args[1:] == (loop.args[1],) and sizes.setdefault(n.name, loop.args[2]) != loop.args[2]:
                raise Outside("a family with two sizes")
    return sizes


def well_formed(claim: Claim) -> str:
    """What is wrong with a claim that means nothing under its types, or "" where nothing is."""
    try:
        checker = Checker(claim.givens, {})
        checker.check(claim.left)
        checker.check(claim.right)
    except Misfit as misfit:
        return misfit.message
    return ""

"""SymPy → Term: what a SymPy user wrote, as a term of the page language with its givens; knows no rules and reads no text."""

from __future__ import annotations

import keyword
from collections.abc import Callable, Iterable, Mapping
from functools import reduce
from typing import Any

import sympy
from sympy.core.function import AppliedUndef

from derive.expression import RESERVED
from derive.model import Givens, Type
from derive.term import FALSE, ONE, OO, REALS, TRUE, ZERO, E, Term, binder, call, num, sym
from derive.term import PI as PI_TERM


class NoForm(ValueError):
    """Something that one of the two trees can say and the other cannot."""


class NotReal(NoForm):
    """A SymPy expression that is not known to be real: everything in a derivation is."""


FUNCTIONS = {
    "exp": sympy.exp, "log": sympy.log, "sqrt": sympy.sqrt, "abs": sympy.Abs, "max": sympy.Max, "min": sympy.Min,
    "sin": sympy.sin, "cos": sympy.cos, "tan": sympy.tan, "sinh": sympy.sinh, "cosh": sympy.cosh, "tanh": sympy.tanh,
}  # fmt: skip


def from_sympy(expr: Any) -> Term:
    """The term that a SymPy expression or relation shows: in its written order if unevaluated, else in SymPy's printing order.

    Raises NotReal for symbols, families and functions not declared real, and NoForm for what the page language cannot say.
    """
    return _FromSympy().read(_basic(expr))


def givens_of(*exprs: Any) -> Givens:
    """The types of the free symbols of SymPy expressions, from SymPy's assumptions and from how they are used.

    A positive integer is a size; a symbol that indexes a family runs over that family; the sizes of a family come from the
    sums that run over it, or its `shape`. Raises as `from_sympy`, and NoForm where a family's size appears nowhere.
    """
    reader = _FromSympy()
    for expr in exprs:
        reader.read(_basic(expr))
    return reader.givens()


def _basic(expr: Any) -> Any:
    if isinstance(expr, sympy.Basic):
        return expr
    if isinstance(expr, int):
        return sympy.Integer(expr)
    raise NoForm(f"{expr!r} is no SymPy expression")


_READ_FUNCTIONS: Mapping[Any, str] = {form: name for name, form in FUNCTIONS.items() if name != "sqrt"}
_READ_RELATIONS: Mapping[Any, str] = {
    sympy.Eq: "eq", sympy.Ne: "ne", sympy.StrictLessThan: "lt", sympy.LessThan: "le",
    sympy.StrictGreaterThan: "gt", sympy.GreaterThan: "ge",
}  # fmt: skip
_READ_CONSTANTS: Mapping[Any, Term] = {
    sympy.pi: PI_TERM, sympy.E: E, sympy.oo: OO, -sympy.oo: call("neg", OO), sympy.true: TRUE, sympy.false: FALSE,
}  # fmt: skip


class _FromSympy:
    """Reads expressions, and notes which names they use and how."""

    def __init__(self) -> None:
        self.heads: dict[str, Any] = {}  # every free name: its symbol, base or function class
        self.arity: dict[str, int] = {}
        self.ranges: dict[str, Term] = {}  # of the bound variables in scope
        self.used: dict[tuple[str, int], set[Term]] = {}  # family and position: what runs there
        self.free_indices: dict[str, set[tuple[str, int]]] = {}

    def read(self, e: Any) -> Term:
        if e in _READ_CONSTANTS:
            return _READ_CONSTANTS[e]
        if e.func in _READ_FUNCTIONS:
            return call(_READ_FUNCTIONS[e.func], *map(self.read, e.args))
        if e.func in _READ_RELATIONS:
            return call(_READ_RELATIONS[e.func], self.read(e.lhs), self.read(e.rhs))
        for form, reader in _READERS:
            if isinstance(e, form):
                return reader(self, e)
        if e.is_number and e.is_real is False:
            raise NotReal(f"{e} is not real")
        raise NoForm(f"{type(e).__name__} is not in the language of pages: {str(e)[:60]}")

    # -- names

    def note(self, name: str, head: Any, arity: int) -> Term:
        if not name.isidentifier() or keyword.iskeyword(name) or name in RESERVED:
            raise NoForm(f"{name} cannot be a name on a page: use letters, digits and _, and no word of the language")
        if self.heads.setdefault(name, head) != head or self.arity.setdefault(name, arity) != arity:
            raise NoForm(f"two different things are called {name}: are its assumptions the same everywhere?")
        return sym(name)

    def symbol(self, e: Any) -> Term:
        name = str(e.name)
        if name in self.ranges:
            return sym(name)
        if e.is_real is not True:
            raise NotReal(f"{name} is not known to be real: write {name} = Symbol('{name}', real=True), or positive=True")
        return self.note(name, e, 0)

    def idx(self, e: Any) -> Term:
        if str(e.label) not in self.ranges and e.upper is not None:
            if e.lower != 1:
                raise NoForm(f"the index {e.label} starts at {e.lower}, and families start at 1: write Idx('{e.label}', (1, N))")
            self.size(e.upper)
        return sym(str(e.label)) if str(e.label) in self.ranges else self.note(str(e.label), e, 0)

    def indexed(self, e: Any) -> Term:
        name, indices = str(e.base.label), [self.read(i) for i in e.indices]
        if e.is_real is not True:
            raise NotReal(f"{name} is not known to be real: write {name} = IndexedBase('{name}', real=True), or positive=True")
        for position, index in enumerate(indices):
            used = self.used.setdefault((name, position), set())
            if e.base.shape is not None:
                used.add(self.size(e.base.shape[position]))
            if index.op == "sym" and index.name in self.ranges:
                used.add(self.ranges[index.name])
            elif index.op == "sym":
                self.free_indices.setdefault(index.name, set()).add((name, position))
        return call("elem", self.note(name, e.base, len(indices)), *indices)

    def applied(self, e: Any) -> Term:
        name = str(e.func.__name__)
        if e.is_real is not True:
            raise NotReal(f"{name} is not known to be real: write {name} = Function('{name}', real=True), or positive=True")
        return call("apply", self.note(name, e.func, len(e.args)), *map(self.read, e.args))

    # -- arithmetic

    def rational(self, e: Any) -> Term:
        size = num(abs(int(e.p)))
        if e.q != 1:
            size = call("div", size, num(int(e.q)))
        return call("neg", size) if e.p < 0 else size

    def float(self, e: Any) -> Term:
        raise NoForm(f"{e} is a binary float: write an exact number such as {sympy.Rational(str(e))!s}, as Rational('{e}')")

    def sum_of(self, e: Any) -> Term:
        first, *rest = map(self.read, _written(e, e.as_ordered_terms))
        return reduce(lambda out, t: call("sub", out, t.args[0]) if t.op == "neg" else call("add", out, t), rest, first)

    def product_of(self, e: Any) -> Term:
        factors = _written(e, e.as_ordered_factors)
        if negative := bool(factors[0].is_Rational and factors[0] < 0):
            factors = factors[1:] if factors[0] == -1 else [-factors[0], *factors[1:]]
        top: list[Term] = []
        bottom: list[Term] = []
        for factor in factors:
            read = self.read(factor)
            over_one = read.op == "div" and (factor.is_Rational or (factor.is_Pow and read.args[0] == ONE))
            if over_one:
                bottom.append(read.args[1])
            if not over_one or read.args[0] != ONE:
                top.append(read.args[0] if over_one else read)
        out = _product(top)
        if bottom:
            out = call("div", out, _product(bottom))
        return call("neg", out) if negative else out

    def power(self, e: Any) -> Term:
        base, exponent = e.args
        if exponent.is_Rational and exponent < 0:
            return call("div", ONE, self.power_of(base, -exponent))
        return self.power_of(base, exponent)

    def power_of(self, base: Any, exponent: Any) -> Term:
        if exponent == 1:
            return self.read(base)
        return call("sqrt", self.read(base)) if exponent == sympy.Rational(1, 2) else call("pow", self.read(base), self.read(exponent))

    # -- propositions

    def piecewise(self, e: Any) -> Term:
        return call("cases", *(self.read(part) for pair in e.args for part in pair.args))

    def connective(self, e: Any) -> Term:
        op = {sympy.And: "and", sympy.Or: "or"}[e.func]
        return reduce(lambda a, b: call(op, a, b), map(self.read, e.args))

    # -- words that bind

    def size(self, e: Any) -> Term:
        """What a sum runs over: a symbol of a positive integer, or a number."""
        if not (e.is_Symbol and e.is_integer and e.is_positive) and not (e.is_Integer and e > 0):
            raise NoForm(f"{e} is nothing to run over: use a number, or a size as Symbol('N', integer=True, positive=True)")
        return self.read(e)

    def under(self, var: Any, over: Term, body: Callable[[], Term]) -> Term:
        name = str(getattr(var, "label", var))
        before, self.ranges = self.ranges, {**self.ranges, name: over}
        try:
            return body()
        finally:
            self.ranges = before

    def series(self, e: Any) -> Term:
        op, neutral = ("sum", ZERO) if isinstance(e, sympy.Sum) else ("prod", ONE)
        loops = []
        for var, low, high in e.limits:
            if low != 1:
                raise NoForm(f"this {op} starts at {low}: shift it to start at 1, as in Sum(x[i], (i, 1, N))")
            loops.append((var, self.size(high)))

        def body(rest: list[tuple[Any, Term]]) -> Term:
            if not rest:
                return self.read(e.function)
            var, over = rest[-1]  # SymPy writes the innermost first
            inner = self.under(var, over, lambda: body(rest[:-1]))
            where = TRUE
            if inner.op == "cases" and inner.args[2:] == (neutral, TRUE):  # how a filter is written in SymPy
                inner, where = inner.args[:2]
            return binder(op, inner, str(getattr(var, "label", var)), over, where)

        return body(loops)

    def integral(self, e: Any) -> Term:
        out: Callable[[], Term] = lambda: self.read(e.function)  # noqa: E731
        if len(e.limits) != 1 or tuple(e.limits[0][1:]) != (-sympy.oo, sympy.oo):
            raise NoForm("an integral on a page is over all reals: Integral(f, (x, -oo, oo))")
        x = e.limits[0][0]
        return binder("integral", self.under(x, REALS, out), str(x), REALS)

    def limit(self, e: Any) -> Term:
        body, x, point, direction = e.args
        side = {"+": "right", "-": "left"}.get(str(direction), "both") if point.is_finite else "both"
        return call("limit", self.under(x, REALS, lambda: self.read(body)), sym(str(x)), self.read(point), sym(side))

    def derivative(self, e: Any) -> Term:
        out = self.read(e.expr)
        for variable, times in e.variable_count:
            if not isinstance(variable, sympy.Symbol | sympy.Indexed) or not times.is_Integer:
                raise NoForm(f"a derivative with respect to {variable} ({times} times) is not in the language of pages")
            v = self.read(variable)
            for _ in range(int(times)):
                out = call("diff", out, v)
        return out

    def subs(self, e: Any) -> Term:
        inner = e.expr
        if len(e.variables) != 1 or not isinstance(inner, sympy.Derivative):
            raise NoForm("Subs is read only as a derivative at a point: Subs(Derivative(f, x), x, c)")
        x = e.variables[0]
        slope = self.under(x, REALS, lambda: self.read(inner))
        if slope.args[1] != sym(str(x)) or slope.args[0].op == "diff":
            raise NoForm("Subs is read only as a first derivative at a point: Subs(Derivative(f, x), x, c)")
        return call("diff", *slope.args, self.read(e.point[0]))

    # -- types

    def givens(self) -> Givens:
        shapes = {key: self.runs_over(key) for key in self.used}
        symbols: dict[str, Type] = {}
        hypotheses: list[Term] = []
        for name, head in self.heads.items():
            arity = self.arity[name]
            if isinstance(head, sympy.IndexedBase):
                symbols[name] = Type(_kind(head), shape=tuple(shapes[name, position] for position in range(arity)))
            elif arity:
                symbols[name] = Type(_kind(head(*sympy.symbols(f"x:{arity}", real=True))), params=(Type("real"),) * arity)
            elif name in self.free_indices or isinstance(head, sympy.Idx):
                symbols[name] = Type("index", self.index_range(name, head, shapes))
            else:
                symbols[name] = Type(_kind(head))
                hypotheses += _lost(head, sym(name), symbols[name].kind)
        return Givens(symbols, tuple(hypotheses))

    def runs_over(self, key: tuple[str, int]) -> Term:
        name, position = key
        if len(self.used[key]) != 1:
            problem = "runs over different sizes" if self.used[key] else "has no known size"
            raise NoForm(f"index {position + 1} of {name} {problem}: write IndexedBase('{name}', shape=(N,), real=True)")
        return next(iter(self.used[key]))

    def index_range(self, name: str, head: Any, shapes: Mapping[tuple[str, int], Term]) -> Term:
        ranges = {shapes[key] for key in self.free_indices.get(name, ())}
        if isinstance(head, sympy.Idx) and head.upper is not None:
            ranges.add(sym(str(head.upper)) if head.upper.is_Symbol else num(int(head.upper)))
        if len(ranges) != 1:
            raise NoForm(f"the index {name} runs over {'several sizes' if ranges else 'nothing known'}: say so in given=")
        return next(iter(ranges))


def _product(factors: Iterable[Term]) -> Term:
    return reduce(lambda a, b: call("mul", a, b), factors) if (factors := list(factors)) else ONE


def _written(e: Any, ordered: Callable[[], list[Any]]) -> list[Any]:
    """The arguments as written if SymPy would have put them otherwise, else as SymPy prints them."""
    return list(ordered()) if e.func(*e.args).args == e.args else list(e.args)


def _kind(e: Any) -> str:
    if e.is_integer and not isinstance(e, sympy.IndexedBase):
        return "size" if e.is_positive else "integer"
    return "positive" if e.is_positive else "nonnegative" if e.is_nonnegative else "real"


def _lost(e: Any, x: Term, kind: str) -> list[Term]:
    """What SymPy knows about the sign of a symbol and its kind does not say, as hypotheses."""
    if kind in ("size", "positive", "nonnegative"):
        return []
    signs = ("negative", "lt"), ("positive", "gt"), ("nonpositive", "le"), ("nonnegative", "ge"), ("nonzero", "ne")
    return next(([call(op, x, ZERO)] for fact, op in signs if getattr(e, f"is_{fact}")), [])


_READERS: tuple[tuple[Any, Callable[[_FromSympy, Any], Term]], ...] = (
    (sympy.Rational, _FromSympy.rational),
    (sympy.Float, _FromSympy.float),
    (sympy.Idx, _FromSympy.idx),
    (sympy.Symbol, _FromSympy.symbol),
    (sympy.Indexed, _FromSympy.indexed),
    (AppliedUndef, _FromSympy.applied),
    (sympy.Add, _FromSympy.sum_of),
    (sympy.Mul, _FromSympy.product_of),
    (sympy.Pow, _FromSympy.power),
    (sympy.Sum, _FromSympy.series),
    (sympy.Product, _FromSympy.series),
    (sympy.Integral, _FromSympy.integral),
    (sympy.Limit, _FromSympy.limit),
    (sympy.Derivative, _FromSympy.derivative),
    (sympy.Subs, _FromSympy.subs),
    (sympy.KroneckerDelta, lambda reader, e: call("delta", *map(reader.read, e.args))),
    (sympy.Piecewise, _FromSympy.piecewise),
    (sympy.And, _FromSympy.connective),
    (sympy.Or, _FromSympy.connective),
    (sympy.Not, lambda reader, e: call("not", reader.read(e.args[0]))),
)

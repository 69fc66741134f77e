"""Random terms for property tests, and what those that are polynomials mean."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from derive.term import PI, REALS, TRUE, E, Lambda, Replacement, Term, binder, call, num, sym

NAMES = ("x", "y", "i", "j")


_LEAVES = (sym("x"), sym("y"), sym("long_name"), sym("θ"), PI, E, num(0), num(7), num(Fraction(1, 4), 2), num(Fraction(5), 1))
_INFINITY = Term("const", ("oo",))


@st.composite
def terms(draw: st.DrawFn, depth: int = 4) -> Term:
    """Any term that a page can write (it need not make sense). Drawn by hand: nested `recursive` strategies grow beyond bounds."""
    kind = draw(st.integers(0, 13)) if depth else 0

    def t() -> Term:
        return draw(terms(depth - 1))

    def p() -> Term:
        return draw(propositions(depth - 1))

    def one_of(*options: object) -> Any:
        return draw(st.sampled_from(options))

    match kind:
        case 1 | 2 | 3 | 4:
            return call(one_of("add", "sub", "mul", "div", "pow"), t(), t())
        case 5:
            return call("neg", t())
        case 6:
            return call(one_of("exp", "log", "sqrt", "abs", "tanh"), t())
        case 7:
            return call(one_of("log", "max", "min", "delta"), t(), t())
        case 8:
            op, head = one_of(("elem", "s"), ("elem", "W"), ("apply", "f"))
            return call(op, sym(head), t(), *([t()] if draw(st.booleans()) else []))
        case 9 | 10:
            op = one_of("sum", "prod", "argmax", "argmin", "integral")
            return binder(op, t(), one_of(*NAMES), one_of(sym("N"), REALS, num(3)), p() if draw(st.booleans()) else TRUE)
        case 11:
            point = one_of(t(), _INFINITY, call("neg", _INFINITY))
            return call("limit", t(), sym(one_of(*NAMES)), point, sym(one_of("left", "right", "both")))
        case 12:
            v = one_of(sym(one_of(*NAMES)), call("elem", sym("s"), t()))
            return call("diff", t(), v, *([t()] if v.op == "sym" and draw(st.booleans()) else []))
        case 13:
            return call("cases", t(), p(), t(), p())
    whole, decimals = draw(st.integers(0, 9999)), draw(st.integers(0, 3))
    return one_of(*_LEAVES, num(Fraction(whole, 10**decimals), decimals))


@st.composite
def propositions(draw: st.DrawFn, depth: int = 4) -> Term:
    """Any proposition that a page can write."""
    kind = draw(st.integers(0, 7)) if depth > 0 else 0

    def t() -> Term:
        return draw(terms(max(depth - 1, 0)))

    def p() -> Term:
        return draw(propositions(depth - 1))

    match kind:
        case 1:
            return call(draw(st.sampled_from(["and", "or"])), p(), p())
        case 2:
            return call("not", p())
        case 3:
            return binder("all", p(), draw(st.sampled_from(NAMES)), sym("N"))
        case 4:
            return call("integrable", binder("integral", t(), "x", REALS))
    return draw(st.just(TRUE)) if kind == 5 else call(draw(st.sampled_from(["eq", "ne", "lt", "le", "gt", "ge"])), t(), t())


def polynomials(free: tuple[str, ...] = NAMES, bound: tuple[str, ...] = NAMES, variables: tuple[str, ...] = ()) -> st.SearchStrategy[Term]:
    """Terms whose value `meaning` gives; `bound` are the names that sums bind, `variables` those of derivatives."""
    leaves = st.one_of(st.integers(0, 3).map(num), st.sampled_from(free).map(sym))

    def compound(t: st.SearchStrategy[Term]) -> st.SearchStrategy[Term]:
        kinds = [
            st.builds(call, st.sampled_from(["add", "sub", "mul"]), t, t),
            st.builds(lambda a: call("apply", sym("f"), a), t),
            st.builds(binder, st.just("sum"), t, st.sampled_from(bound), st.just(num(2))),
        ]
        if variables:
            kinds.append(st.builds(lambda b, v: call("diff", b, sym(v)), t, st.sampled_from(variables)))
            kinds.append(st.builds(lambda b, v, at: call("diff", b, sym(v), at), t, st.sampled_from(variables), t))
        return st.one_of(kinds)

    return st.recursive(leaves, compound, max_leaves=8)


class Dual:
    """A number with infinitesimals, each of square zero: an exact derivative, also of a derivative."""

    _new = itertools.count()

    def __init__(self, parts: Mapping[frozenset[int], Fraction]) -> None:
        self.parts = {k: v for k, v in parts.items() if v}

    @classmethod
    def of(cls, value: int | Fraction) -> Dual:
        return cls({frozenset(): Fraction(value)})

    def __add__(self, other: Dual) -> Dual:
        return Dual({k: self.parts.get(k, Fraction(0)) + other.parts.get(k, Fraction(0)) for k in {*self.parts, *other.parts}})

    def __mul__(self, other: Dual) -> Dual:
        out: dict[frozenset[int], Fraction] = {}
        for (a, p), (b, q) in itertools.product(self.parts.items(), other.parts.items()):
            if not a & b:
                out[a | b] = out.get(a | b, Fraction(0)) + p * q
        return Dual(out)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Dual) and self.parts == other.parts

    def __hash__(self) -> int:
        return hash(frozenset(self.parts.items()))

    def __repr__(self) -> str:
        return f"Dual({self.parts})"


def meaning(
    t: Term, values: Mapping[str, Dual], local: Mapping[str, Dual] | None = None, definitions: Mapping[str, Replacement] | None = None
) -> Dual:
    """The value of a polynomial. A defined name means its definition outside all sums, where `diff` has moved its variable."""
    local, definitions = local or {}, definitions or {}

    def of(u: Term, more: Mapping[str, Dual] | None = None) -> Dual:
        return meaning(u, values, {**local, **(more or {})}, definitions)

    match t.op, t.args:
        case "num", (value, _):
            return Dual.of(value)
        case "sym", (name,):
            if name in local:
                return local[name]
            if name in definitions:
                body = definitions[name]
                assert isinstance(body, Term)
                return meaning(body, values, {}, definitions)
            return values[name]
        case "add", (a, b):
            return of(a) + of(b)
        case "sub", (a, b):
            return of(a) + of(b) * Dual.of(-1)
        case "mul", (a, b):
            return of(a) * of(b)
        case "apply", (head, a):
            function = definitions.get(head.name)
            if isinstance(function, Lambda):
                return meaning(function.body, values, {function.params[0]: of(a)}, definitions)
            return of(a) * of(a) + Dual.of(7)  # some function
        case "sum", (body, var, over, _):
            out = Dual.of(0)
            for k in range(1, int(over.args[0]) + 1):
                out = out + of(body, {var.name: Dual.of(k)})
            return out
        case "diff", (body, v, *at):
            e = next(Dual._new)
            moved = (of(at[0]) if at else of(v)) + Dual({frozenset({e}): Fraction(1)})
            inside = {n: x for n, x in local.items() if n != v.name}
            out = (
                meaning(body, values, {**inside, v.name: moved}, definitions)
                if v.name in local
                else meaning(body, {**values, v.name: moved}, local, definitions)
            )
            return Dual({k - {e}: x for k, x in out.parts.items() if e in k})
    raise AssertionError(f"{t.op} has no meaning here")


SAMPLE = {"x": Dual.of(2), "y": Dual.of(-3), "i": Dual.of(5), "j": Dual.of(Fraction(1, 2))}

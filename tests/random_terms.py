"""Random terms for property tests, and what those that are polynomials mean."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from fractions import Fraction

from hypothesis import strategies as st

from derive.term import ONE, PI, TRUE, E, Lambda, Replacement, Term, binder, call, num, sym

NAMES = ("x", "y", "i", "j")


def _numbers() -> st.SearchStrategy[Term]:
    whole = st.integers(0, 99).map(num)
    decimal = st.tuples(st.integers(0, 9999), st.integers(1, 4)).map(lambda p: num(Fraction(p[0], 10 ** p[1]), p[1]))
    return st.one_of(whole, decimal)


def terms() -> st.SearchStrategy[Term]:
    """Any term that a page can write (it need not make sense)."""
    leaves = st.one_of(_numbers(), st.sampled_from([sym("x"), sym("y"), sym("long_name"), sym("θ"), PI, E]))
    return st.recursive(leaves, _compound, max_leaves=25)


def _compound(t: st.SearchStrategy[Term]) -> st.SearchStrategy[Term]:
    prop = _propositions(t)
    name = st.sampled_from(NAMES)
    over = st.sampled_from([sym("N"), sym("Reals"), num(3)])
    variable = st.one_of(name.map(sym), st.builds(lambda i: call("elem", sym("s"), i), t))
    infinite = st.sampled_from([Term("const", ("oo",)), call("neg", Term("const", ("oo",)))])
    return st.one_of(
        st.builds(call, st.sampled_from(["add", "sub", "mul", "div", "pow"]), t, t),
        st.builds(call, st.just("neg"), t),
        st.builds(call, st.sampled_from(["exp", "log", "sqrt", "abs", "tanh"]), t),
        st.builds(call, st.sampled_from(["log", "max", "min", "delta"]), t, t),
        st.builds(lambda h, a: call("elem", sym(h), *a), st.sampled_from(["s", "W"]), st.lists(t, min_size=1, max_size=2)),
        st.builds(lambda a: call("apply", sym("f"), *a), st.lists(t, min_size=1, max_size=2)),
        st.builds(binder, st.sampled_from(["sum", "prod", "argmax", "argmin", "integral"]), t, name, over, st.one_of(st.just(TRUE), prop)),
        st.builds(lambda b, v, p, s: call("limit", b, sym(v), p, sym(s)), t, name, st.one_of(t, infinite), st.sampled_from(["left", "right", "both"])),
        st.builds(lambda b, v: call("diff", b, v), t, variable),
        st.builds(lambda b, v, at: call("diff", b, sym(v), at), t, name, t),
        st.builds(lambda a, p, b, q: call("cases", a, p, b, q), t, prop, t, prop),
    )


def _propositions(t: st.SearchStrategy[Term]) -> st.SearchStrategy[Term]:
    relation = st.builds(call, st.sampled_from(["eq", "ne", "lt", "le", "gt", "ge"]), t, t)
    some = st.builds(binder, st.just("all"), relation, st.sampled_from(NAMES), st.just(sym("N")))
    integrable = st.builds(lambda b: call("integrable", binder("integral", b, "x", sym("Reals"))), t)
    return st.recursive(
        st.one_of(relation, some, integrable, st.just(TRUE)),
        lambda p: st.one_of(st.builds(call, st.sampled_from(["and", "or"]), p, p), st.builds(call, st.just("not"), p)),
        max_leaves=4,
    )


def propositions() -> st.SearchStrategy[Term]:
    """Any proposition that a page can write."""
    return _propositions(terms())


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
            out = meaning(body, values, {**inside, v.name: moved}, definitions) if v.name in local else meaning(body, {**values, v.name: moved}, local, definitions)
            return Dual({k - {e}: x for k, x in out.parts.items() if e in k})
    raise AssertionError(f"{t.op} has no meaning here")


SAMPLE = {"x": Dual.of(2), "y": Dual.of(-3), "i": Dual.of(5), "j": Dual.of(Fraction(1, 2))}
__all__ = ["NAMES", "ONE", "SAMPLE", "Dual", "meaning", "polynomials", "propositions", "terms"]

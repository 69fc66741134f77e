"""Terms that have values, points at which they have them, and what is true there: for property tests of the trusted modules."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from typing import Any

from flint import fmpq
from hypothesis import strategies as st

from derive.balls import Environment, Imprecise, Undefined, Unsupported, compare, decide, environment, evaluate
from derive.domain import Domain
from derive.model import Givens, Relation, Scope, Type
from derive.points import Points
from derive.term import REALS, TRUE, Term, binder, call, num, substitute, sym

N, K = sym("N"), sym("K")
TYPES: Mapping[str, Type] = {
    "N": Type("size"), "K": Type("size"), "x": Type("real"), "y": Type("real"), "u": Type("positive"), "a": Type("probability"),
    "t": Type("label"), "g": Type("sign"), "i": Type("index", N), "k": Type("index", N),
    "s": Type("real", shape=(N,)), "p": Type("positive", shape=(N,)), "w": Type("real", shape=(N, N)),
}  # fmt: skip
GIVENS = Givens(TYPES)
SCALARS = ("x", "y", "u", "a", "t", "g")
SMOOTH = ("add", "sub", "mul", "div", "pow", "neg", "exp", "log", "sqrt", "sin", "tanh", "sum", "prod", "elem")
ALL = (*SMOOTH, "abs", "max", "min", "delta", "cases", "log to base")


@st.composite
def numbers(draw: st.DrawFn, depth: int = 3, ops: tuple[str, ...] = ALL, indices: tuple[str, ...] = ("i", "k")) -> Term:
    """A number over the symbols of TYPES; it may be undefined in places."""

    def t(more: str | None = None) -> Term:
        return draw(numbers(depth - 1, ops, (*indices, more) if more else indices))

    def index() -> Term:
        return sym(draw(st.sampled_from(indices)))

    op = draw(st.sampled_from(ops)) if depth and draw(st.integers(0, 5)) else "leaf"
    match op:
        case "add" | "sub" | "mul" | "div" | "max" | "min":
            return call(op, t(), t())
        case "pow":
            return call(op, t(), num(draw(st.integers(0, 3))) if draw(st.booleans()) else t())
        case "neg" | "exp" | "log" | "sqrt" | "sin" | "tanh" | "abs":
            return call(op, t())
        case "log to base":
            return call("log", t(), t())
        case "elem":
            head = draw(st.sampled_from(("s", "p", "w")))
            return call("elem", sym(head), *(index() for _ in range(2 if head == "w" else 1)))
        case "delta":
            return call("delta", index(), index())
        case "cases":
            return call("cases", t(), draw(guards(depth - 1, ops, indices)), t(), TRUE)
        case "sum" | "prod":
            var = draw(st.sampled_from(("j", "l", "m")))
            over = num(2) if draw(st.integers(0, 4)) == 0 else N
            where = TRUE
            if draw(st.integers(0, 2)) == 0:
                where = call(draw(st.sampled_from(("ne", "le"))), sym(var), index())
            return binder(op, t(var), var, over, where)
    if draw(st.booleans()):
        return sym(draw(st.sampled_from(SCALARS)))
    return draw(st.sampled_from((num(0), num(1), num(2), num(3), num(Fraction(1, 2)), call("neg", num(1)))))


@st.composite
def guards(draw: st.DrawFn, depth: int = 2, ops: tuple[str, ...] = ALL, indices: tuple[str, ...] = ("i", "k")) -> Term:
    """A relation between two numbers."""
    side = numbers(depth, ops, indices)
    return call(draw(st.sampled_from(("lt", "le", "gt", "ge", "eq", "ne"))), draw(side), draw(side))


def points(givens: Givens, count: int, seed: int = 0) -> Iterator[Environment]:
    """Up to `count` points inside the givens, corners and random ones."""
    try:
        source = Points(givens, seed)
    except Unsupported:
        return
    for n in range(count):
        env = source.draw(("corner", "random", "negative", "positive", "constants")[n % 5], n)
        if env is not None:
            yield env


def outcome(left: Term, right: Term, env: Mapping[str, Any], relation: Relation = Relation.EQ) -> str:
    """What balls say of a relation at a point."""
    try:
        return compare(left, right, relation, env, levels=(80, 300)).outcome
    except Unsupported:
        return "unknown"


def is_undefined(t: Term, env: Mapping[str, Any]) -> bool:
    """Whether a term certainly has no value at a point."""
    try:
        evaluate(t, env, 200)
    except Undefined:
        return True
    except (Imprecise, Unsupported):
        pass
    return False


def true_at(p: Term, env: Mapping[str, Any]) -> bool | None:
    """Whether a proposition (or «is an integer») is true at a point; None where it is undefined or not known."""
    try:
        if p.op == "is":
            value = evaluate(p.args[0], env, 200)
            return p.args[1].name == "an integer" and isinstance(value, fmpq) and value.q == 1
        return decide(p, env, (80, 300))
    except (Undefined, Unsupported, Imprecise):
        return None


def everywhere(holds: Callable[[Mapping[str, Any]], bool | None], scope: tuple[Scope, ...], env: Mapping[str, Any]) -> bool:
    """Whether something certainly holds at all values of the bound variables of a scope."""
    if not scope:
        return holds(env) is True
    level, rest = scope[0], scope[1:]
    if not level.var:
        guard = true_at(level.where, env)
        return guard is False or (guard is True and everywhere(holds, rest, env))
    assert level.over is not None
    if level.over == REALS:
        return False
    size = evaluate(level.over, env)
    inside = [environment({**env, level.var: Fraction(n)}) for n in range(1, int(size.p) + 1)]  # type: ignore[union-attr]
    known = [true_at(level.where, e) for e in inside]
    return None not in known and all(everywhere(holds, rest, e) for e, here in zip(inside, known, strict=True) if here)


def owed_holds(domain: Domain, t: Term, env: Mapping[str, Any]) -> bool:
    """Whether every condition that `domain` lists for `t` to be defined certainly holds at a point."""
    return all(everywhere(lambda e, p=p: true_at(p, e), scope, env) for scope, p in domain.conditions(t))  # type: ignore[misc]


def at(t: Term, env: Mapping[str, Any]) -> Term:
    """The term with the sizes of a point written as numbers."""
    return substitute(t, {name: num(int(env[name].p)) for name in ("N", "K") if name in env})

"""What a step is worth at given values, by mpmath alone: the witness that a wrong step is wrong, which no engine of this program gives.

Knows terms and numbers; nothing of balls, rules and the kernel. A term that it cannot evaluate raises Unknown.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

import mpmath

from derive.claims import unfolded
from derive.model import KINDS, Claim, Givens, Relation, Type, Value
from derive.term import REALS, Lambda, Term, substitute

DIGITS = 40
APART = mpmath.mpf(10) ** -12  # relative to the larger side: what is nearer than that shows nothing
MARGIN = {Relation.LE: -1, Relation.LT: -1, Relation.GE: 1, Relation.GT: 1}  # the sign of left minus right where it holds


class Unknown(Exception):
    """A term that has no value here, or none that this module can work out."""


def fails(claim: Claim, values: Mapping[str, Value]) -> tuple[str, str] | None:
    """Both sides at values at which the givens hold and the relation does not; None where that is not so, or not known."""
    try:
        left, right, givens = unfolded(claim)
        with mpmath.workdps(DIGITS):
            if not inside(givens, values):
                return None
            sides = value(left, values), value(right, values)
            return (shown(sides[0]), shown(sides[1])) if _apart(*sides, claim.relation, right) else None
    except (Unknown, ArithmeticError, TypeError, ValueError, LookupError, mpmath.libmp.NoConvergence):
        return None


def inside(givens: Givens, values: Mapping[str, Value]) -> bool:
    """Whether values are of the types given and satisfy the hypotheses."""
    typed = (_typed(givens.symbols[n], v, values) for n, v in values.items() if n in givens.symbols)
    return all(typed) and all(value(h, values) is True for h in givens.hypotheses)


def _typed(of: Type, found: Value, values: Mapping[str, Value]) -> bool:
    if isinstance(found, tuple):
        return of.kind == "set" or all(_typed(of, part, values) for part in found)
    kind = KINDS[of.kind]
    over = None if of.over is None or of.kind != "index" else int(value(of.over, values))
    return (
        (kind.low is None or (found > kind.low if kind.low_open else found >= kind.low))
        and (kind.high is None or (found < kind.high if kind.high_open else found <= kind.high))
        and (not kind.integer or Fraction(found).denominator == 1)
        and (not kind.values or found in kind.values)
        and (over is None or found <= over)
    )


def _apart(left: Any, right: Any, relation: Relation, written: Term) -> bool:
    if relation is Relation.IFF:
        return left is not right
    if not (mpmath.isfinite(left) and mpmath.isfinite(right)):
        return False
    least = APART * max(abs(left), abs(right), 1)
    difference = left - right
    if relation is Relation.EQ:
        return bool(abs(difference) > least)
    if relation is Relation.APPROX:
        number = written.args[0] if written.op == "neg" else written
        return bool(abs(difference) > mpmath.mpf(10) ** -number.args[1] / 2 + least)
    if relation in (Relation.LT, Relation.GT) and difference == 0:
        return True
    return bool(difference * MARGIN[relation] < -least)


def shown(side: Any) -> str:
    return str(side).lower() if isinstance(side, bool) else mpmath.nstr(side, 8)


# -- values


def value(t: Term, at: Mapping[str, Any]) -> Any:
    """The value of a term: a real number, or for a proposition True or False. Raises Unknown."""
    op, args = t.op, t.args
    if op == "num":
        return mpmath.mpf(args[0].numerator) / args[0].denominator
    if op == "const":
        return _CONSTANTS[t.name]() if t.name in _CONSTANTS else _unknown(t)
    if op == "sym":
        return _number(at[t.name]) if t.name in at else _unknown(t)
    if op == "elem":
        return _element(t, at)
    if op in ("sum", "prod", "all"):
        terms = [value(args[0], here) for here in _range(t, at) if value(args[3], here) is True]
        return all(terms) if op == "all" else mpmath.fsum(terms) if op == "sum" else mpmath.fprod(terms)
    if op == "cases":
        for worth, guard in zip(args[::2], args[1::2], strict=True):
            if value(guard, at) is True:
                return value(worth, at)
        return _unknown(t)
    if op in ("and", "or"):
        return (all if op == "and" else any)(value(a, at) for a in args)
    if op == "apply" and isinstance(at.get(t.name), Lambda):
        function = at[t.name]
        return value(substitute(function.body, dict(zip(function.params, args[1:], strict=True))), at)
    if op == "diff":
        return _slope(t, at)
    if op == "integral" and args[2] == REALS:
        return mpmath.quad(lambda x: value(args[0], {**at, args[1].name: x}), [-mpmath.inf, -1, 0, 1, mpmath.inf])
    if op == "log":
        return mpmath.fdiv(_log(value(args[0], at)), _log(value(args[1], at)) if len(args) == 2 else 1)
    if op in _PLAIN:
        return _real(_PLAIN[op](*(value(a, at) for a in args)))
    return _unknown(t)


def _unknown(t: Term) -> Any:
    raise Unknown(t.op)


def _real(found: Any) -> Any:
    if isinstance(found, mpmath.mpc):
        raise Unknown("a value that is not real")
    return found


def _number(given: Any) -> Any:
    return mpmath.mpf(given.numerator) / given.denominator if isinstance(given, Fraction | int) else given


def _log(x: Any) -> Any:
    return mpmath.log(x) if x > 0 else _unknown(Term("log", ()))


def _element(t: Term, at: Mapping[str, Any]) -> Any:
    if t.args[0].op == "array":
        inner: Any = t.args[0]
        for place in t.args[1:]:
            inner = inner.args[int(value(place, at)) - 1]
        return value(inner, at)
    found = at[t.name] if t.name in at else _unknown(t)
    for place in t.args[1:]:
        k = int(value(place, at))
        found = found[k - 1] if 1 <= k <= len(found) else _unknown(t)
    return _number(found)


def _range(t: Term, at: Mapping[str, Any]) -> list[dict[str, Any]]:
    over, name = t.args[2], t.args[1].name
    if over.op == "sym" and isinstance(at.get(over.name), tuple):
        return [{**at, name: x} for x in at[over.name]]
    if over == REALS:
        _unknown(t)
    return [{**at, name: Fraction(k)} for k in range(1, int(value(over, at)) + 1)]


def _slope(t: Term, at: Mapping[str, Any]) -> Any:
    body, variable, held = t.args[0], t.args[1], t.args[2] if len(t.args) == 3 else t.args[1]
    places = [int(value(a, at)) - 1 for a in variable.args[1:]] if variable.op == "elem" else []

    def moved(x: Any) -> Any:
        return value(body, {**at, variable.name: _replaced(at[variable.name], places, x) if places else x})

    return mpmath.diff(moved, value(held, at))


def _replaced(family: Any, places: list[int], x: Any) -> Any:
    if not places:
        return x
    return (*family[: places[0]], _replaced(family[places[0]], places[1:], x), *family[places[0] + 1 :])


def _power(a: Any, b: Any) -> Any:
    if a > 0 or (b == int(b) and (a != 0 or b >= 0)):
        return mpmath.power(a, int(b) if b == int(b) else b)
    return _unknown(Term("pow", ()))


def _root(x: Any) -> Any:
    return mpmath.sqrt(x) if x >= 0 else _unknown(Term("sqrt", ()))


_CONSTANTS: Mapping[str, Callable[[], Any]] = {"pi": lambda: +mpmath.pi, "e": lambda: +mpmath.e, "true": lambda: True}
_PLAIN: Mapping[str, Callable[..., Any]] = {
    "neg": operator.neg, "add": operator.add, "sub": operator.sub, "mul": operator.mul, "div": operator.truediv, "pow": _power,
    "exp": mpmath.exp, "sqrt": _root, "abs": abs, "max": max, "min": min, "sin": mpmath.sin, "cos": mpmath.cos, "tan": mpmath.tan,
    "sinh": mpmath.sinh, "cosh": mpmath.cosh, "tanh": mpmath.tanh, "delta": lambda i, j: mpmath.mpf(i == j),
    "eq": operator.eq, "ne": operator.ne, "lt": operator.lt, "le": operator.le, "gt": operator.gt, "ge": operator.ge,
    "not": operator.not_,
}  # fmt: skip

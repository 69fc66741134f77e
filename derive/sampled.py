"""Whether a hypothesis about all reals, or about integrals, is plausible at a point: looked at for some reals, integrated numerically.

Nothing here is rigorous. It serves to say that givens seem not to contradict each other; no witness may rest on it.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from flint import arb, fmpq

from derive.balls import LEVELS, Environment, Imprecise, Undefined, Unsupported, decide, evaluate
from derive.binders import REALS_TRIED
from derive.term import CONNECTIVES, REALS, RELATIONS, TRUE, Term, call, num, rebuild

CLOSE = 1e-6  # the sides of an equation between integrals may differ by so much, relatively
AGREEMENT = 1e-3  # and a quadrature with half as many points, which is far less exact, by so much
FAR = (10, 100, 1000)  # where it is looked at whether a function decays
STEP, REACH = 1 / 32, 7.0  # of the quadrature, which puts x = sinh(t) with |t| up to REACH


def plausible(h: Term, env: Environment) -> bool:
    """Whether a proposition seems to hold at a point."""
    try:
        return _holds(h, env)
    except (Imprecise, Undefined, Unsupported):
        return False


def _holds(h: Term, env: Environment) -> bool:
    if h.op == "all":
        body, var, _, where = h.args
        scopes = (Environment({**env, var.name: x}) for x in _tried(h, env))
        return all(_holds(body, s) for s in scopes if where == TRUE or _holds(where, s))
    if h.op in CONNECTIVES:
        a, *more = (_holds(x, env) for x in h.args)
        b = more[0] if more else False
        return {"and": a and b, "or": a or b, "not": not a, "iff": a == b}[h.op]
    if h.op == "integrable":
        return _decays(h.args[0], env) and sum(map(abs, _values(h.args[0], env))) < math.inf
    if h.op in RELATIONS:
        sides = [_numeric(x, env) for x in h.args]
        if sides != list(h.args):
            left, right = (_float(x, env) for x in sides)
            if abs(left - right) <= CLOSE * (1 + abs(left)):
                return h.op in ("eq", "le", "ge")
        h = call(h.op, *sides)
    return decide(h, env) is True


def _tried(binder: Term, env: Environment) -> Iterator[fmpq]:
    """What the variable of an `all` is tried at."""
    over = binder.args[2]
    elements: Any = REALS_TRIED if over == REALS else evaluate(over, env)
    yield from elements if isinstance(elements, tuple) else map(fmpq, range(1, int(elements.p) + 1))


def _numeric(t: Term, env: Environment) -> Term:
    """The term with a number for each integral over the reals."""
    if t.op == "integral":
        values = _values(t, env)
        fine, coarse = sum(values), 2 * sum(values[::2])
        if not _decays(t, env) or not abs(fine - coarse) <= AGREEMENT * (1 + abs(fine)):
            raise Imprecise
        return num(Fraction(fine))
    return rebuild(t, lambda c: _numeric(c, env))


def _decays(t: Term, env: Environment) -> bool:
    """Whether what is integrated seems to, on both sides."""
    for side in (1, -1):
        far = [abs(_at(t, env, side * x)) * x**1.5 for x in FAR]
        if not all(later <= earlier + CLOSE for earlier, later in itertools.pairwise(far)):
            return False
    return True


def _values(t: Term, env: Environment) -> list[float]:
    """The summands of a quadrature of an integral."""
    n = int(REACH / STEP)
    return [_at(t, env, math.sinh(k * STEP)) * math.cosh(k * STEP) * STEP for k in range(-n, n + 1)]


def _at(t: Term, env: Environment, x: float) -> float:
    body, var, _, where = t.args
    here = Environment({**env, var.name: fmpq(*x.as_integer_ratio())})
    if where != TRUE and not decide(where, here, LEVELS[:1]):
        return 0.0
    return _float(body, here)


def _float(t: Term, env: Environment) -> float:
    value = evaluate(t, env)
    return float(arb(value)) if isinstance(value, fmpq | arb) else math.nan

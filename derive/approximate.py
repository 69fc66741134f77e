"""Term → float at a point, each subterm once: a quick look at which of many like terms may be equal. Proves and refutes nothing.

Definitions need not be put in. What it cannot tell in floats (derivatives, integrals, maximisers) it asks `pointwise`.
"""

from __future__ import annotations

import contextlib
import math
import operator
from collections.abc import Callable, Mapping
from typing import Any

from flint import arb, fmpq

from derive.balls import Environment, Imprecise, Undefined, Unsupported, evaluate
from derive.claims import MISSHAPEN
from derive.jets import replaced
from derive.pointwise import Function
from derive.slips import put
from derive.term import REALS, TRUE, CaptureError, Lambda, Replacement, Term, free, unfold

TOLERANCE = 1e-7
ASKED = 200  # operations that a rigorous evaluation counts for
STEP = 2.0**-13  # of differences
FAR = (25.0, 50.0, 100.0, 200.0)  # arguments at which a limit at infinity is looked at; where floats fail there, nearer ones
NEAR = (4.0, 8.0, 16.0, 32.0)
Number = float | bool | frozenset[Any]
Bound = dict[str, Any]
Surroundings = Callable[[Term], Any]  # of a place: from a term that may stand there to the value of the whole


class Unknown(Exception):
    """A term has no value here, or none that floats can tell."""


class Work:
    """How many operations have been done, by which a search is bounded alike on every machine."""

    def __init__(self) -> None:
        self.done = 0


class Approximation:
    """The values of terms at one point, remembered by subterm and by the bound variables that it mentions.

    `definitions` and `unfolded` are the page's definitions, as written and with those before put in.
    """

    def __init__(
        self, env: Environment, definitions: Mapping[str, Replacement], unfolded: Mapping[str, Replacement], work: Work | None = None
    ) -> None:
        self.work = work or Work()
        self.exact, self.definitions, self.unfolded = env, definitions, unfolded
        self.env = {name: _plain(value) for name, value in env.items()}
        self.memo: dict[Any, Any] = {}
        self.surroundings: dict[tuple[Term, tuple[int, ...]], Surroundings] = {}

    def value(self, t: Term, bound: Bound) -> Any:
        """What a term is worth under these values of bound variables; raises Unknown."""
        key: Any = t
        if bound and not (names := free(t)).isdisjoint(bound):
            key = t, *[(n, x) for n, x in bound.items() if n in names]
        found = self.memo.get(key, self)  # itself for what has not been looked at
        if found is self:
            self.work.done += 1
            try:
                found = self._value(t, bound)
            except (Unknown, *MISSHAPEN):
                found = None
            self.memo[key] = found
        if found is None or found != found:
            raise Unknown
        return found

    def says(self, p: Term) -> bool | None:
        """Whether a proposition holds; None where that is not known."""
        try:
            return bool(self.value(p, {}))
        except Unknown:
            return None

    def altered(self, t: Term, path: tuple[int, ...], new: Term) -> Any:
        """What a term is worth with another one at a place. What stands around the place is worked out once."""
        key = t, path
        if key not in self.surroundings:
            self.surroundings[key] = self._around(t, path, {})
        try:
            found = self.surroundings[key](new)
        except MISSHAPEN:
            raise Unknown from None
        return _unknown() if found != found else found

    def _around(self, t: Term, path: tuple[int, ...], bound: Bound) -> Surroundings:
        if not path:
            return lambda new: self.value(new, bound)
        i, *rest = path
        op, args, below = t.op, t.args, tuple(rest)
        try:
            if op in _PLAIN:
                f, inner = _PLAIN[op], self._around(args[i], below, bound)
                before, after = ([self.value(a, bound) for a in some] for some in (args[:i], args[i + 1 :]))
                return lambda new: f(*before, inner(new), *after)
            if op in _LOOPS and i == 0 and args[2] != REALS:
                inners = [self._around(args[0], below, s) for s in self._scopes(t, bound)]
                return lambda new: _LOOPS[op]([f(new) for f in inners])
        except (Unknown, *MISSHAPEN):
            return lambda new: _unknown()
        return lambda new: self.value(put(t, path, new), bound)

    def _value(self, t: Term, bound: Bound) -> Any:
        op, args = t.op, t.args
        if op in _PLAIN:
            return _PLAIN[op](*[self.value(a, bound) for a in args])
        if op == "num":
            return float(args[0])
        if op == "sym":
            return self._named(t.name, bound)
        if op == "elem":
            return self._element(t, bound)
        if op == "apply":
            return self._applied(t, bound)
        if op in _LOOPS and args[2] != REALS:
            return self._loop(t, bound)
        if op == "cases":
            pairs = zip(args[::2], args[1::2], strict=True)
            chosen = next((v for v, guard in pairs if self.value(guard, bound)), None)
            return self.value(chosen, bound) if chosen is not None else _unknown()
        if op == "const":
            return _CONSTANTS[t.name]
        if op == "limit":
            return self._limit(t, bound)
        if op == "diff" and args[1].name not in bound and args[1].name in self.exact:
            return self._derivative(t, bound)
        return self._asked(t, bound)

    def _named(self, name: str, bound: Bound) -> Any:
        if name in bound:
            return bound[name]
        defined = self.definitions.get(name)
        if isinstance(defined, Term):
            return self.value(defined, {})
        return self.env[name] if name in self.env else _unknown()

    def _element(self, t: Term, bound: Bound) -> Any:
        head, *indices = t.args
        places = [int(self.value(i, bound)) for i in indices]
        rows: Any = head if head.op == "array" else self.definitions.get(head.name, self.env.get(head.name))
        for k in places:
            rows = (rows.args if isinstance(rows, Term) else rows)[k - 1] if k > 0 else _unknown()
        return self.value(rows, {}) if isinstance(rows, Term) else rows

    def _applied(self, t: Term, bound: Bound) -> Any:
        f = self.definitions.get(t.name, self.env.get(t.name))
        if not isinstance(f, Lambda | Function):
            return _unknown()
        return self.value(f.body, dict(zip(f.params, (self.value(a, bound) for a in t.args[1:]), strict=True)))

    def _loop(self, t: Term, bound: Bound) -> Any:
        return _LOOPS[t.op]([self.value(t.args[0], s) for s in self._scopes(t, bound)])

    def _scopes(self, t: Term, bound: Bound) -> list[Bound]:
        """The values of bound variables inside a loop, wherever its filter holds."""
        _, var, over, where = t.args
        values = self.value(over, bound)
        every = values if isinstance(values, tuple) else range(1, int(values) + 1)
        scopes = [{**bound, var.name: i} for i in every]
        return scopes if where == TRUE else [s for s in scopes if self.value(where, s)]

    def _derivative(self, t: Term, bound: Bound) -> float:
        """By differences of fourth order, at points that all derivatives by this variable share."""
        variable = t.args[1]
        places = tuple(int(self.value(i, bound)) for i in variable.args[1:]) if variable.op == "elem" else ()
        centre = self.value(t.args[2] if len(t.args) == 3 else variable, bound)
        far, near, close_, beyond = (self._moved(variable.name, places, centre + k * STEP).value(t.args[0], bound) for k in (-2, -1, 1, 2))
        return float((far - 8 * near + 8 * close_ - beyond) / (12 * STEP))

    def _moved(self, name: str, places: tuple[int, ...], to: float) -> Approximation:
        """The same point but for one number."""
        key = name, places, to
        if key not in self.memo:
            exact = fmpq(*to.as_integer_ratio())
            env = Environment({**self.exact, name: replaced(self.exact[name], [k - 1 for k in places], exact)})
            self.memo[key] = Approximation(env, self.definitions, self.unfolded, self.work)
        found: Approximation = self.memo[key]
        return found

    def _limit(self, t: Term, bound: Bound) -> float:
        """By values nearer and nearer the point."""
        body, var, point, side = t.args
        at = self.value(point, bound)
        ways = (1,) if abs(at) == math.inf else {"left": (-1,), "right": (1,)}.get(side.name, (-1, 1))
        found = []
        for way in ways:
            with contextlib.suppress(Unknown):
                found.append(self._approach(body, var.name, [_near(at, way, x) for x in FAR], bound))
                continue
            found.append(self._approach(body, var.name, [_near(at, way, x) for x in NEAR], bound))
        return found[0] if close(found[0], found[-1]) else _unknown()

    def _approach(self, body: Term, name: str, places: list[float], bound: Bound) -> float:
        return _tending([self.value(body, {**bound, name: x}) for x in places])

    def _asked(self, t: Term, bound: Bound) -> Any:
        """By the rigorous evaluation, in which every definition is put in."""
        self.work.done += ASKED
        try:
            whole = unfold(t, {n: d for n, d in self.unfolded.items() if n in free(t)})
            at = {n: fmpq(v) if isinstance(v, int) else fmpq(*float(v).as_integer_ratio()) for n, v in bound.items()}
            found = evaluate(whole, Environment({**self.exact, **at}))
        except (Imprecise, Undefined, Unsupported, CaptureError, OverflowError):
            raise Unknown from None
        return float(found) if isinstance(found, arb) else float(found.p) / float(found.q) if isinstance(found, fmpq) else found


def close(a: Any, b: Any) -> bool:
    """Whether two values are as good as equal."""
    if isinstance(a, float | int) and isinstance(b, float | int) and abs(a) + abs(b) < math.inf:
        return abs(a - b) <= TOLERANCE * max(1.0, abs(a), abs(b))
    return bool(a == b)


def _near(point: float, way: int, x: float) -> float:
    """An argument near a point, from one side, the nearer the larger x is."""
    return math.copysign(x, point) if abs(point) == math.inf else point + way / (1000 * x)


def _tending(values: list[float]) -> float:
    """Where values tend to that belong to arguments each twice the one before."""
    _, b, c, d = values
    if abs(d - c) <= TOLERANCE * max(1.0, abs(d)):
        return d
    if abs((2 * d - c) - (2 * c - b)) <= 1e-6 * max(1.0, abs(d)):  # it misses its limit by so much that this is half of that before
        return 2 * d - c
    if abs(d - c) >= 0.9 * abs(c - b) > 0.05 and (d > c) == (c > b):
        return math.copysign(math.inf, d - c)
    return float(_unknown())


def _unknown() -> Any:
    raise Unknown


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return tuple(map(_plain, value))
    if isinstance(value, fmpq):
        return int(value.p) if value.q == 1 else float(value.p) / float(value.q)
    return value


def _power(a: float, b: float) -> float:
    if a == 0 and b < 0:
        raise Unknown
    out = float(a) ** (int(b) if float(b).is_integer() else b)
    return out if isinstance(out, float) else _unknown()


_CONSTANTS: Mapping[str, Any] = {"pi": math.pi, "e": math.e, "true": True, "oo": math.inf}
_LOOPS: Mapping[str, Callable[..., Any]] = {"sum": math.fsum, "prod": math.prod, "all": all}
_PLAIN: Mapping[str, Callable[..., Any]] = {
    "neg": operator.neg, "add": operator.add, "sub": operator.sub, "mul": operator.mul, "div": operator.truediv, "pow": _power,
    "exp": math.exp, "log": math.log, "sqrt": math.sqrt, "abs": abs, "max": max, "min": min, "sin": math.sin, "cos": math.cos,
    "tan": math.tan, "sinh": math.sinh, "cosh": math.cosh, "tanh": math.tanh, "delta": lambda i, j: float(i == j),
    "lt": lambda a, b: a < b and not close(a, b), "le": lambda a, b: a < b or close(a, b), "gt": lambda a, b: a > b and not close(a, b),
    "ge": lambda a, b: a > b or close(a, b), "eq": close, "ne": lambda a, b: not close(a, b),
    "and": lambda a, b: a and b, "or": lambda a, b: a or b, "not": operator.not_, "iff": operator.eq,
}  # fmt: skip

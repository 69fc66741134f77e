"""Where a function tends to, by its leading term in floats: a guide to which rules about limits are worth a try, and no proof.

Far out, with t → oo, a function is looked at as c·exp(k·t)·t**j·log(t)**l. Where terms cancel, or another growth comes up, nothing is said.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Mapping
from typing import NamedTuple

from derive.model import KINDS, REAL, Type
from derive.rules import Rule
from derive.term import LEAVES, OO, RELATIONS, Replacement, Term, call, free, substitute

_CLOSE = 1e-9


class Unknown(ArithmeticError):
    """A leading term that is not found."""


class Hopeless(ArithmeticError):
    """A form without a value, such as oo - oo."""


class Leading(NamedTuple):
    """c·exp(k·t)·t**j·log(t)**l, with the exponents k, j, l; the function 0 has c = 0."""

    c: float
    exponential: float = 0.0
    power: float = 0.0
    logarithm: float = 0.0

    @property
    def growth(self) -> tuple[float, float, float]:
        return self[1:]

    @property
    def limit(self) -> float:
        """What it tends to: a number, or an infinity."""
        first = next((g for g in self.growth if g), 0.0)
        return self.c if not first or not self.c else math.copysign(math.inf, self.c) if first > 0 else 0.0


def hopeless(rule: Rule, by: Mapping[str, Replacement], types: Mapping[str, Type]) -> bool:
    """Whether an instance of a rule about a limit seems to have a right side without a value, or a condition that fails."""
    point, side = (substitute(t, by) for t in rule.left.args[2:])
    variable = rule.left.args[1].name
    try:
        _extended(substitute(rule.right, by), types)
        for c in rule.when:
            p = substitute(c, by)
            if p.op == "eq" and p.args[0].op == "limit":
                _agree(*(_extended(t, types) for t in p.args))
            elif variable in free(p) and p.op in RELATIONS:
                near = Approach(variable, point, side, types)
                _agree_in_sign(p.op, near.leading(call("sub", *p.args)).c)
    except Hopeless:
        return True
    except (Unknown, OverflowError, ValueError, ZeroDivisionError):
        return False
    return False


def _agree(a: float, b: float) -> None:
    if not (a == b or abs(a - b) < _CLOSE):
        raise Hopeless


def _agree_in_sign(op: str, c: float) -> None:
    if (op == "gt" and c <= 0) or (op == "lt" and c >= 0):
        raise Hopeless


def _extended(t: Term, types: Mapping[str, Type]) -> float:
    """The value of a term in limits, oo and -oo, as `limits.extended` works it out."""
    match t.op, t.args:
        case _ if t == OO:
            return math.inf
        case "limit", (body, var, point, side):
            return Approach(var.name, point, side, types).leading(body).limit
        case "neg", (u,):
            return -_extended(u, types)
        case ("add" | "mul" | "div") as op, (u, v):
            a, b = _extended(u, types), _extended(v, types)
            if op == "div" and b == 0:
                raise Hopeless
            out = a + b if op == "add" else a * b if op == "mul" else a / b
            if math.isnan(out):
                raise Hopeless
            return out
    if t.op not in LEAVES and any(math.isinf(_extended(u, types)) for u in t.args if u.op == "limit"):
        raise Hopeless
    return Approach("", t, t, types).leading(t).limit


class Approach:
    """A variable on its way to a point."""

    def __init__(self, variable: str, point: Term, side: Term, types: Mapping[str, Type]) -> None:
        self.variable, self.point, self.side, self.types = variable, point, side, types

    def leading(self, t: Term) -> Leading:
        """The leading term of a function. Raises Unknown."""
        match t.op, t.args:
            case "num", (value, _):
                return Leading(float(value))
            case "sym", (name,):
                return self._moving() if name == self.variable else Leading(_some(name, self.types.get(name, REAL)))
            case "const", ("pi" | "e" as name,):
                return Leading(getattr(math, name))
            case "neg", (u,):
                return _times(Leading(-1.0), self.leading(u))
            case "add", (u, v):
                return _plus(self.leading(u), self.leading(v))
            case "sub", (u, v):
                return _plus(self.leading(u), _times(Leading(-1.0), self.leading(v)))
            case "mul", (u, v):
                return _times(self.leading(u), self.leading(v))
            case "div", (u, v):
                return _times(self.leading(u), _power(self.leading(v), -1.0))
            case "pow", (u, v) if v.op == "num" or (v.op == "neg" and v.args[0].op == "num"):
                return _power(self.leading(u), self.leading(v).c)
            case "sqrt", (u,):
                return _power(self.leading(u), 0.5)
            case "exp", (u,):
                return _exp(self.leading(u))
            case "log", (u,):
                return _log(self.leading(u))
            case "abs", (u,):
                return self.leading(u)._replace(c=abs(self.leading(u).c))
        raise Unknown

    def _moving(self) -> Leading:
        if self.point == OO:
            return Leading(1.0, power=1.0)
        if self.point == call("neg", OO):
            return Leading(-1.0, power=1.0)
        at = Approach("", self.point, self.side, self.types).leading(self.point)
        return at if at.c else Leading(-1.0 if self.side.name == "left" else 1.0, power=-1.0)


def _some(name: str, of: Type) -> float:
    """A value that a symbol may have, of no special kind, the same each time."""
    if of.kind == "size" or of.shape or of.params or of.kind not in KINDS:
        raise Unknown
    part = 0.2 + 0.6 * zlib.crc32(name.encode()) / 2**32
    low, high = KINDS[of.kind].low, KINDS[of.kind].high
    if low is None:
        return part
    return float(low) + part * (1.0 if high is None else float(high - low))


def _plus(u: Leading, v: Leading) -> Leading:
    if not u.c or not v.c:
        return u if u.c else v
    if u.growth != v.growth:
        return max(u, v, key=lambda x: x.growth)
    c = u.c + v.c
    if abs(c) < _CLOSE * abs(u.c):
        raise Unknown
    return u._replace(c=c)


def _times(u: Leading, v: Leading) -> Leading:
    return Leading(u.c * v.c, *(a + b for a, b in zip(u.growth, v.growth, strict=True))) if u.c and v.c else Leading(0.0)


def _power(u: Leading, n: float) -> Leading:
    if not u.c and n > 0:
        return u
    if not u.c or (u.c < 0 and n != round(n)):
        raise Unknown
    return Leading(u.c**n, *(g * n for g in u.growth))


def _exp(u: Leading) -> Leading:
    if not math.isinf(u.limit):
        return Leading(math.exp(u.limit))
    match u.growth:
        case (0.0, 1.0, 0.0):
            return Leading(1.0, exponential=u.c)
        case (0.0, 0.0, 1.0):
            return Leading(1.0, power=u.c)
    raise Unknown


def _log(u: Leading) -> Leading:
    if u.c <= 0 or u.logarithm or (u.c == 1 and not any(u.growth)):
        raise Unknown
    if u.exponential:
        return Leading(u.exponential, power=1.0)
    return Leading(u.power, logarithm=1.0) if u.power else Leading(math.log(u.c))

"""Instances of the rules of the table at random, and what numbers say of them: the two sides, and each condition.

An instance puts literals, symbols and small terms for the letters of a rule; balls work out both sides at random values. What is
said of all reals is looked at in many places only, and a limit is looked at near its point: a failing sample refutes, and the
pools are such that the samples tell.
"""

from __future__ import annotations

import functools
import itertools
import math
import operator
import random
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from typing import Any, NamedTuple

from evaluated import outcome, owed_holds, true_at
from flint import arb, fmpq

from derive.balls import Environment, Imprecise, Undefined, Unsupported, environment, evaluate
from derive.binders import REALS_TRIED
from derive.domain import Domain
from derive.expression import read
from derive.jets import fraction
from derive.model import Givens, Relation, Type
from derive.rules import INTERVAL, Rule
from derive.term import ONE, OO, REALS, Lambda, Replacement, Term, call, conjuncts, free, num, substitute, sym, walk

Q = Fraction
NUMBERS = (*(Q(n) for n in (-3, -2, -1, 0, 1, 2, 3)), Q(1, 2), Q(-1, 2), Q(3, 2), Q(1, 3))
GIVENS = Givens({"x": Type("real"), "z": Type("real"), "n": Type("integer"), "h": Type("integer"), "size": Type("size")})
DOMAIN = Domain(GIVENS)
MINUS_OO = call("neg", OO)


class Instance(NamedTuple):
    """What the letters stand for, and the values of the symbols in that."""

    by: Mapping[str, Replacement]
    env: Environment


class Told(NamedTuple):
    """An instance both sides of which are defined, what numbers say of the rule there, and of each of its conditions."""

    found: Instance
    outcome: str
    held: tuple[bool | None, ...]

    @property
    def counters(self) -> bool:
        """Whether it would be a counterexample."""
        return self.outcome == "fails" and all(x is True for x in self.held)


def told(rule: Rule, count: int, seed: int = 0) -> Iterator[Told]:
    """Up to so many instances; of a rule about a limit, all of them."""
    if rule.left.op == "limit":
        yield from _limits(rule)
        return
    rng = random.Random(f"{rule.name} {seed}")
    roles = Roles(rule)
    for _ in range(count):
        found = roles.instance(rng)
        left, right = substitute(rule.left, found.by), substitute(rule.right, found.by)
        if has_value(left, found.env) and has_value(right, found.env):
            held = tuple(_condition(substitute(c, found.by), found.env) for c in rule.when)
            yield Told(found, _compared(left, rule.relation, right, found.env), held)


# -- what the letters stand for

MAPS = tuple(read(t) for t in (
    "v", "2*v", "-v", "v + 1", "1", "v**2", "-v**2", "v**3", "-v**3", "v**4", "exp(v)", "exp(-v)", "-exp(v)", "log(v)", "-log(v)",
    "1/v", "-1/v", "sqrt(v)", "abs(v)", "v*log(v)",
))  # fmt: skip
LOWS = (MINUS_OO, *(num(n) for n in (0, 0, 1)), call("neg", num(2)), OO)
HIGHS = (OO, *(num(n) for n in (0, 0, 2)), num(3), MINUS_OO)
NORMAL = "exp(-x**2/2)/sqrt(2*pi)"
# Integrate to 1, or not; are not negative, or not.
WEIGHTS = tuple(read(t.replace("N(x)", NORMAL)) for t in (
    "N(x)", "N(x)", "exp(-x**2)/sqrt(pi)", "2*N(x)", "N(x)/2", "N(x)*(2 - x**2)", "N(x)*(x + 1)", "-N(x)",
))  # fmt: skip
CURVES = tuple(map(read, ("x", "x - 1", "x + 1", "x**2 + 1", "-x**2 - 1", "exp(x)", "2", "-x")))
SMALL_CURVES = tuple(map(read, ("0*x", "x*exp(-x**2)", "exp(-x**2)", "-exp(-x**2)", "(x**2 - 1)*exp(-x**2/2)", "(x**2 + 1)*exp(-x**2)")))
DENSITIES = {"q": True, "r": True, "s": False}  # whether the function of that name is one
FUNCTIONS = dict(zip(DENSITIES, (Lambda(("x",), WEIGHTS[i]) for i in (0, 2, 3)), strict=True))


class Roles:
    """What kind of thing each letter of a rule stands for."""

    def __init__(self, rule: Rule) -> None:
        self.rule = rule
        everything = [t for side in (rule.left, rule.right, *rule.when) for t in walk(side)]
        loops = [t for t in everything if t.op in ("sum", "prod", "all", "argmax", "argmin")]
        self.sets = {t.args[2].name for t in loops if t.op in ("argmax", "argmin")}
        self.sizes = {t.args[2].name for t in loops} - self.sets - {REALS.name}
        self.functions = {t.name: len(t.args) - 1 for t in everything if t.op == "apply"}
        self.maps = {t.name for d in everything if d.op == "diff" for t in walk(d) if t.op == "apply"}
        self.curves = {t.name for d in everything if d.op in ("integral", "almost") for t in walk(d) if t.op == "apply"} - self.maps
        ones = [c.args[0] for c in rule.when if c.op == "eq" and c.args[1] == ONE]
        self.weights = {t.args[0].name for t in ones if t.op in ("sum", "integral")}
        self.densities = {c.args[0].name for c in rule.when if c.op == "is" and c.args[1].name == "a density"}
        named: set[str] = set()
        for t in everything:
            if t.op in ("apply", "delta"):
                named |= {a.name for a in t.args[1 if t.op == "apply" else 0 :] if a.op == "sym"}
            if t.op in ("sum", "prod"):
                named |= free(t.args[3]) - {t.args[1].name}
        self.indices = (named & rule.letters) - {t.args[2].name for t in everything if t.op == "diff" and len(t.args) == 3}
        if self.maps:
            self.indices = set()  # what a map is applied to are numbers

    def instance(self, rng: random.Random) -> Instance:
        """Something for every letter, and values for the symbols in that."""
        by: dict[str, Replacement] = {}
        size = rng.choice((1, 2, 3))
        literal_size = bool(self.weights)
        for name in sorted(self.rule.letters):
            if name in self.sizes:
                by[name] = num(size) if literal_size else rng.choice((num(rng.choice((1, 2, 3))), sym("size")))
            elif name in self.sets:
                by[name] = rng.choice((num(rng.choice((1, 2, 3))), sym("Theta")))
            elif name in INTERVAL:
                by[name] = rng.choice(LOWS if name == "low" else HIGHS)
            elif name in self.functions:
                by[name] = self._function(name, size, rng)
            elif name in self.indices:
                outside = (literal(Q(rng.choice((-1, 0, 1, 2, 3, 4)))), sym("n"), sym("h"), sym("z"), literal(rng.choice(NUMBERS)))
                by[name] = rng.choice(outside)
            elif self.maps:
                by[name] = literal(rng.choice(NUMBERS))
            else:
                by[name] = scalar(rng)
        values: dict[str, Any] = {"x": rng.choice(NUMBERS), "z": rng.choice(NUMBERS), "size": Q(rng.choice((1, 2, 3)))}
        values |= {n: Q(rng.choice((-2, -1, 0, 1, 2, 3))) for n in ("n", "h")}
        values["Theta"] = tuple(rng.sample(NUMBERS, rng.choice((1, 2, 3))))
        return Instance(by, environment(values | (FUNCTIONS if self.densities else {})))

    def _function(self, name: str, size: int, rng: random.Random) -> Replacement:
        if name in self.densities:
            return sym(rng.choice(tuple(DENSITIES)))
        if name in self.maps:
            return Lambda(("v",), rng.choice(MAPS))
        if name in self.curves:
            return Lambda(("x",), rng.choice(WEIGHTS if name in self.weights else CURVES if self.weights else SMALL_CURVES))
        if name in self.weights:
            return Lambda(("i",), call("elem", Term("array", tuple(map(literal, shares(size, rng)))), sym("i")))
        params = tuple(f"{name}{i}" for i in range(self.functions[name]))
        return Lambda(params, body(rng, params))


def literal(value: Fraction) -> Term:
    """A number as a page writes it."""
    size = num(abs(value.numerator)) if value.denominator == 1 else call("div", num(abs(value.numerator)), num(value.denominator))
    return call("neg", size) if value < 0 else size


def shares(size: int, rng: random.Random) -> list[Fraction]:
    """Numbers that sum to 1, mostly, and are not negative, mostly."""
    out = [rng.choice((Q(0), Q(1, 2), Q(1, 3), Q(1, 4), Q(-1))) for _ in range(size - 1)]
    rest = 1 - sum(out, Q(0))
    return [*out, rng.choice((rest, rest, Q(2), Q(1, 2)))]


def scalar(rng: random.Random) -> Term:
    """A term for a letter: a literal, a symbol, or something small made of them."""
    small = rng.choice((sym("x"), sym("z"), sym("n"), literal(rng.choice(NUMBERS))))
    other = rng.choice((sym("x"), literal(rng.choice(NUMBERS))))
    return rng.choice((
        small, small, small, literal(rng.choice(NUMBERS)), call("mul", small, other), call("add", small, other), call("sub", small, other),
        call("neg", small), call("pow", small, num(2)), call("exp", small), call("log", small), call("sqrt", small),
        call("div", ONE, small),
    ))  # fmt: skip


def body(rng: random.Random, params: tuple[str, ...]) -> Term:
    """A number that depends on the parameters, or not."""
    p = sym(rng.choice(params))
    c = literal(rng.choice(NUMBERS))
    between = call("mul", call("sub", p, ONE), call("sub", num(2), p))  # 0 at the first two indices, and more between them
    return rng.choice((
        p, c, sym("x"), call("mul", c, p), call("add", p, sym("x")), call("sub", p, num(2)), call("mul", p, p), between,
        call("sub", sym(params[0]), sym(params[-1])), call("add", call("mul", num(9), between), num(1)),
        call("pow", p, c), call("neg", p), call("add", call("mul", sym(params[0]), sym(params[-1])), c),
    ))  # fmt: skip


# -- what is true of them


def has_value(t: Term, env: Environment) -> bool:
    """Whether a term is defined at a point: by balls, and where domain asks for integers, by those."""
    if t.op == "almost":
        return True  # of functions that are defined everywhere
    try:
        evaluate(t, env, 200)
    except (Undefined, Unsupported, Imprecise, ZeroDivisionError):
        return False
    return not any(x.op == "delta" for x in walk(t)) or owed_holds(DOMAIN, t, env)


def _compared(left: Term, relation: Relation, right: Term, env: Environment) -> str:
    if relation is not Relation.IFF:
        return outcome(left, right, env, relation)
    sides = [_true(p, env) for p in (left, right)]
    return "unknown" if None in sides else "holds" if sides[0] == sides[1] else "fails"


def _true(p: Term, env: Environment) -> bool | None:
    if p.op != "almost":
        return true_at(p, env)
    # the functions of the pools are analytic: one that vanishes at so many places vanishes everywhere, any other almost nowhere
    return all(true_at(p.args[0], {**env, p.args[1].name: x}) for x in REALS_TRIED)


def _condition(c: Term, env: Environment) -> bool | None:
    """Whether a condition holds at a point; the ends of an interval may be infinite."""
    if c.op == "is" and c.args[1].name == "a density":
        return DENSITIES[c.args[0].name]
    if c.op == "lt" and (OO in c.args or MINUS_OO in c.args):
        return bool(c.args[0] == MINUS_OO or c.args[1] == OO)
    if c.op == "all" and c.args[0].op == "lt" and (OO in c.args[0].args or MINUS_OO in c.args[0].args):
        return _condition(c.args[0], env)
    if c.op == "all" and any(t.op == "diff" for t in walk(c)):
        return _inside(c)
    if c.op == "eq" and outcome(c.args[0], c.args[1], env) in ("holds", "agrees"):
        return True
    return true_at(c, env)


@functools.cache
def _inside(c: Term) -> bool:
    """Whether `all(… for u in Reals if low < u and u < high)` holds at each of many places in the interval. It has no free symbols."""
    said, u, _, where = c.args
    low, high = (next((p.args[i] for p in conjuncts(where) if p.args[1 - i] == u), end) for i, end in enumerate((MINUS_OO, OO)))
    return all(true_at(said, environment({u.name: x})) is True for x in _between(low, high))


def _between(low: Term, high: Term) -> Iterator[Fraction]:
    """Places between two ends, near the ends too; none where no number is between them."""
    if low == OO or high == MINUS_OO:
        return
    a, b = (None if t in (OO, MINUS_OO) else _rational(evaluate(t, {})) for t in (low, high))
    steps = (Q(1, 1000), Q(1, 8), Q(1, 3), Q(1, 2), Q(1), Q(3, 2), Q(5), Q(40))
    places = {Q(k) for k in range(-3, 4)}  # there a map of the pool turns, or has a gap
    places |= {end + side * s for end in (a, b, Q(0)) if end is not None for s in steps for side in (-1, 1)}
    yield from (x for x in sorted(places) if (a is None or a < x) and (b is None or x < b))


def _rational(value: object) -> Fraction:
    assert isinstance(value, fmpq)
    return fraction(value)


# -- limits: functions whose limits are known, and what a composite of them tends to, looked at near the point


class Place(NamedTuple):
    """A point that a variable tends to, and from which side."""

    point: str
    side: str

    def samples(self) -> list[Fraction]:
        """Nearer and nearer, from each side in turn."""
        powers = (10, 40, 160)
        if self.point in ("oo", "-oo"):
            return [(1 if self.point == "oo" else -1) * Q(2) ** k for k in powers]
        a = Q(self.point)
        return [a + s * Q(1, 2**k) for s in (1, -1) if self.side != ("left" if s == 1 else "right") for k in powers]


# of each function its limit; nan where there is none
LIMITS: Mapping[Place, Mapping[str, float]] = {
    Place("0", "right"): {
        "x": 0, "-x": 0, "x + 1": 1, "1/x": math.inf, "-1/x": -math.inf, "log(x)": -math.inf, "2": 2, "-3": -3, "sin(1/x)": math.nan,
        "x**2": 0, "exp(x)": 1, "sqrt(x)": 0, "0": 0, "x*sin(1/x)": 0,
    },
    Place("0", "left"): {
        "x": 0, "-x": 0, "1/x": -math.inf, "-1/x": math.inf, "x - 2": -2, "log(x)": math.nan, "3": 3, "x**2": 0, "sqrt(x)": math.nan,
    },
    Place("0", "both"): {
        "x": 0, "abs(x)": 0, "-abs(x)": 0, "1/x": math.nan, "1/x**2": math.inf, "sin(x)": 0, "x + 1": 1, "x - 1": -1, "0": 0,
        "sin(1/x)": math.nan, "log(abs(x))": -math.inf, "abs(x)/x": math.nan,
    },
    Place("1", "both"): {"x - 1": 0, "x": 1, "(x - 1)**2": 0, "1/(x - 1)**2": math.inf, "-x": -1, "log(x)": 0, "1/(x - 1)": math.nan},
    Place("oo", "both"): {
        "x": math.inf, "-x": -math.inf, "1/x": 0, "-1/x": 0, "exp(-x)": 0, "sin(x)": math.nan, "log(x)": math.inf, "2 + 1/x": 2, "-1": -1,
        "x**2": math.inf, "sin(x)/x": 0,
    },
    Place("-oo", "both"): {"x": -math.inf, "-x": math.inf, "1/x": 0, "exp(x)": 0, "sin(x)": math.nan, "3": 3, "-2": -2, "log(x)": math.nan},
}  # fmt: skip
CLOSE = 0.05  # 1/log(x) tends slowly
LARGE = 3.0  # and so does log(log(x))


def _limits(rule: Rule) -> Iterator[Told]:
    """Every instance, of the functions whose limits are known, of which the right side has a value."""
    functions = sorted({t.name for t in walk(rule.left) if t.op == "apply"})
    others = sorted(rule.letters - {*functions, "a", "d"})
    for place, known in LIMITS.items():
        for bodies in itertools.product(known, repeat=len(functions)):
            for numbers in itertools.product((Q(1), Q(2), Q(1, 2), Q(0), Q(-1)), repeat=len(others)):
                at = _At(place, dict(zip(functions, bodies, strict=True)), dict(zip(others, numbers, strict=True)))
                if not math.isnan(value := at.value(rule.right)):
                    by = at.by()
                    tends = at.tends(substitute(rule.left, by), value)
                    held = tuple(at.holds(c) for c in rule.when)
                    yield Told(Instance(by, environment({})), "holds" if tends else "fails", held)


class _At(NamedTuple):
    """What the letters of a rule about a limit stand for."""

    place: Place
    functions: Mapping[str, str]
    numbers: Mapping[str, Fraction]

    def by(self) -> dict[str, Replacement]:
        """The letters and what stands for them."""
        out: dict[str, Replacement] = {"a": read(self.place.point), "d": sym(self.place.side)}
        out |= {name: Lambda(("x",), read(t)) for name, t in self.functions.items()}
        return out | {name: literal(value) for name, value in self.numbers.items()}

    def value(self, t: Term) -> float:
        """What a term in limits is worth; nan where nothing is known or it has no value. A function has one at numbers only."""
        if t.op == "limit":
            return LIMITS[self.place][self.functions[t.args[0].name]]
        if t.op == "sym":
            return float(self.place.point.replace("oo", "inf")) if t.name == "a" else float(self.numbers[t.name])
        if t.op == "num" or t == OO:
            return math.inf if t == OO else float(t.args[0])
        if t.op == "diff":
            return _slope(substitute(t, self.by()))
        try:
            return _EXTENDED[t.op](*map(self.value, t.args))
        except (ValueError, ZeroDivisionError):
            return math.nan

    def holds(self, c: Term) -> bool:
        """Whether a condition holds: about the known limit of a function, about all that is near the point, about a number."""
        if "x" in free(c):
            return all((v := _sampled(substitute(c.args[0], self.by()), x)) is not None and v > 0 for x in self.place.samples())
        left, right = map(self.value, c.args)
        return bool(_RELATED[c.op](left, right))

    def tends(self, limit: Term, value: float) -> bool:
        """Whether what a limit is taken of seems to tend to a value, and is defined near the point."""
        return tends(limit, self.place, value)


def tends(limit: Term, place: Place, value: float) -> bool:
    """Whether what a limit is taken of seems to tend to a value, and is defined near the point."""
    body, var, _, _ = limit.args
    found = [_sampled(substitute(body, {var.name: sym("x")}), x) for x in place.samples()]
    for i in range(0, len(found), 3):
        one, two, three = found[i : i + 3]
        if one is None or two is None or three is None:
            return False
        if math.isinf(value) and not (abs(one) < abs(two) < abs(three) or math.isinf(two)):
            return False
        if abs(three - value) > CLOSE if not math.isinf(value) else math.copysign(1, value) * three < LARGE:
            return False
    return True


def _slope(t: Term) -> float:
    """The value of a derivative at a point; nan where it has none."""
    try:
        return float(arb(evaluate(t, {}, 200)).mid())
    except (Undefined, Unsupported, Imprecise, ZeroDivisionError):
        return math.nan


def _finite(f: Callable[[float], float]) -> Callable[[float], float]:
    return lambda x: math.nan if math.isinf(x) else f(x)


_RELATED = {"eq": operator.eq, "gt": operator.gt, "ge": operator.ge}
_EXTENDED: Mapping[str, Callable[..., float]] = {
    "add": lambda a, b: a + b, "mul": lambda a, b: a * b, "div": lambda a, b: a / b, "neg": lambda a: -a,
    "exp": _finite(math.exp), "log": _finite(math.log), "sqrt": _finite(math.sqrt), "abs": _finite(abs),
}  # fmt: skip


@functools.cache
def _sampled(t: Term, x: Fraction) -> float | None:
    """A value near the point as a float; None where the term is undefined."""
    try:
        value: Any = evaluate(t, {"x": x}, 600)
    except Undefined:
        return None
    if isinstance(value, fmpq):
        value = arb(value)
    return math.copysign(math.inf, 1 if value > 0 else -1) if abs(value) > 10**300 else float(value.mid())

"""What a function symbol of the givens may stand for: simple functions, densities that integrate to 1, shares that sum to 1.

Knows which hypotheses such a function satisfies by the way it is made, and no other; knows no points.
"""

from __future__ import annotations

import functools
import random
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

from derive.balls import Unsupported
from derive.model import Type
from derive.pointwise import Function
from derive.term import ONE, PI, REALS, TRUE, ZERO, Term, binder, call, free, fresh, num, sym, walk

COEFFICIENTS = tuple(map(Fraction, ("0", "1", "-1", "1/2", "2", "-1/2", "-2", "3")))
NORMALS = tuple((Fraction(m), Fraction(v)) for m, v in ((0, 1), (0, "1/100"), (1, 1), (0, 4), (-1, "1/2"), (2, "1/4")))
SLOPES = tuple(map(Fraction, ("1", "-1", "1/2", "2")))
FLAT = 0.15  # how often a density is one that vanishes somewhere


class Whole(NamedTuple):
    """A function adds up to 1, or integrates to 1, over the argument at a place."""

    place: int
    over: Term  # a size or number, or Reals


def wholes(symbols: Mapping[str, Type], hypotheses: Sequence[Term]) -> dict[str, Whole]:
    """The functions of which that is assumed, as far as such functions can be drawn."""
    found = {name: Whole(0, REALS) for name, t in symbols.items() if t.density and len(t.params) == 1}
    for h in hypotheses:
        name, whole = _whole(h)
        if whole is not None and name in symbols and not symbols[name].density and _possible(symbols[name], whole):
            found.setdefault(name, whole)
    return found


def _possible(type_: Type, whole: Whole) -> bool:
    """Whether functions of that type are drawn that add up to 1 like that."""
    if whole.place >= len(type_.params):
        return False
    argument = type_.params[whole.place]
    if whole.over == REALS:
        return argument.kind == "real" and type_.kind in ("real", "positive", "nonnegative")
    return argument == Type("index", whole.over) and type_.kind in ("real", "positive", "nonnegative", "probability")


def holds_as_made(h: Term, known: Mapping[str, Whole]) -> bool:
    """Whether a hypothesis says of a function no more than that it is one of the densities that are drawn for it."""
    name, whole = _whole(h)
    return whole is not None and whole.over == REALS and known.get(name) == whole


def _whole(h: Term) -> tuple[str, Whole | None]:
    while h.op == "all":
        h = h.args[0]
    for side, other in (h.args, h.args[::-1]) if h.op == "eq" else ():
        if side.op in ("sum", "integral") and other.op == "num" and other.args[0] == 1:
            body, var, over, where = side.args
            arguments = body.args[1:] if body.op == "apply" else ()
            if where == TRUE and [a for a in arguments if var.name in free(a)] == [var]:
                return body.name, Whole(arguments.index(var), over)
    return "", None


def over_reals(hypotheses: Sequence[Term]) -> dict[str, int]:
    """The functions that are taken at a variable that runs over Reals, and at which argument."""
    return {name: place for h in hypotheses for name, place in _over_reals(h)}


def _over_reals(h: Term) -> Iterator[tuple[str, int]]:
    for t in walk(h):
        if t.op in ("all", "integral") and t.args[2] == REALS:
            for part in walk(t.args[0]):
                if part.op == "apply" and t.args[1] in part.args[1:]:
                    yield part.name, part.args[1:].index(t.args[1])


# -- what is drawn


def simple(type_: Type, rng: random.Random) -> Function:
    """A smooth function with values of the wanted kind; of an element of a set, seldom a monotone one."""
    params = _params(type_)
    onto = next((i for i, t in enumerate(type_.params) if t.kind == "set"), None)

    def coefficient() -> Fraction:
        return rng.choice(COEFFICIENTS)

    parts = [(coefficient(), p) for p in params]
    if rng.random() < (0.4 if onto is None else 0.7):
        parts.append((coefficient(), call("pow", params[onto or 0], num(2))))
    if onto is not None and len(params) > 1:
        parts.append((coefficient(), call("mul", params[onto], params[onto - 1])))
    u = _combination(coefficient(), parts)
    square, exponential = call("pow", u, num(2)), call("exp", u)
    bodies = {
        "real": (u, u, call("sub", exponential, num(coefficient())), call("sin", u)),
        "positive": (call("add", ONE, square), exponential),
        "nonnegative": (square,),
        "probability": (call("div", ONE, call("add", num(2), square)), call("div", ONE, call("add", ONE, exponential))),
        "label": (call("cases", ONE, call("gt", u, ZERO), ZERO, TRUE),),
        "sign": (call("cases", ONE, call("gt", u, ZERO), num(-1), TRUE),),
    }
    if type_.kind not in bodies:
        raise Unsupported(f"no functions are known with values of the type {type_.kind}")
    return _function(params, rng.choice(bodies[type_.kind]))


def density(type_: Type, place: int, rng: random.Random, near: Sequence[Fraction] = ()) -> Function:
    """A density in the argument at that place: normal, with mean and variance that may depend on the others. Where the type is
    a density itself, it is one in all of its arguments, and may vanish somewhere. Often the mean is a number that is `near`."""
    params = _params(type_)
    if not type_.density:
        others = [p for i, p in enumerate(params) if i != place]
        return _function(params, _normal(params[place], others, rng, near))
    if rng.random() < FLAT:
        low, length = num(rng.choice((-1, 0, 1))), rng.choice((Fraction(1, 2), Fraction(1), Fraction(3)))
        inside = [call("and", call("le", low, p), call("le", p, num(low.args[0] + length))) for p in params]
        flat = call("cases", num(1 / length ** len(params)), inside[0], ZERO, TRUE)
        for condition in inside[1:]:
            flat = call("cases", flat, condition, ZERO, TRUE)
        return _function(params, flat)
    body = _normal(params[0], [], rng, near)
    for p in params[1:]:
        body = call("mul", body, _normal(p, [], rng, near))
    return _function(params, body)


def bell(type_: Type, place: int, rng: random.Random, near: Sequence[Fraction] = ()) -> Function:
    """A function that decays in the argument at that place, so that much of it is integrable."""
    if type_.kind not in ("real", "positive", "nonnegative") or type_.params[place].kind != "real":
        return simple(type_, rng)
    made = density(type_, place, rng, near)
    factor = rng.choice((Fraction(1), Fraction(1), Fraction(2), Fraction(1, 2)))
    return made if factor == 1 else Function(made.params, call("mul", num(factor), made.body))


def shares(type_: Type, whole: Whole, size: int, rng: random.Random) -> Function:
    """A function of an index, and maybe more, whose values for the indices sum to 1."""
    if type_.kind == "probability" and size == 1:
        return simple(type_, rng)  # the whole would be 1, which is no such value
    params = _params(type_)
    if rng.random() < 0.2:
        return _function(params, call("div", ONE, whole.over))
    at = params[whole.place]
    if type_.kind in ("real", "nonnegative") and rng.random() < 0.2:
        return _function(params, call("cases", ONE, call("eq", at, ONE), ZERO, TRUE))
    bound = sym(fresh("j", free(whole.over)))

    slopes = [rng.choice(SLOPES) for _ in params]

    def weight(index: Term) -> Term:
        u = _combination(Fraction(0), list(zip(slopes, (index if p == at else p for p in params), strict=True)))
        return call("add", ONE, call("pow", u, num(2)))

    return _function(params, call("div", weight(at), binder("sum", weight(bound), bound.name, whole.over)))


def _params(type_: Type) -> list[Term]:
    return [sym(f"x{i}") for i, _ in enumerate(type_.params)]


def _function(params: Sequence[Term], body: Term) -> Function:
    return Function(tuple(p.name for p in params), body)


def _combination(constant: Fraction, parts: Sequence[tuple[Fraction, Term]]) -> Term:
    """A sum of multiples, without those of 0."""
    products = [p if c == 1 else call("neg", p) if c == -1 else call("mul", num(c), p) for c, p in parts if c]
    if constant or not products:
        products.insert(0, num(constant))
    return functools.reduce(lambda a, b: call("add", a, b), products)


def _normal(x: Term, others: Sequence[Term], rng: random.Random, near: Sequence[Fraction]) -> Term:
    """The density of a normal distribution at x."""
    mean, variance = rng.choice(NORMALS)
    if near and rng.random() < 0.5:
        mean = rng.choice(near)
    m, v = _combination(mean, [(rng.choice(SLOPES), p) for p in others]), num(variance)
    for p in others:
        v = call("add", v, call("pow", p, num(2))) if rng.random() < 0.3 else v
    shifted = x if m == ZERO else call("add", x, num(-mean)) if mean < 0 and not others else call("sub", x, m)
    square = call("pow", shifted, num(2))
    if v.op != "num":
        exponent, area = call("neg", call("div", square, call("mul", num(2), v))), call("mul", call("mul", num(2), PI), v)
    else:
        double = 2 * variance
        exponent = call("neg", square) if double == 1 else call("mul", num(-1 / double), square)
        area = PI if double.numerator == 1 else call("mul", num(double.numerator), PI)
        area = area if double.denominator == 1 else call("div", area, num(double.denominator))
    return call("div", call("exp", exponent), call("sqrt", area))

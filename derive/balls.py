"""Rigorous values: a term enclosed at exact values of its symbols, two sides compared at rising precision, and how to print it.

Terms have to be unfolded. What is rational stays exact, so that a division by exactly zero is told from one by something
too small to see. Knows no types, no hypotheses and no rules; what cannot be enclosed raises Unsupported.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from fractions import Fraction
from typing import Any, NamedTuple

from flint import arb, ctx, fmpq

from derive.binders import Env, State, Undefined
from derive.jets import Imprecise, Number, Unsettled, Unsupported, exact, sign
from derive.model import Relation
from derive.pointwise import Function, compiled
from derive.term import Lambda, Term

__all__ = [
    "LEVELS", "Comparison", "Environment", "Imprecise", "Undefined", "Unsettled", "Unsupported",
    "compare", "decide", "environment", "evaluate", "precision", "shown", "shown_apart",
]  # fmt: skip

LEVELS = (80, 200, 600, 1300, 3500)  # bits of precision, tried in turn
KEPT = 8  # values that a point remembers: those of the steps beside
AGREEMENT = 1e-15  # two sides that overlap and are enclosed this narrowly agree

Worth = Number | bool | frozenset[fmpq]  # of a term: a number, the truth of a proposition, a set of maximisers
Side = Worth | Undefined | None


class Comparison(NamedTuple):
    """What is known of a relation at a point: it `holds`, it `fails`, `agrees` (an equality whose sides could not be told apart
    although they are narrow), is `unknown`, or a side is `undefined`.

    A side is its enclosure, or what makes it undefined, or None where it is not known.
    """

    outcome: str
    left: Side = None
    right: Side = None


class Environment(Env):
    """Values that are ready for evaluation; with what terms have been found to be worth there, where the values change no more."""

    worths: dict[tuple[Term, int], tuple[Side, bool]] | None = None


def environment(values: Mapping[str, Any]) -> Environment:
    """The values of free symbols, ready for evaluation: numbers, families as nested tuples (x[1] is the first), sets as
    tuples of their elements, functions as a Lambda."""
    if isinstance(values, Environment):
        return values
    return Environment({name: _ready(value) for name, value in values.items()})


def _ready(value: Any) -> Any:
    if isinstance(value, Lambda):
        return Function(value.params, value.body)
    if isinstance(value, tuple):
        return tuple(map(_ready, value))
    return exact(value) if isinstance(value, Fraction | int) else value


@contextmanager
def precision(bits: int) -> Iterator[None]:
    """So many bits for what is evaluated inside."""
    before = ctx.prec
    ctx.prec = bits
    try:
        yield
    finally:
        ctx.prec = before


def _worth(term: Term, env: Env) -> Any:
    out = compiled(term)(State(Environment(env)))
    if isinstance(out, arb) and not out.is_finite():
        raise Imprecise
    return out


def evaluate(term: Term, values: Mapping[str, Any], bits: int = LEVELS[0]) -> Worth:
    """What a term is worth: an exact rational or a finite ball, for a proposition True or False, for argmax a set.

    Raises Undefined where it certainly has no value, Imprecise where more bits are needed, and Unsupported.
    """
    with precision(bits):
        out: Worth = _worth(term, environment(values))
    return out


def decide(proposition: Term, values: Mapping[str, Any], levels: Sequence[int] = LEVELS) -> bool | None:
    """Whether a proposition is true, None where that is not known. Raises Undefined and Unsupported."""
    env = environment(values)
    for bits in levels:
        try:
            return evaluate(proposition, env, bits) is True
        except Unsettled:
            return None
        except Imprecise:
            continue
    return None


def compare(left: Term, right: Term, relation: Relation, values: Mapping[str, Any], levels: Sequence[int] = LEVELS) -> Comparison:
    """Whether the relation holds between two terms at a point, with rising precision until it is decided.

    An equality of numbers that are not rational is never more than `agrees`. Raises Unsupported.
    """
    env = environment(values)
    best = Comparison("unknown")
    for bits in levels:
        with precision(bits):
            found, settled = _compare(left, right, relation, env)
        if found.outcome != "unknown":
            best = found
        if settled or found.outcome not in ("unknown", "agrees"):
            break
    return best


def _compare(left: Term, right: Term, relation: Relation, env: Environment) -> tuple[Comparison, bool]:
    """The outcome at the precision in force, and whether no other precision can change it."""
    found = [_side(term, env) for term in (left, right)]
    sides, settled = [side for side, _ in found], any(never for _, never in found)
    if any(isinstance(x, Undefined) for x in sides):
        return Comparison("undefined", *sides), True
    if any(x is None for x in sides):
        return Comparison("unknown", *sides), settled
    x, y = sides
    if isinstance(x, frozenset) or isinstance(y, frozenset):
        if relation is not Relation.EQ or type(x) is not type(y):
            raise Unsupported("sets of maximisers are only compared by =")
        return Comparison("holds" if x == y else "fails", x, y), True
    return Comparison(_RELATED[relation](x, y, right), x, y), False


def _side(term: Term, env: Environment) -> tuple[Side, bool]:
    """A side of a comparison at the precision in force, and whether no other precision can make it known."""
    known, key = env.worths, (term, ctx.prec)
    if known is not None and key in known:
        return known[key]
    out: tuple[Side, bool]
    try:
        out = _worth(term, env), False
    except Undefined as undefined:
        out = undefined.with_traceback(None), False
    except Imprecise as error:
        out = None, isinstance(error, Unsettled)
    if known is not None:
        if len(known) >= KEPT:
            known.clear()
        known[key] = out
    return out


def _order(*signs: int) -> Callable[[Any, Any, Term], str]:
    """How to decide a relation from the possible signs of left minus right."""

    def related(x: Any, y: Any, right: Term) -> str:
        try:
            return "holds" if sign(x - y) in signs else "fails"
        except Imprecise:
            return "unknown"

    return related


def _equal(x: Any, y: Any, right: Term) -> str:
    try:
        return "holds" if sign(x - y) == 0 else "fails"
    except Imprecise:
        wide = arb(x - y).rad() > AGREEMENT * arb(x).abs_upper().max(1)
        return "unknown" if wide else "agrees"


def _near(x: Any, y: Any, right: Term) -> str:
    number = right.args[0] if right.op == "neg" else right
    if number.op != "num":
        raise Unsupported("the right side of ~= has to be a number")
    half_a_unit = exact(Fraction(1, 2 * 10 ** number.args[1]))
    try:
        return "holds" if sign(abs(x - y) - half_a_unit) <= 0 else "fails"
    except Imprecise:
        return "unknown"


_RELATED: Mapping[Relation, Callable[[Any, Any, Term], str]] = {
    Relation.EQ: _equal, Relation.LE: _order(-1, 0), Relation.LT: _order(-1), Relation.GE: _order(0, 1), Relation.GT: _order(1),
    Relation.APPROX: _near, Relation.IFF: lambda x, y, right: "holds" if x == y else "fails",
}  # fmt: skip


def shown(value: Worth, digits: int = 6) -> str:
    """The value in decimals: exactly where that is short, else as many digits as are certain, up to `digits`. A set: its elements."""
    if isinstance(value, frozenset):
        return "{" + ", ".join(map(str, sorted(value))) + "}"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, fmpq):
        if value.q == 1 and value.height_bits() <= 3.3 * (digits + 2):
            return str(value)
        if value.height_bits() < 900 and (10**digits * value).q == 1:
            return _decimal(value, digits)
        with precision(max(80, 4 * digits)):
            value = arb(value)
    if abs(value) > arb(2) ** 100_000:  # its decimal form would take a while
        return "more than 1e30000" if value > 0 else "less than -1e30000"
    out = value.str(digits, radius=False)
    return "about 0" if out.startswith("0e") else out


def _decimal(value: fmpq, digits: int) -> str:
    scaled = str(abs(10**digits * value).p).rjust(digits + 1, "0")
    return ("-" if value < 0 else "") + f"{scaled[:-digits]}.{scaled[-digits:]}".rstrip("0")


def shown_apart(left: Worth, right: Worth) -> tuple[str, str]:
    """Both values, with enough digits to look different; a difference too small for that is written beside the right one."""
    for digits in (6, 9, 12, 18, 24):
        pair = shown(left, digits), shown(right, digits)
        if pair[0] != pair[1]:
            return pair
    gap: Any = 0 if isinstance(left, frozenset) or isinstance(right, frozenset) else right - left
    if isinstance(gap, int) or not (gap > 0 or gap < 0):
        return pair
    return shown(left), f"{shown(right)} ({shown(abs(gap), 2)} {'more' if gap > 0 else 'less'})"

"""The refuter: looks for a witness inside the givens, exact values at which a step is false or a side is undefined.

Knows points and enclosures; knows no rules, and what it does not find proves nothing. Terms have to be unfolded.
"""

from __future__ import annotations

import functools
import math
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from flint import arb, fmpq

from derive import show
from derive.balls import LEVELS, Comparison, Environment, Undefined, Unsupported, compare, decide, shown, shown_apart
from derive.jets import replaced
from derive.model import KINDS, Givens, Relation, Search, Type, Value, Witness
from derive.points import Points, plain, spoken_of
from derive.pointwise import Function, compiled
from derive.term import ONE, Term, call, conjunction, conjuncts, walk

DEEP = (2, 11, 30)  # the points at which an equality that agrees is looked at again with many bits
GRACE = 2.0  # seconds more to find any point inside the givens: that none was found weighs heavily
IDLE = 12  # so many draws in a row that bring nothing new end the search
BLOCKED = 4  # so many points at which functions were drawn that cannot be evaluated, and nothing else, end it too
REPEATS = 5  # so many points at which not even the highest precision decides make the rest be looked at quickly
SAMPLED = "integrals and all reals were sampled: no point is known that certainly satisfies the givens, but one that seems to"
FAILS = 3  # how telling it is that the relation fails, against 1 or 2 for a side that is undefined
SIMPLER = 4  # so many points more are looked at for a witness that is simpler
FEW_SAMPLED = 12  # points for which that is tried
STEPS = (fmpq(1), fmpq(1, 8), fmpq(1, 100), fmpq(1, 10_000))  # of the descent towards a place where an inequality fails
# how the points of a search are spread over the styles, corners first
STYLES = ("corner",) * 24 + ("random", "random", "negative", "spread", "constants", "random", "positive", "random", "spread", "constants")

_Spot = tuple[float, Environment]  # how far an inequality is from failing, and where


def search(givens: Givens, left: Term, relation: Relation, right: Term, points: int = 60, seed: int = 0, seconds: float = 0.3) -> Search:
    """Look for a witness against `left relation right` at up to `points` points inside the givens.

    Deterministic for given arguments, but for `seconds`, after which it stops. A witness against the relation itself is
    preferred to one at which a side is undefined. Without any point inside the givens, `satisfiable` is False.
    """
    try:
        turns = _turns(tuple(givens.symbols.items()), givens.hypotheses, seed, spoken_of((left, right)))
    except Unsupported as error:
        return Search(satisfiable=False, note=f"no point was tried: {error}")
    return _Search(turns, left, relation, right, time.monotonic() + seconds).run(points)


def satisfying_point(givens: Givens, seed: int = 0, draws: int = 100) -> Mapping[str, Value] | None:
    """Exact values that satisfy the givens (functions left out), which shows that they do not contradict each other; None if
    none was found."""
    try:
        env, _ = _any_point(Points(givens, seed), draws)
    except Unsupported:
        return None
    return None if env is None else _values(env)


class _Turns:
    """The turns of a search, each with a point that is new, or None; kept, since they are the same for every step of a page that
    speaks of the same numbers."""

    def __init__(self, anew: Callable[[], Points]) -> None:
        self.anew = anew  # the same points from the beginning
        self.source = anew()
        self.points: list[Environment | None] = []
        self.outside: list[int] = []  # draws that lay outside, up to and with each turn
        self.end: Unsupported | None = None

    def __getitem__(self, k: int) -> Environment | None:
        """What the k-th turn brings, at most the first that has not been taken. Raises Unsupported."""
        if k == len(self.points):
            if self.end is None:
                self._take(k)
            if self.end is not None:
                raise self.end
        return self.points[k]

    def _take(self, k: int) -> None:
        try:
            drawn = (self.source.draw(style, k) for style in (_style(k), "random"))  # there may be few corners
            env = next((env for env in drawn if env is not None and env not in self.points), None)
            if env is not None:
                env.worths = {}  # each line of a chain is a side of two steps
            self.points.append(env)
            self.outside.append(self.source.outside)
        except Unsupported as error:
            self.end = error


@functools.lru_cache(16)
def _turns(symbols: tuple[tuple[str, Type], ...], hypotheses: tuple[Term, ...], seed: int, said: tuple[Term, ...]) -> _Turns:
    return _Turns(functools.partial(Points, Givens(dict(symbols), hypotheses), seed, said))


def _any_point(source: Points, draws: int, deadline: float = math.inf) -> tuple[Environment | None, str]:
    """A point inside the givens, if any is found, and what is to be said of it: how far it is known to be inside."""
    env = next(_inside(source, draws, deadline), None)
    if env is not None or not source.vague:
        return env, ""
    source.lenient = True
    return next(_inside(source, FEW_SAMPLED, deadline + GRACE), None), SAMPLED


def _inside(source: Points, draws: int, deadline: float = math.inf) -> Iterator[Environment]:
    for k in range(draws):
        if time.monotonic() > deadline:
            return
        if (env := source.draw(_style(k), k)) is not None:
            yield env


def _style(k: int) -> str:
    corners = STYLES.count("corner")
    return STYLES[k] if k < corners else STYLES[corners + (k - corners) % (len(STYLES) - corners)]


def _values(env: Environment) -> dict[str, Value]:
    return {name: plain(value) for name, value in env.items() if not isinstance(value, Function)}


class _Search:
    """One search: what it is about, and what it has found so far."""

    def __init__(self, turns: _Turns, left: Term, relation: Relation, right: Term, deadline: float) -> None:
        self.turns, self.symbols, self.deadline = turns, turns.source.symbols, deadline
        self.left, self.relation, self.right = left, relation, right
        self.tried, self.outside, self.undecided, self.blocked = 0, 0, 0, 0
        self.first = 0  # the number of the first point at which the relation fails
        self.found: tuple[tuple[int, int], Comparison, Environment] | None = None  # how telling and simple, and the evidence
        self.close: list[tuple[float, int, Environment]] = []  # points of an inequality, by how near to failing

    def run(self, points: int) -> Search:
        satisfiable, note = False, ""
        try:
            compiled(self.left), compiled(self.right)
            self._sample(points)
            if self.relation in _DIRECTION and not self._refuted:
                self._descend()
        except Unsupported as error:
            note = str(error)
        try:
            if not (satisfiable := self.tried > 0):
                env, how = _any_point(self.source, 100, self.deadline + GRACE)
                satisfiable, self.outside = env is not None, self.outside + self.source.outside
                note = "; ".join(x for x in (note, how if satisfiable else "") if x)
        except Unsupported as error:
            note = note or str(error)
        witness = None
        if self.found:
            _, comparison, env = self.found
            witness = self._witness(comparison, env)
            note = note or _functions(env)
        return Search(witness, self.tried, self.outside, satisfiable, note)

    @functools.cached_property
    def source(self) -> Points:
        """For points out of turn."""
        return self.turns.anew()

    @property
    def _refuted(self) -> bool:
        return self.found is not None and self.found[0][0] == FAILS

    def _late(self) -> bool:
        return time.monotonic() > self.deadline

    def _sample(self, points: int) -> None:
        idle = 0
        for k in range(points):
            if self._late() or idle > IDLE or (self.first and self.tried >= self.first + SIMPLER):
                return
            env = self.turns[k]
            self.outside = self.turns.outside[k]
            idle = 0 if env is not None else idle + 1
            if env is not None:
                self._try(env)

    def _try(self, env: Environment) -> Comparison:
        """Compare the sides at a point, and remember it if it tells something."""
        self.tried += 1
        try:
            out = self._compared(env)
        except Unsupported:
            self.blocked += 1
            if self.blocked == self.tried >= BLOCKED or not any(isinstance(x, Function) for x in env.values()):
                raise
            return Comparison("unknown")
        if out.outcome in ("fails", "undefined"):
            telling = FAILS if out.outcome == "fails" else 1 + any(not isinstance(x, Undefined) for x in out[1:])
            rank = telling, -_length(env)
            self.first = self.first or (telling == FAILS and self.tried)
            if self.found is None or rank > self.found[0]:
                self.found = rank, out, env
        elif self.relation in _DIRECTION and (margin := self._margin(out)) is not None:
            self.close.append((margin, self.tried, env))
        return out

    def _compared(self, env: Environment) -> Comparison:
        sides = self.left, self.right, self.relation, env
        out = compare(*sides, levels=LEVELS[:1])
        if out.outcome == "unknown":
            out = compare(*sides, levels=LEVELS[1:] if self.undecided < REPEATS else LEVELS[1:2])
            self.undecided += out.outcome == "unknown"
        elif out.outcome == "agrees" and self.tried in DEEP:
            out = compare(*sides, levels=LEVELS[-2:])
        return out

    # -- an inequality that fails in some narrow place: walk downhill from the points where it was closest

    def _margin(self, found: Comparison) -> float | None:
        """How far the inequality is from failing."""
        if not (isinstance(found.left, fmpq | arb) and isinstance(found.right, fmpq | arb)):
            return None
        return float(arb(found.right - found.left)) * _DIRECTION[self.relation]

    def _descend(self) -> None:
        for margin, _, start in sorted(self.close)[:2]:
            best = margin, start
            for step in STEPS:
                for name, place in self._movable(start):
                    if self._late() or self._refuted:
                        return
                    best = self._lower(best, name, place, step)

    def _lower(self, best: _Spot, name: str, place: list[int], step: fmpq) -> _Spot:
        """The best of the points a step away, and the lowest point of the parabola through them."""
        spots = [best, self._at(best[1], name, place, -step), self._at(best[1], name, place, step)]
        here, below, above = (s[0] for s in spots)
        bend = below - 2 * here + above
        if 0 < bend < math.inf:
            shift = fmpq(round((below - above) / (2 * bend) * 2**20), 2**20) * step
            spots.append(self._at(best[1], name, place, shift))
        return min(spots, key=lambda s: s[0])

    def _at(self, env: Environment, name: str, place: list[int], by: fmpq) -> _Spot:
        """The margin at a point beside another; infinite where there is none."""
        next_ = self._moved(env, name, place, by)
        margin = None if next_ is None else self._margin(self._try(next_))
        return (math.inf, env) if next_ is None or margin is None else (margin, next_)

    def _movable(self, env: Environment) -> list[tuple[str, list[int]]]:
        """The numbers of a point that may change a little: the symbols of open type and the elements of such families."""
        names = [n for n, t in self.symbols.items() if KINDS[t.kind].open and not t.params]
        return [(n, place) for n in names for place in _places(env[n])][:6]

    def _moved(self, env: Environment, name: str, place: list[int], by: fmpq) -> Environment | None:
        value = env[name]
        for i in place:
            value = value[i]
        if not self.source.inside(name, value + by, env):
            return None
        out = Environment({**env, name: replaced(env[name], place, value + by)})
        return None if self.source.mend(out) else out

    # -- what was found, for the reader

    def _witness(self, found: Comparison, env: Environment) -> Witness:
        sides, undefined = ["", ""], list[str]()
        for i, (name, value) in enumerate(zip(("left", "right"), found[1:], strict=True)):
            if isinstance(value, Undefined):
                sides[i] = "undefined"
                undefined.append(f"{name} side: {_explained(value, self.symbols, env)}")
            else:
                sides[i] = "not known" if value is None else shown(value)
        if found.outcome == "fails":
            sides = list(shown_apart(found.left, found.right))  # type: ignore[arg-type]
        return Witness(_values(env), sides[0], sides[1], undefined="; ".join(undefined))


# the sign of right minus left while the inequality holds
_DIRECTION = {Relation.LE: 1, Relation.LT: 1, Relation.GE: -1, Relation.GT: -1}


def _places(value: Any) -> Iterator[list[int]]:
    if not isinstance(value, tuple):
        yield []
        return
    for i, x in enumerate(value):
        for rest in _places(x):
            yield [i, *rest]


def _length(value: Any) -> int:
    """How much there is to read in the values of a point."""
    if isinstance(value, fmpq):
        return int(value.height_bits()) + (value < 0)
    if isinstance(value, Function):
        return sum(1 for _ in walk(value.body))
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, tuple) else ()
    return 1 + sum(map(_length, parts))


def _explained(error: Undefined, symbols: Mapping[str, Type], env: Environment) -> str:
    """What is undefined, what it needs, and for which values of the bound variables."""
    missing = error.missing
    if error.term.op == "elem" and error.term.name in symbols:
        here = {**env, **error.at}
        limits = zip(error.term.args[1:], symbols[error.term.name].shape, strict=True)
        bounds = conjunction(c for i, size in limits for c in (call("le", ONE, i), call("le", i, size)))
        missing = conjunction(c for c in conjuncts(bounds) if _fails(c, here))
    bound = ", ".join(f"{name} = {value}" for name, value in error.at.items() if name not in symbols)
    return f"{show.text(error.term)} needs {show.text(missing)}" + (f" ({bound})" if bound else "")


def _fails(condition: Term, here: Mapping[str, Any]) -> bool:
    """Whether a condition fails. That an index within an index is undefined, as in s[i, c[i]] at i = 0, is not for it to say."""
    try:
        return not decide(condition, here)
    except Undefined:
        return False


def _functions(env: Environment) -> str:
    """The functions of a witness, as a page would define them."""
    functions = ((name, f) for name, f in env.items() if isinstance(f, Function))
    shown_ = ", ".join(f"{name}({', '.join(f.params)}) = {show.text(f.body)}" for name, f in functions)
    return f"with {shown_}" if shown_ else ""

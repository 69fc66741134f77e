"""Floating-point inputs inside the givens, for code to be tried at: nasty values, corners, random ones; a Hypothesis strategy.

Knows types, hypotheses and where floats are treacherous; may not know what is computed from the inputs.
"""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from flint import fmpq

from derive.balls import Environment, Imprecise, Undefined, Unsupported, environment, evaluate
from derive.jets import fraction
from derive.model import KINDS, Givens, Type
from derive.oracle import FORMATS, NoOracle, says_it_all
from derive.points import Points
from derive.show import text as show
from derive.term import FLIPPED, RELATIONS, TRUE, Term, free

if TYPE_CHECKING:
    from hypothesis.strategies import DrawFn, SearchStrategy

__tracebackhide__ = says_it_all

Focus = tuple[str, float, str] | None  # an input, a nasty value, and the pattern in which it gets there
Wanted = tuple[Focus, Mapping[str, float], str]  # of a point: a focus, the labels and sizes that are fixed, an input that others equal
Inputs = dict[str, Any]  # by name: scalars and arrays of one format, 0-based integers for indices, plain integers for sizes

FAR = 1e15  # beyond that, balls soon enclose no exponential
LARGEST = 5  # how many more elements a family has than the fewest that it may have
MANY = (9, 32)  # more elements than the registers of a processor take at once; so many more than the fewest, too, are tried
ATTEMPTS = 8  # how often a point is drawn anew before it is given up
PATTERNS = ("equal", "dominating", "near")  # how a nasty value gets into a family
# Where exp overflows, underflows or is absorbed by 1, in each format, and what lies on either side; tried with both signs.
NASTY: Mapping[str, tuple[float, ...]] = {
    "float64": (0.0, 1.0, 1e-16, 36.7, 709.0, 709.782712893384, 710.0, 745.0, 746.0, 1e3, 1e-300, 5e-324, 1e15),
    "float32": (0.0, 1.0, 1e-8, 16.6, 88.0, 88.72283, 89.0, 103.0, 104.0, 1e3, 1e-38, 1e-45, 1e15),
}


class NothingSatisfies(ValueError):
    """Givens that no input was found to satisfy."""


class Range(NamedTuple):
    """The floats, or integers, from `least` to `greatest`."""

    least: float
    greatest: float

    def __contains__(self, x: object) -> bool:
        return isinstance(x, int | float) and self.least <= x <= self.greatest


class Draws:
    """Draws inputs inside the givens, the same ones for the same seed. Raises NothingSatisfies, and NoOracle for functions and sets."""

    def __init__(self, givens: Givens, dtype: str = "float64", seed: int = 0) -> None:
        self.symbols, self.dtype, self.rng = givens.symbols, np.dtype(dtype), random.Random(seed)
        for name, type_ in self.symbols.items():
            if type_.params or type_.kind == "set":
                raise NoOracle(f"{name} is a {'function' if type_.params else 'set'}, and code is given numbers and arrays")
        self.grain = 2 ** (FORMATS[dtype].digits - 4)  # shares of a whole are multiples of 1/grain, so that floats add up to it exactly
        self.hypotheses = ", ".join(map(show, givens.hypotheses))
        try:
            self.points = Points(givens)
        except Unsupported as error:
            raise NoOracle(f"no inputs can be held against {self.hypotheses}: {error}") from None
        self.simplices = {simplex.name: simplex for simplex in self.points.simplices}
        bounds = [bound for h in self.points.hypotheses for bound in _bounds(h)]
        self.ranges = {name: self._range(name, type_, bounds) for name, type_ in self.symbols.items() if type_.kind != "index"}
        if all(self._point(None, {}, "") is None for _ in range(ATTEMPTS)):
            raise self._nothing()

    def _nothing(self) -> NothingSatisfies:
        return NothingSatisfies(
            f"no input was found that satisfies {self.hypotheses} (reals are looked for up to {FAR:g}); mend the givens"
        )

    def _range(self, name: str, type_: Type, bounds: Sequence[tuple[str, str, Fraction]]) -> Range:
        """The values that the type of a symbol and the bounds on it leave."""
        kind = KINDS[type_.kind]
        lows = [(Fraction(-FAR if kind.low is None else kind.low), kind.low_open and kind.low is not None)]
        highs = [(Fraction(FAR if kind.high is None else kind.high), kind.high_open and kind.high is not None)]
        for _, op, bound in (b for b in bounds if b[0] == name):
            lows += [(bound, op == "gt")] * (op in ("gt", "ge", "eq"))
            highs += [(bound, op == "lt")] * (op in ("lt", "le", "eq"))
        (low, above), (high, not_below) = max(lows), min((x, not strict) for x, strict in highs)
        if low > high:
            raise self._nothing()
        if kind.integer:
            found = Range(math.floor(low) + 1 if above else math.ceil(low), math.floor(high) if not_below else math.ceil(high) - 1)
        else:
            found = Range(self._next(low, above, math.inf), self._next(high, not not_below, -math.inf))
        if found.least > found.greatest:
            raise self._nothing()
        return found

    def _next(self, bound: Fraction, strict: bool, towards: float) -> float:
        """The first float of the format at a bound, or behind it."""
        x = self.dtype.type(float(bound))
        while (gap := (Fraction(float(x)) - bound) * (1 if towards > 0 else -1)) < 0 or (strict and not gap):
            x = np.nextafter(x, self.dtype.type(towards))
        return float(x)

    # -- points

    def some(self, samples: int) -> Iterator[Inputs]:
        """Every nasty value of every input in turn, with the labels in all ways, then as many random points as `samples`; at last what
        chance leaves out: -0.0, several inputs that are the same, and many elements."""
        found = itertools.starmap(self._point, self._wanted(samples))
        return (point for point in found if point is not None)  # {} where a page gives nothing

    def _wanted(self, samples: int) -> Iterator[Wanted]:
        """What `_point` is to find, one after the other."""
        labels = [n for n, t in self.symbols.items() if KINDS[t.kind].values and not t.shape]
        ways = [dict(zip(labels, way, strict=True)) for way in itertools.product(*(KINDS[self.symbols[n].kind].values for n in labels))]
        for name, type_ in self.symbols.items():
            if name in self.ranges and not KINDS[type_.kind].integer and name not in self.simplices:
                for value, pattern in itertools.product(self.pool(name), PATTERNS if type_.shape else PATTERNS[:1]):
                    yield from (((name, value, pattern), way, "") for way in ways[:8])
        yield from ((None, ways[k % len(ways)], "") for k in range(samples))
        yield from self._unlikely(ways)

    def _unlikely(self, ways: Sequence[Mapping[str, float]]) -> Iterator[Wanted]:
        """The points that chance leaves out."""
        reals = [n for n in self.ranges if not KINDS[self.symbols[n].kind].integer]
        for name in reals:
            if 0.0 in self.ranges[name] and name not in self.simplices:
                yield from (((name, -0.0, "equal"), way, "") for way in ways[:8])
            if any(self.symbols[other] == self.symbols[name] for other in reals if other != name):
                yield from (((name, value, "equal"), way, name) for value in self.pool(name) for way in ways[:8])
                yield from ((None, way, name) for way in ways[:8])
        for name, least, most in self.size_ranges():
            yield from ((None, {**ways[0], name: size}, "") for k in MANY if most < (size := least + k) <= self.ranges[name].greatest)

    def _point(self, focus: Focus, fixed: Mapping[str, float], same: str) -> Inputs | None:
        """A point with a value put into one of the inputs in a pattern, with some labels and sizes fixed, and with all inputs of the
        type of `same` the same; None where none is found."""
        for _ in range(ATTEMPTS):
            sizes = {name: int(fixed.get(name) or self.rng.randint(least, most)) for name, least, most in self.size_ranges()}
            values: dict[str, Any] = {}
            for name in self.points.others:
                shape = self.shape(name, sizes)
                if same in values and self.symbols[name] == self.symbols[same]:
                    values[name] = values[same]
                elif name in self.simplices:
                    values[name] = self.divided(name, shape, self._shares)
                elif focus and focus[0] == name:
                    values[name] = self._array(name, self._patterned(name, math.prod(shape), *focus[1:]), shape)
                elif name in fixed:
                    values[name] = self._array(name, [fixed[name]], shape)
                else:
                    values[name] = self._array(name, self._family(name, math.prod(shape), sizes), shape)
            if (found := self.settled(sizes, values)) is not None:
                return found
        return None

    def size_ranges(self) -> Iterator[tuple[str, int, int]]:
        """The sizes of the page, each with the least and the greatest number that is tried."""
        for name in self.points.sizes:
            least, greatest = map(int, self.ranges[name])
            yield name, least, min(greatest, least + LARGEST)

    def shape(self, name: str, sizes: Mapping[str, int]) -> tuple[int, ...]:
        """The shape of an input where the sizes are these."""
        return tuple(self.length(size, sizes) for size in self.symbols[name].shape)

    @staticmethod
    def length(size: Term | None, sizes: Mapping[str, Any]) -> int:
        """What a size is, where the sizes of the page are these."""
        assert size is not None
        return int(size.args[0]) if size.op == "num" else sizes[size.name]

    def _array(self, name: str, elements: Sequence[float], shape: tuple[int, ...]) -> Any:
        dtype = np.dtype(np.int64) if self.symbols[name].kind == "index" else self.dtype
        return np.array(elements, dtype).reshape(shape)[()]

    def settled(self, sizes: Mapping[str, int], values: Mapping[str, Any]) -> Inputs | None:
        """The inputs, changed where that makes an equation among the hypotheses true; None if a hypothesis or a type does not hold."""
        if any(np.asarray(x).min() < least or np.asarray(x).max() > most for x, (least, most) in self._ranged(values)):
            return None
        if not self.points.hypotheses:
            return {**sizes, **values}
        before = self.exact({**sizes, **values})
        env = Environment(before)
        self.points.rng.seed(0)  # what is drawn may not depend on what was drawn before
        if self.points.mend(env) is not None:
            return None
        changed = {name: self._array(name, *self._rounded(name, env[name])) for name in values if env[name] != before[name]}
        if self.exact(changed) != {name: env[name] for name in changed}:
            return None  # no float is the solution
        return {**sizes, **values, **changed}

    def _ranged(self, values: Mapping[str, Any]) -> Iterator[tuple[Any, Range]]:
        """The inputs that have a range, beside it."""
        return ((x, self.ranges[name]) for name, x in values.items() if name in self.ranges)

    def exact(self, inputs: Mapping[str, Any]) -> Environment:
        """The exact numbers that inputs are, as a page counts indices."""

        def nested(x: Any, first: int) -> Any:
            return tuple(nested(y, first) for y in x) if isinstance(x, list) else fmpq(*x.as_integer_ratio()) + first

        return environment({n: nested(np.asarray(x).tolist(), int(self.symbols[n].kind == "index")) for n, x in inputs.items()})

    def _rounded(self, name: str, value: Any) -> tuple[list[float], tuple[int, ...]]:
        """Exact numbers as floats, and their shape."""
        array = np.array(value, dtype=object)
        first = int(self.symbols[name].kind == "index")
        return [float(fraction(x)) - first for x in array.ravel()], array.shape

    # -- values

    def pool(self, name: str) -> list[float]:
        """The nasty values of an input: those of the format, the ends of its range and what lies as near to the upper one as to 0."""
        range_ = self.ranges[name]
        near = [float(self.dtype.type(s * x)) for x in NASTY[self.dtype.name] for s in (1, -1)]
        ends = [x for x in range_ if abs(x) < self.dtype.type(FAR)]
        if all(abs(x) < 2 for x in range_):
            ends += [0.5, *(float(self.dtype.type(range_.greatest * (1 - 2.0**-k))) for k in (1, 10, 20))]
        return list(dict.fromkeys(x for x in (*near, *ends) if x in range_))

    def _patterned(self, name: str, cells: int, value: float, pattern: str) -> list[float]:
        """A nasty value in all places, in one, or in all with the others near by."""
        if pattern == "equal":
            return [value] * cells
        others = [self._element(name) for _ in range(cells)]
        if pattern == "near":
            others = [y if (y := float(self.dtype.type(value + x))) in self.ranges[name] else value for x in others]
        others[self.rng.randrange(cells)] = value
        return others

    def _family(self, name: str, cells: int, sizes: Mapping[str, int]) -> list[float]:
        type_ = self.symbols[name]
        if type_.kind == "index":
            last = self.length(type_.over, sizes) - 1
            return [self.rng.choice((0, last, self.rng.randint(0, last))) for _ in range(cells)]
        if values := KINDS[type_.kind].values:
            return [self.rng.choice(values)] * cells if self.rng.random() < 0.3 else self.rng.choices(values, k=cells)
        if not KINDS[type_.kind].integer and self.rng.random() < 0.1:
            return self.rng.choices(self.pool(name), k=cells)
        return [self._element(name) for _ in range(cells)]

    def _element(self, name: str) -> float:
        """A random number of moderate size, in the range of an input."""
        (least, greatest), rng = self.ranges[name], self.rng
        if KINDS[self.symbols[name].kind].integer:
            return rng.randint(int(max(least, min(-20, greatest - 20))), int(min(greatest, max(20, least + 20))))
        x = rng.choice((rng.gauss(0, 1), rng.gauss(0, 10), rng.choice((1, -1)) * 10 ** rng.uniform(-8, 3)))
        inside = [y for y in (x, -x, least + abs(x), greatest - abs(x)) if least <= y <= greatest]
        if greatest - least < 2 and (rng.random() < 0.7 or not inside):
            inside = [rng.uniform(least, greatest)]
        return min(max(float(self.dtype.type(inside[0] if inside else least)), least), greatest)

    # -- families that sum to a number

    def divided(self, name: str, shape: tuple[int, ...], shares: Callable[[str, int], Sequence[int]]) -> Any:
        """A family that sums to its total along one axis, made of shares of the grain, which sum to it."""
        _, axis, total = self.simplices[name]
        others = (*shape[:axis], *shape[axis + 1 :])
        rows = [[float(total) * share / self.grain for share in shares(name, shape[axis])] for _ in range(math.prod(others))]
        return np.moveaxis(np.array(rows, self.dtype).reshape(*others, shape[axis]), -1, axis)

    def _shares(self, name: str, n: int) -> list[int]:
        """All in one place, nearly all in one place, in equal parts, or by chance."""
        style = self.rng.choice(("one", "nearly", "equal", "chance", "chance"))
        if style == "one" and 0.0 in self.ranges[name]:
            return self.one_hot(n, self.rng.randrange(n))
        cuts = {"nearly": range(1, n), "equal": [self.grain * k // n for k in range(1, n)]}.get(style)
        return self.between(cuts or self.rng.sample(range(1, self.grain), n - 1))

    def one_hot(self, n: int, place: int) -> list[int]:
        """The whole in one place."""
        return [self.grain * (k == place) for k in range(n)]

    def between(self, cuts: Sequence[int]) -> list[int]:
        """The pieces into which cuts divide the whole."""
        return [b - a for a, b in itertools.pairwise([0, *sorted(cuts), self.grain])]


def _bounds(h: Term) -> Iterator[tuple[str, str, Fraction]]:
    """What a hypothesis says of the size of a symbol, or of all elements of a family: `x < 1`, `all(p[i] <= 1 for i in n)`."""
    bound: tuple[Term, ...] = ()
    while h.op == "all" and h.args[3] == TRUE:
        h, bound = h.args[0], (*bound, h.args[1])
    if h.op not in RELATIONS:
        return
    for side, other, op in ((*h.args, h.op), (*h.args[::-1], FLIPPED.get(h.op, h.op))):
        indices = side.args[1:] if side.op == "elem" else ()
        if side.op in ("sym", "elem") and set(indices) == set(bound) and len(indices) == len(bound) and not free(other):
            try:
                value = evaluate(other, {})
            except (Imprecise, Undefined, Unsupported):
                continue
            if isinstance(value, fmpq):
                yield side.name, op, fraction(value)


# -- Hypothesis


def strategy(givens: Givens, names: Sequence[str], dtype: str = "float64") -> SearchStrategy[Inputs]:
    """The Hypothesis strategy of inputs inside the givens, of which it gives those with these names."""
    from hypothesis import reject  # late: only who tests by properties needs it
    from hypothesis import strategies as st
    from hypothesis.extra.numpy import arrays

    draws = Draws(givens, dtype)
    width: Any = {"float64": 64, "float32": 32}[dtype]

    def elements(name: str, sizes: Mapping[str, int]) -> Any:
        type_, kind = draws.symbols[name], KINDS[draws.symbols[name].kind]
        if type_.kind == "index":
            return st.integers(0, draws.length(type_.over, sizes) - 1)
        if kind.values:
            return st.sampled_from(kind.values)
        least, greatest = draws.ranges[name]
        if kind.integer:
            return st.integers(int(least), int(greatest))
        return st.sampled_from(draws.pool(name)) | st.floats(least, greatest, width=width)

    @st.composite
    def inputs(draw: DrawFn) -> Inputs:
        sizes = {name: draw(st.integers(least, most)) for name, least, most in draws.size_ranges()}
        values: Inputs = {}

        def shares(name: str, n: int) -> list[int]:
            cuts = st.lists(st.integers(1, draws.grain - 1), min_size=n - 1, max_size=n - 1, unique=True).map(draws.between)
            ones = st.integers(0, n - 1).map(lambda place: draws.one_hot(n, place))
            return draw(ones | cuts if 0.0 in draws.ranges[name] else cuts)

        for name in draws.points.others:
            shape = draws.shape(name, sizes)
            if name in draws.simplices:
                values[name] = draws.divided(name, shape, shares)
            else:
                kind = np.int64 if draws.symbols[name].kind == "index" else draws.dtype
                values[name] = draw(arrays(kind, shape, elements=elements(name, sizes)))[()]
        if (found := draws.settled(sizes, values)) is None:
            reject()
        return found

    return inputs().map(lambda found: {name: found[name] for name in names})

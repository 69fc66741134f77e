"""Points inside the givens: values drawn for every symbol by its type, equations among the hypotheses solved by construction.

Every point is held against every hypothesis, rigorously, before it is given out. Knows types and how to look for numbers;
knows nothing of the claim but the constants that it names.
"""

from __future__ import annotations

import itertools
import math
import random
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import partial
from typing import Any, NamedTuple

from flint import fmpq

from derive import drawn
from derive.balls import Environment, Imprecise, Undefined, Unsupported, decide, environment
from derive.binders import State
from derive.jets import exact, fraction, replaced
from derive.model import KINDS, Givens, Kind, Type, Value
from derive.pointwise import Function, compiled
from derive.sampled import plausible
from derive.term import CONNECTIVES, REALS, RELATIONS, TRUE, Term, call, conjuncts, free, num, walk

MAX_CELLS = 400  # elements of one family
FRESH, REPAIRS = 6, 5  # how often a point is drawn anew, and how often mended, before it is given up
FRUITLESS = 12  # so many draws in vain for certain sizes, and they are left alone
SIZES = (2, 1, 3)
CORNERS: Mapping[str, tuple[fmpq, ...]] = {
    "real": tuple(fmpq(*x) for x in ((0, 1), (1, 1), (-1, 1), (1, 2), (2, 1), (-1, 2), (-2, 1), (3, 1))),
    "positive": tuple(fmpq(*x) for x in ((1, 1), (2, 1), (1, 2), (3, 1), (1, 3))),
    "nonnegative": tuple(fmpq(*x) for x in ((0, 1), (1, 1), (1, 2), (2, 1), (3, 1))),
    "probability": tuple(fmpq(*x) for x in ((1, 2), (1, 3), (3, 4), (1, 4), (9, 10))),
    "integer": tuple(map(fmpq, (0, 1, -1, 2, -2, 3))),
    "size": tuple(map(fmpq, (1, 2, 3))),
    "label": (fmpq(1), fmpq(0)),
    "sign": (fmpq(1), fmpq(-1)),
}
SET_KINDS = ("integer", "integer", "real", "positive", "probability")  # what the elements of a set are drawn from
SET_SIZES = (2, 3, 4, 3, 1)
SPREAD = tuple(fmpq(*x) for x in ((20, 1), (7, 1), (1, 1000), (1, 50), (100, 1), (5, 3)))


class _Equation(NamedTuple):
    """A hypothesis `left == right`, for all of the bound variables, with the symbols it can be solved for, best first."""

    difference: Term
    bound: tuple[Term, ...]  # the `all` terms around it, outermost first
    targets: tuple[str, ...]


class _Simplex(NamedTuple):
    """A hypothesis says that a family sums to `total` along one of its indices."""

    name: str
    axis: int
    total: fmpq


class Points:
    """Draws points inside the givens; the same ones for the same seed. `outside` counts draws that lay outside or were not decided.

    Where `lenient` is set, hypotheses about all reals and about integrals need only be plausible. Raises Unsupported where a type
    has no values here, or a hypothesis cannot be evaluated.
    """

    def __init__(self, givens: Givens, seed: int = 0, mentioned: Sequence[Term] = ()) -> None:
        self.symbols, self.outside, self.lenient = givens.symbols, 0, False
        self.rng = random.Random(seed)
        self.sizes = [n for n, t in self.symbols.items() if t.kind == "size" and not t.shape and not t.params]
        self.others = sorted((n for n in self.symbols if n not in self.sizes), key=lambda n: bool(self.symbols[n].params))  # functions last
        hypotheses = [h for x in givens.hypotheses for h in conjuncts(x)]
        self.wholes = drawn.wholes(self.symbols, hypotheses)
        self.over_reals = drawn.over_reals(hypotheses)
        self.hypotheses = [h for h in hypotheses if not drawn.holds_as_made(h, self.wholes)]
        self.vague = frozenset(h for h in self.hypotheses if any(t == REALS for t in walk(h)))
        for h in self.hypotheses:
            compiled(h)
        self.equations = list(self._equations(self.hypotheses))
        self.simplices = list(self._simplices())
        families = [n for n, t in self.symbols.items() if t.shape]
        self.twins = [(a, b) for a, b in itertools.pairwise(families) if self.symbols[a] == self.symbols[b]]
        self.borders = list(self._equations(border for side in mentioned for border in _borders(side)))
        self.fruitless: Counter[tuple[int, ...]] = Counter()  # draws in vain, by sizes
        self.constants = [exact(x) for x in _constants([*self.hypotheses, *mentioned])]
        scalars = sum(1 for t in self.symbols.values() if not t.shape and not t.params) - len(self.sizes)
        # so few values of each scalar that every combination of them comes up among the first two dozen corners
        self.radix = {1: 8, 2: 5, 3: 3}.get(scalars, 0)

    # -- one point

    def draw(self, style: str, k: int = 0) -> Environment | None:
        """A point in the given style (`corner`, `random`, `negative`, `positive`, `spread`, `constants`), or None; `k` counts corners."""
        for attempt in range(FRESH):
            env = self._fresh(style if attempt < 3 else "random", k + attempt, systematic=attempt == 0)
            if self.borders and k // 3 % 2:
                self._to_a_border(env)
            for repair in range(REPAIRS):
                failed = self.mend(env)
                sizes = self._sizes(env)
                if failed is None:
                    self.fruitless[sizes] = -(10**6)
                    return env
                self.outside += 1
                self.fruitless[sizes] += 1
                names = [n for n in self.others if n in free(failed)]
                if not names:
                    break
                for name in names:
                    env[name] = self._value(name, env, "corner" if repair % 2 else "random")
        return None

    def mend(self, env: Environment) -> Term | None:
        """Solve the equations, in place; a hypothesis that does not hold all the same, or None."""
        for _ in range(2 if len(self.equations) > 1 else 1):
            for equation in self.equations:
                for scope in self._scopes(equation.bound, env):
                    self._solve(equation, env, scope)
        return next((h for h in self.hypotheses if not self._holds(h, env)), None)

    def _holds(self, h: Term, env: Environment) -> bool:
        try:
            verdict = decide(h, env)
        except Undefined:
            return False
        except Unsupported:
            if h not in self.vague:
                raise
            verdict = None
        return verdict is True or (verdict is None and self.lenient and h in self.vague and plausible(h, env))

    def inside(self, name: str, value: fmpq, env: Mapping[str, Any]) -> bool:
        """Whether a number is of the type of that symbol, or of its elements."""
        type_ = self.symbols[name]
        if type_.kind == "index" and type_.over is not None and value > self._size(type_.over, env):
            return False
        return of_kind(value, KINDS[type_.kind])

    # -- values by type

    def _fresh(self, style: str, k: int, systematic: bool) -> Environment:
        env = environment({})
        choices = [*SIZES, *(int(c.p) for c in self.constants if c.q == 1 and 3 < c <= 12)]
        for _ in range(8):
            for name in self.sizes:
                k, digit = divmod(k, 3)
                env[name] = fmpq(SIZES[digit] if style == "corner" and systematic else self.rng.choice([*choices, *choices, 4]))
            systematic = systematic and self._promising(env)
            if self._promising(env):
                break
        turn = k
        for name in self.others:
            type_ = self.symbols[name]
            if style == "corner" and systematic and self.radix and not (type_.shape or type_.params or type_.kind == "set"):
                pool = self._pool(type_, env)[: self.radix]
                k, digit = divmod(k, len(pool))
                env[name] = pool[digit]
            else:
                env[name] = self._value(name, env, style)
        if style == "corner" and systematic:
            for i, simplex in enumerate(self.simplices):
                self._to_the_simplex(simplex, turn + i, env)
        for name, twin in self.twins:
            if turn % 4 == 2 if style == "corner" and systematic else self.rng.random() < 0.2:
                value = env[name]  # the same for both, or with two elements in each other's place
                env[twin] = self.rng.choice((value, (*value[1::-1], *value[2:])))
        return env

    def _promising(self, env: Mapping[str, Any]) -> bool:
        """Whether sizes like these are not yet known to have no points; an index other than c needs K >= 2, say."""
        return self.fruitless[self._sizes(env)] < FRUITLESS

    def _sizes(self, env: Mapping[str, Any]) -> tuple[int, ...]:
        return tuple([int(env[n].p) for n in self.sizes])

    def _pool(self, type_: Type, env: Mapping[str, Any]) -> tuple[fmpq, ...]:
        if type_.kind == "index" and type_.over is not None:
            return tuple(map(fmpq, range(1, self._size(type_.over, env) + 1)))
        if type_.kind not in CORNERS:
            raise Unsupported(f"no values are known for the type {type_.kind}")
        return CORNERS[type_.kind]

    def _value(self, name: str, env: Mapping[str, Any], style: str) -> Any:
        type_ = self.symbols[name]
        if type_.kind not in KINDS:
            raise Unsupported(f"no values are known for {name}: {type_.kind}")
        if type_.params:
            return self._function(name, env)
        if type_.kind == "set":
            pool = CORNERS[self.rng.choice(SET_KINDS)]
            return tuple(self.rng.sample(pool, self.rng.choice(SET_SIZES)))
        shape = [self._size(s, env) for s in type_.shape]
        if math.prod(shape) > MAX_CELLS:
            raise Unsupported(f"{name} has more than {MAX_CELLS} elements")
        return self._family(shape, lambda: self._element(type_, env, style))

    def _family(self, shape: list[int], element: Callable[[], fmpq]) -> Any:
        return tuple(self._family(shape[1:], element) for _ in range(shape[0])) if shape else element()

    def _element(self, type_: Type, env: Mapping[str, Any], style: str) -> fmpq:
        kind, rng = KINDS[type_.kind], self.rng
        if style == "corner" or kind.values or type_.kind in ("index", "size"):
            return rng.choice(self._pool(type_, env))
        if style == "constants" and self.constants and rng.random() < 0.7:
            x = rng.choice(self.constants) * rng.choice((1, 1, 1, -1)) + rng.choice((0, 0, 0, fmpq(1, 100), fmpq(-1, 100)))
            if kind.high == 1 and 0 < x < 1:
                return x
        elif style == "spread":
            x = rng.choice(SPREAD) * rng.choice((1, -1))
        else:
            x = fmpq(rng.randint(-12, 12), rng.randint(1, 6))
        if style in ("negative", "positive"):
            x = (abs(x) or fmpq(1)) * (-1 if style == "negative" else 1)
        return _fit(x, kind.low == 0, kind.low_open, kind.high == 1, kind.integer)

    def _size(self, size: Term, env: Mapping[str, Any]) -> int:
        value = compiled(size)(State(dict(env)))
        if not isinstance(value, fmpq) or value.q != 1:
            raise Unsupported("a family over what is no number")
        return int(value.p)

    def _function(self, name: str, env: Mapping[str, Any]) -> Function:
        type_, rng = self.symbols[name], self.rng
        whole = self.wholes.get(name)
        near = [fraction(x) for n, x in env.items() if isinstance(x, fmpq) and self.symbols[n].kind == "real"]
        if type_.density or (whole is not None and whole.over == REALS):
            return drawn.density(type_, whole.place if whole else 0, rng, near)
        if whole is not None:
            return drawn.shares(type_, whole, self._size(whole.over, env), rng)
        if name in self.over_reals and rng.random() < 0.8:
            return drawn.bell(type_, self.over_reals[name], rng, near)
        return drawn.simple(type_, rng)

    # -- hypotheses that are equations

    def _equations(self, propositions: Iterable[Term]) -> Iterator[_Equation]:
        earlier: frozenset[str] = frozenset()
        for h in propositions:
            bound: list[Term] = []
            while h.op == "all":
                bound.append(h)
                h = h.args[0]
            if h.op == "eq" and not any(t.args[2] == REALS for t in bound):
                names = [n for n in self.others if n in free(h) and not self.symbols[n].params and self.symbols[n].kind != "set"]
                names.sort(key=lambda n: (n in earlier, not any(_alone(n, *pair) for pair in (h.args, h.args[::-1]))))
                earlier |= free(h)
                yield _Equation(call("sub", *h.args), tuple(bound), tuple(names))

    def _simplices(self) -> Iterator[_Simplex]:
        """The families of real numbers that sum to a number."""
        for h in self.hypotheses:
            while h.op == "all":
                h = h.args[0]
            for side, total in (h.args, h.args[::-1]) if h.op == "eq" else ():
                if side.op != "sum" or side.args[3] != TRUE or side.args[0].op != "elem" or total.op != "num":
                    continue
                (head, *indices), var = side.args[0].args, side.args[1]
                if head.op == "sym" and head.name in self.symbols and var in indices and not KINDS[self.symbols[head.name].kind].integer:
                    yield _Simplex(head.name, indices.index(var), exact(total.args[0]))

    def _to_the_simplex(self, simplex: _Simplex, k: int, env: Environment) -> None:
        """Move a family to corners of its simplex or to the middle, in place, or leave it where it is: in turn, as `k` says."""
        name, axis, total = simplex
        value, size = env[name], self._size(self.symbols[name].shape[axis], env)
        kept: dict[tuple[int, ...], int] = {}  # for the other indices, where the total is
        for place in _places(value) if k % 3 < 2 else ():
            corner = kept.setdefault((*place[:axis], *place[axis + 1 :]), self.rng.randrange(size)) == place[axis]
            value = replaced(value, place, total * int(corner) if k % 3 == 0 else total / size)
        if all(self.inside(name, _get(value, p), env) for p in _places(value)):
            env[name] = value

    def _to_a_border(self, env: Environment) -> None:
        """Where a claim relates propositions: to where both sides of one of their relations are equal, in place, if that is found."""
        border = self.rng.choice(self.borders)
        try:
            scopes = list(self._scopes(border.bound, env))
            for scope in scopes if self.rng.random() < 0.5 else scopes[-1:]:
                self._solve(border, env, scope)
        except (Imprecise, Undefined, Unsupported):
            return

    def _scopes(self, bound: tuple[Term, ...], env: Environment) -> Iterator[dict[str, fmpq]]:
        """The values of the bound variables of an equation, wherever their filters hold."""
        if not bound:
            yield {}
            return
        _, var, over, where = bound[0].args
        elements = env.get(over.name) if over.op == "sym" else None
        for value in elements if isinstance(elements, tuple) else map(fmpq, range(1, self._size(over, env) + 1)):
            here = {var.name: value}
            inner = Environment({**env, **here})
            if where == TRUE or decide(where, inner):
                for scope in self._scopes(bound[1:], inner):
                    yield {**here, **scope}

    def _solve(self, equation: _Equation, env: Environment, scope: Mapping[str, fmpq]) -> None:
        """Make the equation true, in place, by changing one symbol; leaves the point alone where none can be found."""
        code = compiled(equation.difference)

        def residual(name: str, value: Any) -> Any:
            try:
                return code(State({**env, **scope, name: value}))
            except (Imprecise, Undefined):
                return None

        for name in equation.targets:
            if residual(name, env[name]) == 0:
                return
            cells = _cells(equation.difference, name, {**env, **scope}, env[name])
            for change in self._changes(name, cells, env):
                found = change(partial(residual, name))
                if found is not None and all(self.inside(name, _get(found, c), env) for c in cells):
                    env[name] = found
                    return

    def _changes(self, name: str, cells: list[list[int]], env: Environment) -> Iterator[Callable[[Callable[[Any], Any]], Any]]:
        """Ways to change those cells so that a residual becomes 0: each a function of the residual that gives a new value or None."""
        type_, value = self.symbols[name], env[name]
        kind = KINDS[type_.kind]
        if not cells:
            return
        if kind.values or type_.kind == "index":
            yield lambda residual: self._choose(value, cells, self._pool(type_, env), residual)
            return
        if kind.low == 0 and len(cells) > 1:
            yield partial(_linear, at=lambda t: _put(value, cells, [t * _get(value, c) for c in cells]))
        for cell in self.rng.sample(cells, min(len(cells), 3)):
            yield partial(_linear, at=partial(replaced, value, cell))

    def _choose(self, value: Any, cells: list[list[int]], pool: tuple[fmpq, ...], residual: Callable[[Any], Any]) -> Any:
        if len(pool) ** len(cells) <= 81:
            options = list(itertools.product(pool, repeat=len(cells)))
            self.rng.shuffle(options)
        else:
            options = [tuple(self.rng.choices(pool, k=len(cells))) for _ in range(81)]
        return next((new for o in options if residual(new := _put(value, cells, o)) == 0), None)


def of_kind(value: fmpq, kind: Kind) -> bool:
    """Whether a number is of a plain type."""
    low = kind.low is None or value > kind.low or (value == kind.low and not kind.low_open)
    high = kind.high is None or value < kind.high or (value == kind.high and not kind.high_open)
    return low and high and (not kind.integer or value.q == 1) and (not kind.values or value in kind.values)


def _fit(x: fmpq, nonnegative: bool, nonzero: bool, fraction_: bool, integer: bool) -> fmpq:
    """A number of the wanted kind, made from any number."""
    if integer:
        x = fmpq(round(float(x)))
    if nonnegative:
        x = abs(x) or fmpq(int(nonzero))
    return x / (1 + x) if fraction_ else x


def _linear(residual: Callable[[Any], Any], at: Callable[[fmpq], Any]) -> Any:
    """`at(t)` for the t at which residual(at(t)) is 0, if that is linear in t and exact; else None."""
    one, two, three = (residual(at(fmpq(t))) for t in (1, 2, 3))
    if not (isinstance(one, fmpq) and isinstance(two, fmpq) and isinstance(three, fmpq)) or two - one != three - two or one == two:
        return None
    return at(1 - one / (two - one))


def _get(value: Any, place: Sequence[int]) -> Any:
    for i in place:
        value = value[i]
    return value


def _put(value: Any, places: Sequence[Sequence[int]], new: Sequence[fmpq]) -> Any:
    for place, x in zip(places, new, strict=True):
        value = replaced(value, place, x)
    return value


def _cells(t: Term, name: str, env: dict[str, Any], value: Any) -> list[list[int]]:
    """The places of a family that a term may read; [[]] for a plain symbol."""
    if not isinstance(value, tuple):
        return [[]]
    patterns = []
    for node in walk(t):
        if node.op == "elem" and node.name == name:
            fixed = [compiled(i)(State(env)) if free(i) <= env.keys() else None for i in node.args[1:]]
            patterns.append([None if i is None else int(i.p) - 1 for i in fixed])
    places = _places(value)
    return [p for p in places if any(all(w in (None, i) for w, i in zip(q, p, strict=True)) for q in patterns)]


def _places(value: Any) -> list[list[int]]:
    return [[i, *rest] for i, x in enumerate(value) for rest in _places(x)] if isinstance(value, tuple) else [[]]


def _alone(name: str, side: Term, other: Term) -> bool:
    return side.op in ("sym", "elem") and side.name == name and name not in free(other)


def _borders(proposition: Term) -> Iterator[Term]:
    """The relations in a side that is a proposition, each as an equation, within the `all` around it."""
    if proposition.op == "all":
        body, *rest = proposition.args
        yield from (Term("all", (border, *rest)) for border in _borders(body))
    elif proposition.op in CONNECTIVES:
        for part in proposition.args:
            yield from _borders(part)
    elif proposition.op in RELATIONS:
        yield call("eq", *proposition.args)


def spoken_of(sides: Sequence[Term]) -> tuple[Term, ...]:
    """All of some sides that has a say in where points are drawn: the numbers in them, and the borders of their relations."""
    return (*map(num, _constants(sides)), *(border for side in sides for border in _borders(side)))


def _constants(terms: Sequence[Term]) -> list[Fraction]:
    """The numbers that are written in some terms, in order, without those that are no use as a value."""
    nodes = {t for term in terms for t in walk(term) if t.op in ("num", "div")}
    found = {t.args[0] for t in nodes if t.op == "num"}
    found |= {a.args[0] / b.args[0] for a, b in (t.args for t in nodes if t.op == "div") if a.op == b.op == "num" and b.args[0]}
    return [x for x in sorted(found) if abs(x) <= 1000 and x.denominator <= 10**6]


def plain(value: Any) -> Value:
    """A value of the symbols, for the reader: fractions and nested tuples of them."""
    return tuple(map(plain, value)) if isinstance(value, tuple) else fraction(value)

"""What a term that binds a variable is worth: over a size, over the elements of a set, over all reals.

The closures of its parts are made elsewhere; here they are run, one value of the variable after the other, or for all reals
at once. Knows no other operation, and leaves the precision to its caller.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from typing import Any, NamedTuple

from flint import fmpq

from derive import curves, jets
from derive.jets import Imprecise, Unsettled, Unsupported, fraction
from derive.term import REALS, TRUE, Term, call, free

MAX_TERMS = 20_000  # of all sums and products in one evaluation
# the reals that a statement about all of them is looked at
REALS_TRIED = tuple(
    fmpq(*x) for x in (
        (0, 1), (1, 1), (-1, 1), (1, 2), (-1, 2), (2, 1), (-2, 1), (3, 1), (-3, 1), (1, 7), (-1, 7), (1, 100), (-1, 100),
        (5, 3), (-5, 3), (9, 10), (-9, 10), (7, 1), (-7, 1), (20, 1), (-20, 1), (50, 1), (-50, 1), (1000, 1), (-1000, 1),
    )
)  # fmt: skip

Env = dict[str, Any]  # a number, a nested tuple of numbers (a family, or the elements of a set), or a Function


class Undefined(Exception):
    """The term is certainly undefined here: the subterm that is, the condition that it misses, and the values of its symbols."""

    def __init__(self, term: Term, missing: Term, env: Env) -> None:
        super().__init__(term, missing)
        self.term, self.missing = term, missing
        self.at: dict[str, Fraction] = {n: fraction(x) for n in sorted(free(term)) if isinstance(x := jets.base(env.get(n)), fmpq)}


class State:
    """The values in force while a term is evaluated, the next free ε, and how many terms were added up so far."""

    __slots__ = ("env", "epsilon", "terms")

    def __init__(self, env: Env, epsilon: int = 1, terms: list[int] | None = None) -> None:
        self.env, self.epsilon, self.terms = env, epsilon, terms or [0]

    def restore(self, name: str, before: Any) -> None:
        """Give a name that was bound its value back."""
        if before is None:
            self.env.pop(name, None)
        else:
            self.env[name] = before


Code = Callable[[State], Any]


class Parts(NamedTuple):
    """A binder: the term, its body, what the variable runs over (None for Reals), and its filter (None where there is none)."""

    term: Term
    body: Code
    over: Code | None
    where: Code | None

    @property
    def name(self) -> str:
        """Of the variable."""
        name: str = self.term.args[1].name
        return name


def closure(t: Term, compiled: Callable[[Term], Code]) -> Code:
    """The closure of a term that binds, or of `integrable`; raises Unsupported where it can be evaluated nowhere."""
    binder = t.args[0] if t.op == "integrable" else t
    body, _, over, where = binder.args
    makers = _OVER_REALS if over == REALS else _COUNTED
    if t.op not in makers:
        raise Unsupported(f"{t.op} over {'Reals' if over == REALS else 'what is counted'} cannot be evaluated at a point")
    parts = Parts(binder, compiled(body), None if over == REALS else compiled(over), None if where == TRUE else compiled(where))
    return makers[t.op](parts)


# -- over a size or the elements of a set


def _loop(b: Parts, value: Code) -> Callable[[State], list[Any]]:
    """What `value` gives for each value of the variable that passes the filter."""
    name, where, op = b.name, b.where, b.term.op
    assert b.over is not None
    over = b.over

    def run(s: State) -> list[Any]:
        values = over(s)
        count = len(values) if isinstance(values, tuple) else integer(values)
        s.terms[0] += count or 0
        if count is None or s.terms[0] > MAX_TERMS:
            raise Unsupported(f"{op} runs over more than {MAX_TERMS} terms" if count else f"{op} runs over no size")
        env, before, out = s.env, s.env.get(name), []
        try:
            for x in values if isinstance(values, tuple) else map(fmpq, range(1, count + 1)):
                env[name] = x
                if where is None or where(s):
                    out.append(value(s))
        finally:
            s.restore(name, before)
        return out

    return run


def integer(x: Any) -> int | None:
    """An index; None where the number is not an integer."""
    if type(x) is not fmpq:
        raise Unsettled
    return int(x.p) if x.q == 1 else None


def _total(b: Parts) -> Code:
    run, adding = _loop(b, b.body), b.term.op == "sum"

    def code(s: State) -> Any:
        out: Any = fmpq(0 if adding else 1)
        for x in run(s):
            out = jets.shortened(out + x if adding else out * x)
        return out

    return code


def _every(b: Parts) -> Code:
    body = b.body

    def value(s: State) -> Any:
        try:
            return body(s)
        except Imprecise as error:
            return error

    run = _loop(b, value)

    def code(s: State) -> bool:
        values = run(s)
        if False in values:
            return False
        for x in values:
            if x is not True:
                raise x
        return True

    return code


def _extremal(b: Parts) -> Code:
    """The set of the values of the variable at which the body is largest, or smallest; Imprecise where a tie is not decided."""
    name, body, turn = b.name, b.body, 1 if b.term.op == "argmax" else -1
    run = _loop(b, lambda s: (s.env[name], turn * body(s)))
    constant = name not in free(b.term.args[0])

    def code(s: State) -> frozenset[fmpq]:
        pairs = run(s)
        if constant or not pairs:
            return frozenset(x for x, _ in pairs)
        if any(type(value) is jets.Jet for _, value in pairs):  # beside the point the answer may be another
            raise Unsettled
        at, best = pairs[0]
        for x, value in pairs[1:]:
            if value - best > 0:
                at, best = x, value
        return frozenset(x for x, value in pairs if x == at or jets.sign(value - best) == 0)

    return code


# -- over all reals


@contextmanager
def _bound(s: State, name: str, value: Any) -> Iterator[None]:
    before = s.env.get(name)
    s.env[name] = value
    try:
        yield
    finally:
        s.restore(name, before)


def _at_once(b: Parts) -> Callable[[State], Any]:
    """The body as a function of the variable; 0 where the filter excludes every real."""

    def run(s: State) -> Any:
        with _bound(s, b.name, curves.variable()):
            return b.body(s) if b.where is None or b.where(s) else fmpq(0)

    return run


def _integral(b: Parts) -> Code:
    run = _at_once(b)

    def code(s: State) -> Any:
        try:
            return curves.integral(run(s))
        except curves.Diverges:
            raise Undefined(b.term, call("integrable", b.term), s.env) from None

    return code


def _integrable(b: Parts) -> Code:
    run = _at_once(b)
    return lambda s: curves.integrable(run(s))


def _every_real(b: Parts) -> Code:
    """True where the body is for all reals at once, False where it is for one of some reals; else it is not known."""

    def code(s: State) -> bool:
        try:
            with _bound(s, b.name, curves.variable()):
                return (b.where is not None and not b.where(s)) or bool(b.body(s))
        except (Imprecise, Unsupported):
            pass
        for x in REALS_TRIED:
            try:
                with _bound(s, b.name, x):
                    if (b.where is None or b.where(s)) and not b.body(s):
                        return False
            except (Imprecise, Unsupported):
                continue
        raise Unsettled

    return code


_COUNTED = {"sum": _total, "prod": _total, "all": _every, "argmax": _extremal, "argmin": _extremal}
_OVER_REALS = {"all": _every_real, "integral": _integral, "integrable": _integrable}

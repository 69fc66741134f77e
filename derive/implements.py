"""Whether code computes a certified formula: its worst error in units in the last place, and where it overflows, gives nan or a wrong sign.

Knows how code is called and how floats differ; may not know what is right, which it asks the oracle.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from derive.autograd import Autograd, Call
from derive.calling import Arrangement, WrongSignature, arranged, name_of
from derive.claims import unfolded
from derive.inputs import Draws, Inputs, NothingSatisfies, strategy
from derive.model import Claim
from derive.oracle import FORMATS, BadInput, Format, NoOracle, Oracle, Undecided, oracle, says_it_all
from derive.page import Derivation
from derive.show import text as show
from derive.term import Term, free

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy
    from numpy.typing import NDArray

__tracebackhide__ = says_it_all

SAMPLES = 300  # random inputs, after the nasty ones

Source = Any  # a derivation, an expression: what `oracle` takes; or an oracle, of which the formula counts and not the format


class WrongResult(ValueError):
    """A function that returns something of another shape than the formula has, or no numbers."""


# -- what is found


class Case(NamedTuple):
    """One value that code gave: at which inputs, what the correctly rounded value is, and how far they are apart.

    `place` is the element, where the result is an array; `error` is what the code raised instead of giving one.
    """

    inputs: Inputs
    expected: float
    got: float
    ulps: float
    place: tuple[int, ...] = ()
    error: str = ""


class Fault(NamedTuple):
    """How often a fault occurred, the first time it did, and the most ulps by which any of these values is wrong."""

    times: int
    first: Case
    ulps: float


@dataclass(frozen=True)
class Findings:
    """How well code computes a formula: the worst of its values, and the faults `overflow`, `nan`, `wrong sign` and `raised` apart.

    `compared` counts values; `undecided` counts inputs that no precision could round the formula at, and that were left out.
    """

    code: str
    formula: str
    dtype: str
    compared: int
    worst: Case | None  # None where every value is faulty
    faults: Mapping[str, Fault] = field(default_factory=dict)
    undecided: int = 0

    @property
    def ulps(self) -> float:
        """The error of the worst value of all, infinite for nan and where an error was raised."""
        return max([0.0 if self.worst is None else self.worst.ulps, *(fault.ulps for fault in self.faults.values())])

    def __str__(self) -> str:
        rows = [("", "times", "ulps", "expected", "got", "at")]
        rows += [("worst error", "", _count(self.worst.ulps), *self._values(self.worst))] if self.worst else []
        rows += [(name, str(f.times), _count(f.ulps), *self._values(f.first)) for name, f in self.faults.items()]
        widths = [max(len(row[i]) for row in rows) for i in range(5)]
        skipped = f"; {self.undecided} inputs left out, whose value could not be rounded" * bool(self.undecided)
        lines = [f"{self.code} against {self.formula} ({self.dtype}, {self.compared} values compared{skipped})"]
        for *cells, at in rows:
            aligned = [cell.rjust(w) if i in (1, 2) else cell.ljust(w) for i, (cell, w) in enumerate(zip(cells, widths, strict=True))]
            lines.append("  ".join(["", *aligned, at]))
        return "\n".join(lines)

    def _values(self, case: Case) -> tuple[str, str, str]:
        """What was expected and got, and where, written so that it can be put in again."""
        number = np.dtype(self.dtype).type
        at = ", ".join(f"{name} = {_written(x)}" for name, x in case.inputs.items())
        element = f"element [{', '.join(map(str, case.place))}], " * bool(case.place)
        got = "" if case.error else str(number(case.got))
        return str(number(case.expected)), got, element + (at or "no inputs") + f": {case.error}" * bool(case.error)


def _written(x: Any) -> str:
    """A value of an input: plain digits, a list for an array."""
    return f"[{', '.join(map(_written, x))}]" if np.ndim(x) else str(x)


def _count(x: float) -> str:
    return f"{x:.2g}" if x >= 1e6 else f"{x:.4g}"


def ulps(expected: float, got: float, dtype: str = "float64") -> float:
    """How far `got` is from `expected`, in units in the last place of `expected`; infinite for nan.

    Below the smallest normal number the unit stays the same. Infinity is read as the power of two that a format ends at, so that
    the largest float and infinity are one unit apart.
    """
    form: Format = FORMATS[dtype]
    if math.isnan(got):
        return math.inf
    if got == expected:
        return 0.0
    top = form.most if math.isinf(expected) else math.frexp(expected)[1] if expected else form.least
    unit = max(top - form.digits, form.least)

    def units(x: float) -> float:
        try:
            return math.copysign(math.ldexp(1.0, form.most - unit), x) if math.isinf(x) else math.ldexp(x, -unit)
        except OverflowError:
            return math.copysign(math.inf, x)

    return abs(units(got) - units(expected))


def _fault(case: Case) -> str:
    """The name of what is wrong with a value besides its error; empty where nothing is."""
    if case.error:
        return "raised"
    if math.isnan(case.got):
        return "nan"
    if math.isinf(case.got) and math.isfinite(case.expected):
        return "overflow"
    return "wrong sign" if case.got < 0 < case.expected or case.expected < 0 < case.got else ""


# -- measuring


def inputs(source: Source, *, given: str = "", dtype: str = "float64") -> SearchStrategy[Inputs]:
    """The Hypothesis strategy of inputs inside the givens, as a dictionary by name: what `oracle(source)` takes.

    Families are arrays with 1 to 6 elements along each size (more where a hypothesis asks for it), indices are integers from 0,
    everything else is a float of the format, also labels; reals go up to 1e15. What hypotheses say is made true: bounds on a symbol,
    families that sum to a number (one-hot or in shares), equations that are linear in a symbol; anything else is filtered.
    Raises NothingSatisfies, when the first input is drawn, and what `oracle` raises.
    """
    from hypothesis import strategies as st  # late: only who tests by properties needs it

    def made() -> SearchStrategy[Inputs]:
        known = _oracle(source, given, dtype)
        return strategy(known.givens, known.inputs, dtype)

    return st.deferred(made)


def measure(
    fn: Callable[..., Any],
    source: Source,
    *,
    given: str = "",
    dtype: str = "float64",
    arguments: Sequence[str] | None = None,
    samples: int = SAMPLES,
    seed: int = 0,
) -> Findings:
    """How far `fn` is from the correctly rounded value of a formula (see `oracle`), at nasty and random inputs inside the givens,
    and at what chance leaves out: -0.0, inputs that are equal, families of 33 elements.

    `fn` takes NumPy scalars and arrays of the format (integers, from 0, for indices) and returns a number: by name, where its
    parameters are called as on the page, else in the order of the page, or as `arguments` says, such as `("y", "a")`. It may leave
    out indices, and then returns an array over them, in the order of the page: softmax(s) for `exp(s[i])/sum(…)`. The same seed
    gives the same inputs. Raises WrongSignature, WrongResult, NothingSatisfies, and what `oracle` raises.
    """
    known = _oracle(source, given, dtype)
    how = arranged(fn, known, _indices(known), arguments)
    return _measured(name_of(fn), lambda inputs: how.call(fn, inputs), known, how, Draws(known.givens, dtype, seed).some(samples))


def measure_gradient(
    gradient: Callable[..., Any] | Autograd,
    source: Source,
    wrt: str,
    *,
    given: str = "",
    dtype: str = "float64",
    arguments: Sequence[str] | None = None,
    samples: int = SAMPLES,
    seed: int = 0,
) -> Findings:
    """As `measure`, for the gradient in the input `wrt`: an array of its shape.

    `source` is the formula that is differentiated, or a derivation that claims the derivative: `diff(loss, s[k]) = …`. `gradient`
    is a function of the inputs, or a function to be differentiated: `torch_gradient(loss)`, `jax_gradient(loss)`.
    """
    known = _oracle(source, given, dtype)
    derivative = _claimed(source)
    slope = known if derivative else known.gradient(wrt)
    cells = _cells(derivative, wrt, known) if derivative else ()
    axes = (*(n for n in _indices(known) if n not in cells), *cells)
    fn = gradient.fn if isinstance(gradient, Autograd) else gradient
    how = arranged(fn, slope, axes, arguments, usual=len(axes) - len(cells))
    if isinstance(gradient, Autograd) and wrt not in how.names:
        raise WrongSignature(f"{name_of(fn)} does not take {wrt}, in which it is to be differentiated; it takes {', '.join(how.names)}")

    def call(inputs: Inputs) -> Any:
        if isinstance(gradient, Autograd):
            return gradient.differentiate(lambda changed: how.call(fn, changed), inputs, wrt)
        return how.call(fn, inputs)

    name = f"the gradient of {name_of(fn)}" if isinstance(gradient, Autograd) else name_of(fn)
    return _measured(name, call, slope, how, Draws(known.givens, dtype, seed).some(samples))


def _oracle(source: Source, given: str, dtype: str) -> Oracle:
    return replace(source, dtype=dtype) if isinstance(source, Oracle) else oracle(source, given=given, dtype=dtype)


def _indices(known: Oracle) -> tuple[str, ...]:
    """The inputs that are plain indices."""
    symbols = known.givens.symbols
    return tuple(n for n in known.inputs if symbols[n].kind == "index" and not symbols[n].shape)


def _claimed(source: Source) -> Term | None:
    """The derivative that a derivation claims to be something; None where it claims something else."""
    if not isinstance(source, Derivation):
        return None
    page = source.page
    left = unfolded(Claim(page.givens, page.left, page.relation, page.right, (), page.definitions))[0]
    return left if left.op == "diff" and len(left.args) == 2 else None


def _cells(derivative: Term, wrt: str, known: Oracle) -> tuple[str, ...]:
    """The indices that run over all elements of what is differentiated in. Raises NoOracle where the claim is on fewer."""
    body, variable = derivative.args
    if variable.name != wrt:
        raise NoOracle(f"the derivation claims the derivative in {show(variable)}, and wrt is {wrt}")
    indices = variable.args[1:] if variable.op == "elem" else ()
    cells = tuple(dict.fromkeys(t.name for t in indices if t.op == "sym" and t.name in _indices(known) and t.name not in free(body)))
    if len(cells) < len(indices):
        raise NoOracle(f"the derivation claims the derivative in {show(variable)} alone, and a gradient is one in every element of {wrt}")
    return cells


def _measured(name: str, call: Call, known: Oracle, how: Arrangement, points: Iterator[Inputs]) -> Findings:
    code = f"{name}({', '.join(how.names)})"  # who calls its parameters otherwise sees which is which
    worst: Case | None = None
    faults: dict[str, Fault] = {}
    compared, skipped = 0, list[Undecided]()
    for point in points:
        try:
            expected = _expected(known, point, how.left_out)
        except Undecided as error:
            skipped.append(error)
            continue
        for case in _cases(code, call, {n: point[n] for n in how.names}, expected, known.dtype):
            compared += 1
            if fault := _fault(case):
                times, first, most = faults.get(fault, (0, case, 0.0))
                faults[fault] = Fault(times + 1, first, max(most, case.ulps))
            elif worst is None or case.ulps > worst.ulps:
                worst = case
    if skipped and not compared:
        raise skipped[0]
    if not compared:
        raise NothingSatisfies(f"no inputs were found to compare {code} at; give more samples")
    order = [n for n in ("overflow", "nan", "wrong sign", "raised") if n in faults]
    return Findings(code, show(known.value), known.dtype, compared, worst, {n: faults[n] for n in order}, len(skipped))


def _expected(known: Oracle, point: Inputs, left_out: Sequence[str]) -> NDArray[Any]:
    """The correctly rounded values, with an axis for each index that is left out; nan where the givens exclude its value."""
    fixed = {n: point[n] for n in known.inputs if n not in left_out}
    lengths = [Draws.length(known.givens.symbols[n].over, point) for n in left_out]
    if not any(free(h).intersection(left_out) for h in known.givens.hypotheses):
        return np.asarray(known(**fixed, **dict(zip(left_out, np.ix_(*map(np.arange, lengths)), strict=True))))
    cells: dict[tuple[int, ...], Any] = {}
    for place in np.ndindex(*lengths):
        try:
            cells[place] = known(**fixed, **dict(zip(left_out, place, strict=True)))
        except BadInput:
            cells[place] = np.nan
    values = list(map(np.asarray, cells.values()))
    inner = np.broadcast_shapes(*(v.shape for v in values))
    return np.stack([np.broadcast_to(v, inner) for v in values]).reshape(*lengths, *inner)


def _cases(code: str, call: Call, inputs: Inputs, expected: NDArray[Any], dtype: str) -> Iterator[Case]:
    """The values that code gives at some inputs, one by one."""
    copies = {name: np.array(x)[()] if isinstance(x, np.ndarray) else x for name, x in inputs.items()}  # it may write to its arguments
    try:
        with np.errstate(all="ignore"):
            result = call(copies)
    except Exception as error:
        first = next((x for x in expected.flat if not np.isnan(x)), np.nan)
        yield Case(inputs, float(first), math.nan, math.inf, (), f"{type(error).__name__}: {error}".split("\n")[0])
        return
    try:
        got = np.asarray(result)
    except Exception as error:
        raise WrongResult(f"{code}: expected {_shape(expected)}, got a {type(result).__name__}, which is no array: {error}") from None
    if np.ma.is_masked(result):
        raise WrongResult(f"{code}: expected {_shape(expected)}, got a masked value, which is none")
    if got.dtype.kind not in "biuf" or got.shape != expected.shape:
        at = ", ".join(f"{name} of shape {np.shape(x)}" if np.ndim(x) else f"{name} = {x}" for name, x in inputs.items())
        gave = _shape(got) if got.dtype.kind in "biuf" else repr(result)
        raise WrongResult(f"{code}: expected {_shape(expected)}, got {gave}, at {at}")
    with np.errstate(all="ignore"):
        rounded = got.astype(dtype)
    for place in np.ndindex(*expected.shape):
        right, value = float(expected[place]), float(rounded[place])
        if not math.isnan(right):
            yield Case(inputs, right, value, ulps(right, value, dtype), place)


def _shape(x: Any) -> str:
    return f"an array of shape {np.shape(x)}" if np.ndim(x) else "a number"


# -- assertions


def assert_implements(
    fn: Callable[..., Any],
    source: Source,
    *,
    max_ulp: float,
    given: str = "",
    dtype: str = "float64",
    arguments: Sequence[str] | None = None,
    samples: int = SAMPLES,
    seed: int = 0,
) -> None:
    """Raise AssertionError, with a table of what is wrong and where, unless `measure` finds every value within `max_ulp`.

    Half a unit more may lie between a value and the exact one. A value that overflows or has the wrong sign is wrong by as many units
    as lie between, nan by infinitely many.
    """
    _assert(measure(fn, source, given=given, dtype=dtype, arguments=arguments, samples=samples, seed=seed), max_ulp)


def assert_gradient(
    gradient: Callable[..., Any] | Autograd,
    source: Source,
    wrt: str,
    *,
    max_ulp: float,
    given: str = "",
    dtype: str = "float64",
    arguments: Sequence[str] | None = None,
    samples: int = SAMPLES,
    seed: int = 0,
) -> None:
    """As `assert_implements`, for a gradient: see `measure_gradient`."""
    found = measure_gradient(gradient, source, wrt, given=given, dtype=dtype, arguments=arguments, samples=samples, seed=seed)
    _assert(found, max_ulp)


def _assert(found: Findings, max_ulp: float) -> None:
    if not found.ulps <= max_ulp:
        raise AssertionError(f"max_ulp is {max_ulp:g}, and the worst error is {_count(found.ulps)} ulps\n{found}")

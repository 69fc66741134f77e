"""The value of a certified formula, correctly rounded: what an implementation of it is held against.

Balls are made narrower until all of the numbers in them round to one float (Ziv's strategy); what is rational is rounded exactly.
Knows arrays and floats; knows nothing of implementations, and how a formula was proved is left to the checker.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from flint import arb, fmpq

from derive.balls import LEVELS, Imprecise, Undefined, Unsettled, Unsupported, decide, environment, evaluate, precision
from derive.claims import unfolded
from derive.given import read_givens, shapes
from derive.layout import Fault, Piece, read
from derive.model import KINDS, Claim, Givens, PageError, Place, Relation, Type
from derive.page import Derivation
from derive.pointwise import compiled
from derive.show import text as show
from derive.term import ONE, Term, call, conjuncts, free, fresh, num, sym
from derive.wellformed import Checker, Misfit

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["BadInput", "NoOracle", "NoValue", "Oracle", "Undecided", "nearest", "oracle"]


class NoOracle(ValueError):
    """What cannot be evaluated at floats: a claim that is no equation, a function among the inputs, a limit."""


class BadInput(ValueError):
    """Arrays whose shapes do not fit the types of the page, or numbers outside the givens."""


class NoValue(ArithmeticError):
    """The formula is certainly undefined at an input: which part of it, and what that part needs."""


class Undecided(ArithmeticError):
    """No precision that was tried tells which float is nearest, or whether there is a value at all."""


class Format(NamedTuple):
    """A binary floating-point format."""

    digits: int  # of a significand, in bits
    least: int  # the smallest number above zero is 2**least
    most: int  # every number is below 2**most


FORMATS: Mapping[str, Format] = {"float64": Format(53, -1074, 1024), "float32": Format(24, -149, 128)}


# -- making one


def oracle(source: Derivation | str | Any, *, given: str = "", dtype: str = "float64") -> Oracle:
    """The function that gives the value of `source`, correctly rounded to `dtype` (`float64` or `float32`).

    `source` is a derivation, which is checked now, and whose claim is an equation: the value is that of its right side; or of its
    left side, if that mentions fewer symbols, for the others then do not matter. Or it is an expression in the language of pages or
    of SymPy, whose symbols `given` declares. Raises NotCertified (with the report), NoOracle, and PageError for what cannot be read.
    """
    if dtype not in FORMATS:
        raise NoOracle(f"{dtype} is no format of an oracle, which are {', '.join(FORMATS)}")
    if isinstance(source, Derivation):
        sides, givens = _sides(source)
    elif isinstance(source, str):
        sides, givens = _read(source, given)
    else:
        from derive.sympy_bridge import from_sympy  # late: SymPy is slow to import

        sides, givens = _read(show(from_sympy(source)), given)
    return min((Oracle(side, givens, dtype) for side in sides), key=lambda o: len(o.inputs)).checked()


def _sides(derivation: Derivation) -> tuple[list[Term], Givens]:
    """The right and the left side of what a derivation claims, and its givens, once it is certified."""
    derivation.certify()
    page = derivation.page
    if page.relation is not Relation.EQ:
        claim = f"{show(page.left)} {page.relation} {show(page.right)}"
        raise NoOracle(f"{derivation.name or 'the derivation'} claims {claim}, which is no equation; the value of an oracle is a side of one")
    left, right, givens = unfolded(Claim(page.givens, page.left, page.relation, page.right, (), page.definitions))
    return [right, left], givens


def _read(source: str, given: str) -> tuple[list[Term], Givens]:
    """An expression as text, and its givens."""
    where = "given"
    try:
        givens, _ = read_givens([Piece(given.strip(), 0)] if given.strip() else [])
        where = "expression"
        term = read(Piece(source, 0), shapes(dict(givens.symbols)))
        Checker(givens, {}).check(term)
    except Fault as fault:
        raise PageError(fault.message, Place(f"<{where}>", 1, fault.piece.start + 1), fault.piece.text, fault.hint) from None
    except Misfit as misfit:
        raise PageError(misfit.message, Place("<expression>", 1), show(misfit.term), misfit.hint) from None
    return [term], givens


# -- the function


@dataclass(frozen=True)
class Oracle:
    """A function of arrays that gives the value of a term, correctly rounded.

    Inputs come in the order of the givens, or by name. A size is read off the shapes; only one that no input has is an input itself.
    A family `real[N, d]` is an array with the last axes (N, d), a plain symbol has none; the axes before are broadcast together and
    run over, as in NumPy's generalized ufuncs, and are the axes of the result. An index is 0-based, as in code. Inputs are taken as
    the exact numbers that their floats are.

    Types are enforced, and hypotheses; but of an equation among the hypotheses only half of the digits, for few floats satisfy one
    exactly. The result is rounded to nearest, ties to even, from the one exact value: it is subnormal or zero where that is tiny,
    with the sign of the value (+0.0 where the value is 0, or nearer to it than can be told), and infinite where it overflows.
    """

    value: Term  # no defined name is in it
    givens: Givens
    dtype: str = "float64"
    over: tuple[str, ...] = ()  # the indices that make the last axes of the result: where a derivative is taken

    @property
    def inputs(self) -> tuple[str, ...]:
        """The names of the inputs, in order."""
        symbols = self.givens.symbols
        needed = free(self.value).intersection(symbols).difference(self.over)
        taken = {size.name for name in needed for size in symbols[name].shape if size.op == "sym"}
        return tuple(name for name in symbols if name in needed and name not in taken)

    def checked(self) -> Oracle:
        """The same oracle. Raises NoOracle where the term has no number for a value, or an input is no number and no family."""
        for name in self.inputs:
            type_ = self.givens.symbols[name]
            if type_.params or type_.kind == "set":
                raise NoOracle(f"{name} is a {'function' if type_.params else 'set'}, and the inputs of an oracle are numbers and arrays")
        try:
            Checker(self.givens, {}).check(self.value)
            compiled(self.value)
        except Misfit as misfit:
            raise NoOracle(f"{misfit.message}; {misfit.hint}" if misfit.hint else misfit.message) from None
        except Unsupported as error:
            raise NoOracle(f"{show(self.value)} has no oracle: {error}") from None
        return self

    def gradient(self, name: str) -> Oracle:
        """The oracle of the derivative in one input, at once exact and rounded; for a family, an array of its shape.

        Raises NoOracle where nothing can be differentiated in that input.
        """
        if name not in self.inputs:
            raise NoOracle(f"{name} is no input of this oracle, which are {', '.join(self.inputs)}")
        symbols = dict(self.givens.symbols)
        indices = []
        for size in symbols[name].shape:
            indices.append(fresh(f"{name}_{len(indices) + 1}", symbols))
            symbols[indices[-1]] = Type("index", size)
        variable = call("elem", sym(name), *map(sym, indices)) if indices else sym(name)
        slope = call("diff", self.value, variable)
        return replace(self, value=slope, givens=replace(self.givens, symbols=symbols), over=(*self.over, *indices)).checked()

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """The value at these inputs: a NumPy scalar, or an array. Raises BadInput, NoValue and Undecided."""
        arrays = self._bound(args, kwargs)
        sizes, axes = self._sizes(arrays)
        cells = tuple(self._size(self.givens.symbols[i].over, sizes) for i in self.over)
        out: NDArray[Any] = np.empty((math.prod(axes), *cells), self.dtype)
        for k, point in enumerate(self._points(arrays, sizes, axes)):
            for cell in np.ndindex(*cells):
                here = {**point, **dict(zip(self.over, (fmpq(i + 1) for i in cell), strict=True))}
                try:
                    out[k, *cell] = rounded(self.value, here, FORMATS[self.dtype])
                except (NoValue, Undecided) as error:
                    at = ", ".join(map(str, (*np.unravel_index(k, axes), *cell)))
                    raise type(error)(f"{error} (element [{at}])" if at else str(error)) from None
        return out.reshape(axes + cells)[()]

    def _bound(self, args: Sequence[Any], kwargs: Mapping[str, Any]) -> dict[str, NDArray[Any]]:
        """The inputs by name, as arrays of numbers."""
        signature = inspect.Signature([inspect.Parameter(n, inspect.Parameter.POSITIONAL_OR_KEYWORD) for n in self.inputs])
        try:
            given = signature.bind(*args, **kwargs).arguments
        except TypeError as error:
            raise BadInput(f"{error}; the inputs are {', '.join(self.inputs) or 'none'}") from None
        arrays = {name: np.asarray(x) for name, x in given.items()}
        for name, array in arrays.items():
            if array.dtype.kind not in "biuf":
                raise BadInput(f"{name} has elements of type {array.dtype}, and an input holds real numbers")
        return arrays

    def _sizes(self, arrays: Mapping[str, NDArray[Any]]) -> tuple[dict[str, int], tuple[int, ...]]:
        """The sizes that the shapes tell, and the shape of what is run over."""
        sizes: dict[str, int] = {}
        seen: dict[str, str] = {}
        axes = []
        for name, array in arrays.items():
            shape = self.givens.symbols[name].shape
            split = array.ndim - len(shape)
            if split < 0:
                wanted = ", ".join(map(show, shape))
                raise BadInput(f"{name} is a family over [{wanted}], and was given an array of shape {array.shape}")
            axes.append(array.shape[:split])
            for size, length in zip(shape, array.shape[split:], strict=True):
                written = show(size)
                expected = self._size(size, {**sizes, written: sizes.get(written, length)})
                if length != expected or not length:
                    why = f"{written} is {expected} by {seen[written]}" if written in seen else f"{written} cannot be {length}"
                    raise BadInput(f"{name} is a family over [{', '.join(map(show, shape))}] of shape {array.shape}, but {why}")
                sizes[written] = length
                seen.setdefault(written, f"{name} of shape {array.shape}")
        try:
            return sizes, np.broadcast_shapes(*axes)
        except ValueError:
            listed = ", ".join(f"{name} {shape}" for name, shape in zip(arrays, axes, strict=True))
            raise BadInput(f"these shapes cannot be broadcast together: {listed}") from None

    @staticmethod
    def _size(size: Term | None, sizes: Mapping[str, int]) -> int:
        assert size is not None
        return int(size.args[0]) if size.op == "num" else sizes[size.name]

    def _points(self, arrays: Mapping[str, NDArray[Any]], sizes: Mapping[str, int], axes: tuple[int, ...]) -> Iterator[dict[str, Any]]:
        """The exact inputs, one set after the other."""
        symbols, columns = self.givens.symbols, {}
        for name, array in arrays.items():
            own = array.shape[: array.ndim - len(symbols[name].shape)]
            flat = array.reshape(-1, *array.shape[len(own) :]).tolist()
            taken = np.broadcast_to(np.arange(len(flat)).reshape(own), axes).ravel().tolist()
            exact = [self._exact(name, x, sizes) for x in flat]
            columns[name] = [exact[i] for i in taken]
        fixed = {name: fmpq(length) for name, length in sizes.items() if name in symbols}
        for k in range(math.prod(axes)):
            point = environment({**fixed, **{name: column[k] for name, column in columns.items()}})
            self._hold(point)
            yield point

    def _exact(self, name: str, x: Any, sizes: Mapping[str, int]) -> Any:
        """A number of that type, or nested tuples of such, from what an array holds."""
        if isinstance(x, list):
            return tuple(self._exact(name, y, sizes) for y in x)
        type_ = self.givens.symbols[name]
        if not math.isfinite(x):
            raise BadInput(f"{name} = {x} is no number")
        value = fmpq(*x.as_integer_ratio())
        if type_.kind == "index":
            assert type_.over is not None
            most = sizes.get(show(type_.over), math.inf) if type_.over.op == "sym" else int(type_.over.args[0])
            if value.q != 1 or not 0 <= value < most:
                raise BadInput(f"{name} = {x} is no index below {show(type_.over)}{f' = {most}' * (most < math.inf)}; indices of arrays begin at 0")
            return value + 1
        kind = KINDS[type_.kind]
        low = kind.low is None or value > kind.low or (value == kind.low and not kind.low_open)
        high = kind.high is None or value < kind.high or (value == kind.high and not kind.high_open)
        if not (low and high) or (kind.integer and value.q != 1) or (kind.values and value not in kind.values):
            raise BadInput(f"{name} = {x} is outside its type, {type_.kind}")
        return value

    @cached_property
    def _hypotheses(self) -> list[tuple[Term, Term]]:
        """The hypotheses on the inputs, each as it is held against floats and as it was given."""
        tolerance = num(Fraction(1, 2 ** (FORMATS[self.dtype].digits // 2)))
        return [(_loosened(h, tolerance), h) for given in self.givens.hypotheses for h in conjuncts(given)]

    def _hold(self, point: Mapping[str, Any]) -> None:
        """Raise BadInput where a hypothesis certainly fails."""
        for held, hypothesis in self._hypotheses:
            if not free(hypothesis) <= point.keys():
                continue
            try:
                holds = decide(held, point) is not False
            except Undefined:
                holds = False
            except Unsupported:
                continue
            if not holds:
                at = "".join(f", {n} = {point[n]}" for n in sorted(free(hypothesis)) if isinstance(point[n], fmpq))
                raise BadInput(f"the inputs do not satisfy {show(hypothesis)}{at}")


def _loosened(hypothesis: Term, tolerance: Term) -> Term:
    """The hypothesis, with its equations taken as agreement of the leading digits."""
    if hypothesis.op == "all":
        body, *rest = hypothesis.args
        return Term("all", (_loosened(body, tolerance), *rest))
    if hypothesis.op == "and":
        return call("and", *(_loosened(h, tolerance) for h in hypothesis.args))
    if hypothesis.op != "eq":
        return hypothesis
    a, b = hypothesis.args
    return call("le", call("abs", call("sub", a, b)), call("mul", tolerance, call("max", ONE, call("abs", a), call("abs", b))))


# -- rounding


def rounded(value: Term, point: Mapping[str, Any], format_: Format) -> float:
    """The float nearest to what a term is worth at a point. Raises NoValue and Undecided."""
    ends: tuple[float, float] | None = None
    for bits in LEVELS:
        try:
            worth = evaluate(value, point, bits)
        except Undefined as error:
            at = ", ".join(f"{name} = {x if x.denominator < 10**6 else float(x)}" for name, x in error.at.items())
            raise NoValue(f"{show(error.term)} is undefined: it needs {show(error.missing)}{f', at {at}' * bool(at)}") from None
        except Unsettled:
            break
        except Unsupported as error:
            raise NoOracle(f"{show(value)} has no oracle: {error}") from None
        except Imprecise:
            continue
        if isinstance(worth, fmpq):
            return _nearest_to(worth, format_)
        assert isinstance(worth, arb)
        with precision(bits):
            low, high = (nearest(*(int(x) for x in end.man_exp()), format_) for end in (worth.lower(), worth.upper()))
        if low == high and math.copysign(1, low) == math.copysign(1, high):
            return low
        ends = low, high
    if ends == (0, 0):
        return 0.0
    if ends is None:
        raise Undecided(f"{show(value)} could not be enclosed with {LEVELS[-1]} bits: a condition in it may lie on its border")
    raise Undecided(f"{show(value)} is too near the middle between {ends[0]!r} and {ends[1]!r} to be rounded with {LEVELS[-1]} bits")


def nearest(whole: int, exponent: int, format_: Format) -> float:
    """The float nearest to whole * 2**exponent, ties to even."""
    size, sign = abs(whole), -1.0 if whole < 0 else 1.0
    top = size.bit_length() + exponent  # the number is below 2**top, and at least half of that
    unit = max(top - format_.digits, format_.least)
    if top > format_.most:
        return sign * math.inf
    if not size or top < unit:
        return sign * 0.0
    shift = unit - exponent
    kept = size << -shift if shift <= 0 else size >> shift
    rest = size - (kept << shift) if shift > 0 else 0
    if shift > 0 and (2 * rest, kept & 1) > (1 << shift, 0):
        kept += 1
    if kept.bit_length() + unit > format_.most:
        return sign * math.inf
    return sign * math.ldexp(kept, unit)


def _nearest_to(value: fmpq, format_: Format) -> float:
    """The float nearest to a rational number."""
    p, q = int(value.p), int(value.q)
    if q & (q - 1) == 0:
        return nearest(p, 1 - q.bit_length(), format_)
    shift = max(0, format_.digits + 3 + q.bit_length() - p.bit_length())
    whole, _ = divmod(p << shift, q)
    return nearest(2 * whole + 1, -shift - 1, format_)  # what was cut off is not 0, and far below half a unit: one more bit says so

"""The value of a certified formula, correctly rounded: what an implementation of it is held against.

Knows arrays, their shapes and the types of a page; knows nothing of implementations, and leaves proofs to the checker.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from flint import fmpq

from derive.balls import Environment, Undefined, Unsupported, decide, environment
from derive.claims import unfolded
from derive.given import read_givens, shapes
from derive.layout import Fault, Piece, read
from derive.model import KINDS, Claim, Givens, Relation, Type
from derive.page import Derivation
from derive.points import of_kind
from derive.pointwise import compiled
from derive.rounding import FORMATS, Format, NoValue, Undecided, rounded
from derive.show import text as show
from derive.term import ONE, Term, call, conjuncts, free, fresh, num, sym
from derive.wellformed import Checker, Misfit

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["FORMATS", "BadInput", "Format", "NoOracle", "NoValue", "Oracle", "Undecided", "oracle", "says_it_all"]


class NoOracle(ValueError):
    """What cannot be evaluated at floats: a claim that is no equation, a function among the inputs, a limit."""


class BadInput(ValueError):
    """Arrays whose shapes do not fit the types of the page, or numbers outside the givens."""


def says_it_all(failure: Any) -> bool:
    """Whether pytest may leave out the frames of a module that has this as its `__tracebackhide__`: of what is wrong with a test.

    That is a failed assertion or an error named in this package, which say what to do; anything else is shown with all its frames.
    """
    return issubclass(failure.type, AssertionError) or failure.type.__module__.startswith("derive.")


__tracebackhide__ = says_it_all

# -- making one


def oracle(source: Derivation | str | Any, *, given: str = "", dtype: str = "float64") -> Oracle:
    """The function that gives the value of `source`, correctly rounded to `dtype` (`float64` or `float32`).

    `source` is a derivation, which is checked now, and whose claim is an equation: the value is that of its right side; or of its
    left side, if that mentions fewer symbols, for the others then do not matter. Or it is an expression in the language of pages or
    of SymPy, whose symbols `given` declares. Raises NotCertified, with the report, and NoOracle.
    """
    if dtype not in FORMATS:
        raise NoOracle(f"{dtype} is no format of an oracle, which are {', '.join(FORMATS)}")
    if isinstance(source, Derivation):
        if given:
            raise NoOracle(f"the page says what is given; {given!r} goes with an expression only")
        sides, givens = _sides(source)
    elif isinstance(source, str):
        sides, givens = _read(source, given)
    else:
        from derive.sympy_bridge import NoForm, from_sympy  # late: SymPy is slow to import

        try:
            sides, givens = _read(show(from_sympy(source)), given)
        except NoForm as error:
            raise NoOracle(f"{error}; an oracle is made of a derivation, of an expression as text, or of one of SymPy") from None
    return min((Oracle(side, givens, dtype) for side in sides), key=lambda o: len(o.inputs)).checked()


def _sides(derivation: Derivation) -> tuple[list[Term], Givens]:
    """The right and the left side of what a derivation claims, and its givens, once it is certified."""
    derivation.certify()
    page = derivation.page
    if page.relation is not Relation.EQ:
        claim = f"{show(page.left)} {page.relation} {show(page.right)}"
        raise NoOracle(f"{claim} is no equation, and the value of an oracle is a side of one; name a derivation that claims left = right")
    left, right, givens = unfolded(Claim(page.givens, page.left, page.relation, page.right, (), page.definitions))
    return [right, left], givens


def _read(source: str, given: str) -> tuple[list[Term], Givens]:
    """An expression as text, and its givens."""
    try:
        givens, _ = read_givens([Piece(given.strip(), 0)] if given.strip() else [])
        return [read(Piece(source, 0), shapes(dict(givens.symbols)))], givens
    except Fault as fault:
        hint = f"; {fault.hint}" if fault.hint else ""
        raise NoOracle(f"{fault.message}, at {fault.piece.text!r} of the oracle {source!r} given {given!r}{hint}") from None


# -- the function


@dataclass(frozen=True)
class Oracle:
    """A function of arrays that gives the value of a term, correctly rounded.

    Inputs come in the order of the givens, or by name. A size is read off the shapes; only one that no input has is an input itself.
    A family `real[N, d]` is an array with the last axes (N, d), a plain symbol has none; the axes before are broadcast together and
    run over, as in NumPy's generalized ufuncs, and are the axes of the result. An index is 0-based, as in code. Inputs are taken as
    the exact numbers that their floats are.

    Types are enforced, and hypotheses on inputs alone; but of an equation among them only half of the digits, for few floats satisfy
    one exactly. The result is rounded to nearest, ties to even, from the one exact value: it is subnormal or zero where that is tiny,
    with the sign of the value (+0.0 where the value is 0, or nearer to it than can be told), and infinite where it overflows.
    """

    value: Term  # no defined name is in it
    givens: Givens
    dtype: str = "float64"
    over: Mapping[str, Term] = field(default_factory=dict)  # the indices, with their sizes, that make the last axes of the result

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
        """The oracle of the derivative in one input, by power series of balls; for a family, an array of its shape.

        A page that derives a gradient is an oracle of it as well, called with its index, such as k=range(K). Raises NoOracle where
        nothing can be differentiated in that input.
        """
        if name not in self.inputs:
            raise NoOracle(f"{name} is no input of this oracle; the inputs are {', '.join(self.inputs) or 'none'}")
        symbols = dict(self.givens.symbols)
        over: dict[str, Term] = {}
        for axis, size in enumerate(symbols[name].shape, 1):
            over[index := fresh(f"{name}_{axis}", symbols)] = size
            symbols[index] = Type("index", size)
        variable = call("elem", sym(name), *map(sym, over)) if over else sym(name)
        givens = replace(self.givens, symbols=symbols)
        return replace(self, value=call("diff", self.value, variable), givens=givens, over={**self.over, **over}).checked()

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """The value at these inputs: a NumPy scalar, or an array. Raises BadInput, NoValue and Undecided."""
        arrays = self._bound(args, kwargs)
        sizes, axes = self._sizes(arrays)
        cells = tuple(_length(size, sizes) for size in self.over.values())
        out: NDArray[Any] = np.empty((math.prod(axes), *cells), self.dtype)
        for k, point in enumerate(self._points(arrays, sizes, axes)):
            for cell in np.ndindex(*cells):
                here = Environment({**point, **dict(zip(self.over, (fmpq(i + 1) for i in cell), strict=True))})
                try:
                    out[k, *cell] = rounded(self.value, here, FORMATS[self.dtype])
                except (NoValue, Undecided) as error:
                    at = ", ".join(map(str, (*np.unravel_index(k, axes), *cell)))
                    raise type(error)(f"{error} (element [{at}])" if at else str(error)) from None
                except Unsupported as error:
                    raise NoOracle(f"{show(self.value)} has no oracle for arrays like these: {error}") from None
        return out.reshape(axes + cells)[()]

    def _bound(self, args: Sequence[Any], kwargs: Mapping[str, Any]) -> dict[str, NDArray[Any]]:
        """The inputs by name, as arrays of numbers."""
        signature = inspect.Signature([inspect.Parameter(n, inspect.Parameter.POSITIONAL_OR_KEYWORD) for n in self.inputs])
        try:
            given = signature.bind(*args, **kwargs).arguments
        except TypeError as error:
            raise BadInput(f"{error}; the inputs are {', '.join(self.inputs) or 'none'}") from None
        arrays = {}
        for name, x in given.items():
            try:
                arrays[name] = array = np.asarray(x)
            except ValueError as error:  # rows of different lengths
                raise BadInput(f"{name} is no array: {error}") from None
            if array.dtype.kind not in "biuf":
                raise BadInput(f"{name} has elements of type {array.dtype}, and an input holds real numbers")
        return arrays

    def _sizes(self, arrays: Mapping[str, NDArray[Any]]) -> tuple[dict[str, int], tuple[int, ...]]:
        """The sizes that the shapes tell, and the shape of what is run over."""
        told: dict[str, tuple[int, str]] = {}  # a size, and by what
        axes = []
        for name, array in arrays.items():
            sizes = self.givens.symbols[name].shape
            split = array.ndim - len(sizes)
            shaped = f"{name} of shape {array.shape}"
            if split < 0:
                raise BadInput(f"{shaped} has too few axes: the last ones are those of {name}[{', '.join(map(show, sizes))}]")
            axes.append(array.shape[:split])
            for size, length in zip(sizes, array.shape[split:], strict=True):
                expected, by = (int(size.args[0]), "the page") if size.op == "num" else told.setdefault(size.name, (length, shaped))
                if length != expected:
                    raise BadInput(f"{show(size)} is {expected} by {by}, and {length} by {shaped}")
                if not length:
                    raise BadInput(f"{show(size)} is 0 by {shaped}, and a size is at least 1")
        try:
            return {name: length for name, (length, _) in told.items()}, np.broadcast_shapes(*axes)
        except ValueError:
            listed = ", ".join(f"{name} {shape}" for name, shape in zip(arrays, axes, strict=True))
            raise BadInput(f"these shapes cannot be broadcast together: {listed}") from None

    def _points(self, arrays: Mapping[str, NDArray[Any]], sizes: Mapping[str, int], axes: tuple[int, ...]) -> Iterator[Environment]:
        """The exact inputs, one set after the other."""
        symbols, columns = self.givens.symbols, {}
        for name, array in arrays.items():
            own = array.shape[: array.ndim - len(symbols[name].shape)]
            flat = array.reshape(-1, *array.shape[len(own) :]).tolist()
            taken = np.broadcast_to(np.arange(len(flat)).reshape(own), axes).ravel().tolist()
            exact = [self._exact(name, x, sizes) for x in flat]
            columns[name] = [exact[i] for i in taken]
        fixed = {name: fmpq(length) for name, length in sizes.items()}
        counted = [(n, t.over.name) for n in arrays if (t := symbols[n]).over is not None and t.over.op == "sym" and t.over.name in arrays]
        for k in range(math.prod(axes)):
            point = environment({**fixed, **{name: column[k] for name, column in columns.items()}})
            for name, size in counted:
                if (last := max(_numbers(point[name]))) > point[size]:
                    raise BadInput(f"{name} = {last - 1} is no index from 0 to {size} - 1, with {size} = {point[size]}")
            self._hold(point)
            yield point

    def _exact(self, name: str, x: Any, sizes: Mapping[str, int]) -> Any:
        """A number of that type, or nested tuples of such, from what an array holds."""
        if isinstance(x, list):
            return tuple(self._exact(name, y, sizes) for y in x)
        if not math.isfinite(x):
            raise BadInput(f"{name} = {x} is no number")
        value, type_ = fmpq(*x.as_integer_ratio()), self.givens.symbols[name]
        if type_.over is not None:  # an index, which the page counts from 1
            value, length = value + 1, _length(type_.over, sizes)
            if not of_kind(value, KINDS["index"]) or value > length > 0:
                known = f" = {length}" if length else ""
                raise BadInput(f"{name} = {x} is no index from 0 to {show(type_.over)} - 1{known and f', with {show(type_.over)}'}{known}")
        elif not of_kind(value, KINDS[type_.kind]):
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


def _length(size: Term, sizes: Mapping[str, int]) -> int:
    """How long an axis of that size is; 0 where no shape tells it."""
    return int(size.args[0]) if size.op == "num" else sizes.get(size.name, 0)


def _numbers(x: Any) -> Iterator[Any]:
    """All numbers in nested tuples."""
    if isinstance(x, tuple):
        for y in x:
            yield from _numbers(y)
    else:
        yield x


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

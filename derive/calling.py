"""How the inputs of a page become the arguments of a function: by name, by position, without indices that it runs over itself.

Knows signatures; may not know what the function computes.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from derive.inputs import Inputs
from derive.oracle import Oracle, says_it_all

__tracebackhide__ = says_it_all


class WrongSignature(TypeError):
    """A function whose parameters cannot be matched with the inputs of the page."""


class Arrangement(NamedTuple):
    """Which inputs code takes, in its order, by name or by position; and the indices that it leaves out, in the order of its axes."""

    names: tuple[str, ...]
    left_out: tuple[str, ...] = ()
    by_name: bool = False

    def call(self, fn: Callable[..., Any], inputs: Inputs) -> Any:
        taken = {name: inputs[name] for name in self.names}
        return fn(**taken) if self.by_name else fn(*taken.values())


def arranged(
    fn: Callable[..., Any], oracle: Oracle, axes: Sequence[str], arguments: Sequence[str] | None, usual: int | None = None
) -> Arrangement:
    """How the inputs of a page become arguments: by name where the parameters are called as on the page, else in its order.

    `arguments` says it outright: names of the page in the order of the parameters. Code may leave out what the formula does not
    mention, and the indices `axes`, the last ones first; then it returns an array that runs over them. Where its signature does not
    tell, it takes all but the indices after the `usual` number of them (None: all). Raises WrongSignature.
    """
    if not callable(fn):
        raise WrongSignature(f"the code is a function, and not {fn!r}")
    taken = range(len(axes), -1, -1)  # how many of the indices it takes
    everything = _page(oracle)
    choices = [tuple(n for n in names if n not in axes[k:]) for names in (oracle.inputs, everything) for k in taken]
    try:
        signature = inspect.signature(fn)
    except (TypeError, ValueError):  # functions of C may have none
        signature = None
    if arguments is not None:
        chosen, by_name = _outright(name_of(fn), signature, oracle, axes, arguments), False
    elif signature is None or _takes_anything(signature):
        chosen, by_name = tuple(n for n in everything if usual is None or n not in axes[usual:]), False
    else:
        chosen, by_name = _matched(name_of(fn), signature, oracle, axes, choices)
    return Arrangement(chosen, tuple(n for n in axes if n not in chosen), by_name)


def _page(oracle: Oracle) -> tuple[str, ...]:
    """What the page gives, in its order, without the sizes that are read off shapes."""
    symbols = {name: type_ for name, type_ in oracle.givens.symbols.items() if name not in oracle.over}
    told = {size.name for type_ in symbols.values() for size in type_.shape if size.op == "sym"}
    return tuple(name for name in symbols if name not in told)


def _takes_anything(signature: inspect.Signature) -> bool:
    kinds = {p.kind for p in signature.parameters.values()}
    return inspect.Parameter.VAR_POSITIONAL in kinds and kinds <= {inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD}


def _outright(
    name: str, signature: inspect.Signature | None, oracle: Oracle, axes: Sequence[str], arguments: Sequence[str]
) -> tuple[str, ...]:
    """The inputs that a caller says the code takes. Raises WrongSignature."""
    unknown = [f"{n} is not given" for n in arguments if n not in oracle.givens.symbols]
    missing = [f"{n} is missing" for n in oracle.inputs if n not in arguments and n not in axes]
    twice = ["a name stands there twice"] * (len(set(arguments)) < len(arguments))
    if wrong := [*unknown, *missing, *twice]:
        raise WrongSignature(f"arguments={tuple(arguments)}: {wrong[0]}; the page gives {_listed(oracle, axes)}")
    try:
        if signature is not None:
            signature.bind(*arguments)
    except TypeError as error:
        raise WrongSignature(f"{name}{signature} does not take arguments={tuple(arguments)}: {error}") from None
    return tuple(arguments)


def _matched(
    name: str, signature: inspect.Signature, oracle: Oracle, axes: Sequence[str], choices: Sequence[tuple[str, ...]]
) -> tuple[tuple[str, ...], bool]:
    """The inputs that fit a signature, and whether they fit by name. Raises WrongSignature."""
    plain = [p for p in signature.parameters.values() if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)]
    required = [p for p in plain if p.default is p.empty]
    named = tuple(p.name for p in plain if p.kind is not p.POSITIONAL_ONLY and p.name in oracle.givens.symbols)
    if all(p.name in named for p in required) and all(n in named or n in axes for n in oracle.inputs):
        return named, True
    advice = f"the page gives {_listed(oracle, axes)}; say which is which by arguments=(…), names of the page in the order of the code"
    chosen = next((c for c in choices if len(c) == len(required)), None)
    if chosen is None or any(p.kind is p.KEYWORD_ONLY for p in required):
        needs = ", ".join(p.name for p in required) or "nothing"
        raise WrongSignature(f"{name}{signature} needs {needs}, and {advice}")
    for parameter, meant in zip(required, chosen, strict=True):
        if parameter.name != meant and parameter.name in _page(oracle):
            raise WrongSignature(f"{name}{signature} has {parameter.name} where the page has {meant}: {advice}")
    return chosen, False


def _listed(oracle: Oracle, axes: Sequence[str]) -> str:
    spared = f" ({', '.join(axes)} may be left out, for an array over {'it' if len(axes) == 1 else 'them'})" * bool(axes)
    return (", ".join(_page(oracle)) or "nothing") + spared


def name_of(fn: Callable[..., Any]) -> str:
    return getattr(fn, "__name__", type(fn).__name__)

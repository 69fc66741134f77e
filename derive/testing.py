"""What tests import: assertions on expressions and derivations, and oracles for implementations; may know no test runner.

    from derive.testing import assert_certified, assert_equal_expr, assert_implements, oracle

A failed assertion says what the report says, and gives the page to paste. The checks run in the process of the test, as
`Derivation.certify` does.
"""

from __future__ import annotations

import linecache
from importlib import import_module
from typing import TYPE_CHECKING, Any

from derive.check import check_derivation
from derive.model import Outcome, Place, Status
from derive.page import Derivation
from derive.report import brief, plain, steps_of
from derive.show import text as show
from derive.show import type_text

if TYPE_CHECKING:
    from derive.autograd import MissingBackend, jax_gradient, torch_gradient
    from derive.calling import WrongSignature
    from derive.implements import Findings, WrongResult, assert_gradient, assert_implements, inputs, measure, measure_gradient
    from derive.inputs import NothingSatisfies
    from derive.oracle import Oracle, oracle

# what stands in modules that need NumPy, or Hypothesis
_ELSEWHERE = {
    name: module
    for module, names in {
        "oracle": ("Oracle", "oracle"),
        "implements": ("Findings", "WrongResult", "assert_gradient", "assert_implements", "inputs", "measure", "measure_gradient"),
        "inputs": ("NothingSatisfies",),
        "calling": ("WrongSignature",),
        "autograd": ("MissingBackend", "jax_gradient", "torch_gradient"),
    }.items()
    for name in names
}

__all__ = [
    "Findings", "MissingBackend", "NothingSatisfies", "Oracle", "WrongResult", "WrongSignature", "assert_certified", "assert_equal_expr",
    "assert_gradient", "assert_implements", "inputs", "jax_gradient", "measure", "measure_gradient", "oracle", "torch_gradient",
]  # fmt: skip

_FILE = "<assert_equal_expr>"
_ADVICE = "Neither proved nor refuted: write the lines between as a chain, derivation(…), and assert_certified it."


def __getattr__(name: str) -> Any:
    if name not in _ELSEWHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        return getattr(import_module(f"derive.{_ELSEWHERE[name]}"), name)
    except ModuleNotFoundError as error:
        if error.name not in ("numpy", "hypothesis"):
            raise
        brings = f"{name} needs the package {error.name}: pip install 'derive-checker[testing]'"
        raise ModuleNotFoundError(brings, name=error.name) from None


def assert_equal_expr(a: Any, b: Any, given: str | None = None, by: str | None = None) -> None:
    """Assert that `a = b` is proved for all values that `given` allows, both sides being defined.

    `a` and `b` are texts in the language of pages or SymPy expressions; `given` and `by` are what stands behind these words on a
    page: `assert_equal_expr("log(x**2)", "2*log(x)", given="x: positive", by="log of a power")`. Without `given`, SymPy's symbols
    have the types of their assumptions; without `by`, any rules may prove it. The AssertionError has the verdict, the values that
    refute it, what may have been meant, the condition that is missing, and the page.
    """
    __tracebackhide__ = True
    given = _assumed([e for e in (a, b) if not isinstance(e, str)]) if given is None else given
    left, right = _written(a, "first"), _written(b, "second")
    reason = f"    by {by}" if by else ""
    page = "\n".join([f"given {given}"] * bool(given) + [f"claim {left} = {right}", "", f"    {left}", f"  = {right}{reason}"])
    # errors show the line they are in, and this has no file to look it up
    linecache.cache[_FILE] = (len(page), None, page.splitlines(keepends=True), _FILE)
    outcome = check_derivation(Derivation(page, Place(_FILE, 1), "NAME"), {})
    if outcome.status is not Status.PROVED:
        advice = [_ADVICE, ""] if outcome.status is Status.UNDECIDED and not outcome.verdicts[0].missing else []
        failed = [f"{left} = {right}: {_said(outcome)}", "", plain(outcome), "", *advice]
        raise AssertionError("\n".join([*failed, "As a page:", "", "```derive NAME", page, "```"]))


def assert_certified(derivation: Derivation) -> None:
    """Assert that every step of a derivation is proved. The AssertionError has the report on it, or the error in the page."""
    __tracebackhide__ = True
    if not isinstance(derivation, Derivation):
        raise TypeError(f"assert_certified takes a Derivation, as derivation(…) makes it, and not {type(derivation).__name__}")
    outcome = check_derivation(derivation)
    if outcome.status is not Status.PROVED:
        name = derivation.name or f"the derivation at line {derivation.place.line}"
        raise AssertionError(f"{name}: {_said(outcome)}\n\n{plain(outcome)}")


def _said(outcome: Outcome) -> str:
    """What is wrong with a derivation, in one line."""
    if outcome.error:
        return outcome.error.message
    return next(brief(line, verdict) for line, verdict in steps_of(outcome) if verdict.status is outcome.status)


def _written(e: Any, which: str) -> str:
    """One side in the language of pages, on one line."""
    __tracebackhide__ = True
    if isinstance(e, str):
        return " ".join(e.split())
    from derive.sympy_bridge import NoForm, from_sympy  # late: SymPy is slow to import

    try:
        return show(from_sympy(e))
    except NoForm as error:
        advice = "" if hasattr(e, "free_symbols") else "; give one, or a text in the language of pages, where 0.5 is 1/2 exactly"
        raise AssertionError(f"the {which} expression: {error}{advice}") from None


def _assumed(expressions: list[Any]) -> str:
    """What SymPy's assumptions say of the symbols, as a page would; nothing where a side has no form, which is said elsewhere."""
    if not expressions:
        return ""
    from derive.sympy_bridge import NoForm, givens_of  # late: SymPy is slow to import

    try:
        found = givens_of(*expressions)
    except NoForm:
        return ""
    return ", ".join([*(f"{name}: {type_text(kind)}" for name, kind in found.symbols.items()), *map(show, found.hypotheses)])

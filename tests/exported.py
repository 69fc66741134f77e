"""Exported code, run: at points inside the givens of its page, beside the value by balls. For the tests of exports."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import sympy as sp

from derive.balls import evaluate
from derive.claims import unfolded
from derive.export import export
from derive.model import Claim, Outcome, Page, Place, Status, Verdict
from derive.page import read_page
from derive.points import Points, plain

STYLES = ("corner", "random", "positive", "spread", "constants")


def page_of(text: str) -> Page:
    return read_page(text, Place("<test>", 1))


def taken_as_proved(name: str, page: Page) -> Outcome:
    """The outcome of a page of which every step was proved; so that code is tested without waiting for proofs."""
    return Outcome(name, page, tuple(Verdict(Status.PROVED) for _ in page.lines[1:]))


def function(source: str, name: str) -> Any:
    """The function that exported source defines."""
    space: dict[str, Any] = {}
    exec(compile(source, f"<{name}>", "exec"), space)
    made = re.findall(r"^def (\w+)", source, re.MULTILINE)
    return space[made[-1]]


def points(page: Page, count: int = 6) -> Iterator[tuple[Mapping[str, Any], float]]:
    """Exact values of the symbols, inside the givens, with the value of the right side there."""
    _, right, givens = unfolded(Claim(page.givens, page.left, page.relation, page.right, (), page.definitions))
    source = Points(givens, seed=3)
    found = 0
    for k in range(12 * count):
        env = source.draw(STYLES[k % len(STYLES)], k)
        if env is not None and found < count:
            found += 1
            yield {name: plain(env[name]) for name in page.givens.symbols}, float(evaluate(right, env, 300))
    assert found, "no point inside the givens"


def arguments(page: Page, names: list[str], values: Mapping[str, Any]) -> list[Any]:
    """Values as NumPy has them: indices from 0."""
    return [_array(page, name, values[name]) for name in names]


def _array(page: Page, name: str, value: Any) -> Any:
    kind = page.givens.symbols[name].kind
    if kind in ("index", "size"):
        out = np.array(_nested(value, int)) - (kind == "index")
        return int(out) if out.ndim == 0 else out
    return np.array(_nested(value, float))


def _nested(value: Any, kind: Any) -> Any:
    return [_nested(v, kind) for v in value] if isinstance(value, tuple) else kind(value)


def symbolic_value(page: Page, made: Any, names: list[str], values: Mapping[str, Any]) -> float:
    """The value of a function for SymPy: called with symbols for families, whose elements are put in when sums are written out."""
    bases = {n: sp.IndexedBase(n) if page.givens.symbols[n].shape else _exact(values[n]) for n in names}
    out = sp.Add(made(*bases.values()), 0).doit()
    for _ in range(3):  # an index may be an element itself
        out = out.subs({x: _exact(_at(values[str(x.base)], x.indices)) for x in out.atoms(sp.Indexed) if _plain(x)})
    return float(out.doit().evalf(30))


def _plain(x: sp.Indexed) -> bool:
    return all(i.is_Integer for i in x.indices)


def _at(value: Any, indices: Any) -> Any:
    for i in indices:
        value = value[int(i) - 1]
    return value


def _exact(value: Any) -> sp.Rational:
    return sp.Rational(value.numerator, value.denominator)


def parameters(source: str) -> list[str]:
    """The names of the parameters of the last function in a source."""
    *_, found = re.findall(r"^def \w+\((.*)\):", source, re.MULTILINE)
    return [p for p in found.split(", ") if p]


def exported(page: Page, to: str, name: str = "mine") -> str:
    return export(taken_as_proved(name, page), to)


def close(a: float, b: float, rel: float = 1e-9) -> bool:
    return math.isclose(a, b, rel_tol=rel, abs_tol=1e-11)

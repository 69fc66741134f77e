"""Conditions of definedness that the checker names as missing: adds them to the givens, as a user would, and asks again.

Nothing else is ever added. What is undefined for this checker may have a value for SymPy (`0**x`, a derivative at a corner that
cancels), so `still_spoken_of` looks for places that the conditions exclude and at which SymPy finds both sides real and finite.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import NamedTuple

import sympy

from derive.check import check
from derive.domain import Domain
from derive.judge import contradiction
from derive.model import Claim, Givens, Value, Verdict
from derive.refute import satisfying_point
from derive.signs import negation
from derive.sympy_bridge import to_sympy
from derive.term import Term, free, walk

ROUNDS = 6  # a condition may have conditions
_WORKED_OUT = (sympy.Derivative, sympy.Integral, sympy.Limit, sympy.Sum, sympy.Product)
PLACES = 5  # looked at of what a condition excludes


class Supplied(NamedTuple):
    """What is known of a claim once the conditions are among its givens, and which were added."""

    claim: Claim
    verdict: Verdict
    added: tuple[Term, ...] = ()


def supplied(claim: Claim, verdict: Verdict, seconds: float) -> Supplied:
    """The claim with every condition that its verdict names as missing, and so on until none is missing.

    Stops before conditions that cannot be written as hypotheses, or that nothing satisfies together with the givens.
    """
    added: tuple[Term, ...] = ()
    for _ in range(ROUNDS):
        new = [c for c in verdict.missing if _is_hypothesis(c, claim.givens) and c not in claim.givens.hypotheses]
        if not new:
            break
        more = replace(claim, givens=_with(claim.givens, _needed(claim.givens, new)))
        if contradiction(more.givens) is not None or satisfying_point(more.givens) is None:
            break
        added += more.givens.hypotheses[len(claim.givens.hypotheses) :]
        claim, verdict = more, check(more, seconds)
    return Supplied(claim, verdict, added)


def _with(givens: Givens, more: Iterable[Term]) -> Givens:
    return Givens(givens.symbols, (*givens.hypotheses, *more))


def _is_hypothesis(condition: Term, givens: Givens) -> bool:
    """Whether a page could state it: that a limit exists, or that a variable is free to move, is none of the propositions."""
    return not any(t.op == "is" for t in walk(condition)) and free(condition) <= set(givens.symbols)


def _needed(givens: Givens, conditions: list[Term]) -> list[Term]:
    """The conditions without those that the others imply, the weak ones first."""
    out = list(conditions)
    for c in sorted(conditions, key=lambda c: c.op not in ("ne", "le", "ge")):
        others = [x for x in out if x != c]
        if Domain(_with(givens, others)).implies(c):
            out = others
    return out


# -- what the conditions exclude, for SymPy


def still_spoken_of(claim: Claim, added: Iterable[Term]) -> str:
    """A sampled place that the conditions exclude although both sides are real and finite there for SymPy; empty where none is found."""
    for condition in added:
        outside = _with(claim.givens, [negation(condition)])
        for seed in range(PLACES):
            place = satisfying_point(outside, seed)
            if place and _has_values(claim, place):
                return ", ".join(f"{name} = {value}" for name, value in place.items())
    return ""


def _has_values(claim: Claim, place: Mapping[str, Value]) -> bool:
    if not all(isinstance(value, Fraction) for value in place.values()):
        return False
    plain = Givens(claim.givens.symbols)
    with contextlib.suppress(Exception):  # SymPy raises many kinds of things here, and all of them mean: no value
        for side in (claim.left, claim.right):
            written = to_sympy(side, plain)
            at = {s: sympy.Rational(place[s.name].numerator, place[s.name].denominator) for s in written.free_symbols}  # type: ignore[union-attr]
            if written.has(*_WORKED_OUT):  # only where it has to be: x/x would become 1
                written = written.doit()
            value = written.xreplace(at).doit().evalf()
            if not (value.is_real and value.is_finite and value.is_number):
                return False
        return True
    return False

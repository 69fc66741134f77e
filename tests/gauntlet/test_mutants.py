"""Mutants of every step of `proofs/`: one slip each. None is proved unless it is true; the false ones are refuted; and the diagnosis
says what the slip was.

The small size takes one mutant a step, drawn with a fixed seed so that all kinds come up; the large one takes all.
"""

from __future__ import annotations

import pkgutil
import random
from collections import defaultdict
from collections.abc import Iterator, Mapping
from importlib import import_module

import pytest
from mutants import Slip, alike, same_by_sympy, slips
from tally import Tally

import proofs
from derive import check
from derive.check import Library
from derive.claims import unfolded
from derive.mistakes import SLIPS
from derive.model import Claim, Diagnosis, Relation, Status, Verdict
from derive.page import collect_module
from derive.refute import search
from derive.show import text

MODULES = [m.name for m in pkgutil.iter_modules(proofs.__path__)]
LIBRARY = Library({d.name: d for name in MODULES for d in collect_module(import_module(f"proofs.{name}"))})
GROUP = "slips of the pen in the steps of proofs/"
# What a slip may be called: the names of `mistakes.SLIPS`, by the kind of mutant.
NAMES: Mapping[str, tuple[str, ...]] = {
    "sign flipped": ("sign",), "index changed": ("index",), "range shifted": ("range", "left out"), "term dropped": ("term lost",),
    "factor dropped": ("factor lost", "constant factor", "base factor", "delta factor", "power lost", "divided"),
    "constant changed": ("number", "constant factor"), "symbols swapped": ("symbol", "exchanged"),
    "operands swapped": ("difference", "fraction", "exponent", "turned"), "base changed": ("base", "base factor"),
    "function changed": ("function", "function lost", "function added", "extremum"),
    "relation turned": ("turned", "strict"), "condition removed": ("condition",),
}  # fmt: skip


def chosen(claim: Claim, seed: str, large: bool) -> list[Slip]:
    """All mutants of a step; or one, of a kind that is drawn first, so that the rare kinds come up as well."""
    every = slips(claim)
    if large or not every:
        return every
    by_kind: dict[str, list[Slip]] = defaultdict(list)
    for slip in every:
        by_kind[slip.kind].append(slip)
    rng = random.Random(seed)
    return [rng.choice(by_kind[rng.choice(list(by_kind))])]


def is_true(claim: Claim) -> bool:
    """A second opinion, which knows nothing of the kernel: SymPy's on an equality of numbers, and that of a long search."""
    left, right, givens = unfolded(claim)
    if search(givens, left, claim.relation, right, points=300, seconds=2.0).witness is not None:
        return False
    if claim.relation is not Relation.EQ or left.op in ("argmax", "argmin"):
        return True
    try:
        return same_by_sympy(claim)
    except TypeError:  # the guard of a case that SymPy cannot decide
        return True


def named(found: Diagnosis | None, slip: Slip, original: Claim) -> bool:
    """Whether a diagnosis says what the slip was: by its name, or by what it says was meant."""
    if found is None:
        return False
    if slip.kind == "condition removed":
        return found.condition is not None
    if found.suggestion is not None and found.relation is original.relation and alike(found.suggestion, original.right):
        return True
    return any(found.name.en.startswith(SLIPS[key].en.partition(", {}")[0]) for key in NAMES[slip.kind])


def steps() -> Iterator[tuple[str, Claim]]:
    for name, d in LIBRARY.items():
        if d.page.expect is None:
            for i in range(len(d.page.lines) - 1):
                yield f"{name} step {i + 1}", check.claim_of_step(d, LIBRARY, i)


@pytest.mark.parametrize("module", MODULES)
def test_no_slip_is_proved_unless_it_is_true_and_the_diagnosis_names_it(module: str, tally: Tally, large: bool) -> None:
    wrong: list[str] = []
    for where, claim in steps():
        if where.startswith(f"{module}."):
            for slip in chosen(claim, where, large):
                verdict = check.diagnosed(check.check(slip.claim))
                count(tally, slip, claim, verdict)
                proved = verdict.status in (Status.PROVED, Status.MISREASONED)
                if verdict.status is Status.CONFLICT or (proved and not is_true(slip.claim)):
                    removed = "" if slip.removed is None else f" without {text(slip.removed)}"
                    sides = f"{text(slip.claim.left)} {slip.claim.relation} {text(slip.claim.right)}"
                    wrong.append(f"{verdict.status}: {where}, {slip.kind}: {sides}{removed}")
    tally.count(GROUP, "… proved, and nobody else sees that it is true", len(wrong))
    assert wrong == []


def count(tally: Tally, slip: Slip, original: Claim, verdict: Verdict) -> None:
    """One mutant more: what became of it, and whether the slip was named."""
    true = verdict.status in (Status.PROVED, Status.MISREASONED)
    witness = verdict.search is not None and verdict.search.witness is not None
    refuted = witness or verdict.negation is not None
    tally.count(GROUP, "tried, a sample in the small size")
    tally.count(GROUP, "… true all the same: proved, and true by SymPy or a long search", int(true), 1)
    tally.count(GROUP, "… false or open, and refuted with a witness", int(witness), int(not true))
    tally.count(GROUP, "… … or by a proof of the negation, as limits are", int(refuted and not witness), int(not true))
    tally.count(GROUP, "… refuted, and the diagnosis names the slip or gives the line back",
        int(refuted and named(verdict.diagnosis, slip, original)), int(refuted))
    tally.count(GROUP, "… undecided, and the diagnosis does so all the same",
        int(not refuted and not true and named(verdict.diagnosis, slip, original)), int(not refuted and not true))


def test_nearly_all_slips_are_refuted_and_named(tally: Tally) -> None:
    """Runs behind the others; nine in ten are aimed at."""
    rows = tally.counts.get(GROUP)
    if not rows or rows["tried, a sample in the small size"][0] < 300:
        pytest.skip("the mutants were not tried in this run")
    refuted, of = rows["… false or open, and refuted with a witness"]
    named_, refuted_in_all = rows["… refuted, and the diagnosis names the slip or gives the line back"]
    assert refuted >= 0.8 * of
    assert named_ >= 0.88 * refuted_in_all

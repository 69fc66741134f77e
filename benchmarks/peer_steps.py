"""The steps that everybody is asked: right ones and wrong ones, each wrong one with values at which mpmath sees that it fails."""

from __future__ import annotations

import importlib
import json
import random
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from peer_values import fails

import proofs
from derive.check import Library, claim_of_step
from derive.claims import Rejected, unfolded
from derive.model import Claim, PageError, Relation, Value
from derive.page import collect_markdown, collect_module
from derive.refute import search

ROOT = Path(__file__).parents[1]
SEARCH_POINTS, SEARCH_SECONDS = 200, 1.0  # to find the values at which a wrong step fails


class Step(NamedTuple):
    """A step with known truth; `fails` has the values at which a wrong one is wrong, and what both sides are there."""

    name: str
    group: str
    right: bool
    claim: Claim
    fails: tuple[Mapping[str, Value], str, str] | None = None


def library() -> Library:
    """All derivations of `proofs/`."""
    return Library({d.name: d for name in proofs.__all__ for d in collect_module(importlib.import_module(f"proofs.{name}"))})


def _steps(of: Library, refuted: bool) -> Iterator[tuple[str, Claim]]:
    for name, d in of.items():
        if (d.page.expect is not None) is refuted:
            for i in range(len(d.page.lines) - 1):
                yield f"{name} step {i + 1}", claim_of_step(d, of, i)


def right(of: Library) -> list[Step]:
    """Every step of the proved derivations of `proofs/`."""
    return [
        Step(name, "equalities" if claim.relation is Relation.EQ else "other relations", True, claim)
        for name, claim in _steps(of, refuted=False)
    ]


def refuted(of: Library) -> Iterator[tuple[str, str, Claim]]:
    """The steps of the derivations of `proofs/` that are marked as wrong."""
    for name, claim in _steps(of, refuted=True):
        yield name, "printed slips of proofs/", claim


def wrong_pages() -> Iterator[tuple[str, str, Claim]]:
    """The last step of every page of `tests/wrong/`."""
    for file in sorted((ROOT / "tests/wrong").glob("*.md")):
        pages = {d.name: d for d in collect_markdown(file.read_text(encoding="utf-8"), str(file))}
        for name, d in pages.items():
            yield f"{file.stem}.{name}", "wrong pages of tests/wrong/", claim_of_step(d, Library(pages), len(d.page.lines) - 2)


def mutants(of: Library, count: int, seed: int) -> Iterator[tuple[str, str, Claim]]:
    """One-place slips in steps of `proofs/`, as `tests/mutants.py` makes them: of so many steps, each time one of a kind drawn first."""
    sys.path.append(str(ROOT / "tests"))
    from mutants import slips

    rng = random.Random(seed)
    every = list(_steps(of, refuted=False))
    for name, claim in rng.sample(every, min(count, len(every))):
        by_kind: dict[str, list[Claim]] = defaultdict(list)
        for slip in slips(claim):
            by_kind[slip.kind].append(slip.claim)
        if by_kind:
            kind = rng.choice(sorted(by_kind))
            yield f"{name}, {kind}", "mutants of proofs/", rng.choice(by_kind[kind])


def witnessed(name: str, group: str, claim: Claim) -> Step | None:
    """A wrong step with values at which mpmath sees that it fails; None where there are none to be had."""
    try:
        left, right_, givens = unfolded(claim)
    except Rejected:
        return None
    found = search(givens, left, claim.relation, right_, points=SEARCH_POINTS, seconds=SEARCH_SECONDS).witness
    if found is None or found.undefined or (sides := fails(claim, found.values)) is None:
        return None
    return Step(name, group, False, claim, (found.values, *sides))


def corpus(file: Path) -> tuple[list[Step], list[tuple[str, str, Claim]]]:
    """Other people's steps, those within the language: the right ones, and the wrong ones that have still to be witnessed."""
    from corpus_rows import Outside, claim_of, well_formed

    good: list[Step] = []
    bad: list[tuple[str, str, Claim]] = []
    for row in map(json.loads, filter(str.strip, file.read_text(encoding="utf-8").splitlines())):
        try:
            claim = claim_of(row)
        except (Outside, PageError):
            continue
        if well_formed(claim):
            continue
        if row["expect"] == "true":
            good.append(Step(row["id"], "other people's steps", True, claim))
        elif row["class"] != "branch":
            bad.append((row["id"], "other people's wrong steps", claim))
    return good, bad

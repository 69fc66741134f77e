"""Runs the checker on a corpus of other people's steps with known truth (JSONL), and counts.

    python benchmarks/corpus.py FILE [--jobs N] [--limit N] [--show false-proved] [--sympy]

Each line of FILE holds `id, source, vars, domain, lhs, rel, rhs, expect, class`, expressions in Python's syntax with SymPy's
names; `corpus_rows` makes claims of them. A true step is one whose sides agree wherever both are real and finite; the checker
also demands that they are defined. So each step is run in two ways: as it stands, and with the conditions of definedness that the
checker names as missing among its givens (`corpus_conditions`). A step of the class `branch` is false only where a condition
fails: with its conditions it may rightly be proved, and it is counted apart.

Exits with 1 if a false step was proved, a true one refuted where both sides are defined, or a check failed.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from corpus_conditions import Supplied, still_spoken_of, supplied
from corpus_report import report, show_step
from corpus_rows import Outside, claim_of, well_formed
from rich.console import Console
from rich.progress import track

from derive.check import check
from derive.model import Claim, Relation, Status, Verdict
from derive.pool import Failure, Pool

CHECK_SECONDS = 5.0
SYMPY_SECONDS = 10.0
MEMORY_MB = 4096
LOUD = ("false-proved", "true-refuted", "true-failed", "false-failed", "true-conflict", "false-conflict")


class Checked(NamedTuple):
    """What the checker says of a step, in the two ways, and how long each took."""

    verdict: Verdict
    supplied: Supplied
    seconds: float  # for both


class Opinion(NamedTuple):
    """What a call of SymPy says of a step: True, False, or None where it says nothing."""

    holds: bool | None
    seconds: float


class Step(NamedTuple):
    """A row, the claim it became (or why it did not), and what came of it."""

    row: Mapping[str, Any]
    claim: Claim | None
    problem: str = ""
    kind: str = ""  # outside, malformed or failed, where there is no verdict
    checked: Checked | None = None
    opinions: Mapping[str, Opinion] = {}
    excluded: str = ""  # a place that the conditions exclude, of which the row speaks

    @property
    def plain(self) -> str:
        """What the checker says of the step as it stands."""
        return self.kind or outcome(self.checked.verdict if self.checked else None)

    @property
    def named(self) -> str:
        """What it says with the conditions that it has named."""
        return self.kind or outcome(self.checked.supplied.verdict if self.checked else None)

    @property
    def label(self) -> str:
        """The best that is known of it: `true-conditions` is proved with conditions, `false-conditions` refuted by two values with them."""
        return f"{self.row['expect']}-{self._best}"

    @property
    def _best(self) -> str:
        aim, other = ("proved", "refuted") if self.row["expect"] == "true" else ("refuted", "proved")
        loud = ("failed", "conflict", "malformed", "outside")
        if self.plain in (*loud, other):
            return self.plain
        if self.named in loud or (self.named == other and not self.is_branch):
            return self.named
        if self.plain == aim:
            return aim
        if self.named == aim:
            return "conditions"
        return "undefined" if self.plain == "undefined" and aim == "refuted" else "undecided"

    @property
    def is_branch(self) -> bool:
        """Whether it is false only where an intermediate value is not real."""
        return bool(self.row["class"] == "branch")


def outcome(verdict: Verdict | None) -> str:
    """One word for a verdict. That a side is undefined somewhere is no refutation of a step that is about the places where it is not."""
    if verdict is None:
        return "undecided"
    if verdict.status in (Status.PROVED, Status.MALFORMED, Status.CONFLICT):
        return str(verdict.status)
    if verdict.status is Status.REFUTED:
        witness = verdict.search.witness if verdict.search else None
        return "undefined" if witness is not None and witness.undefined else "refuted"
    return "condition" if verdict.missing else "undecided"


# -- running


def work(what: str, claim: Claim) -> Any:
    """One task of a worker: check a claim in both ways, or ask SymPy."""
    start = time.perf_counter()
    if what == "check":
        verdict = check(claim, seconds=CHECK_SECONDS)
        more = supplied(claim, verdict, CHECK_SECONDS) if verdict.status is not Status.MALFORMED else Supplied(claim, verdict)
        return Checked(verdict, more, time.perf_counter() - start)
    holds = asked(what, claim)
    return Opinion(holds, time.perf_counter() - start)


def asked(what: str, claim: Claim) -> bool | None:
    """Whether SymPy's `simplify` or `equals` finds that the difference is 0; of an inequality, what `simplify` makes of the relation."""
    import sympy

    from derive.sympy_bridge import equation, to_sympy

    if claim.relation is not Relation.EQ:
        made = sympy.simplify(equation(claim))
        return bool(made) if made in (True, False) else None
    difference = to_sympy(claim.left, claim.givens) - to_sympy(claim.right, claim.givens)
    if what == "equals":
        found = difference.equals(0)
        return None if found is None else bool(found)
    return True if sympy.simplify(difference) == 0 else None


def prepare(row: Mapping[str, Any]) -> Step:
    """A step that is ready to be checked, or the reason for which it is not."""
    try:
        claim = claim_of(row)
    except Outside as word:
        return Step(row, None, str(word), "outside")
    problem = well_formed(claim)
    return Step(row, claim, problem, "malformed" if problem else "")


def run(steps: list[Step], jobs: int, with_sympy: bool, console: Console) -> list[Step]:
    """Check every step that can be checked, in workers."""
    out = list(steps)
    with Pool(jobs, MEMORY_MB, modules=["derive.check", *["derive.sympy_bridge"] * with_sympy]) as pool:
        what = ("check", "simplify", "equals") if with_sympy else ("check",)
        todo = [(i, w, s.claim) for i, s in enumerate(steps) for w in what if s.claim and not s.kind]
        tasks = [pool.put(6 * CHECK_SECONDS if w == "check" else SYMPY_SECONDS, work, w, claim) for _, w, claim in todo]
        shown = track(tasks, "checking", console=console, transient=True, disable=not console.is_terminal)
        for (i, w, _), task in zip(todo, shown, strict=True):
            found = pool.take(task)
            if isinstance(found, Opinion) or w != "check":
                found = found if isinstance(found, Opinion) else Opinion(None, SYMPY_SECONDS)
                out[i] = out[i]._replace(opinions={**out[i].opinions, w: found})
            elif isinstance(found, Failure):
                out[i] = out[i]._replace(kind="" if found.late else "failed", problem=found.reason)
            else:
                out[i] = out[i]._replace(checked=found, problem=found.verdict.message if found.verdict.status is Status.MALFORMED else "")
    return [_with_excluded(s) for s in out] if with_sympy else out


def _with_excluded(step: Step) -> Step:
    if step.claim is None or step.checked is None or step.label != "true-conditions":
        return step
    return step._replace(excluded=still_spoken_of(step.claim, step.checked.supplied.added))


def main() -> int:
    """Run the corpus and print where the checker stands."""
    parser = argparse.ArgumentParser(description="Run the checker on a corpus of steps with known truth.")
    parser.add_argument("file", type=Path)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--limit", type=int, default=None, help="only the first N steps")
    parser.add_argument("--show", default="", help="list steps: true-conditions, false-undefined, true-outside, …")
    parser.add_argument("--sympy", action="store_true", help="also ask SymPy: simplify(lhs - rhs) == 0, and (lhs - rhs).equals(0)")
    options = parser.parse_args()
    console = Console() if sys.stdout.isatty() else Console(width=160)
    rows = [json.loads(line) for line in options.file.read_text(encoding="utf-8").splitlines() if line.strip()]
    steps = run([prepare(row) for row in rows[: options.limit]], options.jobs, options.sympy, console)
    for step in steps:
        if step.label == options.show or step.label in LOUD:
            show_step(step, console, loud=step.label in LOUD)
    report(steps, console, options.sympy, SYMPY_SECONDS)
    return 1 if any(step.label in LOUD for step in steps) else 0


if __name__ == "__main__":
    sys.exit(main())

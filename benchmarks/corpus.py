"""Runs the checker on a corpus of other people's steps with known truth (JSONL), and counts.

    python benchmarks/corpus.py FILE [--jobs N] [--limit N] [--show false-proved] [--sympy]

Each line of FILE holds `id, source, vars, domain, lhs, rel, rhs, expect, class`, expressions in Python's syntax with SymPy's
names; `corpus_rows` makes claims of them. Exits with 1 if a false step was proved, a true one refuted where both sides are
defined, or a check failed.
"""

from __future__ import annotations

import argparse
import itertools
import json
import statistics
import sys
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from corpus_rows import Outside, claim_of, well_formed
from rich.console import Console
from rich.progress import track
from rich.table import Table

from derive.model import Claim, Status, Type, Verdict
from derive.pool import Failure, Pool
from derive.show import text

CHECK_SECONDS = 5.0
SYMPY_SECONDS = 10.0
MEMORY_MB = 4096
SHOWN_WORDS = 15


# -- running


class Step(NamedTuple):
    """A row, the claim it became (or why it did not), and what came of it."""

    row: Mapping[str, Any]
    claim: Claim | None
    problem: str = ""
    result: str = ""  # proved, condition, refuted, undecided, malformed, outside, failed
    verdict: Verdict | None = None
    seconds: float = 0.0
    zero: bool | None = None  # whether SymPy's simplify(lhs - rhs) is 0

    @property
    def label(self) -> str:
        return f"{self.row['expect']}-{self.result}"


def work(what: str, claim: Claim) -> Any:
    """One task of a worker: check a claim, or simplify its difference with SymPy."""
    if what == "check":
        from derive.check import check

        return check(claim, seconds=CHECK_SECONDS)
    import sympy

    from derive.sympy_bridge import to_sympy

    return sympy.simplify(to_sympy(claim.left, claim.givens) - to_sympy(claim.right, claim.givens)) == 0


def prepare(row: Mapping[str, Any]) -> Step:
    """A step that is ready to be checked, or the reason for which it is not."""
    try:
        claim = claim_of(row)
    except Outside as word:
        return Step(row, None, str(word), "outside")
    problem = well_formed(claim)
    return Step(row, claim, problem, "malformed" if problem else "")


def outcome(verdict: Verdict) -> str:
    """One word for a verdict. A condition that is missing is not a refutation: both sides may agree where they are defined."""
    if verdict.status in (Status.PROVED, Status.MALFORMED, Status.CONFLICT):
        return str(verdict.status)
    witness = verdict.search.witness if verdict.search else None
    if verdict.missing or (witness and witness.undefined):
        return "condition"
    return "refuted" if verdict.status == Status.REFUTED else "undecided"


def run(steps: list[Step], jobs: int, with_sympy: bool, console: Console) -> list[Step]:
    """Check every step that can be checked, in workers."""
    out = list(steps)
    with Pool(jobs, MEMORY_MB, modules=["derive.check", *["derive.sympy_bridge"] * with_sympy]) as pool:
        what = ("check", "simplify") if with_sympy else ("check",)
        asked = [(i, w, s.claim) for i, s in enumerate(steps) for w in what if s.claim and (w == "simplify" or not s.result)]
        tasks = [pool.put(2 * CHECK_SECONDS if w == "check" else SYMPY_SECONDS, work, w, claim) for _, w, claim in asked]
        shown = track(tasks, "checking", console=console, transient=True, disable=not console.is_terminal)
        for (i, w, _), task in zip(asked, shown, strict=True):
            found = pool.take(task)
            if w == "simplify":
                out[i] = out[i]._replace(zero=found is True)
            elif isinstance(found, Failure):
                out[i] = out[i]._replace(result="undecided" if found.late else "failed", problem=found.reason, seconds=task.seconds)
            else:
                problem = found.message if found.status == Status.MALFORMED else ""
                out[i] = out[i]._replace(result=outcome(found), verdict=found, problem=problem, seconds=found.seconds)
    return out


# -- the report

TRUE_COLUMNS = ("proved", "condition", "undecided", "refuted")
FALSE_COLUMNS = ("refuted", "condition", "undecided", "proved")
LOUD = {"false-proved", "true-refuted", "true-failed", "false-failed", "true-conflict", "false-conflict"}


def table(steps: list[Step]) -> Table:
    """The counts, by source and in total."""
    out = Table(box=None, header_style="bold", pad_edge=False)
    headings = ["source", "true", *TRUE_COLUMNS, "false", *FALSE_COLUMNS, "outside", "malformed", "failed"]
    for heading in headings:
        out.add_column(heading, justify="left" if heading == "source" else "right", no_wrap=True)
    by_source = sorted(steps, key=lambda s: str(s.row["source"]))
    groups = [(str(k), list(g)) for k, g in itertools.groupby(by_source, key=lambda s: s.row["source"])]
    for name, group in [*groups, ("all", steps)]:
        count = Counter(s.label for s in group)
        kinds = Counter(s.result for s in group)
        asked = Counter(s.row["expect"] for s in group if s.result not in ("outside", "malformed"))
        cells = [asked["true"], *(count[f"true-{c}"] for c in TRUE_COLUMNS), asked["false"], *(count[f"false-{c}"] for c in FALSE_COLUMNS)]
        cells += [kinds[k] for k in ("outside", "malformed")] + [kinds["failed"] + kinds["conflict"]]
        if name == "all":
            out.add_section()
        out.add_row(name, *map(str, cells))
    return out


def report(steps: list[Step], console: Console, with_sympy: bool) -> None:
    """Print the table, the commonest unknown words, the times, and SymPy's numbers if they were measured."""
    console.print(table(steps), soft_wrap=True)
    console.print("\ncondition: not proved as it stands, and the condition of definedness that is missing is named")
    words = Counter(s.problem for s in steps if s.result == "outside").most_common(SHOWN_WORDS)
    console.print("outside the language: " + ", ".join(f"{word} {n}" for word, n in words), highlight=False)
    bad = Counter(s.problem for s in steps if s.result == "malformed").most_common(5)
    if bad:
        console.print("malformed: " + "; ".join(f"{problem} ({n})" for problem, n in bad), highlight=False, markup=False)
    times = [s.seconds for s in steps if s.seconds]
    if times:
        console.print(f"time a step: median {1000 * statistics.median(times):.1f} ms, longest {max(times):.2f} s; all {sum(times):.1f} s")
    if with_sympy:
        for truth in ("true", "false"):
            asked = [s for s in steps if s.row["expect"] == truth and s.claim]
            console.print(f"SymPy's simplify(lhs - rhs) == 0: {sum(bool(s.zero) for s in asked)} of {len(asked)} {truth} steps")
    for step in steps:
        if step.label in LOUD:
            console.print(f"[bold red]{step.label.upper()}[/] {step.row['id']}  {step.problem}")
            show_step(step, console)


def show_step(step: Step, console: Console) -> None:
    """Print one step as the checker read it, and what it said."""
    say: Callable[[str], None] = lambda line: console.print(f"    {line}", markup=False, highlight=False, soft_wrap=True)  # noqa: E731
    if step.claim is None:
        say(f"{step.row['lhs']} {step.row['rel']} {step.row['rhs']}   ({step.problem})")
        return
    types = [f"{n}: {_shown_type(t)}" for n, t in step.claim.givens.symbols.items()]
    say(f"{text(step.claim.left)} {step.claim.relation} {text(step.claim.right)}")
    say("given " + ", ".join([*types, *map(text, step.claim.givens.hypotheses)]))
    verdict = step.verdict
    if verdict is not None and verdict.missing:
        say("missing: " + ", ".join(map(text, verdict.missing)))
    if verdict is not None and verdict.search and verdict.search.witness:
        witness = verdict.search.witness
        values = ", ".join(f"{n} = {v}" for n, v in witness.values.items())
        say(f"at {values}: left {witness.left}, right {witness.right} {witness.undefined}")
    if message := (verdict.message if verdict is not None else "") or step.problem:
        say(message)


def _shown_type(t: Type) -> str:
    inside = ", ".join(map(text, t.shape)) if t.shape else ""
    over = f"({text(t.over)})" if t.over else ""
    return ("real -> " if t.params else "") + t.kind + over + (f"[{inside}]" if inside else "")


def main() -> int:
    """Run the corpus and print where the checker stands."""
    parser = argparse.ArgumentParser(description="Run the checker on a corpus of steps with known truth.")
    parser.add_argument("file", type=Path)
    parser.add_argument("--jobs", type=int, default=4)
    parser.add_argument("--limit", type=int, default=None, help="only the first N steps")
    parser.add_argument("--show", default="", help="list steps: true-unproved, true-condition, false-proved, true-outside, …")
    parser.add_argument("--sympy", action="store_true", help="also run simplify(lhs - rhs) on each step")
    options = parser.parse_args()
    console = Console() if sys.stdout.isatty() else Console(width=140)
    rows = [json.loads(line) for line in options.file.read_text(encoding="utf-8").splitlines() if line.strip()]
    steps = run([prepare(row) for row in rows[: options.limit]], options.jobs, options.sympy, console)
    for step in steps:
        unproved = options.show == "true-unproved" and step.row["expect"] == "true" and step.result in ("condition", "undecided", "refuted")
        if step.label == options.show or unproved:
            console.print(f"[bold]{step.row['id']}[/] {step.label} {step.seconds:.2f} s")
            show_step(step, console)
    report(steps, console, options.sympy)
    return 1 if any(step.label in LOUD for step in steps) else 0


if __name__ == "__main__":
    sys.exit(main())

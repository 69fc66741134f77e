"""What came of a corpus → tables and lines on a terminal; counts, and decides nothing."""

from __future__ import annotations

import itertools
import statistics
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from derive.model import Type
from derive.show import text

SHOWN_WORDS = 15
Steps = Sequence[Any]  # of `corpus.Step`
TRUE_COLUMNS = ("proved", "conditions", "undecided", "refuted")
FALSE_COLUMNS = ("refuted", "conditions", "undefined", "undecided", "proved")
NOTES = """
true: proved as it stands · proved with the conditions of definedness that the checker names · undecided · refuted
false: refuted by two values that are apart as it stands · with those conditions · by a place where a side is undefined · undecided · proved
       (a limit has no place for a witness: there the sides are proved to have two values)
branch: false steps that are false only where an intermediate value is not real; with its condition such a step may rightly be proved"""


def report(steps: Steps, console: Console, with_sympy: bool, limit: float) -> None:
    """Print the tables, what was added, the commonest unknown words and the times."""
    console.print(by_source(steps), soft_wrap=True)
    console.print(NOTES + "\n", highlight=False)
    within = [s for s in steps if s.kind not in ("outside", "malformed")]
    console.print(compared(within, with_sympy), soft_wrap=True)
    if with_sympy:
        console.print(f"SymPy is stopped after {limit:g} s and has then said nothing", highlight=False)
    console.print()
    for line in (*_shares(steps, within), *_added(within, with_sympy), *_without(steps)):
        console.print(line, highlight=False, markup=False, soft_wrap=True)


def _table(headings: Sequence[str], words: int = 1) -> Table:
    out = Table(box=None, header_style="bold", pad_edge=False)
    for i, heading in enumerate(headings):
        out.add_column(heading, justify="left" if i < words else "right", no_wrap=True)
    return out


def by_source(steps: Steps) -> Table:
    """The best that is known of each step, by source and in total."""
    out = _table(["source", "true", *TRUE_COLUMNS, "false", *FALSE_COLUMNS, "outside", "malformed", "failed"])
    rows = sorted(steps, key=lambda s: str(s.row["source"]))
    for name, group in [*((str(k), list(g)) for k, g in itertools.groupby(rows, key=lambda s: s.row["source"])), ("all", rows)]:
        count, kinds = Counter(s.label for s in group), Counter(s.kind for s in group)
        asked = Counter(s.row["expect"] for s in group if s.kind not in ("outside", "malformed"))
        cells = [asked["true"], *(count[f"true-{c}"] for c in TRUE_COLUMNS), asked["false"], *(count[f"false-{c}"] for c in FALSE_COLUMNS)]
        if name == "all":
            out.add_section()
        conflicts = sum(s.label.endswith("-conflict") for s in group)
        out.add_row(name, *map(str, [*cells, kinds["outside"], kinds["malformed"], kinds["failed"] + conflicts]))
    return out


def compared(within: Steps, with_sympy: bool) -> Table:
    """The checker in its two ways, and SymPy, on the same steps."""
    headings = ["", "true", "proved", "refuted", "rest", "false", "refuted", "undefined", "proved", "rest"]
    out = _table([*headings, "branch", "refuted", "undefined", "proved", "rest", "median", "all"])
    ways: dict[str, tuple[Callable[[Any], str], Callable[[Any], float]]] = {
        "as it stands": (lambda s: str(s.plain), lambda s: s.checked.verdict.seconds if s.checked else 0.0),
        "with the named conditions": (lambda s: str(s.named), lambda s: s.checked.seconds if s.checked else 0.0),
    }
    if with_sympy:
        words = {True: "proved", False: "refuted", None: "undecided"}
        ways["SymPy simplify"] = (lambda s: words[s.opinions["simplify"].holds], lambda s: s.opinions["simplify"].seconds)
        ways["SymPy equals"] = (lambda s: words[s.opinions["equals"].holds], lambda s: s.opinions["equals"].seconds)
    groups = [
        [s for s in within if s.row["expect"] == "true"],
        [s for s in within if s.row["expect"] == "false" and not s.is_branch],
        [s for s in within if s.row["expect"] == "false" and s.is_branch],
    ]
    for name, (said, seconds) in ways.items():
        cells: list[int] = []
        for group, columns in zip(groups, (("proved", "refuted"), *[("refuted", "undefined", "proved")] * 2), strict=True):
            count = Counter(map(said, group))
            cells += [len(group), *(count[c] for c in columns), len(group) - sum(count[c] for c in columns)]
        times = [seconds(s) for s in within]
        out.add_row(name, *map(str, cells), f"{1000 * statistics.median(times or [0]):.1f} ms", f"{sum(times):.1f} s")
    return out


def _shares(steps: Steps, within: Steps) -> Iterable[str]:
    """The shares that the corpus is run for."""
    true, false = ([s for s in within if s.row["expect"] == e] for e in ("true", "false"))
    count = Counter(s.label for s in true)
    proved = count["true-proved"], count["true-proved"] + count["true-conditions"]
    everything = sum(s.row["expect"] == "true" for s in steps)
    yield (
        f"true steps within the language: {_share(proved[0], len(true))} proved as they stand, "
        f"{_share(proved[1], len(true))} with the named conditions; of all {everything} true steps {_share(proved[1], everything)}"
    )
    plain = Counter(s.plain for s in false)
    named = sum(s.named == "refuted" for s in false)
    yield (
        f"false steps within the language: {_share(plain['refuted'] + plain['undefined'], len(false))} refuted as they stand, "
        f"{_share(plain['refuted'], len(false))} by two values; {_share(named, len(false))} by two values with the named conditions"
    )
    others = [s for s in false if not s.is_branch]
    plain, named = Counter(s.plain for s in others), sum(s.named == "refuted" for s in others)
    yield (
        f"without the branch steps: {_share(plain['refuted'] + plain['undefined'], len(others))}, {_share(plain['refuted'], len(others))}; "
        f"{_share(named, len(others))}"
    )


def _share(n: int, of: int) -> str:
    return f"{n} ({100 * n / of:.1f} %)" if of else "none"


def _added(within: Steps, with_sympy: bool) -> Iterable[str]:
    """How many conditions were added, and whether they took away what a row speaks of."""
    for truth in ("true", "false"):
        some = [n for s in within if s.checked and s.row["expect"] == truth and (n := len(s.checked.supplied.added))]
        if some:
            yield f"conditions added to {len(some)} {truth} steps: {sum(some)}; median {statistics.median(some):g}, at most {max(some)}"
    if with_sympy:
        proved = [s for s in within if s.label == "true-conditions"]
        lost = [s for s in proved if s.excluded]
        yield (
            f"of the {len(proved)} true steps proved with conditions {len(lost)} have one that excludes a place, among those sampled, "
            f"at which SymPy finds both sides real and finite"
        )


def _without(steps: Steps) -> Iterable[str]:
    """The steps without a verdict."""
    words = Counter(s.problem for s in steps if s.kind == "outside").most_common(SHOWN_WORDS)
    yield "outside the language: " + ", ".join(f"{word} {n}" for word, n in words)
    bad = Counter(s.problem for s in steps if s.kind == "malformed").most_common(5)
    if bad:
        yield "malformed: " + "; ".join(f"{problem} ({n})" for problem, n in bad)


# -- one step


def show_step(step: Any, console: Console, loud: bool) -> None:
    """Print one step as the checker read it, and what it said."""
    console.print(f"[bold{' red' if loud else ''}]{step.row['id']}[/] {step.label}")
    say: Callable[[str], None] = lambda line: console.print(f"    {line}", markup=False, highlight=False, soft_wrap=True)  # noqa: E731
    if step.claim is None or step.checked is None:
        say(f"{step.row['lhs']} {step.row['rel']} {step.row['rhs']}   ({step.problem})")
        return
    claim, verdict, added = step.checked.supplied
    types = [f"{n}: {_shown_type(t)}" for n, t in claim.givens.symbols.items()]
    say(f"{text(claim.left)} {claim.relation} {text(claim.right)}")
    say("given " + ", ".join([*types, *map(text, step.claim.givens.hypotheses)]))
    say("with " + ", ".join(map(text, added))) if added else None
    say("missing: " + ", ".join(map(text, verdict.missing))) if verdict.missing else None
    if verdict.search and verdict.search.witness:
        witness = verdict.search.witness
        values = ", ".join(f"{n} = {v}" for n, v in witness.values.items())
        say(f"at {values}: left {witness.left}, right {witness.right} {witness.undefined}")
    say(verdict.message) if verdict.message else None
    say(f"SymPy speaks of {step.excluded} as well") if step.excluded else None


def _shown_type(t: Type) -> str:
    inside = ", ".join(map(text, t.shape)) if t.shape else ""
    over = f"({text(t.over)})" if t.over else ""
    return ("real -> " if t.params else "") + t.kind + over + (f"[{inside}]" if inside else "")

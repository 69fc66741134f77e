"""This program and others on the same steps, in one run: what each proves, refutes, wrongly accepts, and how long it takes.

    python benchmarks/peers.py [--quick] [--markdown | --write README.md] [--lines 100000]

Steps: all that are proved in `proofs/`; and wrong ones, each with values at which mpmath sees it fail: the printed slips of `proofs/`,
the pages of `tests/wrong/`, and slips of the pen as `tests/mutants.py` makes them. Asked, each in a process of its own with a limit set
from outside: this program, SymPy, and what of `pip install 'derive-checker[bench]'` is installed (`peer_methods` says how each is
meant to be used). Then how cost grows (lines of a batch, workers, terms of a sum), and this program's targets, met or not.

It takes a quarter of an hour on two processors that have nothing else to do; `--quick` a minute, with a few steps of each kind.
"""

from __future__ import annotations

import argparse
import platform
import re
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

import peer_scaling as scaling
from peer_methods import METHODS, Method
from peer_spelled import outlined
from peer_steps import Step, corpus, library, mutants, refuted, right, witnessed, wrong_pages
from peer_tables import Asked, Sheet, accepted, as_markdown, counted, milliseconds, on_terminal, rejected
from peer_worker import Answer, Opened, answers
from rich.console import Console

from derive.check import Library
from derive.runner import cores

MARKS = "<!-- made by benchmarks/peers.py -->", "<!-- end of what benchmarks/peers.py made -->"
OWN = ("kernel", "proof", "cached")
SLOW = ("simplify", "equals", "math-verify", "knuckledragger", "pycodemath", "opinion")
IN_GROWTH = ("kernel", "simplify", "pycodemath", "knuckledragger", "math-verify")
MOST_LISTED = 40
ENOUGH = 100  # steps that a target about a median asks for
FLAT = 1.1  # memory that grows by less than a tenth is flat


class Target(NamedTuple):
    """A ratio that is aimed at, what it came to, and whether it is met; None where it was not measured in this run."""

    what: str
    aim: str
    found: str
    met: bool | None


class Size(NamedTuple):
    """How much is asked."""

    limit: float
    mutants: int
    every: int  # of the steps only each so manyth
    terms: tuple[int, ...]
    lines: int
    pages: int
    certified: int  # of the derivations only each so manyth is certified
    processes: bool


DEFAULT = Size(5.0, 200, 1, (2, 10, 100, 1000), 10_000, 400, 4, True)
QUICK = Size(1.0, 8, 90, (2,), 10, 20, 80, False)


def main() -> int:
    """Run all of it and print."""
    options = parsed()
    size = QUICK if options.quick else DEFAULT
    size = size._replace(lines=options.lines or size.lines, limit=options.limit or size.limit, mutants=options.mutants or size.mutants)
    start = time.monotonic()
    whole = library()
    steps = gathered(whole, size, options.seed, options.corpus)
    tell(f"{len(steps)} steps, {sum(not s.right for s in steps)} of them wrong")
    asked = dict(zip(METHODS, everybody(steps, size.limit, cores()), strict=True))
    with tempfile.TemporaryDirectory() as folder:
        sheets, targets = measured(Path(folder), whole, steps, asked, size)
    sheets = [*told(steps, list(asked.values())), *sheets]
    notes = [conditions(steps, size, options.seed, start), *listed(steps, list(asked.values())), *met(targets)]
    if options.markdown or options.write:
        text = "\n\n".join([*map(as_markdown, sheets), *notes])
        write(options.write, text) if options.write else print(text)
    else:
        console = Console() if sys.stdout.isatty() else Console(width=180)
        for sheet in sheets:
            on_terminal(sheet, console)
        for note in notes:
            console.print(note, markup=False, highlight=False)
    return 0


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a few steps of each kind, in a minute")
    parser.add_argument("--markdown", action="store_true", help="print Markdown")
    parser.add_argument("--write", type=Path, help="put the Markdown into this file, between its two marks")
    parser.add_argument("--limit", type=float, help=f"seconds for one step (default {DEFAULT.limit:g})")
    parser.add_argument("--mutants", type=int, help=f"steps of which a slip is made (default {DEFAULT.mutants})")
    parser.add_argument("--seed", type=int, default=7, help="for drawing the slips (default 7)")
    parser.add_argument("--lines", type=int, help=f"the longest batch (default {DEFAULT.lines}); 100000 takes minutes more")
    parser.add_argument("--corpus", type=Path, help="other people's steps with known truth besides (JSONL, see corpus.py)")
    return parser.parse_args()


def tell(what: str) -> None:
    """Progress."""
    print(f"[{time.strftime('%H:%M:%S')}] {what}", file=sys.stderr, flush=True)


# -- asking


def gathered(whole: Library, size: Size, seed: int, file: Path | None) -> list[Step]:
    """Right steps, and wrong ones with a witness."""
    good = right(whole)[:: size.every]
    told_, candidates = corpus(file) if file else ([], [])
    wrong = [*list(refuted(whole))[:: size.every // 10 + 1], *list(wrong_pages())[:: size.every // 5 + 1]]
    wrong += mutants(whole, size.mutants, seed)
    tell(f"looking for values at which {len(wrong) + len(candidates)} steps fail")
    found = [witnessed(*candidate) for candidate in (*wrong, *candidates[:: size.every])]
    return [*good, *told_[:: size.every], *(s for s in found if s is not None)]


def everybody(steps: Sequence[Step], limit: float, jobs: int) -> list[Asked]:
    """What every method says of every step; this program's own alone on the machine, then two at a time."""

    def of(key: str) -> Asked:
        return one_by_one(METHODS[key], steps, limit)

    alone = {key: of(key) for key in OWN}
    with ThreadPoolExecutor(jobs) as pool:
        found = alone | dict(zip(SLOW, pool.map(of, SLOW), strict=True))
    return [found[key] for key in METHODS]


def one_by_one(method: Method, steps: Sequence[Step], limit: float) -> Asked:
    """What one method says of every step."""
    if missing := method.missing:
        tell(f"{method.label}: {missing}")
        return Asked(method.label, None, missing=missing)
    label = f"{method.label} {method.version}" if method.key in ("pycodemath", "knuckledragger", "math-verify") else method.label
    replies = answers(method, (s.claim for s in steps), limit, steps[0].claim)
    opened: Any = next(replies)
    got: list[Answer] = []
    for reply in replies:
        assert isinstance(reply, Answer)
        got.append(reply)
        if len(got) % 100 == 0:
            tell(f"{label}: {len(got)} of {len(steps)}")
    assert isinstance(opened, Opened)
    tell(f"{label}: done in {sum(a.seconds for a in got):.0f} s")
    return Asked(label, opened, got)


# -- telling


def told(steps: Sequence[Step], asked: Sequence[Asked]) -> Iterator[Sheet]:
    """The tables of who says what."""
    number = sum(s.right for s in steps)
    yield counted(f"{number} steps that are right", steps, asked, right=True)
    yield counted(f"{len(steps) - number} steps that are wrong", steps, asked, right=False)


def listed(steps: Sequence[Step], asked: Sequence[Asked]) -> Iterator[str]:
    """Wrong steps that were accepted and right ones that were rejected, by name."""
    found = accepted(steps, asked)
    lines = []
    for who, step in found[:MOST_LISTED]:
        values, left, right_ = step.fails or ({}, "", "")
        at = ", ".join(f"{n} = {_value(v)}" for n, v in values.items())
        lines.append(f"- {who}: {step.name}: `{outlined(step.claim)}`; at {at or 'no values'} the sides are {left} and {right_}")
    if len(found) > MOST_LISTED:
        lines.append(f"- and {len(found) - MOST_LISTED} more")
    head = f"Wrong steps that were accepted: {len(found)}" + (", with what mpmath makes of both sides:" if found else ".")
    yield "\n".join([head, *([""] if lines else []), *lines])
    no = Counter(who for who, _, _ in rejected(steps, asked))
    if no:
        yield f"Right steps that were rejected: {', '.join(f'{who}: {n}' for who, n in no.items())}."


def _value(value: Any) -> str:
    return f"[{', '.join(map(_value, value))}]" if isinstance(value, tuple) else str(value)


def conditions(steps: Sequence[Step], size: Size, seed: int, start: float) -> str:
    """What was measured, with what, where and when."""
    groups = Counter(s.group for s in steps)
    names = ("sympy", "mpmath", "python-flint", "pycodemath", "knuckledragger", "z3-solver", "math-verify")
    found = [f"{name} {version(name)}" for name in names if _installed(name)]
    return (
        f"{', '.join(f'{n} {group}' for group, n in groups.items())} (slips: of {size.mutants} steps, seed {seed}; of the wrong steps those"
        f" with a witness that mpmath confirms). Times of steps are the processor's, at most {size.limit:g} s a step; whole processes run"
        f" {scaling.REPETITIONS} times, and the fastest counts."
        f" {date.today()}, Python {platform.python_version()}, {cores()} processors ({platform.machine()}), {', '.join(found)};"
        f" {(time.monotonic() - start) / 60:.0f} minutes. A median is of the steps that could be asked; the first call, with its import, is"
        " apart. pycodemath and knuckledragger were not asked what needs a symbolic size, a limit or a set of maximisers. That math-verify"
        " rejects says that none of its strategies found the sides equal. Numbers show a step to be wrong if mpmath sees it fail there."
    )


def _installed(name: str) -> bool:
    try:
        version(name)
    except ModuleNotFoundError:
        return False
    return True


def met(targets: Sequence[Target]) -> Iterator[str]:
    lines = ["| target | aim | found | |", "|---|---|---|---|"]
    lines += [f"| {t.what} | {t.aim} | {t.found} | {_MET[t.met]} |" for t in targets]
    yield "\n".join(lines)


_MET = {None: "not measured", True: "met", False: "**not met**"}


def write(file: Path, text: str) -> None:
    """Put text between the marks of a file."""
    old = file.read_text(encoding="utf-8")
    begin, end = MARKS
    if old.count(begin) != 1 or old.count(end) != 1 or old.index(begin) > old.index(end):
        raise SystemExit(f"{file} needs the lines {begin} and {end}, in this order and once each")
    pattern = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
    file.write_text(pattern.sub(lambda _: f"{begin}\n\n{text}\n\n{end}", old), encoding="utf-8")


# -- growth and targets


def measured(
    folder: Path, whole: Library, steps: Sequence[Step], asked: Mapping[str, Asked], size: Size
) -> tuple[list[Sheet], list[Target]]:
    """Everything that is measured besides answers."""
    proved = [d for d in whole.values() if d.page.expect is None]
    certified = scaling.certificate_steps(proved[:: size.certified], whole)
    alone = [d for d in proved if d.text and not d.lemmas()]
    keys = [key for key in IN_GROWTH if not asked[key].missing]
    tell("a sum of K terms")
    grown = list(scaling.growth(size.terms, keys, whole, size.limit, steps[0].claim, tell))
    batches = list(scaling.short_steps(folder, size.lines, tell))
    pairs = list(scaling.workers(folder, alone, size.pages, 3 if size.processes else 1, tell))
    seconds = scaling.processes(folder, tell) if size.processes else {}
    sheets = [_growth(grown, size.terms), _batches(batches, pairs)]
    return sheets, [*_speed(steps, asked), *_whole(seconds), _certificate(certified), _two(pairs), _memory(batches)]


def _growth(grown: Sequence[scaling.Growth], sizes: Sequence[int]) -> Sheet:
    rows = []
    for label, page in dict.fromkeys((g.label, g.page) for g in grown):
        cells = {g.size: g for g in grown if (g.label, g.page) == (label, page)}
        shown = [_cell(cells.get(s)) for s in (None, *sizes)]
        rows.append([f"{page}: {label}", *shown])
    title = "Pages with a symbolic K, and with K terms written out: steps proved, and seconds for all of them"
    return Sheet(title, ("", "K symbolic", *(f"K = {s}" for s in sizes)), rows)


def _cell(found: scaling.Growth | None) -> str:
    if found is None:
        return ""
    return f"{found.proved} of {found.steps}, {'> ' if found.late else ''}{found.seconds:.2g} s"


def _batches(batches: Sequence[scaling.Batch], pairs: Sequence[tuple[scaling.Batch, scaling.Batch]]) -> Sheet:
    every = [("one short step a line", b) for b in batches] + [("pages of proofs/", b) for pair in pairs for b in pair]
    rows = [
        [what, f"{b.lines}", f"{b.workers}", f"{b.seconds:.2f}", f"{b.lines / b.seconds:.0f}", f"{b.parent_mb:.0f}", f"{b.worker_mb:.0f}"]
        for what, b in every
    ]
    return Sheet("derive batch", ("", "lines", "workers", "seconds", "lines/s", "MB, at most", "MB, a worker"), rows)


def _speed(steps: Sequence[Step], asked: Mapping[str, Asked]) -> Iterator[Target]:
    for peer, aim in (("simplify", 20), ("pycodemath", 100)):
        for own in ("proof", "kernel"):
            one, other = asked[own], asked[peer]
            what = f"median right step, {METHODS[own].label}, against {METHODS[peer].label}"
            if one.missing or other.missing:
                yield Target(what, f"{aim} x", other.missing, None)
                continue
            asked_of = zip(steps, one.answers, other.answers, strict=True)
            both = [(a.seconds, b.seconds) for s, a, b in asked_of if s.right and b.verdict != "cannot say"]
            if not both:
                yield Target(what, f"{aim} x", "no step that both can say", None)
                continue
            mine, theirs = (statistics.median(column) for column in zip(*both, strict=True))
            found = f"{theirs / mine:.1f} x ({milliseconds(mine)} ms, {milliseconds(theirs)} ms, {len(both)} steps)"
            yield Target(what, f"{aim} x", found, theirs >= aim * mine if len(both) >= ENOUGH else None)


def _whole(seconds: Mapping[str, float]) -> Iterator[Target]:
    for name, aim in (("report --fast, cold", 3), ("report, cached", 2)):
        if name not in seconds:
            yield Target(f"derive {name}", f"< {aim} x import sympy", "", None)
            continue
        ratio = seconds[name] / seconds["import sympy"]
        found = f"{ratio:.1f} x ({seconds[name]:.2f} s, {seconds['import sympy']:.2f} s)"
        yield Target(f"derive {name}", f"< {aim} x import sympy", found, ratio < aim)


def _certificate(seconds: Sequence[float]) -> Target:
    median = statistics.median(seconds)
    found = f"{milliseconds(median)} ms in the median of {len(seconds)} steps, {milliseconds(max(seconds))} ms at most"
    return Target("a step of a certificate, judged again", "< 1 ms", found, median < 1e-3 if len(seconds) >= ENOUGH else None)


def _two(pairs: Sequence[tuple[scaling.Batch, scaling.Batch]]) -> Target:
    clock, work = scaling.gained(pairs)
    found = f"{clock:.2f} x by the clock (best of {len(pairs)}); {work:.2f} x by processor time"
    return Target("derive batch, two workers against one", "1.8 x", found, clock >= 1.8 if pairs[0][0].lines >= DEFAULT.pages else None)


def _memory(batches: Sequence[scaling.Batch]) -> Target:
    from_, to = (next((b for b in batches if b.lines == 1000), None), batches[-1])
    if from_ is None or to.lines <= 1000:
        return Target("memory of derive batch, 10^3 to 10^5 steps", "flat", "", None)
    found = f"{from_.parent_mb:.0f} and {from_.worker_mb:.0f} MB at 1000 lines, {to.parent_mb:.0f} and {to.worker_mb:.0f} MB at {to.lines}"
    flat = to.parent_mb <= FLAT * from_.parent_mb and to.worker_mb <= FLAT * from_.worker_mb
    return Target("memory of derive batch, 10^3 to 10^5 steps", "flat", found, flat)




if __name__ == "__main__":
    sys.exit(main())

"""How cost grows: steps in one batch, workers, terms of a sum; and what whole processes take, against `import sympy`."""

from __future__ import annotations

import itertools
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from batch import measured
from peer_methods import METHODS
from peer_spelled import written_out
from peer_worker import Worker

from derive import recheck
from derive.check import Library, check_derivation, claim_of_step
from derive.model import Claim
from derive.page import Derivation

OF_SYMBOLIC_SIZE = {
    "softmax.gradient": "gradient of softmax", "softmax.loss": "cross-entropy of softmax",
    "softmax.log_sum_exp": "log-sum-exp, shifted", "information.relative_entropy_nonnegative": "relative entropy >= 0",
}  # fmt: skip
REPETITIONS = 3  # of whole processes, of which the fastest counts

Tell = Callable[[str], None]


# -- a sum of K terms


class Growth(NamedTuple):
    """What a method does with the steps of one page, with K symbolic (None) or written out: steps proved, of how many, in how long."""

    label: str
    page: str
    size: int | None
    proved: int
    steps: int
    seconds: float
    late: bool


def growth(sizes: Sequence[int], methods: Sequence[str], library: Library, limit: float, first: Claim, tell: Tell) -> Iterator[Growth]:
    """Every method on every page, with K symbolic and then larger and larger; it is asked no more where a step came to its limit."""
    for key in methods:
        worker = Worker(METHODS[key], limit, first)
        try:
            for name, title in OF_SYMBOLIC_SIZE.items():
                tell(f"{METHODS[key].label}: {title}")
                for size in (None, *sizes):
                    found = [worker.ask(c) for c in _claims(library, name, size)]
                    late = any(a.seconds >= limit for a in found)
                    proved = sum(a.verdict == "proves" for a in found)
                    yield Growth(METHODS[key].label, title, size, proved, len(found), sum(a.seconds for a in found), late)
                    if late and size is not None:
                        break
        finally:
            worker.stop()


def _claims(library: Library, name: str, size: int | None) -> list[Claim]:
    d = library[name]
    every = [claim_of_step(d, library, i) for i in range(len(d.page.lines) - 1)]
    return every if size is None else [written_out(c, size) for c in every]


# -- many steps


class Batch(NamedTuple):
    """One run of `derive batch`."""

    lines: int
    workers: int
    seconds: float
    proved: int
    parent_mb: float
    worker_mb: float
    cpu: float  # in workers
    feeding: float  # in the process that feeds them


def batch(source: Path, workers: int) -> Batch:
    found: dict[str, Any] = measured(source, workers)
    parent, worker = (kb / 1024 for kb in found["kb"])
    return Batch(found["lines"], workers, found["seconds"], found["proved"], parent, worker, found["workers"], found["feeding"])


def short_steps(folder: Path, most: int, tell: Tell) -> Iterator[Batch]:
    """1, 10, 10^2, … lines of one short step, each another, on two workers."""
    for lines in itertools.takewhile(lambda n: n <= most, (10**k for k in itertools.count())):
        tell(f"derive batch, {lines} lines")
        source = folder / f"{lines}.jsonl"
        with source.open("w", encoding="utf-8") as file:
            for i in range(lines):
                page = f"given x{i}: real\nclaim x{i} + {i} + x{i} = 2*x{i} + {i}\n  x{i} + {i} + x{i}\n  = 2*x{i} + {i}"
                file.write(json.dumps({"id": i, "page": page}) + "\n")
        yield batch(source, 2)
        source.unlink()


def workers(folder: Path, pages: Sequence[Derivation], lines: int, times: int, tell: Tell) -> Iterator[tuple[Batch, Batch]]:
    """The same lines, pages of `proofs/` again and again, on one worker and on two, in turns."""
    source = folder / "pages.jsonl"
    with source.open("w", encoding="utf-8") as file:
        for d, number in zip(itertools.cycle(pages), range(lines), strict=False):
            file.write(json.dumps({"id": f"{d.name} {number}", "page": d.text}) + "\n")
    for _ in range(times):
        tell(f"derive batch, {lines} pages, on one worker and on two")
        yield batch(source, 1), batch(source, 2)


# -- whole processes


def processes(folder: Path, tell: Tell) -> Mapping[str, float]:
    """Seconds by the clock of whole processes, the fastest of some, taken in turns."""
    environment = {**os.environ, "XDG_CACHE_HOME": str(folder / "cache")}
    report = [sys.executable, "-m", "cli", "report"]
    can_cache = "--no-cache" in _run([*report, "--help"], environment)
    cold = ["--no-cache"] if can_cache else []
    commands = {"import sympy": [sys.executable, "-c", "import sympy"], "report --fast, cold": [*report, "--fast", *cold]}
    if can_cache:
        tell("derive report, to fill the cache")
        _run(report, environment)
        commands["report, cached"] = report
    seconds: dict[str, list[float]] = {name: [] for name in commands}
    for turn in range(REPETITIONS):
        tell(f"whole processes, turn {turn + 1} of {REPETITIONS}")
        for name, command in commands.items():
            start = time.perf_counter()
            _run(command, environment)
            seconds[name].append(time.perf_counter() - start)
    return {name: min(found) for name, found in seconds.items()}


def _run(command: Sequence[str], environment: Mapping[str, str]) -> str:
    done = subprocess.run(command, env=dict(environment), cwd=Path(__file__).parents[1], capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1):
        raise RuntimeError(f"{' '.join(command)} ended with {done.returncode}: {done.stderr[-500:]}")
    return done.stdout


def certificate_steps(derivations: Sequence[Derivation], library: Library) -> list[float]:
    """The seconds in which each step of a certificate of these derivations is judged again."""
    from derive.record import certificate, with_lemmas

    text = certificate(check_derivation(d, library) for d in with_lemmas(list(derivations), library))
    whole, seconds = recheck._File._step, list[float]()

    def timed(self: Any, *args: Any) -> Any:
        start = time.perf_counter()
        try:
            return whole(self, *args)
        finally:
            seconds.append(time.perf_counter() - start)

    recheck._File._step = timed  # type: ignore[method-assign, assignment]
    try:
        for _ in range(2):  # the first is the warm-up
            seconds.clear()
            recheck.verify(text)
    finally:
        recheck._File._step = whole  # type: ignore[method-assign]
    return seconds


def gained(pairs: Sequence[tuple[Batch, Batch]]) -> tuple[float, float]:
    """How many times as much two workers do as one: by the clock (the best pair), and by processor time, had they two to themselves."""
    by_clock = max(one.seconds / two.seconds for one, two in pairs)
    by_work = statistics.median(2 * one.cpu / (two.cpu + two.feeding) for one, two in pairs)
    return by_clock, by_work



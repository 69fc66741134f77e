"""Batches: throughput on one and two workers, and memory as a file grows; by hand, no timed test.

    python benchmarks/batch.py [--lines N] [--runs R] [--most N]

Throughput: the pages of `proofs/` that are proved by themselves, again and again until there are N lines, checked without SymPy on
one worker and on two, in turns, R times each. Memory: files of 10^3, 10^4, … lines (up to `--most`) of one short step, each another.
Every run is a process of its own; what is said of memory is the most that it and its largest worker held at any time.
"""

from __future__ import annotations

import argparse
import importlib
import itertools
import json
import platform
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import proofs
from derive.page import collect_module
from derive.runner import cores

RUN = """
import json, resource, sys
from pathlib import Path
from derive.batch import run

def spent(who):
    used = resource.getrusage(who)
    return used.ru_utime + used.ru_stime

def peak():  # what getrusage says of this process holds for whoever started it, too
    status = Path("/proc/self/status")
    lines = status.read_text().splitlines() if status.exists() else []
    return next((int(line.split()[1]) for line in lines if line.startswith("VmHWM")), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)

before = spent(resource.RUSAGE_SELF)
tally = run(Path(sys.argv[1]), Path(sys.argv[2]), {}, jobs=int(sys.argv[3]), fast=True, restart=True)
print(json.dumps({
    "lines": tally.lines, "steps": tally.steps.total(), "proved": tally.derivations["proved"], "seconds": tally.seconds,
    "feeding": spent(resource.RUSAGE_SELF) - before, "workers": spent(resource.RUSAGE_CHILDREN),
    "kb": [peak(), resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss],
}))
"""


def main() -> None:
    """Run all of it and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lines", type=int, default=3000, help="lines of each run for throughput (default 3000)")
    parser.add_argument("--runs", type=int, default=3, help="runs on each number of workers (default 3)")
    parser.add_argument("--most", type=int, default=10_000, help="lines of the largest file for memory (default 10000)")
    arguments = parser.parse_args()
    print(f"Python {platform.python_version()}, {cores()} processors")
    with tempfile.TemporaryDirectory() as folder:
        throughput(Path(folder), arguments.lines, arguments.runs)
        memory(Path(folder), arguments.most)


def measured(source: Path, jobs: int) -> dict[str, Any]:
    """What a run in a process of its own says of itself."""
    command = [sys.executable, "-c", RUN, str(source), str(source.with_suffix(".out")), str(jobs)]
    found: dict[str, Any] = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return found


def throughput(folder: Path, lines: int, runs: int) -> None:
    """One worker against two."""
    every = [d for name in proofs.__all__ for d in collect_module(importlib.import_module(f"proofs.{name}"))]
    alone = [d for d in every if d.text and d.page.expect is None and not d.lemmas()]
    source = folder / "pages.jsonl"
    with source.open("w", encoding="utf-8") as file:
        for d, number in zip(itertools.cycle(alone), range(lines), strict=False):
            file.write(json.dumps({"id": f"{d.name} {number}", "page": d.text}) + "\n")
    found: dict[int, list[dict[str, Any]]] = {1: [], 2: []}
    for _ in range(runs):
        for jobs in found:
            found[jobs].append(measured(source, jobs))
    first = found[1][0]
    print(f"{lines} lines, {first['steps']} steps: {len(alone)} pages of proofs/ again and again; {first['proved']} proved")
    for jobs, all_runs in found.items():
        seconds, workers, feeding = (statistics.median(r[what] for r in all_runs) for what in ("seconds", "workers", "feeding"))
        print(f"  workers: {jobs}; {seconds:6.2f} s, {1e3 * seconds / first['steps']:.2f} ms a step;", end=" ")
        print(f"processor time {workers:.2f} s in workers, {feeding:.2f} s in the process that feeds them")
    pairs = list(zip(found[1], found[2], strict=True))
    by_clock = [one["seconds"] / two["seconds"] for one, two in pairs]
    print(f"  two workers do {statistics.median(by_clock):.2f} times as much as one ({', '.join(f'{r:.2f}' for r in by_clock)})", end="; ")
    by_work = statistics.median(2 * one["workers"] / (two["workers"] + two["feeding"]) for one, two in pairs)
    print(f"by processor time, had they two processors to themselves, {by_work:.2f} times")


def memory(folder: Path, most: int) -> None:
    """Files of one short step a line."""
    print("memory: one short step a line, each another; 2 workers")
    lines = 1000
    while lines <= most:
        source = folder / f"{lines}.jsonl"
        with source.open("w", encoding="utf-8") as file:
            for i in range(lines):
                page = f"given x{i}: real\nclaim x{i} + {i} + x{i} = 2*x{i} + {i}\n  x{i} + {i} + x{i}\n  = 2*x{i} + {i}"
                file.write(json.dumps({"id": i, "page": page}) + "\n")
        found = measured(source, 2)
        parent, worker = (kb / 1024 for kb in found["kb"])
        print(f"  {lines:7} lines: {found['seconds']:7.1f} s, {found['lines'] / found['seconds']:5.0f} lines/s;", end=" ")
        print(f"at most {parent:.0f} MB in the process, {worker:.0f} MB in a worker; {found['proved']} proved", flush=True)
        source.unlink()
        source.with_suffix(".out").unlink()
        lines *= 10


if __name__ == "__main__":
    main()

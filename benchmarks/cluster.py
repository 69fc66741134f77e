"""Batches on a Dask cluster of this machine against worker processes: time, who spends it, and what goes over the network; by hand.

    python benchmarks/cluster.py [--lines N] [--workers W]

Two files of N lines: the pages of `proofs/` that are proved by themselves, again and again; and one short step a line. Each is checked
without SymPy by W processes, and by a scheduler with W workers of one thread. The bytes are those of the loopback device: nothing else
should talk over it meanwhile (`unshare --net sh -c 'ip link set lo up; python benchmarks/cluster.py'` sees to that).
"""

from __future__ import annotations

import argparse
import importlib
import itertools
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import proofs
from derive import batch
from derive.cluster import Cluster
from derive.page import collect_module


def main() -> None:
    """Run all of it and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lines", type=int, default=1000, help="lines of each file (default 1000)")
    parser.add_argument("--workers", type=int, default=2, help="workers (default 2)")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, cluster(Path(name), arguments.workers) as (address, processes):
        folder = Path(name)
        every = [d for chapter in proofs.__all__ for d in collect_module(importlib.import_module(f"proofs.{chapter}"))]
        pages = [d.text for d in every if d.text and d.page.expect is None and not d.lemmas()]
        short = [f"given x{i}: real\nclaim x{i} + {i} + x{i} = 2*x{i} + {i}\n  x{i} + {i} + x{i}\n  = 2*x{i} + {i}" for i in range(1000)]
        for what, texts in (("pages of proofs/", pages), ("one short step a line", short)):
            source = folder / "in.jsonl"
            with source.open("w", encoding="utf-8") as file:
                for number, text in zip(range(arguments.lines), itertools.cycle(texts), strict=False):
                    file.write(json.dumps({"id": number, "page": text}) + "\n")
            print(f"{what}: {arguments.lines} lines of {source.stat().st_size / arguments.lines:.0f} bytes, {arguments.workers} workers")
            local = batch.run(source, folder / "local.jsonl", {}, jobs=arguments.workers, fast=True, restart=True)
            say("processes", local, folder / "local.jsonl")
            with Cluster(address) as executor:
                batch.run(source, folder / "first.jsonl", {}, executor=executor, fast=True, restart=True)  # what has to be imported is
                before, bytes_before = [spent(p.pid) for p in processes], loopback()
                mine = time.process_time()
                found = batch.run(source, folder / "dask.jsonl", {}, executor=executor, fast=True, restart=True)
                mine = time.process_time() - mine
                scheduler, *workers = (spent(p.pid) - b for p, b in zip(processes, before, strict=True))
            say("dask", found, folder / "dask.jsonl")
            each = 1e3 / arguments.lines
            print(f"    processor time a line: scheduler {scheduler * each:.2f} ms, whoever asks {mine * each:.2f} ms,", end=" ")
            print(f"processes of workers that check nothing {sum(workers) * each:.2f} ms")
            print(f"    over the network: {(loopback() - bytes_before) / arguments.lines:.0f} bytes a line", flush=True)


def say(who: str, tally: batch.Tally, out: Path) -> None:
    """What came of a run."""
    steps = tally.steps.total()
    print(f"  {who:9} {tally.seconds:6.2f} s, {tally.lines / tally.seconds:6.0f} lines/s, {steps / tally.seconds:6.0f} steps/s;", end=" ")
    print(f"{tally.derivations['proved']} proved; records of {out.stat().st_size / tally.lines:.0f} bytes")


@contextmanager
def cluster(folder: Path, workers: int) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """The address of a scheduler, and its process and those of the workers."""
    file, options = folder / "scheduler", ["--host", "127.0.0.1", "--no-dashboard"]
    processes = [started("scheduler", *options, "--port", "0", "--scheduler-file", str(file))]
    try:
        while not (file.exists() and file.read_bytes().endswith(b"}")):
            time.sleep(0.05)
        address = json.loads(file.read_text())["address"]
        options += ["--nthreads", "1", "--no-nanny", "--local-directory", str(folder)]
        processes += [started("worker", address, *options) for _ in range(workers)]
        with Cluster(address) as found:
            while found.threads < workers:
                time.sleep(0.1)
        yield address, processes
    finally:
        for process in processes:
            process.kill()
            process.wait()


def started(role: str, *options: str) -> subprocess.Popen[bytes]:
    """A process of a cluster."""
    command = [sys.executable, "-m", f"distributed.cli.dask_{role}", *options]
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "DASK_DISTRIBUTED__WORKER__PROFILE__ENABLED": "False"}
    return subprocess.Popen(command, env=env, stderr=subprocess.DEVNULL)


def spent(pid: int) -> float:
    """Seconds of processor time that a process has used, without what it has started."""
    user, system = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def loopback() -> int:
    """Bytes that have gone over the loopback device."""
    line = next(line for line in Path("/proc/net/dev").read_text().splitlines() if line.strip().startswith("lo:"))
    return int(line.partition(":")[2].split()[0])


if __name__ == "__main__":
    main()

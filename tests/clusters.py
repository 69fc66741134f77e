"""What makes calls, for tests: among it a Dask cluster on this machine, whose scheduler and workers are processes as on real ones."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parent.parent
ENGINES = ["processes", "threads", "an executor's processes", "dask"]
LOCAL = ["--host", "127.0.0.1", "--no-dashboard"]


class Local(NamedTuple):
    """Where the scheduler is, and the processes, each the leader of a group."""

    address: str
    scheduler: subprocess.Popen[bytes]
    workers: Sequence[subprocess.Popen[bytes]]

    def add(self, path: Sequence[Path], *options: str) -> subprocess.Popen[bytes]:
        """One more worker, which imports from `path`."""
        return _started("worker", path, self.address, *LOCAL, "--nthreads", "1", *options)


def _started(role: str, path: Sequence[Path], *options: str) -> subprocess.Popen[bytes]:
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, path)), "DASK_DISTRIBUTED__ADMIN__LOG_LENGTH": "10"}
    command = [sys.executable, "-m", f"distributed.cli.dask_{role}", *options]
    # with -m the current folder comes first on the path
    return subprocess.Popen(command, env=env, cwd=path[0], stderr=subprocess.DEVNULL, start_new_session=True)


@contextmanager
def cluster(folder: Path, workers: int, *options: str) -> Iterator[Local]:
    """A scheduler and so many workers, until the end; `folder` is for what they write."""
    file, path = folder / "scheduler", [ROOT, ROOT / "tests"]
    processes = [_started("scheduler", path, *LOCAL, "--port", "0", "--scheduler-file", str(file))]
    try:
        end = time.monotonic() + 60
        while not (file.exists() and file.read_bytes().endswith(b"}")) and time.monotonic() < end:
            time.sleep(0.02)
        address = next(word for word in file.read_text().split('"') if word.startswith("tcp:"))
        local = Local(address, processes[0], [])
        processes += [local.add(path, "--local-directory", str(folder), *options) for _ in range(workers)]
        yield local._replace(workers=processes[1:])
    finally:
        for process in reversed(processes):
            stop(process)


def stop(process: subprocess.Popen[bytes]) -> None:
    """Kill a process and its group: a nanny would start its worker again."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(10)


@contextmanager
def engine_of(kind: str, folders: pytest.TempPathFactory) -> Iterator[Executor | None]:
    """One of the ENGINES, with a single worker: None stands for the processes of a pool."""
    if kind == "processes":
        yield None
    elif kind == "threads":
        with ThreadPoolExecutor(1) as threads:
            yield threads
    elif kind == "dask":
        if not find_spec("distributed"):
            pytest.skip("the package distributed is missing; install derive-checker[dask]")
        from derive.cluster import Cluster

        with cluster(folders.mktemp("dask"), 1) as local, Cluster(local.address) as workers:
            yield workers
    else:
        with ProcessPoolExecutor(1) as processes:
            yield processes

"""Worker processes with hard limits of time and memory; may not know what their tasks are about.

A worker that hangs, dies or runs out of memory costs only the task it was at. The parent has one thread and one pipe to
each worker, so that a worker can be killed at any moment without harm to the others.
"""

from __future__ import annotations

import heapq
import importlib
import multiprocessing
import signal
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future
from concurrent.futures import wait as wait_for_futures
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any, NamedTuple

PREPARE_SECONDS = 60.0  # what a worker may take to import what its tasks need
_DEPTH = 20_000  # pickling a deep term recurses


class Task(NamedTuple):
    """Something for a worker: what to do, and within how many seconds. The lowest `order` goes first."""

    order: tuple[int, int, int]  # derivation, stage, step
    what: str  # check, read, step, opinion
    args: tuple[Any, ...]
    seconds: float
    module: str = ""  # to be imported by the worker before the time counts


class Done(NamedTuple):
    """What came of a task: its value, or `failure` says why there is none (`late`: because of the time limit)."""

    task: Task
    value: Any = None
    failure: str = ""
    late: bool = False


@dataclass(eq=False)
class _Worker:
    process: BaseProcess
    connection: Connection
    task: Task | None = None
    preparing: bool = False  # it imports what the task needs
    deadline: float = 0.0
    prepared: set[str] = field(default_factory=set)


class Pool:
    """Worker processes, started when there is something to do, each stopped when its task takes too long."""

    def __init__(self, handler: Callable[..., Any], jobs: int, memory_mb: int) -> None:
        # fork starts a worker in milliseconds; on macOS system libraries do not survive it
        method = "fork" if "fork" in multiprocessing.get_all_start_methods() and sys.platform != "darwin" else "spawn"
        self.context: Any = multiprocessing.get_context(method)
        self.handler, self.jobs, self.memory_mb = handler, max(jobs, 1), memory_mb
        self.queue: list[Task] = []
        self.workers: list[_Worker] = []
        self.unsent: list[Done] = []
        sys.setrecursionlimit(max(sys.getrecursionlimit(), _DEPTH))

    @property
    def open(self) -> int:
        """The number of tasks without a result."""
        return len(self.queue) + sum(w.task is not None for w in self.workers)

    def put(self, task: Task) -> None:
        """Add a task; allowed while `results` is being read."""
        heapq.heappush(self.queue, task)

    def results(self) -> Iterator[Done]:
        """The results as they come, until no task is left."""
        while self.open or self.unsent:
            self.assign()
            while self.unsent:
                yield self.unsent.pop()
            busy = {w.connection: w for w in self.workers if w.task}
            if not busy:
                continue
            pause = min(w.deadline for w in busy.values()) - time.monotonic()
            for connection in wait(list(busy), max(pause, 0)):
                if done := self.receive(busy[connection]):  # type: ignore[index]
                    yield done
            for worker in [w for w in self.workers if w.task and w.deadline <= time.monotonic()]:
                if done := self.receive(worker) if worker.connection.poll() else self.stop(worker):
                    yield done

    def assign(self) -> None:
        while self.queue:
            idle = [w for w in self.workers if not w.task]
            if not idle and len(self.workers) >= self.jobs:
                return
            module = self.queue[0].module
            # a worker that has SymPy, rather than one that would have to import it
            worker = min(idle, key=lambda w: module not in w.prepared) if idle else self.start()
            worker.task = heapq.heappop(self.queue)
            worker.preparing = bool(module) and module not in worker.prepared
            self.send(worker)

    def start(self) -> _Worker:
        ours, theirs = self.context.Pipe()
        # a forked worker has our ends too; while it keeps them open, no worker sees that we are gone
        inherited = [ours, *(w.connection for w in self.workers)] if self.context.get_start_method() == "fork" else []
        process = self.context.Process(target=_serve, args=(theirs, inherited, self.handler, self.memory_mb), daemon=True)
        with _without_interrupts():  # the worker must not get one before it can ignore it
            process.start()
        theirs.close()
        self.workers.append(_Worker(process, ours))
        return self.workers[-1]

    def send(self, worker: _Worker) -> None:
        task = worker.task
        assert task is not None
        seconds = PREPARE_SECONDS if worker.preparing else task.seconds
        try:
            worker.connection.send(("import", (task.module,), seconds) if worker.preparing else (task.what, task.args, seconds))
            worker.deadline = time.monotonic() + seconds
        except OSError:  # it died while idle
            self.discard(worker)
            self.put(task)
        except Exception as error:  # what cannot be pickled is one task's trouble
            worker.task = None
            self.unsent.append(Done(task, failure=f"it could not be sent to a worker ({type(error).__name__})"))

    def receive(self, worker: _Worker) -> Done | None:
        task = worker.task
        assert task is not None
        try:
            value, failure = worker.connection.recv()
        except (EOFError, OSError):
            worker.process.join(1)
            self.discard(worker)
            return Done(task, failure=_cause_of_death(worker.process.exitcode))
        if worker.preparing and not failure:
            worker.preparing = False
            worker.prepared.add(task.module)
            self.send(worker)
            return None
        worker.task = None
        return Done(task, value, failure)

    def stop(self, worker: _Worker) -> Done:
        task = worker.task
        assert task is not None
        self.discard(worker)
        return Done(task, failure=f"it was stopped after {task.seconds:.3g} s", late=True)

    def discard(self, worker: _Worker) -> None:
        self.workers.remove(worker)
        worker.process.kill()
        worker.process.join()
        worker.connection.close()

    def close(self) -> None:
        """Stop every worker."""
        for worker in self.workers:
            worker.process.kill()
        for worker in list(self.workers):
            self.discard(worker)


class _without_interrupts:
    """Holds Ctrl-C back for a moment, where the platform can; what is started meanwhile inherits that for good."""

    def __enter__(self) -> None:
        self.mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT}) if hasattr(signal, "pthread_sigmask") else None

    def __exit__(self, *_: object) -> None:
        if self.mask is not None:
            signal.pthread_sigmask(signal.SIG_SETMASK, self.mask)


def _cause_of_death(code: int | None) -> str:
    if code is not None and code < 0:
        names = {int(s): s.name for s in signal.Signals}
        return f"its process was ended by {names.get(-code, f'signal {-code}')}"
    return f"its process ended by itself with exit code {code}"


def _serve(connection: Connection, inherited: list[Connection], handler: Callable[..., Any], memory_mb: int) -> None:
    """The life of a worker: take a task, do it, send what came of it; until the parent is gone."""
    for theirs in inherited:
        theirs.close()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sys.setrecursionlimit(_DEPTH)
    _limit_memory(memory_mb)
    while True:
        try:
            what, args, seconds = connection.recv()
        except (EOFError, OSError):
            return
        _alarm(int(seconds) + 5)  # should the parent be killed meanwhile, nobody else would stop this worker
        answer = _attempt(handler, what, args, memory_mb)
        _alarm(0)
        try:
            connection.send(answer)
        except OSError:
            return
        except Exception as error:
            connection.send((None, f"its result could not be sent back ({type(error).__name__})"))


def _attempt(handler: Callable[..., Any], what: str, args: tuple[Any, ...], memory_mb: int) -> tuple[Any, str]:
    """The value and no failure, or no value and the failure."""
    try:
        if what == "import":
            importlib.import_module(args[0])
            return None, ""
        return handler(what, *args), ""
    except MemoryError:
        return None, f"it needed more than {memory_mb} MB of memory"
    except Exception as error:  # a defect of a prover is one step's trouble, and the run goes on
        return None, f"{type(error).__name__}: {error}"


def _alarm(seconds: int) -> None:
    if hasattr(signal, "alarm"):
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(seconds)


def _limit_memory(memory_mb: int) -> None:
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return
    with suppress(ValueError, OSError):
        hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        limit = memory_mb * 2**20
        resource.setrlimit(resource.RLIMIT_AS, (limit if hard == resource.RLIM_INFINITY else min(limit, hard), hard))


class Borrowed:
    """Somebody else's executor in the place of a pool."""

    def __init__(self, executor: Executor, handler: Callable[..., Any]) -> None:
        self.executor, self.handler = executor, handler
        self.futures: dict[Future[tuple[Any, str]], Task] = {}

    @property
    def open(self) -> int:
        return len(self.futures)

    def put(self, task: Task) -> None:
        self.futures[self.executor.submit(_attempt, self.handler, task.what, task.args, 0)] = task

    def results(self) -> Iterator[Done]:
        while self.futures:
            for future in wait_for_futures(self.futures, return_when=FIRST_COMPLETED).done:
                task = self.futures.pop(future)
                error = future.exception()
                yield Done(task, failure=f"{type(error).__name__}: {error}") if error else Done(task, *future.result())

    def close(self) -> None:
        for future in self.futures:
            future.cancel()

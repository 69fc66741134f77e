"""Worker processes (pebble's) with hard limits of time and memory, or somebody's executor; may not know what their tasks are about."""

from __future__ import annotations

import gc
import importlib
import multiprocessing
import os
import pickle
import signal
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple

from pebble import ProcessExpired, ProcessPool

# fork starts a worker in milliseconds; on macOS system libraries do not survive it
METHOD = "fork" if "fork" in multiprocessing.get_all_start_methods() and sys.platform != "darwin" else "spawn"
DEPTH = 20_000  # pickling a deep term recurses
_shared: tuple[Any, ...] = ()  # in a worker: the first arguments of all calls


class Failure(NamedTuple):
    """Why a task has no result (`late`: because of the time limit)."""

    reason: str
    late: bool = False


@dataclass(eq=False)
class Task:
    """A call in a worker, to be finished within so many seconds."""

    seconds: float
    call: tuple[Any, ...]  # function and arguments
    future: Future[Any]
    again: bool = False


class Pool:
    """Calls functions in workers, as `function(*shared, *args)`. The `modules` are imported before the time of a task counts.

    An `executor` takes the place of the processes; the limits are then its own affair. `progress` is told the tasks done and known.
    """

    def __init__(
        self,
        jobs: int,
        memory_mb: int,
        shared: tuple[Any, ...] = (),
        modules: Sequence[str] = (),
        executor: Executor | None = None,
        progress: Callable[[int, int], None] | None = None,
    ) -> None:
        self.jobs, self.prepared, self.executor, self.progress = jobs, (shared, memory_mb, modules), executor, progress
        self.known, self.taken, self.finished, self._counting = 0, 0, 0, Lock()
        sys.setrecursionlimit(max(sys.getrecursionlimit(), DEPTH))
        for module in modules if METHOD == "fork" and not executor else ():
            importlib.import_module(module)  # once for all workers
        self._open()

    def _open(self) -> None:
        gc.freeze()  # what stands so far stays: neither this process nor a worker has to look through it for garbage
        context: Any = multiprocessing.get_context(METHOD)
        self.pool = ProcessPool(self.jobs, initializer=_prepare, initargs=self.prepared, context=context)

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, *_: object) -> None:
        self.pool.stop()  # type: ignore[no-untyped-call]
        self.pool.join()

    def put(self, seconds: float, function: Callable[..., Any], *args: Any) -> Task:
        """Have a function called in a worker."""
        return Task(seconds, (function, *args), self._send(seconds, (function, *args)))

    def _send(self, seconds: float, call: tuple[Any, ...]) -> Future[Any]:
        self.known += 1
        if self.executor:
            future: Future[Any] = self.executor.submit(_attempt, 0, self.prepared[0], *call)
        else:
            if not self.pool.active:  # it does not survive that a worker is killed while none has anything to do
                self.__exit__()
                self._open()
            future = self.pool.schedule(_attempt, (int(seconds) + 5, None, *call), timeout=seconds)
        future.add_done_callback(self._count)
        return future

    def _count(self, _: Future[Any]) -> None:
        with self._counting:  # several threads of pebble's get here; a list of the futures would keep all results
            self.finished += 1

    def take(self, task: Task) -> Any:
        """The result of a task, or a Failure, as soon as it is there."""
        while wait([task.future], 0.1).not_done:
            self._tell()
        self.taken += 1
        self._tell()
        try:
            return task.future.result()
        except TimeoutError:
            return Failure(f"it was stopped after {task.seconds:.3g} s", late=True)
        except (ProcessExpired, BrokenProcessPool) as error:
            if not task.again:  # pebble may blame the task before the one at which a worker died
                task.again, task.future = True, self._send(task.seconds, task.call)
                return self.take(task)
            code = getattr(error, "exitcode", 0)
            return Failure(f"its process ended with exit code {code}" + (f" ({signal.strsignal(-code)})" if code < 0 else ""))
        except Exception as error:
            return Failure(f"{type(error).__name__}: {error}")

    def _tell(self) -> None:
        if self.progress:
            self.progress(max(self.taken, self.finished), self.known)


# -- in a worker


def _prepare(shared: tuple[Any, ...], memory_mb: int, modules: Sequence[str]) -> None:
    global _shared
    _shared = shared
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # dies at once; pebble's handler would wait for a computation in C to end
    sys.setrecursionlimit(DEPTH)
    gc.set_threshold(200_000)
    for module in modules:
        importlib.import_module(module)
    with suppress(ImportError, ValueError, OSError):  # Windows has no such limit
        import resource

        hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        limit = _mapped() + memory_mb * 2**20
        resource.setrlimit(resource.RLIMIT_AS, (limit if hard == resource.RLIM_INFINITY else min(limit, hard), hard))


def _mapped() -> int:
    """The bytes of memory that this process has mapped already, as a forked worker has what its parent had (PyTorch, say)."""
    with suppress(OSError, ValueError, AttributeError):
        return int(Path("/proc/self/statm").read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    return 0


def _attempt(limit: int, shared: tuple[Any, ...] | None, function: Callable[..., Any], *args: Any) -> Any:
    alarm = getattr(signal, "alarm", abs) if limit else abs
    alarm(limit)  # should the parent be killed meanwhile, nobody else would stop this worker
    try:
        value = function(*(_shared if shared is None else shared), *args)
        pickle.dumps(value)  # pebble does so while it holds a lock; what hangs or fails in it would stop the other workers
        return value
    except MemoryError:
        return Failure("it needed more memory than it is allowed")
    except BaseException as error:  # a defect of a prover is one step's trouble, and the run goes on
        return Failure(f"{type(error).__name__}: {error}")
    finally:
        alarm(0)

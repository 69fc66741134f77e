"""The workers of a Dask cluster as an executor; may not know what they are asked.

What a worker runs is `guard.guarded`, so that the limits of time and memory hold there as here, and so that none answers that has
another engine than whoever asks.
"""

from __future__ import annotations

import functools
import importlib
import logging
import sys
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import CancelledError, Executor, Future
from queue import SimpleQueue
from threading import Lock, Thread
from typing import Any, NamedTuple

from derive.guard import NoEngine, fingerprint

CONNECT_SECONDS = 5.0  # for a scheduler to answer
WORKERS_SECONDS = 10.0  # for the first worker to be there
GLANCE_SECONDS = 2.0  # between two looks at how many workers there are
TOGETHER, PATIENCE = 8, 0.002  # calls that are made one after another on a worker at most, and seconds in which they may gather


class Cluster(Executor):
    """An executor whose calls are made by the workers of a scheduler, as many at a time as these have threads.

    A worker that dies costs nothing but time: what it was at is given to another. Raises NoEngine where there is no scheduler, no
    worker, or one that cannot check derivations as this process does.
    """

    def __init__(self, scheduler: str) -> None:
        try:
            dask: Any = importlib.import_module("distributed")  # late: it is large, and an extra
        except ImportError as error:
            raise NoEngine(f"--engine dask needs the package distributed ({error}); install derive-checker[dask]") from None
        for name in ("distributed", "distributed.client", "asyncio", "tornado.application"):
            logging.getLogger(name).setLevel(logging.CRITICAL)  # what matters is raised
        self.name = f"the scheduler at {scheduler}"
        try:
            dask.comm.resolve_address(scheduler)  # a client that is given nonsense does not end well
            self._client = dask.Client(scheduler, timeout=CONNECT_SECONDS, set_as_default=False)
        except (OSError, TimeoutError, ValueError) as error:
            said = str(error) or f"no answer within {CONNECT_SECONDS:g} s"
            raise NoEngine(f"no Dask scheduler at {scheduler}: {said}; start one with dask scheduler, and name its address") from None
        try:
            self._client.wait_for_workers(1, timeout=WORKERS_SECONDS)
            self._examine()
        except TimeoutError:
            self.shutdown()
            raise NoEngine(f"the scheduler at {scheduler} has no workers; start some with dask worker {scheduler}") from None
        except BaseException:
            self.shutdown()
            raise
        self._executor = self._client.get_executor(pure=False)
        self._looked, self._threads = 0.0, 1
        self._waiting, self._under_way, self._counting = SimpleQueue[_Waiting | None](), 0, Lock()
        Thread(target=self._send, name="derive", daemon=True).start()

    def _examine(self) -> None:
        """Raises NoEngine unless every worker has the engine that this process has."""
        mine = f"{sys.version_info.major}.{sys.version_info.minor}"
        hosts = self._client.get_versions()["workers"]
        other = {address: found["host"]["python"] for address, found in hosts.items()}
        wrong = {address: version for address, version in other.items() if not version.startswith(f"{mine}.")}
        if wrong:  # what this Python has compiled must not be sent there
            raise NoEngine(_differ({address: f"Python {version}" for address, version in wrong.items()}, f"Python {mine}"))
        found = self._client.run(_engine())
        if wrong := {address: said for address, said in found.items() if said != fingerprint()}:
            raise NoEngine(_differ(wrong, fingerprint()))

    @property
    def jobs(self) -> int:
        """How many calls the workers can be given at a time."""
        return TOGETHER * self.threads

    @property
    def threads(self) -> int:
        """How many calls the workers make at a time; there may be more of them than a moment ago."""
        if time.monotonic() - self._looked > GLANCE_SECONDS:
            self._threads = max(sum(self._client.nthreads().values()), 1)
            self._looked = time.monotonic()
        return self._threads

    def submit(self, function: Callable[..., Any], /, *args: Any, **options: Any) -> Future[Any]:
        """Have a call made by some worker."""
        future = Future[Any]()
        self._waiting.put(_Waiting(future, functools.partial(function, *args, **options)))
        return future

    def _send(self) -> None:
        """Give the workers what waits; while all have enough to do, some calls together, for a task costs them and the scheduler
        milliseconds."""
        while first := self._waiting.get():
            time.sleep(PATIENCE)
            enough = self._under_way >= 2 * self._threads
            together = TOGETHER if enough else min(TOGETHER, 1 + self._waiting.qsize() // self._threads)
            found = [first]
            while len(found) < together and not self._waiting.empty() and (more := self._waiting.get()):
                found.append(more)
            with self._counting:
                self._under_way += len(found)
            try:
                task = self._executor.submit(_several, [waiting.call for waiting in found])
            except Exception as error:
                task = Future()
                task.set_exception(error)
            task.add_done_callback(functools.partial(self._tell, found))

    def _tell(self, found: list[_Waiting], task: Future[list[Any]]) -> None:
        """Hand out what came of calls that were made together."""
        with self._counting:
            self._under_way -= len(found)
        error = CancelledError() if task.cancelled() else task.exception()
        for k, waiting in enumerate(found):
            if waiting.future.set_running_or_notify_cancel():
                if error is None:
                    waiting.future.set_result(task.result()[k])
                else:
                    waiting.future.set_exception(error)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Leave the cluster to others."""
        if hasattr(self, "_waiting"):
            self._waiting.put(None)
        self._client.close(timeout=CONNECT_SECONDS)


class _Waiting(NamedTuple):
    future: Future[Any]
    call: Callable[[], Any]


def _several(calls: list[Callable[[], Any]]) -> list[Any]:
    """On a worker: the results of some calls."""
    return [call() for call in calls]


def _engine() -> Callable[[], str]:
    """What says on a worker which engine it has; made here, so that its code travels and needs nothing there."""

    def engine() -> str:
        try:
            from derive.guard import fingerprint  # late: on the other machine
        except ImportError as error:
            return f"no derive of this kind ({error}); install derive-checker there"
        return fingerprint()

    engine.__module__ = "__main__"  # else its name would travel, and not its code
    return engine


def _differ(found: dict[str, str], mine: str) -> str:
    """What is wrong with which workers."""
    one = {said: address for address, said in found.items()}
    told = "; ".join(f"{count} (as {one[said]}) has {said}" for said, count in Counter(found.values()).items())
    return f"workers have another engine than this process, which has {mine}: {told}. Install the same versions everywhere"

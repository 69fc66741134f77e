"""The workers of a Dask cluster as an executor; may not know what they are asked.

What a worker runs is `guard.guarded`, so that the limits of time and memory hold there as here, and so that none answers that has
another engine than whoever asks.
"""

from __future__ import annotations

import importlib
import logging
import sys
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import Any

from derive.guard import NoEngine, fingerprint

CONNECT_SECONDS = 5.0  # for a scheduler to answer
WORKERS_SECONDS = 10.0  # for the first worker to be there
GLANCE_SECONDS = 2.0  # between two looks at how many workers there are


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
        """How many calls the workers make at a time; there may be more of them than a moment ago."""
        if time.monotonic() - self._looked > GLANCE_SECONDS:
            self._threads = max(sum(self._client.nthreads().values()), 1)
            self._looked = time.monotonic()
        return self._threads

    def submit(self, function: Callable[..., Any], /, *args: Any, **options: Any) -> Future[Any]:
        """Have a call made by some worker."""
        future: Future[Any] = self._executor.submit(function, *args, **options)
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Leave the cluster to others."""
        self._client.close(timeout=CONNECT_SECONDS)


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

"""Many calls at once, in guarded processes of this machine or wherever an executor has them made, answers in order; may not know what
the calls are about.

Memory does not grow with the number of calls: one is put when a worker is nearly free, and no more than a window of what follows is
ahead of the oldest answer that is not known yet.
"""

from __future__ import annotations

import gc
import importlib
import sys
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Any, Generic, NamedTuple, TypeVar

from derive.guard import DEPTH, FORKS, Failure, Keeper, Limits, NoEngine, adopt, fingerprint, guarded, read, written

__all__ = ["Call", "Failure", "Inquiry", "NoEngine", "Pool"]

WINDOW, WINDOW_BYTES = 2000, 64 * 2**20  # of inquiries that are under way, and of answers that wait for one before them

T = TypeVar("T")


class Call(NamedTuple):
    """What a worker is to do, and for how many seconds it may."""

    seconds: float
    function: Callable[..., Any]
    args: tuple[Any, ...] = ()


# What is asked until an answer is known: some calls at a time, each of which comes back as its result or a Failure.
Inquiry = Generator[list[Call], list[Any], T]


@dataclass(eq=False)
class Task:
    """A call that is under way, and the bytes that it and its result take."""

    future: Future[bytes]
    size: int


class Pool:
    """Makes calls, in `jobs` processes that are started at once, or by an `executor` of concurrent.futures.

    A call may take `memory_mb` megabytes more than its process begins with. The `modules` are imported before the time of a call
    counts. An executor that has `jobs` says by that how many calls it makes at a time, and by its `name` what it is called in messages.
    """

    def __init__(self, jobs: int, memory_mb: int, modules: Sequence[str] = (), executor: Executor | None = None) -> None:
        self._jobs, self._memory_mb, self._modules, self._keepers = jobs, memory_mb, tuple(modules), list[Keeper]()
        self._engine = fingerprint() if executor else ""
        sys.setrecursionlimit(max(sys.getrecursionlimit(), DEPTH))
        self._executor = executor or self._processes()
        self._own, self._name = not executor, str(getattr(executor, "name", "the executor"))

    def _processes(self) -> Executor:
        """A thread for each process, whose keeper is started before there are threads."""
        for module in self._modules if FORKS else ():
            importlib.import_module(module)  # once for all workers
        gc.freeze()  # what stands so far stays: neither this process nor a worker has to look through it for garbage
        free = SimpleQueue[Keeper]()
        for _ in range(self._jobs):
            self._keepers.append(Keeper("fork" if FORKS else "spawn"))
            free.put(self._keepers[-1])
        return ThreadPoolExecutor(self._jobs, "derive", lambda: adopt(free.get()))

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, *_: object) -> None:
        if self._own:
            self._executor.shutdown(wait=False, cancel_futures=True)
            for keeper in self._keepers:
                keeper.close()
            self._executor.shutdown()

    @property
    def places(self) -> int:
        """How many inquiries are under way at a time, so that a worker that is free finds a call."""
        return 2 * int(getattr(self._executor, "jobs", self._jobs)) + 2

    def put(self, seconds: float, function: Callable[..., Any], *args: Any) -> Task:
        """Have a function called by a worker. Raises NoEngine."""
        try:
            call = written((function, args))
        except Exception as error:
            future = Future[bytes]()
            future.set_result(written(Failure(f"{type(error).__name__}: {error}")))
            return Task(future, 0)
        limits = Limits(seconds, self._memory_mb, self._modules)
        try:
            return Task(self._executor.submit(guarded, self._engine, limits, call), len(call))
        except (BrokenExecutor, RuntimeError) as error:
            raise NoEngine(f"{self._name} takes no more calls: {error}") from None

    def take(self, task: Task) -> Any:
        """The result of a task, or a Failure, as soon as it is there. Raises NoEngine."""
        try:
            data = task.future.result()
            task.size = len(data)
            return read(data)
        except NoEngine:
            raise
        except (BrokenExecutor, CancelledError) as error:
            raise NoEngine(f"{self._name} makes no more calls ({type(error).__name__}): is it still there?") from None
        except Exception as error:
            return Failure(f"{type(error).__name__}: {error}")

    def answers(
        self, inquiries: Iterator[Inquiry[T]], progress: Callable[[int, int], None] | None = None, total: int = 0
    ) -> Iterator[T]:
        """The answers of inquiries, in their order, each as soon as it is known. Raises NoEngine.

        `progress` is told the calls made and known so far, where there are `total` inquiries.
        """
        landed = SimpleQueue[_Flight[T]]()
        window, flying, size, begun, made, known = deque[_Flight[T]](), 0, 0, 0, 0, 0
        try:
            while True:
                while flying < self.places and len(window) < WINDOW and size < WINDOW_BYTES and (inquiry := next(inquiries, None)):
                    window.append(flight := _Flight(self, inquiry, landed))
                    begun, known, flying, size = begun + 1, known + flight.left, flying + (not flight.over), size + flight.size
                if not window:
                    return
                if window[0].over:
                    size -= window[0].size
                    yield window.popleft().answer
                    continue
                with suppress(Empty):
                    flight = landed.get(timeout=0.1)
                    made, flight.left = made + 1, flight.left - 1
                    if not flight.left:
                        size -= flight.size
                        flight.go_on()
                        known, flying, size = known + flight.left, flying - flight.over, size + flight.size
                if progress:
                    progress(made, known + max(total - begun, 0))
        finally:
            for flight in window:
                flight.cancel()


class _Flight(Generic[T]):
    """An inquiry that is under way: `left` of its calls, or it is `over`, and there is its `answer`."""

    def __init__(self, pool: Pool, inquiry: Inquiry[T], landed: SimpleQueue[_Flight[T]]) -> None:
        self._pool, self._inquiry, self._landed, self._tasks = pool, inquiry, landed, list[Task]()
        self.left, self.over, self.size = 0, False, 0
        self.answer: T
        self.go_on()

    def go_on(self) -> None:
        """Have the calls made that follow from what is known by now; their futures come with it to `landed`."""
        found = [self._pool.take(task) for task in self._tasks] if self._tasks else None
        try:
            calls = self._inquiry.send(found)  # type: ignore[arg-type]  # None begins it
        except StopIteration as stop:
            self.answer, self.over = stop.value, True
            self.size = sum(task.size for task in self._tasks)
            self._tasks = []
            return
        self._tasks = [self._pool.put(call.seconds, call.function, *call.args) for call in calls]
        self.left, self.size = len(calls), sum(task.size for task in self._tasks)
        for task in self._tasks:
            task.future.add_done_callback(lambda _: self._landed.put(self))

    def cancel(self) -> None:
        """Give up what nobody waits for any more."""
        for task in self._tasks:
            task.future.cancel()

"""Many derivations at once: each goes to a worker process, then each step to SymPy; may not know what a rule or a proof is.

A worker that hangs, dies or runs out of memory costs only the step it was at, and the run goes on.
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from functools import partial
from typing import TYPE_CHECKING, Any

from derive.check import check, check_derivation, claim_of_step, with_opinion
from derive.model import Claim, Opinion, Outcome, Page, PageError, Status, Verdict
from derive.pool import Borrowed, Done, Pool, Task

if TYPE_CHECKING:
    from derive.page import Derivation

STEP_SECONDS = 5.0  # what the kernel and the refuter may take for a step, a hundred times what one usually takes
DERIVATION_SECONDS = 10.0  # what they may take for a whole derivation, before each step is looked at by itself
GRACE = 0.25  # seconds over its own limit after which a worker is stopped from outside
READ_SECONDS = 10.0
BRIDGE = "derive.sympy_bridge"

Progress = Callable[[int, int], None]


def run(
    derivations: Sequence[Derivation],
    library: Mapping[str, Derivation],
    *,
    jobs: int | None = None,
    time_limit: float = 2.0,
    fast: bool = False,
    memory_mb: int = 2048,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> Iterator[Outcome]:
    """Check the derivations and yield what is known of each, in their order, as soon as it is known.

    `library` holds what `by lemma` may name. Unless `fast`, SymPy is asked for its opinion of every step, for at most
    `time_limit` seconds a step. A worker may use `memory_mb` megabytes. `progress` is told the tasks done and known.
    An `executor` of concurrent.futures takes the place of the worker processes; the limits are then its own affair.
    """
    if not derivations:
        return
    handler = partial(_handle, tuple(derivations), dict(library))
    pool = Borrowed(executor, handler) if executor else Pool(handler, min(jobs or cores(), 4 * len(derivations)), memory_mb)
    ways = [_Way(i, d, time_limit, fast) for i, d in enumerate(derivations)]
    finished, count = 0, 0
    try:
        for way in ways:
            pool.put(way.first())
        for done in pool.results():
            way, count = ways[done.task.order[0]], count + 1
            for task in way.advance(done):
                pool.put(task)
            if progress:
                progress(count, count + pool.open)
            while finished < len(ways) and (outcome := ways[finished].outcome):
                yield outcome
                finished += 1
    finally:
        pool.close()


def cores() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


# -- what a worker does


def _handle(derivations: Sequence[Derivation], library: Mapping[str, Derivation], what: str, at: int | Claim, *args: Any) -> Any:
    """One task, done in a worker: check or read a whole derivation, check one step of it, or ask SymPy about a claim."""
    if isinstance(at, Claim):
        return importlib.import_module(BRIDGE).opinion(at, *args)
    derivation = derivations[at]
    if what == "check":
        return check_derivation(derivation, library, STEP_SECONDS)
    try:
        return derivation.page if what == "read" else check(claim_of_step(derivation, library, *args), STEP_SECONDS)
    except PageError as error:
        return error


# -- what happens to one derivation


class _Way:
    """The way of one derivation: checked as a whole; if that fails, step by step; then SymPy's opinion of each step."""

    def __init__(self, index: int, derivation: Derivation, time_limit: float, fast: bool) -> None:
        self.index, self.derivation, self.time_limit, self.fast = index, derivation, time_limit, fast
        self.outcome: Outcome | None = None  # set when everything is known
        self.page: Page | None = None
        self.error: PageError | None = None
        self.verdicts: dict[int, Verdict] = {}
        self.open = 0

    def first(self) -> Task:
        return Task((self.index, 0, 0), "check", (self.index,), DERIVATION_SECONDS)

    def advance(self, done: Done) -> list[Task]:
        """Take in the result of a task; gives the tasks that follow from it."""
        what, step = done.task.what, done.task.order[2]
        if what == "check":
            return self.assess(done.value) if not done.failure else [Task((self.index, 1, 0), "read", (self.index,), READ_SECONDS)]
        if what == "read":
            return self.retry(done)
        if what == "step":
            if isinstance(done.value, PageError):  # a lemma is not as it should be
                self.error = done.value
            self.verdicts[step] = done.value or Verdict(Status.UNDECIDED, message=f"the check of this step failed: {done.failure}")
        elif what == "opinion":
            self.verdicts[step] = with_opinion(self.verdicts[step], self.opinion(done))
        self.open -= 1
        if self.open:
            return []
        if self.error:
            return self.finish(Outcome(self.derivation.name, None, (), self.error))
        seconds = sum(v.seconds for v in self.verdicts.values())
        outcome = Outcome(self.derivation.name, self.page, tuple(v for _, v in sorted(self.verdicts.items())), None, seconds)
        return self.assess(outcome) if what == "step" else self.finish(outcome)

    def retry(self, done: Done) -> list[Task]:
        """The whole could not be checked, so each step is checked by itself: only the bad ones will fail."""
        if done.failure:
            error = PageError(f"the page could not be read: {done.failure}", self.derivation.place)
            return self.finish(Outcome(self.derivation.name, None, (), error))
        if isinstance(done.value, PageError):
            return self.finish(Outcome(self.derivation.name, None, (), done.value))
        page: Page = done.value
        self.page, self.open = page, len(page.lines) - 1
        return [Task((self.index, 2, k), "step", (self.index, k), STEP_SECONDS + GRACE) for k in range(self.open)]

    def assess(self, outcome: Outcome) -> list[Task]:
        """The kernel's word is there; SymPy's is still to come, unless nobody wants it."""
        self.page, self.verdicts = outcome.page, dict(enumerate(outcome.verdicts))
        asked = {} if self.fast or outcome.error else {k: v.claim for k, v in self.verdicts.items() if v.claim is not None}
        if not asked:
            return self.finish(outcome)
        self.open = len(asked)
        return [
            Task((self.index, 3, k), "opinion", (claim, self.time_limit), self.time_limit + GRACE, BRIDGE) for k, claim in asked.items()
        ]

    def opinion(self, done: Done) -> Opinion:
        if isinstance(done.value, Opinion):
            return done.value
        return Opinion("timeout", "", self.time_limit) if done.late else Opinion("failed", done.failure)

    def finish(self, outcome: Outcome) -> list[Task]:
        self.outcome = outcome
        return []

"""Many derivations at once, each in a worker process, and then each step's SymPy; may not know what a rule or a proof is.

A worker that hangs, dies or runs out of memory costs only the step it was at, and the run goes on.
"""

from __future__ import annotations

import difflib
import importlib
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from derive.check import Library, check, check_derivation, claim_of_step, diagnosed, with_opinion
from derive.model import Claim, Opinion, Outcome, PageError, Status, Verdict
from derive.pool import Failure, Pool

if TYPE_CHECKING:
    from derive.page import Derivation

STEP_SECONDS = 10.0  # what the kernel and the refuter may take for a step, hundreds of times what one usually takes
DERIVATION_SECONDS = 20.0  # what they may take for a whole derivation, before each step is looked at by itself
GRACE = 0.25  # seconds over its own limit after which a worker is stopped from outside
READ_SECONDS = 10.0
BRIDGE = "derive.sympy_bridge"


def run(
    derivations: Sequence[Derivation],
    library: Mapping[str, Derivation],
    *,
    jobs: int | None = None,
    time_limit: float = 2.0,
    fast: bool = False,
    memory_mb: int = 2048,
    executor: Executor | None = None,
    progress: Callable[[int, int], None] | None = None,
    known: Mapping[int, Sequence[Verdict | None]] | None = None,
) -> Iterator[Outcome]:
    """Check the derivations and yield what is known of each, in their order, as soon as it is known.

    `library` holds what `by lemma` and `see` may name. Unless `fast`, SymPy is asked afterwards for its opinion of every step, for at
    most `time_limit` seconds a step. A worker may use `memory_mb` megabytes more than it begins with. `progress` is told the tasks done
    and known. An `executor` of concurrent.futures takes the place of the worker processes; the limits are then its own affair. `known`
    holds, by the number of a derivation, the verdicts on its steps, where some are known; the others alone are checked.
    """
    known = known or {}
    library = library if isinstance(library, Library) else Library(library)
    workers = partial(Pool, memory_mb=memory_mb, executor=executor, progress=progress)
    with workers(min(jobs or cores(), len(derivations)), shared=(tuple(derivations), library)) as pool:
        tasks = [None if i in known else pool.put(DERIVATION_SECONDS, _check, i) for i in range(len(derivations))]
        wholes = (pool.take(task) if task else None for task in tasks)
        found = (_outcome(pool, i, d, whole, known.get(i, ())) for i, (d, whole) in enumerate(zip(derivations, wholes, strict=True)))
        outcomes = (_seeing(outcome, library) for outcome in found)
        if fast:
            yield from outcomes
            return
        checked = list(outcomes)
    claims = [v.claim for outcome in checked for v in outcome.verdicts if v.claim]
    answers = opinions(claims, jobs=jobs, time_limit=time_limit, memory_mb=memory_mb, executor=executor, progress=progress)
    for outcome in checked:
        verdicts = [with_opinion(v, next(answers)) if v.claim else v for v in outcome.verdicts]
        yield replace(outcome, verdicts=tuple(verdicts))


def opinions(
    claims: Sequence[Claim],
    *,
    jobs: int | None = None,
    time_limit: float = 2.0,
    memory_mb: int = 2048,
    executor: Executor | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Iterator[Opinion]:
    """SymPy's opinions of some claims, in their order; each gets at most `time_limit` seconds. All else is as for `run`."""
    if not claims:
        return
    with Pool(min(jobs or cores(), len(claims)), memory_mb, modules=[BRIDGE], executor=executor, progress=progress) as pool:
        for task in [pool.put(time_limit + GRACE, _ask, claim, time_limit) for claim in claims]:
            yield _opinion(pool.take(task), time_limit)


def cores() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _outcome(
    pool: Pool, index: int, derivation: Derivation, whole: Outcome | Failure | None, known: Sequence[Verdict | None]
) -> Outcome:
    """What is known of a derivation. If it was not, or could not be, checked as a whole, each step is, so that only the bad ones fail."""
    if isinstance(whole, Outcome):
        return whole
    page = pool.take(pool.put(READ_SECONDS, _part, index))
    if isinstance(page, Failure):
        page = PageError(f"the page could not be read: {page.reason}", derivation.place)
    if isinstance(page, PageError):
        return Outcome(derivation.name, None, (), page)
    tasks = [None if known and known[k] else pool.put(STEP_SECONDS + GRACE, _part, index, k) for k in range(len(page.lines) - 1)]
    found: list[Any] = [pool.take(task) if task else known[k] for k, task in enumerate(tasks)]
    if error := next((f for f in found if isinstance(f, PageError)), None):  # a lemma is not as it should be
        return Outcome(derivation.name, None, (), error)
    failed = "the check of this step failed: "
    verdicts = tuple(Verdict(Status.UNDECIDED, message=failed + f.reason) if isinstance(f, Failure) else f for f in found)
    return Outcome(derivation.name, page, verdicts, None, sum(v.seconds for v in verdicts))


def _seeing(outcome: Outcome, library: Mapping[str, Derivation]) -> Outcome:
    """The outcome; or the error that its page says to see a derivation that there is not."""
    for name, place in outcome.page.see.items() if outcome.page else ():
        if name not in library:
            near = difflib.get_close_matches(name, list(library), 1)
            hint = f"did you mean {near[0]}?" if near else "a derivation is named module.variable"
            error = PageError(f"there is no derivation {name} to see", place, name, hint)
            return replace(outcome, verdicts=(), error=error)
    return outcome


def _opinion(found: Opinion | Failure, time_limit: float) -> Opinion:
    if not isinstance(found, Failure):
        return found
    return Opinion("timeout", "", time_limit) if found.late else Opinion("failed", found.reason)


# -- in a worker


def _check(derivations: Sequence[Derivation], library: Mapping[str, Derivation], index: int) -> Outcome:
    return check_derivation(derivations[index], library, STEP_SECONDS)


def _part(derivations: Sequence[Derivation], library: Mapping[str, Derivation], index: int, step: int | None = None) -> Any:
    """The page of a derivation, or the verdict on one step of it; or the PageError."""
    derivation = derivations[index]
    try:
        if step is None:
            return derivation.page
        return diagnosed(check(claim_of_step(derivation, library, step), STEP_SECONDS))
    except PageError as error:
        return error


def _ask(claim: Claim, seconds: float) -> Any:
    return importlib.import_module(BRIDGE).opinion(claim, seconds)

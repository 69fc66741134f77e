"""Many derivations at once, each in a worker process, and SymPy's opinion of their steps; may not know what a rule or a proof is.

A worker that hangs, dies or runs out of memory costs only the step it was at, and the run goes on.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from derive import tasks
from derive.model import Claim, Opinion, Outcome, PageError, Verdict
from derive.pool import Call, Inquiry, Pool

if TYPE_CHECKING:
    from derive.page import Derivation


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

    `library` holds what `by lemma` and `see` may name. Unless `fast`, SymPy is asked for its opinion of every step, for at most
    `time_limit` seconds a step. A worker may use `memory_mb` megabytes more than it begins with. `progress` is told the calls made and
    known. An `executor` of concurrent.futures takes the place of the `jobs` processes: what it runs starts them, and the limits
    hold there as well. `known` holds, by the number of a derivation, the verdicts on its steps, where some are known; the others alone
    are checked. Raises NoEngine where the executor fails.
    """
    if not derivations:
        return
    steps = len(derivations) if fast else sum(d.text.count("\n") + 1 for d in derivations)  # at least as many calls as can be made at once
    shelf, modules = tasks.Shelf(library), ["derive.tasks", *[tasks.BRIDGE] * (not fast)]
    asked = None if fast else time_limit
    with Pool(min(jobs or cores(), steps), memory_mb, modules, executor) as pool:
        inquiries = (_inquiry(d, library, shelf, asked, (known or {}).get(i, ())) for i, d in enumerate(derivations))
        yield from pool.answers(inquiries, progress, len(derivations))


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
    with Pool(min(jobs or cores(), len(claims)), memory_mb, ["derive.tasks", tasks.BRIDGE], executor) as pool:
        inquiries = (_alone(tasks.asking(claim, time_limit)) for claim in claims)
        for found in pool.answers(inquiries, progress, len(claims)):
            yield tasks.opinion_of(found, time_limit)


def cores() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _inquiry(
    derivation: Derivation, library: Mapping[str, Derivation], shelf: tasks.Shelf, time_limit: float | None, known: Sequence[Verdict | None]
) -> Inquiry[Outcome]:
    """What is asked until the outcome of a derivation is known; with a time limit, SymPy as well."""
    alone, lemmas = derivation.alone(), shelf.beside(derivation.text)
    if library.get(derivation.name) is derivation:
        lemmas[derivation.name] = alone  # what is found out about it holds where it is a lemma
    found = yield from tasks.answer(tasks.whole, tasks.part, (alone,), lemmas, shelf, derivation.name, derivation.place, known)
    outcome = _seeing(found, library)
    if time_limit is not None:
        outcome = yield from tasks.with_opinions(outcome, lambda _: True, time_limit)
    return outcome


def _alone(call: Call) -> Generator[list[Call], list[Any], Any]:
    [found] = yield [call]
    return found


def _seeing(outcome: Outcome, library: Mapping[str, Derivation]) -> Outcome:
    """The outcome; or the error that its page says to see a derivation that there is not."""
    for name, place in outcome.page.see.items() if outcome.page else ():
        if name not in library:
            near = difflib.get_close_matches(name, list(library), 1)
            hint = f"did you mean {near[0]}?" if near else "a derivation is named module.variable"
            error = PageError(f"there is no derivation {name} to see", place, name, hint)
            return replace(outcome, verdicts=(), error=error)
    return outcome

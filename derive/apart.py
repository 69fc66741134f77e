"""One derivation checked in a process of its own, of which only text comes back; may not know what a test is.

There the limits of time and memory are hard (`runner` forks workers and stops them), and whoever asks is not forked, has none of
the engine loaded and waits for nothing that hangs. SymPy is asked only where a step is undecided, the one verdict it may better.
"""

from __future__ import annotations

import multiprocessing
import signal
import warnings
from collections.abc import Iterator, Mapping
from functools import partial
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, NamedTuple

from derive.guard import no_main
from derive.model import Outcome, Status
from derive.page import Derivation

if TYPE_CHECKING:
    from multiprocessing.context import SpawnProcess


class Finding(NamedTuple):
    """Why something is not as it should be: in one line, and as the report prints it."""

    brief: str
    report: str


class Findings(NamedTuple):
    """What is not as it should be in a derivation: its claim, and each of its steps; None where it is, no steps where it cannot be read."""

    claim: Finding | None
    steps: tuple[Finding | None, ...] = ()


def step_names(derivation: Derivation) -> list[str]:
    """`line 14` for each step; `step 2` where the text of the page stands in no file. Raises PageError."""
    places = [line.place for line in derivation.page.lines[1:]]
    return [f"line {place.line}" if derivation.source_line(place) else f"step {k}" for k, place in enumerate(places, 1)]


class Checker:
    """The process; started when first something is to be checked, and again after it has died."""

    def __init__(self) -> None:
        self.process: SpawnProcess | None = None
        self._pipe: Connection | None = None

    def check(
        self, derivation: Derivation, library: Mapping[str, Derivation], accept: Status = Status.PROVED, no_cache: bool = False
    ) -> Findings:
        """What is not as it should be; `library` holds what `by lemma` and `see` may name, `accept` is what passes besides proofs."""
        try:
            if self._pipe is None:
                self._start()
            assert self._pipe is not None
            self._pipe.send((derivation, dict(library), accept, no_cache))
            found: Findings = self._pipe.recv()
        except (EOFError, BrokenPipeError, ConnectionResetError):
            self.close()
            died = "the process that checks derivations has ended"
            return Findings(Finding(died, f"{derivation.name}: {died}"))
        except BaseException:  # a time limit of the test, or Ctrl-C: what is still on its way must not answer the next question
            self.close()
            raise
        return found

    def _start(self) -> None:
        context = multiprocessing.get_context("spawn")  # a fork would take the threads and the memory of whoever asks along
        self._pipe, theirs = context.Pipe()
        self.process = context.Process(target=_serve, args=(theirs,), name="derive", daemon=False)
        with no_main():
            self.process.start()
        theirs.close()

    def close(self) -> None:
        """End the process, also where it is at work."""
        if self._pipe is not None:
            self._pipe.close()
        if self.process is not None and self.process.pid is not None:
            self.process.join(0.5)
            self.process.terminate()
            self.process.join()
        self._pipe = self.process = None


# -- in the process


def _serve(pipe: Connection) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever asks is interrupted as well, and closes the pipe
    warnings.simplefilter("ignore")  # the filters that come along are for the code under test
    while True:
        try:
            asked = pipe.recv()
        except EOFError:
            return
        pipe.send(findings(*asked))


def findings(derivation: Derivation, library: Mapping[str, Derivation], accept: Status, no_cache: bool = False) -> Findings:
    """Check a derivation in worker processes of this one; or judge again what the user's cache knows of it."""
    from derive import cache, report, runner, store, terminal  # late: only the process that checks needs the engine

    run = runner.run if no_cache else partial(cache.run, store.Store(store.folder()))
    (outcome,) = run([derivation], library, jobs=1, fast=True)
    if any(v.status is Status.UNDECIDED for v in outcome.verdicts):
        (outcome,) = run([derivation], library, jobs=1)
    if outcome.error or not outcome.page:
        return Findings(Finding(outcome.error.message if outcome.error else "no page", report.plain(outcome)))
    steps = tuple(_steps(outcome, accept))
    if report.is_good(outcome, accept):
        return Findings(None, steps)
    if outcome.page.expect is not None:
        return Findings(Finding(f"expected to be refuted, and it is {outcome.status}", report.plain(outcome)), steps)
    statuses = [f"{name} is {v.status}" for name, v, bad in zip(step_names(derivation), outcome.verdicts, steps, strict=True) if bad]
    statement = [line.plain.rstrip() for line in report.statement(outcome, terminal.PLAIN_WIDTH)]
    return Findings(Finding(f"the chain does not prove it: {', '.join(statuses)}", "\n".join(statement)), steps)


def _steps(outcome: Outcome, accept: Status) -> Iterator[Finding | None]:
    """What is wrong with each step. Of a page that expects to be refuted, a step may also be undecided or have another reason."""
    from derive import report, terminal  # late: only the process that checks needs the engine

    marked = outcome.page is not None and outcome.page.expect is not None
    for k, (line, verdict) in enumerate(report.steps_of(outcome), 1):
        fine = report.is_fine(line, verdict, accept)
        if marked and not line.expect:
            fine = verdict.status not in (Status.MALFORMED, Status.CONFLICT)
        shown = report.derivation(outcome, terminal.PLAIN_WIDTH, only=k)
        yield None if fine else Finding(report.brief(line, verdict), "\n".join(row.plain.rstrip() for row in shown))

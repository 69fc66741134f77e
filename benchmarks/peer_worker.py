"""A process of its own for each method: asked one step at a time, timed inside, and killed from outside at the limit.

Seconds are the processor's, which other work on the machine changes little; by the clock a step may take some times as long.
"""

from __future__ import annotations

import multiprocessing
import os
import resource
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NamedTuple

from peer_methods import Method, Reply
from peer_spelled import CannotSay
from peer_values import fails

from derive.model import Claim

MEMORY_MB = 4096
OPENING = 120.0  # seconds to import and to answer for the first time
GRACE = 30.0  # to prepare a step, which is not timed
PATIENCE = 4  # times the limit by the clock end a step as well
TICK = 0.1
DEPTH = 20_000


class Answer(NamedTuple):
    """What came of asking: a verdict, whether mpmath sees the step fail at the numbers that came with it, and the seconds of the call."""

    verdict: str
    shown: bool = False
    seconds: float = 0.0
    note: str = ""


class Opened(NamedTuple):
    """How long it took to import a method and to get its first answer."""

    importing: float
    first: float


def serve(pipe: Connection, method: Method, limit: float, first: Claim) -> None:
    """The worker: open a method, ask it something, and then answer for every claim that comes."""
    sys.setrecursionlimit(DEPTH)
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_MB * 2**20,) * 2)
    start = time.process_time()
    ask = method.open(limit)
    opened = time.process_time()
    asked(ask, method.prepare(first) if method.prepare else first)
    pipe.send(Opened(opened - start, time.process_time() - opened))
    while True:
        claim = pipe.recv()
        prepared = method.prepare(claim) if method.prepare else claim
        pipe.send("go")  # the limit begins
        pipe.send(asked(ask, prepared))


def asked(ask: Callable[[Any], Reply], claim: Any) -> Answer:
    """One call, timed; a rejection's values are looked at afterwards."""
    start = time.process_time()
    try:
        reply = ask(claim)
    except CannotSay as word:
        reply = Reply("cannot say", note=str(word))
    except MemoryError:
        reply = Reply("undecided", note="out of memory")
    except Exception as error:  # of a peer, whatever it may be: it has given no answer
        reply = Reply("undecided", note=f"{type(error).__name__}: {error}"[:200])
    seconds = time.process_time() - start
    rejected = reply.verdict == "rejects" and reply.claim is not None and reply.values is not None
    shown = rejected and fails(reply.claim, reply.values) is not None  # type: ignore[arg-type]
    return Answer(reply.verdict, shown, seconds, reply.note)


class Worker:
    """A process with a method in it, started again where it was killed or died."""

    def __init__(self, method: Method, limit: float, first: Claim) -> None:
        self.method, self.limit, self.first = method, limit, first
        self.opened: Opened | None = None
        self.start()

    def start(self) -> None:
        context = multiprocessing.get_context("spawn")  # nothing of what this process has imported
        self.pipe, there = context.Pipe()
        self.process = context.Process(target=serve, args=(there, self.method, self.limit, self.first), daemon=True)
        self.process.start()
        there.close()
        if not self.pipe.poll(OPENING):
            raise TimeoutError(f"{self.method.label} did not answer within {OPENING:g} s")
        opened = self.pipe.recv()
        self.opened = self.opened or opened

    def ask(self, claim: Claim) -> Answer:
        """Its answer within the limit; `undecided` where there is none."""
        try:
            self.pipe.send(claim)
            if self.pipe.poll(GRACE):
                self.pipe.recv()  # "go"
                if self.answered(self.limit + self.method.more):
                    found: Answer = self.pipe.recv()
                    return found
            note = f"stopped after {self.limit:g} s"
        except (EOFError, BrokenPipeError, ConnectionResetError):
            self.process.join(5)
            note = f"its process ended with exit code {self.process.exitcode}"
        self.stop()
        self.start()
        return Answer("undecided", False, self.limit, note)

    def answered(self, limit: float) -> bool:
        """Whether an answer is there before the process has used so many seconds of the processor."""
        before, start = self.spent(), time.monotonic()
        while not self.pipe.poll(TICK):
            if self.spent() - before > limit or time.monotonic() - start > PATIENCE * limit:
                return False
        return True

    def spent(self) -> float:
        """The processor's seconds that the process has used; the clock's where the system does not say."""
        try:
            fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
            return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
        except (OSError, IndexError, AttributeError):
            return time.monotonic()

    def stop(self) -> None:
        self.process.kill()
        self.process.join()
        self.pipe.close()


def answers(method: Method, claims: Iterable[Claim], limit: float, first: Claim) -> Iterator[Answer | Opened]:
    """How long it took to open a method, and then its answers, in order."""
    worker = Worker(method, limit, first)
    try:
        assert worker.opened is not None
        yield worker.opened
        yield from map(worker.ask, claims)
    finally:
        worker.stop()

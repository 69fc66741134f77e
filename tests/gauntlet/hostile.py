"""What the attacks with edited pages and with edited certificates share: limits of time and memory, and whether a claim holds."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from evaluated import outcome, points

from derive.claims import Rejected, unfolded
from derive.model import Claim
from derive.show import text

POINTS = 100
SECONDS = 60  # of the processor, for one file: a step has 5 when the commands check it
MEMORY = 2**31  # more than there was
LIMITS = f"over {SECONDS} s of the processor or {MEMORY >> 30} GB"
STATUS = Path("/proc/self/statm")


class TooLong(BaseException):
    """Something takes more time than it may; no handler of errors may catch it."""


@contextmanager
def limited() -> Iterator[None]:
    """Within limits of time and memory, as far as the system has them."""
    with _time(), _memory():
        yield


@contextmanager
def _time() -> Iterator[None]:
    def stop(*_: object) -> None:
        raise TooLong

    if not hasattr(signal, "setitimer"):
        yield
        return
    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


@contextmanager
def _memory() -> Iterator[None]:
    if not STATUS.exists():
        yield
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    used = int(STATUS.read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + MEMORY, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def key(claim: Claim) -> str:
    """A claim without its reasons and lemmas."""
    return repr((claim.left, claim.relation, claim.right, claim.givens, claim.definitions))


def failure(claim: Claim) -> str:
    """What is wrong at a point inside the givens at which a claim is false, or a side of it undefined; empty where none was found."""
    try:
        left, right, givens = unfolded(claim)
    except Rejected:
        return "its definitions cannot be put in"
    for env in points(givens, POINTS):
        if (said := outcome(left, right, env, claim.relation)) in ("fails", "undefined"):
            return f"{text(left)} {claim.relation} {text(right)} {said} at { {n: str(v) for n, v in env.items()} }"
    return ""

"""What the attacks with edited pages and with edited certificates share: limits of time and memory, and whether a claim holds."""

from __future__ import annotations

import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager

from evaluated import outcome, points

from derive.claims import Rejected, unfolded
from derive.model import Claim
from derive.show import text

POINTS = 100
SECONDS = 60  # of the processor, for one file: a step has 5 when the commands check it
MEMORY = 2**31  # more than there was

LIMITS = f"over {SECONDS} s of the processor or {MEMORY >> 30} GB"


class TooLong(BaseException):
    """Something takes more time than it may; no handler of errors may catch it."""


@contextmanager
def limited() -> Iterator[None]:
    """Within limits of time and memory; where the system has none of these, without."""

    def stop(*_: object) -> None:
        raise TooLong

    before = signal.signal(signal.SIGVTALRM, stop)
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    with open("/proc/self/statm") as memory:
        used = int(memory.read().split()[0]) * resource.getpagesize()
    signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS)
    resource.setrlimit(resource.RLIMIT_AS, (used + MEMORY, hard))
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
        signal.signal(signal.SIGVTALRM, before)


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

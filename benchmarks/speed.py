"""How fast: the kernel against `sympy.simplify(left - right)` on the steps of `proofs/`, in one run; by hand, no timed test.

    python benchmarks/speed.py [--limit SECONDS]

Prints, for the same steps: the median time to prove and replay a step and to simplify its difference, and their ratio; the
whole `derive report --fast` against `import sympy`, and against a process that simplifies every step; and the cost of a step
as the number of derivations grows. A simplification that takes longer than the limit is stopped and counted at the limit.
"""

from __future__ import annotations

import argparse
import importlib
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from types import FrameType

import proofs
from derive.check import check_derivation, claim_of_step
from derive.claims import unfolded
from derive.domain import Domain
from derive.judge import check as replay
from derive.model import Claim
from derive.page import Derivation, collect_module
from derive.provers import prove

LIMIT = 10.0


class Late(Exception):
    """A simplification that took too long."""


def main() -> None:
    """Run all of it and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--limit", type=float, default=LIMIT, help="seconds for one simplification (default 10)")
    parser.add_argument("--only-sympy", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    library = {d.name: d for name in proofs.__all__ for d in collect_module(importlib.import_module(f"proofs.{name}"))}
    proved = [d for d in library.values() if d.page.expect is None]
    steps = [claim_of_step(d, library, i) for d in proved for i in range(len(d.page.lines) - 1)]
    if arguments.only_sympy:
        for claim in steps:
            simplified(claim, arguments.limit)
        return
    print(f"{len(proved)} derivations, {len(steps)} steps")
    ours = [timed(lambda claim=claim: kernel(claim))[0] for claim in steps]  # type: ignore[misc]
    print(f"kernel, prove and replay     median {1e3 * statistics.median(ours):8.2f} ms   slowest {1e3 * max(ours):9.1f} ms")
    replays = [timed(lambda p=p: replay(*p))[0] for p in map(traced, steps)]  # type: ignore[misc]
    print(f"kernel, replay alone         median {1e3 * statistics.median(replays):8.2f} ms   slowest {1e3 * max(replays):9.1f} ms")
    theirs, zeros = [], 0
    for claim in steps:
        seconds, zero = timed(lambda claim=claim: simplified(claim, arguments.limit))  # type: ignore[misc]
        theirs.append(seconds)
        zeros += bool(zero)
    print(f"sympy.simplify(left - right) median {1e3 * statistics.median(theirs):8.2f} ms   slowest {1e3 * max(theirs):9.1f} ms", end="")
    print(f"   ({zeros} of {len(steps)} reduce to 0; limit {arguments.limit:g} s)")
    print(f"ratio of the medians {statistics.median(theirs) / statistics.median(ours):.1f}", end="")
    print(f", median of the ratios {statistics.median(t / o for t, o in zip(theirs, ours, strict=True)):.1f}")
    processes(arguments.limit)
    growth(proved, library)


def timed(job: Callable[[], object]) -> tuple[float, object]:
    """The seconds that a job takes, and what it gives."""
    start = time.perf_counter()
    result = job()
    return time.perf_counter() - start, result


def reasons(claim: Claim) -> tuple[str, ...]:
    """The rules that a step names."""
    return tuple(r for r in claim.reasons if r != "algebra" and not r.startswith("definition of "))


def kernel(claim: Claim) -> None:
    """Prove and replay a step, from nothing."""
    replay(*traced(claim))


def traced(claim: Claim) -> tuple[Claim, object]:
    """A step with its trace."""
    trace = prove(claim, reasons(claim), domain=Domain(unfolded(claim)[2]))
    assert trace is not None, claim
    return claim, trace


def simplified(claim: Claim, limit: float) -> bool:
    """Whether SymPy's simplification of left minus right gives 0 within the limit."""
    import sympy

    from derive.sympy_bridge import to_sympy

    def stop(number: int, frame: FrameType | None) -> None:
        raise Late

    left, right, givens = unfolded(claim)
    signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, limit)
    try:
        return bool(sympy.simplify(to_sympy(left, givens) - to_sympy(right, givens)) == 0)
    except Exception:  # SymPy raises many kinds of things here, and all of them mean: not zero
        return False
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def processes(limit: float) -> None:
    """Whole process against whole process, the best of three."""

    def best(*command: str, times: int = 3) -> float:
        whole = [sys.executable, *command]
        return min(timed(lambda: subprocess.run(whole, check=True, stdout=subprocess.DEVNULL))[0] for _ in range(times))

    importing = best("-c", "import sympy")
    report = best("-m", "cli", "report", "--fast")
    sympy_run = best("benchmarks/speed.py", "--only-sympy", "--limit", str(limit), times=1)
    print(f"import sympy {importing:.2f} s; derive report --fast {report:.2f} s, {report / importing:.1f} times as long; ", end="")
    print(f"a process that simplifies every step {sympy_run:.1f} s, {sympy_run / report:.1f} times as long as the report")


def growth(derivations: list[Derivation], library: dict[str, Derivation]) -> None:
    """The cost of a step in 1, 10 and 100 copies of the first derivations."""
    few = [d for d in derivations if d.name.startswith(("sigmoid.", "likelihood."))][:6]

    def copies(n: int) -> Iterator[Derivation]:
        return (Derivation(d.text, d.place, f"{d.name}{i}") for i in range(n) for d in few)

    for n in (1, 10, 100):
        start, steps = time.perf_counter(), 0
        for d in copies(n):
            steps += len(check_derivation(d, library).verdicts)
        print(f"{n:4} copies: {steps:5} steps, {1e3 * (time.perf_counter() - start) / steps:.2f} ms a step")


if __name__ == "__main__":
    main()

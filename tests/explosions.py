"""What a call may do to its process, for tests of budgets; light, as every worker imports it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

HARD = (10**60 + 7) * (10**61 + 3) * (10**59 + 41) * (10**62 + 9) + 2  # whose factors nobody finds in a minute


def explode(kind: str, pids: str = "") -> object:
    """Do what the kind says; processes that are started on the way write their numbers into the file `pids`."""
    return {
        "fine": lambda: "fine",
        "Python": lambda: time.sleep(600),
        "C": in_c,
        "power": lambda: 3 ** (10**9),
        "memory": lambda: bytearray(64 * 2**30),
        "memory in C": memory_in_c,
        "growing": growing,
        "killed": lambda: os.kill(os.getpid(), signal.SIGKILL),
        "exit": lambda: os._exit(3),
        "stopped": lambda: os.kill(os.getpid(), signal.SIGSTOP),
        "waits for another": lambda: nested(pids, wait=True),
        "leaves another": lambda: nested(pids),
        "leaves a daemon": lambda: daemon(pids),
        "many that grow": lambda: many(pids),
    }[kind]()


def in_c() -> object:
    """A loop in C, in which Python sees no signal."""
    import flint

    return flint.fmpz(HARD).factor()


def memory_in_c() -> object:
    """C cannot raise MemoryError: GMP aborts."""
    import flint

    return flint.fmpz(1) << 2**34


def growing() -> list[bytes]:
    """Small pieces, until there is no room for another."""
    found = []
    while True:
        found.append(os.urandom(2**20))


def _tell(pids: str, pid: int) -> None:
    with Path(pids).open("a") as file:
        file.write(f"{pid}\n")


def nested(pids: str, wait: bool = False) -> str:
    """Another process, in a session of its own."""
    started = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True)
    _tell(pids, started.pid)
    if wait:
        started.wait()
    return "fine"


def daemon(pids: str) -> str:
    """A process that leaves its parent, its group and its session, as daemons do."""
    first = os.fork()
    if not first:
        os.setsid()
        if not os.fork():
            _tell(pids, os.getpid())
            time.sleep(600)
        os._exit(0)
    os.waitpid(first, 0)
    while not Path(pids).exists():
        time.sleep(0.01)
    return "fine"


def many(pids: str) -> None:
    """Processes none of which takes too much, and which do so together."""
    for _ in range(4):
        if not os.fork():
            _tell(pids, os.getpid())
            held = os.urandom(100 * 2**20)
            time.sleep(600 + len(held) % 2)
    time.sleep(600)

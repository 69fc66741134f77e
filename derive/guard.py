"""One call after another in a process with hard limits of time and memory; may not know what the calls are about.

Whoever asks has a keeper, a process that starts a worker, hands it the calls and watches it from outside. A worker that is late or
takes too much memory is killed, with whatever it has started: it may be in C and never return, and its children may have left its
process group, but as the keeper is their subreaper, none of them gets out of its sight. When who asked is gone, the keeper kills
the worker and ends; when the keeper is gone, the worker dies with it. Pickles pass only between these processes.
"""

from __future__ import annotations

import ctypes
import faulthandler
import functools
import gc
import hashlib
import importlib
import multiprocessing
import os
import pickle
import select
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from multiprocessing.connection import Connection, wait
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from multiprocessing.process import BaseProcess

# fork starts a process in milliseconds; on macOS system libraries do not survive it
FORKS = "fork" in multiprocessing.get_all_start_methods() and sys.platform != "darwin"
DEPTH = 20_000  # pickling a deep term recurses
LARGEST = 256 * 2**20  # bytes of a result
GARBAGE = 200_000  # objects more than before, after which a worker looks for garbage
TICK = 0.1  # seconds between two looks at the memory of a worker and of what it has started
START = 60.0  # seconds that a worker may need to import its modules
SLACK = 10.0  # seconds after its limit at which a call is given up although its keeper says nothing
_SET_PDEATHSIG, _SET_CHILD_SUBREAPER = 1, 36  # of prctl
_lines = set[Connection]()  # to the keepers of this process
_starting = threading.Lock()
_mine = threading.local()  # the keeper of each thread


class Failure(NamedTuple):
    """Why a call has no result (`late`: because of the time limit)."""

    reason: str
    late: bool = False


class NoEngine(Exception):
    """What should run the calls cannot, or no longer: what it is, why, and what to do."""


class Limits(NamedTuple):
    """What a call may take, and the modules that its worker imports before its time counts."""

    seconds: float
    memory_mb: int
    modules: tuple[str, ...] = ()


def guarded(engine: str, limits: Limits, call: bytes) -> bytes:
    """Make a call, as `written`, in the worker of this thread; its result, or the Failure, to be `read` by who asked.

    This is what threads and processes of all kinds run, also on other machines, so that the limits hold everywhere. `engine` is what
    whoever asks has as `fingerprint` (or nothing, where it is the same for sure). Raises NoEngine.
    """
    if engine and engine != fingerprint():
        raise NoEngine(f"a worker has another version of derive, or of what it needs: {fingerprint()} and not {engine}")
    if not hasattr(_mine, "keeper"):
        _mine.keeper = Keeper("spawn")  # other threads may hold locks, which a fork would take along
    keeper: Keeper = _mine.keeper
    return keeper.ask(limits, call)


def adopt(keeper: Keeper) -> None:
    """Have the calls of this thread made by the worker of a certain keeper."""
    _mine.keeper = keeper


def written(value: Any) -> bytes:
    """What another process can read. Raises whatever a value raises that cannot be written."""
    return pickle.dumps(value, pickle.HIGHEST_PROTOCOL)


def read(data: bytes) -> Any:
    """What a process of our own has written."""
    return pickle.loads(data)  # noqa: S301


@functools.cache
def fingerprint() -> str:
    """Which engine this is: the versions of Python, SymPy and python-flint, and a digest of the source of this package."""
    digest, here = hashlib.sha256(), Path(__file__).parent
    for path in sorted(here.rglob("*.py")):
        digest.update(path.relative_to(here).as_posix().encode() + b"\0" + path.read_bytes())
    versions = [f"{name} {_version(name)}" for name in ("sympy", "python-flint")]
    return ", ".join([f"Python {sys.version_info.major}.{sys.version_info.minor}", *versions, f"source {digest.hexdigest()[:12]}"])


def _version(package: str) -> str:
    from importlib import metadata  # late: it takes long to import

    with suppress(metadata.PackageNotFoundError):
        return metadata.version(package)
    return "of an unknown version"


# -- for who asks


class Keeper:
    """A keeper, and the line to it; started anew should it have died."""

    def __init__(self, method: str) -> None:
        self.closed, self._owner = True, os.getpid()
        self._process, self._line = _started(method, _keep)
        self.closed = False

    def ask(self, limits: Limits, call: bytes) -> bytes:
        """The result of a call, or the Failure, as the worker has written it."""
        for _ in range(2):
            with suppress(EOFError, OSError):
                self._line.send((limits, call))
                if _ready(limits.seconds + START + SLACK, self._line):
                    return self._line.recv_bytes()
            if self.closed:
                break
            self._stop()
            self._process, self._line = _started("spawn", _keep)
            if self.closed:  # meanwhile, by another thread
                self._stop()
        return written(Failure("the process that watches it has ended"))

    def dismiss(self) -> None:
        """Have it kill the worker, also while another thread waits for that, and end; `close` waits until it has."""
        self.closed = True
        self._process.terminate()

    def close(self) -> None:
        """Kill the worker, and end."""
        self.dismiss()
        self._stop()

    def _stop(self) -> None:
        self._process.terminate()
        self._process.join(SLACK)
        self._process.kill()
        self._process.join()
        _lines.discard(self._line)

    def __del__(self) -> None:
        if not self.closed and self._owner == os.getpid():  # the thread has ended that it belonged to, here and not in a fork
            self.close()


def _ready(seconds: float, *lines: Connection) -> list[Any]:
    """The lines on which there is something to be received, or which are closed; none after so many seconds."""
    if not hasattr(select, "poll"):  # Windows
        return wait(lines, seconds)
    poll = select.poll()  # what `wait` does, in a fifth of the time
    for line in lines:
        poll.register(line.fileno(), select.POLLIN)
    found = {number for number, _ in poll.poll(1000 * seconds)}
    return [line for line in lines if line.fileno() in found]


def _started(method: str, role: Callable[..., None], *args: Any) -> tuple[BaseProcess, Connection]:
    """A process, and the line to it."""
    context: Any = multiprocessing.get_context(method)
    with _starting, _children_allowed(), no_main() if method == "spawn" else nullcontext():
        ours, theirs = context.Pipe()
        others = [*_lines, ours] if method == "fork" else []  # a line of which a copy is left is never seen to be closed
        process = context.Process(target=role, args=(theirs, others, *args), daemon=True)
        process.start()
        theirs.close()
        _lines.add(ours)
    return process, ours


@contextmanager
def no_main() -> Iterator[None]:
    """A spawned process runs the main module of its parent again: a script that calls pytest would do so twice, and a notebook has none."""
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


@contextmanager
def _children_allowed() -> Iterator[None]:
    """A daemon, as workers of Dask are, is refused children lest they outlive it: those here do not."""
    config: dict[str, Any] = getattr(multiprocessing.current_process(), "_config", {})
    before = config.get("daemon", False)
    config["daemon"] = False
    try:
        yield
    finally:
        config["daemon"] = before


# -- in a keeper


class _Worker(NamedTuple):
    process: BaseProcess
    line: Connection
    memory_mb: int
    modules: tuple[str, ...]


class _Gone(Exception):
    """Nobody is there any more to whom a result could be given."""


def _keep(line: Connection, others: list[Connection]) -> None:
    """Make calls in a worker for as long as somebody asks."""
    parent, worker = os.getppid(), None
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    _apart(others)
    _lines.add(line)
    sys.setrecursionlimit(DEPTH)
    try:
        while True:
            while not _ready(SLACK, line):
                _look_after(parent)
            limits, call = line.recv()
            if worker and (worker[2:] != limits[1:] or worker.process.exitcode is not None):
                _kill(worker)
                worker = None
            worker = worker or _new_worker(limits)
            reply, spent = _made(worker, limits, call, line, parent)
            if spent:
                _kill(worker)  # before who asked may think that it is over
                worker = None
            line.send_bytes(reply)
    except (EOFError, OSError, _Gone):
        pass
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        _kill(worker)


def _look_after(parent: int) -> None:
    """Raises _Gone where whoever asks has died, and a copy of the line is left to somebody."""
    if os.getppid() != parent:
        raise _Gone


def _new_worker(limits: Limits) -> _Worker:
    for module in limits.modules if FORKS else ():
        with suppress(Exception):  # the worker will say so
            importlib.import_module(module)  # once for all workers that are started here
    gc.freeze()  # what stands so far stays: neither this process nor a worker has to look through it for garbage
    process, line = _started("fork" if FORKS else "spawn", _serve, *limits[1:])
    with suppress(EOFError, OSError):
        if line.poll(START):
            line.recv_bytes()  # it is ready
    return _Worker(process, line, *limits[1:])


def _made(worker: _Worker, limits: Limits, call: bytes, line: Connection, parent: int) -> tuple[bytes, bool]:
    """The result of a call, and whether its worker is of no more use."""
    with suppress(EOFError, OSError):
        worker.line.send_bytes(call)
        now, pause = time.monotonic(), TICK
        end = now + limits.seconds
        while now < end:
            ready = _ready(min(pause, end - now), worker.line, line)
            if worker.line in ready:
                reply = worker.line.recv_bytes()
                spent = worker.line.recv_bytes() == _SPENT
                return reply, spent
            if line in ready:
                raise _Gone
            _look_after(parent)
            now = time.monotonic()
            if _takes_more(limits.memory_mb * 2**20):
                return written(Failure(_NO_MEMORY)), True
            if worker.process.exitcode is not None:  # what it has started may hold a copy of the line
                break
            pause = max(TICK, 20 * (time.monotonic() - now))  # where there are many processes, a look takes long
        else:
            return written(Failure(f"it was stopped after {limits.seconds:.3g} s", late=True)), True
    code = _ended(worker)
    return written(Failure(f"its process ended with exit code {code}" + (f" ({signal.strsignal(-code)})" if code < 0 else ""))), True


def _kill(worker: _Worker | None) -> None:
    """End everything that this process has started, and what that has started."""
    if worker is not None:
        if hasattr(os, "killpg"):
            with suppress(OSError):
                os.killpg(worker.process.pid or 0, signal.SIGKILL)
        worker.process.kill()
        _ended(worker)
        worker.line.close()
        _lines.discard(worker.line)
    end = time.monotonic() + SLACK
    while (left := _below(os.getpid())) and time.monotonic() < end:  # they may be starting others meanwhile
        for pid in left:
            with suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        with suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass


def _ended(worker: _Worker) -> int:
    """The exit code of a worker that is ending. (`join` would wait for whatever it has started as well.)"""
    end = time.monotonic() + SLACK
    while (code := worker.process.exitcode) is None and time.monotonic() < end:
        time.sleep(0.001)
    return code or 0


def _takes_more(limit: int) -> bool:
    """Whether a worker and what it has started hold more memory than that, besides what they have in common with this process."""
    pids, me = _below(os.getpid()), os.getpid()
    if sum(map(_resident, pids)) - _resident(me) <= limit:
        return False
    return sum(map(_share, pids)) - _share(me) > limit  # looked at only now: the kernel has to go through all pages


def _below(ancestor: int) -> set[int]:
    """The processes that a process has started, and those that these have started, and so on. Only Linux tells."""
    parents: dict[int, int] = {}
    for entry in os.scandir("/proc") if sys.platform == "linux" else ():
        if entry.name.isdigit():
            with suppress(OSError, ValueError):
                parents[int(entry.name)] = int(Path(entry.path, "stat").read_bytes().rpartition(b")")[2].split()[1])
    found = {ancestor}
    while more := {pid for pid, parent in parents.items() if parent in found} - found:
        found |= more
    return found - {ancestor}


def _resident(pid: int) -> int:
    """Bytes of memory that a process holds, also those that it has in common with others."""
    with suppress(OSError, ValueError):
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return 0


def _share(pid: int) -> int:
    """Bytes of memory that a process holds; of a page that several have in common, it holds a part."""
    with suppress(OSError, ValueError):
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))
    return _resident(pid)


def _apart(others: list[Connection]) -> None:
    """Leave the terminal, whose Ctrl-C is for who asks, and be told of all processes that are started below."""
    global _starting
    _starting = threading.Lock()  # which was held when this process was forked
    for other in others:
        other.close()
    _lines.clear()
    getattr(multiprocessing.current_process(), "_config", {})["daemon"] = False
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(os, "setsid"):
        os.setsid()
    _prctl(_SET_CHILD_SUBREAPER, 1)


def _prctl(option: int, value: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


# -- in a worker

_NO_MEMORY = "it needed more memory than it is allowed"
_GOOD, _SPENT = b"good", b"spent"


def _serve(line: Connection, others: list[Connection], memory_mb: int, modules: tuple[str, ...]) -> None:
    """Make calls for as long as they come."""
    _prctl(_SET_PDEATHSIG, signal.SIGKILL)
    _apart(others)
    faulthandler.disable()  # that a call ends its process is told elsewhere
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    sys.setrecursionlimit(DEPTH)
    gc.set_threshold(10 * GARBAGE)
    for module in modules:
        with suppress(ImportError):  # the call that needs it says so
            importlib.import_module(module)
    _limit(memory_mb)
    with suppress(EOFError, OSError):
        line.send_bytes(_GOOD)
        while True:
            reply, spent = _attempt(line.recv_bytes())
            line.send_bytes(reply)
            line.send_bytes(_SPENT if spent or _has_children() else _GOOD)
            if gc.get_count()[0] > GARBAGE:  # between calls most of it is garbage; within one it would be looked through in vain
                gc.collect()


def _limit(memory_mb: int) -> None:
    """Allow so much memory besides what is mapped already, as a forked process has what its parent had (PyTorch, say)."""
    with suppress(ImportError, ValueError, OSError):  # Windows has no such limit
        import resource

        mapped = 0
        if sys.platform == "linux":
            mapped = int(Path("/proc/self/statm").read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE")
        hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        limit = mapped + memory_mb * 2**20
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # what has no memory left in C may abort, and would write all of it down
        resource.setrlimit(resource.RLIMIT_AS, (limit if hard == resource.RLIM_INFINITY else min(limit, hard), hard))


def _attempt(call: bytes) -> tuple[bytes, bool]:
    """The result of a call, or the Failure, and whether this process is of no more use."""
    try:
        function, args = read(call)
        reply = written(function(*args))
        if len(reply) > LARGEST:
            return written(Failure(f"its result is larger than {LARGEST // 2**20} MB")), True
        return reply, False
    except MemoryError:
        return written(Failure(_NO_MEMORY)), True
    except BaseException as error:  # a defect of a prover is one step's trouble, and the run goes on
        return written(Failure(f"{type(error).__name__}: {error}")), False


def _has_children() -> bool:
    """Whether something is left that the call has started: orphans come to this process, too."""
    try:
        while hasattr(os, "WNOHANG"):
            if os.waitpid(-1, os.WNOHANG) == (0, 0):
                return True
    except ChildProcessError:
        pass
    return False

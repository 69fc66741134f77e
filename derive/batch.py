"""A file of derivations, one a line of JSON → a file of records, one a line; may not know what a rule or a proof is.

Lines are text of strangers: nothing of them is executed, each is read where it is checked, in a worker process, and what is wrong
with one is its own record. Memory does not grow with the file: a line is read when a worker is nearly free, and no more than a
window of lines is ahead of the oldest that is not known yet. The output is all that a run knows of itself: it goes on from there.
"""

from __future__ import annotations

import functools
import hashlib
import itertools
import json
import os
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from io import BufferedRandom
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from derive import machine, tasks
from derive.layout import DERIVATION
from derive.model import Outcome, PageError, Place, Status, Verdict
from derive.page import Derivation
from derive.pool import Call, Failure, Inquiry, Pool
from derive.runner import cores

LONGEST = 8 * 2**20  # bytes of a line: a page of 1 MB, each letter written as JSON may write it
SYNC = 5.0  # seconds of work that a power failure may cost
_PAGE = Place("page", 1)
_SCHEMA = 'a line is {"id": "7", "page": "given x: real\\nclaim x + x = 2*x\\n  x + x\\n  = 2*x"}; "lemmas" may hold pages by name'


class Unusable(Exception):
    """An input or an output that a batch cannot work with: which, why, and what to do."""


class Row(NamedTuple):
    """A line of the input: its number from 1, the digest of its bytes, and these, unless there are too many."""

    number: int
    sha256: str
    text: bytes | None


class Posed(NamedTuple):
    """What a line asks: a derivation (it holds the error of a line that asks nothing) and the lemmas that come along."""

    id: str | int | None
    derivation: Derivation
    lemmas: Mapping[str, Derivation]


class Record(NamedTuple):
    """A line of the output, and what the summary counts of it."""

    text: bytes
    status: str
    steps: Mapping[str, int]
    unreadable: bool


@dataclass
class Tally:
    """What came of the lines: `earlier` ones are from runs before this one."""

    lines: int = 0
    unreadable: int = 0
    derivations: Counter[str] = field(default_factory=Counter)
    steps: Counter[str] = field(default_factory=Counter)
    earlier: int = 0
    earlier_steps: int = 0
    seconds: float = 0.0

    def add(self, record: Record) -> None:
        """Count one more."""
        self.lines += 1
        self.unreadable += record.unreadable
        self.derivations[record.status] += 1
        self.steps.update(record.steps)


def run(
    source: Path,
    target: Path,
    library: Mapping[str, Derivation],
    *,
    jobs: int | None = None,
    time_limit: float = 2.0,
    fast: bool = False,
    memory_mb: int = 2048,
    executor: Executor | None = None,
    restart: bool = False,
    progress: Callable[[int, int, float], None] | None = None,
) -> Tally:
    """Check the derivations of `source` and write a record of each to `target`, in their order. Raises Unusable.

    Records that an earlier run has written are kept, and it goes on behind them, unless `restart`. `library` holds what `by lemma`
    may name besides the lemmas of a line. Unless `fast`, SymPy is asked for at most `time_limit` seconds about a step that is
    undecided, the one verdict it may better. `progress` is told the lines done, all of them, and the seconds that may be left. An
    `executor` takes the place of the `jobs` processes, as for `runner.run`. Raises NoEngine where it fails.
    """
    jobs = jobs or cores()
    total = _count(source) if progress else 0
    with _reading(source) as file, _writing(target, source, restart) as out:
        rows, tally = _rows(file, source), Tally()
        _go_on(out, rows, tally, f"{target}: ", source)
        tally.earlier, tally.earlier_steps = tally.lines, tally.steps.total()
        start = time.monotonic()
        shelf, modules = tasks.Shelf(library), [__name__, *[tasks.BRIDGE] * (not fast)]
        with Pool(jobs, memory_mb, modules, executor) as pool:
            synced = start
            for record in pool.answers(_inquiry(row, shelf, fast, time_limit) for row in rows):
                with _naming(target):
                    _append(out, record.text)
                    if time.monotonic() - synced > SYNC:
                        os.fsync(out.fileno())
                        synced = time.monotonic()
                tally.add(record)
                if progress:
                    each = (time.monotonic() - start) / (tally.lines - tally.earlier)
                    progress(tally.lines, total, each * (total - tally.lines))
        tally.seconds = time.monotonic() - start
    return tally


def summary(tally: Tally) -> Iterator[str]:
    """What came of a batch, line by line."""
    new, steps = tally.lines - tally.earlier, tally.steps.total() - tally.earlier_steps
    yield f"{tally.lines} derivations" + (f", {tally.earlier} of them from an earlier run" if tally.earlier else "")
    for what, counts in (("derivations", tally.derivations), ("steps", tally.steps)):
        found = ", ".join(f"{counts[status]} {status}" for status in Status if counts[status])
        yield f"  {what:11}  {found or 'none'}"
    if tally.unreadable:
        yield f"  {tally.unreadable} could not be read; the field error of their records says why"
    if new:
        rate = max(tally.seconds, 1e-9)
        yield f"  {tally.seconds:.1f} s: {new / rate:.1f} derivations and {steps / rate:.1f} steps a second"


# -- the input


@contextmanager
def _naming(path: Path) -> Iterator[None]:
    """What goes wrong with a file is said with its name."""
    try:
        yield
    except OSError as error:
        raise Unusable(f"{path}: {error.strerror or error}") from None


@contextmanager
def _reading(source: Path) -> Iterator[BinaryIO]:
    with _naming(source):
        file = source.open("rb")
    with file:
        yield file


def _rows(file: BinaryIO, source: Path) -> Iterator[Row]:
    """The lines of the input, as they are asked for; of one that is too long only the digest is kept."""
    for number in itertools.count(1):
        with _naming(source):
            text = file.readline(LONGEST + 1)
            if not text:
                return
            digest, more = hashlib.sha256(text.removesuffix(b"\n")), text
            while len(more) > LONGEST and not more.endswith(b"\n"):
                more = file.readline(LONGEST + 1)
                digest.update(more.removesuffix(b"\n"))
        yield Row(number, digest.hexdigest(), text if len(text) <= LONGEST else None)


def _count(source: Path) -> int:
    """How many lines there are."""
    with _reading(source) as file, _naming(source):
        count, last = 0, b"\n"
        while block := file.read(2**20):
            count, last = count + block.count(b"\n"), block[-1:]
    return count + (last != b"\n")


# -- the output


@contextmanager
def _writing(target: Path, source: Path, restart: bool) -> Iterator[BufferedRandom]:
    """The output, which no other run may write to meanwhile; at the end it is on the disk. Raises Unusable."""
    with _naming(target):
        if target.exists() and (not target.is_file() or target.samefile(source)):
            raise Unusable(f"{target}: the output has to be a file of its own, from which a run can go on")
        file = open(target, "r+b", opener=lambda path, flags: os.open(path, flags | os.O_CREAT, 0o666))  # noqa: SIM115
    with file:
        _lock(file, target)
        with _naming(target):
            if restart:
                file.truncate(0)
            _sync_folder(target)
        try:
            yield file
        finally:
            with _naming(target):
                os.fsync(file.fileno())


def _append(out: BufferedRandom, text: bytes) -> None:
    """Write past the buffer: where the disk is full, nothing is left that would be tried again when the file is closed."""
    out.raw.seek(0, os.SEEK_END)
    left = memoryview(text)
    while left:
        left = left[out.raw.write(left) or 0 :]


def _lock(file: BufferedRandom, target: Path) -> None:
    """Two runs that write to one file would repeat lines. The lock goes with this process, however it ends; workers have no part in it."""
    try:
        import fcntl
    except ImportError:  # Windows: no locks of this kind
        return
    try:
        fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        raise Unusable(f"{target}: another run is writing to it; wait for that, or stop it") from None
    except OSError:  # a file system without locks
        return


def _sync_folder(target: Path) -> None:
    """A new file is lost with its folder's entry, whatever is in it."""
    with suppress(OSError):  # Windows opens no folders
        folder = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _go_on(out: BufferedRandom, rows: Iterator[Row], tally: Tally, name: str, source: Path) -> None:
    """Hold the records that there are against the lines of the input, which are taken from `rows`, and cut off a half-written one.

    Raises Unusable where the two do not belong together: nothing of the output is changed then.
    """
    for number in itertools.count(1):
        at, begun = out.tell(), b'{"line": %d, "sha256": "' % number
        head = out.read(len(begun))
        if not begun.startswith(head.split(b"\0")[0]) or (number == 1 and b"\0" in head):
            what = f"record {number} is damaged" if number > 1 else "this is there already, and is no output of derive batch"
            raise Unusable(f"{name}{what}; write elsewhere, or overwrite it with --restart")
        text = head + out.readline() if head == begun else head
        if not text.endswith(b"\n") or b"\0" in text:  # a killed run leaves half a line, a power failure zeros
            out.truncate(at)
            out.seek(at)
            return
        record, digest = _recorded(text, f"{name}record {number}")
        row = next(rows, None)
        if row is None or row.sha256 != digest:
            why = f"is of another line than line {number} of {source}" if row else f"has no line in {source}, which ends before"
            raise Unusable(f"{name}record {number} {why}; give the input that this is of, write elsewhere, or overwrite it with --restart")
        tally.add(record)


def _recorded(text: bytes, name: str) -> tuple[Record, str]:
    """A record that stands in the output, and the digest of its line. Raises Unusable."""
    try:
        data = json.loads(text)
        steps = Counter(str(Status(step["verdict"]["status"])) for step in data.get("steps", ()))
        return Record(b"", str(Status(data["status"])), steps, data["error"] is not None), data["sha256"]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise Unusable(f"{name} is damaged; cut the file off before it, or overwrite it with --restart") from None


# -- one line, call by call


def _inquiry(row: Row, shelf: tasks.Shelf, fast: bool, time_limit: float) -> Inquiry[Record]:
    """What is asked until the record of a line is known: mostly one call. What explodes is looked at step by step, within its budget."""
    lemmas = shelf.beside((row.text or b"").decode(errors="replace"))
    found = yield from tasks.answer(functools.partial(_whole, fast), _part, (row,), lemmas, shelf, "", _PAGE)
    if isinstance(found, Record):
        return found
    if not fast:
        found = yield from tasks.with_opinions(found, _may_be_computed, time_limit, tasks.BUDGET)
    [record] = yield [Call(tasks.READ_SECONDS, _write, (row, found))]
    if isinstance(record, Failure):
        failed = PageError(f"no record could be made: {record.reason}", Place("input", row.number))
        return _record(row, None, Outcome("", None, (), failed))
    assert isinstance(record, Record)
    return record


def _may_be_computed(verdict: Verdict) -> bool:
    return verdict.status is Status.UNDECIDED and verdict.claim is not None and not verdict.missing


def _record(row: Row, id: str | int | None, outcome: Outcome) -> Record:
    (known,) = machine.to_json([outcome])["derivations"]
    del known["name"]  # a line has an id
    data = {"line": row.number, "sha256": row.sha256, "id": id, **known}
    try:
        text = json.dumps(data, ensure_ascii=False).encode()
    except UnicodeEncodeError:  # half a surrogate pair, which JSON can write and UTF-8 cannot
        text = json.dumps(data).encode()
    steps = Counter(str(v.status) for v in outcome.verdicts) if known["error"] is None else {}
    return Record(text + b"\n", known["status"], steps, known["error"] is not None)


# -- in a worker


def _whole(fast: bool, lemmas: tasks.Lemmas, row: Row) -> Record | Outcome | tasks.Lacking:
    """The record of a line; or the outcome, where SymPy is to be asked."""
    posed = _posed(row)
    outcome = tasks.whole({**lemmas, **posed.lemmas}, posed.derivation)
    if isinstance(outcome, tasks.Lacking) or (not fast and any(map(_may_be_computed, outcome.verdicts))):
        return outcome
    return _record(row, posed.id, outcome)


def _part(lemmas: tasks.Lemmas, row: Row, step: int | None = None) -> Any:
    """The page of a line, or the verdict on one step of it; or the PageError."""
    posed = _posed(row)
    return tasks.part({**lemmas, **posed.lemmas}, posed.derivation, step)


def _write(row: Row, outcome: Outcome) -> Record:
    return _record(row, _posed(row).id, outcome)


@functools.lru_cache(1)  # its steps may be asked for one by one
def _posed(row: Row) -> Posed:
    """What a line asks. Never raises for what is wrong with it: the derivation holds the error."""
    id = None
    try:
        data = _object(row)
        id = _identity(data.get("id"), row)
        page, lemmas = _texts(data, row)
    except PageError as error:
        return Posed(id, Derivation("", error.place, error=error), {})
    beside = {name: Derivation(text, Place(f"lemmas.{name}", 1), name) for name, text in lemmas.items()}
    return Posed(id, Derivation(page, _PAGE), beside)


def _object(row: Row) -> dict[str, Any]:
    """The JSON object of a line. Raises PageError."""
    if row.text is None:
        hint = "a page is 1 MB at most; split it into several derivations"
        raise _bad(row, f"the line is longer than {LONGEST // 2**20} MB", hint=hint)
    try:
        data = json.loads(row.text.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise _bad(row, "this is not UTF-8", column=error.start + 1, hint="save the file as UTF-8") from None
    except json.JSONDecodeError as error:
        raise _bad(row, f"this is no JSON: {error.msg}", column=error.colno) from None
    except (ValueError, RecursionError) as error:  # a number of 5000 digits; brackets within brackets
        raise _bad(row, f"this JSON cannot be read: {error}") from None
    if not isinstance(data, dict):
        raise _bad(row, "this is no JSON object")
    return data


def _identity(id: Any, row: Row) -> str | int | None:
    """What the line calls itself. Raises PageError."""
    if id is None or (isinstance(id, str | int) and not isinstance(id, bool) and len(str(id)) <= 200):
        return id
    raise _bad(row, "id is neither a number nor a text of at most 200 letters")


def _texts(data: Mapping[str, Any], row: Row) -> tuple[str, dict[str, str]]:
    """The page, and the pages of the lemmas by name. Raises PageError."""
    page, lemmas = data.get("page"), data.get("lemmas") or {}
    if not isinstance(page, str):
        raise _bad(row, "page is missing" if page is None else "page is no text")
    if not isinstance(lemmas, dict) or not all(isinstance(text, str) for text in lemmas.values()):
        raise _bad(row, "lemmas are pages by name, and these are not")
    if wrong := next((name for name in lemmas if not re.fullmatch(DERIVATION, name)), None):
        raise _bad(row, "no lemma can be called so", text=wrong[:200], hint="write chapter.name, of letters, digits, - and _")
    return page, lemmas


def _bad(row: Row, message: str, column: int = 1, text: str = "", hint: str = _SCHEMA) -> PageError:
    return PageError(message, Place("input", row.number, column), text, hint)

"""Texts by key, in a file of SQLite in the user's cache folder; may not know what they say.

Runs may use the file at the same time, and one that is killed leaves it whole (write-ahead log, short transactions). A damaged file,
or one that holds anything but our table, is set aside under another name, with a warning. Where no file can be written, or others may
write it, nothing is kept, and nothing said. The file holds up to `MOST_BYTES`; past that the quarter goes that was used longest ago.
"""

from __future__ import annotations

import math
import os
import sqlite3
import stat
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

FILE = "found-1.sqlite"  # another number where the table is another one
MOST_BYTES = 256 * 2**20
LONGEST = 4 * 2**20  # bytes of a text
AT_ONCE = 500  # keys that a statement asks for; SQLite takes so many
SECONDS = 5.0  # what a transaction may take, and how long it waits for another to end
DAY = 86_400  # seconds; when an entry was used is known to the day
KINDS = {"v": "verdicts", "o": "opinions of SymPy"}  # by the first letter of a key
_ENTRY = "entry (key TEXT PRIMARY KEY, data TEXT NOT NULL, used INTEGER NOT NULL)"
_SCHEMA = [("index", "sqlite_autoindex_entry_1", None), ("table", "entry", f"CREATE TABLE {_ENTRY}")]
_PASSING = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})  # somebody else is writing: never mind
_DAMAGED = frozenset({sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_INTERRUPT, sqlite3.SQLITE_TOOBIG})
T = TypeVar("T")


class Unusable(Exception):
    """Why a file is none to keep anything in."""


def folder() -> Path | None:
    """The user's cache folder for this program: in XDG_CACHE_HOME, or by the conventions of the platform; None where there is no home."""
    given = os.environ.get("XDG_CACHE_HOME", "")
    try:
        if os.path.isabs(given):
            return Path(given) / "derive"
        if sys.platform == "win32":
            return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "derive"
        return Path.home() / ("Library/Caches" if sys.platform == "darwin" else ".cache") / "derive"
    except RuntimeError:
        return None


class Info(NamedTuple):
    """What a cache holds."""

    file: Path | None
    entries: Mapping[str, int]  # by kind
    bytes: int
    problem: str  # why nothing is kept, or nothing


class Store:
    """Texts by key, shared with whatever else runs; a store whose file cannot be used is empty and keeps nothing."""

    def __init__(self, where: Path | None, warn: Callable[[str], None] = lambda message: None) -> None:
        self.file, self.warn = where and where / FILE, warn
        self.problem = "" if where else "there is no home folder"
        self._open: tuple[int, sqlite3.Connection] | None = None  # the file's inode, and the connection
        self._end = 0.0  # when a transaction has taken too long

    def get(self, keys: Iterable[str]) -> dict[str, Any]:
        """What is kept under these keys: texts, unless somebody else has put something else there."""

        def read(db: sqlite3.Connection) -> dict[str, Any]:
            now, rows, rest = int(time.time()), list[tuple[str, Any, Any]](), list(keys)
            while rest:
                some, rest = rest[:AT_ONCE], rest[AT_ONCE:]
                rows += db.execute(f"SELECT key, data, used FROM entry WHERE key IN ({','.join('?' * len(some))})", some)
            if old := [(now, key) for key, _, used in rows if not isinstance(used, int) or used < now - DAY]:
                db.executemany("UPDATE entry SET used = ? WHERE key = ?", old)
            return {key: data for key, data, _ in rows}

        return self._do(read, {})

    def put(self, entries: Mapping[str, str]) -> None:
        """Keep texts that are not too long, and let the oldest go if there are too many."""
        now = int(time.time())
        rows = [(key, text, now) for key, text in entries.items() if 4 * len(text) < LONGEST]

        def write(db: sqlite3.Connection) -> None:
            db.executemany("INSERT OR REPLACE INTO entry VALUES (?, ?, ?)", rows)
            if _bytes(db) > MOST_BYTES:
                db.execute("DELETE FROM entry WHERE key IN (SELECT key FROM entry ORDER BY used LIMIT (SELECT count(*)/4 + 1 FROM entry))")

        if rows:
            self._do(write, None)

    def drop(self, keys: Iterable[str]) -> None:
        """Throw entries away."""
        gone = [(key,) for key in keys]
        self._do(lambda db: db.executemany("DELETE FROM entry WHERE key = ?", gone), None)

    def clear(self) -> None:
        """Throw all away, and what was set aside."""

        def empty(db: sqlite3.Connection) -> None:
            self._end = math.inf
            db.execute("DELETE FROM entry")
            db.commit()
            db.execute("VACUUM")

        self._do(empty, None)
        if self.file and not self.problem:
            with suppress(OSError):
                _aside(self.file).unlink(missing_ok=True)

    def info(self) -> Info:
        """What there is."""
        counted = "SELECT substr(key, 1, 1), count(*) FROM entry GROUP BY 1"
        counts: dict[str, int] = self._do(lambda db: dict(db.execute(counted).fetchall()), {})
        size = self._do(_bytes, 0)
        return Info(self.file, {what: counts.get(letter, 0) for letter, what in KINDS.items()}, size, self.problem)

    def close(self) -> None:
        """Let go of the file, before processes are started that will open it, too."""
        if self._open:
            self._open[1].close()
        self._open = None

    def _do(self, action: Callable[[sqlite3.Connection], T], otherwise: T) -> T:
        """What a short transaction gives; or, where the file cannot be used, something else."""
        if self.problem:
            return otherwise
        try:
            self._end = time.monotonic() + SECONDS
            with self._connection() as db:
                return action(db)
        except (OSError, Unusable) as error:
            self.problem = str(error) if isinstance(error, Unusable) else f"{error.filename or self.file}: {error.strerror or error}"
        except sqlite3.Error as error:
            code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
            if code in _DAMAGED or not isinstance(error, sqlite3.OperationalError):
                self._set_aside(str(error))
            elif code not in _PASSING:
                self.problem = f"{self.file}: {error}"
        return otherwise

    def _connection(self) -> sqlite3.Connection:
        """The connection, to a file that holds our table and nothing else. Raises Unusable and what `_do` knows."""
        assert self.file
        if self._open is None:
            self.file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            _owned(self.file)
            db = sqlite3.connect(self.file, timeout=SECONDS)
            self._open = self.file.stat().st_ino, db
            db.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LONGEST)
            db.set_progress_handler(lambda: time.monotonic() > self._end, 100_000)
            if not _schema(db):
                db.execute(f"CREATE TABLE IF NOT EXISTS {_ENTRY}")
            if _schema(db) != _SCHEMA:  # a view or a trigger would run whenever the table is used
                raise sqlite3.DatabaseError("it holds something else")
            db.execute("PRAGMA journal_mode = WAL")  # a killed run leaves the file whole, and readers do not wait
            db.execute("PRAGMA synchronous = NORMAL")
        return self._open[1]

    def _set_aside(self, why: str) -> None:
        """Give a damaged file another name; unless another process has done so."""
        assert self.file
        inode = self._open[0] if self._open else 0
        self.close()
        try:
            if self.file.stat().st_ino != inode:
                return
            self.file.replace(_aside(self.file))
            for beside in ("-wal", "-shm", "-journal"):
                self.file.with_name(self.file.name + beside).unlink(missing_ok=True)
        except FileNotFoundError:
            return
        except OSError as error:
            self.problem = f"{self.file} is damaged ({why}), and cannot be set aside: {error.strerror}"
            return
        self.warn(f"the cache {self.file} is damaged ({why}); it is set aside as {_aside(self.file).name}, and a new one begun")


def _owned(file: Path) -> None:
    """Raise Unusable where somebody else may write the file, or where it leads elsewhere: what others put there proves nothing, but it
    might have us write into another file."""
    where = file.parent.stat()
    if hasattr(os, "geteuid") and (where.st_uid != os.geteuid() or where.st_mode & 0o022):
        raise Unusable(f"{file.parent} belongs to somebody else, or others may write there")
    with suppress(FileNotFoundError):
        if not stat.S_ISREG(file.lstat().st_mode):
            raise Unusable(f"{file} is no plain file")


def _schema(db: sqlite3.Connection) -> Sequence[tuple[str, str, str | None]]:
    """What there is in a database, the first few."""
    return db.execute("SELECT type, name, sql FROM sqlite_master ORDER BY type LIMIT 3").fetchall()


def _aside(file: Path) -> Path:
    return file.with_suffix(".damaged")


def _bytes(db: sqlite3.Connection) -> int:
    """The size of the pages that are in use."""
    pages, unused, size = (int(db.execute(f"PRAGMA {name}").fetchone()[0]) for name in ("page_count", "freelist_count", "page_size"))
    return (pages - unused) * size

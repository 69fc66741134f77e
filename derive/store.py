"""Texts by key, in a file of SQLite in the user's cache folder; may not know what they say.

Runs may use the file at the same time, and one that is killed leaves it whole (write-ahead log, short transactions). A damaged file is
set aside under another name, with a warning. Where no file can be written, nothing is kept, and nothing said. The file holds up to
`MOST_BYTES`; past that the quarter goes that was used longest ago.
"""

from __future__ import annotations

import os
import sqlite3
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

FILE = "found-1.sqlite"  # another number where the table is another one
MOST_BYTES = 256 * 2**20
DAY = 86_400  # seconds; when an entry was used is known to the day
KINDS = {"v": "verdicts", "o": "opinions of SymPy", "c": "chapters"}  # by the first letter of a key
_TABLE = "CREATE TABLE IF NOT EXISTS entry (key TEXT PRIMARY KEY, data TEXT NOT NULL, used INTEGER NOT NULL)"
_DAMAGED = frozenset({sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})  # or of another shape
T = TypeVar("T")


def folder() -> Path | None:
    """The user's cache folder for this program, by the conventions of the platform; None where there is no home."""
    try:
        if sys.platform == "win32":
            base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
        elif sys.platform == "darwin":
            base = Path.home() / "Library" / "Caches"
        else:
            given = os.environ.get("XDG_CACHE_HOME", "")
            base = Path(given) if os.path.isabs(given) else Path.home() / ".cache"
    except RuntimeError:
        return None
    return base / "derive"


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
        self._open: tuple[int, int, sqlite3.Connection] | None = None  # the process, the file's inode, and the connection

    def get(self, keys: Sequence[str]) -> dict[str, Any]:
        """What is kept under these keys."""

        def read(db: sqlite3.Connection) -> dict[str, Any]:
            marks = ",".join("?" * len(keys))
            rows = db.execute(f"SELECT key, data, used FROM entry WHERE key IN ({marks})", keys).fetchall()
            if old := [(now, key) for key, _, used in rows if not isinstance(used, int) or used < now - DAY]:
                db.executemany("UPDATE entry SET used = ? WHERE key = ?", old)
            return {key: data for key, data, _ in rows}

        now = int(time.time())
        return self._do(read, {})

    def put(self, entries: Mapping[str, str]) -> None:
        """Keep texts, and let the oldest go if there are too many."""

        def write(db: sqlite3.Connection) -> None:
            now = int(time.time())
            db.executemany("INSERT OR REPLACE INTO entry VALUES (?, ?, ?)", [(k, text, now) for k, text in entries.items()])
            if _bytes(db) > MOST_BYTES:
                db.execute("DELETE FROM entry WHERE key IN (SELECT key FROM entry ORDER BY used LIMIT (SELECT count(*)/4 + 1 FROM entry))")

        if entries:
            self._do(write, None)

    def drop(self, keys: Iterable[str]) -> None:
        """Throw entries away."""
        gone = [(key,) for key in keys]
        self._do(lambda db: db.executemany("DELETE FROM entry WHERE key = ?", gone), None)

    def clear(self) -> None:
        """Throw all away, and what was set aside."""

        def empty(db: sqlite3.Connection) -> None:
            db.execute("DELETE FROM entry")
            db.commit()
            db.execute("VACUUM")

        self._do(empty, None)
        if self.file:
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
        if self._open and self._open[0] == os.getpid():
            self._open[2].close()
        self._open = None

    def _do(self, action: Callable[[sqlite3.Connection], T], otherwise: T) -> T:
        """What a short transaction gives; or, where the file cannot be used, something else."""
        if self.problem:
            return otherwise
        try:
            db = self._connection()
            with db:
                return action(db)
        except OSError as error:
            self.problem = f"{error.filename or self.file}: {error.strerror or error}"
        except sqlite3.Error as error:
            code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
            if code in _DAMAGED or not isinstance(error, sqlite3.OperationalError):
                self._set_aside(str(error))
            elif code not in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):  # somebody else is writing: never mind
                self.problem = f"{self.file}: {error}"
        return otherwise

    def _connection(self) -> sqlite3.Connection:
        """The connection of this process: one of a parent must not be used."""
        assert self.file
        if self._open is None or self._open[0] != os.getpid():
            self.file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            db = sqlite3.connect(self.file, timeout=5.0)
            self._open = os.getpid(), self.file.stat().st_ino, db
            db.execute("PRAGMA journal_mode = WAL")  # a killed run leaves the file whole, and readers do not wait
            db.execute("PRAGMA synchronous = NORMAL")
            db.execute(_TABLE)
        return self._open[2]

    def _set_aside(self, why: str) -> None:
        """Give a damaged file another name; unless another process has done so."""
        assert self.file
        inode = self._open[1] if self._open else 0
        self.close()
        with suppress(OSError):
            if self.file.stat().st_ino != inode:
                return
            self.file.replace(_aside(self.file))
            for beside in ("-wal", "-shm"):
                self.file.with_name(self.file.name + beside).unlink(missing_ok=True)
            self.warn(f"the cache {self.file} is damaged ({why}); it is set aside as {_aside(self.file).name}, and a new one begun")


def _aside(file: Path) -> Path:
    return file.with_suffix(".damaged")


def _bytes(db: sqlite3.Connection) -> int:
    """The size of the pages that are in use."""
    pages, unused, size = (int(db.execute(f"PRAGMA {name}").fetchone()[0]) for name in ("page_count", "freelist_count", "page_size"))
    return (pages - unused) * size

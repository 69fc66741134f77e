"""Texts by key: what runs at the same time, what is killed, and whatever somebody has put in the file's place does no harm."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import textwrap
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from derive import store
from derive.store import Store

ROOT = Path(__file__).parent.parent


@pytest.fixture
def warnings() -> list[str]:
    return []


@pytest.fixture
def kept(tmp_path: Path, warnings: list[str]) -> Store:
    return Store(tmp_path / "derive", warnings.append)


def made(kept: Store) -> Path:
    """The folder of the store, and in it nothing."""
    assert kept.file
    kept.file.parent.mkdir(mode=0o700)
    return kept.file


def begun(kept: Store) -> sqlite3.Connection:
    """The file of the store, to be tampered with."""
    kept.put({"v1": "text"})
    kept.close()
    assert kept.file
    return sqlite3.connect(kept.file)


def test_what_is_put_is_kept_and_what_is_dropped_is_gone(tmp_path: Path, kept: Store) -> None:
    kept.put({"v1": "a", "v2": "b"})
    kept.put({"v2": "c"})
    kept.drop(["v1"])
    assert kept.get(["v1", "v2", "v3"]) == {"v2": "c"}
    assert Store(tmp_path / "derive").get(["v2"]) == {"v2": "c"}


def test_past_its_size_the_entries_go_that_were_used_longest_ago(kept: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "MOST_BYTES", 400_000)
    now = time.time()
    for day in range(20):
        monkeypatch.setattr(time, "time", lambda day=day: now + day * store.DAY * 2)
        kept.put({f"v{day}-{i}": "x" * 2000 for i in range(20)})
        kept.get(["v0-0"])
        assert kept.info().bytes < 500_000
    assert kept.get(["v0-0"])  # for it was used
    assert not kept.get(["v1-1"])
    assert kept.get(["v19-19"])


def test_clear_leaves_nothing_and_info_counts(kept: Store) -> None:
    kept.put({"v1": "a", "v2": "b", "o1": "c"})
    assert kept.info().entries == {"verdicts": 2, "opinions of SymPy": 1}
    kept.clear()
    assert sum(kept.info().entries.values()) == 0


def test_the_folder_is_the_users_by_the_conventions(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert store.folder() == tmp_path / "derive"
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")  # which is to be ignored
    monkeypatch.setenv("HOME", str(tmp_path))
    assert store.folder() == tmp_path / ".cache" / "derive"
    monkeypatch.setattr(sys, "platform", "darwin")
    assert store.folder() == tmp_path / "Library" / "Caches" / "derive"


# -- other processes

WRITER = """
    import sys
    from pathlib import Path
    from derive.store import Store
    where = Store(Path(sys.argv[1]), lambda message: sys.exit(message))
    print("begun", flush=True)
    for i in range(int(sys.argv[3])):
        where.put({f"v{sys.argv[2]}-{i}-{k}": "x" * 500 for k in range(int(sys.argv[4]))})
    sys.exit(where.problem or 0)
"""


def writer(folder: Path, name: str, count: int, at_once: int = 1) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", textwrap.dedent(WRITER), str(folder), name, str(count), str(at_once)]
    return subprocess.Popen(command, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_runs_at_the_same_time_lose_nothing(tmp_path: Path, kept: Store) -> None:
    writers = [writer(tmp_path / "derive", str(k), 100) for k in range(3)]
    assert [w.communicate(timeout=60)[1] for w in writers] == [""] * 3
    assert kept.info().entries["verdicts"] == 300


@pytest.mark.parametrize("at_once", [1, 3000])
def test_a_run_that_is_killed_while_it_writes_leaves_the_file_whole(at_once: int, tmp_path: Path, kept: Store, warnings: list[str]) -> None:
    for k in range(3):
        killed = writer(tmp_path / "derive", str(k), 10**6, at_once)
        assert killed.stdout
        killed.stdout.readline()
        time.sleep(0.11 * (k + 1))
        killed.kill()
        killed.wait()
    count = kept.info().entries["verdicts"]
    assert count > 0
    assert count % at_once == 0  # a transaction is there as a whole, or not at all
    kept.put({"vmine": "text"})
    assert kept.get(["vmine"]) == {"vmine": "text"}
    with sqlite3.connect(tmp_path / "derive" / store.FILE) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert warnings == []


# -- files that are not as they should be


@pytest.mark.parametrize("content", [b"this is no database" * 100, b"SQLite format 3\0" + b"x" * 4096])
def test_a_damaged_file_is_set_aside_with_a_warning(content: bytes, kept: Store, warnings: list[str]) -> None:
    file = made(kept)
    file.write_bytes(content)
    assert kept.get(["v1"]) == {}
    assert len(warnings) == 1
    assert "is damaged" in warnings[0]
    assert file.with_suffix(".damaged").read_bytes() == content
    kept.put({"v1": "text"})
    assert kept.get(["v1"]) == {"v1": "text"}


def test_every_page_of_the_file_may_be_damaged(kept: Store, warnings: list[str]) -> None:
    kept.put({f"v{i}": str(i) * 300 for i in range(200)})
    kept.close()
    assert kept.file
    whole = kept.file.read_bytes()
    for at in range(0, len(whole), 4096):
        kept.file.write_bytes(whole[: at + 40] + b"\xff" * 200 + whole[at + 240 :])
        found = kept.get([f"v{i}" for i in range(200)])
        assert all(isinstance(text, str) for text in found.values())  # perhaps others: what they say is not believed anyway
        kept.put({"v1": "text"})
        kept.close()
        for beside in ("-wal", "-shm"):
            kept.file.with_name(kept.file.name + beside).unlink(missing_ok=True)
    assert kept.problem == ""
    assert warnings


@pytest.mark.parametrize("sql", [
    "DROP TABLE entry; CREATE TABLE entry (something TEXT)",
    """DROP TABLE entry; CREATE VIEW entry AS
       WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i FROM n) SELECT i AS key, i AS data, i AS used FROM n""",
    "CREATE TRIGGER t AFTER INSERT ON entry BEGIN DELETE FROM entry; END",
    """CREATE TABLE n (i); INSERT INTO n VALUES (1), (1), (1), (1), (1), (1), (1), (1), (1), (1);
       CREATE TRIGGER t BEFORE INSERT ON entry BEGIN SELECT count(*) FROM n, n, n, n, n, n, n, n, n, n, n, n; END""",
    "DROP TABLE entry; CREATE TABLE entry (key TEXT PRIMARY KEY, data TEXT AS (printf('%.*c', 900000000, 'x')), used INTEGER)",
    "CREATE INDEX i ON entry (length(data))",
    "CREATE TABLE other (something TEXT)",
])  # fmt: skip
def test_a_database_that_holds_more_than_our_table_runs_none_of_it(sql: str, kept: Store, warnings: list[str]) -> None:
    with begun(kept) as db:
        db.executescript(sql)
    db.close()
    start = time.monotonic()
    assert kept.get(["v1"]) == {}
    assert [("is damaged (it holds something else)" in w) for w in warnings] == [True]
    kept.put({"v2": "text"})
    assert kept.get(["v2"]) == {"v2": "text"}
    assert time.monotonic() - start < 5


@pytest.mark.parametrize("data", ["zeroblob(50000000)", "printf('%.*c', 50000000, 'x')", "CAST(x'ff' AS TEXT)"])
def test_what_is_too_long_or_no_text_is_not_read(data: str, kept: Store, warnings: list[str]) -> None:
    with begun(kept) as db:
        db.execute(f"INSERT INTO entry VALUES ('v2', {data}, 0)")
    db.close()
    assert kept.get(["v2"]) == {}
    assert len(warnings) == 1


@pytest.mark.parametrize("used", ["'never'", "x'00'", "1e300", "-9223372036854775808"])
def test_when_an_entry_was_used_may_be_anything(used: str, kept: Store, warnings: list[str]) -> None:
    with begun(kept) as db:
        db.execute(f"UPDATE entry SET used = {used}")
    db.close()
    assert kept.get(["v1"]) == {"v1": "text"}
    assert warnings == []


def test_a_text_that_is_too_long_is_not_kept_and_the_others_are(kept: Store, warnings: list[str]) -> None:
    kept.put({"v1": "x" * store.LONGEST, "v2": "text"})
    assert kept.get(["v1", "v2"]) == {"v2": "text"}
    assert warnings == []


def test_more_keys_than_a_statement_takes_are_no_damage(kept: Store, warnings: list[str]) -> None:
    """A page of 20,000 lines asked for more keys than SQLite takes, and the whole cache was set aside."""
    kept.put({"v1": "text"})
    assert kept.get([f"v{i}" for i in range(50_000)]) == {"v1": "text"}
    assert warnings == []


def test_a_transaction_that_does_not_end_is_ended(kept: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "SECONDS", 0.2)
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
    start = time.monotonic()
    assert kept._do(lambda db: db.execute(endless).fetchall(), []) == []
    assert time.monotonic() - start < 5


# -- places where nothing can be kept


def nothing_is_kept(where: Store, warnings: list[str]) -> str:
    """The problem of a store that keeps nothing, and says nothing."""
    where.put({"v1": "text"})
    assert where.get(["v1"]) == {}
    assert warnings == []
    return where.info().problem


def test_where_no_folder_can_be_made_nothing_is_kept_and_nothing_is_said(tmp_path: Path, warnings: list[str]) -> None:
    (tmp_path / "file").write_text("")
    for where in (tmp_path / "file" / "derive", None):
        assert nothing_is_kept(Store(where, warnings.append), warnings)


def test_a_link_is_not_followed_into_another_database(tmp_path: Path, kept: Store, warnings: list[str]) -> None:
    other = tmp_path / "other.sqlite"
    with sqlite3.connect(other) as db:
        db.execute("CREATE TABLE mine (something TEXT)")
    db.close()
    before = other.read_bytes()
    made(kept).symlink_to(other)
    assert "is no plain file" in nothing_is_kept(kept, warnings)
    kept.clear()
    assert (other.read_bytes(), list(tmp_path.glob("other*"))) == (before, [other])


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this platform has no named pipes")
def test_a_pipe_in_place_of_the_file_is_not_waited_for(kept: Store, warnings: list[str]) -> None:
    os.mkfifo(made(kept))
    assert "is no plain file" in nothing_is_kept(kept, warnings)


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="this platform has no owners of files")
def test_a_folder_of_somebody_else_is_not_used(kept: Store, warnings: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever owns the folder could put a link there that leads into a database of the user's."""
    made(kept)
    with monkeypatch.context() as m:
        m.setattr(os, "geteuid", lambda: 12345)
        assert "belongs to somebody else" in nothing_is_kept(kept, warnings)


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="this platform has no owners of files")
def test_a_folder_that_others_may_write_is_not_used(kept: Store, warnings: list[str]) -> None:
    made(kept).parent.chmod(0o777)
    assert "others may write there" in nothing_is_kept(kept, warnings)


@pytest.mark.skipif(getattr(os, "geteuid", lambda: 0)() == 0, reason="root may write anywhere: run the tests as another user")
def test_a_folder_that_cannot_be_written_is_not_used(kept: Store, warnings: list[str]) -> None:
    made(kept).parent.chmod(0o500)
    assert nothing_is_kept(kept, warnings)
    made(kept).parent.chmod(0o700)


def test_a_damaged_file_that_cannot_be_set_aside_is_not_used(kept: Store, warnings: list[str]) -> None:
    file = made(kept)
    file.write_text("this is no database")
    (file.with_suffix(".damaged") / "full").mkdir(parents=True)
    assert "cannot be set aside" in nothing_is_kept(kept, warnings)


def test_a_full_disk_costs_what_could_not_be_written(tmp_path: Path, kept: Store, warnings: list[str]) -> None:
    pytest.importorskip("resource", reason="this platform has no limit on the size of files")
    script = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))\n" + textwrap.dedent(WRITER)
    command = [sys.executable, "-c", script, str(tmp_path / "derive"), "0", "1000", "1"]
    env: Mapping[str, str] = {**os.environ, "PYTHONPATH": str(ROOT)}
    full = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert full.returncode == 1
    assert store.FILE in full.stderr  # the problem, and no traceback
    assert "Traceback" not in full.stderr
    assert 0 < kept.info().entries["verdicts"] < 1000
    assert warnings == []

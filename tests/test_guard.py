"""A call costs its budget and no more, whatever it does, whoever makes it; its neighbours notice nothing, and nothing is left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from pathlib import Path

import pytest
from clusters import ENGINES, ROOT, engine_of
from explosions import explode

from derive import guard
from derive.pool import Failure, Pool

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="who has started what, and how much memory it holds, only Linux tells")
SECONDS, MEMORY_MB = 0.7, 300
SPARE = 10.0  # seconds that a busy machine may add


@pytest.fixture(scope="module", params=ENGINES)
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Executor | None]:
    with engine_of(request.param, tmp_path_factory) as found:
        yield found


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


EXPLOSIONS = {
    "Python": "stopped after 0.7 s", "C": "stopped after 0.7 s", "power": "stopped after 0.7 s", "stopped": "stopped after 0.7 s",
    "memory": "more memory", "memory in C": "Aborted|more memory", "growing": "more memory",
    "killed": "exit code -9", "exit": "exit code 3",
    "waits for another": "stopped after 0.7 s", "many that grow": "more memory",
}  # fmt: skip


@pytest.mark.parametrize("kind", EXPLOSIONS)
def test_what_explodes_costs_its_budget_and_no_more(engine: Executor | None, kind: str, tmp_path: Path) -> None:
    pids, seconds = tmp_path / "pids", SECONDS if "stopped" in EXPLOSIONS[kind] else 20.0
    with Pool(1, MEMORY_MB, ["explosions"], engine) as pool:
        assert pool.take(pool.put(60, explode, "fine")) == "fine"
        start = time.monotonic()
        bad, good = pool.put(seconds, explode, kind, str(pids)), pool.put(60, explode, "fine")
        found = pool.take(bad)
        assert time.monotonic() - start < SECONDS + SPARE
        assert isinstance(found, Failure)
        assert any(said in found.reason for said in EXPLOSIONS[kind].split("|")), found.reason
        assert pool.take(good) == "fine"
    assert [pid for pid in map(int, pids.read_text().split() if pids.exists() else ()) if alive(pid)] == []


@pytest.mark.parametrize("kind", ["leaves another", "leaves a daemon"])
def test_what_a_call_has_started_does_not_outlive_it(engine: Executor | None, kind: str, tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    with Pool(1, MEMORY_MB, ["explosions"], engine) as pool:
        assert pool.take(pool.put(60, explode, kind, str(pids))) == "fine"
        (pid,) = map(int, pids.read_text().split())
        assert not alive(pid)


def test_a_result_without_end_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "LARGEST", 2**20)
    with Pool(1, MEMORY_MB) as pool:
        large, small = (pool.take(pool.put(5, bytes, size)) for size in (2**20, 2**19))
    assert (large, small) == (Failure("its result is larger than 1 MB"), bytes(2**19))


def test_a_keeper_that_dies_is_started_anew(tmp_path: Path) -> None:
    """Nobody should kill it; but the system may, when memory is short."""
    with Pool(1, MEMORY_MB, ["explosions"]) as pool:
        worker = pool.take(pool.put(60, os.getpid))
        os.kill(pool._keepers[0]._process.pid or 0, signal.SIGKILL)
        assert pool.take(pool.put(60, explode, "fine")) == "fine"
        assert not alive(worker)


def test_the_worker_of_a_thread_ends_with_it() -> None:
    with ThreadPoolExecutor(1) as executor, Pool(1, MEMORY_MB, executor=executor) as pool:
        first, second = (pool.take(pool.put(60, os.getpid)) for _ in range(2))
    assert first == second
    assert not alive(first)


def test_another_engine_is_not_asked() -> None:
    with pytest.raises(guard.NoEngine, match="another version"):
        guard.guarded("derive of yesterday", guard.Limits(1, 100), b"")


SCRIPT = """
    import os, sys, time
    from concurrent.futures import ThreadPoolExecutor
    from explosions import explode
    from derive.pool import Pool

    with Pool(1, 300, ["explosions"], {executor}) as pool:
        tasks = [pool.put(120, os.getpid), pool.put(120, explode, {kind!r}, sys.argv[1])]
        os.write(1, f"{{pool.take(tasks[0])}}\\n".encode())
        pool.take(tasks[1])
"""


@pytest.mark.parametrize("kind", ["C", "waits for another"])
@pytest.mark.parametrize("executor", ["None", "ThreadPoolExecutor(1)"])
def test_when_whoever_asks_is_killed_nothing_is_left_behind(tmp_path: Path, executor: str, kind: str) -> None:
    script, pids = tmp_path / "script.py", tmp_path / "pids"
    script.write_text(textwrap.dedent(SCRIPT).format(executor=executor, kind=kind))
    env = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests")])}
    asking = subprocess.Popen([sys.executable, str(script), str(pids)], env=env, stdout=subprocess.PIPE)
    assert asking.stdout is not None
    worker = int(asking.stdout.readline())
    while kind != "C" and not (pids.exists() and pids.read_text().endswith("\n")):
        time.sleep(0.02)
    started = [worker, *map(int, pids.read_text().split() if pids.exists() else ())]
    assert all(map(alive, started))
    asking.kill()
    asking.wait(10)
    end = time.monotonic() + 15
    while any(map(alive, started)) and time.monotonic() < end:
        time.sleep(0.05)
    assert [pid for pid in started if alive(pid)] == []

"""On a cluster as on this machine: the same records in the same order, whatever becomes of a worker; and what is wrong is said."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from clusters import ROOT, Local, cluster, stop
from typer.testing import CliRunner

import cli
from derive import batch, runner
from derive import cluster as clusters
from derive.cluster import Cluster
from derive.guard import NoEngine
from derive.model import Status
from derive.page import derivation
from derive.pool import Call, Inquiry

pytest.importorskip("distributed", reason="the package distributed is missing; install derive-checker[dask]")

GOOD = "given x: real\nclaim x + x = 2*x\n  x + x\n  = 2*x by algebra"
LEMMA = "given t: real\nclaim log(exp(t)) = t\n  log(exp(t))\n  = t by log of an exponential"
USES = "given x: real\nclaim log(exp(x)) + 1 = x + 1\n  log(exp(x)) + 1\n  = x + 1 by lemma book.log"
PAGES = [GOOD, GOOD.replace("2", "3"), "nonsense", USES, GOOD.replace("2*x", "x*2")]


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Local]:
    with cluster(tmp_path_factory.mktemp("dask"), 2) as found:
        yield found


@pytest.fixture(scope="module")
def workers(local: Local) -> Iterator[Cluster]:
    with Cluster(local.address) as found:
        end = time.monotonic() + 60
        while found.threads < 2 and time.monotonic() < end:
            time.sleep(0.1)
        yield found


def timeless(found: Any) -> Any:
    """Records without what differs from run to run."""
    if isinstance(found, dict):
        return {k: timeless(v) for k, v in found.items() if k != "seconds"}
    return [timeless(v) for v in found] if isinstance(found, list) else found


def records(path: Path) -> Any:
    return timeless([json.loads(line) for line in path.read_bytes().splitlines()])


def written(path: Path, count: int) -> Path:
    """An input of so many lines."""
    lines = [{"id": i, "page": PAGES[i % len(PAGES)].replace("x", f"x{i}"), "lemmas": {"book.log": LEMMA}} for i in range(count)]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


def test_a_cluster_finds_what_processes_find(workers: Cluster) -> None:
    derivations = [derivation(page) for page in PAGES] * 4
    library = {"book.log": derivation(LEMMA)}
    here, there = (list(runner.run(derivations, library, fast=True, executor=executor)) for executor in (None, workers))
    assert [(o.status, [v.rules for v in o.verdicts], str(o.error)) for o in there] == [
        (o.status, [v.rules for v in o.verdicts], str(o.error)) for o in here
    ]
    assert [o.status for o in there[:5]] == [Status.PROVED, Status.REFUTED, Status.MALFORMED, Status.PROVED, Status.PROVED]


def test_the_workers_share_the_work(workers: Cluster) -> None:
    with runner.Pool(2, 2048, executor=workers) as pool:
        found = {pool.take(task) for task in [pool.put(60, _slowly) for _ in range(8)]}
    assert len(found) == 2


def _slowly() -> int:
    time.sleep(0.2)
    return os.getpid()


def test_calls_travel_together_once_all_workers_have_enough_to_do(workers: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes, submit = list[int](), workers._executor.submit

    def spy(several: Any, calls: Any) -> Any:
        sizes.append(len(calls))
        return submit(several, calls)

    monkeypatch.setattr(workers._executor, "submit", spy)
    with runner.Pool(2, 2048, executor=workers) as pool:
        found = list(pool.answers(_doubled(i) for i in range(200)))
    assert found == [2 * i for i in range(200)]
    assert sum(sizes) == 200
    assert max(sizes) == clusters.TOGETHER
    assert len(sizes) < 100


def _doubled(number: int) -> Inquiry[int]:
    [found] = yield [Call(60.0, sum, ([number, number],))]
    return found


def test_sympy_is_asked_there(workers: Cluster) -> None:
    [outcome] = runner.run([derivation(GOOD)], {}, executor=workers)
    assert [v.opinion.outcome for v in outcome.verdicts if v.opinion] == ["agrees"]


def test_a_worker_that_is_killed_costs_no_line_and_repeats_none(tmp_path: Path) -> None:
    source = written(tmp_path / "in.jsonl", 200)
    batch.run(source, tmp_path / "expected.jsonl", {}, jobs=2, fast=True)
    target = tmp_path / "out.jsonl"
    command = [sys.executable, str(ROOT / "cli.py"), "batch", str(source), "-o", str(target), "--fast", "--engine", "dask", "--scheduler"]
    with cluster(tmp_path, 3) as local:
        run = subprocess.Popen([*command, local.address], env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE)
        while run.poll() is None and (not target.exists() or target.read_bytes().count(b"\n") < 30):
            time.sleep(0.005)
        assert run.poll() is None
        stop(local.workers[0])
        said, _ = run.communicate(timeout=60)
    assert run.returncode == 2  # some lines are nonsense
    assert said.startswith(b"200 derivations\n")
    assert records(target) == records(tmp_path / "expected.jsonl")


def test_a_scheduler_that_is_gone_is_said_and_the_run_ends(tmp_path: Path) -> None:
    with cluster(tmp_path, 1) as local, Cluster(local.address) as executor:
        found = runner.run([derivation(GOOD)] * 1000, {}, fast=True, executor=executor)
        assert next(found).status is Status.PROVED
        stop(local.scheduler)
        with pytest.raises(NoEngine, match=r"the scheduler at tcp://.* makes no more calls"):
            list(found)


# -- what is said


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--engine", "dask"], "go together"), (["--scheduler", "tcp://127.0.0.1:9"], "go together"),
        (["--engine", "dask", "--scheduler", "tcp://127.0.0.1:9", "--jobs", "3"], "leave --jobs out"),
        (["--engine", "dask", "--scheduler", "head"], "no Dask scheduler at head: missing port"),
    ],
)  # fmt: skip
def test_options_that_do_not_fit_end_with_status_2(options: list[str], said: str, tmp_path: Path) -> None:
    (tmp_path / "page.md").write_text(f"```derive good\n{GOOD}\n```\n")
    written(tmp_path / "in.jsonl", 1)
    for command in (["check", str(tmp_path / "page.md")], ["batch", str(tmp_path / "in.jsonl"), "-o", str(tmp_path / "out.jsonl")]):
        result = CliRunner().invoke(cli.app, [*command, *options])
        assert (result.exit_code, said in " ".join(result.output.split())) == (2, True), result.output


def test_where_there_is_no_scheduler_it_is_said_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clusters, "CONNECT_SECONDS", 0.5)
    start = time.monotonic()
    with pytest.raises(NoEngine, match=r"no Dask scheduler at tcp://127\.0\.0\.1:9: .* start one with dask scheduler"):
        Cluster("tcp://127.0.0.1:9")
    assert time.monotonic() - start < 5


@pytest.mark.parametrize("address", ["head", "http://head:8786", "::1:8786"])
def test_an_address_that_is_none_is_said(address: str) -> None:
    with pytest.raises(NoEngine, match="no Dask scheduler at"):
        Cluster(address)


def test_without_the_package_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(NoEngine, match=r"install derive-checker\[dask\]"):
        Cluster("tcp://127.0.0.1:9")


def test_a_cluster_without_workers_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clusters, "WORKERS_SECONDS", 0.5)
    with cluster(tmp_path, 0) as local, pytest.raises(NoEngine, match="has no workers; start some with dask worker tcp"):
        Cluster(local.address)


class Client:
    """Stands for one of dask's whose workers run another Python."""

    def get_versions(self) -> Any:
        return {"workers": {f"tcp://w{i}:1": {"host": {"python": "3.8.19.final.0"}} for i in range(3)}}


def test_workers_with_another_python_are_said() -> None:
    asking = Cluster.__new__(Cluster)
    asking._client = Client()  # type: ignore[assignment]
    with pytest.raises(NoEngine, match=r"3 \(as tcp://w2:1\) has Python 3\.8\.19.*Install the same versions everywhere"):
        asking._examine()


def other_engine(folder: Path) -> Path:
    """A copy of this package that differs by a comment."""
    shutil.copytree(ROOT / "derive", folder / "derive", ignore=shutil.ignore_patterns("__pycache__", "fonts"))
    with (folder / "derive" / "term.py").open("a") as file:
        file.write("# another version\n")
    return folder


def without_engine(folder: Path) -> Path:
    """Where nothing of this package is found, though it be installed."""
    (folder / "derive.py").touch()
    return folder


@pytest.mark.parametrize(("make", "said"), [(other_engine, "source"), (without_engine, "no derive of this kind .* install derive-checker")])
def test_workers_that_have_another_engine_are_said(tmp_path: Path, make: Any, said: str) -> None:
    with cluster(tmp_path, 0) as local:
        worker = local.add([make(tmp_path)])
        try:
            with pytest.raises(NoEngine, match=rf"workers have another engine than this process, which has Python .*: 1 \(as tcp.*{said}"):
                Cluster(local.address)
        finally:
            stop(worker)


def test_a_worker_that_comes_later_with_another_engine_answers_nothing(workers: Cluster, local: Local, tmp_path: Path) -> None:
    worker = local.add([other_engine(tmp_path)])
    try:
        while workers.threads < 3 and worker.poll() is None:
            time.sleep(0.1)
        with pytest.raises(NoEngine, match="a worker has another version of derive"):
            list(runner.run([derivation(GOOD)] * 60, {}, fast=True, executor=workers))
    finally:
        stop(worker)

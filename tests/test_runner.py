"""The run goes on whatever a worker does, results come in order, and no process is left behind."""

from __future__ import annotations

import mmap
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Timer
from typing import Any

import pytest

from derive import guard, pool, runner, tasks
from derive.model import Claim, Givens, Line, Opinion, Outcome, Page, PageError, Place, Relation, Status, Verdict, Words
from derive.page import derivation
from derive.pool import Failure, NoEngine, Pool
from derive.term import call, num, sym

ROOT = Path(__file__).parent.parent
CLAIM = Claim(Givens(), sym("x"), Relation.EQ, sym("x"))
PLACE = Place("page.md", 1)
X = Line(sym("x"), PLACE)
PAGE = Page(Givens(), sym("x"), Relation.EQ, sym("x"), (X, replace(X, relation=Relation.EQ), replace(X, relation=Relation.EQ)))


@dataclass(frozen=True)
class Fake:
    """Stands for a derivation; its text says what the fake kernel does with it, a word for each step."""

    text: str
    name: str = "fake"
    place: Place = PLACE

    def alone(self) -> Fake:
        return self

    def lemmas(self) -> list[str]:
        return []

    @property
    def page(self) -> Page:
        if "sees" in self.text:
            return replace(PAGE, expect=Words(), see={self.text.split()[-1]: Place("page.md", 3, 5)})
        if "unreadable" in self.text:
            raise PageError("nonsense", self.place, "x", "write sense")
        if "hangs reading" in self.text:
            time.sleep(60)
        return PAGE


def act(word: str) -> None:
    """What a bad step does to its worker."""
    if word == "hang":
        time.sleep(60)
    elif word == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    elif word == "exit":
        os._exit(3)
    elif word == "grow":
        bytearray(64 * 2**30)
    elif word == "raise":
        raise ValueError("a defect")


def fake_check(claim: Claim, seconds: float = 10.0) -> Verdict:
    act(claim.reasons[0])
    return Verdict(Status.PROVED, claim, seconds=0.001)


def fake_claim_of_step(derivation: Fake, library: object, index: int) -> Claim:
    return replace(CLAIM, reasons=(derivation.text.split()[index],))


def fake_check_derivation(derivation: Fake, library: object, seconds: float = 10.0) -> Outcome:
    try:
        page = derivation.page
    except PageError as error:
        return Outcome(derivation.name, None, (), error)
    if "slow" in derivation.text:
        time.sleep(0.3)
    verdicts = tuple(fake_check(fake_claim_of_step(derivation, library, k)) for k in range(2))
    return Outcome(derivation.name, page, verdicts)


@pytest.fixture(autouse=True)
def fakes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "check", fake_check)
    monkeypatch.setattr(tasks, "claim_of_step", fake_claim_of_step)
    monkeypatch.setattr(tasks, "check_derivation", fake_check_derivation)
    monkeypatch.setattr(tasks, "STEP_SECONDS", 0.2)
    monkeypatch.setattr(tasks, "DERIVATION_SECONDS", 1.0)
    monkeypatch.setattr(tasks, "READ_SECONDS", 0.5)


def run(*texts: str, **options: Any) -> list[Outcome]:
    derivations: Any = [Fake(text, f"fake.{i}") for i, text in enumerate(texts)]
    return list(runner.run(derivations, {}, **{"jobs": 2, "fast": True, **options}))


def statuses(outcome: Outcome) -> list[Status]:
    return [v.status for v in outcome.verdicts]


def test_results_come_in_the_order_of_the_derivations() -> None:
    outcomes = run("slow ok", "ok ok", "ok ok", "slow ok", "ok ok")
    assert [o.name for o in outcomes] == [f"fake.{i}" for i in range(5)]
    assert [o.status for o in outcomes] == [Status.PROVED] * 5


def test_the_first_result_does_not_wait_for_the_last() -> None:
    derivations: Any = [Fake("ok ok"), Fake("slow ok"), Fake("slow ok"), Fake("slow ok")]
    started = time.monotonic()
    results = runner.run(derivations, {}, jobs=1, fast=True)
    next(results)
    assert time.monotonic() - started < 0.3
    results.close()  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("word", "reason"),
    [("hang", "stopped after"), ("die", "Killed"), ("exit", "exit code 3"), ("grow", "memory"), ("raise", "ValueError: a defect")],
)
def test_a_worker_that_fails_costs_only_the_step_it_was_at(word: str, reason: str) -> None:
    outcomes = run("ok ok", f"ok {word}", "ok ok")
    assert [statuses(o) for o in outcomes] == [[Status.PROVED] * 2, [Status.PROVED, Status.UNDECIDED], [Status.PROVED] * 2]
    assert reason in outcomes[1].verdicts[1].message
    assert outcomes[1].page == PAGE


def test_of_a_derivation_of_which_steps_are_known_only_the_others_are_checked() -> None:
    known = Verdict(Status.REFUTED, CLAIM)
    one, two = run("die ok", "ok ok", known={0: (known, None)})
    assert (one.verdicts[0], statuses(one), one.page) == (known, [Status.REFUTED, Status.PROVED], PAGE)
    assert statuses(two) == [Status.PROVED] * 2


def test_a_page_error_comes_back_whole() -> None:
    [outcome] = run("unreadable")
    error = outcome.error
    assert error is not None
    assert (error.message, error.place, error.text, error.hint) == ("nonsense", Place("page.md", 1), "x", "write sense")


@pytest.mark.parametrize("fast", [True, False])
def test_a_page_that_says_to_see_what_there_is_not_is_an_error_with_a_hint(fast: bool, sympy_that: Callable[[str], None]) -> None:
    derivations: Any = [Fake("ok ok sees fake.good", "fake.bad"), Fake("ok ok sees fake.godo", "fake.worse"), Fake("ok ok", "fake.good")]
    sympy_that("agrees")
    good, bad, other = runner.run(derivations, {d.name: d for d in derivations}, jobs=1, fast=fast)
    assert (good.error, good.status, other.status) == (None, Status.PROVED, Status.PROVED)
    assert bad.error is not None
    assert (bad.error.message, bad.error.text) == ("there is no derivation fake.godo to see", "fake.godo")
    assert (bad.error.place, bad.error.hint) == (Place("page.md", 3, 5), "did you mean fake.good?")
    assert (bad.status, bad.verdicts) == (Status.MALFORMED, ())


def test_a_page_on_which_even_the_reader_hangs_is_an_error() -> None:
    outcome, other = run("hangs reading", "ok ok")
    assert outcome.error is not None
    assert "could not be read" in outcome.error.message
    assert other.status == Status.PROVED


class Bridge:
    """Stands for the module that asks SymPy."""

    def __init__(self, word: str) -> None:
        self.word = word

    def opinion(self, claim: Claim, seconds: float) -> Opinion:
        act(self.word)
        return Opinion("agrees", "0", 0.01)


@pytest.fixture
def sympy_that(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    def give(word: str) -> None:
        monkeypatch.setitem(sys.modules, tasks.BRIDGE, Bridge(word))  # type: ignore[arg-type]
        monkeypatch.setattr(tasks, "with_opinion", lambda verdict, opinion: replace(verdict, opinion=opinion))

    return give


@pytest.mark.parametrize(
    ("word", "outcome"), [("agree", "agrees"), ("hang", "timeout"), ("die", "failed"), ("exit", "failed"), ("grow", "failed")]
)
def test_sympys_opinion_never_holds_the_run_up(sympy_that: Callable[[str], None], word: str, outcome: str) -> None:
    sympy_that(word)
    [result] = run("ok ok", fast=False, time_limit=0.1 if word == "hang" else 2.0)  # a busy machine is slow to see a death
    assert [v.opinion.outcome for v in result.verdicts if v.opinion] == [outcome] * 2
    assert statuses(result) == [Status.PROVED] * 2


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="only Linux tells how much memory is mapped")
def test_a_large_process_has_workers_all_the_same() -> None:
    """Where PyTorch and JAX were imported, no step was ever proved: their maps alone were more than a worker might use."""
    with mmap.mmap(-1, 3 * 2**30), Pool(1, 2048) as workers:
        assert workers.take(workers.put(5.0, _length_of_zeros, 10**8)) == 10**8


def _length_of_zeros(count: int) -> int:
    return len(bytes(count))


def test_fast_asks_no_opinion(sympy_that: Callable[[str], None]) -> None:
    sympy_that("agree")
    [result] = run("ok ok", fast=True)
    assert [v.opinion for v in result.verdicts] == [None, None]


def test_progress_reaches_all_tasks(sympy_that: Callable[[str], None]) -> None:
    sympy_that("agree")
    seen: list[tuple[int, int]] = []
    run("ok ok", "ok ok", fast=False, progress=lambda done, known: seen.append((done, known)))
    assert {known for _, known in seen} <= {2, 4, 6}
    assert seen[-1] == (6, 6)  # two checks by the kernel, and SymPy's opinions of four steps


def test_nothing_to_do_starts_nothing() -> None:
    assert run() == []


GOOD = "given x: real\nclaim x + x = 2*x\n  x + x\n  = 2*x by algebra"


@pytest.mark.parametrize("executor", [ThreadPoolExecutor, ProcessPoolExecutor])
def test_another_executor_can_be_used(executor: Any) -> None:
    with executor(2) as given:
        outcomes = list(runner.run([derivation(GOOD), derivation(GOOD.replace("2", "3")), derivation("")], {}, fast=True, executor=given))
    assert [o.status for o in outcomes] == [Status.PROVED, Status.REFUTED, Status.MALFORMED]


def test_an_executor_that_is_broken_is_said() -> None:
    with ProcessPoolExecutor(1) as given:
        given.submit(os._exit, 1)
        with pytest.raises(NoEngine, match="the executor"):
            list(runner.run([derivation(GOOD)] * 3, {}, fast=True, executor=given))


class Held(Executor):
    """Makes the first call last, when no other has come for a while, and answers it with the number of calls that have come."""

    def __init__(self) -> None:
        self.first, self.given, self.timer = Future[bytes](), 0, Timer(0.5, print)

    def submit(self, function: Any, /, *args: Any, **_: Any) -> Any:
        self.given += 1
        self.timer.cancel()
        if not self.first.done():
            self.timer = Timer(0.5, lambda: self.first.set_result(guard.written(self.given)))
            self.timer.start()
        future = Future[bytes]()
        if self.given == 1:
            return self.first
        future.set_result(guard.written(b"x" * 60))
        return future


@pytest.mark.parametrize(("limit", "value"), [("WINDOW", 10), ("WINDOW_BYTES", 900)])
def test_behind_a_slow_inquiry_only_a_window_of_others_is_begun(monkeypatch: pytest.MonkeyPatch, limit: str, value: int) -> None:
    monkeypatch.setattr(pool, limit, value)

    def inquiry() -> pool.Inquiry[Any]:
        [found] = yield [pool.Call(1.0, print)]
        return found

    with Pool(1, 2048, executor=Held()) as workers:
        found = list(workers.answers(inquiry() for _ in range(100)))
    assert 5 < found[0] < 15
    assert found[1:] == [b"x" * 60] * 99


def echo(what: str, value: object) -> object:
    if what == "deep":
        out = num(1)
        for _ in range(3000):
            out = call("neg", out)
        return out
    if what == "slow to pickle":
        return Slow()
    if what == "bad exception":
        raise Bad(1, 2)
    return (lambda: 1) if what == "unpicklable" else value


class Slow:
    def __reduce__(self) -> Any:
        time.sleep(60)


class Bad(Exception):
    """Can be pickled, but not read again."""

    def __init__(self, first: int, second: int) -> None:
        super().__init__(first)


def test_a_result_that_cannot_be_sent_back_is_a_failure_of_its_task_only() -> None:
    with Pool(2, 2048) as workers:
        words = ["fine", "unpicklable", "deep", "slow to pickle", "bad exception", "fine"]
        first, unpicklable, deep, slow, bad, last = map(workers.take, [workers.put(1, echo, word, i) for i, word in enumerate(words)])
    assert (first, last) == (0, 5)
    assert "Can't pickle" in unpicklable.reason
    assert deep.op == "neg" or isinstance(deep, Failure)
    assert slow.late
    assert "Bad: 1" in bad.reason


def test_what_cannot_be_sent_is_a_failure_of_its_task_only() -> None:
    with Pool(1, 2048) as workers:
        bad, good = map(workers.take, [workers.put(5, echo, "fine", lambda: 1), workers.put(5, echo, "fine", "x")])
    assert isinstance(bad, Failure)
    assert good == "x"


@pytest.mark.parametrize("word", ["die", "exit"])
def test_of_many_tasks_only_those_fail_that_kill_their_worker(word: str) -> None:
    with Pool(2, 2048) as workers:
        tasks = [workers.put(5, act, word if i % 4 == 0 else "ok") for i in range(24)]
        failed = [isinstance(workers.take(task), Failure) for task in tasks]
    assert failed == [i % 4 == 0 for i in range(24)]


def test_the_run_goes_on_when_a_worker_is_killed_that_has_nothing_to_do() -> None:
    with Pool(1, 2048) as workers:
        os.kill(workers.take(workers.put(5, os.getpid)), signal.SIGKILL)
        time.sleep(0.5)
        assert workers.take(workers.put(5, echo, "fine", "x")) == "x"


INTERRUPTED = """
    import os, sys, time
    from derive.pool import Pool

    def work(seconds):
        os.write(1, f"{os.getpid()}\\n".encode())  # in one piece: two workers write here
        time.sleep(seconds)

    try:
        with Pool(2, 2048) as workers:
            for task in [workers.put(120, work, 60) for _ in range(2)]:
                workers.take(task)
    except KeyboardInterrupt:
        sys.exit(130)
"""


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{pid}/stat")
    return not (stat.exists() and stat.read_text().rpartition(")")[2].split()[0] == "Z")


@pytest.mark.skipif(sys.platform == "win32", reason="signals of Unix")
@pytest.mark.parametrize("to_group", [False, True])
def test_ctrl_c_leaves_no_process_behind(tmp_path: Path, to_group: bool) -> None:
    script = tmp_path / "interrupted.py"
    script.write_text(textwrap.dedent(INTERRUPTED))
    parent = subprocess.Popen(
        [sys.executable, str(script)], cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE, start_new_session=True
    )
    assert parent.stdout is not None
    workers = [int(parent.stdout.readline()) for _ in range(2)]
    assert len(workers) == 2
    assert all(map(alive, workers))
    (os.killpg if to_group else os.kill)(parent.pid, signal.SIGINT)  # a terminal sends it to the whole group
    assert parent.wait(10) == 130
    assert [pid for pid in workers if alive(pid)] == []


@pytest.mark.skipif(sys.platform == "win32", reason="signals of Unix")
def test_a_killed_parent_leaves_no_idle_worker_behind(tmp_path: Path) -> None:
    script = tmp_path / "killed.py"
    script.write_text(textwrap.dedent(INTERRUPTED).replace("work, 60", "work, 0.2"))
    parent = subprocess.Popen([sys.executable, str(script)], env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE)
    assert parent.stdout is not None
    workers = [int(parent.stdout.readline()) for _ in range(2)]
    parent.kill()
    parent.wait(10)
    end = time.monotonic() + 10
    while any(map(alive, workers)) and time.monotonic() < end:
        time.sleep(0.05)
    assert [pid for pid in workers if alive(pid)] == []

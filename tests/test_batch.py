"""Many derivations, one a line: a record for each, in order, whatever a line is or does, and however often the run is killed."""

from __future__ import annotations

import hashlib
import io
import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from derive import batch, tasks
from derive.batch import Tally, Unusable, run, summary
from derive.check import check, check_derivation
from derive.model import Opinion, Outcome
from derive.page import derivation
from derive.terminal import Bar

ROOT = Path(__file__).parent.parent
GOOD = "given x: real\nclaim x + x = 2*x\n  x + x\n  = 2*x by algebra"
WRONG = "given x: real\nclaim x + x = 3*x\n  x + x\n  = 3*x by algebra"
unix = pytest.mark.skipif(sys.platform == "win32", reason="signals, locks and process groups of Unix")


def lines(*asked: Any) -> bytes:
    """The text of an input: objects as JSON, bytes as they are."""
    return b"".join((a if isinstance(a, bytes) else json.dumps(a).encode()) + b"\n" for a in asked)


def records(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_bytes().split(b"\n")[:-1]]


def timeless(found: Any) -> Any:
    """Records without what differs from run to run."""
    if isinstance(found, dict):
        return {k: timeless(v) for k, v in found.items() if k != "seconds"}
    return [timeless(v) for v in found] if isinstance(found, list) else found


@pytest.fixture
def places(tmp_path: Path) -> tuple[Path, Path]:
    return tmp_path / "in.jsonl", tmp_path / "out.jsonl"


@pytest.fixture
def checked(places: tuple[Path, Path]) -> Any:
    """Checks lines, and gives their records."""

    def check_all(*asked: Any, **options: Any) -> list[dict[str, Any]]:
        source, target = places
        source.write_bytes(lines(*asked))
        run(source, target, options.pop("library", {}), **{"jobs": 2, "fast": True, **options})
        return records(target)

    return check_all


# -- records


def test_each_line_has_a_record_in_its_place(checked: Any) -> None:
    found = checked({"id": "a", "page": GOOD}, {"id": 7, "page": WRONG}, {"page": GOOD})
    assert [(r["line"], r["id"], r["status"]) for r in found] == [(1, "a", "proved"), (2, 7, "refuted"), (3, None, "proved")]
    assert set(found[1]["steps"][0]["verdict"]["search"]["witness"]["values"]) == {"x"}
    assert [r["error"] for r in found] == [None] * 3
    assert found[0]["sha256"] == hashlib.sha256(json.dumps({"id": "a", "page": GOOD}).encode()).hexdigest()


def test_places_count_from_the_beginning_of_the_page(checked: Any) -> None:
    (record,) = checked({"page": GOOD})
    assert [(s["file"], s["line"], s["column"]) for s in record["steps"]] == [("page", 4, 3)]


def test_a_record_says_what_the_json_of_a_report_says(checked: Any) -> None:
    from derive import machine

    (record,) = checked({"page": WRONG})
    (known,) = machine.to_json([check_derivation(derivation(WRONG), {})])["derivations"]
    assert set(record) == set(known) - {"name"} | {"line", "sha256", "id"}
    assert timeless(record["steps"][0]["verdict"]) == timeless(known["steps"][0]["verdict"])


BAD = {
    "no JSON": (b'{"id": 1, "page"', "no JSON"),
    "nothing": (b"", "no JSON"),
    "a list": ([1], "no JSON object"),
    "no page": ({"id": "x"}, "page is missing"),
    "a page that is a number": ({"id": "x", "page": 3}, "page is no text"),
    "an id that is a list": ({"id": [1], "page": GOOD}, "id is neither"),
    "an id that is true": ({"id": True, "page": GOOD}, "id is neither"),
    "an id without end": ({"id": "x" * 201, "page": GOOD}, "id is neither"),
    "lemmas without names": ({"id": "x", "page": GOOD, "lemmas": [GOOD]}, "lemmas are pages by name"),
    "a lemma that is no text": ({"id": "x", "page": GOOD, "lemmas": {"a": 1}}, "lemmas are pages by name"),
    "a lemma with a strange name": ({"id": "x", "page": GOOD, "lemmas": {"a b": GOOD}}, "no lemma can be called so"),
    "no UTF-8": (b'{"id": "x", "page": "\xff"}', "not UTF-8"),
    "brackets": (b"[" * 200_000, "cannot be read"),
    "a number without end": (b'{"id": ' + b"1" * 5000 + b"}", "cannot be read"),
    "a page that cannot be read": ({"id": "x", "page": "claim x = x\n x\n = x"}, "unknown symbol x"),
    "an empty page": ({"id": "x", "page": ""}, "the claim is missing"),
    "a page that is too large": ({"id": "x", "page": "#" * 1_000_001}, "larger than 1 MB"),
    "a page that is too deep": ({"id": "x", "page": f"given x: real\nclaim {'(' * 5000}x{')' * 5000} = x\n x\n = x"}, "150"),
    "an unknown lemma": ({"id": "x", "page": GOOD.replace("algebra", "lemma a.b")}, "unknown lemma a.b"),
}


def test_what_is_wrong_with_a_line_is_its_record_and_the_run_goes_on(checked: Any) -> None:
    found = checked(*(asked for asked, _ in BAD.values()), {"id": "last", "page": GOOD})
    for (about, (_, said)), record in zip(BAD.items(), found[:-1], strict=True):
        assert said in record["error"]["message"], about
    assert {r["status"] for r in found[:-1]} == {"malformed"}
    assert found[-1]["status"] == "proved"


def test_an_error_says_where(checked: Any) -> None:
    json_error, page_error = (r["error"] for r in checked(b'{"id": }', {"page": "given x: real\nclaim x = y\n  x\n  = y"}))
    assert (json_error["file"], json_error["line"], json_error["column"]) == ("input", 1, 8)
    assert (page_error["file"], page_error["line"], page_error["column"], page_error["text"]) == ("page", 2, 11, "y")


def test_a_line_that_is_too_long_is_not_kept(places: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch, "LONGEST", 1000)
    source, target = places
    long = json.dumps({"id": 1, "page": GOOD, "note": "x" * 10_000}).encode()
    source.write_bytes(long + b"\n" + lines({"id": 2, "page": GOOD}) + long)
    run(source, target, {}, jobs=1, fast=True)
    found = records(target)
    assert [r["status"] for r in found] == ["malformed", "proved", "malformed"]
    assert "the line is longer" in found[0]["error"]["message"]
    assert {found[0]["sha256"], found[2]["sha256"]} == {hashlib.sha256(long).hexdigest()}


LEMMA = "given t: real\nclaim log(exp(t)) = t\n  log(exp(t))\n  = t by log of an exponential"
USES = "given x: real\nclaim log(exp(x)) + 1 = x + 1\n  log(exp(x)) + 1\n  = x + 1 by lemma {}"


def test_lemmas_come_along_or_are_known(checked: Any) -> None:
    wrong = LEMMA.replace("= t", "= t + 1")
    found = checked(
        {"page": USES.format("mine.log"), "lemmas": {"mine.log": LEMMA}},
        {"page": USES.format("mine.log")},  # what one line brings along, the next does not know
        {"page": USES.format("book.log")},
        {"page": USES.format("book.log"), "lemmas": {"book.log": wrong}},
        library={"book.log": derivation(LEMMA)},
    )
    said = [r["error"]["message"] if r["error"] else r["status"] for r in found]
    assert said == ["proved", "unknown lemma mine.log", "proved", "the lemma book.log is not proved: step 1 is refuted"]


def test_text_that_no_utf8_can_hold_comes_back_as_json(checked: Any) -> None:
    (record,) = checked(b'{"id": "\\ud800", "page": "claim \\ud800"}')
    assert (record["id"], record["status"]) == ("\ud800", "malformed")


HOSTILE = [
    "__import__('os').system('touch pwned')", "().__class__", "(lambda: 1)()", "exec('1')", "open('pwned', 'w')", "x[[y for y in x]]",
]  # fmt: skip


def test_nothing_is_executed(checked: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    found = checked(*({"page": f"given x: real\nclaim x = {bad}\n  x\n  = {bad} by {bad}", "lemmas": {}} for bad in HOSTILE))
    assert {r["status"] for r in found} == {"malformed"}
    assert not (tmp_path / "pwned").exists()


def test_an_empty_input_has_an_empty_output(checked: Any, places: tuple[Path, Path]) -> None:
    assert checked() == []
    assert places[1].read_bytes() == b""


@pytest.mark.parametrize("jobs", [None, 0, 1])
def test_no_number_of_workers_means_one_for_each_processor(checked: Any, jobs: int | None) -> None:
    assert [r["status"] for r in checked({"page": GOOD}, {"page": WRONG}, jobs=jobs)] == ["proved", "refuted"]


def test_another_executor_can_be_used(checked: Any) -> None:
    with ThreadPoolExecutor(2) as executor:
        found = checked(*({"id": i, "page": GOOD} for i in range(20)), executor=executor)
    assert [(r["id"], r["status"]) for r in found] == [(i, "proved") for i in range(20)]


# -- budgets and the window

TWO = "title explosive\ngiven x: real\nclaim x + x = 2*x\n  x + x\n  = x + x + 0 by algebra\n  = 2*x"


def explode(word: str) -> None:
    if word == "hang":
        time.sleep(60)
    elif word == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    elif word == "grow":
        bytearray(64 * 2**30)
    elif word == "raise":
        raise ValueError("a defect")
    elif word == "slow":
        time.sleep(0.5)


@pytest.fixture
def explosive(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Has the check of TWO explode in a certain way, as a whole and at each step that names no reason."""

    def set_off(word: str) -> None:
        def whole(asked: Any, library: Any, seconds: float) -> Outcome:
            if asked.text.startswith("title explosive"):
                explode(word)
            return check_derivation(asked, library, seconds)

        def step(claim: Any, seconds: float) -> Any:
            if not claim.reasons:
                explode(word)
            return check(claim, seconds)

        monkeypatch.setattr(tasks, "check_derivation", whole)
        monkeypatch.setattr(tasks, "check", step)
        for name, seconds in {"DERIVATION_SECONDS": 1.0, "STEP_SECONDS": 0.3, "READ_SECONDS": 2.0}.items():
            monkeypatch.setattr(tasks, name, seconds)

    return set_off


@pytest.mark.parametrize(
    ("word", "reason"), [("hang", "stopped after"), ("die", "Killed"), ("grow", "memory"), ("raise", "ValueError: a defect")]
)
def test_a_line_that_explodes_costs_only_the_step_that_does(checked: Any, explosive: Callable[[str], None], word: str, reason: str) -> None:
    explosive(word)
    found = checked({"page": GOOD}, {"id": "bad", "page": TWO}, {"page": GOOD})
    assert [(r["id"], r["status"]) for r in found] == [(None, "proved"), ("bad", "undecided"), (None, "proved")]
    first, second = (s["verdict"] for s in found[1]["steps"])
    assert (first["status"], second["status"]) == ("proved", "undecided")
    assert reason in second["message"]


def test_a_derivation_has_a_budget_whatever_its_length(
    checked: Any, explosive: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    explosive("hang")
    monkeypatch.setattr(tasks, "BUDGET", 1.4)
    start = time.monotonic()
    (found,) = checked({"page": TWO + "\n  = 2*x" * 50})
    assert time.monotonic() - start < 6
    said = [s["verdict"]["message"].split(":")[0] for s in found["steps"]]
    assert said[1:3] == ["the check of this step failed"] * 2
    assert set(said[3:]) == {"not looked at"}


def test_the_order_is_kept_where_the_first_is_known_last(checked: Any, explosive: Callable[[str], None]) -> None:
    explosive("slow")
    found = checked({"id": 0, "page": TWO}, *({"id": i, "page": GOOD} for i in range(1, 60)))
    assert [r["id"] for r in found] == list(range(60))


OPEN = "claim 0 + sin(pi/10) = (sqrt(5) - 1)/4\n  0 + sin(pi/10)\n  = sin(pi/10)\n  = (sqrt(5) - 1)/4"


@pytest.mark.parametrize(("outcome", "status"), [("agrees", "computed"), ("differs", "undecided")])
def test_sympy_is_asked_where_a_step_is_undecided_only(checked: Any, monkeypatch: pytest.MonkeyPatch, outcome: str, status: str) -> None:
    monkeypatch.setattr("derive.sympy_bridge.opinion", lambda claim, seconds: Opinion(outcome))
    first, second, third = checked({"page": OPEN}, {"page": WRONG}, {"page": OPEN.replace("/4", "/3")}, fast=False)
    found = [(s["verdict"]["status"], (s["verdict"]["opinion"] or {}).get("outcome")) for s in first["steps"]]
    assert found == [("proved", None), (status, outcome)]
    assert [s["verdict"]["opinion"] for r in (second, third) for s in r["steps"]] == [None] * 3


def test_sympy_that_hangs_costs_its_budget(checked: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("derive.sympy_bridge.opinion", lambda claim, seconds: time.sleep(60))
    (record,) = checked({"page": OPEN}, fast=False, time_limit=0.2)
    assert [(s["verdict"]["opinion"] or {}).get("outcome") for s in record["steps"]] == [None, "timeout"]


# -- going on

MANY = [{"id": i, "page": [GOOD, WRONG, "nonsense"][i % 3]} for i in range(150)]
SCRIPT = """
    import sys
    from pathlib import Path
    from derive.batch import run
    try:
        run(Path(sys.argv[1]), Path(sys.argv[2]), {}, jobs=2, fast=True)
    except KeyboardInterrupt:
        sys.exit(130)
"""


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """What a run without interruption gives for MANY."""
    folder = tmp_path_factory.mktemp("whole")
    (folder / "in.jsonl").write_bytes(lines(*MANY))
    run(folder / "in.jsonl", folder / "out.jsonl", {}, jobs=2, fast=True)
    found: list[dict[str, Any]] = timeless(records(folder / "out.jsonl"))
    return found


def started(source: Path, target: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", textwrap.dedent(SCRIPT), str(source), str(target)]
    return subprocess.Popen(command, env={**os.environ, "PYTHONPATH": str(ROOT)}, start_new_session=True)


def wait_for(target: Path, count: int, process: subprocess.Popen[bytes]) -> None:
    """Until there are so many records."""
    while process.poll() is None and (not target.exists() or target.read_bytes().count(b"\n") < count):
        time.sleep(0.002)


@unix
@pytest.mark.parametrize("moments", [(0, 1), (10, 60, 120)])
def test_a_killed_run_goes_on_without_losing_or_repeating_a_line(
    places: tuple[Path, Path], expected: list[dict[str, Any]], moments: tuple[int, ...]
) -> None:
    source, target = places
    source.write_bytes(lines(*MANY))
    for count in moments:
        process = started(source, target)
        wait_for(target, count, process)
        process.kill()
        process.wait(10)
    tally = run(source, target, {}, jobs=2, fast=True)
    assert timeless(records(target)) == expected
    assert (tally.lines, tally.earlier >= moments[-1]) == (150, True)


@unix
@pytest.mark.parametrize("to_group", [False, True])
def test_ctrl_c_stops_it_and_it_goes_on(places: tuple[Path, Path], expected: list[dict[str, Any]], to_group: bool) -> None:
    source, target = places
    source.write_bytes(lines(*MANY))
    process = started(source, target)
    wait_for(target, 20, process)
    (os.killpg if to_group else os.kill)(process.pid, signal.SIGINT)
    assert process.wait(10) == 130
    assert run(source, target, {}, jobs=2, fast=True).earlier >= 20
    assert timeless(records(target)) == expected


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, bytes]:
    """An input of four lines, and its output."""
    folder = tmp_path_factory.mktemp("four")
    (folder / "in.jsonl").write_bytes(lines(*MANY[:4]))
    run(folder / "in.jsonl", folder / "out.jsonl", {}, jobs=1, fast=True)
    return (folder / "in.jsonl").read_bytes(), (folder / "out.jsonl").read_bytes()


@pytest.mark.parametrize("rest", ["half", "one byte", "no newline", "zeros", "a line of zeros"])
def test_what_an_interruption_left_of_a_record_is_cut_off(places: tuple[Path, Path], done: tuple[bytes, bytes], rest: str) -> None:
    source, target = places
    first, second, *_ = done[1].splitlines(keepends=True)
    left = {"half": second[: len(second) // 2], "one byte": second[:1], "no newline": second[:-1], "zeros": b"\0" * 4096}
    left["a line of zeros"] = second[:30] + b"\0" * 4096 + b"\n" + second
    source.write_bytes(done[0])
    target.write_bytes(first + left[rest])
    assert run(source, target, {}, jobs=1, fast=True).earlier == 1
    assert timeless(records(target)) == timeless([json.loads(line) for line in done[1].splitlines()])


def test_a_run_that_is_complete_does_nothing_and_says_the_same(places: tuple[Path, Path], done: tuple[bytes, bytes]) -> None:
    source, target = places
    source.write_bytes(done[0])
    target.write_bytes(done[1])
    tally = run(source, target, {}, jobs=1, fast=True)
    assert (tally.lines, tally.earlier, tally.unreadable) == (4, 4, 1)
    assert tally.derivations == {"proved": 2, "refuted": 1, "malformed": 1}
    assert tally.steps == {"proved": 2, "refuted": 1}
    assert target.read_bytes() == done[1]


def test_lines_may_be_added_to_an_input(places: tuple[Path, Path], done: tuple[bytes, bytes]) -> None:
    source, target = places
    source.write_bytes(done[0] + lines({"id": "new", "page": GOOD}))
    target.write_bytes(done[1])
    assert run(source, target, {}, jobs=1, fast=True).earlier == 4
    assert target.read_bytes().startswith(done[1])
    assert [r["id"] for r in records(target)] == [0, 1, 2, 3, "new"]


FOREIGN = {
    "another input": (lines(*MANY[5:9]), None, "record 1 is of another line than line 1"),
    "a changed line": (lines(*MANY[:3], {"id": 9, "page": WRONG}), None, "record 4 is of another line than line 4"),
    "an input that is shorter": (lines(*MANY[:2]), None, "record 3 has no line"),
    "a file of the user's": (lines(*MANY[:4]), b"my notes\n", "is no output of derive batch"),
    "binary data": (lines(*MANY[:4]), b"\0\1\2", "is no output of derive batch"),
    "a record that is no JSON": (lines(*MANY[:4]), b'{"line": 1, "sha256": "x\n', "record 1 is damaged"),
    "a record of something else": (lines(*MANY[:4]), b'{"line": 1, "sha256": "x"}\n', "record 1 is damaged"),
}


@pytest.mark.parametrize("about", FOREIGN)
def test_an_output_that_is_not_of_this_input_is_left_alone(places: tuple[Path, Path], done: tuple[bytes, bytes], about: str) -> None:
    source, target = places
    text, there, said = FOREIGN[about]
    source.write_bytes(text)
    target.write_bytes(done[1] if there is None else there)
    before = target.read_bytes()
    with pytest.raises(Unusable, match=said):
        run(source, target, {}, jobs=1, fast=True)
    assert target.read_bytes() == before
    run(source, target, {}, jobs=1, fast=True, restart=True)
    assert len(records(target)) == text.count(b"\n")


def test_a_record_missing_in_the_middle_is_noticed(places: tuple[Path, Path], done: tuple[bytes, bytes]) -> None:
    source, target = places
    source.write_bytes(done[0])
    first, _, third, fourth = done[1].splitlines(keepends=True)
    target.write_bytes(first + third + fourth)
    with pytest.raises(Unusable, match="record 2 is damaged"):
        run(source, target, {}, jobs=1, fast=True)


@unix
def test_two_runs_do_not_write_to_one_output(places: tuple[Path, Path]) -> None:
    source, target = places
    source.write_bytes(lines(*MANY))
    process = started(source, target)
    wait_for(target, 1, process)
    with pytest.raises(Unusable, match="another run is writing to it"):
        run(source, target, {}, jobs=1, fast=True, restart=True)
    assert process.wait(60) == 0
    assert len(records(target)) == 150


@pytest.mark.parametrize("where", ["nowhere/out.jsonl", "folder", "in.jsonl"])
def test_an_output_that_cannot_be_written_is_said(tmp_path: Path, where: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "in.jsonl").write_bytes(lines({"page": GOOD}))
    with pytest.raises(Unusable, match=where):
        run(tmp_path / "in.jsonl", tmp_path / where, {}, jobs=1, fast=True)
    assert (tmp_path / "in.jsonl").read_bytes() == lines({"page": GOOD})


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device that is always full")
def test_a_device_is_no_output(tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_bytes(lines({"page": GOOD}))
    with pytest.raises(Unusable, match="a file of its own"):
        run(tmp_path / "in.jsonl", Path("/dev/full"), {}, jobs=1, fast=True)


def test_a_full_disk_is_said_and_what_is_written_stays(places: tuple[Path, Path], done: tuple[bytes, bytes]) -> None:
    resource = pytest.importorskip("resource")
    source, target = places
    source.write_bytes(lines(*MANY))
    size = len(done[1]) * 3
    before, handler = resource.getrlimit(resource.RLIMIT_FSIZE), signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        with pytest.raises(Unusable, match=r"out\.jsonl: File too large"):
            run(source, target, {}, jobs=1, fast=True)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)
    assert 0 < run(source, target, {}, jobs=2, fast=True).earlier < 150
    assert [r["id"] for r in records(target)] == list(range(150))


def test_an_input_that_is_not_there_leaves_no_output(places: tuple[Path, Path]) -> None:
    with pytest.raises(Unusable, match=r"in\.jsonl: No such file"):
        run(*places, {}, jobs=1, fast=True)
    assert not places[1].exists()


# -- what is said


def test_progress_reaches_all_lines_and_estimates_the_rest(checked: Any) -> None:
    seen: list[tuple[int, int, float]] = []
    checked(*MANY[:9], progress=lambda *told: seen.append(told))
    assert [done for done, _, _ in seen] == list(range(1, 10))
    assert {total for _, total, _ in seen} == {9}
    assert seen[0][2] > seen[-1][2] == 0


def test_the_bar_says_how_long_the_rest_may_take() -> None:
    out, bar = io.StringIO(), Bar(delay=0)
    bar.console = Console(file=out, force_terminal=True, width=80)
    bar.update(3, 10, 3725.4)
    assert out.getvalue().endswith(" 3/10, 1:02:05 left")


def test_the_summary_counts_lines_and_steps() -> None:
    tally = Tally(earlier=1, earlier_steps=2, seconds=2.0)
    for status, steps in (("proved", {"proved": 2}), ("refuted", {"proved": 1, "refuted": 3}), ("malformed", {})):
        tally.add(batch.Record(b"", status, steps, unreadable=status == "malformed"))
    assert list(summary(tally)) == [
        "3 derivations, 1 of them from an earlier run",
        "  derivations  1 proved, 1 refuted, 1 malformed",
        "  steps        3 proved, 3 refuted",
        "  1 could not be read; the field error of their records says why",
        "  2.0 s: 1.0 derivations and 2.0 steps a second",
    ]


def test_a_summary_of_nothing_is_short() -> None:
    assert list(summary(Tally())) == ["0 derivations", "  derivations  none", "  steps        none"]

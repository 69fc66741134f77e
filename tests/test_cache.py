"""What is kept saves work and certifies nothing: whatever the file holds, a step is proved only if the kernel says so again."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from certified import edited, leaves

from derive import cache, recall, runner, store
from derive.check import Library, check_derivation
from derive.model import Claim, Instance, Opinion, Outcome, Status, Trace, Verdict
from derive.page import Derivation, collect_markdown
from derive.store import Store
from derive.term import call, sym

ROOT = Path(__file__).parent.parent
PROVED = """given a: positive, b: positive\nclaim log(a*b) + 0 = log(a) + log(b)\n\nlog(a*b) + 0
= log(a*b)  by algebra\n= log(a) + log(b)  by log of a product"""
FALSE = "given a: positive, b: positive\nclaim log(a + b) = log(a) + log(b)\n\nlog(a + b)\n= log(a) + log(b)"


def pages(**texts: str) -> dict[str, Derivation]:
    """Derivations by name."""
    blocks = "\n".join(f"```derive {name}\n{text}\n```" for name, text in texts.items())
    return {d.name: d for d in collect_markdown(blocks)}


def outcomes(where: Store, found: Mapping[str, Derivation], **options: Any) -> list[Outcome]:
    return list(cache.run(where, list(found.values()), found, **{"jobs": 1, "fast": True, **options}))


@pytest.fixture
def warnings() -> list[str]:
    return []


@pytest.fixture
def kept(tmp_path: Path, warnings: list[str]) -> Store:
    return Store(tmp_path / "derive", warnings.append)


@pytest.fixture
def nothing_is_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    def run(derivations: Sequence[Derivation], *rest: object, **options: object) -> Any:
        assert list(derivations) == []
        return iter(())

    monkeypatch.setattr(runner, "run", run)


def checked(text: str) -> Outcome:
    (found,) = pages(mine=text).values()
    return check_derivation(found, Library({}))


def judged(text: object, claim: Claim) -> Verdict:
    return recall.judged_again(text, claim, recall.Footing(claim))


def rounded(found: Sequence[Outcome]) -> list[tuple[str, list[Verdict]]]:
    return [(o.name, [replace(v, seconds=0.0) for v in o.verdicts]) for o in found]


def entries(where: Store) -> dict[str, str]:
    assert where.file
    with sqlite3.connect(where.file) as db:
        return dict(db.execute("SELECT key, data FROM entry").fetchall())


# -- a run


def test_a_second_run_looks_for_nothing_and_says_the_same(kept: Store, warnings: list[str], request: pytest.FixtureRequest) -> None:
    first = outcomes(kept, pages(right=PROVED, wrong=FALSE))
    request.getfixturevalue("nothing_is_looked_for")
    assert rounded(first) == rounded(outcomes(kept, pages(right=PROVED, wrong=FALSE)))
    assert [o.status for o in first] == [Status.PROVED, Status.REFUTED]
    assert warnings == []


def test_only_the_steps_are_checked_that_were_changed(kept: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []
    real = runner.run

    def spy(*args: Any, **options: Any) -> Any:
        asked.append(options["known"])
        return real(*args, **options)

    outcomes(kept, pages(mine=PROVED))
    monkeypatch.setattr(runner, "run", spy)
    (found,) = outcomes(kept, pages(mine=PROVED.replace("by log of a product", "by algebra, log of a product")))
    assert [[v is not None for v in known] for known in (asked[0][0],)] == [[True, False]]
    assert [v.status for v in found.verdicts] == [Status.PROVED, Status.PROVED]


def test_a_page_with_an_error_says_so_each_time(kept: Store) -> None:
    for _ in range(2):
        bad, good = outcomes(kept, pages(bad="claim x = ", good=PROVED))
        assert (bad.status, good.status) == (Status.MALFORMED, Status.PROVED)


def test_givens_that_contradict_each_other_are_an_error_each_time(kept: Store) -> None:
    for _ in range(2):
        (found,) = outcomes(kept, pages(mine="given x: real, x > 1, x < 0\nclaim x = x\n\nx\n= x  by algebra"))
        assert found.error is not None
        assert "contradict" in found.error.message


def test_many_are_judged_again_by_several_processes_in_order(kept: Store, request: pytest.FixtureRequest) -> None:
    many = {f"p{i}": PROVED.replace("+ 0", f"+ {i} - {i}") for i in range(20)}
    first = outcomes(kept, pages(**many))
    request.getfixturevalue("nothing_is_looked_for")
    assert rounded(first) == rounded(outcomes(kept, pages(**many), jobs=2))


def test_a_helper_that_dies_costs_time_only(kept: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    many = {f"p{i}": PROVED.replace("+ 0", f"+ {i} - {i}") for i in range(16)}
    first = outcomes(kept, pages(**many))
    parent, real = os.getpid(), cache.look_up

    def dies(where: Store, derivation: Derivation, *rest: Any) -> Any:
        if derivation.name == "p5" and os.getpid() != parent:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(where, derivation, *rest)

    monkeypatch.setattr(cache, "look_up", dies)
    assert [o.status for o in first] == [o.status for o in outcomes(kept, pages(**many), jobs=2)]


# -- SymPy


def test_sympys_opinions_are_kept_and_sympy_is_not_imported_again(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"```derive mine\n{PROVED}\n```\n")
    script = textwrap.dedent("""
        import sys
        from pathlib import Path
        from derive import cache
        from derive.page import collect_markdown
        from derive.store import Store
        found = {d.name: d for d in collect_markdown(Path(sys.argv[2]))}
        (outcome,) = cache.run(Store(Path(sys.argv[1])), list(found.values()), found, jobs=1)
        print([v.opinion.outcome for v in outcome.verdicts], sorted({"sympy", "derive.check", "pebble"} & sys.modules.keys()))
    """)
    said = [
        subprocess.run(
            [sys.executable, "-c", script, str(tmp_path / "c"), str(page)], env={**os.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True, text=True, check=True,
        ).stdout.strip() for _ in range(2)
    ]  # fmt: skip
    assert said == ["['agrees', 'agrees'] ['derive.check', 'pebble', 'sympy']", "['agrees', 'agrees'] []"]


def test_with_fast_nothing_is_said_of_sympy(kept: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "opinions", lambda claims, **options: iter([Opinion("agrees", "0", 0.1)] * len(claims)))
    outcomes(kept, pages(mine=PROVED), fast=False)
    (found,) = outcomes(kept, pages(mine=PROVED))
    assert [v.opinion for v in found.verdicts] == [None, None]


def test_where_sympy_ran_out_of_time_it_is_asked_again_when_it_gets_more() -> None:
    text = recall.opinion_written(Opinion("timeout", "", 2))
    assert recall.opinion_read(text, 2.0) == Opinion("timeout", "", 2.0)
    assert recall.opinion_read(text, 5.0) is None
    assert recall.opinion_read(recall.opinion_written(Opinion("agrees", "0", 1)), 5.0) == Opinion("agrees", "0", 1.0)


def test_a_failure_for_want_of_memory_is_not_kept() -> None:
    said = ("ValueError", "MemoryError", "its process ended with exit code -9 (Killed)", "it needed more memory than it is allowed")
    assert [recall.is_lasting(Opinion("failed", what)) for what in said] == [True, False, False, False]


@pytest.mark.parametrize("text", ["", "[]", '["proved","",1.0]', '["agrees",1,1.0]', '["agrees","0",true]', 7, None])
def test_what_is_no_opinion_is_found_out(text: object) -> None:
    with pytest.raises(recall.Damaged):
        recall.opinion_read(text, 2.0)


# -- poison


def poison(where: Store, change: Any) -> None:
    """Change what is kept of verdicts."""
    verdicts = {key: text for key, text in entries(where).items() if key.startswith("v")}
    where.put({key: change(text) for key, text in verdicts.items()})


def as_proved(text: str) -> str:
    """Another status, and the proof of another claim."""
    verdict = checked(PROVED).verdicts[1]
    return recall.written(replace(verdict, message=json.loads(text)["message"]))


@pytest.mark.parametrize("change", [
    as_proved,
    lambda text: text.replace("refuted", "proved"),
    lambda text: text.replace("refuted", "undecided"),
    lambda text: text.replace('"values":{', '"values":{"c":"1",'),
    lambda text: "[" * 100_000,
    lambda text: "nonsense",
    lambda text: "",
    lambda text: b"\xff",
])  # fmt: skip
def test_a_poisoned_refutation_is_thrown_away_and_looked_for_anew(change: Any, kept: Store, warnings: list[str]) -> None:
    before = outcomes(kept, pages(wrong=FALSE))
    poison(kept, change)
    assert rounded(before) == rounded(outcomes(kept, pages(wrong=FALSE)))
    assert len(warnings) == 1
    assert "wrong, step 1" in warnings[0]
    assert rounded(before) == rounded(outcomes(kept, pages(wrong=FALSE)))
    assert len(warnings) == 1  # it was thrown away


def test_no_edit_of_a_proof_changes_what_it_certifies() -> None:
    for verdict in checked(PROVED).verdicts:
        assert verdict.claim
        original = json.loads(recall.written(verdict))
        for place in list(leaves(original)):
            for edit in ("change", "drop", "double"):
                try:
                    found = judged(json.dumps(edited(original, place, edit)), verdict.claim)
                except recall.Damaged:
                    continue
                assert (found.claim, found.conditions) == (verdict.claim, verdict.conditions), place
                assert found.rules == verdict.rules or found.status is not Status.PROVED, place


def test_no_text_makes_a_false_step_proved() -> None:
    (wrong,), proofs = checked(FALSE).verdicts, checked(PROVED).verdicts
    assert wrong.claim
    for proof in proofs:
        with pytest.raises(recall.Damaged, match=r"kernel does not accept|not used"):
            judged(recall.written(proof), wrong.claim)
        for rules in ((), ("algebra",), ("log of a product",)):
            with pytest.raises(recall.Damaged):
                judged(recall.written(replace(proof, rules=rules)), wrong.claim)


def test_edited_conditions_are_those_that_the_kernel_discharges() -> None:
    verdict = checked(PROVED).verdicts[1]
    assert verdict.claim
    assert verdict.conditions
    assert judged(recall.written(replace(verdict, conditions=())), verdict.claim).conditions == verdict.conditions


def test_a_proof_by_another_rule_than_the_page_names_is_not_taken_for_one() -> None:
    verdict = checked(PROVED).verdicts[1]
    assert verdict.claim
    with pytest.raises(recall.Damaged, match="said to be proved by log of a quotient"):
        judged(recall.written(verdict), replace(verdict.claim, reasons=("log of a quotient",)))
    reasons = ("log of a product", "log of a quotient")
    text = recall.written(replace(verdict, rules=reasons))
    with pytest.raises(recall.Damaged, match="log of a quotient is not used"):
        judged(text, replace(verdict.claim, reasons=reasons))


def test_nothing_is_proved_from_givens_that_nothing_satisfies() -> None:
    verdict = checked("given x: real, x > 0\nclaim x + 0 = x\n\nx + 0\n= x  by algebra").verdicts[0]
    assert verdict.claim
    impossible = checked("given x: real, sin(x) > 1/2\nclaim x + 0 = x\n\nx + 0\n= x  by algebra").verdicts[0].claim
    assert impossible
    above = impossible.givens.hypotheses[0]
    twice = replace(impossible.givens, hypotheses=(above, call("lt", *above.args)))
    with pytest.raises(recall.Damaged, match="no proof"):
        judged(recall.written(verdict), replace(impossible, givens=twice))


def test_a_witness_is_worked_out_again() -> None:
    verdict = checked(FALSE).verdicts[0]
    assert verdict.claim
    text = recall.written(verdict)
    assert judged(text, verdict.claim).search == verdict.search
    right = replace(verdict.claim, right=verdict.claim.left)
    with pytest.raises(recall.Damaged, match="not shown to refute"):
        judged(text, right)


def test_two_lemmas_that_rest_on_each_other_are_not_proved(kept: Store) -> None:
    false = "given x: real\nclaim exp(x) = x\n\nexp(x)\n= x  by lemma {}"
    found = pages(a=false.format("b"), b=false.format("a"))
    for d in found.values():
        (step,) = [cache._with_lemmas(c, found) for c in d.claims()]
        rule = step.reasons[0]
        trace = Trace((Instance(rule, (), {"x": sym("x")}, step.left),))
        text = recall.written(Verdict(Status.PROVED, step, trace, (rule,)))
        assert judged(text, step).status is Status.PROVED  # if what it leans on is
        kept.put({cache.verdict_key(step): text})
    assert [o.status for o in outcomes(kept, found)] == [Status.MALFORMED] * 2


def test_what_leans_on_a_lemma_that_is_proved_is_proved_again(kept: Store, request: pytest.FixtureRequest) -> None:
    lemma = "given t: positive\nclaim log(t) + log(t) = log(t**2)\n\nlog(t) + log(t)\n= log(t**2)  by log of a power"
    leaning = "given u: positive\nclaim log(u) + log(u) = log(u**2)\n\nlog(u) + log(u)\n= log(u**2)  by lemma lemma"
    found = pages(leaning=leaning, lemma=lemma)
    first = outcomes(kept, found)
    assert [o.status for o in first] == [Status.PROVED] * 2
    request.getfixturevalue("nothing_is_looked_for")
    assert rounded(first) == rounded(outcomes(kept, pages(leaning=leaning, lemma=lemma)))


# -- keys


def test_whatever_a_verdict_rests_on_is_in_its_key(monkeypatch: pytest.MonkeyPatch) -> None:
    claim = checked(PROVED).verdicts[1].claim
    assert claim
    others = [
        replace(claim, left=claim.right), replace(claim, right=claim.left), replace(claim, reasons=()), replace(claim, lemmas={"a": claim}),
        replace(claim, definitions={"P": claim.left}), replace(claim, givens=replace(claim.givens, hypotheses=(claim.left,))),
    ]  # fmt: skip
    keys = {cache.verdict_key(c) for c in (claim, *others)}
    monkeypatch.setattr(cache, "engine", lambda: "another program")
    assert len(keys | {cache.verdict_key(claim)}) == 8


def test_the_versions_of_what_is_trusted_are_known_without_importing_it() -> None:
    import flint
    import sympy

    assert (cache._version("sympy"), cache._version("flint")) == (sympy.__version__, flint.__version__)


# -- the file


@pytest.mark.parametrize("content", [b"this is no database" * 100, b"SQLite format 3\0" + b"x" * 4096])
def test_a_damaged_file_is_set_aside_with_a_warning(content: bytes, kept: Store, warnings: list[str]) -> None:
    assert kept.file
    kept.file.parent.mkdir()
    kept.file.write_bytes(content)
    assert kept.get(["v1"]) == {}
    assert len(warnings) == 1
    assert "is damaged" in warnings[0]
    assert kept.file.with_suffix(".damaged").read_bytes() == content
    kept.put({"v1": "text"})
    assert kept.get(["v1"]) == {"v1": "text"}


def test_a_file_of_another_shape_is_set_aside(kept: Store, warnings: list[str]) -> None:
    assert kept.file
    kept.file.parent.mkdir()
    with sqlite3.connect(kept.file) as db:
        db.execute("CREATE TABLE entry (something TEXT)")
    db.close()
    assert kept.get(["v1"]) == {}
    assert len(warnings) == 1
    kept.put({"v1": "text"})
    assert kept.get(["v1"]) == {"v1": "text"}


def test_where_no_folder_can_be_made_nothing_is_kept_and_nothing_is_said(tmp_path: Path, warnings: list[str]) -> None:
    (tmp_path / "file").write_text("")
    for where in (tmp_path / "file" / "derive", None):
        closed = Store(where, warnings.append)
        closed.put({"v1": "text"})
        assert closed.get(["v1"]) == {}
        assert closed.info().problem
    assert warnings == []


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
    assert kept.info().entries == {"verdicts": 2, "opinions of SymPy": 1, "chapters": 0}
    kept.clear()
    assert sum(kept.info().entries.values()) == 0


WRITER = """
    import sys
    from pathlib import Path
    from derive.store import Store
    where = Store(Path(sys.argv[1]), lambda message: sys.exit(message))
    print("begun", flush=True)
    for i in range(int(sys.argv[3])):
        where.put({f"v{sys.argv[2]}-{i}": "x" * 500})
    sys.exit(where.problem or 0)
"""


def writer(folder: Path, name: str, count: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", textwrap.dedent(WRITER), str(folder), name, str(count)]
    return subprocess.Popen(command, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_runs_at_the_same_time_lose_nothing(tmp_path: Path, kept: Store) -> None:
    writers = [writer(tmp_path / "derive", str(k), 100) for k in range(3)]
    assert [w.communicate(timeout=60)[1] for w in writers] == [""] * 3
    assert kept.info().entries["verdicts"] == 300


def test_a_killed_run_leaves_the_file_usable(tmp_path: Path, kept: Store, warnings: list[str]) -> None:
    for k in range(3):
        killed = writer(tmp_path / "derive", str(k), 10**6)
        assert killed.stdout
        killed.stdout.readline()
        time.sleep(0.1 * (k + 1))
        killed.kill()
        killed.wait()
    kept.put({"vmine": "text"})
    assert kept.get(["vmine"]) == {"vmine": "text"}
    with sqlite3.connect(tmp_path / "derive" / store.FILE) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert warnings == []


def test_the_folder_is_the_users_by_the_conventions(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert store.folder() == tmp_path / "derive"
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")  # which is to be ignored
    monkeypatch.setenv("HOME", str(tmp_path))
    assert store.folder() == tmp_path / ".cache" / "derive"
    monkeypatch.setattr(sys, "platform", "darwin")
    assert store.folder() == tmp_path / "Library" / "Caches" / "derive"


# -- chapters


CHAPTER = """
from sympy import Symbol, exp
from derive import Derivation
x = Symbol("x", real=True)
mine = Derivation.of(exp(x) + {0}, {0} + exp(x), given="x: real", reasons=["algebra"])
"""


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    (tmp_path / "book").mkdir()
    (tmp_path / "book" / "__init__.py").write_text("")
    monkeypatch.syspath_prepend(str(tmp_path))
    yield tmp_path / "book" / "chapter.py"
    for name in ("book", "book.chapter"):
        sys.modules.pop(name, None)


def texts(kept: Store, path: Path) -> list[tuple[str, str, int]]:
    sys.modules.pop("book.chapter", None)
    return [(d.name, d.text.splitlines()[-1], d.place.line) for d in cache.chapter(kept, "book.chapter", path)]


def test_a_chapter_that_imports_sympy_is_known_by_its_source(kept: Store, package: Path) -> None:
    package.write_text(CHAPTER.format(2))
    first = texts(kept, package)
    assert first == [("chapter.mine", "= exp(x) + 2 by algebra", 5)]
    assert "book.chapter" in sys.modules
    assert texts(kept, package) == first
    assert "book.chapter" not in sys.modules
    package.write_text(CHAPTER.format(3) + "# a change of another length\n")
    assert texts(kept, package) == [("chapter.mine", "= exp(x) + 3 by algebra", 5)]


@pytest.mark.parametrize("more", ["import random", "from os import path", "open(__file__)", "from . import other"])
def test_a_chapter_that_may_depend_on_something_else_is_imported_each_time(more: str, kept: Store, package: Path) -> None:
    (package.parent / "other.py").write_text("")
    package.write_text(CHAPTER.format(2) + more)
    for _ in range(2):
        texts(kept, package)
        assert "book.chapter" in sys.modules

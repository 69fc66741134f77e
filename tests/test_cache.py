"""What is kept saves work and certifies nothing: whatever the file holds, a run ends, and says what a run without it would say."""

from __future__ import annotations

import importlib.util
import json
import multiprocessing
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

from derive import cache, recall, runner
from derive.check import Library, check_derivation
from derive.model import Instance, Opinion, Outcome, Relation, Status, Trace, Verdict
from derive.page import Derivation, collect_markdown
from derive.store import Store
from derive.term import num, sym

ROOT = Path(__file__).parent.parent
PROVED = """given a: positive, b: positive\nclaim log(a*b) + 0 = log(a) + log(b)\n\nlog(a*b) + 0
= log(a*b)  by algebra\n= log(a) + log(b)  by log of a product"""
FALSE = "given a: positive, b: positive\nclaim log(a + b) = log(a) + log(b)\n\nlog(a + b)\n= log(a) + log(b)"
# which the kernel does not prove, and SymPy does
COMPUTED = "claim sqrt(3 + 2*sqrt(2)) = 1 + sqrt(2)\n\nsqrt(3 + 2*sqrt(2))\n= 1 + sqrt(2)"


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


def test_where_nothing_is_forked_it_is_the_same(kept: Store, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    first = outcomes(kept, pages(right=PROVED, wrong=FALSE))
    real = multiprocessing.get_context
    monkeypatch.setattr(multiprocessing, "get_context", lambda method: real("spawn"))
    monkeypatch.setattr(cache, "SECONDS", 60.0)
    request.getfixturevalue("nothing_is_looked_for")
    assert rounded(first) == rounded(outcomes(kept, pages(right=PROVED, wrong=FALSE)))


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
        print([v.opinion.outcome for v in outcome.verdicts], sorted({"sympy", "derive.check", "derive.pool"} & sys.modules.keys()))
    """)
    said = [
        subprocess.run(
            [sys.executable, "-c", script, str(tmp_path / "c"), str(page)], env={**os.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True, text=True, check=True,
        ).stdout.strip() for _ in range(2)
    ]  # fmt: skip
    assert said == ["['agrees', 'agrees'] ['derive.check', 'derive.pool', 'sympy']", "['agrees', 'agrees'] []"]


def test_with_fast_nothing_is_said_of_sympy(kept: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "opinions", lambda claims, **options: iter([Opinion("agrees", "0", 0.1)] * len(claims)))
    outcomes(kept, pages(mine=PROVED), fast=False)
    (found,) = outcomes(kept, pages(mine=PROVED))
    assert [v.opinion for v in found.verdicts] == [None, None]


# -- poison: what can be judged again


def verdicts(where: Store) -> dict[str, str]:
    return {key: text for key, text in entries(where).items() if key.startswith("v")}


def poison(where: Store, change: Any) -> None:
    """Change what is kept of verdicts."""
    where.put({key: change(text) for key, text in verdicts(where).items()})


@pytest.mark.parametrize("change", [
    lambda text: text.replace("refuted", "proved"),
    lambda text: text.replace("refuted", "undecided"),
    lambda text: text.replace('"values":{', '"values":{"c":"1",'),
    lambda text: "[" * 100_000,
    lambda text: "nonsense",
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


def test_what_was_kept_of_other_steps_makes_no_step_better(kept: Store, warnings: list[str]) -> None:
    all_pages = pages(right=PROVED, wrong=FALSE)
    before = outcomes(kept, all_pages)
    texts = verdicts(kept)
    for text in texts.values():
        kept.put(dict.fromkeys(texts, text))
        assert rounded(before) == rounded(outcomes(kept, all_pages))
    assert warnings


# -- poison: what would take too long, or too much


@pytest.fixture
def endless(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is kept of a step of the page `slow` takes for ever to judge."""
    real = recall.judged_again

    def judged_again(text: Any, claim: Any, footing: Any) -> Verdict:
        while "sin" in repr(claim.left):
            pass
        return real(text, claim, footing)

    monkeypatch.setattr(recall, "judged_again", judged_again)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="where nothing is forked, nothing is known of what a test changed")
def test_what_takes_too_long_to_judge_again_is_found_out_anew(kept: Store, endless: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "SECONDS", 1.0)
    slow = "given x: real\nclaim sin(x) + 0 = sin(x)\n\nsin(x) + 0\n= sin(x)"
    names = {
        **{f"s{i}": slow.replace("+ 0", f"+ 0*{i}") for i in range(5)},
        **{f"p{i}": PROVED.replace("+ 0", f"+ 0*{i}") for i in range(3)},
    }
    first = outcomes(kept, pages(**names))
    start = time.monotonic()
    again = outcomes(kept, pages(**names))
    assert [o.status for o in again] == [o.status for o in first] == [Status.PROVED] * 8
    assert time.monotonic() - start < cache.MOST_FAILURES * 1.0 + 8


def test_a_number_that_no_memory_holds_costs_one_process(kept: Store, warnings: list[str]) -> None:
    """A trace in which 10 is raised to the power 10**9 a few hundred times."""
    page = pages(mine=PROVED)
    first = outcomes(kept, page)

    def change(text: str) -> str:
        data = json.loads(text)
        n = len(data["terms"])
        data["terms"] += [["num", "10", 0], ["num", str(10**9), 0], ["pow", n, n + 1]]
        data["trace"]["instances"].append(["log of a product", [], {"u": n + 2, "v": n + 2}, None])
        data["trace"]["instances"] *= 300
        return json.dumps(data)

    poison(kept, change)
    start = time.monotonic()
    assert rounded(first) == rounded(outcomes(kept, page))
    assert time.monotonic() - start < 2 * cache.SECONDS + 5


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="where nothing is forked, nothing is known of what a test changed")
def test_a_defect_in_judging_again_costs_time_only(kept: Store, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    first = outcomes(kept, pages(mine=PROVED))

    def fails(*_: object) -> Verdict:
        raise MemoryError

    monkeypatch.setattr(recall, "judged_again", fails)
    assert rounded(first) == rounded(outcomes(kept, pages(mine=PROVED)))
    assert capfd.readouterr().err == ""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="where nothing is forked, nothing is known of what a test changed")
def test_who_reads_slowly_loses_nothing(kept: Store, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """More than a pipe holds was waiting to be read, and the process that had judged it again ended itself."""
    many = pages(**{f"p{i}": PROVED.replace("+ 0", f"+ 0*{i}") for i in range(60)})
    first = outcomes(kept, many)
    monkeypatch.setattr(cache, "ALARM", 1)
    request.getfixturevalue("nothing_is_looked_for")
    again = cache.run(kept, list(many.values()), many, jobs=1, fast=True)
    time.sleep(2.5)
    assert rounded(first) == rounded(list(again))


def test_a_file_that_turns_out_to_be_damaged_when_it_is_read_is_said_to_be(kept: Store, capfd: pytest.CaptureFixture[str]) -> None:
    first = outcomes(kept, pages(mine=PROVED))
    kept.close()
    with sqlite3.connect(kept.file or "") as db:
        db.execute("UPDATE entry SET data = zeroblob(50000000)")
    db.close()
    assert rounded(first) == rounded(outcomes(kept, pages(mine=PROVED)))
    assert capfd.readouterr().err.count("is damaged") == 1


# -- poison: what SymPy is said to think


def agreeing(where: Store, found: Mapping[str, Derivation]) -> None:
    """Have SymPy agree with every step."""
    claims = [c for d in found.values() for c in d.claims()]
    where.put({k.opinion: recall.opinion_written(Opinion("agrees", "0", 0.1)) for c in claims for k in cache.keys([c])})


@pytest.mark.parametrize("page", [
    FALSE,
    "given x: positive\nclaim sqrt(x + 2*sqrt(x) + 1) = sqrt(x) + 1\n\nsqrt(x + 2*sqrt(x) + 1)\n= sqrt(x) + 1",
])  # fmt: skip
def test_that_sympy_agrees_makes_no_step_better_and_no_conflict(page: str, kept: Store) -> None:
    """With `--accept computed` a step that only the cache says SymPy agrees with would have passed; beside a witness it was a conflict."""
    first = outcomes(kept, pages(mine=page), fast=False)
    for forgotten in ((), verdicts(kept)):
        kept.drop(forgotten)
        agreeing(kept, pages(mine=page))
        again = outcomes(kept, pages(mine=page), fast=False)
        assert [(v.status, v.opinion and v.opinion.outcome) for v in again[0].verdicts] == [
            (v.status, v.opinion and v.opinion.outcome) for v in first[0].verdicts
        ]


def test_a_step_that_is_said_to_be_undecided_is_not_computed_unless_it_is_undecided(kept: Store) -> None:
    """A poisoned «undecided» for a step that is refuted, of which SymPy then says what it says of x/x = 1."""
    page = pages(mine="given x: real\nclaim x/x = 1\n\nx/x\n= 1")
    first = outcomes(kept, page, fast=False)
    (key,), (claim,) = verdicts(kept), page["mine"].claims()
    undecided = outcomes(kept, pages(mine=COMPUTED))[0].verdicts[0]
    text = recall.written(replace(undecided, claim=claim), recall.Footing(claim))
    assert undecided.status is Status.UNDECIDED
    assert text is not None
    kept.put({key: text})
    assert first[0].status is not Status.COMPUTED
    assert outcomes(kept, page, fast=False)[0].status is first[0].status


def test_what_is_computed_is_computed_again(kept: Store, warnings: list[str]) -> None:
    for _ in range(2):
        (found,) = outcomes(kept, pages(mine=COMPUTED), fast=False)
        assert found.status is Status.COMPUTED
    assert warnings == []


# -- lemmas


def test_two_lemmas_that_rest_on_each_other_are_not_proved(kept: Store) -> None:
    false = "given x: real\nclaim exp(x) = x\n\nexp(x)\n= x  by lemma {}"
    found = pages(a=false.format("b"), b=false.format("a"))
    for d in found.values():
        (step,) = [cache._with_lemmas(c, found) for c in d.claims()]
        rule, footing = step.reasons[0], recall.Footing(step)
        trace = Trace((Instance(rule, (), {"x": sym("x")}, step.left),))
        text = recall.written(Verdict(Status.PROVED, step, trace, (rule,)), footing)
        assert recall.judged_again(text, step, footing).status is Status.PROVED  # if what it leans on is
        kept.put({cache.keys([step])[0].verdict: text or ""})
    assert [o.status for o in outcomes(kept, found)] == [Status.MALFORMED] * 2


def test_lemmas_that_many_lean_on_are_looked_at_once(kept: Store, request: pytest.FixtureRequest) -> None:
    """Each of forty pages leans on the two before it: by as many ways as there are rabbits after forty months."""
    step = "given x: real\nclaim x + {0} = {0} + x\n\nx + {0}\n= {0} + x"
    texts = {f"p{k}": step.format(k) + (f"\n= {k} + x  by lemma p{k - 1}, lemma p{k - 2}" if k > 1 else "  by algebra") for k in range(40)}
    found = pages(**texts)
    derivations = list(found.values())
    page, memory = derivations[0].page, cache._Memory(kept, found, cache.Options(2.0, True))
    proved = Verdict(Status.PROVED, trace=Trace())
    for k, d in enumerate(derivations):
        line = replace(page.lines[1], reasons=(f"lemma p{k - 1}", f"lemma p{k - 2}") if k > 1 else ())
        memory.found[id(d)] = cache.Known(replace(page, lines=(page.lines[0], line)), (proved,), (None,))
    known = memory.supported(derivations[-1])
    assert known is not None
    assert known.verdicts == (proved,)


def test_what_leans_on_a_lemma_that_is_proved_is_proved_again(kept: Store, request: pytest.FixtureRequest) -> None:
    lemma = "given t: positive\nclaim log(t) + log(t) = log(t**2)\n\nlog(t) + log(t)\n= log(t**2)  by log of a power"
    leaning = "given u: positive\nclaim log(u) + log(u) = log(u**2)\n\nlog(u) + log(u)\n= log(u**2)  by lemma lemma"
    found = pages(leaning=leaning, lemma=lemma)
    first = outcomes(kept, found)
    assert [o.status for o in first] == [Status.PROVED] * 2
    request.getfixturevalue("nothing_is_looked_for")
    assert rounded(first) == rounded(outcomes(kept, pages(leaning=leaning, lemma=lemma)))


def test_a_lemma_that_is_known_to_be_proved_is_not_checked_again(kept: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """When one page was edited, the lemmas that it names were proved anew, whatever the cache knew of them."""
    lemma = "given t: positive\nclaim log(t) + log(t) = log(t**2)\n\nlog(t) + log(t)\n= log(t**2)  by log of a power"
    leaning = "given u: positive\nclaim log(u) + log(u) = log(u**2)\n\nlog(u) + log(u)\n= log(u**2)  by lemma lemma"
    outcomes(kept, pages(lemma=lemma))
    asked = dict[str, Mapping[str, Outcome]]()

    def run(derivations: list[Any], library: Any, **_: Any) -> Iterator[Outcome]:
        asked.update({d.name: library.outcomes for d in derivations})
        return iter([Outcome(d.name, d.page, ()) for d in derivations])

    monkeypatch.setattr("derive.runner.run", run)
    outcomes(kept, pages(lemma=lemma, leaning=leaning))
    assert {name: {n: o.status for n, o in known.items()} for name, known in asked.items()} == {"leaning": {"lemma": Status.PROVED}}


def test_a_lemma_of_another_file_is_judged_again_as_well(kept: Store, request: pytest.FixtureRequest) -> None:
    lemma = "given t: positive\nclaim log(t) + log(t) = log(t**2)\n\nlog(t) + log(t)\n= log(t**2)  by log of a power"
    leaning = "given u: positive\nclaim log(u) + log(u) = log(u**2)\n\nlog(u) + log(u)\n= log(u**2)  by lemma lemma"
    library = pages(leaning=leaning, lemma=lemma)
    for only in (["lemma"], ["leaning"]):
        (first,) = cache.run(kept, [library[n] for n in only], library, jobs=1, fast=True)
    kept_of_lemma = [k.verdict for k in cache.keys(library["lemma"].claims())]
    request.getfixturevalue("nothing_is_looked_for")
    (again,) = cache.run(kept, [library["leaning"]], library, jobs=1, fast=True)
    assert rounded([again]) == rounded([first])
    kept.drop(kept_of_lemma)
    with pytest.raises(AssertionError):  # it is looked for again
        list(cache.run(kept, [library["leaning"]], library, jobs=1, fast=True))


# -- keys


def test_whatever_a_verdict_rests_on_is_in_its_key(monkeypatch: pytest.MonkeyPatch) -> None:
    claim = check_derivation(pages(mine=PROVED)["mine"], Library({})).verdicts[1].claim
    assert claim
    others = [
        replace(claim, left=claim.right), replace(claim, right=claim.left), replace(claim, reasons=()), replace(claim, lemmas={"a": claim}),
        replace(claim, definitions={"P": claim.left}), replace(claim, givens=replace(claim.givens, hypotheses=(claim.left,))),
        replace(claim, givens=replace(claim.givens, symbols={})), replace(claim, relation=Relation.LE), replace(claim, right=num(1)),
        replace(claim, right=num(1, 1)), replace(claim, lemmas={"a": replace(claim, definitions={"P": claim.left})}),
    ]  # fmt: skip
    seen = [cache.keys([c])[0] for c in (claim, *others)]
    monkeypatch.setattr(cache, "engine", lambda: "another program")
    seen += cache.keys([claim])
    assert (len({k.verdict for k in seen}), len({k.opinion for k in seen})) == (len(seen), len(seen) - 3)  # three differ in reasons, lemmas


def test_a_change_of_the_program_is_another_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "__file__", str(tmp_path / "cache.py"))
    (tmp_path / "rules").mkdir()
    (tmp_path / "cache.py").write_text("1")
    seen = {cache.engine.__wrapped__()}
    for name in ("cache.py", "another.py", "rules/order.py"):
        (tmp_path / name).write_text("2")
        seen.add(cache.engine.__wrapped__())
    monkeypatch.setattr(cache, "_version", lambda package: "0" if package == "mpmath" else "1")
    seen.add(cache.engine.__wrapped__())
    assert len(seen) == 5


def test_the_versions_of_what_is_trusted_are_known_without_importing_it() -> None:
    import flint
    import mpmath
    import sympy

    assert [cache._version(p) for p in ("sympy", "flint", "mpmath")] == [sympy.__version__, flint.__version__, mpmath.__version__]


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
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    yield tmp_path / "book" / "chapter.py"
    for name in ("book", "book.chapter"):
        sys.modules.pop(name, None)


def texts(path: Path) -> list[tuple[str, str, int]]:
    sys.modules.pop("book.chapter", None)
    return [(d.name, d.text.splitlines()[-1], d.place.line) for d in cache.chapter("book.chapter", path)]


def test_a_chapter_that_imports_sympy_is_known_by_its_source(package: Path) -> None:
    package.write_text(CHAPTER.format(2))
    first = texts(package)
    assert first == [("chapter.mine", "= exp(x) + 2 by algebra", 5)]
    assert "book.chapter" in sys.modules
    assert texts(package) == first
    assert "book.chapter" not in sys.modules
    package.write_text(CHAPTER.format(3) + "# a change of another length\n")
    assert texts(package) == [("chapter.mine", "= exp(x) + 3 by algebra", 5)]


@pytest.mark.parametrize("more", ["import random", "from os import path", "open(__file__)", "from . import other"])
def test_a_chapter_that_may_depend_on_something_else_is_imported_each_time(more: str, package: Path) -> None:
    (package.parent / "other.py").write_text("")
    package.write_text(CHAPTER.format(2) + more)
    for _ in range(2):
        texts(package)
        assert "book.chapter" in sys.modules


def test_what_is_kept_of_a_chapter_stands_beside_its_byte_code_and_may_be_missing_or_damaged(package: Path) -> None:
    """It is believed as byte code is; in the cache, somebody could have put another page under the name of this one."""
    package.write_text(CHAPTER.format(2))
    first = texts(package)
    (beside,) = (package.parent / "__pycache__").glob("*.pages.json")
    assert beside.stem.startswith(Path(importlib.util.cache_from_source(str(package))).stem)
    for damaged in ("", "[]", "[1, 2]", beside.read_text().replace('"', "'")):
        beside.write_text(damaged)
        assert texts(package) == first
    beside.unlink()
    beside.mkdir()
    assert texts(package) == first


def test_where_no_byte_code_is_kept_no_pages_are(package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    package.write_text(CHAPTER.format(2))
    texts(package)
    assert list(package.parent.rglob("*.json")) == []

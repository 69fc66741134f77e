"""A task stands by itself: the text of a derivation, and just the lemmas it rests on; what is known of these is remembered by content."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from derive import batch, check, runner, tasks
from derive.guard import read, written
from derive.model import Place, Status
from derive.page import Derivation


def page(body: str, name: str) -> Derivation:
    return Derivation(body, Place(f"{name}.md", 1), name)


LOG = "given t: real\nclaim log(exp(t)) = t\n  log(exp(t))\n  = t by log of an exponential"
MORE = "given t: real\nclaim log(exp(t)) + 1 = t + 1\n  log(exp(t)) + 1\n  = t + 1 by lemma book.log"
USES = "given x: real\nclaim log(exp(x)) + 1 = x + 1\n  log(exp(x)) + 1\n  = x + 1 by 引理 book.more"
LIBRARY = {name: page(text, name) for name, text in {"book.log": LOG, "book.more": MORE, **{f"other.p{i}": LOG for i in range(50)}}.items()}


@pytest.fixture(autouse=True)
def nothing_remembered() -> Iterator[None]:
    tasks._outcomes.clear()
    tasks._kept.cache_clear()
    yield
    tasks._outcomes.clear()


@pytest.fixture
def checked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """The files of the derivations that were checked, in whatever process."""
    log, real = tmp_path / "checked", check._check_steps
    log.touch()

    def spy(claims: Any, place: Place, seconds: float) -> Any:
        with log.open("a") as file:
            file.write(f"{place.file}\n")
        return real(claims, place, seconds)

    monkeypatch.setattr(check, "_check_steps", spy)
    return lambda: log.read_text().split()


def run(*derivations: Derivation, **options: Any) -> list[Any]:
    return list(runner.run(derivations, LIBRARY, **{"jobs": 1, "fast": True, **options}))


def test_a_derivation_goes_with_just_the_lemmas_that_it_rests_on() -> None:
    asked: Any = next(runner._inquiry(page(USES, "mine"), LIBRARY, tasks.Shelf(LIBRARY), None, ()))
    lemmas, derivation = asked[0].args
    assert list(lemmas) == ["book.more", "book.log"]
    assert derivation.text == USES
    assert len(written((asked[0].function, asked[0].args))) < 1500


def test_neither_pages_that_were_read_nor_neighbours_travel() -> None:
    derivation = page(LOG, "book.log")
    size = len(written(derivation.alone()))
    assert derivation.page.lines
    derivation._beside = list(LIBRARY.values())
    assert len(written(derivation.alone())) == size
    assert read(written(derivation.alone())).page == derivation.page


def test_lemmas_are_checked_once_in_a_worker(checked: Any) -> None:
    outcomes = run(*(page(f"title {i}\n{USES}", f"mine{i}") for i in range(5)), LIBRARY["book.more"], LIBRARY["book.log"])
    assert [o.status for o in outcomes] == [Status.PROVED] * 7
    assert sorted(checked()) == ["book.log.md", "book.more.md", *(f"mine{i}.md" for i in range(5))]


def test_what_is_remembered_of_a_lemma_does_not_hold_for_another_text_of_what_it_rests_on(tmp_path: Path) -> None:
    """The same lemma by its text, twice; the one below it is proved in the first line and wrong in the second."""
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    lemmas = [{"book.more": MORE, "book.log": text} for text in (LOG, LOG.replace("= t", "= t + 1"), LOG)]
    source.write_text("".join(json.dumps({"page": USES, "lemmas": found}) + "\n" for found in lemmas))
    batch.run(source, target, {}, jobs=1, fast=True)
    found = [json.loads(line) for line in target.read_text().splitlines()]
    assert [r["error"] and r["error"]["message"] for r in found] == [
        None, "the lemma book.more cannot be read: the lemma book.log is not proved: step 1 is refuted", None,
    ]  # fmt: skip


def test_what_a_worker_remembers_has_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "REMEMBERED", 4)
    for i in range(10):
        lemma = page(f"title {i}\n{LOG}", "book.log")
        outcome = tasks.whole({"book.log": lemma}, page(MORE, "mine"))
        assert outcome.status is Status.PROVED  # type: ignore[union-attr]
    assert len(tasks._outcomes) == 4


def test_a_lemma_whose_name_was_overlooked_in_the_text_is_asked_for(tmp_path: Path) -> None:
    """JSON may write any letter as a number."""
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text(json.dumps({"page": USES}).replace("book.more", "book\\u002emore") + "\n")
    batch.run(source, target, LIBRARY, jobs=1, fast=True)
    assert json.loads(target.read_text())["status"] == "proved"


def test_a_lemma_that_there_is_not_has_a_hint() -> None:
    [outcome] = run(page(USES.replace("book.more", "book.mroe"), "mine"))
    assert outcome.error is not None
    assert (outcome.error.message, outcome.error.hint) == ("unknown lemma book.mroe", "did you mean book.more?")


def test_lemmas_that_rest_on_each_other_are_an_error() -> None:
    library = {"a.a": page(MORE.replace("book.log", "a.b"), "a.a"), "a.b": page(MORE.replace("book.log", "a.a"), "a.b")}
    [outcome] = runner.run([library["a.a"]], library, jobs=1, fast=True)
    assert outcome.error is not None
    assert outcome.error.message == "the lemma a.a rests on itself: a.a → a.b → a.a"


def test_of_a_derivation_of_which_steps_are_known_only_the_others_are_checked(checked: Any) -> None:
    two = page("given x: real\nclaim x + x = 2*x\n  x + x\n  = x + x + 0\n  = 2*x", "mine")
    [outcome] = run(two)
    assert checked() == ["mine.md"]
    first, second = outcome.verdicts
    [again] = run(two, known={0: (first, None)})
    assert checked() == ["mine.md"]
    assert (again.verdicts[0], again.verdicts[1].status, again.page) == (first, second.status, outcome.page)
    assert again.verdicts[1].seconds != second.seconds

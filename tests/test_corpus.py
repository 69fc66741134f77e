"""benchmarks/corpus.py: a row in two ways, as it stands and with the conditions that the checker names, and what is counted."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import corpus
import pytest
from corpus_conditions import still_spoken_of, supplied
from corpus_rows import claim_of
from test_kernel import claim

from derive.check import check
from derive.model import Claim, Search, Status, Verdict, Witness
from derive.show import text

REAL = {"real": True}
# Some rows, each with what comes of it as it stands, and with the conditions.
ROWS = [
    ("(x + y)**2", "x**2 + 2*x*y + y**2", "true", "identity", "proved", "proved", ()),
    ("x*y/x", "y", "true", "identity", "undefined", "proved", ("x != 0",)),
    ("log(x*y)", "log(x) + log(y)", "true", "identity", "undefined", "proved", ("x > 0", "y > 0")),
    ("(x + y)**2", "x**2 + y**2", "false", "wrong", "refuted", "refuted", ()),
    ("x/y + 1", "(x + 2)/y", "false", "mutant", "refuted", "refuted", ("y != 0",)),
    ("sqrt(x)**2", "x", "false", "branch", "undefined", "proved", ("x >= 0",)),
    ("chebyshevt(2, x)", "2*x**2 - 1", "true", "identity", "outside", "outside", ()),
]


def row(lhs: str, rhs: str, expect: str, kind: str) -> Mapping[str, Any]:
    return {
        "id": lhs, "source": "here", "lhs": lhs, "rel": "==", "rhs": rhs, "vars": {"x": REAL, "y": REAL}, "domain": [], "expect": expect,
        "class": kind,
    }  # fmt: skip


def step_of(lhs: str, rhs: str, expect: str, kind: str) -> corpus.Step:
    step = corpus.prepare(row(lhs, rhs, expect, kind))
    return step if step.claim is None else step._replace(checked=corpus.work("check", step.claim))


@pytest.mark.parametrize(("lhs", "rhs", "expect", "kind", "plain", "named", "added"), ROWS)
def test_a_row_is_checked_as_it_stands_and_with_its_conditions(
    lhs: str, rhs: str, expect: str, kind: str, plain: str, named: str, added: tuple[str, ...]
) -> None:
    step = step_of(lhs, rhs, expect, kind)
    assert (step.plain, step.named) == (plain, named)
    assert tuple(map(text, step.checked.supplied.added if step.checked else ())) == added


@pytest.mark.parametrize(("index", "label"), [
    (0, "true-proved"), (1, "true-conditions"), (3, "false-refuted"), (5, "false-undefined"), (6, "true-outside"),
])  # fmt: skip
def test_the_label_is_the_best_that_is_known(index: int, label: str) -> None:
    assert step_of(*ROWS[index][:4]).label == label


@pytest.mark.parametrize(("expect", "kind", "lhs", "rhs", "label"), [
    ("false", "wrong", "x*y/x", "y", "false-proved"), ("false", "branch", "x*y/x", "y", "false-undefined"),
    ("false", "branch", "x + y", "y + x", "false-proved"), ("true", "identity", "x", "y", "true-refuted"),
])  # fmt: skip
def test_what_contradicts_the_truth_is_loud(expect: str, kind: str, lhs: str, rhs: str, label: str) -> None:
    """A false step that is proved with conditions is a wrong proof, too, but for one that is false only where they fail."""
    assert step_of(lhs, rhs, expect, kind).label == label
    assert (label in corpus.LOUD) == (label != "false-undefined")


def added_to(c: Claim) -> list[str]:
    return [text(p) for p in supplied(c, check(c), 5.0).added]


def test_only_conditions_that_the_others_do_not_imply_are_added() -> None:
    assert added_to(claim("x: real", "log(x)/x + sqrt(x) = sqrt(x) + log(x)/x")) == ["x > 0"]


def test_a_condition_of_a_condition_is_added_as_well() -> None:
    found = supplied(c := claim("x: real; y: real", "exp(log(log(x))) = log(x)"), check(c), 5.0)
    assert found.verdict.status is Status.PROVED
    assert found.claim.givens.hypotheses[-len(found.added) :] == found.added


@pytest.mark.parametrize(("symbols", "step"), [
    ("x: real", "log(x) + log(-x) = log(-x) + log(x)"), ("a: real", "0**a = 0"), ("x: real", "limit(sin(x), x, oo) = limit(sin(x), x, oo)"),
])  # fmt: skip
def test_what_nothing_satisfies_or_no_page_can_state_is_not_added(symbols: str, step: str) -> None:
    assert added_to(claim(symbols, step)) == []


def test_a_place_that_the_conditions_exclude_is_found_where_sympy_has_values_for_both_sides() -> None:
    """Here x**(2 + 1) is undefined at 0, and SymPy makes it 0 there; x/x is undefined for both."""
    both = claim_of(row("x**(2 + 1)", "x**3", "true", "identity"))
    assert still_spoken_of(both, check(both).missing) == "x = 0"
    neither = claim_of(row("x/x", "1/(x/x)", "true", "identity"))
    assert still_spoken_of(neither, check(neither).missing) == ""


def test_a_witness_counts_by_what_it_shows() -> None:
    apart, undefined = (Search(Witness({}, "1", "2", word)) for word in ("", "right side: 1/x needs x != 0"))
    assert corpus.outcome(Verdict(Status.REFUTED, search=apart)) == "refuted"
    assert corpus.outcome(Verdict(Status.REFUTED, search=undefined)) == "undefined"
    assert corpus.outcome(Verdict(Status.CONFLICT, search=apart)) == "conflict"
    assert corpus.outcome(Verdict(Status.UNDECIDED)) == "undecided"
    assert corpus.outcome(None) == "undecided"


@pytest.mark.parametrize(("left", "right", "simplify", "equals"), [
    ("(x + y)**2", "x**2 + 2*x*y + y**2", True, True), ("x", "y", None, False), ("x*y/x", "y", True, True),
])  # fmt: skip
def test_sympy_is_asked_for_the_same_claim(left: str, right: str, simplify: bool | None, equals: bool | None) -> None:
    c = claim_of(row(left, right, "true", "identity"))
    assert (corpus.asked("simplify", c), corpus.asked("equals", c)) == (simplify, equals)


@pytest.mark.parametrize(("extra", "status"), [((), 0), ((("x*y/x", "y", "false", "wrong"),), 1)])
def test_the_exit_status_tells_a_wrong_proof(
    extra: tuple[tuple[str, str, str, str], ...],
    status: int,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    file = tmp_path / "rows.jsonl"
    file.write_text("\n".join(json.dumps(row(*r)) for r in (*(r[:4] for r in ROWS), *extra)), encoding="utf-8")
    monkeypatch.setattr("sys.argv", ["corpus.py", str(file), "--jobs", "1", "--sympy"])
    assert corpus.main() == status
    out = capsys.readouterr().out
    assert "true steps within the language: 1 (33.3 %) proved as they stand, 3 (100.0 %) with the named conditions; of all 4" in out
    assert "chebyshevt 1" in out
    assert ("false-proved" in out) == bool(extra)

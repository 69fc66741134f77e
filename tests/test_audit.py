"""The audit: how rows are made and shown; and section 9 of derivations.md, each row refuted with the values named there, and put right."""

from __future__ import annotations

import json
import pkgutil
import re
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from importlib import import_module
from typing import Any, NamedTuple

import pytest

import proofs
from derive import audit, check, judge, show
from derive.balls import compare, decide
from derive.claims import Rejected
from derive.expression import read
from derive.kernel import unfolded
from derive.model import Outcome, Place, Relation, Status, Trace
from derive.page import Derivation, collect_markdown, collect_module
from derive.report import is_good, steps_of

LIBRARY: dict[str, Derivation] = {
    d.name: d for module in pkgutil.iter_modules(proofs.__path__) for d in collect_module(import_module(f"proofs.{module.name}"))
}
PRINTED = [name for name, d in LIBRARY.items() if d.page.expect is not None]
ROWS = [f"9.{k}" for k in range(1, 14)]


# -- how rows are made

NOTES = """
```derive doubled
title  Twice x is three times x | x 的两倍是三倍
source A §1 (9.1)
expect refuted: a term too many | 多了一项
see    right
given  x: real
claim  x + x = 3*x
  x + x
  = 3*x  by algebra
```
```derive again
source B §2 (9.1)
expect refuted
see    right
given  x: real
claim  x + x < 3*x
  x + x
  < 3*x  by algebra
```
```derive right
given  x: real
claim  x + x = 2*x
  x + x
  = 2*x  by algebra
```
```derive provable
source A §1 (9.2)
expect refuted
see    right
given  x: real
claim  x + x = 2*x
  x + x
  = 2*x  by algebra
```
```derive alone
expect refuted
given  x: real
claim  x = 2*x
  x
  = 2*x  by algebra
```
```derive unproved
expect refuted
see    open
given  x: real
claim  x = 2*x
  x
  = 2*x  by algebra
```
```derive open
given  x: real
claim  sin(cos(x)) <= 9/10
  sin(cos(x))
  <= 9/10  by algebra
```
```derive leaning
expect refuted
given  x: real
claim  x + x = 3*x
  x + x
  = 3*x  by lemma doubled
```
"""


def checked(*names: str) -> list[Outcome]:
    pages = {d.name: d for d in collect_markdown(NOTES, "notes.md")}
    return [check.check_derivation(pages[name], pages) for name in names]


def shown(found: list[audit.Row], width: int = 100) -> str:
    return "\n".join(line.plain.rstrip() for line in audit.table(found, width))


def test_pages_with_one_row_behind_their_source_are_one_row_and_what_they_see_stands_in_it_once() -> None:
    (row,) = audit.rows(checked("doubled", "right", "again"))
    assert (row.name, [o.name for o in row.printed], [o.name for o in row.right]) == ("9.1", ["doubled", "again"], ["right"])
    assert (row.refuted, row.put_right) == (True, True)


def test_a_page_without_a_row_is_one_by_itself() -> None:
    assert [r.name for r in audit.rows(checked("alone", "unproved", "open"))] == ["alone", "unproved"]


@pytest.mark.parametrize(
    ("names", "refuted", "put_right"),
    [
        (("doubled", "right"), True, True),
        (("provable", "right"), False, True),
        (("alone",), True, False),  # nothing puts it right
        (("unproved", "open"), True, False),
        (("leaning",), False, False),  # a page that is marked is no lemma
    ],
)
def test_a_row_needs_a_refutation_and_a_proof(names: tuple[str, ...], refuted: bool, put_right: bool) -> None:
    (row,) = audit.rows(checked(*names))
    assert (row.refuted, row.put_right) == (refuted, put_right)


def test_a_page_that_expects_to_be_refuted_is_no_lemma() -> None:
    (outcome,) = checked("leaning")
    assert outcome.error is not None
    assert outcome.error.message == "the lemma doubled is not proved: step 1 is refuted"


def test_a_row_shows_claim_verdict_witness_diagnosis_and_what_puts_it_right() -> None:
    (row,) = audit.rows(checked("doubled", "right"))
    for width in (80, 100, 120):
        lines = audit.row(row, width)
        assert max(line.cell_len for line in lines) <= width
        text = "\n".join(line.plain for line in lines)
        for expected in ("9.1", "x + x", "3*x", "refuted, as expected", "at    ", "left", "right", "a term too many", "多了一项",
                "✓ right", "claim  x + x = 2*x"):  # fmt: skip
            assert expected in text, expected


def test_the_table_has_a_line_for_each_page_and_counts_rows() -> None:
    found = audit.rows(checked("doubled", "right", "again", "provable", "alone", "unproved", "open"))
    assert [line.split() for line in shown(found).splitlines()[1:]] == [
        ["row", "printed", "refuted", "put", "right"],
        ["9.1", "Twice", "x", "is", "three", "times", "x", "·", "x", "的两倍是三倍", "✗", "✓"],
        ["again", "✗"],
        ["9.2", "provable", "✓", "✓"],
        ["alone", "alone", "✗", "–"],
        ["unproved", "unproved", "✗", "?"],
        ["4", "printed,", "3", "refuted,", "2", "put", "right"],
    ]
    for width in (60, 80, 120):
        assert all(line.cell_len <= width for line in audit.table(found, width))


def test_what_fails_is_not_green() -> None:
    good, bad = audit.rows(checked("doubled", "right", "provable"))
    assert str(audit.table([good], 80)[-1].style) == "bold green"
    assert str(audit.table([good, bad], 80)[-1].style) == "bold red"
    styles = {str(span.style) for line in audit.table([bad], 80) for span in line.spans if "✓" in line.plain[span.start : span.end]}
    assert "bold red" in styles


def test_json_holds_the_rows_and_the_derivations() -> None:
    outcomes = checked("doubled", "right", "alone")
    data = json.loads(json.dumps(audit.to_json(audit.rows(outcomes), outcomes)))
    assert data["rows"] == [
        {"name": "9.1", "printed": ["doubled"], "right": ["right"], "refuted": True, "put_right": True},
        {"name": "alone", "printed": ["alone"], "right": [], "refuted": True, "put_right": False},
    ]
    first = data["derivations"][0]
    assert (first["expect"], first["diagnosis"], first["see"]) == ("refuted", {"en": "a term too many", "zh": "多了一项"}, ["right"])
    assert (data["derivations"][1]["expect"], data["derivations"][1]["diagnosis"], data["derivations"][1]["see"]) == (None, None, [])


# -- section 9: thirteen printed, thirteen refuted, thirteen put right


def _row(name: str) -> str:
    match = re.fullmatch(r"[AB] §[\d.]+ \((9\.\d+)\)", LIBRARY[name].page.source)
    assert match, LIBRARY[name].page.source
    return match[1]


def test_every_row_of_section_9_has_a_printed_page_and_they_stand_in_order() -> None:
    assert list(dict.fromkeys(map(_row, PRINTED))) == ROWS
    assert {name.partition(".")[0] for name in PRINTED} == {"audit"}


@pytest.mark.parametrize("name", PRINTED)
def test_a_printed_page_has_titles_a_reason_on_each_step_a_diagnosis_and_what_puts_it_right(name: str) -> None:
    page = LIBRARY[name].page
    assert page.expect is not None
    for en, zh in (page.title, page.expect):
        assert en.isascii()
        assert any("\u4e00" <= c <= "\u9fff" for c in zh)
    assert all(line.reasons for line in page.lines[1:])
    assert page.see


def test_every_other_page_of_the_module_puts_something_right() -> None:
    seen = {name for printed in PRINTED for name in LIBRARY[printed].page.see}
    assert {name for name in LIBRARY if name.startswith("audit.")} - set(PRINTED) <= seen


def _outcome(name: str) -> Outcome:
    return check.check_derivation(LIBRARY[name], LIBRARY)


# All steps of a printed page are refuted, but for those that lead to the printed claim and are sound by themselves.
SOUND = {"audit.grows_like_an_exponential": 1}


@pytest.mark.parametrize("name", PRINTED)
def test_what_is_printed_is_refuted_with_both_values_or_by_a_proof_that_it_fails(name: str) -> None:
    outcome = _outcome(name)
    sound = SOUND.get(name, 0)
    assert outcome.error is None
    steps = steps_of(outcome)
    assert [verdict.status for _, verdict in steps] == [Status.PROVED] * sound + [Status.REFUTED] * (len(steps) - sound)
    assert len(steps) > sound
    for line, verdict in steps[sound:]:
        assert (verdict.trace, line.expect) == (None, "refuted")
        assert verdict.search is not None
        witness = verdict.search.witness
        if verdict.negation is not None:
            assert (witness, len(verdict.negation) > 0) == (None, True)
            continue
        assert witness is not None
        assert not witness.undefined
        assert witness.left
        assert witness.right
        if line.relation in (Relation.EQ, Relation.APPROX):
            assert witness.left != witness.right


def test_only_a_limit_is_refuted_without_a_witness() -> None:
    """Its certificate, replayed, gives the sides; an empty one gives nothing."""
    verdict = _outcome("audit.grows_like_an_exponential").verdicts[-1]
    assert (verdict.status, verdict.message) == (Status.REFUTED, "proved to fail: the sides are 0 and C")
    assert verdict.claim is not None
    assert verdict.negation is not None
    assert tuple(map(show.text, judge.refute(verdict.claim, verdict.negation))) == ("0", "C")
    with pytest.raises(Rejected):
        judge.refute(verdict.claim, Trace())


@pytest.mark.parametrize("row", ROWS)
def test_each_row_is_refuted_and_put_right(row: str) -> None:
    printed = [name for name in PRINTED if _row(name) == row]
    outcomes = {n: _outcome(n) for name in printed for n in (name, *LIBRARY[name].page.see)}
    (found,) = audit.rows(list(outcomes.values()))
    assert (found.name, found.refuted, found.put_right) == (row, True, True)


# -- the values that derivations.md names, at its own witnesses

HALF, QUARTERS = (Fraction(1, 2), Fraction(1, 2)), (Fraction(1, 4), Fraction(3, 4))
PQ = {"n": 2, "p": HALF, "q": QUARTERS}


class Named(NamedTuple):
    """A witness of derivations.md for one step of a printed page, and both values in the digits printed there."""

    page: str
    step: int
    left: str
    right: str
    values: dict[str, Any]


def _gradient(y: int) -> dict[str, Any]:
    return {"n": 1, "w": 0, "b": 0, "x": (1,), "y": (y,)}


NAMED = [
    Named("jensen_turned_round", 1, "0.1438", "0.2877", PQ),
    Named("mean_turned_over", 1, "0.2877", "0", PQ),
    Named("entropy_always_positive", 1, "0", "0", {"n": 1, "p": (1,)}),
    Named("density_entropy_positive", 1, "-0.693", "0", {"c": Fraction(1, 2)}),
    Named("one_sample_without_half", 1, "0.347", "0.693", {"m": 1, "y": (1,), "a": (Fraction(1, 2),)}),
    Named("factor_ln_two", 1, "-2.885", "-1.386", {"a": Fraction(1, 2)}),
    Named("weight_gradient_base_two", 1, "0.721", "0.347", _gradient(0)),
    Named("weight_gradient_base_two", 2, "0.347", "-0.347", _gradient(0)),
    Named("bias_gradient_base_two", 1, "-0.721", "-0.347", _gradient(1)),
    Named("bias_gradient_base_two", 2, "-0.347", "0.347", _gradient(1)),
    Named("softmax_loss_of_example", 1, "1.04", "0.452", {}),
    Named("grows_by_one_factor", 1, "1.11", "1.89", {"s": -9, "t": 0}),
    Named("closer_to_one", 1, "0.313", "0.049", {"s": 1, "t": 3}),
    Named("closer_to_minus_one", 1, "1.313", "5.007", {"s": -1, "t": -5}),
    Named("likelihood_with_a_sign", 1, "-0.5", "0.693", {"N": 1, "y": (1,), "a": (Fraction(1, 2),)}),
    Named("relative_entropy_both_ways", 1, "0.1438", "0.1308", PQ),
    Named("cross_entropy_both_ways", 1, "0.837", "0.693", PQ),
    Named("density_as_probability", 1, "3.99", "1", {"x": 0, "mu": 0, "sigma": Fraction(1, 10)}),
    Named("joint_density_as_probability", 1, "3.99", "1", {"n": 1, "mu": 0, "sigma": Fraction(1, 10)}),
]


def _sides(name: str, step: int) -> Iterator[Any]:
    left, right, _ = unfolded(check.claim_of_step(LIBRARY[f"audit.{name}"], LIBRARY, step - 1))
    return iter((left, right))


@pytest.mark.parametrize("named", NAMED, ids=lambda n: f"{_row(f'audit.{n.page}')}-{n.page}-{n.step}")
def test_at_the_witness_of_derivations_md_the_step_fails_with_the_values_printed_there(named: Named) -> None:
    page = LIBRARY[f"audit.{named.page}"].page
    left, right = _sides(named.page, named.step)
    relation = page.lines[named.step].relation
    assert relation is not None
    assert all(decide(h, named.values) for h in page.givens.hypotheses), "the witness lies outside the givens"
    assert set(named.values) == set(page.givens.symbols)
    assert compare(left, right, relation, named.values).outcome == "fails"
    for side, digits in ((left, named.left), (right, named.right)):
        assert compare(side, read(digits), Relation.APPROX, named.values).outcome == "holds", digits


def test_a_value_with_a_digit_changed_would_be_noticed() -> None:
    left, _ = _sides("jensen_turned_round", 1)
    assert compare(left, read("0.1439"), Relation.APPROX, PQ).outcome == "fails"


def test_every_row_with_a_witness_has_its_values_here() -> None:
    assert {_row(f"audit.{n.page}") for n in NAMED} == set(ROWS)
    steps = {(f"audit.{n.page}", n.step) for n in NAMED}
    assert steps == {(p, k) for p in PRINTED if p not in SOUND for k in range(1, len(LIBRARY[p].page.lines))}


def test_where_y_is_0_the_second_equality_of_the_gradient_in_the_bias_happens_to_hold() -> None:
    left, right = _sides("bias_gradient_base_two", 2)
    assert compare(left, right, Relation.EQ, _gradient(0)).outcome in ("agrees", "holds")
    assert compare(left, right, Relation.EQ, _gradient(1)).outcome == "fails"


def test_the_printed_loss_of_the_example_is_the_logarithm_to_base_10() -> None:
    definitions = LIBRARY["audit.softmax_loss_of_example"].page.definitions
    claim = check.claim_of_step(LIBRARY["audit.softmax_loss_of_example"], LIBRARY, 0)
    tens = replace(claim, left=read("-log(S(3), 10)", None))
    assert "S" in definitions
    assert compare(unfolded(tens)[0], read("0.452"), Relation.APPROX, {}).outcome == "holds"


@pytest.mark.parametrize("k", [Fraction(1, 10), Fraction(1), Fraction(3)])
def test_against_an_exponential_the_penalty_vanishes(k: Fraction) -> None:
    """What the limit says, at three places: the proof is the kernel's affair."""
    quotient = read("log(1 + exp(-s))/exp(-k*s)")
    for n, bound in ((20, "10**-6"), (40, "10**-12"), (80, "10**-24")):
        assert compare(quotient, read(bound), Relation.LT, {"k": k, "s": -n / k}).outcome == "holds"


# -- what is right is not refuted: each printed page, put right, would fail the run

PUT_RIGHT = {
    "audit.mean_turned_over": ("= -log(sum(p[i]*(q[i]/p[i]) for i in n))", "= -log(1/sum(p[i]*(p[i]/q[i]) for i in n))"),
    "audit.density_entropy_positive": (">= 0", "= log(c)"),
    "audit.factor_ln_two": ("= -log(2)/a", "= -1/(a*log(2))"),
    "audit.likelihood_with_a_sign": ("-prod(P(i) for i in N)", "-log(prod(P(i) for i in N))"),
    "audit.cross_entropy_both_ways": ("-sum(q[i]*log(p[i]) for i in n)", "sum(p[i]*log(1/q[i]) for i in n)"),
}


@pytest.mark.parametrize("name", PUT_RIGHT)
def test_a_printed_page_that_is_put_right_but_still_marked_is_no_longer_refuted(name: str) -> None:
    old, new = PUT_RIGHT[name]
    text = LIBRARY[name].text
    assert text.count(old) >= 2
    mended = Derivation(text.replace(old, new), Place("notes.md", 1), name)
    outcome = check.check_derivation(mended, LIBRARY)
    assert outcome.error is None
    assert outcome.status is not Status.REFUTED
    assert not is_good(outcome)

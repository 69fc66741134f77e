"""The derivations of `proofs/`: each row of derivations.md is proved, each of its assumptions is needed, and no slip gets through.

`DERIVE_MUTANTS=all` tries every mutant of every step, and as many with two slips, instead of at most thirty a step.
"""

from __future__ import annotations

import os
import pkgutil
import random
import re
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from importlib import import_module

import pytest
from mutants import KINDS_OF_SLIP, Mutant, mutants, same_by_sympy
from unders import NEEDLESS, TAKEN, Needless, Taken

import proofs
from derive import check, report
from derive.balls import decide
from derive.claims import unfolded
from derive.expression import read
from derive.known import SETS
from derive.model import Claim, NotCertified, Outcome, Relation, Status, Verdict
from derive.page import Derivation, collect_module, derivation
from derive.refute import search
from derive.show import text
from derive.term import free, sym, walk

# The rows of derivations.md that are proved, with the derivations that prove them, and the sizes that are symbols.
ROWS: dict[str, tuple[str, str]] = {
    "1.1": ("sigmoid.at_zero sigmoid.at_infinity sigmoid.at_minus_infinity sigmoid.positive sigmoid.below_one", ""),
    "1.2": ("sigmoid.reflection", ""),
    "1.3": ("sigmoid.logistic sigmoid.logistic_complement", ""),
    "1.4": (
        "sigmoid.slope sigmoid.steepest sigmoid.increasing sigmoid.at_most_a_quarter "
        "sigmoid.saturates_at_infinity sigmoid.saturates_at_minus_infinity",
        "",
    ),
    "1.5": ("sigmoid.threshold", ""),
    "2.1": ("likelihood.label_one likelihood.label_zero", ""),
    "2.2": ("likelihood.log_likelihood", ""),
    "2.3": ("likelihood.cross_entropy likelihood.loss_one likelihood.loss_zero", ""),
    "2.4": ("likelihood.samples", "N"),
    "2.5": ("likelihood.same_parameters", ""),
    "2.6": ("likelihood.logistic_regression", "N d"),
    "2.7 (y = 1)": (
        "likelihood.loss_one_slope likelihood.loss_one_curvature likelihood.loss_one_at_one likelihood.loss_one_at_zero",
        "",
    ),
    "2.7 (y = 0)": (
        "likelihood.loss_zero_slope likelihood.loss_zero_curvature likelihood.loss_zero_at_zero likelihood.loss_zero_at_one",
        "",
    ),
    "2.8": ("likelihood.loss_lower_bound likelihood.loss_upper_bound likelihood.loss_ratio likelihood.loss_is_linear", ""),
    "3.1": ("signed_labels.likelihood sigmoid.reflection", ""),
    "3.2": ("signed_labels.loss", ""),
    "3.3": ("signed_labels.samples", "N"),
    "3.4": (
        "signed_labels.curvature signed_labels.convex signed_labels.decreasing signed_labels.increasing "
        "signed_labels.at_infinity signed_labels.at_minus_infinity",
        "",
    ),
    "3.5": ("signed_labels.one_form", ""),
    "3.6": ("signed_labels.slope", ""),
    "4.1": ("softmax.total softmax.positive softmax.at_most_one softmax.below_one", "K"),
    "4.2": ("softmax.loss", "K"),
    "4.3": ("softmax.shift softmax.log_sum_exp", "K"),
    "4.4": ("softmax.two_classes", ""),
    "4.5": ("softmax.gradient", "K"),
    "4.6": ("softmax.loss_gradient softmax.loss_gradient_unnormalised softmax.loss_gradient_one_hot", "K"),
    "4.7": ("softmax.weight_gradient softmax.bias_gradient", "K d"),
    "4.8": ("softmax.samples", "N K"),
    "4.9": ("softmax.two_classes_loss", ""),
    "4.10": ("softmax.log_ratio softmax.right_score softmax.wrong_score softmax.raise_right_score softmax.lower_wrong_score", "K"),
    "5.1": (
        "information.information_of_certainty information.information_adds_up information.information_slope "
        "information.information_decreases",
        "",
    ),
    "5.2 (entropy)": ("information.entropy information.entropy_nonnegative information.at_most_one information.entropy_zero", "n"),
    "5.2 (one term)": ("information.eta_at_zero", ""),
    "5.3 (entropy)": (
        "information.uniform_entropy information.uniform_gap information.entropy_bound information.entropy_bound_equality",
        "n",
    ),
    "5.3 (one term)": ("information.eta_tangent information.eta_tangent_equality", ""),
    "5.4 (sums)": ("information.relative_entropy", "n"),
    "5.4 (densities)": ("information.relative_entropy_of_densities", ""),
    "5.5 (sums)": (
        "information.relative_entropy_nonnegative information.relative_entropy_by_tangent information.relative_entropy_zero",
        "n",
    ),
    "5.5 (densities)": ("information.relative_entropy_of_densities_nonnegative information.relative_entropy_of_densities_zero", ""),
    "5.6 (sums)": ("information.same_minimisers", "n"),
    "5.6 (densities)": ("information.same_minimisers_of_densities", ""),
    "5.7 (one-hot)": ("information.one_hot", "n"),
    "5.7 (two classes)": ("information.two_classes", ""),
    "5.8": (
        "information.binary_symmetry information.binary_slope information.binary_at_half information.binary_bound "
        "information.binary_maximum information.binary_maximum_only",
        "",
    ),
    "6.1": ("gradients.squared_error_weight gradients.squared_error_bias", ""),
    "6.2": ("gradients.squared_error_samples_weight gradients.squared_error_samples_bias", "m d"),
    "6.3": ("gradients.cross_entropy_score gradients.cross_entropy_weight gradients.cross_entropy_bias", ""),
    "6.4": ("gradients.any_base_weight gradients.any_base_bias", ""),
    "6.5 (a)": ("gradients.several_outputs_weight gradients.several_outputs_bias", "n"),
    "6.5 (b)": ("gradients.multi_label_weight gradients.multi_label_bias", "n m d"),
    "6.6": (
        "gradients.ratio gradients.ratio_any_base gradients.ratio_at_most_a_quarter gradients.ratio_any_base_at_most "
        "gradients.ratio_at_infinity gradients.ratio_at_minus_infinity",
        "",
    ),
    "6.7": (
        "gradients.mistake_squared_error gradients.mistake_cross_entropy "
        "gradients.certainty_squared_error gradients.certainty_cross_entropy",
        "",
    ),
    "7.1": ("maximum_likelihood.log_likelihood maximum_likelihood.same_maximisers", "n"),
    "7.2 (sample)": ("maximum_likelihood.shares maximum_likelihood.sample maximum_likelihood.divergence", "n K"),
    "7.2 (argmax)": ("maximum_likelihood.least_cross_entropy maximum_likelihood.least_relative_entropy", "n K"),
    "7.2 (population)": ("maximum_likelihood.population maximum_likelihood.least_cross_entropy_of_a_population", "K"),
    "7.3 (likelihood)": ("maximum_likelihood.normal maximum_likelihood.squared_error", "n"),
    "7.3 (mean)": ("maximum_likelihood.normal_mean_slope maximum_likelihood.normal_mean", "n"),
    "7.3 (variance)": ("maximum_likelihood.normal_variance_slope maximum_likelihood.normal_variance", "n"),
    "7.3 (maximum)": ("maximum_likelihood.normal_maximum", "n"),
    "7.4": ("maximum_likelihood.bernoulli_slope maximum_likelihood.bernoulli maximum_likelihood.bernoulli_maximum", "n"),
    "8.1 (scores)": ("worked_example.score_1 worked_example.score_2 worked_example.score_3", ""),
    "8.1 (hinge)": ("worked_example.hinge_loss", ""),
    "8.1 (softmax)": (
        "worked_example.softmax_1 worked_example.softmax_2 worked_example.softmax_3 "
        "worked_example.softmax_loss worked_example.softmax_loss_base_10",
        "",
    ),
    "8.2": ("worked_example.hinge_zero", "K"),
}
SLOW = 10.0  # seconds of computing for one mutant on a busy machine: more is a defect
ALL = os.environ.get("DERIVE_MUTANTS") == "all"
SAMPLE = 30  # mutants of a step that is an equation between numbers, of each kind one at least
FEW = 4  # of any other step, whose mutants take longer: an inequality, an equivalence, one about limits, integrals or sets
LIBRARY: dict[str, Derivation] = {
    d.name: d for module in pkgutil.iter_modules(proofs.__path__) for d in collect_module(import_module(f"proofs.{module.name}"))
}
PROVED = [name for name, d in LIBRARY.items() if d.page.expect is None]  # the others are refuted, see test_audit.py
EVERY = pytest.mark.parametrize("name", PROVED)


def _named(rows: str) -> list[str]:
    return rows.split()


# -- every row is proved


def test_every_row_has_a_derivation_and_every_derivation_a_row():
    """But those of the audit: test_audit.py holds them against the rows of section 9."""
    assert {d for names, _ in ROWS.values() for d in _named(names)} == {name for name in PROVED if not name.startswith("audit.")}


@EVERY
def test_every_step_is_proved_by_the_kernel(name):
    outcome = check.check_derivation(LIBRARY[name], LIBRARY)
    assert (outcome.error, [v.status for v in outcome.verdicts]) == (None, [Status.PROVED] * (len(LIBRARY[name].page.lines) - 1))
    assert all(v.trace is not None for v in outcome.verdicts)


@EVERY
def test_every_derivation_has_both_titles_a_source_and_a_reason_on_each_step(name):
    page = LIBRARY[name].page
    assert page.title.en
    assert page.title.zh
    assert page.title.en.isascii() or "±" in page.title.en or "β" in page.title.en
    assert any("\u4e00" <= c <= "\u9fff" for c in page.title.zh)
    assert page.source == "ours" or page.source.startswith(("A §", "B §"))
    assert all(line.reasons for line in page.lines[1:])
    assert not [line for line in page.lines if line.expect]


@pytest.mark.parametrize("row", ROWS)
def test_sizes_are_symbols_where_the_row_says_so(row):
    names, sizes = ROWS[row]
    for name in _named(names):
        givens = LIBRARY[name].page.givens
        fixed = [n for h in givens.hypotheses if h.op == "eq" for n in free(h) & set(_named(sizes)) if sym(n) in h.args]
        assert ({n for n, t in givens.symbols.items() if t.kind == "size"} >= set(_named(sizes)), fixed) == (True, []), name


# -- every assumption is needed


def test_every_row_says_of_its_assumptions_what_happens_without_them():
    rows = {row.split()[0] for row in ROWS}
    assert all(t.says or t.lost or t.witness or t.unseen for t in TAKEN)
    assert {t.row for t in TAKEN} | {n.row for n in NEEDLESS} == rows
    assert {t.derivation for t in TAKEN if t.derivation not in _named(ROWS.get(t.row, (t.derivation, ""))[0])} == set()


def _without(t: Taken | Needless) -> Outcome:
    page = LIBRARY[t.derivation].text
    for old, new in t.edits:
        assert old in page, f"{t.derivation} does not say {old}"
        page = page.replace(old, new)
    return check.check_derivation(Derivation(page, LIBRARY[t.derivation].place, t.derivation), LIBRARY)


@pytest.mark.parametrize("taken", TAKEN, ids=[f"{t.row}-{t.under}-{t.derivation}-{t.edits[-1][1].strip() or 'dropped'}" for t in TAKEN])
def test_without_an_assumption_a_row_is_not_proved_and_the_answer_names_what_is_missing(taken):
    outcome = _without(taken)
    assert outcome.status in (Status.REFUTED, Status.UNDECIDED, Status.MALFORMED)
    if taken.says:
        assert outcome.status is Status.MALFORMED
        assert taken.says in str(outcome.error)
    elif taken.lost:
        assert any(_names(v, taken.lost) for v in outcome.verdicts if v.status is not Status.PROVED)
    elif taken.unseen:
        assert outcome.error is None
        assert outcome.status is Status.UNDECIDED
    else:
        assert taken.witness
        assert any(v.search and v.search.witness and not v.search.witness.undefined for v in outcome.verdicts)


@pytest.mark.parametrize("needless", [n for n in NEEDLESS if n.edits], ids=lambda n: f"{n.row}-{n.under}-{n.derivation}")
def test_an_assumption_that_is_said_to_be_needless_is(needless):
    assert _without(needless).status is Status.PROVED


def _names(verdict: Verdict, lost: str) -> bool:
    """Whether a verdict shows that this condition is missing: a witness violates it, or what is missing is about its symbols."""
    condition = read(lost)
    witness = verdict.search.witness if verdict.search else None
    if witness is not None:
        if any(t.op == "apply" for t in walk(condition)):  # a witness gives no values of functions
            return condition in verdict.missing
        return decide(condition, witness.values) is False
    about = set().union(*(free(p) for p in verdict.missing))
    return bool(about & free(condition)) and all(text(p) in verdict.message for p in verdict.missing)


# -- no slip gets through


def _claims() -> Iterator[tuple[str, int, Claim]]:
    for name in PROVED:
        d = LIBRARY[name]
        for step in range(len(d.page.lines) - 1):
            yield name, step, check.claim_of_step(d, LIBRARY, step)


def _chosen(claim: Claim, seed: str) -> list[Mutant]:
    """The mutants of a step to try: a sample with every kind in it, or all of them and as many with two slips."""
    rng = random.Random(seed)
    every = mutants(claim)
    if ALL:
        twice = [rng.choice(mutants(replace(claim, right=m.term)) or [m]) for m in every]
        return [*every, *dict.fromkeys(m for m in twice if m.term != claim.right)]
    shuffled = rng.sample(every, len(every))
    first = {m.kind: m for m in reversed(shuffled)}
    rest = [m for m in shuffled if m not in first.values()]
    sides = {t.op for side in (claim.left, claim.right) for t in walk(side)}
    plain = claim.relation is Relation.EQ and sides.isdisjoint({"limit", "integral", "argmax", "argmin"})
    return [*first.values(), *rest][: SAMPLE if plain else FEW]


COUNTS: Counter[str] = Counter()
_LIMITS = "not proved, about limits, which no point refutes"


@EVERY
def test_no_mutant_of_a_step_is_proved_unless_it_is_true(name):
    """Each mutant of a right-hand side, with no reason that binds, is refuted or not proved; or SymPy finds it true as well."""
    wrong: list[str] = []
    steps = len(LIBRARY[name].page.lines) - 1
    for step in range(steps):
        claim = check.claim_of_step(LIBRARY[name], LIBRARY, step)
        for kind, right in _chosen(claim, f"{name}.{step}"):
            mutant = replace(claim, right=right, reasons=())
            start = time.process_time()
            verdict = check.check(mutant)
            seconds = time.process_time() - start
            shown = f"{name} step {step + 1}, {kind}: {text(claim.left)} = {text(right)}"
            COUNTS["mutants"] += 1
            if verdict.status is Status.PROVED:
                COUNTS["true by accident"] += 1
                assert verdict.search is not None
                assert verdict.search.witness is None
                if not _true_after_all(mutant):
                    wrong.append(f"proved, and nobody else sees that it is true: {shown}")
            elif verdict.search is not None and verdict.search.witness is not None:
                COUNTS["refuted with a witness"] += 1
                if verdict.status is not Status.REFUTED:
                    wrong.append(f"{verdict.status}, with a witness: {shown}")
            else:
                COUNTS[_LIMITS if any(t.op == "limit" for t in walk(claim.left)) else "not proved, no witness"] += 1
                if verdict.status is not (Status.REFUTED if verdict.negation else Status.UNDECIDED):
                    wrong.append(f"{verdict.status}: {shown}")
            if seconds > SLOW:
                wrong.append(f"{seconds:.1f} s: {shown}")
    assert wrong == []


def _true_after_all(mutant: Claim) -> bool:
    """A second opinion, which knows nothing of the kernel: SymPy's on an equality of numbers, else that of a long search."""
    left, right, givens = unfolded(mutant)
    if mutant.relation is Relation.EQ and left.op not in SETS:
        return same_by_sympy(mutant)
    return search(givens, left, mutant.relation, right, points=1000, seconds=2.0).witness is None


def test_most_mutants_are_refuted_with_a_witness(capsys):
    """Runs behind the mutants of all steps, and prints how they came out."""
    if not COUNTS:
        pytest.skip("the mutants were not tried in this run")
    with capsys.disabled():
        print("\n" + ", ".join(f"{n} {what}" for what, n in COUNTS.items()))
    others = COUNTS["mutants"] - COUNTS[_LIMITS]
    assert COUNTS["refuted with a witness"] >= 0.9 * others
    assert COUNTS["not proved, no witness"] <= 0.02 * others


def test_every_kind_of_slip_is_tried_and_no_step_is_without_mutants():
    found = {(name, step): mutants(claim) for name, step, claim in _claims()}
    assert {m.kind for ms in found.values() for m in ms} == set(KINDS_OF_SLIP)
    assert [place for place, ms in found.items() if not ms] == []


@pytest.mark.parametrize(
    ("claim", "slip", "is_true"),
    [
        ("x*(y + 1) = x*y + x", "x*y + 1", False),
        ("x*(y + 1) = x*y + x", "x + y*x", True),
        ("log(exp(x)/(1 + exp(x))) = x - log(1 + exp(x))", "-log(1 + exp(-x))", True),
        ("log(exp(x)/(1 + exp(x))) = x - log(1 + exp(x))", "-log(1 + exp(x))", False),
        ("sum(v[i] for i in N) + diff(x**2, x) = 2*x + sum(v[i] for i in N)", "x + sum(v[i] for i in N) + x", True),
        ("sum(v[i] for i in N) + diff(x**2, x) = 2*x + sum(v[i] for i in N)", "2*x + sum(v[k] for i in N)", False),
        ("sum(v[i] for i in N if i != k) = sum(v[i] for i in N) - v[k]", "-v[k] + sum(v[i] for i in N)", True),
        ("sum(v[i] for i in N if i != k) = sum(v[i] for i in N) - v[k]", "sum(v[i] for i in N)", False),
        ("sqrt(x**2 + 1)**2 = x**2 + 1", "1 + x**2", True),
        ("sqrt(x**2 + 1)**2 = x**2 + 1", "sqrt(x**2 + 1)", False),
    ],
)
def test_the_second_opinion_on_a_mutant_tells_true_from_false(claim, slip, is_true):
    left = claim.partition(" = ")[0]
    page = derivation(f"given x: real, y: real, N: size, k: index(N), v: real[N]\nclaim {left} = {slip}\n{left}\n= {slip}")
    assert same_by_sympy(page.claims()[0]) is is_true


# -- in tests


def test_certify_gives_the_outcome_of_a_derivation_that_is_proved():
    from proofs import softmax

    outcome = softmax.loss.certify()
    assert isinstance(outcome, Outcome)
    assert (outcome.name, outcome.status, len(outcome.verdicts)) == ("softmax.loss", Status.PROVED, 4)


def test_certify_raises_with_the_text_of_the_report_where_a_step_is_not_proved():
    wrong = derivation("""
    given  a: positive, b: positive
    claim  log(a + b) = log(a) + log(b)
        log(a + b)
      = log(a) + log(b)     by log of a product
    """)
    with pytest.raises(NotCertified) as caught:
        wrong.certify()
    said, expected = (s.splitlines() for s in (str(caught.value), report.plain(check.check_derivation(wrong))))
    assert [_without_times(line) for line in said] == [_without_times(line) for line in expected]
    assert "refuted" in str(caught.value).lower()


def test_certify_raises_for_a_page_that_cannot_be_read():
    with pytest.raises(NotCertified, match="unknown symbol b"):
        derivation("given a: real\nclaim a = b\na\n= b").certify()


def _without_times(line: str) -> str:
    return re.sub(r" *\d+(\.\d+)? ?m?s\b", "", line)

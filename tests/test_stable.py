"""derive/stable.py: every row of the table is an equation that is proved, and names a derivation that is there."""

from __future__ import annotations

import pytest
from certified import library

from derive import expression
from derive.check import check
from derive.model import REAL, Claim, Givens, Relation, Status, Type
from derive.show import text
from derive.stable import AXIAL, MARK, MEANINGS, Match, Row, negated, rows, stable, tidied
from derive.term import Lambda, Term, sym, unfold

EQUATIONS = [row for row in rows() if row.name not in AXIAL]
# what is owed besides, where the table stands beside a number that is no score
CONDITIONS = {"log(1 - u)": "u < 1", "log(1 + u)": "u > -1"}


def read(written: str) -> Term:
    return expression.read(written)


@pytest.mark.parametrize("row", EQUATIONS, ids=lambda r: f"{text(r.term)} {r.because}")
def test_what_is_computed_is_proved_to_be_equal_to_what_is_written(row: Row) -> None:
    meanings = {MARK + name: meaning for name, meaning in MEANINGS.items()}
    hypotheses = tuple(read(h) for h in [CONDITIONS.get(text(row.term))] if h)
    scores = {"K": Type("size"), "i": Type("index", sym("K")), "s": Type("real", shape=(sym("K"),))}
    definitions = {"f": Lambda(("j",), read("s[j]"))}
    givens = Givens({"u": REAL, "v": REAL, **scores}, hypotheses)
    verdict = check(Claim(givens, row.term, Relation.EQ, unfold(row.form, meanings), definitions=definitions))
    assert verdict.status is Status.PROVED


@pytest.mark.parametrize("row", [row for row in rows() if row.because], ids=lambda r: r.because)
def test_the_reason_of_a_row_is_a_derivation_of_the_package(row: Row) -> None:
    assert row.because in library()


@pytest.mark.parametrize(("written", "computed"), [
    ("log(1 + exp(-(y*s)))", "softplus(-(y*s))"),
    ("log(exp(t) + 1)", "softplus(t)"),
    ("1/(1 + exp(-y*s))", "expit(y*s)"),
    ("1/(1 + exp(s))", "expit(-s)"),
    ("1/(exp(-s) + 1)", "expit(s)"),
    ("2*x/(1 + exp(s))", "2*x*expit(-s)"),
    ("exp(z)/(exp(z) + 1)", "expit(z)"),
    ("1 - g(s)", "expit(-s)"),
    ("log(g(s))", "-softplus(-s)"),
    ("log(1 - g(-s))", "-softplus(-s)"),
    ("diff(g(s), s)", "expit(s)*expit(-s)"),
    ("log(1 - a)", "log1p(-a)"),
    ("1/((1 + exp(-s))*(exp(s) + 1))", "expit(s)*expit(-s)"),
])  # fmt: skip
def test_a_form_is_found_however_it_is_written(written: str, computed: str) -> None:
    definitions = {"g": Lambda(("t",), read("1/(1 + exp(-t))"))}
    found = stable(read(written), definitions)
    names = {name: read(f"{name}(u)").args[0] for name in MEANINGS}
    assert found is not None
    assert read(computed) == unfold(found.form, {MARK + name: head for name, head in names.items()})


@pytest.mark.parametrize("written", [
    "log(2 + exp(s))", "1/(1 - exp(s))", "log(sum(exp(s[j]) for j in K if j != c))", "diff(g(s), t)",
    "exp(s[i])/sum(exp(2*s[j]) for j in K)", "exp(x)/sum(exp(s[j]) for j in K)", "log(1 + exp(s), 2)",
    "exp(sum(m*w[i] for m in N))/sum(exp(sum(m*w[j] for m in M)) for j in K)",  # other sizes, once taken for softmax
    "exp(sum(x[m]*w[i] for m in N))/sum(exp(sum(x[m]*w[j] for m in N if m != j)) for j in K)",  # and a filter that was overlooked
    "exp(sum(x[j, j] for j in K))/sum(exp(sum(x[m, j] for m in K)) for j in K)",
])  # fmt: skip
def test_what_only_looks_like_a_row_is_left_alone(written: str) -> None:
    assert None is stable(read(written), {"g": Lambda(("t",), read("1/(1 + exp(-t))"))})


@pytest.mark.parametrize(("written", "scores", "index"), [
    ("exp(s[i])/sum(exp(s[j]) for j in K)", "s[j]", "i"),
    ("exp(s[i])/Z", "s[j]", "i"),
    ("exp(sum(x[m]*W[i, m] for m in d))/sum(exp(sum(x[r]*W[j, r] for r in d)) for j in K)", "sum(x[r]*W[j, r] for r in d)", "i"),
    ("exp(b*s[c[i], 2])/sum(exp(b*s[r, 2]) for r in K)", "b*s[r, 2]", "c[i]"),
])  # fmt: skip
def test_softmax_is_found_with_its_scores_and_its_index(written: str, scores: str, index: str) -> None:
    found = stable(read(written), {"Z": read("sum(exp(s[j]) for j in K)")})
    assert isinstance(found, Match)
    f = found.letters["f"]
    assert isinstance(f, Lambda)
    assert read(scores) == f.body
    assert read(index) == found.letters["i"]
    assert read("K") == found.letters["K"]


def test_a_negative_is_seen_through_products_and_written_once() -> None:
    assert read("y*s") == negated(read("-y*s"))
    assert None is negated(read("y - s"))
    assert read("u + 2*v") == tidied(read("-(-u) + 1*(2*v)"))


def test_every_stable_form_stands_in_the_table() -> None:
    assert {*MEANINGS, *AXIAL} == {row.name for row in rows() if row.name}

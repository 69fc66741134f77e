"""benchmarks/corpus_rows.py: rows become the claims that they make, or say which word is unknown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from corpus_rows import Outside, claim_of, well_formed

from derive.show import text

REAL = {"real": True}
SIZE = {"integer": True, "positive": True}


def row(lhs: str, rhs: str = "0", rel: str = "==", domain: tuple[str, ...] = (), **variables: Mapping[str, Any]) -> dict[str, Any]:
    return {"lhs": lhs, "rel": rel, "rhs": rhs, "vars": variables, "domain": list(domain)}


def read(lhs: str, **variables: Mapping[str, Any]) -> str:
    return text(claim_of(row(lhs, **variables)).left)


@pytest.mark.parametrize(("written", "shown"), [
    ("x**2 - Rational(1, 3)*exp(-x)", "x**2 - 1/3*exp(-x)"), ("Abs(x) + Max(x, 1)", "abs(x) + max(x, 1)"), ("cot(x)", "cos(x)/sin(x)"),
    ("sign(x)", "cases((1, x > 0), (-1, x < 0), (0, True))"), ("sinc(x)", "cases((sin(x)/x, x != 0), (1, True))"),
    ("GoldenRatio", "(1 + sqrt(5))/2"), ("re(x) + im(x)", "x + 0*x"), ("Limit(exp(-t), t, oo)", "limit(exp(-t), t, oo)"),
    ("Limit(1/t, t, 0, '-')", "limit(1/t, t, 0, left)"), ("Integral(exp(-t**2), (t, -oo, oo))", "integral(exp(-t**2) for t in Reals)"),
    ("Derivative(x**3, x)", "diff(x**3, x)"), ("Derivative(x**3, x, 2)", "diff(diff(x**3, x), x)"),
    ("Derivative(x**3, (x, 2))", "diff(diff(x**3, x), x)"), ("Derivative(x**3, (x, 0))", "x**3"),
])  # fmt: skip
def test_an_expression_becomes_the_term_that_means_the_same(written: str, shown: str) -> None:
    assert read(written, x=REAL) == shown


@pytest.mark.parametrize(("written", "shown"), [
    ("Sum(k**2, (k, 1, n))", "sum(k**2 for k in n)"), ("Product(x, (k, 1, 3))", "prod(x for k in 3)"),
    ("Sum(k**2, (k, 0, n))", "0**2 + sum(k**2 for k in n)"), ("Sum(x**k, (k, 0, n - 1))", "sum(x**(k - 1) for k in n)"),
    ("Sum(k, (k, 1, n + 2))", "sum(k for k in n) + (n + 1) + (n + 2)"), ("Sum(k, (k, 3, n + 2))", "sum(k + 2 for k in n)"),
    ("Product(k, (k, 2, 4))", "prod(k + 1 for k in 3)"), ("Sum(k, (k, 3, 2))", "0"), ("Product(k, (k, 3, 2))", "1"),
])  # fmt: skip
def test_a_sum_from_another_number_than_one_is_shifted(written: str, shown: str) -> None:
    assert read(written, n=SIZE, x=REAL) == shown


@pytest.mark.parametrize(("written", "word"), [
    ("Sum(x**k, (k, 0, oo))", "limits of sum"), ("Sum(k, (k, 1, n - 1))", "limits of sum"), ("Sum(k, (k, 1, x))", "limits of sum"),
    ("Sum(y[k], (k, 0, n - 1))", "a family with a shifted index"), ("Integral(x, (x, 0, 1))", "limits of integral"),
    ("chebyshevt(3, x)", "chebyshevt"), ("x + I", "I"), ("x if x else 1", "IfExp"), ("__import__('os')", "Constant"),
    ("x.real", "Attribute"), ("f(x, x)", "f of 2 arguments"),
    ("Derivative(x**2, 2*x)", "a derivative by no variable"), ("Derivative(x**2, (x, y))", "a derivative of no number"),
    ("(lambda: x)()", "Call"),
])  # fmt: skip
def test_what_the_language_cannot_say_is_named(written: str, word: str) -> None:
    with pytest.raises(Outside, match=f"^{word}$"):
        claim_of(row(written, n=SIZE, x=REAL, y={"real": True, "indexed": True}, f={"function": 1}))


def test_variables_get_their_types_and_the_domain_becomes_hypotheses() -> None:
    claim = claim_of(row("a*x/n + k + b", "1", "<=", ("x >= a", "a < 1"),
        x=REAL, n=SIZE, a={"positive": True}, k={"integer": True, "nonnegative": True}, b={"real": True, "nonzero": True}))  # fmt: skip
    assert {name: t.kind for name, t in claim.givens.symbols.items()} == {
        "x": "real", "n": "size", "a": "probability", "k": "integer", "b": "real",
    }  # fmt: skip
    assert [text(h) for h in claim.givens.hypotheses] == ["k >= 0", "b != 0", "x >= a"]
    assert claim.relation == "<="


def test_a_row_that_means_nothing_is_said_to_be_malformed() -> None:
    assert well_formed(claim_of(row("Derivative(x**2, x)", x=REAL))) == ""
    assert well_formed(claim_of(row("x + oo", x=REAL))) == "oo is no number"

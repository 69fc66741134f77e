"""derive/show.py: the text of a term reads back as the same term."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from random_terms import propositions, terms

from derive.expression import read
from derive.show import text
from derive.term import Term, call


@settings(max_examples=500)
@given(terms())
def test_the_text_of_a_term_reads_back_as_the_term(t: Term):
    assert read(text(t)) == t


@given(propositions())
def test_the_text_of_a_proposition_reads_back_as_the_proposition(t: Term):
    assert read(text(t)) == t


@pytest.mark.parametrize(
    "written",
    [
        "-log(P)",
        "a - (b - c)",
        "a - b - c",
        "a/(b*c)",
        "a/b*c",
        "-(a*b)",
        "-a*b",
        "(-a)**2",
        "-a**2",
        "a**-b",
        "a**b**c",
        "(a**b)**c",
        "0.10 + 2.5",
        "2*-x",
        "x - -y",
        "-(-x)",
        "sum(y[i]*log(a[i]) + (1 - y[i])*log(1 - a[i]) for i in N)",
        "sum(exp(s[j]) for j in K if j != c)",
        "prod(x[j] for j in 3)",
        "cases((1, x > 0), (0, True))",
        "limit(f(s), s, -oo, right)",
        "diff(g(s), s, at=0)",
        "not (a == b or a < c)",
        "(a < b) == (b > a)",
        "all(x[i] <= 1 for i in K)",
        "integrable(p(x)*log(p(x)) for x in Reals)",
        "W[1, 2]*x[2]",
        "log(x, 10)",
    ],
)
def test_what_is_written_in_its_shortest_form_is_shown_so(written: str):
    shown = text(read(written))
    assert read(shown) == read(written)
    assert shown.replace("-(-x)", "--x") == written.replace("-(-x)", "--x")


def test_a_proposition_with_iff_is_shown_in_words():
    assert text(call("iff", read("x > 0"), read("y > 0"))) == "x > 0 iff y > 0"

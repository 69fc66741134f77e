"""derive/page.py and what it stands on: pages are read as DESIGN has it, and every trap has a message, a place and a hint."""

from __future__ import annotations

import importlib
import importlib.util
import pickle
import sys
import time
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from derive import reasons
from derive.expression import read
from derive.model import Line, Page, PageError, Place, Relation, Type, Words
from derive.page import Derivation, collect_markdown, collect_module, derivation, headings, read_page
from derive.show import text as show
from derive.term import Lambda, num, sym

RULES = {"log of a product": "积的对数", "log of a power": "幂的对数", "jensen": "琴生不等式"}


@pytest.fixture(autouse=True)
def _rules(monkeypatch: pytest.MonkeyPatch) -> None:
    names = {written: en for en, zh in RULES.items() for written in (en, zh)}
    monkeypatch.setattr(reasons, "rule_names", lambda: names)


def page(text: str) -> Page:
    return read_page(text, Place("page.md", 1))


def error(text: str) -> PageError:
    with pytest.raises(PageError) as caught:
        page(text)
    return caught.value


def check(text: str, line: int, column: int, offending: str, message: str, hint: str = "") -> None:
    found = error(text)
    expected = (Place("page.md", line, column), offending)
    assert (found.place, found.text) == expected, (found.message, found.hint)
    assert message in found.message
    assert hint in found.hint


# -- what can be written

ENTROPY = """
title  Cross-entropy of one sample | 单个样本的交叉熵
source A §2.1
given  y: label, a: probability
where  P = a**y * (1 - a)**(1 - y)
claim  -log(P) = -(y*log(a) + (1 - y)*log(1 - a))

    -log(P)
  = -log(a**y * (1 - a)**(1 - y))           by definition of P
  = -(log(a**y) + log((1 - a)**(1 - y)))    by log of a product: both factors (are positive | 两个因子均为正
  = -(y*log(a) + (1 - y)*log(1 - a))        by log of a power, algebra expect refuted
"""


def test_the_page_of_the_design_is_read():
    found = page(ENTROPY)
    assert (found.title, found.source) == (Words("Cross-entropy of one sample", "单个样本的交叉熵"), "A §2.1")
    assert found.givens.symbols == {"y": Type("label"), "a": Type("probability")}
    assert {n: show(t) for n, t in found.definitions.items()} == {"P": "a**y*(1 - a)**(1 - y)"}
    assert (show(found.left), found.relation, show(found.right)) == ("-log(P)", Relation.EQ, "-(y*log(a) + (1 - y)*log(1 - a))")
    assert found.lines[0] == Line(read("-log(P)"), Place("page.md", 8, 5))
    assert found.lines[2] == Line(
        read("-(log(a**y) + log((1 - a)**(1 - y)))"),
        Place("page.md", 10, 3),
        Relation.EQ,
        ("log of a product",),
        Words("both factors (are positive", "两个因子均为正"),
    )
    assert (found.lines[3].reasons, found.lines[3].expect) == (("log of a power", "algebra"), "refuted")


def test_givens_claim_definitions_and_lines_go_on():
    found = page(
        "given  N: size, y: label[N], a: probability[N],\n"
        "       u, v: real\n"
        "given  sum(a[i] for i in\n"
        "         N) == 1, u != v\n"
        "where  g(s) = 1/(1 +\n"
        "  exp(-s)), W = [[1, -2], [-1/2, 0.50]],\n"
        "  t = u + v\n"
        "claim  log(prod(a[i]**y[i] for i in N))\n"
        "\n"
        "       = sum(y[i]*log(a[i]) for i in N)\n"
        "log(prod(a[i]**y[i] for i in N))\n"
        "= sum(y[i]*log(\n"
        "    a[i]) for i in N)\n"
    )
    assert list(found.givens.symbols) == ["N", "y", "a", "u", "v"]
    assert [show(h) for h in found.givens.hypotheses] == ["sum(a[i] for i in N) == 1", "u != v"]
    assert found.definitions["g"] == Lambda(("s",), read("1/(1 + exp(-s))"))
    assert found.definitions["W"].args[1].args == (num(read("1").args[0] / -2), num(read("0.5").args[0], 2))  # type: ignore[union-attr]
    assert list(found.definitions) == ["g", "W", "t"]
    assert len(found.lines) == 2


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("real", Type("real")),
        ("nonnegative", Type("nonnegative")),
        ("integer", Type("integer")),
        ("sign", Type("sign")),
        ("set", Type("set")),
        ("index(N)", Type("index", sym("N"))),
        ("index(3)", Type("index", num(3))),
        ("index(3)[N]", Type("index", num(3), (sym("N"),))),
        ("real[N, 2]", Type("real", None, (sym("N"), num(2)))),
        ("real -> positive", Type("positive", params=(Type("real"),))),
        ("(real, index(N)) -> real", Type("real", params=(Type("real"), Type("index", sym("N"))))),
        ("density(real)", Type("nonnegative", params=(Type("real"),), density=True)),
    ],
)
def test_types(written: str, expected: Type):
    assert page(f"given q: {written}, N: size\nclaim 1 = 1\n1\n= 1").givens.symbols["q"] == expected


def test_a_page_of_numbers_needs_no_given():
    found = page(
        "where W = [[1, 2], [3, 4]], x = [5, 0.25]\n"
        "claim sum(W[1, j]*x[j] for j in 2) = 5.5\n"
        "sum(W[1, j]*x[j] for j in 2)\n"
        "= 5.5 by calculation"
    )
    assert found.lines[1].reasons == ("calculation",)


def test_reasons_may_be_written_in_chinese():
    found = page(
        "given y: label, z: real\nwhere P = y\nclaim 1 = 1\n1\n"
        "= 1 by 积的对数、代数运算，P 的定义, 对 y 分情况：见上 | 见上\n"
        "= 1 by 引理 sigmoid.reflection, 求导"
    )
    assert found.lines[1].reasons == ("log of a product", "algebra", "definition of P", "cases y")
    assert found.lines[2].reasons == ("lemma sigmoid.reflection", "differentiation")


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("expect refuted", Words()),
        ("expect refuted:", Words()),
        ("expect  refuted: a sign (is lost | 丢了：负号", Words("a sign (is lost", "丢了：负号")),
        ("expect refuted：a sign | 负号", Words("a sign", "负号")),
        ("expect refuted: a sign |\n     负号", Words("a sign", "负号")),
        ("source B", None),
    ],
)
def test_a_page_may_expect_to_be_refuted_and_say_why(written: str, expected: Words | None):
    found = page(f"{written}\ngiven x: real\nclaim x = 2*x\nx\n= 2*x")
    assert (found.expect, found.see) == (expected, {})
    assert found.lines[1].expect == ""


def test_such_a_page_names_what_puts_it_right():
    found = page("expect refuted\nsee softmax.loss,\n  likelihood.samples, mine\nclaim 1 = 2\n1\n= 2")
    assert found.see == {
        "softmax.loss": Place("page.md", 2, 5),
        "likelihood.samples": Place("page.md", 3, 3),
        "mine": Place("page.md", 3, 23),
    }


def test_relations_compose():
    found = page("given x: real\nclaim x < x + 3\nx\n<= x + 1\n< x + 2\n= x + 3")
    assert [line.relation for line in found.lines] == [None, Relation.LE, Relation.LT, Relation.EQ]
    assert page("given x: real\nclaim x <= x + 3\nx\n< x + 3").relation is Relation.LE
    assert page("claim sqrt(2) ~= 1.41\nsqrt(2)\n~= 1.41").lines[1].relation is Relation.APPROX


def test_propositions_are_related_by_iff():
    found = page("given s: real\nclaim s > 0 iff 2*s > 0\ns > 0\niff 2*s > 0")
    assert (found.relation, show(found.left), show(found.right)) == (Relation.IFF, "s > 0", "2*s > 0")


@pytest.mark.parametrize(
    "text",
    [
        "given z: real\nwhere g(s) = 1/(1 + exp(-s))\nclaim limit(diff(g(s), s), s, -oo) = 0\nlimit(diff(g(s), s), s, -oo)\n= 0",
        "claim limit(1/a, a, 0, right) = oo\nlimit(1/a, a, 0, right)\n= oo",
        "given Theta: set, P: real -> positive\nclaim argmax(P(t) for t in Theta) = argmax(log(P(t)) for t in Theta)\n"
        "argmax(P(t) for t in Theta)\n= argmax(log(P(t)) for t in Theta)",
        "given p: density(real), integrable(p(x)*log(p(x)) for x in Reals)\nclaim integral(p(x) for x in Reals) = 1\n"
        "integral(p(x) for x in Reals)\n= 1",
        "given N, K: size, s: real[N, K], c: index(K)[N]\nclaim sum(s[i, c[i]] for i in N) = 1\nsum(s[i, c[i]] for i in N)\n= 1",
        "given K: size, s: real[K], k: index(K)\nwhere S(i) = exp(s[i])/sum(exp(s[j]) for j in K)\n"
        "claim diff(S(1), s[k]) = S(1)*(delta(1, k) - S(k))\ndiff(S(1), s[k])\n= S(1)*(delta(1, k) - S(k))",
        "given K: size, K >= 2, s: real[K]\nclaim s[2] = s[2]\ns[2]\n= s[2]",
        "given f: (real, index(3)) -> real, x: real\nclaim f(x, 3) = f(x, 3)\nf(x, 3)\n= f(x, 3)",
        "given z: real\nwhere a = z**2\nclaim diff(a, z, at=0) = 0\ndiff(a, z, at=0)\n= 0",
        "given x: real\nclaim x = x\r\nx\r\n= x\r\n",
    ],
)
def test_what_means_something_is_read(text: str):
    assert page(text).lines


# -- the layout


def test_errors_in_the_layout():
    check("", 1, 1, "", "the claim is missing")
    check("x\n= x", 1, 1, "x", "the claim is missing", "claim left = right")
    check("given x: real\nclaim x = x\n", 2, 7, "x = x", "the chain is missing")
    check("given x: real\nclaim x = x\n  x\n", 3, 3, "x", "one line and no step", "begin with a relation")
    check("givn x: real\nclaim x = x", 1, 1, "givn", "unknown key givn", "write given")
    check("\n  assume x: real\nclaim x = x", 2, 3, "assume", "unknown key assume", "title, source")
    check("given: x: real\nclaim x = x", 1, 1, "given", "unknown key", "without a colon")
    check("claim 1 = 1\nclaim 2 = 2\n1\n= 1", 2, 7, "2 = 2", "a second claim")
    check("claim 1 = 1\n1\n= 1\ngiven x: real", 4, 7, "x: real", "given stands below", "move")
    check("claim 1 = 1\n1\n1 + 0\n= 1", 3, 1, "1 + 0", "starts with no relation", "open bracket")
    check("claim 1 = 1\n1\n== 1", 3, 1, "== 1", "starts with no relation", "write =")
    check("claim 1 = 1\n1\n≤ 1", 3, 1, "≤ 1", "starts with no relation", "write <=")
    check("claim 1 = 1\n1\n= 1 = 1", 3, 5, "=", "a second relation on one line", "its own line")
    check("claim 1 = 1 = 1\n1\n= 1", 1, 13, "=", "two relations", "a line of its own")
    check("claim 1 = 1\n= 1", 2, 1, "=", "two relations", "its first expression")
    check("claim 1\n1\n= 1", 1, 7, "1", "the claim has no relation")
    check("claim 1 == 1\n1\n= 1", 1, 9, "==", "no relation between two sides", "write =")
    check("claim 1 = 1\n1 by algebra\n= 1", 2, 1, "1 by algebra", "first line of a chain is no step")
    check("claim 1 = 1\n1\n= (1 + \n\n= 1", 3, 3, "(", "never closed", "open")
    check("claim 1 = 1\n1\n= (1 + \n= 1", 3, 3, "(", "never closed")
    check("claim 1 = 1\n1\n= 1 expect proved", 3, 5, "expect proved", "only a refutation", "expect refuted")
    check("claim 1 = 1\n1\n= ", 3, 2, "", "expression is missing")
    check("expect proved\nclaim 1 = 1\n1\n= 1", 1, 8, "proved", "only a refutation", "expect refuted")
    check("expect proved: it is\nclaim 1 = 1\n1\n= 1", 1, 8, "proved: it is", "only a refutation", "expect refuted: what is wrong")
    check("expect\nclaim 1 = 1\n1\n= 1", 1, 7, "", "only a refutation", "expect refuted")
    check("expect refuted\nexpect refuted\nclaim 1 = 1\n1\n= 1", 2, 8, "refuted", "a second expect")
    check("claim 1 = 1\n1\n= 1\nexpect refuted", 4, 8, "refuted", "expect stands below", "move")
    check("see a.b\nclaim 1 = 1\n1\n= 1", 1, 5, "a.b", "this page expects no refutation", "write expect refuted")
    check("expect refuted\nsee a.b\nsee c\nclaim 1 = 1\n1\n= 1", 3, 5, "c", "a second see")
    check("expect refuted\nsee a, b c\nclaim 1 = 1\n1\n= 1", 2, 8, "b c", "no name of a derivation", "see softmax.loss")
    check("expect refuted\nsee\nclaim 1 = 1\n1\n= 1", 2, 4, "", "the name of a derivation is missing")
    check("given see: real\nclaim see = see\nsee\n= see", 1, 7, "see", "a word of the language", "another name")


@pytest.mark.parametrize(
    ("line", "column", "offending", "message", "hint"),
    [
        ("x^2", 4, "^", "^ is not a power", "x**2"),
        ("1 + 2x", 7, "2x", "2x is not a product", "2*x"),
        ("p(1 - p)", 3, "p(1 - p)", "p is no function", "p*(1 - p)"),
        ("漢 + f''(x)", 8, "'", "' is not part", "diff(f(x), x)"),
        ("1 + ℓ", 7, "ℓ", "NFKC", "another name"),
        ("x + 𝛼", 7, "𝛼", "NFKC", "another name"),
        ("lambda*x", 3, "lambda", "reserved word", "lam_"),
        ("x + zz", 7, "zz", "unknown symbol zz", "zz: real"),
        ("sum(x for x in N)", 13, "x", "shadows", "another letter"),
        ('__import__("os")', 14, '"', "is not part", ""),
        ("x.__class__", 3, "x.__class__", "not part of the language", ""),
        ("x)", 4, ")", "closes nothing", ""),
        ("x + (x = p)", 10, "=", "not an expression", "=="),
        ("x > p", 3, "x > p", "is a proposition", "a line of its own"),
        ("x by lgo of a product", 8, "lgo of a product", "unknown reason", "«log of a product»"),
        ("x by", 7, "", "a reason is missing", "by algebra"),
        ("x by algebra,", 16, "", "a reason is missing", ""),
        ("x by definition of Q", 8, "definition of Q", "Q is not defined", "the definitions are P"),
        ("x by cases x", 8, "cases x", "finitely many", "a label"),
        ("x by cases q", 14, "q", "unknown symbol q", ""),
        ("x by lemma a..b", 8, "lemma a..b", "no name of a lemma", ""),
    ],
)
def test_a_trap_in_a_line(line: str, column: int, offending: str, message: str, hint: str):
    text = f"given x, p, 漢: real, N: size, f: real -> real\nwhere P = x\nclaim x = p\n\nx\n= {line}\n"
    check(text, 6, column, offending, message, hint)


def test_an_error_on_a_line_that_goes_on_is_placed_on_its_own_line():
    check("claim 1 = 1\n1\n= (1 +\n     2x)", 4, 6, "2x", "not a product")


# -- given


@pytest.mark.parametrize(
    ("given", "column", "offending", "message", "hint"),
    [
        ("x: rael", 10, "rael", "unknown type rael", "did you mean real?"),
        ("x", 7, "x", "x has no type", "x: real"),
        ("x: real, x: label", 16, "x", "given twice", ""),
        ("x: real[N]", 15, "N", "N is not declared", "given N: size"),
        ("x: real, y: real[x]", 24, "x", "x is no size", "size"),
        ("x: real[0]", 15, "0", "0 is no size", "positive"),
        ("x: real, x = 0", 18, "=", "= stands in no hypothesis", "=="),
        ("x: real,, y: real", 15, "", "is missing here", ""),
        ("x: real, x + 1", 16, "x + 1", "is a value", ""),
        ("e: real", 7, "e", "word of the language", "another name"),
        ("sum: real", 7, "sum", "word of the language", ""),
        ("by: real", 7, "by", "word of the language", ""),
        ("both: real", 7, "both", "word of the language", ""),
        ("ℓ: real", 7, "ℓ", "NFKC", ""),
        ("lambda: real", 7, "lambda", "reserved word", "lam_"),
        ("x: index", 10, "index", "no type", "index(N)"),
        ("x: real(3)", 10, "real(3)", "no type", "real[N]"),
        ("x: real -> real -> real", 10, "real -> real -> real", "one ->", "(real, real)"),
        ("f: real[2] -> real", 10, "real[2] -> real", "numbers and indices", ""),
        ("x: (real", 10, "(", "never closed", ""),
        ("x: size[3]", 10, "size[3]", "no family", ""),
        ("x: ", 9, "", "nothing is no type", ""),
        ("x: real, z > 0", 16, "z", "unknown symbol z", "z: real"),
        ("x: real, P > 0", 16, "P", "unknown symbol P", "given symbols only"),
        ("", 6, "", "nothing is given", ""),
    ],
)
def test_a_trap_in_given(given: str, column: int, offending: str, message: str, hint: str):
    check(f"given {given}\nwhere P = 1\nclaim 1 = 1\n1\n= 1", 1, column, offending, message, hint)


def test_an_unknown_symbol_of_a_page_without_given_says_so():
    check("claim x = 1\nx\n= 1", 1, 7, "x", "the page has no given", "given x: real")


# -- where


@pytest.mark.parametrize(
    ("where", "column", "offending", "message", "hint"),
    [
        ("P = Q, Q = 1", 11, "Q", "used before it is defined", "earlier"),
        ("P = P + 1", 11, "P", "in its own definition", ""),
        ("x = 1", 7, "x = 1", "stands for something already", ""),
        ("P = 1, P = 2", 14, "P = 2", "stands for something already", ""),
        ("P == 1", 7, "P == 1", "missing its =", "P = …"),
        ("P", 7, "P", "missing its =", ""),
        ("p[i] = 1", 7, "p[i]", "cannot be defined", "p(i) = …"),
        ("exp(s) = 1", 7, "exp", "word of the language", ""),
        ("g(s, s) = 1", 7, "g(s, s)", "two parameters", ""),
        ("g() = 1", 9, "", "a parameter is missing", ""),
        ("W = [[1, 2], [3]]", 20, "[3]", "not of one length: expected 2, got 1", ""),
        ("W = [1, x]", 15, "x", "x is no number", ""),
        ("W = [1, 1/0]", 15, "1/0", "division by zero", ""),
        ("A = x > 0", 11, "x > 0", "is a proposition", ""),
        ("P = x + 1, g(x) = P + x", 25, "P + x", "the parameter x hides the x that P mentions", "another letter"),
    ],
)
def test_a_trap_in_where(where: str, column: int, offending: str, message: str, hint: str):
    check(f"given x: real\nwhere {where}\nclaim 1 = 1\n1\n= 1", 2, column, offending, message, hint)


def test_a_parameter_may_shadow():
    found = page("given s: real\nwhere g(s) = s + 1\nclaim g(s) = s + 1\ng(s)\n= s + 1 by definition of g")
    assert found.definitions["g"] == Lambda(("s",), read("s + 1"))


def test_definitions_that_unfold_without_end_are_refused():
    lines = ["given x: real", "where P0 = x", *(f"where P{i + 1} = P{i}*P{i}" for i in range(60)), "claim P60 = 1", "P60", "= 1"]
    start = time.process_time()
    found = error("\n".join(lines))
    assert "with its definitions unfolded" in found.message
    assert time.process_time() - start < 5


# -- types and indices

GIVENS = "given N, K: size, x: real[N], y: label, z, u: real, k: index(K), n: index(N), c: index(K)[N], s: real[K], m: integer, Theta: set"


@pytest.mark.parametrize(
    ("line", "offending", "message", "hint"),
    [
        ("x[k]", "x[k]", "k runs over K, x over N", "N"),
        ("sum(x[i] for i in N) + sum(x[i] for i in K)", "x[i]", "i runs over K, x over N", ""),
        ("x[c[n]]", "x[c[n]]", "c[n] runs over K, x over N", ""),
        ("s[c[k]]", "c[k]", "k runs over K, c over N", ""),
        ("x[0]", "0", "0 is no index", "begin at 1"),
        ("x[1/2]", "1/2", "1/2 is no index", ""),
        ("x[2]", "x[2]", "2 goes up to 2, x to N, which may be 1", "N >= 2"),
        ("v[4]", "v[4]", "4 goes up to 4, v only to 3", ""),
        ("sum(v[i] for i in 4)", "v[i]", "only to 3", ""),
        ("W[1, 3]", "W[1, 3]", "W only to 2", ""),
        ("x[n + 1]", "n + 1", "n + 1 is no index", ""),
        ("x[m]", "m", "m is no index", "m: index(N)"),
        ("g(k)", "g(k)", "k runs over K, x over N", ""),
        ("sum(z for i in z)", "z", "nothing that sum can run over, which is a size", ""),
        ("sum(z for i in Reals)", "Reals", "nothing that sum can run over", ""),
        ("sum(z for i in Theta)", "Theta", "nothing that sum can run over", ""),
        ("integral(t for t in N)", "N", "nothing that integral can run over, which is Reals", ""),
        ("prod(z for i in 0)", "0", "nothing that prod can run over", ""),
        ("delta(k, z)", "z", "z is no index", "index(N)"),
        ("Theta + 1", "Theta", "Theta is a set", ""),
        ("Reals + 1", "Reals", "Reals is a set", ""),
        ("oo", "oo", "oo is no number", "opposite a limit"),
        ("1 + oo", "oo", "oo is no number", "limit"),
        ("[1, 2]", "[1, 2]", "needs a name", "where W"),
        ("(z > 0) + 1", "z > 0", "is a proposition", ""),
        ("cases((z, z))", "z", "z is a value, and a proposition stands here", ""),
        ("1 + argmax(t for t in Theta)", "argmax(t for t in Theta)", "is a set", ""),
        ("diff(y*z, y)", "y", "y is of type label", "real, positive"),
        ("diff(N*z, N)", "N", "N is of type size", ""),
        ("diff(P, P)", "P", "P is a defined name", "given symbol"),
        ("diff(W[1, 1], W[1, 1])", "W[1, 1]", "W is a defined name", ""),
        ("diff(u, u)", "u", "an equality among the hypotheses mentions u", "hypothesis"),
        ("sum(diff(i, i) for i in N)", "i", "i is of type index", ""),
        ("f(k, z)", "z", "z is no index", ""),
        ("f(z, n)", "f(z, n)", "n runs over N, f over K", ""),
    ],
)
def test_what_means_nothing_under_the_types_is_an_error(line: str, offending: str, message: str, hint: str):
    where = "where P = z, W = [[1, 2], [3, 4]], g(i) = x[i]"
    found = error(f"{GIVENS}, v: real[3], u == 1, f: (real, index(K)) -> real\n{where}\nclaim 1 = 1\n1\n= {line}")
    assert message in found.message
    assert hint in found.hint
    assert (found.text, found.place.line) == (offending, 5)


def test_the_second_of_two_that_look_alike_is_the_one_pointed_at():
    found = error(f"{GIVENS}\nclaim 1 = 1\n1\n= sum(x[i] for i in N) + sum(x[i] for i in K)")
    assert found.place == Place("page.md", 4, 30)


@pytest.mark.parametrize("hypothesis", ["N >= 2", "N > 1", "2 <= N", "1 < N", "N == 2", "2 <= N <= 5"])
def test_a_hypothesis_makes_room_for_an_index(hypothesis: str):
    assert page(f"given N: size, x: real[N], {hypothesis}\nclaim x[2] = x[2]\nx[2]\n= x[2]").lines


# -- the chain and the claim


def test_the_chain_has_to_reach_the_claim():
    given = "given x: real\n"
    check(
        given + "claim x = x + 0\nx\n= 0 + x",
        4,
        3,
        "0 + x",
        "does not end with the right side of the claim: expected x + 0, got 0 + x",
        "alike",
    )
    check(given + "claim x = x\n1*x\n= x", 3, 1, "1*x", "does not begin with the left side of the claim: expected x, got 1*x")
    check(given + "claim x = 0.1\nx\n= 0.10", 4, 3, "0.10", "expected 0.1, got 0.10")
    check(given + "claim x < x\nx\n= x", 2, 7, "x < x", "the chain shows =, and the claim says <")
    check(given + "claim x = x\nx\n<= x", 2, 7, "x = x", "the chain shows <=, and the claim says =")
    check(given + "claim x = x\nx\n<= x\n>= x", 5, 4, "x", "<= and then >= do not compose", "one way")
    check(given + "claim x ~= 1\nx\n~= 1\n= 1", 4, 1, "~= 1", "only in the last step")
    check(given + "claim x ~= x\nx\n~= x", 2, 12, "x", "decimal number")
    check(given + "claim x iff x > 0\nx\niff x > 0", 2, 7, "x", "is a value")
    check(given + "claim x > 0 iff x = 0\nx > 0\niff x == 0", 2, 19, "=", "a second relation", "==")


# -- limits


def test_a_page_of_more_than_1_mb_is_refused_before_it_is_read():
    start = time.process_time()
    assert "1 MB" in error("x" * 10_000_000).message
    assert time.process_time() - start < 1


@pytest.mark.parametrize("deep", ["(" * 10_000 + "1" + ")" * 10_000, "-" * 10_000 + "1", "1" + "+1" * 10_000])
def test_what_is_nested_10000_deep_is_refused(deep: str):
    found = error(f"claim 1 = 1\n1\n= {deep}")
    assert "150 levels" in found.message
    assert found.place.line == 3


def test_a_long_page_is_read_in_time():
    lines = ["given x: real", "claim x = x", "x", *["= x by algebra"] * 20_000]
    start = time.process_time()
    assert len(page("\n".join(lines)).lines) == 20_001
    assert time.process_time() - start < 20


def test_brackets_that_stay_open_over_many_lines_are_read_in_time():
    start = time.process_time()
    assert "closes nothing" in error("given x: real\nclaim x = x\nx\n= (\n" + "x\n" * 100_000 + ")]").message
    assert time.process_time() - start < 20


_PARTS = (
    "given ",
    "where ",
    "claim ",
    "x: real",
    "P",
    "=",
    "<=",
    "iff",
    "x",
    "(",
    ")",
    "[",
    "]",
    ",",
    ":",
    " by ",
    "\n",
    "->",
    "漢",
    "\t",
    "ℓ",
    "2x",
)


@given(st.integers(0, len(ENTROPY)), st.integers(0, 12), st.lists(st.sampled_from(_PARTS), max_size=4).map("".join))
def test_a_damaged_page_is_read_or_refused_with_a_place_inside_it(start: int, length: int, instead: str):
    text = ENTROPY[:start] + instead + ENTROPY[start + length :]
    try:
        read_page(text, Place("page.md", 1))
    except PageError as found:
        lines = text.split("\n")
        line, column = found.place.line, found.place.column
        assert lines[line - 1][column - 1 :].startswith(found.text)  # noqa: PT017
        assert column <= len(lines[line - 1]) + 1


# -- derivations and where they live


def test_making_a_derivation_never_raises_and_errors_name_lines_of_this_file():
    made = derivation("""
given x: real
claim x = 2x
""")
    with pytest.raises(PageError) as caught:
        _ = made.page
    line = next(i for i, text in enumerate(Path(__file__).read_text().split("\n"), 1) if text == "claim x = 2x")
    assert caught.value.place == Place(__file__, line, 11)
    assert made.source_line(caught.value.place) == "claim x = 2x"
    with pytest.raises(PageError):
        _ = made.page


def test_the_text_may_begin_on_the_line_below_the_call_or_behind_a_backslash():
    below = derivation(
        """claim 1 = 1 = 1
    """
    )
    behind = derivation("""\
claim 1 = 1 = 1""")
    one_line = derivation("claim 1 = 1 = 1")
    source = Path(__file__).read_text().split("\n")
    for made in (below, behind, one_line):
        with pytest.raises(PageError) as caught:
            _ = made.page
        place = caught.value.place
        assert source[place.line - 1][place.column - 1 :].startswith("= 1")
        assert source[place.line - 1][: place.column - 1].endswith("claim 1 = 1 ")
        assert made.source_line(place)[place.column - 1] == "="


def test_a_page_that_is_no_text_is_refused_where_it_is_made() -> None:
    """It was an AttributeError of `encode`, without a line of the caller's, when the page was read."""
    with pytest.raises(TypeError, match=r"derivation takes the text of a page, and not int; Derivation\.of takes SymPy"):
        derivation(3)  # type: ignore[arg-type]


def test_a_derivation_has_a_claim_for_each_step():
    claims = derivation(ENTROPY).claims()
    assert [c.reasons for c in claims] == [("definition of P",), ("log of a product",), ("log of a power", "algebra")]
    assert claims[0].right is claims[1].left
    assert list(claims[0].definitions) == ["P"]
    assert claims[0].relation is Relation.EQ


def test_derivations_and_their_errors_survive_pickling():
    made = derivation("claim 1 = 2x")
    with pytest.raises(PageError) as caught:
        _ = made.page
    again = pickle.loads(pickle.dumps(caught.value))  # noqa: S301
    assert (again.message, again.place, again.text, again.hint) == (caught.value.message, caught.value.place, "2x", "write 2*x")
    with pytest.raises(PageError):
        _ = pickle.loads(pickle.dumps(made)).page  # noqa: S301


def test_the_neighbours_of_a_derivation_are_what_its_lemmas_may_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    head = "from derive.page import derivation\n"
    package = tmp_path / "a_package"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "unused.py").write_text("raise RuntimeError")
    (package / "low.py").write_text(head + 'base = derivation("claim 1 = 1\\n1\\n= 1")')
    (package / "mid.py").write_text(head + 'step = derivation("claim 1 = 1\\n1\\n= 1 by lemma low.base")')
    (package / "top.py").write_text(head + 'loss = derivation("claim 1 = 1\\n1\\n= 1 by lemma mid.step, lemma none.at_all")')
    monkeypatch.syspath_prepend(tmp_path)
    top = importlib.import_module("a_package.top")
    assert sorted(top.loss.neighbours()) == ["low.base", "mid.step", "top.loss"]
    first, second = collect_markdown("```derive a\nclaim 1 = 2x\n```\n```derive b\n```\n", "notes.md")
    assert second.neighbours() == {"a": first, "b": second}


MARKDOWN = """# Notes
```derive first
given x: real
claim x = x
x
= x
```
````markdown
```derive shown_and_not_run
```
````
  ~~~ derive
  claim 1 = 2x
  1
  = 2x
  ~~~
```derive first
```
```python
derive
```
```derive ../x
```
```derive last
claim 1 = 1
"""


def test_markdown_gives_its_fenced_blocks_with_their_lines():
    found = collect_markdown(MARKDOWN, "notes.md")
    assert [(d.name, d.place) for d in found] == [
        ("first", Place("notes.md", 3)),
        ("block2", Place("notes.md", 13)),
        ("first", Place("notes.md", 18)),
        ("../x", Place("notes.md", 23)),
        ("last", Place("notes.md", 25)),
    ]
    assert len(found[0].page.lines) == 2
    with pytest.raises(PageError, match="not a product") as caught:
        _ = found[1].page
    assert caught.value.place == Place("notes.md", 13, 13)
    with pytest.raises(PageError, match="a second derivation is called first"):
        _ = found[2].page
    with pytest.raises(PageError, match="no name for a derivation"):
        _ = found[3].page
    with pytest.raises(PageError, match="the chain is missing"):
        _ = found[4].page


def test_markdown_is_read_from_a_file(tmp_path: Path):
    path = tmp_path / "a.md"
    path.write_bytes(b"\xef\xbb\xbf```derive\r\nclaim 1 = 1\r\n1\r\n= 1\r\n```\r\n")
    assert [d.name for d in collect_markdown(path)] == ["block1"]
    assert len(collect_markdown(path)[0].page.lines) == 2
    path.write_bytes(b"ok\n\xff")
    with pytest.raises(PageError, match="UTF-8") as caught:
        collect_markdown(path)
    assert caught.value.place.line == 2


MODULE = '''"""A module."""
from derive.page import Derivation, derivation
second = derivation("""
title  The second | 第二
claim 1 = 1
1
= 1
""")
alias = second
first: Derivation = derivation("claim 1 = 2x")
other = 3
third = Derivation.of(title="Of SymPy")
'''


def _module(tmp_path: Path) -> ModuleType:
    path = tmp_path / "pages.py"
    path.write_text(MODULE)
    spec = importlib.util.spec_from_file_location("proofs.pages", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_module_gives_its_derivations_in_the_order_of_the_source(tmp_path: Path):
    found = collect_module(_module(tmp_path))
    assert [d.name for d in found] == ["pages.second", "pages.first", "pages.third"]
    with pytest.raises(PageError) as caught:
        _ = found[1].page
    assert caught.value.place == Place(str(tmp_path / "pages.py"), 10, 43)
    with pytest.raises(PageError, match="two expressions") as caught:
        _ = found[2].page
    assert caught.value.place.line == 12


def test_headings_are_read_without_importing(tmp_path: Path):
    path = tmp_path / "pages.py"
    path.write_text(MODULE + "\nraise SystemExit\n")
    assert headings(path) == [("pages.second", "The second | 第二", False), ("pages.first", "", False), ("pages.third", "Of SymPy", False)]
    assert "pages" not in sys.modules
    path.write_text('from derive import derivation\nslip = derivation("""\ntitle A slip | 误\nexpect refuted: why\n""")\n')
    assert headings(path) == [("pages.slip", "A slip | 误", True)]
    path.write_text("x = (")
    with pytest.raises(PageError, match="not Python") as caught:
        headings(path)
    assert caught.value.place.line == 1


# -- from SymPy


@pytest.mark.parametrize(("make", "message", "hint"), [
    (lambda s: (s.Symbol("z") + 1, s.Integer(2)), "expression 1: z is not known to be real: write z = Symbol('z', real=True)", ""),
    (lambda s: (s.Symbol("z", real=True), 1.5), "expression 2: 1.5 is no SymPy expression", ""),
    (lambda s: (s.Integer(1), s.gamma(s.pi)), "expression 2: gamma is not in the language of pages", ""),
    (lambda s: (s.Integer(1), s.Integer(1), s.Integer(1)), "3 expressions have 2 steps, and there are 1 reasons", "one for each step"),
])  # fmt: skip
def test_what_is_no_chain_of_sympy_is_an_error_of_the_page_and_raises_nothing_before(make, message, hint):
    """A symbol that is not real raised where the chain was written, so that one bad chain hid all others of the module."""
    sympy = pytest.importorskip("sympy")
    made = Derivation.of(*make(sympy), given="z: real", reasons=["algebra"])
    with pytest.raises(PageError) as caught:
        _ = made.page
    assert caught.value.message.startswith(message)
    assert caught.value.hint.startswith(hint)
    assert caught.value.place == made.place


def test_one_reason_stands_for_all_steps_of_a_chain_of_sympy():
    """As the docstring says; it was taken apart into letters."""
    x = pytest.importorskip("sympy").Symbol("x", real=True)
    made = Derivation.of(x, x, x, given="x: real", reasons="algebra")
    assert [line.reasons for line in made.page.lines] == [(), ("algebra",), ("algebra",)]


def test_a_chain_of_sympy_expressions_is_a_page_like_any_other():
    sympy = pytest.importorskip("sympy")
    x = sympy.Symbol("x", real=True)
    made = Derivation.of(
        sympy.log(x**2),
        sympy.log(x**2) + 0,
        given="x: positive",
        reasons=["algebra: trivially"],
        title="A | 甲",
        source="B",
        relations=["<="],
    )
    found = made.page
    assert (found.title, found.source, found.relation, found.lines[1].reasons) == (Words("A", "甲"), "B", Relation.LE, ("algebra",))
    assert found.left == read("log(x**2)")
    assert made.claims()[0].relation is Relation.LE


def test_a_name_that_would_command_the_terminal_is_shown_without_its_control_characters():
    """A student's block called ESC ]0;x BEL changed the title of the terminal in which the sheet was marked."""
    [found] = collect_markdown("```derive \x1b]0;x\x07\nclaim 1 = 1\n```\n")
    assert found.name == "\ufffd]0;x\ufffd"
    with pytest.raises(PageError, match="is no name for a derivation"):
        _ = found.page


def test_what_is_wrong_with_a_chain_of_sympy_expressions_is_said_when_it_is_read():
    sympy = pytest.importorskip("sympy")
    x = sympy.Symbol("x", real=True)
    for made, message in [
        (Derivation.of(x), "two expressions"),
        (Derivation.of(x, x, given="x: real", reasons=["algebra", "algebra"]), "1 steps, and there are 2 reasons"),
        (Derivation.of(x, x, given="x: real", relations="=="), "== is no relation"),
        (Derivation.of(x, x), "unknown symbol x"),
    ]:
        with pytest.raises(PageError) as caught:
            _ = made.page
        assert message in caught.value.message
        assert caught.value.place.file == __file__
        assert made.source_line(caught.value.place) == ""

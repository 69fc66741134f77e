"""derive/domain.py and derive/signs.py: what is undefined where, and what follows from the givens."""

from __future__ import annotations

import pytest
from evaluated import ALL, GIVENS, TYPES, N, guards, is_undefined, numbers, owed_holds, points, true_at
from hypothesis import given, settings
from hypothesis import strategies as st
from test_refute import givens

from derive.claims import bound
from derive.domain import Domain, negation
from derive.expression import read
from derive.model import Givens, Scope
from derive.show import text
from derive.term import TRUE, Term, binder, call, num, sym

SOME = "x: real; y: real; u: positive; v: nonnegative; a: probability; t: label; g: sign; n: integer; N: size; K: size; c: index(N); k: index(N); s: real[N]; p: positive[N]; f: real -> real; w: real[N, K]; m: label[N]; T: set; U: set; b: T -> real; h: T -> positive"  # noqa: E501


def implies(symbols: str, proposition: str, *hypotheses: str) -> bool:
    return Domain(givens(symbols, *hypotheses)).implies(read(proposition))


def owed(source: str, symbols: str = SOME, *hypotheses: str) -> list[str]:
    """The conditions for a term to be defined that the givens do not imply."""
    domain = Domain(givens(symbols, *hypotheses))
    out = [bound(p, scope) for scope, p in domain.conditions(read(source)) if not domain.implies(p, scope)]
    return [text(p) if p.op != "is" else f"{text(p.args[0])} is {p.args[1].name}" for p in out]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("x/y", ["y != 0"]), ("log(x)", ["x > 0"]), ("log(u)", []), ("log(x, y)", ["x > 0", "y > 0", "y != 1"]), ("sqrt(x)", ["x >= 0"]),
        ("sqrt(v)", []), ("tan(x)", ["cos(x) != 0"]), ("x**2", []), ("x**0", []), ("x**-1", ["x != 0"]), ("x**n", ["x != 0"]),
        ("x**y", ["x > 0"]), ("v**(1/2)", ["v > 0"]), ("a**t*(1 - a)**(1 - t)", []), ("exp(x) + abs(x) + max(x, y)", []),
        ("1/(1 + exp(x))", []), ("log(1 - a)", []), ("log(sum(exp(s[i]) for i in N))", []), ("1/sum(p[i] for i in N)", []),
        ("sum(log(s[i]) for i in N)", ["all(s[i] > 0 for i in N)"]), ("sum(log(p[i]) for i in N)", []),
        ("sum(1/x for i in N if i != c)", ["x != 0"]), ("sum(log(s[i]) for i in N if s[i] > 0)", []),
        ("sum(s[i] for i in K)", ["all(i <= N for i in K)"]), ("s[c]", []), ("s[c + 1]", ["c + 1 <= N"]), ("s[1]", []),
        ("s[2]", ["2 <= N"]),
        ("cases((log(x), x > 0), (0, True))", []), ("cases((log(x), x >= 0), (0, True))", ["x > 0"]), ("cases((x, x > 0))", ["x > 0"]),
        ("cases((1, x > 0), (2, not x > 0))", []), ("cases((1, x > 0), (2, y > 0))", ["x > 0 or y > 0"]),
        ("cases((1, x == 0), (1/x, True))", []), ("1/delta(c, k)", ["delta(c, k) != 0"]),
        ("integrable(log(t) for t in Reals)", ["i > 0"]), ("all(1/x > y for i in N)", ["x != 0"]),
        ("argmax(1/t for t in Reals)", ["argmax(1/t for t in Reals) is a number"]), ("s[c, k]", ["s[c, k] is an element of a family"]),
        ("w[c]", ["w[c] is an element of a family"]), ("x[1]", ["x[1] is an element of a family"]),
        # what is owed is owed in its scope
        ("cases((s[n/n], n != 0), (0, True))", []), ("cases((f(1/x), x != 0), (0, True))", []),
        ("cases((cases((1, 1/x > 0), (0, True)), x != 0), (0, True))", []), ("cases((cases((x, 1/x > 0)), x > 0), (0, True))", []),
        # arrays of numbers, and what is none
        ("[1, 2][1]", []), ("[1, 2][3]", ["3 <= 2"]), ("[1, 2][c]", ["c <= 2"]), ("[[1, 2], [3, 4]][1, 2]", []),
        ("[[1, 2, 5], [3, 4, 6]][2, 3]", []), ("[[1, 2, 5], [3, 4, 6]][3, 3]", ["3 <= 2"]), ("[[1, 2], [3, 4]][2, 3]", ["3 <= 2"]),
        ("[1, x][1]", ["[1, x][1] is an element of a family"]), ("[[1, 2], 3][1, 1]", ["[[1, 2], 3][1, 1] is an element of a family"]),
        ("[[1, 2], [3]][1, 1]", ["[[1, 2], [3]][1, 1] is an element of a family"]),
        ("[[1, 2], [3, 4]][1]", ["[[1, 2], [3, 4]][1] is an element of a family"]),
        # functions
        ("all(b(x) > 0 for r in T)", ["x is an element of T"]), ("all(b(r) > 0 for r in U)", ["all(i is an element of T for i in U)"]),
        ("all(b(r) > 0 for r in N)", ["all(i is an element of T for i in N)"]),
        ("b(x)", ["x is an element of T"]), ("all(b(r) > 0 for r in T)", []), ("h(T)", ["T is an element of T"]),
        ("f(x, y)", ["f is a function of these arguments"]), ("x(y)", ["x is a function of these arguments"]),
        ("f", ["f is a number"]), ("s", ["s is a number"]), ("Reals", ["Reals is a number"]), ("oo", ["oo is a number"]),
        ("argmin(1/t for t in Reals)", ["argmin(1/t for t in Reals) is a number"]),
        ("sum(1 for t in T)", ["T is a size"]), ("prod(1 for t in T)", ["T is a size"]), ("sum(1 for t in Reals)", ["Reals is a size"]),
        ("prod(1 for t in Reals)", ["Reals is a size"]), ("all(x > 0 for t in x)", ["x is something to run over"]),
        ("integral(1 for t in N)", ["N is something to run over", "integral(1 for t in N) is known to exist"]),
        ("integral(1 for t in T)", ["T is something to run over", "integral(1 for t in T) is known to exist"]),
        ("almost(x > 0 for t in N)", ["N is something to run over"]), ("almost(x > 0 for t in T)", ["T is something to run over"]),
        ("almost(t for t in Reals)", ["i is a proposition"]),
        ("x**0.5", ["x > 0"]), ("x**1.0", []), ("x**2.5", ["x > 0"]), ("sum(x**i for i in N)", ["x != 0"]),
        ("delta(x, 1)", ["x is an integer"]), ("f(1/x)", ["x != 0"]), ("x/0", ["0 != 0"]), ("1/(t - 2)", []), ("1/g", []),
        ("1/t", ["t != 0"]),
        ("sum(x for i in x)", ["x is a size"]), ("limit(1/x, x, 0)", ["limit(1/x, x, 0) is known to exist"]),
        # derivatives
        ("diff(log(x), x)", ["x > 0"]), ("diff(log(u), u)", []), ("diff(sqrt(v), v)", ["v is free to move in an open set", "v > 0"]),
        ("diff(abs(x), x)", ["x != 0"]), ("diff(x**y, x)", ["x > 0"]), ("diff(2**x, x)", []), ("diff(x**x, x)", ["x > 0"]),
        ("diff(max(x, y), x)", ["max(x, y) is smooth in x"]), ("diff(f(x), x)", ["f(x) is smooth in x"]),
        ("diff(sum(s[j]**2 for j in N), s[c])", []), ("diff(sqrt(t), x)", []), ("diff(sqrt(x), x, at=u)", []),
        ("diff(1/z, z, at=x)", ["x != 0"]),
        ("diff(cases((x, y > 0), (1/x, True)), x)", ["x != 0"]), ("diff(cases((x, x > 0), (0, True)), x)", None),
        ("diff(s[n], n)", ["n is free to move in an open set", "n >= 1", "n <= N", "s[n] is smooth in n"]),
        ("diff(sum(x for i in N if i < x), x)", ["sum(x for i in N if i < x) is smooth in x"]),
        ("diff(sum(x for i in y), x)", ["sum(x for i in y) is smooth in x"]),
        ("diff(sum(log(x) for i in N if 1/y > 0), x)", ["y != 0", "x > 0"]),
        ("diff(diff(x*log(y), y), x)", ["y > 0"]), ("diff(diff(y*sqrt(x), y), x)", ["x >= 0", "x > 0"]),
        ("sum(diff(s[i]**2, s[i]) for i in N)", []), ("cases((diff(z**2, z, at=1/x), x != 0), (0, True))", []),
        ("diff(sum(log(z*p[i]) for i in N), z, at=u)", []), ("diff(sum(z*log(s[i]) for i in N if s[i] > 0), z, at=x)", []),
        ("diff(sum(sum(log(z*exp(w[i, j])) for i in N) for j in K), z, at=u)", []),
        ("diff(sum(x*log(s[i]) for i in N if s[i] > 0), x)", []), ("diff(sum(x for i in N if 1/i > 0), x)", []),
        ("diff(sum(x*log(s[i]) for i in N), x)", ["all(s[i] > 0 for i in N)"]), ("diff(prod(x + i for i in N), x)", []),
        ("diff(sin(x) - cos(x)*sinh(x) + cosh(x)*tanh(-x) + exp(x), x)", []), ("diff(tan(x), x)", ["cos(x) != 0"]),
        ("diff(diff(z**2, z, at=x), x)", ["diff(z**2, z, at=x) is smooth in x"]),
        ("diff(cases((x, y > 0), (abs(x), True)), x)", ["x != 0"]), ("diff(cases((abs(x), y > 0), (x, True)), x)", ["x != 0"]),
        ("diff(cases((x*log(y), y > 0), (x*log(1 - y), True)), x)", []),
        ("diff(cases((x, y > 0), (y, x > 0), (1, True)), x)", ["cases((x, y > 0), (y, x > 0), (1, True)) is smooth in x"]),
        ("diff(diff(log(x), x), x)", ["x > 0"]), ("diff(z**2, z, at=log(x))", ["x > 0"]),
    ],
)  # fmt: skip
def test_what_is_owed_for_a_term_to_be_defined(source: str, expected: list[str] | None) -> None:
    found = list(dict.fromkeys(owed(source)))
    assert found != [] if expected is None else expected == found


@pytest.mark.parametrize(
    ("hypothesis", "open_"),
    [
        ("x > 1", True), ("x != 0", True), ("x >= 0", False), ("x == 1", False), ("x*y == 1", False), ("x > 0 and x < 1", True),
        ("x > 0 and x <= 1", False), ("x > 0 or x < -1", False), ("x > 0 and y >= 0", True),
        ("all(x + s[i] > 0 for i in N)", True), ("all(x + s[i] >= 0 for i in N)", False), ("all(x > i for i in N if i < x)", False),
        ("all(x + t**2 > 0 for t in Reals)", False), ("s[x] > 0", False), ("w[1, x] > 0", False), ("y**x > 0", False), ("x**y > 1", True),
        ("prod(x for i in N if i < x) > 0", False), ("sum(s[i] for i in N if i < x) > 0", False),
        ("x**x > 1", False), ("f(x) > 0", False),
        ("max(x, y) > 0 and abs(x) < 2 and cosh(x) + sin(x) != 1", True), ("f(y) > x", True),
        ("max(min(sin(x) - cos(x)*sinh(x), cosh(x)), tanh(-abs(x))) < exp(x) + log(x)", True),
        ("max(1, cases((x, x > 0), (1, True))) > 0", False),
        ("cases((x, x > 0), (1, True))**2 > 1", False), ("sum(cases((x, x > 0), (1, True)) for i in N) > 1", False),
        ("prod(x**2 + i for i in N) > 3", True),
        ("not x == 0", False), ("y >= 0", True), ("exp(x) < y", True),
        ("sum(x**2 + s[i] for i in N) < 1", True), ("cases((x, x > 0), (1, True)) > 0", False), ("x/y < 1", True),
        ("tan(x) > 0", True), ("e**(x*y) < 2", True), ("y**x > -1", False), ("2**x < 3", False), ("sqrt(x) > -1", False),
        ("sqrt(x**2 + 1) < 2", True), ("x > 0 and sqrt(x) < 2", True), ("x >= 0 and sqrt(x) < 2", False),
        ("x < 1 and sqrt(x) < 2", False), ("all(sqrt(x - s[i]) < 2 for i in N)", False),
    ],
)  # fmt: skip
def test_nothing_is_differentiated_where_a_hypothesis_on_the_variable_is_not_open(hypothesis: str, open_: bool) -> None:
    assert ([] if open_ else ["x is free to move in an open set"]) == owed("diff(x**2, x)", SOME, hypothesis)


def test_under_a_guard_on_the_variable_only_open_guards_let_it_move() -> None:
    assert owed("cases((diff(x**2, x), x > 0), (0, True))") == []
    assert owed("cases((diff(x**2, x), x == 0), (0, True))") != []
    assert owed("cases((0, x > 0), (diff(x**2, x), True))") != []


@pytest.mark.parametrize(
    ("proposition", "hypotheses"),
    [
        ("exp(x) > 0", []), ("x**2 >= 0", []), ("x**2 + 1 > 0", []), ("u > 0", []), ("v >= 0", []), ("a < 1", []), ("1 - a > 0", []),
        ("t >= 0", []), ("t <= 1", []),
        ("g != 0", []), ("t*(1 - t) == 0", []), ("g**2 == 1", []), ("c >= 1", []), ("c <= N", []), ("N >= 1", []), ("1 + exp(x) != 0", []),
        ("sum(exp(s[i]) for i in N) > 0", []), ("sum(p[i] for i in N) > 0", []), ("prod(p[i] for i in N) > 0", []), ("a*(1 - a) > 0", []),
        ("(x - y)**2 >= 0", []), ("not x**2 < 0", []), ("all(p[i] > 0 for i in N)", []), ("max(1, x) > 0", []),
        ("min(u, a) > 0", []), ("abs(x) >= 0", []), ("cosh(x) > 0", []), ("u**x > 0", []), ("exp(1) > 0", []), ("pi > 0", []),
        ("x > 0", ["x > 1"]), ("x != 0", ["x < -1"]), ("x - y > 0", ["x > y"]), ("x + y > 1", ["x > 1", "y > 0"]),
        ("s[c] > 0", ["all(s[i] > 0 for i in N)"]),
        ("x != 0", ["not x == 0"]), ("x >= 0 and y >= 0", ["x >= 0", "y >= 0"]), ("x > 3", ["x > y", "y > 3"]),
        ("sum(m[i] for i in N) >= 0", []),
        ("max(x, 1) > 2", ["x > 2", "log(max(x, 1) - y) > 0"]), ("max(x, 1) > 1", ["x > 2", "abs(max(x, 1) - y) > y"]),
        ("all(s[i] > 0 and p[i] > 0 for i in N)", ["all(s[i] > 0 for i in N)"]), ("all(s[i] > 0 for i in N if s[i] > 1)", []),
        ("all(s[i] > 0 or p[i] <= 0 for i in N)", ["all(s[i] > 0 for i in N)"]), ("not (x <= 0 or y <= 0)", ["x > 0", "y > 1"]),
        ("not (x <= 0 and y <= 0)", ["x > 0"]), ("not not x > 0", ["x > 1"]), ("m[c] <= 1", []), ("c >= 1 and c <= N", []),
        ("x < oo", []), ("x != oo", []), ("oo > x", []), ("x > 1 + u", ["x/(1 + u) > 1"]), ("x < -1 - u", ["x/(-u - 1) > 1"]),
        ("x == 1 + y", ["x/(1 + y) == 1"]), ("x/(1 + u) == 0", ["x == 0"]),
        ("sum(p[i]/(1 + p[i]) for i in N) + sum(1/(1 + p[i]) for i in N) >= N", []),
        ("all(b(r) > -1 for r in T)", ["all(b(t) >= 0 for t in T)"]),
        ("s[c] > 0", ["all(s[i] > 0 for i in N if s[i] > -1)", "s[c] > -1/2"]),
        ("N >= 1", ["N > 1"]), ("c < N", ["c != N", "c < N"]), ("log(x) > 0", ["x > 1"]), ("x == y", ["x == y"]), ("k != c", ["k != c"]),
        ("N - 1 >= 0", []), ("sum(s[i] for i in N) == 1", ["sum(s[i] for i in N) == 1"]),
        ("sum(s[i] for i in N) > 0", ["sum(s[i] for i in N) == 1"]),
    ],
)  # fmt: skip
def test_what_follows_is_implied(proposition: str, hypotheses: list[str]) -> None:
    assert implies(SOME, proposition, *hypotheses)


@pytest.mark.parametrize(
    ("proposition", "hypotheses"),
    [
        ("x > 0", []), ("x != 0", []), ("v > 0", []), ("x**2 > 0", []), ("t > 0", []), ("t == 0 or x > 0", []), ("x*y >= 0", []),
        ("c == k", []), ("c != k", []),
        ("sum(m[i] for i in N) > 0", []), ("max(0, x) == 0", []), ("max(0, x) <= 0", []), ("min(0, x) >= 0", []), ("max(x, v) > 0", []),
        ("max(0, x) > 0", []),
        ("min(1, x) > 0", []), ("sum(s[i] for i in N if i != c) != 0", []), ("sum(p[i] for i in N if i != c) > 0", []),
        ("prod(s[i] for i in N) >= 0", []),
        ("sum(delta(i, c) for i in N if i != c) > 0", []), ("N >= 2", []), ("u >= 1", []), ("n > 0", ["n >= 0"]), ("x > 0", ["x >= 0"]),
        ("x > 0", ["x != 0"]),
        ("y >= 1", ["v*(y - 1) >= 0"]), ("y > 0", ["v*y >= 0"]), ("y >= 0", ["t*y >= 0"]), ("y == 1", ["x*y == x"]),
        ("y >= 1", ["v*y - v >= 0"]),
        ("x > 0", ["2**200000*x > 0"]), ("x > 0", ["x/(y - y) > 0"]),
        ("x > 0", ["(1 + x + y)**18/(1 + x + n)**17 > 0"]),
        ("all(all(s[i] == s[j] for j in N) and x == x for i in N)", []), ("all(all(s[i] == s[j] for j in N) or x != x for i in N)", []),
        ("all(all(s[i]*t == s[j]*t for j in N) for i in N)", []),
        ("c >= 2", []), ("c < N", []), ("c == N", []), ("c > 1", []), ("c == 1", []), ("c != N", []), ("k >= c", []), ("c <= K", []),
        ("2**200000 <= x", []), ("x/(y - y) > 0", []), ("x/(y - y) == x/(y - y)", []),
        ("x > oo", []), ("oo <= x", []), ("x == oo", []), ("oo == oo", []),
        ("x > 1 + y", ["x/(1 + y) > 1"]), ("x > -1 - u", ["x/(-u - 1) > 1"]),
        ("all(t > 0 for t in T)", []), ("all(b(t) >= 0 for t in T)", []), ("integral(h(t) for t in T) >= 0", []),
        ("s[c] > 0", ["all(s[i] > 0 for i in N if s[i] > 0)"]),
        ("x >= y", ["x**2 >= y**2"]), ("x > 0", ["x*y > 0"]), ("x == y", ["x**2 == y**2"]),
        ("s[c] > 0", ["all(s[i] > 0 for i in N if i != c)"]),
        ("s[c] > 0", ["all(s[i] > 0 for i in K)"]), ("s[k] > 0", ["s[c] > 0"]), ("sum(s[i] for i in N) > 0", ["s[c] > 0"]), ("g > 0", []),
        ("x > 0 and y > 0", ["x > 0"]), ("x > 0", ["x > 0 or y > 0"]), ("s[1] > 0", ["s[c] > 0"]), ("exp(x) > 1", []), ("u**x >= 1", []),
        ("tanh(x) > 0", []),
        ("s[c]*s[k] >= 0", []), ("(t - a)*x >= 0", []), ("x/u > 0", []), ("abs(x) > 0", []), ("sqrt(v) > 0", []), ("f(x) == f(y)", []),
        ("a >= 1/2", []),
        ("cos(x) != 0", []),
    ],
)  # fmt: skip
def test_what_does_not_follow_is_not_implied(proposition: str, hypotheses: list[str]) -> None:
    assert not implies(SOME, proposition, *hypotheses)


def test_a_family_inside_a_derivative_at_a_point_keeps_its_two_indices_apart() -> None:
    """Once the bound j was taken for i, and 1 + Σ_j (w[i,j] - w[j,j]) for 1."""
    source = "diff(sum(log(x + sum(w[i, j] - w[j, j] for j in K)) for i in K), x, at=1)"
    assert owed(source, "K: size; w: real[K, K]") != []


def test_a_guard_is_a_fact_in_its_scope_only() -> None:
    domain = Domain(givens("x: real"))
    assert domain.implies(read("x > 0"), (Scope("", None, read("x > 1")),))
    assert not domain.implies(read("x > 0"))


def test_a_decision_is_true_false_or_open() -> None:
    domain = Domain(givens("x: real; u: positive"))
    assert tuple(domain.decide(read(p), ()) for p in ("u > 0", "u <= 0", "x > 0")) == (True, False, None)


@pytest.mark.parametrize(("p", "expected"), [
    ("x < y", "x >= y"), ("x == y", "x != y"), ("not x == y", "x == y"), ("x < y and x > 0", "x >= y or x <= 0"),
    ("x < y or x > 0", "x >= y and x <= 0"),
])  # fmt: skip
def test_a_negation_is_pushed_inwards(p: str, expected: str) -> None:
    assert read(expected) == negation(read(p))


def test_an_answer_does_not_depend_on_what_was_asked_before() -> None:
    questions = ["x*y > 0", "x > 0", "y > 0", "x + y > 0", "log(x) > 0", "s[c] > 0", "max(x, y) > 0", "abs(x - y) > 0"]
    hypotheses = ["x > 1", "y > x", "all(s[i] > 0 for i in N)"]
    fresh = [implies(SOME, q, *hypotheses) for q in questions]
    for order in (questions, questions[::-1]):
        domain = Domain(givens(SOME, *hypotheses))
        answers = {q: domain.implies(read(q)) for q in order}
        assert fresh == [answers[q] for q in questions]


# -- properties

COMMON = settings(max_examples=200, deadline=None)
simple = guards(2, ("add", "sub", "mul", "elem", "pow", "sum", "neg"))


@st.composite
def hypotheses(draw: st.DrawFn) -> Term:
    """A guard, or what holds for all elements of a family."""
    if draw(st.integers(0, 3)):
        return draw(simple)
    return binder("all", draw(guards(1, ("add", "sub", "mul", "elem"), ("i", "j"))), "j", N)


@given(guards())
@COMMON
def test_what_is_implied_by_the_types_is_true_at_every_point(p: Term) -> None:
    known = Domain(GIVENS).decide(p, ())
    if known is not None:
        for env in points(GIVENS, 6):
            assert true_at(p, env) in (known, None), env


@given(st.lists(hypotheses(), min_size=1, max_size=2), simple)
@COMMON
def test_what_is_implied_by_hypotheses_is_true_at_every_point_that_satisfies_them(given_: list[Term], p: Term) -> None:
    inside = Givens(TYPES, tuple(given_))
    domain = Domain(inside)
    for question in (p, *(call(op, *h.args) for h in given_ if h.op != "all" for op in ("lt", "le", "eq", "ne"))):
        known = domain.decide(question, ())
        if known is not None:
            for env in points(inside, 4):
                assert true_at(question, env) in (known, None), env


@given(simple, guards(1, ("add", "sub", "mul", "elem", "pow", "div")), st.sampled_from(["x", "y", "u", "t", "g"]))
@COMMON
def test_a_product_that_has_a_sign_says_no_more_than_it_should(p: Term, q: Term, factor: str) -> None:
    """From factor·p REL 0, where the factor may vanish."""
    difference = call("sub", *p.args)
    inside = Givens(TYPES, (call(p.op, call("mul", sym(factor), difference), num(0)),))
    domain = Domain(inside)
    for question in (p, call(q.op, difference, num(0)), call("ne", difference, num(0)), q):
        known = domain.decide(question, ())
        if known is not None:
            for env in points(inside, 4):
                assert true_at(question, env) in (known, None), env


@given(numbers(ops=(*ALL, "diff")))
@COMMON
def test_where_every_condition_holds_balls_find_the_term_defined(t: Term) -> None:
    domain = Domain(GIVENS)
    for written in (t, call("diff", t, sym("x")), call("diff", t, sym("x"), num(1))):
        for env in points(GIVENS, 4):
            if is_undefined(written, env):
                assert not owed_holds(domain, written, env), env


@given(numbers(), guards(1))
@COMMON
def test_what_is_defined_by_the_types_is_defined_at_every_point(t: Term, p: Term) -> None:
    domain = Domain(GIVENS)
    for written in (t, call("cases", t, p, num(0), TRUE), call("log", t), call("div", num(1), t)):
        if all(domain.implies(c, scope) for scope, c in domain.conditions(written)):
            for env in points(GIVENS, 4):
                assert not is_undefined(written, env), env


def test_a_derivative_of_derivatives_is_looked_into_up_to_an_order() -> None:
    for order, expected in ((7, []), (8, ["smooth"])):
        t = "x**9"
        for _ in range(order):
            t = f"diff({t}, x)"
        assert expected == [c.rpartition(" in ")[0].rpartition(" is ")[2] for c in owed(t)]


def test_an_integral_has_a_sign_only_where_it_is_shown_to_exist() -> None:
    symbols = "f: real -> positive; T: set; h: T -> positive"
    positive = "integral(f(x) for x in Reals) > 0"
    assert not implies(symbols, positive)
    assert implies(symbols, positive, "integrable(f(x) for x in Reals)")
    assert implies(symbols, positive, "integrable(-f(x) for x in Reals)")
    assert not implies(symbols, positive, "integrable(f(x)**2 for x in Reals)")


def test_an_integral_exists_for_the_elements_that_the_hypothesis_is_about() -> None:
    symbols = "N: size; f: (real, index(N)) -> positive; c: index(N)"
    positive = "all(integral(f(x, i) for x in Reals) > 0 for i in N)"
    for where, true in (("", True), (" if i >= 1", True), (" if i != c", False), (" if i >= 2", False)):
        assert implies(symbols, positive, f"all(integrable(f(x, i) for x in Reals) for i in N{where})") is true


def test_a_value_that_a_hypothesis_or_a_guard_excludes_is_no_case() -> None:
    assert implies(SOME, "x*t == x", "t != 0")
    assert implies(SOME, "cos(t*x) == cos(x)", "t > 0")
    assert not implies(SOME, "cos(t*x) == cos(x)", "t < 1")
    assert not implies(SOME, "cos(t*x) == cos(x)", "x > 0")
    domain = Domain(givens(SOME))
    assert domain.implies(read("cos(t*x) == cos(x)"), (Scope("", None, read("t != 0")),))
    nonzero = (Scope("", None, read("x != 0")),)
    assert not domain.implies(read("cos(t*x) == cos(x)"), nonzero)
    assert Domain(givens(SOME, "t*y*x == y*x", "y != 0")).implies(read("cos(t) == cos(1)"), nonzero)
    assert not Domain(givens(SOME, "t*y*x == y*x", "y != 0")).implies(read("cos(t) == cos(1)"))


def test_a_hypothesis_on_other_elements_lets_one_move() -> None:
    assert owed("diff(s[c]**2, s[c])", SOME, "s[k] > 0", "all(s[i] < 5 for i in N)") == []
    for hypothesis in ("s[k] >= 0", "all(s[i] <= 5 for i in N)", "s[s[k]] > 0", "sum(s[i] for i in N) == 1"):
        assert "s[c] is free to move in an open set" in owed("diff(s[c]**2, s[c])", SOME, hypothesis)


def test_what_follows_from_a_fact_is_not_known_without_it() -> None:
    plain = Domain(givens("x: real; n: integer; N: size; s: real[N]; c: index(N)"))
    learned = Domain(plain.givens, ((read("x > 0"), ()), (read("s[c] > 1"), ())), plain)
    for p in ("x > 0", "1/x > 0", "abs(x) == x", "log(1 + x) > 0", "s[c]**3 > 0"):
        assert learned.implies(read(p)), p
        assert not plain.implies(read(p)), p
        assert not Domain(plain.givens, (), learned).implies(read(p)), p
    assert plain.implies(read("x**2 >= 0"))
    assert learned.implies(read("x**2 >= 0"))


def test_of_other_givens_nothing_is_taken_over() -> None:
    one = Domain(givens("x: positive; n: size"))
    assert one.implies(read("x > 0"))
    assert owed_by(one, "x**n + 1/x") == []
    other = Domain(givens("x: real; n: real"), (), one)
    assert not other.implies(read("x > 0"))
    assert owed_by(other, "x**n + 1/x") == ["x > 0", "x != 0"]


def owed_by(domain: Domain, source: str) -> list[str]:
    return [text(p) for _, p in domain.conditions(read(source)) if not domain.implies(p)]


def test_conditions_that_are_remembered_belong_to_their_scope() -> None:
    domain = Domain(givens("N: size; s: real[N]; c: index(N)"))
    inside = (Scope("$0", sym("N")),)
    t = call("elem", sym("s"), sym("$0"))
    assert all(domain.implies(p, there) for there, p in domain.conditions(t, inside))
    assert not all(domain.implies(p, there) for there, p in domain.conditions(t, (Scope("$0", sym("Reals")),)))


def test_with_little_effort_nothing_is_denied_for_good() -> None:
    symbols, hypothesis = "a: real; b: real; c: real; d: real", "a < b and b < c and c < d"
    p = read("a < d")
    domain = Domain(givens(symbols, hypothesis))
    assert not domain.implies(p, (), 1)
    assert domain.implies(p)
    assert domain.implies(p, (), 1)  # what has been shown is shown


@pytest.mark.parametrize(("symbols", "p", "true"), [
    ("N: size; k: index(N)", "k >= 1", True), ("N: size; k: index(N)", "k <= N", True), ("N: size; M: size; k: index(N)", "k <= M", False),
    ("N: size; k: integer", "k >= 1", False), ("N: size; M: size; z: index(M)[N]; k: index(N)", "z[k] <= M", True),
    ("N: size; M: size; z: index(M)[N]; k: index(N)", "z[k] <= N", False), ("N: size; x: real; k: index(N)", "x >= 1", False),
])  # fmt: skip
def test_the_type_of_an_index_says_its_range_and_no_other(symbols: str, p: str, true: bool) -> None:
    assert implies(symbols, p) is true


def test_a_derivative_is_taken_by_a_variable() -> None:
    for t in (call("diff", read("x**2"), read("x + 1")), call("diff", read("x**2"), read("s[c]"), num(1))):
        assert "a variable" in [p.args[1].name for _, p in Domain(givens(SOME)).conditions(t) if p.op == "is"]


def test_a_negative_number_is_no_natural_exponent() -> None:
    for exponent, op in ((num(-1), "ne"), (num(-2, 1), "ne"), (read("0.5"), "gt")):
        assert [call(op, read("x"), num(0))] == [p for _, p in Domain(givens(SOME)).conditions(call("pow", read("x"), exponent))]

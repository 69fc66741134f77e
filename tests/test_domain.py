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

SOME = "x: real; y: real; u: positive; v: nonnegative; a: probability; t: label; g: sign; n: integer; N: size; K: size; c: index(N); k: index(N); s: real[N]; p: positive[N]; f: real -> real; w: real[N, K]; m: label[N]"  # noqa: E501


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
        ("x > 0 and x <= 1", False), ("x > 0 or x < -1", False), ("not x == 0", False), ("y >= 0", True), ("exp(x) < y", True),
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

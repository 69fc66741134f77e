"""derive/term.py: terms are frozen, know their free names, and substitution means what it says."""

from __future__ import annotations

import pickle
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction

import pytest
from hypothesis import given
from random_terms import SAMPLE, meaning, polynomials, terms

from derive import term
from derive.expression import read
from derive.show import text
from derive.term import (
    ONE,
    TRUE,
    CaptureError,
    Lambda,
    Term,
    binder,
    call,
    conjunction,
    conjuncts,
    evaluated,
    free,
    fresh,
    num,
    operations,
    rebuild,
    substitute,
    sym,
    unfold,
    walk,
)


def test_a_term_is_frozen():
    with pytest.raises(AttributeError, match="frozen"):
        ONE.op = "sym"  # type: ignore[misc]


@given(terms())
def test_a_term_survives_pickling(t: Term):
    assert pickle.loads(pickle.dumps(t)) == t  # noqa: S301


@given(terms())
def test_equal_terms_hash_alike(t: Term):
    again = read(text(t))
    assert (hash(again), free(again)) == (hash(t), free(t))


@given(terms())
def test_rebuilding_with_nothing_changed_gives_the_same_object(t: Term):
    assert rebuild(t, lambda c: c) is t


@given(terms())
def test_walk_meets_every_free_name(t: Term):
    assert free(t) <= {n.name for n in walk(t) if n.op == "sym"}


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("sum(x[i] for i in N)", {"x", "N"}),
        ("sum(i for i in i)", {"i"}),  # what a sum runs over is outside it
        ("sum(x[i] for i in N if i != k)", {"x", "N", "k"}),
        ("limit(f(s), s, s)", {"f", "s", "both"}),
        ("diff(x**2, x)", {"x"}),
        ("diff(x**2*y, x, at=c)", {"y", "c"}),
        ("integrable(p(x) for x in Reals)", {"p", "Reals"}),
    ],
)
def test_free_names(written: str, expected: set[str]):
    assert free(read(written)) == expected


@given(polynomials(), polynomials())
def test_substitution_means_evaluation_at_the_value(t: Term, r: Term):
    by = {"x": r}
    assert meaning(substitute(t, by), SAMPLE) == meaning(t, {**SAMPLE, "x": meaning(r, SAMPLE)})


@given(polynomials(), polynomials(), polynomials())
def test_substitution_is_simultaneous(t: Term, r: Term, s: Term):
    values = {**SAMPLE, "x": meaning(r, SAMPLE), "i": meaning(s, SAMPLE)}
    assert meaning(substitute(t, {"x": r, "i": s}), SAMPLE) == meaning(t, values)


@given(polynomials(), polynomials())
def test_a_function_is_replaced_by_its_body_without_capture(t: Term, body: Term):
    f = Lambda(("y",), body)
    if "f" not in free(body):
        assert meaning(substitute(t, {"f": f}), SAMPLE) == meaning(t, SAMPLE, {}, {"f": f})


@given(polynomials(variables=("x", "y")), polynomials())
def test_substitution_under_diff_evaluates_the_derivative(t: Term, r: Term):
    values = {**SAMPLE, "x": meaning(r, SAMPLE)}
    assert meaning(substitute(t, {"x": r}), SAMPLE) == meaning(t, values)


@given(polynomials(free=("P", "x", "y"), bound=("i", "x0"), variables=("x", "y")), polynomials(free=("x", "y"), bound=("i", "j")))
def test_unfolding_hides_nothing_from_a_derivative(t: Term, definition: Term):
    by = {"P": definition}
    assert meaning(unfold(t, by), SAMPLE) == meaning(t, SAMPLE, {}, by)


@pytest.mark.parametrize(
    ("written", "by", "expected"),
    [
        ("sum(x*i for i in N)", {"x": "i"}, "sum(i*i_ for i_ in N)"),
        ("sum(x*i for i in N)", {"N": "i"}, "sum(x*i_ for i_ in i)"),
        ("sum(x*i for i in N)", {"i": "3"}, "sum(x*i for i in N)"),
        ("sum(x for i in N if i != x)", {"x": "i"}, "sum(i for i_ in N if i_ != i)"),
        ("limit(f(s, x), s, x)", {"x": "s"}, "limit(f(s_, s), s_, s)"),
        ("diff(v**2, v)", {"v": "c"}, "diff(v**2, v, at=c)"),
        ("diff(a*v, v)", {"a": "v"}, "diff(v*v_, v_, at=v)"),
        ("diff(L(s[k]), s[k])", {"k": "j"}, "diff(L(s[j]), s[j])"),
        ("diff(x*v, v, at=v)", {"v": "2"}, "diff(x*v, v, at=2)"),
    ],
)
def test_substitution_avoids_capture(written: str, by: dict[str, str], expected: str):
    assert text(substitute(read(written), {n: read(r) for n, r in by.items()})) == expected


@pytest.mark.parametrize("by", [{"s": sym("t")}, {"a": read("s[1]")}])
def test_nothing_is_put_where_an_element_is_differentiated(by: dict[str, Term]):
    with pytest.raises(CaptureError, match="derivative is taken with respect to"):
        substitute(read("diff(a*s[k], s[k])"), by)


@pytest.mark.parametrize(
    ("written", "by", "message"),
    [
        ("f + 1", {"f": Lambda(("x",), ONE)}, "stands alone"),
        ("f(1, 2)", {"f": Lambda(("x",), ONE)}, "takes 1 arguments, not 2"),
        ("x[1]", {"x": ONE}, "would become a plain term"),
    ],
)
def test_a_head_is_replaced_by_a_head(written: str, by: dict[str, Term | Lambda], message: str):
    with pytest.raises(CaptureError, match=message):
        substitute(read(written), by)


def test_a_definition_unfolds_under_diff_and_substitution_does_not_enter_its_variable():
    by = {"a": read("z**2")}
    assert text(unfold(read("diff(a, z)"), by)) == "diff(z**2, z)"
    assert text(unfold(read("diff(a, z, at=0)"), by)) == "diff(z**2, z, at=0)"
    assert text(substitute(read("diff(a, z)"), by)) == "diff(z**2, z_, at=z)"


def test_a_fresh_name_is_none_of_the_taken():
    assert fresh("i", {"i", "i_"}) == "i__"


def test_conjunctions_come_apart_as_they_were_put_together():
    parts = [read("x > 0"), read("y > 0"), read("z > 0")]
    assert list(conjuncts(conjunction(parts))) == parts
    assert list(conjuncts(TRUE)) == []
    assert conjunction([TRUE, parts[0]]) == parts[0]


def test_a_term_names_its_head():
    assert (read("x[1]").name, read("f(x)").name, sym("x").name, call("elem", sym("W"), ONE).name) == ("x", "f", "x", "W")


@pytest.mark.parametrize(("written", "expected"), [
    ("x + y*z", {"x", "y", "z"}), ("cases((x, y > 0), (z, True))", {"y"}), ("x > 0 and y > 0", {"x"}), ("x > 0 or y > 0", {"x"}),
    ("sum(x*i for i in N)", {"x"}), ("sum(x*i for i in N if i < y)", {"y"}), ("limit(x*t, t, y)", set()), ("argmax(x*t for t in N)", set()),
    ("diff(x*y, x)", {"x", "y"}), ("diff(t*x, t, at=y)", {"x", "y"}),
])  # fmt: skip
def test_what_is_looked_at_for_certain_stands_in_no_case_and_under_no_filter(written: str, expected: set[str]):
    assert evaluated(read(written)) == expected


def test_terms_that_are_written_alike_are_one_object_also_when_what_nobody_holds_is_let_go():
    before = call("add", sym("x"), call("exp", sym("y")))
    assert read("x + exp(y)") is not before
    assert read("x + exp(y)") == before
    assert before == read("x + exp(y)")
    assert {before: 1}[read("x + exp(y)")] == 1
    assert unfold(read("x + exp(y)"), {}) is before
    term._sweep()
    assert call("add", sym("x"), call("exp", sym("y"))) is before
    assert substitute(read("x + exp(y)"), {"y": sym("z")}) is call("add", sym("x"), call("exp", sym("z")))


def test_a_node_of_a_text_is_no_other_node_and_equal_to_each_that_is_written_alike():
    one, other = read("log(x)"), read("log(x)")
    assert one is not other
    assert one == other
    assert hash(one) == hash(other) == hash(call("log", sym("x")))
    assert one != read("log(y)")
    assert one != call("log", sym("y"))
    assert call("log", sym("y")) != one
    assert one != "log(x)"


def test_a_number_of_another_kind_is_never_given_for_an_exact_one():
    misshapen = Term("num", (1234.5, 0))
    assert isinstance(misshapen.args[0], float)
    assert isinstance(Term("num", (Fraction(2469, 2), 0)).args[0], Fraction)


def test_threads_that_make_the_same_terms_are_given_the_same_objects():
    def made() -> list[Term]:
        return [call("add", sym(f"u{i}"), call("mul", sym("v"), num(i))) for i in range(300)]

    with ThreadPoolExecutor(4) as pool:
        several = [f.result() for f in [pool.submit(made) for _ in range(8)]]
    assert all(x is y for terms in several for x, y in zip(terms, several[0], strict=True))


def test_numbers_of_one_value_that_are_written_differently_are_two_terms():
    assert num(1) != num(1, 2)
    assert substitute(read("x*0.50"), {"x": ONE}) != substitute(read("x*0.5"), {"x": ONE})


def test_what_was_put_in_before_is_remembered_for_the_same_names_terms_and_way_only():
    t = binder("sum", read("x*i + diff(y**2, y)"), "i", sym("N"))
    for _ in range(2):
        assert substitute(t, {"x": sym("i")}) == binder("sum", read("i*i_ + diff(y**2, y)"), "i_", sym("N"))
        assert substitute(t, {"x": sym("z")}) == binder("sum", read("z*i + diff(y**2, y)"), "i", sym("N"))
        assert substitute(t, {"y": sym("z")}) == binder("sum", read("x*i + diff(y**2, y, at=z)"), "i", sym("N"))
        assert unfold(t, {"y": sym("z")}) == binder("sum", read("x*i + diff(z**2, z)"), "i", sym("N"))
        assert substitute(read("f(x)"), {"f": Lambda(("t",), read("t + x"))}) == read("x + x")
        assert substitute(read("f(x)"), {"f": Lambda(("x",), read("t + x"))}) == read("t + x")


@pytest.mark.parametrize(("written", "expected"), [
    ("x + 2", {"add", "sym", "num"}), ("sum(x for i in N)", {"sum", "sym", "const"}),
    ("limit(x, x, -oo)", {"limit", "sym", "neg", "const", "oo"}),
    ("sum(x for i in N if i != 1)", {"sum", "sym", "ne", "num", "if"}),
])  # fmt: skip
def test_a_term_knows_its_operations(written: str, expected: set[str]):
    assert operations(read(written)) == expected


def test_what_is_kept_of_terms_is_bounded(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(term, "MAX_KEPT", 10)
    monkeypatch.setattr(term, "ROOM", 10)
    made = [call("add", sym("x"), read(str(i))) for i in range(50)]
    put = [substitute(t, {"x": sym("y")}) for t in made]
    assert len(term._SUBSTITUTED) <= 11
    assert put == [call("add", sym("y"), read(str(i))) for i in range(50)]
    term._sweep()
    held = len(term._MADE)
    deep = sym("x")
    for i in range(20 * held):
        deep = call("add", deep, num(i)) if i % 50 else sym("x")
    assert len(term._MADE) <= 2 * held + 100

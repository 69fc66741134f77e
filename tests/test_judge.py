"""derive/judge.py: a step is proved in its relation, an equivalence both ways, by what may be assumed for that; and refuted."""

from __future__ import annotations

import sys
from dataclasses import replace

import pytest
from test_refute import givens
from traces import C0, N, accepted, claim, hypothesis, of, use, way, why

from derive import judge
from derive.claims import Rejected
from derive.expression import read
from derive.judge import implication
from derive.model import Claim, Givens, Instance, Relation, Split, Trace, Type
from derive.show import text
from derive.term import FALSE, call, num, sym

# -- a page


def test_what_the_steps_of_a_page_share_proves_no_more_than_each_alone() -> None:
    symbols, facts = "x: real; y: real; N: size; s: real[N]", ("y != 0",)
    good = claim(symbols, "exp(log(exp(x)))/y = exp(x)/y", *facts)
    one = use("log of an exponential", "log(exp(x))", u="x")
    wrong = [claim(symbols, step, *facts) for step in ("exp(log(exp(x)))/y = exp(y)/y", "log(exp(x)) = x", "x/x = 1", "1/x = x/x**2")]
    ground = judge.Ground(good)
    for _ in range(2):
        assert judge.check(good, Trace((one,)), ground) == judge.check(good, Trace((one,)))
        for c in wrong:  # the instance is forgotten, and what was divided by stays owed
            with pytest.raises(Rejected):
                judge.check(c, Trace(), ground)


def test_what_another_page_stands_on_is_not_looked_at() -> None:
    strong = claim("x: positive", "log(x**2) = 2*log(x)", where={"c": read("1")})
    power = use("log of a power", "log(x**2)", u="x", v="2")
    ground = judge.Ground(strong)
    assert judge.check(strong, Trace((power,)), ground)
    for weak in (replace(strong, givens=givens("x: real")), replace(strong, definitions={"x": read("-1")}, givens=Givens())):
        with pytest.raises(Rejected):
            judge.check(weak, Trace((power,)), ground)


# -- cases


def test_a_split_needs_every_case_that_the_givens_allow() -> None:
    c = claim("y: label; a: probability", "a**y = y*a + 1 - y")
    one = use("power of one", "1**y", v="y")
    y = sym("y")
    assert accepted(c, split=Split(y, {0: Trace(), 1: Trace()}))
    for traces in ({0: Trace()}, {1: Trace()}, {}, {0: Trace(), 2: Trace()}):
        assert not accepted(c, split=Split(y, traces))
    assert not accepted(c, split=Split(y, {0: Trace((one,)), 1: Trace()}))
    assert accepted(claim("y: label; a: probability", "a**y = a", "y == 1"), split=Split(y, {1: Trace()}))
    assert not accepted(claim("y: label; a: probability", "a**y = a"), split=Split(y, {0: Trace(), 1: Trace()}))


def test_only_a_symbol_of_finite_type_is_split() -> None:
    c = claim("x: real; N: size; s: label[N]; i: index(N)", "x - x = 0*x")
    assert accepted(c)
    for symbol in ("x", "N", "s", "i", "z"):
        assert not accepted(c, split=Split(sym(symbol), {0: Trace(), 1: Trace()}))


def test_givens_that_exclude_every_case_prove_nothing() -> None:
    assert not accepted(claim("y: label", "y = 5", "y > 1"), split=Split(sym("y"), {}))


def test_an_equivalence_may_be_split_into_cases() -> None:
    c = claim("y: label; x: real", "x*y > 0 iff x > 0 and y > 0")
    inner = Trace(ways=(way(absurd=True), way(absurd=True)))
    assert not accepted(c, ways=inner.ways)
    assert accepted(c, split=Split(sym("y"), {0: Trace(ways=(way(absurd=True), way(absurd=True))), 1: Trace(ways=(way(), way()))}))


# -- relations


@pytest.mark.parametrize(("step", "true"), [
    ("x**2 >= 0", True), ("x**2 + 1 > 0", True), ("x**2 > 0", False), ("exp(x) >= 0", True), ("x <= x", True), ("x < x", False),
    ("a < 1", True), ("a*(1 - a) > 0", True),
    ("a >= 1/2", False), ("sum(p[i] for i in N) > 0", True), ("N >= 1", True), ("N > 1", False), ("x <= x + u", True),
    ("x >= x + u", False), ("2*min(x, u) <= x + u", True), ("2*min(x, u) < x + u", False), ("2*max(x, u) >= x + u", True),
    ("2*max(x, u) > x + u", False), ("abs(x) >= x", True), ("abs(x) > x", False),
])  # fmt: skip
def test_an_inequality_is_proved_by_signs(step: str, true: bool) -> None:
    assert true is accepted(claim("x: real; u: positive; a: probability; N: size; p: positive[N]", step))


@pytest.mark.parametrize(("step", "true"), [
    ("1/3 ~= 0.333", True), ("2/3 ~= 0.666", False), ("2/3 ~= 0.667", True), ("sqrt(2) ~= 1.41", True), ("sqrt(2) ~= 1.42", False),
    ("pi ~= 3.14", True), ("pi ~= 3.15", False), ("-1/3 ~= -0.33", True), ("1/4 ~= 0.2", True), ("1/4 ~= 0.3", True),
    ("0.2500001 ~= 0.2", False), ("exp(log(2)) ~= 2", True), ("sum(1/i for i in 3) ~= 1.83", True), ("1 + sqrt(2)**2 ~= 3.0", True),
    ("x ~= 0", False), ("x - x ~= 0", True), ("x/x ~= 1", False), ("0*log(-1) ~= 0", False), ("1.41 ~= sqrt(2)", False),
    ("max(x, x) - x ~= 5", False), ("integral(p(t) for t in Reals) ~= 2", False),
])  # fmt: skip
def test_an_approximation_agrees_to_half_a_unit_of_the_last_digit(step: str, true: bool) -> None:
    assert true is accepted(claim("x: real; p: density(real)", step))


def test_an_approximation_may_rest_on_an_instance() -> None:
    c = claim("x: real", "x ~= 0.33", "3*x == 1")
    assert accepted(c, hypothesis("3*x == 1", "x"))
    assert not accepted(c)
    area = claim("p: density(real)", "integral(p(t) for t in Reals)/3 ~= 0.33")
    assert accepted(area, use("integral of a density", "integral(p(t) for t in Reals)", p="p"))


@pytest.mark.parametrize("relation", [r for r in Relation if r is not Relation.EQ])
def test_sets_of_maximisers_are_compared_by_equality_only(relation: Relation) -> None:
    side = read("argmax(f(t) for t in N)")
    inside = givens("N: size; f: index(N) -> real")
    ways = (way(), way()) if relation is Relation.IFF else ()
    assert accepted(Claim(inside, side, Relation.EQ, side))
    assert not accepted(Claim(inside, side, relation, side), ways=ways)


@pytest.mark.parametrize("relation", [Relation.IFF, Relation.APPROX])
def test_numbers_are_not_equivalent_and_no_symbol_is_an_approximation(relation: Relation) -> None:
    assert not accepted(Claim(givens("x: real"), read("x"), relation, read("x")))


# -- equivalences


INCREASES = use("exp increases", u="x", v="y")
TWO = "x: real; y: real"
FAMILY = "N: size; s: real[N]; r: real[N]; i: index(N); c: index(N)"
GIVES = {name: hypothesis(f"all(s[{name}] >= 0 for {name} in N)", **{name: "i"}) for name in ("j", "i")}

EQUIVALENT = [
    (TWO, "x <= y iff exp(x) <= exp(y)", way(INCREASES), way(INCREASES)),
    (TWO, "x < y iff x + 1 < y + 1", way(), way()),
    (TWO, "x <= y and y <= x iff x == y", way(absurd=True), way()),
    ("x: real", "1 == 2 iff x == x + 1", way(absurd=True), way(absurd=True)),
    ("x: real", "all(t**2 + x**2 >= 0 for t in Reals) iff x**2 >= 0", way(), way()),
    ("x: real", "all(t >= x for t in Reals) iff 1 == 2",
        way(hypothesis("all(t >= x for t in Reals)", t="x - 1"), absurd=True), way(absurd=True)),
    (FAMILY, "all(s[j] > 0 for j in N) iff all(exp(s[k])*s[k] > 0 for k in N)", way(),
        way(hypothesis("all(exp(s[k])*s[k] > 0 for k in N)", k="j"), absurd=True)),
    ("N: size; p: nonnegative[N]", "sum(p[j] for j in N) == 0 iff all(p[j] == 0 for j in N)",
        way(use("sum of terms that are not negative", N="N", f=of("j", "p[j]"))),
        way(use("sum of terms that are not negative", N="N", f=of("j", "p[j]")))),
    ("x: real", "x > 1 or x > 0 iff x > 0", way(ways=(way(), way())), way()),
    (TWO, "x*y == 0 iff x == 0 or y == 0", way(use("product that vanishes", u="x", v="y")),
        way(ways=(way(use("product that vanishes", u="x", v="y")),) * 2)),
    ("f: real -> real", "almost(f(x) == 0 for x in Reals) iff almost(f(x)**2 == 0 for x in Reals)",
        way(hypothesis("f(x) == 0", "f(x)")), way(absurd=True)),
]  # fmt: skip


@pytest.mark.parametrize(("symbols", "step", "there", "back"), EQUIVALENT, ids=[x[1] for x in EQUIVALENT])
def test_an_equivalence_is_proved_both_ways(symbols: str, step: str, there: Trace, back: Trace) -> None:
    c = claim(symbols, step)
    assert accepted(c, ways=(there, back)) or pytest.fail(why(c, ways=(there, back)))
    for ways in ((), (there,), (back,), (there, back, there)):
        assert not accepted(c, ways=ways)
    assert not accepted(c, *there.instances)


WRONG = {
    "one way holds": ("x: real", "x > 1 iff x > 0"),
    "the other way holds": ("x: real", "x > 0 iff x > 1"),
    "neither way holds": (TWO, "x <= y iff exp(x) < exp(y)"),
    "what is true and what is false": ("x: real", "1 == 1 iff 1 == 2"),
    "a square": (TWO, "x == y iff x**2 == y**2"),
    "one element speaks for all": (FAMILY, "all(s[j] >= 0 for j in N) iff s[i] >= 0"),
    "one element speaks for all, by its name": (FAMILY, "all(s[i] >= 0 for i in N) iff s[i] >= 0"),
    "some element is the given one": (FAMILY, "not all(s[j] >= 0 for j in N) iff s[i] < 0"),
    "some element is the given one, by its name": (FAMILY, "not all(s[i] >= 0 for i in N) iff s[i] < 0"),
    "two elements are one": (FAMILY, "not all(s[j] >= 0 for j in N) and not all(s[j] <= 0 for j in N) iff 1 == 2"),
    "two elements are one, in two families": (
        FAMILY, "not all(s[j] >= 0 for j in N) and not all(r[j] >= 0 for j in N) iff not all(s[j] + r[j] >= 0 for j in N)"),
    "a filter is lost": (FAMILY, "all(s[j] > 0 for j in N if j != c) iff all(s[j] > 0 for j in N)"),
    "one of two": ("x: real", "x > 0 or x > -1 iff x > 0"),
    "one factor": (TWO, "x*y == 0 iff x == 0"),
    "almost all, and all": ("f: real -> real", "almost(f(x) == 0 for x in Reals) iff all(f(x) == 0 for x in Reals)"),
    "almost all, and one": ("f: real -> real; a: real", "almost(f(x) == 0 for x in Reals) iff f(a) == 0"),
    "almost all of a part": ("f: real -> real", "almost(f(x) == 0 for x in Reals if x > 0) iff almost(f(x) == 0 for x in Reals)"),
    "almost all in another order": (
        "f: real -> real", "all(almost(x != y for x in Reals) for y in Reals) iff almost(all(x != y for y in Reals) for x in Reals)"),
    "not all, and not almost all": ("f: real -> real", "not all(f(x) == 0 for x in Reals) iff not almost(f(x) == 0 for x in Reals)"),
    "all reals are no index": ("x: real", "all(t > 0 for t in Reals) iff 1 == 1"),
    "all reals, and one": ("x: real", "all(t >= 1 for t in Reals) iff x >= 1"),
    "almost all, by the name of a given": (
        "f: real -> real; x: positive", "almost(f(x) == x for x in Reals) iff almost(f(x) == max(x, 0) for x in Reals)"),
    "a set and one of its elements": ("T: set; f: T -> real; a: real", "all(f(t) >= 0 for t in T) iff a >= 0"),
}  # fmt: skip


def attempts(symbols: str) -> list[Trace]:
    """Ways that might show something, if the judge were careless."""
    names = givens(symbols).symbols
    instances = [use("exp increases", u="x", v="y"), use("product that vanishes", u="x", v="y")] if "y" in names else []
    if "s" in names:
        instances += [*GIVES.values(), hypothesis("all(s[j] > 0 for j in N if j != c)", j="c")]
    if "f" in names:
        instances += [hypothesis(f"{q}(f(x) == 0 for x in Reals)", x="a") for q in ("all", "almost")]
    found = [(), *((i,) for i in instances)]
    plain = [way(*i, absurd=absurd) for i in found for absurd in (False, True)]
    return [*plain, way(ways=(way(), way())), way(ways=(way(absurd=True),) * 2)]


@pytest.mark.parametrize(("symbols", "step"), WRONG.values(), ids=WRONG)
def test_no_way_shows_an_equivalence_that_is_false(symbols: str, step: str) -> None:
    tries = attempts(symbols)
    assert not any(accepted(claim(symbols, step), ways=(there, back)) for there in tries for back in tries)


def test_what_is_assumed_for_one_way_is_not_assumed_for_the_other() -> None:
    c = claim(TWO, "x == y iff x**2 == y**2")
    equal = hypothesis("x == y", "x")
    assert "none of the hypotheses" in why(c, ways=(way(equal), way(equal)))


@pytest.mark.parametrize("step", ["x/x == 1 iff 1 == 1", "x != 0 and x/x == 1 iff x != 0", "x == 0 or 1/x > 0 iff x >= 0",
    "all(t/t == 1 for t in Reals) iff 1 == 1", "log(x) <= 0 iff x <= 1", "x <= 1 iff log(x) <= 0"])
def test_both_sides_of_an_equivalence_are_defined_whether_they_hold_or_not(step: str) -> None:
    tries = [way(), way(absurd=True), way(ways=(way(), way()))]
    assert "condition" in why(claim("x: real", step), ways=(tries[0], tries[0]))
    assert not any(accepted(claim("x: real", step), ways=(there, back)) for there in tries for back in tries)


def test_a_contradiction_that_is_claimed_is_asked_for() -> None:
    for step in ("x < y iff 1 == 2", "x < y iff exp(x) < exp(y)", "x <= y iff x <= y + 1"):
        assert not accepted(claim(TWO, step), ways=(way(absurd=True), way(absurd=True)))


# -- what has to be shown, and what is assumed


def test_a_new_symbol_is_called_by_no_name_that_is_taken() -> None:
    inside = givens("N: size; s: real[N]; i: index(N); i_: real", "i_ > i")
    goal, assumed = implication(read("i_ > 0"), read("all(s[i] > 0 for i in N)"), inside, absurd=False)
    assert read("s[i__] > 0") == goal
    assert assumed.symbols["i__"] == Type("index", N)
    assert assumed.hypotheses == (*inside.hypotheses, read("i_ > 0"))


def test_some_element_is_a_new_symbol_under_the_filter() -> None:
    goal, assumed = implication(read("not all(s[i] > 0 for i in N if i != c)"), read("1 == 2"), givens(FAMILY), absurd=False)
    assert read("1 == 2") == goal
    assert {read("i_ != c"), read("s[i_] <= 0")} == set(assumed.hypotheses)


def test_two_elements_are_two_symbols() -> None:
    p = read("not all(s[i] > 0 for i in N) and not all(r[i] > 0 for i in N)")
    _, assumed = implication(p, read("1 == 2"), Givens({n: t for n, t in givens(FAMILY).symbols.items() if n != "i"}), absurd=False)
    assert {read("s[i] <= 0"), read("r[i_] <= 0")} == set(assumed.hypotheses)


def test_absurdity_assumes_the_negation_and_asks_for_a_contradiction() -> None:
    goal, assumed = implication(read("x > 0"), read("x > 1 or x < -1"), givens("x: real"), absurd=True)
    assert goal == FALSE
    assert (read("x > 0"), read("x <= 1"), read("x >= -1")) == assumed.hypotheses


def test_what_holds_of_all_pairs_is_assumed_as_it_is() -> None:
    p, inside = read("all(all(w[i, j] > 0 for j in K) for i in N)"), givens("N: size; K: size; w: real[N, K]")
    assert implication(p, read("1 == 2"), inside, absurd=False) == (read("1 == 2"), Givens(inside.symbols, (p,)))


def test_from_almost_all_to_almost_all_it_is_shown_of_a_new_real_number() -> None:
    inside = givens("x: real; f: real -> real; y: real", "x > 0", "y > 0")
    p, q = (read(f"almost(f(x) == {value} for x in Reals)") for value in ("y", "abs(y)"))
    assert implication(p, q, inside, absurd=False) == (read("f(x_) == abs(y)"), Givens({**inside.symbols, "x_": Type("real")},
        (*inside.hypotheses, read("f(x_) == y"))))
    absolute = use("absolute value of what is not negative", "abs(y)", u="y")
    c = claim("f: real -> real; y: real", "almost(f(x) == y for x in Reals) iff almost(f(x) == abs(y) for x in Reals)", "y > 0")
    assert accepted(c, ways=(way(absolute), way(absolute)))
    assert not accepted(claim("f: real -> real; y: real", "almost(f(x) == y for x in Reals) iff almost(f(x) == abs(y) for x in Reals)"),
        ways=(way(absolute), way(absolute)))


def test_each_case_of_a_split_keeps_the_other_hypotheses() -> None:
    c = claim("y: label; x: real", "y*abs(x) = y*x", "x >= 0")
    absolute = Trace((use("absolute value of what is not negative", "abs(x)", u="x"),))
    for symbol, said in (("y", ""), ("x", "only a symbol of a type with few values can be split into cases")):
        assert why_not(c, Split(sym(symbol), {0: Trace(), 1: absolute})) == said
    assert why_not(claim("y: label; x: real", "1 = 1", "y > 1"), Split(sym("y"), {})) == "the givens contradict each other"


def why_not(c: Claim, split: Split) -> str:
    try:
        judge.check(c, Trace((), split))
    except Rejected as error:
        return str(error)
    return ""


def test_the_elements_of_a_set_are_not_spoken_of() -> None:
    inside = Givens({"T": Type("set"), "f": Type("real", params=(Type("set", sym("T")),))})
    with pytest.raises(Rejected, match="only elements of a size and real numbers"):
        implication(read("1 == 1"), read("all(f(t) > 0 for t in T)"), inside, absurd=False)


# -- derivatives, whose variable an assumption may tie


TIED = {
    "in the other side": (claim("x: positive; y: real", "y == x**2 iff diff(y, x) == diff(x**2, x)"),
        (way(hypothesis("y == x**2", "y")), way(absurd=True))),
    "in a hypothesis that would contradict it": (
        claim("N: size; x: positive; y: real[N]; k: index(N)", "1 == 1 iff 1 == 2", "all(y[i] == x**2 for i in N)", "diff(y[k], x) == 0"),
        (way(hypothesis("all(y[i] == x**2 for i in N)", "y[k]", i="k"), absurd=True), way(absurd=True))),
    "in two hypotheses": (
        claim("x: real; y: real; z: real; w: real", "y == x**2 iff z <= w and y == x**2", "diff(y, x) >= z", "diff(x**2, x) <= w"),
        (way(hypothesis("y == x**2", "y")), way())),
}  # fmt: skip


@pytest.mark.parametrize(("c", "ways"), TIED.values(), ids=TIED)
def test_an_assumption_is_not_put_under_a_derivative_by_what_it_ties(c: Claim, ways: tuple[Trace, Trace]) -> None:
    """y == x**2 at a point, and the derivative of y by x is 0 there all the same."""
    assert not accepted(c, ways=ways)


def test_two_hypotheses_about_derivatives_do_not_meet_by_a_third() -> None:
    c = claim("x: real; y: real; z: real; w: real", "z <= w", "y == x**2", "diff(y, x) >= z", "diff(x**2, x) <= w")
    assert not accepted(c, hypothesis("y == x**2", "y"))


# -- what shows that a side is defined proves nothing


TANGENT = use("log below its tangent", u="x")
LIMIT = use("limit of the variable", call("limit", C0, C0, num(1), sym("both")), a="1", d=sym("both"))
SMUGGLED = [
    (claim("x: positive", "log(x) <= x - 1"), TANGENT),
    (claim("x: real; y: real", "x**2 + y**2 >= 2*x*y"), use("square", u="x - y")),
    (claim("x: real; y: real", "x = y", "x == y"), hypothesis("x == y", "x")),
    (claim("z: real", "limit(x, x, 1) = 1"), LIMIT),
    (claim("p: density(real)", "integral(p(x) for x in Reals) = 1"), use("integral of a density", "integral(p(x) for x in Reals)", p="p")),
]  # fmt: skip


@pytest.mark.parametrize(("c", "instance"), SMUGGLED, ids=lambda x: getattr(x, "rule", ""))
def test_a_step_does_not_lean_on_what_shows_its_sides_to_be_defined(c: Claim, instance: Instance) -> None:
    assert accepted(c, instance, defined=(instance,))
    assert not accepted(c, defined=(instance,))


# -- a refutation


def refuted(c: Claim, *defined: Instance) -> tuple[str, ...]:
    return tuple(map(text, judge.refute(c, Trace(defined=defined))))


RIGHT = use("limit of the variable", "limit(x, x, 0, right)", a="0", d=sym("right"))
POLE = use("reciprocal at zero", "limit(1/x, x, 0, right)", a="0", d=sym("right"), f=of("x", "x"))


@pytest.mark.parametrize(("step", "values"), [
    ("limit(x, x, 0, right) = 1", ("0", "1")), ("limit(x, x, 0, right) = c", ("0", "c")), ("limit(1/x, x, 0, right) = c", ("oo", "c")),
    ("limit(1/x, x, 0, right) = -oo", ("oo", "-oo")), ("limit(x, x, 0, right) = limit(1/x, x, 0, right)", ("0", "oo")),
])  # fmt: skip
def test_an_equation_between_values_that_differ_is_refuted(step: str, values: tuple[str, str]) -> None:
    assert values == refuted(claim("c: positive; z: real", step), RIGHT, POLE)


@pytest.mark.parametrize("step", [
    "limit(x, x, 0, right) = 0", "limit(x, x, 0, right) = z", "limit(1/x, x, 0, right) = oo", "limit(1/x, x, 0, right) = 1/z",
    "limit(1/x, x, 0, right) <= z", "limit(1/x, x, 0, left) = 3", "limit(log(x) - log(x), x, -5) = 1", "limit(sin(x), x, oo) = 2",
    "limit(1/x, x, 0, right) = limit(1/x, x, 0, right)",
])  # fmt: skip
def test_what_may_hold_or_may_be_undefined_is_not_refuted(step: str) -> None:
    for defined in ((), (RIGHT,), (RIGHT, POLE)):
        with pytest.raises(Rejected):
            judge.refute(claim("z: real", step), Trace(defined=defined))


def test_a_claim_that_is_nested_too_deeply_is_refused() -> None:
    t = read("x")
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(1000)  # as Python starts with; other tests may have raised it
    for _ in range(390):
        t = call("neg", t)
    try:
        assert why(replace(claim("x: real", "x = x"), left=t)) == "nested too deeply"
    finally:
        sys.setrecursionlimit(limit)


def test_hypotheses_that_exclude_each_other_are_seen() -> None:
    for hypotheses, found in ((("x > 1", "x < 0"), "x > 1"), (("y == 0 and x > 0", "x < 0"), "x > 0"), (("x > 1", "x < 2"), None),
            (("all(s[i] > 0 for i in N)", "all(s[i] < 0 for i in N)"), None)):
        excluded = judge.contradiction(givens("x: real; y: real; N: size; s: real[N]", *hypotheses))
        assert excluded == (found and read(found))

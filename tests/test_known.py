"""derive/known.py: what has been proved holds in its scope; facts, equivalences, and integrals that are known to exist."""

from __future__ import annotations

import pytest
from test_refute import givens
from traces import C0, OVER_N, accepted, claim, elem, hypothesis, of, use, way, why

from derive.claims import Rejected
from derive.expression import read
from derive.kernel import Kernel
from derive.model import Instance, Scope
from derive.term import call, num

INCREASES = use("exp increases", u="x", v="y")


def under(guard: str) -> tuple[Scope, ...]:
    return (Scope("", None, read(guard)),)


# -- scopes


def test_what_is_proved_under_a_guard_holds_there_only() -> None:
    instance = use("absolute value of what is not negative", "abs(x)", under("x > 0"), u="x")
    assert accepted(claim("x: real", "cases((abs(x), x > 0), (1, True)) = cases((x, x > 0), (1, True))"), instance)
    assert not accepted(claim("x: real", "abs(x) = x"), instance)
    assert not accepted(claim("x: real", "cases((abs(x), x < 0), (1, True)) = cases((x, x < 0), (1, True))"), instance)


def test_what_is_proved_under_an_impossible_guard_proves_nothing_outside() -> None:
    instance = use("absolute value of what is not negative", "abs(x)", under("1 == 0"), u="x")
    assert not accepted(claim("x: real", "abs(x) = x"), instance)


FACTS_UNDER_GUARDS = [  # a fact, the guard it is learned under, a step that it would prove, the hypothesis under which it does
    (use("log below its tangent", u="x"), "x > 0", "cases((log(x), x > 0), (0, True)) <= cases((x - 1, x > 0), (0, True))",
        "cases((log(x), x > 1), (log(2), True)) <= cases((x - 1, x > 1), (0, True))"),
    (INCREASES, "x <= y", "cases((exp(x), x <= y), (0, True)) <= cases((exp(y), x <= y), (0, True))", "exp(x) <= exp(y)"),
]  # fmt: skip


@pytest.mark.parametrize(("fact", "guard", "right", "wrong"), FACTS_UNDER_GUARDS, ids=[str(f[0].rule) for f in FACTS_UNDER_GUARDS])
def test_a_fact_that_is_learned_under_a_guard_holds_there_only(fact: Instance, guard: str, right: str, wrong: str) -> None:
    guarded = fact._replace(scope=under(guard))
    assert accepted(claim("x: real; y: real", right), guarded)
    assert not accepted(claim("x: real; y: real", wrong), guarded)


def test_a_fact_about_the_elements_of_one_range_says_nothing_of_another() -> None:
    tangent = use("log below its tangent", None, OVER_N, u=elem("p", C0))
    symbols = "N: size; K: size; p: positive[N]; q: positive[K]; k: index(N); h: index(K)"
    assert accepted(claim(symbols, "sum(log(p[i]) for i in N) <= sum(p[i] - 1 for i in N)"), tangent)
    for wrong in ("sum(log(q[i]) for i in K) <= sum(q[i] - 1 for i in K)", "log(p[k]) <= p[k] - 1", "log(q[h]) <= q[h] - 1"):
        assert not accepted(claim(symbols, wrong), tangent)  # an index outside is another matter, which takes an instance of its own


def test_a_fact_under_a_filter_holds_under_that_filter_only() -> None:
    filtered = (Scope("$0", read("N"), call("gt", elem("s", C0), num(0))),)
    tangent = use("log below its tangent", None, filtered, u=elem("s", C0))
    symbols = "N: size; s: real[N]"
    assert accepted(claim(symbols, "sum(log(s[i]) for i in N if s[i] > 0) <= sum(s[i] - 1 for i in N if s[i] > 0)"), tangent)
    wrong = "sum(log(s[i]) for i in N if s[i] > 1) <= sum(s[i] - 2 for i in N if s[i] > 1)"
    assert not accepted(claim(symbols, wrong), tangent)


def test_a_fact_under_a_guard_that_is_undefined_somewhere_holds_nowhere_else() -> None:
    """A guard that is true wherever it is defined says that it is defined."""
    area = "integral(g(x) for x in Reals)"
    for guard in (f"{area} == {area}", f"{area} <= {area}", f"{area} > {area} - 1"):
        inside = use("absolute value of what is not negative", None, under(guard), u=area)
        assert not accepted(claim("g: real -> positive", f"{area} > 0"), defined=(inside,))


def test_a_term_that_mentions_what_is_not_given_is_refused() -> None:
    for step in ("z = z", "x = x + 0*z", "x < z iff x < z"):
        assert why(claim("x: real", step), ways=(way(), way())) == "z is not among the givens"


# -- powers


SQUARE = use("square of a root", "sqrt(x)", u="x")


@pytest.mark.parametrize("step", [
    "sqrt(x)**2 = x", "sqrt(x)**3 = x*sqrt(x)", "sqrt(x)**4 = x**2", "sqrt(x)**5/(1 + y) = x**2*sqrt(x)/(1 + y)", "sqrt(x)**-2 = 1/x",
    "sqrt(x)**-3 = 1/(x*sqrt(x))", "(sqrt(x) + y)*(sqrt(x) - y) = x - y**2", "sqrt(x)**2 + sqrt(x) = x + sqrt(x)",
])  # fmt: skip
def test_a_power_that_is_known_is_put_in_as_often_as_it_goes(step: str) -> None:
    assert accepted(claim("x: positive; y: positive", step), SQUARE)
    assert not accepted(claim("x: positive; y: positive", step))


@pytest.mark.parametrize("step", ["sqrt(x) = x", "sqrt(x)**3 = x", "sqrt(x)**4 = x", "sqrt(x)**-1 = x", "sqrt(x)**-2 = x", "sqrt(y)**2 = x",
    "sqrt(x)**-3 = 1/x", "sqrt(x)**3 = x**2*sqrt(x)", "sqrt(x)**2 = -x"])
def test_a_power_that_is_known_says_nothing_of_lower_ones(step: str) -> None:
    assert not accepted(claim("x: positive; y: positive", step), SQUARE)


def test_a_power_is_put_in_above_a_line_and_what_stands_below_stays() -> None:
    for step in ("sqrt(x)**2/(1 + y) > 0", "sqrt(x)**2/(1 + y) >= 0", "sqrt(x)**3/(y - 1) < x"):
        assert not accepted(claim("x: positive; y: real", step, "y != -1", "y != 1"), SQUARE)
    assert accepted(claim("x: positive; y: real", "sqrt(x)**2/(1 + y) > 0", "y > -1"), SQUARE)


def test_a_square_does_not_say_which_root_it_has() -> None:
    two = hypothesis("x**2 == 4", "x")
    assert accepted(claim("x: real", "x**3 = 4*x", "x**2 == 4"), two)
    for step in ("x = 2", "x = -2", "x**3 = 8"):
        assert not accepted(claim("x: real", step, "x**2 == 4"), two)


def test_a_power_that_is_known_under_a_guard_is_known_nowhere_else() -> None:
    guarded = hypothesis("x**2 == 4", "x")._replace(scope=under("x > 0"))
    assert not accepted(claim("x: real", "x**3 = 4*x", "x**2 == 4"), guarded)


# -- facts and equivalences


def test_an_inequality_is_a_fact_from_there_on() -> None:
    tangent = use("log below its tangent", u="x")
    assert accepted(claim("x: positive", "log(x) <= x - 1"), tangent)
    assert not accepted(claim("x: positive", "log(x) <= x - 1"))
    for wrong in ("log(x) < x - 1", "log(x) >= x - 1", "log(x) = x - 1", "log(x) <= x - 2"):
        assert not accepted(claim("x: positive", wrong), tangent)


def test_facts_add_up_with_hypotheses() -> None:
    tangent = use("log below its tangent", u="x")
    assert accepted(claim("x: positive; y: real", "log(x) + 1 <= y", "x <= y"), tangent)
    assert not accepted(claim("x: positive; y: real", "log(x) + 1 < y", "x <= y"), tangent)


def test_a_fact_is_a_hypothesis_for_what_comes_after_it() -> None:
    first = use("sum of terms that are not negative", N="N", f=of("i", "p[i]"))
    zero = hypothesis("all(p[i] == 0 for i in N)", "p[k]", i="k")
    c = claim("N: size; p: nonnegative[N]; k: index(N)", "p[k] = 0", "sum(p[i] for i in N) == 0")
    assert accepted(c, first, zero)
    assert "none of the hypotheses" in why(c, zero, first)
    assert "none of the hypotheses" in why(c, zero)


def test_one_side_of_an_equivalence_gives_the_other() -> None:
    symbols = "x: real; y: real"
    assert accepted(claim(symbols, "exp(x) <= exp(y)", "x <= y"), INCREASES)
    assert accepted(claim(symbols, "x <= y", "exp(x) <= exp(y)"), INCREASES)


def test_where_one_side_of_an_equivalence_fails_so_does_the_other() -> None:
    symbols = "x: real; y: real"
    assert accepted(claim(symbols, "exp(x) > exp(y)", "x > y"), INCREASES)
    assert accepted(claim(symbols, "x > y", "exp(x) > exp(y)"), INCREASES)
    assert not accepted(claim(symbols, "exp(x) <= exp(y)", "x > y"), INCREASES)


def test_an_equivalence_of_which_nothing_is_known_gives_nothing() -> None:
    for hypotheses in ((), ("x <= y + 1",), ("x != y",)):
        assert "neither side" in why(claim("x: real; y: real", "exp(x) <= exp(y)", *hypotheses), INCREASES)


def test_an_equivalence_is_about_what_is_defined() -> None:
    logs = use("log increases", u="x", v="y")
    assert "x > 0" in why(claim("x: real; y: positive", "1 = 1", "x <= y"), logs)
    assert accepted(claim("x: positive; y: positive", "log(x) <= log(y)", "x <= y"), logs)


def test_a_product_vanishes_with_one_of_its_factors() -> None:
    product = use("product that vanishes", u="x", v="y")
    assert accepted(claim("x: real; y: real", "y <= 0", "x*y == 0", "x != 0"), product)
    assert not accepted(claim("x: real; y: real", "y < 0", "x*y == 0", "x != 0"), product)
    assert not accepted(claim("x: real; y: real", "y <= 0", "x*y == 0"), product)


def test_a_rejected_fact_is_not_learned() -> None:
    k = Kernel(givens("x: real; y: real"))
    with pytest.raises(Rejected):
        k.apply(use("log below its tangent", u="x"))
    with pytest.raises(Rejected):
        k.apply(INCREASES)
    assert k.facts == []


# -- integrals


DENSITY = use("integral of a density", "integral(p(x) for x in Reals)", p="p")
FUNCTIONS = "p: density(real); q: density(real); f: real -> real; g: real -> positive; h: real -> nonnegative; a: real"
WHOLE = "integrable(f(x) + g(x) for x in Reals)"

EXISTING = [  # a step about integrals, the hypotheses, instances
    ("integral(p(x) for x in Reals) = 1", (), (DENSITY,)),
    ("integral(2*p(x) + p(x) for x in Reals) = 3", (), (DENSITY,)),
    ("integral(p(x) for x in Reals) >= 0", (), ()),
    ("integral(a*p(x) for x in Reals) = a", (), (DENSITY,)),
    ("integral(f(x) - f(x) for x in Reals) = 0", (), ()),
    ("integral(f(x) + g(x) for x in Reals) = integral(g(x) + f(x) for x in Reals)", (WHOLE,), ()),
    ("integral(g(x) + h(x) for x in Reals) > 0", ("integrable(g(x) + h(x) for x in Reals)",), ()),
    ("integral(g(x) for x in Reals) > 0", ("integral(g(x) for x in Reals) != 3",), ()),
    ("integral(h(x) - g(x) for x in Reals) <= integral(h(x) for x in Reals)",
        ("integrable(h(x) for x in Reals)", "integrable(g(x) for x in Reals)"), ()),
    ("abs(integral(f(x) for x in Reals)) <= integral(abs(f(x)) for x in Reals)",
        ("integrable(f(x) for x in Reals)", "integrable(abs(f(x)) for x in Reals)"), ()),
]  # fmt: skip


@pytest.mark.parametrize(("step", "hypotheses", "trace"), EXISTING, ids=[s for s, _, _ in EXISTING])
def test_integrals_are_linear_and_monotone_where_they_exist(step: str, hypotheses: tuple[str, ...], trace: tuple[Instance, ...]) -> None:
    assert accepted(claim(FUNCTIONS, step, *hypotheses), *trace)
    for i in range(len(trace)):
        assert not accepted(claim(FUNCTIONS, step, *hypotheses), *trace[:i], *trace[i + 1 :])
    for i in range(len(hypotheses)):
        assert "known to exist" in why(claim(FUNCTIONS, step, *hypotheses[:i], *hypotheses[i + 1 :]), *trace)


NOT_EXISTING = {
    "of any function": ("integral(f(x) for x in Reals) = integral(f(x) for x in Reals)", (), ()),
    "of a constant": ("integral(a for x in Reals) = a*integral(1 for x in Reals)", (), ()),
    "of a part of what is integrable": ("integral(g(x) for x in Reals) > 0", (WHOLE,), ()),
    "of the parts of what is integrable": (
        "integral(f(x) + g(x) for x in Reals) = integral(f(x) for x in Reals) + integral(g(x) for x in Reals)", (WHOLE,), ()),
    "of a part, of which the whole is a number": (
        "integral(f(x) for x in Reals) = 3 - integral(g(x) for x in Reals)", ("integral(f(x) + g(x) for x in Reals) == 3",),
        (hypothesis("integral(f(x) + g(x) for x in Reals) == 3", "integral(f(x) for x in Reals)"),)),
    "of what is integrable up to a factor that may vanish": (
        "integral(f(x) for x in Reals) = integral(f(x) for x in Reals)", ("integrable(a*f(x) for x in Reals)",), ()),
    "of what is smaller than something integrable": (
        "integral(h(x) for x in Reals) >= 0", ("integrable(g(x) for x in Reals)", "all(h(x) <= g(x) for x in Reals)"), ()),
    "of a product of densities": ("integral(p(x)*q(x) for x in Reals) >= 0", (), ()),
    "of a density over a part": ("integral(p(x) for x in Reals if x > 0) >= 0", (), ()),
    "of a density elsewhere": ("integral(p(a) for x in Reals) >= 0", (), ()),
    "of a nonnegative function taken for a density": (
        "integral(h(x) for x in Reals) = 1", (), (use("integral of a density", "integral(h(x) for x in Reals)", p="h"),)),
    "of a function made of a density": (
        "integral(p(x + 1) for x in Reals) = 1", (),
        (use("integral of a density", "integral(p(x + 1) for x in Reals)", p=of("x", "p(x + 1)")),)),
    "that one of two hypotheses may mention": (
        "integral(g(x) for x in Reals) > 0", ("integral(g(x) for x in Reals) == 0 or a > 0",), ()),
    "that a hypothesis denies to have a value": (
        "integral(g(x) for x in Reals) > 0", ("not (integral(g(x) for x in Reals) == 0)",), ()),
    "under a guard that mentions it": ("cases((integral(g(x) for x in Reals), integral(g(x) for x in Reals) > 0), (1, True)) > 0", (), ()),
    "inside an absolute value": ("abs(integral(g(x) for x in Reals)) >= 0", (), ()),
    "each in a sum that is integrable": (
        "sum(integral(k(x, i) for x in Reals) for i in N) > 0", ("integrable(sum(k(x, i) for i in N) for x in Reals)",), ()),
    "of what is undefined": ("integral(0*log(x) for x in Reals) = 0", (), ()),
    "for some elements only": (
        "sum(integral(k(x, i) for x in Reals) for i in N) > 0", ("all(integrable(k(x, i) for x in Reals) for i in N if i != 1)",), ()),
}  # fmt: skip


@pytest.mark.parametrize(("step", "hypotheses", "trace"), NOT_EXISTING.values(), ids=NOT_EXISTING)
def test_nothing_is_proved_of_an_integral_that_may_not_exist(
    step: str, hypotheses: tuple[str, ...], trace: tuple[Instance, ...]
) -> None:
    symbols = f"{FUNCTIONS}; N: size; k: (real, index(N)) -> positive"
    assert not accepted(claim(symbols, step, *hypotheses), *trace)
    assert not accepted(claim(symbols, step, *hypotheses), *trace, defined=trace)


def test_an_integral_exists_for_every_element_of_which_that_is_said() -> None:
    symbols = "N: size; k: (real, index(N)) -> positive; T: set; l: (real, T) -> positive"
    every = "all(integrable(k(x, i) for x in Reals) for i in N)"
    assert accepted(claim(symbols, "sum(integral(k(x, i) for x in Reals) for i in N) > 0", every))
    step = "argmax(integral(l(x, t) for x in Reals) for t in T) = argmax(integral(l(y, t) for y in Reals) for t in T)"
    assert accepted(claim(symbols, step, "all(integrable(l(x, t) for x in Reals) for t in T)"))
    assert not accepted(claim(symbols, step))


def test_a_density_may_vanish_and_may_be_large() -> None:
    for step in ("p(a) > 0", "p(a) <= 1", "integral(p(x) for x in Reals) > 1", "p(a) = 1"):
        assert not accepted(claim(FUNCTIONS, step), DENSITY)


def test_integrals_inside_one_another() -> None:
    inner = "integral(integral(p(x)*q(y) for x in Reals) for y in Reals)"
    second = use("integral of a density", "integral(q(x) for x in Reals)", p="q")
    assert accepted(claim(FUNCTIONS, f"{inner} = 1"), DENSITY, second)
    assert not accepted(claim(FUNCTIONS, f"{inner} = 1"), DENSITY)
    assert not accepted(claim(FUNCTIONS, "integral(integral(p(x)*p(y) for x in Reals) for y in Reals) = 2"), DENSITY)


POSITIVE = ("all(f(x) > 0 for x in Reals)", "integrable(p(x)*f(x) for x in Reals)", "integrable(p(x)*log(f(x)) for x in Reals)",
    "integral(p(x)*f(x) for x in Reals) > 0")
JENSEN = use("jensen for integrals", p=of("x", "p(x)"), f=of("x", "f(x)"), h=of("v", "-log(v)"), low="0", high="oo")
MEANS = "-log(integral(p(x)*f(x) for x in Reals)) {} -integral(p(x)*log(f(x)) for x in Reals)"


def test_jensen_needs_a_whole_of_one_and_integrals_that_exist() -> None:
    assert accepted(claim(FUNCTIONS, MEANS.format("<="), *POSITIVE), DENSITY, JENSEN)
    assert not accepted(claim(FUNCTIONS, MEANS.format("<="), *POSITIVE), JENSEN)
    assert not accepted(claim(FUNCTIONS, MEANS.format(">="), *POSITIVE), DENSITY, JENSEN)
    assert not accepted(claim(FUNCTIONS, MEANS.format("<"), *POSITIVE), DENSITY, JENSEN)
    for i in range(len(POSITIVE)):
        if i != 1:  # which the last one says as well
            assert not accepted(claim(FUNCTIONS, MEANS.format("<="), *POSITIVE[:i], *POSITIVE[i + 1 :]), DENSITY, JENSEN)
    twice = JENSEN._replace(subst={**JENSEN.subst, "p": of("x", "2*p(x)")})
    assert not accepted(claim(FUNCTIONS, MEANS.replace("p(x)*", "2*p(x)*").format("<="), *POSITIVE), DENSITY, twice)
    concave = JENSEN._replace(subst={**JENSEN.subst, "h": of("v", "log(v)")})
    assert not accepted(claim(FUNCTIONS, MEANS.replace("-", "").format("<="), *POSITIVE), DENSITY, concave)


# -- almost all


def test_what_holds_almost_everywhere_holds_nowhere_for_certain() -> None:
    almost = "almost(f(x) == 0 for x in Reals)"
    for step in ("f(a) = 0", "f(a) >= 0", "integral(f(x) for x in Reals) = 0"):
        c = claim(FUNCTIONS, step, almost, "integrable(f(x) for x in Reals)")
        assert not accepted(c)
        assert not accepted(c, use("hypothesis", "f(a)", hypothesis=almost, x="a"))


ALMOST = "almost(h(x)*p(x) == 0 for x in Reals)"
VANISHES = use("integral of what is not negative", f=of("x", "h(x)*p(x)"))


def test_an_integral_vanishes_with_what_vanishes_almost_everywhere() -> None:
    there = "integrable(h(x)*p(x) for x in Reals)"
    step = "integral(h(x)*p(x) for x in Reals) <= 0"
    assert accepted(claim(FUNCTIONS, step, there, ALMOST), VANISHES)
    assert accepted(claim(FUNCTIONS, step, there, "almost(h(x) == 0 for x in Reals)"), VANISHES)
    for other in ("almost(h(x)*p(x) == 0 for x in Reals if x > 0)", "almost(h(x)*p(x) <= 1 for x in Reals)",
            "almost(p(x) == 1 for x in Reals)"):
        assert not accepted(claim(FUNCTIONS, step, there, other), VANISHES)


# -- what has been proved is put into the hypotheses


def test_values_are_put_into_hypotheses() -> None:
    inverse = use("exp of a logarithm", "exp(log(x))", u="x")
    for stated in ("exp(log(x)) <= y", "exp(log(x)) <= y and x > 1", "x > 1 and 2*exp(log(x)) <= y + x"):
        c = claim("x: positive; y: real", "x <= y", stated)
        assert accepted(c, inverse)
        assert not accepted(c)
        assert not accepted(claim("x: positive; y: real", "x < y", stated), inverse)


def test_what_is_owed_after_a_fact_is_owed_in_its_scope() -> None:
    fact, product = use("square", u="x"), use("log of a product", "log(x*x)", under("x > 0"), u="x", v="x")
    step = "cases((log(x*x), x > 0), (0, True)) = cases((2*log(x), x > 0), (0, True))"
    assert accepted(claim("x: real", step), fact, product)
    assert not accepted(claim("x: real", "log(x*x) = 2*log(x)"), fact, product)

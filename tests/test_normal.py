"""derive/normal.py: what is equal by algebra has one normal form, and a normal form has the value of its term."""

from __future__ import annotations

from fractions import Fraction

import pytest
from evaluated import GIVENS, N, at, guards, is_undefined, numbers, outcome, points, true_at
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from derive import rational
from derive.domain import Domain
from derive.expression import read
from derive.model import REAL, Givens, Scope
from derive.normal import DECIDED, Normalizer, NotNormal
from derive.rational import Rat, TooLarge
from derive.term import TRUE, Term, call, num, substitute, sym, walk

Q = Fraction


def normalizer() -> Normalizer:
    """One that is told nothing but what holds for all numbers."""
    return Domain(Givens()).plain


def same(left: str, right: str, n: Normalizer | None = None) -> bool:
    n = n or normalizer()
    return n.equal(n.normal(read(left)), n.normal(read(right)))


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("(a + b)**2", "a**2 + 2*a*b + b**2"), ("a - (b - c)", "a - b + c"), ("0.10*x", "x/10"), ("x/y/z", "x/(y*z)"),
        ("1/(1 + 1/x)", "x/(1 + x)"), ("a**-2", "1/a**2"), ("(a*b)**3", "a**3*b**3"), ("exp(2*(x + y))", "exp(2*x + 2*y)"),
        ("e**x", "exp(x)"), ("e", "exp(1)"), ("-(-x)", "x"), ("x**0", "1"), ("log(x, 2)", "log(x, 1 + 1)"),
        ("exp((x**2 - 1)/(x - 1))", "exp(x + 1)"), ("exp(x/(x + y)) - exp(1/(1 + y/x))", "0"),
        # sums
        ("sum(x[i] for i in N)", "sum(x[j] for j in N)"), ("sum(3*x[i] + c for i in N)", "3*sum(x[i] for i in N) + c*N"),
        ("sum(x[i]/(2*m) for i in m)", "1/(2*m)*sum(x[i] for i in m)"), ("sum(1 for i in N)", "N"),
        ("sum(x[i]/sum(x[j] for j in N) for i in N)", "1"), ("sum(i**2 for i in 3)", "14"), ("sum(x[i] for i in 2)", "x[1] + x[2]"),
        ("sum(sum(x[i]*y[j] for j in K) for i in N)", "sum(x[i] for i in N)*sum(y[j] for j in K)"),
        ("sum(sum(w[i, j] for i in N) for j in N)", "sum(sum(w[b, a] for b in N) for a in N)"),
        ("sum(x[i]*exp(t[i])/(1 + exp(t[i])) for i in N) + sum(x[i]/(1 + exp(t[i])) for i in N)", "sum(x[k] for k in N)"),
        ("prod(x[i] for i in 3)", "x[1]*x[2]*x[3]"), ("prod(1 for i in N)", "1"), ("prod(x[i] for i in N)", "prod(x[k] for k in N)"),
        ("sum(x[i] for i in 4 if i != 2)", "x[1] + x[3] + x[4]"), ("sum(x[i] for i in N if i != c)", "sum(x[j] for j in N if c != j)"),
        ("sum(x[i] for i in N if i < c)", "sum(x[j] for j in N if c > j)"),
        # delta
        ("delta(i, i)", "1"), ("delta(1, 2)", "0"), ("delta(i, j)", "delta(j, i)"), ("delta(i, i + 1)", "0"),
        ("x[i]*delta(i, k)", "x[k]*delta(k, i)"), ("delta(i, j)*(f(i) - f(j))", "0"),
        # arrays
        ("[x, 2, y**2][3]", "y*y"), ("[[1, 2], [3, x]][2, 1]", "3"), ("[[1, 2], [3, x]][1 + 1, 1]", "3"), ("[1, 2][i]", "[1, 2][1*i]"),
        ("[[1, 2], [3, 4]][2, i]", "[3, 4][i]"),
        # guards
        ("cases((1, x > 0 and y < 0), (2, True))", "cases((1, 0 < x and 0 > y), (2, True))"),
        ("cases((1, not x > 0 or y == x), (2, True))", "cases((1, not 0 < x or x == y), (2, True))"),
        ("sum(x[i] for i in 1000000)", "sum(x[j] for j in 1000000)"), ("sum(x for i in 1000000)", "1000000*x"),
        # derivatives, limits
        ("diff(3*x + x, x)", "diff(4*x, x)"), ("diff(y**2, x)", "0"), ("diff(f(t), t, at=a)", "diff(f(s), s, at=a)"),
        ("limit(f(h), h, 0)", "limit(f(k), k, 1 - 1)"), ("integral(f(t) for t in Reals)", "integral(f(r) for r in Reals)"),
        ("cases((x + x, x > 0), (1, True))", "cases((2*x, 0 < x), (1, True))"), ("max(1, 3, 2)", "3"), ("abs(-2)", "2"),
    ],
)  # fmt: skip
def test_what_is_equal_by_algebra_has_one_normal_form(left: str, right: str) -> None:
    assert same(left, right)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("a - b", "b - a"), ("exp(x + y)", "exp(x)*exp(y)"), ("log(x*y)", "log(x) + log(y)"), ("(a**b)**c", "a**(b*c)"),
        ("sqrt(x**2)", "x"),
        ("sum(x[i]**2 for i in N)", "sum(x[i] for i in N)**2"), ("sum(x[i] for i in N)", "sum(x[i] for i in K)"),
        ("sum(x[i] for i in N if i != c)", "sum(x[i] for i in N)"), ("sum(x[i] for i in N if i < c)", "sum(x[i] for i in N if i > c)"),
        ("sum(sum(w[i, j] for i in N) for j in N)", "sum(sum(w[j, i] for i in N) for j in N)"),
        ("sum(sum(x[i]*x[j] for j in N) for i in N)", "sum(sum(x[i]*x[i] for j in N) for i in N)"),
        ("sum(x[i]*y[i] for i in N)", "sum(x[i] for i in N)*sum(y[i] for i in N)"), ("prod(2*x[i] for i in N)", "2*prod(x[i] for i in N)"),
        ("delta(i, j)", "delta(i, k)"), ("x[i]*delta(i, k)", "x[i]"), ("delta(i, j)", "0"), ("diff(f(x), x)", "diff(f(y), y)"),
        ("diff(x*y, x)", "diff(x*y, y)"), ("limit(f(h), h, 0)", "limit(f(h), h, 0, right)"), ("limit(f(h), h, oo)", "limit(f(h), h, -oo)"),
        ("cases((x, x > 0), (y, True))", "cases((x, x >= 0), (y, True))"), ("argmax(f(t) for t in T)", "argmin(f(t) for t in T)"),
        ("u**(1/2)", "u**(1/3)"), ("x[1]", "x[2]"), ("f(x, y)", "f(y, x)"), ("pi", "3"), ("i*delta(i, j) - j", "0"),
    ],
)  # fmt: skip
def test_what_is_not_equal_by_algebra_has_two(left: str, right: str) -> None:
    assert not same(left, right)


@pytest.mark.parametrize("source", ["1/(x - x)", "x/(sum(y[i] for i in N) - sum(y[j] for j in N))", "(x - x)**-1", "oo", "1/delta(1, 2)"])
def test_what_divides_by_zero_has_no_normal_form(source: str) -> None:
    with pytest.raises((NotNormal, ZeroDivisionError)):
        normalizer().normal(read(source))


@pytest.mark.parametrize("below", ["(1 + x)**2*y", "y*(1 + x)*(1 + x)", "((1 + x)*y)**2*y**-1"])
def test_what_is_divided_by_stays_as_factored_as_it_is_written(below: str) -> None:
    n = normalizer()
    assert n.normal(read(f"1/({below})")) == n.normal(read("1/(1 + x)/(1 + x)/y"))


def test_from_under_a_filter_nothing_is_divided_out_that_may_be_zero() -> None:
    n = normalizer()
    for source in ("sum(1/x for i in N if i != c)", "sum(1/(x + y) for i in N if i != c)", "sum(y/(1 + x)/x for i in N if i > c)"):
        r = n.normal(read(source))
        assert r.den == {}
        assert all(e > 0 for m in r.num for _, e in m)


def test_from_under_a_filter_what_is_certainly_nonzero_is_divided_out() -> None:
    n = Normalizer(lambda p, scope: True if p == call("ne", sym("x"), num(0)) else None)
    assert same("sum(y[i]/x for i in N if i != c)", "sum(y[i] for i in N if i != c)/x", n)


def test_a_rewrite_holds_in_its_scope_only() -> None:
    inside = (Scope("", None, read("x > 0")),)
    seen: list[tuple[object, ...]] = []

    def rewrite(a: int, scope: tuple[Scope, ...]) -> Rat | None:
        seen.append(scope)
        return rational.atom(n.atom("sym", "x")) if n.table[a][0] == "abs" and scope[:1] == inside else None

    n = Normalizer(lambda p, scope: None, rewrite)
    assert n.normal(read("x")) == n.normal(read("abs(x)"), inside)
    assert n.normal(read("x")) != n.normal(read("abs(x)"))
    assert "abs" in repr(n.term(n.normal(read("cases((abs(x), x < 0), (1, True))"))))
    assert "abs" not in repr(n.term(n.normal(read("cases((abs(x), x > 0), (1, True))"))))


def test_the_first_case_that_applies_is_taken() -> None:
    def decide(p: Term, scope: tuple[Scope, ...]) -> bool | None:
        return {"x > 0": True, "x < 0": False}.get(next((s for s in ("x > 0", "x < 0") if read(s) == p), ""))

    n = Normalizer(decide)
    assert same("cases((1, x < 0), (2, x > 0), (3, True))", "2", n)
    assert not same("cases((1, y > 0), (2, True))", "2", n)
    with pytest.raises(NotNormal, match="no case"):
        n.normal(read("cases((1, x < 0))"))


def test_two_normalizers_that_share_a_table_agree_on_atoms() -> None:
    n = normalizer()
    other = Normalizer(n.decide, shared=n)
    assert n.normal(read("exp(x + y)*z")) == other.normal(read("z*exp(y + x)"))


def test_a_value_put_in_place_of_a_symbol_reaches_every_atom() -> None:
    n = normalizer()
    for source in ("exp(x)/(1 + x)", "sum(x*s[i]**x for i in N)", "cases((x, x > y), (1, True))", "prod(x + s[i] for i in N)"):
        replaced = n.replace(n.normal(read(source)), "x", n.normal(read("y + z")))
        assert n.equal(n.normal(read(source.replace("exp", "EXP").replace("x", "(y + z)").replace("EXP", "exp"))), replaced)


@pytest.mark.parametrize("source",
    ["x[i]", "sum(sum(w[i, j]*x for i in N) for j in N if j != c)", "prod(sum(x[i] for i in N) + x[j] for j in N)"])
def test_a_bound_name_cannot_be_told_from_another(source: str) -> None:
    n = normalizer()
    for name in ("#1", "$0"):
        assert not n.depends(n.normal(read(source)), name)


# -- properties

COMMON = settings(max_examples=300, deadline=None)


def normal(domain: Domain, t: Term) -> Rat:
    try:
        return domain.plain.normal(t)
    except (NotNormal, TooLarge, ZeroDivisionError):
        assume(False)
        raise


@given(numbers())
@COMMON
def test_a_normal_form_has_the_value_of_its_term(t: Term) -> None:
    domain = Domain(GIVENS)
    back = domain.plain.term(normal(domain, t))
    # what is taken out from under a filter that never holds is multiplied by 0, and may itself be undefined
    guarded = any(x.op == "cases" or (x.op in ("sum", "prod") and x.args[3] != TRUE) for x in walk(t))
    for env in points(GIVENS, 5):
        if not is_undefined(t, env) and not (guarded and is_undefined(back, env)):
            assert outcome(t, back, env) in ("holds", "agrees", "unknown"), env


@given(numbers())
@COMMON
def test_a_term_made_of_a_normal_form_has_the_same_normal_form(t: Term) -> None:
    domain = Domain(GIVENS)
    r = normal(domain, t)
    assert domain.plain.equal(r, normal(domain, domain.plain.term(r)))


@given(numbers(depth=2), numbers(depth=2), st.sampled_from(["add", "mul"]))
@COMMON
def test_order_does_not_matter(a: Term, b: Term, op: str) -> None:
    domain = Domain(GIVENS)
    assert normal(domain, call(op, a, b)) == normal(domain, call(op, b, a))


@given(numbers(depth=2), numbers(depth=2))
@COMMON
def test_equal_normal_forms_have_equal_values(a: Term, b: Term) -> None:
    domain = Domain(GIVENS)
    if not domain.plain.equal(normal(domain, a), normal(domain, b)):
        return
    for env in points(GIVENS, 5):
        if not is_undefined(a, env) and not is_undefined(b, env):
            assert outcome(a, b, env) in ("holds", "agrees", "unknown"), env


@given(numbers(depth=2, indices=("i", "k", "j")), numbers(depth=2, indices=("i", "k", "j")), st.booleans())
@COMMON
def test_a_sum_over_a_number_is_the_sum_written_out(a: Term, b: Term, both: bool) -> None:
    """At N = 2 the sum over N has the value of the sum over 2, whichever way each is normalised."""
    domain = Domain(GIVENS)
    t = Term("sum", (call("mul", a, b) if both else a, sym("j"), N, TRUE))
    for env in points(GIVENS, 4):
        if env["N"] == 2 and not is_undefined(t, env):
            back = domain.plain.term(normal(domain, at(t, env))) if "elem" not in repr(t) else None
            if back is not None:
                assert outcome(t, back, env) in ("holds", "agrees", "unknown")


@given(guards())
@COMMON
def test_a_guard_in_its_canonical_form_is_as_true(p: Term) -> None:
    domain = Domain(GIVENS)
    try:
        canonical = domain.plain._guard(p, ())
    except (NotNormal, TooLarge, ZeroDivisionError):
        assume(False)
        raise
    for env in points(GIVENS, 4):
        known = true_at(p, env)
        if known is not None:
            assert true_at(canonical, env) in (known, None)


def test_nothing_is_differentiated_by_what_is_no_variable() -> None:
    with pytest.raises(NotNormal, match="no variable"):
        normalizer().normal(call("diff", sym("x"), read("y + 1")))


@pytest.mark.parametrize("t", ["delta(i, 0)/i", "delta(i, j)*exp(x/(i - j))", "delta(i, j)*f(1/(x*i - x*j))"])
def test_what_divides_by_zero_at_equal_indices_is_not_looked_at_there(t: str) -> None:
    n = normalizer()
    with pytest.raises(NotNormal, match="division by zero"):
        n.is_zero(n.normal(read(t)))


def test_a_name_that_stands_outside_is_not_bound_again() -> None:
    """A value may be looked at outside the scope that its variables are bound in."""
    n = normalizer()
    assert n.normal(read("sum(x[i]*y[i] for i in N)")) == n.normal(call("sum", read("x[i]*y[i]"), sym("i"), sym("N"), TRUE))
    outside = n.normal(substitute(read("sum(x[i]*z for i in N)"), {"z": sym("$0")}))
    assert n.equal(outside, rational.mul(n.normal(sym("$0")), n.normal(read("sum(x[i] for i in N)"))))


def test_an_identity_inside_very_many_sums_is_not_looked_for() -> None:
    n = normalizer()
    p = n.normal(read("sum(x[i]/(1 + y[i]) for i in N) + sum(x[i]*y[i]/(1 + y[i]) for i in N) - sum(x[i] for i in N)")).num
    assert [n._vanishes(p, depth) for depth in (0, 6, 7)] == [True, True, False]


@pytest.mark.parametrize(("atom", "written", "value", "other"), [
    ("log", "log(x)", "y", "log(x) + 1"), ("exp", "exp(x)", "y", "2*e**x"), ("pow", "x**n", "y", "x**n*x"), ("sym", "x", "y", "exp(x)"),
    ("elem", "x[1]", "y", "sum(x[i] for i in 1)"), ("sum", "sum(x[i] for i in N)", "y", "sum(2*x[i] for i in N)"),
    ("delta", "delta(i, j)", "y", "delta(j, i)*x"), ("abs", "abs(x)", "y", "abs(1*x)"),
    ("limit", "limit(f(t), t, oo)", "y", "limit(f(s), s, oo)"), ("diff at", "diff(f(t), t, at=x)", "y", "diff(f(s), s, at=x)"),
])  # fmt: skip
def test_a_value_that_becomes_known_reaches_what_was_normalised_before(atom: str, written: str, value: str, other: str) -> None:
    """Normal forms of pure algebra are kept for all who share the atoms; of what has a value since they must not be taken."""
    plain, known = normalizer(), dict[int, Rat]()
    n = Normalizer(plain.decide, lambda a, scope: known.get(a), plain, DECIDED)
    before = n.normal(read(other))
    a = n.single(n.normal(read(written)))
    assert a is not None
    assert n.table[a][0] == atom
    known[a] = n.normal(read(value))
    n.touch(a)
    fresh = Normalizer(plain.decide, lambda a, scope: known.get(a), plain)  # one that keeps nothing from before
    assert n.normal(read(other)) == fresh.normal(read(other)) != before
    assert plain.normal(read(other)) == before  # and what one has learned no other knows


def test_what_the_givens_decide_is_kept_by_nobody_else() -> None:
    t, u = read("cases((1, x > 0), (2, True))"), read("sum(x[i] for i in 2 if i < c)")
    known = Domain(Givens({"x": REAL}, (read("x > 0"), read("c == 2")))).plain
    other = Normalizer(lambda p, scope: None, lambda a, scope: None, known, DECIDED)
    assert known.normal(t) == rational.number(1) != other.normal(t)
    assert known.normal(u) == known.normal(read("x[1]")) != other.normal(u)


def test_what_is_put_into_an_atom_is_looked_at_anew_when_more_is_known() -> None:
    plain, known = normalizer(), dict[int, Rat]()
    n = Normalizer(plain.decide, lambda a, scope: known.get(a), plain, DECIDED)
    of_z, x = n.normal(read("w*v**z")), n.normal(read("x"))
    assert n.replace(of_z, "z", x) == n.normal(read("w*v**x"))
    a = n.single(n.normal(read("v**x")))
    assert a is not None
    known[a] = n.normal(read("y"))
    n.touch(a)
    assert n.replace(of_z, "z", x) == n.normal(read("w*y"))
    assert plain.replace(of_z, "z", x) == plain.normal(read("w*v**x")) != plain.normal(read("w*y"))


def test_what_is_no_exact_number_has_no_normal_form() -> None:
    for t in (Term("num", (0.1, 1)), read("x > 0"), read("x > 0 or y > 0"), read("1 + [1, 2]")):
        with pytest.raises(NotNormal):
            normalizer().normal(t)


def test_a_square_of_a_delta_is_not_taken_for_the_delta() -> None:
    assert not same("(i + j)*delta(i, j) + (i - j)*delta(i, j)**2", "0")
    assert not same("delta(i, j)**2*i", "delta(i, j)**2*j")


def test_what_becomes_known_leaves_other_values_as_they_are_and_reaches_those_that_it_may_change() -> None:
    plain, known = normalizer(), dict[int, Rat]()
    n = Normalizer(plain.decide, lambda a, scope: known.get(a), plain, DECIDED)
    for written, value in (("log(x)", "y"), ("abs(x)", "z")):
        a = n.single(plain.normal(read(written)))
        assert a is not None
        known[a] = plain.normal(read(value))
        n.touch(a)
        one, both = n.normal(read("log(x) + 1")), n.normal(read("log(x) + abs(x)"))
    assert one == plain.normal(read("y + 1"))
    assert both == plain.normal(read("y + z"))
    assert n.normal(read("log(x) + 1")) is one  # not worked out again


def test_what_was_remembered_since_a_mark_can_be_taken_back() -> None:
    plain, known = normalizer(), dict[int, Rat]()
    n = Normalizer(plain.decide, lambda a, scope: known.get(a), plain, DECIDED)
    n.watch(("log",))
    kept, mark = n.normal(read("log(x) + 1")), n.mark()
    a = n.single(plain.normal(read("log(y)")))
    assert a is not None
    assert n.normal(read("log(y)")) == rational.atom(a)
    n.back(mark)
    assert n.normal(read("log(x) + 1")) is kept
    known[a] = plain.normal(read("z"))
    assert n.normal(read("log(y)")) == known[a]  # looked at anew
    mark = n.mark()
    n.touch(a)
    del known[a]
    n.back(mark)
    assert n.normal(read("log(y)")) == rational.atom(a)
    assert n.normal(read("log(x) + 1")) == kept

"""derive/rational.py: arithmetic that agrees with fractions, and a form that shares its bases."""

from __future__ import annotations

import functools
from collections.abc import Callable
from fractions import Fraction

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from derive import rational
from derive.rational import (
    ONE,
    PRIME,
    Poly,
    Rat,
    TooLarge,
    add,
    atom,
    content,
    div,
    exact_quotient,
    fingerprint,
    mul,
    number,
    poly_add,
    poly_mul,
    power,
    same_below,
    sub,
)

Q = Fraction
X, Y, Z = atom(1), atom(2), atom(3)
Point = dict[int, Fraction]


def value(p: Poly, point: Point) -> Fraction:
    out = Q(0)
    for m, c in p.items():
        term = Q(c)
        for a, e in m:
            term *= point[a] ** e
        out += term
    return out


def worth(r: Rat, point: Point) -> Fraction:
    out = value(r.num, point)
    for f, k in r.den.items():
        out /= value(dict(f), point) ** k
    return out


fractions = st.fractions(-4, 4, max_denominator=5)
point = st.fixed_dictionaries({a: fractions.filter(bool) for a in (1, 2, 3)})
Both = tuple[Rat, Callable[[Point], Fraction]]  # a value, and how fractions work it out
leaves: st.SearchStrategy[Both] = st.one_of(
    fractions.map(lambda c: (number(c), lambda p: c)),
    st.sampled_from((1, 2, 3)).map(lambda a: (atom(a), lambda p: p[a])),
)


def compound(inner: st.SearchStrategy[Both]) -> st.SearchStrategy[Both]:
    def two(op: str, a: Both, b: Both) -> Both:
        if op == "add":
            return add(a[0], b[0]), lambda p: a[1](p) + b[1](p)
        if op == "sub":
            return sub(a[0], b[0]), lambda p: a[1](p) - b[1](p)
        if op == "mul":
            return mul(a[0], b[0]), lambda p: a[1](p) * b[1](p)
        return (div(a[0], b[0]), lambda p: a[1](p) / b[1](p)) if b[0].num else a

    def raised(b: Both, n: int) -> Both:
        return (power(b[0], n), lambda p: b[1](p) ** n) if b[0].num or n >= 0 else b

    return st.one_of(st.builds(two, st.sampled_from(("add", "sub", "mul", "div")), inner, inner),
        st.builds(raised, inner, st.integers(-2, 3)))


values = st.recursive(leaves, compound, max_leaves=10)
polys = st.dictionaries(
    st.dictionaries(st.sampled_from((1, 2, 3)), st.integers(-2, 3).filter(bool), max_size=3).map(lambda d: tuple(sorted(d.items()))),
    fractions.filter(bool).map(rational._short),
    max_size=5,
)


def numeric(both: Both, point: Point) -> Fraction:
    try:
        return both[1](point)
    except ZeroDivisionError:
        assume(False)
        raise


def test_a_quotient_of_very_many_terms_is_left_alone() -> None:
    """(x**9000 - 1)/(x - 1) has 9000 terms."""
    few, many = ({((1, n),): 1, (): -1} for n in (90, 9000))
    below: Poly = {((1, 1),): 1, (): -1}
    assert exact_quotient(few, below) == {**{((1, n),): 1 for n in range(1, 90)}, (): 1}
    assert exact_quotient(many, below) is None


def test_a_power_over_its_own_base_cancels() -> None:
    """((x + 1)/(x² + 2x + 1))² is as it stands a square over a square, both of x² + 2x + 1."""
    square = power(add(X, number(1)), 2)
    uncancelled = power(div(add(X, number(1)), square), 2)
    assert uncancelled.den == {frozenset(square.num.items()): 2}
    assert div(div(number(1), square), uncancelled) == number(1)


def test_what_has_no_residue_has_a_fingerprint_all_the_same() -> None:
    assert fingerprint(div(number(1), number(PRIME))) == 0
    assert fingerprint(number(PRIME + 3)) == fingerprint(number(3)) == 3


def test_a_value_shows_what_it_is_made_of() -> None:
    assert repr(div(X, power(Y, 2))) == "Rat({((1, 1), (2, -2)): 1}, {})"


@given(values, point)
def test_arithmetic_agrees_with_fractions(both: Both, point: Point) -> None:
    assert numeric(both, point) == worth(both[0], point)


@given(values, values, values)
def test_multiplication_distributes_and_nothing_is_left_over(a: Both, b: Both, c: Both) -> None:
    expected = add(mul(a[0], c[0]), mul(b[0], c[0]))
    assert sub(expected, mul(add(a[0], b[0]), c[0])).num == {}


@given(values, values)
def test_a_quotient_times_its_divisor_is_the_dividend(a: Both, b: Both) -> None:
    assume(b[0].num)
    assert sub(a[0], mul(div(a[0], b[0]), b[0])).num == {}


@given(values)
def test_denominators_are_primitive_and_whole_coefficients_are_int(both: Both) -> None:
    r = both[0]
    for p in (r.num, *(dict(f) for f in r.den)):
        assert all(c and (isinstance(c, int) or c.denominator != 1) for c in p.values())
        assert all(list(m) == sorted(m) and all(e for _, e in m) for m in p)
    for f, k in r.den.items():
        assert k > 0
        assert content(dict(f)) == (1, (), dict(f))


@given(values)
def test_a_value_written_in_another_order_is_the_same_key(both: Both) -> None:
    r = both[0]
    other = Rat(dict(reversed(r.num.items())), dict(r.den))
    assert (hash(r), r) == (hash(other), other)


@given(polys.filter(bool))
def test_content_taken_out_and_put_back_is_the_polynomial(p: Poly) -> None:
    c, m, primitive = content(p)
    assert p == poly_mul({m: c}, primitive)
    assert primitive[rational.lead(primitive)] == 1


@given(polys, polys.filter(lambda p: len(p) > 1))
@settings(deadline=None)
def test_a_factor_divides_its_product_exactly(p: Poly, f: Poly) -> None:
    factor = content(f)[2]
    assume(p)
    assert p == exact_quotient(poly_mul(p, factor), factor)


@given(polys.filter(bool), polys.filter(lambda p: len(p) > 1))
@settings(deadline=None)
def test_an_exact_quotient_multiplies_back(p: Poly, f: Poly) -> None:
    factor = content(f)[2]
    found = exact_quotient(p, factor)
    assert found is None or p == poly_mul(found, factor)


@given(values, st.integers(0, 3), st.integers(0, 3))
def test_exponents_add(both: Both, m: int, n: int) -> None:
    a = both[0]
    assert sub(power(a, m + n), mul(power(a, m), power(a, n))).num == {}


def test_common_factors_cancel() -> None:
    assert add(X, number(1)) == div(sub(mul(X, X), number(1)), sub(X, number(1)))
    assert number(1) == div(add(X, Y), add(X, Y))
    assert number(-1) == div(sub(X, Y), sub(Y, X))


def test_sums_share_a_denominator() -> None:
    below = add(X, Y)
    r = add(div(X, below), div(div(Y, below), below))
    assert list(r.den.values()) == [2]


def test_a_denominator_of_a_denominator_goes_up() -> None:
    below = add(X, Y)
    assert below == div(number(1), div(number(1), below))
    assert power(below, 2) == div(below, div(number(1), below))
    assert div(Y, X) == div(div(Y, below), div(X, below))


@pytest.mark.parametrize(("r", "expected"),
    [(number(3), 3), (number(0), 0), (number(Q(1, 2)), Q(1, 2)), (X, None), (div(X, X), 1), (add(X, number(1)), None)])
def test_a_constant_is_known_as_one(r: Rat, expected: Fraction | None) -> None:
    assert expected == r.constant()


def test_atoms_are_found_above_and_below() -> None:
    assert {1, 2, 3} == div(X, add(Y, Z)).atoms()


def test_what_is_divided_by_a_power_stays_factored() -> None:
    """1/(1 + x)**3 had the denominator 1 + 3x + 3x**2 + x**3, with which nothing over 1 + x cancelled."""
    base = add(X, number(1))
    (below,) = div(Y, base, 3).den.items()
    assert below == (frozenset(base.num.items()), 3)
    assert div(Y, base, 3) == div(div(div(Y, base), base), base) == mul(Y, power(base, -3))
    with pytest.raises(TooLarge):
        div(Y, base, 201)


def test_zero_to_the_power_zero_is_one() -> None:
    assert Rat(ONE) == power(number(0), 0)


def test_nothing_is_divided_by_zero() -> None:
    for r in (lambda: div(X, number(0)), lambda: power(number(0), -1), lambda: div(X, sub(Y, Y))):
        with pytest.raises(ZeroDivisionError):
            r()


@pytest.mark.parametrize("big", [
    lambda: power(add(X, Y), 1000), lambda: power(number(7), 10**6), lambda: mul(power(add(X, add(Y, Z)), 80), power(add(X, Y), 80)),
    lambda: power(number(Q(1, 7)), 10**6), lambda: number(3**20000), lambda: number(Q(1, 3**20000)),
    lambda: mul(*(functools.reduce(add, (mul(power(X, i), atom(a, i)) for i in range(1, 100))) for a in (2, 3))),
    lambda: mul(*(functools.reduce(add, (power(atom(a), i) for i in range(1, 80))) for a in (1, 2))),
])  # fmt: skip
def test_what_grows_too_much_is_refused(big: Callable[[], Rat]) -> None:
    with pytest.raises(TooLarge):
        big()


def test_polynomials_are_never_changed_once_made() -> None:
    p, q = dict(X.num), dict(Y.num)
    poly_add(p, q), poly_mul(p, q), rational.poly_pow(p, 3), add(X, Y), mul(X, Y)
    assert (dict(X.num), dict(Y.num)) == (p, q)


def test_denominators_that_vanish_together_are_the_same_below() -> None:
    one, two, three = (div(number(1), p) for p in (add(X, number(1)), power(add(X, number(1)), 2), add(Y, number(1))))
    assert [[same_below(a, b) for b in (one, two, three)] for a in (one, two, three)] == [
        [True, True, False], [True, True, False], [False, False, True]]  # fmt: skip

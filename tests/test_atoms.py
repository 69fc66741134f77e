"""The table of atoms: one number for what is equal, heights for what is bound, and a limit to what is kept."""

from __future__ import annotations

import functools

import pytest

from derive import rational
from derive.expression import read
from derive.normal import Normalizer
from derive.show import text
from derive.term import free, substitute, sym


@pytest.fixture
def n() -> Normalizer:
    return Normalizer(lambda p, scope: True if text(p) == "True" else None)


def single(n: Normalizer, t: str) -> int | None:
    return n.single(n.normal(read(t)))


def test_equal_arguments_make_one_atom_however_the_fraction_is_written(n: Normalizer) -> None:
    assert single(n, "log(1/(1 + x) + 1/(1 + y))") == single(n, "log((2 + x + y)/((1 + x)*(1 + y)))")


def test_what_is_equal_only_at_equal_indices_makes_two_atoms(n: Normalizer) -> None:
    assert single(n, "f(x/(1 + y) + delta(i, j)*(i - j)/(1 + y))") != single(n, "f(x/(1 + y))")


def test_a_denominator_that_the_fingerprint_cannot_divide_by_is_no_error(n: Normalizer) -> None:
    t = f"log(1/(1 + x/{rational.PRIME}))"
    assert single(n, t) == single(n, t)


def test_bound_variables_are_named_by_height(n: Normalizer) -> None:
    assert text(n.term(n.normal(read("sum(sum(exp(x[a, b]*y[a]) for b in N) for a in K)")))) == (
        "sum(sum(exp(y[#2]*x[#2, #1]) for #1 in N) for #2 in K)"
    )


@pytest.mark.parametrize("written", [
    "sum(y[i] for i in N if y[i] >= u)", "limit(1/(1 + x**2), x, u)", "diff(t**2, t, at=u)",
    "sum(cases((y[i], y[i] >= u), (1, True)) for i in N)",
])  # fmt: skip
def test_a_bound_name_is_none_that_is_free_in_the_filter_the_point_or_a_guard(n: Normalizer, written: str) -> None:
    """A hypothesis about all reals is looked at where another atom binds #1; the filter of a sum had captured it."""
    outside = sym("#1")
    value = n.normal(substitute(read(written), {"u": outside}))
    t = n.term(value)
    assert n.depends(value, "#1")
    assert "#1" in free(t)
    assert n.normal(substitute(t, {"#1": sym("u")})) == n.normal(read(written))


def test_an_atom_is_the_same_at_every_depth(n: Normalizer) -> None:
    alone, inside = single(n, "sum(exp(x[a]) for a in N)"), n.normal(read("sum(y[b]*sum(exp(x[a]) for a in N) for b in K)"))
    assert alone in inside.atoms()


def test_a_tree_that_doubles_at_each_level_is_refused(n: Normalizer) -> None:
    def doubled(value: rational.Rat) -> rational.Rat:
        return n.value((), "max", value, rational.add(value, rational.number(1)))

    value = n.normal(read("x"))
    with pytest.raises(rational.TooLarge):
        functools.reduce(lambda v, _: doubled(v), range(40), value)


def test_a_term_made_from_a_value_has_that_value(n: Normalizer) -> None:
    for t in ("x/(y*(1 + z)**2) - 3/4", "sum(x[i]/(1 + y[i])*w for i in N)", "-exp(-x)**3/(1 - x)", "cases((x, x > 0), (y, y > 0))"):
        value = n.normal(read(t))
        assert n.normal(n.term(value)) == value

"""derive/approximate.py: floats agree with the rigorous values, and where they cannot tell they say so."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction

import pytest

from derive.approximate import Approximation, Unknown, Work, close
from derive.balls import environment, evaluate
from derive.expression import read
from derive.slips import places, put

VALUES = {"x": Fraction(1, 3), "y": Fraction(-2), "n": Fraction(3), "v": (Fraction(1), Fraction(5, 2), Fraction(-1))}
ENV = environment(VALUES)


def worth(written: str) -> object:
    return Approximation(ENV, {}, {}).value(read(written), {})


@pytest.mark.parametrize("written", [
    "x + 2*y", "exp(x)**y", "log(x, 2)", "max(x, y, 0)", "abs(y)**(1/2)", "sum(v[i]**2 for i in n if i != 2)", "prod(v[i] for i in 3)",
    "cases((1, x < 0), (sin(x), x > 0))", "delta(n, 3)", "sqrt(x)*pi*e", "sum(delta(i, 2)*v[i] for i in n)",
])  # fmt: skip
def test_a_value_agrees_with_the_rigorous_one(written: str) -> None:
    assert close(worth(written), float(evaluate(read(written), VALUES)))  # type: ignore[arg-type]


@pytest.mark.parametrize(("written", "value"), [
    ("diff(exp(x)*x, x)", math.exp(1 / 3) * 4 / 3), ("diff(x**3, x, at=2)", 12.0), ("diff(sum(v[i]**2 for i in n), v[2])", 5.0),
    ("diff(diff(x**4, x), x)", 12 / 9),
    ("limit(1/(1 + exp(-t)), t, oo)", 1.0), ("limit(log(t), t, oo)", math.inf), ("limit(log(t), t, 0, right)", -math.inf),
    ("limit((t - 1)/t, t, oo)", 1.0), ("limit(sin(t)/t, t, 0)", 1.0),
])  # fmt: skip
def test_derivatives_and_limits_are_found_by_values_near_by(written: str, value: float) -> None:
    found = worth(written)
    assert isinstance(found, float)
    assert found == value or math.isclose(found, value, rel_tol=1e-5)


@pytest.mark.parametrize("written", ["log(y)", "1/(n - 3)", "y**(1/2)", "sqrt(y)", "v[4]", "cases((1, x < 0))", "exp(exp(exp(1000)))", "z"])
def test_what_has_no_value_is_unknown(written: str) -> None:
    with pytest.raises(Unknown):
        worth(written)


@pytest.mark.parametrize("written", [
    "x + 2*y - n", "exp(x)/y**2", "log(x, 2)", "sum(v[i]**2 + x for i in n if i != 2)", "prod(v[i] - sum(v[j]*i for j in 2) for i in 3)",
    "cases((x*y, x < 0), (sin(x), x > 0))", "v[n - 1]", "limit(x*sin(t)/t, t, 0)", "diff(exp(x)*x, x)", "max(x, y, 0) <= n",
    "1/(n - 3) + x", "sum(delta(i, 2)*v[i] for i in n)",
])  # fmt: skip
@pytest.mark.parametrize("new", ["2", "x - y", "log(y)", "exp(1000)"])
def test_a_term_at_a_place_makes_what_the_whole_written_out_is_worth(written: str, new: str) -> None:
    whole = read(written)
    point = Approximation(ENV, {}, {})
    for spot in places(whole):
        written_out = put(whole, spot.path, read(new))
        expected = known(Approximation(ENV, {}, {}).value, written_out, {})
        assert known(point.altered, whole, spot.path, read(new)) == expected, written_out


def known(worth_of: Callable[..., object], *args: object) -> object:
    try:
        return worth_of(*args)
    except Unknown:
        return None


def test_each_part_is_worked_out_once() -> None:
    work = Work()
    point = Approximation(ENV, {}, {}, work)
    point.value(read("exp(x) + exp(x)"), {})
    done = work.done
    point.value(read("exp(x) - exp(x)"), {})
    assert work.done == done + 1

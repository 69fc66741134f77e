"""Functions that are drawn have values of their type, and those that have to add up to 1 do."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator

import pytest
from flint import arb, fmpq

from derive.balls import Undefined, decide, environment, evaluate
from derive.drawn import Whole, bell, density, holds_as_made, over_reals, shares, simple, wholes
from derive.expression import read
from derive.model import KINDS, REAL, Type
from derive.pointwise import Function
from derive.term import REALS, num, sym

K, THETA = sym("K"), Type("set", over=sym("Theta"))
INDEX = Type("index", K)


def many(count: int = 40) -> Iterator[random.Random]:
    return map(random.Random, range(count))


def is_of(kind: str, value: object) -> bool:
    """Whether a value is certainly a number of that kind."""
    k = KINDS[kind]
    assert isinstance(value, fmpq | arb)
    low = k.low is None or (value > k.low if k.low_open else value >= k.low)
    high = k.high is None or (value < k.high if k.high_open else value <= k.high)
    return bool(low and high) and (not k.values or any(value == v for v in k.values))


@pytest.mark.parametrize("kind", ["real", "positive", "nonnegative", "probability", "label", "sign"])
@pytest.mark.parametrize("params", [(REAL,), (THETA,), (REAL, THETA), (THETA, INDEX)], ids=str)
def test_values_are_of_the_wanted_kind(kind: str, params: tuple[Type, ...]) -> None:
    for rng in many():
        f = simple(Type(kind, params=params), rng)
        for arguments in ([fmpq(1), fmpq(2)], [fmpq(-3, 2), fmpq(1)], [fmpq(0), fmpq(3)]):
            value = evaluate(f.body, dict(zip(f.params, arguments, strict=False)))
            assert is_of(kind, value)


def test_functions_on_a_set_are_seldom_monotone() -> None:
    elements = [fmpq(x) for x in (-2, -1, 0, 1, 2, 3)]

    def turns(f: Function) -> bool:
        values = [arb(evaluate(f.body, {"x0": x})) for x in elements]  # type: ignore[arg-type]
        steps = [b - a for a, b in itertools.pairwise(values)]
        return any(s > 0 for s in steps) and any(s < 0 for s in steps)

    drawn = [simple(Type(kind, params=(THETA,)), rng) for kind in ("real", "positive") for rng in many()]
    assert sum(map(turns, drawn)) > len(drawn) / 2


@pytest.mark.parametrize("kind", ["real", "positive", "nonnegative"])
@pytest.mark.parametrize(("params", "place"), [((REAL,), 0), ((REAL, THETA), 0), ((INDEX, REAL), 1), ((REAL, REAL), 1)], ids=str)
def test_densities_are_positive_and_integrate_to_one(kind: str, params: tuple[Type, ...], place: int) -> None:
    arguments = ["u", "2"][: len(params)]
    arguments[place] = "x"
    at = f"f({', '.join(arguments)})"
    for rng in many():
        env = environment({"f": density(Type(kind, params=params), place, rng), "u": fmpq(-1, 3)})
        assert decide(read(f"all({at} > 0 for x in Reals)"), env) is True
        whole = evaluate(read(f"integral({at} for x in Reals)"), env)
        assert isinstance(whole, arb)
        assert (whole - 1).contains(0)
        assert whole.rad() < arb("1e-15")


def test_given_densities_integrate_to_one_and_may_vanish_somewhere() -> None:
    vanishing = 0
    for rng in many(60):
        f = density(Type("nonnegative", params=(REAL,), density=True), 0, rng)
        values = [evaluate(f.body, {"x0": fmpq(k, 64)}) for k in range(-64 * 8, 64 * 8)]
        assert abs(sum((arb(v) for v in values), arb(0)) / 64 - 1) < arb("0.05")  # type: ignore[arg-type]
        vanishing += 0 in values
    assert 0 < vanishing < 30


def test_a_density_of_two_arguments_is_a_product() -> None:
    for rng in many():
        f = density(Type("nonnegative", params=(REAL, REAL), density=True), 0, rng)
        corners = [evaluate(f.body, {"x0": fmpq(x), "x1": fmpq(y)}) for x, y in ((0, 0), (1, 1), (0, 1), (1, 0))]
        a, b, c, d = map(arb, corners)  # type: ignore[arg-type]
        assert (a * b - c * d).contains(0)


def test_a_mean_lies_often_where_it_matters() -> None:
    made = [density(Type("positive", params=(REAL,)), 0, rng, [num(7).args[0]]) for rng in many()]
    highest = [arb(evaluate(f.body, {"x0": fmpq(7)})) > arb("0.1") for f in made]  # type: ignore[arg-type]
    assert 5 < sum(highest) < 35


@pytest.mark.parametrize("kind", ["real", "positive", "nonnegative", "probability"])
@pytest.mark.parametrize("size", [2, 3])
def test_shares_sum_to_one_exactly(kind: str, size: int) -> None:
    for rng in many():
        f = shares(Type(kind, params=(INDEX, THETA)), Whole(0, K), size, rng)
        env = environment({"f": f, "K": size, "t": fmpq(-1, 2)})
        assert evaluate(read("sum(f(k, t) for k in K)"), env) == 1
        assert all(is_of(kind, evaluate(read(f"f({k}, t)"), env)) for k in range(1, size + 1))


def test_there_is_no_single_share_between_0_and_1() -> None:
    for rng in many():
        f = shares(Type("probability", params=(INDEX,)), Whole(0, K), 1, rng)
        assert is_of("probability", evaluate(read("f(1)"), environment({"f": f, "K": 1})))


def test_bells_are_integrable_where_they_can_be() -> None:
    for rng in many():
        env = environment({"p": bell(Type("positive", params=(REAL,)), 0, rng), "q": bell(Type("positive", params=(REAL,)), 0, rng)})
        assert decide(read("integrable(p(x)*log(p(x)/q(x)) for x in Reals)"), env) is True
        steps = bell(Type("label", params=(REAL,)), 0, rng)
        assert is_of("label", evaluate(steps.body, {"x0": fmpq(1)}))


SYMBOLS = {
    "p": Type("positive", params=(REAL,)), "d": Type("nonnegative", params=(REAL,), density=True), "c": Type("label", params=(REAL,)),
    "q": Type("positive", params=(REAL, THETA)), "s": Type("probability", params=(INDEX, THETA)), "N": Type("size"), "K": Type("size"),
    "dd": Type("nonnegative", params=(REAL, REAL), density=True), "u": Type("probability", params=(REAL,)),
}  # fmt: skip


@pytest.mark.parametrize(
    ("hypothesis", "name", "whole"),
    [
        ("integral(p(x) for x in Reals) == 1", "p", Whole(0, REALS)),
        ("1 == integral(p(x) for x in Reals)", "p", Whole(0, REALS)),
        ("all(integral(q(x, t) for x in Reals) == 1 for t in Theta)", "q", Whole(0, REALS)),
        ("all(sum(s(k, t) for k in K) == 1 for t in Theta)", "s", Whole(0, K)),
        ("integral(p(x) for x in Reals) == 2", "p", None),
        ("integral(p(x) for x in Reals) <= 1", "p", None),
        ("integral(p(2*x) for x in Reals) == 1", "p", None),
        ("integral(q(x, x) for x in Reals) == 1", "q", None),
        ("integral(p(x) for x in Reals if x > 0) == 1", "p", None),
        ("integral(c(x) for x in Reals) == 1", "c", None),
        ("integral(u(x) for x in Reals) == 1", "u", None),
        ("sum(s(k, 1) for k in N) == 1", "s", None),
        ("sum(s(k, 1) for k in 3) == 1", "s", None),
        ("all(integral(dd(x, y) for x in Reals) == 1 for y in Reals)", "dd", None),
    ],
)
def test_what_adds_up_to_one_by_hypothesis_is_found(hypothesis: str, name: str, whole: Whole | None) -> None:
    h = read(hypothesis)
    found = wholes(SYMBOLS, [h])
    assert found.get(name) == whole
    assert found["d"] == Whole(0, REALS)
    assert holds_as_made(h, found) is (whole is not None and whole.over == REALS)


def test_only_one_whole_of_a_function_holds_as_made() -> None:
    first, second = read("all(integral(f(x, 1) for x in Reals) == 1 for y in Reals)"), read("integral(f(1, y) for y in Reals) == 1")
    found = wholes({"f": Type("positive", params=(REAL, REAL))}, [first, second])
    assert (holds_as_made(first, found), holds_as_made(second, found)) == (True, False)


def test_functions_of_what_runs_over_reals_are_found() -> None:
    h = [read("all(integrable(p(x)*log(q(t, x)) for x in Reals) for t in Theta)"), read("all(f(t) > 0 for t in Theta)")]
    assert over_reals(h) == {"p": 0, "q": 1}


def test_a_drawn_function_is_defined_everywhere() -> None:
    for kind in ("real", "positive", "probability"):
        for rng in many():
            f = simple(Type(kind, params=(REAL,)), rng)
            for x in (-1000, 0, 1000):
                try:
                    evaluate(f.body, {"x0": fmpq(x)})
                except Undefined:
                    pytest.fail(f"{f.body} at {x}")

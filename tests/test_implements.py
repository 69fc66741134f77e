"""Code held against formulas: errors in ulps, faults with the input that shows them, gradients, and what is no use."""

from __future__ import annotations

import contextlib
import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from derive import NotCertified, derivation
from derive.calling import WrongSignature
from derive.implements import WrongResult, assert_gradient, assert_implements, inputs, measure, measure_gradient, ulps
from derive.inputs import NothingSatisfies
from derive.oracle import NoOracle, NoValue, Oracle, Undecided, oracle
from proofs import gradients, signed_labels, softmax

SIGMOID = "1/(1 + exp(-x))"
SOFTMAX = oracle("exp(s[i])/sum(exp(s[j]) for j in K)", given="K: size, s: real[K], i: index(K)")
LOSS = oracle("log(1 + exp(-y*s))", given="s: real, y: sign")


def naive_softmax(s: Any) -> Any:
    return np.exp(s) / np.exp(s).sum()


def stable_softmax(s: Any) -> Any:
    return naive_softmax(s - s.max())


def naive_loss(s: Any, y: Any) -> Any:
    return np.log(1 + np.exp(-y * s))


def stable_loss(s: Any, y: Any) -> Any:
    return np.logaddexp(0, -y * s)


# -- units in the last place


@pytest.mark.parametrize(
    ("expected", "got", "distance", "dtype"),
    [
        (1.0, 1.0, 0, "float64"),
        (1.0, 1.0 + 2**-52, 1, "float64"),
        (1.0, 1.0 - 2**-53, 0.5, "float64"),
        (-3.0, 3.0, 3 * 2.0**52, "float64"),
        (1.0, math.nan, math.inf, "float64"),
        (0.0, -0.0, 0, "float64"),
        (0.0, 5e-324, 1, "float64"),
        (5e-324, -5e-324, 2, "float64"),
        (1e-310, 1e-310 + 15e-324, 3, "float64"),
        (1.7976931348623157e308, math.inf, 1, "float64"),
        (math.inf, 1.7976931348623157e308, 1, "float64"),
        (math.inf, math.inf, 0, "float64"),
        (math.inf, -math.inf, 2.0**54, "float64"),
        (1.0, math.inf, math.inf, "float64"),
        (5e-324, 1.7e308, math.inf, "float64"),
        (1.0, 1.0 + 2**-23, 1, "float32"),
        (3.4028234663852886e38, math.inf, 1, "float32"),
        (2.0**-149, 0.0, 1, "float32"),
    ],
)
def test_ulps(expected: float, got: float, distance: float, dtype: str) -> None:
    assert min(distance, 1e300) == min(ulps(expected, got, dtype), 1e300)


@given(st.floats(allow_nan=False), st.floats(allow_nan=False))
def test_ulps_is_0_only_for_equal_values_and_at_least_a_half_for_others(expected: float, got: float) -> None:
    assert (expected == got) == (ulps(expected, got) == 0)
    assert expected == got or ulps(expected, got) >= 0.5


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_the_next_float_upwards_in_size_is_one_unit_away(x: float) -> None:
    assert ulps(x, math.nextafter(x, math.copysign(math.inf, x))) == 1


# -- measuring


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("known", [LOSS, SOFTMAX])
def test_what_is_correctly_rounded_is_0_ulps_away(known: Oracle, dtype: str) -> None:
    found = measure(replace(known, dtype=dtype), known, dtype=dtype, arguments=known.inputs, samples=20)
    assert (found.ulps, dict(found.faults), found.undecided) == (0, {}, 0)


def test_what_is_computed_in_more_digits_and_rounded_is_0_ulps_away() -> None:
    found = measure(lambda x: np.float64(x) * 3, "3*x", given="x: real", dtype="float32")
    assert found.ulps == 0


def test_numpys_exp_is_within_1_ulp() -> None:
    assert_implements(np.exp, "exp(x)", given="x: real", max_ulp=1)


def test_one_nasty_value_that_is_wrong_is_found() -> None:
    def fn(x: Any) -> Any:
        return x + 1 if x != -745 else x

    found = measure(fn, "x + 1", given="x: real")
    assert found.worst is not None
    assert (found.worst.inputs, found.worst.expected, found.worst.got) == ({"x": -745.0}, -744.0, -745.0)


@settings(max_examples=20, deadline=None)
@given(st.sampled_from([0.0, 1e-300, -5e-324, 1e-16, 36.7, 709.0, -710.0, 745.0, 1e3, 1e15]), st.sampled_from([math.nan, math.inf, -7.5]))
def test_any_wrong_value_at_any_nasty_input_is_found(place: float, wrong: float) -> None:
    found = measure(lambda x: wrong if x == place else x, "x", given="x: real", samples=5)
    assert found.ulps > 1
    cases = [f.first for f in found.faults.values()] + ([found.worst] if found.worst else [])
    assert place in [case.inputs["x"] for case in cases if case.ulps > 1]


def test_overflow_is_found_with_the_input_that_shows_it() -> None:
    found = measure(naive_loss, signed_labels.loss, samples=50)
    first = found.faults["overflow"].first
    assert math.inf == first.got
    assert first.expected == pytest.approx(-first.inputs["s"] * first.inputs["y"])


def test_the_stable_form_has_no_fault_and_a_small_error() -> None:
    assert dict(measure(stable_loss, LOSS).faults) == {}
    assert_implements(stable_loss, LOSS, max_ulp=4)


def test_nan_and_a_wrong_sign_and_an_error_are_told_apart() -> None:
    def fn(x: Any) -> Any:
        if x == 709:
            raise ZeroDivisionError("no\nway")
        return {36.7: math.nan, 710.0: -710.0, 745.0: math.inf}.get(float(x), x)

    found = measure(fn, "x", given="x: real", samples=0)
    assert [f.times for f in found.faults.values()] == [1, 1, 1, 1]
    assert {n: f.first.inputs["x"] for n, f in found.faults.items()} == {"overflow": 745, "nan": 36.7, "wrong sign": 710, "raised": 709}
    assert found.faults["raised"].first.error == "ZeroDivisionError: no"


def test_infinity_beside_the_largest_float_is_1_ulp() -> None:
    # it is counted as overflow, and max_ulp decides all the same: a library that is right within 1 ulp may overflow there
    largest = str(int(1.7976931348623157e308))
    found = measure(lambda x: math.inf, f"{largest} + 0*x", given="x: real", samples=5)
    assert (found.ulps, list(found.faults)) == (1, ["overflow"])
    assert_implements(lambda x: math.inf, f"{largest} + 0*x", given="x: real", samples=5, max_ulp=1)


def test_a_value_that_overflows_has_to() -> None:
    assert_implements(lambda x: np.exp(x), "exp(x)", given="x: real, x > 800", max_ulp=0)
    assert measure(lambda x: 1e308, "exp(x)", given="x: real, x > 800").ulps > 1e15


def test_an_index_that_is_left_out_makes_an_axis() -> None:
    assert dict(measure(stable_softmax, SOFTMAX, samples=50).faults) == {}
    found = measure(naive_softmax, SOFTMAX, samples=50)
    assert list(found.faults) == ["nan"]
    first = found.faults["nan"].first
    assert first.inputs["s"].max() > 709
    assert first.inputs["s"].shape[0] > first.place[0]


def test_two_indices_that_are_left_out_make_axes_in_the_order_of_the_page() -> None:
    def outer(s: Any, t: Any) -> Any:
        return s[:, None] - t[None, :]

    page = "K: size, N: size, s: real[K], t: real[N], i: index(K), k: index(N)"
    assert_implements(outer, "s[i] - t[k]", given=page, max_ulp=0.5, samples=20)


def test_values_outside_the_givens_are_not_compared() -> None:
    def fn(s: Any, c: Any) -> Any:
        return np.where(np.arange(len(s)) == c, np.nan, s)

    page = "K: size, s: real[K], c: index(K), k: index(K), k != c"
    assert_implements(fn, "s[k] + 0*c", given=page, max_ulp=0, samples=20)


def test_code_may_write_to_its_arguments() -> None:
    def fn(s: Any) -> Any:
        s -= s.max()
        return naive_softmax(s)

    assert measure(stable_softmax, SOFTMAX, samples=20).ulps == measure(fn, SOFTMAX, samples=20).ulps


def test_the_same_seed_gives_the_same_findings() -> None:
    assert str(measure(naive_loss, LOSS, seed=5)) == str(measure(naive_loss, LOSS, seed=5))


def test_code_is_called_without_warnings(recwarn: pytest.WarningsRecorder) -> None:
    measure(naive_loss, LOSS, samples=5)
    assert list(recwarn) == []


def test_inputs_whose_value_cannot_be_rounded_are_left_out_and_counted() -> None:
    # 1 + 2**-53 is halfway between two floats, and exp(-10000) too small to be seen beside it, on one side of 0 or the other
    half = f"1 + 1/{2**53} + exp(-10000)*x"
    found = measure(lambda x: 1.0, half, given="x: real, x < 2", samples=5)
    assert found.undecided > 10
    assert f"; {found.undecided} inputs left out, whose value could not be rounded)" in str(found)


def test_a_formula_that_can_be_rounded_nowhere_is_refused() -> None:
    with pytest.raises(Undecided, match="too near the middle between"):
        measure(lambda x: 1.0, f"1 + 1/{2**53} + exp(-10000*x)", given="x: real, x > 1")


# -- gradients


def test_a_gradient_is_held_against_the_derivative_of_the_formula() -> None:
    assert_gradient(lambda x, y: 2 * x * y, "x**2*y", "x", given="x: real, y: real", max_ulp=1)
    with pytest.raises(AssertionError, match="wrong sign"):
        assert_gradient(lambda x, y: -2 * x * y, "x**2*y", "x", given="x: real, y: real", max_ulp=1)


def test_a_gradient_is_held_against_the_one_that_a_derivation_claims() -> None:
    found = measure_gradient(lambda s, y: stable_softmax(s) - y, softmax.loss_gradient, "s", samples=50)
    assert (dict(found.faults), found.formula) == ({}, "exp(s[k])/sum(exp(s[j]) for j in K) - y[k]")
    found = measure_gradient(lambda s, y: stable_softmax(s) + y, softmax.loss_gradient, "s", samples=50)
    assert "wrong sign" in found.faults


def test_a_derivation_may_claim_the_derivative_in_a_plain_symbol() -> None:
    def slope(w: Any, x: Any, b: Any, y: Any) -> Any:
        a = 1 / (1 + np.exp(-(w * x + b)))
        return (a - y) * a * (1 - a) * x

    found = measure_gradient(slope, gradients.squared_error_weight, "w", samples=20)
    assert found.worst is not None
    assert found.compared > 100


def test_a_matrix_has_a_gradient_of_its_shape() -> None:
    def slope(W: Any, x: Any, b: Any, y: Any) -> Any:
        return np.outer(stable_softmax(W @ x + b) - y, x)

    assert measure_gradient(slope, softmax.weight_gradient, "W", samples=5).compared > 1000


def test_a_claim_on_one_element_is_no_gradient() -> None:
    with pytest.raises(NoOracle, match=r"claims the derivative in s\[c\] alone, and a gradient is one in every element of s"):
        measure_gradient(lambda s, c: s, softmax.right_score, "s")


def test_a_claim_on_another_input_is_refused() -> None:
    with pytest.raises(NoOracle, match=r"claims the derivative in s\[k\], and wrt is y"):
        measure_gradient(lambda s, y: s, softmax.loss_gradient, "y")


def test_a_label_has_no_gradient() -> None:
    with pytest.raises(NoOracle, match="y is of type sign"):
        measure_gradient(lambda s, y: s, LOSS, "y")


# -- assertions


def test_the_assertion_says_how_far_what_is_expected_and_where() -> None:
    def shifted(x: Any) -> Any:
        return {745.0: math.inf, 1.0: 1.0 + 2**-50}.get(float(x), x)

    with pytest.raises(AssertionError) as caught:
        assert_implements(shifted, "x", given="x: real", max_ulp=2, samples=0)
    expected = """
max_ulp is 2, and the worst error is inf ulps
shifted(x) against x (float64, 26 values compared)
               times  ulps  expected  got                 at
  worst error            4  1.0       1.0000000000000009  x = 1.0
  overflow         1   inf  745.0     inf                 x = 745.0"""
    assert str(caught.value) == expected.strip()


def test_who_calls_the_inputs_otherwise_sees_in_which_order_they_come() -> None:
    """Code whose parameters have other names takes the inputs in the order of the page, and the report did not say so."""
    assert str(measure(lambda target, score: stable_loss(score, target), LOSS, samples=0)).startswith("<lambda>(s, y) against log(")


def test_the_assertion_names_the_element_and_gives_arrays_as_lists() -> None:
    with pytest.raises(AssertionError, match=r"element \[1\], s = \[[-0-9.e]+, [-0-9.e]+"):
        assert_implements(lambda s: np.where(np.arange(len(s)) == 1, 2 * s, s), "s[i]", given="K: size, s: real[K], i: index(K)", max_ulp=2)


def test_float32_is_written_with_the_digits_that_it_has() -> None:
    assert "0.1 " in str(measure(lambda x: 0.1, "1/10 + 0*x", given="x: real", dtype="float32"))


def test_max_ulp_decides() -> None:
    worst = measure(stable_loss, LOSS).ulps
    assert_implements(stable_loss, LOSS, max_ulp=worst)
    with pytest.raises(AssertionError, match=r"max_ulp is 0\.25"):
        assert_implements(stable_loss, LOSS, max_ulp=min(0.25, worst / 2))


def test_nan_fails_whatever_max_ulp_is() -> None:
    with pytest.raises(AssertionError, match="nan "):
        assert_implements(lambda x: math.nan, "x", given="x: real", max_ulp=1e300)


def test_a_max_ulp_of_nan_lets_nothing_pass() -> None:
    with pytest.raises(AssertionError, match="max_ulp is nan"):
        assert_implements(lambda x: x, "x", given="x: real", max_ulp=math.nan)


# -- what is no use


@pytest.mark.parametrize(
    ("fn", "said"),
    [
        (lambda s, y: np.array([s]), r"expected a number, got an array of shape \(1,\), at s = .*, y = "),
        (lambda s, y: None, r"^<lambda>\(s, y\): expected a number, got None"),
        (lambda s, y: "0.5", "expected a number, got '0.5'"),
        (lambda s, y: np.ma.array(s, mask=True), "expected a number, got a masked value"),  # once taken for what is under the mask
        (lambda s, y: 1j, "expected a number, got 1j"),
        (lambda s, y: [1, [2, 3]], "expected a number, got a list, which is no array: "),
    ],
)
def test_a_wrong_result_says_what_is_expected_and_what_was_got(fn: Any, said: str) -> None:
    with pytest.raises(WrongResult, match=said):
        measure(fn, LOSS)


def test_a_wrong_shape_says_the_shapes_of_the_inputs() -> None:
    with pytest.raises(WrongResult, match=r"expected an array of shape \((\d),\), got an array of shape \(1, \1\), at s of shape \(\1,\)"):
        measure(lambda s: s[None], SOFTMAX)


def test_what_is_no_function_is_refused() -> None:
    """It was called all the same, and failed at each input with an error of Python's."""
    with pytest.raises(WrongSignature, match="the code is a function, and not 3"):
        measure(3, LOSS)  # type: ignore[arg-type]


def test_shares_of_a_whole_that_are_probabilities_are_inputs() -> None:
    """With a single class the share is 1, which is no probability: the oracle refused an input that was drawn for it."""
    entropy = oracle("-sum(p[k]*log(p[k]) for k in K)", given="K: size, p: probability[K], sum(p[k] for k in K) == 1")
    assert measure(lambda p: -np.sum(p * np.log(p)), entropy, samples=100).compared > 50


def test_a_wrong_signature_is_refused() -> None:
    with pytest.raises(WrongSignature, match="the page gives s, y"):
        measure(lambda s: s, LOSS)


def test_what_is_not_certified_is_no_source() -> None:
    wrong = derivation("""
given  x: real
claim  x + x = 3*x

    x + x
  = 3*x
""")
    with pytest.raises(NotCertified, match="refuted"):
        measure(lambda x: 2 * x, wrong)


def test_a_claim_that_is_no_equation_is_no_source() -> None:
    with pytest.raises(NoOracle, match="is no equation"):
        measure(stable_softmax, softmax.at_most_one)


def test_givens_that_nothing_satisfies_are_refused() -> None:
    with pytest.raises(NothingSatisfies, match="x < 0, x > 2"):
        measure(lambda x: x, "x", given="x: real, x < 0, x > 2")


def test_a_formula_without_inputs_is_compared() -> None:
    """Points of no inputs were taken for no points."""
    assert_implements(lambda: 0.5, "1/2", max_ulp=0)
    with pytest.raises(AssertionError, match="max_ulp is 1"):
        assert_implements(lambda: 0.6, "1/2", max_ulp=1)


def test_nothing_to_compare_is_no_pass() -> None:
    with pytest.raises(NothingSatisfies, match=r"no inputs were found to compare <lambda>\(c\) at; give more samples"):
        measure(lambda c: c, "c", given="c: index(3)", samples=0)


def test_a_formula_that_the_givens_do_not_keep_defined_is_refused() -> None:
    with pytest.raises(NoValue, match=r"log\(x\) is undefined: it needs x > 0"):
        measure(np.log, "log(x)", given="x: real")


# -- strategies


GRADIENT = oracle(softmax.loss_gradient)


@settings(max_examples=25, deadline=None)
@given(inputs(softmax.loss_gradient))
def test_inputs_are_what_the_oracle_takes(drawn: dict[str, Any]) -> None:
    assert list(drawn) == ["s", "y", "k"]
    with contextlib.suppress(Undecided):
        assert np.isfinite(GRADIENT(**drawn))


def test_inputs_of_givens_that_nothing_satisfies_are_refused_when_drawn() -> None:
    @settings(database=None)
    @given(inputs("x", given="x: real, x < 0, x > 2"))
    def drawn(x: Any) -> None:
        raise AssertionError(x)

    with pytest.raises(NothingSatisfies, match="x < 0, x > 2"):
        drawn()

"""What the docstrings say is proved, and the code does what they say."""

import math

import pytest
from losses import naive, slope, stable
from sympy import Symbol, exp, log

from derive import Derivation
from derive.testing import assert_certified, assert_equal_expr


def test_the_loss_of_a_negative_sample_is_that_of_the_opposite_score() -> None:
    assert_equal_expr("log(1 + exp(z))", "-log(1 - 1/(1 + exp(-z)))", given="z: real")


def test_the_two_forms_of_the_probability_are_the_same() -> None:
    z = Symbol("z", real=True)
    assert_equal_expr(exp(z) / (1 + exp(z)), 1 / (1 + exp(-z)), by="exp of a negative")


def test_the_log_of_the_probability_goes_the_way_that_the_notes_say() -> None:
    z = Symbol("z", real=True)
    assert_certified(
        Derivation.of(log(1 / (1 + exp(-z))), -log(1 + exp(-z)), given="z: real", reasons="log of a reciprocal")
    )


@pytest.mark.parametrize("y", [0, 1])
@pytest.mark.parametrize("z", [-3.0, 0.0, 2.5])
def test_the_stable_form_is_the_loss(z: float, y: int) -> None:
    assert stable(z, y) == pytest.approx(naive(z, y), rel=1e-12)
    assert slope(z, y) == pytest.approx((stable(z + 1e-6, y) - stable(z - 1e-6, y)) / 2e-6, abs=1e-6)


def test_only_the_stable_form_takes_every_score() -> None:
    assert stable(1000.0, 0) == 1000.0
    assert stable(-1000.0, 0) == 0.0
    assert math.isfinite(slope(-1000.0, 1))
    with pytest.raises(ValueError, match=r"math domain error|positive input"):
        naive(1000.0, 0)
    with pytest.raises(OverflowError):
        naive(-1000.0, 0)

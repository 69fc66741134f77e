"""How failed assertions look: `pytest broken`."""

from derive import derivation
from derive.testing import assert_certified, assert_equal_expr


def test_a_sign_is_wrong() -> None:
    assert_equal_expr("log(1 + exp(-z))", "-log(1 - 1/(1 + exp(-z)))", given="z: real")


def test_a_condition_is_missing() -> None:
    assert_equal_expr("log(z**2)", "2*log(z)", given="z: real")


def test_a_step_is_wrong() -> None:
    assert_certified(derivation("""
    given a: positive, b: positive
    claim log(a*b) = log(a) - log(b)

        log(a*b)
      = log(a) - log(b)     by log of a product
    """))

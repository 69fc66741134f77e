"""Gradients that other libraries take, against the certified ones."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from derive import derivation
from derive.autograd import MissingBackend, jax_gradient, torch_gradient
from derive.calling import WrongSignature
from derive.implements import assert_gradient, measure_gradient
from proofs import signed_labels, softmax

SLOPE = derivation("""
given  x: real, y: real
claim  diff(x + y, x) = 1

    diff(x + y, x)
  = 1
""")


def test_a_library_that_is_not_installed_is_named_with_the_way_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    monkeypatch.setitem(sys.modules, "jax", None)
    with pytest.raises(MissingBackend, match="torch is not installed; pip install 'torch'"):
        torch_gradient(lambda s: s)
    with pytest.raises(MissingBackend, match=r"jax is not installed; pip install 'jax>=0\.8'"):
        jax_gradient(lambda s: s)


@pytest.fixture
def torch() -> Any:
    return pytest.importorskip("torch", reason="PyTorch is not installed: pip install torch")


@pytest.fixture
def jax() -> Any:
    return pytest.importorskip("jax", reason="JAX is not installed: pip install jax")


def test_torch_differentiates_in_the_input_that_is_asked_for(torch: Any) -> None:
    assert_gradient(torch_gradient(lambda x, y: x * y**2), "x*y**2", "x", given="x: real, y: real", max_ulp=1, samples=30)
    assert_gradient(torch_gradient(lambda x, y: x * y**2), "x*y**2", "y", given="x: real, y: real", max_ulp=2, samples=30)


def test_torch_is_given_indices_as_integers_and_gives_arrays(torch: Any) -> None:
    def loss(s: Any, c: Any) -> Any:
        return -s[c] + torch.logsumexp(s, 0)

    found = measure_gradient(torch_gradient(loss), softmax.loss_gradient_one_hot, "s", samples=30)
    assert (found.code, dict(found.faults)) == ("the gradient of loss(s, c)", {})


def test_the_gradient_of_torchs_soft_margin_loss_is_nan_for_a_large_margin(torch: Any) -> None:
    # it divides exp by 1 + exp: inf/inf where the slope is -y
    fn = torch_gradient(torch.nn.functional.soft_margin_loss)
    found = measure_gradient(fn, signed_labels.slope, "s", arguments=("s", "y"), samples=0)
    case = found.faults["nan"].first
    assert -case.inputs["y"] == pytest.approx(case.expected)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_jax_differentiates_in_the_format_that_is_asked_for(jax: Any, dtype: str) -> None:
    assert_gradient(jax_gradient(lambda x, y: x * y**2), "x*y**2", "x", given="x: real, y: label", dtype=dtype, max_ulp=1, samples=5)


def test_jax_differentiates_by_name_too(jax: Any) -> None:
    found = measure_gradient(jax_gradient(lambda y, s: jax.nn.softplus(-y * s)), signed_labels.loss, "s", samples=5)
    assert dict(found.faults) == {}


def test_what_is_differentiated_has_to_take_the_input(torch: Any) -> None:
    with pytest.raises(WrongSignature, match="<lambda> does not take x, in which it is to be differentiated; it takes y"):
        measure_gradient(torch_gradient(lambda y: y), SLOPE, "x")
    assert_gradient(lambda y: 1.0, SLOPE, "x", max_ulp=0)  # a gradient that is written down need not

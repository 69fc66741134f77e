"""Functions that another library differentiates: PyTorch, JAX.

Knows how each is asked for a gradient, and imports it only then; may not know what the gradient ought to be.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import numpy as np

from derive.inputs import Inputs
from derive.oracle import says_it_all

__tracebackhide__ = says_it_all

Call = Callable[[Inputs], Any]


class MissingBackend(ImportError):
    """A library that is asked to differentiate, and is not installed."""


@dataclass(frozen=True)
class Autograd:
    """A function that another library differentiates, in whichever input it is asked for."""

    fn: Callable[..., Any]
    differentiate: Callable[[Call, Inputs, str], Any]


def torch_gradient(fn: Callable[..., Any]) -> Autograd:
    """The gradient of a function of tensors, by `torch.autograd`. Raises MissingBackend."""
    torch = _backend("torch")

    def differentiate(call: Call, inputs: Inputs, wrt: str) -> Any:
        tensors: dict[str, Any] = {name: x if isinstance(x, int) else torch.as_tensor(np.array(x)) for name, x in inputs.items()}
        tensors[wrt].requires_grad_()
        (slope,) = torch.autograd.grad(call(tensors), tensors[wrt])
        return slope.numpy()

    return Autograd(fn, differentiate)


def jax_gradient(fn: Callable[..., Any]) -> Autograd:
    """The gradient of a function of JAX arrays, by `jax.grad`, with 64 bits where the format has them. Raises MissingBackend."""
    jax = _backend("jax", "jax>=0.8")

    def differentiate(call: Call, inputs: Inputs, wrt: str) -> Any:
        with jax.enable_x64(True):
            return np.asarray(jax.grad(lambda x: call({**inputs, wrt: x}))(inputs[wrt]))

    return Autograd(fn, differentiate)


def _backend(name: str, package: str = "") -> Any:
    try:
        return import_module(name)
    except ImportError:
        raise MissingBackend(f"{name} is not installed; pip install '{package or name}'") from None

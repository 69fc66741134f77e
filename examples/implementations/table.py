"""What is held against what: an implementation a row, with the certified derivation that it has to compute.

Each library is imported only where its rows are asked for, and raises ImportError where it is not installed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np

from derive import Derivation
from derive.autograd import Autograd, jax_gradient, torch_gradient
from derive.implements import Case, Findings, measure, measure_gradient, ulps
from derive.oracle import oracle
from implementations import losses
from proofs import likelihood, sigmoid, signed_labels, softmax

SIGMOID, LOGISTIC, CROSS_ENTROPY = sigmoid.logistic, signed_labels.one_form, likelihood.cross_entropy
LOG_SUM_EXP, SOFTMAX, SOFTMAX_LOSS = softmax.log_sum_exp, softmax.shift, softmax.loss

Code = Callable[..., Any]
Values = dict[str, Any]

# Inputs at which one implementation or another loses everything.
TINY: Values = {"z": -710.0}  # exp(710) overflows; 1/(1 + exp(710)) is below the smallest normal number, and not 0
FAR: Values = {"s": 710.0, "y": -1.0}  # exp(710) overflows; the loss is 710, and its slope 1
RIGHT: Values = {"s": 40.0, "y": 1.0}  # the loss is exp(-40), which 1 + exp(-40) loses
PAST_20: Values = {"s": 20.5, "y": -1.0}  # the loss is 20.5 + exp(-20.5), of which exp(-20.5) is a million units
CERTAIN: Values = {"y": 0.0, "a": 1e-20}  # the loss is 1e-20, which 1 - 1e-20 loses
LARGE: Values = {"s": [1000.0, 1000.0]}  # exp(1000) overflows
EQUAL: Values = {"s": [1e15, 1e15]}  # log(2) is lost beside 1e15
CANCELLED: Values = {"s": [-1.0, -0.45868]}  # the sum of the exponentials is nearly 1, and its logarithm nearly 0
SURE: Values = {"s": [0.0, 70.0], "i": 1}  # the loss is exp(-70), which 1 + exp(-70) loses
# JAX on the CPU makes 0 of what is below 2**-126, the smallest normal float32.
TINY_32: Values = {"z": -88.0}
RIGHT_32: Values = {"s": 88.0, "y": 1.0}
APART_32: Values = {"s": [-88.0, 0.0]}
SATURATED_32: Values = {"z": 18.5}  # 1 - g(z) is lost


class Row(NamedTuple):
    """An implementation: what it is called in the table, the derivation that it has to compute, and how well it does.

    It is off by `bound` units in the last place at most, at any input; or it `breaks` at one, where it is off by more than a thousand.
    """

    name: str
    code: Code | Autograd
    source: Derivation
    bound: float | None = None
    breaks: Values | None = None
    dtype: str = "float64"
    gradient: str = ""  # the input it is differentiated in, if it is

    def measured(self, samples: int) -> Findings:
        """How well the implementation computes the last line of the derivation, or its derivative."""
        if self.gradient:
            return measure_gradient(self.code, self.source, self.gradient, dtype=self.dtype, samples=samples)
        assert not isinstance(self.code, Autograd)
        return measure(self.code, self.source, dtype=self.dtype, samples=samples)

    def broken(self) -> Case:
        """What the implementation gives at the input that breaks it: the worst element, where that is an array."""
        values = {n: int(x) if n == "i" else np.array(x, self.dtype)[()] for n, x in (self.breaks or {}).items()}
        known = oracle(self.source, dtype=self.dtype)
        if isinstance(self.code, Autograd):
            fn = self.code.fn
            known = known.gradient(self.gradient)
            found = self.code.differentiate(lambda inputs: fn(**inputs), values, self.gradient)
        else:
            found = self.code(**values)
        indices = {n: range(len(values["s"])) for n in known.inputs if n not in values}  # the code gives all elements at once
        pairs = list(zip(np.ravel(known(**values, **indices)), np.ravel(np.asarray(found)), strict=True))
        errors = [ulps(float(expected), float(got), self.dtype) for expected, got in pairs]
        worst = int(np.argmax(errors))
        return Case(values, float(pairs[worst][0]), float(pairs[worst][1]), errors[worst], (worst,) * (len(pairs) > 1))


def numpy_rows() -> list[Row]:
    """Naive and stable forms."""
    return [
        Row("NumPy, naive: 1/(1 + exp(-z))", losses.naive_sigmoid, SIGMOID, breaks=TINY),
        Row("NumPy, stable", losses.stable_sigmoid, SIGMOID, 2),
        Row("NumPy, naive: -log(1/(1 + exp(-y*s)))", losses.naive_logistic_loss, LOGISTIC, breaks=FAR),
        Row("NumPy, naive: log(1 + exp(-y*s))", losses.shorter_logistic_loss, LOGISTIC, breaks=FAR),
        Row("NumPy, stable: max(0, -y*s) + log1p(exp(-abs(y*s)))", losses.stable_logistic_loss, LOGISTIC, 2),
        Row("NumPy, naive: log(1 - a)", losses.naive_cross_entropy, CROSS_ENTROPY, breaks=CERTAIN),
        Row("NumPy, stable: log1p(-a)", losses.stable_cross_entropy, CROSS_ENTROPY, 2),
        Row("NumPy, naive: log(sum(exp(s)))", losses.naive_log_sum_exp, LOG_SUM_EXP, breaks=LARGE),
        Row("NumPy, stable: c + log(sum(exp(s - c)))", losses.stable_log_sum_exp, LOG_SUM_EXP, breaks=CANCELLED),
        Row("NumPy, careful: c + log1p(sum of the other terms)", losses.careful_log_sum_exp, LOG_SUM_EXP, breaks=CANCELLED),
        Row("NumPy, naive: exp(s)/sum(exp(s))", losses.naive_softmax, SOFTMAX, breaks=LARGE),
        Row("NumPy, stable: exp(s - c)/sum(exp(s - c))", losses.stable_softmax, SOFTMAX, 1000),
        Row("NumPy, naive: -log(softmax(s)[i])", losses.naive_softmax_loss, SOFTMAX_LOSS, breaks=LARGE | {"i": 0}),
        Row("NumPy, stable: -s[i] + logsumexp(s)", losses.stable_softmax_loss, SOFTMAX_LOSS, breaks=SURE),
        Row("NumPy, careful: -(s[i] - c) + log1p(sum of the other terms)", losses.careful_softmax_loss, SOFTMAX_LOSS, 1000),
    ]


def scipy_rows() -> list[Row]:
    """`scipy.special`."""
    from scipy import special

    return [
        Row("scipy.special.expit", lambda z: special.expit(z), SIGMOID, breaks=TINY),
        Row("-scipy.special.log_expit(y*s)", lambda s, y: -special.log_expit(y * s), LOGISTIC, 2),
        Row("scipy.special.logsumexp", lambda s: special.logsumexp(s), LOG_SUM_EXP, breaks=CANCELLED),
        Row("scipy.special.softmax", lambda s: special.softmax(s), SOFTMAX, 1000),
        Row("-scipy.special.log_softmax(s)[i]", lambda s, i: -special.log_softmax(s)[i], SOFTMAX_LOSS, breaks=SURE),
    ]


def sklearn_rows() -> list[Row]:
    """`sklearn.metrics.log_loss` of one sample."""
    from sklearn.metrics import log_loss

    return [Row("sklearn.metrics.log_loss", lambda y, a: log_loss([y], [a], labels=[0, 1]), CROSS_ENTROPY, breaks=CERTAIN)]


def torch_rows() -> list[Row]:
    """PyTorch on the CPU, and what autograd makes of it."""
    import torch
    from torch.nn import functional

    def t(x: Any) -> Any:
        return torch.as_tensor(x)

    def bce_with_logits(s: Any, y: Any) -> Any:
        return functional.binary_cross_entropy_with_logits(t(s), (t(y) + 1) / 2)

    def soft_margin(s: Any, y: Any) -> Any:
        return functional.soft_margin_loss(t(s), t(y))

    def softplus(s: Any, y: Any) -> Any:
        return functional.softplus(-t(y) * t(s))

    def log_sum_exp(s: Any) -> Any:
        return torch.logsumexp(t(s), 0)

    def cross_entropy(s: Any, i: Any) -> Any:
        return functional.cross_entropy(t(s), t(i))

    return [
        Row("torch.sigmoid", lambda z: torch.sigmoid(t(z)), SIGMOID, breaks=TINY),
        Row("torch binary_cross_entropy_with_logits", bce_with_logits, LOGISTIC, breaks={"s": -40.0, "y": -1.0}),
        Row("torch soft_margin_loss", soft_margin, LOGISTIC, breaks=FAR),
        Row("torch softplus(-y*s)", softplus, LOGISTIC, breaks=PAST_20),
        Row("torch logsumexp", log_sum_exp, LOG_SUM_EXP, breaks=CANCELLED),
        Row("torch cross_entropy", cross_entropy, SOFTMAX_LOSS, breaks=SURE),
        Row("gradient of torch binary_cross_entropy_with_logits", torch_gradient(bce_with_logits), LOGISTIC, breaks=RIGHT, gradient="s"),
        Row("gradient of torch soft_margin_loss", torch_gradient(soft_margin), LOGISTIC, breaks=FAR, gradient="s"),
        Row("gradient of torch softplus(-y*s)", torch_gradient(softplus), LOGISTIC, breaks=PAST_20, gradient="s"),
        Row("gradient of torch logsumexp", torch_gradient(log_sum_exp), LOG_SUM_EXP, breaks=EQUAL, gradient="s"),
        Row("gradient of torch cross_entropy", torch_gradient(cross_entropy), SOFTMAX_LOSS, breaks=SURE, gradient="s"),
    ]


def jax_rows() -> list[Row]:
    """`jax.nn` in float32, as JAX comes, and what `jax.grad` makes of it."""
    from jax import nn

    def softplus(s: Any, y: Any) -> Any:
        return nn.softplus(-y * s)

    def log_sigmoid(s: Any, y: Any) -> Any:
        return -nn.log_sigmoid(y * s)

    def log_sum_exp(s: Any) -> Any:
        return nn.logsumexp(s)

    def log_softmax(s: Any, i: Any) -> Any:
        return -nn.log_softmax(s)[i]

    return [
        Row("jax.nn.sigmoid", lambda z: nn.sigmoid(z), SIGMOID, None, TINY_32, "float32"),
        Row("jax.nn.softplus(-y*s)", softplus, LOGISTIC, None, RIGHT_32, "float32"),
        Row("-jax.nn.log_sigmoid(y*s)", log_sigmoid, LOGISTIC, None, RIGHT_32, "float32"),
        Row("jax.nn.logsumexp", log_sum_exp, LOG_SUM_EXP, None, {"s": [-16.6, 0.0]}, "float32"),
        Row("jax.nn.softmax", lambda s: nn.softmax(s), SOFTMAX, None, APART_32, "float32"),
        Row("-jax.nn.log_softmax(s)[i]", log_softmax, SOFTMAX_LOSS, None, SURE, "float32"),
        Row("gradient of jax.nn.sigmoid", jax_gradient(lambda z: nn.sigmoid(z)), SIGMOID, None, SATURATED_32, "float32", "z"),
        Row("gradient of jax.nn.softplus(-y*s)", jax_gradient(softplus), LOGISTIC, None, RIGHT_32, "float32", "s"),
        Row("gradient of -jax.nn.log_sigmoid(y*s)", jax_gradient(log_sigmoid), LOGISTIC, None, RIGHT_32, "float32", "s"),
        Row("gradient of jax.nn.logsumexp", jax_gradient(log_sum_exp), LOG_SUM_EXP, None, APART_32, "float32", "s"),
        Row("gradient of -jax.nn.log_softmax(s)[i]", jax_gradient(log_softmax), SOFTMAX_LOSS, None, SURE, "float32", "s"),
    ]


LIBRARIES: Mapping[str, Callable[[], list[Row]]] = {
    "numpy": numpy_rows, "scipy": scipy_rows, "sklearn": sklearn_rows, "torch": torch_rows, "jax": jax_rows,
}  # fmt: skip

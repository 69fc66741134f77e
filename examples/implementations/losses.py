"""Losses in NumPy: the naive forms read like the formula, the stable ones like the last line of a derivation that is certified."""

from __future__ import annotations

from typing import Any

import numpy as np


def naive_sigmoid(z: Any) -> Any:
    """1/(1 + exp(-z))."""
    return 1 / (1 + np.exp(-z))


def stable_sigmoid(z: Any) -> Any:
    """The same by `sigmoid.logistic` where z < 0: exp(z)/(1 + exp(z))."""
    small = np.exp(-np.abs(z))
    return np.where(z < 0, small, 1) / (1 + small)


def naive_logistic_loss(s: Any, y: Any) -> Any:
    """-log(g(y*s)) for a label y of -1 or +1, as it is derived (row 3.2)."""
    return -np.log(1 / (1 + np.exp(-y * s)))


def shorter_logistic_loss(s: Any, y: Any) -> Any:
    """log(1 + exp(-y*s)), the last line of `signed_labels.loss`."""
    return np.log(1 + np.exp(-y * s))


def stable_logistic_loss(s: Any, y: Any) -> Any:
    """The last line of `stable.right_side` and `stable.wrong_side`."""
    return np.maximum(0, -(y * s)) + np.log1p(np.exp(-np.abs(y * s)))


def naive_cross_entropy(y: Any, a: Any) -> Any:
    """-(y*log(a) + (1 - y)*log(1 - a)), the last line of `likelihood.cross_entropy`."""
    return -(y * np.log(a) + (1 - y) * np.log(1 - a))


def stable_cross_entropy(y: Any, a: Any) -> Any:
    """The same with log1p, which does not round 1 - a."""
    return -(y * np.log(a) + (1 - y) * np.log1p(-a))


def naive_log_sum_exp(s: Any) -> Any:
    """log(sum(exp(s[j]) for j in K)), the first line of `softmax.log_sum_exp`."""
    return np.log(np.sum(np.exp(s)))


def stable_log_sum_exp(s: Any) -> Any:
    """The last line of `softmax.log_sum_exp` (row 4.3), with the largest score for c."""
    c = np.max(s)
    return c + np.log(np.sum(np.exp(s - c)))


def careful_log_sum_exp(s: Any) -> Any:
    """The same, with the term of the sum that is 1 left to log1p."""
    c = np.max(s)
    others = np.delete(s, np.argmax(s))
    return c + np.log1p(np.sum(np.exp(others - c)))


def naive_softmax(s: Any) -> Any:
    """exp(s[i])/sum(exp(s[j]) for j in K), for every i."""
    return np.exp(s) / np.sum(np.exp(s))


def stable_softmax(s: Any) -> Any:
    """The same by `softmax.shift` (row 4.3), with minus the largest score for c."""
    return naive_softmax(s - np.max(s))


def naive_softmax_loss(s: Any, i: Any) -> Any:
    """-log(S(i)), the first line of `softmax.loss`."""
    return -np.log(naive_softmax(s)[i])


def stable_softmax_loss(s: Any, i: Any) -> Any:
    """The last line of `softmax.loss`, by way of `softmax.log_sum_exp` with the largest score for c."""
    return -s[i] + stable_log_sum_exp(s)


def careful_softmax_loss(s: Any, i: Any) -> Any:
    """The same, with every score taken from the largest first, and without cancellation."""
    shifted = s - np.max(s)
    return -shifted[i] + careful_log_sum_exp(shifted)

"""Binary cross-entropy of a score z and a label y: as the formula has it, and in a form that no score makes overflow."""

from math import exp, log, log1p


def naive(z: float, y: int) -> float:
    """-(y*log(p) + (1 - y)*log(1 - p)) with p = 1/(1 + exp(-z)): fails where exp overflows, and where 1 - p is 0."""
    p = 1 / (1 + exp(-z))
    return -(y * log(p) + (1 - y) * log(1 - p))


def stable(z: float, y: int) -> float:
    """max(z, 0) - y*z + log(1 + exp(-abs(z))): the same by docs/losses.md, and finite for every score."""
    return max(z, 0.0) - y * z + log1p(exp(-abs(z)))


def slope(z: float, y: int) -> float:
    """1/(1 + exp(-z)) - y, the derivative of the loss by proofs/slope.py, where exp does not overflow."""
    return (1 / (1 + exp(-z)) if z >= 0 else exp(z) / (1 + exp(z))) - y

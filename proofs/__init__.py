"""The derivations of two articles on cross-entropy and entropy, certified step by step; one module a section."""

__all__ = [  # noqa: RUF022 (the order of the chapters)
    "sigmoid", "likelihood", "signed_labels", "softmax", "information", "gradients", "maximum_likelihood", "worked_example", "audit",
]

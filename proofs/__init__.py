"""The derivations of two articles on cross-entropy and entropy, certified step by step; one module a section."""

__all__ = ["sigmoid", "likelihood", "signed_labels", "softmax", "information", "gradients", "maximum_likelihood", "worked_example"]  # noqa: RUF022 (the order of the chapters)

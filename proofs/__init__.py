"""The derivations of two articles on cross-entropy and entropy, certified step by step; one module a section.

The last, `audit`, holds what the articles print or claim and is wrong, refuted.
"""

__all__ = ["sigmoid", "likelihood", "signed_labels", "softmax", "gradients", "audit"]  # noqa: RUF022 (the order of the chapters)

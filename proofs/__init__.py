"""The derivations that come with the program, one file a section."""

__all__ = [  # noqa: RUF022 (the order of the chapters)
    "sigmoid", "likelihood", "signed_labels", "softmax", "information", "gradients", "maximum_likelihood", "worked_example", "audit",
]

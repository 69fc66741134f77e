"""A checker for derivations."""

from derive.page import Derivation, derivation

__all__ = ["Derivation", "derivation"]

"""Pictures of certified expressions (being written)."""

from __future__ import annotations

from collections.abc import Sequence

from derive.handout.document import Figure
from derive.model import Page


def figures_of(name: str, page: Page, languages: Sequence[str]) -> tuple[Figure, ...]:
    """The figures that belong to a derivation."""
    return ()

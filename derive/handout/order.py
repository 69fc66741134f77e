"""What is ordered, a handout, a worksheet or a key, and the files that it comes to. Knows nothing of what is in a document."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from derive.handout import writer
from derive.handout.build import handout
from derive.handout.document import Document
from derive.model import Outcome, PageError, Words

if TYPE_CHECKING:
    from derive.page import Derivation

LANGUAGES = {"en": ("en",), "zh": ("zh",), "both": ("en", "zh")}


@dataclass(frozen=True)
class Order:
    """What is wanted of some derivations: `lang` is en, zh or both; `worksheet` is empty, blanks, find-the-slip or reasons."""

    title: Words
    lang: str = "en"
    worksheet: str = ""
    fade: int = 1
    seed: int = 0
    key: bool = False


def files(order: Order, outcomes: Sequence[Outcome], library: Mapping[str, Derivation], path: Path) -> dict[str, bytes]:
    """The files that an order comes to, in the format of `path`: their names, to stand beside each other, and what is in them."""
    write, languages = writer(path), LANGUAGES[order.lang]
    if not order.worksheet:
        return write(placed(handout(outcomes, order.title, languages, titles(outcomes, library)), library), path.stem)
    raise NotImplementedError


def placed(document: Document, library: Mapping[str, Derivation]) -> Document:
    """The document, its sections with the modules of packages that make them."""
    files = {getattr(module, "__file__", None): name for name, module in list(sys.modules.items()) if "." in name}
    found = {name: files.get(d.place.file, "") for name, d in library.items()}
    return replace(document, sections=tuple(replace(s, module=found.get(s.name, "")) for s in document.sections))


def titles(outcomes: Sequence[Outcome], library: Mapping[str, Derivation]) -> dict[str, Words]:
    """The titles of what the derivations name: lemmas, and what puts them right."""
    found: dict[str, Words] = {}
    for o in outcomes:
        reasons = (r for line in (o.page.lines if o.page else ()) for r in line.reasons if r.startswith("lemma "))
        for name in (*(r.removeprefix("lemma ") for r in reasons), *(o.page.see if o.page else ())):
            try:
                found[name] = library[name].page.title
            except (KeyError, PageError):
                continue
    return {name: title for name, title in found.items() if any(title)}

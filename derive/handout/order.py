"""What is ordered, a handout, a worksheet or a key, and the files that it comes to. Knows nothing of what is in a document."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from derive.handout import writer
from derive.handout.build import handout
from derive.handout.document import Document
from derive.handout.worksheet import Worksheet, sheet
from derive.model import Outcome, PageError, Words

if TYPE_CHECKING:
    from derive.page import Derivation

Library = Mapping[str, "Derivation"]  # what lemmas may name
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


def files(order: Order, outcomes: Sequence[Outcome], library: Library, path: Path) -> dict[str, bytes]:
    """The files that an order comes to, in the format of `path`: their names, to stand beside each other, and what is in them.

    Raises NothingToAsk, where no worksheet can be made of these derivations, and what `writer` raises.
    """
    write = writer(path)
    if not order.worksheet:
        return write(handout_of(order, outcomes, library), path.stem)
    made = worksheet_of(order, outcomes, library)
    if not order.key:
        return write(made.student, path.stem)
    return {**write(made.key, path.stem), f"{path.stem}.key.json": key_file(made)}


def handout_of(order: Order, outcomes: Sequence[Outcome], library: Library) -> Document:
    """The handout that is ordered."""
    return placed(handout(outcomes, order.title, LANGUAGES[order.lang], titles(outcomes, library)), library)


def worksheet_of(order: Order, outcomes: Sequence[Outcome], library: Library) -> Worksheet:
    """The worksheet that is ordered, and its key. Raises NothingToAsk."""
    made = sheet(
        outcomes,
        order.worksheet,
        fade=order.fade,
        seed=order.seed,
        languages=LANGUAGES[order.lang],
        title=order.title,
        titles=titles(outcomes, library),
        library=library,
    )
    return replace(made, student=placed(made.student, library), key=placed(made.key, library))


def key_file(made: Worksheet) -> bytes:
    """The key as the file that `grade` reads."""
    return (json.dumps(made.data, ensure_ascii=False, indent=1) + "\n").encode()


def placed(document: Document, library: Library) -> Document:
    """The document, its sections with the modules of packages that make them."""
    files = {getattr(module, "__file__", None): name for name, module in list(sys.modules.items()) if "." in name}
    found = {name: files.get(d.place.file, "") for name, d in library.items()}
    return replace(document, sections=tuple(replace(s, module=found.get(s.name, "")) for s in document.sections))


def titles(outcomes: Sequence[Outcome], library: Library) -> dict[str, Words]:
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

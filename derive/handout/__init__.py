"""Handouts, worksheets and keys: derivations that have been checked, on paper. Knows which formats there are; nothing of what is in them.

`writer(path)` finds the module for a format by the suffix of the file; each has `write(document, stem)`, which gives the contents of
the files to be written: the document first, and beside it the pictures that some formats need.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module, util
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from derive.handout.document import Document

    Write = Callable[[Document, str], dict[str, bytes]]


class CannotWrite(Exception):
    """A document that cannot be made or written; the text says why, and what to do."""


class MissingExtra(CannotWrite):
    """A package that a format needs is not installed; the text names the extra that brings it."""


class UnknownFormat(CannotWrite):
    """A file name whose suffix stands for no format; the text lists those there are."""


class Unprintable(CannotWrite):
    """Something of a document that cannot be set, such as a character that is in none of the fonts."""


class Format(NamedTuple):
    """A format: the module that writes it, and what has to be installed for it."""

    module: str
    package: str = ""
    extra: str = ""


FORMATS: Mapping[str, Format] = {
    ".html": Format("html"),
    ".pdf": Format("pdf", "typst", "pdf"),
    ".docx": Format("docx", "docx", "docx"),
    ".ipynb": Format("ipynb"),
    ".tex": Format("tex"),
    ".md": Format("markdown"),
}


def writer(path: Path) -> Write:
    """What writes the format that the name of a file asks for. Raises UnknownFormat, MissingExtra."""
    found = FORMATS.get(path.suffix)
    if found is None:
        raise UnknownFormat(f"{path}: {path.suffix or 'no suffix'} is no format of handouts; there are {', '.join(FORMATS)}")
    require(found.package, found.extra, found.module)
    write: Write = import_module(f"derive.handout.{found.module}").write
    return write


def require(package: str, extra: str, what: str) -> None:
    """Raises MissingExtra unless a package is installed."""
    if package and util.find_spec(package) is None:
        raise MissingExtra(f"{what} needs the package {package}: pip install 'derive-checker[{extra}]'")

"""The key to a worksheet, read again: JSON → questions. Knows pages, not what a student has written.

A key is data that somebody may have changed: what is wrong with it is said, and none of it is executed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from derive.handout.worksheet import FORMAT, VARIANTS, VERSION
from derive.model import Line, Page, PageError, Place
from derive.page import Derivation
from derive.reading import read_page


class Ungradable(ValueError):
    """A sheet or a key that cannot be read, or that do not belong together; the text says which, where, and what was expected."""


@dataclass(frozen=True)
class Question:
    """A derivation of a key: the right page, the page on the sheet, what is asked, and the pages of its lemmas."""

    name: str
    page: Page
    asked: tuple[int, ...]
    wrong: Line | None  # the wrong line of the sheet, where there is a slip to find
    lemmas: Mapping[str, Derivation]

    @property
    def on_sheet(self) -> tuple[Line, ...]:
        """The lines as the sheet has them, if it has them."""
        return tuple(self.wrong if self.wrong and k in self.asked else line for k, line in enumerate(self.page.lines))


@dataclass(frozen=True)
class Key:
    """The key to a sheet."""

    sheet: str
    variant: str
    languages: tuple[str, ...]
    questions: tuple[Question, ...]


def read_key(source: Path | str) -> Key:
    """The key in a JSON file (a Path), or in a text. Raises Ungradable."""
    file = str(source) if isinstance(source, Path) else "the key"
    try:
        data = json.loads(source.read_text(encoding="utf-8-sig") if isinstance(source, Path) else source)
    except OSError as error:
        raise Ungradable(f"{file}: {error.strerror or error}") from None
    except UnicodeDecodeError:
        raise Ungradable(f"{file}: this is not UTF-8; a key is the JSON file that derive handout --key writes") from None
    except (ValueError, RecursionError) as error:
        raise Ungradable(f"{file}: this is not JSON: {error}; a key is the JSON file that derive handout --key writes") from None
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise Ungradable(f"{file}: this is no key: expected the format {FORMAT}, got {_short(data)}")
    if data.get("version") != VERSION:
        raise Ungradable(f"{file}: a key of another version: expected {VERSION}, got {_short(data.get('version'))}")
    try:
        return _key(data)
    except PageError as error:
        raise Ungradable(f"{file}: a page of this key cannot be read: {error.message}") from None
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
        raise Ungradable(f"{file}: this key is damaged: {type(error).__name__} {_short(error)}") from None


def _short(found: object) -> str:
    shown = found.get("format", "an object without one") if isinstance(found, dict) else found
    return str(shown)[:60]


def _key(data: Mapping[str, Any]) -> Key:
    variant = data["variant"]
    if variant not in VARIANTS:
        raise ValueError(f"variant {variant}")
    languages = tuple(lang for lang in data["languages"] if lang in ("en", "zh")) or ("en",)
    return Key(str(data["sheet"]), variant, languages, tuple(map(_question, data["derivations"])))


def _question(data: Mapping[str, Any]) -> Question:
    place = Place("<key>", 1)
    page, on_sheet = read_page(data["page"], place), data["sheet"]
    asked = tuple(int(item["line"]) for item in data["asked"])
    if not asked or not all(0 < k < len(page.lines) for k in asked):
        raise ValueError(f"lines {asked} of {data['name']}")
    wrong = read_page(on_sheet, place).lines[asked[0]] if "wrong" in data["asked"][0] else None
    lemmas = {str(name): Derivation(str(written), place, str(name)) for name, written in data["lemmas"].items()}
    return Question(str(data["name"]), page, asked, wrong, lemmas)

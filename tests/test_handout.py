"""Which formats there are, and what is said where one is unknown or lacks a package."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pytest

from derive import handout


@pytest.mark.parametrize("suffix", handout.FORMATS)
def test_every_format_has_a_writer(suffix: str) -> None:
    assert callable(handout.writer(Path(f"page{suffix}")))


@pytest.mark.parametrize("name", ["page.odt", "page", "page.PDF.zip"])
def test_an_unknown_format_is_answered_with_a_list_of_all(name: str) -> None:
    with pytest.raises(handout.UnknownFormat, match=r"no format of handouts; there are \.html, \.pdf, \.docx, \.ipynb, \.tex, \.md"):
        handout.writer(Path(name))


@pytest.mark.parametrize(("suffix", "package", "extra"), [(s, f.package, f.extra) for s, f in handout.FORMATS.items() if f.package])
def test_a_missing_package_is_answered_with_what_brings_it(suffix: str, package: str, extra: str, monkeypatch: pytest.MonkeyPatch) -> None:
    real = importlib.util.find_spec

    def without(name: str, *more: Any) -> Any:
        return None if name == package else real(name, *more)

    monkeypatch.setattr(importlib.util, "find_spec", without)
    with pytest.raises(handout.MissingExtra, match=rf"needs the package {package}: pip install 'derive-checker\[{extra}\]'"):
        handout.writer(Path(f"page{suffix}"))

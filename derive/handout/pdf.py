"""Document → PDF, through the wheel `typst`: tagged, with text alternatives, with our fonts only. Knows no formulas and no verdict."""

from __future__ import annotations

import re
from importlib.resources import as_file, files

from derive.handout import Unprintable
from derive.handout.document import Document
from derive.handout.typst import source


def write(document: Document, stem: str) -> dict[str, bytes]:
    """The PDF, under the standard UA-1, by which a missing character is an error; the same document gives the same bytes."""
    return {f"{stem}.pdf": compiled(source(document))}


def compiled(text: str) -> bytes:
    """Typst source → PDF."""
    import typst  # late: it comes with an extra

    with as_file(files("derive.handout") / "fonts") as folder:
        fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[folder])
        try:
            out = typst.compile(text.encode(), font_paths=fonts, pdf_standards=["ua-1"], timestamp=0)
        except typst.TypstError as error:
            raise Unprintable(_reason(error)) from error
    assert isinstance(out, bytes)
    return out


def _reason(error: Exception) -> str:
    missing = re.search(r'the text `"(.*?)"` could not be displayed', str(error))
    advice = "write another format, or leave it out"
    return f"the fonts of a PDF have no character for {missing[1]}; {advice}" if missing else f"the PDF cannot be made: {error}"

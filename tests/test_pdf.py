"""Document → PDF."""

from __future__ import annotations

import functools
import shutil
import subprocess
import time
from dataclasses import replace
from pathlib import Path

import certified
import pytest
from test_typst import NASTY, X, document, section

from derive.check import check_derivation
from derive.handout import build
from derive.handout.document import Document, Mark, Remark, Row
from derive.handout.formula import Node, Root, Token, symbol
from derive.model import Words

pytest.importorskip("typst", reason="the package typst is missing: pip install 'derive-checker[pdf]'")
from derive.handout import pdf

NAMES = ("softmax.loss", "likelihood.cross_entropy", "sigmoid.symmetry", "maximum_likelihood.bernoulli_maximum")


@functools.cache
def handout(*languages: str) -> Document:
    library = certified.library()
    outcomes = [check_derivation(library[name], library) for name in NAMES if name in library]
    return build.handout(outcomes, Words("Where does it come from?", "从何而来？"), languages)


def made(d: Document) -> bytes:
    files = pdf.write(d, "sheet")
    assert list(files) == ["sheet.pdf"]
    return files["sheet.pdf"]


def tool(name: str, *arguments: str, data: bytes, folder: Path) -> str:
    if shutil.which(name) is None:
        pytest.skip(f"{name} is missing (poppler-utils)")
    (folder / "sheet.pdf").write_bytes(data)
    return subprocess.run([name, *arguments], cwd=folder, capture_output=True, text=True, check=True).stdout


def text_of(data: bytes, folder: Path) -> str:
    return tool("pdftotext", "-layout", "sheet.pdf", "-", data=data, folder=folder)


def pages(data: bytes, folder: Path) -> int:
    return int(tool("pdfinfo", "sheet.pdf", data=data, folder=folder).split("Pages:")[1].split()[0])


@pytest.mark.parametrize("languages", [("en",), ("zh",), ("en", "zh")])
def test_a_handout_holds_the_words_in_its_languages(languages: tuple[str, ...], tmp_path: Path) -> None:
    found = "".join(text_of(made(handout(*languages)), tmp_path).split())
    words = {"en": ("Wheredoesitcomefrom?", "Thesoftmaxlossofoneclass", "GIVEN", "provedbythechecker"),
             "zh": ("从何而来？", "某一类别的", "已知", "已由检查器证明")}  # fmt: skip
    for lang, expected in words.items():
        assert [w in found for w in expected] == [lang in languages] * len(expected)


def test_the_same_document_gives_the_same_bytes() -> None:
    assert made(handout("en", "zh")) == made(handout("en", "zh"))


def test_the_document_is_tagged_and_has_a_title_and_only_our_fonts(tmp_path: Path) -> None:
    data = made(handout("zh"))
    info = tool("pdfinfo", "sheet.pdf", data=data, folder=tmp_path)
    assert ("从何而来？" in info, "yes" in info.split("Tagged:")[1].split("\n")[0]) == (True, True)
    fonts = [line.split()[0].partition("+")[2] for line in tool("pdffonts", "sheet.pdf", data=data, folder=tmp_path).splitlines()[2:]]
    assert {f.split("-")[0] for f in fonts} == {"STIXTwoText", "STIXTwoMath", "NotoSerifCJKsc"}


@pytest.mark.parametrize("text", ["\U0001f600", "\u0e01"])
def test_a_character_in_no_font_is_an_error_that_names_it(text: str) -> None:
    """It was printed as a box, without a warning."""
    with pytest.raises(pdf.Unprintable, match=f"no character for .*{text}"):
        made(document(section(heading=((f"a{text}b",),))))
    with pytest.raises(pdf.Unprintable, match=f"no character for .*{text}"):
        made(document(section(Row(1, (Token("name", text),), "="))))


def test_names_may_be_chinese_words_or_letters_of_other_alphabets(tmp_path: Path) -> None:
    names = [symbol(n) for n in ("损失", "熵", "é", "Ж", "ß", "naïve", "x_损失")]
    found = text_of(made(document(section(*[Row(k, (n,), "=") for k, n in enumerate(names, 1)]))), tmp_path)
    assert [c for c in ("损失", "熵", "é", "Ж", "ß", "naïve") if c not in found] == []


def test_a_formula_without_words_would_be_an_error() -> None:
    with pytest.raises(pdf.Unprintable, match="missing alt text"):
        pdf.compiled('#set document(title: "T")\n#show math.equation: set text(font: "STIX Two Math")\n$x$')


def test_no_text_is_markup(tmp_path: Path) -> None:
    sections = [section(Row(1, (Token("name", t.strip() or "x"),), "=", reason=((t,),)), number=k, heading=((f"h{t}h",),), source=t)
                for k, t in enumerate(NASTY, 1)]  # fmt: skip
    data = made(document(*sections, title=((" ".join(NASTY),),), student=True, sheet=NASTY[0]))
    found = "".join(text_of(data, tmp_path).split())
    assert [t for t in NASTY if "".join(f"h{t}h".split()) not in found] == []


def test_a_formula_that_is_nested_too_deeply_is_an_error() -> None:
    node: Node = X
    for _ in range(300):
        node = Root(node)
    with pytest.raises(pdf.Unprintable, match="depth exceeded"):
        made(document(section(Row(1, (node,), "="))))


def test_a_section_stays_on_one_page_unless_it_is_taller(tmp_path: Path) -> None:
    short = [section(*[Row(k, (X,), "=", reason=((f"s{n}r{k}.",),)) for k in range(1, 16)], number=n) for n in range(1, 5)]
    text = text_of(made(document(*short)), tmp_path)
    for n, page in ((n, page) for n in range(1, 5) for page in text.split("\f")):
        assert sum(f"s{n}r{k}." in page for k in range(1, 16)) in (0, 15)
    tall = section(*[Row(k, (X,), "=", reason=((f"s1r{k}.",),)) for k in range(1, 80)])
    text = text_of(made(document(tall)), tmp_path)
    assert [k for k in range(1, 80) if f"s1r{k}." not in text] == []
    assert pages(made(document(tall)), tmp_path) > 1


def test_a_sheet_has_room_for_answers(tmp_path: Path) -> None:
    rows = (Row(1, (), "=", left=X, mark=Mark.RING), Row(2, (X,), "=", blank_reason=True, mark=Mark.RING), Row(3, (), "=", wide=True))
    worksheet = section(*rows, instruction=(("Fill in.",),), answer=(("The right line",),), remarks=(Remark(build.Ink.BAD, ((X, " no"),)),))
    found = text_of(made(document(worksheet, student=True, sheet="blanks-2-7")), tmp_path)
    assert [w for w in ("Name", "Date", "Sheet blanks-2-7", "Fill in.", "The right line") if w not in found] == []


def test_thirty_pages_take_seconds(tmp_path: Path) -> None:
    once = handout("en").sections
    long = replace(handout("en"), sections=tuple(replace(once[k % len(once)], number=k + 1, figures=()) for k in range(76)))
    started = time.process_time()
    data = made(long)
    assert time.process_time() - started < 8  # 1.5 seconds on an idle machine
    assert pages(data, tmp_path) >= 30

"""Handouts for Word: what stands in the file, and what LibreOffice makes of it."""

from __future__ import annotations

import functools
import io
import shutil
import subprocess
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import certified
import pytest

from derive.check import check_derivation
from derive.handout import build, word
from derive.handout.document import DRAWINGS, Document, Ink, Mark, Remark, Section
from derive.handout.docx import write
from derive.handout.formula import Styled, Token
from derive.model import Words

docx = pytest.importorskip("docx", reason="python-docx is not installed")
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
NAMES = ("softmax.loss", "worked_example.score_3", "audit.mean_turned_over")


@functools.cache
def document(*languages: str) -> Document:
    outcomes = [check_derivation(certified.library()[n], certified.library()) for n in NAMES]
    return build.handout(outcomes, Words("Where does it come from?", "从何而来？"), languages)


@functools.cache
def sheet() -> Document:
    """A worksheet: steps and reasons to fill in, a wrong line struck out, rings."""
    whole = document("en", "zh")
    section = whole.sections[0]
    first, second, third, fourth = section.rows
    wrong = (Styled("wrong", Token("variable", "q")),)
    rows = (first, replace(second, lines=(), mark=Mark.RING), replace(third, wrong=wrong), replace(fourth, reason=(), blank_reason=True))
    remark = Remark(Ink.BAD, (("Compare with ", Token("variable", "x"), "."), ("比较",)))
    instruction, answer = (("Fill in.",), ("填空。",)), (("The right line",), ("正确的一行",))
    to_fill_in = replace(section, rows=rows, instruction=instruction, answer=answer, remarks=(remark,))
    return replace(whole, sections=(to_fill_in,), student=True, sheet="blanks-2-7")


def opened(document: Document) -> docx.document.Document:
    return docx.Document(io.BytesIO(write(document, "page")["page.docx"]))


def xml(document: Document, part: str = "word/document.xml") -> str:
    with zipfile.ZipFile(io.BytesIO(write(document, "page")["page.docx"])) as file:
        return file.read(part).decode()


def test_headings_are_headings_and_say_what_is_shown() -> None:
    found = [(p.style.name, p.text) for p in opened(document("en")).paragraphs if p.style.name.startswith(("Title", "Subtitle", "Heading"))]
    assert found == [
        ("Title", "Where does it come from?"), ("Subtitle", "What is wrong has been refuted, what is right has been proved"),
        ("Heading 1", "1\u2002The softmax loss of one class"), ("Heading 1", "2\u2002The score of the third class, the right one"),
        ("Heading 1", "3\u2002log E(p/q) is −log E(q/p)"),
    ]  # fmt: skip


def test_the_file_says_its_title_and_its_language() -> None:
    english, chinese = opened(document("en")).core_properties, opened(document("zh")).core_properties
    assert (english.title, english.language) == ("Where does it come from?", "en-GB")
    assert (chinese.title, chinese.language) == ("从何而来？", "zh-CN")
    assert 'w:eastAsia="zh-CN"' in xml(document("zh"), "word/styles.xml")


def test_every_column_and_every_cell_has_a_width_and_they_agree() -> None:
    """Word makes columns of its own where there is no grid."""
    for table in opened(document("en", "zh")).tables:
        grid = [int(c.get(f"{W}w")) for c in table._tbl.tblGrid.iter(f"{W}gridCol")]
        assert sum(grid) == word.WIDTH
        assert table.autofit is False
        for line in table._tbl.tr_lst:
            assert [c.width.twips for c in line.tc_lst] == _merged(grid, [c.grid_span for c in line.tc_lst])


def _merged(grid: list[int], spans: list[int]) -> list[int]:
    found, at = [], 0
    for span in spans:
        found.append(sum(grid[at : at + span]))
        at += span
    assert at == len(grid)
    return found


def test_a_derivation_stays_on_one_page() -> None:
    table = opened(document("en")).tables[0]
    assert all(len([*line.iter(f"{W}cantSplit")]) == 1 for line in table._tbl.tr_lst)
    kept = [all(_kept(p) for c in r.cells for p in c.paragraphs) for r in table.rows]
    assert kept == [True] * (len(kept) - 1) + [False]


def _kept(paragraph: Any) -> bool:
    return bool(paragraph.paragraph_format.keep_with_next or paragraph.style.paragraph_format.keep_with_next)


def test_the_page_is_a4_with_margins_of_19_millimetres() -> None:
    page, = opened(document("en")).sections
    assert [round(length.mm) for length in (page.page_width, page.page_height, page.left_margin, page.top_margin)] == [210, 297, 19, 19]


def test_formulas_are_equations_and_marks_are_drawn_with_words_for_who_cannot_see_them() -> None:
    body = xml(document("en"))
    assert body.count("<m:oMathPara") > 10
    assert 'descr="proved by the checker"' in body
    assert 'descr="refuted by numbers or by a proof"' in body
    assert f"<w:t>{DRAWINGS[Mark.PROVED].character}</w:t></mc:Fallback>" in body


def test_shapes_and_bookmarks_have_numbers_of_their_own() -> None:
    body = xml(sheet()) + xml(sheet(), "word/footer1.xml")
    ids = [part.partition('"')[0] for part in body.split('<wp:docPr id="')[1:]]
    assert len(ids) == len(set(ids)) > 3


def test_a_wide_row_has_its_reason_below_and_begins_with_the_first_line() -> None:
    """The first line of score_3 was lost where the row beside it was wide."""
    table = opened(document("en")).tables[1]
    wide = next(r for r in table.rows if "Definition of" in r._tr.xml)
    text = "".join(t.text or "" for t in wide._tr.iter("{http://schemas.openxmlformats.org/officeDocument/2006/math}t"))
    assert text.startswith("s3=0.0−15")
    assert [c.grid_span for c in wide._tr.tc_lst][1] > 2


def test_a_worksheet_has_room_for_a_name_and_lines_to_write_on() -> None:
    found = opened(sheet())
    texts = [p.text for p in found.paragraphs]
    assert "Name 姓名  \t    Date 日期  \t" in texts
    assert "Fill in.\n填空。" in [r.cells[0].text for r in found.tables[0].rows]
    assert "The right line\n正确的一行" in texts
    assert xml(sheet()).count('w:leader="dot"') == 2 + 2 + 1  # a line, a reason, the answer
    assert "blanks-2-7" in xml(sheet(), "word/footer1.xml")


def test_a_wrong_line_is_struck_out_above_the_right_one() -> None:
    body = xml(sheet())
    assert body.count("<m:strikeH") == 1
    assert body.index("<m:strikeH") < body.index("<m:oMathPara", body.index("<m:strikeH"))


def test_half_circles_of_a_path_become_arcs() -> None:
    assert [*word.path_commands("M12 2a10 10 0 1 0 0 20z h1")] == [
        ("M", [12, 2]), ("A", [10, 270, -180, 12, 22]), ("Z", []), ("L", [13, 2])]  # fmt: skip


def test_text_from_a_page_is_text() -> None:
    section: Section = replace(document("en").sections[0], heading=(("</w:t>&<w:p> \x0b\ud800",),))
    texts = [p.text for p in opened(replace(document("en"), sections=(section,))).paragraphs]
    assert "1\u2002</w:t>&<w:p> \ufffd\ufffd" in texts


def test_the_same_document_has_the_same_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    first = write(document("en"), "page")
    monkeypatch.setattr(zipfile.time, "time", lambda: 2e9)  # type: ignore[attr-defined]
    assert write(document("en"), "page") == first


@pytest.mark.skipif(not shutil.which("soffice") or not shutil.which("pdftotext"), reason="LibreOffice or pdftotext is not installed")
def test_libreoffice_reads_it(tmp_path: Path) -> None:
    for name, made in (("both", document("en", "zh")), ("sheet", sheet())):
        (tmp_path / f"{name}.docx").write_bytes(write(made, name)[f"{name}.docx"])
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path), *map(str, tmp_path.glob("*.docx"))]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    both, paper = (_text_of(tmp_path / f"{name}.pdf") for name in ("both", "sheet"))
    expected = ("Where does it come from?", "从何而来？", "The softmax loss of one class", "某一类别的", "GIVEN", "已知", "proved by")
    assert [words for words in expected if words not in both] == []
    assert "Name 姓名" in paper
    assert "¿" not in both + paper  # which it shows for what it cannot read


def _text_of(file: Path) -> str:
    return subprocess.run(["pdftotext", "-layout", str(file), "-"], check=True, capture_output=True, timeout=60).stdout.decode()

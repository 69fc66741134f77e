"""Handouts as LaTeX sources: what stands in them, and that a real TeX sets them without complaint."""

from __future__ import annotations

import functools
import re
import shutil
import subprocess
from pathlib import Path

import certified
import pytest

from derive.check import check_derivation
from derive.expression import read
from derive.handout.build import handout
from derive.handout.document import Document, Figure, Mark, Row, Section
from derive.handout.formula import Node, Notation
from derive.handout.tex import write
from derive.handout.words import labels
from derive.handout.worksheet import sheet
from derive.model import Outcome, Words

ALLOWED = 5.0  # points that a line may stand out over the margin


def picture() -> bytes:
    """An empty picture, as a PDF."""
    objects = (b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>", b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 72 36]>>")
    out, places = b"%PDF-1.4\n", []
    for n, content in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj%bendobj\n" % (n, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return out + b"xref\n0 4\n0000000000 65535 f \n" + table + b"trailer<</Size 4/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % len(out)


def written(document: Document) -> str:
    return write(document, "sheet")["sheet.tex"].decode()


def formula(text: str) -> Node:
    return Notation().formula(read(text))


def of_rows(*rows: Row, languages: tuple[str, ...] = ("en",), **changes: object) -> Document:
    section = Section(1, "mine", (("Heading",),), (), (), (), rows, Mark.PROVED, **changes)  # type: ignore[arg-type]
    return Document((("Title",),), (), languages, (section,), labels(languages))


def body(*rows: Row) -> str:
    """What stands between the preamble and the end."""
    return written(of_rows(*rows)).partition(r"\begin{derivation}")[2]


def test_a_row_is_one_command() -> None:
    row = Row(2, (formula("1/x"),), "≤", formula("L"), (("Log of ", formula("x")),), Mark.PROVED)
    assert r"\step{2}{L}{\le}{\frac{1}{x}}{Log of $x$}{\markproved}" in body(row)


def test_a_wide_row_has_its_lines_below_each_other() -> None:
    row = Row(1, (formula("a"), formula("b")), "=", wide=True)
    assert r"\widestep{1}{}{=}{\begin{aligned}[t]& {a} \\[.5mm] & \quad b\end{aligned}}{}{}" in body(row)


def test_beside_wide_rows_the_left_side_has_a_row_of_its_own() -> None:
    """They need the whole width."""
    found = body(Row(1, (formula("a"),), "=", formula("L")), Row(2, (formula("b"),), "=", wide=True))
    assert r"\step{}{}{}{L}{}{}" in found
    assert r"\leftside" not in found


def test_a_wrong_line_is_struck_out_above_the_right_one() -> None:
    assert r"\begin{aligned}& \struck{z} \\[.5mm] & {x}\end{aligned}" in body(Row(1, (formula("x"),), "=", wrong=(formula("z"),)))


def test_what_the_student_writes_is_a_dotted_line() -> None:
    assert r"\step{1}{}{=}{\blank}{\blankreason}{\markring}" in body(Row(1, (), "=", mark=Mark.RING, blank_reason=True))


def test_words_of_a_page_are_no_commands() -> None:
    row = Row(1, (formula("x"),), "=", reason=((r"\input{secret} 50% of $5 & a_b",),))
    assert r"{\textbackslash{}input\{secret\} 50\% of \$5 \& a\_\allowbreak b}" in body(row)


def test_only_marks_that_are_used_are_defined() -> None:
    text = written(of_rows(Row(1, (formula("x"),), "=", mark=Mark.COMPUTED)))
    assert re.findall(r"\\newcommand\{\\mark(\w+)\}", text) == ["computed"]


@pytest.mark.parametrize(("languages", "kind"), [(("en",), "article"), (("zh",), "ctexart"), (("en", "zh"), "ctexart")])
def test_chinese_takes_the_class_for_chinese(languages: tuple[str, ...], kind: str) -> None:
    assert f"{{{kind}}}" in written(of_rows(languages=languages)).partition("\n")[0]


def test_a_figure_is_a_file_beside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("derive.handout.plotting.draw", lambda figure, form, lang: f"{figure.name} {form} {lang}".encode())
    figure = Figure("slope", (("The slope",),), (("It rises.",),), ("x",), ("y",))
    files = write(of_rows(figures=(figure,)), "sheet")
    assert files["sheet-slope.pdf"] == b"slope pdf en"
    assert [*files] == ["sheet.tex", "sheet-slope.pdf"]
    assert "{sheet-slope.pdf}" in files["sheet.tex"].decode()


def test_the_same_document_gives_the_same_bytes() -> None:
    document = of_rows(Row(1, (formula("x"),), "="))
    assert write(document, "sheet") == write(document, "sheet")


# -- set by a real TeX


@functools.cache
def outcomes(*chapters: str) -> tuple[Outcome, ...]:
    known = certified.library()
    return tuple(check_derivation(d, known) for name, d in known.items() if name.startswith(chapters))


def complaints(document: Document, engine: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What TeX finds wrong with a document: errors, lines that stand out, letters that no font has."""
    if shutil.which(engine) is None:
        pytest.skip(f"{engine} is not installed")
    if document.languages != ("en",) and not subprocess.run(["kpsewhich", "ctexart.cls"], capture_output=True).stdout:
        pytest.skip("the class ctexart is not installed")
    monkeypatch.setattr("derive.handout.plotting.draw", lambda figure, form, lang: picture())
    for name, content in write(document, "sheet").items():
        (folder / name).write_bytes(content)
    command = [engine, "-interaction=nonstopmode", "-halt-on-error", "sheet.tex"]
    subprocess.run(command, cwd=folder, capture_output=True, timeout=100)
    log = (folder / "sheet.log").read_text(encoding="utf-8", errors="replace")
    out = re.findall(r"^! .*|^Missing character.*", log, re.MULTILINE)
    over = re.findall(r"^Overfull \\hbox \(([\d.]+)pt too wide\).*", log, re.MULTILINE)
    assert (folder / "sheet.pdf").exists(), out
    return out + [f"{width} too wide" for width in over if float(width) > ALLOWED]


@pytest.mark.parametrize(
    ("engine", "languages"), [("pdflatex", ("en",)), ("xelatex", ("en",)), ("xelatex", ("zh",)), ("xelatex", ("en", "zh"))]
)
def test_tex_sets_a_handout_without_complaint(
    engine: str, languages: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = handout(outcomes("gradients.", "sigmoid.", "audit.log", "audit.entropy"), Words("Checked", "已检查"), languages)
    assert complaints(document, engine, tmp_path, monkeypatch) == []


@pytest.mark.parametrize("variant", ["blanks", "find-the-slip", "reasons"])
def test_tex_sets_sheets_and_keys_without_complaint(variant: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = sheet(outcomes("sigmoid."), variant, fade=3)
    for document in (made.student, made.key):
        assert complaints(document, "pdflatex", tmp_path, monkeypatch) == []


def test_tex_reads_nothing_from_the_words_of_a_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    every = " ".join([*map(chr, range(33, 127)), *"−≤≥≠≈∞∑∂αθΩ«»“”’…·×→∈ℝ"])
    row = Row(1, (formula("x"),), "=", reason=((every,),))
    assert complaints(of_rows(row, instruction=((every,),), source=every), "pdflatex", tmp_path, monkeypatch) == []

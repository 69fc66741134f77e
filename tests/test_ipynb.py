"""Notebooks: that they are notebooks, that their cells run, and that a page in one is a string whatever is in it."""

from __future__ import annotations

import ast
import functools
import json
import sys
from dataclasses import replace
from typing import Any

import certified
import pytest

from derive.check import Library, check_derivation
from derive.handout import build
from derive.handout.document import Document
from derive.handout.ipynb import literal, write
from derive.handout.order import placed
from derive.model import Words
from derive.page import Derivation, collect_markdown

NOTES = '''```derive log_product
given  a: positive, b: positive
claim  log(a*b) = log(a) + log(b)

    log(a*b)
  = log(a) + log(b)    by log of a product
```
```derive twice
title  A "quoted" \\\\ title | 标题
given  a: positive
claim  log(a*a) = 2*log(a)

    log(a*a)
  = log(a) + log(a)    by lemma log_product
  = 2*log(a)           by algebra
```
'''


def made(derivations: list[Derivation], library: Library, *languages: str) -> Document:
    outcomes = [check_derivation(d, library) for d in derivations]
    return placed(build.handout(outcomes, Words("Title", "题目"), languages or ("en",)), library)


@functools.cache
def package() -> Document:
    """A derivation, one with a lemma, and one that is printed and wrong."""
    library = certified.library()
    names = ("softmax.loss", "softmax.loss_gradient", "audit.mean_turned_over")
    return made([library[n] for n in names], library, "en", "zh")


@functools.cache
def notes() -> Document:
    found = collect_markdown(NOTES)
    return made(found, Library({d.name: d for d in found}))


def sheet(whole: Document, text: str) -> Document:
    """A worksheet with the page as the student has it."""
    section = replace(whole.sections[0], page_text=text)
    return replace(whole, sections=(section,), student=True, sheet="blanks-1-0")


def notebook(document: Document) -> dict[str, Any]:
    out = json.loads(write(document, "page")["page.ipynb"])
    assert isinstance(out, dict)
    return out


def code(document: Document) -> list[str]:
    return ["".join(c["source"]) for c in notebook(document)["cells"] if c["cell_type"] == "code"][1:]


def words(document: Document) -> str:
    return "\n\n".join("".join(c["source"]) for c in notebook(document)["cells"] if c["cell_type"] == "markdown")


def executed(document: dict[str, Any]) -> list[str]:
    """What the cells print; raises where one fails."""
    nbformat = pytest.importorskip("nbformat", reason="nbformat is not installed")
    nbclient = pytest.importorskip("nbclient", reason="nbclient is not installed")
    pytest.importorskip("ipykernel", reason="ipykernel is not installed")
    read = nbformat.reads(json.dumps(document), as_version=4)
    nbformat.validate(read)
    nbclient.NotebookClient(read, timeout=120, kernel_name=_kernel()).execute()
    texts = ((o.get("text") or o.get("data", {}).get("text/latex", "") for o in c.outputs) for c in read.cells if c.cell_type == "code")
    return ["".join(found) for found in texts][1:]


def _kernel() -> str:
    from jupyter_client.kernelspec import KernelSpecManager

    name = "python3"
    spec = KernelSpecManager().get_kernel_spec(name)
    if spec.argv[0] not in (sys.executable, "python", "python3"):
        pytest.skip("the kernel python3 belongs to another Python")
    return name


def test_a_derivation_of_the_package_is_imported() -> None:
    assert code(package())[:2] == [
        "from proofs.softmax import loss\n\ndisplay(*[equation for equation in loss.equations if equation is not None])",
        "print(plain(loss.certify()))",
    ]


def test_what_is_said_stands_in_both_languages_with_formulas() -> None:
    text = words(package())
    assert "# Title · 题目" in text
    assert "## 1 The softmax loss of one class · 某一类别的 Softmax 损失" in text
    assert r"To show · 求证：$\displaystyle -\log(S(i)) = -s_i + \log" in text
    assert "$$" not in text


def test_the_cells_of_the_package_run() -> None:
    printed = executed(notebook(package()))
    assert r"\log{\left" in printed[0]
    assert [p.partition("  ")[0] for p in printed[1::2]] == ["✓ softmax.loss", "✓ softmax.loss_gradient", "✗ audit.mean_turned_over"]


def test_pages_of_a_file_stand_in_their_cells_with_the_lemmas_they_rest_on() -> None:
    first, _, second, _ = code(notes())
    assert first.startswith('page = derivation("""\\\n')
    assert "```derive log_product\n" in ast.literal_eval(second.partition("collect_markdown(")[2].partition(")[-1]\n")[0])
    assert [p[0] for p in executed(notebook(notes()))[1::2]] == ["✓", "✓"]


def test_what_a_page_rests_on_and_is_not_there_is_named() -> None:
    alone = replace(notes(), sections=notes().sections[1:])
    assert r"It rests on log\_product, which is not in this notebook" in words(alone)


@pytest.mark.parametrize(
    ("reason", "printed"),
    [("____", "Fill in each ____ above, and run this cell.\n"), ("log of a product", "✓"), ("exp of a sum", "!")],
)
def test_a_worksheet_is_checked_when_it_has_been_filled_in(reason: str, printed: str) -> None:
    page = notes().sections[0].page_text.replace("log of a product", "____")
    document = notebook(sheet(notes(), page))
    cell = document["cells"][-1]
    cell["source"] = "".join(cell["source"]).replace("by ____", f"by {reason}")
    (found,) = executed(document)
    assert found.startswith(printed)


def test_a_worksheet_with_nothing_to_fill_in_has_no_code_that_would_solve_it() -> None:
    assert code(sheet(notes(), notes().sections[0].page_text)) == []


def test_a_worksheet_of_the_package_finds_its_lemmas() -> None:
    page = package().sections[1].page_text.replace("by hypothesis", "by ____")
    section = replace(package().sections[1], page_text=page)
    (cell,) = code(replace(package(), sections=(section,), student=True, sheet="reasons-1-0"))
    assert "from proofs.softmax import loss_gradient\n" in cell
    assert "check_derivation(page, loss_gradient.neighbours())" in cell


@pytest.mark.parametrize(
    "text",
    [
        'title """ + __import__("os").getcwd() + """',
        'a"""; import os #',
        '"',
        '"""',
        "\\",
        'x\\"""',
        "a\\nb\\x41",
        "a\rb\r\nc",
        "\u202etxt\u2066",
        "\x00",
        "{0}",
        "line\u2028line",
        "'''",
        "\ud800",
    ],
)
def test_a_page_cannot_leave_its_string(text: str) -> None:
    written = literal(text)
    assert isinstance(ast.parse(written, mode="eval").body, ast.Constant)
    assert ast.literal_eval(written) == text


def test_a_page_is_written_as_by_hand_where_it_can_be() -> None:
    assert literal("given a: real\n  = 1") == '"""\\\ngiven a: real\n  = 1"""'
    assert literal('"') == "'\"'"


def test_the_text_of_a_page_is_no_markdown() -> None:
    section = replace(notes().sections[0], heading=(("<script> $x$ [a](b) `c`",),))
    assert r"\<script\> \$x\$ \[a\](b) \`c\`" in words(replace(notes(), sections=(section,)))


def test_the_same_document_has_the_same_bytes_and_cells_have_names_of_their_own() -> None:
    assert write(package(), "page") == write(package(), "page")
    names = [c["id"] for c in notebook(package())["cells"]]
    assert len(names) == len(set(names)) == 2 + 3 * 3

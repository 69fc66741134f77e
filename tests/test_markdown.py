"""Handouts in GitHub's Markdown: its pitfalls are kept clear of, and a sheet that is filled in can be read."""

from __future__ import annotations

import functools
import re
from dataclasses import replace

import certified
import pytest

from derive.check import check_derivation
from derive.expression import read
from derive.handout.build import handout
from derive.handout.document import Document, Figure, Mark, Row, Section
from derive.handout.formula import Node, Notation, Token
from derive.handout.markdown import write
from derive.handout.words import labels
from derive.handout.worksheet import Worksheet, sheet
from derive.model import Words
from derive.page import collect_markdown

FORMULA = re.compile(r"\$`([^`]*)`\$")


@functools.cache
def chapters(*languages: str) -> str:
    """A chapter and some refuted steps, in one file."""
    known = certified.library()
    wanted = [d for name, d in known.items() if name.startswith(("sigmoid.", "audit.loss", "audit.entropy"))]
    outcomes = [check_derivation(d, known) for d in wanted]
    return written(handout(outcomes, Words("Checked", "已检查"), languages))


def written(document: Document) -> str:
    return write(document, "sheet")["sheet.md"].decode()


def formula(text: str) -> Node:
    return Notation().formula(read(text))


def of_rows(*rows: Row, **changes: object) -> str:
    section = Section(1, "mine", (("Heading",),), (), (), (), rows, Mark.PROVED, **changes)  # type: ignore[arg-type]
    return written(Document((("Title",),), (), ("en",), (section,), labels(("en",))))


@pytest.mark.parametrize("languages", [("en",), ("zh",), ("en", "zh")])
def test_a_formula_has_nothing_beside_it_that_hides_it(languages: tuple[str, ...]) -> None:
    """GitHub leaves a formula unset behind a letter, and behind most signs."""
    text = chapters(*languages)
    found = [*FORMULA.finditer(text)]
    assert len(found) > 100
    assert {text[m.start() - 1] for m in found} <= set(" (\n")
    assert {text[m.end() : m.end() + 1] for m in found} <= set(" ),.:;?!，。：；？！、）\n")


@pytest.mark.parametrize("languages", [("en",), ("en", "zh")])
def test_nothing_outside_of_formulas_is_markdown_by_accident(languages: tuple[str, ...]) -> None:
    rest = FORMULA.sub("", chapters(*languages))
    assert "`" not in rest
    assert "$" not in rest
    assert not re.search(r"(?<!\\)[_|]", rest)


def test_formulas_use_no_macro_that_github_forbids() -> None:
    assert not re.search(r"\\(operatorname|phantom|mbox|def|newcommand|hspace)\b", chapters("en"))


def test_words_of_a_page_are_no_markup() -> None:
    text = of_rows(Row(1, (formula("x"),), "=", reason=(("*all* <b>_of_</b> [it](x) | $5 `q`",),)))
    assert r"\*all\* \<b\>\_of\_\</b\> \[it\](x) \| \$5 \`q\`" in text


def test_a_reason_that_looks_like_a_list_is_none() -> None:
    assert r"1\. step" in of_rows(Row(1, (formula("x"),), "=", reason=(("1. step",),)))
    assert r"\- step" in of_rows(Row(1, (formula("x"),), "=", reason=(("- step",),)))


def test_a_row_is_a_numbered_item_with_its_reason_and_its_mark() -> None:
    row = Row(2, (formula("1/x"), formula("y")), "=", formula("L"), (("Log of ", formula("x")),), Mark.REFUTED, wrong=(formula("z"),))
    item = "2. ✗ $`L = z`$  \n   $`\\displaystyle L = \\frac{1}{x}`$  \n   $`y`$  \n   ✗ Log of $`x`$\n"
    assert item in of_rows(row)


def test_what_the_student_writes_has_a_line() -> None:
    text = of_rows(Row(1, (), "=", mark=Mark.RING, blank_reason=True))
    assert re.search(r"\n1\. \$`=`\$ (\\_)+  \n   ○ (\\_)+\n", text)


def test_formulas_beside_each_other_are_one() -> None:
    """GitHub sets two formulas one after the other with the space of words between them."""
    text = of_rows(Row(1, (formula("x"),), "=", reason=((formula("x"), Token("relation", "<"), formula("y")),)))
    assert "$`x < y`$" in text


# -- sheets


@functools.cache
def made(variant: str) -> Worksheet:
    known = certified.library()
    outcomes = [check_derivation(known[n], known) for n in ("sigmoid.reflection", "sigmoid.below_one", "softmax.two_classes")]
    return sheet(outcomes, variant, fade=3)


@pytest.mark.parametrize("variant", ["blanks", "find-the-slip", "reasons"])
def test_a_sheet_and_its_key_hold_their_derivations_for_the_program_to_read(variant: str) -> None:
    for document in (made(variant).student, made(variant).key):
        found = collect_markdown(written(document))
        assert [(d.name, d.text.rstrip("\n")) for d in found] == [(s.name, s.page_text.rstrip("\n")) for s in document.sections]


def test_the_student_is_told_what_to_complete_and_the_teacher_is_not() -> None:
    assert "To be completed here" in written(made("blanks").student)
    assert "To be completed here" not in written(made("blanks").key)


def test_a_sheet_has_its_name_and_room_for_that_of_the_student() -> None:
    text = written(made("blanks").student)
    assert "Sheet: blanks-3-0" in text
    assert re.search(r"Name: (\\_)+", text)


def test_an_ordinary_handout_is_for_reading_only() -> None:
    assert collect_markdown(chapters("en")) == []


def test_backticks_in_a_page_do_not_close_its_block() -> None:
    document = made("blanks").student
    text = "title ```\n```\n"
    odd = replace(document, sections=(replace(document.sections[0], page_text=text),))
    assert [d.text for d in collect_markdown(written(odd))] == [text.rstrip("\n")]


# -- around


def test_headings_are_reached_from_the_contents() -> None:
    text = chapters("zh")
    links = re.findall(r"\(#(derivation-\d+)\)", text)
    assert links
    assert links == re.findall(r'<a id="([^"]+)"></a>', text)


def test_a_figure_stands_beside_with_words_for_who_cannot_see_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("derive.handout.plotting.draw", lambda figure, form, lang: f"{figure.name} {form} {lang}".encode())
    figure = Figure("slope", (("The [slope]",),), (("It rises.",),), ("x",), ("y",))
    section = Section(1, "mine", (("Heading",),), (), (), (), (), Mark.PROVED, figures=(figure,))
    files = write(Document((("Title",),), (), ("zh",), (section,), labels(("zh",))), "sheet")
    assert files["sheet-slope.svg"] == b"slope svg zh"
    assert [*files] == ["sheet.md", "sheet-slope.svg"]
    assert "![It rises.](sheet-slope.svg)\n\nThe \\[slope\\]\n" in files["sheet.md"].decode()


def test_the_same_document_gives_the_same_bytes() -> None:
    document = made("blanks").key
    assert write(document, "sheet") == write(document, "sheet")

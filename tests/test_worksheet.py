"""Worksheets and their keys."""

from __future__ import annotations

import json
import re

import pytest
import worksheets
from worksheets import made, markdown

from derive.handout.document import Document, Mark, Section
from derive.handout.worksheet import VARIANTS, NothingToAsk, named
from derive.model import Place
from derive.page import read_page
from derive.show import page_text
from derive.show import text as show

NAMES = "likelihood.cross_entropy likelihood.samples likelihood.loss_upper_bound likelihood.loss_ratio"


def words(document: Document) -> str:
    return repr(document)


def section(document: Document, number: int = 0) -> Section:
    return document.sections[number]


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_same_seed_makes_the_same_sheet_and_key(variant: str) -> None:
    assert made(NAMES, variant, seed=5) == made(NAMES, variant, seed=5)


@pytest.mark.parametrize("variant", VARIANTS)
def test_different_seeds_make_different_sheets(variant: str) -> None:
    sheets = {repr(made(NAMES, variant, seed=seed).student.sections) for seed in range(4)}
    assert len(sheets) > 1


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_sheet_the_key_and_its_data_carry_one_name(variant: str) -> None:
    found = made(NAMES, variant, fade=2, seed=7)
    expected = "blanks-2-7" if variant == "blanks" else f"{variant}-7"
    assert (found.student.sheet, found.key.sheet, found.data["sheet"]) == (expected,) * 3
    assert found.student.student
    assert not found.key.student


@pytest.mark.parametrize("fade", [1, 2, 3])
def test_the_first_and_the_last_line_are_never_blank(fade: int) -> None:
    for seed in range(5):
        for d in made(NAMES, "blanks", fade=fade, seed=seed).data["derivations"]:
            last = len(read_page(d["page"], Place("key", 1)).lines) - 1
            assert all(0 < item["line"] < last for item in d["asked"])


def test_more_is_blank_the_higher_the_fade() -> None:
    counts = [sum(len(d["asked"]) for d in made(NAMES, "blanks", fade=fade).data["derivations"]) for fade in (1, 2, 3)]
    assert counts == sorted(set(counts))
    between = sum(len(read_page(d["page"], Place("key", 1)).lines) - 2 for d in made(NAMES, "blanks").data["derivations"])
    assert counts[2] == between


def test_a_blank_row_keeps_its_reason_and_has_a_ring() -> None:
    found = section(made("likelihood.cross_entropy", "blanks", fade=3).student)
    blank = [r for r in found.rows if not r.lines]
    assert [r.number for r in blank] == [1, 2]
    assert all(r.reason and r.mark is Mark.RING for r in blank)
    assert found.page_text.count("= ____    by ") == 2


def test_the_line_after_a_blank_does_not_show_what_changed() -> None:
    rows = section(made("likelihood.cross_entropy", "blanks", fade=3).student).rows
    assert "changed" not in repr(rows)


@pytest.mark.parametrize("languages", [("en",), ("zh",), ("en", "zh")])
def test_a_sheet_gives_no_slip_away(languages: tuple[str, ...]) -> None:
    found = made(NAMES, "find-the-slip", languages=languages)
    rows = [r for s in found.student.sections for r in s.rows]
    assert {r.mark for r in rows} <= {Mark.RING, None}
    assert not any(r.remarks or r.wrong for r in rows)
    assert "changed" not in repr(rows)
    for d in found.data["derivations"]:
        assert all(part not in words(found.student) for part in d["asked"][0]["mistake"].values())


def test_the_key_strikes_the_wrong_line_out_and_says_why() -> None:
    found = made("likelihood.cross_entropy", "find-the-slip", seed=7)
    [item] = found.data["derivations"][0]["asked"]
    [row] = [r for r in section(found.key).rows if r.wrong]
    assert (row.number, row.mark) == (item["line"], Mark.REFUTED)
    assert "wrong" in repr(row.wrong)
    assert item["witness"]["left"] in repr(row.remarks)
    assert item["mistake"]["en"][1:] in repr(row.remarks)
    assert {r.mark for r in section(found.key).rows if r is not row} <= {Mark.PROVED, None}


def test_the_key_speaks_the_language_of_the_sheet() -> None:
    found = made("likelihood.cross_entropy", "find-the-slip", seed=7, languages=("zh",))
    [row] = [r for r in section(found.key).rows if r.wrong]
    assert "上一行为" in repr(row.remarks)
    assert found.data["derivations"][0]["asked"][0]["mistake"]["zh"] in repr(row.remarks)
    assert "line above" not in words(found.key)


def test_a_limit_that_has_no_point_is_explained_by_the_values_of_both_lines() -> None:
    found = made("likelihood.loss_one_at_zero", "find-the-slip")
    assert "It is proved that the line above is ∞, but this line is −∞." in words(found.key)


def test_the_reasons_are_blank_and_stand_among_others_to_choose_from() -> None:
    found = made("likelihood.cross_entropy likelihood.samples likelihood.loss_upper_bound", "reasons")
    one = section(found.student)
    assert all(r.blank_reason and not r.reason for r in one.rows if r.number)
    assert one.page_text.count("by ____") == 3
    choices = re.findall(r"Choose from: (.*?)\.", str(one.instruction[0][0]))[0].split("\u00a0· ")
    assert set(choices) > {"definition of P", "log of a product", "log of a power"}
    assert len(choices) == 5


def test_a_lemma_to_choose_has_its_title() -> None:
    """On paper, `lemma sigmoid.slope` tells nobody which derivation that is."""
    found = made("sigmoid.steepest sigmoid.slope", "reasons", languages=("en", "zh"))
    en, zh = (str(text[0]) for text in section(found.student, 0).instruction)
    assert "lemma sigmoid.slope «The slope of the sigmoid»" in en
    assert "引理 sigmoid.slope“S 型函数的导数”" in zh


def test_no_own_words_of_a_page_give_a_reason_away() -> None:
    found = made("likelihood.loss_upper_bound", "reasons")
    assert "at most twice the greater" not in words(found.student)
    assert "at most twice the greater" in words(found.key)


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_key_as_data_is_json_and_holds_pages_that_can_be_read(variant: str) -> None:
    data = json.loads(json.dumps(made(NAMES, variant).data))
    assert (data["format"], data["version"], data["variant"]) == ("derive-key", 1, variant)
    for d in data["derivations"]:
        page = read_page(d["page"], Place("key", 1))
        assert page_text(page) == d["page"]
        assert [show(page.lines[item["line"]].term) for item in d["asked"]] == [item["right"] for item in d["asked"]]
        assert d["sheet"] in markdown(made(NAMES, variant))


def test_the_lemmas_of_a_derivation_come_with_the_key_and_theirs_too() -> None:
    found = made("likelihood.loss_is_linear", "reasons").data["derivations"][0]
    assert list(found["lemmas"]) == ["likelihood.loss_ratio"]


def test_what_has_nothing_to_ask_is_left_out_and_the_key_says_so() -> None:
    found = made("signed_labels.loss likelihood.cross_entropy", "blanks")
    assert found.data["left_out"] == ["signed_labels.loss"]
    assert [s.name for s in found.student.sections] == ["likelihood.cross_entropy"]
    assert "The loss of a label" in repr(found.key.footer)
    assert found.student.footer == ()


@pytest.mark.parametrize("variant", ["blanks", "find-the-slip"])
def test_a_sheet_of_nothing_is_refused(variant: str) -> None:
    with pytest.raises(NothingToAsk, match="none of the derivations is proved and has"):
        made("signed_labels.loss", variant)


def test_what_is_refuted_is_on_no_sheet() -> None:
    name = next(n for n, d in worksheets.certified.library().items() if n.startswith("audit.") and d.page.expect is not None)
    with pytest.raises(NothingToAsk):
        made(name, "reasons")


def test_reasons_in_chinese_are_those_that_a_page_may_have() -> None:
    assert [named(r, "zh") for r in ("log of a product", "algebra", "definition of P", "cases y", "lemma a.b", "continuity")] == [
        "积的对数", "代数运算", "P 的定义", "对 y 分情况", "引理 a.b", "连续性",
    ]  # fmt: skip

"""Marking: what a student's page gets by a key."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import worksheets
from worksheets import filled, graded, made, markdown

from derive.handout.grade import grade
from derive.handout.key import Ungradable, read_key
from derive.handout.marks import Mark, lines, to_json
from derive.handout.worksheet import VARIANTS, Worksheet

NAMES = "likelihood.cross_entropy likelihood.samples likelihood.loss_upper_bound likelihood.loss_is_linear"
ONE = "likelihood.cross_entropy"
FIRST, SECOND = "  = ____    by definition of P", "  = ____    by log of a product"


def blanks(first: str = "-log(a**y*(1 - a)**(1 - y))", second: str = "____", languages: tuple[str, ...] = ("en",)) -> list[Mark]:
    """The marks for two lines written into a sheet of blanks; the reasons stay, unless a line brings its own."""
    sheet = made(ONE, "blanks", fade=3, languages=languages)
    written = markdown(sheet)
    for gap, answer in ((FIRST, first), (SECOND, second)):
        assert gap in written
        written = written.replace(gap, f"  = {answer}" if " by " in answer else gap.replace("____", answer))
    return marks(sheet, written)


def marks(sheet: Worksheet, written: str) -> list[Mark]:
    [result] = graded(sheet, written).results
    assert not any(result.problem), result.problem
    return list(result.marks)


def problem(sheet: Worksheet, written: str) -> str:
    [result] = graded(sheet, written).results
    assert (result.points, result.marks) == (0, ())
    return result.problem.en


# -- the whole sheet


@pytest.mark.parametrize("variant", VARIANTS)
def test_a_sheet_filled_in_from_the_key_gets_full_marks(variant: str) -> None:
    sheet = made(NAMES, variant, fade=3)
    found = graded(sheet, filled(sheet))
    assert found.points == found.most > 0


@pytest.mark.parametrize("variant", VARIANTS)
def test_an_empty_sheet_gets_nothing(variant: str) -> None:
    sheet = made(NAMES, variant, fade=3)
    found = graded(sheet, markdown(sheet))
    assert (found.points, [r.problem for r in found.results if any(r.problem)]) == (0, [])


def test_each_asked_step_is_a_point_and_a_slip_is_two() -> None:
    assert graded(made(ONE, "blanks", fade=3), markdown(made(ONE, "blanks", fade=3))).most == 2
    assert graded(made(ONE, "reasons"), markdown(made(ONE, "reasons"))).most == 3
    assert graded(made(ONE, "find-the-slip"), markdown(made(ONE, "find-the-slip"))).most == 2


# -- blanks


def test_another_right_line_gets_its_point() -> None:
    found = blanks(second="-log(a**y) - log((1 - a)**(1 - y))")
    assert [(m.points, m.verdict) for m in found] == [(1, "proved"), (1, "proved")]


def test_a_line_that_is_right_by_another_reason_gets_its_point_and_a_remark() -> None:
    found = blanks(second="-y*log(a) - (1 - y)*log(1 - a)")
    assert [(m.points, m.verdict) for m in found] == [(1, "proved"), (1, "misreasoned")]
    assert found[1].said[0].en == "Right, and by another way: log of a power, log of a product."


def test_a_wrong_line_is_explained_with_numbers_the_mistake_and_what_may_have_been_meant() -> None:
    wrong = blanks(second="-log(a**y) + log((1 - a)**(1 - y))")[1]
    assert (wrong.points, wrong.verdict) == (0, "refuted")
    assert [w.en for w in wrong.said] == [
        "At y = 0, a = 1/2 the line above is 0.693147, but this line is -0.693147.",
        "A sign is wrong.",
        "Did you mean = -log(a**y) - log((1 - a)**(1 - y))?",
    ]
    assert wrong.witness is not None
    assert wrong.witness["values"] == {"y": "0", "a": "1/2"}


def test_without_hints_nobody_is_told_the_line_that_was_meant() -> None:
    sheet = made(ONE, "blanks", fade=3)
    written = markdown(sheet).replace(FIRST, FIRST.replace("____", "log(a**y*(1 - a)**(1 - y))"))
    [result] = grade(written, worksheets.key(sheet), hints=False, jobs=1).results
    assert [w.en for w in result.marks[0].said][1:] == ["A sign is wrong."]


def test_a_wrong_line_is_explained_in_chinese() -> None:
    wrong = blanks(second="-log(a**y) + log((1 - a)**(1 - y))", languages=("zh",))[1]
    assert [w.zh for w in wrong.said][:2] == ["在 y = 0, a = 1/2 处，上一行为 0.693147，而本行为 -0.693147。", "符号错了。"]


@pytest.mark.parametrize("line", [3, 1])
def test_a_copy_of_another_line_earns_nothing(line: int) -> None:
    """Each is true, and by some reason proved: whoever copied the line above into every blank would get full marks."""
    copy = {1: "-log(a**y*(1 - a)**(1 - y))", 3: "-(y*log(a) + (1 - y)*log(1 - a))"}[line]
    found = blanks(second=copy)[1]
    assert (found.points, found.verdict, found.said[0].en) == (0, "repeated", f"This repeats line {line}.")


def test_the_line_above_in_other_letters_earns_nothing_where_a_rule_is_asked_for() -> None:
    found = blanks(second="-1*log(a**y*(1 - a)**(1 - y))")[1]
    assert (found.points, found.verdict) == (0, "rearranged")


def test_the_line_of_the_key_counts_even_where_the_step_into_it_is_algebra() -> None:
    """Whoever does two steps in one line, and then writes the next line as the key has it, has written what was asked for."""
    page = "given a: positive\nclaim -log(a*a) = -2*log(a)\n\n-log(a*a)\n= -(log(a) + log(a)) by log of a product\n= -(2*log(a)) by algebra"
    sheet = worksheets.of_page(page + "\n= -2*log(a) by algebra", "blanks", fade=3)
    written = markdown(sheet).replace("= ____    by log of a product", "= -(2*log(a))    by log of a product")
    found = marks(sheet, written.replace("= ____    by algebra", "= -(2*log(a))*1    by algebra"))
    assert [m.points for m in found] == [1, 1]


def test_steps_that_were_given_earn_nothing_and_may_not_be_changed() -> None:
    sheet = made(ONE, "blanks", fade=3)
    written = filled(sheet).replace("= -(y*log(a) + (1 - y)*log(1 - a))    by", "= -(y*log(a) + (1 - y)*log(1 - a))*1    by")
    assert [m.points for m in marks(sheet, written)] == [1, 1]
    easy = filled(sheet).replace("    -log(P)\n", "    -log(P)*1\n")
    assert [m.points for m in marks(sheet, easy)] == [0, 1]


def test_an_extra_line_between_two_that_were_given_is_no_harm() -> None:
    found = blanks(second="-log(a**y) - log((1 - a)**(1 - y)) by log of a product\n  = -y*log(a) - log((1 - a)**(1 - y)) by log of a power")
    assert [m.points for m in found] == [1, 1]


def test_a_relation_may_not_be_changed() -> None:
    sheet = made("likelihood.loss_upper_bound", "blanks", fade=3)
    written = filled(sheet).replace("= log(max(1, exp(-s))) + log(2)", "<= log(max(1, exp(-s))) + log(2)")
    changed = [m for m in marks(sheet, written) if m.verdict == "changed"]
    assert [w.en for m in changed for w in m.said] == ["The relation was changed: expected =, got <=."]


BOUND = "given x: positive\nclaim x <= x + 4\n\nx\n<= x + 1 by signs\n= 1 + x by algebra\n<= x + 3 by signs\n<= x + 4 by signs"


@pytest.mark.parametrize(
    ("lines", "points"),
    [
        (("x + 2", "2 + x", "x + 7/2"), [1, 1, 1]),
        (("x + 1", "1 + x", "x + 3"), [1, 1, 1]),
        (("x + 1000", "1000 + x", "x + 2000"), [0, 0, 0]),
        (("x + 5", "5 + x", "x + 3"), [0, 0, 0]),
        (("x + 1", "1 + x", "x + 2000"), [1, 1, 0]),
        (("x + 1000", "____", "____"), [0, 0, 0]),
        (("x + 1", "____", "____"), [1, 0, 0]),
    ],
)
def test_a_bound_that_is_too_wide_for_what_is_given_below_earns_nothing(lines: tuple[str, ...], points: list[int]) -> None:
    """`x <= x + 1000` is true, and earned its point in a chain that goes on with `<= x + 4`."""
    sheet = worksheets.of_page(BOUND, "blanks", fade=3)
    written = markdown(sheet)
    for line in lines:
        written = written.replace("= ____", f"= {line}" if line != "____" else "=  ____", 1)
    found = marks(sheet, written)
    assert points == [m.points for m in found]
    given_changed = marks(sheet, written.replace("<= x + 4    by signs", "<= x + 4000    by signs"))
    assert points == [m.points for m in given_changed]


def test_the_line_that_a_wide_bound_does_not_lead_to_is_named_with_numbers() -> None:
    sheet = worksheets.of_page(BOUND, "blanks", fade=3)
    first = marks(sheet, markdown(sheet).replace("<= ____", "<= x + 1000", 1))[0]
    assert first.verdict == "refuted"
    assert [w.en for w in first.said] == [
        "From here the chain does not go on to line 4, which is given.", "At x = 1 this line is 1001, but that one is 5."
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        (("5", "5*1", "5*1 + 0"), [(0, "refuted"), (0, "follows"), (0, "follows")]),
        (("5", "5*1", "a*a + a*b + b*a + b*b"), [(0, "refuted"), (0, "follows"), (0, "refuted")]),
        (("a*(a + b) + b*(a + b)", "5", "5*1"), [(1, "proved"), (0, "refuted"), (0, "follows")]),
        (("b*(a + b) + a*(a + b)", "a*a + a*b + b*(a + b)", "b*b + a*a + 2*a*b"), [(1, "proved"), (1, "proved"), (1, "proved")]),
    ],
)
def test_what_follows_from_a_wrong_line_by_algebra_earns_nothing(lines: tuple[str, ...], found: list[tuple[int, str]]) -> None:
    """Whoever wrote 5 into the first blank and 5*1 into the second had a point, for a step that is proved and says nothing."""
    page = "given a: real, b: real\nclaim (a + b)**2 = a**2 + 2*a*b + b**2\n\n(a + b)**2\n= (a + b)*(a + b) by algebra\n"
    page += "= a*(a + b) + b*(a + b) by algebra\n= a*a + a*b + b*a + b*b by algebra\n= a**2 + 2*a*b + b**2 by algebra"
    sheet = worksheets.of_page(page, "blanks", fade=3)
    written = markdown(sheet)
    for line in lines:
        written = written.replace("= ____", f"= {line}", 1)
    assert found == [(m.points, m.verdict) for m in marks(sheet, written)]


def test_a_rule_that_is_used_rightly_on_a_wrong_line_earns_its_point_with_a_word() -> None:
    page = "given a: positive, b: positive\nclaim -log(a*b**2) = -log(a) - 2*log(b)\n\n-log(a*b**2)\n"
    page += "= -(log(a) + log(b**2)) by log of a product\n= -(log(a) + 2*log(b)) by log of a power\n= -log(a) - 2*log(b) by algebra"
    sheet = worksheets.of_page(page, "blanks", fade=3)
    written = markdown(sheet).replace("= ____", "= -(log(a) - log(b**2))", 1).replace("= ____", "= -(log(a) - 2*log(b))", 1)
    wrong, right = marks(sheet, written)
    assert [(m.points, m.verdict) for m in (wrong, right)] == [(0, "refuted"), (1, "proved")]
    assert [w.en for w in right.said] == ["It follows from line 1, which is not shown to be right."]


def test_what_chinese_input_methods_write_is_read() -> None:
    """A sheet filled in with （, ＝ and ： lost every point, and the message showed the very sign that was missing."""
    found = blanks(
        first="－log（a＊＊y＊（１－a）＊＊（１－y））",
        second="-(log(a**y)　＋ log((1 - a)**(1 - y))) by log of a product：展开（积的对数）",
    )
    assert [(m.points, m.verdict) for m in found] == [(1, "proved"), (1, "proved")]
    sheet = made(ONE, "reasons")
    assert [m.points for m in marks(sheet, filled(sheet).replace("= ", "＝ "))] == [1, 1, 1]


# -- lines that cannot be read


def test_a_line_that_cannot_be_read_costs_the_steps_into_it_and_out_of_it() -> None:
    sheet = made("likelihood.loss_upper_bound", "blanks", fade=3)
    written = filled(sheet).replace("= log(max(1, exp(-s))) + log(2)", "= log(max(1, exp(-s)) + log(2)")
    found = marks(sheet, written)
    assert [(m.points, m.verdict) for m in found] == [(1, "proved"), (1, "proved"), (0, "unreadable"), (0, "unjudged")]
    number = next(i for i, line in enumerate(written.splitlines(), 1) if "= log(max(1, exp(-s)) + log(2)" in line)
    assert found[2].said[0].en.startswith(f"Line {number}, column 8 of the file cannot be read: this ( is never closed")


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("-log(b)", "unknown symbol b"),
        ("log(a)^2", "^"),
        ("-log(a) by magic", "unknown reason «magic»"),
        ("-log(a**y) = 3", "this line has two relations (begin a line of its own with the second)."),
        ("-logg(a)", "unknown symbol logg (did you mean log?)."),
        ("", ""),
        ("-log(a) + ", ""),
        ("(" * 500 + "a" + ")" * 500, ""),
        ("+".join(["a"] * 30_000), "too long"),
        ("9" * 10_000, ""),
        ("__import__('os').system('x')", ""),
    ],
)
def test_what_means_nothing_is_said_and_the_other_line_counts(written: str, message: str) -> None:
    found = blanks(second=written or " ")
    assert [m.points for m in found] == [1, 0]
    assert found[1].verdict == ("unreadable" if written else "empty")
    assert message in " ".join(w.en for w in found[1].said)


def test_columns_are_those_of_the_student_s_file() -> None:
    found = blanks(second="-log(a**y) - log(b)")[1]
    assert found.place is not None
    assert found.place.column == len("  = -log(a**y) - log(") + 1


def test_a_line_may_go_on_while_a_bracket_is_open() -> None:
    found = blanks(second="-(log(a**y)\n     + log((1 - a)**(1 - y))) by log of a product")
    assert [m.points for m in found] == [1, 1]


# -- the question


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("given y: label", "given y: real", "given: expected y: label, got y: real"),
        ("given y: label", "given y: label, a == 1/2", "given: expected nothing, got a == 1/2"),
        ("where P = a**y*(1 - a)**(1 - y)", "where P = a**y", "where: expected P = a**y*(1 - a)**(1 - y), got P = a**y"),
        ("claim -log(P) =", "claim -log(P) <=", "claim: expected"),
        ("given y: label", "given y: labell", "the question was changed"),
        ("claim -log", "klaim -log", "the claim is missing"),
    ],
)
def test_a_changed_question_is_refused(before: str, after: str, said: str) -> None:
    sheet = made(ONE, "blanks", fade=3)
    assert before in filled(sheet)
    assert said in problem(sheet, filled(sheet).replace(before, after))


def test_title_source_and_white_space_are_no_part_of_the_question() -> None:
    sheet = made(ONE, "blanks", fade=3)
    written = filled(sheet).replace("source A §2.1\ngiven", "\n\ngiven").replace("claim -log(P) =", "claim  -log(P)  =")
    assert [m.points for m in marks(sheet, written)] == [1, 1]


def test_a_missing_line_is_said() -> None:
    sheet = made(ONE, "reasons")
    written = filled(sheet).replace("  = -log(a**y*(1 - a)**(1 - y))    by definition of P\n", "")
    assert problem(sheet, written) == "the chain has another number of lines: expected 4, got 3"


# -- a slip to find


def slip(replacement: str, *, before: str = "") -> list[Mark]:
    sheet = made(ONE, "find-the-slip", seed=7)
    wrong = sheet.data["derivations"][0]["asked"][0]["wrong"]
    assert wrong == "-(log(a**y)*log((1 - a)**(1 - y)))"
    written = markdown(sheet).replace(f"= {wrong}", f"= {replacement or wrong}")
    return marks(sheet, written.replace("    -log(P)\n", f"    {before}\n") if before else written)


def test_the_place_and_the_correction_are_a_point_each() -> None:
    assert [m.points for m in slip("-(log(a**y) + log((1 - a)**(1 - y)))")] == [1, 1]
    assert [m.points for m in slip("-log(a**y) - log((1 - a)**(1 - y))")] == [1, 1]


def test_a_wrong_correction_at_the_right_place_gets_one_point() -> None:
    found = slip("-(log(a**y) - log((1 - a)**(1 - y)))")
    assert [(m.points, m.verdict) for m in found] == [(1, "found"), (0, "refuted")]
    assert "A sign is wrong." in [w.en for w in found[1].said]


def test_a_copy_of_the_line_above_is_no_correction() -> None:
    assert [(m.points, m.verdict) for m in slip("-log(a**y*(1 - a)**(1 - y))")] == [(1, "found"), (0, "repeated")]


def test_a_right_line_that_was_changed_gets_nothing() -> None:
    found = slip("", before="-log(P)*1")
    assert [(m.points, m.verdict) for m in found] == [(0, "elsewhere"), (0, "unchanged")]


def test_the_correction_counts_where_other_lines_were_changed_without_harm() -> None:
    sheet = made(ONE, "find-the-slip", seed=7)
    written = filled(sheet).replace("= -log(a**y*(1 - a)**(1 - y))    by", "= -log((1 - a)**(1 - y)*a**y)    by")
    assert [(m.points, m.verdict) for m in marks(sheet, written)] == [(0, "elsewhere"), (1, "proved")]


def test_a_correction_that_cannot_be_read_keeps_the_point_for_the_place() -> None:
    assert [(m.points, m.verdict) for m in slip("-(log(a**y) + ")] == [(1, "found"), (0, "unreadable")]


# -- reasons


def reasons(*given: str) -> list[Mark]:
    sheet = made(ONE, "reasons")
    written = markdown(sheet)
    for reason in given:
        written = written.replace("by ____", f"by {reason}", 1)
    return marks(sheet, written)


def test_a_reason_counts_if_the_step_is_proved_by_it() -> None:
    assert [m.points for m in reasons("definition of P", "log of a product", "log of a power")] == [1, 1, 1]


def test_a_reason_may_be_written_as_the_sheet_has_it_in_chinese_or_with_a_capital() -> None:
    assert [m.points for m in reasons("P 的定义", "积的对数", "Log of a power: 指数")] == [1, 1, 1]


def test_another_reason_does_not_count_and_the_one_that_does_is_named() -> None:
    found = reasons("definition of P", "log of a power")
    assert [(m.points, m.verdict) for m in found] == [(1, "proved"), (0, "misreasoned"), (0, "empty")]
    assert found[1].said[0].en == "True, but not for this reason; by log of a product."
    assert found[1].said[0].zh == "结论正确，但理由不对；应为：积的对数。"


def test_naming_all_reasons_at_once_does_not_count() -> None:
    everything = "log of a product, log of a power"
    assert [m.points for m in reasons("definition of P", everything, everything)] == [1, 0, 0]


def test_calculation_is_no_reason_for_everything() -> None:
    """`by calculation` proves a step by whatever does it, and would have been the answer to every question."""
    assert [m.points for m in reasons("calculation", "calculation", "calculation")] == [0, 0, 0]


def test_a_lemma_of_another_derivation_is_no_reason() -> None:
    sheet = made("likelihood.loss_is_linear likelihood.cross_entropy", "reasons")
    written = markdown(sheet).replace("by ____", "by lemma likelihood.loss_ratio")
    found = {r.name: r for r in graded(sheet, written).results}
    assert found["likelihood.loss_is_linear"].marks[0].points == 1
    [why] = found["likelihood.cross_entropy"].marks[0].said
    assert why.en == "The lemma likelihood.loss_ratio is not one of this derivation."


def test_a_line_changed_so_that_a_reason_fits_does_not_count() -> None:
    sheet = made(ONE, "reasons")
    written = filled(sheet).replace(
        "-(log(a**y) + log((1 - a)**(1 - y)))    by log of a product", "-log(a**y*(1 - a)**(1 - y))    by algebra"
    )
    assert [m.verdict for m in marks(sheet, written)][1] == "changed"


# -- sheets and keys that cannot be read


def test_a_key_of_another_sheet_is_refused() -> None:
    sheet, other = made(ONE, "blanks", fade=3, seed=1), made(ONE, "blanks", fade=3, seed=2)
    with pytest.raises(Ungradable, match="the key belongs to another sheet: expected blanks-3-2, got blanks-3-1"):
        graded(other, filled(sheet))


def test_a_sheet_without_any_of_the_blocks_is_refused() -> None:
    sheet = made(ONE, "blanks")
    with pytest.raises(Ungradable, match=r"expected blocks ```derive NAME with likelihood\.cross_entropy, got none"):
        graded(sheet, "# My homework\n\nThe dog ate it.\n")


def test_a_block_that_is_missing_costs_its_points_only() -> None:
    sheet = made("likelihood.cross_entropy likelihood.samples", "blanks", fade=3)
    found = graded(sheet, filled(sheet).replace("```derive likelihood.samples", "```"))
    assert [(r.points, r.most, r.problem.en) for r in found.results] == [
        (2, 2, ""), (0, 2, "the block ```derive likelihood.samples is missing"),
    ]  # fmt: skip


def test_blocks_that_nobody_asked_for_are_named() -> None:
    sheet = made(ONE, "blanks", fade=3)
    found = graded(sheet, filled(sheet) + "\n```derive mine\nclaim 1 = 1\n```\n")
    assert [w.en for w in found.remarks] == ["Not on this sheet: mine."]
    assert found.points == found.most


def test_a_file_that_is_no_utf8_or_not_there_or_too_large_is_refused(tmp_path: Path) -> None:
    sheet, key = made(ONE, "blanks"), worksheets.key(made(ONE, "blanks"))
    file = tmp_path / "sheet.md"
    with pytest.raises(Ungradable, match="No such file"):
        grade(file, key)
    file.write_bytes(b"\xff" + markdown(sheet).encode())
    with pytest.raises(Ungradable, match="this is not UTF-8"):
        grade(file, key)
    file.write_text("x" * 3_000_000)
    with pytest.raises(Ungradable, match="3000000 bytes are more than a sheet has"):
        grade(file, key)


def test_a_file_gets_what_its_text_gets(tmp_path: Path) -> None:
    sheet = made(ONE, "blanks", fade=3)
    (tmp_path / "sheet.md").write_text(filled(sheet), encoding="utf-8")
    assert grade(tmp_path / "sheet.md", worksheets.key(sheet), jobs=1).points == 2


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"format": "other"}, "expected the format derive-key, got other"),
        ({"version": 2}, "a key of another version: expected 1, got 2"),
        ({"variant": "essay"}, "this key is damaged"),
        ({"derivations": [{}]}, "this key is damaged"),
        ({"derivations": 3}, "this key is damaged"),
        ({"languages": None}, "this key is damaged"),
    ],
)
def test_a_key_that_is_none_is_refused(change: dict[str, Any], message: str) -> None:
    with pytest.raises(Ungradable, match=message):
        read_key(json.dumps(made(ONE, "blanks").data | change))


@pytest.mark.parametrize("written", ["", "{", "[]", "[" * 100_000, "nothing"])
def test_a_key_that_is_no_json_is_refused(written: str) -> None:
    with pytest.raises(Ungradable):
        read_key(written)


@pytest.mark.parametrize("change", [{"line": 0}, {"line": 99}, {"line": "x"}])
def test_a_key_that_asks_for_a_line_that_is_not_there_is_refused(change: dict[str, Any]) -> None:
    data = json.loads(json.dumps(made(ONE, "blanks").data))
    data["derivations"][0]["asked"][0] |= change
    with pytest.raises(Ungradable, match="this key is damaged"):
        read_key(json.dumps(data))


def test_a_key_whose_page_cannot_be_read_is_refused() -> None:
    data = json.loads(json.dumps(made(ONE, "blanks").data))
    data["derivations"][0]["page"] = "claim ("
    with pytest.raises(Ungradable, match="a page of this key cannot be read"):
        read_key(json.dumps(data))


def test_a_chain_of_thousands_of_lines_is_not_checked() -> None:
    sheet = made(ONE, "blanks", fade=3)
    assert "more than 100 lines" in problem(sheet, filled(sheet).replace("    -log(P)\n", "    -log(P)\n" + "  = 1\n" * 5000))


@pytest.mark.parametrize("hostile", ["```derive x\n```\n" * 100_000, "~~~ derive x\n" * 150_000])
def test_a_file_of_thousands_of_blocks_is_refused_at_once(hostile: str) -> None:
    """Each block is compared with those before it: 100,000 would have taken hours."""
    with pytest.raises(Ungradable, match="more than 1000 blocks"):
        graded(made(ONE, "blanks"), hostile)


def test_brackets_that_are_never_closed_cost_no_time() -> None:
    sheet = made(ONE, "blanks", fade=3)
    assert "more than 100 lines" in problem(sheet, filled(sheet).replace("    -log(P)\n", "(\n" * 500_000))


def test_of_two_blocks_of_one_name_the_first_counts() -> None:
    sheet = made(ONE, "blanks", fade=3)
    found = graded(sheet, markdown(sheet) + filled(sheet))
    assert (found.points, [w.en for w in found.remarks]) == (0, [f"More than one block has the name {ONE}; the first counts."])


# -- what is printed


def test_the_report_explains_the_first_wrong_line_only() -> None:
    sheet = made(ONE, "blanks", fade=3)
    written = markdown(sheet).replace(FIRST, FIRST.replace("____", "log(P)")).replace(SECOND, SECOND.replace("____", "log(2*P)"))
    found = graded(sheet, written)
    shown = "\n".join(line.plain for line in lines(found, 100))
    assert shown.count("the line above is") == 1
    assert "   0/2  likelihood.cross_entropy  Cross-entropy of one sample" in shown
    assert shown.endswith("blanks-3-0: 0 of 2 points")


def test_the_report_is_in_the_language_of_the_sheet() -> None:
    sheet = made(ONE, "blanks", fade=3, languages=("zh",))
    shown = "\n".join(line.plain for line in lines(graded(sheet, filled(sheet)), 100))
    assert "第 1 行" in shown
    assert "已证明" in shown
    assert shown.endswith("blanks-3-0: 2 / 2 分")


def test_json_has_what_the_report_has() -> None:
    sheet = made(ONE, "blanks", fade=3)
    found = json.loads(json.dumps(to_json(graded(sheet, filled(sheet)))))
    assert (found["version"], found["sheet"], found["points"], found["most"]) == (1, "blanks-3-0", 2, 2)
    [derivation] = found["derivations"]
    assert [(m["step"], m["points"], m["verdict"]) for m in derivation["marks"]] == [(1, 1, "proved"), (2, 1, "proved")]
    assert derivation["problem"] is None

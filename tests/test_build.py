"""Outcomes → the document of a handout."""

from __future__ import annotations

import functools
from fractions import Fraction

import certified
import pytest
from set_plain import plain, said, written

from derive.check import check_derivation
from derive.expression import read
from derive.handout import build
from derive.handout.breaking import FULL, width
from derive.handout.document import Document, Ink, Mark, Section
from derive.mistakes import SLIPS
from derive.model import Diagnosis, Outcome, Place, Value, Witness, Words
from derive.page import collect_markdown
from derive.reading import read_page


@functools.cache
def outcome(name: str) -> Outcome:
    return check_derivation(certified.library()[name], certified.library())


def checked(page: str) -> Outcome:
    derivation, = collect_markdown(f"```derive mine\n{page}\n```\n")
    return check_derivation(derivation)


def made(*outcomes: Outcome, languages: tuple[str, ...] = ("en",)) -> Document:
    return build.handout(outcomes, Words("Title", "题目"), languages)


def section(found: Outcome, *languages: str) -> Section:
    return made(found, languages=languages or ("en",)).sections[0]


SLIP = """title  A slip | 一处笔误
given  a: positive, b: positive
claim  log(a*b) = log(a) - log(b)

    log(a*b)
  = log(a) - log(b)     by log of a product"""


def test_a_derivation_becomes_a_section() -> None:
    s = section(outcome("softmax.loss"), "en", "zh")
    assert said(s.heading) == ("The softmax loss of one class", "某一类别的 Softmax 损失")
    assert (s.name, s.source, s.mark, s.remarks) == ("softmax.loss", "A §3", Mark.PROVED, ())
    assert said(s.goal) == ("To show · 求证：`−log(S(i))`` = −s_(i) + log(∑_(j = 1)^(K) e^(s_(j)))`",)
    assert [plain(d) for d in s.definitions] == ["S(i) = (e^(s_(i)))/(∑_(j = 1)^(K) e^(s_(j)))"]
    assert [written(items[0]) for items in s.given] == ["`K` is a positive integer", "`K` 为正整数"]


def test_a_title_does_not_stand_twice() -> None:
    found = outcome("softmax.loss")
    assert found.page is not None
    alone = build.handout([found], found.page.title, ("en", "zh"))
    assert (said(alone.title), said(alone.sections[0].heading)) == (tuple(found.page.title), ("Derivation", "推导"))
    two = build.handout([found, outcome("softmax.samples")], found.page.title, ("en",))
    assert said(two.sections[0].heading) == said(two.title) == (found.page.title.en,)


def test_a_short_first_line_stands_before_the_first_relation() -> None:
    rows = section(outcome("softmax.loss")).rows
    assert [(r.number, plain(r.left), r.relation) for r in rows] == [
        (1, "−log(S(i))", "="), (2, "", "="), (3, "", "="), (4, "", "=")]  # fmt: skip
    assert [plain(r.lines[0]) for r in rows[1:3]] == [
        "−([log(e^(s_(i)))][ − ][log(∑_(j = 1)^(K) e^(s_(j)))])", "−([s_(i)] − log(∑_(j = 1)^(K) e^(s_(j))))"]  # fmt: skip
    found = [said(r.reason)[0] for r in rows[:2]]
    assert found == ["Definition of `S`", "The logarithm of a quotient is the difference of the logarithms."]
    assert {r.mark for r in rows} == {Mark.PROVED}


def test_a_long_first_line_has_a_row_of_its_own() -> None:
    first, second, *_ = section(outcome("softmax.samples")).rows
    assert (first.number, first.relation, first.mark, first.reason) == (0, "", None, ())
    assert (second.number, second.left, second.relation) == (1, None, "=")


def test_what_is_too_wide_for_the_column_is_broken_over_the_whole_width() -> None:
    wide = [r for name in certified.library() if name.startswith("gradients.") for r in section(outcome(name)).rows if r.wide]
    assert len(wide) > 0
    assert all(width(line) <= FULL for r in wide for line in r.lines)


def test_every_step_proved_is_what_the_subtitle_says() -> None:
    assert said(made(outcome("softmax.loss"), languages=("en", "zh")).subtitle) == (build.PROVED.en, build.PROVED.zh)


def test_a_wrong_step_is_marked_and_the_checker_says_why() -> None:
    d = made(checked(SLIP), languages=("en", "zh"))
    row = d.sections[0].rows[-1]
    assert (row.mark, d.sections[0].mark) == (Mark.REFUTED, Mark.REFUTED)
    numbers, mistake, *_ = row.remarks
    assert numbers.ink is Ink.BAD
    assert said(numbers.said)[0].startswith("At `a = ")
    assert "the line above is" in said(numbers.said)[0]
    assert said(numbers.said)[1].startswith("在 `a = ")
    assert said(mistake.said) == ("A sign is wrong: did you mean `loga + logb`?", "符号错了：是否应为 `loga + logb`？")
    assert said(d.sections[0].remarks[0].said) == ("Not proved: step 1.", "未证明：第 1 步。")
    assert said(d.subtitle) == (build.DRAFT.en, build.DRAFT.zh)


def test_the_numbers_of_a_witness_are_those_that_the_checker_found() -> None:
    found = checked(SLIP)
    witness = found.verdicts[0].search.witness  # type: ignore[union-attr]
    assert witness is not None
    shown = said(section(found).rows[0].remarks[0].said)[0]
    assert f"the line above is {witness.left.replace('-', '−')}, but this line is {witness.right.replace('-', '−')}." in shown


def test_a_side_that_is_not_defined_is_said_to_be_so() -> None:
    found = checked("given x: real\nclaim x/x = 1\n\n x/x\n = 1  by algebra")
    remarks = [said(r.said)[0] for r in section(found).rows[-1].remarks]
    assert remarks[0] == "At `x = 0` the line above is not defined."
    assert "The givens do not imply `x ≠ 0`." in remarks


WITNESSES = [
    ("a: real[1]", {"a": (Fraction(2),)}, "At `a_(1) = 2` ", "在 `a_(1) = 2` 处，"),
    ("a: real[2]", {"a": (Fraction(2), Fraction(-1))}, "At `a = (2, −1)` ", "在 `a = (2, −1)` 处，"),
    ("a: real[2, 2]", {"a": ((Fraction(2), Fraction(0)), (Fraction(1), Fraction(-1)))},
     "At `a = [2, 0; 1, −1]` ", "在 `a = [2, 0; 1, −1]` 处，"),
    ("a: set", {"a": (Fraction(2), Fraction(3))}, "At `a = {2, 3}` ", "在 `a = {2, 3}` 处，"),
    ("a: real -> real", {}, "For suitable `a` ", "对适当选取的 `a`，"),
    ("b: real", {}, "", ""),
]  # fmt: skip


@pytest.mark.parametrize(("given", "values", "en", "zh"), WITNESSES, ids=[w[0] for w in WITNESSES])
def test_the_values_of_a_witness_are_said_as_a_reader_writes_them(given: str, values: dict[str, Value], en: str, zh: str) -> None:
    """A family of one was `a = (2)`, a set a tuple; and where a function is chosen, the numbers were said to hold at all values."""
    setting = build.Setting(read_page(f"given {given}\nclaim 1 = 1\n1\n= 1", Place("page", 1)), ("en", "zh"), {})
    shown = said(build.witnessed(Witness(values, "1", "-2"), setting))
    different = "the line above is 1, but this line is −2."
    assert shown == (en + different if en else different.capitalize(), f"{zh}上一行为 1，而本行为 −2。")


def test_what_an_equivalence_is_at_a_witness_is_said_in_chinese() -> None:
    assert [build.decimal(w, "zh") for w in ("true", "false", "about -0.5")] == ["真", "假", "约 −0.5"]


def test_lines_that_are_equal_at_a_witness_are_not_contrasted() -> None:
    """Of 0 > 0 it was said that the line above is 0, but this line is 0."""
    remark = section(outcome("audit.entropy_always_positive"), "en", "zh").rows[-1].remarks[0]
    assert said(remark.said) == ("At `n = 1`, `p_(1) = 1` both lines are 0.", "在 `n = 1`，`p_(1) = 1` 处，两行均为 0。")


def test_what_is_lost_is_named_by_a_formula() -> None:
    """It stood there as the page has it: a factor is lost, 2*(a(i) - y[i])."""
    page = read_page("given x: real\nclaim 1 = 1\n1\n= 1", Place("page", 1))
    setting = build.Setting(page, ("en", "zh"), {})
    lost = Words("a factor is lost, 2*(a(i) - y[i])", "丢了因子，2*(a(i) - y[i])")
    found = said(build.diagnosed(Diagnosis(lost), page.lines[1], setting))
    assert found == ("A factor is lost, `2(a(i) − y_(i))`.", "丢了因子，`2(a(i) − y_(i))`。")
    unread = Words("a function is lost, log(…)", "丢了函数，log(…)")
    assert said(build.diagnosed(Diagnosis(unread), page.lines[1], setting)) == ("A function is lost, log(…).", "丢了函数，log(…)。")


@pytest.mark.parametrize("name", SLIPS)
def test_the_name_of_each_slip_is_found_again_with_its_part(name: str) -> None:
    part = "n*x[i]"
    words, found = build.detailed(Words(*(w.replace("{}", part) for w in SLIPS[name])))
    assert (words, found) == (SLIPS[name], read(part) if "{}" in SLIPS[name].en else None)


def test_another_reason_is_named() -> None:
    given = "given a: positive, b: positive\nclaim log(a*b) = log(a) + log(b)"
    found = checked(f"{given}\n\n log(a*b)\n = log(a) + log(b)  by log of a quotient")
    row = section(found).rows[-1]
    assert row.mark is Mark.MISREASONED
    assert [(r.ink, said(r.said)[0]) for r in row.remarks] == [(Ink.AMBER, "True, but not for this reason; by log of a product.")]


def test_what_is_expected_to_be_wrong_says_what_is_and_what_puts_it_right() -> None:
    d = build.handout([outcome("audit.jensen_turned_round")], Words("T"), ("en",), {
        "information.relative_entropy_nonnegative": Words("Relative entropy is not negative")})  # fmt: skip
    s = d.sections[0]
    assert s.mark is Mark.PROVED
    assert said(s.goal)[0].startswith("Said to hold: ")
    assert [r.ink for r in s.remarks] == [Ink.BAD, Ink.QUIET]
    assert said(s.remarks[1].said) == ("Put right by «Relative entropy is not negative».",)
    assert said(d.subtitle) == (build.AUDITED.en,)


def test_the_legend_explains_the_marks_that_occur() -> None:
    d = made(checked(SLIP), outcome("softmax.loss"))
    assert [mark for mark, _ in d.legend] == [Mark.PROVED, Mark.REFUTED]


def test_a_page_that_cannot_be_read_is_a_section_that_says_so() -> None:
    s = section(checked("claim 1 = 1\n1\n= x"))
    assert (s.mark, s.rows) == (Mark.MALFORMED, ())
    assert "x" in said(s.remarks[0].said)[0]


@pytest.mark.parametrize("name", ["softmax.loss", "likelihood.same_parameters", "audit.mean_turned_over"])
def test_the_page_text_of_a_section_reads_as_the_same_page(name: str) -> None:

    again, = collect_markdown(f"```derive again\n{section(outcome(name)).page_text}```\n")
    page = certified.library()[name].page
    assert [(line.term, line.reasons, line.words) for line in again.page.lines] == [(x.term, x.reasons, x.words) for x in page.lines]
    assert (again.page.givens, again.page.definitions, again.page.title) == (page.givens, page.definitions, page.title)

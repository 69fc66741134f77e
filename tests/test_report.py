"""The report: aligned, highlighted where a line changed, plain where there is no terminal, and complete."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from derive import report
from derive.expression import read
from derive.machine import to_json
from derive.model import Diagnosis, Instance, Opinion, Outcome, PageError, Place, Search, Status, Trace, Verdict, Witness, Words
from derive.page import collect_markdown
from derive.show import changed, pieces, text
from derive.term import Term, sym
from derive.terminal import Bar, Printer, duration, fold

CROSS_ENTROPY = """
```derive cross_entropy
title  Cross-entropy of one sample | 单个样本的交叉熵
source A §2.1
given  y: label, a, b: probability, y != 2
where  P = a**y * (1 - a)**(1 - y)
claim  -log(P) = -(y*log(a) + (1 - y)*log(1 - a))

    -log(P)
  = -log(a**y * (1 - a)**(1 - y))           by definition of P
  = -(log(a**y) + log((1 - a)**(1 - y)))    by algebra: both factors are positive | 两个因子均为正
  = -(y*log(a) + (1 - y)*log(1 - a))
```
"""
PAGE = collect_markdown(CROSS_ENTROPY)[0].page
PROVED = Verdict(Status.PROVED, trace=Trace(), rules=("log of a power",), seconds=0.0012, opinion=Opinion("agrees", "0", 0.03))
WITNESS = Witness({"y": Fraction(1), "a": Fraction(1, 2), "s": (Fraction(1, 3), Fraction(2, 3))}, "[0.69 +/- 0.01]", "[-0.69 +/- 0.01]")
REFUTED = Verdict(Status.REFUTED, message="a sign is lost", search=Search(WITNESS, 3, 1))

NEGATION = Trace((Instance("log of one", (), {}),), defined=(Instance("limit of a constant", (), {}),))


def outcome(*verdicts: Verdict) -> Outcome:
    """Three steps; those that are not given are proved."""
    return Outcome("logistic.cross_entropy", PAGE, (*verdicts, *[PROVED] * (3 - len(verdicts))), None, 0.1)


def plain(result: Outcome, width: int = 100, **options: Any) -> str:
    return "\n".join(line.plain.rstrip() for line in report.derivation(result, width, **options))


def marked(before: str, after: str) -> str:
    b, a = read(before), read(after)
    return "".join(f"«{s}»" if mark else s for s, mark in pieces(a, changed(b, a)))


# -- what changed


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("log(a*b)", "log(a) + log(b)", "«log(a) + log(b)»"),
        ("-sum(log(a[i]*b[i]) for i in N)/n", "-sum(log(a[i]) + log(b[i]) for i in N)/n", "-sum(«log(a[i]) + log(b[i])» for i in N)/n"),
        ("x + log(a*b)", "x + log(a) + log(b)", "x« + log(a) + log(b)»"),
        ("x + y", "x - y", "x« - »y"),
        ("a + b + c", "a + d + c", "a + «d» + c"),
        ("f(x)*g(x)", "f(x)*h(x)", "f(x)*«h(x)»"),
        ("log(x + 0)", "log(x)", "log(«x»)"),
        ("diff(x**2, x)", "diff(x**3, x)", "diff(x**«3», x)"),
        ("s[i]", "s[j]", "s[«j»]"),
        ("x", "x", "x"),
    ],
)
def test_the_smallest_parts_that_changed_are_marked(before: str, after: str, expected: str) -> None:
    assert marked(before, after) == expected


def test_a_condition_that_no_page_can_write_can_be_shown() -> None:
    assert text(Term("is", (read("m - n"), sym("an integer")))) == "m - n is an integer"


def test_the_pieces_of_a_term_make_its_text() -> None:
    t = read("cases((exp(-x)**2/3, x >= 0 and x != 1), (limit(1/s, s, 0, right), True)) + diff(f(x), x, at=2)*integral(g(t) for t in R)")
    assert "".join(s for s, _ in pieces(t, frozenset({(0, 0), (1,)}))) == "".join(s for s, _ in pieces(t))


# -- the table


def test_a_derivation_is_shown_as_one_table() -> None:
    assert plain(outcome()).splitlines() == [
        "✓ logistic.cross_entropy  Cross-entropy of one sample · 单个样本的交叉熵                      A §2.1",
        "  given  y: label  ·  a, b: probability  ·  y != 2",
        "  where  P = a**y*(1 - a)**(1 - y)",
        "",
        "     -log(P)                                  reason                                   time  SymPy",
        " 1 = -log(a**y*(1 - a)**(1 - y))              definition of P                     ✓  1.2 ms  agrees",
        " 2 = -(log(a**y) + log((1 - a)**(1 - y)))     algebra: both factors are positive  ✓  1.2 ms  agrees",
        " 3 = -(y*log(a) + (1 - y)*log(1 - a))         found: log of a power               ✓  1.2 ms  agrees",
    ]


def test_without_opinions_there_is_no_column_for_them() -> None:
    assert "SymPy" not in plain(outcome(), opinions=False)
    assert "agrees" not in plain(outcome(), opinions=False)


@pytest.mark.parametrize("width", [60, 80, 100, 120])
@pytest.mark.parametrize("detail", [False, True])
def test_no_line_is_wider_than_the_terminal(width: int, detail: bool) -> None:
    lines = report.derivation(outcome(PROVED, REFUTED), width, detail=detail)
    assert [line.plain for line in lines if line.cell_len > width] == []


@pytest.mark.parametrize("width", [80, 100, 120])
def test_rows_are_aligned_on_the_relation_and_on_the_mark(width: int) -> None:
    rows = [line for line in plain(outcome(), width).splitlines() if line[:3].strip().isdigit() and "=" in line[:5]]
    assert {row.index("=") for row in rows} == {3}
    assert len({cell_len(row[: row.index("✓")]) for row in rows}) == 1


def test_a_refuted_step_prints_the_witness_both_values_and_the_message() -> None:
    shown = plain(outcome(REFUTED))
    assert "✗" in shown
    for expected in ("a sign is lost", "y = 1, a = 1/2, s = (1/3, 2/3)", "[0.69 +/- 0.01]", "[-0.69 +/- 0.01]"):
        assert expected in shown


def test_one_step_is_shown_alone_with_the_line_before_it() -> None:
    shown = plain(outcome(PROVED, REFUTED), only=2)
    assert shown.splitlines()[3:6] == [
        "",
        "     -log(a**y*(1 - a)**(1 - y))              reason                                   time  SymPy",
        " 2 = -(log(a**y) + log((1 - a)**(1 - y)))     algebra: both factors are positive  ✗  0.0 ms",
    ]
    assert "a sign is lost" in shown
    assert "log of a power" not in shown


def test_a_step_is_said_in_one_line() -> None:
    line = PAGE.lines[2]
    assert report.brief(line, REFUTED) == "refuted: a sign is lost"
    assert report.brief(replace(line, expect="refuted"), PROVED) == "proved, and expected to be refuted"
    found = Diagnosis(Words("a condition is missing"), condition=read("x != 0"))
    assert report.brief(line, replace(REFUTED, diagnosis=found)) == "refuted: a condition is missing; proved if x != 0 is given"


def test_an_undefined_side_is_said_to_be_undefined() -> None:
    search = Search(Witness({"a": Fraction(0)}, "", "", "the left side: log(a) with a = 0"), 1)
    shown = plain(outcome(Verdict(Status.REFUTED, search=search)))
    assert "undefined  the left side: log(a) with a = 0" in shown


def test_an_undecided_step_says_what_is_missing_and_what_was_tried() -> None:
    verdict = Verdict(Status.UNDECIDED, missing=(read("x != 0"),), search=Search(None, 200, 12))
    shown = plain(outcome(verdict))
    assert "missing    x != 0" in shown
    assert "no counterexample at 200 points inside the givens; 12 drawn lay outside" in shown


def test_a_misreasoned_step_says_what_does_prove_it() -> None:
    shown = plain(outcome(PROVED, Verdict(Status.MISREASONED, rules=("log of a product",))))
    assert "true, but not by algebra; by log of a product" in shown


def test_a_conflict_shows_both_pieces_of_evidence() -> None:
    shown = plain(outcome(replace(PROVED, status=Status.CONFLICT, search=Search(WITNESS, 3, 0))))
    for expected in ("‼", "defect of this program", "proof", "a = 1/2"):
        assert expected in shown


def test_every_verdict_has_a_shape_of_its_own_also_in_ascii() -> None:
    assert set(report.MARKS) == set(Status)
    assert len({m.sign for m in report.MARKS.values()}) == len(Status)
    assert len({m.ascii for m in report.MARKS.values()}) == len(Status)


def test_a_step_that_is_refuted_as_expected_is_fine_and_one_that_is_not_is_not() -> None:
    expecting = replace(PAGE.lines[1], expect="refuted")
    page = replace(PAGE, lines=(PAGE.lines[0], expecting, *PAGE.lines[2:]))
    good, bad = replace(outcome(REFUTED), page=page), replace(outcome(), page=page)
    assert [report.is_fine(*step) for step in report.steps_of(good)] == [True, True, True]
    assert [report.is_fine(*step) for step in report.steps_of(bad)] == [False, True, True]
    assert "refuted, as expected" in plain(good)
    assert "the page expects this step to be refuted, and it is proved" in plain(bad)


MARKED = replace(PAGE, expect=Words("a sign is lost on the way", "丢了负号"), see={"likelihood.samples": Place("f", 1)})


@pytest.mark.parametrize(
    ("statuses", "good"),
    [
        ((Status.PROVED, Status.REFUTED, Status.PROVED), True),
        ((Status.REFUTED, Status.UNDECIDED, Status.MISREASONED), True),
        ((Status.PROVED, Status.PROVED, Status.PROVED), False),
        ((Status.PROVED, Status.UNDECIDED, Status.PROVED), False),
        ((Status.REFUTED, Status.CONFLICT, Status.PROVED), False),
        ((Status.REFUTED, Status.MALFORMED, Status.PROVED), False),
    ],
)
def test_a_page_that_expects_to_be_refuted_is_good_if_a_step_is_and_none_is_malformed_or_a_conflict(
    statuses: tuple[Status, ...], good: bool
) -> None:
    found = Outcome("slip", MARKED, tuple(replace(REFUTED, status=s) for s in statuses))
    assert report.is_good(found) == good
    assert report.is_good(replace(found, page=PAGE)) == (set(statuses) == {Status.PROVED})
    shown = "\n".join(line.plain for line in report.summary([found], 1.0, 100))
    assert ("slip (not refuted)" in shown) != good


def test_a_page_that_cannot_be_read_is_not_good_whatever_it_expects() -> None:
    assert not report.is_good(replace(outcome(REFUTED), page=MARKED, error=PageError("what", Place("f", 1))))


def test_in_a_page_that_expects_to_be_refuted_a_step_that_is_marked_has_to_be_refuted_too() -> None:
    line = replace(PAGE.lines[2], expect="refuted")
    page = replace(MARKED, lines=(*PAGE.lines[:2], line, PAGE.lines[3]))
    assert report.is_good(replace(outcome(REFUTED, REFUTED), page=page))
    assert not report.is_good(replace(outcome(REFUTED, PROVED), page=page))


def test_a_page_refuted_as_expected_shows_witness_diagnosis_and_what_puts_it_right() -> None:
    found = replace(outcome(REFUTED), page=MARKED)
    lines = plain(found).splitlines()
    assert "     refuted, as expected  a sign is lost" in lines
    assert lines[-2:] == ["  diagnosis  a sign is lost on the way  ·  丢了负号", "  put right  likelihood.samples"]
    summed = "\n".join(line.plain for line in report.summary([found], 1.0, 100))
    assert "1 step refuted, as the page expects" in summed
    assert "look at" not in summed


def test_a_page_that_is_proved_against_its_expectation_says_so_and_shows_no_diagnosis() -> None:
    shown = plain(replace(outcome(), page=MARKED), 200)
    claim = "-log(P) = -(y*log(a) + (1 - y)*log(1 - a))"
    assert shown.splitlines()[-1] == f"  unexpected  expected to be refuted, and it is proved: {claim}"
    assert "diagnosis" not in shown
    assert "put right" not in shown


def test_only_what_is_as_expected_is_green() -> None:
    def styles(found: Outcome) -> set[str]:
        lines = report.derivation(found, 100)
        return {str(s.style) for line in lines for s in line.spans if line.plain[s.start : s.end] in ("✗", "✓")}

    assert styles(replace(outcome(REFUTED, REFUTED, REFUTED), page=MARKED)) == {"bold green"}
    assert styles(outcome(REFUTED, REFUTED, REFUTED)) == {"bold red"}
    assert "bold red" in styles(replace(outcome(), page=MARKED))  # the ✓ beside the title


def test_a_derivation_is_stated_without_its_chain() -> None:
    assert [line.plain.rstrip() for line in report.statement(outcome(), 100)] == [
        "✓ logistic.cross_entropy  Cross-entropy of one sample · 单个样本的交叉熵                      A §2.1",
        "  given  y: label  ·  a, b: probability  ·  y != 2",
        "  where  P = a**y*(1 - a)**(1 - y)",
        "  claim  -log(P) = -(y*log(a) + (1 - y)*log(1 - a))",
    ]
    unread = Outcome("bad", None, (), PageError("what is meant", Place("f", 1, 2), "x", "do"))
    assert "what is meant" in "\n".join(line.plain for line in report.statement(unread, 100))


def test_computed_is_fine_only_where_it_is_accepted() -> None:
    step = PAGE.lines[1], Verdict(Status.COMPUTED)
    assert not report.is_fine(*step)
    assert report.is_fine(*step, Status.COMPUTED)


def test_in_detail_conditions_proof_opinion_and_points_are_shown() -> None:
    verdict = replace(PROVED, conditions=(read("a > 0"),), search=Search(None, 50, 7), opinion=Opinion("unsure", "x - x*y", 0.25))
    shown = plain(outcome(verdict), detail=True)
    for expected in ("claim  -log(P) = -(y", "needs   a > 0", "unsure; left minus right became x - x*y (0.25 s)", "50 points", "7 drawn"):
        assert expected in shown


def test_in_detail_a_negation_is_said_to_be_proved_by_its_rules() -> None:
    verdict = Verdict(Status.REFUTED, message="proved to fail: the sides are 0 and C", search=Search(None, 0, 0), negation=NEGATION)
    shown = plain(outcome(verdict), detail=True)
    assert "refuted          proved to fail: the sides are 0 and C" in shown
    assert "negation proved  2 instances of log of one, limit of a constant" in shown
    assert "  left" not in shown
    assert "negation proved" not in plain(outcome(REFUTED, PROVED), detail=True)
    for other in (plain(outcome(verdict)), plain(outcome(replace(verdict, negation=Trace())), detail=True)):
        assert "proved to fail: the sides are 0 and C" in other
        assert "instances" not in other


def test_side_conditions_are_shown_once_and_those_on_indices_are_counted() -> None:
    written = ["all(s[i] > 0 for i in K)", "all(s[j] > 0 for j in K)", "all(i >= 1 for i in K)", "x != 0"]
    shown = plain(outcome(replace(PROVED, conditions=tuple(map(read, written)))), detail=True)
    assert "needs  all(s[i] > 0 for i in K)  ·  x != 0  ·  1 condition on indices" in shown


def test_plain_text_has_no_escapes_and_does_not_depend_on_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    first = report.plain(outcome(REFUTED))
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert report.plain(outcome(REFUTED)) == first
    assert "\x1b" not in first


# -- folding


@pytest.mark.parametrize(
    ("written", "width", "expected"),
    [
        ("a + b", 20, ["a + b"]),
        ("aaaaaaaa + bbbbbbbb*(ccc + ddd)", 24, ["aaaaaaaa", "  + bbbbbbbb*(ccc + ddd)"]),
        ("log(aaaa + bbbb) - log(cccc + dddd)", 20, ["log(aaaa + bbbb)", "  - log(cccc + dddd)"]),
        ("sum(exp(s[i] + c) for i in N)/N", 20, ["sum(exp(s[i] + c)", "  for i in N)/N"]),
    ],
)
def test_long_expressions_break_before_an_operator_outside_brackets(written: str, width: int, expected: list[str]) -> None:
    assert [line.plain for line in fold(Text(written), width)] == expected


def test_folding_loses_nothing() -> None:
    written = "x" * 50 + " + log(y)*" + "z" * 30 + "**2"
    assert "".join(line.plain.strip() for line in fold(Text(written), 20)).replace(" ", "") == written.replace(" ", "")


# -- errors


def test_an_error_is_printed_as_a_compiler_prints_it(tmp_path: Any) -> None:
    file = tmp_path / "notes.md"
    file.write_text("```derive bad\ngiven x: real\nclaim x = 2*q\n x\n = 2*q\n```\n", encoding="utf-8")
    error = PageError("unknown symbol q", Place(str(file), 3, 13), "q", "did you mean x?")
    shown = plain(Outcome("bad", None, (), error), 300)
    assert shown.splitlines() == [
        f"∅ bad  {file}:3:13",
        "  3 │ claim x = 2*q",
        "    │             ^",
        "  error  unknown symbol q",
        "  hint   did you mean x?",
    ]


def test_the_caret_stands_under_wide_characters_too(tmp_path: Any) -> None:
    file = tmp_path / "notes.md"
    file.write_text("title 交叉熵 q\n", encoding="utf-8")
    shown = plain(Outcome("bad", None, (), PageError("what", Place(str(file), 1, 11), "q"))).splitlines()
    assert cell_len(shown[1][: shown[1].index("q")]) == cell_len(shown[2][: shown[2].index("^")])


def test_a_long_line_is_shown_around_the_error(tmp_path: Any) -> None:
    file = tmp_path / "notes.md"
    file.write_text("x + " * 1000 + "@\n", encoding="utf-8")
    lines = report.page_error(PageError("what", Place(str(file), 1, 4001), "@"), 80)
    assert all(line.cell_len <= 80 for line in lines[1:])
    assert "@" in lines[1].plain


def test_an_error_without_a_file_shows_the_offending_text() -> None:
    shown = plain(Outcome("bad", None, (), PageError("what", Place("<nowhere>", 7, 3), "x^2")))
    assert "7 │ x^2" in shown


# -- the end


def test_the_summary_counts_steps_by_verdict_and_names_what_to_look_at() -> None:
    unread = Outcome("bad", None, (), PageError("what", Place("f", 1)))
    shown = "\n".join(line.plain for line in report.summary([outcome(), outcome(REFUTED), unread], 1.5, 100))
    for expected in ("3 derivations, 6 steps:", "✓ 5 proved", "✗ 1 refuted", "1 page could not be read", "1.5 s"):
        assert expected in shown
    assert "logistic.cross_entropy step 1  ·  bad (not read)" in shown


@pytest.mark.parametrize(("seconds", "expected"), [(0.0004, "0.4 ms"), (0.035, "35 ms"), (0.31, "0.31 s"), (2.04, "2.0 s"), (120, "120 s")])
def test_times_are_short(seconds: float, expected: str) -> None:
    assert duration(seconds) == expected


# -- output


def test_where_there_is_no_terminal_the_output_is_plain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    out = io.StringIO()
    printer = Printer(report.ASCII, out)
    printer.print(report.derivation(outcome(REFUTED), printer.width))
    assert out.getvalue() == report.plain(outcome(REFUTED)) + "\n"


def test_an_ascii_terminal_gets_ascii_signs() -> None:
    raw = io.BytesIO()
    out = io.TextIOWrapper(raw, encoding="ascii", errors="backslashreplace")
    Printer(report.ASCII, out).print(report.derivation(replace(outcome(REFUTED), name="x"), 100))
    out.flush()
    assert b"x x  Cross-entropy of one sample - \\u5355" in raw.getvalue()
    assert b"\\u2713" not in raw.getvalue()


def on_terminal(**environment: str) -> str:
    out = io.StringIO()
    printer = Printer(report.ASCII, out)
    printer.console = Console(file=out, force_terminal=True, width=100, highlight=False, _environ={"TERM": "xterm", **environment})
    printer.print(report.derivation(outcome(REFUTED), 100))
    return out.getvalue()


def test_a_terminal_gets_colour_unless_it_is_not_wanted() -> None:
    assert "\x1b[1;31m✗" in on_terminal()
    assert "\x1b[36m" in on_terminal()  # what changed
    assert "31m" not in on_terminal(NO_COLOR="1")


def test_the_bar_is_drawn_only_on_a_terminal_and_is_taken_away(monkeypatch: pytest.MonkeyPatch) -> None:
    for force, drawn in ((True, True), (False, False)):
        out, bar = io.StringIO(), Bar(delay=0)
        bar.console = Console(file=out, force_terminal=force, width=80)
        bar.update(3, 10)
        bar.hide()
        assert ("3/10" in out.getvalue()) == drawn
        assert out.getvalue().endswith("\x1b[K") == drawn


# -- JSON


def test_json_says_what_a_page_expects_and_what_puts_it_right() -> None:
    (first,) = to_json([replace(outcome(REFUTED), page=MARKED)])["derivations"]
    assert (first["expect"], first["see"], first["status"]) == ("refuted", ["likelihood.samples"], "refuted")
    assert first["diagnosis"] == {"en": "a sign is lost on the way", "zh": "丢了负号"}


def test_json_says_how_long_the_proof_of_a_negation_is() -> None:
    (first,) = to_json([outcome(replace(REFUTED, search=None, negation=NEGATION))])["derivations"]
    verdict = first["steps"][0]["verdict"]
    assert (verdict["status"], verdict["trace_length"], verdict["negation_length"], verdict["search"]) == ("refuted", None, 2, None)


def test_json_holds_everything_and_is_json() -> None:
    unread = Outcome("bad", None, (), PageError("what", Place("f", 1, 2), "x", "do"))
    data = json.loads(json.dumps(to_json([outcome(REFUTED), unread])))
    assert data["version"] == 1
    assert data["counts"] == {"refuted": 1, "proved": 2}
    first, second = data["derivations"]
    assert first["given"]["symbols"] == {"y": "label", "a": "probability", "b": "probability"}
    assert first["steps"][0]["verdict"]["search"]["witness"]["values"] == {"y": "1", "a": "1/2", "s": ["1/3", "2/3"]}
    assert first["steps"][2]["verdict"]["opinion"] == {"outcome": "agrees", "difference": "0", "seconds": 0.03}
    assert (first["expect"], first["diagnosis"], first["see"]) == (None, None, [])
    assert first["steps"][1]["words"] == {"en": "both factors are positive", "zh": "两个因子均为正"}
    assert [step["verdict"]["negation_length"] for step in first["steps"]] == [None, None, None]
    assert second["error"] == {"message": "what", "hint": "do", "text": "x", "file": "f", "line": 1, "column": 2}

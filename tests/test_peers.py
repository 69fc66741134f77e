"""benchmarks/peers.py: what answers come to, who is killed at the limit, and what values show; with fakes, and whoever is installed."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import peers
import pytest
from peer_methods import METHODS, Method, Reply, in_cases, open_kernel
from peer_scaling import Batch, gained
from peer_spelled import CannotSay, outlined, spelled, written_out
from peer_steps import Step, witnessed
from peer_tables import ACCEPTED, RIGHT, WRONG, Asked, accepted, as_markdown, counted, outcome, rejected
from peer_values import fails
from peer_worker import Answer, Opened, answers

from derive.model import Claim, Place
from derive.page import Derivation


def claim(left: str, right: str, relation: str = "=", given: str = "") -> Claim:
    """The step of a page of two lines."""
    page = f"given {given}\n" * bool(given) + f"claim {left} {relation} {right}\n  {left}\n  {relation} {right}"
    return Derivation(page, Place("here", 1)).claims()[0]


TRUE_STEP = claim("(x + y)**2", "x**2 + 2*x*y + y**2", given="x, y: real")
FALSE_STEP = claim("(x + y)**2", "x**2 + y**2", given="x, y: real")


# -- what an answer comes to


@pytest.mark.parametrize(("right", "answer", "expected"), [
    (True, Answer("proves"), "proves"),
    (True, Answer("rejects"), "wrongly rejects"),
    (True, Answer("rejects", shown=True), "wrongly rejects"),
    (True, Answer("undecided"), "undecided"),
    (True, Answer("computed"), "undecided"),
    (True, Answer("cannot say"), "cannot say"),
    (False, Answer("rejects", shown=True), "refutes, with numbers that show it"),
    (False, Answer("rejects"), "rejects without"),
    (False, Answer("proves"), ACCEPTED),
    (False, Answer("computed"), ACCEPTED),
    (False, Answer("undecided"), "undecided"),
    (False, Answer("cannot say"), "cannot say"),
])  # fmt: skip
def test_what_an_answer_comes_to(right: bool, answer: Answer, expected: str) -> None:
    assert expected == outcome(right, answer)
    assert expected in (RIGHT if right else WRONG)


def _asked() -> tuple[list[Step], Asked]:
    steps = [Step("good", "equalities", True, TRUE_STEP), Step("bad", "slips", False, FALSE_STEP, ({}, "1", "2"))]
    return steps, Asked("somebody", Opened(1.0, 0.5), [Answer("rejects", seconds=0.002), Answer("proves", seconds=0.004)])


def test_every_step_is_counted_once_and_its_time_is_kept() -> None:
    steps, asked = _asked()
    good = counted("right", steps, [asked], right=True)
    bad = counted("wrong", steps, [asked], right=False)
    assert good.columns[1] == "proves, of 1 equalities"
    assert list(good.rows[0]) == ["somebody", "0", "1", "0", "0", "2", "0.0", "1.50"]
    assert list(bad.rows[0]) == ["somebody", "0", "0", "1", "0", "0", "4", "0.0", "1.50"]
    assert "| somebody | 0 | 0 | **1** |" in as_markdown(bad)


def test_wrong_acceptances_and_wrong_rejections_are_listed_by_name() -> None:
    steps, asked = _asked()
    assert [(who, s.name) for who, s in accepted(steps, [asked])] == [("somebody", "bad")]
    assert [(who, s.name) for who, s, _ in rejected(steps, [asked])] == [("somebody", "good")]
    assert "- somebody: bad: `(x + y)**2 = x**2 + y**2`" in "\n".join(peers.listed(steps, [asked]))


def test_who_is_not_installed_has_a_row_that_says_so() -> None:
    nobody = Method("nobody", "nobody", "no-such-package", open_kernel)
    assert nobody.missing == "not installed: pip install no-such-package"
    steps, _ = _asked()
    asked = peers.one_by_one(nobody, steps, 1.0)
    sheet = counted("right", steps, [asked], right=True)
    assert list(sheet.rows[0])[:2] == ["nobody", "not installed: pip install no-such-package"]
    assert len(sheet.rows[0]) == len(sheet.columns)
    assert accepted(steps, [asked]) == []


# -- processes


def _busy(limit: float) -> Callable[[Claim], Reply]:
    def ask(one: Claim) -> Reply:
        while one == FALSE_STEP:
            pass
        return Reply("proves")

    return ask


def _asleep(limit: float) -> Callable[[Claim], Reply]:
    def ask(one: Claim) -> Reply:
        time.sleep(60 * (one == FALSE_STEP))  # uses nothing of the processor
        return Reply("proves")

    return ask


def _mortal(limit: float) -> Callable[[Claim], Reply]:
    def ask(one: Claim) -> Reply:
        if one == FALSE_STEP:
            os._exit(3)
        return Reply("proves")

    return ask


def _raising(limit: float) -> Callable[[Claim], Reply]:
    def ask(one: Claim) -> Reply:
        if one == FALSE_STEP:
            raise ZeroDivisionError("oh")
        raise CannotSay("words")

    return ask


@pytest.mark.parametrize(("open_", "bad", "good"), [
    (_asleep, Answer("undecided", note="stopped after 0.3 s"), "proves"),
    (_busy, Answer("undecided", note="stopped after 0.3 s"), "proves"),
    (_mortal, Answer("undecided", note="its process ended with exit code 3"), "proves"),
    (_raising, Answer("undecided", note="ZeroDivisionError: oh"), "cannot say"),
])  # fmt: skip
def test_a_step_that_hangs_or_kills_costs_itself_and_the_next_is_answered(
    open_: Callable[[float], Callable[[Claim], Reply]], bad: Answer, good: str
) -> None:
    first, *found = answers(Method("fake", "fake", "derive", open_), [FALSE_STEP, TRUE_STEP], 0.3, TRUE_STEP)
    assert isinstance(first, Opened)
    assert [a.verdict for a in found if isinstance(a, Answer)] == [bad.verdict, good]
    assert isinstance(found[0], Answer)
    assert found[0].note == bad.note


def test_this_program_refutes_with_numbers_and_its_time_is_measured() -> None:
    _, proved, refuted = answers(METHODS["kernel"], [TRUE_STEP, FALSE_STEP], 10.0, TRUE_STEP)
    assert isinstance(proved, Answer)
    assert isinstance(refuted, Answer)
    assert (proved.verdict, refuted.verdict, refuted.shown) == ("proves", "rejects", True)
    assert 0 < proved.seconds < 10


# -- values by mpmath


@pytest.mark.parametrize(("left", "relation", "right", "given", "values", "shows"), [
    ("exp(x + y)", "=", "exp(x) + exp(y)", "x, y: real", {"x": 1, "y": 2}, True),
    ("exp(x + y)", "=", "exp(x)*exp(y)", "x, y: real", {"x": 1, "y": 2}, False),
    ("log(x)", "=", "0", "x: real", {"x": -1}, False),  # no value: that shows nothing
    ("x**2", "<", "x", "x: real", {"x": 1}, True),
    ("x**2", "<=", "x", "x: real", {"x": 1}, False),
    ("x", "=", "1", "x: positive", {"x": -2}, False),  # outside of what is given
    ("x", "=", "1", "x: real, x < 0", {"x": 2}, False),
    ("sum(p[i]**2 for i in K)", "=", "sum(p[i] for i in K)**2", "K: size, p: real[K]", {"K": 2, "p": (1, 2)}, True),
    ("diff(x**3, x)", "=", "3*x", "x: real", {"x": 2}, True),
    ("diff(x**3, x)", "=", "3*x**2", "x: real", {"x": 2}, False),
    ("exp(1)", "~=", "2.72", "", {}, False),
    ("exp(1)", "~=", "2.71", "", {}, True),
    ("x > 0", "iff", "x >= 0", "x: real", {"x": 0}, True),
    ("limit(1/x, x, oo)", "=", "1", "", {}, False),  # not worked out
])  # fmt: skip
def test_values_show_a_step_to_be_wrong_where_it_is(
    left: str, relation: str, right: str, given: str, values: dict[str, object], shows: bool
) -> None:
    at = {n: tuple(map(Fraction, v)) if isinstance(v, tuple) else Fraction(v) for n, v in values.items()}  # type: ignore[call-overload]
    assert shows == (fails(claim(left, right, relation, given=given), at) is not None)


def test_a_step_is_wrong_for_all_only_with_a_witness() -> None:
    assert witnessed("right", "", TRUE_STEP) is None
    found = witnessed("wrong", "", FALSE_STEP)
    assert found is not None
    assert found.fails is not None


# -- how a step is spelled for those who know numbers only


@pytest.mark.parametrize(("left", "right", "given", "expected"), [
    ("a**y", "1 - y + a*y", "a: positive, y: label", ["a**0 = 1 - 0 + a*0", "a**1 = 1 - 1 + a*1"]),
    ("sum(x[i] for i in 3)", "x[1]", "x: real[3]", ["x_1 + x_2 + x_3 = x_1"]),
    ("s[c]", "s[1]", "s: real[2], c: index(2)", ["s_1 = s_1", "s_2 = s_1"]),  # an unknown index of two is one or two
    ("diff(x**2, x)", "2*x", "x: real", ["2*x = 2*x"]),
])  # fmt: skip
def test_a_step_is_spelled_in_cases(left: str, right: str, given: str, expected: list[str]) -> None:
    cases, whole = spelled(claim(left, right, given=given))
    assert expected == [outlined(c) for c in cases]
    assert whole


@pytest.mark.parametrize("left", ["sum(x[i] for i in N)", "limit(exp(-t), t, oo)", "diff(x[k], x[k])"])
def test_what_has_no_numbers_cannot_be_said(left: str) -> None:
    with pytest.raises(CannotSay):
        spelled(claim(left, "0", given="N: size, x: real[N], k: index(N)"))


def test_a_sum_is_written_out_with_its_indices() -> None:
    found = written_out(claim("sum(x[i] for i in N) - x[k]", "0", given="N: size, x: real[N], k: index(N)"), 3)
    assert outlined(found) == "x_1 + x_2 + x_3 - x_1 = 0"


@pytest.mark.parametrize(("left", "right", "given", "expected"), [
    ("x", "abs(x)", "x: positive", "proves"),
    ("x", "abs(x)", "x: real, x > 0", "proves"),
    ("x", "x + 1", "x: real", "rejects"),
    ("x", "x + 1", "x: real, x >= 1", "cannot say"),  # assumptions have no words for the hypothesis
    ("y**2", "y", "y: label", "proves"),  # asked for each value
    ("y**2", "-y", "y: sign", "rejects"),
    ("sqrt((1 - a)**2)", "1 - a", "a: probability", "proves"),
    ("limit(1/exp(-t), t, oo)", "oo", "", "proves"),
])  # fmt: skip
def test_sympy_is_told_what_can_be_told(left: str, right: str, given: str, expected: str) -> None:
    assert expected == METHODS["equals"].open(5.0)(claim(left, right, given=given)).verdict


@pytest.mark.parametrize("key", ["simplify", "equals"])
def test_sympy_is_asked_of_evaluated_sides(key: str) -> None:
    slope = claim("diff(1/(1 + exp(-z)), z)", "exp(-z)/(1 + exp(-z))**2", given="z: real")  # as it stood it was not proved, or rejected
    saturates = claim("limit(diff(1/(1 + exp(-z)), z), z, -oo)", "0")
    assert [METHODS[key].open(5.0)(step).verdict for step in (slope, saturates)] == ["proves", "proves"]


def test_what_fails_for_want_of_the_givens_cannot_be_said() -> None:
    step = claim("x", "abs(x)", given="x: real, x >= 1")
    outside, inside = ({"x": Fraction(v)} for v in (-1, 2))
    assert in_cases(step, lambda c: ("refuted", outside), told=lambda h: False).verdict == "cannot say"
    assert in_cases(step, lambda c: ("refuted", inside), told=lambda h: False).verdict == "rejects"
    assert in_cases(step, lambda c: ("undecided", None), told=lambda h: True).verdict == "undecided"
    assert in_cases(step, lambda c: ("undecided", None), told=lambda h: False).verdict == "cannot say"
    assert in_cases(step, lambda c: ("undecided", outside), told=lambda h: True, countermodels=True).verdict == "undecided"
    assert in_cases(step, lambda c: ("verified", None), told=lambda h: False).verdict == "proves"


@pytest.mark.parametrize("key", ["pycodemath", "knuckledragger", "math-verify"])
def test_a_peer_that_is_installed_proves_what_is_right_and_not_what_is_wrong(key: str) -> None:
    if missing := METHODS[key].missing:
        pytest.skip(f"{key}: {missing}")
    _, good, bad = answers(METHODS[key], [TRUE_STEP, FALSE_STEP], 10.0, TRUE_STEP)
    assert isinstance(good, Answer)
    assert isinstance(bad, Answer)
    assert (good.verdict, bad.verdict) == ("proves", "rejects")
    assert bad.shown == (key != "math-verify")


# -- the whole


def test_two_workers_are_compared_pair_by_pair() -> None:
    one, two = Batch(100, 1, 4.0, 0, 0, 0, 4.0, 0.0), Batch(100, 2, 2.0, 0, 0, 0, 4.0, 0.0)
    assert gained([(one, one), (one, two)]) == (2.0, 2.0)


def test_the_text_is_put_between_the_marks_and_nowhere_else(tmp_path: Path) -> None:
    file = tmp_path / "README.md"
    file.write_text("before\n{}\nold\n{}\nafter\n".format(*peers.MARKS), encoding="utf-8")
    peers.write(file, r"new \1")
    peers.write(file, r"new \1")
    assert file.read_text(encoding="utf-8") == "before\n{}\n\nnew \\1\n\n{}\nafter\n".format(*peers.MARKS)
    file.write_text("no marks", encoding="utf-8")
    with pytest.raises(SystemExit, match="needs the lines"):
        peers.write(file, "new")


def test_the_command_says_how_it_is_used() -> None:
    done = subprocess.run([sys.executable, "benchmarks/peers.py", "--help"], capture_output=True, text=True, check=True)
    assert "--quick" in done.stdout

"""A derivation checked in a process of its own: what comes back, and what becomes of the process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from derive.apart import Checker, findings, step_names
from derive.model import Place, Status
from derive.page import Derivation, collect_markdown
from derive.store import Store, folder

WRONG = "given x: real\nclaim x + x = 3*x\n\n  x + x\n  = 2*x  by algebra\n  = 3*x  by algebra"


def page(text: str) -> Derivation:
    (found,) = collect_markdown(f"```derive mine\n{text}\n```\n")
    return found


@pytest.fixture(scope="module")
def checker() -> Iterator[Checker]:
    made = Checker()
    yield made
    made.close()


def test_steps_are_named_by_their_lines() -> None:
    assert step_names(page(WRONG)) == ["line 6", "line 7"]


def test_what_is_fine_has_no_finding_and_what_is_not_is_said_as_the_report_says_it(checker: Checker) -> None:
    found = checker.check(page(WRONG), {})
    assert found.claim is not None
    assert found.claim.brief == "the chain does not prove it: line 7 is refuted"
    first, second = found.steps
    assert first is None
    assert second is not None
    assert second.brief == "refuted: a wrong number"
    assert second.report.splitlines()[0] == "✗ mine"
    assert " 2 = 3*x" in second.report
    assert "1 =" not in second.report  # of the other steps it says nothing


def test_an_error_that_was_found_before_the_page_was_read_comes_along(checker: Checker) -> None:
    derivation = Derivation.of(given="x: real")
    found = checker.check(derivation, {})
    assert (found.claim and found.claim.brief, found.steps) == ("a chain needs two expressions at least", ())


def test_what_is_found_is_kept_unless_no_cache_is_wanted() -> None:
    found = findings(page(WRONG), {}, Status.PROVED, no_cache=True)
    assert Store(folder()).info().entries["verdicts"] == 0
    kept = findings(page(WRONG), {}, Status.PROVED)
    assert Store(folder()).info().entries["verdicts"] == 2
    assert found.claim == kept.claim
    assert kept == findings(page(WRONG), {}, Status.PROVED)  # the times of the steps, too


def test_a_step_that_is_open_and_confirmed_by_sympy_is_accepted_where_that_is_wanted() -> None:
    gauss = page("given n: size\nclaim sum(i for i in n) = n*(n + 1)/2\n\n  sum(i for i in n)\n  = n*(n + 1)/2")
    assert findings(gauss, {}, Status.COMPUTED) == (None, (None,))
    claim, _ = findings(gauss, {}, Status.PROVED)
    assert claim is not None
    assert claim.brief == "the chain does not prove it: line 6 is computed"


def test_the_process_ends_when_it_is_closed_and_starts_again_when_it_has_died() -> None:
    checker = Checker()
    try:
        assert checker.check(page(WRONG), {}).steps[0] is None
        first = checker.process
        assert first is not None
        first.kill()
        first.join()
        died = checker.check(page(WRONG), {})
        assert (died.claim and died.claim.brief, died.steps) == ("the process that checks derivations has ended", ())
        assert checker.check(page(WRONG), {}).steps[0] is None
        second = checker.process
    finally:
        checker.close()
    assert second is not None
    assert not second.is_alive()
    assert checker.process is None


def test_a_script_without_a_guard_or_a_file_is_not_run_again() -> None:
    """What started the tests was run a second time in the process, or could not be found: each check of a notebook failed."""
    script = """
print("once")
from derive.apart import Checker
from derive.page import collect_markdown
checker = Checker()
derivation, = collect_markdown("```derive mine\\nclaim 1 + 1 = 2\\n  1 + 1\\n  = 2\\n```")
print(checker.check(derivation, {}))
checker.close()
"""
    result = subprocess.run([sys.executable, "-"], input=script, capture_output=True, encoding="utf-8", timeout=60)
    assert (result.stdout.splitlines(), result.stderr) == (["once", "Findings(claim=None, steps=(None,))"], "")


@pytest.mark.skipif(sys.platform == "win32", reason="signals of Unix")
def test_an_interrupt_is_left_to_whoever_asks(checker: Checker) -> None:
    """Ctrl-C goes to every process of the terminal: the checker printed a traceback of its own."""
    checker.check(page(WRONG), {})
    assert checker.process is not None
    assert checker.process.pid is not None
    os.kill(checker.process.pid, signal.SIGINT)
    time.sleep(0.1)
    assert checker.process.is_alive()
    assert len(checker.check(page(WRONG), {}).steps) == 2


@pytest.mark.skipif(sys.platform == "win32", reason="signals of Unix")
def test_an_answer_that_was_given_up_is_not_taken_for_the_next_one() -> None:
    """A time limit, as pytest-timeout sets it, raises while the answer is awaited; the next page got the verdict of this one."""

    class GivenUp(Exception):
        pass

    def give_up(*_: object) -> None:
        raise GivenUp

    checker = Checker()
    before = signal.signal(signal.SIGALRM, give_up)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.15)
        with pytest.raises(GivenUp):
            checker.check(page("claim 1 + 1 = 2\n  1 + 1\n  = 2"), {})
        assert checker.check(page(WRONG), {}).claim is not None
    finally:
        signal.signal(signal.SIGALRM, before)
        checker.close()


def test_a_place_in_no_file_gives_steps_their_numbers() -> None:
    text = "given x: real\nclaim x = x\n  x\n  = x"
    assert step_names(Derivation(text, Place("mine.py", 3), generated=True)) == ["step 1"]

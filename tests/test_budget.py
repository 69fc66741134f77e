"""What explodes costs its budget and no more: many steps once took minutes and get a verdict in seconds; others are stopped."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import Executor
from typing import Any

import pytest
from clusters import ENGINES, engine_of

from derive import runner, tasks
from derive.check import check
from derive.expression import read
from derive.model import Claim, Givens, Outcome, Relation, Search, Status, Type
from derive.page import Derivation, derivation


def nested(pattern: str, inner: str, depth: int) -> str:
    for _ in range(depth):
        inner = pattern.format(inner)
    return inner


EXPLOSIVE = {
    "nested maxima": (nested("max({},y)", "x", 30), ">=", "y"),
    "many labels": ("a*b + c*d + f + g*h + k", ">=", "a + b + c + d + f + g + h + k - 5"),
    "a high derivative": (nested("diff({},x)", "exp(x**2)", 25), "=", "0"),
    "a power of a sum": ("(x + y + 1)**60*(x - y)**60", "=", "(y + x + 1)**60*(y - x)**60"),
    "a large number": ("2**1000000", "=", "4**500000"),
    "a tower": (nested("exp({})", "x", 12), "=", nested("exp({})", "y", 12)),
    "a long sum": ("sum(x**i for i in 1000000)", "=", "0"),
}


@pytest.mark.parametrize("about", EXPLOSIVE)
def test_it_ends(about: str) -> None:
    left, relation, right = EXPLOSIVE[about]
    symbols = {"x": Type("real"), "y": Type("real")} | {name: Type("label") for name in "abcdfghk"}
    start = time.process_time()
    check(Claim(Givens(symbols), read(left), Relation(relation), read(right)))
    assert time.process_time() - start < 30


# -- what is stopped

LIMITS = {"DERIVATION_SECONDS": 0.8, "READ_SECONDS": 0.8, "STEP_SECONDS": 0.8}
SYMPY_SECONDS = 0.5
SPARE = 5.0  # seconds that a busy machine may add


def page(left: str, right: str, given: str = "x: positive, y: positive") -> str:
    return f"given {given}\nclaim {left} = {right}\n  {left}\n  = {right}"


FRACTIONS = [f"1/(x + {i} + y**{i})" for i in range(1, 16)]
GOOD = page("x + x", "2*x")
PAGES = {
    "the reading": "given x: real\nclaim x = x\n  x\n" + "".join(f"  = x + {k}*x + 0*x\n" for k in range(20_000)),
    "the kernel": page(" + ".join(FRACTIONS), " + ".join(FRACTIONS[::-1])),  # the normal form has millions of terms
    "the diagnosis": page("prod(x + i for i in 1000000)", "0"),
    "SymPy": page("9**9**9**9", "9**9**9**9 + x - x"),
}


@pytest.fixture(scope="module", params=ENGINES)
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Executor | None]:
    with engine_of(request.param, tmp_path_factory) as found:
        yield found


@pytest.fixture
def short_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, seconds in LIMITS.items():
        monkeypatch.setattr(tasks, name, seconds)


def checked(pages: list[str], **options: Any) -> list[Outcome]:
    derivations: list[Derivation] = [derivation(text) for text in pages]
    return list(runner.run(derivations, {}, **{"jobs": 1, "time_limit": SYMPY_SECONDS, **options}))


def said(outcome: Outcome) -> list[tuple[str, str]]:
    """The status of each step with what is said of it, or of the page; and SymPy's opinion where there is one."""
    if outcome.error:
        return [("malformed", outcome.error.message)]
    return [(str(v.status), v.opinion.outcome if v.opinion else v.message) for v in outcome.verdicts]


def test_a_page_that_explodes_costs_its_budget_and_its_neighbours_nothing(engine: Executor | None, short_limits: None) -> None:
    assert said(checked([GOOD], executor=engine)[0]) == [("proved", "agrees")]  # whatever has to be started is
    start = time.monotonic()
    found = checked([GOOD, *(text for bad in PAGES.values() for text in (bad, GOOD))], executor=engine)
    seconds = time.monotonic() - start
    assert [said(outcome) for outcome in found[::2]] == [[("proved", "agrees")]] * 5
    reading, kernel, diagnosis, sympy = (said(outcome) for outcome in found[1::2])
    assert reading == [("malformed", "the page could not be read: it was stopped after 0.8 s")]
    assert kernel == [("undecided", "the check of this step failed: it was stopped after 1.05 s")]
    assert diagnosis == [("undecided", "differs")]
    assert sympy == [("undecided", "timeout")]
    budget = 3 * LIMITS["DERIVATION_SECONDS"] + LIMITS["READ_SECONDS"] + 2 * (LIMITS["STEP_SECONDS"] + 0.25) + SYMPY_SECONDS + 0.25
    assert seconds < budget + SPARE


def test_what_is_known_of_a_step_stays_when_the_search_for_the_mistake_explodes(short_limits: None) -> None:
    """All was thrown away that had been found out."""
    [outcome] = checked([PAGES["the diagnosis"]], fast=True)
    assert said(outcome) == [("undecided", "no proof was found, and no counterexample")]
    assert outcome.verdicts[0].claim is not None


def test_a_refuter_that_hangs_costs_the_step(short_limits: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """It keeps to its own seconds by itself; here it does not."""

    def search(*_: Any, **__: Any) -> Search:
        time.sleep(60)
        raise AssertionError

    monkeypatch.setattr("derive.check.search", search)
    [outcome] = checked([GOOD], fast=True)
    assert said(outcome) == [("undecided", "the check of this step failed: it was stopped after 1.05 s")]


def test_a_derivation_has_a_budget_whatever_its_length(short_limits: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "BUDGET", 2.0)
    start = time.monotonic()
    there_and_back = "".join(f"\n  = {' + '.join(terms)}" for terms in (FRACTIONS, FRACTIONS[::-1]))
    [outcome] = checked([PAGES["the kernel"] + there_and_back * 10], fast=True)
    assert time.monotonic() - start < 0.8 + 0.8 + 3 * 1.05 + SPARE
    assert [v.message.partition(":")[0] for v in outcome.verdicts[-2:]] == ["not looked at"] * 2
    assert {v.status for v in outcome.verdicts} == {Status.UNDECIDED}

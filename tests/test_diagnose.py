"""derive/diagnose.py: a planted mistake is named, in real pages and in the wrong ones of `tests/wrong`; what is said was proved."""

from __future__ import annotations

import itertools
import pkgutil
import re
from collections.abc import Iterator
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import pytest
from test_refute import givens

import proofs
from derive.assumptions import assumptions
from derive.check import check, check_derivation, diagnosed
from derive.expression import read
from derive.judge import check as replay
from derive.machine import to_json
from derive.misled import differentiated, rewritten
from derive.mistakes import SLIPS, Mistake, mistakes
from derive.model import Claim, Diagnosis, Givens, Place, Relation, Status
from derive.page import Derivation, collect_markdown, collect_module
from derive.provers import prove
from derive.report import plain
from derive.rules import RULES
from derive.show import text
from derive.slips import means_something, opened, places, put, repairs
from derive.term import Term

WRONG = sorted((Path(__file__).parent / "wrong").glob("*.md"))
_BLOCK = re.compile(r"^```derive (\w+)$.*?^```$(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
_SAID = re.compile(r"^- (mistake|meant|given): `?(.*?)`?$", re.MULTILINE)


def step(symbols: str, left: str, relation: str, right: str, *hypotheses: str, by: str = "") -> Diagnosis | None:
    """The diagnosis of a step written as text."""
    reasons = tuple(by.split(", ")) if by else ()
    return diagnosed(check(Claim(givens(symbols, *hypotheses), read(left), Relation(relation), read(right), reasons))).diagnosis


def said(found: Diagnosis | None, relation: Relation) -> dict[str, str]:
    """A diagnosis as the wrong pages write it."""
    if found is None:
        return {}
    sign = "" if found.relation is relation else f"{found.relation} "
    meant = {} if found.suggestion is None else {"meant": sign + text(found.suggestion)}
    return {"mistake": found.name.en} | meant | ({} if found.condition is None else {"given": text(found.condition)})


# -- the wrong pages


def wrong_pages() -> Iterator[tuple[Derivation, dict[str, str]]]:
    for path in WRONG:
        expected = {name: dict(_SAID.findall(rest)) for name, rest in _BLOCK.findall(path.read_text(encoding="utf-8"))}
        yield from ((d, expected[d.name]) for d in collect_markdown(path))


PAGES = list(wrong_pages())


@pytest.mark.parametrize(("page", "expected"), PAGES, ids=[d.name for d, _ in PAGES])
def test_a_wrong_page_gets_its_diagnosis(page: Derivation, expected: dict[str, str]) -> None:
    outcome = check_derivation(page)
    assert outcome.error is None
    *_, last = outcome.verdicts
    assert (last.status, said(last.diagnosis, page.page.lines[-1].relation)) == (Status.REFUTED, expected)
    assert last.claim is not None
    assert last.diagnosis is not None
    assert still_proved(last.claim, last.diagnosis)


def still_proved(claim: Claim, found: Diagnosis) -> bool:
    """Whether the kernel proves again, from the beginning, what a diagnosis offers."""
    offered = []
    if found.suggestion is not None and found.relation is not None:
        offered.append(replace(claim, relation=found.relation, right=found.suggestion))
    if found.condition is not None:
        offered.append(replace(claim, givens=Givens(claim.givens.symbols, (*claim.givens.hypotheses, found.condition))))
    return all(check(c).status in (Status.PROVED, Status.MISREASONED) or by_an_inequality(c) for c in offered)


def by_an_inequality(claim: Claim) -> bool:
    """Whether one of the inequalities of the rule table proves a step, which are not tried where no reason names them."""
    rules = [r.name for r in RULES.values() if r.relation in (Relation.LE, Relation.LT)]
    traces = [t for name in rules if (t := prove(claim, (name,))) is not None]
    return any(replay(claim, t) is not None for t in traces)


def test_there_are_wrong_pages_enough_and_each_says_something_else_than_that_it_is_wrong() -> None:
    assert len(PAGES) >= 25
    assert all(expected.get("mistake") for _, expected in PAGES)
    assert len({d.name for d, _ in PAGES}) == len(PAGES)


# -- planted in pages of proofs/


PLACES = 4  # in the pages, for one mistake
LIBRARY = {d.name: d for m in pkgutil.iter_modules(proofs.__path__) for d in collect_module(import_module(f"proofs.{m.name}"))}
# Mistakes for which no line of proofs/ has a place; each has a page in tests/wrong.
ELSEWHERE = {
    "exponent moved out of a power of a log", "exponent moved out of a log of a sum", "log of a square without absolute value",
    "root of a square without absolute value", "minus taken out of a log", "power of one factor only", "root of a sum split",
    "exponents multiplied instead of added", "exponents added instead of multiplied", "power of a sum of exponents split into a sum",
    "absolute value of a sum split", "product of sums made a sum of products", "product of a constant taken once",
    "constant moved out of a product once", "sine of a sum split", "one half lost in the derivative of a root",
    "derivative of a log turned over", "derivative of a log is a log again",
}  # fmt: skip


def planted(mistake: Mistake) -> Iterator[Claim]:
    """Steps that lead from a line of a page to what a mistake makes of it, and that a witness refutes."""
    for claim, t in LINES:
        if mistake.wrong.left.op == "diff":
            made = list(differentiated(opened(t, claim.definitions), mistake.wrong, claim.definitions))
        else:
            new = ((spot.path, rewritten(mistake.wrong, spot.node)) for spot in places(t))
            made = [put(t, path, x) for path, x in new if x is not None]
        for right in made[:1]:
            step_ = replace(claim, left=t, relation=Relation.EQ, right=right, reasons=())
            if means_something(step_, right) and check(step_).status is Status.REFUTED:
                yield step_


def lines() -> Iterator[tuple[Claim, Term]]:
    """Every line of the pages that are proved, with the claim of a step that it is in."""
    for d in LIBRARY.values():
        if d.page.expect is None:
            for line in d.page.lines:
                page = d.page
                yield Claim(page.givens, page.left, Relation.EQ, page.right, (), page.definitions), line.term


LINES = list(lines())


@pytest.mark.parametrize("name", sorted({m.wrong.name for m in mistakes()} - ELSEWHERE))
def test_a_mistake_planted_in_a_page_is_recognised(name: str) -> None:
    steps = (c for m in mistakes() if m.wrong.name == name for c in itertools.islice(planted(m), PLACES))
    found = (diagnosed(check(c)).diagnosis for c in steps)
    assert any(d is not None and d.name.en == name for d in found)


def test_the_mistakes_for_which_the_pages_have_no_place_are_recognised_in_the_wrong_ones() -> None:
    assert {expected["mistake"] for _, expected in PAGES} >= ELSEWHERE
    assert {m.wrong.name for m in mistakes()} >= ELSEWHERE


# -- what is said, and when


@pytest.mark.parametrize(
    ("found", "name", "meant"),
    [
        (step("x: real", "(x + 1)**2", "=", "x**2 - 2*x + 1"), "a sign is wrong", "x**2 + 2*x + 1"),
        (step("x: real", "2*(x - 1)", "=", "2*(1 - x)"), "a difference is turned round", "2*(x - 1)"),
        (step("x: real; y: positive", "(x*y + x)/y", "=", "x + y/x"), "a fraction is turned over", "x + x/y"),
        (step("x: real; y: real", "x*y + x*x", "=", "x*(y + y)"), "a wrong symbol", None),
        (step("x: real; y: real", "x + 2*y", "=", "y + 2*x"), "two symbols are exchanged", "x + 2*y"),
        (step("x: real", "3*x", "=", "2*x"), "a wrong number", "3*x"),
        (step("x: real", "exp(x)*exp(x)", "=", "log(2*x)"), "a wrong function", "exp(2*x)"),
        (step("N: size; x: real[N]; k: index(N)", "sum(x[i] for i in N if i != k)", "=", "sum(x[i] for i in N)"),
            "a sum leaves a term out or takes one too many", "sum(x[i] for i in N if i != k)"),
        (step("N: size; c: real", "sum(c + 1 for i in N)", "=", "N*c + 1"), None, "N*c + N"),
        (step("x: positive", "log(x)", ">=", "x - 1"), "the inequality is turned round", "x - 1"),
    ],
)  # fmt: skip
def test_a_slip_of_the_pen_is_named_and_what_was_meant_is_offered(found: Diagnosis | None, name: str | None, meant: str | None) -> None:
    assert found is not None
    assert name is None or found.name.en == name
    assert meant is None or found.suggestion is None or text(found.suggestion) == meant


def test_the_condition_with_which_a_step_is_proved_is_named() -> None:
    for found, condition in [
        (step("x: real", "x/x", "=", "1"), "x != 0"),
        (step("x: real", "exp(log(x))", "=", "x"), "x > 0"),
        (step("N: size; p: real[N]", "sum(2*p[i] for i in N)", "=", "2"), "sum(p[i] for i in N) == 1"),
        (step("x: real; y: real", "abs(x - y)", "=", "x - y"), "x >= y"),
    ]:
        assert found is not None
        assert found.condition is not None
        assert text(found.condition) == condition


def test_no_condition_is_guessed_that_the_type_of_a_symbol_decides() -> None:
    page = "p: probability; u: positive; v: nonnegative; y: label; x: real[n]; n: size"
    claim = Claim(givens(page), read("p + u + v + y + x[1]"), Relation.EQ, read("0"))
    said_ = {text(h) for h in assumptions(claim)}
    assert {h for h in said_ if h.startswith("p ")} == set()
    assert {h for h in said_ if h.startswith("u ")} == {"u != 1", "u <= 1", "u < 1", "u >= 1", "u > 1", "u > 0 and u < 1"}
    assert {h for h in said_ if h.startswith("v ")} >= {"v != 0", "v <= 0", "v > 0"}
    assert not {"v >= 0", "v < 0", "y >= 0", "y < 0", "y > 1"} & said_
    assert {"all(x[i] != 0 for i in n)", "all(x[i] >= 0 for i in n)"} <= said_


def test_no_condition_is_named_that_leaves_families_of_one_element_only() -> None:
    """With p[i] >= 1 the shares are one share, and any index is another's."""
    found = step("n: size; p: nonnegative[n]", "all(p[i]*(1 - p[i]) == 0 for i in n)", "iff", "sum(p[i]*(1 - p[1]) for i in n) == 0",
        "all(p[i] <= 1 for i in n)", "sum(p[i] for i in n) == 1", by="sum of terms that are not negative")  # fmt: skip
    assert found is not None
    assert (found.name.en, found.condition) == ("a wrong index", None)


def test_what_was_meant_is_said_beside_a_condition_that_was_guessed() -> None:
    """A condition that would save a wrong number took the place of the number."""
    cases = "cases((t*log(c/t) - t*log(c), t > {}), (0, t == 0))"
    found = step("t: nonnegative; c: positive", "cases((-t*log(t), t > 0), (0, t == 0))", "=", cases.format(1))
    assert found is not None
    assert found.suggestion == read(cases.format(0))


def test_no_condition_is_named_that_nothing_satisfies() -> None:
    """With x > 0 beside x < 0 anything would follow."""
    found = step("x: real", "log(x)", "=", "log(x)", "x < 0")
    assert found is None or found.condition is None


def test_a_step_that_is_proved_has_no_diagnosis() -> None:
    assert step("x: real", "x + x", "=", "2*x") is None


def test_a_false_step_that_no_mistake_explains_gets_no_diagnosis() -> None:
    assert step("x: real; y: real", "x", "=", "exp(y)*sin(y + 7) - 3*y**5") is None


def test_the_same_step_gets_the_same_diagnosis_each_time() -> None:
    claim = Claim(givens("K: size; s: real[K]"), read("log(sum(exp(s[j]) for j in K))"), Relation.EQ, read("sum(s[j] for j in K)"))
    assert diagnosed(check(claim)).diagnosis == diagnosed(check(claim)).diagnosis is not None


def test_what_the_left_side_says_again_is_not_offered() -> None:
    """x = y + 1 has the repair y + 1 + x - 1 - y, which says nothing."""
    for r in (r for r in repairs(Claim(givens("x: real; y: real"), read("exp(x)"), Relation.EQ, read("y + 1"))) if r.what is not None):
        assert r.what not in (read("exp(x)"), read("x"))


def test_the_report_and_the_json_say_it_in_words() -> None:
    page = Derivation("given x: real, y: real\nclaim (x - y)*2 = 2*x + 2*y\n(x - y)*2\n= 2*x + 2*y", Place("p.md", 1), "p")
    outcome = check_derivation(page)
    assert "mistake  a sign is wrong: did you mean 2*x - 2*y?" in plain(outcome)
    (found,) = [s["verdict"]["diagnosis"] for s in to_json([outcome])["derivations"][0]["steps"]]
    assert found == {"name": SLIPS["sign"]._asdict(), "suggestion": "2*x - 2*y", "relation": "=", "condition": None}
    assert SLIPS["sign"].zh


def test_a_wrong_limit_at_zero_with_a_sign_ends_in_a_verdict() -> None:
    """An AttributeError came out of the diagnosis, which put a number for what something is differentiated by."""
    (derivation,) = collect_markdown("```derive page\nclaim limit(exp(z)*2, z, -0) = 1\n\n  limit(exp(z)*2, z, -0)\n  = 1\n```")
    assert check_derivation(derivation, {}).status is Status.REFUTED

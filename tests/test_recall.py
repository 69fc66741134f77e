"""Whatever a text says, a step is proved only if the kernel says so again, refuted only if exact values do, and nothing hangs or lies
about what was proved."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from certified import edited, leaves

from derive import recall
from derive.check import Library, check_derivation
from derive.model import Claim, Instance, Opinion, Outcome, Status, Trace, Verdict
from derive.page import collect_markdown
from derive.term import call, sym

PROVED = """given a: positive, b: positive\nclaim log(a*b) + 0 = log(a) + log(b)\n\nlog(a*b) + 0
= log(a*b)  by algebra\n= log(a) + log(b)  by log of a product"""
FALSE = "given a: positive, b: positive\nclaim log(a + b) = log(a) + log(b)\n\nlog(a + b)\n= log(a) + log(b)"
SLIP = "given x: real\nclaim x*(x + 1) = x**2 - x\n\nx*(x + 1)\n= x**2 - x"
LACKING = "given x: real\nclaim x/x = 1\n\nx/x\n= 1"
OPEN = "given x: real, f: real -> real\nclaim integral(f(t)*cos(t) for t in Reals) = x\n\nintegral(f(t)*cos(t) for t in Reals)\n= x"


def checked(text: str) -> Outcome:
    (found,) = collect_markdown(f"```derive mine\n{text}\n```")
    return check_derivation(found, Library({}))


def step(text: str, k: int = 0) -> tuple[Verdict, Claim]:
    """The verdict on a step of a page, and its claim."""
    verdict = checked(text).verdicts[k]
    assert verdict.claim
    return verdict, verdict.claim


def kept(verdict: Verdict) -> Any:
    """What would be kept of a verdict, whether or not it can be judged again; to be altered."""
    assert verdict.claim
    return json.loads(recall._written(verdict, recall.Footing(verdict.claim), verdict.claim))


def judged(data: Any, claim: Claim) -> Verdict:
    return recall.judged_again(data if isinstance(data, str | bytes) else json.dumps(data), claim, recall.Footing(claim))


def refused(data: Any, claim: Claim) -> str:
    """Why it is not believed."""
    with pytest.raises(recall.Damaged) as error:
        judged(data, claim)
    return str(error.value)


@pytest.mark.parametrize("page", [PROVED, FALSE, SLIP, LACKING, OPEN, PROVED.replace("log of a product", "log of a quotient")])
def test_what_is_written_is_read_again_as_it_was(page: str) -> None:
    for verdict in checked(page).verdicts:
        assert verdict.claim
        text = recall.written(verdict, recall.Footing(verdict.claim))
        assert text is not None
        assert judged(text, verdict.claim) == verdict


# -- proofs


def test_no_edit_of_a_proof_changes_what_it_certifies() -> None:
    for verdict in checked(PROVED).verdicts:
        assert verdict.claim
        original = kept(verdict)
        for place in list(leaves(original)):
            for edit in ("change", "drop", "double"):
                try:
                    found = judged(edited(original, place, edit), verdict.claim)
                except recall.Damaged:
                    continue
                assert (found.claim, found.conditions) == (verdict.claim, verdict.conditions), place
                assert found.rules == verdict.rules or found.status is not Status.PROVED, place


def test_no_proof_of_another_step_makes_a_false_one_proved() -> None:
    _, wrong = step(FALSE)
    for proof in checked(PROVED).verdicts:
        for rules in (proof.rules, (), ("algebra",), ("log of a product",)):
            refused(kept(replace(proof, rules=rules)), wrong)


@pytest.mark.parametrize("status", [s for s in Status if s is not Status.PROVED])
def test_no_other_word_for_a_proof_is_believed(status: Status) -> None:
    proof, claim = step(PROVED, 1)
    if status is Status.MISREASONED:  # which the kernel proves, too
        assert judged(kept(proof) | {"status": status}, claim).trace == proof.trace
    else:
        refused(kept(proof) | {"status": str(status)}, claim)


def test_edited_conditions_are_those_that_the_kernel_discharges() -> None:
    verdict, claim = step(PROVED, 1)
    assert verdict.conditions
    assert judged(kept(replace(verdict, conditions=())), claim).conditions == verdict.conditions


def test_a_proof_by_another_rule_than_the_page_names_is_not_taken_for_one() -> None:
    verdict, claim = step(PROVED, 1)
    assert "said to be proved by log of a quotient" in refused(kept(verdict), replace(claim, reasons=("log of a quotient",)))
    reasons = ("log of a product", "log of a quotient")
    assert "log of a quotient is not used" in refused(kept(replace(verdict, rules=reasons)), replace(claim, reasons=reasons))


def test_nothing_is_proved_from_givens_that_nothing_satisfies() -> None:
    proof, _ = step("given x: real, x > 0\nclaim x + 0 = x\n\nx + 0\n= x  by algebra")
    _, impossible = step("given x: real, sin(x) > 1/2\nclaim x + 0 = x\n\nx + 0\n= x  by algebra")
    above = impossible.givens.hypotheses[0]
    twice = replace(impossible, givens=replace(impossible.givens, hypotheses=(above, call("lt", *above.args))))
    for point in (None, {"x": "1"}, {"x": "1/0"}, {"y": "1"}, {}):
        refused(kept(proof) | {"point": point}, twice)


def test_a_point_that_is_none_is_looked_for_again() -> None:
    proof, claim = step("given x: real, x > 0\nclaim x + 0 = x\n\nx + 0\n= x  by algebra")
    for point in (None, {"x": "-1"}, {"x": ["1"]}):
        assert judged(kept(proof) | {"point": point}, claim).status is Status.PROVED


# -- refutations


def test_a_witness_is_worked_out_again() -> None:
    verdict, claim = step(FALSE)
    assert judged(kept(verdict), claim).search == verdict.search
    assert "not shown to refute" in refused(kept(verdict), replace(claim, right=claim.left))


def test_no_edit_of_a_refutation_refutes_what_is_true() -> None:
    verdict, false = step(FALSE)
    true = replace(false, right=false.left)
    original = kept(replace(verdict, diagnosis=None))
    for place in list(leaves(original)):
        for edit in ("change", "drop", "double"):
            refused(edited(original, place, edit), true)


def test_a_negation_is_proved_again() -> None:
    verdict, claim = step("given x: real\nclaim limit(1/s, s, oo) = 1\n\nlimit(1/s, s, oo)\n= 1")
    assert verdict.negation is not None
    assert judged(kept(verdict), claim).negation == verdict.negation
    assert "does not accept" in refused(kept(verdict), replace(claim, right=call("sub", claim.right, claim.right)))


# -- what a diagnosis offers


def test_what_may_have_been_meant_is_proved_again() -> None:
    """A poisoned cache could say «did you mean …?», or «proved if … is given», of what is false."""
    verdict, claim = step(SLIP)
    found = verdict.diagnosis
    assert found is not None
    assert found.suggestion is not None
    assert "does not accept" in refused(kept(replace(verdict, diagnosis=replace(found, suggestion=claim.right))), claim)
    assert "comes with a proof" in refused(kept(replace(verdict, diagnosis=replace(found, proof=None))), claim)


def test_a_condition_that_would_do_is_proved_to_do_again() -> None:
    verdict, claim = step(LACKING)
    found = verdict.diagnosis
    assert found is not None
    assert found.condition is not None
    x = claim.left.args[0]
    for condition in (call("ge", x, claim.right), call("ne", x, x)):
        data = kept(replace(verdict, diagnosis=replace(found, condition=condition)))
        if condition.op == "ge":
            assert judged(data, claim).diagnosis  # it would do as well
        else:
            assert refused(data, claim)
    assert "comes with a proof" in refused(kept(replace(verdict, diagnosis=replace(found, enough=None))), claim)


# -- texts that would stop the reader, or obey it


def bomb(levels: int) -> list[list[Any]]:
    """The nodes of a term of 2**levels nodes."""
    return [["sym", "a"], *(["add", k, k] for k in range(levels))]


@pytest.mark.parametrize("change", [
    lambda d: d | {"terms": bomb(100), "missing": [100]},
    lambda d: d | {"terms": [["sym", "a"], *(["neg", k] for k in range(5000))], "missing": [5000]},
    lambda d: d | {"terms": [*d["terms"], ["num", "9" * 5000, 0]]},
    lambda d: d | {"terms": [*d["terms"], ["num", "1", 10**6, 1]]},
    lambda d: d | {"terms": [*d["terms"], ["exec", 0]]},
    lambda d: d | {"terms": [*d["terms"], ["sym", "a b"]]},
    lambda d: d | {"terms": [*d["terms"], ["neg", -1]]},
    lambda d: d | {"terms": [*d["terms"], ["neg", 10**30]]},
    lambda d: d | {"seconds": float("nan")},
    lambda d: d | {"seconds": float("inf")},
    lambda d: d | {"seconds": -1.0},
    lambda d: d | {"search": d["search"] | {"tried": 10**400}},
    lambda d: d | {"search": d["search"] | {"note": "\x1b]0;obey\x07"}},
    lambda d: d | {"search": d["search"] | {"note": "fine\n✓ another"}},
    lambda d: d | {"search": d["search"] | {"note": "\u202edevorp"}},
    lambda d: d | {"search": d["search"] | {"note": "\ud800"}},
    lambda d: json.dumps(d)[:-1] + ', "trace":' + '{"ways":[' * 5000 + "]}" * 5000 + "}",
    lambda d: "[" * 100_000,
    lambda d: "1" * 10_000,
    lambda d: "nonsense",
    lambda d: "[]",
    lambda d: "",
    lambda d: b"\xff",
])  # fmt: skip
@pytest.mark.parametrize("page", [PROVED, FALSE])
def test_a_text_that_no_verdict_is_written_as_is_refused_at_once(page: str, change: Callable[[Any], Any]) -> None:
    verdict, claim = step(page)
    start = time.monotonic()
    refused(change(kept(verdict)), claim)
    assert time.monotonic() - start < 2


@pytest.mark.parametrize("change", [
    lambda d: d | {"terms": [*d["terms"], ["sym", "\x1b]0;obey\x07"]]},
    lambda d: d | {"trace": d["trace"] | {"instances": [["\x1b[2J" + "x" * 10**6, [], {}, None]]}},
    lambda d: d | {"status": "\x1b[2J"},
])  # fmt: skip
def test_why_a_text_is_refused_can_be_printed(change: Callable[[Any], Any]) -> None:
    verdict, claim = step(PROVED)
    why = refused(change(kept(verdict)), claim)
    assert why.isprintable()
    assert len(why) < 300


def test_no_rules_are_said_to_have_been_found_of_a_step_that_is_not_proved() -> None:
    """The report shows them where a step names no reason: «found: algebra» beside a step that is undecided."""
    verdict, claim = step(OPEN)
    assert "nothing has proved" in refused(kept(verdict) | {"rules": ["algebra"]}, claim)


def test_what_is_said_of_a_proof_cannot_be_said_by_a_text() -> None:
    verdict, claim = step(PROVED)
    assert "lacks nothing" in refused(kept(verdict) | {"message": "true, and by the way"}, claim)


def test_what_could_not_be_judged_again_is_not_written() -> None:
    proof, claim = step(PROVED, 1)
    footing = recall.Footing(claim)
    others = [
        replace(proof, claim=None), replace(proof, opinion=Opinion("agrees")), replace(proof, status=Status.CONFLICT),
        replace(proof, trace=None), replace(proof, rules=("exp of a sum",)), replace(proof, message="a defect"),
        replace(checked(FALSE).verdicts[0], claim=claim),
        replace(proof, trace=Trace((*proof.trace.instances, Instance("of\nnothing", (), {}, sym("a"))))) if proof.trace else proof,
    ]  # fmt: skip
    assert [recall.written(v, footing) for v in others] == [None] * len(others)


# -- SymPy's opinions


def test_where_sympy_ran_out_of_time_it_is_asked_again_when_it_gets_more() -> None:
    text = recall.opinion_written(Opinion("timeout", "", 2))
    assert recall.opinion_read(text, 2.0) == Opinion("timeout", "", 2.0)
    assert recall.opinion_read(text, 5.0) is None
    assert recall.opinion_read(recall.opinion_written(Opinion("agrees", "0", 1)), 5.0) == Opinion("agrees", "0", 1.0)


def test_a_failure_for_want_of_memory_is_not_kept() -> None:
    said = ("ValueError", "MemoryError", "its process ended with exit code -9 (Killed)", "it needed more memory than it is allowed")
    assert [recall.is_lasting(Opinion("failed", what)) for what in said] == [True, False, False, False]


@pytest.mark.parametrize("text", [
    "", "[]", '["proved","",1.0]', '["agrees",1,1.0]', '["agrees","0",true]', '["agrees","0",NaN]', '["timeout","",Infinity]',
    '["agrees","\\u001b[2J",1.0]', "[" * 100_000, 7, None, b"",
])  # fmt: skip
def test_what_is_no_opinion_is_found_out(text: object) -> None:
    with pytest.raises(recall.Damaged):
        recall.opinion_read(text, 2.0)

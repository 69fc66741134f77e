"""Random terms: what the kernel proves holds wherever it is looked at, and what true rules make equal is never refuted.

Numbers say what holds: balls, which share no code with the kernel. A sample: 200 points inside the givens of each proved step.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from attacks import provable
from evaluated import guards, outcome, points
from flint import arb
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from mutants import mutants
from random_steps import OPS, Step, equivalences, functions, givens, steps, terms
from rule_pools import LIMITS, Place, tends
from tally import Tally

from derive.balls import Imprecise, Unsupported, evaluate
from derive.check import check
from derive.domain import Domain
from derive.expression import read
from derive.judge import refute
from derive.model import Claim, Givens, Relation, Status, Type
from derive.provers import disprove
from derive.show import text
from derive.term import ZERO, Term, call, num, sym

GROUP = "random steps, drawn by Hypothesis"
POINTS = 200
SLIPS = 3  # of each step
RELATIONS = (Relation.EQ, Relation.LE, Relation.LT, Relation.GE, Relation.GT)


def over(strategy: st.SearchStrategy[Any], examples: int, look: Callable[[Any], None]) -> None:
    """Look at so many draws, the same ones at each run."""
    common = settings(
        max_examples=examples, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck),
        phases=(Phase.explicit, Phase.generate),
    )  # fmt: skip
    common(given(strategy)(look))()


def fails_at(claim: Claim, count: int) -> tuple[int, list[str]]:
    """At how many points inside the givens a claim was looked at, and those at which it is false or a side has no value."""
    looked_at, bad = 0, []
    for env in points(claim.givens, count):
        found = outcome(claim.left, claim.right, env, claim.relation)
        looked_at += 1
        if found in ("fails", "undefined"):
            bad.append(f"{shown(claim)} {found} at { {n: str(v) for n, v in env.items()} }")
    return looked_at, bad


def shown(claim: Claim) -> str:
    under = ", ".join(map(text, claim.givens.hypotheses))
    return f"{text(claim.left)} {claim.relation} {text(claim.right)}" + (f" under {under}" if under else "")


@st.composite
def claims(draw: st.DrawFn) -> list[Claim]:
    """Claims of which many are proved: true steps and their slips, relations of random terms, and that a term is defined."""
    kind = draw(st.integers(0, 6))
    if kind == 6:
        return [draw(equivalences())]
    if kind < 4:
        step: Step | None = draw(steps())
        return [] if step is None else [step.claim, *draw(slips(step.claim))]
    under: Givens = draw(givens())
    if kind == 4:
        t = draw(terms())
        return [Claim(under, t, Relation.EQ, t)]
    relation = draw(guards(2, OPS))
    left, right = relation.args
    right = draw(st.sampled_from((right, ZERO, ZERO, num(1), left)))
    return [Claim(under, left, r, right) for r in draw(st.permutations(RELATIONS))[:3]]


@st.composite
def slips(draw: st.DrawFn, claim: Claim) -> list[Claim]:
    """The claim with a slip in its right side, a few times."""
    found = mutants(claim)
    chosen = draw(st.lists(st.sampled_from(found), max_size=SLIPS)) if found else []
    return [Claim(claim.givens, claim.left, claim.relation, slip.term) for slip in chosen]


def test_what_is_proved_holds_at_random_points(tally: Tally, large: bool) -> None:
    wrong: list[str] = []
    seen: set[str] = set()

    def look(drawn: list[Claim]) -> None:
        for claim in drawn:
            if (name := shown(claim)) not in seen:
                seen.add(name)
                if provable(claim):
                    looked_at, bad = fails_at(claim, POINTS)
                    tally.count(GROUP, "… of which the kernel proves", int(looked_at > 0))
                    tally.count(GROUP, f"… points, up to {POINTS} for each of these, at which balls look at both sides", looked_at)
                    wrong.extend(bad[:1])

    tally.count(GROUP, "different steps, true and slipped, on which all strategies of the prover are tried", 0)
    over(claims(), 6000 if large else 450, look)
    tally.count(GROUP, "different steps, true and slipped, on which all strategies of the prover are tried", len(seen))
    tally.count(GROUP, "… proved, and false or undefined at a point", len(wrong))
    assert wrong == []


def test_a_limit_that_the_kernel_works_out_is_seen_near_the_point(tally: Tally, large: bool) -> None:
    """Asked whether a limit is 7/13, the kernel says what it is, if it knows: a number, oo or -oo."""
    apart: list[str] = []
    seen: set[str] = set()
    nothing = Givens({"x": Type("real")})
    domain = Domain(nothing)

    def look(drawn: tuple[Term, Place]) -> None:
        body, place = drawn
        limit = call("limit", body, sym("r"), read(place.point), sym(place.side))
        if (name := text(limit)) in seen:
            return
        seen.add(name)
        claim = Claim(nothing, limit, Relation.EQ, read("7/13"))
        trace = disprove(claim, domain)
        if trace is None:
            return
        value, _ = refute(claim, trace)
        with suppress(Imprecise, Unsupported):
            ends = {"oo": math.inf, "-oo": -math.inf}
            near = tends(limit, place, ends[text(value)] if text(value) in ends else float(arb(evaluate(value, {}, 80)).mid()))
            tally.count(GROUP, "… that the kernel works out, looked at near the point")
            if not near:
                apart.append(f"{name} = {text(value)}")

    tally.count(GROUP, "random limits at 0, 1 and infinity", 0)
    over(st.tuples(functions(), st.sampled_from(list(LIMITS))), 6000 if large else 150, look)
    tally.count(GROUP, "random limits at 0, 1 and infinity", len(seen))
    tally.count(GROUP, "… and seen to tend elsewhere, or to be undefined there", len(apart))
    assert apart == []


def test_what_true_rules_make_equal_is_never_refuted(tally: Tally, large: bool) -> None:
    refuted: list[str] = []
    seen: set[str] = set()

    def look(step: Step | None) -> None:
        if step is None or (name := shown(step.claim)) in seen:
            return
        verdict = check(step.claim, 2.0)
        if verdict.status is not Status.MALFORMED:  # the givens contradict each other
            seen.add(name)
            tally.count(GROUP, "steps that true rules make, at random places", 1)
            tally.count(GROUP, "… proved", int(verdict.status is Status.PROVED), of=1)
            if verdict.status in (Status.REFUTED, Status.CONFLICT):
                refuted.append(f"{name} by {step.rules}: {verdict.message}")

    over(steps(), 10_000 if large else 800, look)
    tally.count(GROUP, "… refuted", len(refuted))
    assert refuted == []


def test_a_false_step_would_be_found_out() -> None:
    under = Givens({"x": Type("real"), "y": Type("real")})
    false = (("log(x**2)", "=", "2*log(x)"), ("x/x", "=", "1"), ("x**2", ">=", "x"), ("abs(x + y)", "=", "abs(x) + abs(y)"))
    for left, relation, right in false:
        assert fails_at(Claim(under, read(left), Relation(relation), read(right)), POINTS)[1]

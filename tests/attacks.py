"""Attacks on the kernel: a claim of one step, and whether any trace that the provers find makes the kernel accept it."""

from __future__ import annotations

from derive.claims import Rejected, unfolded
from derive.judge import check as replay
from derive.model import Claim, Trace
from derive.page import collect_markdown
from derive.provers import STRATEGIES, prove, splittable
from derive.term import free


def claim_of(given: str, left: str, relation: str, right: str) -> Claim:
    lines = [f"given  {given}", f"claim  {left} {relation} {right}", "", f"    {left}", f"  {relation} {right}"]
    (derivation,) = collect_markdown("\n".join(["```derive page", *lines, "```"]))
    (claim,) = derivation.claims()
    return claim


def kernel_accepts(claim: Claim, trace: Trace) -> bool:
    try:
        replay(claim, trace)
    except Rejected:
        return False
    return True


def provable(claim: Claim) -> bool:
    left, right, givens = unfolded(claim)
    splits = [(f"cases {s}", *STRATEGIES[2]) for s in splittable(givens, free(left) | free(right))]
    traces = (prove(claim, allowed) for allowed in ((), *STRATEGIES, *splits))
    return any(kernel_accepts(claim, trace) for trace in (Trace(), *traces) if trace is not None)

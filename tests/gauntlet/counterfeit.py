"""Certificates as an able enemy makes them: claims that fit their chains, the conditions that the kernel names, seals that fit."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from derive import judge
from derive.certificate import Flaw, Node, Reader, load, seal, written
from derive.claims import Rejected
from derive.model import COMPOSED, Claim, Relation
from derive.recheck import About
from derive.show import text

WRONG = (Flaw, Rejected, KeyError, TypeError, ValueError, AttributeError, IndexError, RecursionError)  # it is no certificate any more


def mended(tree: Any) -> Any:
    """The certificate, in place, with claims and conditions that fit, wherever the kernel still accepts the traces."""
    lemmas: dict[str, Claim] = {}
    with contextlib.suppress(*WRONG):
        for d in tree["derivations"]:
            with contextlib.suppress(*WRONG):
                lemmas[d["name"]] = _mend(d, lemmas)
    return tree


def _mend(d: dict[str, Any], lemmas: dict[str, Claim]) -> Claim:
    composed, reader = Relation.EQ, Reader()
    for step in d["steps"]:
        composed = COMPOSED[composed, Relation(step["relation"])]
    d["claim"] = {"left": d["first"], "relation": str(composed), "right": d["steps"][-1]["expression"]}
    steps = list(_steps(Node(d, "a derivation"), reader))
    page = replace(steps[0], right=steps[-1].right, relation=composed)
    about = About.of(d["name"], page)
    if about.givens.hypotheses and d.get("point") is None:
        d["point"] = None
    for step, claim in zip(d["steps"], steps, strict=True):
        if "trace" in step:
            trace = reader.trace(Node(step["trace"], "a trace"))
            discharged = judge.check(replace(claim, lemmas=lemmas), trace, about.ground)
            step["conditions"] = [{"condition": text(written(p)), "from": about.source(p, alone)} for p, alone in discharged.items()]
    return page


def _steps(node: Node, reader: Reader) -> Iterator[Claim]:
    found = node.entries()
    givens = reader.givens(found["symbols"], found["hypotheses"])
    definitions = reader.definitions(found["definitions"], givens.symbols)
    before = reader.term(found["first"])
    for step in (s.entries() for s in found["steps"].items()):
        after = reader.term(step["expression"])
        yield Claim(givens, before, Relation(step["relation"].value), after, (), definitions)
        before = after


def sealed(tree: Any) -> Any:
    """The certificate, in place, with seals that fit, as far as it still is one."""
    derivations = tree.get("derivations") if isinstance(tree, dict) else None
    for d in derivations if isinstance(derivations, list) else ():
        for step in d.get("steps") or () if isinstance(d, dict) else ():
            _seal(step)
        _seal(d)
    _seal(tree)
    return tree


def _seal(data: Any) -> None:
    if isinstance(data, dict) and "seal" in data:
        with contextlib.suppress(KeyError, TypeError):  # what is inside of it has no seal any more
            data["seal"] = seal(data)


def proved(tree: Any) -> Iterator[Claim]:
    """The steps that a certificate without a flaw says are proved, and what its derivations claim where all are."""
    reader = Reader()
    for node in load(json.dumps(tree)).entries()["derivations"].items():
        steps = list(_steps(node, reader))
        verdicts = [s.entries()["verdict"].value for s in node.entries()["steps"].items()]
        yield from (claim for claim, verdict in zip(steps, verdicts, strict=True) if verdict == "proved")
        if set(verdicts) == {"proved"}:
            sides = node.entries()["claim"].entries()
            relation = Relation(sides["relation"].value)
            yield replace(steps[0], left=reader.term(sides["left"]), relation=relation, right=reader.term(sides["right"]))

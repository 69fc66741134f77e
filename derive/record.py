"""Outcomes → a certificate: writes down what was found, for `certificate` to judge again. Knows nothing of how it was found."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from importlib import metadata
from typing import TYPE_CHECKING, Any

from derive import judge
from derive.certificate import FORMAT, VERSION, Node, Reader, rule_table, seal, written
from derive.claims import Rejected
from derive.jets import Unsupported
from derive.machine import value_data, witness_data
from derive.model import Claim, Givens, Instance, Outcome, Page, Status, Trace, Type, Verdict
from derive.points import Points, plain
from derive.recheck import SOURCES, About
from derive.show import text
from derive.term import REALS, TRUE, Lambda, Replacement, Term, fresh, walk
from derive.witness import refutes, satisfies

if TYPE_CHECKING:
    from derive.page import Derivation

_STYLES = ("corner", "random", "positive", "spread", "constants")
_DRAWS = 20


def certificate(outcomes: Iterable[Outcome], progress: Callable[[int, int], None] | None = None) -> str:
    """The certificate of some outcomes, all of which could be read; the same bytes for the same outcomes.

    A derivation whose lemmas are not among them does not verify: `with_lemmas` brings them along, each above what leans on it.
    `progress` is told the derivations that are done and all.
    """
    pages = [(outcome, outcome.page) for outcome in outcomes if outcome.page is not None]
    derivations = []
    for outcome, page in pages:
        derivations.append(_derivation(outcome, page))
        if progress:
            progress(len(derivations), len(pages))
    data = {"format": FORMAT, "version": VERSION, "made_by": _version(), "rules": rule_table(), "derivations": derivations}
    return json.dumps(_sealed(data), ensure_ascii=False, indent=1) + "\n"


def _version() -> str:
    try:
        return f"derive {metadata.version('derive-checker')}"
    except metadata.PackageNotFoundError:
        return "derive"


def _sealed(data: dict[str, Any]) -> dict[str, Any]:
    return {**data, "seal": seal(data)}


def _derivation(outcome: Outcome, page: Page) -> dict[str, Any]:
    claim = Claim(page.givens, page.left, page.relation, page.right, (), page.definitions)
    about = About.of(outcome.name, claim)
    names = _Names(page)
    hypotheses = about.givens.hypotheses
    return _sealed(
        {
            "name": outcome.name,
            "title": page.title._asdict(),
            "expect": None if page.expect is None else page.expect._asdict(),
            "source": page.source,
            "symbols": {name: _type(kind) for name, kind in page.givens.symbols.items()},
            "hypotheses": [text(h) for h in page.givens.hypotheses],
            **({"point": _point(about.givens)} if hypotheses else {}),
            "definitions": [_definition(name, meaning) for name, meaning in page.definitions.items()],
            "claim": {"left": text(page.left), "relation": str(page.relation), "right": text(page.right)},
            "first": text(page.lines[0].term),
            "steps": [
                _sealed(
                    {
                        "relation": str(line.relation),
                        "expression": text(line.term),
                        "reasons": list(line.reasons),
                        "expect": line.expect,
                        "verdict": str(verdict.status),
                        **_found(verdict, about, names),
                    }
                )
                for line, verdict in zip(page.lines[1:], outcome.verdicts, strict=True)
            ],
        }
    )


def _type(kind: Type) -> dict[str, Any]:
    out: dict[str, Any] = {"kind": kind.kind}
    if kind.over is not None:
        out["over"] = text(kind.over)
    if kind.shape:
        out["shape"] = [text(size) for size in kind.shape]
    if kind.params:
        out["params"] = [_type(p) for p in kind.params]
    return out | ({"density": True} if kind.density else {})


def _definition(name: str, meaning: Replacement) -> dict[str, Any]:
    if isinstance(meaning, Lambda):
        return {"name": name, "of": list(meaning.params), "is": text(meaning.body)}
    return {"name": name, "of": None, "is": text(meaning)}


# -- what was found


def _found(verdict: Verdict, about: About, names: _Names) -> dict[str, Any]:
    if verdict.claim is not None and verdict.trace is not None:
        claim, trace = verdict.claim, _reread(names.trace(verdict.trace))  # judged as it will be read
        ground = judge.Ground(claim)  # of its own: what a domain was asked before may decide what it is sure of
        trace = pruned(trace, lambda shorter: _accepted(claim, shorter, ground))
        discharged = judge.check(claim, trace, about.ground)
        return {
            "rules": list(verdict.rules),
            "conditions": [{"condition": text(written(c)), "from": SOURCES[not alone]} for c, alone in discharged.items()],
            "trace": names.trace(trace),
        }
    if verdict.status is Status.REFUTED and verdict.negation is not None:
        return {"negation": names.trace(verdict.negation)}
    if verdict.claim is not None and verdict.status is Status.REFUTED:
        assert verdict.search is not None
        assert verdict.search.witness is not None
        witness = verdict.search.witness
        return {"witness": witness_data(witness) | {"rechecked": refutes(verdict.claim, witness.values)}}
    return {}


def _reread(trace: dict[str, Any]) -> Trace:
    return Reader().trace(Node(trace, "trace"))


def _accepted(claim: Claim, trace: Trace, ground: judge.Ground) -> bool:
    try:
        judge.check(claim, trace, ground)
    except Rejected:
        return False
    return True


def pruned(trace: Trace, accepted: Callable[[Trace], bool]) -> Trace:
    """The trace without the instances that its proof can do without."""

    def without(kind: str, instance: Instance) -> Trace:
        rest = tuple(i for i in getattr(trace, kind) if i is not instance)
        return replace(trace, instances=rest) if kind == "instances" else replace(trace, defined=rest)

    def with_way(i: int, way: Trace) -> Trace:
        return replace(trace, ways=(*trace.ways[:i], way, *trace.ways[i + 1 :]))

    for kind, instance in [*(("instances", i) for i in reversed(trace.instances)), *(("defined", i) for i in reversed(trace.defined))]:
        if accepted(shorter := without(kind, instance)):
            trace = shorter
    for i, way in enumerate(trace.ways):
        trace = with_way(i, pruned(way, lambda w, i=i: accepted(with_way(i, w))))  # type: ignore[misc]
    return trace


def _point(givens: Givens) -> dict[str, Any] | None:
    """Values that are shown to satisfy the givens, if some are soon found; None where they cannot be written down."""
    try:
        points = Points(givens)
        for k in range(_DRAWS):
            env = points.draw(_STYLES[k % len(_STYLES)], k)
            if env is None:
                continue
            values = {name: plain(env[name]) for name, kind in givens.symbols.items() if not kind.params and kind.kind != "set"}
            if satisfies(givens, values):
                return {name: value_data(value) for name, value in values.items()}
    except Unsupported:
        pass
    return None


# -- traces, in names that can be read back


class _Names:
    """What the kernel's own names, `$0` for a level of a scope and `#1` for what a sum runs over, are called on this page."""

    def __init__(self, page: Page) -> None:
        bodies = [d.body if isinstance(d, Lambda) else d for d in page.definitions.values()]
        terms = [page.left, page.right, *page.givens.hypotheses, *bodies, *(line.term for line in page.lines)]
        self.taken = {*page.givens.symbols, *page.definitions, *(x.name for t in terms for x in walk(t) if x.op == "sym")}

    def trace(self, trace: Trace) -> dict[str, Any]:
        out: dict[str, Any] = {}
        if trace.instances:
            out["instances"] = [self.instance(i) for i in trace.instances]
        if trace.defined:
            out["defined"] = [self.instance(i) for i in trace.defined]
        if trace.split:
            cases = {str(value): self.trace(t) for value, t in trace.split.traces.items()}
            out["split"] = {"symbol": trace.split.symbol.name, "cases": cases}
        if trace.ways:
            out["ways"] = [self.trace(t) for t in trace.ways]
        return out | ({"absurd": True} if trace.absurd else {})

    def instance(self, instance: Instance) -> dict[str, Any]:
        out: dict[str, Any] = {"rule": instance.rule}
        if instance.scope:
            out["scope"] = [self.level(level.var, level.over, level.where) for level in instance.scope]
        if instance.subst:
            out["letters"] = {name: self.replacement(r) for name, r in instance.subst.items()}
        return out | ({"atom": self.text(instance.atom)} if instance.atom is not None else {})

    def level(self, var: str, over: Term | None, where: Term) -> dict[str, Any]:
        out = {"var": self.named(var)} if var else {}
        if over is not None:
            out["over"] = self.text(over)
        return out | ({"where": self.text(where)} if where != TRUE else {})

    def replacement(self, r: Replacement) -> Any:
        return {"of": [self.named(p) for p in r.params], "is": self.text(r.body)} if isinstance(r, Lambda) else self.text(r)

    def text(self, t: Term) -> str:
        return REALS.name if t == REALS else self.named(text(t))

    def named(self, written: str) -> str:
        return re.sub(r"([$#])(\d+)", lambda m: fresh(f"{'ij'[m[1] == '#']}{m[2]}", self.taken), written)


# -- lemmas


def with_lemmas(derivations: Iterable[Derivation], library: Mapping[str, Derivation]) -> list[Derivation]:
    """The derivations, and before each the lemmas that it leans on, each once. Lemmas that go in a circle are left as they come."""
    out: dict[str, Derivation] = {}

    def add(derivation: Derivation, above: tuple[str, ...]) -> None:
        for name in derivation.lemmas():
            if name in library and name not in out and name not in above:
                add(library[name], (*above, name))
        out[derivation.name] = derivation

    for derivation in derivations:
        add(derivation, (derivation.name,))
    return list(out.values())

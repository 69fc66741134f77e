"""Each step of a certificate, judged again by the kernel. Trusted: it searches nothing and asks no prover."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from derive import judge
from derive.certificate import FORMAT, VERSION, Flaw, Node, Reader, load, rule_table, values, written
from derive.claims import MISSHAPEN, Rejected
from derive.model import COMPOSED, STRONGER, Claim, Givens, Relation, Status, Trace
from derive.rules import RULES
from derive.term import Term, free
from derive.witness import refutes, satisfies

# What a condition was discharged from: types and hypotheses alone, or what the proof has shown by then as well.
SOURCES = ("givens", "proof")
# What a step may name without an instance in its trace: what the kernel does unasked, and hypotheses that are conditions.
_SILENT = ("algebra", "signs", "calculation", "hypothesis")
_PROOF = ("rules", "conditions", "trace")
# The verdicts that a step may have, and what is recorded with each.
_RECORDED: Mapping[Status, tuple[str, ...]] = {
    Status.PROVED: _PROOF, Status.MISREASONED: _PROOF, Status.REFUTED: ("witness?", "negation?"), Status.COMPUTED: (), Status.UNDECIDED: (),
}  # fmt: skip


@dataclass
class Findings:
    """What the re-check of a certificate found: how many steps of each verdict, and what was taken on trust."""

    derivations: int = 0
    steps: int = 0
    judged: int = 0  # steps that the kernel proved again
    refuted: int = 0  # steps recorded as refuted
    refuted_again: int = 0  # refutations that were found to hold again
    open: list[str] = field(default_factory=list)  # what is neither proved nor refuted where that is expected
    unchecked: list[str] = field(default_factory=list)  # what is recorded and was not judged again
    flaws: list[Flaw] = field(default_factory=list)


def verify(text: str) -> Findings:
    """Judge everything again that a certificate says. Raises Flaw where it is none at all."""
    return _File(load(text)).findings


class About(NamedTuple):
    """What the steps of one derivation are judged by: its claim (of the whole chain), and its givens."""

    name: str
    claim: Claim
    ground: judge.Ground

    @classmethod
    def of(cls, name: str, claim: Claim) -> About:
        """Raises Rejected where the definitions grow too much."""
        return cls(name, claim, judge.Ground(claim))

    @property
    def givens(self) -> Givens:
        """The givens with the definitions put in."""
        return self.ground.givens


class _File:
    """One pass over a certificate; what is wrong with one step or derivation hides no other."""

    def __init__(self, node: Node) -> None:
        self.findings, self.reader = Findings(), Reader()
        self.proved: dict[str, Claim] = {}  # what lemmas may name: what stands above and was judged
        self.names: set[str] = set()
        found = node.fields("format", "version", "made_by", "rules", "derivations", "seal")
        if found["format"].value != FORMAT:
            found["format"].fail(f"this is no certificate; expected {FORMAT}")
        if found["version"].value != VERSION or isinstance(found["version"].value, bool):
            found["version"].fail(f"expected {VERSION}, got {found['version'].value}; make the certificate anew")
        found["made_by"].text()
        if found["rules"].text() != rule_table():
            self.findings.unchecked.append("the rule table of the certificate is another one; each step was judged by the present one")
        good = [self._attempt(self._derivation, entry) for entry in found["derivations"].items("derivation")]
        if all(good):
            self._attempt(Node.sealed, node)

    def _attempt(self, what: Callable[..., object], node: Node, *more: object) -> bool:
        """Do it; what is found to be wrong is kept."""
        before = len(self.findings.flaws)
        try:
            what(node, *more)
        except Flaw as flaw:
            self.findings.flaws.append(flaw)
        except RecursionError:
            self.findings.flaws.append(Flaw(node.place, "it is nested too deeply"))
        except MISSHAPEN as error:
            self.findings.flaws.append(Flaw(node.place, f"misshapen: {type(error).__name__}: {error}"))
        return len(self.findings.flaws) == before

    def _derivation(self, node: Node) -> None:
        name = node.value.get("name") if isinstance(node.value, dict) else None
        node = Node(node.value, name if isinstance(name, str) and name else node.place)
        found = node.fields(
            "name", "title", "expect", "source", "symbols", "hypotheses", "point?", "definitions", "claim", "first", "steps", "seal",
        )  # fmt: skip
        if found["name"].text() in self.names:
            found["name"].fail("a second derivation has this name")
        self.names.add(node.value["name"])
        self.findings.derivations += 1
        _free_text(found)
        about = self._about(found)
        self._satisfied(found, about)
        steps = [Node(s.value, s.place.replace(", steps, ", ", ")) for s in found["steps"].items("step")]
        lines = self._chain(found, steps, about.claim)
        good = [self._attempt(self._step, step, before, about) for step, before in zip(steps, lines, strict=True)]
        if all(good):
            node.sealed()
            self._judged(node, found, about)

    def _judged(self, node: Node, found: Mapping[str, Node], about: About) -> None:
        """What a derivation comes to whose steps have been looked at."""
        verdicts = [(s["verdict"], s["expect"]) for s in found["steps"].value]
        if found["expect"].value is not None:
            if not any(verdict == Status.REFUTED for verdict, _ in verdicts):
                self.findings.open.append(f"{node.place}: expected to be refuted, and nothing in it is")
            return
        for i, (verdict, expect) in enumerate(verdicts, 1):
            if verdict != (expect or Status.PROVED):
                self.findings.open.append(f"{node.place}, step {i}: {verdict}")
        if all(verdict == Status.PROVED for verdict, _ in verdicts):
            self.proved[about.name] = about.claim

    def _about(self, found: Mapping[str, Node]) -> About:
        givens = self.reader.givens(found["symbols"], found["hypotheses"])
        definitions = self.reader.definitions(found["definitions"], givens.symbols)
        sides = found["claim"].fields("left", "relation", "right")
        relation = Relation(sides["relation"].one_of(tuple(Relation)))
        claim = Claim(givens, self.reader.term(sides["left"]), relation, self.reader.term(sides["right"]), (), definitions)
        try:
            return About.of(found["name"].text(), claim)
        except Rejected as error:
            found["definitions"].fail(str(error))

    def _satisfied(self, found: Mapping[str, Node], about: About) -> None:
        """Nothing is proved from nothing: a point that satisfies the hypotheses is recorded, or that none could be."""
        hypotheses = about.givens.hypotheses
        if ("point" in found) != bool(hypotheses):
            found["hypotheses"].fail("a point is recorded just where there are hypotheses")
        if hypotheses and found["point"].value is None:
            if judge.contradiction(about.givens):
                found["hypotheses"].fail("they contradict each other")
            self.findings.unchecked.append(f"{about.name}: that something satisfies its hypotheses")
        elif hypotheses and not satisfies(about.givens, values(found["point"])):
            found["point"].fail("this point is not shown to satisfy the givens")

    def _chain(self, found: Mapping[str, Node], steps: Sequence[Node], claim: Claim) -> list[Term]:
        """The lines that the steps start from. The chain has to say what the claim says."""
        lines, composed = [self.reader.term(found["first"])], Relation.EQ
        for step in steps:
            if not isinstance(step.value, dict) or not {"expression", "relation"} <= step.value.keys():
                step.fail("a step has an expression and a relation")
            lines.append(self.reader.term(Node(step.value["expression"], f"{step.place}, expression")))
            relation = Relation(Node(step.value["relation"], f"{step.place}, relation").one_of(tuple(Relation)))
            if (composed, relation) not in COMPOSED:
                _look_for_edits(steps)
                step.fail(f"{composed} and then {relation} do not compose")
            composed = COMPOSED[composed, relation]
        if not steps or (lines[0], lines[-1]) != (claim.left, claim.right) or (composed, claim.relation) not in STRONGER:
            _look_for_edits(steps)
            found["claim"].fail("this is not what the chain shows")
        return lines[:-1]

    def _step(self, node: Node, before: Term, about: About) -> None:
        verdict = Node(node.value.get("verdict"), f"{node.place}, verdict").one_of(tuple(_RECORDED))
        found = node.fields("relation", "expression", "reasons", "expect", "verdict", "seal", *_RECORDED[Status(verdict)])
        found["expect"].one_of(("", "refuted"))
        reasons = tuple(r.text() for r in found["reasons"].items("reason"))
        page = about.claim
        claim = Claim(
            page.givens, before, Relation(found["relation"].value), self.reader.term(found["expression"]), reasons, page.definitions,
        )  # fmt: skip
        if "trace" in found:
            self._judge(found, claim, verdict, about)
        elif verdict == Status.REFUTED:
            self._refuted(node, found, claim)
        node.sealed()
        self.findings.steps += 1
        self.findings.refuted += verdict == Status.REFUTED

    def _judge(self, found: Mapping[str, Node], claim: Claim, verdict: str, about: About) -> None:
        """Replay the trace, and hold what is recorded beside it against what came of that."""
        rules = tuple(r.text() for r in found["rules"].items("rule"))
        if verdict == Status.PROVED and claim.reasons and "calculation" not in claim.reasons and rules != claim.reasons:
            found["rules"].fail(f"the step is said to be proved by {', '.join(claim.reasons)}")
        lemmas = {name: self._lemma(name, found["rules"]) for r in rules if r.startswith("lemma ") for name in [r.removeprefix("lemma ")]}
        trace = self.reader.trace(found["trace"])
        if stray := next(unnamed(trace, rules, claim.relation is Relation.IFF), None):
            found["trace"].fail(f"it uses {stray}, which is not among the rules")
        if idle := next(unused(trace, rules, free(claim.left) | free(claim.right)), None):
            found["rules"].fail(f"{idle} is not used")
        try:
            conditions = judge.check(replace(claim, lemmas=lemmas), trace, about.ground)
        except Rejected as error:
            found["trace"].fail(f"the kernel does not accept it: {error}")
        recorded = found["conditions"].items()
        if len(recorded) != len(conditions):
            found["conditions"].fail(f"{len(recorded)} are recorded, and {len(conditions)} were discharged")
        for entry, (p, alone) in zip(recorded, conditions.items(), strict=True):
            of = entry.fields("condition", "from")
            if self.reader.term(of["condition"]) != written(p):
                of["condition"].fail("this is not what was discharged here")
            if of["from"].one_of(SOURCES) != (source := SOURCES[not alone]):
                of["from"].fail(f"expected {source}")
        self.findings.judged += 1

    def _lemma(self, name: str, node: Node) -> Claim:
        if name not in self.proved:
            node.fail(f"the lemma {name} is not proved above")
        return self.proved[name]

    def _refuted(self, node: Node, found: Mapping[str, Node], claim: Claim) -> None:
        if ("witness" in found) == ("negation" in found):
            node.fail("a refuted step has either a witness or a trace of its negation")
        if "negation" in found:
            try:
                judge.refute(claim, self.reader.trace(found["negation"]))
            except Rejected as error:
                found["negation"].fail(f"the kernel does not accept it: {error}")
            self.findings.refuted_again += 1
            return
        witness = found["witness"].fields("values", "left", "right", "undefined", "rechecked")
        for side in ("left", "right", "undefined"):
            witness[side].text()
        holds = refutes(claim, values(witness["values"]))
        if witness["rechecked"].value is not holds:
            witness["values"].fail("these values are not shown to refute the step" if not holds else "these values refute the step")
        if holds:
            self.findings.refuted_again += 1
        else:
            self.findings.unchecked.append(f"{node.place}: its witness")


def _look_for_edits(steps: Sequence[Node]) -> None:
    """Something in a chain is wrong: where its place is that of a change, that is the one to name."""
    for step in steps:
        step.sealed()


def _free_text(found: Mapping[str, Node]) -> None:
    """Titles and sources are for the reader: they have to be text, and the seal holds them."""
    for words in (found["title"], *([found["expect"]] if found["expect"].value is not None else [])):
        for word in words.fields("en", "zh").values():
            word.text()
    found["source"].text()


def unnamed(trace: Trace, rules: Sequence[str], assumes: bool = False) -> Iterator[str]:
    """The rules that a trace uses and that are not among these. Those without letters, such as exp(0) = 1, need no name; nor do
    hypotheses that the proof of an equivalence assumes."""
    for used in trace.rules():
        free = (used in RULES and not RULES[used].letters) or (assumes and used == "hypothesis")
        if not (free or used in rules or (used in RULES and RULES[used].reason in rules)):
            yield used
    for part in (trace, *trace.parts):
        if part.split and f"cases {part.split.symbol.name}" not in rules:
            yield f"cases {part.split.symbol.name}"


def unused(trace: Trace, rules: Sequence[str], names: frozenset[str]) -> Iterator[str]:
    """The rules that stand here, and that neither a trace nor the names in a step have any use for."""
    used = set(_everything(trace))
    for r in rules:
        meant = names if r.startswith("definition of ") else used
        if r not in _SILENT and r.removeprefix("definition of ") not in meant:
            yield r


def _everything(trace: Trace) -> Iterator[str]:
    """The reasons that a page would give for all that a trace holds."""
    for instance in (*trace.instances, *trace.defined):
        yield RULES[instance.rule].reason if instance.rule in RULES else instance.rule
    if trace.split:
        yield f"cases {trace.split.symbol.name}"
    for part in trace.parts:
        yield from _everything(part)

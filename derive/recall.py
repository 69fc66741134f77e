"""Verdicts → JSON text and back, each judged again when it is read; knows the judge, no prover, and not where the text was kept.

What a text says certifies nothing, and refutes nothing. Of a step that is proved, or misreasoned, the trace is replayed for the claim
of the page, the conditions are those that the kernel discharges now, the rules are held against the trace, and a point inside the
givens is looked at, or found, anew: nothing is proved from nothing. A refutation is worked out again, from its exact values or its
trace; so is the proof of what a diagnosis offers. The rest is shown as it stands there, and nobody should lean on it: that a step is
undecided and what is missing, that each reason is needed, that no point refutes a proof, the name of a mistake, messages, decimals,
times, and what SymPy thinks. All that is words, in characters that can be printed; `cache` sees to it that none of it makes anything good.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import cached_property
from typing import Any, NamedTuple, TypeVar

from derive import judge
from derive.claims import MISSHAPEN, Rejected
from derive.machine import value_data, witness_data
from derive.model import (
    Claim,
    Diagnosis,
    Givens,
    Instance,
    Opinion,
    Relation,
    Scope,
    Search,
    Split,
    Status,
    Trace,
    Value,
    Verdict,
    Witness,
    Words,
)
from derive.recheck import unnamed, unused
from derive.term import BINDERS, FUNCTIONS, LEAVES, RELATIONS, Lambda, Replacement, Term, conjuncts, free, num
from derive.witness import refutes, satisfies

MOST_DIGITS = 4000
MOST_NODES = 50_000  # of a term, each counted as often as it stands there
MOST_LEVELS = 500
_SHOWN = 200
_ANY = 10**6
_ARITY: Mapping[str, tuple[int, int]] = {
    **FUNCTIONS, **dict.fromkeys(BINDERS | {"limit"}, (4, 4)), **dict.fromkeys(RELATIONS, (2, 2)),
    **dict.fromkeys(("add", "sub", "mul", "div", "pow", "and", "or", "iff", "delta", "is"), (2, 2)),
    **dict.fromkeys(("neg", "not", "integrable"), (1, 1)), "diff": (2, 3), "elem": (2, _ANY), "apply": (1, _ANY), "array": (1, _ANY),
    "cases": (2, _ANY),
}  # fmt: skip
# Where a word stands that is no value: the position, and what it may be.
_WORDS: Mapping[str, tuple[int, tuple[str, ...]]] = {
    **dict.fromkeys(BINDERS | {"limit", "is"}, (1, ("sym",))), "elem": (0, ("sym", "array")), "apply": (0, ("sym",)),
    "diff": (1, ("sym", "elem")),
}  # fmt: skip
_NUMBER = re.compile(rf"-?\d{{1,{MOST_DIGITS}}}(/[1-9]\d{{0,{MOST_DIGITS}}})?", re.ASCII)
_NAME = re.compile(r"[$#]\d+|[^\W\d]\w*|an integer|a density|known to exist")  # $0 and #1 are the kernel's own
_CONSTANTS = ("pi", "e", "oo", "true")
T = TypeVar("T")


class Damaged(ValueError):
    """A text that is no verdict, or one that does not hold: why, in a line that can be printed, whatever the text holds."""

    def __init__(self, why: str) -> None:
        super().__init__("".join(c if c.isprintable() else "\ufffd" for c in why[:_SHOWN]))


class Footing:
    """What the steps of one page are judged by: its definitions and givens, and whether anything satisfies them."""

    def __init__(self, claim: Claim) -> None:
        """Raises Rejected where the definitions grow too much."""
        self.ground = judge.Ground(claim)
        self.tied = _tied(self.ground.givens)
        self._satisfied = not self.tied.hypotheses

    @cached_property
    def point(self) -> Mapping[str, Value] | None:
        """Values that seem to satisfy the hypotheses, functions left out; None where none are found."""
        from derive.refute import satisfying_point  # late: it needs the library of balls

        return satisfying_point(self.tied)

    def satisfied(self, point: Mapping[str, Value] | None) -> bool:
        """Whether something satisfies the givens: this point, or one that is found. Without hypotheses something does."""
        if not self._satisfied:
            known = point is not None and satisfies(self.tied, point)
            self._satisfied = known or (self.point is not None and judge.contradiction(self.tied) is None)
        return self._satisfied

    def conditions(self, claim: Claim, trace: Trace) -> tuple[Term, ...]:
        """What the kernel discharges when it replays a trace. Raises Rejected."""
        try:
            return tuple(judge.check(claim, trace, self.ground))
        except Rejected:  # what a domain was asked before may decide what it is sure of
            return tuple(judge.check(claim, trace))


def _tied(givens: Givens) -> Givens:
    """The hypotheses with the symbols that they speak of: there is always something for the others to be."""
    names = [name for h in givens.hypotheses for name in sorted(free(h)) if name in givens.symbols]
    for name in names:  # grows while it is run through
        kind = givens.symbols[name]
        sizes = [t for k in (kind, *kind.params) for t in (*([k.over] if k.over else []), *k.shape)]
        names += [n for t in sizes for n in free(t) if n in givens.symbols and n not in names]
    return Givens({name: kind for name, kind in givens.symbols.items() if name in names}, givens.hypotheses)


class _Kept(NamedTuple):
    """What a text says: a verdict, and points that satisfy the givens, and those with the condition that a diagnosis offers."""

    verdict: Verdict
    point: Mapping[str, Value] | None
    beside: Mapping[str, Value] | None


def _offered(claim: Claim, found: Diagnosis) -> tuple[Claim, Claim]:
    """The step with what a diagnosis suggests, and with the condition that it names; or as it is."""
    meant = claim if found.suggestion is None else replace(claim, relation=found.relation or claim.relation, right=found.suggestion)
    more = () if found.condition is None else tuple(conjuncts(found.condition))
    return meant, replace(claim, givens=Givens(claim.givens.symbols, (*claim.givens.hypotheses, *more)))


# -- verdict → text


def written(verdict: Verdict, footing: Footing) -> str | None:
    """A verdict as text, without its claim and SymPy's opinion; None of one that could not be judged again, which a defect or a lack of
    time or memory brought about, perhaps."""
    claim = verdict.claim
    if claim is None or verdict.opinion is not None:
        return None
    try:
        text = _written(verdict, footing, claim)
        found = _read(_parsed(text), claim)
        _formal(found.verdict, claim)
        if verdict.status is Status.REFUTED and verdict.negation is None:
            _refuted(found.verdict, claim)
        elif verdict.status is not Status.UNDECIDED and not footing.satisfied(found.point):
            return None
    except (Damaged, Rejected, RecursionError, *MISSHAPEN):
        return None
    return text


def _written(verdict: Verdict, footing: Footing, claim: Claim) -> str:
    w, search, found = _Writer(), verdict.search, verdict.diagnosis
    beside = Footing(_offered(claim, found)[1]) if found and found.condition is not None else None
    data = {
        "status": str(verdict.status),
        "rules": list(verdict.rules),
        "missing": [*map(w.term, verdict.missing)],
        "message": verdict.message,
        "seconds": float(verdict.seconds),
        "trace": _maybe(w.trace, verdict.trace),
        "negation": _maybe(w.trace, verdict.negation),
        "search": search and {
            "tried": search.tried, "outside": search.outside, "satisfiable": search.satisfiable, "note": search.note,
            "witness": search.witness and witness_data(search.witness),
        },
        "diagnosis": found and {
            "name": list(found.name),
            "suggestion": _maybe(w.term, found.suggestion),
            "relation": found.relation and str(found.relation),
            "condition": _maybe(w.term, found.condition),
            "proof": _maybe(w.trace, found.proof),
            "enough": _maybe(w.trace, found.enough),
            "point": beside and _point(beside),
        },
        "point": _point(footing),
        "terms": w.nodes,
    }  # fmt: skip
    return json.dumps(data, separators=(",", ":"))


def _point(footing: Footing) -> dict[str, Any] | None:
    """A point inside the givens, to be looked at again; None where one is to be found again, or none is needed."""
    point = footing.point if footing.tied.hypotheses else None
    return {name: value_data(v) for name, v in point.items()} if point is not None and satisfies(footing.tied, point) else None


class _Writer:
    """Terms as numbers of nodes, each below what it is made of."""

    def __init__(self) -> None:
        self.nodes: list[list[Any]] = []
        self.numbers: dict[Term, int] = {}

    def term(self, t: Term) -> int:
        if (number := self.numbers.get(t)) is None:
            if t.op == "num":
                node = ["num", str(t.args[0]), t.args[1]]
            else:
                node = [t.op, *(t.args if t.op in LEAVES else map(self.term, t.args))]
            number = self.numbers[t] = len(self.nodes)
            self.nodes.append(node)
        return number

    def trace(self, trace: Trace) -> dict[str, Any]:
        split = trace.split
        return {
            "instances": [*map(self.instance, trace.instances)],
            "defined": [*map(self.instance, trace.defined)],
            "ways": [*map(self.trace, trace.ways)],
            "split": split and [self.term(split.symbol), {str(value): self.trace(t) for value, t in split.traces.items()}],
            "absurd": trace.absurd,
        }

    def instance(self, i: Instance) -> list[Any]:
        scope = [[s.var, None if s.over is None else self.term(s.over), self.term(s.where)] for s in i.scope]
        letters = {name: self.replacement(r) for name, r in i.subst.items()}
        return [i.rule, scope, letters, None if i.atom is None else self.term(i.atom)]

    def replacement(self, r: Replacement) -> Any:
        return [list(r.params), self.term(r.body)] if isinstance(r, Lambda) else self.term(r)


# -- text → verdict


def judged_again(text: object, claim: Claim, footing: Footing) -> Verdict:
    """The verdict on this claim that a text holds. Raises Damaged where it is none, or where it does not hold."""
    try:
        verdict, point, beside = _read(_parsed(text), claim)
        _formal(verdict, claim)
        if not (verdict.status is Status.UNDECIDED or _seen(verdict) or footing.satisfied(point)):
            raise Damaged("no point is found that satisfies the givens")
        if verdict.trace is not None:
            return replace(verdict, conditions=footing.conditions(claim, verdict.trace))
        if verdict.status is Status.REFUTED:
            _refuted(verdict, claim)
        if verdict.diagnosis:
            _diagnosed(verdict.diagnosis, claim, footing, beside)
    except Rejected as error:
        raise Damaged(f"the kernel does not accept it: {error}") from None
    except Damaged:
        raise
    except (RecursionError, *MISSHAPEN) as error:
        raise Damaged(f"misshapen: {type(error).__name__}") from None
    return verdict


def _formal(verdict: Verdict, claim: Claim) -> None:
    """Raise Damaged where the parts of a verdict do not go together; what they prove is another matter."""
    status, trace, rules = verdict.status, verdict.trace, verdict.rules
    proved = status in (Status.PROVED, Status.MISREASONED)
    if not proved and status not in (Status.REFUTED, Status.UNDECIDED):
        raise Damaged(f"nothing that is {status} is kept")
    if proved != (trace is not None) or (status is Status.REFUTED) != sum(x is not None for x in (_seen(verdict), verdict.negation)):
        raise Damaged(f"this is not what makes a step {status}")
    if trace is None:
        if rules:
            raise Damaged("nothing has proved this step")
        return
    if verdict.missing or verdict.diagnosis or (status is Status.PROVED and verdict.message):
        raise Damaged("a step that is proved lacks nothing")
    named = claim.reasons if "calculation" not in claim.reasons else ()
    if (status is Status.PROVED and named and rules != named) or (status is Status.MISREASONED and not named):
        raise Damaged(f"the step is said to be proved by {', '.join(named) or 'anything'}")
    if stray := next(unnamed(trace, rules, claim.relation is Relation.IFF), None):
        raise Damaged(f"the proof uses {stray}, which is not among its rules")
    if idle := next(unused(trace, rules, free(claim.left) | free(claim.right)), None):
        raise Damaged(f"{idle} is not used in the proof")


def _seen(verdict: Verdict) -> Witness | None:
    return verdict.search.witness if verdict.search else None


def _refuted(verdict: Verdict, claim: Claim) -> None:
    """Raise Damaged, or Rejected, where a witness or a negation does not refute the step."""
    if verdict.negation is not None:
        judge.refute(claim, verdict.negation)
    elif not refutes(claim, witness.values if (witness := _seen(verdict)) else {}):
        raise Damaged("these values are not shown to refute the step")


def _diagnosed(found: Diagnosis, claim: Claim, footing: Footing, point: Mapping[str, Value] | None) -> None:
    """Raise Damaged, or Rejected, where what a diagnosis offers is not proved."""
    if (found.suggestion is None, found.condition is None) != (found.proof is None, found.enough is None):
        raise Damaged("what a diagnosis offers comes with a proof")
    meant, assuming = _offered(claim, found)
    if found.proof is not None:
        footing.conditions(meant, found.proof)
    if found.enough is not None:
        beside = Footing(assuming)
        beside.conditions(assuming, found.enough)
        if not beside.satisfied(point):
            raise Damaged("no point is found that satisfies the condition")


def _parsed(text: object) -> dict[str, Any]:
    return _of(dict, json.loads(_of(str, text)))


def _read(data: dict[str, Any], claim: Claim) -> _Kept:
    r, found = _Reader(data["terms"]), data["diagnosis"]
    verdict = Verdict(
        Status(data["status"]),
        claim,
        _maybe(r.trace, data["trace"]),
        _texts(data["rules"]),
        (),
        tuple(map(r.term, _of(list, data["missing"]))),
        _maybe(_search, data["search"]),
        None,
        _text(data["message"]),
        _seconds(data["seconds"]),
        _maybe(r.trace, data["negation"]),
        _maybe(r.diagnosis, found),
    )
    return _Kept(verdict, _maybe(_values, data["point"]), _maybe(_values, found and found["point"]))


def _search(data: Mapping[str, Any]) -> Search:
    return Search(
        _maybe(_witness, data["witness"]), _count(data["tried"]), _count(data["outside"]), _of(bool, data["satisfiable"]),
        _text(data["note"]),
    )  # fmt: skip


def _witness(data: Mapping[str, Any]) -> Witness:
    return Witness(_values(data["values"]), *(_text(data[field]) for field in ("left", "right", "undefined")))


def _values(data: Any) -> Mapping[str, Value]:
    return {name: _value(value) for name, value in _of(dict, data).items()}


def _value(data: Any) -> Value:
    return tuple(map(_value, data)) if isinstance(data, list) else _fraction(data)


def _fraction(text: Any) -> Fraction:
    if not _NUMBER.fullmatch(_of(str, text)):
        raise Damaged("this is no fraction")
    return Fraction(text)


class _Reader:
    """Nodes → terms, and what is made of them: only what the language of pages, and the kernel, can say."""

    def __init__(self, written: Any) -> None:
        self.terms: list[Term] = []
        self.sizes: list[tuple[int, int]] = []  # nodes and levels: few numbers can stand for a term that fills the world
        for op, *args in _of(list, written):
            self.terms.append(self.node(op, args))
            nodes, levels = 1, 0
            for number in () if op in LEAVES else args:
                below, deep = self.sizes[number]
                nodes, levels = nodes + below, max(levels, deep)
            if nodes > MOST_NODES or levels >= MOST_LEVELS:
                raise Damaged("a term is too large")
            self.sizes.append((nodes, levels + 1))

    def term(self, number: Any) -> Term:
        if type(number) is not int or number < 0:
            raise Damaged("there is no such term")
        return self.terms[number]

    def node(self, op: str, args: Sequence[Any]) -> Term:
        if op == "num":
            value, decimals = args
            if _of(int, decimals) < 0:
                raise Damaged("there are no such decimals")
            return num(_fraction(value), decimals)
        if op in LEAVES:
            (name,) = args
            if not (name in _CONSTANTS if op == "const" else _NAME.fullmatch(name)):
                raise Damaged(f"{name} is no name")
            return Term(op, (name,))
        few, most = _ARITY[op]
        parts = tuple([self.term(number) for number in args])
        if not few <= len(parts) <= most or (op == "cases" and len(parts) % 2):
            raise Damaged(f"{op} has another number of arguments")
        if op in _WORDS and parts[_WORDS[op][0]].op not in _WORDS[op][1]:
            raise Damaged(f"this is nothing that {op} can stand for")
        return Term(op, parts)

    def trace(self, data: Mapping[str, Any]) -> Trace:
        instances, defined = (tuple(map(self.instance, _of(list, data[field]))) for field in ("instances", "defined"))
        ways = tuple(map(self.trace, _of(list, data["ways"])))
        return Trace(instances, _maybe(self.split, data["split"]), ways, defined, _of(bool, data["absurd"]))

    def split(self, data: Sequence[Any]) -> Split:
        symbol, cases = data
        return Split(self.term(symbol), {int(value): self.trace(t) for value, t in _of(dict, cases).items()})

    def instance(self, data: Sequence[Any]) -> Instance:
        rule, scope, letters, atom = data
        levels = tuple([Scope(_of(str, var), _maybe(self.term, over), self.term(where)) for var, over, where in scope])
        by = {name: self.replacement(r) for name, r in _of(dict, letters).items()}
        return Instance(_of(str, rule), levels, by, _maybe(self.term, atom))

    def replacement(self, data: Any) -> Replacement:
        if not isinstance(data, list):
            return self.term(data)
        params, body = data
        return Lambda(tuple([self.node("sym", [p]).name for p in _texts(params)]), self.term(body))

    def diagnosis(self, data: Mapping[str, Any]) -> Diagnosis:
        return Diagnosis(
            Words(*_texts(data["name"])), _maybe(self.term, data["suggestion"]), _maybe(Relation, data["relation"]),
            _maybe(self.term, data["condition"]), _maybe(self.trace, data["proof"]), _maybe(self.trace, data["enough"]),
        )  # fmt: skip


def _of(kind: type[T], value: Any) -> T:
    """The value, which has to be just of this type."""
    if type(value) is not kind:
        raise Damaged(f"{kind.__name__} was expected, and {type(value).__name__} stands there")
    return value


def _maybe(read: Any, value: Any) -> Any:
    return None if value is None else read(value)


def _text(value: Any) -> str:
    """A text in one line, of which a terminal obeys nothing."""
    if not _of(str, value).isprintable():
        raise Damaged("a text holds what cannot be printed")
    return str(value)


def _texts(data: Any) -> tuple[str, ...]:
    return tuple([_text(text) for text in _of(list, data)])


def _seconds(value: Any) -> float:
    if not 0 <= _of(float, value) < 10**6:
        raise Damaged("nothing takes so long")
    return float(value)


def _count(value: Any) -> int:
    if not 0 <= _of(int, value) < 10**9:
        raise Damaged("nobody counts so far")
    return int(value)


# -- SymPy's opinions


def is_lasting(opinion: Opinion) -> bool:
    """Whether SymPy would say the same again: not where its process ended, or memory did."""
    return opinion.outcome != "failed" or (opinion.difference.isidentifier() and opinion.difference != "MemoryError")


def opinion_written(opinion: Opinion) -> str:
    """SymPy's opinion as text."""
    return json.dumps([opinion.outcome, opinion.difference, float(opinion.seconds)])


def opinion_read(text: object, time_limit: float) -> Opinion | None:
    """The opinion that a text holds; None where more time is allowed now than it ran out of. Raises Damaged."""
    try:
        outcome, difference, seconds = json.loads(_of(str, text))
        found = Opinion(_of(str, outcome), _text(difference), _seconds(seconds))
    except (ValueError, TypeError, RecursionError):
        raise Damaged("this is no opinion") from None
    if found.outcome not in ("agrees", "differs", "unsure", "timeout", "no form", "failed"):
        raise Damaged(f"SymPy's opinion is never {found.outcome}")
    return None if found.outcome == "timeout" and found.seconds < time_limit else found

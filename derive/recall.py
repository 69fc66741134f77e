"""Verdicts → JSON text and back, each judged again when it is read; knows the judge, no prover, and not where the text was kept.

What a text says certifies nothing. Of a step that is proved, or misreasoned, the trace is replayed for the claim of the page, the
conditions are those that the kernel discharges now, the rules are held against the trace, and a point inside the givens is found
anew: nothing is proved from nothing. A refutation is worked out again, from its exact values or its trace. All else is shown as it
stands there, and nobody should lean on it: that a step is undecided or misreasoned, what a mistake is called, messages, decimals,
times, and what SymPy thinks, with the `Computed` that comes of it. A step stays undecided until something in its key is another, or
the cache is cleared.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import cached_property
from typing import Any, TypeVar

from derive import judge
from derive.claims import MISSHAPEN, Rejected
from derive.machine import witness_data
from derive.model import Claim, Diagnosis, Instance, Opinion, Relation, Scope, Search, Split, Status, Trace, Value, Verdict, Witness, Words
from derive.recheck import unnamed, unused
from derive.term import BINDERS, FUNCTIONS, LEAVES, RELATIONS, Lambda, Replacement, Term, free, num
from derive.witness import refutes, satisfies

MOST_DIGITS = 4000
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
_NAME = re.compile(r"[$#]\d+|[^\W\d]\w*|an integer|a density")  # $0 and #1 are the kernel's own
_CONSTANTS = ("pi", "e", "oo", "true")
T = TypeVar("T")


class Damaged(ValueError):
    """A text that is no verdict, or one that does not hold: why."""


class Footing:
    """What the steps of one page are judged by: its definitions and givens, and whether anything satisfies them."""

    def __init__(self, claim: Claim) -> None:
        """Raises Rejected where the definitions grow too much."""
        self.claim, self.ground = claim, judge.Ground(claim)

    @cached_property
    def satisfied(self) -> bool:
        """Whether a point inside the givens is found; without hypotheses there is one."""
        givens = self.ground.givens
        if not givens.hypotheses:
            return True
        from derive.refute import satisfying_point  # late: it needs the library of balls

        point = satisfying_point(givens)
        return point is not None and (satisfies(givens, point) or judge.contradiction(givens) is None)

    def conditions(self, claim: Claim, trace: Trace) -> tuple[Term, ...]:
        """What the kernel discharges when it replays a trace. Raises Rejected."""
        try:
            return tuple(judge.check(claim, trace, self.ground))
        except Rejected:  # what a domain was asked before may decide what it is sure of
            return tuple(judge.check(claim, trace))


# -- verdict → text


def can_be_kept(verdict: Verdict, footing: Footing) -> bool:
    """Whether a verdict is one that can be judged again, or that certifies nothing. What a defect or a lack of time or memory
    brought about is looked for anew."""
    if verdict.claim is None or verdict.opinion is not None:
        return False
    if verdict.status in (Status.PROVED, Status.MISREASONED):
        return verdict.trace is not None and footing.satisfied
    if verdict.status is Status.REFUTED and verdict.negation is not None:
        return footing.satisfied
    if verdict.status is Status.REFUTED:
        witness = _seen(verdict)
        return witness is not None and refutes(verdict.claim, witness.values)
    return verdict.status is Status.UNDECIDED and verdict.trace is None


def _seen(verdict: Verdict) -> Witness | None:
    return verdict.search.witness if verdict.search else None


def written(verdict: Verdict) -> str:
    """A verdict as text, without its claim and SymPy's opinion; every term in it once."""
    w, search, found = _Writer(), verdict.search, verdict.diagnosis
    data = {
        "status": str(verdict.status),
        "rules": list(verdict.rules),
        "missing": [*map(w.term, verdict.missing)],
        "message": verdict.message,
        "seconds": round(float(verdict.seconds), 6),
        "trace": _maybe(w.trace, verdict.trace),
        "negation": _maybe(w.trace, verdict.negation),
        "search": search and {
            "tried": search.tried, "outside": search.outside, "satisfiable": search.satisfiable, "note": search.note,
            "witness": search.witness and witness_data(search.witness),
        },
        "diagnosis": found and {
            "name": list(found.name),
            "suggestion": None if found.suggestion is None else w.term(found.suggestion),
            "relation": found.relation and str(found.relation),
            "condition": None if found.condition is None else w.term(found.condition),
        },
        "terms": w.nodes,
    }  # fmt: skip
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))


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
        verdict = _read(_Reader(_parsed(text)), claim)
        if verdict.status in (Status.PROVED, Status.MISREASONED):
            return _proved(verdict, claim, footing)
        if verdict.status is Status.REFUTED:
            return _refuted(verdict, claim, footing)
    except Rejected as error:
        raise Damaged(f"the kernel does not accept it: {error}") from None
    except Damaged:
        raise
    except (RecursionError, *MISSHAPEN) as error:
        raise Damaged(f"misshapen: {type(error).__name__}") from None
    if verdict.status is not Status.UNDECIDED or (verdict.trace, verdict.negation, _seen(verdict)) != (None, None, None):
        raise Damaged(f"nothing that is {verdict.status} is kept so")
    return verdict


def _proved(verdict: Verdict, claim: Claim, footing: Footing) -> Verdict:
    trace, rules = verdict.trace, verdict.rules
    if trace is None or verdict.negation is not None or _seen(verdict) or not footing.satisfied:
        raise Damaged("this is no proof")
    named = claim.reasons if "calculation" not in claim.reasons else ()
    if (verdict.status is Status.PROVED and named and rules != named) or (verdict.status is Status.MISREASONED and not named):
        raise Damaged(f"the step is said to be proved by {', '.join(named) or 'anything'}")
    if stray := next(unnamed(trace, rules, claim.relation is Relation.IFF), None):
        raise Damaged(f"the proof uses {stray}, which is not among its rules")
    if idle := next(unused(trace, rules, free(claim.left) | free(claim.right)), None):
        raise Damaged(f"{idle} is not used in the proof")
    return replace(verdict, conditions=footing.conditions(claim, trace))


def _refuted(verdict: Verdict, claim: Claim, footing: Footing) -> Verdict:
    witness = _seen(verdict)
    if verdict.trace is not None or (witness is None) == (verdict.negation is None):
        raise Damaged("a refuted step has either a witness or a trace of its negation")
    if verdict.negation is not None:
        if not footing.satisfied:
            raise Damaged("no point is found that satisfies the givens")
        judge.refute(claim, verdict.negation)
    elif witness and not refutes(claim, witness.values):
        raise Damaged("these values are not shown to refute the step")
    return verdict


def _parsed(text: object) -> dict[str, Any]:
    found = json.loads(_of(str, text))
    return _of(dict, found)


def _read(r: _Reader, claim: Claim) -> Verdict:
    data = r.data
    return Verdict(
        Status(data["status"]),
        claim,
        _maybe(r.trace, data["trace"]),
        _texts(data["rules"]),
        (),
        tuple(map(r.term, _of(list, data["missing"]))),
        _maybe(_search, data["search"]),
        None,
        _of(str, data["message"]),
        float(_of(float, data["seconds"])),
        _maybe(r.trace, data["negation"]),
        _maybe(r.diagnosis, data["diagnosis"]),
    )


def _search(data: Mapping[str, Any]) -> Search:
    return Search(
        _maybe(_witness, data["witness"]), _of(int, data["tried"]), _of(int, data["outside"]), _of(bool, data["satisfiable"]),
        _of(str, data["note"]),
    )  # fmt: skip


def _witness(data: Mapping[str, Any]) -> Witness:
    values = {_of(str, name): _value(value) for name, value in _of(dict, data["values"]).items()}
    return Witness(values, *(_of(str, data[field]) for field in ("left", "right", "undefined")))


def _value(data: Any) -> Value:
    return tuple(map(_value, data)) if isinstance(data, list) else _fraction(data)


def _fraction(text: Any) -> Fraction:
    if not _NUMBER.fullmatch(_of(str, text)):
        raise Damaged("this is no fraction")
    return Fraction(text)


class _Reader:
    """Nodes → terms, and what is made of them: only what the language of pages, and the kernel, can say."""

    def __init__(self, data: dict[str, Any]) -> None:
        self.data = data
        self.terms: list[Term] = []
        for op, *args in _of(list, data["terms"]):
            self.terms.append(self.node(op, args))

    def term(self, number: Any) -> Term:
        if (n := _of(int, number)) < 0:
            raise Damaged("there is no such term")
        return self.terms[n]

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
        at, kinds = _WORDS.get(op, (0, ()))
        if not few <= len(parts) <= most or (kinds and parts[at].op not in kinds) or (op == "cases" and len(parts) % 2):
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
            _maybe(self.term, data["condition"]),
        )  # fmt: skip


def _of(kind: type[T], value: Any) -> T:
    """The value, which has to be just of this type."""
    if type(value) is not kind:
        raise Damaged(f"{kind.__name__} was expected, and {type(value).__name__} stands there")
    return value


def _maybe(read: Any, value: Any) -> Any:
    return None if value is None else read(value)


def _texts(data: Any) -> tuple[str, ...]:
    return tuple([_of(str, text) for text in _of(list, data)])


# -- SymPy's opinions


def is_lasting(opinion: Opinion) -> bool:
    """Whether SymPy would say the same again: not where its process ended, or memory did."""
    return opinion.outcome != "failed" or (opinion.difference.isidentifier() and opinion.difference != "MemoryError")


def opinion_written(opinion: Opinion) -> str:
    """SymPy's opinion as text."""
    return json.dumps([opinion.outcome, opinion.difference, round(float(opinion.seconds), 6)], ensure_ascii=False)


def opinion_read(text: object, time_limit: float) -> Opinion | None:
    """The opinion that a text holds; None where more time is allowed now than it ran out of. Raises Damaged."""
    try:
        outcome, difference, seconds = json.loads(_of(str, text))
        found = Opinion(_of(str, outcome), _of(str, difference), _of(float, seconds))
    except (ValueError, TypeError, RecursionError):
        raise Damaged("this is no opinion") from None
    if found.outcome not in ("agrees", "differs", "unsure", "timeout", "no form", "failed"):
        raise Damaged(f"SymPy's opinion is never {found.outcome}")
    return None if found.outcome == "timeout" and found.seconds < time_limit else found

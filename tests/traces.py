"""Claims and traces written as text, and what the judge says of them: for tests of the trusted modules that replay traces."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pytest
from test_refute import givens

from derive import judge
from derive.claims import Rejected
from derive.expression import read
from derive.model import Claim, Instance, Relation, Scope, Split, Trace
from derive.show import text
from derive.term import Lambda, Replacement, Term, call, sym

N, K, C0 = sym("N"), sym("K"), sym("$0")
OVER_N, OVER_K = (Scope("$0", N),), (Scope("$0", K),)
RELATIONS = ("iff", "~=", "<=", ">=", "=", "<", ">")


def claim(symbols: str, step: str, *hypotheses: str, lemmas: Mapping[str, Claim] | None = None,
    where: Mapping[str, Replacement] | None = None) -> Claim:
    """A step as a page writes it; the types of its symbols are separated by semicolons."""
    outside = [i for i in range(len(step)) if step[:i].count("(") == step[:i].count(")")]
    at, relation = next((i, r) for r in RELATIONS for i in outside if step[i:].startswith(f" {r} "))
    left, right = step[:at], step[at + len(relation) + 2 :]
    return Claim(givens(symbols, *hypotheses), read(left), Relation(relation), read(right), (), where or {}, lemmas or {})


def use(rule: str, atom: str | Term | None = None, scope: tuple[Scope, ...] = (), **by: str | Replacement) -> Instance:
    """An instance, its terms as text."""
    return Instance(rule, scope, {n: read(r) if isinstance(r, str) else r for n, r in by.items()},
        read(atom) if isinstance(atom, str) else atom)


def hypothesis(stated: str, atom: str | Term | None = None, **by: str) -> Instance:
    """A hypothesis, solved for an atom, or taken for a fact."""
    return use("hypothesis", atom, hypothesis=stated, **by)


def of(param: str, body: str) -> Lambda:
    """What a letter stands for that a rule applies to something."""
    return Lambda((param,), read(body))


def way(*instances: Instance, absurd: bool = False, defined: Iterable[Instance] = (), ways: Iterable[Trace] = ()) -> Trace:
    """A trace for one direction of an equivalence."""
    return Trace(instances, ways=tuple(ways), defined=tuple(defined), absurd=absurd)


def accepted(c: Claim, *instances: Instance, split: Split | None = None, ways: Iterable[Trace] = (),
    defined: Iterable[Instance] = ()) -> bool:
    """Whether the judge finds that a trace proves a claim."""
    return not _said(c, Trace(instances, split, tuple(ways), tuple(defined)))


def why(c: Claim, *instances: Instance, **parts: Any) -> str:
    """Why the judge does not accept a trace, with the condition that is missing."""
    said = _said(c, Trace(instances, **{name: tuple(part) for name, part in parts.items()}))
    if not said:
        pytest.fail("the judge accepts it")
    return said


def _said(c: Claim, trace: Trace) -> str:
    try:
        judge.check(c, trace)
    except Rejected as error:
        return str(error) if error.missing is None else f"{error}: {text(error.missing)}"
    return ""


def elem(family: str, *indices: Term) -> Term:
    return call("elem", sym(family), *indices)

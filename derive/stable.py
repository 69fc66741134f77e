"""Stable forms: the table of what is computed in another way than it is written, and which derivation shows both to be equal.

Knows terms and how to match them; not in what language they are computed. Each row of the table is an equation that the engine
proves (its test asks for that), and names the derivation of `proofs` that is the reason for the form in which it is computed.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from derive import expression
from derive.term import BINDERS, LEAVES, ONE, Lambda, Replacement, Term, call, free, substitute, sym

# What is written = what is computed : why. The first row that fits a term is taken. `f(j)` is any term in j. What stands alone on
# the right is taken along the axis of j.
TABLE = """
log(1 + exp(u)) = softplus(u)                       : softmax.log_sum_exp
log(1/(1 + exp(-u))) = -softplus(-u)                : signed_labels.loss
log(1 - 1/(1 + exp(-u))) = -softplus(u)             : sigmoid.logistic_complement
1/(1 + exp(-u)) = expit(u)                          : sigmoid.logistic
1/(1 + exp(u)) = expit(-u)                          : sigmoid.logistic
exp(u)/(1 + exp(u)) = expit(u)                      : sigmoid.logistic
v/((1 + exp(-u))*(1 + exp(u))) = v*expit(u)*expit(-u)   : signed_labels.curvature
v/(1 + exp(u)) = v*expit(-u)                        : sigmoid.logistic
1 - 1/(1 + exp(-u)) = expit(-u)                     : sigmoid.reflection
diff(1/(1 + exp(-u)), u) = expit(u)*expit(-u)       : sigmoid.slope
-f(i) + log(sum(exp(f(j)) for j in K)) = log(sum(exp(f(j) - f(i)) for j in K))   : softmax.log_sum_exp
log(sum(exp(f(j)) for j in K)) = logsumexp          : softmax.log_sum_exp
exp(f(i))/sum(exp(f(j)) for j in K) = softmax       : softmax.shift
log(1 - u) = log1p(-u)                              :
log(1 + u) = log1p(u)                               :
"""
MEANINGS: Mapping[str, Replacement] = {
    "softplus": Lambda(("u",), expression.read("log(1 + exp(u))")),
    "expit": Lambda(("u",), expression.read("1/(1 + exp(-u))")),
    "log1p": Lambda(("u",), expression.read("log(1 + u)")),
}
AXIAL = ("logsumexp", "softmax")
MARK = "stable "  # before the name of what is computed, which no page can write


class Row(NamedTuple):
    """A term, what is computed in its place, the name of that if it has one, and the derivation that is the reason (none for a mere
    name)."""

    term: Term
    form: Term
    name: str
    because: str


class Match(NamedTuple):
    """A row that fits, and what its letters stand for."""

    row: Row
    letters: Mapping[str, Replacement]

    @property
    def form(self) -> Term:
        """What is computed; negatives of negatives and factors 1 are not."""
        return tidied(substitute(self.row.form, self.letters))


@functools.cache
def rows() -> tuple[Row, ...]:
    """The table, read."""
    return tuple(_row(*line.rsplit(":", 1)) for line in TABLE.strip().splitlines())


def _row(equation: str, because: str) -> Row:
    left, right = map(expression.read, equation.split(" = "))
    name = min(free(right) & {*MEANINGS, *AXIAL}, default="")
    form = substitute(right, {name: sym(MARK + name)}) if name in MEANINGS else right
    return Row(left, form, name, because.strip())


def stable(t: Term, definitions: Mapping[str, Replacement]) -> Match | None:
    """The first row that fits a term, with definitions put in where that makes it fit."""
    for row in rows():
        if row.term.op == t.op:
            for letters in _matches(row.term, t, free(row.term), {}, definitions):
                return Match(row, letters)
    return None


def tidied(t: Term) -> Term:
    """`t` without double negatives and factors 1."""
    if t.op in LEAVES:
        return t
    t = Term(t.op, tuple(map(tidied, t.args)))
    if t.op == "mul" and t.args[0] == ONE:
        second: Term = t.args[1]
        return second
    opposite = negated(t.args[0]) if t.op == "neg" else None
    return t if opposite is None else opposite


def negated(t: Term) -> Term | None:
    """`u` where `t` is written as its negative: `-u`, or `-a*b` for `a*b`."""
    if t.op == "neg":
        inner: Term = t.args[0]
        return inner
    if t.op in ("mul", "div") and (first := negated(t.args[0])) is not None:
        return call(t.op, first, t.args[1])
    return None


def defined(t: Term, definitions: Mapping[str, Replacement]) -> Term | None:
    """What a name, or what is applied to arguments, is defined to be; None where it is not."""
    meaning = definitions.get(t.name) if t.op in ("sym", "apply") else None
    if isinstance(meaning, Lambda) and t.op == "apply":
        return substitute(meaning.body, dict(zip(meaning.params, t.args[1:], strict=True)))
    return meaning if isinstance(meaning, Term) and t.op == "sym" and meaning.op != "array" else None


Found = Mapping[str, Replacement]


def _matches(p: Term, t: Term, letters: frozenset[str], found: Found, known: Mapping[str, Replacement]) -> Iterator[Found]:
    """All ways in which a pattern is a term."""
    if p.op == "sym" and p.name in letters:
        if found.get(p.name, t) == t:
            yield {**found, p.name: t}
        return
    if p.op == "apply" and p.name in letters:
        yield from _second_order(p, t, letters, found, known)
        return
    if p.op == "neg" and (opposite := negated(t)) is not None:
        yield from _matches(p.args[0], opposite, letters, found, known)
    elif p.op in LEAVES:
        if p == t or (p.op == t.op == "num" and p.args[0] == t.args[0]):
            yield found
    elif p.op != t.op:
        if (meaning := defined(t, known)) is not None:
            yield from _matches(p, meaning, letters, found, known)
    elif p.op in BINDERS:
        var = t.args[1]
        if var.name not in letters | free(p):  # else it would be taken for what is free there
            body = substitute(p.args[0], {p.args[1].name: var})
            where = substitute(p.args[3], {p.args[1].name: var})
            for more in _all((body, p.args[2], where), (t.args[0], *t.args[2:]), letters, found, known):
                if not any(isinstance(x, Term) and var.name in free(x) for x in more.values()):
                    yield more
    else:
        for args in {t.args, t.args[::-1]} if p.op in ("add", "mul") else {t.args}:
            yield from _all(p.args, args, letters, found, known)


def _all(ps: tuple[Term, ...], ts: tuple[Term, ...], letters: frozenset[str], found: Found, known: Found) -> Iterator[Found]:
    """The last first: a denominator says what the `f` of a numerator is."""
    if len(ps) != len(ts):
        return
    if not ps:
        yield found
        return
    for more in _matches(ps[-1], ts[-1], letters, found, known):
        yield from _all(ps[:-1], ts[:-1], letters, more, known)


def _second_order(p: Term, t: Term, letters: frozenset[str], found: Found, known: Found) -> Iterator[Found]:
    """`f(j)` for a bound j is any term; after that, `f(i)` is the same with another index."""
    argument, f = p.args[1], found.get(p.name)
    if not isinstance(f, Lambda):
        yield {**found, p.name: Lambda((argument.name,), t)}
        return
    for index in _matches(f.body, t, frozenset(f.params), {}, known):
        if isinstance(at := index.get(f.params[0]), Term):
            yield {**found, argument.name: at}

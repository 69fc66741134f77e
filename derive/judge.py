"""The only judge: does this trace prove this claim? Trusted.

A step `left REL right` is proved when both sides are defined (every condition that `domain` lists is implied) and, with what the
instances of the trace have proved, the difference of their normal forms vanishes, or has the sign that the relation asks. An
equivalence is proved both ways: one side is a hypothesis more, and the other is to be shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import NoReturn

from derive.claims import MISSHAPEN, Definitions, Rejected, unfolded
from derive.domain import Domain
from derive.kernel import Kernel
from derive.known import Infinite
from derive.model import REAL, Claim, Givens, Instance, Relation, Trace, Type
from derive.signs import finite_values, negation
from derive.term import FALSE, REALS, TRUE, Term, call, conjuncts, free, fresh, num, substitute, sym

Lemmas = Mapping[str, Claim]


class Ground:
    """What the steps of one page stand on: its definitions and givens, and a domain that has been asked of nothing but these."""

    def __init__(self, claim: Claim) -> None:
        self.written = claim.givens, claim.definitions
        self.definitions = Definitions(claim)
        self.givens = self.definitions.givens(claim.givens)
        self.domain = Domain(self.givens)
        self.sides: dict[Term, Term] = {}  # as written → with every definition put in

    def side(self, t: Term) -> Term:
        """A side of a step, which is one of the next step, too, with every definition put in."""
        if (known := self.sides.get(t)) is None:
            known = self.sides[t] = self.definitions.expand(t)
        return known


def check(claim: Claim, trace: Trace, ground: Ground | None = None) -> dict[Term, bool]:
    """Replay the trace. Returns the side conditions that were discharged, and of each whether the givens alone imply it; raises
    Rejected, with the reason, otherwise.

    `ground` is that of another step of the same page; one of other givens or definitions is not looked at.
    """
    with _no_other_error():
        if ground is None or ground.written != (claim.givens, claim.definitions):
            ground = Ground(claim)
        left, right = ground.side(claim.left), ground.side(claim.right)
        return judge(left, claim.relation, right, ground.givens, claim.lemmas, trace, ground.domain)


@contextmanager
def _no_other_error() -> Iterator[None]:
    """What a term or trace of a shape that no page can write comes to is a rejection."""
    try:
        yield
    except RecursionError:
        raise Rejected("nested too deeply") from None
    except MISSHAPEN as error:
        raise Rejected(f"misshapen: {type(error).__name__}: {error}") from None


def refute(claim: Claim, trace: Trace) -> tuple[Term, Term]:
    """Replay a trace that shows an equation to fail for all values that the givens allow: both sides have values, which differ.

    Returns the values (a limit may be oo); raises Rejected. A limit has no point for a witness.
    """
    with _no_other_error():
        left, right, givens = unfolded(claim)
        if claim.relation is not Relation.EQ:
            _reject("only an equation is refuted so")
        kernel = _kernel(givens, claim.lemmas, trace).existence
        if kernel is None:
            _reject("nothing is known of the sides")
        values = [kernel.extended(t, ()) for t in (left, right)]
        shown = [kernel.shown(v) for v in values]
        if not any(isinstance(v, Infinite) for v in values):
            kernel.owe(call("ne", *shown), ())
        elif values[0] == values[1]:
            _reject("the sides are both infinite")
        return shown[0], shown[1]


def judge(
    left: Term, relation: Relation, right: Term, givens: Givens, lemmas: Lemmas, trace: Trace, domain: Domain | None = None
) -> dict[Term, bool]:
    """As `check`, for sides and givens whose definitions are put in; `domain` is a plain one of these givens."""
    kernel = _kernel(givens, lemmas, trace, domain)
    kernel.owe_sides(left, relation, right)
    if trace.split:
        discharged = kernel.conditions()
        for value, (at_left, at_right, at_givens) in cases(left, right, givens, trace.split.symbol, kernel.domain).items():
            if value not in trace.split.traces:
                _reject(f"the case {trace.split.symbol.name} = {value} is missing")
            part = judge(at_left, relation, at_right, at_givens, lemmas, trace.split.traces[value], kernel.domain.under(at_givens))
            discharged = dict.fromkeys(part, False) | discharged
        return discharged
    if relation is Relation.IFF:
        discharged = kernel.conditions()
        for p, q, way in zip((left, right), (right, left), trace.ways, strict=True):
            discharged = dict.fromkeys(show(p, q, kernel.domain, lemmas, way), False) | discharged
        return discharged
    for instance in trace.instances:
        kernel.apply(instance)
    if not kernel.holds(left, relation, right):
        _reject("the two sides are not shown to stand in this relation")
    return kernel.conditions()


def _kernel(givens: Givens, lemmas: Lemmas, trace: Trace, domain: Domain | None = None) -> Kernel:
    """A kernel that knows of the limits and integrals that the trace shows to exist."""
    existence = None
    if trace.defined:
        existence = Kernel(givens, lemmas, domain)
        _replay(existence, trace.defined)
    return Kernel(givens, lemmas, domain, existence)


def _replay(kernel: Kernel, instances: Iterable[Instance]) -> None:
    for instance in instances:
        kernel.apply(instance)


def show(p: Term, q: Term, domain: Domain, lemmas: Lemmas, trace: Trace) -> dict[Term, bool]:
    """Judge whether a trace shows that q follows from p, both of which are defined in a domain; raises Rejected. From one or another,
    it has to follow from each."""
    if p.op == "or":
        parts = [show(part, q, domain, lemmas, way) for part, way in zip(p.args, trace.ways, strict=True)]
        return dict.fromkeys((c for part in parts for c in part), False)
    goal, assumed = implication(p, q, domain.givens, trace.absurd)
    kernel = _kernel(assumed, lemmas, trace, domain.under(assumed))
    if goal != FALSE:
        kernel.owe_defined(goal)  # once more: where a variable is tied by what is assumed, nothing is differentiated by it
    _replay(kernel, trace.instances)
    if not (kernel.contradictory() if goal == FALSE else kernel.settled(goal)):
        _reject("one side is not shown to follow from the other")
    return kernel.conditions()


def implication(p: Term, q: Term, givens: Givens, absurd: bool) -> tuple[Term, Givens]:
    """What has to be shown for q to follow from p, and under which givens.

    What p says of all is a hypothesis; what it says of some element is one about a new symbol. To show something of all is to
    show it of a new symbol; from what holds of almost all to what holds of almost all it is shown so, too. `absurd`: the negation of q
    is assumed as well, and `FALSE` has to be shown.
    """
    if p.op == q.op == "almost" and p.args[3] == q.args[3] == TRUE:
        name = fresh(q.args[1].name, [*givens.symbols, *(n for h in (*givens.hypotheses, p, q) for n in free(h))])
        givens = Givens({**givens.symbols, name: REAL}, givens.hypotheses)
        p, q = (substitute(x.args[0], {x.args[1].name: sym(name)}) for x in (p, q))
    assumed = _assume(p, givens)
    if absurd:
        return FALSE, _assume(negation(q), assumed)
    while q.op == "all":
        q, assumed = _introduce(q, assumed)
    return q, assumed


def _assume(p: Term, givens: Givens) -> Givens:
    if p.op == "not" and p.args[0].op == "all":  # of some element it does not hold
        q, givens = _introduce(p.args[0], givens)
        return _assume(negation(q), givens)
    if p.op == "and":
        return _assume(p.args[1], _assume(p.args[0], givens))
    return Givens(givens.symbols, (*givens.hypotheses, p))


def _introduce(p: Term, givens: Givens) -> tuple[Term, Givens]:
    """The body of a universal proposition about a new symbol, which is what the bound variable runs over."""
    body, var, over, where = p.args
    name = fresh(var.name, [*givens.symbols, *(n for h in (*givens.hypotheses, p) for n in free(h))])
    symbol = REAL if over == REALS else Type("index", over)
    if over != REALS and not Domain(givens).is_size(over):
        _reject("only elements of a size and real numbers can be spoken of")
    at = {var.name: sym(name)}
    hypotheses = (*givens.hypotheses, substitute(where, at)) if where != TRUE else givens.hypotheses
    return substitute(body, at), Givens({**givens.symbols, name: symbol}, hypotheses)


def _reject(message: str) -> NoReturn:
    raise Rejected(message)


def cases(left: Term, right: Term, givens: Givens, symbol: Term, domain: Domain) -> dict[int, tuple[Term, Term, Givens]]:
    """The step at each value of a symbol of finite type, without the values that a hypothesis excludes."""
    found = givens.symbols.get(symbol.name) if symbol.op == "sym" else None
    values = finite_values(found) if found is not None and not found.shape and not found.params else None
    if values is None:
        raise Rejected("only a symbol of a type with few values can be split into cases")
    out = {}
    rest = {name: t for name, t in givens.symbols.items() if name != symbol.name}
    for value in values:
        at = {symbol.name: num(value)}
        hypotheses = tuple(substitute(h, at) for h in givens.hypotheses)
        if any(symbol.name in free(h) and domain.implies(negation(substitute(h, at))) for h in givens.hypotheses):
            continue
        out[value] = substitute(left, at), substitute(right, at), Givens(rest, hypotheses)
    if not out:
        raise Rejected("the givens contradict each other")
    return out




def contradiction(givens: Givens) -> Term | None:
    """A hypothesis that the types and the other hypotheses exclude, if one is shown to be."""
    parts = [p for h in givens.hypotheses for p in conjuncts(h)]
    for i, h in enumerate(parts):
        others = Givens(givens.symbols, tuple(parts[:i] + parts[i + 1 :]))
        if h.op != "all" and Domain(others).implies(negation(h)):
            return h
    return None

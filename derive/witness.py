"""Whether exact values refute a step, or satisfy the givens, with everything put in and written out. Trusted; never sure of what it
cannot work out: functions, integrals, limits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from derive import enclosure
from derive.certificate import as_number
from derive.claims import Rejected, unfolded
from derive.domain import Domain, type_conditions
from derive.kernel import PROPOSITION, Kernel
from derive.model import Claim, Givens, Instance, Relation, Type, Value
from derive.normal import NotNormal
from derive.rational import TooLarge
from derive.signs import negation
from derive.term import ONE, TRUE, ZERO, CaptureError, Term, call, num, rebuild, substitute, walk

_MANY = 1000  # elements that a sum is written out for
_JOINED = {"sum": "add", "prod": "mul", "all": "and"}
_EMPTY = {"sum": ZERO, "prod": ONE, "all": TRUE}


def refutes(claim: Claim, values: Mapping[str, Value]) -> bool:
    """Whether these values, inside the givens, are shown to make a step false: both sides are defined and do not stand in the
    relation, or one of them is undefined. What cannot be decided here (functions, integrals) is False."""
    try:
        left, right, givens = unfolded(claim)
        if not satisfies(givens, values):
            return False
        here = _Here()
        sides = [here.written_out(substitute(t, _put(values))) for t in (left, right)]
        owed = [p for t in sides for scope, p in here.domain.conditions(t) if not scope]
        if any(here.sure(negation(p)) for p in owed):
            return True
        return all(map(here.sure, owed)) and here.apart(sides[0], claim.relation, sides[1])
    except (Rejected, CaptureError, NotNormal, TooLarge, ArithmeticError, LookupError, RecursionError):
        return False


def satisfies(givens: Givens, values: Mapping[str, Value]) -> bool:
    """Whether these values of all symbols are shown to be of their types, and to fulfil the hypotheses. Definitions are put in."""
    by, here = _put(values), Domain(Givens())
    if values.keys() != givens.symbols.keys():
        return False
    for name, kind in givens.symbols.items():
        over = None if kind.over is None else substitute(kind.over, by)
        sizes = tuple(substitute(size, by) for size in kind.shape)
        elements = list(_elements(values[name], sizes))
        if kind.params or kind.kind == "set" or None in elements:
            return False
        if not all(here.implies(p) for x in elements for p in type_conditions(num(x), Type(kind.kind, over))):  # type: ignore[arg-type]
            return False
    try:
        return all(_Here().sure(_Here().written_out(substitute(h, by))) for h in givens.hypotheses)
    except (Rejected, CaptureError, ArithmeticError, RecursionError):
        return False


class _Here(Kernel):
    """What holds of closed terms, whose sums run over numbers: derivatives are worked out where they come up."""

    def __init__(self) -> None:
        super().__init__(Givens())

    def sure(self, p: Term) -> bool:
        for t in walk(p):
            if t.op == "diff" and self.normalizer.single(self.normalizer.normal(t)) is not None:
                self.apply(Instance("differentiation", (), {}, t))
        return self.settled(p)

    def apart(self, left: Term, relation: Relation, right: Term) -> bool:
        if relation is Relation.IFF:
            return any(self.sure(p) and self.sure(negation(q)) for p, q in ((left, right), (right, left)))
        if relation is not Relation.APPROX:
            return self.sure(negation(call(PROPOSITION[relation], left, right)))
        number = as_number(right)
        value = self.normalizer.term(self.normalizer.normal(left))
        return number.op == "num" and enclosure.approximates(value, *number.args) is False

    def written_out(self, t: Term) -> Term:
        """Sums, products and `all` over a number of elements, one by one. Raises Rejected where a filter cannot be decided."""
        if t.op in _JOINED and t.args[2].op == "num":
            body, var, over, where = t.args
            if over.args[0] > _MANY:
                raise Rejected("a sum of too many terms to be written out")
            out = None
            for k in range(1, int(over.args[0]) + 1):
                at = {var.name: num(k)}
                if self.true(self.written_out(substitute(where, at))):
                    part = self.written_out(substitute(body, at))
                    out = part if out is None else call(_JOINED[t.op], out, part)
            return _EMPTY[t.op] if out is None else out
        return rebuild(t, self.written_out)

    def true(self, p: Term) -> bool:
        if self.sure(p):
            return True
        if not self.sure(negation(p)):
            raise Rejected("a filter cannot be decided")
        return False


def _elements(value: Value, sizes: Sequence[Term]) -> Iterator[Fraction | None]:
    """The numbers in a family of these sizes, row by row; None where it has another shape."""
    if not sizes:
        yield value if isinstance(value, Fraction) else None
    elif isinstance(value, Fraction) or sizes[0] != num(len(value)):
        yield None
    else:
        for row in value:
            yield from _elements(row, sizes[1:])


def _put(values: Mapping[str, Value]) -> dict[str, Term]:
    def term(value: Value) -> Term:
        return num(value) if isinstance(value, Fraction) else call("array", *map(term, value))

    return {name: term(value) for name, value in values.items()}

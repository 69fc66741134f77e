"""What a page may have forgotten to assume: hypotheses about its symbols and about what stands below a line or in a logarithm.

Knows terms and types; not what is true.
"""

from __future__ import annotations

import itertools
import operator
from collections.abc import Iterator

from flint import fmpq

from derive.model import KINDS, Claim, Type
from derive.points import of_kind
from derive.term import ONE, ZERO, Term, binder, call, conjunction, free, num, sym, walk

_BOUNDS = (
    ("ne", ZERO), ("ge", ZERO), ("le", ZERO), ("gt", ZERO), ("lt", ZERO), ("ne", ONE), ("le", ONE), ("lt", ONE), ("ge", ONE), ("gt", ONE),
)  # fmt: skip
_COMPARED = {"ne": operator.ne, "ge": operator.ge, "le": operator.le, "gt": operator.gt, "lt": operator.lt}
_NEEDY = {"div": 1, "log": 0, "sqrt": 0, "pow": 0}  # operations that are not defined for every argument, and which


def assumptions(claim: Claim) -> Iterator[Term]:
    """Propositions that may be missing among the givens, the weaker first."""
    subjects = list(dict.fromkeys([*_numbers(claim), *_needy(claim)]))
    for op, bound in _BOUNDS:
        yield from (_of_all(claim, call(op, x, bound)) for x in subjects if _open(claim, x, op, bound))
    for x in subjects:
        if _open(claim, x, "gt", ZERO) or _open(claim, x, "lt", ONE):
            yield _of_all(claim, conjunction((call("gt", x, ZERO), call("lt", x, ONE))))
    yield from shares(claim)
    symbols = claim.givens.symbols
    plain = [n for n, t in symbols.items() if not t.shape and not t.params and t.kind != "set"]
    alike = [(sym(a), sym(b)) for a, b in itertools.combinations(plain, 2) if symbols[a] == symbols[b]]
    for op in ("ne", "le", "ge", "lt", "gt"):
        yield from (call(op, a, b) for a, b in alike)
    yield from (call("ge", sym(n), num(2)) for n in plain if symbols[n].kind == "size")


def shares(claim: Claim) -> Iterator[Term]:
    """That the elements of a family sum to 1."""
    for name, t in claim.givens.symbols.items():
        if len(t.shape) == 1 and not t.params and t.kind not in ("label", "sign", "index", "integer"):
            (i,) = _letters(claim, 1)
            yield call("eq", binder("sum", Term("elem", (sym(name), sym(i))), i, t.shape[0]), ONE)


def _numbers(claim: Claim) -> Iterator[Term]:
    """Each symbol that is a number, and an element of each family of numbers."""
    for name, t in claim.givens.symbols.items():
        if not t.params and t.kind not in ("set", "index", "size"):
            yield Term("elem", (sym(name), *map(sym, _letters(claim, len(t.shape))))) if t.shape else sym(name)


def _needy(claim: Claim) -> Iterator[Term]:
    known = claim.givens.symbols.keys() | claim.definitions.keys()
    for t in (x for side in (claim.left, claim.right) for x in walk(side)):
        if t.op in _NEEDY and t.args[_NEEDY[t.op]].op != "num" and free(t) <= known:
            yield t.args[_NEEDY[t.op]]


def _open(claim: Claim, x: Term, op: str, bound: Term) -> bool:
    """Whether the type of a symbol leaves open if it is within a bound; that of another term is not known."""
    type_ = claim.givens.symbols.get(x.name) if x.op in ("sym", "elem") else None
    if type_ is None:
        return True
    values = [fmpq(v) / 2 for v in range(-2, 5)]
    return len({_COMPARED[op](v, bound.args[0].numerator) for v in values if of_kind(v, KINDS[type_.kind])}) == 2


def _of_all(claim: Claim, p: Term) -> Term:
    """A proposition about an element, said of all elements."""
    x = p.args[0].args[0] if p.op == "and" else p.args[0]
    given: Type | None = claim.givens.symbols.get(x.name) if x.op == "elem" else None
    if given is None:
        return p
    for index, size in reversed(list(zip(x.args[1:], given.shape, strict=True))):
        if index.op == "sym" and index.name not in claim.givens.symbols:
            p = binder("all", p, index.name, size)
    return p


def _letters(claim: Claim, count: int) -> list[str]:
    """Names for indices that the page does not use."""
    taken = claim.givens.symbols.keys() | claim.definitions.keys()
    every = (letter + suffix for suffix in ("", "_", "__") for letter in "ijlmnr")
    return list(itertools.islice((x for x in every if x not in taken), count))

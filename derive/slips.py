"""What would undo a slip of the pen: every one-place change of a line, by the name of the slip, the likelier first.

Knows terms, types and what is well formed; nothing of what is true. The names are those of `mistakes.SLIPS`.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping
from fractions import Fraction
from typing import NamedTuple

from derive.expression import RESERVED
from derive.model import Claim, Relation
from derive.term import (
    BINDERS,
    ONE,
    REALS,
    RELATIONS,
    TRUE,
    ZERO,
    CaptureError,
    Lambda,
    Replacement,
    Term,
    bound_variable,
    call,
    free,
    num,
    rebuild,
    sym,
    unfold,
    walk,
)
from derive.wellformed import INFINITE, MAXIMISERS, PROPOSITION, VALUE, Checker, Misfit

MOST_PARTS = 48  # what may have been lost is looked for among so many terms
MOST = 4000  # changes of a line that are looked at: of a thousand slips the last was undone by the 2406th, most by the first dozen
LARGEST_PART = 24  # of so many nodes
DEEPER = 3  # so many nodes less are as likely to be lost one level deeper
SMALL_PART = 9  # what is smaller is more likely to have been lost than something else to be too much
_TURNED = {"le": "ge", "ge": "le", "lt": "gt", "gt": "lt"}
_STRICT = {"le": "lt", "lt": "le", "ge": "gt", "gt": "ge"}
_RELATIONS = {"le": Relation.LE, "lt": Relation.LT, "ge": Relation.GE, "gt": Relation.GT}
_ORDER = {r: op for op, r in _RELATIONS.items()}
_OTHER = {
    "exp": ("log", "sqrt"), "log": ("exp",), "sqrt": ("exp", "abs"), "sum": ("prod",), "prod": ("sum",), "sin": ("cos",), "cos": ("sin",),
    "sinh": ("cosh",), "cosh": ("sinh",), "abs": ("sqrt",),
}  # fmt: skip
_EXTREMA = {"max": "min", "min": "max", "argmax": "argmin", "argmin": "argmax"}
_TURNABLE = {"sub": "difference", "div": "fraction", "pow": "exponent"}
_PLAIN = ("exp", "log", "sqrt", "abs", "sin", "cos", "tan", "sinh", "cosh", "tanh")
_SMALL = tuple(map(Fraction, (0, 1, 2, -1, 3)))
_SIDES = ("left", "right", "both")


class Repair(NamedTuple):
    """The step as it may have been meant: its relation and its right side; and what had been lost or was too much."""

    slip: str
    relation: Relation
    right: Term
    what: Term | None = None


class Place(NamedTuple):
    """A node of a line: the way to it, and the bound variables in scope there with what they run over."""

    node: Term
    path: tuple[int, ...]
    scope: Mapping[str, Term]
    above: str = ""  # the operation of the node above


Change = tuple[str, Term, Term | None]  # the slip, what may have stood at a place, and what was lost or is too much
Changed = tuple[Place, Change]
May = Callable[[tuple[int, ...], Term], bool]  # whether a term may have stood at a place


def repairs(claim: Claim, may: May = lambda path, new: True) -> Iterator[Repair]:
    """The changes of the relation or the right side of a claim, each once, in a fixed order; some may mean nothing.

    Of changes of the right side only those that `may` lets pass, which is asked before a line is written out.
    """
    return _Slips(claim).all(may)


def means_something(claim: Claim, right: Term) -> bool:
    """Whether a page could have this right side."""
    if right in INFINITE:
        return claim.left.op == "limit"
    sorts = (PROPOSITION,) if claim.relation is Relation.IFF else (VALUE, MAXIMISERS)
    checker = Checker(claim.givens, claim.definitions)
    try:
        checker.check(right, *sorts)
        checker.check(_unfolded(right, claim.definitions), *sorts)
    except (Misfit, CaptureError):
        return False
    return True


class _Slips:
    def __init__(self, claim: Claim) -> None:
        self.claim, self.types = claim, claim.givens.symbols
        self.indices = {n: t.over for n, t in self.types.items() if t.kind == "index" and t.over is not None and not t.shape}
        self.found: dict[tuple[tuple[str, Term], ...], list[Term]] = {}

    def all(self, may: May) -> Iterator[Repair]:
        relation, right = self.claim.relation, self.claim.right
        if relation in _ORDER:
            yield Repair("turned", _RELATIONS[_TURNED[_ORDER[relation]]], right)
            yield Repair("strict", _RELATIONS[_STRICT[_ORDER[relation]]], right)
        seen = {right}
        for spot, (slip, new, what) in itertools.islice(self._changes(right, list(places(right))), MOST):
            if may(spot.path, new) and (t := put(right, spot.path, new)) not in seen:
                seen.add(t)
                yield Repair(slip, relation, t, what)

    def _changes(self, right: Term, spots: list[Place]) -> Iterator[Changed]:
        likely = _signs, _orders, _negated, self._names, self._bases, self._ranges, self._numbers
        less = _functions, self._scars, self._base_factors, _added
        yield from _by(likely, spots)
        yield from ((spots[0], change) for change in self._everywhere(right))
        lost = self._lost(spots)
        yield from _lost(lost, 0, DEEPER)
        yield from _by(less, spots)
        yield from _lost(lost, DEEPER, SMALL_PART)
        yield from _by((_lighter, self._other_numbers), spots)
        yield from _lost(lost, SMALL_PART, 10**6)

    def _lost(self, spots: list[Place]) -> list[tuple[int, Place, Term]]:
        """What may have been lost at each place, the smaller first."""
        wide = [(_size(p) + DEEPER * len(spot.path), spot, p) for spot in spots if self._may_lack(spot) for p in self._may_be_lost(spot)]
        return sorted(wide, key=lambda x: x[0])

    # -- names

    def _names(self, spot: Place) -> Iterator[Change]:
        t = spot.node
        if (over := self._over(t, spot)) is not None:
            every = {**self.indices, **spot.scope}
            yield from (("index", sym(i), None) for i, other in every.items() if other == over and sym(i) != t)
            yield from (("index", num(k), None) for k in (1, 2) if num(k) != t)
        elif t.op == "num" and spot.above in ("elem", "apply", "delta"):
            yield from (("index", sym(i), None) for i in {**self.indices, **spot.scope})
            yield from (("index", num(k), None) for k in (1, 2, 3) if num(k) != t)
        elif t.op in ("sym", "elem", "apply"):
            yield from (("symbol", sym(n) if t.op == "sym" else Term(t.op, (sym(n), *t.args[1:])), None) for n in self._alike(t))

    def _over(self, t: Term, spot: Place) -> Term | None:
        """What an index runs over, where `t` is one."""
        if t.op == "sym":
            return spot.scope.get(t.name, self.indices.get(t.name))
        if t.op == "elem" and t.name in self.types and self.types[t.name].kind == "index":
            return self.types[t.name].over
        return None

    def _alike(self, t: Term) -> Iterator[str]:
        """The names that could stand where the head of `t` stands."""
        places_ = 0 if t.op == "sym" else len(t.args) - 1
        for name, given in self.types.items():
            shape = len(given.params) if t.op == "apply" else len(given.shape)
            if name != t.name and shape == places_ and given.kind != "set" and bool(given.params) == (t.op == "apply"):
                yield name
        for name, meaning in self.claim.definitions.items():
            if name != t.name and (len(meaning.params) if isinstance(meaning, Lambda) else 0) == places_ and t.op != "elem":
                yield name

    def _everywhere(self, right: Term) -> Iterator[Change]:
        """Changes of all places at once: two symbols exchanged, one written for another, labels of the other convention."""
        here = [n for n in self.types if n in free(right)]
        for a, b in itertools.combinations(self.types, 2):
            if self.types[a] == self.types[b] and (a in here or b in here):
                yield "exchanged", _exchanged(right, {a: b, b: a}), None
        for n in here:
            kind = self.types[n].kind
            if kind in ("label", "sign"):
                yield "label", _labelled_back(right, n, kind), None
                yield "label", _relabelled(right, n, kind), None

    # -- numbers, ranges, bases

    def _numbers(self, spot: Place) -> Iterator[Change]:
        t = spot.node
        if t.op == "num":
            value, decimals = t.args
            unit = Fraction(1, 10**decimals)
            near = dict.fromkeys([value + unit, value - unit, *_SMALL])
            yield from (("number", _number(v, decimals), None) for v in near if v != value)
        if t.op == "mul":
            yield from (("constant factor", other, a) for a, other in (t.args, t.args[::-1]) if a.op == "num")
        if t.op == "limit":
            body, var, point, side = t.args
            others = [call("neg", point) if point.op != "neg" else point.args[0]] if point in INFINITE else []
            yield from (("side", call("limit", body, var, p, side), None) for p in others)
            sides = [sym(s) for s in _SIDES if sym(s) != side] if point not in INFINITE else []
            yield from (("side", call("limit", body, var, point, s), None) for s in sides)
        if t in INFINITE or (t.op == "num" and not spot.path and self.claim.left.op == "limit"):
            yield from (("value", x, None) for x in (num(0), num(1), *INFINITE) if x != t)

    def _other_numbers(self, spot: Place) -> Iterator[Change]:
        t = spot.node
        if t.op == "num":
            value, decimals = t.args
            yield from (("number", _number(v, decimals), None) for v in (value * 2, value / 2, -value))
            yield from (("number", x, None) for x in (*self._sizes(), Term("const", ("e",)), Term("const", ("pi",))))

    def _sizes(self) -> Iterator[Term]:
        return (sym(n) for n, t in self.types.items() if t.kind == "size" and not t.shape)

    def _ranges(self, spot: Place) -> Iterator[Change]:
        t = spot.node
        if t.op not in BINDERS or t.args[2] == REALS:
            return
        body, var, over, where = t.args
        if where != TRUE:
            yield "left out", Term(t.op, (body, var, over, TRUE)), None
        every = {**self.indices, **{n: o for n, o in spot.scope.items() if n != var.name}}
        others = [*(sym(i) for i, o in every.items() if o == over), ONE, *([over] if over.op == "sym" else [])]
        if where == TRUE:
            yield from (("left out", Term(t.op, (body, var, over, call("ne", var, i))), None) for i in others)
        elif where.op in ("ne", "lt", "le", "gt", "ge", "eq"):
            ops = [op for op in ("ne", "eq", *_TURNED) if op != where.op]
            yield from (("left out", Term(t.op, (body, var, over, call(op, *where.args))), None) for op in ops)
            yield from (("left out", Term(t.op, (body, var, over, call(where.op, var, i))), None) for i in others if i != where.args[1])
        if over.op == "num":
            yield from (("range", Term(t.op, (body, var, num(over.args[0] + by), where)), None) for by in (1, -1))
        yield from (("range", Term(t.op, (body, var, size, where)), None) for size in self._sizes() if size != over)

    def _bases(self, spot: Place) -> Iterator[Change]:
        t = spot.node
        if t.op == "log":
            if len(t.args) == 2:
                yield "base", call("log", t.args[0]), None
                yield "fraction", call("log", t.args[1], t.args[0]), None
            bases = [b for b in (*self._given_bases(), num(2), num(10)) if b not in (*t.args, Term("const", ("e",)))]
            yield from (("base", call("log", t.args[0], b), None) for b in bases)

    def _base_factors(self, spot: Place) -> Iterator[Change]:
        t = spot.node
        if spot.above in ("mul", "div", "neg") and t.op in ("log", "elem", "sym", "apply") and self._may_lack(spot):
            yield "base factor" if t.op == "log" else "divided", call("div", ONE, t), t
        if t.op not in RELATIONS and self._counts(t):
            for b in self._given_bases():
                factor = call("log", b)
                yield "base factor", call("div", t, factor), call("div", ONE, factor)
                yield "base factor", call("mul", t, factor), factor

    def _given_bases(self) -> list[Term]:
        """What stands as the base of a logarithm, or alone in one, on the left."""
        logs = [x for side in (self.claim.left, self.claim.right, *_bodies(self.claim.definitions)) for x in walk(side) if x.op == "log"]
        return list(dict.fromkeys(x.args[-1] for x in logs if len(x.args) == 2 or x.args[0].op in ("sym", "num")))

    def _counts(self, t: Term) -> bool:
        return t.op not in ("and", "or", "not", "iff", "all", "almost", "integrable", "argmax", "argmin", "array") and t not in INFINITE

    # -- factors and terms that have been lost

    def _may_be_lost(self, spot: Place) -> list[Term]:
        return self._pool(spot) if spot.node.op == "num" else [ONE, *self._pool(spot)]

    def _scars(self, spot: Place) -> Iterator[Change]:
        """Where it shows that something has been: a lone minus, a 1 that changes nothing."""
        t = spot.node
        if not self._may_lack(spot) or not (t.op == "neg" or t in (ONE, ZERO)):
            return
        for p in (ONE, *self._pool(spot)):
            if t.op == "neg":
                yield "term lost", call("sub", p, t.args[0]), p
            else:
                yield "term lost" if t == ZERO else _factor(p), p, p
                yield "term lost", call("sub", t, p), p
                yield "term lost", call("add", t, p), p

    def _may_lack(self, spot: Place) -> bool:
        return spot.node.op not in RELATIONS and self._counts(spot.node) and self._over(spot.node, spot) is None

    def _pool(self, spot: Place) -> list[Term]:
        """What may have been lost at a place: parts of both sides and of what the names in them stand for, with the indices there."""
        key = tuple(spot.scope.items())
        if key not in self.found:
            every = {**self.indices, **spot.scope}
            parts = dict.fromkeys((num(2), *self._sizes(), num(3)))
            for p in self._parts:
                if p.op not in ("num", "const") or p == Term("const", ("pi",)):
                    parts |= dict.fromkeys(self._at(p, every))
            left = self.claim.left
            whole = left, opened(left, self.claim.definitions), *(left.args if len(left.children) == 1 else ())  # that says nothing
            small = sorted((p for p in parts if _size(p) <= LARGEST_PART and p not in whole), key=_size)
            self.found[key] = [*small, *_signs_and_deltas(every)][:MOST_PARTS]
        return self.found[key]

    @functools.cached_property
    def _parts(self) -> list[Term]:
        """The number-valued parts of the step, with what bound them as the mark of a bound index."""
        return list(dict.fromkeys(self._everything()))

    def _everything(self) -> Iterator[Term]:
        definitions = self.claim.definitions
        for side in (self.claim.right, self.claim.left):
            once = opened(side, definitions)
            for whole in (side, once, opened(once, definitions)):
                yield from (s.node for s in places(whole) if self._counts(s.node) and s.node.op not in RELATIONS)

    def _at(self, p: Term, every: Mapping[str, Term]) -> Iterator[Term]:
        """A part as it stands, with the names bound elsewhere replaced by indices that are in scope here."""
        known = {*every, *self.types, *self.claim.definitions, *RESERVED}  # the side of a limit is a word
        strangers = sorted(free(p) - known)
        if p.op == "sym" and (p.name in every or strangers):
            return
        here = [*map(sym, every), num(1), num(2)]
        for chosen in itertools.islice(itertools.product(here, repeat=len(strangers)), 6):
            try:
                yield unfold(p, dict(zip(strangers, chosen, strict=True)))
            except CaptureError:
                continue


def _by(makers: Iterable[Callable[[Place], Iterable[Change]]], spots: list[Place]) -> Iterator[Changed]:
    """The changes of each kind, at one place after the other."""
    for make in makers:
        for spot in spots:
            yield from ((spot, change) for change in make(spot))


def _lost(lost: list[tuple[int, Place, Term]], above: int, most: int) -> Iterator[Changed]:
    """With a factor, term or exponent more, of such a weight."""
    for weight, spot, p in lost:
        if above < weight <= most:
            yield from ((spot, change) for change in _with(spot.node, p))


def _with(t: Term, p: Term) -> Iterator[Change]:
    """A term with a part more that may have been lost."""
    if p != ONE:
        yield _factor(p), call("mul", t, p), p
        if p not in _factors(t):
            yield _factor(p), call("div", t, p), call("div", ONE, p)
    yield "term lost", call("add", t, p), p
    if p not in _terms(t):
        yield "term lost", call("sub", t, p), p
    if t.op != "num" and (p.op != "num" or p.args[0] > 1):
        yield "power lost", call("pow", t, p), p
    if t.op == "num":
        yield "number", p, None


def _factors(t: Term) -> list[Term]:
    return [*_factors(t.args[0]), *_factors(t.args[1])] if t.op == "mul" else _factors(t.args[0]) if t.op in ("neg", "div") else [t]


def _terms(t: Term) -> list[Term]:
    return [*_terms(t.args[0]), *_terms(t.args[1])] if t.op == "add" else _terms(t.args[0]) if t.op == "sub" else [t]


# -- changes that look at the node alone


def _signs(spot: Place) -> Iterator[Change]:
    t = spot.node
    if t.op == "neg":
        yield "sign", t.args[0], None
    elif t.op in ("add", "sub"):
        yield "sign", call("sub" if t.op == "add" else "add", *t.args), None


def _negated(spot: Place) -> Iterator[Change]:
    t = spot.node
    if t.op not in (*RELATIONS, "and", "or", "not", "iff", "all", "almost", "integrable", "neg", "argmax", "argmin", "delta"):
        yield "sign", call("neg", t), None


def _orders(spot: Place) -> Iterator[Change]:
    t = spot.node
    if t.op in _EXTREMA:
        yield "extremum", Term(_EXTREMA[t.op], t.args), None
    if t.op in _TURNABLE:
        yield _TURNABLE[t.op], call(t.op, t.args[1], t.args[0]), None
    if t.op == "div":
        yield "divided", call("mul", *t.args), None
    if t.op == "mul":
        yield "divided", call("div", *t.args), None
        yield "divided", call("div", t.args[1], t.args[0]), None
    if t.op in _TURNED:
        yield "turned", call(_TURNED[t.op], *t.args), None
        yield "strict", call(_STRICT[t.op], *t.args), None


def _functions(spot: Place) -> Iterator[Change]:
    t = spot.node
    if len(t.args) == 1 or t.op in ("sum", "prod"):
        yield from (("function", Term(op, t.args), None) for op in _OTHER.get(t.op, ()))
    if t.op in _PLAIN and len(t.args) == 1:
        yield "function added", t.args[0], call(t.op, sym("…"))
    if t.op not in (*RELATIONS, "and", "or", "not", "iff", "all", "almost", "integrable", "argmax", "argmin"):
        yield from (("function lost", call(op, t), call(op, sym("…"))) for op in ("log", "exp", "sqrt", "abs"))


def _added(spot: Place) -> Iterator[Change]:
    t = spot.node
    if t.op in ("add", "sub"):
        yield "added", call("mul" if t.op == "add" else "div", *t.args), None
    if t.op in ("mul", "div"):
        yield "added", call("add" if t.op == "mul" else "sub", *t.args), None


def _lighter(spot: Place) -> Iterator[Change]:
    """Without one of its factors, terms or exponents."""
    t = spot.node
    if t.op == "mul":
        yield "factor added", t.args[0], t.args[1]
        yield "factor added", t.args[1], t.args[0]
    if t.op == "div":
        yield "factor added", t.args[0], call("div", ONE, t.args[1])
        yield "factor added", call("div", ONE, t.args[1]), t.args[0]
    if t.op in ("add", "sub"):
        yield "term added", t.args[0], t.args[1] if t.op == "add" else call("neg", t.args[1])
        yield "term added", t.args[1] if t.op == "add" else call("neg", t.args[1]), t.args[0]
    if t.op == "pow":
        yield "power added", t.args[0], t.args[1]


# -- terms and places


def places(t: Term) -> Iterator[Place]:
    """Every node that may be changed, the whole first: no heads, bound variables, ranges or sides."""
    stack = [Place(t, (), {})]
    while stack:
        spot = stack.pop(0)
        yield spot
        stack += _below(spot)


def _below(spot: Place) -> Iterator[Place]:
    t, path, scope, _ = spot
    var = bound_variable(t)
    for i, child in enumerate(t.children):
        head = i == 0 and t.op in ("elem", "apply") and child.op != "array"
        fixed = (var is not None and i in (1, 2) and t.op != "diff") or (t.op == "diff" and i == 1) or (t.op == "limit" and i == 3)
        if head or fixed or (i == 3 and t.op in BINDERS):  # filters: see _ranges
            continue
        inner = scope
        if t.op in BINDERS and t.args[2] != REALS:
            inner = {**scope, t.args[1].name: t.args[2]}
        yield Place(child, (*path, i), inner, t.op)


def put(t: Term, path: tuple[int, ...], new: Term) -> Term:
    """`t` with another term at a place."""
    if not path:
        return new
    i, *rest = path
    return Term(t.op, (*t.args[:i], put(t.args[i], tuple(rest), new), *t.args[i + 1 :]))


@functools.lru_cache(4096)
def _size(t: Term) -> int:
    return 1 + sum(map(_size, t.children))


def _number(value: Fraction, decimals: int) -> Term:
    if value < 0:
        return call("neg", num(-value, decimals))
    return num(value, decimals) if value.denominator == 1 or decimals else call("div", num(value.numerator), num(value.denominator))


def _factor(p: Term) -> str:
    """What a lost factor is called."""
    if p.op == "num":
        return "constant factor"
    if p.op == "delta":
        return "delta factor"
    return "factor lost"


def _signs_and_deltas(every: Mapping[str, Term]) -> Iterator[Term]:
    for (i, over), (j, other) in itertools.combinations(every.items(), 2):
        if over == other:
            yield call("delta", sym(i), sym(j))


def _bodies(definitions: Mapping[str, Replacement]) -> Iterator[Term]:
    return (m.body if isinstance(m, Lambda) else m for m in definitions.values())


def _unfolded(t: Term, definitions: Mapping[str, Replacement]) -> Term:
    for name in reversed(list(definitions)):
        t = unfold(t, {name: definitions[name]})
    return t


def opened(t: Term, definitions: Mapping[str, Replacement]) -> Term:
    """A term with the names in it put in once."""
    try:
        return unfold(t, {n: m for n, m in definitions.items() if n in free(t)})
    except CaptureError:
        return t


def _exchanged(t: Term, names: Mapping[str, str]) -> Term:
    if t.op == "sym":
        return sym(names.get(t.name, t.name))
    return rebuild(t, lambda c: _exchanged(c, names))


def _relabelled(t: Term, name: str, kind: str) -> Term:
    """With each label of one convention written as in the other."""
    if t.op in ("sym", "elem") and t.name == name:
        return _other_label(t, kind)
    return rebuild(t, lambda c: _relabelled(c, name, kind))


def _labelled_back(t: Term, name: str, kind: str) -> Term:
    """With what is written for a label of the other convention put back."""
    found = next((x for x in walk(t) if x.op in ("sym", "elem") and x.name == name), None)
    if found is not None and t in (_other_label(found, kind), call("div", call("add", ONE, found), num(2))):
        return found
    return rebuild(t, lambda c: _labelled_back(c, name, kind))


def _other_label(t: Term, kind: str) -> Term:
    return call("sub", call("mul", num(2), t), ONE) if kind == "label" else call("div", call("add", t, ONE), num(2))

"""The expression tree: frozen, printed nowhere, simplified never; knows binders and substitution and nothing else.

A `Term` is an operation and its arguments, kept exactly as the page wrote them: `a - b` stays a subtraction and `0.10`
keeps its two decimals. Building one never rewrites it. Bound variables are names; `substitute` renames them when a
replacement would be captured.

| op | args |
|---|---|
| num | (Fraction, decimals shown) |
| sym | (name,), a free symbol or a bound variable |
| const | ("pi" \\| "e" \\| "oo" \\| "true",) |
| neg add sub mul div pow | terms |
| exp log sqrt abs max min sin cos tan sinh cosh tanh | terms; log may have a base as its second |
| elem | (head, index, …): an element of a family, or of an array |
| apply | (function symbol, argument, …) |
| array | rows |
| delta | (i, j): Kronecker's delta |
| sum prod all argmax argmin integral | (body, variable, range, filter) |
| almost | (body, variable, Reals, filter): for almost every real number |
| limit | (body, variable, point, side) |
| diff | (body, variable) or (body, variable, at) |
| cases | (value, guard, value, guard, …) |
| eq ne lt le gt ge and or not iff | propositions; eq … ge relate two terms |
| integrable | (integral,) |
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from fractions import Fraction
from sys import getrefcount
from threading import RLock
from typing import Any, NamedTuple

BINDERS = frozenset({"sum", "prod", "all", "almost", "argmax", "argmin", "integral"})
BINDING = BINDERS | {"limit", "diff"}
RELATIONS = frozenset({"eq", "ne", "lt", "le", "gt", "ge"})
CONNECTIVES = frozenset({"and", "or", "not", "iff"})
# name -> (fewest, most) arguments
FUNCTIONS = {
    "exp": (1, 1), "log": (1, 2), "sqrt": (1, 1), "abs": (1, 1), "max": (2, 9), "min": (2, 9),
    "sin": (1, 1), "cos": (1, 1), "tan": (1, 1), "sinh": (1, 1), "cosh": (1, 1), "tanh": (1, 1),
}  # fmt: skip
NEGATED = {"eq": "ne", "ne": "eq", "lt": "ge", "ge": "lt", "gt": "le", "le": "gt"}
FLIPPED = {"eq": "eq", "ne": "ne", "lt": "gt", "gt": "lt", "le": "ge", "ge": "le"}


class CaptureError(ValueError):
    """A substitution that has no meaning, such as putting a family where it is differentiated."""


MAX_KEPT = 50_000
ROOM = 10_000  # terms in the table before it is looked at which of them are held
_MADE: dict[tuple[str, tuple[Any, ...]], Term] = {}  # every term there is
_MAKING = RLock()
_SUBSTITUTED: dict[tuple[Any, ...], Term] = {}


class Term:
    """One node: `op` and `args` (see the table above). Terms that are written alike, bound names included, are one object."""

    __slots__ = ("_free", "_operations", "args", "op")
    op: str
    args: tuple[Any, ...]
    _free: frozenset[str] | None
    _operations: frozenset[str] | None

    def __new__(cls, op: str, args: tuple[Any, ...]) -> Term:
        return _MADE.get((op, args)) or _made(op, args)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a Term is frozen: {name} cannot be set")

    def __repr__(self) -> str:
        return f"{self.op}({', '.join(map(repr, self.args))})" if self.op != "sym" else str(self.args[0])

    def __reduce__(self) -> tuple[type[Term], tuple[str, tuple[Any, ...]]]:
        return Term, (self.op, self.args)

    @property
    def name(self) -> str:
        """The name of a `sym` or `const`, or of the head of an `elem` or `apply`."""
        first = self.args[0]
        return first if isinstance(first, str) else first.name

    @property
    def children(self) -> tuple[Term, ...]:
        """The argument terms, bound variable and range included; none for a leaf."""
        return () if self.op in LEAVES else self.args


LEAVES = frozenset({"num", "sym", "const"})


class Apart(Term):
    """A node that is another object than the terms that are written alike, and equal to them: where it stands in a text can be told."""

    __slots__ = ("same",)
    same: Term

    def __hash__(self) -> int:
        return hash(self.same)

    def __eq__(self, other: object) -> bool:
        return self.same is (other.same if type(other) is Apart else other)


# Past the freeze, and quicker than `object.__setattr__`: terms are made all the time.
_set_op, _set_args, _set_free, _set_operations, _set_same = (
    getattr(cls, name).__set__
    for cls, name in ((Term, "op"), (Term, "args"), (Term, "_free"), (Term, "_operations"), (Apart, "same"))
)


def _node(cls: type[Term], op: str, args: tuple[Any, ...]) -> Any:
    t = object.__new__(cls)
    _set_op(t, op)
    _set_args(t, args)
    _set_free(t, None)
    _set_operations(t, None)
    return t


def _made(op: str, args: tuple[Any, ...]) -> Term:
    """The term that is not in the table yet, or is only now, by another thread."""
    if op == "num" and [type(a) for a in args] != [Fraction, int]:  # 2.0 equals 2, and must never be given in its place
        misshapen: Term = _node(Term, op, args)
        return misshapen
    args = tuple([a.same if type(a) is Apart else a for a in args])
    with _MAKING:
        if (found := _MADE.get((op, args))) is None:
            if len(_MADE) >= _room:
                _sweep()
            found = _MADE[op, args] = _node(Term, op, args)
    return found


_room = ROOM


def _sweep() -> None:
    """Let go of the terms that nobody holds but the table, parents before their children."""
    global _room
    keys = list(_MADE)
    while keys:
        _let_go(keys.pop())
    _room = max(ROOM, 2 * len(_MADE))


def _let_go(key: tuple[str, tuple[Any, ...]]) -> None:
    if getrefcount(_MADE[key]) == 2:  # the table, and whoever asks
        t = _MADE.pop(key)
        if getrefcount(t) > 2:  # another thread has just been given it
            _MADE[key] = t


def apart(op: str, *args: Any) -> Term:
    """A node that can be told from an equal one made before."""
    t: Apart = _node(Apart, op, args)
    _set_same(t, Term(op, args))
    return t


class Lambda(NamedTuple):
    """What a function or a family is replaced by: parameters and a body."""

    params: tuple[str, ...]
    body: Term


Replacement = Term | Lambda


def num(value: int | Fraction, decimals: int = 0) -> Term:
    """A number; `decimals` is how many digits after the point were written."""
    return Term("num", (Fraction(value), decimals))


def sym(name: str) -> Term:
    """A symbol or a bound variable."""
    return Term("sym", (name,))


def call(op: str, *args: Term) -> Term:
    """A node with term arguments."""
    return Term(op, args)


ZERO, ONE, TWO = num(0), num(1), num(2)
TRUE, OO, PI, E = (Term("const", (c,)) for c in ("true", "oo", "pi", "e"))
FALSE = call("not", TRUE)
REALS = sym("Reals")


def binder(op: str, body: Term, var: str, over: Term, where: Term = TRUE) -> Term:
    """`sum(body for var in over if where)` and its kin."""
    return Term(op, (body, sym(var), over, where))


def bound_variable(t: Term) -> str | None:
    """The name that `t` binds in its body (and filter), if it binds one."""
    if t.op in BINDERS or t.op == "limit" or (t.op == "diff" and len(t.args) == 3):
        return str(t.args[1].name)
    return None


def _scoped(t: Term) -> frozenset[int]:
    """The positions of the arguments in which the bound variable is in scope."""
    return frozenset({0, 1, 3}) if t.op in BINDERS else frozenset({0, 1})


_NOTHING: frozenset[str] = frozenset()


def free(t: Term) -> frozenset[str]:
    """Names of the free symbols, heads of families and functions included."""
    found = t._free
    if found is None:
        if t.op == "sym":
            found = frozenset(t.args)
        elif t.op in LEAVES:
            found = _NOTHING
        elif t.op in BINDING and (var := bound_variable(t)) is not None:
            inner = _scoped(t)
            found = frozenset().union(*[free(c) - {var} if i in inner else free(c) for i, c in enumerate(t.args)])
        else:
            found = _NOTHING
            for c in t.args:
                if not (more := free(c)) <= found:
                    found = found | more if found else more
        _set_free(t, found)
    return found


def operations(t: Term) -> frozenset[str]:
    """The operations in a term; besides, `oo` where that stands, and `if` where what is bound has a filter."""
    found = t._operations
    if found is None:
        found = frozenset((t.op,))
        for c in () if t.op in LEAVES else t.args:
            if not (more := operations(c)) <= found:
                found |= more
        if t.op in BINDERS and t.args[3] != TRUE:
            found |= {"if"}
        elif t == OO:
            found |= {"oo"}
        _set_operations(t, found)
    return found


def walk(t: Term) -> Iterator[Term]:
    """Every node, parents first."""
    stack = [t]
    while stack:
        t = stack.pop()
        yield t
        if t.op not in LEAVES:
            stack.extend(reversed(t.args))


def fresh(name: str, taken: Iterable[str]) -> str:
    """`name`, primed until it is none of `taken`."""
    names = set(taken)
    while name in names:
        name += "_"
    return name


def substitute(t: Term, by: Mapping[str, Replacement]) -> Term:
    """Replace free symbols (by terms) and heads of families and functions (by a `Lambda` or another head); avoids capture.

    Inside `diff(e, v)` the variable is not replaced: `diff(e, v)` with v := c becomes `diff(e, v, at=c)`, and an element
    `s[k]` may change its index only. Raises CaptureError where that gives no meaning.
    """
    return t if (t._free or free(t)).isdisjoint(by) else _kept(t, _changing(by), macro=False)


def unfold(t: Term, definitions: Mapping[str, Replacement]) -> Term:
    """Put what defined names stand for in their place, also under `diff`, so that a definition hides no variable from it.

    The definitions must be unfolded themselves. Bound variables of sums and the like are still kept from capturing.
    """
    t = t.same if isinstance(t, Apart) else t
    return t if (t._free or free(t)).isdisjoint(definitions) else _kept(t, definitions, macro=True)


def renamed(t: Term, old: str, new: str) -> Term:
    """`t` with its bound variable called by a new name, also where something is differentiated by it."""
    return unfold(t, {old: sym(new)})


def _kept(t: Term, by: Mapping[str, Replacement], macro: bool) -> Term:
    """As `_substitute`, with what was put in before remembered: bound variables are given the same names over and over."""
    key = t, macro, *by.items()
    if (out := _SUBSTITUTED.get(key)) is None:
        out = _substitute(t, by, macro)
        if len(_SUBSTITUTED) > MAX_KEPT:
            _SUBSTITUTED.clear()
        _SUBSTITUTED[key] = out
    return out


def _changing(by: Mapping[str, Replacement]) -> Mapping[str, Replacement]:
    """Without the names that are replaced by themselves."""
    if any(r.args == (name,) for name, r in by.items() if isinstance(r, Term) and r.op == "sym"):
        return {name: r for name, r in by.items() if not (isinstance(r, Term) and r.op == "sym" and r.name == name)}
    return by


def _substitute(t: Term, by: Mapping[str, Replacement], macro: bool) -> Term:
    if (t._free or free(t)).isdisjoint(by):
        return t
    op = t.op
    if op == "sym":
        replacement = by[t.args[0]]
        if isinstance(replacement, Lambda):
            raise CaptureError(f"{t.name} stands alone where it has to be applied")
        return replacement
    if op in ("elem", "apply"):
        return _substitute_head(t, by, macro)
    if op == "diff" and len(t.args) == 2 and not macro:
        return _substitute_diff(t, by)
    # A written diff(e, v, at=c) names the given v, and what a definition says of v has to be seen; so unfolding renames no v.
    if op in BINDING and (var := bound_variable(t)) is not None and not (macro and op == "diff"):
        return _substitute_binder(t, var, by, macro)
    return Term(op, tuple([_substitute(c, by, macro) for c in t.args]))


def _substitute_head(t: Term, by: Mapping[str, Replacement], macro: bool) -> Term:
    head, *rest = t.args
    args = [_substitute(a, by, macro) for a in rest]
    replacement = by.get(head.args[0]) if head.op == "sym" else None
    if isinstance(replacement, Lambda):
        if len(replacement.params) != len(args):
            raise CaptureError(f"{head.name} takes {len(replacement.params)} arguments, not {len(args)}")
        return substitute(replacement.body, dict(zip(replacement.params, args, strict=True)))
    if replacement is not None:
        if replacement.op not in ("sym", "array"):
            raise CaptureError(f"{head.name} has an index or arguments, and would become a plain term")
        head = replacement
    return Term(t.op, (head, *args))


def _substitute_binder(t: Term, var: str, by: Mapping[str, Replacement], macro: bool) -> Term:
    scoped = _scoped(t)
    mentioned = free(t)
    inside: dict[str, Replacement] = {name: r for name, r in by.items() if name != var and name in mentioned}
    incoming = _mentioned(inside)
    if var in incoming:
        inside[var] = sym(fresh(var, incoming | {n for c in t.args for n in free(c)}))
    return Term(t.op, tuple([_substitute(c, inside if i in scoped else by, macro) for i, c in enumerate(t.args)]))


def _substitute_diff(t: Term, by: Mapping[str, Replacement]) -> Term:
    body, v = t.args
    mentioned = free(t)
    by = {name: r for name, r in by.items() if name in mentioned}
    if v.op == "elem":
        if v.name in by or v.name in _mentioned(by):
            raise CaptureError(f"{v.name} is what a derivative is taken with respect to, so nothing can be put in its place")
        return Term("diff", (substitute(body, by), substitute(v, by)))
    if v.name in by or v.name in _mentioned(by):
        return _substitute_binder(Term("diff", (body, v, v)), v.name, by, macro=False)
    return Term("diff", (substitute(body, by), v))


def _mentioned(by: Mapping[str, Replacement]) -> frozenset[str]:
    found: frozenset[str] = frozenset()
    for r in by.values():
        found |= free(r) if isinstance(r, Term) else free(r.body) - set(r.params)
    return found


def rebuild(t: Term, f: Callable[[Term], Term]) -> Term:
    """`t` with `f` applied to each child; the same object where nothing changed."""
    if t.op in LEAVES:
        return t
    args = tuple(f(c) for c in t.args)
    return t if all(a is b for a, b in zip(args, t.args, strict=True)) else Term(t.op, args)


def evaluated(t: Term) -> frozenset[str]:
    """Names that are looked at whenever `t` is: not those that stand only in a case, or under a filter, that may never apply."""
    if t.op == "sym":
        return frozenset(t.args)
    if t.op in LEAVES or t.op in ("limit", "argmax", "argmin", "integrable", "almost"):
        return frozenset()
    if t.op == "cases":
        return evaluated(t.args[1])
    if t.op in ("and", "or"):
        return evaluated(t.args[0])
    if t.op in ("sum", "prod", "all", "integral"):
        body, var, _, where = t.args
        return (evaluated(body) if where == TRUE else evaluated(where)) - {var.name}
    if t.op == "diff" and len(t.args) == 3:
        return (evaluated(t.args[0]) - {t.args[1].name}) | evaluated(t.args[2])
    return frozenset().union(*map(evaluated, t.args))


def conjuncts(t: Term) -> Iterator[Term]:
    """The parts of a conjunction, `true` left out."""
    if t.op == "and":
        for c in t.args:
            yield from conjuncts(c)
    elif t != TRUE:
        yield t


def conjunction(parts: Iterable[Term]) -> Term:
    """The conjunction of propositions; `true` of none."""
    out = TRUE
    for p in parts:
        out = p if out == TRUE else call("and", out, p)
    return out

"""What a slip of the pen makes of a step: every one-place change of a few kinds, each of which a page could have written.

Knows terms, types and what is well formed, and has SymPy say whether a mutant is true; nothing of rules and the kernel.
"""

from __future__ import annotations

import functools
import itertools
import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any, NamedTuple

import sympy

from derive.expression import read
from derive.model import KINDS, Claim, Givens, Relation, Type
from derive.term import LEAVES, TRUE, Lambda, Replacement, Term, binder, bound_variable, call, free, num, substitute, sym, unfold
from derive.wellformed import INFINITE, MAXIMISERS, PROPOSITION, VALUE, Checker, Misfit

KINDS_OF_SLIP = (
    "sign flipped", "factor dropped", "term dropped", "constant changed", "index changed",
    "symbols swapped", "operands swapped", "function changed", "range shifted", "base changed",
)  # fmt: skip
OTHER_SLIPS = ("relation turned", "condition removed")  # which no term has
_ORDERED = ("sub", "div", "pow", "lt", "le", "gt", "ge")
_FUNCTIONS = {"exp": "log", "log": "exp", "sum": "prod", "prod": "sum", "argmax": "argmin", "argmin": "argmax"}
_OTHER_SIDE = {"left": "right", "right": "left", "both": "both"}

_TURNED = {
    Relation.LE: (Relation.GE, Relation.LT), Relation.GE: (Relation.LE, Relation.GT),
    Relation.LT: (Relation.GT,), Relation.GT: (Relation.LT,),
}  # fmt: skip
_SAYS = {
    "positive": read("x > 0"), "nonnegative": read("x >= 0"), "probability": read("x > 0 and x < 1"),
    "label": read("x == 0 or x == 1"), "sign": read("x == -1 or x == 1"),
}  # fmt: skip
_LETTERS = ("i1", "i2", "i3")

Indices = Mapping[str, Term]  # the index symbols in scope, with what they run over


class Mutant(NamedTuple):
    """A term with one slip in it, and the kind of slip."""

    kind: str
    term: Term


class Slip(NamedTuple):
    """A whole step with one slip in it, and the kind of slip; where a condition is removed, what was assumed."""

    kind: str
    claim: Claim
    removed: Term | None = None


def slips(claim: Claim) -> list[Slip]:
    """Every mutant of a step: of its right-hand side, its relation, and what it takes for given."""
    changed = [Slip(m.kind, replace(claim, right=m.term)) for m in mutants(claim)]
    turned = [Slip("relation turned", replace(claim, relation=r)) for r in _TURNED.get(claim.relation, ())]
    return [*changed, *turned, *_without_a_condition(claim)]


def _without_a_condition(claim: Claim) -> Iterator[Slip]:
    """Each hypothesis dropped, and each type widened to the real numbers, where the step still means something."""
    symbols, hypotheses = claim.givens.symbols, claim.givens.hypotheses
    for i, h in enumerate(hypotheses):
        yield from _meaningful(claim, Givens(symbols, (*hypotheses[:i], *hypotheses[i + 1 :])), h)
    for name, given in symbols.items():
        if given.kind in _SAYS and not given.params:
            x: Term = Term("elem", (sym(name), *map(sym, _LETTERS[: len(given.shape)]))) if given.shape else sym(name)
            said = substitute(_SAYS[given.kind], {"x": x})
            for letter, size in reversed(list(zip(_LETTERS, given.shape, strict=False))):
                said = binder("all", said, letter, size)
            yield from _meaningful(claim, Givens({**symbols, name: replace(given, kind="real")}, hypotheses), said)


def _meaningful(claim: Claim, givens: Givens, removed: Term) -> Iterator[Slip]:
    checker = Checker(givens, claim.definitions)
    try:
        for t in (claim.left, claim.right, *givens.hypotheses):
            checker.check(_unfolded(t, claim.definitions), PROPOSITION, VALUE, MAXIMISERS)
    except Misfit:
        return
    yield Slip("condition removed", replace(claim, givens=givens), removed)


def mutants(claim: Claim) -> list[Mutant]:
    """Every well-formed mutant of the right-hand side of a claim, each term once, in a fixed order."""
    return list(_Mutants(claim).all())


class _Mutants:
    def __init__(self, claim: Claim) -> None:
        self.claim, self.types = claim, claim.givens.symbols
        self.checker = Checker(claim.givens, claim.definitions)

    def all(self) -> Iterator[Mutant]:
        right = self.claim.right
        seen = {right}
        indices = {n: t.over for n, t in self.types.items() if t.kind == "index" and t.over is not None and not t.shape}
        for kind, t in itertools.chain([("sign flipped", _negated(right))], self._inside(right, indices), self._swaps(right)):
            if t not in seen and self._means_something(t):
                seen.add(t)
                yield Mutant(kind, t)

    def _means_something(self, t: Term) -> bool:
        if t in INFINITE:
            return self.claim.left.op == "limit"
        sorts = (PROPOSITION,) if self.claim.relation is Relation.IFF else (VALUE, MAXIMISERS)
        try:
            self.checker.check(t, *sorts)
            self.checker.check(_unfolded(t, self.claim.definitions), *sorts)
        except Misfit:
            return False
        return True

    def _inside(self, t: Term, indices: Indices) -> Iterator[tuple[str, Term]]:
        """The edits of a node and of every node below it, each put back into `t`."""
        yield from self._edits(t, indices)
        if t.op in LEAVES:
            return
        var = bound_variable(t)
        for position, child in enumerate(t.args):
            if position == 0 and t.op in ("elem", "apply"):
                continue  # the head: see _edits
            if (var is not None and position in (1, 2)) or (t.op == "limit" and position == 3):
                continue  # another variable or range is refused by the reader
            inner = {**indices, var: t.args[2]} if var is not None and t.op in ("sum", "prod") else indices
            for kind, changed in self._inside(child, inner):
                yield kind, Term(t.op, (*t.args[:position], changed, *t.args[position + 1 :]))

    def _edits(self, t: Term, indices: Indices) -> Iterator[tuple[str, Term]]:
        op, args = t.op, t.args
        if (over := self._over(t, indices)) is not None:
            yield from (("index changed", sym(i)) for i, other in indices.items() if other == over)
            yield from (("index changed", num(k)) for k in (1, 2))
            return
        if op == "num":
            unit = Fraction(1, 10 ** args[1])  # of the last digit: 0.016 for 0.015
            yield from (("constant changed", num(args[0] + by, args[1])) for by in (unit, -unit))
        if op == "neg":
            yield "sign flipped", args[0]
        if op == "limit":
            point = _negated(args[2]) if args[2] in INFINITE else args[2]
            yield "sign flipped", call("limit", *args[:2], point, sym(_OTHER_SIDE[args[3].name]))
        if op in ("add", "sub"):
            yield "sign flipped", call("sub" if op == "add" else "add", *args)
            yield "sign flipped", call(op, _negated(args[0]), args[1])
            yield "term dropped", args[0]
            yield "term dropped", args[1] if op == "add" else _negated(args[1])
        if op in ("exp", "log", "apply", "pow"):
            last = args[-1]
            if self._over(last, indices) is None:
                yield "sign flipped", Term(op, (*args[:-1], _negated(last)))
        if op == "mul":
            yield from (("factor dropped", a) for a in args)
            yield "factor dropped", call("div", *args)
        if op == "div":
            yield "factor dropped", args[0]
            yield "factor dropped", call("div", num(1), args[1])
            yield "factor dropped", call("mul", *args)
        if op == "pow":
            yield "factor dropped", args[0]
        if op in _ORDERED:
            yield "operands swapped", call(op, args[1], args[0])
        if op in ("exp", "log"):
            yield "function changed", args[0]
        if op in ("sum", "prod"):
            yield from (("range shifted", Term(op, (args[0], args[1], *there))) for there in self._ranges(t, indices))
        if op == "log" and len(args) == 2:
            yield "base changed", call("log", args[0])
        elif op == "log":
            yield "base changed", call("log", args[0], num(2))
            yield "base changed", call("log", args[0], num(10))
        if op in _FUNCTIONS and not (op == "log" and len(args) == 2):
            yield "function changed", Term(_FUNCTIONS[op], args)
        if op in ("sym", "elem", "apply"):
            yield from (("symbols swapped", _headed(t, name)) for name in self._alike(t))

    def _ranges(self, t: Term, indices: Indices) -> Iterator[tuple[Term, Term]]:
        """Other ranges and filters of a sum: one term more or less, or as many as something else has."""
        _, var, over, where = t.args
        if where != TRUE:
            yield over, TRUE
        else:
            yield from ((over, call("ne", var, sym(i))) for i, other in indices.items() if other == over and i != var.name)
            yield over, call("ne", var, num(1))
            yield over, call("lt", var, over)
        if over.op == "num":
            yield from ((num(over.args[0] + by), where) for by in (1, -1))
        yield from ((sym(n), where) for n, given in self.types.items() if given.kind == "size" and sym(n) != over)

    def _over(self, t: Term, indices: Indices) -> Term | None:
        """What an index runs over, where `t` is one."""
        if t.op == "sym":
            return indices.get(t.name)
        if t.op == "elem" and t.name in self.types and self.types[t.name].kind == "index":
            return self.types[t.name].over
        return None

    def _alike(self, t: Term) -> list[str]:
        """The names that could stand where the head of `t` stands."""
        places = len(t.args) - 1 if t.op != "sym" else 0
        names = [n for n, given in self.types.items() if _numeric(given) and (len(given.shape) == places and (places or t.op == "sym"))]
        if t.op == "elem":
            return [n for n in names if n != t.name]
        defined = [n for n, r in self.claim.definitions.items() if (len(r.params) if isinstance(r, Lambda) else 0) == places]
        return [n for n in (names if t.op == "sym" else []) + defined if n != t.name]

    def _swaps(self, t: Term) -> Iterator[tuple[str, Term]]:
        """Two given symbols of one type exchanged everywhere."""
        here = [n for n in self.types if n in free(t)]
        for a, b in itertools.combinations(here, 2):
            if self.types[a] == self.types[b] and self.types[a].kind != "size":
                try:
                    yield "symbols swapped", _exchanged(t, a, b)
                except ValueError:  # a derivative by one of them
                    continue


def _numeric(given: Type) -> bool:
    return given.kind in KINDS and given.kind not in ("size", "index", "set") and not given.params


def _headed(t: Term, name: str) -> Term:
    return sym(name) if t.op == "sym" else Term(t.op, (sym(name), *t.args[1:]))


def _negated(t: Term) -> Term:
    return t.args[0] if t.op == "neg" else call("neg", t)


def _exchanged(t: Term, a: str, b: str) -> Term:
    if t.op == "sym":
        return sym({a: b, b: a}.get(t.name, t.name))
    return t if t.op in LEAVES else Term(t.op, tuple(_exchanged(c, a, b) for c in t.args))


def _unfolded(t: Term, definitions: Mapping[str, Replacement]) -> Term:
    for name in reversed(list(definitions)):
        t = unfold(t, {name: definitions[name]})
    return t


# -- is it what had been there?


def alike(a: Term, b: Term) -> bool:
    """Whether two terms are the same up to the order of factors, terms and the indices of a delta, and to signs taken out of brackets."""
    return _signed(a) == _signed(b)


def _signed(t: Term) -> tuple[int, Any]:
    """A term as a sign and the rest, with its factors and terms in a fixed order."""
    if t.op == "neg":
        sign, rest = _signed(t.args[0])
        return -sign, rest
    if t.op in ("mul", "div"):
        sign, above, below = _fraction(t)
        plain = len(above) == 1 and not below
        return sign, above[0] if plain else ("mul", tuple(sorted(above, key=repr)), tuple(sorted(below, key=repr)))
    if t.op in ("add", "sub"):
        terms = sorted(_terms(t, 1), key=lambda term: repr(term[1]))
        return terms[0][0], ("add", tuple((sign * terms[0][0], rest) for sign, rest in terms))
    parts = t.args[:1] if t.op in LEAVES else tuple(map(_signed, t.args))
    return 1, (t.op, tuple(sorted(parts, key=repr)) if t.op == "delta" else parts)


def _fraction(t: Term) -> tuple[int, list[Any], list[Any]]:
    if t.op in ("mul", "div"):
        (s, a, b), (r, c, d) = _fraction(t.args[0]), _fraction(t.args[1])
        return (s * r, a + c, b + d) if t.op == "mul" else (s * r, a + d, b + c)
    if t.op == "neg":
        s, a, b = _fraction(t.args[0])
        return -s, a, b
    sign, rest = _signed(t)
    return (1, [], []) if t == num(1) else (sign, [rest], [])


def _terms(t: Term, sign: int) -> list[tuple[int, Any]]:
    if t.op in ("add", "sub"):
        return _terms(t.args[0], sign) + _terms(t.args[1], sign if t.op == "add" else -sign)
    if t.op == "neg":
        return _terms(t.args[0], -sign)
    own, rest = _signed(t)
    return [(own * sign, rest)]


# -- is it true after all? a second opinion that knows nothing of the kernel


def same_by_sympy(claim: Claim) -> bool:
    """Whether SymPy reduces left minus right to 0 at every choice of small sizes, and of all indices and finite values.

    Sums are written out and elements become symbols, so that SymPy meets nothing but elementary functions. Logarithms are
    expanded as if all factors were positive: whether they are is for the balls to say.
    """
    left, right = (_unfolded(t, claim.definitions) for t in (claim.left, claim.right))
    written = (_unfolded(h, claim.definitions) for h in claim.givens.hypotheses)
    hypotheses = [h for h in written if "Reals" not in free(h)]  # one about all real numbers has no form here
    positive = frozenset(n for n, t in claim.givens.symbols.items() if t.kind in ("positive", "probability") and not t.params)
    choices = [_Written(values, positive) for values in _choices(claim.givens.symbols)]
    inside = [w for w in choices if all(w.allows(h) for h in hypotheses)]
    return bool(inside) and all(w.vanishes(left, right, hypotheses) for w in inside)


def _choices(symbols: Mapping[str, Type]) -> Iterator[dict[str, Any]]:
    """Sizes 1 and 2, 3 as well where there is one size only, with all values of the symbols that take few."""
    sizes = [n for n, t in symbols.items() if t.kind == "size"]
    for chosen in itertools.product((1, 2, 3) if len(sizes) == 1 else (1, 2), repeat=len(sizes)):
        at = dict(zip(sizes, chosen, strict=True))
        few = {n: list(_values_of(t, at)) for n, t in symbols.items() if t.kind in ("index", "label", "sign")}
        for values in itertools.product(*few.values()):
            yield at | dict(zip(few, values, strict=True))


def _values_of(of: Type, at: Mapping[str, int]) -> Iterator[Any]:
    values = range(1, _size(of.over, at) + 1) if of.kind == "index" and of.over is not None else KINDS[of.kind].values
    keys = list(itertools.product(*(range(1, _size(s, at) + 1) for s in of.shape)))
    for chosen in itertools.product(values, repeat=len(keys)):
        yield dict(zip(keys, chosen, strict=True)) if of.shape else chosen[0]


def _size(t: Term, at: Mapping[str, int]) -> int:
    return int(t.args[0]) if t.op == "num" else at[t.name]


class _Written:
    """Terms written out as SymPy expressions at one choice of the discrete values."""

    def __init__(self, values: Mapping[str, Any], positive: frozenset[str] = frozenset()) -> None:
        self.values, self.positive = values, positive

    def allows(self, hypothesis: Term) -> bool:
        """Whether a hypothesis about discrete values holds; one about other values is kept for later."""
        found = self.write(hypothesis)
        return bool(found) if found in (sympy.true, sympy.false, True, False) else True

    def vanishes(self, left: Term, right: Term, hypotheses: list[Term]) -> bool:
        one, other = self.write(left), self.write(right)
        if one.is_infinite or other.is_infinite:
            return bool(one == other)
        d = one - other
        equations = [e for h in hypotheses for e in sympy.And.make_args(self.write(h)) if isinstance(e, sympy.Eq)]
        for h in equations:
            unknown = sorted(h.free_symbols, key=str)[-1]
            d = d.subs(unknown, sympy.solve(h, unknown)[0])
        return bool(_reduced(d) == 0)

    def write(self, t: Term) -> Any:
        op, args = t.op, t.args
        if op == "num":
            return sympy.Rational(args[0].numerator, args[0].denominator)
        if op == "const":
            return {"pi": sympy.pi, "e": sympy.E, "true": sympy.true, "oo": sympy.oo}[t.name]
        if op == "sym":
            return _exact(self.values.get(t.name, self._symbol(t.name)))
        if op == "elem":
            place = tuple(int(self.write(a)) for a in args[1:])
            if args[0].op == "array":
                return self.write(functools.reduce(lambda rows, k: rows.args[k - 1], place, args[0]))
            known = self.values.get(t.name)
            return _exact(known[place]) if known else self._symbol(t.name, *place)
        if op in _LOOPS:
            inside = [i for i in range(1, int(self.write(args[2])) + 1) if self._with(args[1].name, i, args[3])]
            return _LOOPS[op](*(self._with(args[1].name, i, args[0]) for i in inside))
        if op == "delta":
            return sympy.Integer(int(self.write(args[0]) == self.write(args[1])))
        if op == "cases":
            return next(self.write(v) for v, guard in zip(args[::2], args[1::2], strict=True) if self.write(guard))
        if op == "diff" and len(args) == 2:
            return sympy.diff(self.write(args[0]), self.write(args[1]))
        if op == "diff":
            v, held = sympy.Dummy(args[1].name, real=True), self.write(args[2])
            return sympy.diff(self._with(args[1].name, v, args[0]), v).subs(v, held)
        if op == "limit":
            end = self.write(args[2])
            above = True if end == 0 and args[3].name == "right" else None  # which decides the guards of cases
            v = sympy.Dummy(args[1].name, real=True, positive=above)
            return sympy.limit(self._with(args[1].name, v, args[0]), v, end, _SIDES[args[3].name] if end.is_finite else "-")
        if op == "log" and len(args) == 2:
            return sympy.log(self.write(args[0])) / sympy.log(self.write(args[1]))
        return _SYMPY[op](*map(self.write, args))

    def _with(self, name: str, value: Any, body: Term) -> Any:
        return _Written({**self.values, name: value}, self.positive).write(body)

    def _symbol(self, name: str, *place: int) -> Any:
        return sympy.Symbol("_".join([name, *map(str, place)]), real=True, positive=name in self.positive or None)


_SIDES = {"left": "-", "right": "+", "both": "+-"}
_LOOPS: Mapping[str, Callable[..., Any]] = {"sum": sympy.Add, "prod": sympy.Mul, "all": sympy.And}
_SYMPY: Mapping[str, Callable[..., Any]] = {
    "neg": operator.neg, "add": operator.add, "sub": operator.sub, "mul": operator.mul, "pow": operator.pow,
    "div": operator.truediv, "exp": sympy.exp, "log": sympy.log, "sqrt": sympy.sqrt, "max": sympy.Max,
    "eq": sympy.Eq, "ne": sympy.Ne, "lt": sympy.Lt, "le": sympy.Le, "gt": sympy.Gt, "ge": sympy.Ge,
}  # fmt: skip


def _exact(value: Any) -> Any:
    return sympy.Integer(value) if isinstance(value, int) else value


def _reduced(e: Any) -> Any:
    """Exponentials become new positive symbols, logarithms of products sums, and what is left is a rational function."""
    letters: dict[Any, Any] = {}

    def letter(u: Any) -> Any:
        c, rest = u.as_coeff_Mul()
        if rest.could_extract_minus_sign():
            c, rest = -c, -rest
        return letters.setdefault(rest, sympy.Dummy(f"T{len(letters)}", positive=True)) ** c

    def logarithm(u: Any) -> Any:
        parts = [f.as_base_exp() for f in sympy.Mul.make_args(sympy.factor(sympy.together(u)))]
        return sympy.Add(*(k * plain_log(-b if b.could_extract_minus_sign() else b) for b, k in parts))

    def plain_log(u: Any) -> Any:
        return next((rest for rest, t in letters.items() if t == u), None) or sympy.log(u)

    e = sympy.expand_power_exp(sympy.expand(e, deep=True, mul=True, multinomial=False, log=False, power_base=False))
    e = e.replace(sympy.exp, lambda u: sympy.Mul(*(letter(part) for part in sympy.Add.make_args(sympy.expand(u)))))
    return sympy.cancel(sympy.together(e.replace(sympy.log, logarithm)))

"""Term → SymPy, every step as an unevaluated equation, and SymPy's opinion of a step, which is a witness and never a judge.

The door between the two trees: the way back, `from_sympy` and `givens_of`, is in `sympy_reader` and stands here too.
Reads no text, knows no rules, and imports SymPy, so import it late.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import sympy

from derive.model import Claim, Givens, Opinion, Relation
from derive.sympy_reader import FUNCTIONS, NoForm, NotReal, from_sympy, givens_of
from derive.term import ONE, REALS, TRUE, ZERO, Term, call, conjuncts, num, substitute, sym, unfold, walk

__all__ = ["NoForm", "NotReal", "equation", "from_sympy", "givens_of", "opinion", "to_sympy"]

_ASSUMPTIONS: Mapping[str, dict[str, bool]] = {
    "real": {"real": True},
    "positive": {"positive": True},
    "nonnegative": {"nonnegative": True},
    "probability": {"positive": True},  # and below 1, which SymPy cannot be told; see `odds`
    "integer": {"integer": True},
    "label": {"integer": True, "nonnegative": True},
    "sign": {"integer": True, "nonzero": True},
    "size": {"integer": True, "positive": True},
    "index": {"integer": True, "positive": True},
}
_SIGN = {"ne": "nonzero", "gt": "positive", "lt": "negative", "ge": "nonnegative", "le": "nonpositive"}
_RELATIONS = {"eq": sympy.Eq, "ne": sympy.Ne, "lt": sympy.Lt, "le": sympy.Le, "gt": sympy.Gt, "ge": sympy.Ge}
_CLAIMED = {Relation.EQ: "eq", Relation.LE: "le", Relation.LT: "lt", Relation.GE: "ge", Relation.GT: "gt"}
_CONSTANTS = {"pi": sympy.pi, "e": sympy.E, "oo": sympy.oo, "true": sympy.true}
_SIDES = {"both": "+-", "left": "-", "right": "+"}


# -- Term → SymPy


def to_sympy(term: Term, givens: Givens) -> Any:
    """The SymPy expression that looks as the term does, nothing evaluated, with assumptions from the types.

    The term mentions no defined names. Raises NoForm where SymPy has no form for it (`argmax`, `all`, `integrable`, …).
    """
    return _ToSympy(givens).write(term)


def equation(claim: Claim) -> Any:
    """The claim as an unevaluated `sympy.Eq` (or `Le`, `Lt`, `Ge`, `Gt`), definitions unfolded; None where SymPy has no form."""
    relation = _CLAIMED.get(claim.relation)
    if relation is None:
        return None
    writer = _ToSympy(_unfolded_givens(claim))
    try:
        left, right = (writer.write(_unfolded(side, claim)) for side in (claim.left, claim.right))
    except NoForm:
        return None
    return _RELATIONS[relation](left, right, evaluate=False)


def _unfolded(term: Term, claim: Claim) -> Term:
    # each definition is in terms of those before it, so the last one is put in first
    for name in reversed(list(claim.definitions)):
        term = unfold(term, {name: claim.definitions[name]})
    return term


def _unfolded_givens(claim: Claim) -> Givens:
    return Givens(claim.givens.symbols, tuple(_unfolded(h, claim) for h in claim.givens.hypotheses))


def _signs(givens: Givens) -> dict[str, dict[str, bool]]:
    """What hypotheses such as `x != 0` and `s < 0` say about a symbol, in SymPy's words."""
    found = {}
    for h in (c for hypothesis in givens.hypotheses for c in conjuncts(hypothesis)):
        if h.op in _SIGN and h.args[0].op == "sym" and h.args[1].op == "num" and h.args[1].args[0] == 0:
            found[h.args[0].name] = {_SIGN[h.op]: True}
    return found


class _ToSympy:
    """Writes terms. With `odds`, SymPy may evaluate, and a probability a is written u/(1 + u) with a positive u."""

    def __init__(self, givens: Givens, odds: bool = False) -> None:
        self.types, self.odds = givens.symbols, odds
        self.signs = _signs(givens)
        self.bound: dict[str, Any] = {}

    def write(self, t: Term) -> Any:
        op, args = t.op, t.args
        if op == "num":
            return sympy.Rational(args[0].numerator, args[0].denominator)
        if op == "const":
            return _CONSTANTS[t.name]
        if op == "sym":
            return self.chance(self.variable(t), t.name)
        if op in FUNCTIONS:
            return self.function(op, [self.write(a) for a in args])
        if op in _RELATIONS:
            return _RELATIONS[op](self.write(args[0]), self.write(args[1]), evaluate=self.odds)
        if (special := getattr(self, f"_{op}", None)) is None:
            raise NoForm(f"SymPy has no form for {op}")
        return special(*args)

    # -- names

    def variable(self, t: Term) -> Any:
        """The SymPy symbol or element for `t` itself, to differentiate by; a probability is its odds where these are used."""
        kind = self.types[t.name].kind if t.name in self.types else "real"
        if t.op == "elem":
            base = sympy.IndexedBase(self.letter(t.name), **_ASSUMPTIONS[kind])
            return base[tuple(self.write(a) for a in t.args[1:])]
        if t.name in self.bound:
            return self.bound[t.name]
        if kind not in _ASSUMPTIONS:
            raise NoForm(f"SymPy has no form for the {kind} {t.name}")
        more = self.signs.get(t.name, {}) if kind in ("real", "integer") else {}
        return sympy.Symbol(self.letter(t.name), **_ASSUMPTIONS[kind], **more)

    def is_chance(self, name: str) -> bool:
        return self.odds and name in self.types and self.types[name].kind == "probability" and name not in self.bound

    def letter(self, name: str) -> str:
        return f"odds {name}" if self.is_chance(name) else name

    def chance(self, u: Any, name: str) -> Any:
        return u / (1 + u) if self.is_chance(name) else u

    def under(self, var: str, symbol: Any, body: Term) -> Any:
        """`body` with the name `var` standing for `symbol`."""
        before, self.bound = self.bound, {**self.bound, var: symbol}
        try:
            return self.write(body)
        finally:
            self.bound = before

    def _elem(self, head: Term, *index: Term) -> Any:
        if head.op == "array":
            row = index[0]
            if row.op != "num" or not 1 <= row.args[0] <= len(head.args):
                raise NoForm("SymPy has no form for an array of numbers at an unknown index")
            entry = head.args[int(row.args[0]) - 1]
            return self._elem(entry, *index[1:]) if index[1:] else self.write(entry)
        return self.chance(self.variable(call("elem", head, *index)), head.name)

    def _apply(self, head: Term, *args: Term) -> Any:
        kind = self.types[head.name].kind if head.name in self.types else "real"
        known = {"nonnegative": True} if head.name in self.types and self.types[head.name].density else _ASSUMPTIONS[kind]
        return sympy.Function(head.name, **known)(*map(self.write, args))

    # -- arithmetic

    def _add(self, a: Term, b: Term) -> Any:
        return sympy.Add(self.write(a), self.write(b), evaluate=self.odds)

    def _sub(self, a: Term, b: Term) -> Any:
        return sympy.Add(self.write(a), self._neg(b), evaluate=self.odds)

    def _neg(self, a: Term) -> Any:
        return sympy.Mul(sympy.S.NegativeOne, self.write(a), evaluate=self.odds)

    def _mul(self, a: Term, b: Term) -> Any:
        return sympy.Mul(self.write(a), self.write(b), evaluate=self.odds)

    def _div(self, a: Term, b: Term) -> Any:
        return sympy.Mul(self.write(a), self.power(self.write(b), sympy.S.NegativeOne), evaluate=self.odds)

    def _pow(self, a: Term, b: Term) -> Any:
        return self.power(self.write(a), self.write(b))

    def power(self, base: Any, exponent: Any) -> Any:
        return sympy.Pow(self.collected(base), exponent, evaluate=self.odds)

    def collected(self, e: Any) -> Any:
        # SymPy does not see that 1 - u/(1 + u) is positive, but does see it of 1/(1 + u)
        return sympy.together(e) if self.odds and any(t.kind == "probability" for t in self.types.values()) else e

    def function(self, op: str, args: list[Any]) -> Any:
        if op == "sqrt":
            return self.power(args[0], sympy.Rational(1, 2))
        if op != "log":
            return FUNCTIONS[op](*args, evaluate=self.odds)
        value, *base = (sympy.log(self.collected(a), evaluate=self.odds) for a in args)
        return sympy.Mul(value, sympy.Pow(base[0], -1, evaluate=self.odds), evaluate=self.odds) if base else value

    def _delta(self, i: Term, j: Term) -> Any:
        return sympy.KroneckerDelta(self.write(i), self.write(j))

    # -- propositions

    def _and(self, *args: Term) -> Any:
        return sympy.And(*map(self.write, args), evaluate=self.odds)

    def _or(self, *args: Term) -> Any:
        return sympy.Or(*map(self.write, args), evaluate=self.odds)

    def _not(self, a: Term) -> Any:
        return sympy.Not(self.write(a), evaluate=self.odds)

    def _cases(self, *args: Term) -> Any:
        pairs = zip(map(self.write, args[::2]), map(self.write, args[1::2]), strict=True)
        return sympy.Piecewise(*pairs, evaluate=self.odds)

    # -- words that bind

    def _sum(self, *args: Term) -> Any:
        return self.series(sympy.Sum, sympy.Add, *args)

    def _prod(self, *args: Term) -> Any:
        return self.series(sympy.Product, sympy.Mul, *args)

    def series(self, form: Any, joined: Any, body: Term, var: Term, over: Term, where: Term) -> Any:
        if over.op == "sym" and over.name in self.types and self.types[over.name].kind != "size":
            raise NoForm(f"SymPy has no form for a sum over the {self.types[over.name].kind} {over.name}")
        if where != TRUE:
            body = call("cases", body, where, ZERO if form is sympy.Sum else ONE, TRUE)
        if over.op == "num" and any(n.op == "array" for n in walk(body)):
            every = (self.write(substitute(body, {var.name: num(k)})) for k in range(1, int(over.args[0]) + 1))
            return joined(*every, evaluate=self.odds)
        i = sympy.Symbol(var.name, integer=True, positive=True)
        return form(self.under(var.name, i, body), (i, 1, self.write(over)))

    def _integral(self, body: Term, var: Term, over: Term, where: Term) -> Any:
        if over != REALS or where != TRUE:
            raise NoForm("SymPy has no form for an integral over part of the reals")
        x = sympy.Symbol(var.name, real=True)
        return sympy.Integral(self.under(var.name, x, body), (x, -sympy.oo, sympy.oo))

    def _limit(self, body: Term, var: Term, point: Term, side: Term) -> Any:
        x = sympy.Symbol(var.name, real=True)
        return sympy.Limit(self.under(var.name, x, body), x, self.write(point), _SIDES[side.name])

    def _diff(self, body: Term, var: Term, at: Term | None = None) -> Any:
        v = self.variable(var)
        slope = sympy.Derivative(self.write(body), v, evaluate=False)
        if self.is_chance(var.name):  # a = u/(1 + u), so du/da = (1 + u)**2
            slope = slope * (1 + v) ** 2
        if at is None:
            return slope
        point = self.write(at)
        return sympy.Subs(slope, v, point / (1 - point) if self.is_chance(var.name) else point)


# -- what SymPy thinks of a step


def opinion(claim: Claim, seconds: float = 2.0) -> Opinion:
    """What SymPy makes of left minus right under the givens' types: never forced, and never proof of anything.

    `seconds` is looked at between one simplification and the next; a hard limit is for the caller to set.
    """
    start = time.perf_counter()
    try:
        outcome, difference = _opinion(claim, start + seconds)
    except NoForm:
        outcome, difference = "no form", ""
    except Exception as error:  # SymPy raises whatever it likes
        outcome, difference = "failed", type(error).__name__
    return Opinion(outcome, difference, time.perf_counter() - start)


def _opinion(claim: Claim, end: float) -> tuple[str, str]:
    if claim.relation not in _CLAIMED:
        raise NoForm(f"SymPy has no form for {claim.relation}")
    givens = _unfolded_givens(claim)
    writer = _ToSympy(givens, odds=True)
    difference = writer.write(_unfolded(claim.left, claim)) - writer.write(_unfolded(claim.right, claim))
    for stage in (None, *_stages(givens)):
        if time.perf_counter() > end:
            return "timeout", _shown(difference)
        difference = stage(difference) if stage else difference
        if (holds := _holds(claim.relation, difference)) is not None:
            return ("agrees", "0" if claim.relation == Relation.EQ else "") if holds else ("differs", _shown(difference))
    return "unsure", _shown(difference)


def _stages(givens: Givens) -> Iterator[Callable[[Any], Any]]:
    # an index is at most its size, which SymPy's assumptions cannot say
    within: dict[Any, Any] = {}
    writer = _ToSympy(givens)
    for name, given in givens.symbols.items():
        if given.kind == "index" and given.over is not None and not given.shape and not given.params:
            k, top = writer.write(sym(name)), writer.write(given.over)
            within |= {sympy.Le(k, top): sympy.true, sympy.Ge(top, k): sympy.true}
    yield lambda d: d.doit().xreplace(within)
    yield lambda d: sympy.expand(sympy.expand_log(d)).xreplace(within)
    yield sympy.simplify
    yield lambda d: sympy.simplify(sympy.expand_log(d).doit()).xreplace(within)


def _holds(relation: Relation, d: Any) -> bool | None:
    """Whether a difference that has this form has this relation to 0, or None where the form does not show it."""
    if d.has(sympy.nan, sympy.zoo):
        return None
    answer = {
        Relation.EQ: d.is_zero,
        Relation.LE: d.is_extended_nonpositive,
        Relation.LT: d.is_extended_negative,
        Relation.GE: d.is_extended_nonnegative,
        Relation.GT: d.is_extended_positive,
    }[relation]
    return answer if answer is None else bool(answer)


def _shown(difference: Any, limit: int = 200) -> str:
    """The difference as text, with probabilities back in place of their odds."""

    def is_odds(e: Any) -> bool:
        return isinstance(e, sympy.Symbol | sympy.Indexed) and str(e).startswith("odds ")

    def probability(u: Any) -> Any:
        a = sympy.Symbol(str(u).removeprefix("odds "), real=True)
        return a / (1 - a)

    text = str(difference.replace(is_odds, probability))
    return text if len(text) <= limit else text[: limit - 1] + "…"

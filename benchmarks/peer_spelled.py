"""A step as somebody has to write it who has numbers only: sums over a known number of terms written out, elements as symbols, labels
as cases, derivatives taken by SymPy. What cannot be written so raises CannotSay; knows none of the programs that are asked.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from math import prod
from typing import Any

from derive.claims import Rejected, unfolded
from derive.model import KINDS, Claim, Givens, Relation, Type
from derive.show import text
from derive.term import ONE, TRUE, ZERO, Term, call, free, num, rebuild, substitute, sym, walk

MOST_CASES = 16
MOST_TERMS = 20_000
_NO_WORDS = frozenset({"limit", "integral", "integrable", "almost", "argmax", "argmin", "all", "apply", "is", "set"})
_COMPARED = {"eq": "__eq__", "ne": "__ne__", "lt": "__lt__", "le": "__le__", "gt": "__gt__", "ge": "__ge__"}


class CannotSay(Exception):
    """A step that a program's language has no words for, and which."""


def spelled(claim: Claim) -> tuple[list[Claim], bool]:
    """The claims over numbers that together are the claim, one for each choice of labels; and whether they say all that is given.

    Raises CannotSay.
    """
    try:
        left, right, givens = unfolded(claim)
    except Rejected as error:
        raise CannotSay(str(error)) from None
    cases, whole = [], True
    for chosen in _choices(givens.symbols):
        symbols = {n: t for n, t in givens.symbols.items() if n not in chosen}
        sides = [_written(_chosen(side, chosen), symbols) for side in (left, right)]
        hypotheses = []
        for h in givens.hypotheses:
            try:
                hypotheses.append(_written(_chosen(h, chosen), symbols))
            except CannotSay:
                whole = False
        if FALSE_ in hypotheses:
            continue
        used = frozenset().union(*(free(t) for t in (*sides, *hypotheses)))
        symbols = {n: t for n, t in symbols.items() if n in used}
        if odd := next((n for n, t in symbols.items() if t.shape or t.params or t.kind not in KINDS or t.kind == "set"), None):
            raise CannotSay(f"the {symbols[odd].kind} {odd}")
        cases.append(Claim(Givens(symbols, tuple(h for h in hypotheses if h != TRUE)), sides[0], claim.relation, sides[1]))
    return cases, whole


FALSE_ = call("not", TRUE)


def in_values(claim: Claim) -> list[Claim]:
    """The claim, definitions put in, for each choice of labels, signs and indices that run over a number; itself where these are many."""
    left, right, givens = unfolded(claim)
    try:
        choices = list(_choices(givens.symbols))
    except CannotSay:
        choices = [{}]
    out = []
    for chosen in choices:
        symbols = {n: t for n, t in givens.symbols.items() if n not in chosen}
        hypotheses = tuple(h for g in givens.hypotheses if (h := _chosen(g, chosen)) != TRUE)
        if FALSE_ not in hypotheses:
            out.append(Claim(Givens(symbols, hypotheses), _chosen(left, chosen), claim.relation, _chosen(right, chosen)))
    return out


def _choices(symbols: Mapping[str, Type]) -> Iterator[dict[str, Term]]:
    """Every choice of labels, signs and of indices that run over a number."""
    few = {n: _few(t) for n, t in symbols.items() if not t.shape and not t.params}
    few = {n: values for n, values in few.items() if values}
    if prod(map(len, few.values())) > MOST_CASES:
        raise CannotSay(f"{len(few)} labels and indices")
    for values in itertools.product(*few.values()):
        yield {n: num(v) for n, v in zip(few, values, strict=True)}


def _few(of: Type) -> Sequence[int]:
    if of.kind == "index" and of.over is not None and of.over.op == "num":
        return range(1, int(of.over.args[0]) + 1)
    return KINDS[of.kind].values if of.kind in KINDS else ()


def _chosen(t: Term, values: Mapping[str, Term]) -> Term:
    return _folded(substitute(t, dict(values)))


# -- one term


def _written(t: Term, symbols: dict[str, Type]) -> Term:
    """The term without sums, arrays, elements and derivatives; new symbols are declared as they come up."""
    if (word := next((n.op for n in walk(t) if n.op in _NO_WORDS), None)) is not None:
        raise CannotSay(word)
    return _folded(_plain(t, symbols))


def _plain(t: Term, symbols: dict[str, Type], slopes: bool = True) -> Term:
    if t.op in ("sum", "prod"):
        return _plain(_terms(t), symbols, slopes)
    if t.op == "elem":
        return _entry(t, symbols)
    if t.op == "diff" and slopes:
        return _slope(t, symbols)
    return rebuild(t, lambda c: _plain(c, symbols, slopes))


def written_out(claim: Claim, size: int) -> Claim:
    """The claim with every symbolic size so large, its indices 1, 2, …, sums written out term by term, and every element a symbol.

    Its derivatives are left as they are; it names no rules, as those that it names may be about sums.
    """
    left, right, givens = unfolded(claim)
    at: dict[str, Term] = {n: num(size) for n, t in givens.symbols.items() if t.kind == "size"}
    at |= {n: num(k) for k, n in enumerate((n for n, t in givens.symbols.items() if t.kind == "index" and not t.shape), 1)}
    symbols = {n: t for n, t in givens.symbols.items() if n not in at}
    left, right, *hypotheses = (_folded(_plain(_folded(substitute(t, at)), symbols, False)) for t in (left, right, *givens.hypotheses))
    hypotheses = [h for h in hypotheses if h != TRUE]
    used = frozenset().union(*(free(t) for t in (left, right, *hypotheses)))
    return Claim(Givens({n: t for n, t in symbols.items() if n in used}, tuple(hypotheses)), left, claim.relation, right)


def _balanced(op: str, terms: list[Term]) -> Term:
    """Sums of a thousand terms that are not a thousand levels deep."""
    if len(terms) == 1:
        return terms[0]
    middle = (len(terms) + 1) // 2
    return call(op, _balanced(op, terms[:middle]), _balanced(op, terms[middle:]))


def _terms(t: Term) -> Term:
    body, var, over, where = t.args
    if over.op != "num":
        raise CannotSay(f"a {t.op} over {text(over)}")
    terms = []
    for k in range(1, int(over.args[0]) + 1):
        at = {var.name: num(k)}
        guard = _folded(substitute(where, at))
        if guard == TRUE:
            terms.append(substitute(body, at))
        elif guard != FALSE_:
            raise CannotSay("a filter that is not decided")
    if not terms:
        return ZERO if t.op == "sum" else ONE
    return _balanced("add" if t.op == "sum" else "mul", terms)


def _entry(t: Term, symbols: dict[str, Type]) -> Term:
    head, *places = t.args
    places = [_folded(_plain(p, symbols)) for p in places]
    if head.op == "array":
        for place in places:
            if place.op != "num":
                raise CannotSay("an array of numbers at an unknown index")
            head = head.args[int(place.args[0]) - 1]
        return _plain(head, symbols)
    name = re.sub(r"\W+", "_", "_".join([head.name, *map(text, places)]))
    symbols[name] = replace(symbols[head.name], shape=())
    return sym(name)


def _slope(t: Term, symbols: dict[str, Type]) -> Term:
    """A derivative, taken by SymPy."""
    import sympy

    from derive.sympy_bridge import NoForm, NotReal, from_sympy, to_sympy

    variable, *held = (_plain(a, symbols) for a in t.args[1:])
    if t.args[1].op == "elem" and any(free(a) for a in t.args[1].args[1:]):
        raise CannotSay("a derivative by an element at an unknown index")
    body = _folded(_plain(t.args[0], symbols))
    if any(n.op in ("delta", "cases") for n in walk(body)):
        raise CannotSay("a derivative of cases")
    plain = Givens({n: replace(k, kind="real") for n, k in symbols.items()} | {variable.name: Type("real")})
    try:
        slope = from_sympy(sympy.diff(to_sympy(body, plain), to_sympy(variable, plain)))
    except (NoForm, NotReal) as error:
        raise CannotSay(str(error)) from None
    out = substitute(slope, {variable.name: held[0]}) if held else slope
    if sum(1 for _ in walk(out)) > MOST_TERMS:
        raise CannotSay("too long")
    return out


def _folded(t: Term) -> Term:
    """With the arithmetic of exponents, indices and guards done."""
    t = rebuild(t, _folded)
    args = t.args
    if t.op == "cases":
        pairs = [(v, c) for v, c in zip(args[::2], args[1::2], strict=True) if c != FALSE_]
        return pairs[0][0] if pairs and pairs[0][1] == TRUE else call("cases", *itertools.chain(*pairs))
    if t.op == "pow" and (exponent := _number(args[1])) is not None:
        return call("pow", args[0], num(exponent))
    if t.op == "mul" and num(-1) in (signed := [num(n) if (n := _number(a)) is not None else a for a in args]):
        other = signed[1 - signed.index(num(-1))]
        return _folded(call("neg", other))
    if t.op == "neg" and args[0].op == "neg":
        inner: Term = args[0].args[0]
        return inner
    values = [_number(a) for a in args if isinstance(a, Term)]
    if None in values or len(values) != 2:
        return t
    if t.op == "delta":
        return num(int(values[0] == values[1]))
    if t.op in _COMPARED:
        return TRUE if getattr(values[0], _COMPARED[t.op])(values[1]) else FALSE_
    return t


def _number(t: Term) -> Fraction | None:
    """The rational number that a term of numbers is."""
    if t.op == "num":
        return Fraction(t.args[0])
    if t.op not in ("neg", "add", "sub", "mul", "div"):
        return None
    parts: list[Any] = [_number(a) for a in t.args]
    if None in parts or (t.op == "div" and parts[1] == 0):
        return None
    a, b = parts[0], parts[-1]
    found: Fraction = {"neg": -a, "add": a + b, "sub": a - b, "mul": a * b, "div": a / b if b else a}[t.op]
    return found


def outlined(claim: Claim) -> str:
    """A step as a line of text."""
    symbol = {Relation.EQ: "="}.get(claim.relation, str(claim.relation))
    return f"{text(claim.left)} {symbol} {text(claim.right)}"

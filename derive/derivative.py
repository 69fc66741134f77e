"""The derivative of a normal form: one recursive function, the indexed case included. Trusted.

∂s[j]/∂s[k] = delta(j, k), and for a bound j that is an atom under the sum, where a rule contracts it. What it divides by is
nonzero and what it takes logarithms of is positive because the derivative is defined there: `domain` owes that first.
"""

from __future__ import annotations

from fractions import Fraction

from derive import rational
from derive.model import Scope
from derive.normal import Normalizer, NotNormal, Scopes
from derive.rational import Poly, Rat
from derive.term import ZERO, call, substitute, sym


def derivative(n: Normalizer, r: Rat, v: int, scope: Scopes) -> Rat:
    """dr/dv for an atom `v` that is a symbol or an element; raises NotNormal for what has no derivative here."""
    name = n.table[v][1]
    inner = {a: d for a in sorted(r.atoms()) if name in n.names[a] and (d := _atom(n, a, v, scope)).num}
    above = Rat({})
    for a, d in inner.items():
        above = rational.add(above, rational.mul(Rat(_partial(r.num, a), r.den), d))
    for f, k in r.den.items():
        for a, d in inner.items():
            below = _partial(dict(f), a)
            if below:
                slope = rational.div(rational.mul(Rat(below), d), Rat(dict(f)))
                above = rational.add(above, rational.mul(r, slope), -k)
    return above


def _partial(p: Poly, a: int) -> Poly:
    """The partial derivative of a polynomial by one of its atoms."""
    out: Poly = {}
    for m, c in p.items():
        for b, e in m:
            if b == a:
                out[rational.times(m, ((a, -1),))] = c * e
    return out


def _atom(n: Normalizer, a: int, v: int, scope: Scopes) -> Rat:
    op, *parts = n.table[a]
    if op in ("sym", "elem"):
        return _variable(n, a, v, scope)
    if op == "pow":
        return _power(n, a, v, scope)
    if op == "log" and len(parts) == 2:
        quotient = rational.div(n.value(scope, "log", parts[0]), n.value(scope, "log", parts[1]))
        return derivative(n, quotient, v, scope)
    if op in ("sum", "prod"):
        return _loop(n, a, v, scope)
    if op == "cases":
        return _cases(n, a, v, scope)
    if op in _OUTER and len(parts) == 1:
        return rational.mul(_outer(n, op, a, parts[0], scope), derivative(n, parts[0], v, scope))
    raise NotNormal(f"no derivative of {op} is known")


def _variable(n: Normalizer, a: int, v: int, scope: Scopes) -> Rat:
    """1 or 0 for symbols; a product of deltas for two elements of one family."""
    if a == v:
        return rational.number(1)
    mine, other = n.table[a], n.table[v]
    if mine[0] != "elem" or other[0] != "elem" or mine[1] != other[1] or len(mine) != len(other):
        raise NotNormal("no derivative by what an index depends on is known")
    out = rational.number(1)
    for i, j in zip(mine[2:], other[2:], strict=True):
        out = rational.mul(out, n.delta(i, j, scope))
    return out


_OUTER = frozenset({"exp", "log", "sqrt", "abs", "sin", "cos", "tan", "sinh", "cosh", "tanh"})


def _outer(n: Normalizer, op: str, a: int, u: Rat, scope: Scopes) -> Rat:
    """f'(u) for the atom f(u)."""
    one, f = rational.number(1), rational.atom(a)
    match op:
        case "exp":
            return f
        case "log":
            return rational.div(one, u)
        case "sqrt":
            return rational.div(rational.number(Fraction(1, 2)), f)
        case "abs":
            return rational.div(f, u)
        case "sin":
            return n.value(scope, "cos", u)
        case "cos":
            return rational.sub(Rat({}), n.value(scope, "sin", u))
        case "tan":
            return rational.add(one, rational.power(f, 2))
        case "sinh":
            return n.value(scope, "cosh", u)
        case "cosh":
            return n.value(scope, "sinh", u)
        case _:
            return rational.sub(one, rational.power(f, 2))


def _power(n: Normalizer, a: int, v: int, scope: Scopes) -> Rat:
    """u**w: w·u**(w - 1)·u'; and where w depends on v, u**w·(w·u'/u + w'·log(u))."""
    _, base, exponent = n.table[a]
    f, up = rational.atom(a), derivative(n, exponent, v, scope)
    slope = derivative(n, base, v, scope)
    out = Rat({})
    if slope.num and up.num:
        out = rational.mul(rational.mul(exponent, f), rational.div(slope, base))
    elif slope.num:
        lower = n.power(base, rational.sub(exponent, rational.number(1)), scope)
        out = rational.mul(rational.mul(exponent, lower), slope)
    if up.num:
        out = rational.add(out, rational.mul(rational.mul(f, up), n.value(scope, "log", base)))
    return out


def _loop(n: Normalizer, a: int, v: int, scope: Scopes) -> Rat:
    """Sums term by term; products by the logarithmic derivative, where no factor can vanish."""
    op, height, over, where, body = n.table[a]
    name = n.fresh()
    where, body = substitute(where, {height: sym(name)}), n.rename(body, height, name)
    inside = (*scope, Scope(name, over, where))
    slope = derivative(n, body, v, inside)
    if op == "sum":
        return n.close("sum", slope, name, over, where, scope)
    if n.decide(call("ne", n.term(body), ZERO), inside) is not True:
        raise NotNormal("no derivative of a product whose factors may vanish is known")
    return rational.mul(rational.atom(a), n.close("sum", rational.div(slope, body), name, over, where, scope))


def _cases(n: Normalizer, a: int, v: int, scope: Scopes) -> Rat:
    parts = n.table[a][1:]
    out = [p if i % 2 == 0 else derivative(n, p, v, scope) for i, p in enumerate(parts)]
    return n.value(scope, "cases", *out)

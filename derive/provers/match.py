"""Which instances of a rule could rewrite an atom: the left side of the rule against the atom's arguments. Untrusted.

Patterns meet normal forms, so that `u*v` means «some factor times the rest», `u + v` «one term plus the rest», and `-u`
«a leading minus». Each match is a guess; the kernel judges it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from math import isqrt
from typing import Any

from derive import rational
from derive.atoms import LOOPS
from derive.normal import Normalizer, Scopes
from derive.rational import Coefficient, Monomial, Poly, Rat
from derive.term import REALS, TRUE, ZERO, Lambda, Replacement, Term, call, free, num, substitute, sym

Binding = dict[str, Replacement]
Units = Mapping[Monomial, int]
MAX_SPLITS = 8
CIRCULAR = ("sin", "cos", "tan")


def matches(n: Normalizer, pattern: Term, a: int, scope: Scopes, unit: int = 1, angles: Units | None = None) -> Iterator[Binding]:
    """Bindings of the letters of `pattern` (an operation on arguments) for which it might be the atom `a`.

    `unit` and `angles` say into how small parts the argument of an exponential, and of a circular function, is split.
    """
    key = n.table[a]
    if pattern.op != key[0]:
        return
    if pattern.op in LOOPS:
        yield from _loop(n, pattern, key)
    elif pattern.op == "limit":
        yield from _limit(n, pattern, key)
    elif len(pattern.args) == len(key) - 1:
        if pattern.op not in CIRCULAR:
            yield from _inverse(n, pattern, key)
        arguments = [_positive_factors(n, r, scope) if pattern.op in ("log", "pow", "sqrt") else r for r in key[1:]]
        units: int | Units = unit if pattern.op == "exp" else (angles or {}) if pattern.op in CIRCULAR else 0
        yield from _all(n, list(zip(pattern.args, arguments, strict=True)), {}, None, units)


def _inverse(n: Normalizer, pattern: Term, key: tuple[Any, ...]) -> Iterator[Binding]:
    """`exp(u + v)` with u = -v says what exp(v) is for a negative v; so do `log(u*v)` with u = 1/v and `a**(u + v)`."""
    last, r = pattern.args[-1], key[-1]
    if last.op not in ("add", "mul") or not r.num or any(x.op != "sym" for x in (*last.args, *pattern.args[:-1])):
        return
    u, v = last.args
    if last.op == "add" and len(r.num) == 1 and r.num[rational.lead(r.num)] < 0:
        other = rational.sub(Rat({}), r)
    elif last.op == "mul" and pattern.op == "log" and (below := _fraction(n, r)[1]).constant() != 1 and len(_list(r)) == 1:
        other = below
    else:
        return
    rest = {p.name: n.term(x) for p, x in zip(pattern.args[:-1], key[1:-1], strict=True)}
    yield {**rest, u.name: n.term(other), v.name: n.term(r)}


class _Factored(Rat):
    """A value that remembers its factors, each turned to be positive where that is known."""

    __slots__ = ("factors",)
    factors: list[Rat]


def _positive_factors(n: Normalizer, r: Rat, scope: Scopes) -> Rat:
    """The sign of each factor comes before the logarithm of a product: 1 - a, not the primitive a - 1."""
    parts, turned = _list(r), False
    for i, part in enumerate(parts):
        if (len(part.num) > 1 or part.den) and n.decide(call("lt", n.term(part), ZERO), scope):
            parts[i], turned = rational.sub(Rat({}), part), not turned
    if turned:
        c = parts[0].constant()
        parts[:1] = [rational.number(-1), parts[0]] if c is None else [] if c == -1 else [rational.number(-c)]
    out = _Factored(r.num, r.den)
    out.factors = parts or [rational.number(1)]
    return out


def _all(n: Normalizer, pairs: list[tuple[Term, Rat]], known: Binding, bound: str | None, unit: int | Units = 0) -> Iterator[Binding]:
    if not pairs:
        yield known
        return
    (p, r), *rest = pairs
    for found in _match(n, p, r, known, bound, unit):
        yield from _all(n, rest, found, bound, unit)


def _match(n: Normalizer, p: Term, r: Rat, known: Binding, bound: str | None, unit: int | Units = 0) -> Iterator[Binding]:
    match p.op, p.args:
        case "sym", (name,):
            if name == bound:
                if n.single(r) is not None and n.table[n.single(r)] == ("sym", bound):  # type: ignore[index]
                    yield known
            elif bound is None or not n.depends(r, bound):
                yield from _bind(known, name, n.term(r))
        case "apply", (head, *_) if bound is not None:
            yield from _bind(known, head.name, _function(n, r, bound))
        case "num", (value, _):
            if r.constant() == value:
                yield known
        case "const", (name,):
            if n.single(r) is not None and n.table[n.single(r)] == ("const", name):  # type: ignore[index]
                yield known
        case "mul", (a, b) if a.op == "delta":
            parts = _list(r)
            for i, part in enumerate(parts):
                yield from _all(n, [(a, part), (b, _product(parts[:i] + parts[i + 1 :]))], known, bound)
        case "mul", (a, b):
            for u, v in _factors(n, r, unit if isinstance(unit, int) else 0):
                yield from _all(n, [(a, u), (b, v)], known, bound)
        case "div", (a, b):
            above, below = _fraction(n, r)
            if below.constant() != 1:
                yield from _all(n, [(a, above), (b, below)], known, bound)
                if a.op == "num" and above.constant() != 1:  # p/q is the reciprocal of q/p
                    yield from _match(n, b, rational.div(below, above), known, bound)
        case ("add" | "sub"), (a, b):
            for u, v in _terms(r, {} if isinstance(unit, int) else unit):
                if p.op == "sub":
                    v = rational.sub(Rat({}), v)
                    if next(iter(v.num.values())) < 0:
                        continue
                yield from _all(n, [(a, u), (b, v)], known, bound)
        case "neg", (a,):
            if r.num and r.num[rational.lead(r.num)] < 0:
                yield from _match(n, a, rational.sub(Rat({}), r), known, bound)
        case "pow", (a, b):
            for u, v in _power(n, r):
                yield from _all(n, [(a, u), (b, v)], known, bound)
        case _:
            single = n.single(r)
            if single is None or n.table[single][0] != p.op:
                return
            if p.op in LOOPS:
                yield from (known | found for found in _loop(n, p, n.table[single]) if _agree(known, found))
            else:
                yield from _all(n, list(zip(p.args, n.table[single][1:], strict=False)), known, bound)


def _agree(known: Binding, found: Binding) -> bool:
    return all(known.get(name, r) == r for name, r in found.items())


def _function(n: Normalizer, r: Rat, bound: str) -> Replacement:
    """A value as a function of a bound variable; by its name, where it is one that is given."""
    single = n.single(r)
    if single is not None and n.table[single][0] == "apply" and n.table[single][2:] == (rational.atom(n.atom("sym", bound)),):
        return sym(n.table[single][1])
    return Lambda((bound,), n.term(r))


def _bind(known: Binding, name: str, value: Replacement) -> Iterator[Binding]:
    if name not in known:
        yield {**known, name: value}
    elif known[name] == value:
        yield known


def _loop(n: Normalizer, p: Term, key: tuple[Any, ...]) -> Iterator[Binding]:
    """A sum or product: its body as a pattern in the bound variable."""
    body, var, over, where = p.args
    _, height, size, condition, r = key
    if (where == TRUE) != (condition == TRUE):
        return
    if over == REALS and size != REALS:
        return
    known: Binding = {} if over == REALS else {over.name: size}
    if where != TRUE:  # the one filter that rules have: `j != c`
        others = [x for x in condition.args if x != sym(height)]
        if condition.op != where.op or len(others) != 1 or height in free(others[0]):
            return
        known[where.args[1].name] = others[0]
    if body.op == "sum":  # an exchange: a sum right inside
        inner = n.single(r)
        if inner is not None and n.table[inner][0] == "sum" and n.table[inner][3] == TRUE:
            _, h, size2, _, r2 = n.table[inner]
            yield {**known, body.args[2].name: size2, body.args[0].name: Lambda((height, h), n.term(r2))}
        return
    if body.op == "neg" and p.op in ("argmax", "argmin"):  # any objective is the negative of another
        yield {**known, body.args[0].name: Lambda((height,), n.term(rational.sub(Rat({}), r)))}
        return
    renamed = substitute(body, {var.name: sym(height)})
    yield from _match(n, renamed, r, known, height)


def _limit(n: Normalizer, p: Term, key: tuple[Any, ...]) -> Iterator[Binding]:
    """A limit: what it is taken of as a pattern in its variable."""
    body, var, point, side = p.args
    _, height, at, direction, r = key
    known: Binding = {point.name: n.term(at) if isinstance(at, Rat) else at, side.name: direction}
    if body.op == "div" and body.args[0].op == "apply" and not isinstance(at, Rat):
        yield from _leading_terms(n, body, r, known, height)
    if body.op == "div" and body.args[1] == call("sub", var, point):
        if isinstance(at, Rat) and (below := _below(n, r, height)) is not None:
            function = rational.mul(r, rational.sub(rational.atom(below), at))
            yield known | {body.args[0].args[0].args[0].name: _function(n, function, height)}
        return
    yield from _match(n, substitute(body, {var.name: sym(height)}), r, known, height)


def _below(n: Normalizer, r: Rat, variable: str) -> int | None:
    """The atom of a variable that something is divided by in a value."""
    x = n.atom("sym", variable)
    divided = any(a == x for f in r.den for m, _ in f for a, _ in m) or any(a == x and e < 0 for m in r.num for a, e in m)
    return x if divided else None


def _leading_terms(n: Normalizer, quotient: Term, r: Rat, known: Binding, variable: str) -> Iterator[Binding]:
    """A quotient of polynomials far out: both divided by the highest power below the line, so that they tend to numbers."""
    x = n.atom("sym", variable)
    parts = _fraction(n, r)
    degree = max((e for m in parts[1].num for a, e in m if a == x), default=0)
    if degree > 0 and not parts[0].den and not parts[1].den and len(parts[1].num) > 1:
        sides = zip(quotient.args, parts, strict=True)
        yield known | {t.args[0].name: _function(n, rational.mul(part, rational.atom(x, -degree)), variable) for t, part in sides}


def spelled(t: Term) -> Term:
    """A difference as a sum, a negative as a product, a power as one of two factors: the forms that rules about limits have."""
    match t.op, t.args:
        case "sub", (u, v):
            return call("add", u, call("neg", v))
        case "neg", (u,):
            return call("mul", num(-1), u)
        case "pow", (u, v) if v.op == "num" and v.args[0].denominator == 1 and v.args[0] > 1:
            return call("mul", u, call("pow", u, num(v.args[0] - 1)))
    return t


def _fraction(n: Normalizer, r: Rat) -> tuple[Rat, Rat]:
    """A value as what stands above and below its line."""
    above, below = rational.number(1), rational.number(1)
    for f in _list(r):
        ((m, c),) = f.num.items() if len(f.num) == 1 and not f.den else (((), 0),)
        if f.den or (m and m[0][1] < 0):
            below = rational.div(below, f)
        elif not m and c and Fraction(c).denominator != 1:
            above = rational.mul(above, rational.number(Fraction(c).numerator))
            below = rational.mul(below, rational.number(Fraction(c).denominator))
        else:
            above = rational.mul(above, f)
    return above, below


def _list(r: Rat) -> list[Rat]:
    """The factors of a value: its coefficient, powers of atoms, the primitive polynomial, the denominators."""
    if isinstance(r, _Factored):
        return list(r.factors)
    if not r.num:
        return [r]
    c, m, primitive = rational.content(r.num)
    out = [rational.number(c)] if c != 1 else []
    out += [rational.atom(a, e) for a, e in m]
    if primitive != rational.ONE:
        out.append(Rat(primitive))
    out += [Rat(rational.ONE, {f: k}) for f, k in r.den.items()]
    return out or [rational.number(1)]


def _factors(n: Normalizer, r: Rat, unit: int) -> Iterator[tuple[Rat, Rat]]:
    """Ways to write a value as a factor times the rest; with a unit, as an integer times so small a part of the rest."""
    if unit:
        ((m, c),) = r.num.items() if len(r.num) == 1 and not r.den else (((), 0),)
        if m and c * unit not in (0, 1):
            yield rational.number(c * unit), Rat({m: Fraction(1, unit)})
        return
    parts = _list(r)
    if len(parts) == 1:
        c = parts[0].constant()  # type: ignore[assignment]
        if isinstance(c, int) and (prime := _prime_factor(c)) is not None and prime != c:
            yield rational.number(prime), rational.number(c // prime)
        elif isinstance(c, Fraction) and c.numerator != 1:
            yield rational.number(c.numerator), rational.number(Fraction(1, c.denominator))
        elif len(parts[0].num) == 1 and c is None and not parts[0].den:  # x**3 is x·x**2
            ((m, _),) = parts[0].num.items()
            if m[0][1] > 1:
                yield rational.atom(m[0][0]), rational.atom(m[0][0], m[0][1] - 1)
        return
    for i, part in enumerate(parts[:MAX_SPLITS]):
        yield part, _product(parts[:i] + parts[i + 1 :])


def _product(parts: list[Rat]) -> Rat:
    out = rational.number(1)
    for part in parts:
        out = rational.mul(out, part)
    return out


def _prime_factor(c: int) -> int | None:
    """The least prime factor, if it is small."""
    return next((p for p in range(2, 1000) if c > 1 and c % p == 0), None)


def _terms(r: Rat, units: Units) -> Iterator[tuple[Rat, Rat]]:
    if len(r.num) == 1:  # 3·x is x + 2·x
        ((m, c),) = r.num.items()
        part = Fraction(1, units.get(m, 1))
        if m and c > part and (c / part).denominator == 1:
            yield Rat({m: part}, r.den), Rat({m: c - part}, r.den)
        return
    for m, c in list(r.num.items())[:MAX_SPLITS]:
        one = Rat({m: c}, r.den)
        yield rational.sub(r, one), one


def _root_of_polynomial(p: Poly) -> Poly | None:
    """The polynomial of which this one, without negative exponents, is the square; by its leading terms, one after the other."""
    root: Poly = {}
    rest = p
    for _ in range(len(p) + 1):
        if not rest:
            return root
        m = rational.lead(rest)
        first = rational.lead(root) if root else ()
        halved = tuple((a, e // 2) for a, e in m)
        next_ = rational.times(m, tuple((a, -e) for a, e in first)) if root else halved
        c = _root_of_number(rest[m]) if not root else rational.quotient(rest[m], 2 * root[first])
        if c is None or next_ in root or any(e < 0 for _, e in next_) or (not root and rational.times(halved, halved) != m):
            return None
        root[next_] = c
        rest = rational.poly_add(p, rational.poly_mul(root, root), -1)
    return None


def _root_of_number(c: Coefficient) -> Coefficient | None:
    q = Fraction(c)
    if q <= 0:
        return None
    root = Fraction(isqrt(q.numerator), isqrt(q.denominator))
    return root if root * root == q else None


def square_root(r: Rat) -> Rat | None:
    """What a value of several terms is the square of, if it is one as a whole."""
    if not r.num or (len(r.num) == 1 and not r.den):
        return None
    c, m, primitive = rational.content(r.num)
    root, number = _root_of_polynomial(primitive), _root_of_number(c)
    if root is None or number is None or any(e % 2 for _, e in m):
        return None
    out = Rat({rational.times(x, tuple((a, e // 2) for a, e in m)): d * number for x, d in root.items()})
    for f, k in r.den.items():
        below = dict(f) if k % 2 == 0 else _root_of_polynomial(dict(f))
        if below is None:
            return None
        out = rational.div(out, rational.power(Rat(below), k // 2 if k % 2 == 0 else k))
    return out


def _power(n: Normalizer, r: Rat) -> Iterator[tuple[Rat, Rat]]:
    """A value as a power: an atom `u**v`, or an integer power."""
    if (square := square_root(r)) is not None:
        yield square, rational.number(2)
    single = n.single(r)
    if single is not None and n.table[single][0] == "pow":
        yield n.table[single][1], n.table[single][2]
    parts = _list(r)
    if len(parts) == 1:
        part = parts[0]
        if len(part.num) == 1 and not part.den:
            ((m, c),) = part.num.items()
            if m and m[0][1] not in (0, 1):
                yield rational.atom(m[0][0]), rational.number(m[0][1])
            if not m and isinstance(c, int) and c > 3:
                for k in range(2, c.bit_length() + 1):
                    root = round(c ** (1 / k)) if c < 10**15 else 0
                    if root > 1 and root**k == c:
                        yield rational.number(root), rational.number(k)
        elif part.den:
            ((f, k),) = part.den.items()
            yield Rat(dict(f)), rational.number(-k)

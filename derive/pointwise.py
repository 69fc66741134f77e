"""Term → closure: what an unfolded term is worth at given values of its symbols, and where it is certainly undefined.

Has its own table of where an operation is defined (not `domain`'s, whose second witness it is). Knows no types, no
hypotheses and no rules, and leaves the precision to its caller.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any

from flint import arb, fmpq

from derive import binders, jets
from derive.binders import Code, State, Undefined
from derive.jets import Imprecise, Jet, Unsettled, Unsupported, sign
from derive.term import CONNECTIVES, ONE, RELATIONS, TRUE, ZERO, Term, call, conjunction, num

MAX_DIFFS = 6  # within one another: the cost grows threefold with each


class Function:
    """The value of a function symbol."""

    def __init__(self, params: tuple[str, ...], body: Term) -> None:
        self.params, self.body, self.code = params, body, compiled(body)


_UNARY = frozenset({"exp", "sqrt", "sin", "cos", "tan", "sinh", "cosh", "tanh"})


@functools.lru_cache(8192)
def compiled(t: Term) -> Code:
    """The closure of a term; raises Unsupported where the term can be evaluated nowhere."""
    op = t.op
    if op in _UNARY or (op == "log" and len(t.args) == 1):
        return _function(t)
    if op in RELATIONS:
        return _relation(t)
    if op in CONNECTIVES:
        return _connective(t)
    maker = _MAKERS.get(op)
    if maker is None:
        raise Unsupported(f"{op} cannot be evaluated at a point")
    return maker(t)


def _number(t: Term) -> Code:
    value = jets.exact(t.args[0])
    return lambda s: value


def _symbol(t: Term) -> Code:
    name = t.name

    def code(s: State) -> Any:
        try:
            return s.env[name]
        except KeyError:
            raise Unsupported(f"{name} has no value") from None

    return code


def _constant(t: Term) -> Code:
    if t == TRUE:
        return lambda s: True
    if t.name == "oo":
        raise Unsupported("oo is no number")
    return (lambda s: arb.pi()) if t.name == "pi" else (lambda s: arb.const_e())


def _arithmetic(t: Term) -> Code:
    a, *more = map(compiled, t.args)
    if t.op == "neg":
        return lambda s: -a(s)
    (b,) = more
    if t.op == "add":
        return lambda s: a(s) + b(s)
    if t.op == "sub":
        return lambda s: a(s) - b(s)
    return lambda s: a(s) * b(s)


def _division(t: Term) -> Code:
    a, b = map(compiled, t.args)

    def code(s: State) -> Any:
        x, y = a(s), b(s)
        if sign(y) == 0:
            raise Undefined(t, call("ne", t.args[1], ZERO), s.env)
        return x * y.compose(jets.reciprocal) if type(y) is Jet else (x * (1 / y) if type(x) is Jet else x / y)

    return code


def _function(t: Term) -> Code:
    (argument,) = t.args
    a, op = compiled(argument), t.op

    def code(s: State) -> Any:
        x = a(s)
        if op == "log" and sign(x) <= 0:
            raise Undefined(t, call("gt", argument, ZERO), s.env)
        if op == "sqrt" and (side := sign(x)) <= 0:
            if side < 0:
                raise Undefined(t, call("ge", argument, ZERO), s.env)
            if type(x) is Jet:  # on one side of the point it is undefined, unless the argument only touches 0
                if any(m and not m & (m - 1) and (y > 0 or y < 0) for m, y in x.c.items()):
                    raise Undefined(t, call("gt", argument, ZERO), s.env)
                raise Unsettled
        return x.compose(lambda c, n: jets.series(op, c, n)) if type(x) is Jet else jets.plain(op, x)

    return code


def _logarithm_to_base(t: Term) -> Code:
    of, to = t.args
    a, b, quotient = compiled(of), compiled(to), compiled(call("div", call("log", of), call("log", to)))

    def code(s: State) -> Any:
        x, base = a(s), b(s)
        for value, argument in ((x, of), (base, to)):
            if sign(value) <= 0:
                raise Undefined(t, call("gt", argument, ZERO), s.env)
        if sign(base - 1) == 0:
            raise Undefined(t, call("ne", to, ONE), s.env)
        whole = jets.whole_logarithm(x, base)
        return quotient(s) if whole is None else whole

    return code


def _exponentiation(t: Term) -> Code:
    base, exponent = t.args
    a, b = compiled(base), compiled(exponent)
    literal = int(exponent.args[0]) if exponent.op == "num" and exponent.args[0].denominator == 1 and exponent.args[0] >= 0 else None
    positive = call("gt", base, ZERO)

    def code(s: State) -> Any:
        x = a(s)
        if literal is not None:
            return jets.whole_power(x, literal)
        p = b(s)
        side, rational = sign(x), type(p) is fmpq
        integer = rational and p.q == 1
        if side == 0 or (side < 0 and rational and not integer):
            raise Undefined(t, call("ne", base, ZERO) if integer else positive, s.env)
        if side < 0 and not integer:
            raise Unsettled
        return jets.raised(x, p)

    return code


def _extremum(t: Term) -> Code:
    codes = [compiled(x) for x in t.args]
    choose = jets.larger if t.op == "max" else jets.smaller
    return lambda s: functools.reduce(choose, [c(s) for c in codes])


def _absolute(t: Term) -> Code:
    a = compiled(t.args[0])
    return lambda s: jets.absolute(a(s))


def _element(t: Term) -> Code:
    head, *rest = t.args
    codes = [compiled(i) for i in rest]
    family = None if head.op == "array" else _symbol(head)
    arrays: Any = _rows(head) if family is None else None

    def code(s: State) -> Any:
        x = family(s) if family else arrays
        for c, index in zip(codes, rest, strict=True):
            if not isinstance(x, tuple):
                raise Unsupported(f"{head!r} has too many indices")
            i = binders.integer(c(s))
            if i is None or not 1 <= i <= len(x):
                inside = (call("le", ONE, index), call("le", index, num(len(x))))
                raise Undefined(t, conjunction(inside), s.env)
            x = x[i - 1]
        return x if family else x(s)

    return code


def _rows(t: Term) -> Any:
    return tuple(map(_rows, t.args)) if t.op == "array" else compiled(t)


def _application(t: Term) -> Code:
    head, *rest = t.args
    codes, function = [compiled(x) for x in rest], _symbol(head)

    def code(s: State) -> Any:
        f = function(s)
        if not isinstance(f, Function) or len(f.params) != len(codes):
            raise Unsupported(f"{head.name} is no function of {len(codes)} arguments")
        arguments = {p: c(s) for p, c in zip(f.params, codes, strict=True)}
        return f.code(State({**s.env, **arguments}, s.epsilon, s.terms))

    return code


def _kronecker(t: Term) -> Code:
    equal = _relation(call("eq", *t.args))
    return lambda s: fmpq(int(equal(s)))


def _binder(t: Term) -> Code:
    return binders.closure(t, compiled)


def _cases(t: Term) -> Code:
    pairs = [(compiled(g), compiled(v)) for v, g in zip(t.args[::2], t.args[1::2], strict=True)]
    missing = functools.reduce(lambda x, y: call("or", x, y), t.args[1::2])

    def code(s: State) -> Any:
        for guard, value in pairs:
            if guard(s):
                return value(s)
        raise Undefined(t, missing, s.env)

    return code


_SIGNS = {"eq": (0,), "ne": (-1, 1), "lt": (-1,), "le": (-1, 0), "gt": (1,), "ge": (0, 1)}


def _relation(t: Term) -> Code:
    a, b = map(compiled, t.args)
    signs, same = _SIGNS[t.op], t.args[0] == t.args[1]
    if {"argmax", "argmin"} & {x.op for x in t.args}:
        return lambda s: (a(s) == b(s)) is (t.op == "eq")

    def code(s: State) -> bool:
        difference = a(s) - b(s)
        if same:
            return 0 in signs
        side = sign(difference)
        if side == 0 and type(difference) is Jet:  # beside the point the answer may be another
            raise Unsettled
        return side in signs

    return code


def _connective(t: Term) -> Code:
    a, *more = map(compiled, t.args)
    if t.op == "not":
        return lambda s: a(s) is False
    (b,) = more
    if t.op == "iff":
        return lambda s: bool(a(s) == b(s))
    deciding = t.op == "or"

    def code(s: State) -> bool:
        try:
            if bool(a(s)) is deciding:
                return deciding
        except Imprecise as error:
            try:
                if bool(b(s)) is deciding:
                    return deciding
            except Undefined:  # which is allowed where the first decides
                raise error from None
            raise
        return bool(b(s))

    return code


def _derivative(t: Term) -> Code:
    body, variable = compiled(t.args[0]), t.args[1]
    point = compiled(t.args[2] if len(t.args) == 3 else variable)
    name = variable.name
    indices = [compiled(i) for i in variable.args[1:]] if variable.op == "elem" else []

    def code(s: State) -> Any:
        bit, before = s.epsilon, s.env.get(name)
        if bit >> MAX_DIFFS:
            raise Unsupported(f"more than {MAX_DIFFS} derivatives of one another")
        moved = jets.moved(point(s), bit)
        place = [int(i(s).p) - 1 for i in indices]
        s.env[name], s.epsilon = jets.replaced(before, place, moved), bit << 1
        try:
            out = body(s)
        finally:
            s.epsilon = bit
            s.restore(name, before)
        return jets.coefficient(out, bit)

    return code


_MAKERS: Mapping[str, Callable[[Term], Code]] = {
    "num": _number, "sym": _symbol, "const": _constant,
    "neg": _arithmetic, "add": _arithmetic, "sub": _arithmetic, "mul": _arithmetic, "div": _division, "pow": _exponentiation,
    "log": _logarithm_to_base, "max": _extremum, "min": _extremum, "abs": _absolute,
    "elem": _element, "apply": _application, "delta": _kronecker,
    "cases": _cases, "diff": _derivative, "integrable": _binder,
    "sum": _binder, "prod": _binder, "all": _binder, "argmax": _binder, "argmin": _binder, "integral": _binder,
}  # fmt: skip

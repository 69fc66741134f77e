"""derive/limits.py: a limit is what the rules say, where what it is taken of is defined near the point; oo is no number."""

from __future__ import annotations

import pytest
from traces import C0, OVER_N, accepted, claim, elem, of, use, why

from derive.expression import read
from derive.model import Claim, Instance, Relation, Scope
from derive.term import OO, REALS, Replacement, Term, call, num, sym


def lim(rule: str, body: str, point: str, side: str = "both", scope: tuple[Scope, ...] = (), **by: str | Replacement) -> Instance:
    """An instance of a rule about a limit of x, for the limit of `body`; functions of x as text."""
    atom = call("limit", read(body), sym("x"), read(point), sym(side))
    letters = {n: of("x", r) if isinstance(r, str) and n in ("f", "g") else r for n, r in by.items()}
    return use(rule, atom, scope, a=point, d=sym(side), **letters)


def constant(value: str, point: str, side: str = "both") -> Instance:
    return lim("limit of a constant", value, point, side, u=value)


def variable(point: str, side: str = "both") -> Instance:
    return lim("limit of the variable", "x", point, side)


SQUARE = (variable("0"), lim("limit of a product", "x**2", "0", f="x", g="x"))
POLE = (*SQUARE, lim("reciprocal at zero", "1/x**2", "0", f="x**2"))
RIGHT_POLE = (variable("0", "right"), lim("reciprocal at zero", "1/x", "0", "right", f="x"))
LOG = (variable("0", "right"), lim("log at zero", "log(x)", "0", "right", f="x"))
VANISHING = (constant("1", "oo"), variable("oo"), lim("limit of a quotient", "1/x", "oo", f="1", g="x"))
GROWTH = (variable("oo"), lim("exp at infinity", "exp(x)", "oo", f="x"))
DECAY = (variable("oo"), lim("exponential against power", "x*exp(-(x*c))", "oo", f="x", c="c"))
ENTROPY = (variable("0", "right"), lim("logarithm against power", "x*log(x)", "0", "right", f="x"))
SHIFTED = (variable("1"), constant("1", "1"), lim("limit of a sum", "x + 1", "1", f="x", g="1"))

TRUE = [
    ("limit(x, x, 3) = 3", (variable("3"),)), ("limit(x, x, oo) = oo", (variable("oo"),)), ("limit(x, x, -oo) = -oo", (variable("-oo"),)),
    ("limit(z, x, 0) = z", (constant("z", "0"),)), ("limit(x + 1, x, 1) = 2", SHIFTED), ("limit((x**2 - 1)/(x - 1), x, 1) = 2", SHIFTED),
    ("limit(1/x**2, x, 0) = oo", POLE), ("oo = limit(1/x**2, x, 0)", POLE), ("limit(1/x, x, 0, right) = oo", RIGHT_POLE),
    ("limit(1/x**2, x, 0) = limit(1/t**2, t, 0)", POLE), ("limit(log(x), x, 0, right) = -oo", LOG),
    ("limit(1/x, x, oo) = 0", VANISHING), ("1 + limit(1/x, x, oo) = 1", VANISHING), ("limit(1/x, x, oo) <= 0", VANISHING),
    ("limit(exp(x), x, oo) = oo", GROWTH), ("limit(x*exp(-(x*c)), x, oo) = 0", DECAY), ("limit(x*log(x), x, 0, right) = 0", ENTROPY),
    ("limit(c*x, x, oo) = oo", (constant("c", "oo"), variable("oo"), lim("limit of a product", "c*x", "oo", f="c", g="x"))),
    ("limit(-c*x, x, oo) = -oo", (constant("-c", "oo"), variable("oo"), lim("limit of a product", "-c*x", "oo", f="-c", g="x"))),
    ("limit(x + c, x, oo) = oo", (variable("oo"), constant("c", "oo"), lim("limit of a sum", "x + c", "oo", f="x", g="c"))),
    ("limit(c + x, x, oo) = oo", (variable("oo"), constant("c", "oo"), lim("limit of a sum", "c + x", "oo", f="c", g="x"))),
    ("limit(c/x, x, oo) = 0", (variable("oo"), constant("c", "oo"), lim("limit of a quotient", "c/x", "oo", f="c", g="x"))),
    ("limit(x*x, x, -oo) = oo", (variable("-oo"), lim("limit of a product", "x*x", "-oo", f="x", g="x"))),
    ("limit(-x, x, 3) = -3", (variable("3"), constant("-1", "3"), lim("limit of a product", "-x", "3", f="-1", g="x"))),
    ("limit(x + sum(log(i) for i in N), x, 1) = 1 + sum(log(i) for i in N)",
        (variable("1"), constant("sum(log(i) for i in N)", "1"),
            lim("limit of a sum", "x + sum(log(i) for i in N)", "1", f="x", g="sum(log(i) for i in N)"))),
    ("limit(x + cases((log(y), y > 0), (0, True)), x, 1) = 1 + cases((log(y), y > 0), (0, True))",
        (variable("1"), constant("cases((log(y), y > 0), (0, True))", "1"),
            lim("limit of a sum", "x + cases((log(y), y > 0), (0, True))", "1", f="x", g="cases((log(y), y > 0), (0, True))"))),
    ("limit(x/c, x, 1) = 1/c", (constant("c", "1"), variable("1"), lim("limit of a quotient", "x/c", "1", f="x", g="c"))),
    ("limit(x/x, x, 0) = 1", (constant("1", "0"),)), ("limit(log(x)/log(x), x, oo) = 1", (constant("1", "oo"),)),
    ("limit(1/(x*(x + 1)) - 1/(x*(x + 1)), x, oo) = 0", (constant("0", "oo"),)),
]  # fmt: skip
SYMBOLS = "z: real; c: positive; y: real; N: size"


@pytest.mark.parametrize(("step", "trace"), TRUE, ids=[s for s, _ in TRUE])
def test_a_limit_is_proved_by_rules_that_show_it_to_exist(step: str, trace: tuple[Instance, ...]) -> None:
    assert accepted(claim(SYMBOLS, step), *trace, defined=trace)


@pytest.mark.parametrize(("step", "trace"), TRUE, ids=[s for s, _ in TRUE])
def test_no_instance_of_such_a_proof_can_be_left_out(step: str, trace: tuple[Instance, ...]) -> None:
    for i in range(len(trace)):
        rest = (*trace[:i], *trace[i + 1 :])
        assert not accepted(claim(SYMBOLS, step), *rest, defined=rest)


FALSE = {
    "of the other sign": ("limit(1/x, x, 0, right) = -oo", RIGHT_POLE),
    "infinite, and a number": ("limit(1/x, x, 0, right) = 0", RIGHT_POLE),
    "infinite, and below infinity": ("limit(1/x, x, 0, right) < oo", RIGHT_POLE),
    "infinite, and above a number": ("limit(1/x, x, 0, right) > 5", RIGHT_POLE),
    "infinite, in an inequality with itself": ("limit(1/x, x, 0, right) <= limit(1/x, x, 0, right)", RIGHT_POLE),
    "the difference of infinite limits": ("limit(1/x, x, 0, right) - limit(1/x, x, 0, right) = 0", RIGHT_POLE),
    "an infinite limit and more": ("limit(1/x, x, 0, right) + 1 = limit(1/x, x, 0, right)", RIGHT_POLE),
    "an infinite limit in arithmetic": ("-limit(1/x, x, 0, right) = -oo", RIGHT_POLE),
    "infinity by itself": ("oo = oo", ()),
    "minus infinity by itself": ("-oo = -oo", ()),
    "infinite limits of both signs": (
        "limit(1/x, x, 0, right) = limit(-1/x, x, 0, right)",
        (*RIGHT_POLE, constant("-1", "0", "right"), lim("limit of a product", "-1/x", "0", "right", f="-1", g="1/x")),
    ),
    "of a difference of infinite limits": (
        "limit(1/x**2 - 1/x, x, 0, right) = 0",
        (*RIGHT_POLE, lim("limit of a sum", "1/x**2 - 1/x", "0", "right", f="1/x**2", g="-1/x")),
    ),
    "of zero times an infinite limit": (
        "limit(x*exp(-x), x, oo) = 0",
        (*GROWTH, *VANISHING, lim("limit of a product", "x*exp(-x)", "oo", f="exp(-x)", g="x")),
    ),
    "of a sum of an infinite limit and its opposite": (
        "limit(1/x + log(x), x, 0, right) = 0",
        (*RIGHT_POLE, LOG[1], lim("limit of a sum", "1/x + log(x)", "0", "right", f="1/x", g="log(x)")),
    ),
    "of a sum of infinite limits, by the first of them": (
        "limit(x - 2*x, x, oo) = oo",
        (variable("oo"), constant("-2", "oo"), lim("limit of a product", "-2*x", "oo", f="-2", g="x"),
            lim("limit of a sum", "x - 2*x", "oo", f="x", g="-2*x")),
    ),
    "of an infinite limit times what may be zero": (
        "limit(z*x, x, oo) = oo", (constant("z", "oo"), variable("oo"), lim("limit of a product", "z*x", "oo", f="z", g="x")),
    ),
    "of a quotient by what may be zero": (
        "limit(x/z, x, 1) = 1/z", (constant("z", "1"), variable("1"), lim("limit of a quotient", "x/z", "1", f="x", g="z")),
    ),
    "of a logarithm of what tends to one": (
        "limit(log(x), x, 1, right) = -oo", (variable("1", "right"), lim("log at zero", "log(x)", "1", "right", f="x")),
    ),
    "of a quotient of infinite limits": (
        "limit(exp(x)/x, x, oo) = 1", (*GROWTH, lim("limit of a quotient", "exp(x)/x", "oo", f="exp(x)", g="x")),
    ),
    "from the wrong side": ("limit(1/x, x, 0, left) = oo", (*RIGHT_POLE, variable("0", "left"))),
    "from both sides": ("limit(1/x, x, 0) = oo", (*RIGHT_POLE, variable("0"), lim("reciprocal at zero", "1/x", "0", f="x"))),
    "from a side, where only the other is known": ("limit(x, x, 0, right) = 0", (variable("0", "left"),)),
    "of a sine at infinity": ("limit(sin(x), x, oo) = limit(sin(x), x, oo)", (variable("oo"),)),
    "of a growing exponential": (
        "limit(x*exp(-(x*y)), x, oo) = 0", (variable("oo"), lim("exponential against power", "x*exp(-(x*y))", "oo", f="x", c="y")),
    ),
    "of a logarithm of what is negative": (
        "limit(log(-x), x, 0, right) = -oo", (variable("0", "right"), lim("log at zero", "log(-x)", "0", "right", f="-x")),
    ),
    "of a constant that is undefined somewhere": ("limit(1/y, x, 0) = 1/y", (constant("1/y", "0"),)),
}  # fmt: skip


@pytest.mark.parametrize(("step", "trace"), FALSE.values(), ids=FALSE)
def test_nothing_false_is_proved_of_a_limit(step: str, trace: tuple[Instance, ...]) -> None:
    for k in range(len(trace) + 1):  # an instance that is refused would hide what those before it do
        assert not accepted(claim(SYMBOLS, step), *trace[:k], defined=trace[:k])


HIDDEN = {  # what is undefined near the point, and lost in the normal form
    "a logarithm less itself": ("limit(log(x) - log(x), x, -5) = 0", (constant("0", "-5"),)),
    "nothing times a logarithm": ("limit(0*log(x), x, -5) = 0", (constant("0", "-5"),)),
    "a quotient of what vanishes": ("limit((abs(x) - x)/(abs(x) - x), x, 0, right) = 1", (constant("1", "0", "right"),)),
    "a logarithm over itself": ("limit(x*(log(x)/log(x)), x, 0, left) = 0", (variable("0", "left"),)),
    "a case that does not apply": ("limit(cases((1, x > 5)), x, 0) = 1", (constant("1", "0"),)),
    "an infinite limit of it": ("limit(1/x**2 + log(x) - log(x), x, 0) = oo", POLE),
    "a parameter over itself": ("limit(x*(y/y), x, 1) = 1", (variable("1"),)),
    "the point": ("limit(x, x, y/y) = 1", (variable("1"),)),
    "a term of a sum": ("limit(x + sum(log(x - i) - log(x - i) for i in 3), x, 1) = 1", (variable("1"),)),
    "a root of what vanishes on the diagonal": (
        "limit(x + sum(sqrt(-(x - i)**2) - sqrt(-(x - i)**2) for i in N), x, 1) = 1", (variable("1"),)),
    "a root under a filter": ("limit(x + sum(sqrt(-x*i)*0 for i in 3 if i != 2), x, 1) = 1", (variable("1"),)),
    "an element outside its family": ("limit(x*(1 + 0*s[k + 1]), x, 1) = 1", (variable("1"),)),
    "an integral that does not exist": ("limit(x + 0*integral(y for t in Reals), x, 1) = 1", (variable("1"),)),
}  # fmt: skip


@pytest.mark.parametrize(("step", "trace"), HIDDEN.values(), ids=HIDDEN)
def test_what_a_limit_is_taken_of_has_to_be_defined_near_the_point_as_it_is_written(step: str, trace: tuple[Instance, ...]) -> None:
    assert not accepted(claim(f"{SYMBOLS}; s: real[N]; k: index(N)", step), *trace, defined=trace)


# -- points and sides


def test_the_point_of_a_limit_may_be_a_bound_variable() -> None:
    inside = Instance("limit of the variable", OVER_N, {"a": elem("s", C0), "d": sym("both")},
        call("limit", sym("x"), sym("x"), elem("s", C0), sym("both")))
    symbols = "N: size; s: real[N]; k: index(N)"
    right = claim(symbols, "sum(limit(x, x, s[i]) for i in N) = sum(s[i] for i in N)")
    assert accepted(right, inside, defined=(inside,))
    assert not accepted(claim(symbols, "sum(limit(x, x, s[i]) for i in N) = N*s[k]"), inside, defined=(inside,))
    outside = inside._replace(scope=())
    assert "$0 is not among the givens" in why(right, outside, defined=(outside,))


def test_what_is_known_of_a_limit_under_a_guard_holds_there_only() -> None:
    guarded = lim("limit of the variable", "x", "0", "right", (Scope("", None, read("1 == 0")),))
    assert not accepted(claim("z: real", "limit(x, x, 0, right) = 0"), guarded, defined=(guarded,))


def test_the_variable_of_a_limit_is_not_taken_for_another_of_its_name_in_the_point() -> None:
    """Near 2*x, on its left, the variable is negative where the given x is."""
    limit = call("limit", read("abs(x)"), sym("x"), read("2*x"), sym("left"))
    near = (Scope("$0", REALS, call("lt", C0, call("mul", num(2), C0))),)
    absolute = use("absolute value of what is not negative", call("abs", C0), near, u=C0)
    linear = use("limit of the variable", call("limit", sym("y"), sym("y"), read("2*x"), sym("left")), a="2*x", d=sym("left"))
    givens = claim("x: real", "x = x").givens
    wrong = Claim(givens, limit, Relation.EQ, read("2*x"))
    assert not accepted(wrong, absolute, linear, defined=(absolute, linear))
    right = Claim(givens, call("limit", sym("x"), sym("x"), read("2*x"), sym("left")), Relation.EQ, read("2*x"))
    assert accepted(right, linear, defined=(linear,))


@pytest.mark.parametrize("side", [sym("up"), OO, num(1), call("neg", sym("left")), call("elem", sym("left"), num(1))], ids=repr)
def test_a_limit_is_taken_from_the_left_from_the_right_or_from_both_sides(side: Term) -> None:
    atom = call("limit", sym("x"), sym("x"), num(0), side)
    instance = Instance("limit of the variable", (), {"a": num(0), "d": side}, atom)
    assert not accepted(Claim(claim("z: real", "z = z").givens, atom, Relation.EQ, num(0)), instance, defined=(instance,))


@pytest.mark.parametrize("side", ["left", "right"])
def test_infinity_has_no_sides(side: str) -> None:
    assert "from no side" in why(claim("z: real", f"limit(x, x, oo, {side}) = oo"), defined=[variable("oo", side)])


def test_an_instance_about_a_limit_says_what_each_letter_is() -> None:
    c = claim("z: real", "limit(x, x, 0) = 0")
    whole = variable("0")
    assert "is about" in why(c, whole._replace(subst={}), defined=(whole,))
    assert "is about" in why(c, whole._replace(atom=None), defined=(whole,))
    assert "known already" in why(c, whole, whole, defined=(whole,))


def test_a_limit_of_the_limit_of_something_infinite_is_unknown() -> None:
    c = claim("z: real", "limit(limit(1/t**2, t, 0), x, 1) = oo")
    outer = lim("limit of a constant", "limit(1/t**2, t, 0)", "1", u="limit(1/t**2, t, 0)")
    assert not accepted(c, *POLE, outer, defined=(*POLE, outer))


def test_no_limit_smuggles_infinity_in_as_a_number() -> None:
    for u in ("oo", "-oo", "oo - oo", "0*oo"):
        assert not accepted(claim("z: real", f"limit(x, x, 0) = {u}"), constant(u, "0"), defined=(constant(u, "0"),))

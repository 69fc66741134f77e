"""derive/expression.py: what can be written is read exactly, and every trap has a message, a place and a hint."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from derive.expression import MAX_DEPTH, ExpressionError, Shape, read
from derive.term import OO, PI, TRUE, E, Term, binder, call, num, sym

NAMES = {"x": Shape(), "y": Shape(), "N": Shape(), "p": Shape(), "v": Shape(1), "W": Shape(2), "f": Shape(0, 1)}
x, y, i = sym("x"), sym("y"), sym("i")


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("0.10", num(Fraction(1, 10), 2)),
        ("1e-3", num(Fraction(1, 1000), 3)),
        ("12345678901234567890.5", num(Fraction(24691357802469135781, 2), 1)),
        ("-2", call("neg", num(2))),
        ("-x**2", call("neg", call("pow", x, num(2)))),
        ("x - y - 1", call("sub", call("sub", x, y), num(1))),
        ("x\n  + y", call("add", x, y)),
        ("pi*e", call("mul", PI, E)),
        ("log(x, 10)", call("log", x, num(10))),
        ("v[1]", call("elem", sym("v"), num(1))),
        ("W[1, 2]", call("elem", sym("W"), num(1), num(2))),
        ("f(x)", call("apply", sym("f"), x)),
        ("sum(v[i] for i in N if i != 2)", binder("sum", call("elem", sym("v"), i), "i", sym("N"), call("ne", i, num(2)))),
        ("sum(i*j for i in N for j in 3)", binder("sum", binder("sum", call("mul", i, sym("j")), "j", num(3)), "i", sym("N"))),
        ("limit(f(s), s, oo)", call("limit", call("apply", sym("f"), sym("s")), sym("s"), OO, sym("both"))),
        ("limit(1/s, s, 0, right)", call("limit", call("div", num(1), sym("s")), sym("s"), num(0), sym("right"))),
        ("diff(f(x), x, at=0)", call("diff", call("apply", sym("f"), x), x, num(0))),
        ("cases((1, x > 0), (0, True))", call("cases", num(1), call("gt", x, num(0)), num(0), TRUE)),
        ("0 < x < 1", call("and", call("lt", num(0), x), call("lt", x, num(1)))),
        ("[[1, -2]]", call("array", call("array", num(1), call("neg", num(2))))),
        ("integrable(f(t) for t in Reals)", call("integrable", binder("integral", call("apply", sym("f"), sym("t")), "t", sym("Reals")))),
    ],
)
def test_what_is_written_is_what_is_read(written: str, expected: Term):
    assert read(written, NAMES) == expected


@given(st.fractions(0, 1000).map(lambda q: f"{float(q):.6f}"))
def test_a_decimal_is_exact(written: str):
    value, decimals = read(written).args
    assert (value, decimals) == (Fraction(written), 6)


@pytest.mark.parametrize(
    ("written", "start", "length", "message", "hint"),
    [
        ("x^2", 1, 1, "^ is not a power", "x**2"),
        ("y + 2x", 4, 2, "2x is not a product", "2*x"),
        ("p(1 - p)", 0, 8, "p is no function", "p*(1 - p)"),
        ("1 + f''(x)", 5, 1, "' is not part", "diff(f(x), x)"),
        ("1 + ℓ", 4, 1, "turns into l", "another name"),
        ("x + 𝛼", 4, 1, "NFKC", "another name"),
        ("log(lambda)", 4, 6, "reserved word", "lam_"),
        ("x + z", 4, 1, "unknown symbol z", "z: real"),
        ("x + xx", 4, 2, "unknown symbol xx", "did you mean x?"),
        ("lgo(x)", 0, 3, "unknown symbol lgo", "log"),
        ("sum(v[x] for x in N)", 13, 1, "shadows", "another letter"),
        ("limit(x, x, 0)", 9, 1, "shadows", "another letter"),
        ("v + 1", 0, 1, "v stands without an index", "v[i]"),
        ("f + 1", 0, 1, "f stands without an argument", "f(x)"),
        ("x[1]", 0, 4, "x is no family", ""),
        ("v[1, 2]", 0, 7, "1 indices, and 2", ""),
        ("f(x, y)", 0, 7, "takes 1 arguments, and 2", ""),
        ("exp(x, y)", 0, 9, "exp takes 1 arguments", ""),
        ("exp + 1", 0, 3, "word of the language", "exp(…)"),
        ("sum(v)", 0, 6, "needs a variable", "for i in N"),
        ("sum(v[i] for i in N + 1)", 18, 5, "nothing to run over", "a size"),
        ("diff(x*y, x*y)", 10, 3, "no variable", "symbol"),
        ("x == ", 3, 1, "ends too early", "missing"),
        ("(x", 0, 1, "never closed", ""),
        ("x)", 1, 1, "closes nothing", ""),
        ("(x]", 2, 1, "closes nothing", ""),
        ("", 0, 1, "missing here", ""),
        ("x = y", 2, 1, "not an expression", "=="),
        ("all(v[i] = 1 for i in N)", 9, 1, "not an expression", "=="),
        ("x,", 0, 2, "x, is not part of the language", ""),
        ("x + 0x10", 4, 4, "0x10 is not a product", ""),
        ("x # y", 2, 1, "# is not part", ""),
        ("x if y else p", 7, 4, "reserved word", ""),
        ("x.real", 0, 6, "not part of the language", ""),
        ("(x := 1)", 0, 7, "", ""),
        ("[x for x in N]", 0, 14, "not part of the language", ""),
        ("x // y", 0, 6, "not part of the language", ""),
        ("f(*v)", 2, 2, "", ""),
        ("f(x=1)", 0, 6, "no named arguments", ""),
        ("x < y in N", 0, 10, "not part of the language", ""),
        ("1_000", 0, 5, "not a product", ""),
        ("1" * 1001, 0, 1001, "more than 1000 digits", ""),
        ("1e99999", 0, 7, "more than 1000 digits", ""),
        ("x × y", 2, 1, "× is not part", "write *"),
        ("x ≤ y", 2, 1, "≤ is not part", "write <="),
        ("x § y", 2, 1, "§ is not part", ""),
        ("x + .5", 4, 2, ".5 is not a number", "0.25"),
        ("x + 1.", 4, 2, "1. is not a number", "0.25"),
        ("ln(x)", 0, 2, "unknown symbol ln", "write log"),
        ("pi(x)", 0, 5, "pi is no function", ""),
        ("sum(1 for pi in N)", 10, 2, "pi cannot be a bound variable", ""),
        ("sum(i for (i, j) in N)", 10, 6, "(i, j) cannot be a bound variable", ""),
        ("limit(f(s), s)", 0, 14, "limit takes an expression, a variable, a point", ""),
        ("limit(f(s), s, 0, up)", 18, 2, "left or right", ""),
        ("limit(f(s), s, 0, 1)", 18, 1, "left or right", ""),
        ("diff(x)", 0, 7, "diff takes an expression and a variable", "diff(f(x), x)"),
        ("diff(v[1], v[1], at=0)", 11, 4, "has to be a plain symbol", ""),
        ("cases(x)", 6, 1, "each case is a pair", "cases((u, x > 0), (v, True))"),
        ("cases((x, y, y))", 6, 9, "each case is a pair", "cases((u, x > 0), (v, True))"),
        ("cases()", 0, 7, "at least one pair", ""),
        ("delta(1)", 0, 8, "delta takes two indices", "delta(i, j)"),
        ("αβ + x^2", 6, 1, "^", ""),  # offsets count characters, not bytes
    ],
)
def test_a_trap_has_a_message_a_place_and_a_hint(written: str, start: int, length: int, message: str, hint: str):
    with pytest.raises(ExpressionError) as caught:
        read(written, {**NAMES, "αβ": Shape()})
    error = caught.value
    assert message in error.message
    assert hint in error.hint
    if message:
        assert (error.start, error.length) == (start, length)


@pytest.mark.parametrize(
    "written",
    [
        '__import__("os").system("true")',
        "().__class__",
        "open(0)",
        "x.__class__",
        "f'{x}'",
        "`x`",
        "[x][0]",
        "(lambda: 1)()",
        "f(x)(y)",
        "exec(x)",
        "x; y",
    ],
)
def test_code_is_refused(written: str):
    with pytest.raises(ExpressionError):
        read(written, NAMES)


@pytest.mark.parametrize(
    "written",
    [
        "(" * 10_000 + "x" + ")" * 10_000,
        "-" * 10_000 + "x",
        "x" + "+x" * 10_000,
        "x" + "**x" * 10_000,
        "-" * 160 + "x",
        "not " * 10_000 + "x",
        "f(" * 200 + "x" + ")" * 200,
        "sum(" * 200 + "x" + " for i in N)" * 200,
    ],
)
def test_what_is_nested_too_deep_is_refused(written: str):
    with pytest.raises(ExpressionError, match=f"{MAX_DEPTH} levels"):
        read(written)


@given(st.text(st.sampled_from("xyfvN12.()[]+-*/<>=!,: \nforin^'\"#ℓé漢\t\x00"), max_size=30))
def test_any_text_is_read_or_refused_with_a_place_inside_it(written: str):
    try:
        assert isinstance(read(written, NAMES), Term)
    except ExpressionError as error:
        assert 0 <= error.start <= len(written)  # noqa: PT017

"""The bridge to SymPy: equations look as written, the round trip keeps values, and SymPy's opinion is honest."""

import math
from collections.abc import Mapping

import pytest
import sympy
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from derive.expression import read
from derive.model import Claim, Givens, Relation, Type
from derive.show import text
from derive.sympy_bridge import NoForm, NotReal, equation, from_sympy, givens_of, opinion, to_sympy
from derive.term import Lambda, Term, call, num, sym

N, K = sym("N"), sym("K")
SYMBOLS = {
    "x": Type("real"), "y": Type("real"), "s": Type("real"), "z": Type("real"), "w": Type("real"), "b": Type("real"),
    "r": Type("positive"), "a": Type("probability"), "t": Type("label"), "N": Type("size"), "K": Type("size"),
    "k": Type("index", K), "c": Type("index", K), "v": Type("real", shape=(K,)), "p": Type("probability", shape=(N,)),
    "u": Type("real", shape=(N,)), "Theta": Type("set"), "f": Type("positive", params=(Type("real"),)),
}  # fmt: skip
SIGMOID = Lambda(("r",), read("1/(1 + exp(-r))"))
DEFINITIONS = {
    "P": read("a**y * (1 - a)**(1 - y)"),
    "g": SIGMOID,
    "h": read("g(w*x + b)"),
    "S": Lambda(("i",), read("exp(v[i])/sum(exp(v[j]) for j in K)")),
}


def claim(left: str, right: str, relation: str = "=", hypotheses: tuple[str, ...] = ()) -> Claim:
    givens = Givens(SYMBOLS, tuple(map(read, hypotheses)))
    return Claim(givens, read(left), Relation(relation), read(right), (), DEFINITIONS)


def there_and_back(written: str) -> str:
    return text(from_sympy(to_sympy(read(written), Givens(SYMBOLS))))


# -- as written


@pytest.mark.parametrize(
    "written",
    [
        "x - y", "x - (y - z)", "-x", "-(x + y)", "x/y", "x/y/z", "x*y/z", "1/x", "sqrt(r)", "log(exp(x))", "(x - y)*(x + y)",
        "x + x", "x*x", "x/x", "2*x/4", "exp(x)*exp(-x)", "abs(x)", "max(x, y)", "f(x + y)", "diff(x**2, x)", "diff(diff(x**2, x), x)",
        "diff(x**2, x, at=3)", "limit(exp(-t_), t_, oo)", "limit(1/t_, t_, 0, right)", "limit(t_/t_, t_, 0)", "delta(c, k)", "v[k] + v[c]",
        "integral(exp(-q**2) for q in Reals)", "sum(exp(v[j]) for j in K)", "prod(p[i]/2 for i in N)", "sum(v[j] for j in K if c != j)",
        "sum(sum(u[i]*v[j] for i in N) for j in K)", "cases((x, x > 0), (-x, True))", "sinh(x)/cosh(x)", "x < y", "x < y and y < z",
        "v[2]", "sum(u[i] for i in 3)", "diff(sum(v[j]**2 for j in K), v[k])", "-oo", "pi/2",
    ],
)  # fmt: skip
def test_what_was_written_comes_back(written: str) -> None:
    assert there_and_back(written) == written


def test_an_equation_is_not_evaluated() -> None:
    e = equation(claim("s/s", "1"))
    assert isinstance(e, sympy.Eq)
    assert e.lhs.args == (sympy.Symbol("s", real=True), sympy.Pow(sympy.Symbol("s", real=True), -1))
    assert equation(claim("x + x", "2*x")).lhs.args == (sympy.Symbol("x", real=True),) * 2


def test_an_equation_of_things_that_are_equal_at_sight_is_still_an_equation() -> None:
    assert isinstance(equation(claim("x", "x")), sympy.Eq)


def test_definitions_are_unfolded_one_in_another() -> None:
    assert str(equation(claim("diff(h, w)", "0")).lhs) == "Derivative(1/(1 + exp(-(b + w*x))), w)"


def test_an_order_relation_becomes_one_of_sympy() -> None:
    assert isinstance(equation(claim("g(s)", "1", "<")), sympy.StrictLessThan)


@pytest.mark.parametrize(("left", "relation"), [("argmax(q for q in Theta)", "="), ("x", "~="), ("sum(1 for q in Theta)", "=")])
def test_what_sympy_cannot_say_has_no_equation(left: str, relation: str) -> None:
    assert equation(claim(left, "1", relation)) is None
    assert opinion(claim(left, "1", relation)).outcome == "no form"


def test_decimals_are_exact() -> None:
    assert to_sympy(read("0.10"), Givens()) == sympy.Rational(1, 10)


def test_types_and_hypotheses_become_assumptions() -> None:
    givens = Givens(SYMBOLS, (read("x != 0"), read("s < 0")))
    assert to_sympy(sym("x"), givens).is_nonzero
    assert to_sympy(sym("s"), givens).is_negative
    assert to_sympy(read("u[k]"), givens).is_real
    assert to_sympy(sym("t"), givens).is_integer
    assert to_sympy(read("f(x)"), givens).is_positive


def test_an_array_is_written_out_where_a_sum_runs_over_it() -> None:
    array = call("array", num(2), num(3))
    total = call("sum", call("elem", array, sym("j")), sym("j"), num(2), call("eq", num(1), num(1)))
    assert to_sympy(total, Givens()).doit() == 5
    with pytest.raises(NoForm):
        to_sympy(call("elem", array, sym("k")), Givens(SYMBOLS))


# -- the round trip keeps values

NUMBERS = st.sampled_from([num(0), num(1), num(2), num(3)])
LEAF = st.one_of(NUMBERS, st.sampled_from([sym("x"), sym("y"), sym("r")]))


def _larger(inner: st.SearchStrategy[Term]) -> st.SearchStrategy[Term]:
    two = st.builds(call, st.sampled_from(["add", "sub", "mul", "div", "max", "min"]), inner, inner)
    one = st.builds(call, st.sampled_from(["neg", "abs", "exp", "sin", "tanh", "log", "sqrt"]), inner)
    return st.one_of(two, one, st.builds(call, st.just("pow"), inner, NUMBERS))


TERMS = st.recursive(LEAF, _larger, max_leaves=8)
_UNARY = {
    "neg": lambda u: -u, "abs": abs, "exp": math.exp, "log": math.log, "sqrt": math.sqrt, "sin": math.sin, "tanh": math.tanh,
}  # fmt: skip
_BINARY = {
    "add": lambda u, v: u + v, "sub": lambda u, v: u - v, "mul": lambda u, v: u * v, "div": lambda u, v: u / v,
    "pow": lambda u, v: u**v, "max": max, "min": min,
}  # fmt: skip


def value(t: Term, at: Mapping[str, float]) -> float:
    if t.op == "num":
        return float(t.args[0])
    if t.op == "sym":
        return at[t.name]
    if t.op == "const":
        return {"pi": math.pi, "e": math.e}[t.name]
    args = [value(a, at) for a in t.args]
    return float(_UNARY[t.op](*args) if t.op in _UNARY else _BINARY[t.op](*args))


def value_or_none(t: Term, at: Mapping[str, float]) -> float | None:
    try:
        return value(t, at)
    except (ArithmeticError, ValueError, TypeError):
        return None


@given(TERMS)
@settings(max_examples=300, deadline=None)
def test_the_round_trip_keeps_the_value_and_where_there_is_one(t: Term) -> None:
    back = from_sympy(to_sympy(t, Givens(SYMBOLS)))
    assert read(text(back)) == back  # Derivation.of writes it on a page
    at = {"x": 0.75, "y": -1.25, "r": 2.5}
    expected, actual = value_or_none(t, at), value_or_none(back, at)
    assert (actual is None) == (expected is None)
    if expected is not None:
        assert actual == pytest.approx(expected, rel=1e-6, abs=1e-6)


@given(TERMS)
@settings(max_examples=200, deadline=None)
def test_what_was_read_from_sympy_means_the_same_to_it_again(t: Term) -> None:
    givens = Givens(SYMBOLS)
    once = to_sympy(t, givens)
    assume(value_or_none(t, {"x": 0.75, "y": -1.25, "r": 2.5}) is not None)  # SymPy refuses to evaluate max(0, 0/0)
    assert _evaluated(to_sympy(from_sympy(once), givens)) == _evaluated(once)


def _evaluated(e: sympy.Basic) -> sympy.Basic:
    return e.func(*map(_evaluated, e.args)) if e.args else e


# -- from SymPy

x, r = sympy.Symbol("x", real=True), sympy.Symbol("r", positive=True)
n = sympy.Symbol("n", integer=True, positive=True)
i, j, m = sympy.symbols("i j m", integer=True, positive=True)
q = sympy.IndexedBase("q", positive=True)


@pytest.mark.parametrize(
    ("expr", "expected"),
    [
        (1 - x, "1 - x"), (1 / (1 + sympy.exp(-x)), "1/(1 + exp(-x))"), (x**-2, "1/x**2"), (-x / 2, "-(x/2)"), (sympy.sqrt(r), "sqrt(r)"),
        (1 / sympy.sqrt(r), "1/sqrt(r)"), (sympy.Rational(-2, 3), "-(2/3)"), (3 * x / (2 * r), "3*x/(2*r)"),
        (sympy.Derivative(x**3, x, 2), "diff(diff(x**3, x), x)"), (sympy.Sum(q[i], (i, 1, n)), "sum(q[i] for i in n)"),
        (sympy.Sum(i * j, (i, 1, n), (j, 1, 3)), "sum(sum(i*j for i in n) for j in 3)"), (7, "7"),
    ],
)  # fmt: skip
def test_sympy_is_read_as_it_prints(expr: object, expected: str) -> None:
    shown = text(from_sympy(expr))
    assert read(shown) == read(expected)


@pytest.mark.parametrize(
    ("expr", "hint"),
    [
        (sympy.Symbol("x") + 1, "Symbol('x', real=True)"),
        (sympy.Symbol("x", complex=True) ** 2, "Symbol('x', real=True)"),
        (sympy.IndexedBase("w")[i], "IndexedBase('w', real=True)"),
        (sympy.Function("f")(x), "Function('f', real=True)"),
        (sympy.I * x, "not real"),
    ],
)
def test_what_is_not_known_to_be_real_is_refused_with_what_to_write(expr: object, hint: str) -> None:
    with pytest.raises(NotReal, match="real") as refused:
        from_sympy(expr)
    assert hint in str(refused.value)


@pytest.mark.parametrize(
    "expr",
    [
        sympy.Sum(i, (i, 0, n)), sympy.Sum(i, (i, 1, n + 1)), sympy.Integral(x, (x, 0, 1)), sympy.Float(0.1) + x, sympy.gamma(r),
        sympy.Symbol("lambda", real=True), sympy.Symbol("e", real=True), sympy.Symbol("x_{1}", real=True), "x + 1", sympy.nan,
        sympy.Symbol("r", real=True) + r,
    ],
)  # fmt: skip
def test_what_the_page_language_cannot_say_is_refused(expr: object) -> None:
    with pytest.raises(NoForm):
        from_sympy(expr)


def test_givens_come_from_assumptions_and_use() -> None:
    givens = givens_of(sympy.log(q[m] / sympy.Sum(q[i], (i, 1, n))), x / r)
    size = sym("n")
    expected = {"x": Type("real"), "r": Type("positive"), "n": Type("size"), "m": Type("index", size), "q": Type("positive", shape=(size,))}
    assert dict(givens.symbols) == expected
    assert givens.hypotheses == ()


def test_givens_keep_signs_that_no_type_says() -> None:
    givens = givens_of(sympy.Symbol("d", real=True, nonzero=True) + sympy.Symbol("o", negative=True))
    assert sorted(map(text, givens.hypotheses)) == ["d != 0", "o < 0"]


def test_a_family_without_a_known_size_is_refused() -> None:
    with pytest.raises(NoForm, match="shape"):
        givens_of(q[m])


# -- the opinion


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("log(P)", "y*log(a) + (1 - y)*log(1 - a)"),  # 2.2
        ("1 - g(s)", "g(-s)"),  # 1.2
        ("-log(g(y*s))", "log(1 + exp(-y*s))"),  # 3.2
        ("diff(-(y*log(h) + (1 - y)*log(1 - h)), w)", "(h - y)*x"),  # 6.3
        ("diff(S[c], v[k])", "S[c]*(delta(c, k) - S[k])"),  # 4.5
        ("-log(prod(p[i]**u[i]*(1 - p[i])**(1 - u[i]) for i in N))", "-sum(u[i]*log(p[i]) + (1 - u[i])*log(1 - p[i]) for i in N)"),  # 2.4
        ("diff(log(a), a)", "1/a"),
        ("log(1 - a)", "log(1 - a)"),
    ],
)
def test_sympy_agrees_with_true_steps(left: str, right: str) -> None:
    assert opinion(claim(left, right), seconds=30).outcome == "agrees"


def test_sympy_differs_where_the_difference_cannot_be_zero() -> None:
    assert opinion(claim("g(s) + 1", "g(s)")).outcome == "differs"
    assert opinion(claim("g(s)", "0", "<=")).outcome == "differs"


def test_sympy_agrees_with_an_order_that_it_sees() -> None:
    assert opinion(claim("g(s)", "0", ">")).outcome == "agrees"


def test_nothing_is_forced() -> None:
    assert opinion(claim("log(x**2)", "2*log(x)")).outcome == "unsure"
    assert opinion(claim("log(x**2)", "2*log(x)", hypotheses=("x > 0",))).outcome == "agrees"


def test_an_unsure_opinion_shows_the_probability_and_not_its_odds() -> None:
    unsure = opinion(claim("log(a) + x", "log(a)*y"))
    assert unsure.outcome == "unsure"
    assert "odds" not in unsure.difference
    assert len(unsure.difference) <= 200


def test_out_of_time_is_said() -> None:
    assert opinion(claim("1 - g(s)", "g(-s)"), seconds=0).outcome == "timeout"

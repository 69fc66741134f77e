"""derive/derivative.py: the derivative of a normal form, held against a table and against balls' power series."""

from __future__ import annotations

import pytest
from evaluated import GIVENS, SMOOTH, numbers, outcome, owed_holds, points
from hypothesis import assume, given, settings

from derive.derivative import derivative
from derive.domain import Domain
from derive.expression import read
from derive.model import Givens, Type
from derive.normal import NotNormal
from derive.rational import TooLarge
from derive.term import Term, call, sym

N, K = sym("N"), sym("K")
SYMBOLS = {
    "N": Type("size"), "K": Type("size"), "x": Type("real"), "y": Type("real"), "u": Type("positive"), "k": Type("index", K),
    "l": Type("index", K),
    "m": Type("index", N), "s": Type("real", shape=(K,)), "p": Type("positive", shape=(K,)), "w": Type("real", shape=(N, K)),
}  # fmt: skip


def slope(source: str, variable: str) -> tuple[Domain, object]:
    domain = Domain(Givens(SYMBOLS))
    n = domain.plain
    v = n.single(n.normal(read(variable)))
    assert v is not None
    return domain, derivative(n, n.normal(read(source)), v, ())


TABLE = [
    ("7", "x", "0"), ("x", "x", "1"), ("y", "x", "0"), ("x**3", "x", "3*x**2"), ("1/x", "x", "-1/x**2"), ("x**-2", "x", "-2/x**3"),
    ("(x + y)/(x - y)", "x", "-2*y/(x - y)**2"), ("1/(1 + x**2)", "x", "-2*x/(1 + x**2)**2"), ("exp(3*x)", "x", "3*exp(3*x)"),
    ("log(1 + x**2)", "x", "2*x/(1 + x**2)"), ("log(u, 2)", "u", "1/(u*log(2))"), ("log(2, u)", "u", "-log(2)/(u*log(u)**2)"),
    ("sqrt(u)", "u", "1/(2*sqrt(u))"), ("u**(1/2)", "u", "u**(-1/2)/2"), ("abs(x)", "x", "abs(x)/x"), ("sin(2*x)", "x", "2*cos(2*x)"),
    ("cos(x)", "x", "-sin(x)"), ("tan(x)", "x", "1 + tan(x)**2"), ("sinh(x)", "x", "cosh(x)"), ("cosh(x)", "x", "sinh(x)"),
    ("tanh(x)", "x", "1 - tanh(x)**2"), ("u**y", "u", "y*u**(y - 1)"), ("2**x", "x", "2**x*log(2)"), ("u**u", "u", "u**u*(log(u) + 1)"),
    ("e**x", "x", "exp(x)"), ("exp(exp(x))", "x", "exp(x)*exp(exp(x))"),
    ("cases((x**2, y > 0), (x, True))", "x", "cases((2*x, y > 0), (1, True))"),
    # sums, products and indices
    ("sum(s[j]**2 for j in K)", "s[k]", "sum(2*s[j]*delta(j, k) for j in K)"), ("s[k]", "s[k]", "1"), ("s[l]", "s[k]", "delta(k, l)"),
    ("s[1]", "s[2]", "0"), ("p[k]", "s[k]", "0"), ("w[m, l]", "w[m, k]", "delta(l, k)"), ("w[1, l]", "w[m, k]", "delta(1, m)*delta(l, k)"),
    ("sum(x**i for i in 3)", "x", "1 + 2*x + 3*x**2"), ("sum(exp(x*s[i]) for i in K)", "x", "sum(s[i]*exp(x*s[i]) for i in K)"),
    ("sum(x*s[i] for i in K if i != k)", "x", "sum(s[i] for i in K if i != k)"),
    ("prod(exp(x*s[i]) for i in K)", "x", "prod(exp(x*s[i]) for i in K)*sum(s[i] for i in K)"),
    ("prod(p[j] for j in K)", "p[k]", "prod(p[j] for j in K)*sum(delta(j, k)/p[j] for j in K)"),
    ("sum(exp(s[j]) for j in K)", "s[k]", "sum(exp(s[j])*delta(j, k) for j in K)"),
]  # fmt: skip


@pytest.mark.parametrize(("source", "variable", "expected"), TABLE, ids=lambda x: x)
def test_a_derivative_is_the_one_in_the_table(source: str, variable: str, expected: str) -> None:
    domain, found = slope(source, variable)
    assert domain.plain.equal(domain.plain.normal(read(expected)), found)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("source", "variable", "wrong"),
    [
        ("x**3", "x", "3*x**3"), ("log(2*x)", "x", "1/(2*x)"), ("s[l]", "s[k]", "0"), ("s[l]", "s[k]", "1"), ("x*y", "x", "x"),
        ("exp(x*y)", "x", "exp(x*y)"),
        ("sum(s[j]**2 for j in K)", "s[k]", "sum(2*s[j] for j in K)"), ("2**x", "x", "2**x"), ("1/x", "x", "1/x**2"),
        ("sqrt(u)", "u", "2*sqrt(u)"),
    ],
)  # fmt: skip
def test_a_wrong_derivative_is_not(source: str, variable: str, wrong: str) -> None:
    domain, found = slope(source, variable)
    assert not domain.plain.equal(domain.plain.normal(read(wrong)), found)  # type: ignore[arg-type]


@pytest.mark.parametrize(("source", "variable"), [
    ("max(x, y)", "x"), ("prod(s[j] for j in K)", "s[k]"), ("limit(f(h*x), h, 0)", "x"), ("integral(f(t*x) for t in Reals)", "x"),
    ("f(x)", "x"),
])  # fmt: skip
def test_what_has_no_known_derivative_is_refused(source: str, variable: str) -> None:
    with pytest.raises(NotNormal, match="no derivative"):
        slope(source, variable)


@pytest.mark.parametrize(("source", "variable"), [("s[y]", "y"), ("s[p[k]]", "p[k]"), ("delta(y, 1)", "y"), ("s[1]", "s[1, 2]")])
def test_nothing_is_differentiated_by_what_an_index_depends_on(source: str, variable: str) -> None:
    """Once the derivative was 0: `domain` asks nobody to find it, but who does is not told so."""
    with pytest.raises(NotNormal, match="no derivative"):
        slope(source, variable)


@given(numbers(ops=(*SMOOTH, "abs", "cases", "log to base")))
@settings(max_examples=300, deadline=None)
def test_a_derivative_is_what_balls_find_by_power_series(t: Term) -> None:
    """Wherever the conditions of diff(t, x) hold, in x and in an element of a family."""
    domain = Domain(GIVENS)
    n = domain.plain
    for variable in (sym("x"), call("elem", sym("s"), sym("k"))):
        written = call("diff", t, variable)
        if any(p.op == "is" and p.args[1].name != "an integer" for _, p in domain.conditions(written)):
            continue
        v = n.single(n.normal(variable))
        assert v is not None
        try:
            found = n.term(derivative(n, n.normal(t), v, ()))
        except (NotNormal, TooLarge, ZeroDivisionError):
            assume(False)
            raise
        for env in points(GIVENS, 4):
            if owed_holds(domain, written, env):
                assert outcome(written, found, env) in ("holds", "agrees", "unknown"), (env, found)

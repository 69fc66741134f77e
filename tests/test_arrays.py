"""derive/arrays.py: a bound index is an axis; what is computed along axes is what the page says, element by element."""

from __future__ import annotations

import ast
import math

import numpy as np
import pytest
from exported import arguments, close, exported, function, page_of, parameters, points

from derive.arrays import Arrays
from derive.code import LIBRARIES, CannotExport, Names, spaced

FAMILIES = "N: size, K: size, d: size, x: real[N, d], W: real[K, d], s: real[N, K], y: real[N], p: positive[K], t: real"
INDICES = "c: index(K)[N], k: index(K), l: index(K)"


def mine(value: str, given: str = f"{FAMILIES}, {INDICES}", where: str = "") -> str:
    """A page that claims `value = value`."""
    return f"given {given}\n{where}\nclaim {value} = {value}\n    {value}\n  = {value}  by algebra\n"


def line(value: str, to: str = "numpy", where: str = "") -> str:
    """The last line of the code of a value."""
    page = page_of(mine(value, where=where))
    return Arrays(page, LIBRARIES[to], list(page.givens.symbols)).body(page.right)[-1].removeprefix("return ")


@pytest.mark.parametrize(("value", "code"), [
    ("sum(y[i] for i in N)", "np.sum(y)"),
    ("sum(sum(s[i, j]*y[i] for j in K) for i in N)", "np.sum(np.sum(s * y[:, None], axis=-1))"),
    ("sum(sum(s[i, j]*y[i] for i in N) for j in K)", "np.sum(s.T @ y)"),
    ("sum(sum(exp(s[i, j]) + p[j] for i in N) for j in K)", "np.sum(np.sum(np.exp(s.T) + p[:, None], axis=-1))"),
    ("sum(log(sum(x[i, r]*W[k, r] for r in d)**2 + 1) for i in N)", "np.sum(np.log1p((x @ W[k])**2))"),
    ("sum(sum(tanh(sum(x[i, r]*W[j, r] for r in d)) for j in K) for i in N)", "np.sum(np.sum(np.tanh(x @ W.T), axis=-1))"),
    ("sum(s[i, c[i]] for i in N)", "np.sum(s[np.arange(N), c])"),
    ("sum(p[c[i]] for i in N)", "np.sum(p[c])"),
    ("sum(W[j, 1]*p[j] for j in K if j != k)", "np.sum(np.where(np.arange(K) != k, W[:, 0] * p, 0))"),
    ("sum(delta(j, k)*p[j] for j in K)", "np.sum(np.where(np.arange(K) == k, 1, 0) * p)"),
    ("prod(2 for i in N)", "2**N"),
    ("sum(t for i in N)", "N * t"),
    ("sum(i*y[i] for i in N)", "np.sum(np.arange(1.0, N + 1) * y)"),
    ("prod(p[j] for j in K)", "np.prod(p)"),
    ("max(0, t, -1)", "np.maximum(np.maximum(0, t), -1)"),
    ("abs(t)*0.10 + 1/3 - pi**2", "np.abs(t) * 0.10 + 1 / 3 - math.pi**2"),
    ("log(p[1], 10)", "np.log(p[0]) / math.log(10)"),
    ("cases((t, t > 0 and k != l), (-t, True))", "np.where((t > 0) & (k != l), t, -t)"),
    ("k*t", "(k + 1.0) * t"),
    ("-(-t)**2", "-(-t)**2"),
    ("(t - 1)/(2*t**2 + 1)/(t - (3 - t))", "(t - 1) / (2 * t**2 + 1) / (t - (3 - t))"),
])  # fmt: skip
def test_what_is_bound_is_an_axis(value: str, code: str) -> None:
    assert code == line(value)


VALUES = [
    "sum(sum(s[i, j]*y[i] for j in K) for i in N)",
    "sum(sum(exp(s[i, j]) + p[j]*y[i] for i in N) for j in K)",
    "sum(sum(sum(x[i, r]*W[j, r]*s[i, j] for r in d) for j in K) for i in N)",
    "sum(sum(sum(x[i, r]*W[j, r]*s[i, j] for i in N) for j in K) for r in d)",
    "sum(sum(tanh(sum(x[i, r]*W[j, r] for r in d))*y[i] for i in N) for j in K)",
    "sum(s[i, c[i]]*W[c[i], 1] for i in N)",
    "sum(sum(delta(c[i], j)*p[j]**y[i] for i in N) for j in K)",
    "sum(sum(s[i, j] for j in K if j != c[i]) for i in N)",
    "prod(prod(p[j] + y[i]**2 for j in K if j < k) for i in N)",
    "sum(sum(i*j*s[i, j] for i in N) for j in K)",
    "sum(sum(x[i, r]*y[i] for r in d)*sum(x[i, r] for r in d) for i in N)",
    "sum(exp(s[i, k])/sum(exp(s[i, j]) for j in K)*y[i] for i in N)",
    "sum(sum(exp(s[i, j])/sum(exp(s[i, r]) for r in K)*y[i] for i in N) for j in K)",
    "sum(sum(exp(s[i, j])/sum(exp(s[r, j]) for r in N)*y[i] for i in N) for j in K)",
    "sum(exp(s[i, c[i]])/sum(exp(s[i, j]) for j in K) for i in N)",
    "sum(log(sum(exp(s[i, j] - y[i]) for j in K)) for i in N)",
    "sum(log(sum(exp(s[i, j] - y[i]) for i in N)) for j in K)",
    "max(sum(y[i] for i in N), t, k)",
    "sum(cases((y[i], i == 1), (t*s[i, k], y[i] > 0), (s[i, c[i]], True)) for i in N)",
    "sum(W[k, r]**2 + x[1, r]*W[l, r] for r in d)",
    "sum(sum(W[i, r]*W[j, r] for r in d)*0 + s[1, i]*s[1, j] for i in K for j in K)",
    "sum(1/(1 + exp(-s[i, k]))*(1 - 1/(1 + exp(-s[i, k]))) for i in N)",
]


@pytest.mark.parametrize("value", VALUES)
def test_the_value_along_axes_is_that_of_the_page(value: str) -> None:
    page = page_of(mine(value))
    source = exported(page, "numpy")
    made, names = function(source, "mine"), parameters(source)
    for values, expected in points(page, 4):
        assert close(float(made(*arguments(page, names, values))), expected), source


WHERE = [
    ("sum(S(i, c[i]) + S(i, k) for i in N)", "where S(i, j) = exp(s[i, j])/sum(exp(s[i, r]) for r in K)"),
    ("sum(sum(A(j, i)*s[i, j] for j in K) for i in N)", "where A(j, i) = s[i, j]*p[j]"),
    ("sum(one(i)*y[i] + one(1) for i in N)", "where one(i) = 0*y[i] + t"),
    ("count(k)*count(l)", "where count(j) = sum(delta(c[i], j) for i in N)"),
    ("count(k)*p[1]", "where count(j) = sum(delta(c[i], j) for i in N)"),
    ("sum(h(y[i]) for i in N) + h(2)", "where h(u) = log(1 + u**2)"),
    ("sum(h(y[i]) for i in N) + h(2)", "where h(u) = sum(u*p[j] for j in K)"),
    ("sum(sum(h(p[j])*s[1, j] for j in K) for i in N)", "where h(u) = sum(u*p[j] for j in K)"),
    ("sum(sum(h(p[1])*s[1, j] for j in K) for i in N)", "where h(u) = sum(u*p[j] for j in K)"),
    ("sum(h(y[i], i) for i in N)", "where h(u, i) = u*s[i, k]"),
    ("m*sum(z(i)*y[i] for i in N)", "where m = 1/N\nwhere b = [0.5, 2]\nwhere z(i) = y[i]*b[2] + m*b[1]"),
    ("sum(M[1, j]*M[2, j] for j in 3)", "where M = [[1, -2, 0.5], [3, 4, 5]]"),
    ("sum(1 - a(i) for i in N)", "where g(u) = 1/(1 + exp(-u))\nwhere a(i) = g(y[i])"),
]


@pytest.mark.parametrize(("value", "where"), WHERE)
def test_definitions_are_arrays_functions_or_put_in(value: str, where: str) -> None:
    page = page_of(mine(value, where=where))
    source = exported(page, "numpy")
    made, names = function(source, "mine"), parameters(source)
    for values, expected in points(page, 4):
        assert close(float(made(*arguments(page, names, values))), expected), source


@pytest.mark.parametrize(("value", "where", "what"), [
    ("argmax(u for u in Theta)", "", "argmax has no code"),
    ("sum(diff(t**2, t) for i in N)", "", "a derivative has code only where"),
    ("cases((1, all(y[i] > 0 for i in N)), (2, True))", "", "a condition with all"),
])  # fmt: skip
def test_what_has_no_code_is_named(value: str, where: str, what: str) -> None:
    page = page_of(mine(value, f"{FAMILIES}, {INDICES}, Theta: set", where))
    with pytest.raises(CannotExport, match=what):
        exported(page, "numpy")


def test_torch_gets_arrays_and_plain_numbers_apart() -> None:
    """torch.log takes no float, torch.where no bool, and torch.maximum no number."""
    assert line("t*log(2)", "torch") == "t * math.log(2)"
    assert line("max(0, t)", "torch") == "torch.clamp(t, min=0)"
    assert line("max(t, p[1])", "torch") == "torch.maximum(t, p[0])"
    assert line("cases((t, k == 1), (-t, True))", "torch") == "t if k == 0 else -t"
    assert line("p[k] - delta(k, l)", "torch") == "p[k] - int(k == l)"
    assert line("cases((0.1, t > 0), (0.3, True))", "torch") == "torch.where(t > 0, 0.1, 0.3).to(x.dtype)"  # else float32
    assert line("log(1 + exp(t))", "torch") == "-torch.nn.functional.logsigmoid(-t)"


@pytest.mark.parametrize(("value", "expected"), [
    ("sum(i**(-2) for i in N)", 1.25),  # NumPy raises no integer to a negative one
    ("2**(-k)", 0.5),
    ("sum(2**(-delta(i, 1)) for i in N)", 1.5),
    ("N**(-k)", 0.5),
    ("exp(t)/sum(exp(i) for i in N)", 1 / (math.e + math.e**2)),
    ("exp(0)/sum(exp(i) for i in N)", 1 / (math.e + math.e**2)),  # softmax at the index -1, once
])  # fmt: skip
def test_an_index_is_a_number_like_any_other(value: str, expected: float) -> None:
    page = page_of(mine(value, "N: size, k: index(N), t: real"))
    source = exported(page, "numpy")
    given = {"N": 2, "k": np.int64(0), "t": np.float64(0)}
    assert expected == pytest.approx(float(function(source, "mine")(*(given[n] for n in parameters(source)))), rel=1e-15)


def test_a_product_of_indices_does_not_wrap_around() -> None:
    """Of integers, 25! was 7034535277573963776."""
    source = exported(page_of(mine("prod(i for i in N)", "N: size")), "numpy")
    assert float(math.factorial(25)) == function(source, "mine")(25)


@pytest.mark.parametrize(("name", "python"), [
    ("lambda", "lambda_"), ("θ", "theta"), ("Σ", "Sigma"), ("λ", "lambda_"), ("input", "input_"), ("np", "np_"), ("s", "s"),
    ("3d", "_3d"), ("ſin", "sin"), ("half½", "half1_2"), ("ｎｐ", "np_"),
])  # fmt: skip
def test_names_are_those_of_python(name: str, python: str) -> None:
    assert python == Names()[name]


def test_names_are_told_apart() -> None:
    names = Names("loss")
    assert [names["θ"], names["theta"], names["loss"], names["θ"]] == ["theta", "theta_", "loss_", "theta"]


def test_functions_within_a_function_stand_apart() -> None:
    assert spaced(
        ["a = 1", "def f(t):", "    return t", "def g(t):", "    return t", "return a"]
    ) == ["a = 1", "", "def f(t):", "    return t", "", "def g(t):", "    return t", "", "return a"]


def test_code_of_every_value_is_python_for_every_library() -> None:
    for value in VALUES:
        for to in LIBRARIES:
            assert isinstance(ast.parse(exported(page_of(mine(value)), to)), ast.Module)

"""The refuter: wrong steps get a witness inside the givens, true ones get none, and every point satisfies the hypotheses."""

from __future__ import annotations

import re
import time
from fractions import Fraction

import pytest

from derive import balls, refute
from derive.balls import Unsupported, decide
from derive.expression import read
from derive.model import KINDS, Givens, Relation, Search, Type
from derive.points import Points
from derive.refute import satisfying_point, search
from derive.show import text
from derive.term import Term, sym

Q = Fraction
SOFTMAX = "exp(s[k])/sum(exp(s[j]) for j in K)"
LOSS = "-sum(y[i]*log(exp(s[i])/sum(exp(s[j]) for j in K)) for i in K)"
LOSS_OF_C = "-log(exp(s[c])/sum(exp(s[j]) for j in K))"
ONE_HOT = "K: size; s: real[K]; y: label[K]; k: index(K)"
MIXED = "K: size; s: real[K]; y: real[K]; k: index(K)"
SUM_Y = "sum(y[i] for i in K) == 1"
DISTRIBUTIONS = "K: size; p: positive[K]; q: positive[K]"
SUMS = ("sum(p[i] for i in K) == 1", "sum(q[i] for i in K) == 1")
LIKELIHOOD = "prod(a[i]**y[i]*(1 - a[i])**(1 - y[i]) for i in N)"


def type_of(text: str) -> Type:
    if "->" in text:
        params, _, result = text.partition("->")
        return Type(type_of(result).kind, params=tuple(type_of(p) for p in re.sub(r"^\((.*)\)$", r"\1", params.strip()).split(",")))
    found = re.fullmatch(r"\s*(\w+)(?:\((\w+)\))?(?:\[(.*)\])?\s*", text)
    assert found, text
    kind, over, shape = found.groups()
    if kind not in (*KINDS, "density"):
        return Type("set", sym(kind))  # what a function on a set takes
    if kind == "density":
        return Type("nonnegative", params=(type_of(over),), density=True)
    return Type(kind, read(over) if over else None, tuple(map(read, shape.split(","))) if shape else ())


def givens(symbols: str, *hypotheses: str) -> Givens:
    pairs = (x.split(":") for x in symbols.split(";"))
    return Givens({name.strip(): type_of(kind) for name, kind in pairs}, tuple(map(read, hypotheses)))


def run(symbols: str, left: str, relation: str, right: str, *hypotheses: str, seed: int = 0) -> Search:
    return search(givens(symbols, *hypotheses), read(left), Relation(relation), read(right), seed=seed, seconds=10)


WRONG = [
    # the gradient of softmax cross-entropy: without Σy = 1, sign turned, the hypothesis' own slip
    (MIXED, f"diff({LOSS}, s[k])", "=", f"{SOFTMAX} - y[k]"),
    (MIXED, f"diff({LOSS}, s[k])", "=", f"y[k] - {SOFTMAX}", SUM_Y),
    ("K: size; s: real[K]; i: index(K); k: index(K)", "diff(exp(s[i])/sum(exp(s[j]) for j in K), s[k])", "=",
     f"exp(s[i])/sum(exp(s[j]) for j in K)*(1 - {SOFTMAX})"),
    # 9.1, 9.2, 9.4, 9.5, 9.8, 9.11 of derivations.md
    (DISTRIBUTIONS, "sum(p[i]*log(p[i]/q[i]) for i in K)", ">=", "log(sum(p[i]*(p[i]/q[i]) for i in K))", *SUMS),
    (DISTRIBUTIONS, "log(sum(p[i]*(p[i]/q[i]) for i in K))", "=", "-log(sum(p[i]*(q[i]/p[i]) for i in K))", *SUMS),
    ("y: label; a: probability", "-1/2*(y*log(a) + (1 - y)*log(1 - a))", "=", "-(y*log(a) + (1 - y)*log(1 - a))"),
    ("a: probability", "diff(-log(a, 2), a)", "=", "-log(2)/a"),
    ("x: real", "-log(exp(0.28)/(exp(-2.85) + exp(0.86) + exp(0.28)))", "~=", "0.452"),
    ("y: label; a: probability", "-(a**y*(1 - a)**(1 - y))", "=", "-(y*log(a) + (1 - y)*log(1 - a))"),
    # the exponent moved out, the range one short, a strict sign, a threshold
    ("N: size; x: real[N]", "sum(x[i]**2 for i in N)", "=", "sum(x[i] for i in N)**2"),
    ("N: size; x: real[N]", "sum(x[i] for i in N if i != N)", "=", "sum(x[i] for i in N)"),
    ("x: real", "exp(x)", ">", "1 + x"),
    ("s: real", "1/(1 + exp(-s)) >= 1/2", "iff", "s > 0"),
    ("x: real", "sqrt(x**2)", "=", "x"),
    ("f: real -> positive; x: real", "diff(log(f(x)), x)", "=", "1/f(x)"),
    ("x: real", "exp(x) + 1e-300", "=", "exp(x)"),
    ("N: size; p: probability[N]; q: probability[N]",
     "prod(p[i] for i in N)", "<", "prod(q[i] for i in N)", "all(p[i] <= q[i] for i in N)"),
]  # fmt: skip


@pytest.mark.parametrize("step", WRONG, ids=lambda s: f"{s[1]} {s[2]} {s[3]}"[:60])
def test_a_wrong_step_gets_a_witness_inside_the_givens(step: tuple[str, ...]) -> None:
    symbols, left, relation, right, *hypotheses = step
    out = run(symbols, left, relation, right, *hypotheses)
    assert out.witness is not None
    assert out.witness.undefined == ""
    assert out.witness.left != out.witness.right or relation in "<>"  # which fail where the sides are equal
    for h in hypotheses:
        assert decide(read(h), out.witness.values) is True


TRUE = [
    (MIXED, f"diff({LOSS}, s[k])", "=", f"{SOFTMAX} - y[k]", SUM_Y),
    (ONE_HOT, f"diff({LOSS}, s[k])", "=", f"{SOFTMAX} - y[k]", SUM_Y),
    (MIXED, f"diff({LOSS}, s[k])", "=", f"{SOFTMAX}*sum(y[i] for i in K) - y[k]"),
    ("K: size; s: real[K]; c: index(K); k: index(K)", f"diff({LOSS_OF_C}, s[k])", "=", f"{SOFTMAX} - delta(k, c)"),
    ("N: size; K: size; s: real[N, K]; c: index(K)[N]", "-log(prod(exp(s[i, c[i]])/sum(exp(s[i, j]) for j in K) for i in N))", "=",
     "sum(-s[i, c[i]] + log(sum(exp(s[i, j]) for j in K)) for i in N)"),
    ("N: size; y: label[N]; a: probability[N]", f"-log({LIKELIHOOD})", "=", "-sum(y[i]*log(a[i]) + (1 - y[i])*log(1 - a[i]) for i in N)"),
    (DISTRIBUTIONS, "sum(p[i]*log(p[i]/q[i]) for i in K)", ">=", "0", *SUMS),
    ("K: size; p: probability[K]", "sum(p[i]*log(p[i]) for i in K)", "<", "0", "sum(p[i] for i in K) == 1"),
    ("N: size; K: size; p: probability[N, K]",
     "sum(sum(p[n, k] for k in K) for n in N)", "=", "N", "all(sum(p[n, k] for k in K) == 1 for n in N)"),
    ("K: size; s: real[K]; c: index(K); k: index(K)", f"diff({LOSS_OF_C}, s[k])", ">", "0", "K >= 2", "k != c"),
    ("a: positive; b: real; x: real", "log(a)", "=", "b", "b == log(1)", "a == b + 1"),
    ("x: real; y: real; z: real", "(x - y)**2", "=", "z", "z == x**2 - 2*x*y + y**2"),
    ("x: real; y: real", "(x + y)/2", "<", "y", "x < y"),
    ("x: real", "x**2 + 1", ">=", "2*x"),
    ("y: sign; s: real", "diff(diff(log(1 + exp(-y*s)), s), s)", "=", "1/(1 + exp(-y*s))/(1 + exp(y*s))"),
    ("v: real[2]", "exp(v[1])/(exp(v[1]) + exp(v[2]))", "=", "1/(1 + exp(v[2] - v[1]))"),
    ("f: (real, index(N)) -> positive; N: size; x: real[N]", "log(prod(f(x[i], i) for i in N))", "=", "sum(log(f(x[i], i)) for i in N)"),
    ("n: size; K: size; m: integer[K]", "sum(m[k]/n for k in K)", "=", "1", "sum(m[k] for k in K) == n", "all(m[k] >= 1 for k in K)"),
    ("x: real; y: real", "diff(exp(x*y), x)", "=", "y*exp(x*y)", "y != 0"),
]  # fmt: skip


@pytest.mark.parametrize("step", TRUE, ids=lambda s: f"{s[1]} {s[2]} {s[3]}"[:60])
@pytest.mark.parametrize("seed", [0, 1])
def test_a_true_step_is_not_refuted(step: tuple[str, ...], seed: int) -> None:
    symbols, left, relation, right, *hypotheses = step
    out = run(symbols, left, relation, right, *hypotheses, seed=seed)
    assert out.witness is None
    assert out.satisfiable
    assert out.tried >= 2
    assert out.note == ""


@pytest.mark.parametrize(
    ("symbols", "left", "right", "undefined"),
    [
        ("x: real", "x/x", "1", "left side: x/x needs x != 0"),
        ("x: real", "log(x**2)", "2*log(x)", "right side: log(x) needs x > 0"),
        ("a: real; b: real", "log(a*b)", "log(a) + log(b)", "right side: log(a) needs a > 0"),
        ("x: real", "exp(log(x))", "x", "left side: log(x) needs x > 0"),
        ("N: size; x: real[N]", "sum(log(x[i]) for i in N)", "sum(log(x[j]) for j in N)", "log(x[i]) needs x[i] > 0 (i = 1)"),
        ("K: size; s: real[K]", "sum(s[i + 1] - s[i + 1] for i in K)", "0", "left side: s[i + 1] needs i + 1 <= K"),
        # the bound of an index within an index is undefined here, which ended the search, and with it a worksheet, in a traceback
        ("N: size; s: real[N, N]; c: index(N)[N]", "sum(s[i - 1, c[i - 1]] for i in N)", "0", "s[i - 1, c[i - 1]] needs 1 <= i - 1"),
        ("x: real", "cases((x, x > 0), (-x, x < 0))", "abs(x)", "cases((x, x > 0), (-x, x < 0)) needs x > 0 or x < 0"),
    ],
)
def test_an_undefined_side_is_a_witness_that_names_the_condition(symbols: str, left: str, right: str, undefined: str) -> None:
    out = run(symbols, left, "=", right)
    assert out.witness is not None
    assert undefined in out.witness.undefined


def test_signs_are_chosen_on_purpose() -> None:
    out = run("a: real; b: real", "log(a*b)", "=", "log(a) + log(b)", "a*b > 0")
    assert out.witness is not None
    a, b = out.witness.values["a"], out.witness.values["b"]
    assert isinstance(a, Q)
    assert isinstance(b, Q)
    assert max(a, b) < 0


@pytest.mark.parametrize(
    ("left", "right"),
    [("(x - 1/7)**2", "1/10**8"), ("x**2 + 1", "2*sqrt(2)*x - 1 + 1/10**9"), ("exp(x) - 3*x", "3 - 3*log(3) + 1e-7")],
)
def test_an_inequality_that_fails_in_a_narrow_place_is_found(left: str, right: str) -> None:
    assert run("x: real", left, ">=", right).witness is not None


def test_a_relation_that_fails_is_preferred_to_an_undefined_side() -> None:
    out = run("x: real", "x/x", "=", "2")
    assert out.witness is not None
    assert (out.witness.undefined, out.witness.left, out.witness.right) == ("", "1", "2")


def test_the_first_witness_is_simple() -> None:
    out = run("x: real", "log(x**2)", "=", "2*log(x)")
    assert out.witness is not None
    assert out.witness.values == {"x": Q(-1)}


def test_a_search_repeats_itself_whatever_was_searched_before() -> None:
    """Points are kept for the next step of a page: it must not see how many of them were drawn before."""
    apart = ("x: real[n]; y: real[n]; n: size", "sum((x[i] - y[i])**2 for i in n)", ">=", "1/10**3",
        "sum(x[i] for i in n) == 1", "sum(y[i] for i in n) == 2", "n >= 2")  # fmt: skip
    for symbols, left, relation, *rest in (WRONG[0], TRUE[9], apart):
        refute._turns.cache_clear()
        alone = run(symbols, left, relation, *rest)
        assert run(symbols, left, relation, *rest) == alone
        refute._turns.cache_clear()
        run(symbols, left, "=" if relation != "=" else "<", *rest)
        assert run(symbols, left, relation, *rest) == alone


def test_what_ends_the_turns_ends_them_for_the_next_search_as_well() -> None:
    sums = "sum(sum(sum(1 for k in 100) for j in 70) for i in n)"  # too many terms where n is 3
    turns = refute._Turns(lambda: Points(givens("n: size", f"{sums} > 0")))
    assert [turns[k] for k in (0, 1)] == [{"n": 2}, {"n": 1}]
    with pytest.raises(Unsupported) as first:
        turns[2]
    with pytest.raises(Unsupported) as second:
        turns[2]
    assert first.value is second.value
    assert turns[1] == {"n": 1}


def test_a_line_of_a_chain_is_worked_out_at_a_point_once(monkeypatch: pytest.MonkeyPatch) -> None:
    refute._turns.cache_clear()
    run("x: positive; y: positive", "log(x*y)", "=", "log(x) + log(y)")
    seen: list[str] = []
    worth = balls._worth

    def noted(term: Term, env: dict[str, object]) -> object:
        seen.append(text(term))
        return worth(term, env)

    monkeypatch.setattr(balls, "_worth", noted)
    out = run("x: positive; y: positive", "log(x) + log(y)", "=", "log(y) + log(x)")
    assert set(seen) == {"log(y) + log(x)"}
    assert out.tried > 50


def test_givens_that_contradict_each_other_are_not_satisfiable() -> None:
    out = run("x: real", "x", "=", "0", "x > 1", "x < 0")
    assert (out.satisfiable, out.tried, out.witness) == (False, 0, None)
    assert out.outside > 0
    assert satisfying_point(givens("x: real", "x > 1", "x < 0")) is None


def test_a_probability_of_a_single_outcome_makes_the_size_grow() -> None:
    point = satisfying_point(givens("K: size; p: probability[K]", "sum(p[i] for i in K) == 1"))
    assert point is not None
    assert point["K"] >= Q(2)  # type: ignore[operator]


@pytest.mark.parametrize(
    ("symbols", "hypotheses"),
    [
        ("K: size; y: label[K]", ["sum(y[i] for i in K) == 1"]),
        ("n: size; y: label[n]", ["0 < sum(y[i] for i in n)", "sum(y[i] for i in n) < n"]),
        ("x: real; lo: real; hi: real", ["lo < x", "x < hi", "hi - lo < 1"]),
        ("K: size; p: nonnegative[K]; x: real[K]; mu: real", ["sum(p[i] for i in K) == 1", "mu == sum(p[i]*x[i] for i in K)", "mu > 0"]),
        ("N: size; d: size; w: real[d]; x: real[N, d]; z: real[N]", ["all(z[i] == sum(w[l]*x[i, l] for l in d) for i in N)"]),
        ("x: real", ["x > 100"]),
        ("K: size", ["K >= 5"]),
        ("N: size; K: size; y: label[N, K]", ["all(sum(y[i, k] for k in K) == 1 for i in N)", "N >= 2", "K >= 3"]),
    ],
)
def test_points_satisfy_the_hypotheses(symbols: str, hypotheses: list[str]) -> None:
    for seed in range(3):
        point = satisfying_point(givens(symbols, *hypotheses), seed)
        assert point is not None
        assert [decide(read(h), point) for h in hypotheses] == [True] * len(hypotheses)


def test_what_cannot_be_evaluated_is_noted() -> None:
    out = run("x: real", "limit(x*h, h, 0)", "=", "0")
    assert (out.note, out.satisfiable, out.tried) == ("limit cannot be evaluated at a point", True, 0)
    out = search(Givens({"f": Type("size", params=(Type("real"),))}), read("f(0)"), Relation.GT, read("0"))
    assert (out.note, out.satisfiable) == ("no functions are known with values of the type size", False)
    out = run("K: size; x: real[K]", "argmax(u for u in Reals)", "=", "argmin(-u for u in Reals)", "sum(x[i] for i in K) == 1")
    assert (out.note, out.satisfiable, out.tried) == ("argmax over Reals cannot be evaluated at a point", True, 0)
    out = run("f: real -> positive", "integral(sin(f(x)) for x in Reals)", "<", "1")
    assert (out.note, out.satisfiable, out.witness) == ("such a function over Reals cannot be evaluated at a point", True, None)


def test_a_function_in_a_witness_is_named() -> None:
    out = run("f: real -> positive; x: real", "f(x + 1)", "=", "f(x) + 1")
    assert out.witness is not None
    assert out.note.startswith("with f(x0) = ")


# -- sets of maximisers, equivalences, corners, densities

THETA, LIKELY = "Theta: set; f: set(Theta) -> real", "Theta: set; f: set(Theta) -> positive"
SAMPLE = "n: size; x: real[n]; Theta: set; f: (real, set(Theta)) -> positive"
MODEL = "K: size; p: positive[K]; Theta: set; q: (index(K), set(Theta)) -> positive"
SHARES = ("sum(p[k] for k in K) == 1", "all(sum(q(k, t) for k in K) == 1 for t in Theta)")
D_OF_T = "sum(p[k]*log(p[k]/q(k, t)) for k in K)"
H_OF_T = "-sum(p[k]*log(q(k, t)) for k in K)"
OPEN = "all(0 < t and t < 1 for t in Theta)"
BERNOULLI = "prod(t**y[i]*(1 - t)**(1 - y[i]) for i in n)"
ETA = "sum(cases((-p[i]*log(p[i]), p[i] > 0), (0, True)) for i in n)"
HINGE = "sum(max(0, s[j] - s[c] + 1) for j in K if j != c)"
SIMPLEX = "n: size; p: nonnegative[n]"
SUM_P = "sum(p[i] for i in n) == 1"
PAIR = "n: size; p: probability[n]; q: probability[n]"
SUM_Q = "sum(q[i] for i in n) == 1"
BELLS = "p: real -> positive; q: real -> positive"
DENSITIES = (
    "integral(p(x) for x in Reals) == 1", "integral(q(x) for x in Reals) == 1",
    "integrable(p(x)*log(p(x)) for x in Reals)", "integrable(p(x)*log(q(x)) for x in Reals)",
)  # fmt: skip
DENSE_MODEL = "p: density(real); Theta: set; q: (real, set(Theta)) -> positive"
FINITE = (
    "all(p(x) > 0 for x in Reals)", "integrable(p(x)*log(p(x)) for x in Reals)",
    "all(integral(q(x, t) for x in Reals) == 1 for t in Theta)", "all(integrable(p(x)*log(q(x, t)) for x in Reals) for t in Theta)",
)  # fmt: skip
D_DENSE, H_DENSE = "integral(p(x)*log(p(x)/q(x, t)) for x in Reals)", "-integral(p(x)*log(q(x, t)) for x in Reals)"

FALSE_OF_SETS_AND_DENSITIES = [
    (THETA, "argmax(f(t) for t in Theta)", "=", "argmin(f(t) for t in Theta)"),
    (THETA, "argmax(f(t) for t in Theta)", "=", "argmax(f(t)**2 for t in Theta)"),
    (THETA, "argmax(f(t) for t in Theta)", "=", "argmax(t*f(t) for t in Theta)"),
    (THETA, "argmin(exp(f(t)) for t in Theta)", "=", "argmin(exp(-f(t)) for t in Theta)"),
    (LIKELY, "argmax(f(t) for t in Theta)", "=", "argmax(f(t) for t in Theta if t > 0)"),
    (LIKELY, "argmax(f(t) for t in Theta)", "=", "argmax(log(f(t))*t for t in Theta)"),
    (SAMPLE, "argmax(prod(f(x[i], t) for i in n) for t in Theta)", "=", "argmax(sum(f(x[i], t) for i in n) for t in Theta)"),
    (SAMPLE, "argmax(prod(f(x[i], t) for i in n) for t in Theta)", "=", "argmin(sum(log(f(x[i], t)) for i in n) for t in Theta)"),
    (MODEL, f"argmin({D_OF_T} for t in Theta)", "=", f"argmax({H_OF_T} for t in Theta)", *SHARES),
    ("n: size; y: label[n]; Theta: set", f"argmax({BERNOULLI} for t in Theta)", "=", "argmax(t for t in Theta)", OPEN),
    ("K: size; s: real[K]", "argmax(s[k] for k in K)", "=", "argmax(s[k]**2 for k in K)"),
    ("s: real", "1/(1 + exp(-s)) >= 1/2", "iff", "s > 0"),
    ("x: real; y: real; z: real", "3*x + 7*y >= 5*z + 11/13", "iff", "3*x + 7*y > 5*z + 11/13"),
    ("x: real; y: real; z: real", "not (3*x + 7*y >= 5*z + 11/13) or x*y > 1e9", "iff", "3*x + 7*y <= 5*z + 11/13 and True"),
    (f"{THETA}; u: real", "all(f(t) <= u for t in Theta)", "iff", "all(f(t) < u for t in Theta)"),
    ("K: size; s: real[K]; c: index(K)", f"{HINGE} == 0", "iff", "all(s[c] > s[j] + 1 for j in K if j != c)", "K >= 2"),
    (PAIR, "sum(p[i]*log(p[i]/q[i]) for i in n) > 0", "iff", "all(p[i] != q[i] for i in n)", SUM_P, SUM_Q),
    (SIMPLEX, f"{ETA} == 0", "iff", "p[1] == 1", SUM_P),
    (SIMPLEX, ETA, ">", "0", SUM_P),
    (SIMPLEX, "-sum(p[i]*log(p[i]) for i in n)", ">", "0", SUM_P, "all(p[i] >= 0 for i in n)"),
    ("n: size; p: real[n]", ETA, ">", "0", "all(p[i] >= 0 for i in n)", SUM_P, "n >= 3"),
    (PAIR, "sum(p[i]**2 for i in n)", ">", "1/n", SUM_P),
    (PAIR, "sum(p[i]*log(p[i]/q[i]) for i in n)", ">=", "log(sum(p[i]*(p[i]/q[i]) for i in n))", SUM_P, SUM_Q),
    ("N: size; K: size; p: nonnegative[N, K]", "sum(sum(p[m, k]**2 for k in K) for m in N)", "<", "N",
     "all(sum(p[m, k] for k in K) == 1 for m in N)"),
    ("s: real", "max(0, -s)", "<", "log(1 + exp(-s)) - 1/10"),
    ("p: density(real)", "-integral(p(x)*log(p(x)) for x in Reals)", ">", "0"),
    ("p: density(real); x: real", "p(x)", "<=", "1"),
    ("p: density(real); x: real", "p(x)", ">", "0"),
    ("p: density(real)", "integral(x*p(x) for x in Reals)", "=", "0"),
    ("p: density(real)", "all(p(x) < 1 for x in Reals)", "iff", "1 < 2"),
    (BELLS, "integral(p(x)*log(p(x)/q(x)) for x in Reals)", ">=", "log(integral(p(x)*(p(x)/q(x)) for x in Reals))", *DENSITIES),
    (BELLS, "log(integral(p(x)*(p(x)/q(x)) for x in Reals))", "=", "-log(integral(p(x)*(q(x)/p(x)) for x in Reals))", *DENSITIES,
     "integrable(p(x)*(p(x)/q(x)) for x in Reals)"),
    (BELLS, "integral(p(x)*log(p(x)/q(x)) for x in Reals)", ">=", "0", *DENSITIES[2:]),
    (BELLS, "integral(p(x)*log(p(x)/q(x)) for x in Reals)", "=", "integral(q(x)*log(q(x)/p(x)) for x in Reals)", *DENSITIES),
    (DENSE_MODEL, f"argmin({D_DENSE} for t in Theta)", "=", f"argmax({H_DENSE} for t in Theta)", *FINITE),
]  # fmt: skip


@pytest.mark.parametrize("step", FALSE_OF_SETS_AND_DENSITIES, ids=lambda s: f"{s[1]} {s[2]} {s[3]}"[:60])
def test_a_false_step_about_sets_corners_and_densities_gets_a_witness(step: tuple[str, ...]) -> None:
    symbols, left, relation, right, *hypotheses = step
    start = time.process_time()
    out = run(symbols, left, relation, right, *hypotheses)
    assert time.process_time() - start < 2
    assert out.witness is not None
    assert out.witness.undefined == ""
    assert out.witness.left != out.witness.right or relation in "<>"
    if "->" not in symbols and "density" not in symbols:
        assert [decide(read(h), out.witness.values) for h in hypotheses] == [True] * len(hypotheses)


TRUE_OF_SETS_AND_DENSITIES = [
    (LIKELY, "argmax(f(t) for t in Theta)", "=", "argmin(-log(f(t)) for t in Theta)"),
    (SAMPLE, "argmax(prod(f(x[i], t) for i in n) for t in Theta)", "=", "argmax(1/n*sum(log(f(x[i], t)) for i in n) for t in Theta)"),
    (MODEL, f"argmin({D_OF_T} for t in Theta)", "=", f"argmin({H_OF_T} for t in Theta)", *SHARES),
    ("n: size; y: label[n]; Theta: set", f"argmax({BERNOULLI} for t in Theta)", "=",
     "argmax(sum(y[i]*log(t) + (1 - y[i])*log(1 - t) for i in n) for t in Theta)", OPEN),
    ("K: size; s: real[K]", "argmax(s[k] for k in K)", "=", "argmax(exp(s[k])/sum(exp(s[j]) for j in K) for k in K)"),
    ("s: real", "1/(1 + exp(-s)) >= 1/2", "iff", "s >= 0"),
    ("K: size; s: real[K]; c: index(K)", f"{HINGE} == 0", "iff", "all(s[c] >= s[j] + 1 for j in K if j != c)", "K >= 2"),
    (PAIR, "sum(p[i]*log(p[i]/q[i]) for i in n) == 0", "iff", "all(p[i] == q[i] for i in n)", SUM_P, SUM_Q),
    ("n: size; p: positive[n]; q: positive[n]", "sum(p[i]*log(p[i]/q[i]) for i in n) == 0", "iff", "all(p[i] == q[i] for i in n)",
     SUM_P, SUM_Q),
    (SIMPLEX, ETA, ">=", "0", SUM_P),
    (SIMPLEX, ETA, "<=", "log(n)", SUM_P),
    ("s: real", "max(0, -s)", "<", "log(1 + exp(-s))"),
    ("s: real", "log(1 + exp(-s))", "<=", "max(0, -s) + log(2)"),
    ("p: density(real)", "integral(p(x) for x in Reals)", "=", "1", "integral(p(x) for x in Reals) == 1"),
    ("p: density(real); x: real", "p(x)", ">=", "0"),
    (BELLS, "integral(p(x)*log(p(x)/q(x)) for x in Reals)", "=",
     "integral(p(x)*log(p(x)) for x in Reals) - integral(p(x)*log(q(x)) for x in Reals)", *DENSITIES),
    (BELLS, "integral(p(x)*log(p(x)/q(x)) for x in Reals)", ">=", "0", *DENSITIES),
    (BELLS, "all(p(x) == q(x) for x in Reals)", "iff", "all(log(p(x)/q(x)) == 0 for x in Reals)", *DENSITIES),
    (DENSE_MODEL, f"argmin({D_DENSE} for t in Theta)", "=", f"argmin({H_DENSE} for t in Theta)", *FINITE),
]  # fmt: skip


@pytest.mark.parametrize("step", TRUE_OF_SETS_AND_DENSITIES, ids=lambda s: f"{s[1]} {s[2]} {s[3]}"[:60])
@pytest.mark.parametrize("seed", [0, 1])
def test_a_true_step_about_sets_corners_and_densities_is_not_refuted(step: tuple[str, ...], seed: int) -> None:
    symbols, left, relation, right, *hypotheses = step
    out = run(symbols, left, relation, right, *hypotheses, seed=seed)
    assert (out.witness, out.satisfiable, out.note) == (None, True, "")
    assert out.tried >= 20


def test_a_witness_shows_both_sets() -> None:
    out = run("K: size; s: real[K]", "argmax(s[k] for k in K)", "=", "argmax(s[k]**2 for k in K)", "K == 2", "s[1] == -1", "s[2] == 1")
    assert out.witness is not None
    assert (out.witness.left, out.witness.right) == ("{2}", "{1, 2}")


def test_a_witness_against_an_equivalence_shows_what_is_true() -> None:
    out = run("s: real", "1/(1 + exp(-s)) >= 1/2", "iff", "s > 0")
    assert out.witness is not None
    assert (out.witness.values, out.witness.left, out.witness.right) == ({"s": Q(0)}, "true", "false")


def test_an_objective_that_is_undefined_somewhere_is_a_witness() -> None:
    out = run(THETA, "argmax(f(t) for t in Theta)", "=", "argmax(log(f(t)) for t in Theta)")
    assert out.witness is not None
    assert "right side: log(f(t)) needs f(t) > 0 (t = " in out.witness.undefined


def test_an_integral_that_does_not_exist_is_a_witness() -> None:
    out = run(BELLS, "integral(p(x)/q(x) for x in Reals)", "=", "integral(p(x)/q(x) for x in Reals)", *DENSITIES)
    assert out.witness is not None
    assert "left side: integral(p(x)/q(x) for x in Reals) needs integrable(p(x)/q(x) for x in Reals)" in out.witness.undefined


def test_a_certain_outcome_is_among_the_first_points() -> None:
    out = search(givens(SIMPLEX, SUM_P), read(ETA), Relation.GT, read("0"), points=6, seconds=10)
    assert out.witness is not None
    assert out.witness.values in ({"n": Q(1), "p": (Q(1),)}, {"n": Q(2), "p": (Q(1), Q(0))}, {"n": Q(2), "p": (Q(0), Q(1))})


def test_a_simpler_witness_is_preferred_to_the_first() -> None:
    out = run(PAIR, "sum(p[i]*log(p[i]/q[i]) for i in n)", ">=", "log(sum(p[i]*(p[i]/q[i]) for i in n))", SUM_P, SUM_Q)
    assert out.witness is not None
    assert out.witness.values["n"] == Q(2)


@pytest.mark.parametrize(
    ("symbols", "hypotheses"),
    [
        (BELLS, DENSITIES),
        (DENSE_MODEL, FINITE),
        (MODEL, SHARES),
        ("p: density(real); q: density(real)", ("all(p(x) > 0 for x in Reals)", "all(q(x) > 0 for x in Reals)")),
        ("n: size; y: label[n]; Theta: set", (OPEN, "0 < sum(y[i] for i in n)", "sum(y[i] for i in n) < n")),
        ("K: size; f: index(K) -> probability", ("sum(f(k) for k in K) == 1",)),
        ("f: (real, real) -> positive", ("all(integral(f(x, y) for y in Reals) == 1 for x in Reals)",)),
    ],
)
def test_densities_and_sets_satisfy_the_hypotheses(symbols: str, hypotheses: tuple[str, ...]) -> None:
    for seed in range(3):
        assert satisfying_point(givens(symbols, *hypotheses), seed) is not None
    out = run(symbols, "limit(exp(-h), h, oo)", "=", "0", *hypotheses)
    assert (out.satisfiable, out.note) == (True, "limit cannot be evaluated at a point")


def test_no_witness_rests_on_hypotheses_that_were_only_sampled() -> None:
    out = run("p: density(real)", "p(0)", ">", "100", "integrable(sin(x)*p(x) for x in Reals)")
    assert (out.witness, out.satisfiable, out.tried) == (None, True, 0)
    assert out.note.startswith("integrals and all reals were sampled")
    assert satisfying_point(givens("p: density(real)", "integrable(sin(x)*p(x) for x in Reals)")) == {}


def test_hypotheses_about_all_reals_may_contradict_the_type() -> None:
    for hypotheses in (["all(p(x) < 0 for x in Reals)"], ["integral(p(x) for x in Reals) == 2"], ["not integrable(p(x) for x in Reals)"]):
        out = run("p: density(real)", "p(0)", "=", "1", *hypotheses)
        assert (out.witness, out.satisfiable, out.tried) == (None, False, 0)


def test_givens_without_symbols_are_satisfied() -> None:
    """The point with no values counted as none, so that the negation of a limit without symbols was not looked for."""
    out = search(Givens(), read("limit(1/x, x, oo)"), Relation.EQ, read("1"))
    assert (out.witness, out.satisfiable) == (None, True)
    assert satisfying_point(Givens()) == {}

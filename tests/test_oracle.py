"""Oracles: arrays, sizes, types and hypotheses; derivatives; what can be no oracle."""

from __future__ import annotations

import math
import random
from fractions import Fraction
from types import SimpleNamespace

import pytest
import sympy

from derive import Derivation, NotCertified, derivation
from proofs import gradients, signed_labels, softmax

np = pytest.importorskip("numpy", reason="oracles need NumPy: pip install numpy")
from derive.oracle import BadInput, NoOracle, NoValue, Undecided, oracle, says_it_all  # noqa: E402


@pytest.fixture(scope="module")
def loss():  # type: ignore[no-untyped-def]
    return oracle(softmax.loss)


# -- sources


def test_a_certified_derivation_is_worth_its_right_side(loss) -> None:  # type: ignore[no-untyped-def]
    assert loss.inputs == ("s", "i")
    assert loss([0.0, 0.0], 1) == math.log(2)


def test_a_derivation_that_is_not_proved_is_refused_with_the_report() -> None:
    wrong = derivation("""
    given x: real
    claim exp(x) = exp(-x)
        exp(x)
      = exp(-x)    by algebra
    """)
    with pytest.raises(NotCertified, match="refuted"):
        oracle(wrong)


def test_a_claim_that_is_no_equation_is_refused() -> None:
    with pytest.raises(NoOracle, match=r"^0 < S\(i\) is no equation"):
        oracle(softmax.positive)


def test_an_input_that_one_side_does_not_mention_is_not_asked_for() -> None:
    stable = oracle(softmax.log_sum_exp)
    assert stable.inputs == ("s",)
    assert stable([1000.0, 1000.0]) == 1000 + math.log(2)


def test_text_and_sympy_expressions_are_sources() -> None:
    x = sympy.Symbol("x", real=True)
    assert oracle("x/3", given="x: real")(1) == 1 / 3
    assert oracle(sympy.exp(-x), given="x: real")(1000.0) == 0
    chain = Derivation.of((x + 1) ** 2, x**2 + 2 * x + 1, given="x: real", reasons=["algebra"])
    assert oracle(chain)(2.0) == 9


@pytest.mark.parametrize(
    ("text", "given", "message"),
    [
        ("log(x", "x: real", "this ( is never closed, at '(' of the oracle 'log(x' given 'x: real'"),
        ("x + z", "x: real", "unknown symbol z"),
        ("x", "x: reel", "unknown type reel, at 'reel' of the oracle 'x' given 'x: reel'; did you mean real?"),
        ("x < 1", "x: real", "is a proposition, and a value stands here"),
        ("limit(1/t, t, oo)", "", "limit cannot be evaluated at a point"),
        ("argmax(x[i] for i in N)", "N: size, x: real[N]", "is a set, and a value stands here"),
        ("f(x)", "x: real, f: real -> positive", "f is a function, and the inputs of an oracle are numbers and arrays"),
    ],
)
def test_what_can_be_no_oracle_is_named(text: str, given: str, message: str) -> None:
    with pytest.raises(NoOracle) as error:
        oracle(text, given=given)
    assert message in str(error.value)


@pytest.mark.parametrize("source", [len, None, sympy.Symbol("x"), sympy.gamma(sympy.Symbol("x", real=True))])
def test_what_is_no_real_expression_is_named(source: object) -> None:
    with pytest.raises(NoOracle, match="an oracle is made of a derivation, of an expression as text, or of one of SymPy"):
        oracle(source, given="x: real")


def test_a_page_brings_its_own_givens_and_formats_are_two() -> None:
    with pytest.raises(NoOracle, match="the page says what is given"):
        oracle(softmax.loss, given="K: size")
    with pytest.raises(NoOracle, match="float16 is no format of an oracle, which are float64, float32"):
        oracle("x", given="x: real", dtype="float16")


# -- arrays


def test_scalars_of_the_page_may_be_arrays_that_broadcast() -> None:
    f = oracle("a*x + b", given="x: real, a: real, b: real")
    x, a = np.arange(3.0), np.array([[1.0], [10.0]])
    assert f(x, b=5, a=a).tolist() == (a * x + 5).tolist()
    assert f(1, 2, 3).shape == ()
    assert f(np.zeros((0,)), 2, 3).shape == (0,)


def test_axes_before_those_of_a_family_are_run_over(loss) -> None:  # type: ignore[no-untyped-def]
    s = np.array([[1.0, 2.0, 3.0], [3.0, 0.0, -1.0]])
    assert loss(s, [2, 0]).tolist() == [loss(s[0], 2), loss(s[1], 0)]
    assert loss(s[0], np.arange(3)).tolist() == [loss(s[0], k) for k in range(3)]


def test_the_result_is_of_the_format_asked_for() -> None:
    f = oracle("x/3", given="x: real", dtype="float32")
    assert f(1).dtype == np.float32
    assert f([1, 2]).dtype == np.float32
    assert oracle("x/3", given="x: real")(np.float32(1)).dtype == np.float64


def test_inputs_are_taken_as_the_exact_values_of_their_floats() -> None:
    f = oracle("3*x - 1", given="x: real")
    assert f(0.1) == float(3 * Fraction(0.1) - 1)
    assert f(np.float32(0.1)) == float(3 * Fraction(float(np.float32(0.1))) - 1)


def test_families_of_families_and_of_indices() -> None:
    f = oracle("sum(s[i, c[i]] for i in N)", given="N: size, K: size, s: real[N, K], c: index(K)[N]")
    assert f.inputs == ("s", "c")
    assert f(np.array([[1.0, 2.0, 4.0], [8.0, 16.0, 32.0]]), [2, 0]) == 12


def test_a_size_that_no_shape_tells_is_an_input() -> None:
    f = oracle("x/N", given="N: size, x: real")
    assert f.inputs == ("N", "x")
    assert f(4, [1.0, 2.0]).tolist() == [0.25, 0.5]
    mean = oracle("sum(x[i] for i in N)/N", given="N: size, x: real[N]")
    assert mean([1.0, 2.0, 6.0]) == 3


def test_a_long_sum_is_exact_until_it_is_rounded() -> None:
    x = [random.Random(1).uniform(-1, 1) * 10.0 ** random.Random(i).randint(-20, 20) for i in range(1000)]
    assert oracle("sum(x[i] for i in N)", given="N: size, x: real[N]")(x) == math.fsum(x)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([[1.0, 2.0]], [0.5], [1.0]), "d is 2 by x of shape (1, 2), and 1 by w of shape (1,)"),
        (([1.0], [0.5], [1.0]), "x of shape (1,) has too few axes: the last ones are those of x[N, d]"),
        (([[1.0]], [0.5]), "missing a required argument: 'w'; the inputs are x, y, w"),
        (([[1.0]], [0.5], [1.0], 3), "too many positional arguments; the inputs are x, y, w"),
        ((np.zeros((0, 1)), [], [1.0]), "N is 0 by x of shape (0, 1), and a size is at least 1"),
        (([[1.0]], [1j], [1.0]), "y has elements of type complex128"),
        (([[1.0]], ["a"], [1.0]), "y has elements of type <U1"),
        (([[math.nan]], [0.5], [1.0]), "x = nan is no number"),
        (([[1.0]], [-math.inf], [1.0]), "y = -inf is no number"),
        (([[[1.0]]] * 2, [[0.5]] * 3, [1.0]), "these shapes cannot be broadcast together: x (2,), y (3,), w ()"),
    ],
)
def test_arrays_that_do_not_fit_are_named(arguments, message: str) -> None:  # type: ignore[no-untyped-def]
    f = oracle("sum(y[i]*sum(w[k]*x[i, k] for k in d) for i in N)", given="N: size, d: size, x: real[N, d], y: real[N], w: real[d]")
    with pytest.raises(BadInput) as error:
        f(*arguments)
    assert message in str(error.value)


def test_a_written_size_is_held_to() -> None:
    with pytest.raises(BadInput, match=r"2 is 2 by the page, and 3 by s of shape \(3,\)"):
        oracle(softmax.two_classes)([1.0, 2.0, 3.0])


@pytest.mark.parametrize(
    ("type_", "inside", "outside"),
    [
        ("positive", (5e-324, 1e308), (0.0, -1.0)),
        ("nonnegative", (0.0, -0.0), (-5e-324,)),
        ("probability", (5e-324, 0.9999999999999999), (0.0, 1.0)),
        ("label", (0, 1.0, True), (0.5, 2, -1)),
        ("sign", (-1, 1.0), (0, 2)),
        ("integer", (-3, 1e300), (0.5,)),
        ("index(3)", (0, 2), (-1, 3, 0.5)),
    ],
)
def test_values_outside_their_type_are_refused(type_: str, inside, outside) -> None:  # type: ignore[no-untyped-def]
    f = oracle("x*1", given=f"x: {type_}") if "index" not in type_ else oracle("delta(x, 1)", given=f"x: {type_}")
    for x in inside:
        f(x)
    for x in outside:
        with pytest.raises(BadInput, match=r"^x = "):
            f(x)


def test_an_index_is_held_to_the_size_that_the_shapes_tell(loss) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(BadInput, match="i = 2 is no index from 0 to K - 1, with K = 2"):
        loss([1.0, 2.0], 2)


def test_an_index_is_held_to_a_size_that_is_an_input_itself() -> None:
    """(k + 1)/K was 3 for K = 2 and k = 5."""
    ratio = oracle("k/K", given="K: size, k: index(K)")
    assert ratio(K=[2, 6], k=[1, 5]).tolist() == [1, 1]
    with pytest.raises(BadInput, match=r"^k = 5 is no index from 0 to K - 1, with K = 2$"):
        ratio(K=[6, 2], k=5)


def test_rows_of_different_lengths_are_named() -> None:
    with pytest.raises(BadInput, match=r"^x is no array"):
        oracle("x", given="x: real")([[1.0], [2.0, 3.0]])


def test_hypotheses_are_enforced_but_of_equations_only_the_leading_digits() -> None:
    given = "n: size, p: positive[n], x: real, x != 0, sum(p[i] for i in n) == 1"
    f = oracle("sum(p[i]/x for i in n)", given=given)
    thirds = np.full(3, 1 / 3)
    assert f(thirds, 1) == 1
    assert f([0.1] * 10, 1) == 1
    with pytest.raises(BadInput, match=r"do not satisfy sum\(p\[i\] for i in n\) == 1, n = 3"):
        f(1.0001 * thirds, 1)
    with pytest.raises(BadInput, match="do not satisfy x != 0, x = 0"):
        f(thirds, 0.0)


def test_an_undefined_element_is_named_with_its_place() -> None:
    f = oracle("log(x)", given="x: real")
    with pytest.raises(NoValue, match=r"log\(x\) is undefined: it needs x > 0, at x = 0 \(element \[1, 0\]\)"):
        f([[1.0, 2.0], [0.0, 3.0]])


def test_more_terms_than_can_be_added_are_refused() -> None:
    with pytest.raises(NoOracle, match="sum runs over more than 20000 terms"):
        oracle("sum(x[i] for i in N)", given="N: size, x: real[N]")(np.zeros(20_001))


# -- derivatives


def test_the_derivative_of_a_scalar_is_the_certified_one() -> None:
    s = np.array([-1000.0, -40.0, -1e-300, 0.0, 2.5, 709.0, 800.0])
    found = oracle(signed_labels.loss).gradient("s")(s, -1.0)
    assert found.tolist() == oracle(signed_labels.slope)(s, -1.0).tolist()
    assert found[3] == 0.5


def test_the_derivative_in_a_family_has_its_shape_and_is_the_certified_one(loss) -> None:  # type: ignore[no-untyped-def]
    s = np.array([[1.0, -2.0, 800.0], [0.5, 0.25, 0.125]])
    found = loss.gradient("s")(s, [0, 2])
    certified = oracle(softmax.loss_gradient_one_hot)
    assert found.shape == (2, 3)
    assert found.tolist() == [certified(s[0], 0, range(3)).tolist(), certified(s[1], 2, range(3)).tolist()]


def test_a_derivative_of_a_derivative(loss) -> None:  # type: ignore[no-untyped-def]
    s = np.array([0.3, -1.2])
    p = oracle("exp(s[i])/sum(exp(s[j]) for j in K)", given="K: size, s: real[K], i: index(K)")(s, [0, 1])
    hessian = loss.gradient("s").gradient("s")(s, 0)
    assert hessian.shape == (2, 2)
    np.testing.assert_allclose(hessian, np.diag(p) - np.outer(p, p), rtol=1e-14)


def test_the_derivative_in_a_matrix_has_two_axes() -> None:
    f = oracle("sum(sum(W[i, k]**2*x[k] for k in d) for i in K)", given="K: size, d: size, W: real[K, d], x: real[d]")
    W, x = np.arange(6.0).reshape(2, 3), np.array([1.0, 0.5, 0.25])
    assert f.gradient("W")(W, x).tolist() == (2 * W * x).tolist()


def test_the_gradient_of_a_mean_squared_error_is_the_certified_one() -> None:
    loss = oracle("(1/(1 + exp(-(w*x + b))) - y)**2/2", given="w: real, x: real, b: real, y: real")
    inputs = {"w": np.linspace(-3, 3, 7), "x": 1.5, "b": 0.25, "y": 1.0}
    assert loss.gradient("w")(**inputs).tolist() == oracle(gradients.squared_error_weight)(**inputs).tolist()


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("y", "y is of type label, in which nothing can be differentiated"),
        ("z", "z is no input of this oracle; the inputs are x, y"),
        ("x", "an equality among the hypotheses mentions x"),
    ],
)
def test_what_cannot_be_differentiated_is_named(name: str, message: str) -> None:
    with pytest.raises(NoOracle) as error:
        oracle("x*y", given="x: real, y: label, z: real, x == 1").gradient(name)
    assert message in str(error.value)


def test_a_derivative_at_a_kink_is_not_decided() -> None:
    slope = oracle("max(0, x)", given="x: real").gradient("x")
    assert slope([-1.0, 2.0]).tolist() == [0, 1]
    with pytest.raises(Undecided, match=r"\(element \[1\]\)"):
        slope([1.0, 0.0])


# -- in a traceback


@pytest.mark.parametrize(("error", "hidden"), [(AssertionError, True), (NoOracle, True), (NotCertified, True), (KeyError, False)])
def test_only_a_defect_is_shown_with_all_its_frames(error: type[Exception], hidden: bool) -> None:
    assert says_it_all(SimpleNamespace(type=error)) is hidden

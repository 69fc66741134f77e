"""derive/export.py: every derivation of `proofs` that claims an equation with code is exported, runs, and has the value of its formula."""

from __future__ import annotations

import ast
import json
import math
import subprocess
import sys
import warnings
from typing import Any

import numpy as np
import pytest
from certified import library, text_of
from exported import arguments, close, exported, function, page_of, parameters, points, symbolic_value, taken_as_proved

from derive.check import check_derivation
from derive.code import CannotExport
from derive.export import TARGETS, export
from derive.model import NotCertified, Relation
from derive.page import collect_markdown

# What has no code, and the words that say why.
WITHOUT_CODE = {
    "likelihood.same_parameters": "argmin has no code", "likelihood.loss_one_at_zero": "oo is no number",
    "likelihood.loss_zero_at_one": "oo is no number", "information.relative_entropy_of_densities": "integral has no code",
    "information.same_minimisers": "argmin has no code", "information.same_minimisers_of_densities": "argmin has no code",
    "maximum_likelihood.same_maximisers": "argmax has no code", "maximum_likelihood.least_cross_entropy": "argmin has no code",
    "maximum_likelihood.least_relative_entropy": "argmin has no code",
    "maximum_likelihood.least_cross_entropy_of_a_population": "argmin has no code",
}  # fmt: skip
PROVED = {name: d.page for name, d in library().items() if d.page.expect is None}
EQUATIONS = {name: page for name, page in PROVED.items() if page.relation is Relation.EQ}
EXPORTABLE = {name: page for name, page in EQUATIONS.items() if name not in WITHOUT_CODE}
RUNNABLE = {name: page for name, page in EXPORTABLE.items() if not any(kind.params for kind in page.givens.symbols.values())}


def certified(name: str) -> Any:
    return check_derivation(library()[name], library())


def numpy_function(name: str) -> Any:
    return function(exported(EXPORTABLE[name], "numpy", name), name)


# -- every derivation


@pytest.mark.parametrize("name", RUNNABLE)
def test_the_function_for_numpy_has_the_value_of_the_formula(name: str) -> None:
    page = RUNNABLE[name]
    source = exported(page, "numpy", name)
    made, names = function(source, name), parameters(source)
    for values, expected in points(page):
        assert close(float(made(*arguments(page, names, values))), expected), source


@pytest.mark.parametrize("name", RUNNABLE)
def test_the_function_for_sympy_has_the_value_of_the_formula(name: str) -> None:
    page = RUNNABLE[name]
    source = exported(page, "sympy", name)
    made, names = function(source, name), parameters(source)
    for values, expected in points(page, 2):
        assert close(symbolic_value(page, made, names, values), expected), source


@pytest.mark.parametrize("to", ["torch", "jax"])
@pytest.mark.parametrize("name", EXPORTABLE)
def test_the_functions_for_other_libraries_are_python(name: str, to: str) -> None:
    *_, made = ast.parse(exported(EXPORTABLE[name], to, name)).body
    assert isinstance(made, ast.FunctionDef)


def backend(name: str) -> Any:
    return pytest.importorskip(name, reason=f"{name} is not installed; pip install {name} runs this test")


@pytest.mark.parametrize("name", [
    "softmax.samples", "softmax.two_classes_loss", "softmax.gradient", "signed_labels.samples", "gradients.multi_label_weight",
    "gradients.squared_error_samples_weight", "maximum_likelihood.sample", "maximum_likelihood.normal", "information.uniform_gap",
    "information.uniform_entropy", "likelihood.logistic_regression", "audit.density_at_the_mean",
])  # fmt: skip
@pytest.mark.parametrize("to", ["torch", "jax"])
def test_some_functions_for_other_libraries_have_the_value_of_the_formula(name: str, to: str) -> None:
    module = backend(to)
    if to == "jax":
        module.config.update("jax_enable_x64", True)
    page = RUNNABLE[name]
    source = exported(page, to, name)
    made, names = function(source, name), parameters(source)
    into = module.as_tensor if to == "torch" else module.numpy.asarray
    for values, expected in points(page, 3):
        inputs = [x if isinstance(x, int) else into(x) for x in arguments(page, names, values)]
        assert close(float(made(*inputs)), expected), source


def test_what_has_no_code_says_what_it_is() -> None:
    for name, why in WITHOUT_CODE.items():
        for to in ("numpy", "torch", "jax", *(["sympy"] if "oo" not in why else [])):  # SymPy has an infinity
            with pytest.raises(CannotExport, match=why) as error:
                exported(EQUATIONS[name], to, name)
            assert str(error.value).startswith(f"{name}: ")


def test_a_function_that_is_given_is_called_with_arrays() -> None:
    made = numpy_function("maximum_likelihood.log_likelihood")
    x = np.array([0.5, 2.0])
    assert close(math.log(0.5) + math.log(2.0) + 2, made(lambda x, t: x * np.exp(t), x, 1.0))


def test_sympy_is_not_given_what_it_gets_wrong() -> None:
    """SymPy folds the cases of an inner sum into the outer one, past the index they depend on; random values found it."""
    value = "sum(exp(sum(x[i] for i in n if x[i] > x[j])) for j in n)"
    page = page_of(f"given n: size, x: real[n]\nclaim {value} = {value}\n    {value}\n  = {value}  by algebra\n")
    with pytest.raises(CannotExport, match="SymPy draws the cases of a sum out of it"):
        exported(page, "sympy")
    assert close(math.exp(2) + 1, function(exported(page, "numpy"), "mine")(np.array([1.0, 2.0])))


# -- stable forms

FAR = 1000.0
STABLE = {  # at scores that exp overflows at: the exact value, of which what is lost is below the last digit
    "signed_labels.loss": [((-FAR, 1.0), FAR), ((FAR, 1.0), 0.0), ((FAR, -1.0), FAR)],
    "signed_labels.likelihood": [((-FAR, 1.0), 0.0), ((FAR, 1.0), 1.0)],
    "signed_labels.slope": [((-FAR, 1.0), -1.0), ((FAR, 1.0), 0.0)],
    "signed_labels.curvature": [((-FAR, 1.0), 0.0), ((FAR, 1.0), 0.0)],
    "sigmoid.logistic": [((FAR,), 1.0), ((-FAR,), 0.0)],
    "sigmoid.logistic_complement": [((FAR,), 0.0), ((-FAR,), 1.0), ((40.0,), 4.248354255291589e-18)],
    "sigmoid.slope": [((FAR,), 0.0), ((-FAR,), 0.0), ((40.0,), 4.248354255291589e-18)],
    "softmax.loss": [
        ((np.array([FAR, 0.0, -FAR]), 2), 2 * FAR), ((np.array([FAR, 0.0]), 0), 0.0),
        ((np.array([40.0, 0.0]), 0), 4.248354255291589e-18),
    ],
    "softmax.log_sum_exp": [((np.array([FAR, FAR]),), FAR + math.log(2)), ((np.array([-FAR, -FAR]),), math.log(2) - FAR)],
    "softmax.shift": [((np.array([FAR, 0.0]), 0), 1.0), ((np.array([-FAR, -FAR]), 1), 0.5)],
    "softmax.samples": [((np.array([[FAR, 0.0], [-FAR, -FAR]]), np.array([1, 0])), FAR + math.log(2))],
    "softmax.loss_gradient": [((np.array([FAR, -FAR]), np.array([0.0, 1.0]), 0), 1.0)],
    "softmax.two_classes_loss": [((np.array([FAR, -FAR]), 1), 2 * FAR)],
    "likelihood.logistic_regression": [((np.array([1.0]), np.array([[FAR]]), np.array([-1.0])), -FAR)],
    "gradients.cross_entropy_weight": [((FAR, 1.0, 0.0, 0.0), 1.0), ((-FAR, 1.0, 0.0, 1.0), -1.0)],
    "gradients.squared_error_weight": [((FAR, 1.0, 0.0, 0.0), 0.0), ((-FAR, 1.0, 0.0, 1.0), 0.0)],
}


@pytest.mark.parametrize("name", STABLE)
def test_the_stable_form_does_not_overflow_at_a_thousand(name: str) -> None:
    made = numpy_function(name)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for inputs, expected in STABLE[name]:
            assert expected == pytest.approx(float(made(*inputs)), rel=4e-16, abs=0)


def test_the_form_as_written_does_overflow() -> None:
    """Or the test above would say nothing."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert math.isinf(np.log(1 + np.exp(FAR)))
        assert math.isnan(np.exp(FAR) / (1 + np.exp(FAR)))


def test_scalars_may_be_arrays() -> None:
    loss, s = numpy_function("signed_labels.loss"), np.array([-FAR, 0.0, FAR])
    assert [FAR, math.log(2), 0.0] == list(loss(s, 1.0))
    assert list(numpy_function("sigmoid.logistic")(s)) == [0.0, 0.5, 1.0]


@pytest.mark.parametrize("name", ["signed_labels.loss", "softmax.samples", "sigmoid.slope", "audit.base_two_weight"])
def test_float32_stays_float32(name: str) -> None:
    """math.log(2) is no float64 of NumPy, which would make the result one."""
    page = RUNNABLE[name]
    source = exported(page, "numpy", name)
    for values, _ in points(page, 1):
        inputs = arguments(page, parameters(source), values)
        inputs = [x.astype(np.float32) if getattr(x, "dtype", None) == np.float64 else x for x in inputs]
        assert np.float32 == np.asarray(function(source, name)(*inputs)).dtype


# -- what is said


def test_the_docstring_says_what_the_code_rests_on() -> None:
    outcome = certified("softmax.samples")
    said = function(export(outcome, "numpy"), "samples").__doc__
    seal = next(d["seal"] for d in json.loads(text_of("softmax.samples"))["derivations"] if d["name"] == "softmax.samples")
    for part in (
        "The softmax loss of N samples · N 个样本的 Softmax 损失",
        "    -log(prod(S(i, c[i]) for i in N))\n    = sum(-s[i, c[i]] + log(sum(exp(s[i, j]) for j in K)) for i in N)\n",
        "where S(i, j) = exp(s[i, j])/sum(exp(s[i, r]) for r in K)",
        "s: real, shape (N, K)",
        "c: an index from 0 to K - 1, shape (N,)",
        "Stable form: logsumexp, by softmax.log_sum_exp.",
        "Source: A §3",
        "Derivation: softmax.samples",
        f"Certificate: sha256 {seal}",
        "the formula is proved, this code is not: test it with",
    ):
        assert part in said


def test_a_short_formula_is_also_said_in_words() -> None:
    assert "Read: minus log of 1 over" not in exported(EXPORTABLE["softmax.samples"], "numpy")
    assert "Read: exp" not in exported(EXPORTABLE["likelihood.loss_one"], "numpy")
    assert "Read: L of open bracket 1 close bracket equals minus log of a." in exported(EXPORTABLE["likelihood.loss_one"], "numpy")


@pytest.mark.parametrize("to", TARGETS)
def test_the_same_derivation_gives_the_same_bytes(to: str) -> None:
    assert export(certified("signed_labels.loss"), to) == export(certified("signed_labels.loss"), to)


def test_the_function_that_is_exported_is_small() -> None:
    source = export(certified("signed_labels.loss"), "numpy")
    assert source.startswith('import numpy as np\n\n\ndef loss(s, y):\n    """The loss of a label ±1')
    assert source.endswith('    """\n    return np.logaddexp(0, -(s * y))\n')


def test_hypotheses_are_in_the_docstring() -> None:
    assert "given sum(y[i] for i in K) == 1" in exported(EXPORTABLE["softmax.loss_gradient"], "numpy")


def test_a_title_can_end_no_docstring() -> None:
    page = page_of('title a """ and \\N | 乙"""\ngiven x: real\nclaim x = x\n    x\n  = x  by algebra\n')
    assert ' and \\N' in function(exported(page, "numpy"), "mine").__doc__


def test_latex_holds_the_formula_and_where_it_is_from() -> None:
    source = export(certified("signed_labels.loss"), "latex")
    assert source.startswith("% The loss of a label ±1\n% ±1 标签的损失\n% source: A §2.2\n% derivation: signed_labels.loss\n")
    assert "\\begin{equation*}\n" in source
    assert source.count("{") == source.count("}")


@pytest.mark.parametrize("name", PROVED)
def test_every_proved_claim_has_latex(name: str) -> None:
    assert "\\begin{equation*}" in exported(PROVED[name], "latex", name)


# -- bad input


def one(page: str) -> Any:
    (d,) = collect_markdown(f"```derive mine\n{page}\n```\n")
    return check_derivation(d)


def test_what_is_not_proved_is_not_exported() -> None:
    with pytest.raises(NotCertified, match="refuted"):
        export(one("given x: real\nclaim x = 2*x\n    x\n  = 2*x"), "numpy")
    with pytest.raises(NotCertified, match="unknown symbol"):
        export(one("claim x = x\n    x\n  = x"), "numpy")
    with pytest.raises(NotCertified):
        export(certified("audit.jensen_turned_round"), "latex")


@pytest.mark.parametrize("name", ["sigmoid.positive", "sigmoid.threshold", "worked_example.softmax_1"])
def test_a_claim_that_is_no_equation_is_not_exported(name: str) -> None:
    with pytest.raises(CannotExport, match="is no equation"):
        export(taken_as_proved(name, PROVED[name]), "numpy")


def test_an_unknown_target_is_named() -> None:
    with pytest.raises(CannotExport, match="fortran is nothing to export to; choose one of numpy, torch, jax, sympy, latex"):
        export(taken_as_proved("a", PROVED["sigmoid.slope"]), "fortran")


def test_the_side_that_needs_fewer_inputs_is_taken() -> None:
    """As by an oracle: in softmax.log_sum_exp c is anything, and the left side does not mention it."""
    assert parameters(exported(EXPORTABLE["softmax.log_sum_exp"], "numpy")) == ["s"]
    assert parameters(exported(EXPORTABLE["softmax.shift"], "numpy")) == ["s", "i"]


def test_no_library_is_imported_to_write_code_for_it() -> None:
    command = "import sys, derive.export; print(sorted({'numpy', 'scipy', 'torch', 'jax'} & sys.modules.keys()))"
    assert subprocess.run([sys.executable, "-c", command], capture_output=True, text=True, check=True).stdout.strip() == "[]"

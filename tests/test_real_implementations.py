"""Implementations that people use, held against the certified formulas: the rows of the README's table of errors."""

from __future__ import annotations

import math
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

np = pytest.importorskip("numpy", reason="NumPy is not installed: pip install numpy")
sys.path.insert(0, str(Path(__file__).parents[1] / "examples"))

import ulps  # noqa: E402
from implementations import losses, stable, table  # noqa: E402

from derive.autograd import torch_gradient  # noqa: E402
from derive.implements import assert_gradient, assert_implements, measure  # noqa: E402
from proofs import signed_labels, softmax  # noqa: E402

SAMPLES = 40
PACKAGES = {"numpy": "numpy", "scipy": "scipy", "sklearn": "scikit-learn", "torch": "torch", "jax": "jax"}


@pytest.fixture(autouse=True)
def _no_floating_point_warnings() -> Iterator[None]:
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        yield


def rows(library: str) -> list[Any]:
    pytest.importorskip(library, reason=f"{library} is not installed: pip install {PACKAGES[library]}")
    return table.LIBRARIES[library]()


def test_every_library_of_the_table_has_a_package() -> None:
    assert PACKAGES.keys() == table.LIBRARIES.keys() == ulps.PACKAGES.keys()


@pytest.mark.parametrize("library", ["numpy", "scipy"])
def test_what_is_stable_is_within_its_bound_everywhere(library: str) -> None:
    bounds = {row.name: row.bound for row in rows(library) if row.bound is not None}
    errors = {row.name: row.measured(SAMPLES).ulps for row in rows(library) if row.bound is not None}
    assert {name: error for name, error in errors.items() if error > bounds[name]} == {}
    assert bounds


@pytest.mark.parametrize("library", table.LIBRARIES)
def test_every_other_row_is_broken_by_the_input_that_it_names(library: str) -> None:
    broken = {row.name: row.broken() for row in rows(library) if row.bound is None}
    assert {name: case for name, case in broken.items() if not case.ulps > 1000} == {}
    assert broken


@pytest.mark.parametrize(
    ("library", "names"),
    [
        (
            "numpy",
            [
                "NumPy, naive: -log(1/(1 + exp(-y*s)))", "NumPy, naive: log(1 + exp(-y*s))", "NumPy, naive: log(sum(exp(s)))",
                "NumPy, naive: exp(s)/sum(exp(s))", "NumPy, naive: -log(softmax(s)[i])",
            ],
        ),
        ("scipy", []),
        ("sklearn", []),
        ("torch", ["torch soft_margin_loss", "gradient of torch soft_margin_loss"]),
        ("jax", []),
    ],
)  # fmt: skip
def test_what_overflows_or_is_no_number(library: str, names: list[str]) -> None:
    assert [row.name for row in rows(library) if row.breaks and not math.isfinite(row.broken().got)] == names


def test_the_stable_form_of_a_labels_loss_is_proved_and_better() -> None:
    for page in (signed_labels.loss, stable.right_side, stable.wrong_side):
        page.certify()
    assert stable.right_side.page.left == stable.wrong_side.page.left
    assert stable.right_side.page.right == stable.wrong_side.page.right
    naive = measure(losses.naive_logistic_loss, signed_labels.one_form, samples=SAMPLES)
    better = measure(losses.stable_logistic_loss, signed_labels.one_form, samples=SAMPLES)
    assert naive.ulps == math.inf
    assert naive.faults["overflow"].times > 5
    assert better.ulps <= 2
    assert better.faults == {}


def test_the_stable_form_of_log_sum_exp_is_proved_and_better() -> None:
    softmax.log_sum_exp.certify()
    naive, better, best = (
        measure(code, softmax.log_sum_exp, samples=SAMPLES)
        for code in (losses.naive_log_sum_exp, losses.stable_log_sum_exp, losses.careful_log_sum_exp)
    )
    assert naive.ulps == math.inf
    assert naive.faults["overflow"].times > 5
    assert "overflow" not in better.faults
    assert better.ulps < math.inf
    assert best.ulps < 100
    assert losses.stable_log_sum_exp(np.array([1000.0, 1000.0])) == 1000 + math.log(2)


def test_an_assertion_names_the_input_that_breaks_a_naive_form() -> None:
    assert_implements(losses.stable_logistic_loss, signed_labels.one_form, max_ulp=2, samples=SAMPLES)
    with pytest.raises(AssertionError, match=r"overflow .* 710\.0 +inf +s = 710\.0, y = -1\.0"):
        assert_implements(losses.shorter_logistic_loss, signed_labels.one_form, max_ulp=2, samples=SAMPLES)


def test_the_gradient_of_pytorchs_soft_margin_loss_is_right_until_exp_overflows() -> None:
    torch = pytest.importorskip("torch", reason="torch is not installed: pip install torch")

    def soft_margin(s: Any, y: Any) -> Any:
        return torch.nn.functional.soft_margin_loss(torch.as_tensor(s), torch.as_tensor(y))

    with pytest.raises(AssertionError, match=r"nan .* s = 710\.0, y = -1\.0"):
        assert_gradient(torch_gradient(soft_margin), signed_labels.one_form, "s", max_ulp=4, samples=SAMPLES)
    found = table.Row("", torch_gradient(soft_margin), signed_labels.one_form, gradient="s").measured(SAMPLES)
    assert found.worst is not None
    assert found.worst.ulps <= 2
    assert list(found.faults) == ["nan"]


def test_a_row_of_the_table_says_how_far_off_and_where() -> None:
    naive = next(row for row in rows("numpy") if row.code is losses.naive_cross_entropy)
    assert list(ulps.cells(naive)) == ["NumPy, naive: log(1 - a)", "float64", "7e+15", "y = 0, a = 1e-20", ""]
    overflowing = next(row for row in rows("numpy") if row.code is losses.shorter_logistic_loss)
    assert list(ulps.cells(overflowing))[-1] == "overflow at s = 710, y = -1"

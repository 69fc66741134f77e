"""The assertions for other people's tests: what holds passes, and a failure says enough to mend it."""

from __future__ import annotations

import sys
import types
from typing import Any

import pytest

from derive import Derivation, derivation, testing
from derive.testing import assert_certified, assert_equal_expr

REAL = "x: real"


def failure(*sides: Any, **options: str) -> list[str]:
    with pytest.raises(AssertionError) as caught:
        assert_equal_expr(*sides, **options)
    return str(caught.value).splitlines()


# -- two expressions


@pytest.mark.parametrize(("a", "b", "options"), [
    ("exp(x)*exp(y)", "exp(x + y)", {"given": "x: real, y: real"}),
    ("log(x**2)", "2*log(x)", {"given": "x: positive", "by": "log of a power"}),
    ("1/(1 + exp(-x))\n    - 1/2", "(exp(x) - 1)/(2*(exp(x) + 1))", {"given": REAL}),
    ("2 + 2", "4", {}),
])  # fmt: skip
def test_what_is_proved_passes(a: str, b: str, options: dict[str, str]) -> None:
    assert_equal_expr(a, b, **options)


def test_expressions_of_sympy_have_the_givens_of_their_assumptions() -> None:
    sympy = pytest.importorskip("sympy")
    x, y = sympy.Symbol("x", real=True), sympy.Symbol("y", positive=True)
    N, i = sympy.Symbol("N", integer=True, positive=True), sympy.Idx("i")
    s = sympy.IndexedBase("s", real=True)
    assert_equal_expr(sympy.exp(x) * y, sympy.exp(x + sympy.log(y)))
    assert_equal_expr(sympy.Sum(s[i] + 1, (i, 1, N)), sympy.Sum(s[i], (i, 1, N)) + N)
    assert_equal_expr(x + x, "2*x")
    assert "given x: real" in failure(x, -x)


def test_a_difference_is_said_with_values_the_mistake_and_the_page() -> None:
    said = failure("-log(1 - 1/(1 + exp(-x)))", "log(1 + exp(-x))", given=REAL)
    assert said[0] == "-log(1 - 1/(1 + exp(-x))) = log(1 + exp(-x)): refuted: a sign is wrong: did you mean log(1 + exp(x))?"
    assert [" ".join(line.split()) for line in said[7:12]] == [
        "refuted the left side is different from the right", "at x = 1", "left 1.31326", "right 0.313262",
        "mistake a sign is wrong: did you mean log(1 + exp(x))?",
    ]  # fmt: skip
    assert said[13:] == [
        "As a page:", "", "```derive NAME", "given x: real", "claim -log(1 - 1/(1 + exp(-x))) = log(1 + exp(-x))", "",
        "    -log(1 - 1/(1 + exp(-x)))", "  = log(1 + exp(-x))", "```",
    ]  # fmt: skip


def test_a_condition_that_is_missing_is_named() -> None:
    said = failure("x/x", "1", given=REAL)
    assert said[0] == "x/x = 1: refuted: a condition is missing; proved if x != 0 is given"
    assert any(line.split() == ["missing", "x", "!=", "0"] for line in said)


def test_a_reason_that_does_not_do_it_fails_and_the_one_that_does_is_named() -> None:
    said = failure("log(x**2)", "2*log(x)", given="x: positive", by="log of a quotient")
    assert said[0].endswith("misreasoned: true, but not by log of a quotient; by log of a power")
    assert said[-2] == "  = 2*log(x)    by log of a quotient"


def test_what_is_open_says_what_to_do() -> None:
    said = failure("sum(i for i in n)", "n*(n + 1)/2", given="n: size")
    assert said[0].endswith("undecided: no proof was found, and no counterexample")
    assert "Neither proved nor refuted: write the lines between as a chain, derivation(…), and assert_certified it." in said


@pytest.mark.parametrize(("a", "b", "options", "shown"), [
    ("log(1 - g)", "x", {"given": REAL}, ["claim log(1 - g) = x", "^", "unknown symbol g", "say its type: given g: real"]),
    ("x", "x", {}, ["claim x = x", "^", "unknown symbol x, and the page has no given", "say its type: given x: real"]),
    ("x", "x", {"given": "x: rel"}, ["given x: rel", "^^^", "unknown type rel", "did you mean real?"]),
    ("x", "x", {"given": REAL, "by": "algebr"}, ["  = x    by algebr", "^^^^^^", "unknown reason «algebr»", "did you mean «algebra»?"]),
    ("2x", "x", {"given": REAL}, ["claim 2x = x", "^^", "2x is not a product", "write 2*x"]),
])  # fmt: skip
def test_what_cannot_be_read_is_shown_with_a_caret(a: str, b: str, options: dict[str, str], shown: list[str]) -> None:
    said = failure(a, b, **options)
    line, caret, error, hint = said[3:7]
    assert [line.partition("│ ")[2], caret.partition("│ ")[2].strip()] == shown[:2]
    assert [error.removeprefix("  error  "), hint.removeprefix("  hint   ")] == shown[2:]


def test_a_side_that_sympy_does_not_know_to_be_real_is_named() -> None:
    z = pytest.importorskip("sympy").Symbol("z")
    assert failure("1", z) == [
        "the second expression: z is not known to be real: write z = Symbol('z', real=True), or positive=True"]  # fmt: skip


def test_what_is_no_expression_is_answered_with_what_would_be_one() -> None:
    """`0.5 is no SymPy expression` left open what to write instead."""
    assert failure("x/2", 0.5, given=REAL) == [
        "the second expression: 0.5 is no SymPy expression; give one, or a text in the language of pages, where 0.5 is 1/2 exactly"]


# -- derivations


def test_a_derivation_whose_steps_are_proved_passes() -> None:
    assert_certified(derivation("""
    given x: real
    claim x + x = 2*x
      x + x
      = 2*x  by algebra
    """))


def test_a_derivation_that_is_not_proved_fails_with_the_report() -> None:
    wrong = derivation("""
    given x: real
    claim x + x = 3*x
      x + x
      = 2*x  by algebra
      = 3*x  by algebra
    """)
    with pytest.raises(AssertionError) as caught:
        assert_certified(wrong)
    said = str(caught.value).splitlines()
    assert said[0] == f"the derivation at line {wrong.place.line}: refuted: a wrong number"
    assert any("refuted  the left side is different" in line for line in said)


def test_what_a_page_expects_to_be_refuted_is_not_certified() -> None:
    wrong = derivation("expect refuted\ngiven x: real\nclaim x = 2*x\n  x\n  = 2*x")
    with pytest.raises(AssertionError, match="refuted"):
        assert_certified(wrong)


@pytest.mark.parametrize("made", [derivation("claim x = 1\n  x\n  = 1"), Derivation.of()])
def test_a_page_that_cannot_be_read_fails_with_a_caret(made: Derivation) -> None:
    with pytest.raises(AssertionError, match=r"(?s)\n∅ .*│ +\^.*\n  error  "):
        assert_certified(made)


def test_what_is_no_derivation_is_refused() -> None:
    with pytest.raises(TypeError, match=r"takes a Derivation.*, and not str"):
        assert_certified("claim 1 = 1")  # type: ignore[arg-type]


# -- what stands elsewhere


def test_what_needs_numpy_is_imported_when_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    made = types.ModuleType("derive.oracle")
    made.oracle = oracle = object()  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "derive.oracle", made)
    assert testing.oracle is oracle
    with pytest.raises(AttributeError, match=r"module 'derive\.testing' has no attribute 'oracel'"):
        _ = testing.oracel


# -- what stands elsewhere


@pytest.mark.parametrize("name", testing.__all__)
def test_every_name_is_there(name: str) -> None:
    pytest.importorskip("numpy", reason="oracles need NumPy: pip install 'derive-checker[testing]'")
    assert getattr(testing, name).__name__ == name


def test_a_missing_package_is_answered_with_what_brings_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def without(name: str) -> None:
        raise ModuleNotFoundError("No module named 'numpy'", name="numpy")

    monkeypatch.setattr(testing, "import_module", without)
    with pytest.raises(ModuleNotFoundError, match=r"oracle needs the package numpy: pip install 'derive-checker\[testing\]'"):
        testing.__getattr__("oracle")

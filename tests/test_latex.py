r"""Formulas in LaTeX: what stands for each box, and that nothing from a page is a command. What they mean is tested in test_round_trip."""

from __future__ import annotations

import pytest

from derive.expression import read
from derive.handout.formula import Notation
from derive.handout.latex import latex, text
from derive.term import OO, REALS, Term, binder, call, sym


def printed(t: Term, lang: str = "en") -> str:
    return latex(Notation(lang, frozenset({"Theta"})).formula(t))


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("-1/N*log(prod(p[i]**y[i] for i in N))", r"-\frac{1}{N}\log\!\left( \prod_{i = 1}^N p_i^{y_i} \right)"),
        ("sqrt(x)/abs(x + 1)", r"\frac{\sqrt{x}}{\lvert x + 1\rvert}"),
        ("y*log(a) + (1 - y)*log(1 - a)", r"y\log a + (1 - y)\log(1 - a)"),
        ("argmax(f(t) for t in Theta)", r"\mathop{\mathrm{arg\,max}}\limits_{t \in \Theta}f(t)"),
        ("diff(f(z), z)", r"\frac{\mathrm{d}f(z)}{\mathrm{d}z}"),
        ("cases((1, x > 0), (0, x <= 0))", r"\begin{cases} 1 & \text{ if }x > 0 \\ 0 & \text{ if }x \le 0 \end{cases}"),
        ("x*loss", r"x\,\mathrm{loss}"),
        ("alpha*Alpha*gamma*Gamma*epsilon", r"\alpha\mathrm{A}\gamma\Gamma\epsilon"),
        ("2*3*x", r"2 \cdot 3x"),
        ("x**12*y", r"x^{12}y"),
        ("x_1 - theta_max", r"x_1 - \theta_{\max}"),
    ],
)
def test_a_formula_in_latex(source: str, expected: str) -> None:
    assert printed(read(source)) == expected


def test_a_limit_and_its_side() -> None:
    goes = call("limit", sym("x"), sym("x"), call("neg", OO), sym("right"))
    assert printed(goes) == r"\lim_{x \to (-\infty)^+}x"


def test_the_gap_before_a_range_is_wider_than_the_one_before_a_differential() -> None:
    assert printed(binder("integral", sym("x"), "x", REALS)) == r"\int_{-\infty}^{\infty}x\,\mathrm{d}x"
    assert printed(binder("all", call("eq", sym("x"), sym("y")), "i", sym("N"))) == r"x = y\quad (i = 1, \dots, N)"


def test_words_in_a_formula_have_their_language() -> None:
    assert printed(read("cases((1, x > 0))"), "zh") == r"\begin{cases} 1 & \text{ 若 }x > 0 \end{cases}"


def test_a_changed_part_stands_behind_the_command_of_its_style() -> None:
    node = Notation().formula(read("x + y"), frozenset({(1,), (-1,)}))
    assert latex(node, {"changed": r"\textcolor{#1a5ba3}"}) == r"x\textcolor{#1a5ba3}{+}\textcolor{#1a5ba3}{y}"
    assert latex(node) == "x + y"


def test_only_what_github_allows_is_used() -> None:
    shown = printed(read("argmin(loss(t) for t in Theta)"))
    assert "operatorname" not in shown


def test_a_name_with_special_characters_is_no_command() -> None:
    assert latex(Notation().formula(sym("a\\input{x}"))) == r"\mathrm{a\textbackslash{}input\{x\}}"
    assert latex(Notation().formula(sym("_x"))) == r"\mathrm{\_x}"


def test_a_letter_that_tex_has_no_font_for_stands_as_text() -> None:
    assert [latex(Notation().formula(sym(name))) for name in ("é", "损失")] == [r"\text{é}", r"\text{损失}"]


def test_no_words_are_commands() -> None:
    assert text(r"50% of $x_1 & \y{#~^}") == (
        r"50\% of \$x\_1 \& \textbackslash{}y\{\#\textasciitilde{}\textasciicircum{}\}"
    )


def test_signs_that_fonts_of_text_lack_are_formulas() -> None:
    assert text("−0.69 ≤ θ") == r"$-$0.69 $\le$ $\theta$"

"""Terms as formulas: order as written, brackets where a reader needs them and nowhere else, indices, derivatives, marks."""

from __future__ import annotations

import pytest

from derive.expression import read
from derive.handout.formula import Array, Big, Cases, Fenced, Fraction, Node, Notation, Root, Row, Scripted, Styled, Token, row, symbol
from derive.model import Relation
from derive.term import OO, Lambda, Term, call, num, sym

NOTATION = Notation(sets=frozenset({"Theta"}))


def shown(node: Node) -> str:
    """The formula on one line: a fraction as ⟦top ÷ bottom⟧, scripts as in TeX, what is marked as ‹…›."""
    match node:
        case Token("invisible"):
            return ""
        case Token("binary" | "relation" | "words", text):
            return f" {text} "
        case Token("punctuation", text):
            return f"{text} "
        case Token(_, text):
            return text
        case Row(parts):
            return "".join(map(shown, parts))
        case Fraction(top, bottom):
            return f"⟦{shown(top)} ÷ {shown(bottom)}⟧"
        case Scripted(base, sub, sup):
            return shown(base) + "".join(f"{sign}{{{shown(n)}}}" for sign, n in (("_", sub), ("^", sup)) if n is not None)
        case Big(sign, under, over):
            return f"{sign.text}[{shown(under)}{f' .. {shown(over)}' if over is not None else ''}]"
        case Root(body):
            return f"√[{shown(body)}]"
        case Fenced(opening, body, closing):
            return f"{opening}{shown(body)}{closing}"
        case Cases(rows):
            return "{" + "; ".join(f"{shown(value)},{shown(guard)}" for value, guard in rows) + "}"
        case Array(rows):
            return "[" + "; ".join(" ".join(map(shown, cells)) for cells in rows) + "]"
        case Styled(_, body):
            return f"‹{shown(body)}›"


def formula(source: str | Term) -> str:
    return shown(NOTATION.formula(read(source) if isinstance(source, str) else source))


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("b + a - c", "b + a − c"),
        ("a - (b - c)", "a − (b − c)"),
        ("(a - b) - c", "a − b − c"),
        ("a - -b", "a − (−b)"),
        ("-(-a)", "−(−a)"),
        ("-(a + b)", "−(a + b)"),
        ("(-a)**2 - a**2", "(−a)^{2} − a^{2}"),
        ("y*x*3*2*z", "yx · 3 · 2z"),
        ("a*(b*c)", "a(bc)"),
        ("(a + b)*(c - d)", "(a + b)(c − d)"),
        ("x*loss*y", "xloss · y"),
        ("2*(1/2)*x/y", "⟦2 · ⟦1 ÷ 2⟧x ÷ y⟧"),
        ("0.10*x", "0.10x"),
        ("(x**y)**z", "(x^{y})^{z}"),
        ("exp(x)**2", "(e^{x})^{2}"),
        ("f(x)**2*abs(x)**2", "f(x)^{2}|x|^{2}"),
        ("log(x)**2", "(logx)^{2}"),
        ("sqrt(x + 1)", "√[x + 1]"),
        ("exp(sum(x for i in N))", "exp(∑[i = 1 .. N]x)"),
        ("-1/n*x", "−⟦1 ÷ n⟧x"),
        ("-(x + y)/n", "−⟦x + y ÷ n⟧"),
        ("y - -1/n", "y − (−⟦1 ÷ n⟧)"),
        ("sum(-1/n*x for i in n)", "∑[i = 1 .. n](−⟦1 ÷ n⟧x)"),
        ("exp(-x/2)", "e^{−x / 2}"),
        ("exp(-1/n*x)", "e^{(−1 / n)x}"),
    ],
)  # fmt: skip
def test_sums_products_and_powers(source: str, expected: str) -> None:
    assert formula(source) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("log(x) + 1", "logx + 1"),
        ("log(x)*y", "log(x)y"),
        ("y*log(x)", "ylogx"),
        ("log(2*x)", "log(2x)"),
        ("log(2) + 1", "log2 + 1"),
        ("log(2)*y", "log(2)y"),
        ("log(1/2)", "log(⟦1 ÷ 2⟧)"),
        ("log(-2)", "log(−2)"),
        ("log(x, b)", "log_{b}x"),
        ("max(x, y)", "max(x, y)"),
        ("sum(x[i] for i in N)*y", "(∑[i = 1 .. N]x_{i})y"),
        ("y*sum(x[i] for i in N) + z", "y∑[i = 1 .. N]x_{i} + z"),
        ("sum(x[i] + 1 for i in N)", "∑[i = 1 .. N](x_{i} + 1)"),
        ("prod(x[i] for i in N if i != k)", "∏[i = 1, i ≠ k .. N]x_{i}"),
        ("argmax(f(t) for t in Theta)", "arg max[t ∈ Θ]f(t)"),
    ],
)  # fmt: skip
def test_functions_and_big_operators_show_how_far_they_reach(source: str, expected: str) -> None:
    assert formula(source) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [("x_1", "x_{1}"), ("x1", "x_{1}"), ("theta_max", "θ_{max}"), ("long", "long"), ("W[i, j]", "W_{ij}"), ("W[i, j + 1]", "W_{i, j + 1}"),
     ("W[1, 2]", "W_{1, 2}"), ("x[i]**2", "x_{i}^{2}"), ("x_1**2", "x_{1}^{2}"), ("x_1[i]", "(x_{1})_{i}"), ("delta(i, j)", "δ_{ij}")],
)  # fmt: skip
def test_indices(source: str, expected: str) -> None:
    assert formula(source) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("diff(f(x), x)", "⟦df(x) ÷ dx⟧"),
        ("diff(x*y, x)", "⟦∂ ÷ ∂x⟧(xy)"),
        ("diff(diff(x**2, x), x)", "⟦d^{2} ÷ dx^{2}⟧(x^{2})"),
        ("diff(L, w[k])", "⟦∂L ÷ ∂w_{k}⟧"),
        ("diff(-1/x, x)", "⟦d ÷ dx⟧(−⟦1 ÷ x⟧)"),
        ("diff(x**2, x)*y", "(⟦d ÷ dx⟧(x^{2}))y"),
        ("diff(x**2, x, at=3)", "⟦d ÷ dx⟧(x^{2})|_{x = 3}"),
    ],
)  # fmt: skip
def test_derivatives(source: str, expected: str) -> None:
    assert formula(source) == expected


def test_limits() -> None:
    assert formula(call("limit", sym("x"), sym("x"), OO, sym("both"))) == "lim[x → ∞]x"
    assert formula(call("limit", sym("x"), sym("x"), call("neg", OO), sym("right"))) == "lim[x → (−∞)^{ + }]x"


# -- two readings of one formula: each was found by reading back what is printed (test_round_trip)


def test_a_product_that_begins_with_a_sign_is_in_brackets_behind_another_sign() -> None:
    """`x + -y*z` was set as x + −yz."""
    assert formula("x + -y*z") == "x + (−yz)"
    assert formula("-(-y*z)") == "−(−yz)"


def test_a_product_that_begins_with_a_sign_is_in_brackets_behind_a_sum_sign() -> None:
    """The entropy was set as ∑ −p log p, which can be read as a difference."""
    assert formula("sum(-p[i]*log(p[i]) for i in n)") == "∑[i = 1 .. n](−p_{i}logp_{i})"


def test_a_quotient_in_an_exponent_is_no_factor_without_brackets() -> None:
    """`exp(a/b*c)` was set as e^{a / bc}."""
    assert formula("exp(a/b*c)") == "e^{(a / b)c}"
    assert formula(call("exp", call("mul", call("div", num(1), num(2)), sym("x")))) == "e^{(1 / 2)x}"
    assert formula("exp(-a/b) + exp(-1/2)") == "e^{−a / b} + e^{−1 / 2}"


def test_nothing_stands_behind_a_brace_of_cases() -> None:
    """A factor or summand behind the rows looked like a part of the condition of one of them."""
    assert formula("cases((1, x > 0), (0, x <= 0)) + y") == "({1, if x > 0; 0, if x ≤ 0}) + y"
    assert formula("y*cases((1, x > 0))") == "y({1, if x > 0})"
    assert formula("cases((1, x > 0))") == "{1, if x > 0}"


def test_an_evaluated_derivative_is_in_brackets_where_its_bar_could_reach_further() -> None:
    """x df/dx| at 3 could be read as the whole product at 3."""
    assert formula("x*diff(f(x), x, at=3)") == "x(⟦df(x) ÷ dx⟧|_{x = 3})"


def test_a_function_of_an_element_whose_family_is_in_brackets_has_brackets_too() -> None:
    """`tanh(z_1[k])` was set as tanh(z₁)ₖ, an element of a function."""
    assert formula("tanh(z_1[k])") == "tanh((z_{1})_{k})"


# -- marks


def test_only_what_is_marked_is_styled_an_operator_by_itself() -> None:
    node = NOTATION.formula(read("a + b*c"), frozenset({(1, 0), (-1,)}))
    assert shown(node) == "a‹ + ›‹b›c"


def test_a_marked_element_with_an_exponent_stays_one_box_with_both() -> None:
    node = NOTATION.formula(read("x[i]**2"), frozenset({(0,)}))
    assert shown(node) == "‹x›_{‹i›}^{2}"


def test_a_marked_family_with_an_index_of_its_own_keeps_its_brackets() -> None:
    """Its brackets were left out where it was marked, and two indices stood at one letter."""
    node = NOTATION.formula(read("z_1[k]"), frozenset({(0,)}))
    assert shown(node) == "(‹z_{1}›)_{k}"


# -- around terms


def test_relations_and_definitions() -> None:
    assert shown(NOTATION.relation(sym("x"), Relation.LE, num(2))) == "x ≤ 2"
    assert shown(NOTATION.definition("g", Lambda(("s", "t"), sym("s")))) == "g(s, t) = s"
    assert shown(NOTATION.definition("P", sym("x"))) == "P = x"


def test_words_are_in_the_language_of_the_notation() -> None:
    assert shown(Notation("zh").formula(read("cases((1, x > 0 and y > 0))"))) == "{1, 若 x > 0 且 y > 0}"


def test_rows_are_dissolved_in_rows() -> None:
    x, y = symbol("x"), symbol("y")
    assert row(row(x, y), x) == Row((x, y, x))
    assert row(x) == x

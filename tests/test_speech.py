"""Formula → words."""

from __future__ import annotations

import functools
from collections.abc import Mapping

import certified
import pytest
from hypothesis import HealthCheck, given, settings
from random_terms import terms
from set_plain import plain

from derive.expression import read
from derive.handout.formula import Array, Fenced, Node, Notation, Scripted, Styled, Token
from derive.handout.speech import spoken
from derive.term import Term

SAID: Mapping[str, tuple[str, str]] = {
    "a + b": ("a plus b", "a 加 b"),
    "-x*y": ("minus x times y", "负 x 乘 y"),
    "1/N": ("1 over N", "N 分之 1"),
    "(a + b)/c": (
        "the fraction with numerator a plus b and denominator c, end fraction",
        "分式，分子为 a 加 b，分母为 c，分式结束"),
    "a + b/c": ("a plus b over c", "a 加 c 分之 b"),
    "x**2": ("x squared", "x 的平方"),
    "x**n": ("x to the power n", "x 的 n 次方"),
    "x**(n + 1)": ("x to the power n plus 1, end power", "x 的 n 加 1 次方"),
    "x**n + 1": ("x to the power n plus 1", "x 的 n 次方 加 1"),
    "sqrt(x)": ("the square root of x", "根号 x"),
    "sqrt(x*y)": ("the square root of x times y, end root", "根号 x 乘 y 根号结束"),
    "abs(x)": ("the absolute value of x, end absolute value", "绝对值 x 绝对值结束"),
    "log(a[i])": ("log of a sub i", "log a 下标 i"),
    "log(1 - a)": ("log of open bracket 1 minus a close bracket", "log 左括号 1 减 a 右括号"),
    "log(a, 2)": ("log sub 2 of a", "log 下标 2 a"),
    "-sum(y[i]*log(a[i]) for i in N)": (
        "minus the sum from i equals 1 to N of y sub i times log of a sub i",
        "负 从 i 等于 1 到 N 求和：y 下标 i 乘 log a 下标 i"),
    "sum(p[i] for i in K) + b": (
        "the sum from i equals 1 to K of p sub i, end sum, plus b",
        "从 i 等于 1 到 K 求和：p 下标 i，求和结束，加 b"),
    "prod(p[i] for i in K)": ("the product from i equals 1 to K of p sub i", "从 i 等于 1 到 K 求积：p 下标 i"),
    "argmax(f(t) for t in Theta)": (
        "the maximisers over t in capital theta of f of open bracket t close bracket",
        "在 t 属于 大写 theta 上 的最大值点：f 左括号 t 右括号"),
    "limit(g(s), s, oo)": (
        "the limit as s tends to infinity of g of open bracket s close bracket",
        "当 s 趋于 无穷 时的极限：g 左括号 s 右括号"),
    "limit(1/s, s, 0, right)": ("the limit as s tends to 0 from above of 1 over s", "当 s 趋于 0 右侧 时的极限：s 分之 1"),
    "integral(p(x) for x in Reals)": (
        "the integral from minus infinity to infinity of p of open bracket x close bracket d x",
        "从 负 无穷 到 无穷 积分：p 左括号 x 右括号 d x"),
    "diff(g(s), s)": (
        "the derivative with respect to s of g of open bracket s close bracket",
        "对 s 的导数：g 左括号 s 右括号"),
    "diff(diff(g(s), s), s)": (
        "the derivative of order 2 with respect to s of g of open bracket s close bracket",
        "对 s 的 2 阶导数：g 左括号 s 右括号"),
    "diff(s[i], s[k])": ("the partial derivative with respect to s sub k of s sub i", "对 s 下标 k 的偏导数：s 下标 i"),
    "cases((t, t > 0), (0, t == 0))": (
        "by cases: t if t is greater than 0; 0 if t equals 0; end cases",
        "分情况：t 若 t 大于 0；0 若 t 等于 0；分情况结束"),
    "theta + Theta + epsilon": ("theta plus capital theta plus epsilon", "theta 加 大写 theta 加 epsilon"),
}  # fmt: skip


@functools.cache
def formulas(lang: str) -> dict[str, Node]:
    """Every line of the package, by what it looks like."""
    notation = Notation(lang)
    found = (notation.formula(line.term) for d in certified.library().values() for line in d.page.lines)
    return {plain(f): f for f in found}


@pytest.mark.parametrize("expression", SAID)
def test_what_is_said_of_each_box(expression: str) -> None:
    term = read(expression)
    assert SAID[expression] == tuple(spoken(Notation(lang, frozenset({"Theta"})).formula(term), lang) for lang in ("en", "zh"))


def test_a_matrix_is_said_row_by_row() -> None:
    one, two = Token("number", "1"), Token("number", "2")
    assert spoken(Array(((one, two),)), "en") == "the vector 1, 2, end vector"
    assert spoken(Array(((one, two), (two, one))), "en") == "the matrix with rows 1, 2; 2, 1, end matrix"


def test_a_value_at_a_place_says_where_it_ends() -> None:
    node = Scripted(Fenced("", Token("variable", "f"), "|"), Token("number", "0"))
    assert (spoken(node, "en"), spoken(node, "zh")) == ("the value of f at 0, end value", "0 处的值 f 值结束")


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_different_formulas_of_the_package_are_said_differently(lang: str) -> None:
    said = {spoken(f, lang) for f in formulas(lang).values()}
    assert len(said) == len(formulas(lang)) > 500


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_random_formulas_that_look_different_are_said_differently(lang: str) -> None:
    said: dict[str, str] = {}

    @settings(max_examples=400, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(terms(depth=2))
    def say(term: Term) -> None:
        formula = Notation(lang).formula(term)
        shown = plain(formula)
        assert said.setdefault(spoken(formula, lang), shown) == shown

    say()


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_colours_change_no_word(lang: str) -> None:
    for formula in formulas(lang).values():
        assert spoken(Styled("changed", formula), lang) == spoken(formula, lang)
    node = read("sum(x[i] for i in N) + y")
    marked = Notation(lang).formula(node, frozenset({(0,)}))  # the sum is a box of its own now, and still ends before the plus
    assert spoken(marked, lang) == spoken(Notation(lang).formula(node), lang)


def test_every_sign_of_the_package_has_words() -> None:
    for lang in ("en", "zh"):
        said = " ".join(spoken(f, lang) for f in formulas(lang).values())
        assert {c for c in said if not c.isascii() and not "\u2e80" <= c <= "\uffef"} == set()

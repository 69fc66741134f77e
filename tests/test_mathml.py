"""Formulas in MathML: what each box becomes, and what browsers are not left to guess."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from xml.etree.ElementTree import Element, fromstring, tostring

import certified
import pytest

from derive.expression import read
from derive.handout import mathml
from derive.handout.formula import Array, Fenced, Node, Notation, Row, Styled, Token, row
from derive.show import Path, changed

CORE = {"math", "mrow", "mi", "mn", "mo", "mtext", "mspace", "mfrac", "msqrt", "msub", "msup", "msubsup", "munder", "munderover",
        "mtable", "mtr", "mtd"}  # fmt: skip
A, B, PLUS = Token("variable", "a"), Token("variable", "b"), Token("binary", "+")


def formula(text: str, *marked: Path) -> Element:
    return mathml.math(Notation("en", frozenset({"Theta"})).formula(read(text), frozenset(marked)))


def written(text: str, *marked: Path) -> str:
    """What stands within `math`, without the spaces of operators, which have tests of their own."""
    root = formula(text, *marked)
    for e in root.iter("mo"):
        e.attrib = {k: v for k, v in e.attrib.items() if k == "class"}
    return "".join(tostring(e, encoding="unicode") for e in root)


def operators(root: Element, sign: str) -> list[dict[str, str]]:
    return [dict(e.attrib) for e in root.iter("mo") if e.text == sign]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x", "<mi>x</mi>"),
        ("theta", "<mi>θ</mi>"),
        ("12", "<mn>12</mn>"),
        ("loss", "<mi>loss</mi>"),
        ("a/b", "<mfrac><mi>a</mi><mi>b</mi></mfrac>"),
        ("x[i]", "<msub><mi>x</mi><mi>i</mi></msub>"),
        ("x**2", "<msup><mi>x</mi><mn>2</mn></msup>"),
        ("x[i]**2", "<msubsup><mi>x</mi><mi>i</mi><mn>2</mn></msubsup>"),
        ("sqrt(x)", "<msqrt><mi>x</mi></msqrt>"),
        ("abs(x)", "<mrow><mo>|</mo><mi>x</mi><mo>|</mo></mrow>"),
        ("x <= -y", "<mi>x</mi><mo>≤</mo><mo>−</mo><mi>y</mi>"),
        ("2*x", "<mn>2</mn><mo>\u2062</mo><mi>x</mi>"),
        ("f(x)", "<mi>f</mi><mo>\u2061</mo><mrow><mo>(</mo><mi>x</mi><mo>)</mo></mrow>"),
        ("sum(x[i] for i in N)", "<munderover><mo>∑</mo><mrow><mi>i</mi><mo>=</mo><mn>1</mn></mrow><mi>N</mi></munderover>"
                                 "<msub><mi>x</mi><mi>i</mi></msub>"),
        ("limit(x, x, oo)", "<munder><mo>lim</mo><mrow><mi>x</mi><mo>→</mo><mi mathvariant=\"normal\">∞</mi></mrow></munder><mi>x</mi>"),
        ("argmax(t for t in Theta)", "<munder><mo>arg\u00a0max</mo><mrow><mi>t</mi><mo>∈</mo><mi>Θ</mi></mrow></munder><mi>t</mi>"),
        ("integral(p for x in Reals)", "<msubsup><mo>∫</mo><mrow><mo>−</mo><mi mathvariant=\"normal\">∞</mi></mrow>"
                                       "<mi mathvariant=\"normal\">∞</mi></msubsup><mi>p</mi><mspace width=\"0.1667em\" />"
                                       "<mi mathvariant=\"normal\">d</mi><mi>x</mi>"),
        ("cases((x, x > 0), (0, x == 0))", "<mrow><mo>{</mo><mtable class=\"cases\"><mtr><mtd><mi>x</mi></mtd><mtd><mtext>if\u00a0</mtext>"
                                           "<mi>x</mi><mo>&gt;</mo><mn>0</mn></mtd></mtr><mtr><mtd><mn>0</mn></mtd><mtd>"
                                           "<mtext>if\u00a0</mtext><mi>x</mi><mo>=</mo><mn>0</mn></mtd></mtr></mtable></mrow>"),
        ("x > 0 and y > 0", "<mi>x</mi><mo>&gt;</mo><mn>0</mn><mtext>\u00a0and\u00a0</mtext><mi>y</mi><mo>&gt;</mo><mn>0</mn>"),
        ("diff(g(s), s, at=0)", "<msub><mrow><mfrac><mrow><mi mathvariant=\"normal\">d</mi><mi>g</mi><mo>\u2061</mo><mrow><mo>(</mo>"
                                "<mi>s</mi><mo>)</mo></mrow></mrow><mrow><mi mathvariant=\"normal\">d</mi><mi>s</mi></mrow></mfrac>"
                                "<mo>|</mo></mrow><mrow><mi>s</mi><mo>=</mo><mn>0</mn></mrow></msub>"),
    ],
)  # fmt: skip
def test_what_each_box_becomes(text: str, expected: str) -> None:
    assert written(text) == expected


def test_an_array_is_a_table_in_brackets() -> None:
    root = mathml.math(Array(((A, B),)))
    assert [e.tag for e in root.iter()] == ["math", "mrow", "mo", "mtable", "mtr", "mtd", "mi", "mtd", "mi", "mo"]
    assert [e.get("class") for e in root.iter("mtable")] == ["array"]


def of_the_package() -> Iterator[Node]:
    notation = Notation("zh")
    for derivation in certified.library().values():
        for before, line in itertools.pairwise(derivation.page.lines):
            yield notation.formula(line.term, changed(before.term, line.term))


def test_every_formula_of_the_package_is_well_formed_and_in_the_core() -> None:
    roots = [fromstring(tostring(mathml.math(node))) for node in of_the_package()]
    assert len(roots) > 500
    assert {e.tag for root in roots for e in root.iter()} <= CORE
    count = {"mfrac": 2, "msub": 2, "msup": 2, "munder": 2, "msubsup": 3, "munderover": 3}
    assert {(e.tag, len(e)) for root in roots for e in root.iter() if e.tag in count} <= set(count.items())


def test_every_operator_of_the_package_says_its_form() -> None:
    forms = {e.get("form") for node in of_the_package() for e in mathml.math(node).iter("mo")}
    assert forms == {"infix", "prefix", "postfix"}


def test_what_changed_has_a_class_and_no_row_around_it() -> None:
    """A row around an operator would make it lose its neighbours, and with them its distances."""
    assert written("a + b", (0,)) == '<mi class="changed">a</mi><mo>+</mo><mi>b</mi>'
    assert written("a + b", (-1,)) == '<mi>a</mi><mo class="changed">+</mo><mi>b</mi>'
    assert written("a*b + c", (0,)) == '<mrow class="changed"><mi>a</mi><mo>\u2062</mo><mi>b</mi></mrow><mo>+</mo><mi>c</mi>'
    changed_plus, plus = (operators(mathml.math(row(A, s, B)), "+")[0] for s in (Styled("changed", PLUS), PLUS))
    assert changed_plus == {**plus, "class": "changed"}


def test_what_is_wrong_is_struck_across_where_it_has_a_bar_of_its_own() -> None:
    """A line through the middle of a fraction, or of a plus, cannot be seen."""
    notation = Notation()
    nodes = (notation.formula(read("a + b")), notation.formula(read("a/b")), PLUS)
    assert [mathml.math(Styled("wrong", node))[0].get("class") for node in nodes] == ["wrong", "wrong across", "wrong across"]


@pytest.mark.parametrize("text", ["sum(x[i] for i in N)", "prod(x[i] for i in N)/2", "limit(x, x, 0)", "argmax(t for t in Theta)"])
def test_limits_stay_above_and_below(text: str) -> None:
    bases = [e[0] for e in formula(text).iter() if e.tag in ("munder", "munderover")]
    assert [b.get("movablelimits") for b in bases] == ["false"]


def test_names_of_one_letter_are_upright() -> None:
    """Browsers set a single letter in italics, also the d of a differential."""
    assert [e.get("mathvariant") for e in formula("diff(g(s), s)").iter("mi") if e.text == "d"] == ["normal", "normal"]
    assert [e.get("mathvariant") for e in formula("diff(x*y, x)").iter("mi") if e.text == "∂"] == ["normal", "normal"]


@pytest.mark.parametrize(
    ("text", "sign", "room"),
    [
        ("log(x)", "\u2061", "0.1667em"),  # log x
        ("log(x + 1)", "\u2061", "0"),  # log(x + 1)
        ("y*log(x)", "\u2062", "0.1667em"),  # y log x
        ("y*x", "\u2062", "0"),
        ("y*sum(x[i] for i in N)", "\u2062", "0.1667em"),
        ("-log(x)", "−", "0.1667em"),
        ("-x", "−", "0"),
    ],
)
def test_names_and_big_signs_keep_a_distance(text: str, sign: str, room: str) -> None:
    assert operators(formula(text), sign)[0]["rspace"] == room


def test_the_distance_is_kept_also_where_a_name_is_coloured() -> None:
    assert operators(formula("y*log(x)", (1,)), "\u2062") == operators(formula("y*log(x)"), "\u2062")


def test_signs_in_scripts_stand_close() -> None:
    close = {"form": "infix", "lspace": "0", "rspace": "0"}
    assert operators(formula("x**(1 - y)"), "−") == [close]
    assert operators(formula("x**(a/b)"), "/") == [close]
    assert operators(formula("1 - y"), "−") == [{"form": "infix"}]


@pytest.mark.parametrize(("text", "grow"), [("(a + b)**2", "false"), ("log(x[i]**2*y)", "false"), ("log(a/b)", "true"),
                                            ("log(sum(x[i] for i in N))", "true"), ("f(sqrt(a/b))", "true")])  # fmt: skip
def test_brackets_grow_around_what_is_tall_only(text: str, grow: str) -> None:
    assert [o["stretchy"] for sign in "()" for o in operators(formula(text), sign)] == [grow, grow]


def test_a_bracket_that_is_not_drawn_has_no_operator() -> None:
    assert len(operators(mathml.math(Fenced("(", A, "")), "(")) == 1
    assert [e.tag for e in mathml.math(Fenced("", A, "")).iter()] == ["math", "mrow", "mi"]


def test_a_range_stands_apart_from_what_holds_in_it() -> None:
    assert [e.get("width") for e in formula("all(x[i] <= 1 for i in K)").iter("mspace")] == ["1em"]


def test_a_derivative_keeps_a_distance_from_a_logarithm() -> None:
    assert [e.tag for e in formula("diff(log(x), x)")] == ["mfrac", "mspace", "mi", "mo", "mrow"]
    assert [e.tag for e in formula("a/b*x")] == ["mfrac", "mo", "mi"]


def test_what_a_page_names_is_escaped() -> None:
    assert tostring(mathml.math(Row((Token("name", "<b>&"),))), encoding="unicode") == (
        '<math displaystyle="true"><mi>&lt;b&gt;&amp;</mi></math>')  # fmt: skip

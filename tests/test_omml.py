"""Formulas as Office Math: what Word asks of it, and what stands in it."""

from __future__ import annotations

import functools
import xml.etree.ElementTree as ET
from collections.abc import Iterator

import certified
import pytest

from derive.expression import read
from derive.handout import omml
from derive.handout.document import COLOURS, Ink
from derive.handout.formula import Node, Notation, Row, Styled, Token, row
from derive.show import changed

M, W = ("{http://schemas.openxmlformats.org/officeDocument/2006/math}", "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}")
# ECMA-376, part 1, §22.1: the children of each element, in the order in which they have to stand
ORDER = {
    "r": "rPr w:rPr t", "rPr": "lit nor scr sty brk aln", "f": "fPr num den", "fPr": "type ctrlPr", "sSub": "sSubPr e sub",
    "sSup": "sSupPr e sup", "sSubSup": "sSubSupPr e sub sup", "nary": "naryPr sub sup e", "func": "funcPr fName e",
    "naryPr": "chr limLoc grow subHide supHide ctrlPr", "limLow": "limLowPr e lim", "rad": "radPr deg e", "radPr": "degHide ctrlPr",
    "d": "dPr e", "dPr": "begChr sepChr endChr grow shp ctrlPr", "m": "mPr mr", "mr": "e", "mcs": "mc", "mc": "mcPr", "mcPr": "count mcJc",
    "mPr": "baseJc plcHide rSpRule cGpRule rSp cSp cGp mcs ctrlPr", "phant": "phantPr e", "borderBox": "borderBoxPr e",
    "phantPr": "show zeroWid zeroAsc zeroDesc transp ctrlPr", "oMathPara": "oMathParaPr oMath", "oMathParaPr": "jc", "ctrlPr": "w:rPr",
    "borderBoxPr": "hideTop hideBot hideLeft hideRight strikeH strikeV strikeBLTR strikeTLBR ctrlPr",
    **dict.fromkeys(("sSubPr", "sSupPr", "sSubSupPr", "funcPr", "limLowPr"), "ctrlPr"),
}  # fmt: skip
ONCE = {"f": "num den", "sSub": "e sub", "sSup": "e sup", "sSubSup": "e sub sup", "nary": "sub sup e", "func": "fName e",
        "limLow": "e lim", "rad": "deg e", "phant": "e", "borderBox": "e"}  # fmt: skip
# what holds anything, and what it holds: runs, and what is built from them
HOLDERS = frozenset(["e", "num", "den", "sub", "sup", "deg", "fName", "lim", "oMath"])
BUILT = frozenset(["r", "f", "sSub", "sSup", "sSubSup", "nary", "func", "limLow", "rad", "d", "m", "phant", "borderBox"])


def formula(text: str) -> Node:
    return Notation().formula(read(text))


def tree(node: Node) -> ET.Element:
    return ET.fromstring(omml.inline(node))


def short(tag: str) -> str:
    return tag.replace(M, "").replace(W, "w:")


def written(element: ET.Element) -> str:
    """What one sees, with the names of what is built: `nary(i=1, N, …)`."""
    tag = short(element.tag)
    if tag == "r":
        return element.findtext(f"{M}t", "")
    inner = [written(child) for child in element if not short(child.tag).endswith("Pr")]
    return f"{tag}({', '.join(inner)})" if tag in BUILT else "".join(inner)


def flaws(element: ET.Element) -> Iterator[str]:
    """Where an equation is not what the standard allows."""
    tag, children = short(element.tag), [short(child.tag) for child in element]
    if tag in HOLDERS:
        yield from (f"{child} in {tag}" for child in children if child not in BUILT)
    elif tag in ORDER:
        order = ORDER[tag].split()
        places = [order.index(child) if child in order else -1 for child in children]
        if -1 in places or places != sorted(places):
            yield f"{tag}: {children}"
        yield from (f"{tag} without one {name}" for name in ONCE.get(tag, "").split() if children.count(name) != 1)
    elif children and not tag.startswith("w:"):
        yield f"{tag} is unknown"
    for child in element:
        yield from flaws(child)


@functools.cache
def everything() -> tuple[Node, ...]:
    """The formulas of all derivations of the package, with what changed from line to line."""
    out: list[Node] = []
    for derivation in certified.library().values():
        page, above = derivation.page, None
        for line in page.lines:
            out.append(Notation().formula(line.term, changed(above, line.term) if above is not None else frozenset()))
            above = line.term
        out += [Notation("zh").formula(h) for h in page.givens.hypotheses]
        out += [Notation("zh").definition(name, meaning) for name, meaning in page.definitions.items()]
    return tuple(out)


def test_every_formula_of_the_package_is_as_the_standard_asks() -> None:
    found = [flaw for node in everything() for flaw in flaws(tree(node))]
    assert len(everything()) > 800
    assert found == []


def test_the_look_for_flaws_finds_them() -> None:
    bad = ET.fromstring(omml.inline(formula("a/b")).replace("m:num", "m:top"))
    assert [*flaws(bad)] == ["f: ['fPr', 'top', 'den']", "f without one num", "top is unknown"]


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("a*b + c", "ab+c"),
        ("a/b", "f(a, b)"),
        ("x[i]**2", "sSubSup(x, i, 2)"),
        ("sqrt(x)", "rad(, x)"),
        ("abs(x)", "d(x)"),
        ("exp(-s)", "sSup(e, −s)"),
        ("log(x)", "func(log, x)"),
        ("log(x*y)", "func(log, d(xy))"),
        ("log(x, 2)", "func(sSub(log, 2), x)"),
        ("f(x)", "fd(x)"),
        ("2*3", "2⋅3"),
        ("[[1, 2], [3, 4]]", "d(m(12, 34))"),
    ],
)
def test_each_box_is_what_word_has_for_it(text: str, seen: str) -> None:
    assert written(tree(formula(text))) == seen


def test_a_sum_holds_what_it_sums_up_to_the_next_sign() -> None:
    assert written(tree(formula("2*sum(x[i]*y for i in N) + 1"))) == "2nary(i=1, N, sSub(x, i)y)+1"
    assert written(tree(formula("log(sum(x[i] for i in N))"))) == "func(log, d(nary(i=1, N, sSub(x, i))))"


def test_limits_stand_below_sums_and_beside_integrals() -> None:
    total, integral = (tree(formula(t)) for t in ("sum(x[i] for i in N)", "integral(f(x) for x in Reals)"))
    assert [[e.get(f"{M}val") for e in element.iter(f"{M}limLoc")] for element in (total, integral)] == [["undOvr"], ["subSup"]]
    assert written(integral) == "nary(−∞, ∞, fd(x)\u2009dx)"


def test_a_limit_is_a_function_with_something_below() -> None:
    assert written(tree(formula("limit(1/s, s, oo) + 1"))) == "func(limLow(lim, s→∞), f(1, s))+1"
    assert written(tree(formula("limit(1/s, s, 0, right)"))) == "func(limLow(lim, s→sSup(0, +)), f(1, s))"


def test_letters_are_in_italics_and_names_upright() -> None:
    runs = [(r.findtext(f"{M}t"), *(r.findall(f"{M}rPr/*"))) for r in tree(formula("log(x) + 1")).iter(f"{M}r")]
    assert [(text, short(style.tag), style.get(f"{M}val")) for text, style in runs] == [
        ("log", "nor", None), ("x", "sty", "i"), ("+", "sty", "p"), ("1", "sty", "p")]  # fmt: skip


def test_what_changed_is_blue_with_its_strokes_and_the_rest_is_not() -> None:
    node = row(Token("variable", "a"), Token("binary", "+"), Styled("changed", formula("b/c")))
    coloured = [c.get(f"{W}val") for c in tree(node).iter(f"{W}color")]
    assert coloured == [COLOURS[Ink.ACCENT][0][1:].upper()] * 3  # b, c, and the stroke between them


def test_cases_have_a_brace_on_one_side() -> None:
    fence = tree(formula("cases((t, t > 0), (0, t == 0))")).find(f"{M}d")
    assert fence is not None
    assert [fence.find(f"{M}dPr/{M}{name}").get(f"{M}val") for name in ("begChr", "endChr")] == ["{", ""]  # type: ignore[union-attr]
    assert len([*fence.iter(f"{M}mr")]) == 2


def test_a_line_that_begins_with_a_sign_has_something_before_it() -> None:
    """LibreOffice showed ¿ for the relation at the start of a line."""
    assert written(tree(row(Token("relation", "="), formula("x")))) == "\u200b=x"
    assert written(tree(Styled("changed", row(Token("binary", "+"), formula("x"))))) == "\u200b+x"
    assert written(tree(formula("-x"))) == "−x"


def test_of_a_wrong_line_only_what_is_wrong_is_struck_out() -> None:
    part = row(formula("a"), Token("binary", "+"), Styled("wrong", formula("b")))
    assert written(ET.fromstring(omml.display(part, struck=True))) == "a+borderBox(b)"
    assert written(ET.fromstring(omml.display(formula("a + b"), struck=True))) == "borderBox(a+b)"


def test_a_first_line_is_as_high_as_what_stands_beside_it() -> None:
    element = ET.fromstring(omml.display(formula("x"), formula("a/b")))
    assert written(element) == "xphant(f(a, b))"
    assert [e.get(f"{M}val") for e in element.iter(f"{M}zeroWid")] == ["1"]
    assert [*flaws(element)] == []


def test_text_cannot_end_an_element_and_what_xml_cannot_hold_is_replaced() -> None:
    assert written(tree(Row((Token("name", "<m:t>&\x0b"),)))) == "<m:t>&\ufffd"


def test_words_stand_apart_from_what_is_around_them() -> None:
    """«for almost every» lost its spaces once, for it is not letters only."""
    assert written(tree(row(formula("x"), Token("words", "for almost every"), formula("y")))) == "x for almost every y"


def test_chinese_words_have_a_chinese_font() -> None:
    run = tree(Notation("zh").formula(read("cases((t, t > 0), (0, t == 0))"))).iter(f"{W}rFonts")
    assert {f.get(f"{W}eastAsia") for f in run} == {None, omml.CHINESE}

"""Document → Typst source."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from derive.expression import read
from derive.handout import typst
from derive.handout.document import COLOURS, Document, Ink, Mark, Remark, Row, Section
from derive.handout.formula import Array, Fenced, Node, Notation, Scripted, Styled, Token, row
from derive.handout.words import labels

X, ONE = Token("variable", "x"), Token("number", "1")
NASTY = ['#import "x"', "$x$", "*b*", "_i_", "@a", "<a>", "// c", "/* c */", "\\#", '"', "#{1/0}", "= h", "]", "`r`", "a\nb", "\t", "~",
         "--", "'"]  # fmt: skip


def maths(expression: str) -> str:
    return typst.maths(Notation("en", frozenset({"Theta"})).formula(read(expression)))


def section(*rows: Row, **more: object) -> Section:
    return replace(Section(1, "mine", (("Heading",),), (), (), (), rows, Mark.PROVED), **more)


def document(*sections: Section, languages: tuple[str, ...] = ("en",), **more: object) -> Document:
    titles = tuple((t,) for t in ("Title", "题目")[: len(languages)])
    return replace(Document(titles, (("Subtitle",),), languages, sections, labels(languages)), **more)


def without_literals(source: str) -> str:
    return re.sub(r'"(?:[^"\\]|\\.)*"', '""', source)


@pytest.mark.parametrize(("expression", "markup"), [
    ("a + 12", '{variable("a"); binary("+"); number("12")}'),
    ("-x*y", '{prefix("−"); variable("x"); variable("y")}'),
    ("a/b", 'fraction(variable("a"), variable("b"))'),
    ("loss(1)", '{name("loss"); fenced("(", number("1"), ")")}'),
    ("p[i]**y", 'scripted(variable("p"), b: {variable("i")}, t: variable("y"))'),
    ("sqrt(x)", 'math.sqrt(variable("x"))'),
    ("sum(x for i in N)",
     '{stacked("∑", b: {{variable("i"); relation("="); number("1")}}, t: variable("N")); variable("x")}'),
    ("argmax(t for t in Theta)", '{named("arg max", b: {{variable("t"); relation("∈"); variable("Θ")}}); variable("t")}'),
    ("cases((x, x > 0))", 'alternatives((variable("x"), {words("en", "if"); variable("x"); relation(">"); number("0")}))'),
])  # fmt: skip
def test_each_box_is_a_call(expression: str, markup: str) -> None:
    assert maths(expression) == markup


def test_an_array_of_one_is_an_array_still() -> None:
    assert typst.maths(Array(((ONE,),))) == 'array-of((number("1"), ))'


def test_the_gap_before_a_range_is_wider_than_before_a_differential() -> None:
    assert "h(0.7em); fenced(" in maths("all(x[i] <= 1 for i in K)")
    assert 'space; upright("d"); variable("x")' in maths("integral(p(x) for x in Reals)")


def test_a_fraction_keeps_apart_from_what_it_multiplies() -> None:
    """The rules of two fractions side by side looked like one."""
    assert "); h(0.12em); fraction(" in maths("diff(a/b, b)")
    assert "); h(0.12em); fenced(" in maths("(a/b)*(c + d)")
    assert [maths(x).count("h(") for x in ("a*(c + d)", "a/b + c", "(a/b)*log(c)", "(1/N)*sum(x[i] for i in N)")] == [0, 0, 0, 0]


def test_an_index_is_drawn_under_a_letter_that_hangs_over_unless_it_is_low() -> None:
    def index(base: Node, sub: str) -> str:
        return typst.maths(Scripted(base, Token("variable", sub)))

    assert index(Token("variable", "W"), "k") == 'scripted(variable("W"), b: {h(-0.22em); variable("k")})'
    assert index(Styled("changed", Token("variable", "f")), "i") == 'scripted(changed(variable("f")), b: {h(-0.13em); variable("i")})'
    assert "h(" not in index(Token("variable", "W"), "n") + index(X, "k")


@pytest.mark.parametrize("text", NASTY)
def test_what_comes_from_a_page_stands_in_literals_only(text: str) -> None:
    """A title such as `#import "x"` was markup in the first trial."""

    def source(word: str) -> str:
        row = Row(1, (Token("name", word),), "=", reason=((word,),), remarks=(Remark(Ink.BAD, ((word,),)),))
        return without_literals(typst.source(document(section(row, heading=((word,),), source=word), title=((word,),), sheet=word)))

    assert source("word") == source(text)


def test_a_literal_holds_any_text() -> None:
    assert typst.string('a "b" \\ \n#c') == '"a \\"b\\" \\\\ \\u{a}#c"'


def test_a_formula_that_is_wide_for_a_column_is_broken_within_a_text() -> None:
    wide = Notation().formula(read(" + ".join(f"x{i}" for i in range(12))))
    assert typst.run((wide,), "en", room=40.0).count("inline(") == 1
    assert typst.run((wide,), "en", room=8.0).count("inline(") > 1


def test_a_formula_that_cannot_be_broken_is_set_smaller() -> None:
    wide = Notation().formula(read(f"({' + '.join(f'x{i}' for i in range(20))})/y"))
    assert typst.fitted(wide, "en", 45.0).startswith("shown(")
    assert re.match(r"smaller\(\d\d%, shown\(", typst.fitted(wide, "en", 25.0))


def test_beside_wide_rows_the_left_side_has_a_row_of_its_own() -> None:
    rows = (Row(1, (ONE,), "=", left=X), Row(2, (ONE,), "=", wide=True))
    steps = re.findall(r"step\((\[\d\]|none), (none|level)", typst.source(document(section(*rows))))
    assert steps == [("none", "none"), ("[1]", "none"), ("[2]", "none")]
    steps = re.findall(r"step\((\[\d\]|none), (none|level)", typst.source(document(section(rows[0]))))
    assert steps == [("[1]", "level")]


def test_a_sign_that_is_wrong_is_struck_steeply() -> None:
    """Struck along its own stroke, a minus sign looked like a long minus sign."""
    sign = Styled("wrong", Token("binary", "−"))
    made = typst.source(document(section(Row(1, (X,), "=", wrong=(row(X, sign, ONE),)))))
    assert 'wrong-sign(binary("−"))' in made
    assert "wrong({" not in made


def test_only_what_is_marked_wrong_is_struck_out_or_else_all() -> None:
    part = Fenced("(", Styled("wrong", X), ")")
    assert 'fenced("(", wrong(variable("x")), ")")' in typst.source(document(section(Row(1, (X,), "=", wrong=(part,)))))
    assert 'wrong(fenced("(", variable("x"), ")"))' in typst.source(document(section(Row(1, (X,), "=", wrong=(Fenced("(", X, ")"),)))))


def test_what_is_to_be_filled_in_is_dotted() -> None:
    source = typst.source(document(section(Row(1, (), "=", blank_reason=True, reason=(("told",),)))))
    row = source[source.index("chain(step(") :]
    assert (row.count("blanks("), "told" in row) == (2, False)


def test_what_is_given_stands_once_where_it_has_no_words() -> None:
    formulas, words = ((X,),), ((X, " is real"),)
    both = typst.source(document(section(given=(formulas, formulas)), languages=("en", "zh")))
    assert both.count("items((") == 1
    assert typst.source(document(section(given=(words, ((X, " 为实数"),))), languages=("en", "zh"))).count("items((") == 2
    assert "strip((" not in typst.source(document(section(given=((), ())), languages=("en", "zh")))


def test_colours_of_marks_are_written_out() -> None:
    """Variables within a picture are not looked at by Typst."""
    source = typst.source(document(legend=((Mark.PROVED, (("proved",),)),)))
    drawn = re.search(r'drawn = \((.*)\)\n', source)
    assert drawn
    assert f'fill=\\"{COLOURS[Ink.GOOD][0]}\\"' in drawn[1]
    assert "var(" not in drawn[1]
    assert 'marked = (proved: "proved", computed: "computed"' in source

"""The HTML of a handout: one file that asks for nothing, whatever the pages say."""

from __future__ import annotations

import base64
import re
from dataclasses import replace
from html.parser import HTMLParser
from importlib.resources import files
from typing import Any

import certified
import pytest
import sheets

from derive.check import check_derivation
from derive.handout import MissingExtra, build, html, plotting, style
from derive.handout.document import COLOURS, PAPER, Bar, Document, Figure, Ink, Mark
from derive.model import Words

VOID = {"meta", "link", "br", "img", "input", "hr"}
LANGUAGES = pytest.mark.parametrize("languages", [("en",), ("zh",), sheets.BOTH], ids="+".join)


class Tree(HTMLParser):
    """Every element with its attributes and the text within; complains of one that is not closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[int] = []
        self.elements: list[tuple[str, dict[str, str], list[str]]] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), (tag, names)
        self.elements.append((tag, {name: value or "" for name, value in attrs}, []))
        if tag not in VOID:
            self.open.append(len(self.elements) - 1)

    def handle_endtag(self, tag: str) -> None:
        assert self.elements[self.open.pop()][0] == tag

    def handle_data(self, data: str) -> None:
        for k in self.open:
            self.elements[k][2].append(data)

    def of(self, tag: str = "", **attributes: str) -> list[str]:
        """The texts of the elements with a tag and attributes (`class_` is one of the classes)."""
        found = [(attrs, text) for t, attrs, text in self.elements if tag in ("", t)]
        return ["".join(text) for attrs, text in found if all(self._has(attrs, *a) for a in attributes.items())]

    @staticmethod
    def _has(attrs: dict[str, str], name: str, value: str) -> bool:
        found = attrs.get(name.rstrip("_").replace("_", "-"), "")
        return value in found.split() if name == "class_" else value == found

    def attributes(self, name: str) -> list[str]:
        return [attrs[name] for _, attrs, _ in self.elements if name in attrs]


def page(document: Document) -> str:
    (name, data), = html.write(document, "sheet").items()
    assert name == "sheet.html"
    return data.decode()


def body(document: Document) -> str:
    return page(document).partition("</style>")[2]


@LANGUAGES
@pytest.mark.parametrize("make", [sheets.handout, sheets.worksheet, sheets.key])
def test_every_element_is_closed_and_every_name_is_given_once(make: Any, languages: tuple[str, ...]) -> None:
    tree = Tree(page(make(languages)))
    names = tree.attributes("id")
    assert len(names) == len(set(names))
    assert set(tree.attributes("href")) <= {f"#{name}" for name in names}


@LANGUAGES
def test_nothing_is_asked_for_outside_the_file(languages: tuple[str, ...]) -> None:
    text = page(sheets.handout(languages))
    assert re.findall(r"https?:|//|@import|<script|<link|<iframe|\son\w+=", re.sub(r"base64,[^\"]*", "", text)) == []
    assert set(re.findall(r"url\(\"?([^;)]*)", text)) <= {"data:font/woff2"}
    assert Tree(text).attributes("src") == []


def test_the_fonts_of_the_package_are_within() -> None:
    text = page(sheets.handout())
    fonts = sorted(p.name for p in (files("derive.handout") / "fonts" / "web").iterdir())
    assert fonts == ["STIXTwoMath.woff2", "STIXTwoText-Bold.woff2", "STIXTwoText-Italic.woff2", "STIXTwoText-Regular.woff2"]
    for name in fonts:
        data = (files("derive.handout") / "fonts" / "web" / name).read_bytes()
        assert base64.b64encode(data).decode() in text
    assert re.findall(r'font-family: ("[^"]*"); font-weight: (\d+); font-style: (\w+);', text) == [
        ('"STIX Two Math"', "400", "normal"), ('"STIX Two Text"', "700", "normal"), ('"STIX Two Text"', "400", "italic"),
        ('"STIX Two Text"', "400", "normal")]  # fmt: skip


def test_the_same_document_is_the_same_bytes() -> None:
    document = sheets.handout(sheets.BOTH)
    assert html.write(document, "a")["a.html"] == html.write(replace(document), "b")["b.html"]


NASTY = '</style></title><script>alert("1")</script><!-- & &amp; \u202e \'"> ${x} {{x}} \\'


def test_what_a_page_says_never_becomes_markup() -> None:
    plain = sheets.worksheet()
    said = ((NASTY,),)
    sections = tuple(replace(s, name=NASTY, heading=said, goal=said, given=((said[0],),), instruction=said, answer=said, source=NASTY)
                     for s in plain.sections)  # fmt: skip
    nasty = replace(plain, title=said, subtitle=said, footer=said, sheet=NASTY, sections=sections)
    tree, before = Tree(page(nasty)), Tree(page(plain))
    assert {t for t, _, _ in tree.elements} == {t for t, _, _ in before.elements}
    assert tree.of("title") == tree.of("h1") == [NASTY]
    assert tree.of(class_="goal") == [NASTY] * 4


def test_a_formula_too_wide_for_a_phone_keeps_its_label_apart_from_markup() -> None:
    plain = sheets.handout()
    wide = plain.sections[-1].rows[0].lines[0]
    nasty = replace(plain, sections=(replace(plain.sections[0], goal=((NASTY, wide),)),))
    assert NASTY.strip() in Tree(page(nasty)).attributes("aria-label")


def test_no_line_ends_between_a_formula_and_a_comma() -> None:
    """A line of a remark began with a comma: of `At x = 0, y = 1`."""
    plain = sheets.handout()
    one = plain.sections[0].rows[0].lines[0]
    tree = Tree(page(replace(plain, sections=(replace(plain.sections[0], goal=(("At ", one, ", or at ", one, "."),)),))))
    assert [text[-1] for text in tree.of(class_="kept")] == [",", "."]
    assert tree.of(class_="goal")[0].count(",") + tree.of(class_="goal")[0].count(".") == 2


def test_the_parts_of_a_page() -> None:
    document = sheets.handout()
    tree = Tree(page(document))
    assert [t for t, _, _ in tree.elements if t in ("header", "nav", "main", "footer")] == ["header", "nav", "main", "footer"]
    assert [t for t, _, _ in tree.elements if t in ("h1", "h2")] == ["h1", "h2", *["h2"] * len(document.sections)]
    assert tree.of("a", href="#derivations") == ["Skip the contents"]
    assert tree.of("a", href="#s1") == ["1 Softmax sums to 1"]
    assert tree.of("h2")[1] == "1 Softmax sums to 1"
    assert len(tree.of("li", class_="row")) == sum(len(s.rows) for s in document.sections)
    assert tree.of(class_="label")[:2] == ["Given", "Where"]
    assert tree.of(class_="reason")[0] == "Definition of S"


def test_few_derivations_have_no_contents() -> None:
    tree = Tree(page(sheets.key()))
    assert (tree.of("nav"), tree.of(class_="skip")) == ([], [])


def test_one_language_is_that_of_the_page() -> None:
    assert Tree(page(sheets.handout(("en",)))).attributes("lang")[0] == "en"
    tree = Tree(page(sheets.handout(("zh",))))
    assert (tree.attributes("lang")[0], tree.of("h1")) == ("zh-Hans", ["从何而来"])
    assert tree.of(class_="said") == []


def test_of_two_languages_each_text_says_which_it_is() -> None:
    tree = Tree(page(sheets.handout(sheets.BOTH)))
    assert tree.of("title") == ["Where it comes from · 从何而来"]
    assert "Softmax sums to 1" in tree.of("span", lang="en")
    assert "Softmax 之和为 1" in tree.of("span", lang="zh-Hans")
    assert [t for t in tree.of("span", lang="en") if re.search("[\u4e00-\u9fff]", t)] == []
    assert [t for t in tree.of("span", lang="zh-Hans") if not re.search("[\u4e00-\u9fff]", t)] == []


def test_a_text_in_one_language_only_is_told_by_its_letters() -> None:
    document = replace(sheets.handout(sheets.BOTH), title=(("只有中文",),), subtitle=(("English only",),))
    header = Tree(re.findall("<header>.*</header>", page(document))[0])
    assert (header.of("span", lang="zh-Hans"), header.of("span", lang="en")) == (["只有中文"], ["English only"])


def test_a_goal_in_two_languages_has_its_formula_once() -> None:
    def formulas(languages: tuple[str, ...]) -> int:
        return re.findall(r'<p class="goal">.*?</p>', page(sheets.handout(languages)))[0].count("<math")

    assert formulas(sheets.BOTH) == formulas(("en",))


def test_what_is_given_without_words_stands_once_for_both_languages() -> None:
    document = sheets.handout(sheets.BOTH)
    node = document.sections[0].definitions[0]
    same = replace(document, sections=(replace(document.sections[0], given=(((node,),),) * 2, definitions=()),))
    assert Tree(page(same)).of(class_="label") == ["Given 已知"]
    assert Tree(page(document)).of(class_="label")[:3] == ["Given", "已知", "Where 其中"]


@pytest.mark.parametrize(("languages", "label"), [(("en",), "proved by the checker"), (("zh",), "已由检查器证明")])
def test_marks_are_pictures_with_a_name(languages: tuple[str, ...], label: str) -> None:
    document = sheets.handout(languages)
    proved = sum(r.mark is Mark.PROVED for s in document.sections for r in s.rows) + len(document.sections)
    assert Tree(page(document)).of("svg", role="img", aria_label=label) == [""] * proved


def test_the_legend_explains_the_marks_once() -> None:
    """Beside its explanation a mark is not read out a second time."""
    tree = Tree(page(sheets.handout()))
    assert tree.of("footer") == ["proved by the checkerrefuted by numbers or by a proof"]
    assert len(tree.of("svg", aria_hidden="true")) == 2


def test_a_worksheet_has_room_to_write() -> None:
    document = sheets.worksheet()
    tree = Tree(page(document))
    rows = [r for s in document.sections for r in s.rows]
    blank = sum(not r.lines for r in rows) + sum(r.blank_reason for r in rows) + len(document.sections)
    assert len(tree.of(class_="blank", role="img", aria_label="to be filled in")) == blank > 8
    assert [t for name in ("name", "date") for t in tree.of("p", class_=name)] == ["Name", "Date"]
    assert tree.of(class_="instruction") == ["Fill in."] * 4
    assert tree.of(class_="sheet") == ["Sheet blanks-2-7"]


def test_the_contents_of_a_worksheet_do_not_tell_the_verdicts() -> None:
    assert "svg" not in re.findall("<nav.*</nav>", body(sheets.worksheet()))[0]


def test_a_line_that_was_wrong_is_struck_as_a_whole_or_where_it_is_wrong() -> None:
    tree = Tree(page(sheets.key()))
    rows = [r for s in sheets.key().sections for r in s.rows if r.wrong]
    assert len(tree.of("del")) == len(rows) > 4
    assert len(tree.of(class_="wrong")) == len(rows)
    assert tree.of("p", class_="ink-bad")[0] == "The checker says: no."


PICTURE = """<?xml version="1.0"?><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">
<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="9pt" height="9pt" viewBox="0 0 9 9">
<metadata><rdf xmlns="http://purl.org/dc/">x</rdf></metadata><defs><style type="text/css">*{stroke-linejoin: round}</style>
<path id="p1" d="M0 0"/></defs><g clip-path="url(#p1)"><use xlink:href="#p1" style="fill: #1A5BA3"/><path fill="#ffffff"/></g></svg>"""


def with_figure(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(plotting, "draw", lambda figure, suffix, lang: PICTURE.encode())
    figure = Figure("curve", (("A curve",),), (("It rises",),), ("x",), ("y",), bars=(Bar(("a",), 1.0),))
    document = sheets.handout()
    sections = tuple(replace(s, figures=(figure,)) for s in document.sections[:2])
    return page(replace(document, sections=sections))


def test_a_picture_is_a_part_of_the_page_and_has_its_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    text = with_figure(monkeypatch)
    first = re.findall("<figure>.*?</figure>", text, re.DOTALL)[0]
    inside = ("fill: var(--accent)", 'fill="var(--paper)"', 'id="s1-curve-p1"', 'href="#s1-curve-p1"', "url(#s1-curve-p1)",
              'style="stroke-linejoin: round;"', 'role="img" aria-label="It rises"', "<figcaption>A curve<")  # fmt: skip
    assert [t for t in inside if t not in first] == []
    assert [t for t in ("http", "<style", "metadata", 'width="9pt"') if t in first] == []


def test_two_pictures_do_not_share_names(monkeypatch: pytest.MonkeyPatch) -> None:
    names = Tree(with_figure(monkeypatch)).attributes("id")
    assert len(names) == len(set(names))
    assert {"s1-curve-p1", "s2-curve-p1"} <= set(names)


def test_a_real_picture_has_no_colour_and_no_address_of_its_own() -> None:
    pytest.importorskip("matplotlib", reason="no figures without matplotlib: pip install 'derive-checker[figures]'")
    slope = check_derivation(certified.library()["sigmoid.slope"], certified.library())
    text = page(build.handout([slope], Words("Slope"), ("en",)))
    drawn, = re.findall("<figure>.*?</figure>", text, re.DOTALL)
    assert re.findall("#[0-9a-fA-F]{6}|https?:", drawn) == []
    assert "stroke: var(--accent)" in drawn


def test_every_ink_has_a_colour_by_day_and_by_night() -> None:
    day, night = re.findall(r":root \{ (--paper[^}]*) \}", style.sheet())
    for i, colours in enumerate((day, night)):
        assert colours == f"--paper: {PAPER[i]};" + "".join(f"--{ink}: {COLOURS[ink][i]};" for ink in Ink)


def test_the_package_that_a_figure_needs_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without matplotlib, HTML with a figure ended in «TypeError: expected sequence, not "generator"»."""

    def refuse(*_: object) -> bytes:
        raise MissingExtra("a figure needs the package matplotlib")

    monkeypatch.setattr(plotting, "draw", refuse)
    figure = Figure("curve", (("A curve",),), (("It rises",),), ("x",), ("y",), bars=(Bar(("a",), 1.0),))
    document = sheets.handout()
    with pytest.raises(MissingExtra, match="matplotlib"):
        html.write(replace(document, sections=(replace(document.sections[0], figures=(figure,)),)), "sheet")

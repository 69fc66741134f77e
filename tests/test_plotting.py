"""Pictures: their bytes, their colours, where their labels stand."""

from __future__ import annotations

import hashlib
import logging
import re
import struct
import subprocess
import sys
import warnings
from itertools import combinations
from typing import Any, get_args
from xml.etree import ElementTree

import certified
import pytest

from derive.expression import read
from derive.handout import MissingExtra, util
from derive.handout.document import COLOURS, Curve, Figure, Ink
from derive.handout.figures import figures_of
from derive.handout.formula import Notation, Token
from derive.handout.plans import PLANS
from derive.handout.plotting import (
    FILES,
    FONTS,
    HEIGHT,
    RIGHT,
    WIDTH,
    Box,
    Form,
    Scale,
    _Label,
    _Picture,
    _settings,
    _stroke,
    draw,
    mathtext,
)

LANGUAGES = (("en",), ("zh",), ("en", "zh"))
FIGURES = {
    (plan.name, languages): figure
    for plan in PLANS
    for languages in LANGUAGES
    for figure in figures_of(plan.name, certified.library()[plan.name].page, languages)
}
SLOPE = FIGURES["sigmoid.slope", ("en",)]
EACH = pytest.mark.parametrize("key", FIGURES, ids=lambda key: f"{key[0]}-{'-'.join(key[1])}")


@pytest.fixture
def fonts() -> Any:
    """The fonts of the package, for labels measured by themselves."""
    import matplotlib

    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(_settings())
        yield


@EACH
def test_an_svg_is_well_formed_and_has_no_colours_but_ours(key: tuple[str, tuple[str, ...]], caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING), warnings.catch_warnings():
        warnings.simplefilter("error")  # such as that of a glyph that is missing
        svg = draw.__wrapped__(FIGURES[key], "svg", key[1][0]).decode()
    root = ElementTree.fromstring(svg)
    assert ("{http://www.w3.org/2000/svg}svg", key[1][0]) == (root.tag, root.get("lang"))
    assert {light for light, _ in COLOURS.values()} >= set(re.findall(r"#[0-9a-fA-F]{6}\b", svg))
    assert not re.search(r"\b(fill|stroke): (?!#|none)", svg)
    # it needs nothing from outside, and can stand inside another document
    assert set(re.findall(r"https?://[^\"<]*", svg)) <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}
    assert not re.search(r"<text|<style|<metadata|<image|<\?|<!", svg)
    assert set(re.findall(r' id="([^"]*)"', svg)) == set(re.findall(r'href="#([^"]*)"', svg))
    assert caplog.records == []  # such as that of a font that is missing


def test_the_same_figure_gives_the_same_bytes_in_another_process() -> None:
    code = (
        "import hashlib, proofs.sigmoid as s; from derive.handout.figures import figures_of; from derive.handout.plotting import draw; "
        "figure, = figures_of('sigmoid.slope', s.slope.page, ('en', 'zh')); "
        "print(*(hashlib.sha256(draw(figure, form, 'en')).hexdigest() for form in ('svg', 'png', 'pdf')))"
    )
    there = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    here = [hashlib.sha256(draw.__wrapped__(FIGURES["sigmoid.slope", ("en", "zh")], form, "en")).hexdigest() for form in get_args(Form)]
    assert here == there


def test_a_png_has_300_dots_an_inch_and_a_ground_that_can_be_seen_through() -> None:
    png = draw(SLOPE, "png", "en")
    width, height, depth, colours = struct.unpack(">IIBB", png[16:26])
    assert (round(WIDTH / 72 * 300), 8, 6) == (width, depth, colours)
    assert abs(height - HEIGHT / 72 * 300) <= 1


def test_a_pdf_is_one_page_with_its_fonts_and_no_date() -> None:
    pdf = draw(FIGURES["sigmoid.slope", ("zh",)], "pdf", "zh")
    assert pdf.startswith(b"%PDF-")
    assert b"/Count 1" in pdf
    assert b"CreationDate" not in pdf
    assert not re.search(rb"/Subtype /Type1\b", pdf)


def test_what_somebody_has_set_for_pictures_of_their_own_changes_nothing_and_stays() -> None:
    import matplotlib

    before = draw.__wrapped__(SLOPE, "svg", "en")
    with matplotlib.rc_context({"lines.linewidth": 9.0, "font.size": 30.0, "svg.fonttype": "none"}):
        assert before == draw.__wrapped__(SLOPE, "svg", "en")
        assert matplotlib.rcParams["lines.linewidth"] == 9.0


def test_matplotlib_is_not_imported_before_something_is_drawn() -> None:
    code = "import sys, derive.handout.figures; print([m for m in sys.modules if m.startswith(('matplotlib', 'numpy'))])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"


def test_without_matplotlib_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    find = util.find_spec
    monkeypatch.setattr(util, "find_spec", lambda name: None if name == "matplotlib" else find(name))
    with pytest.raises(MissingExtra, match=re.escape("pip install 'derive-checker[figures]'")):
        draw.__wrapped__(SLOPE, "svg", "en")


def test_curves_differ_in_stroke_and_not_only_in_colour() -> None:
    for figure in FIGURES.values():
        strokes = [_stroke(c) for c in figure.curves]
        assert len(strokes) == len(set(strokes))


# -- where labels stand


class Written(_Picture):
    """A picture that remembers what was written and drawn."""

    def __init__(self) -> None:
        super().__init__()
        self.boxes: list[tuple[Box, Ink]] = []
        self.strokes: list[list[tuple[float, float]]] = []

    def write(self, label: _Label, x: float, y: float, ink: Ink) -> None:
        self.boxes.append((Box(x, y - label.depth, x + label.width, y - label.depth + label.height), ink))
        super().write(label, x, y, ink)

    def line(self, points: Any, ink: Ink, width: float = 0.6, dashes: tuple[float, ...] = ()) -> None:
        if width >= 1:
            self.strokes.append(list(points))
        super().line(points, ink, width, dashes)


@EACH
def test_labels_cover_no_curve_and_no_other_label_and_are_not_cut_off(key: tuple[str, tuple[str, ...]], fonts: None) -> None:
    picture = Written()
    picture.show(FIGURES[key])
    boxes = [box for box, _ in picture.boxes if box.right > box.left]
    assert all(b.left >= 0 and b.bottom >= 0 and b.right <= WIDTH and b.top <= HEIGHT for b in boxes)
    assert not [(a, b) for a, b in combinations(boxes, 2) if overlap(a, b)]
    labels = [box for box, ink in picture.boxes if ink in {c.ink for c in FIGURES[key].curves} and box.right > box.left + 14]
    for x, y in (p for stroke in picture.strokes for p in stroke):
        assert not [b for b in labels if b.left < x < b.right and b.bottom < y < b.top and b.right < RIGHT + 2]


def overlap(a: Box, b: Box) -> bool:
    return a.left < b.right and b.left < a.right and a.bottom < b.top and b.bottom < a.top


def test_where_there_is_no_room_a_label_is_still_drawn(fonts: None) -> None:
    waves = tuple(Curve(("a label",), tuple((float(x), float((x * k) % 7)) for x in range(40)), Ink.ACCENT) for k in range(1, 6))
    picture = Written()
    picture.show(Figure("full", (), (), ("x",), ("y",), waves))
    assert sum(ink is Ink.ACCENT for _, ink in picture.boxes) == 5


# -- scales and labels


@pytest.mark.parametrize(
    ("low", "high", "steps", "most", "ticks"),
    [
        (-6, 6, (1, 2, 5), 8, [-6, -4, -2, 0, 2, 4, 6]),
        (0.0025, 0.9975, (1, 2.5, 5), 5, [0, 0.25, 0.5, 0.75, 1]),
        (-0.9997, -1e-9, (1, 2.5, 5), 5, [-1, -0.75, -0.5, -0.25, 0]),
        (0.01, 4.6, (1, 2.5, 5), 5, [0, 1, 2, 3, 4]),
        (3e-7, 5e-7, (1, 2, 5), 8, [3e-7, 3.5e-7, 4e-7, 4.5e-7, 5e-7]),
        (2, 2, (1, 2, 5), 8, [2]),
    ],
)
def test_ticks_are_round_numbers(low: float, high: float, steps: tuple[float, ...], most: int, ticks: list[float]) -> None:
    assert ticks == pytest.approx(Scale(low, high, steps, most, 0, 100, 0.04).ticks)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("g(z)*(1 - g(z))", "g(z)(1-g(z))"),
        ("y == -1", "y={-}1"),
        ("max(0, -s) + log(2)", r"\mathrm{max}(0,{-}s)+\mathrm{log}\,2"),
        ("log(a)", r"\mathrm{log}\,a"),
        ("exp(s(2))", "{e}^{s(2)}"),
        ("q[1]/2", r"\frac{{q}_{1}}{2}"),
        ("sqrt(2*3)", r"\sqrt{2\cdot 3}"),
    ],
)
def test_formulas_are_written_as_matplotlib_reads_them(expression: str, expected: str, fonts: None) -> None:
    node = Notation().formula(read(expression))
    assert expected == mathtext(node)
    assert _Label((node,)).width > 0


def test_a_label_is_no_place_for_a_sum() -> None:
    with pytest.raises(ValueError, match="Big"):
        mathtext(Notation().formula(read("sum(x[i] for i in n)")))


def test_words_are_set_in_the_fonts_of_the_package(fonts: None) -> None:
    label = _Label(("score · 得分 ", Token("variable", "z")))
    assert [(run.text, {str(FONTS / f): face for face, f in FILES.items()}[run.font.get_file()]) for run in label.runs] == [
        ("score · ", "serif"),
        ("得分", "han"),
        (" ", "serif"),
        ("$z$", "serif"),
    ]

"""Figure → SVG, PNG or PDF, by matplotlib. Knows figures, fonts and colours; nothing of pages, and no state of pyplot.

Labels stand at their curves, where they cover nothing; there is no legend. The same figure gives the same bytes.
"""

from __future__ import annotations

import io
import math
import re
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal, NamedTuple

from derive.handout import require
from derive.handout.document import COLOURS, Bar, Curve, Document, Figure, Ink, Text
from derive.handout.formula import APPLY, Fenced, Fraction, Node, Root, Row, Scripted, Styled, Token

Form = Literal["svg", "png", "pdf"]
Point = tuple[float, float]

# everything is in points, 72 an inch, from the lower left corner: 110 mm × 60 mm, and the plot within
WIDTH, HEIGHT = 312.0, 170.0
LEFT, BOTTOM, RIGHT, TOP = 30.0, 32.0, 302.0, 152.0
ALONE = 14.0  # by so much a label is nearer to its own curve than to others, where there is room
APART = 8.0  # labels are so far from each other
SIZE, SMALL = 9.0, 8.0  # of labels, and of numbers at the axes
THIN, THICK = 0.6, 1.4
DOTS = 300  # an inch, in a PNG
FONTS = Path(__file__).parent / "fonts"
FILES = {"serif": "STIXTwoText-Regular.otf", "italic": "STIXTwoText-Italic.otf", "han": "NotoSerifSC-Regular.otf"}
_HAN = re.compile("([\u2e80-\u9fff\uf900-\ufaff\ufe30-\uffef]+)")
_NAMELESS = {"svg": ("Creator", "Date", "Format", "Type"), "pdf": ("CreationDate", "Creator", "Producer"), "png": ("Software",)}


@cache
def draw(figure: Figure, form: Form, lang: str) -> bytes:
    """The picture in a format, on a ground that can be seen through; an SVG says that its labels are in `lang`. Raises MissingExtra."""
    require("matplotlib", "figures", "a figure")
    import matplotlib  # late: it is slow to import

    with matplotlib.rc_context():
        matplotlib.rcdefaults()  # what somebody has set for pictures of their own would change this one
        matplotlib.rcParams.update(_settings())
        picture = _Picture()
        picture.show(figure)
        out = io.BytesIO()
        picture.canvas.savefig(
            out, format=form, dpi=DOTS if form == "png" else 72, transparent=True, metadata=dict.fromkeys(_NAMELESS[form])
        )
    return _tidied(out.getvalue().decode(), lang).encode() if form == "svg" else out.getvalue()


def beside(document: Document, stem: str, form: Form) -> dict[str, bytes]:
    """The pictures of a document, as files to stand beside it."""
    pictures = (figure for section in document.sections for figure in section.figures)
    return {file_name(stem, figure, form): draw(figure, form, document.languages[0]) for figure in pictures}


def file_name(stem: str, figure: Figure, form: Form) -> str:
    """The name of a picture that stands beside a document."""
    return f"{stem}-{figure.name}.{form}"


def _settings() -> Any:
    """The fonts of the package, whatever is installed on the machine."""
    from matplotlib.font_manager import fontManager

    known = {entry.fname for entry in fontManager.ttflist}
    for name in FILES.values():
        if str(FONTS / name) not in known:
            fontManager.addfont(FONTS / name)
    faces = dict.fromkeys(("rm", "bf", "sf", "tt", "cal"), "STIX Two Text") | dict.fromkeys(("it", "bfit"), "STIX Two Text:italic")
    return {
        "svg.fonttype": "path",
        "svg.hashsalt": "derive",
        "mathtext.fontset": "custom",
        "mathtext.fallback": "stix",
        **{f"mathtext.{face}": font for face, font in faces.items()},
    }


def _tidied(svg: str, lang: str) -> str:
    """Ready to stand inside another document: without what names the program, without a style sheet, which would apply to all of that,
    and without the names of parts to which nothing refers.
    """
    sheet = re.search(r"<style[^>]*>\*\{(.*?)\}</style>", svg)
    svg = re.sub(r"\s*<(!--.*?--|metadata>.*?</metadata|style.*?</style)>", "", svg[svg.index("<svg") :], flags=re.DOTALL)
    used = set(re.findall(r'(?:href="|url\()#([^")]*)', svg))
    svg = re.sub(r' id="([^"]*)"', lambda m: m[0] if m[1] in used else "", svg)
    return svg.replace("<svg", f'<svg lang="{lang}" style="{sheet[1] if sheet else ""}"', 1)


class Box(NamedTuple):
    """A rectangle."""

    left: float
    bottom: float
    right: float
    top: float

    def meets(self, other: Box) -> bool:
        """Whether they overlap, or almost."""
        across = self.left < other.right + APART and other.left < self.right + APART
        return across and self.bottom < other.top + APART and other.bottom < self.top + APART


class _Picture:
    """A picture on its way."""

    def __init__(self) -> None:
        from matplotlib.figure import Figure as Canvas
        from matplotlib.transforms import Affine2D

        self.canvas = Canvas(figsize=(WIDTH / 72, HEIGHT / 72))
        self.points = Affine2D().scale(1 / 72) + self.canvas.dpi_scale_trans

    def show(self, figure: Figure) -> None:
        """Everything in a figure."""
        if figure.bars:
            self.chart(figure.bars)
        else:
            self.graph(figure.curves)
        across, up = _Label(figure.across), _Label(figure.up)
        self.write(across, RIGHT - across.width, 5, Ink.TEXT)
        self.write(up, 5, HEIGHT - SIZE - 1, Ink.TEXT)

    # -- strokes and words

    def line(self, points: Sequence[Point], ink: Ink, width: float = THIN, dashes: tuple[float, ...] = ()) -> None:
        """A stroke through points."""
        from matplotlib.lines import Line2D

        style: Any = (0, dashes) if dashes else "-"
        xs, ys = zip(*points, strict=True)
        stroke = Line2D(xs, ys, color=COLOURS[ink][0], linewidth=width, linestyle=style, transform=self.points)
        stroke.set(solid_capstyle="round", dash_capstyle="butt", solid_joinstyle="round")
        self.canvas.add_artist(stroke)

    def write(self, label: _Label, x: float, y: float, ink: Ink) -> None:
        """A label that begins at a place, on its base line."""
        for run in label.runs:
            self.canvas.text(
                x, y, run.text, parse_math=run.math, fontproperties=run.font, color=COLOURS[ink][0], transform=self.points, va="baseline"
            )
            x += run.width

    # -- curves

    def graph(self, curves: Sequence[Curve]) -> None:
        """Curves over axes, with their labels."""
        every = [p for c in curves for p in c.points if p]
        across = Scale(min(x for x, _ in every), max(x for x, _ in every), (1, 2, 5), 8, LEFT, RIGHT)
        up = Scale(min(y for _, y in every), max(y for _, y in every), (1, 2.5, 5), 5, BOTTOM, TOP, 0.04)
        self.axes(across, up)
        paths = [[[(across(p[0]), up(p[1])) for p in part] for part in _unbroken(c.points)] for c in curves]
        for curve, path in zip(curves, paths, strict=True):
            for part in path:
                self.line(part, curve.ink, *_stroke(curve))
        zero = [(across(across.low), up(0)), (across(across.high), up(0))]
        drawn = [_dense(part for part in path) for path in paths]
        labels = [_Label(c.label) for c in curves]
        taken: list[Box] = []
        for k in sorted(range(len(curves)), key=lambda k: -labels[k].width):  # the longest are the hardest to place
            others = [p for i, d in enumerate(drawn) if i != k for p in d] + _dense([zero])
            place = _free_place(labels[k], drawn[k], others, taken)
            taken.append(place)
            self.write(labels[k], place.left, place.bottom + labels[k].depth, curves[k].ink)

    def axes(self, across: Scale, up: Scale) -> None:
        """Two axes with ticks and numbers, and hairlines at 0 where that is inside."""
        if up.low < 0:
            self.line([(LEFT, up(0)), (RIGHT, up(0))], Ink.RULE)
        if across.low < 0 < across.high:
            self.line([(across(0), BOTTOM), (across(0), TOP)], Ink.RULE)
        self.line([(LEFT, TOP), (LEFT, BOTTOM), (RIGHT, BOTTOM)], Ink.QUIET)
        for value in across.ticks:
            number = _Label((_number(value),), SMALL)
            self.line([(across(value), BOTTOM), (across(value), BOTTOM - 3)], Ink.QUIET)
            self.write(number, across(value) - number.width / 2, BOTTOM - 12, Ink.QUIET)
        for value in up.ticks:
            number = _Label((_number(value),), SMALL)
            self.line([(LEFT, up(value)), (LEFT - 3, up(value))], Ink.QUIET)
            self.write(number, LEFT - 5.5 - number.width, up(value) - 0.33 * SMALL, Ink.QUIET)

    # -- bars

    def chart(self, bars: Sequence[Bar]) -> None:
        """Bars on one line, a gap where the colour changes, each with its value and its label."""
        from matplotlib.patches import Rectangle

        gaps = sum(a.ink is not b.ink for a, b in pairwise(bars))
        pitch = (WIDTH - 16) / (len(bars) + 0.6 * gaps)
        up = Scale(min(0.0, *(b.value for b in bars)), max(0.0, *(b.value for b in bars)), (1,), 9, 30, HEIGHT - 18)
        x = 8.0
        for k, bar in enumerate(bars):
            x += 0.6 * pitch if k and bar.ink is not bars[k - 1].ink else 0
            box = Rectangle((x + 0.14 * pitch, up(0)), 0.72 * pitch, up(bar.value) - up(0), color=COLOURS[bar.ink][0], linewidth=0)
            box.set_transform(self.points)
            self.canvas.add_artist(box)
            for label, y, ink in (
                (_Label((_number(float(f"{bar.value:.3g}")),), SMALL), up(bar.value) + (3 if bar.value >= 0 else -9), bar.ink),
                (_Label(bar.label), 8, Ink.TEXT),
            ):
                self.write(label, x + (pitch - label.width) / 2, y, ink)
            x += pitch
        self.line([(8, up(0)), (WIDTH - 8, up(0))], Ink.QUIET)


class Scale:
    """Where the numbers of an axis stand: between two places, with ticks at round numbers, at most so many spaces between them."""

    def __init__(self, low: float, high: float, steps: Sequence[float], most: int, start: float, end: float, margin: float = 0.0) -> None:
        span = high - low or 1.0
        powers = (step * 10.0**k for k in range(math.floor(math.log10(span)) - 2, 99) for step in steps)
        step = next(s for s in powers if span / s <= most + 1e-9)
        below, above = step * math.floor(low / step + 1e-9), step * math.ceil(high / step - 1e-9)
        self.low = below if low - below <= 0.04 * span else low - margin * span
        self.high = above if above - high <= 0.04 * span else high + margin * span
        self.ticks = [step * k for k in range(math.ceil(self.low / step - 1e-9), math.floor(self.high / step + 1e-9) + 1)]
        self.start, self.end = start, end

    def __call__(self, value: float) -> float:
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)


def _number(value: float) -> str:
    return f"{value:.6g}".replace("-", "−")


def _stroke(curve: Curve) -> tuple[float, tuple[float, ...]]:
    """Width and dashes: what is less important is thin and dotted."""
    if not curve.dashed:
        return THICK, ()
    return (1.0, (1.4, 2.0)) if curve.ink is Ink.QUIET else (THICK, (4.5, 2.0))


def _unbroken(points: Sequence[Point | None]) -> Iterator[list[Point]]:
    part: list[Point] = []
    for p in (*points, None):
        if p is not None:
            part.append(p)
        elif part:
            yield part
            part = []


# -- where labels stand


def _dense(path: Any) -> list[Point]:
    """Points all along a path, at most three apart."""
    out: list[Point] = []
    for part in path:
        for (x, y), (u, v) in pairwise(part):
            n = math.ceil(math.hypot(u - x, v - y) / 3) or 1
            out += [(x + (u - x) * k / n, y + (v - y) * k / n) for k in range(n)]
        out.append(part[-1])
    return out


def _free_place(label: _Label, curve: Sequence[Point], others: Sequence[Point], taken: Sequence[Box]) -> Box:
    """A place for a label beside its curve, clearly nearer to it than to the others; where that is not to be had, one that covers
    no curve, no other label and no axis; or else little.
    """
    import numpy as np

    ways = [(a, u) for a in (-1, 0, 1) for u in (-1, 0, 1) if a or u]
    anchors = curve[:: max(1, len(curve) // 40)]
    x, y, gap, across, up = np.array([(*p, gap, *way) for p in anchors for gap in (3, 5, 8) for way in ways]).T
    left = x + across * gap - label.width * (1 - across) / 2
    bottom = y + up * gap - label.height * (1 - up) / 2
    boxes = np.stack([left, bottom, left + label.width, bottom + label.height], axis=1)
    own, other = (_distances(boxes, np.array(points)) for points in (curve, others))
    outside = (left < LEFT + 3) | (left + label.width > RIGHT + 1) | (bottom < BOTTOM + 2) | (bottom + label.height > HEIGHT - 4)
    met = np.array([any(Box(*b).meets(t) for t in taken) for b in boxes])
    cost = gap + 50 * (own < 2) + 100 * (other < 2) + 200 * met + 1000 * outside
    cost = cost + 2 * np.clip(own + ALONE - other, 0, None) + 0.02 * abs(x - (LEFT + 0.7 * (RIGHT - LEFT)))
    return Box(*map(float, boxes[int(np.argmin(cost))]))


def _distances(boxes: Any, points: Any) -> Any:
    """How far each box is from the nearest point."""
    import numpy as np

    out = []
    for axis in (0, 1):
        low, high, at = boxes[:, axis, None], boxes[:, axis + 2, None], points[None, :, axis]
        out.append(np.clip(np.maximum(low - at, at - high), 0, None))
    return np.hypot(*out).min(axis=1)


# -- labels


class _Run(NamedTuple):
    text: str
    math: bool
    font: Any
    width: float


class _Label:
    """Words and formulas on one line, measured."""

    def __init__(self, text: Text, size: float = SIZE) -> None:
        from matplotlib.font_manager import FontProperties
        from matplotlib.textpath import text_to_path

        self.runs: list[_Run] = []
        self.width = self.depth = ascent = 0.0
        for string, math_, face in _pieces(text):
            font = FontProperties(fname=str(FONTS / FILES[face]), size=size)
            width, height, depth = text_to_path.get_text_width_height_descent(string, font, math_)
            self.runs.append(_Run(string, math_, font, width))
            self.width += width
            self.depth, ascent = max(self.depth, depth), max(ascent, height - depth)
        self.height = ascent + self.depth


def _pieces(text: Text) -> Iterator[tuple[str, bool, str]]:
    """What is set in one font: a string, whether it is a formula, and which font."""
    for part in text:
        if isinstance(part, str):
            yield from ((s, False, "han" if _HAN.match(s) else "serif") for s in _HAN.split(part) if s)
        else:
            yield f"${mathtext(part)}$", True, "serif"


def mathtext(node: Node) -> str:
    """A simple formula, as matplotlib reads it."""
    match node:
        case Token("invisible", text=text):
            return r"\," if text == APPLY else ""
        case Token("name" | "words", text):
            return rf"\mathrm{{{text}}}"
        case Token("prefix"):
            return "{-}"
        case Token(text=text):
            return {"−": "-", "·": r"\cdot "}.get(text, text)
        case Row(parts):
            return "".join(mathtext(p) for p in parts).replace(r"\,(", "(")
        case Fraction(top, bottom):
            return rf"\frac{{{mathtext(top)}}}{{{mathtext(bottom)}}}"
        case Scripted(base, sub, sup):
            scripts = ((sign, mathtext(s)) for sign, s in (("_", sub), ("^", sup)) if s is not None)
            return f"{{{mathtext(base)}}}" + "".join(f"{sign}{{{s}}}" for sign, s in scripts)
        case Root(body):
            return rf"\sqrt{{{mathtext(body)}}}"
        case Fenced(opening, body, closing):
            return f"{opening}{mathtext(body)}{closing}"
        case Styled(_, body):
            return mathtext(body)
        case _:
            raise ValueError(f"a label is no place for {type(node).__name__}")

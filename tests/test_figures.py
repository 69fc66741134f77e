"""Figures of certified expressions: the numbers in them, the words about them, and when there are none."""

from __future__ import annotations

import math
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction

import certified
import pytest

from derive.balls import decide, environment, evaluate
from derive.check import check_derivation
from derive.claims import unfolded
from derive.expression import read
from derive.handout.document import Figure
from derive.handout.figures import decimal, figure, figures_of, reads
from derive.handout.formula import Node
from derive.handout.plans import PLANS, Plan
from derive.handout.plotting import draw
from derive.model import KINDS, Claim, Page, Relation, Status
from derive.page import read_page
from derive.term import Term, walk

LANGUAGES = (("en",), ("zh",), ("en", "zh"))
NAMES = [plan.name for plan in PLANS]


def sigmoid(t: float) -> float:
    return 1 / (1 + math.exp(-t))


def eta(t: float) -> float:
    return -t * math.log(t) if t else 0.0


# what is drawn, written down a second time, by somebody who does not look at the pages
CURVES: Mapping[str, tuple[Callable[[float], float], ...]] = {
    "sigmoid.reflection": (sigmoid, lambda s: sigmoid(-s)),
    "sigmoid.slope": (sigmoid, lambda z: 1 / (2 + 2 * math.cosh(z))),
    "likelihood.cross_entropy": (lambda a: -math.log(a), lambda a: -math.log1p(-a)),
    "likelihood.loss_upper_bound": (lambda s: math.log1p(math.exp(-s)), lambda s: max(0, -s) + math.log(2), lambda s: max(0, -s)),
    "signed_labels.loss": (lambda s: math.log1p(math.exp(-s)), lambda s: math.log1p(math.exp(s))),
    "gradients.ratio": (lambda z: -sigmoid(-z), lambda z: -sigmoid(z) * sigmoid(-z) ** 2),
    "information.relative_entropy": (
        lambda q: -0.3 * math.log(q) - 0.7 * math.log(1 - q),
        lambda q: eta(0.3) + eta(0.7),
        lambda q: 0.3 * math.log(0.3 / q) + 0.7 * math.log(0.7 / (1 - q)),
    ),
    "information.eta_tangent": (eta, lambda t: 0.1 - t - t * math.log(0.1), lambda t: 0.7 - t - t * math.log(0.7)),
    "information.binary_maximum": (lambda a: eta(a) + eta(1 - a), lambda a: math.log(2)),
}
SCORES = (-2.85, 0.86, 0.28)


def page_of(name: str) -> Page:
    return certified.library()[name].page


def plan_of(name: str) -> Plan:
    return next(plan for plan in PLANS if plan.name == name)


def one(name: str, *languages: str) -> Figure:
    (found,) = figures_of(name, page_of(name), languages or ("en",))
    return found


# -- which there are


@pytest.mark.parametrize("languages", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_each_plan_gives_a_figure_of_the_page_that_it_names(name: str, languages: tuple[str, ...]) -> None:
    found = one(name, *languages)
    assert name.replace(".", "-").replace("_", "-") == found.name
    assert len(languages) == len(found.caption) == len(found.alternative)
    assert all(any(part for part in text) for text in (*found.caption, *found.alternative))


def test_all_derivations_that_have_a_figure_are_proved() -> None:
    library = certified.library()
    cheap = [n for n in NAMES if n.startswith(("sigmoid", "likelihood.cross", "signed"))]
    assert dict.fromkeys(cheap, Status.PROVED) == {n: check_derivation(library[n], library).status for n in cheap}
    assert not any(library[n].page.expect for n in NAMES)


def test_a_page_of_another_name_has_no_figure() -> None:
    assert figures_of("sigmoid.mine", page_of("sigmoid.slope"), ("en",)) == ()


def test_a_page_that_says_something_else_has_no_figure_whatever_its_name() -> None:
    mine = edited("sigmoid.slope", "exp(-", "exp(-2*")
    assert figures_of("sigmoid.slope", mine, ("en",)) == ()
    assert figures_of("sigmoid.slope", page_of("sigmoid.reflection"), ("en",)) == ()


def test_a_page_that_is_to_be_refuted_has_no_figure() -> None:
    page = page_of("sigmoid.slope")
    assert figures_of("sigmoid.slope", replace(page, expect=page.title), ("en",)) == ()


@pytest.mark.parametrize("name", NAMES)
def test_what_is_drawn_is_not_what_a_plan_reads(name: str) -> None:
    plan = replace(plan_of(name), reads=("0",) * len(plan_of(name).plots))
    assert figure(plan, page_of(name), ("en",)) == one(name)


# -- the numbers


def edited(name: str, old: str, new: str) -> Page:
    derivation = certified.library()[name]
    assert old in derivation.text
    return read_page(derivation.text.replace(old, new), derivation.place)


@pytest.mark.parametrize("name", CURVES)
def test_the_points_lie_on_the_curves(name: str) -> None:
    found = one(name)
    assert len(CURVES[name]) == len(found.curves)
    for curve, f in zip(found.curves, CURVES[name], strict=True):
        points = [p for p in curve.points if p]
        assert len(curve.points) == len(points)
        assert [f(x) for x, _ in points] == pytest.approx([y for _, y in points], abs=1e-12)


def test_the_bars_are_the_scores_their_exponentials_and_the_probabilities() -> None:
    powers = [math.exp(s) for s in SCORES]
    expected = [*SCORES, *powers, *(p / sum(powers) for p in powers)]
    assert expected == pytest.approx([bar.value for bar in one("worked_example.softmax_loss").bars], abs=1e-12)


@pytest.mark.parametrize("name", ["sigmoid.slope", "likelihood.cross_entropy", "signed_labels.loss"])
def test_a_number_lies_in_the_enclosure_of_the_last_line(name: str) -> None:
    plan, page, found = plan_of(name), page_of(name), one(name)
    assert plan.over
    x, y = found.curves[-1].points[40] or (0.0, 0.0)
    values = {plan.over.variable: Fraction(x), **{n: Fraction(v) for n, v in plan.plots[-1].values.items()}}
    last = page.lines[-1].term
    whole, _, _ = unfolded(Claim(page.givens, last, Relation.EQ, last, definitions=page.definitions))
    enclosure = evaluate(whole, values)
    assert abs(float(enclosure.mid()) - y) < 1e-15  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("sigmoid.slope", "exp(-", "exp(-2*"),
        ("sigmoid.slope", "g(z)*(1 - g(z))", "g(z)*(1 - g(z))/2"),
        ("likelihood.cross_entropy", "-(y*log(a) + (1 - y)*log(1 - a))", "-(y*log(a) + (1 - y)*log(2 - a))"),
        ("gradients.ratio", "(a - y)*slope(z)*x/((a", "(a - y)*slope(2*z)*x/((a"),
        ("information.relative_entropy", "where  H = -sum(p[i]*log(p[i])", "where  H = -2*sum(p[i]*log(p[i])"),
        ("worked_example.softmax_loss", "-0.45", "-0.44"),
    ],
)
def test_another_expression_gives_another_picture(name: str, old: str, new: str) -> None:
    plan = plan_of(name)
    before, after = (figure(plan, page, ("en",)) for page in (page_of(name), edited(name, old, new)))
    assert before.curves != after.curves or before.bars != after.bars
    assert draw(before, "svg", "en") != draw(after, "svg", "en")


@pytest.mark.parametrize("name", NAMES)
def test_what_is_drawn_is_given(name: str) -> None:
    plan, page = plan_of(name), page_of(name)
    ends = (plan.over.low, plan.over.high) if plan.over else ("0", "0")
    for plot in plan.plots:
        for x in map(Fraction, ends):
            here = environment({plan.over.variable: x} if plan.over else {})
            values = {n: number(read(text), here) for n, text in plot.values.items()} | dict(here)
            for symbol, value in values.items():
                if (kind := page.givens.symbols.get(symbol)) and kind.kind in KINDS:
                    assert all(is_of(v, kind.kind) for v in (value if isinstance(value, tuple) else (value,))), (symbol, value)
            for h in page.givens.hypotheses:
                if all(x.op != "sym" or x.name in values for x in walk(h)):
                    assert decide(h, values) is True


def number(t: Term, here: Mapping[str, object]) -> object:
    return tuple(number(x, here) for x in t.args) if t.op == "array" else evaluate(t, dict(here))


def is_of(value: object, kind: str) -> bool:
    k = KINDS[kind]
    v = Fraction(int(value.p), int(value.q))  # type: ignore[attr-defined]
    low = k.low is None or (v > k.low if k.low_open else v >= k.low)
    high = k.high is None or (v < k.high if k.high_open else v <= k.high)
    return low and high and (not k.integer or v.denominator == 1) and (not k.values or v in k.values)


def test_where_there_is_no_value_the_curve_is_broken() -> None:
    plan = plan_of("likelihood.cross_entropy")
    assert plan.over
    wide = figure(replace(plan, over=plan.over._replace(low="-1", high="1"), alternative=plan.up), page_of(plan.name), ("en",))
    one_, zero = (curve.points for curve in wide.curves)
    assert (one_[0], zero[-1]) == (None, None)
    assert one_[120] == pytest.approx((0.5, math.log(2)))


def test_the_numbers_of_a_figure_take_less_than_a_tenth_of_a_second() -> None:
    pages = {name: page_of(name) for name in NAMES}
    start = time.process_time()
    for name, page in pages.items():
        figures_of(name, page, ("en", "zh"))
    assert (time.process_time() - start) / len(pages) < 0.1


# -- the words


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("sigmoid.slope", "0.25 high at z = 0; at z = −5 and z = 5 the slope is only 0.00665"),
        ("likelihood.cross_entropy", "from 4.61 at a = 0.01 through 0.693 at a = 0.5 to 0.0101 at a = 0.99"),
        ("likelihood.loss_upper_bound", "from 4.02 at s = −4 through 0.693 at s = 0 to 0.0181 at s = 4"),
        ("gradients.ratio", "−0.0066 at z = −5, −0.125 at z = 0, −0.0000445 at z = 5"),
        ("information.relative_entropy", "The entropy H is level at 0.611."),
        ("information.binary_maximum", "0.693 at its top at a = 0.5"),
        ("worked_example.softmax_loss", "scores are −2.85, 0.86 and 0.28; their exponentials 0.0578, 2.36 and 1.32"),
    ],
)
def test_the_text_alternative_has_the_right_numbers(name: str, said: str) -> None:
    assert said in plain(one(name).alternative[0])


@pytest.mark.parametrize("name", NAMES)
def test_the_text_alternative_has_the_same_numbers_in_both_languages(name: str) -> None:
    """Chinese may name them in another order."""
    english, chinese = (set(re.findall(r"−?\d+\.\d+", plain(text))) for text in one(name, "en", "zh").alternative)
    assert english == chinese
    assert len(english) > 1


@pytest.mark.parametrize("name", NAMES)
def test_captions_are_in_the_language_asked_for(name: str) -> None:
    english, chinese = (plain(t) for t in one(name, "en", "zh").caption)
    assert not re.search("[\u4e00-\u9fff]", english)
    assert re.search("[\u4e00-\u9fff]", chinese)
    assert not any("`" in t or "{" in t for t in (english, chinese))


def test_a_label_in_two_languages_has_its_formula_once() -> None:
    found = one("sigmoid.slope", "en", "zh")
    words = [[part for part in text if isinstance(part, str)] for text in (found.across, found.curves[1].label, found.curves[0].label)]
    assert words == [["score · 得分 "], ["slope · 导数 "], []]
    assert [sum(not isinstance(part, str) for part in t) for t in (found.across, *(c.label for c in found.curves))] == [1, 1, 1]


@pytest.mark.parametrize(("value", "written"), [(0.25, "0.25"), (-0.5, "−0.5"), (4.4463e-05, "0.0000445"), (0.0, "0"), (12345.0, "12300")])
def test_numbers_have_three_digits_and_a_real_minus_sign(value: float, written: str) -> None:
    assert written == decimal(value)


def plain(text: tuple[str | Node, ...]) -> str:
    return "".join(part if isinstance(part, str) else "∎" for part in text)


def test_a_page_without_the_lines_of_a_plan_reads_as_nothing() -> None:
    assert reads(plan_of("gradients.ratio"), page_of("worked_example.score_1")) == ()

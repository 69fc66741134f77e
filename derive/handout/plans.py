"""Which expressions of which derivations are drawn, and what is said of the pictures: data. Knows no number, no verdict and no format.

What is drawn is named by where it stands on its page. `reads` is what stands there, definitions put in, in the order of the plots: a
guard, and nothing is drawn from it. The words say what one sees, so they are for these expressions only. Words in backquotes are
formulas in the language of pages; `{1@-5}` in a text alternative is the value of plot 1 at -5, and `{2}` that of bar 2.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from derive.handout.document import Ink
from derive.model import Words
from derive.show import Path


class Line(NamedTuple):
    """The term of a line of the chain, counted from 0 or from the end; or a part of it, by its path."""

    number: int
    part: Path = ()


class Defined(NamedTuple):
    """A definition of the page, applied to arguments if it is a function."""

    name: str
    arguments: tuple[str, ...] = ()


@dataclass(frozen=True)
class Plot:
    """An expression to draw, with the values of its symbols other than the variable; these may depend on the variable."""

    where: Line | Defined
    label: Words
    ink: Ink = Ink.ACCENT
    dashed: bool = False
    values: Mapping[str, str] = field(default_factory=dict)


class Over(NamedTuple):
    """What is drawn across, and from where to where. It may be a name that the page defines: that definition is set aside."""

    variable: str
    low: str
    high: str
    label: Words


@dataclass(frozen=True)
class Plan:
    """A figure of a derivation; where there is nothing to draw across, each plot is one bar."""

    name: str
    reads: tuple[str, ...]
    plots: tuple[Plot, ...]
    caption: Words
    alternative: Words
    over: Over | None = None
    up: Words = Words()


def _same(text: str) -> Words:
    return Words(text, text)


def _bars(name: str, template: str, ink: Ink) -> tuple[Plot, ...]:
    return tuple(Plot(Defined(name, (str(k),)), _same(f"`{template.format(k)}`"), ink) for k in (1, 2, 3))


SCORE_Z, SCORE_S = Words("score `z`", "得分 `z`"), Words("score `s`", "得分 `s`")
PREDICTION = Words("prediction `a`", "预测值 `a`")
LOSS, SLOPE = Words("loss", "损失"), Words("gradient", "梯度")
_SCORE = "sum(W[{0}, l]*x[l] for l in 4) + b[{0}]"
_SHARE = f"exp({_SCORE})/sum(exp({_SCORE.format('j')}) for j in 3)"

PLANS = (
    Plan(
        "sigmoid.reflection",
        ("1/(1 + exp(-s))", "1 - 1/(1 + exp(-s))"),
        (
            Plot(Defined("g", ("s",)), _same("`g(s)`")),
            Plot(Line(0), _same("`1 - g(s)`"), Ink.AMBER, True),
        ),
        Words(
            "The sigmoid `g(s)` and `1 - g(s)` are mirror images: what one is at `s`, the other is at `-s`.",
            "S 型函数 `g(s)` 与 `1 - g(s)` 互为镜像：前者在 `s` 处的值就是后者在 `-s` 处的值。",
        ),
        Words(
            "Two curves over the score s from −6 to 6. The sigmoid g(s) rises from {0@-6} to {0@6}; 1 − g(s) falls from {1@-6} to {1@6}. "
            "They cross at s = 0, at the height {0@0}, and are mirror images of each other.",
            "横轴为得分 s，从 −6 到 6，有两条曲线。S 型函数 g(s) 由 {0@-6} 升至 {0@6}；1 − g(s) 由 {1@-6} 降至 {1@6}。"
            "两条曲线在 s = 0 处相交，高度为 {0@0}，彼此互为镜像。",
        ),
        Over("s", "-6", "6", SCORE_S),
    ),
    Plan(
        "sigmoid.slope",
        ("1/(1 + exp(-z))", "1/(1 + exp(-z))*(1 - 1/(1 + exp(-z)))"),
        (
            Plot(Defined("g", ("z",)), _same("`g(z)`")),
            Plot(Line(-1), Words("slope `g(z)*(1 - g(z))`", "导数 `g(z)*(1 - g(z))`"), Ink.AMBER, True),
        ),
        Words(
            "The sigmoid and its slope. The slope is greatest at `z == 0` and vanishes where the sigmoid is almost 0 or 1.",
            "S 型函数及其导数。导数在 `z == 0` 处最大，在函数值接近 0 或 1 处趋于消失。",
        ),
        Words(
            "Two curves over the score z from −6 to 6. The sigmoid rises in the shape of an S from {0@-6} through {0@0} at z = 0 to {0@6}. "
            "Its slope is a bell, {1@0} high at z = 0; at z = −5 and z = 5 the slope is only {1@-5}.",
            "横轴为得分 z，从 −6 到 6，有两条曲线。S 型函数由 {0@-6} 经 z = 0 处的 {0@0} 升至 {0@6}，呈 S 形。"
            "其导数呈钟形，在 z = 0 处最高，为 {1@0}；在 z = −5 与 z = 5 处仅为 {1@-5}。",
        ),
        Over("z", "-6", "6", SCORE_Z),
    ),
    Plan(
        "likelihood.cross_entropy",
        ("-(y*log(a) + (1 - y)*log(1 - a))",) * 2,
        (
            Plot(Line(-1), _same("`y == 1`"), values={"y": "1"}),
            Plot(Line(-1), _same("`y == 0`"), Ink.AMBER, True, {"y": "0"}),
        ),
        Words(
            "The cross-entropy of one sample against its prediction `a`, for both labels. It is small where the prediction agrees with the "
            "label, and grows without bound where it is sure of the wrong one.",
            "单个样本的交叉熵随预测值 `a` 的变化（两种标签）。预测与标签相符时损失小；越是确信错误的标签，损失越大，没有上界。",
        ),
        Words(
            "Two curves over the prediction a between 0 and 1, mirror images of each other. With label 1 the loss falls from {0@0.01} at "
            "a = 0.01 through {0@0.5} at a = 0.5 to {0@0.99} at a = 0.99. With label 0 it rises from {1@0.01} to {1@0.99} instead.",
            "横轴为预测值 a，介于 0 与 1 之间；两条曲线互为镜像。标签为 1 时，损失由 a = 0.01 处的 {0@0.01} 经 a = 0.5 处的 {0@0.5} "
            "降至 a = 0.99 处的 {0@0.99}；标签为 0 时，损失由 {1@0.01} 升至 {1@0.99}。",
        ),
        Over("a", "0.01", "0.99", PREDICTION),
        LOSS,
    ),
    Plan(
        "likelihood.loss_upper_bound",
        ("log(1 + exp(-s))", "max(0, -s) + log(2)", "max(0, -s)"),
        (
            Plot(Line(0), _same("`L(s)`")),
            Plot(Line(-1), _same("`max(0, -s) + log(2)`"), Ink.AMBER, True),
            Plot(Line(-1, (0,)), _same("`max(0, -s)`"), Ink.QUIET, True),
        ),
        Words(
            "The loss in the score runs between two broken lines that are `log(2)` apart. It touches the upper one at `s == 0` only.",
            "损失作为得分的函数介于两条折线之间，二者相距 `log(2)`；它仅在 `s == 0` 处与上方折线相接。",
        ),
        Words(
            "Three curves over the score s from −4 to 4. The loss falls from {0@-4} at s = −4 through {0@0} at s = 0 to {0@4} at s = 4. "
            "Below it runs the broken line max(0, −s), from {2@-4} down to {2@0} at s = 0 and level from there; "
            "the same line raised by log 2 runs above and meets the loss at s = 0.",
            "横轴为得分 s，从 −4 到 4，有三条曲线。损失由 s = −4 处的 {0@-4} 经 s = 0 处的 {0@0} 降至 s = 4 处的 {0@4}。"
            "其下方是折线 max(0, −s)，由 {2@-4} 降至 s = 0 处的 {2@0}，此后保持水平；该折线上移 log 2 后位于损失上方，在 s = 0 处与之相接"
            "。",
        ),
        Over("s", "-4", "4", SCORE_S),
    ),
    Plan(
        "signed_labels.loss",
        ("log(1 + exp(-(s*y)))",) * 2,
        (
            Plot(Line(-1), _same("`y == 1`"), values={"y": "1"}),
            Plot(Line(-1), _same("`y == -1`"), Ink.AMBER, True, {"y": "-1"}),
        ),
        Words(
            "The loss of a label ±1 against the score `s`. A score of the wrong sign costs about as much as it is large.",
            "±1 标签的损失随得分 `s` 的变化。得分符号错误时，损失约等于得分的绝对值。",
        ),
        Words(
            "Two curves over the score s from −5 to 5, mirror images of each other. With label +1 the loss falls from {0@-5} at s = −5 "
            "through {0@0} at s = 0 to {0@5} at s = 5, almost a straight line on the left; with label −1 it rises from {1@-5} to {1@5}.",
            "横轴为得分 s，从 −5 到 5；两条曲线互为镜像。标签为 +1 时，损失由 s = −5 处的 {0@-5} 经 s = 0 处的 {0@0} 降至 s = 5 处的"
            " {0@5}，"
            "左侧近乎直线；标签为 −1 时，损失由 {1@-5} 升至 {1@5}。",
        ),
        Over("s", "-5", "5", SCORE_S),
        LOSS,
    ),
    Plan(
        "gradients.ratio",
        ("(1/(1 + exp(-z)) - y)*x", "(1/(1 + exp(-z)) - y)*diff(1/(1 + exp(-t)), t, at=z)*x"),
        (
            Plot(Line(2, (1,)), Words("cross-entropy", "交叉熵"), values={"y": "1", "x": "1"}),
            Plot(Line(2, (0,)), Words("squared error", "均方误差"), Ink.AMBER, True, {"y": "1", "x": "1"}),
        ),
        Words(
            "The gradients in the weight at `y == 1` and `x == 1`. Where the score is very negative the answer is badly wrong: the "
            "gradient "
            "of cross-entropy tends to `-1` there, and that of squared error vanishes, so that nothing is learnt.",
            "`y == 1`、`x == 1` 时对权重的梯度。得分为很大负数时答案严重错误：此处交叉熵的梯度趋于 `-1`，而均方误差的梯度消失，几乎学不到"
            "东西。",
        ),
        Words(
            "Two curves over the score z from −8 to 8, for the label 1. The gradient of cross-entropy rises from {0@-5} at z = −5 "
            "through {0@0} at z = 0 to {0@5} at z = 5. The gradient of squared error is only a shallow dip: {1@-5} at z = −5, {1@0} at z "
            "= 0, "
            "{1@5} at z = 5.",
            "横轴为得分 z，从 −8 到 8，标签为 1，有两条曲线。交叉熵的梯度由 z = −5 处的 {0@-5} 经 z = 0 处的 {0@0} 升至 z = 5 处的 {0@5}。"
            "均方误差的梯度只是一个浅谷：z = −5 处为 {1@-5}，z = 0 处为 {1@0}，z = 5 处为 {1@5}。",
        ),
        Over("z", "-8", "8", SCORE_Z),
        SLOPE,
    ),
    Plan(
        "information.relative_entropy",
        (
            "-sum(p[i]*log(q[i]) for i in n)",
            "-sum(p[i]*log(p[i]) for i in n)",
            "sum(p[i]*log(p[i]/q[i]) for i in n)",
        ),
        tuple(
            Plot(where, label, ink, dashed, {"n": "2", "p": "[0.3, 0.7]", "q": "[q1, 1 - q1]"})
            for where, label, ink, dashed in (
                (Line(-1, (0,)), Words("cross-entropy `C`", "交叉熵 `C`"), Ink.ACCENT, False),
                (Line(-1, (1,)), Words("entropy `H`", "熵 `H`"), Ink.QUIET, True),
                (Line(0), Words("relative entropy `D == C - H`", "相对熵 `D == C - H`"), Ink.AMBER, True),
            )
        ),
        Words(
            "Two outcomes, of which the first has the probability `p[1] == 0.3`: cross-entropy, entropy and the gap between them, "
            "against `q[1]`. "
            "The gap closes at `q[1] == 0.3` only.",
            "两种结果，第一种的概率为 `p[1] == 0.3`：交叉熵、熵及二者之差随 `q[1]` 的变化。仅在 `q[1] == 0.3` 处差为零。",
        ),
        Words(
            "Three curves over the probability q₁ from 0.02 to 0.98, for p₁ = 0.3. The entropy H is level at {1@0.3}. The cross-entropy C "
            "comes down from {0@0.02} to {0@0.3} at q₁ = 0.3, where it touches H, and rises to {0@0.98}. The relative entropy D has the "
            "same shape, "
            "lower by H: {2@0.02}, {2@0.3} and {2@0.98}.",
            "横轴为概率 q₁，从 0.02 到 0.98，p₁ = 0.3，有三条曲线。熵 H 恒为 {1@0.3}。交叉熵 C 由 {0@0.02} 降至 q₁ = 0.3 处的 {0@0.3}，"
            "在此与 H 相接，再升至 {0@0.98}。相对熵 D 形状相同，低 H：依次为 {2@0.02}、{2@0.3} 与 {2@0.98}。",
        ),
        Over("q1", "0.02", "0.98", _same("`q[1]`")),
    ),
    Plan(
        "information.eta_tangent",
        ("cases((-t*log(t), t > 0), (0, t == 0))", "-t*log(c) + c - t", "-t*log(c) + c - t"),
        (
            Plot(Line(0), _same("`eta(t)`")),
            Plot(Line(-1), _same("`c == 0.1`"), Ink.AMBER, True, {"c": "0.1"}),
            Plot(Line(-1), _same("`c == 0.7`"), Ink.QUIET, True, {"c": "0.7"}),
        ),
        Words(
            "A term of the entropy with its tangents at `c == 0.1` and `c == 0.7`. It lies below each of them, and meets each in one "
            "point only.",
            "熵的一项及其在 `c == 0.1` 与 `c == 0.7` 处的切线。它位于每条切线之下，与每条切线仅有一个公共点。",
        ),
        Words(
            "A curve and two straight lines over t from 0 to 1. The curve starts at {0@0}, rises to about {0@0.37} near t = 0.37 and comes "
            "down to {0@1} at t = 1. One line touches it at t = 0.1, at the height {0@0.1}; the other at t = 0.7, at the height {0@0.7}.",
            "横轴为 t，从 0 到 1，有一条曲线和两条直线。曲线由 {0@0} 起，在 t = 0.37 附近升至约 {0@0.37}，再降至 t = 1 处的 {0@1}。"
            "一条直线在 t = 0.1 处与之相切，高度为 {0@0.1}；另一条在 t = 0.7 处相切，高度为 {0@0.7}。",
        ),
        Over("t", "0", "1", _same("`t`")),
    ),
    Plan(
        "information.binary_maximum",
        ("-a*log(a) - (1 - a)*log(1 - a)", "log(2)"),
        (
            Plot(Line(0), _same("`h(a)`")),
            Plot(Line(1), _same("`log(2)`"), Ink.QUIET, True),
        ),
        Words(
            "Binary entropy against the probability `a`. It is greatest at `a == 1/2`, where nothing is known.",
            "二元熵随概率 `a` 的变化。在 `a == 1/2` 处最大，此时最不确定。",
        ),
        Words(
            "An arch over the probability a between 0 and 1: {0@0.01} at a = 0.01, {0@0.1} at a = 0.1, {0@0.5} at its top at a = 0.5, "
            "and the same on the other side. A level line at {1@0.5} touches the top.",
            "横轴为概率 a，介于 0 与 1 之间；曲线呈拱形：a = 0.01 处为 {0@0.01}，a = 0.1 处为 {0@0.1}，在 a = 0.5 处最高，为 {0@0.5}，两"
            "侧对称。"
            "高度为 {1@0.5} 的水平线与顶点相接。",
        ),
        Over("a", "0.001", "0.999", Words("probability `a`", "概率 `a`")),
    ),
    Plan(
        "worked_example.softmax_loss",
        tuple(text.format(k) for text in (_SCORE, f"exp({_SCORE})", _SHARE) for k in (1, 2, 3)),
        (
            *_bars("s", "s({})", Ink.QUIET),
            *(Plot(Line(1, (0, 0, 1, *path)), _same(f"`exp(s({k}))`"), Ink.AMBER) for k, path in ((1, (0, 0)), (2, (0, 1)), (3, (1,)))),
            *_bars("S", "S({})", Ink.ACCENT),
        ),
        Words(
            "From scores to probabilities: the scores, their exponentials, and these divided by their sum.",
            "由得分到概率：得分、得分的指数，以及指数除以它们之和。",
        ),
        Words(
            "Three groups of three bars. The scores are {0}, {1} and {2}; their exponentials {3}, {4} and {5}; divided by their sum they "
            "are "
            "{6}, {7} and {8}. The third class, the right one, gets {8}.",
            "三组柱形，每组三个。得分依次为 {0}、{1}、{2}；其指数为 {3}、{4}、{5}；除以它们之和后为 {6}、{7}、{8}。第三类是正确类别，得到"
            " {8}。",
        ),
    ),
)

"""The cross-entropy loss for labels -1 and +1, written as chains of SymPy expressions."""

from sympy import Derivative, Eq, IndexedBase, Limit, Piecewise, Product, S, Sum, Symbol, exp, log, oo

from derive import Derivation

s = Symbol("s", real=True)
y = Symbol("y", real=True)
i = Symbol("i", integer=True, positive=True)
N = Symbol("N", integer=True, positive=True)
scores, labels = IndexedBase("s", real=True), IndexedBase("y", real=True)


def g(t):  # type: ignore[no-untyped-def]
    """The sigmoid."""
    return 1 / (1 + exp(-t))


P = Piecewise((g(s), Eq(y, 1)), (1 - g(s), Eq(y, -1)))
t = (y + 1) / 2

likelihood = Derivation.of(
    P,
    g(y * s),
    title="The likelihood of a label ±1 | ±1 标签的似然",
    source="A §2.2",
    given="s: real, y: sign",
    reasons=["cases y, exp of a negative"],
)

loss = Derivation.of(
    -log(g(y * s)),
    log(1 + exp(-y * s)),
    title="The loss of a label ±1 | ±1 标签的损失",
    source="A §2.2",
    given="s: real, y: real",
    reasons=["log of a reciprocal"],
)

samples = Derivation.of(
    -log(Product(g(labels[i] * scores[i]), (i, 1, N))),
    -Sum(log(g(labels[i] * scores[i])), (i, 1, N)),
    Sum(log(1 + exp(-labels[i] * scores[i])), (i, 1, N)),
    title="The loss of N samples with labels ±1 | N 个 ±1 标签样本的损失",
    source="A §2.2",
    given="N: size, s: real[N], y: real[N]",
    reasons=["log of an indexed product", "log of a reciprocal"],
)

curvature = Derivation.of(
    Derivative(log(1 + exp(-y * s)), s, 2),
    y**2 * exp(-y * s) / (1 + exp(-y * s)) ** 2,
    y**2 * g(y * s) * g(-y * s),
    g(y * s) * g(-y * s),
    title="The curvature of the loss | 损失的二阶导数",
    source="A §2.2",
    given="s: real, y: sign",
    reasons=["differentiation", "exp of a negative", "cases y"],
)

one_form = Derivation.of(
    -(t * log(g(s)) + (1 - t) * log(1 - g(s))),
    log(1 + exp(-y * s)),
    title="The two forms of the loss are one | 损失的两种形式等价",
    source="ours",
    given="s: real, y: sign",
    reasons=["cases y, log of a quotient, exp of a negative"],
)

slope = Derivation.of(
    Derivative(log(1 + exp(-y * s)), s),
    -y * exp(-y * s) / (1 + exp(-y * s)),
    -y * g(-y * s),
    title="The slope of the loss | 损失的一阶导数",
    source="ours",
    given="s: real, y: real",
    reasons=["differentiation", "exp of a negative"],
)

decreasing = Derivation.of(
    Derivative(log(1 + exp(-s)), s),
    -exp(-s) / (1 + exp(-s)),
    S(0),
    title="With label +1 the loss decreases in the score | 标签为 +1 时损失随得分递减",
    source="A §2.2",
    given="s: real",
    reasons=["differentiation", "signs"],
    relations=["=", "<"],
)

increasing = Derivation.of(
    Derivative(log(1 + exp(s)), s),
    exp(s) / (1 + exp(s)),
    S(0),
    title="With label -1 the loss increases in the score | 标签为 -1 时损失随得分递增",
    source="A §2.2",
    given="s: real",
    reasons=["differentiation", "signs"],
    relations=["=", ">"],
)

at_infinity = Derivation.of(
    Limit(log(1 + exp(-s)), s, oo),
    log(1 + Limit(exp(-s), s, oo)),
    S(0),
    title="With label +1 a large score costs nothing | 标签为 +1 时得分趋于正无穷则损失趋于 0",
    source="A §2.2",
    reasons=["continuity", "exp at minus infinity, log of one"],
)

at_minus_infinity = Derivation.of(
    Limit(log(1 + exp(s)), s, -oo),
    log(1 + Limit(exp(s), s, -oo)),
    S(0),
    title="With label -1 a very negative score costs nothing | 标签为 -1 时得分趋于负无穷则损失趋于 0",
    source="A §2.2",
    reasons=["continuity", "exp at minus infinity, log of one"],
)

convex = Derivation.of(
    Derivative(log(1 + exp(-y * s)), s, 2),
    g(y * s) * g(-y * s),
    S(0),
    title="The loss is convex in the score | 损失是得分的凸函数",
    source="A §2.2",
    given="s: real, y: sign",
    reasons=["lemma signed_labels.curvature", "signs"],
    relations=["=", ">"],
)

"""What each row of derivations.md assumes, and how a page reads when that is taken away.

One line for each assumption and each derivation that rests on it; with `Needless` where there is nothing to take away, or where
the equalities of the row hold without it, and why.
"""

from __future__ import annotations

from typing import NamedTuple


class Taken(NamedTuple):
    """An assumption taken from a page: replace the first text of each edit by the second, everywhere.

    `lost` is the assumption as a proposition about the givens: the witness has to violate it, or a missing condition to be about
    its symbols. `says` is what the message has to contain. `witness`: the step is false, whatever the values. `unseen` is why nothing
    can be named: the step is left undecided.
    """

    row: str
    under: str
    derivation: str
    edits: tuple[tuple[str, str], ...]
    lost: str = ""
    says: str = ""
    witness: bool = False
    unseen: str = ""


class Needless(NamedTuple):
    """An assumption of a row without which its equalities still hold, or that the page cannot be without, and why.

    Where there is an edit that takes it away, the derivation stays proved.
    """

    row: str
    under: str
    why: str
    derivation: str = ""
    edits: tuple[tuple[str, str], ...] = ()


def _lost(row: str, under: str, derivation: str, old: str, new: str, lost: str) -> Taken:
    return Taken(row, under, derivation, ((old, new),), lost=lost)


def _positive(row: str, under: str, derivation: str, declaration: str, lost: str) -> list[Taken]:
    """A declaration that says positive, and says less than that."""
    old = declaration.format("positive")
    return [_lost(row, under, derivation, old, declaration.format(wider), lost) for wider in ("real", "nonnegative")]


def _undeclared(row: str, under: str, name: str, declaration: str, *derivations: str) -> list[Taken]:
    """The declaration of a symbol taken away."""
    edits = ((declaration, ""),)
    return [Taken(row, under, d, edits, says=f"unknown symbol {name}") for d in derivations]


def _not_a_size(row: str, name: str, *derivations: str) -> list[Taken]:
    """A size that is no size any more, and one that is not declared at all."""
    out = []
    for d in derivations:
        out.append(Taken(row, f"{name} symbolic", d, ((f"{name}: size", f"{name}: real"),), says=f"{name} is no size"))
        out.append(Taken(row, f"{name} symbolic", d, ((f"{name}: size, ", ""),), says=f"{name} is not declared"))
    return out


def _not_an_index(row: str, name: str, size: str, *derivations: str) -> list[Taken]:
    """An index that need not lie in its family: any integer, and one that runs over another size."""
    out = []
    for d in derivations:
        for other, says in (("integer", f"{name} is no index"), ("index(M), M: size", f"out of its family: {name} runs over M")):
            edits = ((f"{name}: index({size})", f"{name}: {other}"),)
            out.append(Taken(row, f"1 <= {name} <= {size}", d, edits, says=says))
    return out


def _false(row: str, under: str, derivation: str, *edits: tuple[str, str]) -> Taken:
    """A definition changed, without which the step is false."""
    return Taken(row, under, derivation, edits, witness=True)


_A = "0 < a and a < 1"
_WIDER = ("real", "nonnegative", "positive", "nonnegative, a <= 1", "positive, a <= 1", "nonnegative, a < 1")
_WIDER_AND_OPEN = ("real", "positive", "real, a < 1")  # in which one can differentiate
_AS = "all(0 < a[i] and a[i] < 1 for i in N)"
_Y = "y == 0 or y == 1"
_SIGN = "y == -1 or y == 1"
_SUM_Y = "sum(y[i] for i in K) == 1"
_SUM_P = "sum(p[i] for i in n) == 1"
_SUM_Q = "sum(q[i] for i in n) == 1"
_DENSITY = "all({}(x) > 0 for x in Reals)"
_P_LOG_P = "integrable(p(x)*log(p(x)) for x in Reals)"
_P_LOG_Q = "integrable(p(x)*log(q(x)) for x in Reals)"
_P_LOG_PQ = "integrable(p(x)*log(p(x)/q(x)) for x in Reals)"
_P_LOG_QT = "all(integrable(p(x)*log(q(t, x)) for x in Reals) for t in Theta)"
_SHARES = "all(p[k] == sum(delta(x[i], k) for i in n)/n for k in K)"
_LOGS_CANCEL = "the sides differ only where logarithms cancel exactly, as at p = (2/5, 2/5), q = (1/5, 4/5), which no enclosure decides"
_OF_A_SAMPLE = ("shares", "sample", "divergence", "least_cross_entropy", "least_relative_entropy")
_SPREAD = "sum((x[i] - 1/n*sum(x[j] for j in n))**2 for i in n) > 0"
_LOG_2 = (("log(a)", "log(a, 2)"), ("log(1 - a)", "log(1 - a, 2)"))
_LOG_2_J = (("log(a(j))", "log(a(j), 2)"), ("log(1 - a(j))", "log(1 - a(j), 2)"))
_LOG_2_IJ = (("log(a(i, j))", "log(a(i, j), 2)"), ("log(1 - a(i, j))", "log(1 - a(i, j), 2)"))
_SIGMOID = ("g(t) = 1/(1 + exp(-t))", "g(t) = 1/(2 + exp(-t))")
_RATIOS = ("ratio", "ratio_any_base", "ratio_at_most_a_quarter", "ratio_any_base_at_most")
_RATIO_LIMITS = ("ratio_at_infinity", "ratio_at_minus_infinity")

TAKEN: tuple[Taken, ...] = (
    # 1 Sigmoid
    *_undeclared("1.1", "s real", "s", "given  s: real\n", "sigmoid.positive", "sigmoid.below_one"),
    *_undeclared("1.2", "s real", "s", "given  s: real\n", "sigmoid.reflection"),
    *_undeclared("1.3", "z real", "z", "given  z: real\n", "sigmoid.logistic", "sigmoid.logistic_complement"),
    *(
        taken
        for d in ("slope", "steepest", "increasing", "at_most_a_quarter")
        for taken in (
            *_undeclared("1.4", "z real", "z", "given  z: real\n", f"sigmoid.{d}"),
            *(
                Taken("1.4", "z real", f"sigmoid.{d}", (("z: real", "z: integer"),), says="in which nothing can be differentiated")
                for _ in (1,)
                if d != "steepest"
            ),
        )
    ),
    *_undeclared("1.5", "s real", "s", "given  s: real\n", "sigmoid.threshold"),
    # 2 Likelihood
    *(
        _lost(row, "0 < a < 1", d, "a: probability", f"a: {wider}", _A)
        for row, *ds in (
            ("2.1", "likelihood.label_one", "likelihood.label_zero"),
            ("2.2", "likelihood.log_likelihood"),
            ("2.3", "likelihood.cross_entropy", "likelihood.loss_one", "likelihood.loss_zero"),
        )
        for d in ds
        for wider in _WIDER
        if (d, wider) not in {
            # one end of the interval is enough for these
            ("likelihood.label_one", "nonnegative, a < 1"),
            ("likelihood.label_zero", "nonnegative, a < 1"),
        }
    ),
    *_undeclared("2.2", "y real", "y", "y: real, ", "likelihood.log_likelihood"),
    *(
        _lost("2.4", "0 < a_i < 1", "likelihood.samples", "a: probability[N]", f"a: {wider}[N]", _AS)
        for wider in ("real", "nonnegative", "positive")
    ),
    *_not_a_size("2.4", "N", "likelihood.samples"),
    *_positive("2.5", "P(θ) > 0", "likelihood.same_parameters", "Theta -> {}", "all(P(i) > 0 for i in Theta)"),
    *_not_a_size("2.6", "N", "likelihood.logistic_regression"),
    *_not_a_size("2.6", "d", "likelihood.logistic_regression"),
    _false("2.6", "w·x_i = Σ_k w_k x_ik", "likelihood.logistic_regression", ("p(i) = exp(z(i))/", "p(i) = exp(2*z(i))/")),
    *(
        _lost("2.7", "0 < a < 1", f"likelihood.loss_{label}_{d}", "a: probability", f"a: {wider}", _A)
        for label in ("one", "zero")
        for d in ("slope", "curvature")
        for wider in _WIDER_AND_OPEN
    ),
    *_undeclared("2.8", "s real", "s", "given  s: real\n", "likelihood.loss_lower_bound", "likelihood.loss_upper_bound"),
    *_undeclared("2.8", "s real", "s", "given  s: real, s < 0\n", "likelihood.loss_ratio"),
    _lost("2.8", "s < 0", "likelihood.loss_ratio", ", s < 0", "", "s < 0"),
    # 3 The ±1 label form
    *(
        taken
        for row, d, reason in (
            ("3.1", "likelihood", " by cases y, exp of a negative"),
            ("3.4", "curvature", " by cases y"),
            ("3.5", "one_form", " by cases y, log of a quotient, exp of a negative"),
        )
        for taken in (
            Taken(row, "y ∈ {-1,+1}", f"signed_labels.{d}", (("y: sign", "y: real"),), says="y does not have finitely many known values"),
            # with no word of cases, the mathematics has to refuse it
            Taken(row, "y ∈ {-1,+1}", f"signed_labels.{d}", ((reason, ""), ("y: sign", "y: real")), lost=_SIGN),
            Taken(row, "y ∈ {-1,+1}", f"signed_labels.{d}", ((reason, ""), ("y: sign", "y: label")), lost=_SIGN),
        )
    ),
    *_undeclared("3.2", "s real", "s", "s: real, ", "signed_labels.loss"),
    *_undeclared("3.2", "y real", "y", ", y: real", "signed_labels.loss"),
    *_not_a_size("3.3", "N", "signed_labels.samples"),
    *_undeclared("3.4", "s real", "s", "given s: real\n", "signed_labels.decreasing", "signed_labels.increasing"),
    *_undeclared("3.4", "s real", "s", "s: real, ", "signed_labels.convex"),
    *(_lost("3.4", "y ∈ {-1,+1}", "signed_labels.convex", "y: sign", f"y: {wider}", _SIGN) for wider in ("real", "label")),
    *_undeclared("3.6", "s real", "s", "s: real, ", "signed_labels.slope"),
    *_undeclared("3.6", "y real", "y", ", y: real", "signed_labels.slope"),
    # 4 Softmax
    *_not_a_size("4.1", "K", "softmax.total", "softmax.positive", "softmax.at_most_one", "softmax.below_one"),
    *_not_an_index("4.1", "i", "K", "softmax.positive", "softmax.at_most_one", "softmax.below_one"),
    _lost("4.1", "K ≥ 2", "softmax.below_one", ", K >= 2", "", "K >= 2"),
    *_not_an_index("4.2", "i", "K", "softmax.loss"),
    *_not_an_index("4.3", "i", "K", "softmax.shift"),
    *_undeclared("4.3", "c real", "c", ", c: real", "softmax.shift", "softmax.log_sum_exp"),
    *_not_a_size("4.3", "K", "softmax.shift", "softmax.log_sum_exp"),
    Taken("4.4", "K = 2", "softmax.two_classes", (("s: real[2]", "s: real[1]"),), says="out of its family"),
    *_not_an_index("4.5", "i", "K", "softmax.gradient"),
    *_not_an_index("4.5", "k", "K", "softmax.gradient"),
    *(
        _lost(row, "Σ y_i = 1", f"softmax.{d}", f", {_SUM_Y}", "", _SUM_Y)
        for row, d in (("4.6", "loss_gradient"), ("4.7", "weight_gradient"), ("4.7", "bias_gradient"))
    ),
    _false("4.6", "y free of s", "softmax.loss_gradient_unnormalised", ("y[i]", "s[i]"), ("y[k]", "s[k]")),
    Taken("4.6", "y free of s", "softmax.loss_gradient", (("y[i]", "s[i]"), ("y[k]", "s[k]")), says="cannot vary freely"),
    *_not_an_index("4.6", "k", "K", "softmax.loss_gradient", "softmax.loss_gradient_unnormalised", "softmax.loss_gradient_one_hot"),
    *_not_an_index("4.6", "c", "K", "softmax.loss_gradient_one_hot"),
    *_not_a_size("4.6", "K", "softmax.loss_gradient", "softmax.loss_gradient_unnormalised", "softmax.loss_gradient_one_hot"),
    Taken("4.7", "y free of W", "softmax.weight_gradient", (("y[i]", "W[i, l]"), ("y[k]", "W[k, l]")), says="cannot vary freely"),
    Taken("4.7", "y free of b", "softmax.bias_gradient", (("y[i]", "b[i]"), ("y[k]", "b[k]")), says="cannot vary freely"),
    *_not_an_index("4.7", "k", "K", "softmax.weight_gradient", "softmax.bias_gradient"),
    *_not_an_index("4.7", "l", "d", "softmax.weight_gradient"),
    *_not_a_size("4.7", "d", "softmax.weight_gradient", "softmax.bias_gradient"),
    Taken("4.8", "1 <= c_i <= K", "softmax.samples", (("c: index(K)[N]", "c: integer[N]"),), says="c[i] is no index"),
    Taken("4.8", "1 <= c_i <= K", "softmax.samples", (("c: index(K)[N]", "c: index(N)[N]"),), says="out of its family"),
    *_not_a_size("4.8", "N", "softmax.samples"),
    *_not_a_size("4.8", "K", "softmax.samples"),
    Taken("4.9", "c ∈ {1,2}", "softmax.two_classes_loss", (("c: index(2)", "c: index(3)"),), says="out of its family"),
    Taken("4.9", "c ∈ {1,2}", "softmax.two_classes_loss", (("c: index(2)", "c: integer"),), says="c is no index"),
    _lost("4.9", "c ∈ {1,2}", "softmax.two_classes_loss", "s: real[2], c: index(2)", "s: real[3], c: index(3)", "c == 1 or c == 2"),
    *_not_an_index("4.10", "i", "K", "softmax.log_ratio"),
    *_not_an_index("4.10", "j", "K", "softmax.log_ratio"),
    *_not_an_index("4.10", "c", "K", "softmax.right_score", "softmax.raise_right_score"),
    *_not_an_index("4.10", "k", "K", "softmax.wrong_score", "softmax.lower_wrong_score"),
    *(
        _lost("4.10", under, f"softmax.{d}", old, new, lost)
        for d in ("wrong_score", "lower_wrong_score")
        for under, old, new, lost in (
            ("1 <= c <= K", "c: index(K)", "c: index(M), M: size", "c <= K"),
            ("k ≠ c", ", k != c", "", "k != c"),
        )
    ),
    _lost("4.10", "K ≥ 2", "softmax.raise_right_score", ", K >= 2", "", "K >= 2"),
    *(
        _false("4.10", "one-hot c", f"softmax.{d}", ("s: real[K], ", "s: real[K], y: real[K], "), ("delta(i, c)", "y[i]"))
        for d in ("right_score", "wrong_score", "raise_right_score", "lower_wrong_score")
    ),
    # 5 Information
    *(
        _lost("5.1", f"0 < {p}", "information.information_adds_up", f"{p}: positive", f"{p}: {wider}", f"{p} > 0")
        for p in "pq"
        for wider in ("real", "nonnegative")
    ),
    _lost("5.1", "0 < p", "information.information_slope", "p: positive", "p: real", "p > 0"),
    _lost("5.1", "0 < p", "information.information_decreases", "p: positive", "p: real", "p > 0"),
    *_positive("5.2", "all p_i > 0", "information.entropy", "p: {}[n]", "all(p[i] > 0 for i in n)"),
    *_not_a_size("5.2", "n", "information.entropy"),
    *(
        _lost("5.2", "p_i >= 0", f"information.{d}", "p: nonnegative[n]", "p: real[n]", "all(p[i] >= 0 for i in n)")
        for d in ("entropy_nonnegative", "entropy_zero", "at_most_one")
    ),
    _lost(
        "5.2", "p_i <= 1", "information.entropy_nonnegative", f", all(p[i] <= 1 for i in n), {_SUM_P}", "", "all(p[i] <= 1 for i in n)"
    ),
    *(_lost("5.2", "Σ p_i = 1", f"information.{d}", f", {_SUM_P}", "", _SUM_P) for d in ("entropy_zero", "at_most_one")),
    *_not_an_index("5.2", "k", "n", "information.at_most_one"),
    *_not_a_size("5.2", "n", "information.entropy_nonnegative", "information.entropy_zero", "information.at_most_one"),
    *_positive("5.3", "all p_i > 0", "information.uniform_gap", "p: {}[n]", "all(p[i] > 0 for i in n)"),
    _lost("5.3", "Σ p_i = 1", "information.uniform_gap", ", sum(p[i] for i in n) == 1", "", "sum(p[i] for i in n) == 1"),
    _false("5.3", "p uniform", "information.uniform_entropy", ("sum(eta(1/n)", "sum(eta(1/(2*n))")),
    *_not_a_size("5.3", "n", "information.uniform_gap"),
    *_undeclared("5.3", "n symbolic", "n", "given  n: size\n", "information.uniform_entropy"),
    *(
        taken
        for d in ("eta_tangent", "eta_tangent_equality")
        for taken in (
            _lost("5.3", "p_i >= 0", f"information.{d}", "t: nonnegative", "t: real", "t >= 0"),
            *_positive("5.3", "1/n > 0", f"information.{d}", "c: {}", "c > 0"),
        )
    ),
    *(
        taken
        for d in ("entropy_bound", "entropy_bound_equality")
        for taken in (
            _lost("5.3", "p_i >= 0", f"information.{d}", "p: nonnegative[n]", "p: real[n]", "all(p[i] >= 0 for i in n)"),
            _lost("5.3", "Σ p_i = 1", f"information.{d}", f", {_SUM_P}", "", _SUM_P),
            *_not_a_size("5.3", "n", f"information.{d}"),
        )
    ),
    *_positive("5.4", "p > 0", "information.relative_entropy", "p: {}[n]", "all(p[i] > 0 for i in n)"),
    *_positive("5.4", "q > 0", "information.relative_entropy", "q: {}[n]", "all(q[i] > 0 for i in n)"),
    *_not_a_size("5.4", "n", "information.relative_entropy"),
    *(
        _lost("5.4", f"{p} > 0", "information.relative_entropy_of_densities", f", {at}", "", at)
        for p, at in (("p", _DENSITY.format("p")), ("q", _DENSITY.format("q")))
    ),
    _lost("5.4", "p log p integrable", "information.relative_entropy_of_densities", f"{_P_LOG_P}, ", "", _P_LOG_P),
    _lost("5.4", "p log q integrable", "information.relative_entropy_of_densities", f", {_P_LOG_Q}", "", _P_LOG_Q),
    *(
        taken
        for d in ("nonnegative", "by_tangent", "zero")
        for taken in (
            *_positive("5.5", "p > 0", f"information.relative_entropy_{d}", "p: {}[n]", "all(p[i] > 0 for i in n)"),
            *_positive("5.5", "q > 0", f"information.relative_entropy_{d}", "q: {}[n]", "all(q[i] > 0 for i in n)"),
            *_not_a_size("5.5", "n", f"information.relative_entropy_{d}"),
        )
    ),
    *(
        _lost("5.5", under, f"information.relative_entropy_{d}", f", {total}", "", total)
        for d in ("nonnegative", "by_tangent")
        for under, total in (("Σ p = 1", _SUM_P), ("Σ q = 1", _SUM_Q))
    ),
    *(
        Taken("5.5", under, "information.relative_entropy_zero", ((f", {total}", ""),), unseen=_LOGS_CANCEL)
        for under, total in (("Σ p = 1", _SUM_P), ("Σ q = 1", _SUM_Q))
    ),
    *(
        _lost("5.5", f"{p} > 0", f"information.relative_entropy_of_densities_{d}", f", {at}", "", at)
        for d in ("nonnegative", "zero")
        for p, at in (("p", _DENSITY.format("p")), ("q", _DENSITY.format("q")))
    ),
    *(
        _false("5.5", f"∫ {p} = 1", "information.relative_entropy_of_densities_nonnegative", edit)
        for p, edit in (("p", ("p: density(real)", "p: (real) -> positive")), ("q", ("q: density(real)", "q: (real) -> positive")))
    ),
    *(
        _lost("5.5", f"∫ {p} = 1", "information.relative_entropy_of_densities_zero", f"{p}: density(real)", finite, total)
        for p, finite, total in (
            ("p", "p: (real) -> positive, integrable(p(x) for x in Reals)", "integral(p(x) for x in Reals) == 1"),
            ("q", "q: (real) -> positive, integrable(q(x) for x in Reals)", "integral(q(x) for x in Reals) == 1"),
        )
    ),
    _lost("5.5", "p log(p/q) integrable", "information.relative_entropy_of_densities_nonnegative", f"given  {_P_LOG_PQ}\n", "", _P_LOG_PQ),
    Taken(
        "5.5",
        "p log(p/q) integrable",
        "information.relative_entropy_of_densities_zero",
        ((f"given  {_P_LOG_PQ}\n", ""),),
        unseen="an integral that is infinite has no value to compare",
    ),
    *_positive("5.6", "q_θ > 0", "information.same_minimisers", "-> {}", "all(all(q(i, j) > 0 for j in n) for i in Theta)"),
    *_positive("5.6", "H(p) finite", "information.same_minimisers", "p: {}[n]", "all(p[i] > 0 for i in n)"),
    *_not_a_size("5.6", "n", "information.same_minimisers"),
    *_positive("5.6", "q_θ > 0", "information.same_minimisers_of_densities", "-> {}", "q(t, x) > 0"),
    *(
        _lost("5.6", under, "information.same_minimisers_of_densities", old, "", lost)
        for under, old, lost in (
            ("p > 0", f", {_DENSITY.format('p')}", _DENSITY.format("p")),
            ("H(p) finite", f"{_P_LOG_P}, ", _P_LOG_P),
            ("every H(p,q_θ) finite", f", {_P_LOG_QT}", _P_LOG_QT),
        )
    ),
    *_positive("5.7", "all q_i > 0", "information.one_hot", "q: {}[n]", "all(q[i] > 0 for i in n)"),
    *_not_an_index("5.7", "c", "n", "information.one_hot"),
    _false("5.7", "one-hot p", "information.one_hot", ("p(i) = delta(i, c)", "p(i) = 2*delta(i, c)")),
    *_not_a_size("5.7", "n", "information.one_hot"),
    *(_lost("5.7", "0 < a < 1", "information.two_classes", "a: probability", f"a: {wider}", _A) for wider in _WIDER),
    _false("5.7", "p = (y, 1-y)", "information.two_classes", ("(1 - y, True)", "(y, True)")),
    _false("5.7", "q = (a, 1-a)", "information.two_classes", ("(1 - a, True)", "(a, True)")),
    *(
        _lost("5.8", "0 < a < 1", f"information.binary_{d}", "a: probability", f"a: {wider}", _A)
        for d, widers in (
            ("symmetry", _WIDER),
            ("slope", _WIDER_AND_OPEN),
            *((d, _WIDER) for d in ("bound", "maximum", "maximum_only")),
        )
        for wider in widers
    ),
    # 6 Gradients
    *(_false("6.1", "z = wx + b", f"gradients.squared_error_{d}", ("z = w*x + b", "z = w + 2*b")) for d in ("weight", "bias")),
    *(_false("6.1", "a = σ(z)", f"gradients.squared_error_{d}", ("a = g(z)", "a = g(2*z)")) for d in ("weight", "bias")),
    *(
        _false("6.2", under, f"gradients.squared_error_samples_{d}", edit)
        for d in ("weight", "bias")
        for under, edit in (
            ("z_i = Σ_l w_l x_il + b", ("for r in d) + b", "for r in d)*2 + 2*b")),
            ("a_i = σ(z_i)", ("a(i) = g(z(i))", "a(i) = g(2*z(i))")),
        )
    ),
    *_not_an_index("6.2", "l", "d", "gradients.squared_error_samples_weight"),
    *(
        taken
        for size in "md"
        for taken in _not_a_size("6.2", size, "gradients.squared_error_samples_weight", "gradients.squared_error_samples_bias")
    ),
    *(_false("6.3", "natural log", f"gradients.cross_entropy_{d}", *_LOG_2) for d in ("score", "weight", "bias")),
    *(_false("6.3", "a = σ(z)", f"gradients.cross_entropy_{d}", _SIGMOID) for d in ("score", "weight", "bias")),
    *(
        _lost("6.4", under, f"gradients.any_base_{d}", "beta: positive, beta != 1", wider, lost)
        for d in ("weight", "bias")
        for under, wider, lost in (
            ("β ≠ 1", "beta: positive", "beta != 1"),
            ("β > 0", "beta: real, beta != 1", "beta > 0"),
            ("β > 0", "beta: nonnegative, beta != 1", "beta > 0"),
        )
    ),
    *(_false("6.5", "natural log", f"gradients.several_outputs_{d}", *_LOG_2_J) for d in ("weight", "bias")),
    *(_false("6.5", "natural log", f"gradients.multi_label_{d}", *_LOG_2_IJ) for d in ("weight", "bias")),
    *_not_a_size("6.5", "n", "gradients.several_outputs_weight", "gradients.several_outputs_bias"),
    *(t for size in "nmd" for t in _not_a_size("6.5", size, "gradients.multi_label_weight", "gradients.multi_label_bias")),
    *_not_an_index("6.5", "k", "n", "gradients.multi_label_weight", "gradients.multi_label_bias"),
    *_not_an_index("6.5", "l", "d", "gradients.multi_label_weight"),
    *(
        _lost("6.6", "y ∈ {0,1}", f"gradients.{d}", "y: label", f"y: {wider}", _Y)
        for d in _RATIOS
        for wider in ("real", "nonnegative", "probability")
    ),
    *(_lost("6.6", "x ≠ 0", f"gradients.{d}", ", x != 0", "", "x != 0") for d in (*_RATIOS, *_RATIO_LIMITS)),
    # true without it, for a tends to 0 or 1 and is no y between them; but that it is none near the point is not seen
    *(_lost("6.6", "y ∈ {0,1}", f"gradients.{d}", "y: label", "y: probability", "y*(y - 1) == 0") for d in _RATIO_LIMITS),
    *(_false("6.6", "natural log", f"gradients.{d}", *_LOG_2) for d in ("ratio", "ratio_at_most_a_quarter")),
    _lost("6.6", "β > 1", "gradients.ratio_any_base_at_most", "beta > 1", "beta != 1", "beta > 1"),
    *(
        _lost("6.6", under, "gradients.ratio_any_base", "beta: positive, beta != 1", wider, lost)
        for under, wider, lost in (("β ≠ 1", "beta: positive", "beta != 1"), ("β > 0", "beta: real, beta != 1", "beta > 0"))
    ),
    *(
        taken
        for d in ("mistake_squared_error", "mistake_cross_entropy", "certainty_squared_error", "certainty_cross_entropy")
        for taken in _undeclared("6.7", "x fixed", "x", "given  x: real\n", f"gradients.{d}")
    ),
    # 7 Maximum likelihood
    *_positive("7.1", "f(x_i|θ) > 0", "maximum_likelihood.log_likelihood", "-> {}", "all(f(x[i], t) > 0 for i in n)"),
    *_positive("7.1", "f(x_i|θ) > 0", "maximum_likelihood.same_maximisers", "-> {}", "all(all(f(x[j], i) > 0 for j in n) for i in Theta)"),
    *_not_a_size("7.1", "n", "maximum_likelihood.log_likelihood", "maximum_likelihood.same_maximisers"),
    *(
        taken
        for d in ("sample", "divergence", "population")
        for taken in _positive("7.2", "f_θ(k) > 0", f"maximum_likelihood.{d}", "f: {}[K]", "all(f[k] > 0 for k in K)")
    ),
    *(
        taken
        for d in ("least_cross_entropy", "least_relative_entropy", "least_cross_entropy_of_a_population")
        for taken in _positive("7.2", "f_θ(k) > 0", f"maximum_likelihood.{d}", "-> {}", "all(all(f(i, j) > 0 for j in K) for i in Theta)")
    ),
    *(
        taken
        for d in ("divergence", "least_relative_entropy")
        for taken in (
            *_positive("7.2", "every n_k >= 1", f"maximum_likelihood.{d}", "p: {}[K]", "all(p[k] > 0 for k in K)"),
            _lost("7.2", "p_k = n_k/n", f"maximum_likelihood.{d}", f", {_SHARES}", "", _SHARES),
        )
    ),
    *(
        Taken("7.2", "K outcomes", f"maximum_likelihood.{d}", (("x: index(K)[n]", f"x: {other}[n]"),), says=says)
        for d in _OF_A_SAMPLE
        for other, says in (("real", "x[i] is no index"), ("integer", "x[i] is no index"), ("index(n)", "out of its family"))
        if (d, says) != ("shares", "out of its family")
    ),
    *_not_a_size("7.2", "n", *(f"maximum_likelihood.{d}" for d in _OF_A_SAMPLE)),
    *_not_a_size("7.2", "K", *(f"maximum_likelihood.{d}" for d in (*_OF_A_SAMPLE, "population", "least_cross_entropy_of_a_population"))),
    *(
        _lost("7.3", "v > 0", f"maximum_likelihood.{d}", "v: positive", f"v: {wider}", "v > 0")
        for d in ("normal", "squared_error", "normal_mean_slope", "normal_mean", "normal_variance_slope", "normal_maximum")
        for wider in ("real", "nonnegative")
        if (d, wider) != ("normal_variance_slope", "nonnegative")
    ),
    *(
        _lost("7.3", "Σ(x_i-x̄)² > 0", f"maximum_likelihood.{d}", f", {_SPREAD}", "", _SPREAD)
        for d in ("normal_variance", "normal_maximum")
    ),
    *_not_a_size(
        "7.3",
        "n",
        *(
            f"maximum_likelihood.{d}"
            for d in (
                "normal", "squared_error", "normal_mean_slope", "normal_mean", "normal_variance_slope", "normal_variance", "normal_maximum"
            )
        ),
    ),
    *(
        _lost("7.4", "0 < a < 1", "maximum_likelihood.bernoulli_slope", "a: probability", f"a: {wider}", _A)
        for wider in _WIDER_AND_OPEN
    ),
    *(
        _lost("7.4", "0 < a < 1", "maximum_likelihood.bernoulli_maximum", "a: probability", f"a: {wider}", _A)
        for wider in _WIDER
    ),
    *(
        _lost("7.4", under, f"maximum_likelihood.{d}", f", {lost}", "", lost)
        for d in ("bernoulli", "bernoulli_maximum")
        for under, lost in (("0 < Σ y_i", "sum(y[i] for i in n) > 0"), ("Σ y_i < n", "sum(y[i] for i in n) < n"))
    ),
    *_not_a_size("7.4", "n", *(f"maximum_likelihood.{d}" for d in ("bernoulli_slope", "bernoulli", "bernoulli_maximum"))),
    # 8 The worked example
    *(
        _false("8.1", what, f"worked_example.{d}", edit)
        for what, edit, ds in (
            ("W", ("W = [[0.01, -0.05,", "W = [[0.01, 0.05,"), "score_1 softmax_1 softmax_2 softmax_3 softmax_loss"),
            ("W", ("[0.7, 0.2,", "[0.7, -0.2,"), "score_2 hinge_loss softmax_1 softmax_2 softmax_3 softmax_loss"),
            ("W", ("[0.0, -0.45,", "[0.0, 0.45,"), "score_3 hinge_loss softmax_1 softmax_2 softmax_3 softmax_loss"),
            ("x", ("x = [-15,", "x = [15,"), "score_1 score_2 hinge_loss softmax_1 softmax_2 softmax_3 softmax_loss"),
            ("b", ("b = [0,", "b = [1,"), "score_1 softmax_1 softmax_2 softmax_3 softmax_loss"),
            ("b", (", -0.3]", ", 0.3]"), "score_3 hinge_loss softmax_1 softmax_2 softmax_3 softmax_loss"),
            ("the right class is the third", ("if j != 3", "if j != 2"), "hinge_loss"),
        )
        for d in ds.split()
    ),
    *_not_an_index("8.2", "c", "K", "worked_example.hinge_zero"),
    *_not_a_size("8.2", "K", "worked_example.hinge_zero"),
)  # fmt: skip

_INFORMATION = "the logarithm of a product needs positive factors only"
_MANY = "K >= 2 is for the strict inequalities of the row; the equality holds for one class too"

NEEDLESS: tuple[Needless, ...] = (
    Needless("1.1", "s real", "g(0) = 1/2 mentions no s, and a limit binds it"),
    Needless("1.4", "z real", "a limit binds z"),
    Needless("2.1", "y ∈ {0,1}", "the statement puts 1 and 0 for y itself: P(1), P(0)"),
    Needless("2.1", "0 < a", "at y = 0 a stands only under a power 0", "likelihood.label_zero", (("probability", "nonnegative, a < 1"),)),
    Needless("2.3", "y ∈ {0,1}", "it has this form for every real y, as 2.2", "likelihood.cross_entropy", (("y: label", "y: real"),)),
    Needless("2.7", "0 < a < 1", "a limit binds a, and says from which side it is taken"),
    Needless("2.8", "s < 0", "a limit binds s, and at -oo it is negative"),
    Needless("4.4", "K = 2", "nothing is assumed but that there are two scores"),
    Needless("4.10", "K ≥ 2", _MANY, "softmax.right_score", ((", K >= 2", ""),)),
    Needless("4.10", "K ≥ 2", f"{_MANY}; and k ≠ c says it", "softmax.wrong_score", ((", K >= 2", ""),)),
    Needless("5.1", "p, q ≤ 1", _INFORMATION, "information.information_adds_up", ((", p <= 1, q <= 1", ""),)),
    Needless("5.2", "Σ p_i = 1", "each term is p_i I(p_i)", "information.entropy", ((", sum(p[i] for i in n) == 1", ""),)),
    Needless("5.2", "p_i ≤ 1", "it follows from p_i ≥ 0 and Σ p_i = 1"),
    Needless("5.2", "p_i ≥ 0", "a limit binds t, and says from which side it is taken"),
    Needless("5.2", "Σ p_i = 1", "p_i ≤ 1 is enough", "information.entropy_nonnegative", ((f", {_SUM_P}", ""),)),
    *(
        Needless("5.4", f"∫ {p} = 1", "that the integrals exist is enough", "information.relative_entropy_of_densities", (edit,))
        for p, edit in (("p", ("p: density(real)", "p: (real) -> positive")), ("q", ("q: density(real)", "q: (real) -> positive")))
    ),
    Needless("5.8", "0 < a < 1", "h(1/2) mentions no a"),
    Needless("6.6", "natural log", "σ'(z) ln β vanishes as well"),
    Needless("7.2", "Σ p_k = 1", "one is the other with a sign", "maximum_likelihood.population", ((", sum(p[k] for k in K) == 1", ""),)),
    Needless("7.3", "v > 0", "the derivative at a point binds v", "maximum_likelihood.normal_variance", (("v: positive", "v: real"),)),
    Needless("7.4", "y_i ∈ {0,1}", "0 < Σ y_i < n is enough", "maximum_likelihood.bernoulli_slope", (("y: label", "y: real"),)),
    Needless(
        "7.2", "Σ p_k = 1", "as for one θ", "maximum_likelihood.least_cross_entropy_of_a_population", ((", sum(p[k] for k in K) == 1", ""),)
    ),
    Needless("7.4", "y_i ∈ {0,1}", "0 < Σ y_i < n is enough", "maximum_likelihood.bernoulli_maximum", (("y: label", "y: real"),)),
    Needless("7.4", "0 < a < 1", "the derivative at a point binds a", "maximum_likelihood.bernoulli", (("a: probability", "a: real"),)),
    Needless("8.2", "K ≥ 2", "with one class both sides are empty and true", "worked_example.hinge_zero", ((", K >= 2", ""),)),
)

"""derive/kernel.py: a right trace is accepted, an edited one proves nothing that is false, and the pitfalls of such kernels."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator

import pytest
from evaluated import points
from hypothesis import given, settings
from hypothesis import strategies as st
from test_refute import givens

from derive import balls, judge
from derive.claims import Rejected, bound
from derive.domain import Domain
from derive.expression import read
from derive.kernel import Kernel
from derive.model import Claim, Givens, Instance, Relation, Scope, Split, Trace
from derive.rules import RULES
from derive.show import text
from derive.term import TRUE, Lambda, Replacement, Term, call, num, sym

N, K, C0 = sym("N"), sym("K"), sym("$0")
OVER_N, OVER_K = (Scope("$0", N),), (Scope("$0", K),)


def claim(symbols: str, step: str, *hypotheses: str, lemmas: dict[str, Claim] | None = None,
    where: dict[str, Replacement] | None = None) -> Claim:
    left, relation, right = next((a, r, b) for r in ("<=", ">=", "=", "<", ">") for a, found, b in [step.partition(f" {r} ")] if found)
    return Claim(givens(symbols, *hypotheses), read(left), Relation(relation), read(right), (), where or {}, lemmas or {})


def use(rule: str, atom: str | Term, scope: tuple[Scope, ...] = (), **by: str | Replacement) -> Instance:
    """An instance, its terms as text."""
    return Instance(rule, scope, {n: read(r) if isinstance(r, str) else r for n, r in by.items()},
        read(atom) if isinstance(atom, str) else atom)


def accepted(c: Claim, *instances: Instance, split: Split | None = None) -> bool:
    try:
        judge.check(c, Trace(tuple(instances), split))
    except Rejected:
        return False
    return True


def why(c: Claim, *instances: Instance) -> str:
    with pytest.raises(Rejected) as error:
        judge.check(c, Trace(tuple(instances)))
    missing = error.value.missing
    return str(error.value) if missing is None else f"{error.value}: {text(missing)}"


def elem(family: str, *indices: Term) -> Term:
    return call("elem", sym(family), *indices)


S0, P0 = elem("s", C0), elem("p", C0)
SUM_EXP = "sum(exp(s[j]) for j in K)"
SOFTMAX = f"exp(s[k])/{SUM_EXP}"

# -- hand-made traces: a claim, the same with a slip in it, and the instances that prove the first

LIKELIHOOD = (
    claim("y: label; a: probability", "-log(a**y*(1 - a)**(1 - y)) = -(y*log(a) + (1 - y)*log(1 - a))"),
    ["-log(a**y*(1 - a)**(1 - y)) = y*log(a) + (1 - y)*log(1 - a)", "-log(a**y*(1 - a)**(1 - y)) = -(y*log(a) + y*log(1 - a))"],
    (
        use("log of a power", "log(a**y)", u="a", v="y"),
        use("log of a power", "log((1 - a)**(1 - y))", u="1 - a", v="1 - y"),
        use("log of a product", "log(a**y*(1 - a)**(1 - y))", u="a**y", v="(1 - a)**(1 - y)"),
    ),
)
LOSS_SLOPE = (
    claim("K: size; s: real[K]; k: index(K); c: index(K)", f"diff(log(exp(s[c])/{SUM_EXP}), s[k]) = delta(k, c) - {SOFTMAX}"),
    [f"diff(log(exp(s[c])/{SUM_EXP}), s[k]) = delta(k, c) + {SOFTMAX}", f"diff(log(exp(s[c])/{SUM_EXP}), s[k]) = -{SOFTMAX}"],
    (
        use("sum over a delta", "sum(delta(j, k)*exp(s[j]) for j in K)", K="K", k="k", f=Lambda(("j",), read("exp(s[j])"))),
        use("differentiation", f"diff(log(exp(s[c])/{SUM_EXP}), s[k])"),
    ),
)
SAMPLES = (
    claim("N: size; p: positive[N]; s: real[N]", "log(prod(p[i]**s[i] for i in N)) = sum(s[i]*log(p[i]) for i in N)"),
    ["log(prod(p[i]**s[i] for i in N)) = sum(log(p[i]) for i in N)", "log(prod(p[i]**s[i] for i in N)) = N*sum(s[i]*log(p[i]) for i in N)"],
    (
        use("log of a power", call("log", call("pow", P0, S0)), OVER_N, u=P0, v=S0),
        use("log of an indexed product", "log(prod(p[i]**s[i] for i in N))", N="N", f=Lambda(("i",), read("p[i]**s[i]"))),
    ),
)
SIMPLEX = (
    claim("K: size; p: positive[K]; c: index(K)", "sum(p[i] for i in K if i != c) = 1 - p[c]", "sum(p[i] for i in K) == 1"),
    ["sum(p[i] for i in K if i != c) = 1 + p[c]", "sum(p[i] for i in K if i != c) = 1"],
    (
        use("sum without one term", "sum(p[i] for i in K if i != c)", K="K", c="c", f=Lambda(("i",), read("p[i]"))),
        use("hypothesis", "sum(p[i] for i in K)", hypothesis="sum(p[i] for i in K) == 1"),
    ),
)
REFLECTION = claim("s: real", "1 - 1/(1 + exp(-s)) = 1/(1 + exp(s))")
BY_LEMMA = (
    claim("x: real; N: size; s: real[N]", "sum(1 - 1/(1 + exp(-s[i])) for i in N) = sum(1/(1 + exp(s[i])) for i in N)",
    lemmas={"reflection": REFLECTION}),
    ["sum(1 - 1/(1 + exp(-s[i])) for i in N) = sum(1/(1 + exp(-s[i])) for i in N)"],
    (use("lemma reflection", call("exp", call("neg", S0)), OVER_N, s=S0),),
)
ROOT = (
    claim("x: real; y: real", "sqrt(x**2)*abs(y) = abs(x*y)"),
    ["sqrt(x**2)*abs(y) = x*y", "sqrt(x**2)*abs(y) = abs(x)*y"],
    (use("root of a square", "sqrt(x**2)", u="x"), use("absolute value of a product", "abs(x*y)", u="x", v="y")),
)
TRACES = {"likelihood": LIKELIHOOD, "slope of the loss": LOSS_SLOPE, "samples": SAMPLES, "simplex": SIMPLEX, "lemma": BY_LEMMA,
    "root": ROOT}
EACH = pytest.mark.parametrize(("right", "slips", "trace"), TRACES.values(), ids=TRACES)


def slipped(c: Claim, step: str) -> Claim:
    left, _, right = step.partition(" = ")
    return Claim(c.givens, read(left), Relation.EQ, read(right), (), c.definitions, c.lemmas)


@EACH
def test_a_right_trace_is_accepted(right: Claim, slips: list[str], trace: tuple[Instance, ...]) -> None:
    assert accepted(right, *trace)


@EACH
def test_a_right_trace_does_not_prove_a_slip(right: Claim, slips: list[str], trace: tuple[Instance, ...]) -> None:
    assert [False] * len(slips) == [accepted(slipped(right, s), *trace) for s in slips]


@EACH
def test_without_any_instance_the_step_is_not_proved(right: Claim, slips: list[str], trace: tuple[Instance, ...]) -> None:
    for i in range(len(trace)):
        assert not accepted(right, *trace[:i], *trace[i + 1 :])


def terms_of(trace: tuple[Instance, ...]) -> list[Term]:
    """What an edited instance might say instead: every term that some instance of the trace mentions."""
    found: dict[Term, None] = {num(0): None, num(1): None, num(2): None, C0: None, sym("oo"): None, TRUE: None}
    for i in trace:
        found[i.atom] = None
        found.update(dict.fromkeys(r.body if isinstance(r, Lambda) else r for r in i.subst.values()))
    return list(found)


def edits(trace: tuple[Instance, ...]) -> Iterator[tuple[Instance, ...]]:
    """Every trace that differs in one place: another rule, scope, substitution or atom; other order, an instance twice."""
    others = terms_of(trace)
    scopes = [(), OVER_N, OVER_K, (Scope("", None, read("1 == 0")),), (*OVER_N, Scope("$1", N)), (Scope("x", N),), (Scope("$0", None),)]
    for i, found in enumerate(trace):
        def put(new: Instance, i: int = i) -> tuple[Instance, ...]:
            return (*trace[:i], new, *trace[i + 1 :])

        for rule in (*RULES, "hypothesis", "differentiation", "lemma reflection", "lemma none", "no rule", ""):
            yield put(found._replace(rule=rule))
        for scope in scopes:
            yield put(found._replace(scope=scope))
        for atom in others:
            yield put(found._replace(atom=atom))
        for name, old in found.subst.items():
            for new in others:
                yield put(found._replace(subst={**found.subst, name: new}))
                yield put(found._replace(subst={**found.subst, name: Lambda(("i",), new)}))
                if isinstance(old, Lambda):
                    yield put(found._replace(subst={**found.subst, name: Lambda(old.params, new)}))
            yield put(found._replace(subst={n: r for n, r in found.subst.items() if n != name}))
        yield put(found._replace(subst={**found.subst, "more": num(1)}))
        yield (*trace[: i + 1], *trace[i:])
    yield from itertools.permutations(trace)


@EACH
def test_an_edited_trace_proves_nothing_that_is_false(right: Claim, slips: list[str], trace: tuple[Instance, ...]) -> None:
    """Each one-place edit is rejected, or proves the same true claim; what is false it never proves."""
    told = [accepted(right, *edited) for edited in edits(trace)]
    assert 0 < told.count(True) < len(told) / 2
    wrong = [slipped(right, s) for s in slips]
    assert [edited for edited in edits(trace) for w in wrong if accepted(w, *edited)] == []


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_a_trace_with_several_edits_proves_nothing_that_is_false(data: st.DataObject) -> None:
    right, slips, trace = TRACES[data.draw(st.sampled_from(sorted(TRACES)))]
    rng = random.Random(data.draw(st.integers(0, 10**6)))
    for _ in range(rng.randint(2, 4)):
        trace = rng.choice(list(itertools.islice(edits(trace), 400)))
    assert [s for s in slips if accepted(slipped(right, s), *trace)] == []


# -- what an instance owes


def test_a_rule_is_applied_where_both_sides_are_defined_only() -> None:
    c = claim("x: real; y: real", "log(x*y) = log(x) + log(y)", "x*y > 0")
    assert "x > 0" in why(c, use("log of a product", "log(x*y)", u="x", v="y"))


def test_the_sign_of_each_factor_comes_before_the_log_of_a_product() -> None:
    step = "log((1 - a)*(2 - a)) = log(1 - a) + log(2 - a)"
    by = claim("a: probability", step)
    atom = "log((1 - a)*(2 - a))"
    assert "a - 1 > 0" in why(by, use("log of a product", atom, u="a - 1", v="a - 2"))
    assert accepted(by, use("log of a product", atom, u="1 - a", v="2 - a"))


def test_a_condition_of_a_rule_is_owed() -> None:
    c = claim("x: real", "abs(x) = x")
    assert why(c, use("absolute value of what is not negative", "abs(x)", u="x")) == "a condition is not implied by the givens: x >= 0"
    assert accepted(claim("x: nonnegative", "abs(x) = x"), use("absolute value of what is not negative", "abs(x)", u="x"))


def test_conditions_that_were_discharged_are_told() -> None:
    c = claim("a: probability", "log(1/a) = -log(a)")
    found = judge.check(c, Trace((use("log of a reciprocal", "log(1/a)", u="a"),)))
    assert {"1/a > 0", "a != 0", "a > 0"} == {text(p) for p in found}


def test_undefinedness_names_the_condition() -> None:
    assert why(claim("x: real", "log(x) = log(x)")) == "a condition is not implied by the givens: x > 0"
    assert why(claim("x: real", "x/x = 1")) == "a condition is not implied by the givens: x != 0"
    assert why(
        claim("N: size; s: real[N]", "sum(log(s[i]) for i in N) = sum(log(s[j]) for j in N)")
    ) == "a condition is not implied by the givens: all(s[i] > 0 for i in N)"


def test_a_symbol_that_is_not_given_is_refused() -> None:
    assert why(claim("x: real", "z - z = 0")) == "z is not among the givens"
    assert not accepted(claim("x: real", "x*0 = 0", "x == x"), use("log of an exponential", "log(exp(z))", u="z"))


def test_what_is_proved_under_a_guard_holds_there_only() -> None:
    guard = (Scope("", None, read("x > 0")),)
    instance = use("absolute value of what is not negative", "abs(x)", guard, u="x")
    assert accepted(claim("x: real", "cases((abs(x), x > 0), (1, True)) = cases((x, x > 0), (1, True))"), instance)
    assert not accepted(claim("x: real", "abs(x) = x"), instance)
    assert not accepted(claim("x: real", "cases((abs(x), x < 0), (1, True)) = cases((x, x < 0), (1, True))"), instance)


def test_what_is_proved_under_an_impossible_guard_proves_nothing_outside() -> None:
    guard = (Scope("", None, read("1 == 0")),)
    instance = use("absolute value of what is not negative", "abs(x)", guard, u="x")
    assert not accepted(claim("x: real", "abs(x) = x"), instance)


def test_the_variables_of_a_scope_are_in_order() -> None:
    for scope in ((Scope("i", N),), (Scope("$1", N),), (Scope("$0", N), Scope("$0", N))):
        assert why(BY_LEMMA[0], BY_LEMMA[2][0]._replace(scope=scope)) == "a scope whose variables are not in order"


def test_what_is_solved_for_has_to_be_an_atom_that_is_not_known_yet() -> None:
    c = claim("x: real; y: real; z: real", "x = z", "x == y", "y == z")
    first = use("hypothesis", "x", hypothesis="x == y")
    assert accepted(c, first, use("hypothesis", "y", hypothesis="y == z")) or accepted(c, use("hypothesis", "y", hypothesis="y == z"),
        first)
    assert not accepted(c, first, first)
    assert "no atom" in why(c, use("hypothesis", "x + y", hypothesis="x == y"))
    assert "cannot be solved" in why(c, use("hypothesis", "z", hypothesis="x == y"))


def test_an_equation_is_not_divided_by_what_may_be_zero() -> None:
    instance = use("hypothesis", "y", hypothesis="x*y == x")
    assert "dividing by what may be zero" in why(claim("x: real; y: real", "y = 1", "x*y == x"), instance)
    assert accepted(claim("x: positive; y: real", "y = 1", "x*y == x"), instance)


def test_a_factor_that_the_equation_is_divided_by_as_well_is_not_zero() -> None:
    """tan(2*x) was not solved for: the factor of it, cos(x)**2 - sin(x)**2, was asked to be nonzero in a form that no given has."""
    instances = (use("cosine of a double", "cos(2*x)", u="x"), use("sine and cosine squared", "sin(x)", u="x"))
    tangent = use("tangent", "tan(2*x)", u="2*x")
    step = "tan(2*x)*(2*cos(x)**2 - 1) = sin(2*x)"
    assert accepted(claim("x: real", step, "cos(2*x) != 0"), *instances, tangent)
    assert "condition" in why(claim("x: real", step), *instances, tangent)


def test_a_power_that_is_known_is_put_in_where_the_atom_is_divided_by() -> None:
    root = use("square of a root", "sqrt(u)", u="u")
    assert accepted(claim("u: positive", "1/sqrt(u) = sqrt(u)/u"), root)
    assert not accepted(claim("u: positive", "1/sqrt(u) = sqrt(u)"), root)
    assert not accepted(claim("u: positive", "1/sqrt(u) = 2*sqrt(u)/u"), root)
    assert not accepted(claim("u: nonnegative", "1/sqrt(u) = sqrt(u)/u"), root)


def test_only_a_hypothesis_as_written_is_one() -> None:
    c = claim("x: real; y: real", "x = y", "x >= y")
    assert "none of the hypotheses" in why(c, use("hypothesis", "x", hypothesis="x == y"))
    assert "not an equation" in why(c, use("hypothesis", "x", hypothesis="x >= y"))


def test_a_hypothesis_about_every_index_holds_inside_its_range_and_filter_only() -> None:
    every = "all(s[i] == 2*p[i] for i in N if i != c)"
    symbols = "N: size; K: size; s: real[N]; p: real[N]; c: index(N); k: index(N); h: index(K)"
    h = use("hypothesis", "s[k]", hypothesis=every, i="k")
    assert accepted(claim(symbols, "s[k] = 2*p[k]", every, "k != c"), h)
    assert "k != c" in why(claim(symbols, "s[k] = 2*p[k]", every), h)
    assert not accepted(claim(symbols, "s[c] = 2*p[c]", every), use("hypothesis", "s[c]", hypothesis=every, i="c"))
    whole = "all(s[i] == 2*p[i] for i in N)"
    assert not accepted(claim(symbols, "1 = 1", whole), use("hypothesis", "s[h]", hypothesis=whole, i="h"))
    assert not accepted(claim(symbols, "1 = 1", whole), use("hypothesis", "s[k]", hypothesis=whole))


# -- lemmas


def test_a_lemma_owes_its_types_and_hypotheses_at_the_instance() -> None:
    lemma = claim("u: positive; v: real", "log(u**v)/v = log(u)", "v != 0")
    symbols = "x: real; b: positive; z: real"
    step = "log(b**z)/z = log(b)"
    use_it = use("lemma L", "log(b**z)", u="b", v="z")
    assert accepted(claim(symbols, step, "z != 0", lemmas={"L": lemma}), use_it)
    assert "z != 0" in why(claim(symbols, "log(b**z) = z*log(b)", lemmas={"L": lemma}), use_it)
    assert "x > 0" in why(claim(symbols, "1 = 1", "z != 0", lemmas={"L": lemma}), use("lemma L", "log(x**z)", u="x", v="z"))
    assert "is about" in why(claim(symbols, step, "z != 0", lemmas={"L": lemma}), use("lemma L", "log(b**z)", u="b"))
    assert "no proved lemma" in why(claim(symbols, step, "z != 0"), use_it)


def test_a_lemma_about_a_family_takes_a_family_that_varies_with_its_index_only() -> None:
    lemma = claim("N: size; v: real[N]", "exp(sum(v[i] for i in N)) = prod(exp(v[i]) for i in N)")
    symbols = "K: size; w: real[K]; x: real; j: index(K); M: size; q: real[M]"
    step = "exp(sum(x*w[i]**2 for i in K)) = prod(exp(x*w[i]**2) for i in K)"
    atom = "exp(sum(x*w[i]**2 for i in K))"
    c = claim(symbols, step, lemmas={"L": lemma})
    assert accepted(c, use("lemma L", atom, N="K", v=Lambda(("i",), read("x*w[i]**2"))))
    assert not accepted(c, use("lemma L", atom, N="K", v=Lambda(("i",), read("x*w[i]"))))
    assert not accepted(c, use("lemma L", atom, N="K", v=Lambda(("i", "j"), read("x*w[i]**2"))))
    assert not accepted(c, use("lemma L", atom, N="x", v=Lambda(("i",), read("x*w[i]**2"))))
    assert not accepted(claim(symbols, "1 = 1", lemmas={"L": lemma}), use("lemma L", "exp(sum(q[i] for i in K))", N="K", v="q"))


def test_a_lemma_about_an_index_owes_its_range() -> None:
    lemma = claim("N: size; v: real[N]; k: index(N)", "sum(v[i]*delta(i, k) for i in N) = v[k]")
    symbols = "K: size; M: size; w: real[K]; j: index(K); m: index(M); n: integer"
    atom = "sum(w[i]*delta(i, j) for i in K)"
    assert accepted(claim(symbols, f"{atom} = w[j]", lemmas={"L": lemma}), use("lemma L", atom, N="K", v="w", k="j"))
    for outside in ("m", "n", "j + 1", "0"):
        instance = use("lemma L", atom.replace("j)", f"{outside})"), N="K", v="w", k=outside)
        assert not accepted(claim(symbols, "1 = 1", lemmas={"L": lemma}), instance)


def test_definitions_are_unfolded_before_anything_is_compared() -> None:
    where = {"P": read("x + 1"), "g": Lambda(("t",), read("P*t"))}
    assert accepted(claim("x: real", "g(x) = x**2 + x", where=where))
    assert accepted(claim("x: real", "diff(P**2, x) = 2*P", where=where), use("differentiation", "diff((x + 1)**2, x)"))
    assert not accepted(claim("x: real", "diff(P**2, x) = 0", where=where), use("differentiation", "diff((x + 1)**2, x)"))


def test_definitions_that_grow_too_much_are_refused() -> None:
    where: dict[str, Replacement] = {"P0": read("x + x")}
    for i in range(1, 40):
        where[f"P{i}"] = read(f"P{i - 1} + P{i - 1}")
    assert "too large" in why(claim("x: real", "P39 = P39", where=where))


# -- the pitfalls


def test_equal_functions_have_equal_derivatives_only_where_the_variable_is_free_to_move() -> None:
    for hypothesis in ("x == 1", "x**2 == x", "x >= 1", "x <= 1", "x == y", "y == x**2"):
        for step in ("diff(x**2, x) = diff(x, x)", "diff(x**2, x) = 1", "diff(x, x) = 1", "diff(y, x) = 0", "diff(y, x) = 2*x"):
            c = claim("x: real; y: real", step, hypothesis)
            assert "x is free to move" in why(c).replace("is(x, free", "x is free") or "condition" in why(c)
            for atom in ("diff(x**2, x)", "diff(x, x)", "diff(y, x)"):
                assert not accepted(c, use("hypothesis", "y", hypothesis=hypothesis), use("differentiation", atom))
    assert accepted(claim("x: real", "diff(x**2, x) = 2*x", "x > 1"), use("differentiation", "diff(x**2, x)"))


def test_a_hypothesis_is_not_used_at_other_values_of_what_is_differentiated_by() -> None:
    step = "diff(sum(s[j]*p[j] for j in K), s[k]) = 0"
    c = claim("K: size; s: real[K]; p: real[K]; k: index(K)", step, "sum(s[j]*p[j] for j in K) == 1")
    atom = read(step.partition(" = ")[0])
    assert not accepted(c, use("hypothesis", "sum(s[j]*p[j] for j in K)", hypothesis="sum(s[j]*p[j] for j in K) == 1"),
        use("differentiation", atom))
    assert not accepted(c)


def test_under_a_derivative_at_a_point_no_given_applies_to_the_variable() -> None:
    c = claim("x: real", "diff(abs(t), t, at=x) = 1", "x > 0")
    assert accepted(c, use("absolute value of what is not negative", "abs(x)", u="x"), use("differentiation", "diff(abs(t), t, at=x)"))
    inside = (Scope("$0", sym("Reals")),)
    assert not accepted(c, use("absolute value of what is not negative", call("abs", C0), inside, u=C0))
    for wrong in ("diff(abs(x), x, at=-1) = 1", "diff(x**2, x, at=3) = 2*x", "diff(abs(x), x, at=0) = 0"):
        for rule in ((), (use("differentiation", wrong.partition(" = ")[0]),)):
            assert not accepted(claim("x: real", wrong, "x > 0"), *rule)


def test_a_derivative_does_not_exist_at_a_kink_or_an_end() -> None:
    assert "x != 0" in why(claim("x: real", "diff(abs(x), x) = diff(abs(x), x)"))
    assert "condition" in why(claim("x: nonnegative", "diff(x, x) = diff(x, x)"))
    assert "condition" in why(claim("y: label", "diff(y, y) = diff(y, y)"))
    assert "condition" in why(claim("x: real", "diff(max(x, 0), x) = diff(max(x, 0), x)", "x > 0"))


@pytest.mark.parametrize(
    "step",
    [
        "sum(sum(s[i]*s[j] for j in N) for i in N) = N*sum(s[i]**2 for i in N)",
        "sum(sum(s[i] for i in N) for i in N) = sum(s[i] for i in N)",
        "prod(s[i] for i in N) = s[k]**N", "sum(s[i]*s[k] for i in N) = sum(s[i]**2 for i in N)",
        "sum(s[k] for i in N) = sum(s[i] for i in N)",
        "sum(sum(w[i, j] for j in N) for i in N) = sum(sum(w[j, j] for j in N) for i in N)",
    ],
)  # fmt: skip
def test_sums_and_products_capture_nothing(step: str) -> None:
    c = claim("N: size; s: positive[N]; w: real[N, N]; k: index(N)", step)
    tries = [
        use("product of a constant", "prod(s[i] for i in N)", N="N", u="s[k]"),
        use("product of a constant", "prod(s[i] for i in N)", N="N", u="s[i]"),
        use("product of a constant", "prod(s[i] for i in N)", N="N", u=S0),
        use("product of a constant", "prod(s[i] for i in N)", OVER_N, N="N", u=S0),
        use("exchange of sums", "sum(sum(w[i, j] for j in N) for i in N)", N="N", K="N", f=Lambda(("a", "b"), read("w[b, b]"))),
    ]
    assert not accepted(c)
    assert not any(accepted(c, t) for t in tries)


def test_a_letter_that_a_rule_binds_is_not_captured() -> None:
    """`sum over a delta` binds j; the k of an instance may be called j as well."""
    symbols = "K: size; s: real[K]; j: index(K)"
    instance = use("sum over a delta", "sum(delta(i, j)*s[i] for i in K)", K="K", k="j", f=Lambda(("j",), read("s[j]")))
    assert accepted(claim(symbols, "sum(delta(i, j)*s[i] for i in K) = s[j]"), instance)
    assert not accepted(claim(symbols, "sum(delta(i, j)*s[i] for i in K) = K*s[j]"), instance)


def test_an_index_equal_to_a_bound_one_under_a_delta() -> None:
    symbols = "K: size; s: real[K]; w: real[K, K]; k: index(K)"
    assert accepted(claim(symbols, "sum(delta(j, j)*s[j] for j in K) = sum(s[j] for j in K)"))
    inner = use("sum over a delta", call("sum", read("delta(i, j)*s[i]"), sym("i"), K, TRUE), OVER_K, K="K", k=C0,
        f=Lambda(("i",), read("s[i]")))
    inner = inner._replace(atom=call("sum", call("mul", call("delta", sym("i"), C0), elem("s", sym("i"))), sym("i"), K, TRUE))
    twice = "sum(sum(delta(i, j)*s[i] for i in K) for j in K)"
    assert accepted(claim(symbols, f"{twice} = sum(s[j] for j in K)"), inner)
    for wrong in (f"{twice} = K*sum(s[j] for j in K)", f"{twice} = s[k]", "sum(delta(j, j)*s[j] for j in K) = s[k]",
        "sum(delta(j, k)*s[j] for j in K) = sum(s[j] for j in K)"):
        assert not accepted(claim(symbols, wrong), inner)
        assert not accepted(claim(symbols, wrong))


def test_a_delta_is_contracted_only_with_its_index_in_the_range() -> None:
    symbols = "K: size; M: size; s: real[K]; m: index(M); n: integer; k: index(K)"
    for k in ("m", "n", "0", "k + 1", "1/2"):
        instance = use("sum over a delta", f"sum(delta(j, {k})*j for j in K)", K="K", k=k, f=Lambda(("j",), sym("j")))
        assert not accepted(claim(symbols, f"sum(delta(j, {k})*j for j in K) = {k}"), instance)


def test_a_hypothesis_as_a_rewrite_does_not_run_in_circles() -> None:
    c = claim("x: real; y: real; z: real", "x = y", "x == y", "y == x", "x == 2*x - y")
    forwards, back = use("hypothesis", "x", hypothesis="x == y"), use("hypothesis", "y", hypothesis="y == x")
    assert accepted(c, forwards)
    assert accepted(c, back)
    assert not accepted(c, forwards, back)
    grown = claim("x: real; z: real", "x = z", "x == exp(x) - z")
    assert not accepted(grown, use("hypothesis", "x", hypothesis="x == exp(x) - z"))


def test_a_rejected_instance_leaves_nothing_behind() -> None:
    inside = givens("x: real; y: real", "x == y")
    k = Kernel(inside)
    with pytest.raises(Rejected):
        k.apply(use("absolute value of what is not negative", "abs(x)", u="x"))
    assert not k.holds(read("abs(x)"), Relation.EQ, read("x"))
    k.apply(use("hypothesis", "x", hypothesis="x == y"))
    assert k.holds(read("x + 1"), Relation.EQ, read("y + 1"))


# -- cases


def test_a_split_needs_every_case_that_the_givens_allow() -> None:
    c = claim("y: label; a: probability", "a**y = y*a + 1 - y")
    one = use("power of one", "1**y", v="y")
    y = sym("y")
    assert accepted(c, split=Split(y, {0: Trace(), 1: Trace()}))
    for traces in ({0: Trace()}, {1: Trace()}, {}, {0: Trace(), 2: Trace()}):
        assert not accepted(c, split=Split(y, traces))
    assert not accepted(c, split=Split(y, {0: Trace((one,)), 1: Trace()}))
    assert accepted(claim("y: label; a: probability", "a**y = a", "y == 1"), split=Split(y, {1: Trace()}))
    assert not accepted(claim("y: label; a: probability", "a**y = a"), split=Split(y, {0: Trace(), 1: Trace()}))


def test_only_a_symbol_of_finite_type_is_split() -> None:
    for symbol in ("x", "N", "s", "i", "z"):
        c = claim("x: real; N: size; s: label[N]; i: index(N)", "x - x = 0*x")
        assert not accepted(c, split=Split(sym(symbol), {0: Trace(), 1: Trace()})) or symbol == ""


def test_givens_that_exclude_every_case_prove_nothing() -> None:
    assert not accepted(claim("y: label", "y = 5", "y > 1"), split=Split(sym("y"), {}))


# -- relations


@pytest.mark.parametrize(("step", "true"), [
    ("x**2 >= 0", True), ("x**2 + 1 > 0", True), ("x**2 > 0", False), ("exp(x) >= 0", True), ("x <= x", True), ("x < x", False),
    ("a < 1", True), ("a*(1 - a) > 0", True),
    ("a >= 1/2", False), ("sum(p[i] for i in N) > 0", True), ("N >= 1", True), ("N > 1", False), ("x <= x + u", True),
    ("x >= x + u", False),
])  # fmt: skip
def test_an_inequality_is_proved_by_signs(step: str, true: bool) -> None:
    assert true is accepted(claim("x: real; u: positive; a: probability; N: size; p: positive[N]", step))


@pytest.mark.parametrize("relation", [Relation.IFF, Relation.APPROX])
def test_a_relation_that_the_kernel_does_not_know_is_not_proved(relation: Relation) -> None:
    assert not accepted(Claim(givens("x: real"), read("x"), relation, read("x")))


# -- show


def test_a_condition_is_told_as_a_closed_proposition() -> None:
    p = call("gt", call("elem", sym("w"), C0, sym("$1")), num(0))
    scope = (Scope("$0", N), Scope("$1", K, call("ne", sym("$1"), C0)))
    assert text(bound(p, scope)) == "all(all(w[i, j] > 0 for j in K if j != i) for i in N)"
    assert text(bound(call("gt", elem("w", C0), sym("i")), OVER_N)) == "all(w[j] > i for j in N)"


# -- what the kernel proves is true


@pytest.mark.parametrize("name", TRACES)
def test_what_is_proved_survives_a_hundred_points(name: str) -> None:
    c = TRACES[name][0]
    found = [balls.compare(c.left, c.right, Relation.EQ, env).outcome for env in points(c.givens, 100)]
    assert len(found) > 50
    assert {"holds", "agrees"} >= set(found)


def test_a_domain_that_is_shared_changes_no_verdict() -> None:
    inside = Givens(LIKELIHOOD[0].givens.symbols)
    shared = Domain(inside)
    for _ in range(2):
        k = Kernel(inside, domain=shared)
        for instance in LIKELIHOOD[2]:
            k.apply(instance)
        assert k.holds(LIKELIHOOD[0].left, Relation.EQ, LIKELIHOOD[0].right)
        assert not k.holds(LIKELIHOOD[0].left, Relation.EQ, read("y*log(a)"))


# -- defects found with these tests


@pytest.mark.parametrize("step", ["max(0, x) <= 0", "min(0, x) >= 0", "max(x - x, x) <= 0"])
def test_a_maximum_with_zero_is_not_zero(step: str) -> None:
    assert not accepted(claim("x: real", step))


def test_a_filter_inside_a_sum_among_the_hypotheses_ends_somewhere() -> None:
    """The facts of a scope are normalised in that scope, where a filter asks for the facts of a deeper one, and so on: RecursionError."""
    filtered = "0 < sum(sum(w[i, j] for j in 2 if j != c) for i in N)"
    symbols = "x: real; N: size; w: real[N, 2]; c: index(2)"
    assert accepted(claim(symbols, "log(x) = log(x)", "x > 1", filtered))
    assert not accepted(claim(symbols, "x >= 0", filtered))


def test_a_guard_inside_a_guard_ends_somewhere() -> None:
    nested = "cases((0, 0 < cases((0, 0 < x + t), (x, True))), (cases((0, 0 < x), (1, True)), True))"
    assert accepted(claim("x: real; t: label", f"{nested} = {nested}"))

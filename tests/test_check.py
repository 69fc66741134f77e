"""derive/check.py: one claim, and what is known of it: reasons bind, conditions are named, wrong steps have witnesses."""

from __future__ import annotations

from fractions import Fraction

import pytest
from test_refute import givens

from derive import check as module
from derive.check import check, check_derivation, claim_of_step, contradiction, with_opinion
from derive.expression import read
from derive.model import Claim, Opinion, Outcome, PageError, Place, Relation, Search, Status, Trace, Verdict, Witness
from derive.page import Derivation, collect_markdown
from derive.show import text

AGREES, DIFFERS = Opinion("agrees", "0"), Opinion("differs", "x")


def step(symbols: str, relation: str, *hypotheses: str, by: str | None = None, seconds: float = 3.0) -> Verdict:
    """The verdict on a step written as text."""
    left, sign, right = next((a, r, b) for r in ("<=", ">=", "=", "<", ">") for a, found, b in [relation.partition(f" {r} ")] if found)
    reasons = tuple(by.split(", ")) if by else ()
    return check(Claim(givens(symbols, *hypotheses), read(left), Relation(sign), read(right), reasons), seconds)


def page(*lines: str, name: str = "page.it", **library: Derivation) -> Outcome:
    derivation = Derivation("\n".join(lines), Place("page.md", 1), name)
    return check_derivation(derivation, {name: derivation, **{n.replace("__", "."): d for n, d in library.items()}}, 3.0)


def lemma(*lines: str, name: str) -> Derivation:
    return Derivation("\n".join(lines), Place("lemmas.md", 1), name)


# -- reasons


@pytest.mark.parametrize(
    ("symbols", "relation", "by"),
    [
        ("u: positive; v: positive", "log(u*v) = log(u) + log(v)", "log of a product"),
        ("x: real", "(x + 1)**2 = x**2 + 2*x + 1", "algebra"),
        ("u: positive; v: positive; x: real", "log(u**x*v) = x*log(u) + log(v)", "log of a product, log of a power"),
        ("x: real", "diff(x**2, x) = 2*x", "differentiation"), ("t: label; a: probability", "a**t = t*a + 1 - t", "cases t"),
        ("x: real", "exp(0)*x = x", "exp of zero"), ("x: real", "exp(0)*x = x", "algebra"), ("x: real", "2 + 2 = 4", "calculation"),
        ("u: positive", "log(u) + log(1/u) = 0", "log of a reciprocal, algebra"), ("x: real", "x = x", None),
    ],
)  # fmt: skip
def test_a_step_that_follows_by_its_reasons_is_proved(symbols: str, relation: str, by: str | None) -> None:
    found = step(symbols, relation, by=by)
    assert found.status == Status.PROVED
    assert found.trace is not None
    assert found.rules == (tuple(by.split(", ")) if by and by != "calculation" else ("algebra",))


@pytest.mark.parametrize(
    ("relation", "by", "message"),
    [
        ("log(u*v) = log(u) + log(v)", "log of a power", "true, but not by log of a power; by log of a product"),
        ("log(u*v) = log(u) + log(v)", "algebra", "true, but not by algebra; by log of a product"),
        ("(u + v)**2 = u**2 + 2*u*v + v**2", "log of a product", "true, but log of a product is not needed; by algebra"),
        ("log(u*v) = log(u) + log(v)", "log of a product, log of a power", "true, but log of a power is not needed; by log of a product"),
        ("log(u*v) = log(u) + log(v)", "differentiation, log of a product", "true, but differentiation is not needed; by log of a product"),
        ("exp(-x) = 1/exp(x)", "exp of a sum", None),
        ("log(u) + x = log(u) + x", "definition of P", "true, but definition of P is not needed; by algebra"),
        ("diff(x**2, x) = 2*x", "algebra", "true, but not by algebra; by differentiation"),
        ("exp(0) + u = 1 + u", "exp of a sum", "true, but exp of a sum is not needed; by algebra"),
        ("u - u = 0", "hypothesis", "true, but hypothesis is not needed; by algebra"),
    ],
)  # fmt: skip
def test_a_reason_that_is_not_the_reason_is_named(relation: str, by: str, message: str | None) -> None:
    found = step("u: positive; v: positive; x: real", relation, by=by)
    if message is None:  # another rule of the same family may well do
        assert found.status in (Status.PROVED, Status.MISREASONED)
        return
    assert (Status.MISREASONED, message) == (found.status, found.message)
    assert message.endswith(f"by {', '.join(found.rules)}")
    assert found.status is not Status.PROVED


@pytest.mark.parametrize(
    ("symbols", "relation", "rules"),
    [
        ("u: positive; v: positive", "log(u*v) = log(u) + log(v)", ("log of a product",)),
        ("x: real", "x*(x + 1) = x**2 + x", ("algebra",)),
        ("x: real", "diff(sin(x), x) = cos(x)", ("differentiation",)),
        ("N: size; p: positive[N]", "log(prod(p[i] for i in N)) = sum(log(p[i]) for i in N)",
        ("log of an indexed product",)), ("t: label; a: probability", "a**t = t*a + 1 - t", ("cases t",)),
        ("u: positive; x: real", "log(u**x) + log(u) = log(u)*(x + 1)", ("log of a power",)),
        ("x: real", "sin(x)**2 + cos(x)**2 = 1", ("sine and cosine squared",)),
        ("x: real", "sqrt(x**2) = abs(x)", ("root of a square",)),
        ("u: positive", "abs(u) = u", ("absolute value of what is not negative",)),
    ],
)  # fmt: skip
def test_a_step_without_a_reason_is_told_one(symbols: str, relation: str, rules: tuple[str, ...]) -> None:
    found = step(symbols, relation)
    assert (Status.PROVED, rules) == (found.status, found.rules)


def test_a_reason_that_was_found_proves_the_step_when_it_is_written() -> None:
    symbols, relation = "u: positive; v: positive; x: real", "log(u**x/v) - exp(-x)*exp(x) = x*log(u) - log(v) - 1"
    found = step(symbols, relation)
    assert found.status == Status.PROVED
    again = step(symbols, relation, by=", ".join(found.rules))
    assert (Status.PROVED, found.rules) == (again.status, again.rules)


def test_side_conditions_are_listed() -> None:
    found = step("x: real", "abs(x) - log(x) = x - log(x)", "x > 1", by="absolute value of what is not negative")
    assert found.status == Status.PROVED
    assert [text(c) for c in found.conditions] == ["x > 0", "x >= 0"]


# -- what is missing, what is wrong


@pytest.mark.parametrize(
    ("symbols", "relation", "missing"),
    [
        ("x: real", "x/x = 1", ["x != 0"]), ("x: real", "log(x) = log(x)", ["x > 0"]), ("x: real", "exp(log(x)) = x", ["x > 0"]),
        ("x: real", "log(x**2) = 2*log(x)", ["x**2 > 0", "x > 0"]),
        ("x: real; y: real", "log(x*y) = log(x) + log(y)", ["x*y > 0", "x > 0", "y > 0"]),
        ("N: size; s: real[N]", "sum(log(s[i]) for i in N) = sum(log(s[j]) for j in N)", ["all(s[i] > 0 for i in N)"]),
        ("x: real", "diff(abs(x), x) = abs(x)/x", ["x != 0"]), ("x: nonnegative", "diff(sqrt(x), x) = 1/(2*sqrt(x))", None),
        ("K: size; s: real[K]; k: index(K)", "s[k + 1] = s[k + 1]", ["k + 1 <= K"]), ("x: real", "sqrt(x)**2 = x", ["x >= 0"]),
    ],
)  # fmt: skip
def test_a_side_that_is_not_shown_to_be_defined_names_its_condition(symbols: str, relation: str, missing: list[str] | None) -> None:
    found = step(symbols, relation)
    assert found.status in (Status.REFUTED, Status.UNDECIDED)
    assert found.missing
    if missing is not None:
        assert missing == [text(p) for p in found.missing]


@pytest.mark.parametrize(("symbols", "relation", "hypothesis"), [
    ("x: real", "x/x = 1", "x != 0"), ("x: real", "exp(log(x)) = x", "x > 0"), ("x: real", "log(x**2) = 2*log(x)", "x > 0"),
    ("x: real", "diff(abs(x), x) = abs(x)/x", "x < 0"),
])  # fmt: skip
def test_with_the_condition_that_was_missing_the_step_is_proved(symbols: str, relation: str, hypothesis: str) -> None:
    assert step(symbols, relation).status == Status.REFUTED
    assert step(symbols, relation, hypothesis).status == Status.PROVED


@pytest.mark.parametrize(
    ("symbols", "relation", "message"),
    [
        ("x: real", "(x + 1)**2 = x**2 + 1", "the left side is different from the right"),
        ("x: real", "x**2 <= x", "the left side is greater"),
        ("x: real", "x >= x**2", "the left side is less"), ("x: real", "x**2 < x**2 + x", "the left side is not less"),
        ("x: real", "exp(x) > exp(x)", "the left side is not greater"),
        ("a: probability", "log(a, 2) = log(a)*log(2)", "the left side is different from the right"),
        ("x: real", "max(0, x) <= 0", "the left side is greater"),
    ],
)  # fmt: skip
def test_a_wrong_step_is_refuted_with_a_witness(symbols: str, relation: str, message: str) -> None:
    found = step(symbols, relation)
    assert (Status.REFUTED, message) == (found.status, found.message)
    assert found.trace is None
    assert found.search is not None
    assert found.search.witness is not None
    assert all(isinstance(v, Fraction) for v in found.search.witness.values.values())


def test_an_undefined_side_is_told_with_what_it_needs() -> None:
    found = step("x: real", "log(x) = log(x)")
    assert (found.status, found.message) == (Status.REFUTED, "left side: log(x) needs x > 0; right side: log(x) needs x > 0")


def test_a_true_step_beyond_the_rules_is_undecided() -> None:
    found = step("x: real", "sin(3*x) = 3*sin(x) - 4*sin(x)**3")
    if found.status is not Status.PROVED:
        assert (found.status, found.message) == (Status.UNDECIDED, "no proof was found, and no counterexample")
        assert found.search is not None
        assert found.search.tried > 10


def test_a_wrong_step_with_a_reason_is_refuted_all_the_same() -> None:
    assert step("x: real; y: positive", "log(y + 1) = log(y) + log(1)", by="log of a product").status == Status.REFUTED
    assert step("x: real", "x = x + 1", by="algebra").status == Status.REFUTED


def test_a_definition_that_unfolds_to_too_much_is_undecided() -> None:
    where = {"P0": read("x + x")} | {f"P{i}": read(f"P{i - 1} + P{i - 1}") for i in range(1, 40)}
    found = check(Claim(givens("x: real"), read("P39"), Relation.EQ, read("P39"), (), where), 1.0)
    assert found.status == Status.UNDECIDED
    assert "too large" in found.message


def test_a_proof_that_a_witness_refutes_is_a_conflict(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "search", lambda *args, **kwargs: Search(Witness({"x": Fraction(1)}, "1", "2"), 1))
    found = step("x: real", "x = x", by="algebra")
    assert found.status == Status.CONFLICT
    assert found.trace is not None
    assert found.search is not None


def test_the_verdict_holds_its_claim_and_the_time_it_took() -> None:
    found = step("x: real", "x = x")
    assert found.claim is not None
    assert read("x") == found.claim.left
    assert 0 < found.seconds < 5


# -- givens


@pytest.mark.parametrize("hypotheses", [
    ("x > 1", "x < 0"), ("x > 0", "x == 0"), ("x != x",), ("x**2 < 0",), ("y > 1",), ("x == y", "x > y"), ("not x == x",), ("exp(x) <= 0",),
    ("N < 1",),
    ("sum(p[i] for i in N) <= 0",), ("y == 2",),
])  # fmt: skip
def test_givens_that_contradict_each_other_are_malformed(hypotheses: tuple[str, ...]) -> None:
    found = step("x: real; y: label; N: size; p: positive[N]", "x = x + 1", *hypotheses)
    assert found.status == Status.MALFORMED
    assert found.message.startswith("the givens contradict each other: ")


@pytest.mark.parametrize("hypotheses", [
    ("x**2 + y**2 == -1",), ("x == y", "x == y + 1"), ("exp(x) == -y**2",), ("x**2 == 2", "x == 1"), ("sin(x) == 2",),
    ("x*y == 1", "x == 0"), ("cos(x) > 1",),
    ("sum(m[i] for i in N) > N",), ("x > y", "y > z", "z > x"), ("all(s[i] > 1 for i in N)", "sum(s[i] for i in N) < 0"),
])  # fmt: skip
@pytest.mark.parametrize("wrong", ["x = x + 1", "x = y"])
def test_nothing_is_proved_from_givens_that_no_point_satisfies(hypotheses: tuple[str, ...], wrong: str) -> None:
    symbols = "x: real; y: real; z: real; N: size; m: label[N]; s: real[N]"
    for by in (None, "hypothesis"):
        assert step(symbols, wrong, *hypotheses, by=by, seconds=0.2).status in (Status.MALFORMED, Status.UNDECIDED)


def test_a_step_that_follows_from_nothing_says_so() -> None:
    found = step("x: real; y: real", "x*0 = 0", "sin(x) == 2")
    assert found.status == Status.UNDECIDED
    assert "nothing is proved from nothing" in found.message


def test_what_contradicts_is_the_hypothesis_that_the_others_exclude() -> None:
    clash = contradiction(givens("x: real", "x > 1", "x < 0"))
    assert clash is not None
    assert text(clash) in ("x > 1", "x < 0")
    assert contradiction(givens("x: real", "x > 1", "x < 3")) is None
    assert contradiction(givens("K: size; p: probability[K]", "sum(p[i] for i in K) == 1")) is None


# -- SymPy's opinion


FOUND = Search(None, 20)
REFUTED = Search(Witness({"x": Fraction(-1)}, "0", "1"), 3)
UNDEFINED = Search(Witness({"x": Fraction(-1)}, "undefined", "1", "left side: log(x) needs x > 0"), 3)
UNDECIDED = Verdict(Status.UNDECIDED, search=FOUND, message="no proof was found, and no counterexample")


def test_what_sympy_reduces_to_zero_is_computed_and_never_proved() -> None:
    found = with_opinion(UNDECIDED, AGREES)
    assert (found.status, found.opinion) == (Status.COMPUTED, AGREES)


@pytest.mark.parametrize(
    "verdict",
    [
        Verdict(Status.UNDECIDED, search=FOUND, missing=(read("x > 0"),)),  # not shown to be defined
        Verdict(Status.UNDECIDED, search=Search(satisfiable=False)),  # no point satisfies the givens
        Verdict(Status.UNDECIDED, search=Search(None, 0, 40, False, "no point was tried")),
        Verdict(Status.UNDECIDED, trace=Trace(), search=FOUND),  # a proof from nothing
        Verdict(Status.UNDECIDED),  # a time-out
        Verdict(Status.MALFORMED), Verdict(Status.MISREASONED, trace=Trace(), search=FOUND),
        Verdict(Status.PROVED, trace=Trace(), search=FOUND),
        Verdict(Status.REFUTED, search=UNDEFINED),  # SymPy knows nothing of definedness
        Verdict(Status.REFUTED, search=REFUTED, missing=(read("x > 0"),)),
    ],
)  # fmt: skip
def test_sympys_zero_changes_nothing_where_it_proves_nothing(verdict: Verdict) -> None:
    found = with_opinion(verdict, AGREES)
    assert (verdict.status, AGREES) == (found.status, found.opinion)


def test_sympys_zero_against_a_witness_is_a_conflict() -> None:
    found = with_opinion(Verdict(Status.REFUTED, search=REFUTED), AGREES)
    assert (found.status, found.message) == (Status.CONFLICT, "SymPy reduces the difference to 0, and a witness refutes it")
    assert found.search is REFUTED


@pytest.mark.parametrize("outcome", ["differs", "unsure", "timeout", "no form", "failed"])
@pytest.mark.parametrize("verdict", [UNDECIDED, Verdict(Status.REFUTED, search=REFUTED), Verdict(Status.PROVED, trace=Trace())])
def test_any_other_opinion_stands_beside_the_verdict_only(verdict: Verdict, outcome: str) -> None:
    found = with_opinion(verdict, Opinion(outcome))
    assert (verdict.status, verdict.message, outcome) == (found.status, found.message, found.opinion and found.opinion.outcome)


# -- derivations


SIGMOID = ("given  s: real", "claim  1 - 1/(1 + exp(-s)) = 1/(1 + exp(s))", "", "    1 - 1/(1 + exp(-s))",
    "  = 1/(1 + exp(s))  by exp of a negative")


def test_a_derivation_is_as_good_as_its_worst_step() -> None:
    found = page("given x: real", "claim x*(x + 1) = x**2 + x", "    x*(x + 1)", "  = x*x + x", "  = x**2 + x")
    assert (found.status, [v.status for v in found.verdicts]) == (Status.PROVED, [Status.PROVED, Status.PROVED])
    found = page("given x: real", "claim x*(x + 1) = x**2 + x", "    x*(x + 1)", "  = x*x + 1  by algebra", "  = x**2 + x")
    assert (found.status, [v.status for v in found.verdicts]) == (Status.REFUTED, [Status.REFUTED, Status.REFUTED])


def test_relations_of_a_chain_are_checked_one_by_one() -> None:
    found = page("given x: real", "claim x < x**2 + x + 2", "    x", "  <= x + x**2", "  < x + x**2 + 1", "  = x**2 + x + 1",
        "  <= x**2 + x + 2")
    assert [v.status for v in found.verdicts] == [Status.PROVED] * 4


def test_calculation_and_cases_are_reasons() -> None:
    found = page("given y: label, a: probability", "claim a**y*(1 - a)**(1 - y) = y*a + (1 - y)*(1 - a)",
                 "    a**y*(1 - a)**(1 - y)", "  = y*a + (1 - y)*(1 - a)  by cases y")  # fmt: skip
    assert (found.status, [v.rules for v in found.verdicts]) == (Status.PROVED, [("cases y",)])
    found = page("claim 3/4 + 1/4 = 1", "    3/4 + 1/4", "  = 1  by calculation")
    assert found.status == Status.PROVED


def test_a_definition_is_a_reason_where_it_is_used() -> None:
    lines = ("given x: real", "where P = x + 1", "claim 2*P = 2*x + 2", "    2*P", "  = 2*(x + 1)  by definition of P",
        "  = 2*x + 2  by {}")
    assert page(*lines[:5], lines[5].format("algebra")).status == Status.PROVED
    bad = page(*lines[:5], lines[5].format("definition of P"))
    assert (bad.status, bad.verdicts[1].message) == (Status.MISREASONED, "true, but definition of P is not needed; by algebra")


def test_an_error_of_the_page_is_held_by_the_outcome() -> None:
    found = page("given x: real", "claim x = x", "    x", "  = z")
    assert found.status == Status.MALFORMED
    assert found.error is not None
    assert found.error.message.startswith("unknown symbol z")
    assert found.page is None


def test_contradictory_givens_are_an_error_of_the_page() -> None:
    found = page("given x: real, x > 1, x < 0", "claim x = x", "    x", "  = x")
    assert found.status == Status.MALFORMED
    assert found.error is not None
    assert found.error.message.startswith("the givens contradict each other: ")


def test_a_lemma_is_used_by_its_name() -> None:
    found = page("given N: size, z: real[N]", "claim sum(1 - 1/(1 + exp(-z[i])) for i in N) = sum(1/(1 + exp(z[i])) for i in N)",
                 "    sum(1 - 1/(1 + exp(-z[i])) for i in N)", "  = sum(1/(1 + exp(z[i])) for i in N)  by lemma sigmoid.reflection",
                 sigmoid__reflection=lemma(*SIGMOID, name="sigmoid.reflection"))  # fmt: skip
    assert found.error is None
    assert (found.status, [v.rules for v in found.verdicts]) == (Status.PROVED, [("lemma sigmoid.reflection",)])
    assert found.verdicts[0].claim is not None
    assert list(found.verdicts[0].claim.lemmas) == ["sigmoid.reflection"]


def test_a_lemma_that_is_not_needed_is_named() -> None:
    found = page("given x: real", "claim x + x = 2*x", "    x + x", "  = 2*x  by lemma sigmoid.reflection",
                 sigmoid__reflection=lemma(*SIGMOID, name="sigmoid.reflection"))  # fmt: skip
    assert (found.status, found.verdicts[0].message) == (Status.MISREASONED, "true, but lemma sigmoid.reflection is not needed; by algebra")


def test_the_givens_of_a_lemma_are_owed_where_it_is_used() -> None:
    root = lemma("given u: positive", "claim sqrt(u**2) = u", "    sqrt(u**2)", "  = abs(u)", "  = u", name="roots.positive")
    used = ("    sqrt(x**2)", "  = x  by lemma roots.positive")
    assert page("given x: positive", "claim sqrt(x**2) = x", *used, roots__positive=root).status == Status.PROVED
    assert page("given x: real", "claim sqrt(x**2) = x", *used, roots__positive=root).status == Status.REFUTED


def failure(outcome: Outcome) -> tuple[str, str, int]:
    assert outcome.error is not None
    assert outcome.status == Status.MALFORMED
    return outcome.error.message, outcome.error.hint, outcome.error.place.line


USES = ("given x: real", "claim x = x", "    x", "  = x  by lemma {}")


def using(name: str) -> tuple[str, ...]:
    return (*USES[:3], USES[3].format(name))


def test_an_unknown_lemma_is_an_error_that_names_the_nearest() -> None:
    found = page(*using("sigmoid.reflexion"), sigmoid__reflection=lemma(*SIGMOID, name="sigmoid.reflection"))
    assert failure(found) == ("unknown lemma sigmoid.reflexion", "did you mean sigmoid.reflection?", 4)


def test_a_lemma_that_is_not_proved_is_an_error() -> None:
    wrong = lemma("given s: real", "claim s = s + 1", "    s", "  = s + 1", name="a.wrong")
    assert failure(page(*using("a.wrong"), a__wrong=wrong))[::2] == ("the lemma a.wrong is not proved: step 1 is refuted", 4)
    slack = lemma("given s: real", "claim s = s", "    s", "  = s  by log of a product", name="a.slack")
    assert failure(page(*using("a.slack"), a__slack=slack))[::2] == ("the lemma a.slack is not proved: step 1 is misreasoned", 4)


def test_a_lemma_that_cannot_be_read_is_an_error() -> None:
    broken = lemma("given s: real", "claim s = (s", "    s", "  = s", name="a.broken")
    message, _, line = failure(page(*using("a.broken"), a__broken=broken))
    assert message.startswith("the lemma a.broken cannot be read: ")
    assert line == 4


def test_lemmas_that_rest_on_each_other_are_an_error() -> None:
    one, two = lemma(*using("b.two"), name="b.one"), lemma(*using("b.one"), name="b.two")
    found = check_derivation(one, {"b.one": one, "b.two": two})
    assert failure(found)[0] == "the lemma b.one rests on itself: b.one → b.two → b.one"
    itself = lemma(*using("b.self"), name="b.self")
    assert failure(check_derivation(itself, {"b.self": itself}))[0] == "the lemma b.self rests on itself: b.self → b.self"


def test_a_lemma_of_a_lemma_is_checked_too() -> None:
    wrong = lemma("given s: real", "claim s = s + 1", "    s", "  = s + 1", name="a.wrong")
    middle = lemma(*using("a.wrong"), name="a.middle")
    assert "a.wrong is not proved" in failure(page(*using("a.middle"), a__wrong=wrong, a__middle=middle))[0]


def test_the_claim_of_a_step_has_the_lemmas_that_it_names() -> None:
    it = Derivation("\n".join(("given s: real", "claim 1 - 1/(1 + exp(-s)) = 1/(1 + exp(s))", "    1 - 1/(1 + exp(-s))",
                               "  = 1 - 1/(1 + exp(-s))", "  = 1/(1 + exp(s))  by lemma a.b")), Place("page.md", 1), "page.it")  # fmt: skip
    library = {"a.b": lemma(*SIGMOID, name="a.b")}
    assert [{}, {"a.b"}] == [set(claim_of_step(it, library, i).lemmas) or {} for i in (0, 1)]
    with pytest.raises(PageError, match="unknown lemma"):
        claim_of_step(it, {}, 0)


# -- defects found with these tests


def test_guards_and_filters_inside_one_another_give_a_verdict() -> None:
    """Once a RecursionError: see test_kernel."""
    nested = "cases((0, 0 < cases((0, 0 < x + t), (x, True))), (cases((0, 0 < x), (1, True)), True))"
    assert step("x: real; t: label", f"{nested} = {nested}").status == Status.PROVED
    symbols = "x: real; N: size; w: real[N, 2]; c: index(2)"
    assert step(symbols, "log(x) = log(x)", "x > 1", "0 < sum(sum(w[i, j] for j in 2 if j != c) for i in N)").status == Status.PROVED


@pytest.mark.parametrize("page", [
    "where eta(t) = cases((-t*log(t), t > 2), (0, t == 0))\nclaim limit(eta(t), t, 0, right) = 0\n  limit(eta(t), t, 0, right)\n"
    "  = limit(-t*log(t), t, 0.5, right) by definition of eta\n  = 0 by logarithm against power",
    "given s: real\nclaim exp(s) < 1e999\n  exp(s)\n  < 1e999",
])  # fmt: skip
def test_what_no_float_holds_and_cases_of_which_none_applies_crash_nothing(page: str) -> None:
    """Two of 7,000 edited pages."""
    [derivation] = collect_markdown(f"```derive mine\n{page}\n```\n")
    assert check_derivation(derivation, {}).status is not Status.PROVED

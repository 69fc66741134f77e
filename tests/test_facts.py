"""derive/provers/facts.py: the instances that a step is about are among the guesses, and not too many others."""

from __future__ import annotations

import pytest
from traces import claim

from derive import judge
from derive.claims import Rejected
from derive.expression import read
from derive.kernel import PROPOSITION
from derive.model import Claim, Instance, Trace
from derive.provers.facts import MAX_GUESSES, about, guesses, maps
from derive.rules import RULES
from derive.show import text
from derive.term import Lambda, call

SYMBOLS = "x: real; y: real; u: positive; N: size; p: positive[N]; s: real[N]; k: index(N); f: real -> real; q: density(real)"

STEPS = [  # a rule, a step that one instance of it proves, the hypotheses
    ("log below its tangent", "log(u) <= u - 1", ()),
    ("log below its tangent", "sum(log(p[i]) for i in N) <= sum(p[i] - 1 for i in N)", ()),
    ("exp increases", "exp(x) <= exp(y)", ("x <= y",)), ("exp increases", "exp(x) > exp(y)", ("x > y",)),
    ("term of a sum", "p[k] <= sum(p[i] for i in N)", ()), ("proper term of a sum", "p[k] < sum(p[i] for i in N)", ("N > 1",)),
    ("jensen", "sum(p[i]*log(p[i]) for i in N) <= log(sum(p[i]*p[i] for i in N))", ("sum(p[i] for i in N) == 1",)),
    ("jensen", "exp(sum(p[i]*s[i] for i in N)) <= sum(p[i]*exp(s[i]) for i in N)", ("sum(p[i] for i in N) == 1",)),
    ("increasing function", "x**3 + x <= y**3 + y", ("x <= y",)),
    ("convex function above its tangent", "x**2 + diff(t**2, t, at=x)*(y - x) <= y**2", ()),
    ("product that vanishes", "y <= 0", ("x*y == 0", "x != 0")),
    ("sum of terms that are not negative", "p[k] <= 0", ("sum(p[i] for i in N) == 0",)),
]  # fmt: skip


def guessed(rule: str, c: Claim) -> list[Instance]:
    written = (c.left, c.right, call(PROPOSITION[c.relation], c.left, c.right), *c.givens.hypotheses)
    return list(guesses([rule], written, c.givens))


def learnt(c: Claim, instance: Instance) -> bool:
    """Whether the kernel takes an instance for what is true under the givens of a claim."""
    try:
        judge.check(claim(SYMBOLS, "1 = 1", *map(text, c.givens.hypotheses)), Trace((instance,)))
    except Rejected:
        return False
    return True


@pytest.mark.parametrize(("rule", "step", "hypotheses"), STEPS, ids=[f"{rule}: {step}" for rule, step, _ in STEPS])
def test_an_instance_that_the_kernel_accepts_is_guessed(rule: str, step: str, hypotheses: tuple[str, ...]) -> None:
    c = claim(SYMBOLS, step, *hypotheses)
    found = guessed(rule, c)
    assert any(learnt(c, instance) for instance in found)
    assert {rule} == {instance.rule for instance in found}
    assert {RULES[rule].letters} == {frozenset(instance.subst) for instance in found}
    assert len(found) == len({(i.scope, frozenset(i.subst.items())) for i in found}) <= MAX_GUESSES


def test_an_equation_is_never_guessed_here() -> None:
    c = claim(SYMBOLS, "log(u*u) = 2*log(u)")
    assert [r for r in RULES if RULES[r].relation.value == "=" and guessed(r, c)] == []


def test_a_rule_that_is_not_allowed_is_not_guessed() -> None:
    c = claim(SYMBOLS, "log(u) <= u - 1")
    assert guessed("no such rule", c) == []
    assert list(guesses([], (c.left, c.right), c.givens)) == []


def test_there_is_an_end_to_the_guesses() -> None:
    c = claim(SYMBOLS, "u <= 1", *(f"log({i}*u) <= {i}" for i in range(2, 300)))
    assert len(guessed("log below its tangent", c)) == MAX_GUESSES


def test_terms_of_a_sum_over_a_number_are_at_its_numbers() -> None:
    c = claim(SYMBOLS, "x <= sum(i*x for i in 3)")
    found = [text(i.subst["k"]) for i in guessed("term of a sum", c)]  # type: ignore[arg-type]
    assert found == ["1", "2", "3"]


def test_the_letters_of_an_equivalence_are_found_in_the_propositions() -> None:
    sides = tuple(map(read, ("u <= v", "exp(u) <= exp(v)")))
    written = [read("x + 1 <= y and exp(x) <= exp(k)"), read("all(s[i] <= 2 for i in N)")]
    found = [(len(scope), text(by["u"]), text(by["v"])) for scope, by in about(sides, frozenset("uv"), written)]  # type: ignore[arg-type]
    assert found == [(0, "x + 1", "y"), (0, "exp(x)", "exp(k)"), (0, "x", "k"), (1, "s[$0]", "2")]


@pytest.mark.parametrize(("here", "there", "expected"), [
    ("argmax(p[i] for i in N)", "argmax(log(p[i]) for i in N)", ["log(x_)"]),
    ("argmax(p[i] for i in N)", "argmax(2*p[j] + x for j in N)", ["2*x_ + x"]),
    ("argmax(p[i] for i in N)", "argmax(i*p[i] for i in N)", []), ("argmax(p[i] for i in N)", "argmax(s[i] for i in N)", []),
])  # fmt: skip
def test_a_map_of_one_objective_to_another_is_one_of_its_value_alone(here: str, there: str, expected: list[str]) -> None:
    found = list(maps(read(here), read(there)))
    assert all(isinstance(h, Lambda) and h.params == ("x_",) for h in found)
    assert [text(h.body) for h in found] == expected

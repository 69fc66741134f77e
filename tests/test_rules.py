"""derive/rules: the rule table is the test table. Each line holds wherever it may be used, and needs every condition it has.

An instance puts literals, symbols and small terms for the letters of a rule; balls work out both sides at random values.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

import pytest
from evaluated import outcome, owed_holds, true_at

from derive import reasons, rules
from derive.balls import Environment, Imprecise, Undefined, Unsupported, environment, evaluate
from derive.domain import Domain
from derive.expression import RESERVED, ExpressionError, read
from derive.model import Givens, Type
from derive.rules import RULES, Rule, parse
from derive.show import text
from derive.term import ONE, Lambda, Replacement, Term, call, free, num, substitute, sym, walk

Q = Fraction
INSTANCES = 700  # of each rule
NUMBERS = (*(Q(n) for n in (-3, -2, -1, 0, 1, 2, 3)), Q(1, 2), Q(-1, 2), Q(3, 2), Q(1, 3))
GIVENS = Givens({"x": Type("real"), "z": Type("real"), "n": Type("integer"), "h": Type("integer"), "size": Type("size")})
DOMAIN = Domain(GIVENS)


class Instance(NamedTuple):
    """What the letters stand for, and the values of the symbols in that."""

    by: Mapping[str, Replacement]
    env: Environment


def sizes(rule: Rule) -> set[str]:
    return {t.args[2].name for side in (rule.left, rule.right) for t in walk(side) if t.op in ("sum", "prod")}


def functions(rule: Rule) -> dict[str, int]:
    return {t.name: len(t.args) - 1 for side in (rule.left, rule.right) for t in walk(side) if t.op == "apply"}


def indices(rule: Rule) -> set[str]:
    """Letters that stand where an index does."""
    named: set[str] = set()
    for t in (t for side in (rule.left, rule.right) for t in walk(side)):
        if t.op in ("apply", "delta"):
            named |= {a.name for a in t.args[1 if t.op == "apply" else 0 :] if a.op == "sym"}
        if t.op in ("sum", "prod"):
            named |= free(t.args[3]) - {t.args[1].name}
    return named & rule.letters


def literal(value: Fraction) -> Term:
    """A number as a page writes it."""
    size = num(abs(value.numerator)) if value.denominator == 1 else call("div", num(abs(value.numerator)), num(value.denominator))
    return call("neg", size) if value < 0 else size


def scalar(rng: random.Random, name: str) -> Term:
    """A term for a letter: a literal, a symbol, or something small made of them."""
    small = rng.choice((sym("x"), sym("z"), sym("n"), literal(rng.choice(NUMBERS))))
    other = rng.choice((sym("x"), literal(rng.choice(NUMBERS))))
    return rng.choice((
        small, small, small, literal(rng.choice(NUMBERS)), call("mul", small, other), call("add", small, other), call("sub", small, other),
        call("neg", small), call("pow", small, num(2)), call("exp", small), call("log", small), call("sqrt", small),
        call("div", ONE, small),
    ))  # fmt: skip


def bodies(rng: random.Random, params: tuple[str, ...]) -> Term:
    p = sym(rng.choice(params))
    c = literal(rng.choice(NUMBERS))
    return rng.choice((
        p, c, sym("x"), call("mul", c, p), call("add", p, sym("x")), call("sub", p, num(2)), call("mul", p, p),
        call("sub", sym(params[0]), sym(params[-1])),
        call("pow", p, c), call("neg", p), call("add", call("mul", sym(params[0]), sym(params[-1])), c),
    ))  # fmt: skip


def instance(rule: Rule, rng: random.Random) -> Instance:
    by: dict[str, Replacement] = {}
    for name in sorted(rule.letters):
        if name in sizes(rule):
            by[name] = rng.choice((num(rng.choice((1, 2, 3))), sym("size")))
        elif name in functions(rule):
            params = tuple(f"{name}{i}" for i in range(functions(rule)[name]))
            by[name] = Lambda(params, bodies(rng, params))
        elif name in indices(rule):
            by[name] = rng.choice((literal(Q(rng.choice((-1, 0, 1, 2, 3, 4)))), sym("n"), sym("h"), sym("z"), literal(rng.choice(NUMBERS))))
        else:
            by[name] = scalar(rng, name)
    values = {"x": rng.choice(NUMBERS), "z": rng.choice(NUMBERS), "size": Q(rng.choice((1, 2, 3)))}
    return Instance(by, environment({**values, **{n: Q(rng.choice((-2, -1, 0, 1, 2, 3))) for n in ("n", "h")}}))


def has_value(t: Term, env: Environment) -> bool:
    """Whether a term is defined at a point: by balls, and where domain asks for integers, by those."""
    try:
        evaluate(t, env, 200)
    except (Undefined, Unsupported, Imprecise, ZeroDivisionError):
        return False
    return not any(x.op == "delta" for x in walk(t)) or owed_holds(DOMAIN, t, env)


def conditions(rule: Rule, found: Instance) -> list[bool | None]:
    return [true_at(substitute(c, found.by), found.env) for c in rule.when]


def told(rule: Rule, count: int, seed: int = 0) -> Iterator[tuple[Instance, str, list[bool | None]]]:
    """Instances of which both sides are defined, what balls say of the equation, and which conditions hold."""
    rng = random.Random(f"{rule.name} {seed}")
    for _ in range(count):
        found = instance(rule, rng)
        left, right = substitute(rule.left, found.by), substitute(rule.right, found.by)
        if has_value(left, found.env) and has_value(right, found.env):
            yield found, outcome(left, right, found.env), conditions(rule, found)


def shown(rule: Rule, found: Instance) -> str:
    sides = text(substitute(rule.left, found.by)), text(substitute(rule.right, found.by))
    return f"{sides[0]} = {sides[1]} at { {n: str(v) for n, v in found.env.items()} }"


EVERY = pytest.mark.parametrize("rule", RULES.values(), ids=lambda r: r.name)


@EVERY
def test_no_instance_has_a_counterexample_where_its_conditions_hold(rule: Rule) -> None:
    wrong = [shown(rule, found) for found, outcome_, held in told(rule, INSTANCES) if outcome_ == "fails" and all(x is True for x in held)]
    assert wrong == []


@EVERY
def test_the_conditions_can_be_satisfied(rule: Rule) -> None:
    assert any(outcome_ in ("holds", "agrees") and all(x is True for x in held) for _, outcome_, held in told(rule, 4 * INSTANCES))


@pytest.mark.parametrize(("rule", "needed"), [(r, i) for r in RULES.values() for i in range(len(r.when))],
    ids=lambda x: getattr(x, "name", x))
def test_no_condition_can_be_dropped(rule: Rule, needed: int) -> None:
    """There is a counterexample at which the others hold."""
    def counterexample(outcome_: str, held: list[bool | None]) -> bool:
        return outcome_ == "fails" and held[needed] is False and all(x is True for i, x in enumerate(held) if i != needed)

    assert any(counterexample(outcome_, held) for seed in range(6) for _, outcome_, held in told(rule, 2 * INSTANCES, seed))


@EVERY
def test_both_sides_are_about_the_same_values(rule: Rule) -> None:
    """No letter of a condition stands in neither side: an instance would not say what it is."""
    assert set() == {n for c in rule.when for n in free(c)} - rule.letters - {"an integer"}
    assert not rule.letters & RESERVED


@EVERY
def test_every_side_of_a_rule_can_be_written_on_a_page(rule: Rule) -> None:
    assert (rule.left, rule.right) == (read(text(rule.left)), read(text(rule.right)))


# -- the names


def lines() -> Iterator[tuple[str, str]]:
    for module in (rules.explog, rules.powers, rules.absolute, rules.sums, rules.trigonometry):
        yield from ((line, module.__name__.rpartition(".")[2]) for line in module.TABLE.strip().splitlines() if line.strip())


def test_every_line_of_every_file_is_a_rule_once() -> None:
    assert [parse(*line).name for line in lines()] == list(RULES)
    files = {p.stem for p in Path(rules.__file__).parent.glob("*.py")} - {"__init__"}
    assert files == {rule.subject for rule in RULES.values()}


def test_names_are_unique_in_both_languages() -> None:
    names = [rule.name for rule in RULES.values()] + [rule.zh for rule in RULES.values()]
    assert len(names) == len(set(names))


@EVERY
def test_a_rule_has_a_name_in_each_language_that_a_page_can_give(rule: Rule) -> None:
    assert re.fullmatch(r"[a-z][a-z -]*", rule.name)
    assert re.fullmatch(r"[\u4e00-\u9fff]+", rule.zh)
    assert rule.name == reasons.rule_names()[rule.zh] == reasons.rule_names()[rule.name]
    assert not any(p.fullmatch(n) for p in reasons.NAMED.values() for n in (rule.name, rule.zh))
    assert {rule.name, rule.zh}.isdisjoint({*reasons.FIXED, *reasons.FIXED.values()})


def test_no_two_rules_say_the_same() -> None:
    said: dict[tuple[Term, Term], str] = {}
    for rule in RULES.values():
        letters: dict[str, Replacement] = {}
        for t in walk(rule.left):
            if t.op == "sym" and t.name in rule.letters:
                letters.setdefault(t.name, sym(f"v{len(letters)}"))
        key = (substitute(rule.left, letters), substitute(rule.right, letters))
        assert key not in said, (rule.name, said.get(key))
        said[key] = rule.name


@pytest.mark.parametrize("line", ["no table line", "name | 名 : u + v", "name : u = u", "name | 名 u = u", ""])
def test_a_line_that_is_no_rule_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match="not a rule"):
        parse(line, "test")


@pytest.mark.parametrize(("line", "error"), [
    ("name | 名 : u ^ v = u", ExpressionError), ("name | 名 : u = v when u: real", AssertionError),
    ("name | 名 : u = v when u >", ExpressionError),
])  # fmt: skip
def test_a_rule_that_cannot_be_read_is_refused(line: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        parse(line, "test")


# -- the test itself


WRONG = (
    "log of a sum | 名 : log(u + v) = log(u) + log(v)", "power moved | 名 : sum(f(i)**2 for i in N) = sum(f(i) for i in N)**2",
    "root of a square | 名 : sqrt(u**2) = u", "abs of a sum | 名 : abs(u + v) = abs(u) + abs(v)",
    "power of a sum | 名 : u**(v*w) = u**v*u**w",
    "delta | 名 : sum(delta(j, k)*f(j) for j in K) = f(k)",
    "sum but one | 名 : sum(f(j) for j in K if j != c) = sum(f(j) for j in K) - f(c)",
    "maximum | 名 : max(u, v) = u", "powers | 名 : (u**v)**w = u**(v*w)",
    "cosine | 名 : cos(u + v) = cos(u)*cos(v) + sin(u)*sin(v)", "exp | 名 : exp(u*v) = exp(u)*exp(v)",
    "constant | 名 : sum(u for i in N) = u",
)  # fmt: skip


@pytest.mark.parametrize("line", WRONG)
def test_a_wrong_rule_would_be_found_out(line: str) -> None:
    rule = parse(line, "test")
    assert any(outcome_ == "fails" for _, outcome_, held in told(rule, INSTANCES) if all(x is True for x in held))

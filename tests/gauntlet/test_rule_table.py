"""The rule table is the test table: each line holds wherever it may be used, and needs every condition it has.

`rule_pools` puts literals, symbols and small terms for the letters of a rule, and numbers say of both sides what they are worth.
What is drawn is a sample; of a rule about a limit all instances of the functions in the pool are looked at.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterator

import pytest
from rule_pools import Told, told
from tally import Tally

from derive.model import Relation
from derive.rules import RULES, Rule, parse
from derive.show import text
from derive.term import substitute

INSTANCES = 300  # of each rule
MORE = 12  # times as many, where something is looked for
SHOWN = {Relation.EQ: "=", Relation.LE: "<=", Relation.LT: "<", Relation.IFF: "iff"}
GROUP = f"rules of the table: {len(RULES)}"


@functools.cache
def few(name: str) -> list[Told]:
    """Some instances, which the tests share."""
    return list(told(RULES[name], INSTANCES))


def many(rule: Rule) -> Iterator[Told]:
    """The same, and more where those are not enough."""
    yield from few(rule.name)
    if rule.left.op != "limit":
        yield from itertools.chain.from_iterable(told(rule, INSTANCES, seed) for seed in range(1, MORE))


def shown(rule: Rule, one: Told) -> str:
    sides = [text(substitute(side, one.found.by)) for side in (rule.left, rule.right)]
    return f"{sides[0]} {SHOWN[rule.relation]} {sides[1]} at { {n: str(v) for n, v in one.found.env.items()} }"


EVERY = pytest.mark.parametrize("rule", RULES.values(), ids=lambda r: r.name)


@EVERY
def test_no_instance_has_a_counterexample_where_its_conditions_hold(rule: Rule, tally: Tally, large: bool) -> None:
    looked_at = list(many(rule)) if large else few(rule.name)
    counters = [shown(rule, one) for one in looked_at if one.counters]
    tally.count(GROUP, "instances drawn at random, both sides defined", len(looked_at))
    tally.count(GROUP, "… of which satisfy the conditions", sum(all(x is True for x in one.held) for one in looked_at))
    tally.count(GROUP, "… and are counterexamples", len(counters))
    assert counters == []


@EVERY
def test_the_conditions_can_be_satisfied(rule: Rule, tally: Tally) -> None:
    found = any(one.outcome in ("holds", "agrees") and all(x is True for x in one.held) for one in many(rule))
    tally.count(GROUP, "rules whose conditions can be satisfied", int(found), of=1)
    assert found


@pytest.mark.parametrize(("rule", "needed"), [(r, i) for r in RULES.values() for i in range(len(r.when))],
    ids=lambda x: getattr(x, "name", x))
def test_no_condition_can_be_dropped(rule: Rule, needed: int, tally: Tally) -> None:
    """There is a counterexample at which the others hold."""
    def counterexample(one: Told) -> bool:
        return one.outcome == "fails" and all(x is (i != needed) for i, x in enumerate(one.held))

    found = any(map(counterexample, many(rule)))
    tally.count(GROUP, "conditions without which there is a counterexample", int(found), of=1)
    assert found


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
    "tangent | 名 : u - 1 <= log(u)", "strict | 名 : log(u) < u - 1", "square | 名 : 0 < u**2",
    "turned | 名 : u <= v iff exp(v) <= exp(u)", "even | 名 : u <= v iff u**2 <= v**2", "product | 名 : u*v == 0 iff u == 0",
    "part | 名 : f(k) < sum(f(i) for i in N) when 1 <= k, k <= N",
    "zero | 名 : sum(f(i) for i in N) == 0 iff all(f(i) == 0 for i in N)",
    "tangent above | 名 : f(u) <= f(v) + diff(f(x), x, at=v)*(u - v) when all(diff(diff(f(x), x), x) >= 0 for x in Reals)",
    "jensen | 名 : sum(p(i)*h(f(i)) for i in N) <= h(sum(p(i)*f(i) for i in N)) when sum(p(i) for i in N) == 1,"
    " all(p(i) >= 0 for i in N), all(diff(diff(h(u), u), u) >= 0 for u in Reals)",
    "integrals | 名 : integral(p(x)*h(f(x)) for x in Reals) <= h(integral(p(x)*f(x) for x in Reals)) when"
    " integral(p(x) for x in Reals) == 1, all(diff(diff(h(u), u), u) >= 0 for u in Reals)",
    "almost | 名 : integral(f(x) for x in Reals) == 0 iff almost(f(x) == 0 for x in Reals)",
    "density | 名 : integral(p(x) for x in Reals) = 2 when p: density",
    "negative | 名 : argmax(-f(t) for t in T) = argmax(f(t) for t in T)",
    "factor | 名 : argmax(c*f(t) for t in T) = argmax(f(t) for t in T) when c >= 0",
    "decreasing | 名 : argmax(f(t) for t in T) = argmax(h(f(t)) for t in T) when all(diff(h(u), u) < 0 for u in Reals)",
    "weakly | 名 : argmax(f(t) for t in T) = argmax(h(f(t)) for t in T) when all(diff(h(u), u) >= 0 for u in Reals)",
    "limit of a product | 名 : limit(f(x)*g(x), x, a, d) = limit(f(x), x, a, d) + limit(g(x), x, a, d)",
    "limit of an inverse | 名 : limit(1/f(x), x, a, d) = oo when limit(f(x), x, a, d) == 0",
    "limit of a sign | 名 : limit(1/f(x), x, a, d) = -oo when limit(f(x), x, a, d) == 0, f(x) > 0",
    "limit of a log | 名 : limit(log(f(x)), x, a, d) = 0 when limit(f(x), x, a, d) == 0, f(x) > 0",
    "limit of a root | 名 : limit(sqrt(f(x)), x, a, d) = sqrt(limit(f(x), x, a, d))",
    "limit against | 名 : limit(f(x)*exp(-(f(x)*c)), x, a, d) = 0 when limit(f(x), x, a, d) == oo, c >= 0",
)  # fmt: skip


@pytest.mark.parametrize("line", WRONG)
def test_a_wrong_rule_would_be_found_out(line: str, tally: Tally) -> None:
    rule = parse(line, "test")
    found = any(one.counters for seed in range(3) for one in told(rule, INSTANCES, seed))
    tally.count(GROUP, "wrong rules, put in to test the test, that are found out", int(found), of=1)
    assert found

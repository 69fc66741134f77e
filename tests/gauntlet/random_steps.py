"""Random steps: what the rules of the table make of a random term at random places, and what a slip makes of that.

A step is true if both sides are defined, which `domain` is asked, and each rule is used where its conditions hold. Knows terms, rules
and conditions; nothing of provers and the kernel.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from evaluated import ALL, TYPES, guards, numbers
from hypothesis import strategies as st
from rule_pools import Roles

from derive.domain import Domain
from derive.expression import read
from derive.model import Claim, Givens, Relation, Scope
from derive.provers.lemmas import unify
from derive.rules import RULES, Rule
from derive.term import LEAVES, TRUE, Lambda, Replacement, Term, call, free, num, renamed, substitute, sym

N = sym("N")
# Hypotheses that some of the steps are under, not all of them at odds with each other.
HYPOTHESES = tuple(map(read, (
    "x > 0", "x != 0", "x >= 1", "x**2 < 1", "y > x", "x*y >= 1", "x + y == 1", "y == 2*u", "i != k", "i == k", "N >= 2", "t == 1",
    "all(s[j] > 0 for j in N)", "all(s[j] >= 1 for j in N)", "all(s[j] != 0 for j in N)", "sum(p[j] for j in N) == 1",
    "sum(s[j] for j in N) == 0", "all(p[j] <= 1 for j in N)", "all(w[j, j] > 0 for j in N)", "all(s[j] < s[k] for j in N if j != k)",
    "all(p[j] < 1 for j in N if j != i)",
)))  # fmt: skip
OPS = (*ALL, "sum", "prod", "delta", "delta", "cases", "cases", "elem", "pow")
POSITIVE = tuple(map(read, (
    "u", "a", "exp(x)", "1 - a", "x**2 + 1", "u*a", "2", "sum(p[j] for j in N)", "exp(s[i])", "p[k]", "1/2", "a/u", "prod(p[j] for j in N)",
)))  # fmt: skip
_APART = ("limit", "integral", "argmax", "argmin")  # what they bind has no random values
IDENTITIES = tuple(r for r in RULES.values() if r.relation is Relation.EQ and r.left.op not in _APART)
INEQUALITIES = tuple(r for r in RULES.values() if r.relation in (Relation.LE, Relation.LT) and not Roles(r).maps and r.subject == "order")
# What is true by algebra: the two sides with letters in them.
ALGEBRA = tuple((read(a), read(b)) for a, b in (
    ("u + v", "v + u"), ("u*v", "v*u"), ("u - v", "-v + u"), ("u*(v + w)", "u*v + u*w"), ("u*(v - w)", "u*v - u*w"), ("u/v", "u*(1/v)"),
    ("(u + v)/w", "u/w + v/w"), ("u", "u*v/v"), ("u", "u + v - v"), ("u", "-(-u)"), ("u**2", "u*u"), ("(u + v)**2", "u**2 + 2*u*v + v**2"),
    ("sum(f(j) + g(j) for j in N)", "sum(f(j) for j in N) + sum(g(j) for j in N)"), ("u*sum(f(j) for j in N)", "sum(u*f(j) for j in N)"),
    ("sum(f(j) for j in 2)", "f(1) + f(2)"), ("prod(f(j) for j in 2)", "f(1)*f(2)"), ("u", "cases((u, v <= w), (u, v > w))"),
    ("sum(f(j) for j in N)", "sum(f(m) for m in N)"), ("sum(f(j) for j in N)", "sum(f(j) for j in N if j != k) + f(k)"),
))  # fmt: skip
TURNED = {"lt": "gt", "gt": "lt", "le": "ge", "ge": "le", "eq": "ne", "ne": "eq"}
LETTERS = frozenset("uvwfg")


class Step(NamedTuple):
    """A step that is true, and the rules that lead from its left to its right side."""

    claim: Claim
    rules: tuple[str, ...]


class Hole(NamedTuple):
    """A place in a term: the way to it, what is bound there, under the names that the page gives them."""

    path: tuple[int, ...]
    scope: tuple[Scope, ...]
    names: tuple[str, ...]
    varied: frozenset[str]  # what it is differentiated by


@st.composite
def givens(draw: st.DrawFn) -> Givens:
    """The symbols of TYPES, and up to three hypotheses."""
    return Givens(TYPES, tuple(draw(st.lists(st.sampled_from(HYPOTHESES), max_size=3, unique=True))))


@st.composite
def terms(draw: st.DrawFn, indices: tuple[str, ...] = ("i", "k"), depth: int = 2) -> Term:
    """A number, more often defined than one of `numbers`; derivatives among them."""
    kind = draw(st.integers(0, 5))
    if kind < 2:
        return draw(st.sampled_from(POSITIVE))
    if kind == 2:
        index = sym(draw(st.sampled_from(indices)))
        v = draw(st.sampled_from((sym("x"), sym("y"), sym("u"), sym("a"), call("elem", sym("s"), index), call("elem", sym("p"), index))))
        return call("diff", draw(numbers(depth, OPS, indices)), v)
    return draw(numbers(depth if kind < 5 else depth - 1, OPS, indices))


@st.composite
def instances(draw: st.DrawFn, rule: Rule, indices: tuple[str, ...]) -> dict[str, Replacement]:
    """Something for every letter of a rule about numbers."""
    roles = Roles(rule)
    by: dict[str, Replacement] = {}
    for name in sorted(rule.letters):
        if name in roles.sizes:
            by[name] = draw(st.sampled_from((N, N, num(2))))
        elif name in roles.functions:
            params = tuple(f"{name}{k}" for k in range(roles.functions[name]))
            by[name] = Lambda(params, draw(terms((*indices, *params), 1)))
        elif name in roles.indices:
            by[name] = sym(draw(st.sampled_from(indices)))
        else:
            by[name] = draw(terms(indices, 1))
    return by


@st.composite
def steps(draw: st.DrawFn, most: int = 3) -> Step | None:
    """A step in which up to so many rules are used; None where what was drawn is not shown to be defined."""
    given = draw(givens())
    domain = Domain(given)
    if not draw(st.integers(0, 5)):
        return _inequality(draw, given, domain)
    whole = draw(terms())
    hole = draw(st.sampled_from(list(holes(whole))))
    rule = draw(st.sampled_from(IDENTITIES))
    by = draw(instances(rule, ("i", "k", *hole.names)))
    sides = [rule.left, rule.right] if draw(st.booleans()) else [rule.right, rule.left]
    if not _may_rewrite(domain, hole, tuple(_put(c, by) for c in rule.when)):
        return None
    left, right = (replaced(whole, hole.path, _put(side, by)) for side in sides)
    if not (_defined(domain, left) and _defined(domain, right)):
        return None
    used = [rule.name]
    for _ in range(draw(st.integers(0, most - 1))):
        found = draw(rewritten(right, domain))
        if found is not None:
            used.append(found[0])
            right = found[1]
    return Step(Claim(given, left, Relation.EQ, right), tuple(used))


def _inequality(draw: st.DrawFn, given: Givens, domain: Domain) -> Step | None:
    rule = draw(st.sampled_from(INEQUALITIES))
    by = draw(instances(rule, ("i", "k")))
    left, right = _put(rule.left, by), _put(rule.right, by)
    if all(domain.implies(_put(c, by)) for c in rule.when) and _defined(domain, left) and _defined(domain, right):
        return Step(Claim(given, left, rule.relation, right), (rule.name,))
    return None


@st.composite
def rewritten(draw: st.DrawFn, t: Term, domain: Domain) -> tuple[str, Term] | None:
    """The term with one rule used at one place, either way round; None where the drawn one does not fit."""
    hole = draw(st.sampled_from(list(holes(t))))
    here = at(t, hole.path)
    fitting = list(_fitting(here))
    name, right, by, when = draw(st.sampled_from(fitting))
    for letter in sorted((free(right) & LETTERS) - by.keys()):
        by[letter] = draw(terms(("i", "k", *hole.names), 1))
    conditions = tuple(_put(c, by) for c in when)
    if not _may_rewrite(domain, hole, conditions):
        return None
    out = replaced(t, hole.path, _put(right, by))
    return (name, out) if _defined(domain, out) else None


def _fitting(here: Term) -> Iterator[tuple[str, Term, dict[str, Replacement], tuple[Term, ...]]]:
    """The rules one side of which a term is, with the other side."""
    for rule in IDENTITIES:
        for one, other in ((rule.left, rule.right), (rule.right, rule.left)):
            by: dict[str, Replacement] = {}
            if one.op != "num" and unify(one, here, rule.letters, by, {}) and rule.letters == by.keys():
                yield rule.name, other, by, rule.when
    for one, other in ALGEBRA:
        for a, b in ((one, other), (other, one)):
            by = {}
            if unify(a, here, LETTERS, by, {}):
                yield "algebra", b, by, ()


def _may_rewrite(domain: Domain, hole: Hole, conditions: tuple[Term, ...]) -> bool:
    """Whether conditions hold at a place, and nothing but types is known of what is differentiated by there."""
    if any(hole.varied & free(h) for h in domain.givens.hypotheses):
        return False
    return all(domain.implies(_inside(c, hole.names), hole.scope) for c in conditions)


def _inside(p: Term, names: tuple[str, ...]) -> Term:
    """A condition under the names that a scope has for what is bound."""
    for name, new in {name: f"${k}" for k, name in enumerate(names)}.items():
        p = renamed(p, name, new)
    return p


def _defined(domain: Domain, t: Term) -> bool:
    return all(domain.implies(p, scope) for scope, p in domain.conditions(t))


def _put(t: Term, by: dict[str, Replacement]) -> Term:
    return substitute(t, by)


# -- limits and equivalences

SMOOTH = tuple(map(read, ("r", "r", "1", "2", "0", "-r", "1/r", "r**2", "exp(r)", "exp(-r)", "abs(r)", "log(r)", "r - 1", "r**3")))
BORDERS = tuple(map(read, ("r > 0", "r >= 0", "r < 0", "r != 0", "r > 1", "r != 1")))
EXPONENTS = tuple(map(read, ("2", "3", "0", "1/2", "-1")))


@st.composite
def functions(draw: st.DrawFn, depth: int = 3) -> Term:
    """A number that depends on r, to take the limit of."""
    kind = draw(st.integers(0, 11)) if depth else 0

    def t() -> Term:
        return draw(functions(depth - 1))

    match kind:
        case 1 | 2 | 3 | 4 | 5 | 6:
            return call(("add", "sub", "mul", "mul", "div", "div")[kind - 1], t(), t())
        case 7 | 8:
            return call(draw(st.sampled_from(("exp", "log", "sqrt", "abs", "neg"))), t())
        case 9:
            return call(draw(st.sampled_from(("max", "min"))), t(), t())
        case 10:
            return call("pow", t(), draw(st.sampled_from(EXPONENTS)))
        case 11:
            return call("cases", t(), draw(st.sampled_from(BORDERS)), t(), TRUE)
    return draw(st.sampled_from(SMOOTH))


@st.composite
def equivalences(draw: st.DrawFn) -> Claim:
    """A relation, and what comes of doing something to both sides, or to one: often an equivalence."""
    under = draw(givens())
    p = draw(guards(1, OPS))
    c, d = draw(terms(depth=1)), draw(terms(depth=1))
    both = draw(st.sampled_from((
        lambda a: call("add", a, c), lambda a: call("mul", a, c), lambda a: call("exp", a), lambda a: call("log", a),
        lambda a: call("neg", a), lambda a: call("pow", a, num(2)), lambda a: call("div", num(1), a), lambda a: call("sub", c, a),
        lambda a: call("mul", call("exp", c), a),
    )))  # fmt: skip
    left, right = p.args
    if draw(st.booleans()):
        left, right = right, left
    op = draw(st.sampled_from((p.op, p.op, TURNED[p.op], "le", "lt", "eq")))
    q = call(op, both(left), both(right) if draw(st.integers(0, 4)) else d)
    q = draw(st.sampled_from((q, q, q, call("not", q), call("and", q, call("gt", c, num(0))), call("or", q, call("le", c, num(0))))))
    return Claim(under, p, Relation.IFF, q)


# -- places


def holes(t: Term, path: tuple[int, ...] = (), scope: tuple[Scope, ...] = (), names: tuple[str, ...] = (),
          varied: frozenset[str] = frozenset()) -> Iterator[Hole]:  # fmt: skip
    """The places of numbers in a term, itself among them; not those in guards and in branches of cases."""
    yield Hole(path, scope, names, varied)
    if t.op in LEAVES or t.op in ("elem", "delta", "cases", "apply"):
        return
    if t.op in ("sum", "prod"):
        body, var, over, where = t.args
        inside = (*names, var.name)
        yield from holes(body, (*path, 0), (*scope, Scope(f"${len(scope)}", over, _inside(where, inside))), inside, varied)
    elif t.op == "diff":
        if len(t.args) == 2 and t.args[1].name not in names:
            yield from holes(t.args[0], (*path, 0), scope, names, varied | {t.args[1].name})
    else:
        for k, child in enumerate(t.args):
            if not (t.op == "pow" and k == 1 and child.op == "num"):  # a literal exponent says where the power is defined
                yield from holes(child, (*path, k), scope, names, varied)


def at(t: Term, path: tuple[int, ...]) -> Term:
    """What stands at a place."""
    for k in path:
        t = t.args[k]
    return t


def replaced(t: Term, path: tuple[int, ...], by: Term) -> Term:
    """The term with another one at a place; what is bound there means the same in it."""
    if not path:
        return by
    k, *rest = path
    return Term(t.op, (*t.args[:k], replaced(t.args[k], tuple(rest), by), *t.args[k + 1 :]))

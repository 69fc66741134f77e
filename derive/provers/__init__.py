"""Find a trace for a step: the kernel with a search behind it. Untrusted: whatever comes out is replayed by the kernel.

The search works as the normal form is built: each new atom is offered to the rules that are allowed, and the first instance
that the kernel accepts rewrites it. So both sides are driven towards one expanded form, and what was used is the trace.
"""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import partial
from math import inf, lcm

from derive import rational
from derive.claims import Rejected, unfolded
from derive.domain import Condition, Domain
from derive.judge import cases, implication, judge, refute, show
from derive.kernel import PROPOSITION, Kernel, primitive
from derive.known import INFINITE, SETS
from derive.model import Claim, Givens, Instance, Relation, Split, Trace
from derive.normal import NotNormal, Scopes
from derive.provers.facts import INTERVALS, about, guesses, maps
from derive.provers.lemmas import instances, least, scoped_subterms, unify
from derive.provers.match import CIRCULAR, matches, spelled
from derive.provers.squares import squares
from derive.provers.tendency import hopeless
from derive.rational import Monomial, Rat
from derive.rules import GROUPS, RULES
from derive.signs import EFFORTS, TRIED, Exhausted, finite_values
from derive.term import (
    CONNECTIVES,
    FALSE,
    RELATIONS,
    TRUE,
    CaptureError,
    Lambda,
    Replacement,
    Term,
    call,
    num,
    operations,
    substitute,
    sym,
    walk,
)

MAX_DEPTH = 40  # searches within a search
DEEP, NESTED = 8, 24  # so deep down an atom that is so much nested comes from rules that undo each other
MANY = 8  # rules that a step names; more than that is a search with a free hand
MANY_PARTS = 12  # of an angle
FUEL = 500  # instances tried in one search
# Sets of rules to try in turn when a step gives no reason: small ones first, so that what is found reads well.
_LOGARITHMS = tuple(r.name for r in RULES.values() if r.subject == "explog" and r.name != "exp of an indexed sum")
_POWERS = (
    "power of a product", "power of a quotient", "power of a sum", "negative power", "power of a power", "power of one",
    "power of an exponential", "half power", "root of a square", "square of a root",
)  # fmt: skip
_SUMS = ("sum over a delta", "delta of different indices", "sum without one term")
_PRODUCTS = tuple(r.name for r in RULES.values() if r.subject == "sums" and r.left.op == "prod")
_ABSOLUTE = tuple(r.name for r in RULES.values() if r.subject == "absolute" and not r.name.endswith("by absolute value"))
_CIRCULAR = tuple(r.name for r in RULES.values() if r.subject == "trigonometry")
_EVERYDAY = ("differentiation", "hypothesis", *_LOGARITHMS, *_POWERS, *_SUMS, *_ABSOLUTE, *_CIRCULAR)
STRATEGIES: tuple[tuple[str, ...], ...] = (
    (),
    ("differentiation", "hypothesis"),
    _EVERYDAY,
    ("differentiation", "hypothesis", "power as an exponential", "root as a power", *_LOGARITHMS, *_SUMS, *_ABSOLUTE),
    (*_EVERYDAY, *_PRODUCTS, "exchange of sums", "maximum by absolute value", "minimum by absolute value"),
    (*(r for r in _EVERYDAY if not r.startswith("root of a sq")), "root of a product", "root of a quotient"),
)
# Rules without letters, such as exp(0) = 1: any proof may use them without naming them.
FACTS = tuple(r.name for r in RULES.values() if not r.letters and r.relation is Relation.EQ)
# What may be used to show that a limit or an integral exists, which no reason has to name: sets of rules to try in turn.
_LIMITS = ("differentiation", *(r.name for r in RULES.values() if r.subject in ("limits", "continuity")))
# For a step about limits, before the others.
OF_LIMITS: tuple[tuple[str, ...], ...] = (_LIMITS, (*_LIMITS, *_EVERYDAY))
# For an inequality, after the others.
_BOUNDS = (
    "log below its tangent", "log strictly below its tangent", "exp above its tangent", "square",
    "sine at most one", "sine at least minus one", "cosine at most one", "cosine at least minus one",
)  # fmt: skip
OF_ORDER: tuple[tuple[str, ...], ...] = (("square",), _BOUNDS, (*_EVERYDAY, *_BOUNDS))
_INTEGRALS = tuple(r.name for r in RULES.values() if r.subject == "integrals")
_EXISTENCE = {
    "limit": (_LIMITS, (*_LIMITS, *_LOGARITHMS), (*_LIMITS, *_POWERS, *_ABSOLUTE)),
    "integral": ((*_LOGARITHMS, *_POWERS, *_INTEGRALS),),
}
_SQUARES = {"square of a root": "sqrt", "sine and cosine squared": "sin", "square of an absolute value": "abs"}


class Prover(Kernel):
    """A kernel that looks for instances of the allowed rules whenever it meets a new atom, and keeps those it accepts."""

    def __init__(
        self,
        givens: Givens,
        lemmas: Mapping[str, Claim],
        allowed: Iterable[str],
        domain: Domain | None = None,
        existence: Kernel | None = None,
        assumed: Collection[Term] = (),
    ) -> None:
        super().__init__(givens, lemmas, domain, existence)
        self.allowed, self.assumed = tuple(allowed), assumed
        self.trace: list[Instance] = []
        self.refused: list[tuple[str, Term]] = []  # instances that lacked a condition
        self.tried: set[tuple[int, Scopes]] = set()
        self.depth, self.fuel = 0, FUEL
        self.unit = 1
        self.angles: dict[Monomial, int] = {}
        self.sides: tuple[Term, ...] = ()
        self.by_head: dict[str, list[str]] = {}
        for name in sorted(self.allowed, key=lambda r: (r not in FACTS, r != "exp of a logarithm")):  # exp(0) is 1 before anything else
            if name in RULES and name not in _SQUARES and RULES[name].relation is Relation.EQ:
                self.by_head.setdefault(RULES[name].left.op, []).append(name)
        self.universal = any(h.op == "all" and h.args[0].op == "eq" for h in self._usable())
        self.normalizer.watch(tuple(self._looked_for()))

    def _looked_for(self) -> Iterator[str]:
        """The operations of the atoms for which something may be found."""
        yield from self.by_head
        if "differentiation" in self.allowed:
            yield from ("diff", "diff at")
        if self.universal:
            yield from ("elem", "sum", "apply")

    def known(self, a: int, scope: Scopes) -> Rat | None:
        """What an atom has been proved equal to, after looking for something."""
        found = super().known(a, scope)
        if found is None:
            self._search(a, scope)
            found = super().known(a, scope)
        return found

    def _search(self, a: int, scope: Scopes) -> bool:
        """Try the rules for an atom, once in each scope that it needs."""
        fewest = least(self.normalizer.names[a], scope)
        if self.depth > MAX_DEPTH or (self.depth > DEEP and _grows(self.normalizer.atom_term(a))):
            return False
        for there in dict.fromkeys((fewest, scope)):
            if (a, there) in self.tried or any(level.var.startswith("#") for level in there):
                continue
            self.tried.add((a, there))
            self.depth += 1
            try:
                if any(self._try(instance) for instance in self._candidates(a, there)):
                    return True
            finally:
                self.depth -= 1
        return False

    def _try(self, instance: Instance) -> bool:
        mark = len(self.trace)
        self.domain.meter.spend(TRIED)
        self.fuel -= 1
        if self.fuel < 0:
            return False
        try:
            self.apply(instance)
        except Rejected as error:
            if not _about_a_limit(instance):
                del self.trace[mark:]
            if error.missing is not None:
                self.refused.append((instance.rule, error.missing))
            return False
        self.trace.append(instance)
        return True

    def apply(self, instance: Instance) -> None:
        """As the kernel does; what a failed instance has proved on the way is forgotten again, but for limits: another way to one
        needs them, too."""
        if _about_a_limit(instance):
            super().apply(instance)
            return
        before = {a: list(v) for a, v in self.values.items()}, {a: list(v) for a, v in self.infinite.items()}
        powers, tried, discharged, mark = list(self.powers), set(self.tried), len(self.discharged), self.normalizer.mark()
        try:
            super().apply(instance)
        except Rejected:
            self.values, self.infinite = before
            self.powers, self.tried = powers, tried
            while len(self.discharged) > discharged:  # by what is forgotten now, perhaps
                self.discharged.popitem()
            self.normalizer.back(mark)
            raise

    def _candidates(self, a: int, scope: Scopes) -> Iterator[Instance]:
        n = self.normalizer
        op = n.table[a][0]
        if op in ("diff", "diff at") and "differentiation" in self.allowed:
            yield Instance("differentiation", scope, {}, n.written.get(a) or n.atom_term(a))
        if not any(op in heads for heads in (self.by_head, ("elem", "sum", "apply"))):
            return
        target = n.atom_term(a)
        written = n.written.get(a)
        if op in ("argmax", "argmin"):
            yield from self._maps(target)
        for name in self.by_head.get(op, ()):
            literal: dict[str, Replacement] = {}
            in_parts = name == "exp of a multiple" and self.unit > 1
            if written is not None and not in_parts and unify(RULES[name].left, written, RULES[name].letters, literal, {}):
                self._remember_limits(substitute(RULES[name].right, literal))
                yield Instance(name, scope, literal, target)
            for subst in matches(n, RULES[name].left, a, scope, self.unit, self.angles):
                if subst.keys() == RULES[name].letters and not (op == "limit" and hopeless(RULES[name], subst, self.givens.symbols)):
                    yield Instance(name, scope, subst, target)
        yield from self._universal(a, scope, target)

    def _remember_limits(self, *terms: Term) -> None:
        """The limits in these terms as they are written there, which tells how to take them apart."""
        plain = self.domain.plain
        for t in (x for p in terms for x in walk(p) if x.op == "limit"):
            with contextlib.suppress(NotNormal, rational.TooLarge):
                a = plain.single(plain.normal(t))
                self.normalizer.written.setdefault(-1 if a is None else a, call("limit", spelled(t.args[0]), *t.args[1:]))

    def _maps(self, here: Term) -> Iterator[Instance]:
        """Increasing maps that make this objective of one that is written, or one that is written of this."""
        rule = f"{here.op} under an increasing map"
        for one, other in (self.sides, self.sides[::-1]) if rule in self.allowed else ():
            if one.op == other.op == here.op and one.args[2] == other.args[2]:
                f = Lambda((one.args[1].name,), one.args[0])
                for h in maps(one, other):
                    for low, high in INTERVALS:
                        yield Instance(rule, (), {"f": f, "h": h, "T": one.args[2], "low": low, "high": high}, here)

    def _universal(self, a: int, scope: Scopes, target: Term) -> Iterator[Instance]:
        """Hypotheses `all(… == … for i in N)` at the indices that an atom mentions."""
        names = self.normalizer.names[a]
        for h in self._usable():
            if h.op == "all" and h.args[0].op == "eq":
                for name in sorted(names):
                    found = self.domain.type_of(name, scope)
                    if found is not None and found.kind == "index" and found.over == h.args[2] and not found.shape:
                        yield Instance("hypothesis", scope, {"hypothesis": h, h.args[1].name: sym(name)}, target)

    # -- a whole step

    def prove(self, left: Term, relation: Relation, right: Term) -> bool:
        """Whether the step can be proved; what was needed for it is in `trace`."""
        try:
            self.owe_sides(left, relation, right)
            self.sides = left, right
            self._prepare(left, right)
            some = self._lemmas(left, right)
            if (some or not self._named()) and self._proved(left, relation, right):
                return True
            return self._lemmas(left, right, anywhere=True) and self._proved(left, relation, right)
        except (Rejected, NotNormal, rational.TooLarge, ZeroDivisionError):
            return False

    def _proved(self, left: Term, relation: Relation, right: Term) -> bool:
        if relation is Relation.EQ:
            return self.holds(left, relation, right) or (self._squares(left, right) and self.holds(left, relation, right))
        if relation is Relation.APPROX:
            return self.holds(left, relation, right)
        done = partial(self.holds, left, relation, right)
        return self._facts((left, right, call(PROPOSITION[relation], left, right)), done)

    def show(self, goal: Term, written: tuple[Term, ...]) -> bool:
        """Whether a proposition can be shown, or, where that is `FALSE`, a contradiction."""
        done = self.contradictory if goal == FALSE else partial(self.settled, goal)
        try:
            self._prepare(*written)
            self._lemmas(*written)
            self._lemmas(*written, anywhere=True)
            self._elements()
            list(self._multiplied_out(written))  # so that what equations say is found before it is needed
            return self._facts(written, done)
        except (Rejected, NotNormal, rational.TooLarge, ZeroDivisionError):
            return False

    def settle(self, written: tuple[Term, ...], places: Iterable[tuple[Scopes, Term]]) -> bool:
        """Whether all these limits and integrals, which are written there, are found to exist, or to be infinite."""
        self._remember_limits(*written)
        found = [self._exists_or_is_infinite(t, scope) for scope, t in places]  # each is looked at, whatever became of the others
        return all(found)

    def _exists_or_is_infinite(self, t: Term, scope: Scopes) -> bool:
        try:
            return self.exists(t, scope) or (t.op == "limit" and self.infinite_limit(t, scope) is not None)
        except (Rejected, NotNormal, rational.TooLarge, ZeroDivisionError):
            return False

    def _prepare(self, *terms: Term) -> None:
        self.unit, self.angles = self._unit(*terms), self._angles(*terms)
        self._remember_limits(*terms)
        self._hypotheses()

    def _elements(self) -> None:
        """What is assumed of all elements, at the indices that are spoken of."""
        for h in self.assumed:
            if h.op == "all":
                for name, kind in self.givens.symbols.items():
                    if kind.kind in ("index", "real") and not kind.shape and not kind.params and kind.over in (h.args[2], None):
                        self._try(Instance("hypothesis", (), {"hypothesis": h, h.args[1].name: sym(name)}))

    def _multiplied_out(self, written: Iterable[Term]) -> Iterator[Term]:
        """The normal forms of what relations say, where other sums may come up than are written."""
        for p in written:
            if p.op in RELATIONS and (difference := self._difference(p.args[0], p.args[1], ())) is not None:
                yield self.normalizer.term(difference)

    def _facts(self, written: tuple[Term, ...], done: Callable[[Sequence[int]], bool]) -> bool:
        """Inequalities and equivalences, from what is written, until that is enough."""
        for round_ in range(3):  # what has been learned may be a condition of the next
            learned = [p for p, scope in self.facts if not scope]
            spoken = (*written, *self.givens.hypotheses, *learned, *self._multiplied_out(written))
            guessed = itertools.chain(guesses(self.allowed, spoken, self.givens), self._sums_of_squares(written))
            some = [self._try(i) for i in guessed if i not in self.trace]
            if not any(some) and round_:
                break
            if done(EFFORTS[:1]):
                return True
        return done(EFFORTS[1:])

    def _sums_of_squares(self, written: Iterable[Term]) -> Iterator[Instance]:
        """The squares of which the difference of the sides of a relation might be the sum."""
        for p in written if "square" in self.allowed else ():
            if p.op in RELATIONS and (r := self._difference(p.args[0], p.args[1], ())) is not None and r.num:
                polynomial = primitive(r).num
                for found in (polynomial, rational.poly_add({}, polynomial, -1)):
                    yield from (Instance("square", (), {"u": self.normalizer.term(u)}) for u in squares(found))

    def _unit(self, *terms: Term) -> int:
        """The common denominator of the coefficients in exponents, so that exp(x) and exp(x/2) meet."""
        if not {"exp of a multiple", "power as an exponential"} & set(self.allowed):
            return 1
        if not any(x.op == "exp" or x.op == "pow" for t in terms for x in walk(t)):
            return 1
        plain = self.domain.plain
        for t in (x for p in terms for x in _values(p)):
            plain.normal(t)
        inside = [(key[0], key[-1]) for key in list(plain.table) if key[0] in ("exp", "pow")]
        denominators = [Fraction(c).denominator for op, r in inside for m, c in r.num.items() if m or op == "pow"]
        return min(lcm(*denominators), 60) if denominators else 1

    def _angles(self, *terms: Term) -> dict[Monomial, int]:
        """The common denominator of the coefficients of what angles are multiples of, so that sin(x) and sin(x/2) meet."""
        found: dict[Monomial, int] = {}
        circular = [x for x in terms if not operations(x).isdisjoint(CIRCULAR)]
        for scope, t in (place for x in circular for p in _values(x) for place in scoped_subterms(p)):
            if t.op in CIRCULAR:
                for m, c in self.domain.plain.normal(t.args[0], scope).num.items():
                    found[m] = lcm(found.get(m, 1), Fraction(c).denominator)
        return {m: c for m, c in found.items() if c <= MANY_PARTS}

    def _hypotheses(self) -> None:
        for h in self._usable():
            if h.op == "eq":
                self._solve_somehow("hypothesis", (), {"hypothesis": h}, h.args[0], h.args[1])

    def _usable(self) -> Iterator[Term]:
        """The hypotheses that may be put in: all of them where the reasons say so, else those that are assumed for this proof."""
        return (h for h in self.givens.hypotheses if "hypothesis" in self.allowed or h in self.assumed)

    def _solve_somehow(self, rule: str, scope: Scopes, by: Mapping[str, Replacement], left: Term, right: Term) -> bool:
        """Use an equation for whichever atom it can be solved for, composite ones first."""
        n = self.normalizer
        try:
            difference = rational.sub(n.normal(left, scope), n.normal(right, scope))
        except (NotNormal, rational.TooLarge, ZeroDivisionError):
            return False
        if any(n.table[a][0] in ("cases", "max", "min") for a in difference.atoms()):
            return False  # it says more as a fact, which is looked at case by case
        atoms = sorted(difference.atoms(), key=lambda a: (n.table[a][0] in ("sym", "elem"), -a))
        return any(self._try(Instance(rule, scope, by, n.atom_term(a))) for a in atoms[:6])

    def _named(self) -> list[str]:
        """The lemmas that are allowed."""
        return [name for r in self.allowed if r.startswith("lemma ") and (name := r.removeprefix("lemma ")) in self.lemmas]

    def _lemmas(self, *terms: Term, anywhere: bool = False) -> bool:
        """Use the lemmas that are allowed at the places where one of their sides stands, or anywhere; whether that came to something."""
        found = [self._lemma_at(name, terms, anywhere) for name in self._named()]
        return any(found)

    def _lemma_at(self, name: str, terms: tuple[Term, ...], anywhere: bool) -> bool:
        left, right, givens = unfolded(self.lemmas[name])
        relation, rule, some = self.lemmas[name].relation, f"lemma {name}", False
        for scope, by in instances(left, right, givens, self.givens, terms, anywhere):
            try:
                sides = substitute(left, by), substitute(right, by)
            except CaptureError:
                continue
            equation = relation is Relation.EQ
            some = (self._solve_somehow(rule, scope, by, *sides) if equation else self._try(Instance(rule, scope, by))) or some
        if relation is Relation.IFF and not anywhere:
            for scope, by in about((left, right), frozenset(givens.symbols), terms):
                some = self._try(Instance(rule, scope, by)) or some
        return some

    def _squares(self, left: Term, right: Term) -> bool:
        """Rules about squares and other powers of atoms, for the atoms that are left in the difference."""
        n, some = self.normalizer, False
        difference = self.difference(left, right)
        if not difference.num:
            return False
        highest: dict[int, int] = {}
        for a, e in (power for m in (*difference.num, *primitive(difference).num) for power in m):
            highest[a] = max(highest.get(a, 0), abs(e))
        for name, op in _SQUARES.items():
            for a in sorted(a for a, e in highest.items() if e >= 2 and n.table[a][0] == op) if name in self.allowed else ():
                some = self._try(Instance(name, (), {"u": n.term(n.table[a][1])}, n.atom_term(a))) or some
        for a, e in sorted(highest.items()):
            for name, by, times in self._whole(a):
                if name in self.allowed and times <= e:
                    some = self._try(Instance(name, (), by, n.atom_term(a))) or some
        return some

    def _whole(self, a: int) -> Iterator[tuple[str, dict[str, Replacement], int]]:
        """The power of a fractional power, or of exp(u/n), that is whole: the rule, what it is about, and the power."""
        n = self.normalizer
        op, *parts = n.table[a]
        exponent = parts[-1] if op in ("exp", "pow") else Rat({})
        parts_of = [Fraction(c).denominator for c in exponent.num.values()]
        if parts_of and (times := lcm(*parts_of)) > 1 and op == "exp":
            yield "exp of a multiple", {"n": num(times), "u": n.term(exponent)}, times
        elif parts_of and times > 1:
            yield "power of a power", {"u": n.term(parts[0]), "v": n.term(exponent), "w": num(times)}, times


def _about_a_limit(instance: Instance) -> bool:
    return instance.rule in RULES and RULES[instance.rule].left.op == "limit"


def _grows(t: Term) -> bool:
    level = [t]
    for _ in range(NESTED):
        level = [c for x in level for c in x.children]
    return bool(level)


def _values(p: Term) -> Iterator[Term]:
    """The numbers that a proposition is about, or the one that a term is."""
    if p.op in RELATIONS or p.op in CONNECTIVES:
        for c in p.args:
            yield from _values(c)
    elif p.op not in ("all", *SETS) and p not in INFINITE and p != TRUE:
        yield p


def prove(
    claim: Claim, allowed: Iterable[str], facts: Iterable[str] = FACTS, domain: Domain | None = None, effort: float = inf
) -> Trace | None:
    """A trace that proves the claim with these rules (names as in a page's reasons), or None.

    `domain` is one of the claim's givens, once they are unfolded, that has perhaps been asked before; `effort` is what its meter may count.
    """
    try:
        left, right, givens = unfolded(claim)
        rules = tuple(dict.fromkeys(rule for name in (*allowed, *facts) for rule in expanded(name)))
        domain = domain or Domain(givens)
        with domain.meter.limited(effort):
            return _prove(left, claim.relation, right, claim.lemmas, rules, domain)
    except (Rejected, Exhausted):
        return None


def expanded(name: str) -> tuple[str, ...]:
    """The rules that go by a name on a page: the one of that name, or those of a whole subject."""
    return tuple(r.name for r in RULES.values() if r.subject == name) if name in GROUPS else (name,)


def _prove(
    left: Term, relation: Relation, right: Term, lemmas: Mapping[str, Claim], allowed: tuple[str, ...], domain: Domain
) -> Trace | None:
    split = next((r for r in allowed if r.startswith("cases ")), None)
    existence = _existence((left, right), lemmas, domain, allowed)
    if relation is Relation.IFF:
        return _both_ways(left, right, lemmas, allowed, domain, existence)
    if split is None:
        prover = Prover(domain.givens, lemmas, allowed, domain, existence)
        if not prover.prove(left, relation, right):
            return None
        trace = Trace(tuple(prover.trace), defined=_traced(existence))
        return _pruned(trace, lambda t: judge(left, relation, right, domain.givens, lemmas, t, domain))
    symbol = sym(split.removeprefix("cases "))
    rest = tuple(r for r in allowed if r != split)
    traces = {}
    for value, (at_left, at_right, givens) in cases(left, right, domain.givens, symbol, domain).items():
        found = _prove(at_left, relation, at_right, lemmas, rest, domain.under(givens))
        if found is None:
            return None
        traces[value] = found
    return Trace(split=Split(symbol, traces), defined=_traced(existence))


def _traced(existence: Prover | None) -> tuple[Instance, ...]:
    """What has been found out about limits and integrals: also in the course of a proof, whose conditions may ask for more."""
    return tuple(existence.trace) if existence else ()


def _both_ways(
    left: Term, right: Term, lemmas: Mapping[str, Claim], allowed: tuple[str, ...], domain: Domain, existence: Prover | None
) -> Trace | None:
    """An equivalence: each side from the other, straight or from the contradiction that its negation leads to."""
    ways = []
    for p, q in ((left, right), (right, left)):
        way = next((w for absurd in (False, True) if (w := _way(p, q, lemmas, allowed, domain, absurd)) is not None), None)
        if way is None:
            return None
        ways.append(way)
    return Trace(ways=tuple(ways), defined=_traced(existence))


def _way(p: Term, q: Term, lemmas: Mapping[str, Claim], allowed: tuple[str, ...], domain: Domain, absurd: bool) -> Trace | None:
    if p.op == "or":
        parts = [_way(part, q, lemmas, allowed, domain, absurd) for part in p.args]
        return None if None in parts else Trace(ways=tuple(way for way in parts if way is not None))
    goal, givens = implication(p, q, domain.givens, absurd)
    assumed = [h for h in givens.hypotheses if h not in domain.givens.hypotheses]
    inside = domain.under(givens)
    existence = _existence((goal, *assumed), lemmas, inside, allowed)
    prover = Prover(givens, lemmas, allowed, inside, existence, assumed)
    if not prover.show(goal, (goal, *assumed)):
        return None
    trace = Trace(tuple(prover.trace), defined=_traced(existence), absurd=absurd)
    return _pruned(trace, lambda t: show(p, q, domain, lemmas, t))


def _existence(written: tuple[Term, ...], lemmas: Mapping[str, Claim], domain: Domain, besides: Iterable[str] = ()) -> Prover | None:
    """What shows the limits and integrals that are written somewhere to exist; None where there are none.

    Besides the rules about limits those of the step may be used: if one side exists, so does the other.
    """
    said = [side for side in written if not operations(side).isdisjoint(_EXISTENCE)]
    places = [place for side in said for place in scoped_subterms(side) if place[1].op in _EXISTENCE]
    if not places:
        return None
    named = tuple(r for r in besides if r in RULES and r not in FACTS)
    sets = [_EXISTENCE[op] for op in sorted({t.op for _, t in places})]
    best: Prover | None = None
    for more, *rules in itertools.product(((), named) if 0 < len(named) < MANY else ((),), *sets):
        allowed = tuple(dict.fromkeys((*more, *FACTS, *itertools.chain(*rules))))
        if (found := domain.notes.get((written, allowed))) is None:
            prover = Prover(domain.givens, lemmas, allowed, domain)
            found = domain.notes[written, allowed] = prover.settle(written, places), prover
        if found[0]:
            return found[1]
        best = best or found[1]
    return best


def refused(claim: Claim, name: str, domain: Domain) -> list[Term]:
    """The conditions for which instances of a rule were refused, when a proof by that rule was looked for."""
    left, right, _ = unfolded(claim)
    rules = expanded(name)
    prover = Prover(domain.givens, claim.lemmas, rules, domain, _existence((left, right), claim.lemmas, domain, claim.reasons))
    if claim.relation is not Relation.IFF:
        prover.prove(left, claim.relation, right)
    return [missing for rule, missing in prover.refused if rule in rules]


def disprove(claim: Claim, domain: Domain) -> Trace | None:
    """What shows an equation about a limit to fail; None where it finds nothing."""
    left, right, _ = unfolded(claim)
    if claim.relation is not Relation.EQ or "limit" not in (left.op, right.op):
        return None
    existence = _existence((left, right), claim.lemmas, domain, claim.reasons)
    trace = Trace(defined=_traced(existence))
    try:
        refute(claim, trace)
    except (Rejected, NotNormal, rational.TooLarge, ZeroDivisionError):
        return None
    return trace


def unmet(
    left: Term, relation: Relation, right: Term, lemmas: Mapping[str, Claim], domain: Domain, besides: Iterable[str] = ()
) -> Iterator[Condition]:
    """The conditions for both sides to be defined that are not shown to hold."""
    kernel = Kernel(domain.givens, lemmas, domain, _existence((left, right), lemmas, domain, besides))
    for scope, p in kernel.owed(left, relation, right):
        try:
            kernel.owe(p, scope)
        except (Rejected, NotNormal, rational.TooLarge, ZeroDivisionError):
            yield scope, p


def _pruned(trace: Trace, check: Callable[[Trace], object]) -> Trace:
    """The trace without the facts that its proof can do without."""
    for instance in reversed(trace.instances):
        if instance.atom is None:
            rest = replace(trace, instances=tuple(i for i in trace.instances if i is not instance))
            with contextlib.suppress(Rejected, ArithmeticError):
                check(rest)
                trace = rest
    return trace


def splittable(givens: Givens, names: frozenset[str]) -> list[str]:
    """The symbols of finite type among `names`, which a proof may split into cases."""
    plain = {s: t for s, t in givens.symbols.items() if s in names and not t.shape and not t.params}
    return [s for s, t in plain.items() if finite_values(t) is not None]

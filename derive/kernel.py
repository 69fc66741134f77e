"""The instances of a trace: rules, each checked and remembered, between the two sides of a step. Trusted.

An instance is an equation, an inequality or an equivalence: a rule of the table, a hypothesis, a lemma, or a derivative worked
out, with both sides defined in its scope and every condition discharged. The kernel solves an equation for the atom that the
instance names and from then on reads this atom, in that scope, as what the equation says; an inequality is a fact from then
on, and so is one side of an equivalence whose other side follows. A rule about a limit says that it exists, and what it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from derive import enclosure, rational
from derive.claims import Rejected, unfolded
from derive.derivative import derivative
from derive.domain import type_conditions
from derive.known import INFINITE, SETS, Infinite, differentiates
from derive.limits import Limits
from derive.model import Givens, Instance, Relation, Scope, Type
from derive.normal import NotNormal, Scopes
from derive.rational import Poly, Rat
from derive.rules import RULES
from derive.signs import EFFORTS, negation
from derive.term import (
    OO,
    REALS,
    RELATIONS,
    TRUE,
    ZERO,
    CaptureError,
    Lambda,
    Replacement,
    Term,
    call,
    conjunction,
    conjuncts,
    free,
    substitute,
    sym,
)

PROPOSITION = {
    Relation.EQ: "eq", Relation.LE: "le", Relation.LT: "lt", Relation.GE: "ge", Relation.GT: "gt", Relation.IFF: "iff",
}  # fmt: skip


class Kernel(Limits):
    """The state of one check, and what changes it."""

    def apply(self, instance: Instance) -> None:
        """Check one instance and remember what it says; raises Rejected."""
        try:
            self._apply(instance)
        except (NotNormal, rational.TooLarge, CaptureError, ZeroDivisionError) as error:
            raise Rejected(f"{instance.rule}: {error}") from None

    def _apply(self, instance: Instance) -> None:
        rule, scope = instance.rule, instance.scope
        if any(level.var not in (f"${i}", "") for i, level in enumerate(scope)):
            raise Rejected("a scope whose variables are not in order")
        if rule == "differentiation":
            self._differentiate(instance)
            return
        for r in instance.subst.values():
            self._well_formed(r, scope)
        if rule in RULES and RULES[rule].left.op == "limit":
            self._limit(RULES[rule], instance)
            return
        stated, conditions = self._statement(instance)
        self._owe_statement(stated, scope)
        for c in conditions:
            for where, p in self.domain.conditions(c, scope) if c.op != "is" else ():
                self.owe(p, where)
            self.owe(c, scope)
        if instance.atom is not None:
            if stated.op != "eq":
                raise Rejected("what is solved for an atom is not an equation")
            n = self.normalizer
            difference = rational.sub(*(n.normal(t, scope) for t in stated.args))
            self._solve(difference, self._target(instance.atom, scope), scope)
        elif stated.op == "iff":
            self._equivalence(stated.args[0], stated.args[1], scope)
        else:
            self.learn(stated, scope)

    def _statement(self, instance: Instance) -> tuple[Term, list[Term]]:
        """What an instance says, and what has to hold besides the definedness of its sides."""
        rule, by = instance.rule, instance.subst
        if rule == "hypothesis":
            return self._hypothesis(by)
        if rule.startswith("lemma "):
            return self._lemma(rule.removeprefix("lemma "), by, instance.scope)
        if rule not in RULES:
            raise Rejected(f"there is no rule {rule}")
        found = RULES[rule]
        if set(by) != found.letters:
            raise Rejected(f"{rule} is about {', '.join(sorted(found.letters))}")
        sides = substitute(found.left, by), substitute(found.right, by)
        return call(PROPOSITION[found.relation], *sides), [_finite(substitute(c, by)) for c in found.when]

    def _owe_statement(self, p: Term, scope: Scopes) -> None:
        if p.op == "eq" and p.args[0].op in SETS and not scope:
            self.owe_sides(p.args[0], Relation.EQ, p.args[1])
        else:
            self.owe_defined(p, scope)

    def _well_formed(self, r: Replacement, scope: Scopes) -> None:
        """A replacement mentions what is known where it stands, and its parameters are names of its own."""
        params = r.params if isinstance(r, Lambda) else ()
        if len(set(params)) < len(params) or any(p.startswith("$") for p in params):
            raise Rejected("a replacement whose parameters are not names of its own")
        body = r.body if isinstance(r, Lambda) else r
        if unknown := free(body) - set(params) - self._known_names(scope):
            raise Rejected(f"{', '.join(sorted(unknown))} is not among the givens")

    def _hypothesis(self, by: Mapping[str, Replacement]) -> tuple[Term, list[Term]]:
        stated = by.get("hypothesis")
        learned = [p for p, scope in self.facts if not scope]
        if not isinstance(stated, Term) or not any(stated == c for h in (*self.givens.hypotheses, *learned) for c in conjuncts(h)):
            raise Rejected("this is none of the hypotheses")
        conditions: list[Term] = []
        while stated.op == "all":
            body, var, over, where = stated.args
            index = by.get(var.name)
            if not isinstance(index, Term):
                raise Rejected(f"the hypothesis needs a value for {var.name}")
            conditions += [*self.domain.member(index, over), substitute(where, {var.name: index})]
            stated = substitute(body, {var.name: index})
        if stated.op not in RELATIONS:
            raise Rejected("the hypothesis is no relation")
        return stated, conditions

    def _lemma(self, name: str, by: Mapping[str, Replacement], scope: Scopes) -> tuple[Term, list[Term]]:
        if name not in self.lemmas:
            raise Rejected(f"there is no proved lemma {name}")
        left, right, givens = unfolded(self.lemmas[name])
        if self.lemmas[name].relation not in PROPOSITION or {left.op, right.op} & {"limit", *SETS}:
            raise Rejected(f"the lemma {name} is about no numbers")
        if set(by) != set(givens.symbols):
            raise Rejected(f"the lemma {name} is about {', '.join(sorted(givens.symbols))}")
        for symbol, found in givens.symbols.items():
            self._owe_type(by[symbol], found, by, scope)
        conditions = [substitute(h, by) for h in givens.hypotheses]
        return call(PROPOSITION[self.lemmas[name].relation], substitute(left, by), substitute(right, by)), conditions

    def _owe_type(self, r: Replacement, of: Type, by: Mapping[str, Replacement], scope: Scopes) -> None:
        """Discharge what a replacement owes to the type of the symbol that it replaces, and its definedness."""
        over = None if of.over is None else substitute(of.over, by)
        shape = [substitute(size, by) for size in of.shape]
        if of.params or of.density or of.kind == "set":
            raise Rejected("a lemma about functions or sets cannot be instantiated")
        if of.kind == "size":
            if not isinstance(r, Term) or not self.domain.is_size(r):
                raise Rejected("a size is replaced by a size")
            return
        if isinstance(r, Term) and r.op == "sym" and shape:  # a family for a family
            r = Lambda(tuple(f"i{k}_" for k in range(len(shape))), call("elem", r, *(sym(f"i{k}_") for k in range(len(shape)))))
        body = r.body if isinstance(r, Lambda) else r
        params = r.params if isinstance(r, Lambda) else ()
        if len(params) != len(shape):
            raise Rejected("a family is replaced by a family of as many indices")
        inside = scope
        for p, size in zip(params, shape, strict=True):
            name = f"${len(inside)}"
            body, inside = substitute(body, {p: sym(name)}), (*inside, Scope(name, size))
        self.owe_defined(body, inside)
        for condition in type_conditions(body, Type(of.kind, over)):
            self.owe(condition, inside)

    def _differentiate(self, instance: Instance) -> None:
        """diff(e, v) = the derivative of e, where it is defined."""
        t, scope, n = instance.atom, instance.scope, self.normalizer
        if t is None or t.op != "diff" or instance.subst:
            raise Rejected("differentiation is about a derivative")
        self.owe_defined(t, scope)
        a = self._target(t, scope)
        key = n.table[a]
        if key[0] == "diff":
            variable = n.single(key[1])
            if variable is None or n.table[variable][0] not in ("sym", "elem"):
                raise Rejected("what is differentiated by is no variable")
            value = derivative(n, key[2], variable, scope)
        elif key[0] != "diff at":
            raise Rejected("differentiation is about a derivative")
        else:
            _, height, body, at = key
            name = n.fresh()  # sums that come up in the derivative are named by height, too
            slope = derivative(n, n.rename(body, height, name), n.atom("sym", name), (*scope, Scope(name, REALS)))
            value = n.normal(n.term(n.replace(slope, name, at)), scope)
        self._equate(a, scope, value)

    def _solve(self, r: Rat, x: int, scope: Scopes) -> None:
        """From r = p/q = 0, with p = A·x**n + B and A nonzero, remember x**n = -B/A. A is nonzero where A/q is a number but 0."""
        p = r.num
        exponents = {e for m in p for a, e in m if a == x}
        if len(exponents) != 1 or (n := exponents.pop()) < 1:
            raise Rejected("the instance cannot be solved for its atom")
        above: Poly = {m: c for m, c in p.items() if all(a != x for a, _ in m)}
        factor: Poly = {tuple(y for y in m if y[0] != x): c for m, c in p.items() if any(a == x for a, _ in m)}
        if not rational.mul(Rat(factor), Rat(rational.ONE, r.den)).constant() and not self.domain.implies(
            call("ne", self.normalizer.term(Rat(factor)), ZERO), scope
        ):
            raise Rejected("the instance is solved by dividing by what may be zero")
        value = rational.div(Rat(rational.poly_add({}, above, -1)), Rat(factor))
        if n == 1:
            self._equate(x, scope, value)
        elif not scope:
            self.powers.append((x, n, value))

    # -- the verdict on a step

    def difference(self, left: Term, right: Term) -> Rat:
        """left - right, with everything proved so far put in."""
        n = self.normalizer
        try:
            return self.reduce(rational.sub(n.normal(left), n.normal(right)))
        except (NotNormal, rational.TooLarge, ZeroDivisionError) as error:
            raise Rejected(f"the sides cannot be compared: {error}") from None

    def holds(self, left: Term, relation: Relation, right: Term, efforts: Sequence[int] = EFFORTS) -> bool:
        """Whether the relation holds between the sides, by algebra and by what the instances have proved."""
        if relation is Relation.EQ:
            if left in INFINITE or right in INFINITE:
                return self._infinity(left) == self._infinity(right) is not None
            return self._vanishes(self.difference(left, right)) or (self._infinity(left) == self._infinity(right) is not None)
        if relation is Relation.APPROX:
            return self._approximates(left, right)
        if relation not in PROPOSITION or relation is Relation.IFF:
            return False
        return self.settled(call(PROPOSITION[relation], left, right), efforts)

    def _vanishes(self, r: Rat) -> bool:
        """Whether a value is 0: as it is, or in the factor of it that divides by no atom, where powers may meet that are known."""
        return self.normalizer.is_zero(r) or (bool(self.powers) and self.normalizer.is_zero(self.reduce(primitive(r))))

    def _approximates(self, left: Term, right: Term) -> bool:
        """Whether a number as written is within half a unit of its last digit."""
        written = right.args[0] if right.op == "neg" else right
        if written.op != "num":
            return False
        number, decimals = written.args
        value = -number if right.op == "neg" else number
        return enclosure.approximates(self.normalizer.term(self.difference(left, ZERO)), value, decimals) is True

    def _infinity(self, t: Term) -> Infinite | None:
        """What a whole side is, where that is oo, -oo, or a limit that the instances have shown to be one of them."""
        if t in INFINITE:
            return Infinite(1 if t == OO else -1)
        return self.infinite_limit(t, ()) if t.op == "limit" else None

    def settled(self, p: Term, efforts: Sequence[int] = EFFORTS) -> bool:
        """Whether a proposition follows from everything proved so far."""
        if self.facts or self.values:
            self._look_again()
        return any(self.follows(p, (), fuel) for fuel in efforts)

    def contradictory(self, efforts: Sequence[int] = EFFORTS) -> bool:
        """Whether one of the hypotheses and facts is excluded by the others."""
        stated = [(c, ()) for h in self.givens.hypotheses for c in conjuncts(h)] + [f for f in self.facts if not f[1]]
        without = [(p, self._without(p)) for p, _ in reversed(stated) if p.op in RELATIONS]  # as a rule what came last clashes
        for fuel in efforts:
            for p, alone in without if fuel == EFFORTS[0] else without[:1]:
                if alone.follows(negation(p), (), fuel):
                    return True
        return False

    def _without(self, p: Term) -> Kernel:
        """A kernel that knows what is known but for a hypothesis or fact."""
        others = Givens(self.givens.symbols, tuple(h for h in self.givens.hypotheses if p not in conjuncts(h) and not _covers(h, p)))
        facts = tuple(f for f in self.facts if f[0] != p)
        alone = Kernel(others, self.lemmas, self.domain.under(others, facts))
        if not differentiates(p):
            alone.values, alone.powers = self.values, self.powers
            for a in alone.values:
                alone.normalizer.touch(a)
        return alone


def primitive(r: Rat) -> Rat:
    """A factor of a value, not 0 as written: a polynomial; the others are a number, powers of atoms, and what it is divided by."""
    return Rat(rational.content(r.num)[2])


def _finite(p: Term) -> Term:
    """A condition without its comparisons with oo and -oo, which hold for every number."""
    if p.op == "lt" and (p.args[0] == INFINITE[1] or p.args[1] == OO):
        return TRUE
    if p.op == "and":
        return conjunction(q for q in map(_finite, p.args) if q != TRUE)
    if p.op == "all":
        body, var, over, where = p.args
        return TRUE if _finite(body) == TRUE else call("all", _finite(body), var, over, _finite(where))
    return p


def _covers(h: Term, p: Term) -> bool:
    """Whether p may be what a universal hypothesis says of one element."""
    return h.op == "all" and h.args[0].op == p.op

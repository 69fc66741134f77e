"""What has been proved so far in the check of one step, and what follows from it. Trusted.

Values are what atoms have been proved equal to; facts are propositions. Both hold in a scope.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from derive import rational
from derive.claims import Rejected, bound
from derive.domain import Domain
from derive.model import Claim, Givens, Scope
from derive.normal import DECIDED, Normalizer, NotNormal, Scopes, near
from derive.rational import Rat
from derive.signs import EFFORTS, FUEL, negation
from derive.term import OO, REALS, RELATIONS, TRUE, ZERO, Term, call, conjunction, free, operations, renamed, sym

SETS = ("argmax", "argmin")
INFINITE = (OO, call("neg", OO))
EXISTING = "known to exist"


class Infinite(NamedTuple):
    """A limit that is no number: oo, or where `sign` is -1, -oo."""

    sign: int


class Known:
    """The state of one check: what the givens imply, and what the instances so far have proved.

    `existence` is another kernel, in which the limits and integrals that both sides mention have been shown to exist.
    """

    def __init__(
        self, givens: Givens, lemmas: Mapping[str, Claim] | None = None, domain: Domain | None = None, existence: Known | None = None
    ) -> None:
        self.givens, self.lemmas, self.existence = givens, lemmas or {}, existence
        self.domain = self.ground = domain or Domain(givens)
        self.normalizer = Normalizer(lambda p, scope: self.domain.decide(p, scope), self.known, self.domain.plain, DECIDED)
        self.values: dict[int, list[tuple[Scopes, Rat]]] = {}
        self.infinite: dict[int, list[tuple[Scopes, Infinite]]] = {}
        self.powers: list[tuple[int, int, Rat]] = []  # atom**n is known to be a value, outside every scope
        self.facts: list[tuple[Term, Scopes]] = []  # propositions proved
        # whether by the givens alone; once facts are known, it is not asked whether they were needed
        self.discharged: dict[tuple[Term, Scopes], bool] = {}

    def known(self, a: int, scope: Scopes) -> Rat | None:
        """What an atom has been proved equal to in this scope."""
        for there, value in self.values.get(a, ()):
            if scope[: len(there)] == there:
                return value
        return None

    def _equate(self, a: int, scope: Scopes, value: Rat) -> None:
        """Read an atom, in a scope, as what it has been proved equal to."""
        self.values.setdefault(a, []).append((scope, value))
        self.normalizer.touch(a)

    def _known_names(self, scope: Scopes) -> frozenset[str]:
        return frozenset(self.givens.symbols) | {level.var for level in scope} | {"Reals", "both", "left", "right"}

    # -- conditions

    def owe(self, p: Term, scope: Scopes) -> None:
        """Discharge a condition, or reject."""
        if (p, scope) in self.discharged:
            return
        alone = self.domain is self.ground and self.ground.implies(p, scope)
        if not alone and not self.follows(p, scope) and not (self.existence and self.existence.follows(p, scope)):
            raise Rejected("a condition is not implied by the givens", bound(p, scope))
        self.discharged[p, scope] = alone

    def owe_defined(self, t: Term, scope: Scopes = ()) -> None:
        """Discharge every condition for `t` to be defined."""
        self.owe_names(t, scope)
        for where, p in self.domain.conditions(t, scope):
            self.owe(p, where)

    def owe_names(self, t: Term, scope: Scopes = ()) -> None:
        """Reject a term that mentions what is not given."""
        if unknown := free(t) - self._known_names(scope):
            raise Rejected(f"{', '.join(sorted(unknown))} is not among the givens")

    def follows(self, p: Term, scope: Scopes = (), fuel: int = FUEL) -> bool:
        """Whether a proposition is shown to hold: by the givens and the facts alone, or with what has been proved put in."""
        if p.op == "is" and p.args[1].name == EXISTING:
            return (self.existence or self).exists(p.args[0], scope)
        if p.op == "eq" and not any(x in INFINITE for x in p.args):
            difference = self._difference(p.args[0], p.args[1], scope)
            if difference is not None and self.normalizer.is_zero(difference):
                return True
        if self.domain.implies(p, scope, fuel):
            return True
        match p.op, p.args:
            case "and", parts:
                return all(self.follows(c, scope, fuel) for c in parts)
            case "all", (body, var, over, where) if self.domain.can_run("all", over):
                name = f"${len(scope)}"
                return self.follows(renamed(body, var.name, name), (*scope, Scope(name, over, renamed(where, var.name, name))), fuel)
            case "almost", (body, var, over, where) if where == TRUE:
                return self._almost(body, var.name, (*scope, Scope(f"${len(scope)}", over)))
            case op, (left, right) if op in RELATIONS and not any(x in INFINITE for x in (left, right)):
                difference = self._difference(left, right, scope)
                return difference is not None and self.domain.implies(call(op, self.normalizer.term(difference), ZERO), scope, fuel)
        return False

    def _almost(self, body: Term, var: str, inside: Scopes) -> bool:
        """Whether something holds for almost every number: it follows, for each, from what does."""
        scope, name = inside[:-1], inside[-1].var
        assumed = [renamed(h.args[0], h.args[1].name, name) for h in self.domain.stated(scope) if h.op == "almost" and h.args[3] == TRUE]
        alone = self.domain.under(self.domain.givens, (*self.facts, *((p, inside) for p in assumed)))
        return alone.implies(renamed(body, var, name), inside)

    def exists(self, t: Term, scope: Scopes) -> bool:
        """Whether a limit, or an integral, is known to exist and to be a number."""
        r = self.normalizer.normal(t, scope)
        if t.op == "limit":
            return "limit" not in operations(self.normalizer.term(r)) and self.whole(t, scope)
        return t.op == "integral" and self.domain.exist(self.normalizer, r, scope)

    def whole(self, t: Term, scope: Scopes) -> bool:
        """Whether what a limit is taken of is defined near the point wherever its normal form is; that has perhaps lost a part that is
        not, as that of log(x) - log(x) has."""
        body, var, point, side = t.args
        x = sym(f"${len(scope)}")
        body, inside = renamed(body, var.name, x.name), (*scope, Scope(x.name, REALS, near(x, point, side)))
        left = self.normalizer.term(self.normalizer.normal(body, inside))
        kept = dict.fromkeys(self._owed_near(left, inside))
        known = (*inside, Scope("", None, conjunction(kept)))
        return all(p in kept or self.follows(p, known) for p in self._owed_near(body, inside))

    def _owed_near(self, t: Term, inside: Scopes) -> Iterator[Term]:
        """The conditions for a term to be defined, as propositions in its scope."""
        for there, p in self.domain.conditions(t, inside):
            for level in reversed(there[len(inside) :]):
                every = (sym(level.var), level.over or REALS, level.where)
                p = call("all", p, *every) if level.var else call("or", negation(level.where), p)
            yield p

    def conditions(self) -> dict[Term, bool]:
        """What has been discharged so far, as closed propositions, and whether the givens alone imply it."""
        out: dict[Term, bool] = {}
        for (p, scope), alone in self.discharged.items():
            closed = bound(p, scope)
            out[closed] = alone and out.get(closed, True)
        return out

    # -- facts

    def learn(self, p: Term, scope: Scopes = ()) -> None:
        """Take a proposition that has been proved for a fact."""
        self.facts.append((p, scope))
        self._look_again()

    def _look_again(self) -> None:
        """A domain that knows the facts, as they are written and with what has been proved put in."""
        hypotheses = [h for h in self.givens.hypotheses if not differentiates(h)] if self.values else []
        stated = (*self.facts, *((h, ()) for h in hypotheses))
        facts = dict.fromkeys((*self.facts, *((self._put(p, scope), scope) for p, scope in stated)))
        if facts.keys() != set(self.domain.learned):
            self.domain = self.domain.under(self.domain.givens, tuple(facts))
            self.normalizer.watch(DECIDED)

    def _put(self, p: Term, scope: Scopes) -> Term:
        if p.op in RELATIONS and (difference := self._difference(p.args[0], p.args[1], scope)) is not None:
            return call(p.op, self.normalizer.term(difference), ZERO)
        return call("and", *(self._put(c, scope) for c in p.args)) if p.op == "and" else p

    def _difference(self, left: Term, right: Term, scope: Scopes) -> Rat | None:
        n = self.normalizer
        try:
            return self.reduce(rational.sub(n.normal(left, scope), n.normal(right, scope)))
        except (NotNormal, rational.TooLarge, ZeroDivisionError):
            return None

    def _equivalence(self, p: Term, q: Term, scope: Scopes) -> None:
        """From p iff q, and one of them or its negation, the other."""
        for fuel in EFFORTS:
            for given, then in ((p, q), (q, p), (negation(p), negation(q)), (negation(q), negation(p))):
                if self.follows(given, scope, fuel):
                    self.learn(then, scope)
                    return
        raise Rejected("neither side of the equivalence is known to hold or to fail", bound(p, scope))

    def _target(self, t: Term, scope: Scopes) -> int:
        """The atom that an instance is solved for; it must not be known already."""
        a = self.normalizer.single(self.normalizer.normal(t, scope))
        if a is None or self.known(a, scope) is not None:
            raise Rejected("the instance is solved for what is no atom, or is known already")
        return a

    def reduce(self, r: Rat) -> Rat:
        """Replace powers of atoms that are known, such as sqrt(u)**2."""
        for _ in range(8):
            before = r
            for x, n, value in self.powers:
                if any(a == x and abs(e) >= n for m in r.num for a, e in m):
                    r = self._reduce_power(r, x, n, value)
            if r == before:
                break
        return r

    def _reduce_power(self, r: Rat, x: int, n: int, value: Rat) -> Rat:
        out = Rat({})
        for m, c in r.num.items():
            e = dict(m).get(x, 0)
            times = e // n if e > 0 else -(-e // n)
            rest = rational.times(tuple(y for y in m if y[0] != x), ((x, e - n * times),) if e != n * times else ())
            out = rational.add(out, rational.mul(Rat({rest: c}), rational.power(value, times)))
        return rational.mul(out, Rat(rational.ONE, r.den))


def differentiates(p: Term) -> bool:
    """Whether a proposition is about a derivative. Values are put into one only where it is owed to exist: a hypothesis may tie what
    it is taken by."""
    return "diff" in operations(p)

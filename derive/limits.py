"""Limits, infinite ones included: what the rules about limits prove. Trusted.

That a limit is known means: what it is taken of is defined near the point, the point excluded, and tends to the value. The
arithmetic of oo and -oo is that of the extended real line.
"""

from __future__ import annotations

from collections.abc import Iterator

from derive import rational
from derive.claims import Rejected, bound
from derive.domain import Condition
from derive.known import EXISTING, INFINITE, Infinite, Known
from derive.model import Instance, Relation, Scope
from derive.normal import Scopes, near
from derive.rational import Rat
from derive.rules import Rule
from derive.signs import is_kind
from derive.term import OO, REALS, ZERO, Term, call, free, substitute, sym

Extended = Rat | Infinite


class Limits(Known):
    """What is known, limits included."""

    existence: Limits | None

    def owe_sides(self, left: Term, relation: Relation, right: Term) -> None:
        """Discharge every condition for both sides of a step to be defined."""
        for t in (left, right):
            self.owe_names(t)
        for where, p in self.owed(left, relation, right):
            self.owe(p, where)

    def owed(self, left: Term, relation: Relation, right: Term) -> Iterator[Condition]:
        """What has to hold for both sides to be defined: sets of maximisers, or limits, which may be infinite where another limit,
        or oo, stands opposite them in an equation."""
        kernel = self.existence or self
        for t, opposite in ((left, right), (right, left)):
            limits = relation is Relation.EQ and opposite.op == "limit"
            infinite = relation is Relation.EQ and t.op == "limit" and (limits or opposite in INFINITE) and kernel.infinite_limit(t, ())
            if not (t in INFINITE and limits):
                yield from (c for c in self.domain.side_conditions(t, relation) if not (infinite and c == ((), is_kind(t, EXISTING))))

    def _limit(self, rule: Rule, instance: Instance) -> None:
        """A rule about a limit: it exists, and is what the right side is, infinite values included."""
        scope, by = instance.scope, instance.subst
        if set(by) != rule.letters or instance.atom is None:
            raise Rejected(f"{rule.name} is about {', '.join(sorted(rule.letters))}")
        t = substitute(rule.left, by)
        _, _, point, side = t.args
        if side.op != "sym" or side.name not in ("both", "left", "right") or (point in INFINITE and side.name != "both"):
            raise Rejected("a limit from no side")
        if point not in INFINITE:
            self.owe_defined(point, scope)
        variable, name = rule.left.args[1].name, f"${len(scope)}"
        for c in rule.when:
            if variable in free(c):  # near the point
                p = substitute(substitute(c, {variable: sym(name)}), by)
                self.owe(p, (*scope, Scope(name, REALS, near(sym(name), point, side))))
            elif c.args[0].op == "limit" and c.op == "eq":
                self._owe_limit(substitute(c, by), scope)
            else:
                self.owe_defined(substitute(c, by), scope)
                self.owe(substitute(c, by), scope)
        a = self._target(t, scope)
        value = self.extended(substitute(rule.right, by), scope)
        if isinstance(value, Infinite):
            self.infinite.setdefault(a, []).append((scope, value))
        else:
            self._equate(a, scope, value)

    def _owe_limit(self, p: Term, scope: Scopes) -> None:
        """Discharge a condition that a limit is a number, or infinite."""
        left, right = ((self.existence or self).extended(t, scope) for t in p.args)
        if isinstance(left, Infinite) or isinstance(right, Infinite):
            if left == right:
                return
        elif (self.existence or self).normalizer.equal(left, right):
            return
        raise Rejected("a condition about a limit is not known to hold", bound(p, scope))

    def extended(self, t: Term, scope: Scopes) -> Extended:
        """The value of a term in limits, oo and -oo; raises Rejected where it has none, or none that is known."""
        match t.op, t.args:
            case _ if t in INFINITE:
                return Infinite(1 if t == OO else -1)
            case "limit", _:
                return self.infinite_limit(t, scope) or self._number(t, scope)
            case "neg", (u,):
                return self._product(rational.number(-1), self.extended(u, scope), scope)
            case "add", (u, v):
                return self._sum(self.extended(u, scope), self.extended(v, scope))
            case "mul", (u, v):
                return self._product(self.extended(u, scope), self.extended(v, scope), scope)
            case "div", (u, v):
                above, below = self.extended(u, scope), self.extended(v, scope)
                if isinstance(below, Infinite):
                    if isinstance(above, Infinite):
                        raise Rejected("an infinite limit over an infinite limit")
                    return Rat({})
                self.owe(call("ne", self.normalizer.term(below), ZERO), scope)
                return self._product(above, rational.div(rational.number(1), below), scope)
        return self._number(t, scope)

    def shown(self, value: Extended) -> Term:
        """A term with this value."""
        return INFINITE[value.sign < 0] if isinstance(value, Infinite) else self.normalizer.term(value)

    def _number(self, t: Term, scope: Scopes) -> Rat:
        self.owe_defined(t, scope)
        return self.normalizer.normal(t, scope)

    def infinite_limit(self, t: Term, scope: Scopes) -> Infinite | None:
        """Whether a limit is known to be oo or -oo."""
        a = self.normalizer.single(self.normalizer.normal(t, scope))
        if a is None or not self.whole(t, scope):
            return None
        return next((value for there, value in self.infinite.get(a, ()) if scope[: len(there)] == there), None)

    def _sum(self, u: Extended, v: Extended) -> Extended:
        if isinstance(u, Infinite):
            if isinstance(v, Infinite) and u != v:
                raise Rejected("the difference of two infinite limits")
            return u
        return v if isinstance(v, Infinite) else rational.add(u, v)

    def _product(self, u: Extended, v: Extended, scope: Scopes) -> Extended:
        if not isinstance(u, Infinite) and not isinstance(v, Infinite):
            return rational.mul(u, v)
        return Infinite(self._sign(u, scope) * self._sign(v, scope))

    def _sign(self, u: Extended, scope: Scopes) -> int:
        if isinstance(u, Infinite):
            return u.sign
        t = self.normalizer.term(u)
        for op, sign in (("gt", 1), ("lt", -1)):
            if any(k.follows(call(op, t, ZERO), scope) for k in (self, self.existence) if k):
                return sign
        raise Rejected("an infinite limit times one that may be zero", call("ne", t, ZERO))


"""The only judge: does this trace prove this claim? Trusted.

A step `left REL right` is proved when both sides are defined (every condition that `domain` lists is implied) and the
difference of their normal forms vanishes, or has the sign that the relation asks. Between the two stand the instances of
the trace. Each is an equation: a rule of the table, a hypothesis, a lemma, or a derivative worked out, with both sides
defined in its scope and every condition discharged. The kernel solves it for the atom that the instance names and from then
on reads this atom, in that scope, as what the equation says.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NoReturn

from derive import rational
from derive.derivative import derivative
from derive.domain import Domain, type_conditions
from derive.model import Claim, Givens, Instance, Relation, Scope, Trace, Type
from derive.normal import Normalizer, NotNormal, Scopes
from derive.rational import Poly, Rat
from derive.rules import RULES
from derive.signs import finite_values, index_conditions, negation
from derive.term import REALS, ZERO, CaptureError, Lambda, Replacement, Term, call, evaluated, free, num, substitute, sym, unfold, walk

_SIGN = {Relation.EQ: "eq", Relation.LE: "le", Relation.LT: "lt", Relation.GE: "ge", Relation.GT: "gt"}
MAX_SIZE = 20_000  # nodes of a side once its definitions are unfolded
MAX_UNFOLDED_DEPTH = 400


class Rejected(Exception):
    """A claim that this trace does not prove, and why; `missing` is a condition that the givens do not imply."""

    def __init__(self, message: str, missing: Term | None = None) -> None:
        super().__init__(message)
        self.missing = missing


def unfolded(claim: Claim) -> tuple[Term, Term, Givens]:
    """Both sides and the givens with every definition put in; raises Rejected where that grows too much."""
    definitions: dict[str, Replacement] = {}
    sizes: dict[str, int] = {}

    def expand(t: Term, hidden: frozenset[str] = frozenset()) -> Term:
        weight = sum(sizes.get(x.args[0], 1) if x.op == "sym" else 1 for x in walk(t))
        if weight > MAX_SIZE:
            raise Rejected("the definitions unfold to an expression that is too large")
        if any(hidden & _mentions(definitions[n]) for n in free(t) & definitions.keys() - hidden):
            raise Rejected("a parameter hides a name that another definition mentions")
        try:
            out = unfold(t, {n: d for n, d in definitions.items() if n not in hidden})
        except CaptureError as error:
            raise Rejected(str(error)) from None
        if sum(1 for _ in walk(out)) > MAX_SIZE or _depth(out) > MAX_UNFOLDED_DEPTH:
            raise Rejected("the definitions unfold to an expression that is too large")
        return out

    for name, d in claim.definitions.items():
        if isinstance(d, Lambda):
            d = Lambda(d.params, expand(d.body, frozenset(d.params)))
            if not evaluated(d.body) >= set(d.params):
                raise Rejected(f"a parameter of {name} may go unused, and whether its argument is defined would not be asked")
            sizes[name] = sum(1 for _ in walk(d.body))
        else:
            d = expand(d)
            sizes[name] = sum(1 for _ in walk(d))
        definitions[name] = d
    givens = Givens(claim.givens.symbols, tuple(map(expand, claim.givens.hypotheses)))
    return expand(claim.left), expand(claim.right), givens


def _mentions(r: Replacement) -> frozenset[str]:
    return free(r.body) - set(r.params) if isinstance(r, Lambda) else free(r)


def _depth(t: Term) -> int:
    depth, level = 0, [t]
    while level:
        depth, level = depth + 1, [c for x in level for c in x.children]
    return depth


class Kernel:
    """The state of one check: what the givens imply, and what the instances so far have proved."""

    def __init__(self, givens: Givens, lemmas: Mapping[str, Claim] | None = None, domain: Domain | None = None) -> None:
        self.givens, self.lemmas = givens, lemmas or {}
        self.domain = domain or Domain(givens)
        self.normalizer = Normalizer(self.domain.decide, self.known, shared=self.domain.plain)
        self.values: dict[int, list[tuple[Scopes, Rat]]] = {}
        self.powers: list[tuple[int, int, Rat]] = []  # atom**n is known to be a value, outside every scope
        self.discharged: dict[tuple[Term, Scopes], None] = {}

    def known(self, a: int, scope: Scopes) -> Rat | None:
        """What an atom has been proved equal to in this scope."""
        for there, value in self.values.get(a, ()):
            if scope[: len(there)] == there:
                return value
        return None

    # -- conditions

    def owe(self, p: Term, scope: Scopes) -> None:
        """Discharge a condition, or reject."""
        if not self.domain.implies(p, scope):
            raise Rejected("a condition is not implied by the givens", bound(p, scope))
        self.discharged[p, scope] = None

    def owe_defined(self, t: Term, scope: Scopes = ()) -> None:
        """Discharge every condition for `t` to be defined."""
        if unknown := free(t) - self._known_names(scope):
            raise Rejected(f"{', '.join(sorted(unknown))} is not among the givens")
        for where, p in self.domain.conditions(t, scope):
            self.owe(p, where)

    def conditions(self) -> tuple[Term, ...]:
        """What has been discharged so far, as closed propositions."""
        return tuple(dict.fromkeys(bound(p, scope) for p, scope in self.discharged))

    # -- instances

    def apply(self, instance: Instance) -> None:
        """Check one instance and remember what it says; raises Rejected."""
        try:
            self._apply(instance)
        except (NotNormal, rational.TooLarge, CaptureError, ZeroDivisionError) as error:
            raise Rejected(f"{instance.rule}: {error}") from None
        self.normalizer.memo.clear()

    def _apply(self, instance: Instance) -> None:
        rule, scope = instance.rule, instance.scope
        if any(level.var not in (f"${i}", "") for i, level in enumerate(scope)):
            raise Rejected("a scope whose variables are not in order")
        if rule == "differentiation":
            self._differentiate(instance)
            return
        left, right, conditions = self._equation(instance)
        self.owe_defined(left, scope)
        self.owe_defined(right, scope)
        for c in conditions:
            for where, p in self.domain.conditions(c, scope) if c.op != "is" else ():
                self.owe(p, where)
            self.owe(c, scope)
        difference = rational.sub(self.normalizer.normal(left, scope), self.normalizer.normal(right, scope))
        self._solve(difference.num, self._target(instance.atom, scope), scope)

    def _equation(self, instance: Instance) -> tuple[Term, Term, list[Term]]:
        """The two sides of an instance, and what has to hold besides their definedness."""
        rule, by = instance.rule, instance.subst
        for r in by.values():
            self._well_formed(r, instance.scope)
        if rule == "hypothesis":
            return self._hypothesis(by)
        if rule.startswith("lemma "):
            return self._lemma(rule.removeprefix("lemma "), by, instance.scope)
        if rule not in RULES:
            raise Rejected(f"there is no rule {rule}")
        found = RULES[rule]
        if set(by) != found.letters:
            raise Rejected(f"{rule} is about {', '.join(sorted(found.letters))}")
        return substitute(found.left, by), substitute(found.right, by), [substitute(c, by) for c in found.when]

    def _well_formed(self, r: Replacement, scope: Scopes) -> None:
        """A replacement mentions what is known where it stands, and its parameters are names of its own."""
        params = r.params if isinstance(r, Lambda) else ()
        if len(set(params)) < len(params) or any(p.startswith("$") for p in params):
            raise Rejected("a replacement whose parameters are not names of its own")
        body = r.body if isinstance(r, Lambda) else r
        if unknown := free(body) - set(params) - self._known_names(scope):
            raise Rejected(f"{', '.join(sorted(unknown))} is not among the givens")

    def _known_names(self, scope: Scopes) -> frozenset[str]:
        return frozenset(self.givens.symbols) | {level.var for level in scope} | {"Reals", "both", "left", "right"}

    def _hypothesis(self, by: Mapping[str, Replacement]) -> tuple[Term, Term, list[Term]]:
        stated = by.get("hypothesis")
        if not isinstance(stated, Term) or stated not in self.givens.hypotheses:
            raise Rejected("this is none of the hypotheses")
        conditions: list[Term] = []
        while stated.op == "all":
            body, var, over, where = stated.args
            index = by.get(var.name)
            if not isinstance(index, Term) or not self.domain.is_size(over):
                raise Rejected(f"the hypothesis needs a value for {var.name}")
            conditions += [*index_conditions(index, over), substitute(where, {var.name: index})]
            stated = substitute(body, {var.name: index})
        if stated.op != "eq":
            raise Rejected("the hypothesis is not an equation")
        return stated.args[0], stated.args[1], conditions

    def _lemma(self, name: str, by: Mapping[str, Replacement], scope: Scopes) -> tuple[Term, Term, list[Term]]:
        if name not in self.lemmas:
            raise Rejected(f"there is no proved lemma {name}")
        left, right, givens = unfolded(self.lemmas[name])
        if self.lemmas[name].relation is not Relation.EQ:
            raise Rejected(f"the lemma {name} is not an equation")
        if set(by) != set(givens.symbols):
            raise Rejected(f"the lemma {name} is about {', '.join(sorted(givens.symbols))}")
        conditions: list[Term] = []
        for symbol, found in givens.symbols.items():
            conditions += self._has_type(by[symbol], found, by, scope)
        conditions += [substitute(h, by) for h in givens.hypotheses]
        return substitute(left, by), substitute(right, by), conditions

    def _has_type(self, r: Replacement, of: Type, by: Mapping[str, Replacement], scope: Scopes) -> Iterator[Term]:
        """What a replacement owes to the type of the symbol it replaces; its definedness is owed here."""
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
        yield from ()

    def _differentiate(self, instance: Instance) -> None:
        """diff(e, v) = the derivative of e, where it is defined."""
        t, scope, n = instance.atom, instance.scope, self.normalizer
        if t.op != "diff" or instance.subst:
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
        self.values.setdefault(a, []).append((scope, value))

    def _target(self, t: Term, scope: Scopes) -> int:
        """The atom that an instance is solved for; it must not be known already."""
        a = self.normalizer.single(self.normalizer.normal(t, scope))
        if a is None or self.known(a, scope) is not None:
            raise Rejected("the instance is solved for what is no atom, or is known already")
        return a

    def _solve(self, p: Poly, x: int, scope: Scopes) -> None:
        """From p = 0, with p = A·x**n + B and A nonzero, remember x**n = -B/A."""
        exponents = {e for m in p for a, e in m if a == x}
        if len(exponents) != 1 or (n := exponents.pop()) < 1:
            raise Rejected("the instance cannot be solved for its atom")
        above: Poly = {m: c for m, c in p.items() if all(a != x for a, _ in m)}
        factor: Poly = {tuple(y for y in m if y[0] != x): c for m, c in p.items() if any(a == x for a, _ in m)}
        if not self.domain.implies(call("ne", self.normalizer.term(Rat(factor)), ZERO), scope):
            raise Rejected("the instance is solved by dividing by what may be zero")
        value = rational.div(Rat(rational.poly_add({}, above, -1)), Rat(factor))
        if n == 1:
            self.values.setdefault(x, []).append((scope, value))
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

    def holds(self, left: Term, relation: Relation, right: Term) -> bool:
        """Whether the relation holds between the sides, by algebra and by what the instances have proved."""
        if relation not in _SIGN:
            return False
        if relation is not Relation.EQ and self.domain.implies(call(_SIGN[relation], left, right)):
            return True
        difference = self.difference(left, right)
        if self.normalizer.is_zero(difference):
            return relation in (Relation.EQ, Relation.LE, Relation.GE)
        if relation is Relation.EQ:
            return False
        return self.domain.implies(call(_SIGN[relation], self.normalizer.term(difference), ZERO))


def check(claim: Claim, trace: Trace) -> tuple[Term, ...]:
    """Replay the trace. Returns the side conditions that were discharged; raises Rejected, with the reason, otherwise."""
    try:
        left, right, givens = unfolded(claim)
        return _check(left, claim.relation, right, givens, claim.lemmas, trace)
    except RecursionError:
        raise Rejected("nested too deeply") from None
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:  # a term of a shape that no page can write
        raise Rejected(f"misshapen: {type(error).__name__}: {error}") from None


def _check(left: Term, relation: Relation, right: Term, givens: Givens, lemmas: Mapping[str, Claim], trace: Trace) -> tuple[Term, ...]:
    kernel = Kernel(givens, lemmas)
    kernel.owe_defined(left)
    kernel.owe_defined(right)
    if trace.split:
        discharged = dict.fromkeys(kernel.conditions())
        for value, (at_left, at_right, at_givens) in cases(left, right, givens, trace.split.symbol, kernel.domain).items():
            if value not in trace.split.traces:
                _reject(f"the case {trace.split.symbol.name} = {value} is missing")
            discharged |= dict.fromkeys(_check(at_left, relation, at_right, at_givens, lemmas, trace.split.traces[value]))
        return tuple(discharged)
    for instance in trace.instances:
        kernel.apply(instance)
    if not kernel.holds(left, relation, right):
        _reject("the two sides are not shown to stand in this relation")
    return kernel.conditions()


def _reject(message: str) -> NoReturn:
    raise Rejected(message)


def cases(left: Term, right: Term, givens: Givens, symbol: Term, domain: Domain) -> dict[int, tuple[Term, Term, Givens]]:
    """The step at each value of a symbol of finite type, without the values that a hypothesis excludes."""
    found = givens.symbols.get(symbol.name) if symbol.op == "sym" else None
    values = finite_values(found) if found is not None and not found.shape and not found.params else None
    if values is None:
        raise Rejected("only a symbol of a type with few values can be split into cases")
    out = {}
    rest = {name: t for name, t in givens.symbols.items() if name != symbol.name}
    for value in values:
        at = {symbol.name: num(value)}
        hypotheses = tuple(substitute(h, at) for h in givens.hypotheses)
        if any(symbol.name in free(h) and domain.implies(negation(substitute(h, at))) for h in givens.hypotheses):
            continue
        out[value] = substitute(left, at), substitute(right, at), Givens(rest, hypotheses)
    if not out:
        raise Rejected("the givens contradict each other")
    return out


def bound(p: Term, scope: Scopes) -> Term:
    """A condition as a closed proposition: `all(p for i in N if …)` over the scope it was met in."""
    if not scope:
        return p
    letters = iter("ijklmn")
    taken = free(p).union(*(free(level.where) for level in scope))
    by: dict[str, Replacement] = {}
    for level in scope:
        if level.var:
            letter = next((x for x in letters if x not in taken), level.var.replace("$", "i"))
            by[level.var] = sym(letter)
    out = substitute(p, by)
    for level in reversed(scope):
        if level.var and level.over is not None and level.over != REALS and by[level.var].name in free(out):  # type: ignore[union-attr]
            where = substitute(level.where, by)
            out = call("all", out, by[level.var], level.over, where)  # type: ignore[arg-type]
    return out


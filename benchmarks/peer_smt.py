"""A step over numbers as a theorem of knuckledragger's reals, with the lemmas of its theory that a user would name; imports it."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable
from fractions import Fraction
from functools import reduce
from typing import Any

import kdrag as kd
import kdrag.theories.real as real
from kdrag import smt
from peer_spelled import CannotSay

from derive.model import KINDS, Claim, Relation, Type
from derive.term import TRUE, Term, call, num, walk

_COMPARED = {
    "eq": lambda a, b: a == b, "ne": lambda a, b: a != b, "lt": lambda a, b: a < b, "le": lambda a, b: a <= b,
    "gt": lambda a, b: a > b, "ge": lambda a, b: a >= b,
}  # fmt: skip
_CLAIMED = {Relation.EQ: "eq", Relation.LE: "le", Relation.LT: "lt", Relation.GE: "ge", Relation.GT: "gt", Relation.IFF: "eq"}
_HYPERBOLIC = {"sinh": "sub", "cosh": "add"}
MOST_FACTORS = 12  # of a power written as a product
MOST_PAIRS = 30


class Theorem:
    """One step: its theorem, instances of lemmas at the terms that it has, and the lemmas themselves."""

    def __init__(self, claim: Claim) -> None:
        self.types = claim.givens.symbols
        self.constants = {n: (smt.Int if KINDS[t.kind].integer else smt.Real)(n) for n, t in self.types.items()}
        self.instances: dict[str, Any] = {}  # by their text, so that each is there once
        self.lemmas: dict[str, Any] = {}
        self.exponents: list[Any] = []
        self.deltas: list[tuple[str, str]] = []
        left, right = self.term(claim.left), self.term(claim.right)
        given = [*(p for n, t in self.types.items() for p in self.typed(n, t)), *map(self.term, claim.givens.hypotheses)]
        self.goal = self.related(claim, left, right)
        given += [p for pair in self.deltas for p in self.alike(*pair)]
        self.theorem = smt.Implies(smt.And(given), self.goal) if given else self.goal
        turns = any(n.op in ("max", "min", "abs") for side in (claim.left, claim.right) for n in walk(side))
        if turns or claim.relation is not Relation.EQ:
            self.ordered()

    def related(self, claim: Claim, left: Any, right: Any) -> Any:
        if claim.relation is not Relation.APPROX:
            return _COMPARED[_CLAIMED[claim.relation]](left, right)
        number = claim.right.args[0] if claim.right.op == "neg" else claim.right
        half = number_of(Fraction(1, 2 * 10 ** number.args[1]))
        self.closed = [(right - half, left), (left, right + half)]
        return smt.And(*(a <= b for a, b in self.closed))

    def typed(self, name: str, of: Type) -> Iterable[Any]:
        x, kind = self.constants[name], KINDS[of.kind]
        if kind.low is not None:
            yield x > kind.low if kind.low_open else x >= kind.low
        if kind.high is not None:
            yield x < kind.high if kind.high_open else x <= kind.high
        if of.kind == "index" and of.over is not None:
            yield x <= (int(of.over.args[0]) if of.over.op == "num" else self.size(of.over.name))

    def size(self, name: str) -> Any:
        return self.constants.setdefault(name, smt.Int(name))

    def alike(self, i: str, k: str) -> Iterable[Any]:
        """Elements at equal indices are equal."""
        names = list(self.constants)
        for name in names:
            other = "_".join(k if part == i else part for part in name.split("_"))
            if other != name and other in self.constants:
                yield smt.Implies(self.constants[i] == self.constants[k], self.constants[name] == self.constants[other])

    # -- terms

    def term(self, t: Term) -> Any:
        op, args = t.op, t.args
        if op == "num":
            return number_of(args[0])
        if op == "sym":
            if t.name not in self.constants:
                raise CannotSay(t.name)
            x = self.constants[t.name]
            return smt.ToReal(x) if x.is_int() else x
        if (special := getattr(self, f"_{op}", None)) is None:
            raise CannotSay(op)
        return special(*args)

    def _const(self, name: str) -> Any:
        if name == "true":
            return smt.BoolVal(True)
        if name not in ("e", "pi"):
            raise CannotSay(name)
        return real.pi if name == "pi" else self._exp(num(1))

    def _neg(self, a: Term) -> Any:
        return number_of(-a.args[0]) if a.op == "num" else -self.term(a)

    def _add(self, a: Term, b: Term) -> Any:
        return self.term(a) + self.term(b)

    def _sub(self, a: Term, b: Term) -> Any:
        return self.term(a) - self.term(b)

    def _mul(self, a: Term, b: Term) -> Any:
        return self.term(a) * self.term(b)

    def _div(self, a: Term, b: Term) -> Any:
        return self.term(a) / self.term(b)

    def _pow(self, a: Term, b: Term) -> Any:
        if b.op == "num" and b.args[0].denominator == 1 and abs(b.args[0]) <= MOST_FACTORS:
            product = reduce(lambda x, y: x * y, [self.term(a)] * abs(int(b.args[0]))) if b.args[0] else smt.RealVal(1)
            return 1 / product if b.args[0] < 0 else product
        if b.op == "num" and b.args[0] == Fraction(1, 2):
            return self._sqrt(a)
        if b.op == "sym" and self.constants[b.name].is_int():
            raise CannotSay("a power with a symbolic integer")
        return self._exp(call("mul", b, call("log", a)))

    def _exp(self, a: Term) -> Any:
        u = self.term(a)
        self.exponents.append(u)
        self.use("exp_pos", u)
        self.powers(a)
        return real.exp(u)

    def powers(self, a: Term) -> None:
        """The instances that take an exponential apart."""
        u = self.term(a)
        if a.op == "neg":
            self.use("exp_inv", self.term(a.args[0]))
            self._exp(a.args[0])
        elif a.op in ("add", "sub"):
            second = a.args[1] if a.op == "add" else call("neg", a.args[1])
            self.use("exp_add", self.term(a.args[0]), self.term(second))
            self._exp(a.args[0]), self._exp(second)
        elif a.op == "num":
            self.lemmas["exp_zero"] = self.instances["exp_zero"] = real.exp_zero
        elif a.op == "log" and len(a.args) == 1:
            self.use("exp_ln", self.term(a.args[0]))
        elif a.op == "mul" and a.args[0] == num(2):
            self.use("exp_add", self.term(a.args[1]), self.term(a.args[1]))
        else:
            self.use("exp_inv", u)

    def _log(self, a: Term, base: Term | None = None) -> Any:
        if base is not None:
            return self._log(a) / self._log(base)
        u = self.term(a)
        self.use("exp_ln", u)
        if a.op == "mul":
            self.use("ln_mul", self.term(a.args[0]), self.term(a.args[1]))
            self._log(a.args[0]), self._log(a.args[1])
        elif a.op == "div":
            over = self.term(a.args[1])
            self.use("ln_mul", self.term(a.args[0]), 1 / over)
            self.use("ln_mul", over, 1 / over)
            self.lemmas["ln_one"] = self.instances["ln_one"] = real.ln_one
            self._log(a.args[0]), self._log(a.args[1])
        elif a.op == "exp":
            self.use("ln_exp", self.term(a.args[0]))
        elif a.op == "pow" and a.args[1].op == "num" and a.args[1].args[0] in (2, 3):
            x = self.term(a.args[0])
            self.use("ln_mul", x, x)
            self.use("ln_mul", x * x, x)
        elif a.op == "pow" and a.args[1].op != "num":
            self.use("ln_exp", self.term(call("mul", a.args[1], call("log", a.args[0]))))
        else:
            self.lemmas["ln_one"] = self.instances["ln_one"] = real.ln_one
        return real.ln(u)

    def _sqrt(self, a: Term) -> Any:
        u = self.term(a)
        self.use("sqrt_square", u)
        self.use("sqrt_pos", u)
        return real.sqrt(u)

    def _sin(self, a: Term) -> Any:
        self.use("pythag", self.term(a))
        return real.sin(self.term(a))

    def _cos(self, a: Term) -> Any:
        self.use("pythag", self.term(a))
        return real.cos(self.term(a))

    def _tan(self, a: Term) -> Any:
        return self._sin(a) / self._cos(a)

    def _sinh(self, a: Term) -> Any:
        return (self._exp(a) - self._exp(call("neg", a))) / 2

    def _cosh(self, a: Term) -> Any:
        return (self._exp(a) + self._exp(call("neg", a))) / 2

    def _tanh(self, a: Term) -> Any:
        return self._sinh(a) / self._cosh(a)

    def _abs(self, a: Term) -> Any:
        x = self.term(a)
        return smt.If(x >= 0, x, -x)

    def _max(self, *args: Term) -> Any:
        return reduce(lambda x, y: smt.If(x >= y, x, y), map(self.term, args))

    def _min(self, *args: Term) -> Any:
        return reduce(lambda x, y: smt.If(x <= y, x, y), map(self.term, args))

    def _delta(self, i: Term, k: Term) -> Any:
        if i.op == k.op == "sym":
            self.deltas.append((i.name, k.name))
        return smt.If(self.term(i) == self.term(k), smt.RealVal(1), smt.RealVal(0))

    def _cases(self, *args: Term) -> Any:
        pairs = list(zip(args[::2], args[1::2], strict=True))
        out = self.term(pairs[-1][0])
        for value, guard in reversed(pairs[:-1]):
            out = smt.If(self.term(guard), self.term(value), out)
        if pairs[-1][1] != TRUE and len(pairs) == 1:
            raise CannotSay("a case")
        return out

    def _and(self, *args: Term) -> Any:
        return smt.And(*map(self.term, args))

    def _or(self, *args: Term) -> Any:
        return smt.Or(*map(self.term, args))

    def _not(self, a: Term) -> Any:
        return smt.Not(self.term(a))

    # -- lemmas

    def use(self, lemma: str, *at: Any) -> None:
        """An instance of a lemma of kdrag.theories.real, and the lemma."""
        self.lemmas[lemma] = getattr(real, lemma)
        self.instances.setdefault(f"{lemma} {at}", getattr(real, lemma)(*at))

    def ordered(self) -> None:
        """What an inequality may lean on besides."""
        for u in list({str(u): u for u in self.exponents}.values()):
            self.use("exp_lower", u)
            self.use("exp_lower", -u)
            self.use("exp_inv", u)
        for key in [k for k in self.instances if k.startswith("exp_ln ")]:
            ln_of = self.instances[key].thm
            self.use("exp_lower", _logarithm(ln_of))
        pairs = itertools.permutations({str(u): u for u in self.exponents}.values(), 2)
        for a, b in itertools.islice(pairs, MOST_PAIRS):
            self.use("exp_mono", a, b)

    # -- numbers that show it to be wrong

    def values(self, model: Any) -> dict[str, Fraction] | None:
        """The symbols' values in a countermodel, where they are rational."""
        out = {}
        for name in self.types:
            found = model.eval(self.constants[name], model_completion=True)
            if smt.is_algebraic_value(found):
                return None
            whole = smt.is_int_value(found)
            out[name] = Fraction(found.as_long()) if whole else Fraction(found.numerator_as_long(), found.denominator_as_long())
        return out


for _name, _op in _COMPARED.items():
    setattr(Theorem, f"_{_name}", lambda self, a, b, _op=_op: _op(self.term(a), self.term(b)))


def _logarithm(instance: Any) -> Any:
    """ln(u) of `u > 0 implies exp(ln(u)) = u`."""
    return instance.arg(1).arg(0).arg(0)


def number_of(value: Fraction) -> Any:
    return smt.RealVal(str(value))


def proved(
    claim: Claim, milliseconds: int, is_wrong_at: Callable[[dict[str, Fraction]], bool]
) -> tuple[bool, dict[str, Fraction] | None]:
    """Whether `kd.prove` proves the step: with instances of lemmas, and, unless a countermodel is one, with the lemmas; and its values."""
    theorem, found = Theorem(claim), None
    closed = numerically(theorem, claim)
    for by in ([*theorem.instances.values(), *closed], list(theorem.lemmas.values())):
        try:
            kd.prove(theorem.theorem, by=by, timeout=milliseconds)
            return True, None
        except kd.kernel.LemmaError as error:
            if any(isinstance(a, str) and a == "Countermodel" for a in error.args):
                found = theorem.values(error.args[-1]) or found
                if found and is_wrong_at(found):
                    break
        except TimeoutError:
            pass
        if not by:
            break
    return False, found


def numerically(theorem: Theorem, claim: Claim) -> list[Any]:
    """Of a claim about numbers alone, the inequalities that kdrag.theories.real.arb confirms."""
    if claim.givens.symbols or claim.relation in (Relation.EQ, Relation.IFF):
        return []
    try:
        from kdrag.theories.real.arb import arb_lt_ax
    except ImportError:
        return []
    sides = getattr(theorem, "closed", None) or [(theorem.goal.arg(0), theorem.goal.arg(1))]
    out = []
    for a, b in sides:
        for low, high in ((a, b), (b, a)):
            try:
                out.append(arb_lt_ax(low, high))
            except (ValueError, AssertionError, AttributeError):
                continue
    return out

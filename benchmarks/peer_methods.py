"""Who is asked: each method takes a step and gives a reply. What a method needs is imported when it is opened, in its own process.

How each peer is meant to be used, and is used here:

- SymPy: `simplify(lhs - rhs) == 0`; of an inequality, whether `simplify` makes it true. A number that is not 0 is a rejection, and any
  other expression says nothing. `.equals(0)` says True, False or None. It is told what assumptions can say, probabilities are written
  as odds and labels put in; what it rejects where more is given (a sum that is 1, say) does not count, as it cannot be told.
- pycodemath: `pycodemath.verify.check_equal`, on SymPy expressions. It knows no conditions and tries negative numbers, so that what is
  given is put into the expressions: a positive x is `exp(t)` of a real t, a probability `1/(1 + exp(-t))`, a label two calls.
- knuckledragger: `kd.prove`, over the reals, with what is given as premises, and by the lemmas of `kdrag.theories.real` at the
  terms that occur, then by these lemmas in general (peer_smt); numbers alone are compared by its `arb_lt_ax`.
- math-verify: `verify(gold, target)` on SymPy expressions, which is what its own parser makes of LaTeX, but with assumptions. Its False
  says that no strategy found them equal: a rejection. `~=` is a comparison with a number that is rounded. It is told what SymPy is.
"""

from __future__ import annotations

import importlib.util
import os
import signal
import tempfile
from collections.abc import Callable, Mapping
from fractions import Fraction
from importlib.metadata import PackageNotFoundError, version
from typing import Any, NamedTuple

from peer_spelled import CannotSay, in_values, spelled
from peer_values import fails, inside

from derive.claims import Rejected, unfolded
from derive.model import Claim, Givens, Opinion, Relation, Status, Type
from derive.term import Term

SMT_SHARE = 0.3  # of the limit, for each of the two attempts; the rest is for what the solver does beside its clock
BUDGET_SHARE = 0.9
OPINION_SECONDS = 2.0


class Reply(NamedTuple):
    """What a method says: `proves`, `rejects`, `undecided`, `cannot say` or `computed`; a claim, and values at which it is said to fail."""

    verdict: str
    claim: Claim | None = None
    values: Mapping[str, Any] | None = None
    note: str = ""


Ask = Callable[[Claim], Reply]


class Method(NamedTuple):
    """Who is asked, what it is called in tables, the package it needs, and how it is opened for a limit of seconds."""

    key: str
    label: str
    package: str
    open: Callable[[float], Ask]
    prepare: Callable[[Claim], Any] | None = None  # what is done before the clock runs
    more: float = 0.0  # seconds over the limit, for what has a limit of its own

    @property
    def missing(self) -> str:
        """Why it cannot be asked here; empty where it can."""
        module = {"knuckledragger": "kdrag", "derive": "derive"}.get(self.package, self.package.replace("-", "_"))
        return "" if importlib.util.find_spec(module) else f"not installed: pip install {self.package}"

    @property
    def version(self) -> str:
        try:
            return version({"derive": "derive-checker"}.get(self.package, self.package))
        except PackageNotFoundError:
            return ""


# -- this program

_SAYS = {
    Status.PROVED: "proves", Status.MISREASONED: "proves", Status.REFUTED: "rejects", Status.COMPUTED: "computed",
    Status.UNDECIDED: "undecided", Status.MALFORMED: "cannot say", Status.CONFLICT: "proves",
}  # fmt: skip


def _reply(verdict: Any) -> Reply:
    witness = verdict.search.witness if verdict.search else None
    at = witness.values if witness and not witness.undefined else None
    return Reply(_SAYS[verdict.status], verdict.claim, at if verdict.status is Status.REFUTED else None, verdict.message)


def open_kernel(limit: float) -> Ask:
    from derive.check import check

    return lambda claim: _reply(check(claim, BUDGET_SHARE * limit))


def open_proof(limit: float) -> Ask:
    """Prove and replay, and nothing else: no refuter."""
    from derive.domain import Domain
    from derive.judge import check as replay
    from derive.normal import NotNormal
    from derive.provers import prove

    def ask(claim: Claim) -> Reply:
        reasons = tuple(r for r in claim.reasons if r != "algebra" and not r.startswith("definition of "))
        try:
            trace = prove(claim, reasons, domain=Domain(unfolded(claim)[2]))
            if trace is None:
                return Reply("undecided")
            replay(claim, trace)
        except (Rejected, NotNormal, RecursionError) as error:
            return Reply("undecided", note=str(error))
        return Reply("proves")

    return ask


def open_opinion(limit: float) -> Ask:
    import derive.sympy_bridge as sympy_bridge
    from derive.check import check, with_opinion

    def opinion(claim: Claim) -> Opinion:
        signal.signal(signal.SIGALRM, _stop)
        signal.setitimer(signal.ITIMER_REAL, OPINION_SECONDS)  # the limit that the program sets from outside
        try:
            return sympy_bridge.opinion(claim, OPINION_SECONDS)
        except Late:
            return Opinion("timeout")
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)

    return lambda claim: _reply(with_opinion(check(claim, BUDGET_SHARE * limit), opinion(claim)))


class Late(BaseException):
    """SymPy took longer than it may."""


def _stop(number: int, frame: object) -> None:
    raise Late


def open_cached(limit: float) -> Callable[[Any], Reply]:
    """What is kept of a step, judged again; `prepare_cached` makes it."""
    from derive.recall import Footing, judged_again

    page: dict[str, Any] = {}  # what the page at hand says, and its footing

    def ask(kept: Any) -> Reply:
        text, claim = kept
        if text is None:
            return Reply("undecided", note="nothing that could be kept")
        if page.get("says") != (claim.givens, claim.definitions):
            page.update(says=(claim.givens, claim.definitions), footing=Footing(claim))
        return _reply(judged_again(text, claim, page["footing"]))

    return ask


def prepare_cached(claim: Claim) -> Any:
    from derive.check import check
    from derive.recall import Footing, written

    try:
        return written(check(claim), Footing(claim)), claim
    except Rejected:
        return None, claim


# -- SymPy

SEED = 7  # for the random numbers of SymPy, which sets none
_TOLD = ("real", "positive", "nonnegative", "probability", "integer", "size")


def _settle() -> None:
    """Import what SymPy is asked by, and make its answers the same in every run."""
    import sympy.core.random

    import derive.sympy_bridge  # noqa: F401

    sympy.core.random.seed(SEED)


def _sides(claim: Claim) -> tuple[Any, Any]:
    """Both sides for SymPy, evaluated, with the assumptions that the types make; a probability is written u/(1 + u) of a positive u."""
    from derive.sympy_bridge import NoForm, NotReal, _ToSympy

    writer = _ToSympy(claim.givens, odds=True)
    try:
        return writer.write(claim.left).doit(), writer.write(claim.right).doit()
    except (NoForm, NotReal, KeyError) as error:
        raise CannotSay(str(error)) from None


def of_sides(claim: Claim, one: Callable[[Relation, Any, Any, Claim], bool | None]) -> Reply:
    """What comes of asking SymPy of both sides, for each choice of labels. What it rejects for want of a condition, it cannot say."""
    for case in in_values(claim):
        said = one(claim.relation, *_sides(case), case)
        if said is None:
            return Reply("undecided")
        if said is False:
            return Reply("rejects" if is_told(case.givens) else "cannot say", note="" if is_told(case.givens) else "it was not told all")
    return Reply("proves")


def is_told(givens: Givens) -> bool:
    """Whether SymPy's assumptions say all that is given."""
    types = (t.kind in _TOLD and not t.density for t in givens.symbols.values())
    return all(types) and all(h.op in ("ne", "gt", "ge", "lt", "le") and _is_about_zero(h) for h in givens.hypotheses)


def _half_a_unit(claim: Claim) -> Any:
    import sympy

    number = claim.right.args[0] if claim.right.op == "neg" else claim.right
    return sympy.Rational(1, 2 * 10 ** number.args[1])


def open_simplify(limit: float) -> Ask:
    import sympy

    _settle()

    relations = {Relation.LE: sympy.Le, Relation.LT: sympy.Lt, Relation.GE: sympy.Ge, Relation.GT: sympy.Gt}

    def one(relation: Relation, left: Any, right: Any, case: Claim) -> bool | None:
        if right.is_infinite:  # infinity less infinity is nothing
            return True if sympy.simplify(left) == right else None
        if relation is Relation.EQ:
            made = sympy.simplify(left - right)
            return True if made == 0 else False if made.is_number and made.is_zero is False else None
        if relation is Relation.APPROX:
            made = sympy.simplify(sympy.Le(sympy.Abs(left - right), _half_a_unit(case)))
        else:
            made = sympy.simplify(relations[relation](left, right))
        return bool(made) if made in (sympy.true, sympy.false) else None

    return lambda claim: _no("an equivalence") if claim.relation is Relation.IFF else of_sides(claim, one)


def open_equals(limit: float) -> Ask:
    _settle()

    def one(relation: Relation, left: Any, right: Any, case: Claim) -> bool | None:
        found = left.equals(right) if right.is_infinite else (left - right).equals(0)
        return None if found is None else bool(found)

    return lambda claim: of_sides(claim, one) if claim.relation is Relation.EQ else _no("no equality")


# -- the peers


def open_math_verify(limit: float) -> Ask:
    import sympy
    from math_verify import verify
    from math_verify.errors import TimeoutException

    _settle()

    seconds = max(1, int(BUDGET_SHARE * limit))

    def one(relation: Relation, left: Any, right: Any, case: Claim) -> bool | None:
        digits = 6
        if relation is Relation.APPROX:
            number = case.right.args[0] if case.right.op == "neg" else case.right
            digits, right = number.args[1], sympy.Float(right, 15)
        try:
            return bool(verify(left, right, float_rounding=digits, timeout_seconds=seconds, raise_on_error=True))
        except TimeoutException:
            return None

    return lambda claim: of_sides(claim, one) if claim.relation in (Relation.EQ, Relation.APPROX) else _no("no equality")


def _no(word: str) -> Any:
    raise CannotSay(word)


def open_pycodemath(limit: float) -> Ask:
    from pycodemath import Expr
    from pycodemath.verify import check_equal

    from derive.sympy_bridge import NoForm, NotReal, to_sympy

    def one(claim: Claim) -> tuple[str, dict[str, Any] | None]:
        signs = {n: _with_sign(n, t, claim.givens) for n, t in claim.givens.symbols.items()}
        plain = Givens(signs)
        try:
            sides = [to_sympy(side, plain).doit() for side in (claim.left, claim.right)]
        except (NoForm, NotReal) as error:
            raise CannotSay(str(error)) from None
        by = {s: _free(signs[s.name].kind, s.name) for side in sides for s in side.free_symbols}
        verdict = check_equal(*(Expr(side.subs(by, simultaneous=True)) for side in sides), budget=BUDGET_SHARE * limit)
        at = None
        if verdict.refuted:
            point = {name: Fraction(value) for name, value in verdict.counterexample.items()}
            at = {name: _worth(signs[name].kind, point.get(name, Fraction(1))) for name in signs}
        return str(verdict.status.value), at

    def ask(claim: Claim) -> Reply:
        if claim.relation is not Relation.EQ:
            raise CannotSay("no equality")
        return in_cases(claim, one, told=lambda h: _sign_of(h) is not None)

    return ask


_BOUND = {"gt": "positive", "ge": "nonnegative"}


def _sign_of(hypothesis: Term) -> str | None:
    """The type that a hypothesis such as x > 0 gives; "" for x != 0, which where both sides are defined need not be said."""
    if not _is_about_zero(hypothesis):
        return None
    return "" if hypothesis.op == "ne" else _BOUND.get(hypothesis.op)


def _is_about_zero(hypothesis: Term) -> bool:
    """Whether it compares a symbol with 0."""
    symbol, *rest = hypothesis.args
    return len(rest) == 1 and symbol.op == "sym" and rest[0].op == "num" and rest[0].args[0] == 0


def _with_sign(name: str, of: Type, givens: Givens) -> Type:
    for h in givens.hypotheses:
        if of.kind == "real" and h.args and h.args[0].op == "sym" and h.args[0].name == name and (kind := _sign_of(h)):
            return Type(kind)
    return of


def _free(kind: str, name: str) -> Any:
    """What of a type is written as, of a symbol that may be any real number."""
    import sympy

    t = sympy.Symbol(name, real=True)
    return {"positive": sympy.exp(t), "nonnegative": t**2, "probability": 1 / (1 + sympy.exp(-t))}.get(kind, t)


def _worth(kind: str, t: Fraction) -> Any:
    import mpmath

    with mpmath.workdps(40):
        x = mpmath.mpf(t.numerator) / t.denominator
        return {"positive": mpmath.exp(x), "nonnegative": x * x, "probability": 1 / (1 + mpmath.exp(-x))}.get(kind, t)


def open_knuckledragger(limit: float) -> Ask:
    tempfile.tempdir = tempfile.mkdtemp(prefix="kd")  # kdrag leaves a file of every failure
    os.environ.setdefault("TMPDIR", tempfile.tempdir)
    import peer_smt

    def one(claim: Claim) -> tuple[str, dict[str, Any] | None]:
        proved, model = peer_smt.proved(claim, int(1000 * SMT_SHARE * limit), lambda at: fails(claim, at) is not None)
        return ("verified" if proved else "undecided"), model

    return lambda claim: in_cases(claim, one, told=lambda h: True, countermodels=True)


def in_cases(
    claim: Claim,
    one: Callable[[Claim], tuple[str, dict[str, Any] | None]],
    told: Callable[[Term], bool],
    countermodels: bool = False,
) -> Reply:
    """What comes of asking case by case. `told` are the hypotheses that the peer knows of; what fails for lack of others, it cannot say.

    Of `countermodels` only those count at which the step really fails: a function may be any function in them.
    """
    cases, whole = spelled(claim)
    for case in cases:
        verdict, at = one(case)
        if verdict == "verified":
            continue
        knows = whole and all(map(told, case.givens.hypotheses))
        if at is None:
            return Reply("undecided" if knows else "cannot say")
        if fails(case, at):
            return Reply("rejects", case, at)
        if countermodels:
            return Reply("undecided" if knows else "cannot say", note="a countermodel in which a function is another one")
        if not _inside(case.givens, at):
            return Reply("cannot say", note="it was not told what is given")
        return Reply("rejects", case, at)
    return Reply("proves")


def _inside(givens: Givens, at: Mapping[str, Any]) -> bool:
    try:
        return inside(givens, at)
    except Exception:  # a hypothesis that mpmath cannot decide: nothing is known of the point
        return False


METHODS: Mapping[str, Method] = {
    m.key: m
    for m in (
        Method("kernel", "derive: kernel and refuter", "derive", open_kernel),
        Method("proof", "derive: prove and replay alone", "derive", open_proof),
        Method("opinion", "derive: and SymPy's opinion", "derive", open_opinion, more=OPINION_SECONDS),
        Method("cached", "derive: from the cache, judged again", "derive", open_cached, prepare_cached),
        Method("simplify", "sympy.simplify(lhs - rhs) == 0", "sympy", open_simplify),
        Method("equals", "(lhs - rhs).equals(0)", "sympy", open_equals),
        Method("pycodemath", "pycodemath", "pycodemath", open_pycodemath),
        Method("knuckledragger", "knuckledragger", "knuckledragger", open_knuckledragger),
        Method("math-verify", "math-verify", "math-verify", open_math_verify),
    )
}

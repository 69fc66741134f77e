"""A claim with its definitions put in, and conditions as a reader sees them. Trusted."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from derive.expression import RESERVED
from derive.model import Claim, Givens, Scope
from derive.term import REALS, CaptureError, Lambda, Replacement, Term, call, evaluated, free, operations, substitute, sym, unfold, walk

MAX_SIZE = 20_000  # nodes of a side once its definitions are unfolded
MAX_UNFOLDED_DEPTH = 400


# What a term of a shape that no page can write may raise, anywhere.
MISSHAPEN = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)


class Rejected(Exception):
    """A claim that this trace does not prove, and why; `missing` is a condition that the givens do not imply."""

    def __init__(self, message: str, missing: Term | None = None) -> None:
        super().__init__(message)
        self.missing = missing


class Definitions:
    """The definitions of a page, each with those before it put in; raises Rejected where that grows too much."""

    def __init__(self, claim: Claim) -> None:
        _check_names(claim.givens.symbols, claim.definitions)
        self.unfolded: dict[str, Replacement] = {}
        self.sizes: dict[str, int] = {}
        for name, d in claim.definitions.items():
            if isinstance(d, Lambda):
                d = Lambda(d.params, self.expand(d.body, frozenset(d.params)))
                if not evaluated(d.body) >= set(d.params):
                    raise Rejected(f"a parameter of {name} may go unused, and whether its argument is defined would not be asked")
                self.sizes[name] = sum(1 for _ in walk(d.body))
            else:
                d = self.expand(d)
                self.sizes[name] = sum(1 for _ in walk(d))
            self.unfolded[name] = d

    def expand(self, t: Term, hidden: frozenset[str] = frozenset()) -> Term:
        """A term with every definition put in, but those of `hidden` names."""
        used = {n: self.unfolded[n] for n in free(t) & self.unfolded.keys() - hidden}
        if used and sum(self.sizes.get(x.args[0], 1) if x.op == "sym" else 1 for x in walk(t)) > MAX_SIZE:
            raise Rejected("the definitions unfold to an expression that is too large")
        if any(hidden & _mentions(d) for d in used.values()):
            raise Rejected("a parameter hides a name that another definition mentions")
        if "diff" in operations(t) and any(x.op == "diff" and x.args[1].name in self.unfolded.keys() - hidden for x in walk(t)):
            raise Rejected("a derivative is taken with respect to a defined name")
        try:
            out = unfold(t, used)
        except CaptureError as error:
            raise Rejected(str(error)) from None
        size = sum(1 for _ in walk(out))
        if size > MAX_SIZE or (size > MAX_UNFOLDED_DEPTH and _depth(out) > MAX_UNFOLDED_DEPTH):
            raise Rejected("the definitions unfold to an expression that is too large")
        return out

    def givens(self, of: Givens) -> Givens:
        """Givens whose hypotheses have every definition put in."""
        return Givens(of.symbols, tuple(map(self.expand, of.hypotheses)))


_RECENT: list[tuple[Claim, tuple[Term, Term, Givens]]] = []  # a step is asked for over and over while it is checked
MAX_RECENT = 4


def unfolded(claim: Claim) -> tuple[Term, Term, Givens]:
    """Both sides and the givens with every definition put in; raises Rejected where that grows too much."""
    for known, found in _RECENT:
        if known is claim:
            return found
    definitions = Definitions(claim)
    found = definitions.expand(claim.left), definitions.expand(claim.right), definitions.givens(claim.givens)
    _RECENT[MAX_RECENT - 1 :] = []
    _RECENT.insert(0, (claim, found))
    return found


def _check_names(given: Collection[str], defined: Mapping[str, Replacement]) -> None:
    """Reject a name that would stand for two things: $0 is a bound variable, `both` a word, and a given is not defined as well."""
    params = [d.params if isinstance(d, Lambda) else () for d in defined.values()]
    for name in (*given, *defined, *(p for names in params for p in names)):
        if not name.isidentifier() or name in RESERVED:
            raise Rejected(f"{name} is no name")
    if twice := set(given) & defined.keys():
        raise Rejected(f"{min(twice)} is given and defined")
    if any(len(set(names)) < len(names) for names in params):
        raise Rejected("a function of two parameters of one name")


def _mentions(r: Replacement) -> frozenset[str]:
    return free(r.body) - set(r.params) if isinstance(r, Lambda) else free(r)


def _depth(t: Term) -> int:
    depth, level = 0, [t]
    while level:
        depth, level = depth + 1, [c for x in level for c in x.children]
    return depth


def bound(p: Term, scope: tuple[Scope, ...]) -> Term:
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


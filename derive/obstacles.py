"""What a rule that a step names would need: a condition that the givens do not imply, and where it fails. Explains; proves nothing."""

from __future__ import annotations

from derive.domain import Domain
from derive.model import REAL, Claim, Givens, Relation, Type
from derive.provers import expanded, refused
from derive.refute import search
from derive.rules import RULES
from derive.show import text
from derive.term import REALS, TRUE, Term, fresh, substitute, sym, walk

_RELATION = {"eq": Relation.EQ, "le": Relation.LE, "lt": Relation.LT, "ge": Relation.GE, "gt": Relation.GT}
_ORDINAL = ("", "", "second ", "third ")


def obstacle(claim: Claim, domain: Domain) -> str:
    """What the first of the rules that a step names lacks, in words; empty where there is nothing to say."""
    for name in claim.reasons:
        if any(RULES[r].when for r in expanded(name) if r in RULES):
            conditions = refused(claim, name, domain)
            if conditions:
                p = max(conditions, key=_telling)
                return f"{name} needs {text(p)}{_where(p, domain.givens)}"
    return ""


def _telling(p: Term) -> int:
    """A condition about a derivative is the last that a rule asks for: the others held."""
    return sum(x.op == "diff" for x in walk(p))


def _where(p: Term, givens: Givens) -> str:
    """A place where a condition fails, with the sign of what has the wrong one."""
    symbols, hypotheses = dict(givens.symbols), list(givens.hypotheses)
    while p.op == "all":
        body, var, over, where = p.args
        name = fresh(var.name, symbols)
        symbols[name] = REAL if over == REALS else Type("index", over)
        at = {var.name: sym(name)}
        hypotheses += [substitute(where, at)] if where != TRUE else []
        p = substitute(body, at)
    if p.op not in _RELATION:
        return ""
    found = search(Givens(symbols, tuple(hypotheses)), p.args[0], _RELATION[p.op], p.args[1], seconds=1.0).witness
    if found is None or found.undefined:
        return ""
    values = ", ".join(f"{name} = {value}" for name, value in found.values.items() if name in symbols and name not in givens.symbols)
    order = sum(x.op == "diff" for x in walk(p.args[0]))
    what = f"the {_ORDINAL[min(order, 3)]}derivative is" if order else f"{text(p.args[0])} is"
    return f"; but {what} {found.left}" + (f" at {values}" if values else "")

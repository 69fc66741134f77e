"""The words after `by`: which reasons there are, in English and Chinese. Knows their names; not what they prove."""

from __future__ import annotations

import difflib
import functools
import re
from collections.abc import Mapping

from derive.expression import Shape
from derive.layout import DERIVATION, Fault, Piece, read
from derive.model import Givens, Type
from derive.show import text
from derive.term import Replacement

# Reasons that are no rules of the table, with their Chinese names; and those that name something, with how they are written.
FIXED = {"algebra": "代数运算", "signs": "正负号", "differentiation": "求导", "hypothesis": "假设", "calculation": "数值计算"}
NAMED = {
    "definition of": re.compile(r"definition of (\S+)|(\S+?) ?的定义"),
    "cases": re.compile(r"cases (\S.*)|对 ?(\S.*?) ?分情况"),
    "lemma": re.compile(r"lemma (\S+)|引理 ?(\S+)"),
}


@functools.cache
def rule_names() -> Mapping[str, str]:
    """The English name of each rule of the table, by its English and by its Chinese name."""
    from derive.rules import GROUPS, RULES  # late: the table is read from text, and a page without reasons does not need it

    groups = {written: name for name, zh in GROUPS.items() for written in (name, zh)}
    return {written: name for name, rule in RULES.items() for written in (name, rule.zh) if written} | groups


@functools.cache
def _known() -> Mapping[str, str]:
    """The English name of each reason that names nothing, by its English and by its Chinese name."""
    return {**{name: name for name in FIXED}, **{zh: name for name, zh in FIXED.items()}, **rule_names()}


def read_reason(piece: Piece, givens: Givens, definitions: Mapping[str, Replacement], names: Mapping[str, Shape]) -> str:
    """The English name of the reason that a piece holds. Raises Fault, with the nearest reason as a hint."""
    written = " ".join(piece.text.split())
    known = _known()
    if written in known:
        return known[written]
    for kind, pattern in NAMED.items():
        if match := pattern.fullmatch(written):
            name = match.group(1) or match.group(2)
            return f"{kind} {_named(kind, name, piece, givens, definitions, names)}"
    candidates = [*known, *(f"definition of {name}" for name in definitions)]
    near = difflib.get_close_matches(written, candidates, 1, 0.5)
    hint = f"did you mean «{near[0]}»?" if near else "a reason is the name of a rule, algebra, definition of P, cases y, lemma page.name, …"
    raise Fault(f"unknown reason «{written}»", piece, hint)


def _named(reason: str, name: str, piece: Piece, givens: Givens, definitions: Mapping[str, Replacement], names: Mapping[str, Shape]) -> str:
    """What a reason names, checked: a definition, something with finitely many values, a lemma."""
    if reason == "definition of":
        if name not in definitions:
            hint = f"the definitions are {', '.join(definitions)}" if definitions else "a definition is written where P = …"
            raise Fault(f"{name} is not defined on this page", piece, hint)
        return name
    if reason == "lemma":
        if not re.fullmatch(DERIVATION, name):
            raise Fault(f"{name} is no name of a lemma", piece, "write lemma sigmoid.reflection")
        return name
    t = read(Piece(name, piece.start + max(piece.text.find(name), 0)), names)
    kind = givens.symbols.get(t.name) if t.op in ("sym", "elem") else None
    if kind is None or not _finite(kind):
        raise Fault(f"{name} does not have finitely many known values", piece, "cases are made of a label, a sign, or an index(3)")
    return text(t)


def _finite(kind: Type) -> bool:
    return kind.kind in ("label", "sign") or (kind.kind == "index" and kind.over is not None and kind.over.op == "num")

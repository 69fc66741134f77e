"""Whether a term means anything under the types of a page: indices in their families, ranges, variables of derivatives, values and
propositions in their places. Knows types; not where a term is defined, and not whether anything is true."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from fractions import Fraction

from derive import expression
from derive.layout import Piece
from derive.model import KINDS, REAL, Givens, Type
from derive.show import text
from derive.term import BINDERS, CONNECTIVES, OO, REALS, RELATIONS, TRUE, Lambda, Replacement, Term, call, free, num, walk

PROPOSITIONS = RELATIONS | CONNECTIVES | {"all", "almost", "integrable"}
VALUE, PROPOSITION, MAXIMISERS = "value", "proposition", "set"  # the sorts of a term
INFINITE = (OO, call("neg", OO))
_RANGES = {"sum": "a size or a number", "prod": "a size or a number", "integral": "Reals", "almost": "Reals"}
_NODES: Mapping[str, type[ast.expr]] = {"num": ast.Constant, "sym": ast.Name, "const": ast.Name, "elem": ast.Subscript}
_MOST_NODES = 1000

Scope = Mapping[str, Type | None]  # the bound variables; None for a parameter of a function, of which nothing is known


class Misfit(ValueError):
    """A part of a term that means nothing, why, and what to write instead."""

    def __init__(self, term: Term, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.term, self.message, self.hint = term, message, hint


class Checker:
    """Checks terms under the givens and definitions of a page; every method raises Misfit."""

    def __init__(self, givens: Givens, definitions: Mapping[str, Replacement]) -> None:
        self.symbols, self.definitions = givens.symbols, definitions
        self.hypotheses = givens.hypotheses
        self.tied = frozenset(name for h in givens.hypotheses for name in _in_equalities(h))

    def check(self, t: Term, *sorts: str, params: tuple[str, ...] = ()) -> None:
        """Check one whole term that has to be of one of the sorts."""
        self._visit(t, sorts or (VALUE,), dict.fromkeys(params))

    def _visit(self, t: Term, sorts: tuple[str, ...], scope: Scope) -> None:
        op = t.op
        sort = PROPOSITION if op in PROPOSITIONS or (op == "const" and t == TRUE) else MAXIMISERS if op in ("argmax", "argmin") else VALUE
        if sort not in sorts:
            hint = "each step of a chain has a line of its own" if sort == PROPOSITION else ""
            raise Misfit(t, f"{text(t)} is a {sort}, and a {sorts[0]} stands here", hint)
        if op == "num":
            return
        if op == "sym":
            self._symbol(t, scope)
        elif op == "const" and t == OO:
            raise Misfit(t, "oo is no number", "oo is the point of a limit, or the whole side opposite a limit")
        elif op in ("elem", "apply", "delta", "limit", "diff"):
            getattr(self, f"_{op}")(t, scope)
        elif op in BINDERS:
            self._binder(t, scope)
        elif op == "array":
            raise Misfit(t, "a list of numbers needs a name", "where W = [[…]]")
        else:
            for i, child in enumerate(t.children):
                guard = op in CONNECTIVES or (op == "cases" and i % 2)
                self._visit(child, (PROPOSITION if guard else VALUE,), scope)

    def _symbol(self, t: Term, scope: Scope) -> None:
        given = None if t.name in scope else self.symbols.get(t.name)
        if t.name == REALS.name or (given is not None and given.kind == "set"):
            raise Misfit(t, f"{t.name} is a set, and a value stands here", f"a set is only run over: for t in {t.name}")

    # -- indices

    def _elem(self, t: Term, scope: Scope) -> None:
        head, *indices = t.args
        for index, size in zip(indices, self._sizes(head), strict=True):
            self._place(t, index, size, scope)

    def _sizes(self, head: Term) -> tuple[Term, ...]:
        array = head if head.op == "array" else self.definitions.get(head.name)
        if isinstance(array, Term) and array.op == "array":
            rows = array.args
            return (num(len(rows)), *(self._sizes(rows[0]) if rows[0].op == "array" else ()))
        return self.symbols[head.name].shape

    def _place(self, t: Term, index: Term, size: Term, scope: Scope) -> None:
        """Check that `index` stays within 1 … size."""
        over = self._range_of(index, scope)
        if over is None or over == size:
            return
        head = t.name if t.args[0].op != "array" else "the array"
        if over.op != "num":
            hint = f"{head} is indexed by what runs over {text(size)}"
            raise Misfit(t, f"an index out of its family: {text(index)} runs over {text(over)}, {head} over {text(size)}", hint)
        if size.op == "num" and over.args[0] > size.args[0]:
            raise Misfit(t, f"an index out of its family: {text(index)} goes up to {text(over)}, {head} only to {text(size)}")
        if size.op != "num" and over.args[0] > 1 and not self._at_least(size, over.args[0]):
            hint = f"add the hypothesis {text(size)} >= {text(over)}"
            what = f"{text(index)} goes up to {text(over)}, {head} to {text(size)}, which may be 1"
            raise Misfit(t, f"an index out of its family: {what}", hint)

    def _range_of(self, t: Term, scope: Scope) -> Term | None:
        """What an index runs over: a size, or the largest number that it can be; None where that is not known yet."""
        if t.op == "num":
            if t.args[0].denominator != 1 or t.args[0] < 1:
                raise Misfit(t, f"{text(t)} is no index", "indices begin at 1")
            return t
        if t.op == "sym" and t.name in scope:
            found = scope[t.name]
            if found is None:
                return None
        elif t.op in ("sym", "apply") or (t.op == "elem" and t.args[0].op == "sym"):
            defined = self.definitions.get(t.name)
            if isinstance(defined, Lambda):
                self._visit(t, (VALUE,), scope)
                return None  # known once it is unfolded
            if defined is not None and t.op == "sym":
                return self._range_of(defined, {})
            self._visit(t, (VALUE,), scope)
            found = self.symbols.get(t.name)
        else:
            found = None
        if found is None or found.kind != "index":
            name = t.name if t.op == "sym" else "k"
            raise Misfit(t, f"{text(t)} is no index", f"an index is declared by {name}: index(N), or bound by a sum")
        return found.over

    def _at_least(self, size: Term, least: Fraction) -> bool:
        """Whether a hypothesis says so in as many words."""
        for h in self.hypotheses:
            for t in (h, *(h.args if h.op == "and" else ())):
                if t.op not in RELATIONS:
                    continue
                op, (a, b) = t.op, t.args
                if b == size:
                    op, a, b = {"le": "ge", "lt": "gt", "eq": "eq"}.get(op, ""), b, a
                if a == size and b.op == "num" and op in ("ge", "gt", "eq") and b.args[0] + (op == "gt") >= least:
                    return True
        return False

    def _delta(self, t: Term, scope: Scope) -> None:
        for index in t.args:
            self._range_of(index, scope)

    def _apply(self, t: Term, scope: Scope) -> None:
        head, *arguments = t.args
        given = self.symbols.get(head.name)
        params: tuple[Type | None, ...] = given.params if given else (None,) * len(arguments)
        for argument, param in zip(arguments, params, strict=True):
            if param is not None and param.kind == "index" and param.over is not None:
                self._place(t, argument, param.over, scope)
            else:
                self._visit(argument, (VALUE,), scope)

    # -- words that bind

    def _binder(self, t: Term, scope: Scope) -> None:
        body, var, over, where = t.args
        kind = self._runs_over(t, over)
        inside = {**scope, var.name: kind}
        self._visit(where, (PROPOSITION,), inside)
        self._visit(body, (PROPOSITION if t.op in ("all", "almost") else VALUE,), inside)

    def _runs_over(self, t: Term, over: Term) -> Type:
        given = self.symbols.get(over.name) if over.op == "sym" else None
        counted = (over.op == "num" and over.args[0].denominator == 1 and over.args[0] >= 1) or (given is not None and given.kind == "size")
        if counted and t.op not in ("integral", "almost"):
            return Type("index", over)
        if over == REALS and t.op not in ("sum", "prod"):
            return REAL
        if given is not None and given.kind == "set" and t.op in ("all", "argmax", "argmin"):
            return Type("set", over)
        what = _RANGES.get(t.op, "a size, a number, a set or Reals")
        hint = "indices begin at 1" if over.op == "num" else ""
        if over.op == "sym" and given is None and t.op != "integral":
            hint = f"declare it: given {over.name}: size"
        raise Misfit(over, f"{text(over)} is nothing that {t.op} can run over, which is {what}", hint)

    def _limit(self, t: Term, scope: Scope) -> None:
        body, var, point, _ = t.args
        if point not in INFINITE:
            self._visit(point, (VALUE,), scope)
        self._visit(body, (VALUE,), {**scope, var.name: REAL})

    def _diff(self, t: Term, scope: Scope) -> None:
        body, v, *at = t.args
        if at and v.name not in self.definitions:  # v is bound, and stands for a number near the point
            self._visit(at[0], (VALUE,), scope)
            self._visit(body, (VALUE,), {**scope, v.name: REAL})
            return
        self._visit(v, (VALUE,), scope)
        if v.name not in scope and v.name in self.definitions:
            hint = "take the derivative with respect to a given symbol; definitions unfold first"
            raise Misfit(v, f"{v.name} is a defined name, and no derivative is taken with respect to one", hint)
        kind = scope[v.name] if v.name in scope else self.symbols[v.name]
        if kind is not None and (not KINDS[kind.kind].open or kind.params):
            hint = "a variable of a derivative is real, positive or a probability"
            raise Misfit(v, f"{text(v)} is of type {kind.kind}, in which nothing can be differentiated", hint)
        if v.name not in scope and v.name in self.tied:
            hint = "give the hypothesis only where it is used, after the derivative has been taken"
            raise Misfit(v, f"an equality among the hypotheses mentions {v.name}, so {text(v)} cannot vary freely", hint)
        self._visit(body, (VALUE,), scope)


def _in_equalities(hypothesis: Term) -> Iterator[str]:
    for t in walk(hypothesis):
        if t.op in ("eq", "iff") or (t.op == "not" and any(part.op == "ne" for part in walk(t))):
            yield from free(t)


def locate(piece: Piece, whole: Term, part: Term) -> Piece:
    """Where in `piece`, of which `whole` was read, the node `part` is written; the whole piece where that cannot be found."""
    same = {id(t): None for t in walk(whole) if t == part}  # ordered; a chained comparison shares its middle term
    if id(part) not in same:
        return piece
    spans = list(_spans(piece.text, part))
    number = list(same).index(id(part))
    if not spans:
        return piece
    start, end = spans[min(number, len(spans) - 1)]
    return Piece(piece.text[start:end], piece.start + start)


def _spans(source: str, part: Term) -> Iterator[tuple[int, int]]:
    lines = ("(" + source).split("\n")
    starts = [-1]
    for line in lines:
        starts.append(starts[-1] + len(line) + 1)

    def offset(line: int, column: int) -> int:
        return starts[line - 1] + len(lines[line - 1].encode()[:column].decode(errors="ignore"))

    tree = ast.parse(f"({source}\n)", mode="eval")
    nodes = [n for n in ast.walk(tree) if isinstance(n, _NODES.get(part.op, ast.expr)) and hasattr(n, "lineno")]
    for node in sorted(nodes[:_MOST_NODES], key=lambda n: (n.lineno, n.col_offset)):
        start, end = offset(node.lineno, node.col_offset), offset(node.end_lineno or node.lineno, node.end_col_offset or 0)
        try:
            if expression.read(source[start:end]) == part:
                yield start, end
        except expression.ExpressionError:
            continue

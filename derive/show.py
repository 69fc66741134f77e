"""Term → text, as it was written: `read(text(t)) == t`; and which parts differ between two lines. Knows the notation and no meaning."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher
from fractions import Fraction
from typing import NamedTuple

from derive.model import Line, Page, Type, Value, Words
from derive.term import BINDERS, FUNCTIONS, TRUE, Lambda, Replacement, Term

# how tightly each operation binds; a child that binds less tightly is put in brackets
_PRECEDENCE = {
    "iff": 0, "or": 1, "and": 2, "not": 3, "eq": 4, "ne": 4, "lt": 4, "le": 4, "gt": 4, "ge": 4, "is": 4,
    "add": 5, "sub": 5, "mul": 6, "div": 6, "neg": 7, "pow": 8,
}  # fmt: skip
SYMBOL = {
    "add": " + ", "sub": " - ", "mul": "*", "div": "/", "pow": "**", "and": " and ", "or": " or ", "neg": "-", "not": "not ",
    "eq": " == ", "ne": " != ", "lt": " < ", "le": " <= ", "gt": " > ", "ge": " >= ", "iff": " iff ",
    "is": " is ",  # «n is an integer», a condition that no page can write
}  # fmt: skip
_LEFT_ASSOCIATIVE = frozenset({"add", "sub", "mul", "div", "and", "or", "iff"})
_ATOM = 9

Path = tuple[int, ...]  # from a term to a part of it: positions in `args`; -1 at the end is the operator of that part
OPERATOR = -1


def text(t: Term) -> str:
    """The term in the page language."""
    return "".join(s for s, _ in _Writer(t).chunks)


def type_text(kind: Type) -> str:
    """The type in the page language: `index(N)`, `real[N, d]`, `(real, index(N)) -> real`."""
    if kind.density:
        return f"density({', '.join(map(type_text, kind.params))})"
    out = kind.kind + (f"({text(kind.over)})" if kind.over is not None else "")
    if kind.kind == "set" and kind.over is not None:  # an element of it, as the argument of a function
        return text(kind.over)
    if kind.shape:
        out += f"[{', '.join(map(text, kind.shape))}]"
    if kind.params:
        params = ", ".join(map(type_text, kind.params))
        out = f"({params}) -> {out}" if len(kind.params) > 1 else f"{params} -> {out}"
    return out


def definition_text(name: str, meaning: Replacement) -> str:
    """`P = …` or `g(s) = …`, as the page has it."""
    if isinstance(meaning, Lambda):
        return f"{name}({', '.join(meaning.params)}) = {text(meaning.body)}"
    return f"{name} = {text(meaning)}"


def page_text(page: Page) -> str:
    """The page as it would be written, one thing a line; what is read from it is the same page."""
    expect = [] if page.expect is None else [f"expect refuted: {_both(page.expect)}" if any(page.expect) else "expect refuted"]
    given = [f"{name}: {type_text(kind)}" for name, kind in page.givens.symbols.items()] + [text(h) for h in page.givens.hypotheses]
    head = [
        f"title {_both(page.title)}" if any(page.title) else "",
        f"source {page.source}" if page.source else "",
        *expect,
        f"see {', '.join(page.see)}" if page.see else "",
        *(f"given {g}" for g in given),
        *(f"where {definition_text(name, meaning)}" for name, meaning in page.definitions.items()),
        f"claim {text(page.left)} {page.relation} {text(page.right)}",
    ]
    return "\n".join([*filter(None, head), "", *map(line_text, page.lines)]) + "\n"


def line_text(line: Line) -> str:
    """One line of a chain as it would be written, aligned on the relation."""
    if line.relation is None:
        return f"    {text(line.term)}"
    words = f": {_both(line.words)}" if any(line.words) else ""
    by = f"    by {', '.join(line.reasons)}{words}" if line.reasons else ""
    return f"  {line.relation} {text(line.term)}{by}" + (f"    expect {line.expect}" if line.expect else "")


def _both(words: Words) -> str:
    return f"{words.en} | {words.zh}" if words.zh else words.en


def value_text(value: Value) -> str:
    """An exact value: `1/2`, or `(1/3, 2/3)` for a family."""
    return f"({', '.join(map(value_text, value))})" if isinstance(value, tuple) else str(value)


def pieces(t: Term, marked: frozenset[Path] = frozenset()) -> list[tuple[str, bool]]:
    """The text of `t` in runs, with True for those that belong to a part at one of the `marked` paths."""
    chunks = [(s, any(path[:n] in marked for n in range(len(path) + 1)), path[-1:] == (OPERATOR,)) for s, path in _Writer(t).chunks]
    out: list[tuple[str, bool]] = []
    for i, (s, mark, operator) in enumerate(chunks):
        # what stands between two marked parts looks marked too
        mark = mark or (operator and 0 < i < len(chunks) - 1 and chunks[i - 1][1] and chunks[i + 1][1])
        if out and out[-1][1] == mark:
            out[-1] = (out[-1][0] + s, mark)
        else:
            out.append((s, mark))
    return out


class _Writer:
    """Writes a term as chunks of text, each with the path of the part that it belongs to."""

    def __init__(self, t: Term) -> None:
        self.chunks: list[tuple[str, Path]] = []
        self.write(t, (), 0)

    def put(self, s: str, path: Path) -> None:
        self.chunks.append((s, path))

    def write(self, t: Term, path: Path, above: int) -> None:
        bracket = _strength(t) < above
        if bracket:
            self.put("(", path)
        self.node(t, path)
        if bracket:
            self.put(")", path)

    def node(self, t: Term, path: Path) -> None:
        op, args = t.op, t.args
        if op == "num":
            self.put(_number(t), path)
        elif op in ("sym", "const"):
            self.put("True" if t == TRUE else t.name, path)
        elif op in ("neg", "not"):
            self.put(SYMBOL[op], (*path, OPERATOR))
            self.write(args[0], (*path, 0), _PRECEDENCE[op])
        elif op in _PRECEDENCE:
            strength = _PRECEDENCE[op]
            left, right = (strength, strength + 1) if op in _LEFT_ASSOCIATIVE else (strength + 1, strength + 1)
            if op == "pow":
                left, right = _ATOM, _PRECEDENCE["neg"]
            self.write(args[0], (*path, 0), left)
            self.put(SYMBOL[op], (*path, OPERATOR))
            self.write(args[1], (*path, 1), right)
        else:
            self.call(t, path)

    def call(self, t: Term, path: Path) -> None:
        op, args = t.op, t.args
        if op in BINDERS or op == "integrable":
            inner, at = (args[0], (*path, 0)) if op == "integrable" else (t, path)
            _, var, over, where = inner.args
            self.put(f"{op}(", path)
            self.write(inner.args[0], (*at, 0), 0)
            self.put(f" for {var.name} in ", path)
            self.write(over, (*at, 2), 0)
            if where != TRUE:
                self.put(" if ", path)
                self.write(where, (*at, 3), 0)
            self.put(")", path)
        elif op == "cases":
            self.put("cases(", path)
            for i in range(0, len(args), 2):
                self.put(", (" if i else "(", path)
                self.several(t, path, i, i + 2)
                self.put(")", path)
            self.put(")", path)
        elif op in ("elem", "apply", "array"):
            opening, closing = ("(", ")") if op == "apply" else ("[", "]")
            if op != "array":
                self.write(args[0], (*path, 0), _ATOM)
            self.put(opening, path)
            self.several(t, path, 0 if op == "array" else 1, len(args))
            self.put(closing, path)
        else:
            self.function(t, path)

    def function(self, t: Term, path: Path) -> None:
        op, args = t.op, t.args
        assert op in FUNCTIONS or op in ("delta", "diff", "limit"), op
        self.put(f"{op}(", path)
        plain = 2 if op == "diff" else 3 if op == "limit" else len(args)
        self.several(t, path, 0, plain)
        if op == "diff" and len(args) == 3:
            self.put(", at=", path)
            self.write(args[2], (*path, 2), 0)
        elif op == "limit" and args[3].name != "both":
            self.put(f", {args[3].name}", (*path, 3))
        self.put(")", path)

    def several(self, t: Term, path: Path, start: int, stop: int) -> None:
        for i in range(start, stop):
            if i > start:
                self.put(", ", path)
            self.write(t.args[i], (*path, i), 0)


def _strength(t: Term) -> int:
    """How tightly the outermost operation binds."""
    if t.op != "num":
        return _PRECEDENCE.get(t.op, _ATOM)
    if "/" in _number(t):
        return _PRECEDENCE["div"]
    return _ATOM if t.args[0] >= 0 else _PRECEDENCE["neg"]


def _number(t: Term) -> str:
    value, decimals = t.args
    if value.denominator == 1 or (value * 10**decimals).denominator == 1:
        return decimal_text(value, decimals)
    return f"{value.numerator}/{value.denominator}"


def decimal_text(value: Fraction, decimals: int) -> str:
    """A number that has so many decimals: `0.10`; an integer where it is shown with none."""
    if not decimals:
        return str(value.numerator)
    digits = str(abs(value * 10**decimals)).rjust(decimals + 1, "0")
    return f"{'-' if value < 0 else ''}{digits[:-decimals]}.{digits[-decimals:]}"


# -- what changed from one line to the next

_CHAINS = {"add": "sum", "sub": "sum", "mul": "product", "div": "product"}


class _Item(NamedTuple):
    """One summand or factor as written: the operation before it, itself, and where both stand."""

    operation: str
    term: Term
    path: Path
    operator: Path


def changed(before: Term, after: Term) -> frozenset[Path]:
    """The paths of the smallest parts of `after` that differ from `before`; none where both are written alike."""
    return frozenset(_differences(before, after, ()))


def _differences(a: Term, b: Term, path: Path) -> Iterator[Path]:
    if a == b:
        return
    chain = _CHAINS.get(b.op) or _CHAINS.get(a.op)
    if chain:
        yield from _chain_differences(_items(a, (), chain), _items(b, path, chain), path)
    elif a.op == b.op and a.children and len(a.args) == len(b.args) and not (a.op in ("elem", "apply") and a.args[0] != b.args[0]):
        for i, (x, y) in enumerate(zip(a.args, b.args, strict=True)):
            yield from _differences(x, y, (*path, i))
    else:
        yield path


def _items(t: Term, path: Path, chain: str) -> list[_Item]:
    """The summands (or factors) as written, from left to right; what stands in brackets is one of them."""
    if _CHAINS.get(t.op) != chain:
        return [_Item("", t, path, path)]
    return [*_items(t.args[0], (*path, 0), chain), _Item(t.op, t.args[1], (*path, 1), (*path, OPERATOR))]


def _chain_differences(a: list[_Item], b: list[_Item], path: Path) -> Iterator[Path]:
    found: list[Path] = []
    before, after = ([(_key(x), x.term) for x in items] for items in (a, b))
    for tag, i, i_end, j, j_end in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "replace" and i_end - i == j_end - j and len(a) == len(b):
            for x, y in zip(a[i:i_end], b[j:j_end], strict=True):
                if _key(x) != _key(y):
                    found.append(y.operator)
                found += _differences(x.term, y.term, y.path)
        elif tag in ("replace", "insert"):
            for y in b[j:j_end]:
                found += [y.path] if y.operator == y.path else [y.operator, y.path]
    yield from found or [path]


def _key(item: _Item) -> str:
    """Two items are the same only under the same key: the first of a chain is added, or multiplied."""
    return item.operation if item.operation in ("sub", "div") else ""

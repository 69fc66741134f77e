"""What stands after `given`: types and hypotheses. Knows the notation of types; not whether the givens agree with each other."""

from __future__ import annotations

import difflib
import keyword
import re
from collections.abc import Iterable

from derive import expression
from derive.expression import Shape
from derive.layout import NAME, PAGE_WORDS, RELATION, Fault, Piece, at_depth_0, entries, read, split
from derive.model import KINDS, REAL, Givens, Type
from derive.term import Term, num, sym

_PLAIN = re.compile(rf"({NAME})\s*(?:\(([^()\[\]]*)\))?\s*(?:\[([^()\[\]]*)\])?")
_WORDS = expression.RESERVED | PAGE_WORDS
_EXAMPLES = "types are real, label, index(N), real[N, d], real -> positive, density(real), …"


def read_givens(bodies: Iterable[Piece]) -> tuple[Givens, list[Piece]]:
    """The symbols and hypotheses of all `given` of a page, and where the hypotheses are written. Raises Fault."""
    bodies = list(bodies)
    symbols: dict[str, Type] = {}
    sizes: list[tuple[Piece, str]] = []
    hypotheses: list[Piece] = []
    for body in bodies:
        if not body.text:
            raise Fault("nothing is given here", body, "given x: real")
        untyped: list[Piece] = []
        for entry in entries(body, "a symbol or a hypothesis"):
            name, *rest = split(entry, ":")
            if rest:
                kind = read_type(entry.cut(rest[0].start - entry.start), sizes)
                for piece in (*untyped, name):
                    _declare(piece, kind, symbols)
                untyped = []
            elif re.fullmatch(NAME, entry.text) and entry.text not in expression.CONSTANTS:
                untyped.append(entry)
            else:
                hypotheses.append(entry)
        if untyped:
            raise Fault(f"{untyped[0].text} has no type", untyped[0], f"write {untyped[0].text}: real; {_EXAMPLES}")
    for piece, size in sizes:
        _check_size(piece, size, symbols)
    for function, kind in symbols.items():
        for over in (p.over for p in kind.params if p.kind == "set" and p.over is not None):
            if symbols.get(over.name) != Type("set"):
                place = next(body for body in bodies if function in body.text)
                raise Fault(f"unknown type {over.name}", place, f"given {over.name}: set; {_EXAMPLES}")
    names = shapes(symbols)
    return Givens(symbols, tuple(_hypothesis(piece, names) for piece in hypotheses)), hypotheses


def shapes(symbols: dict[str, Type]) -> dict[str, Shape]:
    """How each symbol may be used in an expression."""
    return {name: Shape(len(t.shape), len(t.params)) for name, t in symbols.items()}


def read_name(piece: Piece) -> str:
    """A name that a page gives to something. Raises Fault where it is none, or a word of the language."""
    if not piece.text:
        raise Fault("a name is missing here", piece)
    if piece.text.isascii() and piece.text.isidentifier() and not (keyword.iskeyword(piece.text) or piece.text in _WORDS):
        return piece.text
    t = read(piece, None)
    if t.op != "sym" or t.name in _WORDS:
        what = "is a word of the language" if re.fullmatch(NAME, piece.text) else "is no name"
        raise Fault(f"{piece.text} {what}", piece, "use another name")
    return t.name


def _declare(piece: Piece, kind: Type, symbols: dict[str, Type]) -> None:
    name = read_name(piece)
    if name in symbols:
        raise Fault(f"{name} is given twice", piece, "use another name")
    symbols[name] = kind


def _hypothesis(piece: Piece, names: dict[str, Shape]) -> Term:
    for match in at_depth_0(piece.text, RELATION):
        if match.group() == "=":
            raise Fault(
                "= stands in no hypothesis", piece.cut(*match.span()), "a hypothesis is a proposition, in which equality is written =="
            )
    return read(piece, names)


def read_type(piece: Piece, sizes: list[tuple[Piece, str]]) -> Type:
    """A type. The names of sizes in it are added to `sizes`, since they may be declared later. Raises Fault."""
    parts = split(piece, "->")
    if len(parts) == 1:
        return _plain(piece, sizes)
    if len(parts) > 2:
        raise Fault("a function has one ->", piece, "several arguments are written (real, real) -> real")
    domain, codomain = parts
    if domain.text.startswith("(") and domain.text.endswith(")"):
        params = tuple(_plain(p, sizes, param=True) for p in entries(domain.cut(1, len(domain.text) - 1), "the type of an argument"))
    else:
        params = (_plain(domain, sizes, param=True),)
    result = _plain(codomain, sizes)
    for part in (*params, result):
        if part.shape or part.params or part.kind == "size" or (part.kind == "set" and part.over is None):
            raise Fault("functions take numbers and indices to numbers", piece, "such as (real, index(N)) -> real")
    return Type(result.kind, result.over, params=params)


def _plain(piece: Piece, sizes: list[tuple[Piece, str]], param: bool = False) -> Type:
    """A type without an arrow; that of a parameter may be the name of a set."""
    match = _PLAIN.fullmatch(piece.text)
    if match is None:
        raise Fault(f"{piece.text or 'nothing'} is no type", piece, _EXAMPLES)
    kind, argument, shape = match.groups()
    if kind == "density":
        if shape is not None or any(p.text != "real" for p in split(piece.cut(*match.span(2)), ",")):
            raise Fault(f"{piece.text} is no type", piece, "a density is written density(real)")
        return Type("nonnegative", params=(REAL,) * len((argument or "").split(",")), density=True)
    if kind not in KINDS and match.group(0) == kind and param:  # a function on a set
        return Type("set", sym(kind))
    if kind not in KINDS:
        near = difflib.get_close_matches(kind, [*KINDS, "density"], 1)
        raise Fault(f"unknown type {kind}", piece.cut(*match.span(1)), f"did you mean {near[0]}?" if near else _EXAMPLES)
    if (kind == "index") != (argument is not None):
        hint = "write index(N) for an index that runs over N" if kind == "index" else f"write {kind}, or {kind}[N] for a family"
        raise Fault(f"{piece.text} is no type", piece, hint)
    over = _size(piece.cut(*match.span(2)), sizes) if argument is not None else None
    if shape is None:
        return Type(kind, over)
    if kind in ("size", "set"):
        raise Fault(f"there is no family of type {kind}", piece, "families hold numbers or indices")
    return Type(kind, over, tuple(_size(p, sizes) for p in split(piece.cut(*match.span(3)), ",")))


def _size(piece: Piece, sizes: list[tuple[Piece, str]]) -> Term:
    if re.fullmatch("[0-9]{1,9}", piece.text) and int(piece.text) > 0:
        return num(int(piece.text))
    if not re.fullmatch(NAME, piece.text):
        raise Fault(f"{piece.text or 'nothing'} is no size", piece, "a size is a symbol of type size, or a positive integer")
    sizes.append((piece, piece.text))
    return sym(piece.text)


def _check_size(piece: Piece, name: str, symbols: dict[str, Type]) -> None:
    if name not in symbols:
        raise Fault(f"the size {name} is not declared", piece, f"given {name}: size")
    if symbols[name] != Type("size"):
        raise Fault(f"{name} is no size", piece, f"given {name}: size")

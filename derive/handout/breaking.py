"""How wide a formula is, and where it is broken into lines: estimates in em, the same for every format. Knows formulas only."""

from __future__ import annotations

from collections.abc import Iterator

from derive.handout.formula import Array, Big, Cases, Fenced, Fraction, Node, Root, Row, Scripted, Styled, Token, row, unstyled

COLUMN, FULL = 25.0, 40.0  # of the expression beside its reason, and over the whole width, at 10.5 pt on A4
_SCRIPT = 0.72
_SPACED = {"binary": 0.9, "relation": 1.2, "prefix": 0.75, "punctuation": 0.45, "invisible": 0.08}


def width(node: Node) -> float:
    """The width of a formula in em, to about a tenth."""
    match node:
        case Token(kind="words", text=text):
            return 0.6 + sum(1.0 if c > "\u2e80" else 0.48 for c in text)
        case Token(kind=kind, text=text):
            return _SPACED.get(kind) or sum(0.9 if c in "∑∏" else 0.52 for c in text) + (0.17 if kind == "name" else 0.03)
        case Row(parts):
            return sum(map(width, parts))
        case Fraction(top, bottom):
            return max(width(top), width(bottom)) + 0.25
        case Scripted(base, sub, sup):
            return width(base) + _SCRIPT * max(width(s) for s in (sub, sup, Row(())) if s is not None)
        case Big(sign, under, over):
            return max(width(sign) + 0.3, _SCRIPT * width(under), _SCRIPT * width(over or Row(()))) + 0.2
        case Root(body):
            return width(body) + 0.8
        case Fenced(opening, body, closing):
            return width(body) + 0.42 * (bool(opening) + bool(closing))
        case Cases(rows):
            return max(width(v) for v, _ in rows) + max(width(g) for _, g in rows) + 1.7
        case Array(rows):
            return max(sum(width(x) + 0.8 for x in r) for r in rows) + 0.6
        case Styled(_, body):
            return width(body)


def broken(node: Node, room: float) -> tuple[Node, ...]:
    """The formula in lines of at most `room` em, where it can be broken: before a sign at the top, else inside its last brackets,
    else between factors. Further lines begin with a sign and are a little shorter.
    """
    if width(node) <= room:
        return (node,)
    for cut in (_between(node, ("binary", "relation")), _inside(node)):
        pieces = list(cut)
        if len(pieces) > 1:
            return _filled(pieces, room)
    return (node,)


def _filled(pieces: list[Node], room: float) -> tuple[Node, ...]:
    """As many pieces a line as there is room for; a piece that is too wide by itself is broken again."""
    lines: list[Node] = []
    for piece in pieces:
        together = row(lines[-1], piece) if lines else piece
        if lines and width(together) <= room - (1.5 if len(lines) > 1 else 0):
            lines[-1] = together
        else:
            lines += broken(piece, room) if width(piece) > room and len(pieces) > 1 else (piece,)
    return tuple(lines)


def _parts(node: Node) -> tuple[Node, ...]:
    return node.parts if isinstance(node, Row) else (node,)


def _between(node: Node, kinds: tuple[str, ...]) -> Iterator[Node]:
    """The summands of a row, each with its sign."""
    if isinstance(node, Styled):
        yield from (Styled(node.style, piece) for piece in _between(node.body, kinds))
        return
    piece: list[Node] = []
    for part in _parts(node):
        bare = unstyled(part)
        if piece and isinstance(bare, Token) and bare.kind in kinds and bare.text != "·" and bare.text != "/":
            yield row(*piece)
            piece = []
        piece.append(part)
    yield row(*piece)


def _inside(node: Node) -> Iterator[Node]:
    """A row whose last box is in brackets, or styled, broken within it: what stands before it goes with the first piece."""
    *before, last = _parts(node)
    match last:
        case Styled(style, body):
            pieces = [*_between(body, ("binary",))]
            pieces = [Styled(style, p) for p in (pieces if len(pieces) > 1 else _inside(body))]
        case Fenced(opening, body, closing):
            found = [*_between(body, ("binary", "relation"))]
            if len(found) < 2:
                found = [*_inside(body)]
            if len(found) < 2:
                pieces = [last]
            else:
                pieces = [Fenced(opening, found[0], ""), *found[1:-1], Fenced("", found[-1], closing)]
        case _:
            pieces = [last]
    yield row(*before, pieces[0])
    yield from pieces[1:]

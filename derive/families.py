"""Which definitions of a page are written as arrays: those whose parameters are all indices. Knows terms and types; writes no code."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterator
from typing import Literal, NamedTuple

from derive.model import Page
from derive.term import Lambda, Term, num, sym, walk

Style = Literal["value", "array", "function", "inline"]


class Family(NamedTuple):
    """What has elements: the code of it, its sizes, and the places of the indices on which it depends."""

    text: str
    shape: tuple[Term, ...]
    kept: tuple[int, ...]


class Families:
    """The families of a page, those that it defines included; `inputs` are the symbols whose values a function is given."""

    def __init__(self, page: Page, inputs: Collection[str]) -> None:
        self.symbols, self.definitions = page.givens.symbols, page.definitions
        shapes = (size for name in inputs for size in self.symbols[name].shape)
        self.known = {*inputs, *(size.name for size in shapes if size.op == "sym")}

    def style(self, name: str) -> Style:
        """How a definition with parameters is written: as an `array`, as a `function` of numbers or arrays, or where it stands."""
        meaning = self.definitions[name]
        if not isinstance(meaning, Lambda):
            return "value"
        if self.shape(meaning) is not None:
            return "array"
        indexed = any(True for p in meaning.params for _ in self.ranges(p, meaning.body))
        loops = any(x.op in ("sum", "prod") for x in walk(meaning.body))
        calls = (x.name for x in walk(meaning.body) if x.op == "apply" and x.name in self.definitions)
        return "function" if not indexed and not loops and all(self.style(c) != "inline" for c in calls) else "inline"

    def shape(self, meaning: Lambda) -> tuple[Term, ...] | None:
        """What the parameters run over, where all of them are indices and run over sizes that the function can know."""
        sizes = [size for p in meaning.params for size in itertools.islice(self.ranges(p, meaning.body), 1)]
        known = all(size.op == "num" or size.name in self.known for size in sizes)
        return tuple(sizes) if known and len(sizes) == len(meaning.params) else None

    def ranges(self, param: str, body: Term) -> Iterator[Term]:
        """What a parameter has to run over, by each place in which it stands as an index."""
        me = sym(param)
        for t in walk(body):
            if t.op == "elem" and t.args[0].op == "sym":
                yield from (n for i, n in zip(t.args[1:], self.sizes_of(t.name), strict=True) if i == me)
            elif t.op == "apply" and isinstance(inner := self.definitions.get(t.name), Lambda):
                yield from (n for a, p in zip(t.args[1:], inner.params, strict=True) if a == me for n in self.ranges(p, inner.body))
            elif t.op == "apply" and t.name in self.symbols:
                kinds = self.symbols[t.name].params
                yield from (k.over for a, k in zip(t.args[1:], kinds, strict=True) if a == me and k.kind == "index" and k.over is not None)
            elif t.op == "delta" and me in t.args:
                other = t.args[t.args[0] == me]
                if other.op in ("sym", "elem") and (kind := self.symbols.get(other.name)) and kind.over is not None:
                    yield kind.over

    def sizes_of(self, head: str) -> tuple[Term, ...]:
        meaning = self.definitions.get(head)
        return shape_of(meaning) if isinstance(meaning, Term) else self.symbols[head].shape


def shape_of(array: Term) -> tuple[Term, ...]:
    """How long the rows of numbers are that a page writes down."""
    if array.op != "array":
        return ()
    return (num(len(array.args)), *shape_of(array.args[0]))

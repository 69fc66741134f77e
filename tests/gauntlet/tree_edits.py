"""Random edits of JSON trees, such as somebody might make who wants a certificate to say something else. The same for the same seed."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable, Iterator
from typing import Any

from edits import NAME, NUMBER, TOKEN, Editor

Place = tuple[dict[str, Any] | list[Any], Any]  # a container and the key or index in it
NAMES = ("seal", "name", "rule", "kind", "verdict")
ODD = (None, True, False, 0, 1, -1, 1e300, 10**30, "", "x", "1", [], {}, [[]], "real", "\ud800", "0"*5000, {"of": ["x"], "is": "x"})


class TreeEditor:
    """Edits trees; what stands under a key in one of `trees` may come to stand under the same key in another."""

    def __init__(self, trees: list[Any], texts: Editor, seed: int) -> None:
        self.texts, self.rng = texts, random.Random(seed)
        self.pool: dict[Any, list[Any]] = {}
        for tree in trees:
            for container, at in places(tree):
                self.pool.setdefault(_key(at), []).append(container[at])
        kinds: tuple[Callable[[Any], object], ...] = (self.delete, self.duplicate, self.swap, self.odd, self.nest, self.add)
        fine: tuple[Callable[[Any], object], ...] = (self.alike, self.alike, self.text, self.everywhere, self.everywhere)
        self.kinds = (*kinds, *fine, *fine, *fine)

    def edited(self, tree: Any) -> Any:
        """A copy of the tree with one edit, or a few."""
        out = copy.deepcopy(tree)
        for _ in range(self.rng.choice((1, 1, 1, 2, 3))):
            self.rng.choice(self.kinds)(out)
        return out

    def _place(self, tree: Any, wanted: Callable[[Any], bool] = lambda value: True) -> Place:
        """A place, each depth as likely as its number of places; of those whose value is wanted, if there are some."""
        found = [(c, at) for c, at in places(tree) if at != "seal"]
        return self.rng.choice([(c, at) for c, at in found if wanted(c[at])] or found)

    def delete(self, tree: Any) -> None:
        container, at = self._place(tree)
        del container[at]

    def duplicate(self, tree: Any) -> None:
        container, at = self._place(tree)
        if isinstance(container, list):
            container.insert(at, copy.deepcopy(container[at]))
        else:
            container[f"{at}2"] = copy.deepcopy(container[at])

    def swap(self, tree: Any) -> None:
        """The values of two places of one container."""
        container, i = self._place(tree)
        j = self.rng.choice(list(container) if isinstance(container, dict) else range(len(container)))
        container[i], container[j] = container[j], container[i]

    def odd(self, tree: Any) -> None:
        container, at = self._place(tree)
        container[at] = copy.deepcopy(self.rng.choice(ODD))

    def nest(self, tree: Any) -> None:
        """Lists in lists, or a trace in a trace, many deep."""
        container, at = self._place(tree)
        kind, depth = self.rng.choice(("list", "trace", "object")), self.rng.choice((1, 2, 4, 8))
        for _ in range(depth if kind == "trace" else depth**2):
            inner = container[at]
            container[at] = {"list": [inner], "trace": {"ways": [inner, inner]}, "object": {"is": inner}}[kind]

    def add(self, tree: Any) -> None:
        """A field that stands elsewhere."""
        container, _ = self._place(tree, lambda value: isinstance(value, dict))
        key = self.rng.choice([k for k in self.pool if isinstance(k, str)])
        if isinstance(container, dict):
            container[key] = copy.deepcopy(self.rng.choice(self.pool[key]))

    def alike(self, tree: Any) -> None:
        """What stands under the same key elsewhere."""
        container, at = self._place(tree)
        container[at] = copy.deepcopy(self.rng.choice(self.pool.get(_key(at)) or [None]))

    def text(self, tree: Any) -> None:
        container, at = self._place(tree, lambda value: isinstance(value, str))
        if isinstance(container[at], str):
            container[at] = self.texts.edited(container[at])

    def everywhere(self, tree: Any) -> None:
        """One name or number replaced by another, wherever it stands in a derivation, but for the names of things."""
        container, at = self._place(tree, lambda value: isinstance(value, dict) and "steps" in value)
        strings = [(c, k) for c, k in places(container[at]) if isinstance(c[k], str) and k not in NAMES]
        tokens = [t for c, k in strings for t in TOKEN.findall(c[k]) if NAME.fullmatch(t) or NUMBER.fullmatch(t)]
        if not tokens:
            return
        old, new = self.rng.choice(tokens), self.rng.choice((*tokens, "0", "1", "2", "(-1)"))
        for c, k in strings:
            c[k] = "".join(new if t == old else t for t in TOKEN.findall(c[k]))


def places(tree: Any) -> Iterator[Place]:
    """Every place of a tree."""
    stack = [tree]
    while stack:
        container = stack.pop()
        if isinstance(container, dict | list):
            for at in container if isinstance(container, dict) else range(len(container)):
                yield container, at
                stack.append(container[at])


def _key(at: Any) -> Any:
    return at if isinstance(at, str) else "an item"

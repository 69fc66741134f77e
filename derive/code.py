"""What exported code is made of: expressions with their axes, names, and how each library writes what differs between them.

Knows Python and the libraries, none of which it imports; knows no terms.
"""

from __future__ import annotations

import builtins
import keyword
import unicodedata
from collections.abc import Mapping
from typing import NamedTuple

LOOSEST, NOT, COMPARED, ADD, MUL, NEG, POW, ATOM = range(8)  # how tightly operations of Python bind


class CannotExport(ValueError):
    """What has no code: which derivation or which part of it, why, and what to do instead."""


class Primitive(NamedTuple):
    """How a stable form is computed: a call, of the negative and negated where that is how the library has it; a helper's source."""

    call: str
    negative: bool = False
    helper: str = ""


class Library(NamedTuple):
    """How a library writes what differs between them."""

    imports: str
    prefix: str
    axis: str  # what its reductions call the axis
    primitives: Mapping[str, Primitive]
    arrays_only: bool = False  # its functions take no plain numbers


_EXPIT = '''\
def expit(u):
    # exp(u)/(1 + exp(u)) = 1/(1 + exp(-u)), by sigmoid.logistic: exp of what is not positive does not overflow
    e = np.exp(-np.abs(u))
    return np.where(u >= 0, 1, e) / (1 + e)
'''
_LOGSUMEXP = '''\
def logsumexp(s):
    # log(sum(exp(s))) = c + log(sum(exp(s - c))) for every c, by softmax.log_sum_exp: here c is the greatest, whose term is 1
    greatest = np.argmax(s, axis=-1, keepdims=True)
    c = np.take_along_axis(s, greatest, axis=-1)
    e = np.exp(s - c)
    np.put_along_axis(e, greatest, 0, axis=-1)
    return c[..., 0] + np.log1p(np.sum(e, axis=-1))
'''
_SOFTMAX = '''\
def softmax(s):
    # a shift of all scores changes nothing, by softmax.shift: here by the greatest along the last axis
    e = np.exp(s - np.max(s, axis=-1, keepdims=True))
    return e / np.sum(e, axis=-1, keepdims=True)
'''
LIBRARIES: Mapping[str, Library] = {
    "numpy": Library("import numpy as np", "np", "axis", {
        "softplus": Primitive("np.logaddexp(0, {})"), "log1p": Primitive("np.log1p({})"), "expit": Primitive("expit({})", helper=_EXPIT),
        "logsumexp": Primitive("logsumexp({})", helper=_LOGSUMEXP), "softmax": Primitive("softmax({})", helper=_SOFTMAX),
    }),
    # torch's own softplus is u itself above 20, which is 2e-9 off
    "torch": Library("import torch", "torch", "dim", {
        "softplus": Primitive("torch.nn.functional.logsigmoid({})", negative=True), "log1p": Primitive("torch.log1p({})"),
        "expit": Primitive("torch.sigmoid({})"), "logsumexp": Primitive("torch.logsumexp({}, dim=-1)"),
        "softmax": Primitive("torch.softmax({}, dim=-1)"),
    }, arrays_only=True),
    "jax": Library("import jax\nimport jax.numpy as jnp", "jnp", "axis", {
        "softplus": Primitive("jax.nn.softplus({})"), "log1p": Primitive("jnp.log1p({})"), "expit": Primitive("jax.nn.sigmoid({})"),
        "logsumexp": Primitive("jax.nn.logsumexp({}, axis=-1)"), "softmax": Primitive("jax.nn.softmax({}, axis=-1)"),
    }),
}  # fmt: skip
RESERVED = frozenset({*keyword.kwlist, *dir(builtins), "np", "torch", "jax", "jnp", "math", "sp", "expit", "logsumexp", "softmax"})


class Code(NamedTuple):
    """An expression of Python, how tightly it binds, its axes (bound indices, outermost first), and whether it is an array or came
    with the arguments: if not, it is a number that is known when Python reads it, or the size of an array."""

    text: str
    strength: int = ATOM
    axes: tuple[str, ...] = ()
    array: bool = True

    def within(self, strength: int) -> str:
        """Its text, in brackets if it binds less tightly."""
        return self.text if self.strength >= strength else f"({self.text})"


class Names:
    """Names of a page or of a derivation → names of Python: no keyword, no built-in, no Greek letter, no two alike."""

    def __init__(self, taken: str = "") -> None:
        self.given: dict[str, str] = {}
        self.taken = {*RESERVED, taken}

    def __getitem__(self, name: str) -> str:
        if name not in self.given:
            letters = unicodedata.normalize("NFKC", name)  # as Python reads a name
            written = "".join(_spelled(letter) if f"_{letter}".isidentifier() else "_" for letter in letters)
            if not written.isidentifier():
                written = f"_{written}"  # a derivation may begin with a digit
            while written in self.taken:
                written += "_"
            self.taken.add(written)
            self.given[name] = written
        return self.given[name]


def _spelled(letter: str) -> str:
    spelled = unicodedata.name(letter, "")
    if not spelled.startswith("GREEK"):
        return letter
    word = spelled.split(" LETTER ")[-1].split()[0].lower().replace("lamda", "lambda")
    return word.capitalize() if "CAPITAL" in spelled else word


def spaced(lines: list[str]) -> list[str]:
    """The lines of a function with an empty one before and after the functions within it."""
    out: list[str] = []
    for before, line in zip(["", *lines], lines, strict=False):
        if before and (line.startswith("def ") or (before.startswith(" ") and not line.startswith(" "))):
            out.append("")
        out.append(line)
    return out

"""A certified derivation → a small function for NumPy, PyTorch, JAX or SymPy, or a formula in LaTeX, with what it rests on.

Knows what a docstring says and which side of a claim is taken; how terms become code is known by `arrays` and `symbolic`. The
formula is proved, the code is not: what is exported says so, and is meant to be held against the formula by its owner's tests.
"""

from __future__ import annotations

import json
import textwrap
from collections.abc import Mapping
from typing import Any

from derive import record
from derive.arrays import Arrays
from derive.claims import Definitions
from derive.code import LIBRARIES, CannotExport, Names
from derive.handout.formula import Notation
from derive.handout.latex import latex
from derive.handout.speech import spoken
from derive.handout.words import given
from derive.model import Claim, NotCertified, Outcome, Page, Relation, Status, Type
from derive.report import plain
from derive.show import definition_text, type_text
from derive.show import text as show
from derive.symbolic import Symbolic
from derive.term import Term, free

__all__ = ["TARGETS", "CannotExport", "export"]

TARGETS = (*LIBRARIES, "sympy", "latex")
WIDTH = 100
PROMISE = "Exported by {}; the formula is proved, this code is not: test it with assert_implements."
_KINDS = {
    "real": "real", "positive": "greater than 0", "nonnegative": "0 or greater", "probability": "strictly between 0 and 1",
    "integer": "integer", "label": "0 or 1", "sign": "-1 or 1", "size": "positive integer",
}  # fmt: skip


def export(outcome: Outcome, to: str) -> str:
    """The source of a function whose value is that of the equation that a derivation claims, or its LaTeX; the same for the same.

    `to` is one of TARGETS. The right side is taken, which is the last line; or the left one, if it needs fewer inputs. Inputs come
    in the order of the page, as those of its oracle do; where sizes and indices come from is said in the docstring.
    Raises NotCertified where a step is not proved, and CannotExport where there is no equation or no code for it.
    """
    if to not in TARGETS:
        raise CannotExport(f"{to} is nothing to export to; choose one of {', '.join(TARGETS)}")
    if outcome.page is None or outcome.status is not Status.PROVED:
        raise NotCertified(plain(outcome))
    about = _about(outcome)
    if to == "latex":
        return _latex(outcome.page, about)
    page = outcome.page
    if page.relation is not Relation.EQ:
        raise CannotExport(f"{outcome.name}: {_claim(page)} is no equation, and a function has the value of a side of one")
    problem = None
    for side, inputs in _sides(page):
        try:
            return _sympy(page, side, inputs, about) if to == "sympy" else _arrays(page, side, inputs, about, to)
        except CannotExport as error:
            problem = error
    raise CannotExport(f"{outcome.name}: {problem}")


class _About(dict[str, str]):
    """What an export says of the derivation: its `name`, the `seal` of its certificate, and what it was `made_by`."""


def _about(outcome: Outcome) -> _About:
    certificate: Mapping[str, Any] = json.loads(record.certificate([outcome]))
    return _About(name=outcome.name, seal=certificate["derivations"][0]["seal"], made_by=certificate["made_by"])


def _claim(page: Page) -> str:
    return f"{show(page.left)} {page.relation} {show(page.right)}"


def _sides(page: Page) -> list[tuple[Term, tuple[str, ...]]]:
    """The sides of the claim with the inputs that they need: the right one first, unless the left one needs fewer."""
    whole = Definitions(Claim(page.givens, page.left, page.relation, page.right, (), page.definitions))
    sides = [(side, _inputs(page, whole.expand(side))) for side in (page.right, page.left)]
    return [sides[0]] if len(sides[0][1]) <= len(sides[1][1]) else sides[::-1]


def _inputs(page: Page, value: Term) -> tuple[str, ...]:
    """The symbols that a value needs, in the order of the page, without the sizes that one of their shapes has."""
    symbols = page.givens.symbols
    needed = free(value) & symbols.keys()
    read = {size.name for name in needed for size in symbols[name].shape if size.op == "sym"}
    return tuple(name for name in symbols if name in needed - read)


# -- functions


def _arrays(page: Page, side: Term, inputs: tuple[str, ...], about: _About, to: str) -> str:
    name = _function_name(about["name"])
    writer = Arrays(page, LIBRARIES[to], inputs, name)
    body = writer.body(side)
    stable = [f"Stable form: {form}" + (f", by {', '.join(why)}" if why else "") + "." for form, why in writer.used.items()]
    parameters = [f"{writer.names[n]}: {_described(page.givens.symbols[n])}" for n in inputs]
    docstring = _docstring(page, about, parameters, stable)
    function = [f"def {name}({', '.join(writer.names[n] for n in inputs)}):", *_indented(docstring), *_indented(body)]
    parts = ["\n".join(writer.imports(body)), *(helper.rstrip() for helper in writer.helpers()), "\n".join(function)]
    return "\n\n\n".join(filter(None, parts)) + "\n"


def _sympy(page: Page, side: Term, inputs: tuple[str, ...], about: _About) -> str:
    name = _function_name(about["name"])
    symbols = page.givens.symbols
    sizes = {size.name for n in inputs for size in symbols[n].shape if size.op == "sym"}
    wanted = [n for n in symbols if n in inputs or n in sizes]
    writer = Symbolic(page, name)
    body = writer.body(side)
    parameters = [f"{writer.names[n]}: {_symbolic(symbols[n])}" for n in wanted]
    notes = ["As it is written: sums stay sums, numbers exact, indices count from 1."]
    function = [
        f"def {name}({', '.join(writer.names[n] for n in wanted)}):",
        *_indented(_docstring(page, about, parameters, notes)),
        *_indented(body),
    ]
    return "import sympy as sp\n\n\n" + "\n".join(function) + "\n"


def _function_name(name: str) -> str:
    return Names()[name.rpartition(".")[2].replace("-", "_")]


def _indented(lines: list[str]) -> list[str]:
    return [f"    {line}" if line else "" for line in lines]


def _docstring(page: Page, about: _About, parameters: list[str], notes: list[str]) -> list[str]:
    """The lines of the docstring, quotation marks included."""
    words = spoken(Notation().relation(page.left, page.relation, page.right), "en")
    title = " · ".join(filter(None, page.title)) or about["name"]
    paragraphs = [
        [title],
        [_claim(page)] if len(_claim(page)) <= WIDTH - 4 else [show(page.left), f"{page.relation} {show(page.right)}"],
        _wrapped(f"Read: {words}.") if len(words) < 2 * WIDTH else [],  # a longer one is not understood by anybody
        [f"where {definition_text(name, meaning)}" for name, meaning in page.definitions.items()],
        ["Parameters:", *(f"    {p}" for p in parameters)] if parameters else [],
        [f"given {show(h)}" for h in page.givens.hypotheses],
        [line for note in notes for line in _wrapped(note)],
        [f"Source: {page.source}"] * bool(page.source) + [f"Derivation: {about['name']}", f"Certificate: sha256 {about['seal']}"],
        _wrapped(PROMISE.format(about["made_by"])),
    ]
    lines = "\n\n".join("\n".join(p) for p in paragraphs if p).replace("\\", "\\\\").replace('"""', '\\"\\"\\"').split("\n")
    return [f'"""{lines[0]}', *lines[1:], '"""']


def _wrapped(words: str) -> list[str]:
    return textwrap.wrap(words, WIDTH - 4, break_long_words=False, break_on_hyphens=False)


def _described(kind: Type) -> str:
    """A type and a shape in words."""
    sizes = ", ".join(map(show, kind.shape)) + "," * (len(kind.shape) == 1)
    return _worth(kind, "from 0") + f", shape ({sizes})" * bool(kind.shape)


def _symbolic(kind: Type) -> str:
    indexed = f", indexed by {', '.join(f'1 … {show(n)}' for n in kind.shape)}, such as sp.IndexedBase" * bool(kind.shape)
    return _worth(kind, "from 1") + indexed


def _worth(kind: Type, start: str) -> str:
    if kind.params:
        return f"a function, {type_text(kind)}, that takes arrays" if start == "from 0" else f"a function, {type_text(kind)}"
    if kind.kind == "index" and kind.over is not None:
        last = show(kind.over)
        before = str(int(last) - 1) if last.isdecimal() else f"{last} - 1"
        return f"an index from 0 to {before}" if start == "from 0" else f"an index from 1 to {last}"
    return _KINDS[kind.kind]


# -- LaTeX


def _latex(page: Page, about: _About) -> str:
    """The claim as a display for amsmath, what is given and defined above it, and where it is from in comments."""
    notation = Notation(sets=frozenset(name for name, kind in page.givens.symbols.items() if kind.kind == "set"))
    where = [f"${latex(notation.definition(name, meaning))}$" for name, meaning in page.definitions.items()]
    said = given(page.givens, "en", notation)
    stated = ["".join(part if isinstance(part, str) else f"${latex(part)}$" for part in words) for words in said]
    comments = [*filter(None, page.title), *([f"source: {page.source}"] * bool(page.source)), f"derivation: {about['name']}",
        f"certificate: sha256 {about['seal']}", f"exported by {about['made_by']}; the formula is proved"]  # fmt: skip
    return "\n".join([
        *(f"% {comment}" for comment in comments),
        *([f"Given {'; '.join(stated)}."] if stated else []),
        *([f"Where {'; '.join(where)}."] if where else []),
        r"\begin{equation*}",
        f"  {latex(notation.relation(page.left, page.relation, page.right))}",
        r"\end{equation*}",
    ]) + "\n"  # fmt: skip

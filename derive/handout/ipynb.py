r"""Document → a Jupyter notebook whose cells run: SymPy's equalities, and the check once more. Knows LaTeX and Python; no verdict.

A notebook is JSON, and needs no package to be written. A derivation of a Python package is imported; the page of another one stands
in its cell as a string, together with the pages of the document that its lemmas name. Such a page may come from anywhere, so what
is written is read again as Python before it is trusted to be nothing but a string.
"""

from __future__ import annotations

import ast
import base64
import itertools
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from derive.handout.document import DRAWINGS, Document, Figure, Mark, Row, Said, Section, Text
from derive.handout.formula import Node, Token, row
from derive.handout.latex import latex
from derive.handout.plotting import draw
from derive.handout.words import said
from derive.model import Place, Words
from derive.page import Derivation

STYLES = {"changed": r"\textcolor{#2a7ad0}", "wrong": r"\textcolor{#d9453a}"}  # to be read on white and on black
BLANK = "____"
_ESCAPED = re.compile(r"([\\`*_{}\[\]<>#|~$&])")
_TALL = re.compile(r"\\(frac|sum|prod|int|lim|mathop)(?![A-Za-z])")
_LEMMA = re.compile(r"(?:\bby|,) lemma ([\w.-]+)")
_SETUP = """\
from derive import NotCertified, derivation
from derive.check import check_derivation
from derive.page import collect_markdown
from derive.report import plain"""
_SHOW = "display(*[equation for equation in {0}.equations if equation is not None])"
_PLAIN = "print(plain({0}))"
_CAUGHT = "try:\n    print(plain({0}))\nexcept NotCertified as report:\n    print(report)"
_TO_FILL_IN = f'if "{BLANK}" in page.text:\n    print({{0}})\nelse:\n    {{1}}'
_LINE, _INDENT = "\n", "    "
STILL_BLANK = Words(f"Fill in each {BLANK} above, and run this cell.", f"请填写上面的每个 {BLANK}，然后运行此单元格。")
ELSEWHERE = Words(
    "It rests on {}, which is not in this notebook, and so cannot be checked here.", "它依赖 {}，而后者不在本笔记本中，因此无法在此检查。"
)


def write(document: Document, stem: str) -> dict[str, bytes]:
    """The notebook; its pictures are inside."""
    notebook = {
        "cells": [*_Notebook(document).cells()],
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
            "title": _line(document.title, " · "),
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return {f"{stem}.ipynb": (json.dumps(notebook, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "replace")}


# -- text


def _words(words: str) -> str:
    """Words in which nothing is Markdown."""
    return _ESCAPED.sub(r"\\\1", words.replace("\n", " "))


def _formula(node: Node) -> str:
    source = latex(node, STYLES)
    return rf"$\displaystyle {source}$" if _TALL.search(source) else f"${source}$"


def _text(text: Text) -> str:
    """Words and formulas, formulas beside each other as one, or two dollars would meet."""
    out = []
    for formulas, parts in itertools.groupby(text, lambda part: not isinstance(part, str)):
        found = [*parts]
        out += [_formula(row(*(p for p in found if not isinstance(p, str))))] if formulas else [_words("".join(map(str, found)))]
    return "".join(out)


def _line(said: Said, between: str) -> str:
    return between.join(map(_text, said))


def literal(text: str) -> str:
    """A string of Python: as it would be written by hand, if that is the very same text; else with everything escaped."""
    by_hand = f'"""\\\n{text}"""'
    try:
        same = ast.literal_eval(by_hand) == text and all(line.isprintable() for line in text.split("\n"))
    except (SyntaxError, ValueError):
        same = False
    return by_hand if same else repr(text)


# -- cells


class _Notebook:
    def __init__(self, document: Document) -> None:
        self.document = document
        self.pages = {s.name: s.page_text for s in document.sections if s.page_text}

    def label(self, name: str) -> str:
        return _line(self.document.labels.get(name, ()), " ")

    def cells(self) -> Iterator[dict[str, Any]]:
        yield _markdown("title", *self.head())
        yield _code("setup", _SETUP)
        for s in self.document.sections:
            pictures = {f"{f.name}.png": _png(f, self.document) for f in s.figures}
            yield _markdown(f"derivation-{s.number}", *self.section(s), pictures=pictures)
            for k, source in enumerate(self.code(s), 1):
                yield _code(f"derivation-{s.number}-code-{k}", source)

    def head(self) -> Iterator[str]:
        document = self.document
        yield f"# {_line(document.title, ' · ')}"
        yield f"**{_line(document.subtitle, ' · ')}**"
        if document.sheet:
            yield f"{self.label('sheet')}: {_words(document.sheet)}"
        if document.student:
            blank = r"\_" * 24
            yield f"{self.label('name')}: {blank}  {self.label('date')}: {blank}"
        if document.legend:
            yield "  \n".join(f"{DRAWINGS[mark].character} {_line(words, ' · ')}" for mark, words in document.legend)
        yield from map(_text, document.footer)

    def section(self, s: Section) -> Iterator[str]:
        yield f"## {s.number} {_line(s.heading, ' · ')}"
        yield from map(_text, s.goal)
        if s.source:
            yield f"{self.label('source')}: {_words(s.source)}"
        if strip := [*self.strip(s)]:
            yield "  \n".join(f"> {line}" for line in strip)
        yield from map(_text, s.instruction)
        yield from map(_row, s.rows)
        yield from (_text(t) for remark in s.remarks for t in remark.said)
        for figure in s.figures:
            yield f"![{_line(figure.alternative, ' ')}](attachment:{figure.name}.png)"
            yield from map(_text, figure.caption)
        yield from map(_text, s.answer)
        missing = [] if s.module else self.outside(s)
        for words in said(ELSEWHERE, self.document.languages) if missing else ():
            before, _, after = _plain(words).partition("{}")
            yield _words(before + ", ".join(missing) + after)

    def strip(self, s: Section) -> Iterator[str]:
        for items, words in zip(s.given, self.document.labels.get("given", ()), strict=False):
            if items:
                yield f"**{_text(words)}** {' · '.join(map(_text, items))}"
        if s.definitions:
            yield f"**{self.label('where')}** {' · '.join(map(_formula, s.definitions))}"

    def code(self, s: Section) -> Iterator[str]:
        """A worksheet has a page to fill in, which is checked when nothing is left blank, and else no code, which would solve it."""
        if not s.page_text or (self.document.student and BLANK not in s.page_text):
            return
        name, made, checked = self.made(s)
        if self.document.student:
            message = "\n".join(_plain(words) for words in said(STILL_BLANK, self.document.languages))
            yield f"{made}\n{_TO_FILL_IN.format(repr(message), _CAUGHT.format(checked).replace(_LINE, _LINE + _INDENT))}"
            return
        yield f"{made}\n\n{_SHOW.format(name)}"
        yield (_PLAIN if all(r.mark in (None, Mark.PROVED) for r in s.rows) else _CAUGHT).format(checked)

    def made(self, s: Section) -> tuple[str, str, str]:
        """The name of a derivation, the code that makes it, and the code that checks it."""
        name, outside = s.name.rpartition(".")[2], self.outside(s)
        if s.module and not self.document.sheet:
            return name, f"from {s.module} import {name}", f"{name}.certify()"
        if s.module and outside:
            made = f"from {s.module} import {name}\n\npage = derivation({literal(s.page_text)})"
            return "page", made, f"check_derivation(page, {name}.neighbours())"
        needed = self.needed(s.name)
        if needed == [s.name]:
            return "page", f"page = derivation({literal(s.page_text)})", "page.certify()"
        return "page", f"page = collect_markdown({literal(''.join(map(self.fenced, needed)))})[-1]", "page.certify()"

    def outside(self, s: Section) -> list[str]:
        """The lemmas that a page names and this document does not hold."""
        return [name for name in _lemmas(s.page_text) if name not in self.pages]

    def needed(self, name: str) -> list[str]:
        """The pages of this document that one rests on, and itself at the end."""
        found = [name]
        for n in found:  # grows while it is run through
            found += [m for m in _lemmas(self.pages[n]) if m in self.pages and m not in found]
        return found[::-1]

    def fenced(self, name: str) -> str:
        text = self.pages[name].rstrip("\n")
        fence = "`" * max([3, *(len(run) + 1 for run in re.findall("`+", text))])
        return f"{fence}derive {name}\n{text}\n{fence}\n"


def _lemmas(page_text: str) -> list[str]:
    """The lemmas that a page names, even one that is not filled in yet, and so cannot be read."""
    return _LEMMA.findall(page_text) if BLANK in page_text else Derivation(page_text, Place("", 1)).lemmas()


def _row(r: Row) -> str:
    """A numbered item: the formula, then the mark and the reason, then what the checker says."""
    out = [f"{DRAWINGS[Mark.REFUTED].character} {_formula(wrong)}" for wrong in r.wrong]
    relation = [Token("relation", r.relation)] if r.relation else []
    first = row(*([r.left] if r.left is not None else []), *relation, *r.lines[:1])
    out += [_formula(first) + ("" if r.lines else f" {_words(BLANK)}"), *map(_formula, r.lines[1:])]
    reason = _words(BLANK) if r.blank_reason else _line(r.reason, " · ")
    out.append(" ".join(filter(None, [DRAWINGS[r.mark].character if r.mark else "", reason])))
    out += [_text(t) for remark in r.remarks for t in remark.said]
    start = f"{r.number}. " if r.number else ""
    return start + ("  \n" + " " * len(start)).join(filter(None, out))


def _plain(text: Text) -> str:
    return "".join(part for part in text if isinstance(part, str))


def _png(figure: Figure, document: Document) -> str:
    return base64.b64encode(draw(figure, "png", document.languages[0])).decode()


def _markdown(name: str, *paragraphs: str, pictures: Mapping[str, str] | None = None) -> dict[str, Any]:
    attached = {"attachments": {file: {"image/png": data} for file, data in pictures.items()}} if pictures else {}
    return {"cell_type": "markdown", "id": name, "metadata": {}, **attached, "source": _lines("\n\n".join(paragraphs))}


def _code(name: str, source: str) -> dict[str, Any]:
    return {"cell_type": "code", "execution_count": None, "id": name, "metadata": {}, "outputs": [], "source": _lines(source)}


def _lines(source: str) -> list[str]:
    return source.splitlines(keepends=True)

"""Document → one HTML file that stands by itself: no script, no request, fonts within. Knows the document and browsers; no proof.

Everything is built as a tree and escaped when that is written out, so that what a page says can never become markup. Colours are
variables of the style sheet, one set by day and one by night; pictures are drawn in the colours of the day and get the variables here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from xml.etree.ElementTree import Element, fromstring, tostring

from derive.handout import mathml, plotting, style
from derive.handout.breaking import width
from derive.handout.document import COLOURS, DRAWINGS, PAPER, Document, Figure, Mark, Remark, Row, Said, Section, Text
from derive.handout.formula import Node, Styled, Token
from derive.handout.words import MARKS, said, text
from derive.model import Words

Child = Element | str
PHONE = 15.0  # em: a wider formula may have to be scrolled on a phone, and so has to be reached by the keyboard
BESIDE = 3.0  # em: a wider left side has a line of its own on a phone
SKIP = Words("Skip the contents", "跳过目录")
BLANK = Words("to be filled in", "待填写")


def write(document: Document, stem: str) -> dict[str, bytes]:
    """The file `stem.html`."""
    return {f"{stem}.html": written(_tag(document.languages[0]), _plain(document.title), _Page(document).body())}


def written(lang: str, title: str, body: Element, more: str = "") -> bytes:
    """A page with our style sheet, and `more` of it."""
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("title", title),
        element("style", style.sheet() + more),
    )
    root: bytes = tostring(element("html", head, body, lang=lang), encoding="utf-8", method="html")
    return b"<!doctype html>\n" + root + b"\n"


def element(tag: str, *children: Child, **attributes: str) -> Element:
    """An element; `class_` stands for `class`, `aria_label` for `aria-label`."""
    out = Element(tag, {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()})
    for child in children:
        if isinstance(child, Element):
            out.append(child)
        elif len(out):
            out[-1].tail = (out[-1].tail or "") + child
        else:
            out.text = (out.text or "") + child
    return out


def _tag(lang: str) -> str:
    return "zh-Hans" if lang == "zh" else lang


# -- words and formulas


def _plain(words: Said) -> str:
    """What is said, where no markup can stand."""
    return " · ".join("".join(part for part in one if isinstance(part, str)) for one in words)


_STOP = re.compile("[,.;:?!，。；：？！、]+")


def _run(words: Text) -> Iterator[Child]:
    """A text. A formula that may be wider than a phone is scrolled within its own box; of others, no line ends before a comma."""
    stop = ""
    for part, after in zip(words, (*words[1:], ""), strict=True):
        if isinstance(part, str):
            yield part.removeprefix(stop)
            stop = ""
            continue
        formula, found = mathml.math(part), _STOP.match(after) if isinstance(after, str) else None
        stop = found[0] if found and width(part) <= PHONE else ""
        if stop:
            yield element("span", formula, stop, class_="kept")
        else:
            yield _scrolled("span", formula, label=_plain((words,))) if width(part) > PHONE else formula


def _scrolled(tag: str, *children: Child, label: str) -> Element:
    return element(tag, *children, class_="scrolled", tabindex="0", role="group", aria_label=label.strip() or "…")


def _shows_what_is_wrong(node: Node) -> bool:
    return any((e.get("class") or "").startswith("wrong") for e in mathml.math(node).iter())


class _Page:
    """Writes one document; every text of a document in two languages says in which one it is."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.first = document.languages[0]

    # -- texts in several languages

    def in_each(self, words: Said) -> Iterator[Child]:
        """What is said, in each language on lines of its own."""
        if len(self.document.languages) == 1:
            for one in words:
                yield from _run(one)
            return
        for lang, one in zip(self._languages(words), words, strict=True):
            yield element("span", *_run(one), lang=_tag(lang), class_="said")

    def _languages(self, words: Said) -> Sequence[str]:
        """The languages of texts; of one that stands once, because a page has it in one language only, what its letters tell."""
        if len(words) == len(self.document.languages):
            return self.document.languages
        return ["zh" if any("\u3400" <= c <= "\u9fff" for c in _plain((one,))) else "en" for one in words]

    def label(self, name: str) -> Iterator[Child]:
        """A fixed word of the document; in two languages beside each other."""
        yield from self.beside(self.document.labels[name])

    def beside(self, words: Said) -> Iterator[Child]:
        for i, child in enumerate(self.in_each(words)):
            yield from (" ", child) if i and isinstance(child, Element) else (child,)

    def both(self, words: Words) -> Said:
        return said(words, self.document.languages)

    # -- the page

    def body(self) -> Element:
        document = self.document
        out = element("body")
        if document.contents:
            out.append(element("a", *self.beside(self.both(SKIP)), href="#derivations", class_="skip"))
        out.append(self.header())
        if document.contents:
            out.append(self.contents())
        out.append(element("main", *map(self.section, document.sections), id="derivations"))
        if document.legend or document.footer or document.sheet:
            out.append(self.footer())
        return out

    def header(self) -> Element:
        document = self.document
        below = element("div", element("p", *self.in_each(document.subtitle), class_="subtitle"), class_="below")
        if document.student:
            for name in ("name", "date"):
                below.append(element("p", *self.label(name), element("span", class_="field"), class_=f"to-write {name}"))
        return element("header", element("h1", *self.in_each(document.title)), below)

    def contents(self) -> Element:
        entries = []
        for section in self.document.sections:
            number = element("span", str(section.number), class_="number")
            link = element("a", number, " ", element("span", *self.in_each(section.heading)), href=f"#s{section.number}")
            entries.append(element("li", link, *([] if self.document.student else [self.mark(section.mark)])))
        heading = element("h2", *self.label("contents"), id="contents")
        return element("nav", heading, element("ol", *entries, role="list"), aria_labelledby="contents")

    def footer(self) -> Element:
        document = self.document
        out = element("footer")
        if document.legend:
            legend = ((self.mark(mark, spoken=False), element("span", *self.in_each(words))) for mark, words in document.legend)
            out.append(element("ul", *(element("li", *entry) for entry in legend), class_="legend", role="list"))
        if document.footer:
            out.append(element("p", *self.in_each(document.footer)))
        if document.sheet:
            out.append(element("p", *self.label("sheet"), " ", document.sheet, class_="sheet"))
        return out

    # -- a derivation

    def section(self, section: Section) -> Element:
        heading = element("h2", element("span", str(section.number), class_="number"), " ", element("span", *self.in_each(section.heading)))
        source = [element("p", *self.label("source"), " ", section.source, class_="source")] if section.source else []
        out = element("section", element("div", heading, *source, class_="heading"), id=f"s{section.number}")
        if section.goal:
            out.append(element("p", *self.in_each(section.goal), class_="goal"))
        if any(section.given) or section.definitions:
            out.append(self.strip(section))
        if section.instruction:
            out.append(element("p", *self.in_each(section.instruction), class_="instruction"))
        if section.rows:
            out.append(element("ol", *map(self.row, section.rows), class_="rows", role="list"))
        out.extend(map(self.remark, section.remarks))
        if section.answer:
            out.append(element("div", element("p", *self.in_each(section.answer)), self.blank(1), class_="answer"))
        for figure in section.figures:  # one by one: extend would hide which package is missing behind an error of its own
            out.append(self.figure(figure, f"s{section.number}-{figure.name}-"))
        return out

    def strip(self, section: Section) -> Element:
        """What is given, a line for each language, or one where it needs no words; and what the names stand for."""
        given, labels = section.given, self.document.labels
        out = element("div", class_="strip")
        if len(set(given)) == 1:
            out.append(self.items(given[0], *self.label("given")))
        else:
            for lang, label, items in zip(self.document.languages, labels["given"], given, strict=False):
                line = self.items(items, *_run(label))
                line.set("lang", _tag(lang))
                out.append(line)
        out.append(self.items([(node,) for node in section.definitions], *self.label("where")))
        for empty in [line for line in out if not len(line[-1])]:
            out.remove(empty)
        return out

    def items(self, items: Sequence[Text], *label: Child) -> Element:
        listed = element("ul", *(element("li", *_run(item)) for item in items), role="list")
        return element("div", element("span", *label, class_="label"), listed)

    def row(self, row: Row) -> Element:
        out = element("li", class_="row wide" if row.wide else "row")
        if row.number:
            out.append(element("span", str(row.number), class_="number"))
        if row.left is not None:
            out.append(element("div", mathml.math(row.left), class_="left long" if width(row.left) > BESIDE else "left"))
        if row.relation:
            out.append(element("div", mathml.math(Token("relation", row.relation)), class_="relation"))
        out.append(element("div", *self.expression(row), class_="expression"))
        if row.reason or row.remarks or row.blank_reason:
            out.append(element("div", *self.reason(row), class_="reason"))
        if row.mark is not None:
            out.append(self.mark(row.mark))
        return out

    def expression(self, row: Row) -> Iterator[Element]:
        """The expression in its lines, below what was wrong in its place; or room to write."""
        lines = [self.line(node) for node in row.lines] or [self.blank(2)]
        if row.wrong:
            # what is wrong is struck where it is known, else the whole line
            whole = not any(map(_shows_what_is_wrong, row.wrong))
            wrong = (self.line(Styled("wrong", node) if whole else node) for node in row.wrong)
            lines.insert(0, element("del", *wrong))
        if max(map(width, (*row.lines, *row.wrong)), default=0.0) > PHONE:
            yield _scrolled("div", *lines, label=f"{_plain(self.document.labels['step'])} {row.number or 1}")
        else:
            yield from lines

    def line(self, node: Node) -> Element:
        return element("div", mathml.math(node), class_="line")

    def reason(self, row: Row) -> Iterator[Element]:
        if row.blank_reason:
            yield self.blank(2)
        elif row.reason:
            yield element("p", *self.in_each(row.reason))
        yield from map(self.remark, row.remarks)

    def remark(self, remark: Remark) -> Element:
        return element("p", *self.in_each(remark.said), class_=f"remark ink-{remark.ink}")

    def blank(self, lines: int) -> Element:
        """Dotted lines to write on."""
        label = text(BLANK, self.first)
        return element("div", *(element("span", class_="dots") for _ in range(lines)), class_="blank", role="img", aria_label=label)

    def mark(self, mark: Mark, spoken: bool = True) -> Element:
        drawing = DRAWINGS[mark]
        paths = [element("path", d=drawing.shape, class_="shape"), *([element("path", d=drawing.sign)] if drawing.sign else [])]
        look = f"mark ink-{drawing.ink}{' hollow' if drawing.hollow else ''}"
        told = {"role": "img", "aria_label": text(MARKS[mark], self.first)} if spoken else {"aria_hidden": "true"}
        return element("svg", *paths, class_=look, viewBox="0 0 24 24", **told)

    def figure(self, figure: Figure, prefix: str) -> Element:
        drawn = inlined(plotting.draw(figure, "svg", self.first), prefix)
        drawn.attrib |= {"role": "img", "aria-label": _plain(figure.alternative)}
        return element("figure", drawn, element("figcaption", *self.in_each(figure.caption)))


# -- pictures


def inlined(svg: bytes, prefix: str) -> Element:
    """A picture as a part of a page: its colours are those of the style sheet, its names begin with `prefix`, and its own style
    sheet, which would apply to the whole page, holds for itself only.
    """
    root = fromstring(svg)
    own = [rule for e in root.iter() if e.tag.endswith("}style") for rule in re.findall(r"\*\s*\{([^}]*)\}", e.text or "")]
    for parent in list(root.iter()):
        for child in [c for c in parent if c.tag.rpartition("}")[2] in ("metadata", "style", "title")]:
            parent.remove(child)
    for e in root.iter():
        e.tag = e.tag.rpartition("}")[2]
        e.attrib = {name.rpartition("}")[2]: _inlined_value(name, value, prefix) for name, value in e.attrib.items()}
    root.attrib["style"] = ";".join([*own, root.get("style", "")])
    for size in ("width", "height"):
        root.attrib.pop(size, None)
    return root


def _inlined_value(name: str, value: str, prefix: str) -> str:
    if name == "id":
        return prefix + value
    value = re.sub(r"^#(?![0-9a-fA-F]{6}$)|(?<=url\()#", f"#{prefix}", value)
    return _HEX.sub(lambda m: f"var(--{_BY_DAY[m[0].lower()]})", value)


_BY_DAY = {PAPER[0]: "paper", **{day: str(ink) for ink, (day, _) in COLOURS.items()}}
_HEX = re.compile("|".join(_BY_DAY), re.IGNORECASE)

"""Document → a Word file with real equations. Knows how a handout is laid out in Word; `word` knows the styles, `omml` the equations.

The body is put together as text and read once. Word wants the widths of the columns of a table, and of each cell; it keeps a
derivation on one page if each of its paragraphs but the last is kept with the next.
"""

from __future__ import annotations

import io
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from derive.handout import omml, word
from derive.handout.breaking import width
from derive.handout.document import Document, Figure, Ink, Row, Said, Section, Text
from derive.handout.formula import Array, Big, Cases, Fraction, Node, Token, row
from derive.handout.omml import held, inside
from derive.handout.plotting import draw

_NUMBER, _LABEL, _REASON, _MARK = (round(mm * word.MM) for mm in (7, 17, 50, 9))
_EN, _EM = "\u2002", "\u2003"  # spaces
_BREAK = "<w:r><w:br/></w:r>"
_TAB = "<w:r><w:tab/></w:r>"


def write(document: Document, stem: str) -> dict[str, bytes]:
    """The Word file of a document."""
    package = word.package(_plain(document.title), {"zh": "zh-CN"}.get(document.languages[0], "en-GB"))
    body = package.element.body
    paper = _Paper(document, package)
    end = body.sectPr
    for element in word.elements(paper.body()):
        end.addprevious(element)
    footer = package.sections[0].footer
    footer.is_linked_to_previous = False
    for paragraph in list(footer._element):
        footer._element.remove(paragraph)
    footer._element.extend(word.elements(paper.footer()))
    return {f"{stem}.docx": word.saved(package)}


# -- paragraphs


def _run(text: str, look: str = "") -> str:
    """Words; Chinese ones say so, as quotation marks and dashes are the same letters in both scripts."""
    if any(c > "\u2e80" for c in text):
        look = '<w:rFonts w:hint="eastAsia"/>' + look
    properties = f"<w:rPr>{look}</w:rPr>" if look else ""
    return f'<w:r>{properties}<w:t xml:space="preserve">{escape(held(text))}</w:t></w:r>'


def _coloured(ink: Ink) -> str:
    return f'<w:color w:val="{word.colour(ink)}"/>'


def _text(text: Text, ink: Ink | None = None) -> str:
    """A text; formulas that follow each other are kept apart, or Word would read them as one."""
    out = []
    for i, part in enumerate(text):
        if isinstance(part, str):
            out.append(_run(part, _coloured(ink) if ink else ""))
        else:
            out += [_run(" ")] if i and not isinstance(text[i - 1], str) else []
            out.append(omml.inline(part, ink))
    return "".join(out)


def _said(said: Said, ink: Ink | None = None) -> str:
    """What is said, the languages one below the other."""
    return _BREAK.join(_text(t, ink) for t in said)


def _plain(said: Said, between: str = " · ") -> str:
    """What is said, without its formulas."""
    return between.join("".join(part for part in text if isinstance(part, str)) for text in said)


def _paragraph(style: str, content: str, keep: bool = False, more: str = "") -> str:
    kept = "<w:keepNext/>" if keep else ""
    return f'<w:p><w:pPr><w:pStyle w:val="{word.style_id(style)}"/>{kept}{more}</w:pPr>{content}</w:p>'


def _field(name: str) -> str:
    """A field that Word fills in: PAGE, NUMPAGES."""
    ends = [f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>' for kind in ("begin", "separate", "end")]
    return f'{ends[0]}<w:r><w:instrText xml:space="preserve"> {name} </w:instrText></w:r>{ends[1]}{_run("")}{ends[2]}'


# -- tables


@dataclass(frozen=True)
class _Cell:
    """A cell from one place to another, from the left of the text, with its paragraphs."""

    start: int
    end: int
    content: str
    shaded: bool = False
    ruled: bool = False  # with a hairline below
    where: str = "center"


def _table(rows: Sequence[Sequence[_Cell]], padding: float = 3) -> str:
    """A table whose columns are as many as its cells need; rows stay whole."""
    edges = sorted({0, word.WIDTH, *(edge for cells in rows for c in cells for edge in (c.start, c.end))})
    grid = "".join(f'<w:gridCol w:w="{b - a}"/>' for a, b in itertools.pairwise(edges))
    sides = (("top", round(20 * padding)), ("left", 80), ("bottom", round(20 * padding)), ("right", 80))
    inner = "".join(f'<w:{side} w:w="{n}" w:type="dxa"/>' for side, n in sides)
    lines = "".join(f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{''.join(_cell(c, edges) for c in cells)}</w:tr>" for cells in rows)
    return (
        f'<w:tbl><w:tblPr><w:tblW w:w="{word.WIDTH}" w:type="dxa"/><w:tblLayout w:type="fixed"/>'
        f"<w:tblCellMar>{inner}</w:tblCellMar></w:tblPr><w:tblGrid>{grid}</w:tblGrid>{lines}</w:tbl>"
    )


def _cell(cell: _Cell, edges: Sequence[int]) -> str:
    span = edges.index(cell.end) - edges.index(cell.start)
    rule = f'<w:bottom w:val="single" w:sz="4" w:space="0" w:color="{word.colour(Ink.RULE)}"/>'
    properties = (
        f'<w:tcW w:w="{cell.end - cell.start}" w:type="dxa"/>'
        + (f'<w:gridSpan w:val="{span}"/>' if span > 1 else "")
        + (f"<w:tcBorders>{rule}</w:tcBorders>" if cell.ruled else "")
        + (f'<w:shd w:val="clear" w:color="auto" w:fill="{word.colour(Ink.STRIP)}"/>' if cell.shaded else "")
        + f'<w:vAlign w:val="{cell.where}"/>'
    )
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{cell.content}</w:tc>"


def _is_tall(node: Node) -> bool:
    """Whether it is too high to stand in a line of text."""
    tall = isinstance(node, Fraction | Big | Cases) or (isinstance(node, Array) and len(node.rows) > 1)
    return tall or any(map(_is_tall, inside(node)))


# -- the document


class _Paper:
    """One document on its way to Word; shapes and bookmarks are numbered throughout."""

    def __init__(self, document: Document, package: Any) -> None:
        self.document, self.package = document, package
        self.numbers = itertools.count(1)
        self.meaning = {which: _plain(words) for which, words in document.legend}

    def body(self) -> str:
        parts = [*self.head(), *self.contents()]
        for section in self.document.sections:
            parts += self.section(section)
        return "".join(parts)

    def label(self, name: str) -> str:
        return _plain(self.document.labels.get(name, ()), " ")

    def head(self) -> Iterator[str]:
        yield _paragraph("Title", _said(self.document.title))
        yield _paragraph("Subtitle", _said(self.document.subtitle))
        if self.document.student:
            yield _paragraph("Student", f"{_run(self.label('name') + '  ')}{_TAB}{_run('    ' + self.label('date') + '  ')}{_TAB}")
        yield _paragraph("Rule", "")

    def contents(self) -> Iterator[str]:
        """The headings, to be clicked on; Word fills in the pages where its fields are brought up to date."""
        if not self.document.contents:
            return
        yield _paragraph("Contents Heading", _run(self.label("contents")))
        for section in self.document.sections:
            anchor = f"section{section.number}"
            heading = _text(tuple(itertools.chain.from_iterable((" · ", *t) if i else t for i, t in enumerate(section.heading))))
            entry = f'<w:hyperlink w:anchor="{anchor}" w:history="1">{_run(f"{section.number}{_EN}")}{heading}</w:hyperlink>'
            yield _paragraph("Contents", f"{entry}{_TAB}{_field(f'PAGEREF {anchor} ')}")

    def section(self, section: Section) -> Iterator[str]:
        """One derivation: everything but its end is kept with what follows."""
        number = next(self.numbers)
        marked = (
            f'<w:bookmarkStart w:id="{number}" w:name="section{section.number}"/>'
            f'{_run(f"{section.number}{_EN}")}{_said(section.heading)}<w:bookmarkEnd w:id="{number}"/>'
        )
        yield _paragraph("heading 1", marked)
        if section.goal:
            source = f"{self.label('source')} {section.source}" if section.source else ""
            yield _paragraph("Goal", _said(section.goal) + (_run(f"{_EM}{source}", _coloured(Ink.QUIET)) if source else ""))
        after = [*self.after(section)]
        rows = [*self.strip(section), *self.rows(section.rows, bool(after))]
        if rows:
            yield _table(rows)
        yield from after or ([_paragraph("Gap", "")] if rows else [])

    def strip(self, section: Section) -> Iterator[list[_Cell]]:
        """What is given, in each language, and what the names stand for: the low ones in a line, the tall ones each in its own."""
        between = (f"{_EN}·{_EN}",)
        contents: list[tuple[Said, str]] = []
        for items, words in zip(section.given, self.document.labels.get("given", ()), strict=False):
            if items:
                joined = tuple(itertools.chain.from_iterable((*between, *t) if i else t for i, t in enumerate(items)))
                contents.append(((words,), _text(joined)))
        label = self.document.labels.get("where", ())
        for tall, group in itertools.groupby(section.definitions, _is_tall):
            for nodes in ([n] for n in group) if tall else (list(group),):
                joined = tuple(itertools.chain.from_iterable((*between, n) if i else (n,) for i, n in enumerate(nodes)))
                contents.append((label, omml.display(nodes[0]) if tall else _text(joined)))
                label = ()
        for label, content in contents:
            labelled = _Cell(0, _LABEL, _paragraph("Label", _said(label)), True)
            yield [labelled, _Cell(_LABEL, word.WIDTH, _paragraph("Given", content), True)]
        if section.instruction:
            yield [_Cell(0, word.WIDTH, _paragraph("Instruction", _said(section.instruction)))]
        elif contents and section.rows:
            yield [_Cell(0, word.WIDTH, _paragraph("Gap", ""))]

    # -- the rows of a derivation

    def rows(self, rows: Sequence[Row], keep_last: bool) -> Iterator[list[_Cell]]:
        """The rows of a derivation. There is a column for a first line that stands before the first relation."""
        beside = max((round(word.EM * (1.25 * width(r.left) + 0.7)) for r in rows if r.left is not None), default=0)
        edges = (0, _NUMBER, _NUMBER + beside, word.WIDTH - _MARK - _REASON, word.WIDTH - _MARK, word.WIDTH)
        for i, r in enumerate(rows):
            last = i == len(rows) - 1
            yield [replace(cell, ruled=not last) for cell in self.row(r, edges, not last or keep_last)]

    def row(self, r: Row, edges: Sequence[int], keep: bool) -> Iterator[_Cell]:
        start, left, expression, reason, mark, end = edges
        yield _Cell(start, left, _paragraph("Number", _run(str(r.number) if r.number else ""), keep))
        if r.wide:
            yield _Cell(left, mark, self.expression(r, mark - left, keep) + self.reason(r, _REASON, keep))
        else:
            if expression > left:
                equation = omml.display(r.left, row(Token("relation", r.relation), *r.lines[:1])) if r.left is not None else ""
                yield _Cell(left, expression, _paragraph("Formula", equation, keep))
            yield _Cell(expression, reason, self.expression(r, reason - expression, keep))
            yield _Cell(reason, mark, self.reason(r, _REASON, keep) or _paragraph("Reason", "", keep))
        meaning = self.meaning.get(r.mark, r.mark.value) if r.mark else ""
        yield _Cell(mark, end, _paragraph("Mark", word.mark(r.mark, next(self.numbers), meaning) if r.mark else "", keep))

    def expression(self, r: Row, across: int, keep: bool) -> str:
        """The relation and the expression, wrong lines struck out above it; or lines to write on."""
        if not r.lines:
            return self.dots(across, keep, r.relation) + self.dots(across, keep, "")
        out = []
        for lines, struck in ((r.wrong, True), (r.lines, False)):
            for i, line in enumerate(lines):
                relation: list[Node] = [Token("relation", r.relation)] if r.relation and i == 0 else []
                relation = [r.left, *relation] if r.left is not None and r.wide and i == 0 else relation
                indent = f'<w:ind w:left="{round(1.6 * word.EM)}"/>' if r.relation and i else ""
                out.append(_paragraph("Formula", omml.display(row(*relation, line), struck=struck), keep, indent))
        return "".join(out)

    def reason(self, r: Row, across: int, keep: bool) -> str:
        """Why a step holds, in each language, and what the checker says of it; or a line to write on."""
        out = [_paragraph("Reason", _text(t), keep) for t in r.reason]
        out += [self.dots(across, keep) for _ in range(2 if r.blank_reason else 0)]
        return "".join(out + [_paragraph("Reason", _said(m.said, m.ink), keep) for m in r.remarks])

    def dots(self, across: int, keep: bool, before: str | None = None) -> str:
        """A dotted line to write on; behind a relation, or where one stands in the line above, if `before` is a text."""
        stops = (("left", "none", round(1.6 * word.EM)), ("right", "dot", across - 160))[before is None :]
        tabs = "".join(f'<w:tab w:val="{side}" w:leader="{leader}" w:pos="{at}"/>' for side, leader, at in stops)
        return _paragraph("Blank", (_run(before) if before else "") + _TAB * len(stops), keep, f"<w:tabs>{tabs}</w:tabs>")

    # -- below the rows

    def after(self, section: Section) -> list[str]:
        """What stands below the table: remarks, room for an answer, figures."""
        out = [_paragraph("Remark", _said(m.said, m.ink), i < len(section.remarks) - 1) for i, m in enumerate(section.remarks)]
        if section.answer:
            out += [_paragraph("Remark", _said(section.answer, Ink.QUIET), True), self.dots(word.WIDTH, False)]
        for figure in section.figures:
            out += self.figure(figure)
        return out

    def figure(self, figure: Figure) -> Iterator[str]:
        key, image = self.package.part.get_or_add_image(io.BytesIO(draw(figure, "png", self.document.languages[0])))
        across = 120 * 36000
        size = f'cx="{across}" cy="{round(across * image.px_height / image.px_width)}"'
        number = next(self.numbers)
        words = quoteattr(held(_plain(figure.alternative)))
        yield _paragraph(
            "Figure",
            f'<w:r><w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent {size}/>'
            f'<wp:docPr id="{number}" name={quoteattr(held(figure.name))} descr={words}/><wp:cNvGraphicFramePr/>'
            '<a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic>'
            f'<pic:nvPicPr><pic:cNvPr id="{number}" name={quoteattr(held(figure.name))}/><pic:cNvPicPr/></pic:nvPicPr>'
            f'<pic:blipFill><a:blip r:embed="{key}"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill>'
            f'<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext {size}/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr>'
            "</pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>",
        )
        yield _paragraph("caption", _said(figure.caption))

    def footer(self) -> str:
        """What the marks mean, which sheet this is, and the page."""
        legend = [
            word.mark(which, next(self.numbers), "", 3, 1.5) + _run("\u00a0" + _plain(words, " / ").replace(" ", "\u00a0"))
            for which, words in self.document.legend
        ]
        left = [_paragraph("footer", _run(_EM).join(legend))] if legend else []
        left += [_paragraph("footer", _text(t)) for t in self.document.footer]
        page = f"{_field('PAGE')}{_run(' / ')}{_field('NUMPAGES')}"
        right = [_paragraph("footer", page, more='<w:jc w:val="right"/>')]
        if self.document.sheet:
            right.append(_paragraph("footer", _run(f"{self.label('sheet')} {self.document.sheet}"), more='<w:jc w:val="right"/>'))
        edge = word.WIDTH - round(35 * word.MM)
        cells = [
            _Cell(0, edge, "".join(left) or _paragraph("footer", ""), where="top"),
            _Cell(edge, word.WIDTH, "".join(right), where="top"),
        ]
        return _table([cells]) + _paragraph("footer", "")

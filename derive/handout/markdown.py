r"""Document → Markdown with GitHub's mathematics, written so that its renderer takes no formula for emphasis. Knows no verdict.

Formulas stand as $`…`$ with a space or a bracket on either side, for behind a letter GitHub leaves them unset; there are no tables
(a `|` would end a cell) and no displayed formulas in lists, which it does not set either. A worksheet and its key hold each
derivation besides as a block in the page language, so that the file that a student has filled in can be graded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from derive.handout.document import DRAWINGS, Document, Mark, Row, Said, Section, Text
from derive.handout.formula import Node, Token, row
from derive.handout.latex import latex
from derive.handout.plotting import beside, file_name

# in between, so that they can be read (4.3 : 1) on white as well as on GitHub's dark ground: a file has one colour for both
STYLES = {"changed": r"\textcolor{#2a7ad0}", "wrong": r"\textcolor{#d9453a}"}
BLANK = r"\_" * 24
_ESCAPED = re.compile(r"([\\`*_{}\[\]<>#|~$&])")
_TALL = re.compile(r"\\(frac|sum|prod|int|lim|mathop)(?![A-Za-z])")
_BLOCK = re.compile(r"^(\d*)([-+=.)])")  # what would begin a list or a heading at the start of a line


def write(document: Document, stem: str) -> dict[str, bytes]:
    """The text, and an SVG for each figure."""
    text = "".join(f"{line}\n" for line in _Source(document, stem).lines())
    return {f"{stem}.md": text.encode(), **beside(document, stem, "svg")}


class _Source:
    def __init__(self, document: Document, stem: str) -> None:
        self.document, self.stem = document, stem

    def label(self, name: str) -> str:
        return _joined(self.document.labels.get(name, ()), " · ")

    def lines(self) -> Iterator[str]:
        document = self.document
        yield f"# {_joined(document.title, ' · ')}"
        yield from ("", f"**{_joined(document.subtitle, ' · ')}**")
        if document.sheet:
            yield from ("", f"{self.label('sheet')}: {_words(document.sheet)}")
        if document.student:
            yield from ("", f"{self.label('name')}: {BLANK}  {self.label('date')}: {BLANK}")
        if document.contents:
            yield from ("", f"**{self.label('contents')}**", "")
            yield from (f"{s.number}. [{_joined(s.heading, ' · ')}](#derivation-{s.number})" for s in document.sections)
        for section in document.sections:
            yield from self.section(section)
        if notes := [f"{_mark(mark)} {_joined(said, ' · ')}" for mark, said in document.legend] + [_text(t) for t in document.footer]:
            yield from ("", "---", "", "  \n".join(notes))

    def section(self, section: Section) -> Iterator[str]:
        yield from ("", f'<a id="derivation-{section.number}"></a>', "", f"## {section.number} {_joined(section.heading, ' · ')}")
        yield from _paragraphs(section.goal)
        if section.source:
            yield from ("", f"{self.label('source')}: {_words(section.source)}")
        if strip := list(self.strip(section)):
            yield from ("", "  \n".join(f"> {line}" for line in strip))
        yield from _paragraphs(section.instruction)
        for line in section.rows:
            yield from self.row(line)
        for remark in section.remarks:
            yield from _paragraphs(remark.said)
        for figure in section.figures:
            name = file_name(self.stem, figure, "svg")
            yield from ("", f"![{_joined(figure.alternative, ' ')}]({name})")
            yield from _paragraphs(figure.caption)
        yield from _paragraphs(section.answer, f"  \n{BLANK}")
        if self.document.sheet and section.page_text:
            yield from self.page(section)

    def strip(self, section: Section) -> Iterator[str]:
        same = len(set(section.given)) == 1
        given = self.document.labels["given"]
        for i, items in enumerate(section.given[:1] if same else section.given):
            if items:
                label = self.label("given") if same else _text(given[min(i, len(given) - 1)])
                yield f"**{label}** {' · '.join(map(_text, items))}"
        if section.definitions:
            yield f"**{self.label('where')}** {' · '.join(map(_formula, section.definitions))}"

    def row(self, line: Row) -> Iterator[str]:
        """A numbered item: the formula, then the mark and the reason, then what the checker says."""
        before = [*([line.left] if line.left is not None else []), *([Token("relation", line.relation)] if line.relation else [])]
        first, *others = line.lines or (None,)
        out = [f"{_mark(Mark.REFUTED)} {_formula(row(*before, wrong))}" for wrong in line.wrong]
        if first is None:
            out.append(f"{_formula(row(*before))} {BLANK}" if before else BLANK)
        else:
            out += map(_formula, (row(*before, first), *others))
        reason = BLANK if line.blank_reason else " · ".join(map(_text, line.reason))
        out.append(" ".join(filter(None, [_mark(line.mark) if line.mark else "", reason])))
        out += [_text(said) for remark in line.remarks for said in remark.said]
        start = f"{line.number}. " if line.number else ""
        yield from ("", start + ("  \n" + " " * len(start)).join(filter(None, out)))

    def page(self, section: Section) -> Iterator[str]:
        """The derivation in the page language, for the student to complete and for the program to read."""
        longest = max((len(run) for run in re.findall("`+", section.page_text)), default=0)
        fence = "`" * max(3, longest + 1)
        if self.document.student and self.label("write"):
            yield from ("", self.label("write"))
        yield from ("", f"{fence}derive {section.name}", section.page_text.rstrip("\n"), fence)


def _paragraphs(said: Said, more: str = "") -> Iterator[str]:
    for words in said:
        yield from ("", _text(words) + more)


def _mark(mark: Mark) -> str:
    return DRAWINGS[mark].character


def _formula(node: Node) -> str:
    source = latex(node, STYLES)
    return rf"$`\displaystyle {source}`$" if _TALL.search(source) else f"$`{source}`$"


def _words(words: str) -> str:
    r"""Words in which nothing is Markdown; `\` before a line break would be one too."""
    return _ESCAPED.sub(r"\\\1", " ".join(words.split()))


def _text(run: Text) -> str:
    """Words and formulas, with space where GitHub would not see that a formula begins or ends."""
    out = ""
    for part in _merged(run):
        written = _spaced(part) if isinstance(part, str) else _formula(part)
        begins = not isinstance(part, str) and out[-1:] not in ("", " ", "(")
        ends = out.endswith("`$") and written[:1] not in " ),.:;?!，。：；？！、）"
        out += f" {written}" if begins or ends else written
    return _BLOCK.sub(r"\1\\\2", out.strip())


def _merged(run: Text) -> Iterator[str | Node]:
    """The words and formulas, formulas beside each other as one."""
    nodes: list[Node] = []
    for part in run:
        if not isinstance(part, str):
            nodes.append(part)
            continue
        if nodes:
            yield row(*nodes)
        yield part
        nodes = []
    if nodes:
        yield row(*nodes)


def _spaced(words: str) -> str:
    """Words, with the space at their ends kept."""
    left, right = (" " if words[:1].isspace() else ""), (" " if words[-1:].isspace() and words.strip() else "")
    return left + _words(words) + right


def _joined(said: Said, between: str) -> str:
    return between.join(map(_text, said))

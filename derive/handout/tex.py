r"""Document → a LaTeX source for amsmath: English with pdflatex or xelatex, Chinese with xelatex and ctex. Knows no verdict.

The source is meant to be edited: what a step looks like is said once, in the preamble, and the body reads `\step{2}{}{=}{…}{…}{…}`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from derive.handout.document import COLOURS, DRAWINGS, Document, Figure, Ink, Mark, Row, Said, Section, Text
from derive.handout.formula import Node, Token
from derive.handout.latex import latex, text
from derive.handout.plotting import beside, file_name

STYLES = {"changed": r"\changed", "wrong": r"\wrong"}
_PREAMBLE = r"""
\usepackage[a4paper, margin=19mm, footskip=11mm]{geometry}
\usepackage{amsmath, amssymb, fancyhdr, graphicx, iftex, tikz}
\usetikzlibrary{svg.path}
\ifPDFTeX\usepackage[T1]{fontenc}\usepackage{lmodern}\fi
\setlength{\parindent}{0pt}
\setlength{\parskip}{0pt}
\raggedbottom
\lineskiplimit=1.5pt \lineskip=2pt
"""
_MACROS = r"""
% what changed since the line above; what is wrong, and the line that it stands in
\newcommand{\changed}[1]{\begingroup\color{accent}#1\endgroup}
\newcommand{\wrong}[1]{\begingroup\color{bad}#1\endgroup}
\newcommand{\struck}[1]{\begingroup\setbox0\hbox{$\displaystyle#1$}%
  \rlap{\textcolor{bad}{\raise2.3pt\hbox{\vrule width\wd0 height.3pt depth.3pt}}}\box0\endgroup}

% one derivation: all of it on one page, where a page can hold it
\newbox\derivationbox
\newlength{\leftwidth}
\newif\iffirst
\newenvironment{derivation}
  {\par\setbox\derivationbox=\vbox\bgroup\firsttrue\setlength{\leftwidth}{0pt}}
  {\par\egroup\ifdim\ht\derivationbox>\textheight\unvbox\derivationbox\else\box\derivationbox\fi\vspace{8mm plus 4mm}}
\newcommand{\heading}[2]{{\large\bfseries #1\quad #2\label{section:#1}\par}\nobreak\vspace{1mm}}
\newcommand{\translated}[1]{{\large\color{quiet}#1\par}\nobreak\vspace{1mm}}
\newcommand{\quiet}[1]{{\small\color{quiet}#1\par}}
\newcommand{\given}[1]{\vspace{1.5mm}\setlength{\fboxsep}{2mm}%
  \colorbox{strip}{\parbox{\dimexpr\textwidth-2\fboxsep}{\everymath{\displaystyle}\raggedright\setlength{\parskip}{.8mm}#1}}\par\nobreak\vspace{1.5mm}}
\newcommand{\itemlabel}[1]{\textcolor{accent}{\bfseries\scriptsize\MakeUppercase{#1}}\quad}
\newcommand{\goal}[1]{{\everymath{\displaystyle}\raggedright#1\par}\vspace{.7mm}}
\newcommand{\separator}{\enspace\textperiodcentered\enspace}

% a row: number, left side, relation, expression, reason, mark; in a wide one the reason stands below
\newlength{\expressionwidth}
\newcommand{\leftside}[1]{\settowidth{\leftwidth}{$\displaystyle#1$}}
\newcommand{\cell}[2]{\hbox to#1{#2}}
\newcommand{\hairline}{\par\iffirst\firstfalse\else{\color{hairline}\hrule height.4pt}\fi\vskip1.4mm}
\newcommand{\head}[3]{\strut\cell{5mm}{\textcolor{quiet}{\scriptsize#1}\hss}\cell{\leftwidth}{$\displaystyle#2$\hss}\cell{8mm}{\hss$#3$\hss}}
\newcommand{\expression}[1]{\cell{\expressionwidth}{$\displaystyle#1$\hss}}
\newcommand{\reason}[1]{$\vcenter{\hsize50mm\raggedright\small\color{quiet}#1\par}$}
\newcommand{\verdict}[1]{\cell{8mm}{\hss$\vcenter{\hbox{#1}}$}}
\newcommand{\step}[6]{\hairline\setlength{\expressionwidth}{\dimexpr\textwidth-\leftwidth-74mm}%
  \hbox to\textwidth{\head{#1}{#2}{#3}\expression{#4}\hss\reason{#5}\verdict{#6}}\vskip1.4mm}
\newcommand{\widestep}[6]{\hairline\setlength{\expressionwidth}{\dimexpr\textwidth-\leftwidth-21mm}%
  \hbox to\textwidth{\head{#1}{#2}{#3}\expression{#4}\hss\verdict{#6}}%
  \def\reasontext{#5}\ifx\reasontext\empty\else\nobreak\vskip1mm
  \hbox to\textwidth{\hskip13mm\vbox{\hsize\dimexpr\textwidth-21mm\raggedright\small\color{quiet}#5\par}\hss}\fi\vskip1.4mm}
\newcommand{\remark}[2]{{\par\everymath{\displaystyle}\color{#1}#2\par}}
\newcommand{\dotted}{\hbox to\hsize{\textcolor{quiet}{\dotfill}}}
\newcommand{\blank}{\vcenter{\hsize\expressionwidth\vskip4mm\dotted\vskip7mm\dotted}}
\newcommand{\blankreason}{\vskip3mm\dotted\vskip6mm\dotted}
\newcommand{\instruction}[1]{{\raggedright#1\par}\nobreak\vspace{1mm}}
\newcommand{\answer}[1]{\par\nobreak\vspace{3mm}\quiet{#1}\nobreak\vspace{6mm}\dotted}
\newcommand{\towrite}[2]{\mbox{\color{quiet}#1~\rule[-.5ex]{#2}{.4pt}}}

% marks, drawn on a square of 24: shape, how it is drawn, and the sign on it
\newcommand{\drawing}[4]{\tikz[scale=.46, yscale=-1, baseline=-7.6pt]{\useasboundingbox (1pt,1pt) rectangle (23pt,23pt);
  \path[line width=.9pt, #2] #1; \draw[line width=1.2pt, line cap=round, line join=round, #3] svg{#4};}}
"""


def write(document: Document, stem: str) -> dict[str, bytes]:
    """The source, and a PDF for each figure."""
    text = "".join(f"{line}\n" for line in _Source(document, stem).lines())
    return {f"{stem}.tex": text.encode(), **beside(document, stem, "pdf")}


class _Source:
    def __init__(self, document: Document, stem: str) -> None:
        self.document, self.stem = document, stem

    def lines(self) -> Iterator[str]:
        document = self.document
        yield rf"\documentclass[10pt{', scheme=plain' if self.chinese else ''}]{{{'ctexart' if self.chinese else 'article'}}}"
        yield _PREAMBLE.strip()
        yield ""
        yield from (rf"\definecolor{{{_colour(ink)}}}{{HTML}}{{{light[1:].upper()}}}" for ink, (light, _) in COLOURS.items())
        yield _MACROS.rstrip()
        yield from (_drawing(mark) for mark in dict.fromkeys(self.marks()))
        yield from self.footer()
        yield ""
        yield r"\begin{document}"
        yield r"\color{text}"
        yield from self.header()
        if document.contents:
            yield from self.contents()
        for section in document.sections:
            yield ""
            yield from self.section(section)
        yield from (rf"\quiet{{{_text(words)}}}" for words in document.footer)
        yield r"\label{end}"
        yield r"\end{document}"

    @property
    def chinese(self) -> bool:
        return "zh" in self.document.languages

    def label(self, name: str) -> str:
        return _joined(self.document.labels.get(name, ()), " ")

    def marks(self) -> Iterator[Mark]:
        yield from (mark for mark, _ in self.document.legend)
        yield from (row.mark for section in self.document.sections for row in section.rows if row.mark)

    # -- around the derivations

    def header(self) -> Iterator[str]:
        document = self.document
        title = _joined(document.title, r"\\[1mm]")
        yield rf"{{\LARGE\bfseries {title}\par}}\vspace{{1.5mm}}"
        lines = rf"\textcolor{{accent}}{{\bfseries {_joined(document.subtitle, ' ')}}}"
        if document.student:
            lines += rf"\hfill\towrite{{{self.label('name')}}}{{38mm}}\quad\towrite{{{self.label('date')}}}{{24mm}}"
        yield lines + r"\par\vspace{1.5mm}"
        yield r"{\color{accent}\hrule height.7pt}\vspace{5mm}"

    def contents(self) -> Iterator[str]:
        yield rf"{{\large\bfseries {self.label('contents')}\par}}\vspace{{1mm}}"
        for section in self.document.sections:
            n = section.number
            yield rf"\makebox[8mm][l]{{{n}}}{_joined(section.heading, ' ')}\textcolor{{quiet}}{{\dotfill}}\pageref{{section:{n}}}\par"
        yield r"\vspace{8mm}"

    def footer(self) -> Iterator[str]:
        document = self.document
        said = [rf"\mbox{{{_mark(mark)}\enspace {_joined(words, ' ')}}}" for mark, words in document.legend]
        yield r"\pagestyle{fancy}\fancyhf{}\renewcommand{\headrulewidth}{0pt}\renewcommand{\footrulewidth}{0pt}"
        sheet = rf"{self.label('sheet')} {text(document.sheet)}\quad " if document.sheet else ""
        yield r"\newcommand{\legend}{" + r"\qquad ".join(said) + "}"
        yield (
            r"\fancyfoot[L]{\footnotesize\color{quiet}\parbox[t]{\textwidth}{{\color{hairline}\hrule height.4pt}\vskip1.5mm"
            r"\parbox[t]{.75\textwidth}{\raggedright\legend}\hfill\mbox{" + sheet + r"\thepage\,/\,\pageref{end}}}}"
        )

    # -- one derivation

    def section(self, section: Section) -> Iterator[str]:
        yield r"\begin{derivation}"
        for i, heading in enumerate(section.heading):
            yield rf"\heading{{{section.number}}}{{{_text(heading)}}}" if i == 0 else rf"\translated{{{_text(heading)}}}"
        yield from (rf"\goal{{{_text(goal)}}}" for goal in section.goal)
        if section.source:
            yield rf"\quiet{{{self.label('source')}: {text(section.source)}}}"
        if strip := "%\n".join(self.strip(section)):
            yield rf"\given{{{strip}}}"
        yield from (rf"\instruction{{{_text(said)}}}" for said in section.instruction)
        rows = _beside_wide(section.rows)
        yield from (rf"\leftside{{{_formula(row.left)}\,}}" for row in rows if row.left is not None)
        yield from map(self.row, rows)
        if section.remarks:
            yield r"\vspace{1mm}"
        yield from (rf"\remark{{{_colour(r.ink)}}}{{{_text(said)}}}" for r in section.remarks for said in r.said)
        if section.answer:
            yield rf"\answer{{{_joined(section.answer, ' ')}}}"
        yield from (self.figure(figure) for figure in section.figures)
        yield r"\end{derivation}"

    def strip(self, section: Section) -> Iterator[str]:
        same = len(set(section.given)) == 1
        for lang, items in zip(self.document.languages, section.given[:1] if same else section.given, strict=False):
            if items:
                label = self.label("given") if same else self.label_in("given", lang)
                yield rf"\itemlabel{{{label}}}" + r"\separator ".join(map(_text, items)) + r"\par"
        if section.definitions:
            shown = (f"${_formula(d)}$" for d in section.definitions)
            yield rf"\itemlabel{{{self.label('where')}}}" + r"\separator ".join(shown) + r"\par"

    def label_in(self, name: str, lang: str) -> str:
        """A label in one of the languages."""
        said = self.document.labels[name]
        return _text(said[min(self.document.languages.index(lang), len(said) - 1)])

    def row(self, row: Row) -> str:
        reason = r"\blankreason" if row.blank_reason else r"\\".join(map(_text, row.reason))
        reason += "".join(rf"\remark{{{_colour(r.ink)}}}{{{_text(said)}}}" for r in row.remarks for said in r.said)
        left = _formula(row.left) if row.left is not None else ""
        relation = latex(Token("relation", row.relation)) if row.relation else ""
        cells = (str(row.number or ""), left, relation, _lines(row), reason, _mark(row.mark) if row.mark else "")
        return rf"\{'widestep' if row.wide else 'step'}" + "".join(f"{{{cell}}}" for cell in cells)

    def figure(self, figure: Figure) -> str:
        caption = _joined(figure.caption, r"\\")
        name = file_name(self.stem, figure, "pdf")
        return rf"\vspace{{3mm}}\centerline{{\includegraphics[width=.72\textwidth]{{{name}}}}}\quiet{{{caption}}}"


def _beside_wide(rows: tuple[Row, ...]) -> tuple[Row, ...]:
    """The rows; with wide ones among them, a left side stands in a row of its own, for they need the whole width."""
    if rows and rows[0].left is not None and any(row.wide for row in rows):
        return (Row(0, (rows[0].left,)), replace(rows[0], left=None), *rows[1:])
    return rows


def _lines(row: Row) -> str:
    """The expression in its lines; a wrong one above the right one; dotted lines where it has to be written."""
    wrong = [rf"\struck{{{_formula(line)}}}" for line in row.wrong]
    first, *others = [_formula(line) for line in row.lines] or [r"\blank"]
    if not wrong and not others:
        return first
    # in a group of its own a minus at the beginning is a sign, and not between two sides
    lines = [*wrong, f"{{{first}}}", *(rf"\quad {line}" for line in others)]
    start = "[t]" if row.wide else ""
    return rf"\begin{{aligned}}{start}" + r" \\[.5mm] ".join(f"& {line}" for line in lines) + r"\end{aligned}"


def _drawing(mark: Mark) -> str:
    drawing = DRAWINGS[mark]
    colour = _colour(drawing.ink)
    # PGF draws nothing of half circles
    shape = "(12pt,12pt) circle[radius=10pt]" if "a10 10" in drawing.shape else f"svg{{{drawing.shape}}}"
    style, sign = (f"draw={colour}", colour) if drawing.hollow else (f"draw={colour}, fill={colour}, line join=round", "white")
    return rf"\newcommand{{{_mark(mark)}}}{{\drawing{{{shape}}}{{{style}}}{{draw={sign}}}{{{drawing.sign}}}}}"


def _mark(mark: Mark) -> str:
    return rf"\mark{mark}"


def _colour(ink: Ink) -> str:
    return "hairline" if ink is Ink.RULE else ink.value


def _formula(node: Node) -> str:
    return latex(node, STYLES)


def _text(run: Text) -> str:
    """Words and formulas; formulas beside each other are one to TeX, which may end a line at a relation."""
    out = ""
    for i, part in enumerate(run):
        if isinstance(part, str):
            out += text(part).replace("_", r"_\allowbreak ")
        else:
            opened = out + "$" if not i or isinstance(run[i - 1], str) else out[:-1] + " "
            out = f"{opened}{_formula(part)}$"
    return out


def _joined(said: Said, between: str) -> str:
    return between.join(map(_text, said))

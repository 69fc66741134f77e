"""What Word needs to know before the first word: styles, fonts, page, settings; marks as shapes; fixed bytes. Knows no derivation.

Lengths are in twentieths of a point, as Word has them. XML is written as text, in the order of children that the standard
(ECMA-376, part 1, §17) asks for.
"""

from __future__ import annotations

import io
import math
import re
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import quoteattr

from derive.handout.document import COLOURS, DRAWINGS, PAPER, Ink, Mark
from derive.handout.omml import CHINESE, held

if TYPE_CHECKING:
    from docx.document import Document as Package

_OFFICE, _MICROSOFT = "http://schemas.openxmlformats.org", "http://schemas.microsoft.com/office/word/2010"
NAMESPACES = " ".join(
    f'xmlns:{prefix}="{address}"'
    for prefix, address in {
        "w": f"{_OFFICE}/wordprocessingml/2006/main",
        "m": f"{_OFFICE}/officeDocument/2006/math",
        "r": f"{_OFFICE}/officeDocument/2006/relationships",
        "wp": f"{_OFFICE}/drawingml/2006/wordprocessingDrawing",
        "a": f"{_OFFICE}/drawingml/2006/main",
        "pic": f"{_OFFICE}/drawingml/2006/picture",
        "mc": f"{_OFFICE}/markup-compatibility/2006",
        "wps": f"{_MICROSOFT}/wordprocessingShape",
    }.items()
)
MM = 1440 / 25.4
PAGE, MARGIN = (round(210 * MM), round(297 * MM)), round(19 * MM)
WIDTH = PAGE[0] - 2 * MARGIN
EM = 210  # of the text, which is set at 10.5 pt
LATIN = "STIX Two Text"
_WRITTEN = datetime(2000, 1, 1, tzinfo=UTC)  # of every handout, so that the same one has the same bytes


def colour(ink: Ink) -> str:
    """A colour on paper, as Word writes it."""
    return COLOURS[ink][0][1:].upper()


# -- styles: name, what follows paragraphs and what characters look like

_RULE = f'<w:pBdr><w:bottom w:val="single" w:sz="8" w:space="5" w:color="{colour(Ink.ACCENT)}"/></w:pBdr>'
_RIGHT = f'<w:tabs><w:tab w:val="right" w:pos="{WIDTH}"/></w:tabs>'


def _space(before: float, after: float, line: int = 252) -> str:
    return f'<w:spacing w:before="{round(20 * before)}" w:after="{round(20 * after)}" w:line="{line}" w:lineRule="auto"/>'


def _type(size: float, ink: Ink = Ink.TEXT, bold: bool = False) -> str:
    thick = "<w:b/><w:bCs/>" if bold else ""
    return f'{thick}<w:color w:val="{colour(ink)}"/><w:sz w:val="{round(2 * size)}"/><w:szCs w:val="{round(2 * size)}"/>'


STYLES = {
    "Title": ("<w:keepNext/>" + _space(0, 2), _type(20, bold=True)),
    "Subtitle": ("<w:keepNext/>" + _space(0, 0), _type(10.5, Ink.ACCENT, True)),
    "Student": (f'<w:keepNext/><w:tabs><w:tab w:val="left" w:leader="underscore" w:pos="{round(105 * MM)}"/>'
                f'<w:tab w:val="right" w:leader="underscore" w:pos="{WIDTH}"/></w:tabs>' + _space(8, 0), _type(10.5, Ink.QUIET)),
    "Rule": (f"<w:keepNext/>{_RULE}" + '<w:spacing w:before="0" w:after="0" w:line="20" w:lineRule="exact"/>', _type(1)),
    "heading 1": ("<w:keepNext/><w:keepLines/>" + _space(16, 4) + '<w:outlineLvl w:val="0"/>', _type(13, bold=True)),
    "Contents": (_RIGHT + _space(0, 2), _type(10.5)),
    "Contents Heading": ("<w:keepNext/>" + _space(12, 4), _type(10.5, Ink.ACCENT, True)),
    "Goal": ("<w:keepNext/><w:keepLines/>" + _space(0, 5), _type(10.5)),
    "Instruction": ("<w:keepNext/>" + _space(4, 2), _type(10.5)),
    "Given": ("<w:keepNext/>" + _space(0, 0), _type(10.5)),
    "Label": ("<w:keepNext/>" + _space(0, 0), "<w:b/><w:bCs/><w:caps/>" + _type(7.5, Ink.ACCENT)),
    "Gap": ('<w:keepNext/><w:spacing w:before="0" w:after="0" w:line="100" w:lineRule="exact"/>', _type(2)),
    "Formula": (_space(0, 0), _type(10.5)),
    "Number": ('<w:spacing w:before="0" w:after="0"/><w:jc w:val="right"/>', _type(7.5, Ink.QUIET)),
    "Reason": (_space(0, 0), _type(9, Ink.QUIET)),
    "Mark": ('<w:spacing w:before="0" w:after="0"/><w:jc w:val="right"/>', _type(9)),
    "Blank": (_space(5, 3), _type(10.5, Ink.QUIET)),
    "Remark": ("<w:keepLines/>" + _space(4, 0), _type(9.5)),
    "caption": ("<w:keepLines/>" + _space(2, 8), _type(9, Ink.QUIET)),
    "Figure": ("<w:keepNext/>" + _space(8, 0), _type(10.5)),
    "footer": (_space(0, 0), _type(8, Ink.QUIET)),
}  # fmt: skip


def style_id(name: str) -> str:
    """How a paragraph names its style."""
    return "Heading1" if name == "heading 1" else name.title().replace(" ", "")


def _styles() -> Iterator[str]:
    fonts = f'<w:rFonts w:ascii="{LATIN}" w:hAnsi="{LATIN}" w:eastAsia="{CHINESE}" w:cs="{LATIN}"/>'
    language = '<w:lang w:val="en-GB" w:eastAsia="zh-CN"/>'  # of each script
    yield f"<w:docDefaults><w:rPrDefault><w:rPr>{fonts}{_type(10.5)}{language}</w:rPr></w:rPrDefault><w:pPrDefault/></w:docDefaults>"
    yield '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:qFormat/></w:style>'
    yield (
        '<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/><w:uiPriority w:val="99"/>'
        "<w:semiHidden/><w:unhideWhenUsed/></w:style>"
    )
    for name, (paragraph, characters) in STYLES.items():
        yield (
            f'<w:style w:type="paragraph" w:styleId="{style_id(name)}"><w:name w:val="{name}"/><w:basedOn w:val="Normal"/><w:qFormat/>'
            f"<w:pPr>{paragraph}</w:pPr><w:rPr>{characters}</w:rPr></w:style>"
        )


_COMPATIBILITY = "".join(
    f'<w:compatSetting w:name="{name}" w:uri="http://schemas.microsoft.com/office/word" w:val="{value}"/>'
    for name, value in (("compatibilityMode", 15), ("overrideTableStyleFontSizeAndJustification", 1), ("enableOpenTypeFeatures", 1))
)
_SETTINGS = (
    '<w:zoom w:percent="100"/><w:defaultTabStop w:val="720"/><w:characterSpacingControl w:val="compressPunctuation"/>'
    f"<w:compat>{_COMPATIBILITY}</w:compat>"
    '<m:mathPr><m:mathFont m:val="Cambria Math"/><m:brkBin m:val="before"/><m:smallFrac m:val="0"/><m:dispDef/><m:lMargin m:val="0"/>'
    '<m:rMargin m:val="0"/><m:defJc m:val="left"/><m:wrapIndent m:val="420"/><m:intLim m:val="subSup"/>'
    '<m:naryLim m:val="undOvr"/></m:mathPr>'
    '<w:themeFontLang w:val="en-GB" w:eastAsia="zh-CN"/><w:decimalSymbol w:val="."/><w:listSeparator w:val=","/>'
)
# where a font is not installed, Word takes the other one
_FONTS = "".join(
    f'<w:font w:name="{name}"><w:altName w:val="{other}"/><w:charset w:val="{charset}"/><w:family w:val="roman"/></w:font>'
    for name, other, charset in ((LATIN, "Cambria", "00"), (CHINESE, "SimSun", "86"))
)
_PAGE = (
    f'<w:pgSz w:w="{PAGE[0]}" w:h="{PAGE[1]}"/><w:pgMar w:top="{MARGIN}" w:right="{MARGIN}" w:bottom="{MARGIN}" w:left="{MARGIN}" '
    f'w:header="{round(10 * MM)}" w:footer="{round(10 * MM)}" w:gutter="0"/>'
)
_UNUSED = ("thumbnail", "stylesWithEffects", "customXml", "numbering", "webSettings", "extended-properties")  # of the template


# -- the package


def elements(xml: str) -> list[Any]:
    """Elements side by side."""
    from docx.oxml.parser import parse_xml  # late: an extra

    return list(parse_xml(f"<w:body {NAMESPACES}>{xml}</w:body>"))


def _fill(element: Any, xml: str) -> None:
    """Put other children into an element."""
    for child in list(element):
        element.remove(child)
    element.extend(elements(xml))


def package(title: str, lang: str) -> Package:
    """An empty document: A4, the styles, the fonts."""
    import docx  # late: an extra

    out: Package = docx.Document()
    for part in (out.part.package, out.part):
        for key, relation in list(part.rels.items()):
            if relation.reltype.rpartition("/")[2] in _UNUSED:
                del part.rels[key]
    _fill(out.styles.element, "".join(_styles()))
    _fill(out.settings.element, _SETTINGS)
    fonts = next(r.target_part for r in out.part.rels.values() if r.reltype.endswith("/fontTable"))
    fonts._blob = f"<w:fonts {NAMESPACES}>{_FONTS}</w:fonts>".encode()
    _fill(out.element.body.sectPr, _PAGE)
    core = out.core_properties
    core.title, core.language, core.author, core.comments = held(title)[:255], lang, "derive", ""
    core.last_modified_by, core.revision, core.created, core.modified = "derive", 1, _WRITTEN, _WRITTEN
    return out


def saved(document: Package) -> bytes:
    """The file; the same document has the same bytes, whenever it is written."""
    raw, out = io.BytesIO(), io.BytesIO()
    document.save(raw)
    with zipfile.ZipFile(raw) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in sorted(old.namelist(), key=lambda n: (n != "[Content_Types].xml", n)):
            new.writestr(zipfile.ZipInfo(name, _WRITTEN.timetuple()[:6]), old.read(name), zipfile.ZIP_DEFLATED)
    return out.getvalue()


# -- marks

_GRID, _UNIT = 24, 1000
_NUMBER = re.compile(r"[A-Za-z]|-?\d*\.?\d+")
_COUNT = {"M": 2, "L": 2, "H": 1, "V": 1, "C": 6, "A": 7, "Z": 0}


def path_commands(path: str) -> Iterator[tuple[str, list[float]]]:
    """An SVG path as `M`, `L`, `C`, `Z` in absolute numbers, and half circles: `A` with radius, start and sweep in degrees, end."""
    tokens = _NUMBER.findall(path)
    x = y = start_x = start_y = 0.0
    at, command = 0, ""
    while at < len(tokens):
        if tokens[at].isalpha():
            command, at = tokens[at], at + 1
        count = _COUNT[command.upper()]
        numbers = [float(t) for t in tokens[at : at + count]]
        at += count
        dx, dy = (x, y) if command.islower() else (0.0, 0.0)
        kind = command.upper()
        if kind == "H":
            kind, numbers = "L", [numbers[0] + dx, y]
        elif kind == "V":
            kind, numbers = "L", [x, numbers[0] + dy]
        elif kind == "A":
            (radius, _, _, _, clockwise), (to_x, to_y) = numbers[:5], (numbers[5] + dx, numbers[6] + dy)
            assert math.isclose(math.hypot(to_x - x, to_y - y), 2 * radius), "only half circles are drawn"
            begin = math.degrees(math.atan2(y - (y + to_y) / 2, x - (x + to_x) / 2)) % 360
            numbers = [radius, begin, 180.0 if clockwise else -180.0, to_x, to_y]
        else:
            numbers = [n + (dy if i % 2 else dx) for i, n in enumerate(numbers)]
        if kind == "Z":
            x, y = start_x, start_y
        else:
            x, y = numbers[-2:]
        if kind == "M":
            start_x, start_y = x, y
            command = "l" if command == "m" else "L"
        yield kind, numbers


def _outline(path: str, look: str) -> str:
    """A path of a shape; `look` says what of it is not drawn, the filling or the stroke."""
    out = []
    for kind, numbers in path_commands(path):
        n = [round(_UNIT * v) for v in numbers]
        points = "".join(f'<a:pt x="{a}" y="{b}"/>' for a, b in zip(n[::2], n[1::2], strict=False))
        match kind:
            case "A":
                angles = f'stAng="{round(60000 * numbers[1])}" swAng="{round(60000 * numbers[2])}"'
                out.append(f'<a:arcTo wR="{n[0]}" hR="{n[0]}" {angles}/>')
            case "Z":
                out.append("<a:close/>")
            case _:
                tag = {"M": "moveTo", "L": "lnTo", "C": "cubicBezTo"}[kind]
                out.append(f"<a:{tag}>{points}</a:{tag}>")
    side = _GRID * _UNIT
    return f'<a:path w="{side}" h="{side}" {look}>{"".join(out)}</a:path>'


@cache
def _shape(mark: Mark, size: int) -> str:
    """The shape of a mark: filled, with its sign in the colour of the paper; or drawn with a line only."""
    drawn = DRAWINGS[mark]
    ink = colour(drawn.ink)
    paths = _outline(drawn.shape, 'fill="none"' if drawn.hollow else 'stroke="0"')
    paths += _outline(drawn.sign, 'fill="none"') if drawn.sign else ""
    line = ink if drawn.hollow else PAPER[0][1:].upper()
    return (
        f'<wps:wsp><wps:cNvSpPr/><wps:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="{size}" cy="{size}"/></a:xfrm>'
        '<a:custGeom><a:avLst/><a:gdLst/><a:ahLst/><a:cxnLst/><a:rect l="0" t="0" r="r" b="b"/>'
        f'<a:pathLst>{paths}</a:pathLst></a:custGeom><a:solidFill><a:srgbClr val="{ink}"/></a:solidFill>'
        f'<a:ln w="{round((1.9 if drawn.hollow else 2.6) * size / _GRID)}" cap="rnd"><a:solidFill><a:srgbClr val="{line}"/></a:solidFill>'
        "<a:round/></a:ln></wps:spPr><wps:bodyPr/></wps:wsp>"
    )


def mark(which: Mark, number: int, words: str, millimetres: float = 4.2, lowered: float = 0) -> str:
    """A run with a mark that is drawn, or its character where shapes are not known; `number` is its own, `words` say what it means."""
    size = round(36000 * millimetres)
    position = f'<w:position w:val="{-round(2 * lowered)}"/>' if lowered else ""
    drawing = (
        f'<w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent cx="{size}" cy="{size}"/>'
        f'<wp:docPr id="{number}" name="{which.value} {number}" descr={quoteattr(held(words))}/><wp:cNvGraphicFramePr/>'
        f'<a:graphic><a:graphicData uri="{_MICROSOFT}/wordprocessingShape">{_shape(which, size)}</a:graphicData></a:graphic>'
        "</wp:inline></w:drawing>"
    )
    return (
        f'<w:r><w:rPr><w:color w:val="{colour(DRAWINGS[which].ink)}"/>{position}</w:rPr><mc:AlternateContent>'
        f'<mc:Choice Requires="wps">{drawing}</mc:Choice><mc:Fallback><w:t>{DRAWINGS[which].character}</w:t></mc:Fallback>'
        "</mc:AlternateContent></w:r>"
    )

"""Everything that can be handed out of a book: each chapter, in each language, every variant with its key; and a page that links it all.

Knows orders and what they come to; nothing of what is in a document.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from xml.etree.ElementTree import Element

from derive.handout import FORMATS, writer
from derive.handout.document import Document
from derive.handout.html import element, written
from derive.handout.order import LANGUAGES, Library, Order, handout_of, key_file, worksheet_of
from derive.handout.words import text
from derive.handout.worksheet import NothingToAsk
from derive.model import Outcome, Words

SHEETS = (".pdf", ".html", ".docx", ".md")  # the formats of worksheets; of keys, those but the last, which is for students to fill in
FADE, SEED = 2, 1
VARIANTS: Mapping[str, Words] = {
    "": Words("Handout", "讲义"),
    "blanks": Words("Fill in the blanks", "填空"),
    "find-the-slip": Words("Find the slip", "找错"),
    "reasons": Words("Name the reasons", "写理由"),
}
KEY = Words("key", "答案")
TITLE = Words("Handouts, worksheets and keys", "讲义、练习与答案")
SUBTITLE = Words("Every handout in six formats; every worksheet with its key", "讲义有六种格式；每份练习均附答案")
LANGUAGE_NAMES = {"en": "English", "zh": "中文", "both": "English · 中文"}
STYLE = """
.links { list-style: none }
.links li { display: flex; flex-wrap: wrap; gap: .2rem .9rem; padding: .3rem 0; border-top: 1px solid var(--rule) }
.links .what { flex: 0 0 19rem; color: var(--quiet) }
.links a { color: var(--accent) }
"""
Links = dict[tuple[str, str, str], list[tuple[str, str]]]  # by chapter, language and variant: what a link says, and the file


def gallery(
    chapters: Mapping[str, Words], outcomes: Sequence[Outcome], library: Library, progress: Callable[[int, int], None]
) -> Iterator[tuple[str, bytes]]:
    """The files of a gallery, their names relative to its folder, as they are made; the index comes last.

    `chapters` are the titles by the first part of the names of derivations. `progress` is told the orders done and in all.
    """
    links: Links = {}
    orders = [(c, lang, v) for c in chapters for lang in LANGUAGES for v in VARIANTS if not (v and lang == "both")]
    for done, (chapter, lang, variant) in enumerate(orders):
        progress(done, len(orders))
        of_chapter = [o for o in outcomes if o.name.rpartition(".")[0] == chapter]
        order = Order(chapters[chapter], lang, variant, FADE, SEED)
        name = "-".join(filter(None, (chapter, variant, lang)))
        for said, made in _made(order, of_chapter, library, name):
            first = next(iter(made))
            links.setdefault((chapter, lang, variant), []).append((said, first))
            yield from made.items()
    yield "index.html", index(chapters, links)
    progress(len(orders), len(orders))


def _made(order: Order, outcomes: Sequence[Outcome], library: Library, name: str) -> Iterator[tuple[str, dict[str, bytes]]]:
    """What a link says, and the files behind it, the one that it leads to first."""
    if not order.worksheet:
        yield from _written(handout_of(order, outcomes, library), FORMATS, name)
        return
    try:
        made = worksheet_of(order, outcomes, library)
    except NothingToAsk:
        return
    yield from _written(made.student, SHEETS, name)
    for suffix, files in _written(made.key, SHEETS[:-1], f"{name}-key"):
        yield f"{text(KEY, order.lang)} {suffix}", files
    yield f"{text(KEY, order.lang)} json", {f"{name}.key.json": key_file(made)}


def _written(document: Document, suffixes: Sequence[str] | Mapping[str, object], name: str) -> Iterator[tuple[str, dict[str, bytes]]]:
    for suffix in suffixes:
        yield suffix.removeprefix("."), writer(Path(f"{name}{suffix}"))(document, name)


def index(chapters: Mapping[str, Words], links: Links) -> bytes:
    """The page that links everything."""
    sections = [element("section", element("h2", _bilingual(title)), _linked(chapter, links)) for chapter, title in chapters.items()]
    header = element("header", element("h1", _bilingual(TITLE)), element("p", _bilingual(SUBTITLE), class_="subtitle"))
    return written("en", _bilingual(TITLE), element("body", header, element("main", *sections)), STYLE)


def _linked(chapter: str, links: Links) -> Element:
    """All that there is of a chapter: a line for each language and variant."""
    out = element("ul", class_="links", role="list")
    for lang, called in LANGUAGE_NAMES.items():
        for variant, what in VARIANTS.items():
            found = links.get((chapter, lang, variant), ())
            if found:
                label = element("span", f"{called}: {text(what, lang)}" if lang != "zh" else f"{called}：{what.zh}", class_="what")
                anchors = [x for said, file in found for x in (" ", element("a", said, href=file))]
                out.append(element("li", label, *anchors, lang="zh-Hans" if lang == "zh" else "en"))
    return out


def _bilingual(words: Words) -> str:
    return " · ".join(filter(None, words))

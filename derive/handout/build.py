"""Outcomes → the document of a handout: sections, rows, what the checker says. Knows what a verdict is; no prover and no format."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from derive.expression import ExpressionError, read
from derive.handout.breaking import COLUMN, FULL, broken, width
from derive.handout.document import Document, Ink, Mark, Remark, Row, Said, Section, Text
from derive.handout.figures import figures_of
from derive.handout.formula import RELATIONS, Array, Fenced, Node, Notation, Scripted, Token, joined, row, symbol
from derive.handout.words import MARKS, begun, given, labels, lowered, named, reasons, said, sentence, text
from derive.mistakes import SLIPS
from derive.model import Diagnosis, Line, Outcome, Page, Status, Value, Verdict, Witness, Words
from derive.report import is_good, steps_of
from derive.show import changed, page_text, value_text
from derive.term import Term, num

LEFT = 8.0  # em: a first line so wide stands beside the first relation, a wider one by itself
PROVED = Words("Every step has been proved by the checker", "每一步均已由检查器证明")
AUDITED = Words("What is wrong has been refuted, what is right has been proved", "错误之处已被推翻，其余均已证明")
DRAFT = Words("A draft: not every step is proved", "草稿：并非每一步都已证明")
ALONE = Words("Derivation", "推导")
GOAL = Words("To show", "求证")
SAID = Words("Said to hold", "断言")
OURS = "ours"  # the source of what no article has


def handout(outcomes: Sequence[Outcome], title: Words, languages: Sequence[str], titles: Mapping[str, Words] | None = None) -> Document:
    """A handout of derivations that have been checked; `titles` are those of the derivations that lemmas may name."""
    known = {**(titles or {}), **{o.name: o.page.title for o in outcomes if o.page and any(o.page.title)}}
    sections = [section(o, number, languages, known) for number, o in enumerate(outcomes, 1)]
    subtitle = DRAFT if not all(map(is_good, outcomes)) else PROVED if all(o.status is Status.PROVED for o in outcomes) else AUDITED
    return document(title, subtitle, languages, sections)


def document(title: Words, subtitle: Words, languages: Sequence[str], sections: Sequence[Section]) -> Document:
    """A document of sections, with the legend of the marks that occur in it. A derivation alone has the title for its heading."""
    shown = said(title, languages)
    if [s.heading for s in sections] == [shown]:
        sections = [replace(sections[0], heading=said(ALONE, languages))]
    used = {r.mark for s in sections for r in s.rows if r.mark}
    legend = tuple((mark, said(MARKS[mark], languages)) for mark in Mark if mark in used)
    return Document(shown, said(subtitle, languages), tuple(languages), tuple(sections), labels(languages), legend)


def section(outcome: Outcome, number: int, languages: Sequence[str], titles: Mapping[str, Words]) -> Section:
    """One derivation with its verdicts; or the error in its page."""
    page = outcome.page
    if page is None or outcome.error:
        heading = said(Words(outcome.name), languages)
        problem = Remark(Ink.BAD, said(Words(outcome.error.message if outcome.error else ""), languages))
        return Section(number, outcome.name, heading, (), (), (), (), Mark.MALFORMED, remarks=(problem,))
    setting = Setting(page, languages, titles)
    remarks = expectation(outcome, page, languages, titles)
    good = is_good(outcome)
    return Section(
        number,
        outcome.name,
        said(page.title, languages) or said(Words(outcome.name), languages),
        setting.goal(),
        setting.given(),
        setting.definitions(),
        setting.rows(steps_of(outcome)),
        Mark.PROVED if good else Mark(outcome.status),
        source(page),
        remarks=remarks,
        figures=figures_of(outcome.name, page, languages) if good else (),
        page_text=page_text(page),
    )


def source(page: Page) -> str:
    """Where a derivation comes from, if from an article."""
    return "" if page.source == OURS else page.source


class Setting:
    """How one page is set: its notation, its languages, and the titles that its reasons may name."""

    def __init__(self, page: Page, languages: Sequence[str], titles: Mapping[str, Words]) -> None:
        self.page, self.languages, self.titles = page, languages, titles
        sets = frozenset(name for name, kind in page.givens.symbols.items() if kind.kind == "set")
        self.notations = {lang: Notation(lang, sets) for lang in languages}
        self.notation = self.notations[languages[0]]  # of formulas, which stand once whatever the languages

    def goal(self) -> Said:
        """The claim as a sentence, once for all languages; the formula may be broken before its relation."""
        words = GOAL if self.page.expect is None else SAID
        sentence = " · ".join(text(words, lang) for lang in self.languages) + ("：" if self.languages[-1] == "zh" else ": ")
        return ((sentence, *self._claim(self.notation)),)

    def _claim(self, notation: Notation) -> Text:
        page = self.page
        right = row(Token("relation", RELATIONS[page.relation]), notation.formula(page.right))
        return (notation.formula(page.left), right)

    def given(self) -> tuple[tuple[Text, ...], ...]:
        """What is given, for each language."""
        return tuple(given(self.page.givens, lang, self.notations[lang]) for lang in self.languages)

    def definitions(self) -> tuple[Node, ...]:
        """What the names of the page stand for."""
        return tuple(self.notation.definition(name, meaning) for name, meaning in self.page.definitions.items())

    def reason(self, line: Line, verdict: Verdict | None = None) -> Said:
        """Why a step holds: as the page says, or by what the checker found."""
        names = line.reasons or (verdict.rules if verdict else ())
        found = (reasons(names, line.words, lang, self.titles) for lang in self.languages)
        return tuple(t for t in dict.fromkeys(found) if t)

    def rows(self, steps: Sequence[tuple[Line, Verdict]]) -> tuple[Row, ...]:
        """The chain with its verdicts. A short first line stands before the first relation, a long one has a row of its own."""
        pairs = enumerate(zip(self.page.lines, steps, strict=False), 1)
        return self.with_first([self.row(k, before, line, verdict) for k, (before, (line, verdict)) in pairs])

    def with_first(self, rows: Sequence[Row]) -> tuple[Row, ...]:
        """The rows of the steps with the first line of the chain."""
        first = self.notation.formula(self.page.lines[0].term)
        beside = width(first) + 1.5
        if rows and width(first) <= LEFT and all(r.wide or max(map(width, r.lines), default=0.0) + beside <= COLUMN for r in rows):
            return (replace(rows[0], left=first), *rows[1:])
        wide = width(first) > COLUMN
        return (Row(0, broken(first, FULL) if wide else (first,), wide=wide), *rows)

    def row(self, number: int, before: Line, line: Line, verdict: Verdict) -> Row:
        """One step."""
        lines, wide = self.lines(line.term, before.term)
        remarks = said_by_checker(verdict, line, self)
        return Row(number, lines, _relation(line), None, self.reason(line, verdict), Mark(verdict.status), wide, remarks)

    def lines(self, term: Term, before: Term | None) -> tuple[tuple[Node, ...], bool]:
        """An expression with what changed since the line above, broken where it is too wide; and whether it takes the whole width."""
        node = self.notation.formula(term, changed(before, term) if before is not None else frozenset())
        if width(node) <= COLUMN:
            return (node,), False
        return broken(node, FULL), True


def _relation(line: Line) -> str:
    assert line.relation is not None
    return RELATIONS[line.relation]


# -- what the checker says


def expectation(outcome: Outcome, page: Page, languages: Sequence[str], titles: Mapping[str, Words]) -> tuple[Remark, ...]:
    """What is said below a chain: of one that is to be refuted, what is wrong with it and what puts it right; of others, that they fail."""
    if page.expect is None:
        bad = [str(k) for k, (_, v) in enumerate(steps_of(outcome), 1) if v.status is not Status.PROVED]
        words = Words(f"Not proved: step {', '.join(bad)}.", f"未证明：第 {'、'.join(bad)} 步。")
        return (Remark(Ink.BAD, said(words, languages)),) if bad and not is_good(outcome) else ()
    out = []
    if any(page.expect):
        out.append(Remark(Ink.BAD, said(sentence(page.expect), languages)))
    if page.see:
        out.append(Remark(Ink.QUIET, said(_right(page.see, titles), languages)))
    return tuple(out)


def _right(names: Iterable[str], titles: Mapping[str, Words]) -> Words:
    """Where it is put right."""
    found = [titles.get(name, Words(name)) for name in names]
    en, zh = ", ".join(f"«{text(t, 'en')}»" for t in found), "、".join(f"“{text(t, 'zh')}”" for t in found)
    return Words(f"Put right by {en}.", f"正确的推导见{zh}。")


def said_by_checker(verdict: Verdict, line: Line, setting: Setting) -> tuple[Remark, ...]:
    """What the checker has to say of a step that it did not prove: the numbers, the mistake, what was meant, what is missing."""
    if verdict.status is Status.PROVED:
        return ()
    ink = Ink.BAD if verdict.status in (Status.REFUTED, Status.CONFLICT, Status.MALFORMED) else Ink.AMBER
    witness = verdict.search.witness if verdict.search else None
    out = [witnessed(witness, setting) if witness else plainly(verdict, line, setting)]
    if verdict.missing:
        out.append(_missing(verdict, setting))
    if found := verdict.diagnosis:
        out.append(diagnosed(found, line, setting))
        if found.condition is not None:
            out.append(tuple(around(PROVED_IF, lang, setting.notations[lang].formula(found.condition)) for lang in setting.languages))
    return tuple(Remark(ink, s) for s in out if s)


AT = Words("At {} ", "在 {} 处，")
CHOSEN = Words("for suitable {} ", "对适当选取的 {}，")
DIFFERENT = Words("the line above is {}, but this line is {}.", "上一行为 {}，而本行为 {}。")
SAME = Words("both lines are {}.", "两行均为 {}。")
LEFT_UNDEFINED = Words("the line above is not defined.", "上一行没有定义。")
RIGHT_UNDEFINED = Words("this line is not defined.", "本行没有定义。")
MEANT = Words("{}: did you mean {}?", "{}：是否应为 {}？")
PROVED_IF = Words("It would be proved if {} were given.", "若给定 {}，则可证明。")
MISSING = Words("The givens do not imply {}.", "已知条件推不出 {}。")
NEGATED = Words("It is proved to fail.", "已证明它不成立。")
OTHER_REASON = Words("True, but not for this reason; by {}.", "结论正确，但理由不对；应为：{}。")
PLAINLY: Mapping[Status, Words] = {
    Status.COMPUTED: Words("Not proved; simplification and numbers agree with it.", "未证明；化简与数值均与之相符。"),
    Status.UNDECIDED: Words("Neither a proof nor a counterexample was found.", "既未找到证明，也未找到反例。"),
    Status.MALFORMED: Words("This has no meaning.", "此式没有意义。"),
    Status.CONFLICT: Words("Proof and counterexample contradict each other: a defect of the checker.", "证明与反例矛盾：检查器有缺陷。"),
}


def around(words: Words, lang: str, *parts: str | Node | Text) -> Text:
    """Words with what stands in their gaps."""
    pieces = text(words, lang).split("{}")
    out: list[str | Node] = [pieces[0]]
    for part, piece in zip(parts, pieces[1:], strict=True):
        out += [*(part if isinstance(part, tuple) else (part,)), piece]
    return tuple(x for x in out if x)


def witnessed(witness: Witness, setting: Setting) -> Said:
    """The values at which a step fails, with both sides; functions have been chosen, too, but a witness does not say which."""
    symbols = setting.page.givens.symbols
    values = [equation(name, value, symbols[name].kind if name in symbols else "") for name, value in witness.values.items()]
    chosen = [symbol(name) for name, kind in symbols.items() if kind.params and name not in witness.values]
    out = []
    for lang in setting.languages:
        found = around(AT, lang, _listed(values, lang)) if values else ()
        found += around(CHOSEN, lang, _listed(chosen, lang)) if chosen else ()
        if witness.undefined:
            found += around(LEFT_UNDEFINED if witness.left == "undefined" else RIGHT_UNDEFINED, lang)
        elif witness.left == witness.right:  # where one is said to be greater
            found += around(SAME, lang, decimal(witness.left, lang))
        else:
            found += around(DIFFERENT, lang, decimal(witness.left, lang), decimal(witness.right, lang))
        out.append(begun(found))
    return tuple(out)


def equation(name: str, value: Value, kind: str = "") -> Node:
    """What a name stands for at a witness; a family of one member by that member."""
    shown = symbol(name)
    if isinstance(value, tuple) and isinstance(shown, Token) and kind != "set":
        indices: list[Node] = []
        while isinstance(value, tuple) and len(value) == 1:
            value, indices = value[0], [*indices, Token("number", "1")]
        shown = Scripted(shown, row(*indices)) if indices else shown
    return row(shown, Token("relation", "="), members(value) if kind == "set" and isinstance(value, tuple) else number(value))


def members(value: tuple[Value, ...]) -> Node:
    """The members of a set."""
    return Fenced("{", joined(map(number, value)), "}")


def number(value: Value) -> Node:
    """An exact value: a number, or a family of them, which is an array where it has two indices."""
    if not isinstance(value, tuple):
        return Notation().formula(num(value))
    if all(isinstance(v, tuple) for v in value):
        return Array(tuple(tuple(map(number, v)) for v in value if isinstance(v, tuple)))
    return Token("number", value_text(value).replace("-", "−"))


CHINESE = {"about": "约", "true": "真", "false": "假"}


def decimal(written: str, lang: str) -> str:
    """A decimal enclosure, or whether a line is true, as it is printed."""
    if lang == "zh":
        for en, zh in CHINESE.items():
            written = written.replace(en, zh)
    return written.replace("-", "−")


def plainly(verdict: Verdict, line: Line, setting: Setting) -> Said:
    """What is to be said of a step for which there are no numbers."""
    if verdict.status is Status.MISREASONED:
        found = ((lang, named(verdict.rules, lang, setting.titles)) for lang in setting.languages)
        return tuple(around(OTHER_REASON, lang, lowered(why)) for lang, why in found)
    words = NEGATED if verdict.negation is not None else PLAINLY.get(verdict.status, Words(verdict.message))
    return said(words, setting.languages)


def _missing(verdict: Verdict, setting: Setting) -> Said:
    out = []
    for lang in setting.languages:
        found = [setting.notations[lang].formula(c) for c in verdict.missing]
        out.append(around(MISSING, lang, _listed(found, lang)))
    return tuple(out)


def _listed(nodes: Sequence[Node], lang: str) -> Text:
    comma = "，" if lang == "zh" else ", "
    return tuple(x for i, n in enumerate(nodes) for x in ((comma, n) if i else (n,)))


def diagnosed(found: Diagnosis, line: Line, setting: Setting) -> Said:
    """The name of a mistake, and what may have been meant."""
    names = [(lang, begun(mistaken(found.name, lang, setting))) for lang in setting.languages]
    if found.suggestion is None:
        return tuple((*name, "。" if lang == "zh" else ".") for lang, name in names)
    node = setting.notation.formula(found.suggestion)
    if found.relation is not None and found.relation is not line.relation:
        node = row(Token("relation", RELATIONS[found.relation]), node)
    return tuple(around(MEANT, lang, name, node) for lang, name in names)


def mistaken(name: Words, lang: str, setting: Setting) -> Text:
    """The name of a mistake; what it says is lost or too much as a formula."""
    words, part = detailed(name)
    return (text(words, lang),) if part is None else around(words, lang, setting.notations[lang].formula(part))


def detailed(name: Words) -> tuple[Words, Term | None]:
    """The name of a mistake with a gap for what it says is lost or too much, and that; a name without such a part is itself."""
    for words in SLIPS.values():
        before, gap, after = words.en.partition("{}")
        if gap and name.en.startswith(before) and name.en.endswith(after):
            try:
                return words, read(name.en[len(before) : len(name.en) - len(after)])
            except ExpressionError:
                continue  # the words of another slip, or a part that stands for many
    return name, None

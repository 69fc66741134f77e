"""Derivations, wherever they are written: in a Python module, in a fenced block of Markdown, or as SymPy expressions.

Keeps the text of a page and its place, and reads it when it is asked for; knows nothing of proofs but the door to them.
"""

from __future__ import annotations

import ast
import itertools
import linecache
import re
import sys
from collections.abc import Iterator, Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import FrameType, ModuleType
from typing import TYPE_CHECKING, Any, NamedTuple

from derive.layout import CONTROL, words
from derive.model import COMPOSED, Claim, NotCertified, Outcome, Page, PageError, Place, Relation, Status
from derive.reading import read_page
from derive.show import text as show

if TYPE_CHECKING:
    from derive.term import Term

__all__ = ["Derivation", "collect_markdown", "collect_module", "derivation", "headings", "read_page", "words"]

_FENCE = re.compile(r"[ \t]*(`{3,}|~{3,})[ \t]*(.*?)[ \t]*")
_QUOTE = re.compile(r"\"\"\"|'''|\"|'")
_TITLE = re.compile(r"^[ \t]*title[ \t]+(.*?)[ \t]*$", re.MULTILINE)
_EXPECT = re.compile(r"^[ \t]*expect[ \t]+refuted\b", re.MULTILINE)


class Derivation:
    """A page: its text, its place and its name (`module.variable`, given by whoever collects it).

    Making one never raises; what is wrong with the text appears where it is read, so that one bad page hides no other.
    """

    def __init__(self, text: str, place: Place, name: str = "", error: PageError | None = None, generated: bool = False) -> None:
        self.text, self.place, self.name = text, place, name
        self._page: Page | None = None
        self._error = error
        self._beside: list[Derivation] = []
        self._generated = generated  # the text stands in no file: errors are placed where it was made

    def __repr__(self) -> str:
        return f"<Derivation {self.name or f'{self.place.file}:{self.place.line}'}>"

    @property
    def page(self) -> Page:
        """The page, read once. Raises PageError."""
        if self._page is None and self._error is None:
            try:
                self._page = read_page(self.text, self.place)
            except PageError as error:
                self._error = PageError(error.message, self.place, error.text, error.hint) if self._generated else error
        if self._page is None:
            assert self._error is not None
            raise self._error.with_traceback(None)
        return self._page

    def alone(self) -> Derivation:
        """A copy without what has been read and what stands beside it: what has to travel for it to be checked elsewhere."""
        return Derivation(self.text, self.place, self.name, self._error, self._generated)

    def source_line(self, place: Place) -> str:
        """The line of the text at a place of it, such as that of an error; empty where there is none."""
        lines, number = self.text.split("\n"), place.line - self.place.line
        if self._generated or not 0 <= number < len(lines):
            return ""
        return " " * (self.place.column - 1) * (number == 0) + lines[number].rstrip("\r")

    def neighbours(self) -> dict[str, Derivation]:
        """What `by lemma NAME` and `see NAME` may name, by name: the derivations of the same Markdown file; or of the module that makes
        this one, and, of the modules in its package, those that its lemmas (and theirs) name. These are imported, like the module itself.
        """
        found = {d.name: d for d in self._beside}
        module = next((m for m in list(sys.modules.values()) if getattr(m, "__file__", None) == self.place.file), None)
        if module is None:
            return found
        found.update((d.name, d) for d in collect_module(module))
        wanted = [*self.lemmas(), *self._seen()]
        for name in wanted:  # grows while it is run through
            stem = name.rpartition(".")[0]
            if name not in found and stem.isidentifier() and module.__package__ and find_spec(f".{stem}", module.__package__):
                found.update((d.name, d) for d in collect_module(import_module(f".{stem}", module.__package__)))
            if name in found:
                wanted += [n for n in found[name].lemmas() if n not in wanted]
        return found

    def lemmas(self) -> list[str]:
        """The names of the lemmas that the page uses; none where it cannot be read."""
        try:
            named = [r.removeprefix("lemma ") for line in self.page.lines for r in line.reasons if r.startswith("lemma ")]
        except PageError:
            return []
        return list(dict.fromkeys(named))

    def _seen(self) -> list[str]:
        try:
            return list(self.page.see)
        except PageError:
            return []

    def claims(self) -> tuple[Claim, ...]:
        """What the kernel has to judge, one claim a step, in order; the lemmas are left to a resolver. Raises PageError."""
        page = self.page
        return tuple(
            Claim(page.givens, before.term, line.relation, line.term, line.reasons, page.definitions)
            for before, line in itertools.pairwise(page.lines)
            if line.relation is not None
        )

    def certify(self) -> Outcome:
        """Check every step and give what is known of each. Raises NotCertified, with the report, unless all are proved."""
        from derive import check, report  # late: a page can be read without the engine

        __tracebackhide__ = True  # pytest shows the report, and the line of the test
        outcome: Outcome = check.check_derivation(self)
        if outcome.status is not Status.PROVED:
            raise NotCertified(report.plain(outcome))
        return outcome

    @property
    def equations(self) -> list[Any]:
        """Every step as an unevaluated SymPy relation; None where SymPy has no form for it. Raises PageError."""
        from derive import sympy_bridge  # late: SymPy is slow to import

        return [sympy_bridge.equation(claim) for claim in self.claims()]

    @classmethod
    def of(
        cls,
        *expressions: Any,
        given: str = "",
        reasons: str | Sequence[str | None] = (),
        title: str = "",
        source: str = "",
        relations: str | Sequence[str] = "=",
    ) -> Derivation:
        """A chain of SymPy expressions: `Derivation.of(e0, e1, e2, given="s: real", reasons=["algebra", "quotient rule"])`.

        `relations` is one relation for all steps, or one for each; so are `reasons`, as they stand after `by` on a page.
        """
        frame = sys._getframe(1)
        place = Place(frame.f_code.co_filename, frame.f_lineno)
        try:
            text = _page_text(expressions, given, reasons, title, source, relations, place)
        except PageError as error:
            return cls("", place, error=PageError(error.message, place, error.text, error.hint), generated=True)
        return cls(text, place, generated=True)


def derivation(text: str) -> Derivation:
    """The derivation that `text` writes down (the language of pages); errors in it name lines of the file that calls this."""
    if not isinstance(text, str):
        raise TypeError(f"derivation takes the text of a page, and not {type(text).__name__}; Derivation.of takes SymPy expressions")
    return Derivation(text, _text_place(sys._getframe(1)))


def _text_place(frame: FrameType) -> Place:
    """Where the text begins that the call in `frame` is given: behind the first quotation mark from the call on."""
    file, line = frame.f_code.co_filename, frame.f_lineno
    for number in range(line, line + 3):
        source = linecache.getline(file, number)
        after = source.find("derivation") + 1 if number == line else 0
        if quote := _QUOTE.search(source, after):
            if source[quote.end() :].rstrip("\r\n") == "\\":
                return Place(file, number + 1)
            return Place(file, number, quote.end() + 1)
    return Place(file, line)


def _page_text(
    expressions: Sequence[Any],
    given: str,
    reasons: str | Sequence[str | None],
    title: str,
    source: str,
    relations: str | Sequence[str],
    place: Place,
) -> str:
    """The page that `Derivation.of` stands for. Raises PageError."""
    from derive.sympy_bridge import NoForm, from_sympy  # late: SymPy is slow to import

    steps = len(expressions) - 1
    if steps < 1:
        raise PageError("a chain needs two expressions at least", place)
    signs = [relations] * steps if isinstance(relations, str) else list(relations)
    why = [reasons] * steps if isinstance(reasons, str) else list(reasons) or [None] * steps
    for what, found in (("relations", signs), ("reasons", why)):
        if len(found) != steps:
            hint = f"one for each step, from an expression to the next; a single text stands for all {what}"
            raise PageError(f"{len(expressions)} expressions have {steps} steps, and there are {len(found)} {what}", place, hint=hint)
    if wrong := [s for s in signs if s not in list(Relation)]:
        raise PageError(f"{wrong[0]} is no relation", place, wrong[0], f"the relations are {', '.join(Relation)}")
    terms: list[Term] = []
    for number, e in enumerate(expressions, 1):
        try:
            terms.append(from_sympy(e))
        except NoForm as error:
            raise PageError(f"expression {number}: {error}", place) from None
    composed = Relation.EQ
    for sign in signs:
        composed = COMPOSED.get((composed, Relation(sign)), Relation(sign))
    head = [f"title {title}"] * bool(title) + [f"source {source}"] * bool(source) + [f"given {given}"] * bool(given)
    chain = [f"{sign} {show(t)}" + (f" by {reason}" if reason else "") for sign, t, reason in zip(signs, terms[1:], why, strict=True)]
    return "\n".join([*head, f"claim {show(terms[0])} {composed} {show(terms[-1])}", show(terms[0]), *chain])


# -- collecting


def collect_module(module: ModuleType) -> list[Derivation]:
    """The derivations that a module makes at its top level, in the order of the source, named `module.variable`."""
    stem = module.__name__.rpartition(".")[2] if module.__name__ != "__main__" else Path(str(module.__file__)).stem
    found: dict[int, Derivation] = {}
    for variable, value in vars(module).items():
        if isinstance(value, Derivation) and id(value) not in found and value.place.file == module.__file__:
            value.name = f"{stem}.{variable}"
            found[id(value)] = value
    return sorted(found.values(), key=lambda d: d.place.line)


def collect_markdown(source: Path | str, file: str = "") -> list[Derivation]:
    """The derivations in the blocks of a Markdown file (a Path), or of a text, that are fenced as ```` ```derive NAME ````.

    A block without a name is called `block1`, `block2`, … by its number. Raises PageError for a file that is no UTF-8.
    """
    file = file or str(source if isinstance(source, Path) else "<text>")
    text = source if isinstance(source, str) else _decode(source.read_bytes(), file)
    out: list[Derivation] = []
    for info, first_line, body in _fenced(text):
        language, _, rest = CONTROL.sub("\ufffd", info).partition(" ")  # names are printed, and a terminal would obey
        if language != "derive":
            continue
        name = rest.split()[0] if rest.split() else f"block{len(out) + 1}"
        place = Place(file, first_line)
        error = None
        if not re.fullmatch(r"\w[\w.-]*", name):
            error = PageError(f"{name} is no name for a derivation", place, name, "letters, digits, - and _")
        elif any(d.name == name for d in out):
            error = PageError(f"a second derivation is called {name}", place, name, "give each block a name of its own")
        out.append(Derivation(body, place, name, error))
        out[-1]._beside = out
    return out


def _fenced(text: str) -> Iterator[tuple[str, int, str]]:
    """The fenced blocks: what stands behind the opening fence, the number of the first line inside, and what is inside."""
    fence, info, first, body = "", "", 0, list[str]()
    for number, line in enumerate(text.split("\n"), 1):
        match = _FENCE.fullmatch(line.rstrip("\r"))
        if not fence:
            if match and not (match.group(1)[0] == "`" and "`" in match.group(2)):
                fence, info, first, body = match.group(1), match.group(2), number + 1, []
        elif match and match.group(1).startswith(fence) and not match.group(2):
            yield info, first, "\n".join(body)
            fence = ""
        else:
            body.append(line)
    if fence:  # as CommonMark has it, an unclosed block goes on to the end
        yield info, first, "\n".join(body)


class Heading(NamedTuple):
    """The name of a derivation, its title as written (`en | zh`), and whether its page expects to be refuted."""

    name: str
    title: str
    refuted: bool = False


def headings(path: Path) -> list[Heading]:
    """The heading of every derivation of a Python file, which is read and not imported.

    Raises PageError where the file is not Python.
    """
    try:
        tree = ast.parse(_decode(path.read_bytes(), str(path)))
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        if isinstance(error, PageError):
            raise
        line, column = getattr(error, "lineno", None) or 1, getattr(error, "offset", None) or 1
        raise PageError(f"this is not Python: {error}", Place(str(path), line, column)) from None
    out = []
    for node in tree.body:
        target = node.targets[0] if isinstance(node, ast.Assign) else node.target if isinstance(node, ast.AnnAssign) else None
        if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(target, ast.Name) and isinstance(node.value, ast.Call):
            found = _heading(node.value, f"{path.stem}.{target.id}")
            if found is not None:
                out.append(found)
    return out


def _heading(call: ast.Call, name: str) -> Heading | None:
    """The heading of the derivation that a call makes, or None where it makes none."""
    callee = ast.unparse(call.func)
    if callee.rpartition(".")[2] == "derivation":
        argument = call.args[0] if call.args else next((k.value for k in call.keywords if k.arg == "text"), None)
        text = _constant(argument)
        match = _TITLE.search(text)
        return Heading(name, match.group(1) if match else "", _EXPECT.search(text) is not None)
    if callee == "Derivation.of" or callee.endswith(".Derivation.of"):
        return Heading(name, _constant(next((k.value for k in call.keywords if k.arg == "title"), None)))
    return None


def _constant(node: ast.expr | None) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _decode(data: bytes, file: str) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise PageError("this is not UTF-8", Place(file, line), repr(data[error.start : error.end]), "save the file as UTF-8") from None

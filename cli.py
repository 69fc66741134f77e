"""The commands of `derive`: reads arguments, finds pages, prints reports, gives the exit status; decides nothing about mathematics.

What takes long to import is imported where it is used, so that `derive --help` and `derive list` answer at once.
"""

from __future__ import annotations

import difflib
import functools
import gc
import importlib
import importlib.util
import itertools
import linecache
import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple, NoReturn

import typer

if TYPE_CHECKING:
    from concurrent.futures import Executor
    from types import ModuleType

    from derive.batch import Tally
    from derive.model import Outcome, PageError, Status, Words
    from derive.page import Derivation
    from derive.recheck import Findings
    from derive.store import Store
    from derive.terminal import Bar

PROVED, NOT_PROVED, UNREADABLE, CONFLICT, INTERRUPTED = 0, 1, 2, 3, 130

app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    help="""Checks derivations: every step is proved, refuted with numbers that show it, or undecided.

    Without a command: the report on all derivations of the package.

    \b
    Examples:
      derive                          everything, with SymPy's opinion beside each step
      derive report softmax --fast    one chapter, without SymPy
      derive show softmax.loss        one derivation in full
      derive check notes.md           the pages in a Markdown file of your own
      derive audit                    what was printed and is wrong: refuted, and put right
      derive batch in.jsonl -o out.jsonl   many derivations, one a line
      derive certify -o proofs.json   write down the proofs; derive verify proofs.json judges them again
      derive handout softmax -o softmax.pdf    a handout; --worksheet blanks makes a worksheet of it

    \b
    Exit status: 0 all proved, or refuted where a page expects that, 1 something is not,
    2 the input could not be read, 3 proof and counterexample contradict each other
    (a defect of this program).
    """,
)


class Accept(StrEnum):
    """What passes as good."""

    proved = "proved"
    computed = "computed"


class Engine(StrEnum):
    """Where derivations are checked."""

    processes = "processes"
    dask = "dask"


class Language(StrEnum):
    """The languages of a handout."""

    en = "en"
    zh = "zh"
    both = "both"


class Target(StrEnum):
    """What a formula is exported to."""

    numpy = "numpy"
    torch = "torch"
    jax = "jax"
    sympy = "sympy"
    latex = "latex"


class Variant(StrEnum):
    """The kinds of worksheets."""

    blanks = "blanks"
    find_the_slip = "find-the-slip"
    reasons = "reasons"


Names = Annotated[list[str] | None, typer.Argument(metavar="[NAME]…", help="A chapter (softmax) or a derivation (softmax.loss).")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for machines instead of tables.")]
Fast = Annotated[bool, typer.Option("--fast", help="Leave SymPy out: the kernel and the search for counterexamples only.")]
Jobs = Annotated[int, typer.Option("--jobs", "-j", min=0, help="Worker processes; 0 takes one for each processor.")]
TimeLimit = Annotated[float, typer.Option("--time-limit", min=0.01, help="Seconds that SymPy gets for a step.")]
NoCache = Annotated[bool, typer.Option("--no-cache", help="Look for everything anew, and keep nothing of it.")]
Engines = Annotated[Engine, typer.Option("--engine", help="dask: by the workers of a cluster, whose scheduler --scheduler names.")]
Scheduler = Annotated[str, typer.Option("--scheduler", metavar="ADDRESS", help="Of a Dask cluster, such as tcp://head:8786.")]
Accepted = Annotated[Accept, typer.Option("--accept", help="computed: steps that only SymPy and numbers confirm are good enough.")]


class Unreadable(Exception):
    """An input that cannot be read: what, and why."""


class Options(NamedTuple):
    """How to check and print."""

    json: bool = False
    fast: bool = False
    jobs: int = 0
    time_limit: float = 2.0
    accept: Accept = Accept.proved
    detail: bool = False
    no_cache: bool = False
    engine: Engine = Engine.processes
    scheduler: str = ""


class Batch(NamedTuple):
    """Derivations to be checked, and what their lemmas may name."""

    derivations: Sequence[Derivation]
    library: Mapping[str, Derivation]


# -- commands


@app.command()
def report(
    names: Names = None,
    json: Json = False,
    fast: Fast = False,
    jobs: Jobs = 0,
    time_limit: TimeLimit = 2.0,
    accept: Accepted = Accept.proved,
    no_cache: NoCache = False,
    engine: Engines = Engine.processes,
    scheduler: Scheduler = "",
) -> None:
    """Check the derivations of the package and print a table for each.

    \b
    Examples:
      derive report
      derive report sigmoid softmax.loss --fast
      derive report --json > report.json
    """
    batch, problems = _select(names or [], no_cache)
    options = Options(json, fast, jobs, time_limit, accept, no_cache=no_cache, engine=engine, scheduler=scheduler)
    _finish([batch], problems, options)


@app.command()
def check(
    files: Annotated[list[str], typer.Argument(metavar="FILE…", help="Markdown, or Python (.py); - reads Markdown from standard input.")],
    json: Json = False,
    fast: Fast = False,
    jobs: Jobs = 0,
    time_limit: TimeLimit = 2.0,
    accept: Accepted = Accept.proved,
    no_cache: NoCache = False,
    engine: Engines = Engine.processes,
    scheduler: Scheduler = "",
) -> None:
    """Check the derivations in files of your own.

    In Markdown a page stands in a block that is fenced as ```derive NAME; nothing in such a file is ever executed.
    A .py file IS EXECUTED, as it is by any import: check only Python that you would run.

    \b
    Examples:
      derive check notes.md homework.md
      derive check mine.py --accept computed
      derive check - < notes.md
    """
    problems: list[str] = []
    options = Options(json, fast, jobs, time_limit, accept, no_cache=no_cache, engine=engine, scheduler=scheduler)
    _finish(_read_files(files, problems, no_cache), problems, options)


@app.command()
def batch(
    file: Annotated[Path, typer.Argument(metavar="FILE.jsonl", help="One derivation a line, as JSON: docs/batch.md says how.")],
    output: Annotated[Path | None, typer.Option("--output", "-o", metavar="OUT.jsonl", help="Where to write a record of each.")] = None,
    fast: Fast = False,
    jobs: Jobs = 0,
    time_limit: TimeLimit = 2.0,
    accept: Accepted = Accept.proved,
    restart: Annotated[bool, typer.Option("--restart", help="Overwrite the output instead of going on behind its last record.")] = False,
    engine: Engines = Engine.processes,
    scheduler: Scheduler = "",
) -> None:
    """Check many derivations, one a line of JSON, and write a record of each, in their order.

    After an interruption of any kind the same command goes on behind the last record. Nothing in such a file is ever executed; a
    line that cannot be read becomes a record with an error. SymPy is asked about steps that are undecided.

    \b
    Examples:
      derive batch solutions.jsonl -o verdicts.jsonl
      derive batch solutions.jsonl -o verdicts.jsonl --fast --jobs 8
      derive batch solutions.jsonl -o verdicts.jsonl --engine dask --scheduler tcp://head:8786
    """
    from derive import batch as batches
    from derive.guard import NoEngine
    from derive.terminal import Bar

    if output is None:
        raise typer.BadParameter("say where to write: -o verdicts.jsonl")
    bar = Bar()
    progress = bar.update if bar.console.is_terminal else None  # without one nobody counts the lines beforehand
    library = _library(no_cache=True)
    try:
        with _executor(Options(jobs=jobs, engine=engine, scheduler=scheduler)) as executor:
            tally = batches.run(
                file, output, library, jobs=jobs or None, time_limit=time_limit, fast=fast, executor=executor, restart=restart,
                progress=progress,
            )  # fmt: skip
    except (batches.Unusable, NoEngine) as error:
        bar.hide()
        _leave([str(error)])
    except KeyboardInterrupt:
        bar.hide()
        print("interrupted; the same command goes on behind the last record", file=sys.stderr)
        raise typer.Exit(INTERRUPTED) from None
    bar.hide()
    print("\n".join(batches.summary(tally)))
    raise typer.Exit(_tallied(tally, accept))


def _tallied(tally: Tally, accept: Accept) -> int:
    """The exit status that a batch asks for. That a page expects to be refuted counts for nothing: its author may be a stranger."""
    from derive.model import Status

    if tally.derivations[Status.CONFLICT]:
        return CONFLICT
    if tally.derivations[Status.MALFORMED]:
        return UNREADABLE
    good = {Status.PROVED, Status(accept)}
    return PROVED if set(tally.derivations) <= good else NOT_PROVED


@app.command()
def audit(json: Json = False, fast: Fast = False, jobs: Jobs = 0, time_limit: TimeLimit = 2.0, no_cache: NoCache = False) -> None:
    """Show what was printed and is wrong, refuted and put right.

    These are the pages of proofs/audit.py that are marked `expect refuted`, and the derivations that they say to see. One table at
    the end holds them all. Exit status 0 only if every page is refuted, and all that puts it right is proved.
    """
    from derive import audit as audits
    from derive.model import Status
    from derive.report import ASCII
    from derive.terminal import Printer

    printer = Printer(ASCII)
    outcomes = list(_outcomes([_audited(no_cache)], Options(json, fast, jobs, time_limit, no_cache=no_cache)))
    rows = audits.rows(outcomes)
    if json:
        _print_json(audits.to_json(rows, outcomes))
    elif rows:
        for row in rows:
            printer.print(audits.row(row, printer.width, opinions=not fast))
        printer.print(audits.table(rows, printer.width))
    else:
        _complain("the package proofs holds no module audit with a page that is marked expect refuted")
        raise typer.Exit(UNREADABLE)
    good = all(row.refuted and row.put_right for row in rows)
    raise typer.Exit(max([_status(o, Status.PROVED) for o in outcomes] + [PROVED if good else NOT_PROVED]))


@app.command("list")
def list_() -> None:
    """List the derivations of the package with their titles. Nothing is executed or checked.

    A page that is marked `expect refuted` is listed as expected to be refuted.
    """
    from derive.model import PageError
    from derive.page import headings, words

    status = PROVED
    rows: list[tuple[str, str]] = []
    for path in _chapters().values():
        try:
            for heading in headings(path):
                title = " · ".join(filter(None, words(heading.title)))
                rows.append((heading.name, title + "  (expected to be refuted)" * heading.refuted))
        except PageError as error:
            _complain(f"{error.place.file}:{error.place.line}: {error.message}")
            status = UNREADABLE
    width = max((len(name) for name, _ in rows), default=0)
    for name, title in rows:
        print(f"{name:{width}}  {title}".rstrip())
    raise typer.Exit(status)


@app.command()
def show(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A derivation, such as softmax.loss.")],
    json: Json = False,
    fast: Fast = False,
    jobs: Jobs = 0,
    time_limit: TimeLimit = 2.0,
    accept: Accepted = Accept.proved,
    no_cache: NoCache = False,
) -> None:
    """Show one derivation in full: conditions, proof, SymPy's opinion and the points tried for each step."""
    batch, problems = _select([name], no_cache)
    _finish([batch], problems, Options(json, fast, jobs, time_limit, accept, detail=True, no_cache=no_cache))


@app.command()
def certify(
    names: Annotated[list[str] | None, typer.Argument(metavar="[NAME|FILE]…", help="Chapters, derivations, or files as for check.")] = None,
    output: Annotated[str, typer.Option("--output", "-o", metavar="FILE", help="Where to write; - is standard output.")] = "",
    jobs: Jobs = 0,
    no_cache: NoCache = False,
) -> None:
    """Check derivations and write down their proofs, as a certificate that `derive verify` judges again.

    Lemmas come along. What is not proved is recorded as what it is, and the exit status is 1.

    \b
    Examples:
      derive certify -o proofs.json
      derive certify softmax sigmoid.reflection -o softmax.json
      derive certify notes.md -o notes.json
    """
    from derive import recheck, record
    from derive.model import Status
    from derive.report import is_good
    from derive.terminal import Bar

    if not output:
        raise typer.BadParameter("say where to write: -o proofs.json, or -o - for standard output")
    problems: list[str] = []
    chosen: dict[str, Derivation] = {}
    library = _library(no_cache)
    for batch in _chosen(names or [], problems, no_cache):
        chosen |= {d.name: d for d in batch.derivations}
        library |= batch.library
    batch = Batch(record.with_lemmas(chosen.values(), library), library)
    outcomes = list(_outcomes([batch], Options(fast=True, jobs=jobs, no_cache=no_cache)))
    for o in outcomes:
        if o.error:
            problems.append(_unread(o.name, o.error))
        elif not is_good(o):
            _complain(f"{o.name}: {o.status}")
    status = max((_status(o, Status.PROVED) for o in outcomes), default=PROVED)
    if not problems and status != CONFLICT:
        bar = Bar()
        text = record.certificate(outcomes, bar.update)
        bar.hide()
        if flaws := recheck.verify(text).flaws:
            problems.append(f"what was found does not verify, a defect of this program: {flaws[0]}")
            status = CONFLICT
        else:
            _write(text.encode(), output, problems)
    _leave(problems, status)


@app.command()
def verify(
    files: Annotated[list[str], typer.Argument(metavar="FILE…", help="Certificates; - reads one from standard input.")],
    json: Json = False,
) -> None:
    """Judge the proofs of a certificate again: with the kernel, without any search, and say what was taken on trust.

    Exit status: 0 everything holds and is proved, or refuted where that is expected; 1 something does not hold, is undecided, or
    was changed; 2 this is no certificate.

    \b
    Examples:
      derive verify proofs.json
      derive certify softmax -o - | derive verify -
    """
    raise typer.Exit(_verify(files, json))


def _verify(files: Sequence[str], json: bool) -> int:
    """Judge certificates again and print what came of it; the exit status."""
    from derive.certificate import Flaw
    from derive.recheck import verify as judge_again

    status, found = PROVED, {}
    for file in files:
        start = time.monotonic()
        try:
            findings = found[file] = judge_again(_read_text(file))
        except (Unreadable, Flaw) as error:
            _complain(f"{file}: {error}" if isinstance(error, Flaw) else str(error))
            status = max(status, UNREADABLE)
            continue
        status = max(status, NOT_PROVED if findings.flaws or findings.open else PROVED)
        if not json:
            print("\n".join(_findings(file, findings, time.monotonic() - start)))
    if json:
        _print_json({file: {**vars(f), "flaws": [{"place": x.place, "message": x.message} for x in f.flaws]} for file, f in found.items()})
    return status


def _findings(file: str, found: Findings, seconds: float) -> Iterator[str]:
    """What a re-check found, line by line."""
    import platform

    yield f"{'✗' if found.flaws else '?' if found.open else '✓'} {file}  {found.derivations} derivations, {found.steps} steps"
    yield f"  judged again by the kernel: {found.judged} proofs; by their numbers: {found.refuted_again} of {found.refuted} refutations"
    for label, places in (("wrong", [str(flaw) for flaw in found.flaws]), ("open", found.open), ("not judged again", found.unchecked)):
        yield from (f"  {label}: {place}" for place in places)
    yield f"  trusted: the kernel's modules (the table in derive/__init__.py), Python {platform.python_version()} and its standard library"
    yield f"  {seconds:.2f} s"


def _read_text(file: str) -> str:
    """The text of a file. Raises Unreadable."""
    try:
        return (sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()).decode("utf-8")
    except UnicodeDecodeError:
        raise Unreadable(f"{file}: this is not UTF-8") from None
    except OSError as error:
        raise Unreadable(f"{file}: {error.strerror or error}") from None


def _write(data: bytes, file: str, problems: list[str]) -> None:
    """Write a file as a whole, so that an interruption leaves the old one."""
    if file == "-":
        sys.stdout.buffer.write(data)
        return
    path = Path(file)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        beside.write_bytes(data)
        beside.replace(path)
    except OSError as error:
        problems.append(f"{file}: {error.strerror or error}")
    finally:
        beside.unlink(missing_ok=True)


@app.command()
def handout(
    names: Annotated[list[str], typer.Argument(metavar="NAME|FILE…", help="Chapters, derivations, or files as for check.")],
    output: Annotated[str, typer.Option("--output", "-o", metavar="FILE", help="Where to write; the suffix says the format.")] = "",
    lang: Annotated[Language, typer.Option("--lang", help="The language of the words: English, Chinese, or both.")] = Language.en,
    title: Annotated[str, typer.Option("--title", metavar="'EN | ZH'", help="The title, in one language or both.")] = "",
    worksheet: Annotated[Variant | None, typer.Option("--worksheet", help="A worksheet in place of the handout.")] = None,
    fade: Annotated[int, typer.Option("--fade", min=1, max=3, help="blanks: how many steps are blank, from 1 (few) to 3 (all).")] = 1,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Another number makes another worksheet.")] = 0,
    key: Annotated[bool, typer.Option("--key", help="The key to the worksheet instead of the worksheet.")] = False,
    draft: Annotated[bool, typer.Option("--draft", help="Let pass what is neither proved nor refuted; it is marked in amber.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Overwrite a file that there is.")] = False,
    jobs: Jobs = 0,
    no_cache: NoCache = False,
) -> None:
    """Check derivations and write them as a handout, a worksheet, or the key to a worksheet.

    Formats: .html .pdf .docx .ipynb .tex .md. Several names make one document with contents. A worksheet is made anew from its
    seed, so that the key with the same options belongs to it; with --key, FILE.key.json is written beside it for derive grade.

    \b
    Examples:
      derive handout softmax -o softmax.pdf
      derive handout softmax.loss likelihood.cross_entropy -o two.html --lang both
      derive handout notes.md -o notes.docx --title 'My notes'
      derive handout softmax -o sheet.md --worksheet blanks --fade 2 --seed 7
      derive handout softmax -o key.pdf --worksheet blanks --fade 2 --seed 7 --key

    \b
    Exit status: 0 all proved, or refuted where a page expects that; 1 something is not, which the
    handout says in red (--draft: amber passes); 2 a page cannot be read, or nothing can be written.
    """
    from derive.handout import CannotWrite, writer
    from derive.handout.order import Order, files
    from derive.layout import CONTROL
    from derive.report import is_good

    if not output:
        raise typer.BadParameter("say where to write: -o softmax.html, or .pdf .docx .ipynb .tex .md")
    if key and worksheet is None:
        raise typer.BadParameter("--key is the key to a worksheet: say which, with --worksheet blanks, find-the-slip or reasons")
    if CONTROL.search(title):
        raise typer.BadParameter("--title has a character that no document can hold")
    path, problems = Path(output), list[str]()
    try:
        writer(path)
    except CannotWrite as error:
        _leave([str(error)])
    if path.is_dir() or not path.parent.is_dir():  # said before the checks, which may take minutes
        _leave([f"{path}: this is a folder; name a file" if path.is_dir() else f"{path}: there is no folder {path.parent}"])
    if path.exists() and not force:
        _leave([f"{path} is there already; --force overwrites it"])
    batches = list(_chosen(names, problems, no_cache))
    if problems:
        _leave(problems)
    outcomes = list(_outcomes(batches, Options(fast=True, jobs=jobs, no_cache=no_cache)))
    library = {name: d for batch in batches for name, d in batch.library.items()}
    if worksheet and (name := _twice(o.name for o in outcomes)):
        _leave([f"two derivations are called {name}: on a worksheet each has a name of its own"])
    order = Order(_heading(title, outcomes), lang.value, worksheet.value if worksheet else "", fade, seed, key)
    for o in outcomes:
        if not is_good(o):
            _complain(_unread(o.name, o.error) if o.error else f"{o.name}: {o.status}")
    try:
        made = files(order, outcomes, library, path)
    except CannotWrite as error:
        _leave([str(error)])
    problems = _save({path.parent / name: data for name, data in made.items()}, force)
    _leave(problems, max((_handed_out(o, draft) for o in outcomes), default=PROVED))


@app.command()
def export(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A derivation, such as softmax.loss.")],
    to: Annotated[Target, typer.Option("--to", help="A library, or latex.")] = Target.numpy,
    output: Annotated[str, typer.Option("--output", "-o", metavar="FILE", help="Where to write; - is standard output.")] = "-",
    force: Annotated[bool, typer.Option("--force", help="Overwrite a file that there is.")] = False,
    jobs: Jobs = 0,
    no_cache: NoCache = False,
) -> None:
    """Write a small function that computes what a proved derivation claims, in its stable form where one is known.

    Its docstring holds the formula, the shapes, the source and the hash of the certificate. The formula is proved, the code is
    not: hold it against the formula with derive.testing.assert_implements. Of a derivation in a module of yours, the function
    derive.export.export writes the same: export(mine.certify(), "numpy").

    \b
    Examples:
      derive export softmax.loss
      derive export signed_labels.samples --to torch -o losses.py
      derive export softmax.gradient --to latex

    \b
    Exit status: 0 written; 1 not proved, and nothing is written; 2 there is no such derivation, its claim
    has no code (an inequality, a limit), or nothing could be written.
    """
    from derive.export import CannotExport
    from derive.export import export as exported
    from derive.model import NotCertified, Status

    batch, problems = _select([name], no_cache)
    if not problems and name not in batch.library:
        problems = [f"{name} is a chapter; name one of its derivations, such as {batch.derivations[0].name}"]
    if output != "-" and Path(output).exists() and not force:
        problems.append(f"{output} is there already; --force overwrites it")
    if problems:
        _leave(problems)
    (outcome,) = _outcomes([batch], Options(fast=True, jobs=jobs, no_cache=no_cache))
    try:
        _write(exported(outcome, to.value).encode(), output, problems)
    except NotCertified as error:
        print(error, file=sys.stderr)
        _leave([], max(_status(outcome, Status.PROVED), NOT_PROVED))
    except CannotExport as error:
        _leave([str(error)])
    _leave(problems)


@app.command()
def gallery(
    output: Annotated[str, typer.Option("--output", "-o", metavar="FOLDER", help="Where to write.")] = "handouts",
    force: Annotated[bool, typer.Option("--force", help="Overwrite files that there are.")] = False,
    jobs: Jobs = 0,
    no_cache: NoCache = False,
) -> None:
    """Write every handout of the package, and worksheets of every kind with their keys, in both languages, and index.html.

    Needs all extras: pip install 'derive-checker[handouts]'.
    """
    from derive.handout import FORMATS, CannotWrite, writer
    from derive.handout.gallery import gallery as everything
    from derive.model import Status
    from derive.page import words
    from derive.terminal import Bar

    folder, problems = Path(output), list[str]()
    batch, _ = _select([], no_cache)
    titles: Mapping[str, str] = getattr(importlib.import_module("proofs"), "TITLES", {})
    chapters = {name: words(titles.get(name, name)) for name in _chapters()}
    try:
        for suffix in FORMATS:
            writer(Path(f"any{suffix}"))
        folder.mkdir(parents=True, exist_ok=True)
        if (folder / "index.html").exists() and not force:
            _leave([f"{folder / 'index.html'} is there already; --force overwrites it and what it links"])
        outcomes = list(_outcomes([batch], Options(fast=True, jobs=jobs, no_cache=no_cache)))
        bar, count = Bar(), 0
        for name, data in everything(chapters, outcomes, batch.library, bar.update):
            problems += _save({folder / name: data}, force=True)
            count += 1
        bar.hide()
        print(f"{count} files; begin with {folder / 'index.html'}")
    except (CannotWrite, OSError) as error:
        problems.append(str(error))
    _leave(problems, max(_status(o, Status.PROVED) for o in outcomes) if not problems else PROVED)


@app.command()
def grade(
    sheet: Annotated[str, typer.Argument(metavar="SHEET.md", help="What the student wrote; - reads standard input.")],
    key: Annotated[str, typer.Option("--key", metavar="KEY.json", help="The key that belongs to the sheet.")] = "",
    json: Json = False,
    hints: Annotated[bool, typer.Option("--hints/--no-hints", help="Say what a wrong line may have been meant to be.")] = True,
    jobs: Jobs = 0,
    no_cache: NoCache = False,
) -> None:
    """Mark a worksheet that a student filled in: each step is checked, and the first wrong one explained.

    The sheet is the Markdown file of `derive handout … -o sheet.md --worksheet …` with something written for each ____ (or, in
    find-the-slip, with the wrong line put right). Nothing in it is executed. A line that is proved earns its point, whether or
    not it is the line of the key.

    \b
    Examples:
      derive handout softmax -o sheet.md --worksheet blanks --seed 7
      derive handout softmax -o key.html --worksheet blanks --seed 7 --key
      derive grade sheet.md --key key.key.json

    \b
    Exit status: 0 all points, 1 not all, 2 the sheet or the key cannot be read.
    """
    from derive.handout import marks
    from derive.handout.grade import grade as graded
    from derive.handout.key import Ungradable, read_key
    from derive.report import ASCII
    from derive.terminal import Bar, Printer

    if not key:
        raise typer.BadParameter("say which key: --key KEY.json, which derive handout --key wrote")
    bar = Bar()
    try:
        source = _read_text("-") if sheet == "-" else Path(sheet)
        found = graded(source, read_key(Path(key)), hints=hints, jobs=jobs or None, progress=bar.update, run=_run(no_cache))
    except (Ungradable, Unreadable) as error:
        _leave([str(error)])
    bar.hide()
    if json:
        _print_json(marks.to_json(found))
    else:
        printer = Printer(ASCII)
        printer.print(marks.lines(found, printer.width))
    raise typer.Exit(PROVED if found.points == found.most else NOT_PROVED)


cached = typer.Typer(help="What was found out before, and is not looked for again.", no_args_is_help=True)
app.add_typer(cached, name="cache")


@cached.command("info")
def cache_info() -> None:
    """Say where the cache is and what it holds."""
    from derive.store import MOST_BYTES

    found = _store().info()
    print(f"file     {found.file or 'none'}")
    print(f"holds    {', '.join(f'{count} {what}' for what, count in found.entries.items())}")
    print(f"size     {found.bytes / 2**20:.1f} MB of {MOST_BYTES / 2**20:.0f}; past that what was used longest ago goes")
    if found.problem:
        print(f"unusable {found.problem}; nothing is kept")


@cached.command("clear")
def cache_clear() -> None:
    """Throw away what the cache holds."""
    store = _store()
    entries = sum(store.info().entries.values())
    store.clear()
    if store.problem:
        _leave([f"the cache cannot be used: {store.problem}"])
    print(f"{entries} entries thrown away")


def _handed_out(outcome: Outcome, draft: bool) -> int:
    """The exit status that a derivation of a handout asks for: with `draft`, steps that are neither proved nor refuted pass."""
    from derive.model import Status

    status = _status(outcome, Status.PROVED)
    bad = {v.status for v in outcome.verdicts} & {Status.REFUTED, Status.MALFORMED, Status.CONFLICT}
    return PROVED if draft and status == NOT_PROVED and not bad else status


def _unread(name: str, error: PageError) -> str:
    """Why a page cannot be read, and where."""
    return f"{error.place.file}:{error.place.line}: {name}: {error.message}" + (f"; {error.hint}" if error.hint else "")


def _twice(names: Iterable[str]) -> str:
    """The first name that there is twice, or nothing."""
    return next((name for name, count in Counter(names).items() if count > 1), "")


def _heading(title: str, outcomes: Sequence[Outcome]) -> Words:
    """The title of a document: as wanted, or that of the chapter that all of it is from."""
    from derive.page import words

    if title:
        return words(title)
    chapters = {o.name.rpartition(".")[0] for o in outcomes}
    titles: Mapping[str, str] = getattr(importlib.import_module("proofs"), "TITLES", {})
    return words(titles.get(chapters.pop(), "Derivations | 推导") if len(chapters) == 1 else "Derivations | 推导")


def _save(files: Mapping[Path, bytes], force: bool) -> list[str]:
    """Write files, each as a whole; a message for each that cannot be written, or is there already."""
    problems: list[str] = []
    for path, data in files.items():
        if path.exists() and not force:
            problems.append(f"{path} is there already; --force overwrites it")
        else:
            _write(data, str(path), problems)
    return problems


def _leave(problems: Iterable[str], status: int = PROVED) -> NoReturn:
    """Say what went wrong, and leave with the exit status."""
    problems = list(problems)
    for problem in problems:
        _complain(problem)
    raise typer.Exit(max(status, UNREADABLE if problems else PROVED))


# -- finding pages


def _chosen(names: Sequence[str], problems: list[str], no_cache: bool) -> Iterator[Batch]:
    """The derivations that names of derivations, of chapters and of files mean; all of the package, if there are none."""
    files = list(dict.fromkeys(n for n in names if n == "-" or Path(n).suffix in (".md", ".markdown", ".txt", ".py")))
    others = [n for n in names if n not in files]
    if others or not names:
        batch, unknown = _select(others, no_cache)
        problems += unknown
        yield batch
    yield from _read_files(files, problems, no_cache)


def _chapters() -> dict[str, Path]:
    """The modules of `proofs` and their files, in the order in which its `__all__` names them; nothing is imported."""
    import ast
    import pkgutil

    spec = importlib.util.find_spec("proofs")
    if spec is None or not spec.submodule_search_locations:
        return {}
    folders = list(spec.submodule_search_locations)
    found = {m.name: Path(m.module_finder.path) / f"{m.name}.py" for m in pkgutil.iter_modules(folders)}  # type: ignore[union-attr]
    order: list[str] = []
    if spec.origin:
        for node in ast.parse(Path(spec.origin).read_text(encoding="utf-8")).body:
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
                order = [str(name) for name in ast.literal_eval(node.value)]
    first = [name for name in order if name in found]
    return {name: found[name] for name in [*first, *(n for n in found if n not in first)]}


def _library(no_cache: bool) -> dict[str, Derivation]:
    """All derivations of `proofs` by name. Of modules that import SymPy it may be known what they make."""
    from derive.page import collect_module

    if no_cache:
        return {d.name: d for name in _chapters() for d in collect_module(importlib.import_module(f"proofs.{name}"))}
    from derive import cache

    return {d.name: d for name, path in _chapters().items() for d in cache.chapter(f"proofs.{name}", path)}


@functools.cache
def _store() -> Store:
    """The user's cache."""
    from derive.store import Store, folder

    return Store(folder(), lambda message: print(f"warning: {message}", file=sys.stderr))


def _select(names: Sequence[str], no_cache: bool) -> tuple[Batch, list[str]]:
    """The derivations that the names mean (all, if there are none), in the order of the book; and a message for each unknown name."""
    library = _library(no_cache)
    chapters = {d.rpartition(".")[0] for d in library}
    unknown = [n for n in names if n not in library and n not in chapters]
    chosen = [d for name, d in library.items() if not names or name in names or name.rpartition(".")[0] in names]
    problems = [_unknown(name, [*chapters, *library]) for name in unknown]
    return Batch(chosen, library), problems if library else ["the package proofs holds no derivations; is it installed?"]


def _audited(no_cache: bool) -> Batch:
    """The pages of proofs.audit that are marked `expect refuted`, or cannot be read, each followed by what it says to see."""
    from derive.model import PageError

    library = _library(no_cache)
    chosen: dict[str, Derivation] = {}
    for name, derivation in library.items():
        if name.rpartition(".")[0] != "audit":
            continue
        try:
            if derivation.page.expect is None:
                continue
            seen = derivation.page.see
        except PageError:
            seen = {}
        chosen |= {n: library[n] for n in (name, *seen) if n in library}
    return Batch(list(chosen.values()), library)


def _unknown(name: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(name, known, 3, 0.5)
    same_end = [k for k in known if k.rpartition(".")[2] == name.rpartition(".")[2] and k not in near]
    hint = f"did you mean {' or '.join((near + same_end)[:3])}?" if near or same_end else "derive list names them all"
    if Path(name).is_file():
        hint = f"it is a file, which derive check reads; {hint}"
    return f"there is no derivation {name}; {hint}"


def _read_files(files: Sequence[str], problems: list[str], no_cache: bool) -> Iterator[Batch]:
    """A batch for each file that can be read, as it is reached; messages for the others go to `problems`."""
    library = _library(no_cache)
    for file in files:
        try:
            derivations = _read_file(file)
        except Unreadable as error:
            problems.append(str(error))
            continue
        yield Batch(derivations, {**library, **{d.name: d for d in derivations}})


def _read_file(file: str) -> list[Derivation]:
    """The derivations in one file. Raises Unreadable."""
    from derive.model import PageError
    from derive.page import collect_markdown, collect_module

    path = Path(file)
    try:
        if file == "-":
            written = sys.stdin.buffer.read().decode("utf-8-sig", errors="replace")
            # errors show the line they are in, and this has no file to look it up
            linecache.cache["<stdin>"] = (len(written), None, written.splitlines(keepends=True), "<stdin>")
            found = collect_markdown(written, "<stdin>")
        elif path.suffix == ".py":
            found = collect_module(_import(path))
        else:
            found = collect_markdown(path)
    except PageError as error:
        raise Unreadable(f"{file}: {error.message}" + (f"; {error.hint}" if error.hint else "")) from None
    except OSError as error:
        raise Unreadable(f"{file}: {error.strerror or error}") from None
    if not found:
        where = "it makes none with derivation(…)" if path.suffix == ".py" else "a page stands in a block fenced as ```derive NAME"
        raise Unreadable(f"{file}: no derivation found; {where}")
    return found


def _import(path: Path) -> ModuleType:
    """The module in a file of the user's, which is executed. Raises Unreadable, or OSError where there is no such file."""
    path.open("rb").close()
    sys.path.insert(0, str(path.parent.resolve()))  # as Python does for a script, so that it finds its neighbours
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    before = sys.modules.get(path.stem)
    sys.modules[path.stem] = module
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        lines = [f.tb_lineno for f in _frames(error) if f.tb_frame.f_code.co_filename == spec.origin]
        line = error.lineno if isinstance(error, SyntaxError) else lines[-1] if lines else None
        raise Unreadable(f"{path}{f':{line}' if line else ''}: could not be imported: {type(error).__name__}: {error}") from None
    finally:
        del sys.path[0]
        if before is not None:  # a file called like a module of ours must not take its place
            sys.modules[path.stem] = before
    return module


def _frames(error: BaseException) -> Iterator[Any]:
    frame = error.__traceback__
    while frame:
        yield frame
        frame = frame.tb_next


# -- checking and printing


def _finish(batches: Iterable[Batch], problems: list[str], options: Options) -> NoReturn:
    """Check and print everything, then leave with the exit status."""
    start = time.monotonic()
    found = _outcomes(batches, options)
    first = list(itertools.islice(found, 1))  # and while the processes are at work: what prints takes long to import

    from derive import machine, report
    from derive.model import Status
    from derive.terminal import Printer

    printer = Printer(report.ASCII)
    accept = Status(options.accept)
    outcomes = []
    for outcome in itertools.chain(first, found):
        outcomes.append(outcome)
        if not options.json:
            lines = report.derivation(outcome, printer.width, opinions=not options.fast, detail=options.detail)
            printer.print([*lines, report.BLANK])
    if options.json:
        _print_json(machine.to_json(outcomes))
    elif outcomes:
        printer.print(report.summary(outcomes, time.monotonic() - start, printer.width, accept))
    sys.stdout.flush()
    _leave(problems, max((_status(o, accept) for o in outcomes), default=PROVED))


def _print_json(data: Mapping[str, Any]) -> None:
    import json

    print(json.dumps(data, ensure_ascii=False, indent=1))


def _outcomes(batches: Iterable[Batch], options: Options) -> Iterator[Outcome]:
    """The outcomes as they become known, with a progress bar between them."""
    from derive.guard import NoEngine

    run = _run(options.no_cache)
    bars: list[Bar] = []

    def progress(done: int, known: int) -> None:
        for bar in bars:
            bar.update(done, known)

    try:
        with _executor(options) as executor:
            for batch in batches:
                results = run(
                    batch.derivations,
                    batch.library,
                    jobs=options.jobs or None,
                    time_limit=options.time_limit,
                    fast=options.fast,
                    executor=executor,
                    progress=progress,
                )
                from derive import terminal  # late: processes are at work meanwhile

                bars = bars or [terminal.Bar()]
                for outcome in results:
                    bars[0].hide()
                    yield outcome
                bars[0].hide()
    except NoEngine as error:
        for bar in bars:
            bar.hide()
        _leave([str(error)])


def _run(no_cache: bool) -> Callable[..., Iterator[Outcome]]:
    """What checks derivations: as `runner.run` does."""
    if no_cache:
        from derive.runner import run

        return run
    from derive.cache import run as remembered

    return functools.partial(remembered, _store())


def _executor(options: Options) -> AbstractContextManager[Executor | None]:
    """What checks derivations: the workers of a cluster, or nothing, which stands for processes of this machine. Raises NoEngine."""
    if (options.engine is Engine.dask) != bool(options.scheduler):
        raise typer.BadParameter("--engine dask and --scheduler ADDRESS go together")
    if options.engine is Engine.processes:
        return nullcontext()
    if options.jobs:
        raise typer.BadParameter("a cluster has as many workers as were started for it; leave --jobs out")
    from derive.cluster import Cluster

    return Cluster(options.scheduler)


def _status(outcome: Outcome, accept: Status) -> int:
    """The exit status that one derivation asks for."""
    from derive.model import Status
    from derive.report import is_good

    found = {verdict.status for verdict in outcome.verdicts}
    if Status.CONFLICT in found:
        return CONFLICT
    if outcome.error or Status.MALFORMED in found:
        return UNREADABLE
    return PROVED if is_good(outcome, accept) else NOT_PROVED


def _complain(message: str) -> None:
    print(f"error: {message}", file=sys.stderr)


def _version(wanted: bool) -> None:
    if wanted:
        from importlib import metadata  # late: it is slow to import

        try:
            print("derive", metadata.version("derive-checker"))
        except metadata.PackageNotFoundError:
            print("derive (not installed)")
        raise typer.Exit


@app.callback()
def _top(version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")] = False) -> None:
    pass


def _plain(name: str, *rest: str) -> Callable[[], None] | None:
    """The command of a plain line, to be called at once: typer, when it runs, imports more than a check needs whose answer is known."""
    flags: dict[str, Any] = {flag: True for flag in ("json", "fast", "no_cache") if f"--{flag.replace('_', '-')}" in rest}
    names = [a for a in rest if not a.startswith("-")]
    if len(flags) + len(names) < len(rest):
        return None
    if name == "report":
        return functools.partial(report, names, **flags)
    if names and name == "check":
        return functools.partial(check, names, **flags)
    return functools.partial(verify, names, **flags) if names and name == "verify" and flags.keys() <= {"json"} else None


def main() -> None:
    """What the command `derive` runs."""
    gc.set_threshold(3_000_000)  # some hundred megabytes: little is garbage here, and each look for it goes through all there is
    arguments = sys.argv[1:]
    if not arguments or (arguments[0].startswith("-") and arguments[0] not in ("-h", "--help", "--version")):
        arguments = ["report", *arguments]
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]  # a title may hold what the terminal cannot show
    try:
        if command := _plain(*arguments):
            command()
        app(arguments, prog_name="derive")
    except typer.Exit as left:
        sys.exit(left.exit_code)
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        sys.exit(INTERRUPTED)
    except BrokenPipeError:  # somebody reads only the beginning, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(NOT_PROVED)
    finally:
        gc.freeze()  # the end of the process looks for garbage, too


if __name__ == "__main__":
    main()

"""What was found out before is not looked for again; may not know what a rule or a proof is, and brings no prover along.

The key of a verdict is the SHA-256 of the claim with all that it rests on (givens, definitions, both sides, relation, reasons, the
claims of its lemmas), of this program's source with the rule table, and of the versions of Python, SymPy and what SymPy computes with.
What is read is judged again (`recall`), so that a poisoned cache certifies nothing, in processes with limits of time and memory, so
that it stops nothing either. A step counts only if the lemmas that it names are known to be proved as well, and none rests on itself.
What does not hold is thrown away with a warning, and the step checked anew.

That SymPy agrees cannot be judged again without SymPy. So it is believed only beside a proof, where nothing depends on it: whatever it
would change the verdict of is asked anew, and a step that it might make `Computed` is checked anew.
"""

from __future__ import annotations

import ast
import gc
import hashlib
import importlib.util
import itertools
import json
import os
import re
import signal
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import cache, partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from derive import recall
from derive.claims import Rejected
from derive.model import Claim, Opinion, Outcome, Page, PageError, Place, Status, Verdict
from derive.page import Derivation, collect_module
from derive.store import Store

if TYPE_CHECKING:
    from concurrent.futures import Executor
    from multiprocessing.connection import Connection

SECONDS = 5.0  # what judging one derivation again may take; to find it out may take 20
ALARM = 10  # seconds after which a process ends by itself
MEMORY_MB = 1024
MOST_FAILURES = 3  # so often it may take longer, or all the memory; then the rest is found out anew
DEPTH = 20_000  # levels of recursion, as in the processes that check
_TRUSTED = ("sympy", "mpmath", "flint", "gmpy2")  # to compute with: a verdict or an opinion may be another with another version
_PROVED = (Status.PROVED, Status.MISREASONED)
T = TypeVar("T")


# -- keys


@cache
def engine() -> str:
    """The SHA-256 of what decides and finds verdicts: the modules of this program but those of handouts, and the versions of Python and
    of what computes."""
    digest = hashlib.sha256(repr((sys.version, *map(_version, _TRUSTED))).encode())
    here = Path(__file__).parent
    for path in sorted(file for part in (here, here / "rules", here / "provers") for file in part.glob("*.py")):
        data = path.read_bytes()
        digest.update(f"{path.relative_to(here).as_posix()} {len(data)}\n".encode() + data)
    return digest.hexdigest()


def _version(package: str) -> str:
    """The version of a package as its own source states it: it is not imported, and to look among metadata takes long."""
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.origin:
        return ""
    for name in ("release.py", "__init__.py"):
        with suppress(OSError):
            text = Path(spec.origin).with_name(name).read_text(encoding="utf-8", errors="replace")
            if found := re.search(r"^__version__ = ['\"](.+?)['\"]", text, re.MULTILINE):
                return found.group(1)
    return str(Path(spec.origin).stat().st_mtime_ns)


class Keys(NamedTuple):
    """Under what the verdict on a step is kept, and SymPy's opinion of it, which knows of no reasons."""

    verdict: str
    opinion: str


def keys(claims: Sequence[Claim]) -> list[Keys]:
    """The keys of the steps of one page."""
    page, written = _sha(engine(), claims[0].givens, claims[0].definitions), cache(repr)  # a side is one of the next step, too
    steps = [(page, written(c.left), c.relation, written(c.right)) for c in claims]
    return [Keys("v" + _sha(step, c.reasons, c.lemmas), "o" + _sha(step)) for step, c in zip(steps, claims, strict=True)]


def _sha(*parts: object) -> str:
    return hashlib.sha256(repr(parts).encode("utf-8", "surrogatepass")).hexdigest()


# -- what is known of a derivation


class Known(NamedTuple):
    """What a cache knows of a derivation whose page could be read: None where it knows nothing."""

    page: Page
    verdicts: tuple[Verdict | None, ...]
    opinions: tuple[Opinion | None, ...]
    damage: tuple[tuple[str, str], ...] = ()  # keys of what did not hold up, and why

    def whole(self, fast: bool) -> bool:
        """Whether nothing is left to be found out."""
        return None not in self.verdicts and (fast or None not in self.opinions)

    def lemmas(self) -> list[tuple[str, ...]]:
        """The names of the lemmas that each step leans on."""
        return [tuple(r.removeprefix("lemma ") for r in x.reasons if r.startswith("lemma ")) for x in self.page.lines[1:]]


class Options(NamedTuple):
    """What an answer depends on besides the derivation."""

    time_limit: float
    fast: bool


def look_up(store: Store, derivation: Derivation, library: Mapping[str, Derivation], options: Options) -> Known | None:
    """What is known of a derivation, judged again; None where its page, or a lemma, cannot be read, or its givens contradict."""
    try:
        page = derivation.page
        if page.see.keys() - library.keys():
            return None
        claims = [_with_lemmas(claim, library) for claim in derivation.claims()]
        footing = recall.Footing(claims[0])
    except (PageError, KeyError, Rejected, RecursionError):
        return None
    where = keys(claims)
    texts = store.get(itertools.chain(*where))
    damage: list[tuple[str, str]] = []

    def read(key: str, step: int, reader: Callable[[object], T]) -> T | None:
        try:
            return reader(texts[key]) if key in texts else None
        except recall.Damaged as error:
            damage.append((key, f"{derivation.name}, step {step}: {error}"))
            return None

    steps = []
    for i, (claim, key) in enumerate(zip(claims, where, strict=True), 1):
        verdict = read(key.verdict, i, partial(recall.judged_again, claim=claim, footing=footing))
        opinion = read(key.opinion, i, partial(recall.opinion_read, time_limit=options.time_limit))
        steps.append(_believed(verdict, opinion, options.fast))
    verdicts, opinions = zip(*steps, strict=True)
    return Known(page, verdicts, opinions, tuple(damage))


def _believed(verdict: Verdict | None, opinion: Opinion | None, fast: bool) -> tuple[Verdict | None, Opinion | None]:
    """What is kept of a step, as far as nothing is made better, or a conflict, by what cannot be judged again."""
    proved = verdict is not None and verdict.status in _PROVED
    if opinion is not None and opinion.outcome == "agrees" and not proved:
        opinion = None
    if verdict is not None and verdict.status is Status.UNDECIDED and opinion is None and not fast:
        verdict = None  # SymPy might agree
    return verdict, opinion


def _with_lemmas(claim: Claim, library: Mapping[str, Derivation]) -> Claim:
    """The claim with those of the lemmas that it names, as pages state them. Raises PageError, KeyError."""
    pages = {name: library[name].page for r in claim.reasons if r.startswith("lemma ") for name in [r.removeprefix("lemma ")]}
    stated = {name: Claim(p.givens, p.left, p.relation, p.right, (), p.definitions) for name, p in pages.items()}
    return replace(claim, lemmas=stated) if stated else claim


class _Memory:
    """What a store knows of the derivations of one run."""

    def __init__(self, store: Store, library: Mapping[str, Derivation], options: Options) -> None:
        self.store, self.library, self.options = store, library, options
        self.found: dict[int, Known | None] = {}  # by the identity of derivations
        self.holding: dict[str, bool] = {}  # whether a lemma is known to be proved

    def in_turn(self, derivations: Sequence[Derivation], jobs: int) -> Iterator[tuple[Derivation, Known | None]]:
        """What is known of each, in order. The processes that find out start at once."""
        looked_up = self._looked_up(derivations, jobs)

        def supported() -> Iterator[tuple[Derivation, Known | None]]:
            for derivation, found in zip(derivations, looked_up, strict=True):
                self.found.setdefault(id(derivation), found)
                yield derivation, self.supported(derivation)

        return supported()

    def _looked_up(self, derivations: Sequence[Derivation], jobs: int) -> Iterator[Known | None]:
        processes = _Processes(self.store, derivations, self.library, self.options, jobs)
        return map(self._without_damage, processes.answers())

    def _without_damage(self, found: Known | None) -> Known | None:
        """What was found, after what did not hold is thrown away."""
        for _, why in found.damage if found else ():
            self.store.warn(f"the cache held what does not hold up ({why}); it is thrown away, and the step checked anew")
        if found and found.damage:
            self.store.drop(key for key, _ in found.damage)
        return found

    def supported(self, derivation: Derivation) -> Known | None:
        """What is known, without what leans on a lemma that is not known to be proved, or that rests on itself."""
        if id(derivation) not in self.found:
            (self.found[id(derivation)],) = self._looked_up([derivation], 1)
        found = self.found[id(derivation)]
        if found is None or not any(found.lemmas()):
            return found
        steps = zip(found.verdicts, found.lemmas(), strict=True)
        return found._replace(verdicts=tuple(v if all(map(self._holds, names)) else None for v, names in steps))

    def _holds(self, name: str) -> bool:
        if name not in self.holding:
            self.holding[name] = False  # while it is looked at: what rests on itself holds nothing
            found = self.supported(self.library[name])
            self.holding[name] = found is not None and all(v is not None and v.status is Status.PROVED for v in found.verdicts)
        return self.holding[name]

    def whole(self, derivation: Derivation) -> Known | None:
        """What was known of a derivation that was looked up, if that is all there is to know: it need not be checked as a lemma."""
        found = self.supported(derivation) if id(derivation) in self.found else None
        return found if found and found.whole(fast=True) else None


# -- in processes of their own


class _Processes:
    """Several, each of which looks up as many of some derivations as the others; they start at once."""

    def __init__(
        self, store: Store, derivations: Sequence[Derivation], library: Mapping[str, Derivation], options: Options, jobs: int
    ) -> None:
        store.get(())  # which says so where the file is damaged
        engine()  # once for all
        self.derivations, self.jobs = derivations, 0 if store.problem else min(jobs, len(derivations))
        self._start = partial(_Process, store, library, options)
        self.running = [self._start(derivations[i :: self.jobs]) for i in range(self.jobs)]

    def answers(self) -> Iterator[Known | None]:
        """What is known of each derivation, in order."""
        failures = 0 if self.jobs else MOST_FAILURES
        try:
            for i in range(len(self.derivations)):
                found = None
                if failures < MOST_FAILURES:
                    k = i % self.jobs
                    try:
                        found = self.running[k].answer()
                    except (EOFError, OSError):  # it died, or is stopped: what it would have said is looked for anew
                        failures += 1
                        self.running[k].stop()
                        self.running[k] = self._start(self.derivations[i + self.jobs :: self.jobs])
                yield found
        finally:
            for process in self.running:
                process.stop()


class _Process:
    """One that looks some derivations up, in order."""

    def __init__(self, store: Store, library: Mapping[str, Derivation], options: Options, derivations: Sequence[Derivation]) -> None:
        import multiprocessing  # late: it takes long

        store.close()  # SQLite wants nothing to be forked
        # fork starts one in milliseconds; on macOS system libraries do not survive it
        method = "fork" if sys.platform.startswith("linux") else "spawn"
        context: Any = multiprocessing.get_context(method)
        self.pipe, there = context.Pipe(duplex=False)
        where = store.file and store.file.parent
        self.process = context.Process(target=_work, args=(there, where, derivations, library, options), daemon=True)
        self.process.start()
        there.close()

    def answer(self) -> Known | None:
        """What it found of the next. Raises EOFError, or OSError, where it has died or takes too long."""
        if not self.pipe.poll(SECONDS):
            raise TimeoutError
        return self.pipe.recv()  # type: ignore[no-any-return]

    def stop(self) -> None:
        self.pipe.close()
        self.process.kill()
        self.process.join()


# -- in such a process


def _work(pipe: Connection, where: Path, derivations: Sequence[Derivation], library: Mapping[str, Derivation], options: Options) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever asks is interrupted as well, and stops this
    sys.setrecursionlimit(DEPTH)
    gc.disable()  # it lives shorter than it would take to look for garbage
    with suppress(ImportError, ValueError, OSError):  # Windows has no such limit, and macOS does not say what is mapped
        import resource

        mapped = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (mapped + MEMORY_MB * 2**20, resource.getrlimit(resource.RLIMIT_AS)[1]))
    alarm: Callable[[int], object] = getattr(signal, "alarm", abs)  # should whoever asks be killed meanwhile, nobody else would stop this
    store = Store(where, lambda message: print(f"warning: {message}", file=sys.stderr))
    for derivation in derivations:
        alarm(ALARM)
        try:
            found = look_up(store, derivation, library, options)
            alarm(0)  # somebody may read the report slowly
            pipe.send(found)
        except BrokenPipeError:
            return
        except Exception:  # no memory, a page too deep to be sent, a defect: it is found out anew
            pipe.send(None)


# -- a run


def run(
    store: Store,
    derivations: Sequence[Derivation],
    library: Mapping[str, Derivation],
    *,
    jobs: int | None = None,
    time_limit: float = 2.0,
    fast: bool = False,
    executor: Executor | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Iterator[Outcome]:
    """As `runner.run`, and what the store knows is not looked for again; what is found is kept. The processes that judge again what is
    known start at once, before the first outcome is asked for."""
    sys.setrecursionlimit(max(sys.getrecursionlimit(), DEPTH))  # lemmas may rest on lemmas
    memory = _Memory(store, library, Options(time_limit, fast))
    looked_up = memory.in_turn(derivations, jobs or _cores())

    def outcomes() -> Iterator[Outcome]:
        rest: list[tuple[Derivation, Known | None]] = []
        for derivation, known in looked_up:
            if not rest and known and known.whole(fast):
                yield _outcome(derivation, known, fast)
            else:
                rest.append((derivation, known))
        if rest:
            yield from _found_out(store, rest, memory, {"jobs": jobs, "executor": executor, "progress": progress})

    return outcomes()


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _outcome(derivation: Derivation, known: Known, fast: bool) -> Outcome:
    """The outcome of a derivation of which all is known."""
    verdicts = tuple(v if fast else _heard(v, o) for v, o in zip(known.verdicts, known.opinions, strict=True) if v)
    return Outcome(derivation.name, known.page, verdicts, None, sum(v.seconds for v in verdicts))


def _heard(verdict: Verdict, opinion: Opinion | None) -> Verdict:
    """The verdict with SymPy's opinion beside it, as `check.with_opinion` makes it."""
    if opinion is None or opinion.outcome != "agrees" or verdict.status in _PROVED:
        return replace(verdict, opinion=opinion)
    from derive.check import with_opinion  # late: it brings the provers along

    return with_opinion(verdict, opinion)


def _found_out(
    store: Store,
    rest: Sequence[tuple[Derivation, Known | None]],
    memory: _Memory,
    engine: Mapping[str, Any],
) -> Iterator[Outcome]:
    """The outcomes of derivations of which something is not known yet; `engine` is by what they are found out."""
    from derive import runner  # late: it brings the provers and worker processes along
    from derive.check import Library  # late, for the same reason

    library = Library(memory.library)
    library.outcomes |= {name: _outcome(d, known, fast=True) for name, d in library.items() if (known := memory.whole(d))}
    lacking = [(derivation, known) for derivation, known in rest if not (known and known.whole(fast=True))]
    partly = {i: known.verdicts for i, (_, known) in enumerate(lacking) if known and any(known.verdicts)}
    fresh = runner.run([d for d, _ in lacking], library, fast=True, known=partly, **engine)
    outcomes = (
        _outcome(derivation, known, fast=True) if known and known.whole(fast=True) else _kept(store, next(fresh))
        for derivation, known in rest
    )
    if memory.options.fast:
        yield from outcomes
        return
    found = list(outcomes)
    thoughts = [_thoughts(outcome, known) for outcome, (_, known) in zip(found, rest, strict=True)]
    asked = [claim for pairs in thoughts for claim, opinion in pairs if claim and not opinion]
    answers = runner.opinions(asked, time_limit=memory.options.time_limit, **engine)
    for outcome, pairs in zip(found, thoughts, strict=True):
        opinions = [o or (_opinion_kept(store, claim, next(answers)) if claim else None) for claim, o in pairs]
        yield replace(outcome, verdicts=tuple(_heard(v, o) for v, o in zip(outcome.verdicts, opinions, strict=True)))


def _thoughts(outcome: Outcome, known: Known | None) -> list[tuple[Claim | None, Opinion | None]]:
    """Of each step its claim, if it could be checked, and SymPy's opinion, if that is known."""
    claims = [v.claim for v in outcome.verdicts]
    return list(zip(claims, known.opinions if known and claims else [None] * len(claims), strict=True))


def _kept(store: Store, outcome: Outcome) -> Outcome:
    """Keep what was found out of a derivation."""
    verdicts = [v for v in outcome.verdicts if v.claim]
    claims = [v.claim for v in verdicts if v.claim]
    with suppress(Rejected, RecursionError):
        footing = recall.Footing(claims[0]) if claims else None
        texts = [recall.written(v, footing) for v in verdicts] if footing else []
        store.put({key.verdict: text for key, text in zip(keys(claims), texts, strict=True) if text} if claims else {})
    return outcome


def _opinion_kept(store: Store, claim: Claim, opinion: Opinion) -> Opinion:
    if recall.is_lasting(opinion):
        store.put({keys([claim])[0].opinion: recall.opinion_written(opinion)})
    return opinion


# -- chapters that import SymPy


def chapter(name: str, path: Path) -> list[Derivation]:
    """The derivations of a module of a package.

    One that imports SymPy is not imported where it is known what it makes. That cannot be judged again, so it stands beside the byte
    code that Python keeps: who can write there can have this program do anything. It is kept under the SHA-256 of the source, and only of
    modules that import nothing but SymPy and this program, on which alone their pages depend then.
    """
    try:
        source = path.read_bytes()
        tops = _imported(source)
        beside = Path(importlib.util.cache_from_source(str(path))).with_suffix(".pages.json")
    except (OSError, SyntaxError, ValueError, NotImplementedError):
        return collect_module(import_module(name))
    if "sympy" not in tops or not tops <= {"__future__", "derive", "sympy"}:
        return collect_module(import_module(name))
    key = _sha(engine(), name, str(path), source)
    with suppress(OSError, ValueError, TypeError):
        known, pages = json.loads(beside.read_text(encoding="utf-8"))
        if known == key:
            return [Derivation(text, Place(str(path), line, column), of, generated=True) for text, line, column, of in pages]
    made = collect_module(import_module(name))
    if all(d._generated and not d._error for d in made) and not sys.dont_write_bytecode:
        pages = [[d.text, d.place.line, d.place.column, d.name] for d in made]
        partly = beside.with_suffix(f".{os.getpid()}")
        with suppress(OSError):
            partly.write_text(json.dumps([key, pages]), encoding="utf-8")
            partly.replace(beside)
    return made


def _imported(source: bytes) -> set[str]:
    """The packages that a source imports; `open` and the like count as one more."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add("" if node.level else (node.module or "").partition(".")[0])
        elif isinstance(node, ast.Name) and node.id in ("open", "input", "__import__", "id", "hash", "globals", "vars"):
            found.add(node.id)
    return found

"""What was found out before is not looked for again; may not know what a rule or a proof is, and brings no prover along.

The key of a verdict is the SHA-256 of the claim with all that it rests on (givens, definitions, both sides, relation, reasons, the
claims of its lemmas), of this program's source with the rule table, and of the versions of Python, SymPy and python-flint. What is
read is judged again (`recall`), so that a poisoned cache certifies nothing; a step counts only if the lemmas that it names are known
to be proved as well, and none rests on itself. What does not hold is thrown away with a warning, and the step checked anew.
"""

from __future__ import annotations

import ast
import gc
import hashlib
import json
import os
import re
import signal
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from derive import recall
from derive.claims import Rejected
from derive.model import Claim, Opinion, Outcome, Page, PageError, Place, Status, Verdict
from derive.page import Derivation, collect_module
from derive.store import Store

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

SECONDS = 30.0  # what judging one derivation again may take in a process of its own
FEW = 8  # derivations that are judged again faster in this process than in others


# -- keys


@cache
def engine() -> str:
    """The SHA-256 of what decides and finds verdicts: the modules of this program but those of handouts, and the versions of Python,
    SymPy and python-flint."""
    digest = hashlib.sha256(repr((sys.version_info[:2], *map(_version, ("sympy", "flint")))).encode())
    here = Path(__file__).parent
    for path in sorted(file for part in (here, here / "rules", here / "provers") for file in part.glob("*.py")):
        data = path.read_bytes()
        digest.update(f"{path.relative_to(here).as_posix()} {len(data)}\n".encode() + data)
    return digest.hexdigest()


def _version(package: str) -> str:
    """The version of a package as its own source states it: it is not imported, and to look among metadata takes long."""
    spec = find_spec(package)
    if spec is None or not spec.origin:
        return ""
    for name in ("release.py", "__init__.py"):
        with suppress(OSError):
            text = Path(spec.origin).with_name(name).read_text(encoding="utf-8", errors="replace")
            if found := re.search(r"^__version__ = ['\"](.+?)['\"]", text, re.MULTILINE):
                return found.group(1)
    return str(Path(spec.origin).stat().st_mtime_ns)


def key_of(kind: str, *parts: object) -> str:
    """The key of something, which begins with the letter of its kind."""
    return kind + hashlib.sha256(repr((engine(), *parts)).encode("utf-8", "surrogatepass")).hexdigest()


def verdict_key(claim: Claim) -> str:
    """The key of the verdict on a claim."""
    return key_of("v", claim)


def opinion_key(claim: Claim) -> str:
    """The key of SymPy's opinion, which knows of no reasons."""
    return key_of("o", replace(claim, reasons=(), lemmas={}))


# -- what is known of a derivation


class Known(NamedTuple):
    """What a cache knows of a derivation whose page could be read: None where it knows nothing."""

    page: Page
    claims: tuple[Claim, ...]
    verdicts: tuple[Verdict | None, ...]
    opinions: tuple[Opinion | None, ...]
    damage: tuple[tuple[str, str], ...] = ()  # keys of what did not hold up, and why

    def whole(self, fast: bool) -> bool:
        """Whether nothing is left to be found out."""
        return None not in self.verdicts and (fast or None not in self.opinions)


def look_up(store: Store, derivation: Derivation, library: Mapping[str, Derivation], time_limit: float) -> Known | None:
    """What is known of a derivation, judged again; None where its page, or a lemma, cannot be read, or its givens contradict."""
    try:
        page = derivation.page
        if page.see.keys() - library.keys():
            return None
        claims = tuple(_with_lemmas(claim, library) for claim in derivation.claims())
        footing = recall.Footing(claims[0])
    except (PageError, KeyError, Rejected, RecursionError):
        return None
    verdict_keys, opinion_keys = [*map(verdict_key, claims)], [*map(opinion_key, claims)]
    texts = store.get([*verdict_keys, *opinion_keys])
    verdicts: list[Verdict | None] = []
    opinions: list[Opinion | None] = []
    damage: list[tuple[str, str]] = []
    for i, (claim, a, b) in enumerate(zip(claims, verdict_keys, opinion_keys, strict=True), 1):
        verdict = opinion = None
        try:
            verdict = recall.judged_again(texts[a], claim, footing) if a in texts else None
        except recall.Damaged as error:
            damage.append((a, f"{derivation.name}, step {i}: {error}"))
        try:
            opinion = recall.opinion_read(texts[b], time_limit) if b in texts else None
        except recall.Damaged as error:
            damage.append((b, f"{derivation.name}, step {i}: {error}"))
        verdicts.append(verdict)
        opinions.append(opinion)
    return Known(page, claims, tuple(verdicts), tuple(opinions), tuple(damage))


def _with_lemmas(claim: Claim, library: Mapping[str, Derivation]) -> Claim:
    """The claim with those of the lemmas that it names, as pages state them. Raises PageError, KeyError."""
    pages = {name: library[name].page for r in claim.reasons if r.startswith("lemma ") for name in [r.removeprefix("lemma ")]}
    stated = {name: Claim(p.givens, p.left, p.relation, p.right, (), p.definitions) for name, p in pages.items()}
    return replace(claim, lemmas=stated) if stated else claim


class _Memory:
    """What a store knows of the derivations of one run, in this process or with the help of others."""

    def __init__(self, store: Store, library: Mapping[str, Derivation], time_limit: float) -> None:
        self.store, self.library, self.time_limit = store, library, time_limit
        self.found: dict[int, Known | None] = {}  # by the identity of derivations

    def known(self, derivation: Derivation) -> Known | None:
        """What is known, judged again by now."""
        if id(derivation) not in self.found:
            self.add(derivation, look_up(self.store, derivation, self.library, self.time_limit))
        return self.found[id(derivation)]

    def add(self, derivation: Derivation, found: Known | None) -> None:
        """Remember it, and throw away what did not hold, with a warning."""
        if id(derivation) in self.found:
            return
        self.found[id(derivation)] = found
        if found and found.damage:
            for _, why in found.damage:
                self.store.warn(f"the cache held what does not hold up ({why}); it is thrown away, and the step checked anew")
            self.store.drop(key for key, _ in found.damage)

    def supported(self, derivation: Derivation, above: tuple[Derivation, ...] = ()) -> Known | None:
        """What is known, without what leans on a lemma that is not known to be proved, or that rests on itself."""
        found = self.known(derivation)
        if found is None or not any(claim.lemmas for claim in found.claims):
            return found
        holds = {name: self._holds(name, (*above, derivation)) for claim in found.claims for name in claim.lemmas}
        verdicts = (v if all(holds[n] for n in c.lemmas) else None for v, c in zip(found.verdicts, found.claims, strict=True))
        return found._replace(verdicts=tuple(verdicts))

    def _holds(self, name: str, above: tuple[Derivation, ...]) -> bool:
        lemma = self.library[name]
        if any(lemma is d for d in above):
            return False
        found = self.supported(lemma, above)
        return found is not None and all(v is not None and v.status is Status.PROVED for v in found.verdicts)

    def whole(self, derivation: Derivation) -> Known | None:
        """What was known of a derivation that was looked up, if that is all there is to know."""
        found = self.supported(derivation) if id(derivation) in self.found else None
        return found if found and found.whole(fast=True) else None

    def in_turn(self, derivations: Sequence[Derivation], jobs: int) -> Iterator[tuple[Derivation, Known | None]]:
        """What is known of each, in order; it is judged again in processes of its own where that is faster."""
        if (helpers := min(jobs, len(derivations) // FEW)) > 1 and sys.platform.startswith("linux"):  # forking takes milliseconds there
            yield from self._forked(derivations, helpers)
        else:
            for derivation in derivations:
                yield derivation, self.supported(derivation)

    def _forked(self, derivations: Sequence[Derivation], helpers: int) -> Iterator[tuple[Derivation, Known | None]]:
        import multiprocessing

        engine()  # once for all
        self.store.close()
        context = multiprocessing.get_context("fork")
        workers = []
        for first in range(helpers):
            here, there = context.Pipe(duplex=False)
            worker = context.Process(target=self._work, args=(derivations[first::helpers], there), daemon=True)
            worker.start()
            there.close()
            workers.append((here, worker))
        try:
            for i, derivation in enumerate(derivations):
                here, worker = workers[i % helpers]
                try:
                    found = here.recv() if here.poll(SECONDS) else None
                except (EOFError, OSError):  # it died, and what it would have said is looked for anew
                    found = None
                if found is None:
                    worker.kill()
                self.add(derivation, found[0] if found else None)
                yield derivation, self.supported(derivation)
        finally:
            for here, worker in workers:
                here.close()
                worker.kill()
                worker.join()

    def _work(self, derivations: Sequence[Derivation], pipe: Connection) -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever asks is interrupted as well, and stops this
        gc.disable()  # it lives shorter than it would take to look for garbage
        for derivation in derivations:
            try:
                pipe.send([look_up(self.store, derivation, self.library, self.time_limit)])
            except Exception:  # a page too deep to be sent, a defect: it is looked for anew
                pipe.send([None])


# -- a run


def run(
    store: Store,
    derivations: Sequence[Derivation],
    library: Mapping[str, Derivation],
    *,
    jobs: int | None = None,
    time_limit: float = 2.0,
    fast: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> Iterator[Outcome]:
    """As `runner.run`, and what the store knows is not looked for again; what is found is kept."""
    memory = _Memory(store, library, time_limit)
    rest: list[tuple[Derivation, Known | None]] = []
    for derivation, known in memory.in_turn(derivations, jobs or _cores()):
        if not rest and known and known.whole(fast):
            yield _outcome(derivation, known, fast)
        else:
            rest.append((derivation, known))
    if rest:
        yield from _found_out(store, rest, memory, jobs, fast, progress)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _outcome(derivation: Derivation, known: Known, fast: bool) -> Outcome:
    """The outcome of a derivation of which all is known."""
    verdicts = tuple(v if fast else _heard(v, o) for v, o in zip(known.verdicts, known.opinions, strict=True) if v)
    return Outcome(derivation.name, known.page, verdicts, None, sum(v.seconds for v in verdicts))


def _heard(verdict: Verdict, opinion: Opinion | None) -> Verdict:
    """The verdict with SymPy's opinion beside it, as `check.with_opinion` makes it."""
    if opinion is None:
        return verdict
    if verdict.status is Status.PROVED or opinion.outcome != "agrees":
        return replace(verdict, opinion=opinion)
    from derive.check import with_opinion  # late: it brings the provers along

    return with_opinion(verdict, opinion)


def _found_out(
    store: Store,
    rest: Sequence[tuple[Derivation, Known | None]],
    memory: _Memory,
    jobs: int | None,
    fast: bool,
    progress: Callable[[int, int], None] | None,
) -> Iterator[Outcome]:
    """The outcomes of derivations of which something is not known yet."""
    from derive import runner  # late: it brings the provers and worker processes along
    from derive.check import Library  # late, for the same reason

    library = Library(memory.library)
    library.outcomes |= {name: _outcome(d, known, fast=True) for name, d in library.items() if (known := memory.whole(d))}
    lacking = [(derivation, known) for derivation, known in rest if not (known and known.whole(fast=True))]
    partly = {i: known.verdicts for i, (_, known) in enumerate(lacking) if known and any(known.verdicts)}
    fresh = runner.run([d for d, _ in lacking], library, jobs=jobs, fast=True, progress=progress, known=partly)
    outcomes = (
        _outcome(derivation, known, fast=True) if known and known.whole(fast=True) else _kept(store, next(fresh))
        for derivation, known in rest
    )
    if fast:
        yield from outcomes
        return
    found = list(outcomes)
    thoughts = [_thoughts(outcome, known) for outcome, (_, known) in zip(found, rest, strict=True)]
    asked = [claim for pairs in thoughts for claim, opinion in pairs if claim and not opinion]
    answers = runner.opinions(asked, jobs=jobs, time_limit=memory.time_limit, progress=progress)
    for outcome, pairs in zip(found, thoughts, strict=True):
        opinions = [o or (_opinion_kept(store, claim, next(answers)) if claim else None) for claim, o in pairs]
        yield replace(outcome, verdicts=tuple(_heard(v, o) for v, o in zip(outcome.verdicts, opinions, strict=True)))


def _thoughts(outcome: Outcome, known: Known | None) -> list[tuple[Claim | None, Opinion | None]]:
    """Of each step its claim, if it could be checked, and SymPy's opinion, if that is known."""
    claims = [v.claim for v in outcome.verdicts]
    return list(zip(claims, known.opinions if known and claims else [None] * len(claims), strict=True))


def _kept(store: Store, outcome: Outcome) -> Outcome:
    """Keep what was found out of a derivation."""
    claims = [v.claim for v in outcome.verdicts if v.claim]
    with suppress(Rejected, RecursionError):
        footing = recall.Footing(claims[0]) if claims else None
        kept = [v for v in outcome.verdicts if footing and recall.can_be_kept(v, footing)]
        store.put({verdict_key(v.claim): recall.written(v) for v in kept if v.claim})
    return outcome


def _opinion_kept(store: Store, claim: Claim, opinion: Opinion) -> Opinion:
    if recall.is_lasting(opinion):
        store.put({opinion_key(claim): recall.opinion_written(opinion)})
    return opinion


# -- chapters that import SymPy


def chapter(store: Store, name: str, path: Path) -> list[Derivation]:
    """The derivations of a module of a package.

    One that imports SymPy is not imported where it is known what it makes: what is kept is under the key of its source, and only of
    modules that import nothing but SymPy and this program, on which alone their pages depend then. As with the byte code that Python
    keeps, nobody reads the source again to see whether that is so; what a page says is judged all the same.
    """
    try:
        source = path.read_bytes()
        tops = _imported(source)
    except (OSError, SyntaxError, ValueError):
        tops = set()
    if "sympy" not in tops or not tops <= {"__future__", "derive", "sympy"}:
        return collect_module(import_module(name))
    key = key_of("c", name, str(path), source)
    with suppress(KeyError, ValueError, TypeError):
        kept = json.loads(store.get([key])[key])
        return [Derivation(text, Place(str(path), line, column), of, generated=True) for text, line, column, of in kept]
    made = collect_module(import_module(name))
    if all(d._generated and not d._error for d in made):
        store.put({key: json.dumps([[d.text, d.place.line, d.place.column, d.name] for d in made], ensure_ascii=False)})
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

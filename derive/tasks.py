"""What workers are asked about a derivation: the verdicts on its steps, SymPy's opinions; may not know who asks, or on which machine.

A derivation goes to a worker as text, with just the lemmas that it names. A worker remembers what it has found out about lemmas, by
their text and that of the lemmas they rest on. What fails as a whole is looked at step by step, here and nowhere else.
"""

from __future__ import annotations

import difflib
import importlib
import math
import re
from collections import OrderedDict
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any, NamedTuple

from derive.check import Library, check, check_derivation, claim_of_step, diagnosed, with_opinion
from derive.layout import DERIVATION
from derive.model import Claim, Opinion, Outcome, PageError, Place, Status, Verdict
from derive.page import Derivation
from derive.pool import Call, Failure

STEP_SECONDS = 10.0  # what the kernel and the refuter may take for a step, hundreds of times what one usually takes
DERIVATION_SECONDS = 20.0  # what they may take for a whole derivation, before each step is looked at by itself
BUDGET = 60.0  # what a derivation may take in all, when its steps have to be looked at one by one
READ_SECONDS = 10.0
GRACE = 0.25  # seconds over its own limit after which a worker is stopped from outside
BRIDGE = "derive.sympy_bridge"
REMEMBERED, LONGEST = 256, 50_000  # lemmas in a worker, and the letters of those that are not worth it
_LEMMA = re.compile(rf"(?:lemma|引理)\s*({DERIVATION})")

Lemmas = Mapping[str, "Derivation | None"]  # None for a name that nothing has


class Lacking(NamedTuple):
    """Lemmas are named that did not come along."""

    names: tuple[str, ...]


class Shelf:
    """The derivations that lemmas may name, of which each worker gets those that it needs."""

    def __init__(self, library: Mapping[str, Derivation]) -> None:
        self._library = library
        self._needed = lru_cache(1000)(self._all_named)

    def beside(self, text: str) -> dict[str, Derivation | None]:
        """The lemmas that a text seems to name; it need not be read for that, and what was overlooked a worker will ask for."""
        found: dict[str, Derivation | None] = {}
        for name in dict.fromkeys(_LEMMA.findall(text)):
            found |= self._needed(name)
        return found

    def named(self, names: Iterable[str]) -> dict[str, Derivation | None]:
        """The lemmas of these names, or None, and then the one of the nearest name, which the error may mention."""
        found: dict[str, Derivation | None] = {}
        for name in names:
            near = difflib.get_close_matches(name, list(self._library), 1) if name not in self._library else ()
            found |= {name: None, **{n: self._library[n].alone() for n in near}, **self._needed(name)}
        return found

    def _all_named(self, first: str) -> dict[str, Derivation]:
        """A lemma, and those that it rests on."""
        found: dict[str, Derivation] = {}
        names = [first]
        for name in names:  # grows while it is run through
            if name in self._library and name not in found:
                found[name] = self._library[name].alone()
                names += _LEMMA.findall(found[name].text)
        return found


# -- for who asks


def answer(
    whole: Callable[..., Any], part: Callable[..., Any], what: tuple[Any, ...], lemmas: dict[str, Derivation | None], shelf: Shelf,
    name: str, place: Place, known: Sequence[Verdict | None] = (),
) -> Generator[list[Call], list[Any], Any]:  # fmt: skip
    """What `whole(lemmas, *what)` finds in a worker. Where that fails, or some verdicts are `known`, it is the Outcome made of what
    `part(lemmas, *what, None)` finds, the page, and `part(lemmas, *what, k)`, the verdict on a step.

    Only the steps that explode fail, as long as the budget lasts. What is at `place` is the page.
    """
    spent = 0.0
    if not known:
        found = yield from _asked(DERIVATION_SECONDS, whole, what, lemmas, shelf)
        if not isinstance(found, Failure):
            return found
        spent = DERIVATION_SECONDS if found.late else 0.0
    page = yield from _asked(READ_SECONDS, part, (*what, None), lemmas, shelf)
    if isinstance(page, Failure):
        page = PageError(f"the page could not be read: {page.reason}", place)
    if isinstance(page, PageError):
        return Outcome(name, None, (), page, spent)
    verdicts = list[Verdict]()
    for k in range(len(page.lines) - 1):
        found = known[k] if known else None
        if found is None and spent > BUDGET:
            found = Verdict(Status.UNDECIDED, message=f"not looked at: the {BUDGET:g} s that a derivation may take are over")
        elif found is None:
            found = yield from _step(part, (*what, k), lemmas, shelf)
        if isinstance(found, PageError):  # a lemma is not as it should be
            return Outcome(name, None, (), found, spent)
        spent += found.seconds
        verdicts.append(found)
    return Outcome(name, page, tuple(verdicts), None, spent)


def _step(
    part: Callable[..., Any], what: tuple[Any, ...], lemmas: dict[str, Derivation | None], shelf: Shelf
) -> Generator[list[Call], list[Any], Verdict | PageError]:
    """What is known of a step by itself. What is found out stays, whatever becomes of the search for the mistake."""
    found = yield from _asked(STEP_SECONDS + GRACE, part, what, lemmas, shelf)
    if isinstance(found, Failure):
        return Verdict(Status.UNDECIDED, message=f"the check of this step failed: {found.reason}", seconds=STEP_SECONDS)
    if isinstance(found, Verdict) and found.status in (Status.REFUTED, Status.UNDECIDED):
        [better] = yield [Call(STEP_SECONDS + GRACE, diagnosed, (found,))]
        return better if isinstance(better, Verdict) else replace(found, seconds=found.seconds + STEP_SECONDS)
    assert isinstance(found, Verdict | PageError)
    return found


def _asked(
    seconds: float, function: Callable[..., Any], what: tuple[Any, ...], lemmas: dict[str, Derivation | None], shelf: Shelf
) -> Generator[list[Call], list[Any], Any]:
    """The result of a call, with the lemmas that it turns out to need besides."""
    while True:
        [found] = yield [Call(seconds, function, (lemmas, *what))]
        if not isinstance(found, Lacking):
            return found
        lemmas |= shelf.named(found.names)


def with_opinions(
    outcome: Outcome, wanted: Callable[[Verdict], bool], time_limit: float, budget: float = math.inf
) -> Generator[list[Call], list[Any], Outcome]:
    """The outcome with SymPy's opinion of the steps of which it is wanted, as long as the budget lasts."""
    verdicts, spent = list(outcome.verdicts), outcome.seconds
    todo = [i for i, verdict in enumerate(verdicts) if verdict.claim is not None and wanted(verdict)]
    while todo and spent <= budget:
        fit = max(int(min((budget - spent) / time_limit, len(todo))), 1)  # all at once, if there is time for all
        now, todo = todo[:fit], todo[fit:]
        for i, found in zip(now, (yield [asking(verdicts[i].claim, time_limit) for i in now]), strict=True):
            opinion = opinion_of(found, time_limit)
            spent += opinion.seconds
            verdicts[i] = with_opinion(verdicts[i], opinion)
    return replace(outcome, verdicts=tuple(verdicts), seconds=spent if budget < math.inf else outcome.seconds)


def asking(claim: Claim | None, time_limit: float) -> Call:
    """The question what SymPy thinks of a step."""
    return Call(time_limit + GRACE, _opinion, (claim, time_limit))


def opinion_of(found: Opinion | Failure, time_limit: float) -> Opinion:
    """The answer to that."""
    if not isinstance(found, Failure):
        return found
    return Opinion("timeout", "", time_limit) if found.late else Opinion("failed", found.reason, time_limit)


# -- in a worker

_outcomes = OrderedDict[tuple[Derivation, ...], Outcome]()  # by the derivation, followed by what it rests on


def whole(lemmas: Lemmas, derivation: Derivation) -> Outcome | Lacking:
    """What is known of each step of a derivation."""
    derivation, library = _at_hand(derivation, lemmas)
    if lacking := _lacking(derivation, lemmas, library):
        return lacking
    try:
        return check_derivation(derivation, library, STEP_SECONDS)
    finally:
        _remember(library)


def part(lemmas: Lemmas, derivation: Derivation, step: int | None = None) -> Any:
    """The page of a derivation, or the verdict on one step of it, without a diagnosis; or the PageError."""
    try:
        if step is None:
            return derivation.page
        derivation, library = _at_hand(derivation, lemmas)
        if lacking := _lacking(derivation, lemmas, library):
            return lacking
        claim = claim_of_step(derivation, library, step)
        _remember(library)
        return check(claim, STEP_SECONDS)
    except PageError as error:
        return error


def _opinion(claim: Claim, seconds: float) -> Any:
    return importlib.import_module(BRIDGE).opinion(claim, seconds)


def _at_hand(derivation: Derivation, lemmas: Lemmas) -> tuple[Derivation, Library]:
    """A derivation and its lemmas, with what is remembered of these."""
    library = Library({name: _the_same(lemma) for name, lemma in lemmas.items() if lemma is not None})
    own = library.get(derivation.name)
    if own is not None and (own.text, own.place) == (derivation.text, derivation.place):
        derivation = own
    for name in library:
        if outcome := _outcomes.get(_footing(name, library)):
            library.outcomes[name] = outcome
    return derivation, library


def _the_same(lemma: Derivation) -> Derivation:
    """The derivation of the same text that there was before, whose page has been read."""
    known = _kept(lemma.text, lemma.place, lemma.name) if len(lemma.text) <= LONGEST else lemma
    return known if vars(lemma.alone()) == vars(known.alone()) else lemma


@lru_cache(REMEMBERED)
def _kept(text: str, place: Place, name: str) -> Derivation:
    return Derivation(text, place, name)


def _footing(name: str, library: Library) -> tuple[Derivation, ...]:
    """A lemma and all that it rests on."""
    names = [name]
    for n in names:  # grows while it is run through
        names += [m for m in library[n].lemmas() if m in library and m not in names]
    return tuple(library[n] for n in names)


def _lacking(derivation: Derivation, lemmas: Lemmas, library: Library) -> Lacking | None:
    """What did not come along, though the page or a lemma names it."""
    named = dict.fromkeys(n for d in (derivation, *library.values()) for n in d.lemmas() if n not in lemmas)
    return Lacking(tuple(named)) if named else None


def _remember(library: Library) -> None:
    """Keep what has been found out about lemmas, for the next calls."""
    for name, outcome in library.outcomes.items():
        footing = _footing(name, library)
        if sum(len(d.text) for d in footing) <= LONGEST:
            _outcomes[footing] = outcome
            _outcomes.move_to_end(footing)
    while len(_outcomes) > REMEMBERED:
        _outcomes.popitem(last=False)

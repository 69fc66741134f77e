"""A chain that is proved → the same chain with one line wrong, the first that fails. Knows mistakes and slips; the checker judges.

Candidates come from the table of mistakes, made where the step does something, then from slips of the pen. One is taken only if the
checker refutes the step into it: by the values of both sides at a point inside the givens or, where a limit has none, by a proof.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace

from derive.check import check, diagnosed
from derive.claims import MISSHAPEN, Rejected, unfolded
from derive.domain import Domain
from derive.judge import refute
from derive.misled import differentiated, rewritten
from derive.mistakes import SLIPS, Mistake, mistakes
from derive.model import Claim, Outcome, Page, PageError, Place, Relation, Status, Verdict, Words
from derive.provers import disprove
from derive.reading import read_page
from derive.refute import search
from derive.show import OPERATOR, Path, changed, page_text, text
from derive.slips import opened, places, put, repairs
from derive.term import LEAVES, ONE, RELATIONS, ZERO, Lambda, Replacement, Term, call, unfold, walk

MOST = 16  # candidates of a kind in one line at which numbers are looked at
ASKED = 3  # of those that fail in numbers, so many are put to the checker
POINTS = 6  # at which numbers are looked at
LIMITS = 3  # limits of a derivation that are worked out to see whether a candidate fails, which takes long
GROWTH = 1.4  # a wrong line that is longer by more than this shows itself
# slips of the pen that are not seen at once
_SLIPS = frozenset(
    {"sign", "difference", "fraction", "index", "base", "left out", "label", "extremum", "exponent", "divided", "exchanged", "side"}
)
_LOST = frozenset({"factor lost", "term lost", "power lost"})  # from the first of these on, `repairs` says what has been left out
_LIGHTER = {"mul": "factor lost", "div": "factor lost", "add": "term lost", "sub": "term lost", "pow": "power lost"}


@dataclass(frozen=True)
class Candidate:
    """A line as somebody might have written it, and the name of the mistake."""

    term: Term
    name: Words


@dataclass(frozen=True)
class Altered:
    """A chain with one wrong line: which, counted from 0; the right one; the mistake; and the verdict on the step into it."""

    page: Page
    line: int
    right: Term
    name: Words
    verdict: Verdict

    @property
    def wrong(self) -> Term:
        """The wrong line."""
        return self.page.lines[self.line].term

    @property
    def values(self) -> tuple[str, str]:
        """What the line above and the wrong line are worth, where the step fails."""
        verdict = self.verdict
        if verdict.negation is not None:
            assert verdict.claim is not None
            left, right = refute(verdict.claim, verdict.negation)
            return text(left), text(right)
        assert verdict.search is not None
        assert verdict.search.witness is not None
        return verdict.search.witness.left, verdict.search.witness.right


def altered(outcome: Outcome, chance: random.Random) -> Altered | None:
    """The chain with one line altered, which the `chance` chooses; None where no such line is found.

    Neither the first nor the last line is altered: they are those of the claim. Wrong rules go before slips.
    """
    page = outcome.page
    if page is None or outcome.status is not Status.PROVED or page.expect is not None:
        return None
    lines = _Lines(page, outcome)
    order = list(range(1, len(page.lines) - 1))
    chance.shuffle(order)
    for kind in (lines.by_rules, lines.by_slips_there, lines.by_slips):
        for k in order:
            candidates = [*dict.fromkeys(c for c in kind(k) if lines.plausible(k, c.term))]
            chance.shuffle(candidates)
            failing = (c for c in candidates[:MOST] if lines.fails(k, c.term))
            for candidate in itertools.islice(failing, ASKED):
                if (found := lines.confirmed(k, candidate)) is not None:
                    return found
    return None


class _Lines:
    """The lines of a page that may be altered."""

    def __init__(self, page: Page, outcome: Outcome) -> None:
        self.page, self.outcome = page, outcome
        self.limits = LIMITS
        self.meanings = _meanings(page)
        self.domain = Domain(unfolded(self.claim(1))[2])
        self.names = frozenset(name for line in page.lines for name in _names(line.term))
        self.names |= frozenset(name for d in page.definitions.values() for name in _names(d.body if isinstance(d, Lambda) else d))

    def claim(self, k: int) -> Claim:
        """The step into line k."""
        claim = self.outcome.verdicts[k - 1].claim
        assert claim is not None
        return claim

    # -- candidates

    def by_rules(self, k: int) -> Iterator[Candidate]:
        """What the step becomes by a wrong rule in place of a right one."""
        claim = self.claim(k)
        if claim.relation is Relation.EQ:
            kept = {*walk(claim.left), *walk(claim.right)}
            stay = _names(claim.left) & _names(claim.right)
            for m in mistakes():
                for term in self._misled(m, claim):
                    if stay <= _names(term):  # it does no more than the step
                        yield Candidate(_tidy(term, kept), m.words)

    def _misled(self, m: Mistake, claim: Claim) -> Iterator[Term]:
        before, after = claim.left, claim.right
        if m.wrong.left.op == "diff":
            yield from differentiated(opened(before, claim.definitions), m.wrong, self.meanings)
            return
        here = changed(after, before)
        for spot in places(before):
            if _touches(here, spot.path) and (new := rewritten(m.wrong, spot.node)) is not None:
                yield put(before, spot.path, new)
        if m.right is None:
            return
        backwards = m.right._replace(left=m.right.right, right=m.right.left)
        instead = m.right._replace(left=m.right.right, right=m.wrong.right)
        parts = set(walk(before))
        for spot in places(after):  # where the right rule has been used
            if rewritten(backwards, spot.node) in parts and (new := rewritten(instead, spot.node)) is not None:
                yield put(after, spot.path, new)

    def by_slips_there(self, k: int) -> Iterator[Candidate]:
        """Slips of the pen in what the step changes."""
        claim = self.claim(k)
        here = changed(claim.left, claim.right)
        return (c for c in self.by_slips(k) if _touches(here, _place(claim.right, c.term)))

    def by_slips(self, k: int) -> Iterator[Candidate]:
        """Slips of the pen anywhere in the line."""
        claim = self.claim(k)
        kept = {*walk(claim.left), *walk(claim.right)}
        for r in itertools.takewhile(lambda r: r.slip not in _LOST, repairs(claim)):
            if r.slip in _SLIPS and r.relation is claim.relation and not _shows(r.slip, claim, r.right):
                yield Candidate(_tidy(r.right, kept), SLIPS[r.slip])
        for spot in places(claim.right):
            for slip, less, what in _lighter(spot.node):
                name = Words(*(w.format(text(what)) for w in SLIPS[slip]))
                yield Candidate(_tidy(put(claim.right, spot.path, less), kept), name)

    def plausible(self, k: int, term: Term) -> bool:
        """Whether somebody could have meant this line: it is new, no longer than lines are, and what the step does away with is gone."""
        before, right = self.page.lines[k - 1].term, self.page.lines[k].term
        if any(term == line.term for line in self.page.lines) or _size(term) > GROWTH * _size(right) + 4:
            return False
        names = _names(term)
        return names <= self.names and names.isdisjoint(_names(before) - _names(right))

    # -- the checker

    def fails(self, k: int, term: Term) -> bool:
        """Whether numbers, or the limits, say at once that the step fails."""
        claim = replace(self.claim(k), right=term)
        try:
            left, right, givens = unfolded(claim)
            found = search(givens, left, claim.relation, right, points=POINTS)
        except (Rejected, *MISSHAPEN):
            return False
        if found.witness is not None:
            return not found.witness.undefined
        if left.op != "limit" or not self.limits:
            return False
        self.limits -= 1
        return disprove(claim, self.domain) is not None

    def confirmed(self, k: int, candidate: Candidate) -> Altered | None:
        """The altered chain, if it can be read, and the checker refutes the step into its line k."""
        page = self.altered(k, candidate.term)
        if not _reads(page):
            return None
        verdict = check(replace(self.claim(k), right=candidate.term), domain=self.domain)
        witness = verdict.search.witness if verdict.search else None
        if verdict.status is not Status.REFUTED or (witness is not None and witness.undefined):
            return None
        verdict = diagnosed(verdict, self.domain)
        return Altered(page, k, self.page.lines[k].term, candidate.name, verdict)

    def altered(self, k: int, term: Term) -> Page:
        """The page with another term in line k."""
        lines = list(self.page.lines)
        lines[k] = replace(lines[k], term=term)
        return replace(self.page, lines=tuple(lines))


def _reads(page: Page) -> bool:
    """Whether the page, written and read again, is the same."""
    try:
        again = read_page(page_text(page), Place("<sheet>", 1))
    except PageError:
        return False
    return [x.term for x in again.lines] == [x.term for x in page.lines]


def _meanings(page: Page) -> dict[str, Replacement]:
    """The definitions of a page with those before put in."""
    out: dict[str, Replacement] = {}
    for name, d in page.definitions.items():
        if isinstance(d, Lambda):
            out[name] = Lambda(d.params, unfold(d.body, {n: m for n, m in out.items() if n not in d.params}))
        else:
            out[name] = unfold(d, out)
    return out


# -- terms


def _lighter(t: Term) -> Iterator[tuple[str, Term, Term]]:
    """A part without one of its factors, summands or its exponent: the slip, what is left, and what was lost."""
    if t.op not in _LIGHTER:
        return
    first, second = t.args
    lost = call("div", ONE, second) if t.op == "div" else call("neg", second) if t.op == "sub" else second
    if first.op != "num" or second.op == "num":  # else little would be left
        yield _LIGHTER[t.op], first, lost
    if t.op in ("mul", "add", "sub") and (second.op != "num" or first.op == "num"):
        yield _LIGHTER[t.op], call("neg", second) if t.op == "sub" else second, first


def _shows(slip: str, claim: Claim, term: Term) -> bool:
    """Whether a slip would be seen at once: a minus of a part, or of what is compared; a number for an index; a base among no others."""
    right, path = claim.right, _place(claim.right, term)
    if slip == "base":
        return not any(x.op == "log" and len(x.args) == 2 for side in (claim.left, right) for x in walk(side))
    for i in path:
        right, term = right.args[i], term.args[i]
    if slip == "index":
        return term.op == "num" and right.op != "num"
    return slip == "sign" and term == call("neg", right) and (bool(path) or claim.relation is not Relation.EQ)


def _tidy(t: Term, kept: set[Term]) -> Term:
    """A term without the zeros, ones and signs that a rule has left; the parts that are `kept` are as somebody wrote them."""
    if t in kept or t.op in LEAVES or t.op in RELATIONS:
        return t
    t = Term(t.op, tuple(_tidy(a, kept) if isinstance(a, Term) else a for a in t.args))
    plainer = None if t in kept else _plainer(t)
    return t if plainer is None else _tidy(plainer, kept)


def _plainer(t: Term) -> Term | None:
    """A term as one would write it, where its outermost operation does nothing or has a sign of its own to deal with."""
    args: tuple[Term, ...] = t.args
    match t.op, args:
        case ("mul", (a, b)) if ZERO in (a, b):
            return ZERO
        case ("mul", (a, b)) if ONE in (a, b):
            return b if a == ONE else a
        case ("mul" | "div", (a, b)) if a.op == "neg" or b.op == "neg":
            top, bottom = (x.args[0] if x.op == "neg" else x for x in (a, b))
            return call(t.op, top, bottom) if a.op == b.op else call("neg", call(t.op, top, bottom))
        case ("div" | "pow", (a, b)) if b == ONE:
            return a
        case ("pow", (a, _)) if a == ONE:
            return a
        case ("add", (a, b)) if ZERO in (a, b):
            return b if a == ZERO else a
        case ("add", (a, b)) if b.op == "neg":
            return call("sub", a, b.args[0])
        case ("sub", (a, b)) if b.op == "neg":
            return call("add", a, b.args[0])
        case ("sub", (a, b)) if ZERO in (a, b):
            return a if b == ZERO else call("neg", b)
        case ("neg", (a,)) if a.op == "neg" or a == ZERO:
            return a if a == ZERO else a.args[0]
        case ("diff", (a, b)) if a == b:
            return ONE
    return None


def _names(t: Term) -> frozenset[str]:
    """The names in a term: symbols, bound ones included, and operations but those of arithmetic."""
    return frozenset(x.name if x.op == "sym" else x.op for x in walk(t) if x.op not in ("num", "add", "sub", "mul", "div", "neg", "pow"))


def _size(t: Term) -> int:
    return sum(1 for _ in walk(t))


def _touches(marked: frozenset[Path], path: Path) -> bool:
    """Whether a place is within one of the marked parts, or around one."""
    parts = (m[:-1] if m[-1:] == (OPERATOR,) else m for m in marked)
    return any(path[: len(m)] == m or m[: len(path)] == path for m in parts)


def _place(a: Term, b: Term) -> Path:
    """Where two terms differ: the way down as long as one part does."""
    path: list[int] = []
    while a.op == b.op and len(a.args) == len(b.args) and a.op not in LEAVES:
        differ = [i for i, (x, y) in enumerate(zip(a.args, b.args, strict=True)) if x != y]
        if len(differ) != 1:
            break
        path.append(differ[0])
        a, b = a.args[differ[0]], b.args[differ[0]]
    return tuple(path)

"""Random edits of real pages: each ends in a verdict or a named error, within its time and memory, and none is wrongly proved.

An edited page that is proved may be right all the same: then balls find each changed step, and its claim, to hold at all points at
which they look. The edits are a sample, the same at each run.
"""

from __future__ import annotations

import functools
import random
from collections.abc import Iterator

from certified import library
from edits import Editor
from hostile import LIMITS, POINTS, TooLong, failure, key, limited
from tally import Tally

from derive import reasons
from derive.check import check_derivation
from derive.model import Claim, Outcome, Place, Status
from derive.page import Derivation

GROUP = "random edits of the pages of proofs/"
SMALL, LARGE = 350, 7_000  # with the edits of certificates 20,200


@functools.cache
def real_steps() -> frozenset[str]:
    """The steps as they are in proofs/, as far as they can be told apart."""
    return frozenset(key(c) for d in library().values() for c in d.claims())


def claims_to_look_at(found: Outcome) -> Iterator[Claim]:
    """The changed steps of a page that are proved; and what the page claims, if all are."""
    yield from (v.claim for v in found.verdicts if v.claim and v.status is Status.PROVED and key(v.claim) not in real_steps())
    if found.status is Status.PROVED and found.page is not None:
        page = found.page
        yield Claim(page.givens, page.left, page.relation, page.right, (), page.definitions)


def test_an_edited_page_gets_a_verdict_or_a_named_error_and_none_is_wrongly_proved(tally: Tally, large: bool) -> None:
    count = LARGE if large else SMALL
    names, texts = list(library()), [d.text for d in library().values()]
    editor = Editor(texts, sorted(reasons.rule_names()), seed=4)
    which = random.Random(4)
    crashed: list[str] = []
    wrong: list[str] = []
    tally.count(GROUP, "edited pages", count)
    for status in Status:
        tally.count(GROUP, f"… {status}", 0)
    for _ in range(count):
        name = which.choice(names)
        edited = editor.edited(library()[name].text)
        try:
            with limited():
                found = check_derivation(Derivation(edited, Place("edited", 1), "edited"), library())
        except (TooLong, Exception) as error:
            crashed.append(f"{type(error).__name__}: {error}\n{edited}")
            continue
        tally.count(GROUP, f"… {found.status}")
        if found.status is Status.CONFLICT:
            wrong.append(f"conflict\n{edited}")
        for claim in claims_to_look_at(found):
            tally.count(GROUP, f"changed steps and claims that are proved, looked at in up to {POINTS} points each")
            if said := failure(claim):
                wrong.append(f"proved, and {said}\n{edited}")
    tally.count(GROUP, f"… crashed, or {LIMITS}", len(crashed))
    tally.count(GROUP, "… wrongly proved", len(wrong))
    assert not crashed, "\n\n".join(crashed[:10])
    assert not wrong, "\n\n".join(wrong[:10])

"""Random edits of real certificates: what was changed is found, or is sealed anew and then has to get past the kernel.

Three enemies: one who changes characters, one who changes fields, and one who also makes claims, conditions and seals fit. The first
two are found out by the seals; what the third has judged again as proved holds at all points at which balls look. The edits are a sample.
"""

from __future__ import annotations

import functools
import json
import random
from typing import Any

from certified import certify, data, library
from counterfeit import mended, proved, sealed
from edits import Editor
from hostile import LIMITS, POINTS, TooLong, failure, key, limited
from tally import Tally
from tree_edits import TreeEditor

from derive import reasons, recheck
from derive.certificate import Flaw

GROUP = "random edits of certificates of proofs/"
SMALL, LARGE = 300, 4_400  # sealed anew; twice as many that are not
FEW = 25  # certificates that the small size edits

Json = dict[str, Any]


@functools.cache
def certificates(large: bool) -> list[Json]:
    """Certificates of one derivation each, with its lemmas."""
    names = sorted(library())
    chosen = names if large else random.Random(4).sample(names, FEW)
    return [data(certify([library()[name]], library())) for name in chosen]


@functools.cache
def real(large: bool) -> frozenset[str]:
    return frozenset(key(claim) for tree in certificates(large) for claim in proved(tree))


def verified(text: str, crashed: list[str]) -> recheck.Findings | Flaw | None:
    """What a re-check says; None where it crashed."""
    try:
        with limited():
            return recheck.verify(text)
    except Flaw as flaw:
        return flaw
    except (TooLong, Exception) as error:
        crashed.append(f"{type(error).__name__}: {error}\n{text[:3000]}")
        return None


def test_real_certificates_verify(large: bool) -> None:
    assert all(not recheck.verify(json.dumps(tree)).flaws for tree in certificates(large))


def test_an_edited_certificate_is_found_out(tally: Tally, large: bool) -> None:
    """Bytes or the tree are changed, and the seals are not."""
    editor = Editor([json.dumps(c, indent=1) for c in certificates(large)], ["log"], seed=5)
    trees = TreeEditor(certificates(large), editor, seed=5)
    which = random.Random(5)
    crashed: list[str] = []
    unseen: list[str] = []
    for number in range(2 * (LARGE if large else SMALL)):
        tree = which.choice(certificates(large))
        kind = "characters" if number % 2 else "fields"
        edited = editor.edited(json.dumps(tree, ensure_ascii=False, indent=1)) if number % 2 else json.dumps(trees.edited(tree))
        found = verified(edited, crashed)
        same = _same(edited, tree)
        tally.count(GROUP, f"certificates with {kind} changed, and not sealed anew", int(not same))
        if found is not None and same != (isinstance(found, recheck.Findings) and not found.flaws):
            unseen.append(edited)
    tally.count(GROUP, "… whose change was not found", len(unseen))
    tally.count(GROUP, f"… crashed, or {LIMITS}", len(crashed))
    assert not crashed, "\n\n".join(crashed[:10])
    assert not unseen, "\n\n".join(unseen[:10])


def _same(text: str, tree: Json) -> bool:
    """Whether a text still says what a tree says, and no field twice."""
    try:
        one, other = (json.loads(t, object_pairs_hook=lambda pairs: ("object", sorted(pairs))) for t in (text, json.dumps(tree)))
        return bool(one == other)
    except (ValueError, RecursionError, TypeError):
        return False


def test_a_certificate_that_is_edited_and_sealed_anew_proves_nothing_wrong(tally: Tally, large: bool) -> None:
    texts = [d.text for d in library().values()]
    trees = TreeEditor(certificates(large), Editor(texts, sorted(reasons.rule_names()), seed=6), seed=6)
    which = random.Random(6)
    crashed: list[str] = []
    wrong: list[str] = []
    for _ in range(LARGE if large else SMALL):
        tree = sealed(mended(trees.edited(which.choice(certificates(large)))))
        edited = json.dumps(tree)
        found = verified(edited, crashed)
        tally.count(GROUP, "certificates edited, mended and sealed anew")
        if found is None or isinstance(found, Flaw) or found.flaws:
            tally.count(GROUP, "… rejected with the place named", int(found is not None))
            continue
        tally.count(GROUP, "… that verify all the same: what was changed is free text, or is still right")
        for claim in proved(tree):
            if key(claim) not in real(large):
                tally.count(GROUP, f"changed steps and claims judged proved, looked at in up to {POINTS} points each")
                if said := failure(claim):
                    wrong.append(f"judged proved, and {said}\n{edited}")
    tally.count(GROUP, "… wrongly proved", len(wrong))
    tally.count(GROUP, f"… crashed, or {LIMITS}", len(crashed))
    assert not crashed, "\n\n".join(crashed[:10])
    assert not wrong, "\n\n".join(wrong[:10])

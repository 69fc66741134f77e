"""What is written into a certificate: no more than the proof needs, lemmas above what leans on them, names that can be read back."""

from __future__ import annotations

import itertools
import json

from certified import Library, library, of_page, text_of
from hypothesis import given
from hypothesis import strategies as st

from derive.model import Instance, Trace
from derive.page import collect_markdown
from derive.recheck import verify
from derive.record import pruned, with_lemmas


def test_lemmas_stand_above_what_leans_on_them_and_once() -> None:
    known = library()
    names = [d.name for d in with_lemmas([known["information.information_decreases"], known["sigmoid.slope"]], known)]
    assert names[-1] == "sigmoid.slope"
    assert len(set(names)) == len(names)
    for name, above in ((n, names[:i]) for i, n in enumerate(names)):
        assert set(known[name].lemmas()) <= set(above)


def test_lemmas_in_a_circle_end() -> None:
    page = "given x: real\nclaim x = x\n  x\n  = x by lemma {}"
    both = collect_markdown("".join(f"```derive {a}\n{page.format(b)}\n```\n" for a, b in (("a", "b"), ("b", "a"))))
    assert {d.name for d in with_lemmas(both, Library({d.name: d for d in both}))} == {"a", "b"}


def test_names_of_the_page_are_not_taken_for_those_of_the_kernel() -> None:
    """A page whose symbols are called i0 and j1, as levels of a scope and bound variables are called in certificates."""
    found = of_page(
        "given i0: size, x: positive[i0], j1: positive\nclaim sum(log(j1*x[i]) for i in i0) = i0*log(j1) + sum(log(x[i]) for i in i0)\n"
        "  sum(log(j1*x[i]) for i in i0)\n  = i0*log(j1) + sum(log(x[i]) for i in i0) by log of a product"
    )
    text = json.dumps(found)
    assert verify(text).flaws == []
    assert '"var": "i0_", "over": "i0"' in text


@given(st.lists(st.booleans(), max_size=8), st.lists(st.booleans(), max_size=8))
def test_what_a_proof_needs_stays_and_nothing_else(instances: list[bool], defined: list[bool]) -> None:
    counter = itertools.count()
    named = [[Instance(f"{'needed' if x else 'idle'} {next(counter)}", (), {}) for x in part] for part in (instances, defined)]
    trace = Trace(tuple(named[0]), defined=tuple(named[1]), ways=(Trace(tuple(named[1])),))
    needed = {i.rule for part in named for i in part if i.rule.startswith("needed")}

    def accepted(t: Trace) -> bool:
        return needed <= {i.rule for i in (*t.instances, *t.defined)} and needed & {i.rule for i in named[1]} <= {
            i.rule for i in t.ways[0].instances
        }

    kept = pruned(trace, accepted)
    assert [i.rule for i in kept.instances] == [i.rule for i in named[0] if i.rule in needed]
    assert [i.rule for i in kept.defined] == [i.rule for i in named[1] if i.rule in needed]
    assert [i.rule for i in kept.ways[0].instances] == [i.rule for i in named[1] if i.rule in needed]


def test_conditions_say_what_they_were_discharged_from() -> None:
    claim = "log(a*x)\n  = log(a) + log(x)"
    found = of_page(f"given x: real, a: positive, x > 1\nclaim {claim}\n  {claim} by log of a product")
    conditions = {c["condition"]: c["from"] for c in found["derivations"][0]["steps"][0]["conditions"]}
    assert conditions["a > 0"] == conditions["x > 0"] == "givens"


def test_a_certificate_says_who_made_it_and_holds_both_titles() -> None:
    text = text_of("sigmoid.slope")
    assert '"made_by": "derive ' in text
    assert "函数" in text

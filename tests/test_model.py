"""derive/model.py: what is put together of parts says of itself what its parts say."""

from __future__ import annotations

import pickle

import pytest

from derive.model import Instance, Outcome, PageError, Place, Split, Status, Trace, Verdict
from derive.term import sym


def instance(rule: str) -> Instance:
    return Instance(rule, (), {}, None)


A, B, C = map(instance, "abc")
SPLIT = Trace((A,), Split(sym("y"), {0: Trace((B, A)), 1: Trace((C,))}), defined=(C,))
WAYS = Trace(ways=(Trace((C, B)), Trace(ways=(Trace((A,)), Trace()))))


def test_a_trace_names_the_rules_of_all_its_parts_each_once() -> None:
    assert [list(t.rules()) for t in (Trace(), SPLIT, WAYS)] == [[], ["a", "b", "c"], ["c", "b", "a"]]


def test_a_trace_is_as_long_as_all_its_parts() -> None:
    assert [len(t) for t in (Trace(), SPLIT, WAYS)] == [0, 5, 3]


def test_an_error_on_a_page_comes_back_from_another_process_as_it_was() -> None:
    error = pickle.loads(pickle.dumps(PageError("no", Place("page.md", 3, 5), "x^2", "write x**2")))  # noqa: S301
    assert (str(error), error.message, error.place, error.text, error.hint) == (
        "no", "no", Place("page.md", 3, 5), "x^2", "write x**2")  # fmt: skip


@pytest.mark.parametrize(("steps", "worst"), [
    ((Status.PROVED, Status.PROVED), Status.PROVED), ((Status.PROVED, Status.UNDECIDED, Status.PROVED), Status.UNDECIDED),
    ((Status.REFUTED, Status.PROVED, Status.COMPUTED), Status.REFUTED), ((), Status.MALFORMED),
])  # fmt: skip
def test_a_derivation_is_as_good_as_its_worst_step(steps: tuple[Status, ...], worst: Status) -> None:
    assert Outcome("d", None, tuple(map(Verdict, steps))).status is worst


def test_what_could_not_be_read_is_malformed() -> None:
    assert Outcome("d", None, (Verdict(Status.PROVED),), PageError("no", Place("page.md", 1))).status is Status.MALFORMED

"""Which inputs of a page a function takes: by name, by position, without indices; and what is said where that is not clear."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from derive.calling import Arrangement, WrongSignature, arranged
from derive.oracle import Oracle, oracle

LOSS = oracle("log(1 + exp(-y*s))", given="s: real, y: sign")
SOFTMAX = oracle("exp(s[i])/sum(exp(s[j]) for j in K)", given="K: size, s: real[K], i: index(K)")
JACOBIAN = oracle("s[i]*s[k] + c", given="K: size, c: real, s: real[K], i: index(K), k: index(K)")


def how(fn: Callable[..., Any], known: Oracle = LOSS, axes: tuple[str, ...] = (), arguments: tuple[str, ...] | None = None) -> Arrangement:
    return arranged(fn, known, axes, arguments)


def test_parameters_called_as_on_the_page_are_matched_by_name() -> None:
    assert Arrangement(("y", "s"), (), True) == how(lambda y, s: 0)
    assert Arrangement(("y", "s"), (), True) == how(lambda y, eps=1e-9, *, s: 0)
    assert how(lambda y, s: (y, s)).call(lambda y, s: (y, s), {"s": 1, "y": 2}) == (2, 1)


def test_other_parameters_are_matched_in_the_order_of_the_page() -> None:
    assert Arrangement(("s", "y")) == how(lambda score, label: 0)
    assert Arrangement(("s", "y")) == how(lambda score, label, eps=1e-9: 0)
    assert Arrangement(("s", "y")) == how(np.logaddexp)
    assert Arrangement(("s", "y")) == how(lambda *args: 0)
    assert Arrangement(("s", "y")) == how(math.hypot)


def test_arguments_say_it_outright() -> None:
    assert Arrangement(("y", "s")) == how(lambda score, label: 0, arguments=("y", "s"))
    assert Arrangement(("s",), ("i",)) == how(lambda x, axis=None: 0, SOFTMAX, ("i",), ("s",))


def test_a_size_may_be_taken() -> None:
    assert Arrangement(("s", "K"), ("i",), True) == how(lambda s, K: 0, SOFTMAX, ("i",))


def test_indices_may_be_left_out_the_last_ones_first() -> None:
    assert Arrangement(("s",), ("i",), True) == how(lambda s, axis=None: 0, SOFTMAX, ("i",))
    assert Arrangement(("s",), ("i",)) == how(lambda x, axis=None: 0, SOFTMAX, ("i",))
    assert Arrangement(("c", "s"), ("i", "k")) == how(lambda x, z: 0, JACOBIAN, ("i", "k"))
    assert Arrangement(("c", "s", "i"), ("k",)) == how(lambda x, z, j: 0, JACOBIAN, ("i", "k"))
    assert Arrangement(("s", "i")) == how(lambda x, j: 0, SOFTMAX, ("i",))


def test_what_the_formula_does_not_mention_may_be_taken_or_left() -> None:
    known = oracle("x**2", given="N: size, x: real, y: real[N], k: index(N)")
    assert how(lambda a: 0, known) == Arrangement(("x",))
    assert how(lambda a, b, c: 0, known) == Arrangement(("x", "y", "k"))
    assert how(lambda y, x: 0, known) == Arrangement(("y", "x"), (), True)
    assert how(lambda *args: 0, known) == Arrangement(("x", "y", "k"))


def test_the_index_of_a_gradient_is_not_taken_where_the_signature_does_not_tell() -> None:
    assert arranged(lambda *args: 0, SOFTMAX, ("i",), None, usual=0) == Arrangement(("s",), ("i",))
    assert arranged(lambda *args: 0, SOFTMAX, ("i",), None) == Arrangement(("s", "i"))


WRONG: list[tuple[Callable[..., Any], Oracle, tuple[str, ...], tuple[str, ...] | None, str]] = [
    (lambda z: 0, LOSS, (), None, r"<lambda>\(z\) needs z, and the page gives s, y; say which is which by arguments="),
    (lambda a, b, c: 0, LOSS, (), None, r"needs a, b, c, and the page gives s, y"),
    (lambda y, score: 0, LOSS, (), None, r"has y where the page has s: the page gives s, y; say which is which"),
    (lambda *, label, score: 0, LOSS, (), None, r"needs label, score"),
    (lambda a, b, c: 0, SOFTMAX, ("i",), None, r"the page gives s, i \(i may be left out, for an array over it\)"),
    (lambda a, b: 0, LOSS, (), ("s",), r"arguments=\('s',\): y is missing; the page gives s, y"),
    (lambda a, b: 0, LOSS, (), ("s", "z"), r"z is not given"),
    (lambda a, b: 0, LOSS, (), ("s", "y", "s"), r"a name stands there twice"),
    (lambda a: 0, LOSS, (), ("s", "y"), r"<lambda>\(a\) does not take arguments=\('s', 'y'\): too many positional arguments"),
]


@pytest.mark.parametrize(("fn", "known", "axes", "arguments", "said"), WRONG)
def test_a_wrong_signature_says_what_is_expected_and_what_to_do(
    fn: Callable[..., Any], known: Oracle, axes: tuple[str, ...], arguments: tuple[str, ...] | None, said: str
) -> None:
    with pytest.raises(WrongSignature, match=said):
        arranged(fn, known, axes, arguments)

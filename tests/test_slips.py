"""derive/slips.py: whatever one place is changed by a slip of the pen, one of the repairs gives the line back."""

from __future__ import annotations

from dataclasses import replace

import pytest
from mutants import alike, mutants
from test_refute import givens

from derive.expression import read
from derive.mistakes import SLIPS
from derive.model import Claim, Relation
from derive.slips import means_something, places, put, repairs
from derive.term import Term, num, sym, walk

SYMBOLS = "x: real; y: real; N: size; K: size; k: index(N); c: index(N); v: real[N]; p: real[N]; u: positive"
LINES = [
    ("(x - y)**2", "x**2 - 2*x*y + y**2"), ("sum(v[i]*p[i] for i in N)", "sum(p[i]*v[i] for i in N)"),
    ("log(u*exp(x))", "log(u) + x"), ("sum(v[i] for i in N if i != k)", "sum(v[i] for i in N) - v[k]"),
]  # fmt: skip


@pytest.mark.parametrize(("left", "right"), LINES)
def test_nearly_every_slip_has_a_repair_that_gives_the_line_back(left: str, right: str) -> None:
    claim = Claim(givens(SYMBOLS), read(left), Relation.EQ, read(right))
    slips = mutants(claim)
    lost = [m for m in slips if not any(alike(r.right, claim.right) for r in repairs(replace(claim, right=m.term)))]
    assert len(lost) <= 0.15 * len(slips)


@pytest.mark.parametrize(("left", "right"), LINES)
def test_each_repair_has_a_name_of_the_table_and_comes_once(left: str, right: str) -> None:
    claim = Claim(givens(SYMBOLS), read(left), Relation.EQ, read(right))
    found = list(repairs(claim))
    assert {r.slip for r in found} <= SLIPS.keys()
    assert len({r.right for r in found}) == len(found)
    assert claim.right not in {r.right for r in found}
    assert [r.right for r in found] == [r.right for r in repairs(claim)]


def test_only_what_may_stand_at_a_place_is_written_out() -> None:
    claim = Claim(givens(SYMBOLS), read("x + y"), Relation.EQ, read("x - y"))
    every = [r.right for r in repairs(claim)]
    asked = list[tuple[tuple[int, ...], Term]]()
    assert list(repairs(claim, lambda path, new: bool(asked.append((path, new))))) == []
    assert set(every) == {put(claim.right, path, new) for path, new in asked} - {claim.right}
    assert [r.right for r in repairs(claim, lambda path, new: put(claim.right, path, new) == claim.left)] == [claim.left]


def test_what_an_index_out_of_its_family_makes_means_nothing() -> None:
    claim = Claim(givens(SYMBOLS), read("v[k]"), Relation.EQ, read("v[c]"))
    assert means_something(claim, read("v[k] + x"))
    assert not means_something(claim, read("v[x]"))


def test_a_place_is_a_node_with_what_is_bound_there() -> None:
    t = read("sum(v[i] for i in N if i != k) + x")
    assert {s.node for s in places(t)} >= {t, sym("x"), sym("i"), read("v[i]")}
    (inside,) = [s for s in places(t) if s.node == read("v[i]")]
    assert inside.scope == {"i": sym("N")}
    assert put(t, inside.path, num(1)) == read("sum(1 for i in N if i != k) + x")


def test_the_side_of_a_limit_is_no_name_that_an_index_may_stand_for() -> None:
    """Of «the value at the point is the limit» a part was tried whose side was the number 1, and the diagnosis crashed."""
    body = "cases((5, t == 0), (0, t != 0))"
    claim = Claim(givens("x: real"), read(f"x*limit({body}, t, 0)"), Relation.EQ, read("5"))
    assert {x.args[3].op for r in repairs(claim) for x in walk(r.right) if x.op == "limit"} == {"sym"}

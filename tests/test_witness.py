"""Values that refute a step, or satisfy the givens: shown with the trusted modules alone, or not said."""

from __future__ import annotations

from fractions import Fraction as Q

import pytest

from derive.model import Claim, Place, Value
from derive.reading import read_page
from derive.witness import refutes, satisfies


def step(page: str) -> Claim:
    """The first step of a page of which `given`, `where` and one line `left REL right` are written."""
    *head, chain = page.split("\n")
    left, relation, right = next(chain.partition(f" {r} ") for r in ("iff", "~=", "<=", ">=", "<", ">", "=") if f" {r} " in chain)
    read = read_page("\n".join([*head, f"claim {chain}", left, f"{relation} {right}"]), Place("", 1))
    return Claim(read.givens, read.left, read.relation, read.right, (), read.definitions)


REFUTED: list[tuple[str, dict[str, Value]]] = [
    ("given x: real\nx + x = 3*x", {"x": Q(1)}),
    ("given x: real\nsqrt(x**2) = x", {"x": Q(-1)}),
    ("given x: real\nx/x = 1", {"x": Q(0)}),
    ("given x: real\nlog(x**2) = 2*log(x)", {"x": Q(-1)}),
    ("given x: real\nexp(x) <= 1 + x", {"x": Q(1)}),
    ("given x: real\nx**2 >= x", {"x": Q(1, 2)}),
    ("given x: real\nx > 0 iff x**2 > 0", {"x": Q(-1)}),
    ("given x: real\nexp(x) ~= 2.71", {"x": Q(1)}),
    ("given K: size, p: positive[K], sum(p[k] for k in K) == 1\nlog(prod(p[k] for k in K)) = 0", {"K": Q(2), "p": (Q(1, 2), Q(1, 2))}),
    ("given K: size, c: index(K), p: real[K]\nsum(p[k] for k in K if k != c) = sum(p[k] for k in K)",
        {"K": Q(2), "c": Q(2), "p": (Q(1), Q(1))}),
    ("given N: size, x: real[N, 2]\nprod(x[i, 2] for i in N) = 0", {"N": Q(1), "x": ((Q(0), Q(3)),)}),
    ("given z: real\nwhere g(s) = 1/(1 + exp(-s))\ndiff(g(z), z) = g(z)", {"z": Q(0)}),
]  # fmt: skip


@pytest.mark.parametrize(("page", "values"), REFUTED)
def test_a_witness_refutes_its_step(page: str, values: dict[str, Value]) -> None:
    claim = step(page)
    assert satisfies(claim.givens, values)
    assert refutes(claim, values)


@pytest.mark.parametrize(("page", "values"), [
    ("given x: real\nx + x = 2*x", {"x": Q(1)}),
    ("given x: real\nx + x = 3*x", {"x": Q(0)}),
    ("given x: real\nexp(x) ~= 2.72", {"x": Q(1)}),
    ("given x: real\nexp(log(x)) <= x", {"x": Q(2)}),
    ("given x: real\nsin(x)**2 + cos(x)**2 = 1", {"x": Q(1)}),
])  # fmt: skip
def test_a_point_at_which_a_step_holds_refutes_nothing(page: str, values: dict[str, Value]) -> None:
    assert not refutes(step(page), values)


@pytest.mark.parametrize(("given", "values"), [
    ("x: positive", {"x": Q(0)}),
    ("x: probability", {"x": Q(1)}),
    ("x: label", {"x": Q(1, 2)}),
    ("x: sign", {"x": Q(0)}),
    ("x: size", {"x": Q(0)}),
    ("x: real", {}),
    ("x: real", {"x": Q(1), "y": Q(1)}),
    ("x: real", {"x": (Q(1),)}),
    ("N: size, x: index(N)", {"N": Q(2), "x": Q(3)}),
    ("N: size, x: real[N]", {"N": Q(2), "x": (Q(1),)}),
    ("N: size, x: real[N]", {"N": Q(2), "x": Q(1)}),
    ("N: size, x: real[N, 2]", {"N": Q(2), "x": (Q(1), Q(1))}),
    ("N: size, x: real[N], sum(x[i] for i in N) == 1", {"N": Q(2), "x": (Q(1), Q(1))}),
    ("N: size, x: real[N], all(x[i] > 0 for i in N)", {"N": Q(2), "x": (Q(1), Q(-1))}),
    ("x: real, log(x) > 0", {"x": Q(-1)}),
])  # fmt: skip
def test_a_point_outside_the_givens_is_no_point(given: str, values: dict[str, Value]) -> None:
    claim = step(f"given {given}\n1 = 2")
    assert not satisfies(claim.givens, values)
    assert not refutes(claim, values)


@pytest.mark.parametrize("page", [
    "given x: real, f: real -> real\nf(x) = f(x) + 1",
    "given x: real\nintegral(exp(-t**2) for t in Reals) = x",
    "given N: size, x: real[N]\nsum(x[i] for i in N) = 1",
])  # fmt: skip
def test_what_cannot_be_worked_out_is_not_said(page: str) -> None:
    """A function has no values here; nothing is written out for a million elements."""
    million: dict[str, Value] = {"N": Q(10**6), "x": tuple([Q(0)] * 5)}
    assert not refutes(step(page), {"x": Q(1)} if "N" not in page else million)


@pytest.mark.parametrize("page", [
    "given N: size, x: real[N]\nsum(x[i] for i in N if cos(x[i])**2 + sin(x[i])**2 != 1) = 1",
    "given N: size, x: real[N], prod(x[i] for i in N) == 0\n1 = 2", "given x: real\n2**(2**30*x) = 1",
    "given x: real, 2**(2**30*x) > 1\n1 = 2",
])  # fmt: skip
def test_what_takes_too_long_or_cannot_be_decided_is_not_said(page: str) -> None:
    few: dict[str, Value] = {"x": Q(1)} if "N" not in page else {"N": Q(2), "x": (Q(1), Q(2))}
    many: dict[str, Value] = {"N": Q(10**4), "x": tuple([Q(0)] * 10**4)}
    assert not refutes(step(page), many if "prod" in page else few)

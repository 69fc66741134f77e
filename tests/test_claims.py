"""derive/claims.py: definitions are put in as a page means them, and conditions are told as closed propositions."""

from __future__ import annotations

import pytest
from traces import C0, OVER_N, K, N, accepted, claim, elem, use, why

from derive.claims import Rejected, bound, unfolded
from derive.expression import read
from derive.model import Scope
from derive.show import text
from derive.term import REALS, Lambda, Replacement, call, num, sym


def test_definitions_are_unfolded_before_anything_is_compared() -> None:
    where = {"P": read("x + 1"), "g": Lambda(("t",), read("P*t"))}
    assert accepted(claim("x: real", "g(x) = x**2 + x", where=where))
    assert accepted(claim("x: real", "diff(P**2, x) = 2*P", where=where), use("differentiation", "diff((x + 1)**2, x)"))
    assert not accepted(claim("x: real", "diff(P**2, x) = 0", where=where), use("differentiation", "diff((x + 1)**2, x)"))


def test_definitions_are_unfolded_in_the_hypotheses_too() -> None:
    givens = unfolded(claim("x: real", "x = x", "all(P <= t for t in Reals)", where={"P": read("x + 1")}))[2]
    assert (read("all(x + 1 <= t for t in Reals)"),) == givens.hypotheses


def test_definitions_that_grow_too_much_are_refused() -> None:
    where: dict[str, Replacement] = {"P0": read("x + x")}
    for i in range(1, 40):
        where[f"P{i}"] = read(f"P{i - 1} + P{i - 1}")
    assert "too large" in why(claim("x: real", "P39 = P39", where=where))


def test_a_function_that_repeats_its_argument_is_not_unfolded_without_end() -> None:
    """Counted before it is unfolded, each of the six applications is small."""
    where = {"g": Lambda(("t",), read("*".join(["t"] * 8)))}
    assert "too large" in why(claim("x: real", "g(g(g(g(g(g(x)))))) = 0", where=where))


def test_a_definition_is_used_as_what_it_is() -> None:
    for step in ("P[1] = P[1]", "P(1) = P(1)"):
        assert "would become a plain term" in why(claim("x: real", step, where={"P": read("x + 1")}))


def test_a_parameter_that_may_go_unused_is_refused() -> None:
    """Whether its argument is defined would not be asked: of a limit or a set of maximisers nothing is certain to be looked at."""
    for body in ("1", "cases((1, x > 0), (t, True))", "limit(t*u, u, 0)", "sum(t for i in 3 if x > 0)"):
        where = {"g": Lambda(("t",), read(body))}
        with pytest.raises(Rejected, match="may go unused"):
            unfolded(claim("x: real", "g(1/x) = g(1/x)", where=where))


def test_a_name_bound_by_a_definition_captures_nothing() -> None:
    where = {"L": Lambda(("c",), read("c*sum(t**2 for t in 3)"))}
    assert accepted(claim("t: real", "L(t) = 14*t", where=where))
    area = {"A": Lambda(("c",), read("c*integral(p(x) for x in Reals)"))}
    one = use("integral of a density", "integral(p(y) for y in Reals)", p="p")
    assert accepted(claim("p: density(real); x: real", "A(x) = x", where=area), one)


# -- how conditions are told


def test_a_condition_is_told_as_a_closed_proposition() -> None:
    p = call("gt", call("elem", sym("w"), C0, sym("$1")), num(0))
    scope = (Scope("$0", N), Scope("$1", K, call("ne", sym("$1"), C0)))
    assert text(bound(p, scope)) == "all(all(w[i, j] > 0 for j in K if j != i) for i in N)"
    assert text(bound(call("gt", elem("w", C0), sym("i")), OVER_N)) == "all(w[j] > i for j in N)"


def test_a_scope_that_a_condition_does_not_mention_is_left_out() -> None:
    assert text(bound(read("x > 0"), OVER_N)) == "x > 0"
    assert text(bound(call("gt", C0, num(0)), (Scope("$0", REALS),))) == "i > 0"


@pytest.mark.parametrize(("where", "message"), [
    ({"x": read("2")}, "x is given and defined"), ({"$0": read("2")}, "$0 is no name"), ({"both": read("2")}, "both is no name"),
    ({"g": Lambda(("a", "a"), read("a"))}, "two parameters of one name"), ({"g": Lambda(("$1",), read("1"))}, "$1 is no name"),
    ({"P": read("x + 1"), "g": Lambda(("x",), read("P + x"))}, "is given and defined|hides a name"),
])  # fmt: skip
def test_a_name_stands_for_one_thing(where: dict[str, Replacement], message: str) -> None:
    with pytest.raises(Rejected, match=message.replace("$", "[$]")):
        unfolded(claim("x: real", "1 = 1", where=where))


def test_nothing_is_differentiated_by_a_defined_name() -> None:
    assert "with respect to a defined name" in why(claim("x: real", "diff(P**2, P) = 2*P", where={"P": read("x + 1")}))

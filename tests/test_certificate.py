"""Certificates as data: what their texts, types and traces are read as, and what is no certificate."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from random_terms import terms

from derive.certificate import Flaw, Node, Reader, as_number, load, seal, values, written
from derive.expression import read
from derive.model import REAL, Givens, Instance, Scope, Type
from derive.show import text
from derive.term import REALS, Lambda, Term, call, num, sym

N = sym("N")
TYPES = [
    ({"kind": "real"}, Type("real")),
    ({"kind": "label", "shape": ["N", "3"]}, Type("label", shape=(N, num(3)))),
    ({"kind": "index", "over": "N"}, Type("index", N)),
    ({"kind": "index", "over": "N", "shape": ["N"]}, Type("index", N, (N,))),
    ({"kind": "positive", "params": [{"kind": "set", "over": "T"}, {"kind": "index", "over": "N"}]},
        Type("positive", params=(Type("set", sym("T")), Type("index", N)))),
    ({"kind": "nonnegative", "params": [{"kind": "real"}], "density": True}, Type("nonnegative", params=(REAL,), density=True)),
]  # fmt: skip


def givens(**symbols: Any) -> Givens:
    return Reader().givens(Node({"N": {"kind": "size"}, "T": {"kind": "set"}, **symbols}, "mine, symbols"), Node([], ""))


@pytest.mark.parametrize(("written_down", "meant"), TYPES)
def test_a_type_is_read_as_it_was_written(written_down: Any, meant: Type) -> None:
    assert givens(x=written_down).symbols["x"] == meant


@pytest.mark.parametrize(("kind", "message"), [
    ({"kind": "complex"}, "complex is none of"),
    ({"kind": "index"}, "say over what"),
    ({"kind": "real", "over": "N"}, "say over what"),
    ({"kind": "real", "shape": ["x"]}, "a size is a symbol of type size"),
    ({"kind": "real", "shape": ["0"]}, "a size is a symbol of type size"),
    ({"kind": "real", "shape": ["3/2"]}, "a size is a symbol of type size"),
    ({"kind": "real", "shape": ["N + 1"]}, "a size is a symbol of type size"),
    ({"kind": "size", "shape": ["N"]}, "no such family"),
    ({"kind": "real", "shape": ["N"], "params": [{"kind": "real"}]}, "no such family or function"),
    ({"kind": "real", "params": [{"kind": "size"}]}, "no such family or function"),
    ({"kind": "real", "params": [{"kind": "set", "over": "N"}]}, "a set that is given"),
    ({"kind": "real", "params": [{"kind": "real", "shape": ["N"]}]}, "unknown field shape"),
    ({"kind": "real", "params": [{"kind": "real"}], "density": True}, "a density is a nonnegative function"),
    ({"kind": "nonnegative", "density": True}, "a density is a nonnegative function"),
    ({"kind": "real", "more": 1}, "unknown field more"),
    ({"shape": ["N"]}, "the field kind is missing"),
    ("real", "an object was expected"),
])  # fmt: skip
def test_what_is_no_type_is_named(kind: Any, message: str) -> None:
    with pytest.raises(Flaw, match=message) as caught:
        givens(x=kind)
    assert caught.value.place.startswith("mine, symbols, x")


def test_a_hypothesis_is_about_what_is_given() -> None:
    """One about an undeclared x was read, and what its page proved could be looked at nowhere."""
    symbols = Node({"y": {"kind": "real"}, "N": {"kind": "size"}}, "mine, symbols")
    for written_down, wrong in (("y > 0", False), ("all(y > t for t in Reals)", False), ("all(y > i for i in N)", False), ("x > y", True)):
        node = Node([written_down], "mine, hypotheses")
        if wrong:
            with pytest.raises(Flaw, match="x is not among the symbols"):
                Reader().givens(symbols, node)
        else:
            assert Reader().givens(symbols, node).hypotheses == (read(written_down),)


@pytest.mark.parametrize("name", ["exp", "2", "(N)", " x", "a b", "x + 1", "Reals", "oo", "e", "", "$0"])
def test_what_is_no_name_is_given_to_nothing(name: str) -> None:
    with pytest.raises(Flaw):
        givens(**{name: {"kind": "real"}})


def test_definitions_are_read_and_none_hides_another_name() -> None:
    reader = Reader()
    entries = [{"name": "g", "of": ["s"], "is": "exp(-s)"}, {"name": "W", "of": None, "is": "[[1, -1/2], [0.10, 3]]"}]
    read_back = reader.definitions(Node(entries, "definitions"), {})
    assert read_back["g"] == Lambda(("s",), read("exp(-s)"))
    assert read_back["W"].args[0].args[1] == num(-1 / num(2).args[0])  # type: ignore[union-attr]
    for twice in (entries + entries[:1], [{"name": "x", "of": None, "is": "1"}]):
        with pytest.raises(Flaw, match="stands for something already"):
            reader.definitions(Node(twice, "definitions"), {"x": REAL})


def test_an_instance_is_read_in_the_names_of_its_scope() -> None:
    node = Node({
        "rule": "log of a product",
        "scope": [{"var": "i", "over": "N", "where": "i != c"}, {"where": "x > 0"}, {"var": "t", "over": "Reals"}],
        "letters": {"u": "x[i]*t", "f": {"of": ["j"], "is": "y[j, i]"}, "side": "right"}, "atom": "diff(log(x[i]*t), t)",
    }, "mine")  # fmt: skip
    at, t = sym("$0"), sym("$2")
    product = call("mul", call("elem", sym("x"), at), t)
    assert Reader().instance(node) == Instance(
        "log of a product",
        (Scope("$0", N, call("ne", at, sym("c"))), Scope("", None, read("x > 0")), Scope("$2", REALS)),
        {"u": product, "f": Lambda(("j",), call("elem", sym("y"), sym("j"), at)), "side": sym("right")},
        call("diff", call("log", product), t),
    )


@pytest.mark.parametrize(("trace", "message"), [
    ({"instances": {}}, "a list was expected"),
    ({"instances": [{}]}, "the field rule is missing"),
    ({"instances": [{"rule": 1}]}, "a text was expected"),
    ({"instances": [{"rule": "r", "letters": {"u": 1}}]}, "an object was expected"),
    ({"instances": [{"rule": "r", "letters": {"u": "1 +"}}]}, "ends too early|not an expression"),
    ({"instances": [{"rule": "r", "letters": {"u": "__import__('os')"}}]}, "not part of"),
    ({"instances": [{"rule": "r", "scope": [{"var": "i + 1"}]}]}, "is no name"),
    ({"instances": [{"rule": "r", "atom": {}}]}, "a text was expected"),
    ({"instances": [{"rule": "r", "scope": [{"var": "i", "over": "N", "where": [[]]}]}]}, "a text was expected"),
    ({"absurd": False}, "true, or left out"),
    ({"split": {"symbol": "y", "cases": {"one": {}}}}, "one is no value"),
    ({"more": 1}, "unknown field more"),
    ([], "an object was expected"),
])  # fmt: skip
def test_what_is_no_trace_is_named(trace: Any, message: str) -> None:
    with pytest.raises(Flaw, match=message) as caught:
        Reader().trace(Node(trace, "mine, step 1, trace"))
    assert caught.value.place.startswith("mine, step 1, trace")


@given(terms())
def test_a_condition_can_be_read_in_the_form_in_which_it_is_written(t: Term) -> None:
    assert read(text(written(t))) == written(t)


def test_the_kernels_own_words_are_written_in_the_language() -> None:
    condition = call("and", Term("is", (sym("$0"), sym("an integer"))), call("lt", num(-1), call("elem", sym("x"), sym("#2"))))
    assert text(written(condition)) == "is_an_integer(_0) and -1 < x[_2]"


def test_lists_hold_numbers() -> None:
    assert as_number(read("[1, -1/2, -0.25]")).args == (num(1), num(-(num(1).args[0] / 2)), num(-(num(1).args[0] / 4), 2))
    assert as_number(read("[x, 1/0]")) == read("[x, 1/0]")


def test_values_are_fractions_or_lists_of_them() -> None:
    assert values(Node({"x": "-1/2", "p": [["1"], ["2"]]}, "")) == {"x": -num(1).args[0] / 2, "p": ((1,), (2,))}
    for wrong in ("1/0", "0.5", "1e9", "", "x", 1, None, "1/2/3", "١"):
        with pytest.raises(Flaw):
            values(Node({"x": wrong}, ""))


@pytest.mark.parametrize(("source", "message"), [
    ("", "not JSON"), ("[", "not JSON"), ('{"a": 1, "a": 2}', "the field a stands twice"), ('{"a": NaN}', "NaN is no number"),
    ("[" * 100_000, "nested too deeply"), ('{"a": -Infinity}', "-Infinity is no number"), ("1" * 5000, "not JSON"),
])  # fmt: skip
def test_what_is_no_json_is_named(source: str, message: str) -> None:
    with pytest.raises(Flaw, match=message):
        load(source)


def test_a_seal_holds_all_but_itself_and_the_insides_of_what_is_sealed() -> None:
    step = {"expression": "x", "seal": "1"}
    derivation = {"name": "a", "steps": [step]}
    assert seal(derivation) == seal({**derivation, "seal": "…"})
    assert seal(derivation) == seal({"steps": [{**step, "expression": "y"}], "name": "a"})
    assert seal(derivation) != seal({**derivation, "steps": [{**step, "seal": "2"}]})
    assert seal(json.loads(json.dumps(derivation))) == seal(derivation)


def test_a_very_large_file_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("derive.certificate._MAX_BYTES", 10)
    with pytest.raises(Flaw, match="larger than"):
        load("[" * 6 + "]" * 6)


def test_a_fraction_is_written_as_a_quotient() -> None:
    assert written(num(num(1).args[0] / 3)) == read("1/3")
    assert written(num(num(-1).args[0] / 3)) == read("-(1/3)")
    assert written(num(num(1).args[0] / 4, 2)) == read("0.25")

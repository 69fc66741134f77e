"""A certificate is judged again: what is in it holds, and whatever is changed in it is seen and named."""

from __future__ import annotations

import inspect
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import certified
import pytest
from certified import data, edited, leaves, of_page, sealed, text_of

from derive import certificate
from derive.certificate import Flaw
from derive.recheck import Findings, verify

ROOT = Path(__file__).parent.parent
# One of each kind: a chain with a definition, a split, an equivalence, limits, a lemma, a sum over a symbolic size, a witness,
# arrays, hypotheses.
KINDS = (
    "sigmoid.slope", "signed_labels.likelihood", "information.eta_tangent_equality", "likelihood.loss_one_at_zero",
    "information.information_decreases", "signed_labels.samples", "audit.factor_ln_two", "worked_example.softmax_3",
    "maximum_likelihood.population",
)  # fmt: skip
# What an editor who makes the seals anew may write there: no claim, and nothing that a claim rests on.
FREE = {"title", "source", "made_by", "rules", "seal", "name"}
TRUE = "given x: positive, x != 1\nclaim x/x + log(x*x) = 1 + 2*log(x)\n  x/x + log(x*x)\n  = 1 + 2*log(x) by log of a product"


def judged(made: object) -> Findings:
    return verify(json.dumps(made))


def flaws(made: object) -> list[Flaw]:
    try:
        return judged(made).flaws
    except Flaw as flaw:
        return [flaw]


@pytest.mark.parametrize("name", KINDS)
def test_a_certificate_of_the_package_holds(name: str) -> None:
    found = verify(text_of(name))
    assert (found.flaws, found.open, found.unchecked) == ([], [], [])
    assert found.judged + found.refuted_again == found.steps > 0


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("edit", ["change", "drop", "double"])
def test_an_edit_anywhere_is_seen_and_its_place_is_named(name: str, edit: str) -> None:
    original = data(text_of(name))
    for path in leaves(original):
        found = flaws(edited(original, path, edit))
        assert found, path
        if path[0] == "derivations" and len(path) > 3 and "name" not in path:
            where = original["derivations"][path[1]]["name"]
            if path[2] == "steps" and len(path) > 4:
                where += f", step {path[3] + 1}"  # type: ignore[operator]
            assert any(f.place.startswith(where) for f in found), (path, found)


@pytest.mark.parametrize("name", ["sigmoid.slope", "information.eta_tangent_equality", "information.information_decreases"])
def test_who_makes_the_seals_anew_does_not_get_a_changed_claim_past_the_kernel(name: str) -> None:
    """What still holds says the same: words for the reader, or reasons left out; or it says something true about other names."""
    original = data(text_of(name))
    for path in leaves(original):
        changed = sealed(edited(original, path, "change"))
        if not flaws(changed):
            fields = {x for x in path if isinstance(x, str)}
            assert fields & (FREE | {"reasons"}) or path == ("derivations",), path


def test_a_condition_that_is_taken_out_of_the_givens_is_missed_by_the_kernel() -> None:
    made = of_page(TRUE)
    made["derivations"][0]["symbols"]["x"] = {"kind": "real"}
    found = flaws(sealed(made))
    assert [f.place for f in found] == ["mine, step 1, trace"]
    assert "a condition is not implied by the givens" in found[0].message


def test_a_wrong_line_with_fitting_seals_is_not_accepted() -> None:
    made = of_page(TRUE)
    derivation = made["derivations"][0]
    derivation["steps"][0]["expression"] = derivation["claim"]["right"] = "1 + 3*log(x)"
    assert [str(f) for f in flaws(sealed(made))] == [
        "mine, step 1, trace: the kernel does not accept it: the two sides are not shown to stand in this relation"
    ]


def test_a_rule_that_the_step_does_not_name_cannot_prove_it() -> None:
    made = of_page(TRUE)
    for rules in (["algebra"], ["log of a product", "log of a power"]):
        step = made["derivations"][0]["steps"][0]
        step["reasons"] = step["rules"] = rules
        [flaw] = flaws(sealed(made))
        assert "is not among the rules" in flaw.message or "is not used" in flaw.message


def test_a_lemma_has_to_stand_above_and_to_be_proved() -> None:
    made = data(text_of("information.information_decreases"))
    lemma, theorem = made["derivations"]
    made["derivations"] = [theorem, lemma]
    assert "is not proved above" in flaws(sealed(made))[0].message
    made["derivations"] = [theorem]
    assert "is not proved above" in flaws(sealed(made))[0].message
    lemma["expect"] = {"en": "", "zh": ""}
    made["derivations"] = [lemma, theorem]
    assert any("is not proved above" in flaw.message for flaw in flaws(sealed(made)))


def test_a_point_that_does_not_satisfy_the_hypotheses_is_seen() -> None:
    made = of_page(TRUE)
    assert set(made["derivations"][0]["point"]) == {"x"}
    for value, wrong in (("1", True), ("-2", True), ("2", False)):
        made["derivations"][0]["point"] = {"x": value}
        assert bool(flaws(sealed(made))) == wrong, value


def test_a_witness_that_refutes_nothing_is_seen() -> None:
    made = of_page("given x: real\nclaim x + x = 3*x\n  x + x\n  = 3*x by algebra expect refuted")
    witness = made["derivations"][0]["steps"][0]["witness"]
    witness["values"] = {"x": "0"}
    assert "are not shown to refute the step" in flaws(sealed(made))[0].message


def test_a_term_that_no_page_could_write_is_a_flaw_and_no_crash() -> None:
    """A family that is called like a function, where a witness was to be held against it: an AttributeError came out."""
    made = of_page("given n: size, p: real[n]\nclaim sum(p[i] for i in n) = n\n  sum(p[i] for i in n)\n  = n by algebra expect refuted")
    derivation = made["derivations"][0]
    derivation["first"] = derivation["claim"]["left"] = "sum(p(p[i]) for i in n)"
    assert "misshapen" in flaws(sealed(made))[0].message


def test_what_is_undecided_is_recorded_as_open() -> None:
    made = of_page("given x: real\nclaim sin(cos(x)) <= 9/10\n  sin(cos(x))\n  <= 9/10")
    found = judged(made)
    assert (found.flaws, found.open) == ([], ["mine, step 1: undecided"])


def test_a_negation_is_judged_again() -> None:
    made = data(text_of("audit.grows_like_an_exponential"))
    found = judged(made)
    assert (found.refuted, found.refuted_again, found.flaws) == (1, 1, [])
    step = next(s for d in made["derivations"] for s in d["steps"] if "negation" in s)
    step["negation"] = {}
    assert "negation" in flaws(sealed(made))[0].place


def test_only_trusted_modules_and_the_standard_library_are_loaded(tmp_path: Path) -> None:
    file = tmp_path / "certificate.json"
    file.write_text(text_of("sigmoid.slope"), encoding="utf-8")
    code = f"""
import sys
before = set(sys.modules)
from derive.recheck import verify
assert verify(open({str(file)!r}, encoding="utf-8").read()).judged == 5
print(*sorted(set(sys.modules) - before))
"""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-I", "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r})\n{code}"],
        env=environment, capture_output=True, text=True, timeout=60, check=True)  # fmt: skip
    from test_imports import TRUSTED

    loaded = done.stdout.split()
    strange = [m for m in loaded if m.partition(".")[0] not in sys.stdlib_module_names and m != "derive"]
    assert [m for m in strange if m.split(".")[1] not in TRUSTED] == []
    assert "derive.recheck" in loaded


@pytest.mark.parametrize("names", [("sigmoid",), ("signed_labels.one_form", "information.eta_tangent_equality", "audit.factor_ln_two")])
def test_a_certificate_is_the_same_bytes_in_every_run(names: tuple[str, ...], tmp_path: Path) -> None:
    written = []
    for seed in ("1", "2"):
        file = tmp_path / f"{seed}.json"
        command = [sys.executable, "-c", "import cli; cli.main()", "certify", *names, "-o", str(file)]
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": seed}
        subprocess.run(command, env=environment, cwd=ROOT, timeout=120, check=True)
        written.append(file.read_bytes())
    assert written[0] == written[1]
    assert verify(written[0].decode()).flaws == []


def test_all_kinds_of_edits_were_tried() -> None:
    """The derivations above hold every field that a certificate can have."""
    texts = [text_of(name) for name in (*KINDS, "audit.grows_like_an_exponential")]
    fields = {x for text in texts for path in leaves(data(text)) for x in path if isinstance(x, str)}
    wanted = set(re.findall(r"`(\w+)\??`", (certificate.__doc__ or "").partition("- file:")[2].partition("Expressions are")[0]))
    wanted -= {"params", "density", "en", "zh", "expect"} | {"u", "recheck"}
    assert wanted - fields == set()


def test_the_helper_makes_no_certificate_of_what_is_not_there() -> None:
    with pytest.raises(KeyError):
        certified.text_of("no.such_derivation")


def seen(made: dict[str, object]) -> list[str]:
    return [str(f) for f in flaws(sealed(made))]


def test_two_derivations_of_one_name_are_seen() -> None:
    made = of_page(TRUE)
    made["derivations"] *= 2
    assert seen(made) == ["mine, name: a second derivation has this name"]


def test_a_step_that_is_nested_too_deeply_is_seen() -> None:
    made = of_page("given x: real\nwhere P = -x\nwhere Q = -P\nclaim Q = Q + 1\n  Q\n  = Q + 1 by algebra expect refuted")
    derivation = made["derivations"][0]
    for definition, inner in zip(derivation["definitions"], "xP", strict=True):
        definition["is"] = "-(" * 139 + inner + ")" * 139
    del derivation["steps"][0]["witness"]
    derivation["steps"][0]["negation"] = {"defined": [{"rule": "log of one", "atom": "log(1)"}]}
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(len(inspect.stack()) + 250)
    try:
        assert [flaw.partition(": ")[2] for flaw in seen(made)] == ["it is nested too deeply"]
    finally:
        sys.setrecursionlimit(before)


def test_a_definition_that_does_not_look_at_its_parameter_is_seen() -> None:
    made = of_page("given x: real\nwhere g(t) = t + 1\nclaim g(x) = x + 1\n  g(x)\n  = x + 1 by definition of g")
    assert flaws(made) == []
    made["derivations"][0]["definitions"][0]["is"] = "1"
    assert any("may go unused" in flaw for flaw in seen(made))


def test_where_no_point_is_recorded_the_hypotheses_do_not_contradict_each_other() -> None:
    made = of_page(TRUE)
    made["derivations"][0]["point"] = None
    found = judged(sealed(made))
    assert (found.flaws, found.unchecked) == ([], ["mine: that something satisfies its hypotheses"])
    made["derivations"][0]["hypotheses"] = ["x != 1", "x < 0"]
    assert any("they contradict each other" in flaw for flaw in seen(made))


def test_relations_that_do_not_compose_are_seen() -> None:
    made = of_page("given x: positive\nclaim x <= x + 2\n  x\n  <= x + 1 by algebra\n  <= x + 2 by algebra")
    assert flaws(made) == []
    made["derivations"][0]["steps"][1]["relation"] = ">="
    assert any("<= and then >= do not compose" in flaw for flaw in seen(made))


def test_what_a_condition_was_discharged_from_is_held_against_the_kernel() -> None:
    made = of_page(TRUE)
    conditions = made["derivations"][0]["steps"][0]["conditions"]
    told = [c["from"] for c in conditions]
    for i, source in enumerate(told):
        for other in {"givens", "proof"} - {source}:
            conditions[i]["from"] = other
            assert any(f"expected {source}" in flaw for flaw in seen(made))
        conditions[i]["from"] = source
    assert seen(made) == []


def test_a_refuted_step_has_one_refutation() -> None:
    made = of_page("given x: real\nclaim x + x = 3*x\n  x + x\n  = 3*x by algebra expect refuted")
    step = made["derivations"][0]["steps"][0]
    step["negation"] = {}
    assert any("either a witness or a trace" in flaw for flaw in seen(made))
    del step["negation"]
    witness = step.pop("witness")
    assert any("either a witness or a trace" in flaw for flaw in seen(made))
    step["witness"] = {**witness, "values": {"x": "0"}, "rechecked": False}
    assert judged(sealed(made)).unchecked == ["mine, step 1: its witness"]


def test_a_split_that_is_not_named_is_seen() -> None:
    made = of_page("given y: label, x: real\nclaim y**2*x = y*x\n  y**2*x\n  = y*x by cases y")
    assert flaws(made) == []
    made["derivations"][0]["steps"][0].update(rules=[], reasons=[])
    assert any("cases y, which is not among the rules" in flaw for flaw in seen(made))

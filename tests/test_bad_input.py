"""Every kind of page that cannot mean anything: the message, the place, the hint, exit status 2, and the other pages still checked."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from derive.check import check_derivation
from derive.model import Outcome, Status
from derive.page import collect_markdown

GOOD = "given x: real\nclaim x + x = 2*x\n  x + x\n  = 2*x  by algebra"


def page(chain: str, given: str = "x: real", claim: str = "x = x") -> str:
    return f"given {given}\nclaim {claim}\n{chain}"


# what it is about: (text of the page, part of the message, the offending text, part of the hint)
BAD: dict[str, tuple[str, str, str, str]] = {
    "a character that a terminal obeys": ("title \x1b[2J\n" + page("  x\n  = x"), "invisible character '\\x1b'", "\x1b", "delete it"),
    "a character that no document can hold": (page("  x\n  = x  by algebra: \x00"), "invisible character '\\x00'", "\x00", "delete it"),
    "a syntax error": (page("  x +\n  = x"), "ends too early", "+", "missing"),
    "a power written ^": (page("  x^2\n  = x"), "^ is not a power", "^", "x**2"),
    "a product without its sign": (page("  2x\n  = x"), "2x is not a product", "2x", "2*x"),
    "a product that looks like a call": (page("  p(1-p)\n  = x", "p: real", "p = p"), "p is no function", "p(1-p)", "p*(1-p)"),
    "an unknown symbol": (page("  x + lamda\n  = x", "x: real, lamba: real"), "unknown symbol lamda", "lamda", "did you mean lamba"),
    "an unknown type": (page("  x\n  = x", "x: reel"), "unknown type", "reel", "real"),
    "an unknown rule": (page("  x\n  = x  by log of a produkt"), "unknown reason", "log of a produkt", "log of a product"),
    "an unknown lemma": (page("  x\n  = x  by lemma god"), "unknown lemma god", "god", "good"),
    "a lemma that rests on itself": (page("  x\n  = x  by lemma bad"), "rests on itself: bad → bad", "bad", ""),
    "a lemma that is not proved": (page("  x\n  = x  by lemma false"), "the lemma false is not proved", "false", "derive show false"),
    "an index out of its family": (
        page("  x[k]\n  = x[k]", "N: size, K: size, x: real[N], k: index(K)", "x[k] = x[k]"), "index", "k", ""),
    "a claim that the chain does not reach": (page("  x\n  = 1*x", claim="x = x + 1"), "does not end with the right side", "1*x", "alike"),
    "relations that do not compose": (page("  x\n  <= x + 1\n  >= x", claim="x <= x"), "<= and then >= do not compose", "x", ""),
    "givens that contradict each other": (page("  x\n  = x", "x: real, x > 1, x < 0"), "contradict", "", "anything would follow"),
    "an expectation of a proof": (
        "expect proved\n" + page("  x\n  = x"), "only a refutation can be expected", "proved", "write expect refuted"),
    "something to see where nothing is refuted": ("see good\n" + page("  x\n  = x"), "expects no refutation", "good", "expect refuted"),
    "a lemma that expects to be refuted": (
        page("  x\n  = x  by lemma marked"), "the lemma marked is not proved: step 1 is refuted", "marked", "derive show marked"),
    "names that NFKC folds together": (page("  ℓ\n  = ℓ", "ℓ: real", "ℓ = ℓ"), "normalised (NFKC)", "ℓ", "another name"),
    "a derivative by quotes": (page("  f''(x)\n  = x"), "' is not part of an expression", "'", "diff(f(x), x)"),
    "a call into Python": (page('  __import__("os").system("touch pwned")\n  = x'), "not part of an expression", '"', ""),
    "an attribute": (page("  x.__class__\n  = x"), "x.__class__ is not part of the language", "x.__class__", ""),
    "brackets 10,000 deep": (page("  " + "(" * 10_000 + "x" + ")" * 10_000 + "\n  = x"), "150 levels", "", ""),
    "minus signs 10,000 deep": (page("  " + "-" * 10_000 + "x\n  = x"), "150 levels", "", ""),
    "a page of 10 MB": (page("  x\n  = x\n" + "# " * 5_000_000), "1 MB", "", ""),
}  # fmt: skip


def checked(text: str) -> dict[str, Outcome]:
    wrong = "given x: real\nclaim x = x + 1\n  x\n  = x + 1  by algebra"
    blocks = {"bad": text, "good": GOOD, "false": wrong, "marked": "expect refuted\n" + wrong}
    markdown = "\n".join(f"```derive {name}\n{body}\n```" for name, body in blocks.items())
    derivations = {d.name: d for d in collect_markdown(markdown, "notes.md")}
    return {name: check_derivation(d, derivations) for name, d in derivations.items()}


@pytest.mark.parametrize("about", BAD)
def test_the_error_names_place_text_and_hint_and_the_other_page_is_checked(about: str) -> None:
    text, message, offending, hint = BAD[about]
    outcomes = checked(text)
    error = outcomes["bad"].error
    assert outcomes["bad"].status is Status.MALFORMED
    assert error is not None
    assert message in error.message
    assert offending in error.text
    assert hint in error.hint
    assert error.place.file == "notes.md"
    assert error.place.line >= 1
    assert outcomes["good"].status is Status.PROVED


def test_the_command_says_so_with_a_caret_and_status_2_and_checks_the_rest(tmp_path: Path) -> None:
    blocks = [f"```derive bad{i}\n{text}\n```" for i, (text, *_) in enumerate(BAD.values()) if len(text) < 1000]
    file = tmp_path / "notes.md"
    file.write_text("\n\n".join([*blocks, f"```derive good\n{GOOD}\n```"]), encoding="utf-8")
    command = [sys.executable, "-m", "cli", "check", str(file), "--fast"]
    run = subprocess.run(command, capture_output=True, text=True, check=False, cwd=Path(__file__).parent.parent)
    assert run.returncode == 2
    assert run.stdout.count("notes.md:") >= len(blocks)
    assert "write x**2 for the square of x" in run.stdout
    assert "1 proved" in run.stdout
    assert not Path("pwned").exists()


def test_what_is_undefined_is_a_verdict_and_no_bad_input() -> None:
    outcome = checked("given x: real\nclaim log(x) = log(x)\n  log(x)\n  = log(x)  by algebra")["bad"]
    assert outcome.error is None
    assert outcome.status is not Status.PROVED
    assert "x > 0" in outcome.verdicts[0].message + str(outcome.verdicts[0].search)

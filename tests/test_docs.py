"""docs/trust.md against the code: what is trusted stands there, and what stands there exists."""

from __future__ import annotations

import importlib
import re
from functools import reduce
from pathlib import Path

import pytest
from test_imports import table

from derive import rules, term

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "trust.md").read_text(encoding="utf-8")
CODE = re.findall(r"`([^`\n]+)`", PAGE)
MODULES = {name for name, _ in table()}
TRUSTED = sorted(name.partition(".")[2] or name for name, trusted in table() if trusted)
NUMBERS = re.findall(r"^\*\*([A-Z]\d+)\*\*", PAGE, re.MULTILINE)


def section(number: int) -> str:
    return PAGE.split(f"\n## {number} ")[1].split("\n## ")[0]


@pytest.mark.parametrize("name", TRUSTED)
def test_every_trusted_module_is_named(name: str) -> None:
    assert f"`{name}`" in section(2)


def test_no_other_module_is_called_trusted() -> None:
    rows = re.findall(r"^\| (`[^|]+) \|", section(2), re.MULTILINE)
    assert sorted(re.findall(r"`([\w.]+)`", " ".join(rows))) == TRUSTED


def test_every_operator_has_its_row_in_the_table_of_definedness() -> None:
    documented = re.search(r"\| op \| args \|\n((?:\|.*\n)+)", term.__doc__ or "")
    assert documented
    operators = {op for row in documented[1].splitlines()[1:] for op in row.split("|")[1].replace("…", "").split()}
    first_cells = re.findall(r"^\| ([^|]*) \|", section(3), re.MULTILINE)
    assert operators - set(re.findall(r"`(\w+)`", " ".join(first_cells))) == set()
    assert len(operators) > 40


@pytest.mark.parametrize("module", rules.SUBJECTS, ids=lambda m: m.__name__)
def test_every_file_of_rules_says_what_its_lines_rest_on(module: object) -> None:
    assert f"| `rules/{module.__name__.rpartition('.')[2]}.py` |" in section(12)  # type: ignore[attr-defined]


@pytest.mark.parametrize("primitive", ["differentiation", "hypothesis", "lemma", "absurd", "cases", "almost", "iff"])
def test_every_primitive_has_its_statement(primitive: str) -> None:
    assert re.search(rf"^\*\*[A-Z]\d+\*\* .*`[^`]*\b{primitive}\b", PAGE, re.MULTILINE)


def test_statements_are_numbered_once_and_those_referred_to_exist() -> None:
    assert len(NUMBERS) == len(set(NUMBERS))
    assert set(re.findall(r"\b([P-T]\d+|[CDEFIJLMNORSTVX]\d+)\b", re.sub(r"`[^`]*`", "", PAGE))) <= set(NUMBERS)


def test_the_tests_that_are_named_exist() -> None:
    texts = [path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py")]
    written = {name for text in texts for name in re.findall(r"^def (test_\w+)", text, re.MULTILINE)}
    assert {name for name in CODE if name.startswith("test_")} - written == set()


def test_the_places_in_the_code_that_are_named_exist() -> None:
    places = {name for name in CODE if re.fullmatch(r"[a-z]\w*(\.\w+)+", name) and name.partition(".")[0] in MODULES}
    assert len(places) > 60
    for place in sorted(places):
        module = max((m for m in MODULES if place == m or place.startswith(f"{m}.")), key=len)
        reduce(getattr, place.removeprefix(module).strip(".").split("."), importlib.import_module(f"derive.{module}"))


def test_the_files_that_are_named_exist() -> None:
    files = {name for name in CODE if re.fullmatch(r"[\w/]+\.(py|md)", name)}
    assert [name for name in sorted(files) if not ((ROOT / name).exists() or (ROOT / "derive" / name).exists())] == []

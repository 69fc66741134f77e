"""The README tells the truth: its page gives the report that it shows, its Python runs, its table lists what there is."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from derive.expression import KEYWORDS
from derive.model import KINDS, Status

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def fenced(language: str) -> list[str]:
    return re.findall(rf"^(`{{3,4}}){language}\n(.*?)^\1$", README, re.MULTILINE | re.DOTALL)


def run(*command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *command], capture_output=True, text=True, check=False, cwd=ROOT, env={**os.environ, **environment}
    )


def without_times(text: str) -> str:
    """The text with every time in it, and the blanks around, made alike."""
    return re.sub(r"[ ]+\d[\d.]* m?s$", " TIME", text, flags=re.MULTILINE)


def test_the_page_gives_the_report_that_is_shown(tmp_path: Path) -> None:
    ((_, page),) = fenced("markdown")
    ((_, shown),) = fenced("text")
    notes = tmp_path / "notes.md"
    notes.write_text(page, encoding="utf-8")
    printed = run("-m", "cli", "check", str(notes), "--fast", COLUMNS="110", NO_COLOR="1").stdout
    assert [" ".join(x.split()) for x in without_times(shown).splitlines()] == [
        " ".join(x.split()) for x in without_times(printed.partition("\n───")[0]).rstrip().splitlines()
    ]


@pytest.mark.parametrize("code", [body for _, body in fenced("python")])
def test_the_python_runs(code: str, tmp_path: Path) -> None:
    file = tmp_path / "example.py"
    file.write_text(code, encoding="utf-8")
    done = run(str(file), PYTHONPATH=str(ROOT))
    assert done.stderr == ""
    assert done.returncode == 0


def test_every_type_function_and_verdict_is_named() -> None:
    for word in (*KINDS.keys() - {"set", "index"}, *KEYWORDS - {"all", "integrable", "argmin", "limit", "integral"}, *Status):
        assert word in README, word

"""Steps of other people's derivations with known truth, where a file of them is given: `--corpus FILE`. See benchmarks/corpus.py."""

from __future__ import annotations

import io
import json
from pathlib import Path

import corpus
import pytest
from rich.console import Console
from tally import Tally

GROUP = "steps of other people's derivations"


def test_no_false_step_of_the_corpus_is_proved(request: pytest.FixtureRequest, large: bool, tally: Tally) -> None:
    file = request.config.getoption("--corpus", default=None)
    if not file:
        pytest.skip("no corpus is given")
    rows = [json.loads(line) for line in Path(str(file)).read_text(encoding="utf-8").splitlines() if line.strip()]
    steps = corpus.run([corpus.prepare(row) for row in rows], 2, large, Console(file=io.StringIO()))
    within = [s for s in steps if s.claim is not None and s.kind not in ("outside", "malformed")]
    true, false = ([s for s in within if s.row["expect"] == e] for e in ("true", "false"))
    wrong = [s.row["id"] for s in false if s.plain == "proved" or (s.named == "proved" and not s.is_branch)]
    tally.count(GROUP, "steps within the language", len(within), of=len(steps))
    tally.count(GROUP, "false steps proved", len(wrong))
    tally.count(GROUP, "false steps refuted", sum(s.plain in ("refuted", "undefined") for s in false), of=len(false))
    tally.count(GROUP, "… by two values, not by an undefined side", sum(s.plain == "refuted" for s in false), of=len(false))
    tally.count(GROUP, "true steps proved as they stand", sum(s.plain == "proved" for s in true), of=len(true))
    tally.count(GROUP, "… or with the conditions that were named", sum("proved" in (s.plain, s.named) for s in true), of=len(true))
    for name in ("simplify", "equals") if large else ():
        tally.count(GROUP, f"… by SymPy's {name}, which asks for none", sum(s.opinions[name].holds is True for s in true), of=len(true))
    assert wrong == []
    assert [s.row["id"] for s in steps if s.label in corpus.LOUD] == []

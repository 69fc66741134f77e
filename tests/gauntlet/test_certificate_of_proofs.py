"""All of `proofs/` is written into a certificate, judged again, and timed against an import of SymPy."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path

from certified import CHAPTERS, library, text_of
from tally import Tally

from derive.recheck import verify

GROUP = "the certificate of proofs/"
ROOT = Path(__file__).parents[2]
RUNS = 5


def seconds(*command: str) -> float:
    start = time.perf_counter()
    subprocess.run([sys.executable, *command], cwd=ROOT, check=True, capture_output=True, timeout=120)
    return time.perf_counter() - start


def test_all_that_is_proved_is_proved_again(tally: Tally, tmp_path: Path) -> None:
    names = [name for name in library() if name.partition(".")[0] in CHAPTERS.split()]
    text = text_of(*names)
    found = verify(text)
    file = tmp_path / "proofs.json"
    file.write_text(text, encoding="utf-8")
    ratios = [seconds("cli.py", "verify", str(file)) / seconds("-c", "import sympy") for _ in range(RUNS)]
    tally.count(GROUP, "steps judged again by the kernel alone, or refuted again", found.judged + found.refuted_again, of=found.steps)
    tally.count(GROUP, "derivations of which no point is recorded that satisfies the givens", len(found.unchecked), of=found.derivations)
    tally.count(GROUP, "flaws", len(found.flaws))
    tally.count(GROUP, f"derive verify, in hundredths of «import sympy», median of {RUNS}", round(100 * statistics.median(ratios)))
    assert (found.flaws, found.open) == ([], [])
    assert found.judged + found.refuted_again == found.steps

"""How far implementations are from the certified formulas that they have to compute: the README's table of worst errors.

    python benchmarks/ulps.py

Every row is measured at nasty and at random inputs (`derive.implements.measure`) and at the input that is known to break it. A unit is
one in the last place of the correctly rounded value; half a unit more may lie between that and the exact one. Libraries that are not
installed are left out, and said.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "examples"))

from implementations.table import LIBRARIES, Row

from derive.implements import Case, Findings
from derive.oracle import oracle
from derive.show import text as show

SAMPLES = 300
PACKAGES = {"numpy": "NumPy", "scipy": "SciPy", "sklearn": "scikit-learn", "torch": "PyTorch", "jax": "JAX"}


def main() -> None:
    rows: list[Row] = []
    used, missing = [], []
    for library, make in LIBRARIES.items():
        try:
            rows += make()
            used.append(f"{PACKAGES[library]} {version(PACKAGES[library].lower().replace('pytorch', 'torch'))}")
        except ImportError:
            missing.append(PACKAGES[library])
    print("| code | format | worst error, ulps | at | overflow and nan |")
    print("|---|---|---|---|---|")
    for source in dict.fromkeys(row.source for row in rows):
        print(f"| **`{show(oracle(source).value)}`** | | | | |")
        for row in sorted((row for row in rows if row.source is source), key=lambda row: bool(row.gradient)):
            print(f"| {' | '.join(cells(row))} |")
    print(f"\nMeasured with {', '.join(used)}." + f" Not installed: {', '.join(missing)}." * bool(missing))


def cells(row: Row) -> Iterator[str]:
    """A row of the table."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        found = row.measured(SAMPLES)
        broken = row.broken() if row.breaks else None
    yield row.name
    yield row.dtype
    yield from worst(found, broken)
    yield faults(found)


def worst(found: Findings, broken: Case | None) -> tuple[str, str]:
    """The worst error of a value that is finite, as it ought to be, and where it occurs."""
    cases = [case for case in (found.worst, broken) if case is not None and np.isfinite(case.got)]
    if not cases:
        return "", ""
    case = max(cases, key=lambda case: case.ulps)
    return f"{case.ulps:.0f}" if case.ulps < 1e5 else f"{case.ulps:.0e}", at(case)


def faults(found: Findings) -> str:
    """What is infinite or no number and ought not to be, and the first input at which it is."""
    return "; ".join(f"{name} at {at(fault.first)}" for name, fault in found.faults.items() if name in ("overflow", "nan"))


def at(case: Case) -> str:
    return ", ".join(f"{name} = {short(value)}" for name, value in case.inputs.items())


def short(value: Any) -> str:
    """An input in a few digits; of an array three elements."""
    if np.ndim(value):
        return f"[{', '.join(map(short, value[:3]))}{', …' * (len(value) > 3)}]"
    return f"{float(value):.6g}"


if __name__ == "__main__":
    main()

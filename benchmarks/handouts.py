"""How long handouts take once the check is done: all formats of each chapter, and a PDF of at least thirty pages.

    python benchmarks/handouts.py

Each chapter is checked first, which is not measured. The first chapter that has figures also pays for the import of what draws them.
"""

from __future__ import annotations

import re
import time
from pathlib import Path

import cli
import proofs
from derive import runner
from derive.handout import FORMATS, writer
from derive.handout.order import Order, files, handout_of
from derive.page import words


def main() -> None:
    library = cli._library()
    outcomes = list(runner.run(list(library.values()), library, fast=True))
    print(f"{'chapter':20} {'derivations':>11} " + " ".join(f"{suffix:>7}" for suffix in FORMATS) + "     all")
    for chapter, title in proofs.TITLES.items():
        of_chapter = [o for o in outcomes if o.name.startswith(f"{chapter}.")]
        took = []
        for suffix in FORMATS:
            start = time.perf_counter()
            files(Order(words(title)), of_chapter, library, Path(f"{chapter}{suffix}"))
            took.append(time.perf_counter() - start)
        print(f"{chapter:20} {len(of_chapter):11} " + " ".join(f"{t:6.2f}s" for t in took) + f" {sum(took):6.2f}s")
    document = handout_of(Order(words("A long handout")), outcomes[:92], library)
    start = time.perf_counter()
    made = writer(Path("long.pdf"))(document, "long")["long.pdf"]
    took = time.perf_counter() - start
    pages = len(re.findall(rb"/Type\s*/Page\b", made))
    print(f"a PDF of {pages} pages, {len(made) / 1e6:.1f} MB: {took:.2f}s")


if __name__ == "__main__":
    main()

"""Everything that can be handed out, and the page that links it."""

from __future__ import annotations

import re

import certified
import pytest

from derive.check import check_derivation
from derive.handout import gallery as module
from derive.handout.gallery import gallery
from derive.model import Words


@pytest.fixture(scope="module")
def made() -> tuple[dict[str, bytes], list[tuple[int, int]]]:
    names = ("softmax.loss", "softmax.total", "audit.jensen_turned_round")
    outcomes = [check_derivation(certified.library()[name], certified.library()) for name in names]
    told: list[tuple[int, int]] = []
    chapters = {"softmax": Words("Softmax", "归一化"), "audit": Words("The audit", "核对")}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "FORMATS", {s: module.FORMATS[s] for s in (".html", ".md")})
        patch.setattr(module, "SHEETS", (".html", ".md"))
        return dict(gallery(chapters, outcomes, certified.library(), lambda *n: told.append(n))), told


def test_each_link_of_the_index_leads_to_a_file_and_each_document_is_linked(made: tuple[dict[str, bytes], list[tuple[int, int]]]) -> None:
    files, _ = made
    linked = re.findall(r'href="([^"]+)"', files["index.html"].decode())
    assert sorted(linked) == sorted(set(files) - {"index.html"})


def test_every_variant_stands_there_in_both_languages_with_its_key(made: tuple[dict[str, bytes], list[tuple[int, int]]]) -> None:
    files, _ = made
    sheets = {f"softmax-{v}-{lang}" for v in ("blanks", "find-the-slip", "reasons") for lang in ("en", "zh")}
    expected = {f"{s}{end}" for s in sheets for end in (".html", ".md", "-key.html", ".key.json")}
    chapters = [f"{chapter}-{lang}" for chapter in ("softmax", "audit") for lang in ("en", "zh", "both")]
    handouts = {f"{name}{suffix}" for name in chapters for suffix in (".html", ".md")}
    assert set(files) == expected | handouts | {"index.html"}


def test_progress_goes_up_to_all_orders(made: tuple[dict[str, bytes], list[tuple[int, int]]]) -> None:
    _, told = made
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert told[-1][0] == told[-1][1] == 2 * 9

"""An order → documents and files."""

from __future__ import annotations

import functools
import json
from pathlib import Path

import certified
import pytest

from derive.check import check_derivation
from derive.handout import order
from derive.handout.key import read_key
from derive.handout.order import Order
from derive.handout.worksheet import NothingToAsk
from derive.model import Outcome, Words

NAMES = ("softmax.loss", "likelihood.cross_entropy")
TITLE = Words("Two losses", "两个损失")


@functools.cache
def outcomes() -> tuple[Outcome, ...]:
    return tuple(check_derivation(certified.library()[name], certified.library()) for name in NAMES)


def files(wanted: Order, name: str = "sheet.md") -> dict[str, bytes]:
    return order.files(wanted, outcomes(), certified.library(), Path(name))


def test_a_handout_is_one_file_of_the_format_asked_for() -> None:
    found = files(Order(TITLE), "two.html")
    assert next(iter(found)) == "two.html"
    assert b"Two losses" in found["two.html"]


@pytest.mark.parametrize(("lang", "there", "not_there"), [("en", "Two losses", "两个损失"), ("zh", "两个损失", "Two losses")])
def test_the_language_is_the_one_asked_for(lang: str, there: str, not_there: str) -> None:
    text = files(Order(TITLE, lang))["sheet.md"].decode()
    assert (there in text, not_there in text) == (True, False)


def test_both_languages_stand_beside_each_other() -> None:
    text = files(Order(TITLE, "both"))["sheet.md"].decode()
    assert "Two losses" in text
    assert "两个损失" in text


def test_a_worksheet_is_made_without_its_key_and_a_key_with_its_data() -> None:
    assert list(files(Order(TITLE, worksheet="blanks"))) == ["sheet.md"]
    assert list(files(Order(TITLE, worksheet="blanks", key=True), "key.md")) == ["key.md", "key.key.json"]


@pytest.mark.parametrize("variant", ["blanks", "find-the-slip", "reasons"])
def test_a_key_belongs_to_the_sheet_of_the_same_order(variant: str, tmp_path: Path) -> None:
    sheet = files(Order(TITLE, worksheet=variant, fade=2, seed=5))["sheet.md"].decode()
    data = files(Order(TITLE, worksheet=variant, fade=2, seed=5, key=True), "key.md")["key.key.json"]
    (tmp_path / "key.json").write_bytes(data)
    key = read_key(tmp_path / "key.json")
    assert key.sheet in sheet
    assert [q.name for q in key.questions] == list(NAMES)


def test_the_same_order_comes_to_the_same_bytes_and_another_seed_to_others() -> None:
    one, again, other = (files(Order(TITLE, worksheet="find-the-slip", seed=seed)) for seed in (3, 3, 4))
    assert one == again
    assert one != other


def test_the_key_as_a_file_is_json_with_chinese_letters_as_they_are() -> None:
    data = files(Order(TITLE, "zh", "blanks", key=True), "key.md")["key.key.json"]
    assert json.loads(data)["title"] == {"en": "Two losses", "zh": "两个损失"}
    assert "两个损失".encode() in data


def test_titles_of_lemmas_and_of_what_puts_right_are_found() -> None:
    library = certified.library()
    found = check_derivation(library["softmax.loss_gradient"], library)
    assert order.titles([found], library)["softmax.loss_gradient_unnormalised"].zh == "任意权重 y 下 Softmax 交叉熵的梯度"


def test_of_what_is_not_proved_no_worksheet_is_made() -> None:
    library = certified.library()
    refuted = check_derivation(library["audit.jensen_turned_round"], library)
    with pytest.raises(NothingToAsk):
        order.files(Order(TITLE, worksheet="blanks"), [refuted], library, Path("sheet.md"))

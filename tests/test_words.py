"""What a handout says in words."""

from __future__ import annotations

import pytest
from set_plain import said, written

from derive.handout import words
from derive.handout.document import Mark
from derive.handout.formula import Notation
from derive.model import Place, Words
from derive.reading import read_page

GIVENS = [
    ("x: real", "`x` is real", "`x` 为实数"),
    ("x: real, y: real", "`x, y` are real", "`x, y` 为实数"),
    ("N: size, s: real[N]", "`N` is a positive integer; `s_(1), …, s_(N)` are real", "`N` 为正整数; `s_(1), …, s_(N)` 为实数"),
    ("K: size, d: size, W: real[K, d]", "`K, d` are positive integers; `W_(11), …, W_(Kd)` are real",
     "`K, d` 为正整数; `W_(11), …, W_(Kd)` 为实数"),
    ("x: positive", "`x > 0`", "`x > 0`"),
    ("x: nonnegative[2]", "`x_(1), x_(2) ≥ 0`", "`x_(1), x_(2) ≥ 0`"),
    ("a: probability", "`0 < a < 1`", "`0 < a < 1`"),
    ("a: probability[3]", "`a_(1), …, a_(3)` lie strictly between 0 and 1", "`a_(1), …, a_(3)` 严格介于 0 与 1 之间"),
    ("y: label", "`y` is 0 or 1", "`y` 取 0 或 1"),
    ("y: sign", "`y` is −1 or 1", "`y` 取 −1 或 1"),
    ("c: index(3)", "`c` is one of `1, …, 3`", "`c` 取自 `1, …, 3`"),
    ("c: index(2)", "`c` is one of `1, 2`", "`c` 取自 `1, 2`"),
    ("n: integer", "`n` is an integer", "`n` 为整数"),
    ("f: real -> real", "`f: ℝ → ℝ`", "`f: ℝ → ℝ`"),
    ("p: density(real)", "`p` is a density on `ℝ`", "`p` 为 `ℝ` 上的概率密度"),
    ("x: real, x != 0", "`x` is real; `x ≠ 0`", "`x` 为实数; `x ≠ 0`"),
]  # fmt: skip


def strip(given: str, lang: str) -> str:
    page = read_page(f"given {given}\nclaim 1 = 1\n1\n= 1", Place("page", 1))
    return "; ".join(written(t) for t in words.given(page.givens, lang, Notation(lang)))


@pytest.mark.parametrize(("given", "en", "zh"), GIVENS, ids=[g[0] for g in GIVENS])
def test_what_is_given_is_said_in_both_languages(given: str, en: str, zh: str) -> None:
    assert (strip(given, "en"), strip(given, "zh")) == (en, zh)


def test_functions_on_a_set_go_from_it() -> None:
    assert strip("Theta: set, P: Theta -> positive, Q: (real, Theta) -> label", "en") == (
        "`Θ` is a set; `P: Θ → (0, ∞)`; `Q: ℝ × Θ → {0, 1}`"
    )


REASONS = [
    ("log of a product", "Log of a product", "积的对数"),
    ("definition of S", "Definition of `S`", "`S` 的定义"),
    ("cases y", "Cases of `y`", "对 `y` 分情况"),
    ("algebra", "Algebra", "代数运算"),
    ("lemma softmax.total", "By «Softmax sums to 1»", "由“Softmax 之和为 1”"),
    ("lemma other.page", "By «other.page»", "由“other.page”"),
]


@pytest.mark.parametrize(("name", "en", "zh"), REASONS)
def test_reasons_have_their_names_in_both_languages(name: str, en: str, zh: str) -> None:
    titles = {"softmax.total": Words("Softmax sums to 1", "Softmax 之和为 1")}
    assert tuple(written(words.reason(name, lang, titles)) for lang in ("en", "zh")) == (en, zh)


def test_several_reasons_and_the_words_of_the_page_make_one_sentence() -> None:
    free = Words("both are positive", "均为正")
    found = [written(words.reasons(("log of a product", "definition of S"), free, lang, {})) for lang in ("en", "zh")]
    assert found == ["Log of a product, definition of `S`: both are positive", "积的对数，`S` 的定义：均为正"]


def test_a_single_reason_is_a_sentence_where_the_page_says_nothing_itself() -> None:
    assert written(words.reasons(("log of a product",), Words(), "en", {})) == "The logarithm of a product is the sum of the logarithms."
    assert written(words.reasons(("log of a product",), Words("as above"), "en", {})) == "Log of a product: as above"


def test_a_step_without_a_reason_has_the_words_alone() -> None:
    assert words.reasons((), Words("as one sees"), "en", {}) == ("as one sees",)


def test_words_in_one_language_only_stand_once() -> None:
    assert said(words.said(Words("Softmax"), ("en", "zh"))) == ("Softmax",)
    assert said(words.said(Words("loss", "损失"), ("en", "zh"))) == ("loss", "损失")


TYPED = [
    ("-log is convex", "−log is convex"), ("max(0, -s) <= 1", "max(0, −s) ≤ 1"), ("L(-10)/L(-9)", "L(−10)/L(−9)"),
    ("log-sum-exp", "log-sum-exp"), ("find-the-slip-1", "find-the-slip-1"),
    ("p[i]-1", "p[i]-1"), ("so - then", "so - then"), ("--key", "--key"),
]  # fmt: skip


@pytest.mark.parametrize(("typed", "shown"), TYPED)
def test_signs_of_words_are_set_and_hyphens_stay(typed: str, shown: str) -> None:
    assert (words.text(Words(typed), "en"), words.text(Words(zh=typed), "zh")) == (shown, shown)


SENTENCES = [
    ("a certain outcome has entropy 0", "A certain outcome has entropy 0."),
    ("log(p) = 0 fails", "log(p) = 0 fails."),
    ("m = 1 is left", "m = 1 is left."),
    ("", ""),
]


@pytest.mark.parametrize(("written", "shown"), SENTENCES)
def test_what_is_expected_is_said_in_a_sentence(written: str, shown: str) -> None:
    assert words.sentence(Words(written)) == Words(shown)


def test_every_mark_and_every_label_has_words_in_both_languages() -> None:
    assert set(words.MARKS) == set(Mark)
    assert [w for w in (*words.MARKS.values(), *words.LABELS.values(), *words.NAMED.values()) if not all(w)] == []

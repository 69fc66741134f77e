"""The rules as sentences."""

from __future__ import annotations

import certified

from derive.handout.sentences import SENTENCES
from derive.reasons import FIXED, rule_names


def test_every_sentence_is_of_a_reason_that_there_is_and_in_both_languages() -> None:
    assert set() == set(SENTENCES) - {*FIXED, *rule_names().values()}
    assert [name for name, words in SENTENCES.items() if not (words.en.endswith(".") and words.zh.endswith("。"))] == []


def test_most_steps_of_the_book_that_say_nothing_themselves_have_a_sentence() -> None:
    lines = [line for d in certified.library().values() for line in d.page.lines[1:] if len(line.reasons) == 1 and not any(line.words)]
    plain = [line.reasons[0] for line in lines if line.reasons[0] in {*FIXED, *rule_names().values()}]
    assert sum(r in SENTENCES for r in plain) > 0.9 * len(plain)

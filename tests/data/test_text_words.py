"""Words in every script: what stands between spaces, and characters where there are none."""

from __future__ import annotations

import re
from dataclasses import asdict, replace

import numpy as np
import polars as pl
from sklearn.feature_extraction.text import CountVectorizer

from goodfit.data.tables.column_types import infer_type
from goodfit.data.tables.free_text import FreeText
from goodfit.data.tables.text_words import word_pattern, words_in_each

HINDI = "हिन्दी भाषा में बहुत अच्छी किताब"
GOOD, BAD, OTHER = ["很好", "精彩", "喜欢"], ["糟糕", "失望", "无聊"], ["这部电影", "演员", "故事", "今天看了"]


def reviews(rows: int = 120) -> list[str]:
    """Chinese sentences without a space; every second one is good."""
    random = np.random.default_rng(0)
    return [
        "".join(random.choice(OTHER) + random.choice(GOOD if row % 2 else BAD) for _ in range(4)) + "。"
        for row in range(rows)
    ]


def test_words_between_spaces_are_what_stands_there_in_any_script() -> None:
    for text in (HINDI, "Это очень хорошая книга", "שלום לכם", "οι καλές ταινίες", "தமிழ் மொழி"):
        assert re.findall(word_pattern(), text) == text.split()


def test_of_latin_letters_they_are_those_of_scikit_learn() -> None:
    text = "It's a café, 3.50 or no_1 - the rest: ÄÖ x yz"
    assert re.findall(word_pattern(), text) == CountVectorizer().build_tokenizer()(text)


def test_where_no_space_is_each_character_is_a_word_and_so_is_an_emoji() -> None:
    assert re.findall(word_pattern(), "电影很好 ok!") == ["电", "影", "很", "好", "ok"]
    assert re.findall(word_pattern(), "good 😀😀") == ["good", "😀", "😀"]
    assert words_in_each(pl.Series(["这部电影很好看我喜欢", "one two three", "张三"])).to_list() == [5.0, 3.0, 1.0]


def test_chinese_sentences_are_free_text_and_names_are_not() -> None:
    none: tuple[str, ...] = ()
    kind = infer_type(
        pl.Series("c", [f"{text}{row}" for row, text in enumerate(reviews())]),
        categorical=none,
        numeric=none,
        ignore=none,
    )
    assert kind.name == "text"
    names = [f"{chr(0x4E00 + row)}{chr(0x5E00 + row)}" for row in range(120)]
    assert infer_type(pl.Series("c", names), categorical=none, numeric=none, ignore=none).name == "left out"


def test_the_directions_of_chinese_reviews_tell_good_from_bad() -> None:
    text = FreeText.learn(pl.Series("c", reviews()))
    assert text is not None
    places = text.places(pl.Series("c", reviews()))
    good, bad = places[1::2], places[::2]
    between = good.mean(axis=0) - bad.mean(axis=0)
    assert (good @ between).min() > (bad @ between).max()


def test_a_run_of_before_reads_words_as_it_did() -> None:
    text = FreeText.learn(pl.Series("c", ["good 😀 film", "bad film", "good film"] * 20))
    assert text is not None
    assert "good 😀" in text.terms
    kept = asdict(replace(text, terms=["bad", "film", "good film"], every_script=False))
    del kept["every_script"]  # it was not there
    before = FreeText(**kept)
    np.testing.assert_array_equal(before._known.transform(["good 😀 film"]).toarray(), [[0, 1, 1]])

"""Free text as places along directions, held against scikit-learn's own TF-IDF and NumPy's singular vectors."""

from __future__ import annotations

import json
from dataclasses import asdict

import numpy as np
import polars as pl
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer

from goodfit.data.tables.column_types import ColumnType
from goodfit.data.tables.encoder import Encoder
from goodfit.data.tables.free_text import DIRECTIONS_AT_LEAST, FreeText
from goodfit.errors import DataError

ANIMALS, TRADES = ["cat", "dog", "horse", "cow", "hen"], ["baker", "smith", "tailor", "miller", "mason"]


def sentences(rows: int = 200) -> list[str]:
    random = np.random.default_rng(0)
    return [" ".join(random.choice([ANIMALS, TRADES][row % 2], size=6).tolist()) for row in range(rows)]


@pytest.fixture(scope="module")
def learnt() -> FreeText:
    text = FreeText.learn(pl.Series("notes", sentences()))
    assert text is not None
    return text


def test_places_are_those_of_the_singular_vectors_of_tf_idf(learnt: FreeText) -> None:
    vectorizer = TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True, norm=None)
    whole = vectorizer.fit_transform(sentences()).toarray()
    whole *= np.where([" " in name for name in vectorizer.get_feature_names_out()], 0.6, 1.0)  # a pair's share
    whole /= np.linalg.norm(whole, axis=1, keepdims=True)
    count = len(learnt.means)
    assert count == 200 // 12
    exact = whole @ np.linalg.svd(whole, full_matrices=False)[2][:count].T
    ours = learnt.places(pl.Series("notes", sentences())) * learnt.deviations + learnt.means
    signs = np.sign((exact * ours).sum(axis=0))
    first = slice(0, 5)  # the later ones lie close together, and a vector of two such may be turned
    assert np.abs(ours * signs - exact)[:, first].max() < 0.02  # weights are kept as bytes: 1/254 of a term's largest


def test_places_of_the_training_rows_are_z_scores(learnt: FreeText) -> None:
    places = learnt.places(pl.Series("notes", sentences()))
    np.testing.assert_allclose(places.mean(axis=0), 0, atol=1e-9)
    np.testing.assert_allclose(places.std(axis=0), 1, atol=1e-9)


def test_the_first_directions_tell_the_two_subjects_apart(learnt: FreeText) -> None:
    """No text shares a word with the other subject, so that these two are the largest groups."""
    places = learnt.places(pl.Series("notes", sentences()))[:, :2]
    animals, trades = places[::2], places[1::2]
    between = animals.mean(axis=0) - trades.mean(axis=0)
    assert ((animals @ between).min()) > ((trades @ between).max())


def test_rows_of_unknown_words_stand_where_an_empty_cell_does(learnt: FreeText) -> None:
    unknown, empty, gap = learnt.places(pl.Series("notes", ["zebra quagga", "", None]))
    np.testing.assert_array_equal(unknown, empty)
    np.testing.assert_array_equal(gap, empty)
    np.testing.assert_allclose(empty * learnt.deviations, -np.array(learnt.means))


def test_what_is_no_text_says_nothing(learnt: FreeText) -> None:
    (empty,) = learnt.places(pl.Series("notes", [""]))
    for cells in ([["cat"], ["dog"]], [{"a": 1}, {"a": 2}], [1.5, 2.5], [True, False]):
        places, terms = learnt.read(pl.Series("notes", cells))
        np.testing.assert_array_equal(places, [empty, empty])
        assert learnt.says_nothing(places.astype(np.float32), terms).all()
    places, terms = learnt.read(pl.Series("notes", ["a cat"]))
    assert not learnt.says_nothing(places.astype(np.float32), terms).any()


def test_a_word_of_one_training_text_is_known() -> None:
    """It has no direction: no two texts share it."""
    text = FreeText.learn(pl.Series("notes", [*sentences(), "quagga"]))
    assert text is not None
    places, terms = text.read(pl.Series("notes", ["quagga", "zebra"]))
    assert text.says_nothing(places.astype(np.float32), terms).tolist() == [False, True]


def test_capitals_signs_and_spaces_do_not_matter(learnt: FreeText) -> None:
    plain, written = learnt.places(pl.Series("notes", ["cat dog horse", "  Cat, DOG\n\u200bhorse! "]))
    np.testing.assert_array_equal(plain, written)


def test_written_as_json_and_read_it_is_the_same() -> None:
    frame = pl.DataFrame({"notes": sentences(), "size": list(range(200)), "kind": ["a", "b"] * 100})
    kinds = {"notes": ColumnType("text", ""), "size": ColumnType("number", ""), "kind": ColumnType("category", "")}
    encoder = Encoder.learn(frame, kinds, np.arange(150))
    again = Encoder.from_json(json.loads(json.dumps(encoder.to_json())))
    rows = encoder.encode(frame)
    np.testing.assert_array_equal(again.encode(frame), rows)
    np.testing.assert_array_equal(np.concatenate([again.encode(frame[row]) for row in range(20)]), rows[:20])
    assert rows.shape == (200, 1 + len(encoder.texts[0].means) + 1)
    assert len(encoder.names) == rows.shape[1] == len(encoder.sources_of_values)
    assert set(rows[:, -1].tolist()) == {2.0, 3.0}  # the codes of a and b, behind all else
    assert encoder.sources == ["size", "notes", "kind"]


def test_few_rows_have_few_directions() -> None:
    text = FreeText.learn(pl.Series("notes", sentences(30)))
    assert text is not None
    assert len(text.means) == DIRECTIONS_AT_LEAST
    assert len(asdict(text)["terms"]) >= len(ANIMALS) + len(TRADES)


def test_texts_that_share_no_word_say_nothing() -> None:
    alone = pl.Series("notes", [f"word{row}" for row in range(40)])
    assert FreeText.learn(alone) is None
    with pytest.raises(DataError, match="no column is left to learn from"):
        Encoder.learn(alone.to_frame(), {"notes": ColumnType("text", "")}, np.arange(40))

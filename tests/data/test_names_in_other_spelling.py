"""Users, items and labels of new rows in another spelling than the run's; columns that are named twice."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest

import goodfit as gf
from goodfit.data.tables.known_names import codes_of, respelt
from goodfit.errors import DataError, UsageError


@pytest.mark.parametrize(
    ("known", "new", "codes"),
    [
        (["u1", "u2"], ["U1", "u2", "U3"], [1, 2, 0]),
        (["0007", "0012"], ["7", "12.0", "8"], [1, 2, 0]),
        (["7", "12"], ["007", "12", "7"], [1, 2, 1]),
        (["a1", "A1"], ["a1", "A1", "á1"], [1, 2, 0]),  # two users
        (["Anna Berg", "Bo"], ["anna  berg", "ANNA-BERG", "bo"], [1, 1, 2]),
    ],
)
def test_a_name_in_another_spelling_is_the_one_that_is_known(
    known: list[str], new: list[str], codes: list[int]
) -> None:
    names, notes = respelt(pl.Series("who", new), known)
    assert codes_of(names, known).tolist() == codes
    assert bool(notes) == (names.to_list() != new)


def ratings() -> pl.DataFrame:
    rows = [(f"u{user}", f"{item:03d}", (user * item) % 5 + 1) for user in range(12) for item in range(12)]
    return pl.DataFrame(rows, schema=["who", "film", "stars"], orient="row")


def test_predictions_recommendations_and_neighbours_know_other_spellings(tmp_path: Path) -> None:
    options = {"user": "who", "item": "film", "target": "stars", "epochs": 1, "rivals": "none"}
    run = gf.fit(ratings(), out=tmp_path / "run", **options)  # type: ignore[arg-type]  # keywords of several types
    new = ratings().with_columns(pl.col("who").str.to_uppercase(), pl.col("film").cast(pl.Int64))
    predicted = run.predict(new)
    assert predicted["prediction"] == run.predict(ratings())["prediction"]
    assert [note[:2] for note in predicted.notes] == [("read as", "who: 144 cells"), ("read as", "film: 144 cells")]
    assert "read as who: 144 cells" in repr(predicted)
    assert run.recommend("U3", 4) == run.recommend("u3", 4)
    assert run.similar("7", 3) == run.similar("007", 3)


def test_one_column_for_two_things_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "stars.csv"
    ratings().write_csv(path)
    for user, item, target in (("who", "who", "stars"), ("who", "film", "film")):
        source = gf.ratings(path, user=user, item=item, target=target)
        with pytest.raises(UsageError, match="are both"):
            source.prepare()


@pytest.fixture(scope="module")
def of_0_and_1(tmp_path_factory: pytest.TempPathFactory) -> Any:
    rows = pl.DataFrame({"a": [float(at * 7 % 50) for at in range(60)]}).with_columns(ill=(pl.col("a") > 25).cast(int))
    return gf.fit(rows, target="ill", epochs=1, rivals="none", out=tmp_path_factory.mktemp("runs") / "run")


@pytest.mark.parametrize("words", [("yes", "no"), ("TRUE", "FALSE"), ("1.0", "0.0"), ("Y", "N"), ("ja", "nein")])
def test_yes_and_no_are_1_and_0_in_evaluate(of_0_and_1: Any, words: tuple[str, str]) -> None:
    a = [at * 7 % 50 + 0.25 for at in range(60)]
    labels = [int(value > 25) for value in a]
    with_numbers = of_0_and_1.evaluate(pl.DataFrame({"a": a, "ill": labels}))
    with_words = of_0_and_1.evaluate(pl.DataFrame({"a": a, "ill": [words[1 - label] for label in labels]}))
    assert with_words["metrics"] == with_numbers["metrics"]


def test_words_that_are_no_classes_name_the_classes(of_0_and_1: Any) -> None:
    new = pl.DataFrame({"a": [1.0, 2.0, 40.0], "ill": ["positive", "negative", "1"]})
    with pytest.raises(DataError, match=r"'positive' is not among the training rows' classes \(0, 1\)"):
        of_0_and_1.evaluate(new)


def test_a_dictionary_of_predictions_is_their_table(of_0_and_1: Any) -> None:
    predicted = of_0_and_1.predict(pl.DataFrame({"a": [1.0, 40.0]}))
    assert dict(predicted) == predicted.table()
    assert predicted["key"] == ["0", "1"]
    assert list(predicted.keys()) == list(predicted.frame().columns)


def test_a_folder_with_a_finished_run_is_said_to_hold_one(of_0_and_1: Any) -> None:
    rows = pl.DataFrame({"a": [1.0, 2.0] * 20, "ill": [0, 1] * 20})
    with pytest.raises(gf.GoodfitError, match="holds a finished run") as raised:
        gf.fit(rows, target="ill", out=of_0_and_1.folder)
    assert "more" in str(raised.value)

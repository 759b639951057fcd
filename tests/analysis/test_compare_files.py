"""What `goodfit compare` takes for the same rows, classes and probabilities in files of anybody."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest
from sklearn.metrics import log_loss
from test_compare import write

import goodfit
from goodfit.errors import DataError, GoodfitError, UsageError


def test_different_rows_are_refused_with_how_many(tmp_path: Path) -> None:
    a = write(tmp_path / "a.csv", ["id", "truth", "prediction"], [[at, "x", "x"] for at in range(10)])
    b = write(tmp_path / "b.csv", ["id", "truth", "prediction"], [[at, "x", "y"] for at in range(4, 16)])
    with pytest.raises(UsageError) as error:
        goodfit.compare(a, b)
    assert "a has 10 rows, b 12 rows, of which 6 are the same; 4 only in a (0, 1, 2, ...)" in str(error.value)
    assert "6 only in b (10, 11, 12, ...)" in str(error.value)


def test_a_key_is_one_whoever_wrote_it(tmp_path: Path) -> None:
    """pandas writes whole numbers beside a gap as 1.0, and spreadsheets lose zeros, which is said."""
    truth = ["x", "y"] * 6
    a = write(tmp_path / "a.csv", ["id", "truth", "prediction"], [[at, y, y] for at, y in enumerate(truth)])
    floats = [[f"{at}.0", y, "x"] for at, y in reversed(list(enumerate(truth)))]
    b = write(tmp_path / "b.csv", ["id", "truth", "prediction"], floats)
    pair = goodfit.compare(a, b).pairs[0]
    assert pair.values == (1.0, 0.5)
    codes = write(
        tmp_path / "c.csv", ["id", "truth", "prediction"], [[f"{at:03d}", y, y] for at, y in enumerate(truth)]
    )
    paired = goodfit.compare(a, codes)
    assert paired.pairs[0].values == (1.0, 1.0)
    assert any("the keys 0 and 000 are read as one" in note for note in paired.notes)
    other = write(tmp_path / "o.csv", ["id", "truth", "prediction"], [[f"{at:03d}", "x", "x"] for at in range(12)])
    with pytest.raises(UsageError, match="the truth differs"):
        goodfit.compare(a, other)
    both = write(tmp_path / "d.csv", ["id", "truth", "prediction"], [["1", "x", "x"], ["1.0", "y", "y"]])
    other = write(tmp_path / "e.csv", ["id", "truth", "prediction"], [["1.0", "y", "y"], ["1", "x", "x"]])
    assert goodfit.compare(both, other).pairs


@pytest.mark.parametrize("words", [{"no": "No", "yes": "YES"}, {"no": "0", "yes": "1"}, {"no": "False", "yes": "True"}])
def test_predictions_in_another_spelling_are_the_classes_of_the_truth(tmp_path: Path, words: dict[str, str]) -> None:
    """Of 12 rows 9 are right; by their spelling none would be."""
    truth = ["no", "yes"] * 6
    predicted = [*truth[:9], *("no" if label == "yes" else "yes" for label in truth[9:])]
    names = ["id", "truth", "prediction"]
    a = write(tmp_path / "a.csv", names, [[at, y, y] for at, y in enumerate(truth)])
    rows = [[at, y, words[p]] for at, (y, p) in enumerate(zip(truth, predicted, strict=True))]
    result = goodfit.compare(a, write(tmp_path / "b.csv", names, rows))
    assert result.pairs[0].values == (1.0, 0.75)
    assert any("another spelling of the truth's classes" in note for note in result.notes)
    alone = [[at, words[p]] for at, p in enumerate(predicted)]  # the truth stands in the other file
    result = goodfit.compare(a, write(tmp_path / "c.csv", ["id", "prediction"], alone))
    assert result.pairs[0].values == (1.0, 0.75)
    assert any("another spelling of the truth's classes" in note for note in result.notes)


def test_predictions_of_other_classes_are_refused(tmp_path: Path) -> None:
    a = write(tmp_path / "a.csv", ["truth", "prediction"], [["cat", "a"], ["dog", "b"]] * 4)
    with pytest.raises(GoodfitError, match="no predicted class"):
        goodfit.compare(a, a)


def test_equal_keys_of_other_data_are_refused(tmp_path: Path) -> None:
    a = write(tmp_path / "a.csv", ["id", "truth", "prediction"], [[at, "xy"[at % 2], "x"] for at in range(10)])
    b = write(tmp_path / "b.csv", ["id", "truth", "prediction"], [[at, "xyy"[at % 3], "x"] for at in range(10)])
    with pytest.raises(
        UsageError,
        match=r"the truth differs in 5 of 10 rows with the same key, the first of them row 2: x in a, y in b",
    ):
        goodfit.compare(a, b)


def test_row_numbers_of_other_data_are_not_counted_as_the_same_rows(tmp_path: Path) -> None:
    """Test rows of two unrelated tables: some of their numbers are the same, and by chance some of their truths."""
    a = write(tmp_path / "a.csv", ["row", "truth", "prediction"], [[at, "xy"[at % 2], "x"] for at in range(10)])
    b = write(tmp_path / "b.csv", ["row", "truth", "prediction"], [[at, "xyy"[at % 3], "x"] for at in range(7, 19)])
    with pytest.raises(UsageError, match=r"the truth differs in 2 of 3 rows with the same key, .* row 8: x in a, y in"):
        goodfit.compare(a, b)
    b = write(tmp_path / "b.csv", ["row", "truth", "prediction"], [[at, "ab"[at % 2], "a"] for at in range(9, 19)])
    with pytest.raises(UsageError, match=r"the truth differs in 1 of 1 row with the same key, the first of them row 9"):
        goodfit.compare(a, b)


def test_rows_without_keys_are_paired_by_order_and_that_is_said(tmp_path: Path) -> None:
    a = write(tmp_path / "a.csv", ["truth", "prediction"], [["cat", "cat"], ["dog", "cat"]] * 10)
    b = write(tmp_path / "b.csv", ["truth", "prediction"], [["cat", "cat"], ["dog", "dog"]] * 10)
    assert any("paired by their order" in note for note in goodfit.compare(a, b).notes)
    shorter = write(tmp_path / "c.csv", ["truth", "prediction"], [["cat", "cat"]] * 19)
    with pytest.raises(UsageError, match="a has 20 rows, c 19, and no key tells which are the same"):
        goodfit.compare(a, shorter)


@pytest.mark.parametrize(
    ("names", "rows", "words"),
    [
        (["truth", "what"], [["a", "b"]], "no column of predictions is recognised among truth, what"),
        (["truth", "prediction"], [["a", "b"], ["a", ""]], "has no value in 1 row, the first of them row 2"),
        (["truth", "p_a", "p_b"], [["a", 0.5, 0.5], ["b", 2, 3]], "of row 2 are not shares that sum to 1"),
        (["truth", "prediction", "p_a", "p_c"], [["a", "c", 0.5, 0.5], ["b", "a", 1, 0]], "of the class 'b'"),
    ],
)  # fmt: skip
def test_files_that_cannot_be_read_are_one_clear_line(
    tmp_path: Path, names: list[str], rows: list[list[Any]], words: str
) -> None:
    a = write(tmp_path / "a.csv", names, rows)
    with pytest.raises(DataError) as error:
        goodfit.compare(a, a)
    assert words in str(error.value)
    assert "a.csv" in str(error.value)


def test_other_columns_of_a_table_of_numbers_are_no_probabilities(tmp_path: Path) -> None:
    rows = [[at, 1.5 * at, 1.4 * at, 0.5, 0.2, 0.9, "1,5 and 1.5"] for at in range(12)]
    names = ["id", "target", "prediction", "score", "p_value", "p_adj", "note"]
    path = write(tmp_path / "a.csv", names, rows)
    assert goodfit.compare(path, path).compared.entries[0].kind == "numbers"


def test_a_class_is_one_however_it_is_spelt(tmp_path: Path) -> None:
    """As pandas writes predictions that are floats, and as Parquet and other programs write booleans."""
    whole = write(tmp_path / "a.csv", ["id", "truth", "prediction"], [[1, 0, "0.0"], [2, 1, "1.0"], [3, 1, "0.0"]])
    floats = write(tmp_path / "b.csv", ["id", "truth", "prediction"], [[1, "0.0", 0], [2, "1.0", 1], [3, "1.0", 1]])
    assert goodfit.compare(whole, floats).to_json()["metrics"]["a"]["accuracy"] == pytest.approx(2 / 3)
    said = write(tmp_path / "c.csv", ["id", "truth", "prediction"], [[1, "True", "False"], [2, "False", "False"]])
    frame = pl.DataFrame({"id": [2, 1], "truth": [False, True], "prediction": [False, True]})
    frame.write_parquet(tmp_path / "d.parquet")
    values = goodfit.compare(said, tmp_path / "d.parquet").to_json()["metrics"]
    assert (values["c"]["accuracy"], values["d"]["accuracy"]) == (0.5, 1.0)
    versions = write(tmp_path / "e.csv", ["truth", "prediction"], [["1.1", "1.10"], ["1.10", "1.10"], ["1.1", "1.1"]])
    result = goodfit.compare(versions, versions, task="classes")
    assert result.compared.entries[0].classes == ("1.1", "1.10")


def test_a_column_of_probabilities_is_a_prediction(tmp_path: Path) -> None:
    y = [0, 1, 1, 0, 1, 0]
    shares = [0.2, 0.8, 0.4, 0.1, 0.9, 0.6]
    a = write(tmp_path / "a.csv", ["y_true", "y_pred"], zip(y, shares, strict=True))
    b = write(tmp_path / "b.csv", ["y_true", "y_pred"], zip(y, [0, 1, 1, 0, 0, 0], strict=True))
    result = goodfit.compare(a, b)
    assert result.to_json()["metrics"]["a"]["accuracy"] == pytest.approx(4 / 6)
    assert "a: 'y_pred' is read as the probability of 1" in result.notes


@pytest.mark.parametrize(
    ("labels", "columns"),
    [
        (["Hund (klein)", "Hund (groß)"], ["p_Hund (klein)", "p_Hund (groß)"]),
        (["-1", "+1"], ["p_-1", "p_+1"]),
        (["a", "b"], ["P(a)", "prob[b]"]),
        (["a (x)", "b"], ["P(a (x))", "proba: b"]),
        (["two\nlines", "=1+1"], ["p_two\nlines", "p_=1+1"]),
        (["_x", "(y)"], ["p__x", "p_(y)"]),
    ],
)
def test_probabilities_are_found_whatever_a_class_is_called(
    tmp_path: Path, labels: list[str], columns: list[str]
) -> None:
    shares = [0.9, 0.2, 0.7, 0.4, 0.6]
    rows = [[labels[at % 2], labels[share < 0.5], share, 1 - share] for at, share in enumerate(shares)]
    file = write(tmp_path / "a.csv", ["truth", "prediction", *columns], rows)
    compared = goodfit.compare(file, file)
    loss = next(pair for pair in compared.pairs if pair.metric.name == "log_loss")
    assert loss.values[0] == pytest.approx(log_loss([at % 2 for at in range(5)], [1 - share for share in shares]))


def test_scores_of_images_are_no_predictions(tmp_path: Path) -> None:
    file = write(
        tmp_path / "predictions.csv", ["key", "pixel_accuracy", "log_loss", "error"], [["a.png", 0.9, 0.2, ""]]
    )
    with pytest.raises(DataError, match="Compare the runs themselves"):
        goodfit.compare(file, file)

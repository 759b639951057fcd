"""What columns predictions have besides the prediction: users and items of ratings; classes too many for p_ columns."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from command import goodfit

import goodfit as gf

RANDOM = np.random.default_rng(1)
USERS = RANDOM.integers(100, 130, 600)
FILMS = [f"film {number}" for number in RANDOM.integers(0, 20, 600)]
QUICK: dict[str, Any] = {"epochs": 2, "quiet": True}


def stars(user: str = "who", item: str = "what") -> pl.DataFrame:
    rated = RANDOM.integers(1, 6, 600)
    return pl.DataFrame({user: USERS, item: FILMS, "stars": rated})


@pytest.fixture(scope="module")
def rated(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, pl.DataFrame]:
    """A run, and its data."""
    folder, data = tmp_path_factory.mktemp("rated"), stars()
    data.write_csv(folder / "stars.csv")
    fit = ("fit", folder / "stars.csv", "--user", "who", "--item", "what", "--target", "stars", "--epochs", 2)
    assert goodfit(*fit, "--quiet", "--out", folder / "run") == 0
    return folder / "run", data


def test_predictions_of_ratings_name_user_and_item_first(rated: tuple[Path, pl.DataFrame]) -> None:
    folder, data = rated
    written = pl.read_csv(folder / "predictions.csv")
    assert written.columns == ["key", "who", "what", "truth", "prediction", "error"]
    of_rows = data[written["key"].to_list()]
    assert written["who"].to_list() == of_rows["who"].to_list()
    assert written["what"].to_list() == of_rows["what"].to_list()
    assert written["truth"].to_list() == of_rows["stars"].to_list()


def test_a_file_of_ratings_is_compared_and_predicted(
    rated: tuple[Path, pl.DataFrame], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, _ = rated
    assert goodfit("compare", folder, folder / "predictions.csv") == 0
    assert "their predictions are equal in every row" in capsys.readouterr().out
    result = gf.compare(folder, folder / "predictions.csv")
    assert result.compared.entries[1].kind == "numbers"
    assert all((pair.difference.low, pair.difference.high) == (0, 0) for pair in result.pairs)
    for ending in ("csv", "parquet"):
        again = tmp_path / f"again.{ending}"
        assert goodfit("predict", folder, folder / "predictions.csv", "-o", again) == 0
        new = pl.read_csv(again) if ending == "csv" else pl.read_parquet(again)
        old = pl.read_csv(folder / "predictions.csv")
        assert new.columns == ["key", "who", "what", "prediction", "fallback", "error"]
        assert new["who"].cast(pl.Int64).to_list() == old["who"].to_list()  # cells of a file of text are texts
        assert new["what"].to_list() == old["what"].to_list()
        assert new["prediction"].to_list() == pytest.approx(old["prediction"].to_list(), abs=1e-5)


def test_choices_and_columns_that_are_called_like_ours(tmp_path: Path) -> None:
    """Of choices too; a column of users that is called key, and one of items that is called truth."""
    data = stars("key", "truth")
    run = gf.fit(gf.ratings(data, "key", "truth", "stars"), out=tmp_path / "run", **QUICK)
    columns = pl.read_csv(run.folder / "predictions.csv").columns
    assert columns == ["key", "key of the data", "truth of the data", "truth", "prediction", "error"]
    assert gf.compare(run, run.folder / "predictions.csv").pairs[0].difference.value == 0
    choices = gf.fit(gf.ratings(stars(), "who", "what"), out=tmp_path / "choices", **QUICK)
    assert pl.read_csv(choices.folder / "predictions.csv").columns[:3] == ["key", "who", "what"]
    frame = choices.predict(stars().head(3)).frame()
    assert frame["who"].to_list() == USERS[:3].tolist()
    assert frame["what"].to_list() == FILMS[:3]


def test_users_without_a_name_stay_empty(rated: tuple[Path, pl.DataFrame]) -> None:
    predictions = gf.load(rated[0]).predict(pl.DataFrame({"who": [101, None], "what": ["film 1", None]}))
    assert predictions["who"] == [101, None]
    assert predictions["what"] == ["film 1", None]


@pytest.mark.parametrize("classes", [100, 101])
def test_too_many_classes_for_probabilities_are_said(
    tmp_path: Path, classes: int, capsys: pytest.CaptureFixture[str]
) -> None:
    number = np.tile(np.arange(classes), 8)
    table = tmp_path / "plants.csv"
    pl.DataFrame({"x": number + RANDOM.normal(0, 0.1, len(number)), "plant": [f"s{at}" for at in number]}).write_csv(
        table
    )
    fit = ("fit", table, "--target", "plant", "--arch", "linear", "--epochs", 1, "--folds", 1, "--rivals", "none")
    assert goodfit(*fit, "--out", tmp_path / "run") == 0
    printed = "".join(capsys.readouterr())
    words = f"{classes} classes without p_ columns"
    assert (words in printed) == (classes > 100)
    columns = pl.read_csv(tmp_path / "run" / "predictions.csv").columns
    assert sum(name.startswith("p_") for name in columns) == (classes if classes <= 100 else 0)
    assert {"truth", "prediction", "confidence"} <= set(columns)
    assert goodfit("predict", tmp_path / "run", table, "-o", tmp_path / "new.csv") == 0
    assert (words in "".join(capsys.readouterr())) == (classes > 100)

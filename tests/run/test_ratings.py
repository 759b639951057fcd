"""Ratings from the file to the prediction."""

from __future__ import annotations

import dataclasses
import functools
import importlib
import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from command import goodfit

import goodfit as gf
from goodfit.data.sources import ratings
from goodfit.errors import DataError
from goodfit.nets import architecture
from goodfit.tasks.rating_activity import by_activity

pytestmark = pytest.mark.plots

USERS, ITEMS = 60, 40


def table() -> pl.DataFrame:
    """Ratings 1 to 5 by two tastes: half of the users like the even items, the others the odd ones."""
    random = np.random.default_rng(0)
    user, item = np.divmod(random.permutation(USERS * ITEMS)[:1500], ITEMS)
    likes = np.where((user % 2) == (item % 2), 4.3, 1.7) + random.normal(0, 0.4, len(user))
    return pl.DataFrame(
        {
            "who": [f"u{number}" for number in user],
            "what": [f"film {number}" for number in item],
            "stars": likes.round().clip(1, 5),
            "when": np.arange(len(user)),
        }
    )


@pytest.fixture(scope="module")
def fitted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("ratings") / "run"
    gf.fit(gf.ratings(table(), "who", "what", "stars"), out=folder, epochs=16, quiet=True).release()
    return folder


def test_a_csv_of_ratings_becomes_a_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table().write_csv(tmp_path / "stars.csv")
    fit = ("fit", tmp_path / "stars.csv", "--user", "who", "--item", "what", "--target", "stars")
    assert goodfit(*fit, "--out", tmp_path / "run", "--json") == 0
    captured = capsys.readouterr()
    result = json.loads(captured.out)
    assert result["task"] == "rating"
    assert result["metrics"]["test"]["rmse"]["value"] < 0.8  # users' and items' means alone leave 1.3
    assert "60 users in 'who', 40 items in 'what'" in captured.err
    assert (tmp_path / "run" / "report.html").stat().st_size > 10_000


def test_of_many_ratings_a_sample_of_the_items_speaks_for_a_user(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ratings, "RATINGS_OF_WHOLE_HISTORIES", 1_000)
    monkeypatch.setattr(ratings, "HISTORY_AT_MOST", 6)  # of 25 that a user has rated
    source = gf.ratings(table(), "who", "what", "stars")
    run = gf.fit(source, out=tmp_path / "run", epochs=16)
    assert ("history", "6 items a user") in [note[:2] for note in source.notes]  # printed before the fit
    assert run.record.net.options["history_at_most"] == 6
    assert run.metrics["test"]["rmse"].value < 0.8  # as with all of them
    pairs = table().head(20)
    before, again = list(run.predict(pairs)["prediction"]), gf.load(tmp_path / "run")
    assert again.record.net.options["history_at_most"] == 6
    assert list(again.predict(pairs)["prediction"]) == before
    run.release()


def test_predictions_stay_in_the_range_of_the_ratings(fitted: Path) -> None:
    run = gf.load(fitted)
    pairs = pl.DataFrame(
        {
            "who": [f"u{number}" for number in range(60) for _ in range(40)],
            "what": [f"film {number}" for number in range(40)] * 60,
        }
    )
    found = np.array(run.predict(pairs)["prediction"])
    assert found.min() >= 1
    assert found.max() <= 5
    even = np.add.outer(np.arange(60), np.arange(40)).ravel() % 2 == 0
    assert found[even].mean() > 3.8
    assert found[~even].mean() < 2.2


def test_users_and_items_never_seen_get_the_fall_back_and_a_word(fitted: Path) -> None:
    run = gf.load(fitted)
    new = pl.DataFrame({"what": ["film 1", "film 2", "film 999", "film 999"], "who": ["u1", "nobody", "u1", "nobody"]})
    predictions = run.predict(new)
    assert predictions["fallback"] == [
        None,
        "user not seen: the item's mean",
        "item not seen: the user's mean",
        "neither seen: the overall mean",
    ]
    assert predictions["prediction"][3] == pytest.approx(run.record.task["means"][0], abs=1e-4)
    with pytest.raises(gf.GoodfitError, match="--item what: there is no such column"):
        run.predict(new.drop("what"))


def test_a_later_table_is_scored_by_its_columns(fitted: Path) -> None:
    run = gf.load(fitted)
    later = table()[:200].select("stars", "what", "who")
    result = run.evaluate(later)
    predicted = np.array(run.predict(later)["prediction"])
    squares = ((predicted - later["stars"].to_numpy()) ** 2).sum()
    parts = result["metrics"]
    assert sum(result["rows"][part] * parts[part]["rmse"]["value"] ** 2 for part in parts) == pytest.approx(squares)


def test_ratings_are_split_by_user_and_by_time(tmp_path: Path) -> None:
    frame = table()
    gf.fit(gf.ratings(frame, "who", "what", "stars", group="who"), out=tmp_path / "a", epochs=1, quiet=True)
    parts = pl.read_csv(tmp_path / "a" / "split.csv").with_columns(who=frame["who"])
    assert parts.group_by("who").agg(pl.col("part").n_unique())["part"].max() == 1
    gf.fit(gf.ratings(frame, "who", "what", "stars", time="when"), out=tmp_path / "b", epochs=1, quiet=True)
    order = pl.read_csv(tmp_path / "b" / "split.csv")["part"].to_list()
    assert order == sorted(order, key=["train", "valid", "test"].index)


def test_a_rating_that_is_no_number_is_named() -> None:
    frame = table().with_columns(
        stars=pl.when(pl.int_range(pl.len()) == 7).then(pl.lit("good")).otherwise(pl.col("stars").cast(pl.String))
    )
    with pytest.raises(DataError, match="column 'stars': 'good' is not a rating"):
        gf.ratings(frame, "who", "what", "stars").prepare()


def test_recommendations_are_the_best_items_that_the_user_has_not_rated(fitted: Path, tmp_path: Path) -> None:
    run = gf.load(fitted)
    known = set(table().filter(pl.col("who") == "u4")["what"])  # in training, validation or test rows
    everything = [f"film {number}" for number in range(ITEMS)]
    found = run.recommend("u4", n=5)
    assert len(found) == 5
    left = [film for film in everything if film not in known]
    predicted = run.predict(pl.DataFrame({"who": ["u4"] * len(left), "what": left}))["prediction"]
    best = sorted(zip(predicted, left, strict=True), reverse=True)
    np.testing.assert_allclose([rating for _, rating in found], [rating for rating, _ in best[:5]], atol=1e-3)
    assert not known & {film for film, _ in found}
    assert all(int(film.split()[1]) % 2 == 0 for film, _ in found)  # u4 likes the even ones
    assert goodfit("recommend", fitted, "-n", 3, "-o", tmp_path / "all.csv") == 0
    lines = pl.read_csv(tmp_path / "all.csv")
    assert lines.columns == ["user", "place", "item", "prediction"]
    assert lines["user"].n_unique() == USERS
    assert lines.filter(pl.col("user") == "u4")["item"].to_list() == [film for film, _ in found[:3]]


def test_near_items_are_liked_by_the_same_users(fitted: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert goodfit("similar", fitted, "--item", "film 6", "-n", 6, "--json") == 0
    found = json.loads(capsys.readouterr().out)["similar"]
    assert len(found) == 6
    assert sum(int(line["item"].split()[1]) % 2 == 0 for line in found) >= 5
    assert [line["similarity"] for line in found] == sorted((line["similarity"] for line in found), reverse=True)
    assert goodfit("similar", fitted, "--item", "film 99") == 2
    assert "the item 'film 99' is not in the training rows" in capsys.readouterr().err


def test_a_run_of_something_else_recommends_nothing(tmp_path: Path) -> None:
    x = np.random.default_rng(0).normal(size=(200, 3)).astype(np.float32)
    run = gf.fit(gf.arrays(x, (x[:, 0] > 0).astype(int)), out=tmp_path / "run", epochs=1, quiet=True)
    with pytest.raises(gf.GoodfitError, match="this run is not of ratings"):
        run.recommend("u1")


def test_choices_without_ratings_are_ranked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    liked = table().filter(pl.col("stars") >= 4).select("who", "what")
    liked.write_csv(tmp_path / "taken.csv")
    fit = ("fit", tmp_path / "taken.csv", "--user", "who", "--item", "what", "--out", tmp_path / "run", "--json")
    assert goodfit(*fit, "--epochs", 10) == 0
    result = json.loads(capsys.readouterr().out)
    assert result["task"] == "ranking"
    test = result["metrics"]["test"]
    assert test["ndcg_at_10"]["low"] > result["baseline"]["test"]["ndcg_at_10"]  # taste is beyond popularity
    run = gf.load(tmp_path / "run")
    found = run.recommend("u4", n=5)
    assert all(int(film.split()[1]) % 2 == 0 for film, _ in found)
    new = pl.DataFrame({"who": ["u4"], "what": [found[0][0]]})
    assert run.predict(new)["prediction"] == [1]  # the best of what u4 has not taken
    assert (tmp_path / "run" / "report.html").stat().st_size > 10_000


def test_errors_are_told_by_how_much_is_known() -> None:
    random = np.random.default_rng(0)
    taught = np.concatenate([np.full((500, 2), 1), np.stack([random.integers(2, 40, 300), np.full(300, 2)], axis=1)])
    scored = np.array([[1, 1]] * 30 + [[0, 2]] * 25 + [[5, 2]] * 10)
    errors = np.array([0.5] * 30 + [-2.0] * 25 + [1.0] * 10)
    found = by_activity(taught, scored, errors)
    users = {band["from"]: band for band in found["users"]}
    assert users[300]["rmse"]["value"] == pytest.approx(0.5)  # user 1 has 500 training ratings
    assert users[0]["rmse"]["value"] == pytest.approx(2)  # not seen in training
    assert users[0]["rows"] == 25
    items = {band["from"]: band for band in found["items"]}
    assert items[300]["rmse"]["value"] == pytest.approx(np.sqrt((30 * 0.25 + 25 * 4 + 10) / 65))
    assert found["popularity"] == {"place": [1, 2], "ratings": [500, 300]}


def test_the_page_shows_them(fitted: Path) -> None:
    page = (fitted / "report.html").read_text()
    assert "What is known of users and items" in page
    assert f"Recommend items to each user: <code>goodfit recommend {fitted} -o recommendations.csv" in page


def test_a_run_is_read_after_the_usual_options_have_changed(fitted: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = gf.load(fitted).predict(table()[:20])["prediction"]
    usual = architecture("factors")
    smaller = dataclasses.replace(usual, build=functools.partial(usual.build, members=2, width=3))
    monkeypatch.setattr(importlib.import_module("goodfit.nets.architecture"), "architecture", lambda name: smaller)
    assert gf.load(fitted).predict(table()[:20])["prediction"] == before


def films() -> pl.DataFrame:
    """What is known of each film, of two that nobody rated too: even ones are funny."""
    numbers = list(range(ITEMS + 2))
    return pl.DataFrame(
        {
            "what": [f"film {number}" for number in numbers],
            "title": [f"The {number}th of all the long titles that there are" for number in numbers],
            "sort": ["sad" if number % 2 else "funny" for number in numbers],
            "minutes": [90 + number % 7 for number in numbers],
        }
    )


@pytest.fixture(scope="module")
def with_features(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("features")
    table().write_csv(folder / "stars.csv")
    films().write_csv(folder / "films.csv")
    people = pl.DataFrame({"name": [f"u{number}" for number in range(USERS - 1)], "age": [20, None, 30] * 19 + [5, 6]})
    people.write_csv(folder / "people.csv")
    command = ("fit", folder / "stars.csv", "--user", "who", "--item", "what", "--target", "stars", "--out")
    features = ("--user-features", folder / "people.csv", "--item-features", folder / "films.csv")
    assert goodfit(*command, folder / "run", *features, "--epochs", 16, "--quiet") == 0
    return folder / "run"


def test_an_item_that_nobody_rated_is_known_by_its_features(with_features: Path) -> None:
    run = gf.load(with_features)
    new = pl.DataFrame({"who": ["u4", "u4", "u5", "u5", "x"], "what": ["film 40", "film 41"] * 2 + ["film 40"]})
    predictions = run.predict(new)
    assert predictions["fallback"] == ["item not seen: by its features"] * 4 + [
        "user not seen; item not seen: by its features"
    ]
    even_even, even_odd, odd_even, odd_odd, _ = predictions["prediction"]
    assert min(even_even, odd_odd) > 3.5  # the tastes of `table`, for films 40 and 41
    assert max(even_odd, odd_even) < 2.5
    assert "film 40" in [item for item, _ in run.recommend("u4", n=ITEMS)]
    near = [int(item.split()[1]) % 2 for item, _ in run.similar("film 41", n=6)]
    assert sum(near) >= 5


def test_features_are_said_and_titles_left_out(with_features: Path) -> None:
    said = {choice["name"]: choice for choice in json.loads((with_features / "run.json").read_text())["choices"]}
    assert said["item features"]["value"] == "42"
    assert "sort, minutes" in said["item features"]["why"]
    assert "title" in said["item features"]["why"]


def test_features_of_choices(tmp_path: Path) -> None:
    frame = table().filter(pl.col("stars") > 3)
    source = gf.ratings(frame, "who", "what", item_features=films())
    run = gf.fit(source, out=tmp_path / "run", epochs=6, quiet=True)
    found = run.predict(pl.DataFrame({"who": ["u4", "u4"], "what": ["film 40", "film 41"]}))
    assert found["prediction"][0] < found["prediction"][1]  # a rank: 1 is best


@pytest.mark.parametrize(
    ("films_given", "said"),
    [
        (films().vstack(films()[:1]), "--item-features: 'film 0' stands in rows 0 and 42"),
        (films().with_columns(what=pl.lit(None, dtype=pl.String)), "--item-features: no name in row 0"),
        (films().with_columns(what=pl.col("what") + "!"), "not one of the training ratings is of a name in"),
        (films().select("what", "title"), "no column is left to learn from"),
    ],
)
def test_features_that_say_nothing_are_refused(tmp_path: Path, films_given: pl.DataFrame, said: str) -> None:
    with pytest.raises(DataError, match=said):
        gf.fit(gf.ratings(table(), "who", "what", "stars", item_features=films_given), out=tmp_path / "run")

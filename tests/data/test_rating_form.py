"""Ratings written as people write them: each way by hand, and what is not one way."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
import torch

import goodfit as gf
from goodfit.data.sources.ratings import Ratings
from goodfit.data.sources.ratings import ratings as ratings_of
from goodfit.data.tables.rating_form import rating_form, rating_values
from goodfit.errors import DataError


@pytest.mark.parametrize(
    ("cells", "form", "values"),
    [
        (["3 stars", "1 star", "4.5 stars", "5 Stars"], "unit star", [3, 1, 4.5, 5]),
        (["3 stars", "4 stars", "5"], "unit star", [3, 4, 5]),
        (["4/5", "5/5", "3.5/5", "2 / 5"], "of 5", [4, 5, 3.5, 2]),
        (["8 out of 10", "10 of 10", "7/10"], "of 10", [8, 10, 7]),
        (["4 out of 5 stars", "5 out of 5 stars"], "of 5", [4, 5]),
        (["4/5", "3/5", "2"], "of 5", [4, 3, 2]),
        (["★★★☆☆", "★★★★★", "☆☆☆☆☆", "★½"], "glyphs", [3, 5, 0, 1.5]),
        (["⭐⭐", "⭐"], "glyphs", [2, 1]),
        (["3", "4"], None, [3, 4]),
        (["3 pts", "4 pts", "4 pts"], "unit pt", [3, 4, 4]),
    ],
)
def test_each_way_by_hand(cells: list[str], form: str | None, values: list[float]) -> None:
    column = pl.Series("r", cells)
    assert rating_form(column, ".") == form
    assert rating_values(column, ".", form).to_list() == values


@pytest.mark.parametrize(
    "cells", [["3 stars", "4 points"], ["good", "bad"], ["6/5", "4/5"], ["4/5", "nine"], ["★★", "2"]]
)
def test_what_is_not_one_way_is_none(cells: list[str]) -> None:
    assert rating_form(pl.Series("r", cells), ".") is None


def test_scales_beside_each_other_are_refused_with_both_named() -> None:
    with pytest.raises(DataError, match="ratings of 5 and of 10"):
        rating_form(pl.Series("r", ["4/5", "8/10"]), ".")


@pytest.mark.parametrize(
    ("written", "top"),
    [
        ("{} stars", 5),
        pytest.param("{}/5", 5, marks=pytest.mark.slow),
        pytest.param("{} out of 10", 10, marks=pytest.mark.slow),
        ("{},5/6", 5),
    ],
)
def test_a_fit_says_how_they_are_read_and_evaluates_the_same_way(written: str, top: int, tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    stars = random.integers(1, top + 1, 300)
    table = pl.DataFrame(
        {
            "user": random.integers(0, 20, 300),
            "film": random.integers(0, 15, 300),
            "rating": [written.format(each) for each in stars],
        }
    )
    table.write_csv(tmp_path / "r.csv", separator=";")
    run = gf.fit(
        tmp_path / "r.csv", user="user", item="film", target="rating", out=tmp_path / "run", epochs=1, quiet=True
    )
    half = 0.5 if "," in written else 0
    assert run.record.task["low"] == 1 + half
    assert run.record.task["high"] == top + half
    said = next(choice for choice in run.record.choices if choice.name == "target")
    assert "read as" in said.why
    kept = {column["name"]: column for column in run.record.analyses["profile"]["columns"]}
    assert kept["rating"]["mean"] == pytest.approx(stars.mean() + half)
    again = gf.load(run.folder)
    whole = again.evaluate(tmp_path / "r.csv")
    alone = again.evaluate(table[:1])
    assert sum(whole["rows"].values()) == 300
    assert sum(alone["rows"].values()) == 1


def prepared_ratings(tmp_path: Path, ratings: list[str]) -> Ratings:
    rows = "".join(f"u{at % 15};i{(7 * at + at // 15) % 20};{rating}\n" for at, rating in enumerate(ratings))
    (tmp_path / "r.csv").write_text(f"user;item;stars\n{rows}")
    source = ratings_of(tmp_path / "r.csv", "user", "item", target="stars")
    source.prepare()
    return source


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ([str(0 if at % 5 < 3 else 1 + at % 10) for at in range(200)], "the rating 0 of 'stars', in 120 rows, is far"),
        ([str(99 if at % 4 == 0 else at % 41 / 2 - 10) for at in range(200)], "the value 99 of 'stars', in 50 rows"),
        ([str(at % 6) for at in range(200)], ""),  # from 0 to 5, as often
    ],
)
def test_a_rating_that_may_mean_none_is_asked_about(tmp_path: Path, cells: list[str], said: str) -> None:
    doubts = [what for what, _ in prepared_ratings(tmp_path, cells).doubts]
    assert [said in what for what in doubts] == ([True] if said else [])


def test_ratings_of_a_pair_that_has_one_are_counted(tmp_path: Path) -> None:
    rows = 360
    again = rows - len({(at % 15, (7 * at + at // 15) % 20) for at in range(rows)})
    notes = prepared_ratings(tmp_path, [str(1 + at % 5) for at in range(rows)]).notes
    why = "of a user and an item that have a row already: all of them are learnt from"
    assert ("again", f"{again} ratings", why) in notes


def test_new_ratings_with_the_other_decimal_mark_are_read(tmp_path: Path) -> None:
    run = prepared_ratings(tmp_path, [f"{at % 9 / 2 + 1}" for at in range(200)])
    run.learn(torch.arange(200))
    (tmp_path / "n.csv").write_text("user;item;stars\nu1;i1;3,5\nu2;i2;4,5\n")
    for decimal in (None, ","):
        new = ratings_of(tmp_path / "n.csv", "user", "item", decimal=decimal)
        new.prepare(run.schema())
        assert list(new.targets or ()) == [3.5, 4.5]


def test_choices_of_a_pair_that_has_one_are_counted(tmp_path: Path) -> None:
    lines = [f"u{at % 15},i{at % 4}" for at in range(120)]  # 60 pairs, each twice
    (tmp_path / "c.csv").write_text("user,item\n" + "\n".join(lines))
    source = ratings_of(tmp_path / "c.csv", "user", "item")
    source.prepare()
    why = "of a user and an item that have a row already: all of them are learnt from, and one of a pair is scored"
    assert ("again", "60 choices", why) in source.notes


def test_users_in_other_letters_are_said() -> None:
    users = ["Ann@x.org", "ann@x.org", "bob", "1-1", "11"] * 6
    frame = pl.DataFrame({"u": users, "i": ["a", "b", "c"] * 10, "r": [1, 2, 3] * 10})
    source = gf.ratings(frame, user="u", item="i", target="r")
    source.prepare()
    said = "the column 'u' has 'Ann@x.org' and 'ann@x.org': each is a user of its own"
    assert source.doubts == [(said, "If they are one, write it in one way")]

"""Test tables, groups, times, baskets and folders as people bring them beside data of another form."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
import torch
from PIL import Image

import goodfit as gf
from goodfit.data import open_data
from goodfit.data.images.find import find
from goodfit.data.sources.ratings import ratings
from goodfit.data.sources.table import table
from goodfit.data.tables.targets import read_targets, target_form
from goodfit.data.tables.times import read_times
from goodfit.errors import DataError, UsageError
from goodfit.predict.new_data import open_new

ROWS = 60
FIRST_DAY = datetime.date(2022, 1, 1)
DAYS = [FIRST_DAY + datetime.timedelta(days=at * 5) for at in range(ROWS)]


def frame(**columns: Sequence[Any]) -> pl.DataFrame:
    """Rows with a number to predict, and these columns."""
    return pl.DataFrame({**columns, "y": [at * 37 % 23 / 2 for at in range(ROWS)]})


def prepared(first: pl.DataFrame, test: pl.DataFrame, tmp_path: Path, **options: Any) -> Any:
    places = []
    for name, rows in (("first", first), ("test", test)):
        places.append(tmp_path / f"{name}.csv")
        rows.write_csv(places[-1])
    source = table(places[0], "y", test=places[1], **options)
    source.prepare()
    return source


@pytest.mark.parametrize(
    ("known", "others"),
    [
        (("yes", "no"), (1, 0)),
        (("yes", "no"), ("TRUE", "FALSE")),
        (("yes", "no"), ("Ja", "Nein")),
        (("01", "07"), (1, 7)),
        (("01", "07"), (1.0, 7.0)),
        (("Bad Ems", "Köln"), ("BAD EMS", "Koeln")),
    ],
)
def test_a_test_table_in_other_words_is_read_in_those_of_training(
    tmp_path: Path, known: Sequence[Any], others: Sequence[Any]
) -> None:
    source = prepared(
        frame(x=[known[at % 2] for at in range(ROWS)]), frame(x=[others[at % 2] for at in range(ROWS)]), tmp_path
    )
    source.learn(torch.arange(ROWS))
    assert torch.equal(source.whole()[:ROWS], source.whole()[ROWS:])
    assert any(name == "read as" and f"x: {ROWS} cells" in what for name, what, _ in source.notes)
    assert not source.doubts


def test_words_that_training_lacks_stay_unknown(tmp_path: Path) -> None:
    source = prepared(frame(x=["ab"[at % 2] for at in range(ROWS)]), frame(x=["c"] * ROWS), tmp_path)
    assert not any(name == "read as" for name, *_ in source.notes)


@pytest.mark.parametrize(
    ("known", "other", "said"),
    [
        ([f"{at + 40}.5" for at in range(ROWS)], [f"{at + 88}.1 lb" for at in range(ROWS)], "88.1 lb"),
        ([f"{day:%d/%m/%Y}" for day in DAYS], [f"{day:%m/%d/%Y}" for day in DAYS], "01/16/2022"),
    ],
)
def test_amounts_and_dates_that_are_none_beside_those_of_training_are_refused(
    tmp_path: Path, known: list[str], other: list[str], said: str
) -> None:
    with pytest.raises(DataError, match=f"the test table has '{said}' in 'x'"):
        prepared(frame(x=known), frame(x=other), tmp_path)
    kept = prepared(frame(x=known, z=range(1, 2 * ROWS, 2)), frame(x=other, z=range(ROWS)), tmp_path, ignore="x")
    assert len(kept) == 2 * ROWS


def test_other_dates_of_one_reading_are_read(tmp_path: Path) -> None:
    source = prepared(
        frame(x=[f"{day:%Y-%m-%d}" for day in DAYS]), frame(x=[f"{day:%d.%m.%Y}" for day in DAYS]), tmp_path
    )
    source.learn(torch.arange(ROWS))
    assert torch.equal(source.whole()[:ROWS], source.whole()[ROWS:])


def test_a_few_durations_that_are_none_do_not_make_a_target_of_words() -> None:
    cells = [f"{at // 60}h {at % 60}m" for at in range(61, 161)]
    form = target_form([pl.Series("y", [*cells, "-5m"])], {"y": "."})
    values = np.asarray(read_targets([pl.Series("y", [*cells, "-5m"])], form), dtype=float)
    assert values[:100] == pytest.approx(np.arange(61, 161) / 60)
    assert np.isnan(values[100])
    assert "1 cell of the target 'y' is no number, such as '-5m'" in form.doubts[0][0]


def test_a_column_that_is_empty_in_a_few_new_rows_is_said(tmp_path: Path) -> None:
    rows = frame(a=[at * 7 % 11 for at in range(ROWS)], b=["uv"[at % 2] for at in range(ROWS)], c=[*range(59), None])
    (tmp_path / "a.csv").write_text(rows.write_csv())
    source = open_data(tmp_path / "a.csv", kind="table", target="y")
    source.prepare()
    source.learn(torch.arange(ROWS))
    for count, said in ((1, []), (5, ["a: all 5 rows", "b: all 5 rows"])):
        (tmp_path / "b.csv").write_text("a,b,c\n" + ",,\n" * (count - 1) + ",,3\n")
        new = open_data(tmp_path / "b.csv", kind="table", target="y")
        new.prepare(source.schema())
        assert [what for name, what, _ in new.notes if name == "empty" and "all" in what] == said


def test_a_table_beside_images_of_the_same_numbers_is_a_table(tmp_path: Path) -> None:
    (tmp_path / "pictures").mkdir()
    for at in range(3):
        Image.new("RGB", (8, 8)).save(tmp_path / "pictures" / f"{at}.png")
    (tmp_path / "a.csv").write_text(frame(a=range(0, 7 * ROWS, 7)).write_csv())
    source = open_data(tmp_path / "a.csv", kind="table", target="y")
    source.prepare()
    source.learn(torch.arange(ROWS))
    (tmp_path / "b.csv").write_text("id,a\n0,7\n1,14\n2,21\n")
    assert open_new(source.schema(), tmp_path / "b.csv").kind == "table"
    (tmp_path / "b.csv").write_text("id,label\n0,cat\n1,dog\n2,cat\n")
    with pytest.raises(DataError, match="this is images"):
        open_new(source.schema(), tmp_path / "b.csv")


def test_dates_of_both_orders_are_called_so() -> None:
    column = pl.Series("when", [f"{day:%d/%m/%Y}" for day in DAYS] + [f"{day:%m/%d/%Y}" for day in DAYS])
    with pytest.raises(DataError, match=r"begin with the day \('16/01/2022'\), others with the month"):
        read_times(column)


def test_times_of_day_without_a_date_are_doubted_where_they_come_again() -> None:
    hours = frame(t=[f"{at % 24:02}:00" for at in range(ROWS)], a=range(0, 7 * ROWS, 7))
    source = table(hours, "y", time="t")
    source.prepare()
    assert any("times of day without a date" in what for what, _ in source.doubts)
    once = table(hours.with_columns(t=pl.Series([f"{at // 6}:{at % 6}5" for at in range(ROWS)])), "y", time="t")
    once.prepare()
    assert not once.doubts


@pytest.mark.parametrize("names", [("P01", "P1"), ("Site-3", "site 3"), ("Ward  A", "Ward A")])
def test_groups_that_may_be_one_are_doubted(names: tuple[str, str]) -> None:
    rows = frame(g=[(*names, "Q7")[at % 3] for at in range(ROWS)], a=range(0, 7 * ROWS, 7))
    source = table(rows, "y", group="g")
    source.prepare()
    assert any("each is a group of its own" in what for what, _ in source.doubts)


@pytest.mark.parametrize("names", [("P10", "P1"), ("1-11", "11-1"), ("1.05", "1.5"), ("A", "B")])
def test_other_groups_are_not(names: tuple[str, str]) -> None:
    rows = frame(g=[(*names, "Q7")[at % 3] for at in range(ROWS)], a=range(0, 7 * ROWS, 7))
    source = table(rows, "y", group="g")
    source.prepare()
    assert not source.doubts


def test_the_target_is_no_group() -> None:
    with pytest.raises(UsageError, match="--group and --target are both y"):
        table(frame(a=range(ROWS)), "y", group="y").prepare()


def test_values_in_place_of_a_column_are_refused() -> None:
    rows = frame(a=range(ROWS))
    for values in (rows["a"], rows["a"].to_numpy(), list(range(ROWS))):
        with pytest.raises(UsageError, match=r"--group takes one name, and an? (Series|ndarray|list) was given"):
            open_data(rows, target="y", group=values)


def test_labels_of_several_lengths_are_one_line() -> None:
    with pytest.raises(DataError, match="holds lists of several lengths"):
        gf.fit(frame(a=range(ROWS)), [["u"] if at % 2 else ["u", "v"] for at in range(ROWS)])


def test_cells_of_several_items_are_doubted() -> None:
    goods = ["milk", "bread", "salt", "tea", "rice", "eggs", "oil"]
    cells = [" ".join(sorted({goods[at % 7], goods[at // 7 % 7], goods[at // 3 % 7], "soap"})) for at in range(49)]
    cells = list(dict.fromkeys(cells))
    rows = pl.DataFrame({"u": [f"u{at}" for at in range(len(cells))], "items": cells})
    source = ratings(rows, "u", "items")
    source.prepare()
    assert any("seem to hold several items each, with a space between them" in what for what, _ in source.doubts)
    titles = pl.DataFrame(
        {"u": [f"u{at % 9}" for at in range(ROWS)], "items": [f"The Film {at}" for at in range(ROWS)]}
    )
    source = ratings(titles, "u", "items")
    source.prepare()
    assert not source.doubts


def test_a_matrix_of_ratings_is_said_where_no_column_names_items() -> None:
    rows = pl.DataFrame({"user": ["a", "b"], **{f"film {at}": [1, 2] for at in range(20)}})
    with pytest.raises(UsageError, match=r"and 9 more\. If each of them is an item, .*frame.melt\('user'\)"):
        ratings(rows, "user").prepare()


def write_images(folder: Path, names: Sequence[str]) -> None:
    for at, name in enumerate(names):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (8, 8), (at * 9 % 250, 0, 0)).save(folder / name)


@pytest.mark.parametrize(
    "names", [("images/{}.png", "masks/{}.png"), ("image.png", "mask.png"), ("{}.png", "{}_gt.png")]
)
def test_a_folder_for_each_image_and_its_mask_is_no_class(tmp_path: Path, names: tuple[str, str]) -> None:
    write_images(tmp_path, [f"{at:03}/{name.format(at)}" for at in range(6) for name in names])
    listing = find(tmp_path, None)
    assert listing.question is not None
    assert "look like an image and its mask each" in str(listing.question)


def test_thumbnails_of_a_class_are_doubted(tmp_path: Path) -> None:
    write_images(tmp_path, [f"{label}/{sub}{at}.png" for label in "ab" for at in range(5) for sub in ("", "thumbs/")])
    doubts = find(tmp_path, None).doubts
    assert any(
        "10 images in folders such as a/thumbs are called like the images beside them" in what for what, _ in doubts
    )
    other = tmp_path / "other"
    write_images(other, [f"{label}/thumbs/{at}.png" for label in "ab" for at in range(5)])
    assert not find(other, None).doubts


def test_targets_of_bytes_are_words() -> None:
    x = np.arange(ROWS * 2, dtype=np.float32).reshape(ROWS, 2)
    words = np.array([b"yes", b"no"] * (ROWS // 2), dtype=object)
    assert np.asarray(gf.arrays(x, words).targets).tolist() == ["yes", "no"] * (ROWS // 2)


def test_read_only_rows_are_read_without_a_warning(recwarn: pytest.WarningsRecorder) -> None:
    x = np.zeros((ROWS, 2), dtype=np.float32)
    x.flags.writeable = False
    gf.arrays(x, np.arange(ROWS) % 2)
    assert not recwarn.list

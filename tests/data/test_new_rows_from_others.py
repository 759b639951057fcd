"""New rows from other people than those who made the training data: other spellings of names, forms of dates."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import torch

from goodfit.data import open_data
from goodfit.data.sources.table import table
from goodfit.data.tables.frames import other_spellings
from goodfit.errors import DataError

ROWS = 40
DAYS = [at % 27 + 1 for at in range(ROWS)]


def written(path: Path, names: str, day: str = "{:02}/03/2024") -> Path:
    rows = "".join(f"{at}.5,{day.format(DAYS[at])},{'ab'[at % 2]}\n" for at in range(ROWS))
    path.write_text(f"{names}\n{rows}")
    return path


def fitted(path: Path) -> Any:
    source = open_data(path, kind="table", target="y")
    source.prepare()
    source.learn(torch.arange(len(source)))
    return source


def read_by(source: Any, path: Path) -> Any:
    new = open_data(path, kind="table", target="y")
    new.prepare(source.schema())
    return new


@pytest.mark.parametrize("names", ["body height,VISIT,y", " Body_Height , visit ,y", "BodyHeight,Visit!,Y"])
def test_names_in_other_letters_are_read_and_said(tmp_path: Path, names: str) -> None:
    source = fitted(written(tmp_path / "a.csv", "Body height,visit,y"))
    new = read_by(source, written(tmp_path / "b.csv", names))
    assert torch.equal(new.whole(), source.whole())
    assert list(new.targets) == list(source.targets)
    assert any(name == "column" and "'Body height'" in why for name, _, why in new.notes)


def test_only_one_column_may_be_meant() -> None:
    assert other_spellings(["a b", "c"], ["A_B", "c"]) == {"a b": "A_B"}
    assert other_spellings(["a b", "a-b"], ["A_B"]) == {}  # two could be it
    assert other_spellings(["A", "a"], ["a"]) == {}
    assert other_spellings(["ab"], ["A b", "a_B"]) == {}
    assert other_spellings(["+"], ["-"]) == {}
    decomposed = unicodedata.normalize("NFD", "Gr\u00f6\u00dfe")
    assert other_spellings([decomposed], ["Gr\u00f6\u00dfe"]) == {decomposed: "Gr\u00f6\u00dfe"}


def test_dates_in_the_other_order_are_refused(tmp_path: Path) -> None:
    source = fitted(written(tmp_path / "a.csv", "x,visit,y"))
    with pytest.raises(DataError, match=r"of the column 'visit' are month/day/year \(03/13/2024\)"):
        read_by(source, written(tmp_path / "b.csv", "x,visit,y", "03/{:02}/2024"))


@pytest.mark.parametrize("day", ["2024-03-{:02}", "{}.3.2024", "{} March 2024", "March {}, 2024", "2024/03/{:02}"])
def test_dates_that_can_be_read_in_one_way_are_read_whatever_the_form_of_training(tmp_path: Path, day: str) -> None:
    source = fitted(written(tmp_path / "a.csv", "x,visit,y"))
    path = tmp_path / "b.tsv"
    path.write_text("x\tvisit\ty\n" + "".join(f"{at}.5\t{day.format(DAYS[at])}\ta\n" for at in range(ROWS)))
    assert torch.equal(read_by(source, path).whole(), source.whole())


def test_texts_that_are_all_empty_are_said() -> None:
    words = ["a good film with fine acting", "a bad film with poor acting", "the end of it was sad for all"]
    train = pl.DataFrame({"t": [f"{words[at % 3]} {at}" for at in range(ROWS)], "y": ["a", "b"] * (ROWS // 2)})
    source = table(train, target="y", text="t")
    source.prepare()
    source.learn(torch.arange(ROWS))
    new = table(pl.DataFrame({"t": ["", None, " ", ""] * (ROWS // 4)}))
    new.prepare(source.schema())
    assert ("empty", f"t: all {ROWS} rows", "the run was fitted on its values") in new.notes

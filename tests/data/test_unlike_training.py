"""Numbers of new rows far outside of those of training, and cells that are empty where training had none, are said."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest
import torch

from goodfit.data.sources.table import Table, table

ROWS = 60
SHARES = [round(0.01 + 0.016 * at, 3) for at in range(ROWS)]  # 0.01 to 0.954
WEIGHTS = [50.5 + at for at in range(ROWS)]  # 50.5 to 109.5 kg


@pytest.fixture(scope="module")
def run() -> Table:
    source = table(pl.DataFrame({"share": SHARES, "weight": WEIGHTS, "y": ["a", "b"] * (ROWS // 2)}), "y")
    source.prepare()
    source.learn(torch.arange(ROWS))
    return source


def notes(run: Table, data: Any = None, **columns: list[Any]) -> list[tuple[str, str, str]]:
    height = len(next(iter(columns.values()), []))
    usual = {"share": SHARES[:height], "weight": WEIGHTS[:height]}
    source = table(pl.DataFrame({**usual, **columns}) if data is None else data)
    source.prepare(run.schema())
    return source.notes


def test_another_unit_is_said(run: Table) -> None:
    why = "such as 2.6, outside of those that the run was fitted on (0.01 to 0.954): is it the same unit?"
    assert notes(run, share=[100 * share for share in SHARES]) == [("doubtful", "share: 60 of 60", why)]
    pounds = [round(weight / 0.45359237, 1) for weight in WEIGHTS]  # 110.2 to 240.3, none of them impossible
    assert notes(run, weight=pounds)[0][:2] == ("doubtful", "weight: 60 of 60")


def test_a_number_for_unknown_is_said_in_a_few_rows_too(run: Table) -> None:
    why = "such as -999.0, far from those that the run was fitted on (50.5 to 109.5): is it the same unit?"
    new = [*WEIGHTS[:56], *[-999.0] * 4]
    assert notes(run, weight=new) == [("doubtful", "weight: 4 of 60", why)]
    assert notes(run, weight=[-999.0]) == [("doubtful", "weight: 1 of 1", why)]


def test_one_value_outside_of_the_range_is_said(run: Table) -> None:
    why = "such as 0.0, outside of those that the run was fitted on (50.5 to 109.5): is it the same unit?"
    assert notes(run, weight=[*WEIGHTS[:50], *[0.0] * 10]) == [("doubtful", "weight: 10 of 60", why)]
    assert notes(run, weight=[*WEIGHTS[:50], *[20.0 + at for at in range(10)]]) == []


def test_cells_that_are_empty_where_training_had_none_are_said(run: Table) -> None:
    why = "the run was fitted on rows that all had a value: they are read as the mean of those"
    rows: list[dict[str, Any]] = [
        {"share": share, "weight": weight} for share, weight in zip(SHARES, WEIGHTS, strict=True)
    ]
    for row in rows[::2]:
        del row["weight"]
    assert notes(run, rows) == [("empty", "weight: 30 of 60 rows", why)]
    assert notes(run, weight=["unknown", *map(str, WEIGHTS[1:])]) == []  # one of many may always be


def test_usual_rows_and_a_little_drift_are_not(run: Table) -> None:
    assert notes(run, weight=WEIGHTS) == []
    assert notes(run, weight=[weight + 20 for weight in WEIGHTS]) == []  # a third lies outside
    assert notes(run, weight=[115.0]) == []


def test_the_same_is_said_of_rows_that_are_read_piece_by_piece(run: Table, tmp_path: Path) -> None:
    frame = pl.DataFrame({"share": [100 * share for share in SHARES], "weight": WEIGHTS})
    frame.write_parquet(tmp_path / "new.parquet")
    new = table(tmp_path / "new.parquet", stream=True)
    new.prepare(run.schema())
    assert [note[:2] for note in new.notes] == [("doubtful", "share: 60 of 60")]


def test_runs_of_before_know_no_range(run: Table) -> None:
    schema = run.schema()
    for column in schema["encoder"]["numbers"]:
        del column["low"], column["high"]
    new = table(pl.DataFrame({"share": [5.0] * ROWS, "weight": WEIGHTS}))
    new.prepare(schema)
    assert new.notes == []

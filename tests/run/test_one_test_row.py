"""A test part of one row: its interval has no end, and the run is saved, read back and compared all the same."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import polars as pl
import pytest
from click.testing import CliRunner

import goodfit as gf
from goodfit.cli.app import app


def strict(text: str) -> Any:
    """JSON as its grammar has it: Python reads Infinity and NaN as well, browsers and databases do not."""

    def refuse(constant: str) -> NoReturn:
        raise ValueError(f"{constant} is not JSON")

    return json.loads(text, parse_constant=refuse)


@pytest.fixture(scope="module")
def fitted(tmp_path_factory: pytest.TempPathFactory) -> tuple[gf.Run, Path]:
    """A run of 40 rows with one test row, and the file of that row."""
    folder, random = tmp_path_factory.mktemp("one"), np.random.default_rng(0)
    for name, rows in (("train", 40), ("test", 1)):
        columns = {name: random.normal(size=rows) for name in ("x", "y")}
        pl.DataFrame(columns).write_csv(folder / f"{name}.csv")
    source = gf.table(folder / "train.csv", "y", test=folder / "test.csv")
    return gf.fit(source, out=folder / "run", epochs=1, quiet=True), folder / "test.csv"


def test_the_run_is_read_back_with_an_interval_that_has_no_end(fitted: tuple[gf.Run, Path]) -> None:
    run, _ = fitted
    assert run.metrics["test"]["rmse"].high == math.inf
    again = gf.load(run.folder)
    assert again.metrics == run.metrics
    assert strict((run.folder / "run.json").read_text())["metrics"]["test"]["rmse"]["high"] is None


def test_commands_speak_of_it_in_json_that_others_read(fitted: tuple[gf.Run, Path]) -> None:
    run, row = fitted
    folder = str(run.folder)
    for command in (["evaluate", folder, str(row)], ["compare", folder, folder], ["runs", str(run.folder.parent)]):
        printed = CliRunner().invoke(app, [*command, "--json"], catch_exceptions=False).stdout
        assert strict(printed)
        assert "null" in printed


def test_people_read_of_one_row_and_of_no_bound(fitted: tuple[gf.Run, Path]) -> None:
    run, _ = fitted
    card = CliRunner().invoke(app, ["card", str(run.folder)], catch_exceptions=False).stdout
    (first,) = (line for line in card.splitlines() if line.startswith("- On 1 test row it is off by"))
    assert "(0 to ∞)" in first
    assert "| test | RMSE |" in card
    assert "inf" not in card
    lines = CliRunner().invoke(app, ["compare", str(run.folder), str(run.folder)], catch_exceptions=False).stdout
    assert lines.startswith("On 1 test row the RMSE")
    assert "-∞ to +∞" in lines

"""Profiles of columns against pandas; the same cells are read as a fit reads them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

import goodfit
from goodfit.analysis.profile import drawn_in_text
from goodfit.cli.app import app

CSV = """id;Preis;Ort;Tag;Notiz
1;1.234,5;Bonn;03.01.2024;NA
2;99,25;Köln;14.01.2024;x
3;;Bonn;05.02.2024;y
4;7,0;Bonn;;x
5;12,5;NA;28.02.2024;x
"""


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "laden.csv"
    path.write_text(CSV, encoding="utf-8")
    return path


def test_cells_are_read_as_a_fit_reads_them(table: Path) -> None:
    columns = {column.name: column for column in goodfit.profile(table)}
    price = columns["Preis"]
    assert price.numbers is not None
    assert price.missing == 1
    assert price.numbers.mean == pytest.approx(np.mean([1234.5, 99.25, 7.0, 12.5]))
    assert price.numbers.deviation == pytest.approx(np.std([1234.5, 99.25, 7.0, 12.5], ddof=1))
    day = columns["Tag"]
    assert (day.kind, day.missing, day.first, day.last) == ("date", 1, "2024-01-03 00:00:00", "2024-02-28 00:00:00")
    assert columns["Ort"].levels[0] == ("Bonn", 3)
    assert columns["id"].kind == "left out"
    assert columns["id"].numbers is not None


def test_figures_are_those_of_pandas() -> None:
    random = np.random.default_rng(9)
    frame = pd.DataFrame({"height": random.normal(170, 9, 500), "income": random.lognormal(8, 1, 500)})
    frame.loc[::50, "height"] = np.nan
    columns = goodfit.profile(frame)
    theirs = frame.describe()
    for column in columns:
        each = column.numbers
        assert each is not None
        expected = theirs[column.name]
        assert (each.mean, each.deviation) == pytest.approx((expected["mean"], expected["std"]))
        assert each.quartiles == pytest.approx([expected[name] for name in ("min", "25%", "50%", "75%", "max")])
        assert sum(each.counts) == expected["count"] == 500 - column.missing
    assert [column.numbers.is_normal for column in columns if column.numbers is not None] == [True, False]


def test_free_text_and_lists_are_counted_not_refused() -> None:
    words = [f"this is sentence number {at} of a long story" for at in range(40)]
    frame = pd.DataFrame({"text": words, "pairs": [[1, 2]] * 40, "same": ["a"] * 40})
    kinds = {column.name: column.kind for column in goodfit.profile(frame)}
    assert kinds == {"text": "text", "pairs": "left out", "same": "left out"}


@pytest.mark.parametrize("name", ["page.html", "page.svg"])
def test_the_command_draws_and_replaces_only_its_own(table: Path, tmp_path: Path, name: str) -> None:
    output = tmp_path / name
    for _ in range(2):
        result = CliRunner().invoke(app, ["stats", str(table), "-o", str(output)])
        assert result.exit_code == 0, result.output
    assert "Preis" in output.read_text(encoding="utf-8")
    assert "5 rows, 5 columns" in result.output
    output.write_text("mine", encoding="utf-8")
    refused = CliRunner().invoke(app, ["stats", str(table), "-o", str(output)])
    assert "did not make" in str(refused.exception)


def test_the_command_prints_json_and_areas(table: Path) -> None:
    printed = json.loads(CliRunner().invoke(app, ["stats", str(table), "--json"]).stdout)
    assert printed["rows"] == 5
    assert [column["name"] for column in printed["columns"]] == ["id", "Preis", "Ort", "Tag", "Notiz"]
    assert "left of z = 1.96: 0.975002" in CliRunner().invoke(app, ["stats", "area", "1.96"]).output
    assert "left of z = -1: 0.158655" in CliRunner().invoke(app, ["stats", "area", "-1"]).output
    table_of_areas = CliRunner().invoke(app, ["stats", "table"]).output
    assert " 1.9  0.9713  0.9719  0.9726  0.9732  0.9738  0.9744  0.9750" in table_of_areas


def test_a_histogram_is_drawn_in_a_line() -> None:
    assert drawn_in_text([8, 4, 0, 1]) == "█▄ ▁"  # of 8: all, half, none, an eighth
    assert drawn_in_text([1, 1, 3, 3], bars=2) == "▃█"  # 2 and 6: a third is between two and three eighths
    assert drawn_in_text([0, 0]) == ""

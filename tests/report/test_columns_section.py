"""The columns of a table on a run's page: figures of pandas, folded, small however many there are."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pytest

import goodfit as gf
from goodfit.analysis.profile import columns_of_run, profile
from goodfit.report.columns_section import columns_section
from goodfit.report.from_run import collect
from goodfit.report.template import cell
from goodfit.tasks.section import Histogram, Table

pytestmark = pytest.mark.plots


@pytest.fixture(scope="module")
def frame() -> pl.DataFrame:
    random = np.random.default_rng(0)
    values = random.normal(10, 2, 300)
    values[7] = np.nan
    return pl.DataFrame(
        {
            "size": pl.Series(values).fill_nan(None),
            "colour": random.choice(["red", "blue", "<b>"], 300, p=[0.6, 0.3, 0.1]),
            "day": pl.Series(np.datetime64("2024-01-01") + np.arange(300)).cast(pl.Date),
            "price": random.exponential(3, 300),
        }
    )


def test_the_page_says_what_pandas_and_goodfit_stats_say(frame: pl.DataFrame, tmp_path: Path) -> None:
    run = gf.fit(gf.table(frame, "price"), out=tmp_path / "run", epochs=1, arch="mlp", rivals="none", quiet=True)
    kept = run.record.analyses["profile"]
    assert [column["name"] for column in kept["columns"]] == ["price", "size", "colour", "day"]  # the target first
    assert (kept["rows"], kept["sampled"], kept["columns_in_all"]) == (300, 300, 4)
    size = kept["columns"][1]
    of_pandas = pd.Series(frame["size"].to_numpy()).describe()
    assert [size[name] for name in ("mean", "deviation", "min", "median", "max")] == pytest.approx(
        [of_pandas[name] for name in ("mean", "std", "min", "50%", "max")]
    )
    assert size["missing"] == 1
    assert size["normal"]
    assert not kept["columns"][0]["normal"]
    assert sum(size["histogram"]) == 299
    by_stats = {each.name: each.to_json() for each in profile(frame)}
    for column in kept["columns"]:
        theirs = by_stats[column["name"]]
        for name in set(column) - {"histogram", "why"}:
            assert column[name] == theirs[name], (column["name"], name)
    page = (run.folder / "report.html").read_text()
    section = page[page.index('<h2 id="columns">') : page.index('<h2 id="findings">')]
    assert "<details open" not in section
    assert section.count("<details") == 2
    assert "1 of the 2 columns of numbers is spread like that" in section
    assert section.count('class="spark"') == 2
    assert "&lt;b&gt; (" in section
    assert "<b>" not in section
    assert "2024-01-01" in section
    assert "nan" not in section


def test_a_histogram_is_drawn_to_its_highest_column() -> None:
    drawn = str(cell(Histogram((1, 4, 2))))
    # 28 pixels high: a quarter, all and half of it; each column 40 wide
    assert "M0 28V21.0H40.0V0.0H80.0V14.0H120.0V28Z" in drawn


def test_a_page_of_thousands_of_columns_is_small_and_says_how_many_there_are(tmp_path: Path) -> None:
    random = np.random.default_rng(1)
    wide = {f"measurement {at}": random.normal(size=60).round(3) for at in range(1_500)}
    source = gf.table(pl.DataFrame({**wide, "y": random.normal(size=60)}), "y")
    source.prepare()
    kept = columns_of_run(source)
    assert (len(kept["columns"]), kept["columns_in_all"]) == (200, 1_501)
    section = columns_section(kept)
    assert "The first 200 of 1,501 columns" in section.text
    (table,) = section.blocks
    assert isinstance(table, Table)
    assert not table.unfolded
    assert sum(len(str(cell(value))) for row in table.rows for value in row) < 400_000


def test_what_cannot_be_described_is_named_with_its_reason(tmp_path: Path) -> None:
    random = np.random.default_rng(2)
    frame = pl.DataFrame(
        {"same": ["x"] * 90, "gone": [None] * 90, "huge": [1e300, -1e300] * 45, "y": random.normal(size=90)}
    )
    run = gf.fit(gf.table(frame, "y"), out=tmp_path / "run", epochs=1, arch="mlp", rivals="none", quiet=True)
    data = collect(run.folder, run.record)
    section = next(section for section in data.sections if section.id == "columns")
    text = " ".join(
        str(cell(value)) for block in section.blocks if isinstance(block, Table) for row in block.rows for value in row
    )
    assert re.search("same.*left out", text)
    assert "inf" not in text
    assert "nan" not in text.casefold()


def test_ratings_are_described_as_well(tmp_path: Path) -> None:
    random = np.random.default_rng(3)
    frame = pl.DataFrame(
        {"who": random.integers(0, 20, 300), "film": random.integers(0, 15, 300), "stars": random.integers(1, 6, 300)}
    )
    run = gf.fit(gf.ratings(frame, "who", "film", "stars"), out=tmp_path / "run", epochs=1, quiet=True)
    kept = {column["name"]: column for column in run.record.analyses["profile"]["columns"]}
    assert kept["stars"]["mean"] == pytest.approx(frame["stars"].mean())
    assert kept["who"]["distinct"] == frame["who"].n_unique()
    top = frame["film"].value_counts(sort=True)["count"][0]
    assert kept["film"]["levels"][0]["rows"] == top

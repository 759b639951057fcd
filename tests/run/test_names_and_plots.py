"""Names that plots, pages, terminals or file systems take amiss do not cost a run; nor does a plot that fails."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from command import goodfit
from PIL import Image

import goodfit as gf
from goodfit.report import drawings
from goodfit.store.run_folder import CHECKPOINT, RECORD, REPORT, WEIGHTS

pytestmark = pytest.mark.plots

AWKWARD = ["a$b$", "c\x07\x1b[31m", "$\\frac$", "<b>&amp;", "d\u202ee", "line\nend", "x^{", "\\"]


def table(names: list[str], *, numbers: bool) -> pl.DataFrame:
    """Columns of these names; the last is the target, of numbers, or of two classes that are called awkwardly too."""
    random = np.random.default_rng(0)
    columns = {name: random.normal(size=120) for name in names}
    first = columns[names[0]]
    levels = random.choice(["u$v$w", "\x01", "=cmd|x"], 120)
    target = first * 3 if numbers else np.where(first > 0, "x\x01$y$", "$\\frac$")
    return pl.DataFrame({**columns, names[1]: levels, names[-1]: target})


@pytest.mark.parametrize("numbers", [True, False])
def test_awkward_names_of_columns_and_classes_cost_nothing(tmp_path: Path, numbers: bool) -> None:
    frame = table(AWKWARD, numbers=numbers)
    source = gf.table(frame, AWKWARD[-1])
    run = gf.fit(source, epochs=1, out=tmp_path / "run", interval=numbers, rivals="none", folds=2, quiet=True)
    page = (tmp_path / "run" / REPORT).read_text(encoding="utf-8")
    assert "could not be drawn" not in page
    assert "<b>&amp;amp;" not in page  # escaped: &lt;b&gt;
    assert "\x07" not in page
    assert not (tmp_path / "run" / CHECKPOINT).exists()
    classes = {"x\x01$y$", "$\\frac$"}
    assert numbers or set(run.predict(frame)["prediction"]) <= classes


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    for label, bright in (("dark", 20), ("light", 190)):
        (tmp_path / "photos" / label).mkdir(parents=True)
        for number in range(12):
            pixels = np.random.default_rng(number).integers(0, 50, (12, 12, 3)) + bright
            Image.fromarray(pixels.astype(np.uint8)).save(tmp_path / "photos" / label / f"{number}.png")
    return tmp_path / "photos"


def test_a_plot_that_fails_is_said_in_its_place(photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*data: object) -> None:
        raise ValueError("no <font> of\nthis kind")

    monkeypatch.setitem(drawings.DRAWINGS, "confusion", fails)
    monkeypatch.setattr(drawings, "loss_curves", fails)
    gf.fit(photos, epochs=1, width=4, out=tmp_path / "run", rivals="none", quiet=True).release()
    page = (tmp_path / "run" / REPORT).read_text(encoding="utf-8")
    assert page.count("could not be drawn") == 2
    assert "ValueError: no &lt;font&gt; of)" in page
    assert "plot-metric" in page  # the others are there


def test_a_page_that_fails_costs_no_run(photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*arguments: object) -> None:
        raise ZeroDivisionError("by nothing")

    with monkeypatch.context() as patch:
        patch.setattr("goodfit.report.from_run.collect", fails)
        with pytest.warns(UserWarning, match="the report could not be written, and the run is whole"):
            gf.fit(photos, epochs=1, width=4, out=tmp_path / "run", rivals="none", quiet=True).release()
    assert {RECORD, WEIGHTS} <= {path.name for path in (tmp_path / "run").iterdir()}
    assert not (tmp_path / "run" / REPORT).exists()
    assert goodfit("predict", tmp_path / "run", photos, "-o", tmp_path / "p.csv", "-q") == 0
    assert goodfit("report", tmp_path / "run") == 0
    assert (tmp_path / "run" / REPORT).exists()


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere every name is Unicode")
def test_names_that_are_not_utf8_are_rows_like_others(
    photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in range(3):
        (photos / "dark" / f"{number}.png").rename(photos / "dark" / os.fsdecode(b"%d\xff\x07.png" % number))
    (photos / "light" / os.fsdecode(b"broken\xfe.png")).write_bytes(b"no image")
    fit = ("fit", photos, "--epochs", 1, "--width", 4, "--rivals", "none", "--out", tmp_path / "run", "-q")
    assert goodfit(*fit) == 0
    for name in ("p.csv", "p.parquet"):
        assert goodfit("predict", tmp_path / "run", photos, "-o", tmp_path / name, "-q") == 0
    assert b"dark/0\xff\x07.png," in (tmp_path / "p.csv").read_bytes()
    assert pl.read_parquet(tmp_path / "p.parquet").height == 25
    capsys.readouterr()
    for words in (["evaluate", tmp_path / "run", photos, "--json"], ["report", tmp_path / "run"]):
        assert goodfit(*words) == 0
    (unreadable,) = gf.load(tmp_path / "run").record.unreadable
    assert unreadable.key.endswith(r"broken\udcfe.png")

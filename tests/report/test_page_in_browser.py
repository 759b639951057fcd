"""The page of each task in a real browser: wide and narrow, dark, on paper; small, silent and readable at any size.

Skipped where there is no Chromium.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import numpy as np
import polars as pl
import pytest
from chromium import Browser, browser, executable
from click.testing import CliRunner
from synthetic_runs import RUNS, numbers, two_classes

import goodfit
from goodfit.cli.app import app
from goodfit.record import Record
from goodfit.report.from_run import write_report

pytestmark = [
    pytest.mark.plots,
    pytest.mark.skipif(executable() is None, reason="no Chromium on this machine"),
]

BYTES_AT_MOST = 3_000_000
SHEETS_AT_MOST = 4
PHONE, DESKTOP = 390, 1280
SMALLEST_TYPE = 11.0  # px
TYPE_SIZES = """(() => {
  const sizes = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !element.checkVisibility()) continue;
    const scale = element instanceof SVGElement ? element.getScreenCTM().a ** 2 + element.getScreenCTM().b ** 2 : 1;
    sizes.push([parseFloat(getComputedStyle(element).fontSize) * Math.sqrt(scale), walker.currentNode.data.trim()]);
  }
  return sizes.sort((one, other) => one[0] - other[0])[0];
})()"""
SPILLING = """[...document.querySelectorAll('main *')].filter(element =>
  !element.closest('.plot, .scroll, pre, .slider') && element.getBoundingClientRect().right > innerWidth + 1
).map(element => element.outerHTML.slice(0, 120)).slice(0, 3)"""
PLOT_LIGHTNESS = """getComputedStyle(document.querySelector('.plot svg')).filter"""


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as opened:
        yield opened


@pytest.mark.parametrize("make", RUNS, ids=lambda make: make.__name__)
def test_the_page_of_each_task_is_small_silent_and_readable_everywhere(
    make: Callable[[Path], Record], chromium: Browser, tmp_path: Path
) -> None:
    record = make(tmp_path / "run")
    page = write_report(tmp_path / "run", record, tmp_path / "report.html")
    assert page.stat().st_size <= BYTES_AT_MOST
    text = page.read_text(encoding="utf-8")
    assert "<script" not in text
    assert "could not be drawn" not in text
    for width, dark in ((DESKTOP, False), (PHONE, False), (PHONE, True)):
        _assert_readable(chromium, page, width, dark)
        if chromium.evaluate("document.querySelectorAll('.plot svg').length"):
            assert ("invert" in chromium.evaluate(PLOT_LIGHTNESS)) == dark
    chromium.show(page)
    sheets = len(re.findall(rb"/Type\s*/Page\b", chromium.paper()))
    assert 1 <= sheets <= SHEETS_AT_MOST


def _assert_readable(chromium: Browser, page: Path, width: int, dark: bool) -> None:
    chromium.show(page, width=width, dark=dark)
    assert chromium.complaints() == []
    assert chromium.requests() == []
    assert chromium.evaluate("document.documentElement.scrollWidth") <= width, chromium.evaluate(SPILLING)
    assert chromium.evaluate(SPILLING) == []
    size, words = chromium.evaluate(TYPE_SIZES)
    assert size >= SMALLEST_TYPE, words


@pytest.mark.parametrize("width", [DESKTOP, PHONE])
def test_the_pages_of_a_comparison_and_of_columns_are_readable_too(
    chromium: Browser, tmp_path: Path, width: int
) -> None:
    random = np.random.default_rng(0)
    y = random.integers(0, 2, 300)
    models = {name: np.where(random.random(300) < share, y, 1 - y) for name, share in (("a", 0.9), ("b", 0.8))}
    columns = {"fold": np.arange(300) % 5, "label": y, **models, "price": random.lognormal(12, 1, 300)}
    pl.DataFrame(columns).write_csv(tmp_path / "rows.csv")
    compared = goodfit.compare(tmp_path / "rows.csv", prediction=["a", "b"], truth="label", fold="fold")
    profile = tmp_path / "columns.html"
    drawn = CliRunner().invoke(app, ["stats", str(tmp_path / "rows.csv"), "-o", str(profile)])
    assert drawn.exit_code == 0, drawn.output
    for page in (compared.write(tmp_path / "comparison.html"), profile):
        _assert_readable(chromium, page, width, dark=False)


def test_plots_beside_a_tall_one_leave_no_gap(chromium: Browser, tmp_path: Path) -> None:
    """The importance of columns is as high as two other plots: their bottom edges are level."""
    page = write_report(tmp_path / "run", numbers(tmp_path / "run"), tmp_path / "report.html")
    chromium.show(page, width=DESKTOP)
    bottoms = chromium.evaluate(
        "[...document.querySelectorAll('.two:has(> .tall) > .plot')].map(plot => plot.getBoundingClientRect().bottom)"
    )
    assert bottoms[0] == pytest.approx(bottoms[2], abs=1)


@pytest.mark.parametrize("columns", [3, 4, 8, 12])
def test_no_place_beside_a_plot_is_empty(chromium: Browser, tmp_path: Path, columns: int) -> None:
    """The plots of the curves, and those of few and many columns, end at the edge of the page in each line."""
    record = numbers(tmp_path / "run")
    explanation = record.explanation
    assert explanation is not None
    importance = [{**explanation["importance"][0], "column": f"column {at}"} for at in range(columns)]
    record = msgspec.structs.replace(record, explanation={**explanation, "importance": importance})
    page = write_report(tmp_path / "run", record, tmp_path / "report.html")
    chromium.show(page, width=DESKTOP)
    gaps = chromium.evaluate("""[...document.querySelectorAll('.two')].flatMap(grid => {
      const boxes = [...grid.children].map(each => each.getBoundingClientRect());
      const edge = grid.getBoundingClientRect().right;
      return boxes.filter(box => Math.abs(box.right - edge) > 1 &&
        !boxes.some(other => other.left > box.right && other.top <= box.top + 1 && other.bottom >= box.bottom - 1 ||
                             other.left > box.right && other.top >= box.top - 1 && other.bottom <= box.bottom + 1));
    }).length""")
    assert gaps == 0


def test_a_matrix_of_two_classes_is_small(chromium: Browser, tmp_path: Path) -> None:
    page = write_report(tmp_path / "run", two_classes(tmp_path / "run"), tmp_path / "report.html")
    chromium.show(page, width=DESKTOP)
    assert chromium.evaluate("document.querySelector('svg[aria-label=\"Confusion matrix\"]').clientWidth") < 450

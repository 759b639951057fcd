"""The report of a run of an earlier format, from what its folder holds."""

from __future__ import annotations

from pathlib import Path

import pytest

from goodfit.record import read_record
from goodfit.report.from_run import collect
from goodfit.report.page import render

pytestmark = pytest.mark.plots

FOLDERS = sorted((Path(__file__).parents[1] / "run" / "fixtures").glob("run-format-*"))


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_the_page_of_an_old_run_has_its_figures_and_sections(folder: Path) -> None:
    record = read_record(folder)
    page = collect(folder, record)
    assert [section.id for section in page.sections] == ["confusion", "classes"]
    text = render(page)
    score = record.metrics[page.scored_part]["accuracy"]
    assert f'data-metric="{page.scored_part} accuracy">{100 * score.value:.2f}%</td>' in text
    assert "higher is better" in text
    assert page.commands[0] == "goodfit fit DATA --width 2 --epochs 20 --precision float32 --seed 0"
    assert text.count('aria-label="Confusion matrix"') == 1

"""Labels that are probably wrong, marked on the page of a run."""

from __future__ import annotations

import re
from pathlib import Path

import torch
from synthetic_runs import synthetic_run

from goodfit.report.doubted_labels import doubted_rows, words_on_doubt
from goodfit.report.from_run import write_report
from goodfit.tasks.class_sections import reliability_section
from goodfit.tasks.classification import Classification
from goodfit.tasks.regression import Regression

TASK = Classification(("cat", "cow", "dog"))
TURNED = [3, 50, 77, 120, 161]


def outputs(rows: int, turned: list[int]) -> tuple[torch.Tensor, torch.Tensor]:
    """Logits that are 4 higher for the class of a row; labels of which some are those of the next class."""
    generator = torch.Generator().manual_seed(0)
    y = torch.arange(rows) % 3
    out = 4.0 * torch.eye(3)[y] + 0.5 * torch.randn(rows, 3, generator=generator)
    y[turned] = (y[turned] + 1) % 3
    return out, y


def test_turned_labels_are_doubted_and_no_other() -> None:
    assert doubted_rows(TASK, *outputs(200, TURNED)) == set(TURNED)
    assert doubted_rows(TASK, *outputs(200, [])) == set()


def test_where_classes_overlap_nothing_is_doubted() -> None:
    out, y = outputs(200, list(range(0, 200, 8)))  # one label in eight is not the likeliest class
    assert doubted_rows(TASK, out, y) == set()


def test_numbers_have_no_label() -> None:
    task = Regression((0.0,), (1.0,))
    assert doubted_rows(task, torch.zeros(20, 1), torch.zeros(20, 1)) == set()


def test_the_page_marks_them_among_the_worst_mistakes(tmp_path: Path) -> None:
    out, y = outputs(200, TURNED)
    record = synthetic_run(tmp_path / "run", TASK, out, y, y)
    page = write_report(tmp_path / "run", record, tmp_path / "page.html").read_text()
    assert "Of the labels of 200 rows, 5 look wrong: they are marked where they are among these." in page
    assert len(re.findall("probably wrong", page)) == len(TURNED)
    assert words_on_doubt(0, 200, "row") == ""
    assert words_on_doubt(1, 200, "image").startswith(" Of the labels of 200 images, 1 looks wrong: it is marked.")


def test_the_page_says_at_which_temperature_the_probabilities_are() -> None:
    bins = [{"confidence": 0.9, "accuracy": 0.9, "rows": 50}]
    calibration = {"bins": bins, "ece": 0.01}
    assert "divided by" not in reliability_section(calibration, 1.0).text
    assert (
        "less sure than it was by itself: its scores are divided by 1.80" in reliability_section(calibration, 1.8).text
    )
    assert "more sure than it was by itself" in reliability_section(calibration, 0.6).text

"""The reliability diagram shows the bins that were recorded."""

from __future__ import annotations

from xml.etree import ElementTree

import numpy as np
import pytest

from goodfit.report.reliability_plot import reliability_diagram
from goodfit.report.svg import to_svg
from goodfit.stats.calibration import reliability

pytestmark = pytest.mark.plots


@pytest.mark.parametrize("rows", [5, 400])
def test_every_bin_is_a_point(rows: int) -> None:
    random = np.random.default_rng(0)
    confidence = random.uniform(0.5, 1, rows)
    made = reliability(confidence, random.random(rows) < confidence)
    figure = reliability_diagram(made.to_json())
    points = figure.axes[0].get_lines()[1]
    np.testing.assert_allclose(np.asarray(points.get_xdata()), made.confidence)
    np.testing.assert_allclose(np.asarray(points.get_ydata()), made.accuracy)
    text = to_svg(figure, "p", "reliability")
    ElementTree.fromstring(text)
    assert f"Expected calibration error: {100 * made.error:.1f} points" in text


def test_ticks_are_few_percents_where_all_are_sure() -> None:
    """Of one bin at 98.5% the ticks were 0.9850, 0.9875, ... and overlapped."""
    random = np.random.default_rng(1)
    made = reliability(random.uniform(0.98, 0.99, 60), random.random(60) < 0.98)
    figure = reliability_diagram(made.to_json())
    figure.canvas.draw()
    labels = [label.get_text() for label in figure.axes[0].get_xticklabels()]
    assert len(labels) <= 7
    assert len(set(labels)) == len(labels)
    assert all(label.endswith("%") for label in labels)


def test_rows_that_are_all_right_and_sure_can_be_drawn() -> None:
    made = reliability(np.ones(30), np.ones(30, dtype=bool))
    assert made.error == 0
    ElementTree.fromstring(to_svg(reliability_diagram(made.to_json()), "p", "reliability"))

"""The reliability diagram shows the bins that were recorded."""

from __future__ import annotations

from xml.etree import ElementTree

import numpy as np
import pytest

from goodfit.report.reliability_plot import reliability_diagram
from goodfit.report.svg import to_svg
from goodfit.stats.calibration import reliability


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
    assert f"expected calibration error {made.error:.3f}" in text


def test_rows_that_are_all_right_and_sure_can_be_drawn() -> None:
    made = reliability(np.ones(30), np.ones(30, dtype=bool))
    assert made.error == 0
    ElementTree.fromstring(to_svg(reliability_diagram(made.to_json()), "p", "reliability"))

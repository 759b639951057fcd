"""Every plot of the page by its name, as SVG: the curves of a run, and what its sections ask for."""

from __future__ import annotations

import html
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from goodfit.report.importance_plots import dependence_curve, importance_bars
from goodfit.report.page_data import PageData
from goodfit.report.plots import (
    class_balance,
    confusion_matrix,
    loss_curves,
    metric_curve,
    prediction_scatter,
    range_test_curve,
    rate_curve,
    recall_bars,
    residual_scatter,
)
from goodfit.report.rating_plots import activity_curve, popularity_curve
from goodfit.report.reliability_plot import reliability_diagram
from goodfit.report.svg import clean, to_svg
from goodfit.tasks.section import Plot

if TYPE_CHECKING:
    from matplotlib.figure import Figure

DRAWINGS: dict[str, Callable[..., Figure]] = {
    "confusion": confusion_matrix,
    "recall": recall_bars,
    "balance": class_balance,
    "scatter": prediction_scatter,
    "residuals": residual_scatter,
    "activity": activity_curve,
    "popularity": popularity_curve,
    "reliability": reliability_diagram,
    "importance": importance_bars,
    "dependence": dependence_curve,
}


def draw(plot: Plot, number: int = 0, prefix: str = "") -> str:
    """A plot of a section; the number tells those of one drawing on one page apart, the prefix those of two pages."""
    return _drawn(lambda: DRAWINGS[plot.drawing](*plot.data), f"{prefix}plot-{plot.drawing}-{number}", plot.alt)


def curves(page: PageData) -> dict[str, str]:
    """loss and metric by epoch; nothing where no epoch was recorded."""
    if not page.history:
        return {}
    metric = page.main_metric
    scores: dict[str, Any] = {
        part: page.metrics[part][metric.name] for part in ("valid", "test") if metric.name in page.metrics.get(part, {})
    }
    base = page.baseline.get(page.scored_part, {}).get(metric.name)
    drawn = {
        "loss": _drawn(
            lambda: loss_curves(page.history, page.best_epoch, page.loss_unit),
            "plot-loss",
            "Training and validation loss by epoch",
        ),
        "metric": _drawn(
            lambda: metric_curve(page.history, metric, page.best_epoch, scores, base),
            "plot-metric",
            f"{metric.title} in validation by epoch",
        ),
    }
    if len({row.get("learning_rate") for row in page.history}) > 1:  # a constant one is among the choices
        drawn["rate"] = _drawn(lambda: rate_curve(page.history), "plot-rate", "Learning rate by epoch")
    if (test := page.range_test) is not None:
        drawn["range"] = _drawn(lambda: range_test_curve(test), "plot-range", "Loss by learning rate in the range test")
    return drawn


def _drawn(make: Callable[[], Figure], prefix: str, alt: str) -> str:
    """The figure as SVG; where it cannot be drawn, the page says so in its place: no plot costs a page, or a run."""
    try:
        return to_svg(make(), prefix, alt)
    except Exception as error:  # whatever a drawing raises on names and values that nobody thought of
        reason = clean(f"{type(error).__name__}: {error}".splitlines()[0])
        return f"<p>This plot could not be drawn: {html.escape(clean(alt))} ({html.escape(reason)}).</p>"

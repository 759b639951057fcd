"""Every plot of the page by its name, as SVG: the curves of a run, and what its sections ask for."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from goodfit.report.importance_plots import dependence_panels, importance_bars
from goodfit.report.page_data import PageData
from goodfit.report.plots import (
    class_balance,
    confusion_matrix,
    loss_curves,
    metric_curve,
    recall_bars,
    regression_scatter,
)
from goodfit.report.rating_plots import activity_panels
from goodfit.report.svg import to_svg
from goodfit.tasks.section import Plot

if TYPE_CHECKING:
    from matplotlib.figure import Figure

DRAWINGS: dict[str, Callable[..., Figure]] = {
    "confusion": confusion_matrix,
    "recall": recall_bars,
    "balance": class_balance,
    "scatter": regression_scatter,
    "activity": activity_panels,
    "importance": importance_bars,
    "dependence": dependence_panels,
}


def draw(plot: Plot) -> str:
    """A plot of a section."""
    return to_svg(DRAWINGS[plot.drawing](*plot.data), f"plot-{plot.drawing}", plot.alt)


def curves(page: PageData) -> dict[str, str]:
    """loss and metric by epoch; nothing where no epoch was recorded."""
    if not page.history:
        return {}
    metric = page.main_metric
    scores: dict[str, Any] = {
        part: page.metrics[part][metric.name] for part in ("valid", "test") if metric.name in page.metrics.get(part, {})
    }
    base = page.baseline.get(page.scored_part, {}).get(metric.name)
    loss = loss_curves(page.history, page.best_epoch, page.loss_unit)
    score = metric_curve(page.history, metric, page.best_epoch, scores, base)
    return {
        "loss": to_svg(loss, "plot-loss", "Training and validation loss by epoch"),
        "metric": to_svg(score, "plot-metric", f"{metric.title} on the validation rows by epoch"),
    }

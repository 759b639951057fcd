"""What a metric is called, what it is measured in, and whether a higher value is better. The shared ones are here."""

from __future__ import annotations

from dataclasses import dataclass

from goodfit.formatting import fixed, number, percent, percent_decimals
from goodfit.stats.estimates import Estimate


@dataclass(frozen=True)
class Metric:
    """A metric of a task.

    Attributes:
        name: as in JSON and in the history: balanced_accuracy.
        title: as people read it inside a sentence: balanced accuracy, RMSE.
        higher_is_better: whether a better model has a higher value.
        unit: what it is measured in, such as dB; empty for shares, and for the units of the target.
        share: whether it is a share of rows, pixels or items, which people read in percent.
    """

    name: str
    title: str
    higher_is_better: bool = True
    unit: str = ""
    share: bool = False

    def __str__(self) -> str:
        return self.title

    def text(self, value: float, like: Estimate | None = None) -> str:
        """A value as people read it: 58%, 27.4 dB, 72,638.

        Args:
            like: an estimate beside which it stands, whose width says how many decimals of a percent mean something.
        """
        if self.share:
            return percent(value, 1 if like is None else percent_decimals(like.low, like.high))
        return f"{number(value)} {self.unit}".rstrip()

    def cell(self, value: float | None) -> str:
        """A value in a column of a table, with as many decimals as its neighbours: 58.33%, 0.9010, 72,638."""
        if value is None:
            return number(None)
        return percent(value, 2) if self.share else fixed(value)

    def interval(self, estimate: Estimate) -> str:
        """44% to 71%."""
        return f"{self.text(estimate.low, estimate)} to {self.text(estimate.high, estimate)}"

    @classmethod
    def unknown(cls, name: str) -> Metric:
        """A metric that a run recorded and its task has no more."""
        return cls(name, name.replace("_", " "))

    def titled(self) -> str:
        """The title, with the unit in brackets where there is one: PSNR (dB)."""
        return f"{self.title} ({self.unit})" if self.unit else self.title


ACCURACY = Metric("accuracy", "accuracy", share=True)
BALANCED_ACCURACY = Metric("balanced_accuracy", "balanced accuracy", share=True)
LOG_LOSS = Metric("log_loss", "log loss", higher_is_better=False)
AUC = Metric("auc", "AUC")
AVERAGE_PRECISION = Metric("average_precision", "average precision")
F1 = Metric("f1", "F1")
RMSE = Metric("rmse", "RMSE", higher_is_better=False)
MAE = Metric("mae", "MAE", higher_is_better=False)
R2 = Metric("r2", "R²")
COVERAGE = Metric("coverage", "coverage of the 90% intervals", share=True)
IOU = Metric("iou", "IoU", share=True)
PIXEL_ACCURACY = Metric("pixel_accuracy", "pixel accuracy", share=True)
PSNR = Metric("psnr", "PSNR", unit="dB")
SSIM = Metric("ssim", "SSIM")
PSNR_GAIN = Metric("psnr_gain", "PSNR gain", unit="dB")
NDCG_AT_10 = Metric("ndcg_at_10", "NDCG at 10")
RECALL_AT_10 = Metric("recall_at_10", "recall at 10", share=True)

"""What a metric is called, what it is measured in, and whether a higher value is better. The shared ones are here."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Metric:
    """A metric of a task.

    Attributes:
        name: as in JSON and in the history: balanced_accuracy.
        title: as people read it inside a sentence: balanced accuracy, RMSE.
        higher_is_better: whether a better model has a higher value.
        unit: what it is measured in, such as dB; empty for shares, and for the units of the target.
    """

    name: str
    title: str
    higher_is_better: bool = True
    unit: str = ""

    @classmethod
    def unknown(cls, name: str) -> Metric:
        """A metric that a run recorded and its task has no more."""
        return cls(name, name.replace("_", " "))

    def titled(self) -> str:
        """The title, with the unit in brackets where there is one: PSNR (dB)."""
        return f"{self.title} ({self.unit})" if self.unit else self.title


ACCURACY = Metric("accuracy", "accuracy")
BALANCED_ACCURACY = Metric("balanced_accuracy", "balanced accuracy")
LOG_LOSS = Metric("log_loss", "log loss", higher_is_better=False)
AUC = Metric("auc", "AUC")
AVERAGE_PRECISION = Metric("average_precision", "average precision")
F1 = Metric("f1", "F1")
RMSE = Metric("rmse", "RMSE", higher_is_better=False)
MAE = Metric("mae", "MAE", higher_is_better=False)
R2 = Metric("r2", "R²")
COVERAGE = Metric("coverage", "coverage of the 90% intervals")
SET_COVERAGE = Metric("coverage", "coverage of the 90% prediction sets")
SET_SIZE = Metric("set_size", "classes in a prediction set", higher_is_better=False)
IOU = Metric("iou", "IoU")
PIXEL_ACCURACY = Metric("pixel_accuracy", "pixel accuracy")
PSNR = Metric("psnr", "PSNR", unit="dB")
SSIM = Metric("ssim", "SSIM")
PSNR_GAIN = Metric("psnr_gain", "PSNR gain", unit="dB")
NDCG_AT_10 = Metric("ndcg_at_10", "NDCG at 10")
RECALL_AT_10 = Metric("recall_at_10", "recall at 10")

"""What a metric is called, what it is measured in, and whether a higher value is better. The shared ones are here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from goodfit.formatting import fixed, number, number_like, percent, percent_decimals
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
        about: what it means, in a sentence or two: `goodfit explain`.
    """

    name: str
    title: str
    higher_is_better: bool = True
    unit: str = ""
    share: bool = False
    about: str = ""

    def __str__(self) -> str:
        return self.title

    def text(self, value: float, like: Estimate | None = None) -> str:
        """A value as people read it: 58%, 27.4 dB, 72,638.

        Args:
            like: an estimate beside which it stands, whose width says how many decimals mean something.
        """
        if self.share:
            return (
                percent(value, 1).replace(".0%", "%")
                if like is None
                else percent(value, percent_decimals(like.low, like.high))
            )
        figure = number(value) if like is None else number_like(value, like.low, like.high)
        return f"{figure} {self.unit}".rstrip()

    def cell(self, value: float | None, beside: Iterable[float | None] = ()) -> str:
        """A value in a table, with as many decimals as its neighbours: 58.33%, 0.9010, 72,638.

        Args:
            beside: values of this metric in its row or column.
        """
        if value is None:
            return number(None)
        return percent(value, 2) if self.share else fixed(value, beside)

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


ACCURACY = Metric(
    "accuracy",
    "accuracy",
    share=True,
    about=(
        "The share of rows that are right. Where one class has most of the rows, compare it with the baseline: "
        "always naming that class may reach as much."
    ),
)
BALANCED_ACCURACY = Metric(
    "balanced_accuracy",
    "balanced accuracy",
    share=True,
    about=(
        "The mean over the classes of the share of their rows that are right: a rare class counts as much as a "
        "frequent one."
    ),
)
LOG_LOSS = Metric(
    "log_loss",
    "log loss",
    higher_is_better=False,
    about=(
        "The mean of -ln(p), where p is the probability given to the true class: being sure and wrong costs most. "
        "Guessing by the classes' shares gives their entropy; 0 is perfect. (Also called cross-entropy, in nats.)"
    ),
)
AUC = Metric(
    "auc",
    "AUC",
    about=(
        "The probability that a row of the class gets a higher score than a row of another. 0.5 is chance, 1 is "
        "perfect; it does not depend on a threshold. (The area under the ROC curve; of several classes the mean "
        "of each against the rest.)"
    ),
)
AVERAGE_PRECISION = Metric(
    "average_precision",
    "average precision",
    about=(
        "The mean precision over all thresholds, weighted by the rise of recall (the area under the "
        "precision-recall curve). Chance gives the share of the class."
    ),
)
F1 = Metric(
    "f1",
    "F1",
    about=(
        "The harmonic mean of precision (of what was named, the share that is right) and recall (of what is true, "
        "the share that was named), over all labels of all rows."
    ),
)
RMSE = Metric(
    "rmse",
    "RMSE",
    higher_is_better=False,
    about=(
        "The root of the mean squared error, in the units of the target: like a typical error, with large ones "
        "counted more."
    ),
)
MAE = Metric(
    "mae",
    "MAE",
    higher_is_better=False,
    about=("The mean absolute error, in the units of the target: by how much a prediction is off on average."),
)
R2 = Metric(
    "r2",
    "R²",
    about=(
        "The share of the target's variance that the predictions account for: 1 is perfect, 0 is as good as "
        "always predicting the mean, below 0 is worse."
    ),
)
COVERAGE = Metric(
    "coverage",
    "coverage of the 90% intervals",
    share=True,
    about=(
        "How many of the true values lie inside their 90% prediction intervals: 90% where these mean what they say."
    ),
)
SET_COVERAGE = Metric(
    "coverage",
    "coverage of the 90% prediction sets",
    share=True,
    about=("How many of the true classes are in their 90% prediction sets: 90% where these mean what they say."),
)
SET_SIZE = Metric(
    "set_size",
    "classes in a prediction set",
    higher_is_better=False,
    about=("The mean number of classes in a 90% prediction set: 1 where the model is sure."),
)
IOU = Metric(
    "iou",
    "IoU",
    share=True,
    about=(
        "Intersection over union: of the pixels that are of a class by truth or by prediction, the share that is "
        "both; the mean over the classes."
    ),
)
IMAGE_IOU = Metric(
    "image_iou",
    "mean image IoU",
    share=True,
    about=(
        "Intersection over union in each image by itself, the mean over the classes that are in it by truth or by "
        "prediction; then the mean over the images. Small images and small areas count as much as large ones."
    ),
)
PIXEL_ACCURACY = Metric(
    "pixel_accuracy",
    "pixel accuracy",
    share=True,
    about=("The share of pixels whose class is right. A large background makes it high for anything."),
)
PSNR = Metric(
    "psnr",
    "PSNR",
    unit="dB",
    about=("Peak signal-to-noise ratio, 10 log10(255^2 / mean squared error): 3 dB more is half the squared error."),
)
SSIM = Metric(
    "ssim",
    "SSIM",
    about=("Structural similarity to the clean image: 1 is the same (Wang et al. 2004)."),
)
PSNR_GAIN = Metric(
    "psnr_gain",
    "PSNR gain",
    unit="dB",
    about=("By how many dB the restored image is nearer to the clean one than the degraded image was."),
)
NDCG_AT_10 = Metric(
    "ndcg_at_10",
    "NDCG at 10",
    about=(
        "How high the items that a user took stand among the first 10 recommended: a hit on place k counts 1 / "
        "log2(1 + k), as a share of the best order (Jarvelin and Kekalainen 2002)."
    ),
)
RECALL_AT_10 = Metric(
    "recall_at_10",
    "recall at 10",
    share=True,
    about=("Of the items that a user took, the share that is among the first 10 recommended; the mean over users."),
)
METRICS = {metric.name: metric for metric in tuple(globals().values()) if isinstance(metric, Metric)}

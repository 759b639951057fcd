"""What every task answers: head width, loss, metrics, decoding, and its traits. One class a task, one file a class.

A task is a frozen value. What it learns from targets or settings comes as a new task: `fitted_to`, `with_...`,
`calibrated`. No code outside of this package asks which task it is: what differs is a trait here, with a usual value.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, Literal, Self

import numpy as np
import torch
from torch import Tensor, nn

from goodfit.errors import UsageError
from goodfit.stats.estimates import Estimate
from goodfit.tasks.metric import Metric
from goodfit.tasks.plain_score import PlainScore
from goodfit.tasks.section import Section

Targets = Sequence[Any] | np.ndarray | Tensor  # as a source gives them: labels, lists of labels, numbers, images
Columns = Mapping[str, Sequence[Any] | np.ndarray]


class Task(ABC):
    """A kind of prediction. It holds what is needed to read targets and to write predictions, as JSON.

    A new task is a file with a frozen dataclass of RowTask (or DenseTask) and `TASK = ThatClass`.
    """

    name: ClassVar[str]
    family: ClassVar[str]  # what recipes of architectures are keyed by: classes, labels, numbers, ratings, ...
    metric_list: ClassVar[tuple[Metric, ...]]  # the first one is the headline
    plain_score: ClassVar[PlainScore | None] = None  # everyday words for its score; None: the main metric by its name
    output: ClassVar[Literal["row", "image"]] = "row"  # what the net gives for each input
    rival: ClassVar[str] = "the trivial predictor"  # what `baseline` is of: "predicting the mean" (reaches 0.3)
    loss_unit: ClassVar[str] = "mean per row"  # what the loss is measured in, for the plot of it
    example_words: ClassVar[str]  # what `example_rows` gives, in a sentence or two
    scored_rows: ClassVar[int] = 5_000  # training rows that are scored for the verdict
    beside: ClassVar[Literal["mask", "image"] | None] = None  # what an augmentation moves along with an image
    input_in_shares: ClassVar[bool] = False  # images go in as shares of 255, not as z-scores
    input_at_own_size: ClassVar[bool] = False  # a new image is not scaled to what training saw
    accepts_feature_net: ClassVar[bool] = False
    slider: ClassVar[tuple[str, str] | None] = None  # two panels of an example that the page lays over each other
    decodes_scores: ClassVar[bool] = True  # a score of an item for a user is an output that `decode` takes

    # What it learns from ----------------------------------------------------------------------------------------------

    @classmethod
    @abstractmethod
    def fits(cls, targets: Targets) -> bool:
        """Whether these raw targets are of this kind (a label each; a list of labels each; a number each)."""

    @classmethod
    @abstractmethod
    def from_targets(cls, targets: Targets) -> Self:
        """The task for these raw training targets; sources may give further arguments by name.

        Raises:
            DataError: targets that cannot be learnt from.
        """

    @abstractmethod
    def encode(self, targets: Targets, keys: Sequence[str]) -> Tensor:
        """Raw targets as the tensor the loss takes.

        Raises:
            DataError: a target that training has not seen, with its key.
        """

    def known_labels(self, targets: Targets) -> tuple[Targets, Sequence[tuple[str, str, str]]]:
        """New labels in the spelling that the run knows, and what is said of those that had another."""
        return targets, ()

    def class_labels(self, targets: Targets) -> np.ndarray | None:
        """(N,) the class of every row as text; None where a row has no single class."""
        return None

    def strata(self, targets: Targets) -> np.ndarray | None:
        """(N,) labels whose shares are to be alike in all parts of the split; None: rows are drawn as they come."""
        return self.class_labels(targets)

    # Training ---------------------------------------------------------------------------------------------------------

    @property
    @abstractmethod
    def outputs(self) -> int:
        """Width of the head: the net gives (N, outputs), or (N, outputs, H, W)."""

    @property
    def loss_name(self) -> str | None:
        """The loss, for tasks that have several."""
        return None

    def fitted_to(self, y_train: Tensor, loss: str | None) -> Self:
        """The task that has learnt from the training targets, with the loss asked for or a good one.

        Raises:
            UsageError: the task has no such loss.
        """
        if loss is not None:
            raise UsageError(f"--loss {loss} is for images with masks or clean images", fix="Leave it out")
        return self

    def with_label_smoothing(self, share: float) -> Self:
        """The task with this share of the target spread over all classes; the same where that has no meaning."""
        return self

    def with_augmentation(self, *, mirrored: bool = False, turned: bool = False, shifted: bool = False) -> Self:
        """The task for a net that saw images mirrored left to right, turned upside down, or moved in training."""
        return self

    def with_feature_net(self, net: nn.Module) -> Self:
        """The task whose feature loss compares the maps of this net.

        Raises:
            UsageError: the task has no such loss.
        """
        raise UsageError("--feature-net is for restoration", fix="Leave it out")

    def usual_label_smoothing(self, *, images: bool, own_net: bool) -> tuple[float, str] | None:
        """The label smoothing where none was given, and why; None where it has no meaning."""
        return None

    def usual_augmentation(self) -> tuple[str, str] | None:
        """The preset where none was given, and why; None: by the look of the images."""
        return None

    def usual_precision(self) -> tuple[str, str] | None:
        """float32 or bfloat16 where none was given, and why; None: the faster one."""
        return None

    def net_options(self, options: Mapping[str, Any], *, pretrained: bool) -> dict[str, Any]:
        """The options of an architecture, with those changed that this task needs otherwise."""
        return dict(options)

    @abstractmethod
    def loss(self, out: Tensor, y: Tensor) -> Tensor:
        """The scalar to descend: the loss of the batch, a total over a count (rows, pixels, weights)."""

    def loss_count(self, y: Tensor) -> Tensor | int | None:
        """What that total is divided by, from the targets alone; None where the loss is not of this form (Dice)."""
        return len(y)

    def loss_sums(self, out: Tensor, y: Tensor) -> Tensor:
        """(k,) what the loss is made of: the sums of a batch are the sums of those of its parts."""
        loss, count = self.loss(out, y), self.loss_count(y)
        assert count is not None, f"{self.name} needs loss_sums and loss_of_sums of its own"
        return torch.stack([loss * count, torch.as_tensor(count, dtype=loss.dtype, device=loss.device)])

    def loss_of_sums(self, sums: Tensor) -> Tensor:
        """The loss of the batch that has these sums (k,)."""
        return sums[0] / sums[1]

    # Scores -----------------------------------------------------------------------------------------------------------

    @property
    def metric(self) -> Metric:
        """The main metric."""
        return self.metric_list[0]

    @property
    def main_metric(self) -> str:
        """The name of the main metric."""
        return self.metric.name

    @property
    def looks(self) -> int:
        """Passes of the net that `predict` takes for a row."""
        return 1

    def predict(self, net: nn.Module, x: Tensor) -> Tensor:
        """The output for a batch where it counts: for scores and predictions, not in training."""
        out: Tensor = net(x)
        return out

    def keep(self, x: Tensor, out: Tensor, y: Tensor, *, whole: bool = True) -> tuple[Tensor, Tensor]:
        """What is kept of a batch to be scored: (n, ...) of outputs and of targets, small where these are images.

        All that follows here takes outputs and targets in this form; `row_losses` and `score` are all that is wanted
        where not `whole`.
        """
        return out, y

    def keep_targets(self, y: Tensor) -> Tensor:
        """The targets alone in that form."""
        return y

    @abstractmethod
    def row_losses(self, out: Tensor, y: Tensor) -> Tensor:
        """(N,) the plain loss of every row, without smoothing: what the verdict's z-tests are made on."""

    def trained_losses(self, out: Tensor, y: Tensor) -> Tensor:
        """(N,) the loss of every row as training minimises it, with its smoothing: what epochs are compared by."""
        return self.row_losses(out, y)

    @abstractmethod
    def score(self, out: Tensor, y: Tensor) -> float:
        """The main metric alone, quickly."""

    def row_figures(self, out: Tensor, y: Tensor) -> Mapping[Metric, Tensor]:
        """Further figures (N,) of each row whose means are compared beside the losses; the first is the headline."""
        return {}

    @property
    def criterion_words(self) -> str:
        """What `criterion` is, where it is neither the loss nor the metric that each epoch shows; empty otherwise."""
        return ""

    def criterion(self, out: Tensor, y: Tensor) -> float:
        """What the epoch that is kept is chosen by, on validation rows; lower is better."""
        score = self.score(out, y)
        return -score if self.metric.higher_is_better else score

    @abstractmethod
    def metrics(self, out: Tensor, y: Tensor, groups: np.ndarray | None = None) -> dict[str, Estimate]:
        """Every metric with its 95% interval; names are those of `metric_list`.

        Args:
            groups: (N,) the group of each row, where rows belong together: intervals take groups as independent.
        """

    @abstractmethod
    def baseline(self, y_train: Tensor, y: Tensor, out: Tensor) -> dict[str, float]:
        """The metrics on `y` of the trivial predictor learnt from `y_train` (majority class, mean).

        `out` is the net's, for tasks whose net knows what the trivial predictor would give (a popularity).
        """

    def metrics_of_groups(self, out: Tensor, y: Tensor, groups: np.ndarray | None) -> dict[str, Estimate]:
        """`metrics`, of rows that stand alone where `groups` is None."""
        return self.metrics(out, y) if groups is None else self.metrics(out, y, groups)

    def trivial_losses(self, y_train: Tensor, y: Tensor) -> Tensor | None:
        """(N,) the loss of every row under the best constant prediction of `y_train`, to be held against `row_losses`.

        None where a constant output means nothing, as it does for images and ranks.
        """
        return None

    def unlike_training(self, y: Tensor, y_train: Tensor) -> Sequence[tuple[str, str, str]]:
        """What is said of new targets that are unlike the run's: name, value, why; both as `keep` gives them."""
        return ()

    # Predictions and the report ---------------------------------------------------------------------------------------

    @property
    def accepts_interval(self) -> bool:
        """Whether `calibrated` can give its predictions intervals."""
        return False

    @property
    def has_intervals(self) -> bool:
        """Whether its predictions have intervals, or sets of classes."""
        return False

    def with_intervals(self, out: Tensor, y: Tensor) -> Self:
        """The task with 90% prediction intervals learnt from rows that the net was not trained on.

        Raises:
            UsageError: its predictions have none.
        """
        raise UsageError("--interval is for classes, and regression of one number", fix="Leave it out")

    @property
    def accepts_spread(self) -> bool:
        """Whether `with_intervals` can use a second output, the logarithm of how far the first is usually off."""
        return False

    def interval_losses(self, out: Tensor, y: Tensor) -> np.ndarray:
        """(N,) the interval score of each row, of a task that accepts a spread and has intervals."""
        raise UsageError(f"{self.name} has no intervals of numbers", fix="Leave --interval out")

    def calibrated(self, out: Tensor, y: Tensor) -> Self:
        """The task whose probabilities are right on average, by rows that the net was not trained on."""
        return self

    # Rivals -----------------------------------------------------------------------------------------------------------

    def net_units(self, y: Tensor) -> Tensor | None:
        """Targets as other models learn them: classes (N,) int64, labels (N, K), or numbers (N, K) as the net gives.

        None: no model but a net learns this task.
        """
        return None

    @abstractmethod
    def decode(self, out: Tensor) -> Columns:
        """Predictions as columns, one value a row, in the words of the data."""

    @property
    def note_on_columns(self) -> tuple[str, str, str] | None:
        """What is said of columns that `decode` leaves out: name, value, why."""
        return None

    def probabilities(self, out: Tensor) -> Tensor | None:
        """(N, C) of every class, however many there are; None of tasks without classes."""
        return None

    @abstractmethod
    def truth(self, target: Tensor) -> Any:
        """One encoded target in the words of the data."""

    def predicted(self, out: Tensor) -> Tensor | None:
        """The targets, as `encode` gives them, that these outputs predict; None where they predict no such target."""
        return None

    def truth_columns(self, y: Tensor) -> Columns:
        """Encoded targets as columns beside the predictions; none where they are images, or no values of rows."""
        return {}

    def draw(self, out: Tensor) -> Tensor | None:
        """Outputs (K, C, H, W) as masks (K, H, W) or images (K, H, W, C), uint8; None of rows."""
        return None

    @abstractmethod
    def example_rows(self, out: Tensor, y: Tensor) -> list[int]:
        """Positions of the rows that the report shows."""

    def panels(
        self, given: np.ndarray, truth: np.ndarray, drawn: np.ndarray, schema: Mapping[str, Any]
    ) -> Mapping[str, np.ndarray]:
        """What the report shows of an example whose output is an image, by name: (H, W, 3) uint8 each.

        Args:
            given: the input (H, W, C) uint8.
            truth: the target as it is encoded.
            drawn: what `draw` gave.
            schema: of the source.
        """
        return {}

    def legend(self, schema: Mapping[str, Any]) -> list[tuple[str, str]]:
        """Classes and their colours (#rrggbb) in these panels; empty where colours say nothing.

        Args:
            schema: of the source.
        """
        return []

    def analyses(
        self, read: Callable[[Tensor], Tensor], train_rows: Tensor, scored_rows: Tensor, out: Tensor, y: Tensor
    ) -> dict[str, Any]:
        """What a run records besides metrics, as JSON by name.

        Args:
            read: x of these rows of the source.
            train_rows, scored_rows: their numbers in the source.
            out, y: of the scored rows.
        """
        return {}

    def sections(
        self, out: Tensor, y: Tensor, y_train: Tensor, part: str, analyses: Mapping[str, Any]
    ) -> list[Section]:
        """What the report shows of this task between the curves and the examples.

        Args:
            out, y: of the scored rows.
            y_train: targets of the training rows.
            part: test or valid, whichever was scored.
            analyses: what `analyses` gave.
        """
        return []

    @abstractmethod
    def to_json(self) -> dict[str, Any]:
        """What `from_json` takes, without the name."""

    @classmethod
    @abstractmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self: ...

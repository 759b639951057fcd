"""What every task answers: head width, loss, metrics, decoding. One class a task, one file a class."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Protocol, Self

import numpy as np
import torch
from torch import Tensor, nn

from goodfit.errors import UsageError
from goodfit.stats.estimates import Estimate

Targets = Sequence[Any] | np.ndarray | Tensor  # as a source gives them: labels, lists of labels, numbers, images


class Task(Protocol):
    """A kind of prediction. It holds what is needed to read targets and to write predictions, as JSON."""

    name: ClassVar[str]
    dense: ClassVar[bool]  # the target is an image, and so is what the net gives
    restores: ClassVar[bool]  # of dense ones: the target is the input as it should be, both as shares of 255
    label_smoothing: float  # the share of the target spread over all classes; 0 where it has no meaning
    main_metric: ClassVar[str]  # what the best epoch is chosen by
    greater_is_better: ClassVar[bool]
    rival: ClassVar[str]  # what `baseline` is of, in words

    @property
    def outputs(self) -> int:
        """Width of the head: the net gives (N, outputs)."""
        ...

    @classmethod
    def fits(cls, targets: Targets) -> bool:
        """Whether these raw targets are of this kind (a label each; a list of labels each; a number each)."""
        ...

    @classmethod
    def from_targets(cls, targets: Targets) -> Self:
        """The task for these raw training targets. Raises DataError when they cannot be learnt from."""
        ...

    def learn(self, y_train: Tensor, loss: str | None) -> str | None:
        """Settle the loss, the one asked for or a good one; its name, for tasks that have several."""
        ...

    def encode(self, targets: Targets, keys: Sequence[str]) -> Tensor:
        """Raw targets as the tensor the loss takes. A target never seen raises DataError naming its key."""
        ...

    def loss(self, out: Tensor, y: Tensor) -> Tensor:
        """The scalar to descend: the mean over the batch."""
        ...

    def loss_count(self, y: Tensor) -> Tensor | int | None:
        """What the loss is divided by, from the targets alone; None where it is no total over a count (Dice)."""
        ...

    def loss_sums(self, out: Tensor, y: Tensor) -> Tensor:
        """(k,) sums over the rows that make the loss: those of a batch are the sums of those of its parts."""
        ...

    def loss_of_sums(self, sums: Tensor) -> Tensor:
        """The loss of a batch whose sums (k,) these are."""
        ...

    def predict(self, net: nn.Module, x: Tensor) -> Tensor:
        """The output for a batch where it counts: for scores and predictions, not in training."""
        ...

    def keep(self, x: Tensor, out: Tensor, y: Tensor, *, whole: bool = True) -> tuple[Tensor, Tensor]:
        """What is kept of a batch to be scored: (n, ...) of outputs and of targets, small where these are images.

        All that follows here takes outputs and targets in this form; `row_losses` and `score` are all that is wanted
        where not `whole`.
        """
        ...

    def keep_targets(self, y: Tensor) -> Tensor:
        """The targets alone in that form."""
        ...

    def row_losses(self, out: Tensor, y: Tensor) -> Tensor:
        """(N,) the plain loss of every row, without smoothing: what the verdict's z-tests are made on."""
        ...

    def score(self, out: Tensor, y: Tensor) -> float:
        """The main metric alone, quickly."""
        ...

    def metrics(self, out: Tensor, y: Tensor) -> dict[str, Estimate]:
        """Every metric with its 95% interval."""
        ...

    def truth(self, target: Tensor) -> Any:
        """One encoded target in the words of the data."""
        ...

    def details(self, out: Tensor, y: Tensor) -> dict[str, Any]:
        """What the report shows beyond metrics, such as classes, confusion and per_class."""
        ...

    def baseline(self, y_train: Tensor, y: Tensor, out: Tensor) -> dict[str, float]:
        """The metrics on `y` of the trivial predictor learnt from `y_train` (majority class, mean).

        `out` is the net's, for tasks in which it tells what the trivial predictor would say (a popularity).
        """
        ...

    def mistakes(self, out: Tensor, y: Tensor) -> Tensor:
        """(N,) bool: rows worth showing as mistakes."""
        ...

    def decode(self, out: Tensor) -> Mapping[str, Sequence[Any] | np.ndarray]:
        """Predictions as columns, one value a row, in the words of the data."""
        ...

    def to_json(self) -> dict[str, Any]: ...

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self: ...


class MeanLoss:
    """A loss that is a total over a count, such as a mean over rows: the sums are these two."""

    def loss(self, out: Tensor, y: Tensor) -> Tensor:
        raise NotImplementedError

    def loss_count(self, y: Tensor) -> Tensor | int | None:
        return len(y)

    def loss_sums(self, out: Tensor, y: Tensor) -> Tensor:
        loss, count = self.loss(out, y), self.loss_count(y)
        assert count is not None
        return torch.stack([loss * count, torch.as_tensor(count, dtype=loss.dtype, device=loss.device)])

    def loss_of_sums(self, sums: Tensor) -> Tensor:
        return sums[0] / sums[1]


class RowTask(MeanLoss):
    """A task whose net gives a few numbers a row: they are kept as they are, and there is one loss."""

    dense: ClassVar[bool] = False
    restores: ClassVar[bool] = False
    rival: ClassVar[str] = "the trivial predictor"

    def learn(self, y_train: Tensor, loss: str | None) -> str | None:
        if loss is not None:
            raise UsageError(f"--loss {loss} is for images with masks or clean images", fix="Leave it out")
        return None

    def predict(self, net: nn.Module, x: Tensor) -> Tensor:
        out: Tensor = net(x)
        return out

    def keep(self, x: Tensor, out: Tensor, y: Tensor, *, whole: bool = True) -> tuple[Tensor, Tensor]:
        return out, y

    def keep_targets(self, y: Tensor) -> Tensor:
        return y


class DenseTask(MeanLoss):
    """A task whose target is an image: what is kept of one for scores are a few sums.

    Attributes:
        mirrored, turned: images were mirrored left to right, or turned upside down, in training; they are looked at
            in each of these ways when it counts.
    """

    dense: ClassVar[bool] = True
    restores: ClassVar[bool] = False
    rival: ClassVar[str] = "the trivial predictor"
    mirrored: bool
    turned: bool

    def predict(self, net: nn.Module, x: Tensor) -> Tensor:
        """The mean over two ways of looking, or four ("geometric self-ensemble": Lim et al. 2017, section 3.3)."""
        ways: list[tuple[int, ...]] = [(3,)] if self.mirrored else []
        ways += [(2,), *((2, *way) for way in ways)] if self.turned else []
        out: Tensor = net(x)
        for way in ways:
            out = out + net(x.flip(way)).flip(way)
        return out / (1 + len(ways))

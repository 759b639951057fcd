"""Segmentation: the class of every pixel; cross-entropy, weighted for rare classes, and Dice on logits of its size."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, ClassVar, Literal, Self

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from goodfit.errors import DataError
from goodfit.formatting import counted, percent
from goodfit.stats.estimates import Estimate, mean, mean_of_ratios
from goodfit.tasks.class_sections import confusion_section, interval_in_percent
from goodfit.tasks.dense_task import DenseTask, in_pieces
from goodfit.tasks.metric import IMAGE_IOU, IOU, LOG_LOSS, PIXEL_ACCURACY, Metric
from goodfit.tasks.panels import mask_legend, mask_panels
from goodfit.tasks.plain_score import PlainScore
from goodfit.tasks.section import Bar, Section, Table
from goodfit.tasks.shapes import refuse_shape
from goodfit.tasks.task import Targets

RARITY_POWER = 0.25  # the power of a class's share by which it weighs more
FOCAL_POWER = 2.0  # Lin et al. 2017, section 5.1
SHARE_OF_ANOTHER_CLASS = 0.5  # of the pixels, more than in training
SMALLEST_DIVISOR = 1e-6  # of a batch without a pixel that counts


@dataclass(frozen=True)
class Segmentation(DenseTask):
    """Classes in the order of the net's outputs.

    Scores are kept as sums over pixels: of each image the loss that training descends, the loss without weights and
    the confusion matrix, (2 + C * C) numbers.

    Attributes:
        void: the value of pixels that do not count.
        loss_name: dice, which is cross-entropy and the Dice loss; cross-entropy alone; or focal.
        weights: of the classes in the loss; empty: all 1.
    """

    classes: tuple[str, ...]
    void: int | None = None
    loss_name: str = "dice"
    weights: tuple[float, ...] = ()
    name: ClassVar[str] = "segmentation"
    family: ClassVar[str] = "segmentation"
    rival: ClassVar[str] = "predicting the most frequent class everywhere"
    plain_score: ClassVar[PlainScore | None] = PlainScore(
        IOU, "on {rows} the predicted areas overlap the true ones by {score}"
    )
    metric_list: ClassVar[tuple[Metric, ...]] = (IOU, PIXEL_ACCURACY, LOG_LOSS)
    losses: ClassVar[tuple[str, ...]] = ("dice", "cross-entropy", "focal")
    data_words: ClassVar[str] = "masks"
    example_words: ClassVar[str] = (
        "Scored images: the worst, some of the middle and the best by their loss. Red is wrong, grey does not count."
    )
    beside: ClassVar[Literal["mask", "image"] | None] = "mask"

    @property
    def outputs(self) -> int:
        return len(self.classes)

    @classmethod
    def from_targets(cls, targets: Targets, classes: Sequence[str] = (), void: int | None = None) -> Self:
        if len(classes) < 2:
            raise DataError("only one class in the masks; segmentation needs two or more", fix="Check the masks")
        return cls(tuple(classes), void)

    def usual_augmentation(self) -> tuple[str, str]:
        return "scenes", "masks move with their images"

    def fitted_to(self, y_train: Tensor, loss: str | None) -> Self:
        """With weights for rare classes, from the training masks alone.

        A class weighs one over the fourth root of its share of the pixels, and a pixel 1 on average.
        """
        loss_name = self.checked_loss(loss)
        counts = self.keep_targets(y_train).double().sum(0)
        shares = counts / counts.sum()
        weights = torch.where(counts > 0, shares.clamp_min(1e-6) ** -RARITY_POWER, 0.0)
        return replace(self, loss_name=loss_name, weights=tuple((weights / (weights * shares).sum()).tolist()))

    def encode(self, targets: Targets, keys: Sequence[str]) -> Tensor:
        """(N, H, W) uint8, as they are."""
        assert isinstance(targets, Tensor)
        return targets

    def _checked(self, out: Tensor, y: Tensor) -> Tensor:
        wanted = (len(y), len(self.classes), *y.shape[1:])
        if out.shape != wanted:
            refuse_shape(out, wanted, f"{counted(len(self.classes), 'class')} for every pixel")
        return out.float()

    def loss(self, out: Tensor, y: Tensor) -> Tensor:
        """Over the pixels that count: out (N, C, H, W) logits, y (N, H, W) classes.

        dice is cross-entropy plus 1 - 2 |A and B| / (|A| + |B|) of the probabilities, the mean over the classes that
        the batch shows (Milletari et al. 2016, section 3, for several classes); focal multiplies a pixel's
        cross-entropy by (1 - p)^2 (Lin et al. 2017).
        """
        return self._objective(self._checked(out, y), y.long(), alone=False)[0]

    def loss_count(self, y: Tensor) -> Tensor | None:
        """The weight of the pixels that count; their number for focal; None for dice, whose ratios are no total."""
        if self.loss_name == "dice":
            return None
        target = y.long()
        counted = target != self._ignored
        return counted.sum() if self.loss_name == "focal" else self._pixel_weights(target, counted).sum()

    def loss_sums(self, out: Tensor, y: Tensor) -> Tensor:
        """Weighted cross-entropy and weight of the pixels; for dice then overlap, prediction, truth of each class."""
        if self.loss_name != "dice":
            return super().loss_sums(out, y)
        target = y.long()
        out, counted = self._checked(out, y), target != self._ignored
        losses, weights = self._cross_entropy(out, target), self._pixel_weights(target, counted)
        sums = self._dice_sums(out, target, counted, over=(0, 2, 3))
        return torch.cat([torch.stack([(weights * losses).sum(), weights.sum()]), *sums])

    def loss_of_sums(self, sums: Tensor) -> Tensor:
        if self.loss_name == "focal":
            return sums[0] / sums[1].clamp_min(1)
        loss = sums[0] / sums[1].clamp_min(SMALLEST_DIVISOR)
        return loss + _dice(*sums[2:].view(3, -1)) if self.loss_name == "dice" else loss

    @property
    def _ignored(self) -> int:
        return -100 if self.void is None else self.void

    def _cross_entropy(self, out: Tensor, target: Tensor) -> Tensor:
        """(N, H, W), 0 where a pixel does not count."""
        return functional.cross_entropy(out, target, ignore_index=self._ignored, reduction="none")

    def _pixel_weights(self, target: Tensor, counted: Tensor) -> Tensor:
        """(N, H, W), 0 where a pixel does not count."""
        if not self.weights:
            return counted.float()
        return _on_device(self.weights, target.device)[target.clamp(max=len(self.weights) - 1)] * counted

    def _objective(self, out: Tensor, target: Tensor, *, alone: bool) -> tuple[Tensor, Tensor, Tensor]:
        """The loss, of the batch or (N,) of each image alone; (N, H, W) cross-entropy, and which pixels count."""
        counted = target != self._ignored
        over = (1, 2) if alone else (0, 1, 2)
        losses, weights = self._cross_entropy(out, target), self._pixel_weights(target, counted)
        if self.loss_name == "focal":
            focused = weights * (1 - (-losses).exp()) ** FOCAL_POWER * losses
            return focused.sum(over) / counted.sum(over).clamp_min(1), losses, counted
        loss = (weights * losses).sum(over) / weights.sum(over).clamp_min(SMALLEST_DIVISOR)
        if self.loss_name == "dice":
            loss = loss + _dice(*self._dice_sums(out, target, counted, over=(2, 3) if alone else (0, 2, 3)))
        return loss, losses, counted

    def _dice_sums(
        self, out: Tensor, target: Tensor, counted: Tensor, *, over: tuple[int, ...]
    ) -> tuple[Tensor, Tensor, Tensor]:
        """(..., C) of each class: probability where it is true, probability, and pixels."""
        counts = counted.unsqueeze(1).float()
        chances = out.softmax(1) * counts
        known = target.clamp(max=len(self.classes) - 1).unsqueeze(1)
        truth = torch.zeros_like(chances).scatter_(1, known, counts)
        sizes = truth.sum(over)
        return (chances * truth).sum(over), chances.sum(over), sizes

    def keep(self, x: Tensor, out: Tensor, y: Tensor, *, whole: bool = True) -> tuple[Tensor, Tensor]:
        out, target = self._checked(out, y), y.long()
        count = len(self.classes)
        trained, pixel_losses, counted = self._objective(out, target, alone=True)
        plain = pixel_losses.sum((1, 2)) / counted.sum((1, 2)).clamp_min(1)
        row = torch.arange(len(y), device=y.device).view(-1, 1, 1)
        at = (row * count + target) * count + out.max(1).indices  # argmax over channels is 6 times slower
        table = torch.bincount(at[counted], minlength=len(y) * count * count).view(len(y), count * count)
        return torch.cat([torch.stack([trained, plain], dim=1), table.float()], dim=1), table.view(
            -1, count, count
        ).sum(2).float()

    def keep_targets(self, y: Tensor) -> Tensor:
        """(N, C) pixels of each class in each image."""

        def counted(masks: Tensor) -> Tensor:
            at = masks.long() + 256 * torch.arange(len(masks), device=y.device).view(-1, 1, 1)
            table = torch.bincount(at.flatten(), minlength=256 * len(masks)).view(len(masks), 256)
            return table[:, : len(self.classes)].float()

        counts = in_pieces(counted, y)
        if self.void is not None and self.void < len(self.classes):
            counts[:, self.void] = 0
        return counts

    def _tables(self, out: Tensor) -> np.ndarray:
        """(N, C, C) pixels: rows the truth, columns the prediction."""
        count = len(self.classes)
        return out[:, 2:].double().numpy().reshape(-1, count, count)

    def _overlaps(self, out: Tensor) -> tuple[np.ndarray, np.ndarray]:
        """(N, C) pixels that are right, and that are of the class by truth or by prediction; of classes that occur."""
        tables = self._tables(out)
        right = np.einsum("ncc->nc", tables)
        either = tables.sum(1) + tables.sum(2) - right
        occurs = tables.sum((0, 2)) > 0
        return right[:, occurs], either[:, occurs]

    def score(self, out: Tensor, y: Tensor) -> float:
        right, either = self._overlaps(out)
        return float((right.sum(0) / either.sum(0)).mean())

    def row_figures(self, out: Tensor, y: Tensor) -> Mapping[Metric, Tensor]:
        """The mean IoU of each image, over the classes that are in it; 1 of an image without a pixel that counts."""
        tables = self._tables(out)
        right = np.einsum("ncc->nc", tables)
        either = tables.sum(1) + tables.sum(2) - right
        occurs = either > 0
        each = np.where(occurs, right / np.maximum(either, 1), 0).sum(1) / np.maximum(1, occurs.sum(1))
        return {IMAGE_IOU: torch.from_numpy(np.where(occurs.any(1), each, 1.0))}

    def metrics(self, out: Tensor, y: Tensor, groups: np.ndarray | None = None) -> dict[str, Estimate]:
        """iou (mean over classes that occur), pixel_accuracy, log_loss (an image's mean over its pixels).

        Sums over all images, void left out; intervals take the images, not the pixels, as independent.
        """
        tables = self._tables(out)
        right = np.einsum("ncc->nc", tables).sum(1, keepdims=True)
        return {
            "iou": mean_of_ratios(*self._overlaps(out), groups),
            "pixel_accuracy": mean_of_ratios(right, tables.sum((1, 2))[:, None], groups),
            "log_loss": mean(out[:, 1].double().numpy(), groups, least=0),
        }

    def truth(self, target: Tensor) -> Any:
        return self.classes[int(target.argmax())]

    def details(self, out: Tensor, y: Tensor) -> dict[str, Any]:
        """confusion (C, C) pixels; per_class: iou with interval, precision, recall, share of the pixels."""
        tables = self._tables(out)
        table = tables.sum(0)
        per_class = []
        for at, label in enumerate(self.classes):
            right = tables[:, at, at]
            either = tables[:, at, :].sum(1) + tables[:, :, at].sum(1) - right
            support, named = float(table[at].sum()), float(table[:, at].sum())
            iou = mean_of_ratios(right[:, None], either[:, None]) if support else None
            per_class.append(
                {
                    "label": label,
                    "iou": iou.value if iou else None,
                    "iou_low": iou.low if iou else None,
                    "iou_high": iou.high if iou else None,
                    "precision": float(right.sum()) / named if named else 0.0,
                    "recall": float(right.sum()) / support if support else None,
                    "share": support / max(1.0, float(table.sum())),
                }
            )
        return {"classes": list(self.classes), "confusion": table, "per_area": per_class}

    def sections(
        self, out: Tensor, y: Tensor, y_train: Tensor, part: str, analyses: Mapping[str, Any]
    ) -> list[Section]:
        """Confusion of pixels, and the IoU of every class."""
        details = self.details(out, y)
        rows = []
        for row in details["per_area"]:
            iou: tuple[Any, ...] = (None, "not among the scored pixels", "")
            if row["iou"] is not None:
                interval = interval_in_percent(row["iou_low"], row["iou_high"])
                iou = (percent(row["iou"], 1), interval, Bar(row["iou"]))
            recall = None if row["recall"] is None else percent(row["recall"], 1)
            rows.append((row["label"], *iou, recall, percent(row["precision"], 1), percent(row["share"], 2)))
        text = (
            "IoU: of the pixels that are of a class by truth or by prediction, the share that is both. Share: how much "
            "of all counted pixels the class has."
        )
        table = Table(("class", "IoU", "95% interval", "", "recall", "precision", "share"), rows)
        return [
            *confusion_section(details["confusion"], details["classes"], "pixels"),
            Section("areas", "Classes", text, [table]),
        ]

    def panels(
        self, given: np.ndarray, truth: np.ndarray, drawn: np.ndarray, schema: Mapping[str, Any]
    ) -> Mapping[str, np.ndarray]:
        return mask_panels(given, truth, drawn, schema["codes"]["colours"], self.void)

    def legend(self, schema: Mapping[str, Any]) -> list[tuple[str, str]]:
        return mask_legend(self.classes, schema["codes"]["colours"], self.void)

    def baseline(self, y_train: Tensor, y: Tensor, out: Tensor) -> dict[str, float]:
        """Every pixel the commonest class of the training masks."""
        counts, truth = y_train.double().sum(0), y.double().sum(0)
        top = int(counts.argmax())
        shares = (counts + 1) / (counts + 1).sum()
        share = float(truth[top] / truth.sum())
        rows = y.double() / y.double().sum(1, keepdim=True).clamp_min(1)
        return {
            "iou": share / int((truth > 0).sum()),
            "pixel_accuracy": share,
            "log_loss": float(-(rows * shares.log()).sum(1).mean()),
        }

    def unlike_training(self, y: Tensor, y_train: Tensor) -> Sequence[tuple[str, str, str]]:
        """Where another class has most of the pixels, as in masks that are inverted; or of two classes one has none."""
        shares, known = (counts.double().sum(0) / counts.double().sum().clamp_min(1) for counts in (y, y_train))
        at = int((shares - known).argmax())
        if shares[at] - known[at] >= SHARE_OF_ANOTHER_CLASS:
            why = f"{known[at]:.0%} of those that the run was fitted on: are the masks inverted, or numbered otherwise?"
            return (("targets", f"class '{self.classes[at]}': {shares[at]:.0%} of the pixels", why),)
        absent = ((shares == 0) & (known > 0)).nonzero().flatten().tolist()
        if not absent or int((known > 0).sum()) != 2:
            return ()
        why = f"{known[absent[0]]:.0%} of those that the run was fitted on: are these the masks?"
        return (("targets", f"class '{self.classes[absent[0]]}': no pixel", why),)

    def decode(self, out: Tensor) -> Mapping[str, Sequence[Any] | np.ndarray]:
        """pixel_accuracy and log_loss of each scored image."""
        tables = self._tables(out)
        right = np.einsum("ncc->n", tables)
        return {"pixel_accuracy": right / np.maximum(1, tables.sum((1, 2))), "log_loss": out[:, 1].numpy()}

    def image(self, out: Tensor) -> tuple[np.ndarray, dict[str, Any]]:
        """A mask (H, W) uint8 of logits (C, H, W), with its columns: the confidence and the shares of classes.

        The confidence is the mean over pixels of the probability of the class that was chosen.
        """
        top, at = out.float().softmax(0).max(0)
        shares = torch.bincount(at.flatten(), minlength=len(self.classes)).double() / at.numel()
        columns = {"confidence": float(top.mean())}
        columns |= {f"share_{label}": float(share) for label, share in zip(self.classes, shares.tolist(), strict=True)}
        return at.to(torch.uint8).numpy(), columns

    def to_json(self) -> dict[str, Any]:
        return {
            "classes": list(self.classes),
            "void": self.void,
            "loss_name": self.loss_name,
            "weights": list(self.weights),
            "mirrored": self.mirrored,
            "turned": self.turned,
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        return cls(
            tuple(values["classes"]),
            values["void"],
            values["loss_name"],
            tuple(values["weights"]),
            mirrored=values["mirrored"],
            turned=values["turned"],
        )


@lru_cache(maxsize=8)
def _on_device(weights: tuple[float, ...], device: torch.device) -> Tensor:
    """The weights as a tensor: copied to an accelerator once, not at every step."""
    with torch.inference_mode(mode=False):
        return torch.tensor(weights, device=device)


def _dice(overlap: Tensor, predicted: Tensor, sizes: Tensor) -> Tensor:
    """1 - 2 |A and B| / (|A| + |B|), the mean over the classes that occur; of (..., C) sums of each class."""
    apart = 1 - 2 * overlap / (predicted + sizes).clamp_min(SMALLEST_DIVISOR)
    occurs = sizes > 0
    return (apart * occurs).sum(-1) / occurs.sum(-1).clamp_min(1)


TASK = Segmentation

"""Multi-label classification: any number of labels a row, a yes or no for each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from goodfit.data.columns import Labels
from goodfit.data.tables.known_levels import known_words
from goodfit.errors import DataError
from goodfit.formatting import counted, row_named
from goodfit.stats.areas import mean_auc
from goodfit.stats.calibration import reliability
from goodfit.stats.estimates import Estimate, mean, mean_of_ratios, proportion, share
from goodfit.tasks.calibrated_task import CalibratedTask
from goodfit.tasks.class_sections import classes_section, labels_reliability_section
from goodfit.tasks.metric import ACCURACY, AUC, F1, LOG_LOSS, Metric
from goodfit.tasks.plain_score import PlainScore
from goodfit.tasks.section import Section
from goodfit.tasks.shapes import each_member, refuse_shape
from goodfit.tasks.task import Columns, Targets

LABELS_WITH_DIAGRAMS = 4  # each has one of its own; of more all are drawn together


@dataclass(frozen=True)
class MultiLabel(CalibratedTask):
    """Labels in the order of the net's outputs."""

    labels: tuple[str, ...]
    name: ClassVar[str] = "multilabel"
    family: ClassVar[str] = "labels"
    metric_list: ClassVar[tuple[Metric, ...]] = (F1, ACCURACY, LOG_LOSS, AUC)
    rival: ClassVar[str] = "predicting the most frequent set of labels"
    plain_score: ClassVar[PlainScore | None] = PlainScore(ACCURACY, "{score} of {rows} have every label right")
    loss_unit: ClassVar[str] = "nats per row"

    @property
    def outputs(self) -> int:
        return len(self.labels)

    @classmethod
    def fits(cls, targets: Targets) -> bool:
        return all(isinstance(target, (list, tuple, set, frozenset)) for target in targets)

    @classmethod
    def from_targets(cls, targets: Targets, labels: Sequence[str] = ()) -> Self:
        """Of the labels of these rows.

        Args:
            labels: all of them, in their order, where the data name them.
        """
        if not cls.fits(targets):
            targets = [[target] for target in targets]
        labels = labels or sorted({str(label) for target in targets for label in target})
        if not labels:
            raise DataError("no row has a label", fix="Give labels, separated by |")
        return cls(tuple(labels))

    def encode(self, targets: Targets, keys: Sequence[str]) -> Tensor:
        """(N, L) float32 of zeros and ones."""
        if isinstance(targets, Labels):  # each different set once
            codes, first, rows = np.unique(targets.codes, return_index=True, return_inverse=True)
            sets = [targets.levels[code] for code in codes.tolist()]
            return self.encode(sets, [keys[row] for row in first.tolist()])[torch.from_numpy(rows)]
        number = {label: at for at, label in enumerate(self.labels)}
        y = torch.zeros(len(targets), len(self.labels))
        for row, target in enumerate(targets):
            for label in _listed(target):
                if str(label) not in number:
                    raise DataError(
                        f"its label '{label}' is not among the training rows' labels",
                        where=row_named(keys[row]),
                        fix="Fix the label, or add training rows that have it",
                    )
                y[row, number[str(label)]] = 1
        return y

    def known_labels(self, targets: Targets) -> tuple[Targets, Sequence[tuple[str, str, str]]]:
        """Labels in other letters, or without their zeros; others stay unknown."""
        if not isinstance(targets, Labels):
            return targets, ()
        used = [targets.levels[code] for code in np.unique(targets.codes[targets.present()]).tolist()]
        unknown = {str(label) for labels in used for label in _listed(labels)} - set(self.labels)
        words = known_words(sorted(unknown), self.labels)
        if not words:
            return targets, ()
        levels = [
            None if labels is None else tuple(words.get(str(label), label) for label in _listed(labels))
            for labels in targets.levels[:-1]
        ]
        word = min(words)
        why = f"'{word}' is read as '{words[word]}', which training had"
        return Labels(targets.codes, levels), [("read as", counted(len(words), "label"), why)]

    def loss(self, out: Tensor, y: Tensor) -> Tensor:
        """Mean binary cross-entropy over rows and labels; out (N, L) logits, y (N, L)."""
        out, y = each_member(out, y)
        if out.shape != y.shape:
            refuse_shape(out, tuple(y.shape), f"{counted(len(self.labels), 'label')}")
        return functional.binary_cross_entropy_with_logits(out.float(), y)

    def row_losses(self, out: Tensor, y: Tensor) -> Tensor:
        if out.shape != y.shape:
            refuse_shape(out, tuple(y.shape), f"{counted(len(self.labels), 'label')}")
        logits = self.logits(out)
        return functional.binary_cross_entropy_with_logits(logits, y.to(logits.dtype), reduction="none").mean(1)

    def score(self, out: Tensor, y: Tensor) -> float:
        return _f1(*_counts(out, y))

    def metrics(self, out: Tensor, y: Tensor, groups: np.ndarray | None = None) -> dict[str, Estimate]:
        """f1 (micro, at one half: a ratio of sums over rows), accuracy (all labels of a row right),
        log_loss, auc (mean over labels)."""
        hits, named, true = _counts(out, y)
        exact = ((out > 0) == (y > 0.5)).all(1)
        parts = (2 * hits)[:, None].double().numpy(), (named + true)[:, None].double().numpy()
        estimates = {
            "f1": mean_of_ratios(*parts, groups) if parts[1].sum() else Estimate(0.0, 0.0, 1.0),
            "accuracy": share(exact.numpy(), groups),
            "log_loss": mean(self.row_losses(out, y).double().numpy(), groups, least=0),
        }
        area = mean_auc(out.double().numpy(), y.numpy() > 0.5, groups)
        return estimates if area is None else {**estimates, "auc": area}

    def mistakes(self, out: Tensor, y: Tensor) -> Tensor:
        return ((out > 0) != (y > 0.5)).any(1)

    def truth(self, target: Tensor) -> Any:
        return "|".join(label for label, yes in zip(self.labels, target.tolist(), strict=True) if yes)

    def details(self, out: Tensor, y: Tensor) -> dict[str, Any]:
        """per_class: precision, recall with interval and f1 of every label."""
        per_class = []
        predicted, true = out > 0, y > 0.5
        for at, label in enumerate(self.labels):
            right, named = int((predicted[:, at] & true[:, at]).sum()), int(predicted[:, at].sum())
            support = int(true[:, at].sum())
            recall = proportion(right, support)
            per_class.append(
                {
                    "label": label,
                    "precision": right / named if named else 0.0,
                    "recall": recall.value if support else 0.0,
                    "recall_low": recall.low,
                    "recall_high": recall.high,
                    "f1": 2 * right / (named + support) if named + support else 0.0,
                    "support": support,
                }
            )
        return {"classes": list(self.labels), "per_class": per_class}

    def analyses(
        self, read: Callable[[Tensor], Tensor], train_rows: Tensor, scored_rows: Tensor, out: Tensor, y: Tensor
    ) -> dict[str, Any]:
        """calibration: reliability of the probabilities of all labels of all rows; of few labels each by itself too."""
        shares, true = self.logits(out).double().sigmoid().numpy(), y.numpy() > 0.5
        calibration = reliability(shares.reshape(-1), true.reshape(-1), by="probability").to_json()
        if len(self.labels) <= LABELS_WITH_DIAGRAMS:
            calibration["of_labels"] = {
                label: reliability(shares[:, at], true[:, at], by="probability").to_json()
                for at, label in enumerate(self.labels)
            }
        return {**super().analyses(read, train_rows, scored_rows, out, y), "calibration": calibration}

    def sections(
        self, out: Tensor, y: Tensor, y_train: Tensor, part: str, analyses: Mapping[str, Any]
    ) -> list[Section]:
        """Recall of every label, and whether the probabilities of labels mean what they say."""
        details = self.details(out, y)
        sections = [classes_section(details["per_class"], {}, details["classes"], "label")]
        if "calibration" in analyses:
            sections.append(labels_reliability_section(analyses["calibration"], self.temperature))
        return sections

    def baseline(self, y_train: Tensor, y: Tensor, out: Tensor) -> dict[str, float]:
        """The most frequent set of labels; its log_loss is that of the labels' shares."""
        sets, counts = torch.unique(y_train, dim=0, return_counts=True)
        constant = (sets[counts.argmax()] * 2 - 1).expand(len(y), -1)
        return {
            "f1": _f1(*_counts(constant, y)),
            "accuracy": float(((constant > 0) == (y > 0.5)).all(1).double().mean()),
            "log_loss": float(self.trivial_losses(y_train, y).mean()),
            "auc": 0.5,
        }

    def trivial_losses(self, y_train: Tensor, y: Tensor) -> Tensor:
        """Of the labels' shares."""
        shares = ((y_train.sum(0) + 1) / (len(y_train) + 2)).expand(len(y), -1)
        return functional.binary_cross_entropy(shares, y, reduction="none").mean(1)

    def decode(self, out: Tensor) -> Mapping[str, Sequence[Any] | np.ndarray]:
        """prediction (labels joined by |), and p_LABEL for every label."""
        shares = self.logits(out).sigmoid()
        chosen = [
            "|".join(label for label, yes in zip(self.labels, row, strict=True) if yes)
            for row in (shares > 0.5).tolist()
        ]
        return {"prediction": chosen, **{f"p_{label}": shares[:, at].numpy() for at, label in enumerate(self.labels)}}

    def truth_columns(self, y: Tensor) -> Columns:
        """truth."""
        return {"truth": [self.truth(target) for target in y]}

    def to_json(self) -> dict[str, Any]:
        return {
            "labels": list(self.labels),
            "temperature": self.temperature,
            "mirrored": self.mirrored,
            "shifted": self.shifted,
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        return cls(
            tuple(values["labels"]),
            temperature=values.get("temperature", 1.0),
            mirrored=values.get("mirrored", False),
            shifted=values.get("shifted", False),
        )


def _listed(target: Any) -> Sequence[Any]:
    """The labels of a row; one that stands alone is one."""
    return target if isinstance(target, (list, tuple, set, frozenset)) else [target]  # type: ignore[return-value]


def _counts(out: Tensor, y: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Per row: labels named rightly, labels named, true labels."""
    predicted, true = out > 0, y > 0.5
    return (predicted & true).sum(1), predicted.sum(1), true.sum(1)


def _f1(hits: Tensor, named: Tensor, true: Tensor) -> float:
    total = int(named.sum() + true.sum())
    return 2 * int(hits.sum()) / total if total else 0.0


TASK = MultiLabel

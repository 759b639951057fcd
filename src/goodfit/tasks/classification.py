"""Classification: one class a row, cross-entropy on logits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from goodfit.data.columns import Labels
from goodfit.data.tables.known_levels import known_words
from goodfit.errors import DataError
from goodfit.formatting import counted, row_named, some_of
from goodfit.stats.areas import auc, average_precision, mean_auc
from goodfit.stats.calibration import reliability
from goodfit.stats.estimates import Estimate, mean, proportion, share
from goodfit.stats.recalls import balanced_accuracy
from goodfit.tasks.calibrated_task import CalibratedTask
from goodfit.tasks.class_sections import classes_section, confusion_section, reliability_section
from goodfit.tasks.coverage import coverage_by_group, coverage_section
from goodfit.tasks.gap_power import fitted_temperature_and_power, powered
from goodfit.tasks.metric import (
    ACCURACY,
    AUC,
    AVERAGE_PRECISION,
    BALANCED_ACCURACY,
    LOG_LOSS,
    SET_COVERAGE,
    SET_SIZE,
    Metric,
)
from goodfit.tasks.plain_score import PlainScore
from goodfit.tasks.prediction_sets import PredictionSets
from goodfit.tasks.section import Section
from goodfit.tasks.shapes import each_member, refuse_shape
from goodfit.tasks.task import Columns, Targets

AUC_CLASSES = 50  # classes; beyond it a mean of one-against-rest areas takes long and says little
LISTED_CLASSES = 8  # in a message
PROBABILITY_COLUMNS = 100  # probabilities written a row


@dataclass(frozen=True)
class Classification(CalibratedTask):
    """Classes in the order of the net's outputs.

    Attributes:
        sets: of `with_intervals`.
        power: of the distances between logits, learnt as the temperature is (`goodfit.tasks.gap_power`).
    """

    classes: tuple[Any, ...]
    label_smoothing: float = 0.0
    sets: PredictionSets | None = None
    power: float = 1.0
    name: ClassVar[str] = "classification"
    family: ClassVar[str] = "classes"
    metric_list: ClassVar[tuple[Metric, ...]] = (
        ACCURACY,
        BALANCED_ACCURACY,
        LOG_LOSS,
        AUC,
        AVERAGE_PRECISION,
        SET_COVERAGE,
        SET_SIZE,
    )
    rival: ClassVar[str] = "predicting the most frequent class"
    plain_score: ClassVar[PlainScore | None] = PlainScore(ACCURACY, "{score} of {rows} are right")
    loss_unit: ClassVar[str] = "nats per row"
    example_words: ClassVar[str] = (
        "The rows with the highest loss among those that are wrong. A wrong label among them is worth finding."
    )

    @property
    def outputs(self) -> int:
        return len(self.classes)

    @classmethod
    def fits(cls, targets: Targets) -> bool:
        return all(isinstance(target, (str, bool, int, np.bool_, np.integer)) for target in targets)

    @classmethod
    def from_targets(cls, targets: Targets) -> Self:
        classes = sorted({_plain(target) for target in targets}, key=_order)
        if len(classes) < 2:
            raise DataError(
                f"only one class, {str(classes[0])!r}; a classifier needs two or more", fix="Add rows of another class"
            )
        return cls(tuple(classes))

    def encode(self, targets: Targets, keys: Sequence[str]) -> Tensor:
        """(N,) int64 class numbers."""
        number = {label: at for at, label in enumerate(self.classes)}
        numbers = np.empty(len(targets), dtype=np.int64)
        for row, target in enumerate(targets):
            at = number.get(_plain(target))
            if at is None:
                more = ", ..." if len(self.classes) > LISTED_CLASSES else ""
                listed = ", ".join(str(label) for label in self.classes[:LISTED_CLASSES]) + more
                strange = [_plain(each) for each in targets if _plain(each) not in number]
                others = [f"'{label}'" for label in dict.fromkeys(strange) if label != _plain(target)]
                also = (
                    f", nor {'is' if len(others) == 1 else 'are'} {some_of(others, LISTED_CLASSES)}" if others else ""
                )
                rows = f"; {counted(len(strange), 'row')} in all" if len(strange) > 1 else ""
                raise DataError(
                    f"its label '{target}' is not among the training rows' classes ({listed}){also}{rows}",
                    where=row_named(keys[row]),
                    fix="Fix the label, or add training rows of this class",
                )
            numbers[row] = at
        return torch.from_numpy(numbers)

    def known_labels(self, targets: Targets) -> tuple[Targets, Sequence[tuple[str, str, str]]]:
        """Labels in other letters, without their zeros, or as another yes or no; others stay unknown."""
        by_text = {str(label).lower() if isinstance(label, bool) else str(label): label for label in self.classes}
        labels, known = [_plain(target) for target in targets], set(self.classes)
        unknown = Counter(str(label) for label in labels if label is not None and label not in known)
        words = known_words(unknown, [*by_text])
        if not words:
            return targets, ()
        read = [by_text[words[str(label)]] if label is not None and str(label) in words else label for label in labels]
        others = [word for word in sorted(words) if word != words[word]]  # "0" is 0 of the run: nothing to say
        if not others:
            return read, ()
        word = max(others, key=unknown.__getitem__)
        count = counted(sum(unknown[each] for each in others), "label")
        return read, [("read as", count, f"'{word}' is read as '{words[word]}', which training had")]

    def class_labels(self, targets: Targets) -> np.ndarray:
        return targets.texts() if isinstance(targets, Labels) else np.array([str(label) for label in targets])

    def with_label_smoothing(self, share: float) -> Self:
        return replace(self, label_smoothing=share)

    def usual_label_smoothing(self, *, images: bool, own_net: bool) -> tuple[float, str]:
        if images and not own_net:
            return 0.1, "keeps the net from being too sure"
        return 0.0, "so that the probabilities mean what they say"

    def loss(self, out: Tensor, y: Tensor) -> Tensor:
        """Mean cross-entropy; out (N, C) logits, y (N,) classes or (N, C) probabilities (mixed rows)."""
        out, y = each_member(out, y)
        if out.shape != (len(y), len(self.classes)):
            refuse_shape(out, (len(y), len(self.classes)), f"{counted(len(self.classes), 'class')}")
        return functional.cross_entropy(out.float(), y, label_smoothing=self.label_smoothing)

    def row_losses(self, out: Tensor, y: Tensor) -> Tensor:
        if out.shape != (len(y), len(self.classes)):
            refuse_shape(out, (len(y), len(self.classes)), f"{counted(len(self.classes), 'class')}")
        return functional.cross_entropy(self.logits(out), y, reduction="none")

    @property
    def smoothed(self) -> bool:
        return self.label_smoothing > 0

    def trained_losses(self, out: Tensor, y: Tensor) -> Tensor:
        return functional.cross_entropy(self.logits(out), y, reduction="none", label_smoothing=self.label_smoothing)

    def logits(self, out: Tensor) -> Tensor:
        logits = super().logits(out)
        return logits if self.power == 1 else powered(logits, 1.0, self.power)

    def calibrated(self, out: Tensor, y: Tensor) -> Self:
        """See `fitted_temperature_and_power`."""
        temperature, power = fitted_temperature_and_power(out, y)
        return replace(self, temperature=temperature, power=power)

    def score(self, out: Tensor, y: Tensor) -> float:
        return float((out.argmax(1) == y).double().mean())

    def metrics(self, out: Tensor, y: Tensor, groups: np.ndarray | None = None) -> dict[str, Estimate]:
        """accuracy (Wilson), balanced_accuracy, log_loss, auc (macro mean of one class against the rest), and of two
        classes average_precision (of the second).
        """
        labels = y.numpy()
        right = (out.argmax(1) == y).numpy()
        estimates = {
            "accuracy": share(right, groups),
            "balanced_accuracy": balanced_accuracy(right, labels, groups),
            "log_loss": mean(self.row_losses(out, y).double().numpy(), groups, least=0),
        }
        shares = self.logits(out).softmax(1).double().numpy()
        if (area := self._auc(shares, labels, groups)) is not None:
            estimates["auc"] = area
        if len(self.classes) == 2 and (precision := average_precision(shares[:, 1], labels == 1, groups)) is not None:
            estimates["average_precision"] = precision
        if self.sets is not None:
            inside = self.sets.members(shares)
            held = inside[np.arange(len(labels)), labels]
            estimates["coverage"] = share(held, groups)
            estimates["set_size"] = mean(inside.sum(axis=1), groups, least=0, most=len(self.classes))
        return estimates

    @property
    def accepts_interval(self) -> bool:
        return True

    @property
    def has_intervals(self) -> bool:
        return self.sets is not None

    def with_intervals(self, out: Tensor, y: Tensor) -> Self:
        """See `PredictionSets`."""
        shares = self.logits(out).softmax(1).double().numpy()
        return replace(self, sets=PredictionSets.calibrate(shares, y.numpy()))

    def analyses(
        self, read: Callable[[Tensor], Tensor], train_rows: Tensor, scored_rows: Tensor, out: Tensor, y: Tensor
    ) -> dict[str, Any]:
        """calibration: reliability of the confidence; coverage: of the prediction sets, class by class."""
        shares, labels = self.logits(out).softmax(1).double().numpy(), y.numpy()
        recorded: dict[str, Any] = {
            "calibration": reliability(shares.max(axis=1), shares.argmax(axis=1) == labels).to_json()
        }
        if self.sets is not None:
            inside = self.sets.members(shares)[np.arange(len(labels)), labels]
            recorded["coverage"] = coverage_by_group(inside, labels, [str(label) for label in self.classes])
        return recorded

    def _auc(self, shares: np.ndarray, labels: np.ndarray, groups: np.ndarray | None) -> Estimate | None:
        count = len(self.classes)
        if count == 2:
            return auc(shares[:, 1], labels == 1, groups)
        if count > AUC_CLASSES:
            return None
        return mean_auc(shares, labels[:, None] == np.arange(count), groups)

    def mistakes(self, out: Tensor, y: Tensor) -> Tensor:
        return out.argmax(1) != y

    def predicted(self, out: Tensor) -> Tensor:
        return out.argmax(1)

    def truth(self, target: Tensor) -> Any:
        return self.classes[int(target)]

    def details(self, out: Tensor, y: Tensor) -> dict[str, Any]:
        """confusion (C, C): rows the truth, columns the prediction; per_class: precision, recall with interval, f1."""
        count = len(self.classes)
        table = np.bincount(y.numpy() * count + out.argmax(1).numpy(), minlength=count * count).reshape(count, count)
        per_class = []
        for at, label in enumerate(self.classes):
            support, named, right = int(table[at].sum()), int(table[:, at].sum()), int(table[at, at])
            recall, precision = proportion(right, support), right / named if named else 0.0
            both = precision + recall.value
            per_class.append(
                {
                    "label": str(label),
                    "precision": precision,
                    "recall": recall.value,
                    "recall_low": recall.low,
                    "recall_high": recall.high,
                    "f1": 2 * precision * recall.value / both if support and both else 0.0,
                    "support": support,
                }
            )
        return {"classes": [str(label) for label in self.classes], "confusion": table, "per_class": per_class}

    def sections(
        self, out: Tensor, y: Tensor, y_train: Tensor, part: str, analyses: Mapping[str, Any]
    ) -> list[Section]:
        """Confusion and classes."""
        details, count = self.details(out, y), len(self.classes)
        counts = {name: torch.bincount(of, minlength=count).tolist() for name, of in (("train", y_train), (part, y))}
        classes = details["classes"]
        return [
            *confusion_section(details["confusion"], classes),
            classes_section(details["per_class"], counts, classes),
            *([reliability_section(analyses["calibration"], self.temperature)] if "calibration" in analyses else []),
            *([coverage_section(analyses["coverage"], "prediction sets")] if "coverage" in analyses else []),
        ]

    def baseline(self, y_train: Tensor, y: Tensor, out: Tensor) -> dict[str, float]:
        """The majority class; its log_loss is that of the training rows' class shares."""
        counts = torch.bincount(y_train, minlength=len(self.classes))
        return {
            "accuracy": float((y == counts.argmax()).double().mean()),
            "balanced_accuracy": 1 / max(1, len(torch.unique(y))),
            "log_loss": float(self.trivial_losses(y_train, y).mean()),
            "auc": 0.5,
            **({"average_precision": float((y == 1).double().mean())} if len(self.classes) == 2 else {}),
        }

    def trivial_losses(self, y_train: Tensor, y: Tensor) -> Tensor:
        """Of the classes' shares; a class without training rows is unlikely, not impossible."""
        counts = torch.bincount(y_train, minlength=len(self.classes)).double() + 1
        return -(counts / counts.sum()).log()[y]

    def probabilities(self, out: Tensor) -> Tensor:
        return self.logits(out).softmax(1)

    def decode(self, out: Tensor) -> Mapping[str, Sequence[Any] | np.ndarray]:
        """prediction, confidence, set where there are prediction sets, and p_LABEL for every class (up to 100)."""
        shares = self.logits(out).softmax(1)
        top, at = shares.max(1)
        columns: dict[str, Sequence[Any] | np.ndarray] = {
            "prediction": [self.classes[number] for number in at.tolist()],
            "confidence": top.numpy(),
        }
        if self.sets is not None:
            columns["set"] = self.sets.names(shares.double().numpy(), self.classes)
        if len(self.classes) <= PROBABILITY_COLUMNS:
            columns |= {f"p_{label}": shares[:, number].numpy() for number, label in enumerate(self.classes)}
        return columns

    @property
    def note_on_columns(self) -> tuple[str, str, str] | None:
        """Where there are too many classes for a column of probabilities each."""
        if len(self.classes) <= PROBABILITY_COLUMNS:
            return None
        why = f"probabilities are written for up to {PROBABILITY_COLUMNS} classes: the confidence is the prediction's"
        return ("predictions", f"{len(self.classes):,} classes without p_ columns", why)

    def truth_columns(self, y: Tensor) -> Columns:
        """truth."""
        return {"truth": [self.truth(target) for target in y]}

    def to_json(self) -> dict[str, Any]:
        return {
            "classes": list(self.classes),
            "label_smoothing": self.label_smoothing,
            "temperature": self.temperature,
            "power": self.power,
            "mirrored": self.mirrored,
            "shifted": self.shifted,
            **({} if self.sets is None else {"sets": list(self.sets.bounds)}),
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        return cls(
            tuple(values["classes"]),
            values["label_smoothing"],
            PredictionSets(tuple(values["sets"])) if "sets" in values else None,
            values.get("power", 1.0),
            temperature=values.get("temperature", 1.0),
            mirrored=values.get("mirrored", False),
            shifted=values.get("shifted", False),
        )


def _plain(label: Any) -> Any:
    """A label as JSON keeps it."""
    return label.item() if isinstance(label, np.generic) else label


def _order(label: Any) -> tuple[bool, float, str]:
    """Numbers by value, also when they are text; then text by the alphabet."""
    try:
        return (False, float(label), str(label))
    except ValueError:
        return (True, 0.0, str(label))


TASK = Classification

"""weights-by-frequency: the class weights of a loss are large for the frequent classes.

What it checks
    The weights of cross_entropy or nll_loss divided by the frequencies of the classes in its targets are the same for
    all classes, to a fifth, where the most frequent class has three times the rows of the rarest or more. Of
    binary_cross_entropy_with_logits: pos_weight is the share of positives over that of negatives, and below a half;
    of several labels, for each of them whose positives are rare.

Why it hurts
    Weights are there to give rare classes a say. These count frequent ones twice: the rare ones all but vanish from the
    loss.

Example
    weight = counts / counts.sum()

Instead
    weight = counts.sum() / (len(counts) * counts)

When it is a false alarm
    Costs of mistakes that happen to be so.

Cost
    The classes of the targets are counted in the first steps, where there are weights.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.utils.data import WeightedRandomSampler

from goodfit.checks.engine.events import Epoch, Loss, WatchEnds
from goodfit.checks.engine.user_frame import Place, user_place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule
from goodfit.formatting import number

ROWS_AT_LEAST = 200
COUNT_AT_LEAST = 8  # of the rarest class
RATIO_AT_LEAST = 3.0  # of the most frequent class to the rarest
SPREAD_AT_MOST = 1.2  # of weight over frequency, largest to smallest; noise of counts comes on top
POSITIVE_WEIGHT_AT_MOST = 0.5
CLASSES_AT_MOST = 100  # different weights of a sampler
CLASSES_AT_LEAST = 3  # for weights in another order

LABELS = "several labels"
LABELS_AT_LEAST = 2  # of several, whose positives are rare
FIX_OF_LABELS = "pos_weight is the number of negatives over that of positives: (len(y) - y.sum(0)) / y.sum(0)"


def _turned_labels(weights: Tensor, counts: Tensor) -> int | None:
    """Of how many labels with rare positives the weight is positives over negatives; None unless it is of all such.

    Args:
        weights, counts: (2, K) of negatives and positives.
    """
    negative, positive = counts
    is_known = (counts.sum(0) >= ROWS_AT_LEAST) & (positive >= COUNT_AT_LEAST)
    rare = is_known & (negative >= RATIO_AT_LEAST * positive)
    if int(rare.sum()) < LABELS_AT_LEAST:
        return None
    given, expected = weights[1][rare], (positive / negative)[rare]
    noise = 1 + 2 / positive[rare].sqrt()
    factor = torch.maximum(given / expected, expected / given)
    is_turned = (given > 0) & (given <= POSITIVE_WEIGHT_AT_MOST) & (factor <= SPREAD_AT_MOST * noise)
    return int(rare.sum()) if bool(is_turned.all()) else None


def _are_of_others(weights: Tensor, counts: Tensor) -> bool:
    """Whether weight times frequency is one number for all classes only after both are sorted, and not as they are."""
    noise = 1 + 2 / float(counts.min()) ** 0.5
    as_given, in_order = weights * counts, weights.sort(descending=True).values * counts.sort().values
    if len(counts) < CLASSES_AT_LEAST or float(counts.max() / counts.min()) < RATIO_AT_LEAST:
        return False
    matches: bool = float(in_order.max() / in_order.min()) <= SPREAD_AT_MOST * noise
    spread = float(as_given.max() / as_given.min())
    return matches and spread > 2 * SPREAD_AT_MOST * noise


@dataclass
class Weighted:
    """A loss with class weights: the weights, and (C,) rows of each class so far."""

    weights: Tensor
    counts: Tensor


class WeightsByFrequency(LiveRule):
    code, level = "GF235", Level.WARNING

    def start(self) -> None:
        self.losses: dict[tuple[Place, str], Weighted] = {}
        self.samplers: weakref.WeakSet[WeightedRandomSampler] = weakref.WeakSet()  # that were looked at

    def on_epoch(self, event: Epoch) -> Iterator[Finding]:
        """A sampler with a weight for each row: rows of one class have one weight, so how many have it is known."""
        sampler = getattr(event.loader, "sampler", None)
        if not isinstance(sampler, WeightedRandomSampler) or sampler in self.samplers:
            return
        self.samplers.add(sampler)
        weights, counts = torch.unique(torch.as_tensor(sampler.weights).double(), return_counts=True)
        if not 2 <= len(weights) <= CLASSES_AT_MOST or counts.min() < COUNT_AT_LEAST or (weights <= 0).any():
            return
        scaled = weights / counts
        if counts.max() >= RATIO_AT_LEAST * counts.min() and float(scaled.max() / scaled.min()) <= SPREAD_AT_MOST:
            most, least = int(counts.argmax()), int(counts.argmin())
            yield self.finding(
                f"the weights of WeightedRandomSampler grow with the classes' frequency: {int(counts[most]):,} rows "
                f"have {number(float(weights[most]), 3)} and {int(counts[least]):,} have "
                f"{number(float(weights[least]), 3)}, so that rare rows are drawn even less often",
                "Divide by the counts: weight = (1 / counts)[labels]",
            )

    def on_loss(self, event: Loss) -> None:
        name, target = event.name, event.target.detach()
        binary = name == "binary_cross_entropy_with_logits"
        weights = event.options.get("pos_weight" if binary else "weight")
        if not event.grad or not isinstance(weights, Tensor) or not target.numel():
            return
        if binary:
            if weights.numel() != 1:
                self._note_labels(weights.detach(), target)
                return
            positive = int((target > 0.5).sum())
            counts = torch.tensor([target.numel() - positive, positive], dtype=torch.float64)
            weights = torch.tensor([1.0, float(weights)], dtype=torch.float64)
        elif name in ("cross_entropy", "nll_loss") and not target.is_floating_point():
            classes = target[(target >= 0) & (target < len(weights))]
            counts = torch.bincount(classes.reshape(-1), minlength=len(weights)).double().cpu()
            weights = weights.detach().double().cpu()
        else:
            return
        self._note(name, weights, counts)

    def _note_labels(self, weights: Tensor, target: Tensor) -> None:
        """Weights (K,) of the positives of K labels, with targets (N, K)."""
        if weights.dim() != 1 or target.dim() != 2 or target.shape[1] != len(weights):
            return
        positive = (target > 0.5).sum(0).double().cpu()
        given = weights.double().cpu()
        counts = torch.stack([len(target) - positive, positive])
        self._note(LABELS, torch.stack([torch.ones_like(given), given]), counts)

    def _note(self, name: str, weights: Tensor, counts: Tensor) -> None:
        key = (user_place(), name)
        known = self.losses.get(key)
        if known is None or not torch.equal(known.weights, weights):
            self.losses[key] = Weighted(weights, counts)
        else:
            known.counts += counts

    def on_end(self, event: WatchEnds) -> Iterator[Finding]:
        for (place, name), loss in self.losses.items():
            weights, counts = loss.weights, loss.counts
            if name == LABELS:
                if (labels := _turned_labels(weights, counts)) is not None:
                    yield self.finding(
                        f"pos_weight is the share of positives over that of negatives for {labels} labels, where it "
                        "is to be the reverse: rare positives all but vanish from the loss",
                        FIX_OF_LABELS,
                        file=place.file,
                        line=place.line,
                    )
                continue
            if counts.sum() < ROWS_AT_LEAST or counts.min() < COUNT_AT_LEAST or (weights <= 0).any():
                continue
            if name != "binary_cross_entropy_with_logits" and _are_of_others(weights, counts):
                yield self.finding(
                    "the class weights are those of balanced classes in another order: the rarest class, "
                    f"{int(counts.argmin())}, has {number(float(weights[counts.argmin()]), 3)}, and the largest "
                    f"weight, {number(float(weights.max()), 3)}, belongs to class {int(weights.argmax())}",
                    "Put the weights in the order of the class numbers: [total / counts[k] for k in range(classes)]",
                    file=place.file,
                    line=place.line,
                )
                continue
            ratio = float(counts.max() / counts.min())
            scaled = weights / counts
            noise = 1 + 2 / float(counts.min()) ** 0.5  # twice the standard error of the rarest class's count
            if ratio < RATIO_AT_LEAST or float(scaled.max() / scaled.min()) > SPREAD_AT_MOST * noise:
                continue
            if name == "binary_cross_entropy_with_logits" and weights[1] > POSITIVE_WEIGHT_AT_MOST:
                continue
            most, least = int(counts.argmax()), int(counts.argmin())
            yield self.finding(
                f"the class weights of {name} grow with the classes' frequency: {number(float(weights[most]), 3)} for "
                f"class {most} and {number(float(weights[least]), 3)} for class {least}, which is {ratio:.0f} times "
                "rarer",
                "Divide by the counts: weight = counts.sum() / (len(counts) * counts); pos_weight is the number of "
                "negatives over that of positives",
                file=place.file,
                line=place.line,
            )

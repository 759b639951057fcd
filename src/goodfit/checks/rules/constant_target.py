"""constant-target: every target that the loss was given is the same.

What it checks
    The targets of a line of cross_entropy or nll_loss have one single value in all of at least ten batches of
    training, where they are maps (a class for each pixel or step), or come from a shuffled loader as they are, or are
    a class between the first and the last one, such as the mask's token. For
    losses of two classes: maps from a loader that have one value, or whose largest value is under 1/128.

Why it hurts
    The net learns to give that one answer, and the loss falls to 0 at once. Masks that hold 0 and 1 and were divided
    by 255 (as ToTensor does with bytes) are all 0 after .long(); a wrong column or colour does the same. Labels of a
    masked language model that are no copy of its input are masked with it.

Example
    mask = transforms.ToTensor()(mask_image).long()

Instead
    mask = torch.from_numpy(np.array(mask_image)).long()

When it is a false alarm
    Targets that are made in the loop, such as "real" and "fake", are left out. Rare classes: at least ten batches are
    looked at, not all.

Cost
    The smallest and largest target of each batch in the first steps.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from torch import Tensor
from torch.utils.data import SequentialSampler

from goodfit.checks.engine.events import Batch, Loss, WatchEnds
from goodfit.checks.engine.user_frame import Place, user_place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule
from goodfit.formatting import counted, number

CALLS_AT_LEAST = 10
VALUES_AT_LEAST = 64  # in all of these batches together
DIVIDED = 1 / 128  # targets up to this one have been divided by 255
BY_CLASS = ("cross_entropy", "nll_loss")
BINARY = ("binary_cross_entropy", "binary_cross_entropy_with_logits", "mse_loss", "l1_loss", "soft_margin_loss")


@dataclass
class Targets:
    """Of a line: calls, values, the smallest and the largest, and whether the line can be judged at all."""

    name: str
    calls: int = 0
    count: int = 0
    values: set[float] = field(default_factory=set)
    judged: bool = True


class ConstantTarget(LiveRule):
    code, level = "GF221", Level.WARNING
    yields_to = ("all-labels-ignored", "one-class-cross-entropy", "unshuffled", "sampler-weights-by-class")

    def start(self) -> None:
        self.lines: dict[Place, Targets] = {}
        self.batch: list[Tensor] = []
        self.shuffled = False

    def on_batch(self, event: Batch) -> None:
        self.batch = list(event.tensors)
        self.shuffled = not isinstance(getattr(event.loader, "sampler", None), SequentialSampler)

    def on_loss(self, event: Loss) -> None:
        if not event.grad or event.name not in BY_CLASS + BINARY or not event.target.numel():
            return
        place = user_place()
        line = self.lines.setdefault(place, Targets(event.name))
        if not line.judged:
            return
        target = event.target.detach()
        by_class = event.name in BY_CLASS and not target.is_floating_point()
        from_loader = self.shuffled and any(_same(target, tensor) for tensor in self.batch)
        line.judged = from_loader or (by_class and (target.dim() > 1 or _is_inner_class(event.input, target)))
        line.calls += 1
        line.count += target.numel()
        known = target[target != event.options.get("ignore_index")] if by_class else target
        if known.numel():
            line.values |= {float(known.min()), float(known.max())}
        line.judged = line.judged and (_constant(line.values, by_class))

    def on_end(self, event: WatchEnds) -> Iterator[Finding]:
        for place, line in self.lines.items():
            if not line.judged or line.calls < CALLS_AT_LEAST or line.count < VALUES_AT_LEAST or not line.values:
                continue
            if len(line.values) > 1:
                what = (
                    f"the targets of {line.name} lie between 0 and {number(max(line.values))}: they were divided by 255"
                )
            else:
                what = (
                    f"all {counted(line.count, 'target')} of {line.name} that were looked at are {max(line.values):g}"
                )
            yield self.finding(
                f"{what}, in {counted(line.calls, 'batch')}",
                "Look at how labels are made: masks that hold class numbers must not be scaled (ToTensor divides bytes "
                "by 255), and labels need a copy of their own, tokens.clone(), before tokens are replaced",
                file=place.file,
                line=place.line,
            )


def _same(target: Tensor, given: Tensor) -> bool:
    """Whether the target is what the loader gave, but for its shape and type."""
    if given.numel() != target.numel() or given.device != target.device:
        return False
    return bool((given.reshape(-1).to(target.dtype) == target.reshape(-1)).all())


def _is_inner_class(x: Tensor, target: Tensor) -> bool:
    """Whether all targets are one class which is neither the first nor the last: those stand for real, made, or the
    place of a positive among negatives."""
    first, classes = int(target.flatten()[0]), x.shape[1] if x.dim() == 2 else 0
    return 0 < first < classes - 1 and bool((target == first).all())


def _constant(values: set[float], by_class: bool) -> bool:
    return len(values) <= 1 or (not by_class and min(values) == 0 and max(values) <= DIVIDED)

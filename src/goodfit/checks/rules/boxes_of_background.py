"""boxes-of-background: the loss of boxes counts places that hold no object.

What it checks
    Each place of a batch (anchor, cell) has a class or an objectness in one loss, and a box in another, of two to
    seven numbers. The places of the most frequent class all have the same box as their target, zeros for instance, or
    the targets are called boxes; and their gradients are not 0. In three passes.

Why it hurts
    A place without an object has no box. Most places have none: the loss of boxes is mostly about numbers that mean
    nothing, and boxes are drawn towards them.

Example
    box_loss = F.smooth_l1_loss(boxes, box_targets)

Instead
    positive = labels > 0; box_loss = F.smooth_l1_loss(boxes[positive], box_targets[positive])

When it is a false alarm
    Numbers that are defined where there is no object, too.

Cost
    The gradient of what a loss of boxes gets, in the first steps of programs that have one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor

from goodfit.checks.engine.events import BackwardEnded, Loss
from goodfit.checks.engine.user_frame import Place, user_place
from goodfit.checks.engine.variables import tensors_by_name
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule
from goodfit.lazy_pattern import lazy_pattern

CLASS_LOSSES = ("cross_entropy", "nll_loss", "binary_cross_entropy", "binary_cross_entropy_with_logits")
BOX_LOSSES = ("smooth_l1_loss", "l1_loss", "mse_loss", "huber_loss")
BOX_NAMES = lazy_pattern(r"box|loc|anchor|offset|xywh|xyxy|ltrb|(^|_)off(_|$)", re.IGNORECASE)
NUMBERS = (2, 7)  # of a box: a centre and a width, corners, or a box in space
NUMBERS_OF_BOX = 4  # of fewer the name has to say so, too
PLACES_AT_LEAST = 2  # for each row of the batch
BACKGROUND_AT_LEAST = 0.3  # of the places
PASSES_AT_LEAST = 3
MOVED_AT_LEAST = 0.9  # of the places without an object


class _Boxes:
    """What a loss of boxes got.

    Attributes:
        target: (places, numbers)
        gradient: of the prediction, once there is one.
    """

    def __init__(self, x: Tensor, target: Tensor, dim: int, place: Place) -> None:
        self.target, self.dim, self.place = _by_place(target.detach(), dim), dim, place
        self.is_box = any(value is target and BOX_NAMES.search(name) is not None for name, value in tensors_by_name())
        self.gradient: Tensor | None = None
        self._handle: Any = x.register_hook(self._keep)

    def _keep(self, gradient: Tensor) -> None:
        self.gradient = _by_place(gradient.detach(), self.dim)

    def forget(self) -> None:
        self._handle.remove()


class BoxesOfBackground(LiveRule):
    code, level = "GF264", Level.WARNING

    def start(self) -> None:
        self.classes: list[Tensor] = []  # (places,) bool: whether there is no object
        self.boxes: list[_Boxes] = []
        self.passes = 0

    def on_loss(self, event: Loss) -> None:
        if not event.grad or not event.input.requires_grad or self.passes >= PASSES_AT_LEAST:
            return
        last = self.program.last_call
        rows = last.rows if last is not None and last.rows else 1
        if event.name in CLASS_LOSSES:
            self.classes += [each for each in _background(event) if len(each) >= PLACES_AT_LEAST * rows]
        elif event.name in BOX_LOSSES and event.input.shape == event.target.shape and event.input.dim() > 1:
            shape = event.input.shape
            dim = -1 if NUMBERS[0] <= shape[-1] <= NUMBERS[1] else 1
            if NUMBERS[0] <= shape[dim] <= NUMBERS[1] and event.input.numel() >= PLACES_AT_LEAST * rows * shape[dim]:
                self.boxes.append(_Boxes(event.input, event.target, dim, user_place()))

    def after_backward(self, event: BackwardEnded) -> Iterator[Finding]:
        classes, boxes, self.classes, self.boxes = self.classes, self.boxes, [], []
        for each in boxes:
            each.forget()
        for each in boxes:
            for background in classes:
                if len(background) == len(each.target) and self._counts(each, background.to(each.target.device)):
                    self.passes += 1
                    if self.passes == PASSES_AT_LEAST:
                        yield self.finding(
                            f"the loss of boxes counts {int(background.sum()):,} of {len(background):,} places that "
                            "hold no object by their class",
                            "Choose the places with an object first: boxes[labels > 0], box_targets[labels > 0]",
                            file=each.place.file,
                            line=each.place.line,
                        )
                    return

    def _counts(self, boxes: _Boxes, background: Tensor) -> bool:
        """Whether places without an object have a gradient, and a target that means nothing."""
        if boxes.gradient is None or not BACKGROUND_AT_LEAST <= float(background.float().mean()) < 1:
            return False
        empty, full = boxes.target[background], boxes.target[~background]
        is_constant = bool((empty == empty[0]).all()) and bool((full != full[0]).any())
        evidence = (is_constant, boxes.is_box)
        if not (any(evidence) if boxes.target.shape[1] >= NUMBERS_OF_BOX else all(evidence)):
            return False
        moved = (boxes.gradient[background] != 0).any(1)
        return float(moved.float().mean()) >= MOVED_AT_LEAST


def _by_place(values: Tensor, dim: int) -> Tensor:
    """(places, numbers)"""
    return values.movedim(dim, -1).reshape(-1, values.shape[dim])


def _background(event: Loss) -> Iterator[Tensor]:
    """(places,) whether a place holds no object: it has the most frequent class, and that is 0 or the last."""
    target = event.target.detach()
    if event.name in ("cross_entropy", "nll_loss"):
        if not target.is_floating_point() and 0 < target.dim() == event.input.dim() - 1 and target.numel():
            classes = event.input.shape[1]
            most = int(torch.mode(target.flatten()).values)
            if most in (0, classes - 1):
                yield target.flatten() == most
    elif target.dim() and bool(((target == 0) | (target == 1)).all()):
        yield target.flatten() == 0
        if target.dim() > 2:
            yield ~_by_place(target, -1).bool().any(1)

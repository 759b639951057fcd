"""noise-drawn-once: a diffusion model is trained on one noise for each row, the same in all epochs.

What it checks
    A net is given rows x = a * x0 + b * noise, with other a and b each time, and the noise of a row is the same one as
    before: of two tensors of a loader's batch x is a sum with a^2 + b^2 = 1, and a row of the one comes again with the
    same row of the other; or the target is standard normal, a row of it comes again, and all but the target's part of x
    points where it pointed before. In 32 rows, nearly all that came again. Passes with gradients alone.

Why it hurts
    The net can know the noise by the row that it was added to. It learns these pairs by heart: the loss falls far below
    what it can be for new noise, which is what sampling gives it.

Example
    self.noise = torch.randn_like(self.x)                            # in the data set's __init__

Instead
    noise = torch.randn_like(x0)                                     # for each batch

When it is a false alarm
    None is known. Pairs of a noise and what a net has made of it (reflow, distillation) go together, and are not
    reported, nor is a single batch that is learnt by heart.

Cost
    Fingerprints of the rows of batches and targets, in the first steps.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import torch
from torch import Tensor

from goodfit.checks.engine.events import Batch, Loss, NetCall, Residual
from goodfit.checks.engine.fingerprints import fingerprints
from goodfit.checks.engine.moments import Moments
from goodfit.checks.engine.user_frame import user_place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

LOSSES = ("mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss")
ROWS_AT_LEAST = 32  # that came again
BATCH_AT_LEAST = 4
BATCHES_AT_LEAST = 2  # whose rows came again: a single one may be learnt by heart on purpose
ROWS_KEPT, VALUES_KEPT = 2_048, 4_000_000
VALUES_READ = 4_096  # of a row
SHARE_AT_LEAST = 0.95  # of the rows that came again
SAME_ROW = 1e-3  # relative
ON_CIRCLE = 0.01  # of a^2 + b^2
OTHER_SHARE = 0.01  # by which a has to have changed
PARALLEL = 1 - 1e-6  # cosine, in float32
SCALED = 1 - 1e-4  # cosine of an input and the one before, beyond which it was only multiplied
IN_COMMON = 0.98  # of 1, which is the share of a vector that lies in the planes of all rows
SIZE_AT_LEAST = 3  # of a row, where the clean one is not known


class NoiseDrawnOnce(LiveRule):
    code, level = "GF522", Level.WARNING

    def start(self) -> None:
        self.batch: list[Tensor] = []
        self.inputs: list[Tensor] = []
        self.passes = 0
        self.first: dict[int, int] = {}  # of a row: the pass that it first came in
        self.firsts: set[int] = set()  # passes whose rows came again
        self.mixed: dict[int, tuple[int, float]] = {}  # of one tensor's row: the other's, and its factor
        self.pairs = Moments()
        self.targets: dict[int, Tensor] = {}  # of a target's row: the input
        self.noise = Moments()
        self.again = self.same = 0  # rows of pairs
        self.rows = self.parallel = 0  # rows of targets
        self.is_of_pair = False  # whether the last input is a sum of two tensors of a batch
        self.has_spoken = False

    def on_batch(self, event: Batch) -> None:
        self.batch = [each.detach() for each in event.tensors if _is_rows(each)]

    def on_call(self, event: NetCall) -> Iterator[Finding]:
        if not event.grad or self.has_spoken:
            return
        self.passes += 1
        self.inputs = [each.detach() for each in event.inputs if _is_rows(each)]
        self.is_of_pair = False
        for given in self.inputs:
            for like in self.batch:
                x = _as_wide_as(given, like)
                others = [each for each in self.batch if each.shape == like.shape and each is not given]
                if x is not None and len(others) == 2 and like is others[0]:
                    self._look_at_pair(x, *others)
        is_again = self.again >= ROWS_AT_LEAST and self.same >= SHARE_AT_LEAST * self.again
        has_noise = self.pairs.x_is_standard() or self.pairs.y_is_standard()
        if is_again and has_noise and self.pairs.are_independent() and len(self.firsts) >= BATCHES_AT_LEAST:
            yield self._speak(self.again)

    def on_target(self, event: Loss | Residual) -> Iterator[Finding]:
        if self.has_spoken or not event.grad or not _is_rows(event.target) or event.target.requires_grad:
            return
        if isinstance(event, Loss) and event.name not in LOSSES:
            return
        target = event.target.detach()
        x = next((x for each in self.inputs if (x := _as_wide_as(each, target)) is not None), None)
        if x is None or x.device != target.device or target[0].numel() < SIZE_AT_LEAST or self.is_of_pair:
            return
        self._look_at_target(_flat(x), _flat(target), fingerprints(target))
        is_again = self.rows >= ROWS_AT_LEAST and self.parallel >= SHARE_AT_LEAST * self.rows
        if is_again and len(self.firsts) >= BATCHES_AT_LEAST and self.noise.is_normal():
            yield self._speak(self.rows)

    def _look_at_pair(self, x: Tensor, one: Tensor, other: Tensor) -> None:
        """Of rows that are sums of two of the batch, on a circle: whether these two stood together before."""
        of_one, of_other = _factors(*(_flat(each).to(x.device) for each in (x, one, other)))
        on_circle = (of_one.square() + of_other.square() - 1).abs() < ON_CIRCLE
        known = ~torch.isnan(of_one)
        self.is_of_pair = self.is_of_pair or int(known.sum()) >= SHARE_AT_LEAST * len(x)
        if int(known.sum()) < BATCH_AT_LEAST or int((on_circle & known).sum()) < SHARE_AT_LEAST * int(known.sum()):
            return
        self.pairs.add(_flat(one), _flat(other))
        rows = zip(fingerprints(one), fingerprints(other), of_one.tolist(), strict=True)
        for key, partner, factor in rows:
            before = self.mixed.get(key)
            if math.isnan(factor):
                continue
            if before is None:
                if len(self.mixed) < ROWS_KEPT:
                    self.mixed[key] = partner, factor
                    self.first[key] = self.passes
            elif partner != before[0] or abs(factor - before[1]) > OTHER_SHARE:
                self.again += 1
                self.firsts.add(self.first[key])
                self.same += partner == before[0]

    def _look_at_target(self, x: Tensor, target: Tensor, keys: Sequence[int]) -> None:
        """Of target rows that come again: whether what else is in the input points where it pointed before."""
        at = [place for place, key in enumerate(keys) if key in self.targets]
        self.noise.add(target, target)
        if at:
            before = torch.stack([_of_length(self.targets[keys[place]], x.shape[1]) for place in at]).to(x)
            rests, own = [], target[at]
            for each in (before, x[at]):
                share = (each * own).sum(1) / own.square().sum(1).clamp(min=1e-12)
                rests.append(each - share[:, None] * own)
            lengths = [each.norm(dim=1) for each in rests]
            lying = [length > 0.05 * each.norm(dim=1) for length, each in zip(lengths, (before, x[at]), strict=True)]
            moved = (before - x[at]).norm(dim=1) > 0.02 * x[at].norm(dim=1)
            scaled = torch.nn.functional.cosine_similarity(before, x[at]).abs() > SCALED
            counted = lying[0] & lying[1] & moved & ~scaled
            cosines = torch.nn.functional.cosine_similarity(rests[0], rests[1])
            if not _have_a_direction_in_common(own[counted], rests[1][counted]):
                self.rows += int(counted.sum())
                self.parallel += int((cosines[counted].abs() > PARALLEL).sum())
                self.firsts.update(self.first[keys[place]] for place in at)
        for place, key in enumerate(keys):
            if len(self.targets) < ROWS_KEPT and (len(self.targets) + 1) * x.shape[1] <= VALUES_KEPT:
                self.targets.setdefault(key, x[place].float())
                self.first.setdefault(key, self.passes)

    def _speak(self, rows: int) -> Finding:
        self.has_spoken = True
        place = user_place()
        return self.finding(
            f"the noise that is mixed into a row is the same one in each epoch: {rows} rows came again, in another "
            "mixture with their noise of before",
            "Draw the noise anew for each batch: noise = torch.randn_like(x0)",
            file=place.file,
            line=place.line,
        )


def _is_rows(x: Tensor) -> bool:
    is_plain = x.is_floating_point() and x.layout is torch.strided and not (x.is_meta or x.is_nested)
    return is_plain and x.dim() > 1 and len(x) >= BATCH_AT_LEAST and x[0].numel() > 1


def _flat(x: Tensor) -> Tensor:
    """(N, D) of (N, ...); of long rows as many values as are enough, evenly spread."""
    rows = x.flatten(1)
    return rows[:, :: -(-rows.shape[1] // VALUES_READ)].double()


def _of_length(row: Tensor, length: int) -> Tensor:
    """A row that was padded with zeros to the length of another batch: its fingerprint is the same in each."""
    return torch.nn.functional.pad(row, (0, length - len(row)))


def _factors(x: Tensor, one: Tensor, other: Tensor) -> tuple[Tensor, Tensor]:
    """(N,) a and b of x = a * one + b * other in each row; NaN where a row is no such sum, or many."""
    of_one, of_other, both = one.square().sum(1), other.square().sum(1), (one * other).sum(1)
    with_one, with_other = (x * one).sum(1), (x * other).sum(1)
    area = of_one * of_other - both.square()
    a = (with_one * of_other - with_other * both) / area
    b = (with_other * of_one - with_one * both) / area
    rest = (x - a[:, None] * one - b[:, None] * other).norm(dim=1)
    bad = (area <= 1e-3 * of_one * of_other) | (rest > SAME_ROW * x.norm(dim=1))
    return a.masked_fill(bad, math.nan), b.masked_fill(bad, math.nan)


def _have_a_direction_in_common(own: Tensor, rests: Tensor) -> bool:
    """Whether one vector lies in the planes of all rows, as where pictures are made brighter."""
    if len(rests) < 2:
        return False
    units = [torch.nn.functional.normalize(each, dim=1) for each in (own, rests)]
    planes = sum(unit.T @ unit for unit in units) / len(rests)  # (D, D) mean of the projections onto them
    return float(torch.linalg.matrix_norm(torch.as_tensor(planes), 2)) > IN_COMMON


def _as_wide_as(x: Tensor, like: Tensor) -> Tensor | None:
    """A net's input where it has a tensor's shape, or its first columns where others, such as a time, follow."""
    if x.shape == like.shape:
        return x
    is_wider = x.dim() == like.dim() == 2 and len(x) == len(like) and x.shape[1] > like.shape[1]
    return x[:, : like.shape[1]] if is_wider else None

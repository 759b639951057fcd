"""back-to-worse-weights: the program returns to kept weights that were not its best ones.

What it checks
    After the last step a net is loaded with weights that it had at one of at least four evaluations of the same
    rows. The loss of that evaluation is the highest of all, or it is far above that of an earlier evaluation whose
    weights were kept too, by an evaluation that measures a regression. Or it is loaded with the weights that it had
    before the first step, after four evaluations or more, whose loss fell.

Why it hurts
    The comparison that chooses the best epoch is the wrong way round, or its best value is never written down: the
    weights that are used in the end are worse than those that were thrown away.

Example
    if val_loss > best: best = val_loss; torch.save(net.state_dict(), "best.pt")

Instead
    if val_loss < best: best = val_loss; torch.save(net.state_dict(), "best.pt")

When it is a false alarm
    Weights that are chosen by something other than the loss that is computed with torch.

Cost
    A checksum of the weights, each time that they are kept after an evaluation, or loaded.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from goodfit.checks.engine.events import WatchEnds, Weights
from goodfit.checks.engine.nested import tensors
from goodfit.checks.engine.user_frame import Place, user_place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule
from goodfit.formatting import number

EVALUATIONS_AT_LEAST = 4
HIGHER_AT_LEAST = 0.1  # of the lowest loss
REGRESSIONS = ("mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss")
TENSORS_AT_MOST = 6  # of a net, whose values are compared
VALUES_AT_MOST = 64  # of each
KEPT_AT_MOST = 400
LOADS_AT_MOST = 100  # of more, such as of a target net in every step, none is looked at

Sample = tuple[float, ...]


@dataclass(frozen=True)
class Return:
    """Weights that were loaded.

    Attributes:
        kept, at: the steps that they were kept and loaded at.
        series: name of the loss, and step and loss of each evaluation before.
    """

    kept: int
    at: int
    place: Place
    series: list[tuple[str, list[tuple[int, float]]]]


class BackToWorseWeights(LiveRule):
    code, level = "GF437", Level.WARNING
    sleepless = (Weights,)

    def start(self) -> None:
        self.kept: weakref.WeakKeyDictionary[nn.Module, dict[Sample, int]] = weakref.WeakKeyDictionary()
        self.steps_kept: set[int] = set()
        self.back: Return | None = None
        self.loads = 0

    def on_weights(self, event: Weights) -> None:
        step, net = self.program.steps, event.module
        if net is None or self.loads > LOADS_AT_MOST:
            return
        if event.action == "state_dict":
            if not step or any(each[-1].step == step for each in self.program.evaluations.series.values()):
                self._keep(net, event.state, step)
        elif event.action == "load_state_dict" and self.steps_kept:
            self.loads += 1
            self._return(event.state, step)

    def _keep(self, net: nn.Module, state: object, step: int) -> None:
        known, sample = self.kept.setdefault(net, {}), _sample(state)
        if sample and len(known) < KEPT_AT_MOST:
            known.setdefault(sample, step)
            self.steps_kept.add(step)

    def _return(self, state: object, step: int) -> None:
        sample = _sample(state)
        at = next((kept[sample] for kept in self.kept.values() if sample in kept), None)
        self.back = None
        if at is not None:
            evaluations = self.program.evaluations.series.items()
            series = [(key[1], [(each.step, each.loss) for each in values]) for key, values in evaluations]
            self.back = Return(at, step, user_place(), series)

    def on_end(self, event: WatchEnds) -> Iterator[Finding]:
        back = self.back
        if back is None or back.at != self.program.steps:
            return
        judged = [(name, losses) for name, losses in back.series if len(losses) >= EVALUATIONS_AT_LEAST]
        if not judged:
            return
        losses = judged[0][1]
        if not back.kept:
            if all(losses[-1][1] < losses[0][1] for _, losses in judged):
                yield self._to_the_start(back, losses)
            return
        if not all(self._is_worse(name, losses, back.kept) for name, losses in judged):
            return
        own = dict(losses)[back.kept]
        step, lowest = min(losses, key=lambda pair: pair[1])
        yield self.finding(
            f"the weights that the net goes back to are those of step {back.kept:,}, where the evaluation's loss was "
            f"{number(own, 3)}; in step {step:,} it was {number(lowest, 3)}",
            "Keep the weights where the loss is lower than the lowest so far, and write that down: "
            "if loss < best: best = loss",
            file=back.place.file,
            line=back.place.line,
        )

    def _to_the_start(self, back: Return, losses: list[tuple[int, float]]) -> Finding:
        return self.finding(
            "the weights that the net goes back to are those of before its first step; the evaluation's loss fell from "
            f"{number(losses[0][1], 3)} to {number(losses[-1][1], 3)} since",
            "No epoch was kept as the best one. Begin with a loss that any epoch beats: best = float('inf')",
            file=back.place.file,
            line=back.place.line,
        )

    def _is_worse(self, name: str, losses: list[tuple[int, float]], kept: int) -> bool:
        """Whether the evaluation at a step was the worst of all, or worse than one whose weights were kept before."""
        own = dict(losses).get(kept)
        values = [loss for _, loss in losses]
        if own is None or own - min(values) <= HIGHER_AT_LEAST * abs(min(values)):
            return False
        if own == max(values) and (kept == losses[0][0] or name in REGRESSIONS):
            return True
        chooses = any(step not in self.steps_kept for step, _ in losses)
        before = [loss for step, loss in losses if step < kept and step in self.steps_kept]
        earlier = bool(before) and own - min(before) > HIGHER_AT_LEAST * abs(min(before))
        return name in REGRESSIONS and chooses and earlier


def _sample(state: object) -> Sample:
    """Some values of the first floating-point tensors of a state."""
    chosen: list[Tensor] = [tensor for tensor in tensors(state) if tensor.is_floating_point() and tensor.numel() > 1]
    if not chosen or any(not tensor.is_cpu for tensor in chosen[:TENSORS_AT_MOST]):
        return ()
    with torch.no_grad():
        parts = [tensor.detach().flatten()[:VALUES_AT_MOST].double().sum() for tensor in chosen[:TENSORS_AT_MOST]]
    return tuple(part.item() for part in parts)

"""learning-rate: the steps are so large that the loss never falls, or so small that nothing changes.

What it checks
    At the end, over at least 30 steps of a single optimiser: the loss was never below its first value, beyond the
    noise, or ended at over one and a half times of it, or grew to ten times of it and then was not finite. Or the
    largest step examined, made as often as there were steps, would not move a weight by 0.5% of its size, and the
    loss did not fall by a tenth. Or the largest factor that a LambdaLR gives is about the optimiser's own rate.

Why it hurts
    The net has learnt nothing, and the loop looked busy.

Example
    torch.optim.SGD(net.parameters(), lr=10.0)

Instead
    Try rates three times apart, from 1e-4 on; goodfit fit --lr find does it.

When it is a false alarm
    Losses that are no measure of progress (several nets against each other, rewards) are not reported where they turn
    negative or several optimisers step.

Cost
    Three weights are compared before and after a step, in the first steps.
"""

from __future__ import annotations

import math
import weakref
from collections.abc import Iterator

import numpy as np
from torch import Tensor
from torch.optim import Optimizer, lr_scheduler

from goodfit.checks.engine.events import BackwardEnded, Schedule, Step, WatchEnds, params_of
from goodfit.checks.engine.hand_written import HandWritten
from goodfit.checks.engine.user_frame import Place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule
from goodfit.formatting import number

STEPS_AT_LEAST = 30
RISE_FACTOR = 1.5  # of the last losses above the first
NOISE_FACTOR = 3.0  # standard deviations of the last losses, by which the first one has to lie below them
LEAP_AT_LEAST = 0.25  # of a weight in one step, relative to its norm: a loss may rise as well because the data changes
BREAK_FACTOR = 10.0  # of the highest loss above the first, before the loss was not finite
MOVEMENT_NEEDED = 0.005  # of a weight over the whole run, relative to its norm: the steps, all in one direction
PROGRESS_NEEDED = 0.9  # of the first loss: below it something was learnt by so small steps
RATE_AS_FACTOR, SAME_RATE = 0.5, 0.02  # of the rate: the factors examined may have missed the highest
GRADIENT_AT_LEAST = 1e-5  # of a weight's size: below, it is not the rate that is too small
FACTOR_AT_LEAST = 0.05  # of the optimiser's own rate, that a schedule leaves of it at its highest
STEPS_EXAMINED_AT_LEAST = 15
ELEMENTS_AT_MOST = 100_000  # of a weight that is compared


class LearningRate(LiveRule):
    code, level = "GF311", Level.WARNING
    yields_to = (
        "gradients-not-zeroed", "loss-detached", "nonfinite-input", "accumulation-dropped",
        "optimizer-never-steps", "scaler-never-steps", "scheduler-pace", "clip-before-unscale",
        "softmax-before-cross-entropy", "nll-without-log", "labels-out-of-range", "dead-units",
        "one-class-cross-entropy", "clipped-to-nothing", "triplet-of-two", "decay-too-strong",
    )  # fmt: skip

    def start(self) -> None:
        self.before: list[tuple[Tensor, Tensor]] = []
        self.largest_change = 0.0
        self.steps_examined = 0
        self.optimiser: weakref.ref[Optimizer | HandWritten] | None = None  # the one that steps
        self.several = False
        self.place = Place(None, None)
        self.rate = self.base_rate = 0.0  # the largest, and that before any schedule
        self.lambdas = False
        self.factors: dict[int, tuple[float, float, Place]] = {}  # of schedulers: both rates, and the optimiser's place

    def after_backward(self, event: BackwardEnded) -> None:
        if len(self.program.optimisers) != 1 or self.before:
            return  # L-BFGS calls backward many times in a step: the first is where it starts from
        (optimiser,) = self.program.optimisers
        weights = [
            p for p in params_of(optimiser) if p.grad is not None and p.dim() > 1 and p.numel() <= ELEMENTS_AT_MOST
        ]
        chosen = weights[:: max(1, len(weights) // 3)][:3]
        if any(param.grad is not None and bool(param.grad.any()) for param in chosen):
            self.before = [(param, param.detach().clone()) for param in chosen]

    def on_schedule(self, event: Schedule) -> None:
        if isinstance(event.scheduler, lr_scheduler.LambdaLR):
            self.lambdas = True
            if not event.first:
                self._note_factor(event.scheduler)

    def _note_factor(self, scheduler: lr_scheduler.LambdaLR) -> None:
        """Keep the largest rate that each has given: with several optimisers the losses say nothing."""
        groups = zip(scheduler.optimizer.param_groups, scheduler.base_lrs, strict=False)
        rates = [(float(group["lr"]), float(base)) for group, base in groups]
        known = self.factors.get(id(scheduler))
        if rates and all(0 < base < FACTOR_AT_LEAST for _, base in rates):
            rate, base = max(rates)
            if known is None or rate > known[0]:
                self.factors[id(scheduler)] = (rate, base, self.program.optimiser(scheduler.optimizer).created_at)

    def on_step(self, event: Step) -> None:
        before, self.before = self.before, []
        if event.by_hand or event.wraps:
            return
        if self.optimiser is not None and self.optimiser() is not event.optimiser:
            self.several = True  # one after the other, as in folds: the losses are not those of one net
        self.optimiser = weakref.ref(event.optimiser)
        changes = [float((param.detach() - was).norm() / was.norm()) for param, was in before if float(was.norm()) > 0]
        if changes and isinstance(event.optimiser, Optimizer):
            self.steps_examined += 1
            self.largest_change = max(self.largest_change, *changes)
            groups = event.optimiser.param_groups
            self.rate = max(self.rate, *(float(group["lr"]) for group in groups))
            self.base_rate = max(float(group.get("initial_lr", group["lr"])) for group in groups)
            self.place = self.program.optimiser(event.optimiser).created_at

    def on_end(self, event: WatchEnds) -> Iterator[Finding]:
        losses, steps = self.program.losses, self.program.steps
        if steps < STEPS_AT_LEAST:
            return
        if self.several or not self.steps_examined:
            for of_scheduler in self.factors.values():
                self.rate, self.base_rate, self.place = of_scheduler
                if self._factor_is_rate():
                    yield self._too_low(0.0)
                    return
            return
        unused = losses.count - losses.count_at_step  # after the last step: an attribution, an attack
        last = list(losses.last)[-(losses.count // 2) : len(losses.last) - unused]
        end = sum(last) / max(1, len(last))
        comparable = losses.count >= STEPS_AT_LEAST and not losses.negative and losses.first > 0
        diverged = not math.isfinite(end) and losses.highest > BREAK_FACTOR * losses.first
        moved = self.largest_change * steps  # at most
        noise = float(np.std(last)) if len(last) > 1 and math.isfinite(end) else 0.0
        never_below = losses.lowest >= losses.first and end >= losses.first + NOISE_FACTOR * noise
        leaps = self.largest_change >= LEAP_AT_LEAST or not math.isfinite(self.largest_change) or diverged
        if comparable and leaps and (never_below or end > RISE_FACTOR * losses.first or diverged):
            yield self.finding(
                f"the loss was {number(losses.first)} in the first step, {number(losses.lowest)} at its lowest, and is "
                f"{number(end)} over the last steps: the learning rate of {self.rate:g} is too high",
                "Divide it by 10, or let goodfit fit --lr find choose it",
                file=self.place.file,
                line=self.place.line,
            )
        elif self._factor_is_rate():
            yield self._too_low(moved)
        elif self.steps_examined >= STEPS_EXAMINED_AT_LEAST and moved < MOVEMENT_NEEDED:
            learns = comparable and end < PROGRESS_NEEDED * losses.first
            if not learns:
                yield self._too_low(moved)

    def _factor_is_rate(self) -> bool:
        """Whether the largest factor that a LambdaLR has given is the rate that it is to be multiplied by."""
        if not self.lambdas or not 0 < self.base_rate < FACTOR_AT_LEAST:
            return False
        return RATE_AS_FACTOR < self.rate / self.base_rate**2 < 1 + SAME_RATE

    def _too_low(self, moved: float) -> Finding:
        factor = (
            f"LambdaLR multiplies the rate of the optimiser, {self.base_rate:g}, by what its function returns: return "
            "a factor, 1.0 at the start, and no rate"
        )
        if self._factor_is_rate():
            what = (
                f"the factor that LambdaLR gives is {self.rate / self.base_rate:.2g} at most, about the rate itself, "
                f"so that the rate in use is {self.rate:.2g} at most"
            )
            fix = factor
        elif self.largest_change < GRADIENT_AT_LEAST * self.rate:
            what = (
                f"the gradients are less than {GRADIENT_AT_LEAST:g} of the weights, so that all {self.program.steps:,} "
                f"steps can have moved them by {moved:.1e} at most: the loss hardly depends on them, at any rate"
            )
            fix = "Look for what cancels the output (a softmax over equal numbers), saturates, or scales the loss down"
        else:
            what = (
                f"no step examined changed a weight by more than {self.largest_change:.1e} of its size, so that all "
                f"{self.program.steps:,} together can have moved it by {moved:.1%} at most, and the loss has not "
                f"fallen: the learning rate of {self.rate:g} is too low"
            )
            as_factor = self.lambdas and self.rate < FACTOR_AT_LEAST * self.base_rate
            fix = factor if as_factor else "Multiply it by 100, or let goodfit fit --lr find choose it"
        return self.finding(what, fix, file=self.place.file, line=self.place.line)

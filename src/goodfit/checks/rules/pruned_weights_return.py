"""pruned-weights-return: weights were set to zero to prune them, and the next step of the optimiser brings them back.

What it checks
    A weight matrix of a trained net had next to no zeros; then a tenth of it and more, scattered over its rows, is
    exactly zero; and after one step of the optimiser next to no zero is left, nor later. Weights that get back the
    values that they had before they were zero were put aside for a test, and are not reported.

Why it hurts
    Gradients of weights that are zero are not zero, so that every optimiser moves them. The net that is scored, saved
    and called sparse is dense.

Example
    weight.mul_(mask); for x, y in loader: loss(net(x), y).backward(); opt.step()

Instead
    opt.step(), then weight.mul_(mask), each time; or torch.nn.utils.prune, whose mask is part of the forward pass

When it is a false alarm
    Weights that are set to zero at random so that they are learnt anew.

Cost
    64 x 64 values of up to 20 weights at calls of nets in training, while the rules are awake.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.parameter import is_lazy
from torch.utils.weak import WeakTensorKeyDictionary

from goodfit.checks.engine.events import NetCall, params_of
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

WEIGHTS_AT_MOST, SIDE = 20, 64
FEW, MANY = 0.01, 0.1  # shares of zeros
TRAINED_AT_MOST = 1  # calls in training with the zeros, before they are gone: more, and they were kept on purpose
GONE_AT_LEAST = 3  # calls without them
SAME = 1e-3


@dataclass
class Known:
    """A weight: as it was before it had zeros, and what has become of these.

    Attributes:
        full: the part that is looked at, when it had few zeros.
        zeros: where they are since; None where it has few.
        trained, gone: calls in training with them, and since they are gone.
        left_aside: it had zeros from the start, or keeps them.
    """

    full: Tensor
    zeros: Tensor | None = None
    trained: int = 0
    gone: int = 0
    left_aside: bool = False


class PrunedWeightsReturn(LiveRule):
    code, level = "GF461", Level.WARNING

    def start(self) -> None:
        self.known = WeakTensorKeyDictionary()  # weight -> Known
        self.looked_at = (-1, False)
        self.spoken = False

    def on_call(self, event: NetCall) -> Iterator[Finding]:
        at = self.program.steps, event.grad
        if self.spoken or at == self.looked_at or not self.program.optimisers:
            return
        self.looked_at = at
        for weight in self._weights():
            if share := self._returned(weight, event.grad):
                self.spoken = True
                yield self.finding(
                    f"{share:.0%} of the {self._name_of(event.module, weight)} were set to zero, and after one step of "
                    "the optimiser they are not zero any more",
                    "Multiply by the mask after every step, or use torch.nn.utils.prune",
                )
                return

    def _weights(self) -> list[Tensor]:
        every = (param for optimiser in list(self.program.optimisers) for param in params_of(optimiser))
        large = (each for each in every if _can_be_read(each) and each.dim() > 1)
        return [weight for weight, _ in zip(large, range(WEIGHTS_AT_MOST), strict=False)]

    def _returned(self, weight: Tensor, training: bool) -> float:
        """The share that was zero, where it has come back by training; 0 otherwise."""
        known: Known | None = self.known.get(weight)
        if known is not None and known.left_aside:
            return 0.0
        now = _part(weight)
        zero = now == 0
        share = float(zero.float().mean())
        if known is None:
            self.known[weight] = Known(now, left_aside=share > FEW)
            return 0.0
        if known.zeros is None:
            if share >= MANY and _are_scattered(zero):
                known.zeros, known.trained, known.gone = zero, int(training), 0
            elif share <= FEW:
                known.full = now
            return 0.0
        if share > FEW:
            known.trained += training
            known.gone = 0
            if known.trained > TRAINED_AT_MOST:
                known.left_aside = True
            return 0.0
        if not known.gone and torch.allclose(now[known.zeros], known.full[known.zeros], rtol=SAME):
            known.zeros = None  # they were put back
            return 0.0
        known.gone += training
        return float(known.zeros.float().mean()) if known.gone >= GONE_AT_LEAST else 0.0

    def _name_of(self, net: nn.Module, weight: Tensor) -> str:
        name = next((name for name, param in net.named_parameters() if param is weight), "")
        return f"values of {name}" if name else f"values of a weight {tuple(weight.shape)}"


def _can_be_read(weight: Tensor) -> bool:
    """Whether it has values, and these are real numbers."""
    return not is_lazy(weight) and weight.is_floating_point() and weight.layout is torch.strided and not weight.is_meta


def _part(weight: Tensor) -> Tensor:
    return weight.detach().flatten(1)[:SIDE, :SIDE].float().cpu().clone()


def _are_scattered(zero: Tensor) -> bool:
    """Whether most rows have values of both kinds: rows that are zero as a whole are paddings, or learnt anew."""
    share = zero.float().mean(1)
    return float(((share > 0) & (share < 1)).float().mean()) > 0.5

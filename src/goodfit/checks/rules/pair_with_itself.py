"""pair-with-itself: in a contrastive loss every sample's most similar partner is the sample itself.

What it checks
    cross_entropy gets a square, symmetric matrix of similarities whose largest value in each row is the diagonal, and
    the diagonal is the target of no row; or it is the target of every row, and the same number in all. In two calls.

Why it hurts
    A vector is more like itself than like anything else, so the diagonal takes most of the probability whatever the net
    does. The loss has a high floor, and its gradient presses all other pairs apart, the positive ones too. Where the
    sample itself is the target, nothing is brought together at all.

Example
    logits = z @ z.T / temperature
    loss = F.cross_entropy(logits, partner)

Instead
    logits = z @ z.T / temperature
    logits.fill_diagonal_(float("-inf"))
    loss = F.cross_entropy(logits, partner)

When it is a false alarm
    None is known.

Cost
    A look at square logits in the first steps.
"""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

from goodfit.checks.engine.events import BackwardEnded, Loss, NetCall
from goodfit.checks.engine.user_frame import Place, user_place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

ROWS_AT_LEAST = 4
CALLS_AT_LEAST = 2
VIEWS_KEPT = 4


class PairWithItself(LiveRule):
    code, level = "GF230", Level.ERROR

    def start(self) -> None:
        self.calls: dict[Place, int] = {}
        self.views: list[tuple[int, Tensor, Tensor]] = []  # net, input and output of calls since the last pass

    def on_call(self, event: NetCall) -> None:
        if event.grad and event.inputs and len(event.outputs) == 1 and event.inputs[0].grad_fn is None:
            self.views = [*self.views, (id(event.module), event.inputs[0], event.outputs[0])][-VIEWS_KEPT:]

    def after_backward(self, event: BackwardEnded) -> None:
        self.views = []

    def _views_are_one(self, rows: int) -> bool:
        """Whether the last two views of the rows are one and the same, and so are their embeddings."""
        if len(self.views) < 2:
            return False
        (net, x, out), (other_net, other, other_out) = self.views[-2:]
        if net != other_net or x.shape != other.shape or rows not in (len(x), 2 * len(x)):
            return False
        return torch.equal(x, other) and out.shape == other_out.shape and torch.equal(out, other_out)

    def on_loss(self, event: Loss) -> Iterator[Finding]:
        if event.name != "cross_entropy" or not event.grad or event.input.dim() != 2 or event.target.dim() != 1:
            return
        logits, target = event.input.detach(), event.target
        rows, columns = logits.shape
        if rows != columns or rows < ROWS_AT_LEAST or target.is_floating_point():
            return
        if self._views_are_one(rows):
            place = user_place()
            self.calls[place] = self.calls.get(place, 0) + 1
            if self.calls[place] == CALLS_AT_LEAST:
                yield self.finding(
                    f"both views of the {rows} x {rows} similarities that cross_entropy gets are the same: the net was "
                    "called twice with one input, and each sample is to be like itself",
                    "Give the second call the other view",
                )
            return
        own = torch.arange(rows, device=target.device)
        is_own = target == own
        itself = bool(is_own.all()) and torch.allclose(logits.diagonal(), logits[0, 0], rtol=1e-4, atol=1e-5)
        if (bool(is_own.any()) and not itself) or not torch.allclose(logits, logits.T, rtol=1e-4, atol=1e-5):
            return
        if not torch.equal(logits.argmax(1), own.to(logits.device)) or bool((logits == logits[0, 0]).all()):
            return
        place = user_place()
        self.calls[place] = self.calls.get(place, 0) + 1
        if self.calls[place] == CALLS_AT_LEAST:
            yield self.finding(
                f"in the {rows} x {rows} similarities that cross_entropy gets, each sample is most similar to itself, "
                f"and that is the target of {'every one' if itself else 'none'}",
                "Leave a sample out of its own row, and let the other view be its target: "
                'logits.fill_diagonal_(float("-inf"))',
            )

"""pad-row-not-zero: the embedding's row of the padding is not zero, and what it holds moves the predictions.

What it checks
    An nn.Embedding with padding_idx is given padding, and that row of its weight is not zero. In a copy of the net the
    row is set to zero: a prediction for each sample (of at most two dimensions) moves by a hundredth of its spread.

Why it hurts
    padding_idx keeps the row from being trained, and its zeros say nothing. An initialisation of all weights writes
    random numbers over them: every pad adds the same noise, which nothing unlearns, and predictions depend on how long
    the longest sequence of the batch is.

Example
    nn.init.normal_(embedding.weight)

Instead
    nn.init.normal_(embedding.weight); with torch.no_grad(): embedding.weight[padding_idx].zero_()

When it is a false alarm
    A value for missing words that is meant, and not trained.

Cost
    Two passes of one batch through a copy of the net, once, where the row is not zero.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterator

import torch
from torch import Tensor, nn

from goodfit.checks.engine.events import Call, NetCall
from goodfit.checks.engine.mixing_probe import copied
from goodfit.checks.engine.modules import own_parameter
from goodfit.checks.engine.nested import tensors
from goodfit.checks.engine.random_state import random_state_kept
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule, NotChecked
from goodfit.formatting import agreeing, counted

MOVE_AT_LEAST = 0.01  # of the standard deviation of the output
PADS_AT_LEAST = 3


class PadRowNotZero(LiveRule):
    code, level = "GF115", Level.WARNING
    layers = (nn.Embedding,)

    def start(self) -> None:
        self.filled: list[nn.Embedding] = []  # of the call that runs
        self.pads = 0
        self.judged: weakref.WeakSet[nn.Module] = weakref.WeakSet()

    def on_call(self, event: Call) -> None:
        if isinstance(event.module, nn.Embedding) and not event.outermost:
            self._note(event.module, event)

    def on_net_call(self, event: NetCall) -> Iterator[Finding]:
        module = event.module
        filled, self.filled = self.filled, []
        is_training = event.grad and event.training
        if not filled or module in self.judged or not is_training:
            return
        self.judged.add(module)
        if all(output.dim() > 2 or not output.is_floating_point() for output in event.outputs):
            return  # of each step of a sequence: those of the padding are not used
        moved = _moved(event, filled)
        if moved >= MOVE_AT_LEAST:
            index = filled[0].padding_idx
            yield self.finding(
                f"row {index} of an embedding, its padding_idx, is not zero and is never trained; "
                f"{counted(self.pads, 'pad')} of this batch {agreeing(self.pads, 'moves', 'move')} the "
                f"predictions by {moved:.0%} of their spread",
                f"Set it to zero after the initialisation: embedding.weight[{index}].zero_() under torch.no_grad()",
            )

    def _note(self, module: nn.Embedding, event: Call) -> None:
        if module.padding_idx is None or event.root in self.judged or not event.inputs or module in self.filled:
            return
        pads = int((event.inputs[0] == module.padding_idx).sum())
        weight = own_parameter(module, "weight")
        if pads >= PADS_AT_LEAST and weight is not None and bool(weight.detach()[module.padding_idx].any()):
            self.filled.append(module)
            self.pads = pads


def _moved(event: Call, filled: list[nn.Embedding]) -> float:
    """How far the predictions move when these rows are zero, of their spread."""
    paths = [path for path, module in event.module.named_modules() if any(module is each for each in filled)]
    net = copied(event.module)
    with random_state_kept() as again, torch.no_grad():
        try:
            before = _numbers(net(*event.args, **event.kwargs))
            for path in paths:
                embedding = net.get_submodule(path)
                if isinstance(embedding, nn.Embedding) and embedding.padding_idx is not None:
                    embedding.weight[embedding.padding_idx].zero_()
            again()
            after = _numbers(net(*event.args, **event.kwargs))
        except Exception as error:  # the user's code: a net that runs in training alone, or keeps count of its calls
            raise NotChecked(event.module, "net", "that could not be run again") from error
    spread = float(before.std()) if before.numel() > 1 else 0.0
    return float((after - before).abs().mean()) / spread if spread > 0 and before.shape == after.shape else 0.0


def _numbers(output: object) -> Tensor:
    kept = [each.reshape(-1).float() for each in tensors(output) if each.dim() <= 2 and each.is_floating_point()]
    return torch.cat(kept) if kept else torch.zeros(0)

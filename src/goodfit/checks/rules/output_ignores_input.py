"""output-ignores-input: a net gives every row of a batch the same output, though their inputs differ.

What it checks
    After the first steps, in three calls, all rows of each output are equal bit by bit, no row of the input is equal to
    the first one, and a layer within the net gives different rows, after which another one gets equal ones, which are
    not those of dead or saturated units: what is computed of the input gets lost.

Why it hurts
    The net can learn the mean of the targets and nothing else, whatever it is given. A token that is learnt and attends
    over the batch in place of its sequence is one way; a part of the wrong tensor that is read is another.

Example
    self.encoder = nn.TransformerEncoder(nn.TransformerEncoderLayer(32, 4), 2)   # and then encoder(x)[:, 0] of a token

Instead
    nn.TransformerEncoderLayer(32, 4, batch_first=True)

When it is a false alarm
    A net that is given a batch for its size alone.

Cost
    Two rows of each net's output are compared in the steps examined.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterator

import torch
from torch import Tensor, nn

from goodfit.checks.engine.events import Call, NetCall
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

STEPS_AT_LEAST = 6  # a last layer that begins at zero has moved by then
CALLS_AT_LEAST = 3
ROWS_AT_LEAST = 4


class OutputIgnoresInput(LiveRule):
    code, level = "GF278", Level.WARNING
    yields_to = ("dead-units", "nonfinite-loss", "clipped-logits")

    def start(self) -> None:
        self.calls: weakref.WeakKeyDictionary[nn.Module, int] = weakref.WeakKeyDictionary()  # nets -> calls seen
        # whether layers of the net that is called now give different rows, and another one gets equal ones of them
        self.varied = self.lost = False

    def on_call(self, event: Call) -> None:
        if isinstance(event, NetCall) or event.root not in self.calls:
            return
        x = event.inputs[0] if event.inputs else None
        if self.varied and x is not None and x.dim() > 1 and len(x) >= ROWS_AT_LEAST:
            self.lost = self.lost or (_alike(x) and not bool(((x == 0) | (x.abs() == 1)).all()))  # units may be dead
        self.varied = self.varied or any(_differ(each) for each in event.outputs)

    def on_net_call(self, event: NetCall) -> Iterator[Finding]:
        lost, self.varied, self.lost = self.lost, False, False
        outputs = [each for each in event.outputs if each.is_floating_point() and each.dim()]
        if self.program.steps < STEPS_AT_LEAST or not event.inputs or not outputs:
            return
        x = event.inputs[0]
        alike = all(len(each) == len(x) >= ROWS_AT_LEAST and _alike(each) for each in outputs) if x.dim() > 1 else False
        if not alike or not _all_differ(x):
            return
        known = self.calls.setdefault(event.module, 0)
        self.calls[event.module] = known + lost
        if lost and known + 1 == CALLS_AT_LEAST:
            yield self.finding(
                f"{type(event.module).__name__} gives all {len(x)} rows of a batch the same output, though no two of "
                "their inputs are equal: what it computes of them is lost on the way",
                "Check which dimension is the batch: attention and recurrent layers take (N, T, ...) only with "
                "batch_first=True",
            )


def _alike(output: Tensor) -> bool:
    """Whether all rows are the same; two of them say no at once."""
    return torch.equal(output[0], output[1]) and bool((output == output[:1]).all())


def _differ(output: Tensor) -> bool:
    return output.dim() > 1 and len(output) >= ROWS_AT_LEAST and bool((output != output[:1]).any())


def _all_differ(x: Tensor) -> bool:
    return bool((x[1:] != x[:1]).flatten(1).any(1).all())

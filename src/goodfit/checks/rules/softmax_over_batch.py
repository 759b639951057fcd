"""softmax-over-batch: a softmax runs over the rows of the batch instead of the classes.

What it checks
    Between the input of a net and its loss there is a softmax over dimension 0 of a matrix with one row per sample, and
    a test on a copy of the net confirms that rows mix. Or ctc_loss (T, N, C) gets a log_softmax whose probabilities sum
    to 1 over the samples or the time steps, and not over the classes.

Why it hurts
    The probabilities of one sample depend on the others in the batch, and a sample's own do not sum to 1.

Example
    torch.softmax(logits, dim=0)

Instead
    torch.softmax(logits, dim=1)

When it is a false alarm
    Attention over the nodes of one graph, which are one sample: allow it by name.

Cost
    A look through the graph of the first loss; two passes through a copy of the net.
"""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

from goodfit.checks.engine import graph, mixing_probe
from goodfit.checks.engine.events import BackwardBegins, Call, NetCall, OtherLoss
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule, NotChecked

STEPS_EXAMINED = 2


class SoftmaxOverBatch(LiveRule):
    code, level = "GF212", Level.ERROR

    def start(self) -> None:
        self.call: Call | None = None
        self.steps = 0

    def on_call(self, event: NetCall) -> None:
        if event.grad and self.steps < STEPS_EXAMINED:
            self.call = event

    def before_backward(self, event: BackwardBegins) -> Iterator[Finding]:
        call, self.call = self.call, None
        if call is None or self.steps >= STEPS_EXAMINED or not call.inputs or not call.inputs[0].dim():
            return
        self.steps += 1
        rows = len(call.inputs[0])
        output = call.output.grad_fn if isinstance(call.output, Tensor) else None
        inside: set[int] = {id(node) for node in graph.walk(output)} if output is not None else set()
        mixes: bool | NotChecked | None = None  # what the net does, once it is asked
        for node in event.named("SoftmaxBackward0", "LogSoftmaxBackward0"):
            shape = graph.shape_of(node)
            over_rows = node._saved_dim in (0, 2**64 - len(shape)) and len(shape) == 2 and shape[0] == rows > 1
            if not over_rows or shape[1] < 2:
                continue
            if id(node) in inside:
                mixes = _mixes(call) if mixes is None else mixes
                if mixes is not True:
                    continue
            place = graph.place_of(node)
            yield self.finding(
                f"a softmax runs over dimension 0 of {tuple(shape)}, which are the {rows} samples of the batch",
                f"Give it the dimension of the classes: dim=1 sums over the {shape[1]} values of each sample",
                file=place.file,
                line=place.line,
            )
            return
        if isinstance(mixes, NotChecked):
            raise mixes

    def on_other_loss(self, event: OtherLoss) -> Iterator[Finding]:
        logs = event.arguments.get("log_probs")
        if event.name != "ctc_loss" or not isinstance(logs, Tensor) or logs.dim() != 3 or not logs.numel():
            return
        node = graph.source(logs)
        if node is None or node.name() != "LogSoftmaxBackward0" or _sums_to_one(logs, 2):
            return
        wrong = next((dim for dim in (1, 0) if logs.shape[dim] > 1 and _sums_to_one(logs, dim)), None)
        if wrong is not None:
            yield self.finding(
                f"the probabilities that ctc_loss gets, {tuple(logs.shape)}, sum to 1 over dimension {wrong}, which "
                f"are the {'samples of the batch' if wrong else 'time steps'}, and not over the classes",
                "Call log_softmax over the last dimension of (time, batch, classes)",
            )


def _sums_to_one(logs: Tensor, dim: int) -> bool:
    sums = logs.detach().double().exp().sum(dim)
    return bool(torch.allclose(sums, torch.ones_like(sums), atol=1e-3))


def _mixes(call: Call) -> bool | NotChecked:
    """Whether rows of the net's output depend on other rows of its input, or why that cannot be examined."""
    try:
        return mixing_probe.mixing(call.module, call.args, call.kwargs) is not None
    except NotChecked as reason:
        return reason

"""backward-half-unread: of a recurrent net of two directions the last step is used, where one has just begun.

What it checks
    Of the steps that a bidirectional RNN, LSTM or GRU gives, the loss uses the last one alone (out[:, -1]), or the
    first one, both directions of it.

Why it hurts
    The backward direction begins at the last step: there it has read one step of the row, so that half of what the
    head gets knows nothing of the rest. It trains, and is hardly better than one direction.

Example
    out, _ = lstm(x)                                        # bidirectional=True
    logits = head(out[:, -1])

Instead
    out, (state, _) = lstm(x)
    logits = head(torch.cat([state[-2], state[-1]], dim=1))      # the end of each direction

When it is a false alarm
    The last step alone is to be known in both directions, such as a label of it that the steps before explain.

Cost
    A walk of the graph in the first passes of nets with such a layer.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from torch import nn

from goodfit.checks.engine import graph
from goodfit.checks.engine.events import BackwardBegins, Call
from goodfit.checks.engine.user_frame import Place, user_place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

PASSES_AT_LEAST = 3
STEPS_AT_LEAST = 4
MOVES = ("TransposeBackward0", "PermuteBackward0", "SliceBackward0")


class BackwardHalfUnread(LiveRule):
    code, level = "GF650", Level.WARNING
    layers = (nn.RNNBase,)

    def start(self) -> None:
        # nodes of the steps of this pass, which dimension they are, and the line that calls the layer
        self.outputs: list[tuple[Any, int, Place]] = []
        self.passes = 0

    def on_call(self, event: Call) -> None:
        layer = event.module
        if not event.grad or self.passes >= PASSES_AT_LEAST or not isinstance(layer, nn.RNNBase):
            return
        if layer.bidirectional and event.outputs and event.outputs[0].dim() == 3:
            steps = 1 if layer.batch_first else 0
            if event.outputs[0].grad_fn is not None and event.outputs[0].shape[steps] >= STEPS_AT_LEAST:
                self.outputs.append((event.outputs[0].grad_fn, steps, user_place()))

    def before_backward(self, event: BackwardBegins) -> Iterator[Finding]:
        outputs, self.outputs = self.outputs, []
        if not outputs or self.passes >= PASSES_AT_LEAST:
            return
        for nodes in event.nodes:
            users: dict[int, list[Any]] = {}
            for node in nodes:
                for parent in graph.parents(node):
                    users.setdefault(id(parent), []).append(node)
            for steps, dim, place in outputs:
                ends = set(_steps_used(steps, dim, users))
                if len(ends) == 1 and None not in ends:
                    self.passes += 1
                    if self.passes == PASSES_AT_LEAST:
                        (end,) = ends
                        yield self.finding(
                            f"of a recurrent layer of two directions the {end} step alone is used: one of the "
                            "directions has read just that step",
                            "Take the end of each direction, torch.cat([state[-2], state[-1]], dim=1) of the last "
                            "states, or a mean over the steps",
                            file=place.file,
                            line=place.line,
                        )
                    return


def _steps_used(node: Any, dim: int, users: dict[int, list[Any]]) -> Iterator[str | None]:
    """How what follows a node takes its steps: "last", "first", or None where it takes others, or a direction alone.

    Args:
        users: node -> the nodes that read what it gave.
    """
    shape = graph.shape_of(node)
    for user in users.get(id(node), []):
        name = user.name()
        if name == "SelectBackward0" and user._saved_dim == dim:
            at = user._saved_index
            end = "first" if at == 0 else "last" if at in (shape[dim] - 1, -1, 2**64 - 1) else None
            cut = any(
                each.name() == "SliceBackward0" and graph.shape_of(each)[-1] < shape[-1]
                for each in users.get(id(user), [])
            )
            yield None if cut else end
        elif name == "SliceBackward0" and graph.shape_of(user) == shape:
            yield from _steps_used(user, dim, users)
        elif name in MOVES[:2] and graph.shape_of(user)[:2] == shape[:2][::-1] and shape[0] != shape[1]:
            yield from _steps_used(user, 1 - dim, users)
        else:
            yield None

"""greatest-action-trained: the value of the best action is fitted to the return of the action that was taken.

What it checks
    In six steps the loss compares max over the last dimension of a net's outputs (N, actions) with values without a
    gradient, and for these, max over as many outputs of a net was taken without gradients in the same step.

Why it hurts
    The reward belongs to the action that was taken. Fitted to the greatest value instead, whichever action that is of,
    the values of the actions tell nothing about them, and the policy that they give is arbitrary.

Example
    loss = mse(q(state).max(1).values, reward + gamma * target(next_state).max(1).values)

Instead
    loss = mse(q(state).gather(1, action[:, None])[:, 0], reward + gamma * target(next_state).max(1).values)

When it is a false alarm
    A maximum over time or parts, of a student and a teacher.

Cost
    A look at the graph nodes nearest to the loss, in the first steps.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from goodfit.checks.engine import graph
from goodfit.checks.engine.events import BackwardBegins, NetCall, Read
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

STEPS_AT_LEAST = 6
NODES_AT_MOST = 12
MAXIMA = ("MaxBackward0", "AmaxBackward0")
ON_THE_WAY = frozenset(
    {"MseLossBackward0", "SmoothL1LossBackward0", "HuberLossBackward0", "PowBackward0", "MeanBackward0", "SubBackward0",
     "SumBackward0", "RsubBackward1", "AbsBackward0"}
)  # fmt: skip


class GreatestActionTrained(LiveRule):
    code, level = "GF246", Level.WARNING

    def start(self) -> None:
        self.outputs: set[tuple[int, ...]] = set()  # sizes of outputs without gradients since the last step
        self.maxima: set[tuple[int, ...]] = set()  # those of them whose greatest was taken
        self.inputs: set[tuple[int, ...]] = set()  # sizes of outputs with gradients
        self.steps = 0

    def on_call(self, event: NetCall) -> None:
        if len(event.outputs) == 1 and event.outputs[0].dim() == 2:
            (self.inputs if event.grad else self.outputs).add(tuple(event.outputs[0].shape))

    def on_read(self, event: Read) -> None:
        sizes = tuple(event.tensor.shape)
        if not event.grad and event.dim in (1, -1) and sizes in self.outputs:
            self.maxima.add(sizes)

    def before_backward(self, event: BackwardBegins) -> Iterator[Finding]:
        maxima, inputs = self.maxima, self.inputs
        self.outputs, self.maxima, self.inputs = set(), set(), set()
        if not maxima or len(event.losses) != 1 or event.losses[0].grad_fn is None:
            return
        node = _prediction(event.losses[0].grad_fn)
        if node is None:
            return
        before = graph.shape_of(graph.parents(node)[0])
        if tuple(before) not in maxima & inputs or node._saved_dim not in (1, 2**64 - 1):
            return
        self.steps += 1
        if self.steps == STEPS_AT_LEAST:
            yield self.finding(
                f"the greatest of the {before[1]} values of each row is fitted to reward + discount * value: which "
                "action was taken is not used",
                "Fit the value of the action that was taken: values.gather(1, action.unsqueeze(1)).squeeze(1)",
            )


def _prediction(node: Any) -> Any:
    """The node of a maximum that is all that a regression loss is made of, but for constants."""
    for _ in range(NODES_AT_MOST):
        node = graph.behind(node)
        inputs = graph.parents(node)
        if node.name() in MAXIMA:
            return node if inputs and hasattr(node, "_saved_dim") else None
        if len(inputs) != 1 or node.name() not in ON_THE_WAY:
            return None
        node = inputs[0]
    return None

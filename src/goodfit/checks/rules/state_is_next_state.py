"""state-is-next-state: the states of a batch of transitions equal the states that come next.

What it checks
    A loss of regression, of torch or written out, gets values that gather() has taken from a net's output, and since
    the last step every call without gradients had the very input of the call with gradients: in five steps, with rows
    that differ among themselves.

Why it hurts
    An environment that changes its state in place gives the same array in every step. The memory then holds one array
    many times: each state shows what it was at the end, and equals its successor. What is learnt is about none of them.

Example
    self.state += change; return self.state            # and the agent keeps (state, action, reward, next_state)

Instead
    self.state = self.state + change; return self.state          # or keep state.copy()

When it is a false alarm
    Tasks whose state never changes within an episode.

Cost
    A comparison of inputs in the first steps.
"""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

from goodfit.checks.engine import graph
from goodfit.checks.engine.events import BackwardBegins, Loss, NetCall, Step
from goodfit.checks.engine.weighed import squared
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

LOSSES = ("mse_loss", "smooth_l1_loss", "huber_loss", "l1_loss")
STEPS_AT_LEAST = 5
ROWS_AT_LEAST = 8
DISTINCT_AT_LEAST = 3  # rows
NODES_NEAREST = 10  # to the loss
OTHERS_KEPT = 4  # an evaluation has many, and no step


class StateIsNextState(LiveRule):
    code, level = "GF237", Level.WARNING
    yields_to = ("target-of-this-state",)

    def start(self) -> None:
        self.states: Tensor | None = None  # of the last call with gradients
        self.others: list[Tensor] = []  # of calls without, since the last step
        self.gathers = False
        self.steps = 0
        self.differ = False

    def on_call(self, event: NetCall) -> None:
        if self.differ or not event.inputs:
            return
        x = event.inputs[0]
        if event.grad:
            self.states = x if x.grad_fn is None and x.dim() > 1 else None
        elif x.dim() > 0 and len(x) >= ROWS_AT_LEAST:  # fewer: an action is chosen
            self.others = [*self.others, x][-OTHERS_KEPT:]

    def on_loss(self, event: Loss) -> None:
        if event.grad and event.name in LOSSES and not event.target.requires_grad:
            source = graph.source(event.input)
            self.gathers = source is not None and source.name() == "GatherBackward0"

    def before_backward(self, event: BackwardBegins) -> None:
        for node in event.named("PowBackward0", nearest=NODES_NEAREST) if self.others and not self.differ else ():
            less = graph.parents(node)
            if squared(node) is not None and less[0].name() == "SubBackward0" and len(graph.parents(less[0])) == 1:
                source = graph.behind(graph.parents(less[0])[0])
                self.gathers = self.gathers or source.name() == "GatherBackward0"

    def on_step(self, event: Step) -> Iterator[Finding]:
        states, others, gathers = self.states, self.others, self.gathers
        self.states, self.others, self.gathers = None, [], False
        if self.differ or states is None or not others or not gathers or len(states) < ROWS_AT_LEAST:
            return
        if not all(x.shape == states.shape and torch.equal(x, states) for x in others):
            self.differ = True
        elif len(torch.unique(states.reshape(len(states), -1), dim=0)) >= DISTINCT_AT_LEAST:
            self.steps += 1
            if self.steps == STEPS_AT_LEAST:
                yield self.finding(
                    f"the next states of {len(states)} transitions are equal to their states, in {STEPS_AT_LEAST} "
                    "steps: both are the same array, changed in place",
                    "Keep a copy of the state in the memory, or let the environment return a new array",
                )

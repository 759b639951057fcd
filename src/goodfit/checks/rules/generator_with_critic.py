"""generator-with-critic: a generator lowers the same mean of the critic's outputs that the critic itself lowers.

What it checks
    A critic's loss is a sum of means of its outputs, with a sign of its own for those of made samples (detached, or
    with a generator that does not step). The loss after which the generator steps is such a sum as well, with the same
    sign for the made samples. In four rounds. Multiplications by other than -1 are not looked through.

Why it hurts
    In a Wasserstein GAN the two pull at the critic's value of made samples from both ends. With one sign they pull
    together: the generator makes what the critic likes least, ever further from the data.

Example
    loss_c = C(fake).mean() - C(real).mean(); loss_g = C(G(z)).mean()

Instead
    loss_g = -C(G(z)).mean()

When it is a false alarm
    None is known.

Cost
    A walk over the few nodes of the loss above the critic's outputs, where there are several optimisers, in the first
    steps.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from typing import Any, NamedTuple

from torch import Tensor, nn

from goodfit.checks.engine import graph
from goodfit.checks.engine.events import BackwardBegins, NetCall, Step
from goodfit.checks.engine.user_frame import Place, user_place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

ROUNDS_AT_LEAST = 4
NODES_AT_MOST = 40
PASSING = frozenset({*graph.MOVES, "MeanBackward0", "MeanBackward1", "SumBackward0", "AddBackward0", "DivBackward0"})
OUTPUTS_KEPT = 8
CALLS_KEPT = 4  # of a critic between two steps: of real samples, of made ones, and of mixtures


class Kept(NamedTuple):
    """A call of a net with one output: its node, and whether its input was made by another net."""

    net: weakref.ref[nn.Module]
    node: Any
    made: bool


class GeneratorWithCritic(LiveRule):
    code, level = "GF239", Level.WARNING

    def start(self) -> None:
        self.addresses: list[int] = []  # of what nets gave last
        self.calls: list[Kept] = []  # since the last step
        self.signs: dict[int, int] = {}  # of made samples in the last loss, by the net's id
        self.place: Place | None = None
        self.critics: dict[int, int] = {}  # sign of made samples in a critic's own loss, by the net's id
        self.rounds = 0

    def on_call(self, event: NetCall) -> None:
        if len(self.program.optimisers) < 2:
            return
        x = event.inputs[0] if event.inputs else None
        if event.grad and x is not None and len(event.outputs) == 1 and event.outputs[0].grad_fn is not None:
            made = x.data_ptr() in self.addresses
            self.calls = [*self.calls, Kept(weakref.ref(event.module), event.outputs[0].grad_fn, made)][-CALLS_KEPT:]
        self.addresses = [*self.addresses, *(output.data_ptr() for output in event.outputs)][-OUTPUTS_KEPT:]

    def before_backward(self, event: BackwardBegins) -> None:
        self.signs = {}
        if not self.calls or len(event.losses) != 1:
            return
        self.place = user_place()
        nodes = {id(kept.node): kept for kept in self.calls}
        for node, sign in _signed(event.losses[0], nodes):
            kept = nodes[id(node)]
            net = kept.net()
            if kept.made and net is not None:
                self.signs[id(net)] = sign if self.signs.get(id(net), sign) == sign else 0

    def on_step(self, event: Step) -> Iterator[Finding]:
        params = {id(param) for param in event.params}
        for kept in self.calls:
            net = kept.net()
            sign = self.signs.get(id(net), 0)
            if net is None or not sign or not kept.made:
                continue
            if any(id(param) in params for param in net.parameters()):
                self.critics[id(net)] = sign
            elif id(net) in self.critics:
                self.rounds = self.rounds + 1 if self.critics[id(net)] == sign else 0
                if self.rounds == ROUNDS_AT_LEAST and self.place is not None:
                    way = "lowers" if sign > 0 else "raises"
                    yield self.finding(
                        f"this loss {way} {type(net).__name__}'s outputs of made samples, as the loss that it is "
                        "trained by itself does: the two do not work against each other",
                        "Turn the sign of the generator's loss: -critic(generator(z)).mean()",
                        file=self.place.file,
                        line=self.place.line,
                    )
        self.calls, self.signs = [], {}


def _signed(loss: Tensor, ends: dict[int, Kept]) -> Iterator[tuple[Any, int]]:
    """Nodes of `ends` that a loss is a sum of means of, each with its sign."""
    stack, looked_at = [(loss.grad_fn, 1)] if loss.grad_fn is not None else [], 0
    while stack and looked_at < NODES_AT_MOST:
        node, sign = stack.pop()
        looked_at += 1
        if id(node) in ends:
            yield node, sign
        elif node.name() == "NegBackward0":
            stack += [(parent, -sign) for parent in graph.parents(node)]
        elif node.name() == "SubBackward0":
            both = zip(node.next_functions, (sign, -sign), strict=True)
            stack += [(parent, way) for (parent, _), way in both if parent is not None]
        elif node.name() in PASSING:
            stack += [(parent, sign) for parent in graph.parents(node)]

"""generator-with-critic: a generator moves the critic's outputs of what it makes the way that the critic itself does.

What it checks
    A critic's or discriminator's loss gives its outputs of made samples (detached, or with a generator that does not
    step) a direction: by the sign of their mean, also behind relu or softplus as in a hinge loss, or by the target 0
    or 1 of a binary cross-entropy or squared error. The loss after which the generator steps gives them the same one.
    In four rounds.

Why it hurts
    In a GAN the two pull at the critic's value of made samples from both ends. With one sign they pull together: the
    generator makes what the critic likes least, ever further from the data.

Example
    loss_c = C(fake).mean() - C(real).mean(); loss_g = C(G(z)).mean()
    loss_g = bce(D(G(z)), zeros)

Instead
    loss_g = -C(G(z)).mean()
    loss_g = bce(D(G(z)), ones)

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
from goodfit.checks.engine.signs import Signed, after
from goodfit.checks.engine.user_frame import Place, user_place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

ROUNDS_AT_LEAST = 4
NODES_AT_MOST = 40
LOSSES = ("BinaryCrossEntropyWithLogitsBackward0", "BinaryCrossEntropyBackward0", "MseLossBackward0")
TARGETS_AT_LEAST = 4
AT_TARGET = 1_000  # plus hundredths of the target: of squared errors it stands for the sign
OUTPUTS_KEPT, VALUES_OF_MARK = 8, 4
CALLS_KEPT = 4  # of a critic between two steps: of real samples, of made ones, and of mixtures


Mark = tuple[float, ...]


class Kept(NamedTuple):
    """A call of a net with one output: its node, and whether its input was made by another net."""

    net: weakref.ref[nn.Module]
    node: Any
    made: bool


class GeneratorWithCritic(LiveRule):
    code, level = "GF239", Level.WARNING
    yields_to = ("made-taken-for-real",)

    def start(self) -> None:
        self.given: list[Mark] = []  # what nets gave last
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
            made = _mark(x) in self.given
            self.calls = [*self.calls, Kept(weakref.ref(event.module), event.outputs[0].grad_fn, made)][-CALLS_KEPT:]
        self.given = [*self.given, *(_mark(output) for output in event.outputs)][-OUTPUTS_KEPT:]

    def before_backward(self, event: BackwardBegins) -> None:
        self.signs = {}
        if not self.calls or len(event.losses) != 1:
            return
        self.place = user_place()
        nodes = {id(kept.node): kept for kept in self.calls}
        for node, of_loss in _signed(event.losses[0], nodes):
            kept, sign = nodes[id(node)], -of_loss if event.turned else of_loss
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
                        "Turn the generator's loss: -critic(generator(z)).mean(), or bce(discriminator(made), ones)",
                        file=self.place.file,
                        line=self.place.line,
                    )
        self.calls, self.signs = [], {}


def _mark(x: Tensor) -> Mark:
    """Where a tensor lies and how it begins: memory that was freed is given to the next tensor."""
    return x.data_ptr(), x.numel(), *x.detach().flatten()[:VALUES_OF_MARK].tolist()


def _signed(loss: Tensor, ends: dict[int, Kept]) -> Iterator[tuple[Any, int]]:
    """Nodes of `ends` that a loss is made of, each with its sign; of a squared error with a number for its target."""
    stack, looked_at = [Signed(loss.grad_fn, 1)] if loss.grad_fn is not None else [], 0
    while stack and looked_at < NODES_AT_MOST:
        here = stack.pop()
        looked_at += 1
        if id(here.node) in ends:
            yield here
        elif here.node.name() in LOSSES:
            target = _constant(here.node._saved_target)
            if target is not None:
                way = AT_TARGET + round(100 * target) if here.node.name() == "MseLossBackward0" else _way(target)
                stack.append(Signed(graph.parents(here.node)[0], here.sign * way))
        elif abs(here.sign) == 1 or here.node.name() in graph.MOVES:
            stack += after(here)


def _constant(target: Tensor) -> float | None:
    """The one value of all targets: that of real or of made samples."""
    target = target.detach()
    if target.numel() < TARGETS_AT_LEAST or bool((target != target.flatten()[0]).any()):
        return None
    return float(target.flatten()[0])


def _way(target: float) -> int:
    """Of a binary cross-entropy: 1 where it lowers the output, -1 where it raises it."""
    return 1 if target < 0.5 else -1

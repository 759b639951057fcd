"""sampled-without-gradient: a random sample inside of a net lets no gradient through to what it was drawn from.

What it checks
    sample() of a distribution that has rsample(), and whose parameters need gradients, is given to a layer with
    weights, or drawn in a forward that goes on to one, while gradients are recorded, in three steps; and log_prob is
    asked of no such distribution. Or the loss is computed from torch.normal(mean, std) with a mean or std that needs
    gradients.

Why it hurts
    sample() and torch.normal have no gradient. What the mean and the variance are learnt from is what else of the loss
    depends on them, such as the KL divergence of a variational autoencoder: the encoder learns nothing about the data.

Example
    z = Normal(mu, std).sample()
    x_hat = decoder(z)

Instead
    z = Normal(mu, std).rsample()                      # or mu + std * torch.randn_like(std)

When it is a false alarm
    Samples that are to be cut off on purpose: draw them under torch.no_grad(), or call detach().

Cost
    A note for each sample, and a look at the graph's nodes, in the first steps.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from typing import NamedTuple

from torch import Tensor, nn

from goodfit.checks.engine import graph
from goodfit.checks.engine.events import BackwardBegins, Call, LogProb, Sample, Step, WatchEnds
from goodfit.checks.engine.nested import tensors
from goodfit.checks.engine.user_frame import Place, user_place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

STEPS_AT_LEAST = 3
SAMPLES_KEPT = 64
NORMAL = ("NormalBackward0", "NormalBackward1", "NormalBackward2", "NormalBackward3")
FIX = "Draw it with rsample(), or write mean + std * torch.randn_like(std)"


class Drawn(NamedTuple):
    """A sample, with the kind of its distribution and the line that drew it."""

    tensor: weakref.ref[Tensor]
    kind: str
    place: Place
    root: weakref.ref[nn.Module] | None  # in whose forward it was drawn


class SampledWithoutGradient(LiveRule):
    code, level = "GF325", Level.WARNING

    def start(self) -> None:
        self.drawn: dict[int, Drawn] = {}
        self.since: set[tuple[str, Place]] = set()  # samples that a layer was given since the last step
        self.steps: dict[tuple[str, Place], int] = {}
        self.scored: set[str] = set()  # kinds of distributions that log_prob was asked of

    def on_sample(self, event: Sample) -> None:
        distribution = event.distribution
        if not event.grad or not distribution.has_rsample or event.value.requires_grad:
            return
        if any(tensor.requires_grad for tensor in tensors(distribution)):
            if len(self.drawn) >= SAMPLES_KEPT:
                self.drawn.clear()
            root = None if event.root is None else weakref.ref(event.root)
            kept = Drawn(weakref.ref(event.value), type(distribution).__name__, user_place(), root)
            self.drawn[id(event.value)] = kept

    def on_log_prob(self, event: LogProb) -> None:
        self.scored.add(type(event.distribution).__name__)

    def on_call(self, event: Call) -> None:
        if not self.drawn or not event.grad:
            return
        if event.outermost:  # its forward is over
            self.drawn = {key: kept for key, kept in self.drawn.items() if kept.root is None}
        elif next(event.module.parameters(recurse=False), None) is not None:
            goes_on = [kept for kept in self.drawn.values() if kept.root is not None and kept.root() is event.root]
            self.since |= {(kept.kind, kept.place) for kept in goes_on}
        for tensor in event.inputs:
            kept = self.drawn.get(id(tensor))
            if kept is not None and kept.tensor() is tensor:
                self.since.add((kept.kind, kept.place))

    def before_backward(self, event: BackwardBegins) -> Iterator[Finding]:
        if any(graph.parents(node) for node in event.named(*NORMAL)):
            yield self.finding(
                "the loss depends on torch.normal(mean, std), and no gradient reaches its mean and std", FIX
            )

    def on_step(self, event: Step) -> None:
        for key in self.since:
            self.steps[key] = self.steps.get(key, 0) + 1
        self.since = set()

    def on_end(self, event: WatchEnds) -> Iterator[Finding]:
        for (kind, place), steps in self.steps.items():
            if steps >= STEPS_AT_LEAST and kind not in self.scored:
                yield self.finding(
                    f"a layer is given sample() of a {kind} whose parameters are to be learnt: no gradient passes "
                    "through it",
                    FIX,
                    file=place.file,
                    line=place.line,
                )

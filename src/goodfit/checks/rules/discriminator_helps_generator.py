"""discriminator-helps-generator: the optimiser of a generator also holds the discriminator's parameters.

What it checks
    Two optimisers take turns, and all parameters of one (the discriminator's) are in the other (the generator's) too,
    with others. The loss before the second one's step is a binary cross-entropy on the target 1 alone, and that before
    the first one's has the target 0 as well. In three rounds.

Why it hurts
    In its own step the discriminator learns to tell made samples from real ones; in the generator's step it is moved to
    take made samples for real. The two undo each other.

Example
    g_optimizer = Adam([*G.parameters(), *D.parameters()]); d_optimizer = Adam(D.parameters())

Instead
    g_optimizer = Adam(G.parameters()); d_optimizer = Adam(D.parameters())

When it is a false alarm
    None is known.

Cost
    Targets of these losses, where there are several optimisers, in the first steps.
"""

from __future__ import annotations

from collections.abc import Iterator

from goodfit.checks.engine.events import Loss, Step
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

LOSSES = ("binary_cross_entropy", "binary_cross_entropy_with_logits", "mse_loss")
ROUNDS_AT_LEAST = 3
HALF = 0.5


class DiscriminatorHelpsGenerator(LiveRule):
    code, level = "GF335", Level.WARNING

    def start(self) -> None:
        self.targets: set[bool] = set()  # of losses since the last step: whether each constant one says real
        self.last: tuple[frozenset[int], frozenset[bool]] | None = None  # parameters and targets of the last step
        self.rounds = 0

    def on_loss(self, event: Loss) -> None:
        target = event.target
        if not event.grad or event.name not in LOSSES or not target.numel() or len(self.program.optimisers) < 2:
            return
        value = float(target.reshape(-1)[0])
        self.targets |= {value > HALF} if bool((target == value).all()) else {True, False}

    def on_step(self, event: Step) -> Iterator[Finding]:
        targets, self.targets = frozenset(self.targets), set()
        if event.by_hand or len(self.program.optimisers) < 2:
            return
        params = frozenset(id(param) for param in event.params)
        last, self.last = self.last, (params, targets)
        if last is None or not last[0] < params or targets != {True} or last[1] != {True, False}:
            return
        self.rounds += 1
        if self.rounds == ROUNDS_AT_LEAST:
            place = self.program.made_at(event.optimiser)
            yield self.finding(
                "this optimiser holds the parameters of two nets, and one of these has another optimiser as well, "
                "which steps for the opposite targets: each step undoes the other's",
                "Give the generator's optimiser the generator's parameters alone",
                file=place.file,
                line=place.line,
            )

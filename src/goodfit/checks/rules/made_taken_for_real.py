"""made-taken-for-real: a discriminator is trained to call everything real, what is made as well.

What it checks
    Two optimisers take turns. Before each step of one, two binary cross-entropies or more are computed, and all their
    targets are 1; before each step of the other, the targets are 1 too, and its loss goes through the first one's net.
    From the first step on, in three rounds.

Why it hurts
    To say 1 of everything is right in all of its losses: it never learns to tell made from real, and the generator is
    not taught anything.

Example
    d_loss = bce(D(x), ones) + bce(D(G(z).detach()), ones)

Instead
    d_loss = bce(D(x), ones) + bce(D(G(z).detach()), zeros)

When it is a false alarm
    None is known.

Cost
    The targets of binary losses are compared with one value, in the first steps.
"""

from __future__ import annotations

from collections.abc import Iterator

from goodfit.checks.engine.events import BackwardEnded, Loss, Step
from goodfit.checks.engine.user_frame import Place, user_place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

LOSSES = ("binary_cross_entropy", "binary_cross_entropy_with_logits", "mse_loss")
ROUNDS_AT_LEAST = 3
LOSSES_OF_DISCRIMINATOR = 2  # of real and of made ones


class MadeTakenForReal(LiveRule):
    code, level = "GF282", Level.WARNING

    def start(self) -> None:
        self.other_targets = False  # a loss had another target than 1, or none of these kinds
        self.losses = 0  # since the last step
        self.reached: set[int] = set()  # ids of the leaves of passes since then
        self.last: tuple[frozenset[int], int, set[int]] | None = None  # parameters, losses and leaves of a step
        self.rounds = 0
        self.place = Place(None, None)

    def on_loss(self, event: Loss) -> None:
        if not event.grad or not event.input.requires_grad:
            return
        ones = event.name in LOSSES and event.target.numel() > 0 and bool((event.target == 1).all())
        self.other_targets = self.other_targets or not ones
        self.losses += 1

    def after_backward(self, event: BackwardEnded) -> None:
        if not self.other_targets:
            self.reached |= {id(leaf) for leaf in event.leaves}

    def on_step(self, event: Step) -> Iterator[Finding]:
        if self.other_targets or event.by_hand or len(self.program.optimisers) != 2:
            return
        params = frozenset(id(param) for param in event.params)
        last, self.last = self.last, (params, self.losses, self.reached)
        place, self.place, self.losses, self.reached = self.place, user_place(), 0, set()
        if last is None or last[0] & params:
            return
        before, losses, leaves = last
        is_round = losses >= LOSSES_OF_DISCRIMINATOR and leaves <= before and bool(self.last[2] & before)
        if not is_round or self.last[1] != 1:
            return
        self.rounds += 1
        if self.rounds == ROUNDS_AT_LEAST:
            yield self.finding(
                "all targets of the discriminator are 1, those of what is made as well: it is right to call everything "
                "real",
                "Give what is made the target 0: bce(D(made.detach()), torch.zeros(...))",
                file=place.file,
                line=place.line,
            )

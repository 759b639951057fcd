"""targets-not-signs: a loss that expects 1 and -1 gets 1 and 0.

What it checks
    The target of cosine_embedding_loss, margin_ranking_loss, hinge_embedding_loss or soft_margin_loss has zeros and
    ones and, in three calls, never a -1.

Why it hurts
    A 0 means nothing to these losses. The pairs that it stands for add a constant, or nothing, and are not learned:
    unlike pairs are never pushed apart.

Example
    loss = F.cosine_embedding_loss(a, b, same.float())

Instead
    loss = F.cosine_embedding_loss(a, b, 2 * same.float() - 1)

When it is a false alarm
    None is known.

Cost
    A look at the targets of these losses in the first steps.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from torch import Tensor

from goodfit.checks.engine.events import Loss, OtherLoss
from goodfit.checks.engine.user_frame import Place, user_place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

CALLS_AT_LEAST = 3
SIGNED = ("cosine_embedding_loss", "margin_ranking_loss", "hinge_embedding_loss", "soft_margin_loss")


@dataclass
class _Seen:
    calls: int = 0
    ones: bool = False
    zeros: bool = False


class TargetsNotSigns(LiveRule):
    code, level = "GF227", Level.ERROR

    def start(self) -> None:
        self.seen: dict[tuple[Place, str], _Seen] = {}

    def on_loss(self, event: Loss) -> Iterator[Finding]:
        if event.name in SIGNED:
            yield from self._look(event.name, event.target)

    def on_other_loss(self, event: OtherLoss) -> Iterator[Finding]:
        target = event.arguments.get("target")
        if event.name in SIGNED and isinstance(target, Tensor):
            yield from self._look(event.name, target)

    def _look(self, name: str, target: Tensor) -> Iterator[Finding]:
        seen = self.seen.setdefault((user_place(), name), _Seen())
        if not bool(((target == 0) | (target == 1)).all()):
            seen.calls = -(10**9)  # it knows of -1, or of numbers between
            return
        seen.calls += 1
        seen.ones, seen.zeros = seen.ones or bool((target == 1).any()), seen.zeros or bool((target == 0).any())
        if seen.calls >= CALLS_AT_LEAST and seen.ones and seen.zeros:
            seen.calls = -(10**9)
            yield self.finding(
                f"the targets of {name} are 0 and 1; it expects -1 and 1, and a 0 has no effect on it",
                "Give 2 * target - 1",
            )

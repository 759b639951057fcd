"""losses-unused: a loss is computed for every batch, and backward is called for one of many.

What it checks
    Between two backwards at least four losses of one line are computed in training, and backward reaches one of them
    alone (or under a fourth); so in each of the backwards seen.

Why it hurts
    The gradient of one batch trains the net, and the work of all the others is thrown away: a line was indented one
    level too little.

Example
    for x, y in loader:
        loss = criterion(model(x), y)
    loss.backward()
    optimizer.step()

Instead
    for x, y in loader:
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()

When it is a false alarm
    Where one of several losses is chosen on purpose, as the smallest.

Cost
    A mark in the graph for each loss, and a walk from the backward to it, in the first steps.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from goodfit.checks.engine import graph
from goodfit.checks.engine.events import BackwardBegins, Loss, NetCall
from goodfit.checks.engine.user_frame import Place, user_place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

MARK = "goodfit-loss"
LOSSES_AT_LEAST = 4  # between two backwards
BACKWARDS_AT_LEAST = 2
NODES_AT_MOST = 2000


@dataclass
class Line:
    """Of a line: losses since the last backward, and in how many backwards most were unused, or not."""

    serials: list[int] = field(default_factory=list)
    wasted: int = 0
    fine: int = 0
    most: int = 0


class LossesUnused(LiveRule):
    code, level = "GF222", Level.WARNING

    def start(self) -> None:
        self.lines: dict[Place, Line] = {}
        self.serial = 0
        self.training = True

    def on_call(self, event: NetCall) -> None:
        self.training = event.training

    def on_loss(self, event: Loss) -> None:
        node: Any = event.input.grad_fn
        if not event.grad or not self.training or node is None:
            return
        self.serial += 1
        node.metadata.setdefault(MARK, []).append(self.serial)
        self.lines.setdefault(user_place(), Line()).serials.append(self.serial)

    def before_backward(self, event: BackwardBegins) -> Iterator[Finding]:
        if not any(line.serials for line in self.lines.values()):
            return
        reached: set[int] = set()
        complete = True
        for loss in event.losses:
            count = 0
            for node in graph.walk(loss.grad_fn, limit=NODES_AT_MOST) if loss.grad_fn is not None else ():
                count += 1
                reached.update(node.metadata.get(MARK, ()))
            complete = complete and count < NODES_AT_MOST
        for place, line in self.lines.items():
            used, line.serials, computed = len(reached & set(line.serials)), [], len(line.serials)
            if not used:
                continue
            if complete and computed >= LOSSES_AT_LEAST and used <= computed / 4:
                line.wasted += 1
                line.most = max(line.most, computed)
            else:
                line.fine += 1
            if line.wasted == BACKWARDS_AT_LEAST and not line.fine:
                yield self.finding(
                    f"{line.most} losses are computed between two backwards, and backward reaches {used} of them: the "
                    "others train nothing",
                    "Call backward and step for every batch: move them into the loop",
                    file=place.file,
                    line=place.line,
                )

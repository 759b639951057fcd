"""rate-of-first-group-alone: a schedule by hand sets the learning rate of the first group, and leaves the others.

What it checks
    An optimiser has several groups of parameters. The program sets the rate of the first one by
    param_groups[0]["lr"] = ..., to at least four values in the run, and the rate of every other group that is trained
    stays what it was; no scheduler of torch has stepped.

Why it hurts
    The other groups have neither warm-up nor decay: the head, or all that has no weight decay, is trained at the first
    rate to the end.

Example
    optimizer.param_groups[0]["lr"] = rate(step)

Instead
    for group in optimizer.param_groups: group["lr"] = rate(step)

When it is a false alarm
    Groups that are to keep their rate while that of the first one changes.

Cost
    The rates of each step; the program's files are parsed once, at the end, where they differ so.
"""

from __future__ import annotations

import ast
import weakref
from collections.abc import Iterator
from dataclasses import dataclass, field

from torch.optim import Optimizer

from goodfit.checks.engine.events import Schedule, StepBegins, WatchEnds
from goodfit.checks.engine.own_source import all_nodes
from goodfit.checks.engine.user_frame import Place, user_place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule
from goodfit.formatting import number

VALUES_AT_LEAST = 4
VALUES_KEPT = 64
OPTIMISERS_AT_MOST = 8


@dataclass
class Groups:
    """Rates of the first group, and of the others as they were at first.

    Attributes:
        kept: whether the others have them still.
    """

    place: Place
    others: list[float]
    rates: set[float] = field(default_factory=set)
    kept: bool = True


class RateOfFirstGroupAlone(LiveRule):
    code, level = "GF596", Level.WARNING
    sleepless = (StepBegins, Schedule)

    def start(self) -> None:
        self.known: weakref.WeakKeyDictionary[Optimizer, Groups] = weakref.WeakKeyDictionary()
        self.all: list[Groups] = []
        self.has_scheduler = False

    def on_schedule(self, event: Schedule) -> None:
        self.has_scheduler = True

    def before_step(self, event: StepBegins) -> None:
        groups = event.optimiser.param_groups
        if len(groups) < 2:
            return
        known = self.known.get(event.optimiser)
        rates = [float(group["lr"]) for group in groups]
        if known is None:
            if len(self.all) < OPTIMISERS_AT_MOST:
                known = self.known[event.optimiser] = Groups(user_place(), rates[1:], {rates[0]})
                self.all.append(known)
            return
        known.kept = known.kept and rates[1:] == known.others
        if known.kept and len(known.rates) < VALUES_KEPT:
            known.rates.add(rates[0])

    def on_end(self, event: WatchEnds) -> Iterator[Finding]:
        for each in self.all if not self.has_scheduler else ():
            if not each.kept or len(each.rates) < VALUES_AT_LEAST or min(each.others) == 0:
                continue
            for source in self.program.source.files():
                line = set_alone(source.tree)
                if line is not None:
                    yield self.finding(
                        f"the rate of the first group of parameters is set to values from {number(min(each.rates), 3)} "
                        f"to {number(max(each.rates), 3)}, and that of {len(each.others)} other"
                        f"{'s' if len(each.others) > 1 else ''} stays {number(each.others[0], 3)} to the end",
                        'Set the rate of each group: for group in optimizer.param_groups: group["lr"] = rate',
                        file=source.file,
                        line=line,
                    )
                    return


def set_alone(tree: ast.Module) -> int | None:
    """The line that sets the rate of the first group, in a file that sets that of no other one."""
    lines = []
    for node in all_nodes(tree):
        targets = (
            node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AugAssign) else []
        )
        for target in targets:
            is_rate = isinstance(target, ast.Subscript) and ast.unparse(target.slice) == "'lr'"
            if is_rate and isinstance(target, ast.Subscript):
                if not ast.unparse(target.value).endswith("param_groups[0]"):
                    return None
                lines.append(target.lineno)
    return lines[0] if lines else None

"""schedule-counts-passes: a schedule by hand goes on with each micro-batch, and is over at a fraction of the training.

What it checks
    Several backward passes lead to each step, about k on average, and the program sets the learning rate by itself. It
    falls over many steps to its lowest value within a tenth of n / k of the n steps, and stays there to the end; or it
    comes back up as it fell, as a cosine does beyond its end. In the source a counter goes up with each pass and
    not with each step.

Why it hurts
    Most of the training runs at the lowest rate, or at rates that nobody chose. Warm-up is k times too short.

Example
    for step, batch in enumerate(loader):
        set_rate(optimizer, cosine(step, total_updates)); (loss(batch) / k).backward()
        if (step + 1) % k == 0: optimizer.step()

Instead
    if (step + 1) % k == 0:
        set_rate(optimizer, cosine(updates, total_updates)); optimizer.step(); updates += 1

When it is a false alarm
    A schedule that is meant to end at one kth of the training.

Cost
    The rate of each step is noted; the program's files are parsed once, at the end, where it fell as described.
"""

from __future__ import annotations

import ast
import itertools
import re
import weakref
from collections.abc import Iterator
from dataclasses import dataclass, field

from torch.optim import Optimizer

from goodfit.checks.engine.events import Schedule, StepBegins, WatchEnds
from goodfit.checks.engine.own_source import all_nodes, called, given, loops_in, names_in, of_kind, of_this_loop
from goodfit.checks.engine.user_frame import Place, user_place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule
from goodfit.formatting import number
from goodfit.lazy_pattern import lazy_pattern

STEPS_AT_LEAST, STEPS_AT_MOST = 12, 100_000
OPTIMISERS_AT_MOST = 4
FALLS_AT_LEAST = 5  # steps on which the rate is lower than before
FALLEN_TO = 0.5  # of the highest rate
TOLERANCE = 0.1  # of the length of the schedule, beside a step
SAME = 1e-3  # of the highest rate
SETS_RATE = lazy_pattern(r"lr|rate|sched", re.IGNORECASE)


@dataclass
class Rates:
    """Of the steps of an optimiser, and the passes before its first and last one."""

    place: Place
    first: int
    last: int
    rates: list[float] = field(default_factory=list)
    scheduled: bool = False


class ScheduleCountsPasses(LiveRule):
    code, level = "GF595", Level.WARNING
    sleepless = (StepBegins, Schedule)

    def start(self) -> None:
        self.known: weakref.WeakKeyDictionary[Optimizer, Rates] = weakref.WeakKeyDictionary()
        self.all: list[Rates] = []
        self.has_scheduler = False

    def on_schedule(self, event: Schedule) -> None:
        self.has_scheduler = True

    def before_step(self, event: StepBegins) -> None:
        rates = self.known.get(event.optimiser)
        passes = self.program.backwards
        if rates is None:
            if len(self.all) >= OPTIMISERS_AT_MOST:
                return
            rates = self.known[event.optimiser] = Rates(user_place(), passes, passes)
            self.all.append(rates)
        rates.last = passes
        if len(rates.rates) < STEPS_AT_MOST:
            rates.rates.append(float(event.optimiser.param_groups[0]["lr"]))

    def on_end(self, event: WatchEnds) -> Iterator[Finding]:
        for each in self.all if not self.has_scheduler else ():
            if any(each.first < other.last and other.first < each.last for other in self.all if other is not each):
                continue  # passes are those of several
            steps = len(each.rates)
            passes = (each.last - each.first) / max(steps - 1, 1)
            if not STEPS_AT_LEAST <= steps < STEPS_AT_MOST or passes < 1.9:
                continue
            ended = _end(each.rates)
            if ended is None or abs(ended - steps / passes) > 1 + TOLERANCE * steps / passes:
                continue
            if not any(counts_passes(source.tree) for source in self.program.source.files()):
                continue
            yield self.finding(
                f"the learning rate fell to its lowest value, {number(min(each.rates), 3)}, after {ended} of {steps} "
                f"steps, and there are {passes:.3g} passes for each step: the schedule counts passes",
                "Count the optimiser's steps in the schedule, not the micro-batches",
                file=each.place.file,
                line=each.place.line,
            )


def _end(rates: list[float]) -> int | None:
    """The first step at the lowest rate, where it stays there to the end or comes back as it fell; None otherwise."""
    highest, lowest = max(rates), min(rates)
    same = SAME * highest
    at = next(at for at, rate in enumerate(rates) if rate <= lowest + same)
    peak = max(range(at + 1), key=lambda step: rates[step])
    fall = rates[peak : at + 1]
    falls = sum(later < sooner for sooner, later in itertools.pairwise(fall))
    if falls < min(FALLS_AT_LEAST, at - peak) or falls < 2 or lowest > FALLEN_TO * highest or 2 * at > len(rates) + 2:
        return None
    tail = rates[at:]
    if all(rate <= lowest + same for rate in tail):
        return at
    back = tail[: len(fall)]
    wrong = sum(abs(later - sooner) > 0.15 * highest for sooner, later in zip(fall[::-1], back, strict=False))
    return at if len(back) >= FALLS_AT_LEAST and wrong == 0 and max(back) > FALLEN_TO * highest else None


def counts_passes(tree: ast.Module) -> bool:
    """Whether a counter goes up with each backward, outside of the branch that steps, or a loop's sets the rate."""
    functions = [node.body for node in of_kind(tree, ast.FunctionDef)]
    if any(_goes_up(body) for body in (*(loop.body for loop in loops_in(tree)), *functions)):
        return True
    return any(_sets_by_loop(loop) for loop in of_kind(tree, ast.For))


def _goes_up(body: list[ast.stmt]) -> bool:
    flat = [node for each in body for node in of_this_loop(each)]
    if not any(called(node) == "backward" for node in flat):
        return False
    in_step = {
        id(inner)
        for node in flat
        if isinstance(node, ast.If) and any(called(each) == "step" for each in all_nodes(node))
        for inner in all_nodes(node)
    }
    counters = (node for node in flat if isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Add))
    return any(ast.unparse(node.value) == "1" and id(node) not in in_step for node in counters)


def _sets_by_loop(loop: ast.For) -> bool:
    """Whether a rate is set by what a loop over passes counts."""
    flat = [node for each in loop.body for node in all_nodes(each)]
    if not any(called(node) == "backward" for node in flat):
        return False
    counted = names_in(loop.target)
    for target, value in given(flat):
        if counted & names_in(value):
            if isinstance(target, ast.Subscript) and "'lr'" in ast.unparse(target):
                return True
            counted = counted | ({target.id} if isinstance(target, ast.Name) else set())
    calls = [node for node in flat if isinstance(node, ast.Call) and SETS_RATE.search(called(node))]
    return any(counted & names_in(each) for each in calls)

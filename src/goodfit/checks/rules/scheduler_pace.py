"""scheduler-pace: the learning rate's schedule does not fit the loop.

What it checks
    The scheduler steps before the optimiser has stepped at all; or, at the end, the learning rate fell to under a
    hundredth of its highest value within the first tenth of the steps, or to under a millionth within the first half;
    or a schedule whose length is the number of the optimiser's steps has itself made a quarter of these steps at most,
    its last one after the last of them. Or its length is a len(...), or a name that is set to one, as many as the
    optimiser's steps between two of its own, or the backward passes: batches, where it counts epochs. Or it steps with
    the optimiser, once in several backward passes, its length is the number of these passes, and the rate is far from
    its end when training is over. The length of a function of LambdaLR is the whole number that it calls
    num_training_steps, total_steps or the like; under any other name, and in a scheduler of the program's own, it is
    one that is equal to the number of the optimiser's steps. Or it steps twice, on two lines, without a step of the
    optimiser in between. As a notice: it is made to lower the rate after more steps than it has made in the end.

Why it hurts
    The first value of the schedule is skipped; or, with a scheduler counted in epochs and stepped in batches, the rate
    is low long before anything is learnt (and a cosine rises again, many times). The other way round the rate stays
    near its first value, which of a warm-up is a small one. Where gradients of k mini-batches are accumulated, a
    schedule that is counted in mini-batches ends at its k-th part.

Example
    for x, y in loader: ...; optimizer.step(); scheduler.step()       # CosineAnnealingLR(optimizer, T_max=epochs)

Instead
    Step it once per epoch, or give it the number of steps: T_max=epochs * len(loader), // k where k are accumulated

When it is a false alarm
    Warm restarts, cyclic rates and plateaus are not reported, nor is scheduler.step(epoch) for the epoch that begins.

Cost
    A rate is noted with each step of the scheduler.
"""

from __future__ import annotations

import ast
import weakref
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import CellType, ModuleType
from typing import Any

from goodfit.checks.engine.events import Scaler, Schedule, WatchEnds
from goodfit.checks.engine.own_source import called, given, names_in, of_kind
from goodfit.checks.engine.program_state import OptimiserState
from goodfit.checks.engine.user_frame import Place, user_place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule
from goodfit.formatting import counted, number
from goodfit.lazy_pattern import lazy_pattern

CYCLIC = ("CosineAnnealingWarmRestarts", "CyclicLR", "ReduceLROnPlateau")
STEPS_AT_LEAST = 40
EARLY_SHARE = 0.1  # of the run
LOW_SHARE = 0.01  # of the highest rate
NOTHING_EARLY_SHARE = 0.5  # of the run
NOTHING_SHARE = 1e-6  # of the highest rate
EPOCHS_AT_LEAST = 3
SLOW_SHARE = 0.25  # of a schedule that is made in all the steps that it was made for


LENGTHS = ("total_steps", "T_max", "total_iters")  # as schedulers of torch name it
OWN_LENGTHS = lazy_pattern(
    r"(num_|n_)?(train(ing)?|total|max)_(train(ing)?_)?(steps?|iters?|iterations?|updates?)|t_total"
)
COUNTERS = ("last_epoch", "_step_count")  # of a scheduler
PASSES_AT_LEAST = 2  # for each step, where gradients are accumulated
LATE_CALLS_AT_LEAST = 5  # of a scheduler, before it is said that it never changed the rate
RATE_LEFT = 0.1  # of the highest, at the end of a schedule that is cut off


@dataclass
class Pace:
    """Of a scheduler: highest rate so far, calls, calls before any step.

    Attributes:
        low_at, nothing_at: the optimiser's step at which the rate was down, and at which hardly any was left.
    """

    name: str
    place: Place
    highest: float = 0.0
    low_at: int | None = None
    nothing_at: int | None = None
    calls: int = 0
    idle: int = 0
    length: int = 0  # that the schedule was made for; 0 where it has none
    of_function: bool = False  # the length is one that a function of the program's names
    held: frozenset[int] = frozenset()  # whole numbers that its function, or a class of the program's own, holds
    reached: int = 0  # where in the schedule it stands
    steps: int = 0  # of its optimiser, as it stepped last
    passes: int = 0  # since it was made, by then
    rate: float = 0.0  # by then
    line: int | None = None  # that it stepped on last
    repeated: int = 0  # steps on another line than the one before, after no step of the optimiser
    begins: int = 0  # steps before the first change of the rate that it is made for; 0 where that is not known
    changed: bool = False  # whether the rate was ever another one
    optimiser: OptimiserState = field(default_factory=OptimiserState)  # which may be gone when the program ends

    @property
    def own_total(self) -> int:
        """All steps of its optimiser."""
        return max(self.steps, self.optimiser.steps)

    @property
    def counts_batches(self) -> bool:
        """Whether it was made for as many steps as an epoch has batches, and steps once an epoch."""
        if self.length < 2 or self.calls < EPOCHS_AT_LEAST or self.calls == self.length or self.name in CYCLIC:
            return False
        all_batches = self.calls * self.length
        return self.own_total == all_batches or self.passes == all_batches

    @property
    def counts_passes(self) -> bool:
        """Whether it was made for as many steps as there were passes, several for each of its own steps."""
        often = self.passes >= PASSES_AT_LEAST * self.calls > 0 and self.calls == self.steps
        return often and 0 <= self.length - self.passes < -(-self.passes // self.calls)

    @property
    def is_slow(self) -> bool:
        """Whether it was made for as many steps as its optimiser made, and has made a small part of them."""
        if max(self.calls, self.reached) > SLOW_SHARE * self.steps:
            return False
        by_name = self.steps == self.length and not self.of_function
        return by_name or (self.steps in {self.length, *self.held} and self.rate >= RATE_LEFT * self.highest)


class SchedulerPace(LiveRule):
    code, level = "GF308", Level.WARNING
    sleepless = (Schedule,)
    yields_to = ("optimizer-never-steps", "scaler-never-steps")

    def start(self) -> None:
        self.index: weakref.WeakKeyDictionary[Any, int] = weakref.WeakKeyDictionary()
        self.began: weakref.WeakKeyDictionary[Any, int] = weakref.WeakKeyDictionary()  # passes before it was made
        self.paces: list[Pace] = []
        self.scaled = False

    def on_scaler(self, event: Scaler) -> None:
        self.scaled = True

    def on_schedule(self, event: Schedule) -> Iterator[Finding]:
        if event.first:
            self.began[event.scheduler] = self.program.backwards
            return
        scheduler, optimiser = event.scheduler, event.scheduler.optimizer
        if scheduler not in self.index:
            self.index[scheduler] = len(self.paces)
            self.paces.append(Pace(type(scheduler).__name__, user_place(), held=_numbers_held(scheduler)))
        pace = self.paces[self.index[scheduler]]
        steps = self.program.steps_of(optimiser)
        if steps == 0:
            pace.idle += event.epoch is None or event.epoch > scheduler.last_epoch
        elif pace.idle == 1 and pace.calls == 1 and not self.scaled:  # several are a way to resume
            yield self.finding(
                f"{pace.name} steps before {type(optimiser).__name__}: the first value of the schedule is skipped",
                "Call optimizer.step() first, then scheduler.step()",
            )
        line = user_place().line
        pace.repeated += steps == pace.steps > 0 and None is not pace.line != line and event.epoch is None
        pace.line = line
        pace.calls += 1
        pace.optimiser = self.program.optimiser(optimiser)
        pace.reached = scheduler.last_epoch
        pace.steps, pace.passes = steps, self.program.backwards - self.began.get(scheduler, 0)
        pace.length = _length(scheduler)
        if not pace.length:
            pace.length, pace.of_function = _length_of_function(scheduler), True
        rate = pace.rate = max(float(group["lr"]) for group in optimiser.param_groups)
        pace.changed = pace.changed or (pace.calls > 1 and rate != pace.highest)
        pace.begins = _first_change(scheduler)
        pace.highest = max(pace.highest, rate)
        if pace.low_at is None and rate < LOW_SHARE * pace.highest:
            pace.low_at = steps
        if pace.nothing_at is None and rate < NOTHING_SHARE * pace.highest:
            pace.nothing_at = steps

    def _is_length_of_a_loader(self, name: str) -> bool:
        """Whether the program makes such a schedule for len(...) steps: epochs may be as many as batches by chance."""
        for source in self.program.source.files():
            if name not in source.text:
                continue
            lengths = {
                ast.unparse(target)
                for target, value in given(of_kind(source.tree, ast.Assign))
                if any(called(each) == "len" for each in of_kind(value, ast.Call))
            }
            for made in of_kind(source.tree, ast.Call):
                values = [*made.args[1:], *(each.value for each in made.keywords)] if called(made) == name else []
                for value in values:
                    named = lengths & {*names_in(value), *(ast.unparse(each) for each in of_kind(value, ast.Attribute))}
                    if named or any(called(each) == "len" for each in of_kind(value, ast.Call)):
                        return True
        return False

    def on_end(self, event: WatchEnds) -> Iterator[Finding]:
        for pace in self.paces:
            total = pace.own_total
            ended = pace.steps in (total, self.program.steps)
            if ended and pace.is_slow and pace.steps >= STEPS_AT_LEAST:
                yield self.finding(
                    f"{pace.name} was made for {pace.steps:,} steps, as many as the optimiser made, and itself "
                    f"stepped {pace.calls:,} times: most of the schedule was never reached",
                    "Step the scheduler after each step of the optimiser, or give its length in epochs",
                    file=pace.place.file,
                    line=pace.place.line,
                )
                continue
            cut_off = pace.counts_passes and pace.rate >= RATE_LEFT * pace.highest and pace.name not in CYCLIC
            if ended and cut_off and pace.steps >= STEPS_AT_LEAST:
                yield self.finding(
                    f"{pace.name} was made for {pace.length:,} steps, as many as there are backward passes, and "
                    f"stepped {pace.calls:,} times, once with each step of the optimiser: gradients of several passes "
                    "are accumulated, and most of the schedule was never reached",
                    "Count the optimiser's steps: epochs * len(loader) // accumulation steps",
                    file=pace.place.file,
                    line=pace.place.line,
                )
                continue
            if pace.repeated >= EPOCHS_AT_LEAST:
                yield self.finding(
                    f"{pace.name} steps twice, on two lines, between one step of the optimiser and the next "
                    f"({pace.repeated} times): its schedule is over in half of the time",
                    "Step it in one place",
                    file=pace.place.file,
                    line=pace.place.line,
                )
                continue
            if pace.begins > pace.calls >= LATE_CALLS_AT_LEAST and not pace.changed:
                yield self.finding(
                    f"{pace.name} changes the learning rate after {pace.begins} steps of its own, and made "
                    f"{pace.calls}: the rate was the same from the first step to the last",
                    "Let the first change come within the training, or leave the scheduler out",
                    file=pace.place.file,
                    line=pace.place.line,
                    level=Level.NOTICE,
                )
                continue
            ended = ended or total - pace.steps == pace.length  # it steps at the beginning of an epoch
            if ended and pace.counts_batches and self._is_length_of_a_loader(pace.name):
                yield self.finding(
                    f"{pace.name} was made for {pace.length:,} steps, the batches of an epoch, and steps once an "
                    f"epoch, {pace.calls:,} times",
                    "Give it the number of epochs: T_max=epochs",
                    file=pace.place.file,
                    line=pace.place.line,
                )
                continue
            often = pace.calls >= total / 2
            if pace.name in CYCLIC or total < STEPS_AT_LEAST or pace.low_at is None or not often:
                continue
            over = pace.nothing_at is not None and pace.nothing_at <= NOTHING_EARLY_SHARE * total
            if pace.low_at > EARLY_SHARE * total and not over:
                continue
            yield self.finding(
                f"under {pace.name} the learning rate had fallen to a hundredth of {number(pace.highest, 3)} after "
                f"{pace.low_at} of {counted(total, 'step')}",
                "Step the scheduler once per epoch, or give its length in batches",
                file=pace.place.file,
                line=pace.place.line,
            )


def _length(scheduler: Any) -> int:
    """Steps that a schedule is made for: of one cycle, a cosine, a straight line, or of several one after the other."""
    parts, ends = getattr(scheduler, "_schedulers", None), getattr(scheduler, "_milestones", None)
    if parts and ends:
        last = _length(parts[-1])
        return last and int(ends[-1]) + last
    length = next((getattr(scheduler, name) for name in LENGTHS if hasattr(scheduler, name)), 0)
    return int(length) if isinstance(length, int | float) else 0


def _first_change(scheduler: Any) -> int:
    """After how many steps a StepLR or a MultiStepLR changes the rate for the first time; 0 for others."""
    milestones = getattr(scheduler, "milestones", None)
    if type(scheduler).__name__ == "MultiStepLR" and milestones:
        return int(min(milestones))
    return int(scheduler.step_size) if type(scheduler).__name__ == "StepLR" else 0


def _length_of_function(scheduler: Any) -> int:
    """The number that the function of a LambdaLR calls its length, as an argument or a name around it; 0 of none."""
    for function in getattr(scheduler, "lr_lambdas", None) or ():
        values = _values_held(function).items()
        lengths = {each for name, each in values if type(each) is int and OWN_LENGTHS.fullmatch(name.lower())}
        if len(lengths) == 1:
            return lengths.pop()
    return 0


def _numbers_held(scheduler: Any) -> frozenset[int]:
    """Whole numbers of the function of a LambdaLR, or of a scheduler whose class the program has written."""
    values: list[object] = []
    for function in getattr(scheduler, "lr_lambdas", None) or ():
        values += _values_held(function).values()
    if not type(scheduler).__module__.startswith("torch."):
        values += (each for name, each in vars(scheduler).items() if name not in COUNTERS)
    return frozenset(each for each in values if type(each) is int)


def _values_held(function: Any) -> dict[str, object]:
    """What a function reads by a name: its arguments that are set already, names around it, and their attributes."""
    values: dict[str, object] = {}
    partial = getattr(function, "keywords", {})
    if partial:  # functools.partial, as in transformers
        values.update(partial)
        function = function.func
    owner = getattr(function, "__self__", None)  # of a method
    code = getattr(function, "__code__", None)
    if code is None:
        return values | getattr(function, "__dict__", {})  # an object that is called
    known = getattr(function, "__globals__", {})
    values |= {name: known.get(name) for name in code.co_names}
    for name, cell in zip(code.co_freevars, getattr(function, "__closure__", None) or (), strict=False):
        values[name] = _in_cell(cell)
    for each in [owner, *values.values()]:
        inner = getattr(each, "__dict__", None)
        if isinstance(inner, dict) and not isinstance(each, type | ModuleType):
            values |= {name: inner[name] for name in code.co_names if name in inner}
    return values


def _in_cell(cell: CellType) -> object:
    try:
        return cell.cell_contents
    except ValueError:  # a name that is not set yet
        return None

"""trained-at-one-level: a net is given one noise level, or one time, in all of its training, and many in sampling.

What it checks
    A net gives what has the shape of its input (N, ...), as one that finds noise does, and takes a number for each row
    beside it, or one that is called t, time or logsnr for all; or rows (N, D + 1) whose first or last column is such a
    number, to give (N, D). In all steps that are looked at, ten or more, it is one and the same, and without gradients
    the same net is given five others or more.

Why it hurts
    A diffusion's sampling goes through all levels, from noise to data. A net that was trained at one of them has a
    small loss, and was never shown the others.

Example
    t = torch.full((len(x0),), len(x0)).clamp(max=T - 1)     # the batch size, where rand or randint was meant

Instead
    t = torch.randint(0, T, (len(x0),))

When it is a false alarm
    A net that is trained at one level on purpose, to see what it does at others. Lengths and positions are left out.

Cost
    One comparison of numbers for each call of a net, in the steps that are looked at.
"""

from __future__ import annotations

import inspect
import re
import weakref
from collections.abc import Iterator
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from goodfit.checks.engine.events import NetCall, WatchEnds
from goodfit.checks.engine.user_frame import Place, user_place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule
from goodfit.formatting import number
from goodfit.lazy_pattern import lazy_pattern

STEPS_AT_LEAST = 10  # that are looked at
LEVELS_AT_LEAST, LEVELS_KEPT = 5, 64  # other ones, without gradients
ROWS_AT_LEAST = 4
NETS_AT_MOST = 16
TIME = lazy_pattern(r"^(t|ts|tau|time|times|time_?steps?|log_?snr|noise_level)$", re.IGNORECASE)  # one for all rows
NO_LEVEL = lazy_pattern(r"len|size|pos|cache|offset|start|seed|count|num|mask|index|idx", re.IGNORECASE)
FIRST, LAST = "the first column of its input", "the last column of its input"


@dataclass
class Given:
    """What a net was given for one of its inputs.

    Attributes:
        place: of the first call with gradients.
        trained: the value of all calls with gradients, which there were before so many steps.
        others: values in calls without gradients.
    """

    net: str
    name: str
    place: Place
    trained: float
    steps: int = 0
    last_step: int = -1
    varies: bool = False
    others: set[float] = field(default_factory=set)


class TrainedAtOneLevel(LiveRule):
    code, level = "GF554", Level.WARNING

    def start(self) -> None:
        self.numbered = 0
        self.given: dict[tuple[int, str], Given] = {}  # by net and input
        self.nets: weakref.WeakKeyDictionary[nn.Module, int] = weakref.WeakKeyDictionary()  # numbered

    def on_call(self, event: NetCall) -> None:
        rows = next((each for each in event.inputs if each.is_floating_point() and each.dim() > 1), None)
        output = event.output
        if rows is None or not isinstance(output, Tensor) or len(rows) < ROWS_AT_LEAST or rows.is_meta:
            return
        if event.module not in self.nets:
            if not event.grad or self.numbered >= NETS_AT_MOST:
                return
            self.numbered += 1
            self.nets[event.module] = self.numbered
        for name, value in _levels(event, rows, output):
            self._note(event, name, value)

    def _note(self, event: NetCall, name: str, value: Tensor) -> None:
        key = self.nets[event.module], name
        known = self.given.get(key)
        if known is not None and known.varies:
            return
        numbers = value.detach().double().flatten()
        if event.grad:
            first = float(numbers[0])
            if known is None:
                known = self.given[key] = Given(type(event.module).__name__, name, user_place(), first)
            known.varies = bool((numbers != known.trained).any())
            known.steps += known.last_step != self.program.steps
            known.last_step = self.program.steps
        elif known is not None and len(known.others) < LEVELS_KEPT:
            column = name in (FIRST, LAST)
            if not column or bool((numbers == numbers[0]).all()):  # of rows that are evaluated a column may be anything
                known.others.update(numbers[:LEVELS_KEPT].tolist())

    def on_end(self, event: WatchEnds) -> Iterator[Finding]:
        for known in self.given.values():
            others = known.others - {known.trained}
            if known.varies or known.steps < STEPS_AT_LEAST or len(others) < LEVELS_AT_LEAST:
                continue
            yield self.finding(
                f"{known.net} was given {number(known.trained, 4)} as {known.name} in all {known.steps} steps of its "
                f"training that were looked at, and {len(others)} other values from {number(min(others), 4)} to "
                f"{number(max(others), 4)} without gradients: it has learnt one value, and is asked for others",
                "Draw it anew for each row in training, over all that sampling goes through",
                file=known.place.file,
                line=known.place.line,
            )


def _levels(event: NetCall, rows: Tensor, output: Tensor) -> Iterator[tuple[str, Tensor]]:
    """What a net is given beside its rows, or as a column of them, each with a name."""
    if output.shape == rows.shape:
        named = dict(zip(_parameters(event.module), event.args, strict=False)) | dict(event.kwargs)
        for name, value in named.items():
            if isinstance(value, Tensor) and value is not rows and not (value.is_complex() or value.is_meta):
                of_rows = value.numel() == len(rows) and not NO_LEVEL.search(name)
                if of_rows or (value.numel() == 1 and TIME.match(name)):
                    yield name, value
            elif isinstance(value, int | float) and TIME.match(name):
                yield name, torch.tensor([float(value)])
    elif rows.dim() == 2 and output.dim() == 2 and output.shape == (len(rows), rows.shape[1] - 1):
        yield FIRST, rows[:, 0]
        yield LAST, rows[:, -1]


def _parameters(net: nn.Module) -> list[str]:
    """What forward calls its arguments; nothing of a compiled one."""
    try:
        return list(inspect.signature(net.forward).parameters)
    except (TypeError, ValueError):
        return []

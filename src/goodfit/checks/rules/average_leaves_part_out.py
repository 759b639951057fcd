"""average-leaves-part-out: a copy of a net follows the trained one, but a part of it keeps its first weights.

What it checks
    Parameters of a net that no optimiser has, and that begin, before the first step of the net's optimiser, as copies
    of trained ones. Some move after the trained ones step after step, as those of a momentum encoder or a teacher do;
    others, whose originals move as much, stay as they were to the last bit. An original that has another copy which
    moves is left aside, as are copies that are called frozen, reference, initial, prior or old.

Why it hurts
    The copy is a trained encoder under a head that was never trained: its targets, keys and features get worse the
    further the encoder moves.

Example
    for key, query in zip(encoder_k.parameters(), encoder_q.parameters()):     # and head_k?
        key.mul_(m).add_(query, alpha=1 - m)

Instead
    the same for each part: pairs of key_net.parameters() and query_net.parameters(), where both hold encoder and head

When it is a false alarm
    A part that is meant to stay as it was, under one that follows.

Cost
    A few values of each copied parameter before the net's first step, and at few of the steps after it.
"""

from __future__ import annotations

import re
import weakref
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.parameter import is_lazy

from goodfit.checks.engine.events import NetCall, Step, StepBegins, WatchEnds, params_of
from goodfit.checks.engine.kept_weights import first_large, kept_weights, some_values
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule
from goodfit.lazy_pattern import lazy_pattern

NETS_AT_MOST, COPIES_AT_MOST = 8, 200
MOVED_AT_LEAST = 4  # times that copies were seen to move, from one look to the next
STEPS_BETWEEN, STEPS_AT_LEAST = 2, 12
STAYS = lazy_pattern(r"froz|ref|init|prior|old|anchor|orig|pretrain|start", re.IGNORECASE)


@dataclass
class Copy:
    """A parameter that no optimiser has, and the trained one that had its values before the first step.

    Attributes:
        name: in the net, or in the program with the variable before it.
        of: the place of the original among the trained ones.
        first: values of both before the first step.
        last: of the copy when it was looked at last.
        moved: how often it had moved since the look before.
        original_moved: whether the original had moved by then.
    """

    name: str
    copy: weakref.ref[Tensor]
    original: weakref.ref[Tensor]
    of: int
    first: Tensor
    last: Tensor
    moved: int = 0
    original_moved: bool = False


class AverageLeavesPartOut(LiveRule):
    code, level = "GF460", Level.WARNING

    def start(self) -> None:
        self.nets: weakref.WeakSet[nn.Module] = weakref.WeakSet()
        self.copies: dict[str, list[Copy]] = {}  # by the net's class
        self.began: dict[str, int] = {}  # steps of the program before the first one of that net
        self.looked_at = 0  # steps

    def on_call(self, event: NetCall) -> None:
        if len(self.nets) < NETS_AT_MOST:
            self.nets.add(event.module)

    def before_step(self, event: StepBegins) -> None:
        """Another net may have been trained before, such as a linear probe of the first weights."""
        if self.program.steps_of(event.optimiser):
            return
        optimised, own = self.program.optimised(), {id(param) for param in params_of(event.optimiser)}
        for name, named in self._groups():
            if name not in self.copies and any(id(param) in own for _, param in named):
                copies = _copies(named, optimised)
                if len(copies) > 1:
                    self.copies[name], self.began[name] = copies, self.program.steps

    def _groups(self) -> Iterator[tuple[str, list[tuple[str, Tensor]]]]:
        """Parameters of each net, and of all nets together that are variables and were called."""
        variables = {id(kept.value): kept for kept in kept_weights() if isinstance(kept.value, nn.Module)}
        nets = {id(net): net for net in self.nets}
        for net in ({key: kept.value for key, kept in variables.items()} | nets).values():
            yield type(net).__name__, list(net.named_parameters())
        together = [kept for key, kept in variables.items() if key in nets]
        yield (
            "the program",
            [(f"{kept.name}.{name}", each) for kept in together for name, each in kept.value.named_parameters()],
        )

    def on_step(self, event: Step) -> None:
        if self.copies and self.program.steps >= self.looked_at + STEPS_BETWEEN:
            self.looked_at = self.program.steps
            self._look()

    def _look(self) -> None:
        for copies in self.copies.values():
            for known in copies:
                copy, original = known.copy(), known.original()
                if copy is not None and original is not None:
                    now = some_values(copy)
                    known.moved += not torch.equal(now, known.last)
                    known.original_moved = not torch.allclose(some_values(original), known.first, rtol=1e-2)
                    known.last = now

    def on_end(self, event: WatchEnds) -> Iterator[Finding]:
        for net, copies in self.copies.items():
            if self.program.steps - self.began[net] < STEPS_AT_LEAST:
                continue
            following = [known for known in copies if known.moved >= MOVED_AT_LEAST]
            followed = {known.of for known in following}
            left = [each for each in copies if not each.moved and each.original_moved and each.of not in followed]
            if following and left:
                yield self.finding(
                    f"in {net}, {following[0].name} and others follow trained weights after each step, but "
                    f"{left[0].name}, a copy of trained weights too, is as it was before the first one",
                    "Update every part of the copy, its head as well as its encoder",
                )


def _copies(params: list[tuple[str, Tensor]], optimised: set[int]) -> list[Copy]:
    """Large parameters that no optimiser has, beside those of the same first values that one has."""
    named = [(name, param) for name, param in params if not is_lazy(param)]
    large = [(name, param) for name, param in named if first_large([param]) is not None]
    others = [(name, param) for name, param in large if id(param) not in optimised and not STAYS.search(name)]
    if not others or len(large) > COPIES_AT_MOST:
        return []
    trained = [(param, some_values(param)) for _, param in large if id(param) in optimised]
    copies = []
    for name, param in others:
        values = some_values(param)
        for place, (original, first) in enumerate(trained) if float(values.std()) > 0 else ():
            if original.shape == param.shape and torch.allclose(values, first, rtol=1e-4, atol=1e-7):
                copies.append(Copy(name, weakref.ref(param), weakref.ref(original), place, values, values))
                break
    return copies

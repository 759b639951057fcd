"""copy-never-called: a net is given the weights of another one again and again, and is never asked anything.

What it checks
    The weights of a net that was called are loaded into another net, three times or more with steps in between; that
    net is never called in the steps examined, and nobody reads its weights. The program takes at least twenty steps
    after the first time.

Why it hurts
    A target net or an average that is kept up to date and not used changes nothing: the targets come of the net that is
    being trained, which chases itself, or the net that is measured is the raw one.

Example
    target = reward + gamma * net(next_state).max(1).values; ...; target_net.load_state_dict(net.state_dict())

Instead
    target = reward + gamma * target_net(next_state).max(1).values

When it is a false alarm
    A copy that another program, or another process, asks.

Cost
    A note for each state that is taken or loaded.
"""

from __future__ import annotations

import ast
import weakref
from collections.abc import Iterator
from dataclasses import dataclass

from torch import nn

from goodfit.checks.engine.events import Call, WatchEnds, Weights
from goodfit.checks.engine.own_source import last_name, of_kind
from goodfit.checks.engine.user_frame import Place, names_of, user_place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

LOADS_AT_LEAST, STEPS_AT_LEAST = 3, 20
COPIES_AT_MOST = 16
PREPARING = ("load_state_dict", "eval", "train", "to", "cuda", "cpu", "requires_grad_", "float", "double")


@dataclass
class Copy:
    """A net that weights are loaded into: how often, after how many steps at first and last, and where."""

    name: str
    first: int
    last: int
    place: Place
    loads: int = 1
    used: bool = False


class CopyNeverCalled(LiveRule):
    code, level = "GF609", Level.WARNING
    sleepless = (Weights,)

    def start(self) -> None:
        self.called: weakref.WeakSet[nn.Module] = weakref.WeakSet()
        self.copies: weakref.WeakKeyDictionary[nn.Module, Copy] = weakref.WeakKeyDictionary()
        self.kept: list[Copy] = []

    def on_call(self, event: Call) -> None:
        self.called.add(event.module)
        if event.module in self.copies:
            self.copies[event.module].used = True

    def on_weights(self, event: Weights) -> None:
        module = event.module
        if module is None:
            return
        copy = self.copies.get(module)
        if event.action != "load_state_dict":
            if copy is not None:
                copy.used = True
        elif copy is None:
            if len(self.kept) < COPIES_AT_MOST:
                name = next(iter(sorted(names_of(module))), type(module).__name__)
                copy = self.copies[module] = Copy(name, self.program.steps, self.program.steps, user_place())
                copy.used = module in self.called
                self.kept.append(copy)
        elif self.program.steps > copy.last:
            copy.loads += 1
            copy.last = self.program.steps

    def on_end(self, event: WatchEnds) -> Iterator[Finding]:
        for copy in self.kept:
            if copy.used or copy.loads < LOADS_AT_LEAST or self.program.steps < copy.first + STEPS_AT_LEAST:
                continue
            if not any(_is_read(copy.name, source.tree) for source in self.program.source.files()):
                yield self.finding(
                    f"{copy.name} was given weights {copy.loads} times as training went on, and never called: it "
                    "changes nothing",
                    "Ask it where it was meant to answer, as a target net for the value of the next state",
                    file=copy.place.file,
                    line=copy.place.line,
                )


def _is_read(name: str, tree: ast.Module) -> bool:
    """Whether a file reads a net for more than to prepare or load it, such as its weights for a penalty."""
    named: list[ast.Name | ast.Attribute] = [*of_kind(tree, ast.Name), *of_kind(tree, ast.Attribute)]
    uses = [each for each in named if last_name(each) == name]
    prepared = {id(each.value) for each in of_kind(tree, ast.Attribute) if each.attr in PREPARING}
    return any(isinstance(each.ctx, ast.Load) and id(each) not in prepared for each in uses)

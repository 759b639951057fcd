"""graph-kept-alive: graphs of past steps stay in memory and grow in number.

What it checks
    The graph of each loss that backward was called on is marked; the marks of eight or more past steps are still alive.

Why it hurts
    Memory grows with every step, until there is none. Usually the loss itself is summed up or kept in a list.

Example
    total += loss

Instead
    total += loss.item()                               # or loss.detach()

When it is a false alarm
    Losses that are kept for one later backward over their sum are not reported.

Cost
    A mark in the nodes behind each loss, in the first steps.
"""

from __future__ import annotations

import linecache
import re
import weakref
from collections.abc import Iterator

from torch import Tensor

from goodfit.checks.engine import graph
from goodfit.checks.engine.events import BackwardEnded
from goodfit.checks.engine.user_frame import Place, shown, user_frame, user_place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

GRAPHS_AT_LEAST = 8
NODES_MARKED = 200  # behind each loss


class Mark:
    """Lives as long as a node that holds it."""

    def __init__(self, step: int) -> None:
        self.step = step


class GraphKeptAlive(LiveRule):
    code, level = "GF601", Level.ERROR

    def start(self) -> None:
        self.marks: weakref.WeakSet[Mark] = weakref.WeakSet()
        self.reported = False

    def after_backward(self, event: BackwardEnded) -> Iterator[Finding]:
        step = self.program.steps  # several backward passes may belong to one, as those of an episode
        mark = Mark(step)
        for nodes in event.nodes:
            for node in nodes[:NODES_MARKED]:
                if not hasattr(node, "variable") and graph.MARK not in node.metadata:
                    node.metadata[graph.MARK] = mark
        self.marks.add(mark)
        alive = len({each.step for each in self.marks if each.step < step - 1})
        if alive >= GRAPHS_AT_LEAST and not self.reported:
            self.reported = True
            place = _keeper(event.losses) or user_place()
            yield self.finding(
                f"the graphs of {alive} past steps are still alive: something keeps their losses or outputs, and "
                f"memory grows with every step",
                "Keep numbers, not tensors: total += loss.item(), or loss.detach()",
                file=place.file,
                line=place.line,
            )


def _keeper(losses: object) -> Place | None:
    """The line of the user's function that adds the loss, by its name, to something, or puts it into a list."""
    frame = user_frame()
    if frame is None or not isinstance(losses, list):
        return None
    names = [
        name
        for name, value in frame.f_locals.items()
        if isinstance(value, Tensor) and value.grad_fn is not None and value.numel() == 1
    ]
    first, lines = frame.f_code.co_firstlineno, {line for _, _, line in frame.f_code.co_lines() if line}
    for line in sorted(lines):
        code = linecache.getline(frame.f_code.co_filename, line)
        for name in names:
            pattern = rf"(\+=|\.append\(|= *\w+ *\+)[^#]*\b{re.escape(name)}\b(?!\.(item|detach|data|cpu))"
            if line >= first and re.search(pattern, code):
                return Place(shown(frame.f_code.co_filename), line)
    return None

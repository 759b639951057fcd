"""returned-loss-unused: a net gives a loss beside its output, and the loss that is learnt from leaves it out.

What it checks
    A net returns several values; one of them is a single number with a graph, and the line that calls the net names it
    a loss (aux_loss, kl, commitment_loss ...). In five passes in a row what backward is called on does not hold it, and
    no pass ever does.

Why it hurts
    A balance between experts, a commitment, a divergence was computed and shown, and nothing follows it: all rows go to
    one expert, codes are never used. The loss of the task falls as before.

Example
    logits, aux_loss = model(x); loss = cross_entropy(logits, y)

Instead
    loss = cross_entropy(logits, y) + 0.01 * aux_loss

When it is a false alarm
    A loss that is only shown on purpose: compute it under torch.no_grad().

Cost
    A look at the outputs of the net and the graph of the loss, in the first steps.
"""

from __future__ import annotations

import ast
import linecache
from collections.abc import Iterator
from typing import Any

from torch import Tensor

from goodfit.checks.engine.events import BackwardBegins, NetCall
from goodfit.checks.engine.own_source import last_name, of_kind, parsed
from goodfit.checks.engine.user_frame import Place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule
from goodfit.lazy_pattern import lazy_pattern

PASSES_AT_LEAST = 5
NAMES = lazy_pattern(r"(?i)loss|(^|_)(aux|kld?|kl_div|penalty|regulari[sz]er|reg|commit\w*|balance)(_|$)")


class ReturnedLossUnused(LiveRule):
    code, level = "GF669", Level.WARNING

    def start(self) -> None:
        self.given: list[tuple[Any, str, Place]] = []  # nodes that gave losses, their names
        self.left_out = 0
        self.over = False

    def on_call(self, event: NetCall) -> None:
        last = self.program.last_call
        if self.over or not event.grad or last is None or not isinstance(event.output, tuple | list):
            return
        outputs = list(event.output)
        losses = [at for at, each in enumerate(outputs) if isinstance(each, Tensor) and each.dim() == 0]
        if len(outputs) < 2 or not losses or len(losses) == len(outputs):
            return
        names = _names_given(last.place, len(outputs))
        self.given += [
            (outputs[at].grad_fn, names[at], last.place)
            for at in losses
            if names and outputs[at].grad_fn is not None and NAMES.search(names[at])
        ]

    def before_backward(self, event: BackwardBegins) -> Iterator[Finding]:
        given, self.given = self.given, []
        if self.over or not given:
            return
        reached = {id(node) for nodes in event.nodes for node in nodes}
        left_out = [each for each in given if id(each[0]) not in reached]
        if len(left_out) < len(given):
            self.over = True
            return
        self.left_out += 1
        if self.left_out == PASSES_AT_LEAST:
            self.over = True
            _, name, place = left_out[0]
            yield self.finding(
                f"the net gives {name} beside its output, and the loss that backward is called on does not hold it",
                f"Add it, with a weight: loss = loss + weight * {name}",
                file=place.file,
                line=place.line,
            )


def _names_given(place: Place, count: int) -> list[str]:
    """What the line that calls a net names its outputs; none where it does not name each."""
    if place.file is None or place.line is None:
        return []
    tree = parsed("".join(linecache.getlines(place.file)))
    for node in of_kind(tree, ast.Assign):
        is_here = node.lineno <= place.line <= (node.end_lineno or node.lineno)
        for target in node.targets if is_here and isinstance(node.value, ast.Call) else ():
            if isinstance(target, ast.Tuple) and len(target.elts) == count:
                return [last_name(each) for each in target.elts]
    return []

"""norm-arguments: a batch norm's eps or momentum has the size of the other one, or of another framework's.

What it checks
    A batch norm in training mode whose momentum is at least 0.9 and below 1, or whose eps is at least 0.1.

Why it hurts
    PyTorch's momentum is the share of the *new* batch: 0.1 here is 0.9 in Keras and TensorFlow. With 0.99 the running
    averages are those of the last batch, and evaluation swings from batch to batch. And the second argument by position
    is eps: BatchNorm2d(64, 0.8) adds 0.8 to every variance, so that little is normalised.

Example
    nn.BatchNorm2d(64, momentum=0.99)
    nn.BatchNorm2d(64, 0.8)

Instead
    nn.BatchNorm2d(64, momentum=0.01)

When it is a false alarm
    Averages that are to follow the last batch on purpose. momentum=1, which says just that, is not reported.

Cost
    Two numbers of each batch norm, once.
"""

from __future__ import annotations

from collections.abc import Iterator

from torch.nn.modules.batchnorm import _BatchNorm

from goodfit.checks.engine.events import BackwardBegins, Call, NetCall
from goodfit.checks.engine.user_frame import Place
from goodfit.checks.engine.where_made import layer_made_at
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule
from goodfit.formatting import number

MOMENTUM_AT_LEAST = 0.9
EPS_AT_LEAST = 0.1


class NormArguments(LiveRule):
    code, level = "GF424", Level.WARNING
    layers = (_BatchNorm,)

    def start(self) -> None:
        self.wrong: dict[str, int] = {}  # what is wrong -> how many layers
        self.made: dict[str, Place] = {}  # what is wrong -> the line that makes such a layer
        self.seen: set[int] = set()
        self.place = Place(None, None)

    def on_net_call(self, event: NetCall) -> None:
        if self.program.last_call is not None:
            self.place = self.program.last_call.place

    def on_call(self, event: Call) -> None:
        layer = event.module
        if not isinstance(layer, _BatchNorm) or not (event.training and event.grad) or id(layer) in self.seen:
            return
        self.seen.add(id(layer))
        momentum = layer.momentum if layer.track_running_stats else None
        if momentum is not None and MOMENTUM_AT_LEAST <= momentum < 1:
            what = (
                f"momentum={number(momentum, 3)}: its running averages are mostly those of the last batch (PyTorch's "
                "momentum is the share of the new batch)"
            )
        elif layer.eps >= EPS_AT_LEAST:
            what = f"eps={number(layer.eps, 3)}, the second argument by position: so much is added to every variance"
        else:
            return
        self.wrong[what] = self.wrong.get(what, 0) + 1
        name = next((name for name, part in event.root.named_modules() if part is layer), "")
        self.made[what] = layer_made_at(event.root, name)

    def before_backward(self, event: BackwardBegins) -> Iterator[Finding]:
        for what, count in self.wrong.items():
            place = self.made[what] if self.made[what].line is not None else self.place
            yield self.finding(
                f"{'a batch norm has' if count == 1 else f'{count} batch norms have'} {what}",
                "Write momentum=1 - m for the m of Keras or TensorFlow, and give momentum by its name",
                file=place.file,
                line=place.line,
            )
        self.wrong = {}

"""same-module-repeated: a list of layers holds one layer several times.

What it checks
    A Sequential or ModuleList holds the same module, with parameters, in several places.

Why it hurts
    A net of twelve layers has the weights of one. [layer] * 12 and a module that was made outside of the comprehension
    repeat a reference, and copy nothing.

Example
    block = nn.Linear(64, 64)
    self.blocks = nn.ModuleList([block] * 6)

Instead
    self.blocks = nn.ModuleList(nn.Linear(64, 64) for _ in range(6))

When it is a false alarm
    Layers that share their weights on purpose.

Cost
    Each net's modules are listed once.
"""

from __future__ import annotations

import weakref
from collections import Counter
from collections.abc import Iterator

from torch import nn

from goodfit.checks.engine.events import NetCall
from goodfit.checks.engine.user_frame import Place
from goodfit.checks.engine.where_made import layer_made_at
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule
from goodfit.formatting import counted

TIMES_AT_LEAST = 2
NOWHERE = Place(None, None)


class SameModuleRepeated(LiveRule):
    code, level = "GF704", Level.NOTICE

    def start(self) -> None:
        self.examined: weakref.WeakSet[nn.Module] = weakref.WeakSet()

    def on_call(self, event: NetCall) -> Iterator[Finding]:
        if not event.grad or event.module in self.examined:
            return
        self.examined.add(event.module)
        for path, container in event.module.named_modules():
            if not isinstance(container, (nn.Sequential, nn.ModuleList)):
                continue
            times = Counter(id(child) for child in container._modules.values())
            for child in {id(child): child for child in container._modules.values() if child is not None}.values():
                count = times[id(child)]
                size = sum(param.numel() for param in child.parameters())
                if count >= TIMES_AT_LEAST and size:
                    place = f" '{path}'" if path else ""
                    made = layer_made_at(event.module, path) if path else NOWHERE
                    if made.line is None and self.program.last_call is not None:
                        made = self.program.last_call.place
                    yield self.finding(
                        f"{type(container).__name__}{place} holds one {type(child).__name__} {count} times: these "
                        f"places share {counted(size, 'parameter')}",
                        "Make a module for each place: [nn.Linear(...) for _ in range(n)], or copy.deepcopy",
                        file=made.file,
                        line=made.line,
                    )

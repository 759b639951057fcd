"""held-out-rows-trained: an optimiser steps on the rows of the validation or test loader.

What it checks
    A step follows a batch of a loader that the program calls one of validation or test, while the net is in eval mode;
    the same optimiser has stepped on another loader before.

Why it hurts
    The rows that are to judge the net train it: the score on them is that of training rows.

Example
    net.eval()
    for x, y in valid_loader:
        loss = criterion(net(x), y); loss.backward(); optimizer.step(); total += loss.item()

Instead
    with torch.no_grad(): and neither backward() nor step() in the loop over validation rows

When it is a false alarm
    A net that is adapted to the rows it is to predict, by the optimiser that trained it.

Cost
    The names of a loader are looked up once.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from typing import Any

from goodfit.checks.engine.events import Batch, Epoch, NetCall, Step
from goodfit.checks.engine.loader_overlap import held_out_name
from goodfit.checks.engine.user_frame import names_of
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

STEPS_AT_LEAST = 2  # on held-out rows


class HeldOutRowsTrained(LiveRule):
    code, level = "GF344", Level.WARNING

    def start(self) -> None:
        self.names: weakref.WeakKeyDictionary[Any, str] = weakref.WeakKeyDictionary()  # of loaders; "" of others
        self.loader: weakref.ref[Any] | None = None  # of a batch that no step has used
        self.in_eval_mode = False  # the last call that gradients were recorded for
        self.elsewhere: weakref.WeakSet[Any] = weakref.WeakSet()  # optimisers that have stepped on other loaders
        self.steps: weakref.WeakKeyDictionary[Any, int] = weakref.WeakKeyDictionary()  # optimiser -> on held-out rows

    def on_epoch(self, event: Epoch) -> None:
        self.loader = None

    def on_batch(self, event: Batch) -> None:
        self.loader = weakref.ref(event.loader)

    def on_call(self, event: NetCall) -> None:
        if event.grad:
            self.in_eval_mode = not event.training
        else:
            self.loader = None  # the batch was for an evaluation, perhaps in the middle of an epoch

    def on_step(self, event: Step) -> Iterator[Finding]:
        loader = self.loader() if self.loader is not None else None
        if loader is None:
            return
        name = self._name_of(loader)
        if not name:
            self.elsewhere.add(event.optimiser)
        elif self.in_eval_mode and event.optimiser in self.elsewhere:
            steps = self.steps[event.optimiser] = self.steps.get(event.optimiser, 0) + 1
            if steps == STEPS_AT_LEAST:
                yield self.finding(
                    f"{type(event.optimiser).__name__} steps on batches of {name}, with the net in eval mode: the rows "
                    "that are to judge the net train it",
                    "Evaluate under torch.no_grad(), without backward() and step()",
                )

    def _name_of(self, loader: Any) -> str:
        name = self.names.get(loader)
        if name is None:
            name = self.names[loader] = held_out_name(names_of(loader)) or ""
        return name

"""no-gradient: a parameter that an optimiser holds got no gradient in the whole run.

What it checks
    At the end: trainable parameters of a net, held by an optimiser, that had no gradient after any backward seen, while
    the module they belong to was called; or all of a net. As an error: all parameters of a block that ran under
    reentrant checkpointing.

Why it hurts
    They keep their random initial values: a branch is cut off (detach, argmax, numpy), the loss does not use an output,
    or forward does not use a parameter.

Example
    h = self.encoder(x).detach(); return self.head(h)

Instead
    h = self.encoder(x); return self.head(h)

When it is a false alarm
    Experts that were never chosen, and parts for a later stage, are not called and not reported.

Cost
    Flags of the parameters in the first steps.
"""

from __future__ import annotations

import sys
import weakref
from collections import Counter
from collections.abc import Container, Iterator
from dataclasses import dataclass, field
from functools import cache
from types import FrameType

from torch import nn

from goodfit.checks.engine.events import BackwardEnded, Call, InputGradients, Step, WatchEnds
from goodfit.checks.engine.user_frame import Place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

BACKWARDS_AT_LEAST = 5
NAMES_SHOWN = 3


@dataclass
class NetRecord:
    """Of a net: backwards seen, and names of trainable parameters without a gradient so far."""

    place: Place
    backwards: int = 0
    bare: int = 0  # backwards after which not one of its parameters had a gradient
    has_any: bool = False  # one has had one later
    without: list[str] = field(default_factory=list)
    held: set[str] = field(default_factory=set)  # names of parameters that an optimiser held in some pass
    called: set[str] = field(default_factory=set)  # names of modules
    checkpointed: set[str] = field(default_factory=set)
    trainable: set[str] = field(default_factory=set)


class NoGradient(LiveRule):
    code, level = "GF304", Level.WARNING
    yields_to = ("loss-detached", "unregistered-module", "optimizer-never-steps", "accumulation-dropped")

    def start(self) -> None:
        self.nets: weakref.WeakKeyDictionary[nn.Module, int] = weakref.WeakKeyDictionary()
        self.records: list[NetRecord] = []
        # By themselves and not by their ids: a new net's part may lie where a part of a dead one was.
        self.called: weakref.WeakSet[nn.Module] = weakref.WeakSet()
        self.checkpointed: weakref.WeakSet[nn.Module] = weakref.WeakSet()
        self.running: list[nn.Module] = []
        self.last: weakref.WeakSet[nn.Module] = weakref.WeakSet()  # nets of the last pass
        self.counts: Counter[int] = Counter()  # of modules, in this call of the net
        self.twice: weakref.WeakSet[nn.Module] = weakref.WeakSet()  # modules that ran more than once in a call
        self.differentiates = False  # the loss is made of gradients of the inputs, on which no constant has a say

    def on_call(self, event: Call) -> None:
        if event.outermost:
            self.counts.clear()
        elif event.grad and event.training:
            self.counts[id(event.module)] += 1
            if self.counts[id(event.module)] > 1:
                self.twice.add(event.module)
        if event.outermost and event.grad and event.training:
            self.running.append(event.module)
            if event.module not in self.nets and self.program.last_call is not None:
                self.nets[event.module] = len(self.records)
                self.records.append(NetRecord(self.program.last_call.place))
        if event.grad:
            self.called.add(event.module)
        elif not event.outermost and event.root.training:
            self.called.add(event.module)
            if _in_checkpoint():
                self.checkpointed.add(event.module)

    def on_gradients(self, event: InputGradients) -> None:
        self.differentiates = self.differentiates or event.create_graph

    def after_backward(self, event: BackwardEnded) -> None:
        called, self.running = self.running, []
        self._look_at_bare()
        if not called:
            self._another_pass()
            return
        self.last = weakref.WeakSet(called)
        optimised = self.program.optimised()
        for module in called:
            at = self.nets.get(module)
            if at is None:
                continue
            net = self.records[at]
            net.held |= {name for name, param in module.named_parameters() if id(param) in optimised}
            if net.backwards >= BACKWARDS_AT_LEAST and not net.without:
                continue  # each of its parameters has had one
            trainable = {name: param for name, param in module.named_parameters() if param.requires_grad}
            with_gradient = {name for name, param in trainable.items() if param.grad is not None}
            if not with_gradient:
                net.bare += 1
                net.trainable = set(trainable)
                continue
            without = [name for name in trainable if name not in with_gradient]
            net.without = [name for name in without if not net.backwards or name in net.without]
            net.backwards += 1
            parts = dict(module.named_modules())
            net.called |= {name for name, part in parts.items() if part in self.called}
            net.called |= _passed_over(module, self.called, self.twice)
            net.checkpointed |= {name for name, part in parts.items() if part in self.checkpointed}

    def on_step(self, event: Step) -> None:
        self._look_at_bare()  # gradients may be set by hand

    def _look_at_bare(self) -> None:
        """A net whose call was before another loss's pass: its own pass came later."""
        for module, at in self.nets.items():
            record = self.records[at]
            if record.bare and not record.has_any:
                record.has_any = any(param.grad is not None for param in module.parameters())

    def _another_pass(self) -> None:
        """Of the calls that had one already: the loss of another head, with its graph kept."""
        for module in self.last:
            if (at := self.nets.get(module)) is not None and self.records[at].without:
                params = dict(module.named_parameters())
                kept = self.records[at].without
                self.records[at].without = [name for name in kept if name in params and params[name].grad is None]

    def on_end(self, event: WatchEnds) -> Iterator[Finding]:
        for net in self.records:
            is_bare = not net.backwards and not net.has_any and net.bare >= BACKWARDS_AT_LEAST
            if is_bare and net.trainable & net.held:
                yield self._of_all(net)
                continue
            names = [
                name
                for name in net.without
                if name in net.held
                and name.rpartition(".")[0] in net.called
                and not (self.differentiates and name.rpartition(".")[2].startswith("bias"))
            ]
            if net.backwards < BACKWARDS_AT_LEAST or not names:
                continue
            reentrant = any(name.startswith(block) for name in names for block in net.checkpointed if block)
            shown = ", ".join(names[:NAMES_SHOWN]) + (
                f" and {len(names) - NAMES_SHOWN} more" if len(names) > NAMES_SHOWN else ""
            )
            why = (
                "they run under reentrant checkpointing, whose input requires no gradient"
                if reentrant
                else "the loss does not depend on them"
            )
            yield self.finding(
                f"{shown} got no gradient in any of the {net.backwards} backward passes examined: {why}",
                "Use checkpoint(..., use_reentrant=False)"
                if reentrant
                else "Check for a detach, an argmax, numpy, or an output that the loss does not use",
                level=Level.ERROR if reentrant else None,
                file=net.place.file,
                line=net.place.line,
            )

    def _of_all(self, net: NetRecord) -> Finding:
        return self.finding(
            f"no parameter of a net ({len(net.trainable)} tensors) got a gradient in any of the {net.bare} backward "
            "passes examined, and an optimiser holds them: the loss does not depend on them",
            "Check for a detach, an argmax, numpy, or an output that the loss does not use",
            file=net.place.file,
            line=net.place.line,
        )


def _passed_over(net: nn.Module, called: Container[nn.Module], twice: Container[nn.Module]) -> set[str]:
    """Names of the parts that never ran while their like beside them ran twice: the wrong one was called."""
    names: set[str] = set()
    for prefix, parent in net.named_modules():
        ran = {_shapes(child) for child in parent.children() if child in twice}
        for name, child in parent.named_children():
            if child not in called and _shapes(child) in ran:
                inside = f"{prefix}.{name}" if prefix else name
                names |= {f"{inside}.{part}" if part else inside for part, _ in child.named_modules()}
    return names


def _shapes(module: nn.Module) -> tuple[object, ...]:
    return (type(module), *(tuple(param.shape) for param in module.parameters()))


def _in_checkpoint() -> bool:
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        if _is_of_checkpoint(frame.f_code.co_filename):
            return True
        frame = frame.f_back
    return False


@cache
def _is_of_checkpoint(filename: str) -> bool:
    return filename.endswith(("utils/checkpoint.py", "utils\\checkpoint.py"))

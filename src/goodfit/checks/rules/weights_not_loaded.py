"""weights-not-loaded: a state_dict was loaded that matches the net in nothing, or next to nothing.

What it checks
    load_state_dict(..., strict=False) in which no entry has the name and shape of one of the net (an error), or under
    a twentieth of either side (an error where another prefix of the names would match, else a warning), and nothing was
    loaded into the net afterwards. Or a state_dict that consists of the net's own tensors, as they were, is loaded
    before training, or after torch.load into a net that no optimiser has: nothing was left of the file.

Why it hurts
    strict=False hides every mismatch. The net trains from random weights and is believed to be pretrained. The usual
    causes: "module." before every name (DataParallel), "_orig_mod." (torch.compile), "model." (Lightning), or the
    checkpoint's outer dictionary ({"state_dict": ...}).

Example
    model.load_state_dict(torch.load("checkpoint.pt"), strict=False)

Instead
    state = {name.removeprefix("module."): value for name, value in state.items()}
    model.load_state_dict(state)                                                   # strict

When it is a false alarm
    Adapters alone, or a backbone inside a larger net, match with all of their own entries, and are not reported.

Cost
    Names and shapes are compared at each load with strict=False.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from torch import Tensor, nn
from torch.nn.parameter import is_lazy

from goodfit.checks.engine.events import Loaded, WatchEnds, Weights
from goodfit.checks.engine.user_frame import Place, user_place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

SMALL_SHARE = 0.05  # of the entries of either side
PREFIXES = ("module.", "model.", "_orig_mod.", "net.", "network.", "backbone.", "encoder.", "student.", "teacher.")


@dataclass
class Miss:
    """A load that changed nothing, or next to nothing."""

    module: weakref.ref[nn.Module]
    message: str
    place: Place
    level: Level


class WeightsNotLoaded(LiveRule):
    code, level = "GF416", Level.ERROR
    sleepless = (Weights, Loaded)

    def start(self) -> None:
        self.misses: list[Miss] = []
        self.reads_files = False
        self.versions: weakref.WeakKeyDictionary[nn.Module, int] = weakref.WeakKeyDictionary()  # when state_dict gave

    def on_loaded(self, event: Loaded) -> None:
        self.reads_files = self.reads_files or isinstance(event.value, Mapping)

    def on_weights(self, event: Weights) -> None:
        if event.action == "state_dict" and event.module is not None and isinstance(event.state, Mapping):
            self.versions[event.module] = _versions(event.state.values())
        if event.action != "load_state_dict" or event.module is None or not isinstance(event.state, Mapping):
            return
        module = event.module
        own = {name: value for name, value in module.state_dict(keep_vars=True).items() if isinstance(value, Tensor)}
        matched = [name for name, value in event.state.items() if _matches(own.get(name), value)]
        if own and matched and _are_own(own, event.state):
            is_unchanged = self.versions.get(module) in (None, _versions(own.values()))  # no copy_ into its entries
            if is_unchanged and (self.program.steps == 0 or self._is_fresh_copy(module)):
                self._keep(module, "the state_dict that is loaded holds the net's own tensors: nothing is changed",
                           Level.WARNING)  # fmt: skip
            return
        if event.strict or not own:
            self._forget(module)
            return
        if matched and len(matched) >= SMALL_SHARE * min(len(own), len(event.state)):
            self._forget(module)
            return
        prefix = _prefix(own, event.state)
        hint = f", and its names have another prefix ({prefix})" if prefix else ""
        level = Level.ERROR if prefix or not matched else Level.WARNING
        count = "none" if not matched else f"only {len(matched)}"
        self._keep(
            module,
            f"{count} of the {len(event.state)} entries that were loaded with strict=False matches one of the "
            f"{len(own)} of {type(module).__name__}{hint}: the net keeps its initial weights",
            level,
        )

    def _keep(self, module: nn.Module, message: str, level: Level) -> None:
        self._forget(module)
        self.misses.append(Miss(weakref.ref(module), message, user_place(), level))

    def _is_fresh_copy(self, module: nn.Module) -> bool:
        """Whether a file was read, and no optimiser has a parameter of the net."""
        if not self.reads_files:
            return False
        optimised = self.program.optimised()
        return not any(id(param) in optimised for param in module.parameters())

    def _forget(self, module: nn.Module) -> None:
        """Something was loaded into it after all."""
        self.misses = [miss for miss in self.misses if miss.module() is not module]

    def on_end(self, event: WatchEnds) -> Iterator[Finding]:
        for miss in self.misses:
            yield self.finding(
                miss.message,
                "Load with strict=True and correct the names that it lists; look at what load_state_dict returns",
                file=miss.place.file,
                line=miss.place.line,
                level=miss.level,
            )


def _matches(own: Tensor | None, value: Any) -> bool:
    if own is None or not isinstance(value, Tensor):
        return False
    return is_lazy(own) or is_lazy(value) or own.shape == value.shape  # a lazy parameter takes any shape


def _are_own(own: Mapping[str, Tensor], state: Mapping[str, Any]) -> bool:
    """Whether every entry is the net's own memory."""
    return all(
        isinstance(value, Tensor)
        and name in own
        and not (is_lazy(value) or is_lazy(own[name]))
        and value.data_ptr() == own[name].data_ptr()
        for name, value in state.items()
    )


def _versions(values: Iterable[Any]) -> int:
    """How often tensors were written to: another number after a write."""
    written = (each for each in values if isinstance(each, Tensor) and not is_lazy(each))
    return sum(each._version for each in written if not each.is_inference())


def _prefix(own: Mapping[str, Tensor], state: Mapping[str, Any]) -> str | None:
    """What has to be taken from, or put before, the names of the state so that most of them match."""
    for prefix in PREFIXES:
        for names in ([name.removeprefix(prefix) for name in state], [f"{prefix}{name}" for name in state]):
            matched = sum(_matches(own.get(name), value) for name, value in zip(names, state.values(), strict=True))
            if matched > len(state) / 2:
                return prefix
    return None

"""What of torch is replaced or hooked while a program is watched, and put back afterwards. Nothing else patches torch.

Every replacement calls the original with the same arguments and gives back what it gave. Under torch.compile, inside
torch.func and in worker processes the originals run alone.
"""

from __future__ import annotations

import functools
import sys
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import nn
from torch.optim import swa_utils
from torch.utils.data import DataLoader
from torch.utils.data import dataloader as loading

from goodfit.checks.engine import events
from goodfit.checks.engine.hooks_forward import ForwardHooks
from goodfit.checks.engine.hooks_training import TrainingHooks
from goodfit.checks.engine.nested import tensors
from goodfit.checks.engine.replacing import passed_over_by_warnings
from goodfit.checks.engine.sklearn_hooks import SklearnHooks
from goodfit.checks.engine.user_frame import is_users
from goodfit.checks.engine.watcher import Watcher

RESHAPES_SEEN = 16  # of those that a data set makes for one batch
NOTES = "_goodfit_notes"  # attribute of a loader's iterator


@passed_over_by_warnings
class Hooks(TrainingHooks, ForwardHooks):
    """All replacements for one watcher."""

    def __init__(self, watcher: Watcher) -> None:
        super().__init__(watcher)
        self._sklearn = SklearnHooks(watcher)
        watcher.when_awake(self._look_closely, self._look_away)

    def install(self) -> None:
        """Replace everything."""
        self._install_training()
        self._sklearn.install()
        self._install_forward()
        self._replace(nn.Module, "train", self._train)
        for name in ("state_dict", "load_state_dict"):
            self._replace(nn.Module, name, functools.partial(self._weights, name))
        self._replace(torch, "save", functools.partial(self._weights, "save"))
        self._replace(torch, "load", self._load)
        self._replace(swa_utils.AveragedModel, "update_parameters", self._average)
        for manager in (torch.no_grad, torch.inference_mode):
            self._replace(manager, "__enter__", self._no_grad)
        self._replace(DataLoader, "__iter__", self._epoch)
        self._replace(loading._BaseDataLoaderIter, "__next__", self._batch)
        self._replace(loading._BaseDataLoaderIter, "_next_index", self._next_index)
        self._replace(torch, "manual_seed", self._seed)
        self._replace(torch, "compile", self._compile)
        self._replace(nn.Module, "compile", self._compile)
        self._replace(torch.jit, "script", self._script)
        self._look_closely()

    def remove(self) -> None:
        """Put everything back."""
        self._look_away()
        self._sklearn.remove()
        while self._undo:
            self._undo.pop()()

    @contextmanager
    def _suspended(self) -> Iterator[None]:
        """TorchScript knows functions by their identity: it gets the originals."""
        self.remove()
        try:
            yield
        finally:
            self.install()
            if not self.watcher.awake:
                self._look_away()

    def _train(self, original: Any, args: Any, kwargs: Any) -> Any:
        result = original(*args, **kwargs)
        if args[0].training:
            self.program.set_to_train.add(args[0])
        self.watcher.look("mode")
        return result

    def _weights(self, action: str, original: Any, args: Any, kwargs: Any) -> Any:
        module = args[0] if action != "save" else None
        if action == "state_dict":
            state = original(*args, **kwargs)
            if not kwargs.get("prefix") and len(args) < 3:  # the call by the user, not those for the parts
                self.watcher.tell(events.Weights(action, module, state))
            return state
        place = 1 if action == "load_state_dict" else 0
        state = args[place] if len(args) > place else kwargs.get("state_dict", kwargs.get("obj"))
        strict = action == "save" or bool(args[2] if len(args) > 2 else kwargs.get("strict", True))
        self.watcher.tell(events.Weights(action, module, state, strict))
        return original(*args, **kwargs)

    def _load(self, original: Any, args: Any, kwargs: Any) -> Any:
        value = original(*args, **kwargs)
        self.watcher.tell(events.Loaded(value))
        return value

    def _average(self, original: Any, args: Any, kwargs: Any) -> Any:
        result = original(*args, **kwargs)
        self.watcher.tell(events.Averaged(args[0]))
        return result

    def _no_grad(self, original: Any, args: Any, kwargs: Any) -> Any:
        if not self.watcher.awake:
            frame = sys._getframe(2)
            decorated = frame.f_code.co_filename.endswith("_contextlib.py")
            if decorated or is_users(frame.f_code.co_filename):
                self.watcher.look("evaluation")
        return original(*args, **kwargs)

    def _epoch(self, original: Any, args: Any, kwargs: Any) -> Any:
        self.watcher.look("epoch")
        loader = args[0]
        iterator = original(*args, **kwargs)
        if isinstance(iterator, loading._BaseDataLoaderIter):
            vars(iterator)[NOTES] = (loader, [], [0])  # the loader, indices of batches to come, batches given
        self.watcher.tell(events.Epoch(loader, iterator))
        return iterator

    def _next_index(self, original: Any, args: Any, kwargs: Any) -> Any:
        index = original(*args, **kwargs)
        notes = vars(args[0]).get(NOTES)
        if notes is not None and isinstance(index, (list, tuple)):
            notes[1].append(index)
        return index

    def _batch(self, original: Any, args: Any, kwargs: Any) -> Any:
        local = self._local
        before = local.loading, local.reshapes_left
        local.loading, local.reshapes_left = True, RESHAPES_SEEN
        try:
            batch = original(*args, **kwargs)
        finally:
            local.loading, local.reshapes_left = before
        notes = vars(args[0]).get(NOTES)
        if notes is None:
            return batch
        loader, indices, count = notes
        self.program.loader = weakref.ref(loader)
        index = indices.pop(0) if indices else None
        self.watcher.tell(events.Batch(loader, count[0], list(tensors(batch)), index))
        count[0] += 1
        return batch

    def _seed(self, original: Any, args: Any, kwargs: Any) -> Any:
        result = original(*args, **kwargs)
        self.watcher.tell(events.Seeded(result.initial_seed(), torch.is_grad_enabled()))
        return result

    def _compile(self, original: Any, args: Any, kwargs: Any) -> Any:
        self.program.compiled = True
        self._look_away()
        if self.watcher.awake:
            self._look_closely()
        return original(*args, **kwargs)

    def _script(self, original: Any, args: Any, kwargs: Any) -> Any:
        with self._suspended():
            return torch.jit.script(*args, **kwargs)

"""What of torch is replaced or hooked while a program is watched, and put back afterwards. Nothing else patches torch.

Every replacement calls the original with the same arguments and gives back what it gave. Under torch.compile, inside
torch.func and in worker processes the originals run alone.
"""

from __future__ import annotations

import functools
import inspect
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.modules import module as modules
from torch.optim import Optimizer, lr_scheduler
from torch.optim import optimizer as optimisers
from torch.utils.data import DataLoader
from torch.utils.data import dataloader as loading

from goodfit.checks.engine import events
from goodfit.checks.engine.nested import tensors
from goodfit.checks.engine.user_frame import is_users
from goodfit.checks.engine.watcher import CALL_TICKS, STEP_TICKS, Watcher

LOSSES = (
    "cross_entropy", "nll_loss", "binary_cross_entropy", "binary_cross_entropy_with_logits", "kl_div", "mse_loss",
    "l1_loss", "smooth_l1_loss", "huber_loss", "soft_margin_loss", "multilabel_soft_margin_loss", "poisson_nll_loss",
    "gaussian_nll_loss", "multi_margin_loss", "multilabel_margin_loss", "hinge_embedding_loss",
)  # fmt: skip
NOTES = "_goodfit_notes"  # attribute of a loader's iterator
DROPOUTS = ("dropout", "dropout1d", "dropout2d", "dropout3d", "alpha_dropout", "feature_alpha_dropout")


class Hooks:
    """All replacements for one watcher."""

    def __init__(self, watcher: Watcher) -> None:
        self.watcher = watcher
        self.program = watcher.program
        self._undo: list[Callable[[], None]] = []
        self._undo_close: list[Callable[[], None]] = []
        self._in_backward = 0
        self._functorch = getattr(torch._C._functorch, "peek_interpreter_stack", lambda: None)
        watcher.when_awake(self._look_closely, self._look_away)

    def install(self) -> None:
        """Replace everything."""
        self._replace(torch.autograd, "backward", self._backward)
        self._replace(torch.autograd, "grad", self._grad)
        self._replace(torch.autocast, "__init__", self._autocast)
        for owner in (Optimizer, nn.Module):
            self._replace(owner, "zero_grad", self._zero)
        self._replace(Optimizer, "__init__", self._new_optimiser)
        self._undo.append(optimisers.register_optimizer_step_post_hook(self._stepped).remove)
        for name in LOSSES:
            self._replace(functional, name, functools.partial(self._loss, name))
        for name in DROPOUTS:
            self._replace(functional, name, self._dropout)
        self._replace(functional, "scaled_dot_product_attention", self._attention)
        self._replace(nn.Module, "train", self._train)
        for name in ("state_dict", "load_state_dict"):
            self._replace(nn.Module, name, functools.partial(self._weights, name))
        self._replace(torch, "save", functools.partial(self._weights, "save"))
        for manager in (torch.no_grad, torch.inference_mode):
            self._replace(manager, "__enter__", self._no_grad)
        self._replace(DataLoader, "__iter__", self._epoch)
        self._replace(loading._BaseDataLoaderIter, "__next__", self._batch)
        self._replace(loading._BaseDataLoaderIter, "_next_index", self._next_index)
        for scheduler in (lr_scheduler.LRScheduler, lr_scheduler.ReduceLROnPlateau):
            self._replace(scheduler, "step", self._schedule)
        for place in (nn.utils, nn.utils.clip_grad):
            for name in ("clip_grad_norm_", "clip_grad_value_"):
                self._replace(place, name, self._clip)
        for name in ("scale", "unscale_", "step", "update"):
            self._replace(torch.amp.GradScaler, name, functools.partial(self._scaler, name))
        self._replace(torch, "compile", self._compile)
        self._replace(nn.Module, "compile", self._compile)
        self._replace(torch.jit, "script", self._script)
        self._look_closely()

    def remove(self) -> None:
        """Put everything back."""
        self._look_away()
        while self._undo:
            self._undo.pop()()

    def _look_closely(self) -> None:
        """What is hooked only while rules are awake: every module, ==, and views."""
        if self._undo_close:
            return
        undo = self._undo_close
        if not self.program.compiled:
            undo.append(modules.register_module_forward_pre_hook(self._called).remove)
            undo.append(modules.register_module_forward_hook(self._returned, with_kwargs=True, always_call=True).remove)
        for name in ("__eq__", "eq"):
            self._replace(Tensor, name, self._compare, undo)
        self._replace(torch, "eq", self._compare, undo)
        for name in ("argmax", "max", "tolist", "numpy"):
            self._replace(Tensor, name, self._read, undo)
        for name in ("argmax", "max"):
            self._replace(torch, name, self._read, undo)
        for name in ("view", "reshape"):
            self._replace(Tensor, name, self._reshape, undo)
        self._replace(torch, "reshape", self._reshape, undo)

    def _look_away(self) -> None:
        while self._undo_close:
            self._undo_close.pop()()
        self.watcher.stack.clear()

    def _replace(self, owner: Any, name: str, handler: Any, undo: list[Callable[[], None]] | None = None) -> None:
        """`handler(original, args, kwargs)` in place of `owner.name`, while nothing speaks against watching."""
        own = name in vars(owner)
        original = getattr(owner, name)
        watcher, functorch = self.watcher, self._functorch

        @functools.wraps(original)
        def replacement(*args: Any, **kwargs: Any) -> Any:
            if torch.compiler.is_compiling() or watcher.busy or functorch() is not None:
                return original(*args, **kwargs)
            return handler(original, args, kwargs)

        setattr(owner, name, replacement)
        back = functools.partial(setattr, owner, name, original) if own else functools.partial(delattr, owner, name)
        (self._undo if undo is None else undo).append(back)

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

    def _backward(self, original: Any, args: Any, kwargs: Any) -> Any:
        roots = args[0] if args else kwargs["tensors"]
        losses = [roots] if isinstance(roots, Tensor) else [each for each in roots if isinstance(each, Tensor)]
        if any(loss.is_meta for loss in losses):  # there are no values to look at
            return original(*args, **kwargs)
        gradients_given = (args[1] if len(args) > 1 else kwargs.get("grad_tensors")) is not None
        inputs_given = kwargs.get("inputs") is not None
        watcher = self.watcher
        self._note_loss(losses)
        if watcher.hears(events.BackwardBegins):
            watcher.tell(events.BackwardBegins(losses, gradients_given, inputs_given))
        self._in_backward += 1
        try:
            result = original(*args, **kwargs)
        finally:
            self._in_backward -= 1
        self.program.backwards += 1
        if watcher.hears(events.BackwardEnded):
            watcher.tell(events.BackwardEnded(losses, gradients_given, inputs_given))
        return result

    def _note_loss(self, losses: list[Tensor]) -> None:
        """Its value, where reading it waits for nothing; a jump, NaN or infinity wakes the rules."""
        if len(losses) != 1 or losses[0].numel() != 1 or not (losses[0].is_cpu or self.watcher.awake):
            return
        if not losses[0].is_complex() and self.program.losses.add(losses[0].item()):
            self.watcher.wake()

    def _grad(self, original: Any, args: Any, kwargs: Any) -> Any:
        self.program.grad_calls += 1
        self._in_backward += 1
        try:
            return original(*args, **kwargs)
        finally:
            self._in_backward -= 1

    def _autocast(self, original: Any, args: Any, kwargs: Any) -> Any:
        original(*args, **kwargs)
        bound = _signature(original).bind(*args, **kwargs)
        bound.apply_defaults()
        if bound.arguments["enabled"]:
            self.watcher.tell(events.Autocast(args[0], bool(args[0]._enabled)))

    def _stepped(self, optimiser: Optimizer, args: Any, kwargs: Any) -> None:
        if self.watcher.busy or torch.compiler.is_compiling():
            return
        self.program.optimiser(optimiser).steps += 1
        self.program.steps += 1
        self.program.losses.count_at_step = self.program.losses.count
        self.watcher.tell(events.Step(optimiser))
        self.watcher.tick(STEP_TICKS)

    def _new_optimiser(self, original: Any, args: Any, kwargs: Any) -> Any:
        original(*args, **kwargs)
        self.program.optimiser(args[0])

    def _zero(self, original: Any, args: Any, kwargs: Any) -> Any:
        self.watcher.tell(events.Zero(args[0]))
        return original(*args, **kwargs)

    def _loss(self, name: str, original: Any, args: Any, kwargs: Any) -> Any:
        if not self.watcher.awake:
            return original(*args, **kwargs)
        bound = _signature(original).bind(*args, **kwargs)
        bound.apply_defaults()
        options = dict(bound.arguments)
        x, target = options.pop("input", None), options.pop("target", None)
        if not (isinstance(x, Tensor) and isinstance(target, Tensor)) or x.is_meta or target.is_meta:
            return original(*args, **kwargs)
        self.watcher.tell(events.Loss(name, x, target, options, torch.is_grad_enabled()))
        with self.watcher.inside_torch():
            return original(*args, **kwargs)

    def _dropout(self, original: Any, args: Any, kwargs: Any) -> Any:
        if self.watcher.awake and not self._in_backward:
            bound = _signature(original).bind(*args, **kwargs)
            bound.apply_defaults()
            self._tell_dropout(bound.arguments["p"], bound.arguments["training"])
        return original(*args, **kwargs)

    def _attention(self, original: Any, args: Any, kwargs: Any) -> Any:
        rate = kwargs.get("dropout_p", args[4] if len(args) > 4 else 0.0)
        if rate and self.watcher.awake and not self._in_backward:
            self._tell_dropout(rate, True)
        return original(*args, **kwargs)

    def _tell_dropout(self, rate: Any, training: Any) -> None:
        stack = self.watcher.stack
        inner, outer = (stack[-1], stack[0]) if stack else (None, None)
        self.watcher.tell(events.Dropout(inner, outer, float(rate), bool(training)))

    def _train(self, original: Any, args: Any, kwargs: Any) -> Any:
        result = original(*args, **kwargs)
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
        batch = original(*args, **kwargs)
        notes = vars(args[0]).get(NOTES)
        if notes is None:
            return batch
        loader, indices, count = notes
        index = indices.pop(0) if indices else None
        self.watcher.tell(events.Batch(loader, count[0], list(tensors(batch)), index))
        count[0] += 1
        return batch

    def _schedule(self, original: Any, args: Any, kwargs: Any) -> Any:
        scheduler = args[0]
        first = getattr(scheduler, "last_epoch", 0) < 0 or not hasattr(scheduler, "_step_count")
        first = first or getattr(scheduler, "_step_count", 1) == 0
        self.watcher.tell(events.Schedule(scheduler, first))
        return original(*args, **kwargs)

    def _clip(self, original: Any, args: Any, kwargs: Any) -> Any:
        bound = _signature(original).bind(*args, **kwargs)
        params = bound.arguments["parameters"]
        params = [params] if isinstance(params, Tensor) else list(params)  # a generator is read once, here
        bound.arguments["parameters"] = params
        limit = bound.arguments.get("max_norm", bound.arguments.get("clip_value", 0.0))
        if not any(param.is_meta for param in params):
            self.watcher.tell(events.Clip(params, float(limit)))
        with self.watcher.inside_torch():
            return original(*bound.args, **bound.kwargs)

    def _scaler(self, action: str, original: Any, args: Any, kwargs: Any) -> Any:
        self.watcher.tell(events.Scaler(args[0], action))
        return original(*args, **kwargs)

    def _compile(self, original: Any, args: Any, kwargs: Any) -> Any:
        self.program.compiled = True
        self._look_away()
        if self.watcher.awake:
            self._look_closely()
        return original(*args, **kwargs)

    def _script(self, original: Any, args: Any, kwargs: Any) -> Any:
        with self._suspended():
            return torch.jit.script(*args, **kwargs)

    def _compare(self, original: Any, args: Any, kwargs: Any) -> Any:
        result = original(*args, **kwargs)
        left, right = args[0], args[1] if len(args) > 1 else kwargs.get("other")
        if isinstance(left, Tensor) and isinstance(right, Tensor):
            self.watcher.tell(events.Compare(left, right, torch.is_grad_enabled()))
        return result

    def _read(self, original: Any, args: Any, kwargs: Any) -> Any:
        tensor = args[0] if args else kwargs.get("input")
        if isinstance(tensor, Tensor) and tensor.dim():
            self.watcher.tell(events.Read(tensor, torch.is_grad_enabled()))
        return original(*args, **kwargs)

    def _reshape(self, original: Any, args: Any, kwargs: Any) -> Any:
        result = original(*args, **kwargs)
        if result.dim() in (3, 4):  # images are what is asked about
            self.watcher.tell(events.Reshape(args[0], result))
        return result

    def _called(self, module: nn.Module, args: Any) -> None:
        if torch.compiler.is_compiling() or self.watcher.busy or self._in_backward:
            return
        self.watcher.stack.append(module)

    def _returned(self, module: nn.Module, args: Any, kwargs: Any, output: Any = None) -> None:
        kwargs = kwargs if isinstance(kwargs, dict) else {}  # after an exception torch gives (module, args, None)
        watcher = self.watcher
        stack = watcher.stack
        if torch.compiler.is_compiling() or watcher.busy or self._in_backward or module not in _identity(stack):
            return
        while stack.pop() is not module:  # forwards that raised
            pass
        if self._functorch() is not None:
            return
        root = next((each for each in [*stack, module] if _has_parameters(each)), None)
        if root is None:
            return
        call = events.Call(
            module=module,
            root=root,
            inputs=list(tensors([args, kwargs])),
            output=output,
            parent=stack[-1] if stack else None,
            training=module.training,
            grad=torch.is_grad_enabled(),
            args=args,
            kwargs=kwargs,
        )
        if call.outermost:
            self.program.note_call(call)
        watcher.tell(call)
        if call.outermost and not call.grad:
            watcher.tick(CALL_TICKS)


class _identity:
    """Membership by identity: a module may define ==."""

    def __init__(self, items: list[Any]) -> None:
        self.items = items

    def __contains__(self, item: object) -> bool:
        return any(each is item for each in self.items)


@functools.cache
def _signature(function: Any) -> inspect.Signature:
    return inspect.signature(function)


def _has_parameters(module: nn.Module) -> bool:
    return next(module.parameters(), None) is not None

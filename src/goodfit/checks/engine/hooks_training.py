"""Hooks of training: backward passes, steps, zeroed and clipped gradients, schedules, scalers."""

from __future__ import annotations

import functools
import weakref
from collections.abc import Iterator, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import Optimizer, lr_scheduler
from torch.optim import optimizer as optimisers

from goodfit.checks.engine import events, graph
from goodfit.checks.engine.hand_written import HandWritten
from goodfit.checks.engine.replacing import Replacing, passed_over_by_warnings
from goodfit.checks.engine.signatures import named
from goodfit.checks.engine.watcher import STEP_TICKS, Watcher

BACKWARD = ("tensors", "grad_tensors", "retain_graph", "create_graph", "grad_variables", "inputs")  # of torch.autograd
GRAD = ("outputs", "inputs", "grad_outputs", "retain_graph", "create_graph")  # the first ones, as torch has them


@passed_over_by_warnings
class TrainingHooks(Replacing):
    """See the module."""

    def __init__(self, watcher: Watcher) -> None:
        super().__init__(watcher)
        self._hand_written = HandWritten()
        # whether the step that runs is still to be told
        self._steps_with_own_hooks: weakref.WeakKeyDictionary[Optimizer, bool] = weakref.WeakKeyDictionary()
        watcher.before_end(self._count_last_step)

    def _install_training(self) -> None:
        self._replace(torch.autograd, "backward", self._backward)
        self._replace(torch.autograd, "grad", self._grad)
        self._replace(torch.autocast, "__init__", self._autocast)
        for owner in (Optimizer, nn.Module):
            self._replace(owner, "zero_grad", self._zero)
        self._replace(Optimizer, "__init__", self._new_optimiser)
        self._replace(Optimizer, "load_state_dict", self._load_optimiser)
        self._undo.append(self._forget_steps)
        self._undo.append(optimisers.register_optimizer_step_pre_hook(self._steps).remove)
        self._undo.append(optimisers.register_optimizer_step_post_hook(self._stepped_after_own_hooks).remove)
        for scheduler in (lr_scheduler.LRScheduler, lr_scheduler.ReduceLROnPlateau):
            self._replace(scheduler, "step", self._schedule)
        for place in (nn.utils, nn.utils.clip_grad):
            for name in ("clip_grad_norm_", "clip_grad_value_"):
                self._replace(place, name, functools.partial(self._clip, name))
        for name in ("scale", "unscale_", "step", "update"):
            self._replace(torch.amp.GradScaler, name, functools.partial(self._scaler, name))

    def _backward(self, original: Any, args: Any, kwargs: Any) -> Any:
        if self._in_backward:  # of reentrant checkpointing, inside of the user's own
            return original(*args, **kwargs)
        args, kwargs = _read_once(args, kwargs)
        given = _by_name(BACKWARD, args, kwargs)
        roots = given.get("tensors")
        if roots is None:  # a wrong call, and its error is torch's to give
            return original(*args, **kwargs)
        losses = [roots] if isinstance(roots, Tensor) else [each for each in roots if isinstance(each, Tensor)]
        if any(loss.is_meta for loss in losses):  # there are no values to look at
            return original(*args, **kwargs)
        gradients_given = given.get("grad_tensors") is not None
        inputs_given = given.get("inputs") is not None
        watcher = self.watcher
        self._local.stepping = False  # of a closure, or a step that raised
        watcher.trains()
        watcher.passed_over = False
        watcher.backward_begins()
        self._hand_written_step(losses)
        self._note_loss(losses)
        begins = None
        if watcher.hears(events.BackwardBegins):
            turned = gradients_given and _are_negative(given["grad_tensors"])
            begins = events.BackwardBegins(losses, gradients_given, inputs_given, turned)
            watcher.tell(begins)
        result = self._run_backward(original, args, kwargs)
        self.program.backwards += 1
        self._hand_written.note(losses)
        if watcher.hears(events.BackwardEnded):
            ended = events.BackwardEnded(losses, gradients_given, inputs_given)
            if begins is not None:
                ended.walked_by(begins)
            watcher.tell(ended)
        watcher.backward_ended()
        return result

    def _note_loss(self, losses: list[Tensor]) -> None:
        """Its value, where reading it waits for nothing; a jump, NaN or infinity wakes the rules."""
        if len(losses) != 1 or losses[0].numel() != 1 or not (losses[0].is_cpu or self.watcher.awake):
            return
        if not losses[0].is_complex() and (reason := self.program.losses.add(losses[0].item())):
            self.watcher.look(reason)

    def _hand_written_step(self, losses: Sequence[Tensor] = ()) -> None:
        """Where the program has moved its weights by itself since their gradients came, that was a step."""
        if self._hand_written.has_moved(losses):
            self.program.steps_by_hand += 1
            self._step_over(self._hand_written)

    def _count_last_step(self) -> None:
        """Nothing follows it by which it was seen before."""
        moved = self._hand_written.has_moved()
        self.program.steps += moved
        self.program.steps_by_hand += moved

    def _grad(self, original: Any, args: Any, kwargs: Any) -> Any:
        if self._in_backward:
            return original(*args, **kwargs)
        self.program.grad_calls += 1
        args, kwargs = _read_once(args, kwargs)
        of_call = _by_name(GRAD, args, kwargs)
        outputs, inputs = of_call.get("outputs"), of_call.get("inputs")
        if outputs is None or inputs is None:  # a wrong call
            return original(*args, **kwargs)
        leaves = [inputs] if isinstance(inputs, Tensor) else [each for each in inputs if isinstance(each, Tensor)]
        self._hand_written_step([outputs] if isinstance(outputs, Tensor) else list(outputs))
        result = self._run_backward(original, args, kwargs)
        self._hand_written.note_leaves(leaf for leaf in leaves if leaf.is_leaf)
        if self.watcher.hears(events.InputGradients) and not {id(leaf) for leaf in leaves} & self.program.optimised():
            of = [outputs] if isinstance(outputs, Tensor) else [each for each in outputs if isinstance(each, Tensor)]
            given = of_call.get("grad_outputs")
            weights: Any = given[0] if isinstance(given, (list, tuple)) and given else given
            creates = bool(of_call.get("create_graph"))
            self.watcher.tell(events.InputGradients(creates, torch.is_grad_enabled(), of, leaves, weights))
            for gradient, leaf in zip(result, leaves, strict=False):
                if gradient is not None and gradient.grad_fn is not None:
                    graph.mark_gradient(gradient.grad_fn, leaf)
        return result

    def _autocast(self, original: Any, args: Any, kwargs: Any) -> Any:
        original(*args, **kwargs)
        given = named(original, args, kwargs)
        if given is None or given["enabled"]:
            self.watcher.tell(events.Autocast(args[0], bool(args[0]._enabled)))

    def _steps(self, optimiser: Optimizer, args: Any, kwargs: Any) -> None:
        self._hand_written.stop()
        self._local.stepping = type(optimiser).__module__.startswith("torch.optim")
        self._local.steps_before[id(optimiser)] = self._local.steps
        is_watched = not self.watcher.busy and not torch.compiler.is_compiling()
        if is_watched and not self.program.optimiser(optimiser).steps:
            self.watcher.look("optimiser")  # before its first step: the weights are as they were made
        if self.watcher.hears(events.StepBegins):
            self.watcher.tell(events.StepBegins(optimiser))
        own: Any = optimiser._optimizer_step_post_hooks
        # They run before those of all optimisers, and may zero the gradients.
        if own and is_watched:
            own[self] = self._stepped_before_own_hooks
            own.move_to_end(self, last=False)
            self._steps_with_own_hooks[optimiser] = True

    def _forget_steps(self) -> None:
        """Of steps that raised: nothing of ours stays in an optimiser."""
        for optimiser in list(self._steps_with_own_hooks):
            own: Any = optimiser._optimizer_step_post_hooks
            own.pop(self, None)

    def _stepped_before_own_hooks(self, optimiser: Optimizer, args: Any, kwargs: Any) -> None:
        self._stepped(optimiser, args, kwargs)
        self._steps_with_own_hooks[optimiser] = False

    def _stepped_after_own_hooks(self, optimiser: Optimizer, args: Any, kwargs: Any) -> None:
        own: Any = optimiser._optimizer_step_post_hooks
        own.pop(self, None)
        if self._steps_with_own_hooks.pop(optimiser, True):
            self._stepped(optimiser, args, kwargs)

    def _stepped(self, optimiser: Optimizer, args: Any, kwargs: Any) -> None:
        self._local.stepping = False
        self.watcher.trains()
        if self.watcher.gave_up:
            self.watcher.step_unseen()
        if self.watcher.busy or torch.compiler.is_compiling():
            return
        self.program.optimiser(optimiser).steps += 1
        steps = self._local.steps
        if self._local.steps_before.pop(id(optimiser), steps) < steps:
            self.watcher.tell(events.Step(optimiser, wraps=True))
        else:
            self._step_over(optimiser)

    def _step_over(self, optimiser: Optimizer | HandWritten) -> None:
        self.program.steps += 1
        self._calls.clear()
        self._local.steps += 1
        self.program.losses.count_at_step = self.program.losses.count
        if self.watcher.awake:
            self.program.source.note()
        self.watcher.tell(events.Step(optimiser))
        self.watcher.tick(STEP_TICKS)

    def _new_optimiser(self, original: Any, args: Any, kwargs: Any) -> Any:
        original(*args, **kwargs)
        self.program.optimiser(args[0])
        self.watcher.tell(events.NewOptimiser(args[0]))

    def _load_optimiser(self, original: Any, args: Any, kwargs: Any) -> Any:
        self.watcher.tell(events.OptimiserLoaded(args[0]))
        return original(*args, **kwargs)

    def _zero(self, original: Any, args: Any, kwargs: Any) -> Any:
        self.watcher.trains()
        self._hand_written_step()
        self.watcher.tell(events.Zero(args[0]))
        lock = self.watcher.turn()
        try:
            return original(*args, **kwargs)
        finally:
            lock.release()

    def _schedule(self, original: Any, args: Any, kwargs: Any) -> Any:
        scheduler = args[0]
        first = getattr(scheduler, "last_epoch", 0) < 0 or not hasattr(scheduler, "_step_count")
        first = first or getattr(scheduler, "_step_count", 1) == 0
        value = epoch = None
        if isinstance(scheduler, lr_scheduler.ReduceLROnPlateau):
            value = float(args[1] if len(args) > 1 else kwargs["metrics"])
        else:
            epoch = args[1] if len(args) > 1 else kwargs.get("epoch")
        self.watcher.tell(events.Schedule(scheduler, first, value, epoch))
        return original(*args, **kwargs)

    def _clip(self, name: str, original: Any, args: Any, kwargs: Any) -> Any:
        whole = _by_name(("parameters",), args, kwargs).get("parameters")
        args, kwargs = _read_once(args, kwargs)
        given = _by_name(("parameters", "limit", "norm_type"), args, kwargs)
        params = given.get("parameters")
        if params is None:  # a wrong call
            return original(*args, **kwargs)
        params = [params] if isinstance(params, Tensor) else list(params)
        limit = next((given[name] for name in ("max_norm", "clip_value") if name in given), given.get("limit"))
        if not any(param.is_meta for param in params):
            norm_type = float(given.get("norm_type", 2)) if name == "clip_grad_norm_" else None
            iterator = whole if isinstance(whole, Iterator) else None
            self.watcher.tell(events.Clip(params, float(limit or 0), norm_type, iterator))
        with self.watcher.inside_torch():
            return original(*args, **kwargs)

    def _scaler(self, action: str, original: Any, args: Any, kwargs: Any) -> Any:
        self.watcher.tell(events.Scaler(args[0], action))
        return original(*args, **kwargs)


def _read_once(args: Any, kwargs: Any) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """A generator, such as net.parameters(), can be read only once: it becomes a list."""
    if not any(hasattr(each, "__next__") for each in (*args, *kwargs.values())):
        return args, kwargs
    return (
        tuple(list(each) if isinstance(each, Iterator) else each for each in args),
        {name: list(each) if isinstance(each, Iterator) else each for name, each in kwargs.items()},
    )


def _by_name(names: Sequence[str], args: Any, kwargs: Any) -> dict[str, Any]:
    """The arguments that are given to a call, by name: what another tool has wrapped has no signature."""
    return {**dict(zip(names, args, strict=False)), **kwargs}


def _are_negative(given: Any) -> bool:
    """Whether the gradients that backward starts from are all below 0: of one tensor, or of several."""
    grads = [given] if isinstance(given, Tensor) else list(given)
    real = [each for each in grads if isinstance(each, Tensor) and not each.is_complex()]
    return bool(grads) and len(real) == len(grads) and all(bool((each < 0).all()) for each in real)

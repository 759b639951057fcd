"""Hooks of what a net computes: modules, losses, distributions, dropout, and how its outputs are read."""

from __future__ import annotations

import functools
import math
from typing import Any

import torch
from torch import Tensor, distributions, nn
from torch.distributions import Distribution
from torch.nn import functional
from torch.nn.modules import module as modules

from goodfit.checks.engine import events, graph
from goodfit.checks.engine.modules import Identities, has_parameters
from goodfit.checks.engine.nested import tensors
from goodfit.checks.engine.replacing import Replacing, passed_over_by_warnings
from goodfit.checks.engine.signatures import named
from goodfit.checks.engine.user_frame import user_place
from goodfit.checks.engine.watcher import CALL_TICKS

LOSSES = (
    "cross_entropy", "nll_loss", "binary_cross_entropy", "binary_cross_entropy_with_logits", "kl_div", "mse_loss",
    "l1_loss", "smooth_l1_loss", "huber_loss", "soft_margin_loss", "multilabel_soft_margin_loss", "poisson_nll_loss",
    "gaussian_nll_loss", "multi_margin_loss", "multilabel_margin_loss", "hinge_embedding_loss",
)  # fmt: skip
OTHER_LOSSES = (
    "ctc_loss", "cosine_embedding_loss", "margin_ranking_loss", "triplet_margin_loss",
    "triplet_margin_with_distance_loss",
)  # fmt: skip  # of more than two tensors
DROPOUTS = ("dropout", "dropout1d", "dropout2d", "dropout3d", "alpha_dropout", "feature_alpha_dropout")
CALLS_SEEN = 16  # of one net between two steps; of those that follow, as in a rollout, one in CALLS_BETWEEN
CALLS_BETWEEN, CALLS_OF_A_ROLLOUT = 16, 128  # beyond the second, one in four times the first
TARGETS_AT_MOST = 10_000  # of a batch, whose classes are counted
MARKED = ("softmax", "log_softmax", "sigmoid", "index_add", "index_add_", "scatter_add", "scatter_add_",
          "scatter_reduce", "scatter_reduce_", "index_put_")  # fmt: skip  # whose line is kept with what they give
# Not copy_ and detach: lazy parameters and tv_tensors know these by their identity.
WRITING = ("mul_", "add_", "sub_", "lerp_", "__imul__", "__iadd__", "__isub__")


@passed_over_by_warnings
class ForwardHooks(Replacing):
    """See the module."""

    def _install_forward(self) -> None:
        for name in LOSSES:
            self._replace(functional, name, functools.partial(self._loss, name))
        for name in OTHER_LOSSES:
            self._replace(functional, name, functools.partial(self._other_loss, name))
        for name in DROPOUTS:
            self._replace(functional, name, self._dropout, awake_alone=True)
        self._replace(functional, "scaled_dot_product_attention", self._attention, awake_alone=True)
        replace = functools.partial(self._replace, awake_alone=True)
        replace(Distribution, "sample", self._sample)
        for kind in vars(distributions).values():
            if isinstance(kind, type) and issubclass(kind, Distribution) and kind is not Distribution:
                if "__init__" in vars(kind):
                    replace(kind, "__init__", self._new_distribution)
                if "sample" in vars(kind):
                    replace(kind, "sample", self._sample)
                if "log_prob" in vars(kind):
                    replace(kind, "log_prob", self._log_prob)
                if "entropy" in vars(kind):
                    replace(kind, "entropy", self._entropy)

    def _look_closely(self) -> None:
        """What is hooked only while rules are awake: every module, ==, views, and who writes into tensors."""
        if self._undo_close:
            return
        undo = self._undo_close
        if not self.program.compiled:
            undo.append(modules.register_module_forward_pre_hook(self._called).remove)
            undo.append(modules.register_module_forward_hook(self._returned, with_kwargs=True, always_call=True).remove)
        replace = functools.partial(self._replace, undo=undo, outside_loaders=True)
        for operation in ("eq", "gt", "ge", "lt", "le"):
            for owner, name in ((Tensor, f"__{operation}__"), (Tensor, operation), (torch, operation)):
                replace(owner, name, self._compare if operation == "eq" else self._cut)
        for name in ("tolist", "numpy"):
            replace(Tensor, name, self._read)
        for owner in (Tensor, torch):
            for name in ("argmax", "max"):
                replace(owner, name, self._greatest)
            replace(owner, "topk", self._topk)
        for operation, handler in (("add", self._sum), ("sub", self._difference), ("mul", self._product)):
            for owner, name in ((Tensor, f"__{operation}__"), (Tensor, f"__r{operation}__"), (Tensor, operation)):
                replace(owner, name, handler)
            replace(torch, operation, handler)
        for name in ("randn", "randn_like"):
            self._replace(torch, name, self._noise, undo)
        self._replace(torch, "randint", self._drawn, undo)
        for name in ("view", "reshape"):
            self._replace(Tensor, name, self._reshape, undo)
        self._replace(torch, "reshape", self._reshape, undo)
        for owner in (torch, Tensor, functional):
            for name in MARKED:
                if hasattr(owner, name):
                    replace(owner, name, self._mark)
        for name in WRITING:
            self._replace(Tensor, name, functools.partial(self._write, name), undo)

    def _look_away(self) -> None:
        while self._undo_close:
            self._undo_close.pop()()
        self.watcher.stack.clear()
        self._calls.clear()
        if self._local.passed_over is not None:
            self._local.passed_over = None
            self.watcher.pass_over_call(False)

    def _loss(self, name: str, original: Any, args: Any, kwargs: Any) -> Any:
        if not self.watcher.awake:
            result = original(*args, **kwargs)
            if not torch.is_grad_enabled():
                self._note_evaluation(name, result, args, kwargs)
            return result
        options = dict(named(original, args, kwargs) or {})
        x, target = options.pop("input", None), options.pop("target", None)
        if not (isinstance(x, Tensor) and isinstance(target, Tensor)) or x.is_meta or target.is_meta:
            return original(*args, **kwargs)
        self.watcher.tell(events.Loss(name, x, target, options, torch.is_grad_enabled()))
        with self.watcher.inside_torch():
            result = original(*args, **kwargs)
        if not torch.is_grad_enabled():
            self._note_evaluation(name, result, args, kwargs)
        return result

    def _other_loss(self, name: str, original: Any, args: Any, kwargs: Any) -> Any:
        if self.watcher.hears(events.OtherLoss):
            given = named(original, args, kwargs)
            if given is not None:
                self.watcher.tell(events.OtherLoss(name, given, torch.is_grad_enabled()))
        return original(*args, **kwargs)

    def _note_evaluation(self, name: str, result: Any, args: Any, kwargs: Any) -> None:
        """A loss without gradients, after the first step: its value, where reading it waits for nothing."""
        is_number = isinstance(result, Tensor) and result.dim() == 0 and result.is_cpu
        if not is_number or not self.program.steps or kwargs.get("reduction", "mean") != "mean":
            return
        target = args[1] if len(args) > 1 else kwargs.get("target")
        loader = self.program.loader() if self.program.loader is not None else None
        rows = _size_of(loader) if loader is not None else target.data_ptr() if isinstance(target, Tensor) else 0
        is_plain = not kwargs.get("label_smoothing") and kwargs.get("weight") is None and len(args) < 3
        is_classes = (
            is_plain and name == "cross_entropy" and isinstance(target, Tensor) and not target.is_floating_point()
        )
        losses = self.program.losses
        self.program.evaluations.add(
            (user_place(), name, rows),
            self.program.steps,
            result.item(),
            (losses.total, losses.count),
            target if is_classes and target is not None and target.numel() <= TARGETS_AT_MOST else None,
            None if self.program.last_call is None else self.program.last_call.module,
        )

    def _dropout(self, original: Any, args: Any, kwargs: Any) -> Any:
        if self.watcher.awake and not self._in_backward:
            given = named(original, args, kwargs)
            if given is not None:
                self._tell_dropout(given["p"], given["training"])
        return original(*args, **kwargs)

    def _attention(self, original: Any, args: Any, kwargs: Any) -> Any:
        rate = kwargs.get("dropout_p", args[4] if len(args) > 4 else 0.0)
        if rate and self.watcher.awake and not self._in_backward:
            self._tell_dropout(rate, True)
        mask = kwargs.get("attn_mask", args[3] if len(args) > 3 else None)
        if isinstance(mask, Tensor) and self.watcher.hears(events.Attention) and not self._in_backward:
            self.watcher.tell(events.Attention(mask.detach(), torch.is_grad_enabled()))
        return original(*args, **kwargs)

    def _tell_dropout(self, rate: Any, training: Any) -> None:
        stack = self.watcher.stack
        inner, outer = (stack[-1], stack[0]) if stack else (None, None)
        self.watcher.tell(events.Dropout(inner, outer, float(rate), bool(training)))

    def _new_distribution(self, original: Any, args: Any, kwargs: Any) -> Any:
        """Of one kind made of another, as OneHotCategorical is, the outer one is what the user made."""
        with self.watcher.inside_torch():
            original(*args, **kwargs)
        if self.watcher.awake and not self.watcher.passed_over:
            given = named(original, args, kwargs) or {}
            params = {name: value for name, value in given.items() if isinstance(value, Tensor)}
            self.watcher.tell(events.NewDistribution(args[0], params, torch.is_grad_enabled()))

    def _log_prob(self, original: Any, args: Any, kwargs: Any) -> Any:
        value = args[1] if len(args) > 1 else kwargs.get("value")
        if self.watcher.awake and isinstance(value, Tensor):
            self.watcher.tell(events.LogProb(args[0], value, torch.is_grad_enabled()))
        with self.watcher.inside_torch():
            result = original(*args, **kwargs)
        of_sample = self.watcher.awake and isinstance(value, Tensor) and not value.requires_grad
        if of_sample and isinstance(result, Tensor) and result.grad_fn is not None:
            graph.mark_score(result.grad_fn)
        return result

    def _entropy(self, original: Any, args: Any, kwargs: Any) -> Any:
        result = original(*args, **kwargs)
        if isinstance(result, Tensor) and result.grad_fn is not None:
            graph.mark_entropy(result.grad_fn)
        return result

    def _sample(self, original: Any, args: Any, kwargs: Any) -> Any:
        with self.watcher.inside_torch():
            value = original(*args, **kwargs)
        if isinstance(value, Tensor) and self._reads_outputs:
            stack = self.watcher.stack
            self.watcher.tell(events.Sample(args[0], value, torch.is_grad_enabled(), stack[0] if stack else None))
        return value

    def _mark(self, original: Any, args: Any, kwargs: Any) -> Any:
        result = original(*args, **kwargs)
        if isinstance(result, Tensor) and result.grad_fn is not None:
            graph.mark(result.grad_fn, user_place())
        return result

    def _write(self, name: str, original: Any, args: Any, kwargs: Any) -> Any:
        if self._local.stepping:  # an optimiser of torch writes into its own state
            return original(*args, **kwargs)
        others = [other for other in args[1:] if isinstance(other, Tensor)]
        plain = not args[0].requires_grad or (bool(others) and others[0] is args[0])
        if self.watcher.hears(events.Write) and plain and not torch.is_grad_enabled():
            self.watcher.tell(events.Write(args[0], name, others[0] if others else None))
        if args[0].dim() == 0 and name in ("__iadd__", "add_") and torch.is_grad_enabled():
            return self._sum(original, args, kwargs)
        return original(*args, **kwargs)

    def _compare(self, original: Any, args: Any, kwargs: Any) -> Any:
        result = original(*args, **kwargs)
        left, right = args[0], args[1] if len(args) > 1 else kwargs.get("other")
        if self._reads_outputs and isinstance(left, Tensor):
            if isinstance(right, Tensor):
                self.watcher.tell(events.Compare(left, right, torch.is_grad_enabled()))
            elif type(right) is int:
                self.watcher.tell(events.EqualTo(left, right, torch.is_grad_enabled()))
        return result

    def _cut(self, original: Any, args: Any, kwargs: Any) -> Any:
        number = args[1] if len(args) > 1 else kwargs.get("other")
        if self._reads_outputs and args and isinstance(args[0], Tensor) and isinstance(number, int | float):
            self.watcher.tell(events.Cut(args[0], float(number)))
        return original(*args, **kwargs)

    def _noise(self, original: Any, args: Any, kwargs: Any) -> Any:
        result = original(*args, **kwargs)
        self.watcher.tell(events.Noise(result))
        return result

    def _drawn(self, original: Any, args: Any, kwargs: Any) -> Any:
        result = original(*args, **kwargs)
        if self.watcher.hears(events.Drawn):
            self.watcher.tell(events.Drawn(result))
        return result

    def _sum(self, original: Any, args: Any, kwargs: Any) -> Any:
        result = original(*args, **kwargs)
        if isinstance(result, Tensor) and result.dim() == 0 and result.grad_fn is not None:
            numbers = [each for each in args[:2] if isinstance(each, Tensor) and each.dim() == 0 and not each.is_meta]
            constants = [each for each in numbers if not each.requires_grad]
            if len(numbers) == 2 and constants and bool(constants[0]):
                graph.mark_constant(result.grad_fn)
        return result

    def _difference(self, original: Any, args: Any, kwargs: Any) -> Any:
        result = self._sum(original, args, kwargs)
        if not torch.is_grad_enabled() and isinstance(result, Tensor) and result.dim() == 2 and len(result) > 1:
            rows = len(result)
            given = [each for each in args[:2] if isinstance(each, Tensor)]
            if {tuple(each.shape) for each in given} == {(rows, 1), (rows,)}:
                self.watcher.tell(events.Pairwise(given[0], given[1]))
        elif self.watcher.hears(events.Residual):
            residual = events.residual(args, result)
            if residual is not None and (residual.grad or self._reads_outputs):
                self.watcher.tell(residual)
        return result

    def _topk(self, original: Any, args: Any, kwargs: Any) -> Any:
        result = original(*args, **kwargs)
        scores = args[0] if args else kwargs.get("input")
        is_plain = isinstance(scores, Tensor) and not (scores.requires_grad or scores.is_meta)
        if is_plain and scores.dim() == 2 and len(result[1]) == len(scores) and self._reads_outputs:
            self.watcher.tell(events.TopK(scores, result[1]))
        return result

    def _product(self, original: Any, args: Any, kwargs: Any) -> Any:
        result = original(*args, **kwargs)
        if isinstance(result, Tensor) and result.dim() > 1 and len(result) == result.shape[-1]:
            sides = sorted((each for each in args[:2] if isinstance(each, Tensor)), key=Tensor.dim)
            is_along_width = [tuple(each.shape) for each in sides] == [(len(result),), tuple(result.shape)]
            if is_along_width and not sides[0].requires_grad:
                self.watcher.tell(events.AlongWidth(*sides))
        return result

    @property
    def _reads_outputs(self) -> bool:
        """Whether what is read may be a net's output: a data set reads each of its rows, some thousands a step."""
        return not (self._local.loading or self.watcher.passed_over)

    def _read(self, original: Any, args: Any, kwargs: Any) -> Any:
        if self._reads_outputs and isinstance(args[0], Tensor) and args[0].dim():
            self.watcher.tell(events.Read(args[0], torch.is_grad_enabled()))
        return original(*args, **kwargs)

    def _greatest(self, original: Any, args: Any, kwargs: Any) -> Any:
        tensor, result = args[0] if args else kwargs.get("input"), original(*args, **kwargs)
        if self._reads_outputs and isinstance(tensor, Tensor) and tensor.dim():
            dim = kwargs.get("dim", args[1] if len(args) > 1 else None)
            at = result[1] if isinstance(result, tuple) else result
            self.watcher.tell(events.Read(tensor, torch.is_grad_enabled(), dim if isinstance(dim, int) else None, at))
        return result

    def _reshape(self, original: Any, args: Any, kwargs: Any) -> Any:
        result = original(*args, **kwargs)
        if self._local.reshapes_left <= 0:  # of a loader, which calls no net
            return result
        if result.grad_fn is not None and result.dim() > 1:
            graph.mark(result.grad_fn, user_place())
        if result.dim() in (3, 4):  # images are what is asked about
            self._local.reshapes_left -= 1
            self.watcher.tell(events.Reshape(args[0], result))
        return result

    def _called(self, module: nn.Module, args: Any) -> None:
        watcher, local = self.watcher, self._local
        if local.passed_over is not None:
            local.depth += module is local.passed_over
            return
        if torch.compiler.is_compiling() or watcher.busy or self._in_backward:
            return
        stack = watcher.stack
        if not stack:
            if local.loading and not has_parameters(module):  # of torchvision's transforms, for each row: no net
                return
            if self._is_one_of_many(module, args):
                local.passed_over, local.depth = module, 1
                watcher.pass_over_call(True)
                return
            watcher.passed_over = local.loading = False
            local.reshapes_left = math.inf
        stack.append(module)

    def _is_one_of_many(self, module: nn.Module, args: Any) -> bool:
        """Whether a net was called so often since the last step, as in a rollout, that this call is passed over."""
        x = args[0] if args else None
        shape = x.shape if isinstance(x, Tensor) and not x.is_nested else None  # nested ones have no sizes
        key = (id(module), module.training, torch.is_grad_enabled(), shape)
        count = self._calls[key] = self._calls[key] + 1
        return count > CALLS_SEEN and count % (CALLS_BETWEEN * (4 if count > CALLS_OF_A_ROLLOUT else 1)) > 0

    def _end_passed_over(self, module: nn.Module) -> None:
        local = self._local
        local.depth -= module is local.passed_over
        if not local.depth:
            local.passed_over = None
            self.watcher.pass_over_call(False)
            self.watcher.tick(0 if self.program.steps else CALL_TICKS)  # thousands may be played before the first step

    def _returned(self, module: nn.Module, args: Any, kwargs: Any, output: Any = None) -> None:
        if self._local.passed_over is not None:
            self._end_passed_over(module)
            return
        kwargs = kwargs if isinstance(kwargs, dict) else {}  # after an exception torch gives (module, args, None)
        watcher = self.watcher
        stack = watcher.stack
        if not stack or torch.compiler.is_compiling() or watcher.busy or self._in_backward:
            return
        if module not in Identities(stack):
            return
        while stack.pop() is not module:  # forwards that raised
            pass
        if self._functorch() is not None:
            return
        root = next((each for each in [*stack, module] if has_parameters(each)), None)
        if root is None:
            return
        is_net = module is root
        call = (events.NetCall if is_net else events.Call)(
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
        if is_net:
            self.program.note_call(call)
        watcher.tell(call)
        if is_net:
            watcher.tick(CALL_TICKS)


def _size_of(loader: Any) -> int:
    """Of its data set, which may be made anew for each epoch."""
    return len(loader.dataset) if hasattr(loader.dataset, "__len__") else 0

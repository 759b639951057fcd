"""norm-never-measured: a net is evaluated whose batch norms have never seen a batch.

What it checks
    A net in eval mode is called without gradients. One of its batch norms has counted no batch and still has mean 0 and
    variance 1 as its running statistics, while its own weight and bias are those of a trained layer, and the net itself
    gets no gradients: a copy, such as a moving average of weights.

Why it hurts
    A moving average of the parameters alone leaves the statistics where they were when the copy was made. In eval mode
    they are used: the activations have another scale than those the weights were trained for.

Example
    for a, b in zip(ema.parameters(), net.parameters()):
        a.lerp_(b, 0.01)

Instead
    for a, b in zip(ema.buffers(), net.buffers()):
        a.copy_(b)
    torch.optim.swa_utils.update_bn(loader, averaged)  # of an average over epochs

When it is a false alarm
    None is known.

Cost
    A look at the batch norms of nets that are evaluated, in the first steps and at evaluations.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterator

from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm

from goodfit.checks.engine.events import NetCall
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule


class NormNeverMeasured(LiveRule):
    code, level = "GF423", Level.WARNING

    def start(self) -> None:
        self.reported: weakref.WeakSet[nn.Module] = weakref.WeakSet()

    def on_call(self, event: NetCall) -> Iterator[Finding]:
        net = event.module
        if event.grad or event.training or net in self.reported or not self.program.steps:
            return
        norms = [module for module in net.modules() if isinstance(module, _BatchNorm) and not module.training]
        fresh = [norm for norm in norms if _is_fresh(norm)]
        if not fresh or not any(_is_trained(norm) for norm in fresh):
            return
        if any(param.grad is not None for param in net.parameters()):
            return
        self.reported.add(net)
        yield self.finding(
            f"{type(net).__name__} is evaluated with {len(fresh)} batch norms whose running statistics are still those "
            "of a new layer (mean 0, variance 1), and whose weights are trained",
            "Copy the buffers with the parameters, or call torch.optim.swa_utils.update_bn before the evaluation",
        )


def _is_fresh(norm: _BatchNorm) -> bool:
    counted, mean, variance = norm.num_batches_tracked, norm.running_mean, norm.running_var
    if counted is None or mean is None or variance is None:
        return False
    return int(counted) == 0 and not bool(mean.any()) and bool((variance == 1).all())


def _is_trained(norm: _BatchNorm) -> bool:
    """Whether both its weight and its bias are those of no fresh layer."""
    weight, bias = (norm._parameters.get(name) for name in ("weight", "bias"))
    if weight is None or bias is None or weight.numel() < 2:
        return False
    return bool((weight != weight[0]).any()) and bool((bias != bias[0]).any())

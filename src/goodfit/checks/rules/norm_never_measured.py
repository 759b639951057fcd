"""norm-never-measured: a net of averaged weights is evaluated with batch norms that have not seen a batch under them.

What it checks
    A net that gets no gradients, such as a moving average of weights, is called in eval mode without gradients being
    recorded. One of its batch norms has counted no batch and still has mean 0 and variance 1, while its own weight and
    bias are those of a trained layer. Or the net's weights have moved since it was seen before, while the running
    statistics stand still, and those of the net that is trained have moved. Or it is an AveragedModel that has taken
    the plain mean of several weights, and has the statistics of the last of these. Or its weights are a weighted mean
    of those of several trained nets, as in federated averaging, and its statistics are those of a single one.

Why it hurts
    A moving average of the parameters alone leaves the statistics where they were when the copy was made. In eval mode
    they are used: the activations have another scale than those the weights were trained for.

Example
    for a, b in zip(ema.parameters(), net.parameters()):
        a.lerp_(b, 0.01)
    averaged = AveragedModel(net); ...; averaged.update_parameters(net); evaluate(averaged)

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
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm
from torch.nn.parameter import is_lazy
from torch.optim.swa_utils import AveragedModel

from goodfit.checks.engine.events import Averaged, NetCall
from goodfit.checks.engine.kept_weights import some_values
from goodfit.checks.engine.modules import own_parameter
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

VALUES = 8  # of each tensor that are compared
CLIENTS_AT_MOST = 64
VALUES_PER_CLIENT = 4  # weights that are compared
SAME_MEAN = 1e-4  # relative
SHARE_AT_LEAST = 1e-3  # of a client in the mean


class State(NamedTuple):
    """Some values of a net's batch norms.

    Attributes:
        weights: of their weights and biases.
        statistics: of their running means, and how many batches each has counted.
    """

    weights: tuple[float, ...]
    statistics: tuple[float, ...]


class NormNeverMeasured(LiveRule):
    code, level = "GF423", Level.WARNING
    sleepless = (Averaged,)

    def start(self) -> None:
        self.reported: weakref.WeakSet[nn.Module] = weakref.WeakSet()
        self.known: weakref.WeakKeyDictionary[nn.Module, State] = weakref.WeakKeyDictionary()  # as first seen
        # statistics of plain means, as they were when weights were last taken in
        self.averages: weakref.WeakKeyDictionary[nn.Module, tuple[float, ...]] = weakref.WeakKeyDictionary()

    def on_average(self, event: Averaged) -> None:
        averaged = event.module
        if averaged.avg_fn is None and averaged.multi_avg_fn is None and not averaged.use_buffers:
            self.averages[averaged] = _state(_norms(averaged)).statistics

    def on_call(self, event: NetCall) -> Iterator[Finding]:
        net = event.module
        if event.grad or event.training or net in self.reported or not self.program.steps:
            return
        norms = [norm for norm in _norms(net) if not norm.training]
        optimised = self.program.optimised()
        if not norms or any(id(param) in optimised for param in net.parameters()):
            return
        has_gradients = any(param.grad is not None for param in net.parameters())  # a copy may have old ones
        fresh = [] if has_gradients else [norm for norm in norms if _is_fresh(norm)]
        if any(_is_trained(norm) for norm in fresh):
            self.reported.add(net)
            yield self.finding(
                f"{type(net).__name__} is evaluated with {len(fresh)} batch norms whose running statistics are still "
                "those of a new layer (mean 0, variance 1), and whose weights are trained",
                "Copy the buffers with the parameters, or call torch.optim.swa_utils.update_bn before the evaluation",
            )
            return
        now = _state(norms)
        averaged = net if isinstance(net, AveragedModel) else None
        count = int(averaged.n_averaged) if averaged is not None else 0
        if count > 1 and now.statistics == self.averages.get(net):
            self.reported.add(net)
            yield self.finding(
                f"the mean of {count} weights is evaluated with the running statistics of {len(norms)} "
                "batch norms that belong to the last of these",
                "Call torch.optim.swa_utils.update_bn(loader, averaged) before the evaluation",
            )
            return
        clients = self._means_of(net, norms)
        if clients:
            self.reported.add(net)
            yield self.finding(
                f"{type(net).__name__} is evaluated with weights that are the mean of those of {clients} trained nets, "
                f"and with the running statistics of {len(norms)} batch norms that belong to a single one of these",
                "Average the buffers with the parameters: all of state_dict(), not parameters() alone",
            )
            return
        before = self.known.setdefault(net, now)
        if before.weights != now.weights and before.statistics == now.statistics and self._are_left_behind(net, norms):
            self.reported.add(net)
            yield self.finding(
                f"{type(net).__name__} is evaluated with the running statistics of {len(norms)} batch norms as they "
                "were when the average began, while its weights have moved since",
                "Copy the buffers with the parameters, or call torch.optim.swa_utils.update_bn before the evaluation",
            )

    def _means_of(self, net: nn.Module, norms: list[_BatchNorm]) -> int:
        """Of how many trained nets the weights are a mean, where all statistics are those of one; 0 of another net."""
        widths, statistics = [norm.num_features for norm in norms], _state(norms).statistics
        clients = [
            each
            for each in list(self.program.nets)
            if each is not net and type(each) is type(net) and [norm.num_features for norm in _norms(each)] == widths
        ]
        if not 1 < len(clients) <= CLIENTS_AT_MOST:
            return 0
        of_clients = [_state(_norms(each)).statistics for each in clients]
        if statistics not in of_clients or len(set(of_clients)) < len(clients):
            return 0
        return len(clients) if _is_mean_of(_first_weights(net), [_first_weights(each) for each in clients]) else 0

    def _are_left_behind(self, net: nn.Module, norms: list[_BatchNorm]) -> bool:
        """Whether a net with the same batch norms is trained, and has counted other batches."""
        optimised = self.program.optimised()
        for trained in list(self.program.nets):
            others = _norms(trained)
            if trained is net or [each.num_features for each in others] != [each.num_features for each in norms]:
                continue
            is_trained = any(id(param) in optimised for param in trained.parameters())
            if is_trained and _state(others).statistics != _state(norms).statistics:
                return True
        return False


def _first_weights(net: nn.Module) -> Tensor:
    """(n,) some values of each parameter of a net; none where one has none yet."""
    params = list(net.parameters())
    if any(is_lazy(param) or not param.is_floating_point() for param in params):
        return torch.empty(0)
    return torch.cat([some_values(param) for param in params])


def _is_mean_of(weights: Tensor, others: list[Tensor]) -> bool:
    """Whether weights are sum(share * other), by shares that sum up to 1, at least two above 0 and none below."""
    if any(each.shape != weights.shape for each in others) or len(weights) < VALUES_PER_CLIENT * len(others):
        return False
    base = torch.stack([each - others[0] for each in others[1:]], 1)
    wanted = weights - others[0]
    if torch.linalg.matrix_rank(base) < base.shape[1]:
        return False
    shares = torch.linalg.lstsq(base, wanted[:, None]).solution[:, 0]
    close = (base @ shares - wanted).norm() <= SAME_MEAN * base.norm()
    shares = torch.cat([1 - shares.sum()[None], shares])
    return bool(close) and bool((shares > -SHARE_AT_LEAST).all()) and int((shares > SHARE_AT_LEAST).sum()) > 1


def _norms(net: nn.Module) -> list[_BatchNorm]:
    return [module for module in net.modules() if isinstance(module, _BatchNorm)]


def _state(norms: list[_BatchNorm]) -> State:
    weights = [own_parameter(norm, name) for norm in norms for name in ("weight", "bias")]
    statistics = [norm._buffers.get(name) for norm in norms for name in ("running_mean", "num_batches_tracked")]
    return State(*(
        tuple(number for each in some if each is not None for number in each.detach().reshape(-1)[:VALUES].tolist())
        for some in (weights, statistics)
    ))  # fmt: skip


def _is_fresh(norm: _BatchNorm) -> bool:
    counted, mean, variance = norm.num_batches_tracked, norm.running_mean, norm.running_var
    if counted is None or mean is None or variance is None:
        return False
    return int(counted) == 0 and not bool(mean.any()) and bool((variance == 1).all())


def _is_trained(norm: _BatchNorm) -> bool:
    """Whether both its weight and its bias are those of no fresh layer."""
    weight, bias = (own_parameter(norm, name) for name in ("weight", "bias"))
    if weight is None or bias is None or weight.numel() < 2:
        return False
    return bool((weight != weight[0]).any()) and bool((bias != bias[0]).any())

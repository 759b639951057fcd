"""A training whose parameters, gradients and optimiser's state are spread over the processes: torch's FSDP2.

The whole net is built, and put in its place, in every process; then a copy of it is sharded (`fully_shard`: Zhao et al.
2023, "PyTorch FSDP") and the whole one's memory is given back until training ends. Layers are made whole one after the
other while they compute. A checkpoint holds whole tensors, so that it is that of any number of processes.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn

from goodfit.errors import ModelError, UsageError
from goodfit.train.hyperparameters import Hyperparameters
from goodfit.train.processes import Processes

NUMBERS_OF_A_UNIT = 50_000  # of a layer that is made whole by itself; smaller ones are, with the whole net
USED_OUTSIDE = ("mixed torch.Tensor and DTensor", "out of bounds for storage of size 0")  # in torch's messages


class Sharding:
    """A net, sharded, and what is needed to make it whole again.

    Args:
        net: stays as it is, but for its parameters, which are emptied.
        optimiser: of the net: it steps the sharded parameters from here on.
        device: type of the device that trains.

    Attributes:
        net: its sharded copy.
    """

    def __init__(self, net: nn.Module, optimiser: torch.optim.Optimizer, processes: Processes, device: str) -> None:
        from torch.distributed.device_mesh import init_device_mesh
        from torch.distributed.fsdp import fully_shard

        self._whole = net
        self._mesh = init_device_mesh(device, (processes.count,))
        names: dict[Tensor, str] = {parameter: name for name, parameter in net.named_parameters()}
        self.net = copy.deepcopy(net)
        for parameter in self.net.parameters():
            parameter.data = parameter.data.contiguous()  # a channels-last weight cannot be cut
        for unit in units(self.net):
            fully_shard(unit, mesh=self._mesh)
        fully_shard(self.net, mesh=self._mesh)
        self._replace_in_optimiser(optimiser, names, dict(self.net.named_parameters()))
        for parameter in net.parameters():
            parameter.data = parameter.data.new_empty(0)
            parameter.grad = None

    def cut(self, state: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """This process's part of whole tensors of a state of the net."""
        shards = self.net.state_dict()
        return {name: self._like(value, shards[name]) for name, value in state.items()}

    def end(self) -> nn.Module:
        """The net that was given, with the parameters and buffers of the sharded one; all processes have to ask."""
        state = whole_tensors(self.net.state_dict())
        with torch.no_grad():
            for name, parameter in self._whole.named_parameters():
                parameter.data = state[name]
            for name, buffer in self._whole.named_buffers():
                if name in state:
                    buffer.copy_(state[name])
        return self._whole.train(self.net.training)

    def _replace_in_optimiser(
        self, optimiser: torch.optim.Optimizer, names: Mapping[Tensor, str], shards: Mapping[str, nn.Parameter]
    ) -> None:
        states = {names[parameter]: state for parameter, state in optimiser.state.items()}
        for group in optimiser.param_groups:
            group["params"] = [shards[names[parameter]] for parameter in group["params"]]
        optimiser.state.clear()
        for name, state in states.items():
            shard = shards[name]
            optimiser.state[shard] = {
                key: self._like(value, shard) if isinstance(value, Tensor) and value.dim() else value
                for key, value in state.items()
            }

    def _like(self, whole: Tensor, shard: Tensor) -> Tensor:
        """This process's part of a whole tensor, cut as a shard is."""
        from torch.distributed.tensor import DTensor, distribute_tensor

        if not isinstance(shard, DTensor):
            return whole
        here = whole.to(shard.device).contiguous()
        return distribute_tensor(here, self._mesh, shard.placements, src_data_rank=None)


def units(net: nn.Module) -> list[nn.Module]:
    """Layers and blocks that are made whole one by one: children of the net, and what lies in its lists.

    A net that uses one parameter in two places has none: both need it at once. Nor have goodfit's own nets, which take
    weights of their layers without calling them: they are whole while a batch is computed, and sharded between.
    """
    if type(net).__module__.startswith("goodfit."):
        return []
    named = dict(net.named_parameters(remove_duplicate=False))
    if len(named) != len(list(net.parameters())):
        return []
    found: list[nn.Module] = []
    waiting = list(net.children())
    while waiting:
        module = waiting.pop(0)
        if isinstance(module, (nn.ModuleList, nn.ModuleDict, nn.Sequential)):
            waiting += module.children()
        else:
            found.append(module)
    return [unit for unit in found if sum(each.numel() for each in unit.parameters()) >= NUMBERS_OF_A_UNIT]


def is_sharded(tensor: Any) -> bool:
    """Whether the processes hold a part of it each."""
    return hasattr(tensor, "full_tensor")


def local_part(tensor: Tensor) -> Tensor:
    """What this process holds of a tensor, as a view; all of one that is not sharded."""
    held: Tensor = tensor.to_local() if is_sharded(tensor) else tensor  # type: ignore[attr-defined]  # a DTensor has it
    return held


def whole_tensors(tensors: Mapping[str, Any]) -> dict[str, Any]:
    """The same values with sharded tensors made whole: all processes have to ask for it."""
    return {name: value.full_tensor() if is_sharded(value) else value for name, value in tensors.items()}


def refuse_use_outside_forward(error: RuntimeError) -> None:
    """Raise in words where a net takes a layer's weights without calling the layer.

    Raises:
        ModelError: it does.
    """
    if any(words in str(error) for words in USED_OUTSIDE):
        raise ModelError(
            "a layer's weights are used without calling the layer, which --shard makes whole only while it is called",
            fix="Call the layer, or leave --shard out",
        ) from error


def refuse_unshardable(net: nn.Module, hyper: Hyperparameters, *, averaged: bool, crossed: bool) -> None:
    """Raise where a training cannot be sharded.

    Args:
        averaged: whether there is a moving average of the weights.
        crossed: whether it is cross-fitted.

    Raises:
        UsageError: the optimiser, the average, the folds, the frozen layers or the net.
    """
    if hyper.optimiser == "muon":
        raise UsageError("--shard is not for Muon, which needs whole matrices", fix="Add --optimiser adamw")
    if averaged:
        raise UsageError("--shard is without --ema: the average is a net of its own", fix="Leave one of them out")
    if crossed:
        raise UsageError("--shard is not for nets that are cross-fitted", fix="Add --folds 1")
    if hyper.frozen_epochs:
        raise UsageError("--shard is not for fine-tuning with frozen layers", fix="Add --freeze 0")
    if any(not parameter.dim() for parameter in net.parameters()):
        raise UsageError("--shard is not for nets with a parameter that is a single number", fix="Give it a dimension")

"""Trying steps out without a trace: a copy of the net to train, the random streams put back."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import nn

from goodfit.nets.function_net import FunctionNet


@contextmanager
def trial_of(net: nn.Module, device: torch.device) -> Iterator[nn.Module]:
    """A net in train mode that may be trained freely; afterwards `net` and torch's random streams are as before.

    A module is copied. A plain function cannot be, since it holds on to its parameters: it is tried itself, and its
    parameters are put back.
    """
    devices = [device] if device.type == "cuda" else []
    with torch.random.fork_rng(devices=devices):
        if not isinstance(net, FunctionNet):
            yield copy.deepcopy(net).train()
            return
        before = {name: tensor.detach().clone() for name, tensor in net.state_dict().items()}
        try:
            yield net
        finally:
            net.load_state_dict(before)
            for parameter in net.parameters():
                parameter.grad = None


def set_memory_format(net: nn.Module, *, channels_last: bool) -> None:
    """Lay convolution weights out for images with channels last in memory, or the ordinary way.

    `contiguous` would leave weights with one channel or of size 1 x 1 alone, whose bytes lie the same in both layouts;
    but the kernels go by the strides, and are 6% slower over a net of mixed ones.
    """
    layout = torch.channels_last if channels_last else torch.contiguous_format
    for parameter in net.parameters():
        if parameter.dim() == 4:
            parameter.data = torch.empty_like(parameter, memory_format=layout).copy_(parameter.data)

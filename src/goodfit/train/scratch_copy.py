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

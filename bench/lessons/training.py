"""Small training loops and data that the lessons' experiments share; one thread, every random number from a seed."""

from __future__ import annotations

import gzip
from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from lessons.page import SHARED


class Missing(Exception):
    """Data of an experiment is not on this machine; the message says which."""


def fashion(part: str) -> tuple[Tensor, Tensor]:
    """Fashion-MNIST: images (N, 1, 28, 28) float in 0..1, classes (N,); `part` is "train" or "test".

    Raises:
        Missing: the four IDX files are not there.
    """
    prefix = {"train": "train", "test": "t10k"}[part]
    folder = SHARED / "fashion_mnist"
    if not folder.is_dir():
        raise Missing("Fashion-MNIST is not in the folder fashion_mnist of GOODFIT_LESSONS_DATA")

    def read(name: str, offset: int) -> np.ndarray:
        return np.frombuffer(gzip.decompress((folder / f"{prefix}-{name}-ubyte.gz").read_bytes()), np.uint8, -1, offset)

    images = read("images-idx3", 16).reshape(-1, 1, 28, 28)
    return torch.from_numpy(images.astype(np.float32) / 255), torch.from_numpy(read("labels-idx1", 8).astype(np.int64))


def digits() -> tuple[Tensor, Tensor]:
    """scikit-learn's digits: images (1797, 1, 8, 8) float in 0..1, classes (1797,)."""
    from sklearn.datasets import load_digits

    loaded = load_digits()
    return torch.from_numpy(loaded.images / 16).float().unsqueeze(1), torch.from_numpy(loaded.target)


def parts(n: int, sizes: tuple[int, ...], seed: int) -> list[Tensor]:
    """Row numbers of disjoint random parts of `n` rows."""
    order = torch.randperm(n, generator=torch.Generator().manual_seed(seed))
    return list(order[: sum(sizes)].split(list(sizes)))


def fit(
    net: nn.Module,
    x: Tensor,
    y: Tensor,
    *,
    epochs: int,
    seed: int,
    rate: float = 2e-3,
    batch: int = 64,
    weight_decay: float = 0.0,
    constant_rate: bool = False,
    augment: Callable[[Tensor, torch.Generator], Tensor] | None = None,
    after_epoch: Callable[[int], None] | None = None,
) -> nn.Module:
    """Train a classifier with AdamW and, unless the rate is constant, a one-cycle schedule; it ends in eval mode.

    Args:
        x: (N, ...) and y: (N,) classes.
        augment: from a mini-batch and a random stream to the changed mini-batch.
        after_epoch: called with the number of each epoch that has ended, from 1; the net is in eval mode.
    """
    random = torch.Generator().manual_seed(seed)
    steps = epochs * (len(x) // batch if len(x) >= batch else 1)
    optimizer = torch.optim.AdamW(net.parameters(), lr=rate, weight_decay=weight_decay)
    cycle = None if constant_rate else torch.optim.lr_scheduler.OneCycleLR(optimizer, rate, total_steps=steps)
    for epoch in range(1, epochs + 1):
        net.train()
        order = torch.randperm(len(x), generator=random)
        for rows in order.split(batch):
            if len(rows) < min(batch, len(x)):
                continue  # the rest comes in another epoch: each has a new order
            images = augment(x[rows], random) if augment is not None else x[rows]
            loss = functional.cross_entropy(net(images), y[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            if cycle is not None:
                cycle.step()
        net.eval()
        if after_epoch is not None:
            after_epoch(epoch)
    return net


@torch.no_grad()
def outputs(net: nn.Module, x: Tensor, batch: int = 500) -> Tensor:
    """Logits (N, C) of all rows, in eval mode."""
    net.eval()
    return torch.cat([net(rows) for rows in x.split(batch)])


def accuracy(net: nn.Module, x: Tensor, y: Tensor) -> float:
    """The share of rows whose highest logit is their class."""
    return float((outputs(net, x).argmax(1) == y).float().mean())


def multiply_adds(net: nn.Module, x: Tensor) -> int:
    """Multiplications of the convolutions and linear layers for one image of the batch `x`."""
    total = 0

    def count(module: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> None:
        nonlocal total
        if isinstance(module, nn.Conv2d):
            total += output[0].numel() * module.weight[0].numel()
        elif isinstance(module, nn.Linear):
            total += module.weight.numel()

    kinds = [module for module in net.modules() if isinstance(module, nn.Conv2d | nn.Linear)]
    hooks = [module.register_forward_hook(count) for module in kinds]
    training = net.training
    net.eval()
    with torch.no_grad():
        net(x[:1])
    net.train(training)
    for hook in hooks:
        hook.remove()
    return total


def parameters(net: nn.Module) -> int:
    """How many numbers the net learns."""
    return sum(parameter.numel() for parameter in net.parameters())

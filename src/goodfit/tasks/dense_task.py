"""A task whose target is an image: what is kept of one for scores are a few sums."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Literal, Self

import numpy as np
import torch
from torch import Tensor, nn

from goodfit.errors import UsageError
from goodfit.tasks.example_rows import typical_rows
from goodfit.tasks.task import Targets, Task

IMAGES_AT_ONCE = 64  # whose pixels are counted together


@dataclass(frozen=True, kw_only=True)
class DenseTask(Task):
    """An image in, an image out.

    Attributes:
        mirrored, turned: images were mirrored left to right, or turned upside down, in training; they are looked at
            in each of these ways when it counts.
    """

    mirrored: bool = False
    turned: bool = False
    output: ClassVar[Literal["row", "image"]] = "image"
    scored_rows: ClassVar[int] = 200  # each is of many pixels
    losses: ClassVar[tuple[str, ...]]  # the first is the usual one
    data_words: ClassVar[str]  # what the losses are for, in a message

    @classmethod
    def fits(cls, targets: Targets) -> bool:
        """Never by the look of the targets: the source names its task."""
        return False

    def checked_loss(self, loss: str | None) -> str:
        """The loss asked for, or the usual one."""
        if loss is not None and loss not in self.losses:
            raise UsageError(
                f"--loss {loss} is not known for {self.data_words}", fix=f"Choose one of {', '.join(self.losses)}"
            )
        return loss or self.losses[0]

    def with_augmentation(self, *, mirrored: bool = False, turned: bool = False, shifted: bool = False) -> Self:
        return replace(self, mirrored=mirrored, turned=turned)

    def predict(self, net: nn.Module, x: Tensor) -> Tensor:
        """The mean over two ways of looking, or four ("geometric self-ensemble": Lim et al. 2017, section 3.3)."""
        ways: list[tuple[int, ...]] = [(3,)] if self.mirrored else []
        ways += [(2,), *((2, *way) for way in ways)] if self.turned else []
        out: Tensor = net(x)
        for way in ways:
            out = out + net(x.flip(way)).flip(way)
        return out / (1 + len(ways))

    def row_losses(self, out: Tensor, y: Tensor) -> Tensor:
        return out[:, 0]

    def example_rows(self, out: Tensor, y: Tensor) -> list[int]:
        return typical_rows(self.row_losses(out, y))

    def draw(self, out: Tensor) -> Tensor:
        return torch.from_numpy(np.stack([self.image(output)[0] for output in out]))

    @abstractmethod
    def image(self, out: Tensor) -> tuple[np.ndarray, dict[str, Any]]:
        """One output (C, H, W) as a mask (H, W) or an image (H, W, C), uint8; and what is said of it, by column."""


def in_pieces(work: Callable[[Tensor], Tensor], y: Tensor) -> Tensor:
    """`work` on a few images at a time, put together."""
    return torch.cat([work(piece) for piece in torch.split(y, IMAGES_AT_ONCE)])

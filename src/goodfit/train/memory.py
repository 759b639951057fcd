"""Out of memory: recognised on every device, and met with fewer rows at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import torch

Result = TypeVar("Result")


def out_of_memory(error: RuntimeError) -> bool:
    """Accelerators raise a class of its own, the CPU's allocator a plain RuntimeError."""
    return isinstance(error, torch.OutOfMemoryError) or "DefaultCPUAllocator" in str(error)


def shrinking(work: Callable[[int], Result], rows: int) -> tuple[Result, int]:
    """`work(rows)`, with half as many rows after each out-of-memory error; the result and the rows that fitted."""
    while True:
        try:
            return work(rows), rows
        except RuntimeError as error:
            if not out_of_memory(error) or rows < 2:
                raise
        rows //= 2  # outside the handler: the error holds on to the tensors of its frames

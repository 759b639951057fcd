"""Out of memory: recognised on every device, and met with fewer rows at a time."""

from __future__ import annotations

import ctypes
import gc
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import torch

Result = TypeVar("Result")


def out_of_memory(error: BaseException) -> bool:
    """Accelerators raise a class of its own, the CPU's allocator a plain RuntimeError, NumPy and Python MemoryError."""
    return isinstance(error, (torch.OutOfMemoryError, MemoryError)) or "DefaultCPUAllocator" in str(error)


def shrinking(work: Callable[[int], Result], rows: int) -> tuple[Result, int]:
    """`work(rows)`, with half as many rows after each out-of-memory error; the result and the rows that fitted."""
    while True:
        try:
            return work(rows), rows
        except RuntimeError as error:
            if not out_of_memory(error) or rows < 2:
                raise
        rows //= 2  # outside the handler: the error holds on to the tensors of its frames


TRIM_THRESHOLD, MMAP_THRESHOLD = -1, -3  # of mallopt(3)
LARGEST = 2**30  # bytes of one block that is kept


def keep_freed_memory() -> None:
    """Let glibc keep the large blocks that it is given back: a step asks for the same ones as the step before.

    Left to itself it returns them to the system, and every step pays for mapping and clearing fresh pages: 10% to 15%
    of a U-Net's step on a CPU. `release_memory` gives them back in the end.
    """
    if sys.platform == "linux":
        mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
        if mallopt is not None:
            mallopt(MMAP_THRESHOLD, LARGEST)
            mallopt(TRIM_THRESHOLD, 2**31 - 1)


def most_memory(device: torch.device) -> int | None:
    """Bytes: the most that this process had so far, of a GPU where it trains on one; None where it is not known."""
    if device.type == "cuda":
        return int(torch.cuda.max_memory_allocated(device))
    if sys.platform == "win32":
        return None
    if sys.platform == "linux":
        status = Path("/proc/self/status")
        highest = re.search(r"^VmHWM:\s*(\d+) kB$", status.read_text(), re.MULTILINE) if status.exists() else None
        if highest is not None:  # getrusage counts the parent's memory as well, such as a notebook's that started this
            return int(highest[1]) * 1024
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def release_memory() -> None:
    """Collect what is no longer used and hand free memory back to the system."""
    gc.collect()
    if torch.cuda.is_initialized():
        torch.cuda.empty_cache()
    if sys.platform == "linux":
        # glibc keeps freed blocks for itself: without this a fit's memory would stay with the process
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim is not None:
            trim(0)

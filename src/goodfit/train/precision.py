"""Reduced precision and memory format, where they are measured to be faster on this machine."""

from __future__ import annotations

import contextlib
import hashlib
import json
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

from goodfit.data.feed import laid_out
from goodfit.errors import UsageError
from goodfit.store.files import write_text
from goodfit.train.device import processor_name
from goodfit.train.memory_format import set_memory_format
from goodfit.train.scratch_copy import trial_of

MARGIN = 1.1  # bfloat16 has to be this much faster to be chosen: it costs digits


@dataclass(frozen=True)
class Precision:
    """How the net is run: `dtype` float32 (no autocast) or bfloat16, and the memory format of images."""

    dtype: str
    channels_last: bool
    why: str

    def autocast(self, device: torch.device) -> AbstractContextManager[object]:
        if self.dtype == "float32":
            return contextlib.nullcontext()
        return torch.autocast(device.type, dtype=getattr(torch, self.dtype))


def supported(dtype: str, device: torch.device) -> bool:
    """Whether the device computes in this type at all, rather than falling back to float32 without a word."""
    if dtype == "float32":
        return True
    if device.type == "cpu":
        there: bool = torch.backends.mkldnn.is_available()
        return there and bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())
    if device.type == "cuda":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    return True


def channels_last_is_safe(net: nn.Module, device: torch.device) -> bool:
    """Whether this net may run with channels last at all.

    On CPUs, torch 2.13 writes past its memory in the backward pass of a 1x1 convolution with a stride, channels last,
    when its input channels are no multiple of 16 (seen with 8 -> 16 channels, stride 2, 53 rows of 16x16: the heap is
    corrupted; with 16 and more it is not).
    """
    return device.type != "cpu" or not any(
        isinstance(module, nn.Conv2d)
        and max(module.kernel_size) == 1
        and max(module.stride) > 1
        and module.in_channels % 16
        for module in net.modules()
    )


def choose_precision(
    net: nn.Module,
    loss_of: Callable[[nn.Module, Tensor], Tensor],
    x: Tensor,
    device: torch.device,
    *,
    wanted: str | None,
    memory: Path,
    why: str = "given",
) -> Precision:
    """The fastest of float32 and bfloat16, contiguous and channels-last, by timing steps on a copy of the net.

    The outcome is remembered for this machine, torch version, net and shape, so that the same seed gives the same
    result however noisy the machine is.

    Args:
        net: left untouched.
        loss_of: forward pass and loss of a net on x.
        x: a batch of the real size, (N, ...) float32 on the device.
        wanted: float32 or bfloat16 where that is settled, and why.
        memory: the JSON file that remembers measurements.

    Raises:
        UsageError: a precision was asked for that this machine would ignore.
    """
    if wanted is not None and wanted not in ("float32", "bfloat16"):
        raise UsageError(f"--precision {wanted} is not known", fix="Choose float32 or bfloat16")
    if wanted is not None and not supported(wanted, device):
        raise UsageError(
            f"--precision {wanted} would be ignored: this {device.type} computes it in float32",
            fix="Leave --precision out",
        )
    dtypes = [wanted] if wanted else ["float32", *(["bfloat16"] if supported("bfloat16", device) else [])]
    formats = [False, True] if x.dim() == 4 and channels_last_is_safe(net, device) else [False]
    candidates = [(dtype, last) for dtype in dtypes for last in formats]
    why = why if wanted else "the only one this machine computes in"
    if len(candidates) == 1:
        return Precision(*candidates[0], why=why)
    key = _key(net, x, device, dtypes)
    known = _remembered(memory)
    if key not in known:
        known[key] = {
            f"{dtype}/{'channels_last' if last else 'contiguous'}": _seconds(
                net, loss_of, x, Precision(dtype, last, ""), device
            )
            for dtype, last in candidates
        }
        write_text(memory, json.dumps(known, indent=1) + "\n")
    seconds = known[key]
    best = {
        dtype: min((seconds[f"{dtype}/{'channels_last' if last else 'contiguous'}"], last) for last in formats)
        for dtype in dtypes
    }
    if len(dtypes) == 1:
        return Precision(dtypes[0], best[dtypes[0]][1], f"{why}; the memory format was measured")
    gain = best["float32"][0] / best["bfloat16"][0]
    if gain >= MARGIN:
        return Precision("bfloat16", best["bfloat16"][1], f"measured {gain:.1f} times as fast as float32 here")
    return Precision("float32", best["float32"][1], f"bfloat16 measured only {gain:.2f} times as fast here")


def _seconds(
    net: nn.Module,
    loss_of: Callable[[nn.Module, Tensor], Tensor],
    x: Tensor,
    precision: Precision,
    device: torch.device,
) -> float:
    """Seconds of a forward and backward pass: the best of several, after a warm-up."""
    with trial_of(net, device) as trial:
        if x.dim() == 4:
            set_memory_format(trial, channels_last=precision.channels_last)
            x = laid_out(x, channels_last=precision.channels_last)

        def once() -> float:
            start = time.perf_counter()
            with precision.autocast(device):
                loss = loss_of(trial, x)
            loss.backward()
            if device.type != "cpu":
                torch.accelerator.synchronize()
            return time.perf_counter() - start

        once()
        first = once()
        return min([first, *(once() for _ in range(3 if first > 0.05 else 20))])


def _key(net: nn.Module, x: Tensor, device: torch.device, dtypes: list[str]) -> str:
    where = torch.cuda.get_device_name(device) if device.type == "cuda" else processor_name()
    facts = [repr(net), tuple(x.shape), where, torch.__version__, torch.get_num_threads(), dtypes]
    return hashlib.sha256(repr(facts).encode()).hexdigest()[:16]


def _remembered(memory: Path) -> dict[str, dict[str, float]]:
    if not memory.exists():
        return {}
    try:
        known: dict[str, dict[str, float]] = json.loads(memory.read_text(encoding="utf-8"))
    except ValueError:
        return {}  # a damaged note is measured again
    return known

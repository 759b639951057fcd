"""Reduced precision and memory format: by rule from the device and the net, so that the same seed gives the same model.

Timings on the user's machine chose now this, now that, and four cold runs of one command gave three models. The rules
come from measurements: docs/decisions/020-precision-by-rule.md.
"""

from __future__ import annotations

import contextlib
from contextlib import AbstractContextManager
from dataclasses import dataclass

import torch
from torch import nn

from goodfit.errors import UsageError


@dataclass(frozen=True)
class Precision:
    """How the net is run: `dtype` float32 (no autocast) or bfloat16, and the memory format of images."""

    dtype: str
    channels_last: bool
    why: str

    def autocast(self, device: torch.device) -> AbstractContextManager[object]:
        """The context of a forward pass."""
        if self.dtype == "float32":
            return contextlib.nullcontext()
        return torch.autocast(device.type, dtype=getattr(torch, self.dtype))


def supported(dtype: str, device: torch.device) -> bool:
    """Whether the device computes in this type at all, rather than falling back to float32 without a word."""
    if dtype == "float32":
        return True
    if device.type == "cpu":
        has_mkldnn: bool = torch.backends.mkldnn.is_available()
        return has_mkldnn and bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())
    if device.type == "cuda":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    return True


def native(device: torch.device) -> bool:
    """Whether the device has instructions for bfloat16: the others compute it slowly out of float32."""
    if device.type == "cpu":
        x86 = torch.cpu._is_amx_tile_supported() or torch.cpu._is_avx512_bf16_supported()
        return bool(x86) and supported("bfloat16", device)
    return device.type == "cuda" and supported("bfloat16", device)


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
    device: torch.device,
    *,
    images: bool,
    large_products: bool,
    own_net: bool = False,
    dtype: str | None = None,
    why: str = "given",
) -> Precision:
    """The precision and memory format for a net on a device.

    Args:
        images: x is (N, C, H, W).
        large_products: the net has products that gain by bfloat16.
        own_net: the net is of the user's own code, which may view a tensor as if it were contiguous: it stays so.
        dtype: float32 or bfloat16 where that is settled, and why.

    Raises:
        UsageError: a precision was asked for that this machine would ignore.
    """
    channels_last = images and not own_net and _is_faster_channels_last(device) and channels_last_is_safe(net, device)
    if dtype is not None:
        _refuse_ignored(dtype, device)
        return Precision(dtype, channels_last, why)
    if not native(device):
        return Precision("float32", channels_last, f"this {_name(device)} has no instructions for bfloat16")
    if not large_products:
        return Precision("float32", channels_last, "its products are too small to gain by bfloat16")
    return Precision("bfloat16", channels_last, f"this {_name(device)} has instructions for it")


def _name(device: torch.device) -> str:
    return "processor" if device.type == "cpu" else "GPU"


def _refuse_ignored(dtype: str, device: torch.device) -> None:
    if dtype not in ("float32", "bfloat16"):
        raise UsageError(f"--precision {dtype} is not known", fix="Choose float32 or bfloat16")
    if not supported(dtype, device):
        raise UsageError(
            f"--precision {dtype} would be ignored: this {device.type} computes it in float32",
            fix="Leave --precision out",
        )


def _is_faster_channels_last(device: torch.device) -> bool:
    if device.type == "cpu":
        return torch.backends.cpu.get_cpu_capability() in ("AVX2", "AVX512")
    return device.type == "cuda"

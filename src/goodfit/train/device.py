"""The device that trains: CUDA, Apple's MPS or the CPU."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator
from contextlib import contextmanager

import torch

from goodfit.busy import busy_words
from goodfit.errors import UsageError

RESIDENT_SHARE = 0.4  # of the free memory of an accelerator: a data set under it lives there whole


def choose_device(wanted: str | None = None) -> tuple[torch.device, str]:
    """The device and why it was chosen.

    Raises:
        UsageError: the wanted device is not on this machine.
    """
    if wanted in (None, "auto"):
        if torch.cuda.is_available():
            return torch.device("cuda"), f"GPU found: {torch.cuda.get_device_name()}"
        if torch.backends.mps.is_available():
            return torch.device("mps"), "Apple GPU found"
        threads = torch.get_num_threads()
        return torch.device("cpu"), f"no GPU found; {threads} thread{'' if threads == 1 else 's'}{busy_words()}"
    try:
        device = torch.device(str(wanted))
    except RuntimeError as error:
        raise UsageError(f"--device {wanted} is not a device", fix="Choose cpu, cuda or mps") from error
    available = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    if not available.get(device.type, False):
        raise UsageError(f"--device {wanted} is not on this machine", fix="Leave --device out, or give cpu")
    return device, "given"


def fits_on(device: torch.device, nbytes: int) -> bool:
    """Whether data of this size may live on the accelerator whole."""
    if device.type == "cuda":
        free, _ = torch.cuda.mem_get_info(device)
        return nbytes < RESIDENT_SHARE * free
    if device.type == "mps":
        return nbytes < RESIDENT_SHARE * torch.mps.recommended_max_memory()
    return False


def processor_name() -> str:
    """The processor as its maker names it, for the record and for measurements kept by machine."""
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as lines:  # noqa: PTH123  # not a user's file
            return next(
                (line.partition(":")[2].strip() for line in lines if line.startswith("model name")),
                platform.processor(),
            )
    except OSError:
        return platform.processor() or platform.machine()


def environment(device: torch.device) -> dict[str, str]:
    """What the run depended on, for the record."""
    from importlib.metadata import PackageNotFoundError, version

    packages = {}
    for name in ("goodfit", "torch", "numpy", "pillow", "scikit-learn", "safetensors"):
        try:
            packages[name] = version(name)
        except PackageNotFoundError:
            packages[name] = "run from its source tree"
    return {
        **packages,
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.release()}",
        "processor": processor_name(),
        "cores": str(os.cpu_count()),
        "threads": str(torch.get_num_threads()),
        "device": torch.cuda.get_device_name(device) if device.type == "cuda" else device.type,
    }


@contextmanager
def cpu_threads(count: int | None) -> Iterator[None]:
    """So many threads for what is computed on the CPU, by torch and by scikit-learn; None: as it was."""
    if count is None:
        yield
        return
    from threadpoolctl import threadpool_limits

    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        with threadpool_limits(count):
            yield
    finally:
        torch.set_num_threads(before)

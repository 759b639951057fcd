"""The state of a run on disk, so that a stopped run goes on bit for bit: one safetensors file, written atomically.

Numbers that are not tensors travel as JSON in the file's own header, so that there is one file and one rename.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from pathlib import Path
from typing import Any

import msgspec
import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from goodfit.errors import RunError
from goodfit.store.files import replacing

FORMAT, FORMAT_WITHOUT_CHECKSUM = 2, 1
CHECKSUM = "checksum"


class DamagedError(RunError):
    """A file that is there and is not what was written."""


def save_state(path: Path, tensors: dict[str, Tensor], values: dict[str, Any]) -> None:
    """Write tensors and JSON values, or nothing.

    Raises:
        DiskError: no room or no permission.
    """
    held = {name: tensor.detach().contiguous().cpu() for name, tensor in tensors.items()}
    seen: set[int] = set()
    for name, tensor in held.items():  # tied weights: safetensors refuses shared storage
        if tensor.data_ptr() in seen and tensor.numel():
            held[name] = tensor.clone()
        seen.add(tensor.data_ptr())
    with replacing(path) as temporary:
        try:
            # One entry: safetensors writes several in any order, and equal runs would not be equal files.
            plain = {"format": FORMAT, **values}
            text = json.dumps({**plain, CHECKSUM: _checksum(held, plain)})
            save_file(held, temporary, metadata={"goodfit": text})
        except SafetensorError as error:
            number = re.search(r"os error (\d+)", str(error))  # a full disk, told in words only
            if number is None:
                raise
            raise OSError(int(number[1]), os.strerror(int(number[1]))) from error


def load_state(path: Path) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """Read what `save_state` wrote.

    Raises:
        DamagedError: cut off or changed, by the checksum, which files of older versions lack.
        RunError: missing, or of a newer goodfit.
    """
    if not path.is_file():
        raise RunError("no such file", where=path, fix="Check the run folder")
    try:
        with safe_open(path, framework="pt") as file:
            header = file.metadata() or {}
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118  # not a dict
        values: dict[str, Any] = msgspec.convert(json.loads(header.get("goodfit", "{}")), dict[str, Any])
        version = msgspec.convert(values.get("format", 0), int)
    except PermissionError as error:
        raise RunError("this file cannot be read", where=path, fix="Change its permissions") from error
    except (SafetensorError, OSError, ValueError, RecursionError) as error:
        raise _damaged(path, "it is cut off, or not a file that goodfit wrote") from error
    if version > FORMAT:
        raise RunError("written by a newer goodfit", where=path, fix="Upgrade goodfit: pip install -U goodfit")
    checksum = values.pop(CHECKSUM, None)
    if version > FORMAT_WITHOUT_CHECKSUM and checksum != _checksum(tensors, values):
        raise _damaged(path, "its content is not what was written")
    return tensors, values


def refuse_not_finite(path: Path, tensors: dict[str, Tensor]) -> None:
    """Raise where weights are not numbers.

    Raises:
        RunError: a tensor with NaN or infinity is named.
    """
    for name, tensor in tensors.items():
        if tensor.is_floating_point() and not bool(tensor.isfinite().all()):
            raise _damaged(path, f"the weights '{name[:80]}' hold NaN or infinity")


def _damaged(path: Path, what: str) -> DamagedError:
    return DamagedError(f"damaged: {what}", where=path, fix="Take a copy of the run, or fit again without --resume")


def _checksum(tensors: dict[str, Tensor], values: dict[str, Any]) -> str:
    """Of names, types, shapes and bytes of contiguous tensors on the CPU, and of the values that go with them."""
    digest = hashlib.blake2b(json.dumps(values).encode(), digest_size=16)
    for name in sorted(tensors):
        tensor = tensors[name]
        digest.update(f"\n{name} {tensor.dtype} {tuple(tensor.shape)}\n".encode(errors="surrogatepass"))
        if tensor.numel():
            digest.update(bytes_of(tensor).numpy().data)
    return digest.hexdigest()


def bytes_of(tensor: Tensor) -> Tensor:
    """(bytes,) uint8 of a tensor on the CPU, without a copy where it is contiguous.

    By strides: a single number of a longer row is contiguous, and keeps the row's stride, which `view` refuses.
    """
    return tensor.contiguous().as_strided((tensor.numel(),), (1,)).view(torch.uint8)


def pack(prefix: str, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    return {f"{prefix}/{name}": tensor for name, tensor in tensors.items()}


def unpack(prefix: str, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    start = prefix + "/"
    return {name[len(start) :]: tensor for name, tensor in tensors.items() if name.startswith(start)}

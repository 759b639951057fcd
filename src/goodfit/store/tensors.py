"""The state of a run on disk, so that a stopped run goes on bit for bit: one safetensors file, written atomically.

Numbers that are not tensors travel as JSON in the file's own header, so that there is one file and one rename.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from goodfit.errors import RunError
from goodfit.store.files import replacing

FORMAT = 1


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
            save_file(held, temporary, metadata={"goodfit": json.dumps({"format": FORMAT, **values})})
        except SafetensorError as error:
            number = re.search(r"os error (\d+)", str(error))  # a full disk, told in words only
            if number is None:
                raise
            raise OSError(int(number[1]), os.strerror(int(number[1]))) from error


def load_state(path: Path) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """Read what `save_state` wrote.

    Raises:
        RunError: missing, damaged, or written by a newer goodfit.
    """
    if not path.exists():
        raise RunError("no such file", where=path, fix="Check the run folder")
    try:
        with safe_open(path, framework="pt") as file:
            values = json.loads((file.metadata() or {}).get("goodfit", "{}"))
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118  # not a dict
    except (SafetensorError, OSError, ValueError) as error:
        raise RunError(f"damaged ({error})", where=path, fix="Start again without --resume") from error
    if values.get("format", 0) > FORMAT:
        raise RunError("written by a newer goodfit", where=path, fix="Upgrade goodfit: pip install -U goodfit")
    return tensors, values


def pack(prefix: str, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    return {f"{prefix}/{name}": tensor for name, tensor in tensors.items()}


def unpack(prefix: str, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    start = prefix + "/"
    return {name[len(start) :]: tensor for name, tensor in tensors.items() if name.startswith(start)}

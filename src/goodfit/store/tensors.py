"""The state of a run on disk, so that a stopped run goes on bit for bit: one safetensors file, written atomically.

Numbers that are not tensors travel as JSON in the file's own header, so that there is one file and one rename.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import torch
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


def optimiser_state(optimiser: torch.optim.Optimizer) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """An optimiser's state as tensors by name, and the rest as JSON."""
    state = optimiser.state_dict()
    tensors = {}
    numbers: dict[str, Any] = {}
    for index, entry in state["state"].items():
        for name, value in entry.items():
            if isinstance(value, Tensor):
                tensors[f"{index}/{name}"] = value
            else:
                numbers[f"{index}/{name}"] = value
    groups = [dict(group.items()) for group in state["param_groups"]]
    return tensors, {"numbers": numbers, "groups": groups}


def load_optimiser_state(optimiser: torch.optim.Optimizer, tensors: dict[str, Tensor], values: dict[str, Any]) -> None:
    """Put back what `optimiser_state` gave."""
    entries: dict[int, dict[str, Any]] = {}
    for place, value in [*tensors.items(), *values["numbers"].items()]:
        index, _, name = place.partition("/")
        entries.setdefault(int(index), {})[name] = value
    optimiser.load_state_dict({"state": entries, "param_groups": values["groups"]})


def random_state(device: torch.device) -> dict[str, Tensor]:
    """State of torch's own generators (dropout draws from them)."""
    state = {"cpu": torch.get_rng_state()}
    if device.type == "cuda":
        state["cuda"] = torch.cuda.get_rng_state(device)
    if device.type == "mps":
        state["mps"] = torch.mps.get_rng_state()
    return state


def load_random_state(device: torch.device, state: dict[str, Tensor]) -> None:
    torch.set_rng_state(state["cpu"])
    if device.type == "cuda":
        torch.cuda.set_rng_state(state["cuda"], device)
    if device.type == "mps":
        torch.mps.set_rng_state(state["mps"])

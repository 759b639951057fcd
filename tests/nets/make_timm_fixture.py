"""Write fixtures/timm_*.json: timm's parameter names, shapes and outputs for weights that a formula gives.

    python tests/nets/make_timm_fixture.py    # needs timm; torchvision may be missing, its names are stood in for

Weights are a function of their name alone, so that the test fills its own net with the same ones.
"""

from __future__ import annotations

import importlib.machinery
import importlib.util
import json
import sys
import types
import zlib
from math import prod, sqrt
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

FIXTURE = Path(__file__).parent / "fixtures" / "timm_resnet.json"
DENSENETS = FIXTURE.with_name("timm_densenet.json")
LITE = FIXTURE.with_name("timm_efficientnet_lite.json")
NETS = {
    LITE: ("tf_efficientnet_lite0",),
    FIXTURE: ("resnet18", "resnet34", "resnet50"),
    DENSENETS: ("densenet121", "densenet169", "densenet201"),
}
SIZES = (160, 224)
SHOWN = 8  # outputs of a net that are kept


def uniform(name: str, shape: tuple[int, ...]) -> np.ndarray:
    """Numbers in 0..1 that only the name decides (uniform ones: numpy keeps that stream the same over versions)."""
    return np.random.default_rng(zlib.crc32(name.encode())).random(shape)


def filled(name: str, shape: tuple[int, ...]) -> Tensor:
    """The tensor of this name: variances near 1 through the net, running variances and scales positive."""
    if name.endswith("num_batches_tracked"):
        return torch.zeros((), dtype=torch.int64)
    share = uniform(name, shape)
    if name.endswith("running_var"):
        return torch.from_numpy(0.5 + share)
    if len(shape) == 1 and name.endswith(
        "weight"
    ):  # scales of norms: small, or sixteen blocks would grow a thousandfold
        return torch.from_numpy(0.2 + 0.4 * share)
    if len(shape) == 1:  # biases and running means
        return torch.from_numpy(0.2 * (share - 0.5))
    return torch.from_numpy((share - 0.5) * sqrt(12 * 2 / prod(shape[1:])))  # variance 2 / fan-in


def image(size: int) -> Tensor:
    """(1, 3, size, size) in -1..1."""
    return torch.from_numpy(2 * uniform(f"picture {size}", (1, 3, size, size)) - 1)


@torch.no_grad()
def first_outputs(net: nn.Module, size: int) -> list[float]:
    """The first outputs of a net in eval mode, in float64, so that every machine gives the same digits."""
    return [float(value) for value in net.double().eval()(image(size))[0, :SHOWN]]


class _Name(type):
    """A class any attribute of which is its name: enough for the enumerations that timm takes from torchvision."""

    def __getattr__(cls, name: str) -> str:
        if name.startswith("__"):
            raise AttributeError(name)
        return name


class _StandIn(types.ModuleType):
    __path__: list[str] = []  # noqa: RUF012  # read by the import system

    def __getattr__(self, name: str) -> type:
        if name.startswith("__"):
            raise AttributeError(name)
        return _Name(name, (nn.Module,) if name == "FrozenBatchNorm2d" else (), {})


def stand_in_for_torchvision() -> None:
    """timm's nets here use nothing of torchvision, but timm imports it."""
    inner = ("ops", "ops.misc", "transforms", "transforms.functional", "datasets", "models", "utils")
    for name in ("torchvision", *(f"torchvision.{part}" for part in inner)):
        module = _StandIn(name)
        module.__spec__ = importlib.machinery.ModuleSpec(name, None)
        sys.modules[name] = module
        parent, _, own = name.rpartition(".")
        if parent:
            setattr(sys.modules[parent], own, module)


def write(path: Path, names: tuple[str, ...]) -> None:
    import timm

    kept = {}
    for name in names:
        net = timm.create_model(name, pretrained=False)
        shapes = {key: list(tensor.shape) for key, tensor in net.state_dict().items()}
        net.load_state_dict({key: filled(key, tuple(shape)) for key, shape in shapes.items()})
        kept[name] = {"outputs": {str(size): first_outputs(net, size) for size in SIZES}, "shapes": shapes}
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps({"timm": timm.__version__, "nets": kept}, separators=(",", ":")) + "\n")


def main() -> None:
    if importlib.util.find_spec("torchvision") is None:
        stand_in_for_torchvision()
    for path, names in NETS.items():
        write(path, names)


if __name__ == "__main__":
    main()

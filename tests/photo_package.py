"""A package of weights such as goodfit[photos] installs, made by a test: the same layout, names and file format."""

from __future__ import annotations

import hashlib
import io
from collections import OrderedDict
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
import torch
from torch import Tensor

from goodfit.nets import build, imagenet


def published_name(ours: str) -> str:
    """The name that the package has for one of our tensors: the inverse of `our_name`, by trying all of them."""
    candidates = [f"{module}.{rest}" for module in imagenet.OUTSIDE_BLOCKS for rest in ENDINGS]
    for number in range(len(imagenet.BLOCKS)):
        names = imagenet.OF_FIRST_BLOCK if number == 0 else imagenet.OF_BLOCKS
        candidates += [f"_blocks.{number}.{module}.{rest}" for module in names for rest in ENDINGS]
    (name,) = [each for each in candidates if imagenet.our_name(each) == ours]
    return name


ENDINGS = ("weight", "bias", "running_mean", "running_var", "num_batches_tracked")


@cache
def random_weights(side: int) -> tuple[dict[str, Tensor], bytes]:
    """Tensors by our names, and the file that the package has of them: once for all tests of a process."""
    torch.manual_seed(11)
    net = build("efficientnet_lite0", (3, side, side), 1000)
    tensors = {name: tensor.clone() for name, tensor in net.state_dict().items()}
    file = io.BytesIO()
    published = OrderedDict((published_name(name), tensor) for name, tensor in tensors.items())
    torch.save(published, file, _use_new_zipfile_serialization=False)
    return tensors, file.getvalue()


def install_photo_package(folder: Path, monkeypatch: pytest.MonkeyPatch, *, side: int = 64) -> dict[str, Tensor]:
    """Lay a package with random weights on the path, under the checksum of its own file; returns its tensors."""
    tensors, content = random_weights(side)
    module = folder / "photo_weights_of_a_test"
    (module / "models").mkdir(parents=True)
    (module / "__init__.py").write_text("raise AssertionError('the package was imported')\n")
    path = module / "models" / "weights.pth"
    path.write_bytes(content)
    package = replace(
        imagenet.LITE0,
        module=module.name,
        file="models/weights.pth",
        sha256=hashlib.sha256(content).hexdigest(),
    )
    monkeypatch.syspath_prepend(str(folder))
    monkeypatch.setattr(imagenet, "LITE0", package)
    monkeypatch.setattr(imagenet, "SIDE", side)
    return tensors


def without_photo_package(monkeypatch: pytest.MonkeyPatch) -> None:
    """As where goodfit[photos] is not installed."""
    monkeypatch.setattr(imagenet, "LITE0", replace(imagenet.LITE0, module="photo_weights_that_are_not_there"))

"""Published weights: a .safetensors file, a name on the Hugging Face hub, or imagenet. Nothing in them is executed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn

from goodfit.errors import ModelError
from goodfit.formatting import counted
from goodfit.nets import imagenet
from goodfit.nets.architecture import names

EXECUTING = (".pth", ".pt", ".bin", ".pkl", ".ckpt")  # pickles: loading one runs what it says
COLOURS = 3  # published nets are made for red, green and blue
ON_THE_HUB = {
    "resnet18": "timm/resnet18.a1_in1k",
    "resnet34": "timm/resnet34.a1_in1k",
    "resnet50": "timm/resnet50.a1_in1k",
    "densenet121": "timm/densenet121.ra_in1k",
    "densenet169": "timm/densenet169.tv_in1k",
    "densenet201": "timm/densenet201.tv_in1k",
}


@dataclass(frozen=True)
class PretrainedReport:
    """What became of the tensors of a weights file, by name."""

    loaded: tuple[str, ...]  # taken over, the adapted ones among them
    skipped: tuple[str, ...]  # the published head, left out: the net keeps its new one
    adapted: tuple[str, ...]  # the first convolution, for images of another number of channels

    def __str__(self) -> str:
        extra = "".join(
            f"; {what} {', '.join(names)}"
            for what, names in (("left out", self.skipped), ("adapted", self.adapted))
            if names
        )
        return f"{counted(len(self.loaded), 'tensor')}{extra}"


def load_pretrained(net: nn.Module, where: str, *, head: str) -> PretrainedReport:
    """Load published weights into a net of the same parameter names; a head of another width stays new.

    Args:
        net: changed in place, or not at all when an error is raised.
        where: a path that ends in .safetensors, a hub name such as timm/resnet18.a1_in1k, or imagenet.
        head: prefix of the head's parameter names, such as "fc".

    Raises:
        ModelError: no such file, no network, another net's weights, or a format that can run code.
    """
    path, published = _read(where)
    wanted = net.state_dict()
    heads = {name for name in (*published, *wanted) if name.startswith(f"{head}.")}
    # The whole head or none of it: published weights with a fresh bias would be neither.
    keep_head = all(
        name in published and name in wanted and published[name].shape == wanted[name].shape for name in heads
    )
    skipped = tuple(name for name in published if name in heads and not keep_head)
    body = {name: tensor for name, tensor in published.items() if name not in skipped}
    first = next((f"{name}.weight" for name, module in net.named_modules() if isinstance(module, nn.Conv2d)), None)
    adapted = []
    if first in body and first in wanted and _only_channels_differ(body[first], wanted[first]):
        body[first] = adapt_channels(body[first], wanted[first].shape[1])
        adapted.append(first)
    _refuse(path, "it has what this net has not", [name for name in body if name not in wanted])
    _refuse(
        path,
        "it lacks",
        [
            name
            for name in wanted
            if name not in body and name not in heads and not name.endswith("num_batches_tracked")  # old files
        ],
    )
    _refuse(
        path,
        "other shapes (there, here)",
        [
            f"{name} {tuple(tensor.shape)}, {tuple(wanted[name].shape)}"
            for name, tensor in body.items()
            if tensor.shape != wanted[name].shape
        ],
    )
    net.load_state_dict(body, strict=False)
    return PretrainedReport(tuple(body), skipped, tuple(adapted))


def adapt_channels(weight: Tensor, channels: int) -> Tensor:
    """A first convolution made for colour, for images of another number of channels.

    One channel gets the sum over the colours: on a grey image the answer is then that of the same image in
    colour. More channels repeat the colours in turn, scaled by 3 / channels so that the sum over a patch keeps its
    size.

    Args:
        weight: (outputs, 3, K, K).
        channels: of the images.

    Returns:
        (outputs, channels, K, K) float32.
    """
    weight = weight.to(torch.float32)
    if channels == 1:
        return weight.sum(1, keepdim=True)
    turns = [channel % COLOURS for channel in range(channels)]
    return weight[:, turns] * (COLOURS / channels)


def _only_channels_differ(there: Tensor, here: Tensor) -> bool:
    return (
        there.dim() == 4
        and there.shape[1] == COLOURS != here.shape[1]
        and (there.shape[0], *there.shape[2:]) == (here.shape[0], *here.shape[2:])
    )


def _refuse(path: Path | str, why: str, tensors: Sequence[str]) -> None:
    """Raise when there are names to complain of; the first three are told."""
    if not tensors:
        return
    more = f" and {len(tensors) - 3} more" if len(tensors) > 3 else ""
    raise ModelError(
        f"weights of another net: {why}: {'; '.join(tensors[:3])}{more}",
        where=path,
        fix="Choose the --arch that they were made for",
    )


def _read(where: str) -> tuple[Path | str, dict[str, Tensor]]:
    """Where the published tensors come from, and the tensors by name."""
    if where == imagenet.NAME:
        return where, imagenet.imagenet_weights(imagenet.LITE0)
    path = _find(where)
    try:
        return path, load_file(path)
    except (SafetensorError, OSError) as error:
        raise ModelError(f"not a safetensors file ({error})", where=path, fix="Download it again") from error


def _find(where: str) -> Path:
    """The weights file, fetched from the hub when `where` is a name there."""
    path = Path(where)
    if path.suffix.lower() in EXECUTING:
        raise ModelError(
            "this format can run code when it is loaded", where=where, fix="Use the weights' .safetensors file"
        )
    if path.suffix.lower() == ".safetensors" or path.exists():
        if not path.is_file():
            raise ModelError("no such file", where=where, fix="Check the path")
        return path
    if where in names():
        of_hub = ON_THE_HUB.get(where.removeprefix("unet-"))
        hub = f"--arch {where} --pretrained {of_hub} (from the hub), " if of_hub is not None else ""
        raise ModelError(
            f"'{where}' is an architecture, and --pretrained takes weights",
            fix=f"Give {hub}a .safetensors file, or --pretrained {imagenet.NAME} ({imagenet.INSTALL})",
        )
    if where.count("/") != 1:
        raise ModelError(
            f"neither a .safetensors file, a hub name nor {imagenet.NAME}",
            where=where,
            fix=f"Give a path, owner/name of the hub, or {imagenet.NAME}",
        )
    try:
        from huggingface_hub import hf_hub_download
    except ImportError as error:
        raise ModelError(
            "hub names need huggingface_hub",
            where=where,
            fix="pip install 'goodfit[hub]', or give a .safetensors path",
        ) from error
    try:
        return Path(hf_hub_download(where, "model.safetensors"))
    except Exception as error:  # the hub's client raises many kinds, also from the HTTP library below it
        _unreachable(where, error)


def _unreachable(where: str, error: Exception) -> NoReturn:
    raise ModelError(
        f"cannot be fetched from the hub ({type(error).__name__})",
        where=where,
        fix="Go online once, or download model.safetensors elsewhere and give its path to --pretrained",
    ) from error

"""Published weights: a .safetensors file, or a name on the Hugging Face hub. Nothing in them is executed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn

from goodfit.errors import ModelError


@dataclass(frozen=True)
class Loaded:
    """What became of the tensors of a weights file."""

    loaded: int
    left_out: tuple[str, ...]  # the head, which is new
    adapted: tuple[str, ...]  # the first convolution, for grey pictures

    def __str__(self) -> str:
        extra = "".join(
            f"; {what} {', '.join(names)}"
            for what, names in (("new", self.left_out), ("adapted", self.adapted))
            if names
        )
        return f"{self.loaded} tensors{extra}"


def load_pretrained(net: nn.Module, where: str, *, head: str) -> Loaded:
    """Load published weights into a net of the same parameter names, all but the head.

    Args:
        net: changed in place.
        where: a path that ends in .safetensors, or a hub name such as timm/resnet18.a1_in1k.
        head: prefix of the head's names; its weights are kept only when their shape fits.

    Raises:
        ModelError: no such file, no network, another net's weights, or a format that can run code.
    """
    path = _find(where)
    try:
        published = load_file(path)
    except (SafetensorError, OSError) as error:
        raise ModelError(f"not a safetensors file ({error})", where=path, mend="Download it again") from error
    wanted = net.state_dict()
    left_out, adapted, taken = [], [], {}
    for name, tensor in published.items():
        if name not in wanted:
            if name.startswith(head + "."):
                left_out.append(name)
                continue
            _refuse(path, f"it has {name}, which this net has not")
        if tensor.shape == wanted[name].shape:
            taken[name] = tensor
        elif name.startswith(head + "."):
            left_out.append(name)
        else:
            taken[name] = _grey(tensor, wanted[name], name, path)
            adapted.append(name)
    missing = [
        name for name in wanted
        if name not in published and not name.startswith(head + ".") and not name.endswith("num_batches_tracked")
    ]  # fmt: skip
    if missing:
        _refuse(path, f"it lacks {', '.join(missing[:3])}")
    net.load_state_dict(taken, strict=False)
    return Loaded(len(taken), tuple(left_out), tuple(adapted))


def _grey(tensor: Tensor, wanted: Tensor, name: str, path: Path) -> Tensor:
    """A first convolution made for colour, for grey pictures: the sum over colours gives the same answer to grey."""
    same = tensor.dim() == 4 and tensor.shape[0] == wanted.shape[0] and tensor.shape[2:] == wanted.shape[2:]
    if same and tensor.shape[1] == 3 and wanted.shape[1] == 1:
        return tensor.sum(1, keepdim=True, dtype=torch.float32)
    return _refuse(path, f"{name} is {tuple(tensor.shape)} there and {tuple(wanted.shape)} here")


def _refuse(path: Path, why: str) -> Tensor:
    raise ModelError(f"weights of another net: {why}", where=path, mend="Choose the --arch that they were made for")


def _find(where: str) -> Path:
    path = Path(where)
    if path.suffix in (".pth", ".pt", ".bin", ".pkl", ".ckpt"):
        raise ModelError(
            "this format can run code when it is loaded", where=where, mend="Use the weights' .safetensors file"
        )
    if path.suffix == ".safetensors" or path.exists():
        if not path.is_file():
            raise ModelError("no such file", where=where, mend="Check the path")
        return path
    if where.count("/") != 1:
        raise ModelError(
            "neither a .safetensors file nor a hub name", where=where, mend="Give a path, or owner/name of the hub"
        )
    try:
        from huggingface_hub import hf_hub_download
    except ImportError as error:
        raise ModelError(
            "hub names need huggingface_hub",
            where=where,
            mend="pip install 'goodfit[hub]', or give a .safetensors path",
        ) from error
    try:
        return Path(hf_hub_download(where, "model.safetensors"))
    except Exception as error:  # the hub's client raises many kinds, also from the HTTP library below it
        raise ModelError(
            f"cannot be fetched from the hub ({type(error).__name__})",
            where=where,
            mend="Go online once, or download model.safetensors elsewhere and give its path to --pretrained",
        ) from error

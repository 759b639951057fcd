"""What a net is made of: its layers with their output shapes, parameters, multiply-adds and what training keeps.

Nothing is guessed: the net runs forward once on torch's meta device, which knows shapes and computes no numbers.
What is kept is what torch keeps on a CPU: on a GPU the choices of dropout take a quarter.
"""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from typing import Any

import torch
from torch import Tensor, nn
from torch.autograd.graph import saved_tensors_hooks
from torch.overrides import TorchFunctionMode
from torch.utils.flop_counter import FlopCounterMode

from goodfit.errors import UsageError
from goodfit.nets.architecture import Architecture, architecture, build, names

USUAL = (3, 224, 224)  # the images that published nets are compared by, with 1000 classes
CLASSES = 1000
FEW = 4  # layers with weights that a block of one line may have: a Bottleneck has its three and the shortcut
WIDE = 98  # characters of a line
MILLION, MIB = 10**6, 2**20


@dataclass
class Row:
    """One line of the table.

    Attributes:
        name: of the module, as in the names of its parameters; of a function, such as max_pool2d; or "total".
        kind: its class.
        shape: of what it gives, without the batch dimension.
        parameters: numbers that are trained.
        multiply_adds: of one forward pass of the batch.
        kept: bytes that it first asks to be kept for backward, in float32: the batch itself is among them, parameters
            and running statistics are not.
    """

    name: str
    kind: str = ""
    shape: tuple[int, ...] = ()
    parameters: int = 0
    multiply_adds: int = 0
    kept: int = 0


def overview() -> list[str]:
    """Every architecture by family: its parameters at the usual size, and what it is for."""
    lines = [f"Parameters at {times(USUAL)}, {CLASSES} outputs; one output where each pixel has a value of its own."]
    for family, members in groupby(map(architecture, names()), key=_family):
        lines += ["", *textwrap.wrap((sys.modules[family].__doc__ or family).partition("\n")[0], WIDE)]
        for each in members:
            lines.append(f"  {each.name:<18}{_size(each):>9}  {_purpose(each)}")
    return lines


def families() -> dict[str, tuple[str, list[str]]]:
    """Of each family of architectures, by the name of its module: what it is, and the names of its members."""
    found = {}
    for family, members in groupby(map(architecture, names()), key=_family):
        about = (sys.modules[family].__doc__ or family).partition("\n")[0]
        found[family.rpartition(".")[2].replace("_", "-")] = about, [each.name for each in members]
    return found


def describe(name: str, in_shape: tuple[int, ...], outputs: int, batch: int = 1, **options: Any) -> list[Row]:
    """The rows of a net for images, in the order in which they run, and their total.

    Args:
        in_shape: (C, H, W) of an image.
        outputs: width of the head.
        batch: images at a time; multiply-adds and kept bytes grow with it.
        options: of the architecture.

    Raises:
        UsageError: an architecture that is not for images, one that cannot be built so, or a batch that cannot be
            trained.
    """
    if architecture(name).input_dims != len(USUAL):
        images = ", ".join(names(len(USUAL)))
        raise UsageError(
            f"the layers of {name} depend on the columns of its data",
            fix=f"Choose a net for images: {images}",
        )
    if batch < 1:
        raise UsageError(f"a batch of {batch} images cannot be")
    with torch.device("meta"):
        net = build(name, in_shape, outputs, **options).train()
        x = torch.empty(batch, *in_shape)
    try:
        rows = _Watch(net).run(x)
    except ValueError as error:  # batch norm's own
        raise UsageError(
            f"{name} cannot be trained on batches of {batch} such images ({error})",
            fix="Give a larger batch or larger images",
        ) from error
    return [*rows, _total(net, rows)]


def table(rows: Sequence[Row]) -> list[str]:
    """Aligned lines: name, kind, output shape, parameters, multiply-adds, what is kept."""
    cells = [("layer", "", "output", "parameters", "mult-adds, M", "kept, MiB")]
    for row in rows:
        figures = f"{row.parameters:,}", f"{row.multiply_adds / MILLION:,.1f}", f"{row.kept / MIB:,.1f}"
        cells.append((row.name, row.kind, times(row.shape), *figures))
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = [
        "  ".join(f"{cell:<{wide}}" if at < 2 else f"{cell:>{wide}}" for at, (cell, wide) in enumerate(pairs)).rstrip()
        for pairs in (zip(line, widths, strict=True) for line in cells)
    ]
    rule = "-" * max(map(len, lines))
    return [lines[0], rule, *lines[1:-1], rule, lines[-1]]


def times(shape: Iterable[int]) -> str:
    """3×224×224."""
    return "×".join(map(str, shape))


def _family(chosen: Architecture) -> str:
    """The module in which an architecture is built."""
    maker: Any = chosen.build
    return str(getattr(maker, "func", maker).__module__)


def _size(chosen: Architecture) -> str:
    if chosen.input_dims != len(USUAL):
        return "–"
    with torch.device("meta"):
        net = build(chosen.name, USUAL, 1 if chosen.dense else CLASSES)
    return f"{_count(net) / MILLION:.1f} M"


def _purpose(chosen: Architecture) -> str:
    if chosen.input_dims != len(USUAL):
        return "rows; as large as their columns ask for"
    return "images to a value for every pixel" if chosen.dense else "images to classes or numbers"


def _total(net: nn.Module, rows: Sequence[Row]) -> Row:
    return Row(
        "total",
        parameters=_count(net),
        multiply_adds=sum(row.multiply_adds for row in rows),
        kept=sum(row.kept for row in rows),
    )


def _blocks(module: nn.Module, prefix: str = "") -> Iterable[tuple[str, nn.Module]]:
    """The modules that are one row each: single layers, blocks of a few layers, and blocks of equal ones."""
    for name, child in module.named_children():
        path = f"{prefix}{name}"
        inner = list(child.children())
        if not inner:
            of_torch = type(child).__module__.startswith("torch.")  # such as ReLU; one of ours computes more
            if any(True for _ in child.parameters()) or not of_torch:
                yield path, child
        elif isinstance(child, nn.Sequential | nn.ModuleList) or not (_weights(child) <= FEW or _equal(inner)):
            yield from _blocks(child, f"{path}.")
        else:
            yield path, child


def _weights(module: nn.Module) -> int:
    """How many layers of a module have a weight that is more than a scale for each channel."""
    return sum(any(each.dim() > 1 for each in layer.parameters(recurse=False)) for layer in module.modules())


def _equal(inner: Sequence[nn.Module]) -> bool:
    return len({type(each) for each in inner}) == 1 and any(True for _ in inner[0].children())


def _count(module: nn.Module) -> int:
    return sum(each.numel() for each in module.parameters())


def _kind(module: nn.Module) -> str:
    inner = list(module.children())
    return f"{len(inner)} {type(inner[0]).__name__}s" if inner and _equal(inner) else type(module).__name__


def _shape(given: Tensor | Sequence[Tensor]) -> tuple[int, ...]:
    """(C, H, W) of a result; a list of maps counts as one with all their channels."""
    if isinstance(given, Tensor):
        return tuple(given.shape[1:])
    return (sum(each.shape[1] for each in given), *given[0].shape[2:])


class _Watch(TorchFunctionMode):
    """One forward pass, each thing that it does put down to the row it belongs to.

    What happens between the modules that are rows, such as a ReLU, belongs to the row before; a function that changes
    the shape there, such as a max-pool, is a row of its own, and a norm joins the single layer before it.
    """

    def __init__(self, net: nn.Module) -> None:
        super().__init__()
        self.net = net
        self.rows: list[Row] = []
        self.inside = False  # a module that is a row is running
        self.flops = FlopCounterMode(display=False)
        self.counted = 0  # of the flops: have been put down to a row
        self.own = {_address(each) for each in (*net.parameters(), *net.buffers())}
        self.stored: dict[int, Tensor] = {}  # by the address of its storage; alive, so that none comes twice

    def run(self, x: Tensor) -> list[Row]:
        self.rows.append(Row("input", shape=_shape(x)))
        self.keep(x)
        for path, module in _blocks(self.net):
            module.register_forward_pre_hook(partial(self.enter, path))
            module.register_forward_hook(self.leave)
        with self.flops, saved_tensors_hooks(self.keep, lambda tensor: tensor), self:
            self.net(x)
        self.settle()
        return self.rows

    def keep(self, tensor: Tensor) -> Tensor:
        """Called with every tensor that backward needs."""
        address = _address(tensor)
        if address not in self.own and address not in self.stored:
            self.stored[address] = tensor
            self.rows[-1].kept += tensor.untyped_storage().nbytes()
        return tensor

    def settle(self) -> None:
        """Put what has been computed so far down to the last row; two operations are one multiply-add."""
        total = self.flops.get_total_flops()
        self.rows[-1].multiply_adds += (total - self.counted) // 2
        self.counted = total

    def enter(self, path: str, module: nn.Module, _: object) -> None:
        self.inside = True
        self.settle()
        if isinstance(module, nn.BatchNorm2d) and self.rows[-1].kind == "Conv2d":
            self.rows[-1].name += f", {path.rpartition('.')[2]}"
        else:
            self.rows.append(Row(path, _kind(module)))
        self.rows[-1].parameters += _count(module)

    def leave(self, _module: nn.Module, _: object, result: Tensor | Sequence[Tensor]) -> None:
        self.rows[-1].shape = _shape(result)
        self.inside = False

    def __torch_function__(
        self, func: Callable[..., Any], types: object, args: Sequence[Any] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        if self.inside:
            return func(*args, **(kwargs or {}))
        self.settle()
        row = Row(func.__name__)
        self.rows.append(row)
        result = func(*args, **(kwargs or {}))
        self.settle()
        if isinstance(result, Tensor) and isinstance(args[0], Tensor) and result.shape[1:] != args[0].shape[1:]:
            row.shape = _shape(result)
        else:
            self.rows.pop()
            self.rows[-1].kept += row.kept
            self.rows[-1].multiply_adds += row.multiply_adds
        return result


def _address(tensor: Tensor) -> int:
    return int(tensor.untyped_storage()._cdata)

"""Experiments on a copy of a net: does changing one row of the input change another row of the output?"""

from __future__ import annotations

import contextlib
import copy
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm
from torch.overrides import TorchFunctionMode

from goodfit.checks.engine.nested import mapped, tensors
from goodfit.checks.engine.random_state import random_state_kept
from goodfit.checks.engine.user_frame import Place, user_place
from goodfit.checks.rule import NotChecked

SCREENING_ROWS = 8  # of a batch, that may rule mixing out
SMALLEST_CHANGE = 1e-5  # of the size of the outputs: rounding is a hundredth of it
SUMS = ("add", "__add__", "__radd__", "add_", "__iadd__")
NOISE_FACTOR = 10.0  # how far a change has to stand out of what two equal passes differ by


def copied(net: nn.Module) -> nn.Module:
    """A copy in eval mode.

    Raises:
        NotChecked: a net that cannot be copied, such as one that keeps tensors with a graph.
    """
    try:
        with torch.no_grad():
            double = copy.deepcopy(net).eval()
            for module in double.modules():
                if isinstance(module, _BatchNorm) and module.running_mean is None:  # it mixes rows by design, always
                    module.running_mean = torch.zeros(module.num_features, device=_device_of(module))
                    module.running_var = torch.ones_like(module.running_mean)
            return double
    except Exception as error:  # its own __deepcopy__ or __reduce__ may raise anything
        raise NotChecked(net, "net", "that could not be copied") from error


def _device_of(module: nn.Module) -> torch.device | None:
    return next((param.device for param in module.parameters()), None)


class RunFailed(Exception):
    """The copy of a net raised an exception."""


class Reach(Enum):
    """Which rows of an output a row of an input moves."""

    NOTHING, OWN_ROW, UNKNOWN = "nothing", "own row", "unknown"


@dataclass(frozen=True)
class Mixing:
    """Row `changed` of the input was changed, and row `moved` of the output moved by `size`.

    Attributes:
        place: the line in the net's own code whose result was the first to move in another row; None where that is not
            in the user's code.
    """

    changed: int
    moved: int
    size: float
    place: Place


@dataclass(frozen=True)
class Experiment:
    """A copy of a net with its arguments, of which `x` is the input whose rows are changed."""

    net: nn.Module
    args: Any
    kwargs: Any
    x: Tensor
    outputs: Collection[int] | None  # which of the output's tensors to compare; all when None
    again: Callable[[], None]  # sets all generators back

    def run(self, x: Tensor, mode: TorchFunctionMode | None = None, *, draws_on: bool = False) -> dict[int, Tensor]:
        """The tensors compared of the output for another x, those with a row for each of its rows, in float.

        Args:
            draws_on: random numbers are other ones than those of the run before; else each run draws the same.
        """
        if not draws_on:
            self.again()
        args, kwargs = mapped((self.args, self.kwargs), lambda tensor: x if tensor is self.x else tensor)
        try:
            with mode or contextlib.nullcontext():
                output = self.net(*args, **kwargs)
        except Exception as error:  # the user's code: a net that runs in training alone, or keeps count of its calls
            raise RunFailed from error
        return {
            at: _numbers(tensor)
            for at, tensor in enumerate(tensors(output))
            if (self.outputs is None or at in self.outputs) and tensor.dim() and len(tensor) == len(x)
        }


def mixing(
    net: nn.Module, args: Sequence[Any], kwargs: Mapping[str, Any], outputs: Collection[int] | None = None
) -> Mixing | None:
    """Whether rows of the output depend on other rows of the first tensor among the arguments.

    Where no change of that one moves any output, as of the tokens of a net that reads its answer where its query
    stands, the next tensor with as many rows is asked about. The first, a middle and the last row are changed, one at
    a time, in a copy of the net in eval mode; two equal passes say how much noise there is. All of that only where a
    few rows do not rule it out. None also where the question has no answer: other inputs, or outputs, than one row a
    sample.

    Args:
        outputs: which of the tensors of the output are asked about, by their order; all when None.

    Raises:
        NotChecked: a net that cannot be copied, or its copy cannot be run.
    """
    given = list(tensors([list(args), dict(kwargs)]))
    if not given or given[0].dim() < 2 or len(given[0]) < 3:
        return None
    rows = len(given[0])
    model = copied(net)
    with random_state_kept() as again, torch.no_grad():
        for x in {id(tensor): tensor for tensor in given if tensor.dim() and len(tensor) == rows}.values():
            reach = _reach_of_few(model, x, args, kwargs, outputs, again)
            if reach is Reach.OWN_ROW:
                return None
            if reach is Reach.NOTHING:
                continue
            experiment = _experiment(model, x, args, kwargs, outputs, rows, again)
            try:
                moved = _moved_row(experiment, sorted({0, rows // 2, rows - 1}))
            except RunFailed as error:
                raise NotChecked(net, "net", "that could not be run again") from error
            if moved is not Reach.NOTHING:
                return moved if isinstance(moved, Mixing) else None
    return None


def _experiment(
    net: nn.Module,
    x: Tensor,
    args: Any,
    kwargs: Any,
    outputs: Collection[int] | None,
    rows: int,
    again: Callable[[], None],
) -> Experiment:
    """With copies of the arguments: of their first rows, where there are as many as x has."""
    copies: dict[int, Tensor] = {}

    def cut(tensor: Tensor) -> Tensor:
        if id(tensor) not in copies:
            is_batch = tensor.dim() and len(tensor) == len(x)
            if is_batch and tensor.layout is not torch.strided and rows < len(x):
                raise NotChecked(net, "net", "whose arguments could not be copied")
            copies[id(tensor)] = (tensor[:rows] if is_batch else tensor).detach().clone()
        return copies[id(tensor)]

    args, kwargs = mapped((list(args), dict(kwargs)), cut)
    if id(x) not in copies:
        raise NotChecked(net, "net", "whose arguments could not be copied")
    return Experiment(net, args, kwargs, copies[id(x)], outputs, again)


def _moved_row(experiment: Experiment, chosen: Sequence[int]) -> Mixing | Reach:
    """Change each chosen row of the input: whether another row of an output moves, or at least its own."""
    x = experiment.x
    first, second = experiment.run(x), experiment.run(x, draws_on=True)
    if not first or not _same_shapes(first, second):
        return Reach.UNKNOWN
    reach = Reach.NOTHING
    noise = max(float((first[at] - second[at]).abs().max()) for at in first)
    for row in chosen:
        changed = x.clone()
        changed[row] = _other(changed, row)
        if bool((changed[row] == x[row]).all()):
            continue
        output = experiment.run(changed)
        if not _same_shapes(output, first):
            return Reach.UNKNOWN
        for at, before in first.items():
            if not torch.equal(before, output[at]):
                reach = Reach.OWN_ROW
            distances = _distances(before, output[at], row)
            size, moved = float(distances.max()), int(distances.argmax())
            scale = max(float((output[at] - before).abs().max()), float(before.abs().max()))
            if size > NOISE_FACTOR * noise + SMALLEST_CHANGE * scale:
                return Mixing(row, moved, size, _first_line(experiment, changed, row, noise))
    return reach


def _same_shapes(one: Mapping[int, Tensor], other: Mapping[int, Tensor]) -> bool:
    return {at: each.shape for at, each in one.items()} == {at: each.shape for at, each in other.items()}


def _distances(before: Tensor, after: Tensor, row: int) -> Tensor:
    """(rows,) by how much each row moved, 0 for the changed one; 0 for all where another dimension of the same size
    moved in the changed index and nowhere else: that is the batch there, and the first is something else.
    """
    distances = (after - before).abs()
    rows = len(before)
    for dim in range(1, before.dim()):
        if before.shape[dim] == rows:
            moved = distances.movedim(dim, 0).reshape(rows, -1).amax(1)
            own, moved[row] = float(moved[row]), 0.0
            if own > 0 and float(moved.max()) <= SMALLEST_CHANGE * max(own, float(before.abs().max())):
                return torch.zeros(rows)
    distances = distances.reshape(rows, -1).amax(1)
    distances[row] = 0
    return distances


def added_by_row(
    net: nn.Module, args: Sequence[Any], kwargs: Mapping[str, Any], outputs: Collection[int] | None = None
) -> Place | None:
    """The line of the net's own code that adds to each row of the batch something that depends on its number.

    The rows of a copy's input are rotated; a sum then differs from its rotated former self where neither of the tensors
    added does so before. None where there is no such line, or where the net carries something from batch to batch
    whose sizes are those of the batch, such as hidden states.

    Args:
        outputs: which tensors of the output are asked about, by their order; all when None.

    Raises:
        NotChecked: the net cannot be copied.
    """
    x = next(tensors([list(args), dict(kwargs)]), None)
    if x is None or x.dim() < 2 or len(x) < 3 or _carries_rows(net, args, kwargs, len(x)):
        return None
    model = copied(net)
    with random_state_kept() as again, torch.no_grad():
        experiment = _experiment(model, x, args, kwargs, outputs, len(x), again)
        other_args, other_kwargs = _rotated(args, kwargs, len(x))
        other_x = next(tensors([other_args, other_kwargs]))
        rotated = _experiment(model, other_x, other_args, other_kwargs, outputs, len(x), again)
        try:
            first, second = experiment.run(experiment.x), experiment.run(experiment.x, draws_on=True)
            other = rotated.run(rotated.x)
            if not first or not _same_shapes(first, second) or not _same_shapes(first, other):
                return None
            noise = max(float((first[at] - second[at]).abs().max()) for at in first)
            size = max(float((first[at].roll(1, 0) - other[at]).abs().max()) for at in first)
            scale = max(float(first[at].abs().max()) for at in first)
            if size <= NOISE_FACTOR * noise + SMALLEST_CHANGE * scale:
                return None
            return _first_sum(experiment, rotated, noise)
        except RunFailed:
            return None


def _carries_rows(net: nn.Module, args: Any, kwargs: Any, rows: int) -> bool:
    """Whether an argument has the size of the batch in another dimension than the first, or an attribute in any."""
    given = any(rows in tensor.shape and len(tensor) != rows for tensor in tensors([list(args), dict(kwargs)]))
    kept = [
        value
        for module in net.modules()
        for name, value in [*vars(module).items(), *module.named_buffers(recurse=False)]
        if name not in ("_parameters", "_buffers", "_modules")
    ]
    return given or any(rows in tensor.shape for tensor in tensors(kept))


def _rotated(args: Any, kwargs: Any, rows: int) -> Any:
    """The arguments with every tensor that has a row a sample rotated by one row."""
    copies: dict[int, Tensor] = {}

    def roll(tensor: Tensor) -> Tensor:
        if id(tensor) not in copies:
            copies[id(tensor)] = tensor.roll(1, 0) if tensor.dim() and len(tensor) == rows else tensor
        return copies[id(tensor)]

    return mapped((list(args), dict(kwargs)), roll)


def _first_sum(experiment: Experiment, rotated: Experiment, noise: float) -> Place | None:
    """The line of the first call whose result is not the rotated former one, if that is a sum."""
    before, after = _Trace(len(experiment.x)), _Trace(len(experiment.x))
    experiment.run(experiment.x, before)
    rotated.run(rotated.x, after)
    for (place, one), (_, other), name in zip(before.results, after.results, before.names, strict=False):
        if one.shape != other.shape:
            return None
        if torch.equal(one, other):  # a constant, such as the encodings themselves
            continue
        if float((one.roll(1, 0) - other).abs().max()) > NOISE_FACTOR * noise + SMALLEST_CHANGE * float(
            one.abs().max()
        ):
            return place if name in SUMS else None
    return None


class _Trace(TorchFunctionMode):
    """Keeps what every call gave that has as many rows as the batch, with the line of the net's code."""

    def __init__(self, rows: int) -> None:
        super().__init__()
        self.rows = rows
        self.results: list[tuple[Place, Tensor]] = []
        self.names: list[str] = []  # of the functions that gave these

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        result = func(*args, **(kwargs or {}))
        for tensor in tensors(result):
            if tensor.dim() > 1 and len(tensor) == self.rows and tensor.is_floating_point():
                self.results.append((user_place(Experiment.run.__code__), _numbers(tensor).clone()))
                self.names.append(str(getattr(func, "__name__", "")))
        return result


def _first_line(experiment: Experiment, changed: Tensor, row: int, noise: float) -> Place:
    """The line whose result is the first to move in another row than the changed one."""
    before, after = _Trace(len(changed)), _Trace(len(changed))
    try:
        experiment.run(experiment.x, before)
        experiment.run(changed, after)
    except RunFailed:  # a net that is no longer itself under a mode, such as a scripted one
        return Place(None, None)
    for (place, one), (_, other) in zip(before.results, after.results, strict=False):
        if one.shape != other.shape:
            break
        scale = max(float((one - other).abs().max()), float(one.abs().max()))
        if float(_distances(one, other, row).max()) > NOISE_FACTOR * noise + SMALLEST_CHANGE * scale:
            return place
    return Place(None, None)


def _reach_of_few(
    model: nn.Module,
    x: Tensor,
    args: Sequence[Any],
    kwargs: Mapping[str, Any],
    outputs: Collection[int] | None,
    again: Callable[[], None],
) -> Reach:
    """Whether the first rows alone go through the net, and those that stay as they are move not at all when three of
    them change: two cheap passes. On a CPU alone, where an index beyond these rows is an error like another.
    """
    if x.device.type != "cpu" or len(x) < 2 * SCREENING_ROWS:
        return Reach.UNKNOWN
    experiment = _experiment(model, x, args, kwargs, outputs, SCREENING_ROWS, again)
    base = experiment.x
    rows = [0, SCREENING_ROWS // 3, SCREENING_ROWS - 1]  # no mirror image of each other
    changed = base.clone()
    for row in rows:
        changed[row] = _other(base, row)
    if any(bool((changed[row] == base[row]).all()) for row in rows):
        return Reach.UNKNOWN
    try:
        first, second = experiment.run(base), experiment.run(changed)
    except RunFailed:  # such as a net of a fixed batch size: the whole batch decides
        return Reach.UNKNOWN
    if not first or not _same_shapes(first, second):
        return Reach.UNKNOWN
    for at, before in first.items():
        distances = (second[at] - before).abs().reshape(SCREENING_ROWS, -1).amax(1)
        size = float(distances.max())
        distances[rows] = 0
        if float(distances.max()) > SMALLEST_CHANGE * max(size, float(before.abs().max())):
            return Reach.UNKNOWN
    equal = all(torch.equal(before, second[at]) for at, before in first.items())
    return Reach.NOTHING if equal else Reach.OWN_ROW


def _other(x: Tensor, row: int) -> Tensor:
    """Another row's values, in another order where they are numbers, so that the change is large."""
    other = x[(row + 1) % len(x)]
    if x.is_floating_point():
        spread = x.float().std().clamp_min(1e-3).to(x.dtype)
        return other + 3 * spread
    return other


def _numbers(output: Tensor) -> Tensor:
    output = output.detach()
    return (torch.view_as_real(output.resolve_conj()) if output.is_complex() else output).float()

"""The net of a fit: the user's own, or an architecture chosen for the data, with what builds it again."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor, nn

from goodfit.data.source import Source
from goodfit.errors import ModelError, UsageError
from goodfit.fitting.defaults import epochs_of_rows
from goodfit.fitting.effort import CONVNET, Effort, affordable, usual_machine
from goodfit.fitting.feature_net import feature_net
from goodfit.fitting.image_folds import FEW_PHOTOS
from goodfit.fitting.journal import Journal
from goodfit.fitting.options import FitOptions
from goodfit.fitting.pretrained import NONE, Weights, choose_weights, would_start_from_photos
from goodfit.fitting.problem import Problem
from goodfit.fitting.resume import Started
from goodfit.fitting.table_effort import affordable_epochs
from goodfit.lazy_pattern import lazy_pattern
from goodfit.nets import architecture, build, imagenet, measure, names, usual_options
from goodfit.nets.assemble import cross_fitted
from goodfit.nets.own_net import as_net, describe
from goodfit.nets.weights import load_pretrained
from goodfit.record import NetRecord

WHY_INSTALL = "brings weights of 1.3 million photos: of few photos they make far more"
ROWS_MEASURED = 100_000  # rows that a net sets its fixed numbers from where they stay on disk
IMAGES_MEASURED = 2_000  # the same of images
LATE_STAGES = (
    "late_stages"  # option of an architecture: what a head on the weights of ImageNet is given beside the last
)


@dataclass(frozen=True)
class Net:
    """A net on its device, before training, and what builds it again."""

    module: nn.Module
    record: NetRecord
    pretrained: str | None = None  # the weights that it started from, as --pretrained takes them
    effort: Effort | None = None  # what can be afforded on a processor, of a net for images from scratch

    @property
    def own(self) -> bool:
        """Whether it is of the user's own code."""
        return self.record.arch is None

    @property
    def fixed_features(self) -> bool:
        """Whether nothing but its head is learnt."""
        return self.record.arch is not None and architecture(self.record.arch).fixed_features

    @property
    def linear_head(self) -> nn.Linear | None:
        """The last layer of an architecture for rows, where it is a linear one."""
        if self.record.arch is None or self.record.folds > 1:
            return None
        head = self.module.get_submodule(architecture(self.record.arch).head)
        return head if isinstance(head, nn.Linear) else None


def with_feature_net(problem: Problem, options: FitOptions, device: torch.device) -> Problem:
    """The problem whose task knows the net of --feature-net, where one was named."""
    if options.feature_net is None:
        return problem
    if not problem.task.accepts_feature_net:
        raise UsageError("--feature-net is for restoration", fix="Leave it out")
    net = feature_net(options.feature_net, problem.task.outputs, device)
    return replace(problem, task=problem.task.with_feature_net(net))


def make_net(
    problem: Problem,
    options: FitOptions,
    device: torch.device,
    journal: Journal,
    model: Any = None,
    params: list[Tensor] | None = None,
    started: Started | None = None,
) -> Net:
    """The net for a problem, on the device.

    Args:
        model: the user's own net, and params, those of a plain function; an architecture when None.
        started: the run that is resumed: its net is built again, for the weights of its checkpoint.

    Raises:
        UsageError: an architecture that does not fit the data, or an option that it does not have.
    """
    source, task = problem.source, problem.task
    if model is not None:
        journal.choose("net", describe(model), "given")
        record = NetRecord(None, describe(model), source.in_shape, task.outputs, {})
        return Net(as_net(model, params).to(device), record)
    if started is not None:
        record = started.net
        module = cross_fitted(str(record.arch), record.in_shape, record.outputs, record.options, record.folds)
        _measure(module, source, problem.split.rows("train"))
        return Net(module.to(device), record, started.pretrained)
    weights = choose_weights(source, task, options)
    if weights is None and options.pretrained is None and would_start_from_photos(source, task, options):
        journal.choose("pretrained", NONE, f"{imagenet.INSTALL} {WHY_INSTALL}")
    arch, why = _architecture(problem, options, device, weights)
    pretrained = weights.where if weights is not None else None
    folds = 1 if problem.head_alone else problem.split.fold_count
    effort = _effort(arch, problem, options, device) if weights is None else None
    if options.speed is not None and effort is None:
        raise UsageError(
            "--speed is for images from scratch and long fits of tables, on a processor", fix="Leave it out"
        )
    settings = _net_options(arch, problem, options, pretrained, effort)
    record = NetRecord(arch, None, source.in_shape, task.outputs, settings, folds)
    module = cross_fitted(arch, source.in_shape, task.outputs, record.options, folds)
    if weights is not None:
        if folds > 1:
            raise UsageError("--pretrained and --folds were both given", fix="Give one of them")
        known = architecture(arch)
        body = module.get_submodule(known.body)
        loaded = load_pretrained(body, weights.where, head=known.body_head or known.head)
        journal.choose("pretrained", weights.where, f"{weights.why}; {loaded}")
    _measure(module, source, problem.split.rows("train"))
    count = sum(parameter.numel() for parameter in module.parameters())
    several = f"{folds} of " if folds > 1 else ""
    journal.choose("net", f"{several}{arch}, {count / 1e6:.2f} million parameters", why)
    if effort is not None and effort.speed is not None:
        journal.choose("machine", f"about {effort.speed.gigaflops:,} Gflop/s", effort.speed.why)
    return Net(module.to(device), record, pretrained, effort)


WRONG_WIDTHS = (  # what torch says, with the width that came and the one that was wanted
    lazy_pattern(r"mat1 and mat2 shapes cannot be multiplied \(\d+x(?P<came>\d+) and (?P<wanted>\d+)x\d+\)"),
    lazy_pattern(r"expected input\[.*\] to have (?P<wanted>\d+) channels, but got (?P<came>\d+) channels"),
)


@contextmanager
def wrong_widths_named(source: Source) -> Iterator[None]:
    """A net of the user's own that takes another width than it is given is one line, with both widths.

    Raises:
        ModelError: in place of torch's own error about the shapes of a product.
    """
    try:
        yield
    except RuntimeError as error:
        widths = next((match for pattern in WRONG_WIDTHS if (match := pattern.search(str(error)))), None)
        if widths is None:
            raise
        came, wanted = widths["came"], widths["wanted"]
        shape = ", ".join(["N", *map(str, source.in_shape)])
        flat = len(source.in_shape) > 1 and math.prod(source.in_shape) == int(wanted)
        raise ModelError(
            f"a layer of the net takes width {wanted} and was given {came}; the mini-batches are ({shape})",
            fix="Begin the net with torch.nn.Flatten()" if flat else f"Change the net so that this layer takes {came}",
        ) from error


def usual_architecture(in_shape: tuple[int, ...], output: str, *, accelerator: bool) -> tuple[str, str]:
    """The architecture for data of this shape, and why.

    Args:
        in_shape: of x, without the batch dimension.
        output: row or image: what the net gives for each input.
        accelerator: whether a GPU trains.
    """
    if output == "image":
        return ("unet-resnet18" if accelerator else "unet-resnet10"), "the output is an image of the input's size"
    if len(in_shape) == 1:
        return "mlp", "the rows are flat"
    if len(in_shape) == 2:
        return "mlp", f"rows of {in_shape[0]} x {in_shape[1]} numbers; images are (N, 1, H, W), or uint8"
    side = max(in_shape[-2:])
    if not accelerator:
        return "convnet", f"images of {side} px on a CPU"
    return "resnet18", f"images of {side} px"


def _architecture(
    problem: Problem, options: FitOptions, device: torch.device, weights: Weights | None
) -> tuple[str, str]:
    """The architecture's name, and why it was chosen."""
    source, task = problem.source, problem.task
    arch, why = usual_architecture(source.in_shape, task.output, accelerator=device.type != "cpu")
    if problem.head_alone and weights is None and not options.arch:
        arch, why = "hog", f"fewer than {FEW_PHOTOS:,} photos are too few to learn features from; --arch {arch} does it"
    if source.arch is not None:
        arch, why = source.arch, f"for {source.kind}" if source.kind.endswith("s") else f"for {source.kind} data"
    if weights is not None and weights.arch is not None:
        arch, why = weights.arch, f"the weights of {weights.where} are of it"
    if options.arch:
        arch, why = options.arch, "given"
    if not architecture(arch).by_gradient:
        raise UsageError(
            f"{arch} is grown, and not trained as a net is",
            fix="Leave --arch out: it is a part of every fit of a table",
        )
    dense = task.output == "image"
    if architecture(arch).dense != dense:
        raise UsageError(
            f"{arch} gives {'one row' if dense else 'an image'} for each image, and {task.name} needs "
            f"{'images' if dense else 'rows'}",
            fix=f"Choose one of {', '.join(names(len(source.in_shape), dense=dense))}",
        )
    return arch, why


def _effort(arch: str, problem: Problem, options: FitOptions, device: torch.device) -> Effort | None:
    """What can be afforded, where it decides anything: of plain nets for images, and cross-fitted ones for tables."""
    if device.type != "cpu":
        return None
    rows, shape, outputs = len(problem.split.rows("train")), problem.source.in_shape, problem.task.outputs
    recipe = architecture(arch).crossed_recipes.get(problem.task.family)
    if recipe is not None and recipe.most_epochs is not None and recipe.patience is not None:
        folds = problem.split.fold_count
        if folds == 1 or options.epochs is not None or options.minutes is not None:
            return None
        usual = _usual_options(arch, problem)
        return affordable_epochs(
            lambda: build(arch, shape, outputs, **usual),
            shape,
            rows,
            folds,
            recipe.most_epochs,
            recipe.patience,
            options.speed,
        )
    if arch != CONVNET:
        return None
    return affordable(
        usual_machine(problem.task, options, device),
        arch,
        shape,
        outputs,
        rows,
        options.epochs or epochs_of_rows(rows),
        minutes=options.minutes,
        width=options.width,
        folds=problem.split.fold_count,
    )


def _net_options(
    arch: str, problem: Problem, options: FitOptions, pretrained: str | None, effort: Effort | None
) -> dict[str, Any]:
    """What the architecture is built with: its usual options, the user's, the data's and the task's."""
    chosen = _usual_options(arch, problem)
    width = options.width or (None if effort is None else effort.width)
    if width is not None:
        chosen["width"] = width
    if options.checkpointing:
        if "checkpointing" not in chosen:
            raise UsageError(f"--checkpointing is for DenseNets, and {arch} is none", fix="Leave it out")
        chosen["checkpointing"] = True
    if pretrained == imagenet.NAME and LATE_STAGES in chosen:
        chosen[LATE_STAGES] = True
    return problem.task.net_options(chosen, pretrained=pretrained is not None)


def _usual_options(arch: str, problem: Problem) -> dict[str, Any]:
    source, crossed = problem.source, problem.split.folds is not None and not problem.head_alone
    return {**usual_options(arch, source.in_shape, source.net_options(), crossed=crossed)}


def _measure(module: nn.Module, source: Source, train_rows: Tensor) -> None:
    """Let the net set what it takes from the data rather than learns, from training rows alone."""
    at_most = IMAGES_MEASURED if len(source.in_shape) == 3 else ROWS_MEASURED
    if source.block is not None or len(source.in_shape) == 3:  # some, spread evenly, are enough
        train_rows = train_rows[:: max(1, len(train_rows) // at_most)]
    measure(module, lambda: source.read(train_rows), source.fixed())

"""The rival of a net for images: a linear model on fixed features of edges and colours, on the same rows.

It is scored beside the net; where both together lose clearly less on validation rows, both together are the model. Of
few images from scratch that is the rule, of many the exception; of a net pretrained on photos it is the rule where the
images are none, such as X-rays (docs/decisions/051-photo-sets-of-many-kinds.md).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn

from goodfit.data.normalise import Normalise
from goodfit.fitting.blending import NET_ALONE, Contender, Finished, say_left_out
from goodfit.fitting.journal import Journal
from goodfit.fitting.net import Net
from goodfit.fitting.options import FitOptions
from goodfit.fitting.problem import Problem
from goodfit.nets import build
from goodfit.nets.blend import Blend
from goodfit.nets.cross_fitted import CrossFitted
from goodfit.nets.hog import SMALLEST_SIDE, HogNet
from goodfit.record import BlendedPart
from goodfit.rivals.time_limit import TimeLimit
from goodfit.rivals.weights import blend_weights
from goodfit.tasks.task import Task
from goodfit.train.cross_fitting import Folds
from goodfit.train.evaluate import scores
from goodfit.train.features import features_of
from goodfit.train.linear_head import fit_linear_head
from goodfit.train.loop import Training
from goodfit.train.precision import Precision

NAME = "a linear model of edges and colours"
ARCH = "hog"
ROWS_AT_MOST = 5_000  # training rows; more are sampled: seconds, not minutes
ROWS_A_MINUTE = 1_000  # the same under a time budget
SECONDS, SECONDS_A_ROW = 1.0, 0.002  # of fitting and scoring, on two cores
WORTH_A_BEGINNING = 0.5  # of these seconds have to be left
HELD_OUT = 5  # one row in so many chooses the penalty
GAIN_AT_LEAST = 0.03  # of the net's loss, by which a blend is worth a second model
ERRORS_AT_LEAST = 2.0  # standard errors of that gain
PLAIN = Precision("float32", False, "its products are small")


def beside_image_rival(
    finished: Finished,
    training: Training,
    problem: Problem,
    net: Net,
    options: FitOptions,
    journal: Journal,
    limit: TimeLimit | None = None,
) -> Finished:
    """What predicts: the net, with the rival of images scored beside it, or the blend of both.

    Args:
        limit: how long the rival may take.
    """
    source, limit = problem.source, limit or TimeLimit()
    count = rival_rows(problem, net, options)
    if count == 0:
        return finished
    if not limit.allows(WORTH_A_BEGINNING * SECONDS_A_ROW * count, NAME):
        say_left_out(limit.left_out, options, journal)
        return finished
    with journal.progress(f"fitting {NAME}"):
        settings = _settings(training.feed.normalise, source.in_shape[0])
        rival = fit_image_rival(training, problem, settings, count)
    learnt_of_some = options.minutes is not None and count < len(training.train_rows)  # a longer training gains more
    if net.own or options.arch is not None or learnt_of_some:
        return replace(finished, contenders=[*finished.contenders, rival.contender])
    return _blended(finished, rival, settings, training, journal)


def seconds_of_image_rival(problem: Problem, net: Net, options: FitOptions) -> float:
    """That it is thought to take after training; 0 where there is none."""
    count = rival_rows(problem, net, options)
    return SECONDS + SECONDS_A_ROW * count if count else 0.0


def rival_rows(problem: Problem, net: Net, options: FitOptions) -> int:
    """Training rows that the rival is fitted to; 0 where it would be the net itself, or has nothing to do with them."""
    source = problem.source
    if options.rivals == "none" or not source.images or problem.task.output != "row" or net.fixed_features:
        return 0
    if max(source.in_shape[1:]) < SMALLEST_SIDE:
        return 0
    most = ROWS_AT_MOST if options.minutes is None else min(ROWS_AT_MOST, int(ROWS_A_MINUTE * options.minutes) + 1)
    return min(most, len(problem.split.rows("train")))


@dataclass(frozen=True)
class ImageRival:
    """The rival, fitted.

    Attributes:
        contender: it, with its outputs on validation rows of images as they are, looked at once.
        outputs: (n, outputs) of the validation rows by a task's way to look at images; of folds each by a model that
            was not fitted to it.
    """

    contender: Contender
    outputs: Callable[[Task], Tensor]


def fit_image_rival(training: Training, problem: Problem, settings: dict[str, object], count: int) -> ImageRival:
    """The rival, fitted to so many rows; of cross-fitting also once without each fold."""
    source, task = problem.source, training.task.with_augmentation()
    began = time.monotonic()
    rows = training.train_rows
    rows = rows[:: max(1, -(-len(rows) // count))]
    module = build(ARCH, source.in_shape, task.outputs, **settings).to(training.feed.device).eval()
    assert isinstance(module, HogNet)
    features = features_of(module, "fc", training.feed, rows, PLAIN)
    crossed = None if problem.split.folds is None else torch.from_numpy(problem.split.folds)
    order = torch.randperm(len(rows), generator=torch.Generator().manual_seed(training.hyper.seed))
    folds = torch.where(order % HELD_OUT == 0, 0, -1) if crossed is None else crossed[rows]
    head = fit_linear_head(features, problem.y.index_select(0, rows), folds, problem.task)
    _put_in(module, head.weight, head.bias)
    judged = module if crossed is None else CrossFitted([_put_in(deepcopy(module), *each) for each in head.heads()])

    def outputs(task: Task) -> Tensor:
        def scored(net: nn.Module, of: Tensor) -> tuple[Tensor, Tensor]:
            return scores(net, training.feed, task, of, PLAIN)

        valid = training.valid_rows
        return (scored(judged, valid) if crossed is None else Folds(crossed).held_out(judged, valid, scored))[0]

    return ImageRival(Contender(NAME, module, outputs(task), time.monotonic() - began, None, task), outputs)


def _put_in(net: HogNet, weight: Tensor, bias: Tensor) -> HogNet:
    """The net with this head."""
    with torch.no_grad():
        net.fc.weight.copy_(weight)
        net.fc.bias.copy_(bias)
    return net


def _settings(normalise: Normalise | None, channels: int) -> dict[str, object]:
    """Of the rival's net, so that it takes images as the other net does."""
    mean = [0.0] * channels if normalise is None else normalise.mean.flatten().tolist()
    deviation = [1.0] * channels if normalise is None else normalise.deviation.flatten().tolist()
    return {"normalised": (mean, deviation)}


def _blended(
    finished: Finished, fitted: ImageRival, settings: dict[str, object], training: Training, journal: Journal
) -> Finished:
    """Net and rival together, where that loses clearly less on the validation rows than the better of both."""
    task, y, rival = training.task, finished.y, fitted.contender
    if rival.task != task:  # as the net looks at images
        rival = replace(rival, out=fitted.outputs(task), task=task)
    outs = [finished.out, rival.out]
    weights = blend_weights(task, outs, y)
    out = torch.tensordot(weights, torch.stack(outs), dims=1)
    if not _is_better(task, out, finished.out, y):
        return replace(finished, contenders=[*finished.contenders, fitted.contender])
    shares = (weights / weights.sum().clamp_min(1e-9)).tolist()
    journal.choose(
        "blend",
        f"the net {shares[0]:.0%}, {NAME} {shares[1]:.0%}",
        "together they have a clearly lower loss on images that they were not trained on",
    )
    module = Blend([finished.module, rival.module]).to(training.feed.device).eval()
    module.weights.copy_(weights)
    part = BlendedPart(ARCH, settings, NAME)
    return Finished(
        module=module,
        record=replace(finished.record, parts=(part,)),
        out=out,
        y=y,
        contenders=[
            Contender(NET_ALONE, finished.module, finished.out, training.position.seconds, shares[0]),
            replace(rival, share=shares[1]),
        ],
    )


def _is_better(task: Task, out: Tensor, net_out: Tensor, y: Tensor) -> bool:
    """Whether the blend loses less in a row than the net by more than chance and by a share that is worth it."""
    alone = task.calibrated(net_out, y).row_losses(net_out, y).double()
    gain = alone - task.calibrated(out, y).row_losses(out, y).double()
    error = float(gain.std() / len(gain) ** 0.5)
    return float(gain.mean()) > max(ERRORS_AT_LEAST * error, GAIN_AT_LEAST * float(alone.mean()))

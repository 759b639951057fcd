"""The rival of a net for images: a linear model on fixed features of edges and colours, on the same rows."""

from __future__ import annotations

import time
from dataclasses import replace

import torch
from torch import Tensor, nn

from goodfit.data.feed import Feed
from goodfit.data.normalise import Normalise
from goodfit.fitting.blending import Contender, Finished
from goodfit.fitting.journal import Journal
from goodfit.fitting.net import Net
from goodfit.fitting.options import FitOptions
from goodfit.fitting.problem import Problem
from goodfit.nets import build
from goodfit.nets.hog import HogNet
from goodfit.train.evaluate import scores
from goodfit.train.features import features_of
from goodfit.train.linear_head import fit_linear_head
from goodfit.train.loop import Training
from goodfit.train.precision import Precision

NAME = "a linear model of edges and colours"
ROWS_AT_MOST = 5_000  # training rows; more are sampled: seconds, not minutes
HELD_OUT = 5  # one row in so many chooses the penalty


class FromNormalised(nn.Module):
    """A net that takes images as shares of 255, given them as another net does."""

    def __init__(self, net: nn.Module, normalise: Normalise | None) -> None:
        super().__init__()
        self.net = net
        self.mean = None if normalise is None else nn.Buffer(normalise.mean)
        self.deviation = None if normalise is None else nn.Buffer(normalise.deviation)

    def forward(self, x: Tensor) -> Tensor:
        if self.mean is not None and self.deviation is not None:
            x = x.float() * self.deviation + self.mean
        out: Tensor = self.net(x.float() / 255)
        return out


def beside_image_rival(
    finished: Finished, training: Training, problem: Problem, net: Net, options: FitOptions, journal: Journal
) -> Finished:
    """What predicts, with the rival of images among those that are scored beside it."""
    if options.rivals == "none":
        return finished
    with journal.progress(f"fitting {NAME}"):
        rival = fit_image_rival(training, problem, net)
    return finished if rival is None else replace(finished, contenders=[*finished.contenders, rival])


def fit_image_rival(training: Training, problem: Problem, net: Net) -> Contender | None:
    """The rival, fitted; None where it would be the net itself, or has nothing to do with the rows."""
    source, task = problem.source, training.task.with_augmentation(mirrored=False, turned=False)
    if not source.images or task.output != "row" or net.fixed_features or training.folds is not None:
        return None
    began = time.monotonic()
    rows = training.train_rows
    rows = rows[:: max(1, -(-len(rows) // ROWS_AT_MOST))]
    module = build("hog", source.in_shape, task.outputs)
    assert isinstance(module, HogNet)
    feed = Feed(
        source=source,
        y=problem.y,
        device=training.feed.device,
        batch_size=training.feed.batch_size,
        seed=training.hyper.seed,
        normalise=Normalise.shares(source.in_shape[0]),
    )
    plain = Precision("float32", False, "its products are small")
    features = features_of(module.to(feed.device), "fc", feed, rows, plain)
    order = torch.randperm(len(rows), generator=torch.Generator().manual_seed(training.hyper.seed))
    folds = torch.where(order % HELD_OUT == 0, 0, -1)
    head = fit_linear_head(features, problem.y.index_select(0, rows), folds, problem.task)
    with torch.no_grad():
        module.fc.weight.copy_(head.weight)
        module.fc.bias.copy_(head.bias)
    rival = FromNormalised(module, training.feed.normalise).to(feed.device).eval()
    out, _ = scores(rival, training.feed, task, training.valid_rows, plain)
    return Contender(NAME, rival, out, time.monotonic() - began, None, task)

"""What a fit of images from scratch can afford on a processor: the width of the net, and the epochs.

A wider net learns more of each image, and needs its epochs: the width is the largest one for which enough of the epochs
that the rows are worth fit into the time that a person waits (docs/decisions/028-speed-from-scratch.md). The speed is
that of the machine's class (`goodfit.train.speed`); where any machine could afford the widest net, nothing is measured.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

import torch
from torch import nn

from goodfit.fitting.options import FitOptions
from goodfit.formatting import counted
from goodfit.nets import build
from goodfit.nets.multiply_adds import multiply_adds
from goodfit.tasks.task import Task
from goodfit.train.precision import Precision, choose_precision
from goodfit.train.speed import OPERATIONS, SLOWEST, Speed, choose_speed

CONVNET = "convnet"  # the usual net of images on a processor
MINUTES = 6.0  # that a person waits where nobody said
SECONDS_BESIDE, ROWS_A_SECOND_BESIDE = 15.0, 1_400  # of these: the start and the report; reading so many training rows
SECONDS_OF_RIVAL, ROWS_OF_RIVAL = 10.0, 5_000  # and the rival, of so many rows or more
SECONDS_AT_LEAST = 5.0
# that scoring takes, five times as fast as a step: six looks at images of validation, test and some of training; with
# folds all of training, by each net
EPOCHS_OF_SCORES, EPOCHS_OF_SCORES_OF_FOLDS = 0.4, 2.0
SHARE_OF_SPEED = 0.55  # that all threads reach in whole steps, of the speed that is planned with
SHARE_OF_FOLDS = 0.5  # of the minutes, for nets that are cross-fitted: what they gain is not worth a longer wait
EPOCHS_OF_FOLDS = 0.4  # of the usual epochs, which these nets have at least
LONGER = 1.5  # times the usual epochs, where the chosen net leaves time: of many rows more epochs still teach more
# of the usual epochs, the share from which a width is better than the next narrower one in more epochs
SHARE_OF_EPOCHS = {24: 0.0, 32: 0.4, 48: 0.7, 64: 0.9}
TINY_SIDE, TINY_WIDTH = 24, 32  # px, under which an image has little to tell: a wider net learns no more
EPOCHS_AT_LEAST = 2
MORE_MINUTES = 20


@dataclass(frozen=True)
class Effort:
    """What was chosen by what can be afforded.

    Attributes:
        width: of the net; None: as is usual for it.
        epochs: that it is trained for.
        speed: of the machine, by class, where it was of consequence.
        why: what one waits for, by that class.
    """

    width: int | None
    epochs: int
    speed: Speed | None = None
    why: str = ""


@dataclass(frozen=True)
class Machine:
    """What computes: its precision and threads, and the class of speed that was asked for."""

    precision: Precision
    threads: int
    given: int | None = None


def usual_machine(task: Task, options: FitOptions, device: torch.device) -> Machine:
    """What computes a net for images, as it is usual for the task or was asked for."""
    dtype = options.precision
    if dtype is None and (usual := task.usual_precision()) is not None:
        dtype = usual[0]
    precision = choose_precision(nn.Identity(), device, images=True, large_products=True, dtype=dtype)
    return Machine(precision, torch.get_num_threads(), options.speed)


def affordable(
    machine: Machine,
    arch: str,
    in_shape: tuple[int, ...],
    outputs: int,
    rows: int,
    epochs: int,
    *,
    minutes: float | None = None,
    width: int | None = None,
    folds: int = 1,
) -> Effort:
    """The width and epochs that fit into the time.

    Args:
        arch: an architecture with the option width.
        in_shape: (C, H, W) of the images, and outputs, of the task.
        rows: of training.
        epochs: that so many rows are worth.
        minutes: of the whole fit, where they were asked for; six otherwise.
        width: that was asked for.
        folds: of cross-fitting: so many nets, each without one fold of the rows, have half of these minutes.
    """
    minutes = _minutes(minutes, folds)
    passes = max(1, folds - 1) * rows
    rival = min(SECONDS_OF_RIVAL * min(1.0, rows / ROWS_OF_RIVAL), 2 * minutes)
    beside = SECONDS_BESIDE + rows / ROWS_A_SECOND_BESIDE + rival
    seconds = max(SECONDS_AT_LEAST, 60 * minutes - beside)
    most = TINY_WIDTH if max(in_shape[1:]) < TINY_SIDE else max(SHARE_OF_EPOCHS)
    widths = tuple(each for each in SHARE_OF_EPOCHS if each <= most) if width is None else (width,)
    share = 1e9 * SHARE_OF_SPEED
    scoring = EPOCHS_OF_SCORES if folds == 1 else EPOCHS_OF_SCORES_OF_FOLDS

    def images_a_second(gigaflops: float, width: int) -> float:
        return share * gigaflops / (OPERATIONS * _multiply_adds(arch, in_shape, outputs, width))

    def epochs_in_time(gigaflops: float, width: int) -> float:
        return seconds * images_a_second(gigaflops, width) / passes - scoring

    if epochs_in_time(SLOWEST, widths[-1]) >= epochs:
        return Effort(widths[-1], epochs)
    speed = choose_speed(machine.precision, machine.threads, machine.given)
    chosen = next(
        (
            each
            for each in widths[::-1]
            if epochs_in_time(speed.gigaflops, each) >= SHARE_OF_EPOCHS.get(each, 0.0) * epochs
        ),
        widths[0],
    )
    most_epochs = epochs if folds > 1 else LONGER * epochs
    fitting = math.floor(min(most_epochs, epochs_in_time(speed.gigaflops, chosen)))
    fitting = max(EPOCHS_AT_LEAST, fitting)
    rate = images_a_second(speed.gigaflops, chosen)
    whole = round(((fitting + scoring) * passes / rate + beside) / 60) or 1
    other = f"--minutes {MORE_MINUTES} for more" if whole < MORE_MINUTES else f"--minutes {MINUTES:g} for less"
    time = f"{whole:,} minute{'s' * (whole > 1)} in all"
    return Effort(
        chosen, fitting, speed, f"about {counted(_rounded(rate), 'image')} a second on this machine, {time}; {other}"
    )


def affords_folds(
    machine: Machine,
    arch: str,
    in_shape: tuple[int, ...],
    outputs: int,
    rows: int,
    epochs: int,
    *,
    minutes: float | None,
    folds: int,
) -> bool:
    """Whether a net for each fold fits into half of the time, with four tenths of the usual epochs."""
    effort = affordable(machine, arch, in_shape, outputs, rows, epochs, minutes=minutes, folds=folds)
    return effort.epochs >= math.floor(EPOCHS_OF_FOLDS * epochs)


def _minutes(minutes: float | None, folds: int) -> float:
    """Of the whole fit."""
    usual = MINUTES if minutes is None else minutes
    return usual if folds == 1 else SHARE_OF_FOLDS * usual


def _rounded(rate: float) -> int:
    """To two digits: it is a guess."""
    digits = 1 - math.floor(math.log10(max(rate, 1)))
    return round(round(rate, digits))


@cache
def _multiply_adds(arch: str, in_shape: tuple[int, ...], outputs: int, width: int) -> float:
    return multiply_adds(lambda: build(arch, in_shape, outputs, width=width), in_shape)

"""What a fit aims at: the task that the targets call for, which rows teach it, and the targets as tensors."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

import numpy as np
from torch import Tensor

from goodfit.data.source import DenseSource, Source
from goodfit.data.split import Split, make_split
from goodfit.errors import DataError, UsageError
from goodfit.fitting.options import Asked
from goodfit.tasks import task_for
from goodfit.tasks.encode import encoded, with_targets
from goodfit.tasks.task import Task
from goodfit.train.hyperparameters import Choice


@dataclass
class Aim:
    """The task, the part of every row, and the encoded targets."""

    task: Task
    split: Split
    y: Tensor  # (N, ...) of all rows; images lie in the mapped cache
    y_train: Tensor  # of the training rows, in the form that scores are taken in
    labels: np.ndarray | None  # (N,) classes as text
    choices: list[Choice]


def take_aim(source: Source, asked: Asked) -> Aim:
    """Task, split and targets of a prepared source.

    Raises:
        DataError: no targets, or none that can be learnt from.
    """
    if source.targets is None:
        raise DataError(
            "these rows have no labels to learn from",
            fix="Put the images of each class into a folder of its own, or give a CSV of path,label",
        )
    choices = list(_left_out(source))
    readable = with_targets(source)
    came = np.array([part or "" for part in source.parts])
    if isinstance(source.targets, Tensor):
        task = task_for(source.targets, asked.task or source.task, cast(DenseSource, source).task_options())
    else:
        learnt = np.flatnonzero(readable & ((came == "") | (came == "train"))).tolist()
        task = task_for([source.targets[row] for row in learnt], asked.task or source.task)
    if asked.interval and not task.accepts_interval:
        raise UsageError("--interval is for one number to predict", fix="Leave it out")
    split = make_split(
        readable=readable,
        labels=task.strata(source.targets),
        groups=source.groups,
        times=source.times,
        given=source.parts,
        keys=source.keys,
        noun="image" if source.kind in ("images", "masks", "pairs") else "row",
        seed=asked.seed,
        valid_share=asked.valid_share,
        test_share=asked.test_share,
    )
    choices.append(Choice("task", f"{task.name}, {task.outputs} outputs", "from the targets"))
    counts = split.counts()
    choices.append(Choice("parts", ", ".join(f"{part} {count:,}" for part, count in counts.items()), split.how))
    y = encoded(task, source, readable)
    taught = y.index_select(0, split.rows("train"))
    task = task.fitted_to(taught, asked.loss)
    if task.loss_name is not None:
        choices.append(Choice("loss", task.loss_name, "given" if asked.loss else "usual for this task"))
    return Aim(task, split, y, task.keep_targets(taught), task.class_labels(source.targets), choices)


def _left_out(source: Source) -> Iterator[Choice]:
    assert source.targets is not None
    without = 0 if isinstance(source.targets, Tensor) else sum(target is None for target in source.targets)
    if without:
        yield Choice("left out", f"{without:,} rows", "they have no target")
    if source.unreadable:
        first = source.unreadable[0]
        yield Choice("left out", f"{len(source.unreadable)} unreadable", f"the first: {first.key}: {first.reason}")

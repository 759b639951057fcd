"""The problem: which task the targets call for, which rows teach it, and the targets as tensors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import DataFacts, Rule, check_data
from goodfit.data import open_data
from goodfit.data.columns import equal_to, present_of, taken_of
from goodfit.data.folds import USUAL_FOLDS
from goodfit.data.images.augmented_names import augmented_doubt
from goodfit.data.images.same_pixels import twins
from goodfit.data.source import Source
from goodfit.data.split import Split, default_share, make_split
from goodfit.errors import DataError, UsageError
from goodfit.fitting.image_folds import folds_of_images, learns_head_alone
from goodfit.fitting.journal import Journal
from goodfit.fitting.options import FitOptions, split_options
from goodfit.fitting.resume import Started
from goodfit.formatting import counted
from goodfit.tasks import task_for
from goodfit.tasks.encode import encoded, with_targets
from goodfit.tasks.task import Task

UNREADABLE_ROWS_SHOWN = 3
CROSS_FITTED_ROWS = 10_000
CPU = torch.device("cpu")


@dataclass(frozen=True)
class Problem:
    """What is to be learnt, from which rows.

    Attributes:
        source: prepared, and taught by the training rows.
        y: (N, ...) encoded targets of all rows; images lie in the mapped cache.
        y_train: targets of the training rows, in the form that scores are taken in.
        class_labels: (N,) the class of every row as text; None where rows have no single class.
        head_alone: nothing but a linear head is learnt: of cross-fitting a head for each fold.
    """

    source: Source
    task: Task
    split: Split
    y: Tensor
    y_train: Tensor
    class_labels: np.ndarray | None
    head_alone: bool = False


def make_problem(
    source: Source,
    options: FitOptions,
    journal: Journal,
    *,
    device: torch.device = CPU,
    own_net: bool = False,
    started: Started | None = None,
) -> Problem:
    """Task, split and targets of a prepared source; the source then learns from its training rows.

    Args:
        device: that trains: what can be afforded on it.
        own_net: whether the net is the user's own: there is one of it, so that it cannot be cross-fitted.
        started: the run that is resumed or trained on.

    Raises:
        DataError: no targets, or none that can be learnt from.
        UsageError: an option that this task does not have.
    """
    if source.targets is None:
        fix = "Put the images of each class into a folder of its own, give a CSV of path,label, or name --target"
        if source.kind == "arrays":
            fix = "Give them beside the rows: goodfit.fit(x, y), or x and y in one .npz file"
        elif source.label_list is not None:
            fix = f"They seem to be in {source.label_list}: give that file in place of the folder"
        elif (hint := source.hint_of_labels()) is not None:
            fix = hint
        elif source.annotations is not None:
            fix = f"{source.annotations} are not learnt from: {fix[0].lower()}{fix[1:]}"
        raise DataError("these rows have no labels to learn from", fix=fix)
    for name, value, why in source.notes:
        journal.choose(name, value, why)
    _tell_left_out(source, journal)
    readable = with_targets(source)
    task = _task(source, options, readable)
    targets, respelt = task.known_labels(source.targets)  # of validation and test rows: training rows have all classes
    for name, value, why in respelt:
        journal.choose(name, value, why)
    if options.interval and not task.accepts_interval:
        raise UsageError("--interval is for classes, and regression of one number", fix="Leave it out")
    learnt_from = int((readable & ~equal_to(source.parts, "test")).sum())
    taught = _learnable(source, options, learnt_from)
    head_alone = not own_net and learns_head_alone(source, task, options, taught, started)
    of_images = (
        None
        if own_net
        else folds_of_images(source, task, options, taught, head_alone=head_alone, started=started, device=device)
    )
    folds, why_folds = _folds(source, task, options, learnt_from, of_images, own_net=own_net)
    split = make_split(
        readable=readable,
        labels=task.strata(targets),
        groups=source.groups,
        times=source.times,
        given=source.parts,
        keys=source.keys,
        noun=source.noun,
        seed=options.seed,
        valid_share=options.valid_share,
        test_share=options.test_share,
        folds=folds,
    )
    journal.choose(
        "task",
        f"{task.name}, {task.outputs} output{'s' if task.outputs != 1 else ''}",
        "given" if options.task else source.why_task,
    )
    if task.note_on_columns is not None:
        journal.choose(*task.note_on_columns)
    counts = split.counts()
    if split.folds is not None:
        journal.choose("parts", f"train {counts['train']:,}, test {counts['test']:,}", split.how)
        journal.choose("folds", split.fold_count, why_folds)
    else:
        journal.choose("parts", ", ".join(f"{part} {count:,}" for part, count in counts.items()), split.how)
        if source.cross_fits or head_alone:
            journal.choose("folds", 1, why_folds if folds == 1 else "the data came with a validation part")
    y = encoded(task, source, readable, targets)
    y_train = y.index_select(0, split.rows("train"))
    _doubt_units_of_targets(source, task, split, y, y_train)
    task = task.fitted_to(y_train, options.loss)
    if task.loss_name is not None:
        journal.choose("loss", task.loss_name, "given" if options.loss else "usual for this task")
    source.learn(split.rows("train"))
    nothing = torch.zeros(0, dtype=torch.int64)
    source.hold_out(nothing if split.folds is not None else split.rows("valid"), split.rows("test"))
    return Problem(source, task, split, y, task.keep_targets(y_train), task.class_labels(targets), head_alone)


def check_problem(problem: Problem, rules: Sequence[Rule] | None = None, *, thorough: bool = False) -> list[Finding]:
    """What the rules find in the data, before any training.

    Args:
        rules: those to ask; all when None.
        thorough: look into the images themselves as well; takes as long as reading them all.
    """
    source = problem.source
    facts = DataFacts(
        source.keys,
        problem.class_labels,
        problem.split.parts,
        None if source.repeats else twins(source),
        problem.y.numpy() if problem.task.output == "row" else None,
        source.columns(),
        source.read if thorough and source.images else None,
        source.noun,
        None if source.repeats else twins(source, inputs=True),
    )
    return check_data(facts, rules) + _unreadable(source) + _doubts(source) + _augmented(problem)


def check_data_at(
    path: Path, /, rules: Sequence[Rule] | None = None, *, cache: Path | None = None, journal: Journal, **options: Any
) -> list[Finding]:
    """Findings about data that `goodfit fit` could read: parts are made as `fit` would make them from seed 0.

    Args:
        rules: those to ask; all when None.
        options: as of `goodfit.fit`: those of the source, `valid`, `test`, `task`, `seed`, ...

    Raises:
        GoodfitError: nothing that can be read there.
    """
    parts = {name: options.pop(name) for name in ("valid", "test", "kind") if name in options}
    fit_options, source_options = split_options(options)
    source = open_data(path, cache=cache, **parts, **source_options)
    source.expect_task(fit_options.task)
    with journal.progress("reading") as progress:
        source.prepare(cache=cache, progress=progress)
    return check_problem(make_problem(source, fit_options, journal), rules, thorough=True)


def _task(source: Source, options: FitOptions, readable: np.ndarray) -> Task:
    """From the readable training rows' targets, or as named."""
    name = options.task or source.task
    assert source.targets is not None
    if isinstance(source.targets, Tensor):
        return task_for(source.targets, name, source.task_options())
    rows = np.flatnonzero(readable & (equal_to(source.parts, None) | equal_to(source.parts, "train")))
    return task_for(taken_of(source.targets, rows), name, source.task_options())


def _doubt_units_of_targets(source: Source, task: Task, split: Split, y: Tensor, y_train: Tensor) -> None:
    """A warning where a part that came by itself has targets beyond those of training."""
    for part in ("valid", "test"):
        rows = split.rows(part)
        if part not in source.parts or not len(rows) or task.output != "row":
            continue
        for name, count, _ in task.unlike_training(y.index_select(0, rows), y_train):
            what = f"{name} of the {part} part: {count} lie outside of those of training"
            source.doubts.append((what, "Give both parts in the same unit"))


def _learnable(source: Source, options: FitOptions, rows: int) -> int:
    """Of so many rows those that are left without a test part, where one is to be taken from them."""
    if "test" in source.parts or "valid" in source.parts:
        return rows
    return round(rows * (1 - (options.test_share or default_share(rows))))


def _folds(
    source: Source, task: Task, options: FitOptions, rows: int, of_images: tuple[int, str] | None, *, own_net: bool
) -> tuple[int, str]:
    """How many folds validate in turn, 1 for a validation part; and why.

    Args:
        of_images: what `folds_of_images` gives.

    Raises:
        UsageError: folds were asked for where they cannot be.
    """
    if options.folds is not None and options.folds > 1:
        if own_net or task.output != "row" or source.fixed():
            what = "a net of your own" if own_net else f"{task.name} of {source.kind}"
            raise UsageError(f"--folds is not for {what}", fix="Leave it out")
        if source.times is not None:
            raise UsageError(
                "--folds would validate on rows that are earlier than those learnt from", fix="Leave it out"
            )
    if options.folds is not None:
        return options.folds, "given"
    if own_net:
        return 1, "there is one net, your own: a part of the rows validates it"
    if options.valid_share is not None:
        return 1, "a validation part was asked for"
    if source.times is not None:
        return 1, "by time: the rows that validate are later than those learnt from"
    if of_images is not None:
        return of_images
    if not source.cross_fits:
        return 1, "a validation part is usual here"
    many = counted(CROSS_FITTED_ROWS, source.noun)
    if rows > CROSS_FITTED_ROWS:
        return 1, f"of more than {many} a validation part says enough, and costs a fifth of the time"
    return USUAL_FOLDS, f"up to {many}: all of them are learnt from, and all validate"


def _tell_left_out(source: Source, journal: Journal) -> None:
    assert source.targets is not None
    without = 0 if isinstance(source.targets, Tensor) else int((~present_of(source.targets)).sum())
    if without:
        journal.choose("left out", counted(without, source.noun), "they have no target")
    if source.unreadable:
        first = source.unreadable[0]
        journal.choose("left out", f"{len(source.unreadable)} unreadable", f"the first: {first.key}: {first.reason}")


def _doubts(source: Source) -> list[Finding]:
    """What the source read as it seemed best, and may have read wrongly."""
    return [Finding("doubtful-reading", "GF003", Level.WARNING, what, fix) for what, fix in source.doubts]


def _augmented(problem: Problem) -> list[Finding]:
    """Changed copies of images across the parts, by their names."""
    source = problem.source
    if not source.images or problem.class_labels is None:
        return []
    doubt = augmented_doubt(source.keys, problem.class_labels.tolist(), problem.split.parts.tolist())
    return [] if doubt is None else [Finding("doubtful-reading", "GF003", Level.WARNING, *doubt)]


def _unreadable(source: Source) -> list[Finding]:
    if not source.unreadable:
        return []
    shown = "; ".join(f"{row.key}: {row.reason}" for row in source.unreadable[:UNREADABLE_ROWS_SHOWN])
    return [
        Finding(
            "unreadable-file",
            "GF002",
            Level.WARNING,
            f"{len(source.unreadable)} of {len(source)} {source.noun}s cannot be read: {shown}",
            "Fix or remove them",
            file=source.unreadable[0].key,
            count=len(source.unreadable),
        )
    ]

"""The model after training: the net's best weights, its rivals on the same rows, and the blend of them all."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, replace
from functools import partial

import torch
from torch import Tensor, nn

from goodfit.data.tables.frames import free_memory
from goodfit.fitting.beside import Beside
from goodfit.fitting.journal import Journal
from goodfit.fitting.net import Net
from goodfit.fitting.options import FitOptions
from goodfit.fitting.problem import Problem
from goodfit.formatting import counted, listed, plural
from goodfit.nets.blend import Blend
from goodfit.record import BlendedPart, NetRecord
from goodfit.rivals.half import HalfTheRows
from goodfit.rivals.learning import Progress, learn_all
from goodfit.rivals.rival import FittedRival, Lesson, Words
from goodfit.rivals.time_limit import TimeLimit
from goodfit.rivals.trees import GROWN_AGAIN, TreesRival
from goodfit.rivals.weights import blend_weights
from goodfit.tasks.task import Task
from goodfit.train.evaluate import scores
from goodfit.train.loop import Training
from goodfit.train.memory import release_memory

NET_ALONE = "the net alone"
ROWS_WORTH_A_PROCESS = 500  # fewer are learnt in less time than a process takes to start
MEMORY_OF_A_PROCESS = 2 * 2**30  # bytes: it takes half a gigabyte
MEMORY_OF_A_CELL = 64  # bytes: the lesson on its way and there, columns in double precision, pairs of them, bins
CELLS_FROM_DISK = 5_000_000  # of a table that stays there, in what rivals learn from and are chosen by: some 200 MB
SECONDS_AT_LEAST, SECONDS_OF_A_CELL = 2.0, 1e-4  # of fitting rivals of a table: a guess, which is on the safe side
SHARE_JUDGED = 0.2  # of these rows, at most: validation rows

PartScores = Mapping[str, tuple[Tensor, Tensor]]  # of each part: what the task keeps of the net's outputs, and targets


@dataclass(frozen=True)
class Contender:
    """A model that is scored beside the one that is kept.

    Attributes:
        module: x -> outputs, on the device.
        out: (n, outputs) of the validation rows, each by a model that was not trained on it.
        share: its weight in the blend over the sum of all; None: it is not in it.
        task: as it predicts, where that is not as the net does.
    """

    name: str
    module: nn.Module
    out: Tensor
    seconds: float
    share: float | None
    task: Task | None = None


@dataclass(frozen=True)
class Finished:
    """What predicts from now on.

    Attributes:
        module: in eval mode, on the device.
        record: what builds it again.
        out, y: what the task keeps of the validation rows, each by a model that was not trained on it.
        contenders: rivals, and the net alone where it is blended.
        half: what a rival loses more with half of the rows, where that was tried.
    """

    module: nn.Module
    record: NetRecord
    out: Tensor
    y: Tensor
    contenders: Sequence[Contender]
    half: HalfTheRows | None = None


def blend(
    training: Training,
    problem: Problem,
    net: Net,
    options: FitOptions,
    journal: Journal,
    known: PartScores | None = None,
    beside: Beside | None = None,
    limit: TimeLimit | None = None,
) -> Finished:
    """Put the best weights back, and fit the rivals; the feed stays in the state in which the model predicts.

    Args:
        known: what several processes have scored together.
        beside: where the rivals have learnt while the net trained.
        limit: how long the rivals may take.
    """
    training.put_best_back()
    out, y = training.validation_scores(whole=True) if known is None else known["valid"]
    finished = Finished(training.net, net.record, out, y, ())
    if not _has_rivals(problem, options):
        return finished
    learnt = None
    if beside is not None:
        with journal.progress("waiting for the rivals"):
            learnt = beside.answer()
    if learnt is None:
        progress: Progress = journal.progress
        if _stays_on_disk(problem, training):
            progress = partial(_with_memory_given_back, progress)
        learnt = learn_all(_lesson(problem, training, options, limit), progress)
    if learnt.left_out:
        say_left_out(learnt.left_out, options, journal)
    fitted, finished = learnt.fitted, replace(finished, half=learnt.half)
    if _stays_on_disk(problem, training):
        rows, valid = _in_memory(problem, training)
        journal.choose(
            "rivals",
            f"learn from {len(rows):,} of {counted(len(training.train_rows), 'row')}, and are chosen by {len(valid):,}",
            "the table stays on disk; these are in memory",
        )
        fitted = [_judged_by_all(rival, training) for rival in fitted]
    if not fitted:
        return finished
    if net.own or options.arch is not None:
        apart = [_contender(rival, training, None) for rival in fitted]
        return replace(finished, contenders=apart)
    has_trees = any(rival.arch == TreesRival.arch for rival in fitted)
    grown_again = has_trees and problem.split.folds is None and not _keeps_apart(problem, training)
    grown_again = grown_again and GROWN_AGAIN not in learnt.left_out
    return _blended(finished, fitted, training, journal, grown_again=grown_again)


def say_left_out(parts: Sequence[str], options: FitOptions, journal: Journal) -> None:
    """One line on what there was no time for."""
    minutes = f"{options.minutes:g} minute{'' if options.minutes == 1 else 's'}"
    journal.choose("no time for", listed(parts), f"the {minutes} that were asked for end before")


def threads_of_rivals(problem: Problem, options: FitOptions, threads: int) -> int:
    """How many of the threads are for rivals that learn while the net trains; 0: they learn after it, or not at all."""
    rows = len(problem.split.rows("train"))
    if threads < 2 or not _has_rivals(problem, options) or rows < ROWS_WORTH_A_PROCESS:
        return 0
    if problem.source.block is not None:  # its rows are read again for rivals, when the net needs no memory any more
        return 0
    return threads // 2 if problem.split.folds is None else threads - 1


def process_of_rivals(problem: Problem, threads: int) -> AbstractContextManager[Beside | None]:
    """A process in which rivals will learn by so many threads while the net trains, if there is memory; see `teach`."""
    memory = MEMORY_OF_A_PROCESS + MEMORY_OF_A_CELL * len(problem.split.rows("train")) * problem.source.in_shape[0]
    return Beside(threads) if threads and sys.executable and free_memory() > memory else nullcontext()


def teach(
    process: Beside | None, problem: Problem, training: Training, options: FitOptions, limit: TimeLimit | None = None
) -> Beside | None:
    """Let rivals learn in their process from now on; None where the net takes all cores.

    Args:
        limit: how long the rivals may take.
    """
    if process is None:
        return None
    if not _leaves_a_core(training):
        process.end()
        return None
    process.teach(_lesson(problem, training, options, limit))
    return process


def seconds_of_rivals(process: Beside | None, problem: Problem, training: Training, options: FitOptions) -> float:
    """About how long rivals take once the net is trained; 0 where there are none, or they learn beside it."""
    if not _has_rivals(problem, options) or (process is not None and _leaves_a_core(training)):
        return 0.0
    terms = problem.source.terms
    cells = len(training.train_rows) * (problem.source.in_shape[0] + (0 if terms is None else terms.lanes))
    if problem.source.block is not None:
        cells = min(cells, CELLS_FROM_DISK)
    return SECONDS_AT_LEAST + SECONDS_OF_A_CELL * cells * max(1, training.task.outputs - 1)


def _leaves_a_core(training: Training) -> bool:
    return not training.processes.several and training.hyper.threads is not None


def _has_rivals(problem: Problem, options: FitOptions) -> bool:
    return options.rivals != "none" and problem.source.cross_fits


def _lesson(problem: Problem, training: Training, options: FitOptions, limit: TimeLimit | None) -> Lesson:
    """The rows of the net's training and validation, in the same folds; of a table on disk a sample spread evenly."""
    rows, valid = training.train_rows, training.valid_rows
    if _stays_on_disk(problem, training):
        rows, valid = _in_memory(problem, training)
    if training.folds is not None:
        folds = [(taught.numpy(), held_out.numpy()) for taught, held_out in training.folds.parts(rows)]
    else:
        folds = [(torch.arange(len(rows)).numpy(), torch.arange(len(rows), len(rows) + len(valid)).numpy())]
        rows = torch.cat([rows, valid])
    source, y = problem.source, problem.y.index_select(0, rows)
    x, terms = source.read_wide(rows), source.terms
    words = None if terms is None else Words(x[:, x.shape[1] - terms.lanes :], terms)
    x = x if terms is None else x[:, : x.shape[1] - terms.lanes]
    apart = _keeps_apart(problem, training)
    known, limit = source.category_codes, limit or TimeLimit()
    return Lesson(problem.task, x, y, folds, known, options.seed, words, kept_apart=apart, limit=limit)


def _stays_on_disk(problem: Problem, training: Training) -> bool:
    return problem.source.block is not None and training.folds is None


def _keeps_apart(problem: Problem, training: Training) -> bool:
    """Whether nothing may learn from validation rows: trees from disk are not, since all of these judge them later."""
    return problem.split.valid_came or _stays_on_disk(problem, training)


@contextmanager
def _with_memory_given_back(progress: Progress, what: str) -> Iterator[None]:
    """Progress of one rival, whose working copies are several times what it has read."""
    with progress(what):
        yield
    release_memory()


def _in_memory(problem: Problem, training: Training) -> tuple[Tensor, Tensor]:
    """Of a table on disk: training and validation rows that are read for rivals, each spread evenly."""
    rows, valid, terms = training.train_rows, training.valid_rows, problem.source.terms
    most = CELLS_FROM_DISK // (problem.source.in_shape[0] + (0 if terms is None else terms.lanes))
    valid = valid[:: max(1, -(-len(valid) // max(1, round(SHARE_JUDGED * most))))]
    return rows[:: max(1, -(-len(rows) // max(1, most - len(valid))))], valid


def _judged_by_all(rival: FittedRival, training: Training) -> FittedRival:
    """The same, with its outputs for all validation rows: it has learnt from none of them."""
    module = rival.module.to(training.feed.device)
    out, _ = scores(module, training.feed, training.task, training.valid_rows, training.precision, whole=True)
    return replace(rival, out=out)


def _blended(
    finished: Finished, fitted: Sequence[FittedRival], training: Training, journal: Journal, *, grown_again: bool
) -> Finished:
    outs = [finished.out, *(rival.out for rival in fitted)]
    weights = blend_weights(training.task, outs, finished.y)
    shares = (weights / weights.sum().clamp_min(1e-9)).tolist()
    module = Blend([finished.module, *(rival.module.to(training.feed.device) for rival in fitted)]).eval()
    module.weights.copy_(weights)
    parts = tuple(BlendedPart(rival.arch, rival.options, rival.name) for rival in fitted)
    names = ["the net", *(rival.name for rival in fitted)]
    journal.choose(
        "blend",
        ", ".join(f"{name} {share:.0%}" for name, share in zip(names, shares, strict=True)),
        f"by the loss on {plural(training.feed.source.noun)} that they were not trained on"
        + ("; then the trees were grown once more, on these as well" if grown_again else ""),
    )
    alone = Contender(NET_ALONE, finished.module, finished.out, training.position.seconds, shares[0])
    return Finished(
        module=module.to(training.feed.device),
        record=replace(finished.record, parts=parts),
        out=torch.tensordot(weights, torch.stack(outs), dims=1),
        y=finished.y,
        contenders=[
            alone,
            *(_contender(rival, training, share) for rival, share in zip(fitted, shares[1:], strict=True)),
        ],
        half=finished.half,
    )


def _contender(rival: FittedRival, training: Training, share: float | None) -> Contender:
    return Contender(rival.name, rival.module.to(training.feed.device), rival.out, rival.seconds, share)

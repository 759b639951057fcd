"""Saving a run: weights, scores and predictions, then run.json: it makes the folder a finished run; the page last."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

import goodfit
from goodfit.analysis.headline import plain_sentence, standings_of
from goodfit.analysis.profile import columns_of_run
from goodfit.analysis.rivals import comparison
from goodfit.analysis.verdict import judge, sentences
from goodfit.data.fingerprint import fingerprint
from goodfit.data.source import Source
from goodfit.errors import GoodfitError
from goodfit.fitting.blending import Finished
from goodfit.fitting.journal import Journal
from goodfit.fitting.options import FitOptions
from goodfit.fitting.problem import Problem
from goodfit.fitting.scoring import Part, Scored
from goodfit.formatting import rows_called
from goodfit.predict.model import Model
from goodfit.predict.predictions import Predictions, beside_keys
from goodfit.predict.scored_rows import VALID
from goodfit.predict.seen_rows import remembered
from goodfit.record import FORMAT, Record, Rows, UnreadableRow, write_record
from goodfit.run import Run
from goodfit.stats.estimates import Estimate, mean
from goodfit.store.run_folder import CHECKPOINT, CHECKPOINT_BEFORE, CURVE, LOOKS, PREDICTIONS, SCORES, WEIGHTS
from goodfit.store.tensors import pack, save_state
from goodfit.store.test_ledger import TestLedger
from goodfit.train.device import environment
from goodfit.train.loop import Training
from goodfit.train.memory_format import set_memory_format


def make_record(
    problem: Problem,
    finished: Finished,
    options: FitOptions,
    training: Training,
    scored: Scored,
    journal: Journal,
    *,
    created: str,
    seconds: float,
) -> Record:
    """What run.json will hold."""
    source, task, position = problem.source, scored.task, training.position
    counts = problem.split.counts()
    normalise = training.feed.normalise
    main = {name: part.metrics[task.main_metric] for name, part in scored.parts.items()}
    baseline = {name: part.baseline[task.main_metric] for name, part in scored.parts.items()}
    kept = {name: part for name, part in scored.parts.items() if name != "train"}
    shown, rules = scored.parts[scored.shown], [finding.rule for finding in journal.findings]
    training_metrics = scored.parts["train"].metrics if "train" in scored.parts else {}
    spoken, standings = standings_of(
        task, scored.shown, source.noun,
        metrics=shown.metrics, baseline=shown.baseline, rivals=scored.rivals, training=training_metrics,
    )  # fmt: skip
    more = None if finished.half is None else finished.half.more_would_help
    plain = plain_sentence(task, spoken, standings, scored.shown, source.noun, counts[scored.shown], rules, more)
    half = {"half_the_rows": finished.half.to_json()} if finished.half is not None else {}
    return Record(
        format=FORMAT,
        goodfit=goodfit.__version__,
        created=created,
        task={"name": task.name, **task.to_json()},
        source=source.schema(),
        normalise=normalise.to_json() if normalise is not None else None,
        net=finished.record,
        hyperparameters=training.hyper,
        options=options.to_json(),
        choices=list(journal.choices),
        rows=Rows(**counts, unreadable=len(source.unreadable), folds=problem.split.fold_count),
        unreadable=[UnreadableRow(row.key, row.reason) for row in source.unreadable],
        decoded=source.decoded,
        history=position.history,
        best_epoch=position.best_epoch + 1,
        seconds=round(seconds, 2),
        verdict=judge(journal.findings).words,
        sentences=sentences(
            journal.findings,
            plain,
            spoken,
            metric=task.metric,
            scores=main,
            losses=_losses(scored),
            baseline=baseline,
            rival=rows_called(task.rival, source.noun),
            best_epoch=position.best_epoch + 1,
            epochs=len(position.history),
            rows=counts,
            folds=problem.split.fold_count,
            noun=source.noun,
            criterion=task.criterion_words,
            compared=comparison(scored.rivals, shown.metrics, task.metric, scored.shown),
            more_rows=finished.half.sentence() if finished.half is not None else None,
        ),
        findings=list(journal.findings),
        metrics={name: part.metrics for name, part in kept.items()},
        baseline={name: part.baseline for name, part in kept.items()},
        looks_at_test=scored.looks,
        environment=environment(training.feed.device),
        explanation=scored.explanation,
        analyses={**journal.analyses, **scored.analyses, **half, **_columns(source)},
        rivals=scored.rivals,
        training_metrics=training_metrics,
    )


def _losses(scored: Scored) -> dict[str, Estimate]:
    """The mean loss of the training and of the validation rows."""
    return {
        name: mean(scored.task.row_losses(part.out, part.y).double().numpy(), part.groups, least=0)
        for name, part in scored.parts.items()
        if name != "test"
    }


def _columns(source: Source) -> dict[str, Any]:
    """A profile of the columns of a table, for the page."""
    profiles = columns_of_run(source)
    return {"profile": profiles} if profiles else {}


def save_run(
    folder: Path,
    record: Record,
    problem: Problem,
    training: Training,
    finished: Finished,
    scored: Scored,
    looks: Mapping[str, int] | None = None,
) -> Run:
    """Write everything; the checkpoint goes when the run is in place. The page can be written again at any time.

    Args:
        looks: at sets of test rows, of the run that this one was trained on from.
    """
    _write_weights(folder, finished.module, training)
    _write_scores(folder, problem, scored, training.curve)
    shown = scored.parts[scored.shown]
    names = problem.source.names()
    keys = [names[row] for row in shown.rows.tolist()]
    columns = {**scored.task.truth_columns(shown.y), **scored.task.decode(shown.out)}
    columns = beside_keys(problem.source.key_columns(), shown.rows.tolist(), columns)
    Predictions(keys, columns, [None] * len(keys)).write(folder / PREDICTIONS)
    test = scored.parts.get("test")
    TestLedger(folder / LOOKS).begin(None if test is None else fingerprint(problem.source, test.rows.numpy()), looks)
    feed = training.feed
    model = Model(
        finished.module,
        scored.task,
        problem.source.schema(),
        feed.normalise,
        training.precision,
        feed.device,
        training.hyper.batch_size,
    )
    run = Run(folder, write_record(folder, record), model)
    finish(run)
    return run


def finish(run: Run) -> None:
    """What is left to do when a run stands: the page, and the checkpoint goes. A fit may have been killed before it."""
    for name in (CHECKPOINT, CHECKPOINT_BEFORE):
        (run.folder / name).unlink(missing_ok=True)
    try:
        run.report()
    except GoodfitError:
        raise  # such as a full disk: the run is whole, and its page is missing
    except Exception as error:  # the training is not lost to a page
        warnings.warn(
            f"the report could not be written, and the run is whole ({type(error).__name__}: {error})", stacklevel=2
        )


def _write_weights(folder: Path, module: nn.Module, training: Training) -> None:
    """In the ordinary memory format, whatever this machine computes in."""
    set_memory_format(module, channels_last=False)
    save_state(folder / WEIGHTS, dict(module.state_dict()), {})
    set_memory_format(module, channels_last=training.precision.channels_last)


def _write_scores(folder: Path, problem: Problem, scored: Scored, curve: torch.Tensor) -> None:
    """What the report is drawn from: outputs and targets of the scored rows, and the examples; losses by epoch."""
    shown, examples = scored.parts[scored.shown], scored.examples
    tensors = {
        "rows": shown.rows,
        "out": shown.out,
        "y": shown.y,
        "y_train": problem.y_train,  # the trivial predictor is learnt from it
        "worst": torch.tensor(examples.at, dtype=torch.int64),
        CURVE: curve,
    } | _groups(shown)
    if examples.truths is not None and examples.drawn is not None:
        tensors |= {"truths": examples.truths, "said": examples.drawn}
    if examples.thumbnails is not None:
        tensors["pictures"] = torch.from_numpy(np.stack(examples.thumbnails))
    if examples.occlusion is not None:
        tensors["occlusion"] = examples.occlusion
    samples = examples.samples
    if samples is not None:
        tensors["unaugmented"] = samples.as_is
        tensors |= {} if samples.seen is None else {"augmented": samples.seen}
    tensors |= remembered(problem.source, problem.split.parts) | _validated(problem, scored)
    labels = [] if samples is None else samples.labels
    values = {"keys": examples.keys, "part": scored.shown, "values": examples.values, "sample_labels": labels}
    save_state(folder / SCORES, tensors, values)


def _validated(problem: Problem, scored: Scored) -> dict[str, torch.Tensor]:
    """Outputs and targets of the validation rows where others are shown, and their folds: for comparisons of runs."""
    valid = scored.parts.get("valid")
    if valid is None or scored.task.output != "row":
        return {}
    kept = {} if scored.shown == "valid" else {"rows": valid.rows, "out": valid.out, "y": valid.y}
    if problem.split.folds is not None:
        kept["folds"] = torch.from_numpy(problem.split.folds)[valid.rows]
    return pack(VALID, kept | ({} if scored.shown == "valid" else _groups(valid)))


def _groups(part: Part) -> dict[str, torch.Tensor]:
    """Which of its rows belong together; nothing where each stands alone."""
    return {} if part.groups is None else {"groups": torch.from_numpy(part.groups)}

"""After the last epoch: the best weights back, scores with intervals, verdict, predictions, report, files."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor

import goodfit
from goodfit.analysis.importance import explain
from goodfit.analysis.verdict import judge, sentences
from goodfit.checks.rule import EndFacts, check_end
from goodfit.data.tables.encoder import Encoder
from goodfit.fitting.job import Job
from goodfit.predict.model import Model
from goodfit.predict.predictions import Predictions
from goodfit.run import FORMAT, Run, fingerprint, store_record, store_weights
from goodfit.stats.estimates import Estimate
from goodfit.store.run_folder import CHECKPOINT, LOOKS, SCORES
from goodfit.store.tensors import save_state
from goodfit.store.test_ledger import TestDoor
from goodfit.train.device import environment
from goodfit.train.evaluate import outputs, scores
from goodfit.train.scratch_copy import set_memory_format


def finish(job: Job) -> Run:
    """Score, judge and save a trained job; its checkpoint goes when everything else is in place."""
    training, task, source = job.training, job.task, job.source
    training.net.load_state_dict(training.best)
    training.net.eval()
    training.feed.augment = None
    parts = {name: job.split.rows(name) for name in ("train", "valid", "test")}
    parts["train"] = parts["train"][:: max(1, -(-len(parts["train"]) // task.scored_rows))]
    out, y = {}, {}
    for part, rows in parts.items():
        if len(rows):
            out[part], y[part] = scores(training.net, training.feed, task, rows, training.precision)
    if job.asked.interval:
        task = job.task = task.calibrated(out["valid"], y["valid"])
    looks = 0
    if "test" in out:  # the one look at the test rows
        looks = TestDoor(job.folder / LOOKS).look(fingerprint(source, parts["test"].numpy()))
    y_train = job.y_train
    metrics = {part: task.metrics(out[part], y[part]) for part in out}
    baseline = {part: task.baseline(y_train, y[part], out[part]) for part in out}
    findings = job.findings + check_end(_end_facts(job, out, y, metrics, baseline, looks))
    for finding in findings[len(job.findings) :]:
        job.console.finding(finding)
    counts = job.split.counts()
    position = training.position
    record: dict[str, Any] = {
        "format": FORMAT,
        "goodfit": goodfit.__version__,
        "created": job.created,
        "task": {"name": task.name, **task.to_json()},
        "source": source.schema(),
        "normalise": training.feed.normalise.to_json() if training.feed.normalise is not None else None,
        "model": job.model_record,
        "plan": training.plan.to_json(),
        "asked": job.asked.to_json(),
        "choices": [{"name": choice.name, "value": choice.value, "why": choice.why} for choice in job.choices],
        "rows": {**counts, "unreadable": len(source.unreadable)},
        "unreadable": [{"key": item.key, "reason": item.reason} for item in source.unreadable],
        "decoded": source.decoded,
        "history": position.history,
        "best_epoch": position.best_epoch + 1,
        "seconds": round(time.monotonic() - job.began, 2),
        "verdict": judge(findings).words,
        "sentences": sentences(
            findings,
            metric=task.metric,
            scores={part: named[task.main_metric] for part, named in metrics.items()},
            baseline={part: named[task.main_metric] for part, named in baseline.items()},
            rival=task.rival,
            best_epoch=position.best_epoch + 1,
            epochs=len(position.history),
            rows=counts,
        ),
        "findings": [finding.to_json() for finding in findings],
        "metrics": {
            part: {name: value.to_json() for name, value in metrics[part].items()}
            for part in ("valid", "test")
            if part in out
        },
        "baseline": {part: baseline[part] for part in ("valid", "test") if part in out},
        "looks_at_test": looks,
        "environment": environment(job.device),
    }
    shown = "test" if "test" in out else "valid"
    encoder: Encoder | None = getattr(source, "encoder", None)  # a table has one
    if encoder is not None:
        x = source.read(parts[shown])
        record["explanation"] = explain(encoder, task, _predictor(job), x, y[shown], job.asked.seed)
    record |= task.analyses(source.read, job.split.rows("train"), parts[shown], out[shown], y[shown])
    set_memory_format(training.net, channels_last=False)
    store_weights(job.folder, training.net)
    set_memory_format(training.net, channels_last=training.precision.channels_last)
    _store_scores(job, parts[shown], out[shown], y[shown])
    numbers = parts[shown].tolist()
    Predictions([source.keys[row] for row in numbers], task.decode(out[shown]), [None] * len(numbers)).write(
        job.folder / "predictions.csv"
    )
    model = Model(
        training.net,
        task,
        source.schema(),
        training.feed.normalise,
        training.precision,
        job.device,
        training.plan.batch_size,
    )
    run = Run(job.folder, record, model)
    run.report()
    store_record(job.folder, record)
    (job.folder / CHECKPOINT).unlink(missing_ok=True)
    return run


def _predictor(job: Job) -> Callable[[Tensor], Tensor]:
    """x (n, D) -> output of the net in eval mode, on the CPU."""
    training, feed = job.training, job.training.feed

    def predict(x: Tensor) -> Tensor:
        with torch.inference_mode(), training.precision.autocast(feed.device):
            pieces = [training.net(feed.ready(piece.to(feed.device))) for piece in torch.split(x, 2 * feed.batch_size)]
            return torch.cat(pieces).float().cpu()

    return predict


def _end_facts(
    job: Job,
    out: dict[str, Tensor],
    y: dict[str, Tensor],
    metrics: dict[str, dict[str, Estimate]],
    baseline: dict[str, dict[str, float]],
    looks: int,
) -> EndFacts:
    training, task = job.training, job.task
    losses = {part: task.row_losses(out[part], y[part]).double().numpy() for part in ("train", "valid")}
    return EndFacts(
        history=training.position.history,
        best_epoch=training.position.best_epoch + 1,
        lowest_epoch=training.position.lowest_epoch + 1,
        losses_at_lowest=training.valid_losses["lowest"].double().numpy(),
        losses_at_end=training.valid_losses["last"].double().numpy(),
        kept_train_losses=losses["train"],
        kept_valid_losses=losses["valid"],
        main_metric=task.main_metric,
        greater_is_better=task.metric.higher_is_better,
        scores={part: named[task.main_metric] for part, named in metrics.items()},
        baseline={part: named[task.main_metric] for part, named in baseline.items()},
        rival=task.rival,
        looks_at_test=looks,
    )


def _store_scores(job: Job, rows: Tensor, out: Tensor, y: Tensor) -> None:
    """Outputs and targets of the scored rows, and the images of the worst: what the report is drawn from."""
    worst = job.task.example_rows(out, y)
    images = [job.source.thumbnail(int(rows[at])) for at in worst]
    tensors = {"rows": rows, "out": out, "y": y, "worst": torch.tensor(worst, dtype=torch.int64)}
    if job.task.output == "image":
        training = job.training
        chosen = rows[worst]
        tensors["truths"] = job.y.index_select(0, chosen)
        drawn = job.task.draw(outputs(training.net, training.feed, job.task, chosen, training.precision))
        assert drawn is not None
        tensors["said"] = drawn
    tensors["y_train"] = job.y_train  # the trivial predictor is learnt from it
    if images and all(image is not None for image in images):
        tensors["pictures"] = torch.from_numpy(np.stack([np.asarray(image) for image in images]))
    keys = [job.source.keys[int(rows[at])] for at in worst]
    save_state(job.folder / SCORES, tensors, {"keys": keys, "part": "test" if len(job.split.rows("test")) else "valid"})

"""From a run folder to the facts on the page."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from goodfit.predict.image_predictions import palette
from goodfit.report.examples import Example, kinds, mask_example, restored_example
from goodfit.report.formatting import fixed, metric_words
from goodfit.report.page import write
from goodfit.report.page_data import ReportFacts, WorstMistake
from goodfit.store.run_folder import SCORES
from goodfit.store.tensors import load_state
from goodfit.tasks import from_json
from goodfit.tasks.task import Task


def write_report(folder: Path, record: Mapping[str, Any], path: Path) -> Path:
    """Write the page of a run.

    Args:
        folder: the run folder, for the stored scores.
        record: what its run.json holds, or will hold.
        path: of the HTML file.

    Raises:
        DiskError: no room or no permission.
    """
    return write(collect(folder, record), path)


def collect(folder: Path, record: Mapping[str, Any]) -> ReportFacts:
    """The facts of a run, those of the scored rows computed from their stored outputs."""
    task = from_json(record["task"])
    tensors, values = load_state(folder / SCORES)
    out, y = tensors["out"], tensors["y"]
    details = task.details(out, y)
    worst = tensors["worst"] if not task.dense else torch.zeros(0, dtype=torch.int64)
    said = task.decode(out.index_select(0, worst)) if len(worst) else {}
    losses = task.row_losses(out, y).index_select(0, worst).tolist() if len(worst) else []
    shown = next(iter(said.values()), [])
    confidence = list(said.get("confidence", [None] * len(worst)))
    mistakes = [
        WorstMistake(
            key=key,
            truth=task.truth(y[int(at)]),
            prediction=_plain(shown[number]),
            confidence=None if confidence[number] is None else float(confidence[number]),
            loss=losses[number],
            thumbnail=tensors["pictures"][number].numpy() if "pictures" in tensors else None,
        )
        for number, (at, key) in enumerate(zip(worst, values["keys"], strict=not task.dense))
    ]
    asked = {name: value for name, value in record["asked"].items() if value not in (None, 0)}
    given = " ".join(f"--{name.replace('_', '-')} {value}" for name, value in asked.items())
    return ReportFacts(
        title=f"goodfit: {folder.name}",
        run_name=str(folder),
        task=record["task"]["name"],
        verdict=record["verdict"],
        verdict_sentences=record["sentences"],
        rows=record["rows"],
        metrics=record["metrics"],
        main_metric=task.main_metric,
        created=record["created"],
        seconds=record["seconds"],
        findings=record["findings"],
        baseline=record["baseline"],
        history=record["history"],
        best_epoch=record["best_epoch"],
        classes=details.get("classes"),
        class_counts=None if task.dense else _class_counts(details, tensors["y_train"], y, values["part"]),
        confusion=details.get("confusion"),
        per_class=details.get("per_class"),
        scatter=details.get("scatter"),
        explanation=record.get("explanation"),
        activity=record.get("activity"),
        worst=mistakes,
        examples=_examples(record, task, tensors, values["keys"]) if task.dense else (),
        per_area=details.get("per_area"),
        unreadable=[(item["key"], item["reason"]) for item in record["unreadable"]],
        choices=[(choice["name"], choice["value"], choice["why"]) for choice in record["choices"]],
        environment=record["environment"],
        commands=[
            f"goodfit fit DATA {given} --seed {record['asked']['seed']}".replace("  ", " "),
            f"goodfit predict {folder} NEW_DATA -o predictions.csv",
            f"goodfit evaluate {folder} HELD_OUT_DATA",
        ],
        looks_at_test=record["looks_at_test"],
    )


def _examples(record: Mapping[str, Any], task: Task, tensors: Mapping[str, Tensor], keys: list[str]) -> list[Example]:
    scores = task.decode(tensors["out"].index_select(0, tensors["worst"]))
    found = []
    for number, (kind, key) in enumerate(zip(kinds(len(keys)), keys, strict=True)):
        given, truth, said = (tensors[name][number].numpy() for name in ("pictures", "truths", "said"))
        if task.restores:
            panels = restored_example(given, truth.transpose(1, 2, 0), said)
        else:
            panels = mask_example(given, truth, said, palette(record["source"]), record["source"]["void"])
        caption = ", ".join(f"{metric_words(name)} {fixed(float(value[number]))}" for name, value in scores.items())
        found.append(Example(kind, key, caption, panels, slider=task.restores))
    return found


def _class_counts(details: Mapping[str, Any], y_train: Tensor, y: Tensor, part: str) -> dict[str, list[int]] | None:
    """Rows of each class among the training and the scored rows."""
    if "confusion" not in details:
        return None
    count = len(details["classes"])
    return {name: torch.bincount(of, minlength=count).tolist() for name, of in (("train", y_train), (part, y))}


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value

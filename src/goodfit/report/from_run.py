"""From a run folder to what its page shows."""

from __future__ import annotations

import html
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from shlex import quote
from typing import Any

import msgspec
import numpy as np
from torch import Tensor

from goodfit.analysis.headline import headline, noun_of, use_of
from goodfit.data.sources import source_names, source_of
from goodfit.formatting import fixed, readable_cell, rows_called, spaced
from goodfit.record import Record
from goodfit.report.columns_section import PROFILE, columns_section
from goodfit.report.doubted_labels import doubted_rows, words_on_doubt
from goodfit.report.examples import Example, kinds
from goodfit.report.first_screen import in_notebook
from goodfit.report.importance_plots import importance_section
from goodfit.report.page import write
from goodfit.report.page_data import PageData, Sample, WorstMistake
from goodfit.report.rivals_section import rivals_section
from goodfit.report.svg import clean
from goodfit.store.run_folder import REPORT, SCORES
from goodfit.store.tensors import load_state
from goodfit.tasks import from_json
from goodfit.tasks.metric import Metric
from goodfit.tasks.task import Task
from goodfit.train.lr_finder import RANGE_TEST

OF_INPUT = "input_"  # before the name of a metric: of the degraded image


def write_report(folder: Path, record: Record, path: Path) -> Path:
    """Write the page of a run.

    Args:
        folder: the run folder, for the stored scores.
        record: what its run.json holds, or will hold.
        path: of the HTML file.

    Raises:
        DiskError: no room or no permission.
    """
    return write(collect(folder, record), path)


def notebook_view(folder: Path, record: Record) -> str:
    """The first screen of a run as HTML for a notebook; a line where its scores are gone."""
    if not (folder / SCORES).is_file():
        return f"<p>{html.escape(clean(f'{folder}: {rows_called(record.verdict, noun_of(record))}'))}</p>"
    return in_notebook(collect(folder, record), str(folder / REPORT))


def collect(folder: Path, record: Record) -> PageData:
    """What the page of a run shows; what is said of the scored rows is computed from their stored outputs."""
    task = from_json(record.task)
    plain, noun = msgspec.to_builtins(record), noun_of(record)
    tensors, values = load_state(folder / SCORES)
    images = task.output == "image"
    doubted = set() if images else doubted_rows(task, tensors["out"], tensors["y"])
    sections = task.sections(tensors["out"], tensors["y"], tensors["y_train"], values["part"], record.analyses)
    if record.rivals:
        part = values["part"]
        sections.insert(0, rivals_section(record.rivals, record.metrics[part], task, part))
    if record.explanation and len(record.explanation["importance"]) > 1:  # one column has all of it
        sections.append(importance_section(record.explanation))
    if PROFILE in record.analyses:
        sections.append(columns_section(record.analyses[PROFILE]))
    return PageData(
        title=folder.name,
        run_name=str(folder),
        task=task.name,
        verdict=record.verdict,
        verdict_sentences=record.sentences,
        rows=plain["rows"],
        metrics=plain["metrics"],
        metric_list=task.metric_list,
        headline=headline(record, task),
        created=record.created,
        seconds=record.seconds,
        findings=plain["findings"],
        baseline=plain["baseline"],
        rival=rows_called(task.rival, noun),
        history=plain["history"],
        range_test=record.analyses.get(RANGE_TEST),
        best_epoch=record.best_epoch,
        loss_unit=rows_called(task.loss_unit, noun),
        noun=noun,
        folds=record.rows.folds,
        sections=[section.of(noun) for section in sections],
        example_words=rows_called(task.example_words, noun) + words_on_doubt(len(doubted), len(tensors["y"]), noun),
        worst=() if images else _mistakes(task, tensors, values["keys"], values.get("values", []), doubted),
        examples=_examples(record, task, tensors, values["keys"]) if images else (),
        unreadable=[(row.key, row.reason) for row in record.unreadable],
        choices=[(choice.name, choice.value, choice.why) for choice in record.choices],
        environment=record.environment,
        commands=_commands(folder, record),
        use=use_of(folder, record),
        legend=task.legend(record.source),
        samples=_samples(tensors, values.get("sample_labels", [])),
        looks_at_test=record.looks_at_test,
        groups=len(tensors["groups"].unique()) if "groups" in tensors else 0,
    )


def _samples(tensors: Mapping[str, Tensor], labels: Sequence[str]) -> list[Sample]:
    """The training images that were kept; older runs kept none without augmentation, and no labels."""
    as_is = [image.numpy() for image in tensors.get("unaugmented", ())]
    seen = [image.numpy() for image in tensors.get("augmented", ())]
    return [Sample(image, seen[at] if seen else None, labels[at] if labels else "") for at, image in enumerate(as_is)]


def _commands(folder: Path, record: Record) -> list[str]:
    """How this run is fitted again, and how it is used."""
    words = ["goodfit fit DATA"]
    for name, value in {**_data_options(record), **record.options}.items():
        if value not in (None, False) or name == "seed":
            flag = f"--{name.replace('_', '-')}"
            words += [flag] if value is True else [f"{flag} {quote(str(each))}" for each in _several(value)]
    return [
        " ".join(words),
        use_of(folder, record)[1],
        f"goodfit evaluate {quote(str(folder))} HELD_OUT_DATA",
    ]


def _data_options(record: Record) -> dict[str, Any]:
    """Options of the source that its schema keeps: --target, --user, --item."""
    kind, settings = record.source.get("kind"), record.source.get("settings")
    if kind not in source_names() or not isinstance(settings, Mapping):
        return {}
    given = {option.name: settings.get(option.name) for option in source_of(kind).options}
    return {name: value for name, value in given.items() if isinstance(value, str | int | float | list) and value}


def _several(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list | tuple) else [value]


def _mistakes(
    task: Task,
    tensors: Mapping[str, Tensor],
    keys: Sequence[str],
    values: Sequence[Mapping[str, str]],
    doubted: Collection[int],
) -> list[WorstMistake]:
    worst = tensors["worst"]
    if not len(worst):
        return []
    out, y = tensors["out"].index_select(0, worst), tensors["y"].index_select(0, worst)
    columns = task.decode(out)
    predictions = next(iter(columns.values()))
    confidence = columns.get("confidence", [None] * len(worst))
    losses = task.row_losses(out, y).tolist()
    heat = tensors.get("occlusion", ())
    return [
        WorstMistake(
            key=key,
            truth=task.truth(y[number]),
            prediction=_plain(predictions[number]),
            confidence=None if confidence[number] is None else float(confidence[number]),
            loss=losses[number],
            thumbnail=tensors["pictures"][number].numpy() if "pictures" in tensors else None,
            heat=heat[number].numpy() if number < len(heat) else None,
            values={name: readable_cell(text) for name, text in values[number].items()} if values else {},
            doubted=place in doubted,
        )
        for number, (key, place) in enumerate(zip(keys, worst.tolist(), strict=True))
    ]


def _examples(record: Record, task: Task, tensors: Mapping[str, Tensor], keys: Sequence[str]) -> list[Example]:
    metrics = {metric.name: metric for metric in task.metric_list}
    columns = task.decode(tensors["out"].index_select(0, tensors["worst"]))
    examples = []
    for number, (kind, key) in enumerate(zip(kinds(len(keys)), keys, strict=True)):
        given, truth, drawn = (tensors[name][number].numpy() for name in ("pictures", "truths", "said"))
        caption = ", ".join(_captioned(name, float(values[number]), metrics) for name, values in columns.items())
        panels = task.panels(given, truth, drawn, record.source)
        examples.append(Example(kind, key, caption, panels, slider=task.slider))
    return examples


def _captioned(name: str, value: float, metrics: Mapping[str, Metric]) -> str:
    """What an example reached: PSNR 22.22 dB, input PSNR 20.17 dB; each with as many decimals as beside others."""
    of_input, known = name.removeprefix(OF_INPUT), name.startswith(OF_INPUT)
    metric = metrics.get(of_input)
    if metric is None:
        return f"{spaced(name)} {fixed(value)}"
    return f"{'input ' if known else ''}{metric.title} {metric.cell(value)} {metric.unit}".rstrip()


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value

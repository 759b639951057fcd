"""The section of the page that holds the model against others on the same rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from goodfit.formatting import duration
from goodfit.record import RivalScore
from goodfit.stats.estimates import Estimate
from goodfit.tasks.metric import LOG_LOSS
from goodfit.tasks.section import Bar, Section, Table
from goodfit.tasks.task import Task

TEXT = (
    "Well-known models that were fitted on the same training rows and scored on the same rows as this one. More loss "
    "than the model is the mean over the rows with its 95% interval: where it holds 0, the two cannot be told apart."
)


def rivals_section(rivals: Sequence[RivalScore], metrics: dict[str, Estimate], task: Task, part: str) -> Section:
    """The model and its rivals, a line each."""
    metric = task.metric
    with_log_loss = metric != LOG_LOSS and LOG_LOSS.name in metrics
    blended = any(rival.share is not None for rival in rivals)
    columns = ["model", metric.titled(), "95% interval", *(["log loss"] if with_log_loss else []), "more loss"]
    columns += [*(["share", ""] if blended else []), "fitted in"]

    scored = [metrics, *(rival.metrics[part] for rival in rivals if part in rival.metrics)]
    beside = [end for of in scored for end in of[metric.name].to_json().values()]

    def line(name: str, of: dict[str, Estimate], rival: RivalScore | None) -> list[Any]:
        value, low, high = (metric.cell(end, beside) for end in of[metric.name].to_json().values())
        cells: list[Any] = [name, value, f"{low} to {high}"]
        if with_log_loss:
            cells.append(of[LOG_LOSS.name].value)
        cells.append(None if rival is None else (rival.excess.low, rival.excess.high))
        if blended:
            share = None if rival is None else rival.share
            cells += [None, ""] if share is None else [f"{share:.0%}", Bar(share)]
        return [*cells, None if rival is None else duration(rival.seconds)]

    rows = [line("this model", metrics, None)]
    rows += [line(rival.name, rival.metrics[part], rival) for rival in rivals if part in rival.metrics]
    text = TEXT
    if blended:
        text += " This model is a blend: the weighted sum of what the others give, with these shares."
    return Section("rivals", "Other models on the same rows", text, [Table(columns, rows)], link="Other models")

"""Feature importance of a model of a table, and how the prediction moves with the columns that matter most."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from goodfit.analysis.what_if import WhatIf
from goodfit.data.tables.encoder import Encoder
from goodfit.data.tables.encoder_columns import FIRST, CategoryColumn, NumberColumn
from goodfit.stats.estimates import mean
from goodfit.tasks.task import Task

PERMUTED_ROWS = 2_000  # scored rows that columns are permuted in
ROWS_PREDICTED = 30_000  # for the importance of all columns: with many of them fewer rows are permuted
PERMUTED_ROWS_AT_LEAST = 300
PERMUTATIONS = 2  # one where the columns are many
AVERAGED_ROWS = 200  # rows that a partial dependence is averaged over
GRID_PLACES, GRID_LEVELS = 15, 10  # of a number; of a category
DRAWN_COLUMNS = 4  # columns whose partial dependence is drawn


def explain(
    encoder: Encoder, task: Task, what_if: Callable[[Tensor], WhatIf], x: Tensor, y: Tensor, seed: int
) -> dict[str, Any]:
    """Importance of every column, and the partial dependence of the most important ones; as JSON.

    Args:
        what_if: rows -> what the model says of them, and of changed ones.
        x, y: encoded rows that the net was not trained on, (N, D) and (N, ...); x with the terms of its texts behind
            each row, (N, D + lanes), where the net reads them.
    """
    generator = torch.Generator().manual_seed(seed)
    affordable = ROWS_PREDICTED // (PERMUTATIONS * max(1, len(positions(encoder, x.shape[1]))))
    times = PERMUTATIONS if affordable >= PERMUTED_ROWS_AT_LEAST else 1
    rows = min(PERMUTED_ROWS, max(PERMUTED_ROWS_AT_LEAST, affordable))
    chosen = torch.randperm(len(x), generator=generator)[:rows]
    x, y = x[chosen], y[chosen]
    asked = what_if(x)
    importance = _importance(encoder, task, asked, x, y, generator, times)
    dependence: list[dict[str, Any]] = []
    for column in importance:
        if len(dependence) < DRAWN_COLUMNS and (
            curve := _dependence(encoder, task, asked, x[:AVERAGED_ROWS], y, column["column"])
        ):
            dependence.append(curve)
    return {"rows": len(x), "importance": importance, "dependence": dependence}


def positions(encoder: Encoder, width: int) -> dict[str, list[int]]:
    """Column of the table -> where its values stand in a row so wide: a date has several, as have a gap and a text."""
    places: dict[str, list[int]] = {}
    for at, source in enumerate(encoder.sources_of_values):
        places.setdefault(source, []).append(at)
    for text, lanes in encoder.lanes_of_texts:
        behind = range(len(encoder.names) + lanes.start, len(encoder.names) + lanes.stop)
        places[text.source] += [at for at in behind if at < width]
    return places


def _importance(
    encoder: Encoder,
    task: Task,
    asked: WhatIf,
    x: Tensor,
    y: Tensor,
    generator: torch.Generator,
    times: int,
) -> list[dict[str, Any]]:
    """Mean rise of a row's loss when a column's values are shuffled among the rows, most important first.

    Breiman 2001 ("Random forests", section 10), on rows that were not trained on; the interval is that of a mean over
    rows, each row's rise averaged over the repeats.
    """
    losses = task.row_losses(asked.out, y).double()
    importance = []
    for name, at in positions(encoder, x.shape[1]).items():
        rise = torch.zeros_like(losses)
        for _ in range(times):
            shuffled = x.clone()
            shuffled[:, at] = x[torch.randperm(len(x), generator=generator)][:, at]
            rise += (task.row_losses(asked.changed(shuffled, at), y).double() - losses) / times
        importance.append({"column": name, **mean(rise.numpy()).to_json()})
    return sorted(importance, key=lambda column: -column["value"])


def _dependence(encoder: Encoder, task: Task, asked: WhatIf, x: Tensor, y: Tensor, name: str) -> dict[str, Any] | None:
    """Mean prediction over the rows when a column has one value in all of them (Friedman 2001, section 8.2).

    Of a number at quantiles of its values, in its own units; of a category at its most frequent levels; none of a date.
    """
    number: tuple[int, NumberColumn] | None = next(
        ((at, column) for at, column in enumerate(encoder.numbers) if column.source == name and column.part is None),
        None,
    )
    category: tuple[int, CategoryColumn] | None = next(
        (
            (at, column)
            for at, column in enumerate(encoder.categories, encoder.first_code)
            if column.source == name and not column.part
        ),
        None,
    )
    places: Sequence[float]
    labels: list[Any]
    if number is not None:
        at, column = number
        different = np.unique(x[:, at].double().numpy())  # of each value once: a column may be mostly zero
        places = np.unique(np.quantile(different, np.linspace(0, 1, GRID_PLACES))).tolist()
        labels = [place * column.deviation + column.mean for place in places]
    elif category is not None:
        at, levels = category[0], category[1].levels[:GRID_LEVELS]
        places, labels = list(range(FIRST, FIRST + len(levels))), list(levels)
    else:
        return None
    gap: list[int] = []  # where it stands that a number is missing
    if number is not None and number[0] in encoder.flags:
        gap = [len(encoder.numbers) + encoder.flags.index(number[0])]
    values, what = [], ""
    for place in places:
        same = x.clone()
        same[:, at] = place
        same[:, gap] = 0
        what, column_of = _shown(task, asked.changed(same, [at, *gap]), y)
        values.append(float(column_of.mean()))
    return {"column": name, "number": number is not None, "at": labels, "prediction": values, "what": what}


def _shown(task: Task, out: Tensor, y: Tensor) -> tuple[str, np.ndarray]:
    """What a partial dependence is of: a class's probability, or the first predicted number.

    Of two classes it is the second one's, of more that of the most frequent class of `y`.
    """
    shares = task.probabilities(out)
    if shares is not None:
        at = 1 if shares.shape[1] == 2 else int(torch.bincount(y).argmax())
        label = task.truth(torch.tensor(at))
        return f"probability of {label}", shares[:, at].double().numpy()
    columns = task.decode(out)
    names = list(columns)
    name = next((name for name in reversed(names) if name.startswith("p_")), names[0])  # of tags the last one's
    title = f"probability of {name[2:]}" if name.startswith("p_") else name
    return title, np.asarray(columns[name], dtype=np.float64)

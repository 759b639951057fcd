"""Every task of the registry goes the whole way on a small example: targets, loss, scores, report, JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import FrozenInstanceError, dataclass, field, fields
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from goodfit.errors import UsageError
from goodfit.nets import architecture, names
from goodfit.report.drawings import draw
from goodfit.tasks import from_json, known_tasks, task_for
from goodfit.tasks.section import Plot
from goodfit.tasks.task import Targets, Task

pytestmark = pytest.mark.plots

ROWS, SIDE = 12, 16
RANDOM = np.random.default_rng(0)


@dataclass
class Example:
    """Targets of twelve rows, and an output of a net for them, in training and where it counts.

    Attributes:
        targets: as a source gives them.
        out: (12, ...) what the net gives in training.
        scored: what it gives in eval mode, where that is of another kind.
        x: what goes into the net, for tasks that score their input as well.
        options: what the source says besides the targets.
    """

    targets: Targets
    out: Tensor
    scored: Tensor | None = None
    x: Tensor = field(default_factory=lambda: torch.zeros(ROWS, 1))
    options: Mapping[str, Any] = field(default_factory=dict)


def normal(*shape: int) -> Tensor:
    return torch.from_numpy(RANDOM.normal(0, 1, shape)).float()


def bytes_(high: int, *shape: int) -> Tensor:
    return torch.from_numpy(RANDOM.integers(0, high, shape).astype(np.uint8))


CHOICE = torch.stack([normal(ROWS).abs(), torch.arange(1.0, ROWS + 1), torch.arange(ROWS) % 3 + 1.0,
                      torch.arange(ROWS, 0, -1.0)], dim=1)  # fmt: skip

# A new task needs one line here.
EXAMPLES = {
    "classification": Example(["cat", "dog", "cow"] * 4, normal(ROWS, 3)),
    "multilabel": Example([["a"], ["a", "b"], []] * 4, normal(ROWS, 2)),
    "regression": Example(RANDOM.normal(50, 10, ROWS), normal(ROWS, 1)),
    "rating": Example(RANDOM.integers(1, 6, ROWS).astype(float), normal(ROWS, 1)),
    "ranking": Example([1.0] * ROWS, normal(ROWS, 2, 9), scored=CHOICE),
    "segmentation": Example(bytes_(3, ROWS, SIDE, SIDE), normal(ROWS, 3, SIDE, SIDE),
                            options={"classes": ("sky", "road", "car"), "void": 255}),
    "restoration": Example(bytes_(256, ROWS, 2, SIDE, SIDE), normal(ROWS, 2, SIDE, SIDE),
                           x=bytes_(256, ROWS, 2, SIDE, SIDE).float() / 255),
}  # fmt: skip


@pytest.fixture(params=list(known_tasks()))
def name(request: pytest.FixtureRequest) -> str:
    if request.param not in EXAMPLES:
        pytest.fail(f"the task '{request.param}' has no example: add one to EXAMPLES in {__file__}")
    return str(request.param)


def made(name: str) -> tuple[Task, Example, Tensor]:
    """The task, fitted to its targets; its example; the encoded targets."""
    example = EXAMPLES[name]
    task = task_for(example.targets, name, example.options)
    y = task.encode(example.targets, [str(row) for row in range(ROWS)])
    return task.fitted_to(y, None), example, y


def scored(name: str) -> tuple[Task, Tensor, Tensor]:
    """The task, and what it keeps of outputs and targets."""
    task, example, y = made(name)
    out = example.out if example.scored is None else example.scored
    return (task, *task.keep(example.x, out, y))


def test_no_example_is_of_a_task_that_is_gone() -> None:
    assert set(EXAMPLES) == set(known_tasks())


def test_the_loss_is_a_finite_number_with_a_gradient(name: str) -> None:
    task, example, y = made(name)
    assert len(y) == ROWS
    out = example.out.clone().requires_grad_()
    loss = task.loss(out, y)
    assert loss.shape == ()
    assert torch.isfinite(loss)
    loss.backward()
    assert out.grad is not None
    assert torch.isfinite(out.grad).all()
    assert out.grad.any()


def test_the_loss_of_a_batch_is_that_of_the_sums_of_its_parts(name: str) -> None:
    task, example, y = made(name)
    whole = task.loss(example.out, y)
    parts = [task.loss_sums(out, part) for out, part in zip(example.out.split(5), y.split(5), strict=True)]
    sums = torch.stack(parts).sum(0)
    torch.testing.assert_close(task.loss_of_sums(sums), whole, rtol=1e-5, atol=1e-6)
    counts = [task.loss_count(part) for part in y.split(5)]
    if None not in counts:
        losses = [float(task.loss(out, part)) for out, part in zip(example.out.split(5), y.split(5), strict=True)]
        weights = [float(count) for count in counts if count is not None]
        total = sum(loss * weight for loss, weight in zip(losses, weights, strict=True))
        assert total / sum(weights) == pytest.approx(float(whole), rel=1e-5)


def test_every_metric_is_described_and_has_an_interval_around_it(name: str) -> None:
    task, out, y = scored(name)
    described = [metric.name for metric in task.metric_list]
    metrics = task.metrics(out, y)
    assert set(metrics) <= set(described)
    assert described[0] == task.main_metric in metrics
    for metric in metrics.values():
        assert metric.low <= metric.value <= metric.high
    assert task.score(out, y) == pytest.approx(metrics[task.main_metric].value, rel=1e-6)
    assert set(task.baseline(task.keep_targets(y) if task.output == "row" else y, y, out)) <= set(described)
    assert all(metric.title and metric.title == metric.title.strip() for metric in task.metric_list)


def test_there_is_one_loss_and_one_prediction_a_row(name: str) -> None:
    task, out, y = scored(name)
    losses = task.row_losses(out, y)
    assert losses.shape == (ROWS,)
    assert torch.isfinite(losses).all()
    columns = task.decode(out)
    assert columns
    assert all(len(column) == ROWS for column in columns.values())
    shown = task.example_rows(out, y)
    assert len(shown) == len(set(shown))
    assert set(shown) <= set(range(ROWS))
    assert task.truth(y[0]) is not None


def test_the_report_can_draw_every_section(name: str) -> None:
    task, out, y = scored(name)
    rows = torch.arange(ROWS)
    analyses = task.analyses(lambda rows: torch.stack([rows % 3, rows % 4], dim=1) + 1, rows, rows, out, y)
    sections = task.sections(out, y, y, "valid", json.loads(json.dumps(analyses)))
    anchors = [section.id for section in sections]
    assert len(anchors) == len(set(anchors))
    assert task.example_words.endswith(".")
    for section in sections:
        assert section.title
        assert section.blocks or section.id == "reliability"  # so few rows are one bin, and a point is no course
        for block in section.blocks:
            if isinstance(block, Plot):
                assert draw(block).startswith("<svg")
            else:
                assert all(len(row) == len(block.columns) for row in block.rows)


def test_what_is_drawn_is_bytes_of_the_inputs_size(name: str) -> None:
    task, example, _ = made(name)
    drawn = task.draw(example.out)
    assert (drawn is not None) == (task.output == "image")
    if drawn is not None:
        assert drawn.dtype == torch.uint8
        assert drawn.shape[:3] == (ROWS, SIDE, SIDE)


def test_a_task_comes_back_from_json_as_it_was(name: str) -> None:
    task, _, _ = made(name)
    told = task.with_augmentation(mirrored=True, turned=True).with_label_smoothing(0.1)
    if task.accepts_interval:
        told = told.with_intervals(*scored(name)[1:])
        assert "coverage" in told.metrics(*scored(name)[1:])
    else:
        with pytest.raises(UsageError, match="--interval"):
            told.with_intervals(*scored(name)[1:])
    assert from_json({"name": task.name, **told.to_json()}) == told
    assert task == made(name)[0], "a new task is returned, and the first stays as it was"


def test_a_task_is_frozen(name: str) -> None:
    task, _, _ = made(name)
    for each in fields(task):  # type: ignore[arg-type]  # every task is a dataclass
        with pytest.raises(FrozenInstanceError):
            setattr(task, each.name, None)
    with pytest.raises((FrozenInstanceError, AttributeError)):
        task.family = "another"  # type: ignore[misc]  # that is the point


def test_a_loss_that_the_task_does_not_have_is_refused(name: str) -> None:
    task, _, y = made(name)
    with pytest.raises(UsageError, match="--loss hinge"):
        task.fitted_to(y, "hinge")


def test_recipes_are_keyed_by_families_that_tasks_have() -> None:
    families = {task.family for task in known_tasks().values()}
    for each in names():
        assert set(architecture(each).recipes) <= families, each

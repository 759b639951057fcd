"""A net that saw images mirrored, or moved, in training looks at them in several ways; also after it was saved."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from goodfit.tasks import from_json
from goodfit.tasks.calibrated_task import CalibratedTask
from goodfit.tasks.classification import Classification
from goodfit.tasks.multilabel import MultiLabel

TASKS: list[CalibratedTask] = [Classification(("left", "right")), MultiLabel(("left", "right"))]


class Sides(nn.Module):
    """(N, 1, H, W) -> (N, 2): the brightness of the left and of the right column."""

    def forward(self, x: Tensor) -> Tensor:
        return torch.stack([x[:, 0, :, 0].mean(1), x[:, 0, :, -1].mean(1)], dim=1)


@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.name)
def test_both_ways_of_looking_count_alike(task: CalibratedTask) -> None:
    x = torch.tensor([[[[4.0, 0.0, 1.0], [2.0, 0.0, 3.0]]]])  # the left column has a mean of 3, the right one of 2
    torch.testing.assert_close(task.predict(Sides(), x), torch.tensor([[3.0, 2.0]]))
    both = task.with_augmentation(mirrored=True)
    torch.testing.assert_close(both.predict(Sides(), x), torch.tensor([[2.5, 2.5]]))


@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.name)
def test_moved_by_a_pixel_counts_as_much_as_unmoved(task: CalibratedTask) -> None:
    x = torch.tensor([[[[4.0, 0.0, 1.0], [4.0, 0.0, 1.0]]]])  # two equal rows: only moves to the side are seen
    shifted = task.with_augmentation(shifted=True)
    # as it is: 4 and 1. Up and left, 0 1 and its reflection, 0: 0 and 0. Down and right, 0 4 0: 0 and 0.
    torch.testing.assert_close(shifted.predict(Sides(), x), torch.tensor([[2.0, 0.5]]))
    thin = torch.tensor([[[[4.0, 1.0]]]])  # one row high: nothing to reflect
    torch.testing.assert_close(shifted.predict(Sides(), thin), torch.tensor([[4.0, 1.0]]))


@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.name)
def test_it_is_kept_with_the_run_and_older_runs_have_none(task: CalibratedTask) -> None:
    both = task.with_augmentation(mirrored=True, shifted=True)
    values = {"name": task.name, **both.to_json()}
    assert from_json(values) == both
    assert (task.looks, task.with_augmentation(mirrored=True).looks, both.looks) == (1, 2, 6)
    del values["mirrored"], values["shifted"]
    assert from_json(values) == task

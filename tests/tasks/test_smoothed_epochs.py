"""Epochs that learn smoothed labels are compared by the smoothed loss: by the plain one a net seems to get worse."""

from __future__ import annotations

import math

import pytest
import torch

from goodfit.tasks.classification import Classification

SURE = torch.tensor([[9.0, 0.0, 0.0], [0.0, 9.0, 0.0], [0.0, 0.0, 9.0]] * 20)
SMOOTH = math.log(0.9333 / 0.0333)  # the logit that is lowest in the loss of labels smoothed by 0.1 over 3 classes


def test_the_epoch_that_has_learnt_the_smoothed_labels_is_kept_before_one_that_is_too_sure() -> None:
    y = torch.tensor([0, 1, 2] * 20)
    task = Classification(("a", "b", "c"), label_smoothing=0.1)
    learnt = SURE / 9 * SMOOTH
    early = SURE.clone()
    early[0] = torch.tensor([0.0, 2.0, 0.0])  # very sure, and wrong once
    assert task.row_losses(learnt, y).mean() > task.row_losses(SURE, y).mean()  # by the plain loss it is worse
    assert task.criterion(learnt, y) < task.criterion(early, y)
    assert task.criterion(learnt, y) == pytest.approx(task.criterion(SURE, y), abs=1e-4)  # one temperature apart


def test_the_smoothed_loss_of_a_row_is_its_cross_entropy_with_the_smoothed_label() -> None:
    """By hand: -(0.9333 log p + 2 * 0.0333 log q) for softmax (p, q, q) of logits (1, 0, 0)."""
    task = Classification(("a", "b", "c"), label_smoothing=0.1)
    out, y = torch.tensor([[1.0, 0.0, 0.0]]), torch.tensor([0])
    p, q = math.e / (math.e + 2), 1 / (math.e + 2)
    by_hand = -(0.9 + 0.1 / 3) * math.log(p) - 2 * 0.1 / 3 * math.log(q)
    assert task.trained_losses(out, y).item() == pytest.approx(by_hand, rel=1e-6)
    assert task.row_losses(out, y).item() == pytest.approx(-math.log(p), rel=1e-6)

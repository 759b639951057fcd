"""Histories as loggers write them: each file has known losses, under the names that its logger gives them."""

from __future__ import annotations

import json
import shutil
import struct
from pathlib import Path

import numpy as np
import pytest

from goodfit.checks.curves.event_files import scalars
from goodfit.checks.curves.naming import is_loss, words_of
from goodfit.checks.curves.read import is_history, read_curves
from goodfit.errors import DataError

FIXTURE = Path(__file__).parent / "fixtures" / "events.out.tfevents.1"  # written by TensorBoard 2.20 itself

KERAS = "epoch,accuracy,loss,val_accuracy,val_loss\n0,0.5,1.0,0.4,1.5\n1,0.6,0.5,0.5,1.25\n"
LIGHTNING = "epoch,step,train_loss_step,val_loss\n0,0,2.0,\n0,1,1.0,\n0,1,,1.5\n1,3,0.5,\n1,3,,1.25\n"
YOLO = (
    "      epoch,  train/box_loss,   train/cls_loss,  val/box_loss, val/cls_loss, lr/pg0\n"
    "0,1.0,3,1.5,4,0.1\n1,0.5,2,1.25,5,0.1\n"
)
WANDB = (
    '"Step","fox-1 - train/loss","fox-1 - train/loss__MIN","fox-1 - val/loss","elk-2 - val/loss"\n'
    '"0","1.0","0.9","1.5","7"\n"1","0.5","0.4","1.25","6"\n'
)
SEMICOLONS = "Epoch;Training loss;Validation loss\n1;1.0;1.5\n2;0.5;1.25\n"


@pytest.mark.parametrize(
    "text", [KERAS, LIGHTNING, YOLO, WANDB, SEMICOLONS], ids=["keras", "lightning", "yolo", "wandb", "own"]
)
def test_losses_of_training_and_validation_are_paired(tmp_path: Path, text: str) -> None:
    path = tmp_path / "log.csv"
    path.write_text(text, encoding="utf-8")
    assert is_history(path)
    first = read_curves(path)[0]
    assert first.train is not None
    assert first.valid is not None
    assert first.train.values[-1] == 0.5
    assert first.valid.values.tolist() == [1.5, 1.25]


def test_parts_of_a_loss_and_several_runs_are_curves_of_their_own(tmp_path: Path) -> None:
    path = tmp_path / "results.csv"
    path.write_text(YOLO, encoding="utf-8")
    names = [(curves.train.name, curves.valid.name) for curves in read_curves(path) if curves.train and curves.valid]
    assert names == [("train/box_loss", "val/box_loss"), ("train/cls_loss", "val/cls_loss")]
    path.write_text(WANDB, encoding="utf-8")
    alone = read_curves(path)[1]
    assert alone.train is None
    assert alone.valid is not None
    assert alone.valid.values.tolist() == [7.0, 6.0]


def test_an_object_of_lists_as_keras_has_it(tmp_path: Path) -> None:
    path = tmp_path / "history.json"
    path.write_text(json.dumps({"loss": [1.0, 0.5], "val_loss": [1.5, 1.25], "model": "cnn", "lr": [0.1, 0.1]}))
    assert is_history(path)
    (curves,) = read_curves(path)
    assert curves.train is not None
    assert curves.valid is not None
    assert (curves.train.values.tolist(), curves.valid.values.tolist()) == ([1.0, 0.5], [1.5, 1.25])
    path.write_text(json.dumps({"name": ["a", "b"], "age": [3, 4]}))  # columns of a table
    assert not is_history(path)


def test_lines_of_json_and_a_trainer_state(tmp_path: Path) -> None:
    lines = tmp_path / "history.jsonl"
    rows = [
        {"epoch": 1, "train_loss": 1.0, "valid_loss": 1.5},
        {"epoch": 2, "train_loss": float("nan"), "valid_loss": 2.0},
    ]
    lines.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    (curves,) = read_curves(lines)
    assert curves.train is not None
    assert np.isnan(curves.train.values[1])
    state = tmp_path / "trainer_state.json"
    log = [
        {"step": 10, "loss": 2.0},
        {"step": 10, "eval_loss": 2.5},
        {"step": 20, "loss": 1.0},
        {"step": 20, "eval_loss": 3.0},
    ]
    state.write_text(json.dumps({"log_history": log, "best_metric": None}), encoding="utf-8")
    (curves,) = read_curves(state)
    assert curves.train is not None
    assert curves.valid is not None
    assert curves.train.steps.tolist() == [10.0, 20.0]
    assert curves.valid.values.tolist() == [2.5, 3.0]


def test_event_files_hold_what_tensorboard_wrote(tmp_path: Path) -> None:
    values = list(scalars(FIXTURE))
    training = [(step, value) for tag, step, value in values if tag == "train/loss"]
    assert [step for step, _ in training] == [0, 10, 20, 30]
    assert [value for _, value in training] == pytest.approx([2.0, 1.0, 2 / 3, 0.5])
    assert [value for tag, _, value in values if tag == "val/loss"] == [1.0, 1.25, 1.5, 1.75]  # tensors
    assert is_history(FIXTURE)
    folder = tmp_path / "runs" / "a"
    folder.mkdir(parents=True)
    shutil.copy(FIXTURE, folder)
    (curves,) = read_curves(tmp_path / "runs")
    assert curves.train is not None
    assert curves.train.name == "a/train/loss"


def test_a_file_that_is_cut_off_gives_what_is_whole_and_another_file_is_refused(tmp_path: Path) -> None:
    whole = FIXTURE.read_bytes()
    cut = tmp_path / "events.out.tfevents.2"
    cut.write_bytes(whole[:-10])
    assert len(list(scalars(cut))) == len(list(scalars(FIXTURE))) - 2
    cut.write_bytes(b"no event file at all, but long enough")
    with pytest.raises(DataError, match="not an event file"):
        list(scalars(cut))
    record = b"\x2a\x7f"  # field 5, of 127 bytes that are not there
    cut.write_bytes(struct.pack("<Q", len(record)) + bytes(4) + record + bytes(4))
    with pytest.raises(DataError, match="a damaged record"):
        list(scalars(cut))


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("loss,weight\n1,2\n3,4\n", False),  # nothing counts
        ("id,claim_loss,age\n1,2,3\n", False),  # a table of claims
        ("step,price\n1,2\n2,4\n", False),
        ("epoch,loss\n3,2\n1,4\n", False),  # it does not rise
        ("Wall time,Step,Value\n1.0,0,0.5\n2.0,1,0.4\n", True),  # a download from TensorBoard's page
        ("epoch,train,valid\n1,2,3\n2,1,2\n", True),
    ],
)
def test_a_history_counts_and_has_a_loss(tmp_path: Path, text: str, is_one: bool) -> None:
    path = tmp_path / "some.csv"
    path.write_text(text, encoding="utf-8")
    assert is_history(path) is is_one


def test_words_and_losses() -> None:
    assert words_of("valLoss") == words_of("val/loss") == words_of("val_loss") == ["val", "loss"]
    names = ("loss", "val_acc", "train", "eval/nll", "loss_scale", "lr", "error")
    assert [name for name in names if is_loss(name)] == ["loss", "train", "eval/nll", "error"]

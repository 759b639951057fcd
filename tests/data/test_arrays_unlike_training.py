"""New arrays in another unit than those of training: each row gets a prediction, and it is said."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

import goodfit as gf
from goodfit.data.array_ranges import ArrayRanges

GENERATOR = np.random.default_rng(0)
ROWS = (GENERATOR.normal(size=(300, 4)) * [1, 2, 3, 4] + [0, 10, 0, 50]).astype(np.float32)
OTHER_ROWS = (GENERATOR.normal(size=(300, 4)) * [1, 2, 3, 4] + [0, 10, 0, 50]).astype(np.float32)
PIXELS = GENERATOR.integers(0, 256, (40, 3, 8, 8)).astype(np.uint8)


def notes_of(training: np.ndarray, new: np.ndarray) -> list[tuple[str, str, str]]:
    source = gf.arrays(training, np.arange(len(training)) % 2)
    source.prepare()
    source.learn(torch.arange(len(source)))
    fresh = gf.arrays(new)
    fresh.prepare(source.schema())
    return fresh.notes


def test_rows_like_those_of_training_say_nothing() -> None:
    assert notes_of(ROWS, ROWS) == []
    assert notes_of(ROWS, OTHER_ROWS) == []
    assert notes_of(PIXELS, PIXELS[::-1].copy()) == []


def test_rows_a_hundred_times_as_large_are_said() -> None:
    [(name, what, why)] = notes_of(ROWS, ROWS * 100)
    assert (name, what) == ("doubtful", "4 of 4 columns")
    assert why.endswith("is it the same unit?")


def test_a_column_in_another_unit_is_named() -> None:
    [(_, what, why)] = notes_of(ROWS, ROWS + np.array([0, 0, 0, 1000], np.float32))
    assert what == "column 3: 300 of 300"
    assert f"({ROWS[:, 3].min():.4g} to {ROWS[:, 3].max():.4g})" in why


def test_a_number_for_unknown_is_said() -> None:
    new = ROWS.copy()
    new[:30, 1] = -999
    [(_, what, why)] = notes_of(ROWS, new)
    assert what == "column 1: 30 of 300"
    assert "such as -999" in why


def test_rows_a_hundredth_as_large_are_said_though_they_lie_inside() -> None:
    centred = ROWS - ROWS.mean(axis=0)
    [(_, what, why)] = notes_of(centred, centred / 100)
    assert what == "all values"
    assert "100 times less" in why


@pytest.mark.parametrize(
    ("training", "new"),
    [
        (PIXELS, (PIXELS / 255).astype(np.float32)),
        (PIXELS, (PIXELS / 127.5 - 1).astype(np.float32)),
        (PIXELS, PIXELS.astype(np.int32) * 257),
        ((PIXELS / 255).astype(np.float32), PIXELS),
        (PIXELS, (PIXELS[:1] / 255).astype(np.float32)),
    ],
    ids=["shares", "signed", "16 bits", "bytes", "one image"],
)
def test_pixels_in_another_scale_are_said(training: np.ndarray, new: np.ndarray) -> None:
    [(name, _, why)] = notes_of(training, new)
    assert name == "doubtful"
    assert why.endswith("is it the same unit?")


def test_a_few_columns_of_many_are_chance() -> None:
    sparse = np.zeros((200, 400), np.float32)
    sparse[:, :50] = GENERATOR.normal(size=(200, 50))
    new = sparse.copy()
    new[:15, 399] = 1
    assert notes_of(sparse, new) == []


def test_a_run_of_before_has_no_ranges_and_says_nothing() -> None:
    fresh = gf.arrays(ROWS * 100)
    fresh.prepare({"kind": "arrays", "in_shape": [4]})
    assert fresh.notes == []


def test_ranges_are_those_of_numpy() -> None:
    ranges = ArrayRanges.measure(torch.from_numpy(ROWS))
    assert np.allclose(ranges.low, ROWS.min(axis=0))
    assert np.allclose(ranges.high, ROWS.max(axis=0))
    assert np.allclose(ranges.deviation, ROWS.std(axis=0), rtol=1e-5)
    assert ArrayRanges.from_json(ranges.to_json()) == ranges


def test_a_run_says_it_of_predictions_and_of_evaluation(tmp_path: Path) -> None:
    y = (ROWS[:, 0] > 0).astype(int)
    run: Any = gf.fit(gf.arrays(ROWS, y), epochs=1, out=tmp_path / "run", quiet=True)
    assert [what for _, what, _ in run.predict(ROWS * 100).notes] == ["4 of 4 columns"]
    assert run.predict(ROWS).notes == ()
    said = run.evaluate(gf.arrays(ROWS * 100, y))["notes"]
    assert [what for _, what, _ in said] == ["4 of 4 columns"]

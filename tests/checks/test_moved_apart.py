"""What the source says of pictures and masks that are turned apart, and of rows that a function chooses by."""

from __future__ import annotations

import ast

import pytest

from goodfit.checks.engine.moved_apart import not_moved
from goodfit.checks.rules.selected_on_test import selected_within_calls

ROW = "def row(self, i):\n    image, mask = self.images[i], self.masks[i]\n{}    return image[None], mask\n"
BY_CHANCE = "    if random.random() < 0.5:\n        {}\n"
TURNED = "def turned(x):\n    return x.flip(-1) if random.random() < 0.5 else x\n"
CHOICE = "def fit(rows):\n    score = measure(rows)\n    if score > best:\n        best = score\n"


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        (ROW.format(BY_CHANCE.format("image = image.flip(-1)")), [4]),
        (ROW.format(BY_CHANCE.format("image, mask = image.flip(-1), mask.flip(-1)")), []),
        (ROW.format("    image, mask = self.both(image, mask, random.random())\n"), []),
        (ROW.format("    image = image.flip(-1)\n"), []),  # no chance: the masks may be stored so
        (TURNED + ROW.format("    image = turned(image)\n    mask = turned(mask)\n"), [6]),
        (TURNED + ROW.format("    seed(i)\n    image = turned(image)\n    seed(i)\n    mask = turned(mask)\n"), []),
    ],
)
def test_masks_turned_apart(source: str, lines: list[int]) -> None:
    assert [line for _, line in not_moved(ast.parse(source))] == lines


@pytest.mark.parametrize(
    ("rest", "names"),
    [
        ("train_rows, val_rows, test_rows = parts\nfit(test_rows)\n", ["test_rows"]),
        ("train_rows, val_rows, test_rows = parts\nfit(val_rows)\n", []),
        ("train_rows, test_rows = parts\nfit(test_rows)\n", []),  # there are no validation rows
    ],
)
def test_rows_that_a_function_chooses_by(rest: str, names: list[str]) -> None:
    assert [name for name, _ in selected_within_calls(ast.parse(CHOICE + rest))] == names

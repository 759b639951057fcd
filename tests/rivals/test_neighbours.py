"""Mean targets of neighbours: out of part for training rows, by a map for new ones."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from sklearn.neighbors import KNeighborsRegressor

from goodfit.nets import build
from goodfit.nets.maps import heights_at
from goodfit.rivals.neighbours import LINES, NEIGHBOURS, Neighbours
from goodfit.rivals.rival import Lesson
from goodfit.rivals.trees import TreesRival
from goodfit.tasks.classification import Classification
from goodfit.tasks.regression import Regression


def towns(count: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """(n, 4) places and two numbers of no use, and (n,) what depends on the nearest of 40 towns."""
    random = np.random.default_rng(seed)
    centres, level = np.random.default_rng(99).uniform(-2, 2, (40, 2)), np.random.default_rng(98).normal(size=40)
    x = random.uniform(-2, 2, (count, 4))
    nearest = ((x[:, None, :2] - centres) ** 2).sum(2).argmin(1)
    return x, level[nearest] + 0.1 * random.normal(size=count)


def lesson(count: int, *, classes: bool = False) -> Lesson:
    """Two folds that learn from the same rows: their models are equal, and so is the module."""
    x, y = towns(count)
    task = Classification(("no", "yes")) if classes else Regression.from_targets(y)
    target = torch.from_numpy(y > 0).long() if classes else torch.from_numpy(y)
    part = np.arange(count) % 5 == 0
    folds = [(np.flatnonzero(~part), half) for half in np.array_split(np.flatnonzero(part), 2)]
    return Lesson(task, torch.from_numpy(x).float(), target, folds, (), seed=0)


def test_means_are_those_of_scikit_learn() -> None:
    x, y = towns(400)
    others, _ = towns(50, seed=1)
    model = KNeighborsRegressor(NEIGHBOURS).fit(x[:, [0, 2]], y)
    means = Neighbours(x, y[:, None], [(0, 2)]).means(others)
    assert means[:, 0] == pytest.approx(model.predict(others[:, [0, 2]]))


def test_no_training_row_sees_its_own_target() -> None:
    x, y = towns(300)
    before = Neighbours(x, y[:, None], [(0, 1)]).means_of_others()
    y[7] += 1000
    after = Neighbours(x, y[:, None], [(0, 1)]).means_of_others()
    assert after[7] == pytest.approx(before[7])
    assert np.abs(after - before).max() > 1  # others have it among their neighbours


def test_a_map_reads_as_bilinear_interpolation_does() -> None:
    """Heights that are a x b are bilinear themselves, so that they are read exactly between the lines."""
    lines = torch.tensor([[[0.0, 1.0, 4.0], [-1.0, 0.0, 2.0]]])
    heights = lines[0, 0][:, None] * lines[0, 1][None, :]
    places = torch.tensor([[3.0, 9.0, 1.0], [0.5, 9.0, -0.5], [7.0, 9.0, 1.0], [-3.0, 9.0, 1.0]])
    read = heights_at(places, [(0, 2)], lines, heights[None, None])
    assert read[:, 0].tolist() == pytest.approx([3.0, -0.25, 4.0, 0.0])  # beyond the lines: at the outermost one


@pytest.mark.parametrize("repeated", [False, True], ids=["many values", "few values"])
def test_maps_are_near_the_means(repeated: bool) -> None:
    x, y = towns(3000)
    if repeated:
        x = np.round(x, 1)
    neighbours = Neighbours(x, y[:, None], [(0, 1), (1, 2)])
    lines, heights = neighbours.maps()
    assert lines.shape == (2, 2, LINES)
    assert heights.shape == (2, 1, LINES, LINES)
    assert (np.diff(lines, axis=2) > 0).all()
    others = towns(300, seed=1)[0]
    others = np.round(others, 1) if repeated else others
    read = heights_at(
        torch.from_numpy(others).float(), [(0, 1), (1, 2)], torch.from_numpy(lines), torch.from_numpy(heights)
    )
    apart = np.abs(read.numpy() - neighbours.means(others))
    # of targets with a standard deviation of 1; of rows at the same distance either takes others
    assert apart.mean() < (0.1 if repeated else 0.02)


@pytest.mark.parametrize("classes", [pytest.param(False, marks=pytest.mark.slow), True])
def test_trees_that_know_neighbours_are_kept_where_they_are_better_and_the_module_gives_what_was_judged(
    classes: bool,
) -> None:
    taught = lesson(1500, classes=classes)
    fitted = TreesRival().fit(taught)
    assert [0, 1] in fitted.options["planes"]
    held_out = taught.held_out
    out = fitted.module(taught.x[torch.from_numpy(held_out)])
    losses = [
        float(taught.task.row_losses(each, taught.y[torch.from_numpy(held_out)]).mean()) for each in (out, fitted.out)
    ]
    assert losses[0] == pytest.approx(losses[1], rel=0.05)  # a map for the means themselves
    again = build("boosted-trees", (4,), taught.task.outputs, **fitted.options)
    again.load_state_dict(fitted.module.state_dict())
    assert torch.equal(again.eval()(taught.x), fitted.module(taught.x))


def test_noise_has_no_neighbours_worth_knowing() -> None:
    x, _ = towns(600)
    y = torch.from_numpy(np.sign(x[:, 3]) + 0.1 * np.random.default_rng(3).normal(size=600))
    part = np.arange(600) % 5 == 0
    folds = [(np.flatnonzero(~part), np.flatnonzero(part))]
    straight = Lesson(Regression.from_targets(y.numpy()), torch.from_numpy(x).float(), y, folds, (), seed=0)
    assert "planes" not in TreesRival().fit(straight).options

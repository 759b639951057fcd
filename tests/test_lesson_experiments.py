"""What the lessons rest on: intervals, matched compute, shifts of images, small plots that stay the same."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from lessons.figures import axes, differs, in_percent, interval, percent, points, save, table
from lessons.lesson_07_channels import GROWTHS, make_net, widths_for
from lessons.lesson_08_unet_for_classes import NETS
from lessons.lesson_12_embeddings import Ratings, separation
from lessons.lesson_17_penalties import moved
from lessons.training import accuracy, digits, fit, multiply_adds, parameters, parts
from scipy import stats
from torch import nn


def test_an_interval_over_seeds_is_students() -> None:
    values = [0.91, 0.93, 0.90, 0.95, 0.92]
    low, high = stats.t.interval(0.95, 4, loc=np.mean(values), scale=stats.sem(values))
    assert interval(values) == pytest.approx((np.mean(values), low, high))
    assert percent(values) == f"92.2% ({100 * low:.1f} to {100 * high:.1f})"
    assert points([0.01, 0.02, 0.03]) == "+2.0 points (-0.5 to +4.5)"  # 2 ± 4.303 · 1 / √3
    assert not differs([0.01, 0.02, 0.03])
    assert differs([0.02, 0.02, 0.03])


def test_a_table_has_a_line_for_each_row() -> None:
    assert table(["a", "b"], [[1, 2]]) == "| a | b |\n| --- | --- |\n| 1 | 2 |"


def test_multiply_adds_are_those_counted_by_hand() -> None:
    net = nn.Sequential(nn.Conv2d(3, 8, 3, stride=2, padding=1), nn.Flatten(), nn.Linear(8 * 16, 10))
    assert multiply_adds(net, torch.zeros(5, 3, 8, 8)) == 4 * 4 * 8 * 27 + 1280
    assert parameters(net) == 8 * 27 + 8 + 1290
    assert net.training


@pytest.mark.parametrize(("stages", "constant", "side"), [(3, 14, 8), (4, 6, 28), (4, 10, 28)])
def test_nets_of_lesson_7_have_equal_compute_and_the_growth_that_they_are_named_after(
    stages: int, constant: int, side: int
) -> None:
    image = torch.zeros(1, 1, side, side)
    budget = multiply_adds(make_net([constant] * stages), image)
    for growth in GROWTHS.values():
        widths = widths_for(growth, stages, budget, side)
        assert multiply_adds(make_net(widths), image) == pytest.approx(budget, rel=0.01)
        assert (widths[-1] / widths[0]) ** (1 / (stages - 1)) == pytest.approx(growth, rel=0.11)


def test_the_wider_encoder_of_lesson_8_is_not_dearer_than_the_u_net() -> None:
    image = torch.zeros(2, 1, 8, 8)
    costs = {name: multiply_adds(make(), image) for name, make in NETS.items()}
    assert 0.9 * costs["U-Net of this encoder"] < costs["wider encoder"] <= costs["U-Net of this encoder"]
    assert all(make()(image).shape == (2, 10) for make in NETS.values())


def test_moved_images_are_shifts_of_the_image_by_up_to_a_pixel() -> None:
    image = torch.arange(1.0, 26).reshape(1, 1, 5, 5)
    padded = nn.functional.pad(image, (1, 1, 1, 1))
    allowed = [padded[..., down : down + 5, across : across + 5] for down in range(3) for across in range(3)]
    seen = moved(image.expand(200, 1, 5, 5), torch.Generator().manual_seed(0))
    kinds = {next(number for number, each in enumerate(allowed) if torch.equal(each[0], one)) for one in seen}
    assert len(kinds) == 9


def test_ratings_of_width_0_are_biases_alone() -> None:
    net = Ratings(torch.tensor(3.5), 0)
    batch = torch.tensor([[0, 0], [5, 7]])
    expected = 3.5 + net.user_bias.weight[[0, 5], 0] + net.film_bias.weight[[0, 7], 0]
    assert torch.allclose(net(batch), expected)


def test_separation_is_a_distance_in_standard_deviations() -> None:
    flat = np.array([[0.0, 0], [0, 0], [4, 0], [4, 0]])
    assert separation(flat, np.array([True, True, False, False])) == pytest.approx(2.0)


def test_a_fit_is_the_same_each_time_and_parts_do_not_overlap() -> None:
    x, y = digits()
    train, held_out = parts(len(x), (200, 300), seed=3)
    assert not set(train.tolist()) & set(held_out.tolist())
    scores = []
    for _ in range(2):
        torch.manual_seed(0)
        net = fit(nn.Sequential(nn.Flatten(), nn.Linear(64, 10)), x[train], y[train], epochs=10, seed=0, rate=0.02)
        scores.append(accuracy(net, x[held_out], y[held_out]))
    assert scores[0] == scores[1]
    assert scores[0] > 0.8


def test_a_plot_is_the_same_file_each_time(tmp_path: Path) -> None:
    for name in ("a.svg", "b.svg", "a.png", "b.png"):
        figure, (plot,) = axes()
        plot.plot([1.23456, 2], [3, 4.56789])
        save(figure, tmp_path / name)
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()


def test_ticks_of_a_plot_say_what_they_stand_at(tmp_path: Path) -> None:
    """0.825 is not 0.83, and 82.5% is not 82%."""
    figure, (plot, other) = axes(2)
    for each in (plot, other):
        each.plot([0, 1], [0.80, 0.85])
        each.set_yticks([0.80, 0.825, 0.85])
    in_percent(other.yaxis)
    save(figure, tmp_path / "plot.svg")
    text = (tmp_path / "plot.svg").read_text()
    assert ">0.825<" in text
    assert ">82.5%<" in text


def test_a_difference_of_nothing_has_no_minus() -> None:
    assert points([-0.0001, -0.0002, -0.00015]).startswith("+0.0 points")

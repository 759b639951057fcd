"""The figures: what is drawn is what was given, at every size, and as SVG that can share a page."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import matplotlib as mpl
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.patches import Rectangle
from PIL import Image

from goodfit.formatting import counted, duration, fixed, number, percent, percent_decimals
from goodfit.report.plots import (
    class_balance,
    confusion_matrix,
    loss_curves,
    metric_curve,
    prediction_scatter,
    range_test_curve,
    rate_curve,
    recall_bars,
    residual_scatter,
)
from goodfit.report.svg import save_png, short, to_svg
from goodfit.tasks.class_sections import confused_pairs
from goodfit.tasks.metric import ACCURACY

pytestmark = pytest.mark.plots

HISTORY = [{"epoch": e, "train_loss": 2.0 / e, "valid_loss": 2.5 / e, "accuracy": 1 - 0.5 / e} for e in (1, 2, 3)]


def words(svg: str) -> list[str]:
    """Every text of an SVG drawing."""
    return ["".join(each.itertext()) for each in ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")]


def ids(svg: str) -> set[str]:
    return {value for each in ElementTree.fromstring(svg).iter() if (value := each.get("id"))}


def segments(axes: Axes) -> list[np.ndarray]:
    """The lines of every collection of lines, such as error bars."""
    lines = [each for each in axes.collections if isinstance(each, LineCollection)]
    assert len(lines) == len(axes.collections)
    return [np.asarray(segment) for each in lines for segment in each.get_segments()]


def matrix(many: int) -> np.ndarray:
    counts: np.ndarray = np.random.default_rng(many).integers(0, 50, (many, many))
    counts[np.diag_indices(many)] += 100
    return counts


def test_loss_curves_hold_the_losses_and_mark_the_kept_epoch() -> None:
    figure = loss_curves(HISTORY, 2, "nats per row")
    axes = figure.axes[0]
    lines = {line.get_label(): np.asarray(line.get_ydata()) for line in axes.get_lines()}
    np.testing.assert_allclose(lines["training"], [2.0, 1.0, 2 / 3])
    np.testing.assert_allclose(lines["validation"], [2.5, 1.25, 2.5 / 3])
    said = words(to_svg(figure, "p", "loss"))
    assert {"epoch", "loss (nats per row)", "epoch 2, kept", "training", "validation"} <= set(said)


def test_a_loss_that_is_missing_or_infinite_leaves_a_gap() -> None:
    history: list[dict[str, Any]] = [
        {"epoch": 1, "train_loss": None, "valid_loss": float("inf")},
        {"epoch": 2, "train_loss": 1.0},
    ]
    lines = loss_curves(history, 1, "").axes[0].get_lines()
    assert np.isnan(np.asarray(lines[0].get_ydata())[0])
    assert np.isnan(np.asarray(lines[1].get_ydata())).all()


def test_one_epoch_can_be_drawn() -> None:
    ElementTree.fromstring(to_svg(loss_curves(HISTORY[:1], 1), "p", "one"))


def test_the_metric_curve_ends_in_the_intervals_of_the_kept_weights() -> None:
    score = {"value": 0.8, "low": 0.7, "high": 0.85}
    figure = metric_curve(HISTORY, ACCURACY, 3, {"valid": score, "test": score}, 0.1)
    bars = segments(figure.axes[1])
    ends = sorted((segment[:, 1].min(), segment[:, 1].max()) for segment in bars)
    np.testing.assert_allclose(ends, [(0.7, 0.85), (0.7, 0.85)])
    assert any(text.startswith("baseline 10%") for text in words(to_svg(figure, "p", "metric")))


@pytest.mark.parametrize("many", [2, 3, 10, 20])
def test_a_small_confusion_matrix_has_every_count_in_its_cell(many: int) -> None:
    counts = matrix(many)
    figure = confusion_matrix(counts, [f"c{i}" for i in range(many)])
    cells = {(round(t.get_position()[1]), round(t.get_position()[0])): t.get_text() for t in figure.axes[0].texts}
    assert cells == {at: str(count) for at, count in np.ndenumerate(counts) if count}


@pytest.mark.parametrize("many", [21, 100])
def test_a_large_confusion_matrix_is_a_map_without_numbers_and_small(many: int) -> None:
    svg = to_svg(confusion_matrix(matrix(many), [f"kind {i}" for i in range(many)]), "p", "map")
    assert len(svg) < 150_000
    assert len([word for word in words(svg) if word.startswith("kind")]) <= 60  # 30 along each side


def test_a_class_without_rows_is_left_blank() -> None:
    figure = confusion_matrix(np.array([[5, 1], [0, 0]]), ["here", "absent"])
    assert {text.get_text() for text in figure.axes[0].texts} == {"5", "1"}


@given(st.integers(1, 12), st.integers(0, 2**32 - 1))
@settings(max_examples=25, deadline=None)
def test_confused_pairs_are_the_largest_counts_off_the_diagonal(many: int, seed: int) -> None:
    counts = np.random.default_rng(seed).integers(0, 4, (many, many))
    names = [str(i) for i in range(many)]
    pairs = confused_pairs(counts, names, most=5)
    off = sorted((int(counts[i, j]) for i in range(many) for j in range(many) if i != j and counts[i, j]), reverse=True)
    assert [pair.rows for pair in pairs] == off[:5]
    for pair in pairs:
        row = counts[int(pair.truth)]
        assert pair.rows == row[int(pair.prediction)]
        assert pair.share == pytest.approx(pair.rows / row.sum())


def test_recall_bars_stand_lowest_first_with_their_intervals() -> None:
    rows = [
        {"label": "good", "recall": 0.9, "recall_low": 0.8, "recall_high": 0.95},
        {"label": "poor", "recall": 0.2, "recall_low": 0.1, "recall_high": 0.4},
        {"label": "absent", "recall": float("nan"), "recall_low": float("nan"), "recall_high": float("nan")},
    ]
    axes = recall_bars(rows).axes[0]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["poor", "good", "absent"]
    assert [bar.get_width() for bar in axes.patches if isinstance(bar, Rectangle)] == pytest.approx([0.2, 0.9, 0.0])
    spans = [tuple(segment[:, 0]) for segment in segments(axes)]
    np.testing.assert_allclose(spans, [(0.1, 0.4), (0.8, 0.95), (0.0, 0.0)])
    assert "mean 55%" in [text.get_text() for text in axes.texts]


def test_of_many_classes_the_lowest_forty_are_drawn() -> None:
    rows = [{"label": str(i), "recall": i / 60, "recall_low": 0.0, "recall_high": 1.0} for i in range(60)]
    axes = recall_bars(rows).axes[0]
    assert [label.get_text() for label in axes.get_yticklabels()] == [str(i) for i in range(40)]
    assert axes.get_title(loc="left") == "Recall: 40 lowest of 60"


def test_class_balance_shows_each_class_as_a_share_of_its_part() -> None:
    axes = class_balance({"train": [10, 30], "test": [5, 5]}, ["rare", "often"]).axes[0]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["often", "rare"]
    np.testing.assert_allclose(np.asarray(axes.get_lines()[0].get_xdata()), [0.75, 0.25])
    np.testing.assert_allclose(np.asarray(axes.get_lines()[1].get_xdata()), [0.5, 0.5])


def test_residuals_are_prediction_minus_truth() -> None:
    rng = np.random.default_rng(0)
    truth, prediction = rng.normal(size=30), rng.normal(size=30)
    points = prediction_scatter(truth, prediction).axes[0].collections[0].get_offsets()
    np.testing.assert_allclose(np.asarray(points), np.stack([truth, prediction], 1))
    points = residual_scatter(truth, prediction).axes[0].collections[0].get_offsets()
    np.testing.assert_allclose(np.asarray(points), np.stack([prediction, prediction - truth], 1))


def test_the_rate_curve_holds_the_rates() -> None:
    history = [{"epoch": 1, "learning_rate": 0.1}, {"epoch": 2, "learning_rate": 0.05}]
    np.testing.assert_allclose(np.asarray(rate_curve(history).axes[0].get_lines()[0].get_ydata()), [0.1, 0.05])


def test_the_range_test_marks_the_rate_that_was_chosen() -> None:
    test: dict[str, Any] = {"rates": [1e-5, 1e-3, 0.1], "losses": [2.3, 1.9, 4.0], "chosen": 0.001}
    figure = range_test_curve(test)
    curve, mark = figure.axes[0].get_lines()
    np.testing.assert_allclose(np.asarray(curve.get_ydata()), test["losses"])
    np.testing.assert_allclose(np.asarray(mark.get_xdata()), 0.001)
    assert "0.001, chosen" in words(to_svg(figure, "p", "range"))


def test_twenty_thousand_points_stay_a_small_drawing() -> None:
    points = np.random.default_rng(0).normal(size=20_000)
    assert len(to_svg(prediction_scatter(points, points * 0.9), "p", "scatter")) < 250_000


def test_two_drawings_of_one_page_share_no_id_and_refer_to_their_own() -> None:
    first, second = (to_svg(loss_curves(HISTORY, 2), name, "loss") for name in ("one", "two"))
    assert ids(first)
    assert not ids(first) & ids(second)
    hrefs = {value for each in ElementTree.fromstring(first).iter() if (value := each.get("href"))}
    assert hrefs
    assert {value.removeprefix("#") for value in hrefs if value.startswith("#")} <= ids(first)


def test_the_same_figure_gives_the_same_bytes() -> None:
    assert to_svg(loss_curves(HISTORY, 2), "p", "a") == to_svg(loss_curves(HISTORY, 2), "p", "a")


def test_a_name_with_markup_or_formula_signs_is_drawn_as_it_is() -> None:
    names = ["<script>x</script>", "$\\frac$"]
    svg = to_svg(confusion_matrix(np.array([[3, 1], [2, 4]]), names), "p", '"quoted" <alt>')
    assert "<script" not in svg
    assert set(names) <= set(words(svg))
    assert ElementTree.fromstring(svg).get("aria-label") == '"quoted" <alt>'


def test_drawing_leaves_the_callers_settings_as_they_were() -> None:
    before = dict(mpl.rcParams)
    to_svg(loss_curves(HISTORY, 2), "p", "loss")
    assert dict(mpl.rcParams) == before


def test_a_figure_can_be_saved_to_look_at(tmp_path: Path) -> None:
    path = save_png(loss_curves(HISTORY, 2), tmp_path / "loss.png", dpi=50)
    with Image.open(path) as image:
        assert image.size == (235, 175)  # 4.7 x 3.5 inches
    assert [each.name for each in tmp_path.iterdir()] == ["loss.png"]


@given(st.text(max_size=80), st.integers(5, 30))
@settings(max_examples=50)
def test_a_shortened_name_fits_and_keeps_both_ends(name: str, most: int) -> None:
    cut = short(name, most)
    assert len(cut) <= most
    assert "\n" not in cut
    whole = " ".join(name.split())
    if len(whole) > most and whole.isascii() and whole.isprintable():
        assert cut[0] == whole[0]
        assert cut[-1] == whole[-1]


@pytest.mark.parametrize(
    ("value", "in_text", "in_table"),
    [(0.9, "0.9", "0.9000"), (0.123456, "0.1235", "0.1235"), (48_211.3, "48,211", "48,211"), (12.5, "12.5", "12.50"),
     (1_234, "1,234", "1,234"), (None, "–", "–"), (float("nan"), "–", "–"), (0.00002, "0.00002", "0.00002"),
     ("cat",) * 3],
)  # fmt: skip
def test_numbers_are_written_for_people(value: object, in_text: str, in_table: str) -> None:
    assert number(value) == in_text
    assert fixed(value) == in_table


@pytest.mark.parametrize(
    ("value", "text"),
    [(72_640.3, "72,640"), (7.264e4, "72,640"), (0.00001234, "0.00001234"), (-0.00005, "-0.00005"), (999.96, "1,000"),
     (1e20, "1e+20"), (np.float32(0.5), "0.5"), (np.int64(1_000), "1,000"), (1e-12, "1e-12"), (-0.0, "0"),
     (True, "True"),
     (float("inf"), "∞")],
)  # fmt: skip
def test_no_measured_number_is_written_with_an_exponent(value: object, text: str) -> None:
    assert number(value) == text


@pytest.mark.parametrize(
    ("share", "decimals", "text"),
    [(0.5833, 0, "58%"), (0.9996, 0, "99.96%"), (0.9951, 0, "99.5%"), (1.0, 2, "100%"), (0.0, 1, "0%"),
     (0.0004, 0, "0.04%"), (0.97345, 1, "97.3%"), (float("nan"), 0, "–"), (-0.02, 0, "-2%"), (1 - 1e-13, 2, "100%")],
)  # fmt: skip
def test_only_a_whole_is_100_percent_and_only_nothing_is_0(share: float, decimals: int, text: str) -> None:
    assert percent(share, decimals) == text


@pytest.mark.parametrize(
    ("low", "high", "decimals"), [(0.44, 0.71, 0), (0.91, 0.93, 1), (0.991, 0.9925, 2), (0.5, 0.5, 1)]
)
def test_percents_have_the_decimals_that_their_interval_gives_a_meaning(low: float, high: float, decimals: int) -> None:
    assert percent_decimals(low, high) == decimals


@pytest.mark.parametrize(
    ("count", "noun", "text"),
    [(1, "row", "1 row"), (0, "row", "0 rows"), (1_024, "row", "1,024 rows"), (2, "class", "2 classes"),
     (3, "category", "3 categories"), (2, "day", "2 days"), (2, "batch", "2 batches"),
     (1, "test image", "1 test image")],
)  # fmt: skip
def test_a_count_stands_with_the_right_number_of_its_noun(count: int, noun: str, text: str) -> None:
    assert counted(count, noun) == text


def test_durations_are_written_for_people() -> None:
    assert [duration(s) for s in (8.34, 41.2, 125, 12_000)] == ["8.3 s", "41 s", "2 min 5 s", "3 h 20 min"]

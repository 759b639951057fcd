"""The figures of the report: curves, confusion, recall by class, class balance, regression.

Colours are Okabe and Ito's (jfly.uni-koeln.de/color), which stay apart for colour-blind readers; what a colour says is
said by a marker, a dash or a word as well.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from goodfit.formatting import capital, number, percent
from goodfit.report.svg import drawing, short
from goodfit.tasks.metric import Metric

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BLUE, ORANGE, VERMILION, GREEN, GREY = "#0072B2", "#E69F00", "#D55E00", "#009E73", "#5b6673"
NUMBERED_CLASSES = 20  # beyond, the numbers in the cells are too small to read
LISTED_CLASSES = 40  # bars under each other
NAMES_ALONG_A_MAP = 30
BEHIND_WORDS = {"facecolor": "white", "alpha": 0.8, "edgecolor": "none", "pad": 1.5}  # a curve may pass there
WIDEST_CELL = 1.1  # inches: a class of ten letters stands level beneath its column
LETTER = 0.11  # inches of a letter of 11 pt, a little more than it takes
DARK_MISTAKES = 0.25  # share of a class from which on a mistake may be as dark as the scale goes
NEAR_TOP = 0.9  # of a plot's height
HALF = (4.7, 3.5)  # inches: 338 px, which a phone shows without scrolling; 11 pt of type are 11 px there
VECTOR_POINTS = 1_000  # beyond, points are drawn as an image: 1,000 of them are 90 kB of SVG


def loss_curves(history: Sequence[Mapping[str, Any]], best_epoch: int | None, unit: str = "") -> Figure:
    """Training and validation loss by epoch, with the kept epoch marked."""
    with drawing():
        figure = _figure(*HALF)
        axes = figure.add_subplot()
        epochs = [row["epoch"] for row in history]
        train, valid = _column(history, "train_loss"), _column(history, "valid_loss")
        marker = "." if len(epochs) <= 40 else None
        axes.plot(epochs, train, color=ORANGE, linestyle="--", marker=marker, label="training")
        axes.plot(epochs, valid, color=BLUE, marker=marker, label="validation")
        seen = np.concatenate([train, valid])
        seen = seen[np.isfinite(seen)]
        if len(seen) and seen.min() > 0 and seen.max() / seen.min() > 50:
            axes.set_yscale("log")  # else a first epoch of 300 flattens the rest
            axes.yaxis.set_minor_formatter("")
        axes.yaxis.set_major_formatter(plain_ticks())
        _mark_epoch(axes, epochs, valid, best_epoch)
        axes.set(title="Loss", xlabel="epoch", ylabel=f"loss ({unit})" if unit else "loss")
        _whole_epochs(axes, epochs)
        axes.legend()
    return figure


def metric_curve(
    history: Sequence[Mapping[str, Any]],
    metric: Metric,
    best_epoch: int | None,
    scores: Mapping[str, Mapping[str, float]],
    baseline: float | None = None,
) -> Figure:
    """The main metric on the validation rows by epoch; beside it the kept weights' scores with their 95% intervals.

    Args:
        scores: part ("valid", "test") -> value, low, high.
        baseline: what the trivial predictor reaches on the last of these parts.
    """
    with drawing():
        figure = _figure(*HALF)
        left, right = figure.subplots(1, 2, sharey=True, width_ratios=[3, 1])
        epochs, values = [row["epoch"] for row in history], _column(history, metric.name)
        left.plot(epochs, values, color=BLUE, marker="." if len(epochs) <= 40 else None)
        _mark_epoch(left, epochs, values, best_epoch)
        left.set(title=f"{capital(metric.title)} in validation", xlabel="epoch", ylabel=metric.titled())
        _whole_epochs(left, epochs)
        colours = {"valid": BLUE, "test": VERMILION}
        for at, (part, score) in enumerate(scores.items()):
            spread = [[score["value"] - score["low"]], [score["high"] - score["value"]]]
            marker = "o" if part == "valid" else "D"
            right.errorbar([at], [score["value"]], yerr=np.clip(spread, 0, None), fmt=marker,
                           color=colours.get(part, GREY), capsize=5, markersize=6)  # fmt: skip
        left.yaxis.set_major_formatter(_percent() if metric.share else plain_ticks())
        right.set_xticks(range(len(scores)), list(scores), rotation=35, ha="right", rotation_mode="anchor")
        right.set_xlim(-0.6, max(1, len(scores)) - 0.4)
        right.set_title("kept", fontweight="normal", fontsize=11, color=GREY)
        if baseline is not None and np.isfinite(baseline):
            low, high = left.get_ylim()
            if low - (high - low) < baseline < high + (high - low):
                for axes in (left, right):
                    axes.axhline(baseline, color=GREY, linestyle=":", linewidth=1.5)
                place, text = baseline, f"baseline {metric.text(baseline)}"
                low, high = left.get_ylim()
            else:  # drawn to scale it would flatten the curve and hide the intervals
                below = baseline < low
                place, text = low if below else high, f"baseline {metric.text(baseline)} {'↓' if below else '↑'}"
            # below its line where that is near the top, and left of the kept epoch's line
            over = place < low + NEAR_TOP * (high - low)
            late = best_epoch is not None and best_epoch > (epochs[0] + epochs[-1]) / 2
            left.annotate(text, (best_epoch if late else epochs[-1] + 0.5, place), xytext=(-4, 4 if over else -13),
                          textcoords="offset points", ha="right", color=GREY, bbox=BEHIND_WORDS)  # fmt: skip
    return figure


def confusion_matrix(confusion: np.ndarray, classes: Sequence[str]) -> Figure:
    """Counts of true against predicted classes; rows that are right are blue, mistakes orange.

    Args:
        confusion: (C, C) counts, a row for each true class.
        classes: C names.
    """
    counts = np.asarray(confusion, dtype=np.float64)
    many = len(counts)
    totals = counts.sum(axis=1, keepdims=True)
    share = np.divide(counts, totals, out=np.full_like(counts, np.nan), where=totals > 0)
    diagonal = np.eye(many, dtype=bool)
    mistakes = np.ma.masked_array(share, diagonal | ~(share > 0))
    top = max(float(mistakes.max()) if mistakes.count() else 0.0, DARK_MISTAKES)
    large = many > NUMBERED_CLASSES
    digits = len(f"{counts.max(initial=0):.0f}")
    at = range(0, many, -(-many // NAMES_ALONG_A_MAP))
    names = [short(classes[i], 22 if large else 20) for i in at]
    longest = LETTER * max(map(len, names))
    cell = max(0.36 if many > 4 else longest if 0.7 < longest <= WIDEST_CELL else 0.7, LETTER * digits + 0.12)
    cells = 5.6 if large else many * cell
    flat = not large and longest * many <= cells
    tilted = longest if large else 0.25 if flat else 0.75 * longest
    with drawing():
        figure = _figure(max(0.9 + longest + cells + (1.6 if large else 0.0), 2.6), 0.8 + tilted + cells)
        axes = figure.add_subplot()
        axes.set_facecolor("#f4f5f7")  # pairs that never happen
        axes.grid(visible=False)
        axes.spines[:].set_visible(False)
        edges = np.arange(many + 1) - 0.5
        right = np.ma.masked_array(share, ~diagonal | np.isnan(share))
        for values, colours, most, words in ((right, "Blues", 1.0, "right"), (mistakes, "Oranges", top, "wrong")):
            scale: dict[str, Any] = {"cmap": colours, "vmin": 0, "vmax": most}
            # 400 cells as shapes are 60 kB of sharp SVG; 10,000 would be 1.5 MB, so an image then
            if large:
                image = axes.imshow(values, interpolation="nearest", **scale)
                bar = axes.inset_axes((1.03, 0.56 if words == "right" else 0.04, 0.03, 0.4))
                figure.colorbar(image, cax=bar, label=f"{words}, share of the class", format=_percent())
            else:
                axes.pcolormesh(edges, edges, values, edgecolors="white", linewidth=1, **scale).set_clip_on(False)
        axes.set_xlim(-0.5, many - 0.5)
        axes.set_ylim(many - 0.5, -0.5)
        axes.set_aspect("equal")
        if not large:
            for (row, column), count in np.ndenumerate(counts):
                if count:
                    dark = share[row, column] > 0.6 * (1.0 if row == column else top)
                    axes.text(column, row, f"{count:.0f}", ha="center", va="center",
                              color="white" if dark else "#17202a")  # fmt: skip
        turned: dict[str, Any] = {} if flat else {"rotation": 45, "ha": "right", "rotation_mode": "anchor"}
        if large:
            turned = {"rotation": 90}
        axes.set_xticks(at, names, parse_math=False, **turned)
        axes.set_yticks(at, names, parse_math=False)
        axes.tick_params(axis="both", length=0)
        axes.set(xlabel="predicted class", ylabel="true class")
    return figure


def recall_bars(per_class: Sequence[Mapping[str, Any]], most: int = LISTED_CLASSES) -> Figure:
    """Recall of every class with its 95% interval, the lowest on top; so many of the lowest where there are more."""
    rows = sorted(per_class, key=lambda row: _finite(row["recall"], 2.0))  # classes without rows come last
    shown = rows[:most]
    title = "Recall" if len(shown) == len(rows) else f"Recall: {len(shown)} lowest of {len(rows)}"
    with drawing():
        figure = _figure(HALF[0], 1.5 + 0.27 * len(shown))
        axes = figure.add_subplot()
        at = np.arange(len(shown))
        recall = np.nan_to_num(_column(shown, "recall"))
        low = np.clip(recall - np.nan_to_num(_column(shown, "recall_low")), 0, None)
        high = np.clip(np.nan_to_num(_column(shown, "recall_high")) - recall, 0, None)
        axes.barh(at, recall, height=0.66, color="#8fc1e0")
        axes.errorbar(recall, at, xerr=[low, high], fmt="none", ecolor="#17202a", elinewidth=1.3, capsize=3)
        known = _column(rows, "recall")
        if np.isfinite(known).any():
            mean = float(np.nanmean(known))
            axes.axvline(mean, color=VERMILION, linestyle="--", linewidth=1.2)
            axes.annotate(f"mean {percent(mean)}", (mean, 1), xycoords=("data", "axes fraction"), xytext=(0, 3),
                          textcoords="offset points", ha="center" if mean < 0.85 else "right", va="bottom",
                          color=VERMILION)  # fmt: skip
        axes.set_yticks(at, [short(row["label"]) for row in shown], parse_math=False)
        axes.set_xlim(0, 1)
        axes.xaxis.set_major_formatter(_percent())
        axes.set_ylim(len(shown) - 0.4, -0.6)
        axes.grid(visible=False, axis="y")
        axes.set_xlabel("recall, with 95% interval")
        axes.set_title(title, pad=18)
    return figure


def class_balance(class_counts: Mapping[str, Sequence[int]], classes: Sequence[str]) -> Figure:
    """Share of every class in each part, the most frequent on top; the 40 most frequent where there are more.

    Args:
        class_counts: part -> C counts.
        classes: C names.
    """
    counts = {part: np.asarray(values, dtype=np.float64) for part, values in class_counts.items()}
    totals = sum(counts.values(), np.zeros(len(classes)))
    order = np.argsort(-totals, kind="stable")[:LISTED_CLASSES]
    title = "Class balance" if len(order) == len(classes) else f"Class balance: {len(order)} of {len(classes)}"
    looks = {"train": (ORANGE, "s"), "valid": (BLUE, "o"), "test": (VERMILION, "D")}
    with drawing():
        figure = _figure(HALF[0], 1.5 + 0.27 * len(order))
        axes = figure.add_subplot()
        at = np.arange(len(order))
        # Drawn large first, so that parts with equal shares lie as rings around each other and all are seen.
        for size, (part, values) in zip((9.0, 6.5, 3.5), counts.items(), strict=False):
            colour, marker = looks.get(part, (GREY, "^"))
            share = values[order] / max(1.0, values.sum())
            axes.plot(share, at, marker, color=colour, markersize=size, label=f"{part} ({values.sum():,.0f})")
        axes.set_yticks(at, [short(classes[i]) for i in order], parse_math=False)
        axes.set_ylim(len(order) - 0.4, -0.6)
        axes.set_xlim(left=0, right=axes.get_xlim()[1] * 1.08)
        axes.xaxis.set_major_formatter(_percent())
        axes.set(title=title, xlabel="share of the part")
        figure.legend(loc="outside lower center", ncols=1, handletextpad=0.2)
    return figure


def prediction_scatter(truth: np.ndarray, prediction: np.ndarray) -> Figure:
    """Prediction against truth, with the line on which they are equal.

    Args:
        truth: (N,) in the units of the data.
        prediction: the same shape.
    """
    true, guess = np.asarray(truth, dtype=np.float64), np.asarray(prediction, dtype=np.float64)
    with drawing():
        figure = _figure(*HALF)
        axes = figure.add_subplot()
        axes.scatter(true, guess, **_look(len(true)))
        both = np.concatenate([true, guess])
        both = both[np.isfinite(both)]
        if len(both):
            ends = [float(both.min()), float(both.max())]
            axes.plot(ends, ends, color=VERMILION, linestyle="--", linewidth=1.3)
        axes.set(title="Prediction against truth", xlabel="truth", ylabel="prediction")
        _plain_ticks(axes)
    return figure


def residual_scatter(truth: np.ndarray, prediction: np.ndarray) -> Figure:
    """Residuals (prediction less truth) against prediction; shapes as of `prediction_scatter`."""
    true, guess = np.asarray(truth, dtype=np.float64), np.asarray(prediction, dtype=np.float64)
    with drawing():
        figure = _figure(*HALF)
        axes = figure.add_subplot()
        axes.scatter(guess, guess - true, **_look(len(true)))
        axes.axhline(0, color=VERMILION, linestyle="--", linewidth=1.3)
        axes.set(title="Residuals", xlabel="prediction", ylabel="prediction less truth")
        _plain_ticks(axes)
    return figure


def rate_curve(history: Sequence[Mapping[str, Any]]) -> Figure:
    """The learning rate by epoch."""
    with drawing():
        figure = _figure(*HALF)
        axes = figure.add_subplot()
        epochs = [row["epoch"] for row in history]
        axes.plot(epochs, _column(history, "learning_rate"), color=BLUE, marker="." if len(epochs) <= 40 else None)
        axes.set(title="Learning rate", xlabel="epoch", ylabel="rate at the end of the epoch")
        axes.set_ylim(bottom=0)
        axes.yaxis.set_major_formatter(plain_ticks())
        _whole_epochs(axes, epochs)
    return figure


def range_test_curve(test: Mapping[str, Any]) -> Figure:
    """The smoothed loss by learning rate, and the rate that was chosen.

    Args:
        test: rates and losses, (K,) each, and chosen.
    """
    with drawing():
        figure = _figure(*HALF)
        axes = figure.add_subplot()
        axes.semilogx(test["rates"], test["losses"], color=BLUE)
        axes.axvline(test["chosen"], color=GREEN, linestyle="-.", linewidth=1.1)
        axes.annotate(f"{number(test['chosen'])}, chosen", (test["chosen"], 1), xycoords=("data", "axes fraction"),
                      xytext=(-5, -12), textcoords="offset points", ha="right", color=GREEN)  # fmt: skip
        axes.xaxis.set_major_formatter(plain_ticks())
        axes.xaxis.set_minor_formatter("")
        axes.yaxis.set_major_formatter(plain_ticks())
        axes.tick_params(axis="x", labelrotation=35)
        axes.set(title="Range test of learning rates", xlabel="learning rate", ylabel="loss, smoothed")
    return figure


def _look(points: int) -> dict[str, Any]:
    """Of a cloud of so many points."""
    alpha = float(np.clip(40 / np.sqrt(max(1, points)), 0.12, 0.8))
    return {"s": 12, "alpha": alpha, "color": BLUE, "linewidths": 0, "rasterized": points > VECTOR_POINTS}


def _plain_ticks(axes: Axes) -> None:
    axes.locator_params(nbins=4)
    axes.xaxis.set_major_formatter(plain_ticks())
    axes.yaxis.set_major_formatter(plain_ticks())


def _figure(width: float, height: float) -> Figure:
    """A figure of so many inches; 72 points of SVG an inch."""
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height))


def _percent() -> Any:
    return _ticks(lambda value: f"{100 * value:.3g}", 100, "%")


def plain_ticks() -> Any:
    """300,000 instead of 3.0 with a 1e5 in the corner."""
    return _ticks(lambda value: number(value, 10) if abs(value) < 1e9 else f"{value:.4g}")


def _ticks(shortest: Callable[[float], str], scale: float = 1, unit: str = "") -> Any:
    """A formatter whose ticks have equally many decimals: 0.05, 0.10, 0.15. Those of a logarithmic axis are short.

    Args:
        shortest: a tick as it would stand alone.
        scale: of the values to what is written.
    """
    from matplotlib.ticker import FuncFormatter

    class Ticks(FuncFormatter):
        def format_ticks(self, values: Sequence[float]) -> list[str]:
            texts = [shortest(value) for value in values]
            scale_of = getattr(self.axis, "get_scale", str)
            if scale_of() == "log" or any("e" in text for text in texts):
                return [text + unit for text in texts]
            decimals = max((len(text.partition(".")[2]) for text in texts), default=0)
            rounded = (round(scale * value, decimals) or 0.0 for value in values)  # no minus before a zero
            return [f"{value:,.{decimals}f}{unit}" for value in rounded]

    return Ticks(lambda value, _: shortest(value) + unit)


def _finite(value: Any, otherwise: float) -> float:
    return float(value) if value is not None and np.isfinite(value) else otherwise


def _column(rows: Sequence[Mapping[str, Any]], name: str) -> np.ndarray:
    """(len(rows),) float; NaN where a row has no such number."""
    return np.array([_finite(row.get(name), np.nan) for row in rows], dtype=np.float64)


def _mark_epoch(axes: Axes, epochs: Sequence[int], values: np.ndarray, best_epoch: int | None) -> None:
    """A ring around the kept epoch, and its number beside it."""
    if best_epoch is None or best_epoch not in epochs:
        return
    value = values[list(epochs).index(best_epoch)]
    axes.axvline(best_epoch, color=GREEN, linestyle="-.", linewidth=1.1, zorder=0)
    if np.isfinite(value):
        axes.plot([best_epoch], [value], "o", markersize=11, markerfacecolor="none", color=GREEN, markeredgewidth=2)
    late = best_epoch > (epochs[0] + epochs[-1]) / 2
    axes.annotate(f"epoch {best_epoch}, kept", (best_epoch, 0.5), xycoords=("data", "axes fraction"),
                  xytext=(-5 if late else 5, 0), textcoords="offset points", ha="right" if late else "left",
                  color=GREEN, bbox=BEHIND_WORDS)  # fmt: skip


def _whole_epochs(axes: Axes, epochs: Sequence[int]) -> None:
    from matplotlib.ticker import MaxNLocator

    axes.xaxis.set_major_locator(MaxNLocator(nbins=8, integer=True))
    axes.set_xlim(epochs[0] - 0.5, epochs[-1] + 0.5)

"""Regression: one number a row, or several; squared error on standardised targets, predictions in original units."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from goodfit.data.tables.conventions import convention
from goodfit.data.tables.numbers import numbers
from goodfit.errors import DataError, UsageError
from goodfit.formatting import counted
from goodfit.stats.estimates import Estimate, mean, r2, rmse, share
from goodfit.tasks.coverage import bands_of, coverage_by_group, coverage_section
from goodfit.tasks.intervals import Intervals
from goodfit.tasks.metric import COVERAGE, MAE, R2, RMSE, Metric
from goodfit.tasks.plain_score import PlainScore
from goodfit.tasks.row_task import RowTask
from goodfit.tasks.section import Plot, Section
from goodfit.tasks.shapes import each_member, refuse_shape
from goodfit.tasks.task import Columns, Targets

ROWS_BEYOND_AT_LEAST, SHARE_BEYOND = 2, 0.1  # outside of the range in training: more than chance and a drift do
SHARE_ROUNDED_AT_MOST = 1e-4  # of a deviation, by which a target may be off as float32


@dataclass(frozen=True)
class Regression(RowTask):
    """Means and standard deviations of the training targets, one for each of the net's outputs.

    A single target is y of shape (N,), as a column of a table is; the net's (N, 1) is squeezed to it, so that the loss
    never broadcasts (N, 1) against (N,).
    """

    means: tuple[float, ...]
    deviations: tuple[float, ...]
    single: bool = True
    intervals: Intervals | None = None  # of `with_intervals`
    name: ClassVar[str] = "regression"
    family: ClassVar[str] = "numbers"
    metric_list: ClassVar[tuple[Metric, ...]] = (RMSE, MAE, R2, COVERAGE)
    rival: ClassVar[str] = "predicting the mean of the training rows"
    plain_score: ClassVar[PlainScore | None] = PlainScore(MAE, "on {rows} it is off by {score} on average", "is off by")

    @property
    def outputs(self) -> int:
        return len(self.means)

    @classmethod
    def fits(cls, targets: Targets) -> bool:
        if any(isinstance(target, (list, tuple, set)) for target in targets):
            return False
        return bool(np.issubdtype(np.asarray(targets).dtype, np.floating))

    @classmethod
    def from_targets(cls, targets: Targets) -> Self:
        values = _numbers(targets, None)
        flat = values.reshape(len(values), -1)
        deviations = flat.std(axis=0)
        if (deviations == 0).any():
            raise DataError("the target is the same number in every row", fix="Choose a target that varies")
        return cls(tuple(flat.mean(axis=0).tolist()), tuple(deviations.tolist()), single=values.ndim == 1)

    def encode(self, targets: Targets, keys: Sequence[str]) -> Tensor:
        """(N,) or (N, K) in original units: float32, or float64 where that would lose digits that differ (dates)."""
        values = _numbers(targets, keys)
        rounded = values.astype(np.float32)
        lost = np.abs(rounded - values).reshape(len(values), -1).max(axis=0, initial=0.0)
        exact = bool((lost <= SHARE_ROUNDED_AT_MOST * np.asarray(self.deviations)).all())
        return torch.from_numpy(rounded if exact else values)

    def _scaled(self, out: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
        out = out if out.dtype == torch.float64 else out.float()
        if self.single and out.dim() == 2 and (out.shape[1] == 1 or self._has_spread(out)):
            out = out[:, 0]
        if out.shape != y.shape:
            refuse_shape(out, tuple(y.shape), "one target" if self.single else f"{counted(len(self.means), 'target')}")
        if self.single:
            return out, ((y - self.means[0]) / self.deviations[0]).float()
        return out, ((y - y.new_tensor(self.means)) / y.new_tensor(self.deviations)).float()

    def loss(self, out: Tensor, y: Tensor) -> Tensor:
        """Mean squared error in units of the targets' standard deviations."""
        return functional.mse_loss(*self._scaled(*each_member(out, y)))

    def row_losses(self, out: Tensor, y: Tensor) -> Tensor:
        out, y = self._scaled(out, y)
        squares = (out - y) ** 2
        return squares if squares.dim() == 1 else squares.mean(1)

    def net_units(self, y: Tensor) -> Tensor:
        """(N, K) z-scores."""
        flat = y.double().reshape(len(y), -1)
        return (flat - flat.new_tensor(self.means)) / flat.new_tensor(self.deviations)

    def trivial_losses(self, y_train: Tensor, y: Tensor) -> Tensor:
        """Of the training rows' mean."""
        return (self.net_units(y) - self.net_units(y_train).mean(0)).square().mean(1)

    def _has_spread(self, out: Tensor) -> bool:
        """Whether these outputs have a second column: see `goodfit.nets.with_spread`."""
        relative = self.intervals is not None and self.intervals.relative
        return relative and out.dim() == 2 and out.shape[1] == 2

    def _restored(self, out: Tensor) -> Tensor:
        """(N, K) in original units."""
        out = (out[:, :1] if self._has_spread(out) else out).double().reshape(len(out), -1)
        return out * out.new_tensor(self.deviations) + out.new_tensor(self.means)

    def _errors(self, out: Tensor, y: Tensor) -> np.ndarray:
        return np.asarray((self._restored(out) - y.double().reshape(len(y), -1)).numpy())

    def score(self, out: Tensor, y: Tensor) -> float:
        self._scaled(out, y)  # shapes
        return float(np.sqrt((self._errors(out, y) ** 2).mean()))

    def metrics(self, out: Tensor, y: Tensor, groups: np.ndarray | None = None) -> dict[str, Estimate]:
        """rmse, mae and r2; of several targets, over all of them (rmse, mae: rows' means)."""
        errors = self._errors(out, y)
        estimates = {
            "rmse": rmse(np.sqrt((errors**2).mean(axis=1)), groups),
            "mae": mean(np.abs(errors).mean(axis=1), groups, least=0),
        }
        if self.single:
            explained = r2(errors[:, 0], y.double().numpy(), groups)
            if explained is not None:
                estimates["r2"] = explained
        if self.intervals is not None:
            inside = self._inside(out, y)
            estimates["coverage"] = share(inside, groups)
        return estimates

    def _half_widths(self, out: Tensor) -> np.ndarray | None:
        """(N,) of the intervals; None where there are none, as of outputs without the spread that these need."""
        if self.intervals is None or (self.intervals.relative and not self._has_spread(out)):
            return None
        return self.intervals.half_widths(self._restored(out)[:, 0].numpy(), self._spread(out))

    def _spread(self, out: Tensor) -> np.ndarray | None:
        """(N,) in original units."""
        return np.exp(out[:, 1].double().numpy()) * self.deviations[0] if self._has_spread(out) else None

    def _inside(self, out: Tensor, y: Tensor) -> np.ndarray:
        """(N,) bool: whether the interval holds the truth."""
        return np.asarray(np.abs(self._errors(out, y)[:, 0]) <= self._half_widths(out))

    def usual_precision(self) -> tuple[str, str]:
        return "float32", "bfloat16 has 3 digits, and a predicted number more"

    @property
    def accepts_interval(self) -> bool:
        return self.single

    @property
    def has_intervals(self) -> bool:
        return self.intervals is not None

    @property
    def accepts_spread(self) -> bool:
        return self.single

    def with_intervals(self, out: Tensor, y: Tensor) -> Self:
        """See `Intervals`; relative ones where `out` (N, 2) has the spread of each row."""
        if not self.single:
            raise UsageError("--interval is for classes, and regression of one number", fix="Leave it out")
        predicted = self._restored(out[:, :1])[:, 0].numpy()
        errors = np.abs(self._errors(out[:, :1], y)[:, 0])
        spread = np.exp(out[:, 1].double().numpy()) * self.deviations[0] if out.shape[1:] == (2,) else None
        return replace(self, intervals=Intervals.calibrate(predicted, errors, spread))

    def interval_losses(self, out: Tensor, y: Tensor) -> np.ndarray:
        """(N,) see `Intervals.losses`; of a task that has intervals."""
        assert self.intervals is not None
        errors = np.abs(self._errors(out, y)[:, 0])
        return self.intervals.losses(self._restored(out)[:, 0].numpy(), errors, self._spread(out))

    def analyses(
        self, read: Callable[[Tensor], Tensor], train_rows: Tensor, scored_rows: Tensor, out: Tensor, y: Tensor
    ) -> dict[str, Any]:
        """coverage: of the intervals, by thirds of the predicted number, and of their widths where these follow x."""
        half = self._half_widths(out)
        if half is None:
            return {}
        inside = self._inside(out, y)
        groups = coverage_by_group(inside, *bands_of(self._restored(out)[:, 0].numpy()))
        if self._has_spread(out):
            bands, names = bands_of(2 * half)
            groups += coverage_by_group(inside, bands, [f"interval {name} wide" for name in names])
        return {"coverage": groups}

    def mistakes(self, out: Tensor, y: Tensor) -> Tensor:
        return torch.ones(len(y), dtype=torch.bool)

    def truth(self, target: Tensor) -> Any:
        return target.tolist()

    def details(self, out: Tensor, y: Tensor) -> dict[str, Any]:
        """scatter: truth and prediction of the first target."""
        return {"scatter": (y.reshape(len(y), -1)[:, 0].double().numpy(), self._restored(out)[:, 0].numpy())}

    def sections(
        self, out: Tensor, y: Tensor, y_train: Tensor, part: str, analyses: Mapping[str, Any]
    ) -> list[Section]:
        """Predictions of the first target against the truth."""
        points = self.details(out, y)["scatter"]
        plots = [
            Plot("scatter", points, "Prediction against truth", "half", first=True),
            Plot("residuals", points, "Residuals against prediction", "half"),
        ]
        text = "On the dashed line a prediction is exact."
        sections = [Section("scatter", "Predictions", text, plots)]
        if "coverage" in analyses:
            sections.append(coverage_section(analyses["coverage"], "intervals"))
        return sections

    def baseline(self, y_train: Tensor, y: Tensor, out: Tensor) -> dict[str, float]:
        """The training rows' mean."""
        errors = y.double() - y_train.double().mean(0)
        result = {"rmse": float((errors**2).mean().sqrt()), "mae": float(errors.abs().mean())}
        return {**result, "r2": 0.0} if self.single else result

    def unlike_training(self, y: Tensor, y_train: Tensor) -> Sequence[tuple[str, str, str]]:
        """Where many are outside of the range in training: chance alone puts 2 in N there."""
        outside = (y < y_train.amin(dim=0)) | (y > y_train.amax(dim=0))
        beyond = int(outside.reshape(len(y), -1).any(dim=1).sum())
        if beyond < ROWS_BEYOND_AT_LEAST or beyond <= SHARE_BEYOND * len(y):
            return ()
        why = "outside of those that the run was fitted on: is it the same unit?"
        return (("targets", f"{beyond:,} of {len(y):,}", why),)

    def decode(self, out: Tensor) -> Mapping[str, Sequence[Any] | np.ndarray]:
        """prediction, or prediction_1 .. prediction_K, in original units; low and high where there are intervals."""
        values = self._restored(out).numpy()
        half = self._half_widths(out)
        if half is not None:
            low, high = self._bounds(values[:, 0], half)
            return {"prediction": values[:, 0], "low": low, "high": high}
        if self.single:
            return {"prediction": values[:, 0]}
        return {f"prediction_{at + 1}": values[:, at] for at in range(values.shape[1])}

    def _bounds(self, predicted: np.ndarray, half: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(N,) each, of predictions (N,) and half-widths (N,)."""
        return predicted - half, predicted + half

    def truth_columns(self, y: Tensor) -> Columns:
        """truth, or truth_1 .. truth_K."""
        values = y.numpy()
        return {"truth": values} if self.single else {f"truth_{at + 1}": values[:, at] for at in range(values.shape[1])}

    def to_json(self) -> dict[str, Any]:
        values: dict[str, Any] = {
            "means": list(self.means),
            "deviations": list(self.deviations),
            "single": self.single,
        }
        return values if self.intervals is None else {**values, "intervals": self.intervals.to_json()}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        intervals = Intervals.from_json(values["intervals"]) if "intervals" in values else None
        return cls(tuple(values["means"]), tuple(values["deviations"]), values["single"], intervals)


def _numbers(targets: Targets, keys: Sequence[str] | None) -> np.ndarray:
    try:
        values = np.asarray(targets, dtype=np.float64)
    except (TypeError, ValueError):
        values = _of_words(list(targets), keys)
    bad = np.flatnonzero(~np.isfinite(values.reshape(len(values), -1)).all(axis=1))
    if len(bad):
        where = keys[int(bad[0])] if keys is not None else f"row {int(bad[0])}"
        raise DataError("its target is NaN or infinite", where=where, fix="Fill it or leave the row out")
    return values


TASK = Regression


def _of_words(targets: Sequence[Any], keys: Sequence[str] | None) -> np.ndarray:
    """(N,) of numbers as people write them: 1,5 and 1.234,50 too, by the one convention of all of them."""
    import polars as pl

    column = pl.Series("target", [target if isinstance(target, str) else str(target) for target in targets])
    odd = (numbers(column).is_null() & numbers(column, ",").is_null()).arg_true()
    if not len(odd):
        values = numbers(column, convention(column.to_frame(), separator=None, decimal=None).of("target"))
        odd = values.is_null().arg_true()
    if len(odd):
        cell = column[int(odd[0])][:40]
        raise DataError(
            f"its target '{cell}' is not a number" if keys is not None else f"the target '{cell}' is not a number",
            where=None if keys is None else keys[int(odd[0])],
            fix="Give numbers, or --task classification",
        )
    return np.asarray(values.to_numpy())

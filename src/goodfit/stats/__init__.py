"""Statistics that goodfit's figures rest on, for any numbers: `goodfit.stats.sample_deviation(ages)`."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from goodfit.names_elsewhere import answer_calls

_HOME = {
    "Estimate": "estimates", "auc": "areas", "average_precision": "areas", "balanced_accuracy": "recalls",
    "mean": "estimates", "paired_z": "estimates", "proportion": "estimates", "r2": "estimates", "rmse": "estimates",
    "z_scores": "estimates", "area_left_of": "describe", "bootstrap": "describe", "distance_from_normal": "describe",
    "normal_shares": "describe", "outliers": "describe", "population_deviation": "describe",
    "population_variance": "describe", "sample_deviation": "describe", "sample_variance": "describe",
    "shares_within": "describe", "standardised": "describe", "z_of_area": "describe", "Posterior": "paired",
    "correlated_posterior": "paired", "corrected_t": "paired", "holm": "paired", "mcnemar": "paired",
    "paired_t": "paired", "share": "estimates", "share_difference": "paired", "sign_flip": "sign_flips",
}  # fmt: skip

if TYPE_CHECKING:
    from goodfit.stats.areas import auc as auc
    from goodfit.stats.areas import average_precision as average_precision
    from goodfit.stats.describe import area_left_of as area_left_of
    from goodfit.stats.describe import bootstrap as bootstrap
    from goodfit.stats.describe import distance_from_normal as distance_from_normal
    from goodfit.stats.describe import normal_shares as normal_shares
    from goodfit.stats.describe import outliers as outliers
    from goodfit.stats.describe import population_deviation as population_deviation
    from goodfit.stats.describe import population_variance as population_variance
    from goodfit.stats.describe import sample_deviation as sample_deviation
    from goodfit.stats.describe import sample_variance as sample_variance
    from goodfit.stats.describe import shares_within as shares_within
    from goodfit.stats.describe import standardised as standardised
    from goodfit.stats.describe import z_of_area as z_of_area
    from goodfit.stats.estimates import Estimate as Estimate
    from goodfit.stats.estimates import mean as mean
    from goodfit.stats.estimates import paired_z as paired_z
    from goodfit.stats.estimates import proportion as proportion
    from goodfit.stats.estimates import r2 as r2
    from goodfit.stats.estimates import rmse as rmse
    from goodfit.stats.estimates import share as share
    from goodfit.stats.estimates import z_scores as z_scores
    from goodfit.stats.paired import Posterior as Posterior
    from goodfit.stats.paired import corrected_t as corrected_t
    from goodfit.stats.paired import correlated_posterior as correlated_posterior
    from goodfit.stats.paired import holm as holm
    from goodfit.stats.paired import mcnemar as mcnemar
    from goodfit.stats.paired import paired_t as paired_t
    from goodfit.stats.paired import share_difference as share_difference
    from goodfit.stats.recalls import balanced_accuracy as balanced_accuracy
    from goodfit.stats.sign_flips import sign_flip as sign_flip

__all__ = sorted(_HOME)  # names of the table above

answer_calls(__name__)


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'goodfit.stats' has no attribute {name!r}")
    return getattr(importlib.import_module(f"goodfit.stats.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return sorted(_HOME)

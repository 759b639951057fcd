"""How well ratings are predicted for users and items of which much or little is known; how popular the items are."""

from __future__ import annotations

from typing import Any

import numpy as np

from goodfit.stats.estimates import rmse

BANDS = (0, 1, 10, 30, 100, 300)  # training ratings of a user or an item: 0, 1 to 9, 10 to 29, ...
BAND_ROWS_AT_LEAST = 20  # scored rows; of fewer an error says nothing
CURVE_POINTS = 200  # of the popularity curve


def by_activity(trained: np.ndarray, scored: np.ndarray, errors: np.ndarray) -> dict[str, Any]:
    """Errors by number of training ratings, and the items' popularity; as JSON.

    Args:
        trained: (n_train, 2) codes of user and item of the training rows, 0 for one not seen.
        scored: (n, 2) codes of the scored rows.
        errors: (n,) predicted minus true rating of the scored rows.
    """
    activity: dict[str, Any] = {}
    for column, name in enumerate(("users", "items")):
        codes = int(max(trained[:, column].max(), scored[:, column].max())) + 1
        counts = np.bincount(trained[:, column], minlength=codes)
        counts[0] = 0  # whoever was not seen
        known = counts[scored[:, column]]
        band = np.searchsorted(BANDS, known, side="right") - 1
        activity[name] = [
            {
                "from": low,
                "to": high - 1 if high is not None else None,
                "rows": int((band == at).sum()),
                "rmse": rmse(np.abs(errors[band == at])).to_json(),
            }
            for at, (low, high) in enumerate(zip(BANDS, (*BANDS[1:], None), strict=True))
            if (band == at).sum() >= BAND_ROWS_AT_LEAST
        ]
    popular = np.sort(np.bincount(trained[:, 1])[1:])[::-1]
    places = np.unique(np.geomspace(1, len(popular), CURVE_POINTS).round().astype(int))
    activity["popularity"] = {"place": places.tolist(), "ratings": popular[places - 1].tolist()}
    return activity

"""How well ratings are predicted for users and items of which much or little is known; how popular the items are."""

from __future__ import annotations

from typing import Any

import numpy as np

from goodfit.stats.estimates import rmse

EDGES = (0, 1, 10, 30, 100, 300)  # training ratings of a user or an item: 0, 1 to 9, 10 to 29, ...
FEWEST = 20  # scored rows; of fewer an error says nothing
POINTS = 200  # of the popularity curve


def by_activity(taught: np.ndarray, scored: np.ndarray, errors: np.ndarray) -> dict[str, Any]:
    """Errors by number of training ratings, and the items' popularity; as JSON.

    Args:
        taught: (n_train, 2) codes of user and item of the training rows, 0 for one not seen.
        scored: (n, 2) codes of the scored rows.
        errors: (n,) predicted minus true rating of the scored rows.
    """
    found: dict[str, Any] = {}
    for column, name in enumerate(("users", "items")):
        codes = int(max(taught[:, column].max(), scored[:, column].max())) + 1
        counts = np.bincount(taught[:, column], minlength=codes)
        counts[0] = 0  # whoever was not seen
        known = counts[scored[:, column]]
        band = np.searchsorted(EDGES, known, side="right") - 1
        found[name] = [
            {
                "from": low,
                "to": high - 1 if high is not None else None,
                "rows": int((band == at).sum()),
                "rmse": rmse(np.abs(errors[band == at])).to_json(),
            }
            for at, (low, high) in enumerate(zip(EDGES, (*EDGES[1:], None), strict=True))
            if (band == at).sum() >= FEWEST
        ]
    popular = np.sort(np.bincount(taught[:, 1])[1:])[::-1]
    places = np.unique(np.geomspace(1, len(popular), POINTS).round().astype(int))
    found["popularity"] = {"place": places.tolist(), "ratings": popular[places - 1].tolist()}
    return found

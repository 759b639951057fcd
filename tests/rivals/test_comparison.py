"""What is said of rivals: which does as well, and nothing that a second run of the same fit would say otherwise."""

from __future__ import annotations

from dataclasses import replace

from goodfit.analysis.rivals import comparison
from goodfit.record import RivalScore
from goodfit.stats.estimates import Estimate
from goodfit.tasks.metric import RMSE

OURS = {"rmse": Estimate(4.0, 3.5, 4.5)}
TREES = RivalScore("boosted trees", 1.2, 0.4, {"test": {"rmse": Estimate(4.1, 3.6, 4.6)}}, Estimate(0.1, -0.2, 0.4))


def test_the_sentence_is_the_same_however_long_the_rival_took() -> None:
    said = comparison([TREES], OURS, RMSE, "test")
    assert said == (
        "In RMSE it has 4.00; on the same rows boosted trees 4.10. "
        "Boosted trees: as good, as far as these rows can tell."
    )
    assert comparison([replace(TREES, seconds=97.0)], OURS, RMSE, "test") == said


def test_a_better_rival_is_called_better_and_a_worse_one_nothing() -> None:
    better = comparison([replace(TREES, excess=Estimate(-0.5, -0.7, -0.3))], OURS, RMSE, "test")
    worse = comparison([replace(TREES, excess=Estimate(0.5, 0.3, 0.7))], OURS, RMSE, "test")
    assert better is not None
    assert better.endswith("Boosted trees: better on these rows.")
    assert worse == "In RMSE it has 4.00; on the same rows boosted trees 4.10."
    assert comparison([], OURS, RMSE, "test") is None

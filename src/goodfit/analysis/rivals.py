"""What is said of other models on the same rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from goodfit.record import RivalScore
from goodfit.stats.estimates import Estimate
from goodfit.tasks.metric import LOG_LOSS, Metric


def comparison(rivals: Sequence[RivalScore], metrics: Mapping[str, Estimate], metric: Metric, part: str) -> str | None:
    """A sentence or two: how the others do, and which of them does as well; None without others.

    No time is said: a run that was resumed has the same sentences as one that was never stopped.

    Args:
        metrics: of the model on this part.
    """
    scored = [rival for rival in rivals if part in rival.metrics]
    if not scored:
        return None
    shown = LOG_LOSS if LOG_LOSS.name in metrics else metric
    own = metrics[shown.name]
    figures = ", ".join(f"{rival.name} {shown.text(rival.metrics[part][shown.name].value, own)}" for rival in scored)
    text = f"In {shown.title} it has {shown.text(own.value, own)}; on the same rows {figures}."
    equals = [rival for rival in scored if rival.share is None or not rival.name.startswith("the net")]
    as_good = [rival for rival in equals if rival.excess.low <= 0]
    if as_good:
        best = min(as_good, key=lambda rival: rival.excess.value)
        better = "better on these rows" if best.excess.high < 0 else "as good, as far as these rows can tell"
        name = f"{best.name[0].upper()}{best.name[1:]}"
        text += f" {name}: {better}."
    return text

"""Where to cut the probability of one of two classes: by what mistakes cost, or for a wanted precision or recall."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from goodfit.analysis.entry import Entry
from goodfit.analysis.label_spelling import in_words_of
from goodfit.analysis.prediction_columns import Named
from goodfit.analysis.prediction_files import file_entry
from goodfit.errors import UsageError
from goodfit.formatting import number
from goodfit.stats.estimates import Estimate, mean, proportion

USUAL = 0.5
DIGITS_AT_LEAST, DIGITS_OF_A_FLOAT = 3, 17  # behind the point


@dataclass(frozen=True)
class Cut:
    """What a threshold does on some rows.

    Attributes:
        rows: what they are; count: how many.
        precision: share of the rows called positive that are; recall: share of the positive rows that are called so.
        cost: of a row, by the costs given; None without.
    """

    rows: str
    count: int
    precision: Estimate
    recall: Estimate
    cost: Estimate | None

    def to_json(self) -> dict[str, Any]:
        """As JSON."""
        cost = None if self.cost is None else self.cost.to_json()
        figures = {"precision": self.precision.to_json(), "recall": self.recall.to_json(), "cost": cost}
        return {"rows": self.count, "of": self.rows, **figures}


@dataclass(frozen=True)
class Threshold:
    """A threshold, and what it does.

    Attributes:
        positive: the class whose probability is cut.
        value: a row is called positive where its probability is at least this.
        why: how it was chosen.
        cuts: on the rows that it was chosen on, and on test rows where there are others.
        usual: the same rows at 0.5.
        notes: how a file was read.
    """

    positive: str
    value: float
    why: str
    cuts: tuple[Cut, ...]
    usual: tuple[Cut, ...]
    notes: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """What `goodfit threshold --json` prints."""
        return {
            "positive": self.positive,
            "threshold": self.value,
            "why": self.why,
            "at_threshold": [cut.to_json() for cut in self.cuts],
            "at_0.5": [cut.to_json() for cut in self.usual],
            "notes": list(self.notes),
        }


def choose_threshold(
    model: Any,
    *,
    cost_fp: float | None = None,
    cost_fn: float | None = None,
    precision: float | None = None,
    recall: float | None = None,
    positive: str | None = None,
) -> Threshold:
    """The threshold of a model of two classes, or of one of a model's labels, on rows that it did not learn from.

    By costs it is cost_fp / (cost_fp + cost_fn), which is best where probabilities mean what they say (Elkan 2001, "The
    foundations of cost-sensitive learning"): those of a run are calibrated, and what it does is measured. For a wanted
    precision it is the lowest that has it, for a wanted recall the highest.

    Args:
        model: a run folder, a `Run`, or a table with the truth and probabilities.
        cost_fp, cost_fn: of calling a row positive that is not, and of missing one that is.
        precision, recall: wanted, from 0 to 1.
        positive: the class or label whose probability is cut; the second of two classes when None.

    Raises:
        UsageError: not two classes, no probabilities, nothing or too much wanted, or more than any threshold gives.
    """
    costs = (cost_fp, cost_fn) if cost_fp is not None and cost_fn is not None else None
    wanted = [each for each in (costs, precision, recall) if each is not None]
    if len(wanted) != 1 or (costs is None) != (cost_fp is None and cost_fn is None):
        raise UsageError(
            "a threshold is chosen by what both kinds of mistake cost, or by a wanted precision, or a wanted recall",
            fix="Give one of them: --cost-fp and --cost-fn, or --precision, or --recall",
        )
    if costs is not None and not (costs[0] > 0 and costs[1] > 0):
        raise UsageError("a cost is above 0", fix="Give the cost of each kind of mistake, such as 1 and 5")
    path = Path(model) if isinstance(model, (str, Path)) else Path(model.folder)
    entries = _entries(path, positive)
    classes = entries[0].classes
    _refuse(entries[0], path)
    if positive is not None:
        positive = in_words_of([positive], classes).get(positive, positive)
    if positive is not None and positive not in classes:
        raise UsageError(f"--positive {positive} is not one of the classes", fix=f"Choose {classes[0]} or {classes[1]}")
    chosen = classes[1] if positive is None else positive
    scores, truth = _scores(entries[0], chosen)
    if costs is not None:
        value = costs[0] / (costs[0] + costs[1])
        why = f"a false alarm costs {number(costs[0])}, a miss {number(costs[1])}"
    elif precision is not None:
        value, why = _for_precision(scores, truth, precision, path), f"a precision of {precision:g} is wanted"
    else:
        assert recall is not None
        value, why = _for_recall(scores, truth, recall, path), f"a recall of {recall:g} is wanted"
    cuts, usual = (tuple(_cut(entry, chosen, at, costs) for entry in entries) for at in (value, USUAL))
    return Threshold(chosen, value, why, cuts, usual, entries[0].notes)


def _entries(path: Path, positive: str | None) -> list[Entry]:
    """The rows to choose on, and the test rows where these are others."""
    if not path.is_dir():
        return [file_entry(path, Named(), classes=True)]
    from goodfit.analysis.run_entry import label_parts, run_parts  # late: imports torch, and files do without

    name = path.resolve().name
    parts = label_parts(path, name, positive) or run_parts(path, name)
    return [parts[part] for part in ("valid", "test") if part in parts]


def _refuse(entry: Entry, path: Path) -> None:
    if entry.kind != "classes" or len(entry.classes) != 2:
        raise UsageError("a threshold is for two classes", where=path, fix="Give a model of two classes, or of labels")
    if entry.probabilities is None or entry.truth is None:
        what = "probabilities" if entry.probabilities is None else "truth"
        raise UsageError(f"there is no {what}", where=path, fix="Give columns truth and p_LABEL")


def _scores(entry: Entry, positive: str) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities of the positive class, and whether it is the true one."""
    assert entry.probabilities is not None
    assert entry.truth is not None
    return entry.probabilities[:, entry.classes.index(positive)], entry.truth == positive


def _for_precision(scores: np.ndarray, truth: np.ndarray, wanted: float, path: Path) -> float:
    places, precision, _ = _curve(scores, truth)
    reached = np.flatnonzero(precision >= wanted)
    if not len(reached):
        raise UsageError(
            f"no threshold has a precision of {wanted:g}; the highest is {precision.max():.3f}",
            where=path,
            fix="Want less",
        )
    return _shortest(places, int(reached.max()))


def _for_recall(scores: np.ndarray, truth: np.ndarray, wanted: float, path: Path) -> float:
    places, _, recall = _curve(scores, truth)
    if not 0 < wanted <= 1 or not truth.any():
        raise UsageError(f"a recall of {wanted:g} cannot be had", where=path, fix="Want more than 0, and 1 at most")
    return _shortest(places, int(np.flatnonzero(recall >= wanted - 1e-12).min()))


def _shortest(places: np.ndarray, at: int) -> float:
    """The number of fewest digits that cuts as a probability does: not above it, and above the next lower one.

    People copy what is printed, and a rounded probability may lie above rows that it is to call positive.

    Args:
        places: probabilities, falling.
    """
    value, below = float(places[at]), float(places[at + 1]) if at + 1 < len(places) else -math.inf
    for digits in range(DIGITS_AT_LEAST, DIGITS_OF_A_FLOAT):
        shorter = math.floor(value * 10**digits) / 10**digits
        if below < shorter <= value:
            return float(shorter)
    return value


def _curve(scores: np.ndarray, truth: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Each different probability as a threshold, falling; precision and recall at it."""
    order = np.argsort(-scores, kind="stable")
    ends = np.flatnonzero(np.append(np.diff(scores[order]) != 0, True))
    hits = truth[order].cumsum()[ends]
    return scores[order][ends], hits / (ends + 1), hits / max(1, int(truth.sum()))


def _cut(entry: Entry, positive: str, value: float, costs: tuple[float, float] | None) -> Cut:
    scores, truth = _scores(entry, positive)
    called = scores >= value
    hits = float((called & truth).sum())
    cost = None
    if costs is not None:
        cost = mean(
            np.where(called & ~truth, costs[0], np.where(~called & truth, costs[1], 0.0)), least=0.0, most=max(costs)
        )
    return Cut(entry.rows, len(entry), proportion(hits, int(called.sum())), proportion(hits, int(truth.sum())), cost)

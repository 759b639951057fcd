"""Which columns of a history are losses, of training or of validation, and which two belong together."""

from __future__ import annotations

import re
from collections.abc import Sequence

from goodfit.checks.curves.curves import Curves, Series

TRAINING = frozenset({"train", "training", "tr", "trn"})
VALIDATION = frozenset({"val", "valid", "validation", "dev", "eval", "evaluation", "holdout"})
TEST = frozenset({"test", "testing"})
LOSSES = frozenset(
    {"loss", "losses", "nll", "mse", "rmse", "mae", "error", "err", "bce", "ce", "cost", "perplexity", "ppl", "logloss",
     "crossentropy"}
)  # fmt: skip
SCALES = frozenset({"epoch", "step", "avg", "mean", "average", "total", "running", "scalar", "scalars", "tag", "run"})
STEPS = (
    "epoch",
    "epochs",
    "step",
    "global_step",
    "iteration",
    "iter",
    "steps",
    "round",
    "batch",
    "trainer/global_step",
)


def words_of(name: str) -> list[str]:
    """The words of a column's name, in lower case: valLoss, val_loss and val/loss have the same."""
    spaced = re.sub(r"([a-z0-9])([A-Z])", r"\1 \2", name)
    return [word for word in re.split(r"[^a-z0-9]+", spaced.lower()) if word]


def is_loss(name: str) -> bool:
    """Whether a name is that of a loss: what should fall. A part's name alone, such as "valid", is one too."""
    words = set(words_of(name))
    if words & LOSSES:
        return not words & {"min", "max", "std", "sd", "weight", "scale"}
    return bool(words) and words <= TRAINING | VALIDATION | TEST


def is_step(name: str) -> bool:
    """Whether a name is that of a column that counts epochs or steps."""
    return name.strip().lower() in STEPS


def pairs(columns: Sequence[Series]) -> list[Curves]:
    """Losses of training with those of validation; of several parts the validation goes before the test.

    A loss that names no part is one of training. Those per epoch go before those per step.
    """
    groups: dict[tuple[str, ...], dict[str, Series]] = {}
    for series in sorted(columns, key=lambda each: "step" in words_of(each.name)):
        run, _, rest = series.name.rpartition(" - ")  # W&B names its columns "run - metric"
        words = words_of(rest)
        if not is_loss(rest):
            continue
        part = "valid" if VALIDATION & set(words) else "test" if TEST & set(words) else "train"
        left = [word for word in words if word not in TRAINING | VALIDATION | TEST | SCALES]
        groups.setdefault((run, *(left or ["loss"])), {}).setdefault(part, series)
    curves = [Curves(parts.get("train"), parts.get("valid") or parts.get("test")) for parts in groups.values()]
    return [each for each in curves if each.train is not None or each.valid is not None]

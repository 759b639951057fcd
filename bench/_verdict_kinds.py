"""Data whose truth is known by construction, for bench/verdict.py: each kind draws anew for each fit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import polars as pl

import goodfit as gf

Random = np.random.Generator
Rows = tuple[np.ndarray, np.ndarray]  # x (n, columns) and a score (n,) that the target follows

GOOD, SIMPLER, UNDERFIT = "good fit", "a simpler model is as good", "underfit"
FEW, NO_BETTER, NOT_TRUSTED = "too few rows to tell", "no better than the baseline", "not to be trusted"
OVERFIT, MEMORISES = "overfit", "memorises its rows"


@dataclass(frozen=True)
class Kind:
    """What a fit truly is.

    Attributes:
        makers: by the kind of data (classes, numbers, ratings, images), what draws a source.
        right: verdicts that name it rightly; none: a borderline kind, counted and not judged.
        options: of the fit, where they make the kind.
    """

    makers: Mapping[str, Callable[[Random], Any]]
    right: frozenset[str]
    options: Mapping[str, Any] = field(default_factory=dict)


def normal(random: Random, rows: tuple[int, int], columns: int = 6) -> np.ndarray:
    """(n, columns) of the standard normal law, n between the two."""
    return random.normal(size=(int(random.integers(*rows)), columns))


def score(x: np.ndarray) -> np.ndarray:
    """(n,) that no linear model of x knows: a product, a wave, a switch."""
    return np.asarray(x[:, 0] * x[:, 1] + np.sin(2 * x[:, 2]) + (x[:, 3] > 0) * x[:, 4])


def table(x: np.ndarray, signal: np.ndarray, noise: float, classes: bool, random: Random, given: bool = False) -> Any:
    """A table with a target: two classes by a logistic law of the signal, or the signal with noise.

    Args:
        noise: standard deviation of what nobody can know, in those of the signal; for classes that of the logit's.
        given: the last column gives the target away.
    """
    signal = (signal - signal.mean()) / signal.std()
    y: np.ndarray = signal + noise * random.normal(size=len(x))
    if classes:
        y = (random.random(len(x)) < 1 / (1 + np.exp(-3 * signal / noise))) * 1.0
    if given:
        x = np.column_stack([x[:, :-1], 10 * y + 0.01 * random.normal(size=len(x))])
    columns: dict[str, Any] = {f"column {at}": column for at, column in enumerate(x.T)}
    return gf.table(pl.DataFrame(columns | {"target": np.where(y > 0, "yes", "no") if classes else y}), "target")


def tables(
    rows: tuple[int, int],
    signal: Callable[[np.ndarray, Random], np.ndarray],
    noise: float,
    *,
    columns: int = 6,
    given: bool = False,
) -> dict[str, Callable[[Random], Any]]:
    """Makers for classes and numbers."""

    def make(random: Random, classes: bool) -> Any:
        x = normal(random, rows, columns)
        return table(x, signal(x, random), noise, classes, random, given)

    return {"classes": lambda random: make(random, True), "numbers": lambda random: make(random, False)}


def ratings(random: Random, count: int, users: int, items: int, *, noise: float) -> Any:
    """Stars of 1 to 5: a user's and an item's own level and two tastes, and noise; or chance alone, with noise 99."""
    user, item = random.integers(users, size=count), random.integers(items, size=count)
    level = random.normal(size=users)[user] + random.normal(size=items)[item]
    taste = (random.normal(size=(users, 2))[user] * random.normal(size=(items, 2))[item]).sum(1)
    stars = np.clip(np.round(3 + 0.8 * level + 0.8 * taste + noise * random.normal(size=count)), 1, 5)
    if noise > 9:
        stars = random.integers(1, 6, size=count)
    frame = pl.DataFrame({"user": user, "item": item, "stars": stars}).unique(["user", "item"], maintain_order=True)
    return gf.ratings(frame, "user", "item", "stars")


def images(random: Random, count: int, *, noise: bool) -> Any:
    """Stripes that stand, lie or lean, under noise; or labels by chance."""
    y = random.integers(3, size=count)
    across, down = np.meshgrid(np.arange(16), np.arange(16))
    angle = y[:, None, None] * np.pi / 3 + 0.15 * random.normal(size=(count, 1, 1))
    phase = random.uniform(0, 2 * np.pi, size=(count, 1, 1))
    x = np.sin(np.cos(angle) * across + np.sin(angle) * down + phase) + random.normal(size=(count, 16, 16))
    if noise:
        random.shuffle(y)
    x = np.clip(128 + 40 * x, 0, 255).astype(np.uint8)
    return gf.arrays(x[:, None], y)


def chance(x: np.ndarray, random: Random) -> np.ndarray:
    return random.normal(size=len(x))


def curved(x: np.ndarray, random: Random) -> np.ndarray:
    return score(x)


def straight(x: np.ndarray, random: Random) -> np.ndarray:
    return np.asarray(x @ random.normal(size=x.shape[1]))


def first_four(x: np.ndarray, random: Random) -> np.ndarray:
    return np.asarray(x[:, :4].sum(axis=1))


ALONE = {"folds": 1, "rivals": "none"}
KINDS = {
    "noise": Kind(
        {
            **tables((150, 500), chance, 1.0),
            "ratings": lambda random: ratings(random, 3000, 100, 60, noise=99),
            "images": lambda random: images(random, int(random.integers(60, 160)), noise=True),
        },
        frozenset({NO_BETTER, FEW}),
    ),
    "enough rows": Kind(tables((700, 1200), curved, 0.5), frozenset({GOOD})),
    "enough ratings and images": Kind(
        {
            "ratings": lambda random: ratings(random, 5000, 100, 60, noise=0.4),
            "images": lambda random: images(random, int(random.integers(200, 400)), noise=False),
        },
        frozenset({GOOD, SIMPLER}),
    ),
    "linear": Kind(tables((400, 900), straight, 0.7), frozenset({SIMPLER})),
    "few rows": Kind(
        {
            **tables((16, 26), straight, 0.7),
            "images": lambda random: images(random, int(random.integers(16, 26)), noise=False),
        },
        frozenset({FEW, NO_BETTER}),
    ),
    "too short": Kind(tables((700, 1200), curved, 0.5), frozenset({UNDERFIT}), {"epochs": 1, "lr": 3e-4, **ALONE}),
    "too long": Kind(
        tables((1800, 2600), first_four, 1.5, columns=20),
        frozenset({OVERFIT}),
        {"arch": "mlp", "epochs": 50, "lr": 6e-3, "schedule": "constant", "weight_decay": 0.0, **ALONE},
    ),
    "leak": Kind(tables((200, 500), curved, 1.0, given=True), frozenset({NOT_TRUSTED}), {"epochs": 5}),
    "by heart": Kind(
        {"numbers": tables((600, 900), first_four, 0.6, columns=80)["numbers"]},
        frozenset({MEMORISES, OVERFIT}),
        {"arch": "mlp", "epochs": 60, **ALONE},
    ),
    "borderline: a weak signal": Kind(tables((200, 700), curved, 4.0), frozenset()),
    "borderline: nearly linear": Kind(
        tables((500, 1200), lambda x, random: straight(x, random) + 0.5 * score(x), 0.7), frozenset()
    ),
    "tiny test part": Kind(tables((700, 1200), curved, 0.5), frozenset({GOOD}), {"test_share": 0.01}),
}

"""What a row's neighbours in two numbers have as their target: a feature that trees cannot make for themselves.

Trees cut a plane into rectangles. Where the target depends on a place, as rents do on longitude and latitude, the mean
of the nearest rows says in one number what many cuts would have to. The features are means of the targets of other
rows: training rows are given those of rows outside their own part (as targets are encoded out of fold: Micci-Barreca
2001), so that no row sees its own target. For new rows the means are written into a map (`goodfit.nets.maps`), in which
no row is kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from goodfit.rivals.rival import Lesson

NEIGHBOURS = 16
PARTS = 8  # of which the rows of one are given the means of the others
LINES = 256  # across each number of a map, where its rows lie dense
LEAST_STEP = 1e-6  # between two lines

Planes = Sequence[tuple[int, int]]


def marks(lesson: Lesson) -> np.ndarray:
    """(N, kinds) float64 whose means are the features: z-scores or labels, and of two classes whether it is the second.

    More classes have none: a mean of each would be as many features a plane.
    """
    targets = lesson.targets()
    return (targets == 1).astype(np.float64)[:, None] if targets.ndim == 1 else targets.astype(np.float64)


@dataclass(frozen=True)
class Neighbours:
    """Rows in planes of two features, and their marks.

    Attributes:
        x: (n, D) float64.
        marks: (n, kinds).
    """

    x: np.ndarray
    marks: np.ndarray
    planes: Planes

    def means(self, x: np.ndarray) -> np.ndarray:
        """(m, planes * kinds): mean marks of the nearest rows, in each plane, of rows that are not among them."""
        return np.concatenate([self._means_in(plane, x[:, list(plane)]) for plane in self.planes], axis=1)

    def means_of_others(self) -> np.ndarray:
        """(n, planes * kinds): the same for these rows themselves, each from the rows of the other parts."""
        part = np.random.default_rng(0).permutation(len(self.x)) % PARTS
        means = np.empty((len(self.x), len(self.planes) * self.marks.shape[1]))
        for each in range(PARTS):
            others = Neighbours(self.x[part != each], self.marks[part != each], self.planes)
            means[part == each] = others.means(self.x[part == each])
        return means

    def maps(self) -> tuple[np.ndarray, np.ndarray]:
        """Lines (planes, 2, L) and heights (planes, kinds, L, L), float32, of `goodfit.nets.maps`."""
        lines = np.stack([[_lines(self.x[:, feature]) for feature in plane] for plane in self.planes])
        heights = []
        for plane, (one, other) in zip(self.planes, lines, strict=True):
            crossings = np.stack(np.meshgrid(one, other, indexing="ij"), axis=-1).reshape(-1, 2)
            heights.append(self._means_in(plane, crossings).T.reshape(-1, LINES, LINES))
        return lines.astype(np.float32), np.stack(heights).astype(np.float32)

    def _means_in(self, plane: tuple[int, int], places: np.ndarray) -> np.ndarray:
        """(m, kinds) of places (m, 2) in a plane."""
        from scipy.spatial import cKDTree

        count = min(NEIGHBOURS, len(self.x))
        _, nearest = cKDTree(self.x[:, list(plane)]).query(places, k=list(range(1, count + 1)))
        return np.asarray(self.marks[nearest].mean(axis=1))


def _lines(values: np.ndarray) -> np.ndarray:
    """(LINES,) ascending: quantiles where there are many values, all of them where there are few."""
    distinct = np.unique(values)
    if len(distinct) > LINES:
        distinct = np.unique(np.quantile(values, np.linspace(0, 1, LINES)))
    beyond = distinct[-1] + np.arange(1, LINES - len(distinct) + 1)
    lines = np.concatenate([distinct, beyond]).astype(np.float32).astype(np.float64)
    return np.asarray(np.maximum.accumulate(lines) + LEAST_STEP * np.arange(LINES))

"""The rival of boosted trees: scikit-learn's histogram gradient boosting, small trees at a low rate.

Friedman 2001 ("Greedy function approximation: a gradient boosting machine"). A tree asks one number at a time, so that
it takes many steps along a slanted border: trees over differences and sums of pairs of numbers are grown too, and kept
where the rows held out say that they are better (docs/decisions/029-longer-and-slanted-trees.md). The same is asked of
trees that know the mean target of neighbours (docs/decisions/037-neighbours.md). How many trees are kept is chosen by
the same rows. The model is the mean of those of the folds. Of more rows, with one validation part, trees at a lower
rate are asked as well, and what is kept is grown once more on all rows (docs/decisions/047-trees-of-all-rows.md).
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np
import torch
from torch import Tensor

from goodfit.nets.boosted_trees import with_pairs
from goodfit.rivals.grown import Grown, gains, tensors_of
from goodfit.rivals.neighbours import Neighbours, marks
from goodfit.rivals.rival import FittedRival, Lesson, Rival

FEW_ROWS = 10_000
SMALL = {"max_leaf_nodes": 12, "min_samples_leaf": 10, "l2_regularization": 3.0, "max_features": 0.5}
LARGE = {"max_leaf_nodes": 31, "min_samples_leaf": 20, "l2_regularization": 1.0, "max_features": 0.5}
RATE = 0.05
SLOW_PACE = 0.4  # times the usual rate, with as many more rounds
RATE_OF_MANY, LENGTHS_OF_MANY = 0.1, (50, 100)  # of more than two classes: each round grows a tree for every class
FIRST_LENGTH = 100
FIRST_OF_SHORT = 10  # rounds that are grown before it is known how long more of them take, where time is short
GROWN_AGAIN = "the trees once more, on the validation rows as well"
STILL_FALLING = 0.75  # of the rounds: where the lowest loss lies behind it, twice as many are grown
ROUNDS = {"classes": 600, "labels": 300, "numbers": 1200}
ROWS_AND_ROUNDS = 60_000_000  # at most, in one model: seconds
DEPTH = 8
AGAIN = 1.2  # times as long as before it takes to grow trees again, over some more columns or rows
BEHIND = 0.01  # of the other loss
STRIDE = 5  # rounds between two lengths that are tried
NEARLY_LOWEST = 5e-4  # the shortest length is kept whose loss is above the lowest by no more than this share
OUTPUTS_AT_MOST = 30  # a tree for each in every round
LEVELS_AT_MOST = 255  # of a category; the codes of more are taken as numbers: they are in order of frequency
PAIRED_NUMBERS = 10  # those that plain trees gain most by
ROWS_FOR_PAIRS = 300  # fewer rows cannot say which of the two is better
NUMBERS_AT_MOST = 20  # of more numbers than that, pairs of ten were never better
FEATURES_TRIED = 0.2  # share at each split, at least, with pairs
MAPPED_NUMBERS = 3  # that plain trees gain most by: neighbours are looked for in each two of them
ROWS_FOR_MAPS = 500
MARKS_AT_MOST = 4  # means a plane

Pairs = Sequence[tuple[int, int]]


@dataclass(frozen=True)
class Forest:
    """Trees of each fold.

    Attributes:
        grown: a model of each fold.
        order: for each column that the trees know, its place among the features of a row and its pairs.
        pairs: of features, of which they know the differences and sums.
        planes: of two features, in which they know the mean target of neighbours.
        pace: times the usual rate.
        rounds: that are kept.
        seconds: of growing all of them, those that are not kept included; a_round: of one round.
        out: (N, outputs), right for the held-out rows.
        losses: their mean loss at each length, after every STRIDE rounds; loss: at the one that is kept.
    """

    grown: Sequence[Grown]
    order: np.ndarray
    pairs: Pairs
    planes: Pairs
    pace: float
    rounds: int
    seconds: float
    a_round: float
    out: np.ndarray
    losses: np.ndarray
    loss: float

    @property
    def seconds_again(self) -> float:
        """Of growing what is kept once more."""
        return AGAIN * self.rounds * self.a_round


class TreesRival(Rival):
    name: ClassVar[str] = "boosted trees"
    place: ClassVar[int] = 2
    arch: ClassVar[str] = "boosted-trees"
    plain: ClassVar[bool] = False  # whether trees over pairs and maps are left out

    def suits(self, lesson: Lesson) -> bool:
        if lesson.texts_alone:  # half of the time of a fit, and never worth a weight in the blend
            return False
        return super().suits(lesson) and lesson.task.outputs <= OUTPUTS_AT_MOST

    def learn(self, lesson: Lesson) -> tuple[dict[str, Any], dict[str, Tensor], np.ndarray]:
        with _threads_for(lesson):
            forest = self._best(lesson)
            if lesson.ends_with_all_rows and lesson.limit.allows(forest.seconds_again, GROWN_AGAIN):
                ((taught, held_out),) = lesson.folds
                lesson = replace(lesson, folds=[(np.concatenate([taught, held_out]), held_out)])
                planted, _, _ = _planted(lesson, forest.pairs, forest.planes, forest.pace)
                planted[0].grow(forest.rounds)
                forest = replace(forest, grown=[planted[0].grown])
        options, state = tensors_of(forest.grown, forest.rounds, forest.order)
        if forest.pairs:
            options["pairs"] = [list(pair) for pair in forest.pairs]
        if forest.planes:
            taught = np.unique(np.concatenate([lesson.taught(fold) for fold in range(len(lesson.folds))]))
            neighbours = Neighbours(lesson.x[taught].double().numpy(), marks(lesson)[taught], forest.planes)
            lines, heights = neighbours.maps()
            options["planes"] = [list(plane) for plane in forest.planes]
            options |= {"map_lines": lines.shape[2], "map_kinds": heights.shape[1]}
            state |= {"lines": lines, "heights": heights}
        return options, {name: torch.from_numpy(value) for name, value in state.items()}, forest.out

    def refitted(self, lesson: Lesson, fitted: FittedRival) -> Tensor:
        pairs, planes = ([(pair[0], pair[1]) for pair in fitted.options.get(name, ())] for name in ("pairs", "planes"))
        with _threads_for(lesson):
            out = _asked_at_a_lower_rate(lesson, _forest(lesson, pairs, planes)).out
        return torch.from_numpy(out[lesson.held_out]).float()

    def _best(self, lesson: Lesson) -> Forest:
        """Plain trees, or those over pairs and maps where the rows held out say that they are better."""
        forest = _forest(lesson, (), ())
        again = AGAIN * forest.seconds
        if self.plain:
            return _asked_at_a_lower_rate(lesson, forest)
        by_gain = np.argsort(-gains(forest.grown, forest.order)[: lesson.numbers], kind="stable")
        has_pairs = 2 <= lesson.numbers <= NUMBERS_AT_MOST and len(lesson.x) >= ROWS_FOR_PAIRS
        if has_pairs and _has_time(lesson, forest, again, "trees over pairs of columns"):
            forest = _better(forest, lesson, _each_two(by_gain[:PAIRED_NUMBERS]), ())
        has_maps = lesson.numbers >= 2 and len(lesson.x) >= ROWS_FOR_MAPS and _has_few_marks(lesson)
        if has_maps and _has_time(lesson, forest, again, "trees that know a row's neighbours"):
            forest = _better(forest, lesson, forest.pairs, _each_two(by_gain[:MAPPED_NUMBERS]))
        return _asked_at_a_lower_rate(lesson, forest)


def _better(forest: Forest, lesson: Lesson, pairs: Pairs, planes: Pairs) -> Forest:
    """This forest, or one over these pairs and planes."""
    return min(forest, _forest(lesson, pairs, planes, beside=forest), key=lambda each: each.loss)


def _asked_at_a_lower_rate(lesson: Lesson, forest: Forest) -> Forest:
    """Of one part, which has the time for it, the better of both rates."""
    slower = forest.rounds * forest.a_round / SLOW_PACE
    if len(lesson.folds) > 1 or not _has_time(lesson, forest, slower, "trees at a lower rate"):
        return forest
    return min(forest, _forest(lesson, forest.pairs, forest.planes, SLOW_PACE), key=lambda each: each.loss)


def _has_time(lesson: Lesson, forest: Forest, seconds: float, what: str) -> bool:
    """Whether there is time for other trees, and for those that are grown once more on all rows afterwards."""
    return lesson.limit.allows(seconds + (forest.seconds_again if lesson.ends_with_all_rows else 0), what)


def _threads_for(lesson: Lesson) -> AbstractContextManager[object]:
    """One thread for few rows: their steps take microseconds, and threads wait for each other far longer than that."""
    from threadpoolctl import threadpool_limits  # scikit-learn comes with it

    limits: AbstractContextManager[object] = threadpool_limits(
        1 if len(lesson.x) <= FEW_ROWS else None, user_api="openmp"
    )
    return limits


def _each_two(numbers: np.ndarray) -> Pairs:
    return list(itertools.combinations(np.sort(numbers).tolist(), 2))


def _has_few_marks(lesson: Lesson) -> bool:
    """Whether a place on a map has few heights: more than two classes would each be one."""
    return not _many(lesson) and lesson.task.outputs <= MARKS_AT_MOST


def _planted(
    lesson: Lesson, pairs: Pairs, planes: Pairs, pace: float
) -> tuple[list[Planted], list[np.ndarray], np.ndarray]:
    """Trees of each fold that can grow, what they know of its rows held out, and the order of columns in both."""
    # scikit-learn puts categories first, so that they stand first here
    categories = [at for at, size in enumerate(lesson.cardinalities, lesson.numbers) if size <= LEVELS_AT_MOST]
    paired = with_pairs(lesson.x, pairs).double().numpy()
    learnt, judged = [], []
    for fold, (_, held_out) in enumerate(lesson.folds):
        taught = lesson.taught(fold)
        beside, beside_held_out = paired[taught], paired[held_out]
        if planes:
            neighbours = Neighbours(beside, marks(lesson)[taught], planes)
            beside = np.concatenate([beside, neighbours.means_of_others()], axis=1)
            beside_held_out = np.concatenate([beside_held_out, neighbours.means(paired[held_out])], axis=1)
        width = beside.shape[1]
        order = np.array([*categories, *(at for at in range(width) if at not in set(categories))])
        learnt.append((taught, beside[:, order]))
        judged.append(beside_held_out[:, order])
    features = 0.5 * lesson.x.shape[1] / width if pairs or planes else None
    targets = lesson.targets()
    planted = [_plant(x, targets[taught], lesson, len(categories), features, pace) for taught, x in learnt]
    return planted, judged, order


def _forest(lesson: Lesson, pairs: Pairs, planes: Pairs, pace: float = 1.0, beside: Forest | None = None) -> Forest:
    """Grow trees for each fold, and choose their number by the held-out rows.

    Args:
        beside: one at the same rate: trees that are behind it when both have as many rounds are given up.
    """
    planted, judged, order = _planted(lesson, pairs, planes, pace)
    grown = [each.grown for each in planted]
    began, done, a_round = time.monotonic(), 0, 0.0
    short = _first_lengths(lesson)
    for rounds in [*short, *_lengths(lesson, pace)]:
        seconds = a_round * (rounds - done + (rounds if lesson.ends_with_all_rows else 0))
        if done and not lesson.limit.allows(seconds, f"more than {done} rounds of boosted trees"):
            break
        for each in planted:
            each.grow(rounds)
        stages = [each.stages(x, STRIDE) for each, x in zip(grown, judged, strict=True)]
        done, a_round = rounds, (time.monotonic() - began) / rounds
        lengths = min(map(len, stages))
        losses = np.array([lesson.mean_loss(_out_of(stages, length, lesson)) for length in range(lengths)])
        if rounds not in short and (losses.argmin() < STILL_FALLING * lengths or _is_behind(losses, beside)):
            break
    kept = int(np.flatnonzero(losses <= losses.min() + NEARLY_LOWEST * abs(losses.min()))[0])
    out = _out_of(stages, kept, lesson)
    taken = time.monotonic() - began
    rounds, loss = (kept + 1) * STRIDE, float(losses[kept])
    return Forest(grown, order, pairs, planes, pace, rounds, taken, a_round, out, losses, loss)


def _is_behind(losses: np.ndarray, other: Forest | None) -> bool:
    """Whether another forest had less loss in as many rounds: what pairs and planes gain, they gain at first."""
    lowest = np.inf if other is None else other.losses[: len(losses)].min()
    return bool(losses.min() - lowest > BEHIND * abs(lowest))


def _first_lengths(lesson: Lesson) -> list[int]:
    """Rounds after which it is asked only whether there is time for more."""
    return [] if lesson.limit.ends is None else [FIRST_OF_SHORT, FIRST_LENGTH // 4]


def _lengths(lesson: Lesson, pace: float) -> list[int]:
    """Rounds after which it is asked whether more would help, and the most."""
    first, most = LENGTHS_OF_MANY if _many(lesson) else (FIRST_LENGTH, ROUNDS[lesson.task.family])
    most = max(first, min(round(most / pace), ROWS_AND_ROUNDS // len(lesson.x)))
    return [*itertools.takewhile(lambda length: length < most, (first * 2**at for at in itertools.count())), most]


def _many(lesson: Lesson) -> bool:
    """Whether each round grows a tree for every class."""
    return lesson.task.family == "classes" and lesson.task.outputs > 2


def _out_of(stages: Sequence[Sequence[np.ndarray]], length: int, lesson: Lesson) -> np.ndarray:
    """(N, outputs) of all rows: what each fold's model says, at this length, of the rows that it held out."""
    out = np.zeros((len(lesson.x), lesson.task.outputs))
    for stage, (_, held_out) in zip(stages, lesson.folds, strict=True):
        out[held_out] = stage[length]
    return out


@dataclass(frozen=True)
class Planted:
    """Models that grow on the same rows x: beside each what it learns."""

    grown: Grown
    x: np.ndarray
    targets: Sequence[np.ndarray]

    def grow(self, rounds: int) -> None:
        """Go on to so many rounds."""
        for (model, _), targets in zip(self.grown.models, self.targets, strict=True):
            model.set_params(max_iter=rounds).fit(self.x, targets)


def _plant(
    x: np.ndarray, targets: np.ndarray, lesson: Lesson, categories: int, features: float | None, pace: float
) -> Planted:
    """One model for the classes, or one for each label or number."""
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

    family = lesson.task.family
    settings = {
        **(SMALL if len(lesson.x) <= FEW_ROWS else LARGE),
        **({} if features is None else {"max_features": max(FEATURES_TRIED, features)}),
        "learning_rate": pace * (RATE_OF_MANY if _many(lesson) else RATE),
        "max_depth": DEPTH,
        "early_stopping": False,
        "warm_start": True,
        "random_state": lesson.seed % 2**32,
        "categorical_features": list(range(categories)) or None,
    }
    columns = [(targets, list(range(lesson.task.outputs)))]
    if family != "classes":
        kind = np.int64 if family == "labels" else np.float64
        columns = [(column.astype(kind), [at]) for at, column in enumerate(targets.T)]
    constant = {}
    if family == "labels":
        constant = {at[0]: float(label[0]) for label, at in columns if len(np.unique(label)) == 1}
    columns = [(column, at) for column, at in columns if family == "numbers" or len(np.unique(column)) > 1]
    learner = HistGradientBoostingRegressor if family == "numbers" else HistGradientBoostingClassifier
    models = [(learner(**settings), at) for _, at in columns]
    return Planted(Grown(models, lesson.task.outputs, constant), x, [column for column, _ in columns])


RIVAL = TreesRival()

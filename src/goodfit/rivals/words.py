"""The linear rival of texts: it weighs each word and pair of words by itself, beside the numbers and categories.

Where words are what tells, a linear model of all of them, well penalised, knows more than their first directions hold
(docs/decisions/045-a-linear-model-of-all-words.md). Joachims 1998 ("Text categorization with support vector machines:
learning with many relevant features") has why: texts have many relevant words, few of them in any one text.
"""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import Any, ClassVar

import numpy as np
from scipy import sparse

from goodfit.rivals.linear import LinearRival, numbers_and_levels
from goodfit.rivals.rival import Lesson, Words

STRENGTHS = (1.0, 3.0, 10.0, 30.0, 100.0, 300.0)
BESIDE = 0.1  # numbers and levels are so small beside words: they are fewer, and are penalised as usual
CELLS_AT_MOST = 1_500_000  # terms times outputs: of more outputs the commonest terms alone
WEIGHTS_AT_MOST = 50_000_000  # of the rows that a fold learns from, times outputs: more rows are sampled


class WordsRival(LinearRival):
    name: ClassVar[str] = "a linear model of all words"
    of_words = True
    strengths = STRENGTHS
    how = MappingProxyType({"solver": "newton-cg", "tol": 1e-5})  # a fifth of L-BFGS's time: terms are more than rows
    ends_where_it_rises = True

    def features(self, lesson: Lesson) -> sparse.csr_matrix:
        words = _words(lesson)
        own = [*range(lesson.numbers - words.terms.places), *range(lesson.numbers, lesson.x.shape[1])]
        beside = numbers_and_levels(replace(lesson, x=lesson.x[:, own])) * BESIDE
        return sparse.hstack([beside, words.weights()[:, _kept(lesson)]], format="csr")

    def taught(self, lesson: Lesson, fold: int) -> np.ndarray:
        rows = super().taught(lesson, fold)
        cells = int(_words(lesson).weights()[rows].nnz) * lesson.task.outputs
        return rows[:: max(1, -(-cells // WEIGHTS_AT_MOST))]

    def tensors(self, lesson: Lesson, weight: np.ndarray) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
        terms, outputs = _words(lesson).terms, lesson.task.outputs
        own = lesson.numbers - terms.places
        numbers, levels, of_terms = np.split(weight, [own, own + sum(lesson.cardinalities)], axis=1)
        state = {
            "weight": np.pad(numbers * BESIDE, [(0, 0), (0, terms.places)]),
            "levels.weight": levels.T * BESIDE if levels.size else np.zeros((1, outputs)),
            "terms.weight": np.zeros((terms.count, outputs)),
        }
        state["terms.weight"][_kept(lesson)] = of_terms.T
        return {"cardinalities": list(lesson.cardinalities), "terms": terms.count, "lanes": terms.lanes}, state


def _words(lesson: Lesson) -> Words:
    assert lesson.words is not None, "it suits lessons with texts"
    return lesson.words


def _kept(lesson: Lesson) -> np.ndarray:
    """Numbers of the commonest terms, ascending: all of them, unless the outputs are many."""
    rows_with = _words(lesson).weights().getnnz(axis=0)
    return np.sort(np.argsort(-rows_with, kind="stable")[: max(1, CELLS_AT_MOST // lesson.task.outputs)])


RIVAL = WordsRival()

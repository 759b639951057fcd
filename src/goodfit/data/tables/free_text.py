"""Free text as numbers: where a row stands along the directions in which the words of the training rows differ most.

Latent semantic analysis (Deerwester et al. 1990, "Indexing by latent semantic analysis"): words and pairs of
neighbouring words, each counted as 1 + the log of its count, times the log of how rare it is (Salton and Buckley 1988),
as a row of length 1; and of these rows the first singular vectors. No target is used, so that nothing of it can leak.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from goodfit.data.tables.text_words import word_pattern
from goodfit.data.tables.visible import visible
from goodfit.data.tables.words import texts

if TYPE_CHECKING:
    import polars as pl
    from sklearn.feature_extraction.text import CountVectorizer

TERMS_AT_MOST = 6_000  # the commonest words and pairs
ROWS_OF_A_TERM = 2  # at least, in training
ROWS_OF_A_DIRECTION = 12  # at least: few rows have few directions that are not chance
DIRECTIONS_AT_LEAST, DIRECTIONS_AT_MOST = 8, 256
WORD_OF_BEFORE = r"(?u)\b\w\w+\b"
STEPS = 127  # of a term's weights to either side of 0: they are kept as bytes


@dataclass(frozen=True)
class FreeText:
    """Of a column of text: terms, which are words and pairs of words, and how rare each is.

    weights: (terms, K) bytes in base64; sizes: what 127 of a term's stands for.
    means, deviations: of the K directions in the training rows.
    every_script: whether words are told apart in every script; runs of before knew those between spaces alone.
    """

    name: str
    terms: list[str]
    rarity: list[float]
    weights: str
    sizes: list[float]
    means: list[float]
    deviations: list[float]
    every_script: bool = False

    @classmethod
    def learn(cls, column: pl.Series) -> Self | None:
        """From the training rows; None where no two of them share a word.

        Args:
            column: of any type; it is read as text.
        """
        from sklearn.utils.extmath import randomized_svd

        terms = _commonest(column)
        if not terms:
            return None
        counts = _counter(terms, word_pattern()).transform(_cells(column))
        rows_with = np.asarray((counts > 0).sum(axis=0)).ravel()
        rarity = np.log((1 + len(column)) / (1 + rows_with)) + 1
        weighted = _weighted(counts, rarity)
        most = min(len(terms), len(column)) - 1
        wanted = np.clip(len(column) // ROWS_OF_A_DIRECTION, DIRECTIONS_AT_LEAST, DIRECTIONS_AT_MOST)
        _, _, directions = randomized_svd(weighted, max(1, min(int(wanted), most)), random_state=0)
        sizes = np.abs(directions).max(axis=0)
        whole = np.round(directions / np.where(sizes > 0, sizes, 1) * STEPS).astype(np.int8).T
        unscaled = cls(
            column.name,
            terms,
            _short(rarity),
            b64encode(whole.tobytes()).decode(),
            _short(sizes),
            [0.0],
            [1.0],
            every_script=True,
        )
        places = unscaled.places(column)
        deviations = places.std(axis=0)
        kept = deviations > 0
        if not kept.any():
            return None
        return cls(
            column.name, terms, _short(rarity), b64encode(np.ascontiguousarray(whole[:, kept]).tobytes()).decode(),
            _short(sizes), places.mean(axis=0)[kept].tolist(), deviations[kept].tolist(), every_script=True,
        )  # fmt: skip

    @property
    def source(self) -> str:
        """The column of the table."""
        return self.name

    @cached_property
    def names(self) -> list[str]:
        """Of the K values of a row."""
        return [f"{self.name}: direction {at}" for at in range(1, len(self.means) + 1)]

    def places(self, column: pl.Series) -> np.ndarray:
        """(N, K) float64: z-scores of the rows along the directions; a row without a known word stands at 0 of each."""
        counts = _weighted(self._known.transform(_cells(column)), np.array(self.rarity))
        return np.asarray((counts @ self._directions - np.array(self.means)) / np.array(self.deviations))

    def says_nothing(self, places: np.ndarray) -> np.ndarray:
        """(N,) bool of places (N, K) float32: where a text without a known word stands."""
        return np.asarray((places == self._nowhere).all(axis=1))

    @cached_property
    def _nowhere(self) -> np.ndarray:
        """(K,) float32."""
        import polars as pl

        (place,) = self.places(pl.Series([""])).astype(np.float32)
        return np.asarray(place)

    @cached_property
    def _known(self) -> CountVectorizer:
        return _counter(self.terms, word_pattern() if self.every_script else WORD_OF_BEFORE)

    @cached_property
    def _directions(self) -> np.ndarray:
        """(terms, K)."""
        whole = np.frombuffer(b64decode(self.weights), dtype=np.int8).reshape(len(self.terms), -1)
        return whole * (np.array(self.sizes)[:, None] / STEPS)


def _commonest(column: pl.Series) -> list[str]:
    """Words and pairs of neighbouring words that several rows have, the commonest first."""
    from sklearn.feature_extraction.text import CountVectorizer

    counter = CountVectorizer(
        ngram_range=(1, 2), token_pattern=word_pattern(), min_df=ROWS_OF_A_TERM, max_features=TERMS_AT_MOST, binary=True
    )
    try:
        counter.fit(_cells(column))
    except ValueError:  # no word at all, or none in two rows
        return []
    return [str(term) for term in counter.get_feature_names_out()]


def _counter(terms: list[str], word: str) -> CountVectorizer:
    """Of texts -> (N, terms) sparse, how often each stands in a row."""
    from sklearn.feature_extraction.text import CountVectorizer

    return CountVectorizer(ngram_range=(1, 2), token_pattern=word, vocabulary=terms, dtype=np.float64)


def _weighted(counts: Any, rarity: np.ndarray) -> Any:
    """1 + log of the counts, times the rarity, each row of length 1."""
    from sklearn.preprocessing import normalize

    weighted = counts.copy()
    weighted.data = 1 + np.log(weighted.data)
    return normalize(weighted.multiply(rarity).tocsr(), copy=False)


def _cells(column: pl.Series) -> list[str]:
    """As text; what is none, as a list is, says nothing."""
    return visible(texts(column, verbatim=True)).fill_null("").to_list()


def _short(values: np.ndarray) -> list[float]:
    """To six digits: they are written as text."""
    return [float(f"{value:.6g}") for value in values]

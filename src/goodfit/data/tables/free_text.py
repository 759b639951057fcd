"""Free text as numbers: where a row stands along the directions in which the words of the training rows differ most.

Latent semantic analysis (Deerwester et al. 1990, "Indexing by latent semantic analysis"): words and pairs of
neighbouring words, each counted as 1 + the log of its count, times the log of how rare it is (Salton and Buckley 1988),
as a row of length 1; and of these rows the first singular vectors. The words themselves stand behind the row, for the
linear model that weighs each (`goodfit.rivals.words`). No target is used, so that nothing of it can leak.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from goodfit.data.tables.text_words import word_pattern
from goodfit.data.tables.visible import visible
from goodfit.data.tables.web_text import without_tags
from goodfit.data.tables.words import texts

if TYPE_CHECKING:
    import polars as pl
    from sklearn.feature_extraction.text import CountVectorizer

TERMS_AT_MOST = 30_000  # the commonest words and pairs
TERMS_OF_DIRECTIONS = 6_000  # the commonest of these
PAIR = 0.6  # of a pair's weight: it says again what its words say
TERMS_OF_A_ROW = 512  # at most, the heaviest: of 345 on average, 256 had a loss 4% higher, 512 none
ROWS_OF_A_DIRECTED_TERM = 2  # at least, in training
ROWS_OF_A_PAIR = 2  # those of one text alone gain little, and would let the text be put together from the run
ROWS_READ_FOR_TERMS = 100_000  # at most: a dictionary of all pairs of words of more rows takes gigabytes
ROWS_OF_A_DIRECTION = 12  # at least: few rows have few directions that are not chance
DIRECTIONS_AT_LEAST, DIRECTIONS_AT_MOST = 8, 256
WORD_OF_BEFORE = r"(?u)\b\w\w+\b"
STEPS = 127  # of a term's weights to either side of 0: they are kept as bytes


@dataclass(frozen=True)
class FreeText:
    """Of a column of text: terms, which are words and pairs of words, the commonest first, and how rare each is.

    rarity: the log of it; of a pair a share of that.
    weights: (first terms, K) bytes in base64; sizes: what 127 of such a term's stands for.
    means, deviations: of the K directions in the training rows.
    every_script: whether words of every script are known; runs of before knew those between spaces alone.
    width: how many terms are kept of a row; 0 in runs of before.
    as_shown: whether tags of web pages are left out; in runs of before they are words.
    """

    name: str
    terms: list[str]
    rarity: list[float]
    weights: str
    sizes: list[float]
    means: list[float]
    deviations: list[float]
    every_script: bool = False
    width: int = 0
    as_shown: bool = False

    @classmethod
    def learn(cls, column: pl.Series) -> Self | None:
        """From the training rows; None where no two of them share a word.

        Args:
            column: of any type; it is read as text.
        """
        from sklearn.utils.extmath import randomized_svd

        terms, rows_with = _commonest(column)
        of_directions = min(TERMS_OF_DIRECTIONS, int((rows_with >= ROWS_OF_A_DIRECTED_TERM).sum()))
        if not of_directions:
            return None
        counts = _counter(terms, word_pattern()).transform(_cells(column))
        rarity = np.log((1 + len(column)) / (1 + counts.getnnz(axis=0))) + 1
        rarity *= np.where([" " in term for term in terms], PAIR, 1.0)
        weighted = _unit(_weighted(counts, rarity)[:, :of_directions])
        most = min(*weighted.shape) - 1
        wanted = np.clip(len(column) // ROWS_OF_A_DIRECTION, DIRECTIONS_AT_LEAST, DIRECTIONS_AT_MOST)
        _, _, directions = randomized_svd(weighted, max(1, min(int(wanted), most)), random_state=0)
        sizes = np.abs(directions).max(axis=0)
        whole = np.round(directions / np.where(sizes > 0, sizes, 1) * STEPS).astype(np.int8).T
        width = min(TERMS_OF_A_ROW, int(counts.getnnz(axis=1).max()))
        unscaled = cls(
            column.name,
            terms,
            _short(rarity),
            _bytes(whole),
            _short(sizes),
            [0.0],
            [1.0],
            every_script=True,
            width=width,
            as_shown=True,
        )
        places = unscaled.places(column)
        deviations = places.std(axis=0)
        kept = deviations > 0
        if not kept.any():
            return None
        means, deviations = places.mean(axis=0)[kept].tolist(), deviations[kept].tolist()
        return replace(unscaled, weights=_bytes(whole[:, kept]), means=means, deviations=deviations)

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
        return self.read(column)[0]

    def read(self, column: pl.Series) -> tuple[np.ndarray, np.ndarray]:
        """The places, and (N, 2 * width) float32: numbers and weights, in turn, of the terms of each row."""
        weighted = _weighted(self._known.transform(_cells(column, as_shown=self.as_shown)), np.array(self.rarity))
        along = _unit(weighted[:, : len(self.sizes)]) @ self._directions
        return np.asarray((along - np.array(self.means)) / np.array(self.deviations)), _in_lanes(weighted, self.width)

    def says_nothing(self, places: np.ndarray, terms: np.ndarray) -> np.ndarray:
        """(N,) bool of what `read` gives, as float32: a text without a known word."""
        return np.asarray((places == self._nowhere).all(axis=1) & (terms[:, 1::2] == 0).all(axis=1))

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
        whole = np.frombuffer(b64decode(self.weights), dtype=np.int8).reshape(len(self.sizes), -1)
        return whole * (np.array(self.sizes)[:, None] / STEPS)


def _commonest(column: pl.Series) -> tuple[list[str], np.ndarray]:
    """Words, and pairs of neighbours that several rows have; and how many rows have each: the commonest first."""
    from sklearn.feature_extraction.text import CountVectorizer

    counter = CountVectorizer(ngram_range=(1, 2), token_pattern=word_pattern(), binary=True)
    seen = _cells(column[:: max(1, -(-len(column) // ROWS_READ_FOR_TERMS))])
    try:
        rows_with = np.asarray(counter.fit_transform(seen).sum(axis=0)).ravel()
    except ValueError:  # no word at all
        return [], np.zeros(0, dtype=np.int64)
    terms = counter.get_feature_names_out()
    pairs = np.array([" " in term for term in terms])
    ordered = np.lexsort((pairs, -rows_with))  # of as common ones words first
    kept = ordered[~pairs[ordered] | (rows_with[ordered] >= ROWS_OF_A_PAIR)][:TERMS_AT_MOST]
    return [str(term) for term in terms[kept]], rows_with[kept]


def _counter(terms: list[str], word: str) -> CountVectorizer:
    """Of texts -> (N, terms) sparse, how often each stands in a row."""
    from sklearn.feature_extraction.text import CountVectorizer

    return CountVectorizer(ngram_range=(1, 2), token_pattern=word, vocabulary=terms, dtype=np.float64)


def _weighted(counts: Any, rarity: np.ndarray) -> Any:
    """1 + log of the counts, times the rarity: (N, terms) sparse."""
    weighted = counts.copy()
    weighted.data = 1 + np.log(weighted.data)
    return weighted.multiply(rarity).tocsr()


def _unit(weighted: Any) -> Any:
    """Each row of length 1."""
    from sklearn.preprocessing import normalize

    return normalize(weighted)


def _in_lanes(weighted: Any, width: int) -> np.ndarray:
    """(N, 2 * width) float32: numbers and weights, in turn, of the heaviest terms of each row, of length 1."""
    counts = np.diff(weighted.indptr)
    rows = np.repeat(np.arange(len(counts)), counts)
    heaviest_first = np.lexsort((-weighted.data, rows))
    place = np.arange(len(rows)) - weighted.indptr[rows]
    kept = place < width
    rows, place, terms = rows[kept], place[kept], heaviest_first[kept]
    lanes = np.zeros((len(counts), width, 2), dtype=np.float32)
    lanes[rows, place, 0] = weighted.indices[terms]
    lanes[rows, place, 1] = weighted.data[terms]
    length = np.sqrt(np.square(lanes[:, :, 1], dtype=np.float64).sum(axis=1, keepdims=True))
    lanes[:, :, 1] /= np.where(length > 0, length, 1)
    return lanes.reshape(len(counts), 2 * width)


def _cells(column: pl.Series, *, as_shown: bool = True) -> list[str]:
    """As text; what is none, as a list is, says nothing."""
    cells = visible(texts(column, verbatim=True)).fill_null("")
    return (without_tags(cells) if as_shown else cells).to_list()


def _bytes(whole: np.ndarray) -> str:
    return b64encode(np.ascontiguousarray(whole).tobytes()).decode()


def _short(values: np.ndarray) -> list[float]:
    """To six digits: they are written as text."""
    return [float(f"{value:.6g}") for value in values]

"""Users and items by the codes that a run has for them; new ones in another spelling are those that it knows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from goodfit.data.tables.known_levels import known_words
from goodfit.formatting import counted

if TYPE_CHECKING:
    import polars as pl


def codes_of(names: pl.Series, known: Sequence[str]) -> np.ndarray:
    """(N,) from 1 on, in the order of the known names; 0 of a name that is none of them, and of an empty cell."""
    import polars as pl

    code = names.replace_strict(
        pl.Series(known, dtype=pl.String),
        pl.Series(range(1, len(known) + 1), dtype=pl.UInt32),
        default=0,
        return_dtype=pl.UInt32,
    )
    return code.fill_null(0).to_numpy()


def respelt(names: pl.Series, known: Sequence[str]) -> tuple[pl.Series, list[tuple[str, str, str]]]:
    """New names in the spelling of those that the run knows (U1 for u1, 7 for 007), and what is said of it."""
    unknown = names.drop_nulls().unique(maintain_order=True)
    unknown = unknown.filter(~unknown.is_in(list(known)))
    words = known_words(unknown.to_list(), known)
    if not words:
        return names, []
    word, cells = next(iter(words)), int(names.is_in(list(words)).sum())
    why = f"'{word}' is read as '{words[word]}', which training had"
    return names.replace(words), [("read as", f"{names.name}: {counted(cells, 'cell')}", why)]

"""New words that are a level of the run in another spelling: read as it, and said; all others stay unknown."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
import torch

from goodfit.data.sources.table import Table, table
from goodfit.data.tables.known_levels import known_words
from goodfit.errors import DataError

ROWS = 60


@pytest.mark.parametrize(
    ("known", "unknown", "found"),
    [
        (["Berlin", "New York"], ["BERLIN", "new york", "New-York", "New  York", "NEWYORK"], [0, 1, 1, 1, 1]),
        (["Dr.", "Prof"], ["dr", "Prof."], [0, 1]),
        (["Straße", "Weg"], ["STRASSE", "Wege"], [0, None]),
        (["Köln", "Düren"], ["Koeln", "Koln", "KOELN", "Dueren", "Kölner"], [0, 0, 0, 1, None]),
        (["Koeln", "Duren"], ["Köln", "Düren"], [0, 1]),
        (["Łódź", "São Paulo", "Tromsø"], ["Lodz", "SAO PAULO", "Tromso", "Tromsoe"], [0, 1, 2, 2]),
        (["Muller", "Mueller"], ["Müller"], [1]),  # as it is written out
        (["Müller", "Muller"], ["muller"], [1]),
        (["東京", "京都"], ["京"], [None]),
        (["01067", "99"], ["1067", "099", "1067.5", "10670"], [0, 1, None, None]),
        (["7", "07"], ["007"], [None]),  # two known ones
        (["Mo", "MO"], ["mo"], [None]),
        (["a", "b"], ["A"], [None]),  # letters may be codes
        (["AA", "AA-"], ["aa", "AA+"], [0, None]),  # signs behind a grade say something
        (["v1.10", "v2"], ["v11.0", "V1.10"], [None, 0]),
        (["10-20", "30"], ["1020", "10 - 20"], [None, None]),
        (["-1", "1"], ["1.", "- 1"], [None, None]),
        (["true", "false"], ["yes", "no"], [0, 1]),
        (["0", "1"], ["nein", "Ja"], [0, 1]),
        (["ja", "nein"], ["TRUE", "perhaps"], [None, None]),  # not all of them are a yes or a no
    ],
)
def test_words_that_are_a_known_one(known: list[str], unknown: list[str], found: list[int | None]) -> None:
    wanted = {word: known[at] for word, at in zip(unknown, found, strict=True) if at is not None}
    assert known_words(unknown, known) == wanted


def fitted(words: list[Any]) -> Table:
    columns = {"word": [words[row % len(words)] for row in range(ROWS)], "x": list(range(ROWS)), "y": ["a", "b"] * 30}
    source = table(pl.DataFrame(columns), "y", categorical="word")
    source.prepare()
    source.learn(torch.arange(ROWS))
    return source


def read(run: Table, words: list[Any]) -> Table:
    new = table(pl.DataFrame({"word": [words[row % len(words)] for row in range(ROWS)], "x": list(range(ROWS))}))
    new.prepare(run.schema())
    return new


@pytest.mark.parametrize(
    ("trained", "new", "note"),
    [
        (
            ["Berlin", "Rom", "Ulm"],
            ["BERLIN", "Rom", "ulm "],
            ("word: 40 cells", "'BERLIN' is read as 'Berlin', which training had"),
        ),
        (["01067", "80331"], [1067, 80331], ("word: 30 cells", "'1067' is read as '01067', which training had")),
        ([True, False], ["yes", "no"], ("word: 60 cells", "'no' is read as 'false', which training had")),
    ],
)
def test_they_are_read_so_and_it_is_said(trained: list[Any], new: list[Any], note: tuple[str, str]) -> None:
    run = fitted(trained)
    source = read(run, new)
    np.testing.assert_array_equal(source.whole(), run.whole())
    assert [(value, why) for name, value, why in source.notes if name == "read as"] == [note]


def test_piece_by_piece_too(tmp_path: Path) -> None:
    run = fitted(["Berlin", "Rom"])
    rows = "".join(f"{('BERLIN', 'rom')[row % 2]},{row}\n" for row in range(ROWS))
    (tmp_path / "new.csv").write_text(f"word,x\n{rows}")
    new = table(tmp_path / "new.csv", stream=True)
    new.prepare(run.schema())
    np.testing.assert_array_equal(new.whole(), run.whole())


def test_other_words_are_unknown_as_before() -> None:
    run = fitted(["Berlin", "Rom"])
    notes = read(run, ["BERLIN", "Roma"]).notes
    assert ("read as", "word: 30 cells", "'BERLIN' is read as 'Berlin', which training had") in notes
    assert [value for name, value, _ in notes if name == "not used"] == ["word: 30 of 60"]
    with pytest.raises(DataError, match="not one of the 60 values of the column 'word' was in training"):
        read(run, ["Paris", "Roma"])

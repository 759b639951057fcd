"""What looks the same is one value: in whichever of Unicode's forms, with and without signs that nobody sees."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
import torch

from goodfit.data import open_data
from goodfit.data.tables.words import texts

# é, Ö with a mark on top; 각 of three letters, none of which is a mark; the signs of ohm and kelvin are letters too
WRITTEN = {"NFD": ["Caf\u00e9", "\u00d6l", "\uac01"], "of one sign": ["10 \u2126", "300 \u212a", "\u212bngstr\u00f6m"]}


@pytest.mark.parametrize("kind", WRITTEN)
@pytest.mark.parametrize("verbatim", [False, True])
def test_both_forms_are_one_text_alone_and_among_others(kind: str, verbatim: bool) -> None:
    for word in WRITTEN[kind]:
        other = unicodedata.normalize("NFD", word) if kind == "NFD" else word
        wanted = unicodedata.normalize("NFC", word)
        assert other != wanted
        assert texts(pl.Series([other]), verbatim=verbatim).to_list() == [wanted]
        many = texts(pl.Series([other, wanted, "plain", " ", None] * 300), verbatim=verbatim)
        assert many.to_list() == [wanted, wanted, "plain", None, None] * 300


def test_a_level_in_another_form_is_not_unknown() -> None:
    towns = ["\uac01\uc0b0", "\ubd80\uc0b0"] * 20  # two towns, which are the classes too
    frame = pl.DataFrame({"town": towns, "n": range(40), "y": towns})
    source = open_data(frame, kind="table", target="y")
    source.prepare()
    source.learn(torch.arange(40))
    new = open_data(frame.with_columns(pl.col("town", "y").str.normalize("NFD")), kind="table", target="y")
    new.prepare(source.schema())
    assert torch.equal(new.whole(), source.whole())
    assert np.array_equal(np.asarray(new.targets), np.asarray(source.targets))
    assert not [note for note in new.notes if note[0] == "not used"]


# as web pages, joined files, spreadsheets (around telephone numbers), chats and typesetters leave them
UNSEEN = ["\u200b", "\ufeff", "\u200e", "\u200f", "\u202a", "\u202c", "\u2060", "\u2066", "\u2069", "\u00ad"]


@pytest.mark.parametrize("sign", UNSEEN, ids=[f"U+{ord(sign):04X}" for sign in UNSEEN])
@pytest.mark.parametrize("as_text", [True, False])
def test_signs_that_nobody_sees_change_no_value(tmp_path: Path, sign: str, as_text: bool) -> None:
    """Of a column of numbers with decimals, one of dates, one of words, of a missing word and of the target."""
    rows = [
        (f"{at},5", f"{at % 27 + 1}.3.2024", "north" if at % 3 else "south", "good" if at % 2 else "bad")
        for at in range(40)
    ]
    rows[7] = ("n/a", *rows[7][1:])
    names = ("size", "day", "town", "y")
    plain = pl.DataFrame(rows, schema=names, orient="row")
    odd = pl.DataFrame(
        [[sign + cell if at % 2 else cell + sign for cell in row] for at, row in enumerate(rows)],
        schema=names,
        orient="row",
    )
    if as_text:
        odd = odd.rename({"size": f"size{sign}", "day": f"{sign}day"})
        for name, frame in (("plain", plain), ("odd", odd)):
            frame.write_csv(tmp_path / f"{name}.csv", separator=";")
    given: list[Any] = [tmp_path / f"{name}.csv" for name in ("plain", "odd")] if as_text else [plain, odd]
    first, second = (open_data(data, kind="table", target="y") for data in given)
    for source in (first, second):
        source.prepare()
        source.learn(torch.arange(40))
    assert first.schema() == second.schema()
    assert torch.equal(first.whole(), second.whole())
    assert np.array_equal(np.asarray(first.targets), np.asarray(second.targets))
    new = open_data(given[1], kind="table", target="y")
    new.prepare(first.schema())
    assert torch.equal(new.whole(), first.whole())


def test_signs_that_join_letters_stay() -> None:
    words = [
        "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
        "\U0001f469\u200d\U0001f4bb",
    ]  # Persian; a woman at a computer
    assert texts(pl.Series(words)).to_list() == words


@pytest.mark.parametrize("name", ["y ", "y\n2", "y\u200b"])
def test_a_column_may_be_called_as_the_frame_calls_it(name: str) -> None:
    """The names of a frame are read in one line without what is not seen; so is what the user calls them."""
    frame = pl.DataFrame({"x": range(60), name: ["a", "b"] * 30, f"g{name}": [at // 2 for at in range(60)]})
    for target in (name, [name]):
        source = open_data(frame, kind="table", target=target, group=f"g{name}")
        source.prepare()
        assert source.groups is not None
        assert len(set(source.groups)) == 30
    stars = frame.with_columns(stars=pl.Series([at % 5 + 1 for at in range(60)]))
    rated = open_data(stars, kind="ratings", user=f"g{name}", item=name, target="stars")
    rated.prepare()
    assert len(rated) == 60

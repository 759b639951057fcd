"""The same letters are one level, in whichever of Unicode's forms they are written, alone and among others."""

from __future__ import annotations

import unicodedata

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

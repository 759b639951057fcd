"""All rows of a table as numbers and codes: in memory, or in files where the rows of the table stay on disk."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from goodfit.data.cache_folder import cache_folder
from goodfit.data.mapped_rows import MappedRows
from goodfit.data.tables.known_levels import FrameWithKnownWords
from goodfit.data.tables.numbers import types_of
from goodfit.data.tables.other_dates import other_date_forms
from goodfit.data.tables.other_ways import OtherMarks, other_marks, refuse_other_signs, with_percent_signs
from goodfit.data.tables.unusable import Unused, refuse_other_order

if TYPE_CHECKING:  # imported where they are used: `goodfit fit --help` lists the options of every source
    import polars as pl
    from torch import Tensor

    from goodfit.data.tables.encoder import Encoded, Encoder
    from goodfit.data.tables.frames import Frame


@dataclass(frozen=True)
class EncodedRows:
    """x: (N, D) float32. terms: (N, lanes) float32, of the texts of each row. mapped: what they lie in, on disk."""

    x: Tensor
    terms: Tensor
    mapped: Sequence[MappedRows] = ()

    def wide(self, rows: Tensor) -> Tensor:
        """(n, D + lanes) of these rows."""
        import torch

        return torch.cat([self.x.index_select(0, rows), self.terms.index_select(0, rows)], dim=1)

    def let_go(self) -> None:
        """Give back the memory of what is on disk."""
        for each in self.mapped:
            each.let_go()


@dataclass(frozen=True)
class NewRows:
    """New rows, encoded.

    Attributes:
        encoder: that they were read with.
        of_all: the decimal mark of all columns, where it is another than the run's.
        notes: what was read in another way than the run's data, and what could not be used.
    """

    encoded: EncodedRows
    encoder: Encoder
    of_all: str | None
    notes: list[tuple[str, str, str]]


def encode_new_rows(
    frame: Frame,
    encoder: Encoder,
    *,
    settled: bool,
    signs: bool,
    cache: Path | None,
    percents: Collection[str] = (),
) -> NewRows:
    """Encode the rows to predict or to score.

    Args:
        percents: columns that a workbook shows as percentages.
        settled: whether the user said what the decimal mark is.
        signs: whether numbers whose percent signs are not as the run's are refused.

    Raises:
        DataError: numbers that can be read in several ways, or a column of which not one cell can be used.
    """
    other = OtherMarks()
    frame = with_percent_signs(frame, encoder.ways, percents) if percents else frame
    if not settled and not frame.streamed:
        other = other_marks(frame, encoder.ways)
    read_by, unused, encoded = _read_new(frame, encoder, other, signs=signs, cache=cache)
    if not settled and frame.streamed and unused.with_other_mark:
        other = other_marks(frame, encoder.ways, unused.with_other_mark)
        if other.marks:
            read_by, unused, encoded = _read_new(frame, encoder, other, signs=signs, cache=cache)
    words, respelt = unused.known_words()
    if words:
        verbatim = {category.source for category in encoder.categories if category.verbatim}
        verbatim |= {number.source for number in encoder.numbers}
        frame = FrameWithKnownWords(frame, words, verbatim)
        read_by, unused, encoded = _read_new(frame, encoder, other, signs=signs, cache=cache)
    unread, dated = unused.without_a_date(), list[tuple[str, str, str]]()
    if unread and not frame.streamed:
        forms, dated = other_date_forms(frame, encoder, unread)
        if forms:
            encoder = encoder.with_date_forms(forms)
            read_by, unused, encoded = _read_new(frame, encoder, other, signs=signs, cache=cache)
    unusable = [each.note for each in unused.counted()]
    notes = [*other.notes, *dated, *unused.serial_days(), *respelt, *unusable, *unused.empty(), *unused.unlike()]
    return NewRows(encoded, read_by, other.of_all, notes)


def _read_new(
    frame: Frame, encoder: Encoder, other: OtherMarks, *, signs: bool, cache: Path | None
) -> tuple[Encoder, Unused, EncodedRows]:
    read_by = encoder.with_decimals(other.marks)
    unused = Unused(read_by, pieces=frame.streamed)
    return read_by, unused, encode_rows(frame, read_by, unused, signs=signs, cache=cache)


def encode_rows(
    frame: Frame, encoder: Encoder, unused: Unused | None, *, signs: bool, cache: Path | None
) -> EncodedRows:
    """Encode all rows of a frame, piece by piece where it is not in memory.

    Args:
        unused: of new rows, where what cannot be used is counted.
        signs: whether numbers whose percent signs are not as the run's are refused.
    """
    import torch

    if not frame.streamed:
        encoded = _encoded(frame.sample(), encoder, unused, signs)
        return EncodedRows(torch.from_numpy(encoded.rows), torch.from_numpy(encoded.terms))
    folder = cache_folder(cache)
    rows, terms = (MappedRows(folder, (frame.height, width)) for width in (len(encoder.names), encoder.lanes))
    start = 0
    for piece in frame.pieces():
        encoded = _encoded(piece, encoder, unused, signs)
        for mapped, values in ((rows, encoded.rows), (terms, encoded.terms)):
            mapped.values[start : start + piece.height] = values
            mapped.let_go()
        start += piece.height
    return EncodedRows(torch.from_numpy(rows.values), torch.from_numpy(terms.values), [rows, terms])


def _encoded(piece: pl.DataFrame, encoder: Encoder, unused: Unused | None, signs: bool) -> Encoded:
    types = types_of(piece)
    if signs:
        refuse_other_signs(piece, encoder.ways, types)
    if unused is None:
        return encoder.read_all(piece)
    encoded = encoder.read(piece, types)
    if not unused.pieces:
        refuse_other_order(piece, encoder)
    unused.add(piece, encoded)
    return encoded

"""Tables: CSV, TSV, Parquet, frames of any library. One or several columns are the target; the others teach."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from goodfit.data.one_hot import one_hot
from goodfit.data.source import Claim, Strength
from goodfit.data.tables.any_frame import is_frame
from goodfit.data.tables.asked_classes import as_asked
from goodfit.data.tables.column_options import WAYS_TO_READ, listed_columns, refuse_contradictions, settings_of
from goodfit.data.tables.column_types import DISTINCT_SHARE_OF_TEXT, ColumnType, infer_type
from goodfit.data.tables.conventions import convention
from goodfit.data.tables.decoding import unpacked_name
from goodfit.data.tables.encoded_rows import EncodedRows, encode_new_rows, encode_rows
from goodfit.data.tables.encoder import Encoder
from goodfit.data.tables.files_named import files_doubts
from goodfit.data.tables.further_parts import as_the_first_table, training_rows
from goodfit.data.tables.header import column_name
from goodfit.data.tables.identifier import identifier, is_distinct
from goodfit.data.tables.known_encoders import encoder_of
from goodfit.data.tables.label_targets import TASK, label_form
from goodfit.data.tables.mixed_signs import currency_of, other_currencies
from goodfit.data.tables.new_targets import KEPT, read_known_targets, read_new_targets, settings_of_form
from goodfit.data.tables.numbers import is_nested
from goodfit.data.tables.other_ways import as_written
from goodfit.data.tables.rating_hint import ratings_hint
from goodfit.data.tables.reading import TEXT_ENDINGS, Dialect, TableParts, is_table, read_parts
from goodfit.data.tables.remarks import COLUMNS_NAMED, doubts_of, type_notes
from goodfit.data.tables.rows_of_one import rows_of_one_doubt
from goodfit.data.tables.table_source import TableSource
from goodfit.data.tables.targets import LABELS, NUMBER, target_form
from goodfit.data.tables.text_column import TextColumn
from goodfit.data.tables.unclear_marks import unclear_marks
from goodfit.data.tables.unlike_training import parts_unlike
from goodfit.data.tables.words import texts
from goodfit.data.terms import Terms
from goodfit.errors import UsageError
from goodfit.formatting import some_of
from goodfit.options import Option
from goodfit.table_options import DIALECT, GROUP, TARGET, TIME, parse_decimal

if TYPE_CHECKING:  # imported where they are used: `goodfit fit --help` lists the options of every source
    import polars as pl
    from torch import Tensor

SETTINGS = ("target", *KEPT, "id", "missing", "sheet", "signs", "currencies")
NO_TYPE = ColumnType("left out", "")
ROWS_READ_TOGETHER = 2_000  # where they stay on disk


class Table(TableSource):
    """A source of rows of a table; see `table`."""

    kind = "table"
    arch = "tabm"
    options: ClassVar[tuple[Option, ...]] = (
        TARGET,
        GROUP,
        TIME,
        Option("categorical", str, "Columns to read as categories, separated by commas.", "Tables", several=True),
        Option("numeric", str, "Columns to read as numbers, separated by commas.", "Tables", several=True),
        Option("text", str, "Columns to read as free text, separated by commas.", "Tables", several=True),
        Option("ignore", str, "Columns to leave out, separated by commas.", "Tables", several=True),
        Option("missing", str, "Cells that are no values, separated by commas, such as -999.", "Tables", several=True),
        *DIALECT,
    )

    def __init__(self, table: TableParts, settings: Mapping[str, Any], *, in_memory: bool) -> None:
        super().__init__(table, settings)
        self._in_memory = in_memory  # whether a frame was given, not a path
        self._types: dict[str, ColumnType] = {}
        self._encoder: Encoder | None = None
        self._cache: Path | None = None
        self._rows: EncodedRows | None = None
        self._task_asked: str | None = None

    @property
    def task(self) -> str | None:
        return TASK if self._settings.get("labels") else None

    @property
    def why_task(self) -> str:
        return str((self._settings.get("labels") or {}).get("why") or super().why_task)

    def task_options(self) -> dict[str, Any]:
        """Labels that are columns, in their order: also those of no row."""
        of_columns = (self._settings.get("labels") or {}).get("of") == "columns"
        return {"labels": self._settings["target"]} if of_columns else {}

    def expect_task(self, task: str | None) -> None:
        self._task_asked = task

    @classmethod
    def claims(cls, path: Path, given: Mapping[str, Any]) -> Claim | None:
        """Parquet, and delimited text, which may also be a list of images or ratings."""
        if not is_table(path):
            return None
        if "target" in given:
            return Claim(Strength.OPTION, "--target is given")
        if path.is_dir():
            return Claim(Strength.CONTENT, "there are Parquet files in it")
        ending = unpacked_name(path).suffix.lower()
        if ending not in TEXT_ENDINGS:
            return Claim(Strength.ENDING, f"its name ends in {ending}")
        return Claim(Strength.GENERIC, "it is a delimited text file")

    @classmethod
    def claims_object(cls, data: Any, given: Mapping[str, Any]) -> Claim | None:
        """A frame of any library."""
        return Claim(Strength.ENDING, "it is a frame") if is_frame(data) else None

    @property
    def block(self) -> int | None:
        return ROWS_READ_TOGETHER if self._frame.streamed else None

    @property
    def encoder(self) -> Encoder:
        assert self._encoder is not None, "learn() comes first"
        return self._encoder

    def prepare(
        self,
        schema: Mapping[str, Any] | None = None,
        *,
        accelerator: bool = False,
        cache: Path | None = None,
        progress: Callable[[int, int], None] | None = None,
    ) -> None:
        """Infer the types of the columns; or read the rows as a run's schema says.

        Raises:
            DataError: a column that is asked for is not there, no target.
        """
        self._cache = cache
        if schema is not None:
            mark, order = self._settings["decimal"], self._settings["date_order"]  # of the new data, where given
            self._settings = dict(schema["settings"])
            self._encoder = encoder_of(schema["encoder"])
            if (only := self._encoder.only_text) is not None:
                self._name_only_column(only)
            self._read_as(self._encoder.sources, self._settings["target"])
            encoder = as_written(self._encoder, self._frame, decimal=mark, date_order=order)
            new = encode_new_rows(
                self._frame, encoder, settled=mark is not None, signs=self._signs, cache=cache, percents=self._percents
            )
            self._keep(new.encoded)
            self.notes += new.notes
            if all(name in self._frame.columns for name in self._settings["target"]):
                self._without_refusal(lambda: self._read_new_targets(mark, new.of_all))
            self.notes += [] if mark is not None else unclear_marks(self._frame.sample(), new.encoder)
            if known := self._settings.get("currencies"):
                self.notes += other_currencies(self._frame.sample(), known)
            self._named_by(self._settings.get("id") if self._labels and self._identifiers() is not None else None)
            return
        target = self._settings["target"]
        if not target:
            columns = some_of(self._frame.columns, COLUMNS_NAMED)
            if self._in_memory:
                raise UsageError(
                    "no target is given for this frame",
                    fix=f'Name the column to predict: goodfit.table(frame, target="..."); the columns are {columns}',
                )
            hint = ratings_hint(self._frame.columns)
            raise UsageError(
                "--target is not given: it names the column to predict", fix=f"The columns are {columns}{hint}"
            )
        for option in ("target", *WAYS_TO_READ):
            for name in self._settings[option]:
                self._refuse_absent(name, option)
        refuse_contradictions(self._settings)
        seen = self._frame.sample()
        columns_of_targets = [self._frame.column(name) for name in target]
        first = training_rows(self.parts)
        of_training = columns_of_targets if first is None else [column.filter(first) for column in columns_of_targets]
        labels = label_form(of_training, self._task_asked)
        words = {*self._settings["ignore"], *self._settings["categorical"], self._settings["group"]}
        words |= set() if labels is None else set(target)
        marks = convention(
            seen[[name for name in seen.columns if name not in words]],  # select() takes ^a.*$ for a pattern
            separator=None if self._delimited is None else self._delimited.separator,
            decimal=self._settings["decimal"],
        )
        form = labels or target_form(columns_of_targets, {name: marks.of(name) for name in target})
        form = as_asked(columns_of_targets, form, self._task_asked)
        self.targets, notes_on_targets = read_known_targets(columns_of_targets, form)
        self._settings |= {**settings_of_form(form), "signs": True}  # whether forms say where percent signs are
        self._read_groups_and_times()
        left_out = {*target, self._settings["group"]}
        options = {key: self._settings[key] for key in (*WAYS_TO_READ, "date_order")}

        def type_of(column: pl.Series) -> ColumnType:
            return infer_type(column, decimal=marks.of(column.name), **options)

        self._types = {name: type_of(seen[name]) for name in self._frame.columns if name not in left_out}
        if (respelt := as_the_first_table(self._whole_frame, seen, self._types, self.parts, type_of)) is not None:
            self._whole_frame = respelt[0]
            self._leave_gaps()
            seen = self._frame.sample()
            self._types |= {name: type_of(seen[name]) for name in respelt[0].words}
            self.notes += respelt[1]
        measured = [name for name in seen.columns if name in target or self._types.get(name, NO_TYPE).name == "number"]
        signs = {name: currency_of(seen[name]) for name in measured}
        self._settings["currencies"] = {name: sign for name, sign in signs.items() if sign is not None}
        self._settings["id"] = identifier({name: seen[name] for name in self._types}, self._types)
        self._named_by(self._settings["id"])
        self.notes += [] if marks.note is None else [marks.note]
        self.notes += [*form.notes, *notes_on_targets]
        self.doubts += [*marks.doubts, *form.doubts]
        if len(target) > 1 and form.name != LABELS and (what := one_hot(np.asarray(self.targets))) is not None:
            self.doubts.append((what, "Give one column of classes: in pandas frame[targets].idxmax(axis=1)"))
        self.doubts += files_doubts(seen, self._types)
        whole = not self._frame.streamed
        self.doubts += doubts_of(self._types, seen, form, self._settings["target"], whole=whole)
        if whole and len(target) == 1 and self._settings["group"] is None and self._settings["time"] is None:
            self.doubts += [each for each in (rows_of_one_doubt(seen, self._types, target[0]),) if each is not None]
        self.notes += type_notes(self._types, seen)

    @property
    def _signs(self) -> bool:
        """Whether the forms of a run say where percent signs are."""
        return bool(self._settings.get("signs"))

    def _read_new_targets(self, mark: str | None, of_all: str | None) -> None:
        """The targets of new rows, in the form of the run's.

        Args:
            mark: the decimal mark, as the user says.
            of_all: that of all other columns, where it is another than the run's.
        """
        columns = [self._frame.column(name) for name in self._settings["target"]]
        self.targets, notes = read_new_targets(columns, self._settings, mark, of_all)
        self.notes += notes

    def learn(self, rows: Tensor) -> None:
        """Means, deviations and levels, from these training rows alone."""
        seen = self._frame.sample(rows.numpy())
        self._encoder = Encoder.learn(seen, self._types, np.arange(seen.height))
        self.doubts += self._texts_without_use(self._encoder)
        self._keep(encode_rows(self._frame, self._encoder, None, signs=False, cache=self._cache))
        self.doubts += parts_unlike(self._frame, self.parts, self._encoder)

    def _texts_without_use(self, encoder: Encoder) -> list[tuple[str, str]]:
        used = {text.source for text in encoder.texts}
        without = [name for name, kind in self._types.items() if kind.name == "text" and name not in used]
        what = "of the training rows no two have a word of the column '{}' in common: nothing is learnt from it"
        return [(what.format(name), f"Leave it out with --ignore {name}, or say what it is") for name in without]

    def net_options(self) -> dict[str, Any]:
        """What an architecture has to know: how many codes each category has, how many numbers are places of texts."""
        places = 0 if self.terms is None else self.terms.places
        return {"cardinalities": self.encoder.cardinalities, **({"plain": places} if places else {})}

    @property
    def terms(self) -> Terms | None:
        known = self.encoder.texts
        if not known:
            return None
        places = sum(len(text.names) for text in known)
        return Terms(sum(len(text.terms) for text in known), self.encoder.lanes, places)

    def read_wide(self, rows: Tensor) -> Tensor:
        assert self._rows is not None, "learn() comes first"
        return self._rows.wide(rows)

    @property
    def category_codes(self) -> tuple[int, ...]:
        return tuple(self.encoder.cardinalities)

    def schema(self) -> dict[str, Any]:
        """How new rows are read in the same way."""
        return {
            "kind": self.kind,
            "settings": {name: self._settings.get(name) for name in SETTINGS},
            "encoder": self.encoder.to_json(),
        }

    def names(self) -> Sequence[str]:
        """The column that tells rows apart, where there is one and its values do in these rows; or a frame's index."""
        column = self._identifiers()
        return super().names() if column is None else TextColumn(column)

    def _identifiers(self) -> pl.Series | None:
        name = self._settings.get("id")
        column = texts(self._frame.column(name), verbatim=True) if name in self._frame.columns else None
        return column if column is not None and is_distinct(column) else None

    def _column_types(self) -> Mapping[str, ColumnType]:
        decimals, forms = self._settings["decimals"], self._settings.get("forms", {})
        number = self._settings["form"] == NUMBER
        of_target = {
            name: ColumnType("number" if number else "category", "the target", forms.get(name), decimals.get(name, "."))
            for name in self._settings["target"]
        }
        return {**of_target, **self._types}

    @property
    def has_texts(self) -> bool:
        return bool(self.encoder.texts)

    @property
    def cross_fits(self) -> bool:
        return True

    @cached_property  # of a table on disk, a look reads all files
    def repeats(self) -> bool:
        """Whether every column repeats its values, so that rows are equal by nature."""
        seen = self._frame.sample()
        return not any(
            is_nested(column.dtype) or column.n_unique() > DISTINCT_SHARE_OF_TEXT * len(column)
            for column in seen.iter_columns()
        )

    def columns(self) -> Mapping[str, np.ndarray]:
        if self._frame.streamed:
            return {}  # column by column, a file larger than memory would be read as often
        of_texts = {name for text in self.encoder.texts for name in text.names}  # a text may well say what it is
        values = zip(self.encoder.names, self.whole().numpy().T, strict=True)
        return {name: column for name, column in values if name not in of_texts}

    def let_go(self) -> None:
        if self._rows is not None:
            self._rows.let_go()

    def release(self) -> None:
        super().release()
        self._rows = None

    def _keep(self, encoded: EncodedRows) -> None:
        self._rows, self._x = encoded, encoded.x


def table(
    data: Any,
    target: str | Sequence[str] | None = None,
    *,
    valid: Any = None,
    test: Any = None,
    categorical: Sequence[str] | str = (),
    numeric: Sequence[str] | str = (),
    text: Sequence[str] | str = (),
    ignore: Sequence[str] | str = (),
    missing: Sequence[str] | str = (),
    group: str | None = None,
    time: str | None = None,
    stream: bool | None = None,
    header: bool | None = None,
    separator: str | None = None,
    decimal: str | None = None,
    date_order: str | None = None,
    encoding: str | None = None,
    fill_gaps: bool | None = None,
    sheet: str | None = None,
) -> Table:
    """Rows of a table.

    Args:
        data: a path of CSV, TSV, Parquet (a file, or a folder of Parquet files), Arrow, JSON lines or Excel, or a frame
            (pandas, polars, ...).
        target: the column to predict: y of shape (N,), as a Series of pandas. A list of columns gives y of shape
            (N, K), as a DataFrame. None for data to predict.
        valid, test: further tables, whose rows are the validation or test part.
        categorical, numeric, text, ignore: columns to be read so; the types of the others are inferred from their
            values.
        missing: cells that are no values, such as -999, besides empty ones.
        group: rows with the same value of this column stay in one part; it is not learnt from.
        time: split by time: validation and test rows are later than training rows by this column.
        stream: leave the rows of Parquet and of delimited text on disk, where the text can be read block by block;
            chosen by their size when None.
        header: of delimited text: whether the first line names the columns; decided from all lines when None.
        separator, encoding: of delimited text; detected when None.
        decimal: the decimal mark of numbers, "." or ","; decided from all columns when None.
        date_order: day or month: what 03/04/2024 begins with; decided from all dates of a column when None.
        fill_gaps: read lines with too few cells as rows with gaps, instead of refusing the file.
        sheet: of a workbook; the only one with rows when None.

    Raises:
        DataError: nothing that can be read there; duplicate or missing columns.
    """
    dialect = Dialect(header, separator, encoding, bool(fill_gaps), sheet)
    to_predict = not listed_columns(target)
    whole = read_parts(data, valid=valid, test=test, stream=stream, dialect=dialect, to_predict=to_predict)
    settings = settings_of(
        whole.frame.columns,
        target=target, categorical=categorical, numeric=numeric, text=text, ignore=ignore, missing=missing,
        group=None if group is None else column_name(group),
        time=None if time is None else column_name(time),
        decimal=None if decimal is None else parse_decimal(decimal),
        date_order=date_order,
        sheet=sheet,
    )  # fmt: skip
    return Table(whole, settings, in_memory=not isinstance(data, (str, os.PathLike)))

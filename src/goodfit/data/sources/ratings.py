"""Ratings: who rated what how, one line each, from any table."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from goodfit.data.columns import Numbers
from goodfit.data.fallbacks import Fallbacks
from goodfit.data.source import Claim, Strength
from goodfit.data.tables.any_frame import is_frame
from goodfit.data.tables.column_types import ColumnType
from goodfit.data.tables.conventions import convention
from goodfit.data.tables.encoder_columns import Way
from goodfit.data.tables.far_values import unrated
from goodfit.data.tables.features import Described, Features
from goodfit.data.tables.frames import TableInMemory
from goodfit.data.tables.header import column_name
from goodfit.data.tables.known_names import codes_of, respelt
from goodfit.data.tables.numbers import is_nested
from goodfit.data.tables.other_ways import other_marks
from goodfit.data.tables.present_cells import without_missing
from goodfit.data.tables.rating_form import number_parts, rating_form, rating_values, words_of
from goodfit.data.tables.rating_hint import baskets_doubt, columns_in_words, refuse_a_matrix, refuse_one_column_twice
from goodfit.data.tables.reading import Dialect, TableParts, is_table, read_parts
from goodfit.data.tables.spelt_alike import names_alike_doubt
from goodfit.data.tables.table_source import TableSource
from goodfit.data.tables.text_column import TextColumn
from goodfit.data.tables.words import merges, texts
from goodfit.errors import DataError, UsageError
from goodfit.formatting import counted
from goodfit.options import Option
from goodfit.stats.held_out import HeldOut
from goodfit.table_options import DIALECT, GROUP, TARGET, TIME, parse_decimal

if TYPE_CHECKING:  # imported where they are used: `goodfit fit --help` lists the options of every source
    import polars as pl
    from torch import Tensor


SETTINGS = ("user", "item", "target", "group", "time", "decimal", "form", "verbatim", "sheet")  # kept by a run
RATINGS_OF_WHOLE_HISTORIES = 1_000_000  # of more a step would read most of them (docs/scale.md)
HISTORY_AT_MOST = 64  # items that speak for a user then
NAMES_OF_RATINGS = ("rating", "ratings", "stars", "score")


class Ratings(TableSource):
    """A source of ratings; see `ratings`."""

    kind = "ratings"
    noun = "rating"
    use = ("Recommend items to each user", "recommend {run} -o recommendations.csv")
    repeats = True  # a user may rate an item twice
    options = (
        Option("user", str, "The column of users.", "Ratings"),
        Option("item", str, "The column of items.", "Ratings"),
        Option("user_features", Path, "A table with one row a user, of what else is known about them.", "Ratings"),
        Option("item_features", Path, "A table with one row an item, of what else is known about them.", "Ratings"),
        TARGET,
        GROUP,
        TIME,
        *DIALECT,
    )

    def __init__(
        self, table: TableParts, settings: Mapping[str, Any], features: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(table, settings)
        self.known: dict[str, list[str]] = {}  # users and items in the order of their codes from 1 on
        self.counts_in_training: dict[str, int] = {}  # how many of them are in training rows: these come first
        self._training_rows = 0
        self._held: tuple[Tensor, Tensor] | None = None  # pairs (K, 2) of held-out rows, and their HeldOut parts (K,)
        self._strangers: dict[str, list[int]] = {}  # users of held-out rows alone, and the codes of their items
        self._given = features or {}  # tables of features, as they came
        self._features: dict[str, Features] = {}
        self._described: dict[str, Described] = {}

    @classmethod
    def claims(cls, path: Path, given: Mapping[str, Any]) -> Claim | None:
        """A table whose users or items are named."""
        return _named(given) if is_table(path) else None

    @classmethod
    def claims_object(cls, data: Any, given: Mapping[str, Any]) -> Claim | None:
        """A frame whose users or items are named."""
        return _named(given) if is_frame(data) else None

    def key_columns(self) -> Mapping[str, Sequence[Any]]:
        """Users and items, under the names of the data; whole numbers stay such."""
        columns = [self._frame.column(self._settings[name]) for name in ("user", "item")]
        return {each.name: TextColumn(each if each.dtype.is_integer() else self._names(each.name)) for each in columns}

    @property
    def arch(self) -> str | None:
        return "factors" if self._settings["target"] is not None else "ranker"

    @property
    def task(self) -> str | None:
        return "rating" if self._settings["target"] is not None else "ranking"

    def prepare(
        self,
        schema: Mapping[str, Any] | None = None,
        *,
        accelerator: bool = False,
        cache: Path | None = None,
        progress: Callable[[int, int], None] | None = None,
    ) -> None:
        """Check the columns; with a run's schema, read users and items as it says.

        Raises:
            UsageError: a column that is asked for is not there.
            DataError: a rating that is not a number.
        """
        import polars as pl

        if schema is not None:
            mark = self._settings["decimal"]  # of the new data, where it is given
            self._settings = {"decimal": ".", "verbatim": [], "form": None, **schema["settings"]}
            self._read_as([name for name in (self._settings["user"], self._settings["item"]) if name is not None])
            self.known = {"user": schema["users"], "item": schema["items"]}
            counts = {name: len(names) for name, names in self.known.items()}
            self._strangers = schema.get("held_out_users", {})
            self.counts_in_training = dict(schema.get("taught", counts))  # runs without features did not say
        target = self._settings["target"]
        for option in ("user", "item"):
            if self._settings[option] is None:
                raise UsageError(
                    f"--{option} is not given: it names the column of {option}s",
                    fix=columns_in_words(self._frame.columns),
                )
            if option == "item":
                refuse_a_matrix(self._settings[option], self._frame.columns)
            self._refuse_absent(self._settings[option], option)
            if is_nested(self._frame.column(self._settings[option]).dtype):
                raise DataError(f"--{option} {self._settings[option]}: lists or bytes", fix="Give a column of names")
        refuse_one_column_twice(self._settings, self._frame.columns)
        if schema is None:
            if target is not None:
                self._refuse_absent(target, "target")
            self._read_groups_and_times()
        if target is None:
            self.targets = np.zeros(len(self))
            if schema is None:
                named = next((name for name in self._frame.columns if name.lower() in NAMES_OF_RATINGS), None)
                unused = f"; the column '{named}' is not used: --target {named} predicts it" if named else ""
                self.notes.append(("feedback", "choices", f"no --target: each row is an item that a user took{unused}"))
        elif target in self._frame.columns:
            if schema is None:
                self._choose_decimal(target)
                self._choose_form(target)
                self.targets = self._read_ratings(target)
                doubt = unrated(target, self.targets.values)
                self.doubts += [] if doubt is None else [doubt]
            else:
                self._without_refusal(lambda: self._read_new_ratings(target, mark))
        if schema is not None:
            self._encode(respell=True)
            self._note_unknown()
            return
        users_and_items = [self._frame.column(self._settings[name]) for name in ("user", "item")]
        self._settings["verbatim"] = [column.name for column in users_and_items if merges(column)]
        for column in users_and_items:
            if empty := self._names(column.name).null_count():
                why = "rows without a name are learnt as of an unknown one"
                self.notes.append(("missing", f"{column.name}: {counted(empty, 'cell')}", why))
        for column, noun in zip(users_and_items, ("a user", "an item"), strict=True):
            alike = names_alike_doubt(self._names(column.name), noun)
            self.doubts += [] if alike is None else [alike]
        user, item = users_and_items
        baskets = baskets_doubt(self._names(item.name)) if target is None else None
        self.doubts += [] if baskets is None else [baskets]
        users, items = (self._names(column.name).n_unique() for column in (user, item))
        summary = f"{counted(users, 'user')} in '{user.name}', {counted(items, 'item')} in '{item.name}'"
        self.notes.append(("ratings", f"{len(self):,}", summary))
        if self._many:
            again = 0
        else:
            pairs = {name: self._names(self._settings[name]) for name in ("user", "item")}
            again = len(self) - pl.DataFrame(list(pairs.values())).n_unique()
        if again:
            why = "of a user and an item that have a row already: all of them are learnt from"
            scored = ", and one of a pair is scored" if target is None else ""
            self.notes.append(("again", counted(again, "rating" if target is not None else "choice"), why + scored))
        if self._many:
            why = "of more, an even sample speaks for the user: a step reads all of them"
            self.notes.append(("history", f"{HISTORY_AT_MOST} items a user", why))
        for name, place in self._given.items():
            self._features[name] = Features(place, self._settings[name], f"--{name}-features")
            self.notes.append(self._features[name].note)
            self.doubts += self._features[name].doubts

    @property
    def _many(self) -> bool:
        """Whether the steps of a fit would read more items that users rated than is worth it."""
        return self._settings["target"] is not None and len(self) > RATINGS_OF_WHOLE_HISTORIES

    def learn(self, rows: Tensor) -> None:
        """The users and items of the training rows, then those known by their features alone; others stay unknown."""
        self._training_rows = len(rows)
        for name in ("user", "item"):  # a column at a time: copies of all take 90 bytes a row
            of_rows = self._names(self._settings[name]).gather(rows.numpy())
            names = of_rows.drop_nulls().unique(maintain_order=True).to_list()
            self.counts_in_training[name] = len(names)
            if (features := self._features.get(name)) is not None:
                features.learn(names)
                known = set(names)
                names += [other for other in features.names if other not in known]
                self._described[name] = features.describe(names)
            self.known[name] = names
        self._encode()

    def hold_out(self, valid: Tensor, test: Tensor) -> None:
        """Note the items of held-out rows: they are not recommended back, and do not stand in each other's way."""
        import torch

        rows = torch.cat([test, valid])
        parts = torch.tensor([HeldOut.TEST] * len(test) + [HeldOut.VALID] * len(valid), dtype=torch.int8)
        pairs = self.read(rows).long()
        known = (pairs > 0).all(dim=1)
        self._held = pairs[known], parts[known]
        strange = (pairs[:, 0] == 0) & (pairs[:, 1] > 0)
        users = texts(self._frame.sample(rows[strange].numpy())[self._settings["user"]]).to_list()
        for user, item in zip(users, pairs[strange, 1].tolist(), strict=True):
            if user is not None:
                self._strangers.setdefault(user, []).append(item)

    def net_options(self) -> dict[str, Any]:
        sizes = {f"{name}_features": list(described.sizes) for name, described in self._described.items()}
        users, items = (len(self.known[name]) + 1 for name in ("user", "item"))
        held = {"held": len(self._held[1])} if self._held is not None else {}
        capped = {"history_at_most": HISTORY_AT_MOST} if self._many else {}
        return {"users": users, "items": items, "ratings": self._training_rows, **capped, **held, **sizes}

    def columns_as_read(self, columns: int, rows: int) -> Iterator[tuple[pl.Series, ColumnType]]:
        mark, form = self._settings["decimal"] or ".", self._settings["form"]
        for column, kind in super().columns_as_read(columns, rows):
            yield (rating_values(column, mark, form) if column.name == self._settings["target"] else column), kind

    def _column_types(self) -> Mapping[str, ColumnType]:
        user, item, target = (self._settings[name] for name in ("user", "item", "target"))
        mark = self._settings["decimal"] or "."
        rated = {} if target is None else {target: ColumnType("number", "the target", None, mark)}
        return {**rated, user: ColumnType("category", "users"), item: ColumnType("category", "items")}

    @property
    def category_codes(self) -> tuple[int, ...]:
        """Of users and of items."""
        users, items = (len(self.known[name]) + 1 for name in ("user", "item"))
        return users, items

    def fixed(self) -> Mapping[str, Any]:
        """What the features say of each code, and the pairs of held-out rows."""
        held = {"held": self._held} if self._held is not None else {}
        return {**held, **{f"{name}_features": described for name, described in self._described.items()}}

    def schema(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "settings": {name: self._settings.get(name) for name in SETTINGS},
            "users": self.known["user"],
            "items": self.known["item"],
            "taught": self.counts_in_training,
            "held_out_users": self._strangers,
        }

    def remarks(self) -> Mapping[str, Sequence[str | None]]:
        """fallback: what speaks where a user or an item was not in training."""
        return {"fallback": Fallbacks(self.whole(), self.counts_in_training)}

    def _read_new_ratings(self, target: str, mark: str | None) -> None:
        """As the run reads them, or with the decimal mark that is given."""
        if mark is not None:
            self._settings["decimal"] = mark
        else:
            cells = TableInMemory(number_parts(self._frame.column(target)).to_frame())
            other = other_marks(cells, [Way(target, self._settings["decimal"] or ".", None)])
            self._settings["decimal"] = other.marks.get(target, self._settings["decimal"])
            self.notes += other.notes
        self.targets = self._read_ratings(target)

    def _choose_decimal(self, target: str) -> None:
        """The decimal mark of the ratings, as the user says or as they show."""
        marks = convention(
            number_parts(self._frame.sample()[target]).to_frame(),
            separator=None if self._delimited is None else self._delimited.separator,
            decimal=self._settings["decimal"],
        )
        self._settings["decimal"] = marks.of(target)
        self.notes += [] if marks.note is None else [marks.note]
        self.doubts += marks.doubts

    def _choose_form(self, target: str) -> None:
        """How the ratings are written: 3 stars, 4/5."""
        cells = without_missing(self._frame.sample()[target])
        form = rating_form(cells, self._settings["decimal"] or ".")
        self._settings["form"] = form
        if form is not None:
            self.notes.append(("target", target, words_of(form, str(cells[0]))))

    def _read_ratings(self, name: str) -> Numbers:
        column, mark, form = self._frame.column(name), self._settings["decimal"] or ".", self._settings["form"]
        values = rating_values(column, mark, form)
        present = without_missing(column.filter(values.is_null()))
        if len(present):
            fix = "Give numbers, such as 1 and 0 for yes and no; without --target each row is an item that a user took"
            raise DataError(f"'{str(present[0])[:40]}' is not a rating", where=f"column '{name}'", fix=fix)
        if values.null_count():
            why = "empty, or NA and others: these rows are left out"
            self.notes.append(("missing", f"{name}: {counted(values.null_count(), 'cell')}", why))
        return Numbers(values.fill_null(float("nan")).to_numpy())

    def _names(self, column: str) -> pl.Series:
        """Users or items of all rows, as one text for one name."""
        return texts(self._frame.column(column), verbatim=column in self._settings["verbatim"])

    def _note_unknown(self) -> None:
        """How many of the new rows have a user or an item that the run does not know."""
        for at, name in enumerate(("user", "item")):
            codes = self.whole()[:, at]
            unknown = int((codes == 0).sum())
            if unknown:
                column = self._settings[name]
                row = int((codes == 0).nonzero()[0, 0])
                why = f"'{str(self._frame.column(column)[row])[:40]}' was not in training"
                self.notes.append(("not used", f"{column}: {unknown:,} of {len(self):,}", why))

    def _encode(self, *, respell: bool = False) -> None:
        """The codes of users and items.

        Args:
            respell: these are new rows, and names in another spelling are those that the run knows.
        """
        import torch

        x = np.empty((len(self), len(self.known)), dtype=np.float32)
        for at, (name, known) in enumerate(self.known.items()):
            column = self._names(self._settings[name])
            if respell:
                column, notes = respelt(column, known)
                self.notes += notes
            x[:, at] = codes_of(column, known)
        self._x = torch.from_numpy(x)


def ratings(
    data: Any,
    user: str | None = None,
    item: str | None = None,
    target: str | None = None,
    *,
    valid: Any = None,
    test: Any = None,
    group: str | None = None,
    time: str | None = None,
    user_features: Any = None,
    item_features: Any = None,
    header: bool | None = None,
    separator: str | None = None,
    decimal: str | None = None,
    date_order: str | None = None,
    encoding: str | None = None,
    fill_gaps: bool | None = None,
    sheet: str | None = None,
) -> Ratings:
    """Ratings of items by users, one a row.

    Args:
        data: a path of CSV, TSV or Parquet, or a frame (pandas, polars, ...).
        user, item, target: the columns of users, items and ratings; None for data to predict. Without a target, each
            row is an item that a user took, and items are ranked.
        valid, test: further tables, whose rows are the validation or test part.
        group: rows with the same value of this column (such as the user's) stay in one part.
        time: split by time: validation and test rows are later than training rows by this column.
        user_features, item_features: tables (paths or frames) with a row for each user or item, whose name stands in a
            column that is called as in `data`, or in the first; numbers, categories and dates in the others. Those
            that have no rating are then known by them.
        header, separator, decimal, date_order, encoding, fill_gaps: of delimited text, as of `goodfit.table`.
        sheet: of a workbook.

    Raises:
        DataError: nothing that can be read there.
    """
    dialect = Dialect(header, separator, encoding, bool(fill_gaps), sheet)
    whole = read_parts(data, valid=valid, test=test, stream=False, dialect=dialect)
    mark = None if decimal is None else parse_decimal(decimal)
    columns = {"user": user, "item": item, "target": target, "group": group, "time": time}
    settings = {option: None if name is None else column_name(name) for option, name in columns.items()}
    settings |= {"decimal": mark, "date_order": date_order, "form": None, "sheet": sheet}
    given = {"user": user_features, "item": item_features}
    return Ratings(whole, settings, {key: place for key, place in given.items() if place is not None})


def _named(given: Mapping[str, Any]) -> Claim | None:
    options = [f"--{name}" for name in ("user", "item") if name in given]
    return Claim(Strength.OPTION, f"{' and '.join(options)} given") if options else None

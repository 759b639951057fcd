"""What every source of data answers: the base class, with a default wherever most sources have the same answer.

A new source is one file in `sources/`. It holds a subclass of `Source`, and a function that is called like the file,
by which Python users open such data. Nothing here imports torch, NumPy or polars: `goodfit fit --help` lists the
options of every source.
"""

from __future__ import annotations

import sys
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from goodfit.errors import DataError, GoodfitError
from goodfit.options import Option

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from torch import Tensor

    from goodfit.data.shares import Shared
    from goodfit.data.tables.column_types import ColumnType
    from goodfit.data.tables.encoder import Encoder
    from goodfit.data.terms import Terms

ROWS_DIGESTED_AT_ONCE = 1_024
BLOCKS_SHUFFLED_TOGETHER = 64  # of an epoch's order, where rows lie in blocks


class Batch(NamedTuple):
    """A mini-batch: the first dimension of x and y is the batch, `rows` says which rows of the source these are.

    Where several processes train, these are the rows of one of them, and `shared` says of which batch.
    """

    x: Tensor
    y: Tensor
    rows: Tensor
    shared: Shared | None = None

    @property
    def size(self) -> int:
        """Rows of the batch, of all processes."""
        return len(self.rows) if self.shared is None else len(self.shared.rows)


UNREADABLE_SHARE_AT_MOST = 0.1  # of the rows: of more, something else is wrong


@dataclass(frozen=True)
class Unreadable:
    """A row that could not be read, and why, in a line: it is listed and counted, never dropped in silence."""

    row: int
    key: str
    reason: str


class Strength(IntEnum):
    """How sure a source is that data is its own. The strongest claim opens the data."""

    GENERIC = 1  # any folder, any delimited text: where no source knows better
    CONTENT = 2  # what was seen in the files
    ENDING = 3  # the ending of the file's name, or the type of an object in memory
    OPTION = 4  # an option that names what the data is, such as --masks
    OPTION_AND_CONTENT = 5  # an option, and files that fit it better than another reading


@dataclass(frozen=True)
class Claim:
    """A source would open this data.

    Attributes:
        strength: against the claims of other sources.
        why: in a few words, for the message where two claims are equal: "--masks is given".
    """

    strength: Strength
    why: str


@dataclass(frozen=True)
class PhotoNet:
    """A pretrained net that photos may be seen by.

    Attributes:
        side: px, of the photos that it was trained with.
        asked: the user named it: it is for these images, whatever they are.
    """

    side: int
    asked: bool


class Source(ABC):
    """Rows of data, read a whole mini-batch at a time.

    The calls come in this order: `claims`, `open`, `expect` (of a fit), `prepare`, `learn` (of a fit) and then reads in
    any order. After `prepare` a source reads nothing from outside; its `schema` is JSON and holds all that is needed to
    read new data in the same way.

    Args:
        name: of the data; names the run folder.
        keys: one a row, in input order: a path or a row number.
        targets: one a row, raw; None for data to predict, or for a row without one.
        parts: train, valid or test where the data came in parts, else None, one a row.
        groups: one a row; rows of one group stay in one part.
    """

    kind: ClassVar[str]  # "images": the name of the source's file and function, under which a schema is found again
    options: ClassVar[tuple[Option, ...]] = ()  # of the command line, and keywords of `open`
    noun: ClassVar[str] = "row"  # what messages call a row
    use: ClassVar[tuple[str, str]] = ("Use it on new data", "predict {run} NEW_DATA -o predictions.csv")  # a run
    reads_for: ClassVar[str] = ""  # sources with one such word read new data for each other's runs; "": for its own
    images: ClassVar[bool] = False  # whether the rows are images: (C, H, W) uint8, from files

    def __init__(
        self,
        name: str,
        keys: Sequence[str],
        *,
        targets: Sequence[Any] | np.ndarray | Tensor | None = None,
        parts: Sequence[str | None] | None = None,
        groups: Sequence[str] | None = None,
    ) -> None:
        from goodfit.data.columns import nothing

        self.name = name
        self.keys = keys
        self.targets = targets
        self.parts: Sequence[str | None] = nothing(len(keys)) if parts is None else parts
        self.groups = groups
        self.times: np.ndarray | None = None  # (N,) float64 where the split is by time
        self.unreadable: list[Unreadable] = []
        self.notes: list[tuple[str, str, str]] = []  # choices made: name, value, why
        self.label_list: Path | None = None  # a file that seems to hold the labels of rows without one
        self.annotations: str | None = None  # what lies beside rows without a label, and is none
        self.targets_refused: GoodfitError | None = None  # new targets, where they are needed
        self.doubts: list[tuple[str, str]] = []  # what was assumed without evidence, and how to settle it: warnings

    def __len__(self) -> int:
        return len(self.keys)

    @classmethod
    @abstractmethod
    def claims(cls, path: Path, given: Mapping[str, Any]) -> Claim | None:
        """Whether data at this path (a file or folder that exists) is of this source, and how sure that is.

        Args:
            given: the options of the user by name, those of other sources too.
        """

    @classmethod
    def claims_object(cls, data: Any, given: Mapping[str, Any]) -> Claim | None:
        """The same for what is no path: a frame, arrays."""
        return None

    @classmethod
    def open(cls, data: Any, *, valid: Any = None, test: Any = None, **options: Any) -> Source:
        """Open data that the source claims, with data of the validation and test parts where they lie apart."""
        return cls.function()(data, valid=valid, test=test, **options)

    @classmethod
    def function(cls) -> Callable[..., Source]:
        """The function of the source's file that Python users call: `goodfit.images`."""
        function: Callable[..., Source] = getattr(sys.modules[cls.__module__], cls.kind)
        return function

    def hint_of_labels(self) -> str | None:
        """Where labels may be that rows without one lack, and how to say so; None: nothing is known."""
        return None

    def names(self) -> Sequence[str]:
        """What files for people call the rows: the data's own identifiers where it has some, else the keys."""
        return self.keys

    def refuse_many_unreadable(self) -> None:
        """Stop a fit where too many rows cannot be read for it to be by chance.

        Raises:
            DataError: more than a tenth of them.
        """
        if len(self.unreadable) > UNREADABLE_SHARE_AT_MOST * len(self):
            first = self.unreadable[0]
            raise DataError(
                f"{len(self.unreadable)} of {len(self)} {self.noun}s cannot be read; the first: {first.reason}",
                where=first.key,
                fix="Remove the broken files, or fix the paths",
            )

    def key_columns(self) -> Mapping[str, Sequence[Any]]:
        """Columns of the data that stand first in predictions: people know the rows by them, such as user and item."""
        return {}

    @property
    def arch(self) -> str | None:
        """The architecture for rows of this kind; None: by their shape. A subclass may say it by `arch = "tabm"`."""
        return None

    @property
    def task(self) -> str | None:
        """The task of rows of this kind; None: by their targets."""
        return None

    @property
    def why_task(self) -> str:
        """Why it is that task, where the user names none."""
        return "from the targets"

    @property
    def cross_fits(self) -> bool:
        """Whether a fit on few rows uses all of them, each validated by a net that was not trained on it."""
        return False

    @property
    def repeats(self) -> bool:
        """Whether rows are equal by nature, so that equal ones in two parts mean nothing."""
        return False

    @property
    def block(self) -> int | None:
        """How many rows lie together on disk and are read together; None: any row is as near as another."""
        return None

    @property
    def streamed(self) -> bool:
        """Whether rows are made anew each time they are read, so that all of them are never there at once."""
        return False

    @property
    def decoded(self) -> int:
        """How many rows were decoded from files by this object so far."""
        return 0

    @property
    @abstractmethod
    def in_shape(self) -> tuple[int, ...]:
        """Shape of x without the batch dimension; after `prepare`, of tables after `learn`."""

    @abstractmethod
    def read(self, rows: Tensor) -> Tensor:
        """x of these rows (int64, on the CPU), as stored: first dimension len(rows)."""

    def read_each(self, batches: Sequence[Tensor]) -> Iterator[Tensor]:
        """The same of these batches in turn; where it takes long, those to come are read ahead."""
        return map(self.read, batches)

    @property
    def terms(self) -> Terms | None:
        """Words that stand behind the rows of `read_wide`; None where there are no texts."""
        return None

    def read_wide(self, rows: Tensor) -> Tensor:
        """The same with the terms of texts behind each row, for models that read them."""
        return self.read(rows)

    @abstractmethod
    def schema(self) -> dict[str, Any]:
        """JSON: how new data is read in the same way. Its "kind" is the source's."""

    def prepare(  # noqa: B027  # rows that are in memory are ready
        self,
        schema: Mapping[str, Any] | None = None,
        *,
        accelerator: bool = False,
        cache: Path | None = None,
        progress: Callable[[int, int], None] | None = None,
    ) -> None:
        """Get ready to read: with choices of its own, or as the schema of a run says."""

    def expect(self, photo_net: PhotoNet) -> None:  # noqa: B027  # only photos have a size that can be chosen
        """Note a pretrained net that is at hand: called before `prepare`, of a fit."""

    def expect_task(self, task: str | None) -> None:  # noqa: B027  # only tables have targets of several meanings
        """Note the task that the user names, None where the targets say it: called before `prepare`, of a fit."""

    def go_on_as(self, in_shape: Sequence[int], resize: str | None) -> None:  # noqa: B027  # only images are resized
        """Note how a fit that is gone on with sees its rows: called before `prepare`, in place of `expect`.

        Args:
            in_shape: of x, without the batch dimension.
            resize: as --resize takes it; None: as it is given, or usual.
        """

    def keep_order(self, block: int | None) -> None:  # noqa: B027  # only images have two
        """Note the `block` of a fit that is gone on with, so that its epochs keep their order: before `prepare`."""

    @property
    def resizes(self) -> tuple[str, ...]:
        """Values of --resize for these images: that in use, and further ones of which a fit may choose the best."""
        return ()

    def resized(
        self,
        resize: str,
        rows: Tensor | None = None,
        *,
        cache: Path | None = None,
        progress: Callable[[int, int], None] | None = None,
    ) -> Source:
        """These images in another of these ways: all, or of some rows alone what `read` and `digests` give."""
        raise NotImplementedError

    def learn(self, rows: Tensor) -> None:  # noqa: B027  # most rows are read as they are
        """Learn what training rows alone may teach: called with them once, after the split and before any read."""

    def hold_out(self, valid: Tensor, test: Tensor) -> None:  # noqa: B027  # most sources need not know
        """Note which rows are for validation and test: called once, after `learn`. They teach nothing."""

    def whole(self) -> Tensor:
        """x of all rows, without a copy where they lie together."""
        import torch

        return self.read(torch.arange(len(self)))

    def net_options(self) -> dict[str, Any]:
        """Options of the architecture that follow from the data, as JSON."""
        return {}

    @property
    def column_names(self) -> Sequence[str]:
        """Of a table, the target's too."""
        return ()

    def columns_as_read(self, columns: int, rows: int) -> Iterator[tuple[pl.Series, ColumnType]]:
        """Columns of a table with their types, the target first: so many at most, of rows spread evenly."""
        yield from ()

    @property
    def category_codes(self) -> tuple[int, ...]:
        """How many codes each category has; they stand behind the numbers of a row."""
        return ()

    def fixed(self) -> Mapping[str, Any]:
        """Tensors by name that a net of this data holds besides its parameters; given to its `measure`."""
        return {}

    def task_options(self) -> dict[str, Any]:
        """Options of the task besides the targets."""
        return {}

    @property
    def encoder(self) -> Encoder | None:
        """How the columns of a table became numbers, after `learn`; None for rows without columns."""
        return None

    def columns(self) -> Mapping[str, np.ndarray]:
        """(N,) values of each column of a table by name, after `learn`; none for rows without columns."""
        return {}

    def remarks(self) -> Mapping[str, Sequence[str | None]]:
        """Further columns of predictions: what is said of single rows, after `prepare` with a schema."""
        return {}

    def digests(self, *, inputs: bool = False) -> Sequence[str] | None:
        """Content digest of every row, after `prepare`; inputs: without targets, None where equal ones are no news."""
        if inputs and self.noun == "row":
            return None
        import hashlib

        import torch

        digests: list[str] = []
        for rows in torch.split(torch.arange(len(self)), ROWS_DIGESTED_AT_ONCE):
            x = self.read(rows).contiguous().view(len(rows), -1).numpy()
            digests += [hashlib.blake2b(row.tobytes(), digest_size=16).hexdigest() for row in x]
        return digests

    def thumbnail(self, row: int) -> np.ndarray | None:
        """(H, W, C) uint8 of a row that can be shown as an image."""
        return None

    def values(self, rows: Sequence[int]) -> list[dict[str, str]]:
        """What these rows hold as it was written, by column, for people: empty where the data are not a table."""
        return []

    def let_go(self) -> None:  # noqa: B027  # only what is mapped from disk can be read again
        """Give back the memory of rows that were read from disk; they can be read again."""

    def release(self) -> None:  # noqa: B027  # most hold nothing else
        """Give memory and mapped files back; the source is not read any more."""


class DenseSource(Source):
    """A source whose targets are images: a tensor (N, H, W) or (N, C, H, W) uint8 over the mapped cache."""

    noun = "image"
    images = True
    targets: Any  # Tensor | None

    @abstractmethod
    def paths(self) -> Sequence[Path]:
        """Where each image is, to be read at its own size."""

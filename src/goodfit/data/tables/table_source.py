"""What sources over a table have in common, whatever they make of its rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from goodfit.data.source import RowNumbers, Source
from goodfit.data.tables.frames import Frame
from goodfit.data.tables.times import read_times
from goodfit.errors import UsageError
from goodfit.options import Option

if TYPE_CHECKING:  # imported where it is used: `goodfit fit --help` lists the options of every source
    from torch import Tensor

TARGET = Option("target", str, "The column to predict; several, separated by commas, give one output each.", "Tables")
GROUP = Option("group", str, "Keep rows of one group in one part: a column, such as customer.", "Tables")
TIME = Option("time", str, "Split by time: a column; validation and test rows are later than training rows.", "Tables")


class TableSource(Source):
    """A source over the rows of a table; `_x`, the encoded rows, is for the subclass to set.

    Args:
        frame: the table.
        parts: the part that each row came in, None where it is to be chosen.
        settings: names of columns by the option that named them.
        name: names the run folder.
    """

    def __init__(self, frame: Frame, parts: list[str | None], settings: Mapping[str, Any], name: str) -> None:
        super().__init__(name, RowNumbers(frame.height), parts=parts)
        self._frame = frame
        self._settings = dict(settings)
        self._x: Tensor | None = None  # (N, D) float32

    @property
    def in_shape(self) -> tuple[int, ...]:
        return tuple(self.whole().shape[1:])

    def read(self, rows: Tensor) -> Tensor:
        """(n, D) float32 of these rows."""
        return self.whole().index_select(0, rows)

    def whole(self) -> Tensor:
        """(N, D) float32 of all rows."""
        assert self._x is not None, "learn() comes first"
        return self._x

    def digests(self) -> Sequence[str] | None:
        """Of all cells of a row, the target's too."""
        return [f"{value:016x}" for piece in self._frame.pieces() for value in piece.hash_rows(seed=0).to_list()]

    def release(self) -> None:
        """Let go of the table and the encoded rows."""
        self._frame.clear()
        self._x = None

    def _refuse_absent(self, name: str, option: str) -> None:
        if name not in self._frame.columns:
            raise UsageError(
                f"--{option.replace('_', '-')} {name}: there is no such column",
                fix=f"The columns are {', '.join(self._frame.columns)}",
            )

    def _read_groups_and_times(self) -> None:
        """From the columns that `group` and `time` name, where they do."""
        group, time = self._settings["group"], self._settings["time"]
        if group is not None:
            self._refuse_absent(group, "group")
            self.groups = [str(value) for value in self._frame.column(group).to_list()]
        if time is not None:
            self._refuse_absent(time, "time")
            self.times = read_times(self._frame.column(time))

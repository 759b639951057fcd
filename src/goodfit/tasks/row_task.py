"""A task whose net gives a few numbers a row: they are kept as they are, and the worst mistakes are shown."""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar

from torch import Tensor

from goodfit.tasks.example_rows import worst_rows
from goodfit.tasks.task import Task


class RowTask(Task):
    """One row in, one row out."""

    example_words: ClassVar[str] = "The rows with the highest loss. A wrong value among them is worth finding."

    @abstractmethod
    def mistakes(self, out: Tensor, y: Tensor) -> Tensor:
        """(N,) bool: rows worth showing as mistakes."""

    def criterion(self, out: Tensor, y: Tensor) -> float:
        """The mean loss of a row, a proper score: an accuracy on a few rows goes up and down by chance."""
        return float(self.trained_losses(out, y).double().mean())

    def example_rows(self, out: Tensor, y: Tensor) -> list[int]:
        return worst_rows(self.row_losses(out, y), self.mistakes(out, y))

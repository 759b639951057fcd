"""Columns that name files or addresses of images: a table does not look into them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from goodfit.data.images.label_cells import image_addresses, images_named, other_files_named
from goodfit.data.tables.column_types import ColumnType
from goodfit.errors import DataError

if TYPE_CHECKING:
    import polars as pl


def files_doubts(seen: pl.DataFrame, types: Mapping[str, ColumnType]) -> list[tuple[str, str]]:
    """What is to be said of such columns.

    Args:
        seen: rows of the table. types: of its columns.

    Raises:
        DataError: they are all that there is to learn from.
    """
    named = images_named(seen, [name for name, kind in types.items() if kind.name not in ("number", "date")])
    doubts = [] if named is None else [named]
    unused = [name for name, kind in types.items() if kind.name == "left out"]
    texts = [name for name, kind in types.items() if kind.name == "text"]
    if (address := image_addresses(seen, [*unused, *texts])) is not None:
        what = f"the column '{address[0]}' holds addresses of images ({address[1][:80]}), which are not fetched"
        fix = "To learn from the images, download them and give a list of their files: a CSV of path,label"
    elif (named := other_files_named(seen, [*unused, *texts])) is not None:
        what = f"the column '{named[0]}' names files ({named[1][:80]}), and a table does not look into them"
        fix = "To learn from texts, put the text itself into a column, or the files into a folder for each class"
    else:
        return doubts
    if len(unused) == len(types):
        raise DataError(what, fix=fix)
    return [*doubts, (what, fix)]

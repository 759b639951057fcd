"""Several rows of one patient, shop or machine that all have one target: some rows tell those of the others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from goodfit.data.tables.column_types import ColumnType
from goodfit.formatting import counted
from goodfit.lazy_pattern import lazy_pattern

if TYPE_CHECKING:
    import polars as pl

NAMES = lazy_pattern(
    r"(?i)(^|[_\W])(patient|subject|participant|speaker|donor|animal|person|student|customer)(s|[_\W]|$)"
)
GROUPS_AT_LEAST, ROWS_PER_GROUP = 10, 2  # on average, in a column that names groups
ROWS_THAT_AGREE = 30  # with an earlier one of their group: fewer may agree by chance
MAJORITY_AT_MOST = 0.9  # of the most frequent target, with which rows agree by chance


def rows_of_one_doubt(seen: pl.DataFrame, types: Mapping[str, ColumnType], target: str) -> tuple[str, str] | None:
    """What is to be said of a column each value of which has one target in all of its rows; None where none is such."""
    import polars as pl

    known = seen.filter(pl.col(target).is_not_null())
    targets = known.get_column(target)
    if targets.dtype.is_nested() or not len(targets) or targets.n_unique() < 2:
        return None
    if int(targets.value_counts().get_column("count").max()) > MAJORITY_AT_MOST * len(targets):  # type: ignore[arg-type]  # of numbers
        return None
    for name, kind in types.items():
        if name == target or not (kind.name == "category" or (kind.name == "number" and NAMES.search(name))):
            continue
        pairs = known.select(pl.col(name).alias("group"), pl.col(target).alias("target")).drop_nulls("group")
        groups = pairs.get_column("group").n_unique()
        if not GROUPS_AT_LEAST <= groups <= pairs.height / ROWS_PER_GROUP or pairs.height - groups < ROWS_THAT_AGREE:
            continue
        if pairs.unique().height == groups:
            what = f"all rows of one '{name}' have the same '{target}' ({counted(groups, 'value')} in "
            what += f"{pairs.height:,} rows): rows in the training part tell the targets of others in the test part"
            return what, f"Keep the rows of one together with --group {name}"
    return None

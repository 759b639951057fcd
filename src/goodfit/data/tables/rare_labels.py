"""Labels that nothing can be learnt of: those of hardly any row, and those of every row."""

from __future__ import annotations

from collections.abc import Mapping

from goodfit.data.tables.targets import NAMES_AT_LEAST, NAMES_SHARE, ROWS_OF_A_CLASS
from goodfit.errors import DataError
from goodfit.formatting import counted, listed

LABELS_NAMED = 4


def rare_labels_doubt(counts: Mapping[str, int], rows: int) -> tuple[str, str] | None:
    """What is to be said of labels in fewer than three rows, or in all or all but so few; None where there are none.

    Args:
        counts: label -> rows that have it.
        rows: all that are learnt from.
    """
    rare = [label for label, count in counts.items() if count < ROWS_OF_A_CLASS]
    usual = [label for label, count in counts.items() if rows - count < ROWS_OF_A_CLASS and label not in rare]
    parts = [_part(rare, counts, "in"), _part(usual, {label: rows - counts[label] for label in usual}, "absent from")]
    said = [part for part in parts if part]
    if not said:
        return None
    single = len(rare) + len(usual) == 1
    what = f"{'; '.join(said)}: hardly anything can be learnt of {'it' if single else 'them'}"
    return what, f"Leave {'it' if single else 'them'} out, or add rows that differ"


def _part(labels: list[str], counts: Mapping[str, int], where: str) -> str:
    """The label 'x' is in no row; the labels 'x' and 'y' are in 2 rows at most."""
    if not labels:
        return ""
    most = max(counts[label] for label in labels)
    rows = counted(most, "row") if most else "no row"
    if not most and where == "absent from":
        where, rows = "in", "every row"
    if len(labels) == 1:
        return f"the label '{labels[0]}' is {where} {rows}"
    shown = listed(f"'{label}'" for label in labels[:LABELS_NAMED])
    named = f"the labels {shown}" if len(labels) <= LABELS_NAMED else f"{len(labels):,} labels, such as {shown},"
    return f"{named} are {where} {rows}{' at most' if most > 1 else ''}"


def labels_of_one_row(name: str, counts: Mapping[str, int], rows: int) -> None:
    """Raise where most labels of a column are those of a single row: its cells are texts or names.

    Args:
        name: of the column.

    Raises:
        DataError: there are so many of them.
    """
    once = sum(count == 1 for count in counts.values())
    if len(counts) >= NAMES_AT_LEAST and len(counts) > NAMES_SHARE * rows and 2 * once > len(counts):
        raise DataError(
            f"the target '{name}' has {len(counts):,} different labels in {counted(rows, 'row')}: a label of one row "
            "cannot be learnt",
            fix="Is it the right column? Give another --target, of labels that have several rows each",
        )

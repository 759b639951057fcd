"""Which rows of labelled data the run has seen: those it was trained on, and its validation rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import torch
from torch import Tensor

from goodfit.checks.finding import Finding, Level
from goodfit.checks.rules.train_rows_in_validation import TrainRowsInValidation
from goodfit.data.fingerprint import row_marks
from goodfit.data.images.same_pixels import pixel_marks
from goodfit.data.source import Source
from goodfit.formatting import counted

PARTS = ("train", "valid", "test")  # as the numbers in which they are stored; a row of no part is "test" here
MARKS, PART_NUMBERS = "row_marks", "row_parts"  # tensors of scores.safetensors
PIXELS = "row_pixels"  # the same of what an image shows: its file may be saved in another format
ERROR_SHARE = 0.01  # of the rows: fewer cannot move a figure by more than themselves
DEVIATIONS = 4  # beyond the number of rows that are equal by chance


def remembered(source: Source, parts: np.ndarray) -> dict[str, Tensor]:
    """What a run keeps of the rows of its data: a mark of the content of each, and its part."""
    numbers = np.full(len(parts), PARTS.index("test"), dtype=np.uint8)
    for number, part in enumerate(PARTS):
        numbers[parts == part] = number
    pixels = pixel_marks(source)
    shown = {} if pixels is None else {PIXELS: torch.from_numpy(pixels)}
    return {MARKS: torch.from_numpy(row_marks(source)), PART_NUMBERS: torch.from_numpy(numbers), **shown}


def repeated(marks: np.ndarray | None, stored: Mapping[str, Tensor]) -> int:
    """How many of these rows have the content of an earlier one; 0 where the run's own data repeats itself as often.

    Args:
        marks: of these rows, as `row_marks` gives them; None: not known.
    """
    if marks is None or MARKS not in stored:
        return 0
    count = len(marks) - len(np.unique(marks))
    known = stored[MARKS].numpy()
    share = 1 - len(np.unique(known)) / max(1, len(known))
    expected, deviation = share * len(marks), np.sqrt(share * (1 - share) * len(marks))
    return count if count > expected + DEVIATIONS * deviation else 0


def parts_of(source: Source, marks: np.ndarray | None, stored: Mapping[str, Tensor]) -> np.ndarray | None:
    """(N,) train, valid or test (not seen, or a test row of the run) for each row; None where the run does not know.

    In some tables rows are equal by nature. How many rows are then equal to training rows by chance is known from the
    run's own held-out rows; a row counts as seen only where clearly more than that are, or where all rows are the
    run's own, one by one.
    """
    if marks is None or MARKS not in stored:
        return None
    known, numbers = stored[MARKS].numpy(), stored[PART_NUMBERS].numpy()
    if np.array_equal(marks, known):
        return np.asarray(np.array(PARTS)[numbers])
    parts = np.full(len(marks), "test", dtype="<U5")
    kinds = [(marks, known)]
    if PIXELS in stored and (pixels := pixel_marks(source)) is not None:
        kinds.append((pixels, stored[PIXELS].numpy()))
    for of_rows, of_run in kinds:
        train, valid, test = (of_run[numbers == number] for number in range(len(PARTS)))
        parts[_beyond_chance(of_rows, valid, test) & (parts == "test")] = "valid"
        parts[_beyond_chance(of_rows, train, np.concatenate([valid, test]))] = "train"
    return parts


def _beyond_chance(marks: np.ndarray, seen: np.ndarray, others: np.ndarray) -> np.ndarray:
    """(N,) bool: rows that are among those seen; none where no more of them are than of other rows."""
    among = np.isin(marks, seen)
    chance = float(np.isin(others, seen).mean()) if len(others) else 0.0
    expected, deviation = chance * len(marks), np.sqrt(chance * (1 - chance) * len(marks))
    return among if among.sum() > expected + DEVIATIONS * deviation else np.zeros_like(among)


def findings(parts: np.ndarray | None) -> Iterator[Finding]:
    """What is to be said where scored rows were seen before.

    Args:
        parts: of the rows that were scored, as `parts_of` gives them.
    """
    if parts is None:
        yield Finding(
            TrainRowsInValidation.name,
            TrainRowsInValidation.code,
            Level.NOTICE,
            "the run was fitted by an older goodfit, and does not know which rows it was trained on",
            "Fit it again, or see to it that none of these rows were in its data",
        )
        return
    trained, validated = int((parts == "train").sum()), int((parts == "valid").sum())
    if not trained + validated:
        return
    kinds = ((trained, "were trained on"), (validated, "were its validation rows"))
    seen = [f"{count:,} {what}" for count, what in kinds if count]
    yield Finding(
        TrainRowsInValidation.name,
        TrainRowsInValidation.code,
        Level.ERROR if trained + validated >= ERROR_SHARE * len(parts) else Level.WARNING,
        f"of these {counted(len(parts), 'row')} {' and '.join(seen)}: their scores say nothing about new data",
        "Give rows that were not in the data of goodfit fit",
        count=trained + validated,
    )

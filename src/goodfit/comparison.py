"""Comparing models on the same rows: what `goodfit.compare` returns, for runs and for anybody's predictions."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from goodfit.analysis.compare import Compared, Pair, compare_entries
from goodfit.analysis.compare_words import sentences
from goodfit.analysis.entry import Entry
from goodfit.analysis.pairing import paired
from goodfit.analysis.prediction_columns import Named
from goodfit.analysis.prediction_files import file_entry
from goodfit.errors import UsageError
from goodfit.formatting import counted
from goodfit.store.outputs import is_page, refuse_to_replace
from goodfit.store.run_folder import PREDICTIONS, RECORD, SAVED

if TYPE_CHECKING:
    from goodfit.run import Run

ROPE = 0.01
PARTS = ("test", "valid")


@dataclass(frozen=True)
class Comparison:
    """Models on the same rows.

    Attributes:
        compared: all figures.
        sentences: in words; the first is the answer.
        notes: how files were read.
        rope: as it was given.
        inputs: what was read, which is never written over.
    """

    compared: Compared
    sentences: tuple[str, ...]
    notes: tuple[str, ...]
    rope: float
    inputs: tuple[Path, ...]

    @property
    def answer(self) -> str:
        """Which model is better, in a sentence."""
        return self.sentences[0]

    @property
    def pairs(self) -> tuple[Pair, ...]:
        """Every pair of models in every metric, on rows."""
        return self.compared.pairs

    def to_json(self) -> dict[str, Any]:
        """What `goodfit compare --json` prints."""
        entries = self.compared.entries
        return {
            "models": [entry.name for entry in entries],
            "rows": len(entries[0]),
            "of": entries[0].rows,
            "sentences": list(self.sentences),
            "metrics": self.compared.values,
            "pairs": [_plain(pair) for pair in self.compared.pairs],
            "folds": self.compared.folds,
            "fold_pairs": [_plain(pair) for pair in self.compared.fold_pairs],
            "rope": self.rope,
            "alpha": self.compared.alpha,
            "notes": list(self.notes),
        }

    def write(self, path: str | Path) -> Path:
        """Write one self-contained HTML page, down to the rows in which the models differ.

        Raises:
            UsageError: there is another file of this name, which goodfit did not make.
            DiskError: no room or no permission.
        """
        from goodfit.report.comparison_page import write_page

        path = Path(path)
        refuse_to_replace(path, is_page, self.inputs)
        return write_page(self.compared, self.sentences, self.notes, path)

    def __repr__(self) -> str:
        return f"Comparison({self.answer!r})"


def compare(
    *models: str | Path | Run,
    part: str | None = None,
    rope: float = ROPE,
    truth: str | Sequence[str] | None = None,
    prediction: str | Sequence[str] | None = None,
    key: str | Sequence[str] | None = None,
    fold: str | Sequence[str] | None = None,
    group: str | Sequence[str] | None = None,
    task: str | None = None,
) -> Comparison:
    """Compare two or more models on the same rows, paired row by row.

    Classes: accuracy with McNemar's test and Tango's interval; balanced accuracy, log loss, AUC and, of two classes,
    average precision with paired tests. Numbers: RMSE and MAE. Masks: the mean image IoU; restored images: PSNR, SSIM.
    Where all have the same folds, also the corrected resampled t test and the Bayesian correlated t test over folds.
    p-values of several pairs are adjusted by Holm's method.

    Args:
        models: run folders, runs, or tables of predictions of anybody: columns of the truth and of the prediction,
            and perhaps probabilities (p_LABEL), a key and folds. A single file may have several columns of predictions.
        part: of runs: test or valid [test where all have test rows].
        rope: the largest difference that does not matter: 0.01 is a point of accuracy, or 1% of an RMSE.
        truth, prediction, key, fold: names of columns of files, for all files or one each; known by their usual names
            when None.
        group: the same, a column of what belongs together, such as patient: tests and intervals then count groups, not
            rows. Runs that were fitted with a group know theirs.
        task: classes or numbers, where the values of files could be either.

    Raises:
        UsageError: fewer than two models, or models of different rows.
        DataError: a file that cannot be read so.
    """
    if not 0 <= rope < 1:
        raise UsageError(f"--rope {rope} is out of range", fix="Give 0 to 1, such as 0.01")
    if task not in (None, "classes", "numbers"):
        raise UsageError(f"--task {task} is not known", fix="Choose classes or numbers")
    if part is not None and part not in PARTS:
        raise UsageError(f"--part {part} is not known", fix="Choose test or valid")
    paths = [Path(model) if isinstance(model, (str, Path)) else model.folder for model in models]
    for path in paths:
        refuse_file_of_run(path)
    columns = (truth, prediction, key, fold, group)
    folders = [path for path in paths if path.is_dir()]
    runs = _runs(folders, part)
    entries, valid = [], []
    for path, named in _named(paths, columns):
        if path.is_dir():
            entries.append(runs[path][0])
            valid.append(runs[path][1])
        else:
            name = named.prediction if len(paths) == 1 else None
            entries.append(file_entry(path, named, name=name, classes=None if task is None else task == "classes"))
            valid.append(None)
    if len(entries) < 2:
        raise UsageError("one model is nothing to compare", fix="Give two or more runs or files of predictions")
    same_rows = paired(_with_names(entries, paths))
    compared = compare_entries(same_rows, rope)
    held_out = [entry for entry in valid if entry is not None and entry.folds is not None]
    if not compared.fold_pairs and len(held_out) == len(entries) and _same_rows(held_out):
        of_folds = compare_entries(paired(_with_names(held_out, paths)), rope)
        compared = replace(compared, fold_pairs=of_folds.fold_pairs, folds=of_folds.folds)
    notes = tuple(note for entry in same_rows for note in entry.notes)
    if not all(entry.keyed for entry in entries):
        notes += ("rows are paired by their order: not every file has a key of different values",)
    return Comparison(compared, tuple(sentences(compared)), notes, rope, tuple(paths))


def refuse_file_of_run(path: Path) -> None:
    """Raise where a file of a run folder is given in place of the folder; its predictions.csv is a table like others.

    Raises:
        UsageError: the folder is named.
    """
    if path.name in SAVED and path.name != PREDICTIONS and path.is_file() and (path.parent / RECORD).exists():
        raise UsageError("this is a file of a run", where=path, fix=f"Give the folder, {path.parent}")


def _named(paths: Sequence[Path], columns: Sequence[Any]) -> list[tuple[Path, Named]]:
    """Each model's file and its columns; a single file with several columns of predictions is as many models.

    Raises:
        UsageError: names of columns that are neither one nor as many as there are files.
    """
    listed = [None if each is None else [each] if isinstance(each, str) else list(each) for each in columns]
    predictions = listed[1]
    if len(paths) == 1 and predictions is not None and len(predictions) > 1:
        paths = [paths[0]] * len(predictions)
    options = ("--truth", "--prediction", "--key", "--fold", "--group")
    for option, each in zip(options, listed, strict=True):
        if each is not None and len(each) not in (1, len(paths)):
            raise UsageError(
                f"{option} names {counted(len(each), 'column')} for {counted(len(paths), 'model')}",
                fix="Give one for all, or one for each",
            )
    pick = [[None if each is None else each[at if len(each) > 1 else 0] for each in listed] for at in range(len(paths))]
    return [(path, Named(*chosen)) for path, chosen in zip(paths, pick, strict=True)]


def _runs(folders: Sequence[Path], part: str | None) -> dict[Path, tuple[Entry, Entry | None]]:
    """Of each run its rows of the part, and its validation rows where these are other ones.

    Raises:
        RunError: no run there.
        UsageError: a part that not all have.
    """
    if not folders:
        return {}
    from goodfit.analysis.run_entry import run_parts  # late: imports torch, and predictions in files do without

    held = {folder: run_parts(folder, folder.resolve().name) for folder in folders}
    common = [each for each in PARTS if all(each in parts for parts in held.values())]
    if (part or "test") not in common and (part is not None or not common):
        without = next(folder for folder, parts in held.items() if (part or "test") not in parts)
        what = "validation" if part == "valid" else "test"
        raise UsageError(
            f"the outputs of its {what} rows are not recorded",
            where=without,
            fix="Fit it again with this goodfit, or compare predictions of the same rows: goodfit predict RUN DATA",
        )
    chosen = part or common[0]
    return {folder: (parts[chosen], parts.get("valid")) for folder, parts in held.items()}


def _with_names(entries: Sequence[Entry], paths: Sequence[Path]) -> list[Entry]:
    """Entries whose names differ: where they do not, the path is the name."""
    names = [entry.name for entry in entries]
    places = [str(path) for path in paths] if len(paths) == len(entries) else names
    longer = [place if names.count(name) > 1 else name for name, place in zip(names, places, strict=True)]
    unique = [name if longer.count(name) == 1 else f"{name} ({at + 1})" for at, name in enumerate(longer)]
    return [replace(entry, name=name) for entry, name in zip(entries, unique, strict=True)]


def _same_rows(entries: Sequence[Entry]) -> bool:
    return all(entry.keys == entries[0].keys for entry in entries)


def _plain(pair: Pair) -> dict[str, Any]:
    """A pair as JSON: without what is infinite."""
    values = {
        "metric": pair.metric.name,
        "a": pair.a,
        "b": pair.b,
        "a_value": pair.values[0],
        "b_value": pair.values[1],
        "difference": pair.difference.to_json(),
        "p": pair.p,
        "p_holm": pair.adjusted,
        "test": pair.method,
        "rope": pair.rope,
        "p_a_better": pair.better_a,
        "p_equal": pair.equal,
        "p_b_better": pair.better_b,
        "rows": pair.rows,
    }
    difference = values["difference"]
    assert isinstance(difference, dict)
    values["difference"] = {name: each if math.isfinite(each) else None for name, each in difference.items()}
    return values

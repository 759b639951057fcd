"""The runs of a folder as a table: what each is of, how good it is, and its verdict."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from goodfit.analysis.verdict import code_of
from goodfit.errors import RunError, UsageError
from goodfit.record import Record, read_record
from goodfit.store.run_folder import RECORD

DEPTH = 3  # folders below the one that is given
ORDERS = ("name", "created", "task", "rows", "metric", "verdict", "seconds")


@dataclass(frozen=True)
class RunLine:
    """A run, or a folder that was one.

    Attributes:
        folder: below the one that was given.
        record: what run.json holds; None where it cannot be read.
        fault: why it cannot.
    """

    folder: Path
    record: Record | None
    fault: str | None = None

    @property
    def part(self) -> str:
        """Where the headline comes from: test, or valid."""
        return "test" if self.record is not None and "test" in self.record.metrics else "valid"

    @property
    def metric(self) -> str:
        """The name of the main metric."""
        return "" if self.record is None else next(iter(self.record.metrics.get(self.part, {})), "")

    def to_json(self) -> dict[str, Any]:
        """What `goodfit runs --json` prints of a run."""
        record = self.record
        if record is None:
            return {"run": str(self.folder), "fault": self.fault}
        value = record.metrics.get(self.part, {}).get(self.metric)
        return {
            "run": str(self.folder),
            "created": record.created,
            "task": record.task["name"],
            "arch": record.net.arch or record.net.own,
            "rows": {"train": record.rows.train, "valid": record.rows.valid, "test": record.rows.test},
            "part": self.part,
            "metric": self.metric,
            **({} if value is None else value.to_json()),
            "baseline": record.baseline.get(self.part, {}).get(self.metric),
            "verdict": record.verdict,
            "verdict_code": code_of(record.verdict),
            "findings": len(record.findings),
            "seconds": record.seconds,
        }


def runs_in(folder: Path, order: str = "created", *, falling: bool = False) -> list[RunLine]:
    """Every run in a folder, up to three folders deep.

    Args:
        order: one of ORDERS; metric is the value of each run's main metric, faulty runs come last.
        falling: the largest first.

    Raises:
        RunError: no such folder.
        UsageError: no such order.
    """
    if order not in ORDERS:
        raise UsageError(f"--sort {order} is not known", fix=f"Choose one of {', '.join(ORDERS)}")
    if not folder.is_dir():
        raise no_runs(folder)
    patterns = ["/".join(["*"] * depth + [RECORD]) for depth in range(DEPTH + 1)]
    found = [path.parent for pattern in patterns for path in sorted(folder.glob(pattern))]
    lines = [_read(each) for each in found]
    whole = [line for line in lines if line.record is not None]
    whole.sort(key=lambda line: _place(line, order), reverse=falling)
    return [*whole, *(line for line in lines if line.record is None)]


def no_runs(folder: Path) -> RunError:
    """The one line where the folder that is to hold runs is not there."""
    fix = "goodfit fit makes it, with the first run; or give the folder that holds your runs"
    return RunError("no such folder", where=folder, fix=fix)


def _read(folder: Path) -> RunLine:
    try:
        return RunLine(folder, read_record(folder))
    except RunError as error:
        return RunLine(folder, None, str(error))


def _place(line: RunLine, order: str) -> Any:
    record = line.record
    assert record is not None
    value = record.metrics.get(line.part, {}).get(line.metric)
    places: dict[str, Any] = {
        "name": str(line.folder),
        "created": record.created,
        "task": record.task["name"],
        "rows": record.rows.train + record.rows.test,
        "metric": (line.metric, float("-inf") if value is None else value.value),
        "verdict": record.verdict,
        "seconds": record.seconds,
    }
    return places[order]

"""The result of a fit or an evaluation: as the JSON object that programs read, and as the lines that people read."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any


def public(record: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """What `goodfit fit --json` prints, from a run's record."""
    return {
        "run": str(folder),
        "task": record["task"]["name"],
        "verdict": record["verdict"],
        "seconds": record["seconds"],
        "epochs": len(record["history"]),
        "rows": record["rows"],
        "metrics": record["metrics"],
        "baseline": record["baseline"],
        "findings": record["findings"],
    }


def lines(result: Mapping[str, Any], record: Mapping[str, Any] | None = None) -> list[str]:
    """A table of metrics with intervals and baseline; with a run's record, the verdict and its sentences as well."""
    said = [""]
    if record is not None:
        said += [f"Verdict: {result['verdict']}", *(f"  {sentence}" for sentence in record["sentences"]), ""]
    for part, metrics in result["metrics"].items():
        said.append(f"  {part:<20}{'value':>9}   {'95% interval':<20}{'baseline':>9}")
        for name, metric in metrics.items():
            interval = f"{metric['low']:.4f} to {metric['high']:.4f}"
            base = result["baseline"].get(part, {}).get(name)
            said.append(
                f"    {name:<18}{metric['value']:>9.4f}   {interval:<20}{'' if base is None else f'{base:9.4f}'}"
            )
    if record is None:
        said += [f"  {finding['level']}: {finding['message']}" for finding in result["findings"]]
    else:
        folder = result["run"]
        said += ["", f"  {folder}/report.html      the page for people", f"  {folder}/predictions.csv   row by row"]
        said += [f"  {folder}/model.safetensors  with run.json, the model"]
        said += [f"  {result['seconds']:.0f} s"]
    return said

"""Fashion-MNIST through the command as a newcomer gives it: class folders of PNGs, a cold cache, test accuracy, time;
log loss and calibration error as the model gives its probabilities, and as they were before temperature scaling.

python bench/fashion_mnist.py [--minutes 3 | --epochs 30] [--json]
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
from torch import Tensor

sys.path.insert(0, str(Path(__file__).parent))
from _fashion import write_folders

from goodfit.predict.scored_rows import scored_rows
from goodfit.record import read_record
from goodfit.stats.calibration import reliability
from goodfit.tasks import from_json
from goodfit.tasks.classification import Classification

BINS = 15


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--images", type=Path, help="where the class folders are, or are to be written")
    parser.add_argument("--json", action="store_true")
    given, options = parser.parse_known_args()
    with tempfile.TemporaryDirectory() as scratch:
        images = write_folders(given.images or Path(scratch) / "pictures")
        command = [
            sys.executable, "-m", "goodfit", "fit", str(images / "train"), "--test", str(images / "test"),
            "--out", f"{scratch}/run", "--cache", f"{scratch}/cache", "--json", *options,
        ]  # fmt: skip
        start = time.perf_counter()
        printed = subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout
        seconds = time.perf_counter() - start
        probabilities = calibration_of(Path(scratch) / "run")
    fitted = json.loads(printed)
    accuracy = fitted["metrics"]["test"]["accuracy"]
    result = {
        "options": options,
        "accuracy": accuracy,
        "seconds": seconds,
        "epochs": fitted["epochs"],
        "verdict": fitted["verdict"],
        "probabilities": probabilities,
    }
    if given.json:
        print(json.dumps(result))
        return
    chosen = " ".join(options) or "no option"
    print(f"goodfit fit FM/train --test FM/test, {chosen}: {fitted['epochs']} epochs, {seconds:.0f} s")
    print(
        f"test accuracy {accuracy['value']:.4f} ({accuracy['low']:.4f} to {accuracy['high']:.4f}); {fitted['verdict']}"
    )
    for name, values in probabilities.items():
        print(
            f"{name}: log loss {values['log_loss']:.4f}; calibration error, 15 bins of equally many images "
            f"{values['ece']:.4f}, of equal width {values['ece_equal_width']:.4f}"
        )


def calibration_of(folder: Path) -> dict[str, dict[str, float]]:
    """Of the test images: log loss and calibration errors, at the run's temperature and at 1."""
    record, rows = read_record(folder), scored_rows(folder)["test"]
    fitted = from_json(record.task)
    assert isinstance(fitted, Classification)
    plain = replace(fitted, temperature=1.0, power=1.0)
    scaled = f"at temperature {fitted.temperature:.3f}, power {fitted.power:.3f}"
    return {name: _figures(task, rows.out, rows.y) for name, task in (("before scaling", plain), (scaled, fitted))}


def _figures(task: Classification, out: Tensor, y: Tensor) -> dict[str, float]:
    confidence, predicted = task.probabilities(out).double().max(1)
    right, sure = (predicted == y).numpy(), confidence.numpy()
    bins = np.minimum((sure * BINS).astype(int), BINS - 1)  # Guo et al. 2017, section 2
    weights = np.bincount(bins, minlength=BINS) / len(sure)
    gaps = [abs(sure[bins == at].mean() - right[bins == at].mean()) if weights[at] else 0.0 for at in range(BINS)]
    return {
        "log_loss": float(task.row_losses(out, y).double().mean()),
        "ece": reliability(sure, right).error,
        "ece_equal_width": float(np.dot(weights, gaps)),
    }


if __name__ == "__main__":
    main()

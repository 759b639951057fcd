"""Makes tests/run/fixtures/run-format-1: a run of goodfit 0.1.0, kept for good, which later versions go on reading.

    python tests/run/make_run_fixture.py

Run it again only for a new format, under a new name; the old folders stay as they are.
"""

from __future__ import annotations

import contextlib
import json
import tempfile
from pathlib import Path

import torch
from PIL import Image
from sklearn.datasets import load_digits

import goodfit as gf
from goodfit.record import FORMAT

FIXTURES = Path(__file__).parent / "fixtures"
SHOWN = range(150, 160)  # digits that the fixture was not fitted on


def write_images(folder: Path, rows: range, labelled: bool) -> Path:
    """scikit-learn's digits of these rows as 16 x 16 PNGs, in class folders or flat."""
    digits = load_digits()
    for row in rows:
        path = folder / (str(digits.target[row]) if labelled else "") / f"{row:04d}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        pixels = (digits.images[row] * (255 / 16)).round().astype("uint8").repeat(2, 0).repeat(2, 1)
        Image.fromarray(pixels).save(path)
    return folder


def main() -> None:
    target = FIXTURES / f"run-format-{FORMAT}"
    if target.exists():
        raise SystemExit(f"{target} is there already, and is to stay as it is")
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as place, contextlib.chdir(place):
        data = write_images(Path("digits"), range(150), labelled=True)
        new = write_images(Path("new"), SHOWN, labelled=False)
        run = gf.fit(data, out="run", epochs=20, width=2, precision="float32", cache=place, quiet=True)
        table = run.predict(new, cache=Path(place)).table()
        run.save(target)
    (target / "report.html").unlink()  # large, and nothing reads it
    record = json.loads((target / "run.json").read_text())
    record["environment"] = {}  # of the machine that made it: nobody's business
    (target / "run.json").write_text(json.dumps(record, indent=1) + "\n")
    expected = {name: column for name, column in table.items() if name != "key"}
    (target / "expected.json").write_text(json.dumps(expected, indent=1) + "\n")


if __name__ == "__main__":
    main()

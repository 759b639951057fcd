"""Accuracy against minutes on a folder of images: goodfit by the command, beside a hand-written loop.

    python bench/image_folder.py FOLDER [--minutes 1 2 5] [--rows 10000] [--precision float32]

FOLDER holds train/ and test/ with class folders of images of one size, such as CIFAR-10 written out as JPEGs. Each fit
starts with a cold cache; its minutes hold reading and scoring, those of the hand-written loop only its training.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from _hand_written import read, train_and_test


def some_of(folder: Path, rows: int, target: Path) -> Path:
    """A folder of links to the first images of each class, so many in all."""
    classes = sorted(each for each in folder.iterdir() if each.is_dir())
    for each in classes:
        (target / each.name).mkdir(parents=True)
        for path in sorted(each.iterdir())[: rows // len(classes)]:
            (target / each.name / path.name).symlink_to(path.resolve())
    return target


def fit(train: Path, test: Path, minutes: float, precision: list[str], scratch: Path) -> tuple[float, float, float]:
    """Accuracy on the test images, epochs (one may be a part of one) and seconds in all."""
    run = scratch / f"run-{minutes:g}"
    command = [
        sys.executable, "-m", "goodfit", "fit", str(train), "--test", str(test), "--minutes", f"{minutes:g}",
        "--pretrained", "none", "--out", str(run), "--cache", str(scratch / f"cache-{minutes:g}"), "--json", *precision,
    ]  # fmt: skip
    fitted = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    record = json.loads((run / "run.json").read_text(encoding="utf-8"))
    seen = sum(line["rows"] for line in record["history"]) / record["rows"]["train"]
    return fitted["metrics"]["test"]["accuracy"]["value"], seen, record["seconds"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--minutes", type=float, nargs="+", default=[1, 2, 5])
    parser.add_argument("--rows", type=int, help="of training; all when not given")
    parser.add_argument("--precision", choices=("float32", "bfloat16"), default="bfloat16")
    given = parser.parse_args()
    precision = ["--precision", given.precision]
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        train, test = given.folder / "train", given.folder / "test"
        if given.rows is not None:
            train = some_of(train, given.rows, scratch / "train")
        by_hand = read(train), read(test)
        print(
            "| minutes | goodfit: accuracy, epochs, seconds | by hand: accuracy, epochs, images a second |",
            "|---|---|---|",
            sep="\n",
        )
        for minutes in given.minutes:
            accuracy, epochs, seconds = fit(train, test, minutes, precision, scratch)
            theirs, their_epochs, rate = train_and_test(*by_hand, minutes * 60, bfloat16=given.precision == "bfloat16")
            print(
                f"| {minutes:g} | {accuracy:.4f}, {epochs:.1f}, {seconds:.0f} | "
                f"{theirs:.4f}, {their_epochs:.1f}, {rate:,.0f} |",
                flush=True,
            )


if __name__ == "__main__":
    main()

"""Generated and damaged files: each is read right, or refused in one clear line. Prints how many of each kind.

    python bench/fuzz.py [--cases 10000] [--seed 0] [--only NAME]

Tables are compared with what was generated: rows, their order, every number and word. Damaged files (bytes flipped,
cut off, doubled), images and run folders are read or refused: no traceback, no hang. A damaged cache gives the right
pixels. Names of columns, classes, files and folders are anything. The memory of the process stays under 2 GB.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import random
import resource
import shutil
import signal
import sys
import tempfile
import traceback
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import numpy as np
from _hostile import damaged_cache, names_of_columns, names_of_files, refused
from PIL import Image

from goodfit.data import open_data
from goodfit.data.images.decode import ImageSettings, UnreadableImage, decode
from goodfit.data.images.opening import without_pillows_warnings
from goodfit.data.tables.delimited import read_delimited
from goodfit.errors import GoodfitError
from goodfit.run import load

FIXTURE = Path(__file__).parents[1] / "tests" / "run" / "fixtures" / "run-format-2"
WORDS = [
    "Ulm",
    "Bern",
    "São Paulo",
    'the "big" one',
    "a, b",
    "x;y",
    "line\nbreak",
    "ÄÖÜ",
    "0",
    "NA",
    " spaced ",
    "=1+1",
]
SECONDS_AT_MOST = 60  # of the processor's time, for one case; and ten times as long on a clock, however busy it is
MEMORY_AT_MOST = 2.0  # GB, of the whole process
SHARE_OF_REPORTS = 0.2  # of the damaged runs: a page takes a second to draw
GOOD = ("right", "read", "refused")
Case = Callable[[random.Random, Path], str]


def table(dice: random.Random, folder: Path) -> str:
    """A table in a random dialect: what is read is what was written."""
    rows, separator = dice.randint(3, 40), dice.choice(",;\t|")
    decimal = dice.choice(".,") if separator != "," else "."
    encoding = dice.choice(["utf-8", "utf-8-sig", "utf-16", "cp1252"])
    numbers = [round(dice.uniform(-5000, 5000), 3) + 0.0005 for _ in range(rows)]  # four digits: never thousands
    words = [dice.choice(WORDS) for _ in range(rows)]
    classes = [dice.choice(["yes", "no"]) for _ in range(rows)]
    text = io.StringIO()
    quoting: Literal[0, 1] = dice.choice([0, 1])  # csv.QUOTE_MINIMAL, csv.QUOTE_ALL
    writer = csv.writer(text, delimiter=separator, quoting=quoting, lineterminator=dice.choice(["\n", "\r\n"]))
    writer.writerow(["size", "town", "label"])
    for number, word, label in zip(numbers, words, classes, strict=True):
        writer.writerow([f"{number:.4f}".replace(".", decimal), word, label])
    path = folder / "table.csv"
    path.write_bytes(text.getvalue().encode(encoding))
    try:
        read = read_delimited(path).frame
        source = open_data(path, target="label", kind="table")
        source.prepare()
    except GoodfitError as error:
        return refused(error)
    if read["town"].to_list() != [word.strip() or None for word in words] or list(source.targets or []) != classes:
        return "WRONG"
    values = [float(cell.replace(decimal, ".")) for cell in read["size"].to_list()]
    if not np.allclose(values, [float(f"{number:.4f}") for number in numbers]):
        return "WRONG"
    import torch

    source.learn(torch.arange(rows))
    encoder = source.encoder
    assert encoder is not None
    column = next((each for each in encoder.numbers if each.source == "size"), None)
    if column is None or not np.isclose(column.mean, np.mean(values), rtol=1e-5, atol=1e-4):
        return "WRONG"
    return "right"


def damaged_table(dice: random.Random, folder: Path) -> str:
    """Bytes of a table flipped, cut off, doubled."""
    lines = ["a,b,c"] + [f"{row},{dice.choice(WORDS[:4])},{row % 2}" for row in range(dice.randint(1, 30))]
    path = folder / "damaged.csv"
    path.write_bytes(damage("\n".join(lines).encode(), dice))
    try:
        file = read_delimited(path)
        open_data(path, target=file.frame.columns[-1], kind="table").prepare()
    except GoodfitError as error:
        return refused(error)
    return "read"


def label_list(dice: random.Random, folder: Path) -> str:
    """A list of labels in a random dialect: each image has the label that was written."""
    names = [f"{dice.choice(['a', 'b'])}/{number}.png" for number in range(dice.randint(4, 12))]
    labels = [dice.choice(["cat", "Hund", "chat noir", "01"]) for _ in names]
    for name in names:
        (folder / name).parent.mkdir(exist_ok=True)
        Image.new("L", (9, 8), dice.randrange(256)).save(folder / name)
    listed = [name.replace("/", "\\") for name in names] if dice.random() < 0.3 else names
    text = io.StringIO()
    writer = csv.writer(text, delimiter=dice.choice(",;\t"), lineterminator=dice.choice(["\n", "\r\n"]))
    if dice.random() < 0.8:
        writer.writerow(dice.choice([["path", "label"], ["file", "class"], ["image", "target"]]))
    writer.writerows(zip(listed, labels, strict=True))
    (folder / "labels.csv").write_bytes(text.getvalue().encode(dice.choice(["utf-8", "utf-8-sig", "utf-16"])))
    try:
        source = open_data(folder / "labels.csv")
    except GoodfitError as error:
        return refused(error)
    read = {key.replace("\\", "/"): label for key, label in zip(source.keys, source.targets or [], strict=True)}
    return "right" if read == dict(zip(names, labels, strict=True)) else "WRONG"


def image(dice: random.Random, folder: Path) -> str:
    """An image in a format that keeps every pixel: it is decoded to the pixels that were written."""
    wide, high = dice.randint(8, 40), dice.randint(8, 40)
    noise = np.random.default_rng(dice.getrandbits(32))
    pixels = noise.integers(0, 256, (high, wide, 3), dtype=np.uint8)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, format=dice.choice(["PNG", "TIFF", "BMP", "PPM"]))
    decoded = decode(file.getvalue(), ImageSettings(height=high, width=wide, channels=3))
    return "right" if np.array_equal(decoded, pixels) else "WRONG"


def damaged_image(dice: random.Random, folder: Path) -> str:
    """Bytes of an image of any mode and format."""
    mode, form = dice.choice(
        [("L", "PNG"), ("RGB", "PNG"), ("RGB", "JPEG"), ("P", "PNG"), ("RGBA", "TIFF"), ("L", "BMP")]
    )
    noise = np.random.default_rng(dice.getrandbits(32)).integers(0, 256, (dice.randint(1, 40), dice.randint(1, 40), 3))
    file = io.BytesIO()
    Image.fromarray(noise.astype(np.uint8)).convert(mode).save(file, format=form)
    try:
        with without_pillows_warnings():
            pixels = decode(damage(file.getvalue(), dice), ImageSettings(height=16, width=16, channels=3))
    except UnreadableImage as error:
        return refused(error)
    return "read" if pixels.shape == (16, 16, 3) and pixels.dtype == np.uint8 else "WRONG"


def damaged_run(dice: random.Random, folder: Path) -> str:
    """One file of a run folder damaged, or a field of run.json replaced."""
    run = folder / "run"
    shutil.rmtree(run, ignore_errors=True)
    shutil.copytree(FIXTURE, run)
    if dice.random() < 0.5:
        record = json.loads((run / "run.json").read_text())
        place = record
        while isinstance(place, dict) and place and dice.random() < 0.6:
            inner = place[dice.choice(sorted(place))]
            if not isinstance(inner, dict) or not inner:
                break
            place = inner
        place[dice.choice(sorted(place))] = dice.choice([None, -1, "x", [], {}, 1e300, True])
        (run / "run.json").write_text(json.dumps(record))
    else:
        path = run / dice.choice(["run.json", "model.safetensors", "looks.json", "scores.safetensors"])
        path.write_bytes(damage(path.read_bytes(), dice))
    try:
        with load(run, device="cpu") as loaded:
            if dice.random() < SHARE_OF_REPORTS:
                loaded.report(folder / "page.html")
    except GoodfitError as error:
        return refused(error)
    return "read"


def damage(data: bytes, dice: random.Random) -> bytes:
    """The bytes with one to eight of them changed, cut off, or a piece of them doubled."""
    changed = bytearray(data)
    kind = dice.randint(0, 2)
    if kind == 0:
        for _ in range(dice.randint(1, 8)):
            changed[dice.randrange(len(changed))] = dice.randrange(256)
    elif kind == 1:
        del changed[dice.randrange(len(changed)) :]
    else:
        start = dice.randrange(len(changed))
        changed[start:start] = changed[start : start + dice.randint(1, 50)]
    return bytes(changed)


class Hang(BaseException):
    """A case that takes too long: raised by the clock, and caught by nobody in goodfit."""


def _hang(number: int, frame: object) -> None:
    raise Hang


KINDS: dict[str, tuple[Case, float]] = {
    "tables, compared with what was written": (table, 0.3),
    "lists of labels, compared with what was written": (label_list, 0.1),
    "images, compared with what was written": (image, 0.1),
    "damaged tables": (damaged_table, 0.1),
    "damaged images": (damaged_image, 0.1),
    "damaged run folders": (damaged_run, 0.1),
    "damaged caches": (damaged_cache, 0.1),
    "names of columns and classes": (names_of_columns, 0.05),
    "names of files and folders": (names_of_files, 0.05),
}


def main() -> int:
    """Print a line for each kind; 0 where all were right or refused."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", default="", help="kinds whose name holds this")
    options = parser.parse_args()
    for clock in (signal.SIGALRM, signal.SIGPROF):
        signal.signal(clock, _hang)
    bad = 0
    for kind, (case, share) in KINDS.items():
        if options.only not in kind:
            continue
        counts: Counter[str] = Counter()
        for number in range(round(share * options.cases)):
            seed = f"{options.seed}/{kind}/{number}"
            with tempfile.TemporaryDirectory() as name:
                signal.setitimer(signal.ITIMER_PROF, SECONDS_AT_MOST)
                signal.alarm(10 * SECONDS_AT_MOST)
                try:
                    outcome = case(random.Random(seed), Path(name))
                except Hang:
                    outcome = "HANG"
                    print(f"{seed}:\n{traceback.format_exc()}", file=sys.stderr)
                except Exception:  # what is looked for: it is counted, and printed with its seed
                    outcome = "TRACEBACK"
                    print(f"{seed}:\n{traceback.format_exc()}", file=sys.stderr)
                finally:
                    signal.setitimer(signal.ITIMER_PROF, 0)
                    signal.alarm(0)
            counts[outcome] += 1
            if outcome not in GOOD:
                bad += 1
                print(f"{outcome}: {seed}", file=sys.stderr)
        print(f"{kind}: {', '.join(f'{count:,} {outcome}' for outcome, count in counts.most_common())}", flush=True)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(f"memory at most: {memory:.2f} GB")
    return 1 if bad or memory > MEMORY_AT_MOST else 0


if __name__ == "__main__":
    sys.exit(main())

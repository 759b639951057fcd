"""Screenshots of the page of each task, as they stand in docs/screenshots: desktop and phone, from real runs.

    python bench/screenshots.py            fits (a minute or two on two cores) and draws
    python bench/screenshots.py --keep runs-for-screenshots   keeps the runs, and draws those that are there again

Only data that anybody may show: scikit-learn's digits, tumours and diabetes, docstrings of scipy, and drawings and
ratings made here.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from chromium import browser  # noqa: E402  # of the tests

import goodfit as gf  # noqa: E402
from goodfit.cli.demo import write_digits  # noqa: E402

OUT = ROOT / "docs" / "screenshots"
SIZES = {"desktop": (1280, 1500), "phone": (390, 1500)}  # px: the first screen and what follows
LETTERS_OF_A_TEXT = 400  # at least
BYTES_AT_MOST = 150_000
COLOURS = (256, 128, 64, 32)  # of the palette, the next where a picture is too large


def digits(folder: Path, run: Path) -> None:
    """Ten classes of images."""
    write_digits(folder)
    gf.fit(folder / "digits", epochs=8, out=run)


def tumours(folder: Path, run: Path) -> None:
    """A table with two classes."""
    from sklearn.datasets import load_breast_cancer

    frame = load_breast_cancer(as_frame=True).frame
    frame["target"] = np.where(frame["target"] == 1, "benign", "malignant")
    gf.fit(frame.rename(columns={"target": "diagnosis"}), target="diagnosis", epochs=10, out=run)


def diabetes(folder: Path, run: Path) -> None:
    """A table with a number."""
    from sklearn.datasets import load_diabetes

    frame = load_diabetes(as_frame=True, scaled=False).frame
    gf.fit(frame.rename(columns={"target": "progression"}), target="progression", epochs=10, out=run)


def ponds(folder: Path, run: Path) -> None:
    """Masks of drawings."""
    from PIL import Image

    random = np.random.default_rng(0)
    down, across = np.mgrid[:48, :64]
    for number in range(80):
        x, y, radius = random.integers(10, 54), random.integers(10, 34), random.integers(6, 14)
        mask = np.where(down > 40, 2, ((across - x) ** 2 + (down - y) ** 2 < radius**2).astype(int))
        colours = np.stack([60 + mask * 50, 120 - mask * 20, 80 + mask * 70], axis=-1)
        image = (colours + random.normal(0, 25, colours.shape)).clip(0, 255)
        for name, pixels in (("images", image), ("masks", mask)):
            place = folder / name / f"{number:03d}.png"
            place.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(pixels.astype(np.uint8)).save(place)
    (folder / "codes.txt").write_text("grass\npond\npath\n")
    gf.fit(folder / "images", masks=folder / "masks", codes=folder / "codes.txt", epochs=6, out=run)


def ratings(folder: Path, run: Path) -> None:
    """Ratings that users with tastes give to items with traits."""
    import polars as pl

    random = np.random.default_rng(0)
    tastes, traits = random.normal(size=(150, 2)), random.normal(size=(90, 2))
    rows = []
    for user, taste in enumerate(tastes):
        for item in random.choice(90, 40, replace=False):
            value = 3.2 + 0.8 * float(taste @ traits[item]) + 0.4 * random.normal()
            rows.append((f"reader {user}", f"book {item}", int(np.clip(round(value), 1, 5))))
    frame = pl.DataFrame(rows, schema=["reader", "book", "stars"], orient="row")
    gf.fit(gf.ratings(frame, user="reader", item="book", target="stars"), epochs=15, out=run)


def ranking(folder: Path, run: Path) -> None:
    """The same readers, of whom it is only known what they took."""
    import polars as pl

    random = np.random.default_rng(0)
    tastes, traits = random.normal(size=(150, 2)), random.normal(size=(90, 2))
    rows = []
    for reader, taste in enumerate(tastes):
        wish = np.exp(1.5 * traits @ taste)
        taken = random.choice(90, 20, replace=False, p=wish / wish.sum())
        rows += [(f"reader {reader}", f"book {book}") for book in taken]
    frame = pl.DataFrame(rows, schema=["reader", "book"], orient="row")
    gf.fit(gf.ratings(frame, user="reader", item="book"), epochs=15, out=run)


def labels(folder: Path, run: Path) -> None:
    """Any number of labels for an image: which digits stand in a row of three."""
    import polars as pl
    from PIL import Image
    from sklearn.datasets import load_digits

    digits, random = load_digits(), np.random.default_rng(0)
    listed = []
    for number in range(900):
        three = random.choice(len(digits.target), 3, replace=False)
        pixels = np.concatenate([digits.images[at] for at in three], axis=1)
        Image.fromarray((pixels * 255 / 16).astype(np.uint8)).resize((96, 32)).save(folder / f"{number:03d}.png")
        names = sorted({f"has {digits.target[at]}" for at in three if digits.target[at] < 5})
        if names:
            listed.append((f"{number:03d}.png", "|".join(names)))
    pl.DataFrame(listed, schema=["path", "label"], orient="row").write_csv(folder / "labels.csv")
    gf.fit(folder / "labels.csv", size="96x32", epochs=12, out=run)


def texts(folder: Path, run: Path) -> None:
    """Texts in one folder a class: what scipy says of its functions."""
    import inspect

    import scipy.ndimage
    import scipy.signal
    import scipy.stats

    for module in (scipy.ndimage, scipy.signal, scipy.stats):
        place = folder / module.__name__.rpartition(".")[2]
        place.mkdir(parents=True, exist_ok=True)
        for name in sorted(vars(module)):
            text = inspect.getdoc(getattr(module, name)) or ""
            if not name.startswith("_") and len(text) > LETTERS_OF_A_TEXT:
                (place / f"{name}.txt").write_text(text.split("Examples\n")[0], encoding="utf-8")
    gf.fit(folder, epochs=8, out=run)


def restored(folder: Path, run: Path) -> None:
    """Noise taken from the drawings of `ponds`."""
    from goodfit.data.images.degrade import degrade

    clean = folder.with_name("ponds") / "images"
    degrade(clean, folder / "noisy", "noise", strength=25.0, seed=0)
    gf.fit(folder / "noisy", clean=clean, epochs=6, out=run)


def comparison(folder: Path, run: Path) -> None:
    """The table of two classes again, by a net that has learnt for one epoch: compared with the first."""
    from sklearn.datasets import load_breast_cancer

    frame = load_breast_cancer(as_frame=True).frame
    frame["target"] = np.where(frame["target"] == 1, "benign", "malignant")
    gf.fit(frame.rename(columns={"target": "diagnosis"}), target="diagnosis", epochs=1, rivals="none", out=run)


def page_of(task: Callable[[Path, Path], None], run: Path) -> Path:
    """The report of the run; of the comparison, the page of it and the run of `tumours`."""
    if task is not comparison:
        return gf.load(run).report()
    return gf.compare(run.with_name("tumours"), run).write("comparison.html")


TASKS: tuple[Callable[[Path, Path], None], ...] = (
    digits, tumours, comparison, diabetes, labels, texts, ponds, restored, ratings, ranking,
)  # fmt: skip


def main() -> None:
    """Fit what is missing, and write the screenshots."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--keep", type=Path, help="folder of the runs")
    parser.add_argument("--only", choices=[task.__name__ for task in TASKS], nargs="*")
    arguments = parser.parse_args()
    with TemporaryDirectory() as temporary, browser() as chromium:
        place = (arguments.keep or Path(temporary)).resolve()
        place.mkdir(exist_ok=True)
        OUT.mkdir(exist_ok=True)
        os.chdir(place)  # pages say where their run is: runs/digits, on whatever machine
        for task in TASKS:
            if arguments.only and task.__name__ not in arguments.only:
                continue
            run, data = Path("runs") / task.__name__, Path("data") / task.__name__
            if not (run / "run.json").exists():
                data.mkdir(parents=True, exist_ok=True)
                task(data, run)
            page = page_of(task, run)
            for name, (width, height) in SIZES.items():
                chromium.show(page, width=width, height=height)
                picture = chromium.screenshot(OUT / f"{task.__name__}-{name}.png", whole=False)
                print(f"{picture.relative_to(ROOT)}: {shrunk(picture):,} bytes")


def shrunk(path: Path) -> int:
    """Write a PNG again with so few colours that it is small; its size in bytes."""
    from PIL import Image

    with Image.open(path) as picture:
        whole = picture.convert("RGB")
    for colours in COLOURS:
        whole.quantize(colours).save(path, optimize=True)
        if path.stat().st_size <= BYTES_AT_MOST:
            break
    return path.stat().st_size


if __name__ == "__main__":
    main()

"""`goodfit demo`: embedded real data, written out as a user's images and taken through the whole way."""

from __future__ import annotations

from pathlib import Path

from goodfit.errors import RunError
from goodfit.fitting.console import Console
from goodfit.fitting.fit import fit
from goodfit.run import Run
from goodfit.store.files import ensure_folder

KEPT_FOR_PREDICTION = 10


def run_demo(folder: Path, *, quiet: bool = False, cache: Path | None = None) -> Run:
    """Write scikit-learn's digits (1,797 handwritten digits of 8 by 8 pixels, UCI 1998) as images, and fit them.

    Leaves folder/digits (class folders), folder/new (images without a class) and folder/run.
    """
    run = folder / "run"
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        what = "the demo was run here before" if run.exists() else "there is something in this place"
        raise RunError(what, where=folder, fix="Give another --out, which is new or empty")
    console = Console(quiet=quiet)
    console.say(f"Writing 1,797 images of handwritten digits to {folder}/digits")
    write_digits(folder)
    console.say(f"goodfit fit {folder}/digits --folds 1 --out {run}")
    return fit(folder / "digits", out=run, cache=cache, console=console, folds=1)  # one net: a first look in seconds


def free_folder() -> Path:
    """goodfit-demo, or the first goodfit-demo-N that is not there yet."""
    return next(
        folder
        for number in range(1, 10_000)
        if not (folder := Path("goodfit-demo" if number == 1 else f"goodfit-demo-{number}")).exists()
    )


def write_digits(folder: Path) -> None:
    """Class folders of PNGs under digits/, and ten images without a class under new/."""
    import numpy as np
    from PIL import Image
    from sklearn.datasets import load_digits

    digits = load_digits()
    images = (digits.images * (255 / 16)).round().astype(np.uint8)
    for row, (image, label) in enumerate(zip(images, digits.target, strict=True)):
        fresh = row >= len(images) - KEPT_FOR_PREDICTION
        place = folder / "new" if fresh else folder / "digits" / str(label)
        ensure_folder(place) if not place.is_dir() else None
        Image.fromarray(image).save(place / f"{row:04d}.png")

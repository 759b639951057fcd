"""Cases of `make fuzz`: damaged caches, and names of files, folders, columns and classes that no one would choose."""

from __future__ import annotations

import contextlib
import csv
import io
import random
import shutil
from pathlib import Path

import numpy as np
import torch
from PIL import Image

import goodfit
from goodfit.data import open_data
from goodfit.data.images.cache import load_images
from goodfit.data.images.decode import ImageSettings
from goodfit.data.tables.header import column_names
from goodfit.errors import GoodfitError

PIECES = [
    "a", "Größe", "$x$", "$\\frac{1$", "<script>alert(1)</script>", "&amp;", "\u202eevil", "\x1b[31mred", "\x07",
    "\x01", "line\nbreak", "tab\tbed", "=1+1", "@SUM(A1)", "{{7*7}}", "%s%n", "'", "..", "~", "漢字", "é", "\ufeff",
    "🙂", "_{x^", "long" * 40, " ", "#", "?", "*", "[0]", "^a.*$", "NA", "0", "-1", "None", "true",
]  # fmt: skip
NOT_IN_A_FILE_NAME = "/\0"
MISSING = ("",)  # rows of no class; NA is a class, as it is written
SHARE_OF_FITS = 0.04  # of the cases with names of columns: training and a page take seconds
SIDE = 16
SETTINGS = ImageSettings(SIDE, SIDE, 1)


def refused(error: Exception, longest: int = 2_500) -> str:
    """Whether an error is one line of bounded length."""
    text = str(error)
    return "refused" if "\n" not in text and 0 < len(text) < longest else f"NO CLEAR LINE: {text[:300]!r}"


def hostile(dice: random.Random) -> str:
    """A name of one to three pieces."""
    return "".join(dice.choice(PIECES) for _ in range(dice.randint(1, 3)))


def damaged_cache(dice: random.Random, folder: Path) -> str:
    """A cache in which anything may be wrong: the pixels are those of the images, or it is refused in one line."""
    paths, expected = [], []
    for row in range(dice.randint(1, 40)):
        pixels = np.random.default_rng(dice.getrandbits(32)).integers(0, 256, (SIDE, SIDE), dtype=np.uint8)
        paths.append(folder / f"{row}.png")
        Image.fromarray(pixels).save(paths[-1])
        expected.append(pixels)
    cache = folder / "cache"
    load_images(paths, SETTINGS, folder=cache, workers=1)
    for _ in range(dice.randint(1, 3)):
        _damage_one(cache, dice)
    with contextlib.redirect_stderr(io.StringIO()) as messages:
        try:
            loaded = load_images(paths, SETTINGS, folder=cache, workers=1)
            rows = torch.tensor([dice.randrange(len(paths)) for _ in range(8)])
            some = loaded.read(rows)[..., 0].numpy()
            whole = loaded.pixels[..., 0]
        except GoodfitError as error:
            return refused(error)
    if len(messages.getvalue().splitlines()) > 2:  # of the listing, and of the pixels
        return "MANY LINES"
    right = np.array_equal(whole, np.stack(expected)) and np.array_equal(some, np.stack(expected)[rows.numpy()])
    return "right" if right and not loaded.unreadable else "WRONG"


def _damage_one(cache: Path, dice: random.Random) -> None:
    path = dice.choice(sorted(path for path in cache.iterdir() if path.is_file()))
    kind = dice.randrange(6)
    data = bytearray(path.read_bytes())
    if kind == 0:
        path.unlink()
    elif kind == 1:
        path.unlink()
        path.mkdir()
    elif kind == 2:
        path.write_bytes(dice.randbytes(dice.randint(0, 300)))
    elif kind == 3:
        other = dice.choice(sorted(path for path in cache.iterdir() if path.is_file()))
        if other != path:
            shutil.copy(other, path)
    elif data:
        for _ in range(dice.randint(1, 4)):
            data[dice.randrange(len(data))] = dice.randrange(256)
        path.write_bytes(data[: dice.randint(0, len(data))] if kind == 4 else data)


def names_of_columns(dice: random.Random, folder: Path) -> str:
    """Columns and classes of any name: they come back as they are; now and then up to the page of a fit."""
    raw = list(dict.fromkeys(hostile(dice) for _ in range(dice.randint(2, 5))))
    classes = list(dict.fromkeys(hostile(dice).strip() for _ in range(3)))[:2]
    rows = 60 if dice.random() < SHARE_OF_FITS else 12
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    writer.writerow([*raw, "number"])
    labels = [classes[row % len(classes)] for row in range(rows)]
    for row in range(rows):
        writer.writerow([labels[row], *(f"{dice.gauss(row % 2, 1):.4f}" for _ in raw[1:]), f"{dice.gauss(0, 1):.4f}"])
    path = folder / "names.csv"
    path.write_text(text.getvalue(), encoding="utf-8", newline="")
    names = column_names(raw)
    try:
        if rows == 60:
            return _fitted(path, names[0], classes, folder)
        source = open_data(path, target=names[0].replace(",", " ") if "," in names[0] else names[0], kind="table")
        source.prepare()
    except GoodfitError as error:
        return refused(error, 12_000)  # a list of names may be in it
    read = [None if value is None else _one_line(str(value)) for value in source.targets or []]
    expected = [None if label in MISSING else _one_line(label) for label in labels]
    return "right" if read == expected else "WRONG"


def _one_line(text: str) -> str:
    return " ".join(text.split("\n")).strip()


def _fitted(path: Path, target: str, classes: list[str], folder: Path) -> str:
    run = goodfit.fit(path, target=[target], kind="table", epochs=1, arch="mlp", out=folder / "run", cache=folder / "c")
    with run:
        predictions = folder / "predictions.csv"
        run.predict(path).write(predictions)
    page = (folder / "run" / "report.html").read_text(encoding="utf-8")
    if "<script>alert" in page or any(ord(letter) < 32 and letter not in "\n\t\r" for letter in page):
        return "NAMES IN THE PAGE"
    with predictions.open(newline="", encoding="utf-8") as file:
        first, *lines = csv.reader(file)
    at = first.index("prediction")
    given = {line[at].removeprefix("'") for line in lines}
    return "right" if given <= {each.removeprefix("'") for each in classes} else f"WRONG CLASSES {given} {classes}"


def names_of_files(dice: random.Random, folder: Path) -> str:
    """Class folders and images of any name, also such as are not UTF-8: each image has the class of its folder."""
    wanted: dict[bytes, int] = {}
    top = folder / "photos"
    for _ in range(dice.randint(2, 4)):
        wanted[_file_name(dice)] = dice.randint(2, 4)
    for number, (name, count) in enumerate(wanted.items()):
        place = Path(_path(top, name))
        place.mkdir(parents=True)
        for each in range(count):
            image = Path(_path(place, str(each).encode() + _file_name(dice)[:60] + b".png"))
            Image.new("L", (8, 8), 40 * number + each).save(image, format="PNG")
    try:
        source = open_data(top)
        source.prepare(cache=folder / "cache")
    except GoodfitError as error:
        return refused(error, 6_000)
    wanted = {name: count for name, count in wanted.items() if not name.startswith(b".")}  # hidden ones are no classes
    counts = sorted(list(source.targets or []).count(label) for label in set(source.targets or []))
    return "right" if counts == sorted(wanted.values()) else "WRONG"


def _file_name(dice: random.Random) -> bytes:
    name = "".join(letter for letter in hostile(dice) if letter not in NOT_IN_A_FILE_NAME).encode()[:200]
    if dice.random() < 0.3:
        name += dice.choice([b"\xff\xfe", b"\xe4", b"\x80abc"])
    return name if name.strip() and name not in (b".", b"..") else b"plain"


def _path(folder: Path, name: bytes) -> str:
    import os

    return os.fsdecode(os.path.join(os.fsencode(folder), name))  # noqa: PTH118  # pathlib takes no bytes

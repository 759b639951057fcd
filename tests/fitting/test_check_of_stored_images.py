"""`goodfit check` of images in archives and in Parquet finds what it finds in folders."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import torch
from PIL import Image

from goodfit.checks.finding import Finding
from goodfit.data import open_data
from goodfit.fitting.console import Console
from goodfit.fitting.journal import Journal
from goodfit.fitting.options import split_options
from goodfit.fitting.problem import check_data_at, check_problem, make_problem

PARTS = ("train", "valid", "test")
# (part, number of the image, label): 3 is in train and in test, and 5 has both labels
ROWS = [("train", number, "light" if number % 2 else "dark") for number in range(16)]
ROWS += [("train", 5, "dark"), ("test", 3, "light")]
ROWS += [
    (part, number + 100 * PARTS.index(part), "light" if number % 2 else "dark")
    for part in PARTS[1:]
    for number in range(8)
]


def png(number: int) -> bytes:
    pixels = np.random.default_rng(number).integers(0, 90, (14, 14, 3)) + 150 * (number % 2)
    file = io.BytesIO()
    Image.fromarray(pixels.astype(np.uint8)).save(file, "PNG")
    return file.getvalue()


def write_folder(place: Path) -> None:
    for row, (part, number, label) in enumerate(ROWS):
        path = place / part / label / f"{row}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(png(number))


def write_archives(place: Path) -> None:
    place.mkdir()
    for part in PARTS:
        with tarfile.open(place / f"{part}-000.tar", "w") as archive:
            for row, (_, number, label) in enumerate(ROWS):
                for ending, data in (("png", png(number)), ("cls", label.encode())) if ROWS[row][0] == part else ():
                    member = tarfile.TarInfo(f"{row:04d}.{ending}")
                    member.size = len(data)
                    archive.addfile(member, io.BytesIO(data))


def write_parquet(place: Path) -> None:
    place.mkdir()
    for part in PARTS:
        rows = [(png(number), label) for of, number, label in ROWS if of == part]
        frame = pl.DataFrame(rows, schema={"image": pl.Binary, "label": pl.String}, orient="row")
        frame.write_parquet(place / f"{part}-00000-of-00001.parquet")


def found(place: Path, cache: Path) -> list[Finding]:
    return check_data_at(place, cache=cache, journal=Journal(Console(quiet=True)))


@pytest.mark.parametrize("write", [write_archives, write_parquet])
def test_stored_images_have_the_findings_of_the_same_images_in_folders(tmp_path: Path, write: object) -> None:
    assert callable(write)
    write_folder(tmp_path / "folder")
    write(tmp_path / "stored")
    of_folder, of_stored = (found(tmp_path / name, tmp_path / "cache") for name in ("folder", "stored"))
    rules = sorted(finding.rule for finding in of_folder)
    assert {"train-rows-in-validation", "conflicting-labels"} <= set(rules)
    assert sorted(finding.rule for finding in of_stored) == rules
    leak = next(finding for finding in of_stored if finding.rule == "train-rows-in-validation")
    assert "stored" in leak.message
    assert "test" in leak.message


def test_a_fit_finds_equal_images_with_two_classes(tmp_path: Path) -> None:
    write_folder(tmp_path / "folder")
    source = open_data(tmp_path / "folder")
    source.prepare(cache=tmp_path / "cache")
    asked, _ = split_options({})
    device = torch.device("cpu")
    problem = make_problem(source, asked, Journal(Console(quiet=True)), device=device, own_net=False, started=None)
    [finding] = [each for each in check_problem(problem) if each.rule == "conflicting-labels"]
    assert finding.message.startswith("1 image has two classes, such as ")


@pytest.mark.parametrize(
    ("where", "target", "said"),
    [("texts", None, "2 texts have two classes"), ("table.csv", "y", "1 row has two classes")],
)
def test_a_fit_finds_equal_texts_with_two_classes(tmp_path: Path, where: str, target: str | None, said: str) -> None:
    words = ("the", "parcel", "was", "late", "and", "rude", "staff", "kind", "quick", "room", "good", "bad", "slow")
    texts = [f"note{at} " + " ".join(words[(at * 7 + part) % len(words)] for part in range(9)) for at in range(30)]
    for at, text in enumerate([*texts, texts[0], texts[4]]):
        place = tmp_path / "texts" / ("praise" if at % 2 == 0 and at < 30 else "complaint") / f"{at}.txt"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)
    rows = [f"{text},{'ab'[at % 2]}" for at, text in enumerate([*texts, texts[1], texts[3]])]
    (tmp_path / "table.csv").write_text("text,y\n" + "\n".join(rows) + "\n")
    source = open_data(tmp_path / where) if target is None else open_data(tmp_path / where, target=target)
    source.prepare(cache=tmp_path / "cache")
    asked, _ = split_options({})
    journal = Journal(Console(quiet=True))
    problem = make_problem(source, asked, journal, device=torch.device("cpu"), own_net=False, started=None)
    [finding] = [each for each in check_problem(problem) if each.rule == "conflicting-labels"]
    assert finding.message.startswith(said)

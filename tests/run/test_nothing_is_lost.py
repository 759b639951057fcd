"""No command writes over a file that goodfit did not make, nor over its own input; in Python neither."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from command import goodfit
from PIL import Image

import goodfit as gf

SIZE = (20, 16)


@pytest.fixture(scope="module")
def fitted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with images/, masks/, people.csv, and the runs street and people."""
    folder = tmp_path_factory.mktemp("lost")
    random = np.random.default_rng(0)
    for number in range(14):
        mask = np.zeros(SIZE[::-1], np.uint8)
        mask[:, : int(random.integers(4, 16))] = 1
        image = (random.integers(0, 60, (*SIZE[::-1], 3)) + mask[..., None] * 150).astype(np.uint8)
        for name, values in (("images", image), ("masks", mask)):
            (folder / name).mkdir(exist_ok=True)
            Image.fromarray(values).save(folder / name / f"{number}.png")
    small: dict[str, Any] = {"arch": "unet-resnet10", "width": 4, "epochs": 1, "quiet": True}
    gf.fit(folder / "images", masks=folder / "masks", out=folder / "street", **small).release()
    height = random.uniform(150, 200, 80)
    lines = [f"{value:.2f},{'yes' if value > 175 else 'no'}" for value in height]
    (folder / "people.csv").write_text("height,tall\n" + "\n".join(lines) + "\n")
    people: dict[str, Any] = {"target": "tall", "epochs": 1, "rivals": "none", "quiet": True}
    gf.fit(folder / "people.csv", out=folder / "people", **people).release()
    return folder


@pytest.fixture
def place(fitted: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it, as the current folder."""
    folder = Path(shutil.copytree(fitted, tmp_path / "place"))
    monkeypatch.chdir(folder)
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    ("words", "named", "suggested"),
    [
        ("predict street images -o masks.csv", "masks/0.png", "masks-2.csv"),
        ("predict street images -o images.parquet", "images/0.png", "images-2.parquet"),
        ("predict street images -o new.csv --overlay", "new-overlay/mine.txt", "new-2.csv"),
        ("predict street images -o people.csv", "people.csv", "people-2.csv"),
        ("predict street images -o file.csv", "file", "file-2.csv"),
        ("predict street images -o masks", "masks", ""),
        ("predict people people.csv -o people.csv", "people.csv: this is an input", "people-2.csv"),
        ("predict people people.csv -o notes.csv", "notes.csv", "notes-2.csv"),
        ("predict people people.csv -o people/predictions.csv", "people/predictions.csv: this is an input", ""),
        ("predict people people.csv -o people/run.json", "people/run.json", ""),
        ("report people -o notes.csv", "notes.csv", "notes.html"),
        ("report people -o people/run.json", "people/run.json", ""),
        ("check people.csv --target tall -o notes.csv", "notes.csv", "notes-2.csv"),
        ("check -o people.csv people.csv --target tall", "people.csv: this is an input", "people-2.csv"),
        ("check --write-baseline notes.csv people.csv --target tall", "notes.csv", "notes-2.csv"),
        ("fit people.csv --target tall --out masks", "masks", ""),
        ("fit people.csv --target tall --out notes.csv", "notes.csv", ""),
        ("degrade images -o masks --kind noise", "masks", ""),
        ("demo --out masks", "masks", ""),
    ],
)
def test_what_the_user_has_stays_as_it_is(
    place: Path, capsys: pytest.CaptureFixture[str], words: str, named: str, suggested: str
) -> None:
    (place / "notes.csv").write_text("my,notes\n")
    (place / "file").write_text("mine")
    (place / "new-overlay").mkdir()
    (place / "new-overlay" / "mine.txt").write_text("mine")
    command, *rest = words.split()
    if command == "check" and rest[0] == "people.csv":  # options of the report stand before the data
        rest = [*rest[3:], *rest[:3]]
    before = contents(place)
    assert goodfit(command, *rest) == 2
    (line,) = [line for line in capsys.readouterr().err.splitlines() if line.startswith("goodfit: ")]
    assert line.startswith(f"goodfit: {named}")
    assert suggested in line
    assert contents(place) == before


def test_what_goodfit_wrote_may_be_written_again(place: Path) -> None:
    for words in (
        ["predict", "street", "images", "-o", "new.csv", "--overlay", "-q"],
        ["predict", "street", "images", "-o", "new.parquet", "-q"],
        ["predict", "people", "people.csv", "-o", "p.csv", "-q"],
        ["predict", "people", "people.csv", "-o", "p.parquet", "-q"],
        ["report", "people", "-o", "page.html"],
        ["report", "people"],
        ["check", "-o", "findings.json", "--format", "json", "people.csv", "--target", "tall"],
        ["check", "-o", "findings.txt", "people.csv", "--target", "tall"],
        ["check", "-o", "findings.sarif", "--format", "sarif", "people.csv", "--target", "tall"],
        ["check", "-o", "findings.github", "--format", "github", "people.csv", "--target", "tall"],
        ["check", "--write-baseline", "accepted.json", "people.csv", "--target", "tall"],
    ):
        assert [goodfit(*words), goodfit(*words)] == [0, 0], words
    assert len(list((place / "new").iterdir())) == len(list((place / "new-overlay").iterdir())) == 14


def test_a_mask_that_was_corrected_by_hand_is_the_users(place: Path) -> None:
    assert goodfit("predict", "street", "images", "-o", "new.csv", "-q") == 0
    with Image.open(place / "new" / "3.png") as image:
        corrected = image.copy()
    corrected.putpixel((0, 0), 1)
    corrected.save(place / "new" / "3.png")
    kept = (place / "new" / "3.png").read_bytes()
    assert goodfit("predict", "street", "images", "-o", "new.csv", "-q") == 2
    assert (place / "new" / "3.png").read_bytes() == kept


def test_python_writes_over_nothing_either(place: Path) -> None:
    (place / "notes.csv").write_text("my,notes\n")
    street, people = gf.load("street"), gf.load("people")
    masks, rows = street.predict("images"), people.predict("people.csv")
    before = contents(place)
    writes: tuple[Callable[[], object], ...] = (
        lambda: masks.write("masks.csv"),
        lambda: masks.write("images.csv"),
        lambda: rows.write("notes.csv"),
        lambda: rows.write("people.csv"),
        lambda: people.report("notes.csv"),
        lambda: people.save("masks"),
        lambda: people.save("street"),
        lambda: people.save("notes.csv"),
    )
    for write in writes:
        with pytest.raises(gf.GoodfitError, match=r"Choose another|Name it notes\.html"):
            write()
    assert contents(place) == before


def test_a_run_is_saved_again_over_its_own_copy(place: Path) -> None:
    people = gf.load("people")
    assert people.save("copy") == people.save("copy") == Path("copy")
    assert people.save("people") == Path("people")
    assert gf.load("copy").predict("people.csv")["prediction"] == people.predict("people.csv")["prediction"]
    assert (place / "copy" / "report.html").exists()

"""Rows of a comparison that are named after images are shown with them."""

from __future__ import annotations

import base64
import io
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import goodfit as gf

KINDS = ("cat", "dog")
ROWS = 80  # of which one model has 70 right that the other has wrong


def predictions(folder: Path, name: str, wrong: range) -> Path:
    """A file of predictions of photos/0.png, ...; the rows of `wrong` are predicted wrong."""
    lines = ["filename,truth,prediction"]
    for row in range(ROWS):
        truth = row % 2
        lines.append(f"photos/{row}.png,{KINDS[truth]},{KINDS[1 - truth if row in wrong else truth]}")
    path = folder / name
    path.write_text("\n".join(lines) + "\n")
    return path


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with photos that all have another colour, from which the command is given."""
    (tmp_path / "photos").mkdir()
    for row in range(ROWS):
        Image.fromarray(np.full((20, 30, 3), (row, 255 - row, 40), dtype=np.uint8)).save(
            tmp_path / "photos" / f"{row}.png"
        )
    monkeypatch.chdir(tmp_path)
    return tmp_path


def page_of(place: Path) -> str:
    a, b = predictions(place, "a.csv", range(0)), predictions(place, "b.csv", range(70))
    return gf.compare(a, b).write(place / "page.html").read_text(encoding="utf-8")


def shown(page: str) -> dict[int, tuple[int, ...]]:
    """Row -> colour of the image that stands beside its name."""
    found = re.findall(r'<img src="data:image/png;base64,([^"]+)" alt="">photos/<wbr>(\d+).png', page)
    images = {
        int(row): np.asarray(Image.open(io.BytesIO(base64.b64decode(data))).convert("RGB")) for data, row in found
    }
    assert all(image.shape == (20, 30, 3) for image in images.values())
    return {row: tuple(image[10, 15].tolist()) for row, image in images.items()}


def test_the_first_rows_that_differ_have_their_images(place: Path) -> None:
    page = page_of(place)
    assert shown(page) == {row: (row, 255 - row, 40) for row in range(60)}
    assert "The first 60 are shown with the images as the files are now." in page
    assert len(re.findall(r"<td>(?:<img[^>]*>)?photos/", page)) == 70


def test_a_row_whose_image_is_damaged_or_gone_stands_without(place: Path) -> None:
    (place / "photos" / "3.png").write_bytes((place / "photos" / "3.png").read_bytes()[:40])
    (place / "photos" / "4.png").unlink()
    assert sorted(set(range(60)) - set(shown(page_of(place)))) == [3, 4]


def test_where_no_image_is_found_the_page_says_so(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (place / "elsewhere").mkdir()
    monkeypatch.chdir(place / "elsewhere")
    page = page_of(place)
    assert not shown(page)
    assert "Their images are not shown: no file of these names is found from the folder of this command." in page


def test_nothing_is_said_of_images_where_rows_have_other_names(tmp_path: Path) -> None:
    for name, wrong in (("a.csv", 0), ("b.csv", 9)):
        rows = [f"r{row},x,{'y' if row < wrong else 'x'}" for row in range(20)] + ["r20,y,y"]
        (tmp_path / name).write_text("id,truth,prediction\n" + "\n".join(rows) + "\n")
    page = gf.compare(tmp_path / "a.csv", tmp_path / "b.csv").write(tmp_path / "page.html").read_text()
    assert "mages" not in page.split('id="rows"')[1].split("<table")[0]
    assert "<img" not in page

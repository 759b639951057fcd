"""Lists with encoded paths and an image in several lines; masks that number objects."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import goodfit as gf
from goodfit.data import open_data
from goodfit.data.images.instance_masks import instances_doubt


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "img").mkdir()
    for at in range(8):
        Image.new("RGB", (16, 16), (20 * at, 40, 60)).save(tmp_path / "img" / f"my photo {at}.png")
    return tmp_path


@pytest.mark.parametrize(
    "cell", ["img/my%20photo%20{}.png", "file:///home/me/img/my%20photo%20{}.png", "img\\my%20photo%20{}.png"]
)
def test_encoded_paths_are_found(place: Path, cell: str) -> None:
    (place / "list.csv").write_text("path,label\n" + "".join(f"{cell.format(at)},{'ab'[at % 2]}\n" for at in range(8)))
    source = gf.images(place / "list.csv")
    source.prepare()
    assert len(source) == 8
    assert not source.unreadable


def test_a_percent_sign_of_a_name_stays(place: Path) -> None:
    (place / "img" / "my photo 0.png").rename(place / "img" / "50%20.png")
    (place / "list.csv").write_text("path,label\nimg/50%20.png,a\nimg/my%20photo%201.png,b\n")
    source = gf.images(place / "list.csv")
    source.prepare()
    assert not source.unreadable


def test_one_image_with_two_labels_is_doubted(place: Path) -> None:
    lines = [f"img/my photo {at}.png,{'ab'[at % 2]}\n" for at in range(8)]
    (place / "list.csv").write_text("path,label\n" + "".join([*lines, lines[3]]))
    assert gf.images(place / "list.csv").doubts == []
    (place / "list.csv").write_text("path,label\n" + "".join([*lines, "img/my photo 3.png,a\n"]))
    ((what, fix),) = gf.images(place / "list.csv").doubts
    assert what.startswith(
        "1 image has several lines in list.csv with different labels, such as my photo 3.png: 'b' and"
    )
    assert "|" in fix


def test_masks_that_number_objects_are_doubted(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    for at in range(12):
        mask = np.zeros((32, 32), dtype=np.uint8)
        for number in range(3 + at):
            row, column = divmod(number, 5)
            mask[row * 6 : row * 6 + 4, column * 6 : column * 6 + 4] = number + 1
        for folder, pixels in (("masks", mask), ("images", rng.integers(0, 255, (32, 32, 3), dtype=np.uint8))):
            (tmp_path / folder).mkdir(exist_ok=True)
            Image.fromarray(pixels).save(tmp_path / folder / f"{at}.png")
    source = gf.masks(tmp_path / "images", masks=tmp_path / "masks")
    source.prepare()
    assert any("may number the objects of an image" in what for what, _ in source.doubts)


def test_classes_are_not_taken_for_numbers_of_objects() -> None:
    assert instances_doubt([(2, 3), (1, 1), (3, 7), (2, 6), (4, 5), (1, 4), (3, 7), (2, 7), (1, 2)]) is None
    assert instances_doubt([(1, 1)] * 20 + [(2, 2)] * 20) is None
    assert instances_doubt([(count, count) for count in (3, 9, 4, 12, 7, 5, 6, 8)]) is not None


def test_numbers_that_lost_their_zeros_name_files(place: Path) -> None:
    for at in range(8):
        (place / "img" / f"my photo {at}.png").rename(place / "img" / f"{at + 7:04d}.png")
    for name, cell in (("list.csv", "{}"), ("floats.csv", "{}.0")):
        lines = [f"{cell.format(at + 7)},{'ab'[at % 2]}\n" for at in range(8)]
        (place / name).write_text("image_id,label\n" + "".join(lines))
        source = open_data(place / name)
        source.prepare()
        assert (source.kind, len(source), len(source.unreadable)) == ("images", 8, 0)


def test_labels_with_a_unit_are_numbers_and_are_evaluated_so(place: Path) -> None:
    rng = np.random.default_rng(0)
    for at in range(40):
        pixels = rng.integers(0, 60, (16, 16, 3), dtype=np.uint8) + np.uint8(4 * at)
        Image.fromarray(pixels).save(place / "img" / f"{at}.png")

    def written(name: str, unit: str) -> Path:
        (place / name).write_text("path,weight\n" + "".join(f"img/{at}.png,{at}.5{unit}\n" for at in range(40)))
        return place / name

    run = gf.fit(written("list.csv", " kg"), epochs=1, rivals="none", out=place / "run")
    assert "rmse" in run.metrics["test"]
    scores = [run.evaluate(written(f"{at}.csv", unit))["metrics"] for at, unit in enumerate((" kg", "", "kg", " KG"))]
    assert all(each == scores[0] for each in scores)
    with pytest.raises(gf.GoodfitError, match=r"'0\.5 lb' is not a number"):
        run.evaluate(written("lb.csv", " lb"))


def test_few_labels_with_a_unit_are_classes(place: Path) -> None:
    (place / "list.csv").write_text(
        "path,size\n" + "".join(f"img/my photo {at}.png,{250 * (at % 2 + 1)} g\n" for at in range(8))
    )
    source = gf.images(place / "list.csv")
    source.prepare()
    assert set(source.targets or ()) == {"250 g", "500 g"}


def test_further_pages_are_said_not_to_be_read(tmp_path: Path) -> None:
    for at in range(6):
        (tmp_path / "ab"[at % 2]).mkdir(exist_ok=True)
        pages = [Image.new("RGB", (16, 16), (20 * at, page, 0)) for page in range(3)]
        path = tmp_path / "ab"[at % 2] / f"{at}.{'tif' if at % 2 else 'gif'}"
        pages[0].save(path, save_all=True, append_images=pages[1:] if at < 4 else [])
    source = gf.images(tmp_path)
    source.prepare()
    assert [value for name, value, _ in source.notes if name == "pages"] == ["4 of 6 images sampled"]


@pytest.mark.parametrize(("coloured", "channels"), [(0, 1), (1, 1), (2, 3)])
def test_one_scan_in_colour_among_forty_x_rays_leaves_them_grey(tmp_path: Path, coloured: int, channels: int) -> None:
    for at in range(40):
        (tmp_path / "ab"[at % 2]).mkdir(exist_ok=True)
        grey = Image.new("L", (70, 70), 5 * at)
        image = grey.convert("RGBA" if at == 0 else "RGB") if at < coloured else grey
        image.save(tmp_path / "ab"[at % 2] / f"{at}.png")
    source = gf.images(tmp_path)
    source.prepare()
    assert source.in_shape[0] == channels
    said = [(value, why) for name, value, why in source.notes if name == "colours"]
    few = ("1 of 40 images sampled", "are in colour: so few are read as grey, as the others are")
    assert said == ([few] if coloured == 1 else [])


def test_a_single_image_in_colour_is_restored_in_colour(tmp_path: Path) -> None:
    for folder in ("degraded", "clean"):
        (tmp_path / folder).mkdir()
        for at in range(40):
            mode = "RGB" if at == 0 and folder == "clean" else "L"
            Image.new(mode, (64, 64), (200, 20, 20) if mode == "RGB" else at).save(tmp_path / folder / f"{at}.png")
    source = gf.pairs(tmp_path / "degraded", tmp_path / "clean")
    source.prepare()
    assert source.in_shape[0] == 3

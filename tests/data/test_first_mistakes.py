"""What is given in place of data by mistake, and files that say by themselves what they are not."""

from __future__ import annotations

import bz2
import zipfile
from pathlib import Path

import pytest
from PIL import Image

import goodfit as gf
from goodfit.cli.app import main
from goodfit.data import open_data
from goodfit.errors import GoodfitError
from goodfit.store.absent import absent


def image(path: Path, shade: int = 0) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (16, 16), (shade % 255, 40, 90)).save(path)
    return path


@pytest.mark.parametrize(
    ("name", "what"),
    [("x.7z", "an archive of 7-Zip"), ("x.rar", "an archive of RAR"), ("x.tgz", "a packed tar archive")],
)
def test_archives_are_to_be_unpacked(tmp_path: Path, name: str, what: str) -> None:
    (tmp_path / name).write_bytes(b"x")
    with pytest.raises(GoodfitError, match=f"this is {what}, which is not read. Unpack it"):
        open_data(tmp_path / name)


def test_a_zip_of_images_and_a_packed_table(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "photos.zip", "w") as archive:
        archive.write(image(tmp_path / "cat" / "1.png"), "cat/1.png")
    (tmp_path / "t.csv.bz2").write_bytes(bz2.compress(b"a,y\n1,2\n"))
    for name, target in (("photos.zip", None), ("t.csv.bz2", "y")):
        with pytest.raises(GoodfitError, match="Unpack it"):
            open_data(tmp_path / name, target=target)
    (tmp_path / "t.csv.gz").write_text("a,y\n1,2\n")
    with pytest.raises(GoodfitError, match="says that it is packed, and its content is not"):
        open_data(tmp_path / "t.csv.gz", target="y")


def test_a_run_folder_and_a_folder_without_data_are_named(tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text("{}")
    with pytest.raises(GoodfitError, match="the folder of a finished run, and data is needed"):
        open_data(tmp_path)
    (tmp_path / "empty").mkdir()
    with pytest.raises(GoodfitError, match="a folder without images or a table"):
        open_data(tmp_path / "empty", target="y")


@pytest.mark.parametrize("name", ["'people.csv'", "people.csv ", '"people.csv"'])
def test_signs_around_a_path_are_named(tmp_path: Path, name: str) -> None:
    (tmp_path / "people.csv").write_text("a,y\n1,2\n")
    assert f"Did you mean {tmp_path / 'people.csv'}, without the signs around it?" in str(absent(tmp_path / name))
    assert "stdin" in str(absent(Path("-")))


@pytest.mark.parametrize(
    ("beside", "kind"),
    [("Annotations/{}.xml", "Pascal VOC"), ("labels/{}.txt", "YOLO"), ("annotations/instances.json", "COCO")],
)
def test_boxes_of_objects_are_no_labels(tmp_path: Path, beside: str, kind: str) -> None:
    for at in range(8):
        image(tmp_path / "JPEGImages" / f"{at}.png", 20 * at)
        path = tmp_path / beside.format(at)
        path.parent.mkdir(exist_ok=True)
        path.write_text("x")
    with pytest.raises(GoodfitError, match=rf"no labels to learn from. .*{kind}\) are not learnt from"):
        gf.fit(tmp_path, out=tmp_path / "run")


def test_classes_of_parts_in_other_letters_are_one(tmp_path: Path) -> None:
    for part, classes in (("train", ("Cat", "Dog")), ("test", ("cat", "DOG"))):
        for name in classes:
            for at in range(4):
                image(tmp_path / part / name / f"{at}.png", 30 * at)
    source = gf.images(tmp_path)
    source.prepare()
    assert set(source.targets or ()) == {"Cat", "Dog"}
    assert ("read as", "8 labels", "'DOG' is read as 'Dog', which training has") in source.notes


def test_a_second_argument_of_fit_is_explained(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["goodfit", "fit", "people.csv", "income"])
    with pytest.raises(SystemExit):
        main()
    assert "--target COLUMN" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ([f"{at}.5 kg" if at % 9 else f"{at}50 ml" for at in range(60)], r"in several units \(kg and ml\)"),
        (["x" if at % 2 else "" for at in range(60)], "is 'x' in 30 rows, and empty in 30"),
        ([f"2024-{at % 12 + 1:02d}-{at % 28 + 1:02d}" for at in range(60)], "holds dates, which are not predicted"),
    ],
)
def test_targets_that_cannot_be_learnt_say_why(tmp_path: Path, cells: list[str], message: str) -> None:
    (tmp_path / "d.csv").write_text("a,y\n" + "".join(f"{at},{cell}\n" for at, cell in enumerate(cells)))
    with pytest.raises(GoodfitError, match=message):
        open_data(tmp_path / "d.csv", target="y").prepare()


@pytest.mark.parametrize("text", ['a,y\n"5 \\"inch\\", red",1\n"x",2\n', "a,y\nx\\, z,1\nw\\, v,2\nb,3\n"])
def test_backslashes_before_separators_are_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "d.csv").write_text(text)
    with pytest.raises(GoodfitError, match="backslashes in cells"):
        open_data(tmp_path / "d.csv", target="y")

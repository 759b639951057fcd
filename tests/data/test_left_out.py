"""What is left out of a folder is counted by kind; what may have been meant is a warning."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest
from image_files import many, put

from goodfit.data.images.formats import formats, image_endings
from goodfit.data.sources.images import images
from goodfit.errors import DataError


def test_what_is_left_out_is_counted_by_kind(tmp_path: Path) -> None:
    put(tmp_path, *many("cat", "dog"), "cat/.hidden.png")
    for name in ("cat/1.txt", "cat/2.txt", "dog/list.csv", "dog/README", "dog/.DS_Store", "cat/._cat-0.png"):
        (tmp_path / name).write_bytes(b"notes")
    (tmp_path / "bird").mkdir()
    for name in (".hound", ".git"):  # a class that nobody sees, and what is never one
        put(tmp_path, f"{name}/0.png")
    source = images(tmp_path)
    assert len(source) == 4
    [value] = [value for name, value, _ in source.notes if name == "left out"]
    assert sorted(value.split(", ")) == [
        "1 .csv file",
        "1 file without ending",
        "1 folder without images: bird",
        "1 hidden image",
        "1 image in the hidden folder .hound",
        "2 .txt files",
    ]
    assert source.doubts == []


def test_images_in_folders_of_file_managers_are_counted(tmp_path: Path) -> None:
    put(tmp_path, *many("cat", "dog"), "cat/@eaDir/0.png/thumb.png", "__MACOSX/cat/0.png", ".thumbs/1.png")
    (tmp_path / "__MACOSX/cat/._0.png").write_bytes(b"Mac OS X")
    (tmp_path / ".empty").mkdir()
    source = images(tmp_path)
    assert len(source) == 4
    [value] = [value for name, value, _ in source.notes if name == "left out"]
    assert value == "1 hidden folder, 3 images in hidden folders .thumbs, __MACOSX, @eaDir"


def test_images_of_formats_that_are_not_read_are_a_warning_with_what_to_do(tmp_path: Path) -> None:
    put(tmp_path, *many("cat", "dog"), "cat/scan.png")
    (tmp_path / "cat/scan.png").rename(tmp_path / "cat/scan")
    for number in range(3):
        (tmp_path / f"cat/{number}.NEF").write_bytes(b"raw")
    source = images(tmp_path)
    assert [what for what, _ in source.doubts] == [
        "3 raw camera files (.nef) are left out",
        "files without an ending are left out (1), and some are images (PNG)",
    ]


def test_new_data_says_what_was_not_read_and_nothing_of_classes(tmp_path: Path) -> None:
    fitted = images(put(tmp_path / "fit", *many("cat", "dog")))
    fitted.prepare()
    put(tmp_path / "new", *many("train/cat", "train/dog", "test/cat", "pred"))
    (tmp_path / "new" / "pred" / "1.nef").write_bytes(b"raw")
    source = images(tmp_path / "new")
    source.prepare(fitted.schema())
    assert len(source) == 8, "every image is predicted, whatever its folder is"
    assert source.notes == [
        ("left out", "1 .nef file", "no images that are read"),
        ("warning", "1 raw camera file (.nef) is left out", "Convert them to JPEG, PNG or TIFF"),
    ]


@pytest.mark.skipif("HEIF" in formats(), reason="goodfit[heic] is installed")
def test_heic_is_named_with_the_extra(tmp_path: Path) -> None:
    put(tmp_path, *many("cat", "dog"))
    (tmp_path / "cat/1.HEIC").write_bytes(b"\0\0\0\x18ftypheic" + bytes(40))
    assert images(tmp_path).doubts[0] == (
        "1 HEIC file (.heic) is left out",
        "Run pip install 'goodfit[heic]', or convert them to JPEG or PNG",
    )


@pytest.mark.skipif("HEIF" not in formats(), reason="goodfit[heic] is not installed")
def test_heic_is_read_with_the_extra(tmp_path: Path) -> None:
    from PIL import Image

    assert ".heic" in image_endings()
    put(tmp_path, *many("cat", "dog"))
    Image.new("RGB", (64, 48), (200, 30, 40)).save(tmp_path / "cat" / "1.heic", format="HEIF", quality=95)
    source = images(tmp_path, size=16)
    source.prepare()
    row = [Path(key).name for key in source.keys].index("1.heic")
    thumbnail = source.thumbnail(row)
    assert thumbnail is not None
    assert abs(thumbnail.reshape(-1, 3).mean(axis=0) - (200, 30, 40)).max() < 4


def test_a_folder_of_other_files_says_what_it_holds(tmp_path: Path) -> None:
    for number in range(3):
        (tmp_path / f"{number}.dcm").write_bytes(b"x")
    with pytest.raises(
        DataError, match=r"no images in it that are read: it holds 3 \.dcm files\. Convert them to 16-bit"
    ):
        images(tmp_path)


def test_a_folder_that_may_not_be_read_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path, *many("cat", "dog"))
    look = os.scandir

    def refuse(path: Path) -> object:
        if Path(path).name == "dog":
            raise PermissionError(13, "Permission denied", str(path))
        return look(path)

    monkeypatch.setattr(os, "scandir", refuse)
    with pytest.raises(DataError, match=r"1 folder in it cannot be read \(permission denied\): dog"):
        images(tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_pipes_and_sockets_are_never_opened(tmp_path: Path) -> None:
    put(tmp_path, *many("cat", "dog"))
    os.mkfifo(tmp_path / "cat" / "pipe.png")
    with socket.socket(socket.AF_UNIX) as listening:
        place = os.getcwd()  # noqa: PTH109
        os.chdir(tmp_path / "dog")  # the name of a socket is short
        try:
            listening.bind("s.png")
        finally:
            os.chdir(place)
        source = images(tmp_path)
    assert len(source) == 4
    assert [value for name, value, _ in source.notes if name == "left out"] == ["1 named pipe, 1 socket"]
    with pytest.raises(DataError, match="special file"):
        images(tmp_path / "cat" / "pipe.png")


@pytest.mark.parametrize(
    ("ending", "fix"),
    [
        (".txt", "Texts are read by --kind texts"),
        (".docx", "Save the texts in them as .txt files"),
        (".csv", "Give one of its tables, by its own path"),
    ],
)
def test_a_folder_of_something_else_says_what_can_be_given(tmp_path: Path, ending: str, fix: str) -> None:
    for name in ("good/1", "good/2", "bad/1"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).with_suffix(ending).write_text("a,b\n1,2\n")
    with pytest.raises(DataError, match=rf"it holds 3 \{ending} files.*{fix}"):
        images(tmp_path)

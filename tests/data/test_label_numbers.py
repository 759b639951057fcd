"""Labels of images that are numbers: those that measure are predicted as numbers, those that name classes are not."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from image_files import noise, png, save

from goodfit.data import open_data, open_path
from goodfit.data.source import Source
from goodfit.errors import DataError
from goodfit.tasks import task_for

AGES = [18 + (7 * n * n + n) % 61 for n in range(150)]  # a few images of each
DECIMALS = [n * 0.37 + 1 for n in range(80)]


def listed(place: Path, labels: Sequence[str], name: str = "label", separator: str = ",") -> Source:
    for n in range(len(labels)):
        if not (place / f"{n}.png").exists():
            save(place / f"{n}.png", noise(8, 8, seed=n))
    lines = [f"path{separator}{name}", *(f"{n}.png{separator}{label}" for n, label in enumerate(labels))]
    (place / "list.csv").write_text("\n".join(lines) + "\n")
    return prepared(place / "list.csv")


def prepared(path: Path) -> Source:
    source = open_path(path)
    source.prepare()
    return source


def said(source: Source) -> str:
    return "\n".join(" ".join(line) for line in [*source.notes, *source.doubts])


def task_of(source: Source) -> Any:
    assert source.targets is not None
    return task_for(list(source.targets), source.task)


@pytest.mark.parametrize(
    ("labels", "name"),
    [
        ([f"{value:.2f}" for value in DECIMALS], "label"),
        ([str(n % 6 / 2) for n in range(80)], "label"),  # 0.0, 0.5, ... 2.5: few, and no classes
        ([f"${1000 * value:,.2f}".replace(",", "") for value in DECIMALS], "price"),
        ([str(age) for age in AGES], "age"),
    ],
)
def test_numbers_that_measure_are_regression_and_said(tmp_path: Path, labels: list[str], name: str) -> None:
    source = listed(tmp_path, labels, name)
    assert task_of(source).name == "regression"
    assert f"target {name}, as numbers" in said(source)
    assert "--task classification reads them as classes" in said(source)


@pytest.mark.parametrize(
    ("labels", "name"),
    [
        ([str(n % 10) for n in range(80)], "label"),
        ([f"{1 + n % 2}.0" for n in range(80)], "label"),
        ([f"{n % 40:03d}" for n in range(80)], "label"),  # codes
        ([str(n % 30) for n in range(330)], "label"),  # from 0 on, eleven images each
        ([str(7 * (n % 30)) for n in range(330)], "category_id"),  # with gaps, and called so
    ],
)
def test_numbers_that_name_classes_stay_classes_as_they_are_written(
    tmp_path: Path, labels: list[str], name: str
) -> None:
    source = listed(tmp_path, labels, name)
    task = task_of(source)
    assert task.name == "classification"
    assert set(task.classes) == set(labels)
    if task.outputs > 2 and not labels[0].startswith("0"):
        assert "--task regression reads numbers" in said(source)


def test_a_decimal_comma_separates_no_labels(tmp_path: Path) -> None:
    source = listed(tmp_path, [f"{value:.2f}".replace(".", ",") for value in DECIMALS], "label", ";")
    assert task_of(source).means[0] == pytest.approx(1 + 0.37 * 79 / 2, abs=1e-9)


def test_a_word_among_numbers_is_named(tmp_path: Path) -> None:
    source = listed(tmp_path, [*(f"{value:.2f}" for value in DECIMALS), "unknown"])
    with pytest.raises(DataError, match="the target 'unknown' is not a number"):
        task_of(source)


def test_labels_that_name_the_images_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="40 images have 40 different labels in the column 'label': a class of one"):
        listed(tmp_path, [f"id{n}x" for n in range(40)])


def test_decimals_in_parquet_and_in_archives_are_numbers_too(tmp_path: Path) -> None:
    images = [png(noise(8, 8, seed=n)) for n in range(30)]
    pl.DataFrame({"image": images, "age": [20 + n / 2 for n in range(30)]}).write_parquet(tmp_path / "p.parquet")
    with tarfile.open(tmp_path / "s.tar", "w") as archive:
        for n, image in enumerate(images):
            for name, data in ((f"{n}.png", image), (f"{n}.json", json.dumps({"label": n / 4}).encode())):
                member = tarfile.TarInfo(name)
                member.size = len(data)
                archive.addfile(member, io.BytesIO(data))
    for name, mean in (("p.parquet", 20 + 29 / 4), ("s.tar", 29 / 8)):
        source = prepared(tmp_path / name)
        assert task_of(source).means == (pytest.approx(mean),)
        assert "--task classification reads them as classes" in said(source)


def test_folders_are_classes_whatever_they_are_called(tmp_path: Path) -> None:
    for age in range(18, 40):
        for n in range(3):
            save(tmp_path / f"{age}.5" / f"{n}.png", noise(8, 8, seed=100 * age + n))
    assert task_of(prepared(tmp_path)).name == "classification"


@pytest.mark.parametrize("name", ["l.xlsx", "l.parquet", "l.jsonl", "l.feather"])
@pytest.mark.parametrize("target", [None, "label"])
def test_a_list_of_images_may_be_any_table(tmp_path: Path, name: str, target: str | None) -> None:
    for n in range(20):
        save(tmp_path / "img" / f"{n}.png", noise(8, 8, seed=n))
    frame = pl.DataFrame({"file": [f"img/{n}.png" for n in range(20)], "label": ["01", "10"] * 10})
    if name == "l.xlsx":
        book = pytest.importorskip("openpyxl").Workbook()
        for row in (frame.columns, *frame.rows()):
            book.active.append(list(row))
        book.save(tmp_path / name)
    else:
        write = {"l.parquet": "write_parquet", "l.jsonl": "write_ndjson", "l.feather": "write_ipc"}[name]
        getattr(frame, write)(tmp_path / name)
    source = open_path(tmp_path / name, target=target)
    assert source.kind == "images"
    source.prepare()
    assert source.targets == ["01", "10"] * 10
    assert not source.unreadable


def test_a_frame_that_names_images_is_a_table_and_said_to_be_one(tmp_path: Path) -> None:
    for n in range(30):
        save(tmp_path / f"{n % 10}.png", noise(8, 8, seed=n))
    paths = [str(tmp_path / f"{n % 10}.png") for n in range(30)]
    source = open_data(pl.DataFrame({"image": paths, "y": ["a", "b", "b"] * 10}), target="y")
    source.prepare()
    assert "the column 'image' names images" in said(source)


def test_a_class_in_two_writings_is_said(tmp_path: Path) -> None:
    source = listed(tmp_path, [["1", "2", "2.0"][n % 3] for n in range(30)])
    assert "the labels '2' and '2.0' of 'label' are one number, and are read as two classes" in said(source)
    assert "two classes" not in said(listed(tmp_path, [["1.0", "2.0"][n % 2] for n in range(30)]))


def test_a_list_in_a_sheet_that_is_named(tmp_path: Path) -> None:
    book = pytest.importorskip("openpyxl").Workbook()
    book.active.append(["about"])
    book.active.append(["me"])
    sheet = book.create_sheet("list")
    sheet.append(["path", "label"])
    for n in range(20):
        save(tmp_path / f"{n}.png", noise(8, 8, seed=n))
        sheet.append([f"{n}.png", "ab"[n % 2]])
    book.save(tmp_path / "l.xlsx")
    source = open_path(tmp_path / "l.xlsx", sheet="list")
    assert source.kind == "images"
    assert source.targets == ["a", "b"] * 10

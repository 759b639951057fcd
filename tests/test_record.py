"""run.json is a type: what is damaged is named by its field, and format 1 keeps loading."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from goodfit.errors import RunError
from goodfit.record import FORMAT, read_record, write_record

FORMAT_1 = Path(__file__).parent / "run" / "fixtures" / "run-format-1"


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A run of format 1, as goodfit 0.1 wrote it."""
    return Path(shutil.copytree(FORMAT_1, tmp_path / "run"))


def test_format_1_is_read_with_its_values(run: Path) -> None:
    record = read_record(run)
    assert record.format == FORMAT
    assert record.net.arch == "resnet10"
    assert record.net.in_shape == (1, 16, 16)
    assert record.hyperparameters.epochs == 20
    assert record.options["precision"] == "float32"
    assert (record.rows.train, record.rows.valid, record.rows.test) == (110, 20, 20)


def test_what_is_written_is_read_back(run: Path, tmp_path: Path) -> None:
    record = read_record(run)
    again = tmp_path / "again"
    again.mkdir()
    written = write_record(again, record)
    assert read_record(again) == written
    assert msgspec.structs.replace(written, checksum=None) == record
    assert json.loads((again / "run.json").read_text())["format"] == FORMAT


def without(*path: str) -> Callable[[dict[str, Any]], None]:
    def damage(values: dict[str, Any]) -> None:
        for name in path[:-1]:
            values = values[name]
        del values[path[-1]]

    return damage


def replaced(value: object, *path: str) -> Callable[[dict[str, Any]], None]:
    def damage(values: dict[str, Any]) -> None:
        for name in path[:-1]:
            values = values[name]
        values[path[-1]] = value

    return damage


@pytest.mark.parametrize(
    ("damage", "named"),
    [
        (without("plan"), "missing required field hyperparameters"),
        (without("plan", "epochs"), "hyperparameters: object missing required field epochs"),
        (without("metrics"), "missing required field metrics"),
        (without("format"), "expected int, got null"),
        (replaced("many", "plan", "epochs"), "hyperparameters.epochs: expected int, got str"),
        (replaced([], "rows"), "rows: expected object, got array"),
        (replaced(None, "verdict"), "verdict: expected str, got null"),
        (replaced("0.9", "metrics", "test", "accuracy", "value"), r"metrics\[...\]\[...\].value: expected float"),
        (replaced([{"rule": 1}], "findings"), r"findings\[0\].rule: expected str, got int"),
    ],
)
def test_a_damaged_record_is_one_line_that_names_the_field(
    run: Path, damage: Callable[[dict[str, Any]], None], named: str
) -> None:
    values = json.loads((run / "run.json").read_text())
    damage(values)
    (run / "run.json").write_text(json.dumps(values))
    with pytest.raises(RunError, match=named) as caught:
        read_record(run)
    assert "\n" not in str(caught.value)
    assert str(run / "run.json") in str(caught.value)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe\x00", b"null", b'{"format": 1e400}'])
def test_what_is_no_record_is_one_line(run: Path, content: bytes) -> None:
    (run / "run.json").write_bytes(content)
    with pytest.raises(RunError, match="damaged"):
        read_record(run)


def test_a_newer_format_asks_for_an_upgrade(run: Path) -> None:
    (run / "run.json").write_text('{"format": 99, "goodfit": "9.0"}')
    with pytest.raises(RunError, match=r"format 99, written by goodfit 9\.0"):
        read_record(run)

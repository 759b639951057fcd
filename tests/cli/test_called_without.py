"""A command that is called without what it needs says what to write; a group of commands what one can do."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from typed_command import said

from goodfit.cli import app


@pytest.mark.parametrize("command", sorted(set(app.EXAMPLES) - {"area"}))
def test_a_command_alone_says_what_to_give(
    command: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    status, text = said(capsys, monkeypatch, command)
    assert status == 2
    assert "Missing argument '" in text
    assert f"goodfit {command} " in text
    assert text.endswith(f"goodfit {command} --help says more.\n")
    assert text.count("\n") == 1


@pytest.mark.parametrize("group", ["stats", "cache"])
def test_a_group_alone_shows_its_help_in_lines(
    group: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    status, text = said(capsys, monkeypatch, group)
    assert status == 0
    assert "\nCommands:\n" in text
    assert not text.startswith("goodfit: ")


@pytest.mark.parametrize(
    ("z", "words"), [("1,96", "write 1.96"), ("nan", "'nan' is not a number"), ("x", "'x' is not a number")]
)
def test_a_z_that_is_no_number_is_refused(
    z: str, words: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    status, text = said(capsys, monkeypatch, "stats", "area", z)
    assert status == 2
    assert words in text


def test_the_area_around_zero_has_no_minus_zero(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "between 0 and 0: 0\n" in said(capsys, monkeypatch, "stats", "area", "0")[1]
    # the published table: 0.9750021 left of 1.96 (Abramowitz and Stegun 1964, table 26.1)
    assert "left of z = 1.96: 0.975002\n" in said(capsys, monkeypatch, "stats", "area", "1.96")[1]


def test_ctrl_c_while_the_program_is_being_imported_is_one_word(tmp_path: Path) -> None:
    """The interrupt comes with the first import of the command."""
    (tmp_path / "cloup.py").write_text("raise KeyboardInterrupt\n")
    done = subprocess.run(
        [sys.executable, "-m", "goodfit", "explain", "lr"],
        capture_output=True, text=True, check=False, env={"PYTHONPATH": str(tmp_path), "PATH": "/usr/bin:/bin"},
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "interrupted\n")


def test_years_are_written_without_commas_and_few_values_are_no_normal_curve(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    cars = tmp_path / "cars.csv"
    cars.write_text(
        "year_built,price,weight\n" + "".join(f"{2000 + at},{at * 97 + 3},{1500 + at * 7}\n" for at in range(12))
    )
    text = said(capsys, monkeypatch, "stats", str(cars))[1]
    assert "2000" in text
    assert "2005.5" in text
    assert "2,0" not in text
    assert "1,500" in text  # a weight is no year
    assert text.count("few values") == 3
    page = tmp_path / "cars.html"
    assert said(capsys, monkeypatch, "stats", str(cars), "-o", str(page))[0] == 0
    assert "2005.5" in page.read_text()
    assert "2,00" not in page.read_text()
    status, text = said(capsys, monkeypatch, "stats", str(cars), "-o", str(tmp_path / "cars.txt"))
    assert (status, "cars.txt: it is written as .html or .svg" in text) == (2, True)
    assert not (tmp_path / "cars.txt").exists()

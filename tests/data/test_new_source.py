"""A new source is one file: put into the folder of sources, it works from the command and from Python.

A copy of the package gets throwaway/letters.py, and nothing else is edited.
"""

from __future__ import annotations

import csv
import json
import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
PACKAGE = HERE.parents[1] / "src" / "goodfit"
WORDS = {"hill": "stone path goat summit snow wind", "sea": "wave salt gull tide sand foam"}


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a copy of goodfit that has one source more."""
    folder = tmp_path_factory.mktemp("copy")
    shutil.copytree(PACKAGE, folder / "goodfit", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(HERE / "throwaway" / "letters.py", folder / "goodfit" / "data" / "sources" / "letters.py")
    return folder


@pytest.fixture(scope="module")
def letters(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """80 short texts in two class folders, whose words differ."""
    folder = tmp_path_factory.mktemp("data") / "letters"
    chosen = random.Random(0)
    for label, words in WORDS.items():
        (folder / label).mkdir(parents=True)
        for number in range(40):
            text = " ".join(chosen.choices(words.split(), k=30))
            (folder / label / f"{number:02d}.letter").write_text(text, encoding="utf-8")
    return folder


def python(copy: Path, *arguments: object) -> str:
    """stdout of `python ARGUMENTS` with the copy of goodfit."""
    result = subprocess.run(
        [sys.executable, *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        cwd=copy,
        env={**os.environ, "PYTHONPATH": str(copy)},
    )
    assert result.returncode == 0, result.stderr
    return result.stdout


def test_the_command_lists_its_options(copy: Path) -> None:
    usage = python(copy, "-m", "goodfit", "fit", "--help")
    assert "--buckets" in usage
    assert "numbers that words are hashed into" in " ".join(usage.split())


def test_the_command_fits_checks_and_predicts(copy: Path, letters: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    options = ("--buckets", 32, "--epochs", 6, "--folds", 1, "--rivals", "none", "--out", run, "--json", "--quiet")
    fitted = json.loads(python(copy, "-m", "goodfit", "fit", letters, *options))
    assert fitted["rows"]["train"] + fitted["rows"]["valid"] + fitted["rows"]["test"] == 80
    assert fitted["metrics"]["test"]["accuracy"]["value"] > 0.9  # not a word is in both classes
    assert "no findings" in python(copy, "-m", "goodfit", "check", letters)

    new = tmp_path / "new"
    new.mkdir()
    (new / "a.letter").write_text("gull wave wave tide foam salt", encoding="utf-8")
    (new / "b.letter").write_text("goat snow summit wind path stone", encoding="utf-8")
    (new / "c.letter").write_bytes(b"\xff\xfe\xff")
    python(copy, "-m", "goodfit", "predict", run, new, "-o", tmp_path / "predicted.csv", "-q")
    with (tmp_path / "predicted.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [Path(row["key"]).name for row in rows] == ["a.letter", "b.letter", "c.letter"]
    assert [row["prediction"] for row in rows] == ["sea", "hill", ""]
    assert rows[2]["error"] == "not UTF-8"


@pytest.mark.slow
def test_python_finds_it(copy: Path, letters: Path) -> None:
    program = f"""
import goodfit as gf
assert "letters" in dir(gf)
source = gf.letters({str(letters)!r}, buckets=16)
assert source.kind == "letters" and len(source) == 80, source
run = gf.fit({str(letters)!r}, buckets=32, epochs=1, folds=1, rivals="none", out={str(letters.parent / "run")!r})
assert run.model.schema == {{"kind": "letters", "buckets": 32}}, run.model.schema
print(run.metrics["valid"]["accuracy"].value)
"""
    assert 0 <= float(python(copy, "-c", program)) <= 1


def test_an_option_out_of_its_range_is_refused(copy: Path, letters: Path) -> None:
    program = f"""
import goodfit as gf
try:
    gf.fit({str(letters)!r}, buckets=1)
except gf.GoodfitError as error:
    print(error)
"""
    assert python(copy, "-c", program) == "buckets=1 is out of range. Give 2 to 65,536.\n"

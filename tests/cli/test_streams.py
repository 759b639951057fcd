"""stdout and stderr that are closed, full, read in part, or of a small character set; started by torchrun."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import goodfit as gf
from goodfit.cli.app import LETTERS_OF_MESSAGE, main

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs a shell and /dev/full")
ROWS = 3_000  # whose predictions are more than a pipe holds


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the run `run`, fitted on rows.csv, of which two labels are not ASCII."""
    folder = tmp_path_factory.mktemp("streams")
    x = np.random.default_rng(0).normal(size=ROWS).round(4)
    lines = [f"{value},{'große' if value > 0 else 'kleine'}" for value in x]
    (folder / "rows.csv").write_text("size,kind\n" + "\n".join(lines) + "\n", encoding="utf-8")
    gf.fit(
        folder / "rows.csv", target="kind", epochs=1, out=folder / "run", arch="linear", rivals="none", quiet=True
    ).release()
    return folder


def shell(place: Path, line: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """A line of bash in which $G is the command; the status is that of the first program of a pipe."""
    script = f"G='{sys.executable} -m goodfit'; {line}; exit ${{PIPESTATUS[0]}}"
    given = {**os.environ, **environment}
    return subprocess.run(
        ["bash", "-c", script], cwd=place, env=given, capture_output=True, text=True, timeout=300, check=False
    )


def test_a_reader_that_ends_early_is_no_error(place: Path) -> None:
    done = shell(place, "$G predict run rows.csv -q | head -1")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("key,prediction,confidence")


@pytest.mark.slow
def test_a_full_stdout_is_one_line(place: Path) -> None:
    for command in ("$G predict run rows.csv -q", "$G nets", "$G evaluate run rows.csv --json -q"):
        done = shell(place, f"{command} > /dev/full")
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.splitlines()[-1].startswith("goodfit: stdout: the disk is full")
        assert len(done.stderr.splitlines()) == 1


def test_a_closed_stdout_is_one_line(place: Path) -> None:
    done = shell(place, "$G predict run rows.csv -q >&-")
    assert done.returncode == 2
    assert done.stderr.splitlines() == [
        "goodfit: stdout is closed: the result was not printed. Redirect it to a file or to /dev/null."
    ]


@pytest.mark.parametrize("stderr", [pytest.param("2>&-", marks=pytest.mark.slow), "2>/dev/full"])
def test_a_stderr_that_takes_nothing_ends_nothing(place: Path, stderr: str) -> None:
    done = shell(place, f"$G predict run rows.csv {stderr}")
    assert done.returncode == 0
    assert len(done.stdout.splitlines()) == 1 + ROWS
    assert shell(place, f"$G predict nowhere rows.csv {stderr}").returncode == 2


def test_labels_that_the_character_set_lacks_are_written_out(place: Path) -> None:
    for charset, label in (("ascii", r"gro\xdfe"), ("cp1252", "große"), ("utf-8", "große")):
        given = {**os.environ, "PYTHONIOENCODING": charset}
        words = [sys.executable, "-m", "goodfit", "predict", "run", "rows.csv", "-q"]
        done = subprocess.run(words, cwd=place, env=given, capture_output=True, timeout=300, check=True)
        assert f",p_{label}," in done.stdout.decode(charset).splitlines()[0]


def test_a_place_that_cannot_be_read_is_one_line(place: Path) -> None:
    (place / "loop.csv").unlink(missing_ok=True)
    (place / "loop.csv").symlink_to("loop.csv")
    done = shell(place, "$G predict run loop.csv -q")
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert done.stderr.startswith("goodfit: ")


@pytest.mark.slow
def test_one_of_several_processes_that_cannot_find_the_others_is_refused_with_the_reason(place: Path) -> None:
    done = shell(place, "$G fit rows.csv --target kind --epochs 1 --out other", WORLD_SIZE="2", RANK="0")
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert line == (
        "goodfit: this is one of 2 processes (WORLD_SIZE=2), and the others cannot be found: MASTER_ADDR and "
        "MASTER_PORT are not set. Start them by torchrun or by --processes N, or unset WORLD_SIZE."
    )
    assert not (place / "other").exists()
    alone = shell(
        place, "$G fit rows.csv --target kind --epochs 1 --arch linear --rivals none --out other -q", WORLD_SIZE="1"
    )
    assert alone.returncode == 0


def test_a_message_is_one_line_that_no_terminal_obeys(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["goodfit", "predict", "\x1b[2J\nrun\u009b" + "x" * 10_000, "data"])
    with pytest.raises(SystemExit) as raised:
        main()
    assert raised.value.code == 2
    printed = capsys.readouterr().err
    assert printed.startswith("goodfit: \\x1b[2J run\\x9bxxx")
    assert printed.count("\n") == 1
    assert len(printed) < LETTERS_OF_MESSAGE + 50


@pytest.mark.parametrize("command", ["predict", "evaluate"])
def test_names_of_columns_are_not_obeyed_where_it_is_printed_how_they_were_read(
    command: str, tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = "".join(f"{at * at % 17},{'ab'[at % 2]}\n" for at in range(60))
    (tmp_path / "train.csv").write_text("si\x1bze,kind\n" + rows)
    (tmp_path / "new.csv").write_text("Si\x1bze,kind\n" + rows)
    run = tmp_path / "run"
    gf.fit(tmp_path / "train.csv", target="kind", epochs=1, out=run, arch="linear", rivals="none", quiet=True).release()
    monkeypatch.setattr(sys, "argv", ["goodfit", command, str(run), str(tmp_path / "new.csv")])
    main()
    printed = capfd.readouterr().err
    assert r"'Si\x1bze'  (read as 'si\x1bze', which is not there)" in printed
    assert "\x1b" not in printed

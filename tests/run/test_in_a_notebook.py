"""A fit in a real kernel: progress in one output, the verdict at its end, and a run that shows itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

SETUP = """import numpy as np
import goodfit as gf
x = np.random.default_rng(0).normal(size=(120, 3)).astype('float32')
y = (x[:, 0] > 0).astype(int)"""
CELLS = (
    SETUP,
    "run = gf.fit(gf.arrays(x, y), epochs=2)",
    "run",
    "quiet = gf.fit(gf.arrays(x, y), epochs=1, rivals='none', quiet=True)",
)


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> list[list[dict[str, Any]]]:
    """What stands under each cell."""
    nbformat: Any = pytest.importorskip("nbformat")
    nbclient: Any = pytest.importorskip("nbclient")
    folder = tmp_path_factory.mktemp("notebook")
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(text) for text in CELLS])
    nbclient.NotebookClient(
        notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(folder)}}
    ).execute()
    assert (folder / "runs").is_dir()
    return [cell.outputs for cell in notebook.cells]


def test_progress_is_one_output_that_ends_with_the_verdict(outputs: list[list[dict[str, Any]]]) -> None:
    [shown] = outputs[1]
    text = shown["data"]["text/html"]
    assert "epoch" in text
    assert "Verdict: " in text
    assert " of 18 test rows are right" in text
    assert "░" not in text, "the bar goes at the end"


def test_a_run_shows_its_first_screen(outputs: list[list[dict[str, Any]]]) -> None:
    [shown] = outputs[2]
    text = shown["data"]["text/html"]
    for words in ("What to do next", "this model", "report.html", "<style>", "<svg"):
        assert words in text
    assert "<script" not in text


def test_quiet_is_quiet(outputs: list[list[dict[str, Any]]]) -> None:
    assert outputs[3] == []


def test_nothing_is_printed_outside_of_notebooks(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import numpy as np

    import goodfit as gf

    x = np.random.default_rng(0).normal(size=(60, 3)).astype(np.float32)
    gf.fit(gf.arrays(x, (x[:, 0] > 0).astype(int)), epochs=1, out=tmp_path / "run")
    captured = capsys.readouterr()
    assert captured.out + captured.err == ""

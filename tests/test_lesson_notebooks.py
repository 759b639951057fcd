"""The lessons as notebooks: each is valid, and is executed in a real kernel, most of them by `make slow`."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

pytest.importorskip("nbformat", reason="nbclient of the dev extra brings it")
import nbformat
from lessons.notebooks import notebook, write
from lessons.page import SHARED, blocks, pages

EXECUTED = "14-where-gradients-live"  # it has code, files and commands
PRINTED = {"02-a-loss-is-one-number": "broadcast: loss", EXECUTED: "gradients-not-zeroed"}


def test_every_lesson_is_a_valid_notebook(tmp_path: Path) -> None:
    written = write(tmp_path)
    assert [path.stem for path in written] == [page.stem for page in pages()]
    for path in written:
        nbformat.validate(nbformat.read(path, as_version=4))
    assert (tmp_path / "plots").is_dir()


def test_files_commands_and_links_are_those_of_notebooks() -> None:
    page = (
        "# One\nSee [two](02-two.md) and [data](../data.md).\n<!-- file a.py -->\n```python\nx = 1\n```\n"
        "```console\n$ goodfit check a.py\nall is well\n```\n```python\nprint(1)\n```\n\n```text\n1\n```\nThe end.\n"
    )
    cells = [(cell.cell_type, cell.source) for cell in notebook(page).cells]
    assert cells == [
        ("markdown", "# One\nSee [two](02-two.ipynb) and data."),
        ("code", "%%writefile a.py\nx = 1"),
        ("code", "!goodfit check a.py"),
        ("code", "print(1)"),
        ("markdown", "The end."),
    ]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of Jupyter's packages among each other
@pytest.mark.parametrize(
    "name",
    [page.stem if page.stem == EXECUTED else pytest.param(page.stem, marks=pytest.mark.slow) for page in pages()],
)
def test_a_notebook_of_a_lesson_runs(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    nbclient = pytest.importorskip("nbclient", reason="of the dev extra")
    monkeypatch.setenv("PATH", os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]))
    page = next(page for page in pages() if page.stem == name)
    text = page.read_text(encoding="utf-8")
    for needed in {block.needs for block in blocks(text) if block.needs is not None}:
        if not (SHARED / needed).is_dir():
            pytest.skip(f"no {needed}")
        (tmp_path / needed).symlink_to(SHARED / needed)
    made = notebook(text)
    nbclient.NotebookClient(made, timeout=300, resources={"metadata": {"path": str(tmp_path)}}).execute()
    outputs = [output for cell in made.cells if cell.cell_type == "code" for output in cell.outputs]
    printed = "".join(output.text for output in outputs if output.output_type == "stream")
    assert not [output for output in outputs if output.output_type == "error"]
    assert PRINTED.get(name, "") in printed

"""The lessons as notebooks: each is valid, and is executed in a real kernel and prints what the page shows."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("nbformat", reason="nbclient of the dev extra brings it")
import nbformat
from lessons.notebooks import notebook, write
from lessons.page import SHARED, blocks, pages, same

# What an earlier lesson left is gone, and the place is another; the kernel keeps what it has imported.
ANEW = "%reset -f\nimport os; os.chdir({folder!r}); del os"


class Kernel:
    """A kernel of Jupyter, in which cells are run one after the other."""

    def __init__(self) -> None:
        from jupyter_client.manager import start_new_kernel

        self._manager, self._client = start_new_kernel(kernel_name="python3")

    def run(self, source: str, streams: tuple[str, ...] = ("stdout",)) -> str:
        """What a cell prints. AssertionError with the traceback of a cell that fails."""
        printed: list[str] = []

        def keep(message: dict[str, Any]) -> None:
            content = message["content"]
            if message["header"]["msg_type"] == "stream" and content["name"] in streams:
                printed.append(content["text"])

        reply = self._client.execute_interactive(source, output_hook=keep, timeout=300, stop_on_error=False)
        content = reply["content"]
        assert content["status"] == "ok", "\n".join(content.get("traceback", ["the kernel gave no answer"]))
        return "".join(printed).replace("\r", "")

    def close(self) -> None:
        self._client.stop_channels()
        self._manager.shutdown_kernel(now=True)
        self._client.context.destroy()


@pytest.fixture(scope="module")
def kernel() -> Iterator[Kernel]:
    """One for all lessons that this process of the tests runs: it imports torch once."""
    pytest.importorskip("jupyter_client", reason="nbclient of the dev extra brings it")
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", path)  # for `!goodfit`
        patch.setenv("COLUMNS", "100")
        started = Kernel()
    yield started
    started.close()


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
@pytest.mark.parametrize("page", pages(), ids=lambda page: page.stem)
def test_a_lesson_runs_as_a_notebook_and_prints_what_the_page_shows(page: Path, kernel: Kernel, tmp_path: Path) -> None:
    text = page.read_text(encoding="utf-8")
    lesson = blocks(text)
    assert lesson, "a lesson has code that a learner can run"
    cells = [cell.source for cell in notebook(text).cells if cell.cell_type == "code"]
    needs = {block.needs for block in lesson if block.needs is not None}
    missing = {folder for folder in needs if not (SHARED / folder).is_dir()}
    for folder in needs - missing:
        (tmp_path / folder).symlink_to(SHARED / folder)
    kernel.run(ANEW.format(folder=str(tmp_path)))
    for block, cell in zip(lesson, cells, strict=True):
        if block.needs in missing:
            continue
        is_command = block.language == "console"
        printed = kernel.run(cell, ("stdout", "stderr") if is_command else ("stdout",))
        if block.file is None:
            shown = "\n".join(line for line in block.source.splitlines() if not line.startswith("$ "))
            shown = shown if is_command else block.output or ""
            assert same(shown, printed), f"{page.name}:{block.line}: shown\n{shown}\nand now printed\n{printed}"
    if missing:
        pytest.skip(f"run but for cells that need {', '.join(sorted(missing))}")

"""The lessons as notebooks: build/notebooks/NN-name.ipynb, without outputs, for anybody's Jupyter.

    make lessons-notebooks

Code becomes cells that run, files `%%writefile`, commands `!goodfit ...`; plots lie in the folder plots beside them.
"""

from __future__ import annotations

import argparse
import re
import shutil
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from lessons.page import FOLDER, ROOT, Block, blocks, commands, pages

COMMENT = re.compile(r"^<!-- .*? -->\n?", re.MULTILINE)
LESSON_LINK = re.compile(r"\]\((\d\d-[\w-]+)\.md\)")
OTHER_LINK = re.compile(r"(?<!!)\[([^\]]+)\]\((?!\w+://|\d\d-)[^)]+\)")


def notebook(text: str) -> nbformat.NotebookNode:
    """A page as a notebook: a cell for each block that is run, one for each stretch of prose between."""
    lines, at, cells = text.splitlines(), 0, []
    for block in blocks(text):
        cells += _prose(lines[at : block.line - 1])
        cells.append(new_code_cell(_code(block)))
        at = (block.output_lines[1] if block.output_lines else block.line + len(block.source.splitlines())) + 1
    cells += _prose(lines[at:])
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number}"  # the same each time
    made: nbformat.NotebookNode = new_notebook(cells=cells)
    return made


def _prose(lines: list[str]) -> list[nbformat.NotebookNode]:
    text = COMMENT.sub("", "\n".join(lines)).strip()
    text = OTHER_LINK.sub(r"\1", LESSON_LINK.sub(r"](\1.ipynb)", text))
    return [new_markdown_cell(text)] if text else []


def _code(block: Block) -> str:
    if block.language == "console":
        return "\n".join(f"!{line}" for line in commands(block))
    return f"%%writefile {block.file}\n{block.source}" if block.file is not None else block.source


def write(folder: Path) -> list[Path]:
    """Write every lesson as a notebook into `folder`, and the plots beside them."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copytree(FOLDER / "plots", folder / "plots", dirs_exist_ok=True)
    written = []
    for page in pages():
        path = folder / f"{page.stem}.ipynb"
        nbformat.write(notebook(page.read_text(encoding="utf-8")), path)
        written.append(path)
    return written


def main() -> None:
    parser = argparse.ArgumentParser(prog="make lessons-notebooks", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path, nargs="?", default=ROOT / "build" / "notebooks")
    for path in write(parser.parse_args().folder):
        print(path)


if __name__ == "__main__":
    main()

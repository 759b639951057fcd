"""The pages of docs/lessons: their figures are those that were measured. Their code is run as notebooks."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from command_process import goodfit_process
from lessons.__main__ import experiment, written
from lessons.page import FOLDER, RULE, Block, blocks, pages, regions, run, same, with_outputs, with_regions

from goodfit.checks.rule import rules

PAGES = {page.stem: page for page in pages()}
CODES = {rule.name: rule.code for rule in rules()}


def command(words: str, folder: Path) -> str:
    """`goodfit WORDS` as the lessons run it, in a process that has imported torch already."""
    result = goodfit_process(*words.split(), cwd=folder)
    assert result.returncode in (0, 1), result.stderr
    return result.stdout.rstrip()


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_the_measured_texts_of_a_lesson_come_from_the_figures_that_were_kept(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert written(int(page.name[:2]), page) == text, "make lessons HOW=--pages"
    assert not regions(text) or experiment(int(page.name[:2])) is not None


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_a_lesson_ends_with_the_rules_that_enforce_it(page: Path) -> None:
    last = page.read_text(encoding="utf-8").rpartition("\n## ")[2]
    assert last.startswith("The rules\n")
    named = dict(RULE.findall(last))
    assert named
    assert named.items() <= CODES.items()


def test_the_contents_list_every_lesson() -> None:
    listed = re.findall(r"\]\((\d\d-[\w-]+\.md)\)", (FOLDER / "README.md").read_text(encoding="utf-8"))
    assert listed == [page.name for page in pages()]


def test_every_plot_is_shown_and_small() -> None:
    texts = [page.read_text(encoding="utf-8") for page in pages()]
    shown = {name for text in texts for name in re.findall(r"\]\(plots/([\w.-]+)\)", text)}
    plots = {path.name: path.stat().st_size for path in (FOLDER / "plots").iterdir()}
    assert set(plots) == shown
    assert max(plots.values(), default=0) < 150_000


LESSON = """\
# A lesson
```python
x = 2 / 3
print(x)
```

```text
0.6667
```
<!-- file train.py -->
```python
import torch
```
prose
<!-- needs nowhere -->
```python
x = 5
```
```sh
not run
```
<!-- measured: a-table -->
old
<!-- end -->
"""


def test_blocks_are_parsed_with_their_outputs_files_and_needs(tmp_path: Path) -> None:
    first, second, third = blocks(LESSON)
    assert (first.source, first.output, first.line) == ("x = 2 / 3\nprint(x)", "0.6667", 2)
    assert (second.file, third.needs) == ("train.py", "nowhere")
    namespace: dict[str, Any] = {}
    printed = run(first, namespace, tmp_path, command)
    assert printed == "0.6666666666666666"
    assert run(third, namespace, tmp_path, command) is None
    assert namespace["x"] == 2 / 3
    assert "\n0.6666666666666666\n```" in with_outputs(LESSON, {first.line: printed})
    assert "-->\nnew\n<!-- end" in with_regions(LESSON, {"a-table": "new"})
    with pytest.raises(KeyError):
        with_regions(LESSON, {})


def test_numbers_with_decimals_may_differ_a_little_and_nothing_else() -> None:
    assert same("loss 0.812, 32 rows", "loss  0.815, 32 rows")
    assert not same("loss 0.812, 32 rows", "loss 0.812, 31 rows")
    assert not same("loss 0.812", "loss 0.912")
    assert not same("loss 0.812", "cost 0.812")
    assert same("right: 97%", "right: 96%")
    assert not same("right: 97%", "right: 91%")


def test_a_lesson_runs_no_other_program(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="goodfit commands only"):
        run(Block("console", "$ rm -r /", 1), {}, tmp_path, command)

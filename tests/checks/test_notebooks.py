"""Notebooks: findings under the cell that led to them, in a real kernel; and a notebook checked from outside."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from goodfit.checks.finding import Finding, Level
from goodfit.checks.notebook import as_html, python_of
from goodfit.checks.run_script import run_script
from goodfit.errors import UsageError

SETUP = """import torch
from torch import nn
torch.manual_seed(0)
net = nn.Linear(4, 3)
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
x = torch.randn(32, 4)
y = x[:, :3].argmax(1)"""
TRAIN = """%matplotlib inline
for step in range(4):
    optimizer.zero_grad()
    loss = nn.functional.cross_entropy(net(x).softmax(1), y)
    loss.backward()
    optimizer.step()"""

LOOP = TRAIN.partition("\n")[2]


def write(path: Path, *sources: str) -> Path:
    cells: list[dict[str, object]] = [
        {"cell_type": "code", "source": text, "metadata": {}, "outputs": [], "execution_count": None, "id": f"c{at}"}
        for at, text in enumerate(sources)
    ]
    path.write_text(json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    return path


def test_a_notebook_is_checked_and_the_cell_and_line_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "train.ipynb", SETUP, TRAIN, "%%bash\nls")
    checked = run_script("train.ipynb")
    assert [(each.rule, each.file, each.line) for each in checked.findings] == [
        ("softmax-before-cross-entropy", "train.ipynb[2]", 4)
    ]
    assert (checked.summary.steps, checked.status) == (4, 0)


def test_what_is_no_notebook_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.ipynb").write_text("{}")
    with pytest.raises(UsageError, match="not a notebook"):
        run_script(str(tmp_path / "a.ipynb"))
    with pytest.raises(UsageError, match="code cell 2 is not valid Python"):
        run_script(str(write(tmp_path / "b.ipynb", "x = 1", "x = = 2")))


def test_magics_are_left_out_and_lines_keep_their_numbers() -> None:
    assert python_of("%%time\nx = 1") == "\nx = 1"
    assert python_of("%%html\n<b>") == ""
    assert python_of("if x:\n    !pip install y\nz?") == "if x:\n    pass\npass"
    assert python_of("a = 5 % 2\nb = [c\n  for c in d]") == "a = 5 % 2\nb = [c\n  for c in d]"


def test_in_a_kernel_each_finding_stands_once_under_the_cell_that_led_to_it(tmp_path: Path) -> None:
    nbformat, nbclient = pytest.importorskip("nbformat"), pytest.importorskip("nbclient")
    pytest.importorskip("ipykernel")
    path = write(tmp_path / "live.ipynb", f"import goodfit as gf\nseen = gf.watch()\n{SETUP}", LOOP, LOOP, "seen")
    notebook = nbformat.read(path, as_version=4)
    nbclient.NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    tables = [
        [output["data"]["text/html"] for output in cell["outputs"] if "text/html" in output.get("data", {})]
        for cell in notebook["cells"]
    ]
    assert [len(each) for each in tables] == [0, 1, 0, 1]
    assert "softmax-before-cross-entropy" in tables[1][0]
    assert "softmax-before-cross-entropy" in tables[3][0]


def test_the_table_escapes_what_a_message_holds() -> None:
    assert as_html([]) == "<p>goodfit: no findings</p>"
    finding = Finding("r", "GF1", Level.ERROR, "a < b", "say <i>", file="f.py", line=3, count=2)
    table = as_html([finding])
    assert "a &lt; b." in table
    assert "say &lt;i&gt;." in table
    assert "f.py:3 (seen 2 times)" in table

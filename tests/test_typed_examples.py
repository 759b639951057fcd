"""mypy and pyright read the Python examples of README and quickstart pages, and find an option that is misspelt."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from test_documented_examples import marked_blocks

ROOT = Path(__file__).resolve().parents[1]
MISSPELT = 'import goodfit as gf\n\ngf.fit("people.csv", epochz=2)\n'


def write_examples(folder: Path) -> None:
    """The examples, a file each, and one with a misspelt option."""
    for page in (ROOT / "README.md", *sorted((ROOT / "docs").glob("quickstart-*.md"))):
        blocks = [block for block in marked_blocks(page.read_text("utf-8")) if block.language == "python"]
        assert blocks, page.name
        for number, block in enumerate(blocks):
            name = f"{page.stem.replace('-', '_')}_{number}.py"  # a module's name
            (folder / name).write_text("\n".join(block.lines) + "\n")
    (folder / "misspelt.py").write_text(MISSPELT)


def test_the_types_accept_every_example_and_reject_a_misspelt_option(tmp_path: Path) -> None:
    write_examples(tmp_path)
    # no option more than `make types` has: the cache that it left would be of no use
    command = [sys.executable, "-m", "mypy", "--config-file", str(ROOT / "pyproject.toml")]
    command += ["--cache-dir", str(ROOT / ".mypy_cache"), *map(str, sorted(tmp_path.glob("*.py")))]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=600)
    errors = [line for line in done.stdout.splitlines() if ": error:" in line]
    assert len(errors) == 1, done.stdout + done.stderr
    assert 'misspelt.py:3: error: Unexpected keyword argument "epochz" for "fit"' in errors[0]


def test_pyright_accepts_every_example_and_rejects_a_misspelt_option(tmp_path: Path) -> None:
    pytest.importorskip("pyright", reason="pyright is not installed: pip install pyright")
    write_examples(tmp_path)
    settings = {"extraPaths": [str(ROOT / "src")], "include": ["."]}
    (tmp_path / "pyrightconfig.json").write_text(json.dumps(settings))
    command = [sys.executable, "-m", "pyright", "--outputjson", "--pythonpath", sys.executable]
    try:
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=90)
        result = json.loads(done.stdout)
    except subprocess.TimeoutExpired:
        pytest.skip("pyright cannot run here, for it fetches itself by npm, and that does not answer")
    except ValueError:
        pytest.skip(f"pyright cannot run here, for it fetches itself by npm: {done.stderr[-300:]}")
    assert result["summary"]["filesAnalyzed"] == len(list(tmp_path.glob("*.py")))
    errors = [(Path(each["file"]).name, each["message"]) for each in result["generalDiagnostics"]]
    assert errors == [("misspelt.py", 'No parameter named "epochz"')]

"""mypy reads the Python examples of the README, and finds an option that is misspelt."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from test_documented_examples import marked_blocks

ROOT = Path(__file__).resolve().parents[1]
MISSPELT = 'import goodfit as gf\n\ngf.fit("people.csv", epochz=2)\n'


def test_the_types_accept_every_example_and_reject_a_misspelt_option(tmp_path: Path) -> None:
    blocks = [block for block in marked_blocks((ROOT / "README.md").read_text("utf-8")) if block.language == "python"]
    assert len(blocks) >= 2
    for number, block in enumerate(blocks):
        (tmp_path / f"example_{number}.py").write_text("\n".join(block.lines) + "\n")
    (tmp_path / "misspelt.py").write_text(MISSPELT)
    command = [
        sys.executable,
        "-m",
        "mypy",
        "--config-file",
        str(ROOT / "pyproject.toml"),
        "--follow-imports",
        "silent",
    ]
    command += ["--cache-dir", str(ROOT / ".mypy_cache"), *map(str, sorted(tmp_path.glob("*.py")))]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=600)
    errors = [line for line in done.stdout.splitlines() if ": error:" in line]
    assert len(errors) == 1, done.stdout + done.stderr
    assert 'misspelt.py:3: error: Unexpected keyword argument "epochz" for "fit"' in errors[0]

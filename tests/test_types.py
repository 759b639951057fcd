"""The types of the code: mypy takes a core for a minute, beside which other tests run on the others."""

from __future__ import annotations

import subprocess
import sys

from conftest import ROOT


def test_mypy_finds_nothing() -> None:
    checked = subprocess.run([sys.executable, "-m", "mypy"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr

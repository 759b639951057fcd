"""goodfit's own files are no user's, also where the package is reached through a link."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import goodfit


def test_a_package_that_is_reached_through_a_link_is_no_users_code(tmp_path: Path) -> None:
    link = tmp_path / "linked"
    link.symlink_to(Path(goodfit.__file__).parents[1], target_is_directory=True)
    asked = "from goodfit.checks.engine import user_frame; print(user_frame.is_users(user_frame.__file__))"
    environment = {**os.environ, "PYTHONPATH": str(link)}
    done = subprocess.run([sys.executable, "-c", asked], env=environment, check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "False"

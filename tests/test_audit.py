"""`make audit` never calls an audit good that looked up nothing."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

PLACE = Path(__file__).parents[1] / "bench" / "audit.py"


def summary(*packages: dict[str, Any]) -> tuple[list[str], int]:
    """What is printed of these packages, and the exit status."""
    spec = importlib.util.spec_from_file_location("audit", PLACE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    lines, status = module.summary({"dependencies": list(packages)})
    return list(lines), int(status)


WHOLE = {"name": "click", "version": "8.5.1", "vulns": []}
UNKNOWN = {"name": "torch", "skip_reason": "Dependency not found on PyPI"}
OURS = {"name": "goodfit", "skip_reason": "Dependency not found on PyPI"}


def test_without_a_line_to_the_database_nothing_was_checked() -> None:
    lines, status = summary(OURS, UNKNOWN)
    assert status == 2
    assert lines[0].startswith("NOTHING WAS CHECKED: none of 1 packages")


def test_what_could_not_be_looked_up_is_named() -> None:
    lines, status = summary(OURS, UNKNOWN, WHOLE)
    assert (lines, status) == (["1 packages checked, 0 known vulnerabilities", "1 NOT CHECKED: torch"], 0)


def test_a_vulnerability_is_named_with_the_release_that_ends_it() -> None:
    faulty = {"name": "pillow", "version": "9.0", "vulns": [{"id": "PYSEC-1", "fix_versions": ["9.0.1"]}]}
    lines, status = summary(WHOLE, faulty)
    assert lines[0] == "pillow 9.0: PYSEC-1, fixed in: 9.0.1"
    assert lines[1] == "2 packages checked, 1 known vulnerabilities"
    assert status == 1

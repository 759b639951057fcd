"""A baseline: findings that a project has accepted, so that only new ones are reported. A failed rule is never one."""

from __future__ import annotations

import json
import linecache
from collections.abc import Sequence
from pathlib import Path

from goodfit.checks.finding import Finding
from goodfit.checks.rule import FAILED
from goodfit.errors import UsageError
from goodfit.store.files import write_text


def write_baseline(findings: Sequence[Finding], baseline: Path) -> None:
    """Accept these findings from now on."""
    accepted = sorted({_identity(finding) for finding in findings if finding.rule != FAILED})
    write_text(baseline, json.dumps({"accepted": accepted}, indent=1) + "\n")


def not_accepted(findings: Sequence[Finding], baseline: Path) -> list[Finding]:
    """Findings that a baseline does not hold; compared by rule, file and the text of the line, which may move.

    Raises:
        UsageError: no such file, or not one that `--write-baseline` wrote.
    """
    try:
        if baseline.exists() and not baseline.is_file():
            raise OSError("not a file")  # a pipe or a device would be read for ever
        accepted = {tuple(entry) for entry in json.loads(baseline.read_text(encoding="utf-8"))["accepted"]}
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise UsageError(
            "not a baseline", where=baseline, fix="Write one: goodfit check --write-baseline FILE ..."
        ) from error
    return [finding for finding in findings if finding.rule == FAILED or _identity(finding) not in accepted]


def _identity(finding: Finding) -> tuple[str, str, str]:
    line = linecache.getline(finding.file, finding.line).strip() if finding.file and finding.line else ""
    return finding.rule, finding.file or "", line

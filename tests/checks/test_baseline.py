"""A baseline accepts findings by rule, file and line of code; a failed rule is never accepted."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from goodfit.checks.baseline import not_accepted, write_baseline
from goodfit.checks.finding import Finding, Level
from goodfit.errors import UsageError


def test_a_baseline_accepts_what_it_was_written_from_and_nothing_else(tmp_path: Path) -> None:
    program = tmp_path / "train.py"
    program.write_text("first\nsecond\nthird\n")
    one = Finding("samples-mix", "GF102", Level.ERROR, "rows mix", "fix it", file=str(program), line=2)
    baseline = tmp_path / "accepted.json"
    write_baseline([one], baseline)
    elsewhere, other_rule = replace(one, line=3), replace(one, rule="loss-detached", code="GF209")
    assert not_accepted([one, replace(one, message="rows still mix"), elsewhere, other_rule], baseline) == [
        elsewhere,
        other_rule,
    ]


def test_a_failed_rule_is_never_accepted(tmp_path: Path) -> None:
    failure = Finding("rule-failed", "GF000", Level.ERROR, "the rule samples-mix failed", "report it")
    write_baseline([failure], tmp_path / "accepted.json")
    assert not_accepted([failure], tmp_path / "accepted.json") == [failure]


def test_another_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.json").write_text("[1]")
    for name in ("notes.json", "missing.json"):
        with pytest.raises(UsageError, match="not a baseline"):
            not_accepted([], tmp_path / name)

"""docs/findings.schema.json says what `goodfit check --format json` prints: each field, its type, and no other."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from goodfit.checks.finding import Finding, Level
from goodfit.checks.formats import as_json
from goodfit.checks.rule import rules

SCHEMA: dict[str, Any] = json.loads(
    (Path(__file__).parents[2] / "docs" / "findings.schema.json").read_text(encoding="utf-8")
)
TYPES = {"string": str, "integer": int, "boolean": bool, "array": list, "object": dict, "null": type(None)}


def violations(value: Any, schema: dict[str, Any], where: str = "report") -> list[str]:
    """What of a value breaks the part of JSON Schema that our file uses; fields that it does not name break it too."""
    broken = []
    names = schema.get("type", [])
    allowed = tuple(TYPES[name] for name in ([names] if isinstance(names, str) else names))
    if allowed and not isinstance(value, allowed):
        broken.append(f"{where} is {value!r}")
    if "enum" in schema and value not in schema["enum"]:
        broken.append(f"{where} is {value!r}")
    if "pattern" in schema and not re.search(schema["pattern"], value):
        broken.append(f"{where} is {value!r}")
    if isinstance(value, int) and value < schema.get("minimum", value):
        broken.append(f"{where} is {value}")
    if isinstance(value, dict):
        broken += [f"{where} lacks {name}" for name in schema["required"] if name not in value]
        broken += [f"{where} has {name}" for name in value if name not in schema["properties"]]
        for name, part in schema["properties"].items():
            if name in value:
                broken += violations(value[name], part, f"{where}.{name}")
    if isinstance(value, list):
        for each in value:
            broken += violations(each, schema["items"], f"{where}[]")
    return broken


@pytest.mark.parametrize(("file", "line"), [("train.py", 3), (None, None)])
def test_a_report_is_as_the_schema_says(file: str | None, line: int | None) -> None:
    findings = [Finding(rule.name, rule.code, level, "m", "f", file, line, 2) for rule in rules() for level in Level]
    assert violations(json.loads(as_json(findings, "train.py", 12)), SCHEMA) == []


def test_the_schema_forbids_what_is_wrong() -> None:
    report = json.loads(as_json([Finding("a", "GF1", Level.ERROR, "m", "f", "x.py", 0)], "train.py", 1))
    del report["steps"]
    report["more"] = 1
    assert violations(report, SCHEMA) == [
        "report lacks steps",
        "report has more",
        "report.findings[].code is 'GF1'",
        "report.findings[].line is 0",
    ]

"""Findings as a person reads them, and as programs do: text, JSON, SARIF 2.1.0, and GitHub's annotations."""

from __future__ import annotations

import json
import linecache
import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from goodfit.checks.finding import Finding, Level
from goodfit.formatting import sentence

if TYPE_CHECKING:
    from goodfit.checks.engine.program_state import Summary

FORMATS = ("text", "json", "sarif", "github")
NOTHING_WATCHED = "No training step and no loss was seen: nothing could be checked"
WIDTH = 100  # columns
SARIF_LEVELS = {Level.ERROR: "error", Level.WARNING: "warning", Level.NOTICE: "note"}


def render(form: str, findings: Sequence[Finding], target: str, summary: Summary | None = None) -> str:
    """The report in one of the FORMATS; without a summary, that of data."""
    if form == "json":
        return as_json(findings, target, summary.steps if summary else 0, watched=summary is None or summary.watched)
    if form == "sarif":
        return as_sarif(findings)
    if form == "github":
        unseen = [f"::warning title=goodfit::{NOTHING_WATCHED}"] if summary is not None and not summary.watched else []
        return "\n".join([as_github(findings), *unseen]).strip()
    return as_text(findings, summary)


def as_text(findings: Sequence[Finding], summary: Summary | None = None) -> str:
    """For the terminal: each finding with its line of code, what was seen, and the fix; then a line of counts."""
    blocks = [_block(finding) for finding in findings if finding.level is not Level.NOTICE]
    notices = [finding for finding in findings if finding.level is Level.NOTICE]
    if notices:
        blocks.append("\n".join(f"notice  {place(one)}  {one.rule}: {one.message}" for one in notices))
    return "\n\n".join([*blocks, closing(findings, summary)])


def closing(findings: Sequence[Finding], summary: Summary | None) -> str:
    """The last lines: how much was watched, how much was found, and what could not be examined."""
    counts = [(level, sum(finding.level is level for finding in findings)) for level in Level]
    totals = ", ".join(f"{count} {level.value}{'s' if count > 1 else ''}" for level, count in counts if count)
    lines = [f"goodfit: {totals or 'no findings'}"]
    if summary is not None:
        lines[0] += f" in {_steps(summary)}"
        if not summary.watched:
            lines.append(NOTHING_WATCHED)
        if summary.compiled:
            lines.append("torch.compile is used: rules that look inside modules saw none of what came after it")
        if summary.not_checked:
            lines.append(f"not checked: {', '.join(summary.not_checked)}")
    if any(finding.level is not Level.NOTICE for finding in findings):
        lines.append("Run goodfit explain RULE for details and known false alarms")
    return "\n".join(lines)


def _steps(summary: Summary) -> str:
    """44 optimiser steps (1 optimiser); 20 steps that the program makes by itself."""
    plural = "" if summary.steps == 1 else "s"
    if summary.by_hand:
        return f"{summary.steps:,} step{plural} written by hand"
    optimisers = f" ({summary.optimisers} optimiser{'' if summary.optimisers == 1 else 's'})" if summary.steps else ""
    return f"{summary.steps:,} optimiser step{plural}{optimisers}"


def place(finding: Finding) -> str:
    if finding.file is None:
        return "the program"
    return f"{finding.file}:{finding.line}" if finding.line else finding.file


def _block(finding: Finding) -> str:
    times = f"  (seen {finding.count} times)" if finding.count > 1 else ""
    lines = [f"{finding.level.value}  {place(finding)}  {finding.rule} [{finding.code}]{times}"]
    if finding.file and finding.line:
        code = linecache.getline(finding.file, finding.line).strip()
        if code:
            lines.append(f"    > {code}")
    for text in (sentence(_begun(finding.message)), f"Fix: {sentence(finding.fix)}"):
        lines += textwrap.wrap(text, WIDTH, initial_indent="    ", subsequent_indent="    ")
    return "\n".join(lines)


def as_json(findings: Sequence[Finding], program: str, steps: int, *, watched: bool = True) -> str:
    """One object, as the command prints it."""
    report = {
        "program": program,
        "steps": steps,
        "watched": watched,
        "findings": [finding.to_json() for finding in findings],
    }
    return json.dumps(report, ensure_ascii=False)


def as_sarif(findings: Sequence[Finding]) -> str:
    """SARIF 2.1.0 (OASIS), as GitHub's code scanning and editors read it."""
    from goodfit import __version__
    from goodfit.checks.rule import rules

    pages = {rule.name: rule.page for rule in rules()}
    names = sorted({finding.rule for finding in findings})
    results: list[dict[str, Any]] = []
    for finding in findings:
        result: dict[str, Any] = {
            "ruleId": finding.rule,
            "level": SARIF_LEVELS[finding.level],
            "message": {"text": f"{sentence(finding.message)} {sentence(finding.fix)}"},
            "occurrenceCount": finding.count,
        }
        if finding.file:
            location: dict[str, Any] = {"artifactLocation": {"uri": finding.file}}
            if finding.line:
                location["region"] = {"startLine": finding.line}
            result["locations"] = [{"physicalLocation": location}]
        results.append(result)
    descriptions = [
        {"id": name, "shortDescription": {"text": pages.get(name, name).splitlines()[0]}, "help": {"text": pages[name]}}
        if name in pages
        else {"id": name}
        for name in names
    ]
    driver = {"name": "goodfit", "version": __version__, "rules": descriptions}
    return json.dumps(
        {
            "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
            "version": "2.1.0",
            "runs": [{"tool": {"driver": driver}, "results": results}],
        },
        ensure_ascii=False,
    )


def as_github(findings: Sequence[Finding]) -> str:
    """A workflow command a line: GitHub shows them beside the code."""
    lines = []
    for finding in findings:
        where = [f"file={finding.file}"] if finding.file else []
        where += [f"line={finding.line}"] if finding.file and finding.line else []
        title = f"title={finding.rule} ({finding.code})"
        text = f"{sentence(finding.message)} {sentence(finding.fix)}".replace("%", "%25").replace("\n", "%0A")
        lines.append(f"::{finding.level.value} {','.join([*where, title])}::{text}")
    return "\n".join(lines)


def _begun(message: str) -> str:
    """A sentence with a capital, unless it begins with a name of code such as mse_loss."""
    first = message.partition(" ")[0]
    return message if any(sign in first for sign in "_.(=") else message[:1].upper() + message[1:]

"""What `goodfit check` does: a program or data, one report, an exit status."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from goodfit.checks.finding import Finding, Level
from goodfit.errors import UsageError

FAILED = 1
FAILING = {"error": {Level.ERROR}, "warning": {Level.ERROR, Level.WARNING}, "never": set[Level]()}


def check_target(
    target: str,
    arguments: Sequence[str],
    *,
    module: bool,
    form: str,
    select: Sequence[str],
    ignore: Sequence[str],
    fail_on: str,
    steps: int | None,
    baseline: Path | None,
    write_baseline: Path | None,
    output: Path | None,
) -> int:
    """Check it and print the report; the exit status: the program's own when it failed, else 1 for findings."""
    from goodfit.checks import output as forms
    from goodfit.checks import program
    from goodfit.store.files import write_text

    _refuse_unknown([*select, *ignore])
    status, done, text = 0, 0, None
    if not module and not target.endswith(".py") and (Path(target).is_dir() or Path(target).is_file()):
        findings = _of_data(Path(target), arguments)
        findings = [one for one in findings if _asked(one, select, ignore)]
        text = forms.as_text(findings)
    else:
        told = program.check_program(
            target,
            arguments,
            module=module,
            steps=steps,
            select=select,
            ignore=ignore,
            quiet_stdout=form != "text" and output is None,
        )
        findings, status, done, text = told.findings, told.status, told.steps, told.text
    if write_baseline is not None:
        program.write_baseline(findings, write_baseline)
        print(f"{len(findings)} findings accepted -> {write_baseline}", file=sys.stderr)
        return status
    if baseline is not None:
        kept = program.left_out(findings, baseline)
        text = f"{forms.as_text(kept)}\n{len(findings) - len(kept)} more are accepted by {baseline}"
        findings = kept
    if form == "json":
        text = forms.as_json(findings, target, done)
    elif form == "sarif":
        text = forms.as_sarif(findings)
    elif form == "github":
        text = forms.as_github(findings)
    if output is not None:
        write_text(output, text + "\n")
    else:
        print(text)
    if status:
        return status
    return FAILED if any(finding.level in FAILING[fail_on] for finding in findings) else 0


def _of_data(path: Path, arguments: Sequence[str]) -> list[Finding]:
    """Options of the data follow its path: --target income, --valid PATH, --test PATH."""
    from goodfit.checks.data import check_path

    options: dict[str, Any] = {}
    words = iter(arguments)
    for word in words:
        value = next(words, None)
        if not word.startswith("--") or value is None:
            raise UsageError(f"'{word}' is not an option with a value", fix="Give --target NAME, --valid PATH, ...")
        name = word[2:].replace("-", "_")
        options[name] = Path(value) if name in ("valid", "test") else value
    return check_path(path, **options)[0]


def _asked(finding: Finding, select: Sequence[str], ignore: Sequence[str]) -> bool:
    def named(words: Sequence[str]) -> bool:
        return any(finding.rule == word or finding.code.startswith(word) for word in words)

    return (not select or named(select)) and not named(ignore)


def _refuse_unknown(words: Sequence[str]) -> None:
    from goodfit.checks.rule import rules

    for word in words:
        if not any(rule.name == word or rule.code.startswith(word) for rule in rules()):
            raise UsageError(f"there is no rule '{word}'", fix="goodfit explain lists them")

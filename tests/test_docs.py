"""What the docs name is there: files, links."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from command_process import goodfit_process

ROOT = Path(__file__).parents[1]
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_to_a_file_leads_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    broken = [target for target in targets if "://" not in target and not (page.parent / target).exists()]
    assert not broken


def test_the_report_in_the_readme_is_what_the_program_gives() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    shown = text.partition("$ goodfit check docs/examples/train_digits.py\n")[2].partition("\n```")[0]
    printed = goodfit_process("check", "docs/examples/train_digits.py", cwd=ROOT).stdout.rstrip()
    assert printed.endswith(shown), "README.md: print the report anew"


def test_the_walk_names_packages_that_are_there() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    named = {
        name for line in text.splitlines() if line.startswith("|") for name in re.findall(r"`([a-z]+/|\w+\.py)`", line)
    }
    there = {
        path.name + ("/" if path.is_dir() else "")
        for path in (ROOT / "src" / "goodfit").iterdir()
        if not path.name.startswith("__")
    }
    assert named == there - {"py.typed"}


def test_the_walk_names_the_steps_of_fit_in_their_order() -> None:
    steps = ["open_data", "make_problem", "check_problem", "make_net", "choose_hyperparameters", "run_session", "score"]
    steps += ["make_record", "save_run"]
    walk = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    code = (ROOT / "src" / "goodfit" / "fitting" / "fit.py").read_text(encoding="utf-8").partition("def fit(")[2]
    for text, pattern in ((walk, r"\b{}\b"), (code, r"\b{}\(")):
        at = [match.start() if (match := re.search(pattern.format(step), text)) else -1 for step in steps]
        assert -1 not in at
        assert at == sorted(at)

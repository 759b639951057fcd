"""The site of the docs: its pages lie beside each other with links that hold, and it builds without a warning."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

import goodfit
from goodfit.checks.rule import rules

ROOT = Path(__file__).resolve().parents[1]
SITE = ROOT / "docs" / "site"
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)\s]*)?\)")


def load_stage() -> ModuleType:
    spec = importlib.util.spec_from_file_location("stage", SITE / "stage.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def staged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sources of the site."""
    folder = tmp_path_factory.mktemp("site") / "source"
    load_stage().stage(folder)
    return folder


def test_each_rule_has_a_page_with_its_sections_and_stands_in_the_index(staged: Path) -> None:
    index = (staged / "rules" / "index.md").read_text(encoding="utf-8")
    for rule in rules():
        page = (staged / "rules" / f"{rule.name}.md").read_text(encoding="utf-8")
        headings = re.findall(r"^## (.+)$", page, flags=re.MULTILINE)
        assert headings[:3] == ["What it checks", "Why it hurts", "Example"], rule.name
        assert rule.code in page
        assert f"| {rule.code} | [{rule.name}]({rule.name}.md) |" in index


def test_code_of_a_rule_is_a_block_and_a_sentence_is_not(staged: Path) -> None:
    pace = (staged / "rules" / "scheduler-pace.md").read_text(encoding="utf-8")
    assert "## Example\n\n```python\nfor x, y in loader" in pace
    assert "## Instead\n\nStep it once per epoch" in pace


def test_each_public_name_is_in_the_reference(staged: Path) -> None:
    named = re.findall(r"^## gf\.(\w+)$", (staged / "api.md").read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert named == [name for name in goodfit.__all__ if not name.startswith("_")]


def test_every_link_of_the_site_leads_to_one_of_its_pages(staged: Path) -> None:
    broken = []
    for page in staged.rglob("*.md"):
        text = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
        links = [link for link in LINK.findall(text) if "://" not in link]
        broken += [f"{page.relative_to(staged)}: {link}" for link in links if not (page.parent / link).exists()]
    assert not broken


def test_every_guide_stands_in_the_contents(staged: Path) -> None:
    contents = re.findall(r"```\{toctree\}\n.*?```", (staged / "index.md").read_text(encoding="utf-8"), flags=re.DOTALL)
    listed = {line for block in contents for line in block.splitlines()}
    assert {page.stem for page in (SITE.parent).glob("*.md")} <= listed


def test_a_link_into_the_code_becomes_the_path_that_it_names(staged: Path) -> None:
    walk = (staged / "architecture.md").read_text(encoding="utf-8")
    assert "`goodfit.fit` (`src/goodfit/fitting/fit.py`)" in walk


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_the_site_builds_without_a_warning_and_asks_nothing_of_other_servers(staged: Path, tmp_path: Path) -> None:
    pytest.importorskip("sphinx", reason="make docs installs it")
    pytest.importorskip("myst_parser", reason="make docs installs it")
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-b", "html", str(staged), str(tmp_path)]
    result = subprocess.run(command, capture_output=True, text=True, check=False, timeout=600)
    assert result.returncode == 0, result.stderr[-4000:]
    text = (tmp_path / "api.html").read_text(encoding="utf-8")
    assert "goodfit.fit" in text
    assert "on_epoch" in text
    for page in ("index.html", "lessons/07-channels-at-stride-2.html"):
        loaded = re.findall(r"<(?:script|link|img)[^>]*(?:src|href)=\"(https?:[^\"]+)\"", (tmp_path / page).read_text())
        assert not loaded

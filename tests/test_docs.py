"""What the docs name is there: files, links."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from command_process import goodfit_process

ROOT = Path(__file__).parents[1]
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"\]\(([^)#\s]*)(?:#([^)\s]*))?\)")


def prose_of(page: Path) -> str:
    """A page without its blocks of code, in which brackets are no links and `#` is no heading."""
    return re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)


def anchors(text: str) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them: small letters, signs left out, spaces to hyphens."""
    found: set[str] = set()
    for heading in re.findall(r"^#{1,6} +(.+?) *$", text, flags=re.MULTILINE):
        words = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading)  # a link in a heading counts by its text
        slug = re.sub(r"[^\w\- ]", "", words.lower()).replace(" ", "-")
        count = 1
        while (name := slug if slug not in found else f"{slug}-{count}") in found:
            count += 1
        found.add(name)
    return found


def broken_links(page: Path) -> list[str]:
    """The links of a page to a file that is not there, or to a heading that its page has not."""
    broken = []
    for target, anchor in LINK.findall(prose_of(page)):
        path = page.parent / target if target else page
        if "://" in target or target.startswith("mailto:"):
            continue
        if not path.exists() or (anchor and (path.suffix != ".md" or anchor not in anchors(prose_of(path)))):
            broken.append(f"{target}#{anchor}" if anchor else target)
    return broken


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_to_a_file_and_a_heading(page: Path) -> None:
    assert not broken_links(page)


def test_a_broken_link_is_seen(tmp_path: Path) -> None:
    other = tmp_path / "other.md"
    other.write_text("# One & two\n## `gf.fit`: a [call](x.md)\n## Same\n## Same\n```sh\n# no heading\n```\n")
    assert anchors(prose_of(other)) == {"one--two", "gffit-a-call", "same", "same-1"}
    page = tmp_path / "page.md"
    page.write_text(
        "# Here\n[a](other.md) [b](other.md#same-1) [c](#here) [d](https://nowhere.example/x#y)\n"
        "[e](gone.md) [f](other.md#no-heading) [g](#there)\n```python\nx = y[0](z)\n```\n"
    )
    assert broken_links(page) == ["gone.md", "other.md#no-heading", "#there"]


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

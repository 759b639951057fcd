"""Lay out the pages of the site: the docs as they are, a page for each rule, the reference of the public names.

    python docs/site/stage.py build/site-source

Links that lead out of the docs, into the code, become the path that they name: a site has no source tree beside it.
"""

from __future__ import annotations

import argparse
import ast
import inspect
import re
import shutil
import textwrap
from collections.abc import Callable
from pathlib import Path

import goodfit
from goodfit.checks.rule import Rule, rules

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
LINK = re.compile(r"(?<!!)\[(?P<text>[^\]]+)\]\((?P<path>[^)#\s]+)(?P<anchor>#[^)\s]*)?\)")
IMAGE = re.compile(r"!\[[^\]]*\]\((?P<path>[^)\s]+)\)")
EXPLAIN = re.compile(r"`goodfit explain (?P<rule>[a-z][a-z-]+)`")
EXAMPLES = {"Example", "Instead"}  # sections of a rule that show code, or say in words what to do
START = {"README.md": "index.md"}  # pages that have another name on the site

CONTENTS = """
```{{toctree}}
:hidden:
:caption: {caption}

{entries}
```
"""
SECTIONS = {
    "Start": [
        "quickstart-images",
        "quickstart-tables",
        "quickstart-texts",
        "quickstart-ratings",
        "quickstart-masks",
        "quickstart-own-net",
    ],
    "Guide": ["data", "images", "ratings", "verdict", "compare", "stats", "check", "security"],
    "Learn": ["lessons/README"],
    "Reference": ["api", "rules/index"],
    "Behind it": ["architecture", "benchmarks", "reliability", "zoo", "decisions/README"],
}


def pages() -> list[Path]:
    """The Markdown files that become pages, and README.md."""
    return [ROOT / "README.md", *sorted(DOCS.rglob("*.md"))]


def place(page: Path) -> Path:
    """Where a page of the repository lies in the site."""
    return page.relative_to(DOCS) if DOCS in page.parents else Path(START.get(page.name, page.name))


def staged(page: Path) -> str:
    """The text of a page for the site: its links lead to pages, and commands that explain a rule to the rule's page."""
    known = {each.resolve(): place(each) for each in pages()}
    up = "../" * (len(place(page).parts) - 1)
    names = {rule.name for rule in rules()}

    def link(match: re.Match[str]) -> str:
        text, path, anchor = match["text"], match["path"], match["anchor"] or ""
        if "://" in path:
            return match[0]
        target = (page.parent / path).resolve()
        if target.is_dir() and (target / "README.md") in known:
            target /= "README.md"
        if target in known:
            return f"[{text}]({up}{known[target].as_posix()}{anchor})"
        shown = target.relative_to(ROOT).as_posix()
        return f"`{shown}`" if shown.endswith(text.strip("`")) else f"{text} (`{shown}`)"

    def explain(match: re.Match[str]) -> str:
        return f"[{match[0]}]({up}rules/{match['rule']}.md)" if match["rule"] in names else match[0]

    return outside_code(page.read_text(encoding="utf-8"), lambda text: EXPLAIN.sub(explain, LINK.sub(link, text)))


def outside_code(text: str, change: Callable[[str], str]) -> str:
    """`change` applied to what is not in a fence."""
    pieces = re.split(r"(^```.*?^```$)", text, flags=re.MULTILINE | re.DOTALL)
    return "".join(piece if piece.startswith("```") else change(piece) for piece in pieces)


def rule_page(rule: Rule) -> str:
    """The page of a rule: what `goodfit explain NAME` prints, as Markdown."""
    first, _, rest = rule.page.partition("\n")
    sections = [f"# {rule.name}", f"**{rule.code}, {rule.level.name.lower()}**: {first.partition(': ')[2]}"]
    for heading, body in re.findall(r"^(\S.*)\n((?:[ ]{4}.*\n|\n)+)", rest + "\n", flags=re.MULTILINE):
        text = textwrap.dedent(body).strip("\n")
        sections += [f"## {heading}", f"```python\n{text}\n```" if heading in EXAMPLES and is_code(text) else text]
    return "\n\n".join(sections) + "\n"


def is_code(text: str) -> bool:
    """Whether a text is Python, and not a sentence."""
    try:
        return bool(ast.parse(text).body)
    except SyntaxError:
        return False


def rule_index() -> str:
    """All rules by code, in a table, and their pages in the contents."""
    lines = [
        "# Rules",
        "",
        "What `goodfit check`, `goodfit fit` and `gf.watch` look for: GF1 inputs, GF2 losses, GF3 optimisers and nets,",
        "GF4 evaluation, GF5 data, GF6 memory and precision, GF7 advice.",
        "",
        "| code | rule | level | it finds |",
        "|---|---|---|---|",
    ]
    for rule in rules():
        first = rule.page.partition("\n")[0].partition(": ")[2]
        lines.append(f"| {rule.code} | [{rule.name}]({rule.name}.md) | {rule.level.name.lower()} | {first} |")
    entries = "\n".join(rule.name for rule in rules())
    return "\n".join(lines) + "\n\n```{toctree}\n:hidden:\n\n" + entries + "\n```\n"


def reference() -> str:
    """The public names of goodfit, documented from their docstrings."""
    lines = ["# Python reference", "", "`import goodfit as gf` has these names.", ""]
    for name in goodfit.__all__:
        value = getattr(goodfit, name)
        if name.startswith("_"):
            continue
        kind = "autoclass" if inspect.isclass(value) else "autofunction"
        if inspect.ismodule(value):
            kind = "automodule"
        options = "   :members:\n" if kind == "autoclass" else ""
        lines += [f"## gf.{name}", "", f"```{{eval-rst}}\n.. {kind}:: goodfit.{name}\n{options}```", ""]
    return "\n".join(lines)


def contents() -> str:
    """The hidden tables of contents of the first page, from which the site's side bar is made.

    A page of the docs that no section names stands at the end of the guide.
    """
    named = {name for names in SECTIONS.values() for name in names}
    others = [path.stem for path in sorted(DOCS.glob("*.md")) if path.stem not in named]
    sections = {caption: names + (others if caption == "Guide" else []) for caption, names in SECTIONS.items()}
    return "".join(CONTENTS.format(caption=caption, entries="\n".join(names)) for caption, names in sections.items())


def inner_contents(folder: str) -> str:
    """The pages of a folder of docs, for the contents of its README."""
    names = sorted(path.stem for path in (DOCS / folder).glob("[0-9]*.md"))
    return "\n\n```{toctree}\n:hidden:\n\n" + "\n".join(names) + "\n```\n"


def stage(folder: Path) -> None:
    """Write all pages of the site into `folder`, which is emptied before."""
    if folder.exists():
        shutil.rmtree(folder)
    (folder / "rules").mkdir(parents=True)
    for page in pages():
        text = staged(page)
        if page == ROOT / "README.md":
            text += contents()
        elif page.name == "README.md":
            text += inner_contents(page.parent.name)
        target = folder / place(page)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
        for path in IMAGE.findall(text):
            if "://" not in path:
                (target.parent / path).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(page.parent / path, target.parent / path)
    for rule in rules():
        (folder / "rules" / f"{rule.name}.md").write_text(rule_page(rule), encoding="utf-8")
    (folder / "rules" / "index.md").write_text(rule_index(), encoding="utf-8")
    (folder / "api.md").write_text(reference(), encoding="utf-8")
    shutil.copy(DOCS / "site" / "conf.py", folder / "conf.py")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    stage(parser.parse_args().folder)


if __name__ == "__main__":
    main()

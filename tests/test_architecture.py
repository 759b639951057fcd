"""The order of the house: floors, no cycles, small files, quick imports, nothing that executes pickles."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src"
FILES = sorted((SOURCE / "goodfit").rglob("*.py"))

FLOORS = {
    "busy": 0, "naming": 0, "errors": 0, "names_elsewhere": 0, "options": 0, "table_options": 0,
    "quick_imports": 0, "lazy_pattern": 0, "formatting": 0, "stats": 0,
    "store": 1,
    "nets": 2, "data": 2,
    "tasks": 3, "rivals": 4,
    "checks": 4,
    "train": 5, "lightning": 5, "transformers": 5, "pytest_plugin": 5,
    "record": 6,
    "predict": 7, "analysis": 7,
    "report": 8,
    "run": 9,
    "comparison": 10,
    "fitting": 10,
    "cli": 11, "__main__": 11,
}  # fmt: skip
LONGEST = 400  # lines of a file

FOREIGN = {"torchvision", "timm"}  # they tie an installation to one build of torch
EXECUTING = {"pickle", "_pickle", "cPickle", "cloudpickle", "dill", "joblib", "marshal", "shelve"}
HEAVY = {"torch", "matplotlib", "scipy", "sklearn", "jinja2", "polars"}  # 0.2 to 2 s each; help has 0.5 s in all


class Import(NamedTuple):
    """One imported name: `from goodfit.data import split` in train/loop.py, line 9."""

    module: str  # dotted name of the module that imports
    target: str  # dotted name of the module that is imported, as exact as the files tell
    name: str  # the name taken from it, "" for a plain import
    line: int


def module_name(path: Path) -> str:
    parts = path.relative_to(SOURCE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_name(path): path for path in FILES}


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


@cache
def nodes(path: Path) -> list[ast.AST]:
    """Those nodes of a file that tests ask about: a walk through all of them takes seconds for all files."""
    kinds = (ast.Import, ast.ImportFrom, ast.Attribute, ast.keyword)
    return [node for node in ast.walk(tree(path)) if isinstance(node, kinds)]


@cache
def imports_of(path: Path) -> list[Import]:
    """Every import of a file, also inside functions and under TYPE_CHECKING."""
    return list(_imports_of(path))


def _imports_of(path: Path) -> Iterator[Import]:
    module = module_name(path)
    for node in nodes(path):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(module, alias.name, "", node.lineno)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                package = module.split(".") if path.name == "__init__.py" else module.split(".")[:-1]
                base = ".".join([*package[: len(package) - node.level + 1], *filter(None, [node.module])])
            for alias in node.names:
                inner = f"{base}.{alias.name}"
                yield Import(module, inner if inner in MODULES else base, alias.name, node.lineno)


def floor_of(module: str) -> int | None:
    """The floor of a module; None for goodfit itself, the public face."""
    parts = module.split(".")
    if len(parts) == 1:
        return None
    assert parts[1] in FLOORS, f"{module} has no floor yet: give it one in tests/test_architecture.py"
    return FLOORS[parts[1]]


def our_imports() -> list[Import]:
    return [each for path in FILES for each in imports_of(path) if each.target.split(".")[0] == "goodfit"]


def place(each: Import) -> str:
    return f"{MODULES[each.module].relative_to(ROOT)}:{each.line}"


def cycles(graph: dict[str, set[str]]) -> list[str]:
    """Every cycle that a depth-first walk meets, written a -> b -> a."""
    found: list[str] = []
    done: set[str] = set()

    def walk(node: str, path: list[str]) -> None:
        if node in path:
            found.append(" -> ".join([*path[path.index(node) :], node]))
        elif node not in done:
            for following in sorted(graph.get(node, set())):
                walk(following, [*path, node])
            done.add(node)

    for node in sorted(graph):
        walk(node, [])
    return found


def dotted(node: ast.AST) -> str:
    """`torch.load` of the expression torch.load, "" of anything that is no chain of names."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and (before := dotted(node.value)):
        return f"{before}.{node.attr}"
    return ""


def loaded_modules(*arguments: str) -> set[str]:
    """Top-level modules that a fresh interpreter has imported when `python ARGUMENTS` has ended."""
    result = subprocess.run(
        [sys.executable, "-X", "importtime", *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(SOURCE)},
    )
    timed: list[str] = []
    said: list[str] = []
    for line in result.stderr.splitlines():
        (timed if line.startswith("import time:") else said).append(line)
    assert result.returncode == 0, "\n".join(said)
    assert any("goodfit" in line for line in timed), "goodfit was not imported at all"
    return {line.rsplit("|", 1)[1].strip().split(".")[0] for line in timed}


def test_lower_floors_never_import_higher_ones() -> None:
    wrong = []
    for each in our_imports():
        here, there = floor_of(each.module), floor_of(each.target)
        if here is not None and there is not None and there > here:
            wrong.append(f"{place(each)}: floor {here} imports {each.target} of floor {there}")
    assert not wrong, "\n".join(wrong)


def taken_from_the_face(path: Path) -> Iterator[tuple[int, str]]:
    """Line and name of everything that a file takes from goodfit itself rather than from the module it lives in."""
    names = set()
    for node in nodes(path):
        if isinstance(node, ast.Import):
            names |= {alias.asname or alias.name for alias in node.names if alias.name == "goodfit"}
    for node in nodes(path):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in names:
            yield node.lineno, node.attr
    for each in imports_of(path):
        if each.target == "goodfit" and each.name:
            yield each.line, each.name


def test_only_the_top_floor_goes_through_the_public_face() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{line}: takes {name} from goodfit; import it from the module that it lives in"
        for path in FILES
        for line, name in taken_from_the_face(path)
        if name != "__version__" and (floor := floor_of(module_name(path))) is not None and floor < FLOORS["cli"]
    ]
    assert not wrong, "\n".join(wrong)


def test_modules_do_not_import_each_other_in_a_circle() -> None:
    graph: dict[str, set[str]] = {}
    for each in our_imports():
        if "goodfit" not in (each.module, each.target):  # the face is lazy
            graph.setdefault(each.module, set()).add(each.target)
    assert not (found := cycles(graph)), "\n".join(found)


def test_a_circle_of_imports_would_be_seen() -> None:
    assert cycles({"a": {"b"}, "b": {"c"}, "c": {"b"}}) == ["b -> c -> b"]
    assert cycles({"a": {"b", "c"}, "b": {"c"}}) == []


def test_no_file_is_longer_than_can_be_read() -> None:
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in FILES}
    assert not (long := {str(path.relative_to(ROOT)): n for path, n in lengths.items() if n > LONGEST}), long


def test_every_file_says_what_it_is_for() -> None:
    silent = [
        str(path.relative_to(ROOT)) for path in FILES if path.stat().st_size and not ast.get_docstring(tree(path))
    ]
    assert not silent, f"no docstring at the top: {silent}"


def test_nothing_foreign_and_nothing_that_executes_what_it_loads_is_imported() -> None:
    wrong = [
        f"{place(each)}: imports {each.target}"
        for path in FILES
        for each in imports_of(path)
        if each.target.split(".")[0] in FOREIGN | EXECUTING
    ]
    assert not wrong, "\n".join(wrong)


def test_no_pickled_file_is_written_or_read() -> None:
    wrong = []
    for path in FILES:
        for node in nodes(path):
            if isinstance(node, ast.Attribute) and dotted(node) in {"torch.load", "torch.save"}:
                wrong.append(f"{path.relative_to(ROOT)}:{node.lineno}: {dotted(node)}")
            if isinstance(node, ast.keyword) and node.arg == "allow_pickle" and ast.unparse(node.value) != "False":
                wrong.append(f"{path.relative_to(ROOT)}:{node.value.lineno}: allow_pickle")
        wrong += [
            f"{place(each)}: from torch import {each.name}"
            for each in imports_of(path)
            if each.target == "torch" and each.name in {"load", "save"}
        ]
    assert not wrong, "safetensors and JSON only:\n" + "\n".join(wrong)


def test_only_the_public_face_is_lazy() -> None:
    lazy = [
        str(path.relative_to(ROOT))
        for path in FILES
        for node in tree(path).body
        if isinstance(node, ast.FunctionDef) and node.name == "__getattr__" and path.name != "__init__.py"
    ]
    assert not lazy, f"a module-level __getattr__ belongs in an __init__.py only: {lazy}"


def test_importing_goodfit_imports_nothing_heavy() -> None:
    assert not (found := (HEAVY | {"numpy", "PIL"}) & loaded_modules("-c", "import goodfit")), (
        f"import goodfit imports {found}"
    )


@pytest.mark.parametrize("arguments", [("--help",), ("fit", "--help"), ("predict", "--help"), ("--version",)])
def test_help_imports_nothing_heavy(arguments: tuple[str, ...]) -> None:
    found = HEAVY & loaded_modules("-m", "goodfit", *arguments)
    assert not found, f"goodfit {' '.join(arguments)} imports {found}"


def test_every_public_name_is_there() -> None:
    import goodfit

    missing = [name for name in goodfit.__all__ if not hasattr(goodfit, name)]
    assert not missing, f"named in __all__ but not to be had: {missing}"
    assert set(goodfit.__all__) <= set(dir(goodfit)), "dir(goodfit) hides some of its names"

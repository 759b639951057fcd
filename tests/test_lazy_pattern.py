"""Patterns that are compiled late: each of them is one, and none is given to a function of `re`, which refuses it."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
from pathlib import Path

import goodfit
from goodfit.lazy_pattern import _LazyPattern, lazy_pattern

SOURCE = Path(goodfit.__file__).parent


def test_it_answers_as_a_compiled_pattern_does() -> None:
    late, compiled = lazy_pattern(r"(a+)b", re.IGNORECASE), re.compile(r"(a+)b", re.IGNORECASE)
    assert late.findall("aab AB") == compiled.findall("aab AB") == ["aa", "A"]
    assert (late.pattern, late.flags) == (compiled.pattern, compiled.flags)
    assert late.sub(lambda match: match[1], "xAABx") == "xAAx"
    of_bytes = lazy_pattern(rb"\d+").search(b"a12")
    assert of_bytes is not None
    assert of_bytes[0] == b"12"


def test_every_late_pattern_compiles() -> None:
    """Those of modules and of their classes, alone and in collections."""
    patterns = []
    for found in pkgutil.walk_packages([str(SOURCE)], "goodfit."):
        if found.name in ("goodfit.__main__", "goodfit.lightning", "goodfit.transformers"):
            continue
        module = importlib.import_module(found.name)
        of_classes = [
            value for kind in vars(module).values() if isinstance(kind, type) for value in vars(kind).values()
        ]
        for value in (*vars(module).values(), *of_classes):
            held = value.values() if isinstance(value, dict) else value if isinstance(value, tuple) else (value,)
            patterns += [each for each in held if type(each) is _LazyPattern]
    assert len(patterns) > 200
    assert all(each.pattern == each._text for each in patterns)


def test_no_late_pattern_is_given_to_a_function_of_re() -> None:
    given = []
    for path in sorted(SOURCE.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        late = {
            target.id
            for node in ast.walk(tree)
            if isinstance(node, ast.Assign) and "lazy_pattern(" in ast.unparse(node.value)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        given += [
            f"{path.name}:{call.lineno}"
            for call in ast.walk(tree)
            if isinstance(call, ast.Call)
            and ast.unparse(call.func).startswith("re.")
            and any(isinstance(arg, ast.Name) and arg.id in late for arg in call.args)
        ]
    assert given == []

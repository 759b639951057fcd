"""What a function of the user's uses: the objects behind the names in its code."""

from __future__ import annotations

from collections.abc import Iterator
from types import CodeType, FrameType, FunctionType, ModuleType
from typing import Any

DEPTH = 2  # of functions that are called within it
MISSING = object()


def names_used(code: CodeType) -> set[str]:
    """Variables, attributes and functions that code names, those of comprehensions and functions within it too."""
    names = {*code.co_names, *code.co_varnames, *code.co_freevars, *code.co_cellvars}
    for each in code.co_consts:
        if isinstance(each, CodeType):
            names |= names_used(each)
    return names


def used_values(frame: FrameType) -> Iterator[tuple[str, Any]]:
    """Objects that the function of a frame uses, by name; also attributes, and what the functions that it calls use."""
    waiting: list[tuple[set[str], dict[str, Any], int]] = [
        (names_used(frame.f_code), {**frame.f_globals, **frame.f_locals}, DEPTH)
    ]
    seen: set[int] = set()
    while waiting:
        names, scope, depth = waiting.pop()
        for name in names:
            value = scope.get(name, MISSING)
            if value is MISSING or id(value) in seen:
                continue
            seen.add(id(value))
            yield name, value
            own = None if isinstance(value, type | ModuleType) else getattr(value, "__dict__", None)
            if isinstance(own, dict):
                waiting.append((names & own.keys(), own, 0))
            if isinstance(value, FunctionType) and depth and value.__globals__ is frame.f_globals:
                waiting.append((names_used(value.__code__), value.__globals__, depth - 1))

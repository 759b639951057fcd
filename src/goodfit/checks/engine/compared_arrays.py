"""Arrays of NumPy that a program compares: its == and - tell nobody, so they are looked up when the function is over.

A function that reads a tensor (`.numpy()`) and holds `a == b` or `a - b` of two variables is noted; at the next event,
when it has returned or gone on, its variables are what these were.
"""

from __future__ import annotations

import ast
import linecache
from collections.abc import Iterator
from types import CodeType, FrameType
from typing import NamedTuple

import numpy as np

from goodfit.checks.engine.own_source import body_of, parsed, within
from goodfit.checks.engine.user_frame import Place, shown, user_frame

CODES_REMEMBERED = 256


class Variable(NamedTuple):
    """An array, as a function calls it."""

    name: str
    value: np.ndarray


class ComparedArrays:
    """Of the function that has read a tensor last; it is let go at the next look."""

    def __init__(self) -> None:
        self._frame: FrameType | None = None
        self._known: dict[int, tuple[CodeType, tuple[tuple[str, str, int], ...]]] = {}

    def note(self) -> None:
        """A tensor is being read."""
        frame = user_frame()
        if frame is not None and self._pairs(frame.f_code):
            self._frame = frame

    def _pairs(self, code: CodeType) -> tuple[tuple[str, str, int], ...]:
        """Known by identity: the hash of a code object reads all that it holds, of a file the functions too."""
        known = self._known.get(id(code))
        if known is None:
            if len(self._known) >= CODES_REMEMBERED:
                self._known.clear()
            known = self._known[id(code)] = code, _pairs_of(code)
        return known[1]

    def take(self) -> Iterator[tuple[Variable, Variable, Place]]:
        """Pairs of arrays that are compared or subtracted, with the line; each once."""
        frame, self._frame = self._frame, None
        if frame is None:
            return
        for left, right, line in self._pairs(frame.f_code):
            one, other = (frame.f_locals.get(name, frame.f_globals.get(name)) for name in (left, right))
            if isinstance(one, np.ndarray) and isinstance(other, np.ndarray):
                yield Variable(left, one), Variable(right, other), Place(shown(frame.f_code.co_filename), line)


def _pairs_of(code: CodeType) -> tuple[tuple[str, str, int], ...]:
    """Variables that a function compares or subtracts, and sets no more afterwards; with the line."""
    nodes = [
        node
        for statement in body_of(parsed("".join(linecache.getlines(code.co_filename))), code)
        for node in within(statement)
    ]
    pairs = []
    for node in nodes:
        if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.Eq):
            left, right = node.left, node.comparators[0]
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub):
            left, right = node.left, node.right
        else:
            continue
        if isinstance(left, ast.Name) and isinstance(right, ast.Name) and left.id != right.id:
            names = {left.id, right.id}
            last = max((each.lineno for each in nodes if isinstance(each, ast.Name) and _sets(each, names)), default=0)
            if last <= node.lineno:
                pairs.append((left.id, right.id, node.lineno))
    return tuple(pairs)


def _sets(node: ast.Name, names: set[str]) -> bool:
    return isinstance(node.ctx, ast.Store) and node.id in names

"""Boxes that the source of a program mirrors without exchanging their two ends."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from goodfit.checks.engine.own_source import all_nodes, called, given, last_name, of_kind
from goodfit.lazy_pattern import lazy_pattern

BOX = lazy_pattern(r"(?i)(^|_)(b?box(es)?|rects?)(_|$)")
LOW = lazy_pattern(r"(?i)(^|_)(([xy])_?min|([xy])1|left|top)(_|$)")
HIGH = lazy_pattern(r"(?i)(^|_)(([xy])_?max|([xy])2|right|bottom)(_|$)")
ORDERING = ("min", "max", "minimum", "maximum", "sort", "sorted", "abs", "flip", "amin", "amax", "clamp_min")
ENDS = ({"0", "2"}, {"1", "3"})
BOTH_AT_ONCE = ("[0, 2]", "[1, 3]", "0::2", "::2", "1::2")


def ends_kept(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Boxes whose left end stays the left one when they are mirrored, each with its line."""
    for function in of_kind(tree, ast.FunctionDef):
        nodes = all_nodes(function)
        if any(called(node) in ORDERING and not _is_of_picture(node) for node in nodes):
            continue
        ends: dict[str, dict[str, int]] = {}
        for target, value in given(nodes):
            if not isinstance(value, ast.BinOp) or not isinstance(value.op, ast.Sub):
                continue
            owner, end = _end_of(target)
            if not end or _end_of(_without_one(value.right)) != (owner, end):
                continue
            if end in BOTH_AT_ONCE:
                yield f"{owner}[..., {end}]", value.lineno
            else:
                ends.setdefault(owner, {})[end] = value.lineno
        for owner, lines in ends.items():
            for pair in (*ENDS, {"low x", "high x"}, {"low y", "high y"}):
                if pair <= set(lines):
                    yield owner or "the box", max(lines[end] for end in pair)


def _is_of_picture(node: ast.AST) -> bool:
    """Whether the call turns a picture: image.flip(-1)."""
    return called(node) == "flip" and not any(
        isinstance(each, ast.Name | ast.Attribute) and BOX.search(last_name(each)) for each in all_nodes(node)
    )


def _without_one(value: ast.expr) -> ast.expr:
    """x of x - 1, and of x + 1."""
    return value.left if isinstance(value, ast.BinOp) and isinstance(value.right, ast.Constant) else value


def _end_of(node: ast.expr) -> tuple[str, str]:
    """Which end of which box this is: ("box", "0") of box[..., 0], ("", "low x") of x_min; of others ("", "")."""
    if isinstance(node, ast.Subscript):
        last = node.slice.elts[-1] if isinstance(node.slice, ast.Tuple) else node.slice
        text, owner = ast.unparse(last), ast.unparse(node.value)
        is_end = text in (*BOTH_AT_ONCE, "0", "1", "2", "3")
        return (owner, text) if is_end and BOX.search(last_name(node.value)) else ("", "")
    name = last_name(node)
    for side, pattern in (("low", LOW), ("high", HIGH)):
        found = pattern.search(name)
        if found is not None:
            axis = "x" if re.match(r"(?i)x|left|right", found[2]) else "y"
            return "", f"{side} {axis}"
    return "", ""

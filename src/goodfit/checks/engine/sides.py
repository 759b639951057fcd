"""Key points that the source of a program mirrors without exchanging those of the left side and of the right one."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from goodfit.checks.engine.own_source import all_nodes, called, last_name, names_in, of_kind
from goodfit.lazy_pattern import lazy_pattern

PAIRS = lazy_pattern(
    r"(?i)flip_?(pairs|ind\w*|idx\w*|map|perm\w*|order)|swap|symm?et|(lr|left_right)_?\w*|matched_parts|mirror_\w+"
)
LEFT = lazy_pattern(r"(?i)(^|[_\- ])l(eft)?[_\- ](\w+)|(\w+)[_\- ]l(eft)?$")


def not_swapped(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Key points that are mirrored and keep their sides, each with its line."""
    if not _has_sides(tree):
        return
    for function in of_kind(tree, ast.FunctionDef):
        place = _mirrored_points(function)
        names = {last_name(each) for each in all_nodes(function) if last_name(each)}
        exchanges = any(PAIRS.search(each) for each in names) or _takes_in_order(function)
        if place is not None and not exchanges:
            yield (
                f"by chance {place[0]} are mirrored, and those of the left side keep the numbers of the left",
                place[1],
            )


def _has_sides(tree: ast.Module) -> bool:
    """Whether names of key points say left and right, or pairs of them are written down that nothing reads."""
    words = [node.value for node in of_kind(tree, ast.Constant) if isinstance(node.value, str) and len(node.value) < 30]
    words += [node.id for node in of_kind(tree, ast.Name) if isinstance(node.ctx, ast.Store)]
    lower = {word.lower() for word in words}
    sided = [
        word
        for word in lower
        if re.search(r"(^|[_\- ])left([_\- ]|$)", word) and word.replace("left", "right") in lower
    ]
    return bool(sided)


def _mirrored_points(function: ast.FunctionDef) -> tuple[str, int] | None:
    """points[:, 0] = width - 1 - points[:, 0] in a function that mirrors an image by chance."""
    is_flipped = any(
        re.search(r"(?i)^(h_?|horizontal_?)?flip(_?lr)?$", called(node))
        or (isinstance(node, ast.Slice) and node.step is not None and ast.unparse(node.step) == "-1")
        for node in all_nodes(function)
    )
    for node in of_kind(function, ast.Assign):
        target = node.targets[0]
        if not is_flipped or not isinstance(target, ast.Subscript):
            continue
        last = target.slice.elts[-1] if isinstance(target.slice, ast.Tuple) else target.slice
        is_x = isinstance(last, ast.Constant) and last.value == 0 and isinstance(target.slice, ast.Tuple)
        differences = [each for each in of_kind(node.value, ast.BinOp) if isinstance(each.op, ast.Sub)]
        own = ast.unparse(target)
        if is_x and any(own in ast.unparse(each.right) for each in differences) and names_in(target):
            return ast.unparse(target.value), node.lineno
    return None


def _takes_in_order(function: ast.FunctionDef) -> bool:
    """Whether rows are taken in another order: points[[0, 2, 1]], points[order]."""
    numbers = {each.arg for each in function.args.args}
    numbers |= {name for loop in of_kind(function, ast.For) for name in names_in(loop.target)}
    for node in of_kind(function, ast.Subscript):
        parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        for each in parts:
            is_order = isinstance(each, ast.Name | ast.Attribute) and not names_in(each) & numbers
            if isinstance(each, ast.List) or is_order or "self." in ast.unparse(each):
                return True
    return any(called(node) in ("index_select", "take", "take_along_axis") for node in all_nodes(function))

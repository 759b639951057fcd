"""feature-made-of-target: a column that was computed from the target is left among the features.

What it checks
    The program's source: the features are all columns of a frame but one, [c for c in frame.columns if c != "target"]
    or frame.drop(columns="target"); and another column of that frame was computed from the target
    (frame["fee"] = np.where(frame.target == 1, ...)), or the target from it by a comparison
    (frame["late"] = frame["days"] > 5), and is not left out.

Why it hurts
    The net reads the target back from that column. When it is used, the target is not known, and neither is what was
    computed from it: the score says nothing about that.

Example
    frame["late"] = (frame["days"] > 5).astype(int); x = frame.drop(columns=["late"])

Instead
    x = frame.drop(columns=["late", "days"])

When it is a false alarm
    Made data of which it is to be shown how well the target can be read back.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from goodfit.checks.engine.own_source import all_nodes, called, of_kind
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.checks.rules.target_averaged_into_features import TENSORS, single_column
from goodfit.lazy_pattern import lazy_pattern

OF_ALL = ("values", "index", "columns", "shape", "size", "iloc", "loc", "T")  # attributes that are no columns
LABELS = lazy_pattern(r"^y([_a-z]{0,6})$|label|target", re.IGNORECASE)
CASTS = ("astype", "to_numpy", "map")


class FeatureMadeOfTarget(SourceRule):
    code, level = "GF497", Level.WARNING
    worth_parsing = lazy_pattern(r"\.columns|\.drop\(")
    what = "{name}"
    fix = "Leave it out of the features"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        return made_of_target(tree)


def made_of_target(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Columns that are kept beside a target that was computed from them, or they from it, in words, with the line."""
    choices = [choice for node in all_nodes(tree) if (choice := _all_but(node)) is not None]
    columns, assignments = list[tuple[str, str, ast.expr]](), list[ast.Assign]()
    for node in of_kind(tree, ast.Assign):
        given = node.targets[0]
        if isinstance(given, ast.Subscript) and isinstance(given.value, ast.Name) and (name := _text(given.slice)):
            columns.append((given.value.id, name, node.value))
            assignments.append(node)
    inside = {id(node) for assignment in assignments for node in all_nodes(assignment)}
    elsewhere = {_text(node) or getattr(node, "attr", "") for node in all_nodes(tree) if id(node) not in inside}
    learnt = set(_learnt(tree))
    for frame, left_out, line in choices:
        if len(left_out) != 1 or not left_out <= learnt:  # of several, which are the targets is not known
            continue
        (target,) = left_out
        for owner, name, value in columns:
            if owner != frame or (name != target and name in elsewhere):
                continue
            read = {column for node in all_nodes(value) if (column := _column(node, frame))}
            if name != target and target in read:
                yield f"{name} was computed from {target}, and is left among the features", line
            elif name == target and (source := _compared(value, frame)) and source not in left_out | elsewhere:
                yield f"{target} was computed from {source}, which is left among the features", line


def _learnt(tree: ast.Module) -> Iterator[str]:
    """Columns that are made into tensors, or given to a name of labels, by themselves."""
    for node in all_nodes(tree):
        values = node.args if isinstance(node, ast.Call) and called(node) in TENSORS else []
        if isinstance(node, ast.Assign) and any(LABELS.search(ast.unparse(target)) for target in node.targets):
            values = [node.value]
        yield from (column for value in values for each in all_nodes(value) if (column := single_column(each)))


def _all_but(node: ast.AST) -> tuple[str, set[str], int] | None:
    """The frame, the columns that are left out, and the line: of a choice of all others."""
    if isinstance(node, ast.ListComp) and len(node.generators) == 1:
        loop = node.generators[0]
        if (
            isinstance(loop.iter, ast.Attribute)
            and loop.iter.attr == "columns"
            and isinstance(loop.iter.value, ast.Name)
        ):
            texts = {text for test in loop.ifs for each in all_nodes(test) if (text := _text(each))}
            tests = [each for test in loop.ifs for each in all_nodes(test) if isinstance(each, ast.Compare)]
            are_plain = tests and all(isinstance(each.ops[0], ast.NotEq | ast.NotIn) for each in tests)
            return (loop.iter.value.id, texts, node.lineno) if are_plain and texts else None
    if isinstance(node, ast.Call) and called(node) == "drop" and isinstance(node.func, ast.Attribute):
        given = next((each.value for each in node.keywords if each.arg == "columns"), None)
        is_by_axis = any(each.arg == "axis" and ast.unparse(each.value) == "1" for each in node.keywords)
        given = node.args[0] if given is None and node.args and is_by_axis else given
        if given is not None and isinstance(node.func.value, ast.Name):
            texts = {text for each in all_nodes(given) if (text := _text(each))}
            return (node.func.value.id, texts, node.lineno) if texts else None
    return None


def _text(node: ast.AST) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _column(node: ast.AST, frame: str) -> str:
    """b of frame["b"] and of frame.b; "" of anything else."""
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == frame:
        return "" if node.attr in OF_ALL else node.attr
    if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name) and node.value.id == frame:
        return _text(node.slice)
    return ""


def _compared(value: ast.expr, frame: str) -> str:
    """The column that a value compares with a number, and nothing else: (frame["days"] > 5).astype(int)."""
    while isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) and called(value) in CASTS:
        value = value.func.value
    if not isinstance(value, ast.Compare) or len(value.ops) != 1:
        return ""
    sides = [value.left, value.comparators[0]]
    columns = [column for side in sides if (column := _column(side, frame))]
    others = [side for side in sides if not _column(side, frame)]
    return columns[0] if len(columns) == len(others) == 1 and isinstance(others[0], ast.Constant | ast.Name) else ""

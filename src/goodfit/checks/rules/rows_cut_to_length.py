"""rows-cut-to-length: rows are left out of the inputs, and the labels are cut to as many.

What it checks
    In the source of the program: a frame is made of another one by leaving rows out in its midst (dropna,
    drop_duplicates, query, a condition in brackets), and something that comes of the same data, and not of the new
    frame, is cut to its length: its first len(frame) values.

Why it hurts
    From the first row on that was left out, each label belongs to another row. The loss still falls a little, and the
    score is near chance.

Example
    clean = features.dropna()
    labels = table["target"].to_numpy()[: len(clean)]

Instead
    labels = table.loc[clean.index, "target"].to_numpy()

When it is a false alarm
    Rows that are left out stand at the end alone.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from goodfit.checks.engine.own_source import all_nodes, called, given, names_in, scopes, within_body
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

LEAVES_OUT = ("dropna", "drop_duplicates", "query")
IS_GAP = ("notna", "isna", "notnull", "isnull")
STEPS_BACK = 6
LIBRARIES = frozenset({"np", "pd", "torch", "numpy", "pandas", "len", "range"})


class RowsCutToLength(SourceRule):
    code, level = "GF537", Level.WARNING
    worth_parsing = lazy_pattern(r"dropna|drop_duplicates|\.query\(|notna|isna|notnull|isnull")
    what = "{name} is cut to the length of rows of which some were left out: from there on they do not belong together"
    fix = "Take the same rows: labels.loc[clean.index]"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        return cut_rows(tree)


def cut_rows(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """What is cut to the length of a frame that lost rows, each with its line."""
    for scope in scopes(tree):
        nodes = within_body(scope)
        values: dict[str, ast.expr] = {}
        for target, value in given(nodes):
            if isinstance(target, ast.Name):
                values.setdefault(target.id, value)
        shortened = {name for name, value in values.items() if _loses_rows(value, values)}
        for node in nodes:
            name = _length_of(node)
            if name not in shortened or not isinstance(node, ast.Subscript):
                continue
            roots, of_frame = _roots(node.value, values), _roots(values[name], values)
            if name not in roots and roots & of_frame:
                yield ast.unparse(node.value), node.lineno


def _loses_rows(value: ast.expr, values: Mapping[str, ast.expr]) -> bool:
    for node in all_nodes(value):
        if called(node) in LEAVES_OUT and not any(
            each.arg == "axis" and ast.unparse(each.value) not in ("0", "'index'")
            for each in (node.keywords if isinstance(node, ast.Call) else ())
        ):
            return True
        if isinstance(node, ast.Subscript):
            condition = values.get(node.slice.id, node.slice) if isinstance(node.slice, ast.Name) else node.slice
            if any(called(each) in IS_GAP for each in all_nodes(condition)):
                return True
    return False


def _length_of(node: ast.AST) -> str:
    """The name in `x[:len(name)]` or `x[:name.shape[0]]`."""
    if not isinstance(node, ast.Subscript) or not isinstance(node.slice, ast.Slice):
        return ""
    part = node.slice
    if part.lower is not None or part.step is not None or part.upper is None:
        return ""
    upper = part.upper
    if called(upper) == "len" and isinstance(upper, ast.Call) and len(upper.args) == 1:
        return upper.args[0].id if isinstance(upper.args[0], ast.Name) else ""
    text = ast.unparse(upper)
    return text.removesuffix(".shape[0]") if text.endswith(".shape[0]") else ""


def _roots(node: ast.expr, values: Mapping[str, ast.expr]) -> set[str]:
    """Names that an expression is made of, and what these were made of."""
    found: set[str] = set()
    waiting = names_in(node) - LIBRARIES
    for _ in range(STEPS_BACK):
        found |= waiting
        waiting = {name for each in waiting if each in values for name in names_in(values[each])} - found - LIBRARIES
    return found

"""Tables that are scaled by hand with the mean and spread of all their rows, and parted, read from the source."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from goodfit.checks.engine.names_of_parts import HELD_OUT, TRAINING
from goodfit.checks.engine.own_source import all_nodes, called, given, names_in, of_kind
from goodfit.lazy_pattern import lazy_pattern

WORTH_PARSING = lazy_pattern(r"\.(?:std|max|ptp)\(\s*(?:0|axis\s*=\s*0|dim\s*=\s*0)")
SPREADS, MIDDLES = ("std", "max", "ptp", "amax"), ("mean", "min", "median", "amin")
SPLITS = ("train_test_split", "random_split")


def scaled_whole(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Names of such tables, each with the line that measures them."""
    measured: dict[str, dict[str, int]] = {}  # table -> what was measured of it along its rows -> line
    names: dict[str, tuple[str, str]] = {}  # of a measure: the table, and which
    for target, value in given(of_kind(tree, ast.Assign)):
        found = _measure(value)
        if found is not None and isinstance(target, ast.Name):
            names[target.id] = found
    for node in of_kind(tree, ast.BinOp):
        if isinstance(node.op, ast.Div | ast.Sub):
            of = names.get(node.right.id) if isinstance(node.right, ast.Name) else _measure(node.right)
            if of is None and isinstance(node.right, ast.BinOp):  # x.max(0) - x.min(0), std + 1e-8
                inner = [_measure(each) for each in all_nodes(node.right)]
                inner += [names.get(each.id) for each in all_nodes(node.right) if isinstance(each, ast.Name)]
                of = next((each for each in inner if each is not None and each[1] in SPREADS), None)
            kinds = SPREADS if isinstance(node.op, ast.Div) else MIDDLES
            if of is not None and of[1] in kinds:
                measured.setdefault(of[0], {}).setdefault("spread" if kinds is SPREADS else "middle", node.lineno)
    for table, what in measured.items():
        if len(what) == 2 and not TRAINING.search(table) and not HELD_OUT.search(table) and _is_parted(tree, table):
            yield table, min(what.values())


def _measure(node: ast.AST) -> tuple[str, str] | None:
    """The table and "mean" of table.mean(0), where the table is a name as a whole; None of others."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return None
    if called(node) in ("to", "float", "astype", "clamp", "clip", "values") or node.func.attr == "values":
        return _measure(node.func.value)
    if called(node) not in (*SPREADS, *MIDDLES) or not isinstance(node.func.value, ast.Name):
        return None
    axes = [ast.unparse(each) for each in node.args[:1]]
    axes += [ast.unparse(each.value) for each in node.keywords if each.arg in ("axis", "dim")]
    return (node.func.value.id, called(node)) if axes == ["0"] else None


def _is_parted(tree: ast.Module, table: str) -> bool:
    """Whether rows are picked from a table for training and for other parts, or it is given to what splits it."""
    parts: set[str] = set()
    for node in all_nodes(tree):
        if (
            isinstance(node, ast.Call)
            and called(node) in SPLITS
            and table in {n for each in node.args for n in names_in(each)}
        ):
            return True
        if isinstance(node, ast.Subscript) and ast.unparse(node.value) == table and isinstance(node.ctx, ast.Load):
            index = node.slice.elts[0] if isinstance(node.slice, ast.Tuple) and node.slice.elts else node.slice
            if isinstance(index, ast.Slice):
                cut = index.lower is None, index.upper is None
                parts |= {"first"} if cut == (True, False) else {"rest"} if cut[0] is False else set()
            elif isinstance(index, ast.Name):
                parts |= {"first"} if TRAINING.search(index.id) else {"rest"} if HELD_OUT.search(index.id) else set()
    return parts == {"first", "rest"}

"""window-over-target: a feature is the mean of the last values of the target, the one to be predicted among them.

What it checks
    In the source of the program: a column is made by rolling(), expanding() or ewm() of another one without a shift();
    that other column is the target, of the same row, or the window is centred and the target a later row of it; and the
    new one is among the features, by its name or because only others are left out.

Why it hurts
    The window ends with the row itself. From the mean of the last six values and five of them, the sixth follows
    exactly: the error on the test rows is next to nothing, and when the value is to be predicted, it is not known.

Example
    df["mean6"] = df["load"].rolling(6).mean(); y = df["load"]

Instead
    df["mean6"] = df["load"].shift(1).rolling(6).mean(); y = df["load"]

When it is a false alarm
    Where the present value is known when the model is asked, and something else of it is wanted.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from goodfit.checks.engine.own_source import all_nodes, called
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

WINDOWS = ("rolling", "expanding", "ewm")
TARGET = lazy_pattern(r"^y(_|$)|^(targets?|labels?)(_|$)", re.IGNORECASE)


class WindowOverTarget(SourceRule):
    code, level = "GF119", Level.WARNING
    worth_parsing = lazy_pattern(r"\.(rolling|expanding|ewm)\(")
    what = "the feature {name} is made of a window that ends with the target of its own row"
    fix = 'Shift before the window: frame["target"].shift(1).rolling(6).mean()'

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        yield from over_target(tree)


def over_target(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Such features, each with its line."""
    nodes = all_nodes(tree)
    given = [node for node in nodes if isinstance(node, ast.Assign) and len(node.targets) == 1]
    targets = {
        column
        for node in given
        if isinstance(node.targets[0], ast.Name) and TARGET.search(node.targets[0].id) and not _moves(node.value)
        for column in _columns(node.value)
    }
    later = _later_rows_of(given)
    texts = [_texts(node) for node in nodes if isinstance(node, ast.List | ast.Tuple | ast.Set)]
    left_out = [
        _texts(node)
        for node in nodes
        if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.NotIn | ast.NotEq)
    ] + [_texts(node) for node in nodes if called(node) == "drop"]
    for node in given:
        feature = next(iter(_columns(node.targets[0])), "") if isinstance(node.targets[0], ast.Subscript) else ""
        windows = [each for each in all_nodes(node.value) if called(each) in WINDOWS]
        if not feature or not windows or any(called(each) == "shift" for each in all_nodes(node.value)):
            continue
        of_target = {
            later.get(column, column) if _is_centred(each) else column
            for each in windows
            if isinstance(each, ast.Call) and isinstance(each.func, ast.Attribute)
            for column in _columns(each.func.value)
        } & (targets | set(later.values()))
        named = any(feature in text and not text & of_target for text in texts)
        kept = any(text & of_target and feature not in text for text in left_out)
        if of_target and (named or kept):
            yield feature, node.lineno


def _later_rows_of(given: list[ast.Assign]) -> dict[str, str]:
    """Column -> the target that is made of its later rows: frame["target"] = frame["load"].shift(-1)."""
    return {
        column: name
        for node in given
        for name in _columns(node.targets[0])
        if TARGET.search(name)
        for call in all_nodes(node.value)
        if isinstance(call, ast.Call) and called(call) == "shift" and isinstance(call.func, ast.Attribute)
        if any(ast.unparse(arg).startswith("-") for arg in call.args)
        for column in _columns(call.func.value)
        if column != name
    }


def _is_centred(window: ast.AST) -> bool:
    """Whether a window ends with later rows than its own."""
    keywords = window.keywords if isinstance(window, ast.Call) else []
    return any(each.arg == "center" and getattr(each.value, "value", False) is True for each in keywords)


def _columns(node: ast.AST) -> set[str]:
    """Columns that an expression takes of a frame: b of a["b"] and of a.b."""
    keys = [each.slice for each in all_nodes(node) if isinstance(each, ast.Subscript)]
    names = {key.value for key in keys if isinstance(key, ast.Constant) and isinstance(key.value, str)}
    return names | {
        each.attr for each in all_nodes(node) if isinstance(each, ast.Attribute) and isinstance(each.value, ast.Name)
    }


def _moves(value: ast.AST) -> bool:
    """Whether the target is that of another row: shifted, or without its first ones."""
    nodes = all_nodes(value)
    slices = [each for each in nodes if isinstance(each, ast.Slice)]
    return any(called(each) in ("shift", "diff", "roll") for each in nodes) or any(each.lower for each in slices)


def _texts(node: ast.AST) -> set[str]:
    return {each.value for each in all_nodes(node) if isinstance(each, ast.Constant) and isinstance(each.value, str)}

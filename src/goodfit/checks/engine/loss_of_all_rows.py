"""A loss over all rows where masks say which are held out, as the source of a program has it."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from goodfit.checks.engine.own_source import all_nodes, called, last_name, of_kind, scopes, within_body
from goodfit.lazy_pattern import lazy_pattern

ROWS = r"(masks?|idx|index|indices|ids?|nodes?|rows)"
HELD_OUT = lazy_pattern(rf"(^|_)(test|te|val|valid|validation|held_?out)_?{ROWS}$|(^|_){ROWS}_(test|val|valid)$")
TRAINING = lazy_pattern(rf"(^|_)(train|training|tr)_?{ROWS}$|(^|_){ROWS}_(train|tr)$")
# in files worth parsing
TRAINED_ON = lazy_pattern(r"(train|training|tr)_?(mask|idx|ind|ids?|nodes)|(mask|idx|ids?)_train")
LOSS = lazy_pattern(r"cross_entropy|nll_loss|mse_loss|l1_loss|binary_cross|criterion|loss_(fn|func|function)$|^loss_?f")


def over_all_rows(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Labels whose held-out rows are in the loss that is differentiated, each with its line.

    Masks or indices are called those of training and of validation or test (train_mask, idx_test, ...), labels are
    looked up by the latter somewhere, and a loss is computed from these labels as a whole. Labels that are blanked at
    such a mask, losses of each row that are multiplied by one, and batches from a loader are left aside.
    """
    names = {last_name(node) for node in all_nodes(tree)}
    if not any(map(TRAINING.search, names)) or not any(map(HELD_OUT.search, names)):
        return
    for scope in scopes(tree):
        nodes = within_body(scope)
        differentiated = {
            node.func.value.id
            for node in nodes
            if called(node) == "backward"
            and isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, ast.Name)
        }
        drawn = {name for node in nodes if isinstance(node, ast.For) for name in _names(node.target)}
        for node in nodes:
            if not isinstance(node, ast.Assign) or not differentiated & set(_names(node.targets[0])):
                continue
            labels = _whole_labels(node.value)
            if labels is None or drawn & set(_names(labels)):
                continue
            loss = _names(node.targets[0])[0]
            if _is_masked(loss, nodes) or _is_masked(_root(labels), nodes, blanked=True):
                continue
            if _looked_up(labels, tree):
                yield ast.unparse(labels), node.lineno


def _whole_labels(value: ast.expr) -> ast.expr | None:
    """The second argument of a loss, where it and the first are whole."""
    if not isinstance(value, ast.Call) or len(value.args) != 2 or not LOSS.search(called(value)):
        return None
    out, labels = value.args
    if isinstance(labels, ast.Call) and called(labels) in ("long", "float", "squeeze", "to"):
        labels = labels.func.value if isinstance(labels.func, ast.Attribute) else labels
    is_whole = isinstance(labels, ast.Name | ast.Attribute) and isinstance(out, ast.Name | ast.Attribute | ast.Call)
    weighted = any(keyword.arg in ("reduction", "ignore_index") for keyword in value.keywords)
    return labels if is_whole and not weighted else None


def _is_masked(name: str, nodes: Sequence[ast.AST], *, blanked: bool = False) -> bool:
    """Whether a statement of a name has a mask of rows in it; of labels, one that sets some of them."""
    for node in nodes:
        if not isinstance(node, ast.Assign | ast.AugAssign):
            continue
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        sets = any(name in _names(target) for target in targets)
        if blanked and not any(isinstance(target, ast.Subscript) for target in targets):
            continue
        if sets and any(_is_part(last_name(each)) for each in all_nodes(node)):
            return True
    return False


def _looked_up(labels: ast.expr, tree: ast.Module) -> bool:
    """Whether a function that reads these labels looks rows up by a mask of held-out ones."""
    last = last_name(labels)
    for scope in scopes(tree):
        nodes = within_body(scope)
        reads = {last_name(node) for node in nodes}
        if last in reads and any(map(HELD_OUT.search, reads)):
            return True
    return any(
        last_name(node.value) == last and any(HELD_OUT.search(last_name(each)) for each in all_nodes(node.slice))
        for node in of_kind(tree, ast.Subscript)
    )


def _is_part(name: str) -> bool:
    return bool(TRAINING.search(name) or HELD_OUT.search(name))


def _root(node: ast.expr) -> str:
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _names(node: ast.AST) -> list[str]:
    return [each.id for each in all_nodes(node) if isinstance(each, ast.Name)]

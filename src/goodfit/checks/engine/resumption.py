"""How a program goes on from a checkpoint, as its source says."""

from __future__ import annotations

import ast

from goodfit.checks.engine.formulas import Formulas
from goodfit.checks.engine.own_source import all_nodes, called, given, names_in
from goodfit.lazy_pattern import lazy_pattern

COUNTER = lazy_pattern(r"(?i)epoch|step|iter")


def loaded_names(scope: Formulas) -> set[str]:
    """Names that hold what torch.load gave."""
    return {
        name
        for target, value in given(scope.nodes)
        if any(called(node) == "load" for node in all_nodes(value))
        for name in names_in(target)
    }


def goes_on_from_a_checkpoint(scope: Formulas) -> bool:
    """Whether an epoch or a step is taken from what was loaded: checkpoint["epoch"] + 1, checkpoint.get("epoch")."""
    loaded = loaded_names(scope)
    return bool(loaded) and any(
        COUNTER.search(ast.unparse(value)) and _is_entry_of(value, loaded) for _, value in given(scope.nodes)
    )


def _is_entry_of(value: ast.expr, loaded: set[str]) -> bool:
    for node in all_nodes(value):
        if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name) and node.value.id in loaded:
            return True
        if called(node) == "get" and names_in(node) & loaded:
            return True
    return False

"""other-name-changed-along: an array gets a second name, is changed in place by it, and is read by the first one.

What it checks
    In the source of the program: `b = a`, where a is an array or a tensor that the function has computed (drawn
    indices, a call of NumPy or torch, a subscript of one); then b += ..., b[...] = ... or b.add_(...); and afterwards a
    is read, and neither has been given another value.

Why it hurts
    Both names are one array. What a was, such as the rows that were drawn, is gone: what is read by it are the rows
    after them, the noisy values and not the clean ones.

Example
    after = rows; after += 1 - done[rows]; batch = obs[rows], act[rows], obs[after]

Instead
    after = rows + 1 - done[rows]                        # or rows.copy(), rows.clone()

When it is a false alarm
    Two names for one array on purpose.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from goodfit.checks.engine.formulas import Formulas, formulas
from goodfit.checks.engine.own_source import called, last_name
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

MAKERS = lazy_pattern(
    r"^(randint|randn|rand|randperm|permutation|choice|normal|uniform|integers|arange|zeros|ones|empty|full|linspace"
    r"|zeros_like|ones_like|randn_like|array|asarray|tensor|as_tensor|from_numpy|stack|cat|concatenate|sample|multinomial"
    r"|where|clone|copy|astype|float|long|to|softmax|argsort|topk|gather|random)$"
)
IN_PLACE = lazy_pattern(r"^(add|sub|mul|div|clamp|masked_fill|fill|zero|copy|index_fill|clamp_min|normal|scatter)_$")


class OtherNameChangedAlong(SourceRule):
    code, level = "GF695", Level.WARNING
    worth_parsing = lazy_pattern(r"(?m)^\s+(\w+) = (\w+)\s*(#.*)?$|; (\w+) = (\w+)(;|$)")
    what = "{name} is changed in place by another name that it got, and is read afterwards"
    fix = "Make a copy first: b = a.clone(), or compute b = a + ... anew"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        for scope in formulas(tree):
            yield from changed_along(scope)


def changed_along(scope: Formulas) -> Iterator[tuple[str, int]]:
    """Arrays that were changed by another name, each with the line of the change."""
    for node in scope.nodes:
        if not isinstance(node, ast.Assign) or len(node.targets) != 1 or not isinstance(node.value, ast.Name):
            continue
        target, first = node.targets[0], node.value.id
        if not isinstance(target, ast.Name) or target.id == first or not _is_array(first, node, scope):
            continue
        change = _changed(target.id, node, scope)
        if change is None or _is_set(first, node, change, scope) or _is_set(target.id, node, change, scope):
            continue
        if _is_read_next(first, change, scope) and _is_read_next(target.id, change, scope):
            yield first, change.lineno


def _at(node: ast.AST) -> tuple[int, int]:
    return getattr(node, "lineno", 0), getattr(node, "col_offset", 0)


def _is_array(name: str, before: ast.AST, scope: Formulas) -> bool:
    ways = [value for value in scope.values.get(name, ()) if _at(value) < _at(before)]
    if not ways:
        return False
    value = ways[-1]
    if not isinstance(value, ast.Call) or not MAKERS.match(called(value)) or not isinstance(value.func, ast.Attribute):
        return False
    sized = value.args or value.keywords
    return bool(sized) and (called(value) not in ("random", "choice", "sample") or len(value.args) > 1)


def _changed(name: str, after: ast.AST, scope: Formulas) -> ast.stmt | None:
    """The first statement after one that changes what a name holds in place."""
    changes = []
    for node in scope.nodes:
        if not isinstance(node, ast.stmt) or _at(node) <= _at(after):
            continue
        if isinstance(node, ast.AugAssign):
            target: ast.expr = node.target
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Subscript):
            target = node.targets[0]
        elif isinstance(node, ast.Expr) and IN_PLACE.match(called(node.value)) and isinstance(node.value, ast.Call):
            target = node.value.func.value if isinstance(node.value.func, ast.Attribute) else node.value
        else:
            continue
        if last_name(target.value if isinstance(target, ast.Subscript) else target) == name:
            changes.append(node)
    return min(changes, key=_at, default=None)


def _is_set(name: str, after: ast.AST, before: ast.AST, scope: Formulas) -> bool:
    """Whether a name gets another value in between."""
    return any(
        isinstance(node, ast.Name)
        and node.id == name
        and isinstance(node.ctx, ast.Store)
        and _at(after) < _at(node) < _at(before)
        for node in scope.nodes
        if node is not getattr(after, "targets", [None])[0]
    )


def _is_read_next(name: str, change: ast.stmt, scope: Formulas) -> bool:
    """Whether a name is read after a statement, before it is set again."""
    end = change.end_lineno or change.lineno, change.end_col_offset or 0
    later = sorted(
        (node for node in scope.nodes if isinstance(node, ast.Name) and node.id == name and _at(node) >= end), key=_at
    )
    return bool(later) and isinstance(later[0].ctx, ast.Load)

"""window-scaled-whole: each window is scaled by its own mean and deviation, those of the future in it among them.

What it checks
    In the source of the program: a function subtracts the mean of a window from the window, or divides it by its
    deviation or range; and then gives its first steps as what is known, and the rest as what is to be predicted.

Why it hurts
    The mean of the whole window says where the series goes: a net that is shown the first steps, scaled so, reads off
    how far the hidden ones are above or below. When it is used there is no future to take the mean of.

Example
    w = data[i : i + past + ahead]; w = (w - w.mean(0)) / w.std(0); return w[:past], w[past:]

Instead
    w = (w - w[:past].mean(0)) / w[:past].std(0)

When it is a false alarm
    A window that is to be filled in, and whose mean is known.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from goodfit.checks.engine.formulas import Formulas, formulas
from goodfit.checks.engine.own_source import all_nodes, called, given, last_name, names_in
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

SPREADS = ("mean", "std", "min", "max", "amin", "amax", "median", "var", "nanmean", "nanstd", "ptp")
LIBRARIES = ("np", "numpy", "torch")


class WindowScaledWhole(SourceRule):
    code, level = "GF694", Level.WARNING
    worth_parsing = lazy_pattern(r"mean\(|std\(|max\(")
    what = "{name} is scaled by the mean or the spread of all its steps, those that are to be predicted among them"
    fix = "Take the mean and the deviation of the steps that are known: w[:past].mean(0)"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        for scope in formulas(tree):
            yield from scaled_whole(scope)


def scaled_whole(scope: Formulas) -> Iterator[tuple[str, int]]:
    """Windows that are scaled whole and then cut into what is known and what is not, each with its line."""
    cut = _cut_in_two(scope)
    for target, value in given(scope.nodes) if cut else ():
        name = target.id if isinstance(target, ast.Name) else ""
        windows = {each for each in names_in(value) if _is_window(each, scope)}
        for window in windows if name in cut else ():
            if _is_scaled_by_itself(value, window, scope):
                yield window, value.lineno


def _cut_in_two(scope: Formulas) -> set[str]:
    """Names of which x[:k] and x[k:] are read, with the same k."""
    firsts: dict[str, set[str]] = {}
    rests: dict[str, set[str]] = {}
    for node in scope.nodes:
        if not isinstance(node, ast.Subscript) or not isinstance(node.value, ast.Name):
            continue
        part = node.slice.elts[0] if isinstance(node.slice, ast.Tuple) and node.slice.elts else node.slice
        if isinstance(part, ast.Slice) and part.step is None:
            if part.lower is None and part.upper is not None:
                firsts.setdefault(node.value.id, set()).add(ast.unparse(part.upper))
            elif part.upper is None and part.lower is not None:
                rests.setdefault(node.value.id, set()).add(ast.unparse(part.lower))
    return {name for name in firsts if firsts[name] & rests.get(name, set())}


def _is_window(name: str, scope: Formulas) -> bool:
    """Whether a name is set to rows from i on, up to a number after i."""
    for value in scope.values.get(name, ()):
        for node in all_nodes(value):
            part = node.slice if isinstance(node, ast.Subscript) else None
            if isinstance(part, ast.Tuple) and part.elts:
                part = part.elts[0]
            if isinstance(part, ast.Slice) and part.lower is not None and part.upper is not None:
                upper = scope.value(part.upper)
                if names_in(part.lower) & names_in(upper) or ast.unparse(part.lower) in ast.unparse(upper):
                    return True
                if last_name(part.upper) and last_name(part.lower):  # data[start:end]
                    return True
    return False


def _is_scaled_by_itself(value: ast.expr, window: str, scope: Formulas) -> bool:
    """Whether (window - mean) / deviation is computed with the mean or the deviation of the window as a whole."""
    for node in all_nodes(value):
        if not isinstance(node, ast.BinOp) or not isinstance(node.op, ast.Sub | ast.Div):
            continue
        if window not in names_in(node.left):
            continue
        for side in all_nodes(node.right):
            if isinstance(side, ast.Name | ast.Attribute | ast.Call) and _is_spread(_set_to(side, scope), window):
                return True
    return False


def _set_to(node: ast.expr, scope: Formulas) -> ast.expr:
    """What a name is set to, also in `mean, std = w.mean(0), w.std(0)`."""
    return scope.value(node) if isinstance(node, ast.Name | ast.Attribute) else node


def _is_spread(node: ast.expr, window: str) -> bool:
    """w.mean(0), np.mean(w, axis=0) of the window itself, and of no part of it."""
    if not isinstance(node, ast.Call) or called(node) not in SPREADS or not isinstance(node.func, ast.Attribute):
        return False
    owner = node.func.value
    if last_name(owner) in LIBRARIES:
        return bool(node.args) and isinstance(node.args[0], ast.Name) and node.args[0].id == window
    return isinstance(owner, ast.Name) and owner.id == window

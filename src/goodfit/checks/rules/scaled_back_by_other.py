"""scaled-back-by-other: values are put back into their unit by the scaler of other columns.

What it checks
    The program's source: a name holds what the transform of one scaler of scikit-learn gave, target =
    y_scaler.transform(y), perhaps in a tensor; and it, or a part of it, is scaled back by the attributes of another
    scaler (target * x_scaler.scale_[0] + x_scaler.mean_[0]) or given to that one's inverse_transform.

Why it hurts
    Errors in the target's unit are computed with the spread and the mean of another column. They look plausible, and
    are wrong by the ratio of the two spreads.

Example
    truth = y_scaled[test] * x_scaler.scale_[0] + x_scaler.mean_[0]

Instead
    truth = y_scaled[test] * y_scaler.scale_[0] + y_scaler.mean_[0]

When it is a false alarm
    Two scalers that were fitted to the same values.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from goodfit.checks.engine.own_source import all_nodes, called, given, of_kind
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

SCALERS = lazy_pattern(r"^(Standard|MinMax|Robust|MaxAbs)Scaler$|^PowerTransformer$|^QuantileTransformer$")
SCALING = ("transform", "fit_transform")
CASTS = ("tensor", "as_tensor", "from_numpy", "FloatTensor", "Tensor", "array", "asarray")
FORMS = ("float", "double", "astype", "ravel", "reshape", "view", "flatten", "squeeze", "unsqueeze", "numpy", "to")
SPREADS = ("scale_", "data_range_")  # a value is multiplied by one of these to be put back


class ScaledBackByOther(SourceRule):
    code, level = "GF493", Level.WARNING
    worth_parsing = lazy_pattern(r"inverse_transform|\.scale_|\.data_range_")
    what = "{name}"
    fix = "Scale back by the scaler that the values were scaled by"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        return scaled_back(tree)


def scaled_back(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Values that another scaler puts back, in words, each with its line."""
    assigned = list(given(all_nodes(tree)))
    scalers = {
        ast.unparse(target)
        for target, value in assigned
        if any(SCALERS.search(called(each)) for each in all_nodes(value)) and not _transforms(value)
    }
    if len(scalers) < 2:
        return
    scaled: dict[str, set[str]] = {}  # name -> scalers whose transform it has been given from
    for target, value in assigned:
        if isinstance(target, ast.Name):
            scaled.setdefault(target.id, set()).add(_scaled_by(value, scalers))
    others = {each.arg for each in of_kind(tree, ast.arg)}  # a function's argument is another value by that name
    by = {name: owner for name, found in scaled.items() if len(found) == 1 and name not in others for owner in found}
    for node in all_nodes(tree):
        owner, values = _puts_back(node)
        for name in values if owner in scalers else ():
            if by.get(name, "") not in ("", owner):
                yield f"{name} was scaled by {by[name]}, and is scaled back by {owner}", getattr(node, "lineno", 0)


def _transforms(value: ast.expr) -> bool:
    return any(called(each) in SCALING for each in all_nodes(value))


def _scaled_by(value: ast.expr, scalers: set[str]) -> str:
    """The scaler whose transform a value is, as it is or in a tensor; "" of anything else."""
    while True:
        if isinstance(value, ast.Subscript):
            value = value.value
        elif isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) and value.func.attr in SCALING:
            owner = ast.unparse(value.func.value)
            return owner if owner in scalers else ""
        elif called(value) in CASTS and isinstance(value, ast.Call) and value.args:
            value = value.args[0]
        elif isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) and value.func.attr in FORMS:
            value = value.func.value
        else:
            return ""


def _puts_back(node: ast.AST) -> tuple[str, set[str]]:
    """The scaler that puts values back, and the names of these: a part or a cast of a name, and no more."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "inverse_transform":
        return ast.unparse(node.func.value), {_base(arg) for arg in node.args} - {""}
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        for spread, value in ((node.left, node.right), (node.right, node.left)):
            if isinstance(spread, ast.Subscript):
                spread = spread.value
            if isinstance(spread, ast.Attribute) and spread.attr in SPREADS:
                return ast.unparse(spread.value), {_base(value)} - {""}
    return "", set()


def _base(node: ast.expr) -> str:
    """y of y[cut:].numpy(); "" of what is computed."""
    while True:
        if isinstance(node, ast.Subscript):
            node = node.value
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in FORMS:
            node = node.func.value
        else:
            return node.id if isinstance(node, ast.Name) else ""

"""Training and held-out rows that are each scaled by what was measured of themselves, read from the source."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator, Mapping

from goodfit.checks.engine.names_of_parts import HELD_OUT, TRAINING
from goodfit.checks.engine.own_source import all_nodes, called, given, names_in, of_kind
from goodfit.lazy_pattern import lazy_pattern

SCALERS = frozenset(
    {"StandardScaler", "MinMaxScaler", "MaxAbsScaler", "RobustScaler", "QuantileTransformer", "PowerTransformer", "PCA"}
)
WORTH_PARSING = lazy_pattern(r"Scaler\(|Transformer\(|PCA\(|\.(?:std|max|min)\(|(?:np|torch)\.(?:std|max|min|ptp)\(")
DATA = "\0"  # in a form
MEASURES = frozenset({"min", "max", "mean", "std", "amin", "amax", "ptp", "median"})


def scaled_apart(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Held-out data that a scaler is fitted to, or that is scaled by hand, as the training data before; with its line.

    Which data are which is known by their names (x_train, x_test), or by the side of a cut: series[:k], series[k:].
    """
    helpers = {each.name for each in of_kind(tree, ast.FunctionDef) if _scales_argument(each)}
    seen: set[str] = set()  # what was done to training rows, without their name
    kinds = _scalers(tree)
    for form, data, line in sorted(_scalings(tree, helpers, kinds), key=lambda each: each[2]):
        part, rest = _part_of(data)
        if part == "training":
            seen.add(form.replace(DATA, rest))
        elif part == "held out" and form.replace(DATA, rest) in seen:
            yield ast.unparse(data), line
    for loop in of_kind(tree, ast.For):
        yield from _in_loop(loop, helpers, kinds)


def _scalings(tree: ast.AST, helpers: Collection[str], kinds: Mapping[str, str]) -> Iterator[tuple[str, ast.expr, int]]:
    """What scales data by themselves: its form, with a mark in the place of the data, the data, and the line."""
    fitted = {  # data that a scaler was fitted to by a call of its own
        (ast.unparse(call.func.value), ast.unparse(call.args[0])): call.lineno
        for call in of_kind(tree, ast.Call)
        if called(call) == "fit" and isinstance(call.func, ast.Attribute) and call.args
    }
    for target, value in given(all_nodes(tree)):  # scaler = StandardScaler().fit(x)
        if isinstance(value, ast.Call) and called(value) == "fit" and value.args:
            fitted[ast.unparse(target), ast.unparse(value.args[0])] = value.lineno
    for call in of_kind(tree, ast.Call):
        owner = call.func.value if isinstance(call.func, ast.Attribute) else None
        if not call.args:
            continue
        if called(call) in helpers:
            yield f"{called(call)}({DATA})", call.args[0], call.lineno
        elif owner is not None and (kind := _kind(owner, kinds)):
            key = ast.unparse(owner), ast.unparse(call.args[0])
            if called(call) == "fit_transform":
                yield f"{kind}({DATA})", call.args[0], call.lineno
            elif called(call) == "transform" and key in fitted:
                yield f"{kind}({DATA})", call.args[0], fitted[key]
    everything = list(given(all_nodes(tree)))
    measures = [(target.id, value) for target, value in everything if isinstance(target, ast.Name) and _measured(value)]
    for target, assigned in everything:
        value = _Inlined(measures, assigned).value()
        data = _scaled_by_itself(value)
        if data is not None and isinstance(target, ast.Name | ast.Attribute | ast.Subscript):
            yield ast.unparse(value).replace(ast.unparse(data), DATA), data, value.lineno


class _Inlined(ast.NodeTransformer):
    """A quotient with what was measured in the place of its name, as it was set last before: low of y_train.min()."""

    def __init__(self, measures: Collection[tuple[str, ast.expr]], assigned: ast.expr) -> None:
        self.measures = [each for each in measures if each[1].lineno < assigned.lineno and called(each[1]) in MEASURES]
        self.assigned = assigned

    def value(self) -> ast.expr:
        names = {name for name, _ in self.measures}
        is_quotient = isinstance(self.assigned, ast.BinOp) and isinstance(self.assigned.op, ast.Div)
        if not is_quotient or not names & names_in(self.assigned):
            return self.assigned
        inlined: ast.expr = self.visit(ast.parse(ast.unparse(self.assigned), mode="eval").body)
        inlined.lineno = self.assigned.lineno
        return inlined

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return next((value for name, value in reversed(self.measures) if name == node.id), node)


def _scalers(tree: ast.AST) -> dict[str, str]:
    """Variables that hold a scaler of scikit-learn, with its class."""
    made = {}
    for target, value in given(all_nodes(tree)):
        maker: ast.expr = value
        if isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) and called(value) == "fit":
            maker = value.func.value  # StandardScaler().fit(x)
        if called(maker) in SCALERS:
            made[ast.unparse(target)] = called(maker)
    return made


def _kind(owner: ast.expr, kinds: Mapping[str, str]) -> str:
    return called(owner) if called(owner) in SCALERS else kinds.get(ast.unparse(owner), "")


def _part_of(data: ast.expr) -> tuple[str, str]:
    """Which part of the rows data are, by their names or by the side of a cut, and their text without that."""
    text = ast.unparse(data)
    for node in of_kind(data, ast.Subscript):
        part = node.slice.elts[0] if isinstance(node.slice, ast.Tuple) and node.slice.elts else node.slice
        if isinstance(part, ast.Slice) and part.step is None and (part.lower is None) != (part.upper is None):
            border = part.upper if part.lower is None else part.lower
            rest = text.replace(ast.unparse(part), f"cut at {ast.unparse(border)}") if border is not None else text
            return ("training" if part.lower is None else "held out"), rest
    for name in map(_name, all_nodes(data)):
        is_training, is_held_out = bool(TRAINING.search(name)), bool(HELD_OUT.search(name))
        if is_training != is_held_out:
            return ("training" if is_training else "held out"), re.sub(rf"\b{re.escape(name)}\b", "_", text)
    return "", text


def _name(node: ast.AST) -> str:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _scaled_by_itself(value: ast.AST) -> ast.expr | None:
    """The data x of (x - x.mean(0)) / x.std(0) and the like, where all that is measured is of x, over its rows."""
    if not isinstance(value, ast.BinOp) or not isinstance(value.op, ast.Div):
        return None
    shifted = value.left
    if not isinstance(shifted, ast.BinOp) or not isinstance(shifted.op, ast.Sub):
        return None
    data = shifted.left
    if not isinstance(data, ast.Name | ast.Attribute | ast.Subscript):
        return None
    measured = [_measured(node) for node in all_nodes(value) if called(node) in MEASURES]
    both = _measures_of(shifted.right, data) and _measures_of(value.right, data)
    return data if both and all(each == ast.unparse(data) for each in measured) else None


def _measures_of(node: ast.AST, data: ast.expr) -> bool:
    return any(_measured(each) == ast.unparse(data) for each in all_nodes(node) if called(each) in MEASURES)


def _measured(node: ast.AST) -> str:
    """What is measured over all rows; "" where it is measured along another axis, of each row by itself."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return ""
    of, rest = node.func.value, list(node.args)
    if isinstance(of, ast.Name) and of.id in ("np", "numpy", "torch"):
        if not rest:
            return ""
        of = rest.pop(0)
    axes = [*rest, *(each.value for each in node.keywords if each.arg in ("axis", "dim"))]
    axes = [each for axis in axes for each in (axis.elts if isinstance(axis, ast.Tuple | ast.List) else [axis])]
    over_rows = not axes or any(isinstance(each, ast.Constant) and each.value in (0, None) for each in axes)
    return ast.unparse(of) if over_rows else ""


def _scales_argument(function: ast.FunctionDef) -> bool:
    """Whether a function gives its first argument scaled by itself, with a scaler of its own."""
    names = [each.arg for each in function.args.args if each.arg not in ("self", "cls")]
    if not names:
        return False
    returned = [
        each.value.elts[0] if isinstance(each.value, ast.Tuple) and each.value.elts else each.value
        for each in of_kind(function, ast.Return)
        if each.value is not None
    ]
    scaled = {
        ast.unparse(target)
        for target, value in given(all_nodes(function))
        if names_in(target) and _is_scaling(value, names[0], _scalers(function))
    }
    return bool(returned) and all(
        _is_scaling(value, names[0], _scalers(function)) or ast.unparse(value) in scaled for value in returned
    )


def _is_scaling(value: ast.expr, name: str, kinds: Mapping[str, str]) -> bool:
    data = _scaled_by_itself(value)
    if data is not None:
        return ast.unparse(data) == name
    return any(
        isinstance(node, ast.Call)
        and called(node) == "fit_transform"
        and isinstance(node.func, ast.Attribute)
        and bool(_kind(node.func.value, kinds))
        and bool(node.args)
        and name in names_in(node.args[0])
        for node in all_nodes(value)
    )


def _in_loop(loop: ast.For, helpers: Collection[str], kinds: Mapping[str, str]) -> Iterator[tuple[str, int]]:
    """for part in (train, test): part is scaled by itself in each round."""
    if not isinstance(loop.iter, ast.Tuple | ast.List) or not isinstance(loop.target, ast.Name):
        return
    parts = {_part_of(each)[0] for each in loop.iter.elts}
    if not {"training", "held out"} <= parts:
        return
    for _, data, line in _scalings(loop, helpers, kinds):
        if loop.target.id in names_in(data):
            yield ast.unparse(loop.iter), line

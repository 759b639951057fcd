"""target-averaged-into-features: a feature is the mean target of a group of rows, the row itself among them.

What it checks
    The program's source: the mean of a column by group is mapped onto the rows that it was computed from, or onto rows
    that train_test_split has taken of them; that column is made into a tensor by itself, as targets are; and the new
    column is in a list of features, by its name or the end of it.

Why it hurts
    In a group of a few rows the mean is mostly the row's own target. The net learns to read it back, and new rows, of
    which no target is known, have none of that: the training loss is far lower than any other will be. Where the means
    were taken before the split, the test rows' own targets are in their features too.

Example
    means = train.groupby("user")["stars"].mean(); train["user_mean"] = train["user"].map(means)

Instead
    The mean of the group's other rows, (sum - own) / (count - 1); or of the other folds.

When it is a false alarm
    Groups of so many rows that one of them has no say.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from goodfit.checks.engine.own_source import all_nodes, called, names_in
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

ATTRIBUTES = (
    "values",
    "T",
    "mT",
    "shape",
    "size",
    "columns",
    "index",
    "iloc",
    "loc",
    "data",
    "dtype",
    "float32",
    "float64",
)
TENSORS = ("tensor", "as_tensor", "from_numpy", "FloatTensor", "LongTensor")


class TargetAveragedIntoFeatures(SourceRule):
    code, level = "GF457", Level.WARNING
    worth_parsing = lazy_pattern(r"groupby")
    what = "the feature {name} is the mean target of a group, in which each row's own target counts"
    fix = "Leave each row's own out: (sum - own) / (count - 1), or take means of other folds"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        return averaged(tree)


def averaged(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Such features, by what they are called, each with its line."""
    nodes = all_nodes(tree)
    targets = {
        name
        for call in nodes
        if called(call) in TENSORS and isinstance(call, ast.Call)
        for arg in call.args
        for node in all_nodes(arg)
        if (name := single_column(node))
    }
    given = [node for node in nodes if isinstance(node, ast.Assign) and len(node.targets) == 1]
    parts = _parts(given)
    means = {  # name -> frame that these are means of
        node.targets[0].id: frame
        for node in given
        if isinstance(node.targets[0], ast.Name) and (frame := _frame_of_mean(node.value, targets, "mean"))
    }
    same = {  # another name of a frame
        node.targets[0].id: node.value.id
        for node in given
        if isinstance(node.targets[0], ast.Name) and isinstance(node.value, ast.Name)
    }
    features = [node for node in nodes if isinstance(node, ast.List | ast.Tuple | ast.Set)]
    for node in given:
        column = node.targets[0]
        if not isinstance(column, ast.Subscript) or not isinstance(column.value, ast.Name):
            continue
        owner, end = column.value.id, _end_of(column.slice)
        of = _mapped(node.value, means, targets) or _frame_of_mean(node.value, targets, "transform")
        of = same.get(of, of)
        if of in (owner, parts.get(owner)) and end and any(_lists(each, end, targets) for each in features):
            yield ast.unparse(column.slice), node.lineno


def single_column(node: ast.AST) -> str:
    """b of frame["b"], and of frame.b; "" of anything else."""
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name | ast.Call) and node.attr not in ATTRIBUTES:
        return node.attr
    key = node.slice if isinstance(node, ast.Subscript) else None
    return key.value if isinstance(key, ast.Constant) and isinstance(key.value, str) else ""


def _parts(given: list[ast.Assign]) -> dict[str, str]:
    """Frames that train_test_split has taken of another one, with its name."""
    return {
        part.id: call.args[0].id
        for node in given
        if isinstance(call := node.value, ast.Call) and called(call) == "train_test_split" and call.args
        if isinstance(call.args[0], ast.Name) and isinstance(node.targets[0], ast.Tuple)
        for part in node.targets[0].elts
        if isinstance(part, ast.Name)
    }


def _frame_of_mean(value: ast.expr, targets: set[str], ending: str) -> str:
    """The frame of frame.groupby(key)["target"].mean() or .transform("mean"); "" of anything else."""
    if not isinstance(value, ast.Call) or called(value) != ending or not isinstance(value.func, ast.Attribute):
        return ""
    if ending == "transform" and not (value.args and getattr(value.args[0], "value", "") == "mean"):
        return ""
    column = value.func.value
    if single_column(column) not in targets or not isinstance(column, ast.Subscript | ast.Attribute):
        return ""
    grouped = column.value
    owner = (
        grouped.func.value
        if called(grouped) == "groupby" and isinstance(grouped, ast.Call) and isinstance(grouped.func, ast.Attribute)
        else None
    )
    return owner.id if isinstance(owner, ast.Name) else ""


def _mapped(value: ast.expr, means: dict[str, str], targets: set[str]) -> str:
    """The frame whose means are mapped by frame[key].map(means), perhaps with its gaps filled."""
    for node in all_nodes(value):
        if called(node) == "map" and isinstance(node, ast.Call):
            for frame in (_frame_of_mean(arg, targets, "mean") for arg in node.args):
                if frame:
                    return frame
            for name in (name for arg in node.args for name in names_in(arg)):
                if name in means:
                    return means[name]
    return ""


def _end_of(key: ast.expr) -> str:
    """The name of a column, or what it ends with: "_mean" of key + "_mean" and of f"{key}_mean"."""
    if isinstance(key, ast.BinOp):
        key = key.right
    elif isinstance(key, ast.JoinedStr) and key.values:
        key = key.values[-1]
    return key.value if isinstance(key, ast.Constant) and isinstance(key.value, str) else ""


def _lists(node: ast.AST, end: str, targets: set[str]) -> bool:
    """Whether a list of names has one with this end, and is none of all columns, the target among them."""
    names = {each.value for each in all_nodes(node) if isinstance(each, ast.Constant) and isinstance(each.value, str)}
    return any(name.endswith(end) for name in names) and not names & targets

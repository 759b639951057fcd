"""predictions-shuffled: predictions of a shuffled loader are compared with labels in the order of the data.

What it checks
    In the source of the program: a loader that is made with shuffle=True is gone through without a backward pass, and
    outputs are put into a list; the labels of its batches are not read there, or it has none. What is made of the list
    stands in one expression, or one call, with an array that is called a target (y_test, labels, truth, ...).

Why it hurts
    Row i of the predictions is another row than row i of the labels. An R2 is below 0 and an accuracy at chance,
    however good the net is; and in a plot the curve looks like noise.

Example
    test_loader = DataLoader(TensorDataset(x_test, y_test), 32, shuffle=True)
    preds = torch.cat([net(x) for x, _ in test_loader]); r2_score(y_test, preds)

Instead
    test_loader = DataLoader(TensorDataset(x_test, y_test), 32)

When it is a false alarm
    Predictions that are sorted back into the order of the data.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from goodfit.checks.engine.own_source import all_nodes, called, given, names_in, of_kind, scopes, within
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

TARGET = lazy_pattern(
    r"^(y|labels?|targets?|truth|gts?|y_?true|true|actuals?|ground_truth)(_|$|\d)|_(y|labels?|targets?|true)$",
    re.IGNORECASE,
)
PUTS = ("append", "extend")
AROUND = ("enumerate", "tqdm", "iter")
STEPS_ON = 4  # variables that are made of the list


class PredictionsShuffled(SourceRule):
    code, level = "GF578", Level.WARNING
    worth_parsing = lazy_pattern(r"shuffle\s*=\s*True")
    what = "{name}: predictions come in the shuffled order of the loader, and the labels in the order of the data"
    fix = "Evaluate with shuffle=False, or collect the labels from the same batches"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        return compared_apart(tree)


def compared_apart(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Comparisons of predictions of a shuffled loader with labels in order, each with its line."""
    made: dict[str, list[bool]] = {}
    for target, value in given(of_kind(tree, ast.Assign)):
        made.setdefault(ast.unparse(target), []).append(_is_shuffled(value))
    shuffled = {name for name, each in made.items() if all(each)}
    for scope in scopes(tree):
        nodes = [
            node for each in scope if not isinstance(each, ast.FunctionDef | ast.ClassDef) for node in within(each)
        ]
        collected = {name for node in nodes for name in _collected(node, shuffled)}
        derived = set(collected)
        pairs = [(target.id, names_in(value)) for target, value in given(nodes) if isinstance(target, ast.Name)]
        for _ in range(STEPS_ON):
            derived |= {name for name, read in pairs if read & derived}
        if not collected:
            continue
        for node in nodes:
            sides = _compared(node)
            predictions = [each for each in sides if names_in(each) & derived]
            truths = [
                each
                for each in sides
                if not names_in(each) & derived and any(TARGET.search(name) for name in names_in(each))
            ]
            if predictions and truths:
                yield ast.unparse(node), getattr(node, "lineno", 0)
                return


def _is_shuffled(value: ast.expr) -> bool:
    return (
        isinstance(value, ast.Call)
        and called(value) == "DataLoader"
        and any(
            each.arg == "shuffle" and isinstance(each.value, ast.Constant) and each.value.value is True
            for each in value.keywords
        )
    )


def _loader(node: ast.expr) -> str:
    while isinstance(node, ast.Call) and called(node) in AROUND and node.args:
        node = node.args[0]
    return ast.unparse(node)


def _collected(node: ast.AST, shuffled: set[str]) -> Iterator[str]:
    """Lists that a loop over a shuffled loader fills, where it reads nothing but the inputs of its batches."""
    if isinstance(node, ast.For) and _loader(node.iter) in shuffled:
        body = [each for part in node.body for each in all_nodes(part)]
        if any(called(each) in ("backward", "step") for each in body):
            return
        if not _reads_labels(node.target, {each.id for each in body if isinstance(each, ast.Name)}):
            for each in body:
                if called(each) in PUTS and isinstance(each, ast.Call) and isinstance(each.func, ast.Attribute):
                    yield ast.unparse(each.func.value)
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
        for inner in of_kind(node.value, ast.ListComp):
            loop = inner.generators[0]
            is_known = _loader(loop.iter) in shuffled and not _reads_labels(loop.target, names_in(inner.elt))
            if is_known or (_is_shuffled(loop.iter) and _has_no_labels(loop.iter, loop.target, inner.elt)):
                yield node.targets[0].id


def _has_no_labels(loader: ast.expr, target: ast.expr, made: ast.expr) -> bool:
    """Whether a loader is made of one array alone, or the loop reads the first part of its batches alone."""
    if isinstance(target, ast.Name) and isinstance(loader, ast.Call) and loader.args:
        return isinstance(loader.args[0], ast.Name | ast.Subscript | ast.Attribute) and any(
            isinstance(each, ast.Name) and each.id == target.id for each in _arguments(made)
        )
    return not _reads_labels(target, names_in(made))


def _arguments(made: ast.expr) -> list[ast.expr]:
    """What net(x) is given: the batch as a whole, and not a part of it."""
    return [arg for each in of_kind(made, ast.Call) for arg in each.args]


def _reads_labels(target: ast.expr, read: set[str]) -> bool:
    """Whether a loop reads another part of its batches than the first; a batch that is not taken apart: yes."""
    if isinstance(target, ast.Tuple) and len(target.elts) == 2 and isinstance(target.elts[1], ast.Tuple):
        target = target.elts[1]  # of enumerate
    if not isinstance(target, ast.Tuple) or len(target.elts) < 2:
        return True
    return bool(read & {name for each in target.elts[1:] for name in names_in(each)})


def _compared(node: ast.AST) -> list[ast.expr]:
    """What stands beside what: sides of a difference or an ==, arguments of a call."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub):
        return [node.left, node.right]
    if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.Eq):
        return [node.left, *node.comparators]
    return node.args if isinstance(node, ast.Call) and called(node) not in ("print", "zip", "plot") else []

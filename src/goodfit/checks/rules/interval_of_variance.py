"""interval-of-variance: an interval is made of the variance where its root, the deviation, belongs.

What it checks
    The program's source: gaussian_nll_loss (or nn.GaussianNLLLoss) gets an output of a net as the variance; elsewhere
    the same output of the same net is multiplied by a number and added to another one, or is the scale of a Normal.

Why it hurts
    The intervals are too narrow where the variance is below 1 and too wide where it is above: their coverage is not
    what they say.

Example
    mean, var = net(x); loss = F.gaussian_nll_loss(mean, y, var)
    low, high = mean - 1.96 * var, mean + 1.96 * var

Instead
    low, high = mean - 1.96 * var.sqrt(), mean + 1.96 * var.sqrt()

When it is a false alarm
    None is known.

Cost
    One look at the source after training.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from goodfit.checks.engine.own_source import all_nodes, called, within
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

LOSS, MODULE = "gaussian_nll_loss", "GaussianNLLLoss"
VARIANCE_AT = 2  # the place of the variance among its arguments


class IntervalOfVariance(SourceRule):
    code, level = "GF284", Level.WARNING
    worth_parsing = lazy_pattern(r"gaussian_nll_loss|GaussianNLLLoss")
    what = "{name} is the variance that the loss is given, and is used here as a deviation"
    fix = "Take its root first: var.sqrt()"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        yield from intervals(tree)


def intervals(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Names of variances that are used as deviations, each with its line."""
    losses = {LOSS} | {
        ast.unparse(node.targets[0]).rpartition(".")[2]
        for node in all_nodes(tree)
        if isinstance(node, ast.Assign) and called(node.value) == MODULE
    }
    bodies = _bodies(tree)
    variances = {kind for nodes in bodies for kind in _variances(nodes, losses)}
    seen: set[int] = set()
    for nodes in bodies if variances else ():
        names = _names_of(nodes, variances)
        for name, line in _used_as_deviation(nodes, names):
            if line not in seen:
                seen.add(line)
                yield name, line


def _bodies(tree: ast.Module) -> list[list[ast.AST]]:
    """The nodes of the file and of each function in it."""
    functions = [node for node in all_nodes(tree) if isinstance(node, ast.FunctionDef)]
    return [
        [node for part in body for node in within(part)] for body in (tree.body, *(each.body for each in functions))
    ]


def _unpacked(node: ast.AST) -> tuple[str, list[str]]:
    """Of `a, b = net(x)`: the net and the names; "" of another statement."""
    if not isinstance(node, ast.Assign) or not isinstance(node.targets[0], ast.Tuple) or not called(node.value):
        return "", []
    names = [each.id if isinstance(each, ast.Name) else "" for each in node.targets[0].elts]
    return called(node.value), names


def _variances(nodes: list[ast.AST], losses: set[str]) -> Iterator[tuple[str, int, int]]:
    """Of a loss: the net whose output it takes for the variance, which of its outputs that is, and of how many."""
    outputs = {
        name: (net, at, len(names))
        for node in nodes
        for net, names in [_unpacked(node)]
        for at, name in enumerate(names)
    }
    for node in nodes:
        if isinstance(node, ast.Call) and called(node) in losses:
            given = node.args[VARIANCE_AT] if len(node.args) > VARIANCE_AT else None
            given = next((each.value for each in node.keywords if each.arg == "var"), given)
            if isinstance(given, ast.Name) and given.id in outputs:
                yield outputs[given.id]


def _names_of(nodes: list[ast.AST], variances: set[tuple[str, int, int]]) -> set[str]:
    """What a function calls such an output, also after `sigma = var`."""
    names = {
        names[at]
        for node in nodes
        for net, names in [_unpacked(node)]
        for at in range(len(names))
        if (net, at, len(names)) in variances
    }
    for node in nodes:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Name) and node.value.id in names:
            names |= {each.id for each in node.targets if isinstance(each, ast.Name)}
    set_again = {
        node.targets[0].id
        for node in nodes
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and not isinstance(node.value, ast.Name)
    }
    return names - set_again - {""}


def _used_as_deviation(nodes: list[ast.AST], names: set[str]) -> Iterator[tuple[str, int]]:
    for node in nodes:
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub) and isinstance(node.right, ast.BinOp):
            product = node.right
            sides = (product.left, product.right) if isinstance(product.op, ast.Mult) else ()
            numbers = [each for each in sides if isinstance(each, ast.Constant)]
            for each in sides:
                if numbers and isinstance(each, ast.Name) and each.id in names:
                    yield each.id, node.lineno
        elif called(node) == "Normal" and isinstance(node, ast.Call) and len(node.args) > 1:
            scale = node.args[1]
            if isinstance(scale, ast.Name) and scale.id in names:
                yield scale.id, node.lineno

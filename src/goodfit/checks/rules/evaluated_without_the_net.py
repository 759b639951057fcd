"""evaluated-without-the-net: a function that evaluates a net never calls it: the loss compares the data with itself.

What it checks
    In the source of the program: a function puts a net into eval mode, computes losses in a loop, and does nothing else
    with the net, nor with what holds it.

Why it hurts
    The score is that of the inputs. It is the same in every epoch, whatever the net has learnt, and what is chosen by
    it is chosen by nothing.

Example
    net.eval()
    for x, y in loader: total += criterion(x, y).item()

Instead
    for x, y in loader: total += criterion(net(x), y).item()

When it is a false alarm
    Outputs that were computed before and are only scored there.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from goodfit.checks.engine.own_source import all_nodes, called, children, loops_in, of_kind
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

LOSS = lazy_pattern(r"^criterion|loss|cross_entropy$", re.IGNORECASE)
MODES = ("eval", "train", "requires_grad_", "to", "zero_grad")


class EvaluatedWithoutTheNet(SourceRule):
    code, level = "GF548", Level.WARNING
    worth_parsing = lazy_pattern(r"\.eval\(\)")
    what = "{name} is put into eval mode and never called there: the loss compares the data with itself"
    fix = "Give the loss what the net makes of the inputs: criterion({name}(inputs), targets)"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        return never_called(tree)


def never_called(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Nets that a function evaluates without calling them, each with the line of a loss."""
    for function in of_kind(tree, ast.FunctionDef):
        names = {
            node.func.value.id
            for node in all_nodes(function)
            if called(node) == "eval"
            and isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, ast.Name)
        }
        losses = [node for loop in loops_in(function) for node in all_nodes(loop) if LOSS.search(called(node))]
        compared = [node for node in losses if isinstance(node, ast.Call) and _compares_data(node)]
        for name in sorted(names):
            if compared and len(compared) == len(losses) and _is_unused(function, name):
                yield name, compared[0].lineno


def _compares_data(loss: ast.Call) -> bool:
    """Whether both arguments are what a loop or an assignment has given, as they are."""
    return len(loss.args) == 2 and all(isinstance(each, ast.Name | ast.Subscript) for each in loss.args)


def _is_unused(function: ast.FunctionDef, name: str) -> bool:
    """Whether a net is read for its mode alone."""
    parents = {child: node for node in all_nodes(function) for child in children(node)}
    reads = [node for node in all_nodes(function) if isinstance(node, ast.Name) and node.id == name]
    return all(isinstance(parent := parents[node], ast.Attribute) and parent.attr in MODES for node in reads)

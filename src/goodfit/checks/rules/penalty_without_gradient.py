"""penalty-without-gradient: a penalty on the weights is made of their values alone, and has no gradient.

What it checks
    The loss of three steps has a term without a graph, and in the program's source a loop over parameters adds up
    their `.data`, `.detach()` or `.item()`.

Why it hurts
    The penalty makes the loss larger and trains nothing: weights are as large, and as few are zero, as without it.

Example
    for p in net.parameters():
        penalty = penalty + p.data.abs().sum()
    loss = fit + 0.01 * penalty

Instead
    penalty = penalty + p.abs().sum()

When it is a false alarm
    A sum that is only shown, beside another term of the loss that has no graph on purpose.

Cost
    A look at the nodes nearest to the loss in the first steps, and one at the source after training.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from goodfit.checks.engine import graph
from goodfit.checks.engine.events import BackwardBegins, WatchEnds
from goodfit.checks.engine.own_source import all_nodes, called, names_in, within
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Finding, Level
from goodfit.lazy_pattern import lazy_pattern

PASSES_AT_LEAST = 3
PARAMETERS = ("parameters", "named_parameters")
NORMS = ("abs", "norm", "pow", "square", "sum")


class PenaltyWithoutGradient(SourceRule):
    code, level = "GF283", Level.WARNING
    yields_to = ("term-without-gradient", "loss-detached")
    worth_parsing = lazy_pattern(r"parameters\(\)")
    what = "{name} adds up values of the weights without their graph: as a term of the loss it has no gradient"
    fix = "Use the parameter itself: p.abs().sum()"

    def start(self) -> None:
        self.passes = 0

    def before_backward(self, event: BackwardBegins) -> None:
        self.passes += any(graph.has_constant_term(loss) for loss in event.losses)

    def on_end(self, event: WatchEnds) -> Iterator[Finding]:
        if self.passes >= PASSES_AT_LEAST:
            yield from super().on_end(event)

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        yield from bare(tree)


def bare(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Names that values of parameters are added to, each with its line."""
    for loop in all_nodes(tree):
        if not isinstance(loop, ast.For) or not any(called(each) in PARAMETERS for each in all_nodes(loop.iter)):
            continue
        params = names_in(loop.target)
        for node in (node for statement in loop.body for node in within(statement)):
            target, value = _added(node)
            if target and value is not None and _is_norm_of_values(value, params):
                yield target, node.lineno if isinstance(node, ast.stmt) else loop.lineno


def _added(node: ast.AST) -> tuple[str, ast.AST | None]:
    """What a statement adds to, and what it adds: a += b, a = a + b."""
    if isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Add):
        return ast.unparse(node.target), node.value
    if isinstance(node, ast.Assign) and isinstance(node.value, ast.BinOp) and isinstance(node.value.op, ast.Add):
        name = ast.unparse(node.targets[0])
        sides = {ast.unparse(node.value.left): node.value.right, ast.unparse(node.value.right): node.value.left}
        return name, sides.get(name)
    return "", None


def _is_norm_of_values(value: ast.AST, params: set[str]) -> bool:
    nodes = all_nodes(value)
    bare = [each.value for each in nodes if isinstance(each, ast.Attribute) and each.attr in ("data", "detach")]
    of_params = any(isinstance(each, ast.Name) and each.id in params for each in bare)  # not p.grad.data
    return of_params and any(called(each) in NORMS for each in nodes)

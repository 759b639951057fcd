"""cosine-without-pi: a schedule of half a cosine is asked for its value at a share of the training, not at pi times it.

What it checks
    In the source of the program: 1 + cos(x), in a value that is set as a learning rate or that a function named after
    one returns, where x is a share (something divided by a total) and nothing in it is pi or a number near it. Names
    are followed to what they are set to.

Why it hurts
    cos(1) is 0.54: at the end of the training the rate is still three quarters of the highest one. It never comes down.

Example
    lr = 0.5 * base * (1 + math.cos(step / total))

Instead
    lr = 0.5 * base * (1 + math.cos(math.pi * step / total))

When it is a false alarm
    None is known.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from goodfit.checks.engine.formulas import ONE, Formulas, formulas
from goodfit.checks.engine.own_source import all_nodes, called, children, given, of_kind
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

RATE = lazy_pattern(
    r"(^|[_.])(lr|lrs|learning_?rate|rate|cosine|sched\w*|anneal\w*|decay\w*|coeff?|warm\w*)($|[_.])|'lr'",
    re.IGNORECASE,
)
PI = lazy_pattern(r"(?<![a-z])pi(?![a-z])|3\.14|6\.28|1\.57|acos|π", re.IGNORECASE)


class CosineWithoutPi(SourceRule):
    code, level = "GF597", Level.WARNING
    worth_parsing = lazy_pattern(r"cos\(")
    what = "{name}: a share of the training is given to the cosine as it is, so the rate falls by a quarter at most"
    fix = "Multiply it with pi: 1 + math.cos(math.pi * step / total)"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        return without_pi(tree)


def without_pi(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Half cosines of rates whose angle has no pi in it, each with its line."""
    for scope in formulas(tree):
        for node in scope.nodes:
            angle = _angle(node)
            if angle is not None and _is_of_share(angle, scope) and _is_rate(node, scope, tree):
                yield f"cos({ast.unparse(angle)})", getattr(node, "lineno", 0)
        for function in (each for node in scope.nodes for each in children(node) if isinstance(each, ast.Lambda)):
            for node in all_nodes(function.body) if RATE.search(ast.unparse(tree)) else ():
                angle = _angle(node)
                if angle is not None and _is_of_share(angle, scope):
                    yield f"cos({ast.unparse(angle)})", function.lineno


def _angle(node: ast.AST) -> ast.expr | None:
    """x of 1 + cos(x)."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        for one, other in ((node.left, node.right), (node.right, node.left)):
            if ast.unparse(one) in ONE and isinstance(other, ast.Call) and called(other) == "cos" and other.args:
                return other.args[0]
    return None


def _parts(node: ast.expr, scope: Formulas) -> Iterator[ast.AST]:
    """The nodes of an expression, and of what its names are set to."""
    for each in all_nodes(node):
        yield each
        if isinstance(each, ast.Name | ast.Attribute):
            value = scope.value(each)
            if value is not each:
                yield from all_nodes(value)


def _is_of_share(angle: ast.expr, scope: Formulas) -> bool:
    """Whether an angle is something divided, with no pi in it."""
    parts = [each for each in _parts(angle, scope) if isinstance(each, ast.expr)]
    divided = any(isinstance(each, ast.BinOp) and isinstance(each.op, ast.Div) for each in parts)
    return divided and not any(PI.search(ast.unparse(each)) for each in parts)


def _is_rate(node: ast.AST, scope: Formulas, tree: ast.Module) -> bool:
    """Whether the value is set under a name of a rate, or returned by a function with one."""
    for target, value in given(scope.nodes):
        if any(each is node for each in all_nodes(value)) and RATE.search(ast.unparse(target)):
            return True
    owners = (each for each in of_kind(tree, ast.FunctionDef) if each.body is scope.body)
    returned = any(isinstance(each, ast.Return) for each in scope.nodes)
    return returned and any(RATE.search(each.name) for each in owners)

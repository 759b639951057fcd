"""derivative-taken-again: what is called a second derivative is the first one once more.

What it checks
    In the source of the program: a first derivative (du, u_x, ...) and a second one (ddu, u_xx, ...) are both gradients
    of the same output with respect to the same input.

Why it hurts
    The equation that is trained holds a first derivative where it means a second. The residual falls to nothing all the
    same, and the net has learnt to solve another equation.

Example
    u_x = grad(u, x); u_xx = grad(u, x)

Instead
    u_x = grad(u, x); u_xx = grad(u_x, x)

When it is a false alarm
    None is known.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import NamedTuple

from goodfit.checks.engine.formulas import formulas
from goodfit.checks.engine.own_source import called, last_name, names_in
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

SECOND = lazy_pattern(r"(?i)_?(xx|yy|zz|tt|rr|ss)$|^(d2|dd|d_2)[a-z]|_dd$|second|laplac|^a(cc\w*)?$")
FIRST = lazy_pattern(r"(?i)^d_?[a-z]{1,3}(_?d[a-z])?$|_?[xyztrs]$|grad|first|^v(el\w*)?$")
GRADIENT = lazy_pattern(
    r"(?i)^(grad|gradient|gradients|derivative|deriv|diff|jacobian|compute_grad\w*|nth_derivative)$"
)


class Derivative(NamedTuple):
    """What is differentiated, with respect to what, and where."""

    name: str
    of: str
    by: str
    line: int


class DerivativeTakenAgain(SourceRule):
    code, level = "GF626", Level.WARNING
    worth_parsing = lazy_pattern(r"grad\(|gradient\(|deriv\w*\(|diff\(")
    what = "{name} is the first derivative once more: the same output is differentiated by the same input"
    fix = "Differentiate the first derivative: u_xx = grad(u_x, x)"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        return taken_again(tree)


def taken_again(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Names of second derivatives that are first ones, each with its line."""
    for scope in formulas(tree):
        known = [each for node in scope.nodes if isinstance(node, ast.Assign) for each in _derivatives(node)]
        for second in known:
            if not SECOND.search(second.name):
                continue
            for first in known:
                is_first = FIRST.search(first.name) and not SECOND.search(first.name) and first.line < second.line
                if is_first and (first.of, first.by) == (second.of, second.by) and first.name != second.of:
                    yield second.name, second.line
                    break


def _derivatives(node: ast.Assign) -> Iterator[Derivative]:
    """Of `du, = grad(u.sum(), x)`, `du = grad(u, x)[0]` and `du = gradient(u, x)`."""
    target, value = node.targets[0], node.value
    if isinstance(target, ast.Tuple | ast.List) and len(target.elts) == 1:
        target = target.elts[0]
    while isinstance(value, ast.Subscript) or (isinstance(value, ast.Call) and not GRADIENT.search(called(value))):
        if isinstance(value, ast.Subscript):
            value = value.value
        elif isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute):
            value = value.func.value
        else:
            return
    if not isinstance(value, ast.Call) or not isinstance(target, ast.Name | ast.Attribute):
        return
    arguments = [*value.args, *(each.value for each in value.keywords if each.arg in ("outputs", "inputs"))]
    if len(arguments) >= 2:
        of, by = _bare(arguments[0]), ast.unparse(arguments[1]).strip("()[], ")
        orders = [each for each in value.keywords if each.arg in ("order", "n", "k")]
        if of and not orders and all(isinstance(each, ast.expr) for each in arguments[2:3]) and not _has_order(value):
            yield Derivative(last_name(target), of, by, node.lineno)


def _has_order(call: ast.Call) -> bool:
    """Whether a number says how often is differentiated."""
    return any(isinstance(each, ast.Constant) and isinstance(each.value, int) and each.value > 1 for each in call.args)


def _bare(node: ast.expr) -> str:
    """The name that u.sum(), u[:, 0] or u is of; "" where there is more than one."""
    names = names_in(node) - {"torch", "self"}
    if isinstance(node, ast.Subscript):  # of several outputs one: which of them counts
        return ast.unparse(node)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ("sum", "mean"):
        return _bare(node.func.value)
    return ast.unparse(node) if len(names) == 1 and isinstance(node, ast.Name | ast.Attribute) else ""

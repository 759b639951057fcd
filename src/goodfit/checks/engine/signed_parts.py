"""With which sign a product stands in the sum that it is a part of."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from goodfit.checks.engine.formulas import unwrapped
from goodfit.checks.engine.own_source import called

JOINING = ("cat", "stack", "add")


def signed_parts(node: ast.expr, sign: int = 1) -> Iterator[tuple[ast.expr, int]]:
    """An expression and its parts, down through sums, products, means and what changes shapes, each with its sign."""
    yield node, sign
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield from signed_parts(node.operand, -sign)
    elif isinstance(node, ast.BinOp):
        yield from signed_parts(node.left, sign * _sign_of_number(node.right, node.op))
        if isinstance(node.op, ast.Add | ast.Mult):
            yield from signed_parts(node.right, sign * _sign_of_number(node.left, node.op))
        elif isinstance(node.op, ast.Sub):
            yield from signed_parts(node.right, -sign)
    elif isinstance(node, ast.Call):
        inner = unwrapped(node)
        if inner is None and called(node) in JOINING and node.args:
            inner = node.args[0]
        if inner is not None:
            yield from signed_parts(inner, sign)


def _sign_of_number(other: ast.expr, op: ast.operator) -> int:
    """-1 where the other factor is a negative number."""
    is_factor = isinstance(op, ast.Mult | ast.Div)
    return -1 if is_factor and isinstance(other, ast.UnaryOp) and isinstance(other.op, ast.USub) else 1

"""partner-already-scaled: rows are mixed with rows that have been made smaller just before.

What it checks
    In the source of the program: a tensor is multiplied by a factor in place (x.mul_(lam), x *= lam, x = x * lam), and
    what is added to it next is the same tensor with its rows in another order (x.flip(0), x[perm], x.roll(1, 0)).

Why it hurts
    The argument is read after the product: the other rows are lam times what they were, too. The mixture is
    lam * a + (1 - lam) * lam * b, darker than any row, while the labels are mixed by lam and 1 - lam.

Example
    x.mul_(lam).add_(x.flip(0), alpha=1 - lam)

Instead
    other = x.flip(0).mul_(1 - lam); x.mul_(lam).add_(other)

When it is a false alarm
    None is known.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import pairwise

from goodfit.checks.engine.own_source import all_nodes, called, children, names_in, of_kind
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

SCALES, ADDS = ("mul_", "div_", "multiply_"), ("add_", "sub_", "addcmul_")
REORDERS = ("flip", "roll", "index_select", "flipud", "rot90", "gather")
ORDER = lazy_pattern(r"(?i)perm|index|idx|indices|shuffl|order|partner|rand|pair")


class PartnerAlreadyScaled(SourceRule):
    code, level = "GF557", Level.WARNING
    worth_parsing = lazy_pattern(r"mul_\(|\*=|\bdiv_\(|lam|mix|beta|alpha")
    what = "{name} is scaled before its rows are mixed with one another, so that what is added is scaled as well"
    fix = "Take the other rows first: other = x.flip(0) * (1 - lam); x = x * lam + other"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        return scaled_partners(tree)


def scaled_partners(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """What is scaled and then mixed with itself, each with the line of the sum."""
    for call in of_kind(tree, ast.Call):
        inner = call.func.value if isinstance(call.func, ast.Attribute) else None
        if called(call) in ADDS and isinstance(inner, ast.Call) and called(inner) in SCALES:
            scaled = ast.unparse(inner.func.value) if isinstance(inner.func, ast.Attribute) else ""
            if any(_is_reordered(each, scaled) for argument in _arguments(call) for each in all_nodes(argument)):
                yield scaled, call.lineno
    for node in all_nodes(tree):
        for body in (getattr(node, name, None) for name in ("body", "orelse", "finalbody")):
            if isinstance(body, list):
                yield from _one_after_the_other(body)


def _one_after_the_other(body: list[ast.stmt]) -> Iterator[tuple[str, int]]:
    """x *= lam and, in the next statement, x += (1 - lam) * x[perm]."""
    for first, second in pairwise(body):
        scaled = _scaled(first)
        if scaled is None:
            continue
        added = _added_to(second, scaled)
        if added is not None and any(_is_reordered(each, scaled) for each in all_nodes(added)):
            yield scaled, second.lineno


def _scaled(node: ast.stmt) -> str | None:
    """What a statement multiplies by something that does not hold it."""
    if isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Mult | ast.Div):
        return _unless_inside(ast.unparse(node.target), node.value)
    if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.value, ast.BinOp):
        name, value = ast.unparse(node.targets[0]), node.value
        if isinstance(value.op, ast.Mult):
            sides = ((value.left, value.right), (value.right, value.left))
            return next((_unless_inside(name, other) for one, other in sides if ast.unparse(one) == name), None)
    if isinstance(node, ast.Expr) and called(node.value) in SCALES:
        call = node.value
        assert isinstance(call, ast.Call)
        if isinstance(call.func, ast.Attribute) and call.args:
            return _unless_inside(ast.unparse(call.func.value), call.args[0])
    return None


def _unless_inside(name: str, other: ast.expr) -> str | None:
    return None if any(ast.unparse(each) == name for each in all_nodes(other) if isinstance(each, ast.expr)) else name


def _added_to(node: ast.stmt, name: str) -> ast.expr | None:
    """What a statement adds to this."""
    if isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Add) and ast.unparse(node.target) == name:
        return node.value
    if isinstance(node, ast.Assign) and isinstance(node.value, ast.BinOp) and isinstance(node.value.op, ast.Add):
        sides = ((node.value.left, node.value.right), (node.value.right, node.value.left))
        return next((other for one, other in sides if ast.unparse(one) == name), None)
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and called(node.value) in ADDS:
        call = node.value
        if isinstance(call.func, ast.Attribute) and ast.unparse(call.func.value) == name and call.args:
            return call.args[0]
    return None


def _arguments(call: ast.Call) -> list[ast.expr]:
    return [*call.args, *(keyword.value for keyword in call.keywords)]


def _is_reordered(node: ast.AST, name: str) -> bool:
    """Whether this is the tensor with its rows in another order: x.flip(0), torch.roll(x, 1), x[perm]."""
    if isinstance(node, ast.Call) and called(node) in REORDERS:
        return any(isinstance(each, ast.expr) and ast.unparse(each) == name for each in _of_call(node))
    if isinstance(node, ast.Subscript) and ast.unparse(node.value) == name:
        index = node.slice.elts[0] if isinstance(node.slice, ast.Tuple) and node.slice.elts else node.slice
        is_order = any(ORDER.search(each) for each in names_in(index)) or called(index) in ("randperm", "permutation")
        turned = isinstance(index, ast.Slice) and index.step is not None
        return is_order or turned
    return False


def _of_call(call: ast.Call) -> list[ast.AST]:
    """What a call is of, and its first argument."""
    return [*children(call.func)[:1], *call.args[:1]]

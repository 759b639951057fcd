"""Formulas in the source of the program: what names of a function stand for, factors, signs."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from goodfit.checks.engine.own_source import called, given, scopes, within_body

ONE = ("1", "1.0", "1.")
STEPS_BACK = 4  # names that are followed to what they are set to
WRAPPERS = frozenset(
    {"mean", "sum", "nanmean", "item", "squeeze", "unsqueeze", "view", "reshape", "flatten"}
    | {"float", "double", "half", "long", "to", "cpu", "type_as"}
)
WRAPPING = frozenset({"float", "mean", "sum", "squeeze", "unsqueeze", "as_tensor", "nanmean"})  # torch.mean(x)


class Formulas:
    """What the names of one function, or of the file outside of functions, are set to.

    Attributes:
        body: the statements.
        nodes: all nodes of the scope, without those of functions in it.
        values: what each name or attribute is set to, in the order of the lines.
    """

    def __init__(self, body: list[ast.stmt]) -> None:
        self.body = body
        self.nodes = within_body(body)
        self.values: dict[str, list[ast.expr]] = {}
        for target, value in given(self.nodes):
            if isinstance(target, ast.Name | ast.Attribute):
                self.values.setdefault(ast.unparse(target), []).append(value)

    def value(self, node: ast.expr) -> ast.expr:
        """What a name is set to last before its place; the expression itself where nothing is known."""
        for _ in range(STEPS_BACK):
            if not isinstance(node, ast.Name | ast.Attribute):
                break
            start = node.lineno, node.col_offset
            ways = [each for each in self.values.get(ast.unparse(node), ()) if _end(each) <= start]
            if not ways:
                break
            node = ways[-1]
        return node

    def bare(self, node: ast.expr) -> ast.expr:
        """A value without means, sums and changes of its shape or type around it, and names followed."""
        for _ in range(4 * STEPS_BACK):
            node = self.value(node)
            inner = unwrapped(node)
            if inner is None:
                break
            node = inner
        return node


def _end(node: ast.expr) -> tuple[int, int]:
    return node.end_lineno or node.lineno, node.end_col_offset or 0


def formulas(tree: ast.Module) -> list[Formulas]:
    """Of the file and of each of its functions, once for all rules."""
    known: list[Formulas] | None = vars(tree).get("_formulas")
    if known is None:
        known = vars(tree)["_formulas"] = [Formulas(body) for body in scopes(tree)]
    return known


def unwrapped(node: ast.expr) -> ast.expr | None:
    """What x.mean(), torch.mean(x) or float(x) is made of; None of anything else."""
    if not isinstance(node, ast.Call):
        return None
    if isinstance(node.func, ast.Attribute):
        is_library = isinstance(node.func.value, ast.Name) and node.func.value.id in ("torch", "np", "numpy")
        if is_library:
            return node.args[0] if node.func.attr in WRAPPING and node.args else None
        return node.func.value if node.func.attr in WRAPPERS else None
    return node.args[0] if called(node) == "float" and len(node.args) == 1 else None


def factors(node: ast.expr) -> Iterator[tuple[ast.expr, int]]:
    """Factors of a product, each with its sign: -a * b gives (a, -1), (b, 1)."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        for place, (factor, sign) in enumerate(factors(node.operand)):
            yield factor, sign if place else -sign
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        yield from factors(node.left)
        yield from factors(node.right)
    else:
        yield node, 1


def difference(node: ast.expr) -> tuple[ast.expr, ast.expr] | None:
    """Both sides of a - b."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub):
        return node.left, node.right
    return None


def taken_from_one(node: ast.AST) -> ast.expr | None:
    """x of 1 - x; None of anything else."""
    is_rest = isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub) and ast.unparse(node.left) in ONE
    return node.right if is_rest and isinstance(node, ast.BinOp) else None

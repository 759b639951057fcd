"""root-of-one-minus: the noise of a diffusion is scaled by 1 - sqrt(a) or by 1 - a, not by sqrt(1 - a).

What it checks
    In the source of the program, where a cumulative product of alphas is computed: a name that says the root of one
    minus something gets one minus the root, or such a value is multiplied with noise.

Why it hurts
    Rows get far less noise than the schedule says. The loss looks well, and samples do not come from the data, since
    sampling takes the steps of another process.

Example
    sqrt_one_minus_alpha_bar = 1 - torch.sqrt(alpha_bar)

Instead
    sqrt_one_minus_alpha_bar = torch.sqrt(1 - alpha_bar)

When it is a false alarm
    None is known.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from goodfit.checks.engine.own_source import all_nodes, called, names_in
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

ROOT_OF_REST = lazy_pattern(
    r"(sqrt|root).*(one|1)_?m(inus)?|(sqrt|root).*om_|^sigma|noise_?(scale|level|std)", re.IGNORECASE
)
ALPHA = lazy_pattern(r"alpha|cumprod|a_?bar|^ab$|^a_?hat", re.IGNORECASE)
NOISE = lazy_pattern(r"noise|eps", re.IGNORECASE)


class RootOfOneMinus(SourceRule):
    code, level = "GF269", Level.WARNING
    worth_parsing = lazy_pattern(r"cumprod")
    what = "the scale of the noise is {name}, where the root of one minus alpha_bar was meant"
    fix = "torch.sqrt(1 - alpha_bar)"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        return turned_round(tree)


def turned_round(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Such values, each with its line."""
    for node in all_nodes(tree):
        if isinstance(node, ast.expr) and (rest := without_root(node)):
            yield rest, node.lineno
        elif isinstance(node, ast.Assign) and _is_one_minus_root(node.value):
            target = node.targets[0]
            name = (
                target.attr if isinstance(target, ast.Attribute) else target.id if isinstance(target, ast.Name) else ""
            )
            if ROOT_OF_REST.search(name):
                yield ast.unparse(node.value), node.lineno
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
            for side, other in ((node.left, node.right), (node.right, node.left)):
                names = names_in(other) | {each.attr for each in all_nodes(other) if isinstance(each, ast.Attribute)}
                if _is_one_minus_root(side) and any(NOISE.search(name) for name in names):
                    yield ast.unparse(side), node.lineno


def without_root(node: ast.AST) -> str:
    """Of sqrt(a) * x + (1 - a) * noise: 1 - a; "" of other sums."""
    if not isinstance(node, ast.BinOp) or not isinstance(node.op, ast.Add):
        return ""
    for one, other in ((node.left, node.right), (node.right, node.left)):
        if isinstance(one, ast.BinOp) and isinstance(one.op, ast.Mult) and isinstance(other, ast.BinOp):
            roots = {ast.unparse(of) for side in (one.left, one.right) if (of := _under_root(side)) is not None}
            for side in (other.left, other.right) if isinstance(other.op, ast.Mult) else ():
                is_rest = isinstance(side, ast.BinOp) and isinstance(side.op, ast.Sub) and ast.unparse(side.left) == "1"
                if is_rest and isinstance(side, ast.BinOp) and ast.unparse(side.right) in roots:
                    return ast.unparse(side)
    return ""


def _under_root(node: ast.AST) -> ast.AST | None:
    """What a square root is taken of, in any spelling."""
    if called(node) == "sqrt" and isinstance(node, ast.Call):
        return node.args[0] if node.args else node.func.value if isinstance(node.func, ast.Attribute) else None
    is_power = isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow) and ast.unparse(node.right) == "0.5"
    return node.left if is_power and isinstance(node, ast.BinOp) else None


def _is_one_minus_root(node: ast.AST) -> bool:
    """1 - sqrt(alpha_bar), in any spelling."""
    if not isinstance(node, ast.BinOp) or not isinstance(node.op, ast.Sub):
        return False
    if not isinstance(node.left, ast.Constant) or node.left.value != 1:
        return False
    root = node.right
    while isinstance(root, ast.Subscript):
        root = root.value
    is_power = (
        isinstance(root, ast.BinOp)
        and isinstance(root.op, ast.Pow)
        and isinstance(root.right, ast.Constant)
        and root.right.value == 0.5
    )
    names = names_in(root) | {each.attr for each in all_nodes(root) if isinstance(each, ast.Attribute)}
    return (is_power or called(root) == "sqrt") and any(ALPHA.search(name) for name in names)

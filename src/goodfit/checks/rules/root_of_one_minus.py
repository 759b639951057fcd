"""root-of-one-minus: the noise of a diffusion is scaled by 1 - sqrt(a) or by 1 - a, not by sqrt(1 - a).

What it checks
    In the source of the program, where a cumulative product of alphas is computed: a name that says the root of one
    minus something gets one minus the root, or such a value is multiplied with noise. Or rows and noise are mixed as a
    * x + (1 - a) * noise with no root at all; or the cumulative product is one of betas, not of 1 - betas; or one step
    back, with beta in it, is divided by the root of that product, and not by that of 1 - beta.

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
from collections.abc import Collection, Iterator

from goodfit.checks.engine.formulas import taken_from_one
from goodfit.checks.engine.own_source import all_nodes, called, given, last_name, names_in, of_kind
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

ROOT_OF_REST = lazy_pattern(
    r"(sqrt|root).*(one|1)_?m(inus)?|(sqrt|root).*om_|^sigma|noise_?(scale|level|std)", re.IGNORECASE
)
ALPHA = lazy_pattern(r"alpha|cumprod|a_?bar|^ab$|^a_?hat", re.IGNORECASE)
SHAPES = ("view", "reshape", "unsqueeze")
BETAS = lazy_pattern(r"(?i)^(betas?|beta_t|beta_schedule)$")
NOISE = lazy_pattern(r"noise|eps", re.IGNORECASE)


class RootOfOneMinus(SourceRule):
    code, level = "GF269", Level.WARNING
    worth_parsing = lazy_pattern(r"cumprod")
    what = "the scale of the noise comes of {name}, where the root of one minus alpha_bar was meant"
    fix = "torch.sqrt(1 - alpha_bar), alpha_bar = torch.cumprod(1 - betas, 0)"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        return turned_round(tree)


def turned_round(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Such values, each with its line."""
    yield from _products_of_betas(tree)
    products = {
        ast.unparse(target)
        for target, value in given(of_kind(tree, ast.Assign))
        if any(called(each) == "cumprod" for each in of_kind(value, ast.Call))
    }
    for node in all_nodes(tree):
        if isinstance(node, ast.expr) and (rest := without_root(node) or without_roots(node, products)):
            yield rest, node.lineno
        elif isinstance(node, ast.BinOp) and (root := _step_by_product(node, products)):
            yield root, node.lineno
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


def without_roots(node: ast.AST, products: Collection[str]) -> str:
    """Of a * x + (1 - a) * noise, where a is a cumulative product of alphas: 1 - a; "" of other sums."""
    if not isinstance(node, ast.BinOp) or not isinstance(node.op, ast.Add):
        return ""
    for one, other in ((node.left, node.right), (node.right, node.left)):
        sides = [
            (side.left, side.right)
            for side in (one, other)
            if isinstance(side, ast.BinOp) and isinstance(side.op, ast.Mult)
        ]
        if len(sides) != 2 or not any(NOISE.search(name) or name == "e" for name in names_in(other)):
            continue
        shares = {_picked(each) for each in sides[0]} & set(products)
        rests = {_picked(rest) for each in sides[1] if (rest := _rest(each)) is not None}
        if shares & rests:
            return f"1 - {min(shares & rests)}"
    return ""


def _step_by_product(node: ast.BinOp, products: Collection[str]) -> str:
    """Of (x - beta / sqrt(1 - a) * noise) / sqrt(a), one step back, where a is a cumulative product: sqrt(a)."""
    root = _under_root(node.right) if isinstance(node.op, ast.Div) else None
    taken = node.left.right if isinstance(node.left, ast.BinOp) and isinstance(node.left.op, ast.Sub) else None
    if root is None or taken is None or _picked(root) not in products:
        return ""
    return ast.unparse(node.right) if any(BETAS.search(last_name(each)) for each in all_nodes(taken)) else ""


def _picked(node: ast.AST) -> str:
    """a of a[t][:, None], and of a[t].view(-1, 1)."""
    return ast.unparse(_whole(node))


def _rest(node: ast.AST) -> ast.AST | None:
    """a of 1 - a, picked from or not."""
    return taken_from_one(_whole(node))


def _whole(node: ast.AST) -> ast.AST:
    """What an entry is picked from, or what is given another shape."""
    while True:
        if isinstance(node, ast.Subscript):
            node = node.value
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and called(node) in SHAPES:
            node = node.func.value
        else:
            return node


def _products_of_betas(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Cumulative products of what is called betas: they fall to nothing at once."""
    for call in of_kind(tree, ast.Call):
        if called(call) == "cumprod" and isinstance(call.func, ast.Attribute):
            of_library = ast.unparse(call.func.value) in ("torch", "np")
            of = next(iter(call.args), None) if of_library else call.func.value
            if of is not None and BETAS.search(last_name(of)):
                yield ast.unparse(call), call.lineno


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

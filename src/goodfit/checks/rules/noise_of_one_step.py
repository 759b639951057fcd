"""noise-of-one-step: a diffusion's rows get the noise of one step, where that of all steps up to it is meant.

What it checks
    In the source of the program, where alphas are multiplied up by cumprod: rows are mixed with noise by the roots of
    alphas[t] and 1 - alphas[t], for a t that is drawn or given, and not by those of the product.

Why it hurts
    One step changes little: at the last t rows are still nearly clean, and the net has never seen what sampling begins
    with, pure noise. The loss falls as it should, and samples are nothing that was in the data.

Example
    a = alphas[t]; x = a.sqrt() * x0 + (1 - a).sqrt() * noise

Instead
    a = alphas_cumprod[t]; x = a.sqrt() * x0 + (1 - a).sqrt() * noise

When it is a false alarm
    A chain that is walked step by step, each from what the one before gave; where the row is assigned to itself in a
    loop over t it is left out.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from goodfit.checks.engine.own_source import all_nodes, called, given, names_in, scopes, within
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

STEP, REST, ROOT_OF_STEP, ROOT_OF_REST = "alpha", "1 - alpha", "root of alpha", "root of 1 - alpha"
ROOTS = {STEP: ROOT_OF_STEP, REST: ROOT_OF_REST}
SAME_VALUES = frozenset(("unsqueeze", "view", "reshape", "to", "float", "gather", "expand", "clone", "detach", "cpu"))
RESOLVED_AT_MOST = 8  # names that stand for names


class NoiseOfOneStep(SourceRule):
    code, level = "GF526", Level.WARNING
    worth_parsing = lazy_pattern(r"\bcumprod\b")
    what = "a row is mixed with the noise of one step, {name}[t]: at the last one it is still nearly clean"
    fix = "Take the product of all steps up to t, that of cumprod"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        return noise_of_one_step(tree)


def noise_of_one_step(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Names of the factors whose roots mix rows with noise though their product is known, each with its line."""
    steps = {ast.unparse(factors) for node in all_nodes(tree) if (factors := _multiplied_up(node)) is not None}
    attributes = {ast.unparse(target): value for target, value in given(all_nodes(tree)) if "." in ast.unparse(target)}
    for scope in scopes(tree):
        nodes = [node for statement in scope for node in within(statement)]
        values = {**attributes, **{ast.unparse(target): value for target, value in given(nodes)}}
        chained = {id(each) for statement in nodes if _walks_on(statement) for each in all_nodes(statement)}
        for node in nodes:
            if id(node) in chained or not isinstance(node, ast.BinOp) or not isinstance(node.op, ast.Add):
                continue
            for name in steps:
                sides = [_factor(side, name, values) for side in (node.left, node.right)]
                if set(sides) == {ROOT_OF_STEP, ROOT_OF_REST} and _is_indexed(node, values):
                    yield name.removeprefix("self."), node.lineno


def _multiplied_up(node: ast.AST) -> ast.expr | None:
    """The factors of torch.cumprod(factors, 0) or factors.cumprod(0)."""
    if called(node) != "cumprod" or not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return None
    owner = node.func.value
    of_module = isinstance(owner, ast.Name) and owner.id in ("torch", "np", "numpy", "jnp")
    factors = (node.args[0] if node.args else None) if of_module else owner
    return factors if isinstance(factors, ast.Name | ast.Attribute) else None


def _walks_on(statement: ast.AST) -> bool:
    """Whether a row is assigned to itself: x = a * x + b * noise."""
    if not isinstance(statement, ast.Assign) or len(statement.targets) != 1:
        return False
    target = statement.targets[0]
    return isinstance(target, ast.Name) and target.id in names_in(statement.value)


def _factor(side: ast.expr, name: str, values: Mapping[str, ast.expr]) -> str:
    """What a product has for one of its two factors; "" where that is nothing of the steps."""
    if not isinstance(side, ast.BinOp) or not isinstance(side.op, ast.Mult):
        return ""
    kinds = {_kind(each, name, values) for each in (side.left, side.right)} - {""}
    return kinds.pop() if len(kinds) == 1 else ""


def _kind(node: ast.expr, name: str, values: Mapping[str, ast.expr], depth: int = RESOLVED_AT_MOST) -> str:
    """Whether an expression is the steps' factors, the rest to 1, or the root of either; "" of anything else."""
    if ast.unparse(node) == name:
        return STEP
    if isinstance(node, ast.Subscript):
        return _kind(node.value, name, values, depth)
    if isinstance(node, ast.BinOp):
        if isinstance(node.op, ast.Sub) and isinstance(node.left, ast.Constant) and node.left.value in (1, 1.0):
            return REST if _kind(node.right, name, values, depth) == STEP else ""
        is_root = isinstance(node.op, ast.Pow) and isinstance(node.right, ast.Constant) and node.right.value == 0.5
        return ROOTS.get(_kind(node.left, name, values, depth), "") if is_root else ""
    if isinstance(node, ast.Call):
        inner = node.func.value if isinstance(node.func, ast.Attribute) else None
        if called(node) == "sqrt":
            under = node.args[0] if node.args else inner
            return "" if under is None else ROOTS.get(_kind(under, name, values, depth), "")
        return _kind(inner, name, values, depth) if inner is not None and called(node) in SAME_VALUES else ""
    known = values.get(ast.unparse(node)) if isinstance(node, ast.Name | ast.Attribute) and depth else None
    return "" if known is None else _kind(known, name, values, depth - 1)


def _is_indexed(node: ast.AST, values: Mapping[str, ast.expr]) -> bool:
    """Whether the factors are taken at some t, here or where a name that is used here was set."""
    waiting: list[ast.AST] = [node]
    for each in waiting:
        for part in all_nodes(each):
            if isinstance(part, ast.Subscript) or called(part) == "gather":
                return True
            if isinstance(part, ast.Name | ast.Attribute) and len(waiting) < RESOLVED_AT_MOST:
                known = values.get(ast.unparse(part))
                if known is not None and not any(known is other for other in waiting):
                    waiting.append(known)
    return False

"""Focal losses whose weight grows with the probability of the true class, in the source of a program."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from goodfit.checks.engine.formulas import Formulas, factors, formulas, taken_from_one
from goodfit.checks.engine.own_source import called, last_name, names_in, of_kind
from goodfit.lazy_pattern import lazy_pattern

GAMMA = lazy_pattern(r"(?i)gamma|focus")
FOCUS = lazy_pattern(r"(?i)^(focal_)?gamma$|^focus(ing)?$")
CHOSEN = frozenset({"gather", "take_along_dim", "index_select"})


def weights_turned(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Powers of the probability of the true class that weigh a loss, each with its line."""
    for scope in formulas(tree):
        for node in scope.nodes:
            base, exponent = _power(node)
            if base is None or exponent is None or not isinstance(node, ast.expr):
                continue
            if GAMMA.search(last_name(exponent)) and _is_of_true_class(base, scope):
                yield ast.unparse(node), node.lineno


def weights_multiplied(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """(1 - p) * gamma beside log(p), where a power of it was meant, each with its line."""
    for scope in formulas(tree):
        products = [node for node in scope.nodes if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult)]
        inner = {id(side) for node in products for side in (node.left, node.right)}
        for node in products:
            parts = [part for part, _ in factors(node)]
            rests = [rest for part in parts if (rest := taken_from_one(part)) is not None]
            logs = [
                log.args[0]
                for part in parts
                if called(part) == "log" and isinstance(log := part, ast.Call) and log.args
            ]
            of_log = {name for each in logs for name in names_in(each)}
            has_gamma = any(FOCUS.search(last_name(part)) for part in parts)
            if id(node) not in inner and has_gamma and any(names_in(rest) & of_log for rest in rests):
                yield ast.unparse(node), node.lineno


def _power(node: ast.AST) -> tuple[ast.expr | None, ast.expr | None]:
    """Base and exponent of p ** gamma, p.pow(gamma), torch.pow(p, gamma)."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow):
        return node.left, node.right
    if called(node) == "pow" and isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        if len(node.args) == 2:
            return node.args[0], node.args[1]
        if len(node.args) == 1:
            return node.func.value, node.args[0]
    return None, None


def _is_of_true_class(base: ast.expr, scope: Formulas) -> bool:
    value = scope.bare(base)
    if called(value) in CHOSEN:
        return "softmax" in ast.unparse(value) or _comes_of_softmax(value, scope)
    if called(value) == "exp" and isinstance(value, ast.Call):
        owner = value.func.value if isinstance(value.func, ast.Attribute) and not value.args else None
        inner = value.args[0] if value.args else owner
        return isinstance(inner, ast.UnaryOp) and isinstance(inner.op, ast.USub)
    if called(value) == "where" and isinstance(value, ast.Call) and len(value.args) == 3:
        return not _is_rest(value.args[1]) and _is_rest(value.args[2])
    if isinstance(value, ast.BinOp) and isinstance(value.op, ast.Add):
        rests = sorted(
            sum(_is_rest(scope.value(each)) for each, _ in factors(part)) for part in (value.left, value.right)
        )
        sizes = [len(list(factors(part))) for part in (value.left, value.right)]
        return rests == [0, 2] and sizes == [2, 2]  # p * t + (1 - p) * (1 - t)
    return False


def _comes_of_softmax(value: ast.expr, scope: Formulas) -> bool:
    owner = value.func.value if isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) else None
    return owner is not None and any(called(each) == "softmax" for each in of_kind(scope.value(owner), ast.Call))


def _is_rest(node: ast.expr) -> bool:
    return taken_from_one(node) is not None

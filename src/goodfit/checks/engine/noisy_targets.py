"""Denoisers that the source of a program asks for the noisy input itself."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from goodfit.checks.engine.formulas import Formulas, difference, formulas
from goodfit.checks.engine.own_source import called, names_in, of_kind
from goodfit.lazy_pattern import lazy_pattern

GAUSSIAN = frozenset({"randn", "randn_like", "normal", "normal_", "standard_normal"})
NOISY = lazy_pattern(r"(?i)nois|corrupt|perturb|degrad|masked|damaged|dirty")
LOSSES = lazy_pattern(r"(?i)mse|l1|huber|smooth|loss|criterion|crit|charbonnier|bce|binary_cross")


def noisy_targets(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Noisy inputs that the output of the net for them is compared with, each with its line."""
    for scope in formulas(tree):
        for name, values in scope.values.items():
            clean = {each for value in values for each in _clean(value, scope)} - {name}
            if not clean or not NOISY.search(name) or len(values) != 1:
                continue
            outputs = {
                target
                for target, given in scope.values.items()
                if any(isinstance(value, ast.Call) and _is_given(value, name) for value in given)
            }
            compared = [pair for node in scope.nodes for pair in _compared(node)]
            wrong = [
                line for one, other, line in compared if other == name and (one in outputs or one == f"net:{name}")
            ]
            own = outputs | {f"net:{name}"}
            if any(one in own and other != name for one, other, _ in compared):
                continue
            others = {side for one, other, _ in compared for side in (one, other)}
            if wrong and not others & clean and not _reads_later(scope, clean, wrong[0]):
                yield name, wrong[0]


def _clean(value: ast.expr, scope: Formulas) -> Iterator[str]:
    """What noise is added to: clean of clean + 0.1 * randn_like(clean)."""
    while (
        called(value) in ("clamp", "clip", "clamp_")
        and isinstance(value, ast.Call)
        and isinstance(value.func, ast.Attribute)
    ):
        value = value.func.value
    if not isinstance(value, ast.BinOp) or not isinstance(value.op, ast.Add):
        return
    for one, other in ((value.left, value.right), (value.right, value.left)):
        calls = [called(each) for part in (other, *_named(other, scope)) for each in of_kind(part, ast.Call)]
        if GAUSSIAN & set(calls) and isinstance(one, ast.Name):
            yield one.id
        elif GAUSSIAN & set(calls) and isinstance(one, ast.Subscript) and isinstance(one.value, ast.Name):
            yield one.value.id


def _named(node: ast.expr, scope: Formulas) -> list[ast.expr]:
    return [value for name in names_in(node) for value in scope.values.get(name, ())]


def _is_given(call: ast.Call, name: str) -> bool:
    return bool(call.args) and isinstance(call.args[0], ast.Name) and call.args[0].id == name


def _compared(node: ast.AST) -> Iterator[tuple[str, str, int]]:
    """Both sides of a loss or a difference; a call of a net with x is "net:x"."""
    sides: list[ast.expr] = []
    if isinstance(node, ast.Call) and LOSSES.search(called(node)) and len(node.args) >= 2:
        sides = list(node.args[:2])
    elif isinstance(node, ast.BinOp):
        sides = list(difference(node) or ())
    if len(sides) == 2:
        names = [_name(each) for each in sides]
        yield names[0], names[1], sides[0].lineno
        yield names[1], names[0], sides[0].lineno


def _name(node: ast.expr) -> str:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name):
        return node.value.id
    first = node.args[0] if isinstance(node, ast.Call) and node.args else None
    return f"net:{first.id}" if isinstance(first, ast.Name) else ""


def _reads_later(scope: Formulas, clean: set[str], line: int) -> bool:
    """Whether the clean rows are read from the loss on: they are compared in another way."""
    return any(
        isinstance(node, ast.Name)
        and isinstance(node.ctx, ast.Load)
        and node.id in clean
        and line <= node.lineno <= line + 3
        for node in scope.nodes
    )

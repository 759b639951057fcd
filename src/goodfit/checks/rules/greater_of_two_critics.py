"""greater-of-two-critics: of two critics' values the greater is taken where their error is to be kept small.

What it checks
    In the source of the program: max or maximum of two values that are named alike but for a number (target_q1 and
    target_q2, or calls of critic1 and critic2) goes into a target with a discount (reward + gamma * ...).

Why it hurts
    Two critics are trained so that the smaller of their values, which is too high less often, can be aimed at. With the
    greater one each error upwards is handed on: values grow far beyond what is earned, and the actor follows them.

Example
    y = r + gamma * torch.max(q1_target(s2, a2), q2_target(s2, a2))

Instead
    y = r + gamma * torch.min(q1_target(s2, a2), q2_target(s2, a2))

When it is a false alarm
    Critics of costs; where a name says so, nothing is reported.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator

from goodfit.checks.engine.formulas import Formulas, formulas
from goodfit.checks.engine.own_source import all_nodes, called
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

GREATER, SMALLER = ("max", "maximum", "fmax"), ("min", "minimum", "fmin")
VALUE = lazy_pattern(r"(?i)(^|[_.\W])(t|target_?)?(q|critic|qf)[_a-z]*\d|critic|q_?(value|target|next)")
COST = lazy_pattern(r"(?i)cost|risk|(^|_)qc|safety|constraint")
DISCOUNT = lazy_pattern(r"(?i)gamma|discount|\b0\.9\d*\b")
REWARD = lazy_pattern(r"(?i)reward|^r$|^rew")


class GreaterOfTwoCritics(SourceRule):
    code, level = "GF630", Level.WARNING
    worth_parsing = lazy_pattern(r"\bmax(imum)?\(")
    what = "{name}: the greater of two critics' values is aimed at"
    fix = "Take the smaller: torch.min(q1, q2)"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        return greater(tree)


def greater(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Maxima of two critics that a target is made of, each with its line."""
    for scope in formulas(tree):
        maxima = [node for node in scope.nodes if _is_of_two(node, scope, GREATER)]
        smaller = {_critics(node) for node in scope.nodes if _is_of_two(node, scope, SMALLER)}
        maxima = [node for node in maxima if _critics(node) not in smaller]  # a target between both
        if not maxima:
            continue
        targets = [node for node in scope.nodes if isinstance(node, ast.BinOp) and _is_target(node)]
        for node in maxima:
            if any(_holds(target, node, scope) for target in targets) and isinstance(node, ast.Call):
                yield ast.unparse(node), node.lineno


def _critics(node: ast.AST) -> tuple[str, ...]:
    return tuple(map(ast.unparse, node.args)) if isinstance(node, ast.Call) else ()


def _is_of_two(node: ast.AST, scope: Formulas, which: Collection[str]) -> bool:
    if called(node) not in which or not isinstance(node, ast.Call):
        return False
    args = node.args
    if len(args) == 1 and isinstance(args[0], ast.Starred):
        value = ast.unparse(scope.value(args[0].value))
        return bool(VALUE.search(ast.unparse(args[0].value)) or re.search(r"critic|target", value)) and not COST.search(
            value
        )
    texts = [ast.unparse(each) for each in args]
    if len(texts) != 2 or texts[0] == texts[1] or node.keywords or COST.search(" ".join(texts)):
        return False
    return re.sub(r"\d", "", texts[0]) == re.sub(r"\d", "", texts[1]) and bool(VALUE.search(texts[0]))


def _is_target(node: ast.BinOp) -> bool:
    """Whether this is reward + gamma * ...."""
    if not isinstance(node.op, ast.Add):
        return False
    names = [each.id if isinstance(each, ast.Name) else each.attr for each in all_nodes(node)
             if isinstance(each, ast.Name | ast.Attribute)]  # fmt: skip
    return any(REWARD.search(name) for name in names) and bool(DISCOUNT.search(ast.unparse(node)))


def _holds(target: ast.AST, node: ast.AST, scope: Formulas) -> bool:
    """Whether a node is part of a target, itself or by a name that it was given."""
    for each in all_nodes(target):
        if each is node:
            return True
        if isinstance(each, ast.Name):
            value: ast.AST = scope.value(each)
            if value is not each and any(part is node for part in all_nodes(value)):
                return True
    return False

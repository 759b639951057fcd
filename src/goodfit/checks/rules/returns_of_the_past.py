"""returns-of-the-past: discounted returns are summed up from the first step of an episode on, not from the last.

What it checks
    In the source of the program: a loop over a list of rewards, in their order, computes R = r + gamma * R and appends
    R to a list; nothing turns the rewards round.

Why it hurts
    The return of a step is to be what follows it. Summed from the start it is what came before, which the action had no
    part in: the policy learns from noise.

Example
    for r in rewards: R = r + gamma * R; returns.append(R)

Instead
    for r in reversed(rewards): R = r + gamma * R; returns.insert(0, R)

When it is a false alarm
    A running sum by which rewards are scaled.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from goodfit.checks.engine.own_source import all_nodes, called, names_in, scopes, within
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

REWARDS = lazy_pattern(r"reward|^rs?$|^rews?$", re.IGNORECASE)
DISCOUNT = lazy_pattern(r"gamma|discount|(?<![\d.])0?\.9\d*", re.IGNORECASE)
TURNING = lazy_pattern(r"\.reverse\(\)|\[::-1\]|\.flip\(|flipud|reversed\(")


class ReturnsOfThePast(SourceRule):
    code, level = "GF258", Level.WARNING
    worth_parsing = DISCOUNT
    what = "{name} is summed up from the first reward on: the return of a step holds what came before it"
    fix = "Go through the rewards from the last to the first: for r in reversed(rewards)"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        return forwards(tree)


def forwards(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Names of such sums, each with its line."""
    for body in scopes(tree):
        loops = [node for statement in body for node in within(statement) if isinstance(node, ast.For)]
        for loop in loops:
            iterated, reward = loop.iter, loop.target
            if not isinstance(iterated, ast.Name | ast.Attribute) or not isinstance(reward, ast.Name):
                continue
            name = iterated.id if isinstance(iterated, ast.Name) else iterated.attr
            if not REWARDS.search(name) or any(TURNING.search(ast.unparse(each)) for each in body if _near(each, loop)):
                continue
            for statement in loop.body:
                total = discounted(statement, reward.id)
                appended = any(
                    called(node) == "append" and isinstance(node, ast.Call) and total in names_in(node.args[0])
                    for each in loop.body
                    for node in within(each)
                    if isinstance(node, ast.Call) and node.args
                )
                if total and appended:
                    yield total, statement.lineno


def _near(statement: ast.stmt, loop: ast.For) -> bool:
    """Whether a statement of the function is the one that holds the loop, or stands near it."""
    return statement.lineno - 4 <= loop.lineno <= (statement.end_lineno or statement.lineno) + 4


def discounted(statement: ast.stmt, reward: str) -> str:
    """The name of R in R = r + gamma * R; "" of another statement."""
    if not isinstance(statement, ast.Assign) or not isinstance(statement.targets[0], ast.Name):
        return ""
    total, value = statement.targets[0].id, statement.value
    if not isinstance(value, ast.BinOp) or not isinstance(value.op, ast.Add):
        return ""
    names = names_in(value)
    has_product = any(isinstance(each, ast.BinOp) and isinstance(each.op, ast.Mult) for each in all_nodes(value))
    is_discounted = any(DISCOUNT.search(name) for name in names) or DISCOUNT.search(ast.unparse(value))
    return total if has_product and is_discounted and {total, reward} <= names else ""

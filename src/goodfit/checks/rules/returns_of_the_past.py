"""returns-of-the-past: discounted returns are summed up from the first step of an episode on, not from the last.

What it checks
    In the source of the program: a loop over a list of rewards, in their order, computes R = r + gamma * R and appends
    R to a list; nothing turns the rewards round. Or a loop over range(n) computes R = rewards[t] + gamma * R, and R of
    that step is appended, kept at t, or compared with a value of t.

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

from goodfit.checks.engine.own_source import all_nodes, called, loops_in, names_in, scopes, within
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

REWARDS = lazy_pattern(r"reward|^rs?$|^rews?$", re.IGNORECASE)
DISCOUNT = lazy_pattern(r"gamma|discount|(?<![\d.])0?\.9\d*", re.IGNORECASE)
TURNING = lazy_pattern(r"\.reverse\(\)|\[::-1\]|\.flip\(|flipud|reversed\(")


class ReturnsOfThePast(SourceRule):
    code, level = "GF258", Level.WARNING
    worth_parsing = lazy_pattern(r"(?i)gamma|discount|\b0?\.[89]\d* *\*")
    what = "{name} is summed up from the first reward on: the return of a step holds what came before it"
    fix = "Go through the rewards from the last to the first: for r in reversed(rewards)"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        yield from forwards(tree)
        yield from forwards_by_number(tree)


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


def forwards_by_number(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """The same where a loop counts the steps upwards."""
    for loop in loops_in(tree):
        if not isinstance(loop, ast.For) or not isinstance(loop.target, ast.Name) or not _counts_up(loop.iter):
            continue
        step = loop.target.id
        for statement in loop.body:
            total = _discounted_at(statement, step)
            if not total:
                continue
            uses = [
                node
                for each in loop.body
                for node in within(each)
                if each is not statement
                or (isinstance(node, ast.AST) and getattr(node, "lineno", 0) > (statement.end_lineno or 0))
            ]
            if any(_is_return_of(node, total, step) for node in uses):
                yield total, statement.lineno


def _counts_up(iterated: ast.expr) -> bool:
    """Whether this is range(n) or range(0, n)."""
    if called(iterated) != "range" or not isinstance(iterated, ast.Call) or len(iterated.args) > 2:
        return False
    return len(iterated.args) == 1 or ast.unparse(iterated.args[0]) == "0"


def _discounted_at(statement: ast.stmt, step: str) -> str:
    """The name of R in R = rewards[t] + gamma * R; "" of another statement."""
    if not isinstance(statement, ast.Assign) or not isinstance(statement.targets[0], ast.Name):
        return ""
    total, value = statement.targets[0].id, statement.value
    if not isinstance(value, ast.BinOp) or not isinstance(value.op, ast.Add):
        return ""
    rewards = [
        each
        for side in (value.left, value.right)
        for each in all_nodes(side)
        if isinstance(each, ast.Subscript)
        and REWARDS.search(ast.unparse(each.value))
        and ast.unparse(each.slice) == step
    ]
    is_discounted = any(
        isinstance(each, ast.BinOp) and isinstance(each.op, ast.Mult) and total in names_in(each)
        for each in all_nodes(value)
    )
    return total if rewards and is_discounted else ""


def _is_return_of(node: ast.AST, total: str, step: str) -> bool:
    """Whether R of step t is appended, kept at t, or has a value of t taken off."""
    if called(node) == "append" and isinstance(node, ast.Call):
        return any(total in names_in(arg) for arg in node.args)
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Subscript):
        return ast.unparse(node.targets[0].slice) == step and total in names_in(node.value)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub) and isinstance(node.left, ast.Name):
        is_of_step = isinstance(node.right, ast.Subscript) and step in names_in(node.right.slice)
        return node.left.id == total and is_of_step
    return False


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

"""discounted-not-summed: each reward is multiplied by a power of gamma, and nothing adds up those that follow.

What it checks
    In the source of the program: a function, or the file, multiplies rewards by gamma ** t, with the number of the
    step as the exponent, and neither it nor what it is handed to adds anything up.

Why it hurts
    What an action is to be weighed with is the sum of the rewards that follow it. A reward by itself, and all the
    smaller the later it comes, praises the first actions of an episode whatever they led to.

Example
    returns = [reward * gamma ** t for t, reward in enumerate(rewards)]

Instead
    for reward in reversed(rewards): total = reward + gamma * total; returns.insert(0, total)

When it is a false alarm
    Values that are added up in another file.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from goodfit.checks.engine.formulas import factors
from goodfit.checks.engine.own_source import all_nodes, called, last_name, of_kind, within_body
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

REWARD = lazy_pattern(r"(?i)(^|_)(rewards?|rews?|rs?)(_\w+)?$")
VALUE = lazy_pattern(r"(?i)^(r|rew|reward|rwd|val|value|v|x)(_\w+)?$")
DISCOUNT = lazy_pattern(r"(?i)gamma|discount")
ADDING = frozenset(
    {"sum", "nansum", "fsum", "cumsum", "dot", "matmul", "einsum", "mv", "accumulate", "lfilter", "trapz", "inner"}
    | {"vdot", "logcumsumexp", "reduce", "mean", "conv1d", "convolve", "scan", "tensordot"}
)
SUMS = frozenset({"sum", "nansum", "fsum", "cumsum", "accumulate", "mean"})


class DiscountedNotSummed(SourceRule):
    code, level = "GF683", Level.WARNING
    worth_parsing = lazy_pattern(r"(gamma|discount\w*|GAMMA)\)? ?\*\* ?")
    what = "{name} is each reward by itself, times a power of gamma: what follows a step is not added up"
    fix = "Sum from the end: total = reward + gamma * total, for each step its own"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        return not_summed(tree)


def not_summed(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Such products, each with its line."""
    functions = of_kind(tree, ast.FunctionDef)
    bodies: list[tuple[str, list[ast.stmt]]] = [(each.name, each.body) for each in functions]
    for name, body in [*bodies, ("", tree.body)]:
        nodes = within_body(body)
        products = [node for node in nodes if _is_discounted_reward(node, nodes)]
        if not products or any(_adds(node, products) for node in nodes):
            continue
        if name and any(_adds_up_what(node, name) for node in all_nodes(tree)):
            continue
        yield ast.unparse(products[0]), getattr(products[0], "lineno", 0)


def _is_discounted_reward(node: ast.AST, nodes: list[ast.AST]) -> bool:
    """Whether a product is a reward, taken by its number or out of a list of rewards, times gamma ** number."""
    if not isinstance(node, ast.BinOp) or not isinstance(node.op, ast.Mult):
        return False
    parts = [part for part, _ in factors(node)]
    powers = [
        part
        for part in parts
        if isinstance(part, ast.BinOp) and isinstance(part.op, ast.Pow) and DISCOUNT.search(last_name(part.left))
    ]
    others = [part for part in parts if part not in powers]
    if len(powers) != 1 or len(others) != 1:
        return False
    number, other = powers[0].right, others[0]
    if not isinstance(number, ast.Name):
        return False
    if isinstance(other, ast.Subscript):
        return bool(REWARD.search(last_name(other.value))) and ast.unparse(other.slice) == number.id
    return isinstance(other, ast.Name) and any(
        _counts(each.target, each.iter, number.id, other.id)
        for each in nodes
        if isinstance(each, ast.For | ast.comprehension)
    )


def _counts(target: ast.expr, iterated: ast.expr, number: str, value: str) -> bool:
    """for number, value in enumerate(rewards)"""
    if called(iterated) != "enumerate" or not isinstance(iterated, ast.Call) or not iterated.args:
        return False
    is_pair = isinstance(target, ast.Tuple) and [last_name(each) for each in target.elts] == [number, value]
    return is_pair and bool(REWARD.search(last_name(iterated.args[0])) and VALUE.search(value))


def _adds(node: ast.AST, products: list[ast.AST]) -> bool:
    if called(node) in ADDING and not (called(node) == "mean" and not _calls_any(node, products)):
        return True
    if isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Add):
        return True
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.MatMult):
        return any(each in products for each in all_nodes(node))
    return False


def _calls_any(node: ast.AST, products: list[ast.AST]) -> bool:
    return any(each in products for each in all_nodes(node))


def _adds_up_what(node: ast.AST, name: str) -> bool:
    """Whether a call adds up what a function gives: sum(f(x)), f(x).sum()."""
    if not isinstance(node, ast.Call) or called(node) not in SUMS:
        return False
    owner = [node.func.value] if isinstance(node.func, ast.Attribute) else []
    return any(called(each) == name for each in (*node.args[:1], *owner))

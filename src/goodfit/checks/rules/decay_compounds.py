"""decay-compounds: the learning rate is multiplied, epoch after epoch, by what it should have fallen to by then.

What it checks
    In the source of the program: the rate of a parameter group, one that is kept in self, or a variable of the loop
    over epochs is multiplied with a factor that is computed from the epoch or step (0.1 ** (epoch // 30),
    (1 - epoch / epochs) ** 0.9, ...), and the product takes its own place.

Why it hurts
    The factor is meant for the rate that training began with. Multiplied with the one of the epoch before, which has
    all earlier factors in it, the rate falls to nothing within a few epochs.

Example
    group["lr"] = group["lr"] * 0.1 ** (epoch // 30)

Instead
    group["lr"] = base_lr * 0.1 ** (epoch // 30)

When it is a false alarm
    A factor that is the ratio of two values of a schedule, for this epoch and for the one before: not reported where
    both stand in it.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from goodfit.checks.engine.own_source import all_nodes, given, names_in, of_kind, within
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

COUNTER = lazy_pattern(
    r"^((cur(rent)?_|global_|num_|n_|self\.)?(epoch|ep|step|iter|iteration|it|round)s?(_?num|_?idx)?)$"
)
VARIABLE = lazy_pattern(r"^(cur(rent)?_|new_)?(lr|learning_rate)$")
RATE = lazy_pattern(r"\[['\"]lr['\"]\]$|^self\.(\w+_)?(lr|learning_rate)$")


class DecayCompounds(SourceRule):
    code, level = "GF572", Level.WARNING
    worth_parsing = lazy_pattern(r"['\"]lr['\"]\]\s*\*?=|\.(\w+_)?(lr|learning_rate)\s*\*?=")
    what = "{name}: the factor of an epoch is multiplied with a rate that holds those of all epochs before it"
    fix = "Multiply it with the rate that training begins with: group['lr'] = base_lr * factor"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        return compounded(tree)


def compounded(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Rates that are multiplied with what is computed from a counter, each with its line."""
    counters = _counters(tree)
    if not counters:
        return
    kept = {(name, place) for loop in of_kind(tree, ast.For) for name, place in _kept_in(loop, counters)}
    for node in of_kind(tree, ast.AugAssign):
        if isinstance(node.op, ast.Mult) and _is_rate(node.target) and _counts(node.value, counters):
            yield ast.unparse(node), node.lineno
    for target, value in given(node for node in all_nodes(tree) if isinstance(node, ast.Assign)):
        is_kept = isinstance(target, ast.Name) and (target.id, id(target)) in kept
        if not (_is_rate(target) or is_kept) or not isinstance(value, ast.BinOp):
            continue
        factors = list(_factors(value))
        own = [each for each in factors if ast.unparse(each) == ast.unparse(target)]
        if len(own) == 1 and any(_counts(each, counters) for each in factors if each is not own[0]):
            yield f"{ast.unparse(target)} = {ast.unparse(value)}", target.lineno


def _counters(tree: ast.Module) -> set[str]:
    """Names of loops and of arguments that count epochs or steps."""
    names = {name for loop in of_kind(tree, ast.For) for name in names_in(loop.target)}
    names |= {each.arg for each in of_kind(tree, ast.arg)}
    names |= {ast.unparse(node.target) for node in of_kind(tree, ast.AugAssign) if isinstance(node.op, ast.Add)}
    return {name for name in names if COUNTER.match(name)}


def _kept_in(loop: ast.For, counters: set[str]) -> Iterator[tuple[str, int]]:
    """Variables for a rate that a loop over a counter sets in one place alone: they hold it from round to round."""
    if not names_in(loop.target) & counters:
        return
    body = [node for each in loop.body for node in within(each)]
    stored = [each for each in body if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)]
    for name in stored:
        if VARIABLE.match(name.id) and [each.id for each in stored].count(name.id) == 1:
            yield name.id, id(name)


def _is_rate(node: ast.expr) -> bool:
    return isinstance(node, ast.Subscript | ast.Attribute) and RATE.search(ast.unparse(node)) is not None


def _counts(factor: ast.expr, counters: set[str]) -> bool:
    """Whether a factor depends on a counter, and is no ratio of its values for two epochs."""
    texts = {ast.unparse(each) for each in all_nodes(factor) if isinstance(each, ast.Name | ast.Attribute)}
    found = texts & counters
    if not found:
        return False
    ratios = (each for each in of_kind(factor, ast.BinOp) if isinstance(each.op, ast.Div))
    return not any(names_in(each.left) & found and names_in(each.right) & found for each in ratios)


def _factors(node: ast.expr) -> Iterator[ast.expr]:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        yield from _factors(node.left)
        yield from _factors(node.right)
    else:
        yield node

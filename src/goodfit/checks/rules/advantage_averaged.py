"""advantage-averaged: what tells good rows from bad ones is averaged before it meets them.

What it checks
    In the source of the program: a product of log-probabilities, or of a ratio of them, with the mean of advantages,
    returns or rewards: ratio * advantages.mean(), log_probs.mean() * returns.mean(). Or, in the graph, the smaller or
    greater of two surrogates of which one is a mean over the rows and the other is not.

Why it hurts
    The gradient of a policy is the mean of products. With the mean of the advantages, which is 0 after they are
    standardised, all actions of a batch are made more or less likely alike: nothing says which of them was good. A
    minimum of a mean and of values clips each row by the others.

Example
    surr1 = ratio * advantages.mean()

Instead
    surr1 = ratio * advantages

When it is a false alarm
    One action a batch; a baseline is a difference and not a product, and is left aside.

Cost
    The program's files are parsed once, at the end; a look at minima near the loss in the first steps.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from goodfit.checks.engine import graph
from goodfit.checks.engine.events import BackwardBegins, WatchEnds
from goodfit.checks.engine.formulas import factors, formulas
from goodfit.checks.engine.own_source import all_nodes, called, last_name
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Finding, Level
from goodfit.lazy_pattern import lazy_pattern

NODES_AT_MOST = 40
CHOSEN = lazy_pattern(r"(?i)(^|_)(adv\w*|advantages?|returns?|rewards?|gae|rets?)(_\w+)?$|^[GRA]$")
LIKELY = lazy_pattern(r"(?i)log_?p|log_?prob|lp$|^ratios?|_ratios?$|^nll|neg_?log")
EXTREMES = ("MinimumBackward0", "MaximumBackward0")
MEANS = ("MeanBackward0", "SumBackward0")


class AdvantageAveraged(SourceRule):
    code, level = "GF673", Level.WARNING
    worth_parsing = lazy_pattern(r"(?i)(adv\w*|returns?|rewards?|gae|rets?)(\[\w+\])?\.mean\(|mean\((adv|ret|rew)")
    what = "{name} multiplies with the mean over the rows: good and bad actions of a batch weigh the same"
    fix = "Multiply row by row, then take the mean: (ratio * advantages).mean()"

    def start(self) -> None:
        self.spoke = False

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        return averaged(tree)

    def on_end(self, event: WatchEnds) -> Iterator[Finding]:
        if not self.spoke:
            yield from super().on_end(event)

    def before_backward(self, event: BackwardBegins) -> Iterator[Finding]:
        for node in event.named(*EXTREMES, nearest=NODES_AT_MOST):
            if not self.spoke and _has_mean_on_one_side(node):
                self.spoke = True
                yield self.finding(
                    "the smaller or greater of two is taken of which one is a mean over the rows, and the other has "
                    "one value for each",
                    "Compare row by row, then take the mean: torch.min(surr1, surr2).mean()",
                )


def averaged(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Such products, each with its line."""
    for scope in formulas(tree):
        inner = {id(side) for node in scope.nodes for side in _sides(node)}
        for node in scope.nodes:
            if not _sides(node) or id(node) in inner:
                continue
            parts = [factor for factor, _ in factors(node)] if isinstance(node, ast.expr) else []
            means = [part for part in parts if _is_mean_of_chosen(part)]
            others = [part for part in parts if part not in means]
            if means and any(LIKELY.search(name) for part in others for name in _names(part)):
                yield ast.unparse(node), node.lineno if isinstance(node, ast.expr) else 0


def _sides(node: ast.AST) -> list[ast.expr]:
    """Both sides of a product, or what is negated of one."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return [node.operand]
    return [node.left, node.right] if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult) else []


def _is_mean_of_chosen(node: ast.expr) -> bool:
    """adv.mean(), torch.mean(returns), without a dimension."""
    if (
        called(node) != "mean"
        or not isinstance(node, ast.Call)
        or node.keywords
        or not isinstance(node.func, ast.Attribute)
    ):
        return False
    is_library = isinstance(node.func.value, ast.Name) and node.func.value.id in ("torch", "np")
    if len(node.args) != is_library:
        return False
    value = node.args[0] if is_library else node.func.value
    while (owner := _owner(value)) is not None:
        value = owner
    return bool(CHOSEN.search(last_name(value)))


def _owner(value: ast.expr) -> ast.expr | None:
    """x of x[i] and of x.f()."""
    if isinstance(value, ast.Subscript):
        return value.value
    return value.func.value if isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) else None


def _names(node: ast.expr) -> Iterator[str]:
    for each in all_nodes(node):
        if isinstance(each, ast.Name | ast.Attribute):
            yield last_name(each)


def _has_mean_on_one_side(node: Any) -> bool:
    """Whether one of both is a mean of many, with a graph, and the other has a value for each row."""
    both = graph.parents(node)
    if len(both) != 2:
        return False
    shapes = [graph.shape_of(each) for each in both]
    for one, (shape, other) in zip(both, (shapes, shapes[::-1]), strict=True):
        if not len(shape) and other.numel() > 1:
            mean = graph.behind(one) if one.name() not in MEANS else one
            while mean is not None and mean.name() in ("MulBackward0", "NegBackward0") and graph.parents(mean):
                mean = graph.parents(mean)[0]
            if mean is not None and mean.name() in MEANS and graph.shape_of(graph.parents(mean)[0]).numel() > 1:
                return True
    return False

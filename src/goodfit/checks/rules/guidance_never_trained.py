"""guidance-never-trained: a sampler guides by the net without its condition, which the net was never trained for.

What it checks
    In the source of a program that trains and samples: unconditional + scale * (conditional - unconditional), of two
    outputs; and outside of that function nothing drops a condition at random: no random number is compared, and no
    name says drop, null or unconditional.

Why it hurts
    What the net gives for the empty condition is arbitrary: its embedding is still as it was drawn at first. The
    difference that guidance enlarges is that of a condition and a random one.

Example
    loss = (net(noisy, t, labels) - noise).square().mean()           # and in the sampler: u + 3 * (c - u)

Instead
    labels = torch.where(torch.rand(len(labels)) < 0.1, empty, labels)          # before the net is called

When it is a false alarm
    A dataset in another package that leaves conditions out.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from goodfit.checks.engine.own_source import all_nodes, called, last_name, of_kind
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

RANDOM = lazy_pattern(r"(?i)^(rand|random|randint|uniform|bernoulli|binomial|choice|sample|integers|random_)")
DROPS = lazy_pattern(r"(?i)drop(?!out)|uncond|null|empty|no_cond|cfg|guid|without|keep_prob|p_un")
GUIDES = lazy_pattern(r"(?i)uncond|null|empty|negative_|guid|cfg|without|no_(cond|label|text)")


class GuidanceNeverTrained(SourceRule):
    code, level = "GF488", Level.WARNING
    worth_parsing = lazy_pattern(r"backward\(\)")
    what = "{name} guides by what the net gives without its condition, and training never leaves the condition out"
    fix = "In training, put the empty condition in the place of a tenth of them, drawn anew for each row"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        return never_trained(tree)


def never_trained(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Guided sums in functions, where nothing else in the file leaves a condition out; each with its line."""
    guided = []
    for function in of_kind(tree, ast.FunctionDef):
        nodes = all_nodes(function)
        if any(called(node) == "backward" for node in nodes):
            continue
        guided += [(function, node) for node in of_kind(function, ast.BinOp) if _is_guided(node)]
    if not guided:
        return
    inside = {id(node) for function, _ in guided for node in all_nodes(function)}
    outside = [node for node in all_nodes(tree) if id(node) not in inside]
    if any(_leaves_out(node) for node in outside):
        return
    for _, node in guided:
        yield ast.unparse(node), node.lineno


def _is_guided(node: ast.BinOp) -> bool:
    """u + scale * (c - u), or c + scale * (c - u), of names one of which says that it is without."""
    for base, rest in ((node.left, node.right), (node.right, node.left)):
        if not isinstance(node.op, ast.Add) or not isinstance(rest, ast.BinOp) or not isinstance(rest.op, ast.Mult):
            continue
        for difference in (rest.left, rest.right):
            if isinstance(difference, ast.BinOp) and isinstance(difference.op, ast.Sub):
                sides = [ast.unparse(difference.left), ast.unparse(difference.right)]
                if ast.unparse(base) in sides and GUIDES.search(sides[1]):
                    return True
    return False


def _leaves_out(node: ast.AST) -> bool:
    if isinstance(node, ast.Compare):
        return any(RANDOM.search(called(each)) for each in all_nodes(node) if called(each))
    if called(node) in ("bernoulli", "bernoulli_", "binomial"):
        return True
    if isinstance(node, ast.arg):
        return bool(DROPS.search(node.arg))
    return isinstance(node, ast.Name | ast.Attribute) and bool(DROPS.search(last_name(node)))

"""easiest-negative: a triplet loss takes the hardest positive and the easiest negative, or a miner the easiest.

What it checks
    The program's source: in a loss of the form relu(positive - negative + margin), where small numbers are near, both
    are the largest of a row of distances; or in relu(negative - positive + margin), where large numbers are near, both
    are the smallest of a row of similarities. Or, in what is called hard or mining: of the distances of negatives those
    are chosen that topk, argsort or argmax finds to be the largest, or of their similarities the smallest.

Why it hurts
    The farthest of all negatives is beyond the margin from the start: the loss is 0 for most triplets, or it draws the
    positives together and presses nothing apart.

Example
    positive, negative = (d * same).max(1).values, (d * other).max(1).values
    loss = F.relu(positive - negative + margin).mean()

Instead
    negative = d.masked_fill(~other, float("inf")).min(1).values

When it is a false alarm
    None is known: the nearest positive with the nearest negative, which is done on purpose, is left out.

Cost
    One look at the source after training.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from goodfit.checks.engine.own_source import all_nodes, called, given, last_name, of_kind, scopes, within
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

EXTREMES = {"max": "max", "amax": "max", "min": "min", "amin": "min"}
CUTS = ("relu", "clamp", "clamp_min", "clip", "softplus", "max", "maximum")
POSITIVE, NEGATIVE = (
    lazy_pattern(r"pos|^[ad]p$|_[ad]?p$", re.IGNORECASE),
    lazy_pattern(r"neg|^[ad]n$|_[ad]?n$", re.IGNORECASE),
)

MINING = lazy_pattern(r"hard|min(e|er|ing)(_|$|[A-Z])", re.IGNORECASE)
DISTANCE, SIMILARITY = lazy_pattern(r"dist", re.IGNORECASE), lazy_pattern(r"sim|cos|score", re.IGNORECASE)


class EasiestNegative(SourceRule):
    code, level = "GF277", Level.WARNING
    worth_parsing = lazy_pattern(r"margin|triplet|softplus|hard|min(e|ing)", re.IGNORECASE)
    what = "{name}: the easiest negatives are taken, which are beyond the margin already"
    fix = "Take the nearest negative: the smallest distance, or the largest similarity, to a row of another class"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        yield from easiest(tree)
        yield from easiest_chosen(tree)


def easiest(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Names of negatives that are the easiest ones beside the hardest positives, each with its line."""
    for body in scopes(tree):
        nodes = [node for statement in body for node in within(statement)]
        extremes = dict(_extremes(nodes))
        for larger, smaller in (pair for node in nodes if extremes for pair in _differences(node)):
            of_distances = POSITIVE.search(larger) and NEGATIVE.search(smaller)
            if not of_distances and not (NEGATIVE.search(larger) and POSITIVE.search(smaller)):
                continue
            wrong = "max" if of_distances else "min"
            if extremes.get(larger, ("",))[0] == extremes.get(smaller, ("",))[0] == wrong:
                negative = smaller if of_distances else larger
                yield negative, extremes[negative][1]


def easiest_chosen(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Calls that choose the farthest of the negatives in a function or class that is called hard, or mining."""
    functions: list[ast.FunctionDef | ast.ClassDef] = [*of_kind(tree, ast.FunctionDef), *of_kind(tree, ast.ClassDef)]
    mining = [each for each in functions if MINING.search(each.name)]
    for function in [inner for each in mining for inner in (each, *of_kind(each, ast.FunctionDef))]:
        nodes = [node for statement in function.body for node in within(statement)]
        values = {ast.unparse(target): value for target, value in given(nodes)}
        for node in nodes:
            chosen = _chosen(node)
            if chosen is None or not isinstance(node, ast.Call):
                continue
            scores, largest = chosen
            known = values.get(ast.unparse(scores))
            names = [last_name(each) for part in (scores, known) if part is not None for each in all_nodes(part)]
            names += [called(each) for part in (scores, known) if part is not None for each in all_nodes(part)]
            near = any(SIMILARITY.search(name) for name in names)
            far = any(DISTANCE.search(name) for name in names)
            is_negated = any(isinstance(each, ast.USub) for part in (scores, known) if part for each in all_nodes(part))
            of_negatives = any(NEGATIVE.search(name) for name in names) and not any(map(POSITIVE.search, names))
            if of_negatives and not is_negated and near != far and largest == far:
                yield ast.unparse(node), node.lineno


def _chosen(node: ast.AST) -> tuple[ast.expr, bool] | None:
    """Of topk(d, k), d.argsort(descending=True) and the like: what is chosen of, and whether the largest are."""
    if not isinstance(node, ast.Call) or called(node) not in ("topk", "argmax", "argmin"):
        return None
    owner = node.func.value if isinstance(node.func, ast.Attribute) else None
    of_module = isinstance(owner, ast.Name) and owner.id in ("torch", "np", "numpy", "F")
    scores = (node.args[0] if node.args else None) if of_module else owner
    options = {each.arg: ast.unparse(each.value) for each in node.keywords}
    largest = called(node) == "argmax" or (called(node) == "topk" and options.get("largest", "True") == "True")
    return None if scores is None or options.get("largest", "True") not in ("True", "False") else (scores, largest)


def _extremes(nodes: list[ast.AST]) -> Iterator[tuple[str, tuple[str, int]]]:
    """Names of what is the largest or the smallest of something: "max" or "min", and the line."""
    for node in nodes:
        if not isinstance(node, ast.Assign) or any(isinstance(each, ast.USub) for each in all_nodes(node.value)):
            continue
        target = node.targets[0]
        names = target.elts[:1] if isinstance(target, ast.Tuple) else [target]
        kinds = {EXTREMES[called(each)] for each in all_nodes(node.value) if called(each) in EXTREMES}
        if len(kinds) == 1 and isinstance(names[0], ast.Name):
            yield names[0].id, (kinds.pop(), node.lineno)


def _differences(node: ast.AST) -> Iterator[tuple[str, str]]:
    """Of a call that cuts `a - b + margin` at 0: the names a and b."""
    if called(node) not in CUTS:
        return
    for each in all_nodes(node):
        if isinstance(each, ast.BinOp) and isinstance(each.op, ast.Sub):
            left, right = each.left, each.right
            if isinstance(left, ast.BinOp) and isinstance(left.op, ast.Add):  # margin + a - b
                left = left.right if isinstance(left.right, ast.Name) and _is_score(left.right.id) else left.left
            if isinstance(left, ast.Name) and isinstance(right, ast.Name):
                yield left.id, right.id


def _is_score(name: str) -> bool:
    return bool(POSITIVE.search(name) or NEGATIVE.search(name))

"""same-pushed-apart: a loss of pairs draws the unlike together and pushes the like apart.

What it checks
    In the source of the program: a sum (1 - same) * d + same * relu(margin - d), where same is true of rows of one
    class, by its name or since it was set by comparing labels with ==. Or a binary cross-entropy is given scores that
    are called negatives with a target of ones, or positives with zeros.

Why it hurts
    The loss falls as in a correct run, and what it has learnt is the reverse: rows of one class are far from each
    other, and drawn noise scores highest.

Example
    same = (y[:, None] == y[None, :]).float(); loss = ((1 - same) * d + same * F.relu(1 - d)).mean()

Instead
    same = (y[:, None] == y[None, :]).float(); loss = (same * d + (1 - same) * F.relu(1 - d)).mean()

When it is a false alarm
    Similarities in the place of distances, under a name that says neither.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from goodfit.checks.engine.formulas import Formulas, factors, formulas, taken_from_one
from goodfit.checks.engine.own_source import all_nodes, called, last_name
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

SAME = lazy_pattern(r"(?i)^(is_?)?(same|equal|match(es|ing)?|positives?(_mask|_pairs?)?|pos_?mask)(_|$)")
NEGATIVE = lazy_pattern(r"(?i)^(neg|negatives?)(_?(scores?|logits?|out|outputs?|preds?|dots?))?$")
POSITIVE = lazy_pattern(r"(?i)^(pos|positives?)(_?(scores?|logits?|out|outputs?|preds?|dots?))?$")
ALIKE = lazy_pattern(r"(?i)sim|cos|dot|score")
HINGES = ("relu", "clamp", "clamp_min", "max", "maximum", "hinge")
CROSS_ENTROPIES = ("binary_cross_entropy_with_logits", "binary_cross_entropy", "BCEWithLogitsLoss", "BCELoss")
ONES, ZEROS = ("ones", "ones_like"), ("zeros", "zeros_like")


class SamePushedApart(SourceRule):
    code, level = "GF639", Level.WARNING
    worth_parsing = lazy_pattern(r"relu|clamp|binary_cross_entropy|BCE")
    what = "{name}: what belongs together is pushed apart, and the others are drawn together"
    fix = "same * d + (1 - same) * relu(margin - d); of a cross-entropy, ones for positives and zeros for negatives"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        criteria = {
            last_name(node.targets[0])
            for node in all_nodes(tree)
            if isinstance(node, ast.Assign) and called(node.value) in CROSS_ENTROPIES
        }
        for scope in formulas(tree):
            for node in scope.nodes:
                if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add) and _is_turned(node, scope):
                    yield ast.unparse(node), node.lineno
                is_loss = isinstance(node, ast.Call) and (called(node) in CROSS_ENTROPIES or called(node) in criteria)
                if is_loss and isinstance(node, ast.Call) and _is_mislabelled(node, scope):
                    yield ast.unparse(node), node.lineno


def _is_turned(node: ast.BinOp, scope: Formulas) -> bool:
    """Whether the one term is (1 - same) * d, and the other same * hinge(margin - d)."""
    for plain, hinged in ((node.left, node.right), (node.right, node.left)):
        drawn = [factor for factor, _ in factors(plain)]
        pushed = [factor for factor, _ in factors(hinged)]
        masks = [rest for factor in drawn if (rest := taken_from_one(factor)) is not None]
        for mask in masks:
            is_same = any(ast.unparse(factor) == ast.unparse(mask) for factor in pushed) and _says_same(mask, scope)
            has_hinge = any(_is_hinge(each) for factor in pushed for each in all_nodes(factor))
            others = [factor for factor in drawn if taken_from_one(factor) is None]
            is_free = not any(_is_hinge(each) for factor in drawn for each in all_nodes(factor))
            if is_same and has_hinge and is_free and others and not ALIKE.search(" ".join(map(ast.unparse, others))):
                return True
    return False


def _is_hinge(node: ast.AST) -> bool:
    """Whether something less a distance is cut at 0."""
    if called(node) not in HINGES or not isinstance(node, ast.Call):
        return False
    owner = [node.func.value] if isinstance(node.func, ast.Attribute) else []
    return any(isinstance(each, ast.BinOp) and isinstance(each.op, ast.Sub) for each in [*node.args, *owner])


def _says_same(mask: ast.expr, scope: Formulas) -> bool:
    """Whether a mask is true of equal labels, by its name or by how it was made."""
    if SAME.search(last_name(mask)):
        return True
    value = scope.value(mask)
    return any(isinstance(each, ast.Compare) and isinstance(each.ops[0], ast.Eq) for each in all_nodes(value)) and not (
        any(isinstance(each, ast.UnaryOp | ast.BinOp) for each in all_nodes(value))
    )


def _is_mislabelled(node: ast.Call, scope: Formulas) -> bool:
    """Whether negatives are given with ones, or positives with zeros."""
    if len(node.args) < 2:
        return False
    scores, target = last_name(node.args[0]), scope.value(node.args[1])
    kind = called(target)
    is_negative, is_positive = bool(NEGATIVE.search(scores)), bool(POSITIVE.search(scores))
    return (is_negative and kind in ONES) or (is_positive and kind in ZEROS)

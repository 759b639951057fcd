"""negatives-drawn-near: in a loss of negative sampling the scores of the negatives are raised, as the positives' are.

What it checks
    In the source of the program: a sum has logsigmoid (or softplus) of the score of a pair, and of one that is called a
    negative, a fake or a corrupted one, both with one sign, and neither of the scores has a minus.

Why it hurts
    Everything is drawn together: all scores rise, and the loss falls to nothing without telling pairs apart.

Example
    loss = -(F.logsigmoid(positive) + F.logsigmoid(negative).sum(1)).mean()

Instead
    loss = -(F.logsigmoid(positive) + F.logsigmoid(-negative).sum(1)).mean()

When it is a false alarm
    Scores of negatives whose sign was turned before.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from goodfit.checks.engine.formulas import Formulas, formulas
from goodfit.checks.engine.own_source import all_nodes, called, last_name
from goodfit.checks.engine.signed_parts import signed_parts
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

FUNCTIONS = ("logsigmoid", "log_sigmoid", "softplus", "LogSigmoid")
NEGATIVE = lazy_pattern(r"(?i)(^|_)(neg|negs|negatives?|fakes?|corrupt\w*|noise)(_|\d|$)")
STEPS = 2  # names of the terms


class NegativesDrawnNear(SourceRule):
    code, level = "GF608", Level.WARNING
    worth_parsing = lazy_pattern(r"log_?sigmoid|softplus", re.IGNORECASE)
    what = "{name} has the sign of the positives' term: the scores of negatives are raised too"
    fix = "Turn the score of the negatives: F.logsigmoid(-negative)"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        return drawn_near(tree)


def drawn_near(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Terms of negatives that are as those of positives, each with its line."""
    for scope in formulas(tree):
        within: set[int] = set()
        for node in scope.nodes:
            if not isinstance(node, ast.BinOp) or not isinstance(node.op, ast.Add | ast.Sub) or id(node) in within:
                continue
            within |= {id(each) for each in all_nodes(node)}
            terms = list(_terms(node, scope, 1, STEPS))
            positives = {sign for score, sign, _ in terms if not NEGATIVE.search(score)}
            for score, sign, line in terms:
                if NEGATIVE.search(score) and positives == {sign}:
                    yield f"the term of {score}", line
                    break


def _terms(node: ast.expr, scope: Formulas, sign: int, steps: int) -> Iterator[tuple[str, int, int]]:
    """Of each logsigmoid in a sum: the name of its score, its sign together with that of the score, and its line."""
    for part, own in signed_parts(node, sign):
        if isinstance(part, ast.Call) and called(part) in FUNCTIONS and part.args:
            score, turned = part.args[0], 1
            while isinstance(score, ast.UnaryOp) and isinstance(score.op, ast.USub):
                score, turned = score.operand, -turned
            if isinstance(score, ast.BinOp):
                continue  # a difference of both
            value = scope.value(score)
            if isinstance(value, ast.UnaryOp):
                continue
            while isinstance(score, ast.Call | ast.Subscript):
                score = score.value if isinstance(score, ast.Subscript) else score.func
            yield last_name(score), own * turned, part.lineno
        elif isinstance(part, ast.Name) and steps and scope.value(part) is not part:
            yield from _terms(scope.value(part), scope, own, steps - 1)

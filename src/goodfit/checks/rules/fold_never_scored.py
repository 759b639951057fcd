"""fold-never-scored: a loop over folds never reads the rows that a fold holds out, and scores others.

What it checks
    In the source of the program: a loop takes train and held-out rows of a splitter (train, test in kfold.split(x)),
    works without gradients or after eval(), and reads the first in it and the second nowhere, or only its length.

Why it hurts
    The score of each fold is that of rows that the net has learnt: it rises with memorising, and what is chosen by it
    is what memorises best.

Example
    for train, test in kfold.split(x): fit(net, x[train]); print(score(net, x[train]))

Instead
    for train, test in kfold.split(x): fit(net, x[train]); print(score(net, x[test]))

When it is a false alarm
    Folds by which nets are made alone, to be scored elsewhere.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from goodfit.checks.engine.own_source import all_nodes, called, loops_in
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

WITHOUT_GRADIENTS = ("no_grad", "inference_mode", "eval", "evaluate", "validate", "test", "score")


class FoldNeverScored(SourceRule):
    code, level = "GF628", Level.WARNING
    worth_parsing = lazy_pattern(r"\.split\(")
    what = "{name}, the rows that each fold holds out, are never read: what is scored are others"
    fix = "Score the rows that were held out: x[test], or Subset(data, test)"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        return never_scored(tree)


def never_scored(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Names of held-out rows that no line of the loop reads, each with the line of the loop."""
    for loop in loops_in(tree):
        pair = _folds(loop)
        if pair is None:
            continue
        train, test = pair
        body = [node for statement in loop.body for node in all_nodes(statement)]
        lengths = {
            id(arg) for node in body if called(node) == "len" and isinstance(node, ast.Call) for arg in node.args
        }
        read = {
            node.id
            for node in body
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and id(node) not in lengths
        }
        elsewhere = any(
            isinstance(node, ast.Name) and node.id == test and isinstance(node.ctx, ast.Load)
            for node in all_nodes(tree)
            if getattr(node, "lineno", 0) > (loop.end_lineno or 0)
        )
        scores = any(called(node) in WITHOUT_GRADIENTS for node in body)
        if train in read and test not in read and not test.startswith("_") and scores and not elsewhere:
            yield test, loop.lineno


def _folds(loop: ast.AST) -> tuple[str, str] | None:
    """The names of both parts in `for train, test in kfold.split(x)`, also within enumerate()."""
    if not isinstance(loop, ast.For):
        return None
    target, iterated = loop.target, loop.iter
    if called(iterated) == "enumerate" and isinstance(iterated, ast.Call) and isinstance(target, ast.Tuple):
        if not iterated.args or len(target.elts) != 2:
            return None
        target, iterated = target.elts[1], iterated.args[0]
    if called(iterated) != "split" or not isinstance(iterated, ast.Call) or not iterated.args:
        return None
    if isinstance(iterated.args[0], ast.Constant) or not isinstance(target, ast.Tuple) or len(target.elts) != 2:
        return None  # words of a text
    first, second = target.elts
    return (first.id, second.id) if isinstance(first, ast.Name) and isinstance(second, ast.Name) else None

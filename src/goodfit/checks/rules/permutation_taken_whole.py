"""permutation-taken-whole: rows are drawn in a random order for the parts, and training takes all of them.

What it checks
    In the source of the program: of a permutation (randperm, permutation, shuffled numbers) a slice gives the rows of
    test or validation, and the rows of training are those of the whole permutation.

Why it hurts
    Every row that is held out is trained on: the score is that of rows the net knows.

Example
    order = torch.randperm(n)
    test, train = x[order[:200]], x[order]

Instead
    test, train = x[order[:200]], x[order[200:]]

When it is a false alarm
    Rows of training that lose the held-out ones later on, by other names.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from goodfit.checks.engine.own_source import all_nodes, called, given, scopes, within_body
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

ORDER = ("randperm", "permutation", "sample")
HELD_OUT = lazy_pattern(r"(^|_)(test|te|val|valid|validation|dev|held_?out)(_|\d|$)", re.IGNORECASE)
TRAINING = lazy_pattern(r"(^|_)(train|training|tr)(_|\d|$)", re.IGNORECASE)


class PermutationTakenWhole(SourceRule):
    code, level = "GF547", Level.WARNING
    worth_parsing = lazy_pattern("|".join(ORDER))
    what = "{name} takes all rows of the permutation, those that are held out for test or validation among them"
    fix = "Take the rows behind the slice that is held out: order[held_out:]"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        return taken_whole(tree)


def taken_whole(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """What is called training rows and has all of a permutation, each with the line."""
    for scope in scopes(tree):
        nodes = within_body(scope)
        pairs = [(target, value) for target, value in given(nodes) if isinstance(target, ast.Name)]
        orders = {target.id for target, value in pairs if isinstance(target, ast.Name) and called(value) in ORDER}
        once = {name for name in orders if sum(_name(target) == name for target, _ in pairs) == 1}
        held_out = {
            name
            for target, value in pairs
            if HELD_OUT.search(_name(target)) and not TRAINING.search(_name(target))
            for name in once & _sliced(value)
        }
        for target, value in pairs:
            if not TRAINING.search(_name(target)) or HELD_OUT.search(_name(target)):
                continue
            if sum(_name(other) == _name(target) for other, _ in pairs) > 1:
                continue  # what is held out is taken away afterwards
            if isinstance(value, ast.Subscript) and _name(value.slice) in held_out:
                yield _name(target), target.lineno


def _sliced(value: ast.expr) -> set[str]:
    """Names of which a slice is taken."""
    return {
        _name(node.value)
        for node in all_nodes(value)
        if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Slice)
    }


def _name(node: ast.AST) -> str:
    return node.id if isinstance(node, ast.Name) else ""

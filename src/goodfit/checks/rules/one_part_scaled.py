"""one-part-scaled: training rows are scaled by their mean and spread, and those made beside them are not.

What it checks
    The program's source: one statement makes training and held-out rows in the same way (f_train, f_test = spectrum(a),
    spectrum(b)), the training ones are scaled in their place (f_train = (f_train - mean) / std), and the held-out ones
    never are: they are set no second time, and no call scales them later.

Why it hurts
    The net is asked about numbers of another scale than it has learnt. The score is far below what it can do, and looks
    like overfitting.

Example
    train, test = spectra(a), spectra(b); train = (train - mean) / std

Instead
    train, test = spectra(a), spectra(b); train, test = (train - mean) / std, (test - mean) / std

When it is a false alarm
    Held-out rows that are scaled where they are used, in a way that is not seen here.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence

from goodfit.checks.engine.names_of_parts import HELD_OUT, TRAINING
from goodfit.checks.engine.own_source import all_nodes, called, given, names_in, scopes, within_body
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

TRAINING_END = lazy_pattern(r"^[A-Za-z]{1,2}(tr|train)$")  # ftr, Xtrain
HELD_OUT_END = lazy_pattern(r"^[A-Za-z]{1,2}(te|test|va|val)$")
SCALING = lazy_pattern(r"scale|norm|standard|transform|prepare", re.IGNORECASE)


class OnePartScaled(SourceRule):
    code, level = "GF494", Level.WARNING
    worth_parsing = lazy_pattern(r"(\w+) *= *\( *\1 *- *[\w.\[\]]+ *\) */")
    what = "{name}"
    fix = "Scale the held-out rows by the same numbers: (x_test - mean) / std with the training rows' mean and std"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        return scaled_alone(tree)


def scaled_alone(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Pairs of which the training part alone is scaled, in words, each with the line."""
    for body in scopes(tree):
        yield from _of_scope(within_body(body), all_nodes(tree))


def _of_scope(nodes: list[ast.AST], everywhere: Sequence[ast.AST]) -> Iterator[tuple[str, int]]:
    """
    Args:
        everywhere: the nodes of the file: held-out rows may be scaled within a function.
    """
    assigned = list(given(nodes))
    for node in nodes:
        if not isinstance(node, ast.Assign) or not isinstance(node.targets[0], ast.Tuple):
            continue
        value, names = node.value, [each.id for each in node.targets[0].elts if isinstance(each, ast.Name)]
        if not isinstance(value, ast.Tuple) or len(value.elts) != len(names):
            continue
        made = {name: called(each) for name, each in zip(names, value.elts, strict=True)}
        training = [name for name in names if TRAINING.search(name) or TRAINING_END.search(name)]
        held_out = [name for name in names if HELD_OUT.search(name) or HELD_OUT_END.search(name)]
        for train in training:
            by = next((each for each in assigned if _scales(*each, train) and each[1].lineno > node.lineno), None)
            for other in held_out if by is not None else ():
                if (
                    by is not None
                    and made[other] == made[train] != ""
                    and not _is_touched(everywhere, other, node, by[1])
                ):
                    yield f"{train} is scaled by mean and spread, and {other}, made beside it, is not", by[1].lineno


def _scales(target: ast.expr, value: ast.expr, name: str) -> bool:
    """Whether this is name = (name - mean) / spread."""
    if not isinstance(target, ast.Name) or target.id != name or not isinstance(value, ast.BinOp):
        return False
    top = value.left
    is_quotient = isinstance(value.op, ast.Div) and isinstance(top, ast.BinOp) and isinstance(top.op, ast.Sub)
    return is_quotient and isinstance(top, ast.BinOp) and isinstance(top.left, ast.Name) and top.left.id == name


def _is_touched(nodes: Sequence[ast.AST], name: str, made: ast.Assign, by: ast.expr) -> bool:
    """Whether a name is set again or scaled under another one: a difference, or a call that gets mean or spread too."""
    scale = names_in(by)
    for node in nodes:
        if isinstance(node, ast.Assign | ast.AugAssign) and node is not made:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if any(name in names_in(target) for target in targets):
                return True
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub) and name in names_in(node.left):
            return True
        if isinstance(node, ast.For) and name in names_in(node.iter):
            return True
        if isinstance(node, ast.Call):
            args = {found for arg in node.args for found in names_in(arg)}
            if name in args and (args & scale or SCALING.search(called(node))):
                return True
    return False

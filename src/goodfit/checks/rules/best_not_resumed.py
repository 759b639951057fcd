"""best-not-resumed: training goes on from a checkpoint, and the best score so far begins anew.

What it checks
    In the source of a program that takes its epoch from what torch.load gave: the best score, by which weights are
    kept, begins at 0 or infinity, and nothing of the checkpoint is put into it.

Why it hurts
    The first epoch after each resumption counts as the best so far, whatever it is: it takes the place of the better
    weights that were kept before.

Example
    start = checkpoint["epoch"] + 1; best = 0.0

Instead
    start, best = checkpoint["epoch"] + 1, checkpoint["best"]

When it is a false alarm
    What is kept after the resumption goes to another file.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from goodfit.checks.engine.formulas import Formulas, formulas
from goodfit.checks.engine.own_source import all_nodes, called, given, last_name, loops_in, names_in, of_kind
from goodfit.checks.engine.resumption import COUNTER, goes_on_from_a_checkpoint, loaded_names
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

BEST = lazy_pattern(r"(?i)(^|_)(best|lowest|highest|min_val|max_val)")
KEEPS = ("save", "state_dict", "deepcopy", "save_checkpoint", "copy")


class BestNotResumed(SourceRule):
    code, level = "GF654", Level.WARNING
    worth_parsing = lazy_pattern(r"torch\.load\(")
    what = "the epoch goes on from the checkpoint, and {name} begins anew: the first epoch counts as the best so far"
    fix = "Keep the best score in the checkpoint, and load it with the epoch"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        for scope in formulas(tree):
            yield from best_begun_anew(scope)


def best_begun_anew(scope: Formulas) -> Iterator[tuple[str, int]]:
    """Best scores that are set to a constant in a function that resumes, each with its line."""
    if not goes_on_from_a_checkpoint(scope):
        return
    loaded = loaded_names(scope)
    for name, values in scope.values.items():
        if not BEST.search(name) or COUNTER.search(name) or not _is_bound(values[0]):
            continue
        restored = any(names_in(value) & loaded for value in values)
        if not restored and _decides(scope, name):
            yield name, values[0].lineno


def _is_bound(value: ast.expr) -> bool:
    """0, -1, None, 1e9, float("inf"), math.inf."""
    if isinstance(value, ast.UnaryOp):
        value = value.operand
    return isinstance(value, ast.Constant) or called(value) == "float" or last_name(value) in ("inf", "infty", "Inf")


def _decides(scope: Formulas, name: str) -> bool:
    """Whether in a loop something is compared with the best, and then kept and the best set."""
    for loop in (loop for each in scope.body for loop in loops_in(each)):
        for test in of_kind(loop, ast.If):
            if not any(ast.unparse(node) == name for node in all_nodes(test.test)):
                continue
            body = [node for each in test.body for node in all_nodes(each)]
            sets = any(ast.unparse(target) == name for target, _ in given(body))
            if sets and any(called(node) in KEEPS or called(node).startswith("save") for node in body):
                return True
    return False

"""rate-in-name-only: a loop lowers the number that the optimiser was made with, and the optimiser keeps its own.

What it checks
    In the source of the program: a name stands for the learning rate of an optimiser, is set anew in a loop after that,
    and is only printed, compared or computed with afterwards.

Why it hurts
    An optimiser copies its rate when it is made. The log shows a rate that falls, and training goes on with the first.

Example
    optimizer = SGD(net.parameters(), lr=lr)
    for epoch in range(90): lr *= 0.95; train(); print(epoch, lr)

Instead
    for group in optimizer.param_groups: group["lr"] = lr          # or a scheduler

When it is a false alarm
    None is known.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from goodfit.checks.engine.formulas import Formulas, formulas
from goodfit.checks.engine.own_source import all_nodes, called, loops_in, names_in, of_kind
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

OPTIMISERS = ("SGD", "Adam", "AdamW", "RMSprop", "Adagrad", "Adadelta", "NAdam", "RAdam", "Adamax", "ASGD")
RATE = lazy_pattern(r"(?i)^(\w+_)?(lr|learning_?rate|step_?size|rate)(_\w+)?$")
SHOWN = ("print", "append", "info", "debug", "write", "set_postfix", "set_description", "log", "add_scalar", "format")


class RateInNameOnly(SourceRule):
    code, level = "GF659", Level.WARNING
    worth_parsing = lazy_pattern(r"\b(SGD|Adam\w*|RMSprop|Adagrad|NAdam|RAdam|ASGD)\(")
    what = "{name} is set anew in a loop, and the optimiser that was made with it keeps the rate that it had"
    fix = "Set it where the optimiser reads it: for group in optimizer.param_groups: group['lr'] = lr"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        for scope in formulas(tree):
            yield from set_in_vain(scope, tree)


def set_in_vain(scope: Formulas, tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Names of rates that are set in a loop without effect, each with its line."""
    for node in scope.nodes:
        name = _rate_of(node)
        if not name or not isinstance(node, ast.Call):
            continue
        loops = [loop for each in scope.body for loop in loops_in(each) if loop.lineno > node.lineno]
        changed = [
            each
            for loop in loops
            for each in all_nodes(loop)
            if (isinstance(each, ast.AugAssign) and ast.unparse(each.target) == name)
            or (isinstance(each, ast.Assign) and [ast.unparse(target) for target in each.targets] == [name])
        ]
        if changed and not _is_used(name, changed, node, tree):
            yield name, changed[0].lineno


def _rate_of(node: ast.AST) -> str:
    """The name that an optimiser is given as its rate; "" of anything else."""
    if called(node) not in OPTIMISERS or not isinstance(node, ast.Call):
        return ""
    given = [each.value for each in node.keywords if each.arg == "lr"] or node.args[1:2]
    is_name = bool(given) and isinstance(given[0], ast.Name) and RATE.search(given[0].id)
    return ast.unparse(given[0]) if is_name else ""


def _is_used(name: str, changed: list[ast.Assign | ast.AugAssign], made: ast.Call, tree: ast.Module) -> bool:
    """Whether the name is read for more than its own next value, a comparison or a line of a log."""
    passed_over: list[ast.AST] = [*changed, made, *of_kind(tree, ast.Compare), *of_kind(tree, ast.JoinedStr)]
    passed_over += [node for node in of_kind(tree, ast.Call) if called(node) in SHOWN]
    inside = {id(node) for each in passed_over if name in names_in(each) for node in all_nodes(each)}
    reads = [node for node in of_kind(tree, ast.Name) if node.id == name and isinstance(node.ctx, ast.Load)]
    return any(id(node) not in inside for node in reads)

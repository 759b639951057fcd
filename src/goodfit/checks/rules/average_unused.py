"""average-unused: a moving average of the weights is kept up to date, and nothing ever uses it.

What it checks
    In the source of the program: a name of an average (ema, swa_model, averaged, ...) is updated in a loop, and is read
    nowhere else: not evaluated, not saved, not handed on; while something else is evaluated.

Why it hurts
    The average costs time and memory, and the scores, the weights that are kept and the predictions are those of the
    raw net. What the average would have gained is left behind.

Example
    ema.update(net); ...; score = evaluate(net)

Instead
    ema.update(net); ...; score = evaluate(ema.module)

When it is a false alarm
    An average that another file reads.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from goodfit.checks.engine.own_source import all_nodes, called, children, given
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

AVERAGE = lazy_pattern(
    r"(^|_)(ema|swa|averaged?|polyak|shadow)(_?(model|net|network|weights|params|module))?$", re.IGNORECASE
)
SCHEDULER = lazy_pattern(r"(LR|Schedule|Scheduler)$")  # as SWALR, which is often called swa
UPDATING = lazy_pattern(r"update|step|average|polyak|soft|lerp|ema", re.IGNORECASE)
PREPARING = ("to", "eval", "train", "requires_grad_", "cuda", "double", "float")
CONTENTS = ("parameters", "named_parameters", "state_dict", "buffers", "named_buffers")
WRITING = ("mul_", "add_", "lerp_", "copy_", "sub_")
WITHOUT_GRADIENTS = ("no_grad", "inference_mode")


class AverageUnused(SourceRule):
    code, level = "GF447", Level.WARNING
    worth_parsing = lazy_pattern(r"ema|swa|average|polyak|shadow", re.IGNORECASE)
    what = "{name}, an average of the weights, is updated and never used: what is evaluated are the raw weights"
    fix = "Evaluate, save and predict with the average: evaluate({name}...)"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        return unused(tree)


def unused(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Names of averages that are updated and never read, each with the line of an update."""
    if not any(_evaluates(node) for node in all_nodes(tree)):
        return
    parents = {child: node for node in all_nodes(tree) for child in children(node)}
    made = {
        target.id: called(value)
        for target, value in given(all_nodes(tree))
        if isinstance(target, ast.Name)
        and AVERAGE.search(target.id)
        and isinstance(value, ast.Call)
        and not SCHEDULER.search(called(value))
        and not any(isinstance(each, ast.Name) and AVERAGE.search(each.id) for each in value.args)  # it moves that one
    }
    for name, kind in made.items():
        reads = [
            node
            for node in all_nodes(tree)
            if isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load)
        ]
        uses = [_use(node, parents) for node in reads]
        if kind == "AveragedModel":  # torch's: its batch norms are measured before it is used
            uses = [
                "prepare" if called(parents[node]) == "update_bn" else use
                for node, use in zip(reads, uses, strict=True)
            ]
        updates = [node for node, use in zip(reads, uses, strict=True) if use == "update"]
        if updates and all(use in ("update", "prepare") for use in uses) and _in_loop(updates[0], parents):
            yield name, updates[0].lineno


def _use(node: ast.AST, parents: dict[ast.AST, ast.AST]) -> str:
    """What a name is read for: "update", "prepare", or something else: ""."""
    parent = parents[node]
    if isinstance(parent, ast.Attribute):
        call = parents[parent]
        if not isinstance(call, ast.Call) or call.func is not parent:
            return ""
        if parent.attr in PREPARING:
            return "prepare" if isinstance(parents[call], ast.Expr) else ""
        if UPDATING.search(parent.attr):
            return "update" if len(call.args) < 2 else ""  # one that is given both nets is no average itself
        return "update" if parent.attr in CONTENTS and _is_written_in_loop(call, parents) else ""
    is_argument = isinstance(parent, ast.Call) and node in parent.args
    return "update" if is_argument and UPDATING.search(called(parent)) and "bn" not in called(parent) else ""


def _is_written_in_loop(node: ast.AST, parents: dict[ast.AST, ast.AST]) -> bool:
    """Whether what is looped over is written to in the loop: for a, p in zip(ema.parameters(), net.parameters())."""
    while node in parents and not isinstance(node, ast.For):
        if isinstance(node, ast.stmt):
            return False
        node = parents[node]
    if not isinstance(node, ast.For):
        return False
    return _writes(node.body)


def _writes(body: list[ast.stmt]) -> bool:
    return any(called(each) in WRITING for statement in body for each in all_nodes(statement))


def _evaluates(node: ast.AST) -> bool:
    """Whether a statement or function works without gradients, and is no update of an average."""
    if isinstance(node, ast.With):
        managers = [called(item.context_expr) for item in node.items]
        return any(name in WITHOUT_GRADIENTS for name in managers) and not _writes(node.body)
    if isinstance(node, ast.FunctionDef):
        names = [called(each) or ast.unparse(each).rpartition(".")[2] for each in node.decorator_list]
        return any(name in WITHOUT_GRADIENTS for name in names) and not _writes(node.body)
    return called(node) == "eval"


def _in_loop(node: ast.AST, parents: dict[ast.AST, ast.AST]) -> bool:
    while node in parents:
        node = parents[node]
        if isinstance(node, ast.For | ast.While | ast.FunctionDef):
            return True
    return False

"""loss-of-last-batch: an evaluation computes a loss of each batch, and what it gives is that of the last one.

What it checks
    In the source of the program: a loop without gradients goes through a loader of validation or test rows. It sets a
    name to a loss or a score, and neither reads that name nor adds it to anything; after the loop the name is returned,
    compared, shown or stepped by.

Why it hurts
    The last batch is a handful of rows, often fewer than the others. What is kept, stopped or reported by its loss
    depends on the luck of these.

Example
    for x, y in val_loader: val_loss = criterion(net(x), y)
    return val_loss.item()

Instead
    for x, y in val_loader: total += criterion(net(x), y).item() * len(x)
    return total / len(val_loader.dataset)

When it is a false alarm
    A loader of one batch.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from goodfit.checks.engine.own_source import all_nodes, called, given, last_name, names_in, scopes, within, within_body
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

SCORE = lazy_pattern(r"(?i)loss|acc|score|error|err$|metric|rmse|mae|mse|nll|f1|iou|dice|auc")
LOADER = lazy_pattern(r"(?i)loader|(^|_)(val|valid|validation|test|eval|dev)(_|$)|batches|iterator|(^|_)dl$")
HELD_OUT = lazy_pattern(r"(?i)(^|_)(val|valid\w*|test\w*|eval\w*|dev)(_|$)")
OUTSIDE = ("no_grad", "inference_mode")


class LossOfLastBatch(SourceRule):
    code, level = "GF686", Level.WARNING
    yields_to = ("score-of-last-batch", "plateau-of-last-batch")
    worth_parsing = lazy_pattern(r"no_grad|inference_mode")
    what = "{name} is set anew for each batch of an evaluation, and read after the loop: it is that of the last batch"
    fix = "Add up the losses times the rows of the batches, and divide by all rows"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        return of_last_batch(tree)


def of_last_batch(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Names of such losses, each with the line where it is set."""
    without = _without_gradients(tree)
    for body in scopes(tree):
        nodes = within_body(body)
        for loop in nodes:
            if not isinstance(loop, ast.For) or id(loop) not in without or not _is_held_out(loop, nodes, body, tree):
                continue
            inside = [node for each in loop.body for node in within(each)]
            if any(isinstance(node, ast.Break | ast.For | ast.While | ast.Return) for node in inside):
                continue
            own = {id(node) for node in all_nodes(loop)}
            for target, value in given(inside):
                if (
                    not isinstance(target, ast.Name)
                    or not SCORE.search(target.id)
                    or not _is_of_batch(value, loop, inside)
                ):
                    continue
                if _is_read_after_alone(target.id, nodes, own, loop):
                    yield target.id, target.lineno


def _without_gradients(tree: ast.Module) -> set[int]:
    """Loops within `with torch.no_grad()`, or in a function decorated so."""
    found: set[int] = set()
    for node in all_nodes(tree):
        if isinstance(node, ast.With):
            is_outside = any(called(item.context_expr) in OUTSIDE for item in node.items)
        elif isinstance(node, ast.FunctionDef):
            is_outside = any(last_name(each) in OUTSIDE or called(each) in OUTSIDE for each in node.decorator_list)
        else:
            continue
        if is_outside:
            found |= {id(each) for each in all_nodes(node) if isinstance(each, ast.For)}
    return found


def _is_held_out(loop: ast.For, nodes: list[ast.AST], body: list[ast.stmt], tree: ast.Module) -> bool:
    """Whether a loop goes through a loader of rows that are held out, by its name or that of its function."""
    iterated = loop.iter
    if called(iterated) in ("enumerate", "tqdm") and isinstance(iterated, ast.Call) and iterated.args:
        iterated = iterated.args[0]
    name = last_name(iterated)
    function = next(
        (node.name for node in all_nodes(tree) if isinstance(node, ast.FunctionDef) and node.body is body), ""
    )
    return bool(LOADER.search(name)) and bool(HELD_OUT.search(name) or HELD_OUT.search(function))


def _is_of_batch(value: ast.expr, loop: ast.For, inside: list[ast.AST]) -> bool:
    """Whether a value is computed of the batch by a call."""
    moving = names_in(loop.target) | {name for target, _ in given(inside) for name in names_in(target)}
    return any(isinstance(each, ast.Call) for each in all_nodes(value)) and bool(names_in(value) & moving)


def _is_read_after_alone(name: str, nodes: list[ast.AST], own: set[int], loop: ast.For) -> bool:
    uses = [node for node in nodes if isinstance(node, ast.Name) and node.id == name]
    if sum(isinstance(node.ctx, ast.Store) and id(node) in own for node in uses) != 1:
        return False
    if any(isinstance(node.ctx, ast.Load) and id(node) in own for node in uses):
        return False
    end = loop.end_lineno or loop.lineno
    later = sorted((node for node in uses if node.lineno > end), key=lambda each: (each.lineno, each.col_offset))
    return bool(later) and isinstance(later[0].ctx, ast.Load)

"""held-out-never-read: a validation loader is made and never read, and the evaluation goes over the training loader.

What it checks
    In the source of the program: a name such as val_loader or test_loader is given a loader, and nothing reads it. A
    loop without backward, under no_grad or after eval(), goes over a loader that is called one of training; or what is
    called a validation or test score comes of a call that is given it.

Why it hurts
    The validation score is that of training rows: it rises as long as the net memorises, and early stopping never
    stops.

Example
    for x, y in train_loader: correct += (net(x).argmax(1) == y).sum()      # copied from the training loop

Instead
    for x, y in val_loader: correct += (net(x).argmax(1) == y).sum()

When it is a false alarm
    A program that scores training rows on purpose, and leaves the held-out ones to another program.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from goodfit.checks.engine.own_source import all_nodes, called, last_name, names_in, of_kind, scopes, within
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

LOADER = r"_?(data)?_?(loaders?|dl|iter|gen(erator)?|batches|queue)$"
HELD_OUT = lazy_pattern(
    rf"(?i)^(val|valid|validation|dev|test|eval|holdout){LOADER}|^(loader|dl)_?(val|valid|dev|test)$"
)
TRAIN = lazy_pattern(rf"(?i)^(train|training|tr){LOADER}|^(loader|dl)_?(train|tr)$")
SCORE = lazy_pattern(r"(?i)(^|_)(val|valid|validation|dev|test|eval)(_|$)")
EVALUATES = lazy_pattern(r"(?i)^(val|valid|validate|validation|test|eval|evaluate)(_|$)")


class HeldOutNeverRead(SourceRule):
    code, level = "GF299", Level.WARNING
    worth_parsing = lazy_pattern(r"(?i)(val|valid|validation|dev|test|eval)_?(data)?_?(loader|dl|iter)")
    what = "an evaluation goes over {name}"
    fix = "Evaluate on the rows that are held out: for x, y in val_loader"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        return never_read(tree)


def never_read(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Evaluations over a training loader, each with its line, where no held-out loader is ever read."""
    made = {
        name
        for node in of_kind(tree, ast.Assign)
        if any(isinstance(each, ast.Call) for each in all_nodes(node.value))
        for target in node.targets
        for name in names_in(target)
        if HELD_OUT.search(name)
    }
    read = _read(tree)
    kinds = {_kind(name) for name in read if HELD_OUT.search(name)}
    unread = sorted(name for name in made - read if _kind(name) not in kinds)
    if not unread:
        return
    evaluating = {id(loop) for loop in _evaluating(tree)}
    for loop in of_kind(tree, ast.For):
        names = [name for name in names_in(loop.iter) if TRAIN.search(name)]
        if names and id(loop) in evaluating and not any(called(each) == "backward" for each in all_nodes(loop)):
            yield f"{names[0]}, and nothing reads {unread[0]}", loop.lineno
    for node in of_kind(tree, ast.Assign):
        names = [name for name in names_in(node.value) if TRAIN.search(name)]
        targets = [last_name(each) for target in node.targets for each in all_nodes(target)]
        is_call = isinstance(node.value, ast.Call) and called(node.value) not in ("DataLoader", "iter", "len")
        if names and is_call and any(SCORE.search(each) for each in targets if each):
            yield f"{names[0]}, and nothing reads {unread[0]}", node.lineno


def _read(tree: ast.Module) -> set[str]:
    """Names that are read, but for the arguments of the functions that read them."""
    arguments = {
        id(node)
        for function in of_kind(tree, ast.FunctionDef)
        for own in [{each.arg for each in function.args.args}]
        for node in of_kind(function, ast.Name)
        if node.id in own
    }
    names = of_kind(tree, ast.Name)
    return {node.id for node in names if isinstance(node.ctx, ast.Load) and id(node) not in arguments}


def _kind(name: str) -> str:
    return "test" if "test" in name.lower() else "valid"


def _evaluating(tree: ast.Module) -> Iterator[ast.For]:
    """Loops under no_grad, after eval() in the same block, or in a function that is called an evaluation."""
    for node in of_kind(tree, ast.With):
        if any("no_grad" in ast.unparse(item.context_expr) or "inference" in ast.unparse(item.context_expr)
               for item in node.items):  # fmt: skip
            yield from of_kind(node, ast.For)
    for function in of_kind(tree, ast.FunctionDef):
        if EVALUATES.search(function.name):
            yield from of_kind(function, ast.For)
    blocks = [body for scope in scopes(tree) for body in _blocks(scope)]
    for block in blocks:
        evals = False
        for statement in block:
            if isinstance(statement, ast.Expr):
                name, call = called(statement.value), statement.value
                if name in ("eval", "train") and isinstance(call, ast.Call):
                    evals = name == "eval"
            elif isinstance(statement, ast.For) and evals:
                yield statement


def _blocks(body: list[ast.stmt]) -> Iterator[list[ast.stmt]]:
    yield body
    for statement in body:
        for node in within(statement):
            block = getattr(node, "body", None)
            if isinstance(block, list):
                yield block

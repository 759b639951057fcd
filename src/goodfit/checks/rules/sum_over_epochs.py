"""sum-over-epochs: a sum that is meant for one epoch goes on growing over all of them.

What it checks
    In the source of the program: within a loop over epochs an inner loop adds to a number, which is set to 0 before the
    outer loop alone; and in the outer loop it is divided by what belongs to one epoch (a length, a constant), or, where
    correct answers are counted, by another number that goes on growing. Or a metric with update() and compute() is
    made before the loop over epochs and never reset. Or a metric of a class of the program's own, with reset(), is kept
    in an attribute, updated and computed by a function that a loop calls, and never reset. Or the log-probabilities of
    a rollout are appended to a list that is made before the loop over updates, each update stacks the whole list, and
    nothing empties it: it is trained on the actions of all policies that came before.

Why it hurts
    The loss of each epoch holds those of all before. It seems to rise, or to fall slower than it does; an accuracy is
    the mean of all epochs so far, or above 1. What is chosen by it is chosen wrongly.

Example
    running = 0.0
    for epoch in range(10):
        for x, y in loader: running += step(x, y)
        print(running / len(loader))

Instead
    for epoch in range(10):
        running = 0.0
        for x, y in loader: running += step(x, y)
        print(running / len(loader))

When it is a false alarm
    A total over the run that is shown on purpose.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from goodfit.checks.engine.growing_rollouts import never_emptied
from goodfit.checks.engine.own_source import all_nodes, called, loops_in, names_in, of_kind, scopes, within
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

METHODS = frozenset({"reset", "update", "compute"})  # of a metric
EPOCH = lazy_pattern(r"epoch|^ep$", re.IGNORECASE)


class SumOverEpochs(SourceRule):
    code, level = "GF441", Level.WARNING
    worth_parsing = lazy_pattern(r"epoch|\bep\b|log_?p", re.IGNORECASE)
    what = "{name} is not reset between epochs: what is shown for an epoch holds all that came before"
    fix = "Begin it anew at the start of each epoch: {name} = 0, {name}.reset() of a metric, {name}.clear() of a list"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        yield from not_reset(tree)
        yield from never_reset(tree)
        yield from never_emptied(tree)


def never_reset(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Metrics of a class of the program's that a function updates and computes in each epoch, and nobody resets."""
    kinds = {each.name for each in of_kind(tree, ast.ClassDef) if {part.name for part in _methods(each)} >= METHODS}
    kept = [  # what holds metrics: self.metrics = {"val": Accuracy()}
        ast.unparse(node.targets[0])
        for node in of_kind(tree, ast.Assign)
        if any(called(each) in kinds for each in of_kind(node.value, ast.Call))
    ]
    own = {id(node) for each in of_kind(tree, ast.ClassDef) if each.name in kinds for node in all_nodes(each)}
    functions = [each for each in of_kind(tree, ast.FunctionDef) if id(each) not in own] if kept else []
    calls = {id(each): list(_calls_of_metrics(each)) for each in functions}
    reset = {owner for each in calls.values() for owner, method, _ in each if method == "reset"}
    updated = {owner for each in calls.values() for owner, method, _ in each if method == "update"}
    if reset - updated:  # of a variable that goes through all of them, perhaps
        return
    in_loops = {called(call) for loop in loops_in(tree) for part in loop.body for call in of_kind(part, ast.Call)}
    for function in functions:
        owners = {owner for owner, method, _ in calls[id(function)] if method == "update"}
        for owner, method, line in calls[id(function)]:
            is_kept = any(owner == each or owner.startswith(f"{each}[") for each in kept)
            if method == "compute" and owner in owners - reset and is_kept and function.name in in_loops:
                yield owner, line


def _methods(kind: ast.ClassDef) -> list[ast.FunctionDef]:
    return [each for each in kind.body if isinstance(each, ast.FunctionDef)]


def _calls_of_metrics(function: ast.FunctionDef) -> Iterator[tuple[str, str, int]]:
    """Of the calls of a metric's methods: the metric, as it is called where it is kept, the method and the line."""
    values = {
        node.targets[0].id: node.value
        for node in of_kind(function, ast.Assign)
        if isinstance(node.targets[0], ast.Name) and isinstance(node.value, ast.Attribute | ast.Subscript)
    }
    for call in of_kind(function, ast.Call):
        if called(call) in METHODS and isinstance(call.func, ast.Attribute):
            owner = call.func.value
            value = values.get(owner.id, owner) if isinstance(owner, ast.Name) else owner
            yield ast.unparse(value), called(call), call.lineno


def not_reset(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Names of sums and metrics that go on over epochs, each with the line that reads it."""
    for body in scopes(tree):
        for at, statement in enumerate(body):
            loops = [statement] if isinstance(statement, ast.For) else []
            if isinstance(statement, ast.If | ast.With):
                loops = [each for each in statement.body if isinstance(each, ast.For)]
            for loop in loops:
                names = names_in(loop.target) | names_in(loop.iter)
                if any(EPOCH.search(name) for name in names):
                    yield from _of_loop(loop, body[:at])


def _of_loop(loop: ast.For, before: list[ast.stmt]) -> Iterator[tuple[str, int]]:
    inner = [node for part in loop.body for node in within(part) if isinstance(node, ast.For | ast.While)]
    in_inner = {id(node) for each in inner for part in each.body for node in within(part)}
    nodes = [node for part in loop.body for node in within(part)]
    set_anew = {
        name for node in nodes if isinstance(node, ast.Assign) for each in node.targets for name in names_in(each)
    }
    begun = {
        target.id: statement
        for statement in before
        if isinstance(statement, ast.Assign)
        for target in statement.targets
        if isinstance(target, ast.Name)
    }
    grown: dict[str, ast.AugAssign] = {}
    for node in nodes:
        if isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Add) and isinstance(node.target, ast.Name):
            name = node.target.id
            if id(node) in in_inner and name not in set_anew and _is_zero(begun.get(name)):
                grown[name] = node
    outer = [node for node in nodes if id(node) not in in_inner]
    for node in outer:
        if not isinstance(node, ast.BinOp) or not isinstance(node.op, ast.Div):
            continue
        numerator = node.left.right if isinstance(node.left, ast.BinOp) else node.left
        if not isinstance(numerator, ast.Name) or numerator.id not in grown:
            continue
        by = names_in(node.right)
        if by & names_in(loop.target) or by & set_anew:
            continue
        counts = any(isinstance(each, ast.Compare) for each in all_nodes(grown[numerator.id].value))
        if not by & set(grown) or (counts and by <= set(grown)):
            yield numerator.id, node.lineno
    yield from _metrics(outer, nodes, in_inner, begun)


def _is_zero(statement: ast.stmt | None) -> bool:
    value = statement.value if isinstance(statement, ast.Assign) else None
    return isinstance(value, ast.Constant) and value.value == 0


def _metrics(
    outer: list[ast.AST], nodes: list[ast.AST], in_inner: set[int], begun: dict[str, ast.Assign]
) -> Iterator[tuple[str, int]]:
    """Metrics that were made before the loop, are updated in the inner one, and computed in the outer one."""
    methods: dict[str, set[str]] = {}
    updated = set()
    for node in nodes:
        owner = node.func.value if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) else None
        if isinstance(owner, ast.Name):
            methods.setdefault(owner.id, set()).add(called(node))
            if called(node) == "update" and id(node) in in_inner:
                updated.add(owner.id)
    for node in outer:
        owner = node.func.value if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) else None
        if not isinstance(owner, ast.Name) or called(node) != "compute" or owner.id not in updated:
            continue
        made = begun.get(owner.id)
        if made is not None and isinstance(made.value, ast.Call) and methods[owner.id] == {"update", "compute"}:
            yield owner.id, getattr(node, "lineno", 0)

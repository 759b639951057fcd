"""patience-never-reset: early stopping counts all epochs that were not the best, and not those since the best one.

What it checks
    In the source of the program: where a score is better than the best, the best is replaced; where it is not, a
    counter goes up by one; training ends when it reaches a limit; and nothing but the start sets it to 0.

Why it hurts
    Scores waver from epoch to epoch while they improve. Training ends after so many unlucky epochs in all, long before
    it has stopped learning, and what is kept is worse than it could be.

Example
    if loss < best: best = loss
    else: waited += 1
    if waited >= patience: break

Instead
    if loss < best: best, waited = loss, 0

When it is a false alarm
    A number of bad epochs that is meant for the whole of training.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from goodfit.checks.engine.own_source import all_nodes, of_kind
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern


class PatienceNeverReset(SourceRule):
    code, level = "GF544", Level.WARNING
    worth_parsing = lazy_pattern(r"\+= *1\b")
    what = "{name} counts the epochs that were not the best, ends training, and is not set to 0 by a better one"
    fix = "Where the best is replaced, set {name} = 0"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        return never_reset(tree)


def never_reset(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Counters of early stopping that only go up, each with the line."""
    for node in of_kind(tree, ast.If):
        counter = next((name for each in node.orelse if (name := _counted(each))), "")
        best = _compared(node.test) & {ast.unparse(target) for target in _targets(node.body)}
        if not counter or not best or counter in best or _sets(node, counter):
            continue
        owner = _scope_of(tree, node)
        if owner is None or not _ends_training(owner, counter):
            continue
        whole = _class_of(tree, owner) if counter.startswith("self.") else owner
        if not _is_reset(whole or owner, counter):
            yield counter, node.lineno


def _counted(statement: ast.stmt) -> str:
    """The name of a counter that goes up by one; "" of anything else."""
    is_one = (
        isinstance(statement, ast.AugAssign)
        and isinstance(statement.op, ast.Add)
        and isinstance(statement.value, ast.Constant)
        and statement.value.value == 1
    )
    return ast.unparse(statement.target) if is_one and isinstance(statement, ast.AugAssign) else ""


def _compared(test: ast.expr) -> set[str]:
    """What stands on the sides of < and >."""
    return {
        ast.unparse(side)
        for node in all_nodes(test)
        if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.Lt | ast.Gt | ast.LtE | ast.GtE)
        for side in (node.left, *node.comparators)
    }


def _targets(body: list[ast.stmt]) -> Iterator[ast.expr]:
    for statement in body:
        for node in all_nodes(statement):
            if isinstance(node, ast.Assign):
                for target in node.targets:
                    yield from target.elts if isinstance(target, ast.Tuple) else [target]


def _sets(node: ast.If, counter: str) -> bool:
    return any(ast.unparse(target) == counter for target in _targets(node.body))


def _ends_training(function: ast.AST, counter: str) -> bool:
    """Whether a condition on the counter leads to a break, a return, or a variable that is set to True."""
    for node in all_nodes(function):
        if isinstance(node, ast.If) and counter in _compared(node.test) | _equal(node.test):
            ends = any(isinstance(each, ast.Break | ast.Return) for each in all_nodes(node))
            sets = any(
                isinstance(each, ast.Assign) and isinstance(each.value, ast.Constant) and each.value.value is True
                for each in all_nodes(node)
            )
            if ends or sets:
                return True
    return False


def _equal(test: ast.expr) -> set[str]:
    return {ast.unparse(node.left) for node in all_nodes(test) if isinstance(node, ast.Compare)}


def _is_reset(owner: ast.AST, counter: str) -> bool:
    """Whether the counter is set in a loop, or, of an object, in a method that does not make it."""
    places = (
        [each for each in of_kind(owner, ast.FunctionDef) if each.name != "__init__"]
        if isinstance(owner, ast.ClassDef)
        else [*of_kind(owner, ast.For), *of_kind(owner, ast.While)]
    )
    return any(
        isinstance(node, ast.Assign) and any(counter == ast.unparse(target) for target in _flat(node))
        for place in places
        for node in all_nodes(place)
    )


def _flat(node: ast.Assign) -> Iterator[ast.expr]:
    for target in node.targets:
        yield from target.elts if isinstance(target, ast.Tuple) else [target]


def _scope_of(tree: ast.Module, node: ast.AST) -> ast.AST | None:
    functions = [each for each in of_kind(tree, ast.FunctionDef) if node in all_nodes(each)]
    return max(functions, key=lambda each: each.lineno, default=tree)


def _class_of(tree: ast.Module, function: ast.AST) -> ast.ClassDef | None:
    return next((each for each in of_kind(tree, ast.ClassDef) if function in all_nodes(each)), None)

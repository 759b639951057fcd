"""net-kept-across-folds: the folds of a cross-validation train one net, which is not made anew for each.

What it checks
    The program's source: a loop over the folds of a splitter of scikit-learn, in which a net is trained that was made
    before the loop: by an optimiser of its parameters and a backward pass in the loop, or in a function that the loop
    hands the net to. Not where the loop loads weights into it, resets it or copies it, and not for TimeSeriesSplit,
    whose parts grow.

Why it hurts
    From the second fold on the net has been trained on the rows that it is scored on. The scores rise from fold to
    fold, and their mean says nothing about new rows.

Example
    net = build()
    for train, valid in KFold(5).split(x): fit(net, x[train]); scores.append(score(net, x[valid]))

Instead
    for train, valid in KFold(5).split(x): net = build(); fit(net, x[train]); scores.append(score(net, x[valid]))

When it is a false alarm
    A net that its own function sets back to where it began, by a name that says nothing of it.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from goodfit.checks.engine.own_source import all_nodes, called, given, names_in
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level

SPLITTER = re.compile(r"(Fold|ShuffleSplit|OneOut|OneGroupOut|GroupsOut)$")
BEGINS_ANEW = re.compile(r"load|reset|reinit|init|copy|restore|apply|clone|rewind", re.IGNORECASE)


class NetKeptAcrossFolds(SourceRule):
    code, level = "GF454", Level.ERROR
    worth_parsing = re.compile(r"\.split\(")
    what = "{name} is made before the loop over the folds, and trained in each of them: later folds are scored on rows "
    what += "that it was trained on"
    fix = "Make it and its optimiser anew at the beginning of each fold"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        return kept(tree)


def kept(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Names of nets that are trained in all folds, each with the line of the loop."""
    set_to = [(target.id, value) for target, value in given(all_nodes(tree)) if isinstance(target, ast.Name)]
    splitters = {name for name, value in set_to if SPLITTER.search(called(value))}
    made = {name for name, value in set_to if isinstance(value, ast.Call)}
    functions = {node.name: node for node in all_nodes(tree) if isinstance(node, ast.FunctionDef)}
    for loop in all_nodes(tree):
        if not isinstance(loop, ast.For) or not _is_over_folds(loop.iter, splitters):
            continue
        nodes = [node for statement in loop.body for node in all_nodes(statement)]
        own = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
        for name in sorted((made & {node.id for node in nodes if isinstance(node, ast.Name)}) - own):
            if _is_trained(name, nodes, functions) and not _begins_anew(name, nodes):
                yield name, loop.lineno


def _is_over_folds(iterated: ast.expr, splitters: set[str]) -> bool:
    """Whether a loop goes over X.split(...), perhaps numbered, where X is a splitter that draws its parts at once."""
    return any(
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "split"
        and (bool(SPLITTER.search(called(node.func.value))) or bool(names_in(node.func.value) & splitters))
        for node in all_nodes(iterated)
    )


def _is_trained(name: str, nodes: list[ast.AST], functions: dict[str, ast.FunctionDef]) -> bool:
    """Whether its parameters get an optimiser, and a loss is traced back, here or in a function that is given it."""
    if _optimises(name, nodes):
        return True
    for call in nodes:
        function = functions.get(called(call)) if isinstance(call, ast.Call) else None
        if function is None or not isinstance(call, ast.Call):
            continue
        given = [at for at, arg in enumerate(call.args) if isinstance(arg, ast.Name) and arg.id == name]
        names = [each.arg for each in function.args.args]
        named = [each.arg for each in call.keywords if isinstance(each.value, ast.Name) and each.value.id == name]
        body = [node for statement in function.body for node in all_nodes(statement)]
        for parameter in [*(names[at] for at in given if at < len(names)), *filter(None, named)]:
            if _optimises(parameter, body) and not _begins_anew(parameter, body):
                return True
    return False


def _optimises(name: str, nodes: list[ast.AST]) -> bool:
    """Whether name.parameters() are handed to a call, and there is a backward pass."""
    parameters = any(
        isinstance(node, ast.Call)
        and any(
            isinstance(each, ast.Attribute) and each.attr == "parameters" and names_in(each.value) == {name}
            for arg in node.args
            for each in all_nodes(arg)
        )
        and called(node)[:1].isupper()
        for node in nodes
    )
    return parameters and any(called(node) == "backward" for node in nodes)


def _begins_anew(name: str, nodes: list[ast.AST]) -> bool:
    """Whether it is loaded, reset or copied: by a method of its own, or a function that is given it."""
    for node in nodes:
        if isinstance(node, ast.Call) and BEGINS_ANEW.search(called(node)):
            owner = node.func.value if isinstance(node.func, ast.Attribute) else None
            if name in {each for part in [owner, *node.args] if part is not None for each in names_in(part)}:
                return True
        if (
            isinstance(node, ast.For)
            and name in names_in(node.iter)
            and any(BEGINS_ANEW.search(called(each)) for statement in node.body for each in all_nodes(statement))
        ):
            return True  # each of its modules is reset
    return False

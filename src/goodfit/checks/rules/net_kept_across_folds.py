"""net-kept-across-folds: the folds of a cross-validation train one net, which is not made anew for each.

What it checks
    The program's source: a loop over the folds of a splitter of scikit-learn, in which a net is trained that was made
    before the loop: by an optimiser of its parameters and a backward pass in the loop, or in a function that the loop
    hands the net to; or by an optimiser that was made before the loop as well, and steps in a loop inside of it. Not
    where the loop loads weights into it, resets it or copies it, nor where it uses one part of each fold alone, and not
    for TimeSeriesSplit, whose parts grow.

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
from collections.abc import Iterator, Mapping

from goodfit.checks.engine.own_source import all_nodes, called, given, names_in
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

SPLITTER = lazy_pattern(r"(Fold|ShuffleSplit|OneOut|OneGroupOut|GroupsOut)$")
BEGINS_ANEW = lazy_pattern(r"load|reset|reinit|init|copy|restore|apply|clone|rewind", re.IGNORECASE)


class NetKeptAcrossFolds(SourceRule):
    code, level = "GF454", Level.ERROR
    worth_parsing = lazy_pattern(r"\.split\(")
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
    together = _made_together(tree)
    optimisers = {**{name: names for names in together for name in names}, **_optimisers(set_to)}
    made |= {name for names in together for name in names}
    functions = {node.name: node for node in all_nodes(tree) if isinstance(node, ast.FunctionDef)}
    splitters |= _handed_splitters(tree, functions, splitters)
    for loop in all_nodes(tree):
        if not isinstance(loop, ast.For) or not _is_over_folds(loop.iter, splitters):
            continue
        nodes = [node for statement in loop.body for node in all_nodes(statement)]
        own = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
        kept_before = {name: names for name, names in optimisers.items() if name not in own}
        for name in sorted((made & {node.id for node in nodes if isinstance(node, ast.Name)}) - own):
            trained = _is_trained(name, nodes, functions) or _steps(name, loop, kept_before, functions)
            if trained and not _begins_anew(name, nodes):
                yield name, loop.lineno


def _handed_splitters(tree: ast.Module, functions: Mapping[str, ast.FunctionDef], splitters: set[str]) -> set[str]:
    """What functions call a splitter that they are given."""
    found = set()
    for call in all_nodes(tree):
        function = functions.get(called(call)) if isinstance(call, ast.Call) else None
        if function is None or not isinstance(call, ast.Call):
            continue
        found |= {theirs for ours, theirs in _handed(call, function) if ours in splitters}
        for arg, name in zip(call.args, (each.arg for each in function.args.args), strict=False):
            if SPLITTER.search(called(arg)):
                found.add(name)
        found |= {each.arg for each in call.keywords if each.arg is not None and SPLITTER.search(called(each.value))}
    return found


def _made_together(tree: ast.Module) -> list[set[str]]:
    """Names that one call gives at once: net, optimiser = make()."""
    return [
        {each.id for each in target.elts if isinstance(each, ast.Name)}
        for node in all_nodes(tree)
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call)
        for target in node.targets
        if isinstance(target, ast.Tuple)
    ]


def _optimisers(set_to: list[tuple[str, ast.expr]]) -> dict[str, set[str]]:
    """Names that are set to a call which is given X.parameters(), each with such an X."""
    found: dict[str, set[str]] = {}
    for name, value in set_to:
        for node in all_nodes(value):
            if isinstance(node, ast.Call) and called(node) == "parameters" and isinstance(node.func, ast.Attribute):
                found.setdefault(name, set()).update(names_in(node.func.value))
    return found


def _steps(
    net: str, fold: ast.For, optimisers: Mapping[str, set[str]], functions: Mapping[str, ast.FunctionDef]
) -> bool:
    """Whether an optimiser of the net, made before the folds, steps in a loop that goes over one part of the fold.

    Where each fold is a single step, as an episode of support and query rows is, and where one of the two parts is not
    used, the splitter draws batches or shares, and there is nothing to be scored.
    """
    inside = [node for statement in fold.body for node in all_nodes(statement)]
    read = {node.id for node in inside if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
    pair = fold.target
    while isinstance(pair, ast.Tuple) and any(isinstance(each, ast.Tuple) for each in pair.elts):
        pair = next(each for each in pair.elts if isinstance(each, ast.Tuple))
    if not isinstance(pair, ast.Tuple) or not names_in(pair) <= read:
        return False
    loops = [
        node
        for loop in inside
        if isinstance(loop, ast.For | ast.While)
        for each in loop.body
        for node in all_nodes(each)
    ]
    if _is_stepped(net, loops, optimisers):
        return True
    for call in inside:
        function = functions.get(called(call)) if isinstance(call, ast.Call) else None
        if function is None or not isinstance(call, ast.Call):
            continue
        renamed = dict(_handed(call, function))
        if net not in renamed:
            continue
        theirs = {renamed[name]: {renamed[net]} for name, nets in optimisers.items() if name in renamed and net in nets}
        body = [node for statement in function.body for node in all_nodes(statement)]
        loops = [node for loop in body if isinstance(loop, ast.For | ast.While) for node in all_nodes(loop)]
        if _is_stepped(renamed[net], loops, theirs) and not _begins_anew(renamed[net], body):
            return True
    return False


def _is_stepped(net: str, nodes: list[ast.AST], optimisers: Mapping[str, set[str]]) -> bool:
    """Whether a net is called, there is a backward pass, and an optimiser of it steps."""
    calls = [node for node in nodes if isinstance(node, ast.Call)]
    return (
        any(called(node) == net for node in calls)
        and any(called(node) == "backward" for node in calls)
        and any(
            isinstance(node.func, ast.Attribute)
            and node.func.attr == "step"
            and isinstance(node.func.value, ast.Name)
            and net in optimisers.get(node.func.value.id, ())
            for node in calls
        )
    )


def _handed(call: ast.Call, function: ast.FunctionDef) -> Iterator[tuple[str, str]]:
    """Names that a call hands to a function, each with the name that it has in there."""
    names = [each.arg for each in function.args.args]
    for arg, name in zip(call.args, names, strict=False):
        if isinstance(arg, ast.Name):
            yield arg.id, name
    for keyword in call.keywords:
        if isinstance(keyword.value, ast.Name) and keyword.arg is not None:
            yield keyword.value.id, keyword.arg


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
        body = [node for statement in function.body for node in all_nodes(statement)]
        for parameter in [theirs for ours, theirs in _handed(call, function) if ours == name]:
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

"""best-of-another-run: the best score of one fold, seed or setting is what the next one has to beat.

What it checks
    In the source of the program: a loop over folds, seeds or settings makes a net and its optimiser anew in each pass.
    A best score is set before that loop and not in it; within it, weights are kept when the score is better; and in the
    same pass what was kept is loaded.

Why it hurts
    A fold whose scores stay below those of an earlier one keeps nothing of its own: what is loaded, and scored on its
    rows, are the weights of the earlier fold, which has been trained on these rows. Or it is stopped early by a count
    that belongs to another.

Example
    best = inf
    for train, test in folds.split(x): ...; if loss < best: best, state = loss, deepcopy(net.state_dict())

Instead
    for train, test in folds.split(x): best = inf; ...

When it is a false alarm
    A search whose passes are to go on from the best weights of all so far.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from goodfit.checks.engine.own_source import all_nodes, called, children, given, names_in, of_kind
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

OPTIMISER = lazy_pattern(r"(?i)^(sgd|adam\w*|rmsprop|adagrad|radam|nadam|lbfgs|lion|adadelta|rprop)$|optim")
KEEPING = frozenset({"state_dict", "deepcopy", "save", "clone"})
EPOCHS = lazy_pattern(r"(?i)epoch|step|iter|round|task|stage|phase|generation|cycle")
BOUNDS = lazy_pattern(r"(?i)inf|^-?[\d.e+]+$|None|max|min|1e\d")


class BestOfAnotherRun(SourceRule):
    code, level = "GF684", Level.WARNING
    worth_parsing = lazy_pattern(r"(?i)load_state_dict\(")
    what = (
        "{name} is set before the loop that trains a new net in each pass, and not in it: a pass that does not beat "
        "the ones before keeps nothing, and their weights are loaded"
    )
    fix = "Set it at the start of each pass"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        return kept_from_before(tree)


def kept_from_before(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Best scores that last longer than the net that they are of, each with the line of the comparison."""
    if not any(called(node) == "load_state_dict" for node in of_kind(tree, ast.Call)):
        return
    for loop in of_kind(tree, ast.For):
        nodes = _own(loop.body)
        if any(EPOCHS.search(name) for name in names_in(loop.target)) or not _trains_anew(loop.body):
            continue
        inner = [node for node in nodes if isinstance(node, ast.For | ast.While)]
        compared = [node for each in inner for node in _own(each.body) if isinstance(node, ast.If)]
        for test in dict.fromkeys(compared):
            for name in sorted(_beaten(test)):
                if _is_set_outside_alone(name, test, nodes, loop, tree) and _is_loaded(test, nodes, inner):
                    yield name, test.lineno


def _own(body: Sequence[ast.stmt]) -> list[ast.AST]:
    """Nodes of statements, without functions and classes in them."""
    found: list[ast.AST] = []
    waiting: list[ast.AST] = list(body)
    while waiting:
        node = waiting.pop(0)
        if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Lambda):
            continue
        found.append(node)
        waiting += children(node)
    return found


def _trains_anew(body: Sequence[ast.stmt]) -> bool:
    """Whether a pass makes an optimiser, outside of its loops."""
    outside = [each for each in body if not isinstance(each, ast.For | ast.While)]
    return any(OPTIMISER.search(called(node)) for node in _own(outside) if isinstance(node, ast.Call))


def _beaten(test: ast.If) -> set[str]:
    """Names that are compared by < or > and set to something else in the branch."""
    compared = {
        name
        for node in all_nodes(test.test)
        if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.Lt | ast.Gt | ast.LtE | ast.GtE)
        for side in (node.left, *node.comparators)
        if isinstance(side, ast.Name)
        for name in (side.id,)
    }
    return compared & {target.id for target, _ in given(_own(test.body)) if isinstance(target, ast.Name)}


def _is_set_outside_alone(name: str, test: ast.If, nodes: list[ast.AST], loop: ast.For, tree: ast.Module) -> bool:
    in_branch = {id(node) for node in _own(test.body)}
    sets = [node for node in nodes if isinstance(node, ast.Name) and node.id == name and not _is_read(node)]
    if any(id(node) not in in_branch for node in sets):
        return False
    first = [
        value
        for target, value in given(of_kind(tree, ast.Assign))
        if isinstance(target, ast.Name) and target.id == name and target.lineno < loop.lineno
    ]
    return bool(first) and all(BOUNDS.search(ast.unparse(value)) for value in first)


def _is_read(node: ast.Name) -> bool:
    return isinstance(node.ctx, ast.Load)


def _is_loaded(test: ast.If, nodes: list[ast.AST], inner: list[ast.For | ast.While]) -> bool:
    """Whether a pass loads what the branch keeps, after its loops."""
    kept: set[str] = set()
    for node in _own(test.body):
        if called(node) == "save" and isinstance(node, ast.Call):
            kept |= {ast.unparse(each) for each in node.args[1:2]}
    for target, value in given(_own(test.body)):
        if isinstance(target, ast.Name) and any(called(each) in KEEPING for each in all_nodes(value)):
            kept.add(target.id)
    last = max((each.end_lineno or 0 for each in inner), default=0)
    return any(
        called(node) == "load_state_dict"
        and isinstance(node, ast.Call)
        and node.lineno >= last
        and any(ast.unparse(each) in kept for arg in node.args for each in all_nodes(arg) if isinstance(each, ast.expr))
        for node in nodes
    )

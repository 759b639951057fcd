"""best-never-used: the weights of the best epoch are kept, and nothing ever uses them.

What it checks
    In the source of the program: a name that says best is given a copy of a net or of its state in a loop, where a
    score is better than the best one. Nothing in the file reads that name, and the net is used after the loop.

Why it hurts
    What is tested, saved and delivered are the weights of the last epoch, and the patience of early stopping has made
    them worse than the best ones by as many epochs as it waited.

Example
    if accuracy > best: best, best_state = accuracy, copy.deepcopy(net.state_dict())
    test(net)

Instead
    net.load_state_dict(best_state); test(net)

When it is a false alarm
    A program that another one reads the name from.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from goodfit.checks.engine.own_source import all_nodes, called, last_name, names_in, of_kind, within
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

BEST = lazy_pattern(r"(?i)best|(^|_)opt(imal)?_")
COPIES = frozenset({"deepcopy", "state_dict", "clone"})


class BestNeverUsed(SourceRule):
    code, level = "GF298", Level.WARNING
    worth_parsing = lazy_pattern(r"(?i)best\w*(?:, \w+)? = ")
    what = "{name} has the weights of the best epoch, and nothing uses it: the net keeps those of the last one"
    fix = "Load them after training: net.load_state_dict(best_state)"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        return never_used(tree)


def never_used(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Names of weights that are kept and never read, each with its line."""
    read = {node.id for node in of_kind(tree, ast.Name) if isinstance(node.ctx, ast.Load | ast.Del)}
    read |= {node.attr for node in of_kind(tree, ast.Attribute) if isinstance(node.ctx, ast.Load)}
    loops = [*of_kind(tree, ast.For), *of_kind(tree, ast.While)]
    imported = {name for each in of_kind(tree, ast.Global) for name in each.names}
    for loop in loops:
        after = [
            node for node in all_nodes(tree) if isinstance(node, ast.Call) and node.lineno > (loop.end_lineno or 0)
        ]
        for node in within(loop):
            for branch in [node] if isinstance(node, ast.If) else []:
                for target, value in (pair for part in branch.body for each in within(part) for pair in _given(each)):
                    name = last_name(target)
                    is_kept = called(value) in COPIES or (
                        isinstance(value, ast.DictComp) and "state_dict" in ast.unparse(value)
                    )
                    net = names_in(value) - {"copy", "torch"}
                    is_best = bool(BEST.search(name))
                    is_unread = is_kept and is_best and name not in read | imported and _is_weights(value, tree)
                    if is_unread and any(net & names_in(call) for call in after):
                        yield name, target.lineno


def _given(node: ast.AST) -> Iterator[tuple[ast.expr, ast.expr]]:
    if isinstance(node, ast.Assign):
        for target in node.targets:
            if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                yield from zip(target.elts, node.value.elts, strict=False)
            else:
                yield target, node.value


def _is_weights(value: ast.expr, tree: ast.Module) -> bool:
    """A state, or a copy of what the file calls or steps as a net."""
    if any(called(each) == "state_dict" for each in all_nodes(value)):
        return True
    if called(value) != "deepcopy":
        return False
    names = names_in(value) - {"copy"}
    owners = {
        name
        for call in of_kind(tree, ast.Call)
        if called(call) in ("parameters", "eval", "train", "state_dict")
        for name in names_in(call.func)
    }
    return bool(names & owners)

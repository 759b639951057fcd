"""saved-state-not-loaded: a checkpoint keeps a state that the program never takes out of it again.

What it checks
    In the source of the program: torch.save writes a dictionary with the state_dict() of three objects or more, and
    the same program goes on training from it: it loads at least two of these by their keys. One of the keys is read
    nowhere.

Why it hurts
    The object goes on as it was made: an average of the weights begins at a copy of the net, a scaler at its first
    scale, a second net at random. The run in two parts is another one than in one part, and nothing says so.

Example
    net.load_state_dict(c["net"]); optimizer.load_state_dict(c["optimizer"])      # c["ema"] is there, too

Instead
    ema.load_state_dict(c["ema"])

When it is a false alarm
    A state that is kept for another program.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from goodfit.checks.engine.own_source import all_nodes, called, of_kind
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

LOADED_AT_LEAST = 2
STATES = ("state_dict",)


class SavedStateNotLoaded(SourceRule):
    code, level = "GF685", Level.WARNING
    yields_to = ("optimiser-not-resumed", "schedule-not-resumed", "best-not-resumed")
    worth_parsing = lazy_pattern(r"state_dict\(\)")
    what = "the checkpoint keeps the state {name}, training goes on from the checkpoint, and this state is never read"
    fix = "Load it with the others: object.load_state_dict(checkpoint[...])"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        return never_read(tree)


def never_read(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Keys of states that are saved and not loaded, each with its line."""
    saves = [node for node in of_kind(tree, ast.Call) if called(node) in ("save", "save_checkpoint")]
    if not saves or not any(called(node) == "load" for node in of_kind(tree, ast.Call)):
        return
    reads = {
        key.value
        for node in of_kind(tree, ast.Subscript)
        if isinstance(node.ctx, ast.Load) and isinstance(key := node.slice, ast.Constant)
    }
    reads |= {
        node.args[0].value
        for node in of_kind(tree, ast.Call)
        if called(node) in ("get", "pop") and node.args and isinstance(node.args[0], ast.Constant)
    }
    loaded = {
        key.value
        for node in of_kind(tree, ast.Call)
        if called(node) == "load_state_dict"
        for arg in node.args
        for each in all_nodes(arg)
        if isinstance(each, ast.Subscript) and isinstance(key := each.slice, ast.Constant)
    }
    for kept in of_kind(tree, ast.Dict):
        states = {
            key.value: key.lineno
            for key, value in zip(kept.keys, kept.values, strict=True)
            if isinstance(key, ast.Constant) and isinstance(key.value, str) and called(value) in STATES
        }
        if len(states.keys() & loaded) < LOADED_AT_LEAST or not _is_saved(kept, saves, tree):
            continue
        for name, line in states.items():
            if name not in reads and not _is_taken_by_loop(tree):
                yield repr(name), line


def _is_saved(kept: ast.Dict, saves: list[ast.Call], tree: ast.Module) -> bool:
    """Whether a dictionary is given to save, by itself or by its name."""
    names = {
        each.id
        for node in of_kind(tree, ast.Assign)
        if any(part is kept for part in all_nodes(node.value))
        for target in node.targets
        for each in all_nodes(target)
        if isinstance(each, ast.Name)
    }
    return any(
        part is kept or (isinstance(part, ast.Name) and part.id in names)
        for save in saves
        for arg in [*save.args, *(each.value for each in save.keywords)]
        for part in all_nodes(arg)
    ) or any(
        isinstance(node.value, ast.Dict) and node.value is kept for node in of_kind(tree, ast.Return) if node.value
    )


def _is_taken_by_loop(tree: ast.Module) -> bool:
    """Whether entries are loaded by keys that the source does not spell out: loaded[name] in a loop."""
    return any(
        called(node) == "load_state_dict"
        and any(
            isinstance(each, ast.Subscript) and not isinstance(each.slice, ast.Constant)
            for arg in node.args
            for each in all_nodes(arg)
        )
        for node in of_kind(tree, ast.Call)
    )

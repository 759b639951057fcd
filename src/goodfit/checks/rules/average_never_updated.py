"""average-never-updated: the function that lets a target or average net follow the trained one is never called.

What it checks
    In the source of the program: functions that go through the parameters of two nets and move those of one towards
    those of the other. No file of the program calls or names any of them, nothing is moved so elsewhere, and
    a net that copy.deepcopy made is called, in a program without load_state_dict.

Why it hurts
    The target, teacher or average keeps the weights of before the first step, and those are random: what is learnt from
    it is to agree with a random net.

Example
    loss.backward(); optimizer.step()                     # and update_moving_average() waits in the class

Instead
    loss.backward(); optimizer.step(); model.update_moving_average()

When it is a false alarm
    A function that a library calls by its name, as a callback does.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from goodfit.checks.engine.events import WatchEnds
from goodfit.checks.engine.own_source import all_nodes, called, of_kind, within_body
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule
from goodfit.lazy_pattern import lazy_pattern

WRITING = frozenset({"mul_", "add_", "lerp_", "copy_"})
CALLED_BY_OTHERS = lazy_pattern(r"^(on_|after_|before_|training_|__)|_callback$|_hook$")
FROM_OTHERS = frozenset({"AveragedModel", "ExponentialMovingAverage", "ModelEmaV2", "EMA", "EMAModel"})


class AverageNeverUpdated(LiveRule):
    code, level = "GF465", Level.WARNING

    def on_end(self, event: WatchEnds) -> Iterator[Finding]:
        files = self.program.source.files() if self.program.steps else []
        if not any("parameters()" in source.text and "deepcopy" in source.text for source in files):
            return
        trees = [source.tree for source in files]
        name, line = never_called(trees)
        if name:
            file = next(source.file for source, tree in zip(files, trees, strict=True) if name in _moving(tree))
            yield self.finding(
                f"{name}, which moves one net's weights towards another's, is never called: the net that is meant to "
                "follow keeps its first weights",
                f"Call {name} after each step of the optimiser",
                file=file,
                line=line,
            )


def never_called(trees: list[ast.Module]) -> tuple[str, int]:
    """A function that lets a net follow another, where none such is used in any file, and its line; else ""."""
    moving = {name: function for tree in trees for name, function in _moving(tree).items()}
    if not moving or any(CALLED_BY_OTHERS.search(name) for name in moving):
        return "", 0
    own = {id(node) for function in moving.values() for node in all_nodes(function)}
    for tree in trees:
        for node in all_nodes(tree):
            used = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
            named = node.value if isinstance(node, ast.Constant) else ""
            if used in moving or (isinstance(named, str) and named in moving) or used in FROM_OTHERS:
                return "", 0
            if id(node) not in own and (isinstance(node, ast.For) and _moves(node)):
                return "", 0
    calls = {called(node) for tree in trees for node in of_kind(tree, ast.Call)}
    if "load_state_dict" in calls or not any(_copies(tree) & calls for tree in trees):
        return "", 0
    name, function = next(iter(moving.items()))
    return name, function.lineno


def _moving(tree: ast.Module) -> dict[str, ast.FunctionDef]:
    """Functions, by name, that move the parameters of one net towards those of another."""
    return {
        function.name: function
        for function in of_kind(tree, ast.FunctionDef)
        if any(_moves(node) for node in within_body(function.body) if isinstance(node, ast.For))
    }


def _moves(loop: ast.For) -> bool:
    """Whether a loop over pairs of parameters of two nets writes to one of each pair, by a share of the other."""
    contents = [node for node in all_nodes(loop.iter) if called(node) in ("parameters", "named_parameters")]
    if called(loop.iter) != "zip" or len(contents) != 2:
        return False
    body = [node for statement in loop.body for node in all_nodes(statement)]
    has_share = any(called(node) in ("mul_", "lerp_") or isinstance(node, ast.Mult) for node in body)
    return has_share and any(
        called(node) in WRITING or (isinstance(node, ast.Assign) and any(_is_data(target) for target in node.targets))
        for node in body
    )


def _is_data(target: ast.expr) -> bool:
    return isinstance(target, ast.Attribute) and target.attr == "data"


def _copies(tree: ast.Module) -> set[str]:
    """Names of what copy.deepcopy gives, but those of the best weights."""
    return {
        ast.unparse(target).rpartition(".")[2]
        for node in of_kind(tree, ast.Assign)
        if any(called(each) == "deepcopy" for each in all_nodes(node.value))
        for target in node.targets
        if "best" not in ast.unparse(target)
    }
